/* Special functions behind the distributions: gamma, incomplete gamma and beta.
 *
 * Scalar, may branch, for loading and rare events; deterministic (own exp and log).  Densities are computed
 * from deviances (Loader 2000), so that nothing cancels even for counts of 1e9.
 * Reference: Loader, Fast and
 * accurate computation of binomial probabilities, 2000; Abramowitz & Stegun 6.1, 6.5, 26.5 (Stirling series,
 * continued fractions). */
#ifndef KURA_NUM_SPECIAL_H
#define KURA_NUM_SPECIAL_H

/* ln Gamma(x) for x > 0, absolute error about 1e-15 (1 + |result|). */
double kura_lgamma(double x);
/* Regularised incomplete gamma for a > 0, x >= 0: *p = P(a,x), *q = Q(a,x) = 1 - P; the smaller one is
 * accurate to about 1e-14. */
void kura_gamma_pq(double a, double x, double *p, double *q);
/* Regularised incomplete beta for a, b > 0 and x + y = 1 (both given, so that neither end loses digits):
 * *p = I_x(a,b), *q = 1 - I_x(a,b); the smaller one is accurate to about 1e-13. */
void kura_beta_pq(double a, double b, double x, double y, double *p, double *q);
/* x^a y^b / B(a,b), x + y = 1: the density of the beta law on the logit scale. */
double kura_beta_weight(double a, double b, double x, double y);
/* Binomial probability C(n,k) q^k (1-q)^(n-k) for 0 <= k <= n, 0 < q < 1. */
double kura_binomial_pmf(double k, double n, double q);

#endif
