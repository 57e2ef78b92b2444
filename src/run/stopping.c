/* Simulating until a precision is reached, see stopping.h. */
#include "run/stopping.h"
#include "tally/cluster.h"
#include "tally/finalise.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST = 1024, LOOKS = 64 };

static const char *const names[] = {
#define TERM(id, name) name,
    SC_WATCHED(TERM)
#undef TERM
};

enum { NO, YES, NOT_WATCHED }; /* flags of the result */

/* One number at one look. */
typedef struct {
    double value, half, allowed;
    int8_t met;
} cell;

typedef struct {
    uint64_t paths;
    double *shortages; /* [mineral]: paths with a shortage */
    cell *cells;       /* [watch][mineral] */
} look;

struct kura_stopping {
    kura_arena arena;
    const km_model *model;
    const sc_stop *asked;
    uint64_t most;
    int n, *minerals; /* those watched, in the order of the scenario */
    int nwatch;
    sc_watch watch[SC_WATCH_COUNT];
    int nlooks;
    look looks[LOOKS];
};

static const char *group_of(sc_watch w) { return w == SC_WATCH_STOCK ? "adequacy" : "summary"; }

kura_stopping *kura_stopping_new(const km_model *model, uint64_t most)
{
    kura_stopping *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->model = model;
    s->asked = &model->scenario->run.stop;
    s->most = most;
    s->minerals = KURA_NEW(&s->arena, int, (size_t)model->nminerals);
    if (!s->minerals) {
        kura_stopping_free(s);
        return NULL;
    }
    for (int i = 0; i < model->nminerals; i++)
        if (s->asked->watched[i]) s->minerals[s->n++] = i;
    for (int w = 0; w < SC_WATCH_COUNT; w++)
        if (s->asked->watch[w]) s->watch[s->nwatch++] = (sc_watch)w;
    return s;
}

void kura_stopping_free(kura_stopping *stopping)
{
    if (!stopping) return;
    kura_arena_fini(&stopping->arena);
    free(stopping);
}

/* The look that one after `paths` paths is paired with: the latest of at most half its paths, so that at
 * least half of what the second look sees is new; 0 = none. */
static uint64_t partner_of(uint64_t paths)
{
    uint64_t first = FIRST;
    if (paths / 2 < FIRST) return 0;
    while (first <= paths / 4) first *= 2;
    return first;
}

uint64_t kura_stopping_stage(uint64_t done, uint64_t most)
{
    uint64_t end = done ? 2 * done : FIRST;
    return end < most ? end : most;
}

/* ---- one look ---- */

/* From a step to what the result is in, a year or the horizon [R1.6]. */
static double steps_reported(const km_model *model)
{
    return model->scenario->run.per_horizon ? model->T : 1 / model->step_years;
}

/* The absolute precision in the units of the result. */
static double absolute_of(const km_model *model, sc_watch w)
{
    double x = model->scenario->run.stop.absolute[w];
    if (w == SC_WATCH_LOLE || w == SC_WATCH_EUE) return x * steps_reported(model);
    return w == SC_WATCH_NEUE ? x * 1e6 : x;
}

/* What a mean would be if every path were as short as can be: all days, all demand. */
static double worst_of(const km_model *model, sc_watch w, double demand, double largest)
{
    double years = model->scenario->run.per_horizon ? 1 : model->T * model->step_years;
    switch (w) {
    case SC_WATCH_LOLE:
        return model->step_days * steps_reported(model);
    case SC_WATCH_EUE:
        return largest / years;
    case SC_WATCH_NEUE:
        return 1e6 * largest / demand;
    case SC_WATCH_CVAR:
        return largest / 0.05;
    default: /* intervals need no such help */
        return 0;
    }
}

/* Of few paths with a shortage the worst may not have been seen: what the upper end of their probability,
 * times the worst that a path can be, would add to a mean. */
static double unseen(const kura_tally *tally, sc_watch w, int mineral)
{
    kura_series d = kura_tally_metric(tally, mineral, KURA_METRIC_DEMAND);
    double q = tally->model->minerals[mineral].quantum, largest = kura_estimate_largest_of(tally->paths, &d);
    kura_series s = kura_tally_metric(tally, mineral, KURA_METRIC_SHORT_STEPS);
    kura_interval p = kura_estimate_share_of(tally->paths, &s, 0);
    return (p.hi - p.value) *
           worst_of(tally->model, w, kura_estimate_mean_of(tally->paths, &d).value * q, largest * q);
}

static uint64_t count_shortages(const kura_tally *tally, int mineral)
{
    kura_series x = kura_tally_metric(tally, mineral, KURA_METRIC_SHORT_STEPS);
    return kura_estimate_count_of(tally->paths, &x, 0);
}

