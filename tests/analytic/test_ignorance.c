/* What is not known [R0.6, 8.9]: a mine is cut in each step with a probability that is drawn, so the figures
 * are mixtures of binomial laws, integrated here over the number u that a draw starts from.  On 200 runs of
 * 16 draws of 64 paths each: intervals hold the exact figures as often as they say, standard errors are as
 * large as the errors, variance between draws is unbiased.  And the values drawn are NumPy's. */
#include "case.h"
#include "model/draw.h"
#include "model/read.h"
#include "run/run.h"

enum { RUNS = 200, STEPS = 20, PANELS = 20000 };

static const char scenario[] =
    "format: 1\n"
    "name: cut\n"
    "run: {paths: 1024, step: 7 days, steps: 20, per: horizon}\n"
    "minerals: {unit: {forms: [good], market: {production: push}}}\n"
    "network:\n"
    "  hubs: [{mineral: unit, form: good, country: JPN, storage: none}]\n"
    "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step}}\n"
    "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
    "hazards:\n"
    "  shocks:\n"
    "    cut: {country: JPN, rate: %s, severity: 100 %%, duration: 7 days,\n"
    "          hits: [{select: {countries: [JPN]}, probability: %s}]}\n"
    "stockpiles:\n"
    "  s: {owner: national, country: JPN, mineral: unit, form: good, opening: 0 t, trigger: always, delay: 0 "
    "days,\n"
    "      minimum: 0 days}\n"
    "tallies: {threshold: 0 %%, confidence: [80 %%]}\n";

/* The probability of a cut in a step, by the uniform number of the draw. */
typedef double chance(double u);
static double with_uniform_rate(double u) { return 1 - exp(-(0.5 + 5.5 * u) * DY); }
/* Beta(1/2, 1/2) is sin^2: most draws are near 0 or 1. */
static double with_arcsine_share(double u)
{
    double s = sin(acos(-1.0) / 2 * u);
    return (1 - exp(-6 * DY)) * s * s;
}

static const struct {
    const char *name, *rate, *probability;
    chance *p;
} laws[] = {{"uniform rate", "{uniform: {min: 0.5 /year, max: 6 /year}}", "100 %", with_uniform_rate},
            {"arcsine share", "6 /year", "{beta: {alpha: 0.5, beta: 0.5}}", with_arcsine_share}};

/* Mean over draws of a function of p. */
typedef double function(double p, int k);
static double expect(chance *p, function *f, int k)
{
    double sum = 0;
    for (int i = 0; i < PANELS; i++) sum += f(p((i + 0.5) / PANELS), k);
    return sum / PANELS;
}
static double one_step(double p, int k) { return k == 2 ? p * p : p; }
static double any(double p, int k) { return pow(1 - pow(1 - p, STEPS), k); }
static double none_of(double p, int k) { return pow(1 - p, k); }
static double exactly(double p, int k) /* P(k short steps) */
{
    return exp(lgamma(STEPS + 1) - lgamma(k + 1) - lgamma(STEPS - k + 1) + k * log(p) +
               (STEPS - k) * log1p(-p));
}

typedef struct {
    double step, any, any_variance; /* P(short in a step), P(any), its variance between draws */
    double pmf[STEPS + 1];
    double cvar; /* mean of the worst 5 %, t */
    int q80, q95;
} exact;

static exact exact_of(chance *p)
{
    exact e = {expect(p, one_step, 1), expect(p, any, 1), 0, {0}, 0, -1, -1};
    e.any_variance = expect(p, any, 2) - e.any * e.any;
    double sum = 0, tail = 0;
    for (int k = 0; k <= STEPS; k++) {
        e.pmf[k] = expect(p, exactly, k);
        sum += e.pmf[k];
        if (e.q80 < 0 && sum >= 0.8) e.q80 = k;
        if (e.q95 < 0 && sum >= 0.95) e.q95 = k;
    }
    for (int k = e.q95 + 1; k <= STEPS; k++) tail += e.pmf[k] * (k - e.q95);
    e.cvar = 10 * (e.q95 + tail / 0.05);
    return e;
}

