/* Dependence of drivers: t copula, persistent factors, loadings of shocks and routes [3.7]. */
#include "duo.h"

enum { N = 131072 };

static double error_of(double p, double n) { return sqrt(p * (1 - p) / n); }

/* ---- t copula ---- */

/* P(both T > q), correlation r, nu degrees of freedom: dP/dr = (1 + 2 q^2 / (nu (1 + r)))^(-nu/2) / (2 pi
 * sqrt(1 - r^2)) from 0 at r = -1 (Genz 2004), with r = sin a; Simpson's rule.  At r = 1 the one-sided tail.
 */
static double both_exceed(double nu, double q, double r)
{
    enum { CELLS = 20000 };
    double lo = -M_PI / 2, step = (asin(r) - lo) / CELLS, sum = 0;
    for (int i = 0; i <= CELLS; i++) {
        double room = 1 + sin(lo + i * step);
        double f = room > 0 ? pow(1 + 2 * q * q / (nu * room), -nu / 2) : 0;
        sum += f * (i == 0 || i == CELLS ? 1 : i % 2 ? 4 : 2);
    }
    return sum * step / 3 / (2 * M_PI);
}

/* q with P(T > q) = p */
static double quantile(double nu, double p)
{
    double lo = 0, hi = 1000;
    for (int i = 0; i < 60; i++) {
        double q = 0.5 * (lo + hi);
        if (both_exceed(nu, q, 1) > p)
            lo = q;
        else
            hi = q;
    }
    return lo;
}

/* Shares of paths on which CHN, RUS and both leave regime normal in step 0, each with probability p. */
static void run_pair(double p, const char *correlation, int seed, double out[3])
{
    double rate = -log1p(-p) / DY;
    run_result r =
        run_text(text("format: 1\n"
                      "name: regimes\n"
                      "run: {paths: %d, seed: %d, step: 7 days, steps: 1, focus: CHN, per: horizon}\n"
                      "minerals: {unit: {forms: [good], market: {production: push}}}\n"
                      "network:\n"
                      "  hubs:\n"
                      "    - {mineral: unit, form: good, country: CHN, storage: 10 t, opening: 0 t}\n"
                      "    - {mineral: unit, form: good, country: RUS, storage: 10 t, opening: 0 t}\n"
                      "  sites:\n"
                      "    c: {mineral: unit, form: good, country: CHN, kind: mine, output: 10 t/step}\n"
                      "    r: {mineral: unit, form: good, country: RUS, kind: mine, output: 10 t/step}\n"
                      "  demand:\n"
                      "    - {mineral: unit, form: good, country: CHN, rate: 10 t/step}\n"
                      "    - {mineral: unit, form: good, country: RUS, rate: 10 t/step}\n"
                      "hazards:\n"
                      "  regimes:\n"
                      "    CHN: {tension: %.17g /year, coercion: 0 /year, relax: 0 /year, ease: 0 /year, "
                      "availability: [1, 0, "
                      "0]}\n"
                      "    RUS: {tension: %.17g /year, coercion: 0 /year, relax: 0 /year, ease: 0 /year, "
                      "availability: [1, 0, "
                      "0]}\n"
                      "%s"
                      "tallies: {required_stock: false, samples: false, trace_paths: %d}\n",
                      N, seed, rate, rate, correlation, N),
                 NULL, "dependence-pair");
    const double *c = series(&r, "unserved", "consumer", "unit/good/CHN"),
                 *x = series(&r, "unserved", "consumer", "unit/good/RUS");
    out[0] = out[1] = out[2] = 0;
    for (int i = 0; i < N; i++) {
        out[0] += (c[i] > 0) / (double)N;
        out[1] += (x[i] > 0) / (double)N;
        out[2] += (c[i] > 0 && x[i] > 0) / (double)N;
    }
    drop(&r);
}

