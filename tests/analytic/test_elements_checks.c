/* Checks [8.15]: every quantity against the full states of the paths, quantiles, PIT and CRPS against a known
 * law and against their definitions, verdicts, and what the reader refuses. */
#include "case.h"
#include "num/calendar.h"

enum { PATHS = 70, STEPS = 60 };
#define START "2026-01-05"

/* Two exporters, detours, losses, sectors, prices, outages, restrictions: everything a check could read. */
static const char *busy(const char *checks)
{
    return text(
        "format: 1\nname: busy\n"
        "run: {paths: %d, seed: 3, start: " START ", step: 7 days, steps: %d, focus: JPN}\n"
        "minerals:\n"
        "  unit:\n"
        "    forms: [ore, metal]\n"
        "    price: {initial: 100 USD/t, half_life: 1 year, volatility: 60 %%/sqrt(year), scarcity: 6}\n"
        "    demand_response: {elasticity: 0.2}\n"
        "  still: {forms: [metal]}\n"
        "network:\n"
        "  hubs: [{mineral: unit, form: metal, country: JPN, cover: 14 days}]\n"
        "  sites:\n"
        "    ore: {mineral: unit, form: ore, country: CHN, kind: mine, output: 40 t/step, spare: 20 %%}\n"
        "    works: {mineral: unit, form: metal, country: CHN, kind: refine, output: 40 t/step, spare: 20 "
        "%%}\n"
        "    other: {mineral: unit, form: metal, country: AUS, kind: mine, output: 10 t/step, spare: 50 %%}\n"
        "    rest: {mineral: still, form: metal, country: CHN, kind: mine, output: 5 t/step, spare: 20 %%}\n"
        "  trade:\n"
        "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 2, routes: "
        "sea}\n"
        "    - {mineral: unit, form: metal, from: AUS, to: JPN, volume: 8 t/step, lag_steps: 1, loss: 50 "
        "%%}\n"
        "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 20 t/step, lag_steps: 4}\n"
        "    - {mineral: still, form: metal, from: CHN, to: JPN, volume: 5 t/step, lag_steps: 1}\n"
        "  demand:\n"
        "    - {mineral: unit, form: metal, country: JPN, sector: cars, rate: 10 t/step, inventory: 10 "
        "days}\n"
        "    - {mineral: unit, form: metal, country: JPN, sector: glass, rate: 6 t/step, priority: 2}\n"
        "    - {mineral: unit, form: metal, country: USA, rate: 20 t/step}\n"
        "    - {mineral: unit, form: metal, country: CHN, rate: 8 t/step}\n"
        "    - {mineral: unit, form: metal, country: AUS, rate: 2 t/step}\n"
        "    - {mineral: still, form: metal, country: JPN, rate: 5 t/step}\n"
        "hazards:\n"
        "  restrictions:\n"
        "    ban: {exporter: CHN, minerals: [unit], onset: 1.5 /year, types: {b: {duration: {exponential: "
        "{mean: "
        "12 weeks}}, severity: {uniform: {min: 0.5, max: 1}}}}}\n"
        "  outages: {works: {select: {minerals: [unit]}, mttf: 30 weeks, mttr: {exponential: {mean: 3 "
        "weeks}}}}\n"
        "  chokepoints: {sea: {rate: 2 /year, duration: {exponential: {mean: 6 weeks}}, detour: 15 days}}\n"
        "stockpiles: {national: {owner: national, country: JPN, mineral: unit, form: metal, opening: 20 "
        "days}}\n"
        "tallies: {required_stock: false, trace_paths: %d}\n"
        "checks:\n%s",
        PATHS, STEPS, PATHS, checks);
}

/* ---- the same numbers from the states of the paths ---- */

static int32_t day_of(const char *date)
{
    int32_t day;
    assert_int_equal(kura_date_parse(date, &day), 0);
    return day;
}

