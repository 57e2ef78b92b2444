/* A series in ascending order, by runs of 65,536 numbers that are sorted in memory and merged through a
 * scratch file: exact order statistics of any number of paths in the same memory. */
#ifndef KURA_TALLY_SORTED_H
#define KURA_TALLY_SORTED_H

#include "base/error.h"
#include "tally/series.h"

typedef struct kura_sorted kura_sorted;

/* For series of at most `n` numbers; `folder` as for kura_scratch_open. */
kura_status kura_sorted_new(uint64_t n, const char *folder, kura_sorted **out, kura_error *err);
void kura_sorted_free(kura_sorted *sorted); /* NULL is fine */
size_t kura_sorted_bytes(uint64_t n);
/* Sorts n numbers; +inf allowed, NaN not. */
kura_status kura_sorted_fill(kura_sorted *sorted, uint64_t n, const kura_series *series, kura_error *err);
/* What was filled last, ascending.  A failure to read it is told by kura_sorted_status. */
kura_series kura_sorted_series(const kura_sorted *sorted);
kura_status kura_sorted_status(const kura_sorted *sorted, kura_error *err);

#endif
