/* Every hazard has its effect, exactly, and none when it is taken out of the scenario.
 *
 * Rates of 1,000,000 a year make an event certain in every step (its probability rounds to 1). */
#include "duo.h"

static void test_at_rest(void **state)
{
    (void)state;
    run_result r = run_text(duo(""), NULL, "hazards-rest");
    assert_at_rest(&r);
    drop(&r);
}

/* A regime holds back its country's sites and exports: a quarter of the trade, and a quarter of a quarter
 * contracted. */
static void test_regime(void **state)
{
    (void)state;
    const char *chain =
        "CHN: {tension: 0 /year, coercion: 0 /year, relax: 0 /year, ease: 0 /year, start: coercion%s}";
    for (int with = 0; with < 2; with++) {
        char country[256];
        snprintf(country, sizeof country, chain, with ? ", availability: [1, 0.5, 0.25]" : "");
        run_result r = run_text(duo(text("hazards: {regimes: {%s}}\n", country)), NULL, "hazards-regime");
        if (!with)
            assert_at_rest(&r);
        else {
            assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 4);
            assert_steps(&r, "inbound_availability", "hub", HUB, 0, DUO_STEPS, 0.0625);
        }
        drop(&r);
    }
}

/* A certain way into tension: one step later the trade is halved, and coercion is never reached. */
static void test_regime_transition(void **state)
{
    (void)state;
    run_result r = run_text(duo("hazards: {regimes: {CHN: {tension: 1000000 /year, coercion: 0 /year, relax: "
                                "0 /year, ease: 0 /year,"
                                " availability: [1, 0.5, 0]}}}\n"),
                            NULL, "hazards-transition");
    assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 8); /* the chain moves first, in step 0 too */
    drop(&r);
}

/* A restriction of 50 %: the trade is exactly v/2, whether in force before the start or begun in step 0. */
static void test_restriction_half(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "onset: 0 /year, types: {half: {share: 1, severity: 50 %, duration: 1000 weeks}}, in_force: "
        "[{mineral: unit, type: half, age: 3 weeks}]",
        "onset: 0 /year, types: {half: {share: 1, duration: 1000 weeks}}, in_force: [{mineral: unit, type: "
        "half, since: 2025-12-01, severity: 50 %}]",
        "onset: 1000000 /year, types: {half: {share: 1, severity: 50 %, duration: 1000 weeks}}",
        "onset: 0 /year, types: {half: {share: 1, severity: 50 %, duration: 1000 weeks}}"};
    for (int k = 0; k < 4; k++) {
        run_result r = run_text(
            duo(text("hazards: {restrictions: {quota: {exporter: CHN, minerals: [unit], %s}}}\n", ways[k])),
            NULL, "hazards-half");
        if (k == 3)
            assert_at_rest(&r);
        else {
            assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 8);
            assert_steps(&r, "inbound_availability", "hub", HUB, 0, DUO_STEPS, 0.5);
        }
        drop(&r);
    }
}

/* The onset has a rate by regime: nothing in normal, certain in tension, which a script brings in step 6. */
static void test_onset_by_regime(void **state)
{
    (void)state;
    const char *events = "events: [{from: 6, object: country/CHN, field: regime, value: 1}]\n";
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(
            duo(text("hazards: {restrictions: {quota: {exporter: CHN, minerals: all, onset: {normal: 0 /year,"
                     " tension: 1000000 /year, coercion: 0 /year}, types: {half: {share: 1, severity: 50 %%,"
                     " duration: 1000 weeks}}}}}\n%s",
                     with ? events : "")),
            NULL, "hazards-onset");
        if (!with)
            assert_at_rest(&r);
        else {
            assert_steps(&r, "shipment", "arc", ARC, 0, 6, 16);
            assert_steps(&r, "shipment", "arc", ARC, 6, DUO_STEPS, 8);
        }
        drop(&r);
    }
}