/* The days of step t between two dates, over 7. */
static double part(int t, const char *from, const char *to)
{
    int days = 0;
    for (int d = 0; d < 7; d++) {
        int32_t day = day_of(START) + 7 * t + d;
        days += day >= day_of(from) && day < day_of(to);
    }
    return days / 7.0;
}

static double at(const run_result *r, const char *name, const char *dim, const char *object, int t, int p)
{
    return series(r, name, dim, object)[(int64_t)t * traced(r) + p];
}

static double loaded(const run_result *r, const char *arc, int p, const char *from, const char *to)
{
    double sum = 0;
    for (int t = 0; t < STEPS; t++) sum += part(t, from, to) * at(r, "shipment", "arc", arc, t, p);
    return sum;
}

static double arrived_in(const run_result *r, const char *arc, int lag, double share, int p, const char *from,
                         const char *to)
{
    double sum = 0;
    for (int t = 0; t < STEPS; t++) {
        int when = t + lag + (int)at(r, "detour", "arc", arc, t, p);
        sum += part(when, from, to) * share * at(r, "shipment", "arc", arc, t, p);
    }
    return sum;
}

typedef struct {
    double demand, unserved, gross;
} used;

static used use_of(const run_result *r, const char *sector, double base, int p, const char *from,
                   const char *to)
{
    used u = {0};
    for (int t = 0; t < STEPS; t++) {
        double w = part(t, from, to), D = at(r, "demand", "consumer", sector, t, p);
        u.demand += w * D;
        u.unserved += w * at(r, "unserved", "consumer", sector, t, p);
        u.gross += w * base;
    }
    return u;
}

static double price_at(const run_result *r, int t, int p)
{
    return exp(at(r, "log_price", "mineral", "unit", t, p));
}

static double mean_price(const run_result *r, int p, const char *from, const char *to)
{
    double sum = 0, n = 0;
    for (int t = 0; t < STEPS; t++) {
        sum += part(t, from, to) * price_at(r, t, p);
        n += part(t, from, to);
    }
    return sum / n;
}

static double stock(const run_result *r, int t, int p)
{
    return (at(r, "on_hand", "hub", "unit/metal/JPN", t, p) + at(r, "stockpile", "tier", "national", t, p) +
            at(r, "own_stock", "consumer", "unit/metal/JPN/cars", t, p)) *
           7 / 16;
}

#define CJ "unit/metal/CHN/JPN"
#define AJ "unit/metal/AUS/JPN"
#define CU "unit/metal/CHN/USA"
#define CARS "unit/metal/JPN/cars"
#define GLASS "unit/metal/JPN/glass"
#define A "2026-03-04", "2026-05-20"
#define B "2026-08-01", "2026-10-01"

static const char *const checks =
    "  exports: {quantity: exports, mineral: unit, country: CHN, window: [2026-03-04, 2026-05-20]}\n"
    "  exports-jpn: {quantity: exports, mineral: unit, form: metal, country: CHN, partner: JPN, window: "
    "[2026-08-01, 2026-10-01], over: [2026-03-04, 2026-05-20]}\n"
    "  imports: {quantity: imports, mineral: unit, window: [2026-03-04, 2026-05-20]}\n"
    "  imports-aus: {quantity: imports, mineral: unit, partner: AUS, window: [2026-08-01, 2026-10-01]}\n"
    "  share: {quantity: supplier_share, mineral: unit, partner: CHN, window: [2026-03-04, 2026-05-20]}\n"
    "  demand: {quantity: demand, mineral: unit, window: [2026-08-01, 2026-10-01], over: [2026-03-04, "
    "2026-05-20]}\n"
    "  use: {quantity: use, mineral: unit, sector: glass, window: [2026-03-04, 2026-05-20]}\n"
    "  unserved: {quantity: unserved, mineral: unit, window: [2026-08-01, 2026-10-01]}\n"
    "  gross: {quantity: gross_unserved, mineral: unit, sector: cars, window: [2026-03-04, 2026-05-20]}\n"
    "  first: {quantity: first_shortage, mineral: unit, sector: glass, beyond: 30 %, window: [2026-03-04, "
    "2026-10-01]}\n"
    "  first-any: {quantity: first_shortage, mineral: unit}\n"
    "  stock: {quantity: stock_days, mineral: unit, window: 2026-05-22}\n"
    "  stock-least: {quantity: stock_days, mineral: unit, window: [2026-03-04, 2026-05-20], measure: least}\n"
    "  price: {quantity: price, mineral: unit, window: [2026-03-04, 2026-05-20]}\n"
    "  price-ratio: {quantity: price, mineral: unit, window: 2026-10-01, over: [2026-03-04, 2026-05-20]}\n"
    "  price-peak: {quantity: price, mineral: unit, measure: peak, window: [2026-08-01, 2026-10-01], over: "
    "[2026-03-04, 2026-05-20]}\n"
    "  peak-time: {quantity: peak_time, mineral: unit, window: [2026-03-04, 2026-10-01]}\n"
    "  still: {quantity: imports, mineral: still, window: [2026-03-04, 2026-05-20], observed: 50 t}\n";

