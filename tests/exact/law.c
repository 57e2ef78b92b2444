/* Laws of times, see law.h. */
#include "exact/law.h"
#include "exact/special.h"
#include <math.h>

double exact_law_partial(const exact_law *d, int k, double x)
{
    double a = d->a, b = d->b;
    if (x <= 0 && d->kind != EXACT_CONSTANT) return 0;
    switch (d->kind) {
    case EXACT_CONSTANT:
        return x >= a ? pow(a, k) : 0;
    case EXACT_UNIFORM:
        x = fmin(x, b);
        return x <= a ? 0 : (pow(x, k + 1) - pow(a, k + 1)) / (k + 1) / (b - a);
    case EXACT_EXPONENTIAL:
        return pow(a, k) * tgamma(k + 1) * (isinf(x) ? 1 : exact_gamma_p(k + 1, x / a));
    case EXACT_WEIBULL:
        if (k == 0) return isinf(x) ? 1 : -expm1(-pow(x / a, b));
        return pow(a, k) * tgamma(1 + k / b) * (isinf(x) ? 1 : exact_gamma_p(1 + k / b, pow(x / a, b)));
    case EXACT_LOGNORMAL:
        return pow(a, k) * exp(0.5 * k * k * b * b) *
               (isinf(x) ? 1 : exact_normal_cdf(log(x / a) / b - k * b));
    default:
        return pow(a, k) * exp(lgamma(b + k) - lgamma(b)) * (isinf(x) ? 1 : exact_gamma_p(b + k, x / a));
    }
}

double exact_law_beyond(const exact_law *d, int k, double x)
{
    double a = d->a, b = d->b, all = exact_law_partial(d, k, INFINITY);
    if (x <= 0 || d->kind == EXACT_CONSTANT || d->kind == EXACT_UNIFORM)
        return all - exact_law_partial(d, k, x);
    switch (d->kind) {
    case EXACT_EXPONENTIAL:
        return all * exact_gamma_q(k + 1, x / a);
    case EXACT_WEIBULL:
        return k ? all * exact_gamma_q(1 + k / b, pow(x / a, b)) : exp(-pow(x / a, b));
    case EXACT_LOGNORMAL:
        return all * exact_normal_cdf(k * b - log(x / a) / b);
    default:
        return all * exact_gamma_q(b + k, x / a);
    }
}

double exact_law_cdf(const exact_law *d, double x) { return exact_law_partial(d, 0, x); }
double exact_law_mean(const exact_law *d) { return exact_law_partial(d, 1, INFINITY); }

double exact_law_tail_integral(const exact_law *d, double x)
{
    if (isinf(x)) return exact_law_mean(d);
    return x * exact_law_beyond(d, 0, x) + exact_law_partial(d, 1, x);
}

/* Density (1 - F)/E: by parts, E[R^k; R <= x] = (x^(k+1) (1 - F(x)) + E[X^(k+1); X <= x]) / ((k+1) E X). */
double exact_residual_partial(const exact_law *d, int k, double x)
{
    double edge = isinf(x) ? 0 : pow(x, k + 1) * exact_law_beyond(d, 0, x);
    return (edge + exact_law_partial(d, k + 1, x)) / ((k + 1) * exact_law_mean(d));
}

double exact_residual_mean(const exact_law *d) { return exact_residual_partial(d, 1, INFINITY); }
