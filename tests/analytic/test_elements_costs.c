/* Costs and losses [7]: every number of every path from the series of the path, by the formulas of the rules;
 * exact answers by hand; the law of a project that is late or cancelled; totals, missing prices, pools. */
#include "duo.h"

#define RHO 0.04
#define TOLERANCE 1e-12

static double discount(double t) { return pow(1 + RHO, -(t + 0.5) * DY); }
static double discount_end(void) { return pow(1 + RHO, -DUO_STEPS * DY); }

static void assert_near(const char *what, double value, double want)
{
    if (!(fabs(value - want) <= TOLERANCE * fmax(1e-3, fabs(want))))
        fail_msg("%s: %.17g, expected %.17g", what, value, want);
}

static void assert_sample(const run_result *r, const char *name, int64_t path, double want)
{
    assert_near(text("%s of path %d", name, (int)path), samples(r, name, NULL, NULL)[path], want);
}

/* ---- every path, from its series ---- */

#define RANDOM                                                                                               \
    "hazards:\n"                                                                                             \
    "  restrictions:\n"                                                                                      \
    "    stop: {exporter: CHN, minerals: all, onset: 3 /year,\n"                                             \
    "           types: {ban: {duration: {uniform: {min: 2 weeks, max: 12 weeks}},\n"                         \
    "                         severity: {uniform: {min: 40 %, max: 100 %}}}}}\n"                             \
    "stockpiles:\n"                                                                                          \
    "  store: {owner: national, country: JPN, mineral: unit, form: metal, opening: 60 t, delay: 1 week,\n"   \
    "          shelf_life: 10 years, rotation: 0.2 /year, refill: {at_most: 9 t/step, price_below: 20},\n"   \
    "          cost: {storage: 40 USD/t/year, rotation: 25 USD/t}}\n"                                        \
    "costs:\n"                                                                                               \
    "  haircut: 15 %\n"                                                                                      \
    "  keeping: {storage: 77 USD/t/year, share: 2 %/year, spread: 3 %}\n"                                    \
    "  depths: [8 %, 25 %]\n"                                                                                \
    "  multiples: [2, 11, 47]\n"                                                                             \
    "  loss: [{mineral: unit, values: [900 USD/t, 4_000 USD/t, 90_000 USD/t]},\n"                            \
    "         {mineral: unit, sector: wafers, depths: [5 %, 50 %], multiples: [1, 2, 3]},\n"                 \
    "         {sector: magnets, multiples: [100, 200, 300]}]\n"                                              \
    "  form_prices: [{mineral: unit, form: metal, multiple: 1.5}]\n"

#define PRICE                                                                                                \
    ", price: {initial: 2_000 USD/t, half_life: 1 year, volatility: 60 %/sqrt(year), scarcity: 5, "          \
    "scarcity_lag: 2 weeks}"

enum { CHN_LAG = 2, AUS_LAG = 3 };
static const double price0 = 2000, form_multiple = 1.5;

static double value_of(const run_result *r, const char *name, const char *dim, const char *object, int64_t t,
                       int64_t p)
{
    return t < 0 ? 0 : series(r, name, dim, object)[t * traced(r) + p];
}

/* What the stockpile bought in a step: what left the exporters and was not shipped to users, and what left
 * the hub at home and was not used. */
static double bought_abroad(const run_result *r, const char *hub, const char *site, const char *arc,
                            double opening, int64_t t, int64_t p)
{
    double before = t ? value_of(r, "on_hand", "hub", hub, t - 1, p) : opening;
    return before + value_of(r, "output", "site", site, t, p) - value_of(r, "shipment", "arc", arc, t, p) -
           value_of(r, "on_hand", "hub", hub, t, p);
}

/* What comes of a mass loaded in AUS: an eighth is lost on the way, in whole quanta of 2^-20 t. */
static double coming_from_AUS(double loaded) { return loaded - floor(0.125 * (loaded * 0x1p20)) * 0x1p-20; }

