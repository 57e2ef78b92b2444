/* Single processes against closed forms: availability of sites (families AVAIL, RENEW) and prices (OU, OU_FP,
 * JD).
 *
 * Every comparison: H0 "the engine's expectation is the reference", 4 standard errors two-sided, fixed seeds.
 */
#include "case.h"

/* ---- availability ---- */

#define CONFIG(name) KURA_SOURCE_DIR "/configs/analytic/" name ".yaml"
#define TWO_STATES CONFIG("two-states")
#define OUTAGE CONFIG("outage")

/* A mine of 10 t a step that fails, demand of 10, no store: unserved = 10 (1 - availability) in every step.
 */
static run_result run_outage(const char *file, uint64_t paths, int seed, int steps, int with_samples,
                             const char *outage, const char *name)
{
    const char *sets[] = {text("run.paths=%llu", (unsigned long long)paths), text("run.seed=%d", seed),
                          text("run.steps=%d", steps),
                          text("tallies.samples=%s", with_samples ? "true" : "false"),
                          text("hazards.outages.plant={%s}", outage)};
    return run_file(file, sets, 5, NULL, name);
}

/* Two-state chain, sampled at the start of the step, up at time 0: A(t) = A + (1-A) exp(-(lambda+mu) t).
 * Scores of different t share paths; only the first of each run enters the sum of squares, and the stationary
 * run its own. */
static void test_two_states(void **state)
{
    (void)state;
    static const struct {
        double mttf, mttr, stationary, at[3]; /* AVAIL: A_inf, A_t at t = 1, 5, 52 */
    } rows[] = {{950, 50, 0.9500000000000001, {0.9989583714042727, 0.9950043813126129, 0.9667313827636038}},
                {8, 0.5, 0.9411764705882353, {0.948201939309807, 0.9411779000488976, 0.9411764705882353}},
                {3, 1, 0.75, {0.8158992845289317, 0.750318158450335, 0.75}}};
    static const int times[] = {1, 5, 52};
    scores s = {0};
    for (int i = 0; i < 3; i++)
        for (int stationary = 0; stationary < 2; stationary++) {
            const char *outage =
                text("mttf: %.17g weeks, mttr: {exponential: {mean: %.17g weeks}}, mode: point, start: %s",
                     rows[i].mttf, rows[i].mttr, stationary ? "stationary" : "up");
            run_result r =
                run_outage(TWO_STATES, 262144, 200 + 2 * i + stationary, 53, 0, outage, "closed-two-states");
            print_message("MTTF %g, MTTR %g, %s\n", rows[i].mttf, rows[i].mttr,
                          stationary ? "stationary" : "up");
            if (!stationary) assert_true(curve(&r, "expected_unserved_step", NULL, 0) == 0);
            for (int k = 0; k < 3; k++) {
                double value = 1 - curve(&r, "expected_unserved_step", NULL, times[k]) / 10;
                double want = stationary ? rows[i].stationary : rows[i].at[k];
                compare(k ? NULL : &s, stationary ? "A_inf" : "A_t", value, want,
                        sqrt(want * (1 - want) / 262144));
            }
            drop(&r);
        }
    assert_scores(&s, "AVAIL, A");
}

/* Averaged over the steps, stationary: mean and variance of the time average over T steps. */
static void test_time_average(void **state)
{
    (void)state;
    static const struct {
        double mttf, mttr, mean;
        int steps;
        double variance, failures; /* AVAIL: A_inf, var_time_avg, expected_failures */
    } rows[] = {{950, 50, 0.9500000000000001, 52, 0.034035353729557655, 0.052000000000000005},
                {950, 50, 0.9500000000000001, 520, 0.007885207187010726, 0.52},
                {8, 0.5, 0.9411764705882353, 52, 0.0009929827377857493, 6.117647058823529},
                {8, 0.5, 0.9411764705882353, 520, 0.00010011442397401526, 61.17647058823529},
                {3, 1, 0.75, 52, 0.005330644415680473, 13},
                {3, 1, 0.75, 520, 0.0005400852903106509, 130}};
    scores mean = {0}, variance = {0}, failures = {0};
    for (int i = 0; i < 6; i++) {
        const char *outage =
            text("mttf: %.17g weeks, mttr: {exponential: {mean: %.17g weeks}}", rows[i].mttf, rows[i].mttr);
        run_result r = run_outage(TWO_STATES, rows[i].steps == 52 ? 65536 : 16384, 220 + i, rows[i].steps, 1,
                                  outage, "closed-average");
        int64_t n;
        const double *unserved = samples(&r, "unserved", NULL, &n);
        moments m = moments_of(unserved, n, 1);
        double scale = 10.0 * rows[i].steps;
        print_message("MTTF %g, MTTR %g, T = %d\n", rows[i].mttf, rows[i].mttr, rows[i].steps);
        compare(&mean, "mean of the time average", 1 - m.mean / scale, rows[i].mean, m.se / scale);
        compare(&variance, "var_time_avg", m.variance / (scale * scale), rows[i].variance,
                m.variance_se / (scale * scale));
        int64_t event = label(&r, "events", "event", "outage/plant/unit");
        compare(&failures, "expected_failures", numbers(&r, "events", "expected_events")[event],
                rows[i].failures, numbers(&r, "events", "expected_events_se")[event]);
        drop(&r);
    }
    assert_scores(&mean, "AVAIL, mean");
    assert_scores(&variance, "AVAIL, variance");
    assert_scores(&failures, "AVAIL, failures");
}

