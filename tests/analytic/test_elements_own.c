/* Stock of the users' own [A11]: exact weeks of an embargo and of a partial cut, its refill, and what it
 * leaves alone. */
#include "duo.h"

#define CARS HUB "/cars"
#define GLASS HUB "/glass"
#define SECTORS                                                                                              \
    "    - {mineral: unit, form: metal, country: JPN, sector: cars, rate: 12 t/step, inventory: %s}\n"       \
    "    - {mineral: unit, form: metal, country: JPN, sector: glass, rate: 4 t/step, inventory: %s}\n"
#define NO_COVER "  hubs: [{mineral: unit, form: metal, country: JPN, cover: 0 days}]\n"

static run_result run_own(const char *cars, const char *glass, const char *hubs, const char *rest)
{
    return run_text(network_of("", DUO_MINE, DUO_TRADE, text(SECTORS "%s", cars, glass, hubs), rest), NULL,
                    "own");
}

/* Nothing happens: the stock rests and trade is what it is without it. */
static void test_rest(void **state)
{
    (void)state;
    run_result r = run_own("21 days", "42 days", "", "");
    assert_steps(&r, "own_stock", "consumer", CARS, 0, DUO_STEPS, 36);
    assert_steps(&r, "own_stock", "consumer", GLASS, 0, DUO_STEPS, 24);
    assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 16);
    assert_steps(&r, "on_hand", "hub", HUB, 0, DUO_STEPS, 96);
    assert_true(summary(&r, "expected_unserved", NULL) == 0);
    assert_true(numbers(&r, "network", "consumer_own_stock")[label(&r, "network", "consumer", CARS)] == 36);
    drop(&r);
    r = run_text(duo(""), NULL, "own");
    assert_null(kura_frame_find_var(kura_frame_find(r.frame, "network"), "consumer_own_stock"));
    assert_null(kura_frame_find_var(kura_frame_find(r.frame, "paths"), "own_stock"));
    assert_null(kura_frame_find(r.frame, "checks"));
    drop(&r);
}

/* Loaded in steps 0 to 4, the last cargo comes in step 6; then cars live three weeks of their own stock,
 * glass six. With a common cover of six weeks both begin six weeks later. */
static void test_embargo(void **state)
{
    (void)state;
    static const char stop[] =
        "events: [{from: 5, to: 35, object: restriction/CHN/unit, field: severity, value: 100 %}]\n";
    for (int later = 0; later <= 6; later += 6) {
        run_result r = run_own("21 days", "42 days", later ? "" : NO_COVER, stop);
        int gone = 7 + later;
        for (int t = 0; t < gone + 3; t++)
            assert_step(&r, "own_stock", "consumer", CARS, t, 36 - 12 * fmax(0, t + 1 - gone));
        for (int t = 0; t < gone + 6; t++)
            assert_step(&r, "own_stock", "consumer", GLASS, t, 24 - 4 * fmax(0, t + 1 - gone));
        assert_steps(&r, "unserved", "consumer", CARS, 0, gone + 3, 0);
        assert_steps(&r, "unserved", "consumer", CARS, gone + 3, 37, 12);
        assert_steps(&r, "unserved", "consumer", GLASS, 0, gone + 6, 0);
        assert_steps(&r, "unserved", "consumer", GLASS, gone + 6, 37, 4);
        drop(&r);
    }
}

/* Half of the trade is left: each gets half of its demand and takes the other half of its own stock, so that
 * it lasts twice as long; what one has does not help the other. */
static void test_partial_cut(void **state)
{
    (void)state;
    run_result r =
        run_own("21 days", "42 days", NO_COVER,
                "events: [{from: 5, object: restriction/CHN/unit, field: severity, value: 50 %}]\n");
    for (int t = 7; t < 13; t++) assert_step(&r, "own_stock", "consumer", CARS, t, 36 - 6 * (t - 6));
    for (int t = 7; t < 19; t++) assert_step(&r, "own_stock", "consumer", GLASS, t, 24 - 2 * (t - 6));
    assert_steps(&r, "unserved", "consumer", CARS, 0, 13, 0);
    assert_steps(&r, "unserved", "consumer", CARS, 13, DUO_STEPS, 6);
    assert_steps(&r, "unserved", "consumer", GLASS, 0, 19, 0);
    assert_steps(&r, "unserved", "consumer", GLASS, 19, DUO_STEPS, 2);
    drop(&r);
}

