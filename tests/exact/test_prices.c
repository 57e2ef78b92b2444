/* The files of configs/analytic on prices and demand against their exact answers, tests/exact/price,
 * volatility and demand, with seeds 1 to 5 (fixed beforehand).
 *
 *     t_exact_prices [NAME]        for example  t_exact_prices barrier
 *
 * prints for each figure the exact value, what kura gave and the distance in standard errors (of the sample,
 * from the moments that the figure is made of).  H0 of a row: the expectation of the figure is the exact
 * value; it fails beyond 4.89 standard errors (1e-6, two-sided).  Files without chance are compared in every
 * step. */
#include "../analytic/case.h"
#include "exact/demand.h"
#include "exact/price.h"
#include "exact/volatility.h"

enum { SEEDS = 5, MOST = 16384 };
#define WIDEST 4.891638475698783
#define QUANTUM 0x1p-30

static const char *only; /* the file asked for */
static int failed;

/* ---- comparing ---- */

static void row(int seed, const char *what, double value, double exact, double se)
{
    double z = se > 0 ? (value - exact) / se : value == exact ? 0 : INFINITY;
    int holds = fabs(z) <= WIDEST;
    print_message("  seed %d  %-58s exact %.10g  kura %.8g  %+.2f standard errors of %.2g %%%s\n", seed, what,
                  exact, value, z, 100 * se / fabs(exact), holds ? "" : "  FAILS");
    failed += !holds;
}

/* The mean of a figure a path, its variance and, on request, its third and fourth central moments, each with
 * the error that its influence function gives. */
typedef struct {
    double mean, mean_se, variance, variance_se, third, third_se, fourth, fourth_se;
} sample_moments;

static sample_moments central(const double *x, int64_t n)
{
    sample_moments m = {0};
    double N = (double)n, sum[9] = {0};
    for (int64_t i = 0; i < n; i++) m.mean += x[i] / N;
    for (int64_t i = 0; i < n; i++) {
        double d = x[i] - m.mean, power = 1;
        for (int k = 0; k < 9; k++, power *= d) sum[k] += power / N;
    }
    m.variance = sum[2];
    m.third = sum[3];
    m.fourth = sum[4];
    m.mean_se = sqrt(m.variance / N);
    m.variance_se = sqrt((sum[4] - sum[2] * sum[2]) / N);
    /* influence of a path on the third moment is d^3 - m3 - 3 m2 d, on the fourth d^4 - m4 - 4 m3 d */
    m.third_se = sqrt((sum[6] - sum[3] * sum[3] - 6 * sum[2] * sum[4] + 9 * sum[2] * sum[2] * sum[2]) / N);
    m.fourth_se = sqrt((sum[8] - sum[4] * sum[4] - 8 * sum[3] * sum[5] + 16 * sum[3] * sum[3] * sum[2]) / N);
    return m;
}

static void share_row(int seed, const char *what, double value, double p, int64_t n)
{
    row(seed, what, value, p, sqrt(p * (1 - p) / (double)n));
}

static run_result run_config(const char *name, int paths, int seed, const char *set)
{
    const char *sets[] = {text("run.paths=%d", paths), text("run.seed=%d", seed), set};
    return run_file(text("%s/configs/analytic/%s.yaml", KURA_SOURCE_DIR, name), sets, set ? 3 : 2, NULL,
                    text("exact-%s", name));
}

/* The dumped series of a mineral in the only step of the run, and its length. */
static const double *dumped(const run_result *r, const char *name, const char *mineral, int64_t *n)
{
    *n = kura_frame_dim_size(kura_frame_find(r->frame, "dump"), "path");
    return numbers(r, "dump", name) + (mineral ? label(r, "dump", "mineral", mineral) : 0) * *n;
}

static const double *log_prices(const run_result *r, int64_t *n)
{
    static double x[MOST];
    const double *price = dumped(r, "price", NULL, n);
    assert_true(*n <= MOST);
    for (int64_t i = 0; i < *n; i++) x[i] = log(price[i]);
    return x;
}

static int asked(const char *name)
{
    if (only && strcmp(only, name)) return 0;
    print_message("configs/analytic/%s.yaml\n", name);
    return 1;
}

/* ---- prices ---- */

