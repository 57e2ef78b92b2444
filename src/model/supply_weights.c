/* What the supply of the focus hangs on, see supply_weights.h.
 *
 * The demand of the focus is followed upstream from its users: imports to their exporters, own output to its
 * feed.  Traders may pass a form on among themselves; a few rounds are enough for what is told. */
#include "model/supply_weights.h"
#include <string.h>

enum { ROUNDS = 6 };

/* Passes `asked` of hub h on to its suppliers of the same form and to the feed of its own output. */
static void pass_on(const km_mineral *m, km_supply_weights *w, int h, double asked, double *next)
{
    const km_hub *hub = &m->hubs[h];
    double supply = hub->X + hub->M;
    if (!(supply > 0) || !(asked > 0)) return;
    w->hub[h] += asked;
    for (int a = hub->arc_begin; a < hub->arc_end; a++) {
        double x = asked * (m->arcs[a].net / supply);
        w->arc[a] += x;
        next[m->arcs[a].from] += x;
    }
    for (int s = hub->site_begin; s < hub->site_end; s++) {
        double x = asked * (m->sites[s].x0 / supply);
        w->site[s] += x;
        if (m->sites[s].refine && m->sites[s].feed_hub >= 0) next[m->sites[s].feed_hub] += x;
    }
}

int km_weigh_supply(const km_mineral *m, kura_arena *arena, km_supply_weights *w)
{
    double total = 0;
    w->hub = KURA_NEW(arena, double, (size_t)m->nhubs);
    w->arc = KURA_NEW(arena, double, (size_t)m->narcs);
    w->site = KURA_NEW(arena, double, (size_t)m->nsites);
    w->serves = KURA_NEW(arena, unsigned char, (size_t)m->nhubs);
    double *asked = KURA_NEW(arena, double, (size_t)m->nhubs);
    double *next = KURA_NEW(arena, double, (size_t)m->nhubs);
    if (arena->failed) return 1;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].focus) {
            w->serves[m->consumers[k].hub] = 1;
            total += m->consumers[k].D0;
        }
    for (int k = 0; k < m->nconsumers && total > 0; k++)
        if (m->consumers[k].focus) asked[m->consumers[k].hub] += m->consumers[k].D0 / total;
    for (int round = 0; round < ROUNDS + m->nforms; round++) {
        memset(next, 0, (size_t)m->nhubs * sizeof *next);
        for (int h = 0; h < m->nhubs; h++) pass_on(m, w, h, asked[h], next);
        double *swap = asked;
        asked = next;
        next = swap;
    }
    return 0;
}