static double bought_at_home(const run_result *r, int64_t t, int64_t p)
{
    double before = t ? value_of(r, "on_hand", "hub", HUB, t - 1, p) : 96, served = 0;
    double here = t < CHN_LAG ? 14.25 : value_of(r, "shipment", "arc", ARC, t - CHN_LAG, p);
    static const char *const users[] = {HUB "/wafers", HUB "/magnets"};
    for (int k = 0; k < 2; k++)
        served += value_of(r, "demand", "consumer", users[k], t, p) -
                  value_of(r, "unserved", "consumer", users[k], t, p);
    here += t < AUS_LAG
                ? 1.75
                : coming_from_AUS(value_of(r, "shipment", "arc", "unit/metal/AUS/JPN", t - AUS_LAG, p));
    return before + here + value_of(r, "release", "tier", "store", t, p) - served -
           value_of(r, "on_hand", "hub", HUB, t, p);
}

static double loss_of(double u, double D, double d1, double d2, const double v[3])
{
    return v[0] * fmin(u, d1 * D) + v[1] * fmax(0, fmin(u, d2 * D) - d1 * D) + v[2] * fmax(0, u - d2 * D);
}

typedef struct {
    double purchase, holding, release, salvage, loss, bill, premium, operation, bought, lost;
} account;

static account account_of(const run_result *r, int64_t p)
{
    static const double magnets[] = {900, 4000, 90000}, wafers[] = {2000, 4000, 6000};
    account a = {.purchase = 60 * price0 * form_multiple};
    double coming[AUS_LAG + 1] = {0}, stock = 60, under_way = 0, P = 1;
    for (int64_t t = 0; t < DUO_STEPS; t++) {
        double from_CHN = bought_abroad(r, "unit/metal/CHN", "mine", ARC, 32, t, p);
        double from_AUS = bought_abroad(r, "unit/metal/AUS", "pit", "unit/metal/AUS/JPN", 8, t, p);
        double home = bought_at_home(r, t, p), released = value_of(r, "release", "tier", "store", t, p);
        double arrives = coming[0], df = discount((double)t);
        memmove(coming, coming + 1, AUS_LAG * sizeof *coming);
        coming[AUS_LAG] = 0;
        coming[CHN_LAG - 1] += from_CHN;
        coming[AUS_LAG - 1] += coming_from_AUS(from_AUS);
        under_way += from_CHN + coming_from_AUS(from_AUS) - arrives;
        stock += arrives + home - released;
        assert_true(stock ==
                    value_of(r, "stockpile", "tier", "store", t, p)); /* so the purchases are these */
        assert_true(from_CHN >= 0 && from_AUS >= 0 && home >= 0);
        P = exp(value_of(r, "log_price", "mineral", "unit", t, p));
        double worth = price0 * form_multiple * P;
        a.bought += from_CHN + from_AUS + home;
        a.lost += from_AUS - coming_from_AUS(from_AUS);
        a.purchase += df * worth * (from_CHN + from_AUS + home);
        a.release += df * worth * released;
        a.holding += df * stock * DY * (40 + 0.02 * worth);
        a.holding += df * stock * (1 - exp(-0.2 * DY)) * (25 + 0.03 * worth);
        a.loss += df * loss_of(value_of(r, "unserved", "consumer", HUB "/wafers", t, p),
                               value_of(r, "demand", "consumer", HUB "/wafers", t, p), 0.05, 0.5, wafers);
        a.loss += df * loss_of(value_of(r, "unserved", "consumer", HUB "/magnets", t, p),
                               value_of(r, "demand", "consumer", HUB "/magnets", t, p), 0.08, 0.25, magnets);
        double AUS = value_of(r, "shipment", "arc", "unit/metal/AUS/JPN", t, p);
        a.bill +=
            df * price0 * form_multiple * fmax(0, P - 1) * (value_of(r, "shipment", "arc", ARC, t, p) + AUS);
        a.premium += df * 300 * AUS;
        a.operation += df * (DY * 4000 + 7 * value_of(r, "output", "site", "pit", t, p));
    }
    a.salvage = discount_end() * (1 - 0.15) * price0 * form_multiple * fmin(P, 1) * (stock + under_way);
    return a;
}

