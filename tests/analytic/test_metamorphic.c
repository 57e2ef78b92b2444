/* Relations between runs that hold whatever the numbers are (model.md 11.2): at rest nothing moves (M4),
 * scaling (M5), order of rows (M6), mass balance (M8), stocks without a chain (M11), the dual of the required
 * stock (M12), twins (M13), buyers of nothing (M14), and more stock is never worse where that is a theorem
 * (M1).  Random models from a generator with a fixed seed. */
#include "case.h"

/* ---- at rest ---- */

static void assert_constant(const run_result *r, const char *name)
{
    const kf_variable *v = variable(r, "paths", name);
    const double *x = v->data;
    int64_t T = steps_of(r), n = traced(r), rows = size_of(r, "paths", name) / (T * n);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t k = 0; k < T * n; k++)
            if (x[i * T * n + k] != x[i * T * n])
                fail_msg("%s, row %d, step %d: %.17g, at first %.17g", name, (int)i, (int)(k / n),
                         x[i * T * n + k], x[i * T * n]);
}

static const char *const states[] = {
    "on_hand",  "in_transit", "use_average", "order",   "inbound_availability", "qualification", "output",
    "shipment", "stockpile",  "release",     "trigger", "inbound_loss",         "demand",        "unserved"};

/* M4: the golden network without its series of events, 520 steps. */
static void test_golden_at_rest(void **state)
{
    (void)state;
    const char *sets[] = {"series=null", "run.steps=520", "network.hubs=null"};
    for (int hubs = 0; hubs < 2; hubs++) { /* with and without the table of hubs */
        run_result r =
            run_file(KURA_SOURCE_DIR "/tests/golden/golden.yaml", sets, hubs ? 2 : 3, NULL, "meta-rest");
        for (size_t i = 0; i < sizeof states / sizeof *states; i++) assert_constant(&r, states[i]);
        const double *u = numbers(&r, "paths", "unserved");
        for (int64_t i = 0; i < size_of(&r, "paths", "unserved"); i++) assert_true(u[i] == 0);
        assert_true(summary(&r, "expected_unserved", NULL) == 0 &&
                    summary(&r, "shortage_probability_any", NULL) == 0);
        drop(&r);
    }
}

/* ---- random models ---- */

enum { MINERALS = 2, FORMS = 3, COUNTRIES = 5, MOST = 128 };
static const char *const countries[] = {"AUS", "CHN", "JPN", "KOR", "USA"};
static const char *const forms[] = {"ore", "oxide", "metal"};

typedef struct {
    int mineral, form, country, to, plants, lag, priority;
    double amount, spare, yield; /* t a step; amount < 0 = not given */
    char sector[8];
} row;

typedef struct {
    int forms[MINERALS], nsites, narcs, ndemands, ntiers;
    double lattice;
    row sites[MOST], arcs[MOST], demands[MOST], tiers[MOST];
    double rate[4];
    int monotone; /* push production, open-loop orders (so none that replace lost output), one lag an importer
                     [11.2] */
} model;

static uint64_t seed;

static uint64_t draw(void) /* xorshift64* */
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return seed * 2685821657736338717u;
}

static int below(int n) { return (int)((draw() >> 33) % (uint64_t)n); }
static double mass(double most) { return (1 + below((int)(most * 64))) / 64.0; } /* on the lattice */

