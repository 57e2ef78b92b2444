/* Base flows after levers [7]: suppliers follow what their buyers take.
 *
 * A lever changes what some hubs buy or make; every other hub then closes in proportion, own output and
 * imports alike, and passes the rest on to its suppliers of the same form, round after round.  Output grows
 * within the capacity there is; what cannot be made stays open and will be missing.  By-products cannot
 * follow [2.5]: what a basket brings comes whether it is wanted or not, so where buyers leave it is a
 * surplus, which goes to stock and beyond the store is thrown away; a limited one rises no further than its
 * hosts let it.  Of firm quantities no more is taken than the buyer uses.  The last quanta are closed like
 * those of any base flow. */
#include "model/levers_internal.h"
#include "model/water_filling.h"
#include "num/math.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 400, DUST = 64 };

double km_per_year(const compile_ctx *c, const km_mineral *m, double quanta)
{
    return quanta * m->quantum * 365.25 / c->model->step_days;
}

const char *km_place(compile_ctx *c, const km_mineral *m, int hub)
{
    return kura_arena_printf(&c->model->arena, "%s/%s/%s", m->id, m->forms[m->hubs[hub].form],
                             c->sc->countries[m->hubs[hub].country]);
}

int km_hub_at(const km_mineral *m, int form, int country)
{
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++)
        if (m->hubs[h].country == country) return h;
    return -1;
}

km_arc *km_arc_between(km_mineral *m, int form, int from, int to)
{
    for (int a = m->arc_form_begin[form]; a < m->arc_form_begin[form + 1]; a++)
        if (m->hubs[m->arcs[a].from].country == from && m->hubs[m->arcs[a].to].country == to)
            return &m->arcs[a];
    return NULL;
}

void km_set_net(km_mineral *m, km_arc *arc, double net)
{
    km_hub *to = &m->hubs[arc->to], *from = &m->hubs[arc->from];
    double v = km_loaded_for(arc, net);
    from->E += v - arc->v;
    to->Mo += v - arc->v;
    to->M += net - arc->net;
    arc->v = v;
    arc->net = net;
}

void km_add_premium(km_arc *arc, double before, double premium)
{
    if (premium > 0 && arc->v > before)
        arc->premium = (before * arc->premium + (arc->v - before) * premium) / arc->v;
}

double km_movable(const km_arc *arc) { return kura_max(0, arc->net - km_arriving(arc, arc->offtake)); }

double km_displace(km_epoch *e, int hub, double amount, const unsigned char *from, const km_arc *but)
{
    km_mineral *m = e->m;
    const km_hub *h = &m->hubs[hub];
    int n = h->arc_end - h->arc_begin;
    double *can = calloc(2 * (size_t)n + 1, sizeof *can), *x = can + n, sum = 0;
    if (!can) { /* the epoch fails as a whole */
        e->failed = 1;
        return 0;
    }
    for (int i = 0; i < n; i++) {
        const km_arc *arc = &m->arcs[h->arc_begin + i];
        if (arc != but && (!from || from[m->hubs[arc->from].country])) can[i] = km_movable(arc);
        sum += can[i];
    }
    if (amount > sum) amount = sum;
    for (int i = 0; i < n; i++) x[i] = sum > 0 ? can[i] * (amount / sum) : 0;
    km_to_lattice(n, can, x);
    double taken = 0;
    for (int i = 0; i < n; i++) {
        km_arc *arc = &m->arcs[h->arc_begin + i];
        if (x[i] > 0) km_set_net(m, arc, arc->net - x[i]);
        taken += x[i];
    }
    free(can);
    return taken;
}

/* What a site can make; a by-product's as long as its hosts run as in the base flow [2.5], whatever is built
 * at its works. */
static double most_of(const km_site *s) { return floor(s->yield * km_usual_capacity(s)); }

double km_spare(const km_mineral *m, int hub)
{
    const km_hub *h = &m->hubs[hub];
    double most = h->M - h->U0 - h->E;
    for (int s = h->site_begin; s < h->site_end; s++)
        if (!m->sites[s].standby && !m->sites[s].fixed)
            most += kura_max(most_of(&m->sites[s]), m->sites[s].x0);
    for (int s = h->site_begin; s < h->site_end; s++)
        if (m->sites[s].fixed) most += m->sites[s].x0;
    return kura_max(0, most);
}

static int flexible(const km_site *s) { return !s->standby && !s->fixed && !s->basket; }

void km_set_output(km_mineral *m, km_site *s, double x)
{
    m->hubs[s->hub].X += x - s->x0;
    s->x0 = x;
    s->d0 = s->refine ? km_input_for(x, s->yield) : x;
}

/* Too much: all that is not given falls in proportion, then what levers make and nobody takes, then firm
 * quantities; what a basket brings is left to the closing. */