static const char *random_world(void)
{
    return network_of(
        PRICE,
        "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 14.25 t/step, spare: 100 "
        "%}\n"
        "    pit: {mineral: unit, form: metal, country: AUS, kind: mine, output: 2 t/step, capacity: 6 "
        "t/step, "
        "cost: {opex_fixed: 4_000 USD/year, opex_variable: 7 USD/t}}\n",
        "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 14.25 t/step, lag_steps: 2}\n"
        "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 2 t/step, lag_steps: 3, loss: 12.5 "
        "%, "
        "premium: 300 USD/t}\n",
        "    - {mineral: unit, form: metal, country: JPN, sector: wafers, rate: 10 t/step}\n"
        "    - {mineral: unit, form: metal, country: JPN, sector: magnets, rate: 6 t/step, priority: 2}\n"
        "  hubs: [{mineral: unit, form: metal, country: JPN, opening: 96 t, cover: 2 weeks},\n"
        "         {mineral: unit, form: metal, country: CHN, opening: 32 t},\n"
        "         {mineral: unit, form: metal, country: AUS, opening: 8 t}]\n",
        RANDOM);
}

static void test_every_path(void **state)
{
    (void)state;
    run_result r = run_text(random_world(), NULL, "costs-random");
    account sum = {0};
    for (int64_t p = 0; p < DUO_PATHS; p++) {
        account a = account_of(&r, p);
        assert_sample(&r, "cost_purchase", p, a.purchase / 1e6);
        assert_sample(&r, "cost_holding", p, a.holding / 1e6);
        assert_sample(&r, "release_revenue", p, a.release / 1e6);
        assert_sample(&r, "salvage", p, a.salvage / 1e6);
        assert_sample(&r, "cost_premium", p, a.premium / 1e6);
        assert_sample(&r, "cost_operation", p, a.operation / 1e6);
        assert_sample(&r, "cost_capital", p, 0);
        assert_sample(&r, "loss", p, a.loss / 1e6);
        assert_sample(&r, "price_bill", p, a.bill / 1e6);
        assert_sample(&r, "cost", p,
                      (a.purchase + a.holding + a.premium + a.operation - a.release - a.salvage) / 1e6);
        sum.bought += a.bought, sum.lost += a.lost, sum.release += a.release, sum.premium += a.premium,
            sum.loss += a.loss;
    }
    /* every part was there to be seen */
    assert_true(sum.bought > 0 && sum.lost > 0 && sum.release > 0 && sum.premium > 0 && sum.loss > 0);
    drop(&r);
}

/* ---- by hand ---- */

/* A stock that nobody needs, at a constant price: bought, kept, sold at the end; the interest on it is the
 * difference between the two, and is nowhere charged again. */
static void test_idle_stock(void **state)
{
    (void)state;
    static const double rates[] = {0, 0.01, 0.04, 0.07};
    for (int i = 0; i < 4; i++)
        for (int owned = 0; owned < 2; owned++) {
            run_result r = run_text(
                text("%sstockpiles: {idle: {owner: national, country: JPN, mineral: unit, form: metal, "
                     "opening: "
                     "100 t}}\ncosts: {discount_rate: %g %%, opening: %s, keeping: {storage: 30 "
                     "USD/t/year}}\n",
                     network_of(", price: {initial: 5 USD/kg, half_life: never, volatility: 0 %/sqrt(year)}",
                                DUO_MINE, DUO_TRADE, DUO_DEMAND, ""),
                     100 * rates[i], owned ? "owned" : "bought"),
                NULL, "costs-idle");
            double kept = 0, end = pow(1 + rates[i], -DUO_STEPS * DY);
            for (int t = 0; t < DUO_STEPS; t++) kept += pow(1 + rates[i], -(t + 0.5) * DY) * 100 * 30 * DY;
            double cost = (owned ? 0 : 100 * 5000) + kept - 0.8 * 5000 * 100 * end;
            assert_near("cost", summary(&r, "cost", NULL), cost / 1e6);
            assert_true(summary(&r, "cost_se", NULL) == 0);
            assert_true(summary(&r, "loss", NULL) == 0 && summary(&r, "price_bill", NULL) == 0);
            drop(&r);
        }
}

