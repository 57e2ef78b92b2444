/* /summary: the adequacy metrics of section 8, per mineral and per step, each with its error. */
#include "tally/cluster.h"
#include "tally/finalise.h"
#include "tally/sorted.h"
#include "base/error.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const kura_tally *tally;
    const km_model *model;
    int n;      /* minerals */
    uint64_t N; /* paths */
    double per; /* 1 / years, or 1 when sums over the horizon are asked for [R1.6] */
    const char *per_unit;
    kura_sorted *sorted;
} context;

static kura_series metric(const context *c, int mineral, kura_metric k)
{
    return kura_tally_metric(c->tally, mineral, k);
}

static const char *text(const context *c, const char *a, const char *b)
{
    return kura_arena_printf(&c->frame->arena, "%s%s", a, b);
}

/* A variable and its standard error over the dimensions `dims`. */
static void pair(context *c, const char *name, const char *dims, const double *value, const double *se,
                 const char *units, const char *long_name, const char *estimator)
{
    const char *twin = text(c, name, "_se");
    kura_frame_var(c->frame, c->group, name, KF_F64, dims, value, units, long_name, estimator, twin);
    kura_frame_var(c->frame, c->group, twin, KF_F64, dims, se, units,
                   text(c, "standard error of ", long_name), estimator, NULL);
}

static void triple(context *c, const char *name, const char *dims, const double *value, const double *lo,
                   const double *hi, const char *units, const char *long_name, const char *estimator)
{
    const char *l = text(c, name, "_lo"), *h = text(c, name, "_hi");
    kura_frame_var(c->frame, c->group, name, KF_F64, dims, value, units, long_name, estimator,
                   kura_arena_printf(&c->frame->arena, "%s %s", l, h));
    kura_frame_var(c->frame, c->group, l, KF_F64, dims, lo, units, text(c, "lower 95 % bound of ", long_name),
                   estimator, NULL);
    kura_frame_var(c->frame, c->group, h, KF_F64, dims, hi, units, text(c, "upper 95 % bound of ", long_name),
                   estimator, NULL);
}

/* Mean of one metric times `scale`, per mineral (scale may depend on the mineral's quantum). */
static void mean_of(context *c, const char *name, kura_metric k, double scale, int mass, const char *units,
                    const char *long_name, const char *estimator)
{
    double *v = kura_finalise_array(c->frame, (size_t)c->n),
           *se = kura_finalise_array(c->frame, (size_t)c->n);
    if (!v || !se) return;
    int of_price = k >= KURA_METRIC_MEAN_PRICE && k <= KURA_METRIC_PEAK_FOCUS_PRICE;
    for (int i = 0; i < c->n; i++) {
        if (of_price && !c->model->minerals[i].price.given) continue; /* no figure, rather than 0 */
        kura_series x = metric(c, i, k);
        kura_estimate e = kura_estimate_mean_of(c->N, &x);
        double s = scale * (mass ? c->model->minerals[i].quantum : 1);
        v[i] = e.value * s;
        se[i] = e.se * s;
    }
    pair(c, name, "mineral", v, se, units, long_name, estimator);
}

static void ratio_of(context *c, const char *name, kura_metric a, kura_metric b, double scale,
                     const char *units, const char *long_name, const char *estimator)
{
    double *v = kura_finalise_array(c->frame, (size_t)c->n),
           *se = kura_finalise_array(c->frame, (size_t)c->n);
    if (!v || !se) return;
    for (int i = 0; i < c->n; i++) {
        kura_series x = metric(c, i, a), y = metric(c, i, b);
        kura_estimate e = kura_estimate_ratio_of(c->N, &x, &y);
        v[i] = e.value * scale;
        se[i] = e.se * scale;
    }
    pair(c, name, "mineral", v, se, units, long_name, estimator);
}

static void share_of(context *c, const char *name, kura_metric k, double limit, const char *long_name,
                     const char *estimator)
{
    double *x[3];
    for (int j = 0; j < 3; j++)
        if (!(x[j] = kura_finalise_array(c->frame, (size_t)c->n))) return;
    for (int i = 0; i < c->n; i++) {
        kura_series one = metric(c, i, k);
        kura_interval p = kura_estimate_share_of(c->N, &one, limit);
        x[0][i] = p.value, x[1][i] = p.lo, x[2][i] = p.hi;
    }
    triple(c, name, "mineral", x[0], x[1], x[2], "1", long_name, estimator);
}

