/* Comparing runs path by path: differences and their errors against textbook formulas and known laws. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "num/fieller.h"
#include "num/math.h"
#include "num/pcg.h"
#include "tally/compare.h"
#include "tally/estimate.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MINERALS = 2 };
static const double levels[] = {0.5, 0.95};

/* A run of two minerals, made by hand: metrics are 0 until set.  Mineral 1 is half a tonne a unit. */
typedef struct {
    kura_member m;
    kura_measured minerals[MINERALS];
    kura_columns *columns;
} hand;

static void open_hand(hand *h, uint64_t n)
{
    memset(h, 0, sizeof *h);
    assert_int_equal(kura_columns_new(MINERALS * KURA_METRIC_COUNT, n, NULL, &h->columns, NULL), KURA_OK);
    h->minerals[0] = (kura_measured){"one", 1, 3, 1, 1, NULL};
    h->minerals[1] = (kura_measured){"two", 0.5, NAN, 1, 0, NULL};
    h->m = (kura_member){.paths = n,
                         .unit = 1,
                         .nminerals = MINERALS,
                         .minerals = h->minerals,
                         .columns = h->columns,
                         .step_days = 7,
                         .per = 0.1,
                         .long_limit = 3.5,
                         .nconfidence = 2,
                         .confidence = levels};
}

static void put(hand *h, int mineral, kura_metric k, const double *x)
{
    for (uint64_t p = 0; p < h->m.paths; p += 1024)
        kura_columns_put(h->columns, kura_tally_column(mineral, k), p,
                         h->m.paths - p < 1024 ? (size_t)(h->m.paths - p) : 1024, x + p);
}

static kura_comparison *compare(const hand *base, const hand *policy, double confidence)
{
    kura_comparison *c;
    assert_int_equal(kura_comparison_new(&base->m, 1, confidence, NULL, &c, NULL), KURA_OK);
    assert_int_equal(kura_comparison_add(c, 0, &policy->m, NULL), KURA_OK);
    return c;
}

static const kura_paired *of(const kura_comparison *c, sc_compare id, int level, int mineral)
{
    int i = kura_comparison_find(c, id, level);
    assert_true(i >= 0);
    return kura_comparison_of(c, 0, i, mineral);
}

static void near(double x, double want, const char *what)
{
    if (!(fabs(x - want) <= 1e-11 * fabs(want)) && x != want)
        fail_msg("%s: %.17g, expected %.17g", what, x, want);
}

static double uniform(const char *key, uint64_t seed, uint64_t path, uint64_t index)
{
    kura_stream s;
    kura_stream_init(&s, seed, key);
    return kura_stream_uniform(&s, path, index);
}

