/* Distributions, see dist.h.
 *
 * Laws without a closed quantile get a table of y = logit(x) (beta) or y = ln(x) (residual lives) and dy/dz
 * at equidistant z = Phi^-1(u).  That curve is smooth, nearly straight or parabolic for every shape, so that
 * a cubic through values and slopes is monotone and accurate to 1e-9 (residual lives: to 3e-9 of the time).
 * Outside |z| <= 8.5 (u within 1e-17 of the ends; no draw gets there) the end values hold. */
#include "num/dist.h"
#include "num/lane_dist.h"
#include "base/error.h"
#include "num/math.h"
#include "num/normal.h"
#include "num/special.h"

#define TABLE_Z 8.5
#define TABLE_CELLS 544
#define TABLE_STEP (2.0 * TABLE_Z / TABLE_CELLS) /* 1/32 */
#define INV_ROOT_2PI 0x1.9884533d43651p-2
#define MIN_SHAPE 0.05
#define MAX_SHAPE 1e5

static double not_a_number(void) { return kura_from_bits(0x7ff8000000000000u); }
static int is_finite(double x) { return fabs(x) <= 0x1.fffffffffffffp1023; }

/* ---- tables ---- */

static double table_z(int i) { return (i - TABLE_CELLS / 2) * TABLE_STEP; }

/* Sets node i to y; `slope` is dF/dy there. */
static void table_set(double *table, int i, double y, double slope)
{
    double z = table_z(i), density = kura_exp(-0.5 * z * z) * INV_ROOT_2PI;
    table[2 * i] = y;
    table[2 * i + 1] = density / slope * TABLE_STEP;
}

static double table_at(const double *table, double z)
{
    double c = (kura_min(kura_max(z, -TABLE_Z), TABLE_Z) + TABLE_Z) * (1.0 / TABLE_STEP);
    int i = (int)kura_min(c, TABLE_CELLS - 1);
    const double *n = table + 2 * i;
    double t = c - i, s = 1.0 - t;
    return s * s * ((1.0 + 2.0 * t) * n[0] + t * n[1]) + t * t * ((1.0 + 2.0 * s) * n[2] - s * n[3]);
}

static double *table_new(kura_arena *arena)
{
    return arena ? KURA_NEW(arena, double, 2 * (TABLE_CELLS + 1)) : NULL;
}

/* ---- beta ---- */

typedef struct {
    double a, b, ln_ab; /* ln(a B(a,b)) */
} beta_side;

/* I_x(a,b) and its slope against y = logit(x). */
static double beta_lower(const beta_side *s, double y, double *slope)
{
    double e = kura_exp(-fabs(y)), small = e / (1.0 + e), big = 1.0 / (1.0 + e), p, q;
    double x = y < 0.0 ? small : big, rest = y < 0.0 ? big : small;
    kura_beta_pq(s->a, s->b, x, rest, &p, &q);
    *slope = kura_beta_weight(s->a, s->b, x, rest);
    return p;
}

/* y with I(y) = p, p <= 1/2, by Newton steps on ln I kept inside a bracket. */
static double beta_solve(const beta_side *s, double p, double *slope)
{
    double ln_p = kura_log(p);
    double y = (ln_p + s->ln_ab) / s->a; /* I = x^a/(a B) where (1 + b) x is lost in rounding */
    if (y + kura_log1p(s->b) < -37.0) {
        *slope = s->a * p;
        return y;
    }
    double lo = -745.0, hi = 745.0;
    y = kura_log(s->a / s->b);
    for (int i = 0; i < 200; i++) {
        double f = beta_lower(s, y, slope);
        double error = f > 0.0 ? kura_log(f) - ln_p : -1.0;
        if (error > 0.0)
            hi = y;
        else
            lo = y;
        double next = f > 0.0 && *slope > 0.0 ? y - error * f / *slope : lo;
        if (!(next > lo && next < hi)) next = 0.5 * (lo + hi);
        double move = fabs(next - y);
        y = next;
        if (move <= 1e-15 * (1.0 + fabs(y))) break;
    }
    beta_lower(s, y, slope);
    return y;
}

static void beta_fill(double a, double b, double *table)
{
    double ln_beta = kura_lgamma(a) + kura_lgamma(b) - kura_lgamma(a + b);
    beta_side left = {a, b, kura_log(a) + ln_beta}, right = {b, a, kura_log(b) + ln_beta};
    for (int i = 0; i <= TABLE_CELLS; i++) {
        double z = table_z(i), slope, p = kura_norm_cdf(-fabs(z));
        double y = z <= 0.0 ? beta_solve(&left, p, &slope) : -beta_solve(&right, p, &slope);
        table_set(table, i, y, slope);
    }
}

