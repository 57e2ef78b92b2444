/* Levers and by-products [2.5, 7]: what a host brings comes whether it is wanted or not, and what it limits
 * does not grow with demand.  So where a lever takes buyers away the primary mine yields, then stocks fill up
 * to the store and the rest is thrown away; and what nobody's host lets him make stays open.  All to the last
 * bit. */
#include "case.h"

#define STEPS 60
#define YEAR (365.25 / 7)

/* China makes `along` as it makes the host metal; `more` adds sites, trade and demand, `hosts` rows of hosts.
 */
static const char *scenario(const char *along, const char *more, const char *trade, const char *hosts,
                            const char *levers)
{
    return text(
        "format: 1\nname: by-products\n"
        "run: {paths: 1, seed: 1, step: 7 days, steps: 60, focus: JPN}\n"
        "minerals: {host: {forms: [metal], report: host}, unit: {forms: [metal]}}\n"
        "market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days, inventory_gain: 0, pipeline_gain: "
        "0}\n"
        "network:\n"
        "  hubs: [{mineral: unit, form: metal, country: CHN, storage: 72 t, producer_buffer: 7 days}]\n"
        "  sites:\n"
        "    big: {mineral: host, form: metal, country: CHN, kind: mine, output: 128 t/step}\n"
        "    along: {mineral: unit, form: metal, country: CHN, kind: mine, %s}\n%s"
        "  trade:\n%s"
        "  demand:\n"
        "    - {mineral: host, form: metal, country: CHN, rate: 128 t/step}\n"
        "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
        "  hosts: [%s]\n"
        "levers:\n%s"
        "tallies: {required_stock: false, trace_paths: 1}\n",
        along, more, trade, hosts, levers);
}

static run_result run(const char *along, const char *more, const char *trade, const char *hosts,
                      const char *levers)
{
    return run_text(scenario(along, more, trade, hosts, levers), NULL, "levers-by-products");
}

#define FROM_CHINA "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
#define PLANT(output, more)                                                                                  \
    "  investment:\n"                                                                                        \
    "    plant: {mineral: unit, form: metal, country: AUS, kind: mine, output: " output                      \
    " t/step, start: 20, offtake: {JPN: 100 %}, offtake_lag: 7 days" more "}\n"

static double effect(const run_result *r, const char *name, const char *lever)
{
    return numbers(r, "levers", name)[label(r, "levers", "lever", lever)];
}

static void assert_near(double x, double want)
{
    if (!(fabs(x - want) <= 1e-9 * fabs(want))) fail_msg("%.15g, by hand %.15g", x, want);
}

/* Half of the buyers leave: the basket goes on, its stock grows by 8 t a step up to the store. */
static void test_basket_goes_on(void **state)
{
    (void)state;
    run_result r = run("output: 16 t/step", "", FROM_CHINA, "{site: along, host: big, mode: basket}",
                       PLANT("8", ", end: 40"));
    assert_steps(&r, "output", "site", "along", 0, STEPS, 16);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 0, 20, 16);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 20, 40, 8);
    assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 40, STEPS, 16);
    for (int t = 0; t < STEPS; t++)
        assert_step(&r, "on_hand", "hub", "unit/metal/CHN", t, t < 20 ? 0 : fmin(72, 8 * (t - 19)));
    /* nobody is short, and no supplier looks half gone */
    assert_steps(&r, "inbound_availability", "hub", "unit/metal/JPN", 0, STEPS, 1);
    assert_true(summary(&r, "expected_unserved", "unit") == 0);
    assert_near(effect(&r, "surplus", "surplus/unit/metal/CHN"), 8 * YEAR);
    drop(&r);
}

/* A mine beside it yields first: 10 to 2 of 16, and to 0 where 12 leave; 2 of the basket are too much then.
 */