static double first_of(const run_result *r, int p, int with_cars, double beyond, const char *from,
                       const char *to)
{
    for (int t = 0; t < STEPS; t++) {
        double D = at(r, "demand", "consumer", GLASS, t, p), u = at(r, "unserved", "consumer", GLASS, t, p);
        if (with_cars) D += at(r, "demand", "consumer", CARS, t, p);
        if (with_cars) u += at(r, "unserved", "consumer", CARS, t, p);
        if (part(t, from, to) > 0 && u > beyond * D && u > 1e-6)
            return fmax(0, day_of(START) + 7 * t - day_of(from));
    }
    return INFINITY;
}

static double expected(const run_result *r, const char *check, int p)
{
    used cars_a = use_of(r, CARS, 10, p, A), cars_b = use_of(r, CARS, 10, p, B);
    used glass_a = use_of(r, GLASS, 6, p, A), glass_b = use_of(r, GLASS, 6, p, B);
    double x = 0, china = arrived_in(r, CJ, 2, 1, p, A), australia = arrived_in(r, AJ, 1, 0.5, p, A);
    if (!strcmp(check, "exports")) return loaded(r, CJ, p, A) + loaded(r, CU, p, A);
    if (!strcmp(check, "exports-jpn")) return loaded(r, CJ, p, B) / loaded(r, CJ, p, A);
    if (!strcmp(check, "imports")) return china + australia;
    if (!strcmp(check, "imports-aus")) return arrived_in(r, AJ, 1, 0.5, p, B);
    if (!strcmp(check, "share")) return china / (china + australia);
    if (!strcmp(check, "demand")) return (cars_b.demand + glass_b.demand) / (cars_a.demand + glass_a.demand);
    if (!strcmp(check, "use")) return glass_a.demand - glass_a.unserved;
    if (!strcmp(check, "unserved"))
        return (cars_b.unserved + glass_b.unserved) / (cars_b.demand + glass_b.demand);
    if (!strcmp(check, "gross")) return 1 - (cars_a.demand - cars_a.unserved) / cars_a.gross;
    if (!strcmp(check, "first")) return first_of(r, p, 0, 0.3, "2026-03-04", "2026-10-01");
    if (!strcmp(check, "first-any")) return first_of(r, p, 1, 0.001, START, "2099-01-01");
    if (!strcmp(check, "stock")) return stock(r, 19, p); /* the step of 18 to 24 May */
    if (!strcmp(check, "stock-least")) {
        x = INFINITY;
        for (int t = 0; t < STEPS; t++)
            if (part(t, A) > 0) x = fmin(x, stock(r, t, p));
        return x;
    }
    if (!strcmp(check, "price")) return mean_price(r, p, A);
    if (!strcmp(check, "price-ratio")) return price_at(r, 38, p) / mean_price(r, p, A);
    if (!strcmp(check, "price-peak")) {
        for (int t = 0; t < STEPS; t++)
            if (part(t, B) > 0) x = fmax(x, price_at(r, t, p));
        return x / mean_price(r, p, A);
    }
    if (!strcmp(check, "peak-time")) {
        int best = 8; /* the step of 2 March */
        for (int t = 8; t < STEPS; t++)
            if (part(t, "2026-03-04", "2026-10-01") > 0 && price_at(r, t, p) > price_at(r, best, p)) best = t;
        return fmax(0, day_of(START) + 7 * best - day_of("2026-03-04"));
    }
    return 5 * 11; /* still: 11 weeks */
}

