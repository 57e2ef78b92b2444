/* Epochs [7]: levers change the base flow in steps, of a quarter or more.  Each epoch is a whole mineral with
 * the same hubs, sites and arcs in the same order, whose volumes and outputs are those of the base flow as
 * levers have changed it by the first step of the epoch.  Capacity that is there is not torn down. */
#include "model/levers_internal.h"
#include "num/math.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EPOCHS = 40, DUST = 64 };
#define QUARTER_DAYS 91.3125

/* ---- when ---- */

static double start_of(const compile_ctx *c, const sc_lever *l)
{
    return l->start_step == INT_MAX ? -INFINITY : (double)l->start_step + c->model->burn;
}

static double end_of(const compile_ctx *c, const sc_lever *l)
{
    return l->end_step == INT_MAX ? INFINITY : (double)l->end_step + c->model->burn;
}

double km_lever_done(const compile_ctx *c, const sc_lever *l, int t)
{
    double start = start_of(c, l), ramp = l->ramp_days / c->model->step_days;
    if (t < start || t >= end_of(c, l)) return 0;
    return ramp > 0 && t - start < ramp ? (t - start) / ramp : 1;
}

double km_lever_level(const compile_ctx *c, const sc_lever *l, int t)
{
    return l->level * km_lever_done(c, l, t);
}

/* Levers on a mineral; those whose whole changes over time (what is recycled) need epochs to the end. */
typedef struct {
    int n;
    const sc_lever **lever;
    unsigned char *moves;
} lever_list;

static void add(lever_list *list, const sc_lever *l, int moves)
{
    list->lever[list->n] = l;
    list->moves[list->n++] = (unsigned char)moves;
}

static int researched(const kura_scenario_data *sc, const sc_research *x, int mineral)
{
    for (int s = 0; s < sc->nsites; s++)
        if (x->sites[s] && sc->sites[s].mineral == mineral) return 1;
    return 0;
}

static int imports(const km_mineral *m, const unsigned char *countries)
{
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].arc_end > m->hubs[h].arc_begin && countries[m->hubs[h].country]) return 1;
    return 0;
}

static kura_status list_levers(compile_ctx *c, const km_mineral *m, lever_list *list)
{
    const kura_scenario_data *sc = c->sc;
    int id = m->scenario_mineral;
    size_t n = (size_t)(sc->ninvestments + sc->nrecyclings + sc->ndiversifications + sc->ndependence_caps +
                        sc->nresearches);
    list->lever = KURA_NEW(&c->model->arena, const sc_lever *, n);
    list->moves = KURA_NEW(&c->model->arena, unsigned char, n);
    KM_ALLOC(c, list->lever && list->moves);
    unsigned char *counts = KURA_NEW(&c->model->arena, unsigned char, (size_t)sc->ninvestments + 1);
    KM_ALLOC(c, counts);
    for (int i = sc->ninvestments - 1; i >= 0; i--) { /* what is needed stands before, of any mineral */
        const sc_investment *x = &sc->investments[i];
        counts[i] |= x->site.mineral == id;
        for (int k = 0; k < x->nneeds && counts[i]; k++) counts[km_investment(sc, x->needs[k])] = 1;
    }
    for (int i = 0; i < sc->ninvestments; i++)
        if (counts[i]) add(list, &sc->investments[i].lever, 0);
    for (int i = 0; i < sc->nrecyclings; i++)
        if (sc->recyclings[i].site.mineral == id) add(list, &sc->recyclings[i].lever, 1);
    for (int i = 0; i < sc->ndiversifications; i++)
        if (sc->diversifications[i].mineral == id) add(list, &sc->diversifications[i].lever, 0);
    for (int i = 0; i < sc->ndependence_caps; i++) {
        const sc_dependence_cap *x = &sc->dependence_caps[i];
        if ((!x->minerals || x->minerals[id]) && imports(m, x->importers)) add(list, &x->lever, 0);
    }
    for (int i = 0; i < sc->nresearches; i++)
        if (researched(sc, &sc->researches[i], id)) add(list, &sc->researches[i].lever, 0);
    return KURA_OK;
}