/* No supply for ten steps and no stock: depth 1.  A price that is set to three times the base and, without
 * reversion, stays there. */
static void test_scripted_stop(void **state)
{
    (void)state;
    run_result r = run_text(
        network_of(", price: {initial: 1_000 USD/t, half_life: never, volatility: 0 %/sqrt(year)}", DUO_MINE,
                   DUO_TRADE,
                   DUO_DEMAND "  hubs: [{mineral: unit, form: metal, country: JPN, cover: 0 days}]\n",
                   "costs: {multiples: [1, 10, 100], depths: [10 %, 30 %]}\n"
                   "events:\n"
                   "  - {from: 5, to: 15, object: arc/unit/metal/CHN/JPN, field: availability, value: 0 %}\n"
                   "  - {from: 20, to: 24, object: price/unit, field: level, value: 3}\n"),
        NULL, "costs-stop");
    double loss = 0, bill = 0;
    for (int t = 7; t < 17; t++) loss += discount(t) * 16 * 1000 * (0.1 * 1 + 0.2 * 10 + 0.7 * 100);
    for (int t = 20; t < DUO_STEPS; t++) bill += discount(t) * 2 * 1000 * cell(&r, "shipment", "arc", ARC, t);
    assert_steps(&r, "unserved", "consumer", HUB, 0, 7, 0);
    assert_steps(&r, "unserved", "consumer", HUB, 7, 17, 16);
    assert_steps(&r, "unserved", "consumer", HUB, 17, DUO_STEPS, 0);
    assert_near("loss", summary(&r, "loss", NULL), loss / 1e6);
    assert_near("price bill", summary(&r, "price_bill", NULL), bill / 1e6);
    assert_true(summary(&r, "cost", NULL) == 0);
    assert_near("total", *numbers(&r, "summary", "total_loss"), loss / 1e6);
    drop(&r);
}

/* ---- projects ---- */

static const char *with_project(const char *project, uint64_t seed, int paths)
{
    const char *yaml = network_of(
        "",
        DUO_MINE
        "    pit: {mineral: unit, form: metal, country: AUS, kind: mine, output: 0 t/step, capacity: "
        "4 t/step, standby: true}\n",
        DUO_TRADE "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 0 t/step, lag_steps: 3}\n",
        DUO_DEMAND, text("costs: {}\n"));
    return text("base: %s\npatch: {run.paths: %d, run.seed: %d, tallies.trace_paths: 4, network.projects: "
                "{pit: %s}}\n",
                put_file("costs-project-base.yaml", yaml), paths, (int)seed, project);
}

/* Share of the payments made by time t, evenly from a to b. */
static double paid(double t, double a, double b) { return t <= a ? 0 : t >= b ? 1 : (t - a) / (b - a); }

/* Planned for step 20 and paid over the ten weeks before; late by `delay` weeks. */
static double capital(double capex, double delay)
{
    double x = 0;
    for (int t = 0; t < DUO_STEPS; t++)
        x += discount(t) * capex * (paid(t + 1, 10, 20 + delay) - paid(t, 10, 20 + delay));
    return x;
}

static double operation(double delay)
{
    double x = 0;
    for (int t = 0; t < DUO_STEPS; t++) x += t >= 20 + delay ? discount(t) * 2e6 * DY : 0;
    return x;
}