/* ---- runs ---- */

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *data;
} loaded;

/* The scenario keeps the address of its arena. */
static loaded *load(const char *yaml, const char *name)
{
    loaded *l = calloc(1, sizeof *l);
    kura_error err = {0};
    assert_non_null(l);
    if (kura_scenario_read(put_file(name, yaml), NULL, 0, &l->arena, &l->data, &l->diag, &err))
        fail_msg("%s: %s", name, err.message);
    return l;
}

static void unload(loaded *l)
{
    kura_diag_fini(&l->diag);
    kura_arena_fini(&l->arena);
    free(l);
}

static km_model *compile(loaded *l, uint64_t seed)
{
    km_model *m = NULL;
    kura_error err = {0};
    if (kura_model_compile(l->data, seed, &m, &l->diag, &err)) fail_msg("%s", err.message);
    return m;
}

static kura_frame *run(const km_model *model, uint64_t paths)
{
    kura_frame *frame = kura_frame_new();
    kura_run_options options = {.threads = 1, .paths = paths};
    kura_run_record *record = calloc(1, sizeof *record);
    kura_error err = {0};
    assert_true(frame && record);
    if (kura_run_model(model, &options, frame, record, &err)) fail_msg("%s", err.message);
    if (kura_report_events(frame, model, record, &err)) fail_msg("%s", err.message);
    kura_run_record_free(record);
    return frame;
}

static double figure(const kura_frame *f, const char *group, const char *name, int64_t at)
{
    const kf_group *g = kura_frame_find(f, group);
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    if (!v) fail_msg("no %s/%s", group, name);
    return ((const double *)v->data)[at];
}

/* How often an interval holds the exact figure. */
typedef struct {
    const char *name;
    int n, held;
} coverage;

static void count(coverage *c, const char *name, double exact_value, double lo, double hi)
{
    c->name = name;
    c->n++;
    c->held += lo <= exact_value * (1 + 1e-12) && exact_value * (1 - 1e-12) <= hi;
}

/* At least 95 %, as far as so many runs tell. */
static void assert_holds(const coverage *c)
{
    double least = 0.95 - 4.89 * sqrt(0.95 * 0.05 / c->n);
    print_message("  %-28s holds in %d of %d runs\n", c->name, c->held, c->n);
    if (c->held < least * c->n) fail_msg("%s holds in %d of %d runs only", c->name, c->held, c->n);
}

/* Squared distances in standard errors: with m draws their mean is that of Student's law, (m-1)/(m-3). */
typedef struct {
    const char *name;
    double sum, sum2, errors;
    int n;
} distances;

static void add(distances *d, const char *name, double value, double exact_value, double se)
{
    double z = (value - exact_value) / se;
    d->name = name;
    d->sum += z * z;
    d->sum2 += z * z * z * z;
    d->errors += value - exact_value;
    d->n++;
}

static void assert_as_stated(const distances *d)
{
    double mean = d->sum / d->n, se = sqrt((d->sum2 / d->n - mean * mean) / d->n), want = 15.0 / 13;
    print_message("  %-28s mean square of errors %.3f +- %.3f, Student's %.3f\n", d->name, mean, se, want);
    if (!(fabs(mean - want) <= 4.89 * se) || mean > 2)
        fail_msg("%s: errors are %.3f of what is stated", d->name, sqrt(mean));
}

