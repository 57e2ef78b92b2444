/* What not knowing the inputs does to the figures [8.9]: beside a figure of /summary and /adequacy its spread
 * over draws of the inputs, and /ignorance, the values drawn and what depends on them.
 *
 * The figure of draw o, x_o, has noise of its own, since the draw has few paths: spread.h takes it off. */
#include "tally/cluster.h"
#include "tally/finalise.h"
#include "tally/spread.h"
#include "base/error.h"
#include "model/draw.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK, KEPT = 2048, KEPT_VALUES = 1 << 22, RANKED = 2 };

typedef struct {
    kura_frame *frame;
    const kura_tally *tally;
    const km_model *model;
    size_t n;                   /* minerals */
    uint64_t N, m, c;           /* paths, draws, paths a draw */
    double *x, *noise, *sorted; /* [m]: figure of a draw, variance of its noise */
    size_t kept;                /* draws whose values are written */
    double *ranked[RANKED];     /* [mineral][kept] figures that inputs are ranked by */
} context;

/* ---- the figure of each draw ---- */

typedef enum { MEAN, RATIO, SHARE, CVAR, STOCK } kind;

typedef struct {
    const char *name;
    kind kind;
    kura_metric a, b;
    int unit;     /* of a MEAN: 0 as it is, 1 days a year, 2 tonnes a year, 3 a year; of a RATIO ppm */
    int ranked;   /* 1 + place in context.ranked, or 0 */
    int of_price; /* only where there is one */
} figure;

static const figure figures[] = {
    {"loss_of_load_expectation", MEAN, KURA_METRIC_SHORT_STEPS, 0, 1, 1, 0},
    {"gross_loss_of_load_expectation", MEAN, KURA_METRIC_GROSS_SHORT_STEPS, 0, 1, 0, 0},
    {"expected_short_steps", MEAN, KURA_METRIC_SHORT_STEPS, 0, 0, 0, 0},
    {"loss_of_load_events", MEAN, KURA_METRIC_SPELLS, 0, 3, 0, 0},
    {"expected_unserved", MEAN, KURA_METRIC_UNSERVED, 0, 2, 0, 0},
    {"gross_expected_unserved", MEAN, KURA_METRIC_GROSS_UNSERVED, 0, 2, 0, 0},
    {"normalised_expected_unserved", RATIO, KURA_METRIC_UNSERVED, KURA_METRIC_DEMAND, 0, 2, 0},
    {"gross_normalised_expected_unserved", RATIO, KURA_METRIC_GROSS_UNSERVED, KURA_METRIC_GROSS_DEMAND, 0, 0,
     0},
    {"shortage_probability_any", SHARE, KURA_METRIC_SHORT_STEPS, 0, 0, 0, 0},
    {"long_shortage_probability", SHARE, KURA_METRIC_LONGEST, 0, 0, 0, 0},
    {"max_depth", MEAN, KURA_METRIC_MAX_DEPTH, 0, 0, 0, 0},
    {"mean_price", MEAN, KURA_METRIC_MEAN_PRICE, 0, 0, 0, 1},
    {"peak_price", MEAN, KURA_METRIC_PEAK_PRICE, 0, 0, 0, 1},
    {"cvar95_unserved", CVAR, KURA_METRIC_UNSERVED, 0, 0, 0, 0},
};
enum { FIGURES = sizeof figures / sizeof *figures };

static double scale_of(const context *c, const figure *f, size_t mineral)
{
    double per = c->model->scenario->run.per_horizon ? 1 : 1 / (c->model->T * c->model->step_years);
    double q = c->model->minerals[mineral].quantum;
    const double units[] = {1, c->model->step_days * per, q * per, per};
    return f->kind == RATIO ? 1e6 : f->kind == CVAR ? q : f->kind == SHARE ? 1 : units[f->unit];
}

/* What a path has above `limit`, for shares; all of it otherwise. */
static double limit_of(const context *c, const figure *f)
{
    double steps = c->model->scenario->tallies.long_days / c->model->step_days;
    return f->a == KURA_METRIC_LONGEST ? ceil(steps - 1e-9) - 0.5 : 0;
}

static void of_mean(const double *a, uint64_t n, double *x, double *noise)
{
    double sum = 0, squares = 0;
    for (uint64_t i = 0; i < n; i++) sum += a[i] - a[0];
    double mean = a[0] + sum / (double)n;
    for (uint64_t i = 0; i < n; i++) squares += (a[i] - mean) * (a[i] - mean);
    *x = mean;
    *noise = squares / ((double)n * (double)(n - 1));
}