/* A restriction against JPN only leaves the trade with USA as it is, to the last bit. */
static void test_target(void **state)
{
    (void)state;
    static const char *const targets[] = {"", ", target: JPN", ", target: USA"};
    for (int k = 0; k < 3; k++) {
        const char *rest = text("hazards: {restrictions: {ban: {exporter: CHN, minerals: all, onset: 0 "
                                "/year, types: {b: {share: 1,"
                                " severity: 50 %%, duration: 1000 weeks%s}}, in_force: [{mineral: unit, "
                                "type: b, age: 0 days}]}}}\n",
                                targets[k]);
        run_result r = run_text(
            network_of(
                "",
                "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 24 t/step, spare: "
                "100 %}\n",
                DUO_TRADE
                "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 8 t/step, lag_steps: 2}\n",
                DUO_DEMAND "    - {mineral: unit, form: metal, country: USA, rate: 8 t/step}\n", rest),
            NULL, "hazards-target");
        assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, k == 2 ? 16 : 8);
        assert_steps(&r, "shipment", "arc", "unit/metal/CHN/USA", 0, DUO_STEPS, k == 1 ? 8 : 4);
        if (k == 1) assert_steps(&r, "on_hand", "hub", "unit/metal/USA", 0, DUO_STEPS, 48);
        drop(&r);
    }
}

/* Severity of a decree of age s: full stop for 3 steps, half for 5, then halving every 4 steps until below 2
 * %. */
static double profile(double s)
{
    if (s < 0) return 0;
    if (s < 3) return 1;
    if (s < 8) return 0.5;
    double x = 0.5 * exp2(-(s - 8) / 4);
    return x < 0.02 ? 0 : x;
}

#define PHASES                                                                                               \
    "types: {licence: {share: 1, freeze: 3 weeks, severity: 50 %, duration: 5 weeks, relaxation_half_life: " \
    "4 weeks}}"

static void assert_profile(const run_result *r, int onset)
{
    for (int t = 0; t < DUO_STEPS; t++) {
        const double *Z = series(r, "inbound_availability", "hub", HUB) + t * DUO_PATHS;
        for (int p = 0; p < DUO_PATHS; p++) /* up to one quantum of 2^-20 t in 16 t */
            if (!(fabs(Z[p] - (1 - profile(t - onset))) <= 0x1p-24 + 1e-15))
                fail_msg("step %d: Z = %.12g, expected %.12g", t, Z[p], 1 - profile(t - onset));
    }
}

static void test_phases(void **state)
{
    (void)state;
    /* an onset in step 4 and never again: the rate is certain in tension, which lasts one step */
    run_result r = run_text(duo("hazards: {restrictions: {ban: {exporter: CHN, minerals: all, onset: "
                                "{normal: 0 /year, tension: 1000000 /year,"
                                " coercion: 0 /year}, " PHASES "}}}\n"
                                "events: [{from: 4, to: 5, object: country/CHN, field: regime, value: 1}]\n"),
                            NULL, "hazards-phases");
    assert_profile(&r, 4);
    assert_steps(&r, "shipment", "arc", ARC, 4, 7, 0);
    assert_steps(&r, "shipment", "arc", ARC, 7, 12, 8);
    drop(&r);
    /* in force for 5 steps at the start; and without the decree */
    for (int with = 0; with < 2; with++) {
        r = run_text(
            duo(text("hazards: {restrictions: {ban: {exporter: CHN, minerals: all, onset: 0 /year, "
                     "%s"
                     "%s"
                     "}}}\n",
                     PHASES, with ? ", in_force: [{mineral: unit, type: licence, since: 2025-12-01}]" : "")),
            NULL, "hazards-phases");
        if (with)
            assert_profile(&r, -5);
        else
            assert_at_rest(&r);
        drop(&r);
    }
}

/* A restriction in force has filled the pipelines and moved the counters since it began; stocks are at their
 * opening all the same.  A decree without a freeze that began within a step never stops the trade altogether.
 */
