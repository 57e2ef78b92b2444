/* Stockpiles [6]: triggers, release, pooled stocks, refill, keeping.
 *
 * Tiers of one hub and form release one after the other what firm stock lacks [6.2, B5].  In the D-run the
 * emptied tiers record instead what they would have had to cover, and what no stock could [6.7]. */
#include "sim/lanes/lanes.h"

/* ---- triggers ---- */

/* Four tests in this order, each on the state left by the one before [B4]; `loss` is the signal of the step.
 */
void kura_trigger(const km_tier *tier, lane *average, ilane *fsm, ilane *on, ilane *rel, const lane *loss,
                  int t)
{
    double *x = average->v, theta_on = tier->on, theta_off = tier->off;
    LANES(l) x[l] = x[l] + (loss->v[l] - x[l]) / 4;
    int32_t *state = fsm->v, *t_on = on->v, *t_rel = rel->v;
    for (int l = 0; l < L; l++) {
        if (state[l] == FSM_RELEASING && x[l] <= theta_off && t - t_rel[l] >= tier->minimum)
            state[l] = FSM_IDLE;
        if (state[l] == FSM_PENDING && x[l] <= theta_off) state[l] = FSM_IDLE;
        if (state[l] == FSM_IDLE && x[l] >= theta_on) {
            state[l] = FSM_PENDING;
            t_on[l] = t;
        }
        if (state[l] == FSM_PENDING && t - t_on[l] >= tier->delay) {
            state[l] = FSM_RELEASING;
            t_rel[l] = t;
        }
    }
}

static const int32_t *authority(const km_mineral *m, const kura_exogenous *e, const kura_state *s, int k)
{
    return km_reads_state(&m->tiers[k]) ? s->fsm[k].v : e->fsm[k].v;
}

/* Unserved share of the demand of the tier's country. */
static void shortage_signal(const km_mineral *m, const kura_state *s, const km_tier *tier, lane *loss)
{
    lane demand;
    LANES(l) loss->v[l] = demand.v[l] = 0;
    for (int k = 0; k < m->nconsumers; k++) {
        if (m->hubs[m->consumers[k].hub].country != m->hubs[tier->hub].country) continue;
        const double *u = s->unserved[k].v, *D = s->D[k].v;
        LANES(l)
        {
            loss->v[l] += u[l];
            demand.v[l] += D[l];
        }
    }
    LANES(l) loss->v[l] = demand.v[l] > 0 ? loss->v[l] / demand.v[l] : 0;
}

/* Shortfall of firm stock below its steady level. */
static void cover_signal(const km_mineral *m, const kura_state *s, const km_tier *tier, lane *loss)
{
    double level = kura_max(1, m->hubs[tier->hub].fixed_point);
    const double *I = s->I[tier->hub].v;
    LANES(l) loss->v[l] = kura_clamp01(1 - I[l] / level);
}

/* Triggers that read the state of the step before [R6.2]: each run of a path has its own.  The signal is
 * taken at the end of a step, when demand and what was not served belong together. */
static void state_triggers(const km_mineral *m, kura_state *s, int t)
{
    for (int k = 0; k < m->ntiers; k++)
        if (km_reads_state(&m->tiers[k]))
            kura_trigger(&m->tiers[k], &s->fe[k], &s->fsm[k], &s->t_on[k], &s->t_rel[k], &s->signal[k], t);
}

void kura_tiers_watch(const km_mineral *m, kura_state *s)
{
    for (int k = 0; k < m->ntiers; k++) {
        if (m->tiers[k].trigger == SC_TRIGGER_SHORTAGE) shortage_signal(m, s, &m->tiers[k], &s->signal[k]);
        if (m->tiers[k].trigger == SC_TRIGGER_COVER) cover_signal(m, s, &m->tiers[k], &s->signal[k]);
    }
}

/* ---- stock and its ages ---- */

static void put_in(const km_tier *tier, kura_state *s, int k, const lane *x)
{
    LANES(l) s->S[k].v[l] += x->v[l];
    if (tier->ages) LANES(l) s->age[tier->age].v[l] += x->v[l];
}

