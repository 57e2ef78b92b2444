/* Scripted events of every object, field and operation act in their steps, exactly, and in no others. */
#include "duo.h"

/* CHN mines for JPN (through its own sites `mine` and `second`) and AUS for itself; everything is at rest
 * without events. */
static run_result run_events(const char *events)
{
    return run_text(
        network_of("",
                   "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 12 t/step, "
                   "spare: 100 %}\n"
                   "    second: {mineral: unit, form: metal, country: CHN, kind: mine, output: 4 t/step, "
                   "spare: 100 %}\n",
                   DUO_TRADE,
                   "    - {mineral: unit, form: metal, country: JPN, sector: magnets, rate: 12 t/step}\n"
                   "    - {mineral: unit, form: metal, country: JPN, sector: glass, rate: 4 t/step}\n",
                   events),
        NULL, "scripts");
}

/* Contracted inbound availability in steps 4 to 9, and 1 elsewhere. */
static void assert_window(const char *events, double inside)
{
    run_result r = run_events(text("events:\n%s", events));
    assert_steps(&r, "inbound_availability", "hub", HUB, 0, 4, 1);
    assert_steps(&r, "inbound_availability", "hub", HUB, 4, 10, inside);
    assert_steps(&r, "inbound_availability", "hub", HUB, 10, DUO_STEPS, 1);
    drop(&r);
}

#define EVENT(object, field, more) "  - {from: 4, to: 10, object: " object ", field: " field ", " more "}\n"

static void test_availability(void **state)
{
    (void)state;
    /* half of a site of 24 in 32 t of capacity; of the other; of all sites; of the arc */
    assert_window(EVENT("site/mine", "availability", "value: 50 %"), 0.625);
    assert_window(EVENT("site/second", "availability", "value: 0"), 0.75);
    assert_window(EVENT("country/CHN", "availability", "value: 25 %"), 0.25);
    assert_window(EVENT("arc/unit/metal/CHN/JPN", "availability", "value: 0.375"), 0.375);
    assert_window(EVENT("restriction/CHN/unit", "severity", "value: 75 %"), 0.25);
    assert_window(EVENT("restriction/CHN/unit/JPN", "severity", "value: 75 %"), 0.25);
    /* a mine of availability 50 % in half of the steps' trade */
    assert_window(EVENT("country/CHN", "availability", "value: 50 %")
                      EVENT("arc/unit/metal/CHN/JPN", "availability", "value: 50 %"),
                  0.25);
    run_result r = run_events("");
    assert_steps(&r, "inbound_availability", "hub", HUB, 0, DUO_STEPS, 1);
    drop(&r);
}

/* Operations act on what is there, in the order of the list; values stay between 0 and 1. */
static void test_operations(void **state)
{
    (void)state;
    assert_window(EVENT("country/CHN", "availability", "op: multiply, value: 0.5")
                      EVENT("country/CHN", "availability", "op: multiply, value: 0.5"),
                  0.25);
    assert_window(EVENT("country/CHN", "availability", "op: add, value: -0.75"), 0.25);
    assert_window(EVENT("country/CHN", "availability", "op: add, value: -0.5")
                      EVENT("country/CHN", "availability", "op: multiply, value: 0.5"),
                  0.25);
    assert_window(EVENT("country/CHN", "availability", "op: multiply, value: 0.5")
                      EVENT("country/CHN", "availability", "op: add, value: -0.25"),
                  0.25);
    assert_window(EVENT("country/CHN", "availability", "op: set, value: 0.5")
                      EVENT("country/CHN", "availability", "op: add, value: -0.25"),
                  0.25);
    assert_window(EVENT("country/CHN", "availability", "op: multiply, value: 0.5")
                      EVENT("country/CHN", "availability", "op: set, value: 0.75"),
                  0.75);
    assert_window(EVENT("country/CHN", "availability", "op: add, value: -3"), 0);
    assert_window(EVENT("country/CHN", "availability", "op: multiply, value: 3"), 1);
    assert_window(EVENT("restriction/CHN/unit", "severity", "op: add, value: 0.25"), 0.75);
}

/* `set` replaces what was drawn, also the way up. */
static void test_set_over_drawn(void **state)
{
    (void)state;
    run_result r = run_events(
        "hazards: {restrictions: {ban: {exporter: CHN, minerals: all, onset: 1000000 /year, types: {b: "
        "{duration: 1000 weeks}}}}}\n"
        "events: [{from: 4, to: 10, object: restriction/CHN/unit, field: severity, value: 25 %}]\n");
    assert_steps(&r, "inbound_availability", "hub", HUB, 0, 4, 0);
    assert_steps(&r, "inbound_availability", "hub", HUB, 4, 10, 0.75);
    assert_steps(&r, "inbound_availability", "hub", HUB, 10, DUO_STEPS, 0);
    drop(&r);
}

static void test_regime(void **state)
{
    (void)state;
    for (int regime = 0; regime < 3; regime++) {
        run_result r =
            run_events(text("hazards: {regimes: {CHN: {tension: 0 /year, coercion: 0 /year, relax: 0 /year, "
                            "ease: 0 /year, availability: [1, 0.5, 0]}}}\n"
                            "events: [{from: 4, to: 10, object: country/CHN, field: regime, value: %d}]\n",
                            regime));
        assert_steps(&r, "shipment", "arc", ARC, 0, 4, 16);
        assert_steps(&r, "shipment", "arc", ARC, 4, 10, 16 - 8 * regime);
        assert_steps(&r, "inbound_availability", "hub", HUB, 10, DUO_STEPS, 1);
        drop(&r);
    }
}