static void identity(context *c)
{
    const char **name = KURA_NEW(&c->frame->arena, const char *, (size_t)c->n);
    const char **grade = KURA_NEW(&c->frame->arena, const char *, (size_t)c->n);
    const char **unit = KURA_NEW(&c->frame->arena, const char *, (size_t)c->n);
    double *demand = kura_finalise_array(c->frame, (size_t)c->n),
           *price = kura_finalise_array(c->frame, (size_t)c->n);
    if (!name || !grade || !unit || !demand || !price) return;
    static const char *const reports[] = {"headline", "host", "no_data"};
    const char **report = KURA_NEW(&c->frame->arena, const char *, (size_t)c->n);
    if (!report) return;
    for (int i = 0; i < c->n; i++) {
        const km_mineral *m = &c->model->minerals[i];
        report[i] = reports[m->report];
        name[i] = m->name;
        grade[i] = m->grade;
        unit[i] = m->unit;
        demand[i] = m->base_focus_demand * m->quantum / c->model->step_years;
        price[i] = m->price.given ? m->price.initial : NAN;
    }
    kura_frame_var(c->frame, c->group, "mineral_name", KF_STRING, "mineral", name, "", "name of the mineral",
                   NULL, NULL);
    kura_frame_var(c->frame, c->group, "data_grade", KF_STRING, "mineral", grade, "",
                   "grade of the data: A measured, B computed from measured, C recalled, D judged", NULL,
                   NULL);
    kura_frame_var(c->frame, c->group, "report", KF_STRING, "mineral", report, "",
                   "headline; host: simulated for its by-products; no_data: the figures carry no headline",
                   NULL, NULL);
    kura_frame_var(c->frame, c->group, "mass_basis", KF_STRING, "mineral", unit, "", "what a tonne is of",
                   NULL, NULL);
    kura_frame_var(c->frame, c->group, "base_demand", KF_F64, "mineral", demand, "t year-1",
                   "base demand of the focus country, all forms", "R2.4", NULL);
    kura_frame_var(c->frame, c->group, "base_price", KF_F64, "mineral", price, "USD t-1", "base price", "4.1",
                   NULL);
}

static void scalars(context *c)
{
    double day = c->model->step_days * c->per;
    const char *days = text(c, "d", c->per_unit), *tonnes = text(c, "t", c->per_unit);
    mean_of(c, "loss_of_load_expectation", KURA_METRIC_SHORT_STEPS, day, 0, days,
            "loss-of-load expectation (LOLE): expected days with a net shortage", "R8.1 8.2");
    mean_of(c, "expected_short_steps", KURA_METRIC_SHORT_STEPS, 1, 0, "1",
            "expected number of steps with a net shortage over the horizon", "8.2");
    mean_of(c, "gross_loss_of_load_expectation", KURA_METRIC_GROSS_SHORT_STEPS, day, 0, days,
            "expected days with a gross shortage (against demand at base price)", "R8.2 8.2");
    mean_of(c, "loss_of_load_events", KURA_METRIC_SPELLS, c->per, 0, text(c, "1", c->per_unit),
            "loss-of-load events (LOLEV): expected number of shortage spells", "8.2");
    ratio_of(c, "loss_of_load_duration", KURA_METRIC_SHORT_STEPS, KURA_METRIC_SPELLS, c->model->step_days,
             "d", "loss-of-load duration (LOLD): mean length of a shortage spell", "8.2");
    mean_of(c, "expected_unserved", KURA_METRIC_UNSERVED, c->per, 1, tonnes,
            "expected unserved demand (EUE), net of the response to prices", "R8.2 8.3");
    mean_of(c, "gross_expected_unserved", KURA_METRIC_GROSS_UNSERVED, c->per, 1, tonnes,
            "expected unserved gross demand, including what prices destroyed", "R8.2 8.3");
    ratio_of(c, "normalised_expected_unserved", KURA_METRIC_UNSERVED, KURA_METRIC_DEMAND, 1e6, "1e-6",
             "normalised expected unserved demand (NEUE), parts per million of demand", "8.3");
    ratio_of(c, "gross_normalised_expected_unserved", KURA_METRIC_GROSS_UNSERVED, KURA_METRIC_GROSS_DEMAND,
             1e6, "1e-6", "normalised expected unserved gross demand, parts per million", "8.3");
    share_of(c, "shortage_probability_any", KURA_METRIC_SHORT_STEPS, 0,
             "probability of any net shortage in the horizon", "8.1");
    double steps = c->model->scenario->tallies.long_days / c->model->step_days;
    share_of(c, "long_shortage_probability", KURA_METRIC_LONGEST, ceil(steps - 1e-9) - 0.5,
             kura_arena_printf(
                 &c->frame->arena,
                 "probability of a shortage deeper than %g %% for at least %g days in the horizon",
                 100 * c->model->scenario->tallies.long_depth, c->model->scenario->tallies.long_days),
             "8.1");
    mean_of(c, "max_depth", KURA_METRIC_MAX_DEPTH, 1, 0, "1",
            "expected deepest shortage as a share of demand", "8.3");
    mean_of(c, "mean_price", KURA_METRIC_MEAN_PRICE, 1, 0, "1",
            "expected time mean of the price over its base", "4.1");
    mean_of(c, "peak_price", KURA_METRIC_PEAK_PRICE, 1, 0, "1", "expected highest price over its base",
            "4.1");
    if (!c->model->any_wedge) return;
    mean_of(c, "mean_focus_price", KURA_METRIC_MEAN_FOCUS_PRICE, 1, 0, "1",
            "expected time mean of the price in the focus country (with its wedge) over the base price",
            "4.5");
    mean_of(c, "peak_focus_price", KURA_METRIC_PEAK_FOCUS_PRICE, 1, 0, "1",
            "expected highest price in the focus country (with its wedge) over the base price", "4.5");
}

