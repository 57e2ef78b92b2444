/* What levers take [7.3] and what thrifting takes from users [7.4], by hand: in scenarios where nothing is
 * drawn every amount is known. */
#include "duo.h"

#define RHO 0.04

static double discount(double t) { return pow(1 + RHO, -(t + 0.5) * DY); }
static double discount_end(void) { return pow(1 + RHO, -DUO_STEPS * DY); }

static void assert_near(const char *what, double value, double want)
{
    if (!(fabs(value - want) <= 1e-12 * fmax(1e-3, fabs(want))))
        fail_msg("%s: %.17g, expected %.17g", what, value, want);
}

/* Share of the payments made by time t, evenly from a to b; where these are one, at once. */
static double paid(double t, double a, double b)
{
    return b <= a ? t > a : t <= a ? 0 : t >= b ? 1 : (t - a) / (b - a);
}

static double capital(double capex, double from, double to)
{
    double x = 0;
    for (int t = 0; t < DUO_STEPS; t++)
        x += discount(t) * capex * (paid(t + 1, from, to) - paid(t, from, to));
    return x;
}

static double fixed(double a_year, double from, double to)
{
    double x = 0;
    for (int t = 0; t < DUO_STEPS; t++) x += t >= from && t < to ? discount(t) * a_year * DY : 0;
    return x;
}

/* ---- sites that levers build ---- */

#define SITE_COST                                                                                            \
    "cost: {capex: 40 MUSD, construction: 10 weeks, life: 2 years, opex_fixed: 2 MUSD/year, opex_variable: " \
    "300 USD/t, sunk: 30 %}"

static const char *with_investment(const char *keys)
{
    return network_of(
        "", DUO_MINE, DUO_TRADE, DUO_DEMAND,
        text("costs: {}\nlevers:\n  investment:\n    more: {mineral: unit, form: metal, country: AUS, "
             "kind: mine, output: 4 t/step, offtake: {JPN: 100 %%}, offtake_lag: 2 weeks, "
             "start: 20, %s, %s}\n",
             keys, SITE_COST));
}

static double tonnes(const run_result *r, const char *site, int64_t p, double per_tonne)
{
    double x = 0;
    const double *output = series(r, "output", "site", site);
    for (int t = 0; t < DUO_STEPS; t++) x += discount(t) * per_tonne * output[t * traced(r) + p];
    return x;
}

/* On time, late, cancelled, and given up in step 30: running costs that are fixed end then. */
static void test_investment(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        double start, end;
        int cancelled;
    } rows[] = {{"plants: 1", 20, DUO_STEPS, 0},
                {"delay: 7 weeks", 27, DUO_STEPS, 0},
                {"cancellation: 100 %", INFINITY, DUO_STEPS, 1},
                {"end: 30", 20, 30, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_result r = run_text(with_investment(rows[i].keys), NULL, "lever-investment");
        double start = rows[i].start, made = tonnes(&r, "more", 0, 300);
        double capex = rows[i].cancelled ? capital(0.3 * 40, 10, 20) : capital(40, 10, start);
        double left = rows[i].cancelled ? 0 : 40 * discount_end() * (1 - (DUO_STEPS - start) * DY / 2);
        assert_true(rows[i].cancelled ? made == 0 : made > 300 * 4 * 5); /* it works, or it never does */
        assert_near("capital", summary(&r, "cost_capital", NULL), capex);
        assert_near("operation", summary(&r, "cost_operation", NULL),
                    fixed(2, start, rows[i].end) + made / 1e6);
        assert_near("salvage", summary(&r, "salvage", NULL), left);
        drop(&r);
    }
}

