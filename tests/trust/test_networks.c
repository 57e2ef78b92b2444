/* Networks with stocks: the engine against exact laws, for parameters drawn from the seeds 1 to 5.
 *
 * For each seed and family a scenario is drawn, its law is computed by tests/exact (recursions and
 * convolutions that share no code with the engine and reproduce published figures, exact.networks), and one
 * run of the engine is compared with it.  Draws are kept when the exact law says that the comparison is worth
 * something: a probability of any shortage between 0.1 and 0.9 and an error of about half a percent from at
 * most 262,144 paths.  What the engine gives has no part in it.
 *
 * H0 of a row: the engine's expectation is the exact one; level 1e-6 (trust.h).  Errors are those that the
 * engine states; of probabilities, and of statistics whose error it does not state, those of theory.  Rows of
 * a run share paths; runs are independent.
 *
 * Twins: laws that are wrong on purpose, put to the same comparisons over the five seeds, must be rejected.
 *
 * One case alone: t_trust_networks --row NAME, the name of its run. */
#include "drawn.h"
#include "tally/estimate.h"
#include "exact/capacity_outage.h"
#include "exact/cover.h"
#include "exact/embargo.h"
#include "exact/markov_stock.h"
#include "exact/matrix.h"
#include "exact/power_tables.h"
#include "exact/shortfall.h"
#include "exact/tandem.h"
#include "exact/unit_chain.h"

enum { SEEDS = 5, MOST_PATHS = 262144 };

#define RECURSION "recursion over the joint law, tests/exact/"
#define TALLIES "tallies: {threshold: 0 %%, required_stock: false, samples: false}\n"

/* Paths for a relative error of `error` of a mean with this standard deviation. */
static int paths_for(double sd, double mean, double error)
{
    double n = ceil(pow(sd / (error * mean), 2) / 4096) * 4096;
    return n < 16384 ? 16384 : n > MOST_PATHS ? MOST_PATHS : (int)n;
}

static double share_error(double p, double n) { return sqrt(p * (1 - p) / n); }

/* Name of the run and of a country of its own. */
#define NAMES(run, place)                                                                                    \
    char name[32], country[8];                                                                               \
    snprintf(name, sizeof name, run, seed);                                                                  \
    snprintf(country, sizeof country, place, 'A' + seed)

/* Value and stated error of a scalar of /summary. */
static void row_of(const trust_topic *t, const run_result *r, const char *name, const char *mineral,
                   double exact, const char *what)
{
    double se = summary(r, text("%s_se", name), mineral);
    drawn_row(trust_z(t, exact, summary(r, name, mineral), se, "%s", what));
}

static void share_row(const trust_topic *t, const run_result *r, const char *name, const char *mineral,
                      double exact, double n, const char *what)
{
    drawn_row(trust_z(t, exact, summary(r, name, mineral), share_error(exact, n), "%s", what));
}

/* ---- twins: sums of squares over all seeds ---- */

typedef struct {
    const char *what;
    int n;
    double sum, exact, twin, most; /* the pair that is furthest apart, in errors */
} twin;

enum { LATE, LARGER, APART, COVERED, SMALLER, TWINS };
static twin twins[TWINS] = {{.what = "a regime that moves after the stock"},
                            {.what = "a store larger by one unit"},
                            {.what = "an error of LOLE as if steps were independent"},
                            {.what = "a required stock of a rank 3 % too high"},
                            {.what = "an ore store smaller by two units"}};

static void twin_add(int which, double exact, double wrong, double kura, double se)
{
    twin *t = &twins[which];
    t->n++;
    t->sum += pow((kura - wrong) / se, 2);
    if (t->n > 1 && fabs(wrong - exact) / se <= t->most) return;
    t->most = fabs(wrong - exact) / se;
    t->exact = exact, t->twin = wrong;
}

/* ---- a stock on a regime chain ---- */

typedef struct {
    int days, start; /* of a step; regime before the first step, 3 = the long run */
    double tension, coercion, relax, ease, direct;
    double P[9], law[3];
} regime;

static regime draw_regime(drawn *d)
{
    static const int days[] = {3, 5, 7, 10, 14};
    regime g = {.days = days[drawn_whole(d, 0, 4)], .start = drawn_whole(d, 0, 3)};
    double scale = 7.0 / g.days; /* about as many changes in a step, whatever its length */
    g.tension = drawn_round(d, 0.4, 2) * scale, g.coercion = drawn_round(d, 0.4, 2) * scale;
    g.relax = drawn_round(d, 0.8, 4) * scale, g.ease = drawn_round(d, 1.5, 6) * scale;
    g.direct = drawn_round(d, 0, 0.3) * scale;
    double G[9] = {-(g.tension + g.direct),
                   g.tension,
                   g.direct,
                   g.relax,
                   -(g.relax + g.coercion),
                   g.coercion,
                   0,
                   g.ease,
                   -g.ease};
    exact_exponential(3, G, g.days / 365.25, g.P);
    exact_stationary_rates(3, G, g.law);
    for (int i = 0; i < 3 && g.start < 3; i++) g.law[i] = i == g.start;
    return g;
}

static const char *regime_text(const regime *g, const char *country)
{
    static const char *const start[] = {"normal", "tension", "coercion", "stationary"};
    return text("hazards: {regimes: {%s: {tension: %.17g /year, coercion: %.17g /year, relax: %.17g /year, "
                "ease: %.17g /year, direct: %.17g /year, start: %s}}}\n",
                country, g->tension, g->coercion, g->relax, g->ease, g->direct, start[g->start]);
}