/* EUE over LOLE, in units of base demand a step [8.3]: what steps below the threshold lack counts as well. */
static void conditional_depth(context *c)
{
    double *v = kura_finalise_array(c->frame, (size_t)c->n),
           *se = kura_finalise_array(c->frame, (size_t)c->n);
    if (!v || !se) return;
    for (int i = 0; i < c->n; i++) {
        double D = c->model->minerals[i].base_focus_demand;
        kura_series unserved = metric(c, i, KURA_METRIC_UNSERVED),
                    steps = metric(c, i, KURA_METRIC_SHORT_STEPS);
        kura_estimate e = kura_estimate_ratio_of(c->N, &unserved, &steps);
        v[i] = D > 0 ? e.value / D : NAN;
        se[i] = D > 0 ? e.se / D : NAN;
    }
    pair(
        c, "conditional_depth", "mineral", v, se, "1",
        "expected unserved demand over expected steps with a shortage, as a share of base demand; what steps "
        "below tallies.threshold lack counts as well",
        "8.3");
}

static void depth_ladder(context *c)
{
    static const double depth[] = {0.05, 0.10, 0.20, 0.50};
    static const kura_metric k[] = {KURA_METRIC_DEPTH_05, KURA_METRIC_DEPTH_10, KURA_METRIC_DEPTH_20,
                                    KURA_METRIC_DEPTH_50};
    size_t n = (size_t)c->n * 4;
    double *v = kura_finalise_array(c->frame, n), *se = kura_finalise_array(c->frame, n);
    if (!v || !se) return;
    double day = c->model->step_days * c->per;
    for (int i = 0; i < c->n; i++)
        for (int j = 0; j < 4; j++) {
            kura_series x = metric(c, i, k[j]);
            kura_estimate e = kura_estimate_mean_of(c->N, &x);
            v[i * 4 + j] = e.value * day;
            se[i * 4 + j] = e.se * day;
        }
    kura_frame_dim_f64(c->frame, c->group, "depth", 4, depth, "1",
                       "unserved share of demand that is exceeded");
    pair(c, "loss_of_load_by_depth", "mineral,depth", v, se, text(c, "d", c->per_unit),
         "expected days with more than this share of demand unserved", "R8.1");
}

