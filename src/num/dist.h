/* Distributions of durations, severities and parameters: quantile, distribution function, mean, conditional
 * and equilibrium laws.  All sampling is by inversion of one uniform number; no rejection [R10.3].
 *
 * Invariants: quantiles are non-decreasing in u up to rounding; u is inside (0,1); an initialised kura_dist
 * is immutable.
 * Reference: Ross, Stochastic Processes, 1996 (equilibrium renewal process). */
#ifndef KURA_NUM_DIST_H
#define KURA_NUM_DIST_H

#include "base/arena.h"
#include "kura/kura_status.h"

typedef enum {
    KURA_DIST_CONSTANT,    /* a = value */
    KURA_DIST_UNIFORM,     /* a = min, b = max */
    KURA_DIST_NORMAL,      /* a = mean, b = standard deviation */
    KURA_DIST_LOGNORMAL,   /* a = ln of the median, b = sigma of the logarithm */
    KURA_DIST_EXPONENTIAL, /* a = mean */
    KURA_DIST_WEIBULL,     /* a = scale, b = shape */
    KURA_DIST_BETA         /* a, b = alpha, beta, on (0,1) */
} kura_dist_kind;

/* The tables belong to the arenas given; `table` is NULL but for beta (`ntable` pairs value, slope),
 * `residual` is NULL until kura_dist_tabulate_residual. */
typedef struct {
    kura_dist_kind kind;
    double a, b;
    const double *table;
    int ntable;
    const double *residual;
} kura_dist;

/* Checks the parameters (KURA_E_SCENARIO with a message when they make no distribution: a number that is not
 * finite, max < min, negative sd or sigma, mean, scale or shape not positive, alpha or beta outside [0.05,
 * 1e5]) and builds the table of a beta law; `arena` may be NULL for the others.  KURA_E_MEMORY when the arena
 * is out of memory. */
kura_status kura_dist_init(kura_dist *d, kura_arena *arena, kura_dist_kind kind, double a, double b,
                           kura_error *err);

/* The u-quantile, u in (0,1).  Beta: from the table, absolute error below 2e-9. */
double kura_dist_quantile(const kura_dist *d, double u);
/* P(X <= x). */
double kura_dist_cdf(const kura_dist *d, double x);
double kura_dist_mean(const kura_dist *d);
/* The u-quantile of X given X > x0; accurate far in the tail, never below x0.  Where P(X > x0) is 0: x0. */
double kura_dist_quantile_above(const kura_dist *d, double x0, double u);
/* The u-quantile of the equilibrium residual life of X >= 0: the inverse of (1/E) * integral from 0 to x of
 * P(X > y) dy.  Closed forms for constant, uniform, exponential; lognormal, Weibull and beta by Newton's
 * method (2 to 10 microseconds, relative error 1e-12) or from the table of kura_dist_tabulate_residual (60
 * ns, relative error 1e-8).  Not defined for laws with negative values: NaN for normal and for uniform with
 * min < 0. */
double kura_dist_residual_quantile(const kura_dist *d, double u);
/* Builds the table that makes kura_dist_residual_quantile fast (a few milliseconds); does nothing where the
 * law is closed.  KURA_E_MEMORY when the arena is out of memory. */
kura_status kura_dist_tabulate_residual(kura_dist *d, kura_arena *arena, kura_error *err);

#define KURA_POISSON_MAX 4
/* Poisson count of mean `mean` >= 0 by inversion of u, capped at 4 (model 4.1). */
int kura_poisson_quantile(double mean, double u);
/* The thresholds of the same: the count is the number of cum[i] that u exceeds. */
void kura_poisson_cumulative(double mean, double cum[KURA_POISSON_MAX]);

#endif
