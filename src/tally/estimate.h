/* Estimators of path functionals and their errors (model.md section 8).  Input: one value a path, n >= 2
 * paths, as a series that is read a block at a time or (without _of) as an array. Sums run over blocks of
 * 1024 paths in path order and are joined in a wide integer, so the figures depend on the values only.  Every
 * function is deterministic and allocates nothing unless said. */
#ifndef KURA_TALLY_ESTIMATE_H
#define KURA_TALLY_ESTIMATE_H

#include "tally/series.h"

#define KURA_Z95 1.959963984540054

typedef struct {
    double value, se;
} kura_estimate;
typedef struct {
    double value, lo, hi;
} kura_interval;

/* Mean and its standard error sqrt(sum (x-mean)^2 / (n (n-1))); a constant series has error exactly 0. */
kura_estimate kura_estimate_mean(uint64_t n, const double *x);
kura_estimate kura_estimate_mean_of(uint64_t n, const kura_series *x);
/* The same where units of so many neighbouring paths are independent of each other, the paths of one are not
 * (parameters drawn for 64 paths at a time); 1 = kura_estimate_mean_of, bit for bit. */
kura_estimate kura_estimate_units_of(uint64_t n, const kura_series *x, uint64_t unit);
/* sum a / sum b and its delta-method error; NaN when sum b = 0. */
kura_estimate kura_estimate_ratio(uint64_t n, const double *a, const double *b);
kura_estimate kura_estimate_ratio_of(uint64_t n, const kura_series *a, const kura_series *b);
/* Largest value, at least 0. */
double kura_estimate_largest_of(uint64_t n, const kura_series *x);
/* Number of paths with x > limit; their share, Wilson interval. */
uint64_t kura_estimate_count_of(uint64_t n, const kura_series *x, double limit);
kura_interval kura_estimate_share(uint64_t n, const double *x, double limit);
kura_interval kura_estimate_share_of(uint64_t n, const kura_series *x, double limit);
kura_interval kura_estimate_proportion(uint64_t k, uint64_t n);
/* Sorts ascending; +inf allowed, NaN not. */
void kura_sort(uint64_t n, double *x);
/* q-quantile x_(ceil(qn)) of a sorted sample with its order-statistic interval at 95 %; lo = -inf or hi =
 * +inf when the sample does not carry the bound.  Returns 0, or 1 when n (1-q) < 10 (refused: all NaN,
 * [8.6]). */
int kura_estimate_quantile(uint64_t n, const double *sorted, double q, kura_interval *out);
int kura_estimate_quantile_of(uint64_t n, const kura_series *sorted, double q, kura_interval *out);
/* CVaR_alpha with atoms [8.7] of a sorted sample, and VaR. */
kura_estimate kura_estimate_cvar(uint64_t n, const double *sorted, double alpha, double *var);
kura_estimate kura_estimate_cvar_of(uint64_t n, const kura_series *sorted, double alpha, double *var);

#endif
