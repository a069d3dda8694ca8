#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bzlib.h"

static unsigned seed;
static unsigned next(void)
{
    seed = seed * 1103515245u + 12345u;
    return seed >> 16;
}

void bz_internal_error(int code)
{
    printf("internal error %d\n", code);
    exit(3);
}

/* Packs and unpacks random buffers: incompressible, few letters, long runs. */
int main(int argc, char **argv)
{
    seed = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
    for (int round = 0; round < 6; round++) {
        unsigned size = 1 + next() % 30000, room = size + size / 100 + 700;
        char *data = malloc(size), *packed = malloc(room), *back = malloc(size);
        for (unsigned i = 0; i < size; i++)
            data[i] = round % 3 == 0 ? (char)next() : round % 3 == 1 ? "abcdab"[next() % 6] : (char)(i / 700);
        unsigned n = room, m = size;
        int packing = BZ2_bzBuffToBuffCompress(packed, &n, data, size, 1 + round % 9, 0, 0);
        unsigned hash = 2166136261u;
        for (unsigned i = 0; i < n; i++)
            hash = (hash ^ (unsigned char)packed[i]) * 16777619u;
        int unpacking = BZ2_bzBuffToBuffDecompress(back, &m, packed, n, 0, 0);
        int same = m == size && !memcmp(data, back, size);
        printf("%d %d %u %u %08x %d\n", packing, unpacking, size, n, hash, same);
        free(data);
        free(packed);
        free(back);
    }
    return 0;
}
