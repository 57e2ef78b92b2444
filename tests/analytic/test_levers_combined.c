/* Several levers on the same trade, site or user, and levers with what else a scenario has: each case was a
 * fault found by review, with an answer that can be written down. */
#include "case.h"
#include "num/pcg.h"

static void expect(const char *what, double got, double want)
{
    if (!(fabs(got - want) <= 1e-8 * fmax(1, fabs(want))))
        fail_msg("%s: %.12g, exact %.12g", what, got, want);
}

static const char *state_of(const char *yaml)
{
    static char state[4][33];
    static int next;
    char *out = state[next++ % 4];
    run_result r = run_text(yaml, NULL, "levers-state");
    memcpy(out, r.state, sizeof r.state);
    drop(&r);
    return out;
}

/* ---- dependence caps on one importer ---- */

#define RUN(steps)                                                                                           \
    "format: 1\nname: levers\nrun: {paths: 64, seed: 1, start: 2026-01-05, step: 7 days, steps: " steps      \
    ", focus: JPN}\n"
#define SUPPLIERS                                                                                            \
    "minerals: {unit: {forms: [metal]}}\n"                                                                   \
    "network:\n  sites:\n"                                                                                   \
    "    c: {mineral: unit, form: metal, country: CHN, kind: supply, output: 60 t/step, spare: 200 %}\n"     \
    "    a: {mineral: unit, form: metal, country: AUS, kind: supply, output: 25 t/step, spare: 200 %}\n"     \
    "    k: {mineral: unit, form: metal, country: CAN, kind: supply, output: 15 t/step, spare: 200 %}\n"     \
    "  trade:\n"                                                                                             \
    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 60 t/step, lag: 14 days}\n"              \
    "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 25 t/step, lag: 14 days}\n"              \
    "    - {mineral: unit, form: metal, from: CAN, to: JPN, volume: 15 t/step, lag: 14 days}\n"              \
    "  demand: [{mineral: unit, form: metal, country: JPN, rate: 100 t/step}]\n"                             \
    "tallies: {trace_paths: 1, required_stock: false}\n"

/* China at most 20 %, nobody more than 45 %: 20, 45 and 35 t, whichever cap is written first; and where
 * Australia stops, China does not sell beyond the stricter of its caps. */
static void test_caps_together(void **state)
{
    (void)state;
    static const char *const caps[] = {"china: {importer: JPN, of: CHN, cap: 20 %}",
                                       "all: {importer: JPN, cap: 45 %}",
                                       "china: {importer: JPN, of: CHN, cap: 20 %, soft: true}"};
    static const int orders[][2] = {{0, 1}, {1, 0}, {2, 1}, {1, 2}};
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        int soft = orders[i][0] == 2 || orders[i][1] == 2;
        const char *yaml = text("%slevers: {dependence_cap: {%s, %s}}\n", RUN("104") SUPPLIERS,
                                caps[orders[i][0]], caps[orders[i][1]]);
        run_result r = run_text(text("%s%s", yaml,
                                     "events: [{from: 52, to: 78, object: restriction/AUS/unit, field: "
                                     "severity, value: 100 %}]\n"),
                                NULL, "levers-caps");
        expect("China", cell(&r, "shipment", "arc", "unit/metal/CHN/JPN", 40), 20);
        expect("Australia", cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", 40), 45);
        expect("Canada", cell(&r, "shipment", "arc", "unit/metal/CAN/JPN", 40), 35);
        for (int t = 52; t < 104 && !soft; t++) {
            double x = cell(&r, "shipment", "arc", "unit/metal/CHN/JPN", t);
            if (!(x <= 20)) fail_msg("step %d: China sells %.12g t, its cap is 20 t", t, x);
        }
        drop(&r);
    }
}

/* A lever that is over before the run changes nothing. */
static void test_over_before(void **state)
{
    (void)state;
    const char *without = state_of(RUN("52") SUPPLIERS);
    static const char *const when[] = {"start: 2020-01-06, end: 2021-01-04", "end: 0100-01-04",
                                       "start: 0090-01-01, end: 0100-01-04"};
    for (size_t i = 0; i < sizeof when / sizeof *when; i++)
        assert_string_equal(
            state_of(text("%slevers: {dependence_cap: {old: {importer: JPN, of: CHN, cap: 40 %%, %s}}}\n",
                          RUN("52") SUPPLIERS, when[i])),
            without);
}