/* Drawn by path: what is paid follows the site of the path. */
static void test_as_drawn(void **state)
{
    (void)state;
    run_result r = run_text(with_investment("delay: 7 weeks, cancellation: 40 %"), NULL, "lever-drawn");
    int64_t cancelled = 0;
    for (int64_t p = 0; p < DUO_PATHS; p++) {
        double made = tonnes(&r, "more", p, 300);
        cancelled += made == 0;
        assert_near("capital of a path", samples(&r, "cost_capital", NULL, NULL)[p],
                    made > 0 ? capital(40, 10, 27) : capital(0.3 * 40, 10, 20));
        assert_near("operation of a path", samples(&r, "cost_operation", NULL, NULL)[p],
                    made > 0 ? fixed(2, 27, DUO_STEPS) + made / 1e6 : 0);
    }
    assert_true(cancelled > 0 && cancelled < DUO_PATHS);
    drop(&r);
}

static void test_recycling(void **state)
{
    (void)state;
    run_result r =
        run_text(duo("costs: {}\nlevers:\n  recycling:\n    back: {mineral: unit, form: metal, country: JPN, "
                     "collection: 50 %, lifetime: 1 year, start: 20, " SITE_COST "}\n"),
                 NULL, "lever-recycling");
    double made = tonnes(&r, "back", 0, 300);
    assert_true(made > 300 * 8 * 5);
    assert_near("capital", summary(&r, "cost_capital", NULL), capital(40, 10, 20));
    assert_near("operation", summary(&r, "cost_operation", NULL), fixed(2, 20, DUO_STEPS) + made / 1e6);
    drop(&r);
}

/* ---- levers without a site ---- */

#define COST "cost: {capex: 12 MUSD, construction: 8 weeks, opex_fixed: 3 MUSD/year}"

static const char *world(const char *levers)
{
    return network_of(
        "",
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 12 t/step, spare: 50 %}\n"
        "    pit: {mineral: unit, form: metal, country: AUS, kind: mine, output: 4 t/step, spare: 200 %}\n",
        "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 2}\n"
        "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 4 t/step, lag_steps: 3}\n",
        DUO_DEMAND,
        text(
            "hazards: {regimes: {CHN: {tension: 1 /year, coercion: 1 /year, relax: 1 /year, ease: 1 /year}}, "
            "restrictions: {stop: {exporter: CHN, minerals: all, onset: 1 /year, types: {ban: {duration: 4 "
            "weeks}}}}}\n"
            "costs: {}\nlevers: {%s}\n",
            levers));
}

static void test_without_site(void **state)
{
    (void)state;
    static const struct {
        const char *lever;
        double end;
    } rows[] = {{"diversification: {x: {mineral: unit, form: metal, importer: JPN, to: {AUS: 20 %}, start: "
                 "20, " COST "}}",
                 DUO_STEPS},
                {"diversification: {x: {mineral: unit, form: metal, importer: JPN, to: {AUS: 20 %}, start: "
                 "20, end: 33, " COST "}}",
                 33},
                {"dependence_cap: {x: {importer: JPN, cap: 60 %, start: 20, " COST "}}", DUO_STEPS},
                {"diplomacy: {x: {countries: [CHN], effect: 30 %, start: 20, " COST "}}", DUO_STEPS},
                {"diplomacy: {x: {countries: [CHN], up: 0.5, start: 20, end: 33, " COST "}}", 33},
                {"thrifting: {x: {minerals: [unit], saves: 10 %, start: 20, " COST "}}", DUO_STEPS}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_result r = run_text(world(rows[i].lever), NULL, "lever-costs");
        assert_near(rows[i].lever, summary(&r, "cost_capital", NULL), capital(12, 12, 20));
        assert_near(rows[i].lever, summary(&r, "cost_operation", NULL), fixed(3, 20, rows[i].end));
        drop(&r);
    }
    /* without `start` it is in force, and what is still to be paid is paid in the first step */
    run_result r =
        run_text(world("diversification: {x: {mineral: unit, form: metal, importer: JPN, to: {AUS: "
                       "20 %}, cost: {capex: 12 MUSD}}}"),
                 NULL, "lever-in-force");
    assert_near("in force", summary(&r, "cost_capital", NULL), 12 * discount(0));
    drop(&r);
}