/* The rules of A11 for the two sectors, from demand and what was loaded: in a step a user asks the hub for
 * its demand less an eighth of what it has too much; what the hub has is shared in proportion; then an eighth
 * of what is missing is filled up. */
typedef struct {
    double own, use, weeks;
} user;

static void follow(const run_result *r, double factor)
{
    user u[] = {{36, 12, 3}, {24, 4, 6}};
    static const char *const names[] = {CARS, GLASS};
    double hub = 0;
    for (int t = 0; t < DUO_STEPS; t++) {
        double claim[2], want[2], asked = 0, wanted = 0;
        hub += t < 2 ? 16 : cell(r, "shipment", "arc", ARC, t - 2);
        for (int k = 0; k < 2; k++) {
            double D = factor * (k ? 4 : 12);
            u[k].use += (D - u[k].use) / 13;
            claim[k] = D - fmin(D, fmax(0, u[k].own - u[k].weeks * u[k].use) / 8);
            asked += claim[k];
        }
        double theta = fmin(1, hub / asked);
        for (int k = 0; k < 2; k++) {
            double D = factor * (k ? 4 : 12), have = u[k].own + theta * claim[k];
            hub -= theta * claim[k];
            u[k].own = fmax(0, have - D);
            want[k] = fmax(0, u[k].weeks * u[k].use - u[k].own) / 8;
            wanted += want[k];
            assert_true(fabs(cell(r, "unserved", "consumer", names[k], t) - fmax(0, D - have)) < 1e-3);
        }
        double share = wanted > hub && wanted > 0 ? fmax(0, hub) / wanted : 1;
        for (int k = 0; k < 2; k++) {
            u[k].own += share * want[k];
            hub -= share * want[k];
            double x = cell(r, "own_stock", "consumer", names[k], t);
            if (fabs(x - u[k].own) > 1e-3)
                fail_msg("%s, step %d: %g, by the rules %g", names[k], t, x, u[k].own);
        }
        if (fabs(cell(r, "on_hand", "hub", HUB, t) - hub) > 1e-3)
            fail_msg("on hand, step %d: %g, by the rules %g", t, cell(r, "on_hand", "hub", HUB, t), hub);
    }
}

/* After a stop of two weeks an eighth of the gap of the stock is ordered on top in a step. */
static void test_refill(void **state)
{
    (void)state;
    run_result r =
        run_own("21 days", "42 days", NO_COVER,
                "events: [{from: 5, to: 7, object: restriction/CHN/unit, field: severity, value: 100 %}]\n");
    follow(&r, 1);
    assert_true(cell(&r, "own_stock", "consumer", CARS, 8) == 12);
    assert_true(cell(&r, "own_stock", "consumer", CARS, DUO_STEPS - 1) > 34);
    assert_true(summary(&r, "expected_unserved", NULL) == 0);
    drop(&r);
}

/* When demand falls for good the stock aimed at falls with it, and the surplus is used up. */
static void test_surplus(void **state)
{
    (void)state;
    run_result r =
        run_own("21 days", "42 days", NO_COVER,
                "events: [{from: 0, object: demand/unit/metal/JPN, field: factor, value: 50 %}]\n");
    assert_true(cell(&r, "own_stock", "consumer", CARS, DUO_STEPS - 1) < 36 * 0.6);
    assert_true(cell(&r, "own_stock", "consumer", CARS, DUO_STEPS - 1) > 36 * 0.5);
    assert_true(summary(&r, "expected_unserved", NULL) == 0);
    drop(&r);
}

/* The same while trade is cut to a quarter: who has too much asks for less, and more is left for the other.
 */