/* Marks the first steps of epochs that are `spacing` apart while something changes; how many there are. */
static int mark_epochs(const compile_ctx *c, const lever_list *list, double spacing, unsigned char *first)
{
    int T = c->model->steps, n = 0;
    memset(first, 0, (size_t)T);
    for (int i = 0; i < list->n; i++) {
        const sc_lever *l = list->lever[i];
        double start = kura_max(0, start_of(c, l)), end = kura_min(T, end_of(c, l));
        if (!(start < end)) continue; /* over before the run, or not yet begun after it */
        double done = kura_max(start, start_of(c, l) + l->ramp_days / c->model->step_days);
        double last = list->moves[i] ? end : kura_min(done, end);
        for (double t = start; t < last; t += spacing) first[(int)ceil(t)] = ceil(t) < T;
        if (ceil(done) < end) first[(int)ceil(done)] = 1;
        if (end < T) first[(int)ceil(end)] = 1;
    }
    for (int t = 0; t < T; t++) n += first[t];
    return n;
}

/* ---- one epoch ---- */

static kura_status copy_network(compile_ctx *c, const km_mineral *base, km_mineral *m)
{
    *m = *base;
    m->epochs = NULL;
    m->nepochs = 0;
#define COPY(what, type, n)                                                                                  \
    m->what = KURA_NEW(&c->model->arena, type, (size_t)(n));                                                 \
    KM_ALLOC(c, m->what);                                                                                    \
    if (n) memcpy(m->what, base->what, (size_t)(n) * sizeof(type))
    COPY(hubs, km_hub, m->nhubs);
    COPY(sites, km_site, m->nsites);
    COPY(arcs, km_arc, m->narcs);
#undef COPY
    int n = 0;
    for (int i = 0; i < c->sc->ninvestments; i++) n += c->sc->investments[i].offtake.n;
    m->offtakes = KURA_NEW(&c->model->arena, km_offtake, (size_t)n);
    KM_ALLOC(c, m->offtakes);
    return KURA_OK;
}

/* Capacity that is there stays; where suppliers follow, it grows with what they are to make.  The last quanta
 * of a base flow are no reason to be short of them. */
static void set_capacities(km_epoch *e, const km_mineral *before)
{
    for (int s = 0; s < e->m->nsites; s++) {
        km_site *site = &e->m->sites[s];
        const sc_site *in = &e->c->sc->sites[site->scenario_site];
        if (site->fixed) continue;
        site->K = kura_max(site->K, before->sites[s].K);
        if (e->follows && !site->nhosts && site->d0 > e->base->sites[s].d0)
            site->K = kura_max(site->K, floor(site->d0 * (1 + in->spare)));
        if (site->d0 > site->K && site->d0 - site->K <= DUST) site->K = site->d0;
    }
    for (int a = 0; a < e->m->narcs; a++) {
        km_arc *arc = &e->m->arcs[a];
        if (arc->quota >= 0 && arc->v > arc->quota && arc->v - arc->quota <= DUST) arc->quota = arc->v;
    }
}

static int any_follows(const km_epoch *e)
{
    const kura_scenario_data *sc = e->c->sc;
    int id = e->m->scenario_mineral, any = 0;
    for (int i = 0; i < sc->ndiversifications; i++) {
        const sc_diversification *x = &sc->diversifications[i];
        any |= x->follows && x->mineral == id && km_lever_done(e->c, &x->lever, e->t) > 0;
    }
    for (int i = 0; i < sc->ndependence_caps; i++) {
        const sc_dependence_cap *x = &sc->dependence_caps[i];
        any |= x->follows && (!x->minerals || x->minerals[id]) && km_lever_done(e->c, &x->lever, e->t) > 0;
    }
    return any;
}

/* What is left open beyond what a cap has told, the most of all epochs: feed or goods that nobody has the
 * capacity to make. */
