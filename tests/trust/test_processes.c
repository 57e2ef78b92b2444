/* The engine against exact answers for parameters that are drawn: availability, prices, correlated drivers,
 * overlapping shocks, and the estimators of LOLE, CVaR and required stock.
 *
 * For each seed 1 to 5 (fixed beforehand) every case draws its parameters from the seed and its own name,
 * writes a scenario, runs it in memory with that seed, and compares with tests/exact, which shares no code
 * with the engine.  H0 of a row: the expectation of the figure is the exact value; standard errors are those
 * that kura states or that theory gives, for variances and cumulants the asymptotic ones from the moments of
 * the sample (influence functions).
 *
 *     t_trust_processes [--row CASE[/SEED]]       for example --row price/3
 *
 * Names of minerals, sites and hazards differ from case to case, because streams are keyed by seed and name:
 * cases are independent.  KURA_TEST_ISA chooses the instruction set. */
#include "../analytic/case.h"
#include "exact/availability.h"
#include "exact/counts.h"
#include "exact/intervals.h"
#include "exact/price.h"
#include "model/read.h"
#include "run/run.h"
#include "trust.h"

enum { PATHS = 65536, SEEDS = 5 };

static trust_topic topic;
static int seed, failed;
static uint64_t dice;

/* ---- drawing parameters ---- */

