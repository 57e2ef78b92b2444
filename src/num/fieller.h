/* Interval of a ratio of two means by Fieller's theorem [7].
 *
 * The set of ratios R for which c - R e is within z of its standard errors from 0.  It is an interval only
 * where e differs from 0 by more than z standard errors; else it is what lies outside an interval, or every
 * number.
 * Reference: E. C. Fieller, Some problems in interval estimation, J. R. Stat. Soc. B 16, 1954. */
#ifndef KURA_NUM_FIELLER_H
#define KURA_NUM_FIELLER_H

typedef enum {
    KURA_FIELLER_NONE,
    KURA_FIELLER_INTERVAL,
    KURA_FIELLER_OUTSIDE,
    KURA_FIELLER_ALL
} kura_fieller_kind;

typedef struct {
    double value, lo, hi; /* OUTSIDE: up to lo, and from hi on; ALL: infinite */
    kura_fieller_kind kind;
} kura_fieller_set;

/* c and e: estimates; their variances and covariance; z: normal quantile.  NONE: a number is not finite, or e
 * is 0 without error. */
kura_fieller_set kura_fieller(double c, double e, double var_c, double cov, double var_e, double z);

#endif
