/* Scripted prices and rates of hazards [3.6]: exact, and nothing else moves. */
#include "duo.h"

#define PRICE ", price: {initial: 100 USD/t, half_life: 4 weeks, volatility: %s %%/sqrt(year)}"
#define EVENT(object, field, more) "  - {from: 4, to: 10, object: " object ", field: " field ", " more "}\n"

static run_result run_price(const char *volatility, const char *events)
{
    return run_text(network_of(text(PRICE, volatility), DUO_MINE, DUO_TRADE, DUO_DEMAND,
                               events ? text("events:\n%s", events) : ""),
                    NULL, "fields-price");
}

/* Without noise: held at the level, or pushed once; then half of it is gone every four weeks. */
static void test_level(void **state)
{
    (void)state;
    double a = exp2(-0.25);
    for (int k = 0; k < 4; k++) {
        run_result r =
            run_price("0", k == 0   ? NULL
                           : k == 1 ? EVENT("price/unit", "level", "value: 3")
                           : k == 2 ? EVENT("price/unit", "level", "op: multiply, value: 3")
                                    : EVENT("price/unit", "level", "op: multiply, value: 3")
                                          EVENT("price/unit", "level", "op: multiply, value: 200 %"));
        double jump = log(k == 3 ? 6 : 3);
        for (int t = 0; t < DUO_STEPS; t++) {
            double want = t < 4 || k == 0 ? 0
                          : k == 1        ? (t < 10 ? jump : jump * pow(a, t - 9))
                                          : jump * pow(a, t - 4);
            assert_true(fabs(cell(&r, "log_price", "mineral", "unit", t) - want) < 1e-14);
        }
        drop(&r);
    }
}

/* With noise: a jump is added to every path's own price, and draws stay as they were. */
static void test_level_noise(void **state)
{
    (void)state;
    run_result r = run_price("30", NULL),
               s = run_price("30", EVENT("price/unit", "level", "op: multiply, value: 3")),
               u = run_price("30", EVENT("price/unit", "level", "value: 3"));
    const double *x = series(&r, "log_price", "mineral", "unit"),
                 *y = series(&s, "log_price", "mineral", "unit"),
                 *z = series(&u, "log_price", "mineral", "unit");
    for (int t = 0; t < DUO_STEPS; t++)
        for (int p = 0; p < DUO_PATHS; p++) {
            int i = t * DUO_PATHS + p;
            double more = t < 4 ? 0 : log(3) * exp2(-(t - 4) / 4.0);
            assert_true(fabs(y[i] - x[i] - more) < 1e-13);
            assert_true(t < 4 || t >= 10 ? x[i] != log(3) : fabs(z[i] - log(3)) < 1e-15);
        }
    drop(&r);
    drop(&s);
    drop(&u);
}

#define TYPES "types: {ban: {duration: 1 day}}"

/* Certain hazards with their rate at 0 in steps 4 to 9: nothing happens there, and nothing else changes.  A
 * multiple of 1 changes nothing at all. */