/* The oldest goes first. */
static void take_out(const km_tier *tier, kura_state *s, int k, const lane *x)
{
    LANES(l) s->S[k].v[l] -= x->v[l];
    if (!tier->ages) return;
    lane left = *x;
    for (int a = tier->ages - 1; a >= 0; a--) {
        double *bin = s->age[tier->age + a].v;
        LANES(l)
        {
            double y = kura_min(bin[l], left.v[l]);
            bin[l] -= y;
            left.v[l] -= y;
        }
    }
}

void kura_tiers_open(const km_mineral *m, kura_state *s, int drun)
{
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        double opening = s->opening ? s->opening[k] : drun && tier->group ? 0 : tier->opening;
        LANES(l)
        {
            s->S[k].v[l] = opening;
            s->release[k].v[l] = s->on_order[k].v[l] = 0;
        }
        for (int i = 0; i < tier->slots; i++) LANES(l) s->delivery[tier->ring + i].v[l] = 0;
        double left = opening, part = floor(opening / (tier->ages ? tier->ages : 1));
        for (int a = tier->ages - 1; a >= 0; a--) {
            double bin = a == 0 ? left : tier->opening_mixed ? part : 0;
            LANES(l) s->age[tier->age + a].v[l] = bin;
            left -= bin;
        }
        if (m->any_state_trigger)
            for (int l = 0; l < L; l++) {
                s->fe[k].v[l] = s->signal[k].v[l] = 0;
                s->fsm[k].v[l] = FSM_IDLE;
                s->t_on[k].v[l] = s->t_rel[k].v[l] = 0;
            }
        if (tier->trigger == SC_TRIGGER_COVER) cover_signal(m, s, tier, &s->signal[k]);
    }
}

/* ---- before production ---- */

/* What a tier would buy: allowed when it does not release, supply is normal and the price is low [6.5]. */
static void wish(const km_mineral *m, const kura_exogenous *e, kura_state *s, int k, int t)
{
    const km_tier *tier = &m->tiers[k];
    const int32_t *state = authority(m, e, s, k);
    const km_wedge *apart = &m->price.wedge; /* it pays the price of its country */
    const double *wedge = apart->given ? e->wedge[apart->of_hub[tier->hub]].v : NULL;
    const double *Z = e->Z[tier->hub].v, *X = s->X->v, *S = s->S[k].v, *coming = s->on_order[k].v;
    double *want = s->want[k].v, normal = 1 - tier->off, target = tier->target, most = tier->buy_at_most,
           below = tier->buy_below;
    if (tier->raised && t >= tier->raise_from)
        target = tier->raised_target, most = tier->raised_at_most, below = tier->raised_below;
    ilane busy = {{0}}; /* a pool that releases to a member buys nothing */
    for (int i = 0; tier->holds_pool >= 0 && i < m->pools[tier->holds_pool].nmembers; i++) {
        const int32_t *member = e->fsm[m->pools[tier->holds_pool].member[i]].v;
        for (int l = 0; l < L; l++) busy.v[l] |= member[l] == FSM_RELEASING;
    }
    for (int l = 0; l < L; l++) {
        double price = X[l] + (wedge ? wedge[l] : 0);
        int allowed = state[l] != FSM_RELEASING && !busy.v[l] && Z[l] >= normal && price <= below;
        want[l] = allowed ? kura_min(most, kura_max(0, target - S[l] - coming[l])) : 0;
    }
}

/* Purchases arrive in the tier, deliveries of a pool on hand of the member. */
static void deliver(const km_mineral *m, kura_state *s, int k, int tick)
{
    const km_tier *tier = &m->tiers[k];
    lane *slot = &s->delivery[tier->ring + tick % tier->slots], x = *slot;
    LANES(l)
    {
        slot->v[l] = 0;
        s->on_order[k].v[l] -= x.v[l];
    }
    if (tier->pool >= 0) {
        s->want[k] = x; /* see lack_of_member */
        LANES(l) s->I[tier->hub].v[l] += x.v[l];
    } else {
        put_in(tier, s, k, &x);
    }
}

