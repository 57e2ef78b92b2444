/* Edges of bins and quantiles from counts, see bins.h. */
#include "tally/bins.h"
#include "num/interval.h"
#include "num/math.h"

double kura_stock_edge(int bin)
{
    if (bin == 0) return 0;
    int octave = (bin - 1) / 4, quarter = (bin - 1) % 4;
    double edge = 0.25 * (1 + 0.25 * quarter);
    for (int i = 0; i < octave; i++) edge *= 2;
    return edge;
}

double kura_price_edge(int bin)
{
    double low = kura_log(0.05), high = kura_log(50);
    return kura_exp(low + (high - low) * bin / KURA_BINS);
}

kura_bin_ranks kura_bins_ranks(uint64_t n, double q)
{
    kura_bin_ranks r = {.value = kura_max(q * (double)n, 1)};
    kura_quantile_ranks(n, q, 0.95, &r.lo, &r.hi);
    if (r.lo < 1) r.lo = 1;
    if (r.hi > n) r.hi = n;
    return r;
}

/* The bin of a rank: its values lie in [low, high]. */
typedef struct {
    double below, here, low, high;
} bin;

static double clip(double x, kura_range r) { return kura_min(kura_max(x, r.min), r.max); }

static bin bin_of(const kura_bins *bins, double rank)
{
    int b = 0;
    double below = 0;
    while (b < KURA_BINS - 1 && below + bins->count[b] < rank) below += bins->count[b++];
    bin found = {below, bins->count[b], bins->range.min, bins->range.max};
    if (b > 0) found.low = clip(bins->edge(b) * (1 - bins->rounding), bins->range);
    if (b < KURA_BINS - 1) found.high = clip(bins->edge(b + 1) * (1 + bins->rounding), bins->range);
    return found;
}

kura_interval kura_bins_quantile(const kura_bins *bins, const kura_bin_ranks *ranks)
{
    bin at = bin_of(bins, ranks->value);
    double part = (ranks->value - at.below) / at.here;
    return (kura_interval){.value = kura_min(at.low + (at.high - at.low) * part, at.high),
                           .lo = bin_of(bins, (double)ranks->lo).low,
                           .hi = bin_of(bins, (double)ranks->hi).high};
}
