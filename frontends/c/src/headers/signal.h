#pragma once
typedef int sig_atomic_t;
#define SIGINT 2
#define SIGILL 4
#define SIGABRT 6
#define SIGFPE 8
#define SIGSEGV 11
#define SIGTERM 15
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
#define SIG_ERR ((void (*)(int))-1)
typedef void (*__sighandler_t)(int);
typedef __sighandler_t sighandler_t;
__sighandler_t signal(int number, __sighandler_t handler);
int raise(int number);