static void test_primary_yields(void **state)
{
    (void)state;
    static const char mine[] =
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 10 t/step}\n";
    run_result r =
        run("output: 6 t/step", mine, FROM_CHINA, "{site: along, host: big, mode: basket}", PLANT("8", ""));
    assert_steps(&r, "output", "site", "along", 0, STEPS, 6);
    assert_steps(&r, "output", "site", "mine", 0, 20, 10);
    assert_steps(&r, "output", "site", "mine", 20, STEPS, 2);
    assert_steps(&r, "on_hand", "hub", "unit/metal/CHN", 0, STEPS, 0);
    drop(&r);
    r = run("output: 6 t/step", mine, FROM_CHINA, "{site: along, host: big, mode: basket}", PLANT("12", ""));
    assert_steps(&r, "output", "site", "along", 0, STEPS, 6);
    assert_steps(&r, "output", "site", "mine", 20, STEPS, 0);
    assert_near(effect(&r, "surplus", "surplus/unit/metal/CHN"), 2 * YEAR);
    for (int t = 20; t < STEPS; t++)
        assert_step(&r, "on_hand", "hub", "unit/metal/CHN", t, fmin(72, 2 * (t - 19)));
    drop(&r);
}

/* What a basket has too much of is what another buyer can have; more than that it cannot deliver, whatever
 * its `spare` says. */
static void test_surplus_is_sold(void **state)
{
    (void)state;
    static const char others[] =
        "    usa: {mineral: unit, form: metal, country: USA, kind: mine, output: 8 t/step}\n";
    static const char trade[] =
        FROM_CHINA "    - {mineral: unit, form: metal, from: USA, to: ROW, volume: 8 t/step, lag_steps: 1}\n"
                   "    - {mineral: unit, form: metal, from: CHN, to: ROW, volume: 0 t/step, lag_steps: 1}\n"
                   "  demand:\n    - {mineral: unit, form: metal, country: ROW, rate: 8 t/step}\n";
    static const double wanted[] = {4, 8};
    for (int k = 0; k < 2; k++) {
        /* the plant takes 6 of China's 16; ROW would have 4 or 8 from there */
        const char *levers =
            text("%s  diversification:\n    to-china: {mineral: unit, form: metal, importer: ROW, from: USA, "
                 "to: {CHN: %g %%}, start: 20}\n",
                 PLANT("6", ""), 100 * wanted[k] / 8);
        const char *demand = "  demand:\n", *at = strstr(trade, demand);
        run_result r = run_text(
            text("format: 1\nname: by-products\n"
                 "run: {paths: 1, seed: 1, step: 7 days, steps: 60, focus: JPN}\n"
                 "minerals: {host: {forms: [metal], report: host}, unit: {forms: [metal]}}\n"
                 "market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days, inventory_gain: 0, "
                 "pipeline_gain: 0}\n"
                 "network:\n  sites:\n"
                 "    big: {mineral: host, form: metal, country: CHN, kind: mine, output: 128 t/step}\n"
                 "    along: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step, "
                 "spare: 100 %%}\n%s"
                 "  trade:\n%.*s  demand:\n"
                 "    - {mineral: host, form: metal, country: CHN, rate: 128 t/step}\n"
                 "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n%s"
                 "  hosts: [{site: along, host: big, mode: basket}]\n"
                 "levers:\n%stallies: {required_stock: false, trace_paths: 1}\n",
                 others, (int)(at - trade), trade, at + strlen(demand), levers),
            NULL, "levers-surplus");
        double moved = fmin(wanted[k], 6);
        assert_steps(&r, "output", "site", "along", 0, STEPS, 16);
        assert_steps(&r, "shipment", "arc", "unit/metal/CHN/ROW", 20, STEPS, moved);
        assert_steps(&r, "shipment", "arc", "unit/metal/USA/ROW", 20, STEPS, 8 - moved);
        assert_near(effect(&r, "done", "diversification/to-china/unit/metal/ROW"), moved * YEAR);
        const kf_variable *labels = variable(&r, "levers", "lever");
        int told = 0;
        for (int64_t i = 0; i < size_of(&r, "levers", "lever"); i++)
            told |= strcmp(((const char *const *)labels->data)[i], "surplus/unit/metal/CHN") == 0;
        assert_true(told == (k == 0));
        if (told) assert_near(effect(&r, "surplus", "surplus/unit/metal/CHN"), 2 * YEAR);
        drop(&r);
    }
}

/* A hard cap moves 6 of China's 12 to Australia, which has double the capacity that it uses: as a mine it
 * takes all of it, as a by-product that its host bounds by a quarter more only 1, as a basket nothing. */
