/* Offtake that its buyer has no use for [7.6]: where nothing else is left to cut, less of the firm quantity
 * is taken, in proportion; what the plant could make of it stays capacity that nobody orders from. */
#include "model/levers_internal.h"
#include "num/math.h"
#include <math.h>
#include <string.h>

/* The effect of the investment that built the site; NULL when it has none. */
static km_lever_effect *effect_of(km_epoch *e, const km_site *site)
{
    compile_ctx *c = e->c;
    const sc_site *in = &c->sc->sites[site->scenario_site];
    if (in->lever != SC_LEVER_INVESTMENT) return NULL;
    const char *lever =
        kura_arena_printf(&c->model->arena, "investment/%s", c->sc->investments[in->lever_index].lever.id);
    const char *place = km_place(c, e->m, site->hub);
    km_lever_effect *k = lever && place ? km_effect(c, e->base, lever, place) : NULL;
    e->failed |= !k;
    return k;
}

/* Takes `less` of the firm quantities on a trade, `was` of them. */
static void reduce(km_epoch *e, int arc, double was, double less)
{
    double left = less;
    for (int i = 0; i < e->m->nofftakes; i++) {
        km_offtake *o = &e->m->offtakes[i];
        if (o->arc != arc || !(o->firm > 0)) continue;
        double x = kura_min(left, ceil(o->firm * (less / was))), firm = o->firm - x;
        km_lever_effect *k = effect_of(e, &e->m->sites[o->site]);
        if (k) {
            k->done -= km_per_year(e->c, e->m, x);
            k->kept += km_per_year(e->c, e->m, x);
        }
        o->part *= firm / o->firm;
        o->firm = firm;
        left -= x;
    }
}

double km_cut_offtake(km_epoch *e, int hub, double surplus)
{
    km_mineral *m = e->m;
    const km_hub *h = &m->hubs[hub];
    double firm = 0, cut = 0;
    for (int a = h->arc_begin; a < h->arc_end; a++) firm += km_arriving(&m->arcs[a], m->arcs[a].offtake);
    double share = firm > 0 ? kura_min(1, surplus / firm) : 0;
    for (int a = h->arc_begin; a < h->arc_end && cut < surplus; a++) {
        km_arc *arc = &m->arcs[a];
        double was = arc->offtake, x = kura_min(surplus - cut, ceil(share * km_arriving(arc, was)));
        if (!(was > 0) || !(x > 0)) continue;
        x = kura_min(x, arc->net);
        km_set_net(m, arc, arc->net - x);
        arc->offtake = kura_min(was, arc->v);
        if (arc->offtake < was) reduce(e, a, was, was - arc->offtake);
        cut += x;
    }
    return cut;
}
