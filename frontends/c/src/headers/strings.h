#pragma once
#include <string.h>
void bzero(void *to, size_t count);
void bcopy(const void *from, void *to, size_t count);
int ffs(int n);
char *index(const char *s, int c);
char *rindex(const char *s, int c);