static void of_ratio(const double *a, const double *b, uint64_t n, double *x, double *noise)
{
    double sum_a = 0, sum_b = 0, squares = 0;
    for (uint64_t i = 0; i < n; i++) sum_a += a[i], sum_b += b[i];
    double r = sum_b > 0 ? sum_a / sum_b : 0, mean = sum_b / (double)n;
    for (uint64_t i = 0; i < n; i++) squares += (a[i] - r * b[i]) * (a[i] - r * b[i]);
    *x = r;
    *noise = sum_b > 0 ? squares / ((double)n * (double)(n - 1)) / (mean * mean) : 0;
}

static void of_share(const double *a, uint64_t n, double limit, double *x, double *noise)
{
    double count = 0;
    for (uint64_t i = 0; i < n; i++) count += a[i] > limit;
    *x = count / (double)n;
    *noise = *x * (1 - *x) / (double)(n - 1);
}

static void of_cvar(const double *a, uint64_t n, double *x, double *noise)
{
    double sorted[BLOCK], var;
    memcpy(sorted, a, n * sizeof *a);
    kura_sort(n, sorted);
    kura_estimate e = kura_estimate_cvar(n, sorted, 0.95, &var);
    *x = e.value;
    *noise = e.se * e.se;
}

/* A quantile, and its noise from the interval of its order statistics. */
static void of_quantile(const double *a, uint64_t n, double q, double *x, double *noise)
{
    double sorted[BLOCK];
    kura_interval k;
    memcpy(sorted, a, n * sizeof *a);
    kura_sort(n, sorted);
    kura_estimate_quantile(n, sorted, q, &k);
    double lo = k.lo > 0 ? k.lo : 0, half = (k.hi - lo) / (2 * KURA_Z95);
    *x = k.value;
    *noise = half * half; /* infinite bounds: infinite */
}

/* Figures of all draws, in the units of the tally. */
static void draws_of(context *c, const figure *f, double q, const kura_series *a, const kura_series *b)
{
    double rooms[2][BLOCK], limit = limit_of(c, f);
    uint64_t o = 0;
    for (uint64_t first = 0; first < c->N; first += BLOCK) {
        const double *x = a->block(a, first / BLOCK, rooms[0]);
        const double *y = b ? b->block(b, first / BLOCK, rooms[1]) : NULL;
        for (uint64_t i = 0; i < BLOCK && first + i < c->N; i += c->c, o++) {
            double *out = &c->x[o], *noise = &c->noise[o];
            if (f->kind == MEAN) of_mean(x + i, c->c, out, noise);
            if (f->kind == RATIO) of_ratio(x + i, y + i, c->c, out, noise);
            if (f->kind == SHARE) of_share(x + i, c->c, limit, out, noise);
            if (f->kind == CVAR) of_cvar(x + i, c->c, out, noise);
            if (f->kind == STOCK) of_quantile(x + i, c->c, q, out, noise);
        }
    }
}

static kura_spread spread_of(context *c) { return kura_spread_of(c->m, c->c, c->x, c->noise, c->sorted); }

/* ---- variables beside the figure ---- */

typedef struct {
    double *sd, *se, *lo, *hi, *share;
} columns;

static int make_columns(context *c, size_t n, columns *out)
{
    double **all[] = {&out->sd, &out->se, &out->lo, &out->hi, &out->share};
    for (size_t i = 0; i < 5; i++)
        if (!(*all[i] = kura_finalise_array(c->frame, n))) return -1;
    return 0;
}

static void put_spread(columns *out, size_t at, kura_spread s, double scale)
{
    out->sd[at] = s.sd * scale, out->se[at] = s.se * scale;
    out->lo[at] = s.lo * scale, out->hi[at] = s.hi * scale;
    out->share[at] = s.share;
}