/* Row of a mineral in a variable <name><suffix> of the result; NULL when there is none. */
static const double *row_of(const kura_frame *frame, sc_watch w, const char *suffix, int mineral)
{
    char full[64];
    snprintf(full, sizeof full, "%s%s", names[w], suffix);
    const kf_group *g = kura_frame_find(frame, group_of(w));
    const kf_variable *v = g ? kura_frame_find_var(g, full) : NULL;
    if (!v) return NULL;
    return (const double *)v->data + mineral * (v->ndims > 1 ? kura_frame_dim_size(g, v->dims[1]) : 1);
}

/* The confidence that is watched among those of the result. */
static int64_t confidence_at(const km_model *model)
{
    const sc_tallies *t = &model->scenario->tallies;
    int j = 0;
    while (j < t->nconfidence - 1 && !(fabs(t->confidence[j] - model->scenario->run.stop.confidence) < 1e-9))
        j++;
    return j;
}

static double z_of(const kura_tally *tally)
{
    return tally->cluster > 1 ? kura_cluster_student(tally->paths, tally->cluster, 0.025) : KURA_Z95;
}

static cell measure(const kura_stopping *s, const kura_frame *frame, const kura_tally *tally, sc_watch w,
                    int mineral, uint64_t shortages)
{
    cell c = {NAN, NAN, NAN, NOT_WATCHED};
    const double *value = row_of(frame, w, "", mineral), *se = row_of(frame, w, "_se", mineral),
                 *lo = row_of(frame, w, "_lo", mineral), *hi = row_of(frame, w, "_hi", mineral);
    if (!value || !km_can_watch(s->model, w, mineral)) return c;
    int64_t at = w == SC_WATCH_STOCK ? confidence_at(s->model) : 0;
    int few = shortages < (uint64_t)s->asked->shortage_paths;
    c.value = value[at];
    if (se)
        c.half = z_of(tally) * se[at];
    else if (lo && hi && isinf(c.value) && isinf(lo[at])) /* no stock suffices, for sure */
        c.half = 0;
    else if (lo && hi)
        c.half = fmax(hi[at] - c.value, c.value - lo[at]);
    double more = se && few ? unseen(tally, w, mineral) : 0;
    if (more > c.half) c.half = more;
    c.allowed = absolute_of(s->model, w);
    double relative = s->asked->relative * fabs(c.value);
    if (!few && isfinite(relative) && relative > c.allowed) c.allowed = relative;
    c.met = c.half <= c.allowed ? YES : NO; /* NaN: no figure yet */
    return c;
}

/* Met at the last look and at the one it is paired with. */
static int8_t converged(const kura_stopping *s, int w, int m)
{
    size_t at = (size_t)w * (size_t)s->n + (size_t)m;
    if (s->looks[s->nlooks - 1].cells[at].met == NOT_WATCHED) return NOT_WATCHED;
    const look *last = &s->looks[s->nlooks - 1], *first = s->looks;
    uint64_t partner = partner_of(last->paths);
    if (!partner) return NO;
    while (first->paths != partner) first++;
    return last->cells[at].met == YES && first->cells[at].met == YES;
}

static int all_converged(const kura_stopping *s)
{
    int numbers = 0;
    for (int w = 0; w < s->nwatch; w++)
        for (int m = 0; m < s->n; m++) {
            int8_t is = converged(s, w, m);
            if (is == NO) return 0;
            numbers += is == YES;
        }
    return numbers > 0;
}

kura_status kura_stopping_look(kura_stopping *s, const kura_tally *tally, int *reached, kura_error *err)
{
    kura_frame *frame = kura_frame_new();
    look *l = &s->looks[s->nlooks++];
    l->paths = tally->paths;
    l->shortages = KURA_NEW(&s->arena, double, (size_t)s->n);
    l->cells = KURA_NEW(&s->arena, cell, (size_t)s->n * (size_t)s->nwatch);
    kura_status st = frame && l->shortages && l->cells
                         ? KURA_OK
                         : kura_error_set(err, KURA_E_MEMORY, "not enough memory to look at the precision");
    if (!st) st = kura_finalise_summary(frame, tally, err);
    if (!st && s->asked->watch[SC_WATCH_STOCK]) st = kura_finalise_adequacy(frame, tally, err);
    if (!st && frame->arena.failed)
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory to look at the precision");
    for (int m = 0; m < s->n && !st; m++) {
        uint64_t shortages = count_shortages(tally, s->minerals[m]);
        l->shortages[m] = (double)shortages;
        for (int w = 0; w < s->nwatch; w++)
            l->cells[w * s->n + m] = measure(s, frame, tally, s->watch[w], s->minerals[m], shortages);
    }
    if (!st) st = kura_columns_status(tally->metrics, err);
    kura_frame_free(frame);
    *reached = !st && all_converged(s);
    return st;
}

