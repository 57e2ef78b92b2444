/* Stockpiles of one mineral: tiers in the order of their release, pooled stocks and their members, sizes,
 * keeping, refill [6]. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { AGES = 8 }; /* classes of age [6.4] */

static double quanta(const km_mineral *m, double tonnes) { return floor(tonnes / m->quantum); }
static int whole_steps(const compile_ctx *c, double days)
{
    return (int)floor(days / c->model->step_days + 0.5);
}

/* ---- tiers ---- */

static void fill_tier(compile_ctx *c, km_tier *k, int index, int hub)
{
    const sc_stockpile *in = &c->sc->stockpiles[index];
    k->scenario_stockpile = index;
    k->hub = hub;
    k->delay = whole_steps(c, in->delay_days);
    k->minimum = whole_steps(c, in->minimum_days);
    k->on = in->on;
    k->off = in->off;
    k->trigger = in->trigger;
    k->release_at = in->release_at_days / c->model->step_days;
    k->sectors = k->pool = k->holds_pool = k->spoilt_hub = -1;
}

/* Which member of the stockpile the country is, -1. */
static int member_of(const sc_stockpile *s, int country)
{
    for (int i = 0; i < s->nmembers; i++)
        if (s->members[i].country == country) return i;
    return -1;
}

/* Stockpiles of the scenario by id, so that the order of rows changes nothing. */
static int *by_id(compile_ctx *c)
{
    const sc_stockpile *all = c->sc->stockpiles;
    int n = c->sc->nstockpiles, *order = KURA_NEW(&c->model->arena, int, (size_t)n + 1);
    for (int i = 0; order && i < n; i++) {
        int j = i;
        for (; j > 0 && strcmp(all[order[j - 1]].id, all[i].id) > 0; j--) order[j] = order[j - 1];
        order[j] = i;
    }
    return order;
}

/* Private before national before joint [B5], those of one owner by id.  A pooled stock has a tier where it is
 * held and one at each member. */
kura_status km_make_tiers(compile_ctx *c, km_mineral *m, const int *map)
{
    const kura_scenario_data *sc = c->sc;
    int nc = sc->ncountries, n = 0, most = 0, *order = by_id(c);
    for (int i = 0; i < sc->nstockpiles; i++)
        if (sc->stockpiles[i].mineral == m->scenario_mineral) {
            most += 1 + sc->stockpiles[i].nmembers;
            m->npools += sc->stockpiles[i].nmembers > 0;
        }
    m->tiers = KURA_NEW(&c->model->arena, km_tier, (size_t)most);
    m->pools = KURA_NEW(&c->model->arena, km_pool, (size_t)m->npools);
    KM_ALLOC(c, m->tiers && m->pools && order);
    for (int h = 0; h < m->nhubs; h++) {
        m->hubs[h].tier_begin = n;
        for (int owner = SC_OWNER_PRIVATE; owner <= SC_OWNER_JOINT; owner++)
            for (int k = 0, pool = -1; k < sc->nstockpiles; k++) {
                int i = order[k];
                const sc_stockpile *in = &sc->stockpiles[i];
                if (in->mineral != m->scenario_mineral) continue;
                pool += in->nmembers > 0;
                if ((int)in->owner != owner || in->form != m->hubs[h].form) continue;
                if (map[in->form * nc + in->country] == h) {
                    fill_tier(c, &m->tiers[n], i, h);
                    m->tiers[n++].holds_pool = in->nmembers ? pool : -1;
                }
                if (member_of(in, m->hubs[h].country) < 0) continue;
                fill_tier(c, &m->tiers[n], i, h);
                m->tiers[n++].pool = pool;
            }
        m->hubs[h].tier_end = n;
    }
    m->ntiers = n;
    return KURA_OK;
}

/* ---- pools ---- */

