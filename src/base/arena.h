/* Arena: one growing region, freed at once.  Pointers stay valid until kura_arena_fini; memory is zeroed and
 * aligned to 64 bytes (a cache line, the widest vector).  Used for scenarios, models and workspaces: nothing
 * is freed singly. */
#ifndef KURA_BASE_ARENA_H
#define KURA_BASE_ARENA_H

#include <stddef.h>

typedef struct kura_arena_chunk kura_arena_chunk;
typedef struct {
    kura_arena_chunk *chunks;
    size_t total; /* bytes handed out, for memory reports */
    int failed;   /* set once an allocation failed */
} kura_arena;

void kura_arena_fini(kura_arena *arena);
/* count*size bytes, zeroed; NULL when memory ran out or the product overflows (then arena->failed is set).
 * A zero count gives a valid pointer. */
void *kura_arena_alloc(kura_arena *arena, size_t count, size_t size);
/* Takes over all that `from` holds, which is empty afterwards: it lives as long as `to`. */
void kura_arena_adopt(kura_arena *to, kura_arena *from);
char *kura_arena_strdup(kura_arena *arena, const char *text);
char *kura_arena_strndup(kura_arena *arena, const char *text, size_t n);
char *kura_arena_printf(kura_arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What was handed out, in no order: where each piece begins and how long it is (its end padded with zeros).
 * Returns how many; `out` may be NULL. */
typedef struct {
    const unsigned char *start;
    size_t size;
} kura_arena_piece;
size_t kura_arena_pieces(const kura_arena *arena, kura_arena_piece *out);

#define KURA_NEW(arena, type, count) ((type *)kura_arena_alloc((arena), (count), sizeof(type)))

#endif
