/* Triggers that read the state, release ahead of need, refill, decay and classes of age [6.2 - 6.5, 6.7]:
 * step by step, and what they are without the element. */
#include "duo.h"

#define FLOOR(x) (floor((x)*0x1p20) / 0x1p20)
#define EMPTY "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 0 t}]\n"
#define STORMS                                                                                               \
    "events:\n"                                                                                              \
    "  - {from: 1, to: 6, object: restriction/CHN/unit, field: severity, value: 80 %}\n"                     \
    "  - {from: 9, to: 10, object: restriction/CHN/unit, field: severity, value: 50 %}\n"                    \
    "  - {from: 18, to: 26, object: restriction/CHN/unit, field: severity, value: 45 %}\n"

static const char *stock(const char *keys)
{
    return text("stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, %s}}\n", keys);
}
static run_result run_stock(const char *keys, const char *events)
{
    return run_text(text("%s%s", network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND EMPTY, events),
                         keys[0] ? stock(keys) : ""),
                    NULL, "keeping");
}

/* ---- triggers ---- */

typedef struct {
    double loss;
    int state, since_on, since_release;
} trigger;

static void move(trigger *k, double loss, double on, double off, int t, int delay, int minimum)
{
    k->loss = k->loss + (loss - k->loss) / 4;
    if (k->state == 2 && k->loss <= off && t - k->since_release >= minimum) k->state = 0;
    if (k->state == 1 && k->loss <= off) k->state = 0;
    if (k->state == 0 && k->loss >= on) {
        k->state = 1;
        k->since_on = t;
    }
    if (k->state == 1 && t - k->since_on >= delay) {
        k->state = 2;
        k->since_release = t;
    }
}

/* What the step before was short of its demand (shortage), or of its steady stock of 96 t (cover). */
static void test_state_triggers(void **state)
{
    (void)state;
    double unserved[2][2];
    for (int cover = 0; cover < 2; cover++)
        for (int big = 0; big < 2; big++) {
            run_result r = run_text(
                text("%s%s",
                     network_of("", DUO_MINE, DUO_TRADE,
                                DUO_DEMAND
                                "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 8 t}]\n",
                                STORMS),
                     stock(text(
                         "opening: %d t, at_most: 12 t/step, trigger: %s, on: %s, off: 3 %%, delay: 1 week, "
                         "minimum: 2 weeks",
                         big ? 60 : 30, cover ? "cover" : "shortage", cover ? "45 %" : "7 %"))),
                NULL, "keeping");
            trigger k = {0};
            double I = 8, S = big ? 60 : 30, u = 0, D = 0, before = 8, out = 0;
            for (int t = 0; t < DUO_STEPS; t++) {
                double loss = cover ? fmin(1, fmax(0, 1 - before / 96)) : D > 0 ? u / D : 0;
                move(&k, loss, cover ? 0.45 : 0.07, 0.03, t, 1, 2);
                assert_step(&r, "trigger", "tier", "s", t, k.state);
                assert_step(&r, "inbound_loss", "tier", "s", t, k.loss);
                I += t < 2 ? 16 : cell(&r, "shipment", "arc", ARC, t - 2);
                double x = k.state == 2 ? fmin(fmin(12, S), fmax(0, 16 - I)) : 0;
                S -= x, I += x, out += x, D = 16;
                u = fmax(0, 16 - I);
                I = before = fmax(0, I - 16);
                assert_step(&r, "release", "tier", "s", t, x);
                assert_step(&r, "unserved", "consumer", HUB, t, u);
                assert_step(&r, "on_hand", "hub", HUB, t, I);
            }
            if (!(out > 0)) fail_msg("cover %d big %d", cover, big);
            unserved[cover][big] = summary(&r, "expected_unserved", NULL);
            assert_string_equal(((const char *const *)variable(&r, "network", "tier_trigger")->data)[0],
                                cover ? "cover" : "shortage");
            drop(&r);
        }
    assert_true(unserved[0][0] != unserved[1][0] && unserved[0][1] <= unserved[0][0]);
}

