/* Which minerals do two models simulate alike, to the last bit?
 *
 * A mineral is alike when everything that can be reached from it in memory is: the same words, or pointers to
 * pieces that are alike in turn.  Nothing has to be said of the fields of a model for that, so a field that
 * is added later is compared as well.  What all minerals share (regimes, factors, shocks, routes, the time
 * grid) must be alike too; else none is.  By-products are not alike whose hosts are not, and a host must be
 * simulated where one of its by-products is.  What
 * differs without need (a number of a site that others were put before) only costs time. */
#include "run/study.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The pieces of a model and its scenario, by address. */
typedef struct {
    kura_arena_piece *items;
    size_t n;
} pieces;

typedef struct {
    const unsigned char *a, *b;
    size_t size;
} pair;

typedef struct {
    pieces a, b;
    const unsigned char **seen; /* [pieces of a] the piece of b that it was found or is taken to be alike */
    pair *open;                 /* still to be compared */
    size_t nopen;
} finder;

static int by_address(const void *x, const void *y)
{
    const unsigned char *a = ((const kura_arena_piece *)x)->start, *b = ((const kura_arena_piece *)y)->start;
    return a < b ? -1 : a > b;
}

static int list_pieces(const km_model *m, pieces *out)
{
    size_t n = kura_arena_pieces(&m->arena, NULL), k = kura_arena_pieces(m->scenario->arena, NULL);
    out->items = malloc((n + k + 1) * sizeof *out->items);
    out->n = n + k;
    if (!out->items) return -1;
    kura_arena_pieces(&m->arena, out->items);
    kura_arena_pieces(m->scenario->arena, out->items + n);
    qsort(out->items, out->n, sizeof *out->items, by_address);
    return 0;
}

/* Number of the piece that an address lies in, -1. */
static int64_t find_piece(const pieces *p, uintptr_t address)
{
    size_t lo = 0, hi = p->n;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if ((uintptr_t)p->items[mid].start <= address)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (!lo || address - (uintptr_t)p->items[lo - 1].start >= p->items[lo - 1].size) return -1;
    return (int64_t)lo - 1;
}

/* Two words that differ: are they pointers to the same place in pieces of the same length? */
static int follow(finder *f, uintptr_t x, uintptr_t y)
{
    int64_t i = find_piece(&f->a, x), j = find_piece(&f->b, y);
    if (i < 0 || j < 0) return 0;
    const kura_arena_piece *a = &f->a.items[i], *b = &f->b.items[j];
    if (a->size != b->size || x - (uintptr_t)a->start != y - (uintptr_t)b->start) return 0;
    if (f->seen[i]) return f->seen[i] == b->start;
    f->seen[i] = b->start;
    f->open[f->nopen++] = (pair){a->start, b->start, a->size};
    return 1;
}

static int alike(finder *f, const void *a, const void *b, size_t size)
{
    memset(f->seen, 0, f->a.n * sizeof *f->seen);
    f->nopen = 0;
    f->open[f->nopen++] = (pair){a, b, size};
    while (f->nopen) {
        pair p = f->open[--f->nopen];
        for (size_t at = 0; at + sizeof(uintptr_t) <= p.size; at += sizeof(uintptr_t)) {
            uintptr_t x, y;
            memcpy(&x, p.a + at, sizeof x);
            memcpy(&y, p.b + at, sizeof y);
            if (x != y && !follow(f, x, y)) return 0;
        }
    }
    return 1;
}

_Static_assert(sizeof(km_mineral) % sizeof(uintptr_t) == 0 && sizeof(km_model) % sizeof(uintptr_t) == 0,
               "compared word by word");

/* The model without its minerals, what is only told of it, and what counts events. */
static km_model what_is_shared(const km_model *m)
{
    km_model s = *m;
    memset(&s.arena, 0, sizeof s.arena);
    s.scenario = NULL;
    s.minerals = NULL;
    s.ncorrections = s.ncorrections_max = s.ncorrections_engine = 0;
    s.corrections = NULL;
    s.nevents = s.event_spell = 0;
    s.event_labels = NULL;
    s.neffects = s.neffects_max = 0;
    s.effects = NULL;
    memset(&s.tables, 0, sizeof s.tables); /* who shares a table is not what it says */
    return s;
}

static int is_host_of(const km_mineral *host, const km_mineral *by)
{
    for (int i = 0; i < by->nsites; i++)
        for (int h = 0; h < by->sites[i].nhosts; h++)
            for (int s = 0; s < host->nsites; s++)
                if (host->sites[s].activity == by->sites[i].hosts[h].series) return 1;
    return 0;
}

/* What comes with a host that is another is another too, and so on; hosts come first in the order. */
static void add_by_products(const km_model *m, unsigned char *same)
{
    for (int k = 0; k < m->nminerals; k++)
        for (int j = 0; j < k; j++)
            if (!same[m->order[j]] && is_host_of(&m->minerals[m->order[j]], &m->minerals[m->order[k]]))
                same[m->order[k]] = 0;
}

/* Hosts of a mineral that is simulated are simulated, and theirs. */
static void add_hosts(const km_model *m, unsigned char *same)
{
    for (int k = m->nminerals - 1; k >= 0; k--)
        for (int j = 0; j < k && !same[m->order[k]]; j++)
            if (is_host_of(&m->minerals[m->order[j]], &m->minerals[m->order[k]])) same[m->order[j]] = 0;
}

void kura_models_alike(const km_model *a, const km_model *b, unsigned char *same)
{
    finder f = {0};
    memset(same, 0, (size_t)a->nminerals);
    if (a->coupled || b->coupled || a->nminerals != b->nminerals) return;
    km_model x = what_is_shared(a), y = what_is_shared(b);
    int bad = list_pieces(a, &f.a) || list_pieces(b, &f.b);
    f.seen = malloc((f.a.n + 1) * sizeof *f.seen);
    f.open = malloc((f.a.n + 2) * sizeof *f.open);
    if (!bad && f.seen && f.open && alike(&f, &x, &y, sizeof x)) {
        for (int i = 0; i < a->nminerals; i++)
            same[i] = (unsigned char)alike(&f, &a->minerals[i], &b->minerals[i], sizeof *a->minerals);
        add_by_products(b, same);
        add_hosts(b, same);
    }
    free(f.a.items);
    free(f.b.items);
    free(f.seen);
    free(f.open);
}
