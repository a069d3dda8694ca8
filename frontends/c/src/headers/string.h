#pragma once
#include <stddef.h>
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t most);
char *strcpy(char *to, const char *from);
char *strncpy(char *to, const char *from, size_t count);
char *stpcpy(char *to, const char *from);
char *stpncpy(char *to, const char *from, size_t count);
char *strcat(char *to, const char *from);
char *strncat(char *to, const char *from, size_t count);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t count);
int strcoll(const char *a, const char *b);
size_t strxfrm(char *to, const char *from, size_t count);
int strcasecmp(const char *a, const char *b);
int strncasecmp(const char *a, const char *b, size_t count);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strchrnul(const char *s, int c);
char *strstr(const char *s, const char *part);
char *strcasestr(const char *s, const char *part);
size_t strspn(const char *s, const char *accept);
size_t strcspn(const char *s, const char *reject);
char *strpbrk(const char *s, const char *accept);
char *strtok(char *s, const char *delimiters);
char *strtok_r(char *s, const char *delimiters, char **rest);
char *strsep(char **s, const char *delimiters);
char *strdup(const char *s);
char *strndup(const char *s, size_t count);
char *strerror(int error);
char *strerror_r(int error, char *to, size_t size);
char *strsignal(int number);
void *rawmemchr(const void *s, int c);
#ifdef _GNU_SOURCE
char *basename(const char *path);
#endif
void *memcpy(void *to, const void *from, size_t count);
void *mempcpy(void *to, const void *from, size_t count);
void *memmove(void *to, const void *from, size_t count);
void *memset(void *to, int byte, size_t count);
int memcmp(const void *a, const void *b, size_t count);
void *memchr(const void *s, int c, size_t count);
void *memccpy(void *to, const void *from, int c, size_t count);
void *memrchr(const void *s, int c, size_t count);
void *memmem(const void *s, size_t count, const void *part, size_t length);
