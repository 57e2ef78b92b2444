/* Offtake of joint investments [7.6]: a firm quantity that is loaded before the rounds of the market, also
 * out of what the exporter would keep for its own use, unless its regime is coercion. */
#include "sim/lanes/lanes.h"

/* What an exporter has for its offtakers: all that is on hand, under coercion what it lets go of anyway. */
static void on_offer(const km_mineral *m, const kura_work *w, const kura_state *s, int h, lane *supply)
{
    int regime = m->hubs[h].regime;
    *supply = s->O[h];
    if (regime < 0) return;
    const uint8_t *r = w->exo.regime[regime]->v;
    const double *exportable = w->a[h].v;
    for (int l = 0; l < L; l++) supply->v[l] = r[l] == 2 ? exportable[l] : supply->v[l];
}

/* Claims: the firm quantity at the demand of the step, as far as the site can make it, the way is open and
 * the importer orders. */
static void claims(const km_mineral *m, kura_work *w, const kura_state *s, int begin, int end)
{
    const double *g = w->g->v;
    for (int i = 0; i < m->nofftakes; i++) {
        const km_offtake *k = &m->offtakes[i];
        if (k->arc < begin || k->arc >= end) continue;
        const km_arc *arc = &m->arcs[k->arc];
        double firm = k->firm, part = k->part, y = m->sites[k->site].yield;
        double *p = w->p1[k->arc].v, *P = w->P1[arc->from].v, *r = w->r[arc->to].v;
        const double *u = w->u[k->arc].v, *kav = kura_usable(m, w, s, k->site);
        LANES(l)
        {
            double most = kura_min(kura_floor(firm * g[l]), kura_floor(part * kura_floor(y * kav[l])));
            double x = kura_min(kura_min(u[l] - p[l], r[l]), most);
            p[l] += x;
            P[l] += x;
            r[l] -= x;
        }
    }
}

void kura_offtake(const km_mineral *m, kura_work *w, kura_state *s, int form)
{
    int begin = m->arc_form_begin[form], end = m->arc_form_begin[form + 1];
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) LANES(l) w->P1[h].v[l] = 0;
    for (int a = begin; a < end; a++) LANES(l) w->p1[a].v[l] = 0;
    claims(m, w, s, begin, end);
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) { /* P1: the share that is there */
        lane supply, *P = &w->P1[h];
        if (!any_positive(P)) continue;
        on_offer(m, w, s, h, &supply);
        LANES(l) P->v[l] = P->v[l] > supply.v[l] ? supply.v[l] / P->v[l] : 1;
    }
    for (int a = begin; a < end; a++) {
        const km_arc *arc = &m->arcs[a];
        const double *p = w->p1[a].v, *share = w->P1[arc->from].v;
        double *u = w->u[a].v, *r = w->r[arc->to].v, *left = w->a[arc->from].v;
        if (!(arc->offtake > 0)) continue;
        LANES(l)
        {
            double x = kura_floor(p[l] * share[l]);
            r[l] += p[l] - x;
            u[l] -= x;
            left[l] = kura_max(0, left[l] - x);
        }
    }
}
