/* Diplomacy [7.7]: the law of a regime step by step against products of one-step matrices; on every path and
 * in every step nothing is worse than without [R3.1]; rates of restrictions that are aimed at somebody; one
 * number instead of three. */
#include "duo.h"

enum { STEPS = 52, N = 8192 };

/* ---- the law of the regime ---- */

typedef struct {
    double p[3][3];
} matrix;

/* exp(G dy) by its series. */
static matrix one_step(double up, double down)
{
    double g[3][3] = {
        {-1.5 * up, 1.2 * up, 0.3 * up}, {2 * down, -2 * down - 3 * up, 3 * up}, {0, 4 * down, -4 * down}};
    matrix m = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}}, term = m;
    for (int n = 1; n < 40; n++) {
        matrix next = {{{0}}};
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                for (int k = 0; k < 3; k++) next.p[i][j] += term.p[i][k] * g[k][j] * DY / n;
        term = next;
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) m.p[i][j] += term.p[i][j];
    }
    return m;
}

/* Starts in step 8, grows for ten steps, ends with step 40. */
static double size(int t) { return t < 8 || t >= 40 ? 0 : t < 18 ? (t - 8) / 10.0 : 1; }

static void test_law(void **state)
{
    (void)state;
    double law[STEPS][3], at[3] = {1, 0, 0};
    for (int t = 0; t < STEPS; t++) {
        matrix m = one_step(1 - 0.6 * size(t), 1 / (1 - 0.75 * size(t))); /* down 4: 1/(1 + L (1/4 - 1)) */
        double next[3] = {0, 0, 0};
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) next[j] += at[i] * m.p[i][j];
        memcpy(law[t], next, sizeof next);
        memcpy(at, next, sizeof next);
    }
    scores s = {0};
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(
            text("format: 1\n"
                 "name: diplomacy\n"
                 "run: {paths: %d, seed: %d, step: 7 days, steps: %d, per: horizon}\n"
                 "minerals: {unit: {forms: [good], market: {production: push}}}\n"
                 "network:\n"
                 "  hubs: [{mineral: unit, form: good, country: JPN, storage: 10 t, opening: 0 t}]\n"
                 "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step,\n"
                 "                 capacity_by_regime: [10 t/step, 9 t/step, 4 t/step]}}\n"
                 "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
                 "hazards: {regimes: {JPN: {tension: 1.2 /year, coercion: 3 /year, relax: 2 /year, ease: 4 "
                 "/year, direct: 0.3 /year}}}\n"
                 "levers: {diplomacy: {talks: {countries: [JPN], up: 0.4, down: 4, start: 8, ramp: 10 weeks, "
                 "end: 40}}}\n"
                 "tallies: {threshold: 0 %%, required_stock: false, samples: false}\n",
                 N, seed, STEPS),
            NULL, "diplomacy-law");
        for (int t = 6; t < STEPS; t += 11) { /* before, in the ramp, in force, after */
            double either = law[t][1] + law[t][2];
            compare(t == 39 ? &s : NULL, text("P(not normal), step %d", t),
                    curve(&r, "shortage_probability", NULL, t), either, sqrt(either * (1 - either) / N));
            compare(NULL, "P(tension) + 6 P(coercion)", curve(&r, "expected_unserved_step", NULL, t),
                    law[t][1] + 6 * law[t][2], curve(&r, "expected_unserved_step_se", NULL, t));
        }
        drop(&r);
    }
    assert_scores(&s, "regimes under diplomacy");
}

/* ---- nothing is worse, on any path ---- */

