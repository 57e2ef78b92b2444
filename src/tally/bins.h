/* Curves are kept as counts in bins: their edges, and quantiles of what was counted [8.14]. */
#ifndef KURA_TALLY_BINS_H
#define KURA_TALLY_BINS_H

#include "tally/estimate.h"

enum { KURA_BINS = 64 };
/* Lower edges of the bins; the last bin is open.  Stock: days of use, one bin below a quarter day, then four
 * linear bins an octave.  Price: equal bins of ln(price/base) between ln 0.05 and ln 50; the first is open
 * too. */
double kura_stock_edge(int bin);
double kura_price_edge(int bin);

/* How far, as a share, a value may lie beyond an edge of its bin: stocks are compared with the edges
 * themselves, prices by their logarithm, which is rounded. */
#define KURA_STOCK_ROUNDING 0.0
#define KURA_PRICE_ROUNDING 0x1p-44

/* Smallest and largest value counted; of nothing {INFINITY, -INFINITY}. */
typedef struct {
    double min, max;
} kura_range;

typedef struct {
    const uint32_t *count; /* [KURA_BINS] */
    kura_range range;
    double (*edge)(int);
    double rounding;
} kura_bins;

/* Which order statistics stand for a quantile of `n` values. */
typedef struct {
    double value;    /* q n, at least 1 */
    uint64_t lo, hi; /* distribution-free 95 %; the first and the last where the sample does not carry it */
} kura_bin_ranks;

kura_bin_ranks kura_bins_ranks(uint64_t n, double q);
/* Value: interpolated in the bin of its rank, whose ends are clipped to the range.  Bounds: the lower end of
 * the bin of the lower rank, the upper end of that of the upper rank, so they enclose the order statistics
 * themselves. */
kura_interval kura_bins_quantile(const kura_bins *bins, const kura_bin_ranks *ranks);

#endif