/* ---- investments that need others ---- */

#define CHAIN                                                                                                \
    "minerals: {unit: {forms: [ore, oxide, metal]}, acid: {forms: [acid]}}\n"                                \
    "network:\n  sites:\n"                                                                                   \
    "    c-mine: {mineral: unit, form: ore, country: CHN, kind: mine, output: 16 t/step}\n"                  \
    "    c-oxide: {mineral: unit, form: oxide, country: CHN, kind: refine, output: 16 t/step}\n"             \
    "    c-metal: {mineral: unit, form: metal, country: CHN, kind: refine, output: 16 t/step}\n"             \
    "    c-acid: {mineral: acid, form: acid, country: CHN, kind: supply, output: 5 t/step}\n"                \
    "  trade:\n"                                                                                             \
    "    - {mineral: acid, form: acid, from: CHN, to: JPN, volume: 5 t/step, lag: 14 days}\n"                \
    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag: 14 days}\n"              \
    "  demand:\n"                                                                                            \
    "    - {mineral: acid, form: acid, country: JPN, rate: 5 t/step}\n"                                      \
    "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"                                    \
    "tallies: {trace_paths: 1, required_stock: false}\n"

/* The mine needs the oxide plant, and that the metal plant, which is a year late: so is the mine. */
static void test_needs_of_needs(void **state)
{
    (void)state;
    run_result r = run_text(
        (RUN("120") CHAIN
         "levers:\n  investment:\n"
         "    metal: {mineral: unit, form: metal, country: AUS, kind: refine, output: 8 t/step, start: "
         "20, offtake: {JPN: 100 %}, offtake_lag: 14 days, delay: 52 weeks}\n"
         "    oxide: {mineral: unit, form: oxide, country: AUS, kind: refine, output: 8 t/step, start: "
         "20, needs: [metal]}\n"
         "    mine: {mineral: unit, form: ore, country: AUS, kind: mine, output: 8 t/step, start: 20, "
         "needs: [oxide]}\n"),
        NULL, "levers-needs");
    static const char *const sites[] = {"mine", "oxide", "metal"};
    for (int i = 0; i < 3; i++) {
        assert_steps(&r, "output", "site", sites[i], 0, 72, 0);
        assert_steps(&r, "availability", "site", sites[i], 72, 120, 1);
        expect(sites[i], cell(&r, "output", "site", sites[i], 110), 8);
    }
    drop(&r);
}

