#pragma once
#include <stddef.h>
typedef long time_t;
typedef long clock_t;
struct tm {
    int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst;
    long tm_gmtoff;
    const char *tm_zone;
};
struct timespec {
    long tv_sec, tv_nsec;
};
#define CLOCKS_PER_SEC 1000000L
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define TIME_UTC 1
time_t time(time_t *to);
clock_t clock(void);
double difftime(time_t a, time_t b);
time_t mktime(struct tm *at);
time_t timegm(struct tm *at);
struct tm *gmtime(const time_t *at);
struct tm *localtime(const time_t *at);
struct tm *gmtime_r(const time_t *at, struct tm *to);
struct tm *localtime_r(const time_t *at, struct tm *to);
size_t strftime(char *to, size_t size, const char *format, const struct tm *at);
char *asctime(const struct tm *at);
char *ctime(const time_t *at);
char *asctime_r(const struct tm *at, char *to);
char *ctime_r(const time_t *at, char *to);
char *strptime(const char *text, const char *format, struct tm *to);
void tzset(void);
int clock_getres(int clock, struct timespec *to);
int clock_gettime(int clock, struct timespec *to);
int timespec_get(struct timespec *to, int base);
int nanosleep(const struct timespec *time, struct timespec *rest);