/* ---- the result ---- */

typedef struct {
    const kura_stopping *s;
    kura_frame *frame;
    kf_group *group;
} report;

static int8_t *flags(const report *r, kf_group *group, const char *name, const char *dims, size_t n,
                     const char *long_name)
{
    int8_t *x = KURA_NEW(&r->frame->arena, int8_t, n);
    kf_variable *v = kura_frame_var(r->frame, group, name, KF_I8, dims, x, "1", long_name, "8.13", NULL);
    if (v) kura_frame_var_attr(r->frame, v, "flag_meanings", "no yes not_watched");
    return v ? x : NULL;
}

static void looks_of(const report *r, int w)
{
    const kura_stopping *s = r->s;
    kura_arena *a = &r->frame->arena;
    const char *name = names[s->watch[w]], *dims = "mineral,paths";
    size_t looks = (size_t)s->nlooks, n = (size_t)s->n * looks;
    const kf_group *from = kura_frame_find(r->frame, group_of(s->watch[w]));
    const kf_variable *number = from ? kura_frame_find_var(from, name) : NULL;
    const char *units = number ? number->units : "1", *half = kura_arena_printf(a, "%s_half_width", name),
               *allowed = kura_arena_printf(a, "%s_allowed", name),
               *met = kura_arena_printf(a, "%s_met", name);
    double *x[3];
    for (int j = 0; j < 3; j++)
        if (!(x[j] = kura_finalise_array(r->frame, n))) return;
    kura_frame_var(r->frame, r->group, name, KF_F64, dims, x[0], units, "value at the look", "8.13", half);
    kura_frame_var(r->frame, r->group, half, KF_F64, dims, x[1], units,
                   "half-width of the 95 % interval at the look; with few shortages as large as what may "
                   "not have been seen",
                   "8.13", NULL);
    kura_frame_var(r->frame, r->group, allowed, KF_F64, dims, x[2], units,
                   "half-width that was precise enough", "8.13", NULL);
    int8_t *is = flags(r, r->group, met, dims, n, "was the half-width at most what is allowed?");
    for (size_t i = 0; is && i < n; i++) {
        const cell *c = &s->looks[i % looks].cells[(size_t)w * (size_t)s->n + i / looks];
        x[0][i] = c->value, x[1][i] = c->half, x[2][i] = c->allowed;
        is[i] = c->met;
    }
}

/* Beside the number, over all minerals of its group. */
static void flag_beside(const report *r, int w)
{
    const kura_stopping *s = r->s;
    kf_group *g = kura_frame_group(r->frame, group_of(s->watch[w]));
    if (!g) return;
    size_t n = (size_t)s->model->nminerals;
    int8_t *is = flags(r, g, kura_arena_printf(&r->frame->arena, "%s_converged", names[s->watch[w]]),
                       "mineral", n, "did the number reach the precision of run.stop_when at two looks?");
    for (size_t i = 0; is && i < n; i++) is[i] = NOT_WATCHED;
    for (int m = 0; is && m < s->n; m++) is[s->minerals[m]] = converged(s, w, m);
}

static void shape(const report *r)
{
    const kura_stopping *s = r->s;
    kura_arena *a = &r->frame->arena;
    size_t n = (size_t)s->n, looks = (size_t)s->nlooks;
    const char **minerals = KURA_NEW(a, const char *, n), **watch = KURA_NEW(a, const char *, SC_WATCH_COUNT);
    double *paths = kura_finalise_array(r->frame, looks),
           *shortages = kura_finalise_array(r->frame, n * looks);
    if (!minerals || !watch || !paths || !shortages) return;
    for (size_t m = 0; m < n; m++) minerals[m] = s->model->minerals[s->minerals[m]].id;
    for (int w = 0; w < s->nwatch; w++) watch[w] = names[s->watch[w]];
    for (size_t l = 0; l < looks; l++) paths[l] = (double)s->looks[l].paths;
    for (size_t i = 0; i < n * looks; i++) shortages[i] = s->looks[i % looks].shortages[i / looks];
    kura_frame_dim_labels(r->frame, r->group, "mineral", s->n, minerals);
    kura_frame_dim_f64(r->frame, r->group, "paths", s->nlooks, paths, "1", "paths simulated at the look");
    kura_frame_dim_labels(r->frame, r->group, "watched", s->nwatch, watch);
    kura_frame_var(r->frame, r->group, "shortage_paths", KF_F64, "mineral,paths", shortages, "1",
                   "paths with a shortage at the look", "8.13", NULL);
    int8_t *is =
        flags(r, r->group, "converged", "mineral,watched", n * (size_t)s->nwatch,
              "was the precision reached at the last look and at the latest of at most half its paths?");
    for (size_t i = 0; is && i < n * (size_t)s->nwatch; i++)
        is[i] = converged(s, (int)(i % (size_t)s->nwatch), (int)(i / (size_t)s->nwatch));
}