/* Released as soon as firm stock is below the use of the step and of two weeks more. */
static void test_release_at(void **state)
{
    (void)state;
    double out[3];
    for (int weeks = 0; weeks < 3; weeks++) {
        run_result r = run_stock(
            text("opening: 100 t, at_most: 20 t/step, trigger: always%s", weeks == 2 ? ", release_at: 14 days"
                                                                          : weeks    ? ", release_at: 0 days"
                                                                                     : ""),
            STORMS);
        double I = 0, S = 100, before = weeks == 2 ? 2 : 0;
        out[weeks] = 0;
        for (int t = 0; t < DUO_STEPS; t++) {
            I += t < 2 ? 16 : cell(&r, "shipment", "arc", ARC, t - 2);
            double x = fmin(fmin(20, S), fmax(0, (1 + before) * 16 - I));
            S -= x, I += x;
            if (t < 6) out[weeks] += x;
            assert_step(&r, "release", "tier", "s", t, x);
            assert_step(&r, "unserved", "consumer", HUB, t, fmax(0, 16 - I));
            I = fmax(0, I - 16);
            assert_step(&r, "on_hand", "hub", HUB, t, I);
        }
        drop(&r);
    }
    assert_true(out[0] == out[1] && out[2] > out[0]);
}

/* ---- refill ---- */

/* Back to the target of 40 t at 3 t a step, not while it releases, not when the price is too high or supply
 * is short; nobody lacks anything for it. */
static void test_refill(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) { /* refilled; no refill; price; target reached; embargo */
        const char *keys[] = {", target: 40 t, refill: {at_most: 3 t/step}", "",
                              ", target: 40 t, refill: {at_most: 3 t/step, price_below: 0.9}",
                              ", target: 10 t, refill: {at_most: 3 t/step}",
                              ", target: 40 t, refill: {at_most: 3 t/step}"};
        run_result r = run_text(text("%s%s",
                                     network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND,
                                                i == 4 ? "events: [{from: 0, to: 12, object: "
                                                         "restriction/CHN/unit, field: severity, value: 5 "
                                                         "%}]\n"
                                                       : ""),
                                     stock(text("opening: 10 t%s", keys[i]))),
                                NULL, "keeping");
        assert_steps(&r, "unserved", "consumer", HUB, 0, DUO_STEPS, 0);
        double last = 10;
        for (int t = 0; t < DUO_STEPS; t++) {
            double S = cell(&r, "stockpile", "tier", "s", t);
            assert_true(S >= last && S <= 40);
            if (i == 1 || i == 2 || i == 3) assert_step(&r, "stockpile", "tier", "s", t, 10);
            if (i == 4 && t < 12) assert_step(&r, "stockpile", "tier", "s", t, 10);
            /* bought abroad in step t, here in step t + 2 */
            if (i == 0) assert_step(&r, "stockpile", "tier", "s", t, t < 2 ? 10 : fmin(40, 10 + 3 * (t - 1)));
            last = S;
        }
        assert_true(i == 4 ? last > 39.9 : last == (i == 0 ? 40 : 10));
        drop(&r);
    }
}

/* Where all is made at home, it is made on top at the full pace, and is in the stock in the same step. */
static void test_refill_at_home(void **state)
{
    (void)state;
    for (int spare = 0; spare < 2; spare++) { /* with no spare capacity nothing can be bought */
        run_result r = run_text(
            text(
                "%s%s",
                network_of(
                    "",
                    text(
                        "    mine: {mineral: unit, form: metal, country: JPN, kind: mine, output: 16 t/step, "
                        "spare: %d %%}\n",
                        50 * spare),
                    "    []\n", DUO_DEMAND, ""),
                stock("opening: 10 t, target: 40 t, refill: {at_most: 3 t/step}")),
            NULL, "keeping");
        for (int t = 0; t < DUO_STEPS; t++) {
            assert_step(&r, "stockpile", "tier", "s", t, spare ? fmin(40, 13 + 3 * t) : 10);
            assert_step(&r, "on_hand", "hub", HUB, t, 96);
            assert_step(&r, "unserved", "consumer", HUB, t, 0);
        }
        drop(&r);
    }
}

/* At the target nothing moves for 200 steps, with every element of keeping that does not lose anything. */
static void test_at_rest(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "opening: 64 t, refill: {at_most: 5 t/step}",
        "opening: 64 t, trigger: shortage, release_at: 28 days, refill: {at_most: 5 t/step}",
        "opening: 64 t, trigger: cover, half_life: never",
        "opening: 64 t, shelf_life: 5 years, opening_age: fresh, rotation: 0.5 /year"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *sets[] = {"run.steps=200"};
        run_result r = run_file(
            put_file("keeping-rest.yaml",
                     text("%s%s", network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND, ""), stock(keys[i]))),
            sets, 1, NULL, "keeping-rest");
        assert_at_rest(&r);
        assert_steps(&r, "stockpile", "tier", "s", 0, 200, 64);
        drop(&r);
    }
}

