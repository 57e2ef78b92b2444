/* Estimators, see estimate.h. */
#include "tally/estimate.h"
#include "num/acc.h"
#include "num/interval.h"
#include "tally/cluster.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };

/* Sum of an expression over paths, in which x is the number of the path in `series`: plain inside a block,
 * exact across blocks. */
#define BLOCK_SUM(n, series, expression, result)                                                             \
    do {                                                                                                     \
        kura_acc total_;                                                                                     \
        double room_[BLOCK];                                                                                 \
        memset(&total_, 0, sizeof total_);                                                                   \
        for (uint64_t first_ = 0; first_ < (n); first_ += BLOCK) {                                           \
            uint64_t in_ = (n)-first_ < BLOCK ? (n)-first_ : BLOCK;                                          \
            const double *at_ = (series)->block((series), first_ / BLOCK, room_);                            \
            double sum_ = 0;                                                                                 \
            for (uint64_t i_ = 0; i_ < in_; i_++) {                                                          \
                double x = at_[i_];                                                                          \
                sum_ += (expression);                                                                        \
            }                                                                                                \
            kura_acc_add(&total_, sum_);                                                                     \
        }                                                                                                    \
        (result) = kura_acc_value(&total_);                                                                  \
    } while (0)

static double itself(double x, double parameter)
{
    (void)parameter;
    return x;
}

kura_estimate kura_estimate_mean_of(uint64_t n, const kura_series *series)
{
    double about = kura_series_at(series, 0), sum, squares;
    BLOCK_SUM(n, series, x - about, sum);
    double mean = about + sum / (double)n;
    if (kura_is_clustered(series))
        return (kura_estimate){mean, sqrt(kura_cluster_variance(n, series, itself, 0, mean))};
    BLOCK_SUM(n, series, (x - mean) * (x - mean), squares);
    kura_estimate e = {mean, n > 1 ? sqrt(squares / ((double)n * (double)(n - 1))) : NAN};
    return e;
}

/* Sum over units of the square of their sum of x - mean; a unit may go over several blocks. */
static double squares_of_units(uint64_t n, const kura_series *series, double mean, uint64_t unit)
{
    kura_acc total;
    double room[BLOCK], sum = 0;
    memset(&total, 0, sizeof total);
    for (uint64_t first = 0; first < n; first += BLOCK) {
        const double *x = series->block(series, first / BLOCK, room);
        for (uint64_t i = 0; i < BLOCK && first + i < n; i++) {
            sum += x[i] - mean;
            if ((first + i + 1) % unit != 0 && first + i + 1 != n) continue;
            kura_acc_add(&total, sum * sum);
            sum = 0;
        }
    }
    return kura_acc_value(&total);
}

kura_estimate kura_estimate_units_of(uint64_t n, const kura_series *series, uint64_t unit)
{
    kura_estimate e = kura_estimate_mean_of(n, series);
    uint64_t units = unit ? (n + unit - 1) / unit : 0;
    if (unit <= 1) return e;
    double squares = squares_of_units(n, series, e.value, unit), N = (double)n, U = (double)units;
    e.se = units > 1 ? sqrt(squares * U / (U - 1)) / N : NAN;
    return e;
}

/* Sum of (a - r b)^2. */
static double sum_of_residuals(uint64_t n, const kura_series *a, const kura_series *b, double r)
{
    kura_acc total;
    double rooms[2][BLOCK];
    memset(&total, 0, sizeof total);
    for (uint64_t first = 0; first < n; first += BLOCK) {
        uint64_t in = n - first < BLOCK ? n - first : BLOCK;
        const double *x = a->block(a, first / BLOCK, rooms[0]), *y = b->block(b, first / BLOCK, rooms[1]);
        double sum = 0;
        for (uint64_t i = 0; i < in; i++) sum += (x[i] - r * y[i]) * (x[i] - r * y[i]);
        kura_acc_add(&total, sum);
    }
    return kura_acc_value(&total);
}

kura_estimate kura_estimate_ratio_of(uint64_t n, const kura_series *a, const kura_series *b)
{
    double sum_a, sum_b;
    BLOCK_SUM(n, a, x, sum_a);
    BLOCK_SUM(n, b, x, sum_b);
    kura_estimate e = {NAN, NAN};
    if (sum_b == 0) return e;
    double r = sum_a / sum_b, squares = sum_of_residuals(n, a, b, r);
    double sum_squares;
    BLOCK_SUM(n, a, x * x, sum_squares);
    if (squares <= 0x1p-90 * sum_squares)
        squares = 0; /* rounding of a ratio that is the same on every path */
    e.value = r;
    e.se = n > 1 ? sqrt(squares / ((double)n * (double)(n - 1))) / (sum_b / (double)n) : NAN;
    if (kura_is_clustered(a) && squares > 0)
        e.se = sqrt(kura_cluster_ratio_variance(n, a, b, r)) / (sum_b / (double)n);
    return e;
}

