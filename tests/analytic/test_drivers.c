/* Drivers of hazards against exact laws: regimes (family REGIME), latent factors (GAUSS2, VASICEK), and how
 * long restrictions, shocks and closures stay active.
 *
 * Every comparison: H0 "the engine's expectation is the reference", 4 standard errors two-sided, fixed seeds.
 */
#include "case.h"

#define CONFIG(name) KURA_SOURCE_DIR "/configs/analytic/" name ".yaml"

static double error_of(double p, double n) { return sqrt(p * (1 - p) / n); }

/* ---- regimes ---- */

/* Supply of 10, 9 or 4 by regime against a demand of 10, no store: P(shortage) = P(1) + P(2), unserved = P(1)
 * + 6 P(2). */
static void test_regime(void **state)
{
    (void)state;
    static const double p52[] = {0.8137769575585726, 0.16765002411222182,
                                 0.018573018329206437}; /* REGIME: P52_0_j */
    static const double limit[] = {0.6896551724137915, 0.25862068965517326,
                                   0.05172413793103527}; /* stationary_j */
    scores s = {0};
    for (int stationary = 0; stationary < 2; stationary++) {
        const double *want = stationary ? limit : p52;
        run_result r = run_text(
            text("format: 1\n"
                 "name: regime\n"
                 "run: {paths: 262144, seed: %d, step: 7 days, steps: 52, per: horizon}\n"
                 "minerals: {unit: {forms: [good], market: {production: push}}}\n"
                 "network:\n"
                 "  hubs: [{mineral: unit, form: good, country: JPN, storage: 10 t, opening: 0 t}]\n"
                 "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step,\n"
                 "                 capacity_by_regime: [10 t/step, 9 t/step, 4 t/step]}}\n"
                 "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
                 "hazards: {regimes: {JPN: {tension: 0.3 /year, coercion: 0.3 /year, relax: 0.8 /year,\n"
                 "                          ease: 1.5 /year, start: %s}}}\n"
                 "tallies: {threshold: 0 %%, required_stock: false, samples: false}\n",
                 300 + stationary, stationary ? "stationary" : "normal"),
            NULL, "drivers-regime");
        for (int t = stationary ? 0 : 51; t < 52; t += 17) { /* step 51 comes after 52 moves */
            double se = curve(&r, "expected_unserved_step_se", NULL, t);
            compare(t == 51 ? &s : NULL, "P(not normal)", curve(&r, "shortage_probability", NULL, t),
                    1 - want[0], error_of(want[0], 262144));
            compare(NULL, "P(tension) + 6 P(coercion)", curve(&r, "expected_unserved_step", NULL, t),
                    want[1] + 6 * want[2], se);
        }
        drop(&r);
    }
    assert_scores(&s, "REGIME");
}

/* ---- latent factors ---- */

static const double z_levels[] = {1, 2};
static const double correlations[] = {0, 0.3, 0.7};
static const double both[3][2] = {{0.02517148960005512, 0.0005175685036595641}, /* GAUSS2: P_both_exceed */
                                  {0.04545784851560397, 0.0020412673624812167},
                                  {0.08397938162564841, 0.007361583491738401}};

/* Two prices on one factor: their shocks of step 0, by the conditional standard deviation 0.4 sqrt(7/365.25).
 */
static void test_correlated_prices(void **state)
{
    (void)state;
    double s = 0.4 * sqrt(DY);
    scores all = {0};
    for (int k = 0; k < 3; k++) {
        double loading = sqrt(correlations[k]);
        const char *correlation =
            k ? text("correlation: {factors: [cycle], loadings: {price/*: {cycle: %.17g}}}\n", loading) : "";
        run_result r = run_text(
            text("format: 1\n"
                 "name: prices\n"
                 "run: {paths: 262144, seed: %d, step: 7 days, steps: 1, per: horizon}\n"
                 "minerals:\n"
                 "  a: {forms: [good], price: {initial: 1 USD/t, half_life: never, volatility: 40 "
                 "%%/sqrt(year)}}\n"
                 "  b: {forms: [good], price: {initial: 1 USD/t, half_life: never, volatility: 40 "
                 "%%/sqrt(year)}}\n"
                 "network:\n"
                 "  sites:\n"
                 "    mine-a: {mineral: a, form: good, country: JPN, kind: mine, output: 10 t/step}\n"
                 "    mine-b: {mineral: b, form: good, country: JPN, kind: mine, output: 10 t/step}\n"
                 "  demand:\n"
                 "    - {mineral: a, form: good, country: JPN, rate: 10 t/step}\n"
                 "    - {mineral: b, form: good, country: JPN, rate: 10 t/step}\n"
                 "%s"
                 "tallies: {required_stock: false, samples: false, trace_paths: 262144}\n",
                 310 + k, correlation),
            NULL, "drivers-prices");
        int64_t n = traced(&r);
        const double *a = series(&r, "log_price", "mineral", "a"),
                     *b = series(&r, "log_price", "mineral", "b");
        for (int j = 0; j < 2; j++) {
            double limit = z_levels[j] * s, x = 0, y = 0, xy = 0, tail = normal_cdf(-z_levels[j]);
            for (int64_t p = 0; p < n; p++) {
                x += a[p] > limit;
                y += b[p] > limit;
                xy += a[p] > limit && b[p] > limit;
            }
            print_message("correlation %g, level %g\n", correlations[k], z_levels[j]);
            compare(NULL, "P(a exceeds)", x / (double)n, tail, error_of(tail, (double)n));
            compare(NULL, "P(b exceeds)", y / (double)n, tail, error_of(tail, (double)n));
            compare(j ? NULL : &all, "P(both exceed)", xy / (double)n, both[k][j],
                    error_of(both[k][j], (double)n));
        }
        drop(&r);
    }
    assert_scores(&all, "GAUSS2 by prices");
}