/* The beta quantile at u = Phi(z). */
static double beta_at(const kura_dist *d, double z)
{
    double y = table_at(d->table, z), e = kura_exp(-fabs(y));
    return y < 0.0 ? e / (1.0 + e) : 1.0 / (1.0 + e);
}

/* ---- initialisation ---- */

static const char *parameter_fault(kura_dist_kind kind, double a, double b)
{
    if (!is_finite(a) || !is_finite(b)) return "a parameter is not a finite number";
    switch (kind) {
    case KURA_DIST_CONSTANT:
        return NULL;
    case KURA_DIST_UNIFORM:
        return b < a ? "max is below min" : NULL;
    case KURA_DIST_NORMAL:
        return b < 0.0 ? "the standard deviation is negative" : NULL;
    case KURA_DIST_LOGNORMAL:
        return b < 0.0 ? "sigma is negative" : NULL;
    case KURA_DIST_EXPONENTIAL:
        return a > 0.0 ? NULL : "the mean is not positive";
    case KURA_DIST_WEIBULL:
        return !(a > 0.0) ? "the scale is not positive" : b > 0.0 ? NULL : "the shape is not positive";
    case KURA_DIST_BETA:
        return kura_min(a, b) >= MIN_SHAPE && kura_max(a, b) <= MAX_SHAPE
                   ? NULL
                   : "alpha or beta is outside 0.05 to 100000";
    }
    return "the kind of distribution is unknown";
}

kura_status kura_dist_init(kura_dist *d, kura_arena *arena, kura_dist_kind kind, double a, double b,
                           kura_error *err)
{
    const char *fault = parameter_fault(kind, a, b);
    if (fault) return kura_error_set(err, KURA_E_SCENARIO, "no such distribution: %s (%g, %g)", fault, a, b);
    *d = (kura_dist){kind, a, b, NULL, 0, NULL};
    if (kind != KURA_DIST_BETA) return KURA_OK;
    double *table = table_new(arena);
    if (!table) return kura_error_set(err, KURA_E_MEMORY, "no memory for the table of a beta distribution");
    beta_fill(a, b, table);
    d->table = table;
    d->ntable = TABLE_CELLS + 1;
    return KURA_OK;
}

/* ---- quantile, distribution function, mean ---- */

double kura_dist_quantile(const kura_dist *d, double u)
{
    switch (d->kind) {
    case KURA_DIST_CONSTANT:
        return d->a;
    case KURA_DIST_UNIFORM:
        return d->a + u * (d->b - d->a);
    case KURA_DIST_NORMAL:
        return d->a + d->b * kura_norm_inv(u);
    case KURA_DIST_LOGNORMAL:
        return kura_exp(d->a + d->b * kura_norm_inv(u));
    case KURA_DIST_EXPONENTIAL:
        return -d->a * kura_log1p(-u);
    case KURA_DIST_WEIBULL:
        return d->a * kura_power(-kura_log1p(-u), 1.0 / d->b);
    case KURA_DIST_BETA:
        return beta_at(d, kura_norm_inv(u));
    }
    return not_a_number();
}

/* *lower = P(X <= x), *upper = P(X > x), each accurate when small. */
static void both_tails(const kura_dist *d, double x, double *lower, double *upper)
{
    double spread = d->kind == KURA_DIST_UNIFORM ? d->b - d->a : d->b;
    int atom = d->kind == KURA_DIST_CONSTANT ||
               (spread == 0.0 && (d->kind == KURA_DIST_UNIFORM || d->kind == KURA_DIST_NORMAL));
    double at = d->a;
    if (d->kind == KURA_DIST_LOGNORMAL && spread == 0.0) {
        atom = 1;
        at = kura_exp(d->a);
    }
    if (atom) {
        *lower = x >= at ? 1.0 : 0.0;
        *upper = 1.0 - *lower;
        return;
    }
    double z;
    switch (d->kind) {
    case KURA_DIST_UNIFORM:
        *lower = kura_clamp01((x - d->a) / spread);
        *upper = kura_clamp01((d->b - x) / spread);
        return;
    case KURA_DIST_NORMAL:
        z = (x - d->a) / d->b;
        *lower = kura_norm_cdf(z);
        *upper = kura_norm_cdf(-z);
        return;
    case KURA_DIST_LOGNORMAL:
        z = x > 0.0 ? (kura_log(x) - d->a) / d->b : -40.0;
        *lower = kura_norm_cdf(z);
        *upper = kura_norm_cdf(-z);
        return;
    case KURA_DIST_EXPONENTIAL:
    case KURA_DIST_WEIBULL:
        z = d->kind == KURA_DIST_EXPONENTIAL ? kura_max(x, 0.0) / d->a : kura_power(x / d->a, d->b);
        *lower = -kura_expm1(-z);
        *upper = kura_exp(-z);
        return;
    case KURA_DIST_BETA:
        kura_beta_pq(d->a, d->b, x, 1.0 - x, lower, upper);
        return;
    case KURA_DIST_CONSTANT:
        break;
    }
    *lower = *upper = not_a_number();
}