#define WEIBULL_SCALE 104.0
#define WEIBULL_SHAPE 1.5
#define RENEWAL                                                                                              \
    "mttf: 93.8855104668971 weeks, shape: 1.5, mttr: {lognormal: {median: 6 weeks, sigma: 0.8}}" /* RENEW:   \
                                                                                                    mean_up  \
                                                                                                  */
#define RENEWAL_AVAILABILITY 0.9191100738612006

/* Alternating renewal with Weibull up times and lognormal down times, from a fresh start. */
static void test_renewal_fresh(void **state)
{
    (void)state;
    scores s = {0};
    run_result r =
        run_outage(OUTAGE, 262144, 231, 157, 0, RENEWAL ", mode: point, start: up", "closed-fresh");
    static const double want[] = {0.9343760569340359,
                                  0.9190424544899285}; /* point_availability_fresh_start, t = 52, 156 */
    for (int k = 0; k < 2; k++)
        compare(&s, k ? "A(156)" : "A(52)", 1 - curve(&r, "expected_unserved_step", NULL, k ? 156 : 52) / 10,
                want[k], sqrt(want[k] * (1 - want[k]) / 262144));
    drop(&r);
}

/* P(residual up time > t) of the equilibrium law: the tail integral of the survival function over its mean.
 */
static double residual_tail(double t)
{
    double end = 12 * WEIBULL_SCALE, h = (end - t) / 20000, sum = 0;
    for (int i = 0; i <= 20000; i++)
        sum += exp(-pow((t + i * h) / WEIBULL_SCALE, WEIBULL_SHAPE)) * (i == 0 || i == 20000 ? 1
                                                                        : i % 2              ? 4
                                                                                             : 2);
    return sum * h / 3 / 93.8855104668971;
}

/* From the equilibrium law: availability at once and for ever; up until t, without any failure, with
 * probability A P(residual > t), which the curve of paths without shortage shows.  Average over the step, so
 * a shortage of step t means down at some time in [t, t+1). */
static void test_renewal_stationary(void **state)
{
    (void)state;
    double mean = 0; /* RENEW: mean_residual_up_equilibrium, the integral of the tail; checks residual_tail */
    for (int t = 0; t <= 1200; t++) mean += residual_tail(t) * (t == 0 || t == 1200 ? 1 : t % 2 ? 4 : 2) / 3;
    assert_true(fabs(mean - 68.58329433442204) < 1e-4);
    run_result r = run_outage(OUTAGE, 262144, 232, 157, 0, RENEWAL, "closed-stationary");
    static const int times[] = {0, 1, 10, 52, 156};
    for (int k = 0; k < 5; k++) {
        double se = curve(&r, "expected_unserved_step_se", NULL, times[k]) / 10;
        compare(NULL, "availability", 1 - curve(&r, "expected_unserved_step", NULL, times[k]) / 10,
                RENEWAL_AVAILABILITY, se);
        double free = RENEWAL_AVAILABILITY * residual_tail(times[k] + 1);
        compare(NULL, "no failure yet", curve(&r, "shortage_free_probability", NULL, times[k]), free,
                sqrt(free * (1 - free) / 262144));
    }
    drop(&r);
}

/* From the equilibrium law with equal mean times a site is down with probability 1/2, and stays down for all
 * of the first T steps with probability P(residual down time > T) / 2 = E(D - T)+ / (2 E D), in closed form
 * for a lognormal D. */