static int cut(km_epoch *e, int hub, double surplus)
{
    km_mineral *m = e->m;
    const km_hub *h = &m->hubs[hub];
    double supply = 0;
    for (int s = h->site_begin; s < h->site_end; s++)
        if (flexible(&m->sites[s])) supply += m->sites[s].x0;
    for (int a = h->arc_begin; a < h->arc_end; a++) supply += km_movable(&m->arcs[a]);
    double share = supply > 0 ? kura_min(1, surplus / supply) : 0, before = surplus;
    for (int s = h->site_begin; s < h->site_end; s++) {
        km_site *site = &m->sites[s];
        if (!flexible(site)) continue;
        double x = floor(site->x0 * share);
        km_set_output(m, site, site->x0 - x);
        surplus -= x;
    }
    for (int a = h->arc_begin; a < h->arc_end; a++) {
        double x = floor(km_movable(&m->arcs[a]) * share);
        if (x > 0) km_set_net(m, &m->arcs[a], m->arcs[a].net - x);
        surplus -= x;
    }
    if (share < 1 && supply > 0) return surplus != before;
    for (int s = h->site_begin; s < h->site_end && surplus > 0; s++) {
        km_site *site = &m->sites[s];
        if (!site->fixed) continue;
        double x = kura_min(site->x0, surplus);
        km_set_output(m, site, site->x0 - x);
        surplus -= x;
    }
    surplus -= km_cut_offtake(e, hub, surplus);
    return surplus != before;
}

/* How far the output of a site may rise. */
static double room_of(const km_epoch *e, const km_site *s)
{
    if (!flexible(s)) return 0;
    if (e->follows && s->x0 > 0 && !s->nhosts) return 0x1p50; /* no by-product without its host */
    return kura_max(0, most_of(s) - s->x0);
}

/* What may still be added to a trade. */
static double under_cap(const km_arc *a)
{
    return a->quota < 0 ? KM_NO_CAP : kura_max(0, km_arriving(a, a->quota) - a->net);
}

/* Too little: own output and imports rise in proportion to what they are; where own output is at its end,
 * imports alone. */
static int grow(km_epoch *e, int hub, double lack)
{
    km_mineral *m = e->m;
    km_hub *h = &m->hubs[hub];
    double own = 0, room = 0, imports = 0, before = lack, there = kura_min(lack, h->surplus);
    h->surplus -= there;
    lack -= there;
    if (!(lack > 0)) return 1;
    for (int s = h->site_begin; s < h->site_end; s++) {
        own += flexible(&m->sites[s]) ? m->sites[s].x0 : 0;
        room += room_of(e, &m->sites[s]);
    }
    for (int a = h->arc_begin; a < h->arc_end; a++) imports += km_movable(&m->arcs[a]);
    double make = imports > 0 ? lack * (own / (own + imports)) : lack;
    make = floor(kura_min(make, room));
    for (int s = h->site_begin; s < h->site_end && make > 0; s++) {
        km_site *site = &m->sites[s];
        double part = e->follows ? (own > 0 && flexible(site) ? site->x0 / own : 0) : room_of(e, site) / room;
        double x = kura_min(floor(make * part), room_of(e, site));
        km_set_output(m, site, site->x0 + x);
        lack -= x;
    }
    double buy = imports > 0 ? lack : 0; /* in the proportions from before */
    for (int a = h->arc_begin; a < h->arc_end && buy > 0; a++) {
        km_arc *arc = &m->arcs[a];
        double x = kura_min(floor(buy * (km_movable(arc) / imports)), under_cap(arc));
        if (x > 0) km_set_net(m, arc, arc->net + x);
        lack -= x;
    }
    if (lack == before && lack > DUST) { /* nothing can rise */
        h->uncontracted += lack;
        return 1;
    }
    return lack != before;
}

static double residual(const km_hub *h) { return h->X + h->M + h->uncontracted - h->U0 - h->E - h->surplus; }

/* The last quanta, by the rules of any base flow; its messages would be about quanta, so they are not kept,
 * but an error is. */
static kura_status close_dust(km_epoch *e, int form)
{
    kura_diag own = {0}, *all = e->c->diag;
    e->c->diag = &own;
    kura_status st = km_close_flow(e->c, e->m, form);
    e->c->diag = all;
    for (size_t i = 0; i < own.count && !st; i++)
        if (own.items[i].severity == KURA_DIAG_ERROR)
            kura_diag_add(all, KURA_DIAG_ERROR, own.items[i].file, own.items[i].line, own.items[i].column,
                          NULL, "with its levers, in step %d: %s", e->t - e->c->model->burn,
                          own.items[i].message);
    kura_diag_fini(&own);
    return st;
}

kura_status km_rebalance(km_epoch *e, int form)
{
    km_mineral *m = e->m;
    int begin = m->hub_begin[form], end = m->hub_begin[form + 1], moved = 1;
    for (int round = 0; round < ROUNDS && moved; round++) {
        moved = 0;
        for (int h = begin; h < end; h++) {
            double r = residual(&m->hubs[h]);
            if (r > DUST) moved |= cut(e, h, r);
            if (r < -DUST) moved |= grow(e, h, -r);
        }
    }
    for (int h = begin; h < end; h++) /* what went round in a circle of traders */
        if (residual(&m->hubs[h]) < -DUST) m->hubs[h].uncontracted -= residual(&m->hubs[h]);
    return close_dust(e, form);
}