static void test_quantities(void **state)
{
    (void)state;
    run_result r = run_text(busy(checks), NULL, "checks-quantities");
    int64_t n = kura_frame_dim_size(kura_frame_find(r.frame, "checks"), "check");
    const char *const *ids = variable(&r, "checks", "check")->data;
    const double *value = numbers(&r, "checks", "value");
    assert_int_equal(n, 18);
    for (int64_t i = 0; i < n; i++) {
        int differ = 0;
        for (int p = 0; p < PATHS; p++) {
            double x = value[i * PATHS + p], want = expected(&r, ids[i], p);
            if (!(x == want || fabs(x - want) <= 1e-9 * fabs(want)))
                fail_msg("%s, path %d: %.12g, from the states %.12g", ids[i], p, x, want);
            differ += x != value[i * PATHS];
        }
        if (strcmp(ids[i], "still") != 0 && differ < 3) fail_msg("%s is the same on all paths", ids[i]);
    }
    drop(&r);
}

/* ---- quantiles, PIT, CRPS against a law ---- */

#define PRICE                                                                                                \
    "format: 1\nname: law\n"                                                                                 \
    "run: {paths: 8192, seed: %d, start: " START ", step: 7 days, steps: 40, focus: JPN}\n"                  \
    "minerals: {unit: {forms: [metal], price: {initial: 100 USD/t, half_life: 26 weeks, volatility: 50 "     \
    "%%/sqrt(year)}}}\n"                                                                                     \
    "network:\n"                                                                                             \
    "  sites: {m: {mineral: unit, form: metal, country: JPN, kind: mine, output: 1 t/step, spare: 10 %%}}\n" \
    "  demand: [{mineral: unit, form: metal, country: JPN, rate: 1 t/step}]\n"                               \
    "tallies: {required_stock: false}\n"                                                                     \
    "checks:\n"                                                                                              \
    "  middle: {quantity: price, mineral: unit, window: 2026-09-01, observed: 1.1}\n"                        \
    "  low: {quantity: price, mineral: unit, window: 2026-09-01, observed: 0.55}\n"                          \
    "  high: {quantity: price, mineral: unit, window: 2026-09-01, observed: [1.8, 2.4]}\n"

static const double levels[] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95};

/* Inverse of the normal distribution function, by bisection. */
static double normal_inverse(double q)
{
    double a = -10, b = 10;
    for (int i = 0; i < 200; i++) {
        double c = 0.5 * (a + b);
        if (normal_cdf(c) < q)
            a = c;
        else
            b = c;
    }
    return 0.5 * (a + b);
}

/* CRPS of a lognormal law whose logarithm has mean 0 (Gneiting and Raftery 2007, by integration). */
static double lognormal_crps(double s, double y)
{
    return y * (2 * normal_cdf(log(y) / s) - 1) -
           2 * exp(s * s / 2) * (normal_cdf(log(y) / s - s) + normal_cdf(s / sqrt(2)) - 1);
}

static void compare_at(const char *what, double x, double exact, double se)
{
    double z = (x - exact) / se;
    if (!(fabs(z) <= 4.89)) fail_msg("%s: %.8g is %.2f standard errors from %.8g", what, x, z, exact);
}

/* Standard error of the score: that of a mean of |x - y| - E|x - X|. */
static double crps_error(const double *x, int n, double y)
{
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i += 8) {
        double apart = 0;
        for (int j = 0; j < n; j += 8) apart += fabs(x[i] - x[j]) / (n / 8);
        double g = fabs(x[i] - y) - apart;
        sum += g, squares += g * g;
    }
    double m = n / 8, mean = sum / m;
    return sqrt((squares / m - mean * mean) / n);
}

