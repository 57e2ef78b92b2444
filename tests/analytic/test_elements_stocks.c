/* Stockpiles and the rules of trade: each has its effect, exactly, and none when it is taken out of the
 * scenario. */
#include "duo.h"

#define EMBARGO "events: [{from: 0, object: restriction/CHN/unit, field: severity, value: 100 %}]\n"

/* ---- stockpiles ---- */

/* The trigger [6.3, B4], from the inbound availability alone. */
typedef struct {
    double loss;
    int state, since_on, since_release;
} trigger;

static void move(trigger *k, double Z, int t, int delay, int minimum)
{
    k->loss = k->loss + ((1 - Z) - k->loss) / 4;
    if (k->state == 2 && k->loss <= 0.03 && t - k->since_release >= minimum) k->state = 0;
    if (k->state == 1 && k->loss <= 0.03) k->state = 0;
    if (k->state == 0 && k->loss >= 0.07) {
        k->state = 1;
        k->since_on = t;
    }
    if (k->state == 1 && t - k->since_on >= delay) {
        k->state = 2;
        k->since_release = t;
    }
}

/* Bad weeks, good weeks and half-bad weeks, so that every edge of the trigger is used. */
#define WEATHER                                                                                              \
    "events:\n"                                                                                              \
    "  - {from: 1, to: 2, object: restriction/CHN/unit, field: severity, value: 30 %}\n"                     \
    "  - {from: 8, to: 18, object: restriction/CHN/unit, field: severity, value: 100 %}\n"                   \
    "  - {from: 19, to: 24, object: restriction/CHN/unit, field: severity, value: 6 %}\n"                    \
    "  - {from: 34, to: 35, object: restriction/CHN/unit, field: severity, value: 90 %}\n"

static void test_release(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        double opening, floor, at_most;
        int delay, minimum;
    } rows[] = {
        {"opening: 100 t, floor: 20 t, at_most: 5 t/step, delay: 2 weeks, minimum: 4 weeks", 100, 20, 5, 2,
         4},
        {"opening: 100 t, delay: 0 weeks, minimum: 1 week", 100, 0, 1e9, 0, 1},
        {"opening: 28 days, at_most: 3.5 days/step, delay: 5 weeks, minimum: 12 weeks", 64, 0, 8, 5, 12},
        {"opening: 28 days, floor: 7 days", 64, 16, 1e9, 4, 4}};
    double unserved[5];
    for (int i = 0; i < 5; i++) { /* the last one without the stockpile */
        const char *tier = i < 4 ? text("stockpiles: {national: {owner: national, country: JPN, mineral: "
                                        "unit, form: metal, %s}}\n",
                                        rows[i].keys)
                                 : "";
        run_result r = run_text(
            text("%s%s",
                 network_of("", DUO_MINE, DUO_TRADE,
                            DUO_DEMAND "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 4 t}]\n",
                            WEATHER),
                 tier),
            NULL, "stocks-release");
        unserved[i] = summary(&r, "expected_unserved", NULL);
        if (i == 4) {
            drop(&r);
            break;
        }
        trigger k = {0};
        double stock = rows[i].opening, on_hand = 4, released = 0;
        for (int t = 0; t < DUO_STEPS; t++) {
            move(&k, cell(&r, "inbound_availability", "hub", HUB, t), t, rows[i].delay, rows[i].minimum);
            double here = on_hand + (t < 2 ? 16 : cell(&r, "shipment", "arc", ARC, t - 2));
            double need = fmax(0, 16 - here),
                   release =
                       k.state == 2 ? fmin(fmin(need, rows[i].at_most), fmax(0, stock - rows[i].floor)) : 0;
            stock -= release;
            on_hand = fmax(0, here + release - 16);
            released += release;
            assert_step(&r, "trigger", "tier", "national", t, k.state);
            assert_step(&r, "inbound_loss", "tier", "national", t, k.loss);
            assert_step(&r, "release", "tier", "national", t, release);
            assert_step(&r, "stockpile", "tier", "national", t, stock);
            assert_step(&r, "unserved", "consumer", HUB, t, fmax(0, 16 - here - release));
            assert_step(&r, "on_hand", "hub", HUB, t, on_hand);
        }
        assert_true(released > 0);
        drop(&r);
    }
    for (int i = 0; i < 4; i++) assert_true(unserved[i] < unserved[4]);
}

