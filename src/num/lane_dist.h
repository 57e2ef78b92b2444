/* Quantiles on lanes: kura_dist_quantile of KURA_LANES numbers at once, bit for bit. */
#ifndef KURA_NUM_LANE_DIST_H
#define KURA_NUM_LANE_DIST_H

#include "num/dist.h"
#include "num/math.h"
#include "num/pcg.h"

/* x^y for x >= 0. */
KURA_INLINE double kura_power(double x, double y)
{
    double z = kura_exp(y * kura_log(x > 0.0 ? x : 1.0));
    return x > 0.0 ? z : 0.0;
}

/* out[l] = the u[l]-quantile. */
static inline void kura_lane_quantile(const kura_dist *d, const double *restrict u, double *restrict out)
{
    const double a = d->a, b = d->b;
    switch (d->kind) {
    case KURA_DIST_LOGNORMAL:
        _Pragma("omp simd") for (int l = 0; l < KURA_LANES; l++) out[l] =
            kura_exp(a + b * kura_norm_inv(u[l]));
        return;
    case KURA_DIST_EXPONENTIAL:
        _Pragma("omp simd") for (int l = 0; l < KURA_LANES; l++) out[l] = -a * kura_log1p(-u[l]);
        return;
    case KURA_DIST_WEIBULL:
        _Pragma("omp simd") for (int l = 0; l < KURA_LANES; l++) out[l] =
            a * kura_power(-kura_log1p(-u[l]), 1.0 / b);
        return;
    default:
        for (int l = 0; l < KURA_LANES; l++) out[l] = kura_dist_quantile(d, u[l]);
    }
}

#endif