static void test_law(void **state)
{
    (void)state;
    /* step 34 holds 1 September: 35 shocks with reversion */
    double a = exp2(-7 / 182.0), v = 0.25 * (1 - a * a) / (2 * (log(2) / 182.0 * 365.25));
    double s = sqrt(v * (1 - pow(a * a, 35)) / (1 - a * a));
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(text(PRICE, seed), NULL, "checks-law");
        const double *q = numbers(&r, "checks", "quantile"), *lo = numbers(&r, "checks", "quantile_lo"),
                     *hi = numbers(&r, "checks", "quantile_hi"), *x = numbers(&r, "checks", "value");
        int n = 8192;
        for (int k = 0; k < 7; k++) {
            double z = normal_inverse(levels[k]), exact = exp(s * z);
            double density = exp(-z * z / 2) / sqrt(2 * M_PI) / (s * exact);
            compare_at("quantile", q[k], exact, sqrt(levels[k] * (1 - levels[k]) / n) / density);
            assert_true(lo[k] < q[k] && q[k] < hi[k]);
        }
        double p = normal_cdf(log(1.1) / s), low = normal_cdf(log(0.55) / s);
        compare_at("PIT", numbers(&r, "checks", "pit_least")[0], p, sqrt(p * (1 - p) / n));
        compare_at("PIT", numbers(&r, "checks", "pit_most")[1], low, sqrt(low * (1 - low) / n));
        compare_at("CRPS", numbers(&r, "checks", "crps")[0], lognormal_crps(s, 1.1), crps_error(x, n, 1.1));
        compare_at("CRPS", numbers(&r, "checks", "crps")[1], lognormal_crps(s, 0.55), crps_error(x, n, 0.55));
        assert_true(isnan(numbers(&r, "checks", "crps")[2])); /* an interval has none */
        const int8_t *verdict = variable(&r, "checks", "verdict")->data;
        assert_int_equal(verdict[0], 0);
        assert_int_equal(verdict[1], 1); /* 5 % are below .55, by the law */
        assert_int_equal(verdict[2], 2);
        assert_true(low < 0.1 && normal_cdf(log(1.8) / s) > 0.9);
        drop(&r);
    }
}

/* The scores from their definition, on all pairs of paths. */
static void test_scores_of_a_sample(void **state)
{
    (void)state;
    run_result r = run_text(busy(checks), &(kura_run_options){.paths = 41}, "checks-pairs");
    const double *x = numbers(&r, "checks", "value");
    int64_t still = label(&r, "checks", "check", "still");
    assert_true(numbers(&r, "checks", "crps")[still] == 5); /* |55 - 50| */
    drop(&r);
    r = run_text(text(PRICE, 9), &(kura_run_options){.paths = 150}, "checks-pairs");
    x = numbers(&r, "checks", "value");
    double near = 0, apart = 0, below = 0;
    for (int i = 0; i < 150; i++) {
        near += fabs(x[i] - 1.1) / 150;
        below += x[i] < 1.1;
        for (int j = 0; j < 150; j++) apart += fabs(x[i] - x[j]) / (150.0 * 149);
    }
    assert_true(fabs(numbers(&r, "checks", "crps")[0] - (near - apart / 2)) < 1e-12);
    assert_true(numbers(&r, "checks", "pit_least")[0] == below / 150);
    const double *q = numbers(&r, "checks", "quantile");
    assert_true(isnan(q[0]) && isnan(q[6]) && !isnan(q[1]) && !isnan(q[5])); /* 7.5 paths beyond 5 % */
    drop(&r);
    r = run_text(text(PRICE, 9), &(kura_run_options){.paths = 99}, "checks-pairs");
    assert_int_equal(((const int8_t *)variable(&r, "checks", "verdict")->data)[0], 4); /* too few */
    drop(&r);
}

