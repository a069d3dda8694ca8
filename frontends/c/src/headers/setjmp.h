#pragma once
typedef long jmp_buf[25];
typedef long sigjmp_buf[25];
int setjmp(jmp_buf buffer);
#define _setjmp(buffer) setjmp(buffer)
#define sigsetjmp(buffer, save) setjmp(buffer)
#define siglongjmp(buffer, value) longjmp(buffer, value)
_Noreturn void longjmp(jmp_buf buffer, int value);
