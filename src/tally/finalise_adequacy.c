/* /adequacy: required stock, adequacy curve, survival of the stock [6.7, 8.6].
 *
 * From the D-run: on a path the stock K is adequate when it covers every authorised need (M_T <= K) and
 * nothing is left that no stock could cover.  So the sample of the required stock is M_T, or +infinity on a
 * path with irreducible need. */
#include "tally/cluster.h"
#include "tally/finalise.h"
#include "tally/sorted.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const kura_tally *tally;
    const km_model *model;
    uint64_t N;
    size_t n;
    double *required[6]; /* [mineral][confidence]: value, bounds; the same in days */
    int8_t *irreducible, *refused;
    double *days;     /* [points] */
    double *curve[3]; /* [mineral][points] */
} context;

static void var(context *c, const char *name, const char *dims, const double *data, const char *units,
                const char *text, const char *ancillary)
{
    kura_frame_var(c->frame, c->group, name, KF_F64, dims, data, units, text, "R6.3 6.7 8.6", ancillary);
}

static void required_stock(context *c)
{
    const sc_tallies *t = &c->model->scenario->tallies;
    size_t q = (size_t)t->nconfidence, n = c->n * q;
    double **x = c->required;
    for (int j = 0; j < 6; j++)
        if (!(x[j] = kura_finalise_array(c->frame, n))) return;
    c->irreducible = KURA_NEW(&c->frame->arena, int8_t, n);
    c->refused = KURA_NEW(&c->frame->arena, int8_t, n);
    double *confidence = kura_finalise_array(c->frame, q);
    if (!c->irreducible || !c->refused || !confidence) return;
    memcpy(confidence, t->confidence, q * sizeof *confidence);
    kura_frame_dim_f64(c->frame, c->group, "confidence", (int64_t)q, confidence, "1",
                       "probability that the stock suffices");
    var(c, "required_stock", "mineral,confidence", x[0], "t",
        "stock that suffices with this probability; infinity: no stock does (see irreducible)",
        "required_stock_lo required_stock_hi");
    var(c, "required_stock_lo", "mineral,confidence", x[1], "t",
        "lower 95 % bound of required_stock (order statistics)", NULL);
    var(c, "required_stock_hi", "mineral,confidence", x[2], "t",
        "upper 95 % bound of required_stock (order statistics)", NULL);
    var(c, "required_stock_days", "mineral,confidence", x[3], "d",
        "required_stock in days of base use at its form", "required_stock_days_lo required_stock_days_hi");
    var(c, "required_stock_days_lo", "mineral,confidence", x[4], "d",
        "lower 95 % bound of required_stock_days", NULL);
    var(c, "required_stock_days_hi", "mineral,confidence", x[5], "d",
        "upper 95 % bound of required_stock_days", NULL);
    kf_variable *flag = kura_frame_var(
        c->frame, c->group, "irreducible", KF_I8, "mineral,confidence", c->irreducible, "1",
        "1: no stock reaches this probability (release cap, delay or trigger leave need uncovered)", "6.7",
        NULL);
    if (flag) kura_frame_var_attr(c->frame, flag, "flag_meanings", "no yes");
    flag = kura_frame_var(c->frame, c->group, "refused", KF_I8, "mineral,confidence", c->refused, "1",
                          "1: fewer than 10 paths beyond this quantile, no figure is given", "8.6", NULL);
    if (flag) kura_frame_var_attr(c->frame, flag, "flag_meanings", "no yes");
}

static void curve(context *c)
{
    const sc_tallies *t = &c->model->scenario->tallies;
    size_t points = (size_t)t->adequacy_points, n = c->n * points;
    double **x = c->curve, *days = c->days = kura_finalise_array(c->frame, points);
    for (int j = 0; j < 3; j++)
        if (!(x[j] = kura_finalise_array(c->frame, n))) return;
    if (!days) return;
    for (size_t p = 0; p < points; p++)
        days[p] = points > 1 ? t->adequacy_max_days * (double)p / (double)(points - 1) : t->adequacy_max_days;
    kura_frame_dim_f64(c->frame, c->group, "days", (int64_t)points, days, "d", "stock in days of base use");
    var(c, "adequacy", "mineral,days", x[0], "1",
        "P(adequate | stock): probability that a stock of so many days suffices", "adequacy_lo adequacy_hi");
    var(c, "adequacy_lo", "mineral,days", x[1], "1", "lower 95 % bound of adequacy (Wilson)", NULL);
    var(c, "adequacy_hi", "mineral,days", x[2], "1", "upper 95 % bound of adequacy (Wilson)", NULL);
}