static void make_mineral(model *m, int id)
{
    int F = m->forms[id] = 1 + below(FORMS), anchor = below(COUNTRIES), has[FORMS][COUNTRIES];
    for (int f = 0; f < F; f++)
        for (int c = 0; c < COUNTRIES; c++) {
            has[f][c] = c == anchor || below(100) < 40;
            for (int k = 0; k < (has[f][c] ? 1 + (below(4) == 0) : 0); k++)
                m->sites[m->nsites++] = (row){.mineral = id,
                                              .form = f,
                                              .country = c,
                                              .amount = mass(20),
                                              .spare = below(4) / 4.0,
                                              .yield = f && below(2) ? 0.5 + below(4) / 8.0 : 1,
                                              .plants = 1 + below(3),
                                              .to = k};
        }
    for (int f = 0; f < F; f++)
        for (int to = 0; to < COUNTRIES; to++) {
            int lag = 1 + below(5);
            for (int from = 0; from < COUNTRIES; from++) {
                int needed = from == anchor && !has[f][to], chance = has[f][from] && below(100) < 35;
                if (from == to || !(needed || chance) || (m->monotone && has[f][to])) continue;
                double volume = below(3) == 0        ? -1
                                : needed || below(3) ? mass(8)
                                                     : 0; /* estimated, given, declared */
                m->arcs[m->narcs++] = (row){.mineral = id,
                                            .form = f,
                                            .country = from,
                                            .to = to,
                                            .amount = m->monotone && volume < 0 ? mass(8) : volume,
                                            .lag = m->monotone ? lag : 1 + below(5)};
            }
        }
    for (int f = F - 1; f >= 0; f--)
        for (int c = 0; c < COUNTRIES; c++)
            for (int k = 0; k < (f == F - 1 ? 1 + (below(3) == 0) : below(5) == 0); k++) {
                row *d = &m->demands[m->ndemands++];
                *d = (row){
                    .mineral = id, .form = f, .country = c, .amount = mass(12), .priority = 1 + below(2)};
                snprintf(d->sector, sizeof d->sector, "s%d", k);
            }
    for (int k = 0; k < 2; k++)
        m->tiers[m->ntiers++] =
            (row){.mineral = id, .form = below(F), .country = 2, .amount = mass(60), .to = k};
}

static void make_model(model *m, uint64_t number, int monotone)
{
    memset(m, 0, sizeof *m);
    seed = 88172645463325252u + 1000003 * number;
    for (int i = 0; i < 20; i++) draw();
    m->monotone = monotone;
    for (int i = 0; i < MINERALS; i++) make_mineral(m, i);
    for (int i = 0; i < 4; i++) m->rate[i] = 0.2 + below(8) / 8.0;
}

/* How to write a model down. */
typedef struct {
    int exponent;   /* all masses times 2^exponent */
    int shuffle;    /* rows and minerals in another order */
    double usd;     /* prices times this */
    double extra;   /* t more of opening stock in every tier and in the hubs of JPN */
    int idle_buyer; /* IDN takes part, without demand */
} style;

/* A permutation of 0..n-1: as it is, or drawn. */
static void permute(int *p, int n, int shuffle)
{
    for (int i = 0; i < n; i++) p[i] = i;
    for (int i = n - 1; i > 0 && shuffle; i--) {
        int j = below(i + 1), t = p[i];
        p[i] = p[j];
        p[j] = t;
    }
}

static char yaml[1 << 17];
static size_t used;
__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    used += (size_t)vsnprintf(yaml + used, sizeof yaml - used, format, args);
    va_end(args);
    assert_true(used < sizeof yaml);
}

static void put_minerals(const model *m, style s)
{
    int p[MOST];
    put("minerals:\n");
    permute(p, MINERALS, s.shuffle);
    for (int i = 0; i < MINERALS; i++) {
        int id = p[i];
        put("  m%d: {forms: [", id);
        for (int f = 0; f < m->forms[id]; f++) put("%s%s", f ? ", " : "", forms[f]);
        put("], lattice_exponent: %d", -20 + s.exponent);
        if (!m->monotone)
            put(", price: {initial: %.17g USD/t, half_life: 1 year, volatility: 40 %%/sqrt(year), scarcity: "
                "4},"
                " demand_response: {elasticity: 0.2, substitution: {limit: 20 %%, lag: 30 weeks}}",
                100 * s.usd);
        put("}\n");
    }
}