/* Reference families OU, OU_FP and JD; logarithms over the base of 60 USD/t. */
static const exact_price schwartz = {.kappa = 0.6, .sigma = 0.35, .x0 = 0.40546510810816438, .dt = DY};
static const exact_price jumping = {.kappa = 0.6,
                                    .sigma = 0.35,
                                    .x0 = 0.40546510810816438,
                                    .dt = DY,
                                    .jump_rate = 1.2,
                                    .jump_mean = 0.1,
                                    .jump_sd = 0.25};

static void test_schwartz(void **state)
{
    (void)state;
    if (!asked("schwartz")) return;
    double quantile = exact_price_quantile(&schwartz, 52, 0.95);
    for (int seed = 1; seed <= SEEDS; seed++) {
        run_result r = run_config("schwartz", MOST, seed, NULL);
        int64_t n, below = 0;
        const double *x = log_prices(&r, &n);
        sample_moments m = central(x, n);
        for (int64_t i = 0; i < n; i++) below += x[i] <= log(quantile);
        row(seed, "mean of the log price over its base", m.mean, exact_price_mean_log(&schwartz, 52),
            m.mean_se);
        row(seed, "variance of the log price", m.variance, exact_price_var_log(&schwartz, 52), m.variance_se);
        row(seed, "summary/price: mean of the price over its base", curve(&r, "price", NULL, 0),
            exact_price_mean(&schwartz, 52), curve(&r, "price_se", NULL, 0));
        share_row(seed, text("share of paths below the 95 %% quantile, %.8g", quantile),
                  (double)below / (double)n, 0.95, n);
        drop(&r);
    }
}

static void test_jumps(void **state)
{
    (void)state;
    if (!asked("price")) return;
    for (int seed = 1; seed <= SEEDS; seed++) {
        const char *sets[] = {"run.paths=16384", text("run.seed=%d", seed), "run.steps=1",
                              "run.burn_in=357 days", "tallies.dump=price"};
        run_result r = run_file(KURA_SOURCE_DIR "/configs/analytic/price.yaml", sets, 5, NULL, "exact-price");
        int64_t n;
        const double *x = log_prices(&r, &n);
        sample_moments m = central(x, n);
        row(seed, "mean of the log price over its base", m.mean, exact_price_mean_log(&jumping, 52),
            m.mean_se);
        row(seed, "variance of the log price", m.variance, exact_price_var_log(&jumping, 52), m.variance_se);
        row(seed, "third cumulant of the log price", m.third, exact_price_third_log(&jumping, 52),
            m.third_se);
        drop(&r);
    }
}

static void test_barrier(void **state)
{
    (void)state;
    if (!asked("barrier")) return;
    static const int steps[] = {52, 260};
    static const double levels[] = {2, 3};
    for (int k = 0; k < 2; k++) {
        double want[2];
        for (int j = 0; j < 2; j++) want[j] = exact_price_max_above(&schwartz, steps[k], levels[j]);
        for (int seed = 1; seed <= SEEDS; seed++) {
            run_result r = run_config("barrier", k ? MOST / 2 : MOST, seed, text("run.steps=%d", steps[k]));
            int64_t n;
            const double *peak = samples(&r, "peak_price", NULL, &n);
            for (int j = 0; j < 2; j++) {
                int64_t above = 0;
                for (int64_t i = 0; i < n; i++) above += peak[i] > levels[j];
                share_row(seed, text("P(highest of %d weeks > %g USD/t)", steps[k], 60 * levels[j]),
                          (double)above / (double)n, want[j], n);
            }
            drop(&r);
        }
    }
}

static void test_stochastic(void **state)
{
    (void)state;
    if (!asked("stochastic-volatility")) return;
    double kappa = log(2), a = exp(-kappa * DY);
    for (int base = 0; base < 2; base++) {
        exact_stochastic p = {.a = a,
                              .s = 0.2 * sqrt((1 - a * a) / (2 * kappa)),
                              .sd = 0.4,
                              .phi = exp2(-1.0 / 26),
                              .stationary = !base};
        for (int seed = 1; seed <= SEEDS; seed++) {
            run_result r = run_config("stochastic-volatility", MOST, seed,
                                      base ? "minerals.unit.price.stochastic_volatility.start=base"
                                           : "run.start=2026-01-01");
            int64_t n;
            const double *x = log_prices(&r, &n);
            sample_moments m = central(x, n);
            const char *from = base ? "from v = 1" : "from the long-run law";
            row(seed, text("variance of the log price, %s", from), m.variance,
                exact_stochastic_variance(&p, 52), m.variance_se);
            row(seed, text("fourth moment of the log price, %s", from), m.fourth,
                exact_stochastic_fourth(&p, 52), m.fourth_se);
            drop(&r);
        }
    }
}

