/* S1 of a step for one mineral: availabilities, lags, contracted inbound availability Z, qualification of
 * suppliers, triggers of stockpiles.  Nothing here reads stocks or flows, so the base run and the D-run share
 * it [R0.5]. */
#include "sim/forced.h"
#include "sim/lanes/lanes.h"

/* May the capacity of a site change though its availability does not? */
static int capacity_moves(const km_mineral *m, const km_site *site)
{
    return m->capacity_growth || (site->by_regime && site->regime >= 0) || site->nhosts ||
           (site->toll_arc >= 0 && m->arcs[site->toll_arc].varies);
}

/* Trade and capacities at `g` times their base. */
static void grow_to(const km_mineral *m, kura_exogenous *e, double g)
{
    for (int a = 0; a < m->narcs; a++) e->v_t[a] = floor(g * m->arcs[a].established);
    for (int s = 0; s < m->nsites; s++) {
        e->K_t[s] = floor(g * m->sites[s].K);
        e->usual_t[s] = floor(g * m->sites[s].usual);
    }
    for (int h = 0; h < m->nhubs; h++) e->Cexp_t[h] = floor(g * m->hubs[h].Cexp);
}

void kura_exogenous_start(const km_mineral *m, kura_work *w)
{
    kura_exogenous *e = &w->exo;
    for (int h = 0; h < m->nhubs; h++)
        LANES(l) e->qe[h].v[l] = e->qneed[h].v[l] = e->q[h].v[l] = e->omega[h].v[l] = 0;
    for (int k = 0; k < m->ntiers; k++)
        for (int l = 0; l < L; l++) {
            e->fe[k].v[l] = 0;
            e->fsm[k].v[l] = FSM_IDLE;
            e->t_on[k].v[l] = e->t_rel[k].v[l] = 0;
        }
    grow_to(m, e, 1);
    for (int s = 0; s < m->nsites; s++)
        w->capacity_moves[s] = (uint8_t)(w->forced || capacity_moves(m, &m->sites[s]));
    kura_wedge_start(m, w);
    w->new_epoch = 0;
}

void kura_take_epoch(const km_mineral *m, kura_work *w, int t)
{
    kura_exogenous *e = &w->exo;
    double g = m->capacity_growth ? m->capacity_growth[t] : 1;
    grow_to(m, e, g);
    w->new_epoch = 1;
}

static void grow(const km_mineral *m, kura_exogenous *e, int t)
{
    if (!m->capacity_growth || (t > 0 && m->capacity_growth[t] == m->capacity_growth[t - 1])) return;
    double g = m->capacity_growth[t < 0 ? 0 : t];
    grow_to(m, e, g);
}

void kura_arc_severity(const km_mineral *m, const km_arc *a, const kura_work *w, int t, lane *sigma)
{
    LANES(l) sigma->v[l] = 0;
    for (int i = 0; i < a->nseries; i++) {
        const lane *s = &w->sigma[a->series[i]][t + m->spin];
        LANES(l) sigma->v[l] = kura_max(sigma->v[l], s->v[l]);
    }
    if (t >= 0) apply_script(&a->severity_script, t, sigma);
}

/* kappa = regime x (1 - severity) x min over routes x script [3] */
static void arc_kappa(const km_model *model, const km_mineral *m, const km_arc *a, kura_work *w, int t,
                      lane *kappa, lane *leak)
{
    LANES(l) kappa->v[l] = 1;
    if (leak) LANES(l) leak->v[l] = 0;
    if (a->regime >= 0) {
        const double *k = model->regimes[a->regime].availability;
        if (k[0] != 1 || k[1] != 1 || k[2] != 1)
            for (int l = 0; l < L; l++) kappa->v[l] = k[w->regime[a->regime][t < 0 ? 0 : t].v[l]];
    }
    if (a->nseries || a->severity_script.mul) {
        lane sigma;
        kura_arc_severity(m, a, w, t, &sigma);
        LANES(l) kappa->v[l] *= 1 - sigma.v[l];
        if (leak) *leak = sigma;
    }
    if (t < 0) return;
    if (a->nspells) {
        lane open;
        LANES(l) open.v[l] = 1;
        for (int i = 0; i < a->nspells; i++) {
            const lane *way = &w->way[a->spells[i]];
            LANES(l) open.v[l] = kura_min(open.v[l], way->v[l]);
        }
        LANES(l) kappa->v[l] *= open.v[l];
        if (leak) LANES(l) leak->v[l] *= open.v[l];
    }
    apply_script(&a->script, t, kappa);
}

