/* Power systems, as the scenario files of configs/reliability, through the whole engine: generation adequacy
 * with exact answers.  Every statistical comparison: H0 "the engine's expectation is the reference", 4
 * standard errors two-sided, fixed seeds; of the loss-of-load figures the standard error is at most 0.5 %. */
#include "case.h"

#define CONFIG(name) KURA_SOURCE_DIR "/configs/reliability/" name ".yaml"

/* PRAS, system A: enumeration of three units over four independent steps. */
static void test_pras_a(void **state)
{
    (void)state;
    static const double lolp[] = {0.028, 0.271, 0.028, 0.028}, epns[] = {0.29, 0.832, 0.29, 0.178};
    const double n = 1048576, any = 0.33053739500799983, sd = 3.446721920898173;
    run_result r = run_file(CONFIG("pras-a"), NULL, 0, NULL, "reliability-pras-a");
    scores s = {0};
    for (int t = 0; t < 4; t++) { /* steps are independent */
        compare(&s, "LOLP", curve(&r, "shortage_probability", NULL, t), lolp[t],
                sqrt(lolp[t] * (1 - lolp[t]) / n));
        compare(NULL, "EUE of a step", curve(&r, "expected_unserved_step", NULL, t), epns[t],
                curve(&r, "expected_unserved_step_se", NULL, t));
    }
    assert_scores(&s, "PRAS A, LOLP");
    compare(NULL, "LOLE", summary(&r, "expected_short_steps", NULL), 0.355,
            summary(&r, "expected_short_steps_se", NULL));
    compare(NULL, "EUE", summary(&r, "expected_unserved", NULL), 1.59, sd / sqrt(n));
    compare(NULL, "P(any)", summary(&r, "shortage_probability_any", NULL), any, sqrt(any * (1 - any) / n));
    assert_true(summary(&r, "var95_unserved", NULL) == 10); /* an atom */
    compare(NULL, "CVaR 95 %", summary(&r, "cvar95_unserved", NULL), 13.132837,
            summary(&r, "cvar95_unserved_se", NULL));
    drop(&r);
    const char *sets[] = {"run.paths=262144", "run.seed=441", "tallies.samples=true"};
    r = run_file(CONFIG("pras-a"), sets, 3, NULL, "reliability-pras-a-samples");
    int64_t paths;
    const double *total = samples(&r, "unserved", NULL, &paths);
    moments m = moments_of(total, paths, 1);
    compare(NULL, "variance of the total", m.variance, sd * sd, m.variance_se);
    drop(&r);
}

/* Roy Billinton Test System, 622592 years. */
static void test_rbts(void **state)
{
    (void)state;
    const char *sets[] = {"run.seed=440", "run.paths=622592"};
    run_result r = run_file(CONFIG("rbts"), sets, 2, NULL, "reliability-rbts");
    double n = 622592, any = 0.129513, hours = 1.091560473, spells = 0.2180692404;
    double hours_se = summary(&r, "expected_short_steps_se", NULL),
           spells_se = summary(&r, "loss_of_load_events_se", NULL);
    compare(NULL, "LOLE, h", summary(&r, "expected_short_steps", NULL), hours, hours_se);
    compare(NULL, "LOLF", summary(&r, "loss_of_load_events", NULL), spells, spells_se);
    assert_true(hours_se <= 0.005 * hours && spells_se <= 0.005 * spells);
    compare(NULL, "LOEE, MWh", summary(&r, "expected_unserved", NULL), 9.861350704,
            summary(&r, "expected_unserved_se", NULL));
    compare(NULL, "P(any)", summary(&r, "shortage_probability_any", NULL), any,
            hypot(sqrt(any * (1 - any) / n), 0.000336)); /* reference by simulation, as the next */
    compare(NULL, "CVaR 95 %", summary(&r, "cvar95_unserved", NULL), 175.803,
            hypot(summary(&r, "cvar95_unserved_se", NULL), 1.016));
    drop(&r);
}

/* The load is there: without its profile the peak holds in every hour (78 times the loss of load). */
static void test_constant_peak(void **state)
{
    (void)state;
    const char *sets[] = {"run.seed=442", "profiles=null",
                          "network.demand=[{mineral: power, form: energy, country: AAA, rate: 185 t/hour}]"};
    run_result r = run_file(CONFIG("rbts"), sets, 3, NULL, "reliability-peak");
    compare(NULL, "LOLE, h", summary(&r, "expected_short_steps", NULL), 72.872277,
            summary(&r, "expected_short_steps_se", NULL));
    compare(NULL, "LOEE, MWh", summary(&r, "expected_unserved", NULL), 821.000049,
            summary(&r, "expected_unserved_se", NULL));
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pras_a), cmocka_unit_test(test_rbts),
                                       cmocka_unit_test(test_constant_peak)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