/* Without a trigger the stock is open from step 0; private stocks go before national ones, whatever their
 * order. */
static void test_owners(void **state)
{
    (void)state;
    run_result r =
        run_text(network_of("", DUO_MINE, DUO_TRADE,
                            DUO_DEMAND "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}]\n",
                            "stockpiles:\n"
                            "  a: {owner: national, country: JPN, mineral: unit, form: metal, opening: 40 t, "
                            "trigger: always}\n"
                            "  b: {owner: private, country: JPN, mineral: unit, form: metal, opening: 20 t, "
                            "trigger: always}\n" EMBARGO),
                 NULL, "stocks-owners");
    static const double private[] = {0, 0, 16, 4, 0, 0, 0}, national[] = {0, 0, 0, 12, 16, 12, 0},
                        unserved[] = {0, 0, 0, 0, 0, 4, 16};
    for (int t = 0; t < 7; t++) { /* two cargoes are at sea */
        assert_step(&r, "trigger", "tier", "a", t, 2);
        assert_step(&r, "release", "tier", "b", t, private[t]);
        assert_step(&r, "release", "tier", "a", t, national[t]);
        assert_step(&r, "unserved", "consumer", HUB, t, unserved[t]);
    }
    drop(&r);
}

/* ---- home first ---- */

/* CHN uses 10 and exports 10; from step 0 its mine stands still and it shares out 80 t. */
static void test_home_priority(void **state)
{
    (void)state;
    static const char *const keys[] = {"[1, 1, 1]", "[0.5, 0.5, 0.5]", "[0, 0, 0]", "[0, 0, 1]"};
    static const double ships[4][5] = {
        {10, 0, 0, 0, 0}, {10, 10, 5, 0, 0}, {10, 10, 10, 10, 0}, {10, 10, 0, 0, 0}};
    for (int k = 0; k < 4; k++) { /* in the last case coercion begins in step 2 */
        run_result r = run_text(
            network_of(
                text(", market: {home_priority: %s}", keys[k]),
                "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 20 t/step, spare: "
                "100 %}\n",
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 10 t/step, lag_steps: 2}\n",
                "    - {mineral: unit, form: metal, country: CHN, rate: 10 t/step}\n"
                "    - {mineral: unit, form: metal, country: JPN, rate: 10 t/step}\n",
                text("events: [{from: 0, object: site/mine, field: availability, value: 0}%s]\n",
                     k == 3 ? ", {from: 2, object: country/CHN, field: regime, value: 2}" : "")),
            NULL, "stocks-home");
        for (int t = 0; t < 5; t++) assert_step(&r, "shipment", "arc", ARC, t, ships[k][t]);
        drop(&r);
    }
}

/* ---- a new supplier ---- */

/* AUS has 8 t to spare and a declared trade without contract; CHN loads nothing in steps 5 to 17.  Need from
 * step 5, 4 steps of wait, 4 of ramp: the first 2 t in step 9, then 4, 6, 8.  The counter goes back at the
 * speed it was gained. */