/* ---- what is read off the sorted sample of a mineral ---- */

typedef struct {
    kura_series required, irreducible;
    uint64_t paths;
} sample;

/* The sample of the required stock, quanta. */
static const double *sample_of(const kura_series *series, uint64_t block, double *out)
{
    const sample *s = series->user;
    double rooms[2][KURA_SERIES_BLOCK];
    const double *required = s->required.block(&s->required, block, rooms[0]),
                 *irr = s->irreducible.block(&s->irreducible, block, rooms[1]);
    uint64_t left = s->paths - block * KURA_SERIES_BLOCK;
    for (uint64_t p = 0; p < KURA_SERIES_BLOCK && p < left; p++) out[p] = irr[p] > 0 ? INFINITY : required[p];
    return out;
}

static void fill_required(context *c, size_t i, const kura_series *sorted, const kura_series *paths)
{
    const sc_tallies *t = &c->model->scenario->tallies;
    const km_mineral *m = &c->model->minerals[i];
    size_t q = (size_t)t->nconfidence;
    double **x = c->required;
    for (size_t j = 0; j < q; j++) {
        size_t at = i * q + j;
        kura_interval k;
        c->refused[at] = (int8_t)kura_cluster_quantile(c->N, sorted, paths, t->confidence[j], &k);
        if (c->refused[at]) continue;
        c->irreducible[at] = isinf(k.value);
        double lo = k.lo > 0 ? k.lo : 0, days = c->model->step_days / m->watch_use;
        x[0][at] = k.value * m->quantum, x[1][at] = lo * m->quantum, x[2][at] = k.hi * m->quantum;
        x[3][at] = k.value * days, x[4][at] = lo * days, x[5][at] = k.hi * days;
    }
}

static void fill_curve(context *c, size_t i, const kura_series *sorted)
{
    size_t points = (size_t)c->model->scenario->tallies.adequacy_points;
    double use = c->model->minerals[i].watch_use / c->model->step_days, room[KURA_SERIES_BLOCK];
    double **x = c->curve;
    const double *block = NULL;
    uint64_t k = 0, in_hand = UINT64_MAX;
    for (size_t p = 0; p < points; p++) {
        for (; k < c->N; k++) {
            if (in_hand != k / KURA_SERIES_BLOCK)
                block = sorted->block(sorted, in_hand = k / KURA_SERIES_BLOCK, room);
            if (!(block[k % KURA_SERIES_BLOCK] <= c->days[p] * use)) break;
        }
        kura_interval s = kura_estimate_proportion(k, c->N);
        x[0][i * points + p] = s.value, x[1][i * points + p] = s.lo, x[2][i * points + p] = s.hi;
    }
}

/* The first point of the curve at which a path is adequate, as a series; `points` where none is. */
typedef struct {
    const kura_series *required;
    const context *c;
    double use;
    uint64_t paths;
} first_point;

static const double *first_points(const kura_series *series, uint64_t block, double *out)
{
    const first_point *f = series->user;
    double room[KURA_SERIES_BLOCK];
    const double *x = f->required->block(f->required, block, room);
    int points = f->c->model->scenario->tallies.adequacy_points;
    uint64_t left = f->paths - block * KURA_SERIES_BLOCK;
    for (uint64_t p = 0; p < KURA_SERIES_BLOCK && p < left; p++) {
        int lo = 0, hi = points; /* the first with x <= days * use, by bisection */
        while (lo < hi) {
            int mid = (lo + hi) / 2;
            if (x[p] <= f->c->days[mid] * f->use)
                hi = mid;
            else
                lo = mid + 1;
        }
        out[p] = lo;
    }
    return out;
}

/* Where parameters are drawn: intervals by what draws have in common. */
static void widen_curve(context *c, size_t i, const kura_series *required)
{
    size_t points = (size_t)c->model->scenario->tallies.adequacy_points;
    first_point f = {required, c, c->model->minerals[i].watch_use / c->model->step_days, c->N};
    kura_series s = {.user = &f, .cluster = required->cluster, .block = first_points};
    kura_cluster_sums *sums = KURA_NEW(&c->frame->arena, kura_cluster_sums, points);
    if (!sums) return;
    kura_cluster_survivors(c->N, &s, points, sums); /* paths not yet adequate */
    for (size_t p = 0; p < points; p++) {
        kura_interval k = kura_cluster_proportion(c->N, s.cluster, sums[p]);
        c->curve[1][i * points + p] = 1 - k.hi, c->curve[2][i * points + p] = 1 - k.lo;
    }
}

