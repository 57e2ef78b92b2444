/* Two elements at once, where one once disturbed the other: each case was a fault found by review. */
#include "case.h"

#define HEAD(steps)                                                                                          \
    "format: 1\nname: together\nrun: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: " #steps   \
    ", focus: JPN%s}\n"                                                                                      \
    "minerals: {ga: {forms: [metal]}}\n"                                                                     \
    "network:\n"                                                                                             \
    "  sites: {mine: {mineral: ga, form: metal, country: CHN, kind: mine, output: 12 t/step, spare: 20 "     \
    "%%}}\n"
#define TO(c, v)                                                                                             \
    "    - {mineral: ga, form: metal, from: CHN, to: " #c ", volume: " #v " t/step, lag_steps: 2}\n"
#define USE(c, v) "    - {mineral: ga, form: metal, country: " #c ", rate: " #v " t/step}\n"
#define STOP "events: [{from: %d, to: %d, object: restriction/CHN/ga/JPN, field: severity, value: 90 %%}%s]\n"
#define TRACE "tallies: {trace_paths: 1, required_stock: false}\n"

/* A trigger by shortage reads a share of the same step: never above 1, however demand jumps. */
static void test_shortage_and_demand(void **state)
{
    (void)state;
    run_result r =
        run_text(text(HEAD(60) "  trade:\n" TO(JPN, 4) "  demand:\n" USE(CHN, 8) USE(JPN, 4) STOP
                      "market: {cover: 0 days}\n"
                      "stockpiles: {a: {owner: national, country: JPN, mineral: ga, form: metal, "
                      "opening: 0 t, trigger: shortage}}\n" TRACE,
                      "", 10, 50,
                      ", {from: 20, to: 21, object: demand/ga/metal/JPN, field: factor, value: 10}"
                      ", {from: 21, to: 22, object: demand/ga/metal/JPN, field: factor, value: 0.1}"),
                 NULL, "together-shortage");
    double most = 0;
    for (int t = 0; t < 60; t++) {
        double x = cell(&r, "inbound_loss", "tier", "a", t);
        assert_true(x >= 0 && x <= 1);
        most = fmax(most, x);
    }
    assert_true(most > 0.5);
    drop(&r);
}

/* Ages count from the start, whatever was in force before it. */
static void test_ages_and_spin_up(void **state)
{
    (void)state;
    run_result r[2];
    for (int k = 0; k < 2; k++) {
        r[k] = run_text(
            text(HEAD(130) "  trade:\n" TO(JPN, 4) TO(KOR, 4) "  demand:\n" USE(CHN, 4) USE(KOR, 4) USE(
                     JPN,
                     4) "hazards:\n  restrictions:\n    control:\n      exporter: CHN\n      minerals: [ga]\n"
                        "      onset: 0 /year\n      types: {ban: {duration: 13 weeks, severity: 1 %%, "
                        "target: KOR}}\n"
                        "      in_force: [{mineral: ga, type: ban, age: 12 weeks}]\n"
                        "stockpiles: {a: {owner: national, country: JPN, mineral: ga, form: metal, opening: "
                        "90 days, "
                        "shelf_life: 104 weeks}}\n" TRACE,
                 k ? ", spin_up: false" : ""),
            NULL, "together-ages");
    }
    for (int t = 0; t < 130; t++)
        assert_true(cell(&r[0], "stockpile", "tier", "a", t) == cell(&r[1], "stockpile", "tier", "a", t));
    assert_true(cell(&r[0], "stockpile", "tier", "a", 102) > 0 &&
                cell(&r[0], "stockpile", "tier", "a", 103) == 0);
    drop(&r[0]);
    drop(&r[1]);
}

/* A pool does not buy for a member that is cut off. */
static void test_pool_and_refill(void **state)
{
    (void)state;
    run_result r = run_text(
        text(HEAD(150) "  trade:\n" TO(JPN, 4) TO(KOR, 2) "  demand:\n" USE(CHN, 6) USE(KOR, 2) USE(JPN, 4)
                 STOP "stockpiles: {p: {owner: joint, country: KOR, mineral: ga, form: metal, opening: 60 "
                      "days, members: [{country: JPN, share: 50 %%, lag: 2 weeks}], refill: {at_most: 1 "
                      "t/step}}}\n" TRACE,
             "", 20, 100, ""),
        NULL, "together-pool");
    int released = 0;
    for (int t = 1; t < 150; t++) {
        if (cell(&r, "trigger", "tier", "p/JPN", t) != 2 || cell(&r, "trigger", "tier", "p/JPN", t - 1) != 2)
            continue;
        released++;
        if (t > 30 && t < 100)
            assert_true(cell(&r, "stockpile", "tier", "p", t) <= cell(&r, "stockpile", "tier", "p", t - 1));
    }
    assert_true(released > 50);
    assert_true(cell(&r, "stockpile", "tier", "p", 149) >
                cell(&r, "stockpile", "tier", "p", 105)); /* later it does */
    drop(&r);
}

