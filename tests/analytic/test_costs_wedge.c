/* Money where prices are apart under a restriction [4.5, 7]: what the focus country pays and holds counts at
 * its own price, by hand. */
#include "case.h"

enum { STEPS = 60, FROM = 10, TO = 40 };
#define SCENARIO                                                                                             \
    "format: 1\nname: wedge\n"                                                                               \
    "run: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: 60, focus: JPN}\n"                    \
    "minerals: {unit: {forms: [metal], price: {initial: 1_000 USD/t, half_life: 1 year, volatility: 0 "      \
    "%/sqrt(year), wedge: {importer: 0.8, lag: 3 weeks}}}}\n"                                                \
    "network:\n"                                                                                             \
    "  sites:\n"                                                                                             \
    "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 60 t/step}\n"                     \
    "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 40 t/step, spare: 50 %}\n"        \
    "  trade:\n"                                                                                             \
    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 60 t/step, lag: 14 days}\n"              \
    "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 40 t/step, lag: 14 days}\n"              \
    "  demand: [{mineral: unit, form: metal, country: JPN, rate: 100 t/step}]\n"                             \
    "stockpiles: {store: {owner: national, country: JPN, mineral: unit, form: metal, opening: 50 t, on: 95 " \
    "%}}\n"                                                                                                  \
    "events: [{from: 10, to: 40, object: restriction/CHN/unit, field: severity, value: 100 %}]\n"            \
    "costs: {multiples: [3, 15, 50], keeping: {share: 2 %/year}}\n"                                          \
    "tallies: {trace_paths: 1, required_stock: false}\n"

static void expect(const char *what, double got, double want)
{
    if (!(fabs(got - want) <= 1e-12 * fabs(want))) fail_msg("%s: %.17g, exact %.17g", what, got, want);
}

/* Three fifths of what is contracted stay away, so the log price goes to 0.48, a third of the way a step. */
static void test_price_of_the_focus(void **state)
{
    (void)state;
    run_result r = run_text(SCENARIO, NULL, "costs-wedge");
    double wedge = 0, bill = 0, held = 0;
    for (int t = 0; t < STEPS; t++) {
        double discount = pow(1.04, -(t + 0.5) * DY), loaded = 0;
        wedge += ((t >= FROM && t < TO ? 0.8 * 0.6 : 0) - wedge) / 3;
        loaded += cell(&r, "shipment", "arc", "unit/metal/CHN/JPN", t);
        loaded += cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", t);
        bill += discount * 1e-3 * (exp(wedge) - 1) * loaded;
        held += discount * 1e-3 * exp(wedge) * 50 * 0.02 * DY;
    }
    assert_true(bill > 0.1);
    expect("price bill", summary(&r, "price_bill", "unit"), bill);
    expect("holding", summary(&r, "cost_holding", "unit"), held);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_price_of_the_focus)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
