/* Confidence intervals, see interval.h. */
#include "num/interval.h"
#include "num/math.h"
#include "num/special.h"

void kura_wilson(uint64_t k, uint64_t n, double z, double *lo, double *hi)
{
    *lo = 0.0;
    *hi = 1.0;
    if (!n) return;
    double count = (double)n, hits = (double)k, misses = (double)(n - k), zz = z * z;
    double reach = hits + 0.5 * zz + z * sqrt(hits * misses / count + 0.25 * zz);
    if (k > 0) *lo = hits * hits / (count * reach); /* the product of both ends is hits^2/(n (n + zz)) */
    if (k < n) *hi = k > 0 ? reach / (count + zz) : zz / (count + zz);
}

double kura_binomial_cdf(double k, double n, double q)
{
    double p, rest;
    if (k < 0.0) return 0.0;
    if (k >= n) return 1.0;
    kura_beta_pq(n - k, k + 1.0, 1.0 - q, q, &p, &rest);
    return p;
}

/* Largest m with B(m; n, q) <= tail, or -1; ties within 1e-12 count as equal.  Starts where the normal law
 * would have it and walks by single probabilities. */
static double last_below(double n, double q, double tail)
{
    double limit = tail * (1.0 + 1e-12);
    double m = kura_floor(n * q + kura_norm_inv(tail) * sqrt(n * q * (1.0 - q)));
    m = kura_min(kura_max(m, 0.0), n - 1.0);
    double sum = kura_binomial_cdf(m, n, q), term = kura_binomial_pmf(m, n, q), odds = q / (1.0 - q);
    if (sum <= limit) {
        while (m < n - 1.0) {
            term *= (n - m) / (m + 1.0) * odds;
            sum += term;
            if (sum > limit) return m;
            m += 1.0;
        }
        return m;
    }
    while (m >= 0.0 && sum > limit) {
        sum -= term;
        term *= m / ((n - m + 1.0) * odds);
        m -= 1.0;
    }
    return m;
}

void kura_quantile_ranks(uint64_t n, double q, double level, uint64_t *l, uint64_t *u)
{
    *l = 0;
    *u = n + 1;
    if (!n) return;
    double tail = 0.5 * (1.0 - level), count = (double)n;
    *l = (uint64_t)(last_below(count, q, tail) + 1.0);
    *u = (uint64_t)(count - last_below(count, 1.0 - q, tail)); /* the same from above */
}
