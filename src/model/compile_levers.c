/* What levers do to a base flow [7]: research, then for each form investment, recycling, diversification and
 * dependence cap, so that a cap holds whatever the others do. */
#include "model/levers_internal.h"
#include "model/outflow.h"
#include "num/math.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double quanta(const km_mineral *m, double tonnes) { return floor(tonnes / m->quantum); }

/* ---- effects ---- */

km_lever_effect *km_effect(compile_ctx *c, const km_mineral *m, const char *lever, const char *object)
{
    km_model *model = c->model;
    for (int i = 0; i < model->neffects; i++)
        if (strcmp(model->effects[i].lever, lever) == 0 && strcmp(model->effects[i].object, object) == 0)
            return &model->effects[i];
    if (model->neffects == model->neffects_max) {
        int most = model->neffects_max ? 2 * model->neffects_max : 16;
        km_lever_effect *all = KURA_NEW(&model->arena, km_lever_effect, (size_t)most);
        if (!all) return NULL;
        if (model->neffects) memcpy(all, model->effects, (size_t)model->neffects * sizeof *all);
        model->effects = all;
        model->neffects_max = most;
    }
    km_lever_effect *k = &model->effects[model->neffects++];
    *k = (km_lever_effect){.lever = lever, .object = object, .mineral = m->scenario_mineral};
    return k;
}

static kura_status report(km_epoch *e, const char *kind, const char *id, const char *object, double wanted,
                          double done)
{
    compile_ctx *c = e->c;
    const char *lever = kura_arena_printf(&c->model->arena, "%s/%s", kind, id);
    km_lever_effect *k = lever && object ? km_effect(c, e->base, lever, object) : NULL;
    KM_ALLOC(c, k);
    k->wanted = km_per_year(c, e->m, wanted);
    k->done = km_per_year(c, e->m, done);
    k->kept = k->wanted - k->done;
    return KURA_OK;
}

/* ---- research [7.9] ---- */

kura_status km_apply_research(km_epoch *e)
{
    const kura_scenario_data *sc = e->c->sc;
    for (int i = 0; i < sc->nresearches; i++) {
        const sc_research *x = &sc->researches[i];
        double part = x->success * km_lever_level(e->c, &x->lever, e->t);
        for (int s = 0; s < e->m->nsites; s++) {
            km_site *site = &e->m->sites[s];
            if (!x->sites[site->scenario_site] || !site->refine || !(x->yield > site->yield)) continue;
            double feed = site->d0;
            site->yield += part * (x->yield - site->yield);
            site->d0 = km_input_for(site->x0, site->yield);
            if (part > 0)
                KURA_TRY(report(e, "research", x->lever.id, site->id, feed - site->d0, feed - site->d0));
        }
    }
    return KURA_OK;
}

/* ---- sites that levers build [7.3, 7.5, 7.6] ---- */

static km_site *site_of(km_epoch *e, int scenario_site)
{
    if (scenario_site < 0 || e->c->sc->sites[scenario_site].mineral != e->m->scenario_mineral) return NULL;
    return &e->m->sites[e->c->site_mineral_index[scenario_site]];
}

/* Output for the use of its own country: what is lacking there (the feed of a new plant), then in place of
 * imports; what is beyond both stays capacity that nobody orders from. */
static double use_at_home(km_epoch *e, km_site *s, double amount, const unsigned char *from)
{
    const km_hub *h = &e->m->hubs[s->hub];
    double lack = kura_max(0, h->U0 + h->E - h->X - h->M - h->uncontracted), first = kura_min(lack, amount);
    km_set_output(e->m, s, s->x0 + first);
    double more = km_displace(e, s->hub, amount - first, from, NULL);
    km_set_output(e->m, s, s->x0 + more);
    return first + more;
}

/* Firm quantity to a buyer abroad: what it lacks (the feed of a new plant), then in place of what others sell
 * there. */
static double sell(km_epoch *e, km_site *s, int country, double amount, const unsigned char *from)
{
    km_mineral *m = e->m;
    const km_hub *home = &m->hubs[s->hub];
    km_arc *arc = km_arc_between(m, home->form, home->country, country);
    if (!arc) return 0;
    const km_hub *buyer = &m->hubs[arc->to];
    double arriving = km_arriving(arc, amount), before = arc->v;
    double lack = kura_max(0, buyer->U0 + buyer->E - buyer->X - buyer->M - buyer->uncontracted);
    double first = kura_min(lack, arriving);
    km_set_net(m, arc, arc->net + first);
    double net = km_displace(e, arc->to, arriving - first, from, arc);
    km_set_net(m, arc, arc->net + net);
    double loaded = arc->v - before, can = floor(s->yield * s->K);
    arc->offtake += loaded;
    km_set_output(e->m, s, s->x0 + loaded);
    if (loaded > 0)
        m->offtakes[m->nofftakes++] =
            (km_offtake){(int)(s - m->sites), (int)(arc - m->arcs), loaded, can > 0 ? loaded / can : 0};
    return loaded;
}

