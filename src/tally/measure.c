/* Numbers of a run as means over paths of their linear forms, see compare.h. */
#include "tally/compare_internal.h"
#include "base/error.h"
#include "num/interval.h"
#include <math.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };

#define NO_METRIC KURA_METRIC_COUNT
static const kura_recipe recipes[SC_COMPARE_COUNT] = {
    [SC_COMPARE_LOLE] = {KURA_FORM_MEAN, KURA_METRIC_SHORT_STEPS, NO_METRIC, NULL, KURA_IN_DAYS,
                         KURA_TOTAL_SUM, "d", "d", "loss-of-load expectation (LOLE)",
                         "sum of LOLE over the headline minerals", "8.2"},
    [SC_COMPARE_LOLEV] = {KURA_FORM_MEAN, KURA_METRIC_SPELLS, NO_METRIC, NULL, KURA_IN_PER, KURA_TOTAL_SUM,
                          "1", "1", "expected number of shortages (LOLEV)",
                          "expected number of shortages of all headline minerals", "8.2"},
    [SC_COMPARE_ANY] = {KURA_FORM_SHARE, KURA_METRIC_SHORT_STEPS, NO_METRIC, NULL, KURA_IN_ONE,
                        KURA_TOTAL_SUM, "1", "1", "probability of any net shortage in the horizon",
                        "expected number of headline minerals with any shortage in the horizon", "8.1 8.8"},
    [SC_COMPARE_LONG] = {KURA_FORM_SHARE, KURA_METRIC_LONGEST, NO_METRIC, NULL, KURA_IN_ONE, KURA_TOTAL_SUM,
                         "1", "1", "probability of a long shortage in the horizon",
                         "expected number of headline minerals with a long shortage in the horizon",
                         "8.1 8.8"},
    [SC_COMPARE_EUE] = {KURA_FORM_MEAN, KURA_METRIC_UNSERVED, NO_METRIC, NULL, KURA_IN_TONNES,
                        KURA_TOTAL_NONE, "t", "", "expected unserved demand (EUE)", "", "8.3"},
    [SC_COMPARE_NEUE] = {KURA_FORM_RATIO, KURA_METRIC_UNSERVED, KURA_METRIC_DEMAND, NULL, KURA_IN_PPM,
                         KURA_TOTAL_MEAN, "1e-6", "1e-6", "normalised expected unserved demand (NEUE)",
                         "mean of NEUE over the headline minerals", "8.3"},
    [SC_COMPARE_GROSS] = {KURA_FORM_RATIO, KURA_METRIC_GROSS_UNSERVED, KURA_METRIC_GROSS_DEMAND, NULL,
                          KURA_IN_PPM, KURA_TOTAL_MEAN, "1e-6", "1e-6",
                          "normalised expected unserved gross demand",
                          "mean of gross NEUE over the headline minerals", "8.3"},
    [SC_COMPARE_CVAR] = {KURA_FORM_CVAR, KURA_METRIC_UNSERVED, NO_METRIC, NULL, KURA_IN_MASS, KURA_TOTAL_NONE,
                         "t", "", "mean unserved demand of the worst 5 % of paths (CVaR)", "", "8.7"},
    [SC_COMPARE_STOCK] = {KURA_FORM_QUANTILE, KURA_METRIC_REQUIRED, KURA_METRIC_IRREDUCIBLE, NULL,
                          KURA_IN_DAYS_OF_USE, KURA_TOTAL_MEAN, "d", "d",
                          "stock that suffices with this probability, days of base use",
                          "mean of the required stock over the headline minerals with a stockpile",
                          "6.7 8.6"},
    [SC_COMPARE_MEAN_PRICE] = {KURA_FORM_MEAN, KURA_METRIC_MEAN_PRICE, NO_METRIC, NULL, KURA_IN_ONE,
                               KURA_TOTAL_MEAN, "1", "1", "expected time mean of the price over its base",
                               "mean of it over the headline minerals", "4.1"},
    [SC_COMPARE_PEAK_PRICE] = {KURA_FORM_MEAN, KURA_METRIC_PEAK_PRICE, NO_METRIC, NULL, KURA_IN_ONE,
                               KURA_TOTAL_MEAN, "1", "1", "expected highest price over its base",
                               "mean of it over the headline minerals", "4.1"},
    [SC_COMPARE_COST] = {KURA_FORM_MEAN, NO_METRIC, NO_METRIC, "cost", KURA_IN_ONE, KURA_TOTAL_SUM, "USD",
                         "USD", "expected discounted cost", "sum of it over the headline minerals", "7"},
    [SC_COMPARE_LOSS] = {KURA_FORM_MEAN, NO_METRIC, NO_METRIC, "loss", KURA_IN_ONE, KURA_TOTAL_SUM, "USD",
                         "USD", "expected discounted loss", "sum of it over the headline minerals", "7"},
    [SC_COMPARE_PRICE_BILL] = {KURA_FORM_MEAN, NO_METRIC, NO_METRIC, "price_bill", KURA_IN_ONE,
                               KURA_TOTAL_SUM, "USD", "USD", "expected discounted bill of higher prices",
                               "sum of it over the headline minerals", "7"},
    [SC_COMPARE_CVAR_LOSS] = {KURA_FORM_CVAR, NO_METRIC, NO_METRIC, "loss", KURA_IN_ONE, KURA_TOTAL_OF_SUM,
                              "USD", "USD", "mean loss of the worst 5 % of paths (CVaR)",
                              "mean of the total loss of the headline minerals in its worst 5 % of paths",
                              "8.7"},
};
enum { TAIL = 95 };

