/* Errors with clusters, see cluster.h. */
#include "tally/cluster.h"
#include "num/acc.h"
#include "num/interval.h"
#include "num/math.h"
#include "num/student.h"
#include <math.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };

/* m / (m - 1) sum_i (sum of draw i - what the mean would make of it)^2 / n^2 */
static double variance_of(double squares, uint64_t n, uint64_t cluster)
{
    double m = (double)(n / cluster);
    return m > 1 ? squares * (m / (m - 1)) / ((double)n * (double)n) : NAN;
}

double kura_cluster_variance(uint64_t n, const kura_series *x, kura_term *term, double parameter, double mean)
{
    kura_acc total = {{0}};
    double room[BLOCK];
    for (uint64_t first = 0; first < n; first += BLOCK) {
        const double *at = x->block(x, first / BLOCK, room);
        double squares = 0;
        for (uint64_t i = 0; i < BLOCK && first + i < n; i += x->cluster) {
            double sum = 0;
            for (uint64_t k = 0; k < x->cluster; k++) sum += term(at[i + k], parameter) - mean;
            squares += sum * sum;
        }
        kura_acc_add(&total, squares);
    }
    return variance_of(kura_acc_value(&total), n, x->cluster);
}

double kura_cluster_ratio_variance(uint64_t n, const kura_series *a, const kura_series *b, double r)
{
    kura_acc total = {{0}};
    double rooms[2][BLOCK];
    for (uint64_t first = 0; first < n; first += BLOCK) {
        const double *x = a->block(a, first / BLOCK, rooms[0]), *y = b->block(b, first / BLOCK, rooms[1]);
        double squares = 0;
        for (uint64_t i = 0; i < BLOCK && first + i < n; i += a->cluster) {
            double sum = 0;
            for (uint64_t k = i; k < i + a->cluster; k++) sum += x[k] - r * y[k];
            squares += sum * sum;
        }
        kura_acc_add(&total, squares);
    }
    return variance_of(kura_acc_value(&total), n, a->cluster);
}

double kura_cluster_variance_of(uint64_t n, uint64_t cluster, double sum, double squares)
{
    double m = (double)(n / cluster), left = squares - sum * sum / m;
    if (left <= 0x1p-46 * squares) left = 0; /* what is left of a constant by rounding */
    return variance_of(left, n, cluster);
}

/* ---- shares ---- */

double kura_cluster_effective(uint64_t n, uint64_t cluster, double p, double variance)
{
    double m = (double)(n / cluster), effect = (double)cluster;
    if (!(m > 1)) return 0;
    double t = kura_student_quantile(m - 1, 0.975);
    if (p > 0 && p < 1) effect = variance * (double)(n - 1) / (p * (1 - p));
    effect = kura_min(kura_max(effect, 1), (double)cluster);
    return (double)n / effect * (KURA_Z95 / t) * (KURA_Z95 / t);
}

kura_interval kura_cluster_interval(double p, double n)
{
    double zz = KURA_Z95 * KURA_Z95;
    kura_interval out = {p, 0, 1};
    double middle = (p + zz / (2 * n)) / (1 + zz / n);
    double half = KURA_Z95 * sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n);
    if (!(n > 0)) return out;
    if (p > 0) out.lo = kura_min(kura_max(middle - half, 0), p);
    if (p < 1) out.hi = kura_max(kura_min(middle + half, 1), p);
    return out;
}

static double above(double x, double limit) { return x > limit ? 1 : 0; }
static double not_below(double x, double limit) { return x >= limit ? 1 : 0; }
static double excess(double x, double limit) { return x > limit ? x - limit : 0; }

kura_interval kura_cluster_share(uint64_t n, const kura_series *x, double limit)
{
    double p = (double)kura_estimate_count_of(n, x, limit) / (double)n;
    double variance = kura_cluster_variance(n, x, above, limit, p);
    return kura_cluster_interval(p, kura_cluster_effective(n, x->cluster, p, variance));
}