/* Cargo of steps 4 to 9 takes 3 steps more, or 1 + 2 by two events; what is loaded afterwards overtakes it.
 */
static void test_lag(void **state)
{
    (void)state;
    static const char *const ways[] = {"op: add, value: 3", "value: 3", "op: add, value: 1", ""};
    for (int k = 0; k < 4; k++) {
        const char *twice = k == 2 ? EVENT("arc/unit/metal/CHN/JPN", "lag", "op: add, value: 2") : "";
        run_result r = run_events(
            k < 3 ? text("events:\n  - {from: 4, to: 10, object: arc/unit/metal/CHN/JPN, field: lag, %s}\n%s",
                         ways[k], twice)
                  : "");
        const double *I = series(&r, "on_hand", "hub", HUB), *ship = series(&r, "shipment", "arc", ARC);
        for (int t = 1; t < DUO_STEPS; t++) {
            double want = t < 2 ? 16 : 0;
            for (int s = 0; s < t; s++)
                if (s + 2 + (k < 3 && s >= 4 && s < 10 ? 3 : 0) == t) want += ship[s * DUO_PATHS];
            double used = 16 - cell(&r, "unserved", "consumer", HUB "/magnets", t) -
                          cell(&r, "unserved", "consumer", HUB "/glass", t);
            assert_true(I[t * DUO_PATHS] - I[(t - 1) * DUO_PATHS] + used == want);
        }
        if (k == 3) assert_steps(&r, "on_hand", "hub", HUB, 0, DUO_STEPS, 96);
        drop(&r);
    }
}

static void test_demand(void **state)
{
    (void)state;
    static const struct {
        const char *event;
        double magnets, glass;
    } rows[] = {{EVENT("demand/unit/metal/JPN/magnets", "factor", "value: 1.5"), 18, 4},
                {EVENT("demand/unit/metal/JPN/glass", "factor", "op: multiply, value: 0.25"), 12, 1},
                {EVENT("demand/unit/metal/JPN/glass", "factor", "op: add, value: 2"), 12, 12}};
    for (int k = 0; k < 3; k++) {
        run_result r = run_events(text("events:\n%s", rows[k].event));
        for (int t = 0; t < DUO_STEPS; t++) {
            int in = t >= 4 && t < 10;
            assert_step(&r, "demand", "consumer", HUB "/magnets", t, in ? rows[k].magnets : 12);
            assert_step(&r, "demand", "consumer", HUB "/glass", t, in ? rows[k].glass : 4);
        }
        drop(&r);
    }
}

/* Dates: step t covers [start + 7 t, start + 7 (t+1)); an event without end stays. */
static void test_dates(void **state)
{
    (void)state;
    run_result r = run_events("events: [{from: 2026-02-08, to: 2026-03-15, object: country/CHN, field: "
                              "availability, value: 50 %}]\n");
    assert_steps(&r, "inbound_availability", "hub", HUB, 0, 4, 1); /* 2026-01-05 + 34 days */
    assert_steps(&r, "inbound_availability", "hub", HUB, 4, 9, 0.5);
    assert_steps(&r, "inbound_availability", "hub", HUB, 9, DUO_STEPS, 1);
    drop(&r);
    r = run_events("events: [{from: 30, object: country/CHN, field: availability, value: 50 %}]\n");
    assert_steps(&r, "inbound_availability", "hub", HUB, 0, 30, 1);
    assert_steps(&r, "inbound_availability", "hub", HUB, 30, DUO_STEPS, 0.5);
    drop(&r);
}

/* A wide table does the same as the events it stands for. */
static void test_series(void **state)
{
    (void)state;
    put_file("scripts-series.csv",
             "step,country/CHN/availability,demand/unit/metal/JPN/glass/factor,arc/unit/metal/CHN/JPN/lag\n"
             "0,1,1,0\n1,1,1,0\n2,0.5,2,0\n3,0.25,1,3\n");
    run_result r = run_events("series: scripts-series.csv\n");
    static const double Z[] = {1, 1, 0.5, 0.25, 1}, glass[] = {4, 4, 8, 4, 4};
    for (int t = 0; t < 5; t++) {
        assert_step(&r, "inbound_availability", "hub", HUB, t, Z[t]);
        assert_step(&r, "demand", "consumer", HUB "/glass", t, glass[t]);
    }
    const double *I = series(&r, "on_hand", "hub", HUB);
    double by_table[DUO_STEPS];
    for (int t = 0; t < DUO_STEPS; t++) by_table[t] = I[t * DUO_PATHS];
    drop(&r);
    r = run_events("events:\n"
                   "  - {from: 2, to: 3, object: country/CHN, field: availability, value: 0.5}\n"
                   "  - {from: 3, to: 4, object: country/CHN, field: availability, value: 0.25}\n"
                   "  - {from: 2, to: 3, object: demand/unit/metal/JPN/glass, field: factor, value: 2}\n"
                   "  - {from: 3, to: 4, object: arc/unit/metal/CHN/JPN, field: lag, value: 3}\n");
    for (int t = 0; t < DUO_STEPS; t++) assert_step(&r, "on_hand", "hub", HUB, t, by_table[t]);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_availability),
                                       cmocka_unit_test(test_operations),
                                       cmocka_unit_test(test_set_over_drawn),
                                       cmocka_unit_test(test_regime),
                                       cmocka_unit_test(test_lag),
                                       cmocka_unit_test(test_demand),
                                       cmocka_unit_test(test_dates),
                                       cmocka_unit_test(test_series)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
