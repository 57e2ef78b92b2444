/* The log price as a recursion: X(t+1) = theta + (X(t) - theta) a + s zeta + J, a = exp(-kappa dt), s the
 * exact deviation of the Ornstein-Uhlenbeck transition, J the sum of Poisson many normal jumps added after
 * the reversion (Schwartz 1997 with the jumps of Merton 1976). */
#ifndef KURA_EXACT_PRICE_H
#define KURA_EXACT_PRICE_H

typedef struct {
    double kappa, sigma;                  /* a year; kappa 0: a random walk */
    double theta, x0;                     /* logarithms */
    double dt;                            /* years */
    double jump_rate, jump_mean, jump_sd; /* a year; of the logarithm */
} exact_price;

/* Cumulants of X after T steps. */
double exact_price_mean_log(const exact_price *p, int T);
double exact_price_var_log(const exact_price *p, int T);
double exact_price_third_log(const exact_price *p, int T);
double exact_price_fourth_log(const exact_price *p, int T);

/* E exp(u X) after T steps: the mean price is u = 1, its variance follows from u = 1, 2. */
double exact_price_moment(const exact_price *p, int T, double u);
double exact_price_mean(const exact_price *p, int T);
double exact_price_variance(const exact_price *p, int T);

/* Without jumps: the q-quantile of the price after T steps. */
double exact_price_quantile(const exact_price *p, int T, double q);
/* Without jumps, in the long run: covariance of X over `lag` steps. */
double exact_price_autocovariance(const exact_price *p, int lag);

double exact_price_no_jump(const exact_price *p, int T);

/* Without jumps: P(the highest price of steps 1 .. T > barrier), the barrier seen at the steps only.  The
 * density of the paths that have stayed below is carried from step to step at Gauss-Legendre nodes. */
double exact_price_max_above(const exact_price *p, int T, double barrier);

#endif
