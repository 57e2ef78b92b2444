/* Stockpiles [6]: triggers, releases, purchases, keeping. */
#include "second_internal.h"

/* ---- triggers [B4] ---- */

static void move_trigger(second_trigger *k, const km_tier *tier, double loss, int t)
{
    k->loss = k->loss + (loss - k->loss) / 4;
    if (k->state == RELEASING && k->loss <= tier->off && t - k->since_release >= tier->minimum)
        k->state = IDLE;
    if (k->state == PENDING && k->loss <= tier->off) k->state = IDLE;
    if (k->state == IDLE && k->loss >= tier->on) {
        k->state = PENDING;
        k->since_pending = t;
    }
    if (k->state == PENDING && t - k->since_pending >= tier->delay) {
        k->state = RELEASING;
        k->since_release = t;
    }
}

/* Z of the country, the least over the forms from the held one to the final one. */
static double least_inbound(const second_state *s, const km_tier *tier)
{
    const km_mineral *m = s->m;
    double z = 1e300;
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].country == m->hubs[tier->hub].country && m->hubs[h].form >= m->hubs[tier->hub].form)
            z = smaller(z, s->Z[h]);
    return z;
}

void second_triggers(second_state *s)
{
    for (int k = 0; k < s->m->ntiers; k++) {
        const km_tier *tier = &s->m->tiers[k];
        if (km_reads_state(tier)) continue;
        if (tier->trigger == SC_TRIGGER_ALWAYS)
            s->trigger[k].state = RELEASING;
        else
            move_trigger(&s->trigger[k], tier, 1 - least_inbound(s, tier), s->t);
        s->authorised[k] = s->trigger[k].state == RELEASING;
    }
}

/* What triggers that read the state see of the step before [R6.2]: called before anything of this step is
 * known. */
void second_watch_state(second_state *s)
{
    const km_mineral *m = s->m;
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        double unserved = 0, demand = 0;
        if (tier->trigger == SC_TRIGGER_COVER)
            s->signal[k] = kura_clamp01(1 - s->I[tier->hub] / larger(1, m->hubs[tier->hub].fixed_point));
        if (tier->trigger != SC_TRIGGER_SHORTAGE) continue;
        for (int i = 0; i < m->nconsumers; i++)
            if (m->hubs[m->consumers[i].hub].country == m->hubs[tier->hub].country) {
                unserved += s->unserved[i];
                demand += s->D[i];
            }
        s->signal[k] = demand > 0 ? unserved / demand : 0;
    }
}

static void state_triggers(second_state *s)
{
    for (int k = 0; k < s->m->ntiers; k++) {
        if (!km_reads_state(&s->m->tiers[k])) continue;
        move_trigger(&s->trigger[k], &s->m->tiers[k], s->signal[k], s->t);
        ACTS(s->common, shortage_triggers,
             s->m->tiers[k].trigger == SC_TRIGGER_SHORTAGE && s->trigger[k].state == RELEASING);
        ACTS(s->common, cover_triggers,
             s->m->tiers[k].trigger == SC_TRIGGER_COVER && s->trigger[k].state == RELEASING);
        s->authorised[k] = s->trigger[k].state == RELEASING;
    }
}

/* ---- stock and its ages: the oldest goes first [6.4] ---- */

static void put_in(second_state *s, int k, double x)
{
    s->S[k] += x;
    if (s->m->tiers[k].ages) s->age[s->m->tiers[k].age] += x;
}

static void take_out(second_state *s, int k, double x)
{
    const km_tier *tier = &s->m->tiers[k];
    s->S[k] -= x;
    for (int a = tier->ages - 1; a >= 0; a--) {
        double y = smaller(s->age[tier->age + a], x);
        s->age[tier->age + a] -= y;
        x -= y;
    }
}

void second_open_tiers(second_state *s)
{
    const km_mineral *m = s->m;
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        double left = s->emptied && tier->group ? 0 : tier->opening,
               part = tier->ages ? fl(left / tier->ages) : 0;
        s->S[k] = left;
        s->on_order[k] = s->release[k] = 0;
        for (int i = 0; i < tier->slots; i++) s->delivery[tier->ring + i] = 0;
        for (int a = tier->ages - 1; a >= 0; a--) {
            s->age[tier->age + a] = a == 0 ? left : tier->opening_mixed ? part : 0;
            left -= s->age[tier->age + a];
        }
        if (km_reads_state(tier))
            s->trigger[k] = (second_trigger){0}; /* the state that it reads begins anew */
    }
}