/* What the hubs are to make for refills: the buyer its own share of supply, its suppliers the rest [6.5]. */
static void order_on_top(const km_mineral *m, kura_work *w, const kura_state *s)
{
    for (int h = 0; h < m->nhubs; h++) LANES(l) w->on_top[h].v[l] = 0;
    for (int k = 0; k < m->ntiers; k++) {
        const km_hub *hub = &m->hubs[m->tiers[k].hub];
        const double *want = s->want[k].v;
        double abroad = hub->X > 0 ? hub->m : 1, home = 1 - abroad, *top = w->on_top[m->tiers[k].hub].v;
        if (!m->tiers[k].refills) continue;
        LANES(l) top[l] += home * want[l];
        for (int a = hub->arc_begin; a < hub->arc_end; a++) {
            double part = abroad * m->arcs[a].spot, *from = w->on_top[m->arcs[a].from].v;
            LANES(l) from[l] += part * want[l];
        }
    }
}

void kura_tiers_before(const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun)
{
    if (m->any_state_trigger) state_triggers(m, s, tick - m->spin);
    for (int k = 0; k < m->ntiers; k++) {
        if (m->tiers[k].slots) deliver(m, s, k, tick);
        if (!m->tiers[k].refills) continue;
        LANES(l) s->bought[k].v[l] = 0;
        if (drun && m->tiers[k].group)
            LANES(l) s->want[k].v[l] = 0;
        else
            wish(m, &w->exo, s, k, tick - m->spin);
    }
    if (m->any_refill) order_on_top(m, w, s);
    if (m->any_sectors)
        for (int k = 0; k < m->nconsumers; k++) LANES(l) s->special[k].v[l] = 0;
}

/* ---- release ---- */

/* Demand of the tier's sectors that no tier has served yet. */
static void eligible_demand(const km_mineral *m, const kura_state *s, const km_tier *tier, lane *demand)
{
    const unsigned char *serves = m->eligible + (size_t)tier->sectors * (size_t)m->nconsumers;
    LANES(l) demand->v[l] = 0;
    for (int k = 0; k < m->nconsumers; k++) {
        if (!serves[k]) continue;
        const double *D = s->D[k].v, *had = s->special[k].v;
        LANES(l) demand->v[l] += D[l] - had[l];
    }
}

/* Gives `x` to the tier's sectors in proportion to their demand; x becomes what they took. */
static void serve_sectors(const km_mineral *m, kura_state *s, const km_tier *tier, const lane *demand,
                          lane *x, int book)
{
    const unsigned char *serves = m->eligible + (size_t)tier->sectors * (size_t)m->nconsumers;
    lane theta;
    LANES(l) theta.v[l] = demand->v[l] > 0 ? x->v[l] / demand->v[l] : 0;
    LANES(l) x->v[l] = 0;
    for (int k = 0; k < m->nconsumers; k++) {
        if (!serves[k]) continue;
        const double *D = s->D[k].v;
        double *had = s->special[k].v, *gone = s->gone->v;
        LANES(l)
        {
            double grant = kura_floor((D[l] - had[l]) * theta.v[l]);
            had[l] += grant;
            x->v[l] += grant;
            gone[l] += book ? grant : 0;
        }
    }
}

/* What the hub lacks for the use of this step, after what tiers gave to certain sectors. */
static void lack(const km_mineral *m, const kura_state *s, int h, double release_at, lane *need)
{
    const double *U = s->U[h].v, *I = s->I[h].v;
    if (release_at > 0) {
        double more = 1 + release_at;
        LANES(l) need->v[l] = kura_max(0, kura_floor(more * U[l]) - I[l]);
    } else {
        LANES(l) need->v[l] = kura_max(0, U[l] - I[l]);
    }
    if (!m->any_sectors) return;
    for (int k = m->hubs[h].consumer_begin; k < m->hubs[h].consumer_end; k++) {
        const double *had = s->special[k].v;
        LANES(l) need->v[l] = kura_max(0, need->v[l] - had[l]);
    }
}

