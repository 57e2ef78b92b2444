/* Tallies from the first step to the result: a model, states and shortages made by hand, figures worked out
 * on paper [R8.1, R8.2, 8.2-8.7, R6.3].  70 paths of four kinds (path number mod 4) in two bundles, six steps
 * of a week. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "num/interval.h"
#include "num/math.h"
#include "tally/block.h"
#include "tally/estimate.h"
#include "tally/finalise.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LN2 0.6931471805599453

enum { T = 6, N = 70, L = KURA_LANES, KINDS = 4 };

/* Unserved quanta of a step: nothing; two spells; dust; at the edges of what counts. */
static const double unserved_of[KINDS][T] = {
    {0, 0, 0, 0, 0, 0}, {0, 60, 120, 0, 300, 600}, {16, 16, 16, 16, 16, 16}, {17, 0, 0, 51, 51, 51}};
/* On hand at the watched hub (30 days at the start: 200 on hand, 100 in a stockpile). */
static const double on_hand_of[KINDS][T] = {
    {100, 100, 50, 0, 0, 0}, {100, 100, 50, 5, 0, 0}, {100, 100, 0, 0, 0, 0}, {100, 100, 50, 5, 0, 0}};
static const double stockpile_of[T] = {100, 100, 0, 0, 0, 0};
static const double required_of[KINDS] = {0, 100, 50, 200};

static const int paths_of[KINDS] = {18, 18, 17, 17};

typedef struct {
    kura_scenario_data sc;
    km_model model;
    km_mineral minerals[2];
    km_hub hubs[2];
    km_tier tiers[2];
    km_consumer consumers[3];
    sc_demand demands[3];
    sc_stockpile stockpiles[2];
    const char *forms[1], *countries[2];
    double confidence[3];
    lane I[3], S[2], X, Sc, D[3], Dgross[3], unserved[3], required, irreducible, zero[2];
    ilane none[2];
    kura_state base, drun, idle;
    kura_exogenous exo;
    kura_tally *tally;
    kura_frame *frame;
} fixture;

static void make_scenario(fixture *f)
{
    f->forms[0] = "metal";
    f->countries[0] = "JPN", f->countries[1] = "AUS";
    f->confidence[0] = 0.5, f->confidence[1] = 0.8, f->confidence[2] = 0.99;
    f->demands[0].sector = "magnets", f->demands[1].sector = "", f->demands[2].sector = "";
    f->sc.countries = f->countries;
    f->sc.demands = f->demands;
    f->stockpiles[0].id = "own", f->stockpiles[1].id = "joint";
    f->sc.stockpiles = f->stockpiles;
    f->sc.run.start_day = 100;
    f->sc.tallies = (sc_tallies){.threshold = 0.001,
                                 .nconfidence = 3,
                                 .confidence = f->confidence,
                                 .adequacy_max_days = 20,
                                 .adequacy_points = 5,
                                 .long_depth = 0.05,
                                 .long_days = 21,
                                 .samples = 1,
                                 .trace_paths = 2};
}

/* Mineral 0 has everything; mineral 1 has no price, no response, no stock, and is served but for dust. */
static void make_model(fixture *f)
{
    f->model = (km_model){.scenario = &f->sc,
                          .T = T,
                          .steps = T,
                          .step_days = 7,
                          .step_years = 7 / 365.25,
                          .nminerals = 2,
                          .minerals = f->minerals};
    f->hubs[0] = (km_hub){.opening = 200, .tier_end = 2, .up_hub = -1};
    f->hubs[1] = (km_hub){.country = 1, .up_hub = -1};
    f->tiers[0] = (km_tier){.opening = 100, .pool = -1, .holds_pool = -1};
    f->tiers[1] = (km_tier){
        .opening = 5000, .pool = -1, .holds_pool = 0, .scenario_stockpile = 1}; /* not the country's alone */
    for (int k = 0; k < 3; k++)
        f->consumers[k] = (km_consumer){.hub = k == 2, .priority = 1, .focus = k < 2, .scenario_demand = k};
    for (int i = 0; i < 2; i++)
        f->minerals[i] = (km_mineral){.id = i ? "dull" : "rich",
                                      .name = i ? "Dull" : "Rich",
                                      .unit = "t",
                                      .grade = i ? "B" : "A",
                                      .report = i ? SC_REPORT_HOST : SC_REPORT_HEADLINE,
                                      .quantum = i ? 1 : 0.5,
                                      .nforms = 1,
                                      .forms = f->forms,
                                      .hubs = f->hubs,
                                      .nhubs = 2,
                                      .nconsumers = 3,
                                      .consumers = f->consumers,
                                      .tiers = f->tiers,
                                      .ntiers = i ? 0 : 2,
                                      .watch_hub = i ? -1 : 0,
                                      .watch_use = 70,
                                      .has_drun = !i,
                                      .base_focus_demand = 1000};
    f->minerals[0].price.given = 1;
    f->minerals[0].price.initial = 5000;
    f->minerals[0].response.active = 1;
}

