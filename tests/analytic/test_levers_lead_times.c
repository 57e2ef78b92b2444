/* When what levers build is there [3.6, 7]: the share of paths by the step in which it starts, against the
 * law of its delay and cancellation.  Japan's contracts move to a plant in the step in which it is planned,
 * and nothing else is sold, so a path is short from then on as long as the plant is not there: the number of
 * its short steps is the delay, rounded up, and all the rest of the run where it is cancelled.
 *
 * Seeds 1 to 5.  Each share is one of independent paths: |z| <= 4.89 with the exact error; and the sum of
 * squares over the bins of a seed, which is chi-square, within its band. */
#include "case.h"

#define LIMIT 4.89
enum { PATHS = 1024, STEPS = 140, PLANNED = 20, LAST = STEPS - PLANNED - 1 };

static const char *scenario(int seed, const char *levers)
{
    return text("format: 1\nname: lead-times\n"
                "run: {paths: %d, seed: %d, step: 7 days, steps: %d, focus: JPN, per: horizon}\n"
                "market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days, producer_buffer: 7 days, "
                "inventory_gain: 0, pipeline_gain: 0}\n"
                "minerals: {unit: {forms: [ore, metal]}}\n"
                "network:\n  sites:\n"
                "    pit: {mineral: unit, form: ore, country: CHN, kind: mine, output: 15 t/step}\n"
                "    small: {mineral: unit, form: ore, country: AUS, kind: mine, output: 1 t/step}\n"
                "    china: {mineral: unit, form: metal, country: CHN, kind: refine, output: 16 t/step}\n"
                "  trade:\n"
                "    - {mineral: unit, form: ore, from: AUS, to: CHN, volume: 1 t/step, lag_steps: 1}\n"
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
                "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n"
                "levers:\n%stallies: {threshold: 0 %%, required_stock: false, samples: true}\n",
                PATHS, seed, STEPS, levers);
}

/* P(the plant is there k steps after it was planned). */
typedef double there_fn(int k);

static double lognormal_cdf(double x, double median, double sigma)
{
    return x > 0 ? normal_cdf(log(x / median) / sigma) : 0;
}
static double weibull_cdf(double x, double scale, double shape)
{
    return x > 0 ? 1 - exp(-pow(x / scale, shape)) : 0;
}

static double venture(int k) { return 0.75 * lognormal_cdf(k, 26, 0.6); }
/* at the same time as planned for nobody; between 8 and 40 weeks late, but for 10 % */
static double follower(int k) { return 0.9 * fmin(1, fmax(0, (k - 8) / 32.0)); }
/* a refinery and the mine it needs: the later of both, each perhaps never */
static double chain(int k) { return 0.8 * lognormal_cdf(k, 20, 0.5) * 0.9 * weibull_cdf(k, 30, 2); }
static double sure(int k) { return weibull_cdf(k, 12, 0.7); }

static const struct {
    const char *name, *levers;
    there_fn *there;
} cases[] = {
    {"venture, lognormal",
     "  investment:\n    plant: {mineral: unit, form: metal, country: AUS, kind: seabed, output: 16 t/step, "
     "start: 20,\n            offtake: {JPN: 100 %}, offtake_lag: 7 days, delay: {lognormal: {median: 26 "
     "weeks, "
     "sigma: 0.6}}, cancellation: 25 %}\n",
     venture},
    {"venture, Weibull, never cancelled",
     "  investment:\n    plant: {mineral: unit, form: metal, country: AUS, kind: seabed, output: 16 t/step, "
     "start: 20,\n            offtake: {JPN: 100 %}, offtake_lag: 7 days, delay: {weibull: {scale: 12 weeks, "
     "shape: 0.7}}}\n",
     sure},
    {"refinery that needs a mine",
     "  investment:\n    mine: {mineral: unit, form: ore, country: AUS, kind: mine, output: 16 t/step, "
     "start: "
     "20,\n           delay: {weibull: {scale: 30 weeks, shape: 2}}, cancellation: 10 %}\n"
     "    plant: {mineral: unit, form: metal, country: AUS, kind: refine, output: 16 t/step, start: 20, "
     "needs: "
     "[mine],\n            offtake: {JPN: 100 %}, offtake_lag: 7 days, delay: {lognormal: {median: 20 weeks, "
     "sigma: 0.5}}, cancellation: 20 %}\n",
     chain},
    {"supplier that builds it, uniform",
     "  diversification:\n    move: {mineral: unit, form: metal, importer: JPN, to: {AUS: 100 %}, start: 20, "
     "lag: 7 days,\n           capacity: follows, delay: {uniform: {min: 8 weeks, max: 40 weeks}}, "
     "cancellation: 10 %}\n",
     follower},
};