static void check_law(int which)
{
    exact e = exact_of(laws[which].p);
    double none = expect(laws[which].p, none_of, 10);
    loaded *l = load(text(scenario, laws[which].rate, laws[which].probability), "ignorance-cut.yaml");
    coverage hold[6] = {{0}};
    distances z[5] = {{0}};
    double v = 0, v2 = 0, sd = 0, sd2 = 0, stated = 0, naive = 0;
    for (int r = 0; r < RUNS; r++) {
        km_model *m = compile(l, (uint64_t)(r + 1));
        kura_frame *f = run(m, 1024);
#define S(name, at) figure(f, "summary", name, at)
        count(&hold[0], "P(shortage)", e.any, S("shortage_probability_any_lo", 0),
              S("shortage_probability_any_hi", 0));
        count(&hold[1], "P(short in step 7)", e.step, S("shortage_probability_lo", 7),
              S("shortage_probability_hi", 7));
        count(&hold[2], "no shortage until step 9", none, S("shortage_free_probability_lo", 9),
              S("shortage_free_probability_hi", 9));
        count(&hold[3], "VaR 95 %", 10 * e.q95, S("var95_unserved_lo", 0), S("var95_unserved_hi", 0));
        count(&hold[4], "required stock 80 %", 10 * e.q80, figure(f, "adequacy", "required_stock_lo", 0),
              figure(f, "adequacy", "required_stock_hi", 0));
        double adequate = 0; /* point 6 of the curve: 30 days of 7 a step: 4 steps */
        for (int k = 0; k <= 4; k++) adequate += e.pmf[k];
        count(&hold[5], "adequacy of 30 days", adequate, figure(f, "adequacy", "adequacy_lo", 6),
              figure(f, "adequacy", "adequacy_hi", 6));
        add(&z[0], "LOLE", S("loss_of_load_expectation", 0), 7 * STEPS * e.step,
            S("loss_of_load_expectation_se", 0));
        add(&z[1], "NEUE", S("normalised_expected_unserved", 0), 1e6 * e.step,
            S("normalised_expected_unserved_se", 0));
        add(&z[2], "P(short in step 7)", S("shortage_probability", 7), e.step,
            S("shortage_probability_se", 7));
        add(&z[3], "unserved in step 3", S("expected_unserved_step", 3), 10 * e.step,
            S("expected_unserved_step_se", 3));
        int64_t shock = kura_frame_dim_size(kura_frame_find(f, "events"), "event") - 1;
        add(&z[4], "events", figure(f, "events", "expected_events", shock), STEPS * e.step,
            figure(f, "events", "expected_events_se", shock));
        double x = S("shortage_probability_any_ignorance_sd", 0), p = S("shortage_probability_any", 0);
        v += x * x, v2 += x * x * x * x, sd += x, sd2 += x * x;
        stated += S("shortage_probability_any_ignorance_sd_se", 0);
        naive += fabs(p - e.any) <= 1.96 * sqrt(p * (1 - p) / 1024);
#undef S
        kura_frame_free(f);
        kura_model_free(m);
    }
    print_message("%s: intervals as of independent paths would hold in %.0f of %d runs\n", laws[which].name,
                  naive, RUNS);
    for (int i = 0; i < 6; i++) assert_holds(&hold[i]);
    for (int i = 0; i < 5; i++) assert_as_stated(&z[i]);
    double mean = v / RUNS, se = sqrt((v2 / RUNS - mean * mean) / RUNS);
    compare(NULL, "variance of P(shortage) between draws", mean, e.any_variance, se);
    double spread = sqrt(sd2 / RUNS - (sd / RUNS) * (sd / RUNS));
    print_message("  its standard deviation varies by %.4f, stated %.4f\n", spread, stated / RUNS);
    assert_true(stated / RUNS > 0.75 * spread && stated / RUNS < 1.35 * spread);
    assert_true(naive < 0.8 * RUNS); /* or the test would not see clusters */
    unload(l);
}

static void test_uniform(void **state)
{
    (void)state;
    check_law(0);
}

static void test_two_points(void **state)
{
    (void)state;
    check_law(1);
}