static void make_states(fixture *f)
{
    f->base = (kura_state){.I = f->I + 1, .S = f->S, .P = f->zero, .Ubar = f->zero, .W = f->zero};
    f->base.X = &f->X, f->base.Sc = &f->Sc, f->base.release = f->zero;
    f->base.D = f->D, f->base.Dgross = f->Dgross, f->base.unserved = f->unserved;
    f->idle = f->base;
    f->drun = (kura_state){.required = &f->required, .irreducible = &f->irreducible};
    f->exo = (kura_exogenous){.Z = f->zero, .q = f->zero, .fsm = f->none, .fe = f->zero};
}

/* The two consumers of the focus: 600 and 400; the first goes short.  A third country lacks everything. */
static void fill(fixture *f, int mineral, int t, uint64_t first)
{
    for (int l = 0; l < L; l++) {
        int kind = (int)((first + (uint64_t)l) % KINDS);
        double u = !mineral ? unserved_of[kind][t] : t == 4 ? 5 : 0;
        f->D[0].v[l] = 600, f->D[1].v[l] = 400, f->D[2].v[l] = 999;
        for (int k = 0; k < 3; k++) f->Dgross[k].v[l] = f->D[k].v[l];
        if (!mineral && t >= 3) f->Dgross[1].v[l] = 500;
        f->unserved[0].v[l] = u < 60 ? u : 60, f->unserved[1].v[l] = u < 60 ? 0 : u - 60;
        f->unserved[2].v[l] = mineral ? 0 : 999;
        f->I[0].v[l] = 77; /* of no hub */
        f->I[1].v[l] = on_hand_of[kind][t];
        f->S[0].v[l] = stockpile_of[t];
        f->S[1].v[l] = 5000;
        f->X.v[l] = kind == 1 && t < 3 ? LN2 : kind == 2 ? -9 : 0;
        f->required.v[l] = required_of[kind];
        f->irreducible.v[l] = first + (uint64_t)l == 3 ? 10 : 0;
    }
}

/* `whole` 0: nothing comes to its end, as in a block that is given up. */
static void observe(fixture *f, kura_tally_block *b, int whole)
{
    kura_observer o = kura_tally_block_observer(b);
    for (uint64_t first = 0; first < N; first += L)
        for (int i = 0; i < 2; i++) {
            kura_view view = {.model = &f->model, .mineral = i, .first_path = first, .exo = &f->exo};
            view.base = &f->base;
            for (view.t = 0; view.t < T; view.t++) {
                fill(f, i, view.t, first);
                view.drun = i ? NULL : &f->drun;
                o.step(o.user, &view);
            }
            if (whole) o.end(o.user, &view);
        }
}

static int setup(void **state)
{
    fixture *f = NULL;
    if (posix_memalign((void **)&f, 64, sizeof *f)) return 1;
    memset(f, 0, sizeof *f);
    make_scenario(f);
    make_model(f);
    make_states(f);
    assert_int_equal(kura_tally_new(&f->model, N, N, NULL, &f->tally, NULL), KURA_OK);
    kura_tally_block *b = kura_tally_block_new(f->tally, KURA_ISA_BASELINE);
    assert_non_null(b);
    kura_tally_block_start(b);
    observe(f, b, 0);
    kura_tally_block_start(b); /* forgets what it holds ... */
    observe(f, b, 1);
    kura_tally_merge(f->tally, b); /* ... so this counts once */
    kura_tally_block_free(b);
    f->frame = kura_frame_new();
    kura_error err = {0};
    assert_non_null(f->frame);
    assert_int_equal(kura_finalise(f->frame, f->tally, &err), KURA_OK);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    kura_tally_free(f->tally);
    kura_frame_free(f->frame);
    free(f);
    return 0;
}

