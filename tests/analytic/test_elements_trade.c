/* Losses on the way, leaks past a restriction, precaution: exactly, and nothing when taken out. */
#include "duo.h"

#define FLOOR(x) (floor((x)*0x1p20) / 0x1p20)

/* CHN ships 16 t to JPN and 8 t to USA a step. */
static const char *three(const char *mineral, const char *keys, const char *rest)
{
    return network_of(
        mineral,
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 24 t/step, spare: 100 %}\n",
        text("    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2%s}\n"
             "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 8 t/step, lag_steps: 1}\n",
             keys),
        text(DUO_DEMAND "    - {mineral: unit, form: metal, country: USA, rate: 8 t/step}\n"), rest);
}

static void assert_equal_runs(const run_result *a, const run_result *b)
{
    static const char *const names[][2] = {{"shipment", "arc"},
                                           {"on_hand", "hub"},
                                           {"order", "hub"},
                                           {"unserved", "consumer"},
                                           {"output", "site"}};
    for (size_t i = 0; i < 5; i++)
        assert_memory_equal(numbers(a, "paths", names[i][0]), numbers(b, "paths", names[i][0]),
                            (size_t)size_of(a, "paths", names[i][0]) * sizeof(double));
}

/* ---- loss ---- */

/* 16 t are loaded, a quarter is lost: 12 t arrive, and 12 t are used.  The base is at rest for 200 steps;
 * what arrives in a bad year is what was loaded, less a quarter of it, rounded down. */
static void test_loss(void **state)
{
    (void)state;
    const char *trade = "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, "
                        "lag_steps: 2, loss: 25 %}\n";
    const char *demand = "    - {mineral: unit, form: metal, country: JPN, rate: 12 t/step}\n";
    const char *sets[] = {"run.steps=200"};
    run_result r = run_file(put_file("trade-loss.yaml", network_of("", DUO_MINE, trade, demand, "")), sets, 1,
                            NULL, "trade-loss");
    assert_steps(&r, "shipment", "arc", ARC, 0, 200, 16);
    assert_steps(&r, "on_hand", "hub", HUB, 0, 200, 72);
    assert_steps(&r, "in_transit", "hub", HUB, 0, 200, 24);
    assert_steps(&r, "output", "site", "mine", 0, 200, 16);
    assert_steps(&r, "unserved", "consumer", HUB, 0, 200, 0);
    drop(&r);
    for (int with = 0; with < 2; with++) {
        r = run_text(
            network_of("", DUO_MINE,
                       with ? trade
                            : "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 12 t/step, "
                              "lag_steps: 2}\n",
                       demand,
                       "events: [{from: 3, to: 14, object: restriction/CHN/unit, field: severity, value: 37 "
                       "%}]\n"),
            NULL, "trade-loss");
        double I = 72, ships = 0;
        for (int t = 0; t < DUO_STEPS; t++) {
            double v = t < 2 ? (with ? 16 : 12) : cell(&r, "shipment", "arc", ARC, t - 2);
            I += with ? v - FLOOR(0.25 * v) : v;
            double u = fmax(0, 12 - I);
            I = fmax(0, I - 12);
            assert_step(&r, "on_hand", "hub", HUB, t, I);
            assert_step(&r, "unserved", "consumer", HUB, t, u);
            ships += v;
        }
        assert_true(with ? ships > 12 * DUO_STEPS : ships < 12.1 * DUO_STEPS);
        drop(&r);
    }
    run_result a = run_text(three("", "",
                                  "events: [{from: 3, to: 9, object: restriction/CHN/unit, field: severity, "
                                  "value: 70 %}]\n"),
                            NULL, "trade-a");
    run_result b =
        run_text(three("", ", loss: 0 %, leak: 0 %",
                       "events: [{from: 3, to: 9, object: restriction/CHN/unit, field: severity, value: 70 "
                       "%}]\n"),
                 NULL, "trade-b");
    assert_equal_runs(&a, &b);
    drop(&a);
    drop(&b);
}