static void put_network(const model *m, style s)
{
    int p[MOST];
    double scale = ldexp(1, s.exponent);
    put("network:\n  sites:\n");
    permute(p, m->nsites, s.shuffle);
    for (int i = 0; i < m->nsites; i++) {
        const row *x = &m->sites[p[i]];
        put("    m%d-%s-%s-%d: {mineral: m%d, form: %s, country: %s, kind: %s, output: %.17g t/step, spare: "
            "%g, yield: %g, plants: %d}\n",
            x->mineral, forms[x->form], countries[x->country], x->to, x->mineral, forms[x->form],
            countries[x->country], x->form ? "refine" : "mine", x->amount * scale, x->spare, x->yield,
            x->plants);
    }
    put("  trade:\n");
    permute(p, m->narcs, s.shuffle);
    for (int i = 0; i < m->narcs; i++) {
        const row *x = &m->arcs[p[i]];
        put("    - {mineral: m%d, form: %s, from: %s, to: %s, lag_steps: %d", x->mineral, forms[x->form],
            countries[x->country], countries[x->to], x->lag);
        if (x->amount >= 0) put(", volume: %.17g t/step", x->amount * scale);
        put("}\n");
    }
    for (int i = 0; i < MINERALS && s.idle_buyer; i++)
        put("    - {mineral: m%d, form: ore, from: %s, to: IDN, lag_steps: 2, volume: 0 t/step}\n", i,
            countries[m->sites[i ? m->nsites - 1 : 0].country]);
    put("  demand:\n");
    permute(p, m->ndemands, s.shuffle);
    for (int i = 0; i < m->ndemands; i++) {
        const row *x = &m->demands[p[i]];
        put("    - {mineral: m%d, form: %s, country: %s, sector: %s, rate: %.17g t/step, priority: %d}\n",
            x->mineral, forms[x->form], countries[x->country], x->sector, x->amount * scale, x->priority);
    }
    for (int i = 0; i < MINERALS && s.idle_buyer; i++)
        put("    - {mineral: m%d, form: ore, country: IDN, rate: 0 t/step}\n", i);
    put("stockpiles:\n");
    permute(p, m->ntiers, s.shuffle);
    for (int i = 0; i < m->ntiers; i++) {
        const row *x = &m->tiers[p[i]];
        put("  m%d-%d: {owner: %s, mineral: m%d, form: %s, country: JPN, opening: %.17g t, at_most: %.17g "
            "t/step, delay: 2 weeks}\n",
            x->mineral, x->to, x->to ? "private" : "national", x->mineral, forms[x->form],
            (x->amount + s.extra) * scale, 4 * scale);
    }
}

static const char *compose(const model *m, style s, int paths, int steps)
{
    used = 0;
    put("format: 1\nname: random\nrun: {paths: %d, seed: 3, step: 7 days, steps: %d, focus: JPN, per: "
        "horizon}\n",
        paths, steps);
    put("countries: [AUS, CHN, %sJPN, KOR, USA]\n", s.idle_buyer ? "IDN, " : "");
    if (m->monotone) put("market: {production: push, inventory_gain: 0, pipeline_gain: 0}\n");
    put_minerals(m, s);
    put_network(m, s);
    put("hazards:\n  regimes:\n");
    for (int c = 0; c < COUNTRIES; c++)
        put("    %s: {tension: %g /year, coercion: 1 /year, relax: 2 /year, ease: 4 /year, start: "
            "stationary%s}\n",
            countries[c], 2 * m->rate[c % 4], m->monotone ? "" : ", availability: [1, 0.9, 0.7]");
    put("  outages: {plant: {mttf: 20 weeks, mttr: {lognormal: {median: %g weeks, sigma: 0.8}}, derating: "
        "{uniform: {min: 30 %%, max: 100 %%}}}}\n",
        4 * m->rate[0]);
    put("  shocks: {world: {country: WLD, rate: %g /year, severity: 60 %%, duration: {exponential: {mean: 4 "
        "weeks}}, hits: [{probability: 50 %%}]}}\n",
        m->rate[1]);
    put("events:\n");
    put("  - {from: 5, to: 25, object: country/%s, field: availability, op: multiply, value: %g}\n",
        countries[m->sites[0].country], m->rate[2] / 2);
    put("  - {from: 10, to: 30, object: demand/m0/%s/JPN/s0, field: factor, op: multiply, value: 1.25}\n",
        forms[m->forms[0] - 1]);
    put("tallies: {trace_paths: %d}\n", paths);
    return yaml;
}

/* ---- comparing runs ---- */

static int same(const char *a, const char *b) { return strcmp(a, b) == 0; }