static const double *of(const fixture *f, const char *group, const char *name)
{
    const kf_group *g = kura_frame_find(f->frame, group);
    assert_non_null(g);
    const kf_variable *v = kura_frame_find_var(g, name);
    if (!v) fail_msg("no variable %s/%s", group, name);
    if (!v->source) return v->data;
    static double rooms[4][4 * N];
    static int next;
    double *x = rooms[next++ % 4];
    int64_t n = kura_frame_size(g, v), row = kura_frame_dim_size(g, v->dims[v->ndims - 1]);
    assert_true(n <= 4 * N);
    for (int64_t i = 0; i < n; i += row) assert_int_equal(v->source->read(v->source, i, row, x + i), 0);
    return x;
}

static double metric(const fixture *f, int mineral, kura_metric k, int path)
{
    return kura_tally_metric_of(f->tally, mineral, k, (uint64_t)path);
}

static void close_to(const char *what, double got, double want)
{
    if (!(fabs(got - want) <= 1e-13 * fmax(1, fabs(want))))
        fail_msg("%s: %.17g, expected %.17g", what, got, want);
}

/* Value of mineral 0 over all its paths when a path of kind k has x[k]. */
static kura_estimate mean_of_kinds(const double x[KINDS])
{
    kura_estimate e = {0, 0};
    for (int k = 0; k < KINDS; k++) e.value += paths_of[k] * x[k] / N;
    for (int k = 0; k < KINDS; k++) e.se += paths_of[k] * (x[k] - e.value) * (x[k] - e.value);
    e.se = sqrt(e.se / N / (N - 1));
    return e;
}

static void expect_metric(const fixture *f, kura_metric m, const double want[KINDS])
{
    for (int p = 0; p < N; p++) {
        double x = metric(f, 0, m, p);
        if (!(fabs(x - want[p % KINDS]) <= 1e-13 * fabs(want[p % KINDS])))
            fail_msg("%s, path %d: %.17g, expected %.17g", kura_metric_name(m), p, x, want[p % KINDS]);
    }
}