#define PROJECT_COST                                                                                         \
    "cost: {capex: 40 MUSD, construction: 10 weeks, opex_fixed: 2 MUSD/year, sunk: 30 %%, life: 2 years}"

/* On time, late, too late for the run, cancelled: each path is one of two known amounts. */
static void test_project_by_hand(void **state)
{
    (void)state;
    static const double delays[] = {0, 7, 12.5, 33};
    for (int i = 0; i < 4; i++) {
        run_result r =
            run_text(with_project(text("{start: 20, delay: %g weeks, cancellation: 40 %%, " PROJECT_COST "}",
                                       delays[i]),
                                  3, 200),
                     NULL, "costs-project");
        double built = capital(40e6, delays[i]) / 1e6, lost = capital(0.3 * 40e6, 0) / 1e6;
        double start = 20 + delays[i], used = fmax(0, DUO_STEPS - start) * 7 / (2 * 365.25);
        double left = discount_end() * 40 * paid(DUO_STEPS, 10, start) * (1 - used);
        int64_t n, cancelled = 0;
        const double *x = samples(&r, "cost_capital", NULL, &n);
        for (int64_t p = 0; p < n; p++) {
            int gone = fabs(x[p] - lost) < fabs(x[p] - built);
            cancelled += gone;
            assert_sample(&r, "cost_capital", p, gone ? lost : built);
            assert_sample(&r, "cost_operation", p, gone ? 0 : operation(delays[i]) / 1e6);
            assert_sample(&r, "salvage", p, gone ? 0 : left);
        }
        /* the sites of the first paths begin as the accounts say */
        const double *open = series(&r, "availability", "site", "pit");
        for (int64_t p = 0; p < 4; p++) {
            int gone = fabs(x[p] - lost) < fabs(x[p] - built);
            for (int t = 0; t < DUO_STEPS; t++)
                assert_true(open[t * traced(&r) + p] == (!gone && t >= start ? 1 : 0));
        }
        double se = sqrt(0.4 * 0.6 / (double)n);
        compare(NULL, "share cancelled", (double)cancelled / (double)n, 0.4, se);
        drop(&r);
    }
}

/* A delay that is uniform over 0 to 18 weeks: expected payments and running costs by integration of the law.
 */
static void test_project_in_law(void **state)
{
    (void)state;
    enum { NODES = 200000 };
    double capex = 0, running = 0;
    for (int i = 0; i < NODES; i++) {
        double delay = 18 * (i + 0.5) / NODES, start = 20 + delay;
        double a = 0; /* of the payments only what is not spread evenly in time needs a sum */
        for (int t = 10; t < DUO_STEPS && t < start; t++)
            a += discount(t) * (fmin(t + 1, start) - t) / (start - 10);
        capex += a / NODES;
    }
    for (int t = 20; t < DUO_STEPS; t++) running += discount(t) * 2 * DY * fmin(1, (t - 20) / 18.0);
    capex = 0.6 * 40 * capex + 0.4 * 0.3 * capital(40e6, 0) / 1e6;
    for (int seed = 1; seed <= 5; seed++) {
        run_result r =
            run_text(with_project("{start: 20, delay: {uniform: {min: 0 weeks, max: 18 weeks}}, "
                                  "cancellation: 40 %, cost: {capex: 40 MUSD, construction: 10 weeks, "
                                  "opex_fixed: 2 MUSD/year, sunk: 30 %}}",
                                  (uint64_t)seed, 2048),
                     NULL, "costs-law");
        double z[] = {(summary(&r, "cost_capital", NULL) - capex) / summary(&r, "cost_capital_se", NULL),
                      (summary(&r, "cost_operation", NULL) - 0.6 * running) /
                          summary(&r, "cost_operation_se", NULL)};
        for (int k = 0; k < 2; k++) {
            print_message("  seed %d, %s: z %+.2f\n", seed, k ? "cost_operation" : "cost_capital", z[k]);
            assert_true(fabs(z[k]) <= 4.89);
        }
        drop(&r);
    }
}