/* A quarter of the imports, 4 of 16 t, moves in step 20 to a supplier that sold 4 t: half of what it loads
 * costs more, also when a restriction makes it load less or more; until the lever ends. */
static void test_premium(void **state)
{
    (void)state;
    static const char *const levers[] = {
        "diversification: {x: {mineral: unit, form: metal, importer: JPN, to: {AUS: 25 %}, start: 20, "
        "premium: 700 USD/t}}",
        "dependence_cap: {x: {importer: JPN, of: CHN, cap: 50 %, start: 20, premium: 700 USD/t}}",
        "diversification: {x: {mineral: unit, form: metal, importer: JPN, to: {AUS: 25 %}, start: 20, end: "
        "30, premium: 700 USD/t}}"};
    for (int i = 0; i < 3; i++) {
        run_result r = run_text(world(levers[i]), NULL, "lever-premium");
        const double *loaded = series(&r, "shipment", "arc", "unit/metal/AUS/JPN");
        for (int64_t p = 0; p < DUO_PATHS; p++) {
            double want = 0;
            for (int t = 20; t < (i == 2 ? 30 : DUO_STEPS); t++)
                want += discount(t) * 700 * 0.5 * loaded[t * DUO_PATHS + p] / 1e6;
            assert_true(want > 0);
            assert_near("premium", samples(&r, "cost_premium", NULL, NULL)[p], want);
        }
        drop(&r);
    }
}

/* ---- thrifting ---- */

static const char *thrifty(const char *mineral, const char *programme, const char *rest)
{
    return network_of(
        mineral, DUO_MINE,
        "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 2}\n",
        "    - {mineral: unit, form: metal, country: JPN, rate: 12 t/step}\n"
        "    - {mineral: unit, form: metal, country: CHN, rate: 4 t/step}\n",
        text("levers: {thrifting: {lean: {minerals: [unit], start: 12, %s}}}\n%s", programme, rest));
}

/* A quarter is saved from step 12 on: three of twelve tonnes a step; users abroad are not counted. */
static void test_saved(void **state)
{
    (void)state;
    double want = 0;
    for (int t = 12; t < DUO_STEPS; t++) want += discount(t) * 3 * 8000 / 1e6;
    run_result r =
        run_text(thrifty("", "saves: 25 %, penalty: 8_000 USD/t", "costs: {}\n"), NULL, "lever-saved");
    assert_steps(&r, "demand", "consumer", HUB, 12, DUO_STEPS, 9);
    assert_near("penalty", summary(&r, "cost_operation", NULL), want);
    assert_true(summary(&r, "cost_capital", NULL) == 0);
    drop(&r);
    r = run_text(thrifty("", "saves: 25 %, success: 0 %, penalty: 8_000 USD/t, " COST, "costs: {}\n"), NULL,
                 "lever-never"); /* half of the investment is sunk */
    assert_near("never adopted", summary(&r, "cost_operation", NULL), 0);
    assert_near("sunk", summary(&r, "cost_capital", NULL), capital(0.5 * 12, 4, 12));
    drop(&r);
    r = run_text(thrifty("", "saves: 25 %, delay: 6 weeks, penalty: 8_000 USD/t, " COST, "costs: {}\n"), NULL,
                 "lever-late");
    for (int t = 12; t < 18; t++) want -= discount(t) * 3 * 8000 / 1e6;
    assert_near("late", summary(&r, "cost_operation", NULL), want + fixed(3, 18, DUO_STEPS));
    assert_near("paid until the adoption", summary(&r, "cost_capital", NULL), capital(12, 4, 18));
    drop(&r);
}

/* At three times the price users replace what the programme lets them, less what they would have replaced
 * anyway: all that gross demand lacks.  Demand is in whole quanta of 2^-20 t. */