/* Two countries on one factor: each leaves regime normal in step 0 iff its latent normal exceeds z; then its
 * supply is 0. */
static void test_correlated_regimes(void **state)
{
    (void)state;
    scores all = {0};
    for (int k = 0; k < 3; k++)
        for (int j = 0; j < 2; j++) {
            double tail = normal_cdf(-z_levels[j]), rate = -log1p(-tail) / DY;
            const char *regime =
                text("{tension: %.17g /year, coercion: 0 /year, relax: 0 /year, ease: 0 /year, "
                     "availability: [1, 0, 0]}",
                     rate);
            const char *sets[] = {
                text("run.seed=%d", 320 + 2 * k + j), text("hazards.regimes.CHN=%s", regime),
                text("hazards.regimes.RUS=%s", regime),
                k ? text("correlation.loadings={regime/*: {tension: %.17g}}", sqrt(correlations[k]))
                  : "correlation=null"};
            run_result r = run_file(CONFIG("two-drivers"), sets, 4, NULL, "drivers-regimes");
            int64_t n = traced(&r);
            const double *c = series(&r, "unserved", "consumer", "unit/good/CHN"),
                         *x = series(&r, "unserved", "consumer", "unit/good/RUS");
            double one = 0, two = 0, joint = 0;
            for (int64_t p = 0; p < n; p++) {
                one += c[p] > 0;
                two += x[p] > 0;
                joint += c[p] > 0 && x[p] > 0;
            }
            print_message("correlation %g, level %g\n", correlations[k], z_levels[j]);
            compare(NULL, "P(CHN leaves)", one / (double)n, tail, error_of(tail, (double)n));
            compare(NULL, "P(RUS leaves)", two / (double)n, tail, error_of(tail, (double)n));
            compare(&all, "P(both leave)", joint / (double)n, both[k][j], error_of(both[k][j], (double)n));
            drop(&r);
        }
    assert_scores(&all, "GAUSS2 by regimes");
}

/* n minerals of one exporter whose onsets load on one factor: the law of the number of restrictions in a
 * step.  An onset in step 0 is a shortage in step 1 (transit of one step, no stock), so with two steps the
 * count is that of short minerals. */
static const char *onset_scenario(int n, double p, double loading, int seed)
{
    char minerals[4096] = "", sites[4096] = "", trade[4096] = "", demand[4096] = "";
    for (int i = 0; i < n; i++) {
        char id[16];
        snprintf(id, sizeof id, "m%02d", i);
        strcat(minerals, text("  %s: {forms: [good]}\n", id));
        strcat(sites,
               text("    s-%s: {mineral: %s, form: good, country: CHN, kind: mine, output: 10 t/step}\n", id,
                    id));
        strcat(trade,
               text("    - {mineral: %s, form: good, from: CHN, to: JPN, volume: 10 t/step, lag_steps: 1}\n",
                    id));
        strcat(demand, text("    - {mineral: %s, form: good, country: JPN, rate: 10 t/step}\n", id));
    }
    return text("format: 1\n"
                "name: onsets\n"
                "run: {paths: 65536, seed: %d, step: 7 days, steps: 2, focus: JPN, per: horizon}\n"
                "market: {production: push, cover: 0 weeks}\n"
                "minerals:\n%snetwork:\n  sites:\n%s  trade:\n%s  demand:\n%s"
                "hazards: {restrictions: {stop: {exporter: CHN, minerals: all, onset: %.17g /year,\n"
                "                                types: {ban: {share: 1, duration: 1 day}}}}}\n"
                "correlation: {factors: [tension], loadings: {onset/CHN/*: {tension: %.17g}}}\n"
                "tallies: {required_stock: false}\n",
                seed, minerals, sites, trade, demand, -log1p(-p) / DY, loading);
}