/* Every object of `a` has in `b` the same series, masses times `scale`. */
static void assert_same_paths(const run_result *a, const run_result *b, double scale)
{
    const kf_group *g = kura_frame_find(a->frame, "paths");
    int64_t cells = steps_of(a) * traced(a);
    assert_true(cells == steps_of(b) * traced(b));
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i];
        if (v->type != KF_F64 || v->ndims != 3) continue;
        const char *const *labels = kura_frame_find_var(g, v->dims[0])->data;
        double k = same(v->units, "t") ? scale : 1;
        const double *x = v->data;
        for (int64_t object = 0; object < kura_frame_dim_size(g, v->dims[0]); object++) {
            const double *y = series(b, v->name, v->dims[0], labels[object]);
            for (int64_t c = 0; c < cells; c++)
                if (x[object * cells + c] * k != y[c])
                    fail_msg("%s of %s, step %d: %.17g, expected %.17g", v->name, labels[object],
                             (int)(c / traced(a)), y[c], x[object * cells + c] * k);
        }
    }
}

static void assert_same_samples(const run_result *a, const run_result *b, double scale)
{
    const kf_group *g = kura_frame_find(a->frame, "samples");
    const char *const *ids = kura_frame_find_var(g, "mineral")->data;
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i];
        if (v->ndims != 2) continue;
        for (int64_t m = 0; m < kura_frame_dim_size(g, "mineral"); m++) {
            int64_t n, k;
            const double *x = samples(a, v->name, ids[m], &n), *y = samples(b, v->name, ids[m], &k);
            double factor = same(v->units, "t") ? scale : 1;
            assert_true(n == k);
            for (int64_t p = 0; p < n; p++)
                if (x[p] * factor != y[p])
                    fail_msg("%s of %s, path %d: %.17g, expected %.17g", v->name, ids[m], (int)p, y[p],
                             x[p] * factor);
        }
    }
}

enum { MODELS = 16, PATHS = 16, STEPS = 60 };

/* M5, M6, M14 on every model: the same answers when it is written down in another way. */
static void test_other_styles(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        style other;
        double scale;
    } styles[] = {{"larger", {.usd = 1, .exponent = 5}, 32},
                  {"smaller", {.usd = 1, .exponent = -7}, 1.0 / 128},
                  {"currency", {.usd = 8}, 1},
                  {"order of rows", {.usd = 1, .shuffle = 1}, 1},
                  {"idle buyer", {.usd = 1, .idle_buyer = 1}, 1}};
    static model m;
    for (int i = 0; i < MODELS; i++) {
        make_model(&m, (uint64_t)i, 0);
        run_result a = run_text(compose(&m, (style){.usd = 1}, PATHS, STEPS), NULL, "meta-plain");
        for (size_t k = 0; k < sizeof styles / sizeof *styles; k++) {
            print_message("model %d, %s\n", i, styles[k].what);
            run_result b = run_text(compose(&m, styles[k].other, PATHS, STEPS), NULL, "meta-other");
            assert_same_paths(&a, &b, styles[k].scale);
            assert_same_samples(&a, &b, styles[k].scale);
            drop(&b);
        }
        drop(&a);
    }
}

/* M8: what was there, plus mined, less used, less lost in refining, is there; the loss to within a quantum a
 * site. */
