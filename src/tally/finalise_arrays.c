/* /histograms, /samples and /paths: the arrays from which users compute what kura does not. */
#include "tally/finalise.h"
#include "tally/trace.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

static void histogram(kura_frame *frame, kf_group *group, const kura_tally *tally, const char *what,
                      const uint32_t *bins, double (*edge)(int), int open_end, const char *units,
                      const char *long_name)
{
    const km_model *model = tally->model;
    size_t n = (size_t)model->nminerals * (size_t)model->T * KURA_BINS;
    double *counts = kura_finalise_array(frame, n), *centres = kura_finalise_array(frame, KURA_BINS),
           *bounds = kura_finalise_array(frame, 2 * KURA_BINS);
    if (!counts || !centres || !bounds) return;
    for (size_t i = 0; i < n; i++) counts[i] = bins[i];
    for (int b = 0; b < KURA_BINS; b++) {
        int last = b == KURA_BINS - 1 && open_end;
        bounds[2 * b] = edge(b);
        bounds[2 * b + 1] = last ? INFINITY : edge(b + 1);
        centres[b] = last ? edge(b) : 0.5 * (edge(b) + edge(b + 1));
    }
    const char *dim = kura_arena_printf(&frame->arena, "%s_bin", what);
    if (!dim) return;
    kura_frame_dim_f64(frame, group, dim, KURA_BINS, centres, units,
                       kura_arena_printf(&frame->arena, "centre of the bin of %s", long_name));
    kura_frame_var(frame, group, kura_arena_printf(&frame->arena, "%s_bin_bounds", what), KF_F64,
                   kura_arena_printf(&frame->arena, "%s_bin,nv", what), bounds, units, "edges of the bin",
                   NULL, NULL);
    kura_frame_var(frame, group, kura_arena_printf(&frame->arena, "%s_count", what), KF_F64,
                   kura_arena_printf(&frame->arena, "mineral,time,%s_bin", what), counts, "1",
                   kura_arena_printf(&frame->arena, "number of paths with %s in the bin", long_name), "8.14",
                   NULL);
}

kura_status kura_finalise_histograms(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    kf_group *g = kura_frame_group(frame, "histograms");
    if (!g) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    kura_finalise_minerals(frame, g, tally->model);
    kura_finalise_time(frame, g, tally->model);
    histogram(frame, g, tally, "stock", tally->stock_bins, kura_stock_edge, 1, "d",
              "stock in days of base use");
    histogram(frame, g, tally, "price", tally->price_bins, kura_price_edge, 1, "1", "price over its base");
    return KURA_OK;
}

/* A metric of all minerals, scaled from quanta to tonnes. */
typedef struct {
    const kura_columns *columns;
    kura_metric metric;
    uint64_t paths;
    const double *scale; /* [mineral] */
} metric_source;

static int read_metric(const kf_source *source, int64_t first, int64_t n, double *out)
{
    const metric_source *s = source->user;
    uint64_t mineral = (uint64_t)first / s->paths, path = (uint64_t)first % s->paths;
    int why = kura_columns_get(s->columns, kura_tally_column((int)mineral, s->metric), path, (size_t)n, out);
    for (int64_t i = 0; i < n; i++) out[i] *= s->scale[mineral];
    return why;
}

static const kf_source *source_of(kura_frame *frame, const kura_columns *columns, const km_model *model,
                                  kura_metric k, uint64_t paths)
{
    kf_source *source = KURA_NEW(&frame->arena, kf_source, 1);
    metric_source *m = KURA_NEW(&frame->arena, metric_source, 1);
    double *scale = kura_finalise_array(frame, (size_t)model->nminerals);
    if (!source || !m || !scale) return NULL;
    int mass = strcmp(kura_metric_units(k), "t") == 0;
    for (int i = 0; i < model->nminerals; i++)
        scale[i] = !kura_metric_known(model, i, k) ? NAN : mass ? model->minerals[i].quantum : 1;
    *m = (metric_source){columns, k, paths, scale};
    *source = (kf_source){.user = m, .read = read_metric};
    return source;
}

static void drop_columns(void *columns) { kura_columns_free(columns); }

kura_status kura_finalise_samples(kura_frame *frame, kura_tally *tally, kura_error *err)
{
    const km_model *model = tally->model;
    kf_group *g = kura_frame_group(frame, "samples");
    const kura_columns *columns = tally->metrics;
    if (!g) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    tally->handed_over = 1;
    if (!kura_frame_keep(frame, tally->metrics, drop_columns))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    kura_finalise_minerals(frame, g, model);
    kura_frame_dim_count(frame, g, "path", (int64_t)tally->paths, "path number");
    double *together = tally->cluster > 1 ? KURA_NEW(&frame->arena, double, 1) : NULL;
    if (together) *together = (double)tally->cluster;
    if (together)
        kura_frame_attr_f64(frame, g, "paths_a_draw", 1, together); /* for those who compare [8.9] */
    for (int k = 0; k < KURA_METRIC_COUNT; k++) {
        if (!kura_metric_kept(model, (kura_metric)k)) continue;
        const char *units = kura_metric_units((kura_metric)k);
        const kf_source *source = source_of(frame, columns, model, (kura_metric)k, tally->paths);
        if (!source) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
        kura_frame_var_from(frame, g, kura_metric_name((kura_metric)k), "mineral,path", source,
                            strcmp(units, "step") == 0 ? "1" : units, kura_metric_text((kura_metric)k), "8");
    }
    return KURA_OK;
}