double kura_dist_cdf(const kura_dist *d, double x)
{
    double lower, upper;
    both_tails(d, x, &lower, &upper);
    return lower;
}

double kura_dist_mean(const kura_dist *d)
{
    switch (d->kind) {
    case KURA_DIST_CONSTANT:
    case KURA_DIST_NORMAL:
    case KURA_DIST_EXPONENTIAL:
        return d->a;
    case KURA_DIST_UNIFORM:
        return 0.5 * (d->a + d->b);
    case KURA_DIST_LOGNORMAL:
        return kura_exp(d->a + 0.5 * d->b * d->b);
    case KURA_DIST_WEIBULL:
        return d->a * kura_exp(kura_lgamma(1.0 + 1.0 / d->b));
    case KURA_DIST_BETA:
        return d->a / (d->a + d->b);
    }
    return not_a_number();
}

/* ---- conditional law ---- */

double kura_dist_quantile_above(const kura_dist *d, double x0, double u)
{
    double lower, upper, x = x0;
    both_tails(d, x0, &lower, &upper);
    double rest = (1.0 - u) * upper; /* P(X > result) */
    if (!(rest > 0x1p-1022)) return x0;
    switch (d->kind) {
    case KURA_DIST_CONSTANT:
        x = d->a;
        break;
    case KURA_DIST_UNIFORM:
        x = kura_max(x0, d->a) + u * (d->b - kura_max(x0, d->a));
        break;
    case KURA_DIST_NORMAL:
        x = d->a - d->b * kura_norm_inv(rest);
        break;
    case KURA_DIST_LOGNORMAL:
        x = kura_exp(d->a - d->b * kura_norm_inv(rest));
        break;
    case KURA_DIST_EXPONENTIAL:
        x = kura_max(x0, 0.0) - d->a * kura_log1p(-u);
        break;
    case KURA_DIST_WEIBULL:
        x = d->a * kura_power(kura_power(x0 / d->a, d->b) - kura_log1p(-u), 1.0 / d->b);
        break;
    case KURA_DIST_BETA:
        x = beta_at(d, -kura_norm_inv(rest));
        break;
    }
    return kura_max(x, x0);
}

/* ---- equilibrium residual life ---- */

/* F = (1/E) integral from 0 to x of P(X > y) dy and its complement, and x F'(x) = x P(X > x)/E. */
typedef struct {
    double lower, upper, slope;
} residual_law;

static residual_law residual_at(const kura_dist *d, double mean, double ln_x)
{
    double x = kura_exp(ln_x), lower, upper;
    residual_law r = {0, 0, 0};
    if (d->kind == KURA_DIST_LOGNORMAL) {
        double t = (ln_x - d->a) / d->b;
        r.slope = x / mean * kura_norm_cdf(-t);
        r.lower = r.slope + kura_norm_cdf(t - d->b);
        r.upper = kura_norm_cdf(d->b - t) - r.slope;
    } else if (d->kind == KURA_DIST_WEIBULL) {
        double z = kura_exp(d->b * (ln_x - kura_log(d->a)));
        kura_gamma_pq(1.0 / d->b, z, &r.lower, &r.upper);
        r.slope = x / mean * kura_exp(-z);
    } else {
        double p, q;
        kura_beta_pq(d->a, d->b, x, 1.0 - x, &lower, &upper);
        kura_beta_pq(d->a + 1.0, d->b, x, 1.0 - x, &p, &q);
        r.slope = x / mean * upper;
        r.lower = r.slope + p;
        r.upper = q - r.slope;
    }
    return r;
}