/* 256 draws of 1024 paths: the range, the share of variance, what it depends on. */
static void test_split(void **state)
{
    (void)state;
    const char *yaml = text(scenario, laws[0].rate, "100 %");
    loaded *l = load(text("%signorance: {inner: 1024, grades: {D: 20 %%}}\n", yaml), "ignorance-split.yaml");
    km_model *m = compile(l, 1);
    const int draws = 256;
    kura_frame *f = run(m, (uint64_t)draws * 1024);
    const double H = STEPS * DY, quantiles[] = {0.05, 0.95};
    const char *const names[] = {"shortage_probability_any_ignorance_lo",
                                 "shortage_probability_any_ignorance_hi"};
    for (int i = 0; i < 2; i++) { /* an order statistic of u has error sqrt(q (1 - q) / n) */
        double rate = 0.5 + 5.5 * quantiles[i], want = 1 - exp(-rate * H), slope = 5.5 * H * exp(-rate * H);
        compare(NULL, names[i], figure(f, "summary", names[i], 0), want, slope * sqrt(0.05 * 0.95 / draws));
    }
    exact e = exact_of(laws[0].p);
    double sd = figure(f, "summary", "shortage_probability_any_ignorance_sd", 0);
    compare(NULL, "sd between draws", sd, sqrt(e.any_variance),
            figure(f, "summary", "shortage_probability_any_ignorance_sd_se", 0));
    double share = figure(f, "summary", "shortage_probability_any_ignorance_share", 0);
    compare(NULL, "share of the variance", share, e.any_variance / (e.any * (1 - e.any)),
            share * 2 * figure(f, "summary", "shortage_probability_any_ignorance_sd_se", 0) / sd);
    double days = figure(f, "adequacy", "required_stock_days_ignorance_hi", 0);
    int most = 0; /* 80 % quantile at the 95 % draw */
    for (double sum = 0; (sum += exactly(with_uniform_rate(0.95), most)) < 0.8;) most++;
    assert_true(fabs(days - 7 * most) <= 7.001); /* whole steps */
    assert_int_equal(kura_frame_dim_size(kura_frame_find(f, "ignorance"), "parameter"), 1);
    assert_true(figure(f, "ignorance", "loss_of_load_expectation_xi", 0) > 0.9);
    assert_true(figure(f, "ignorance", "loss_of_load_expectation_rho", 0) > 0.95);
    kura_frame_free(f);
    kura_model_free(m);
    unload(l);
}

/* A law so narrow that the noise of draws of 64 paths is larger than what they differ by: the range without
 * it. */
static void test_narrow(void **state)
{
    (void)state;
    loaded *l =
        load(text(scenario, "{uniform: {min: 2.5 /year, max: 4 /year}}", "100 %"), "ignorance-narrow.yaml");
    km_model *m = compile(l, 1);
    kura_frame *f = run(m, 256 * 64);
    const double H = STEPS * DY, lo = 1 - exp(-2.575 * H), hi = 1 - exp(-3.925 * H);
    double first = 0, second = 0;
    for (int i = 0; i < PANELS; i++) {
        double p = 1 - exp(-(2.5 + 1.5 * (i + 0.5) / PANELS) * H);
        first += p / PANELS, second += p * p / PANELS;
    }
    double sd = figure(f, "summary", "shortage_probability_any_ignorance_sd", 0);
    compare(NULL, "sd between draws", sd, sqrt(second - first * first),
            figure(f, "summary", "shortage_probability_any_ignorance_sd_se", 0));
    double width = figure(f, "summary", "shortage_probability_any_ignorance_hi", 0) -
                   figure(f, "summary", "shortage_probability_any_ignorance_lo", 0);
    print_message("  range %.3f wide, exact %.3f, with noise it would be %.3f\n", width, hi - lo,
                  2 * 1.645 * sqrt(second - first * first + first * (1 - first) / 64));
    assert_true(fabs(width - (hi - lo)) < 0.045);
    kura_frame_free(f);
    kura_model_free(m);
    unload(l);
}