static void test_cap_within_hosts(void **state)
{
    (void)state;
    static const struct {
        const char *host;
        double takes;
    } rows[] = {{"{site: along, host: big, share: 100 %, headroom: 1.25}", 1},
                {"{site: along, host: big, share: 50 %, headroom: 1.25}", 2.5},
                {"{site: along, host: big, mode: basket}", 0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r =
            run("output: 4 t/step, spare: 100 %",
                "    home: {mineral: unit, form: metal, country: BRA, kind: mine, output: 12 t/step}\n",
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 4 t/step, lag_steps: 1}\n"
                "    - {mineral: unit, form: metal, from: BRA, to: JPN, volume: 12 t/step, lag_steps: 1}\n",
                rows[k].host, "  dependence_cap: {cap: {importer: JPN, of: BRA, cap: 37.5 %, start: 20}}\n");
        double takes = rows[k].takes;
        assert_steps(&r, "shipment", "arc", "unit/metal/BRA/JPN", 20, STEPS, 6);
        assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 20, STEPS, 4 + takes);
        assert_steps(&r, "output", "site", "along", 20, STEPS, 4 + takes);
        assert_near(effect(&r, "uncontracted", "dependence_cap/cap/unit/metal/JPN"), (6 - takes) * YEAR);
        assert_steps(&r, "unserved", "consumer", "unit/metal/JPN", 22, STEPS, 6 - takes);
        drop(&r);
    }
}

/* What a basket has too much of counts in what its country can sell [A9]: Australia, which has taken over
 * half, cannot ship for a step, and of the 8 that Japan then asks for on the spot China is offered 16/(16 +
 * 8), not 8/(8 + 8). */
static void test_surplus_on_the_spot(void **state)
{
    (void)state;
    const char *const sets[] = {
        "market.spot_rounds=1",
        "network.demand=[{mineral: host, form: metal, country: CHN, rate: 128 t/step}, {mineral: unit, form: "
        "metal, "
        "country: JPN, rate: 16 t/step}, {mineral: unit, form: metal, country: AUS, rate: 8 t/step}]",
        "events=[{from: 50, to: 51, object: arc/unit/metal/AUS/JPN, field: availability, value: 0}]"};
    run_result r = run_file(
        put_file(
            "levers-spot.yaml",
            scenario(
                "output: 16 t/step",
                "    other: {mineral: unit, form: metal, country: AUS, kind: mine, output: 8 t/step, "
                "spare: 100 %}\n",
                FROM_CHINA, "{site: along, host: big, mode: basket}",
                "  diversification: {d: {mineral: unit, form: metal, importer: JPN, to: {AUS: 50 %}, start: "
                "20, lag: 7 days}}\n")),
        sets, 3, NULL, "levers-spot");
    assert_step(&r, "shipment", "arc", "unit/metal/CHN/JPN", 49, 8);
    double x = cell(&r, "shipment", "arc", "unit/metal/CHN/JPN", 50);
    if (!(fabs(x - (8 + 16.0 / 3)) < 1e-8)) fail_msg("%.12g t are shipped, by hand 13.3333", x);
    drop(&r);
}

/* Suppliers that build for what moves to them have those before them build as well, but no by-product: 4 more
 * of metal need 4 more of ore, of which the host allows 1. */
static void test_feed_that_cannot_follow(void **state)
{
    (void)state;
    static const char yaml[] =
        "format: 1\nname: feed\nrun: {paths: 1, seed: 1, step: 7 days, steps: 60, focus: JPN}\n"
        "minerals: {host: {forms: [metal], report: host}, unit: {forms: [ore, metal]}}\n"
        "market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days, inventory_gain: 0, pipeline_gain: 0}\n"
        "network:\n  sites:\n"
        "    big: {mineral: host, form: metal, country: AUS, kind: mine, output: 128 t/step}\n"
        "    along: {mineral: unit, form: ore, country: AUS, kind: mine, output: 4 t/step, spare: 100 %}\n"
        "    pit: {mineral: unit, form: ore, country: CHN, kind: mine, output: 12 t/step}\n"
        "    china: {mineral: unit, form: metal, country: CHN, kind: refine, output: 12 t/step}\n"
        "    australia: {mineral: unit, form: metal, country: AUS, kind: refine, output: 4 t/step}\n"
        "  trade:\n"
        "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 1}\n"
        "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 4 t/step, lag_steps: 1}\n"
        "  demand:\n"
        "    - {mineral: host, form: metal, country: AUS, rate: 128 t/step}\n"
        "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
        "%s"
        "levers: {diversification: {d: {mineral: unit, form: metal, importer: JPN, to: {AUS: 25 %}, start: "
        "20, "
        "capacity: follows}}}\n"
        "tallies: {required_stock: false, trace_paths: 1}\n";
    static const char hosts[] = "  hosts: [{site: along, host: big, share: 100 %, headroom: 1.25}]\n";
    for (int hosted = 0; hosted < 2; hosted++) {
        char scenario[4096];
        const char *at = strstr(yaml, "%s");
        snprintf(scenario, sizeof scenario, "%.*s%s%s", (int)(at - yaml), yaml, hosted ? hosts : "", at + 2);
        run_result r = run_text(scenario, NULL, "levers-feed");
        double made = hosted ? 5 : 8;
        assert_steps(&r, "output", "site", "along", 20, STEPS, made);
        assert_steps(&r, "shipment", "arc", "unit/metal/CHN/JPN", 20, STEPS, 8);
        if (hosted) assert_near(effect(&r, "uncontracted", "open/unit/ore/AUS"), 3 * YEAR);
        drop(&r);
    }
}