static void test_qualification(void **state)
{
    (void)state;
    const char *market = ", market: {qualification: {wait: 4 weeks, ramp: 4 weeks}}";
    const char *sites = DUO_MINE
        "    south: {mineral: unit, form: metal, country: AUS, kind: mine, output: 8 t/step, spare: 100 %}\n";
    const char *demand = DUO_DEMAND "    - {mineral: unit, form: metal, country: AUS, rate: 8 t/step}\n";
    const char *trade =
        DUO_TRADE "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 0 t/step, lag_steps: 2}\n";
    const char *events =
        "events: [{from: 5, to: 18, object: restriction/CHN/unit, field: severity, value: 100 %}]\n";
    run_result r = run_text(network_of(market, sites, trade, demand, events), NULL, "stocks-qualify");
    double loss = 0, q = 0;
    int need = 0;
    for (int t = 0; t < DUO_STEPS; t++) {
        loss = loss + ((1 - cell(&r, "inbound_availability", "hub", HUB, t)) - loss) / 4;
        need = loss >= 0.07 ? 1 : loss <= 0.03 ? 0 : need;
        q = need ? fmin(q + 1, 8) : fmax(q - 1, 0);
        assert_step(&r, "qualification", "hub", HUB, t, q);
        double ship = cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", t), cap = q > 4 ? (q - 4) / 4 * 8 : 0;
        assert_true(ship <= cap);
        if (t < 9)
            assert_true(ship == 0);
        else if (t < 13)
            assert_true(ship == cap && cap == 2 * (t - 8));
    }
    assert_true(q == 0);
    double with = summary(&r, "expected_unserved", NULL);
    drop(&r);
    r = run_text(network_of(market, sites, DUO_TRADE, demand, events), NULL,
                 "stocks-qualify"); /* without the trade */
    assert_true(summary(&r, "expected_unserved", NULL) > with);
    drop(&r);
    r = run_text(network_of(market, sites, trade, demand, ""), NULL, "stocks-qualify"); /* without need */
    assert_steps(&r, "shipment", "arc", "unit/metal/AUS/JPN", 0, DUO_STEPS, 0);
    assert_at_rest(&r);
    drop(&r);
}

/* ---- limits and classes ---- */

/* After a stop of 5 steps JPN orders more than usual; a physical limit of the trade keeps it at 18. */
static void test_arc_cap(void **state)
{
    (void)state;
    double most[2] = {0};
    for (int with = 0; with < 2; with++) {
        const char *trade = text(
            "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2%s}\n",
            with ? ", cap: 18 t/step" : "");
        run_result r = run_text(
            network_of(
                "", DUO_MINE, trade, DUO_DEMAND,
                "events: [{from: 5, to: 10, object: restriction/CHN/unit, field: severity, value: 1}]\n"),
            NULL, "stocks-cap");
        for (int t = 0; t < DUO_STEPS; t++)
            most[with] = fmax(most[with], cell(&r, "shipment", "arc", ARC, t));
        drop(&r);
    }
    assert_true(most[0] > 20 && most[1] == 18);
}

/* 4 t for two sectors of 8: the first class takes all of it; of one class each gets half. */
static void test_priority(void **state)
{
    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        const char *demand =
            text("    - {mineral: unit, form: metal, country: JPN, sector: a, rate: 8 t/step, priority: 1}\n"
                 "    - {mineral: unit, form: metal, country: JPN, sector: b, rate: 8 t/step, priority: %d}\n"
                 "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 4 t}]\n",
                 1 + apart);
        run_result r =
            run_text(network_of("", DUO_MINE, DUO_TRADE, demand, EMBARGO), NULL, "stocks-priority");
        assert_steps(&r, "unserved", "consumer", HUB "/a", 0, 2, 0); /* two cargoes at sea */
        assert_step(&r, "unserved", "consumer", HUB "/a", 2, apart ? 4 : 6);
        assert_step(&r, "unserved", "consumer", HUB "/b", 2, apart ? 8 : 6);
        drop(&r);
    }
}