/* random_raw() of NumPy's PCG64DXSM(SeedSequence(3, spawn_key=...)), numbers 0, 4, 8, 28, of the keys in
 * param/KEY, as uniform numbers. */
static const double numpy_rate[4] = {0.7604466880479382, 0.6822914178773986, 0.8141815537803049,
                                     0.6493207083469928};
static const double numpy_shared[4] = {0.14143772394550413, 0.5605543072085849, 0.05053782113079752,
                                       0.286965381316716};
static const double numpy_output[4] = {0.6788329488184551, 0.8315818230726947, 0.49777814769939244,
                                       0.39138409422257536};

static int input(const km_model *m, const char *name)
{
    const sc_ignorance *g = &m->scenario->ignorance;
    for (int i = 0; i < g->nunknowns; i++)
        if (strcmp(g->unknowns[i].name, name) == 0) return i;
    fail_msg("nothing is unknown about %s", name);
    return -1;
}

static void test_draws_are_numpys(void **state)
{
    (void)state;
    static const int at[4] = {0, 1, 2, 7};
    const char *yaml = text(scenario, "{uniform: {min: 0.5 /year, max: 6 /year}}",
                            "{uniform: {min: 20 %, max: 70 %}, as: shared}");
    loaded *l = load(text("%signorance: {grades: {A: 5 %%, D: 30 %%}}\n", yaml), "ignorance-numpy.yaml");
    loaded *graded = load(text("%signorance: {grades: {A: 5 %%, D: 30 %%}}\n",
                               text(scenario, "{normal: {mean: 3 /year, sd: 0.1 /year}}", "50 %")),
                          "ignorance-graded.yaml");
    km_model *m = compile(l, 3), *other = compile(graded, 3);
    int rate = input(m, "hazards.shocks.cut.rate"),
        shared = input(m, "hazards.shocks.cut.hits.1.probability");
    for (int i = 0; i < 4; i++) {
        uint64_t o = (uint64_t)at[i];
        assert_true(fabs(km_draw_value(m, rate, o, 0) - (0.5 + 5.5 * numpy_rate[i])) < 1e-15 * 8);
        assert_true(fabs(km_draw_value(m, shared, o, 0) - (0.2 + 0.5 * numpy_shared[i])) < 1e-15);
        /* the same number by another law, and nearer to the median */
        double z = (km_draw_value(other, 0, o, 0) - 3) / 0.1;
        assert_true(fabs(normal_cdf(z) - numpy_rate[i]) < 1e-14);
        assert_true(fabs(km_draw_value(m, rate, o, 2) - (0.5 + 5.5 * (0.5 + (numpy_rate[i] - 0.5) * 0.64))) <
                    1e-14);
        assert_true(km_draw_value(m, rate, o, KM_NEAREST) == 3.25);
    }
    kura_model_free(m);
    kura_model_free(other);
    unload(l);
    unload(graded);
}

/* A spread acts on output and capacity of its site; the base flow then closes with it, and masses keep their
 * quantum. */
