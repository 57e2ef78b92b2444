/* Trace: the full state of the first paths of a run, for the golden step and for pictures.
 * One row an object over all minerals, [object][T][path]. */
#include "tally/trace.h"
#include "tally/block.h"
#include <string.h>

static void count(const km_model *model, int64_t n[KURA_TRACE_KINDS])
{
    memset(n, 0, sizeof(int64_t) * KURA_TRACE_KINDS);
    n[KURA_TRACE_COUNTRY] = model->nregimes;
    for (int i = 0; i < model->nminerals; i++) {
        n[KURA_TRACE_HUB] += model->minerals[i].nhubs;
        n[KURA_TRACE_SITE] += model->minerals[i].nsites;
        n[KURA_TRACE_ARC] += model->minerals[i].narcs;
        n[KURA_TRACE_TIER] += model->minerals[i].ntiers;
        n[KURA_TRACE_CONSUMER] += model->minerals[i].nconsumers;
        n[KURA_TRACE_MINERAL] += 1;
    }
}

static const kura_trace_column columns[] = {
#define COLUMN(id, name, kind, units, mass, text) {name, KURA_TRACE_##kind, units, mass, text},
    KURA_TRACE_COLUMNS(COLUMN)
#undef COLUMN
};

const kura_trace_column *kura_trace_columns(void) { return columns; }

size_t kura_trace_bytes(const km_model *model, int paths)
{
    int64_t n[KURA_TRACE_KINDS];
    size_t rows = 0;
    count(model, n);
    for (int c = 0; c < KURA_TRACE_COLUMN_COUNT; c++) rows += (size_t)n[columns[c].kind];
    return paths > 0 ? rows * (size_t)model->T * (size_t)paths * sizeof(double) : 0;
}

kura_trace *kura_trace_new(const km_model *model, int paths, kura_arena *arena)
{
    kura_trace *t = KURA_NEW(arena, kura_trace, 1);
    if (!t) return NULL;
    t->model = model;
    t->paths = paths;
    count(model, t->rows);
    for (int c = 0; c < KURA_TRACE_COLUMN_COUNT; c++)
        t->data[c] =
            KURA_NEW(arena, double, (size_t)t->rows[columns[c].kind] * (size_t)model->T * (size_t)paths);
    return t;
}

/* Writes lanes that belong to traced paths; `v` NULL stands for 1. */
static void put(kura_trace *t, int column, int row, const kura_view *view, const double *v, double scale)
{
    double *out = t->data[column] + ((size_t)row * (size_t)t->model->T + (size_t)view->t) * (size_t)t->paths;
    for (int l = 0; l < KURA_LANES; l++)
        if (view->first_path + (uint64_t)l < (uint64_t)t->paths)
            out[view->first_path + (uint64_t)l] = (v ? v[l] : 1) * scale;
}

static void put_bytes(kura_trace *t, int column, int row, const kura_view *view, const blane *v)
{
    double x[KURA_LANES];
    for (int l = 0; l < KURA_LANES; l++) x[l] = v->v[l];
    put(t, column, row, view, x, 1);
}

/* The outside of a step: what hazards, scripts and seasons leave. */
static void put_exogenous(kura_trace *t, const kura_view *view, int site, int arc)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    const kura_exogenous *e = view->exo;
    for (int b = 0; b < m->nsites; b++)
        put(t, KURA_TRACE_AVAILABILITY, site + b, view, e->avail[b] ? e->avail[b]->v : NULL, 1);
    for (int a = 0; a < m->narcs; a++) {
        double lag[KURA_LANES] = {0};
        for (int l = 0; l < KURA_LANES && m->arcs[a].detours; l++) lag[l] = e->lag[a].v[l];
        put(t, KURA_TRACE_OPENNESS, arc + a, view, m->arcs[a].varies ? e->kappa[a].v : NULL, 1);
        put(t, KURA_TRACE_DETOUR, arc + a, view, lag, 1);
    }
    if (view->mineral) return; /* minerals share the regimes */
    for (int r = 0; r < view->model->nregimes; r++) put_bytes(t, KURA_TRACE_REGIME, r, view, e->regime[r]);
}

void kura_trace_step(kura_trace *t, const kura_view *view)
{
    if (view->first_path >= (uint64_t)t->paths) return;
    const km_mineral *m = &view->model->minerals[view->mineral];
    const kura_state *s = view->base;
    const kura_exogenous *e = view->exo;
    int hub = 0, site = 0, arc = 0, tier = 0, consumer = 0;
    for (int i = 0; i < view->mineral; i++) {
        const km_mineral *b = &view->model->minerals[i];
        hub += b->nhubs, site += b->nsites, arc += b->narcs, tier += b->ntiers, consumer += b->nconsumers;
    }
    double q = m->quantum;
    for (int h = 0; h < m->nhubs; h++) {
        put(t, KURA_TRACE_ON_HAND, hub + h, view, s->I[h].v, q);
        put(t, KURA_TRACE_IN_TRANSIT, hub + h, view, s->P[h].v, q);
        put(t, KURA_TRACE_USE_AVERAGE, hub + h, view, s->Ubar[h].v, q);
        put(t, KURA_TRACE_ORDER, hub + h, view, s->W[h].v, q);
        put(t, KURA_TRACE_INBOUND, hub + h, view, e->Z[h].v, 1);
        put(t, KURA_TRACE_QUALIFICATION, hub + h, view, e->q[h].v, 1);
        if (m->has_notice) put(t, KURA_TRACE_ANNOUNCED, hub + h, view, e->notice[h].v, 1);
    }
    put_exogenous(t, view, site, arc);
    for (int b = 0; b < m->nsites; b++) put(t, KURA_TRACE_OUTPUT, site + b, view, s->xs[b].v, q);
    for (int a = 0; a < m->narcs; a++) put(t, KURA_TRACE_SHIPMENT, arc + a, view, s->ship[a].v, q);
    for (int k = 0; k < m->ntiers; k++) {
        double state[KURA_LANES];
        int own = km_reads_state(&m->tiers[k]);
        const ilane *fsm = own ? &s->fsm[k] : &e->fsm[k];
        for (int l = 0; l < KURA_LANES; l++) state[l] = fsm->v[l];
        put(t, KURA_TRACE_TIER_STOCK, tier + k, view, s->S[k].v, q);
        put(t, KURA_TRACE_RELEASE, tier + k, view, s->release[k].v, q);
        put(t, KURA_TRACE_TRIGGER, tier + k, view, state, 1);
        put(t, KURA_TRACE_LOSS, tier + k, view, own ? s->fe[k].v : e->fe[k].v, 1);
    }
    for (int k = 0; k < m->nconsumers; k++) {
        put(t, KURA_TRACE_DEMAND, consumer + k, view, s->D[k].v, q);
        put(t, KURA_TRACE_UNSERVED, consumer + k, view, s->unserved[k].v, q);
        if (m->any_own) put(t, KURA_TRACE_OWN_STOCK, consumer + k, view, s->own[k].v, q);
    }
    put(t, KURA_TRACE_LOG_PRICE, view->mineral, view, s->X->v, 1);
    put(t, KURA_TRACE_SCARCITY, view->mineral, view, s->Sc->v, 1);
}