static void test_replaced(void **state)
{
    (void)state;
    for (int anyway = 0; anyway < 2; anyway++) {
        const char *mineral =
            text(", price: {initial: 1_000 USD/t, half_life: never, volatility: 0 %%/sqrt(year)}%s",
                 anyway ? ", demand_response: {substitution: {limit: 20 %, lag: 20 weeks}}" : "");
        run_result r =
            run_text(thrifty(mineral, "limit: 50 %, lag: 10 weeks, penalty: 8_000 USD/t",
                             "costs: {discount_rate: 0 %, multiples: [1, 2, 3]}\n"
                             "events: [{from: 5, to: 40, object: price/unit, field: level, value: 3}]\n"),
                     NULL, "lever-replaced");
        double net = 0, paid = summary(&r, "cost_operation", NULL);
        double gross = samples(&r, "gross_demand", NULL, NULL)[0];
        for (int t = 0; t < DUO_STEPS; t++) net += 12 - cell(&r, "demand", "consumer", HUB, t);
        double replaced = 12.0 * DUO_STEPS - gross;
        print_message("  replaced %.6f t of %.6f t less demand\n", replaced, net);
        assert_true(replaced > 10 && (anyway ? replaced < 0.9 * net : fabs(replaced - net) < 1e-3));
        assert_true(fabs(paid / (replaced * 8000 / 1e6) - 1) < 1e-6);
        drop(&r);
    }
}

/* ---- several minerals ---- */

static const char *three(const char *rest)
{
    return text("format: 1\nname: three\n"
                "run: {paths: 64, seed: 2, start: 2026-01-05, step: 7 days, steps: 40, focus: JPN}\n"
                "minerals:\n"
                "  a: {forms: [metal], price: {initial: 1_000 USD/t, half_life: 1 year, volatility: 0 "
                "%%/sqrt(year)}}\n"
                "  b: {forms: [metal], price: {initial: 3_000 USD/t, half_life: 1 year, volatility: 0 "
                "%%/sqrt(year)}}\n"
                "  c: {forms: [metal]}\n"
                "network:\n  sites:\n"
                "    ma: {mineral: a, form: metal, country: CHN, kind: mine, output: 16 t/step}\n"
                "    mb: {mineral: b, form: metal, country: CHN, kind: mine, output: 16 t/step}\n"
                "    mc: {mineral: c, form: metal, country: CHN, kind: mine, output: 16 t/step}\n"
                "  trade:\n"
                "    - {mineral: a, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
                "    - {mineral: b, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
                "    - {mineral: c, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
                "  demand:\n"
                "    - {mineral: a, form: metal, country: JPN, rate: 16 t/step}\n"
                "    - {mineral: b, form: metal, country: JPN, rate: 16 t/step}\n"
                "    - {mineral: c, form: metal, country: JPN, rate: 16 t/step}\n"
                "hazards: {restrictions: {all: {exporter: CHN, minerals: all, onset: 1 /year, types: {ban: "
                "{duration: "
                "4 weeks}}}}}\n%s",
                rest);
}

/* In equal parts, so that the total holds it once; not with a mineral whose cost has no figure. */
static void test_shared(void **state)
{
    (void)state;
    static const char talks[] = "levers: {diplomacy: {talks: {countries: [CHN], effect: 10 %, cost: {capex: "
                                "12 MUSD, opex_fixed: 3 MUSD/year}}}}\ncosts: {multiples: [1, 2, 3]}\n";
    for (int unknown = 0; unknown < 2; unknown++) {
        const char *stock =
            "stockpiles: {s: {owner: national, country: JPN, mineral: c, form: metal, opening: "
            "5 t}}\n";
        run_result r = run_text(three(text("%s%s", unknown ? stock : "", talks)), NULL, "lever-shared");
        double all = 12 * discount(0) + fixed(3, 0, DUO_STEPS), parts = unknown ? 2 : 3;
        assert_near("part of a", summary(&r, "cost", "a"), all / parts);
        assert_near("part of b", summary(&r, "cost", "b"), all / parts);
        if (unknown)
            assert_true(isnan(summary(&r, "cost", "c")));
        else
            assert_near("part of c", summary(&r, "cost", "c"), all / parts);
        assert_near("total", *numbers(&r, "summary", "total_cost"), all);
        drop(&r);
    }
}

