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

/* After a stop of two weeks an eighth of the gap of the stock is ordered on top in a step, and all that is on
 * hand beyond the use of the step goes to the users' stocks, an eighth of each gap at most. */
static void test_refill(void **state)
{
    (void)state;
    run_result r =
        run_own("21 days", "42 days", NO_COVER,
                "events: [{from: 5, to: 7, object: restriction/CHN/unit, field: severity, value: 100 %}]\n");
    double cars = 36, glass = 24, hub = 0, ship[DUO_STEPS];
    for (int t = 0; t < DUO_STEPS; t++) {
        const double *shipped = series(&r, "shipment", "arc", ARC) + t * traced(&r);
        ship[t] = shipped[0];
        double arrives = t < 2 ? 16 : ship[t - 2], theta = fmin(1, (hub + arrives) / 16);
        double to_cars = 12 * theta, to_glass = 4 * theta;
        hub += arrives - to_cars - to_glass;
        cars += to_cars - 12;
        glass += to_glass - 4;
        double want_cars = (36 - cars) / 8, want_glass = (24 - glass) / 8;
        double share = want_cars + want_glass > hub ? hub / (want_cars + want_glass) : 1;
        cars += share * want_cars;
        glass += share * want_glass;
        hub -= share * (want_cars + want_glass);
        assert_true(fabs(cell(&r, "own_stock", "consumer", CARS, t) - cars) < 1e-3);
        assert_true(fabs(cell(&r, "own_stock", "consumer", GLASS, t) - glass) < 1e-3);
        assert_true(fabs(cell(&r, "on_hand", "hub", HUB, t) - hub) < 1e-3);
    }
    assert_true(cell(&r, "own_stock", "consumer", CARS, 8) == 12);
    assert_true(cars > 34 && glass > 22);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rest),   cmocka_unit_test(test_embargo), cmocka_unit_test(test_partial_cut),
        cmocka_unit_test(test_refill), cmocka_unit_test(test_surplus), cmocka_unit_test(test_stockpile_first),
        cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