static kura_status report_open(km_epoch *e)
{
    compile_ctx *c = e->c;
    for (int h = 0; h < e->m->nhubs; h++) {
        const km_hub *hub = &e->m->hubs[h];
        if (!(hub->uncontracted > DUST)) continue;
        const char *place = km_place(c, e->m, h);
        KM_ALLOC(c, place);
        double open = km_per_year(c, e->m, hub->uncontracted), told = 0;
        for (int i = 0; i < c->model->neffects; i++)
            if (strcmp(c->model->effects[i].object, place) == 0 &&
                strcmp(c->model->effects[i].lever, "open") != 0)
                told += c->model->effects[i].uncontracted;
        if (!(open > told * (1 + 1e-9))) continue;
        km_lever_effect *k = km_effect(c, e->base, "open", place);
        KM_ALLOC(c, k);
        k->uncontracted = kura_max(k->uncontracted, open - told);
    }
    return KURA_OK;
}

/* What baskets bring and nobody takes any more, the most of all epochs [2.5]. */
static kura_status report_surplus(km_epoch *e)
{
    compile_ctx *c = e->c;
    for (int h = 0; h < e->m->nhubs; h++) {
        const km_hub *hub = &e->m->hubs[h];
        if (!(hub->surplus > DUST)) continue;
        const char *place = km_place(c, e->m, h);
        km_lever_effect *k = place ? km_effect(c, e->base, "surplus", place) : NULL;
        KM_ALLOC(c, k);
        k->surplus = kura_max(k->surplus, km_per_year(c, e->m, hub->surplus));
    }
    return KURA_OK;
}

static kura_status make_epoch(compile_ctx *c, const km_mineral *base, const km_mineral *before, km_mineral *m,
                              int t)
{
    km_epoch e = {.c = c, .base = base, .m = m, .t = t};
    KURA_TRY(copy_network(c, base, m));
    e.follows = any_follows(&e);
    KURA_TRY(km_apply_research(&e));
    for (int form = m->nforms - 1; form >= 0; form--) {
        KURA_TRY(km_apply_levers(&e, form));
        KURA_TRY(km_rebalance(&e, form));
    }
    KM_ALLOC(c, !e.failed);
    set_capacities(&e, before);
    for (int s = 0; s < m->nsites; s++) m->sites[s].usual = km_usual_capacity(&m->sites[s]);
    KURA_TRY(report_open(&e));
    KURA_TRY(report_surplus(&e));
    kura_diag quiet = {0}, *all = c->diag; /* what it has to say was said of the base flow */
    c->diag = &quiet;
    kura_status st = km_refinish_network(c, m, before);
    c->diag = all;
    kura_diag_fini(&quiet);
    return st;
}

/* ---- all epochs of a mineral ---- */

/* What a hub looks at must not change on the way: what any epoch needs is kept in all. */
static void look_alike(km_mineral *base)
{
    for (int h = 0; h < base->nhubs; h++) {
        int qualifies = base->hubs[h].qualifies, looks = base->hubs[h].looks;
        for (int i = 0; i < base->nepochs; i++) {
            qualifies |= base->epochs[i].hubs[h].qualifies;
            looks |= base->epochs[i].hubs[h].looks;
        }
        base->hubs[h].qualifies = qualifies;
        base->hubs[h].looks = looks;
        for (int i = 0; i < base->nepochs; i++) {
            base->epochs[i].hubs[h].qualifies = qualifies;
            base->epochs[i].hubs[h].looks = looks;
        }
    }
}

static km_site *site_of(compile_ctx *c, const sc_investment *x)
{
    return &c->model->minerals[x->site.mineral].sites[c->site_mineral_index[x->index]];
}

/* What investments wait for [7.5], of whatever mineral.  What is needed stands before what needs it, so that
 * a site is late with all that its needs need in turn. */
static kura_status link_needs(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    for (int i = 0; i < sc->ninvestments; i++) {
        const sc_investment *x = &sc->investments[i];
        km_project *p = &site_of(c, x)->project;
        p->needs = KURA_NEW(&c->model->arena, const km_project *, (size_t)x->nneeds);
        KM_ALLOC(c, p->needs);
        for (int k = 0; k < x->nneeds; k++) {
            const km_project *needed = &site_of(c, &sc->investments[km_investment(sc, x->needs[k])])->project;
            p->needs[p->nneeds++] = needed;
            p->given |= needed->given;
        }
    }
    return KURA_OK;
}