static void add_columns(context *c, kf_group *g, const char *name, const char *dims, const columns *x,
                        int with_share)
{
    kura_arena *a = &c->frame->arena;
    const kf_variable *beside = kura_frame_find_var(g, name);
    const char *units = beside ? kura_arena_strdup(a, beside->units) : "1";
    const char *sd = kura_arena_printf(a, "%s_ignorance_sd", name);
    const char *se = kura_arena_printf(a, "%s_ignorance_sd_se", name);
    kura_frame_var(c->frame, g, sd, KF_F64, dims, x->sd, units,
                   kura_arena_printf(a, "standard deviation of %s over what is not known", name), "8.9", se);
    kura_frame_var(c->frame, g, se, KF_F64, dims, x->se, units,
                   kura_arena_printf(a, "standard error of %s", sd), "8.9", NULL);
    kura_frame_var(
        c->frame, g, kura_arena_printf(a, "%s_ignorance_lo", name), KF_F64, dims, x->lo, units,
        kura_arena_printf(a, "5 %% quantile of %s over what is not known, without the noise of draws", name),
        "8.9", NULL);
    kura_frame_var(
        c->frame, g, kura_arena_printf(a, "%s_ignorance_hi", name), KF_F64, dims, x->hi, units,
        kura_arena_printf(a, "95 %% quantile of %s over what is not known, without the noise of draws", name),
        "8.9", NULL);
    if (with_share)
        kura_frame_var(
            c->frame, g, kura_arena_printf(a, "%s_ignorance_share", name), KF_F64, dims, x->share, "1",
            kura_arena_printf(a,
                              "share of the variance of a path's part of %s that is due to what is "
                              "not known",
                              name),
            "8.9", NULL);
}

static int has_figure(const context *c, const figure *f, size_t mineral)
{
    if (f->of_price && !c->model->minerals[mineral].price.given) return 0;
    return f->kind != CVAR || 0.05 * (double)c->c >= 10 - 1e-9; /* as 8.6: ten paths beyond */
}

static void keep_ranked(context *c, const figure *f, size_t mineral)
{
    if (f->ranked) memcpy(c->ranked[f->ranked - 1] + mineral * c->kept, c->x, c->kept * sizeof *c->x);
}

static void summary(context *c)
{
    kf_group *g = kura_frame_group(c->frame, "summary");
    for (size_t k = 0; g && k < FIGURES; k++) {
        const figure *f = &figures[k];
        columns out;
        if (make_columns(c, c->n, &out)) return;
        for (size_t i = 0; i < c->n; i++) {
            if (!has_figure(c, f, i)) continue;
            kura_series a = kura_tally_metric(c->tally, (int)i, f->a), b;
            if (f->kind == RATIO) b = kura_tally_metric(c->tally, (int)i, f->b);
            draws_of(c, f, 0, &a, f->kind == RATIO ? &b : NULL);
            keep_ranked(c, f, i);
            put_spread(&out, i, spread_of(c), scale_of(c, f, i));
        }
        add_columns(c, g, f->name, "mineral", &out, f->kind != CVAR);
    }
}

/* The sample of the required stock, as in /adequacy. */
typedef struct {
    kura_series required, irreducible;
    uint64_t paths;
} stock_sample;

static const double *stock_of(const kura_series *series, uint64_t block, double *out)
{
    const stock_sample *s = series->user;
    double rooms[2][BLOCK];
    const double *required = s->required.block(&s->required, block, rooms[0]),
                 *irr = s->irreducible.block(&s->irreducible, block, rooms[1]);
    uint64_t left = s->paths - block * BLOCK;
    for (uint64_t p = 0; p < BLOCK && p < left; p++) out[p] = irr[p] > 0 ? INFINITY : required[p];
    return out;
}

static void adequacy(context *c)
{
    static const figure stock = {.name = "required_stock_days", .kind = STOCK};
    const sc_tallies *t = &c->model->scenario->tallies;
    kf_group *g = kura_frame_group(c->frame, "adequacy");
    size_t q = (size_t)t->nconfidence;
    columns out;
    if (!g || make_columns(c, c->n * q, &out)) return;
    for (size_t i = 0; i < c->n; i++) {
        const km_mineral *m = &c->model->minerals[i];
        if (!m->has_drun) continue;
        stock_sample s = {kura_tally_metric(c->tally, (int)i, KURA_METRIC_REQUIRED),
                          kura_tally_metric(c->tally, (int)i, KURA_METRIC_IRREDUCIBLE), c->N};
        kura_series all = {.user = &s, .block = stock_of};
        for (size_t j = 0; j < q; j++) {
            double tail = (double)c->c * (1 - t->confidence[j]);
            if (tail < 10 - 1e-9 || (double)c->c * t->confidence[j] < 1) continue;
            draws_of(c, &stock, t->confidence[j], &all, NULL);
            put_spread(&out, i * q + j, spread_of(c), c->model->step_days / m->watch_use);
        }
    }
    add_columns(c, g, stock.name, "mineral,confidence", &out, 0);
}

/* ---- /ignorance ---- */

