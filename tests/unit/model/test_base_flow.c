/* Base flow [R2.4]: known volumes kept, unknown ones completed by proportional fitting, hubs balanced exactly, corrections
 * listed. */
#include "frame_util.h"

/* Three producers, four users; the flow BBB>FFF is known, the others are not.  Output equals use, so nothing needs a
 * correction and the fit must meet both margins. */
static const char closed[] = "format: 1\n"
                             "name: closed\n"
                             "run: {paths: 1, steps: 1, focus: DDD, per: horizon}\n"
                             "minerals: {x: {forms: [metal], lattice_exponent: -20}}\n"
                             "network:\n"
                             "  sites:\n"
                             "    a: {mineral: x, form: metal, country: AAA, kind: mine, output: 50 t/step, spare: 10 %%}\n"
                             "    b: {mineral: x, form: metal, country: BBB, kind: mine, output: 36 t/step, spare: 10 %%}\n"
                             "    d: {mineral: x, form: metal, country: DDD, kind: mine, output: 5 t/step, spare: 10 %%}\n"
                             "  demand:\n"
                             "    - {mineral: x, form: metal, country: AAA, rate: 10 t/step}\n"
                             "    - {mineral: x, form: metal, country: DDD, rate: 45 t/step}\n"
                             "    - {mineral: x, form: metal, country: EEE, rate: 30 t/step}\n"
                             "    - {mineral: x, form: metal, country: FFF, rate: 6 t/step}\n"
                             "  trade:\n"
                             "    - {mineral: x, form: metal, from: BBB, to: FFF, volume: 6 t/step, lag: 7 days}\n"
                             "    - {mineral: x, form: metal, from: AAA, to: DDD, lag: 7 days}\n"
                             "    - {mineral: x, form: metal, from: AAA, to: EEE, lag: 7 days}\n"
                             "    - {mineral: x, form: metal, from: BBB, to: DDD, lag: 7 days}\n"
                             "    - {mineral: x, form: metal, from: BBB, to: EEE, lag: 7 days}\n"
                             "%s";

static double of(const run_result *r, const char *dim, const char *name, const char *object)
{
    return numbers(r, "network", name)[label(r, "network", dim, object)];
}

static const double PER_YEAR = 365.25 / 7;

static run_result run_with(const char *extra, const char *name)
{
    char text[4096];
    snprintf(text, sizeof text, closed, extra);
    return run_text(text, NULL, name);
}

static void test_unknown_cells(void **state)
{
    (void)state;
    run_result r = run_with("", "base_flow_closed");
    static const char *const arcs[] = {"x/metal/BBB/FFF", "x/metal/AAA/DDD", "x/metal/AAA/EEE", "x/metal/BBB/DDD",
                                       "x/metal/BBB/EEE"};
    /* AAA has 50-10 = 40 left, BBB 36-6 = 30; DDD needs 45-5 = 40, EEE 30: from proportional seeds the fit is the product
     * of the margins over the total */
    const double want[] = {6, 40 * 40 / 70.0, 40 * 30 / 70.0, 30 * 40 / 70.0, 30 * 30 / 70.0};
    for (int i = 0; i < 5; i++) {
        assert_true(of(&r, "arc", "arc_estimated", arcs[i]) == (i > 0));
        assert_true(fabs(of(&r, "arc", "arc_volume", arcs[i]) / PER_YEAR - want[i]) < (i ? 1e-5 : 1e-12));
    }
    /* every hub balances to the last quantum: X + M = U0 + E */
    const kf_group *g = kura_frame_find(r.frame, "network");
    int64_t n = kura_frame_dim_size(g, "hub");
    for (int64_t h = 0; h < n; h++) {
        double q = ldexp(1, -20) * PER_YEAR; /* from t/year back to quanta */
        double X = numbers(&r, "network", "hub_output")[h] / q, M = numbers(&r, "network", "hub_imports")[h] / q,
               E = numbers(&r, "network", "hub_exports")[h] / q, U = numbers(&r, "network", "hub_use")[h] / q;
        assert_true(round(X) + round(M) == round(U) + round(E));
    }
    assert_null(kura_frame_find_var(kura_frame_find(r.frame, "scenario"), "correction")); /* rounding only: not listed */
    drop(&r);
}

/* A declared flow to a country that uses nothing cannot stand: it is cut, and listed. */
static void test_corrections_are_listed(void **state)
{
    (void)state;
    run_result r = run_with("    - {mineral: x, form: metal, from: AAA, to: GGG, volume: 1 t/step, lag: 7 days}\n", "base_flow_gap");
    const kf_group *g = kura_frame_find(r.frame, "scenario");
    int64_t n = kura_frame_dim_size(g, "correction");
    assert_true(n >= 1);
    const char *const *text = variable(&r, "scenario", "correction")->data;
    const double *before = numbers(&r, "scenario", "correction_before"), *after = numbers(&r, "scenario", "correction_after");
    int found = 0; /* GGG uses nothing: what was declared to go there is cut */
    for (int64_t i = 0; i < n; i++)
        if (strstr(text[i], "import of x/metal/GGG from AAA")) {
            found = 1;
            assert_true(fabs(before[i] - PER_YEAR) < 1e-6 && after[i] == 0);
        }
    assert_true(found);
    drop(&r);
}

static void test_use_without_supply_is_an_error(void **state)
{
    (void)state;
    char text[4096];
    snprintf(text, sizeof text, closed, "");
    char *p = strstr(text, "    - {mineral: x, form: metal, country: EEE");
    assert_non_null(p);
    memcpy(strstr(p, "EEE"), "GGG", 3); /* the demand moves to a country nobody ships to */
    const char *path = put_file("base_flow_none.yaml", text);
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    assert_int_equal(kura_scenario_load(path, NULL, 0, &s, &diag, &err), KURA_E_SCENARIO);
    int found = 0;
    for (size_t i = 0; i < diag.count; i++)
        found |= strstr(diag.items[i].message, "x/metal/GGG is used") != NULL &&
                 strstr(diag.items[i].message, "no site makes it there and no trade brings it") != NULL;
    assert_true(found);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_unknown_cells), cmocka_unit_test(test_corrections_are_listed),
                                       cmocka_unit_test(test_use_without_supply_is_an_error)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
