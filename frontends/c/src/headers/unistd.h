#pragma once
#include <getopt.h>
#include <stddef.h>
#include <sys/types.h>
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define F_OK 0
#define R_OK 4
#define W_OK 2
#define X_OK 1
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define _SC_CLK_TCK 2
#define _SC_OPEN_MAX 4
#define _SC_PAGESIZE 30
#define _SC_PAGE_SIZE 30
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84
ssize_t pread(int fd, void *to, size_t count, off_t at);
ssize_t pwrite(int fd, const void *from, size_t count, off_t at);
off_t lseek(int fd, off_t offset, int whence);
int dup(int fd);
int dup2(int fd, int other);
int pipe(int ends[2]);
int ftruncate(int fd, off_t size);
int truncate(const char *path, off_t size);
int fsync(int fd);
char *getcwd(char *to, size_t size);
int chdir(const char *path);
int link(const char *from, const char *to);
int symlink(const char *target, const char *at);
ssize_t readlink(const char *path, char *to, size_t size);
pid_t getppid(void);
uid_t getuid(void);
uid_t geteuid(void);
gid_t getgid(void);
gid_t getegid(void);
int getpagesize(void);
long sysconf(int name);
ssize_t read(int fd, void *to, size_t count);
ssize_t write(int fd, const void *from, size_t count);
int close(int fd);
int unlink(const char *path);
int rmdir(const char *path);
int access(const char *path, int mode);
int isatty(int fd);
int getpid(void);
unsigned sleep(unsigned seconds);
int usleep(unsigned microseconds);
_Noreturn void _exit(int status);