/* One mineral after the other, so that one sorted sample is in hand. */
static kura_status fill_from_samples(context *c, kura_error *err)
{
    kura_sorted *workspace;
    KURA_TRY(kura_sorted_new(c->N, c->tally->folder, &workspace, err));
    kura_status st = KURA_OK;
    for (size_t i = 0; i < c->n && !st; i++) {
        if (!c->model->minerals[i].has_drun) continue;
        sample s = {kura_tally_metric(c->tally, (int)i, KURA_METRIC_REQUIRED),
                    kura_tally_metric(c->tally, (int)i, KURA_METRIC_IRREDUCIBLE), c->N};
        kura_series all = {.user = &s, .cluster = c->tally->cluster, .block = sample_of};
        st = kura_sorted_fill(workspace, c->N, &all, err);
        if (st) break;
        kura_series sorted = kura_sorted_series(workspace);
        fill_required(c, i, &sorted, &all);
        fill_curve(c, i, &sorted);
        if (kura_is_clustered(&all)) widen_curve(c, i, &all);
        st = kura_sorted_status(workspace, err);
    }
    kura_sorted_free(workspace);
    return st;
}

static void irreducible_part(context *c)
{
    double *x[5];
    for (int j = 0; j < 5; j++)
        if (!(x[j] = kura_finalise_array(c->frame, c->n))) return;
    double per = c->model->scenario->run.per_horizon ? 1 : 1 / (c->model->T * c->model->step_years);
    for (size_t i = 0; i < c->n; i++) {
        const km_mineral *m = &c->model->minerals[i];
        if (!m->has_drun) continue;
        kura_series irr = kura_tally_metric(c->tally, (int)i, KURA_METRIC_IRREDUCIBLE);
        kura_estimate e = kura_estimate_mean_of(c->N, &irr);
        kura_interval p = kura_estimate_share_of(c->N, &irr, 0);
        x[0][i] = e.value * m->quantum * per, x[1][i] = e.se * m->quantum * per;
        x[2][i] = p.value, x[3][i] = p.lo, x[4][i] = p.hi;
    }
    const char *unit = c->model->scenario->run.per_horizon ? "t" : "t year-1";
    var(c, "irreducible_unserved", "mineral", x[0], unit, "expected need that no stock could cover",
        "irreducible_unserved_se");
    var(c, "irreducible_unserved_se", "mineral", x[1], unit, "standard error of irreducible_unserved", NULL);
    var(c, "irreducible_probability", "mineral", x[2], "1",
        "probability of any irreducible need in the horizon",
        "irreducible_probability_lo irreducible_probability_hi");
    var(c, "irreducible_probability_lo", "mineral", x[3], "1", "lower 95 % bound of irreducible_probability",
        NULL);
    var(c, "irreducible_probability_hi", "mineral", x[4], "1", "upper 95 % bound of irreducible_probability",
        NULL);
}

static void stock_survival(context *c)
{
    size_t T = (size_t)c->model->T, n = c->n * T;
    double *x[3];
    uint64_t *first = KURA_NEW(&c->frame->arena, uint64_t, T + 1);
    for (int j = 0; j < 3; j++)
        if (!(x[j] = kura_finalise_array(c->frame, n))) return;
    kura_cluster_sums *sums = c->tally->squares ? KURA_NEW(&c->frame->arena, kura_cluster_sums, T) : NULL;
    if (!first) return;
    for (size_t i = 0; i < c->n; i++) {
        if (c->model->minerals[i].watch_hub < 0) continue;
        kura_series f = kura_tally_metric(c->tally, (int)i, KURA_METRIC_EXHAUSTED);
        kura_finalise_count(&f, c->N, T, first);
        uint64_t alive = c->N;
        if (sums) kura_cluster_survivors(c->N, &f, T, sums);
        for (size_t t = 0; t < T; t++) {
            alive -= first[t];
            kura_interval s = sums ? kura_cluster_proportion(c->N, f.cluster, sums[t])
                                   : kura_estimate_proportion(alive, c->N);
            x[0][i * T + t] = s.value, x[1][i * T + t] = s.lo, x[2][i * T + t] = s.hi;
        }
    }
    kura_finalise_time(c->frame, c->group, c->model);
    var(c, "stock_survival", "mineral,time", x[0], "1",
        "probability that the stock has not run empty with demand unserved",
        "stock_survival_lo stock_survival_hi");
    var(c, "stock_survival_lo", "mineral,time", x[1], "1", "lower 95 % bound of stock_survival", NULL);
    var(c, "stock_survival_hi", "mineral,time", x[2], "1", "upper 95 % bound of stock_survival", NULL);
}