/* ---- several minerals, missing prices, pools ---- */

static const char *pair_of_minerals(const char *rest)
{
    return text(
        "format: 1\nname: two\n"
        "run: {paths: 600, seed: 2, start: 2026-01-05, step: 7 days, steps: 40, focus: JPN}\n"
        "minerals:\n"
        "  a: {forms: [metal], price: {initial: 1_000 USD/t, half_life: 1 year, volatility: 40 "
        "%%/sqrt(year)}}\n"
        "  b: {forms: [metal], price: {initial: 3_000 USD/t, half_life: 1 year, volatility: 40 "
        "%%/sqrt(year)}}\n"
        "  c: {forms: [metal]}\n"
        "network:\n  sites:\n"
        "    ma: {mineral: a, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 50 %%}\n"
        "    mb: {mineral: b, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 50 %%}\n"
        "    mc: {mineral: c, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 50 %%}\n"
        "  trade:\n"
        "    - {mineral: a, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
        "    - {mineral: b, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 1}\n"
        "    - {mineral: b, form: metal, from: CHN, to: KOR, volume: 4 t/step, lag_steps: 1}\n"
        "    - {mineral: c, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
        "  demand:\n"
        "    - {mineral: a, form: metal, country: JPN, rate: 16 t/step}\n"
        "    - {mineral: b, form: metal, country: JPN, rate: 12 t/step}\n"
        "    - {mineral: b, form: metal, country: KOR, rate: 4 t/step}\n"
        "    - {mineral: c, form: metal, country: JPN, rate: 16 t/step}\n"
        "hazards:\n"
        "  regimes: {CHN: {tension: 2 /year, coercion: 2 /year, relax: 3 /year, ease: 4 /year}}\n"
        "  restrictions: {all: {exporter: CHN, minerals: all, onset: {normal: 0 /year, tension: 1 /year, "
        "coercion: 9 /year}, types: {ban: {duration: {uniform: {min: 2 weeks, max: 30 weeks}}}}}}\n%s",
        rest);
}

/* Without a price there is no figure, not a nought; with values it has a loss.  Totals are sums path by path:
 * their error is that of the sum, and CVaR is that of the sorted sums. */
static void test_totals(void **state)
{
    (void)state;
    run_result r =
        run_text(pair_of_minerals("stockpiles: {s: {owner: national, country: JPN, mineral: c, form: metal, "
                                  "opening: 5 t}}\ncosts: {}\n"),
                 NULL, "costs-totals");
    assert_true(isnan(summary(&r, "cost", "c")) && isnan(summary(&r, "cost_se", "c")));
    assert_true(isnan(summary(&r, "loss", "c")) && isnan(summary(&r, "cvar95_loss", "c")));
    assert_true(isnan(summary(&r, "price_bill", "c")));
    assert_true(isnan(samples(&r, "loss", "c", NULL)[7]) && isnan(samples(&r, "cost", "c", NULL)[7]));
    assert_true(summary(&r, "cost", "a") == 0);
    int64_t n;
    const double *a = samples(&r, "loss", "a", &n), *b = samples(&r, "loss", "b", NULL);
    double *sum = malloc((size_t)n * sizeof *sum), mean = 0, square = 0, worst = 0;
    assert_non_null(sum);
    for (int64_t p = 0; p < n; p++) mean += (sum[p] = a[p] + b[p]) / (double)n;
    for (int64_t p = 0; p < n; p++) square += (sum[p] - mean) * (sum[p] - mean);
    for (int64_t i = 1; i < n; i++) /* insertion */
        for (int64_t j = i; j > 0 && sum[j] < sum[j - 1]; j--) {
            double swap = sum[j];
            sum[j] = sum[j - 1], sum[j - 1] = swap;
        }
    for (int64_t p = n - n / 20; p < n; p++) worst += sum[p] / ((double)n / 20);
    double se = sqrt(square / (double)n / (double)(n - 1));
    assert_near("total loss", *numbers(&r, "summary", "total_loss"), mean);
    assert_true(fabs(*numbers(&r, "summary", "total_loss_se") / se - 1) < 1e-9);
    assert_true(fabs(*numbers(&r, "summary", "total_cvar95_loss") / worst - 1) < 1e-9);
    /* the same political shocks hit both: the error of the sum is larger than that of independent ones */
    assert_true(se > 1.1 * hypot(summary(&r, "loss_se", "a"), summary(&r, "loss_se", "b")));
    free(sum);
    drop(&r);
    r = run_text(pair_of_minerals("costs: {loss: [{mineral: c, values: [1 USD/t, 2 USD/t, 3 USD/t]}]}\n"),
                 NULL, "costs-values");
    assert_true(summary(&r, "loss", "c") > 0 && summary(&r, "cost", "c") == 0);
    assert_true(isnan(summary(&r, "price_bill", "c")));
    drop(&r);
    r = run_text(duo("costs: {}\n"), NULL, "costs-none"); /* no mineral has a price: no total */
    assert_true(isnan(*numbers(&r, "summary", "total_loss")) &&
                isnan(*numbers(&r, "summary", "total_loss_se")));
    assert_true(*numbers(&r, "summary", "total_cost") == 0); /* nothing that would need one costs anything */
    drop(&r);
}