const kura_recipe *kura_recipe_of(sc_compare id) { return &recipes[id]; }

int kura_metric_find(const char *name)
{
    for (int k = 0; k < KURA_METRIC_COUNT; k++)
        if (strcmp(kura_metric_name((kura_metric)k), name) == 0) return k;
    return -1;
}

/* ---- metrics of a member ---- */

static kura_series metric(const kura_member *m, int mineral, kura_metric k)
{
    const kura_columns *from = m->same && m->same[mineral] ? m->other : m->columns;
    return kura_columns_series(from, kura_tally_column(mineral, k));
}

kura_series kura_member_metric(const kura_member *m, int mineral, kura_metric k)
{
    return metric(m, mineral, k);
}

/* Paths in a block. */
static int in_block(const kura_member *m, uint64_t block)
{
    uint64_t left = m->paths - block * BLOCK;
    return left < BLOCK ? (int)left : BLOCK;
}

static double scale_of(const kura_member *m, const kura_number *x, int mineral)
{
    switch (kura_recipe_of(x->id)->in) {
    case KURA_IN_DAYS:
        return m->step_days * m->per;
    case KURA_IN_PER:
        return m->per;
    case KURA_IN_TONNES:
        return m->minerals[mineral].tonne * m->per;
    case KURA_IN_MASS:
        return m->minerals[mineral].tonne;
    case KURA_IN_PPM:
        return 1e6;
    case KURA_IN_DAYS_OF_USE:
        return m->minerals[mineral].day;
    default:
        return 1;
    }
}

static int is_price(const kura_number *x)
{
    return x->id == SC_COMPARE_MEAN_PRICE || x->id == SC_COMPARE_PEAK_PRICE;
}

/* Does the run have this number of the mineral? */
static int has(const kura_member *m, const kura_number *x, int mineral)
{
    const unsigned char *unknown = m->minerals[mineral].unknown;
    if (unknown && unknown[x->a]) return 0;
    if (is_price(x)) return m->minerals[mineral].priced;
    return x->id != SC_COMPARE_STOCK || !isnan(m->minerals[mineral].day);
}

/* A metric that is infinite where another one is positive: the stock required, where no stock suffices. */
typedef struct {
    const kura_member *m;
    kura_series x, unless;
} bounded;

static const double *bounded_block(const kura_series *series, uint64_t block, double *out)
{
    const bounded *b = series->user;
    double rooms[2][BLOCK];
    const double *x = b->x.block(&b->x, block, rooms[0]), *no = b->unless.block(&b->unless, block, rooms[1]);
    for (int i = 0; i < in_block(b->m, block); i++) out[i] = no[i] > 0 ? INFINITY : x[i];
    return out;
}

/* Sum of a metric over the headline minerals. */
typedef struct {
    const kura_member *m;
    kura_metric k;
} summed;