/* Where the law is surely above u = 1 - v, on the scale of ln x. */
static double residual_ceiling(const kura_dist *d, double mean, double u, double v)
{
    if (d->kind == KURA_DIST_BETA) return 0.0;
    if (d->kind == KURA_DIST_LOGNORMAL) { /* the size-biased law is above it */
        double z = u < v ? kura_norm_inv(u) : -kura_norm_inv(v);
        return d->a + d->b * (d->b + z) + 1e-12 * (1.0 + fabs(d->a));
    }
    double ln_x = kura_log(mean);
    for (int i = 0; i < 200 && residual_at(d, mean, ln_x).upper > v; i++) ln_x += 0.7;
    return ln_x;
}

/* ln x with F(x) = u = 1 - v, and the slope there: Newton steps on the logarithm of the smaller tail against
 * ln x, kept inside a bracket.  How many steps there are follows from the bits of the arguments, so it is the
 * same everywhere. */
static double residual_solve(const kura_dist *d, double mean, double u, double v, double *slope)
{
    double lo = kura_log(u * mean) - 1e-12, hi = residual_ceiling(d, mean, u, v); /* F(x) <= x/E */
    int use_lower = u <= v;
    double target = kura_log(use_lower ? u : v);
    double y = use_lower ? lo : 0.5 * (lo + hi);
    for (int i = 0; i < 100; i++) {
        residual_law r = residual_at(d, mean, y);
        double tail = use_lower ? r.lower : r.upper;
        double error = tail > 0.0 ? kura_log(tail) - target : -1.0; /* of ln F, or of ln(1 - F) */
        int above = use_lower ? error > 0.0 : error < 0.0;
        if (above)
            hi = y;
        else
            lo = y;
        double step = error * tail / r.slope;
        double next = tail > 0.0 && r.slope > 0.0 ? (use_lower ? y - step : y + step) : hi;
        if (!(next > lo && next < hi)) next = 0.5 * (lo + hi);
        double move = fabs(next - y);
        y = next;
        if (move <= 1e-15 * (1.0 + fabs(y))) break;
    }
    *slope = residual_at(d, mean, y).slope;
    return y;
}

/* No closed form. */
static int residual_needs_table(const kura_dist *d)
{
    if (d->kind == KURA_DIST_WEIBULL) return d->b != 1.0;
    return d->kind == KURA_DIST_BETA || (d->kind == KURA_DIST_LOGNORMAL && d->b > 0.0);
}

kura_status kura_dist_tabulate_residual(kura_dist *d, kura_arena *arena, kura_error *err)
{
    if (!residual_needs_table(d)) return KURA_OK;
    double *table = table_new(arena), mean = kura_dist_mean(d), slope;
    if (!table) return kura_error_set(err, KURA_E_MEMORY, "no memory for the table of a residual life");
    for (int i = 0; i <= TABLE_CELLS; i++) {
        double z = table_z(i), y = residual_solve(d, mean, kura_norm_cdf(z), kura_norm_cdf(-z), &slope);
        table_set(table, i, y, slope);
    }
    d->residual = table;
    return KURA_OK;
}

static double uniform_residual(double a, double b, double u)
{
    double mean = 0.5 * (a + b);
    if (a < 0.0) return not_a_number();
    return u * mean <= a ? u * mean : b - sqrt(2.0 * (b - a) * mean * (1.0 - u));
}

double kura_dist_residual_quantile(const kura_dist *d, double u)
{
    double slope;
    if (residual_needs_table(d))
        return kura_exp(d->residual ? table_at(d->residual, kura_norm_inv(u))
                                    : residual_solve(d, kura_dist_mean(d), u, 1.0 - u, &slope));
    switch (d->kind) {
    case KURA_DIST_EXPONENTIAL:
    case KURA_DIST_WEIBULL:
        return kura_dist_quantile(d, u); /* no memory */
    case KURA_DIST_CONSTANT:
    case KURA_DIST_LOGNORMAL:
        return u * kura_dist_mean(d);
    case KURA_DIST_UNIFORM:
        return uniform_residual(d->a, d->b, u);
    default:
        return not_a_number();
    }
}

/* ---- Poisson ---- */

void kura_poisson_cumulative(double mean, double cum[KURA_POISSON_MAX])
{
    double p = kura_exp(-mean), sum = 0.0;
    for (int k = 0; k < KURA_POISSON_MAX; k++) {
        sum += p;
        cum[k] = sum;
        p *= mean / (k + 1);
    }
}

int kura_poisson_quantile(double mean, double u)
{
    double cum[KURA_POISSON_MAX];
    int count = 0;
    kura_poisson_cumulative(mean, cum);
    for (int k = 0; k < KURA_POISSON_MAX; k++) count += u > cum[k];
    return count;
}