/* CHN sells to JPN and KOR; bans against JPN alone, licences against all. */
static const char *world(const char *regimes, const char *types, const char *levers, int paths, int seed)
{
    return text("format: 1\n"
                "name: diplomacy\n"
                "run: {paths: %d, seed: %d, start: 2026-01-05, step: 7 days, steps: 156, focus: JPN}\n"
                "minerals: {unit: {forms: [metal]}}\n"
                "network:\n"
                "  sites: {mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 32 t/step}}\n"
                "  trade:\n"
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
                "    - {mineral: unit, form: metal, from: CHN, to: KOR, volume: 16 t/step, lag_steps: 2}\n"
                "  demand:\n"
                "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
                "    - {mineral: unit, form: metal, country: KOR, rate: 16 t/step}\n"
                "hazards:\n"
                "  regimes: {CHN: {%s, availability: [1, 0.9, 0.5]}}\n"
                "  restrictions: {control: {exporter: CHN, minerals: [unit], onset: {normal: 0.2 /year, "
                "tension: 1 /year, coercion: 4 /year}, types: {%s}}}\n"
                "tallies: {required_stock: false, samples: false, trace_paths: %d}\n%s",
                paths, seed, regimes, types, paths, levers);
}

#define CHAIN "tension: 0.6 /year, coercion: 1 /year, relax: 0.8 /year, ease: 2 /year, direct: 0.1 /year"
#define LICENCE                                                                                              \
    "licence: {severity: 60 %, freeze: 3 weeks, duration: {lognormal: {median: 9 weeks, sigma: 0.8}}}"
#define BAN "ban: {severity: 100 %, duration: 1 week, target: JPN}"

static void test_never_worse(void **state)
{
    (void)state;
    for (int seed = 1; seed <= 5; seed++) {
        run_result a = run_text(world(CHAIN, LICENCE, "", 128, seed), NULL, "diplomacy-without");
        run_result b = run_text(
            world(CHAIN, LICENCE,
                  "levers: {diplomacy: {talks: {countries: [CHN], effect: 40 %, start: 26, ramp: 1 year}}}\n",
                  128, seed),
            NULL, "diplomacy-with");
        const double *ra = series(&a, "regime", "country", "CHN"),
                     *rb = series(&b, "regime", "country", "CHN");
        const double *oa = series(&a, "openness", "arc", ARC), *ob = series(&b, "openness", "arc", ARC);
        int64_t better = 0, freer = 0;
        for (int64_t i = 0; i < 156 * 128; i++) {
            if (rb[i] > ra[i]) fail_msg("seed %d: the regime is worse in step %d", seed, (int)(i / 128));
            if (ob[i] < oa[i]) fail_msg("seed %d: trade is less open in step %d", seed, (int)(i / 128));
            if (i < 27 * 128) assert_true(ra[i] == rb[i] && oa[i] == ob[i]);
            better += rb[i]<ra[i], freer += ob[i]> oa[i];
        }
        print_message("seed %d: a better regime in %.1f %% of steps, freer trade in %.1f %%\n", seed,
                      100.0 * (double)better / (156 * 128), 100.0 * (double)freer / (156 * 128));
        assert_true(better > 500 && freer > 500);
        assert_true(summary(&b, "expected_unserved", NULL) < summary(&a, "expected_unserved", NULL));
        drop(&a);
        drop(&b);
    }
}

/* A ban lasts a step, so steps with one are independent: their number is binomial. */
static void test_against(void **state)
{
    (void)state;
    enum { PATHS = 128, STEPS_ALL = 156 };
    double p = -expm1(-2 * DY), both = p * 0.25;
    scores s = {0};
    for (int seed = 1; seed <= 5; seed++) {
        run_result r[2];
        for (int k = 0; k < 2; k++)
            r[k] = run_text(
                text("%s%s",
                     world("tension: 0 /year, coercion: 0 /year, relax: 1 /year, ease: 1 /year",
                           BAN ", other: {share: 3, severity: 50 %, duration: 1 week}",
                           k ? "levers: {diplomacy: {talks: {countries: [CHN], against: JPN, onset: 0.4}}}\n"
                             : "",
                           PATHS, seed),
                     "events: [{from: 0, object: hazard/restriction/control, field: rate, op: multiply, "
                     "value: "
                     "10}]\n"),
                NULL, k ? "diplomacy-with" : "diplomacy-without");
        const double *ja = series(&r[0], "openness", "arc", ARC), *jb = series(&r[1], "openness", "arc", ARC);
        const double *ka = series(&r[0], "openness", "arc", "unit/metal/CHN/KOR");
        const double *kb = series(&r[1], "openness", "arc", "unit/metal/CHN/KOR");
        double bans = 0, n = (double)STEPS_ALL * PATHS, want = both * 0.4;
        for (int64_t i = 0; i < STEPS_ALL * PATHS; i++) {
            assert_true(ka[i] == kb[i] && jb[i] >= ja[i]);
            assert_true(jb[i] != 0 || ja[i] == 0); /* what is left would have happened anyway */
            bans += jb[i] == 0;
        }
        compare(&s, "bans", bans, n * want, sqrt(n * want * (1 - want)));
        drop(&r[0]);
        drop(&r[1]);
    }
    assert_scores(&s, "bans that diplomacy leaves");
}