/* fl(K avail) */
static void site_capacity(const km_model *model, const km_mineral *m, kura_work *w, int t)
{
    kura_exogenous *e = &w->exo;
    for (int s = 0; s < m->nsites; s++) {
        const km_site *site = &m->sites[s];
        lane *kav = &e->kav[s];
        w->kav_changed[s] = t <= 0 || w->capacity_moves[s] || w->avail_changed[s] || w->new_epoch;
        if (!w->kav_changed[s]) continue;
        e->avail[s] = t >= 0 ? w->avail[s] : NULL;
        if (site->by_regime && site->regime >= 0) {
            const blane *r = &w->regime[site->regime][t < 0 ? 0 : t];
            double g = m->capacity_growth ? m->capacity_growth[t < 0 ? 0 : t] : 1;
            for (int l = 0; l < L; l++) kav->v[l] = kura_floor(g * site->K_regime[r->v[l]]);
        } else {
            double K = e->K_t[s];
            LANES(l) kav->v[l] = K;
        }
        if (t < 0 && site->project.given && site->project.start > 0) LANES(l) kav->v[l] = 0;
        if (site->nhosts) kura_limit_by_hosts(site, w, t, kav);
        if (e->avail[s]) {
            const lane *k = e->avail[s];
            LANES(l) kav->v[l] = kura_floor(kav->v[l] * k->v[l]);
        }
        if (site->toll_arc >= 0 && m->arcs[site->toll_arc].varies) { /* the way back to the owner */
            km_arc back = m->arcs[site->toll_arc]; /* its country's regime acts on the site already */
            lane way, *k = &way;
            back.regime = -1;
            arc_kappa(model, m, &back, w, t, k, NULL);
            LANES(l) kav->v[l] = kura_floor(kav->v[l] * k->v[l]);
        }
    }
}

/* Of what a restriction stops, the share `leak` comes by way of another country, as far as the exporter's
 * trade with that one is free [13]. */
static void leaks(const km_mineral *m, kura_exogenous *e)
{
    for (int a = 0; a < m->narcs; a++) {
        const km_arc *arc = &m->arcs[a];
        double share = arc->leak, *leak = e->leak[a].v;
        if (!(share > 0)) continue;
        LANES(l) leak[l] *= share;
        if (arc->leak_via < 0 || !m->arcs[arc->leak_via].varies) continue;
        const double *k = e->kappa[arc->leak_via].v;
        LANES(l) leak[l] *= k[l];
    }
}

/* Added lag: the longest detour of the closed and degraded routes, plus the script [3.4]. */
static void arc_lag(const km_model *model, const km_arc *a, kura_work *w, int t, ilane *lag, uint8_t *same)
{
    int script = a->lag_script && t >= 0 ? (int)a->lag_script[t] : 0, most = 0;
    for (int l = 0; l < L; l++) lag->v[l] = 0;
    *same = 1;
    if (t < 0) return;
    for (int i = 0; i < a->nspells; i++) {
        int second = model->degraded[a->spells[i]];
        int detour[3] = {0, model->spells[a->spells[i]].detour,
                         second >= 0 ? model->spells[second].detour : 0};
        if (!detour[1] && !detour[2]) continue;
        const blane *closed = &w->closed[a->spells[i]][t];
        for (int l = 0; l < L; l++) {
            int d = detour[closed->v[l]];
            lag->v[l] = d > lag->v[l] ? d : lag->v[l];
        }
    }
    for (int l = 0; l < L; l++) {
        most = lag->v[l] > most ? lag->v[l] : most;
        lag->v[l] += script;
    }
    *same = most == 0;
}

/* 1 where a restriction of some inbound base trade is announced and not yet in force: buyers may order ahead
 * [2.7].  Of a decree that is to deepen one in force as well. */
static void announce(const km_mineral *m, kura_work *w, int t)
{
    if (!m->has_notice) return;
    int row = t + m->spin;
    for (int h = 0; h < m->nhubs; h++) {
        lane *notice = &w->exo.notice[h];
        LANES(l) notice->v[l] = 0;
        for (int a = m->hubs[h].arc_begin; a < m->hubs[h].arc_end; a++) {
            const km_arc *arc = &m->arcs[a];
            if (!(arc->v > 0)) continue;
            if (t >= 0 && arc->announced && arc->announced[t]) LANES(l) notice->v[l] = 1;
            for (int i = 0; i < arc->nseries; i++) {
                if (!w->announced[arc->series[i]]) continue;
                const blane *x = &w->announced[arc->series[i]][row];
                for (int l = 0; l < L; l++) notice->v[l] = x->v[l] ? 1 : notice->v[l];
            }
        }
    }
}