static double sd_of_mean(uint64_t n, const double *x)
{
    double mean = 0, sum = 0;
    for (uint64_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (uint64_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sqrt(sum / ((double)n * (double)(n - 1)));
}

/* ---- two points: the variance of the pair is known ---- */

/* b paths are short in the base alone, c with the policy alone, d in both: the difference of probabilities is
 * (c - b)/n with variance (b + c - (b - c)^2/n) / (n (n - 1)) (McNemar). */
static void test_shares(void **state)
{
    (void)state;
    enum { N = 3000, B = 240, C = 30, D = 400 };
    static double x[N], y[N];
    hand base, policy;
    open_hand(&base, N);
    open_hand(&policy, N);
    for (int i = 0; i < N; i++) {
        x[i] = i < B || (i >= B + C && i < B + C + D) ? 2 : 0;
        y[i] = i >= B && i < B + C + D ? 2 : 0;
    }
    put(&base, 0, KURA_METRIC_SHORT_STEPS, x);
    put(&policy, 0, KURA_METRIC_SHORT_STEPS, y);
    kura_comparison *c = compare(&base, &policy, 0.95);
    const kura_paired *p = of(c, SC_COMPARE_ANY, -1, 0);
    double n = N, pb = (B + D) / n, pp = (C + D) / n, d = (C - B) / n;
    double se = sqrt((B + C - (double)(B - C) * (B - C) / n) / (n * (n - 1)));
    near(p->value, pp, "share");
    near(p->difference, d, "difference of shares");
    near(p->difference_se, se, "paired error");
    near(p->unpaired_se, sqrt((pb * (1 - pb) + pp * (1 - pp)) / (n - 1)), "error of independent runs");
    near(p->lo, d - 1.959963984540054 * se, "lower end");
    near(p->hi, d + 1.959963984540054 * se, "upper end");
    assert_true(p->paths == B + C);
    assert_true(p->difference_se < 0.7 * p->unpaired_se);
    /* LOLE: every short path has 2 steps of 7 days, a tenth of a year each */
    p = of(c, SC_COMPARE_LOLE, -1, 0);
    near(p->difference, 2 * 7 * 0.1 * d, "LOLE");
    near(p->difference_se, 2 * 7 * 0.1 * se, "error of LOLE");
    kura_comparison_free(c);
    kura_columns_free(base.columns);
    kura_columns_free(policy.columns);
}

/* ---- ratios, sums over minerals ---- */

static void test_ratio_and_totals(void **state)
{
    (void)state;
    enum { N = 1500 };
    static double u[2][2][N], D[2][2][N], form[N], total[N];
    hand h[2];
    for (int r = 0; r < 2; r++) {
        open_hand(&h[r], N);
        for (int m = 0; m < 2; m++) {
            for (uint64_t i = 0; i < N; i++) {
                double a = uniform("test/a", 1 + (uint64_t)m, i, 0), b = uniform("test/b", 1, i, (uint64_t)m);
                u[r][m][i] = a < 0.3 ? 100 * b * (r ? 0.6 : 1) : 0;
                D[r][m][i] = 1000 + 50 * b + 10 * r;
            }
            put(&h[r], m, KURA_METRIC_UNSERVED, u[r][m]);
            put(&h[r], m, KURA_METRIC_DEMAND, D[r][m]);
        }
    }
    kura_comparison *c = compare(&h[0], &h[1], 0.9);
    double differences[2] = {0};
    memset(total, 0, sizeof total);
    for (int m = 0; m < 2; m++) {
        double ratio[2], mean[2];
        for (int r = 0; r < 2; r++) {
            double su = 0, sD = 0;
            for (int i = 0; i < N; i++) su += u[r][m][i], sD += D[r][m][i];
            ratio[r] = su / sD, mean[r] = sD / N;
        }
        for (int i = 0; i < N; i++) {
            form[i] = 1e6 * ((u[1][m][i] - ratio[1] * D[1][m][i]) / mean[1] -
                             (u[0][m][i] - ratio[0] * D[0][m][i]) / mean[0]);
            total[i] += 0.5 * form[i];
        }
        differences[m] = 1e6 * (ratio[1] - ratio[0]);
        const kura_paired *p = of(c, SC_COMPARE_NEUE, -1, m);
        near(p->difference, differences[m], "NEUE");
        near(p->difference_se, sd_of_mean(N, form), "delta method of the pair");
        near(p->hi - p->lo, 2 * 1.6448536269514722 * p->difference_se, "90 %");
    }
    const kura_paired *all = of(c, SC_COMPARE_NEUE, -1, 2);
    near(all->difference, 0.5 * (differences[0] + differences[1]), "mean NEUE");
    near(all->difference_se, sd_of_mean(N, total), "its error");
    /* EUE is in tonnes: mineral 1 is half a tonne a unit; tonnes of different minerals are not added */
    double mean = 0;
    for (int i = 0; i < N; i++) mean += (u[1][1][i] - u[0][1][i]) / N;
    near(of(c, SC_COMPARE_EUE, -1, 1)->difference, 0.5 * 0.1 * mean, "EUE");
    assert_true(isnan(of(c, SC_COMPARE_EUE, -1, 2)->difference));
    /* a metric that mineral 1 has no figure of does not enter the total */
    unsigned char unknown[KURA_METRIC_COUNT] = {0};
    unknown[KURA_METRIC_UNSERVED] = 1;
    h[0].minerals[1].unknown = h[1].minerals[1].unknown = unknown;
    kura_comparison *less = compare(&h[0], &h[1], 0.9);
    near(of(less, SC_COMPARE_NEUE, -1, 2)->difference, differences[0], "mean NEUE of one");
    assert_true(isnan(of(less, SC_COMPARE_NEUE, -1, 1)->difference));
    kura_comparison_free(less);
    /* no price, no required stock of mineral 1 */
    assert_true(isnan(of(c, SC_COMPARE_MEAN_PRICE, -1, 1)->difference));
    assert_true(isnan(of(c, SC_COMPARE_STOCK, 0, 1)->difference));
    kura_comparison_free(c);
    kura_columns_free(h[0].columns);
    kura_columns_free(h[1].columns);
}

/* ---- tails ---- */

/* The stock required is exponential; the policy leaves nothing to be asked for on half of the paths.  So at
 * 95 % it falls by ln 2, CVaR 95 % as well; both are known, and how often the intervals hold them is. */
static int covered(uint64_t seed, int run, uint64_t n, double gain[2], int hits[2])
{
    double *x = malloc(n * sizeof *x), *y = malloc(n * sizeof *y);
    hand base, policy;
    kura_stream s;
    assert_non_null(x);
    assert_non_null(y);
    kura_stream_init(&s, seed, "test/tails");
    open_hand(&base, n);
    open_hand(&policy, n);
    for (uint64_t i = 0; i < n; i++) {
        x[i] = -kura_log(kura_stream_uniform(&s, (uint64_t)run * n + i, 0));
        y[i] = kura_stream_uniform(&s, (uint64_t)run * n + i, 1) < 0.5 ? x[i] : 0;
    }
    put(&base, 0, KURA_METRIC_REQUIRED, x), put(&policy, 0, KURA_METRIC_REQUIRED, y);
    put(&base, 0, KURA_METRIC_UNSERVED, x), put(&policy, 0, KURA_METRIC_UNSERVED, y);
    kura_comparison *c = compare(&base, &policy, 0.95);
    const kura_paired *p[2] = {of(c, SC_COMPARE_STOCK, 1, 0), of(c, SC_COMPARE_CVAR, -1, 0)};
    double truth[2] = {-3 * 0.6931471805599453, -0.6931471805599453};
    for (int k = 0; k < 2; k++) {
        hits[k] += p[k]->lo <= truth[k] && truth[k] <= p[k]->hi;
        gain[k] += p[k]->unpaired_se / p[k]->difference_se;
    }
    kura_comparison_free(c);
    kura_columns_free(base.columns);
    kura_columns_free(policy.columns);
    free(x);
    free(y);
    return 0;
}

static void test_coverage(void **state)
{
    (void)state;
    enum { RUNS = 200, N = 1024 };
    for (uint64_t seed = 1; seed <= 5; seed++) {
        int hits[2] = {0};
        double gain[2] = {0};
        for (int run = 0; run < RUNS; run++) covered(seed, run, N, gain, hits);
        print_message("seed %d: quantile %d, CVaR %d of %d intervals hold the exact difference; errors %.2f "
                      "and %.2f times less than of independent runs\n",
                      (int)seed, hits[0], hits[1], RUNS, gain[0] / RUNS, gain[1] / RUNS);
        for (int k = 0; k < 2; k++) {
            double z = (hits[k] - 0.95 * RUNS) / sqrt(0.95 * 0.05 * RUNS);
            assert_true(fabs(z) <= 4.89);
            assert_true(gain[k] / RUNS > 1.1);
        }
    }
}

/* Where no stock suffices on too many paths the figure is infinite, and so is what can be said of it. */
static void test_irreducible(void **state)
{
    (void)state;
    enum { N = 2000 };
    static double x[N], never[N], y[N];
    hand base, policy;
    open_hand(&base, N);
    open_hand(&policy, N);
    for (int i = 0; i < N; i++) x[i] = i % 10, never[i] = i % 10 == 9, y[i] = i % 10;
    put(&base, 0, KURA_METRIC_REQUIRED, x);
    put(&base, 0, KURA_METRIC_IRREDUCIBLE, never);
    put(&policy, 0, KURA_METRIC_REQUIRED, y);
    kura_comparison *c = compare(&base, &policy, 0.95);
    const kura_paired *p = of(c, SC_COMPARE_STOCK, 1, 0);
    assert_true(isinf(kura_comparison_base(c, kura_comparison_find(c, SC_COMPARE_STOCK, 1), 0)->value));
    assert_true(p->value == 27 && isinf(p->difference) && p->difference < 0 && isnan(p->difference_se));
    assert_int_equal(kura_comparison_holds(p, SC_EXPECT_FALLS), KURA_HOLDS_NOT_RESOLVED);
    p = of(c, SC_COMPARE_STOCK, 0, 0); /* half of the paths: finite in both */
    assert_true(p->value == 12 && p->difference == 0);
    kura_comparison_free(c);
    kura_columns_free(base.columns);
    kura_columns_free(policy.columns);
}

/* ---- units of paths that are not independent ---- */

static void test_units(void **state)
{
    (void)state;
    enum { N = 5000, UNIT = 64, UNITS = 79 };
    static double x[N], mean[UNITS];
    double sum = 0, all = 0;
    for (uint64_t i = 0; i < N; i++)
        all += x[i] = uniform("test/unit", 3, i / UNIT, 0) + 0.1 * uniform("test/unit", 4, i, 0);
    all /= N;
    for (uint64_t i = 0; i < N; i++) mean[i / UNIT] += x[i] - all;
    for (int u = 0; u < UNITS; u++) sum += mean[u] * mean[u];
    kura_series s = kura_series_of(x);
    kura_estimate one = kura_estimate_mean_of(N, &s), same = kura_estimate_units_of(N, &s, 1),
                  e = kura_estimate_units_of(N, &s, UNIT);
    assert_true(one.value == same.value && one.se == same.se);
    near(e.value, one.value, "mean");
    near(e.se, sqrt(sum * UNITS / (UNITS - 1)) / N, "error by units");
    assert_true(e.se > 6 * one.se); /* the root of 64, less the part that is independent */
    kura_estimate odd = kura_estimate_units_of(N, &s, 100); /* over the edges of blocks */
    assert_true(odd.se > 5 * one.se && odd.se < 8 * one.se);
}

/* ---- what follows from a difference ---- */

static void test_expectations(void **state)
{
    (void)state;
    kura_paired p = {.difference = -2, .difference_se = 0.5, .lo = -3, .hi = -1, .paths = 100};
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_FALLS), KURA_HOLDS_YES);
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_RISES), KURA_HOLDS_NO);
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_NOTHING), KURA_HOLDS_NO);
    p.paths = KURA_FEW_PATHS - 1;
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_FALLS), KURA_HOLDS_NOT_RESOLVED);
    p = (kura_paired){.difference = -2, .difference_se = 2, .lo = -6, .hi = 2, .paths = 100};
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_FALLS), KURA_HOLDS_NOT_RESOLVED);
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_NOTHING), KURA_HOLDS_NOT_RESOLVED);
    p = (kura_paired){0};
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_NOTHING), KURA_HOLDS_YES);
    assert_int_equal(kura_comparison_holds(&p, SC_EXPECT_FALLS), KURA_HOLDS_NO);
}