/* ---- the same as ... ---- */

static void assert_same(const char *a, const char *b, int same)
{
    run_result x = run_text(a, NULL, "diplomacy-a"), y = run_text(b, NULL, "diplomacy-b");
    if ((strcmp(x.state, y.state) == 0) != same) fail_msg("%s", same ? "differ" : "are the same");
    drop(&x);
    drop(&y);
}

static const char *with(const char *rest) { return world(CHAIN, LICENCE ", " BAN, rest, 64, 3); }

static void test_equivalents(void **state)
{
    (void)state;
    assert_same(with("levers: {diplomacy: {talks: {countries: [CHN], effect: 30 %, start: 20}}}\n"),
                with("levers: {diplomacy: {talks: {countries: [CHN], up: 0.7, onset: 0.7, down: "
                     "1.4285714285714286, start: 20}}}\n"),
                1);
    assert_same(
        with("levers: {diplomacy: {talks: {countries: [CHN], up: 0.1, onset: 0.3, start: 20, end: "
             "90}}}\n"),
        with("events:\n"
             "  - {from: 20, to: 90, object: hazard/regime/CHN, field: rate, op: multiply, value: 0.1}\n"
             "  - {from: 20, to: 90, object: hazard/restriction/control, field: rate, op: multiply, "
             "value: 0.3}\n"),
        1);
    /* two policies multiply, and events with them; by name of the restriction or of its exporter */
    assert_same(with("levers: {diplomacy: {a: {restrictions: [control], onset: 0.5}, b: {countries: [CHN], "
                     "onset: 0.5}}}\n"),
                with("levers: {diplomacy: {a: {countries: [CHN], onset: 0.5}}}\nevents: [{from: 0, object: "
                     "hazard/restriction/control, field: rate, op: multiply, value: 0.5}]\n"),
                1);
    assert_same(with("levers: {diplomacy: {talks: {countries: [CHN], effect: 0 %}}}\n"), with(""), 1);
    assert_same(with("levers: {diplomacy: {talks: {countries: [CHN], effect: 1 %}}}\n"), with(""), 0);
    assert_same(with("levers: {diplomacy: {talks: {countries: [CHN], effect: 50 %, start: 156}}}\n"),
                with(""), 1);
}

/* A drawn time in coercion of seven steps passes twice as fast: four steps, then one in tension. */
static void test_spell(void **state)
{
    (void)state;
    static const struct {
        int length;
        double down;
        int stays;
    } rows[] = {{7, 1, 7}, {7, 2, 4}, {8, 2, 4}, {8, 3, 3}, {3, 10, 1}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r = run_text(
            duo(text("hazards: {regimes: {CHN: {tension: 1000000 /year, coercion: 1000000 /year, relax: 0 "
                     "/year, coercion_spell: %d weeks, availability: [1, 0.5, 0.25]}}}\n"
                     "levers: {diplomacy: {talks: {countries: [CHN], down: %g}}}\n",
                     rows[k].length, rows[k].down)),
            NULL, "diplomacy-spell");
        for (int t = 0; t < DUO_STEPS; t++)
            assert_step(&r, "regime", "country", "CHN", t, t % (rows[k].stays + 1) == rows[k].stays ? 1 : 2);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_law), cmocka_unit_test(test_never_worse),
                                       cmocka_unit_test(test_against), cmocka_unit_test(test_equivalents),
                                       cmocka_unit_test(test_spell)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