static void test_spin_up(void **state)
{
    (void)state;
    static const struct {
        const char *run, *age;
        double early[2]; /* what arrives in steps 0 and 1: loaded in steps -2 and -1 */
        double counter;  /* of new suppliers, after step 0 */
    } rows[] = {{"", "10 weeks", {8, 8}, 11},
                {"", "1 week", {16, 8}, 2},
                {"", "10.5 days", {8, 8}, 3},
                {"spin_up: false, ", "10 weeks", {16, 16}, 1}};
    for (int k = 0; k < 4; k++) {
        char *yaml = strdup(duo(text(
            "hazards: {restrictions: {quota: {exporter: CHN, minerals: [unit], onset: 0 /year, types: {half: "
            "{share: 1,"
            " severity: 50 %%, duration: 1000 weeks}}, in_force: [{mineral: unit, type: half, age: %s}]}}}\n",
            rows[k].age)));
        char *run = strstr(yaml, "run: {") + 6;
        run_result r =
            run_text(text("%.*s%s%s", (int)(run - yaml), yaml, rows[k].run, run), NULL, "hazards-spin");
        free(yaml);
        for (int t = 0; t < 2; t++) assert_true(arrived(&r, HUB, HUB, t, 0) == rows[k].early[t]);
        assert_step(&r, "qualification", "hub", HUB, 0, rows[k].counter);
        assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 8);
        drop(&r);
    }
}

/* Shares by regime choose the type: in regime normal always a, in tension always b. */
static void test_type_shares(void **state)
{
    (void)state;
    for (int regime = 0; regime < 2; regime++) {
        run_result r = run_text(
            duo(text(
                "hazards: {restrictions: {ban: {exporter: CHN, minerals: all, onset: 1000000 /year, types: {"
                "a: {share: {normal: 100 %%, tension: 0 %%, coercion: 50 %%}, severity: 25 %%, duration: "
                "1000 weeks}, "
                "b: {share: {normal: 0 %%, tension: 100 %%, coercion: 50 %%}, severity: 75 %%, duration: "
                "1000 weeks}}}}}\n"
                "events: [{from: 0, object: country/CHN, field: regime, value: %d}]\n",
                regime)),
            NULL, "hazards-shares");
        assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, regime ? 4 : 12);
        drop(&r);
    }
}

/* A mine that fails at once and for ever: nothing from step 1 on; with a derating of 40 % it keeps 60 %. */
static void test_outage(void **state)
{
    (void)state;
    static const char *const ways[] = {"", ", units: site", ", derating: 40 %", ", derating: 0 %"};
    for (int k = 0; k < 4; k++) {
        run_result r = run_text(
            duo(text("hazards: {outages: {failure: {mttf: 1 hour, mttr: 100000 weeks, start: up%s}}}\n",
                     ways[k])),
            NULL, "hazards-outage");
        if (k < 2) {
            assert_steps(&r, "output", "site", "mine", 1, DUO_STEPS, 0);
            assert_steps(&r, "inbound_availability", "hub", HUB, 1, DUO_STEPS, 0);
            assert_true(summary(&r, "expected_unserved", NULL) > 0);
        } else if (k == 2) {
            const double *Z = series(&r, "inbound_availability", "hub", HUB);
            for (int i = DUO_PATHS; i < DUO_PATHS * DUO_STEPS; i++) assert_true(fabs(Z[i] - 0.6) < 0x1p-20);
        } else
            assert_at_rest(&r);
        drop(&r);
    }
}

/* Plants fail apart, a site as a whole: with equal mean times up and down, the number of 4 plants that are up
 * is binomial. H0: chi-square of 5 (or 2) cells over 70 x 20 draws (every second step; the plants turn over
 * ten times a step), alpha 1e-4: limits 23.5 with 4 degrees of freedom, 15.1 with 1. */