enum { NEED = 4096 };

typedef struct {
    regime g;
    int balance[3], demand, run, depth; /* a long shortage: so many steps with more than depth / 2 unserved */
    exact_stock s;
    exact_stock_figures f;
    exact_tail unserved;
    double need[NEED + 1];
} stock_case;

static void draw_balance(drawn *d, int balance[3])
{
    balance[0] = drawn_whole(d, 1, 3), balance[1] = drawn_whole(d, -2, 0),
    balance[2] = drawn_whole(d, -6, -3);
}

/* Drawn anew until the law carries a comparison. */
static void draw_stock(drawn *d, stock_case *c, int most_store)
{
    for (;;) {
        c->g = draw_regime(d);
        draw_balance(d, c->balance);
        c->demand = drawn_whole(d, 8, 14);
        c->run = drawn_whole(d, 2, 5), c->depth = drawn_whole(d, 0, 2) * 2 + 1;
        int store = drawn_whole(d, 2, most_store);
        c->s = (exact_stock){
            3, c->g.P, c->g.law, c->balance, store, drawn_whole(d, 0, store), drawn_whole(d, 60, 180)};
        int most = -c->balance[2] * c->s.steps;
        exact_stock_horizon(&c->s, &c->f);
        if (c->f.any < 0.1 || c->f.any > 0.9) continue;
        exact_stock_need(&c->s, -1, most, c->need);
        c->unserved = exact_tail_of(c->need, most, 0.95);
        if (c->unserved.sd / c->f.unserved < 0.006 * sqrt(MOST_PATHS)) return;
    }
}

/* One mineral of a country with regimes: a hub and a mine. */
static const char *hub_text(const char *mineral, const char *country, const exact_stock *s, int demand)
{
    return text("{mineral: %s, form: good, country: %s, storage: %d t, opening: %d t}", mineral, country,
                s->store + demand, s->opening);
}
static const char *mine_text(const char *mineral, const char *country, const exact_stock *s, int demand)
{
    return text("mine-%s: {mineral: %s, form: good, country: %s, kind: mine, output: %d t/step, "
                "capacity_by_regime: [%d "
                "t/step, %d t/step, %d t/step]}",
                mineral, mineral, country, demand, demand + s->balance[0], demand + s->balance[1],
                demand + s->balance[2]);
}
static const char *demand_text(const char *mineral, const char *country, int demand)
{
    return text("{mineral: %s, form: good, country: %s, rate: %d t/step}", mineral, country, demand);
}

static const char *stock_text(const char *name, int seed, int paths, const stock_case *c, const char *country,
                              const char *more)
{
    return text("format: 1\nname: %s\n"
                "run: {paths: %d, seed: %d, step: %d days, steps: %d, per: horizon}\n"
                "minerals: {%s: {forms: [good], market: {production: push}}}\n"
                "network:\n  hubs: [%s]\n  sites: {%s}\n  demand: [%s]\n%s%s",
                name, paths, seed, c->g.days, c->s.steps, name, hub_text(name, country, &c->s, c->demand),
                mine_text(name, country, &c->s, c->demand), demand_text(name, country, c->demand),
                regime_text(&c->g, country), more);
}

/* The stated error of EUE is itself a statistic with a law. */
static void error_row(const trust_topic *t, const run_result *r, const exact_tail *law, double n)
{
    drawn_row(trust_z(t, law->sd / sqrt(n), summary(r, "expected_unserved_se", NULL), law->sd_sd / n,
                      "stated standard error of EUE, units"));
}

/* The same comparison with laws that are wrong. */
static void stock_twins(const stock_case *c, const run_result *r, double n)
{
    double lole = summary(r, "expected_short_steps", NULL), se = summary(r, "expected_short_steps_se", NULL);
    double p = c->f.short_steps / c->s.steps, PT[9], back[3];
    exact_stock late = c->s, larger = c->s;
    exact_stock_figures f;
    /* the regime before the first step acts in it: the law x with x P = law, a step earlier (linear, so
     * negative shares do no harm) */
    for (int i = 0; i < 9; i++) PT[i % 3 * 3 + i / 3] = c->g.P[i];
    memcpy(back, c->g.law, sizeof back);
    assert_int_equal(exact_solve(3, PT, back), 0);
    late.start = back;
    exact_stock_horizon(&late, &f);
    twin_add(LATE, c->f.short_steps, f.short_steps, lole, se);
    larger.store++;
    exact_stock_horizon(&larger, &f);
    twin_add(LARGER, c->f.short_steps, f.short_steps, lole, se);
    twin_add(APART, c->f.short_steps, c->f.short_steps, lole, sqrt(p * (1 - p) * c->s.steps / n));
}

