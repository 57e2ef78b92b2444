/* Arena, see arena.h. */
#include "base/arena.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Guarded, every allocation is a block of its own: AddressSanitizer sees a step beyond its end, and a test
 * can make each of them fail. */
#if defined(__SANITIZE_ADDRESS__)
#define KURA_ARENA_GUARDED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define KURA_ARENA_GUARDED 1
#endif
#endif
#ifdef KURA_ARENA_GUARDED
enum { ALIGN = 64, CHUNK = 0 };
#else
enum { ALIGN = 64, CHUNK = 1 << 16 };
#endif

struct kura_arena_chunk {
    kura_arena_chunk *next;
    size_t used, size; /* of the data that follows, from the aligned start */
    unsigned char *data;
    unsigned char *begins; /* behind the data: a bit for each 64 bytes, 1 where a piece begins */
};

void *kura_arena_alloc(kura_arena *arena, size_t count, size_t size)
{
    if (size && count > (SIZE_MAX / 2) / size) {
        arena->failed = 1;
        return NULL;
    }
    size_t bytes = (count * size + ALIGN - 1) / ALIGN * ALIGN;
    if (bytes == 0) bytes = ALIGN;
    kura_arena_chunk *c = arena->chunks;
    if (!c || c->size - c->used < bytes) {
        size_t want = bytes > CHUNK ? bytes : CHUNK;
        c = malloc(sizeof *c);
        void *data = NULL;
        size_t bits = want / ALIGN / 8 + 1;
        if (!c || posix_memalign(&data, ALIGN, want + bits)) {
            free(c);
            arena->failed = 1;
            return NULL;
        }
        c->data = data;
        c->begins = c->data + want;
        memset(c->begins, 0, bits);
        c->size = want;
        c->used = 0;
        if (bytes > CHUNK && arena->chunks) { /* keep the half-used chunk in front */
            c->next = arena->chunks->next;
            arena->chunks->next = c;
        } else {
            c->next = arena->chunks;
            arena->chunks = c;
        }
    }
    void *p = c->data + c->used;
    c->begins[c->used / ALIGN / 8] |= (unsigned char)(1 << c->used / ALIGN % 8);
    c->used += bytes;
    arena->total += bytes;
    memset(p, 0, bytes);
    return p;
}

char *kura_arena_strndup(kura_arena *arena, const char *text, size_t n)
{
    char *p = kura_arena_alloc(arena, n + 1, 1);
    if (p) memcpy(p, text, n);
    return p;
}

char *kura_arena_strdup(kura_arena *arena, const char *text)
{
    return text ? kura_arena_strndup(arena, text, strlen(text)) : NULL;
}

char *kura_arena_printf(kura_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : kura_arena_alloc(arena, (size_t)n + 1, 1);
    if (p) vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

void kura_arena_adopt(kura_arena *to, kura_arena *from)
{
    kura_arena_chunk **end = &to->chunks;
    while (*end) end = &(*end)->next;
    *end = from->chunks;
    to->total += from->total;
    to->failed |= from->failed;
    *from = (kura_arena){0};
}

void kura_arena_fini(kura_arena *arena)
{
    kura_arena_chunk *c = arena->chunks;
    while (c) {
        kura_arena_chunk *next = c->next;
        free(c->data);
        free(c);
        c = next;
    }
    memset(arena, 0, sizeof *arena);
}

size_t kura_arena_pieces(const kura_arena *arena, kura_arena_piece *out)
{
    size_t n = 0;
    for (const kura_arena_chunk *c = arena->chunks; c; c = c->next)
        for (size_t at = 0, next; at < c->used; at = next, n++) {
            next = at + ALIGN;
            while (next < c->used && !(c->begins[next / ALIGN / 8] >> next / ALIGN % 8 & 1)) next += ALIGN;
            if (out) out[n] = (kura_arena_piece){c->data + at, next - at};
        }
    return n;
}
