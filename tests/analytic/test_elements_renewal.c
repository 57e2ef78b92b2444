/* Laws of the up time of a site and its start: exact patterns and exact laws [3.3, R1.4]. */
#include "duo.h"

static run_result run_outage(const char *law, int paths, int seed)
{
    return run_text(
        text("format: 1\n"
             "name: renewal\n"
             "run: {paths: %d, seed: %d, step: 7 days, steps: 40, per: horizon}\n"
             "minerals: {unit: {forms: [good], market: {production: push}}}\n"
             "network:\n"
             "  hubs: [{mineral: unit, form: good, country: JPN, storage: 10 t, opening: 0 t}]\n"
             "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step}}\n"
             "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
             "hazards: {outages: {failure: {%s}}}\n"
             "tallies: {threshold: 0 %%, required_stock: false, samples: false, trace_paths: 4}\n",
             paths, seed, law),
        NULL, "renewal");
}

/* Three weeks up, two down, for ever: from a repair the site works in steps 0 to 2, from a failure in 2 to 4.
 */
static void test_pattern(void **state)
{
    (void)state;
    static const struct {
        const char *start;
        int first_up;
    } rows[] = {{"up", 0}, {"down", 2}};
    for (int k = 0; k < 2; k++)
        for (int point = 0; point < 2; point++) {
            run_result r = run_outage(text("uptime: 3 weeks, mttr: 2 weeks, start: %s, mode: %s",
                                           rows[k].start, point ? "point" : "average"),
                                      1024, 1);
            for (int t = 0; t < 40; t++) {
                int phase = (t - rows[k].first_up + 5) % 5;
                assert_step(&r, "output", "site", "mine", t, phase < 3 ? 10 : 0);
            }
            drop(&r);
        }
}

/* Half weeks: averages of the steps. */
static void test_average(void **state)
{
    (void)state;
    run_result r = run_outage("uptime: {constant: 1.5 weeks}, mttr: 1 week, start: down", 1024, 1);
    static const double period[] = {0, 10, 5, 5, 10}; /* down [0,1) [2.5,3.5) [5,6) */
    for (int t = 0; t < 40; t++) assert_step(&r, "output", "site", "mine", t, period[t % 5]);
    drop(&r);
}

/* Repairs longer than the run: the site works in step t iff the first up time is longer than t (state at the
 * start of the step).  Stationary: up with probability E U/(E U + E D), then the rest of an up time. */
static void test_laws(void **state)
{
    (void)state;
    enum { N = 65536 };
    run_result r = run_outage("uptime: {lognormal: {median: 20 weeks, sigma: 0.8}}, mttr: 1000 weeks, start: "
                              "up, mode: point",
                              N, 370);
    scores s = {0};
    for (int t = 5; t < 40; t += 17) {
        double want = normal_cdf(log(t / 20.0) / 0.8);
        compare(t == 22 ? &s : NULL, text("P(failed), lognormal, step %d", t),
                curve(&r, "shortage_probability", NULL, t), want, sqrt(want * (1 - want) / N));
    }
    double lognormal = curve(&r, "shortage_probability", NULL, 5);
    drop(&r);
    r = run_outage(text("mttf: %.17g weeks, mttr: 1000 weeks, start: up, mode: point", 20 * exp(0.32)), N,
                   371);
    double want = -expm1(-5 / (20 * exp(0.32))); /* the exponential law of the same mean fails much earlier */
    compare(NULL, "P(failed), exponential, step 5", curve(&r, "shortage_probability", NULL, 5), want,
            sqrt(want * (1 - want) / N));
    assert_true(curve(&r, "shortage_probability", NULL, 5) > 3 * lognormal);
    drop(&r);
    r = run_outage(
        "uptime: {uniform: {min: 0 weeks, max: 20 weeks}}, mttr: 5 weeks, start: stationary, mode: point", N,
        372);
    for (int t = 0; t < 40; t += 13)
        compare(NULL, text("P(down), stationary, step %d", t), curve(&r, "shortage_probability", NULL, t),
                1 / 3.0, sqrt(2 / 9.0 / N));
    drop(&r);
    r = run_outage(
        "uptime: {uniform: {min: 10 weeks, max: 20 weeks}}, mttr: {exponential: {mean: 4 weeks}}, start: "
        "down, mode: point",
        N, 373);
    for (int t = 1; t < 10; t += 4) { /* no second failure before week 10 */
        want = exp(-t / 4.0);
        compare(NULL, text("P(still down), step %d", t), curve(&r, "shortage_probability", NULL, t), want,
                sqrt(want * (1 - want) / N));
    }
    drop(&r);
    assert_scores(&s, "lognormal up time");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pattern), cmocka_unit_test(test_average),
                                       cmocka_unit_test(test_laws)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