/* Of a pool held abroad the focus country bears its entitlement, of a stock of another country nothing. */
static void test_pool(void **state)
{
    (void)state;
    run_result r = run_text(
        pair_of_minerals(
            "stockpiles:\n"
            "  joint: {owner: joint, country: KOR, mineral: b, form: metal, opening: 100 t, members: "
            "[{country: JPN, share: 60 %}, {country: KOR, share: 20 %}]}\n"
            "  other: {owner: national, country: KOR, mineral: b, form: metal, opening: 50 t}\n"
            "costs: {}\n"),
        NULL, "costs-pool");
    assert_near("purchase", summary(&r, "cost_purchase", "b"), 0.75 * 100 * 3000 / 1e6);
    drop(&r);
}

/* Money changes nothing that happens: the states are those of the run without. */
static void test_no_effect(void **state)
{
    (void)state;
    run_result with = run_text(random_world(), NULL, "costs-with");
    const char *sets[] = {
        "costs=null", "stockpiles.store.cost=null", "network.sites.pit.cost=null",
        "network.trade=[{mineral: unit, form: metal, from: CHN, to: JPN, volume: 14.25 t/step, lag_steps: "
        "2}, "
        "{mineral: unit, form: metal, from: AUS, to: JPN, volume: 2 t/step, lag_steps: 3, loss: 12.5 %}]"};
    run_result without =
        run_file(put_file("costs-without.yaml", random_world()), sets, 4, NULL, "costs-without");
    assert_string_equal(with.state, without.state);
    assert_null(kura_frame_find_var(kura_frame_find(without.frame, "samples"), "loss"));
    assert_null(kura_frame_find_var(kura_frame_find(without.frame, "summary"), "loss"));
    drop(&with), drop(&without);
}

/* Losses as a table, and a project by a mapping of its site: the same numbers. */
static void test_table(void **state)
{
    (void)state;
    put_file("costs-losses.csv", "mineral,sector,depths [%],values [USD/t],multiples,note\n"
                                 "unit,,,900;4000;90000,,by mineral\n"
                                 "unit,wafers,5;50,,1;2;3,by both\n"
                                 ",magnets,,,100;200;300,by sector\n");
    const char *set[] = {"costs.loss=costs-losses.csv"};
    run_result list = run_text(random_world(), NULL, "costs-list");
    run_result table = run_file(put_file("costs-table.yaml", random_world()), set, 1, NULL, "costs-table");
    for (int64_t p = 0; p < DUO_PATHS; p++)
        assert_true(samples(&list, "loss", NULL, NULL)[p] == samples(&table, "loss", NULL, NULL)[p]);
    drop(&list), drop(&table);
}