static kura_status tails(context *c, kura_error *err)
{
    double *var = kura_finalise_array(c->frame, (size_t)c->n),
           *lo = kura_finalise_array(c->frame, (size_t)c->n),
           *hi = kura_finalise_array(c->frame, (size_t)c->n);
    double *v = kura_finalise_array(c->frame, (size_t)c->n),
           *se = kura_finalise_array(c->frame, (size_t)c->n);
    if (!var || !lo || !hi || !v || !se) return KURA_OK; /* the frame knows */
    for (int i = 0; i < c->n; i++) {
        double q = c->model->minerals[i].quantum;
        kura_series unserved = metric(c, i, KURA_METRIC_UNSERVED);
        KURA_TRY(kura_sorted_fill(c->sorted, c->N, &unserved, err));
        kura_series sorted = kura_sorted_series(c->sorted);
        kura_interval k;
        if (kura_cluster_quantile(c->N, &sorted, &unserved, 0.95, &k)) continue; /* too few: refused, NaN */
        kura_estimate e = kura_cluster_cvar(c->N, &sorted, &unserved, 0.95, &var[i]);
        var[i] *= q;
        lo[i] = (k.lo > 0 ? k.lo : 0) * q;
        hi[i] = k.hi * q;
        v[i] = e.value * q;
        se[i] = e.se * q;
    }
    triple(c, "var95_unserved", "mineral", var, lo, hi, "t",
           "95 % quantile of unserved demand over the horizon (VaR)", "8.7");
    pair(c, "cvar95_unserved", "mineral", v, se, "t",
         "mean unserved demand of the worst 5 % of paths (CVaR 95 %), exact with atoms", "8.7");
    return kura_sorted_status(c->sorted, err);
}

/* ---- per step ---- */

static double sum_at(const context *c, int mineral, kura_curve k, size_t t)
{
    return kura_acc_value(
        &c->tally->curves[((size_t)mineral * KURA_CURVE_COUNT + (size_t)k) * (size_t)c->model->T + t]);
}

/* Where parameters are drawn: sums over draws. */
static kura_cluster_sums sums_at(const context *c, int mineral, kura_curve k, size_t t)
{
    size_t at = ((size_t)mineral * KURA_CURVE_COUNT + (size_t)k) * (size_t)c->model->T + t;
    return (kura_cluster_sums){sum_at(c, mineral, k, t), kura_acc_value(&c->tally->squares[at]),
                               c->tally->last[at]};
}

static void probability_curve(context *c, const char *name, kura_curve k, const char *long_name,
                              const char *estimator)
{
    size_t T = (size_t)c->model->T, n = (size_t)c->n * T;
    double *x[4];
    for (int j = 0; j < 4; j++)
        if (!(x[j] = kura_finalise_array(c->frame, n))) return;
    for (size_t i = 0; i < n; i++) {
        double count = sum_at(c, (int)(i / T), k, i % T);
        kura_interval p = kura_estimate_proportion((uint64_t)count, c->N);
        x[0][i] = p.value, x[1][i] = p.lo, x[2][i] = p.hi;
        x[3][i] = c->N > 1 ? sqrt(p.value * (1 - p.value) / (double)(c->N - 1)) : NAN;
        if (!c->tally->squares) continue;
        kura_cluster_sums sums = sums_at(c, (int)(i / T), k, i % T);
        p = kura_cluster_proportion(c->N, c->tally->cluster, sums);
        x[1][i] = p.lo, x[2][i] = p.hi;
        x[3][i] = sqrt(kura_cluster_variance_of(c->N, c->tally->cluster, sums));
    }
    triple(c, name, "mineral,time", x[0], x[1], x[2], "1", long_name, estimator);
    kura_frame_var(c->frame, c->group, text(c, name, "_se"), KF_F64, "mineral,time", x[3], "1",
                   text(c, "standard error of ", long_name), estimator, NULL);
}

/* Mean and error of a curve kept about a constant. */
static void mean_curve(context *c, const char *name, kura_curve k, int what, const char *units,
                       const char *long_name, const char *estimator)
{
    size_t T = (size_t)c->model->T, n = (size_t)c->n * T;
    double *v = kura_finalise_array(c->frame, n), *se = kura_finalise_array(c->frame, n);
    if (!v || !se) return;
    double N = (double)c->N;
    for (size_t i = 0; i < n; i++) {
        int m = (int)(i / T);
        if (what == 1 && c->model->minerals[m].watch_hub < 0) continue;
        if (what == 2 && !c->model->minerals[m].price.given) continue;
        if (what == 3 && !c->model->minerals[m].supply.given) continue;
        double mean = sum_at(c, m, k, i % T) / N, square = sum_at(c, m, (kura_curve)(k + 1), i % T) / N;
        double var = square - mean * mean;
        if (var <= 0x1p-46 * square) var = 0; /* what is left of a constant by rounding */
        double about = what == 0   ? 0
                       : what == 1 ? c->tally->opening_days[m]
                                   : 1; /* price, supply: of the base */
        double scale = what == 0 ? c->model->minerals[m].quantum : 1;
        v[i] = (about + mean) * scale;
        se[i] = c->N > 1 ? sqrt((var > 0 ? var : 0) / (N - 1)) * scale : NAN;
        if (c->tally->squares && var > 0)
            se[i] = sqrt(kura_cluster_variance_of(c->N, c->tally->cluster, sums_at(c, m, k, i % T))) * scale;
    }
    pair(c, name, "mineral,time", v, se, units, long_name, estimator);
}