static void test_residual_down(void **state)
{
    (void)state;
    static const int lengths[] = {1, 4, 12, 30};
    double mean = 6 * exp(0.32), median = 6,
           sigma = 0.8; /* RENEW: mean_down, mean_residual_down_equilibrium */
    assert_true(fabs(mean - 8.26276658601574) < 1e-13);
    assert_true(fabs(36 * exp(2 * sigma * sigma) / (2 * mean) - 7.835089420269356) < 1e-12);
    scores s = {0};
    for (int k = 0; k < 4; k++) {
        int T = lengths[k];
        run_result r =
            run_outage(OUTAGE, 65536, 233 + k, T, 1,
                       "mttf: 8.26276658601574 weeks, mttr: {lognormal: {median: 6 weeks, sigma: 0.8}}",
                       "closed-residual");
        int64_t n, down = 0;
        const double *unserved = samples(&r, "unserved", NULL, &n);
        for (int64_t p = 0; p < n; p++) down += unserved[p] >= 10.0 * T;
        double d = log(median / T) / sigma,
               want = 0.5 * (mean * normal_cdf(d + sigma) - T * normal_cdf(d)) / mean;
        compare(&s, text("down for %d steps", T), (double)down / (double)n, want,
                sqrt(want * (1 - want) / (double)n));
        drop(&r);
    }
    assert_scores(&s, "RENEW, residual down time");
}

/* ---- prices ---- */

#define OU_KAPPA 0.6
#define OU                                                                                                   \
    "initial: 60 USD/t, spot: 90 USD/t, half_life: 1.1552453009332422 years, volatility: 35 %%/sqrt(year)" /* ln 2 / kappa */
#define JUMPS ", jumps: {rate: 1.2 /year, mean: 0.1, sd: 0.25}"

static const char *price_scenario(uint64_t paths, int seed, int steps, const char *tallies, const char *price)
{
    return text("format: 1\n"
                "name: price\n"
                "run: {paths: %llu, seed: %d, step: 7 days, steps: %d, per: horizon}\n"
                "minerals: {unit: {forms: [good], market: {production: push}, price: {%s}}}\n"
                "network:\n"
                "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step}}\n"
                "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
                "tallies: {required_stock: false, %s}\n",
                (unsigned long long)paths, seed, steps, price, tallies);
}

/* Mean and variance of the price over its base in the last step, and their errors, from its moments E
 * exp(uX), u = 1..4. */
static void compare_price(scores *mean, scores *variance, const run_result *r, int T, const double moment[5])
{
    const double *m = moment;
    double n = 131072, v = m[2] - m[1] * m[1],
           fourth = m[4] - 4 * m[3] * m[1] + 6 * m[2] * m[1] * m[1] - 3 * pow(m[1], 4);
    double stated = curve(r, "price_se", NULL, T - 1);
    compare(mean, "mean_price", 60 * curve(r, "price", NULL, T - 1), 60 * m[1], 60 * sqrt(v / n));
    compare(variance, "variance of the price", stated * stated * n, v, sqrt((fourth - v * v) / n));
}

/* X = ln(price/60) starts at ln(90/60) and reverts to 0; references count from ln 1. */
static void test_schwartz(void **state)
{
    (void)state;
    static const struct {
        int steps;
        double mean, variance, mean_price, q95; /* OU: mean_log, var_log, mean_price, q95_price */
        int paths;
    } rows[] = {{52, 4.317325929097075, 0.07120989388857143, 77.70587579264189, 116.30989216785187, 8192},
                {260, 4.11473980677892, 0.10182504445730642, 64.43470136168533, 103.50430472777585, 2048},
                {522, 4.095347136286887, 0.10208270919508244, 63.20532101502243, 101.58381286822953, 1024}};
    scores mean = {0}, variance = {0};
    for (int i = 0; i < 3; i++) {
        int T = rows[i].steps;
        const char *traces = text("samples: false, trace_paths: %d", rows[i].paths);
        run_result r = run_text(price_scenario((uint64_t)rows[i].paths, 240 + i, T, traces, text(OU)), NULL,
                                "closed-schwartz");
        int64_t n = traced(&r);
        const double *x = series(&r, "log_price", "mineral", "unit") + (T - 1) * n;
        moments m = moments_of(x, n, 1);
        print_message("T = %d\n", T);
        compare(&mean, "mean_log", m.mean + log(60), rows[i].mean, sqrt(rows[i].variance / (double)n));
        compare(&variance, "var_log", m.variance, rows[i].variance,
                sqrt(2.0 / (double)(n - 1)) * rows[i].variance);
        double above = 0;
        for (int64_t p = 0; p < n; p++) above += 60 * exp(x[p]) > rows[i].q95;
        compare(NULL, "P(price > q95_price)", above / (double)n, 0.05, sqrt(0.05 * 0.95 / (double)n));
        drop(&r);
        r = run_text(price_scenario(131072, 245 + i, T, "samples: false", text(OU)), NULL,
                     "closed-schwartz-mean");
        double moment[5];
        for (int u = 1; u <= 4; u++)
            moment[u] = exp(u * (rows[i].mean - log(60)) + 0.5 * u * u * rows[i].variance);
        assert_true(fabs(60 * moment[1] - rows[i].mean_price) < 1e-10);
        compare_price(&mean, &variance, &r, T, moment);
        drop(&r);
    }
    assert_scores(&mean, "OU, means");
    assert_scores(&variance, "OU, variances");
}

