/* Contagion and retaliation from restrictions in force and from other importers [3.2], made certain or
 * impossible by their factor, so that every path must answer the same. */
#include "../../analytic/case.h"

enum { PATHS = 70, STEPS = 12, FEW = 0, ALL = 1 };

/* Minerals a and b of CHN, both for JPN and USA; b is hit with 2 % a step, times what `coupling` says. */
static run_result coupled(const char *in_force, const char *coupling, const char *rest, const char *name)
{
    const char *yaml = text(
        "format: 1\n"
        "name: coupled\n"
        "run: {paths: %d, seed: 3, step: 7 days, steps: %d, focus: JPN, per: horizon, spin_up: false}\n"
        "minerals: {a: {forms: [good], lattice_exponent: -20}, b: {forms: [good], lattice_exponent: -20}}\n"
        "network:\n  sites:\n"
        "    a: {mineral: a, form: good, country: CHN, kind: mine, output: 16 t/step}\n"
        "    b: {mineral: b, form: good, country: CHN, kind: mine, output: 16 t/step}\n"
        "  trade:\n"
        "    - {mineral: a, form: good, from: CHN, to: JPN, volume: 8 t/step, lag_steps: 1}\n"
        "    - {mineral: a, form: good, from: CHN, to: USA, volume: 8 t/step, lag_steps: 1}\n"
        "    - {mineral: b, form: good, from: CHN, to: JPN, volume: 8 t/step, lag_steps: 1}\n"
        "    - {mineral: b, form: good, from: CHN, to: USA, volume: 8 t/step, lag_steps: 1}\n"
        "  demand:\n"
        "    - {mineral: a, form: good, country: JPN, rate: 8 t/step}\n"
        "    - {mineral: a, form: good, country: USA, rate: 8 t/step}\n"
        "    - {mineral: b, form: good, country: JPN, rate: 8 t/step}\n"
        "    - {mineral: b, form: good, country: USA, rate: 8 t/step}\n"
        "hazards: {restrictions: {\n"
        "  first: {exporter: CHN, minerals: [a], onset: 0 /year, types: {t: {severity: 50 %%, duration: 4 "
        "weeks}}, "
        "in_force: [%s]},\n"
        "  second: {exporter: CHN, minerals: [b], onset: 1 /year, %s, types: {"
        "j: {share: 1, severity: 50 %%, duration: 1000 weeks, target: JPN}, "
        "u: {share: 0, severity: 50 %%, duration: 1000 weeks, target: USA}}}}}\n"
        "tallies: {required_stock: false, trace_paths: %d}\n%s",
        PATHS, STEPS, in_force, coupling, PATHS, rest);
    return run_text(yaml, NULL, name);
}

#define FIRST_IN_FORCE "{mineral: a, type: t, age: 0 days}"
#define ON_B "b/good/JPN"

/* All paths are restricted in the first step (Z is read in the step of the hit), or few: 70 paths with 2 or 6
 * % have more than 20 hits with a probability below 1e-8. */
static void expect(run_result r, int all)
{
    int hits = 0;
    for (int p = 0; p < PATHS; p++) hits += series(&r, "inbound_availability", "hub", ON_B)[p] == 0.5;
    if (all ? hits != PATHS : hits > 20) fail_msg("%d of %d paths are hit", hits, PATHS);
    drop(&r);
}

static void test_contagion_of_minerals(void **state)
{
    (void)state;
    expect(coupled(FIRST_IN_FORCE, "contagion: {minerals: 1000}", "", "coupling-hit"), ALL);
    expect(coupled("", "contagion: {minerals: 1000}", "", "coupling-alone"), FEW);
    expect(coupled(FIRST_IN_FORCE, "contagion: {minerals: 1000, most: 2}", "", "coupling-most"), FEW);
}

/* In force for three steps and 25 days: over before the start counts no more. */
static void test_contagion_ends(void **state)
{
    (void)state;
    expect(coupled("{mineral: a, type: t, age: 29 days}", "contagion: {minerals: 1000}", "", "coupling-over"),
           FEW);
    expect(coupled("{mineral: a, type: t, age: 20 days}", "contagion: {minerals: 1000}", "", "coupling-last"),
           ALL);
}

/* A loaded onset with a rate that is multiplied asks for its threshold again: certain stays certain. */
static void test_loaded_onset(void **state)
{
    (void)state;
    static const char *const factor[] = {
        "correlation: {factors: [f], loadings: {onset/CHN/b: {f: 0.6}}}\n",
        "correlation: {factors: [f], loadings: {onset/CHN/b: {f: 0.6}}, t: {f: 4}}\n"};
    for (int k = 0; k < 2; k++) {
        expect(coupled(FIRST_IN_FORCE, "contagion: {minerals: 1000}", factor[k], "coupling-loaded"), ALL);
        expect(coupled("", "contagion: {minerals: 1000}", factor[k], "coupling-loaded-alone"), FEW);
    }
}

/* `importers` counts the countries that restrictions of this mineral are aimed at: one in force against USA
 * brings one against JPN; a restriction of another mineral does not. */
static void test_contagion_of_importers(void **state)
{
    (void)state;
    const char *more = "contagion: {importers: 1000}, in_force: [{mineral: b, type: u, age: 0 days}]";
    expect(coupled("", more, "", "coupling-importers"), ALL);
    expect(coupled(FIRST_IN_FORCE, "contagion: {importers: 1000}", "", "coupling-not-importers"), FEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contagion_of_minerals), cmocka_unit_test(test_contagion_ends),
        cmocka_unit_test(test_loaded_onset), cmocka_unit_test(test_contagion_of_importers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
