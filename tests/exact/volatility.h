/* A log price whose volatility varies: X(t+1) = X(t) a + s v(t) z, X(-1) = 0, z independent of v.
 *
 * Given v the log price is normal with variance V = s^2 sum of a^(2 (T-1-k)) v(k)^2, so its variance is E V
 * and its fourth moment 3 E V^2.  v is the exponential of an autoregression (Taylor, Modelling Financial Time
 * Series, 1986) or a function of Markov chains (Hamilton, Econometrica 57, 1989). */
#ifndef KURA_EXACT_VOLATILITY_H
#define KURA_EXACT_VOLATILITY_H

typedef struct {
    double a, s;    /* of the price: what is kept in a step, deviation of its shock */
    double sd, phi; /* of ln v: deviation in the long run, what is kept in a step */
    int stationary; /* ln v of the first step has its long-run law; 0: ln v before it is 0 */
} exact_stochastic;

/* Moments about 0, which is the mean, after T steps. */
double exact_stochastic_variance(const exact_stochastic *p, int T);
double exact_stochastic_fourth(const exact_stochastic *p, int T);

/* Exporters with chains of their own of the same rates G (a year), all in state 0 before the first step. */
typedef struct {
    double a, s, dt;
    double G[9], v[3];
    int n;
    double share[8]; /* of exports; NULL-like: `worst` */
    int worst;       /* v of the worst state; 0: mean of v by share */
} exact_regimes;

double exact_regimes_variance(const exact_regimes *p, int T);

#endif
