/* What the supply of the focus hangs on, in base flows: the share that passes each hub, trade and site.
 *
 * The demand of the focus is followed upstream from its users: imports to their exporters, own output to its
 * feed.  Traders may pass a form on among themselves; a few rounds are enough for what is told. */
#include "run/story.h"
#include <string.h>

enum { ROUNDS = 6 };

/* Passes `asked` of hub h on to its suppliers of the same form and to the feed of its own output. */
static void pass_on(story_record *r, int h, double asked, double *next)
{
    const km_mineral *m = r->m;
    const km_hub *hub = &m->hubs[h];
    double supply = hub->X + hub->M;
    if (!(supply > 0) || !(asked > 0)) return;
    r->hub_weight[h] += asked;
    for (int a = hub->arc_begin; a < hub->arc_end; a++) {
        double x = asked * (m->arcs[a].net / supply);
        r->arc_weight[a] += x;
        next[m->arcs[a].from] += x;
    }
    for (int s = hub->site_begin; s < hub->site_end; s++) {
        double x = asked * (m->sites[s].x0 / supply);
        r->site_weight[s] += x;
        if (m->sites[s].refine && m->sites[s].feed_hub >= 0) next[m->sites[s].feed_hub] += x;
    }
}

void story_weigh(story_record *r)
{
    const km_mineral *m = r->m;
    double total = 0;
    r->hub_weight = KURA_NEW(&r->arena, double, (size_t)m->nhubs);
    r->arc_weight = KURA_NEW(&r->arena, double, (size_t)m->narcs);
    r->site_weight = KURA_NEW(&r->arena, double, (size_t)m->nsites);
    r->serves = KURA_NEW(&r->arena, unsigned char, (size_t)m->nhubs);
    double *asked = KURA_NEW(&r->arena, double, (size_t)m->nhubs);
    double *next = KURA_NEW(&r->arena, double, (size_t)m->nhubs);
    if (r->arena.failed) return;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].focus) {
            r->serves[m->consumers[k].hub] = 1;
            total += m->consumers[k].D0;
        }
    for (int k = 0; k < m->nconsumers && total > 0; k++)
        if (m->consumers[k].focus) asked[m->consumers[k].hub] += m->consumers[k].D0 / total;
    for (int round = 0; round < ROUNDS + m->nforms; round++) {
        memset(next, 0, (size_t)m->nhubs * sizeof *next);
        for (int h = 0; h < m->nhubs; h++) pass_on(r, h, asked[h], next);
        double *swap = asked;
        asked = next;
        next = swap;
    }
}