static void test_verdicts(void **state)
{
    (void)state;
    run_result r = run_text(
        busy("  a: {quantity: imports, mineral: still, window: [2026-03-04, 2026-05-20], observed: 55 t}\n"
             "  b: {quantity: imports, mineral: still, window: [2026-03-04, 2026-05-20], observed: [56 t, 60 "
             "t]}\n"
             "  c: {quantity: imports, mineral: still, window: [2026-03-04, 2026-05-20], observed: [50 t, 54 "
             "t]}\n"
             "  d: {quantity: imports, mineral: still, window: [2026-03-04, 2026-05-20]}\n"
             "  e: {quantity: price, mineral: unit, country: CHN, observed: [0.5, 5]}\n"
             "  f: {quantity: first_shortage, mineral: still, observed: [200 days, never]}\n"
             "  g: {quantity: first_shortage, mineral: still, observed: 2026-05-04}\n"),
        &(kura_run_options){.paths = 128}, "checks-verdicts");
    static const int want[] = {0, 2, 1, 3, 0, 0, 1};
    const int8_t *verdict = variable(&r, "checks", "verdict")->data;
    for (int i = 0; i < 7; i++)
        if (verdict[i] != want[i])
            fail_msg("check %c: verdict %d, expected %d", 'a' + i, verdict[i], want[i]);
    assert_true(numbers(&r, "checks", "unbounded")[5] == 128); /* never short on any path */
    assert_true(numbers(&r, "checks", "observed_least")[6] == 119);
    const char *const *note = variable(&r, "checks", "note")->data;
    assert_non_null(strstr(note[4], "the price of the market: unit has no price.wedge"));
    assert_string_equal(note[0], "");
    static char page[1 << 16]; /* the file tells what the run did */
    kura_error err = {0};
    FILE *to = tmpfile();
    assert_non_null(to);
    assert_int_equal(kura_file_show(r.path, "checks", to, &err), KURA_OK);
    rewind(to);
    page[fread(page, 1, sizeof page - 1, to)] = 0;
    fclose(to);
    assert_non_null(strstr(page, "Checks against the record: 3 inside"));
    assert_non_null(strstr(page, "[200, never]"));
    drop(&r);
}

/* ---- prices inside countries ---- */

/* A price that nothing moves, so what is left is the wedge [4.5]: of the importer the average of what its
 * contracts lack, of the origin, half of whose output would leave, that of half of what is stopped. */
static void test_wedge(void **state)
{
    (void)state;
    enum { FROM = 10, TO = 20, AT = 17, STOP = 40 };
    char rows[4096] = "";
    static const char *const countries[] = {"JPN", "CHN", NULL};
    for (int k = 0; k < 3; k++)
        for (int peak = 0; peak < 2; peak++)
            snprintf(rows + strlen(rows), sizeof rows - strlen(rows),
                     "  %s%s: {quantity: %s, mineral: unit%s%s%s}\n", k < 2 ? countries[k] : "market",
                     peak ? "-when" : "", peak ? "peak_time" : "price", k < 2 ? ", country: " : "",
                     k < 2 ? countries[k] : "", peak ? "" : ", window: [2026-05-04, 2026-05-11]");
    run_result r = run_text(
        text("format: 1\nname: apart\n"
             "run: {paths: 64, seed: 3, start: " START ", step: 7 days, steps: %d, focus: JPN}\n"
             "minerals: {unit: {forms: [metal], price: {initial: 100 USD/t, half_life: never, volatility: 0 "
             "%%/sqrt(year), wedge: {importer: 0.5, origin: 0.3, lag: 4 weeks}}}}\n"
             "network:\n"
             "  sites: {m: {mineral: unit, form: metal, country: CHN, kind: mine, output: 20 t/step}}\n"
             "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 10 t/step, lag_steps: 1}]\n"
             "  demand:\n    - {mineral: unit, form: metal, country: CHN, rate: 10 t/step}\n"
             "    - {mineral: unit, form: metal, country: JPN, rate: 10 t/step}\n"
             "events: [{from: %d, to: %d, object: restriction/CHN/unit, field: severity, value: 100 %%}]\n"
             "tallies: {required_stock: false, trace_paths: 1}\nchecks:\n%s",
             STOP, FROM, TO, rows),
        NULL, "checks-wedge");
    double in = 0, out = 0, importer = 0, origin = 0, most = 0;
    int when = 0;
    for (int t = 0; t < STOP; t++) {
        double Z = cell(&r, "inbound_availability", "hub", "unit/metal/JPN", t);
        assert_true(Z == (t >= FROM && t < TO ? 0 : 1));
        in += (0.5 * (1 - Z) - in) / 4;
        out += (0.3 * 0.5 * (t >= FROM && t < TO) - out) / 4;
        if (t == AT) importer = in, origin = out;
        if (in > most) most = in, when = 7 * t;
    }
    const double *mean = numbers(&r, "checks", "mean");
    assert_true(importer > 0.4 && origin > 0.1);
    assert_true(fabs(mean[0] - exp(importer)) < 1e-12 && fabs(mean[2] - exp(-origin)) < 1e-12);
    assert_true(mean[1] == when && mean[3] == 0); /* it only falls inside the origin */
    assert_true(mean[4] == 1);
    for (int i = 0; i < 6; i++)
        assert_string_equal(((const char *const *)variable(&r, "checks", "note")->data)[i], "");
    drop(&r);
}