static uint64_t throw_bits(void) /* splitmix64 */
{
    uint64_t z = dice += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double between(double lo, double hi)
{
    return lo + (hi - lo) * ((double)(throw_bits() >> 11) * 0x1p-53);
}
static double between_logs(double lo, double hi) { return exp(between(log(lo), log(hi))); }
static int integer_between(int lo, int hi) { return lo + (int)(throw_bits() % (uint64_t)(hi - lo + 1)); }

/* A law of times with about this mean, in steps; never so broad that its variance cannot be estimated. */
static exact_law draw_law(double mean)
{
    double shape = between_logs(0.8, 3), sigma = between(0.3, 1), half = mean * between(0.2, 0.8);
    switch (integer_between(0, 3)) {
    case 0:
        return (exact_law){EXACT_WEIBULL, mean / tgamma(1 + 1 / shape), shape};
    case 1:
        return (exact_law){EXACT_LOGNORMAL, mean * exp(-0.5 * sigma * sigma), sigma};
    case 2:
        return (exact_law){EXACT_UNIFORM, mean - half, mean + half};
    default:
        return (exact_law){EXACT_EXPONENTIAL, mean, 0};
    }
}

static const char *law_text(const exact_law *d)
{
    switch (d->kind) {
    case EXACT_WEIBULL:
        return text("{weibull: {scale: %.17g weeks, shape: %.17g}}", d->a, d->b);
    case EXACT_LOGNORMAL:
        return text("{lognormal: {median: %.17g weeks, sigma: %.17g}}", d->a, d->b);
    case EXACT_UNIFORM:
        return text("{uniform: {min: %.17g weeks, max: %.17g weeks}}", d->a, d->b);
    default:
        return text("{exponential: {mean: %.17g weeks}}", d->a);
    }
}

/* ---- running in memory ---- */

typedef struct {
    kura_arena arena;
    km_model *model;
    kura_run_record record;
    run_result r;
} world;

static world run_memory(const char *yaml)
{
    static world w;
    memset(&w, 0, sizeof w);
    kura_scenario_data *data = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_run_options options = {.threads = 1, .isa = getenv("KURA_TEST_ISA")};
    const char *path = put_file("trust-processes.yaml", yaml);
    w.r.frame = kura_frame_new();
    assert_non_null(w.r.frame);
    if (kura_scenario_read(path, NULL, 0, &w.arena, &data, &diag, &err) ||
        kura_model_compile(data, data->run.seed, &w.model, &diag, &err) ||
        kura_run_model(w.model, &options, w.r.frame, &w.record, &err) ||
        kura_report_events(w.r.frame, w.model, &w.record, &err) || kura_frame_load(w.r.frame)) {
        print_messages(&diag);
        fail_msg("%s\n%s", err.message, yaml);
    }
    kura_diag_fini(&diag);
    return w;
}

static void close_world(world *w)
{
    kura_frame_free(w->r.frame);
    free(w->record.counts);
    kura_model_free(w->model);
    kura_arena_fini(&w->arena);
}

#define ROW(exact, kura, se, ...) (failed += !trust_z(&topic, exact, kura, se, __VA_ARGS__))

/* A share of the paths against its probability. */
#define SHARE_ROW(probability, share, n, ...)                                                                \
    ROW(probability, share, sqrt((probability) * (1 - (probability)) / (double)(n)), __VA_ARGS__)

/* ---- availability ---- */

/* One mine of 16 t a step for a demand of 16 and no store: unserved is 16 (1 - availability). */
static world run_mine(const char *name, int steps, int with_samples, const char *outage)
{
    return run_memory(
        text("format: 1\n"
             "name: %s\n"
             "run: {paths: %d, seed: %d, step: 7 days, steps: %d, per: horizon}\n"
             "minerals: {%s: {forms: [good], market: {production: push}}}\n"
             "network:\n"
             "  hubs: [{mineral: %s, form: good, country: JPN, storage: none}]\n"
             "  sites: {mine-%s: {mineral: %s, form: good, country: JPN, kind: mine, output: 16 t/step}}\n"
             "  demand: [{mineral: %s, form: good, country: JPN, rate: 16 t/step}]\n"
             "hazards: {outages: {fail-%s: {%s}}}\n"
             "tallies: {threshold: 0 %%, required_stock: false, samples: %s}\n",
             name, PATHS, seed, steps, name, name, name, name, name, name, outage,
             with_samples ? "true" : "false"));
}

static double availability(const world *w, int t)
{
    return 1 - curve(&w->r, "expected_unserved_step", NULL, t) / 16;
}
static double availability_se(const world *w, int t)
{
    return curve(&w->r, "expected_unserved_step_se", NULL, t) / 16;
}

static double failures(const world *w, const char *name, const char *what)
{
    return numbers(&w->r, "events",
                   what)[label(&w->r, "events", "event", text("outage/fail-%s/%s", name, name))];
}

static void two_states_fresh(void)
{
    double mttf = between_logs(2, 60), mttr = between_logs(0.5, 12), settle = 1 / (1 / mttf + 1 / mttr);
    int early = (int)fmax(1, floor(settle * between(0.3, 1))), late = early + integer_between(2, 30);
    world w =
        run_mine("fresh-two", late + 1, 0,
                 text("mttf: %.17g weeks, mttr: {exponential: {mean: %.17g weeks}}, mode: point, start: up",
                      mttf, mttr));
    for (int k = 0; k < 2; k++) {
        int t = k ? late : early;
        ROW(exact_two_states_at(mttf, mttr, t), availability(&w, t), availability_se(&w, t),
            "A(%d), MTTF %.3g, MTTR %.3g weeks", t, mttf, mttr);
    }
    close_world(&w);
}

/* Mean and variance of the time average over the horizon, and failures, from the equilibrium law. */
static void average_rows(const char *name, int T, const char *outage, double mean, double variance,
                         double expected, const char *what)
{
    world w = run_mine(name, T, 1, outage);
    int64_t n;
    const double *unserved = samples(&w.r, "unserved", NULL, &n);
    moments m = moments_of(unserved, n, 1);
    double scale = 16.0 * T;
    ROW(mean, 1 - m.mean / scale, m.se / scale, "mean of the average over %d weeks, %s", T, what);
    ROW(variance, m.variance / (scale * scale), m.variance_se / (scale * scale),
        "variance of the average over %d weeks, %s", T, what);
    ROW(expected, failures(&w, name, "expected_events"), failures(&w, name, "expected_events_se"),
        "failures in %d weeks, %s", T, what);
    close_world(&w);
}

static void two_states_average(void)
{
    double mttf = between_logs(3, 25), mttr = mttf * between_logs(0.08, 0.8);
    int T = integer_between(20, 120);
    average_rows("average-two", T,
                 text("mttf: %.17g weeks, mttr: {exponential: {mean: %.17g weeks}}", mttf, mttr),
                 exact_two_states(mttf, mttr), exact_two_states_var_average(mttf, mttr, T),
                 exact_two_states_failures(mttf, mttr, T), text("MTTF %.3g, MTTR %.3g weeks", mttf, mttr));
}

static exact_renewal draw_renewal(double shortest, double longest)
{
    double up = between_logs(shortest, longest);
    exact_law up_law = draw_law(up);
    return (exact_renewal){up_law, draw_law(up * between_logs(0.08, 0.8))};
}

static const char *renewal_text(const exact_renewal *r)
{
    return text("up %s, down %s", law_text(&r->up), law_text(&r->down));
}

static const char *renewal_outage(const exact_renewal *r, const char *more)
{
    return text("uptime: %s, mttr: %s%s", law_text(&r->up), law_text(&r->down), more);
}

static void renewal_fresh(void)
{
    exact_renewal r = draw_renewal(4, 40);
    int early = (int)ceil(exact_law_mean(&r.up) * between(0.5, 1.5)), late = early + integer_between(3, 40);
    world w = run_mine("fresh-renewal", late + 1, 0, renewal_outage(&r, ", mode: point, start: up"));
    for (int k = 0; k < 2; k++) {
        int t = k ? late : early;
        exact_value A = exact_renewal_at(&r, EXACT_FRESH, t);
        assert_true(A.error < 1e-5);
        ROW(A.value, availability(&w, t), availability_se(&w, t), "A(%d), %s", t, renewal_text(&r));
    }
    exact_value f = exact_renewal_failures(&r, EXACT_FRESH, late + 1);
    assert_true(f.error < 1e-4);
    ROW(f.value, failures(&w, "fresh-renewal", "expected_events"),
        failures(&w, "fresh-renewal", "expected_events_se"), "failures in %d weeks, %s", late + 1,
        renewal_text(&r));
    close_world(&w);
}

static void renewal_average(void)
{
    exact_renewal r = draw_renewal(3, 25);
    int T = integer_between(20, 80);
    exact_value variance = exact_renewal_var_average(&r, T);
    assert_true(variance.error < 1e-3 * variance.value);
    average_rows("average-renewal", T, renewal_outage(&r, ""), exact_renewal_availability(&r), variance.value,
                 T * exact_renewal_cycles(&r), renewal_text(&r));
}

/* ---- prices ---- */

/* Long-run deviation 0.1 to 0.5, so that the bounds of the price (0.05 and 50 times its base) are far off. */
static exact_price draw_price(void)
{
    double half_life = between_logs(0.08, 3), kappa = log(2) / half_life;
    return (exact_price){
        .kappa = kappa, .sigma = between(0.1, 0.5) * sqrt(2 * kappa), .x0 = between(-0.5, 0.6), .dt = DY};
}

static const char *price_text(const exact_price *p)
{
    const char *jumps = p->jump_rate > 0 ? text(", jumps: {rate: %.17g /year, mean: %.17g, sd: %.17g}",
                                                p->jump_rate, p->jump_mean, p->jump_sd)
                                         : "";
    return text("initial: 60 USD/t, spot: %.17g USD/t, half_life: %.17g years, volatility: %.17g "
                "%%/sqrt(year)%s",
                60 * exp(p->x0), log(2) / p->kappa, 100 * p->sigma, jumps);
}

static world run_price(const char *name, const exact_price *p, const char *run, const char *tallies)
{
    return run_memory(
        text("format: 1\n"
             "name: %s\n"
             "run: {paths: %d, seed: %d, step: 7 days, per: horizon, %s}\n"
             "minerals: {%s: {forms: [good], market: {production: push}, price: {%s}}}\n"
             "network:\n"
             "  sites: {mine-%s: {mineral: %s, form: good, country: JPN, kind: mine, output: 16 t/step}}\n"
             "  demand: [{mineral: %s, form: good, country: JPN, rate: 16 t/step}]\n"
             "tallies: {required_stock: false, %s}\n",
             name, PATHS, seed, run, name, price_text(p), name, name, name, tallies));
}

/* Only the step after T transitions is tallied and traced. */
static world trace_price(const char *name, const exact_price *p, int T)
{
    return run_price(name, p, text("steps: 1, burn_in: %d days", 7 * (T - 1)),
                     text("samples: false, trace_paths: %d", PATHS));
}

static void price(void)
{
    exact_price p = draw_price();
    int T = integer_between(2, 100);
    double q = between(0.02, 0.98), mean = exact_price_mean_log(&p, T), variance = exact_price_var_log(&p, T),
           quantile = log(exact_price_quantile(&p, T, q)), below = 0;
    world w = trace_price("schwartz", &p, T);
    int64_t n = traced(&w.r);
    const double *x = series(&w.r, "log_price", "mineral", "schwartz");
    moments m = moments_of(x, n, 1);
    for (int64_t i = 0; i < n; i++) below += x[i] <= quantile;
    const char *what =
        text("after %d weeks, half-life %.3g years, volatility %.3g", T, log(2) / p.kappa, p.sigma);
    ROW(mean, m.mean, sqrt(variance / (double)n), "mean of the log price %s", what);
    ROW(variance, m.variance, variance * sqrt(2 / (double)(n - 1)), "variance of the log price %s", what);
    ROW(exact_price_mean(&p, T), curve(&w.r, "price", NULL, 0), curve(&w.r, "price_se", NULL, 0),
        "mean price over its base %s", what);
    SHARE_ROW(q, below / (double)n, n, "share below the %.3f-quantile of the price %s", q, what);
    close_world(&w);
}

static void barrier(void)
{
    exact_price p = draw_price();
    int T = integer_between(5, 40);
    double level = exact_price_mean_log(&p, T) + between(0.7, 2.3) * sqrt(exact_price_var_log(&p, T));
    level = fmax(level, p.x0 + 0.02); /* a start above the barrier would settle it at once */
    double want = exact_price_max_above(&p, T, exp(level)), above = 0;
    world w = run_price("barrier", &p, text("steps: %d", T), "samples: true");
    int64_t n;
    const double *peak = samples(&w.r, "peak_price", NULL, &n);
    for (int64_t i = 0; i < n; i++) above += peak[i] > exp(level);
    SHARE_ROW(want, above / (double)n, n, "P(highest of %d weeks > %.3g x base), half-life %.3g years", T,
              exp(level), log(2) / p.kappa);
    close_world(&w);
}

static void jumps(void)
{
    exact_price p = draw_price();
    p.jump_rate = between(1, 5);
    p.jump_mean = between(-0.2, 0.3);
    p.jump_sd = between(0.05, 0.25);
    p.sigma *= 0.6;
    int T = integer_between(10, 100);
    double variance = exact_price_var_log(&p, T), sum = 0, squares = 0;
    world w = trace_price("jumps", &p, T);
    int64_t n = traced(&w.r);
    const double *x = series(&w.r, "log_price", "mineral", "jumps");
    moments m = moments_of(x, n, 1);
    for (int64_t i = 0; i < n; i++) { /* influence of one path on the third cumulant */
        double e = x[i] - m.mean, d = e * e * e - 3 * m.variance * e;
        sum += d;
        squares += d * d;
    }
    double third = sum / (double)n, fourth = exact_price_fourth_log(&p, T);
    const char *what =
        text("after %d weeks, %.3g jumps a year of %.3g +- %.3g", T, p.jump_rate, p.jump_mean, p.jump_sd);
    ROW(exact_price_mean_log(&p, T), m.mean, sqrt(variance / (double)n), "mean of the log price %s", what);
    ROW(variance, m.variance, sqrt((fourth + 2 * variance * variance) / (double)n),
        "variance of the log price %s", what);
    ROW(exact_price_third_log(&p, T), third, sqrt((squares / (double)n - third * third) / (double)n),
        "third cumulant of the log price %s", what);
    close_world(&w);
}

/* ---- what comes together ---- */

/* Two prices on one factor: the shocks of the first step, by their conditional deviation. */
static void factors(void)
{
    double a = between(0.2, 0.95), b = between(-0.95, 0.95), x = between(-0.5, 1.8), y = between(-0.5, 1.8),
           s = 0.4 * sqrt(DY), both = 0;
    const char *model = "half_life: never, volatility: 40 %/sqrt(year)";
    world w = run_memory(text(
        "format: 1\n"
        "name: factors\n"
        "run: {paths: %d, seed: %d, step: 7 days, steps: 1, per: horizon}\n"
        "minerals:\n"
        "  one: {forms: [good], price: {initial: 1 USD/t, %s}}\n"
        "  two: {forms: [good], price: {initial: 1 USD/t, %s}}\n"
        "network:\n"
        "  sites:\n"
        "    mine-one: {mineral: one, form: good, country: JPN, kind: mine, output: 16 t/step}\n"
        "    mine-two: {mineral: two, form: good, country: JPN, kind: mine, output: 16 t/step}\n"
        "  demand:\n"
        "    - {mineral: one, form: good, country: JPN, rate: 16 t/step}\n"
        "    - {mineral: two, form: good, country: JPN, rate: 16 t/step}\n"
        "correlation: {factors: [trade], loadings: {price/one: {trade: %.17g}, price/two: {trade: %.17g}}}\n"
        "tallies: {required_stock: false, samples: false, trace_paths: %d}\n",
        PATHS, seed, model, model, a, b, PATHS));
    int64_t n = traced(&w.r);
    const double *one = series(&w.r, "log_price", "mineral", "one"),
                 *two = series(&w.r, "log_price", "mineral", "two");
    for (int64_t i = 0; i < n; i++) both += one[i] > x * s && two[i] > y * s;
    SHARE_ROW(exact_both_exceed(x, y, a * b), both / (double)n, n,
              "P(both shocks exceed %.3g and %.3g), correlation %.3f", x, y, a * b);
    close_world(&w);
}

/* n minerals of one exporter whose restrictions load on one factor; nothing is in stock and transit takes a
 * step, so a restriction of step 0 is a shortage in step 1. */
static void exposures(void)
{
    enum { MANY = 16 };
    int N = integer_between(5, 12), k = integer_between(1, 3);
    double p = between(0.03, 0.3), rho = between(0.05, 0.7);
    char minerals[2048] = "", sites[2048] = "", trade[2048] = "", demand[2048] = "";
    static double count[PATHS];
    for (int i = 0; i < N; i++) {
        strcat(minerals, text("  x%02d: {forms: [good]}\n", i));
        strcat(sites,
               text("    s%02d: {mineral: x%02d, form: good, country: CHN, kind: mine, output: 16 t/step}\n",
                    i, i));
        strcat(trade, text("    - {mineral: x%02d, form: good, from: CHN, to: JPN, volume: 16 t/step, "
                           "lag_steps: 1}\n",
                           i));
        strcat(demand, text("    - {mineral: x%02d, form: good, country: JPN, rate: 16 t/step}\n", i));
    }
    world w = run_memory(
        text("format: 1\n"
             "name: exposures\n"
             "run: {paths: %d, seed: %d, step: 7 days, steps: 2, focus: JPN, per: horizon}\n"
             "market: {production: push, cover: 0 weeks}\n"
             "minerals:\n%snetwork:\n  sites:\n%s  trade:\n%s  demand:\n%s"
             "hazards: {restrictions: {exposed: {exporter: CHN, minerals: all, onset: %.17g /year,\n"
             "                                   types: {ban: {share: 1, duration: 1 day}}}}}\n"
             "correlation: {factors: [pressure], loadings: {onset/CHN/*: {pressure: %.17g}}}\n"
             "tallies: {required_stock: false}\n",
             PATHS, seed, minerals, sites, trade, demand, -log1p(-p) / DY, sqrt(rho)));
    memset(count, 0, sizeof count);
    double here = 0;
    for (int i = 0; i < N; i++) {
        const double *x = samples(&w.r, "short_steps", text("x%02d", i), NULL);
        for (int j = 0; j < PATHS; j++) count[j] += x[j];
    }
    for (int j = 0; j < PATHS; j++) here += count[j] == k;
    moments m = moments_of(count, PATHS, 1);
    double variance = exact_exposures_variance(N, p, rho);
    const char *what = text("%d exposures, p %.3f, correlation %.3f", N, p, rho);
    ROW(N * p, m.mean, sqrt(variance / PATHS), "mean count, %s", what);
    ROW(variance, m.variance, m.variance_se, "variance of the count, %s", what);
    SHARE_ROW(exact_exposures_pmf(N, p, rho, k), here / PATHS, PATHS, "P(count = %d), %s", k, what);
    close_world(&w);
}

/* Events in continuous time, each taking 1 t of 32 while it lasts: unserved is the number active at the start
 * of the step.  `start` steps after nothing was active, and `lag` steps later. */
static void active_rows(const char *name, int start, double rate, exact_law D)
{
    int lag = integer_between(1, 6), k = integer_between(0, 2);
    world w = run_memory(text(
        "format: 1\n"
        "name: %s\n"
        "run: {paths: %d, seed: %d, step: 7 days, steps: %d, burn_in: %d days, per: horizon}\n"
        "minerals: {%s: {forms: [good], market: {production: push}}}\n"
        "network:\n"
        "  hubs: [{mineral: %s, form: good, country: JPN, storage: 32 t, opening: 0 t}]\n"
        "  sites: {supply-%s: {mineral: %s, form: good, country: JPN, kind: supply, output: 32 t/step}}\n"
        "  demand: [{mineral: %s, form: good, country: JPN, rate: 32 t/step}]\n"
        "hazards: {shocks: {hit-%s: {country: JPN, rate: %.17g /year, severity: 3.125 %%,\n"
        "          process: continuous, overlap: add, mode: point, duration: %s,\n"
        "          hits: [{select: {kinds: [supply]}}]}}}\n"
        "tallies: {threshold: 0 %%, required_stock: false, samples: false, trace_paths: %d}\n",
        name, PATHS, seed, lag + 1, 7 * start, name, name, name, name, name, name, rate / DY, law_text(&D),
        PATHS));
    int64_t n = traced(&w.r);
    const double *x = series(&w.r, "unserved", "consumer", text("%s/good/JPN", name)), *y = x + lag * n;
    double mean = exact_active_mean(rate, &D, start), later = exact_active_mean(rate, &D, start + lag),
           probability = exact_poisson_pmf(later, k), here = 0, sum = 0, squares = 0;
    moments mx = moments_of(x, n, 1), my = moments_of(y, n, 1);
    for (int64_t i = 0; i < n; i++) {
        double c = (x[i] - mx.mean) * (y[i] - my.mean);
        assert_true(x[i] == floor(x[i]));
        here += y[i] == k;
        sum += c;
        squares += c * c;
    }
    double covariance = sum / (double)n;
    const char *what = text("%d steps after none, %.3g events a step, %s", start, rate, law_text(&D));
    ROW(mean, mx.mean, sqrt(mean / (double)n), "mean number active %s", what);
    SHARE_ROW(probability, here / (double)n, n, "P(%d active), %d steps later, %s", k, lag, what);
    ROW(exact_active_covariance(rate, &D, start, lag), covariance,
        sqrt((squares / (double)n - covariance * covariance) / (double)n), "covariance over %d steps, %s",
        lag, what);
    close_world(&w);
}

static void active_transient(void)
{
    exact_law D = draw_law(between_logs(3, 20));
    active_rows("active-early", integer_between(1, 15), between_logs(0.03, 0.15), D);
}

static void active_settled(void)
{
    exact_law D = draw_law(between_logs(2, 8));
    active_rows("active-late", integer_between(150, 250), between_logs(0.03, 0.2), D);
}

/* ---- estimators ---- */

/* Whether the order statistic of the paths is VaR for certain: at 0.95 the law jumps by more than six errors
 * on either side.  Between two atoms VaR is one of them by chance, and so is the error of CVaR. */
static int var_is_certain(int n, const double *p)
{
    double margin = 6 * sqrt(0.95 * 0.05 / PATHS), below = 0;
    int k = 0;
    while (k + 1 < n && below + p[k] < 0.95) below += p[k++];
    return below < 0.95 - margin && below + p[k] > 0.95 + margin;
}

/* Steps down of a two-state unit seen at the starts of the steps: their number has a known law with atoms. */
static void metrics(void)
{
    enum { MOST = 64 };
    double mttf, mttr, p[MOST + 1], x[MOST + 1];
    int T;
    do {
        mttf = between_logs(8, 40), mttr = between_logs(1.5, 6), T = integer_between(20, 52);
        exact_two_states_count(mttf, mttr, T, p);
    } while (!var_is_certain(T + 1, p));
    for (int k = 0; k <= T; k++) x[k] = 16.0 * k;
    exact_tail tail = exact_tail_of_discrete(T + 1, x, p, 0.95);
    world w = run_mine(
        "metrics", T, 1,
        text("mttf: %.17g weeks, mttr: {exponential: {mean: %.17g weeks}}, mode: point", mttf, mttr));
    int64_t n;
    const double *steps = samples(&w.r, "short_steps", NULL, &n);
    moments m = moments_of(steps, n, 1);
    double stated = summary(&w.r, "expected_short_steps_se", NULL),
           lole = summary(&w.r, "expected_short_steps", NULL), var = summary(&w.r, "var95_unserved", NULL),
           cvar_se = summary(&w.r, "cvar95_unserved_se", NULL);
    const char *what = text("MTTF %.3g, MTTR %.3g weeks, %d steps", mttf, mttr, T);
    ROW(T * (1 - exact_two_states(mttf, mttr)), lole, stated, "LOLE in steps, %s", what);
    ROW(exact_two_states_var_count(mttf, mttr, T), stated * stated * (double)n, m.variance_se,
        "square of the error stated for LOLE times paths, %s", what);
    ROW(tail.cvar, summary(&w.r, "cvar95_unserved", NULL), sqrt(tail.variance / (double)n),
        "CVaR 95 %% of unserved demand, t, %s", what);
    double m2 = 0, m4 = 0, mean = 0, *y = malloc((size_t)n * sizeof *y); /* of the excess over VaR */
    for (int64_t i = 0; i < n; i++) mean += (y[i] = fmax(0, 16 * steps[i] - tail.var) / 0.05) / (double)n;
    for (int64_t i = 0; i < n; i++) {
        double d = (y[i] - mean) * (y[i] - mean);
        m2 += d / (double)n;
        m4 += d * d / (double)n;
    }
    free(y);
    ROW(tail.variance, cvar_se * cvar_se * (double)n, sqrt((m4 - m2 * m2) / (double)n),
        "square of the error stated for CVaR times paths, %s", what);
    failed += !trust_equal(&topic, tail.var, var, 0, "VaR 95 %% of unserved demand, t, %s", what);
    close_world(&w);
}

static int ascending(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return a < b ? -1 : a > b;
}

/* A source that has just failed for X days, exponential: what a stockpile would have had to hold is X less
 * the firm stock. */
static void required(void)
{
    enum { N = 4096 };
    static const double level[] = {0.5, 0.8, 0.9, 0.95, 0.99};
    double mean = between(4, 8), firm = 0.25 * integer_between(0, 12);
    int j = integer_between(1, 3);
    world w = run_memory(text(
        "format: 1\n"
        "name: required\n"
        "run: {paths: %d, seed: %d, step: 1 day, steps: 90, per: horizon}\n"
        "minerals: {required: {forms: [good], market: {production: push}}}\n"
        "network:\n"
        "  hubs: [{mineral: required, form: good, country: JPN, storage: %.17g t, opening: %.17g t}]\n"
        "  sites: {only: {mineral: required, form: good, country: JPN, kind: supply, output: 1 t/day}}\n"
        "  demand: [{mineral: required, form: good, country: JPN, rate: 1 t/day}]\n"
        "hazards: {outages: {cut: {uptime: 1000 years, mttr: {exponential: {mean: %.17g days}}, start: "
        "down}}}\n"
        "stockpiles: {pile: {owner: national, country: JPN, mineral: required, form: good, opening: 3 t,\n"
        "                    trigger: always, delay: 0 weeks, minimum: 0 weeks}}\n"
        "tallies: {threshold: 0 %%, confidence: [50 %%, 80 %%, 90 %%, 95 %%, 99 %%]}\n",
        N, seed, firm + 1, firm, mean));
    double K = numbers(&w.r, "adequacy", "required_stock")[j], q = level[j], F = -expm1(-(K + firm) / mean);
    ROW(q, F, sqrt(q * (1 - q) / N), "P(required stock <= estimate at %g %%), mean cut %.3g days", 100 * q,
        mean);
    double *M = malloc(N * sizeof *M);
    memcpy(M, samples(&w.r, "required_stock", NULL, NULL), N * sizeof *M);
    qsort(M, N, sizeof *M, ascending);
    for (int i = 0; i < 5; i++) {
        exact_interval rank = exact_quantile_ranks(N, level[i], 0.95);
        double got[3],
            want[3] = {M[(int)ceil(level[i] * N - 1e-9) - 1], M[(int)rank.lo - 1], M[(int)rank.hi - 1]};
        static const char *const name[] = {"required_stock", "required_stock_lo", "required_stock_hi"};
        for (int k = 0; k < 3; k++) {
            got[k] = numbers(&w.r, "adequacy", name[k])[i];
            failed += !trust_equal(&topic, want[k], got[k], 0, "%s at %g %%: order statistic of the paths, t",
                                   name[k], 100 * level[i]);
        }
    }
    free(M);
    close_world(&w);
}

/* ---- cases ---- */

typedef struct {
    const char *name, *family, *source;
    void (*run)(void);
} trial;

static const trial trials[] = {
    {"two-states-fresh", "Two-state availability", "closed form, tests/exact/availability.h",
     two_states_fresh},
    {"two-states-average", "Two-state availability", "closed form, tests/exact/availability.h",
     two_states_average},
    {"renewal-fresh", "Alternating renewal", "renewal equation, tests/exact/availability.h", renewal_fresh},
    {"renewal-average", "Alternating renewal", "renewal equation, tests/exact/availability.h",
     renewal_average},
    {"price", "Mean-reverting price", "closed form, tests/exact/price.h", price},
    {"barrier", "Mean-reverting price", "killed density by quadrature, tests/exact/price.h", barrier},
    {"jumps", "Price with jumps", "cumulants, tests/exact/price.h", jumps},
    {"factors", "Drivers on one factor", "quadrature, tests/exact/counts.h", factors},
    {"exposures", "Drivers on one factor", "quadrature, tests/exact/counts.h", exposures},
    {"active-early", "Overlapping shocks", "Poisson law, tests/exact/counts.h", active_transient},
    {"active-late", "Overlapping shocks", "Poisson law, tests/exact/counts.h", active_settled},
    {"metrics", "Estimators", "law of the number of steps down, tests/exact/availability.h", metrics},
    {"required", "Estimators", "exponential law; binomial ranks, tests/exact/intervals.h", required},
};
enum { TRIALS = sizeof trials / sizeof *trials };

typedef struct {
    const trial *what;
    int seed;
} place;

static void run_trial(void **state)
{
    const place *at = *state;
    topic = (trust_topic){.family = at->what->family, .source = at->what->source};
    seed = at->seed;
    failed = 0;
    dice = (uint64_t)seed * 0x10001u;
    for (const char *c = at->what->name; *c; c++) dice = (dice ^ (uint64_t)*c) * 0x100000001b3u;
    snprintf(topic.run, sizeof topic.run, "%s/%d", at->what->name, seed);
    snprintf(topic.replay, sizeof topic.replay, "build/tests/%s --row %s", KURA_TEST_PROGRAM, topic.run);
    at->what->run();
    assert_int_equal(failed, 0);
}

int main(int argc, char **argv)
{
    static struct CMUnitTest tests[TRIALS * SEEDS];
    static place places[TRIALS * SEEDS];
    static char names[TRIALS * SEEDS][64];
    const char *row = argc == 3 && !strcmp(argv[1], "--row") ? argv[2] : NULL;
    size_t n = 0;
    for (int i = 0; i < TRIALS; i++)
        for (int s = 1; s <= SEEDS; s++) {
            snprintf(names[n], sizeof names[n], "%s/%d", trials[i].name, s);
            if (row && strcmp(row, names[n]) && strcmp(row, trials[i].name)) continue;
            places[n] = (place){&trials[i], s};
            tests[n] = (struct CMUnitTest){names[n], run_trial, NULL, NULL, &places[n]};
            n++;
        }
    if ((argc > 1 && !row) || !n) {
        fprintf(stderr, "usage: %s [--row CASE[/SEED]], CASE one of", argv[0]);
        for (int i = 0; i < TRIALS; i++) fprintf(stderr, " %s", trials[i].name);
        fprintf(stderr, "\n");
        return 2;
    }
    return _cmocka_run_group_tests("processes", tests, n, NULL, NULL);
}