static kura_status link_pools(compile_ctx *c, km_mineral *m)
{
    for (int p = 0; p < m->npools; p++) {
        km_pool *pool = &m->pools[p];
        for (int k = 0; k < m->ntiers; k++)
            if (m->tiers[k].holds_pool == p) pool->holder = k;
        const sc_stockpile *in = &c->sc->stockpiles[m->tiers[pool->holder].scenario_stockpile];
        pool->form = in->form;
        pool->solidarity = in->solidarity;
        pool->member = KURA_NEW(&c->model->arena, int, (size_t)in->nmembers);
        pool->share = KURA_NEW(&c->model->arena, double, (size_t)in->nmembers);
        KM_ALLOC(c, pool->member && pool->share);
        for (int k = 0; k < m->ntiers; k++) {
            if (m->tiers[k].pool != p) continue;
            const sc_member *member = &in->members[member_of(in, m->hubs[m->tiers[k].hub].country)];
            int lag = whole_steps(c, member->lag_days);
            m->tiers[k].slots = lag ? lag + 1 : 0;
            pool->share[pool->nmembers] = member->share;
            pool->member[pool->nmembers++] = k;
        }
    }
    return KURA_OK;
}

/* ---- sizes ---- */

/* Base use a day that the sizes in days refer to: of the hub, or of all members. */
static double day_of(const compile_ctx *c, const km_mineral *m, int tier)
{
    const km_tier *k = &m->tiers[tier];
    double use = m->hubs[k->hub].U0;
    if (k->holds_pool >= 0) {
        use = 0;
        for (int i = 0; i < m->ntiers; i++)
            if (m->tiers[i].pool == k->holds_pool) use += m->hubs[m->tiers[i].hub].U0;
    }
    return use / c->model->step_days;
}

static double amount(const km_mineral *m, double tonnes, double days, double day, double none)
{
    return !isnan(tonnes) ? quanta(m, tonnes) : !isnan(days) ? floor(days * day) : none;
}

static void size_tier(const compile_ctx *c, km_mineral *m, int i)
{
    km_tier *k = &m->tiers[i];
    const sc_stockpile *in = &c->sc->stockpiles[k->scenario_stockpile];
    double day = day_of(c, m, i);
    if (k->pool >= 0) return; /* the stock stands at the holder */
    k->opening = amount(m, in->opening_t, in->opening_days, day, 0);
    k->floor = amount(m, in->floor_t, in->floor_days, day, 0);
    k->at_most = amount(m, in->at_most_t, in->at_most_days, day, 1e300);
    k->target = amount(m, in->target_t, in->target_days, day, k->opening);
    k->refills = in->refill;
    k->buy_at_most = amount(m, in->refill_at_most_t, in->refill_at_most_days, day, 0);
    k->buy_below = kura_log(in->refill_below);
    km_raise_tier(c, m, k);
    const km_hub *hub = &m->hubs[k->hub];
    if (in->refill && hub->arc_begin == hub->arc_end && hub->site_begin == hub->site_end)
        kura_diag_add(
            c->diag, KURA_DIAG_ERROR, in->where.file, in->where.line, 0, NULL,
            "stockpile \"%s\" can never be refilled: no trade brings %s/%s to %s and no site makes it there",
            in->id, m->id, m->forms[hub->form], c->sc->countries[hub->country]);
    /* one in time, the other in mass; what a lever alone refills has no target before */
    if (k->floor > k->opening || (in->refill && k->target < k->floor))
        kura_diag_add(c->diag, KURA_DIAG_ERROR, in->where.file, in->where.line, 0, NULL,
                      "stockpile \"%s\": its floor (%.6g t) is above its %s (%.6g t)", in->id,
                      k->floor * m->quantum, k->floor > k->opening ? "opening stock" : "target",
                      (k->floor > k->opening ? k->opening : k->target) * m->quantum);
    if (!isnan(in->opening_days) && day == 0)
        kura_diag_add(c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
                      "stockpile \"%s\" is given in days of use, but nothing uses %s/%s in %s: it is empty",
                      in->id, m->id, m->forms[m->hubs[k->hub].form],
                      c->sc->countries[m->hubs[k->hub].country]);
}

/* ---- keeping ---- */

/* Classes and steps a class: material that comes in between lives from (ages - 1) age_steps + 1 to ages
 * age_steps steps; the pair whose range is nearest to `life`, with as many classes as possible. */
static void classes_of_age(int life, km_tier *k)
{
    int nearest = INT_MAX;
    for (int ages = AGES; ages >= 1; ages--) {
        int each = (int)floor((double)life / ages + 0.5);
        if (each < 1) continue;
        int early = abs((ages - 1) * each + 1 - life), late = abs(ages * each - life);
        int off = early > late ? early : late;
        if (off >= nearest) continue;
        nearest = off;
        k->ages = ages;
        k->age_steps = each;
    }
}