static void test_spread(void **state)
{
    (void)state;
    loaded *l = load(
        "format: 1\nname: graded\nrun: {paths: 1024, step: 7 days, steps: 4, focus: JPN}\n"
        "minerals: {unit: {forms: [good]}}\n"
        "network:\n"
        "  sites:\n"
        "    mine: {mineral: unit, form: good, country: CHN, kind: mine, output: 63 t/step, spare: 10 %, "
        "grade: C}\n"
        "  trade: [{mineral: unit, form: good, from: CHN, to: JPN, volume: 63 t/step, lag: 7 days, "
        "spread: 20 %}]\n"
        "  demand: [{mineral: unit, form: good, country: JPN, rate: 63 t/step, basis: judged, "
        "spread: 60 %}]\n"
        "ignorance: {grades: {C: 40 %}, applies_to: [output]}\n",
        "ignorance-spread.yaml");
    km_model *m = compile(l, 3);
    km_draw d = {0};
    kura_error err = {0};
    assert_int_equal(m->scenario->ignorance.nunknowns, 3);
    int out = input(m, "network.sites.mine.output");
    int in = input(m, "network.trade.unit/good/CHN/JPN.volume"),
        use = input(m, "network.demand.unit/good/JPN.rate"), crossed = 0;
    for (int i = 0; i < 12; i++) {
        double factor = km_draw_value(m, out, (uint64_t)i, 0),
               demand = 63 * km_draw_value(m, use, (uint64_t)i, 0);
        if (i < 3) assert_true(fabs(normal_cdf(log(factor) / 0.4) - numpy_output[i]) < 1e-14);
        assert_int_equal(km_draw_make(m, (uint64_t)i, &d, &err), KURA_OK);
        assert_int_equal(d.nearer, 0);
        assert_true(fabs(d.model->scenario->sites[0].output - 63 * factor) < 1e-12 * factor * 63);
        assert_true(fabs(d.model->scenario->arcs[0].volume - 63 * km_draw_value(m, in, (uint64_t)i, 0)) <
                    1e-11);
        const km_mineral *x = &d.model->minerals[0];
        assert_true(x->quantum == m->minerals[0].quantum);
        crossed += ceil(log2(demand * 365.25 / 7)) != 12; /* on its own it would have another */
        for (int h = 0; h < x->nhubs; h++)
            assert_true(x->hubs[h].X + x->hubs[h].M == x->hubs[h].U0 + x->hubs[h].E);
        assert_true(x->base_focus_demand == floor(demand / x->quantum));
        km_draw_free(&d);
    }
    assert_true(crossed > 2);
    kura_model_free(m);
    unload(l);
}

/* Draws of all that is not known of Japan: rates of one class of exporters come together, others do not, and
 * what is drawn compiles. */
static void test_japan(void **state)
{
    (void)state;
    loaded *l = calloc(1, sizeof *l);
    kura_error err = {0};
    assert_non_null(l);
    if (kura_scenario_read(KURA_SOURCE_DIR "/configs/japan/ignorance-japan.yaml", NULL, 0, &l->arena,
                           &l->data, &l->diag, &err))
        fail_msg("%s", err.message);
    km_model *m = compile(l, 20260101);
    assert_true(m->scenario->ignorance.nunknowns > 1000);
    int aus = input(m, "hazards.restrictions.aus-any.onset"),
        chl = input(m, "hazards.restrictions.chl-any.onset"),
        tension = input(m, "hazards.regimes.CHN.tension"), relax = input(m, "hazards.regimes.CHN.relax");
    for (uint64_t o = 0; o < 3; o++) {
        km_draw d = {0};
        assert_int_equal(km_draw_make(m, o, &d, &err), KURA_OK);
        assert_true(d.nearer <= 1);
        assert_true(km_draw_value(m, aus, o, 0) == km_draw_value(m, chl, o, 0));
        assert_true(km_draw_value(m, tension, o, 0) != km_draw_value(m, relax, o, 0));
        double found = NAN;
        for (int r = 0; r < d.model->scenario->nrestrictions; r++)
            if (strcmp(d.model->scenario->restrictions[r].id, "aus-any") == 0)
                found = d.model->scenario->restrictions[r].onset[1];
        assert_true(found == km_draw_value(m, aus, o, d.nearer));
        km_draw_free(&d);
    }
    kura_model_free(m);
    unload(l);
}

/* At their medians, laws are plain numbers: the same states to the last bit. */
static void test_without_draws(void **state)
{
    (void)state;
    run_result plain = run_text(text(scenario, "3.25 /year", "100 %"), NULL, "ignorance-plain");
    run_result off = run_text(text("%signorance: {draw: false}\n", text(scenario, laws[0].rate, "100 %")),
                              NULL, "ignorance-off");
    assert_string_equal(plain.state, off.state);
    assert_null(kura_frame_find(off.frame, "ignorance"));
    drop(&plain);
    drop(&off);
}