static void test_domination(void **state)
{
    (void)state;
    assert_true(kura_is_dominated(10, 1, 5, 1, 3));   /* costs more, risks more */
    assert_false(kura_is_dominated(10, 4, 5, 1, 3));  /* costs more, but not beyond 3 errors */
    assert_false(kura_is_dominated(10, 1, 2, 1, 3));  /* the risk is not resolved */
    assert_false(kura_is_dominated(10, 1, -5, 1, 3)); /* risks less */
    assert_true(kura_is_dominated(0, 0, 5, 1, 3));    /* the same cost on every path */
    assert_true(kura_is_dominated(10, 1, 0, 0, 3));   /* the same risk on every path */
    assert_false(kura_is_dominated(0, 0, 0, 0, 3));   /* the same run */
    assert_false(kura_is_dominated(NAN, NAN, 5, 1, 3));
}

/* ---- costs, where runs have them ---- */

static int metric_called(const char *name)
{
    for (int k = 0; k < KURA_METRIC_COUNT; k++)
        if (strcmp(kura_metric_name((kura_metric)k), name) == 0) return k;
    return -1;
}

enum { COST_PATHS = 4000 };

/* Every path costs about `cost`, more where it is short; `spared` of the short paths are short no more. */
static void fill_costs(hand *h, int cost_metric, double cost, double spared, double *c, double *s)
{
    for (uint64_t i = 0; i < COST_PATHS; i++) {
        int hit = uniform("test/short", 1, i, 0) < 0.4, saved = uniform("test/spared", 1, i, 0) < spared;
        s[i] = hit && !saved ? 10 : 0;
        c[i] = cost == 0 ? 0 : cost + uniform("test/cost", 1, i, 0) + (hit ? 0.5 : 0);
    }
    open_hand(h, COST_PATHS);
    put(h, 0, KURA_METRIC_SHORT_STEPS, s);
    put(h, 0, (kura_metric)cost_metric, c);
}