static void test_joint_onsets(void **state)
{
    (void)state;
    static const int counts[] = {0, 1, 2, 5};
    static const struct {
        int n;
        double p, rho, want[4], variance; /* VASICEK: P_count_eq_k at k = 0, 1, 2, 5; var_count */
    } rows[] = {{10,
                 0.05,
                 0.2,
                 {0.6619660370672218, 0.22780901548963323, 0.0744987249354253, 0.0024653548526721593},
                 0.7220904744243057},
                {10,
                 0.05,
                 0.5,
                 {0.7533786381147471, 0.13179976537028634, 0.05294523624417295, 0.008809920360379222},
                 1.3470484890455994},
                {20,
                 0.02,
                 0.4,
                 {0.7923594699533107, 0.12155521507723015, 0.04220420241612962, 0.005680895135523179},
                 1.1569455042090615}};
    static double count[65536];
    scores s = {0};
    for (int i = 0; i < 3; i++) {
        const char *sets[] = {
            text("run.seed=%d", 330 + i),
            text("correlation.loadings={onset/CHN/*: {tension: %.17g}}", sqrt(rows[i].rho))};
        run_result r = rows[i].n == 10
                           ? run_file(CONFIG("onsets"), sets, 2, NULL, "drivers-onsets")
                           : run_text(onset_scenario(rows[i].n, rows[i].p, sqrt(rows[i].rho), 330 + i), NULL,
                                      "drivers-onsets");
        memset(count, 0, sizeof count);
        int64_t n = 0;
        for (int m = 0; m < rows[i].n; m++) {
            const double *x = samples(&r, "short_steps", text("m%02d", m), &n);
            for (int64_t p = 0; p < n; p++) count[p] += x[p];
        }
        print_message("n = %d, p = %g, rho = %g\n", rows[i].n, rows[i].p, rows[i].rho);
        moments m = moments_of(count, n, 1);
        compare(NULL, "mean count", m.mean, rows[i].n * rows[i].p, sqrt(rows[i].variance / (double)n));
        compare(&s, "var_count", m.variance, rows[i].variance, m.variance_se);
        for (int k = 0; k < 4; k++) {
            double here = 0;
            for (int64_t p = 0; p < n; p++) here += count[p] == counts[k];
            compare(NULL, text("P(count = %d)", counts[k]), here / (double)n, rows[i].want[k],
                    error_of(rows[i].want[k], (double)n));
        }
        drop(&r);
    }
    assert_scores(&s, "VASICEK");
}

/* ---- how long hazards stay active ---- */

/* Onsets with probability p a step, durations lognormal with median 6 steps and sigma 0.8 (the laws of family
 * MGINF).  Hits join, the longest wins: active in step t iff some hit at age s outlives it, P = 1 - prod over
 * s of (1 - p P(D > s)). */
static double active(double p, int t)
{
    double none = 1;
    for (int s = 0; s <= t; s++) none *= 1 - p * (s ? normal_cdf(log(6.0 / s) / 0.8) : 1);
    return 1 - none;
}

static void test_activity(void **state)
{
    (void)state;
    static const char *const names[] = {"restriction", "shock", "chokepoint"};
    static const int times[] = {0, 3, 10, 58};
    const char *law = "{lognormal: {median: 6 weeks, sigma: 0.8}}";
    double rate = 0.05 / DY, p = -expm1(-0.05);
    scores s = {0};
    for (int k = 0; k < 3; k++) {
        const char *hazard =
            k == 0 ? text("restrictions: {stop: {exporter: CHN, minerals: all, onset: %.17g /year, types: "
                          "{ban: {share: 1, duration: %s}}}}",
                          rate, law)
            : k == 1
                ? text("shocks: {quake: {country: CHN, rate: %.17g /year, severity: 100 %%, duration: %s,"
                       " hits: [{select: {sites: [mine]}, probability: 60 %%}]}}",
                       rate, law)
                : text("chokepoints: {strait: {rate: %.17g /year, duration: %s, capacity_loss: 100 %%}}",
                       rate, law);
        run_result r = run_text(
            text("format: 1\n"
                 "name: activity\n"
                 "run: {paths: 65536, seed: %d, step: 7 days, steps: 60, focus: JPN, per: horizon}\n"
                 "market: {production: push, cover: 0 weeks, producer_buffer: 1 week, storage: 1 week}\n"
                 "minerals: {unit: {forms: [good]}}\n"
                 "network:\n"
                 "  hubs: [{mineral: unit, form: good, country: CHN, storage: 10 t, opening: 0 t}]\n"
                 "  sites: {mine: {mineral: unit, form: good, country: CHN, kind: mine, output: 10 t/step}}\n"
                 "  trade: [{mineral: unit, form: good, from: CHN, to: JPN, volume: 10 t/step, lag_steps: "
                 "1%s}]\n"
                 "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
                 "hazards: {%s}\n"
                 "tallies: {required_stock: false, samples: false}\n",
                 340 + k, k == 2 ? ", routes: [strait]" : "", hazard),
            NULL, "drivers-activity");
        print_message("%s\n", names[k]);
        assert_true(curve(&r, "shortage_probability", NULL, 0) == 0); /* cargo at sea still arrives */
        for (int j = 0; j < 4; j++) {
            double want = active(k == 1 ? 0.6 * p : p, times[j]);
            compare(j == 3 ? &s : NULL, text("active in step %d", times[j]),
                    curve(&r, "shortage_probability", NULL, times[j] + 1), want, error_of(want, 65536));
        }
        drop(&r);
    }
    assert_scores(&s, "activity in step 58");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_regime),
                                       cmocka_unit_test(test_correlated_prices),
                                       cmocka_unit_test(test_correlated_regimes),
                                       cmocka_unit_test(test_joint_onsets), cmocka_unit_test(test_activity)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
