/* Sites that begin during the run: start, delay, ramp, cancellation [3.6]. */
#include "duo.h"

enum { N = 32768 };

static run_result run_project(const char *project, const char *rest, int paths, int seed)
{
    return run_text(
        text("format: 1\n"
             "name: project\n"
             "run: {paths: %d, seed: %d, start: 2026-01-05, step: 7 days, steps: 40, per: horizon}\n"
             "minerals: {unit: {forms: [good], market: {production: push}}}\n"
             "network:\n"
             "  hubs: [{mineral: unit, form: good, country: JPN, storage: 8 t, opening: 0 t}]\n"
             "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 8 t/step}}\n"
             "  demand: [{mineral: unit, form: good, country: JPN, rate: 8 t/step}]\n"
             "%s"
             "tallies: {threshold: 0 %%, required_stock: false, samples: false, trace_paths: 64}\n%s",
             paths, seed, project, rest),
        NULL, "project");
}

/* Full from start + delay + ramp on, nothing until start + delay, and a straight line between. */
static void test_ramp(void **state)
{
    (void)state;
    static const struct {
        const char *project;
        double start, ramp;
    } rows[] = {{"", -10, 0},
                {"  projects: {mine: {start: 10}}\n", 10, 0},
                {"  projects: {mine: {start: 2026-03-16}}\n", 10, 0},
                {"  projects: {mine: {start: 10, delay: 2 weeks}}\n", 12, 0},
                {"  projects: {mine: {start: 10, delay: 17.5 days}}\n", 12.5, 0}, /* from step 13 on */
                {"  projects: [{site: mine, start: 10, delay: 2 weeks, ramp: 4 weeks}]\n", 12, 4},
                {"  projects: {mine: {start: 2025-12-22, ramp: 8 weeks}}\n", -2, 8},
                {"  projects: {mine: {start: 10, cancellation: 100 %, ramp: 4 weeks}}\n", 1000, 0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r = run_project(rows[k].project, "", 1024, 1);
        for (int t = 0; t < 40; t++) {
            double age = t - rows[k].start;
            double want = age < 0 ? 0 : rows[k].ramp > 0 ? fmin(1, age / rows[k].ramp) : 1;
            assert_step(&r, "output", "site", "mine", t, 8 * want);
        }
        drop(&r);
    }
}

/* It multiplies what outages leave, and is overridden by a value that a script sets. */
static void test_with_others(void **state)
{
    (void)state;
    const char *project = "  projects: {mine: {start: 10, ramp: 4 weeks}}\n";
    run_result r =
        run_project(project,
                    "hazards: {outages: {half: {mttf: 1 hour, mttr: 100000 weeks, derating: 50 %, start: "
                    "down}}}\n",
                    1024, 1);
    assert_step(&r, "output", "site", "mine", 9, 0);
    assert_step(&r, "output", "site", "mine", 12, 2);
    assert_step(&r, "output", "site", "mine", 30, 4);
    drop(&r);
    r = run_project(project,
                    "events: [{from: 5, to: 12, object: site/mine, field: availability, value: 75 %}]\n",
                    1024, 1);
    assert_steps(&r, "output", "site", "mine", 0, 5, 0);
    assert_steps(&r, "output", "site", "mine", 5, 12, 6);
    assert_step(&r, "output", "site", "mine", 12, 4);
    drop(&r);
}

/* The law of the start: cancelled, or delayed by more than t - start. */
static void test_law(void **state)
{
    (void)state;
    run_result r = run_project("  projects: {mine: {start: 5, delay: {lognormal: {median: 10 weeks, sigma: "
                               "0.7}}, cancellation: 30 %}}\n",
                               "", N, 410);
    scores s = {0};
    for (int t = 3; t < 40; t += 12) {
        double late = t < 5 ? 1 : normal_cdf(log(10.0 / (t - 5)) / 0.7), want = 0.3 + 0.7 * late;
        compare(t == 27 ? &s : NULL, text("P(not yet), step %d", t),
                curve(&r, "shortage_probability", NULL, t), want, sqrt(want * (1 - want) / N));
    }
    drop(&r);
    assert_scores(&s, "start of a project");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ramp), cmocka_unit_test(test_with_others),
                                       cmocka_unit_test(test_law)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
