/* Confidence intervals of probabilities and of quantiles (model 8.1, 8.6).
 *
 * Reference: Wilson, JASA 22, 1927; David & Nagaraja, Order Statistics, 2003, section 7.1. */
#ifndef KURA_NUM_INTERVAL_H
#define KURA_NUM_INTERVAL_H

#include <stdint.h>

/* Wilson score interval of k successes in n trials at normal quantile z (1.96 for 95 %): k = 0 gives [0,
 * z^2/(n + z^2)], k = n gives [n/(n + z^2), 1]; n = 0 gives [0, 1]. */
void kura_wilson(uint64_t k, uint64_t n, double z, double *lo, double *hi);
/* Ranks (from 1) of the order statistics between which the q-quantile lies with probability >= level, equal
 * tails of the binomial law: l = largest r with B(r-1) <= (1-level)/2, u = smallest r with B(r-1) >=
 * (1+level)/2, B the binomial distribution function of (n, q).  l = 0 or u = n + 1 when no order statistic
 * will do.  0 < q < 1, 0 < level < 1.  Fast at any n (below 1 ms at 1e9). */
void kura_quantile_ranks(uint64_t n, double q, double level, uint64_t *l, uint64_t *u);
/* B(k; n, q) = P(at most k successes in n). */
double kura_binomial_cdf(double k, double n, double q);

#endif