/* A firm quantity is bought as far as its buyer has a use for it: Japan's works lose their buyer in Korea,
 * whose new plant makes 12, and need 4 of ore where 8 were agreed. */
static void test_offtake_without_use(void **state)
{
    (void)state;
    run_result r = run_text(
        "format: 1\nname: offtake\nrun: {paths: 1, seed: 1, step: 7 days, steps: 60, focus: JPN}\n"
        "minerals: {unit: {forms: [ore, metal]}}\n"
        "market: {cover: 0 days, inventory_gain: 0, pipeline_gain: 0}\n"
        "network:\n  sites:\n"
        "    pit: {mineral: unit, form: ore, country: CHN, kind: mine, output: 16 t/step}\n"
        "    works: {mineral: unit, form: metal, country: JPN, kind: refine, output: 16 t/step}\n"
        "  trade:\n"
        "    - {mineral: unit, form: ore, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
        "    - {mineral: unit, form: metal, from: JPN, to: KOR, volume: 12 t/step, lag_steps: 1}\n"
        "  demand:\n"
        "    - {mineral: unit, form: metal, country: JPN, rate: 4 t/step}\n"
        "    - {mineral: unit, form: metal, country: KOR, rate: 12 t/step}\n"
        "levers:\n  investment:\n"
        "    plant: {mineral: unit, form: ore, country: AUS, kind: mine, output: 8 t/step, start: 10,\n"
        "            offtake: {JPN: 100 %}, offtake_lag: 7 days}\n"
        "    own: {mineral: unit, form: metal, country: KOR, kind: seabed, output: 12 t/step, start: 20}\n"
        "tallies: {required_stock: false, trace_paths: 1}\n",
        NULL, "levers-offtake");
    assert_steps(&r, "shipment", "arc", "unit/ore/AUS/JPN", 10, 20, 8);
    assert_near(effect(&r, "done", "investment/plant/unit/ore/AUS"), 4 * YEAR);
    assert_near(effect(&r, "kept", "investment/plant/unit/ore/AUS"), 4 * YEAR);
    assert_true(numbers(&r, "network",
                        "dependence_direct_after")[label(&r, "network", "dependence", "unit/ore/JPN/AUS")] ==
                1);
    /* stocks of the works settle, and the mine makes what is used */
    double x = cell(&r, "output", "site", "plant", 59);
    if (!(x > 2 && x <= 4)) fail_msg("the plant makes %g a step", x);
    drop(&r);
}

/* The figures told in configs/elements/basket-lever.yaml. */
static void test_example(void **state)
{
    (void)state;
    const char *const without = "levers=null";
    for (int k = 0; k < 2; k++) {
        run_result r = run_file(KURA_SOURCE_DIR "/configs/elements/basket-lever.yaml", &without, (size_t)k,
                                NULL, "levers-example");
        double x = summary(&r, "expected_unserved", "indium");
        assert_true(k ? fabs(x - 58.6) < 0.05 : x == 0);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basket_goes_on),      cmocka_unit_test(test_primary_yields),
        cmocka_unit_test(test_surplus_is_sold),     cmocka_unit_test(test_cap_within_hosts),
        cmocka_unit_test(test_surplus_on_the_spot), cmocka_unit_test(test_feed_that_cannot_follow),
        cmocka_unit_test(test_offtake_without_use), cmocka_unit_test(test_example)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