static void test_t_copula(void **state)
{
    (void)state;
    static const struct {
        double nu, rho, p;
    } rows[] = {{3, 0.3, 0.02}, {4, 0.7, 0.1}, {10, 0.3, 0.02}};
    scores s = {0};
    for (int k = 0; k < 3; k++) {
        double out[3], gauss[3], p = rows[k].p,
                                 want = both_exceed(rows[k].nu, quantile(rows[k].nu, p), rows[k].rho),
                                 normal = both_exceed(4000, quantile(4000, p), rows[k].rho);
        const char *loadings =
            text("correlation: {factors: [g], loadings: {regime/*: {g: %.17g}}%%s}\n", sqrt(rows[k].rho));
        char correlation[256];
        snprintf(correlation, sizeof correlation, loadings, text(", t: {g: %g}", rows[k].nu));
        print_message("nu = %g, correlation %g\n", rows[k].nu, rows[k].rho);
        run_pair(p, correlation, 430 + k, out);
        compare(NULL, "P(CHN leaves)", out[0], p, error_of(p, N));
        compare(NULL, "P(RUS leaves)", out[1], p, error_of(p, N));
        compare(&s, "P(both leave), t", out[2], want, error_of(want, N));
        snprintf(correlation, sizeof correlation, loadings, "");
        run_pair(p, correlation, 430 + k, gauss);
        compare(&s, "P(both leave), Gaussian", gauss[2], normal, error_of(normal, N) + 1e-4 * normal);
        assert_true(want > normal && out[2] > gauss[2]); /* the tails depend on each other more */
    }
    assert_scores(&s, "t copula");
}

/* The t copula of a factor that is not the largest of a driver does not reach it: bit for bit Gaussian. */
static void test_largest(void **state)
{
    (void)state;
    double a[3], b[3], c[3];
    run_pair(0.05, "correlation: {factors: [g, f], loadings: {regime/*: {g: 0.4, f: 0.6}}}\n", 440, a);
    run_pair(0.05, "correlation: {factors: [g, f], loadings: {regime/*: {g: 0.4, f: 0.6}}, t: {g: 3}}\n", 440,
             b);
    run_pair(0.05, "correlation: {factors: [g, f], loadings: {regime/*: {g: 0.4, f: 0.6}}, t: {f: 3}}\n", 440,
             c);
    assert_memory_equal(a, b, sizeof a);
    assert_true(memcmp(a, c, sizeof a) != 0);
}

/* ---- persistence ---- */

/* Steps of a price on a factor: correlation l^2 rho^k at lag k, variance 1, also in the first step. */
static void test_persistence(void **state)
{
    (void)state;
    enum { PATHS = 32768, STEPS = 6 };
    static const struct {
        const char *persistence;
        double rho;
    } rows[] = {{"", 0}, {", persistence: {g: 0.8}", 0.8}, {", persistence: {g: -0.5}", -0.5}};
    double scale = 0.4 * sqrt(DY), l2 = 0.81;
    scores s = {0};
    for (int k = 0; k < 3; k++) {
        run_result r = run_text(
            text(
                "format: 1\n"
                "name: persistence\n"
                "run: {paths: %d, seed: %d, step: 7 days, steps: %d, per: horizon}\n"
                "minerals: {unit: {forms: [good], price: {initial: 1 USD/t, half_life: never, volatility: 40 "
                "%%/sqrt(year)}}}\n"
                "network:\n"
                "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step}}\n"
                "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
                "correlation: {factors: [g], loadings: {price/unit: {g: 0.9}}%s}\n"
                "tallies: {required_stock: false, samples: false, trace_paths: %d}\n",
                PATHS, 450 + k, STEPS, rows[k].persistence, PATHS),
            NULL, "dependence-persistence");
        const double *X = series(&r, "log_price", "mineral", "unit");
        static double z[STEPS][PATHS];
        for (int t = 0; t < STEPS; t++)
            for (int p = 0; p < PATHS; p++)
                z[t][p] = (X[t * PATHS + p] - (t ? X[(t - 1) * PATHS + p] : 0)) / scale;
        for (int t = 0; t < STEPS; t += 5) {
            moments m = moments_of(z[t], PATHS, 1);
            compare(NULL, text("variance, step %d", t), m.variance, 1, m.variance_se);
        }
        for (int lag = 1; lag < 5; lag += 2) {
            double c = 0, want = l2 * pow(rows[k].rho, lag);
            for (int p = 0; p < PATHS; p++) c += z[1][p] * z[1 + lag][p] / PATHS;
            compare(lag == 1 ? &s : NULL, text("rho %g, correlation at lag %d", rows[k].rho, lag), c, want,
                    sqrt((1 + want * want) / PATHS));
        }
        drop(&r);
    }
    assert_scores(&s, "persistence");
}

