/* Routes that degrade [3.4]; common shocks that add up, in continuous time (family MGINF) [3.5]. */
#include "duo.h"

/* ---- routes ---- */

#define STRAIT_TRADE                                                                                         \
    "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2, routes: "       \
    "[%s]}\n"

static run_result run_straits(const char *routes, const char *chokepoints)
{
    return run_text(network_of("", DUO_MINE, text(STRAIT_TRADE, routes), DUO_DEMAND,
                               text("hazards: {chokepoints: {%s}}\n", chokepoints)),
                    NULL, "shocks-strait");
}

#define CLOSED(rate, more) "rate: " rate " /year, duration: 1000 weeks, " more
#define DEGRADED(rate, more) "degraded: {rate: " rate " /year, duration: 1000 weeks, " more "}"

/* Degraded: its own loss; closed wins where both, also when it is the milder one; of two routes the narrower.
 */
static void test_degraded_loss(void **state)
{
    (void)state;
    static const struct {
        const char *routes, *chokepoints;
        double passes;
    } rows[] = {
        {"a", "a: {" CLOSED("0", "capacity_loss: 100 %") "}", 16},
        {"a", "a: {" CLOSED("0", "capacity_loss: 100 %, ") DEGRADED("0", "capacity_loss: 25 %") "}", 16},
        {"a", "a: {" CLOSED("0", "capacity_loss: 100 %, ") DEGRADED("1000000", "capacity_loss: 25 %") "}",
         12},
        {"a",
         "a: {" CLOSED("1000000", "capacity_loss: 50 %, ") DEGRADED("1000000", "capacity_loss: 25 %") "}", 8},
        {"a",
         "a: {" CLOSED("1000000", "capacity_loss: 25 %, ") DEGRADED("1000000", "capacity_loss: 50 %") "}",
         12},
        {"a, b",
         "a: {" CLOSED("0", "capacity_loss: 100 %, ")
             DEGRADED("1000000", "capacity_loss: 25 %") "}, b: {" CLOSED("0", "capacity_loss: 100 %, ")
                 DEGRADED("1000000", "capacity_loss: 75 %") "}",
         4}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r = run_straits(rows[k].routes, rows[k].chokepoints);
        assert_steps(&r, "shipment", "arc", ARC, 0, DUO_STEPS, rows[k].passes);
        if (k < 2) assert_at_rest(&r);
        drop(&r);
    }
}

/* Cargo comes later by the detour of the state, and by the longest of the routes. */
static void test_degraded_detour(void **state)
{
    (void)state;
    static const struct {
        const char *routes, *chokepoints;
        int late;
    } rows[] = {
        {"a", "a: {" CLOSED("0", "detour: 21 days, ") DEGRADED("0", "detour: 14 days") "}", 0},
        {"a", "a: {" CLOSED("0", "detour: 21 days, ") DEGRADED("1000000", "detour: 14 days") "}", 2},
        {"a", "a: {" CLOSED("1000000", "detour: 21 days, ") DEGRADED("1000000", "detour: 28 days") "}", 3},
        {"a, b",
         "a: {" CLOSED("1000000", "detour: 7 days") "}, b: {" CLOSED("0", "detour: 70 days, ")
             DEGRADED("1000000", "detour: 35 days") "}",
         5}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r = run_straits(rows[k].routes, rows[k].chokepoints);
        const double *ship = series(&r, "shipment", "arc", ARC);
        int late = rows[k].late;
        for (int p = 0; p < DUO_PATHS; p += 23)
            for (int t = 0; t < DUO_STEPS; t++) {
                double want = t < 2 ? 16 : t < 2 + late ? 0 : ship[(t - 2 - late) * DUO_PATHS + p];
                assert_true(arrived(&r, HUB, HUB, t, p) == want);
            }
        drop(&r);
    }
}

/* ---- overlaps ---- */

/* A certain event of three steps in every step: they add up to the end of the first, and to 100 % at most. */
static void test_add(void **state)
{
    (void)state;
    static const struct {
        const char *severity, *overlap;
        double Z[3];
    } rows[] = {{"25 %", "", {0.75, 0.75, 0.75}},
                {"25 %", "overlap: longest, ", {0.75, 0.75, 0.75}},
                {"25 %", "overlap: add, ", {0.75, 0.5, 0.25}},
                {"37.5 %", "overlap: add, ", {0.625, 0.25, 0}},
                {"0 %", "overlap: add, ", {1, 1, 1}}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r = run_text(
            duo(text(
                "hazards: {shocks: {s: {country: CHN, rate: 1000000 /year, severity: %s, duration: 3 weeks, "
                "%shits: [{select: {kinds: [mine]}}]}}}\n",
                rows[k].severity, rows[k].overlap)),
            NULL, "shocks-add");
        for (int t = 0; t < DUO_STEPS; t++)
            assert_step(&r, "inbound_availability", "hub", HUB, t, rows[k].Z[t < 2 ? t : 2]);
        drop(&r);
    }
}

enum { N = 65536 };

/* Unserved share of a supply without store, in step t. */
static run_result run_supply(const char *shock, int seed)
{
    return run_text(
        text("format: 1\n"
             "name: shocks\n"
             "run: {paths: %d, seed: %d, step: 7 days, steps: 40, per: horizon}\n"
             "minerals: {unit: {forms: [good], market: {production: push}}}\n"
             "network:\n"
             "  hubs: [{mineral: unit, form: good, country: JPN, storage: 8 t, opening: 0 t}]\n"
             "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 8 t/step}}\n"
             "  demand: [{mineral: unit, form: good, country: JPN, rate: 8 t/step}]\n"
             "hazards: {shocks: {s: {country: JPN, rate: %.17g /year, severity: 12.5 %%, %s, hits: [{select: "
             "{kinds: "
             "[mine]}}]}}}\n"
             "tallies: {threshold: 0 %%, required_stock: false, samples: false}\n",
             N, seed, 0.3 / DY, shock),
        NULL, "shocks-supply");
}