static void test_regimes(void **state)
{
    (void)state;
    if (!asked("volatility-by-regime")) return;
    double kappa = log(2), a = exp(-kappa * DY);
    for (int share = 0; share < 2; share++) {
        exact_regimes p = {.a = a,
                           .s = 0.2 * sqrt((1 - a * a) / (2 * kappa)),
                           .dt = DY,
                           .G = {-1, 1, 0, 0.8, -2.3, 1.5, 0, 2, -2},
                           .v = {1, 1.5, 3},
                           .n = 2,
                           .share = {0.75, 0.25},
                           .worst = !share};
        for (int seed = 1; seed <= SEEDS; seed++) {
            run_result r = run_config(
                "volatility-by-regime", MOST / 2, seed,
                text("minerals.unit.price.volatility_by_regime.exporters=%s", share ? "share" : "worst"));
            int64_t n;
            const double *x = log_prices(&r, &n);
            sample_moments m = central(x, n);
            row(seed, text("variance of the log price, %s", share ? "by share of exports" : "worst exporter"),
                m.variance, exact_regimes_variance(&p, 52), m.variance_se);
            drop(&r);
        }
    }
}

/* A market twice as deep from week 10 on, after a ramp of 20 weeks: the variance is the sum of its squares.
 */
static void test_depth(void **state)
{
    (void)state;
    if (!asked("schwartz")) return;
    double a = exp(-0.6 * DY), s2 = 0.35 * 0.35 * (1 - a * a) / 1.2, want = 0;
    for (int k = 0; k < 52; k++) {
        double there = fmin(1, fmax(0, (k - 10) / 20.0)), v = 1 - 0.6 * there;
        want += s2 * v * v * pow(a, 2 * (51 - k));
    }
    for (int seed = 1; seed <= SEEDS; seed++) { /* the run begins in 2026, the burn-in 51 weeks before */
        run_result r = run_config(
            "schwartz", MOST, seed,
            "minerals.unit.price.market_depth={volatility: 0.4, start: 2025-03-20, ramp: 20 weeks}");
        int64_t n;
        const double *x = log_prices(&r, &n);
        sample_moments m = central(x, n);
        row(seed, "variance of the log price, market deeper from week 10 to 30", m.variance, want,
            m.variance_se);
        drop(&r);
    }
}

/* A market of half the volatility from the start: the same draws, halved, to the last bit on every path. */
static void test_same_draws(void **state)
{
    (void)state;
    if (!asked("schwartz")) return;
    run_result r[2];
    for (int deep = 0; deep < 2; deep++) {
        const char *sets[] = {"run.paths=64",
                              "run.burn_in=0 days",
                              "run.steps=52",
                              "tallies.trace_paths=64",
                              "minerals.unit.price.spot=60 USD/t",
                              deep ? "minerals.unit.price.market_depth={volatility: 0.5}" : "run.seed=1"};
        r[deep] = run_file(KURA_SOURCE_DIR "/configs/analytic/schwartz.yaml", sets, 6, NULL,
                           deep ? "exact-deep" : "exact-shallow");
    }
    const double *x = series(&r[0], "log_price", "mineral", "unit"),
                 *y = series(&r[1], "log_price", "mineral", "unit");
    int moved = 0;
    for (int i = 0; i < 52 * 64; i++) {
        moved += x[i] != 0;
        if (y[i] != 0.5 * x[i])
            fail_msg("step %d, path %d: %.17g, half of %.17g", i / 64, i % 64, y[i], x[i]);
    }
    assert_int_equal(moved, 52 * 64);
    print_message("  half the volatility: %d log prices, each half of what it was\n", moved);
    drop(&r[0]), drop(&r[1]);
}

/* ---- demand ---- */

static void demand_rows(int seed, const run_result *r, const char *mineral, double mean, double variance)
{
    int64_t n;
    const double *x = dumped(r, "demand", mineral, &n);
    sample_moments m = central(x, n);
    const char *of = mineral ? text(" of %s", mineral) : "";
    row(seed, text("mean demand%s", of), m.mean, mean, m.mean_se);
    row(seed, text("variance of demand%s", of), m.variance, variance, m.variance_se);
}