/* ---- stocks that levers make ---- */

/* 35 days are 80 t: bought on the first day, kept by costs.keeping, sold at the end; of a stock that is
 * raised the whole. */
static void test_stock(void **state)
{
    (void)state;
    static const char *const old[] = {
        "", "stockpiles: {old: {owner: national, country: JPN, mineral: unit, form: metal, opening: 20 t}}\n",
        "stockpiles: {old: {owner: national, country: JPN, mineral: unit, form: metal, opening: 20 t, cost: "
        "{storage: 90 USD/t/year}}}\n"};
    static const double storage[] = {30, 30, 90};
    for (int i = 0; i < 3; i++) {
        run_result r = run_text(
            network_of(", price: {initial: 5 USD/kg, half_life: never, volatility: 0 %/sqrt(year)}", DUO_MINE,
                       DUO_TRADE, DUO_DEMAND,
                       text("%slevers: {stock: {more: {minerals: [unit], days: 35 days, opening: true}}}\n"
                            "costs: {multiples: [1, 2, 3], keeping: {storage: 30 USD/t/year, share: 2 "
                            "%%/year}}\n",
                            old[i])),
            NULL, "lever-stock");
        double held = fixed(80 * (storage[i] + 0.02 * 5000), 0, DUO_STEPS);
        assert_near("purchase", summary(&r, "cost_purchase", NULL), 80 * 5000 / 1e6);
        assert_near("holding", summary(&r, "cost_holding", NULL), held / 1e6);
        assert_near("salvage", summary(&r, "salvage", NULL), 0.8 * 80 * 5000 / 1e6 * discount_end());
        drop(&r);
    }
}

/* ---- what is refused ---- */

static void refuse(const char *yaml, const char *want)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    int found = 0;
    if (!kura_scenario_load(put_file("lever-refused.yaml", yaml), NULL, 0, &s, &diag, &err))
        fail_msg("read all the same; expected: %s", want);
    for (size_t i = 0; i < diag.count; i++) found |= strstr(diag.items[i].message, want) != NULL;
    if (!found) {
        print_messages(&diag);
        fail_msg("no message \"%s\"", want);
    }
    kura_diag_fini(&diag);
    kura_scenario_free(s);
}

static void test_refused(void **state)
{
    (void)state;
    refuse(thrifty("", "saves: 25 %, " COST, ""),
           "the cost of levers.thrifting.lean has no effect without the section \"costs\"");
    refuse(
        thrifty("", "saves: 25 %, cost: {opex_variable: 3 USD/t}", "costs: {}\n"),
        "levers.thrifting.lean makes nothing of its own, so it has no \"opex_variable\"; give \"penalty\"");
    refuse(thrifty("", "saves: 100 %, penalty: 3 USD/t", "costs: {}\n"), "follows from what is still used");
    refuse(world("diversification: {x: {mineral: unit, form: metal, importer: JPN, to: {AUS: 20 %}, cost: "
                 "{opex_variable: 3 USD/t}}}"),
           "give \"premium\"");
    refuse(world("diplomacy: {x: {countries: [CHN], effect: 30 %, cost: {opex_variable: 3 USD/t}}}"),
           "give \"opex_fixed\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_investment), cmocka_unit_test(test_as_drawn),
                                       cmocka_unit_test(test_recycling),  cmocka_unit_test(test_without_site),
                                       cmocka_unit_test(test_premium),    cmocka_unit_test(test_saved),
                                       cmocka_unit_test(test_replaced),   cmocka_unit_test(test_shared),
                                       cmocka_unit_test(test_stock),      cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
