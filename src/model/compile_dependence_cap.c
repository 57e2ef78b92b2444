/* Dependence cap [7.2]: what suppliers sell above the cap goes to the others in proportion, again and again
 * until all are under it; what nobody else can deliver stays open, or (soft) where it was. */
#include "model/levers_internal.h"
#include "model/water_filling.h"
#include "num/math.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int holds_for_form(const km_epoch *e, const sc_dependence_cap *x, int hub, int form)
{
    const km_mineral *m = e->m;
    int last = -1;
    for (int i = 0; i < x->nforms; i++)
        if (strcmp(x->forms[i], m->forms[form]) == 0) return 1;
    if (x->nforms) return 0;
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].country == m->hubs[hub].country &&
            e->base->hubs[h].arc_end > e->base->hubs[h].arc_begin)
            last = m->hubs[h].form;
    return last == form;
}

static int is_capped(const km_epoch *e, const sc_dependence_cap *x, const km_arc *arc)
{
    return !x->of || x->of[e->m->hubs[arc->from].country];
}

/* What a supplier may sell at most under the cap, in net mass. */
static double allowed(const km_epoch *e, const sc_dependence_cap *x, double level, int a, double M)
{
    const km_arc *arc = &e->m->arcs[a], *was = &e->base->arcs[a];
    double before = e->base->hubs[arc->to].M;
    if (!is_capped(e, x, arc)) return KM_NO_CAP;
    double share = before > 0 ? was->net / before : 0;
    share = share > x->cap ? share + level * (x->cap - share) : x->cap;
    return kura_max(floor(share * M), km_arriving(arc, arc->offtake));
}

/* How much of a cap is done, if it holds for the hub of an importer; 0 if it does not. */
static double level_at(const km_epoch *e, const sc_dependence_cap *x, int hub)
{
    const km_hub *h = &e->m->hubs[hub];
    if ((x->minerals && !x->minerals[e->m->scenario_mineral]) || !x->importers[h->country]) return 0;
    return h->M > 0 && holds_for_form(e, x, hub, h->form) ? km_lever_level(e->c, &x->lever, e->t) : 0;
}

/* What a supplier may sell at most now: under this cap; under those before it, whose work this one must not
 * undo; and what it can make. */
static double limit(const km_epoch *e, int index, double level, int a, double M)
{
    const sc_dependence_cap *x = &e->c->sc->dependence_caps[index];
    const km_arc *arc = &e->m->arcs[a];
    double most = allowed(e, x, level, a, M);
    for (int i = 0; i < index; i++) {
        const sc_dependence_cap *o = &e->c->sc->dependence_caps[i];
        double its = level_at(e, o, arc->to);
        if (its > 0) most = kura_min(most, kura_max(allowed(e, o, its, a, M), arc->net));
    }
    if (x->follows) return most;
    return kura_min(most, arc->net + km_arriving(arc, km_spare(e->m, arc->from)));
}

/* The strictest cap is the quota. */
static void set_quota(km_arc *arc, double quota)
{
    arc->quota = arc->quota < 0 ? quota : kura_min(arc->quota, quota);
}

static kura_status report(km_epoch *e, const sc_dependence_cap *x, int hub, double wanted, double open,
                          double kept)
{
    compile_ctx *c = e->c;
    const km_mineral *m = e->m;
    const char *lever = kura_arena_printf(&c->model->arena, "dependence_cap/%s", x->lever.id),
               *place = km_place(c, m, hub);
    km_lever_effect *k = lever && place ? km_effect(c, e->base, lever, place) : NULL;
    KM_ALLOC(c, k);
    k->wanted = km_per_year(c, m, wanted);
    k->uncontracted = km_per_year(c, m, open);
    k->kept = km_per_year(c, m, kept);
    k->done = k->wanted - k->uncontracted - k->kept;
    return KURA_OK;
}

static kura_status cap_importer(km_epoch *e, const sc_dependence_cap *x, int index, double level, int hub)
{
    km_mineral *m = e->m;
    km_hub *h = &m->hubs[hub];
    int n = h->arc_end - h->arc_begin;
    double M = h->M, wanted = 0, kept = 0;
    double *v = calloc(3 * (size_t)n + 1, sizeof *v), *most = v + n, *to = most + n;
    if (!v) return kura_error_set(e->c->err, KURA_E_MEMORY, "not enough memory to compile the model");
    for (int i = 0; i < n; i++) {
        v[i] = m->arcs[h->arc_begin + i].net;
        most[i] = limit(e, index, level, h->arc_begin + i, M);
        if (v[i] > most[i]) wanted += v[i] - most[i];
    }
    double open = wanted > 0 ? km_water_fill(n, v, most, M, to) : 0;
    for (int i = 0; i < n && wanted > 0 && x->soft; i++)
        if (v[i] > most[i]) { /* back to those that gave it up */
            to[i] += open * ((v[i] - most[i]) / wanted);
            most[i] = v[i];
        }
    if (x->soft) kept = open, open = 0;
    if (wanted > 0) km_to_lattice(n, most, to);
    open = wanted > 0 ? M : 0;
    for (int i = 0; i < n && wanted > 0; i++) {
        km_arc *arc = &m->arcs[h->arc_begin + i];
        double loaded = arc->v;
        open -= to[i];
        km_set_net(m, arc, to[i]);
        km_add_premium(arc, loaded, x->premium);
        if (x->follows && arc->v > loaded)
            km_follow(e, SC_LEVER_DEPENDENCE_CAP, index, arc->from, arc->v - loaded);
    }
    h->uncontracted += open;
    for (int a = h->arc_begin; a < h->arc_end && !x->soft; a++)
        if (is_capped(e, x, &m->arcs[a]))
            set_quota(&m->arcs[a], km_loaded_for(&m->arcs[a], allowed(e, x, level, a, M)));
    free(v);
    return wanted > 0 ? report(e, x, hub, wanted, open, kept) : KURA_OK;
}

kura_status km_apply_dependence_cap(km_epoch *e, int index, int form)
{
    const sc_dependence_cap *x = &e->c->sc->dependence_caps[index];
    km_mineral *m = e->m;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        double level = level_at(e, x, h);
        if (level > 0) KURA_TRY(cap_importer(e, x, index, level, h));
    }
    return KURA_OK;
}
