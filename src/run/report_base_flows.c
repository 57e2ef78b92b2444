/* Base flows that levers make of the first [7]: when each is in force, and what changes with it.  /network
 * shows the flow before any lever; each row here is a trade or a site whose base figure is another one from
 * then on, so the flow of any step is that of /network with the rows up to it. */
#include "base/error.h"
#include "num/calendar.h"
#include "run/run.h"
#include <math.h>

/* One kind of object, arcs or sites, while its rows are collected. */
typedef struct {
    const char *dim, *what, *figure, *text; /* names of the variables */
    int n;
    const char **object, **flow;
    double *value;
} changes;

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const km_model *model;
    int n;
    const char **label, **mineral, **date;
    int32_t *step;
} flows;

static double arc_of(const km_mineral *m, int i) { return m->arcs[i].v; }
static double site_of(const km_mineral *m, int i) { return m->sites[i].x0; }

static const char *arc_name(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    const km_hub *from = &m->hubs[m->arcs[i].from], *to = &m->hubs[m->arcs[i].to];
    return kura_arena_printf(a, "%s/%s/%s/%s", m->id, m->forms[from->form],
                             model->scenario->countries[from->country],
                             model->scenario->countries[to->country]);
}

static const char *site_name(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    (void)a, (void)model;
    return m->sites[i].id;
}

/* Rows of a mineral's objects; without room only counts them. */
static void collect(const flows *f, changes *c, const km_mineral *m, int objects, int first,
                    double (*figure)(const km_mineral *, int),
                    const char *(*name)(kura_arena *, const km_model *, const km_mineral *, int))
{
    for (int e = 0; e < m->nepochs; e++)
        for (int i = 0; i < objects; i++) {
            double x = figure(&m->epochs[e], i);
            if (x == figure(e ? &m->epochs[e - 1] : m, i)) continue;
            if (c->value) {
                c->object[c->n] = name(&f->frame->arena, f->model, m, i);
                c->flow[c->n] = f->label[first + e];
                c->value[c->n] = x * m->quantum / f->model->step_years;
            }
            c->n++;
        }
}

static void collect_all(const flows *f, changes *c, int arcs)
{
    c->n = 0;
    for (int i = 0, first = 0; i < f->model->nminerals; first += f->model->minerals[i++].nepochs) {
        const km_mineral *m = &f->model->minerals[i];
        if (arcs)
            collect(f, c, m, m->narcs, first, arc_of, arc_name);
        else
            collect(f, c, m, m->nsites, first, site_of, site_name);
    }
}

static void report_changes(const flows *f, changes *c, int arcs)
{
    kura_arena *a = &f->frame->arena;
    collect_all(f, c, arcs);
    if (!c->n) return;
    c->object = KURA_NEW(a, const char *, (size_t)c->n);
    c->flow = KURA_NEW(a, const char *, (size_t)c->n);
    c->value = KURA_NEW(a, double, (size_t)c->n);
    if (a->failed) return;
    collect_all(f, c, arcs);
    kura_frame_dim_labels(f->frame, f->group, c->dim, c->n, c->object);
    kura_frame_var(f->frame, f->group, c->what, KF_STRING, c->dim, c->flow, "",
                   "base flow from which on it holds, until the next row of the same object", "7", NULL);
    kura_frame_var(f->frame, f->group, c->figure, KF_F64, c->dim, c->value, "t year-1", c->text, "7", NULL);
}

/* The step of the run in which an epoch begins, and its date: 0 where it was in force before. */
static void describe(flows *f, const km_mineral *m, int e)
{
    kura_arena *a = &f->frame->arena;
    int step = m->epoch_from[e] - f->model->burn;
    char date[11];
    kura_date_format(f->model->scenario->run.start_day + (int32_t)floor(step * f->model->step_days), date);
    f->step[f->n] = step;
    f->mineral[f->n] = m->id;
    f->date[f->n] = kura_arena_printf(a, "%s", date);
    f->label[f->n++] = kura_arena_printf(a, "%s/%d", m->id, step);
}

kura_status kura_report_base_flows(kura_frame *frame, const km_model *model, kura_error *err)
{
    flows f = {.frame = frame, .model = model};
    changes arcs = {.dim = "trade_change",
                    .what = "trade_change_base_flow",
                    .figure = "trade_change_volume",
                    .text = "base flow of the trade from then on, at loading"};
    changes sites = {.dim = "output_change",
                     .what = "output_change_base_flow",
                     .figure = "output_change_output",
                     .text = "base output of the site from then on"};
    size_t n = 0;
    for (int i = 0; i < model->nminerals; i++) n += (size_t)model->minerals[i].nepochs;
    if (!n) return KURA_OK;
    kura_arena *a = &frame->arena;
    f.label = KURA_NEW(a, const char *, n);
    f.mineral = KURA_NEW(a, const char *, n);
    f.date = KURA_NEW(a, const char *, n);
    f.step = KURA_NEW(a, int32_t, n);
    if (a->failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (int i = 0; i < model->nminerals; i++)
        for (int e = 0; e < model->minerals[i].nepochs; e++) describe(&f, &model->minerals[i], e);
    f.group = kura_frame_group(frame, "levers");
    kura_frame_dim_labels(frame, f.group, "base_flow", (int64_t)n, f.label);
    kura_frame_var(frame, f.group, "base_flow_mineral", KF_STRING, "base_flow", f.mineral, "",
                   "mineral whose base flow it is", "7", NULL);
    kura_frame_var(frame, f.group, "base_flow_step", KF_I32, "base_flow", f.step, "1",
                   "first step in which it is in force; before the first of a mineral it is that of /network",
                   "7", NULL);
    kura_frame_var(frame, f.group, "base_flow_from", KF_STRING, "base_flow", f.date, "", "date of that step",
                   "7", NULL);
    report_changes(&f, &arcs, 1);
    report_changes(&f, &sites, 0);
    return a->failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result") : KURA_OK;
}