/* ---- shocks and routes ---- */

static const double both[3][2] = {{0.02517148960005512, 0.0005175685036595641}, /* GAUSS2: P_both_exceed */
                                  {0.04545784851560397, 0.0020412673624812167},
                                  {0.08397938162564841, 0.007361583491738401}};

/* Two shocks, two straits, or one of each on one factor: what comes together in step 0. */
static void test_drivers(void **state)
{
    (void)state;
    static const double correlations[] = {0, 0.3, 0.7};
    static const char *const hazards[] = {
        "shocks: {a: {country: CHN, rate: %.17g /year, severity: 100 %%, duration: 1 week, hits: [{select: "
        "{sites: "
        "[mine]}}]}, "
        "b: {country: WLD, rate: %.17g /year, severity: 100 %%, duration: 1 week, hits: [{select: {sites: "
        "[home]}}]}}",
        "chokepoints: {a: {rate: %.17g /year, duration: 1 week, capacity_loss: 100 %%}, "
        "b: {rate: %.17g /year, duration: 1 week, capacity_loss: 100 %%}}",
        "shocks: {a: {country: CHN, rate: %.17g /year, severity: 100 %%, duration: 1 week, hits: [{select: "
        "{sites: "
        "[mine]}}]}}, "
        "chokepoints: {b: {rate: %.17g /year, duration: 1 week, capacity_loss: 100 %%}}"};
    static const char *const drivers[][2] = {
        {"common/CHN/a", "common/WLD/b"}, {"route/a", "route/b"}, {"common/*", "route/b"}};
    static const char *const routes[][2] = {
        {"", ""}, {", routes: [a]", ", routes: [b]"}, {"", ", routes: [b]"}};
    const char *const sets[] = {"run.paths=131072", "run.steps=1", "tallies.trace_paths=131072"};
    scores s = {0};
    for (int k = 0; k < 3; k++)
        for (int c = 0; c < 3; c++) {
            double p = normal_cdf(-1), rate = -log1p(-p) / DY, n = 0, m = 0, joint = 0;
            char hazard[1024];
            snprintf(hazard, sizeof hazard, hazards[k], rate, rate);
            const char *yaml = network_of(
                "",
                "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: "
                "100 %}\n"
                "    home: {mineral: unit, form: metal, country: USA, kind: mine, output: 16 t/step, spare: "
                "100 %}\n",
                text("    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: "
                     "2%s}\n"
                     "    - {mineral: unit, form: metal, from: USA, to: KOR, volume: 16 t/step, lag_steps: "
                     "2%s}\n",
                     routes[k][0], routes[k][1]),
                DUO_DEMAND "    - {mineral: unit, form: metal, country: KOR, rate: 16 t/step}\n",
                text("hazards: {%s}\n%s", hazard,
                     c ? text("correlation: {factors: [g], loadings: {%s: {g: %.17g}, %s: {g: %.17g}}}\n",
                              drivers[k][0], sqrt(correlations[c]), drivers[k][1], sqrt(correlations[c]))
                       : ""));
            run_result r =
                run_file(put_file("dependence-drivers.yaml", yaml), sets, 3, NULL, "dependence-drivers");
            const double *x = series(&r, "inbound_availability", "hub", HUB),
                         *y = series(&r, "inbound_availability", "hub", "unit/metal/KOR");
            for (int i = 0; i < N; i++) {
                n += x[i] == 0;
                m += y[i] == 0;
                joint += x[i] == 0 && y[i] == 0;
            }
            compare(NULL, text("%s happens", drivers[k][0]), n / N, p, error_of(p, N));
            compare(NULL, text("%s happens", drivers[k][1]), m / N, p, error_of(p, N));
            compare(&s, text("both, correlation %g", correlations[c]), joint / N, both[c][0],
                    error_of(both[c][0], N));
            drop(&r);
        }
    assert_scores(&s, "shocks and routes on a factor");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_t_copula), cmocka_unit_test(test_largest),
                                       cmocka_unit_test(test_persistence), cmocka_unit_test(test_drivers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
