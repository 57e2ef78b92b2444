/* A hub without storage [B9]: what the step does not use is not made, sites in the order of the table;
 * nothing is carried over and no quantum lost. */
#include "../../analytic/case.h"

enum { STEPS = 4 };

/* Demand 12, 6, 30 and 0 t; sites of 10, 8 and 4 t.  Made is what is used, first come first. */
static void test_order_of_the_table(void **state)
{
    (void)state;
    static const double demand[STEPS] = {12, 6, 30, 0},
                        made[3][STEPS] = {{10, 6, 10, 0}, {2, 0, 8, 0}, {0, 0, 4, 0}};
    put_file("no-storage.csv", "load [t/step]\n12\n6\n30\n0\n");
    run_result r = run_text(
        text("format: 1\n"
             "name: no-storage\n"
             "run: {paths: 2, step: 7 days, steps: %d, focus: JPN, per: horizon}\n"
             "minerals: {power: {forms: [energy], lattice_exponent: -20, market: {production: push}}}\n"
             "profiles: {load: {file: no-storage.csv, period: week, kind: absolute}}\n"
             "network:\n"
             "  hubs: [{mineral: power, form: energy, country: JPN, storage: none}]\n"
             "  sites:\n"
             "    first: {mineral: power, form: energy, country: JPN, kind: supply, output: 10 t/step}\n"
             "    second: {mineral: power, form: energy, country: JPN, kind: supply, output: 8 t/step}\n"
             "    third: {mineral: power, form: energy, country: JPN, kind: supply, output: 4 t/step}\n"
             "  demand: [{mineral: power, form: energy, country: JPN, rate: 22 t/step, profile: load}]\n"
             "tallies: {required_stock: false, trace_paths: 2}\n",
             STEPS),
        NULL, "no-storage");
    static const char *const sites[] = {"first", "second", "third"};
    for (int t = 0; t < STEPS; t++) {
        for (int b = 0; b < 3; b++) assert_step(&r, "output", "site", sites[b], t, made[b][t]);
        assert_step(&r, "on_hand", "hub", "power/energy/JPN", t, 0);
        assert_step(&r, "demand", "consumer", "power/energy/JPN", t, demand[t]);
        assert_step(&r, "unserved", "consumer", "power/energy/JPN", t, t == 2 ? 8 : 0);
    }
    assert_true(summary(&r, "expected_unserved", NULL) == 8);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order_of_the_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
