/* Stockpiles [6]: triggers, releases, purchases, keeping. */
#include "second_internal.h"

/* ---- triggers [B4] ---- */

static void move_trigger(second_trigger *k, const km_tier *tier, double loss, int t)
{
    k->loss = k->loss + (loss - k->loss) / 4;
    if (k->state == RELEASING && k->loss <= tier->off && t - k->since_release >= tier->minimum) k->state = IDLE;
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

void second_state_triggers(second_state *s) { (void)s; }

/* ---- releases [6.2, B5] ---- */

/* What a hub lacks for the use of this step, and of the time before the need in which its tiers open. */
static double lacking(const second_state *s, int h, double release_at)
{
    return positive(s->U[h] + fl(release_at * s->Ubar[h]) - s->I[h]);
}

/* In the D-run the tiers of the group stand empty: they only say what they would have given to the need of the step, one
 * after the other. */
static void not_released(second_state *s, int h)
{
    const km_hub *hub = &s->m->hubs[h];
    double need = lacking(s, h, 0);
    int any = 0;
    for (int k = hub->tier_begin; k < hub->tier_end; k++) {
        if (!s->m->tiers[k].group) continue;
        any = 1;
        need -= second_required(s, k, need);
    }
    if (any && s->t >= s->model->burn && need > 16) s->irreducible += need;
}

void second_releases(second_state *s, int form)
{
    const km_mineral *m = s->m;
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        int h = tier->hub;
        if (m->hubs[h].form != form) continue;
        double R = 0;
        if (s->authorised[k] && !(s->emptied && tier->group))
            R = smaller(smaller(lacking(s, h, tier->release_at), tier->at_most), positive(s->S[k] - tier->floor));
        s->release[k] = R;
        s->S[k] -= R;
        s->I[h] += R;
    }
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1] && s->emptied; h++) not_released(s, h);
}

/* ---- refill [6.5] ---- */

void second_refill_wants(second_state *s) { (void)s; }
void second_buy(second_state *s, int form) { (void)s, (void)form; }
void second_deliver(second_state *s) { (void)s; }

/* ---- keeping [6.4] ---- */

void second_keep(second_state *s)
{
    for (int k = 0; k < s->m->ntiers; k++) {
        const km_tier *tier = &s->m->tiers[k];
        if (!(tier->decay > 0)) continue;
        double gone = fl(tier->decay * s->S[k]);
        s->S[k] -= gone;
        s->balance_out += gone;
    }
}