static void test_start(const run_result *r, const char *name, there_fn *there, scores *s)
{
    enum { WIDTH = 10, BINS = LAST / WIDTH + 1 };
    int count[BINS] = {0}, never = 0;
    int64_t n;
    const double *steps = samples(r, "short_steps", "unit", &n);
    assert_true(n == PATHS);
    for (int64_t p = 0; p < n; p++) {
        int k = (int)steps[p];
        assert_true(steps[p] == k && k <= LAST);
        if (k == LAST)
            never++; /* or after the run */
        else
            count[k / WIDTH]++;
    }
    double chi = 0, left = 1;
    int bins = 0;
    for (int b = 0; b <= BINS; b++) {
        int from = b * WIDTH, to = from + WIDTH < LAST ? from + WIDTH : LAST;
        if (b < BINS && from >= LAST) continue;
        /* k short steps: there k steps after planned, not k - 1; a plant that is there at once makes none */
        double p = b == BINS ? 1 - there(LAST - 1) : there(to - 1) - (b ? there(from - 1) : 0);
        double x = (b == BINS ? never : count[b]) / (double)PATHS, se = sqrt(p * (1 - p) / PATHS);
        if (p * PATHS < 5) {
            assert_true(x * PATHS < 20 && (p > 1e-12 || x == 0));
            continue;
        }
        double z = (x - p) / se;
        if (!(fabs(z) <= LIMIT)) fail_msg("%s, bin %d: share %.5g, exact %.5g, z = %.2f", name, b, x, p, z);
        chi += (x - p) * (x - p) / p * PATHS;
        bins++;
        left -= p;
    }
    assert_true(bins >= 3 && fabs(left) < 0.02);
    double probability = gamma_p(0.5 * (bins - 1), 0.5 * chi);
    print_message("  %-34s chi-square %.2f of %d bins, probability %.4g\n", name, chi, bins, probability);
    if (!(probability < 1 - 1e-6)) fail_msg("%s: chi-square %.2f of %d bins", name, chi, bins);
    s->n += bins - 1;
    s->sum += chi;
}

static void test_law_of_the_start(void **state)
{
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        scores s = {0};
        for (int seed = 1; seed <= 5; seed++) {
            run_result r = run_text(scenario(seed, cases[c].levers), NULL, "levers-lead-times");
            test_start(&r, cases[c].name, cases[c].there, &s);
            drop(&r);
        }
        assert_scores(&s, cases[c].name);
    }
}

/* Cancellation is a number of its own: the same paths are cancelled whatever the delay, and the same delays
 * hold on the others whatever its probability [R10.1, 3.6]. */
static void test_independent_numbers(void **state)
{
    (void)state;
    static const char *const more[] = {"0 %", "25 %", "60 %"};
    double *x[3];
    run_result r[3];
    for (int k = 0; k < 3; k++) {
        r[k] = run_text(
            scenario(
                1,
                text(
                    "  investment:\n    plant: {mineral: unit, form: metal, country: AUS, kind: seabed, "
                    "output: 16 t/step, start: 20,\n            offtake: {JPN: 100 %%}, offtake_lag: 7 days, "
                    "delay: {lognormal: {median: 26 weeks, sigma: 0.6}}, cancellation: %s}\n",
                    more[k])),
            NULL, text("levers-numbers-%d", k));
        x[k] = (double *)samples(&r[k], "short_steps", "unit", NULL);
    }
    int cancelled[3] = {0};
    for (int p = 0; p < PATHS; p++)
        for (int k = 1; k < 3; k++) {
            int gone = x[k][p] != x[0][p];
            cancelled[k] += gone;
            assert_true(!gone || x[k][p] == LAST);
            if (k == 2) assert_true(x[1][p] == x[0][p] || x[2][p] == LAST); /* one more never saves a plant */
        }
    assert_true(cancelled[1] > 200 && cancelled[2] > cancelled[1] + 200);
    for (int k = 0; k < 3; k++) drop(&r[k]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_law_of_the_start),
                                       cmocka_unit_test(test_independent_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