/* In the long run: 40 years of burn-in forget the start.  A price a year apart. */
static void test_autocovariance(void **state)
{
    (void)state;
    const char *sets[] = {"run.paths=16384",
                          "run.seed=248",
                          "run.steps=53",
                          "run.burn_in=40 years",
                          "tallies.samples=false",
                          "tallies.trace_paths=16384",
                          "minerals.unit.price.jumps=null"};
    run_result r = run_file(CONFIG("price"), sets, 7, NULL, "closed-autocovariance");
    int64_t n = traced(&r);
    const double *x = series(&r, "log_price", "mineral", "unit"), *y = x + 52 * n;
    double want = 0.056139679461020345,
           variance = 0.35 * 0.35 / 1.2; /* OU: autocov_lag52_stationary; sigma^2/(2 kappa) */
    moments before = moments_of(x, n, 1), after = moments_of(y, n, 1);
    double sum = 0;
    for (int64_t p = 0; p < n; p++) sum += (x[p] - before.mean) * (y[p] - after.mean);
    compare(NULL, "stationary variance", before.variance, variance, sqrt(2.0 / (double)n) * variance);
    compare(NULL, "autocov_lag52", sum / (double)(n - 1), want,
            sqrt((variance * variance + want * want) / (double)n));
    drop(&r);
}

/* The highest price of the steps. */
static void test_barrier(void **state)
{
    (void)state;
    static const double levels[] = {120, 180};
    static const double want[2][2] = {{0.14913715561090746, 0.0018181521216732444},
                                      {0.3191699217977739, 0.012659002152766607}};
    for (int k = 0; k < 2; k++) { /* OU_FP: P_max_above_B, T = 52 and 260 */
        int T = k ? 260 : 52;
        run_result r =
            run_text(price_scenario(262144, 250 + k, T, "samples: true", text(OU)), NULL, "closed-barrier");
        int64_t n;
        const double *peak = samples(&r, "peak_price", NULL, &n);
        for (int j = 0; j < 2; j++) {
            double above = 0, p = want[k][j];
            for (int64_t i = 0; i < n; i++) above += 60 * peak[i] > levels[j];
            compare(NULL, text("P(peak > %g), T = %d", levels[j], T), above / (double)n, p,
                    sqrt(p * (1 - p) / (double)n));
        }
        drop(&r);
    }
}

/* Moments of X itself in step T - 1, the only one that is tallied. */
static void trace_jumps(scores *s, int T, double mean, double variance, double third)
{
    const char *sets[] = {"run.paths=65536",       text("run.seed=%d", 260 + (T != 52)),
                          "run.steps=1",           text("run.burn_in=%d days", 7 * (T - 1)),
                          "tallies.samples=false", "tallies.trace_paths=65536"};
    run_result r = run_file(CONFIG("price"), sets, 6, NULL, "closed-jumps");
    int64_t n = traced(&r);
    const double *x = series(&r, "log_price", "mineral", "unit");
    moments m = moments_of(x, n, 1);
    compare(s, "mean_log", m.mean + log(60), mean, sqrt(variance / (double)n));
    compare(NULL, "var_log", m.variance, variance, m.variance_se);
    double sum = 0, squares = 0;
    for (int64_t p = 0; p < n; p++) {
        double d = pow(x[p] - m.mean, 3) -
                   3 * m.variance * (x[p] - m.mean); /* influence of one path on the cumulant */
        sum += d;
        squares += d * d;
    }
    double k3 = sum / (double)n;
    compare(NULL, "third_cumulant_log", k3, third, sqrt((squares / (double)n - k3 * k3) / (double)n));
    drop(&r);
}