static void test_balance(void **state)
{
    (void)state;
    static model m;
    int loss = 0, shortages = 0;
    for (int i = 0; i < MODELS; i++) {
        make_model(&m, (uint64_t)i, 0);
        run_result r = run_text(compose(&m, (style){.usd = 1}, PATHS, STEPS), NULL, "meta-balance");
        int64_t cells = steps_of(&r) * traced(&r), n = traced(&r);
        for (int id = 0; id < MINERALS; id++) {
            static double held[STEPS * PATHS], flow[STEPS * PATHS];
            const char *const dims[] = {"hub", "tier", "consumer"};
            double slack = 0;
            memset(held, 0, sizeof held), memset(flow, 0, sizeof flow);
            for (int d = 0; d < 3; d++) {
                const char *const *labels = variable(&r, "paths", dims[d])->data;
                for (int64_t k = 0; k < size_of(&r, "paths", dims[d]); k++) {
                    if (labels[k][1] != '0' + id) continue;
                    const double *x = series(&r,
                                             d == 0   ? "on_hand"
                                             : d == 1 ? "stockpile"
                                                      : "demand",
                                             dims[d], labels[k]);
                    const double *y =
                        d == 1 ? x : series(&r, d == 0 ? "in_transit" : "unserved", dims[d], labels[k]);
                    for (int64_t c = 0; c < cells; c++) {
                        assert_true(x[c] >= 0 && y[c] >= 0);
                        if (d == 2)
                            flow[c] -= x[c] - y[c], shortages += y[c] > 0;
                        else
                            held[c] += d ? x[c] : x[c] + y[c];
                    }
                }
            }
            for (int k = 0; k < m.nsites; k++) {
                const row *s = &m.sites[k];
                if (s->mineral != id) continue;
                const double *x =
                    series(&r, "output", "site",
                           text("m%d-%s-%s-%d", id, forms[s->form], countries[s->country], s->to));
                for (int64_t c = 0; c < cells; c++) flow[c] += s->form ? x[c] - x[c] / s->yield : x[c];
                if (s->yield < 1) slack += 0x1p-20 / s->yield + 1e-12, loss++;
            }
            for (int64_t c = n; c < cells; c++) {
                double gone =
                    held[c - n] + flow[c] - held[c]; /* the feed is between x/y and (x + a quantum)/y */
                if (!(gone >= -1e-12 * (slack > 0) && gone <= slack))
                    fail_msg("model %d, m%d, step %d: %.17g t vanish", i, id, (int)(c / n), gone);
            }
        }
        drop(&r);
    }
    assert_true(loss > 20 && shortages > 1000); /* the models are worth it */
    print_message("%d lossy refineries, %d shortages\n", loss, shortages);
}

/* M1: in the monotone profile more opening stock is worse for nobody, in no step, on no path, up to lattice
 * dust. */
static void test_more_stock(void **state)
{
    (void)state;
    static model m;
    double gained = 0;
    for (int i = 0; i < MODELS; i++) {
        make_model(&m, (uint64_t)(100 + i), 1);
        run_result a = run_text(compose(&m, (style){.usd = 1}, PATHS, STEPS), NULL, "meta-stock");
        run_result b =
            run_text(compose(&m, (style){.usd = 1, .extra = 20}, PATHS, STEPS), NULL, "meta-stock-more");
        const double *x = numbers(&a, "paths", "unserved"), *y = numbers(&b, "paths", "unserved");
        for (int64_t k = 0; k < size_of(&a, "paths", "unserved"); k++) {
            if (!(y[k] <= x[k] + 256 * 0x1p-20))
                fail_msg("model %d: %.12g t unserved became %.12g t", i, x[k], y[k]);
            gained += x[k] - y[k];
        }
        drop(&a), drop(&b);
    }
    assert_true(gained > 1000);
}

/* ---- particular networks ---- */

/* M13: JPN and KOR have the same trade, demand and stockpiles; whatever happens to the exporters happens to
 * both. */