int km_investment(const kura_scenario_data *sc, const char *id)
{
    int i = 0;
    while (strcmp(sc->investments[i].lever.id, id) != 0) i++;
    return i;
}

/* How far the site and all that it needs are done. */
static double done_with_needs(const km_epoch *e, const sc_investment *x)
{
    const kura_scenario_data *sc = e->c->sc;
    double level = km_lever_level(e->c, &x->lever, e->t);
    for (int k = 0; k < x->nneeds; k++)
        level = kura_min(level, done_with_needs(e, &sc->investments[km_investment(sc, x->needs[k])]));
    return level;
}

static kura_status invest(km_epoch *e, const sc_investment *x, int form)
{
    km_site *s = site_of(e, x->index);
    if (!s || e->m->hubs[s->hub].form != form) return KURA_OK;
    double level = done_with_needs(e, x), planned = floor(quanta(e->m, x->site.output) * level), sold = 0;
    s->K = s->refine ? km_input_for(planned, s->yield) : planned;
    if (!(planned > 0)) return KURA_OK;
    for (int i = 0; i < x->offtake.n; i++) {
        double amount = floor(planned * x->offtake.share[i]);
        sold += x->offtake.country[i] == e->m->hubs[s->hub].country
                    ? use_at_home(e, s, amount, x->displaces)
                    : sell(e, s, x->offtake.country[i], amount, x->displaces);
    }
    if (!x->offtake.n) sold = use_at_home(e, s, planned, x->displaces);
    return report(e, "investment", x->lever.id, km_place(e->c, e->m, s->hub), planned, sold);
}

/* Use of products a step at the start, and its growth a step, of the country's users of a form. */
static double products_of(const km_epoch *e, const sc_recycling *x, int hub, double *growth)
{
    const kura_scenario_data *sc = e->c->sc;
    const sc_mineral *in = &sc->minerals[e->m->scenario_mineral];
    int form = -1;
    double sum = 0, weighted = 0;
    for (int k = 0; k < e->m->nconsumers; k++) {
        const km_hub *h = &e->m->hubs[e->m->consumers[k].hub];
        if (h->country != e->m->hubs[hub].country) continue;
        if (x->products[0] ? strcmp(in->forms[h->form], x->products) == 0 : h->form > form) form = h->form;
    }
    for (int k = 0; k < e->m->nconsumers; k++) {
        const km_consumer *q = &e->m->consumers[k];
        if (e->m->hubs[q->hub].country != e->m->hubs[hub].country || e->m->hubs[q->hub].form != form)
            continue;
        sum += q->D0;
        weighted += q->D0 * sc->demands[q->scenario_demand].growth;
    }
    *growth = sum > 0 ? weighted / sum : 0;
    return sum;
}

static kura_status recycle(km_epoch *e, const sc_recycling *x, int form)
{
    km_site *s = site_of(e, x->index);
    if (!s || e->m->hubs[s->hub].form != form) return KURA_OK;
    compile_ctx *c = e->c;
    double level = km_lever_level(c, &x->lever, e->t), growth, dy = c->model->step_years;
    double use = products_of(e, x, s->hub, &growth);
    double before = isnan(x->growth_before) ? growth : x->growth_before;
    kura_dist life;
    KURA_TRY(km_dist(c, &life, &x->lifetime, 1 / c->model->step_days, 0));
    double out =
        use * km_outflow(&life, kura_log(1 + before) * dy, kura_log(1 + growth) * dy, e->t - c->model->burn);
    double G = e->m->capacity_growth ? e->m->capacity_growth[e->t] : 1; /* it is as it is at this time */
    double planned = level * x->collection * x->recovery * out;
    if (!isnan(x->site.capacity)) planned = kura_min(planned, x->site.capacity / e->m->quantum);
    planned = floor(planned / G);
    s->K = planned;
    if (!(planned > 0)) return KURA_OK;
    return report(e, "recycling", x->lever.id, km_place(c, e->m, s->hub), planned,
                  use_at_home(e, s, planned, NULL));
}

/* ---- diversification [7.1] ---- */

void km_follow(km_epoch *e, sc_lever_kind kind, int index, int hub, double more)
{
    km_mineral *m = e->m;
    for (int s = m->hubs[hub].site_begin; s < m->hubs[hub].site_end; s++) {
        km_site *site = &m->sites[s];
        const sc_site *in = &e->c->sc->sites[site->scenario_site];
        if (in->lever != kind || in->lever_index != index) continue;
        km_set_output(m, site, site->x0 + more);
        site->K = site->d0;
        return;
    }
}

