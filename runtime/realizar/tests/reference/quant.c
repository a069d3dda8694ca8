/* Prints the golden checksums of src/quant/tests.rs from ggml's public reference functions.
   usage: quant decode | quant encode */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ggml.h"

/* Q8_K has no public entry. */
void dequantize_row_q8_K(const void *x, float *y, int64_t k);

static void noise(uint64_t state, uint8_t *out, size_t n) {
    for (size_t i = 0; i < n; i++) {
        state = state * 6364136223846793005ull + 1442695040888963407ull;
        out[i] = (uint8_t)(state >> 56);
    }
}

static void decode(void) {
    static const int types[] = {0, 1, 30, 2, 3, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 22, 18, 21, 20, 23, 39};
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        enum ggml_type ty = (enum ggml_type)types[t];
        size_t block = (size_t)ggml_blck_size(ty), bytes = ggml_type_size(ty);
        size_t n = 64 * (block > 32 ? block : 32);
        uint8_t *raw = malloc(n / block * bytes);
        float *out = malloc(n * sizeof(float));
        noise((uint64_t)types[t] + 1, raw, n / block * bytes);
        if (ty == GGML_TYPE_F32) memcpy(out, raw, n * 4);
        else if (ty == GGML_TYPE_Q8_K) dequantize_row_q8_K(raw, out, (int64_t)n);
        else ggml_get_type_traits(ty)->to_float(raw, out, (int64_t)n);
        uint64_t h = 0xcbf29ce484222325ull;
        for (size_t i = 0; i < n; i++) {
            uint32_t bits;
            memcpy(&bits, &out[i], 4);
            if (isnan(out[i])) bits = 0x7fc00000;
            h = (h ^ bits) * 0x100000001b3ull;
        }
        const char *name = ggml_type_name(ty);
        for (const char *c = name; *c; c++) putchar(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
        printf(" %016llx\n", (unsigned long long)h);
        free(raw);
        free(out);
    }
}

static void encode(void) {
    static const int types[] = {2, 3, 6, 7, 8, 1};
    enum { N = 4096 };
    static uint8_t raw[2 * N], out[4 * N];
    static float x[N];
    noise(99, raw, sizeof raw);
    for (int i = 0; i < N; i++)
        x[i] = ((float)raw[2 * i] - 128.0f) * 0.013f + ((float)raw[2 * i + 1] - 128.0f) * 0.00011f;
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        enum ggml_type ty = (enum ggml_type)types[t];
        ggml_get_type_traits(ty)->from_float_ref(x, out, N);
        size_t bytes = N / (size_t)ggml_blck_size(ty) * ggml_type_size(ty);
        uint64_t h = 0xcbf29ce484222325ull;
        for (size_t i = 0; i < bytes; i++) h = (h ^ out[i]) * 0x100000001b3ull;
        const char *name = ggml_type_name(ty);
        for (const char *c = name; *c; c++) putchar(*c >= 'a' && *c <= 'z' ? *c - 32 : *c);
        printf(" %016llx\n", (unsigned long long)h);
    }
}

int main(int argc, char **argv) {
    struct ggml_init_params p = {1 << 20, NULL, false};
    struct ggml_context *c = ggml_init(p);
    if (argc > 1 && strcmp(argv[1], "encode") == 0) encode();
    else decode();
    ggml_free(c);
    return 0;
}
