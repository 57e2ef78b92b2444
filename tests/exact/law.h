/* Laws of times: distribution function and partial moments in closed form, and the equilibrium residual law.
 *
 * The residual of a renewal process seen at a random time has P(R > x) = integral over u > x of P(X > u) / E
 * X (Ross, Stochastic Processes, 1996). */
#ifndef KURA_EXACT_LAW_H
#define KURA_EXACT_LAW_H

typedef enum {
    EXACT_CONSTANT,    /* a = value */
    EXACT_UNIFORM,     /* a = min, b = max */
    EXACT_EXPONENTIAL, /* a = mean */
    EXACT_WEIBULL,     /* a = scale, b = shape */
    EXACT_LOGNORMAL,   /* a = median, b = sigma of the logarithm */
    EXACT_GAMMA        /* a = scale, b = shape */
} exact_law_kind;

typedef struct {
    exact_law_kind kind;
    double a, b;
} exact_law;

/* E[X^k; X <= x], k = 0 (the distribution function) to 3; x may be INFINITY. */
double exact_law_partial(const exact_law *law, int k, double x);
/* E[X^k; X > x], without the cancellation of a difference. */
double exact_law_beyond(const exact_law *law, int k, double x);
double exact_law_cdf(const exact_law *law, double x);
double exact_law_mean(const exact_law *law);

/* Integral from 0 to x of P(X > u). */
double exact_law_tail_integral(const exact_law *law, double x);

/* The equilibrium residual: E[R^k; R <= x], k = 0 or 1, and its mean. */
double exact_residual_partial(const exact_law *law, int k, double x);
double exact_residual_mean(const exact_law *law);

#endif