/* Volumes that are not given are completed so that what arrives is what is needed. */
static void test_loss_estimated(void **state)
{
    (void)state;
    run_result r = run_text(
        network_of("",
                   "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 20 t/step}\n"
                   "    south: {mineral: unit, form: metal, country: AUS, kind: mine, output: 10 t/step}\n",
                   "    - {mineral: unit, form: metal, from: CHN, to: JPN, lag_steps: 2, loss: 25 %}\n"
                   "    - {mineral: unit, form: metal, from: AUS, to: JPN, lag_steps: 1, loss: 10 %}\n",
                   "    - {mineral: unit, form: metal, country: JPN, rate: 24 t/step}\n", ""),
        NULL, "trade-estimated");
    double a = cell(&r, "shipment", "arc", ARC, 0), b = cell(&r, "shipment", "arc", "unit/metal/AUS/JPN", 0);
    assert_true(fabs(0.75 * a + 0.9 * b - 24) < 1e-5);
    assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, a);
    assert_steps(&r, "on_hand", "hub", HUB, 0, DUO_STEPS, cell(&r, "on_hand", "hub", HUB, 0));
    assert_steps(&r, "unserved", "consumer", HUB, 0, DUO_STEPS, 0);
    drop(&r);
}

/* ---- leaks ---- */

/* A stop of the share s leaves (1 - s) of the 16 t; leak x s x 16 comes all the same, as far as the trade
 * with USA is free, and `late` steps after the rest.  With a loss, what leaks loses its part too. */
static void test_leak(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        double leak, loss;
        int via, late;
    } rows[] = {{"", 0, 0, 0, 0},
                {", leak: 50 %", 0.5, 0, 0, 0},
                {", leak: 50 %, leak_via: USA", 0.5, 0, 1, 0},
                {", leak: 100 %, leak_lag: 3 weeks", 1, 0, 0, 3},
                {", leak: 50 %, leak_lag: 2 weeks, loss: 25 %", 0.5, 0.25, 0, 2}};
    double unserved[5];
    for (int i = 0; i < 5; i++) {
        const char *demand = text("    - {mineral: unit, form: metal, country: JPN, rate: %g t/step}\n"
                                  "    - {mineral: unit, form: metal, country: USA, rate: 8 t/step}\n",
                                  16 * (1 - rows[i].loss));
        run_result r = run_text(
            network_of(
                "",
                "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 24 t/step, spare: "
                "100 %}\n",
                text("    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: "
                     "2%s}\n"
                     "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 8 t/step, lag_steps: "
                     "1}\n",
                     rows[i].keys),
                demand,
                "events:\n"
                "  - {from: 2, to: 20, object: restriction/CHN/unit/JPN, field: severity, value: 75 %}\n"
                "  - {from: 8, to: 14, object: restriction/CHN/unit/USA, field: severity, value: 50 %}\n"),
            NULL, "trade-leak");
        double use = 16 * (1 - rows[i].loss), I = 6 * use, coming[DUO_STEPS + 16] = {0};
        coming[0] = coming[1] = use;
        unserved[i] = summary(&r, "expected_unserved", NULL);
        for (int t = 0; t < DUO_STEPS; t++) {
            double stop = t >= 2 && t < 20 ? 0.75 : 0, free = rows[i].via && t >= 8 && t < 14 ? 0.5 : 1,
                   legal = 16 * (1 - stop), most = legal + rows[i].leak * stop * 16 * free,
                   v = cell(&r, "shipment", "arc", ARC, t);
            if (stop > 0) assert_step(&r, "shipment", "arc", ARC, t, most);
            double late = stop > 0 ? v - legal : 0, in_time = v - late;
            coming[t + 2] += in_time - FLOOR(rows[i].loss * in_time);
            coming[t + 2 + rows[i].late] += late - FLOOR(rows[i].loss * late);
            I += coming[t];
            assert_step(&r, "unserved", "consumer", HUB, t, fmax(0, use - I));
            I = fmax(0, I - use);
            if (t < 25) assert_step(&r, "on_hand", "hub", HUB, t, I);
        }
        drop(&r);
    }
    assert_true(unserved[0] > unserved[2] && unserved[2] > unserved[1] && unserved[3] < unserved[1]);
    const char *rest = "events: [{from: 190, object: restriction/CHN/unit, field: severity, value: 10 %}]\n";
    const char *sets[] = {"run.steps=200"};
    run_result r = run_file(
        put_file("trade-leak.yaml", three("", ", leak: 50 %, leak_via: USA, leak_lag: 5 weeks", rest)), sets,
        1, NULL, "trade-leak");
    assert_steps(&r, "shipment", "arc", ARC, 0, 190, 16);
    assert_steps(&r, "on_hand", "hub", HUB, 0, 190, 96);
    drop(&r);
}