typedef struct {
    double x;
    size_t i;
} item;

static int by_value(const void *pa, const void *pb)
{
    const item *a = pa, *b = pb;
    if (a->x != b->x) return a->x < b->x ? -1 : 1;
    return a->i < b->i ? -1 : a->i > b->i;
}

/* For each figure the number of figures at most as large, and the mean rank of those that are equal. */
static void rank(const double *x, size_t n, item *room, double *at_most, double *mid)
{
    for (size_t i = 0; i < n; i++) room[i] = (item){x[i], i};
    qsort(room, n, sizeof *room, by_value);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && room[j].x == room[i].x; j++) {
        }
        for (size_t k = i; k < j; k++) {
            at_most[room[k].i] = (double)j;
            mid[room[k].i] = 0.5 * (double)(i + j + 1);
        }
    }
}

/* Chatterjee's xi of figures against an input, whose draws are in ascending order. */
static double xi_of(const double *at_most, const item *order, size_t n, double denominator)
{
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) sum += fabs(at_most[order[i + 1].i] - at_most[order[i].i]);
    return denominator > 0 ? 1 - (double)n * sum / (2 * denominator) : NAN;
}

/* sum of l (n - l), l = number of figures at least as large. */
static double denominator_of(const double *at_most, const double *mid, size_t n)
{
    double sum = 0, N = (double)n;
    for (size_t i = 0; i < n; i++) {
        double ties = 2 * (at_most[i] - mid[i]) + 1, l = N - at_most[i] + ties;
        sum += l * (N - l);
    }
    return sum;
}

static double correlation(const double *a, const double *b, size_t n)
{
    double mean = 0.5 * (double)(n + 1), ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (a[i] - mean) * (b[i] - mean);
        aa += (a[i] - mean) * (a[i] - mean);
        bb += (b[i] - mean) * (b[i] - mean);
    }
    return aa > 0 && bb > 0 ? ab / sqrt(aa * bb) : NAN;
}

typedef struct {
    double *at_most, *mid, *denominator; /* [figure][mineral][kept]; [figure][mineral] */
    double *mid_of_input;                /* [kept] */
    item *order;
} ranks;

static int make_ranks(context *c, ranks *r)
{
    kura_arena *a = &c->frame->arena;
    size_t rows = RANKED * c->n;
    r->at_most = KURA_NEW(a, double, rows * c->kept);
    r->mid = KURA_NEW(a, double, rows * c->kept);
    r->denominator = KURA_NEW(a, double, rows);
    r->mid_of_input = KURA_NEW(a, double, 2 * c->kept);
    r->order = KURA_NEW(a, item, c->kept);
    if (a->failed) return -1;
    for (size_t i = 0; i < rows; i++) {
        double *at_most = r->at_most + i * c->kept, *mid = r->mid + i * c->kept;
        rank(c->ranked[i / c->n] + (i % c->n) * c->kept, c->kept, r->order, at_most, mid);
        r->denominator[i] = denominator_of(at_most, mid, c->kept);
    }
    return 0;
}

/* How much each figure depends on each input: xi, and the rank correlation with its sign. */
static void dependence(context *c, kf_group *g, const double *values, size_t inputs)
{
    static const char *const names[RANKED] = {"loss_of_load_expectation", "normalised_expected_unserved"};
    kura_arena *a = &c->frame->arena;
    ranks r;
    double *xi[RANKED], *rho[RANKED];
    if (make_ranks(c, &r)) return;
    for (int f = 0; f < RANKED; f++) {
        xi[f] = kura_finalise_array(c->frame, c->n * inputs);
        rho[f] = kura_finalise_array(c->frame, c->n * inputs);
        if (!xi[f] || !rho[f]) return;
    }
    for (size_t k = 0; k < inputs; k++) {
        rank(values + k * c->kept, c->kept, r.order, r.mid_of_input + c->kept, r.mid_of_input);
        for (size_t i = 0; i < RANKED * c->n; i++) {
            size_t at = (i % c->n) * inputs + k;
            xi[i / c->n][at] = xi_of(r.at_most + i * c->kept, r.order, c->kept, r.denominator[i]);
            rho[i / c->n][at] = correlation(r.mid + i * c->kept, r.mid_of_input, c->kept);
        }
    }
    for (int f = 0; f < RANKED; f++) {
        kura_frame_var(
            c->frame, g, kura_arena_printf(a, "%s_xi", names[f]), KF_F64, "mineral,parameter", xi[f], "1",
            "dependence of the figures of draws on the input (Chatterjee's xi): 0 none, 1 a function of "
            "it; by chance within 2 sqrt(2/5/draws)",
            "8.12", NULL);
        kura_frame_var(
            c->frame, g, kura_arena_printf(a, "%s_rho", names[f]), KF_F64, "mineral,parameter", rho[f], "1",
            "rank correlation of the figures of draws with the input; by chance within 2/sqrt(draws)", "8.12",
            NULL);
    }
}

