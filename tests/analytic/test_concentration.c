/* Concentration of the imports that came [7.2]: the index of shares that are known, with a ban from a date
 * on, with what is lost on the way; its mean, error and range over paths from the index of each path; nothing
 * where nothing comes. */
#include "case.h"

static const char world[] =
    "format: 1\n"
    "name: supplied\n"
    "run: {paths: %d, seed: 3, start: 2026-01-05, step: 7 days, steps: 104, focus: JPN}\n"
    "market: {inventory_gain: 0, pipeline_gain: 0, spot_rounds: 0, cleanup_rounds: 0}\n"
    "minerals: {tin: {forms: [metal]}, home: {forms: [metal]}}\n"
    "network:\n"
    "  sites:\n"
    "    a: {mineral: tin, form: metal, country: CHN, kind: mine, output: 80 t/step}\n"
    "    b: {mineral: tin, form: metal, country: AUS, kind: mine, output: 20 t/step}\n"
    "    c: {mineral: home, form: metal, country: JPN, kind: mine, output: 20 t/step}\n"
    "  trade:\n"
    "    - {mineral: tin, form: metal, from: CHN, to: JPN, volume: 80 t/step, lag: 14 days%s}\n"
    "    - {mineral: tin, form: metal, from: AUS, to: JPN, volume: 20 t/step, lag: 28 days}\n"
    "  demand:\n"
    "    - {mineral: tin, form: metal, country: JPN, rate: 100 t/step}\n"
    "    - {mineral: home, form: metal, country: JPN, rate: 20 t/step}\n"
    "%s"
    "tallies: {concentration: true, required_stock: false}\n";

static double of(const run_result *r, const char *name, const char *mineral)
{
    return numbers(r, "concentration", name)[label(r, "concentration", "mineral", mineral)];
}

static double index_of(double a, double b) { return (a * a + b * b) / ((a + b) * (a + b)); }

static void close_to(const char *what, double x, double want)
{
    if (!(fabs(x - want) <= 1e-6)) fail_msg("%s: %.12g, expected %.12g", what, x, want);
}

/* Loaded in the run, arrived before its end: 102 steps of the one, 100 of the other. */
static void test_known_shares(void **state)
{
    (void)state;
    const char *ban = "events: [{from: 52, object: restriction/CHN/tin, field: severity, value: 100 %}]\n";
    run_result r = run_text(text(world, 64, "", ""), NULL, "concentration-calm");
    close_to("base", of(&r, "hhi_base", "tin"), 0.68);
    close_to("calm", of(&r, "hhi", "tin"), index_of(80 * 102, 20 * 100));
    assert_true(of(&r, "hhi_se", "tin") == 0 && of(&r, "import_probability", "tin") == 1);
    assert_true(isnan(of(&r, "hhi", "home")) && isnan(of(&r, "hhi_base", "home")) &&
                of(&r, "import_probability", "home") == 0);
    drop(&r);
    r = run_text(text(world, 64, "", ban), NULL, "concentration-ban");
    double want = index_of(80 * 52, 20 * 100);
    close_to("banned", of(&r, "hhi", "tin"), want);
    close_to("banned", of(&r, "hhi_q05", "tin"), want);
    close_to("banned", of(&r, "hhi_q95", "tin"), want);
    drop(&r);
    r = run_text(text(world, 64, ", loss: 10 %", ""), NULL, "concentration-loss");
    close_to("base, with loss", of(&r, "hhi_base", "tin"), 0.68);
    close_to("with loss", of(&r, "hhi", "tin"), index_of(80 * 102, 20 * 100)); /* balanced: 80 t arrive */
    drop(&r);
}

/* A ban that strikes at some time T: the index of a path depends on T alone, and so do the shipments of the
 * trade in /paths, which here are all paths. */
static void test_over_paths(void **state)
{
    (void)state;
    enum { PATHS = 400 };
    const char *hazard =
        "hazards: {restrictions: {ban: {exporter: CHN, minerals: [tin], onset: 0.5 /year, types: "
        "{ban: {duration: 26 weeks, severity: 100 %}}}}}\n";
    run_result r = run_file(put_file("concentration-drawn.yaml", text(world, PATHS, "", hazard)),
                            (const char *const[]){"tallies.trace_paths=400"}, 1, NULL, "concentration-drawn");
    const double *a = series(&r, "shipment", "arc", "tin/metal/CHN/JPN"),
                 *b = series(&r, "shipment", "arc", "tin/metal/AUS/JPN");
    double x[PATHS], mean = 0, var = 0;
    for (int p = 0; p < PATHS; p++) {
        double from_a = 0, from_b = 0;
        for (int t = 0; t < 102; t++) from_a += a[t * PATHS + p];
        for (int t = 0; t < 100; t++) from_b += b[t * PATHS + p];
        x[p] = index_of(from_a, from_b);
        mean += x[p] / PATHS;
    }
    for (int p = 0; p < PATHS; p++) var += (x[p] - mean) * (x[p] - mean) / (PATHS - 1);
    int less = 0, below = 0;
    for (int p = 0; p < PATHS; p++)
        less += x[p] < of(&r, "hhi_q05", "tin") - 1e-9, below += x[p] <= of(&r, "hhi_q95", "tin") + 1e-9;
    close_to("mean", of(&r, "hhi", "tin"), mean);
    close_to("error", of(&r, "hhi_se", "tin"), sqrt(var / PATHS));
    assert_true(var > 1e-4 && less < 0.05 * PATHS && below >= 0.95 * PATHS);
    drop(&r);
}

/* Without the key nothing is there, and with it no path changes. */
static void test_off(void **state)
{
    (void)state;
    const char *hazard =
        "hazards: {restrictions: {ban: {exporter: CHN, minerals: [tin], onset: 0.5 /year, types: "
        "{ban: {duration: 26 weeks, severity: 100 %}}}}}\n";
    const char *file = put_file("concentration-off.yaml", text(world, 256, "", hazard));
    run_result on = run_file(file, NULL, 0, NULL, "concentration-on"),
               off = run_file(file, (const char *const[]){"tallies.concentration=false"}, 1, NULL,
                              "concentration-off");
    assert_string_equal(on.state, off.state);
    assert_non_null(kura_frame_find(on.frame, "concentration"));
    assert_null(kura_frame_find(off.frame, "concentration"));
    drop(&on);
    drop(&off);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known_shares), cmocka_unit_test(test_over_paths),
                                       cmocka_unit_test(test_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
