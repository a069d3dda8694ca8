#pragma once
typedef long jmp_buf[25];
typedef long sigjmp_buf[25];
int setjmp(jmp_buf buffer);
_Noreturn void longjmp(jmp_buf buffer, int value);