static void test_costs(void **state)
{
    (void)state;
    static double c[5][COST_PATHS], s[5][COST_PATHS], x[COST_PATHS], y[COST_PATHS], both[COST_PATHS];
    /* base; cheap and good; dearer and worse: dominated by the one before; dearest and best; as cheap as none
     */
    static const double cost[5] = {0, 4, 8, 20, 0.01}, spared[5] = {0, 0.5, 0.3, 0.9, 0.001};
    static const int8_t want[5] = {0, 0, 1, 0, 0};
    kura_policy_label labels[4] = {
        {"good", "", NULL}, {"bad", "", NULL}, {"best", "", NULL}, {"idle", "", NULL}};
    int metric = metric_called("cost");
    if (metric < 0) skip();
    hand h[5];
    kura_comparison *k;
    for (int r = 0; r < 5; r++) fill_costs(&h[r], metric, cost[r], spared[r], c[r], s[r]);
    assert_int_equal(kura_comparison_new(&h[0].m, 4, 0.95, NULL, &k, NULL), KURA_OK);
    for (int r = 1; r < 5; r++) assert_int_equal(kura_comparison_add(k, r - 1, &h[r].m, NULL), KURA_OK);
    kura_frame *f = kura_frame_new();
    unsigned char dominated[5];
    assert_int_equal(kura_comparison_frontier(k, labels, dominated, f, NULL), KURA_OK);
    assert_int_equal(kura_comparison_report(k, NULL, labels, f, NULL), KURA_OK);
    const kf_group *g = kura_frame_find(f, "frontier"), *p = kura_frame_find(f, "policies");
    const int8_t *is = kura_frame_find_var(g, "loss_of_load_expectation_dominated")->data;
    const char *const *by = kura_frame_find_var(g, "loss_of_load_expectation_dominated_by")->data;
    for (int r = 0; r < 5; r++) assert_int_equal(is[r], want[r]);
    assert_string_equal(by[2], "good");
    /* what a day of shortage avoided costs: by Fieller, from variances and covariance in two passes */
    const double *value = kura_frame_find_var(p, "cost_per_short_day_avoided")->data,
                 *lo = kura_frame_find_var(p, "cost_per_short_day_avoided_lo")->data,
                 *hi = kura_frame_find_var(p, "cost_per_short_day_avoided_hi")->data;
    const int8_t *kind = kura_frame_find_var(p, "cost_per_short_day_avoided_kind")->data;
    for (int r = 1; r < 5; r++) {
        double mx = 0, my = 0, vx, vy, cov;
        for (int i = 0; i < COST_PATHS; i++) {
            x[i] = c[r][i] - c[0][i], y[i] = 7 * (s[0][i] - s[r][i]), both[i] = x[i] + y[i];
            mx += x[i] / COST_PATHS, my += y[i] / COST_PATHS;
        }
        vx = sd_of_mean(COST_PATHS, x) * sd_of_mean(COST_PATHS, x),
        vy = sd_of_mean(COST_PATHS, y) * sd_of_mean(COST_PATHS, y);
        cov = 0.5 * (sd_of_mean(COST_PATHS, both) * sd_of_mean(COST_PATHS, both) - vx - vy);
        kura_fieller_set want_set = kura_fieller(mx, my, vx, cov, vy, 1.959963984540054);
        int at = (r - 1) * 3;
        assert_int_equal(kind[at], want_set.kind);
        assert_true(fabs(value[at] / want_set.value - 1) < 1e-9);
        assert_true(fabs(lo[at] - want_set.lo) <= 1e-7 * fabs(want_set.lo) &&
                    fabs(hi[at] - want_set.hi) <= 1e-7 * fabs(want_set.hi));
    }
    assert_int_equal(kind[0], KURA_FIELLER_INTERVAL);
    assert_int_equal(kind[9],
                     KURA_FIELLER_OUTSIDE); /* four thousand paths do not resolve one in a thousand */
    kura_frame_free(f);
    kura_comparison_free(k);
    for (int r = 0; r < 5; r++) kura_columns_free(h[r].columns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares),     cmocka_unit_test(test_ratio_and_totals),
        cmocka_unit_test(test_coverage),   cmocka_unit_test(test_irreducible),
        cmocka_unit_test(test_units),      cmocka_unit_test(test_expectations),
        cmocka_unit_test(test_domination), cmocka_unit_test(test_costs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
