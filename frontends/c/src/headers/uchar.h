#pragma once
#include <stdint.h>
#include <wchar.h>
typedef uint_least16_t char16_t;
typedef uint_least32_t char32_t;
size_t mbrtoc16(char16_t *to, const char *from, size_t count, mbstate_t *state);
size_t c16rtomb(char *to, char16_t unit, mbstate_t *state);
size_t mbrtoc32(char32_t *to, const char *from, size_t count, mbstate_t *state);
size_t c32rtomb(char *to, char32_t c, mbstate_t *state);