static void release_tier(const km_mineral *m, const kura_exogenous *e, kura_state *s, int k)
{
    const km_tier *tier = &m->tiers[k];
    const int32_t *state = authority(m, e, s, k);
    double *S = s->S[k].v, *R = s->release[k].v, at_most = tier->at_most, floor_level = tier->floor;
    lane need, demand;
    lack(m, s, tier->hub, tier->release_at, &need);
    if (tier->sectors >= 0) {
        eligible_demand(m, s, tier, &demand);
        LANES(l) need.v[l] = kura_min(need.v[l], demand.v[l]);
    }
    LANES(l)
    {
        double x = kura_min(kura_min(need.v[l], at_most), kura_max(0, S[l] - floor_level));
        R[l] = state[l] == FSM_RELEASING ? x : 0;
    }
    if (tier->sectors >= 0)
        serve_sectors(m, s, tier, &demand, &s->release[k], 1);
    else
        LANES(l) s->I[tier->hub].v[l] += R[l];
    take_out(tier, s, k, &s->release[k]);
}

/* What may not be released must lie below the last that is: M = sum of needs + floor, in units of the start.
 */
static void keep_floor(const km_tier *tier, double weight, const double *met, double *held, double *M)
{
    double below = weight * tier->floor;
    LANES(l)
    {
        double now = met[l] > 0 ? below : held[l];
        M[l] += now - held[l];
        held[l] = now;
    }
}

void kura_release(const km_mineral *m, const kura_exogenous *e, kura_state *s, int h, int drun, int t)
{
    const km_hub *hub = &m->hubs[h];
    lane uncovered, demand, met;
    int recorded = 0;
    for (int k = hub->tier_begin; k < hub->tier_end; k++) {
        const km_tier *tier = &m->tiers[k];
        if (km_is_pooled(tier)) continue;
        if (!(drun && tier->group)) {
            release_tier(m, e, s, k);
            continue;
        }
        const int32_t *state = authority(m, e, s, k);
        double *R = s->release[k].v, *M = s->required->v, at_most = tier->at_most;
        /* decay eats what waits: a unit needed in step t asks for (1 - delta)^-t at the start [6.7] */
        double weight = tier->kept ? tier->kept[t < 0 ? 0 : t] : 1;
        if (!recorded) lack(m, s, h, 0, &uncovered); /* what use lacks, not what would top up firm stock */
        recorded = 1;
        if (tier->sectors >= 0)
            eligible_demand(m, s, tier, &demand);
        else
            demand = uncovered;
        LANES(l)
        {
            double x = kura_min(kura_min(uncovered.v[l], demand.v[l]), at_most);
            double d = state[l] == FSM_RELEASING ? x : 0;
            met.v[l] = d;
            uncovered.v[l] -= d;
            M[l] += weight * d; /* Lindley without refill: Y only grows, so its maximum is the sum */
            R[l] = 0;
        }
        if (tier->floor > 0) keep_floor(tier, weight, met.v, s->held[k].v, M);
        if (tier->sectors >= 0) serve_sectors(m, s, tier, &demand, &met, 0); /* not to be met twice */
    }
    for (int k = hub->consumer_begin; recorded && m->any_sectors && k < hub->consumer_end; k++)
        LANES(l) s->special[k].v[l] = 0; /* nothing was given after all */
    if (s->opening && h == m->watch_hub) {
        lack(m, s, h, 0, &uncovered);
        recorded = 1;
    }
    if (recorded) LANES(l)
    s->irreducible->v[l] += uncovered.v[l] > 16 ? uncovered.v[l] : 0; /* not lattice dust, R8.1 */
}

/* ---- pooled stocks [6.6] ---- */

static void hand_over(const km_mineral *m, kura_state *s, int k, int tick, const lane *x)
{
    const km_tier *tier = &m->tiers[k];
    LANES(l) s->release[k].v[l] += x->v[l];
    if (!tier->slots) {
        LANES(l) s->I[tier->hub].v[l] += x->v[l];
        return;
    }
    double *slot = s->delivery[tier->ring + (tick + tier->slots - 1) % tier->slots].v;
    LANES(l)
    {
        slot[l] += x->v[l];
        s->on_order[k].v[l] += x->v[l];
    }
}

/* What a member lacks of its own.  What comes out of the pool in this step does not count: it answers the
 * lack of an earlier one, and a lack that lasts is drawn step after step. */
static void lack_of_member(const km_mineral *m, kura_state *s, int k, lane *need)
{
    const km_tier *tier = &m->tiers[k];
    double *I = s->I[tier->hub].v;
    const double *came = s->want[k].v;
    if (tier->slots) LANES(l) I[l] -= came[l];
    lack(m, s, tier->hub, 0, need);
    if (tier->slots) LANES(l) I[l] += came[l];
}