static kura_status diversify(km_epoch *e, const sc_diversification *x, int index, int form)
{
    km_mineral *m = e->m;
    if (x->mineral != m->scenario_mineral || x->form != form) return KURA_OK;
    double level = km_lever_level(e->c, &x->lever, e->t), wanted = 0, done = 0;
    int hub = km_hub_at(m, form, x->importer);
    if (hub < 0 || !(level > 0)) return KURA_OK;
    double M = m->hubs[hub].M;
    unsigned char *from = calloc((size_t)e->c->sc->ncountries + 1, 1);
    if (!from) return kura_error_set(e->c->err, KURA_E_MEMORY, "not enough memory to compile the model");
    for (int i = 0; i < e->c->sc->ncountries; i++) from[i] = x->from ? x->from[i] : 1;
    for (int i = 0; i < x->to.n; i++) from[x->to.country[i]] = 0;
    for (int i = 0; i < x->to.n; i++) {
        km_arc *arc = km_arc_between(m, form, x->to.country[i], x->importer);
        double amount = floor(level * x->to.share[i] * M), before;
        wanted += amount;
        if (!arc) continue;
        if (!x->follows) amount = kura_min(amount, km_arriving(arc, km_spare(m, arc->from)));
        double net = km_displace(e, hub, amount, from, arc);
        before = arc->v;
        km_set_net(m, arc, arc->net + net);
        km_add_premium(arc, before, x->premium);
        done += net;
        if (x->follows) km_follow(e, SC_LEVER_DIVERSIFICATION, index, arc->from, arc->v - before);
    }
    free(from);
    return report(e, "diversification", x->lever.id, km_place(e->c, m, hub), wanted, done);
}

/* ---- all of a form ---- */

/* New sites first, for what is lacking at home (the feed of a new plant); a cap last. */

kura_status km_apply_levers(km_epoch *e, int form)
{
    const kura_scenario_data *sc = e->c->sc;
    km_flow_totals(e->m, form);
    for (int i = 0; i < sc->ninvestments; i++) KURA_TRY(invest(e, &sc->investments[i], form));
    for (int i = 0; i < sc->nrecyclings; i++) KURA_TRY(recycle(e, &sc->recyclings[i], form));
    KURA_TRY(km_rebalance(e, form)); /* imports are what is needed now; then contracts move */
    for (int i = 0; i < sc->ndiversifications; i++) KURA_TRY(diversify(e, &sc->diversifications[i], i, form));
    for (int i = 0; i < sc->ndependence_caps; i++) KURA_TRY(km_apply_dependence_cap(e, i, form));
    return KURA_OK;
}

/* ---- what delays and cancels it [3.6] ---- */

const sc_lever *km_lever_of(const kura_scenario_data *sc, const sc_site *s, const sc_building **building)
{
    switch (s->lever) {
    case SC_LEVER_DIVERSIFICATION:
        *building = &sc->diversifications[s->lever_index].building;
        return &sc->diversifications[s->lever_index].lever;
    case SC_LEVER_DEPENDENCE_CAP:
        *building = &sc->dependence_caps[s->lever_index].building;
        return &sc->dependence_caps[s->lever_index].lever;
    case SC_LEVER_INVESTMENT:
        *building = &sc->investments[s->lever_index].building;
        return &sc->investments[s->lever_index].lever;
    case SC_LEVER_RECYCLING:
        *building = &sc->recyclings[s->lever_index].building;
        return &sc->recyclings[s->lever_index].lever;
    default:
        return NULL;
    }
}

kura_status km_lever_project(compile_ctx *c, km_site *site)
{
    const sc_building *building = NULL;
    const sc_site *in = &c->sc->sites[site->scenario_site];
    const sc_lever *l = km_lever_of(c->sc, in, &building);
    if (!l) return KURA_OK;
    km_project *p = &site->project;
    double per_step = 1 / c->model->step_days;
    const char *key = kura_arena_printf(&c->model->arena, "project/%s", site->id);
    KM_ALLOC(c, key);
    int start =
        in->lever == SC_LEVER_INVESTMENT ? c->sc->investments[in->lever_index].built_step : l->start_step;
    p->start = start == INT_MAX ? 0 : (double)start + c->model->burn;
    p->ramp = l->ramp_days * per_step;
    p->cancellation = building->cancellation;
    p->given = building->delay.kind != SC_DIST_NONE || building->cancellation > 0;
    kura_stream_init(&p->stream, c->model->seed, key);
    return km_dist(c, &p->delay, &building->delay, per_step, 0);
}