/* 10 t for two buyers of 8: who has firm contracts is served first. */
static void test_firm(void **state)
{
    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        const char *trade = text("    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 8 t/step, "
                                 "lag_steps: 2, firm: %s}\n"
                                 "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 8 t/step, "
                                 "lag_steps: 2, firm: %s}\n",
                                 apart ? "100 %" : "50 %", apart ? "0 %" : "50 %");
        run_result r =
            run_text(network_of("", DUO_MINE, trade,
                                "    - {mineral: unit, form: metal, country: JPN, rate: 8 t/step}\n"
                                "    - {mineral: unit, form: metal, country: USA, rate: 8 t/step}\n"
                                "  hubs: [{mineral: unit, form: metal, country: CHN, opening: 26 t}]\n",
                                "events: [{from: 0, object: site/mine, field: availability, value: 0}]\n"),
                     NULL, "stocks-firm");
        assert_step(&r, "shipment", "arc", ARC, 0, 8);
        assert_step(&r, "shipment", "arc", ARC, 1, apart ? 8 : 5);
        assert_step(&r, "shipment", "arc", "unit/metal/CHN/USA", 1, apart ? 2 : 5);
        drop(&r);
    }
}

/* A store of 25 t stops a mine of 20 t a step that sells 10: at most 25 on hand after production, 15 after
 * use. */
static void test_storage(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(
            network_of(
                ", market: {production: push}",
                "    mine: {mineral: unit, form: metal, country: JPN, kind: mine, output: 20 t/step}\n",
                "    []\n",
                text("    - {mineral: unit, form: metal, country: JPN, rate: 10 t/step}\n  hubs: [{mineral: "
                     "unit, form: metal, country: JPN, opening: 0 t%s}]\n",
                     with ? ", storage: 25 t" : ""),
                ""),
            NULL, "stocks-storage");
        double I = 0, cap = with ? 25 : 520;
        for (int t = 0; t < DUO_STEPS; t++) {
            double x = fmin(20, fmax(0, cap - I));
            I += x - 10;
            assert_step(&r, "output", "site", "mine", t, x);
            assert_step(&r, "on_hand", "hub", HUB, t, I);
        }
        assert_true(I == (with ? 15 : 400));
        drop(&r);
    }
}

/* A refinery that keeps 75 % of its feed needs a third more ore; half the ore makes half the metal once
 * stocks are gone. */
static void test_yield(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(
            text(
                "format: 1\n"
                "name: yield\n"
                "run: {paths: 1, steps: 400, focus: JPN, per: horizon}\n"
                "minerals: {unit: {forms: [ore, metal], lattice_exponent: -20}}\n"
                "network:\n"
                "  sites:\n"
                "    mine: {mineral: unit, form: ore, country: CHN, kind: mine, output: %d t/step}\n"
                "    refinery: {mineral: unit, form: metal, country: JPN, kind: refine, output: 12 "
                "t/step%s}\n"
                "  trade: [{mineral: unit, form: ore, from: CHN, to: JPN, volume: %d t/step, lag_steps: 2}]\n"
                "  demand: [{mineral: unit, form: metal, country: JPN, rate: 12 t/step}]\n"
                "tallies: {required_stock: false, trace_paths: 1}\n"
                "events: [{from: 200, object: arc/unit/ore/CHN/JPN, field: availability, value: 50 %%}]\n",
                with ? 16 : 12, with ? ", yield: 75 %" : "", with ? 16 : 12),
            NULL, "stocks-yield");
        assert_true(label(&r, "network", "site", "mine") == 0);
        assert_step(&r, "shipment", "arc", "unit/ore/CHN/JPN", 100, with ? 16 : 12);
        assert_step(&r, "output", "site", "refinery", 100, 12);
        assert_step(&r, "shipment", "arc", "unit/ore/CHN/JPN", 399, with ? 8 : 6);
        assert_true(fabs(cell(&r, "output", "site", "refinery", 399) - 6) < 1e-5);
        assert_true(fabs(cell(&r, "unserved", "consumer", "unit/metal/JPN", 399) - 6) < 1e-5);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_release),       cmocka_unit_test(test_owners),
        cmocka_unit_test(test_home_priority), cmocka_unit_test(test_qualification),
        cmocka_unit_test(test_arc_cap),       cmocka_unit_test(test_priority),
        cmocka_unit_test(test_firm),          cmocka_unit_test(test_storage),
        cmocka_unit_test(test_yield)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