kura_interval kura_cluster_proportion(uint64_t n, uint64_t cluster, double count, double squares)
{
    double p = count / (double)n, variance = kura_cluster_variance_of(n, cluster, count, squares);
    return kura_cluster_interval(p, kura_cluster_effective(n, cluster, p, variance));
}

void kura_cluster_squares(uint64_t n, const kura_series *x, size_t T, double *squares)
{
    double room[BLOCK];
    memset(squares, 0, T * sizeof *squares);
    for (uint64_t first = 0; first < n; first += BLOCK) {
        const double *at = x->block(x, first / BLOCK, room);
        for (uint64_t i = 0; i < BLOCK && first + i < n; i += x->cluster) {
            /* all paths count at every t; each takes itself out from its x on: k^2 - (k-1)^2, by falling k */
            double own = (double)x->cluster;
            uint16_t ends[BLOCK], many = 0;
            for (uint64_t k = i; k < i + x->cluster; k++)
                if (at[k] < (double)T) ends[many++] = (uint16_t)k;
            for (size_t a = 1; a < many; a++) /* by insertion: few end */
                for (size_t b = a; b > 0 && at[ends[b]] < at[ends[b - 1]]; b--) {
                    uint16_t swap = ends[b];
                    ends[b] = ends[b - 1];
                    ends[b - 1] = swap;
                }
            squares[0] += own * own;
            for (size_t e = 0; e < many; e++, own--) squares[(size_t)at[ends[e]]] -= 2 * own - 1;
        }
    }
    for (size_t t = 1; t < T; t++) squares[t] += squares[t - 1];
}

/* ---- quantiles ---- */

/* The smaller effective number of both sides of an atom. */
static double effective_at(uint64_t n, const kura_series *paths, double v)
{
    kura_term *const terms[] = {above, not_below};
    double least = (double)n;
    for (int i = 0; i < 2; i++) {
        double count = 0, room[BLOCK];
        for (uint64_t first = 0; first < n; first += BLOCK) {
            const double *at = paths->block(paths, first / BLOCK, room);
            for (uint64_t k = 0; k < BLOCK && first + k < n; k++) count += terms[i](at[k], v);
        }
        double p = count / (double)n;
        if (i == 1 && !(p < 1)) continue; /* the smallest value: nothing lies below */
        double variance = kura_cluster_variance(n, paths, terms[i], v, p);
        least = kura_min(least, kura_cluster_effective(n, paths->cluster, p, variance));
    }
    return least;
}

int kura_cluster_quantile(uint64_t n, const kura_series *sorted, const kura_series *paths, double q,
                          kura_interval *out)
{
    if (kura_estimate_quantile_of(n, sorted, q, out) || !kura_is_clustered(paths)) return isnan(out->value);
    double effective = kura_floor(effective_at(n, paths, out->value));
    uint64_t l = 0, u = 1, N = (uint64_t)effective;
    if (N) kura_quantile_ranks(N, q, 0.95, &l, &u);
    double each = N ? (double)n / effective : 0;
    out->lo = l >= 1 ? kura_series_at(sorted, (uint64_t)kura_floor((double)(l - 1) * each)) : -INFINITY;
    uint64_t last = (uint64_t)kura_max(ceil((double)u * each) - 1, 0);
    out->hi = u <= N ? kura_series_at(sorted, last < n ? last : n - 1) : INFINITY;
    return 0;
}

kura_estimate kura_cluster_cvar(uint64_t n, const kura_series *sorted, const kura_series *paths, double alpha,
                                double *var)
{
    kura_estimate e = kura_estimate_cvar_of(n, sorted, alpha, var);
    if (!kura_is_clustered(paths)) return e;
    double mean = (e.value - *var) * (1 - alpha); /* of the excess */
    e.se = sqrt(kura_cluster_variance(n, paths, excess, *var, mean)) / (1 - alpha);
    return e;
}

uint64_t kura_cluster_least(uint64_t n, uint64_t cluster)
{
    return cluster > 1 ? (uint64_t)kura_max(kura_floor(kura_cluster_effective(n, cluster, 0, 0)), 1) : n;
}