/* ---- precaution ---- */

/* Target stock H = 112 t (a step of use and six weeks of cover); in tension of the only supplier the alarm is
 * 1/2, in coercion 1.  The first order with it is higher by an eighth of the difference. */
static void test_panic(void **state)
{
    (void)state;
    static const double more[] = {0, 0.125 * 112 * 0.5 * 0.5, 0.125 * 112 * 0.5};
    for (int regime = 0; regime < 3; regime++)
        for (int with = 0; with < 2; with++) {
            run_result r = run_text(
                network_of(
                    with ? ", market: {panic: 0.5}" : ", market: {panic: 0, home_priority: [0.5, 0.75, 1]}",
                    DUO_MINE, DUO_TRADE, DUO_DEMAND,
                    text("hazards: {regimes: {CHN: {tension: 0 /year, coercion: 0 /year, relax: 0 /year, "
                         "ease: "
                         "0 /year}}}\n"
                         "events: [{from: 4, to: 30, object: country/CHN, field: regime, value: %d}]\n",
                         regime)),
                NULL, "trade-panic");
            assert_steps(&r, "order", "hub", HUB, 0, 4, 16);
            assert_step(&r, "order", "hub", HUB, 4, 16 + (with ? more[regime] : 0));
            if (!with || !regime) assert_at_rest(&r);
            if (with && regime) {
                double top = 0;
                for (int t = 0; t < 30; t++) top = fmax(top, cell(&r, "on_hand", "hub", HUB, t));
                assert_true(top > 96 * (1 + 0.2 * regime) && top < 96 + 112 * 0.25 * regime + 1);
                assert_true(cell(&r, "on_hand", "hub", HUB, 39) < top - 5); /* worked off when it is over */
            }
            drop(&r);
        }
}

/* The alarm is weighted by imports: half of them from CHN give half of it. */
static void test_panic_weight(void **state)
{
    (void)state;
    run_result r = run_text(
        network_of(
            ", market: {panic: 1}",
            "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 4 t/step, spare: 100 %}\n"
            "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 12 t/step, spare: 100 "
            "%}\n",
            "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 4 t/step, lag_steps: 2}\n"
            "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 12 t/step, lag_steps: 2}\n",
            DUO_DEMAND,
            "hazards: {regimes: {CHN: {tension: 0 /year, coercion: 0 /year, relax: 0 /year, ease: 0 "
            "/year}}}\n"
            "events: [{from: 4, to: 30, object: country/CHN, field: regime, value: 2}]\n"),
        NULL, "trade-weight");
    assert_step(&r, "order", "hub", HUB, 4, 16 + 0.125 * 112 * 0.25);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_loss), cmocka_unit_test(test_loss_estimated),
                                       cmocka_unit_test(test_leak), cmocka_unit_test(test_panic),
                                       cmocka_unit_test(test_panic_weight)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