/* How much of its capacity is to be there in each step, for sites that may be late. */
static kura_status plan_sites(compile_ctx *c, km_mineral *m, const unsigned char *first)
{
    for (int s = 0; s < m->nsites; s++) {
        km_site *site = &m->sites[s];
        const sc_building *ignored;
        const sc_lever *l = km_lever_of(c->sc, &c->sc->sites[site->scenario_site], &ignored);
        if (!l || !site->project.given) continue;
        site->varies = 1;
        double *plan = KURA_NEW(&c->model->arena, double, (size_t)c->model->steps);
        KM_ALLOC(c, plan);
        for (int t = 0, from = -1; t < c->model->steps; t++) {
            if (first[t]) from = t;
            plan[t] = from < 0 ? 0 : km_lever_done(c, l, from);
        }
        site->project.plan = plan;
    }
    return KURA_OK;
}

static kura_status epochs_of(compile_ctx *c, km_mineral *base)
{
    int T = c->model->steps, n;
    lever_list list = {0};
    KURA_TRY(list_levers(c, base, &list));
    if (!list.n) return KURA_OK;
    if (base->push) {
        kura_diag_add(c->diag, KURA_DIAG_ERROR, list.lever[0]->where.file, list.lever[0]->where.line, 0, NULL,
                      "levers change a balanced base flow, which %s with \"production: push\" has not; take "
                      "\"production: order\"",
                      base->id);
        return KURA_OK;
    }
    double spacing = kura_max(1, floor(QUARTER_DAYS / c->model->step_days + 0.5));
    unsigned char *first = KURA_NEW(&c->model->arena, unsigned char, (size_t)T + 1);
    KM_ALLOC(c, first);
    while ((n = mark_epochs(c, &list, spacing, first)) > MOST_EPOCHS && spacing < T) spacing *= 1.25;
    if (!n) return KURA_OK; /* all of them begin after the run */
    KURA_TRY(plan_sites(c, base, first));
    km_mineral *epochs = KURA_NEW(&c->model->arena, km_mineral, (size_t)n);
    int *from = KURA_NEW(&c->model->arena, int, (size_t)n);
    const km_mineral **now = KURA_NEW(&c->model->arena, const km_mineral *, (size_t)T);
    KM_ALLOC(c, epochs && from && now);
    base->now = now;
    for (int t = 0, i = -1; t < T; t++) {
        if (first[t]) {
            KURA_TRY(make_epoch(c, base, i < 0 ? base : &epochs[i], &epochs[i + 1], t));
            from[++i] = t;
        }
        now[t] = i < 0 ? base : &epochs[i];
    }
    base->epochs = epochs;
    base->epoch_from = from;
    base->nepochs = n;
    look_alike(base);
    return KURA_OK;
}

/* What a lever leaves open, and capacity without any use, are results that nobody should overlook. */
static void warn(compile_ctx *c)
{
    for (int i = 0; i < c->model->neffects; i++) {
        const km_lever_effect *k = &c->model->effects[i];
        const sc_where *at = &c->sc->minerals[k->mineral].where;
        int open = k->uncontracted > 0, built = k->wanted > 0 && k->done == 0;
        if (open)
            kura_diag_add(c->diag, KURA_DIAG_WARNING, at->file, at->line, 0, NULL,
                          "%s: after the levers %.6g t/year have no supplier with capacity left and will be "
                          "missing (%s)",
                          k->object, k->uncontracted, k->lever);
        else if (k->surplus > 0)
            kura_diag_add(
                c->diag, KURA_DIAG_WARNING, at->file, at->line, 0, NULL,
                "%s: after the levers %.6g t/year come along with their host that nobody takes; they "
                "go to stock and, when that is full, are thrown away",
                k->object, k->surplus);
        else if (built)
            kura_diag_add(c->diag, KURA_DIAG_WARNING, at->file, at->line, 0, NULL,
                          "%s has no effect on %s: of %.6g t/year nothing finds a buyer or a supplier",
                          k->lever, k->object, k->wanted);
    }
}

kura_status km_compile_epochs(compile_ctx *c)
{
    KURA_TRY(link_needs(c));
    for (int i = 0; i < c->model->nminerals; i++) KURA_TRY(epochs_of(c, &c->model->minerals[i]));
    warn(c);
    return KURA_OK;
}
