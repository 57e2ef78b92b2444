/* Estimators, see estimate.h. */
#include "tally/estimate.h"
#include "num/acc.h"
#include "num/interval.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 1024 };

/* Sum of f(i) over paths: plain inside a block, exact across blocks. */
#define BLOCK_SUM(n, i, expression, result)                                                                  \
    do {                                                                                                     \
        kura_acc total_;                                                                                     \
        memset(&total_, 0, sizeof total_);                                                                   \
        for (uint64_t first_ = 0; first_ < (n); first_ += BLOCK) {                                           \
            uint64_t last_ = first_ + BLOCK < (n) ? first_ + BLOCK : (n);                                    \
            double sum_ = 0;                                                                                 \
            for (uint64_t i = first_; i < last_; i++) sum_ += (expression);                                  \
            kura_acc_add(&total_, sum_);                                                                     \
        }                                                                                                    \
        (result) = kura_acc_value(&total_);                                                                  \
    } while (0)

kura_estimate kura_estimate_mean(uint64_t n, const double *x)
{
    double about = x[0], sum, squares;
    BLOCK_SUM(n, i, x[i] - about, sum);
    double mean = about + sum / (double)n;
    BLOCK_SUM(n, i, (x[i] - mean) * (x[i] - mean), squares);
    kura_estimate e = {mean, n > 1 ? sqrt(squares / ((double)n * (double)(n - 1))) : NAN};
    return e;
}

kura_estimate kura_estimate_ratio(uint64_t n, const double *a, const double *b)
{
    double sum_a, sum_b, squares;
    BLOCK_SUM(n, i, a[i], sum_a);
    BLOCK_SUM(n, i, b[i], sum_b);
    kura_estimate e = {NAN, NAN};
    if (sum_b == 0) return e;
    double r = sum_a / sum_b;
    BLOCK_SUM(n, i, (a[i] - r * b[i]) * (a[i] - r * b[i]), squares);
    double sum_squares;
    BLOCK_SUM(n, i, a[i] * a[i], sum_squares);
    if (squares <= 0x1p-90 * sum_squares)
        squares = 0; /* rounding of a ratio that is the same on every path */
    e.value = r;
    e.se = n > 1 ? sqrt(squares / ((double)n * (double)(n - 1))) / (sum_b / (double)n) : NAN;
    return e;
}

kura_interval kura_estimate_proportion(uint64_t k, uint64_t n)
{
    kura_interval p = {(double)k / (double)n, 0, 0};
    kura_wilson(k, n, KURA_Z95, &p.lo, &p.hi);
    return p;
}

kura_interval kura_estimate_share(uint64_t n, const double *x, double limit)
{
    uint64_t k = 0;
    for (uint64_t i = 0; i < n; i++) k += x[i] > limit;
    return kura_estimate_proportion(k, n);
}

static int ascending(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return a < b ? -1 : a > b;
}

void kura_sort(uint64_t n, double *x)
{
    /* Most shortage metrics are 0 on most paths: move zeros and below to the front before sorting the rest.
     */
    uint64_t zeros = 0;
    for (uint64_t i = 0; i < n; i++)
        if (x[i] <= 0) {
            double swap = x[zeros];
            x[zeros++] = x[i];
            x[i] = swap;
        }
    qsort(x, zeros, sizeof *x, ascending);
    qsort(x + zeros, n - zeros, sizeof *x, ascending);
}

int kura_estimate_quantile(uint64_t n, const double *sorted, double q, kura_interval *out)
{
    *out = (kura_interval){NAN, NAN, NAN};
    if ((double)n * (1 - q) < 10 - 1e-9 || (double)n * q < 1) return 1;
    uint64_t k = (uint64_t)ceil(q * (double)n - 1e-9), l, u;
    out->value = sorted[k - 1];
    kura_quantile_ranks(n, q, 0.95, &l, &u);
    out->lo = l >= 1 ? sorted[l - 1] : -INFINITY;
    out->hi = u <= n ? sorted[u - 1] : INFINITY;
    return 0;
}

kura_estimate kura_estimate_cvar(uint64_t n, const double *sorted, double alpha, double *var)
{
    uint64_t k = (uint64_t)ceil(alpha * (double)n - 1e-9);
    double v = sorted[k < 1 ? 0 : k - 1], sum, squares, tail = (1 - alpha) * (double)n;
    *var = v;
    BLOCK_SUM(n, i, sorted[i] > v ? sorted[i] - v : 0, sum);
    double mean = sum / (double)n;
    BLOCK_SUM(n, i,
              ((sorted[i] > v ? sorted[i] - v : 0) - mean) * ((sorted[i] > v ? sorted[i] - v : 0) - mean),
              squares);
    /* Var((x-v)+) / ((1-alpha)^2 n): the asymptotic variance of 8.7, written so that it holds with atoms */
    kura_estimate e = {v + sum / tail,
                       n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) / (1 - alpha) : NAN};
    return e;
}