/* Share of its capacity that a hub has. */
static void own_share(const km_hub *hub, const kura_exogenous *e, lane *A)
{
    LANES(l) A->v[l] = 1;
    if (hub->site_end == hub->site_begin) return;
    lane sum;
    double K = 0;
    LANES(l) sum.v[l] = 0;
    for (int s = hub->site_begin; s < hub->site_end; s++) {
        K += e->usual_t[s];
        const lane *kav = &e->kav[s];
        LANES(l) sum.v[l] += kav->v[l];
    }
    if (K > 0) LANES(l) A->v[l] = sum.v[l] / K;
    LANES(l) A->v[l] = kura_min(A->v[l], 1); /* a basket or a regime may give more than usual */
}

/* What comes in along the base flows, each as far as its supplier and its way are available. */
static void add_base_flows(const km_mineral *m, const kura_exogenous *e, const km_hub *hub, lane *sum)
{
    for (int a = hub->arc_begin; a < hub->arc_end; a++) {
        double v = m->arcs[a].v;
        const lane *A = &e->A[m->arcs[a].from];
        if (m->arcs[a].varies) {
            const lane *k = &e->kappa[a];
            LANES(l) sum->v[l] += kura_floor((v * k->v[l]) * A->v[l]);
        } else {
            LANES(l) sum->v[l] += kura_floor(v * A->v[l]);
        }
    }
}

/* May what comes in differ from the step before? */
static int flows_change(const km_mineral *m, const kura_work *w, const km_hub *hub)
{
    int changed = 0;
    for (int a = hub->arc_begin; a < hub->arc_end; a++)
        changed |= m->arcs[a].varies || w->A_changed[m->arcs[a].from];
    return changed;
}

/* Does the hub feed one of the next form, whose A then takes (fl(X A) + base flows)/(X + M) of it? */
static int looked_through(const km_hub *feed) { return feed->up_hub >= 0 && feed->X + feed->Mo != 0; }

static void through_feed(const km_mineral *m, kura_exogenous *e, int below)
{
    const km_hub *feed = &m->hubs[below];
    lane fa, *A = &e->A[feed->up_hub];
    const lane *own = &e->A[below];
    double X = feed->X, base = feed->X + feed->Mo;
    LANES(l) fa.v[l] = kura_floor(X * own->v[l]);
    add_base_flows(m, e, feed, &fa);
    LANES(l) A->v[l] = A->v[l] * (fa.v[l] / base);
}

/* A and Z by look-through of the feed in base flows [6.3, B3], where they may have changed. */
static void inbound(const km_mineral *m, kura_work *w, int t)
{
    kura_exogenous *e = &w->exo;
    if (t > 0 && w->brief && !m->narcs) return; /* nobody looks through anything, and Z stays 1 */
    for (int f = 0; f < m->nforms; f++) {
        int begin = m->hub_begin[f], end = m->hub_begin[f + 1], before = f > 0 ? m->hub_begin[f - 1] : begin;
        for (int h = begin; h < end; h++) {
            w->A_changed[h] = t <= 0 || w->new_epoch;
            for (int s = m->hubs[h].site_begin; s < m->hubs[h].site_end; s++)
                w->A_changed[h] |= w->kav_changed[s];
        }
        for (int b = before; b < begin; b++) /* the hub of form f-1 in the same country feeds it */
            if (looked_through(&m->hubs[b]))
                w->A_changed[m->hubs[b].up_hub] |= w->A_changed[b] || flows_change(m, w, &m->hubs[b]);
        for (int h = begin; h < end; h++)
            if (w->A_changed[h]) own_share(&m->hubs[h], e, &e->A[h]);
        for (int b = before; b < begin; b++)
            if (looked_through(&m->hubs[b]) && w->A_changed[m->hubs[b].up_hub]) through_feed(m, e, b);
    }
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        lane sum, *Z = &e->Z[h];
        double M = hub->Mo;
        if (M == 0) {
            if (t <= 0 || w->new_epoch) LANES(l) Z->v[l] = 1;
            continue;
        }
        if ((w->brief && !hub->looks) || (t > 0 && !w->new_epoch && !flows_change(m, w, hub))) continue;
        LANES(l) sum.v[l] = 0;
        add_base_flows(m, e, hub, &sum);
        LANES(l) Z->v[l] = sum.v[l] / M;
    }
}

/* Alarm of an importer: the regime of its suppliers, 0 to 1, weighted by base imports [2.7]. */
static void alarm(const km_model *model, const km_mineral *m, kura_work *w, int t)
{
    kura_exogenous *e = &w->exo;
    (void)model;
    if (!(m->panic > 0)) return;
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        lane *out = &e->alarm[h];
        LANES(l) out->v[l] = 0;
        for (int a = hub->arc_begin; a < hub->arc_end; a++) {
            int r = m->hubs[m->arcs[a].from].regime;
            if (r < 0 || !(m->arcs[a].v > 0)) continue;
            double weight = 0.5 * (m->arcs[a].v / hub->Mo);
            const uint8_t *regime = w->regime[r][t < 0 ? 0 : t].v;
            for (int l = 0; l < L; l++) out->v[l] += weight * regime[l];
        }
    }
}