static const double *summed_block(const kura_series *series, uint64_t block, double *out)
{
    const summed *s = series->user;
    double room[BLOCK];
    memset(out, 0, BLOCK * sizeof *out);
    for (int i = 0; i < s->m->nminerals; i++) {
        const unsigned char *unknown = s->m->minerals[i].unknown;
        if (!s->m->minerals[i].headline || (unknown && unknown[s->k])) continue;
        kura_series one = metric(s->m, i, s->k);
        const double *x = one.block(&one, block, room);
        for (int p = 0; p < in_block(s->m, block); p++) out[p] += x[p];
    }
    return out;
}

/* ---- linear forms ---- */

/* Adds `weight` times the linear form of a block. */
static void add_form(const kura_linear *l, int mineral, const kura_measure *q, double weight, uint64_t block,
                     double *out)
{
    const kura_member *m = l->member;
    const kura_number *n = l->number;
    kura_form form = kura_recipe_of(n->id)->form;
    double rooms[2][BLOCK], scale = mineral < m->nminerals ? scale_of(m, n, mineral) : 1;
    summed total = {m, n->a};
    kura_series s = mineral < m->nminerals ? metric(m, mineral, n->a)
                                           : (kura_series){.user = &total, .block = summed_block};
    const double *x = s.block(&s, block, rooms[0]), *y = NULL;
    if (n->b != NO_METRIC) {
        kura_series t = metric(m, mineral, n->b);
        y = t.block(&t, block, rooms[1]);
    }
    scale *= weight;
    for (int p = 0, in = in_block(m, block); p < in; p++) switch (form) {
        case KURA_FORM_MEAN:
            out[p] += scale * x[p];
            break;
        case KURA_FORM_SHARE:
            out[p] += scale * (x[p] > q->at);
            break;
        case KURA_FORM_RATIO:
            out[p] += scale * ((x[p] - q->at * y[p]) * q->slope + q->at);
            break;
        case KURA_FORM_CVAR:
            out[p] += scale * (q->at + (x[p] > q->at ? x[p] - q->at : 0) * q->slope);
            break;
        case KURA_FORM_QUANTILE:
            out[p] += scale * (y[p] > 0 || x[p] > q->at ? q->slope : 0);
            break;
        }
}

static const double *linear_block(const kura_series *series, uint64_t block, double *out)
{
    const kura_linear *l = series->user;
    const kura_recipe *r = kura_recipe_of(l->number->id);
    int n = l->member->nminerals;
    memset(out, 0, BLOCK * sizeof *out);
    if (l->mineral < n || r->total == KURA_TOTAL_OF_SUM) {
        add_form(l, l->mineral, &l->each[l->mineral], 1, block, out);
        return out;
    }
    double weight = r->total == KURA_TOTAL_MEAN ? 1.0 / l->each[n].counted : 1;
    for (int i = 0; i < n; i++)
        if (kura_linear_counts(l, i)) add_form(l, i, &l->each[i], weight, block, out);
    return out;
}

int kura_linear_counts(const kura_linear *l, int mineral)
{
    const kura_measured *m = &l->member->minerals[mineral];
    if (kura_recipe_of(l->number->id)->total == KURA_TOTAL_OF_SUM)
        return m->headline && !(m->unknown && m->unknown[l->number->a]);
    return m->headline && !isnan(l->each[mineral].value);
}

kura_series kura_linear_series(const kura_linear *l)
{
    return (kura_series){.user = l, .block = linear_block};
}

int kura_linear_is(const kura_linear *l)
{
    const kura_measure *q = &l->each[l->mineral];
    return isfinite(q->value) && isfinite(q->se);
}

static const double *difference_block(const kura_series *series, uint64_t block, double *out)
{
    const kura_pair_of *d = series->user;
    double rooms[2][BLOCK];
    const double *x = d->of.block(&d->of, block, rooms[0]), *y = d->than.block(&d->than, block, rooms[1]);
    uint64_t left = d->paths - block * BLOCK;
    for (uint64_t p = 0; p < BLOCK && p < left; p++) out[p] = d->scale_of * x[p] - d->scale_than * y[p];
    return out;
}

kura_series kura_difference_series(const kura_pair_of *pair)
{
    return (kura_series){.user = pair, .block = difference_block};
}

/* ---- where two runs differ ---- */

/* What a number reads of each path of a mineral, in its units.  Not the linear form: of a ratio or a tail
 * that moves, it moves on every path. */
