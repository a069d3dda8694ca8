#pragma once
#include <stdarg.h>
_Noreturn void err(int status, const char *format, ...);
_Noreturn void errx(int status, const char *format, ...);
_Noreturn void verr(int status, const char *format, va_list args);
_Noreturn void verrx(int status, const char *format, va_list args);
void warn(const char *format, ...);
void warnx(const char *format, ...);
void vwarn(const char *format, va_list args);
void vwarnx(const char *format, va_list args);