/* Two passes: every member within its entitlement, then a part of what was left to those who still lack. */
void kura_release_pools(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick)
{
    for (int p = 0; p < m->npools; p++) {
        const km_pool *pool = &m->pools[p];
        const km_tier *holder = &m->tiers[pool->holder];
        double most = holder->at_most, floor_level = holder->floor, solidarity = pool->solidarity;
        lane open, sum, out, x;
        if (pool->form != form) continue;
        LANES(l)
        {
            open.v[l] = kura_min(most, kura_max(0, s->S[pool->holder].v[l] - floor_level));
            sum.v[l] = out.v[l] = 0;
        }
        for (int i = 0; i < pool->nmembers; i++) {
            int k = pool->member[i];
            const int32_t *state = w->exo.fsm[k].v;
            double share = pool->share[i], *need = w->need[i].v;
            lack_of_member(m, s, k, &w->need[i]);
            LANES(l)
            {
                double n = state[l] == FSM_RELEASING ? need[l] : 0;
                x.v[l] = kura_min(n, kura_floor(share * open.v[l]));
                need[l] = n - x.v[l];
                sum.v[l] += need[l];
                out.v[l] += x.v[l];
                s->release[k].v[l] = 0;
            }
            hand_over(m, s, k, tick, &x);
        }
        lane theta;
        LANES(l)
        {
            double rest = kura_floor(solidarity * (open.v[l] - out.v[l]));
            theta.v[l] = sum.v[l] > rest ? rest / sum.v[l] : 1;
        }
        for (int i = 0; i < pool->nmembers; i++) {
            LANES(l)
            {
                x.v[l] = kura_floor(w->need[i].v[l] * theta.v[l]);
                out.v[l] += x.v[l];
            }
            hand_over(m, s, pool->member[i], tick, &x);
        }
        s->release[pool->holder] = out;
        take_out(holder, s, pool->holder, &out);
    }
}

/* ---- refill [6.5] ---- */

/* What an exporter holds above its target after everybody's trade and before its own use. */
static void surplus(const km_mineral *m, kura_work *w, const kura_state *s, int h)
{
    double E = m->hubs[h].E, *left = w->a[h].v;
    const double *H = s->H[h].v, *B = s->B[h].v, *I = s->I[h].v, *g = w->g->v;
    LANES(l) left[l] = kura_min(left[l], kura_max(0, I[l] - (H[l] + B[l] - kura_floor(E * g[l]))));
}

/* Purchases abroad, of the surplus only: they displace nobody. */
static void buy_abroad(const km_mineral *m, kura_work *w, kura_state *s, int h, int pass)
{
    const km_hub *hub = &m->hubs[h];
    lane want;
    LANES(l) want.v[l] = 0;
    for (int k = hub->tier_begin; k < hub->tier_end; k++)
        if (m->tiers[k].refills) LANES(l) want.v[l] += s->want[k].v[l];
    for (int a = hub->arc_begin; a < hub->arc_end; a++) {
        const km_arc *arc = &m->arcs[a];
        double F = arc->spot, *p = w->p1[a].v, *P = w->P1[arc->from].v;
        const double *u = w->u[a].v, *left = w->a[arc->from].v;
        if (pass == 0) {
            LANES(l)
            {
                p[l] = kura_floor(kura_min(u[l], F * want.v[l]));
                P[l] += p[l];
            }
        } else { /* P now holds what was asked of the exporter in all */
            LANES(l) p[l] = kura_floor(P[l] > left[l] ? p[l] * (left[l] / P[l]) : p[l]);
        }
    }
}

