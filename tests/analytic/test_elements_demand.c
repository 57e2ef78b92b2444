/* Prices and the answer of demand: each has its effect, exactly or statistically tight, and none when it is
 * taken out. */
#include "duo.h"

#define QUANTUM 0x1p-20

static const char *priced(const char *price, const char *response, const char *rest)
{
    const char *mineral =
        text(", price: {initial: 100 USD/t, volatility: 0 %%/sqrt(year), %s}%s", price, response);
    return network_of(mineral, DUO_MINE, DUO_TRADE, DUO_DEMAND, rest);
}

static void assert_close(const run_result *r, const char *name, const char *dim, const char *object, int t,
                         double want, double within)
{
    double x = cell(r, name, dim, object, t);
    if (!(fabs(x - want) <= within))
        fail_msg("%s of %s in step %d: %.17g, expected %.17g", name, object, t, x, want);
}

/* ---- prices ---- */

/* Nothing is loaded from step 2 on.  Scarcity is the gap and the square of what is missing in stores,
 * averaged; a step later the price has its premium of up to four times the base. */
static void test_scarcity(void **state)
{
    (void)state;
    const char *embargo =
        "events: [{from: 2, object: restriction/CHN/unit, field: severity, value: 100 %}]\n";
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(priced(with ? "half_life: 1 year, scarcity: 4, scarcity_lag: 4 weeks, "
                                              "gap_weight: 0.5, cover_weight: 0.8"
                                            : "half_life: 1 year",
                                       "", embargo),
                                NULL, "demand-scarcity");
        double S = 0;
        for (int t = 0; t < DUO_STEPS; t++) {
            assert_close(&r, "log_price", "mineral", "unit", t, with ? log(4) * S : 0, with ? 1e-14 : 0);
            double gap = cell(&r, "unserved", "consumer", HUB, t) / 16,
                   low = 1 - cell(&r, "on_hand", "hub", HUB, t) / 96;
            S += (fmin(1, 0.5 * gap + 0.8 * low * low) - S) / 4;
            if (with) assert_close(&r, "scarcity", "mineral", "unit", t, S, 1e-14);
        }
        assert_true(S > 0.99); /* everything is short in the end: the price nears its multiple */
        if (with) assert_true(curve(&r, "price", NULL, DUO_STEPS - 1) > 3.9);
        drop(&r);
    }
}

/* Price at the start, drift and reversion without noise: X(t) = d + (X(t-1) - d) a with d = drift t. */
static void test_drift(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        double start, drift, a;
    } rows[] = {{"half_life: 10 weeks, drift: 50 %/year, spot: 150 USD/t", 1.5, 0.5, 0},
                {"half_life: never, drift: 0 /year, spot: 150 USD/t", 1.5, 0, 1},
                {"half_life: 10 weeks", 1, 0, 0}};
    for (int k = 0; k < 3; k++) {
        run_result r = run_text(priced(rows[k].keys, "", ""), NULL, "demand-drift");
        double X = log(rows[k].start), a = rows[k].a == 1 ? 1 : exp2(-0.1);
        for (int t = 0; t < DUO_STEPS; t++) {
            double d = rows[k].drift * DY * t;
            X = d + (X - d) * a;
            assert_close(&r, "log_price", "mineral", "unit", t, X, k == 2 ? 0 : 1e-14);
        }
        drop(&r);
    }
}

/* Jumps of exactly 0.05, about 0.38 a step: every change is a multiple, and their number is Poisson.
 * H0: chi-square of the cells 0, 1, 2, 3+ over 70 x 40 independent steps, 3 degrees of freedom, alpha 1e-4:
 * limit 21.1. */
static void test_jumps(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(
            priced(with ? "half_life: never, jumps: {rate: 20 /year, mean: 0.05, sd: 0}" : "half_life: never",
                   "", ""),
            NULL, "demand-jumps");
        const double *X = series(&r, "log_price", "mineral", "unit");
        double count[4] = {0}, n = DUO_PATHS * DUO_STEPS, mean = 20 * DY, chi = 0, p = exp(-mean), left = 1;
        for (int i = 0; i < DUO_PATHS * DUO_STEPS; i++) {
            double jump = (X[i] - (i < DUO_PATHS ? 0 : X[i - DUO_PATHS])) / 0.05;
            assert_true(fabs(jump - floor(jump + 0.5)) < 1e-9 && jump > -0.5);
            count[jump > 2.5 ? 3 : (int)floor(jump + 0.5)]++;
        }
        if (!with) assert_true(count[0] == n && curve(&r, "price", NULL, DUO_STEPS - 1) == 1);
        for (int k = 0; k < 4 && with; k++) {
            double want = n * (k < 3 ? p : left);
            chi += (count[k] - want) * (count[k] - want) / want;
            left -= p;
            p *= mean / (k + 1);
        }
        print_message("jumps: chi-square %.2f\n", chi);
        assert_true(chi < 21.1);
        drop(&r);
    }
}

/* Two prices with loadings of 0.8 on one factor are correlated 0.64, without 0; each alone keeps its law.
 * H0 over n = 1000 x 60 independent pairs: correlation with error (1 - rho^2)/sqrt(n), mean of squares 1 with
 * error sqrt(2/n), 4 standard errors each. */