/* What is needed may be of another mineral and begin later: from then on the site is there. */
static void test_needs_of_another_mineral(void **state)
{
    (void)state;
    run_result r = run_text(
        (RUN("120") CHAIN
         "levers:\n  investment:\n"
         "    acid: {mineral: acid, form: acid, country: AUS, kind: supply, output: 2 t/step, start: "
         "60}\n"
         "    metal: {mineral: unit, form: metal, country: AUS, kind: supply, output: 8 t/step, start: "
         "20, offtake: {JPN: 100 %}, offtake_lag: 14 days, needs: [acid]}\n"),
        NULL, "levers-needs-acid");
    assert_steps(&r, "output", "site", "metal", 0, 60, 0);
    expect("metal", cell(&r, "output", "site", "metal", 110), 8);
    expect("from Australia", cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", 110), 8);
    drop(&r);
}

/* A plant that was ready before its mine begins with the mine, by its own ramp, and costs from then on; a
 * delay of no length changes nothing. */
static void test_ready_before_its_need(void **state)
{
    (void)state;
    enum { STEPS = 156, MINE = 78, RAMP = 52 };
    for (int k = 0; k < 2; k++) {
        run_result r = run_text(
            text("%s    metal: {mineral: unit, form: metal, country: AUS, kind: refine, output: 8 t/step, "
                 "start: 13, ramp: %d weeks, offtake: {JPN: 100 %%}, offtake_lag: 14 days, needs: [mine], "
                 "cost: {opex_fixed: 1 MUSD/year}%s}\n",
                 RUN("156") CHAIN
                 "costs: {multiples: [3, 15, 50]}\n"
                 "levers:\n  investment:\n"
                 "    mine: {mineral: unit, form: oxide, country: AUS, kind: mine, output: 8 t/step, start: "
                 "78, cost: {opex_fixed: 1 MUSD/year}}\n",
                 RAMP, k ? ", delay: 0 days" : ""),
            NULL, "levers-ready");
        double both = 0;
        for (int t = MINE; t < STEPS; t++) both += 2 * DY * pow(1.04, -(t + 0.5) * DY);
        assert_steps(&r, "output", "site", "metal", 0, MINE, 0);
        expect("half of the ramp", cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", MINE + RAMP / 2), 4);
        expect("all of it", cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", 150), 8);
        expect("operation", summary(&r, "cost_operation", "unit"), both);
        drop(&r);
    }
}

/* ---- by-products ---- */

#define INDIUM                                                                                               \
    "minerals: {zinc: {forms: [metal], report: host}, indium: {forms: [metal]}}\n"                           \
    "network:\n  sites:\n"                                                                                   \
    "    zinc: {mineral: zinc, form: metal, country: KOR, kind: mine, output: 1000 t/step, spare: 5 %%}\n"   \
    "    k: {mineral: indium, form: metal, country: KOR, kind: mine, output: 10 t/step, spare: 100 %%}\n"    \
    "    c: {mineral: indium, form: metal, country: CHN, kind: mine, output: 20 t/step, spare: 5 %%}\n"      \
    "  trade:\n"                                                                                             \
    "    - {mineral: zinc, form: metal, from: KOR, to: JPN, volume: 1000 t/step, lag: 14 days}\n"            \
    "    - {mineral: indium, form: metal, from: KOR, to: JPN, volume: 10 t/step, lag: 14 days}\n"            \
    "    - {mineral: indium, form: metal, from: CHN, to: JPN, volume: 20 t/step, lag: 14 days}\n"            \
    "  demand:\n"                                                                                            \
    "    - {mineral: zinc, form: metal, country: JPN, rate: 1000 t/step}\n"                                  \
    "    - {mineral: indium, form: metal, country: JPN, rate: 30 t/step}\n"                                  \
    "  hosts: [{site: k, host: zinc, share: 100 %%, headroom: 1.1}%s]\n"                                     \
    "market: {spot_rounds: 0, cleanup_rounds: 0}\n"                                                          \
    "tallies: {trace_paths: 1, required_stock: false}\n"

/* Half of the works stands idle, but zinc gives a tenth more indium only: one tonne moves, not eight. */
static void test_capacity_of_a_by_product(void **state)
{
    (void)state;
    run_result r = run_text(text("%s%s", text(RUN("60") INDIUM, ""),
                                 "levers: {diversification: {d: {mineral: indium, form: metal, importer: "
                                 "JPN, from: [CHN], to: {KOR: 25 %}}}}\n"),
                            NULL, "levers-by-product");
    expect("Korea", cell(&r, "shipment", "arc", "indium/metal/KOR/JPN", 50), 11);
    expect("China", cell(&r, "shipment", "arc", "indium/metal/CHN/JPN", 50), 19);
    drop(&r);
}

/* What a lever builds beside a by-product hangs on no host: told, and no row can say otherwise. */
static void test_by_product_without_host(void **state)
{
    (void)state;
    static const char *const rows[] = {"", ", {site: more, host: zinc, share: 100 %, headroom: 1.1}"};
    for (int i = 0; i < 2; i++) {
        const char *file =
            put_file("levers-unbound.yaml",
                     text("%s%s", text(RUN("60") INDIUM, rows[i]),
                          "levers: {investment: {more: {expands: k, output: 8 t/step, offtake: {JPN: 100 "
                          "%}}}}\n"));
        kura_scenario *s = NULL;
        kura_diag diag = {0};
        kura_error err = {0};
        int found = 0, st = kura_scenario_load(file, NULL, 0, &s, &diag, &err);
        for (size_t k = 0; k < diag.count; k++)
            found |= strstr(diag.items[k].message, i ? "leave its row out" : "bound to no host") != NULL;
        assert_true(found && (st != KURA_OK) == i);
        kura_scenario_free(s);
        kura_diag_fini(&diag);
    }
}

/* ---- thrifting ---- */

/* Demand without price differs by path where a programme may fail: 95 t for 100 t that are wanted, for 90 t
 * where the programme is adopted.  No path may be taken for calm because another one is. */
static void test_programme_without_price(void **state)
{
    (void)state;
    enum { STEPS = 52, PATHS = 256 };
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(
            text(
                "format: 1\nname: calm\nrun: {paths: %d, seed: %d, step: 7 days, steps: %d, focus: JPN}\n"
                "market: {production: push}\n"
                "minerals: {power: {forms: [power]}}\n"
                "network:\n"
                "  hubs: [{mineral: power, form: power, country: JPN, storage: none}]\n"
                "  sites: {a: {mineral: power, form: power, country: JPN, kind: supply, output: 95 t/step}}\n"
                "  demand: [{mineral: power, form: power, country: JPN, rate: 100 t/step}]\n"
                "levers: {thrifting: {lean: {minerals: [power], saves: 10 %%, success: 50 %%}}}\n"
                "tallies: {required_stock: false}\n",
                PATHS, seed, STEPS),
            NULL, "levers-calm");
        int64_t n;
        const double *u = samples(&r, "unserved", "power", &n);
        kura_stream stream;
        kura_stream_init(&stream, (uint64_t)seed, "project/lean");
        assert_int_equal(n, PATHS);
        for (int p = 0; p < PATHS; p++)
            expect("unserved", u[p], kura_stream_uniform(&stream, (uint64_t)p, 1) <= 0.5 ? 0 : 5.0 * STEPS);
        drop(&r);
    }
}

#define USERS(response, users)                                                                               \
    "minerals: {unit: {forms: [metal], price: {initial: 1_000 USD/t, half_life: 1 year, volatility: 0 "      \
    "%/sqrt(year)}, demand_response: " response "}}\n"                                                       \
    "network:\n"                                                                                             \
    "  sites: {a: {mineral: unit, form: metal, country: AUS, kind: supply, output: 100 t/step, spare: 100 "  \
    "%}}\n"                                                                                                  \
    "  trade: [{mineral: unit, form: metal, from: AUS, to: JPN, volume: 100 t/step, lag: 14 days}]\n"        \
    "  demand: [{mineral: unit, form: metal, country: JPN, rate: 100 t/step" users "}]\n"                    \
    "events: [{from: 0, to: 104, object: price/unit, field: level, value: 2}]\n"                             \
    "tallies: {trace_paths: 1, dump: [demand, gross_unserved], required_stock: false}\n"

#define DEGREES "adjustment: {half_life: 26 weeks}, demand_range: [0.1, 1.5]"
#define HALF "levers: {thrifting: {lean: {minerals: [unit], saves: 50 %, start: 20}}}\n"

/* Twice the price for ever, half of demand saved from step 20 on: saved at once, while what the price takes
 * goes half of its way in 26 weeks. */
static void test_spared_by_degrees(void **state)
{
    (void)state;
    static const double elasticity[] = {0, 0.3};
    static const char *const yaml[] = {RUN("104") USERS("{elasticity: 0, " DEGREES "}", "") HALF,
                                       RUN("104") USERS("{elasticity: 0.3, " DEGREES "}", "") HALF};
    for (int i = 0; i < 2; i++) {
        run_result r = run_text(yaml[i], NULL, "levers-degrees");
        const double *D = numbers(&r, "dump", "demand"), *lost = numbers(&r, "dump", "gross_unserved");
        int64_t paths = size_of(&r, "dump", "demand") / 104;
        for (int t = 0; t < 104; t++) {
            double by_price = pow(2, -elasticity[i] * (1 - pow(0.5, (t + 1) / 26.0))),
                   left = t < 20 ? 1 : 0.5;
            expect("demand", D[t * paths], 100 * by_price * left);
            expect("taken by the price", lost[t * paths], 100 * left * (1 - by_price));
        }
        drop(&r);
    }
}

/* What a programme lets users replace they replace by degrees, in net and gross demand alike: of a price that
 * nobody would answer otherwise nothing is taken. */
static void test_replaced_by_degrees(void **state)
{
    (void)state;
    run_result r = run_text(
        RUN("104") USERS(
            "{elasticity: 0, " DEGREES "}",
            "") "levers: {thrifting: {lean: {minerals: [unit], limit: 40 %, lag: 13 weeks, start: 20}}}\n",
        NULL, "levers-replaced");
    const double *D = numbers(&r, "dump", "demand"), *lost = numbers(&r, "dump", "gross_unserved");
    int64_t paths = size_of(&r, "dump", "demand") / 104;
    for (int t = 0; t < 104; t++) assert_true(lost[t * paths] == 0);
    assert_true(D[20 * paths] > 98 && D[103 * paths] > 60 && D[103 * paths] < 75);
    drop(&r);
}

/* A range of demand bounds what prices take, not what is saved whatever the price. */
static void test_spared_within_range(void **state)
{
    (void)state;
    run_result r = run_text(RUN("104") USERS("{elasticity: 0, demand_range: [0.7, 1.5]}", "") HALF, NULL,
                            "levers-range");
    expect("demand", cell(&r, "demand", "consumer", "unit/metal/JPN", 103), 50);
    assert_true(summary(&r, "gross_expected_unserved", "unit") == 0);
    drop(&r);
}

/* A programme raises a limit: users whose own is above it keep theirs. */
static void test_limit_of_users(void **state)
{
    (void)state;
#define OWN_LIMIT                                                                                            \
    RUN("104")                                                                                               \
    USERS("{substitution: {limit: 10 %, lag: 26 weeks, smoothing: 7 days}}", ", substitution: 60 %")
    static const char *const yaml[] = {
        OWN_LIMIT, OWN_LIMIT "levers: {thrifting: {lean: {minerals: [unit], limit: 30 %, start: 20}}}\n"};
    double D[2][104];
    for (int k = 0; k < 2; k++) {
        run_result r = run_text(yaml[k], NULL, "levers-limit");
        for (int t = 0; t < 104; t++) D[k][t] = cell(&r, "demand", "consumer", "unit/metal/JPN", t);
        drop(&r);
    }
    assert_true(D[0][103] < 50);
    for (int t = 0; t < 104; t++) assert_true(D[0][t] == D[1][t]);
}

/* ---- nationalism ---- */

/* Of two cases the one that raises the priority most holds in a step, in whatever order they are written. */
static void test_two_cases(void **state)
{
    (void)state;
#define RISING "a: {countries: [CHN], home_priority: [100 %, 100 %, 100 %], ramp: 80 weeks}"
#define AT_ONCE "b: {countries: [CHN], home_priority: [80 %, 80 %, 80 %]}"
    static const char *const cases[] = {RISING ", " AT_ONCE, AT_ONCE ", " RISING, AT_ONCE};
    const char *found[3];
    for (int k = 0; k < 3; k++)
        found[k] = state_of(text(
            "%slevers: {nationalism: {%s}}\n",
            RUN("104") "minerals: {unit: {forms: [metal]}}\n"
                       "network:\n"
                       "  sites: {c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 100 "
                       "t/step}}\n"
                       "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 40 t/step, lag: "
                       "14 days}]\n"
                       "  demand:\n"
                       "    - {mineral: unit, form: metal, country: JPN, rate: 40 t/step}\n"
                       "    - {mineral: unit, form: metal, country: CHN, rate: 60 t/step}\n"
                       "events: [{from: 10, to: 60, object: site/c, field: availability, value: 0.5}]\n"
                       "tallies: {required_stock: false}\n",
            cases[k]));
    assert_string_equal(found[0], found[1]);
    assert_string_not_equal(found[0], found[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_caps_together),
                                       cmocka_unit_test(test_over_before),
                                       cmocka_unit_test(test_needs_of_needs),
                                       cmocka_unit_test(test_needs_of_another_mineral),
                                       cmocka_unit_test(test_ready_before_its_need),
                                       cmocka_unit_test(test_capacity_of_a_by_product),
                                       cmocka_unit_test(test_by_product_without_host),
                                       cmocka_unit_test(test_programme_without_price),
                                       cmocka_unit_test(test_spared_by_degrees),
                                       cmocka_unit_test(test_replaced_by_degrees),
                                       cmocka_unit_test(test_spared_within_range),
                                       cmocka_unit_test(test_limit_of_users),
                                       cmocka_unit_test(test_two_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
