/* Coercion that lasts a drawn time (semi-Markov regime, 3.1): exact patterns, and the law of the regime in a
 * step against its renewal recursion.  Taken out, the memoryless chain has another law. */
#include "duo.h"

/* Certain ways up: normal to coercion in step 0, three steps there, one in tension, and so on for ever.  A
 * spell below one step counts as one. */
static void test_pattern(void **state)
{
    (void)state;
    static const struct {
        const char *spell, *start;
        int length, offset;
    } rows[] = {{"coercion_spell: 3 weeks", "normal", 3, 0},
                {"coercion_spell: 15 days", "normal", 3, 0}, /* begun steps count */
                {"coercion_spell: 1 day", "normal", 1, 0},
                {"coercion_spell: 3 weeks", "coercion", 3, 0}, /* begins with step 0 */
                {"coercion_spell: 3 weeks", "tension", 3, 0},
                {"ease: 0 /year", "normal", 1000, 0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r = run_text(
            duo(text("hazards: {regimes: {CHN: {tension: 1000000 /year, coercion: 1000000 /year, relax: 0 "
                     "/year, %s, start: %s, availability: [1, 0.5, 0.25]}}}\n",
                     rows[k].spell, rows[k].start)),
            NULL, "regimes-pattern");
        for (int t = 0; t < DUO_STEPS; t++)
            assert_step(&r, "inbound_availability", "hub", HUB, t,
                        t % (rows[k].length + 1) == rows[k].length ? 0.25 : 0.0625);
        drop(&r);
    }
}

/* Rates per year of the chain and its one-step matrix, coercion absorbing: of an upper triangular block by
 * hand, with the way back from tension to normal: expm by its series. */
enum { STEPS = 52 };
static void one_step(double p[3][3], double tension, double coercion, double relax, double ease)
{
    double g[3][3] = {{-tension, tension, 0}, {relax, -relax - coercion, coercion}, {0, ease, -ease}};
    double term[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    memcpy(p, term, sizeof term);
    for (int n = 1; n < 40; n++) {
        double next[3][3] = {{0}};
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++)
                for (int k = 0; k < 3; k++) next[i][j] += term[i][k] * g[k][j] * DY / n;
        memcpy(term, next, sizeof term);
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 3; j++) p[i][j] += term[i][j];
    }
}

/* P(the spell takes more than j steps), lognormal with median 6 weeks and sigma 0.3. */
static double outlasts(int j) { return j < 1 ? 1 : normal_cdf(log(6.0 / j) / 0.3); }

/* P(tension), P(coercion) in step `last`, started in normal. */
static void law(double out[2], int last, int memoryless, double ease)
{
    double p[3][3], a = 1, b = 0, entered[STEPS + 1] = {0}, c = 0;
    one_step(p, 1.0, 3.0, 2.0, memoryless ? ease : 0);
    for (int t = 0; t <= last; t++) {
        double leave = 0, in = a * p[0][2] + b * p[1][2];
        if (memoryless) {
            double na = a * p[0][0] + b * p[1][0] + c * p[2][0], nb = a * p[0][1] + b * p[1][1] + c * p[2][1];
            c = in + c * p[2][2];
            a = na;
            b = nb;
            continue;
        }
        for (int s = 0; s < t; s++) leave += entered[s] * (outlasts(t - s - 1) - outlasts(t - s));
        double na = a * p[0][0] + b * p[1][0], nb = a * p[0][1] + b * p[1][1] + leave;
        entered[t] = in;
        c += in - leave;
        a = na;
        b = nb;
    }
    out[0] = b;
    out[1] = c;
}

static run_result run_chain(const char *spell, const char *start, int seed)
{
    return run_text(
        text("format: 1\n"
             "name: regime\n"
             "run: {paths: 65536, seed: %d, step: 7 days, steps: %d, per: horizon}\n"
             "minerals: {unit: {forms: [good], market: {production: push}}}\n"
             "network:\n"
             "  hubs: [{mineral: unit, form: good, country: JPN, storage: 10 t, opening: 0 t}]\n"
             "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step,\n"
             "                 capacity_by_regime: [10 t/step, 9 t/step, 4 t/step]}}\n"
             "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
             "hazards: {regimes: {JPN: {tension: 1 /year, coercion: 3 /year, relax: 2 /year, %s, start: "
             "%s}}}\n"
             "tallies: {threshold: 0 %%, required_stock: false, samples: false}\n",
             seed, STEPS, spell, start),
        NULL, "regimes-law");
}

static void assert_law(const run_result *r, int t, const double want[2], scores *s)
{
    double either = want[0] + want[1];
    compare(s, text("P(not normal), step %d", t), curve(r, "shortage_probability", NULL, t), either,
            sqrt(either * (1 - either) / 65536));
    compare(NULL, "P(tension) + 6 P(coercion)", curve(r, "expected_unserved_step", NULL, t),
            want[0] + 6 * want[1], curve(r, "expected_unserved_step_se", NULL, t));
}

#define SPELL "coercion_spell: {lognormal: {median: 6 weeks, sigma: 0.3}}"

static void test_law(void **state)
{
    (void)state;
    double want[2], memoryless[2], mean = 0;
    for (int j = 0; j < 100000; j++) mean += outlasts(j);
    run_result r = run_chain(SPELL, "normal", 360);
    for (int t = 3; t < STEPS; t += 16) {
        law(want, t, 0, 0);
        assert_law(&r, t, want, NULL);
    }
    drop(&r);
    /* from coercion on: six weeks later most have left, not before; the memoryless chain leaves at once */
    r = run_chain(SPELL, "coercion", 363);
    double stays = outlasts(2), now = curve(&r, "expected_unserved_step", NULL, 2), leaves = exp(-3 / mean);
    compare(NULL, "6 P(coercion) + P(tension), step 2", now, 6 * stays + 1 - stays,
            curve(&r, "expected_unserved_step_se", NULL, 2));
    assert_true(now > 6 * leaves + 1 - leaves + 1);
    drop(&r);
    r = run_chain(text("ease: %.17g /year", 1 / (mean * DY)), "normal", 361);
    law(memoryless, 7, 1, 1 / (mean * DY));
    assert_law(&r, 7, memoryless, NULL);
    drop(&r);
    /* stationary: tension 1 : coercion in the ratio of the flows, in every step */
    double p[3][3];
    one_step(p, 1, 3, 2, 0);
    double up = p[0][1] + p[0][2]; /* out of normal a step; balance of {normal}: a up = b p10 */
    double b = up / p[1][0], c = (p[0][2] + b * p[1][2]) * mean, all = 1 + b + c;
    scores s = {0};
    r = run_chain(SPELL, "stationary", 362);
    for (int t = 0; t < STEPS; t += 17) assert_law(&r, t, (double[]){b / all, c / all}, t == 34 ? &s : NULL);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pattern), cmocka_unit_test(test_law)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