/* ---- releases [6.2, B5] ---- */

/* What a hub lacks for the use of this step, after what tiers gave to certain sectors, and of the time before
 * the need in which its tiers open. */
static double lacking(const second_state *s, int h, double release_at)
{
    double need = positive((release_at > 0 ? fl((1 + release_at) * s->U[h]) : s->U[h]) - s->I[h]);
    for (int k = s->m->hubs[h].consumer_begin; k < s->m->hubs[h].consumer_end; k++)
        need = positive(need - s->special[k]);
    return need;
}

static int serves(const second_state *s, const km_tier *tier, int consumer)
{
    return s->m->eligible[tier->sectors * s->m->nconsumers + consumer];
}

/* Demand of the sectors of a tier that no tier has served yet. */
static double sector_demand(const second_state *s, const km_tier *tier)
{
    double sum = 0;
    for (int k = 0; k < s->m->nconsumers; k++)
        if (serves(s, tier, k)) sum += s->D[k] - s->special[k];
    return sum;
}

/* Gives to the sectors of the tier in proportion; returns what they took. */
static double serve_sectors(second_state *s, const km_tier *tier, double x)
{
    double demand = sector_demand(s, tier), theta = demand > 0 ? x / demand : 0, taken = 0;
    for (int k = 0; k < s->m->nconsumers; k++) {
        if (!serves(s, tier, k)) continue;
        double grant = fl((s->D[k] - s->special[k]) * theta);
        s->special[k] += grant;
        taken += grant;
    }
    return taken;
}

/* In the D-run the tiers of the group stand empty: they only say what they would have given to the need of
 * the step, one after the other. */
static void not_released(second_state *s, int h)
{
    const km_hub *hub = &s->m->hubs[h];
    double need = lacking(s, h, 0);
    int any = 0;
    for (int k = hub->tier_begin; k < hub->tier_end; k++) {
        if (!s->m->tiers[k].group) continue;
        any = 1;
        if (s->m->tiers[k].sectors >= 0) { /* what one has met another need not */
            double met = second_required(s, k, smaller(need, sector_demand(s, &s->m->tiers[k])));
            serve_sectors(s, &s->m->tiers[k], met);
            need -= met;
        } else
            need -= second_required(s, k, need);
    }
    for (int k = hub->consumer_begin; any && k < hub->consumer_end; k++)
        s->special[k] = 0; /* not given after all */
    if (any && s->t >= s->model->burn && need > 16) {
        s->irreducible += need;
        ACTS(s->common, irreducible, 1);
    }
}

static void release(second_state *s, int k)
{
    const km_tier *tier = &s->m->tiers[k];
    double need = lacking(s, tier->hub, tier->release_at);
    if (tier->sectors >= 0) need = smaller(need, sector_demand(s, tier));
    double R = smaller(smaller(need, tier->at_most), positive(s->S[k] - tier->floor));
    if (!s->authorised[k]) R = 0;
    ACTS(s->common, releases, R > 0);
    ACTS(s->common, sector_releases, R > 0 && tier->sectors >= 0);
    ACTS(s->common, releases_ahead, R > lacking(s, tier->hub, 0));
    ACTS(s->common, floors, R > 0 && tier->floor > 0 && R == s->S[k] - tier->floor);
    if (tier->sectors >= 0)
        R = serve_sectors(s, tier, R);
    else
        s->I[tier->hub] += R;
    s->release[k] = R;
    take_out(s, k, R);
}

void second_releases(second_state *s, int form)
{
    const km_mineral *m = s->m;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        for (int k = m->hubs[h].tier_begin; k < m->hubs[h].tier_end; k++) {
            s->release[k] = 0;
            if (!km_is_pooled(&m->tiers[k]) && !(s->emptied && m->tiers[k].group)) release(s, k);
        }
        if (s->emptied) not_released(s, h);
    }
}

/* What a tier buys, up to what and how dear: what it was given, or from its time on what a lever asks for
 * [7.8]. */
typedef struct {
    double target, at_most, below;
} purchase;

static purchase purchase_of(const second_state *s, const km_tier *tier)
{
    if (!tier->raised || s->t < tier->raise_from)
        return (purchase){tier->target, tier->buy_at_most, tier->buy_below};
    ACTS(s->common, stock_levers, 1);
    return (purchase){tier->raised_target, tier->raised_at_most, tier->raised_below};
}

