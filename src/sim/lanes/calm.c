/* Calm steps: nodes that stand alone and, on all 64 paths, can make all that is used.
 *
 * Where nothing is stored, traded or awaited (generation adequacy: units and a load at a node), a step leaves
 * nothing behind but what it did not serve.  If the capacity of every path covers the use, production is the
 * use, all is served and no stock is left: the physical step would find just that, so it is not taken.  What
 * outlives a step is kept to the last bit; what a step makes anew (targets, orders, output by site) is not
 * made, so it is for observers that do not ask for it (kura_work.brief). */
#include "sim/lanes/lanes.h"

int kura_stands_alone(const km_mineral *m)
{
    if (m->narcs || m->ntiers || m->npools || m->nprocess || m->has_hosts || m->is_host || m->has_drun ||
        m->any_own)
        return 0;
    if (!m->push || m->price.given || m->response.active || m->cycle != 0) return 0; /* demand by path */
    for (int h = 0; h < m->nhubs; h++)
        if (!m->hubs[h].no_storage) return 0;
    for (int s = 0; s < m->nsites; s++)
        if (m->sites[s].refine || m->sites[s].basket) return 0;
    return 1;
}

void kura_start_calm(kura_work *w)
{
    w->calm.mass = 0;
    w->calm.fresh = 0;
}

/* Capacity of the hub on the path that has least of it. */
static double least_capacity(const km_hub *hub, const kura_work *w)
{
    lane sum;
    LANES(l) sum.v[l] = 0;
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        const double *kav = w->exo.kav[b].v;
        LANES(l) sum.v[l] += kav[l];
    }
    for (int n = L / 2; n > 0; n /= 2)
        for (int l = 0; l < n; l++) sum.v[l] = kura_min(sum.v[l], sum.v[l + n]);
    return sum.v[0];
}

static int any_changed(const km_hub *hub, const kura_work *w)
{
    int changed = 0;
    for (int b = hub->site_begin; b < hub->site_end; b++) changed |= w->kav_changed[b];
    return changed;
}

/* Nothing on hand, and all that was not served told as 0. */
static int refresh(const km_mineral *m, kura_work *w, kura_state *s)
{
    for (int h = 0; h < m->nhubs; h++)
        if (any_positive(&s->I[h])) return 0;
    for (int k = 0; k < m->nconsumers; k++) LANES(l) s->unserved[k].v[l] = 0;
    w->calm.fresh = 1;
    return 1;
}

/* Takes the step, if it is calm.  Without response to prices, programmes and a cycle demand is the same on all
 * paths, and so is the average of use, which lane 0 then keeps for all. */
int kura_calm_step(const km_mineral *m, kura_work *w, kura_state *s, int first)
{
    double mass = 0, n = m->use_n;
    int calm = 1;
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        double use = 0;
        for (int k = hub->consumer_begin; k < hub->consumer_end; k++) use += s->D[k].v[0];
        if (first || any_changed(hub, w)) w->calm.least[h] = least_capacity(hub, w);
        calm &= w->calm.least[h] >= use;
        w->calm.use[h] = use;
        mass += use;
    }
    if (!calm || !(w->calm.fresh || refresh(m, w, s))) return 0;
    for (int h = 0; h < m->nhubs; h++) {
        double *average = s->Ubar[h].v;
        average[0] = average[0] + (w->calm.use[h] - average[0]) / n;
    }
    w->calm.mass += mass; /* a whole number of quanta, like all sums of masses: exact in any order */
    return 1;
}

/* Before a physical step, and before anyone looks at the balance: what calm steps have changed, on all paths.
 */
void kura_end_calm(const km_mineral *m, kura_work *w, kura_state *s)
{
    double mass = w->calm.mass;
    if (!w->calm.fresh) return;
    for (int h = 0; h < m->nhubs; h++) {
        double average = s->Ubar[h].v[0];
        LANES(l) s->Ubar[h].v[l] = average;
    }
    LANES(l)
    {
        s->mined->v[l] += mass;
        s->gone->v[l] += mass;
    }
    kura_start_calm(w);
}