/* What the required stock leaves out, so that it is too small: its runs have empty stockpiles, whose higher
 * prices take away demand that a full one would have to serve; and stock older than its shelf life is gone.
 */
enum { LEAVES_NOTHING, LEAVES_PRICES, LEAVES_SHELF_LIFE, LEAVES_BOTH };

static int left_out(const km_mineral *m)
{
    int ages = 0;
    for (int k = 0; k < m->ntiers; k++) ages |= m->tiers[k].group && m->tiers[k].ages > 0;
    int prices = m->response.active && m->price.eta > 0;
    return (prices ? LEAVES_PRICES : LEAVES_NOTHING) + (ages ? LEAVES_SHELF_LIFE : LEAVES_NOTHING);
}

static void leaves_out(context *c)
{
    int8_t *flag = KURA_NEW(&c->frame->arena, int8_t, c->n);
    if (!flag) return;
    for (size_t i = 0; i < c->n; i++)
        flag[i] =
            (int8_t)(c->model->minerals[i].has_drun ? left_out(&c->model->minerals[i]) : LEAVES_NOTHING);
    kf_variable *v =
        kura_frame_var(c->frame, c->group, "required_stock_leaves_out", KF_I8, "mineral", flag, "1",
                       "what required_stock and adequacy do not count, so that they are optimistic: demand "
                       "that prices take away "
                       "only because the stockpiles are empty; stock lost to its shelf life",
                       "6.7", NULL);
    if (v) kura_frame_var_attr(c->frame, v, "flag_meanings", "nothing demand_response shelf_life both");
}

static void what_is_watched(context *c)
{
    const char **form = KURA_NEW(&c->frame->arena, const char *, c->n);
    double *opening = kura_finalise_array(c->frame, c->n), *tiers = kura_finalise_array(c->frame, c->n),
           *use = kura_finalise_array(c->frame, c->n);
    if (!form || !opening || !tiers || !use) return;
    for (size_t i = 0; i < c->n; i++) {
        const km_mineral *m = &c->model->minerals[i];
        form[i] = "";
        if (m->watch_hub < 0) continue;
        const km_hub *hub = &m->hubs[m->watch_hub];
        double day = c->model->step_days / m->watch_use, sum = 0;
        for (int k = hub->tier_begin; k < hub->tier_end; k++)
            sum += km_is_pooled(&m->tiers[k]) ? 0 : m->tiers[k].opening;
        form[i] = m->forms[hub->form];
        opening[i] = hub->opening * day;
        tiers[i] = sum * day;
        use[i] = m->watch_use * m->quantum / c->model->step_years;
    }
    kura_frame_var(c->frame, c->group, "stock_form", KF_STRING, "mineral", form, "",
                   "form at which stock is watched and required", "6.1", NULL);
    kura_frame_var(c->frame, c->group, "opening_firm_days", KF_F64, "mineral", opening, "d",
                   "opening firm stock, days of base use", "6.1", NULL);
    kura_frame_var(c->frame, c->group, "opening_stockpile_days", KF_F64, "mineral", tiers, "d",
                   "opening stockpiles, days of base use", "6.1", NULL);
    kura_frame_var(c->frame, c->group, "base_use", KF_F64, "mineral", use, "t year-1",
                   "base use of that form in the focus country", "6.1", NULL);
}

kura_status kura_finalise_adequacy(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    const km_model *model = tally->model;
    context c = {
        .frame = frame, .tally = tally, .model = model, .N = tally->paths, .n = (size_t)model->nminerals};
    c.group = kura_frame_group(frame, "adequacy");
    if (!c.group) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    kura_finalise_minerals(frame, c.group, model);
    what_is_watched(&c);
    required_stock(&c);
    leaves_out(&c);
    curve(&c);
    if (frame->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    KURA_TRY(fill_from_samples(&c, err));
    irreducible_part(&c);
    stock_survival(&c);
    return kura_columns_status(tally->metrics, err);
}
