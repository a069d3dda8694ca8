#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lz4.h"
#include "lz4hc.h"
#include "lz4frame.h"

static unsigned seed;
static unsigned next(void)
{
    seed = seed * 1103515245u + 12345u;
    return seed >> 16;
}

static unsigned hash_of(const char *data, size_t size)
{
    unsigned hash = 2166136261u;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)data[i]) * 16777619u;
    return hash;
}

/* Packs and unpacks random buffers: incompressible, few letters, long runs. */
int main(int argc, char **argv)
{
    seed = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    for (int round = 0; round < 9; round++) {
        int size = 1 + next() % 30000;
        size_t room = LZ4F_compressFrameBound(size, NULL);
        char *data = malloc(size), *packed = malloc(room), *back = malloc(size);
        for (int i = 0; i < size; i++)
            data[i] = round % 3 == 0 ? (char)next() : round % 3 == 1 ? "abcdab"[next() % 6] : (char)(i / 700);
        int n = LZ4_compress_default(data, packed, size, (int)room);
        int m = LZ4_decompress_safe(packed, back, n, size);
        printf("fast %d %d %08x %d\n", size, n, hash_of(packed, n), m == size && !memcmp(data, back, size));
        n = LZ4_compress_HC(data, packed, size, (int)room, 3 + round);
        m = LZ4_decompress_safe(packed, back, n, size);
        printf("hc %d %08x %d\n", n, hash_of(packed, n), m == size && !memcmp(data, back, size));
        size_t f = LZ4F_compressFrame(packed, room, data, size, NULL);
        LZ4F_dctx *context;
        LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
        size_t got = size, taken = f;
        size_t rest = LZ4F_decompress(context, back, &got, packed, &taken, NULL);
        LZ4F_freeDecompressionContext(context);
        printf("frame %zu %08x %zu %d\n", f, hash_of(packed, f), rest, got == (size_t)size && !memcmp(data, back, size));
        free(data);
        free(packed);
        free(back);
    }
    return 0;
}