/* Values of a loss that nobody gave are told. */
static int warns(const char *yaml, const char *of)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    int found = 0;
    assert_int_equal(kura_scenario_load(put_file("costs-warned.yaml", yaml), NULL, 0, &s, &diag, &err), 0);
    for (size_t i = 0; i < diag.count; i++) found |= strstr(diag.items[i].message, of) != NULL;
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    return found;
}

static void test_told(void **state)
{
    (void)state;
    static const char judged[] = "takes default values, 3, 15 and 50 times the base price, which are judged";
    static const char priced[] = ", price: {initial: 5 USD/kg, half_life: never, volatility: 0 %/sqrt(year)}";
    assert_true(warns(network_of(priced, DUO_MINE, DUO_TRADE, DUO_DEMAND, "costs: {}\n"), judged));
    assert_false(warns(
        network_of(priced, DUO_MINE, DUO_TRADE, DUO_DEMAND, "costs: {multiples: [3, 15, 50]}\n"), judged));
    assert_false(warns(network_of(priced, DUO_MINE, DUO_TRADE, DUO_DEMAND,
                                  "costs: {loss: [{mineral: unit, multiples: [1, 2, 3]}]}\n"),
                       judged));
    assert_true(warns(duo("costs: {}\n"), "unit has no price, so there is no figure for its loss"));
}

/* ---- what is refused ---- */

static void assert_refused(const char *yaml, const char *want)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    int found = 0;
    if (!kura_scenario_load(put_file("costs-refused.yaml", yaml), NULL, 0, &s, &diag, &err))
        fail_msg("read all the same; expected: %s", want);
    for (size_t i = 0; i < diag.count; i++) found |= strstr(diag.items[i].message, want) != NULL;
    if (!found) {
        print_messages(&diag);
        fail_msg("no message \"%s\"", want);
    }
    kura_diag_fini(&diag);
    kura_scenario_free(s);
}

static void test_refused(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: 1 t, cost: "
         "{storage: 1 "
         "USD/t/year}}}\n",
         "this has no effect without the section \"costs\""},
        {"costs: {multiples: [3, 2, 5]}\n",
         "\"multiples\" must rise: a deeper shortage costs no less per tonne"},
        {"costs: {depths: [20 %, 20 %]}\n", "\"depths\" must rise"},
        {"costs: {loss: [{mineral: unit, values: [1 USD/t, 2 USD/t, 3 USD/t], multiples: [1, 2, 3]}]}\n",
         "\"values\" and \"multiples\" are both given"},
        {"costs: {loss: [{sector: steel}]}\n",
         "there is no demand of the sector steel that this loss could be of"},
        {"costs: {loss: [{mineral: unit}, {mineral: unit}]}\n", "is given twice"},
        {"costs: {discount_rate: 40 %}\n", "discount_rate"},
        {"costs: {keeping: {storage: 3 USD/t}}\n", "unit \"USD/t\" given where money per mass and time is "
                                                   "expected; write for example \"30 USD/t/year\""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) assert_refused(duo(rows[i][0]), rows[i][1]);
    const char *burnt = text("base: %s\npatch: {run.burn_in: 10 weeks}\n",
                             put_file("costs-burn-base.yaml", duo("costs: {}\n")));
    assert_refused(burnt, "leave out \"run.burn_in\" or \"costs\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_path),     cmocka_unit_test(test_idle_stock),
        cmocka_unit_test(test_scripted_stop),  cmocka_unit_test(test_project_by_hand),
        cmocka_unit_test(test_project_in_law), cmocka_unit_test(test_totals),
        cmocka_unit_test(test_table),          cmocka_unit_test(test_told),
        cmocka_unit_test(test_pool),           cmocka_unit_test(test_no_effect),
        cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