/* Any number of threads, the same bits; and a path replays with its own draw. */
static void test_threads_and_replay(void **state)
{
    (void)state;
    const char *file = KURA_SOURCE_DIR "/configs/elements/ignorance.yaml";
    kura_run_options one = {.threads = 1, .paths = 3072}, three = {.threads = 3, .paths = 3072};
    const char *sets[] = {"ignorance.inner=128"};
    run_result a = run_file(file, sets, 1, &one, "ignorance-1"),
               b = run_file(file, sets, 1, &three, "ignorance-3");
    assert_string_equal(a.digest, b.digest);
    assert_string_equal(a.state, b.state);
    int64_t n;
    const double *unserved = samples(&a, "unserved", "gallium", &n),
                 *required = samples(&a, "required_stock", NULL, NULL);
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    assert_int_equal(kura_scenario_load(file, sets, 1, &s, &diag, &err), KURA_OK);
    int short_ones = 0;
    for (uint64_t path = 77; path < 3072; path += 277) {
        kura_story *story = NULL;
        kura_explain_options options = {.mineral = "gallium"};
        if (kura_explain(s, path, &options, &story, &err)) fail_msg("%s", err.message);
        for (int k = 0; k < story->minerals[0].nmetrics; k++) {
            const kura_story_metric *x = &story->minerals[0].metrics[k];
            if (strcmp(x->name, "unserved") == 0) {
                assert_true(x->value == unserved[path]);
                short_ones += x->value > 0;
            }
            if (strcmp(x->name, "required_stock") == 0) assert_true(x->value == required[path]);
        }
        kura_story_free(story);
    }
    print_message("%d of the replayed paths are short\n", short_ones);
    assert_true(short_ones >= 2);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    drop(&a);
    drop(&b);
}

/* ---- what is refused ---- */

static void refused(const char *yaml, const char *message)
{
    kura_arena arena = {0};
    kura_scenario_data *data = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    assert_int_equal(
        kura_scenario_read(put_file("ignorance-bad.yaml", yaml), NULL, 0, &arena, &data, &diag, &err),
        KURA_E_SCENARIO);
    if (!strstr(err.message, message)) fail_msg("\"%s\" does not say \"%s\"", err.message, message);
    kura_diag_fini(&diag);
    kura_arena_fini(&arena);
}

static void test_refused(void **state)
{
    (void)state;
    refused(text(scenario, "{uniform: {min: 2 /year}}", "100 %"), "a uniform law has min and max");
    refused(text(scenario, "{uniform: {min: 2 /year, most: 3 /year}}", "100 %"),
            "unknown parameter \"most\"");
    refused(text(scenario, "{uniform: {min: 2 days, max: 3 days}}", "100 %"), "where a rate is expected");
    refused(text(scenario, "{normal: {mean: 2 /year, sd: 1 /year}}", "100 %"), "must be at least 0");
    refused(text(scenario, "{beta: {alpha: 1, beta: 2}}", "100 %"), "a beta law is for shares");
    refused(
        text(scenario, "{lognormal: {median: {uniform: {min: 1 /year, max: 2 /year}}, sigma: 1}}", "100 %"),
        "are known numbers");
    refused(text(scenario, "{lognormal: {p10: 2 /year, p90: 1 /year}}", "100 %"),
            "p10 comes with a larger p90");
    refused(text("%signorance: {inner: 100}\n", text(scenario, "1 /year", "100 %")),
            "64, 128, 256, 512 or 1024");
    refused(text("%signorance: {grades: usual}\n", text(scenario, "1 /year", "100 %")), "write default");
    refused(text("%signorance: {applies_to: [hopes]}\n", text(scenario, "1 /year", "100 %")),
            "do not apply to \"hopes\"");
    refused("format: 1\nname: x\nrun: {step: {uniform: {min: 1 day, max: 2 days}}}\nminerals: {m: {forms: "
            "[f]}}\n",
            "numbers of \"run\" shape the run");
    refused(text("%sevents: [{from: 0, object: site/mine, field: availability, value: {uniform: {min: 0, "
                 "max: 1}}}]\n",
                 text(scenario, "1 /year", "100 %")),
            "numbers of \"events\" shape the run");
}