/* Mean loss of duration 2.5 steps and 0.3 events a step.  By step: three whole steps, at most one event a
 * step.  In continuous time: M/D/infinity, so that any event is active with 1 - exp(-0.75). */
static void test_means(void **state)
{
    (void)state;
    double p = -expm1(-0.3);
    const struct {
        const char *shock;
        double mean; /* events that count, in step 30 */
    } rows[] = {{"duration: 17.5 days", 1 - pow(1 - p, 3)},
                {"duration: 17.5 days, overlap: add", 3 * p},
                {"duration: 17.5 days, process: continuous", -expm1(-0.75)},
                {"duration: 17.5 days, process: continuous, overlap: add", 0.75},
                {"duration: 17.5 days, process: continuous, mode: point", -expm1(-0.75)},
                {"duration: 17.5 days, process: continuous, overlap: add, mode: point", 0.75}};
    scores s = {0};
    for (int k = 0; k < 6; k++) {
        run_result r = run_supply(rows[k].shock, 400 + k);
        double value = curve(&r, "expected_unserved_step", NULL, 30),
               se = curve(&r, "expected_unserved_step_se", NULL, 30);
        compare(&s, rows[k].shock, value, rows[k].mean, se);
        if (k >= 2 && k < 4) { /* averages of the first step, half of which has passed: E of the integral */
            double first = k == 2 ? 1 + expm1(-0.3) / 0.3 : 0.15;
            compare(NULL, "  in step 0", curve(&r, "expected_unserved_step", NULL, 0), first,
                    curve(&r, "expected_unserved_step_se", NULL, 0));
        } else if (k >= 4) /* nothing at time 0 */
            assert_true(curve(&r, "expected_unserved_step", NULL, 0) == 0);
        drop(&r);
    }
    assert_scores(&s, "mean losses");
}

/* ---- M/G/infinity ---- */

/* lambda = 0.05 a step, D lognormal with median 6 and sigma 0.8; figures of family MGINF. */
static const double stationary[] = {0.6615707618770682, 0.2733202392761408, 0.05645953350931808,
                                    0.007775199115713831};                  /* P_N_eq_k_stationary */
static const double mean_4 = 0.1782831674269, mean_26 = 0.3942579348656326; /* mean_N_t_empty_start */
static const double covariance_8 = 0.13304625505682383;                     /* cov_N0_N8 */

static void test_mg_infinity(void **state)
{
    (void)state;
    const char *file = KURA_SOURCE_DIR "/configs/analytic/mg-infinity.yaml";
    const char *const traces[] = {"tallies.trace_paths=131072"};
    run_result r = run_file(file, traces, 1, NULL, "shocks-mginf");
    int64_t n = traced(&r);
    const double *x = series(&r, "unserved", "consumer", "unit/good/JPN"), *y = x + 8 * n;
    scores s = {0};
    double mx = 0, my = 0, cov = 0, square = 0;
    for (int k = 0; k < 4; k++) {
        double count = 0, p = stationary[k];
        for (int64_t i = 0; i < n; i++) {
            assert_true(x[i] == floor(x[i]));
            count += x[i] == k;
        }
        compare(k == 2 ? &s : NULL, text("P(N = %d)", k), count / (double)n, p,
                sqrt(p * (1 - p) / (double)n));
    }
    for (int64_t i = 0; i < n; i++) mx += x[i] / (double)n, my += y[i] / (double)n;
    for (int64_t i = 0; i < n; i++) {
        double c = (x[i] - mx) * (y[i] - my);
        cov += c / (double)n;
        square += c * c / (double)n;
    }
    double se = sqrt((square - cov * cov) / (double)n);
    compare(&s, "cov(N0, N8)", cov, covariance_8, se);
    assert_true(se < 0.02 * covariance_8);
    drop(&r);
    const char *const empty[] = {"run.burn_in=0 weeks", "run.steps=27", "run.seed=2"};
    r = run_file(file, empty, 3, NULL, "shocks-mginf");
    double m4 = curve(&r, "expected_unserved_step", NULL, 4),
           se4 = curve(&r, "expected_unserved_step_se", NULL, 4),
           m26 = curve(&r, "expected_unserved_step", NULL, 26),
           se26 = curve(&r, "expected_unserved_step_se", NULL, 26);
    compare(&s, "E N(4), empty start", m4, mean_4, se4);
    compare(&s, "E N(26), empty start", m26, mean_26, se26);
    assert_true(se4 < 0.01 * mean_4 && se26 < 0.01 * mean_26);
    drop(&r);
    assert_scores(&s, "MGINF");
    /* without adding up it is another law */
    const char *const longest[] = {"hazards.shocks.hits.overlap=longest"};
    r = run_file(file, longest, 1, NULL, "shocks-mginf");
    compare(NULL, "P(N > 0), longest wins", curve(&r, "expected_unserved_step", NULL, 0), 1 - stationary[0],
            curve(&r, "expected_unserved_step_se", NULL, 0));
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_degraded_loss),
                                       cmocka_unit_test(test_degraded_detour), cmocka_unit_test(test_add),
                                       cmocka_unit_test(test_means), cmocka_unit_test(test_mg_infinity)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