static void read_paths(const kura_linear *l, int mineral, uint64_t block, double out[2][BLOCK])
{
    const kura_member *m = l->member;
    const kura_number *n = l->number;
    kura_form form = kura_recipe_of(n->id)->form;
    double rooms[2][BLOCK],
        scale = form == KURA_FORM_RATIO ? m->minerals[mineral].tonne : scale_of(m, n, mineral);
    kura_series s = metric(m, mineral, n->a), t = {0};
    const double *x = s.block(&s, block, rooms[0]), *y = NULL;
    if (n->b != NO_METRIC) t = metric(m, mineral, n->b), y = t.block(&t, block, rooms[1]);
    for (int p = 0, in = in_block(m, block); p < in; p++) {
        out[0][p] = form == KURA_FORM_SHARE                  ? x[p] > l->each[mineral].at
                    : form == KURA_FORM_QUANTILE && y[p] > 0 ? INFINITY
                                                             : scale * x[p];
        out[1][p] = form == KURA_FORM_RATIO ? scale * y[p] : 0;
    }
}

uint64_t kura_linear_differs(const kura_linear *of, const kura_linear *than)
{
    int n = of->member->nminerals, all = of->mineral == n;
    double x[2][BLOCK], y[2][BLOCK];
    uint64_t count = 0;
    for (uint64_t block = 0; block * BLOCK < of->member->paths; block++) {
        unsigned char differs[BLOCK] = {0};
        int in = in_block(of->member, block);
        for (int i = all ? 0 : of->mineral; i < (all ? n : of->mineral + 1); i++) {
            if (all && !kura_linear_counts(of, i)) continue;
            read_paths(of, i, block, x);
            read_paths(than, i, block, y);
            int over = of->each[i].value != 0 || than->each[i].value != 0; /* 0 over anything is 0 */
            for (int p = 0; p < in; p++) differs[p] |= x[0][p] != y[0][p] || (over && x[1][p] != y[1][p]);
        }
        for (int p = 0; p < in; p++) count += differs[p];
    }
    return count;
}

/* ---- values ---- */

/* The error of the mean of the linear form; a form that is the same on every path has none but rounding. */
static double error_of(const kura_member *m, const kura_number *x, int mineral, const kura_measure *each)
{
    kura_linear l = {m, x, each, mineral};
    kura_series s = kura_linear_series(&l);
    kura_estimate e = kura_estimate_units_of(m->paths, &s, m->unit);
    return e.se <= 0x1p-44 * fabs(e.value) ? 0 : e.se;
}

static kura_status sort_metric(const kura_member *m, const kura_number *x, int mineral, kura_sorted *sorted,
                               kura_series *out, kura_error *err)
{
    summed total = {m, x->a};
    bounded b;
    kura_series s = mineral == m->nminerals ? (kura_series){.user = &total, .block = summed_block}
                                            : metric(m, mineral, x->a);
    if (x->b != NO_METRIC) {
        b = (bounded){m, s, metric(m, mineral, x->b)};
        s = (kura_series){.user = &b, .block = bounded_block};
    }
    KURA_TRY(kura_sorted_fill(sorted, m->paths, &s, err));
    *out = kura_sorted_series(sorted);
    return KURA_OK;
}

/* Value at the tail and the slope of the linear form.  Refused, NaN, with too few paths beyond [8.6]. */
static kura_status measure_tail(const kura_member *m, const kura_number *x, int mineral, kura_sorted *sorted,
                                kura_measure *out, kura_error *err)
{
    int is_cvar = kura_recipe_of(x->id)->form == KURA_FORM_CVAR;
    double q = is_cvar ? TAIL / 100.0 : m->confidence[x->level], N = (double)m->paths, var;
    double scale = mineral < m->nminerals ? scale_of(m, x, mineral) : 1;
    kura_series s;
    kura_interval k;
    KURA_TRY(sort_metric(m, x, mineral, sorted, &s, err));
    if (kura_estimate_quantile_of(m->paths, &s, q, &k)) return KURA_OK;
    if (is_cvar) {
        out->value = scale * kura_estimate_cvar_of(m->paths, &s, q, &var).value;
        out->at = var;
        out->slope = 1 / (1 - q);
    } else {
        double lo = k.lo > 0 ? k.lo : 0;
        out->value = scale * k.value;
        out->at = k.value;
        out->slope = (k.hi - lo) / (2 * KURA_Z95 * sqrt(q * (1 - q) / N));
    }
    return kura_sorted_status(sorted, err);
}