/* The regime of the country that tolls acts once, whether or not the way back is a declared trade. */
static void test_tolling_and_regime(void **state)
{
    (void)state;
    run_result r[2];
    for (int k = 0; k < 2; k++)
        r[k] = run_text(
            text("format: 1\nname: toll\nrun: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: "
                 "60, focus: "
                 "JPN}\nminerals: {nd: {forms: [oxide, metal]}}\n"
                 "network:\n  sites:\n"
                 "    mine: {mineral: nd, form: oxide, country: CHN, kind: mine, output: 10 t/step, spare: "
                 "10 %%}\n"
                 "    works: {mineral: nd, form: metal, country: VNM, owner: JPN, kind: refine, output: 10 "
                 "t/step}\n"
                 "  trade:\n    - {mineral: nd, form: oxide, from: CHN, to: JPN, volume: 10 t/step, "
                 "lag_steps: 2}\n%s"
                 "  demand: [{mineral: nd, form: metal, country: JPN, rate: 10 t/step}]\n"
                 "hazards: {regimes: {VNM: {tension: 0 /year, coercion: 0 /year, relax: 0 /year, ease: 0 "
                 "/year, start: "
                 "coercion, availability: [100 %%, 100 %%, 60 %%]}}}\n" TRACE,
                 k ? "    - {mineral: nd, form: metal, from: VNM, to: JPN, volume: 0 t/step, lag_steps: 2}\n"
                   : ""),
            NULL, "together-toll");
    for (int t = 0; t < 60; t++) {
        double out = cell(&r[0], "output", "site", "works", t);
        assert_true(out == cell(&r[1], "output", "site", "works", t) && fabs(out - 6) < 1e-6);
    }
    drop(&r[0]);
    drop(&r[1]);
}

/* Two stocks for the same sector do not meet its need twice: the other sector's lack stays irreducible. */
static void test_sectors_and_required_stock(void **state)
{
    (void)state;
    for (int both = 0; both < 2; both++) {
        const char *tier =
            "  %s: {owner: %s, country: JPN, mineral: ga, form: metal, opening: 60 days, sectors: "
            "[chips], trigger: always}\n";
        run_result r = run_text(
            text(HEAD(104) "  trade:\n" TO(JPN, 4) "  demand:\n" USE(
                     CHN,
                     8) "    - {mineral: ga, form: metal, country: JPN, sector: chips, rate: 2 t/step}\n"
                        "    - {mineral: ga, form: metal, country: JPN, sector: lamps, rate: 2 t/step}\n" STOP
                        "market: {cover: 0 days}\nstockpiles:\n%s%s",
                 "", 10, 62, "", text(tier, "a", "private"), both ? text(tier, "b", "national") : ""),
            NULL, "together-sectors");
        const double *need = samples(&r, "required_stock", "ga", NULL),
                     *left = samples(&r, "irreducible", "ga", NULL);
        print_message("  %d stocks for chips: required %.6g t, irreducible %.6g t\n", both + 1, need[0],
                      left[0]);
        assert_true(need[0] > 50 && need[0] < 104.5); /* at most the chips of 52 steps */
        assert_true(left[0] > 50);
        drop(&r);
    }
}

/* The order in which loadings are written changes no bit. */
static void test_order_of_loadings(void **state)
{
    (void)state;
    run_result r[2];
    for (int k = 0; k < 2; k++)
        r[k] = run_text(
            text(HEAD(200) "  trade:\n" TO(JPN, 4) "  demand:\n" USE(CHN, 8) USE(
                     JPN, 4) "hazards:\n  restrictions:\n    control: {exporter: CHN, minerals: [ga], onset: "
                             "0.5 /year, types: {ban: "
                             "{duration: 13 weeks}}}\n"
                             "correlation: {factors: [a, b], loadings: {onset/CHN/ga: {%s}}, t: {b: 3}}\n",
                 "", k ? "b: 0.5, a: 0.5" : "a: 0.5, b: 0.5"),
            NULL, "together-loadings");
    int64_t n;
    const double *x = samples(&r[0], "unserved", "ga", &n), *y = samples(&r[1], "unserved", "ga", &n);
    double sum = 0;
    for (int64_t i = 0; i < n; i++) {
        assert_true(x[i] == y[i]);
        sum += x[i];
    }
    assert_true(sum > 0);
    drop(&r[0]);
    drop(&r[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shortage_and_demand),
                                       cmocka_unit_test(test_ages_and_spin_up),
                                       cmocka_unit_test(test_pool_and_refill),
                                       cmocka_unit_test(test_tolling_and_regime),
                                       cmocka_unit_test(test_sectors_and_required_stock),
                                       cmocka_unit_test(test_order_of_loadings)};
    return cmocka_run_group_tests_name("elements together", tests, NULL, NULL);
}