/* On common random numbers: with ample supply (stocks drawn down by outages elsewhere) nobody's unserved
 * demand grows in the mean by a refill; without spare capacity, by less than a thousandth. */
static void test_refill_displaces_nobody(void **state)
{
    (void)state;
    static const char *const spare[] = {"100 %", "0 %"};
    for (int scarce = 0; scarce < 2; scarce++) {
        enum { N = 4096 };
        static double u[2][2][N];
        for (int with = 0; with < 2; with++)
            for (int focus = 0; focus < 2; focus++) {
                const char *yaml = text(
                    "format: 1\nname: displaced\n"
                    "run: {paths: %d, seed: 5, start: 2026-01-05, step: 7 days, steps: 150, focus: %s, per: "
                    "horizon}\n"
                    "minerals: {unit: {forms: [metal], lattice_exponent: -20}}\n"
                    "network:\n  sites:\n"
                    "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 20 t/step, spare: "
                    "%s}\n"
                    "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 20 t/step, spare: "
                    "%s}\n"
                    "  trade:\n"
                    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 8 t/step, lag_steps: 2}\n"
                    "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 8 t/step, lag_steps: 3}\n"
                    "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 8 t/step, lag_steps: 3}\n"
                    "    - {mineral: unit, form: metal, from: AUS, to: USA, volume: 8 t/step, lag_steps: 3}\n"
                    "  demand:\n"
                    "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
                    "    - {mineral: unit, form: metal, country: USA, rate: 16 t/step}\n"
                    "    - {mineral: unit, form: metal, country: CHN, rate: 4 t/step}\n"
                    "    - {mineral: unit, form: metal, country: AUS, rate: 4 t/step}\n"
                    "tallies: {required_stock: false}\n"
                    "hazards: {outages: {o: {mttf: 52 weeks, mttr: {exponential: {mean: 6 weeks}}}}}\n"
                    "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 20 "
                    "t, trigger: "
                    "inbound%s}}\n",
                    N, focus ? "USA" : "JPN", spare[scarce], spare[scarce],
                    with ? ", target: 120 t, refill: {at_most: 4 t/step}" : "");
                run_result r = run_text(yaml, NULL, "keeping-displaced");
                int64_t n;
                const double *x = samples(&r, "unserved", NULL, &n);
                assert_true(n == N);
                memcpy(u[with][focus], x, sizeof u[with][focus]);
                drop(&r);
            }
        for (int focus = 0; focus < 2; focus++) {
            static double more[N];
            for (int p = 0; p < N; p++) more[p] = u[1][focus][p] - u[0][focus][p];
            moments m = moments_of(more, N, 1);
            print_message("  %s, spare %s: %.4g t more unserved by refill, +- %.2g, of %.4g\n",
                          focus ? "USA" : "JPN", spare[scarce], m.mean, m.se,
                          moments_of(u[0][focus], N, 1).mean);
            if (!scarce || !focus)
                assert_true(m.mean <= 4 * m.se);
            else /* without spare capacity, a surplus sold is one that the next outage misses */
                assert_true(m.mean < 1e-3 * moments_of(u[0][focus], N, 1).mean);
        }
    }
}

/* ---- decay ---- */

/* Half of it gone each step: 2^k t last exactly; with no end it keeps. */
static void test_half_life(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        double rate;
    } rows[] = {{"half_life: 7 days", 0.5},
                {"half_life: 14 days", 1 - 0.70710678118654752},
                {"half_life: never", 0},
                {"delay: 4 weeks", 0}};
    for (int i = 0; i < 4; i++) {
        run_result r = run_text(text("%s%s", network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND, ""),
                                     stock(text("opening: 1024 t, %s", rows[i].keys))),
                                NULL, "keeping");
        double S = 1024;
        for (int t = 0; t < DUO_STEPS; t++) {
            S -= FLOOR(rows[i].rate * S);
            assert_step(&r, "stockpile", "tier", "s", t, S);
        }
        if (i == 0) assert_true(S < 1e-5);
        drop(&r);
    }
}

