/* A number of every path, a block of 1024 paths at a time, so that nobody needs all of them in memory. */
#ifndef KURA_TALLY_SERIES_H
#define KURA_TALLY_SERIES_H

#include <stddef.h>
#include <stdint.h>

enum { KURA_SERIES_BLOCK = 1024 };

typedef struct kura_series kura_series;
struct kura_series {
    const void *user;
    size_t column;
    uint64_t cluster; /* neighbouring paths that are not independent: they share a draw; 0 or 1: all are */
    /* The numbers of a block: `out` filled, or the place where they stand.  What cannot be read is zero; its
     * owner knows of the failure. */
    const double *(*block)(const kura_series *series, uint64_t block, double *out);
};

/* The numbers of an array. */
kura_series kura_series_of(const double *x);
double kura_series_at(const kura_series *series, uint64_t i);

#endif