/* Labels of the rows of /paths: mineral/form/country and the like. */
static const char *row_label(kura_frame *frame, const km_model *model, const km_mineral *m,
                             kura_trace_kind kind, int i)
{
    const kura_scenario_data *sc = model->scenario;
    kura_arena *a = &frame->arena;
    const km_hub *h;
    switch (kind) {
    case KURA_TRACE_HUB:
        h = &m->hubs[i];
        return kura_arena_printf(a, "%s/%s/%s", m->id, m->forms[h->form], sc->countries[h->country]);
    case KURA_TRACE_SITE:
        return m->sites[i].id;
    case KURA_TRACE_ARC:
        h = &m->hubs[m->arcs[i].from];
        return kura_arena_printf(a, "%s/%s/%s/%s", m->id, m->forms[h->form], sc->countries[h->country],
                                 sc->countries[m->hubs[m->arcs[i].to].country]);
    case KURA_TRACE_TIER:
        return km_tier_name(a, sc, m, i);
    case KURA_TRACE_CONSUMER: {
        h = &m->hubs[m->consumers[i].hub];
        const char *sector = sc->demands[m->consumers[i].scenario_demand].sector;
        return kura_arena_printf(a, "%s/%s/%s%s%s", m->id, m->forms[h->form], sc->countries[h->country],
                                 sector[0] ? "/" : "", sector);
    }
    default:
        return m->id;
    }
}

static int rows_of(const km_mineral *m, kura_trace_kind kind)
{
    switch (kind) {
    case KURA_TRACE_HUB:
        return m->nhubs;
    case KURA_TRACE_SITE:
        return m->nsites;
    case KURA_TRACE_ARC:
        return m->narcs;
    case KURA_TRACE_TIER:
        return m->ntiers;
    case KURA_TRACE_CONSUMER:
        return m->nconsumers;
    default:
        return 1;
    }
}

static int any_own(const km_model *model)
{
    for (int i = 0; i < model->nminerals; i++)
        if (model->minerals[i].any_own) return 1;
    return 0;
}

kura_status kura_finalise_paths(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    static const char *const kinds[] = {"hub", "site", "arc", "tier", "consumer", "mineral", "country"};
    const struct kura_trace *trace = tally->trace;
    const km_model *model = tally->model;
    kf_group *g = kura_frame_group(frame, "paths");
    /* a run that stopped may have fewer than were asked for */
    size_t paths = tally->paths < (uint64_t)trace->paths ? (size_t)tally->paths : (size_t)trace->paths;
    double *path = kura_finalise_array(frame, paths);
    if (!g || !path) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (size_t p = 0; p < paths; p++) path[p] = (double)p;
    kura_finalise_time(frame, g, model);
    kura_frame_dim_f64(frame, g, "path", (int64_t)paths, path, "1", "path number");
    for (int k = 0; k < KURA_TRACE_KINDS; k++) {
        if (!trace->rows[k]) continue;
        const char **labels = KURA_NEW(&frame->arena, const char *, (size_t)trace->rows[k]);
        if (!labels) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
        int n = 0;
        for (; k == KURA_TRACE_COUNTRY && n < model->nregimes; n++)
            labels[n] = model->scenario->countries[model->regimes[n].country];
        for (int i = 0; i < model->nminerals && k != KURA_TRACE_COUNTRY; i++)
            for (int j = 0; j < rows_of(&model->minerals[i], (kura_trace_kind)k); j++)
                labels[n++] = row_label(frame, model, &model->minerals[i], (kura_trace_kind)k, j);
        kura_frame_dim_labels(frame, g, kinds[k], n, labels);
    }
    for (int c = 0; c < KURA_TRACE_COLUMN_COUNT; c++) {
        const kura_trace_column *column = &kura_trace_columns()[c];
        size_t n = (size_t)trace->rows[column->kind] * (size_t)model->T;
        if (!n || (c == KURA_TRACE_OWN_STOCK && !any_own(model))) continue;
        double *x = kura_finalise_array(frame, n * paths);
        if (!x) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
        for (size_t i = 0; i < n; i++)
            memcpy(x + i * paths, trace->data[c] + i * (size_t)trace->paths, paths * sizeof *x);
        kura_frame_var(frame, g, column->name, KF_F64,
                       kura_arena_printf(&frame->arena, "%s,time,path", kinds[column->kind]), x,
                       strcmp(column->units, "step") == 0 ? "1" : column->units, column->text, "12", NULL);
    }
    return KURA_OK;
}