/* A last draw that the number of paths cuts short counts as far as it goes: the errors are those of the sums
 * of draws, recomputed here from /samples; one draw alone has none. */
static void test_cut_short(void **state)
{
    (void)state;
    enum { PATHS = 5 * 64 + 37 };
    const char *yaml = text(scenario, laws[0].rate, "100 %");
    kura_run_options options = {.paths = PATHS};
    run_result r = run_text(yaml, &options, "ignorance-cut-short");
    const double *x = samples(&r, "short_steps", NULL, NULL),
                 *first = samples(&r, "first_shortage", NULL, NULL);
    double mean = 0, squares = 0, alive = 0, spread = 0;
    for (int p = 0; p < PATHS; p++) mean += x[p] / PATHS, alive += (first[p] > 5) / (double)PATHS;
    for (int p = 0; p < PATHS;) {
        double sum = 0, left = 0;
        for (int end = p + 64; p < end && p < PATHS; p++) sum += x[p] - mean, left += (first[p] > 5) - alive;
        squares += sum * sum;
        spread += left * left;
    }
    double se = sqrt(squares * 6 / 5) / PATHS;
    assert_true(fabs(summary(&r, "expected_short_steps_se", NULL) / se - 1) < 1e-12);
    double events = 0, curve_var = 0;
    for (int t = 0; t < STEPS; t++) events += numbers(&r, "summary", "shortage_probability")[t];
    assert_true(fabs(events - mean) < 1e-12);
    int64_t shock = size_of(&r, "events", "expected_events") - 1;
    assert_true(fabs(numbers(&r, "events", "expected_events_se")[shock] / se - 1) < 1e-9); /* one step each */
    for (int t = 0; t < STEPS; t++) curve_var += pow(numbers(&r, "summary", "shortage_probability_se")[t], 2);
    assert_true(curve_var > 0.01 * se * se && sqrt(curve_var) < se);
    /* the interval of the survival: Wilson of the effective number of paths */
    double p = alive,
           effect = fmin(fmax(spread * 6 / 5 / PATHS / PATHS * (PATHS - 1) / (p * (1 - p)), 1), 64);
    double n = PATHS / effect * pow(1.959963984540054 / 2.5705818366147395, 2),
           zz = pow(1.959963984540054, 2);
    double middle = (p + zz / (2 * n)) / (1 + zz / n),
           half = 1.959963984540054 * sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n);
    assert_true(fabs(curve(&r, "shortage_free_probability_lo", NULL, 5) - (middle - half)) < 1e-9);
    assert_true(fabs(curve(&r, "shortage_free_probability_hi", NULL, 5) - (middle + half)) < 1e-9);
    drop(&r);
    options.paths = 40;
    r = run_text(yaml, &options, "ignorance-cut-short");
    assert_true(isnan(summary(&r, "expected_short_steps_se", NULL)));
    assert_true(summary(&r, "shortage_probability_any_lo", NULL) == 0);
    assert_true(summary(&r, "shortage_probability_any_hi", NULL) == 1);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform),
        cmocka_unit_test(test_two_points),
        cmocka_unit_test(test_split),
        cmocka_unit_test(test_narrow),
        cmocka_unit_test(test_draws_are_numpys),
        cmocka_unit_test(test_spread),
        cmocka_unit_test(test_without_draws),
        cmocka_unit_test(test_japan),
        cmocka_unit_test(test_threads_and_replay),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_cut_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
