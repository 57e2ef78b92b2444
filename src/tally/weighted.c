/* Sums of columns with weights, and what is kept of a run for them, see compare_internal.h. */
#include "tally/compare_internal.h"
#include <math.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };
#define ROUNDING 0x1p-44

static uint64_t in_block(uint64_t paths, uint64_t block)
{
    uint64_t left = paths - block * BLOCK;
    return left < BLOCK ? left : BLOCK;
}

static const double *weighted_block(const kura_series *series, uint64_t block, double *out)
{
    const kura_weighted *w = series->user;
    uint64_t n = in_block(w->paths, block);
    double room[BLOCK];
    memset(out, 0, BLOCK * sizeof *out);
    for (int i = 0; i < w->n; i++) {
        if (w->weights[i] == 0) continue;
        kura_series one = kura_columns_series(w->columns, w->first + (size_t)i * w->stride);
        const double *x = one.block(&one, block, room);
        for (uint64_t p = 0; p < n; p++) out[p] += w->weights[i] * x[p];
    }
    return out;
}

kura_series kura_weighted_series(const kura_weighted *w)
{
    return (kura_series){.user = w, .block = weighted_block};
}

double kura_weighted_variance(const kura_weighted *w, uint64_t unit, double size)
{
    kura_series s = kura_weighted_series(w);
    double se = kura_estimate_units_of(w->paths, &s, unit).se;
    return se <= ROUNDING * size ? 0 : se * se;
}

uint64_t kura_weighted_paths(const kura_weighted *w, double size)
{
    kura_series s = kura_weighted_series(w);
    double room[BLOCK];
    uint64_t count = 0;
    for (uint64_t b = 0; b * BLOCK < w->paths; b++) {
        const double *x = s.block(&s, b, room);
        for (uint64_t p = 0; p < in_block(w->paths, b); p++) count += fabs(x[p]) > ROUNDING * size;
    }
    return count;
}

void kura_linear_keep(const kura_linear *l, kura_columns *columns, size_t column)
{
    if (!kura_linear_is(l)) return;
    kura_series s = kura_linear_series(l);
    double room[BLOCK];
    uint64_t paths = l->member->paths;
    for (uint64_t b = 0; b * BLOCK < paths; b++)
        kura_columns_put(columns, column, b * BLOCK, (size_t)in_block(paths, b), s.block(&s, b, room));
}