static void test_loadings(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        const char *price = "price: {initial: 1 USD/t, half_life: never, volatility: 30 %/sqrt(year)}";
        run_result r = run_text(
            text("format: 1\n"
                 "name: loadings\n"
                 "run: {paths: 1000, seed: 11, steps: 60, per: horizon}\n"
                 "minerals: {a: {forms: [good], %s}, b: {forms: [good], %s}}\n"
                 "network:\n"
                 "  sites:\n"
                 "    mine-a: {mineral: a, form: good, country: JPN, kind: mine, output: 10 t/step}\n"
                 "    mine-b: {mineral: b, form: good, country: JPN, kind: mine, output: 10 t/step}\n"
                 "  demand: [{mineral: a, form: good, country: JPN, rate: 10 t/step}, {mineral: b, form: "
                 "good, country: JPN, rate: 10 t/step}]\n"
                 "%s"
                 "tallies: {required_stock: false, samples: false, trace_paths: 1000}\n",
                 price, price,
                 with ? "correlation: {factors: [cycle, other], loadings: {price/*: {cycle: 0.8}}}\n" : ""),
            NULL, "demand-loadings");
        const double *a = series(&r, "log_price", "mineral", "a"),
                     *b = series(&r, "log_price", "mineral", "b");
        double s = 0.3 * sqrt(DY), n = 60000, aa = 0, bb = 0, ab = 0, rho = with ? 0.64 : 0;
        for (int i = 0; i < 60000; i++) {
            double x = (a[i] - (i < 1000 ? 0 : a[i - 1000])) / s,
                   y = (b[i] - (i < 1000 ? 0 : b[i - 1000])) / s;
            aa += x * x;
            bb += y * y;
            ab += x * y;
        }
        compare(NULL, "variance of a", aa / n, 1, sqrt(2 / n));
        compare(NULL, "variance of b", bb / n, 1, sqrt(2 / n));
        compare(NULL, "correlation", ab / sqrt(aa * bb), rho, (1 - rho * rho) / sqrt(n));
        drop(&r);
    }
}

/* ---- demand ---- */

/* At twice the base price demand is 16 x 2^-elasticity; the range of prices it answers to may end below that.
 */
static void test_elasticity(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        double demand;
    } rows[] = {{"", 16},
                {", demand_response: {elasticity: 0.5}", 11.313708498984761},
                {", demand_response: {elasticity: 1}", 8},
                {", demand_response: {elasticity: 1, price_range: [0.5, 1.25]}", 12.8}};
    for (int k = 0; k < 4; k++) {
        run_result r = run_text(priced("half_life: never, spot: 200 USD/t", rows[k].keys, ""), NULL,
                                "demand-elasticity");
        for (int t = 0; t < DUO_STEPS; t++)
            assert_close(&r, "demand", "consumer", HUB, t, rows[k].demand, k ? QUANTUM : 0);
        double demand = cell(&r, "demand", "consumer", HUB, 0),
               unserved = *samples(&r, "unserved", NULL, NULL);
        assert_true(*samples(&r, "demand", NULL, NULL) == DUO_STEPS * demand);
        assert_true(*samples(&r, "gross_demand", NULL, NULL) == DUO_STEPS * 16);
        assert_true(*samples(&r, "gross_unserved", NULL, NULL) == DUO_STEPS * (16 - demand) + unserved);
        assert_true(*samples(&r, "gross_short_steps", NULL, NULL) == (k ? DUO_STEPS : 0));
        drop(&r);
    }
}

/* Substitution grows towards its limit while the smoothed price is above the threshold, and comes back three
 * times slower, down to a part that stays. */
static void test_substitution(void **state)
{
    (void)state;
    const char *keys = ", demand_response: {substitution: {limit: 40 %, lag: 5 weeks, threshold: 1.25, "
                       "irreversible: 60 %, smoothing: 4 weeks}}";
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(priced("half_life: 3 weeks, spot: 300 USD/t", with ? keys : "", ""), NULL,
                                "demand-substitution");
        double X = log(3), average = 1, sub = 0, most = 0;
        int grew = 0, shrank = 0;
        for (int t = 0; t < DUO_STEPS; t++) {
            X *= exp2(-1.0 / 3);
            average += (exp(X) - average) / 4;
            if (average > 1.25)
                sub += (0.4 - sub) / 5, grew++;
            else
                sub -= (sub - 0.6 * most) / 15, shrank++;
            most = fmax(most, sub);
            assert_close(&r, "demand", "consumer", HUB, t, with ? 16 * (1 - sub) : 16,
                         with ? QUANTUM + 1e-12 : 0);
        }
        assert_true(grew > 3 && shrank > 10 && most > 0.2);
        drop(&r);
    }
}

/* Growth of 5 % a year; capacities follow it, so nothing is short. */
static void test_growth(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        const char *demand =
            text("    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step, growth: %s}\n",
                 with ? "5 %/year" : "0 %/year");
        const char *mine = "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 "
                           "t/step, spare: 100 %}\n";
        const char *sets[] = {"run.steps=520", "run.paths=1", "tallies.trace_paths=1"};
        run_result r = run_file(put_file("demand-growth.yaml", network_of("", mine, DUO_TRADE, demand, "")),
                                sets, 3, NULL, "demand-growth");
        for (int t = 0; t < 520; t++)
            assert_close(&r, "demand", "consumer", HUB, t, with ? 16 * pow(1.05, DY * t) : 16,
                         with ? QUANTUM + 1e-12 : 0);
        assert_true(summary(&r, "expected_unserved", NULL) == 0);
        double last = cell(&r, "shipment", "arc", ARC, 519);
        assert_true(with ? last > 25 && last < 27 : last == 16);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_scarcity),   cmocka_unit_test(test_drift),
                                       cmocka_unit_test(test_jumps),      cmocka_unit_test(test_loadings),
                                       cmocka_unit_test(test_elasticity), cmocka_unit_test(test_substitution),
                                       cmocka_unit_test(test_growth)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
