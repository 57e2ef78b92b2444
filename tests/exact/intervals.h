/* Intervals and tail means of samples, and the tail means of known laws. */
#ifndef KURA_EXACT_INTERVALS_H
#define KURA_EXACT_INTERVALS_H

#include "exact/law.h"

typedef struct {
    double lo, hi;
} exact_interval;

/* k of n, two-sided `level`: Wilson 1927, Clopper and Pearson 1934. */
exact_interval exact_wilson(double k, double n, double level);
exact_interval exact_clopper_pearson(double k, double n, double level);

/* Ranks (from 1) of the order statistics around the q-quantile of n draws: the largest l with P(B <= l - 1)
 * <= (1 - level)/2 and the smallest u with P(B <= u - 1) >= (1 + level)/2, B binomial (n, q). */
exact_interval exact_quantile_ranks(double n, double q, double level);
/* Probability that the interval between these ranks holds the quantile of a continuous law. */
double exact_ranks_coverage(double n, double q, exact_interval ranks);

/* VaR_alpha = smallest x with P(X <= x) >= alpha, CVaR_alpha = VaR + E(X - VaR)+ / (1 - alpha), and n times
 * the asymptotic variance of the CVaR of n draws, Var (X - VaR)+ / (1 - alpha)^2. */
typedef struct {
    double var, cvar, variance;
} exact_tail;

exact_tail exact_tail_of_law(const exact_law *law, double alpha);
exact_tail exact_tail_of_normal(double mean, double sd, double alpha);
/* Values x[0] < x[1] < ... with probabilities p. */
exact_tail exact_tail_of_discrete(int n, const double *x, const double *p, double alpha);

/* Variance and Sobol indices of the function of Ishigami and Homma (1990), sin x1 + a sin^2 x2 + b x3^4 sin
 * x1: first order of input i (0, 1, 2), and total. */
double exact_ishigami_variance(double a, double b);
double exact_ishigami_first(double a, double b, int i);
double exact_ishigami_total(double a, double b, int i);

#endif