/* Model 6.7: with decay a unit needed in step s asks for (1 - delta)^-s at the start.  With exactly that
 * stock nothing is unserved; with 64 quanta
 * less, a quantum in step 6. (A quantum less is made good by the rounding of what is lost, down, each step.)
 */
static void test_required_with_decay(void **state)
{
    (void)state;
    const char *events =
        "events: [{from: 0, to: 5, object: restriction/CHN/unit, field: severity, value: 100 %}]\n";
    double K = 0;
    for (int s = 2; s < 7; s++) K += 16 * exp2(s); /* cargoes of steps 0..4 are missing in steps 2..6 */
    const char *sets[2] = {"run.steps=7", "tallies.required_stock=true"};
    for (int i = 0; i < 3; i++) {
        double opening = i == 0 ? K : i == 1 ? K - 0x1p-14 : 2 * K;
        run_result r = run_file(
            put_file("keeping-need.yaml",
                     text("%s%s", network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND EMPTY, events),
                          stock(text("opening: %.25g t, half_life: 7 days, trigger: always", opening)))),
            sets, 2, NULL, "keeping-need");
        int64_t n;
        const double *need = samples(&r, "required_stock", NULL, &n);
        for (int64_t p = 0; p < n; p++)
            if (!(fabs(need[p] - K) < 1e-9 * K)) fail_msg("required %.17g, expected %.17g", need[p], K);
        assert_steps(&r, "unserved", "consumer", HUB, 0, 6, 0);
        assert_step(&r, "unserved", "consumer", HUB, 6, i == 1 ? 0x1p-20 : 0);
        drop(&r);
    }
}

/* Below the last unit released the floor must still lie: 5 cargoes of 16 t and a floor of 32 t ask for 112 t;
 * with decay by half in a step the floor of step 6 asks for 2^6 floors at the start. */
static void test_required_with_floor(void **state)
{
    (void)state;
    const char *events =
        "events: [{from: 0, to: 5, object: restriction/CHN/unit, field: severity, value: 100 %}]\n";
    const char *sets[2] = {"run.steps=7", "tallies.required_stock=true"};
    for (int decay = 0; decay < 2; decay++) {
        double K = decay ? 32 * exp2(6) : 32;
        for (int s = 2; s < 7; s++) K += decay ? 16 * exp2(s) : 16;
        for (int less = 0; less < 2; less++) {
            run_result r = run_file(
                put_file("keeping-floor.yaml",
                         text("%s%s", network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND EMPTY, events),
                              stock(text("opening: %.25g t, floor: 32 t, half_life: %s, trigger: always",
                                         K - (less ? 0x1p-13 : 0), decay ? "7 days" : "never")))),
                sets, 2, NULL, "keeping-floor");
            int64_t n;
            const double *need = samples(&r, "required_stock", NULL, &n);
            for (int64_t p = 0; p < n; p++)
                if (!(fabs(need[p] - K) < 1e-9 * K)) fail_msg("required %.17g, expected %.17g", need[p], K);
            assert_steps(&r, "unserved", "consumer", HUB, 0, 6, 0);
            double lacks = cell(&r, "unserved", "consumer", HUB, 6);
            assert_true(less ? lacks > 0 && lacks <= 0x1p-13 : lacks == 0);
            drop(&r);
        }
    }
}

/* ---- classes of age ---- */

static int classes(int life, int *steps)
{
    int n = life < 8 ? life : 8;
    *steps = life / n;
    return n;
}

/* A shelf life of eight steps: fresh material is there for exactly that long, mixed material leaves an eighth
 * a step, rotation keeps it. */