static void test_plants(void **state)
{
    (void)state;
    for (int apart = 0; apart < 2; apart++) {
        run_result r = run_text(network_of("",
                                           "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, "
                                           "output: 16 t/step, spare: 100 %, plants: 4}\n",
                                           DUO_TRADE, DUO_DEMAND,
                                           text("hazards: {outages: {failure: {mttf: 0.05 weeks, mttr: "
                                                "{exponential: {mean: 0.05 weeks}}, mode: point%s}}}\n",
                                                apart ? "" : ", units: site")),
                                NULL, "hazards-plants");
        const double *Z = series(&r, "inbound_availability", "hub", HUB);
        double count[5] = {0}, n = 0, chi = 0;
        for (int t = 0; t < DUO_STEPS; t += 2)
            for (int p = 0; p < DUO_PATHS; p++, n++) {
                double up = 4 * Z[t * DUO_PATHS + p];
                assert_true(up == floor(up));
                count[(int)up]++;
            }
        for (int k = 0; k < 5; k++) {
            static const double binomial[] = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};
            double want = n * (apart ? binomial[k] : k % 4 == 0 ? 0.5 : 0);
            if (want == 0)
                assert_true(count[k] == 0);
            else
                chi += (count[k] - want) * (count[k] - want) / want;
        }
        print_message("%s: chi-square %.2f\n", apart ? "plants" : "site", chi);
        assert_true(chi < (apart ? 23.5 : 15.1));
        drop(&r);
    }
}

#define STRAIT_TRADE                                                                                         \
    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2, routes: "       \
    "[%s]}\n"

static run_result run_straits(const char *routes, const char *chokepoints)
{
    return run_text(network_of("", DUO_MINE, text(STRAIT_TRADE, routes), DUO_DEMAND,
                               text("hazards: {chokepoints: {%s}}\n", chokepoints)),
                    NULL, "hazards-strait");
}

/* A closed strait lets nothing pass; two half-closed ones only what the narrower lets pass (the least, not
 * the product). */
static void test_closure(void **state)
{
    (void)state;
    run_result r =
        run_straits("strait", "strait: {rate: 1000000 /year, duration: 1000 weeks, capacity_loss: 100 %}");
    assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 0);
    for (int t = 0; t < DUO_STEPS; t++) /* 2 cargoes at sea and 96 t in stock last 8 steps */
        assert_step(&r, "unserved", "consumer", HUB, t, t < 8 ? 0 : 16);
    drop(&r);
    r = run_straits("a, b", "a: {rate: 1000000 /year, duration: 1000 weeks, capacity_loss: 25 %},"
                            " b: {rate: 1000000 /year, duration: 1000 weeks, capacity_loss: 50 %}");
    assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, 8);
    drop(&r);
    r = run_straits("strait", "strait: {rate: 0 /year, duration: 1000 weeks, capacity_loss: 100 %}");
    assert_at_rest(&r);
    drop(&r);
}

/* A detour makes the cargo arrive later by exactly its length; of two detours a ship takes the longer one. */
static void test_detour(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        const char *two = "a: {rate: 1000000 /year, duration: 1000 weeks, detour: 21 days}, b: {rate: "
                          "1000000 /year, duration: 1000 weeks, detour: 7 days}";
        run_result r =
            k == 0   ? run_straits("a", "a: {rate: 0 /year, duration: 1000 weeks, detour: 21 days}")
            : k == 1 ? run_straits("a", "a: {rate: 1000000 /year, duration: 1000 weeks, detour: 21 days}")
                     : run_straits("a, b", two);
        int late = k ? 3 : 0;
        const double *ship = series(&r, "shipment", "arc", ARC);
        for (int p = 0; p < DUO_PATHS; p += 23)
            for (int t = 0; t < DUO_STEPS; t++) {
                double want = t < 2 ? 16 : t < 2 + late ? 0 : ship[(t - 2 - late) * DUO_PATHS + p];
                assert_true(arrived(&r, HUB, HUB, t, p) == want);
            }
        if (!k) assert_at_rest(&r);
        drop(&r);
    }
}

