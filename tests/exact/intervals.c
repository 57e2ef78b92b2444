/* Intervals and tail means, see intervals.h. */
#include "exact/intervals.h"
#include "exact/special.h"
#include <math.h>

static double two_sided(double level) { return -exact_normal_quantile(0.5 * (1 - level)); }

/* The roots of (k/n - p)^2 = z^2 p (1 - p) / n. */
exact_interval exact_wilson(double k, double n, double level)
{
    double z = two_sided(level), z2 = z * z, share = k / n, middle = (share + z2 / (2 * n)) / (1 + z2 / n),
           half = z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    return (exact_interval){k > 0 ? middle - half : 0, k < n ? middle + half : 1};
}

/* p with P(B <= k) = tail; the distribution function falls with p. */
static double proportion_at(double k, double n, double tail)
{
    double lo = 0, hi = 1;
    for (int i = 0; i < 200; i++) {
        double p = 0.5 * (lo + hi);
        *(exact_binomial_cdf(k, n, p) > tail ? &lo : &hi) = p;
    }
    return 0.5 * (lo + hi);
}

exact_interval exact_clopper_pearson(double k, double n, double level)
{
    double tail = 0.5 * (1 - level);
    return (exact_interval){k > 0 ? proportion_at(k - 1, n, 1 - tail) : 0,
                            k < n ? proportion_at(k, n, tail) : 1};
}

exact_interval exact_quantile_ranks(double n, double q, double level)
{
    double tail = 0.5 * (1 - level), l = floor(n * q), u = l + 1;
    while (l > 0 && exact_binomial_cdf(l - 1, n, q) > tail) l--;
    while (u <= n && exact_binomial_cdf(u - 1, n, q) < 1 - tail) u++;
    return (exact_interval){l, u};
}

double exact_ranks_coverage(double n, double q, exact_interval r)
{
    return exact_binomial_cdf(r.hi - 1, n, q) - exact_binomial_cdf(r.lo - 1, n, q);
}

static exact_tail tail_of(double var, double excess, double square, double alpha)
{
    double beyond = 1 - alpha;
    return (exact_tail){var, var + excess / beyond, (square - excess * excess) / (beyond * beyond)};
}

static double quantile_of(const exact_law *d, double beyond)
{
    double lo = 0, hi = exact_law_mean(d);
    while (exact_law_beyond(d, 0, hi) > beyond) hi *= 2;
    for (int i = 0; i < 200; i++) {
        double x = 0.5 * (lo + hi);
        *(exact_law_beyond(d, 0, x) > beyond ? &lo : &hi) = x;
    }
    return hi;
}

exact_tail exact_tail_of_law(const exact_law *d, double alpha)
{
    double v = quantile_of(d, 1 - alpha), m[3];
    for (int k = 0; k < 3; k++) m[k] = exact_law_beyond(d, k, v);
    return tail_of(v, m[1] - v * m[0], m[2] - 2 * v * m[1] + v * v * m[0], alpha);
}

exact_tail exact_tail_of_normal(double mean, double sd, double alpha)
{
    double z = exact_normal_quantile(alpha), density = exact_normal_density(z), beyond = 1 - alpha;
    exact_tail t =
        tail_of(z, density - z * beyond, beyond + z * density - 2 * z * density + z * z * beyond, alpha);
    return (exact_tail){mean + sd * t.var, mean + sd * t.cvar, sd * sd * t.variance};
}

exact_tail exact_tail_of_discrete(int n, const double *x, const double *p, double alpha)
{
    double sum = 0, excess = 0, square = 0;
    int at = 0;
    for (; at < n - 1 && (sum += p[at]) < alpha; at++) {
    }
    for (int i = at + 1; i < n; i++) {
        double d = x[i] - x[at];
        excess += p[i] * d;
        square += p[i] * d * d;
    }
    return tail_of(x[at], excess, square, alpha);
}

#define PI 3.141592653589793238462643383279502884

/* Parts of the variance: x1 alone, x2 alone, x1 and x3 together. */
static double part(double a, double b, int i)
{
    double p4 = pow(PI, 4);
    if (i == 0) return 0.5 * pow(1 + b * p4 / 5, 2);
    return i == 1 ? a * a / 8 : b * b * p4 * p4 * (1.0 / 18 - 1.0 / 50);
}

double exact_ishigami_variance(double a, double b) { return part(a, b, 0) + part(a, b, 1) + part(a, b, 2); }

double exact_ishigami_first(double a, double b, int i)
{
    return i == 2 ? 0 : part(a, b, i) / exact_ishigami_variance(a, b);
}

double exact_ishigami_total(double a, double b, int i)
{
    double own = i == 2 ? 0 : part(a, b, i), shared = i == 1 ? 0 : part(a, b, 2);
    return (own + shared) / exact_ishigami_variance(a, b);
}