static void test_twins(void **state)
{
    (void)state;
    char trade[2048] = "", demand[512] = "", tiers[512] = "";
    static const char *const buyers[] = {"JPN", "KOR"};
    for (int k = 0; k < 2; k++) {
        strcat(trade,
               text("    - {mineral: unit, form: ore, from: CHN, to: %s, volume: 5 t/step, lag_steps: 2}\n"
                    "    - {mineral: unit, form: ore, from: AUS, to: %s, volume: 4 t/step, lag_steps: 4}\n"
                    "    - {mineral: unit, form: metal, from: CHN, to: %s, volume: 3 t/step, lag_steps: 3}\n"
                    "    - {mineral: unit, form: metal, from: USA, to: %s, volume: 0 t/step, lag_steps: 2}\n",
                    buyers[k], buyers[k], buyers[k], buyers[k]));
        strcat(demand, text("    - {mineral: unit, form: metal, country: %s, rate: 12 t/step}\n", buyers[k]));
        strcat(tiers, text("  t%d: {owner: national, country: %s, mineral: unit, form: metal, opening: 50 t, "
                           "at_most: 5 t/step}\n",
                           k, buyers[k]));
    }
    run_result r = run_text(
        text("format: 1\n"
             "name: twins\n"
             "run: {paths: 64, seed: 5, steps: 150, focus: JPN, per: horizon}\n"
             "market: {qualification: {wait: 8 weeks, ramp: 8 weeks}}\n"
             "minerals: {unit: {forms: [ore, metal], price: {initial: 1 USD/t, half_life: 1 year, "
             "volatility: 30 %%/sqrt(year), scarcity: 4}, demand_response: {elasticity: 0.3}}}\n"
             "network:\n  sites:\n"
             "    c: {mineral: unit, form: ore, country: CHN, kind: mine, output: 16 t/step, spare: 10 %%}\n"
             "    a: {mineral: unit, form: ore, country: AUS, kind: mine, output: 8 t/step, spare: 10 %%}\n"
             "    u: {mineral: unit, form: metal, country: USA, kind: recycle, output: 6 t/step, spare: 20 "
             "%%}\n"
             "    rc: {mineral: unit, form: metal, country: CHN, kind: refine, output: 6 t/step}\n"
             "    rj: {mineral: unit, form: metal, country: JPN, kind: refine, output: 9 t/step, spare: 10 "
             "%%}\n"
             "    rk: {mineral: unit, form: metal, country: KOR, kind: refine, output: 9 t/step, spare: 10 "
             "%%}\n"
             "  trade:\n%s  demand:\n%s    - {mineral: unit, form: metal, country: USA, rate: 6 "
             "t/step}\nstockpiles:\n%s"
             "hazards:\n"
             "  restrictions: {ban: {exporter: CHN, minerals: all, onset: 1 /year, types: {b: {severity: "
             "{uniform: {min: 0 %%, max: 100 %%}}, duration: {exponential: {mean: 10 weeks}}}}}}\n"
             "  outages: {mine: {select: {kinds: [mine, recycle]}, mttf: 30 weeks, mttr: {exponential: "
             "{mean: 5 weeks}}}}\n"
             "tallies: {trace_paths: 64}\n",
             trade, demand, tiers),
        NULL, "meta-twins");
    static const char *const of_hub[] = {"on_hand",     "in_transit",    "order",
                                         "use_average", "qualification", "inbound_availability"};
    static const char *const levels[] = {"ore", "metal"};
    double short_steps = 0;
    for (int64_t c = 0; c < steps_of(&r) * traced(&r); c++) {
        for (int f = 0; f < 2; f++)
            for (int k = 0; k < 6; k++)
                if (series(&r, of_hub[k], "hub", text("unit/%s/JPN", levels[f]))[c] !=
                    series(&r, of_hub[k], "hub", text("unit/%s/KOR", levels[f]))[c])
                    fail_msg("%s of %s differs in step %d", of_hub[k], levels[f], (int)(c / traced(&r)));
        double u = series(&r, "unserved", "consumer", "unit/metal/JPN")[c];
        assert_true(u == series(&r, "unserved", "consumer", "unit/metal/KOR")[c]);
        assert_true(series(&r, "stockpile", "tier", "t0")[c] == series(&r, "stockpile", "tier", "t1")[c]);
        short_steps += u > 0;
    }
    assert_true(short_steps > 100);
    drop(&r);
}

/* M11: metal is imported under bans; the refinery at home has no capacity, so ore, in stores or stockpiles,
 * helps nobody. */
