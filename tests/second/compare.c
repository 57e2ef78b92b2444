/* Comparison of the two engines, see compare.h. */
#include "compare.h"
#include "model/draw.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const dimensions[] = {"hub", "site", "arc", "tier", "consumer", "mineral", "country"};

/* Columns in the order in which a step makes them, so that the first difference said is a cause. */
static const kura_trace_id causes[] = {
    KURA_TRACE_REGIME,     KURA_TRACE_AVAILABILITY, KURA_TRACE_OPENNESS,      KURA_TRACE_DETOUR,
    KURA_TRACE_ANNOUNCED,  KURA_TRACE_INBOUND,      KURA_TRACE_QUALIFICATION, KURA_TRACE_LOSS,
    KURA_TRACE_TRIGGER,    KURA_TRACE_LOG_PRICE,    KURA_TRACE_DEMAND,        KURA_TRACE_USE_AVERAGE,
    KURA_TRACE_RELEASE,    KURA_TRACE_OUTPUT,       KURA_TRACE_ORDER,         KURA_TRACE_SHIPMENT,
    KURA_TRACE_UNSERVED,   KURA_TRACE_OWN_STOCK,    KURA_TRACE_TIER_STOCK,    KURA_TRACE_ON_HAND,
    KURA_TRACE_IN_TRANSIT, KURA_TRACE_SCARCITY};
_Static_assert(sizeof causes / sizeof *causes == KURA_TRACE_COLUMN_COUNT, "every column is compared");

/* To the last bit, signs of zeros included. */
static int same(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

/* The mineral that a row of a column belongs to. */
static const char *mineral_of(const km_model *model, kura_trace_kind kind, int row)
{
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        int n[KURA_TRACE_KINDS] = {
            [KURA_TRACE_HUB] = m->nhubs,   [KURA_TRACE_SITE] = m->nsites,         [KURA_TRACE_ARC] = m->narcs,
            [KURA_TRACE_TIER] = m->ntiers, [KURA_TRACE_CONSUMER] = m->nconsumers, [KURA_TRACE_MINERAL] = 1};
        if (row < n[kind]) return m->id;
        row -= n[kind];
    }
    return "";
}

static long compare_path(const meta_world *w, int path, const second_record *r, compare_counts *counts,
                         char *why, size_t size)
{
    const kura_trace_column *columns = kura_trace_columns();
    const kf_group *g = kura_frame_find(w->frame, "paths");
    long wrong = 0;
    int earliest = w->T;
    for (int k = 0; k < KURA_TRACE_COLUMN_COUNT; k++) {
        int c = (int)causes[k];
        const kf_variable *v = kura_frame_find_var(g, columns[c].name);
        if (!v) continue;
        const double *x = v->data;
        int n;
        const char *const *labels = meta_labels(w, dimensions[columns[c].kind], &n);
        for (int row = 0; row < n; row++)
            for (int t = 0; t < w->T; t++) {
                double fast = x[((size_t)row * (size_t)w->T + (size_t)t) * (size_t)w->n + (size_t)path];
                double slow = r->column[c][(size_t)row * (size_t)w->T + (size_t)t];
                counts->cells++;
                if (same(fast, slow)) continue;
                wrong++;
                if (t >= earliest) continue;
                earliest = t;
                counts->path = path;
                counts->mineral = mineral_of(w->model, columns[c].kind, row);
                snprintf(why, size, "%s of %s, step %d, path %d: fast %.17g, second %.17g", columns[c].name,
                         labels[row], t, path, fast, slow);
            }
    }
    return wrong;
}

static const char *const metrics[] = {
#define NAME(id, name, units, text) name,
    KURA_METRICS(NAME)
#undef NAME
};
static const int is_mass[] = {
#define MASS(id, name, units, text) units[0] == 't',
    KURA_METRICS(MASS)
#undef MASS
};

/* The metrics of a path in /samples, as the fast engine stores them: masses in t. */
static long compare_samples(const meta_world *w, const km_model *model, int path, const second_record *r,
                            compare_counts *counts, char *why, size_t size)
{
    const kf_group *g = kura_frame_find(w->frame, "samples");
    long wrong = 0;
    for (int k = 0; g && k < KURA_METRIC_COUNT; k++) {
        const kf_variable *v = kura_frame_find_var(g, metrics[k]);
        if (!v) continue;
        if (k >= KURA_METRIC_COST && k <= KURA_METRIC_PRICE_BILL) continue; /* analytic/test_elements_costs */
        for (int i = 0; i < model->nminerals; i++) {
            const km_mineral *m = &model->minerals[i];
            const double *fast = meta_sample(w, metrics[k], m->id);
            double slow = r->metric[i * KURA_METRIC_COUNT + k] * (is_mass[k] ? m->quantum : 1);
            if ((k == KURA_METRIC_REQUIRED || k == KURA_METRIC_IRREDUCIBLE) && !m->has_drun) continue;
            if (k >= KURA_METRIC_MEAN_PRICE && k <= KURA_METRIC_PEAK_FOCUS_PRICE && !m->price.given) continue;
            counts->samples++;
            if (same(fast[path], slow)) continue;
            if (wrong++) continue;
            counts->path = path;
            counts->mineral = m->id;
            snprintf(why, size, "sample %s of %s, path %d: fast %.17g, second %.17g", metrics[k], m->id, path,
                     fast[path], slow);
        }
    }
    return wrong;
}

/* The model that a path runs: its draw of what is not known, if there are draws [R0.6].  `hand` holds the
 * last. */
typedef struct {
    km_draw draw;
    uint64_t number;
} hand;

static const km_model *model_of(const meta_world *w, uint64_t path, hand *h)
{
    kura_error err = {0};
    uint64_t number = path / km_draw_paths(w->model);
    if (!km_draws(w->model)) return w->model;
    if (h->draw.model && h->number == number) return h->draw.model;
    km_draw_free(&h->draw);
    memset(h, 0, sizeof *h);
    h->number = number;
    return km_draw_make(w->model, number, &h->draw, &err) ? NULL : h->draw.model;
}

long compare_world(const meta_world *w, int from, int paths, compare_counts *counts, char *why, size_t size)
{
    long wrong = 0;
    hand drawn = {0};
    for (int p = from; p < from + paths; p++) {
        kura_arena arena = {0};
        const km_model *model = model_of(w, (uint64_t)p, &drawn);
        if (!model) abort();
        second_record *r = second_run(model, (uint64_t)p, &arena);
        r->acted[ACT_drawn_inputs] = model != w->model;
        char text[META_WHY] = "";
        long bad = p < w->n ? compare_path(w, p, r, counts, text, sizeof text) : 0, cells = bad;
        bad += compare_samples(w, model, p, r, counts, bad ? (char[META_WHY]){0} : text, sizeof text);
        if (bad && !wrong)
            snprintf(why, size, "%.300s (%ld cells and %ld samples of this path)", text, cells, bad - cells);
        if (r->unbalanced && !wrong)
            snprintf(why, size, "path %d: masses of the second engine do not balance", p);
        wrong += bad + r->unbalanced;
        counts->paths++;
        for (int i = 0; i < SECOND_ACT_COUNT; i++) counts->acted[i] += r->acted[i] > 0;
        kura_arena_fini(&arena);
    }
    km_draw_free(&drawn.draw);
    counts->wrong += wrong;
    return wrong;
}
