/* Capacities answer the price of the step before [4.4]: they are used harder or less, close for want of
 * money and come back, and new ones are built. */
#include "second_internal.h"

void second_open_supply(second_state *s)
{
    const km_mineral *m = s->m;
    s->supply_price = 1;
    s->closure = KURA_NEW(s->common->arena, second_closure, (size_t)m->nsites);
    s->begun = KURA_NEW(s->common->arena, double, (size_t)(m->spin + s->model->steps));
}

/* What is begun while the averaged price is above its base joins the capacity a lag later. */
static void expand(second_state *s)
{
    const km_supply *k = &s->m->supply;
    int now = s->m->spin + s->t;
    if (!k->lag) return;
    s->supply_price = s->supply_price + (kura_exp(s->X) - s->supply_price) / k->smoothing;
    s->begun[now] = smaller(k->gain_most, k->gain * positive(s->supply_price - 1));
    if (now >= k->lag) s->expansion += s->begun[now - k->lag];
    ACTS(s->common, expansions, s->expansion > 0);
}

/* Steps in a row below the cost close a site; once it is closed, steps in a row at or above it bring it back,
 * a restart later. */
static void watch_cost(second_state *s, int b)
{
    const km_supply *k = &s->m->supply;
    second_closure *c = &s->closure[b];
    int pays = !(s->X < s->m->sites[b].close_below);
    c->below = pays ? 0 : c->below + 1;
    c->above = pays ? c->above + 1 : 0;
    if (!c->closed) {
        c->closed = c->below >= k->after;
        c->back_at = -1;
        if (c->closed) c->above = 0;
    } else if (c->back_at < 0 && c->above >= k->recovery)
        c->back_at = s->t + k->restart, c->below = 0;
    if (c->closed && c->back_at >= 0 && s->t >= c->back_at) {
        c->closed = c->below = 0;
        ACTS(s->common, restarts, 1);
    }
    ACTS(s->common, closed_sites, c->closed);
}

/* The capacity that is used, of what hazards and hosts leave. */
void second_supply(second_state *s)
{
    const km_mineral *m = s->m;
    const km_supply *k = &m->supply;
    for (int b = 0; b < m->nsites; b++) s->C[b] = s->K[b];
    if (!k->given) return;
    expand(s);
    double use = smaller(k->most, kura_exp(k->elasticity * s->X));
    for (int b = 0; b < m->nsites; b++) {
        const km_site *site = &m->sites[b];
        if (!site->responds) continue;
        if (k->after) watch_cost(s, b);
        s->C[b] = fl(s->K[b] * (use * (1 + s->expansion)) * (s->closure[b].closed ? k->left : 1));
        ACTS(s->common, used_harder, use > 1);
        ACTS(s->common, used_less, use < 1);
        ACTS(s->common, responses_in_both_runs, s->emptied && s->C[b] != s->K[b]);
    }
}