static void test_stock_without_chain(void **state)
{
    (void)state;
    static double unserved[3][256];
    for (int k = 0; k < 3; k++) {
        run_result r =
            run_text(text("format: 1\n"
                          "name: chain\n"
                          "run: {paths: 256, seed: 5, steps: 150, focus: JPN, per: horizon}\n"
                          "minerals: {unit: {forms: [ore, metal], market: {production: push}}}\n"
                          "network:\n"
                          "  hubs: [{mineral: unit, form: ore, country: JPN, opening: %d t}]\n"
                          "  sites:\n"
                          "    c: {mineral: unit, form: metal, country: CHN, kind: recycle, output: 10 "
                          "t/step, spare: 20 %%}\n"
                          "    refinery: {mineral: unit, form: metal, country: JPN, kind: refine, output: 0 "
                          "t/step, input_capacity: %d t/step}\n"
                          "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 10 t/step, "
                          "lag_steps: 2}]\n"
                          "  demand: [{mineral: unit, form: metal, country: JPN, rate: 10 t/step}]\n"
                          "stockpiles: {ore: {owner: national, country: JPN, mineral: unit, form: ore, "
                          "opening: %d t, trigger: always}}\n"
                          "hazards:\n"
                          "  restrictions: {ban: {exporter: CHN, minerals: all, onset: 2 /year, types: {b: "
                          "{duration: {exponential: {mean: 15 weeks}}}}}}\n"
                          "tallies: {required_stock: false}\n",
                          k ? 1000 : 0, k == 2 ? 10 : 0, k ? 1000 : 0),
                     NULL, "meta-chain");
        memcpy(unserved[k], samples(&r, "unserved", NULL, NULL), sizeof unserved[k]);
        drop(&r);
    }
    double sum = 0, better = 0;
    for (int p = 0; p < 256; p++) {
        assert_true(unserved[0][p] == unserved[1][p]);
        sum += unserved[0][p];
        better += unserved[0][p] - unserved[2][p];
    }
    assert_true(sum > 1000 && better > 100); /* with a refinery the same ore does help */
}

/* M12: with open-loop orders and no price, a stock K suffices on a path iff the requirement of the D-run is
 * at most K. */
static void test_dual(void **state)
{
    (void)state;
    static const int stocks[] = {0, 30, 90, 300};
    for (int cap = 0; cap < 2; cap++) {
        double first[2048], some = 0, none = 0, capped = 0;
        for (int k = 0; k < 4; k++) {
            run_result r = run_text(
                text("format: 1\n"
                     "name: dual\n"
                     "run: {paths: 2048, seed: 5, steps: 200, focus: JPN, per: horizon}\n"
                     "market: {production: push, inventory_gain: 0, pipeline_gain: 0, cover: 2 weeks}\n"
                     "minerals: {unit: {forms: [metal]}}\n"
                     "network:\n"
                     "  sites: {mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 10 "
                     "t/step}}\n"
                     "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 10 t/step, "
                     "lag_steps: 2}]\n"
                     "  demand: [{mineral: unit, form: metal, country: JPN, rate: 10 t/step}]\n"
                     "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: metal, opening: "
                     "%d t, delay: 1 week%s}}\n"
                     "hazards:\n"
                     "  restrictions: {ban: {exporter: CHN, minerals: all, onset: 0.4 /year, types: {b: "
                     "{severity: {uniform: {min: 20 %%, max: 100 %%}}, duration: {exponential: {mean: 8 "
                     "weeks}}}}}}\n"
                     "tallies: {threshold: 0 %%}\n",
                     stocks[k], cap ? ", at_most: 6 t/step" : ""),
                NULL, "meta-dual");
            int64_t n;
            const double *u = samples(&r, "unserved", NULL, &n),
                         *need = samples(&r, "required_stock", NULL, NULL),
                         *rest = samples(&r, "irreducible", NULL, NULL);
            for (int64_t p = 0; p < n; p++) {
                if (k == 0) first[p] = need[p];
                assert_true(need[p] == first[p]); /* the requirement does not know the stock */
                int enough = need[p] <= stocks[k] && rest[p] == 0;
                if (enough != (u[p] <= 16 * 0x1p-30))
                    fail_msg("stock %d, path %d: needs %.12g, irreducible %.12g, unserved %.12g", stocks[k],
                             (int)p, need[p], rest[p], u[p]);
                some += enough, none += !enough, capped += rest[p] > 0;
            }
            drop(&r);
        }
        assert_true(some > 500 && none > 500 && (capped > 100) == cap);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_golden_at_rest),
                                       cmocka_unit_test(test_balance),
                                       cmocka_unit_test(test_other_styles),
                                       cmocka_unit_test(test_more_stock),
                                       cmocka_unit_test(test_twins),
                                       cmocka_unit_test(test_stock_without_chain),
                                       cmocka_unit_test(test_dual)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