/* The error of a total that holds one without a finite error is infinite. */
static void measure_total(const kura_member *m, const kura_number *x, const kura_measure *each,
                          kura_measure *out)
{
    const kura_linear l = {m, x, each, m->nminerals};
    kura_total how = kura_recipe_of(x->id)->total;
    double sum = 0;
    for (int i = 0; i < m->nminerals; i++) {
        if (!kura_linear_counts(&l, i)) continue;
        sum += each[i].value;
        out->counted++;
        if (isinf(each[i].slope)) out->slope = INFINITY;
    }
    if (how == KURA_TOTAL_NONE || !out->counted) return;
    out->value = how == KURA_TOTAL_MEAN ? sum / out->counted : sum;
}

kura_status kura_measure_of(const kura_member *m, const kura_number *x, int mineral, kura_sorted *sorted,
                            const kura_measure *each, kura_measure *out, kura_error *err)
{
    const kura_recipe *r = kura_recipe_of(x->id);
    int all = mineral == m->nminerals;
    *out = (kura_measure){NAN, NAN, 0, 0, 0};
    if (all && r->total != KURA_TOTAL_OF_SUM) {
        measure_total(m, x, each, out);
    } else if (all || has(m, x, mineral)) {
        kura_series s = all ? (kura_series){0} : metric(m, mineral, x->a);
        if (r->form == KURA_FORM_CVAR || r->form == KURA_FORM_QUANTILE) {
            KURA_TRY(measure_tail(m, x, mineral, sorted, out, err));
        } else if (r->form == KURA_FORM_RATIO) {
            kura_series t = metric(m, mineral, x->b);
            kura_estimate e = kura_estimate_ratio_of(m->paths, &s, &t);
            out->value = e.value * scale_of(m, x, mineral);
            out->at = e.value;
            out->slope = 1 / kura_estimate_mean_of(m->paths, &t).value;
        } else if (r->form == KURA_FORM_SHARE) {
            out->at = x->id == SC_COMPARE_LONG ? m->long_limit : 0;
            out->value = kura_estimate_share_of(m->paths, &s, out->at).value;
        } else {
            out->value = kura_estimate_mean_of(m->paths, &s).value * scale_of(m, x, mineral);
        }
    }
    if (isfinite(out->value)) out->se = isfinite(out->slope) ? error_of(m, x, mineral, each) : INFINITY;
    return KURA_OK;
}

int kura_member_of(const kura_tally *tally, kura_arena *arena, kura_member *out)
{
    const km_model *model = tally->model;
    const sc_tallies *t = &model->scenario->tallies;
    kura_measured *minerals = KURA_NEW(arena, kura_measured, (size_t)model->nminerals);
    unsigned char *unknown = KURA_NEW(
        arena, unsigned char, (size_t)model->nminerals *KURA_METRIC_COUNT); /* no money without costs */
    if (!minerals || !unknown) return -1;
    for (int i = 0; i < model->nminerals; i++, unknown += KURA_METRIC_COUNT) {
        const km_mineral *m = &model->minerals[i];
        for (int k = 0; k < KURA_METRIC_COUNT; k++)
            unknown[k] =
                !kura_metric_kept(model, (kura_metric)k) || !kura_metric_known(model, i, (kura_metric)k);
        minerals[i] = (kura_measured){m->id,
                                      m->quantum,
                                      m->has_drun ? model->step_days / m->watch_use : NAN,
                                      m->report == SC_REPORT_HEADLINE,
                                      m->price.given,
                                      unknown};
    }
    double years = model->T * model->step_years;
    *out = (kura_member){.paths = tally->paths,
                         .unit = tally->cluster > 1 ? tally->cluster : 1,
                         .nminerals = model->nminerals,
                         .minerals = minerals,
                         .columns = tally->metrics,
                         .step_days = model->step_days,
                         .per = model->scenario->run.per_horizon ? 1 : 1 / years,
                         .long_limit = ceil(t->long_days / model->step_days - 1e-9) - 0.5,
                         .nconfidence = t->nconfidence,
                         .confidence = t->confidence};
    return 0;
}
