/* How capacities answer the price [4.4], by scripted prices: usable capacity in every step, sites that close
 * and start again, expansions; and the mean of a capacity under a random price. */
#include "duo.h"

enum { T = 60, PATHS = 3 };
#define QUANTUM 0x1p-20
#define FLOOR(x) (floor((x) / QUANTUM) * QUANTUM)

/* Sites of a country that produces all it can and uses more; what a site makes is its usable capacity. */
static const char *all_out(const char *response, const char *sites, const char *events, int seed, int paths,
                           const char *price)
{
    return text("format: 1\n"
                "name: supply-response\n"
                "run: {paths: %d, seed: %d, step: 7 days, steps: %d, focus: JPN, per: horizon}\n"
                "minerals: {unit: {forms: [metal], lattice_exponent: -20, market: {production: push},\n"
                "  price: {initial: 100 USD/t, half_life: never, %s},\n"
                "  supply_response: {%s}}}\n"
                "network:\n"
                "  hubs: [{mineral: unit, form: metal, country: JPN, storage: 1000 t, opening: 0 t}]\n"
                "  sites:\n%s"
                "  demand: [{mineral: unit, form: metal, country: JPN, rate: 100 t/step}]\n"
                "tallies: {threshold: 0 %%, required_stock: false, trace_paths: %d}\n%s",
                paths, seed, T, price, response, sites, paths == PATHS ? PATHS : 0, events);
}

static const char *mine(const char *id, double output, const char *more)
{
    return text("    %s: {mineral: unit, form: metal, country: JPN, kind: mine, output: %g t/step%s}\n", id,
                output, more);
}

/* The price over its base in every step, as events. */
static const char *prices(const double *level)
{
    char out[1 << 14];
    int n = snprintf(out, sizeof out, "events:\n");
    for (int t = 0; t < T; t++)
        n += snprintf(out + n, sizeof out - (size_t)n,
                      "  - {from: %d, to: %d, object: price/unit, field: level, value: %.17g}\n", t, t + 1,
                      level[t]);
    return text("%s", out);
}

#define STILL "volatility: 0 %/sqrt(year)"

/* The price that step t reads: that of the step before, before the run the base price. */
static double read_by(const double *level, int t) { return t ? level[t - 1] : 1; }

static void test_utilisation(void **state)
{
    (void)state;
    double level[T];
    for (int t = 0; t < T; t++) level[t] = t < 10 ? 1 : t < 20 ? 2 : t < 30 ? 3 : t < 45 ? 0.5 : 1;
    run_result r = run_text(all_out("elasticity: 0.2, utilisation: 15 %", mine("m", 16, ", spare: 25 %"),
                                    prices(level), 1, PATHS, STILL),
                            NULL, "supply-utilisation");
    int above = 0, below = 0;
    for (int t = 0; t < T; t++) {
        double factor = fmin(1.15, pow(read_by(level, t), 0.2));
        above += factor == 1.15, below += factor < 1;
        assert_step(&r, "output", "site", "m", t, FLOOR(20 * factor));
        assert_step(&r, "availability", "site", "m", t, 1);
        assert_true(fabs(curve(&r, "supply_response", NULL, t) - factor) < 1e-6);
    }
    assert_int_equal(above, 10); /* three times the price: at the bound; twice: 1.1487, not there */
    assert_int_equal(below, 15);
    drop(&r);
}

/* 5 % of capacity a year at twice the price, 10 % at most; five steps from the decision to the output. */
static void test_expansion(void **state)
{
    (void)state;
    for (int lag = 1; lag <= 5; lag += 2)
        for (int smoothing = 1; smoothing <= 4; smoothing += 3) {
            double level[T], begun[T], outlook = 1, built = 0;
            for (int t = 0; t < T; t++) level[t] = t < 8 ? 1 : t < 9 ? 2 : t < 20 ? 0.5 : t < 30 ? 4 : 1.5;
            run_result r = run_text(all_out(text("expansion: {lag: %d weeks, gain: 0.05 /year, smoothing: %d "
                                                 "weeks}",
                                                 lag, smoothing),
                                            mine("m", 16, ""), prices(level), 1, PATHS, STILL),
                                    NULL, "supply-expansion");
            for (int t = 0; t < T; t++) {
                outlook += (read_by(level, t) - outlook) / smoothing;
                begun[t] = fmin(0.1, 0.05 * fmax(0, outlook - 1)) * DY;
                if (t >= lag) built += begun[t - lag];
                double got = cell(&r, "output", "site", "m", t);
                if (fabs(got - FLOOR(16 * (1 + built))) > QUANTUM)
                    fail_msg("lag %d, step %d: %.9g, expected %.9g", lag, t, got, FLOOR(16 * (1 + built)));
                if (smoothing == 1 && t <= 8 + lag) assert_step(&r, "output", "site", "m", t, 16);
                /* the price of step 8 is read in step 9 and arrives in step 9 + lag, not sooner */
                if (smoothing == 1 && t == 9 + lag) assert_true(got > 16);
            }
            assert_true(built > 0.02);
            drop(&r);
        }
}