/* Survival until the first shortage: share of paths whose first shortage comes after step t [8.5]. */
static void survival(context *c)
{
    size_t T = (size_t)c->model->T;
    double *x[3];
    for (int j = 0; j < 3; j++)
        if (!(x[j] = kura_finalise_array(c->frame, (size_t)c->n * T))) return;
    uint64_t *first = KURA_NEW(&c->frame->arena, uint64_t, T + 1);
    kura_cluster_sums *sums = c->tally->squares ? KURA_NEW(&c->frame->arena, kura_cluster_sums, T) : NULL;
    if (!first) return;
    for (int i = 0; i < c->n; i++) {
        kura_series f = metric(c, i, KURA_METRIC_FIRST_SHORT);
        kura_finalise_count(&f, c->N, T, first);
        uint64_t alive = c->N;
        if (sums) kura_cluster_survivors(c->N, &f, T, sums);
        for (size_t t = 0; t < T; t++) {
            alive -= first[t];
            kura_interval s = sums ? kura_cluster_proportion(c->N, f.cluster, sums[t])
                                   : kura_estimate_proportion(alive, c->N);
            x[0][(size_t)i * T + t] = s.value, x[1][(size_t)i * T + t] = s.lo, x[2][(size_t)i * T + t] = s.hi;
        }
    }
    triple(c, "shortage_free_probability", "mineral,time", x[0], x[1], x[2], "1",
           "probability that no shortage has begun up to and including the step", "8.5");
}

/* Bins do not tell draws apart, so each draw may be one path: the widest interval there is. */
static void widen_ranks(const context *c, double q, kura_bin_ranks *ranks)
{
    uint64_t least = kura_cluster_least(c->N, c->tally->cluster);
    kura_bin_ranks few = kura_bins_ranks(least, q);
    double each = (double)c->N / (double)least;
    ranks->lo = (uint64_t)floor((double)(few.lo - 1) * each) + 1;
    ranks->hi = few.hi < least ? (uint64_t)ceil((double)few.hi * each) : c->N;
}

