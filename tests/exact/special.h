/* Special functions of the exact answers: normal, incomplete gamma and beta, binomial, quadrature.
 *
 * Plain series and continued fractions to about 1e-14; slow and simple on purpose. */
#ifndef KURA_EXACT_SPECIAL_H
#define KURA_EXACT_SPECIAL_H

double exact_normal_density(double x);
double exact_normal_cdf(double x);
double exact_normal_quantile(double p);

/* Regularised incomplete functions: P(a, x) and Q = 1 - P of the gamma law, I_x(a, b) of the beta law. */
double exact_gamma_p(double a, double x);
double exact_gamma_q(double a, double x);
double exact_beta_p(double a, double b, double x);

double exact_binomial_pmf(double k, double n, double p);
double exact_binomial_cdf(double k, double n, double p);

/* Nodes and weights of Gauss-Legendre quadrature on [lo, hi]. */
void exact_gauss_legendre(int n, double lo, double hi, double *node, double *weight);

#endif
