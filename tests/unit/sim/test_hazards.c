/* Small cases of hazards with exact answers that no larger test shows: regimes that stop a trade only in
 * peace, shocks in continuous time whose rate a script multiplies [3.1, 3.5]. */
#include "../../analytic/duo.h"

/* The availability of each regime counts for itself, also where two of them are 1. */
static void test_availability_of_one_regime(void **state)
{
    (void)state;
    static const char *const start[] = {"normal", "tension", "coercion"};
    for (int zero = 0; zero < 3; zero++)
        for (int now = 0; now < 3; now++) {
            run_result r = run_text(duo(text("hazards: {regimes: {CHN: {tension: 0 /year, coercion: 0 /year, "
                                             "relax: 0 /year, ease: 0 /year, "
                                             "start: %s, availability: [%d, %d, %d]}}}\n",
                                             start[now], zero != 0, zero != 1, zero != 2)),
                                    NULL, "hazards-regime");
            assert_steps(&r, "inbound_availability", "hub", HUB, 0, DUO_STEPS, zero != now);
            assert_step(&r, "shipment", "arc", ARC, 0, zero != now ? 16 : 0); /* CHN has a stock to send */
            drop(&r);
        }
}

/* Three events are expected in step 4 and none in another; the first stops the mine for good.  Its time in
 * the step is that of a Poisson process: the mean availability of the step is (1 - exp(-3))/3. */
static void test_time_of_a_scripted_shock(void **state)
{
    (void)state;
    enum { N = 4096 };
    const char *const sets[] = {"run.paths=4096", "tallies.trace_paths=4096", "run.steps=6", "run.seed=1"};
    const char *yaml = duo(text(
        "market: {production: push}\n"
        "hazards: {shocks: {s: {country: CHN, rate: %.17g /year, process: continuous, severity: 100 %%, "
        "duration: 1000 weeks, hits: [{select: {kinds: [mine]}}]}}}\n"
        "events: [{from: 4, to: 5, object: hazard/shock/s, field: rate, op: multiply, value: 1000000}]\n",
        3e-6 / DY));
    run_result r = run_file(put_file("hazards-shock.yaml", yaml), sets, 4, NULL, "hazards-shock");
    moments m = moments_of(series(&r, "output", "site", "mine") + 4 * N, N, 1);
    compare(NULL, "output of the step, t", m.mean, 32 * -expm1(-3) / 3, m.se);
    drop(&r);
}

/* A country without a regime of its own stays normal: onset and shares of types are those of normal times. */
static void test_exporter_without_regime(void **state)
{
    (void)state;
    static const struct {
        const char *onset, *shares[2];
        double available;
    } rows[] = {{"{normal: 0 /year, tension: 1000000 /year, coercion: 1000000 /year}", {"1", "0"}, 1},
                {"{normal: 1000000 /year, tension: 0 /year, coercion: 0 /year}", {"1", "0"}, 0.75},
                {"1000000 /year",
                 {"{normal: 0, tension: 1, coercion: 1}", "{normal: 1, tension: 0, coercion: 0}"},
                 0.5}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (int coupled = 0; coupled < 2;
             coupled++) { /* the joint pass over restrictions must say the same */
            run_result r = run_text(
                duo(text("hazards: {restrictions: {ban: {exporter: CHN, minerals: all, onset: %s, %s types: {"
                         "mild: {share: %s, severity: 25 %%, duration: 1000 weeks%s}, "
                         "hard: {share: %s, severity: 50 %%, duration: 1000 weeks}}}}}\n",
                         rows[k].onset, coupled ? "contagion: {importers: 1}," : "", rows[k].shares[0],
                         coupled ? ", target: JPN" : "", rows[k].shares[1])),
                NULL, "hazards-no-regime");
            assert_steps(&r, "inbound_availability", "hub", HUB, 0, DUO_STEPS, rows[k].available);
            drop(&r);
        }
}

/* A script may set every regime, normal as well; the chain goes on beneath it. */
static void test_scripted_regimes(void **state)
{
    (void)state;
    run_result r = run_text(
        duo("hazards: {regimes: {CHN: {tension: 0 /year, coercion: 0 /year, relax: 0 /year, ease: 0 /year, "
            "start: coercion, availability: [1, 0.5, 0.25]}}}\n"
            "events: [{from: 4, to: 8, object: country/CHN, field: regime, value: 0}, "
            "{from: 10, to: 12, object: country/CHN, field: regime, value: 1}]\n"),
        NULL, "hazards-script");
    /* of the way and of the mine [B3] */
    for (int t = 0; t < DUO_STEPS; t++)
        assert_step(&r, "inbound_availability", "hub", HUB, t,
                    t >= 4 && t < 8     ? 1
                    : t >= 10 && t < 12 ? 0.25
                                        : 0.0625);
    drop(&r);
}

/* Jumps of 0.1 that come far more often than four times a step: four are counted [4.1]. */
static void test_jumps_of_a_step(void **state)
{
    (void)state;
    const char *yaml =
        network_of(", price: {initial: 1000 USD/t, half_life: never, volatility: 0 %/sqrt(year), "
                   "jumps: {rate: 1000000 /year, mean: 0.1, sd: 0}}",
                   DUO_MINE, DUO_TRADE, DUO_DEMAND, "");
    run_result r = run_text(yaml, NULL, "hazards-jumps");
    const double *x = series(&r, "log_price", "mineral", "unit");
    for (int t = 0; t < 5; t++)
        for (int p = 0; p < DUO_PATHS; p++) assert_true(fabs(x[t * DUO_PATHS + p] - 0.4 * (t + 1)) < 1e-12);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_availability_of_one_regime), cmocka_unit_test(test_time_of_a_scripted_shock),
        cmocka_unit_test(test_exporter_without_regime), cmocka_unit_test(test_scripted_regimes),
        cmocka_unit_test(test_jumps_of_a_step)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