/* ---- what the reader refuses ---- */

static void refuse(const char *check, const char *message)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    const char *path = put_file("checks-refuse.yaml", busy(text("  x: %s\n", check)));
    int found = 0, status = (int)kura_scenario_load(path, NULL, 0, &s, &diag, &err);
    assert_true(status != 0);
    for (size_t i = 0; i < diag.count; i++) found |= strstr(diag.items[i].message, message) != NULL;
    if (!found) print_messages(&diag);
    if (!found) fail_msg("%s: no message \"%s\"", check, message);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
}

static void test_refused(void **state)
{
    (void)state;
    refuse("{quantity: price, mineral: still, country: CHN}", "has no \"price\"");
    refuse("{quantity: price, mineral: unit, country: QQQ}", "QQQ");
    refuse("{quantity: exports, mineral: unit}", "exports need a \"country\"");
    refuse("{quantity: supplier_share, mineral: unit, window: [2026-03-04, 2026-05-20]}",
           "needs a \"partner\"");
    refuse("{quantity: imports, mineral: unit}",
           "before the first cargo loaded in the run has arrived, 14 days");
    refuse("{quantity: exports, mineral: unit, country: JPN}", "no trade of unit that it could count");
    refuse("{quantity: price, mineral: still}", "still has no \"price\"");
    refuse("{quantity: price, mineral: unit, sector: cars}", "\"sector\" is for demand, use and shortages");
    refuse("{quantity: unserved, mineral: unit, sector: lamps}", "no such demand of unit in JPN");
    refuse("{quantity: unserved, mineral: unit, over: [2026-03-04, 2026-05-20]}", "\"over\" is for prices");
    refuse("{quantity: price, mineral: unit, window: [2025-12-01, 2026-02-01]}",
           "is not inside the run, 2026-01-05 to 2027-03-01");
    refuse("{quantity: price, mineral: unit, window: [2026-03-01, 2026-02-01]}", "ends before it begins");
    refuse("{quantity: exports, mineral: unit, country: CHN, observed: 3}", "unit");
    refuse("{quantity: price, mineral: unit, observed: [2, 1]}", "ends below its beginning");
    refuse("{quantity: stock_days, mineral: unit, country: USA, form: ore}", "nobody makes, trades or uses");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quantities),
                                       cmocka_unit_test(test_law),
                                       cmocka_unit_test(test_scores_of_a_sample),
                                       cmocka_unit_test(test_verdicts),
                                       cmocka_unit_test(test_wedge),
                                       cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