static void test_path_metrics(void **state)
{
    const fixture *f = *state;
    static const struct {
        kura_metric metric;
        double want[KINDS];
    } rows[] = {
        {KURA_METRIC_SHORT_STEPS, {0, 4, 0, 4}}, /* above 16 quanta and 0.1 % [R8.1] */
        {KURA_METRIC_GROSS_SHORT_STEPS, {3, 5, 3, 4}},
        {KURA_METRIC_UNSERVED, {0, 1080, 96, 170}},
        {KURA_METRIC_GROSS_UNSERVED, {300, 1380, 396, 470}},
        {KURA_METRIC_DEMAND, {6000, 6000, 6000, 6000}},
        {KURA_METRIC_GROSS_DEMAND, {6300, 6300, 6300, 6300}},
        {KURA_METRIC_SPELLS, {0, 2, 0, 2}},
        {KURA_METRIC_FIRST_SHORT, {6, 1, 6, 0}},
        {KURA_METRIC_MAX_DEPTH, {0, 0.6, 0.016, 0.051}},
        {KURA_METRIC_DEPTH_05, {0, 4, 0, 3}},
        {KURA_METRIC_DEPTH_10, {0, 3, 0, 0}},
        {KURA_METRIC_DEPTH_20, {0, 2, 0, 0}},
        {KURA_METRIC_DEPTH_50, {0, 1, 0, 0}},
        {KURA_METRIC_LONGEST, {0, 2, 0, 3}},
        {KURA_METRIC_REQUIRED, {0, 100, 50, 200}},
        {KURA_METRIC_EXHAUSTED, {6, 4, 2, 4}},
        {KURA_METRIC_PEAK_PRICE, {1, 2, 0.00012340980408667956, 1}},
        {KURA_METRIC_MEAN_PRICE, {1, 1.5, 0.00012340980408667956, 1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) expect_metric(f, rows[i].metric, rows[i].want);
    for (int p = 0; p < N; p++) assert_true(metric(f, 0, KURA_METRIC_IRREDUCIBLE, p) == (p == 3 ? 10 : 0));
}

/* The second mineral lacks 5 quanta in step 4, too little to count as short; it has no stock that could be
 * empty later. */
static void test_served_mineral(void **state)
{
    const fixture *f = *state;
    for (int k = 0; k < KURA_METRIC_COUNT; k++) {
        double want = k == KURA_METRIC_DEMAND || k == KURA_METRIC_GROSS_DEMAND       ? 6000
                      : k == KURA_METRIC_UNSERVED || k == KURA_METRIC_GROSS_UNSERVED ? 5
                      : k == KURA_METRIC_FIRST_SHORT                                 ? T
                      : k == KURA_METRIC_EXHAUSTED                                   ? 4
                      : k == KURA_METRIC_MAX_DEPTH                                   ? 0.005
                                                                                     : 0;
        for (int p = 0; p < N; p++) assert_true(metric(f, 1, (kura_metric)k, p) == want);
    }
    assert_true(isnan(of(f, "summary", "base_price")[1]));
    assert_true(isnan(of(f, "summary", "stock_days")[T]));
    assert_true(isnan(of(f, "summary", "price")[T]));
    assert_true(isnan(of(f, "adequacy", "required_stock")[3]));
}

static double curve(const fixture *f, kura_curve c, int t)
{
    return kura_acc_value(&f->tally->curves[(size_t)c * T + (size_t)t]);
}

/* Sums over the 70 paths only; the lanes beyond the last path do not count. */
static void test_curves(void **state)
{
    const fixture *f = *state;
    for (int t = 0; t < T; t++) {
        double is_short = 0, u = 0, u2 = 0, days = 0, days2 = 0;
        for (int k = 0; k < KINDS; k++) {
            double x = unserved_of[k][t], d = (on_hand_of[k][t] + stockpile_of[t]) * 0.1 - 30;
            is_short += paths_of[k] * (x > 16);
            u += paths_of[k] * x, u2 += paths_of[k] * x * x;
            days += paths_of[k] * d, days2 += paths_of[k] * d * d;
        }
        close_to("short", curve(f, KURA_CURVE_SHORT, t), is_short);
        close_to("gross", curve(f, KURA_CURVE_GROSS_SHORT, t), t < 3 ? is_short : N);
        close_to("unserved", curve(f, KURA_CURVE_UNSERVED, t), u);
        close_to("its squares", curve(f, KURA_CURVE_UNSERVED2, t), u2);
        close_to("stock", curve(f, KURA_CURVE_STOCK, t), days);
        close_to("its squares", curve(f, KURA_CURVE_STOCK2, t), days2);
        close_to("price", curve(f, KURA_CURVE_PRICE, t), (t < 3 ? 18 : 0) - 17 * (1 - exp(-9)));
        close_to("its squares", curve(f, KURA_CURVE_PRICE2, t),
                 (t < 3 ? 18 : 0) + 17 * (1 - exp(-9)) * (1 - exp(-9)));
    }
}

static double in_bin(const uint32_t *bins, int t, double (*edge)(int), double x)
{
    int b = 0;
    while (b < KURA_BINS - 1 && edge(b + 1) <= x) b++;
    return bins[t * KURA_BINS + b];
}

static void test_histograms(void **state)
{
    const fixture *f = *state;
    const uint32_t *stock = f->tally->stock_bins, *price = f->tally->price_bins;
    assert_true(in_bin(stock, 0, kura_stock_edge, 20) == N); /* all lanes equal */
    assert_true(in_bin(stock, 2, kura_stock_edge, 5) == 53);
    assert_true(in_bin(stock, 2, kura_stock_edge, 0) == 17);
    assert_true(in_bin(stock, 3, kura_stock_edge, 0.5) == 35);
    assert_true(in_bin(stock, 3, kura_stock_edge, 0) == 35);
    assert_true(in_bin(price, 0, kura_price_edge, 2) == 18);
    assert_true(in_bin(price, 0, kura_price_edge, 1) == 35);
    assert_true(price[0] == 17 && price[KURA_BINS * 3] == 17); /* below the lowest edge */
    for (int t = 0; t < T; t++) {
        uint32_t all = 0, prices = 0;
        for (int b = 0; b < KURA_BINS; b++)
            all += stock[t * KURA_BINS + b], prices += price[t * KURA_BINS + b];
        assert_int_equal(all, N);
        assert_int_equal(prices, N);
        assert_true(of(f, "histograms", "stock_count")[t * KURA_BINS] == stock[t * KURA_BINS]);
    }
    const double *bounds = of(f, "histograms", "stock_bin_bounds"),
                 *centre = of(f, "histograms", "stock_bin");
    assert_true(bounds[0] == 0 && bounds[1] == 0.25 && centre[0] == 0.125);
    assert_true(bounds[8] == 0.4375 && bounds[9] == 0.5 && bounds[10] == 0.5 && bounds[11] == 0.625);
    assert_true(isinf(bounds[2 * KURA_BINS - 1]) && centre[KURA_BINS - 1] == bounds[2 * KURA_BINS - 2]);
}

/* The last bin is open; edges lie in the bin above them. */
static void test_edges(void **state)
{
    (void)state;
    assert_true(kura_stock_edge(0) == 0 && kura_stock_edge(1) == 0.25 && kura_stock_edge(2) == 0.3125);
    assert_true(kura_stock_edge(4) == 0.4375 && kura_stock_edge(5) == 0.5 && kura_stock_edge(13) == 2);
    assert_true(kura_stock_edge(KURA_BINS - 1) == 0.25 * 32768 * 1.5);
    close_to("lowest", kura_price_edge(0), 0.05);
    close_to("highest", kura_price_edge(KURA_BINS), 50);
    close_to("middle", kura_price_edge(KURA_BINS / 2), sqrt(2.5));
}

static void expect_mean(const fixture *f, const char *name, const double x[KINDS], double scale)
{
    char twin[80];
    kura_estimate e = mean_of_kinds(x);
    snprintf(twin, sizeof twin, "%s_se", name);
    close_to(name, of(f, "summary", name)[0], e.value * scale);
    close_to(twin, of(f, "summary", twin)[0], e.se * scale);
}

static void test_summary(void **state)
{
    const fixture *f = *state;
    double per = 365.25 / 42; /* a year */
    expect_mean(f, "loss_of_load_expectation", (double[]){0, 4, 0, 4}, 7 * per);
    expect_mean(f, "expected_short_steps", (double[]){0, 4, 0, 4}, 1);
    expect_mean(f, "gross_loss_of_load_expectation", (double[]){3, 5, 3, 4}, 7 * per);
    expect_mean(f, "loss_of_load_events", (double[]){0, 2, 0, 2}, per);
    expect_mean(f, "expected_unserved", (double[]){0, 1080, 96, 170}, 0.5 * per);
    expect_mean(f, "gross_expected_unserved", (double[]){300, 1380, 396, 470}, 0.5 * per);
    expect_mean(f, "max_depth", (double[]){0, 0.6, 0.016, 0.051}, 1);
    expect_mean(f, "mean_price", (double[]){1, 1.5, 0.00012340980408667956, 1}, 1);
    expect_mean(f, "peak_price", (double[]){1, 2, 0.00012340980408667956, 1}, 1);
    close_to("LOLD", of(f, "summary", "loss_of_load_duration")[0], 14);
    close_to("no error: every path has the same ratio", of(f, "summary", "loss_of_load_duration_se")[0], 0);
    double eue = 18 * 1080 + 17 * 96 + 17 * 170.0, gross = 18 * 300 + 18 * 1380 + 17 * 396 + 17 * 470.0;
    close_to("NEUE", of(f, "summary", "normalised_expected_unserved")[0], 1e6 * eue / (N * 6000.0));
    close_to("gross NEUE", of(f, "summary", "gross_normalised_expected_unserved")[0],
             1e6 * gross / (N * 6300.0));
    close_to("conditional depth", of(f, "summary", "conditional_depth")[0], eue / 140 / 1000);
    const double *ladder = of(f, "summary", "loss_of_load_by_depth");
    static const double steps[4] = {18 * 4 + 17 * 3, 18 * 3, 18 * 2, 18};
    for (int j = 0; j < 4; j++) close_to("by depth", ladder[j], steps[j] / N * 7 * per);
    close_to("base demand", of(f, "summary", "base_demand")[0], 1000 * 0.5 * 365.25 / 7);
    close_to("base price", of(f, "summary", "base_price")[0], 5000);
    assert_string_equal(((const char *const *)of(f, "summary", "report"))[0], "headline");
    assert_string_equal(((const char *const *)of(f, "summary", "report"))[1], "host");
}

static void expect_share(const fixture *f, const char *group, const char *name, size_t at, uint64_t k)
{
    char bound[80];
    double lo, hi;
    kura_wilson(k, N, KURA_Z95, &lo, &hi);
    close_to(name, of(f, group, name)[at], (double)k / N);
    snprintf(bound, sizeof bound, "%s_lo", name);
    close_to(bound, of(f, group, bound)[at], lo);
    snprintf(bound, sizeof bound, "%s_hi", name);
    close_to(bound, of(f, group, bound)[at], hi);
}

static void test_probabilities(void **state)
{
    const fixture *f = *state;
    static const uint64_t shorts[T] = {17, 18, 18, 17, 35, 35}, free_until[T] = {53, 35, 35, 35, 35, 35};
    static const uint64_t stock_left[T] = {70, 70, 53, 53, 18, 18};
    expect_share(f, "summary", "shortage_probability_any", 0, 35);
    expect_share(f, "summary", "long_shortage_probability", 0, 17); /* three weeks deeper than 5 % */
    for (size_t t = 0; t < T; t++) {
        expect_share(f, "summary", "shortage_probability", t, shorts[t]);
        expect_share(f, "summary", "gross_shortage_probability", t, t < 3 ? shorts[t] : N);
        expect_share(f, "summary", "shortage_free_probability", t, free_until[t]);
        expect_share(f, "adequacy", "stock_survival", t, stock_left[t]);
        double p = shorts[t] / (double)N;
        close_to("its error", of(f, "summary", "shortage_probability_se")[t], sqrt(p * (1 - p) / (N - 1)));
    }
    /* one headline mineral: the expected number is its probability [8.8] */
    close_to("minerals", of(f, "summary", "minerals_with_any_shortage")[0], 0.5);
    close_to("minerals, long", of(f, "summary", "minerals_with_long_shortage")[0], 17.0 / N);
}

static void test_mean_curves(void **state)
{
    const fixture *f = *state;
    for (int t = 0; t < T; t++) {
        double u[KINDS], days[KINDS], price[KINDS];
        for (int k = 0; k < KINDS; k++) {
            u[k] = unserved_of[k][t];
            days[k] = (on_hand_of[k][t] + stockpile_of[t]) * 0.1;
            price[k] = k == 1 && t < 3 ? 2 : k == 2 ? exp(-9) : 1;
        }
        kura_estimate a = mean_of_kinds(u), b = mean_of_kinds(days), c = mean_of_kinds(price);
        close_to("unserved", of(f, "summary", "expected_unserved_step")[t], a.value * 0.5);
        close_to("stock", of(f, "summary", "stock_days")[t], b.value);
        close_to("price", of(f, "summary", "price")[t], c.value);
        assert_true(fabs(of(f, "summary", "expected_unserved_step_se")[t] - a.se * 0.5) <= 1e-9);
        assert_true(fabs(of(f, "summary", "stock_days_se")[t] - b.se) <= 1e-7); /* from squares about 30 */
        assert_true(fabs(of(f, "summary", "price_se")[t] - c.se) <= 1e-9);
    }
}

/* 95 % of 70 paths leaves fewer than ten beyond: refused, not guessed [8.6]. */
static void test_tails_are_refused(void **state)
{
    const fixture *f = *state;
    assert_true(isnan(of(f, "summary", "var95_unserved")[0]));
    assert_true(isnan(of(f, "summary", "cvar95_unserved")[0]));
    const int8_t *refused = (const int8_t *)of(f, "adequacy", "refused");
    assert_true(!refused[0] && !refused[1] && refused[2]);
    assert_true(isnan(of(f, "adequacy", "required_stock")[2]));
}

/* Required: 18 x 0, 17 x 50, 18 x 100, 16 x 200 quanta, one path where no stock helps [R6.3]. */
static void test_required_stock(void **state)
{
    const fixture *f = *state;
    double sorted[N];
    for (int i = 0; i < N; i++) sorted[i] = i < 18 ? 0 : i < 35 ? 50 : i < 53 ? 100 : i < 69 ? 200 : INFINITY;
    static const double want[2] = {50, 200}, q[2] = {0.5, 0.8};
    for (int j = 0; j < 2; j++) {
        uint64_t l, u;
        kura_quantile_ranks(N, q[j], 0.95, &l, &u);
        close_to("mass", of(f, "adequacy", "required_stock")[j], want[j] * 0.5);
        close_to("days", of(f, "adequacy", "required_stock_days")[j], want[j] * 0.1);
        close_to("lo", of(f, "adequacy", "required_stock_lo")[j], sorted[l - 1] * 0.5);
        close_to("hi", of(f, "adequacy", "required_stock_hi")[j], sorted[u - 1] * 0.5);
        close_to("days, lo", of(f, "adequacy", "required_stock_days_lo")[j], sorted[l - 1] * 0.1);
        close_to("days, hi", of(f, "adequacy", "required_stock_days_hi")[j], sorted[u - 1] * 0.1);
        assert_int_equal(((const int8_t *)of(f, "adequacy", "irreducible"))[j], 0);
    }
    static const uint64_t adequate[5] = {18, 35, 53, 53, 69}; /* at 0, 5, 10, 15, 20 days */
    for (size_t p = 0; p < 5; p++) {
        assert_true(of(f, "adequacy", "days")[p] == 5.0 * (double)p);
        expect_share(f, "adequacy", "adequacy", p, adequate[p]);
    }
    close_to("irreducible", of(f, "adequacy", "irreducible_unserved")[0], 10.0 / N * 0.5 * 365.25 / 42);
    expect_share(f, "adequacy", "irreducible_probability", 0, 1);
    close_to("firm", of(f, "adequacy", "opening_firm_days")[0], 20);
    close_to("stockpiles", of(f, "adequacy", "opening_stockpile_days")[0], 10); /* without the pooled one */
    close_to("use", of(f, "adequacy", "base_use")[0], 70 * 0.5 * 365.25 / 7);
    assert_true(f->tally->opening_days[0] == 30);
}

/* Interpolation in the bin clipped to what was seen, ends of bins as bounds [8.6, 8.14]. */
static void test_quantile_curves(void **state)
{
    const fixture *f = *state;
    const double *x = of(f, "summary", "stock_days_quantile"),
                 *lo = of(f, "summary", "stock_days_quantile_lo"),
                 *hi = of(f, "summary", "stock_days_quantile_hi"),
                 *price = of(f, "summary", "price_quantile");
    for (int j = 0; j < 7; j++) /* step 0: all 70 paths hold 20 days */
        assert_true(x[j] == 20 && lo[j] == 20 && hi[j] == 20);
    /* step 2: 17 paths with 0, 53 with 5 days */
    close_to("5 %", x[2 * 7 + 1], 0.25 * 3.5 / 17);
    assert_true(lo[2 * 7 + 1] == 0 && hi[2 * 7 + 1] == 0.25);
    assert_true(lo[2 * 7 + 2] == 0 && x[2 * 7 + 2] == 5 && hi[2 * 7 + 2] == 5);
    assert_true(lo[2 * 7 + 3] == 5 && x[2 * 7 + 3] == 5 && hi[2 * 7 + 3] == 5);
    /* 17 prices below the lowest edge, 35 of 1, 18 of 2; the highest bin ends at 2 */
    double low = kura_exp(-9), next = kura_price_edge(1);
    close_to("price", price[1], low + (next - low) * 3.5 / 17);
    assert_true(of(f, "summary", "price_quantile_lo")[1] == low);
    assert_true(of(f, "summary", "price_quantile_hi")[6] == kura_exp(LN2));
    for (size_t j = 0; j < 7; j++) /* the second mineral has neither stock nor price */
        assert_true(isnan(x[T * 7 + j]) && isnan(price[T * 7 + j]));
}

static void test_time(void **state)
{
    const fixture *f = *state;
    const kf_group *g = kura_frame_find(f->frame, "summary");
    const int32_t *day = kura_frame_find_var(g, "time")->data,
                  *b = kura_frame_find_var(g, "time_bounds")->data;
    for (int t = 0; t < T; t++)
        assert_true(day[t] == 100 + 7 * t && b[2 * t] == day[t] && b[2 * t + 1] == day[t] + 7);
}

/* /samples: masses in tonnes, the rest as counted; /paths: the first two paths only. */
static void test_samples_and_paths(void **state)
{
    const fixture *f = *state;
    for (int p = 0; p < N; p++) {
        assert_true(of(f, "samples", "path")[p] == p);
        assert_true(of(f, "samples", "unserved")[p] == 0.5 * metric(f, 0, KURA_METRIC_UNSERVED, p));
        assert_true(of(f, "samples", "demand")[N + p] == 6000);
        assert_true(of(f, "samples", "short_steps")[p] == (p % 2 ? 4 : 0));
    }
    const kf_group *g = kura_frame_find(f->frame, "paths");
    assert_int_equal(kura_frame_dim_size(g, "path"), 2);
    assert_int_equal(kura_frame_dim_size(g, "hub"), 4);
    assert_int_equal(kura_frame_dim_size(g, "consumer"), 6);
    assert_int_equal(kura_frame_dim_size(g, "site"), -1);
    const char *const *labels = kura_frame_find_var(g, "consumer")->data;
    assert_string_equal(labels[0], "rich/metal/JPN/magnets");
    assert_string_equal(labels[5], "dull/metal/AUS");
    assert_string_equal(((const char *const *)kura_frame_find_var(g, "hub")->data)[3], "dull/metal/AUS");
    assert_string_equal(((const char *const *)kura_frame_find_var(g, "tier")->data)[1], "joint");
    const double *u = of(f, "paths", "unserved"), *on_hand = of(f, "paths", "on_hand");
    for (int t = 0; t < T; t++)
        for (int p = 0; p < 2; p++) {
            assert_true(u[t * 2 + p] + u[(T + t) * 2 + p] == 0.5 * unserved_of[p][t]);
            assert_true(u[(2 * T + t) * 2 + p] == 0.5 * 999);
            assert_true(on_hand[t * 2 + p] == 0.5 * on_hand_of[p][t]);
            assert_true(of(f, "paths", "stockpile")[t * 2 + p] == 0.5 * stockpile_of[t]);
            assert_true(of(f, "paths", "demand")[(3 * T + t) * 2 + p] == 600);
        }
}

/* 256 paths that lack 0, 1 ... 255 quanta, in any order: enough for the tails [8.7].  Nothing is traced, so
 * there are no /paths; samples are not asked for. */
static void test_tails(void **state)
{
    enum { MANY = 256 };
    fixture *f = *state;
    double sorted[MANY], var;
    uint64_t l, u;
    f->sc.tallies.trace_paths = 0;
    f->sc.tallies.samples = 0;
    kura_tally *t;
    assert_int_equal(kura_tally_new(&f->model, MANY, MANY, NULL, &t, NULL), KURA_OK);
    kura_frame *frame = kura_frame_new(), *kept = f->frame;
    kura_error err = {0};
    assert_true(t && frame);
    assert_null(t->trace);
    for (int p = 0; p < MANY; p++) {
        double unserved = p * 37 % MANY;
        kura_columns_put(t->metrics, kura_tally_column(0, KURA_METRIC_UNSERVED), (uint64_t)p, 1, &unserved);
        sorted[p] = p;
    }
    assert_int_equal(kura_finalise(frame, t, &err), KURA_OK);
    assert_true(!kura_frame_find(frame, "paths") && !kura_frame_find(frame, "samples"));
    kura_estimate cvar = kura_estimate_cvar(MANY, sorted, 0.95, &var);
    kura_quantile_ranks(MANY, 0.95, 0.95, &l, &u);
    f->frame = frame;
    close_to("VaR", of(f, "summary", "var95_unserved")[0], 243 * 0.5);
    close_to("lo", of(f, "summary", "var95_unserved_lo")[0], sorted[l - 1] * 0.5);
    close_to("hi", of(f, "summary", "var95_unserved_hi")[0], sorted[u - 1] * 0.5);
    close_to("CVaR", of(f, "summary", "cvar95_unserved")[0], (243 + 78 / 12.8) * 0.5); /* 1 + 2 + ... + 12 */
    close_to("its error", of(f, "summary", "cvar95_unserved_se")[0], cvar.se * 0.5);
    assert_true(cvar.se > 0);
    f->frame = kept;
    f->sc.tallies.trace_paths = 2;
    f->sc.tallies.samples = 1;
    kura_tally_free(t);
    kura_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_metrics),
        cmocka_unit_test(test_served_mineral),
        cmocka_unit_test(test_curves),
        cmocka_unit_test(test_histograms),
        cmocka_unit_test(test_edges),
        cmocka_unit_test(test_summary),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_mean_curves),
        cmocka_unit_test(test_tails_are_refused),
        cmocka_unit_test(test_required_stock),
        cmocka_unit_test(test_quantile_curves),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_samples_and_paths),
        cmocka_unit_test(test_tails),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
