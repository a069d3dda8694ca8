#pragma once
#include <stddef.h>
#include <stdarg.h>
typedef struct __FILE FILE;
typedef long ssize_t;
typedef long off_t;
typedef long fpos_t;
#define EOF (-1)
#define BUFSIZ 8192
#define FILENAME_MAX 4096
#define FOPEN_MAX 16
#define L_tmpnam 20
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
FILE *__stdin(void);
FILE *__stdout(void);
FILE *__stderr(void);
#define stdin (__stdin())
#define stdout (__stdout())
#define stderr (__stderr())
int printf(const char *format, ...);
int fprintf(FILE *file, const char *format, ...);
int sprintf(char *to, const char *format, ...);
int snprintf(char *to, size_t size, const char *format, ...);
int dprintf(int fd, const char *format, ...);
int vprintf(const char *format, va_list args);
int vfprintf(FILE *file, const char *format, va_list args);
int vsprintf(char *to, const char *format, va_list args);
int vsnprintf(char *to, size_t size, const char *format, va_list args);
int asprintf(char **to, const char *format, ...);
int vasprintf(char **to, const char *format, va_list args);
int scanf(const char *format, ...);
int fscanf(FILE *file, const char *format, ...);
int sscanf(const char *from, const char *format, ...);
int vscanf(const char *format, va_list args);
int vfscanf(FILE *file, const char *format, va_list args);
int vsscanf(const char *from, const char *format, va_list args);
int putchar(int c);
int putc(int c, FILE *file);
int fputc(int c, FILE *file);
int puts(const char *text);
int fputs(const char *text, FILE *file);
int getchar(void);
int getc(FILE *file);
int fgetc(FILE *file);
int ungetc(int c, FILE *file);
int putchar_unlocked(int c);
int getchar_unlocked(void);
int putc_unlocked(int c, FILE *file);
int getc_unlocked(FILE *file);
char *fgets(char *to, int size, FILE *file);
ssize_t getline(char **line, size_t *size, FILE *file);
ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file);
size_t fread(void *to, size_t size, size_t count, FILE *file);
size_t fwrite(const void *from, size_t size, size_t count, FILE *file);
FILE *fopen(const char *path, const char *mode);
FILE *freopen(const char *path, const char *mode, FILE *file);
FILE *tmpfile(void);
FILE *fdopen(int fd, const char *mode);
FILE *fmemopen(void *buffer, size_t size, const char *mode);
FILE *open_memstream(char **text, size_t *size);
FILE *popen(const char *command, const char *mode);
int pclose(FILE *file);
char *tmpnam(char *to);
int fclose(FILE *file);
int fflush(FILE *file);
int feof(FILE *file);
int ferror(FILE *file);
void clearerr(FILE *file);
int fileno(FILE *file);
int fseek(FILE *file, long offset, int whence);
int fseeko(FILE *file, long offset, int whence);
long ftell(FILE *file);
long ftello(FILE *file);
int fgetpos(FILE *file, fpos_t *pos);
int fsetpos(FILE *file, const fpos_t *pos);
void rewind(FILE *file);
int setvbuf(FILE *file, char *buffer, int mode, size_t size);
void setbuf(FILE *file, char *buffer);
int remove(const char *path);
int rename(const char *from, const char *to);
void perror(const char *text);