/* ---- closure ---- */

/* Closed or not, told from the whole history of prices up to the step before; -1 once closed counts from the
 * step after it was opened. */
typedef struct {
    int shut, low, high, wait;
} plant;

static double plant_step(plant *p, int below, int after, int recovery, int restart, double left)
{
    if (p->wait > 0) { /* being restarted, whatever the price */
        if (--p->wait == 0) *p = (plant){0, 0, 0, 0};
    } else if (p->shut) {
        p->high = below ? 0 : p->high + 1;
        if (p->high == recovery) {
            p->wait = restart;
            if (!restart) *p = (plant){0, 0, 0, 0};
        }
    } else {
        p->low = below ? p->low + 1 : 0;
        p->shut = p->low == after;
    }
    return p->shut ? left : 1;
}

static void test_closure(void **state)
{
    (void)state;
    double level[T];
    for (int t = 0; t < T; t++) /* three below, then five; at the cost; up, down for a step, up; low again */
        level[t] = t < 5    ? 1
                   : t < 8  ? 0.7
                   : t < 9  ? 0.8
                   : t < 14 ? 0.7
                   : t < 16 ? 0.8
                   : t < 17 ? 0.79
                   : t < 24 ? 0.9
                   : t < 40 ? 0.75
                            : 1.2;
    static const struct {
        int after, recovery, restart;
    } rows[] = {{4, 3, 3}, {1, 1, 0}, {4, 2, 10}, {5, 1, 1}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        run_result r = run_text(
            all_out(text("closure: {after: %d weeks, left: 25 %%, recovery: %d weeks, restart: %d weeks}",
                         rows[k].after, rows[k].recovery, rows[k].restart),
                    text("%s%s%s", mine("dear", 16, ", cash_cost: 80 USD/t"),
                         mine("dearer", 8, ", cash_cost: 100.0000001 USD/t"), mine("unknown", 4, "")),
                    prices(level), 1, PATHS, STILL),
            NULL, "supply-closure");
        plant dear = {0, 0, 0, 0}, dearer = dear;
        int shut = 0;
        for (int t = 0; t < T; t++) {
            double P = 100 * read_by(level, t);
            double a = plant_step(&dear, P < 80, rows[k].after, rows[k].recovery, rows[k].restart, 0.25);
            double b =
                plant_step(&dearer, P < 100.0000001, rows[k].after, rows[k].recovery, rows[k].restart, 0.25);
            shut += a < 1;
            assert_step(&r, "output", "site", "dear", t, 16 * a);
            assert_step(&r, "output", "site", "dearer", t, 8 * b);
            assert_step(&r, "output", "site", "unknown", t, 4);
        }
        assert_true(shut > 0);
        if (k == 0) { /* by hand: low in 9 .. 13 are read in 10 .. 14, the fourth in 13; at the cost or above
                         for three steps in 17 .. 19, read in 20; back three later; low in 24 .. 27 */
            assert_step(&r, "output", "site", "dear", 12, 16);
            assert_step(&r, "output", "site", "dear", 13, 4);
            assert_step(&r, "output", "site", "dear", 22, 4);
            assert_step(&r, "output", "site", "dear", 23, 16);
            assert_step(&r, "output", "site", "dear", 27, 16);
            assert_step(&r, "output", "site", "dear", 28, 4);
        }
        drop(&r);
    }
}

