/* Levers with what else a run may be asked for: each case was a fault found by review.  What levers make of
 * the base flow is another network, which attribution, losses of single objects and costs must see too. */
#include "case.h"
#include <kura/kura.h>

/* China sells everything; from step 20 on a plant in Australia, bought by Japan, takes half of it over. */
#define NETWORK                                                                                              \
    "minerals:\n"                                                                                            \
    "  zinc: {forms: [metal]}\n"                                                                             \
    "  unit: {forms: [metal], price: {initial: 1_000 USD/t, half_life: 1 year, volatility: 20 "              \
    "%%/sqrt(year)}}\n"                                                                                      \
    "market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days}\n"                                           \
    "network:\n  sites:\n"                                                                                   \
    "    zinc-CHN: {mineral: zinc, form: metal, country: CHN, kind: mine, output: 9 t/step}\n"               \
    "    china: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step}\n"                 \
    "  trade:\n"                                                                                             \
    "    - {mineral: zinc, form: metal, from: CHN, to: JPN, volume: 9 t/step, lag_steps: 2}\n"               \
    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"              \
    "  demand:\n"                                                                                            \
    "    - {mineral: zinc, form: metal, country: JPN, rate: 9 t/step}\n"                                     \
    "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
#define RUN "format: 1\nname: levers\nrun: {paths: 64, seed: %d, step: 7 days, steps: 120, focus: JPN}\n"
#define PLANT                                                                                                \
    "levers:\n  investment:\n"                                                                               \
    "    plant: {mineral: unit, form: metal, country: AUS, kind: mine, output: 8 t/step, start: 20, "        \
    "offtake: {JPN: 100 %%}, offtake_lag: 14 days%s}\n"

static int64_t at_cause(const run_result *r, const char *mineral, const char *class, const char *place)
{
    int64_t places = size_of(r, "attribution", "place"), classes = size_of(r, "attribution", "class");
    return (label(r, "attribution", "mineral", mineral) * classes + label(r, "attribution", "class", class)) *
               places +
           label(r, "attribution", "place", place);
}

/* A plant that never comes is to blame for all that is missing; before it was planned nothing was. */
static void test_causes_of_epochs(void **state)
{
    (void)state;
    run_result r = run_text(text(RUN NETWORK PLANT "tallies: {attribution: true, required_stock: false}\n", 1,
                                 ", cancellation: 100 %"),
                            NULL, "levers-causes");
    double eue = summary(&r, "expected_unserved", "unit");
    double x = numbers(&r, "attribution", "unserved_by_cause")[at_cause(&r, "unit", "project", "AUS")];
    assert_true(eue > 0 && summary(&r, "expected_unserved", "zinc") == 0);
    if (!(fabs(x - eue) <= 1e-12 * eue)) fail_msg("the plant is to blame for %.17g of %.17g", x, eue);
    drop(&r);
}

/* A plant that comes in the end, and then a strike at it: the ring sees what epochs changed. */
static void test_outage_of_a_new_plant(void **state)
{
    (void)state;
    run_result r =
        run_text(text(RUN NETWORK PLANT
                      "events: [{from: 60, to: 80, object: site/plant, field: availability, value: 0}]\n"
                      "tallies: {attribution: true, required_stock: false}\n",
                      1, ""),
                 NULL, "levers-strike");
    double eue = summary(&r, "expected_unserved", "unit");
    double x = numbers(&r, "attribution", "unserved_by_cause")[at_cause(&r, "unit", "script", "AUS")];
    assert_true(eue > 0);
    if (!(fabs(x - eue) <= 1e-12 * eue)) fail_msg("the strike is to blame for %.17g of %.17g", x, eue);
    drop(&r);
}
/* Nothing is drawn: levers come as planned, programmes succeed, demand has no cycle.  The plant's loss is
 * felt. */
