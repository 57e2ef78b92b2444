/* Levers where prices act as well [4.3, 4.4, 7.4, 7.6, 7.8]: cases in which the second engine found the first
 * one wrong, to the last tonne. */
#include "case.h"
#include "kura/kura.h"

#define HEAD                                                                                                 \
    "format: 1\nname: levers\nrun: {paths: 64, seed: 1, start: 2026-01-05, steps: 60, focus: JPN, per: "     \
    "horizon}\n"

/* What a programme saves it saves whatever the price, over its ramp: neither by the degrees in which demand
 * adjusts to prices, nor within the range that they may move it in. */
static void test_saving_is_no_adjustment(void **state)
{
    (void)state;
    run_result r = run_text(
        HEAD "minerals:\n  unit:\n    forms: [metal]\n    lattice_exponent: -20\n"
             "    price: {initial: 100 USD/t, half_life: 1 year, volatility: 0 %/sqrt(year)}\n"
             "    demand_response: {elasticity: 0.2, adjustment: {half_life: 26 weeks}, demand_range: [0.95, "
             "1.05]}\n"
             "network:\n  sites:\n"
             "    c: {mineral: unit, form: metal, country: JPN, kind: mine, output: 16 t/step}\n"
             "  demand: [{mineral: unit, form: metal, country: JPN, sector: s, rate: 16 t/step}]\n"
             "levers: {thrifting: {lean: {minerals: [unit], saves: 25 %, ramp: 4 weeks, start: 10}}}\n"
             "tallies: {required_stock: false, trace_paths: 1}\n",
        NULL, "levers-saving");
    assert_steps(&r, "demand", "consumer", "unit/metal/JPN/s", 0, 11, 16);
    for (int t = 11; t < 14; t++) assert_step(&r, "demand", "consumer", "unit/metal/JPN/s", t, 16 - (t - 10));
    assert_steps(&r, "demand", "consumer", "unit/metal/JPN/s", 14, 60, 12);
    drop(&r);
}

/* At half its price the venture makes half of its 8 t, and its buyer gets these: not what the other mine of
 * Australia makes for users at home, who keep what there is. */
static void test_offtake_is_of_what_is_made(void **state)
{
    (void)state;
    run_result r = run_text(
        HEAD "market: {home_priority: [1, 1, 1]}\n"
             "minerals:\n  unit:\n    forms: [metal]\n    lattice_exponent: -20\n"
             "    price: {initial: 100 USD/t, half_life: 1 year, volatility: 0 %/sqrt(year)}\n"
             "    supply_response: {elasticity: 1, countries: [AUS]}\n"
             "network:\n  sites:\n"
             "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 8 t/step}\n"
             "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step}\n"
             "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}]\n"
             "  demand:\n"
             "    - {mineral: unit, form: metal, country: AUS, sector: s, rate: 8 t/step}\n"
             "    - {mineral: unit, form: metal, country: JPN, sector: s, rate: 16 t/step}\n"
             "levers:\n  investment:\n"
             "    venture: {mineral: unit, form: metal, country: AUS, kind: mine, output: 8 t/step,\n"
             "              offtake: {JPN: 100 %}, offtake_lag: 2 weeks}\n"
             "events: [{from: 5, object: price/unit, field: level, value: 0.5}]\n"
             "tallies: {required_stock: false, trace_paths: 1}\n",
        NULL, "levers-offtake");
    for (int t = 45; t < 60; t++) {
        assert_true(fabs(cell(&r, "output", "site", "venture", t) - 4) < 1e-4);
        assert_true(fabs(cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", t) - 4) < 1e-4);
        assert_true(fabs(cell(&r, "unserved", "consumer", "unit/metal/AUS/s", t) - 4) < 1e-3);
    }
    drop(&r);
}

/* A stock with a floor that is not refilled is raised by a lever like any other: 70 days are 160 t. */
static void test_stock_with_a_floor_is_raised(void **state)
{
    (void)state;
    run_result r = run_text(
        HEAD
        "minerals: {unit: {forms: [metal], lattice_exponent: -20}}\n"
        "network:\n  sites:\n"
        "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 100 %}\n"
        "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}]\n"
        "  demand: [{mineral: unit, form: metal, country: JPN, sector: s, rate: 16 t/step}]\n"
        "stockpiles: {n: {owner: national, country: JPN, mineral: unit, form: metal, opening: 30 t, "
        "floor: 20 t}}\n"
        "levers: {stock: {more: {minerals: [unit], days: 70 days, at_most: 5 t/step, start: 4}}}\n"
        "tallies: {required_stock: false, trace_paths: 1}\n",
        NULL, "levers-floor");
    assert_steps(&r, "stockpile", "tier", "n", 0, 4, 30);
    assert_step(&r, "stockpile", "tier", "n", 59, 160);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_saving_is_no_adjustment),
                                       cmocka_unit_test(test_offtake_is_of_what_is_made),
                                       cmocka_unit_test(test_stock_with_a_floor_is_raised)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