static void test_elasticity(void **state)
{
    (void)state;
    if (!asked("elasticity")) return;
    double mean = exact_price_mean_log(&schwartz, 52), variance = exact_price_var_log(&schwartz, 52);
    double first = exact_answer_moment(mean, variance, 0.5, 0.1, 20, 1),
           second = exact_answer_moment(mean, variance, 0.5, 0.1, 20, 2);
    for (int seed = 1; seed <= SEEDS; seed++) {
        run_result r = run_config("elasticity", MOST, seed, NULL);
        demand_rows(seed, &r, NULL, 16 * first, 256 * (second - first * first));
        row(seed, "summary/gross_expected_unserved", summary(&r, "gross_expected_unserved", NULL),
            16 * (1 - first), summary(&r, "gross_expected_unserved_se", NULL));
        drop(&r);
    }
}

static void test_adjustment(void **state)
{
    (void)state;
    if (!asked("adjustment")) return;
    double mean, variance;
    exact_gradual(&schwartz, 52, 0.5, 1 - exp2(-1.0 / 26), &mean, &variance);
    for (int seed = 1; seed <= SEEDS; seed++) {
        run_result r = run_config("adjustment", MOST, seed, NULL);
        demand_rows(seed, &r, NULL, 16 * exact_lognormal_mean(mean, variance),
                    256 * exact_lognormal_variance(mean, variance));
        row(seed, "summary/gross_expected_unserved", summary(&r, "gross_expected_unserved", NULL),
            16 * (1 - exact_lognormal_mean(mean, variance)), summary(&r, "gross_expected_unserved_se", NULL));
        drop(&r);
    }
}

/* The cycle after the first step: of the long-run law at once, or of one innovation. */
static void first_step(int seed, int stationary)
{
    const char *sets[] = {text("run.paths=%d", MOST / 2), text("run.seed=%d", seed), "run.burn_in=0 days",
                          text("demand_cycle.start=%s", stationary ? "stationary" : "base")};
    run_result r =
        run_file(KURA_SOURCE_DIR "/configs/analytic/demand-cycle.yaml", sets, 4, NULL, "exact-demand-cycle");
    double v = stationary ? 0.01 : exact_cycle_variance(0.1, exp2(-DY), 1);
    int64_t n;
    const double *x = dumped(&r, "demand", "one", &n);
    sample_moments m = central(x, n);
    row(seed,
        text("variance of demand of one, first step, %s", stationary ? "long-run law" : "from the base"),
        m.variance, 256 * exact_lognormal_variance(0, v), m.variance_se);
    drop(&r);
}

static void test_cycle(void **state)
{
    (void)state;
    if (!asked("demand-cycle")) return;
    double v = exact_cycle_variance(0.1, exp2(-DY), 104);
    double cov = 256 * exact_lognormal_covariance(0, v, 0, v / 4, v / 2);
    for (int seed = 1; seed <= SEEDS; seed++) {
        run_result r = run_config("demand-cycle", MOST / 2, seed, NULL);
        int64_t n;
        const double *one = dumped(&r, "demand", "one", &n), *two = dumped(&r, "demand", "two", &n),
                     *none = dumped(&r, "demand", "none", &n);
        double sum = 0, squares = 0;
        sample_moments a = central(one, n), b = central(two, n);
        demand_rows(seed, &r, "one", 16 * exact_lognormal_mean(0, v), 256 * exact_lognormal_variance(0, v));
        demand_rows(seed, &r, "two", 16 * exact_lognormal_mean(0, v / 4),
                    256 * exact_lognormal_variance(0, v / 4));
        for (int64_t i = 0; i < n; i++) {
            double c = (one[i] - a.mean) * (two[i] - b.mean) / (double)n;
            sum += c;
            squares += c * c * (double)n;
            assert_true(none[i] == 16);
        }
        row(seed, "covariance of the demands of one and two", sum, cov,
            sqrt((squares - sum * sum) / (double)n));
        assert_true(summary(&r, "gross_expected_unserved", "one") == 0); /* the cycle is in gross demand */
        drop(&r);
        first_step(seed, 0);
        first_step(seed, 1);
    }
}

/* ---- without chance: every step ---- */

static double widest;
static void exactly(const run_result *r, const char *name, const char *dim, const char *object, int t,
                    double want, double within)
{
    double x = cell(r, name, dim, object, t);
    widest = fmax(widest, fabs(x - want));
    if (!(fabs(x - want) <= within)) {
        print_message("  %s of %s in step %d: kura %.17g, exact %.17g  FAILS\n", name, object, t, x, want);
        failed++;
    }
}

