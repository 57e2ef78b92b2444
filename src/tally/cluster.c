/* Errors with clusters, see cluster.h. */
#include "tally/cluster.h"
#include "num/acc.h"
#include "num/interval.h"
#include "num/math.h"
#include "num/student.h"
#include <math.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };

static uint64_t draws_of(uint64_t n, uint64_t cluster) { return (n + cluster - 1) / cluster; }

static uint64_t least(uint64_t a, uint64_t b) { return a < b ? a : b; }

/* m / (m - 1) sum_i (sum of draw i - what the mean would make of it)^2 / n^2 */
static double variance_of(double squares, uint64_t n, uint64_t cluster)
{
    double m = (double)draws_of(n, cluster);
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
            uint64_t end = least(i + x->cluster, n - first);
            for (uint64_t k = i; k < end; k++) sum += term(at[k], parameter) - mean;
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
            uint64_t end = least(i + a->cluster, n - first);
            for (uint64_t k = i; k < end; k++) sum += x[k] - r * y[k];
            squares += sum * sum;
        }
        kura_acc_add(&total, squares);
    }
    return variance_of(kura_acc_value(&total), n, a->cluster);
}

/* sum_i (S_i - n_i mean)^2, n_i = cluster but for the last draw. */
double kura_cluster_variance_of(uint64_t n, uint64_t cluster, kura_cluster_sums sums)
{
    double whole = (double)cluster, cut = n % cluster ? (double)(n % cluster) : whole,
           m = (double)draws_of(n, cluster), mean = sums.all / (double)n;
    double products = whole * (sums.all - sums.last) + cut * sums.last,
           sizes = (m - 1) * whole * whole + cut * cut;
    double left = sums.squares - 2 * mean * products + mean * mean * sizes;
    if (left <= 0x1p-46 * sums.squares) left = 0; /* what is left of a constant by rounding */
    return variance_of(left, n, cluster);
}

double kura_cluster_student(uint64_t n, uint64_t cluster, double tail)
{
    uint64_t draws = draws_of(n, cluster);
    return draws > 1 ? -kura_student_quantile((double)(draws - 1), tail) : NAN;
}

/* sum_i (A_i - n_i mean of a) (B_i - n_i mean of b). */
double kura_cluster_covariance_of(uint64_t n, uint64_t cluster, kura_cluster_sums a, kura_cluster_sums b,
                                  double products)
{
    double whole = (double)cluster, cut = n % cluster ? (double)(n % cluster) : whole,
           m = (double)draws_of(n, cluster), mean_a = a.all / (double)n, mean_b = b.all / (double)n;
    double of_a = whole * (a.all - a.last) + cut * a.last, of_b = whole * (b.all - b.last) + cut * b.last,
           sizes = (m - 1) * whole * whole + cut * cut;
    double left = products - mean_b * of_a - mean_a * of_b + mean_a * mean_b * sizes;
    if (fabs(left) <= 0x1p-46 * fabs(products)) left = 0;
    return variance_of(left, n, cluster);
}

double kura_cluster_width(uint64_t n, uint64_t cluster)
{
    return cluster > 1 ? kura_cluster_student(n, cluster, 0.025) : KURA_Z95;
}

/* ---- shares ---- */

double kura_cluster_effective(uint64_t n, uint64_t cluster, double p, double variance)
{
    double m = (double)draws_of(n, cluster), effect = (double)cluster;
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

kura_interval kura_cluster_proportion(uint64_t n, uint64_t cluster, kura_cluster_sums sums)
{
    double p = sums.all / (double)n, variance = kura_cluster_variance_of(n, cluster, sums);
    return kura_cluster_interval(p, kura_cluster_effective(n, cluster, p, variance));
}

/* Steps at which paths of a draw end, in ascending order; their number.  By insertion: few end. */
static size_t ends_of(const double *x, size_t n, double T, size_t *ends)
{
    size_t many = 0;
    for (size_t k = 0; k < n; k++) {
        if (x[k] >= T) continue;
        size_t at = many++;
        for (; at > 0 && (double)ends[at - 1] > x[k]; at--) ends[at] = ends[at - 1];
        ends[at] = (size_t)x[k];
    }
    return many;
}

void kura_cluster_survivors(uint64_t n, const kura_series *x, size_t T, kura_cluster_sums *sums)
{
    double room[BLOCK];
    size_t ends[BLOCK];
    memset(sums, 0, T * sizeof *sums);
    for (uint64_t first = 0; first < n; first += BLOCK) {
        const double *at = x->block(x, first / BLOCK, room);
        for (uint64_t i = 0; i < BLOCK && first + i < n; i += x->cluster) {
            uint64_t size = least(x->cluster, n - first - i);
            int last = first + i + size == n;
            double left = (double)size; /* changes are noted where they come, and summed up in the end */
            size_t many = ends_of(at + i, (size_t)size, (double)T, ends);
            sums[0].all += left;
            sums[0].squares += left * left;
            if (last) sums[0].last += left;
            for (size_t e = 0; e < many; e++, left--) {
                sums[ends[e]].all -= 1;
                sums[ends[e]].squares -= 2 * left - 1;
                if (last) sums[ends[e]].last -= 1;
            }
        }
    }
    for (size_t t = 1; t < T; t++) {
        sums[t].all += sums[t - 1].all;
        sums[t].squares += sums[t - 1].squares;
        sums[t].last += sums[t - 1].last;
    }
}

/* ---- quantiles ---- */

/* The smaller effective number of both sides of an atom. */
static double effective_at(uint64_t n, const kura_series *paths, double v)
{
    kura_term *const terms[] = {above, not_below};
    double few = (double)n;
    for (int i = 0; i < 2; i++) {
        double count = 0, room[BLOCK];
        for (uint64_t first = 0; first < n; first += BLOCK) {
            const double *at = paths->block(paths, first / BLOCK, room);
            for (uint64_t k = 0; k < BLOCK && first + k < n; k++) count += terms[i](at[k], v);
        }
        double p = count / (double)n;
        if (i == 1 && !(p < 1)) continue; /* the smallest value: nothing lies below */
        double variance = kura_cluster_variance(n, paths, terms[i], v, p);
        few = kura_min(few, kura_cluster_effective(n, paths->cluster, p, variance));
    }
    return few;
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
