/* Inputs that are not known, in a scenario that is read again for each draw [R0.6]: what else stands in it.
 */
#include "case.h"
#include <sys/stat.h>

#define SCENARIO                                                                                             \
    "format: 1\nname: unknown\n"                                                                             \
    "run: {paths: 1024, seed: 1, start: 2026-01-05, step: 7 days, steps: 30, focus: JPN}\n"                  \
    "minerals: {unit: {forms: [metal], price: {initial: 1 USD/t, half_life: 1 year, volatility: 9 "          \
    "%/sqrt(year)}}}\n"                                                                                      \
    "network:\n"                                                                                             \
    "  sites: {c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 100 t/step}}\n"             \
    "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 100 t/step, lag: 14 days}]\n"        \
    "  demand: [{mineral: unit, form: metal, country: JPN, rate: {lognormal: {median: 100 t/step, sigma: "   \
    "0.1}}}]\n"

/* A study in an included file of another folder names its policies as seen from there; draws read neither. */
static void test_study_in_a_folder(void **state)
{
    (void)state;
    char folder[512];
    snprintf(folder, sizeof folder, "%s/drawn-again", KURA_TEST_TMP);
    mkdir(folder, 0755);
    put_file("drawn-again/policy.yaml",
             "format: 1\nname: stock\nbase: ../drawn.yaml\n"
             "patch: {levers.stock: {s: {minerals: [unit], days: 30 days, opening: true}}}\n");
    put_file("drawn-again/study.yaml", "study: {policies: [policy.yaml]}\n");
    run_result with = run_text(SCENARIO "include: [drawn-again/study.yaml]\n", NULL, "drawn"),
               without = run_text(SCENARIO, NULL, "drawn-alone");
    assert_string_equal(with.state, without.state);
    assert_true(size_of(&with, "policies", "policy") >= 1);
    drop(&with);
    drop(&without);
}

/* Money has its unit. */
static void test_units_of_money(void **state)
{
    (void)state;
    run_result r =
        run_text(SCENARIO "costs:\n"
                          "  multiples: [3, 15, 50]\n"
                          "  keeping: {storage: {uniform: {min: 1 USD/t/year, max: 3 USD/t/year}}}\n"
                          "levers:\n  thrifting:\n"
                          "    lean: {minerals: [unit], saves: 10 %, cost: {capex: {uniform: {min: 1 "
                          "MUSD, max: 9 MUSD}},\n"
                          "           opex_fixed: {uniform: {min: 1 MUSD/year, max: 3 MUSD/year}}}}\n",
                 NULL, "drawn-money");
    static const char *const units[][2] = {{"levers.thrifting.lean.cost.capex", "USD"},
                                           {"levers.thrifting.lean.cost.opex_fixed", "USD year-1"},
                                           {"costs.keeping.storage", "USD t-1 year-1"}};
    const char *const *of = variable(&r, "ignorance", "parameter_units")->data;
    for (int i = 0; i < 3; i++)
        assert_string_equal(of[label(&r, "ignorance", "parameter", units[i][0])], units[i][1]);
    drop(&r);
}

/* What was observed is a number: a law there would be drawn for nothing. */
static void test_law_in_a_check(void **state)
{
    (void)state;
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    const char *file = put_file("drawn-check.yaml",
                                SCENARIO "checks: {p: {quantity: price, mineral: unit, window: [2026-02-01, "
                                         "2026-06-01], observed: [0.9, {uniform: {min: 1, max: 1.1}}]}}\n");
    assert_int_not_equal(kura_scenario_load(file, NULL, 0, &s, &diag, &err), KURA_OK);
    assert_true(diag.count > 0);
    assert_non_null(strstr(diag.items[0].message, "cannot be unknown"));
    kura_diag_fini(&diag);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_study_in_a_folder),
                                       cmocka_unit_test(test_units_of_money),
                                       cmocka_unit_test(test_law_in_a_check)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