static void conclude(const char *what, int figures)
{
    print_message("  %s: %d figures, largest distance %.2g\n", what, figures, widest);
    widest = 0;
}

static void test_price_step(void **state)
{
    (void)state;
    if (!asked("price-step")) return;
    run_result r = run_config("price-step", 1, 1, NULL);
    for (int t = 0; t < 40; t++) {
        double there = t < 4 ? 0 : 1 - exp2(-(t - 3) / 4.0);
        exactly(&r, "demand", "consumer", "unit/good/JPN/wafers", t, 16 * exp2(-0.4 * there),
                QUANTUM + 1e-12);
        exactly(&r, "demand", "consumer", "unit/good/JPN/alloys", t, 8 * exp2(-0.8 * there), QUANTUM + 1e-12);
    }
    conclude("demand in 40 steps of two sectors", 80);
    drop(&r);
}

static void test_substitution(void **state)
{
    (void)state;
    if (!asked("substitution")) return;
    run_result r = run_config("substitution", 1, 1, NULL);
    double average = 1, most = 0.4 * (1 - pow(0.95, 60));
    int up = 0, down = 0;
    for (int t = 0; t < 200; t++) {
        average += ((t >= 2 && t < 54 ? 3 : 1) - average) / 8;
        if (average > 1.5)
            up++;
        else if (up)
            down++;
        double sub = !down ? 0.4 * (1 - pow(0.95, up)) : most * (0.6 + 0.4 * pow(59.0 / 60, down));
        exactly(&r, "demand", "consumer", "unit/good/JPN/magnets", t, 16 * (1 - sub), QUANTUM + 1e-12);
        exactly(&r, "demand", "consumer", "unit/good/JPN/alloys", t, 8 * (1 - sub / 4), QUANTUM + 1e-12);
    }
    assert_int_equal(up, 60); /* as the file says */
    conclude("demand in 200 steps of two sectors", 400);
    drop(&r);
}

static void test_wedge(void **state)
{
    (void)state;
    if (!asked("wedge")) return;
    run_result r = run_config("wedge", 1, 1, NULL);
    const double *market = numbers(&r, "dump", "price"), *focus = numbers(&r, "dump", "focus_price");
    double mean = 0, peak = 0;
    for (int t = 0; t < 60; t++) {
        double n = t < 4 ? 0 : fmin(t - 3, 26), full = 1 - pow(0.75, n);
        double wedge = 0.6 * full * (t < 30 ? 1 : pow(0.75, t - 29)), home = wedge * 0.8 * 0.2 / 0.6;
        exactly(&r, "demand", "consumer", "unit/good/JPN", t, 16 * exp(-0.5 * wedge), QUANTUM + 1e-12);
        exactly(&r, "demand", "consumer", "unit/good/CHN", t, 4 * exp(0.5 * home), QUANTUM + 1e-12);
        exactly(&r, "log_price", "mineral", "unit", t, 0, 0);
        if (market[t] != 1 || fabs(focus[t] - exp(wedge)) > 1e-14 ||
            fabs(curve(&r, "focus_price", NULL, t) - exp(wedge)) > 1e-14) {
            print_message("  price in step %d: market %.17g, focus %.17g, exact %.17g  FAILS\n", t, market[t],
                          focus[t], exp(wedge));
            failed++;
        }
        mean += exp(wedge) / 60;
        peak = fmax(peak, exp(wedge));
    }
    conclude("demand of two countries and two prices in 60 steps", 300);
    assert_true(fabs(summary(&r, "mean_price", NULL) - 1) < 1e-14 && summary(&r, "peak_price", NULL) == 1);
    assert_true(fabs(summary(&r, "mean_focus_price", NULL) - mean) < 1e-14);
    assert_true(fabs(summary(&r, "peak_focus_price", NULL) - peak) < 1e-14);
    drop(&r);
}

static int end(void **state)
{
    (void)state;
    int bad = failed;
    failed = 0;
    return bad;
}

#define TEST(name) cmocka_unit_test_teardown(name, end)
int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {TEST(test_schwartz),   TEST(test_jumps),      TEST(test_barrier),
                                       TEST(test_stochastic), TEST(test_regimes),    TEST(test_depth),
                                       TEST(test_same_draws), TEST(test_elasticity), TEST(test_adjustment),
                                       TEST(test_cycle),      TEST(test_price_step), TEST(test_substitution),
                                       TEST(test_wedge)};
    only = argc > 1 ? argv[1] : NULL;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