kura_status kura_stopping_report(const kura_stopping *s, kura_frame *frame, kura_error *err)
{
    report r = {s, frame, kura_frame_group(frame, "stopping")};
    double *x = kura_finalise_array(frame, 4);
    if (!r.group || !x) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    x[0] = s->asked->relative;
    x[1] = s->asked->shortage_paths;
    x[2] = (double)s->most;
    x[3] = (double)s->looks[s->nlooks - 1].paths;
    static const char *const facts[] = {"relative", "shortage_paths_least", "paths_most", "paths_used"};
    for (int i = 0; i < 4; i++) kura_frame_attr_f64(frame, r.group, facts[i], 1, &x[i]);
    kura_frame_attr_text(frame, r.group, "precision_reached", all_converged(s) ? "yes" : "no");
    shape(&r);
    for (int w = 0; w < s->nwatch; w++) {
        looks_of(&r, w);
        flag_beside(&r, w);
    }
    return frame->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result")
                               : KURA_OK;
}

/* ---- warnings ---- */

#define WARN(diag, s, ...)                                                                                   \
    kura_diag_add((diag), KURA_DIAG_WARNING, (s)->where.file ? (s)->where.file : "", (s)->where.line,        \
                  (s)->where.column, NULL, __VA_ARGS__)

/* Half-width of a number whose mineral was never short on n paths, in the unit of its precision. */
static double half_of_nothing(const km_model *model, sc_watch w, uint64_t n)
{
    double hi = kura_estimate_proportion(0, n).hi;
    return w == SC_WATCH_LOLE ? hi * worst_of(model, w, 1, 1) : w == SC_WATCH_NEUE ? hi * 1e6 : hi;
}

static void warn_of_absolute(const km_model *model, sc_watch w, uint64_t most, kura_diag *diag)
{
    const sc_stop *s = &model->scenario->run.stop;
    uint64_t before = partner_of(most);
    double allowed = absolute_of(model, w);
    if (!(allowed > 0)) {
        WARN(diag, s,
             "%s has no absolute precision: for a mineral with fewer than %d paths with a shortage it is "
             "never reached, and all paths are simulated; give stop_when.absolute.%s",
             names[w], s->shortage_paths, names[w]);
        return;
    }
    if (w == SC_WATCH_EUE || w == SC_WATCH_CVAR || w == SC_WATCH_STOCK) return;
    if (before && half_of_nothing(model, w, before) > allowed)
        WARN(diag, s,
             "a mineral that is never short does not reach the absolute precision of %s within %llu paths: "
             "its half-width is still %.3g of it after %llu, and two looks must agree",
             names[w], (unsigned long long)most, half_of_nothing(model, w, before) / allowed,
             (unsigned long long)before);
}

/* Names the watched minerals for which a number cannot have a figure. */
static void warn_of_unwatched(const km_model *model, sc_watch w, const char *what, kura_diag *diag)
{
    kura_arena a = {0};
    const sc_stop *s = &model->scenario->run.stop;
    const char *list = NULL;
    for (int i = 0; i < model->nminerals; i++)
        if (s->watched[i] && !km_can_watch(model, w, i))
            list = kura_arena_printf(&a, "%s%s%s", list ? list : "", list ? ", " : "", model->minerals[i].id);
    if (list) WARN(diag, s, "%s: %s", what, list);
    kura_arena_fini(&a);
}

void kura_stopping_warn(const km_model *model, uint64_t most, kura_diag *diag)
{
    const sc_stop *s = &model->scenario->run.stop;
    if (!s->given) return;
    if (!partner_of(most))
        WARN(diag, s,
             "at most %llu paths: a precision needs two looks, the first after %d and the second after at "
             "least %d paths",
             (unsigned long long)most, FIRST, 2 * FIRST);
    int shortages = 0;
    for (int w = 0; w < SC_WATCH_COUNT; w++) {
        if (s->watch[w]) warn_of_absolute(model, (sc_watch)w, most, diag);
        shortages |= s->watch[w] && w != SC_WATCH_STOCK;
    }
    if (shortages)
        warn_of_unwatched(model, SC_WATCH_LOLE,
                          "shortages are not watched of what the focus country has no demand for", diag);
    if (s->watch[SC_WATCH_STOCK])
        warn_of_unwatched(
            model, SC_WATCH_STOCK,
            "required_stock_days is not watched where there is no stockpile of the focus country", diag);
}