/* A supplier without contract share reaches an importer after a qualification time [A8]. */
static void qualify(const km_mineral *m, kura_work *w)
{
    kura_exogenous *e = &w->exo;
    double Q = m->q_wait, R = m->q_ramp, on = m->loss_on, off = m->loss_off;
    for (int h = 0; h < m->nhubs; h++) {
        if (m->hubs[h].Mo == 0 && on > 0 && !m->now) continue; /* nothing to lose: all stays at 0 */
        if (w->brief && !m->hubs[h].qualifies) continue;
        double *x = e->qe[h].v, *need = e->qneed[h].v, *q = e->q[h].v, *omega = e->omega[h].v;
        const double *Z = e->Z[h].v;
        LANES(l)
        {
            x[l] = x[l] + ((1 - Z[l]) - x[l]) / 4;
            need[l] = x[l] >= on ? 1 : x[l] <= off ? 0 : need[l];
            double up = kura_min(q[l] + 1, Q + R), down = kura_max(q[l] - 1, 0);
            q[l] = need[l] > 0 ? up : down;
            omega[l] = R > 0 ? kura_clamp01((q[l] - Q) / R) : (q[l] >= Q && need[l] > 0 ? 1 : 0);
        }
    }
}

/* Trigger of a tier by contracted inbound supply [6.3, B4]. */
static void trigger(const km_mineral *m, const km_tier *tier, kura_exogenous *e, int k, int t)
{
    if (tier->trigger == SC_TRIGGER_ALWAYS) {
        for (int l = 0; l < L; l++) e->fsm[k].v[l] = FSM_RELEASING;
        return;
    }
    lane z;
    LANES(l) z.v[l] = 1;
    const km_hub *home = &m->hubs[tier->hub];
    for (int h = tier->hub; h < m->nhubs; h++) { /* its country, from the held form to the final one */
        if (m->hubs[h].country != home->country) continue;
        const lane *Z = &e->Z[h];
        LANES(l) z.v[l] = kura_min(z.v[l], Z->v[l]);
    }
    LANES(l) z.v[l] = 1 - z.v[l];
    kura_trigger(tier, &e->fe[k], &e->fsm[k], &e->t_on[k], &e->t_rel[k], &z, t);
}

/* Objects that this bundle is to lose [8.11]. */
static void force(const km_mineral *m, kura_work *w, int t)
{
    uint64_t lanes = kura_forced_lanes(w, m, t);
    if (!lanes) return;
    const kura_forced_mineral *f = &w->forced->minerals[m->scenario_mineral];
    for (int a = 0; a < m->narcs; a++) {
        kura_force(f->arc[a] & lanes, &w->exo.kappa[a]);
        if (m->arcs[a].leak > 0) kura_force(f->arc[a] & lanes, &w->exo.leak[a]);
    }
    for (int s = 0; s < m->nsites; s++) kura_force(f->site[s] & lanes, &w->exo.kav[s]);
}

/* Steps t < 0 are the spin-up: regimes and growth of step 0, no outage, shock, script or closed route, and no
 * project that is still to start. */
void kura_exogenous_step(const km_model *model, const km_mineral *m, kura_work *w, int t)
{
    kura_exogenous *e = &w->exo;
    for (int r = 0; r < model->nregimes; r++) {
        e->regime[r] = &w->regime[r][t < 0 ? 0 : t];
        if (t > 0 && memcmp(e->regime[r], e->regime[r] - 1, sizeof *e->regime[r]) == 0) continue;
        for (int l = 0; l < L; l++) w->home[r].v[l] = m->home[e->regime[r]->v[l]];
    }
    grow(m, e, t);
    for (int a = 0; a < m->narcs; a++) {
        const km_arc *arc = &m->arcs[a];
        if (arc->varies) arc_kappa(model, m, arc, w, t, &e->kappa[a], arc->leak > 0 ? &e->leak[a] : NULL);
        if (arc->detours) arc_lag(model, arc, w, t, &e->lag[a], &e->lag_same[a]);
    }
    leaks(m, e);
    site_capacity(model, m, w, t);
    if (w->forced) force(m, w, t);
    announce(m, w, t);
    inbound(m, w, t);
    alarm(model, m, w, t);
    qualify(m, w);
    kura_wedge_step(m, w, t);
    for (int k = 0; k < m->ntiers; k++) trigger(m, &m->tiers[k], e, k, t);
    w->new_epoch = 0;
}
