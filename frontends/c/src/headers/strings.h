#pragma once
#include <string.h>
void bzero(void *to, size_t count);
void bcopy(const void *from, void *to, size_t count);
int ffs(int n);
int ffsl(long n);
int ffsll(long long n);
int bcmp(const void *a, const void *b, size_t count);
char *index(const char *s, int c);
char *rindex(const char *s, int c);