static kura_status keeping(compile_ctx *c, km_mineral *m, km_tier *k)
{
    const sc_stockpile *in = &c->sc->stockpiles[k->scenario_stockpile];
    km_model *model = c->model;
    if (k->pool >= 0) return KURA_OK;
    if (in->half_life_days < 1e300) {
        double ln = -0.693147180559945309417 * (model->step_days / in->half_life_days);
        double *kept = KURA_NEW(&model->arena, double, (size_t)model->steps);
        KM_ALLOC(c, kept);
        k->decay = 1 - kura_exp(ln);
        for (int t = 0; t < model->steps; t++)
            kept[t] = kura_exp(t > model->burn ? -ln * (t - model->burn) : 0);
        k->kept = kept;
        KURA_TRY(km_slow_decay(c, k));
    }
    if (isnan(in->shelf_life_days)) return KURA_OK;
    int life = whole_steps(c, in->shelf_life_days);
    classes_of_age(life < 1 ? 1 : life, k);
    k->age = m->nages;
    m->nages += k->ages;
    k->opening_mixed = in->opening_mixed;
    k->rotation = 1 - kura_exp(-in->rotation * model->step_years);
    if (isnan(in->reprocessing)) return KURA_OK;
    k->reprocessing = in->reprocessing;
    const km_hub *hub = &m->hubs[k->hub];
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].country == hub->country && m->hubs[h].form == hub->form - 1) k->spoilt_hub = h;
    if (k->spoilt_hub < 0)
        kura_diag_add(
            c->diag, KURA_DIAG_ERROR, in->where.file, in->where.line, 0, NULL,
            "stockpile \"%s\": spoilt material cannot be reprocessed, nothing in %s has to do with %s",
            in->id, c->sc->countries[hub->country], m->forms[hub->form - 1]);
    return KURA_OK;
}

static kura_status serve_sectors(compile_ctx *c, km_mineral *m)
{
    int n = 0;
    for (int k = 0; k < m->ntiers; k++)
        if (c->sc->stockpiles[m->tiers[k].scenario_stockpile].nsectors) m->tiers[k].sectors = n++;
    m->any_sectors = n > 0;
    m->eligible = KURA_NEW(&c->model->arena, unsigned char, (size_t)n *(size_t)m->nconsumers);
    KM_ALLOC(c, m->eligible);
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        const sc_stockpile *in = &c->sc->stockpiles[tier->scenario_stockpile];
        const km_hub *hub = &m->hubs[tier->hub];
        for (int i = hub->consumer_begin; i < hub->consumer_end && tier->sectors >= 0; i++)
            for (int s = 0; s < in->nsectors; s++)
                if (strcmp(c->sc->demands[m->consumers[i].scenario_demand].sector, in->sectors[s]) == 0)
                    m->eligible[tier->sectors * m->nconsumers + i] = 1;
    }
    return KURA_OK;
}

kura_status km_size_tiers(compile_ctx *c, km_mineral *m)
{
    KURA_TRY(link_pools(c, m));
    for (int k = 0; k < m->ntiers; k++) {
        km_tier *tier = &m->tiers[k];
        size_tier(c, m, k);
        KURA_TRY(keeping(c, m, tier));
        m->any_refill |= tier->refills;
        m->any_ageing |= tier->decay > 0 || tier->ages;
        m->any_state_trigger |= km_reads_state(tier);
        m->hubs[tier->hub].refills |= tier->refills;
    }
    return serve_sectors(c, m);
}

/* Once the longest transit is known: room for purchases and deliveries on the way. */
void km_ring_tiers(km_mineral *m)
{
    for (int k = 0; k < m->ntiers; k++) {
        km_tier *tier = &m->tiers[k];
        if (tier->refills) tier->slots = m->ring;
        tier->ring = m->nslots;
        m->nslots += tier->slots;
    }
}

const char *km_tier_name(kura_arena *a, const kura_scenario_data *sc, const km_mineral *m, int tier)
{
    const km_tier *k = &m->tiers[tier];
    const char *id = sc->stockpiles[k->scenario_stockpile].id;
    return k->pool < 0 ? id : kura_arena_printf(a, "%s/%s", id, sc->countries[m->hubs[k->hub].country]);
}