static void test_shelf_life(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        int life, mixed;
        double rotation; /* a step */
    } rows[] = {{"shelf_life: 56 days", 8, 0, 0},
                {"shelf_life: 56 days, opening_age: mixed", 8, 1, 0},
                {"shelf_life: 35 days, opening_age: mixed", 5, 1, 0},
                {"shelf_life: 168 days", 24, 0, 0},
                {"shelf_life: 112 days, opening_age: mixed", 16, 1, 0},
                {"shelf_life: 56 days, opening_age: mixed, rotation: 4 /year", 8, 1, 1}};
    double last[6];
    for (int i = 0; i < 6; i++) {
        run_result r = run_stock(text("opening: 160 t, trigger: always, %s", rows[i].keys), STORMS);
        int each, n = classes(rows[i].life, &each);
        double age[8] = {0}, I = 0, rate = rows[i].rotation > 0 ? 1 - exp(-4 * DY) : 0, S = 160;
        for (int a = 0; a < n; a++) age[a] = rows[i].mixed ? 160. / n : a ? 0 : 160;
        for (int t = 0; t < DUO_STEPS; t++) {
            I += t < 2 ? 16 : cell(&r, "shipment", "arc", ARC, t - 2);
            double x = fmin(S, fmax(0, 16 - I)), left = x;
            I += x;
            for (int a = n - 1; a >= 0; a--) {
                double y = fmin(left, age[a]);
                left -= y, age[a] -= y;
            }
            S -= x;
            left = x = FLOOR(rate * S);
            for (int a = n - 1; a >= 0; a--) {
                double y = fmin(left, age[a]);
                left -= y, age[a] -= y;
            }
            age[0] += x;
            if ((t + 1) % each == 0) {
                S -= age[n - 1];
                for (int a = n - 1; a > 0; a--) age[a] = age[a - 1];
                age[0] = 0;
            }
            I = fmax(0, I - 16);
            if (rate > 0)
                assert_true(fabs(cell(&r, "stockpile", "tier", "s", t) - S) < 1e-4);
            else
                assert_step(&r, "stockpile", "tier", "s", t, S);
            if (t == 7) last[i] = S;
        }
        drop(&r);
    }
    assert_true(last[0] == 0 && last[5] > last[1]);
    run_result r = run_stock("opening: 160 t, trigger: always", STORMS);
    assert_true(cell(&r, "stockpile", "tier", "s", 7) > 0);
    drop(&r);
}

/* However long the shelf life, fresh material is there to within a tenth of it. */
static void test_shelf_life_is_kept(void **state)
{
    (void)state;
    static const int lives[] = {1, 3, 8, 9, 10, 11, 12, 13, 15, 17, 20, 27, 36};
    for (size_t i = 0; i < sizeof lives / sizeof *lives; i++) {
        run_result r = run_text(text("%s%s", network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND, ""),
                                     stock(text("opening: 160 t, shelf_life: %d weeks", lives[i]))),
                                NULL, "keeping");
        int lasted = 1;
        while (lasted < DUO_STEPS && cell(&r, "stockpile", "tier", "s", lasted - 1) > 0) lasted++;
        if (abs(lasted - lives[i]) > 1 + lives[i] / 10)
            fail_msg("shelf life of %d weeks: gone after %d", lives[i], lasted);
        drop(&r);
    }
}

/* Spoilt metal comes back as ore, less what reprocessing loses. */
static void test_reprocessing(void **state)
{
    (void)state;
    double ore[2];
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(
            text("format: 1\nname: again\n"
                 "run: {paths: 1, start: 2026-01-05, step: 7 days, steps: 20, focus: JPN, per: horizon}\n"
                 "minerals: {unit: {forms: [ore, metal], lattice_exponent: -20}}\n"
                 "network:\n  sites:\n"
                 "    pit: {mineral: unit, form: ore, country: JPN, kind: mine, output: 16 t/step}\n"
                 "    works: {mineral: unit, form: metal, country: JPN, kind: refine, output: 16 t/step}\n"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n"
                 "tallies: {required_stock: false, trace_paths: 1}\n"
                 "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 80 t, "
                 "shelf_life: "
                 "4 weeks%s}}\n",
                 with ? ", reprocessing: 75 %" : ""),
            NULL, "keeping");
        assert_step(&r, "stockpile", "tier", "s", 2, 80);
        assert_step(&r, "stockpile", "tier", "s", 3, 0);
        ore[with] = cell(&r, "on_hand", "hub", "unit/ore/JPN", 3);
        drop(&r);
    }
    assert_true(ore[1] == ore[0] + 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_state_triggers),
                                       cmocka_unit_test(test_release_at),
                                       cmocka_unit_test(test_refill),
                                       cmocka_unit_test(test_at_rest),
                                       cmocka_unit_test(test_refill_at_home),
                                       cmocka_unit_test(test_refill_displaces_nobody),
                                       cmocka_unit_test(test_half_life),
                                       cmocka_unit_test(test_required_with_decay),
                                       cmocka_unit_test(test_required_with_floor),
                                       cmocka_unit_test(test_shelf_life),
                                       cmocka_unit_test(test_shelf_life_is_kept),
                                       cmocka_unit_test(test_reprocessing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
