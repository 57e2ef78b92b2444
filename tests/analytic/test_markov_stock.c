/* A stock with a regime-modulated balance, through a scenario file: reference family MMFQ_D, rows with P_any
 * >= 0.009.
 *
 * A chain of three regimes moves first; the mine makes 11, 9 or 4 units, demand takes 10, the store keeps at
 * most K.  The references come from the joint law of regime and stock, computed exactly. Test: for each row
 * and metric H0 "the engine's expectation is the reference", 4 standard errors two-sided; paths are chosen so
 * that the standard error is at most 1 % of the value.  Rows have seeds of their own, so the ten scores of
 * one metric are independent and their sum of squares is chi-square with 10 degrees of freedom. */
#include "case.h"

typedef struct {
    int steps, K;
    double short_steps, unserved, any; /* LOLE_steps, EUE_units, P_any_shortage */
    uint64_t paths;
} row;

static const row rows[] = {
    /* MMFQ_D */
    {52, 0, 5.733253485311367, 7.788254208835802, 0.25672787706686484, 262144},
    {52, 20, 2.0426741244036988, 3.902029534432338, 0.1311435930857644, 262144},
    {52, 60, 0.3143583159100331, 1.4446489060068215, 0.020916437337347493, 1048576},
    {52, 120, 0.11423301069716178, 0.5450355658538428, 0.00989415396122617, 2097152},
    {260, 0, 63.101469013285936, 108.37463837278214, 0.7731497707023046, 65536},
    {260, 20, 45.506232212233314, 89.88223930005717, 0.6392055375715304, 65536},
    {260, 60, 27.440888752409037, 67.33422004280956, 0.41852291220006055, 65536},
    {260, 120, 16.197332124949625, 47.79964399920006, 0.2513659426617303, 131072},
    {260, 240, 8.029286204412854, 26.155298635951898, 0.12974652547989973, 196608},
    {260, 480, 2.137951299004126, 7.332931813378287, 0.04159277283548757, 524288},
};
enum { ROWS = sizeof rows / sizeof *rows };

static const char *scenario(const row *x, int seed, const char *regimes)
{
    return text("format: 1\n"
                "name: markov-stock\n"
                "run: {paths: %llu, seed: %d, step: 7 days, steps: %d, per: horizon}\n"
                "minerals: {unit: {forms: [good], market: {production: push}}}\n"
                "network:\n"
                "  hubs: [{mineral: unit, form: good, country: JPN, storage: %d t, opening: %d t}]\n"
                "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step,\n"
                "                 capacity_by_regime: [11 t/step, 9 t/step, 4 t/step]}}\n"
                "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
                "%s"
                "tallies: {threshold: 0 %%, required_stock: false, samples: false}\n",
                (unsigned long long)x->paths, seed, x->steps, x->K + 10, x->K, regimes);
}

#define REGIMES                                                                                              \
    "hazards: {regimes: {JPN: {tension: 0.3 /year, coercion: 0.3 /year, relax: 0.8 /year, ease: 1.5 "        \
    "/year}}}\n"

static void power(const char *what, double value, double se)
{
    if (!(se <= 0.01 * value))
        fail_msg("%s: the standard error is %.2f %% of the value", what, 100 * se / value);
}

static void compare_row(const row *x, const run_result *r, scores s[3])
{
    double error = sqrt(x->any * (1 - x->any) / (double)x->paths); /* of the reference */
    double short_se = summary(r, "expected_short_steps_se", NULL),
           unserved_se = summary(r, "expected_unserved_se", NULL);
    print_message("T = %d, K = %d\n", x->steps, x->K);
    compare(&s[0], "LOLE_steps", summary(r, "expected_short_steps", NULL), x->short_steps, short_se);
    compare(&s[1], "EUE_units", summary(r, "expected_unserved", NULL), x->unserved, unserved_se);
    compare(&s[2], "P_any_shortage", summary(r, "shortage_probability_any", NULL), x->any, error);
    power("LOLE_steps", x->short_steps, short_se);
    power("EUE_units", x->unserved, unserved_se);
    power("P_any_shortage", x->any, error);
}

static void test_rows(void **state)
{
    (void)state;
    scores s[3] = {{0}};
    for (int i = 0; i < ROWS; i++) {
        run_result r = run_text(scenario(&rows[i], 101 + i, REGIMES), NULL, "markov-stock");
        compare_row(&rows[i], &r, s);
        drop(&r);
    }
    assert_scores(&s[0], "LOLE_steps");
    assert_scores(&s[1], "EUE_units");
    assert_scores(&s[2], "P_any_shortage");
}

/* The scenario that ships with kura, as it stands. */
static void test_shipped_scenario(void **state)
{
    (void)state;
    scores s[3] = {{0}};
    run_result r = run_file(KURA_SOURCE_DIR "/configs/analytic/markov-stock.yaml", NULL, 0, NULL,
                            "markov-stock-shipped");
    compare_row(&rows[7], &r, s);
    drop(&r);
}

/* Without hazards the mine makes 11 in every step: shortage exactly 0, whatever the stock. */
static void test_no_hazards(void **state)
{
    (void)state;
    static const char *const regimes[] = {"", "hazards: {regimes: {JPN: {tension: 0 /year, coercion: 0 "
                                              "/year, relax: 0.8 /year, ease: 1.5 /year}}}\n"};
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < ROWS; i++) {
            row x = rows[i];
            x.paths = 1000;
            run_result r = run_text(scenario(&x, 101 + i, regimes[k]), NULL, "markov-stock-quiet");
            assert_true(summary(&r, "expected_short_steps", NULL) == 0);
            assert_true(summary(&r, "expected_unserved", NULL) == 0);
            assert_true(summary(&r, "shortage_probability_any", NULL) == 0);
            drop(&r);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_hazards),
                                       cmocka_unit_test(test_shipped_scenario), cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