/* Loads what was bought, for one tier after the other; the offers sum to no more than the tiers want. */
static void load_purchases(const km_mineral *m, kura_work *w, kura_state *s, int h, int tick)
{
    const km_hub *hub = &m->hubs[h];
    for (int a = hub->arc_begin; a < hub->arc_end; a++) {
        const km_arc *arc = &m->arcs[a];
        double loss = arc->loss, *left = w->p1[a].v;
        LANES(l) s->I[arc->from].v[l] -= left[l];
        for (int k = hub->tier_begin; k < hub->tier_end; k++) {
            const km_tier *tier = &m->tiers[k];
            if (!tier->refills) continue;
            for (int l = 0; l < L; l++) {
                double x = kura_min(left[l], s->want[k].v[l]), lost = kura_floor(loss * x);
                int lag = arc->lag + (arc->detours ? w->exo.lag[a].v[l] : 0);
                left[l] -= x;
                s->want[k].v[l] -= x;
                s->bought[k].v[l] += x;
                s->gone->v[l] += lost;
                s->on_order[k].v[l] += x - lost;
                s->delivery[tier->ring + (tick + lag) % tier->slots].v[l] += x - lost;
            }
        }
    }
}

void kura_refill(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick)
{
    int begin = m->hub_begin[form], end = m->hub_begin[form + 1];
    for (int h = begin; h < end; h++) {
        LANES(l) w->P1[h].v[l] = 0;
        surplus(m, w, s, h);
    }
    for (int pass = 0; pass < 2; pass++)
        for (int h = begin; h < end; h++)
            if (m->hubs[h].refills) buy_abroad(m, w, s, h, pass);
    for (int h = begin; h < end; h++)
        if (m->hubs[h].refills) load_purchases(m, w, s, h, tick);
}

/* Purchases at home: of what the hub holds above its target at the end of the step. */
static void buy_at_home(const km_mineral *m, kura_state *s, int k, const lane *g)
{
    const km_tier *tier = &m->tiers[k];
    double E = m->hubs[tier->hub].E, *I = s->I[tier->hub].v;
    const double *H = s->H[tier->hub].v, *B = s->B[tier->hub].v, *U = s->U[tier->hub].v;
    lane x;
    LANES(l)
    {
        double level = kura_max(0, H[l] + B[l] - kura_floor(E * g->v[l]) - U[l]);
        x.v[l] = kura_min(s->want[k].v[l], kura_max(0, I[l] - level));
        I[l] -= x.v[l];
        s->want[k].v[l] -= x.v[l];
        s->bought[k].v[l] += x.v[l];
    }
    put_in(tier, s, k, &x);
}

/* ---- keeping [6.4] ---- */

static void decay(const km_tier *tier, kura_state *s, int k, int t)
{
    double rate = tier->decay_path && t >= 0 ? tier->decay_path[t] : tier->decay, *S = s->S[k].v,
           *gone = s->gone->v;
    LANES(l)
    {
        double lost = kura_floor(rate * S[l]);
        S[l] -= lost;
        gone[l] += lost;
    }
}

/* Exchange of the oldest for fresh material; then, every `age_steps`, everything gets a class older, and what
 * leaves the last one is reprocessed into the form before or written off. */
static void grow_old(const km_tier *tier, kura_state *s, int k, int t)
{
    lane x;
    if (tier->rotation > 0) {
        double rate = tier->rotation;
        LANES(l) x.v[l] = kura_floor(rate * s->S[k].v[l]);
        take_out(tier, s, k, &x);
        put_in(tier, s, k, &x);
    }
    if (t < 0 || (t + 1) % tier->age_steps) return; /* the stock opens at the start, after a spin-up */
    x = s->age[tier->age + tier->ages - 1];
    for (int a = tier->ages - 1; a > 0; a--) s->age[tier->age + a] = s->age[tier->age + a - 1];
    LANES(l) s->age[tier->age].v[l] = 0;
    double yield = tier->reprocessing, *S = s->S[k].v, *gone = s->gone->v;
    double *below = tier->spoilt_hub >= 0 ? s->I[tier->spoilt_hub].v : NULL;
    LANES(l) S[l] -= x.v[l];
    if (!below) {
        LANES(l) gone[l] += x.v[l];
        return;
    }
    LANES(l)
    {
        double saved = kura_floor(yield * x.v[l]);
        below[l] += saved;
        gone[l] += x.v[l] - saved;
    }
}

void kura_tiers_after(const km_mineral *m, kura_state *s, const lane *g, int tick)
{
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        if (tier->refills) buy_at_home(m, s, k, g);
        if (tier->decay > 0) decay(tier, s, k, tick - m->spin);
        if (tier->ages) grow_old(tier, s, k, tick - m->spin);
    }
}
