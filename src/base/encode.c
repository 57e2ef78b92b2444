/* Packing of chunks, see encode.h. */
#define ZLIB_CONST /* input is read only */
#include "base/encode.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ITEM = 8, LEVEL = 1, CHECKSUM = 4, ZLIB_BYTES = 280000 /* of a deflating stream */ };

struct kura_encoder {
    size_t most;
    unsigned char *shuffled, *out;
    z_stream zlib;
    int ready;
};

size_t kura_encoded_most(size_t n)
{
    size_t bytes = n * ITEM;
    /* a switch between storing and deflating ends a block: at most 16 times some bytes */
    return (size_t)compressBound((uLong)bytes) + bytes / 1000 + 1024 + CHECKSUM;
}

size_t kura_encoder_bytes(size_t most)
{
    return sizeof(kura_encoder) + most * ITEM + kura_encoded_most(most) + ZLIB_BYTES;
}

kura_encoder *kura_encoder_new(size_t most)
{
    kura_encoder *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    e->most = most;
    e->shuffled = malloc(most * ITEM + 1);
    e->out = malloc(kura_encoded_most(most));
    e->ready = deflateInit2(&e->zlib, LEVEL, Z_DEFLATED, 15, 8, Z_RLE) == Z_OK;
    if (e->shuffled && e->out && e->ready) return e;
    kura_encoder_free(e);
    return NULL;
}

void kura_encoder_free(kura_encoder *encoder)
{
    if (!encoder) return;
    if (encoder->ready) deflateEnd(&encoder->zlib);
    free(encoder->shuffled);
    free(encoder->out);
    free(encoder);
}

static void shuffle(size_t n, const unsigned char *from, unsigned char *to)
{
    for (size_t b = 0; b < ITEM; b++)
        for (size_t i = 0; i < n; i++) to[b * n + i] = from[i * ITEM + b];
}

/* Would deflate gain nothing?  Of bytes drawn at random from m, two are equal in one case of 256. */
static int looks_random(const unsigned char *p, size_t n)
{
    enum { SAMPLE = 4096 };
    uint64_t count[256] = {0}, m = 0, squares = 0;
    size_t stride = n > SAMPLE ? n / SAMPLE : 1;
    for (size_t i = 0; i < n; i += stride, m++) count[p[i]]++;
    for (int i = 0; i < 256; i++) squares += count[i] * count[i];
    return 256 * squares < 256 * m + m * m * 13 / 10;
}

/* Deflates byte after byte of all items; 0, or -1. */
static int deflate_planes(kura_encoder *e, size_t n)
{
    z_stream *z = &e->zlib;
    int level = -1, end = Z_OK;
    if (deflateReset(z) != Z_OK) return -1;
    z->next_out = e->out;
    z->avail_out = (uInt)(kura_encoded_most(e->most) - CHECKSUM);
    for (int b = 0; b < ITEM && end == Z_OK; b++) {
        const unsigned char *plane = e->shuffled + (size_t)b * n;
        int want = looks_random(plane, n) ? 0 : LEVEL;
        if (want != level && deflateParams(z, level = want, Z_RLE) != Z_OK) return -1;
        z->next_in = plane;
        z->avail_in = (uInt)n;
        end = deflate(z, b == ITEM - 1 ? Z_FINISH : Z_NO_FLUSH);
    }
    return end == Z_STREAM_END ? 0 : -1;
}

/* Fletcher's checksum of 16-bit words, the first byte the high one. */
static uint32_t fletcher32(const unsigned char *p, size_t n)
{
    uint32_t a = 0, b = 0;
    for (size_t words = n / 2; words > 0;) {
        size_t some = words > 360 ? 360 : words; /* as many as cannot overflow */
        words -= some;
        for (; some > 0; some--, p += 2) {
            a += (uint32_t)(p[0] << 8 | p[1]);
            b += a;
        }
        a = (a & 0xffff) + (a >> 16);
        b = (b & 0xffff) + (b >> 16);
    }
    if (n % 2) {
        a += (uint32_t)(*p << 8);
        b += a;
        a = (a & 0xffff) + (a >> 16);
        b = (b & 0xffff) + (b >> 16);
    }
    a = (a & 0xffff) + (a >> 16);
    b = (b & 0xffff) + (b >> 16);
    return b << 16 | a;
}

const void *kura_encode(kura_encoder *encoder, const void *items, size_t n, size_t *size)
{
    if (n == 0 || n > encoder->most) return NULL;
    shuffle(n, items, encoder->shuffled);
    if (deflate_planes(encoder, n)) return NULL;
    size_t packed = (size_t)encoder->zlib.total_out;
    uint32_t sum = fletcher32(encoder->out, packed);
    for (int i = 0; i < CHECKSUM; i++) encoder->out[packed + (size_t)i] = (unsigned char)(sum >> (8 * i));
    *size = packed + CHECKSUM;
    return encoder->out;
}