static void test_rate_zero(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *object;
    } rows[] = {
        {"restrictions: {ban: {exporter: CHN, minerals: all, onset: 1000000 /year, " TYPES "}}",
         "hazard/restriction/ban"},
        {"shocks: {s: {country: CHN, rate: 1000000 /year, severity: 100 %, duration: 1 day, hits: [{select: "
         "{kinds: "
         "[mine]}}]}}",
         "hazard/shock/s"},
        {"regimes: {CHN: {tension: 1000000 /year, coercion: 0 /year, relax: 0 /year, coercion_spell: 1 week, "
         "direct: 0 /year, availability: [1, 0, 0]}}",
         "hazard/regime/CHN"},
        {"chokepoints: {c: {rate: 1000000 /year, duration: 1 day, capacity_loss: 100 %}}",
         "hazard/chokepoint/c"},
        {"chokepoints: {c: {rate: 0 /year, duration: 1 day, capacity_loss: 1 %, degraded: {rate: 1000000 "
         "/year, "
         "duration: 1 day, capacity_loss: 100 %}}}",
         "hazard/chokepoint/c"},
        {"shocks: {s: {country: CHN, rate: 2000 /year, severity: 100 %, duration: 1 week, process: "
         "continuous, hits: "
         "[{select: {kinds: [mine]}}]}}",
         "hazard/shock/s"}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (int zero = 0; zero < 2; zero++) {
            run_result r = run_text(
                network_of(
                    "", DUO_MINE,
                    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2, "
                    "routes: [c]}\n",
                    DUO_DEMAND,
                    text("hazards: {%s}\nevents: [{from: %d, to: %d, object: %s, field: rate, op: multiply, "
                         "value: %d}]\n",
                         rows[k].hazard, k == 2 ? 0 : 4, 10, rows[k].object, zero ? 0 : 1)),
                NULL, "fields-rate");
            for (int t = k == 5 ? 1 : 0; t < DUO_STEPS; t++) {
                int free = zero && t >= (k == 2 ? 0 : k == 5 ? 5 : 4) && t < 10;
                if (k == 5 && (t == 10 || t == 4))
                    continue; /* partly: the last event ends, the next begins */
                assert_step(&r, "inbound_availability", "hub", HUB, t, free);
            }
            drop(&r);
        }
}

/* Rates times three in steps 4 to 9: the law of the first event. */
static void test_rate_law(void **state)
{
    (void)state;
    enum { N = 65536 };
    static const char *const hazards[] = {"regimes: {CHN: {tension: %.17g /year, coercion: 0 /year, relax: 0 "
                                          "/year, ease: 1 /year, availability: [1, 0, "
                                          "0]}}",
                                          "shocks: {s: {country: CHN, rate: %.17g /year, severity: 100 %%, "
                                          "duration: 1000 weeks, hits: [{select: {kinds: "
                                          "[mine]}}]}}",
                                          "shocks: {s: {country: CHN, rate: %.17g /year, severity: 100 %%, "
                                          "duration: 1000 weeks, process: continuous, "
                                          "mode: point, hits: [{select: {kinds: [mine]}}]}}"};
    static const char *const objects[] = {"regime/CHN", "shock/s", "shock/s"};
    scores s = {0};
    for (int k = 0; k < 3; k++)
        for (int with = 0; with < 2; with++) {
            char hazard[512];
            snprintf(hazard, sizeof hazard, hazards[k], 0.03 / DY);
            run_result r = run_text(
                text("format: 1\n"
                     "name: fields\n"
                     "run: {paths: %d, seed: %d, step: 7 days, steps: 20, focus: CHN, per: horizon}\n"
                     "minerals: {unit: {forms: [good], market: {production: push}}}\n"
                     "network:\n"
                     "  hubs: [{mineral: unit, form: good, country: CHN, storage: 8 t, opening: 0 t}]\n"
                     "  sites: {mine: {mineral: unit, form: good, country: CHN, kind: mine, output: 8 "
                     "t/step}}\n"
                     "  demand: [{mineral: unit, form: good, country: CHN, rate: 8 t/step}]\n"
                     "hazards: {%s}\n%s"
                     "tallies: {threshold: 0 %%, required_stock: false, samples: false}\n",
                     N, 421 + k, hazard,
                     with ? text("events: [{from: 4, to: 10, object: hazard/%s, field: rate, op: multiply, "
                                 "value: "
                                 "3}]\n",
                                 objects[k])
                          : ""),
                NULL, "fields-law");
            for (int t = 3; t < 20; t += 4) {
                double weight = 0, last = k == 2 ? t - 1 : t; /* continuous: up to the start of the step */
                for (int i = 0; i <= last; i++) weight += with && i >= 4 && i < 10 ? 3 : 1;
                double want = -expm1(-0.03 * weight);
                compare(t == 15 ? &s : NULL, text("%s, P(happened), step %d", objects[k], t),
                        curve(&r, "shortage_probability", NULL, t), want, sqrt(want * (1 - want) / N));
            }
            drop(&r);
        }
    assert_scores(&s, "scripted rates");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_level), cmocka_unit_test(test_level_noise),
                                       cmocka_unit_test(test_rate_zero), cmocka_unit_test(test_rate_law)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