/* Only the selected sites answer; what importers can expect (Z) and so their stockpiles do not see it. */
static void test_who_answers(void **state)
{
    (void)state;
    static const char *const select[] = {"", ", countries: [CHN]", ", kinds: [mine]", ", countries: [JPN]",
                                         ", kinds: [recycle]"};
    for (int i = 0; i < 5; i++) {
        run_result r = run_text(
            network_of(text(", market: {production: push}, price: {initial: 100 USD/t, half_life: never, "
                            "volatility: 0 %%/sqrt(year), spot: 50 USD/t}, supply_response: {elasticity: "
                            "1%s}",
                            select[i]),
                       DUO_MINE "    scrap: {mineral: unit, form: metal, country: JPN, kind: recycle, "
                                "output: 2 t/step}\n",
                       DUO_TRADE, "    - {mineral: unit, form: metal, country: JPN, rate: 18 t/step}\n", ""),
            NULL, "supply-select");
        int mine_answers = i < 3, scrap_answers = i == 0 || i > 2;
        assert_steps(&r, "output", "site", "mine", 0, 20, mine_answers ? 16 : 32);
        assert_steps(&r, "output", "site", "scrap", 0, 20, scrap_answers ? 1 : 2);
        assert_steps(&r, "inbound_availability", "hub", HUB, 0, DUO_STEPS, 1);
        drop(&r);
    }
}

/* Both runs of a path answer their own price, whatever the threads; masses balance on every path, or the run
 * would stop.  The response changes what is short. */
static void test_two_runs(void **state)
{
    (void)state;
    run_result r[3];
    for (int i = 0; i < 3; i++) {
        const char *set[] = {"run.paths=2048", "run.seed=7", "tallies.trace_paths=0",
                             "tallies.required_stock=true", "minerals.unit.supply_response=null"};
        kura_run_options options = {.threads = i == 1 ? 2 : 1};
        r[i] = run_file(
            put_file(
                "supply-runs.yaml",
                network_of(", price: {initial: 100 USD/t, half_life: 1 year, volatility: 60 "
                           "%/sqrt(year), scarcity: 8}, supply_response: {elasticity: 0.2, utilisation: 15 "
                           "%, closure: {after: 4 weeks, recovery: 2 weeks, restart: 3 weeks}, expansion: "
                           "{lag: 9 weeks, gain: 1 /year, at_most: 1 /year, smoothing: 2 weeks}}",
                           "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 "
                           "t/step, spare: 10 %, cash_cost: 85 USD/t}\n",
                           DUO_TRADE, DUO_DEMAND,
                           "hazards: {restrictions: {ban: {exporter: CHN, minerals: [unit], onset: 3 "
                           "/year, types: {x: {severity: 80 %, duration: {lognormal: {median: 6 weeks, "
                           "sigma: 0.6}}}}}}}\n"
                           "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, "
                           "opening: 30 days}}\n")),
            set, i == 2 ? 5 : 4, &options, "supply-runs");
    }
    assert_string_equal(r[0].state, r[1].state);
    assert_string_not_equal(r[0].state, r[2].state);
    assert_true(summary(&r[0], "expected_unserved", NULL) != summary(&r[2], "expected_unserved", NULL));
    for (int i = 0; i < 3; i++) drop(&r[i]);
}

/* E[min(1 + u, exp(e X))], X normal: what is used less what is made is unserved. */
static void test_mean(void **state)
{
    (void)state;
    enum { N = 16384, AT = 40 };
    double e = 0.5, most = 1.15, sd = 0.3 * sqrt(AT * DY), b = log(most) / e;
    double mean = exp(e * e * sd * sd / 2) * normal_cdf(b / sd - e * sd) + most * (1 - normal_cdf(b / sd));
    scores s = {0};
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(all_out("elasticity: 0.5, utilisation: 15 %", mine("m", 16, ""), "", seed, N,
                                        "volatility: 30 %/sqrt(year)"),
                                NULL, "supply-mean");
        compare(&s, "E[unserved]", curve(&r, "expected_unserved_step", NULL, AT), 100 - 16 * mean,
                curve(&r, "expected_unserved_step_se", NULL, AT));
        drop(&r);
    }
    assert_scores(&s, "mean capacity");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_utilisation), cmocka_unit_test(test_expansion),
                                       cmocka_unit_test(test_closure),     cmocka_unit_test(test_who_answers),
                                       cmocka_unit_test(test_two_runs),    cmocka_unit_test(test_mean)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