static double *delivery(second_state *s, const km_tier *tier, int t)
{
    int k = (t + s->m->spin) % tier->slots;
    return &s->delivery[tier->ring + k];
}

/* ---- pooled stocks [6.6] ---- */

static void hand_over(second_state *s, int k, double x)
{
    const km_tier *tier = &s->m->tiers[k];
    s->release[k] += x;
    if (!tier->slots) {
        s->I[tier->hub] += x;
        return;
    }
    *delivery(s, tier, s->t + tier->slots - 1) += x;
    s->on_order[k] += x;
}

/* What a member lacks of its own; what comes out of the pool in this step answered the lack of an earlier
 * one. */
static double lack_of_member(second_state *s, int k)
{
    int h = s->m->tiers[k].hub;
    double had = s->I[h], need;
    if (s->m->tiers[k].slots) s->I[h] -= s->want[k];
    need = s->authorised[k] ? lacking(s, h, 0) : 0;
    s->I[h] = had;
    return need;
}

/* Each member within its share; then a part of what was left to those who still lack, in proportion. */
static void release_pool(second_state *s, const km_pool *pool)
{
    const km_tier *holder = &s->m->tiers[pool->holder];
    double open = smaller(holder->at_most, positive(s->S[pool->holder] - holder->floor)), sum = 0, out = 0;
    for (int i = 0; i < pool->nmembers; i++) {
        int k = pool->member[i];
        double need = lack_of_member(s, k), x = smaller(need, fl(pool->share[i] * open));
        s->lack[k] = need - x;
        sum += s->lack[k];
        out += x;
        s->release[k] = 0;
        hand_over(s, k, x);
    }
    ACTS(s->common, pooled_stocks, out > 0);
    double rest = fl(pool->solidarity * (open - out)), theta = sum > rest ? rest / sum : 1;
    for (int i = 0; i < pool->nmembers; i++) {
        double x = fl(s->lack[pool->member[i]] * theta);
        out += x;
        hand_over(s, pool->member[i], x);
        ACTS(s->common, solidarity, x > 0);
    }
    s->release[pool->holder] = out;
    take_out(s, pool->holder, out);
}

void second_release_pools(second_state *s, int form)
{
    for (int p = 0; p < s->m->npools; p++)
        if (s->m->pools[p].form == form) release_pool(s, &s->m->pools[p]);
}

/* ---- refill [6.5] ---- */

/* Before the step: state triggers, arrivals of purchases, and what each tier would buy. */
void second_before_step(second_state *s)
{
    const km_mineral *m = s->m;
    state_triggers(s);
    for (int h = 0; h < m->nhubs; h++) s->on_top[h] = 0;
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        const km_hub *hub = &m->hubs[tier->hub];
        if (tier->slots) {
            double *came = delivery(s, tier, s->t);
            s->on_order[k] -= *came;
            ACTS(s->common, pool_deliveries, tier->pool >= 0 && *came > 0);
            if (tier->pool >= 0)
                s->I[tier->hub] += s->want[k] = *came;
            else
                put_in(s, k, *came);
            *came = 0;
        }
        if (!tier->refills) continue;
        purchase buys = purchase_of(s, tier);
        int allowed = !s->authorised[k] && s->Z[tier->hub] >= 1 - tier->off &&
                      s->X + second_wedge(s, tier->hub) <= buys.below && !(s->emptied && tier->group);
        for (int i = 0; tier->holds_pool >= 0 && i < m->pools[tier->holds_pool].nmembers; i++)
            if (s->authorised[m->pools[tier->holds_pool].member[i]]) allowed = 0; /* not while it gives */
        s->want[k] = allowed ? smaller(buys.at_most, positive(buys.target - s->S[k] - s->on_order[k])) : 0;
        /* made on top: at home the share of own output, by suppliers the rest */
        double abroad = hub->X > 0 ? hub->m : 1;
        s->on_top[tier->hub] += (1 - abroad) * s->want[k];
        for (int a = hub->arc_begin; a < hub->arc_end; a++)
            s->on_top[m->arcs[a].from] += (abroad * m->arcs[a].spot) * s->want[k];
    }
}

/* What a hub keeps at its target, after its loadings [A5]. */
static double target_stock(const second_state *s, int h)
{
    return s->H[h] + s->B[h] - fl(s->m->hubs[h].E * s->world);
}