/* Jumps arrive after reversion.  X has the cumulants of the references; its exponential moments are
 * E exp(uX) = exp(u a^T x0 + u^2 v/2) prod_k exp(lambda dt (phi(u a^k) - 1)), whose cumulants are checked
 * here too. */
static void test_jumps(void **state)
{
    (void)state;
    static const struct {
        int steps;
        double mean, variance, third, ou_mean,
            ou_variance; /* JD: mean_log, var_log, third_cumulant_log; OU */
    } rows[] = {{52, 4.407856500609641, 0.12236722419942628, 0.0111672038664991, 4.317325929097075,
                 0.07120989388857143},
                {522, 4.296001858263334, 0.1754191318204489, 0.013395076896630415, 4.095347136286887,
                 0.10208270919508244}};
    double a = exp(-OU_KAPPA * DY), hits = 1.2 * DY, mu = 0.1, sd = 0.25;
    scores s = {0};
    for (int i = 0; i < 2; i++) {
        int T = rows[i].steps;
        double mean = rows[i].ou_mean, variance = rows[i].ou_variance, third = 0, moment[5] = {0};
        for (int u = 1; u <= 4; u++) moment[u] = u * (mean - log(60)) + 0.5 * u * u * variance;
        for (int k = 0; k < T; k++) {
            double b = pow(a, k);
            mean += hits * mu * b;
            variance += hits * (mu * mu + sd * sd) * b * b;
            third += hits * (mu * mu * mu + 3 * mu * sd * sd) * b * b * b;
            for (int u = 1; u <= 4; u++)
                moment[u] += hits * expm1(mu * u * b + 0.5 * sd * sd * u * u * b * b);
        }
        for (int u = 1; u <= 4; u++) moment[u] = exp(moment[u]);
        assert_true(fabs(mean - rows[i].mean) < 1e-12);
        assert_true(fabs(variance - rows[i].variance) < 1e-13 && fabs(third - rows[i].third) < 1e-13);
        print_message("T = %d\n", T);
        trace_jumps(&s, T, mean, variance, third);
        run_result r = run_text(price_scenario(131072, 265 + i, T, "samples: false", text(OU JUMPS)), NULL,
                                "closed-jumps-mean");
        compare_price(&s, NULL, &r, T, moment);
        drop(&r);
    }
    assert_scores(&s, "JD, means");
}

/* Without volatility the price leaves its base only by a jump. */
static void test_no_jump(void **state)
{
    (void)state;
    run_result r = run_text(
        price_scenario(65536, 270, 52, "samples: true",
                       text("initial: 60 USD/t, half_life: never, volatility: 0 %%/sqrt(year)" JUMPS)),
        NULL, "closed-no-jump");
    int64_t n, still = 0;
    const double *mean = samples(&r, "mean_price", NULL, &n);
    for (int64_t p = 0; p < n; p++) still += fabs(mean[p] - 1) < 1e-12;
    double want = 0.3024336925201165; /* JD: P_no_jump */
    compare(NULL, "P_no_jump", (double)still / (double)n, want, sqrt(want * (1 - want) / (double)n));
    drop(&r);
}

/* The scenarios that ship with kura, as they stand. */
static void test_shipped_scenarios(void **state)
{
    (void)state;
    run_result r = run_file(KURA_SOURCE_DIR "/configs/analytic/outage.yaml", NULL, 0, NULL, "closed-outage");
    double want = 0.9343760569340359; /* RENEW: point_availability_fresh_start, t = 52 */
    compare(NULL, "A(52)", 1 - curve(&r, "expected_unserved_step", NULL, 52) / 10, want,
            sqrt(want * (1 - want) / 262144));
    drop(&r);
    r = run_file(KURA_SOURCE_DIR "/configs/analytic/price.yaml", NULL, 0, NULL, "closed-price");
    compare(NULL, "mean price over its base", curve(&r, "price", NULL, 51), 1.45773254,
            curve(&r, "price_se", NULL, 51));
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_two_states),
                                       cmocka_unit_test(test_time_average),
                                       cmocka_unit_test(test_renewal_fresh),
                                       cmocka_unit_test(test_renewal_stationary),
                                       cmocka_unit_test(test_residual_down),
                                       cmocka_unit_test(test_schwartz),
                                       cmocka_unit_test(test_barrier),
                                       cmocka_unit_test(test_autocovariance),
                                       cmocka_unit_test(test_jumps),
                                       cmocka_unit_test(test_no_jump),
                                       cmocka_unit_test(test_shipped_scenarios)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