kura_interval kura_estimate_proportion(uint64_t k, uint64_t n)
{
    kura_interval p = {(double)k / (double)n, 0, 0};
    kura_wilson(k, n, KURA_Z95, &p.lo, &p.hi);
    return p;
}

double kura_estimate_largest_of(uint64_t n, const kura_series *series)
{
    double largest = 0, room[BLOCK];
    for (uint64_t first = 0; first < n; first += BLOCK) {
        const double *x = series->block(series, first / BLOCK, room);
        for (uint64_t i = 0; i < BLOCK && first + i < n; i++) largest = x[i] > largest ? x[i] : largest;
    }
    return largest;
}

uint64_t kura_estimate_count_of(uint64_t n, const kura_series *series, double limit)
{
    uint64_t k = 0;
    double room[BLOCK];
    for (uint64_t first = 0; first < n; first += BLOCK) {
        const double *x = series->block(series, first / BLOCK, room);
        for (uint64_t i = 0; i < BLOCK && first + i < n; i++) k += x[i] > limit;
    }
    return k;
}

kura_interval kura_estimate_share_of(uint64_t n, const kura_series *x, double limit)
{
    if (kura_is_clustered(x)) return kura_cluster_share(n, x, limit);
    return kura_estimate_proportion(kura_estimate_count_of(n, x, limit), n);
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

int kura_estimate_quantile_of(uint64_t n, const kura_series *sorted, double q, kura_interval *out)
{
    *out = (kura_interval){NAN, NAN, NAN};
    if ((double)n * (1 - q) < 10 - 1e-9 || (double)n * q < 1) return 1;
    uint64_t k = (uint64_t)ceil(q * (double)n - 1e-9), l, u;
    out->value = kura_series_at(sorted, k - 1);
    kura_quantile_ranks(n, q, 0.95, &l, &u);
    out->lo = l >= 1 ? kura_series_at(sorted, l - 1) : -INFINITY;
    out->hi = u <= n ? kura_series_at(sorted, u - 1) : INFINITY;
    return 0;
}

kura_estimate kura_estimate_cvar_of(uint64_t n, const kura_series *sorted, double alpha, double *var)
{
    uint64_t k = (uint64_t)ceil(alpha * (double)n - 1e-9);
    double v = kura_series_at(sorted, k < 1 ? 0 : k - 1), sum, squares, tail = (1 - alpha) * (double)n;
    *var = v;
    BLOCK_SUM(n, sorted, x > v ? x - v : 0, sum);
    double mean = sum / (double)n;
    BLOCK_SUM(n, sorted, ((x > v ? x - v : 0) - mean) * ((x > v ? x - v : 0) - mean), squares);
    /* Var((x-v)+) / ((1-alpha)^2 n): the asymptotic variance of 8.7, written so that it holds with atoms */
    kura_estimate e = {v + sum / tail,
                       n > 1 ? sqrt(squares / (double)(n - 1) / (double)n) / (1 - alpha) : NAN};
    return e;
}

/* ---- of arrays ---- */

kura_estimate kura_estimate_mean(uint64_t n, const double *x)
{
    kura_series s = kura_series_of(x);
    return kura_estimate_mean_of(n, &s);
}

kura_estimate kura_estimate_ratio(uint64_t n, const double *a, const double *b)
{
    kura_series x = kura_series_of(a), y = kura_series_of(b);
    return kura_estimate_ratio_of(n, &x, &y);
}

kura_interval kura_estimate_share(uint64_t n, const double *x, double limit)
{
    kura_series s = kura_series_of(x);
    return kura_estimate_share_of(n, &s, limit);
}

int kura_estimate_quantile(uint64_t n, const double *sorted, double q, kura_interval *out)
{
    kura_series s = kura_series_of(sorted);
    return kura_estimate_quantile_of(n, &s, q, out);
}

kura_estimate kura_estimate_cvar(uint64_t n, const double *sorted, double alpha, double *var)
{
    kura_series s = kura_series_of(sorted);
    return kura_estimate_cvar_of(n, &s, alpha, var);
}