static double wanted_at(const second_state *s, int h)
{
    double sum = 0;
    for (int k = s->m->hubs[h].tier_begin; k < s->m->hubs[h].tier_end; k++)
        if (s->m->tiers[k].refills) sum += s->want[k];
    return sum;
}

/* What was bought on an arc goes to one tier after the other. */
static void load_purchase(second_state *s, int a, double bought)
{
    const km_arc *arc = &s->m->arcs[a];
    const km_hub *hub = &s->m->hubs[arc->to];
    s->I[arc->from] -= bought;
    for (int k = hub->tier_begin; k < hub->tier_end; k++) {
        if (!s->m->tiers[k].refills) continue;
        double x = smaller(bought, s->want[k]), lost = fl(arc->loss * x);
        bought -= x;
        s->want[k] -= x;
        s->balance_out += lost;
        ACTS(s->common, refills_abroad, x > 0);
        s->on_order[k] += x - lost;
        *delivery(s, &s->m->tiers[k], s->t + arc->lag + s->lag[a]) += x - lost;
    }
}

/* Purchases abroad, of what exporters hold above their target after everybody's trade. */
void second_buy(second_state *s, int form)
{
    const km_mineral *m = s->m;
    int begin = m->arc_form_begin[form], end = m->arc_form_begin[form + 1];
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        s->left[h] = smaller(s->left[h], positive(s->I[h] - target_stock(s, h)));
        s->sum1[h] = 0;
    }
    for (int a = begin; a < end; a++) {
        s->first[a] = m->hubs[m->arcs[a].to].refills
                          ? fl(smaller(s->cap[a], m->arcs[a].spot * wanted_at(s, m->arcs[a].to)))
                          : 0;
        s->sum1[m->arcs[a].from] += s->first[a];
    }
    for (int a = begin; a < end; a++) {
        double P = s->sum1[m->arcs[a].from], left = s->left[m->arcs[a].from];
        if (P > left) s->first[a] = fl(s->first[a] * (left / P));
    }
    for (int a = begin; a < end; a++)
        if (m->hubs[m->arcs[a].to].refills) load_purchase(s, a, s->first[a]);
}

/* Purchases at home, of what the hub holds above its target at the end of the step. */
static void buy_at_home(second_state *s, int k)
{
    int h = s->m->tiers[k].hub;
    double x = smaller(s->want[k], positive(s->I[h] - positive(target_stock(s, h) - s->U[h])));
    s->I[h] -= x;
    s->want[k] -= x;
    put_in(s, k, x);
    ACTS(s->common, refills_at_home, x > 0);
}

/* ---- keeping [6.4] ---- */

static void decay(second_state *s, int k)
{
    const km_tier *tier = &s->m->tiers[k];
    double share = tier->decay_path && s->t >= 0 ? tier->decay_path[s->t] : tier->decay;
    double lost = fl(share * s->S[k]);
    ACTS(s->common, keeping, share != tier->decay && lost > 0);
    ACTS(s->common, decay, lost > 0);
    s->S[k] -= lost;
    s->balance_out += lost;
}

/* Exchange of the oldest for fresh; every `age_steps` all gets a class older, what leaves the last is
 * reprocessed into the form before or written off. */
static void grow_old(second_state *s, int k)
{
    const km_tier *tier = &s->m->tiers[k];
    double *age = &s->age[tier->age];
    if (tier->rotation > 0) {
        double x = fl(tier->rotation * s->S[k]);
        take_out(s, k, x);
        put_in(s, k, x);
        ACTS(s->common, rotation, x > 0);
    }
    if (s->t < 0 || (s->t + 1) % tier->age_steps) return; /* the stock opens at the start */
    double old = age[tier->ages - 1], saved = 0;
    for (int a = tier->ages - 1; a > 0; a--) age[a] = age[a - 1];
    age[0] = 0;
    s->S[k] -= old;
    if (tier->spoilt_hub >= 0) {
        saved = fl(tier->reprocessing * old);
        s->I[tier->spoilt_hub] += saved;
    }
    ACTS(s->common, ageing, old > 0);
    ACTS(s->common, reprocessing, saved > 0);
    s->balance_out += old - saved;
}

void second_keep(second_state *s)
{
    for (int k = 0; k < s->m->ntiers; k++) {
        const km_tier *tier = &s->m->tiers[k];
        if (tier->refills) buy_at_home(s, k);
        if (tier->decay > 0) decay(s, k);
        if (tier->ages) grow_old(s, k);
    }
}