static void values_drawn(context *c)
{
    kura_arena *a = &c->frame->arena;
    const sc_ignorance *s = &c->model->scenario->ignorance;
    kf_group *g = kura_frame_group(c->frame, "ignorance");
    size_t inputs = (size_t)s->nunknowns;
    const char **names = KURA_NEW(a, const char *, inputs), **units = KURA_NEW(a, const char *, inputs);
    double *values = kura_finalise_array(c->frame, inputs * c->kept),
           *median = kura_finalise_array(c->frame, inputs);
    int8_t *nearer = KURA_NEW(a, int8_t, c->kept);
    if (!g || !names || !units || !values || !median || !nearer) return;
    for (size_t k = 0; k < inputs; k++) {
        names[k] = s->unknowns[k].name;
        units[k] = s->unknowns[k].units;
        median[k] = kura_dist_quantile(&s->unknowns[k].law, 0.5) * s->unknowns[k].scale;
        for (size_t o = 0; o < c->kept; o++)
            values[k * c->kept + o] =
                km_draw_value(c->model, (int)k, o, c->tally->nearer[o]) * s->unknowns[k].scale;
    }
    for (size_t o = 0; o < c->kept; o++) nearer[o] = (int8_t)c->tally->nearer[o];
    double facts[3] = {(double)c->m, (double)c->c, 0};
    for (uint64_t o = 0; o < c->m; o++) facts[2] += c->tally->nearer[o] > 0;
    static const char *const words[] = {"draws", "paths_a_draw", "draws_nearer"};
    for (int i = 0; i < 3; i++) kura_frame_attr_f64(c->frame, g, words[i], 1, &facts[i]);
    if (!isnan(s->grades[0]))
        kura_frame_attr_f64(c->frame, g, "spread_of_grades", 4, s->grades); /* A ... D */
    kura_finalise_minerals(c->frame, g, c->model);
    kura_frame_dim_labels(c->frame, g, "parameter", (int64_t)inputs, names);
    kura_frame_dim_count(c->frame, g, "draw", (int64_t)c->kept, "number of the draw");
    kura_frame_var(c->frame, g, "value", KF_F64, "parameter,draw", values, "",
                   "value drawn, in parameter_units; of a spread by grade or row the factor", "R0.6", NULL);
    kura_frame_var(c->frame, g, "median", KF_F64, "parameter", median, "",
                   "median of the law, in parameter_units: the value of the case in hand", "R0.6", NULL);
    kura_frame_var(c->frame, g, "parameter_units", KF_STRING, "parameter", units, "", "units of the value",
                   "R0.6", NULL);
    kura_frame_var(c->frame, g, "nearer", KF_I8, "draw", nearer, "1",
                   "how often the draw was taken again nearer to the medians, because its values made no "
                   "scenario",
                   "R0.6", NULL);
    dependence(c, g, values, inputs);
}

kura_status kura_finalise_ignorance(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    const km_model *model = tally->model;
    kura_arena *a = &frame->arena;
    context c = {.frame = frame, .tally = tally, .model = model, .n = (size_t)model->nminerals};
    c.c = tally->cluster;
    c.m = tally->paths / c.c;
    c.N = c.m * c.c;
    if (c.m < 2) return KURA_OK; /* one draw tells nothing of draws */
    size_t inputs = (size_t)model->scenario->ignorance.nunknowns, most = KEPT_VALUES / inputs;
    most = most < 2 ? 2 : most > KEPT ? KEPT : most;
    c.kept = c.m < most ? (size_t)c.m : most;
    c.x = KURA_NEW(a, double, 3 * (size_t)c.m);
    for (int f = 0; f < RANKED; f++) c.ranked[f] = KURA_NEW(a, double, c.n *c.kept);
    if (a->failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    c.noise = c.x + c.m;
    c.sorted = c.noise + c.m;
    summary(&c);
    adequacy(&c);
    values_drawn(&c);
    if (a->failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    return kura_columns_status(tally->metrics, err);
}