static void test_surplus_in_a_cut(void **state)
{
    (void)state;
    run_result r = run_own("21 days", "42 days", NO_COVER,
                           "events:\n"
                           "  - {from: 0, object: demand/unit/metal/JPN, field: factor, value: 50 %}\n"
                           "  - {from: 0, object: restriction/CHN/unit, field: severity, value: 75 %}\n");
    follow(&r, 0.5);
    assert_true(cell(&r, "unserved", "consumer", CARS, DUO_STEPS - 1) > 1);
    drop(&r);
}

/* Scarcity looks at all firm stock of the importer, whoever keeps it: s = shortfall squared [4.2]. */
static void test_scarcity(void **state)
{
    (void)state;
    run_result r = run_text(
        network_of(
            ", price: {initial: 1 USD/t, half_life: never, volatility: 0 %/sqrt(year), scarcity: 4}",
            DUO_MINE, DUO_TRADE, text(SECTORS NO_COVER, "21 days", "42 days"),
            "events: [{from: 5, to: 35, object: restriction/CHN/unit, field: severity, value: 100 %}]\n"),
        NULL, "own-scarcity");
    double S = 0;
    for (int t = 0; t < 20; t++) {
        double stock = cell(&r, "own_stock", "consumer", CARS, t) +
                       cell(&r, "own_stock", "consumer", GLASS, t) + cell(&r, "on_hand", "hub", HUB, t);
        double gap =
            (cell(&r, "unserved", "consumer", CARS, t) + cell(&r, "unserved", "consumer", GLASS, t)) / 16;
        double low = fmax(0, 1 - stock / 60);
        S += (fmin(1, gap + low * low) - S) / 13;
        assert_true(fabs(cell(&r, "scarcity", "mineral", "unit", t) - S) < 1e-9);
    }
    assert_true(S > 0.3);
    drop(&r);
}

/* A national stock comes before the users' own: released for what the hub lacks, it spares theirs. */
static void test_stockpile_first(void **state)
{
    (void)state;
    run_result r =
        run_own("21 days", "42 days", NO_COVER,
                "events: [{from: 5, to: 35, object: restriction/CHN/unit, field: severity, value: "
                "100 %}]\n"
                "stockpiles: {national: {owner: national, country: JPN, mineral: unit, form: metal, "
                "opening: 48 t, delay: 0 weeks, trigger: always}}\n");
    assert_steps(&r, "own_stock", "consumer", CARS, 0, 10, 36);
    assert_step(&r, "own_stock", "consumer", CARS, 10, 24);
    assert_steps(&r, "unserved", "consumer", CARS, 0, 13, 0);
    assert_steps(&r, "unserved", "consumer", CARS, 13, 37, 12);
    drop(&r);
}

/* Where there is no storage nothing could ever be filled up again. */
static void test_refused(void **state)
{
    (void)state;
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    const char *path = put_file(
        "own-refused.yaml",
        "format: 1\nname: grid\nrun: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: 8}\n"
        "market: {production: push}\nminerals: {unit: {forms: [metal]}}\n"
        "network:\n  hubs: [{mineral: unit, form: metal, country: JPN, storage: none}]\n"
        "  sites: {m: {mineral: unit, form: metal, country: JPN, kind: mine, output: 4 t/step}}\n"
        "  demand: [{mineral: unit, form: metal, country: JPN, rate: 4 t/step, inventory: 3 weeks}]\n");
    kura_status st = kura_scenario_load(path, NULL, 0, &s, &diag, &err);
    int found = 0;
    for (size_t i = 0; i < diag.count; i++) found |= strstr(diag.items[i].message, "storage: none") != NULL;
    assert_true(st != KURA_OK && found);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rest),
                                       cmocka_unit_test(test_embargo),
                                       cmocka_unit_test(test_partial_cut),
                                       cmocka_unit_test(test_refill),
                                       cmocka_unit_test(test_surplus),
                                       cmocka_unit_test(test_stockpile_first),
                                       cmocka_unit_test(test_surplus_in_a_cut),
                                       cmocka_unit_test(test_scarcity),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
