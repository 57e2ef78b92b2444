/* What figures of draws differ by beyond the noise that each has because its paths are few [8.9].
 *
 * Variance between draws: V = s^2(x_o) - mean of the noise variances, at least 0.  The range: quantiles of
 * x + sqrt(V / s^2) (x_o - x), which spread as much as the true values do (Louis, JASA 79, 1984). */
#ifndef KURA_TALLY_SPREAD_H
#define KURA_TALLY_SPREAD_H

#include <stdint.h>

typedef struct {
    double sd, se, lo, hi, share; /* sd with its error; 5 and 95 %; share of the variance of a path */
} kura_spread;

/* Of `m` draws of `paths` paths each, figures x with the variances of their noise; `sorted` is room for m. */
kura_spread kura_spread_of(uint64_t m, uint64_t paths, const double *x, const double *noise, double *sorted);

#endif