static void stock_a_run(int seed)
{
    static stock_case c;
    NAMES("stock-a%d", "KA%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("stock-a", seed);
    trust_topic t = drawn_topic("Stock on a regime chain", RECURSION "markov_stock.h", name);
    draw_stock(&d, &c, 12);
    int n = paths_for(c.unserved.sd, c.f.unserved, 0.005);
    const char *tallies =
        text("tallies: {threshold: 0 %%, required_stock: false, samples: false, long_shortage: {depth: "
             "%.17g %%, duration: %d days}}\n",
             50.0 * c.depth / c.demand, c.run * c.g.days);
    run_result r = drawn_run(stock_text(name, seed, n, &c, country, tallies), (uint64_t)seed, name);
    row_of(&t, &r, "expected_short_steps", NULL, c.f.short_steps, "LOLE, steps");
    row_of(&t, &r, "expected_unserved", NULL, c.f.unserved, "EUE, units");
    share_row(&t, &r, "long_shortage_probability", NULL,
              exact_stock_long_shortage(&c.s, 0.5 * c.depth, c.run), n, "P(long shortage)");
    error_row(&t, &r, &c.unserved, n);
    stock_twins(&c, &r, n);
    drop(&r);
}

/* The same family with longer stores; events, tail, first shortage. */
static void stock_b_run(int seed)
{
    static stock_case c;
    NAMES("stock-b%d", "KB%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("stock-b", seed);
    trust_topic t = drawn_topic("Stock on a regime chain", RECURSION "markov_stock.h", name);
    draw_stock(&d, &c, 40);
    int n = paths_for(c.unserved.sd, c.f.unserved, 0.006);
    n = n > 131072 ? 131072 : n;
    run_result r = drawn_run(
        stock_text(name, seed, n, &c, country, "tallies: {threshold: 0 %, required_stock: false}\n"),
        (uint64_t)seed, name);
    int64_t paths;
    moments first = moments_of(samples(&r, "first_shortage", NULL, &paths), n, 1);
    assert_true(paths == n);
    row_of(&t, &r, "loss_of_load_events", NULL, c.f.events, "LOLEV, shortages");
    share_row(&t, &r, "shortage_probability_any", NULL, c.f.any, n, "P(any shortage)");
    row_of(&t, &r, "cvar95_unserved", NULL, c.unserved.cvar, "CVaR 95 % of unserved demand, units");
    drawn_row(trust_z(&t, c.f.first, first.mean, first.se, "steps before the first shortage (at most all)"));
    drop(&r);
}

/* ---- a reserve with a release cap ---- */

typedef struct {
    stock_case c;
    int amount, cap, most;
    double irreducible;
    exact_stock_figures f;
} reserve_case;

static void draw_reserve(drawn *d, reserve_case *x, int capped)
{
    for (;;) {
        draw_stock(d, &x->c, 10);
        x->most = -x->c.balance[2] * x->c.s.steps;
        x->cap = capped ? drawn_whole(d, 2, -x->c.balance[2] - 1) : -1;
        x->amount = drawn_whole(d, 5, 40);
        x->irreducible = exact_stock_need(&x->c.s, x->cap, x->most, x->c.need);
        exact_stock_reserved(&x->c.s, x->amount, capped ? x->cap : x->c.demand, &x->f);
        double none = x->c.need[0];
        if (none < 0.45 && x->f.any > 0.08 && (!capped || (x->irreducible > 0.02 && x->irreducible < 0.4)))
            return;
    }
}

/* Probabilities that the required stock is below, at most `stock`; infinity takes the rest. */
static void need_law(const reserve_case *x, double stock, double *below, double *upto)
{
    *below = *upto = 0;
    for (int m = 0; m <= x->most; m++) {
        if (m < stock) *below += x->c.need[m];
        if (m <= stock) *upto += x->c.need[m];
    }
    if (isinf(stock)) *upto = 1;
}

static double need_quantile(const reserve_case *x, double q)
{
    double sum = 0;
    for (int m = 0; m <= x->most; m++)
        if ((sum += x->c.need[m]) >= q) return m;
    return INFINITY;
}

enum { QUANTILES = 3 };

/* The first quantile of the required stock, of a rank 3 % of the paths too high. */
static void rank_twin(const reserve_case *x, double q, const run_result *r, double n)
{
    double *sorted = malloc((size_t)n * sizeof *sorted), k = ceil(q * n - 1e-9), below, upto;
    const double *irreducible = samples(r, "irreducible", NULL, NULL);
    assert_non_null(sorted);
    memcpy(sorted, samples(r, "required_stock", NULL, NULL), (size_t)n * sizeof *sorted);
    for (int p = 0; p < (int)n; p++)
        if (irreducible[p] > 0) sorted[p] = INFINITY;
    kura_sort((uint64_t)n, sorted);
    assert_true(sorted[(int)k - 1] == numbers(r, "adequacy", "required_stock")[0]); /* the right one */
    double wrong = sorted[(int)(k + 0.03 * n) - 1];
    free(sorted);
    need_law(x, wrong, &below, &upto);
    double u = 0.5 * (binomial_at_least(k, n, below) + binomial_at_least(k, n, upto));
    double z = normal_point(fmin(fmax(u, 1e-300), 1 - 1e-16));
    twin_add(COVERED, need_quantile(x, q), wrong, wrong + z, 1); /* the score is the distance */
}

static void required_rows(const trust_topic *t, const reserve_case *x, const double *q, const run_result *r,
                          drawn *d, double n)
{
    for (int i = 0; i < QUANTILES; i++) {
        double stated = numbers(r, "adequacy", "required_stock")[i], below, upto;
        need_law(x, stated, &below, &upto);
        drawn_row(
            drawn_quantile(t, q[i], n, below, upto, stated, need_quantile(x, q[i]), drawn_uniform(d, 0, 1)));
    }
    rank_twin(x, q[0], r, n);
}

static void reserve_run(int seed)
{
    static reserve_case x;
    int capped = seed % 2 == 0;
    NAMES("reserve-%d", "KC%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("reserve", seed);
    trust_topic t = drawn_topic("Reserve with a release cap", RECURSION "markov_stock.h", name);
    draw_reserve(&d, &x, capped);
    enum { N = 65536 };
    double q[QUANTILES] = {0.5, 0.9, 0.95};
    for (int i = 0; capped && i < QUANTILES; i++) /* below the share of futures that some stock covers */
        q[i] = floor((1 - x.irreducible) * (i == 0 ? 50 : i == 1 ? 80 : 97)) / 100;
    const char *cap = capped ? text("at_most: %d t/step, ", x.cap) : "";
    const char *more =
        text("stockpiles: {reserve-%s: {owner: national, country: %s, mineral: %s, form: good, opening: %d "
             "t, %sdelay: 0 weeks, trigger: always}}\n"
             "tallies: {threshold: 0 %%, confidence: [%g %%, %g %%, %g %%]}\n",
             name, country, name, x.amount, cap, 100 * q[0], 100 * q[1], 100 * q[2]);
    run_result r = drawn_run(stock_text(name, seed, N, &x.c, country, more), (uint64_t)seed, name);
    row_of(&t, &r, "expected_short_steps", NULL, x.f.short_steps, "LOLE, steps");
    row_of(&t, &r, "expected_unserved", NULL, x.f.unserved, "EUE, units");
    if (capped)
        drawn_row(trust_z(&t, x.irreducible, numbers(&r, "adequacy", "irreducible_probability")[0],
                          share_error(x.irreducible, N), "P(need above the release cap)"));
    required_rows(&t, &x, q, &r, &d, N);
    drop(&r);
}

/* ---- two minerals on one chain ---- */

static void pair_run(int seed)
{
    static stock_case a, b;
    NAMES("pair-%d", "KD%c");
    char first[32], second[32], hub[2][128], mine[2][256];
    snprintf(first, sizeof first, "pair-a%d", seed), snprintf(second, sizeof second, "pair-b%d", seed);
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("pair", seed);
    trust_topic t = drawn_topic("Two minerals on one regime chain", RECURSION "markov_stock.h", name);
    exact_stock_pair p;
    do { /* the second has more of everything, so it is short only where the first is */
        draw_stock(&d, &a, 15);
        b = a;
        for (int r = 0; r < 3; r++) b.balance[r] += drawn_whole(&d, 0, 1 + r / 2);
        b.s.balance = b.balance, b.s.store += drawn_whole(&d, 0, 8), b.s.opening += drawn_whole(&d, 0, 5);
        b.s.opening = b.s.opening > b.s.store ? b.s.store : b.s.opening;
        exact_stock_horizon(&b.s, &b.f);
        exact_stock_joint(&a.s, &b.s, &p);
    } while (b.f.any < 0.1 || p.only_first < 0.5);
    assert_true(p.only_second == 0);
    enum { N = 65536 };
    snprintf(hub[0], sizeof hub[0], "%s", hub_text(first, country, &a.s, a.demand));
    snprintf(hub[1], sizeof hub[1], "%s", hub_text(second, country, &b.s, a.demand));
    snprintf(mine[0], sizeof mine[0], "%s", mine_text(first, country, &a.s, a.demand));
    snprintf(mine[1], sizeof mine[1], "%s", mine_text(second, country, &b.s, a.demand));
    const char *yaml = text(
        "format: 1\nname: %s\nrun: {paths: %d, seed: %d, step: %d days, steps: %d, per: horizon}\n"
        "minerals:\n  %s: {forms: [good], market: {production: push}}\n  %s: {forms: [good], market: "
        "{production: "
        "push}}\n"
        "network:\n  hubs: [%s, %s]\n  sites: {%s, %s}\n  demand: [%s, %s]\n%stallies: {threshold: 0 %%, "
        "required_stock: false}\n",
        name, N, seed, a.g.days, a.s.steps, first, second, hub[0], hub[1], mine[0], mine[1],
        demand_text(first, country, a.demand), demand_text(second, country, a.demand),
        regime_text(&a.g, country));
    run_result r = drawn_run(yaml, (uint64_t)seed, name);
    static double only[N];
    const double *x = samples(&r, "short_steps", first, NULL), *y = samples(&r, "short_steps", second, NULL);
    for (int i = 0; i < N; i++) {
        if (x[i] < y[i]) fail_msg("path %d: the second is short where the first is not", i);
        only[i] = x[i] - y[i];
    }
    moments m = moments_of(only, N, 1);
    drawn_row(trust_z(&t, p.only_first, m.mean, m.se, "steps in which the first alone is short"));
    row_of(&t, &r, "expected_short_steps", second, p.both, "steps in which both are short");
    drop(&r);
}

/* ---- ore stock, refinery, metal stock ---- */

static void tandem_run(int seed)
{
    NAMES("tandem-%d", "KE%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("tandem", seed);
    trust_topic t =
        drawn_topic("Ore stock, refinery, metal stock under an embargo", RECURSION "tandem.h", name);
    exact_tandem x = {0};
    exact_tandem_figures f, smaller;
    double on, off, down, up;
    do {
        on = drawn_round(&d, 0.3, 1.2), off = drawn_round(&d, 1.5, 5);
        down = drawn_round(&d, 0.5, 3), up = drawn_round(&d, 5, 20);
        exact_tandem_chain(on, off, DY, x.embargo);
        exact_tandem_chain(down, up, DY, x.refinery);
        x.demand = drawn_whole(&d, 3, 8), x.ore = drawn_whole(&d, 1, x.demand - 1);
        x.capacity = drawn_whole(&d, x.demand / 2 + 1, x.demand);
        x.ore_store = drawn_whole(&d, 5, 40), x.metal_store = drawn_whole(&d, 0, 20);
        x.steps = drawn_whole(&d, 80, 156);
        exact_tandem_horizon(&x, &f);
    } while (f.any < 0.1 || f.any > 0.9);
    enum { N = 131072 };
    const char *yaml =
        text("format: 1\nname: %s\nrun: {paths: %d, seed: %d, step: 7 days, steps: %d, per: horizon}\n"
             "minerals: {%s: {forms: [ore, metal], market: {production: push}}}\n"
             "network:\n  hubs:\n"
             "    - {mineral: %s, form: ore, country: %s, storage: %d t, opening: %d t}\n"
             "    - {mineral: %s, form: metal, country: %s, storage: %d t, opening: %d t}\n"
             "  sites:\n"
             "    ore-%s: {mineral: %s, form: ore, country: %s, kind: supply, output: %d t/step}\n"
             "    imports-%s: {mineral: %s, form: metal, country: %s, kind: supply, output: %d t/step}\n"
             "    refinery-%s: {mineral: %s, form: metal, country: %s, kind: refine, output: 0 t/step, "
             "input_capacity: %d "
             "t/step}\n"
             "  demand: [{mineral: %s, form: metal, country: %s, rate: %d t/step}]\n"
             "hazards:\n  outages:\n"
             "    embargo-%s: {select: {sites: [imports-%s]}, mttf: %.17g years, mttr: {exponential: {mean: "
             "%.17g years}}, "
             "start: up, mode: point}\n"
             "    failure-%s: {select: {sites: [refinery-%s]}, mttf: %.17g years, mttr: {exponential: {mean: "
             "%.17g years}}, "
             "start: up, mode: point}\n" TALLIES,
             name, N, seed, x.steps + 1 /* seen up in step 0, before the first move, which changes nothing */,
             name, name, country, x.ore_store + x.ore, x.ore_store, name, country, x.metal_store + x.demand,
             x.metal_store, name, name, country, x.ore, name, name, country, x.demand, name, name, country,
             x.capacity, name, country, x.demand, name, name, 1 / on, 1 / off, name, name, 1 / down, 1 / up);
    run_result r = drawn_run(yaml, (uint64_t)seed, name);
    row_of(&t, &r, "expected_short_steps", NULL, f.short_steps, "LOLE, steps");
    row_of(&t, &r, "expected_unserved", NULL, f.unserved, "EUE, units");
    share_row(&t, &r, "shortage_probability_any", NULL, f.any, N, "P(any shortage)");
    x.ore_store -= 2;
    exact_tandem_horizon(&x, &smaller);
    twin_add(SMALLER, f.unserved, smaller.unserved, summary(&r, "expected_unserved", NULL),
             summary(&r, "expected_unserved_se", NULL));
    drop(&r);
}

/* ---- generating capacity ---- */

/* A table of one column as a file beside the scenario. */
static const char *table_of(const char *name, const char *head, const double *x, int n)
{
    char *all = malloc(32 * (size_t)(n + 1)), *p = all;
    assert_non_null(all);
    p += sprintf(p, "%s\n", head);
    for (int i = 0; i < n; i++) p += sprintf(p, "%.17g\n", x[i]);
    put_file(name, all);
    free(all);
    return name;
}

enum { GROUPS = 4, LONGEST = 240 };

/* Hours of a load with a day and a night, whole MW: ties of capacity and load happen. */
static void draw_load(drawn *d, double capacity, double *load, int steps)
{
    double base = drawn_uniform(d, 0.45, 0.7) * capacity, swing = drawn_uniform(d, 0.05, 0.25) * capacity;
    for (int t = 0; t < steps; t++)
        load[t] = round(base + swing * sin(2 * M_PI * t / 24) + drawn_uniform(d, -0.03, 0.03) * capacity);
}

/* Groups of units against the hourly load of a file. */
static const char *power_text(const char *name, int seed, int paths, int steps, const char *country,
                              const exact_group *g, int groups, const char *load)
{
    char sites[4096] = "", outages[4096] = "", *s = sites, *o = outages;
    for (int k = 0; k < groups; k++) {
        s += sprintf(s,
                     "    u%d-%s: {mineral: %s, form: energy, country: %s, kind: supply, output: %g t/hour, "
                     "plants: %d}\n",
                     k, name, name, country, g[k].units * g[k].capacity, g[k].units);
        o += sprintf(o,
                     "    o%d-%s: {select: {sites: [u%d-%s]}, mttf: %g hours, mttr: {exponential: {mean: %g "
                     "hours}}, derating: %g %%, mode: point}\n",
                     k, name, k, name, g[k].mttf, g[k].mttr, 100 * (1 - g[k].derated / g[k].capacity));
    }
    return text("format: 1\nname: %s\nrun: {paths: %d, seed: %d, step: 1 hour, steps: %d, per: horizon}\n"
                "minerals: {%s: {forms: [energy], market: {production: push}}}\n"
                "profiles: {load: {file: %s, column: load, period: hour, kind: absolute}}\n"
                "network:\n  hubs: [{mineral: %s, form: energy, country: %s, storage: none}]\n  sites:\n%s"
                "  demand: [{mineral: %s, form: energy, country: %s, profile: load}]\nhazards:\n  "
                "outages:\n%s" TALLIES,
                name, paths, seed, steps, name, load, name, country, sites, name, country, outages);
}

static void capacity_run(int seed)
{
    NAMES("capacity-%d", "KF%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("capacity", seed);
    trust_topic t = drawn_topic("Generating capacity against an hourly load",
                                "convolution and chain of the units, "
                                "tests/exact/capacity_outage.h, unit_chain.h",
                                name);
    exact_group g[GROUPS];
    exact_fleet_figures f;
    double load[LONGEST];
    int steps;
    do {
        double capacity = 0;
        steps = 24 * drawn_whole(&d, 5, LONGEST / 24);
        for (int k = 0; k < GROUPS; k++) {
            g[k] = (exact_group){drawn_whole(&d, 1, 3), 2 * drawn_whole(&d, 5, 40), drawn_whole(&d, 100, 900),
                                 drawn_whole(&d, 10, 60), 0};
            if (k == 0) g[k].derated = g[k].capacity / 2; /* half of it is lost */
            capacity += g[k].units * g[k].capacity;
        }
        draw_load(&d, capacity, load, steps);
        exact_fleet_horizon(g, GROUPS, load, steps, 1, &f);
    } while (f.any < 0.1 || f.any > 0.9 || f.unserved_sd / f.unserved > 0.006 * sqrt(MOST_PATHS));
    exact_unit unit[3 * GROUPS];
    exact_adequacy a;
    int units = 0, n = paths_for(f.unserved_sd, f.unserved, 0.006);
    for (int k = 0; k < GROUPS; k++)
        for (int i = 0; i < g[k].units; i++) {
            double rate[4] = {-1 / g[k].mttf, 1 / g[k].mttf, 1 / g[k].mttr, -1 / g[k].mttr};
            unit[units++] = exact_unit_of(2, (int[]){(int)g[k].capacity, (int)g[k].derated}, rate, 1);
        }
    exact_adequacy_study(unit, units, load, steps, 1, &a); /* the second way to the same figures */
    if (!(fabs(a.short_steps - f.short_steps) < 1e-10 * f.short_steps &&
          fabs(a.unserved - f.unserved) < 1e-10 * f.unserved &&
          fabs(a.events_counted - f.events) < 1e-10 * f.events))
        fail_msg("%s: convolution %.12g %.12g %.12g, chain %.12g %.12g %.12g", name, a.short_steps,
                 a.unserved, a.events_counted, f.short_steps, f.unserved, f.events);
    const char *yaml = power_text(name, seed, n, steps, country, g, GROUPS,
                                  table_of(text("%s.csv", name), "load [t/hour]", load, steps));
    run_result r = drawn_run(yaml, (uint64_t)seed, name);
    row_of(&t, &r, "expected_short_steps", NULL, f.short_steps, "LOLE, h");
    row_of(&t, &r, "expected_unserved", NULL, f.unserved, "EUE, MWh");
    row_of(&t, &r, "loss_of_load_events", NULL, f.events, "LOLF, losses of load");
    share_row(&t, &r, "shortage_probability_any", NULL, f.any, n, "P(any loss of load)");
    drop(&r);
}

/* A published system: the IEEE Reliability Test System of 1979, 32 units, 8736 h, peak load 2850 MW. */
static void rts79_run(int seed)
{
    NAMES("rts79-%d", "KK%c");
    if (!drawn_wanted(name)) return;
    trust_topic t =
        drawn_topic("IEEE Reliability Test System 1979", "convolution, tests/exact/capacity_outage.h", name);
    static double load[HOURS], daily[HOURS / 24];
    exact_unit unit[UNITS];
    exact_group group[16];
    int groups, n = read_units("RTS79", unit, group, &groups);
    enum { N = 49152 };
    exact_adequacy a;
    load_year(2850, load, daily);
    exact_adequacy_study(unit, n, load, HOURS, 1, &a);
    run_result r = drawn_run(power_text(name, seed, N, HOURS, country, group, groups,
                                        table_of(text("%s.csv", name), "load [t/hour]", load, HOURS)),
                             (uint64_t)seed, name);
    row_of(&t, &r, "expected_short_steps", NULL, a.short_steps, "LOLE, h a year (published 9.394)");
    row_of(&t, &r, "expected_unserved", NULL, a.unserved, "EUE, MWh a year (published 1176)");
    row_of(&t, &r, "loss_of_load_events", NULL, a.events_counted, "LOLF, losses of load a year");
    drop(&r);
}

/* Units that are redrawn in every step: the whole law of the total, with its atoms. */
static void redrawn_run(int seed)
{
    NAMES("redrawn-%d", "KG%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("redrawn", seed);
    trust_topic t =
        drawn_topic("Generating capacity, independent steps", "convolution, tests/exact/shortfall.h", name);
    enum { STEPS = 12, MACHINES = 4, N = 262144 };
    exact_unit unit[MACHINES];
    exact_tail tail;
    double capacity[512], law[4096], loads[STEPS], lole;
    int load[STEPS], top, most;
    do {
        for (int k = 0; k < MACHINES; k++) {
            double q = drawn_round(&d, 0.03, 0.2);
            unit[k] = (exact_unit){2, {drawn_whole(&d, 4, 25), 0}, {1 - q, q}, {0}, {1 - q, q, 1 - q, q}};
        }
        top = exact_capacity_law(unit, MACHINES, capacity);
        for (int i = 0; i < STEPS; i++) loads[i] = load[i] = (int)(top * drawn_uniform(&d, 0.35, 0.85));
        most = exact_shortfall_law(capacity, top, load, STEPS, law);
        tail = exact_tail_of(law, most, 0.95);
        lole = exact_loss_of_load(unit, MACHINES, loads, STEPS);
    } while (tail.any < 0.3 || tail.any > 0.95 || lole < 0.5);
    char sites[2048] = "", shocks[2048] = "", *s = sites, *o = shocks;
    for (int k = 0; k < MACHINES; k++) { /* a shock of an hour takes a step of a day */
        s += sprintf(s,
                     "    u%d-%s: {mineral: %s, form: energy, country: %s, kind: supply, output: %d t/day}\n",
                     k, name, name, country, unit[k].capacity[0]);
        o += sprintf(o,
                     "    s%d-%s: {country: %s, rate: %.17g /year, severity: 100 %%, duration: 1 hour, hits: "
                     "[{select: "
                     "{sites: [u%d-%s]}}]}\n",
                     k, name, country, -365.25 * log1p(-unit[k].probability[1]), k, name);
    }
    const char *yaml =
        text("format: 1\nname: %s\nrun: {paths: %d, seed: %d, step: 1 day, steps: %d, per: horizon}\n"
             "minerals: {%s: {forms: [energy], market: {production: push}}}\n"
             "profiles: {load: {file: %s, column: load, period: day, kind: absolute}}\n"
             "network:\n  hubs: [{mineral: %s, form: energy, country: %s, storage: none}]\n  sites:\n%s"
             "  demand: [{mineral: %s, form: energy, country: %s, profile: load}]\nhazards:\n  "
             "shocks:\n%s" TALLIES,
             name, N, seed, STEPS, name, table_of(text("%s.csv", name), "load [t/day]", loads, STEPS), name,
             country, sites, name, country, shocks);
    run_result r = drawn_run(yaml, (uint64_t)seed, name);
    row_of(&t, &r, "expected_short_steps", NULL, lole, "LOLE, steps");
    row_of(&t, &r, "cvar95_unserved", NULL, tail.cvar, "CVaR 95 % with atoms, MWh");
    double var = summary(&r, "var95_unserved", NULL), below = 0;
    for (int x = 0; x < most && x < var; x++) below += law[x];
    drawn_row(
        drawn_quantile(&t, 0.95, N, below, below + law[(int)var], var, tail.var, drawn_uniform(&d, 0, 1)));
    drop(&r);
}

/* ---- one cut against days of cover ---- */

static void cover_run(int seed)
{
    NAMES("cover-%d", "KH%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("cover", seed);
    trust_topic t =
        drawn_topic("One cut against days of cover", "closed form or quadrature, tests/exact/cover.h", name);
    double mean = drawn_whole(&d, 4, 15), shape = drawn_round(&d, 0.7, 2.5), sigma = drawn_round(&d, 0.4, 1),
           median = drawn_whole(&d, 4, 15);
    exact_weibull weibull = {mean, shape};
    exact_lognormal lognormal = {median, sigma};
    exact_cut cut[] = {{exact_survival_lognormal, &lognormal, median},
                       {exact_survival_exponential, &mean, mean},
                       {exact_survival_weibull, &weibull, mean}};
    const char *law[] = {
        text("{lognormal: {median: %g days, sigma: %g}}", median, sigma),
        text("{exponential: {mean: %g days}}", mean),
        text("{weibull: {scale: %.17g days, shape: %g}}", mean / tgamma(1 + 1 / shape), shape)};
    exact_cut x = cut[seed % 3];
    int cover = drawn_whole(&d, 1, (int)x.scale), steps = cover + drawn_whole(&d, 20, 60);
    enum { N = 131072 };
    exact_cover_figures f, end; /* what lasts beyond the end is not seen */
    exact_cover(&x, cover, 0, 0, &f);
    exact_cover(&x, steps, 0, 0, &end);
    const char *yaml =
        text("format: 1\nname: %s\nrun: {paths: %d, seed: %d, step: 1 day, steps: %d, per: horizon}\n"
             "minerals: {%s: {forms: [good], market: {production: push}}}\n"
             "network:\n  hubs: [{mineral: %s, form: good, country: %s, storage: %d t, opening: %d t}]\n"
             "  sites: {source-%s: {mineral: %s, form: good, country: %s, kind: supply, output: 1 t/day}}\n"
             "  demand: [{mineral: %s, form: good, country: %s, rate: 1 t/day}]\n"
             "hazards: {outages: {failure-%s: {uptime: 1000 years, mttr: %s, start: down}}}\n" TALLIES,
             name, N, seed, steps, name, name, country, cover + 1, cover, name, name, country, name, country,
             name, law[seed % 3]);
    run_result r = drawn_run(yaml, (uint64_t)seed, name);
    share_row(&t, &r, "shortage_probability_any", NULL, f.probability, N, "P(shortage)");
    row_of(&t, &r, "expected_unserved", NULL, f.unserved - end.unserved, "unserved days");
    row_of(&t, &r, "expected_short_steps", NULL, exact_cover_stepped(&x, cover, steps),
           "days with a shortage");
    drop(&r);
}

/* ---- one embargo, step by step ---- */

static void embargo_run(int seed)
{
    NAMES("embargo-%d", "KI%c");
    if (!drawn_wanted(name)) return;
    drawn d = drawn_from("embargo", seed);
    trust_topic t = drawn_topic("One embargo against stocks", "arithmetic, tests/exact/embargo.h", name);
    exact_embargo x = {.demand = drawn_whole(&d, 5, 12),
                       .lag = drawn_whole(&d, 1, 6),
                       .from = drawn_whole(&d, 5, 15),
                       .length = drawn_whole(&d, 10, 25),
                       .firm = drawn_whole(&d, 0, 60),
                       .reserve = drawn_whole(&d, 20, 150),
                       .delay = drawn_whole(&d, 0, 9),
                       .steps = 60};
    x.cap = drawn_whole(&d, x.demand / 2, x.demand);
    exact_embargo_figures f = exact_embargo_run(&x);
    const char *exporter = country, *importer = text("KJ%c", 'A' + seed);
    const char *yaml = text(
        "format: 1\nname: %s\nrun: {paths: 1, seed: %d, step: 7 days, steps: %d, focus: %s, per: horizon}\n"
        "market: {production: push, cover: 0 weeks, inventory_gain: 0, pipeline_gain: 0}\n"
        "minerals: {%s: {forms: [good]}}\n"
        "network:\n  hubs: [{mineral: %s, form: good, country: %s, opening: %d t}]\n"
        "  sites: {mine-%s: {mineral: %s, form: good, country: %s, kind: mine, output: %d t/step}}\n"
        "  trade: [{mineral: %s, form: good, from: %s, to: %s, volume: %d t/step, lag_steps: %d}]\n"
        "  demand: [{mineral: %s, form: good, country: %s, rate: %d t/step}]\n"
        "stockpiles: {reserve-%s: {owner: national, country: %s, mineral: %s, form: good, opening: %d t, "
        "at_most: %d "
        "t/step, delay: %d weeks}}\n"
        "events: [{from: %d, to: %d, object: restriction/%s/%s, field: severity, value: 100 %%}]\n"
        "tallies: {threshold: 0 %%}\n",
        name, seed, x.steps, importer, name, name, importer, x.firm, name, name, exporter, x.demand, name,
        exporter, importer, x.demand, x.lag, name, importer, x.demand, name, importer, name, x.reserve, x.cap,
        x.delay, x.from, x.from + x.length, exporter, name);
    run_result r = drawn_run(yaml, (uint64_t)seed, name);
#define ONE(what) *samples(&r, what, NULL, NULL)
    drawn_row(trust_equal(&t, f.unserved, ONE("unserved"), 0, "unserved, units"));
    drawn_row(trust_equal(&t, f.first < 0 ? x.steps : f.first, ONE("first_shortage"), 0,
                          "first step with a shortage"));
    drawn_row(trust_equal(&t, f.short_steps, ONE("short_steps"), 0, "steps with a shortage"));
    drawn_row(trust_equal(&t, f.required, ONE("required_stock"), 0, "required reserve, units"));
    drawn_row(trust_equal(&t, f.irreducible, ONE("irreducible"), 0,
                          "need above the release cap or before release"));
#undef ONE
    drop(&r);
}

/* ---- the tests ---- */

/* Each twin's sum of squares over the seeds is beyond the point 1 - 1e-6 of the law it would have if right.
 */
static void test_twins(void **state)
{
    (void)state;
    int unseen = 0;
    if (drawn_only) return;
    for (int k = 0; k < TWINS; k++) {
        const twin *w = &twins[k];
        trust_topic t =
            drawn_topic("Networks with stocks, wrong on purpose", "the same laws, changed", "twins");
        t.replay[0] = 0;
        int seen = gamma_p(0.5 * w->n, 0.5 * w->sum) > 1 - 1e-6;
        unseen +=
            !trust_twin(&t, w->exact, w->twin, seen, "%s (chi-square %.0f of %d)", w->what, w->sum, w->n);
    }
    assert_int_equal(unseen, 0);
}

#define TEST_OF(family)                                                                                      \
    static void test_##family(void **state)                                                                  \
    {                                                                                                        \
        (void)state;                                                                                         \
        drawn_failures = 0;                                                                                  \
        for (int seed = 1; seed <= SEEDS; seed++) family##_run(seed);                                        \
        assert_int_equal(drawn_failures, 0);                                                                 \
    }
TEST_OF(stock_a)
TEST_OF(stock_b)
TEST_OF(reserve)
TEST_OF(pair)
TEST_OF(tandem)
TEST_OF(capacity)
TEST_OF(redrawn)

/* One run of many years: seed 1. */
static void test_rts79(void **state)
{
    (void)state;
    drawn_failures = 0;
    rts79_run(1);
    assert_int_equal(drawn_failures, 0);
}

TEST_OF(cover)
TEST_OF(embargo)

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stock_a), cmocka_unit_test(test_stock_b), cmocka_unit_test(test_reserve),
        cmocka_unit_test(test_pair),    cmocka_unit_test(test_tandem),  cmocka_unit_test(test_capacity),
        cmocka_unit_test(test_rts79),   cmocka_unit_test(test_redrawn), cmocka_unit_test(test_cover),
        cmocka_unit_test(test_embargo), cmocka_unit_test(test_twins)};
    if (drawn_arguments(argc, argv)) return 2;
    return cmocka_run_group_tests(tests, NULL, NULL) || drawn_missing();
}
