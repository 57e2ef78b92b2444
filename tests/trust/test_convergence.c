/* Convergence: the error of LOLE, EUE and the required stock falls as 1/sqrt(paths), from 128 to 8,192 paths.
 *
 * 400 independent runs of 8,192 paths of the first mineral of case.h (seeds 6,000,000 + i).  The first n
 * paths of a run are those of a run of n paths, so each run also gives 64 of 128 paths and so on, side by
 * side; the estimators are the engine's, checked against /summary and /adequacy of the whole run.  For each n
 * the root mean square of the errors, then its slope on log-log scale by least squares: -0.5 +- 0.05; and its
 * level at 8,192 against theory. The slope's own error is about 0.007 (largely that of the 400 errors at
 * 8,192 paths, 3.5 %), so the band is 7 of them. Budget of false alarms: 3 slopes, 1e-9 each, 3 levels at
 * 1e-6.
 *
 * Twin: a required stock that takes a rank too high by a fixed share of the paths converges to the wrong
 * value; the slope shows it. */
#include "case.h"

enum { RUNS = 400, LONGEST = 8192, SHORTEST = 128, SIZES = 7, WHAT = 4 };
static const char *const names[WHAT] = {"LOLE", "EUE", "required stock at 90 %",
                                        "twin: required stock, rank 1 % too high"};

typedef struct {
    double squares, count;
} errors;

static double quantile(const double *x, uint64_t n, double q)
{
    static double sorted[LONGEST];
    kura_interval k;
    memcpy(sorted, x, n * sizeof *x);
    kura_sort(n, sorted);
    assert_int_equal(kura_estimate_quantile(n, sorted, q, &k), 0);
    return k.value;
}

static void add(errors *e, double value, double exact)
{
    e->squares += (value - exact) * (value - exact);
    e->count++;
}

/* Exact values and standard deviations of one path (of a quantile: sqrt(q (1 - q)) / density). */
static void theory(double exact[WHAT], double sd[WHAT])
{
    double s = FIRM + RESERVE, days = short_days(s, 0), square_days = 0, t = DAYS - s, scale = still_down(s);
    for (int k = 0; k < t; k++) square_days += (2 * k + 1) * still_down(s + k);
    /* E Y^2 of Y = min(X, DAYS) - s, the integral of 2 y P(Y > y) */
    double square_unserved = 2 * scale * (MEAN * MEAN - MEAN * (t + MEAN) * exp(-t / MEAN));
    exact[0] = days;
    exact[1] = down_beyond(s);
    exact[2] = exact[3] = MEAN * log(10) - FIRM;
    sd[0] = sqrt(square_days - days * days);
    sd[1] = sqrt(square_unserved - exact[1] * exact[1]);
    sd[2] = sd[3] = sqrt(0.9 * 0.1) / (0.1 / MEAN);
}

static void check_whole(const kura_frame *f, double lole, double eue, double stock)
{
    assert_true(cell_of(f, "summary", "expected_short_steps", 0, 0) == lole);
    assert_true(fabs(cell_of(f, "summary", "expected_unserved", 0, 0) - eue) <= 1e-12 * eue);
    assert_true(cell_of(f, "adequacy", "required_stock", 0, 1) == stock);
}

static void take(const kura_frame *f, const double exact[WHAT], errors e[WHAT][SIZES])
{
    const double *steps = samples_of(f, "short_steps", 0), *unserved = samples_of(f, "unserved", 0),
                 *required = samples_of(f, "required_stock", 0);
    for (int k = 0; k < SIZES; k++) {
        uint64_t n = (uint64_t)SHORTEST << k;
        for (uint64_t from = 0; from + n <= LONGEST; from += n) {
            double lole = kura_estimate_mean(n, steps + from).value,
                   eue = kura_estimate_mean(n, unserved + from).value,
                   stock = quantile(required + from, n, 0.9);
            add(&e[0][k], lole, exact[0]);
            add(&e[1][k], eue, exact[1]);
            add(&e[2][k], stock, exact[2]);
            if (n * 0.09 >= 10) add(&e[3][k], quantile(required + from, n, 0.91), exact[3]);
            if (n == LONGEST) check_whole(f, lole, eue, stock);
        }
    }
}

static double slope_of(const errors *e)
{
    double n = 0, x = 0, y = 0, xx = 0, xy = 0;
    for (int k = 0; k < SIZES; k++) {
        if (!(e[k].count > 0)) continue;
        double a = log(SHORTEST) + k * log(2), b = 0.5 * log(e[k].squares / e[k].count);
        n++;
        x += a, y += b, xx += a * a, xy += a * b;
    }
    return (n * xy - x * y) / (n * xx - x * x);
}

static const trust_topic topic = {
    .family = "Convergence", .run = "400 runs", .source = "theory() in test_convergence.c"};

static void test_slopes(void **state)
{
    (void)state;
    static errors e[WHAT][SIZES];
    double exact[WHAT], sd[WHAT], slope[WHAT], level[WHAT];
    theory(exact, sd);
    scenario s = read_case("cover.yaml", NULL);
    for (int i = 0; i < RUNS; i++) {
        kura_frame *f = run_case(&s, 6000000 + (uint64_t)i, LONGEST);
        take(f, exact, e);
        kura_frame_free(f);
    }
    kura_arena_fini(&s.arena);
    for (int w = 0; w < WHAT; w++) {
        for (int k = 0; k < SIZES; k++)
            if (e[w][k].count > 0)
                print_message("  %-40s %5d paths: error %.5f, theory %.5f\n", names[w], SHORTEST << k,
                              sqrt(e[w][k].squares / e[w][k].count), sd[w] / sqrt(SHORTEST << k));
        double ratio = e[w][SIZES - 1].squares / e[w][SIZES - 1].count * LONGEST / (sd[w] * sd[w]);
        slope[w] = slope_of(e[w]);
        level[w] = (ratio - 1) / sqrt(2.0 / RUNS);
        int falls = fabs(slope[w] + 0.5) <= 0.05;
        if (w == 3) {
            assert_true(
                trust_twin(&topic, -0.5, slope[w], !falls, "%s: slope of the error against paths", names[w]));
            continue;
        }
        assert_true(trust_band(&topic, -0.5, slope[w], 0.007, falls, "%s: slope of the error against paths",
                               names[w]));
        assert_true(trust_band(&topic, 1, sqrt(ratio), sqrt(0.5 / RUNS), fabs(level[w]) <= TRUST_WIDEST,
                               "%s: error at 8,192 paths over theory", names[w]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_slopes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