static void test_losses(void **state)
{
    (void)state;
    run_result r[2];
    for (int k = 0; k < 2; k++)
        r[k] = run_text(text(RUN NETWORK PLANT
                             "  thrifting: {lean: {minerals: [unit], saves: 10 %%, success: 50 %%, "
                             "delay: {uniform: {min: 0 weeks, max: 20 weeks}}}}\n"
                             "demand_cycle: {sd: 5 %%, half_life: 1 year}\n"
                             "tallies: {n_minus_1: true, required_stock: false}\n",
                             k + 1, ", cancellation: 50 %, delay: {uniform: {min: 0 weeks, max: 20 weeks}}"),
                        NULL, "levers-losses");
    int64_t n = size_of(&r[0], "n_minus_1", "unserved");
    const double *x = numbers(&r[0], "n_minus_1", "unserved"), *y = numbers(&r[1], "n_minus_1", "unserved");
    assert_memory_equal(x, y, (size_t)n * sizeof *x);
    int64_t times = n / size_of(&r[0], "n_minus_1", "loss"),
            most = times - 1; /* 52 weeks: 32 of them it is there */
    double lost = x[label(&r[0], "n_minus_1", "loss", "unit/site/plant") * times + most];
    if (!(lost > 0)) fail_msg("nothing is missing without the plant");
    /* 26 weeks end in an epoch, and trade with them: no more is missing than was not shipped */
    const double *half = x + label(&r[0], "n_minus_1", "loss", "unit/exports/CHN") * times + 2;
    if (!(*half > 0 && *half <= 26 * 16)) fail_msg("%g t are missing in 26 weeks", *half);
    for (int k = 0; k < 2; k++) drop(&r[k]);
}

/* What a lever stocks costs what keeping costs. */
static void test_keeping(void **state)
{
    (void)state;
    static const char *const stock[] = {
        "levers: {stock: {st: {minerals: [unit], days: 60 days, opening: true}}}\n",
        "stockpiles: {st: {owner: national, country: JPN, mineral: unit, form: metal, opening: 60 days}}\n"};
    run_result r[2];
    for (int k = 0; k < 2; k++) {
        r[k] = run_text(
            text(RUN NETWORK
                 "%s"
                 "costs: {keeping: {storage: 50 USD/t/year, share: 1 %%/year}, multiples: [2, 3, 4]}\n",
                 1, stock[k]),
            NULL, "together-keeping");
        assert_true(summary(&r[k], "cost_holding", "unit") > 0);
    }
    assert_true(summary(&r[0], "cost_holding", "unit") == summary(&r[1], "cost_holding", "unit"));
    for (int k = 0; k < 2; k++) drop(&r[k]);
}

/* A base flow that a lever makes is corrected nowhere: works that lose half of their buyers need 10 t of ore
 * less, but the mine follows its host; 10 t a step are too much, and told of that mineral. */
static void test_corrections(void **state)
{
    (void)state;
    run_result r = run_text(
        text(RUN "minerals: {other: {forms: [metal]}, unit: {forms: [ore, metal]}}\n"
                 "network:\n  sites:\n"
                 "    mine: {mineral: unit, form: ore, country: CHN, kind: mine, output: 20 t/step}\n"
                 "    works: {mineral: unit, form: metal, country: CHN, kind: refine, output: 16 t/step, "
                 "yield: 80 %%}\n"
                 "    else: {mineral: other, form: metal, country: JPN, kind: mine, output: 1 t/step}\n"
                 "  trade:\n"
                 "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
                 "  demand:\n"
                 "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
                 "    - {mineral: other, form: metal, country: JPN, rate: 1 t/step}\n"
                 "  hosts: [{site: mine, host: else, mode: basket}]\n" PLANT
                 "tallies: {required_stock: false}\n",
             1, ""),
        NULL, "levers-corrections");
    int64_t i = label(&r, "levers", "lever", "surplus/unit/ore/CHN");
    double want = 10 * 365.25 / 7;
    assert_true(fabs(numbers(&r, "levers", "surplus")[i] - want) < 1e-9 * want);
    assert_null(kura_frame_find_var(kura_frame_find(r.frame, "scenario"), "correction_mineral"));
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_causes_of_epochs), cmocka_unit_test(test_outage_of_a_new_plant),
        cmocka_unit_test(test_losses), cmocka_unit_test(test_keeping), cmocka_unit_test(test_corrections)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