/* Quantiles from the counts in bins [8.6, 8.14]; `counts` and `ranges` of all minerals and steps. */
static void quantile_curve(context *c, const char *name, const uint32_t *counts, const kura_range *ranges,
                           int stock, const char *units, const char *long_name)
{
    static const double q[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    size_t T = (size_t)c->model->T, n = (size_t)c->n * T * 7;
    double *x[3];
    for (int j = 0; j < 3; j++)
        if (!(x[j] = kura_finalise_array(c->frame, n))) return;
    kura_bin_ranks ranks[7];
    for (int j = 0; j < 7; j++) {
        ranks[j] = kura_bins_ranks(c->N, q[j]);
        if (c->tally->cluster > 1) widen_ranks(c, q[j], &ranks[j]);
    }
    kura_bins bins = {.edge = stock ? kura_stock_edge : kura_price_edge,
                      .rounding = stock ? KURA_STOCK_ROUNDING : KURA_PRICE_ROUNDING};
    for (size_t i = 0; i < (size_t)c->n * T; i++) {
        const km_mineral *m = &c->model->minerals[i / T];
        if (stock ? m->watch_hub < 0 : !m->price.given) continue;
        bins.count = counts + i * KURA_BINS;
        bins.range = ranges[i];
        for (size_t j = 0; j < 7; j++) {
            kura_interval k = kura_bins_quantile(&bins, &ranks[j]);
            x[0][i * 7 + j] = k.value, x[1][i * 7 + j] = k.lo, x[2][i * 7 + j] = k.hi;
        }
    }
    if (!kura_frame_find_var(c->group, "quantile"))
        kura_frame_dim_f64(c->frame, c->group, "quantile", 7, q, "1", "probability of the quantile");
    triple(c, name, "mineral,time,quantile", x[0], x[1], x[2], units,
           text(c, long_name, ", interpolated in the bins of /histograms; an interval ends where bins do"),
           "8.6 8.14");
}

/* Number of headline minerals with a long shortage on the same path, or with any, as a series. */
typedef struct {
    const context *c;
    kura_metric metric;
    double limit;
} short_minerals;

static const double *count_minerals(const kura_series *series, uint64_t block, double *out)
{
    const short_minerals *s = series->user;
    double room[KURA_SERIES_BLOCK];
    uint64_t left = s->c->N - block * KURA_SERIES_BLOCK;
    memset(out, 0, KURA_SERIES_BLOCK * sizeof *out);
    for (int i = 0; i < s->c->n; i++) {
        if (s->c->model->minerals[i].report != SC_REPORT_HEADLINE) continue;
        kura_series one = metric(s->c, i, s->metric);
        const double *x = one.block(&one, block, room);
        for (uint64_t p = 0; p < KURA_SERIES_BLOCK && p < left; p++) out[p] += x[p] > s->limit;
    }
    return out;
}

static void minerals_short(context *c)
{
    double limit = ceil(c->model->scenario->tallies.long_days / c->model->step_days - 1e-9) - 0.5;
    static const char *const names[] = {"minerals_with_long_shortage", "minerals_with_any_shortage"};
    static const char *const texts[] = {
        "expected number of headline minerals with a shortage deeper and longer than "
        "tallies.long_shortage in the horizon",
        "expected number of headline minerals with any net shortage in the horizon"};
    const short_minerals which[] = {{c, KURA_METRIC_LONGEST, limit}, {c, KURA_METRIC_SHORT_STEPS, 0}};
    for (int k = 0; k < 2; k++) {
        kura_series count = {.user = &which[k], .cluster = c->tally->cluster, .block = count_minerals};
        kura_estimate e = kura_estimate_mean_of(c->N, &count);
        double *v = kura_finalise_array(c->frame, 1), *se = kura_finalise_array(c->frame, 1);
        if (!v || !se) return;
        *v = e.value;
        *se = e.se;
        pair(c, names[k], "", v, se, "1", texts[k], "8.8");
    }
}

kura_status kura_finalise_summary(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    const km_model *model = tally->model;
    context c = {.frame = frame, .tally = tally, .model = model, .n = model->nminerals, .N = tally->paths};
    c.group = kura_frame_group(frame, "summary");
    if (!c.group) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    KURA_TRY(kura_sorted_new(tally->paths, tally->folder, &c.sorted, err));
    int horizon = model->scenario->run.per_horizon;
    c.per = horizon ? 1 : 1 / (model->T * model->step_years);
    c.per_unit = horizon ? "" : " year-1";
    kura_finalise_minerals(frame, c.group, model);
    kura_finalise_time(frame, c.group, model);
    identity(&c);
    scalars(&c);
    conditional_depth(&c);
    depth_ladder(&c);
    kura_status st = tails(&c, err);
    minerals_short(&c);
    probability_curve(&c, "shortage_probability", KURA_CURVE_SHORT,
                      "probability of a net shortage in the step (LOLP)", "R8.1 8.1");
    probability_curve(&c, "gross_shortage_probability", KURA_CURVE_GROSS_SHORT,
                      "probability of a gross shortage in the step", "R8.2 8.1");
    mean_curve(&c, "expected_unserved_step", KURA_CURVE_UNSERVED, 0, "t",
               "expected unserved demand of the step", "8.3");
    mean_curve(&c, "stock_days", KURA_CURVE_STOCK, 1, "d",
               "expected stock on hand and in stockpiles of the focus country, days of base use at that form",
               "6.1");
    mean_curve(&c, "price", KURA_CURVE_PRICE, 2, "1", "expected price over its base", "4.1");
    if (model->any_wedge)
        mean_curve(&c, "focus_price", KURA_CURVE_FOCUS_PRICE, 2, "1",
                   "expected price in the focus country (with its wedge) over the base price", "4.5");
    int answers = 0;
    for (int i = 0; i < model->nminerals; i++) answers |= model->minerals[i].supply.given;
    if (answers)
        mean_curve(&c, "supply_response", KURA_CURVE_SUPPLY, 3, "1",
                   "expected usable capacity of the sites that answer the price, over what hazards leave of "
                   "it",
                   "4.4");
    survival(&c);
    quantile_curve(&c, "stock_days_quantile", tally->stock_bins, tally->stock_range, 1, "d",
                   "quantiles of the stock in days of base use");
    quantile_curve(&c, "price_quantile", tally->price_bins, tally->price_range, 0, "1",
                   "quantiles of the price over its base");
    kura_sorted_free(c.sorted);
    return st ? st : kura_columns_status(tally->metrics, err);
}
