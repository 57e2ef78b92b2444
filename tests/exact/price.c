/* Prices, see price.h. */
#include "exact/price.h"
#include "exact/special.h"
#include <math.h>
#include <stdlib.h>

static double decay(const exact_price *p) { return exp(-p->kappa * p->dt); }

static double step_variance(const exact_price *p)
{
    if (p->kappa == 0) return p->sigma * p->sigma * p->dt;
    return p->sigma * p->sigma * -expm1(-2 * p->kappa * p->dt) / (2 * p->kappa);
}

/* Sum of a^(u k), k = 0 .. T - 1. */
static double powers(const exact_price *p, int T, double u)
{
    if (p->kappa == 0) return T;
    return expm1(-u * p->kappa * p->dt * T) / expm1(-u * p->kappa * p->dt);
}

static double jumps(const exact_price *p) { return p->jump_rate * p->dt; }

double exact_price_mean_log(const exact_price *p, int T)
{
    return p->theta + (p->x0 - p->theta) * pow(decay(p), T) + jumps(p) * p->jump_mean * powers(p, T, 1);
}

double exact_price_var_log(const exact_price *p, int T)
{
    double m = p->jump_mean, v = p->jump_sd * p->jump_sd;
    return (step_variance(p) + jumps(p) * (m * m + v)) * powers(p, T, 2);
}

double exact_price_third_log(const exact_price *p, int T)
{
    double m = p->jump_mean, v = p->jump_sd * p->jump_sd;
    return jumps(p) * (m * m * m + 3 * m * v) * powers(p, T, 3);
}

double exact_price_fourth_log(const exact_price *p, int T)
{
    double m = p->jump_mean, v = p->jump_sd * p->jump_sd;
    return jumps(p) * (m * m * m * m + 6 * m * m * v + 3 * v * v) * powers(p, T, 4);
}

double exact_price_moment(const exact_price *p, int T, double u)
{
    double a = decay(p), v = p->jump_sd * p->jump_sd, b = u;
    double log_moment =
        u * (p->theta + (p->x0 - p->theta) * pow(a, T)) + 0.5 * u * u * step_variance(p) * powers(p, T, 2);
    for (int k = 0; k < T && p->jump_rate > 0; k++, b *= a)
        log_moment += jumps(p) * expm1(p->jump_mean * b + 0.5 * v * b * b);
    return exp(log_moment);
}

double exact_price_mean(const exact_price *p, int T) { return exact_price_moment(p, T, 1); }

double exact_price_variance(const exact_price *p, int T)
{
    double mean = exact_price_mean(p, T);
    return exact_price_moment(p, T, 2) - mean * mean;
}

double exact_price_quantile(const exact_price *p, int T, double q)
{
    return exp(exact_price_mean_log(p, T) + exact_normal_quantile(q) * sqrt(exact_price_var_log(p, T)));
}

double exact_price_autocovariance(const exact_price *p, int lag)
{
    return p->sigma * p->sigma / (2 * p->kappa) * exp(-p->kappa * p->dt * lag);
}

double exact_price_no_jump(const exact_price *p, int T) { return exp(-jumps(p) * T); }

/* Density of the paths below the barrier after one more step. */
static void carry(const exact_price *p, int n, const double *x, const double *w, const double *from,
                  double *to)
{
    double a = decay(p), s = sqrt(step_variance(p));
    for (int i = 0; i < n; i++) {
        to[i] = 0;
        for (int j = 0; j < n; j++) {
            double z = (x[i] - p->theta - (x[j] - p->theta) * a) / s;
            if (fabs(z) < 9) to[i] += w[j] * from[j] * exact_normal_density(z) / s;
        }
    }
}

double exact_price_max_above(const exact_price *p, int T, double barrier)
{
    double b = log(barrier), s = sqrt(step_variance(p)), mean1 = exact_price_mean_log(p, 1),
           widest = 9 * sqrt(exact_price_var_log(p, T)), lowest = fmin(fmin(p->x0, mean1), p->theta);
    if (T < 1) return 0;
    double lo = fmin(lowest - widest, b - widest);
    int n = (int)fmax(80, ceil(4 * (b - lo) / s));
    double *x = calloc((size_t)n * 4, sizeof *x), *w = x + n, *f = w + n, *next = f + n, below = 0;
    exact_gauss_legendre(n, lo, b, x, w);
    for (int i = 0; i < n; i++) f[i] = exact_normal_density((x[i] - mean1) / s) / s;
    for (int t = 1; t < T; t++) {
        carry(p, n, x, w, f, next);
        double *swap = f;
        f = next, next = swap;
    }
    for (int i = 0; i < n; i++) below += w[i] * f[i];
    free(x);
    return 1 - below;
}