/* A common shock reaches its part with a probability: certain hits, each reaching with 34 %, lasting one
 * step. H0: 70 x 40 independent draws, the share of steps with the loss is 0.34; 4 standard errors. */
static void test_shock_probability(void **state)
{
    (void)state;
    static const char *const ways[] = {", probability: 34 %", "", ", probability: 0 %"};
    for (int k = 0; k < 3; k++) {
        run_result r = run_text(duo(text("hazards: {shocks: {quake: {country: CHN, rate: 1000000 /year, "
                                         "severity: 50 %%, duration: 1 day,"
                                         " hits: [{select: {kinds: [mine]}%s}]}}}\n",
                                         ways[k])),
                                NULL, "hazards-shock");
        const double *Z = series(&r, "inbound_availability", "hub", HUB);
        double hits = 0, n = DUO_PATHS * DUO_STEPS;
        for (int i = 0; i < DUO_PATHS * DUO_STEPS; i++) {
            assert_true(Z[i] == 1 || Z[i] == 0.5);
            hits += Z[i] == 0.5;
        }
        if (k == 0)
            compare(NULL, "share of hits", hits / n, 0.34, sqrt(0.34 * 0.66 / n));
        else
            assert_true(hits == (k == 1 ? n : 0));
        if (k == 2) assert_at_rest(&r);
        drop(&r);
    }
}

/* Two parts of one shock are hit in the same step and equally hard; two shocks are not. */
static void test_common_cause(void **state)
{
    (void)state;
    static const char *const sites =
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 100 %}\n"
        "    home: {mineral: unit, form: metal, country: USA, kind: mine, output: 16 t/step, spare: 100 %}\n";
    static const char *const demand =
        DUO_DEMAND "    - {mineral: unit, form: metal, country: KOR, rate: 16 t/step}\n";
    static const char *const trade =
        DUO_TRADE "    - {mineral: unit, form: metal, from: USA, to: KOR, volume: 16 t/step, lag_steps: 2}\n";
    const char *law = "rate: 20 /year, severity: {uniform: {min: 10 %, max: 90 %}}, duration: {exponential: "
                      "{mean: 2 weeks}}";
    for (int common = 0; common < 2; common++) {
        const char *shocks =
            common
                ? text("a: {country: WLD, %s, hits: [{select: {sites: [mine]}}, {select: {sites: [home]}}]}",
                       law)
                : text("a: {country: WLD, %s, hits: [{select: {sites: [mine]}}]}, b: {country: WLD, %s, "
                       "hits: [{select: {sites: [home]}}]}",
                       law, law);
        run_result r =
            run_text(network_of("", sites, trade, demand, text("hazards: {shocks: {%s}}\n", shocks)), NULL,
                     "hazards-common");
        const double *a = series(&r, "inbound_availability", "hub", HUB),
                     *b = series(&r, "inbound_availability", "hub", "unit/metal/KOR");
        int same = 0, hit = 0;
        for (int i = 0; i < DUO_PATHS * DUO_STEPS; i++) {
            same += a[i] == b[i];
            hit += a[i] < 1;
        }
        assert_true(hit > 300);
        assert_true(common ? same == DUO_PATHS * DUO_STEPS : same < DUO_PATHS * DUO_STEPS - 300);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_at_rest),
                                       cmocka_unit_test(test_regime),
                                       cmocka_unit_test(test_regime_transition),
                                       cmocka_unit_test(test_restriction_half),
                                       cmocka_unit_test(test_onset_by_regime),
                                       cmocka_unit_test(test_target),
                                       cmocka_unit_test(test_phases),
                                       cmocka_unit_test(test_spin_up),
                                       cmocka_unit_test(test_type_shares),
                                       cmocka_unit_test(test_outage),
                                       cmocka_unit_test(test_plants),
                                       cmocka_unit_test(test_closure),
                                       cmocka_unit_test(test_detour),
                                       cmocka_unit_test(test_shock_probability),
                                       cmocka_unit_test(test_common_cause)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
