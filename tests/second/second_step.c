/* The physical step S1 to S5 of one mineral on one path [golden step; step.md A and B].  Masses are quanta.
 */
#include "second_internal.h"

/* ---- S1: what the outside does to this step ---- */

/* During the spin-up a country is in the regime of step 0. */
static int regime_now(const second_state *s, int regime)
{
    if (regime < 0) return 0;
    return s->common->regime[regime][s->t < 0 ? 0 : s->t];
}

/* The growth path G of capacities and base flows [A7]. */
static void grow(second_state *s)
{
    const km_mineral *m = s->m;
    double G = m->capacity_growth ? m->capacity_growth[s->t < 0 ? 0 : s->t] : 1;
    s->growth = G;
    for (int a = 0; a < m->narcs; a++) {
        s->v[a] = fl(G * m->arcs[a].established);
        s->net[a] = fl(G * m->arcs[a].net);
    }
    for (int h = 0; h < m->nhubs; h++) s->Cexp[h] = fl(G * m->hubs[h].Cexp);
    for (int b = 0; b < m->nsites; b++) {
        const km_site *site = &m->sites[b];
        ACTS(s->common, capacity_by_regime, site->by_regime && regime_now(s, site->regime));
        double K = site->by_regime ? site->K_regime[regime_now(s, site->regime)] : site->K;
        s->Kt[b] = fl(G * K);
    }
}

/* What a by-product can make: what it could, less what of the shares that hang on hosts they do not give;
 * each term on the lattice.  A basket comes with its host, wanted or not. */
static double limited_by_hosts(const second_state *s, int b)
{
    const km_site *site = &s->m->sites[b];
    double K = s->Kt[b], missing = 0;
    for (int i = 0; i < site->nhosts; i++) {
        const km_host *host = &site->hosts[i];
        double activity = s->t < 0 ? 1 : (double)s->common->activity[host->series][s->t];
        if (site->basket) return fl(site->d0 * activity);
        missing += positive(fl(host->share * K) - ceil(host->most * activity));
    }
    ACTS(s->common, by_products, missing > 0);
    return positive(K - missing);
}

static double route_kappa(const second_state *s, const km_arc *arc, int *lag)
{
    const second_common *c = s->common;
    double kappa = 1;
    for (int i = 0; i < arc->nspells && s->t >= 0; i++) {
        int closed = arc->spells[i], degraded = c->model->degraded[closed];
        int which = c->active[closed][s->t]                      ? closed
                    : degraded >= 0 && c->active[degraded][s->t] ? degraded
                                                                 : -1;
        if (which < 0) continue;
        ACTS(c, degraded_routes, which == degraded);
        ACTS(c, detours, c->model->spells[which].detour > 0);
        kappa = smaller(kappa, 1 - c->severity[which][s->t]);
        if (c->model->spells[which].detour > *lag) *lag = c->model->spells[which].detour;
    }
    return kappa;
}

double second_severity(const second_state *s, const km_arc *arc)
{
    double severity = 0;
    for (int i = 0; i < arc->nseries; i++)
        severity = larger(severity, s->hazards->severity[arc->series[i]][s->m->spin + s->t]);
    return s->t >= 0 ? kura_clamp01(second_script(&arc->severity_script, s->t, severity)) : severity;
}

/* What is left of a trade, and in `leak` what a restriction stops of it where the way is open [13].  Without
 * `with_regime`: without the regime of the exporter, for goods on the way back from tolling, whose country's
 * regime acts on the site already. */
static double trade_kappa(const second_state *s, int a, int with_regime, int *lag, double *leak)
{
    const km_arc *arc = &s->m->arcs[a];
    double severity = second_severity(s, arc), regime = 1;
    *lag = 0;
    if (arc->regime >= 0 && with_regime)
        regime = s->common->model->regimes[arc->regime].availability[regime_now(s, arc->regime)];
    double route = route_kappa(s, arc, lag);
    double kappa = regime * (1 - severity) * route;
    *leak = severity * route;
    if (s->t >= 0) {
        ACTS(s->common, trade_scripts, second_script(&arc->script, s->t, 0.5) != 0.5);
        ACTS(s->common, severity_scripts, second_script(&arc->severity_script, s->t, 0.5) != 0.5);
        ACTS(s->common, lag_scripts, arc->lag_script && arc->lag_script[s->t] != 0);
        kappa = kura_clamp01(second_script(&arc->script, s->t, kappa));
        if (arc->lag_script) *lag += (int)arc->lag_script[s->t];
    }
    return kappa;
}

static void arc_kappa(second_state *s, int a) { s->kappa[a] = trade_kappa(s, a, 1, &s->lag[a], &s->leak[a]); }

/* The way back from tolling. */
static double back_kappa(const second_state *s, int a)
{
    int lag;
    double leak;
    double kappa = trade_kappa(s, a, 0, &lag, &leak);
    ACTS(s->common, tolling_restricted, kappa < 1);
    return kappa;
}

static void site_capacities(second_state *s)
{
    for (int b = 0; b < s->m->nsites; b++) {
        double available = s->t < 0 ? 1 : s->hazards->available[b][s->t];
        if (s->t < 0 && s->m->sites[b].project.given && s->m->sites[b].project.start > 0) available = 0;
        s->K[b] = fl(limited_by_hosts(s, b) * available);
        if (s->m->sites[b].toll_arc >= 0) s->K[b] = fl(s->K[b] * back_kappa(s, s->m->sites[b].toll_arc));
    }
}

/* Of what a restriction stops, a share comes by way of another country, as far as the trade with that one is
 * free. */
static void leaks(second_state *s)
{
    for (int a = 0; a < s->m->narcs; a++) {
        const km_arc *arc = &s->m->arcs[a];
        s->leak[a] *= arc->leak;
        if (arc->leak_via >= 0) s->leak[a] *= s->kappa[arc->leak_via];
    }
}

/* What a site can make while its hosts run at their base. */
static double usual(const km_site *site)
{
    double missing = 0;
    if (site->basket) return site->d0;
    for (int i = 0; i < site->nhosts; i++)
        missing += positive(fl(site->hosts[i].share * site->K) - ceil(site->hosts[i].most));
    return positive(site->K - missing);
}

/* Availability seen through the base flows [B3]. */
static void look_through(second_state *s)
{
    const km_mineral *m = s->m;
    for (int h = 0; h < m->nhubs; h++) { /* hubs are sorted by form */
        const km_hub *hub = &m->hubs[h];
        double sum = 0, all = 0, feed = 1;
        for (int b = hub->site_begin; b < hub->site_end; b++) {
            sum += s->K[b];
            all += fl(s->growth * usual(&m->sites[b])); /* of the normal regime, with hosts at their base */
        }
        double own = all > 0 ? smaller(1, sum / all) : 1; /* a basket or a regime may give more than usual */
        for (int below = 0; below < h; below++) {
            const km_hub *from = &m->hubs[below];
            if (from->up_hub != h) continue;
            double in = fl(from->X * s->A[below]);
            for (int a = from->arc_begin; a < from->arc_end; a++)
                in += fl((m->arcs[a].v * s->kappa[a]) * s->A[m->arcs[a].from]);
            if (from->X + from->Mo > 0) feed = in / (from->X + from->Mo);
        }
        s->A[h] = own * feed;
    }
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        double in = 0;
        for (int a = hub->arc_begin; a < hub->arc_end; a++)
            in += fl((m->arcs[a].v * s->kappa[a]) * s->A[m->arcs[a].from]);
        s->Z[h] = hub->Mo > 0 ? in / hub->Mo : 1; /* as loaded: a loss on the way is no lack of supply */
    }
}

/* New suppliers qualify while they are needed [A8]. */
static void qualify(second_state *s)
{
    const km_mineral *m = s->m;
    for (int h = 0; h < m->nhubs; h++) {
        double *e = &s->need_average[h], *q = &s->qualification[h];
        *e = *e + ((1 - s->Z[h]) - *e) / 4;
        if (*e >= m->loss_on)
            s->need[h] = 1;
        else if (*e <= m->loss_off)
            s->need[h] = 0;
        *q = s->need[h] != 0 ? smaller(*q + 1, m->q_wait + m->q_ramp) : larger(*q - 1, 0);
        s->omega[h] = m->q_ramp > 0                        ? kura_clamp01((*q - m->q_wait) / m->q_ramp)
                      : *q >= m->q_wait && s->need[h] != 0 ? 1
                                                           : 0;
    }
}

/* Announced restrictions of suppliers, and the import-weighted regime of suppliers [2.7]. */
static void expectations(second_state *s)
{
    const km_mineral *m = s->m;
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        s->notice[h] = s->alarm[h] = 0;
        for (int a = hub->arc_begin; a < hub->arc_end; a++) {
            const km_arc *arc = &m->arcs[a];
            for (int i = 0; i < arc->nseries; i++)
                if (s->hazards->announced[arc->series[i]][m->spin + s->t] && arc->v > 0) s->notice[h] = 1;
            if (arc->announced && s->t >= 0 && arc->announced[s->t] && arc->v > 0) s->notice[h] = 1;
            if (arc->v > 0) s->alarm[h] += 0.5 * (arc->v / hub->Mo) * regime_now(s, arc->regime);
        }
    }
}

void second_exogenous(second_state *s)
{
    grow(s);
    for (int a = 0; a < s->m->narcs; a++) arc_kappa(s, a);
    leaks(s);
    site_capacities(s);
    second_supply(s);
    look_through(s);
    qualify(s);
    expectations(s);
    second_triggers(s);
}

/* ---- S3 ---- */

static double *slot(second_state *s, int hub, int t)
{
    int ring = s->m->ring, k = t % ring;
    return &s->ring[hub * ring + (k < 0 ? k + ring : k)];
}

static void arrivals(second_state *s)
{
    for (int h = 0; h < s->m->nhubs; h++) {
        double *in = slot(s, h, s->t);
        s->I[h] += *in;
        s->P[h] -= *in;
        *in = 0;
    }
}

/* ---- S4: from the last form to the first ---- */

static double world_demand(const second_state *s)
{
    double sum = 0;
    for (int k = 0; k < s->m->nconsumers; k++)
        if (s->m->hubs[s->m->consumers[k].hub].form == s->m->nforms - 1) sum += s->D[k];
    return s->m->D0_final > 0 ? sum / s->m->D0_final : 1;
}

static double in_process(const second_state *s, int b)
{
    double sum = 0;
    for (int i = 0; i < s->m->sites[b].lag; i++) sum += s->process[s->m->sites[b].process + i];
    return sum;
}

static void target(second_state *s, int b, double g, double gap)
{
    const km_site *site = &s->m->sites[b];
    double y = site->refine ? site->yield : 1;
    double correction = site->correction_share * gap;
    if (s->m->any_refill && !site->standby && s->m->hubs[site->hub].X > 0)
        correction = correction + (site->x0 / s->m->hubs[site->hub].X) * s->on_top[site->hub];
    double want = positive(fl(site->d0 * g + correction / y));
    if (s->m->push || site->basket) want = s->C[b];
    s->T[b] = smaller(want, s->C[b]);
    s->Xstar[site->hub] += site->refine ? fl(y * want) : want;
}

static void targets(second_state *s, int h, double g)
{
    const km_mineral *m = s->m;
    const km_hub *hub = &m->hubs[h];
    double U = 0;
    for (int k = hub->consumer_begin; k < hub->consumer_end; k++) U += s->D[k];
    if (hub->up_hub >= 0)
        for (int b = m->hubs[hub->up_hub].site_begin; b < m->hubs[hub->up_hub].site_end; b++)
            if (m->sites[b].refine) U += s->T[b];
    s->U[h] = U;
    s->Ubar[h] = s->Ubar[h] + (U - s->Ubar[h]) / m->use_n;
    s->H[h] = fl(hub->cover1 * s->Ubar[h] * (1 + m->panic * s->alarm[h]));
    s->B[h] = fl((hub->buffer * (hub->E + hub->waiting)) * g);
    double base = 0;
    for (int b = hub->site_begin; b < hub->site_end; b++)
        base += m->sites[b].basket ? s->K[b] : fl(m->sites[b].x0 * g);
    double gap = (s->H[h] + s->B[h]) - (s->I[h] + base) + second_own_gap(s, h);
    for (int b = hub->site_begin; b < hub->site_end;
         b++) /* goods in process beyond those of the base count as there */
        if (m->sites[b].lag && !m->sites[b].standby)
            gap -= in_process(s, b) - fl(m->sites[b].x0 * g) * m->sites[b].lag;
    s->Xstar[h] = 0;
    for (int b = hub->site_begin; b < hub->site_end; b++) target(s, b, g, gap);
}

/* ---- S5 ---- */

/* The product of a site joins its store, at once or after its time in process. */
static void make(second_state *s, int b, double input, double output)
{
    const km_site *site = &s->m->sites[b];
    double ready = output;
    s->out[b] = output;
    ACTS(s->common, process_lags, site->lag && output > 0);
    ACTS(s->common, standby, site->standby && output > 0);
    ACTS(s->common, tolling, s->model->scenario->sites[site->scenario_site].owner >= 0 && output > 0);
    ACTS(s->common, baskets, site->basket && output > 0);
    ACTS(s->common, yields_below_1, input > output);
    ACTS(s->common, push, s->m->push && output > 0);
    ACTS(s->common, zero_capacities, site->K == 0);
    if (!site->refine)
        s->balance_in += output;
    else
        s->balance_out += input - output;
    s->made[site->hub] += output;
    if (site->lag) {
        int t = s->t % site->lag;
        double *place = &s->process[site->process + (t < 0 ? t + site->lag : t)];
        ready = *place;
        *place = output;
    }
    s->I[site->hub] += ready;
}

/* Room for new output: of the store, or, without one, what the step uses of it [B9]. */
static double room(const second_state *s, int h)
{
    const km_hub *hub = &s->m->hubs[h];
    return positive((hub->no_storage ? s->U[h] : hub->cap) - s->I[h]);
}

/* Without a store one site after the other serves what is used, in the order of the table. */
static void mines_for_use(second_state *s, int h)
{
    const km_mineral *m = s->m;
    for (int b = m->hubs[h].site_begin; b < m->hubs[h].site_end; b++)
        if (!m->sites[b].refine) {
            ACTS(s->common, without_storage, s->T[b] > room(s, h));
            make(s, b, 0, m->sites[b].basket ? s->T[b] : smaller(s->T[b], room(s, h)));
        }
}

/* Sites without input, of every form [A10]. */
static void mines(second_state *s, int h)
{
    const km_mineral *m = s->m;
    const km_hub *hub = &m->hubs[h];
    double sum = 0, space = room(s, h);
    if (hub->no_storage) {
        mines_for_use(s, h);
        return;
    }
    for (int b = hub->site_begin; b < hub->site_end; b++)
        if (!m->sites[b].refine && !m->sites[b].basket) sum += s->T[b];
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        if (m->sites[b].refine) continue;
        double x = sum > 0 ? smaller(s->T[b], fl(space * (s->T[b] / sum))) : 0;
        ACTS(s->common, full_stores, x < s->T[b]);
        make(s, b, 0, m->sites[b].basket ? s->T[b] : x);
    }
}

/* [A1] */
static void order(second_state *s, int h, double g)
{
    const km_mineral *m = s->m;
    const km_hub *hub = &m->hubs[h];
    double O = s->I[h], L = s->H[h], rest = O, planned = 0;
    if (hub->rule == 0) rest = smaller(O, s->H[h]);
    if (hub->rule == 2) L = s->H[h] + s->B[h];
    for (int a = hub->arc_begin; a < hub->arc_end; a++)
        planned += (m->arcs[a].lag + s->lag[a] - 1) * fl(m->arcs[a].net * g);
    double W = fl(hub->Mo * g) + (s->U[h] - fl(hub->U0 * g)) + hub->ret * (s->Xstar[h] - s->made[h]) +
               m->beta_i * hub->m * (L - rest + second_own_gap(s, h)) + m->beta_p * (planned - s->P[h]);
    W = fl(positive(W));
    ACTS(s->common, panic, m->panic > 0 && s->alarm[h] > 0);
    ACTS(s->common, front_loading, m->front_loading > 0 && s->notice[h] != 0);
    if (m->front_loading > 0 && s->notice[h] != 0) W = fl(W * (1 + m->front_loading));
    s->W[h] = W;
    s->onhand[h] = O;
}

/* One synchronous round: `p` is what importers ask of each arc. */
static void share_out(second_state *s, int begin, int end, const double *p)
{
    const km_mineral *m = s->m;
    for (int h = 0; h < m->nhubs; h++) s->sum1[h] = s->sum2[h] = 0;
    for (int a = begin; a < end; a++) {
        s->first[a] = fl(m->arcs[a].firm * p[a]);
        s->second[a] = fl(p[a] - s->first[a]);
        s->sum1[m->arcs[a].from] += s->first[a];
        s->sum2[m->arcs[a].from] += s->second[a];
    }
    for (int h = 0; h < m->nhubs; h++) { /* the sums become the shares that are granted */
        double have = s->left[h], P1 = s->sum1[h], P2 = s->sum2[h], rest = positive(have - P1);
        s->sum1[h] = P1 > have ? have / P1 : 1;
        s->sum2[h] = P2 > rest ? rest / P2 : 1;
    }
    for (int a = begin; a < end; a++) {
        int from = m->arcs[a].from;
        double x = fl(s->first[a] * s->sum1[from] + s->second[a] * s->sum2[from]);
        s->ship[a] += x;
        s->cap[a] -= x;
        s->asked[m->arcs[a].to] -= x;
    }
}

/* What a round took from the exporters; apart, because a round is synchronous. */
static void take(second_state *s, int begin, int end, const double *before)
{
    for (int a = begin; a < end; a++) s->left[s->m->arcs[a].from] -= s->ship[a] - before[a];
}

static double cap_of(const second_state *s, int a)
{
    const km_arc *arc = &s->m->arcs[a];
    if (arc->established > 0) {
        double u = s->kappa[a] == 1 ? arc->physical : smaller(arc->physical, fl(s->kappa[a] * s->v[a]));
        return arc->leak > 0 ? smaller(arc->physical, u + fl(s->leak[a] * s->v[a])) : u;
    }
    return smaller(arc->physical, fl(s->kappa[a] * fl(s->omega[arc->to] * s->Cexp[arc->from])));
}

static double ask(const second_state *s, int a, int round, int latin)
{
    const km_arc *arc = &s->m->arcs[a];
    const km_hub *to = &s->m->hubs[arc->to];
    double r = s->asked[arc->to], u = s->cap[a];
    if (latin >= 0) return a - to->arc_begin == latin ? smaller(u, r) : 0;
    if (round == 0) { /* what is contracted without offtake */
        double rest = to->Mo;
        for (int b = to->arc_begin; b < to->arc_end; b++) rest -= s->m->arcs[b].offtake;
        return rest > 0 ? smaller(u, (arc->v - arc->offtake) * (r / rest)) : 0;
    }
    return smaller(u, arc->spot * r);
}

/* Firm quantities before the market opens, out of all that is on hand unless the exporter coerces [7.6]. */
static void offtakes(second_state *s, int form, double *claim)
{
    const km_mineral *m = s->m;
    int begin = m->arc_form_begin[form], end = m->arc_form_begin[form + 1];
    double sum = 0;
    for (int a = begin; a < end; a++) claim[a] = 0;
    for (int i = 0; i < m->nofftakes; i++) {
        const km_offtake *o = &m->offtakes[i];
        const km_arc *arc = &m->arcs[o->arc];
        if (o->arc < begin || o->arc >= end) continue;
        double made = fl(o->part * fl(m->sites[o->site].yield * s->C[o->site]));
        double x = smaller(smaller(made, fl(o->firm * s->world)),
                           smaller(s->asked[arc->to], s->cap[o->arc] - claim[o->arc]));
        claim[o->arc] += x;
        ACTS(s->common, offtakes, x > 0);
        ACTS(s->common, offtakes_at_price, x > 0 && s->C[o->site] != s->K[o->site]);
        s->asked[arc->to] -= x;
    }
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        double has = regime_now(s, m->hubs[h].regime) == 2 ? s->left[h] : s->I[h], gone = 0;
        sum = 0;
        for (int a = begin; a < end; a++) sum += m->arcs[a].from == h ? claim[a] : 0;
        for (int a = begin; a < end; a++) {
            if (m->arcs[a].from != h || claim[a] == 0) continue;
            double x = fl(claim[a] * (sum > has ? has / sum : 1));
            s->asked[m->arcs[a].to] += claim[a] - x;
            s->cap[a] -= x;
            s->ship[a] += x;
            gone += x;
        }
        s->left[h] = positive(s->left[h] - gone);
    }
}

/* Home priority of a hub, which nationalism raises [B6, 7.11]. */
static double at_home(const second_state *s, int h, int regime)
{
    const double *raised = s->m->hubs[h].home, usual = s->m->home[regime];
    if (!raised || s->t < 0) return usual; /* the spin-up is before the start of any lever */
    double now = raised[3 * s->t + regime];
    ACTS(s->common, nationalism_at_home, now > usual);
    return now;
}

static void allocate(second_state *s, int form)
{
    const km_mineral *m = s->m;
    int begin = m->arc_form_begin[form], end = m->arc_form_begin[form + 1];
    int rounds = 1 + m->spot_rounds + m->latin_rounds;
    double *p = s->offer, *before = s->before;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        int regime = regime_now(s, m->hubs[h].regime);
        double hold = smaller(s->I[h], fl(at_home(s, h, regime) * s->H[h]));
        s->left[h] = s->I[h] - hold;
        ACTS(s->common, home_priority, hold > 0);
        s->asked[h] = s->W[h];
    }
    for (int a = begin; a < end; a++) {
        s->ship[a] = 0;
        s->cap[a] = cap_of(s, a);
        if (m->arcs[a].quota < 0) continue;
        double quota = fl(m->arcs[a].quota * s->world);
        ACTS(s->common, quotas, quota < s->cap[a]);
        s->cap[a] = smaller(s->cap[a], quota);
    }
    offtakes(s, form, p);
    for (int round = 0; round < rounds; round++) {
        for (int a = begin; a < end; a++) {
            before[a] = s->ship[a];
            p[a] = ask(s, a, round, round > m->spot_rounds ? round - m->spot_rounds - 1 : -1);
        }
        share_out(s, begin, end, p);
        take(s, begin, end, before);
    }
}

static double lost_on_the_way(const km_arc *arc, double x) { return fl(arc->loss * x); }

static void load(second_state *s, int form)
{
    const km_mineral *m = s->m;
    for (int a = m->arc_form_begin[form]; a < m->arc_form_begin[form + 1]; a++) {
        const km_arc *arc = &m->arcs[a];
        double loss = lost_on_the_way(arc, s->ship[a]), net = s->ship[a] - loss;
        s->I[arc->from] -= s->ship[a];
        ACTS(s->common, losses_on_the_way, loss > 0);
        ACTS(s->common, new_suppliers, arc->v == 0 && s->ship[a] > 0);
        ACTS(s->common, caps, s->ship[a] == arc->physical);
        ACTS(s->common, traders, m->hubs[arc->from].rule == 2 && s->ship[a] > 0);
        ACTS(s->common, ties,
             a > m->hubs[arc->to].arc_begin && arc->spot > 0 && s->ship[a] > 0 &&
                 m->arcs[a - 1].spot == arc->spot);
        s->balance_out += loss;
        int at = s->t + arc->lag + s->lag[a];
        /* what came past a restriction is later, less its part of the loss */
        double legal = s->kappa[a] == 1 ? s->ship[a] : smaller(s->ship[a], fl(s->kappa[a] * s->v[a]));
        double past = arc->leak > 0 ? s->ship[a] - legal : 0, late = past - lost_on_the_way(arc, past);
        ACTS(s->common, leaks, late > 0);
        ACTS(s->common, leaks_via, late > 0 && arc->leak_via >= 0);
        *slot(s, arc->to, at) += net - late;
        *slot(s, arc->to, at + arc->leak_lag) += late;
        s->P[arc->to] += net;
    }
}

/* Inputs of the sites that take this form, limited by the room for their product. */
static void feed_claims(second_state *s, int h)
{
    const km_mineral *m = s->m;
    int up = m->hubs[h].up_hub;
    double sum = 0;
    if (up < 0) return;
    double space = room(s, up);
    for (int b = m->hubs[up].site_begin; b < m->hubs[up].site_end; b++)
        if (m->sites[b].refine) sum += s->T[b];
    for (int b = m->hubs[up].site_begin; b < m->hubs[up].site_end; b++)
        if (m->sites[b].refine)
            s->claim[b] = sum > 0 ? smaller(s->T[b], fl((space * (s->T[b] / sum)) / m->sites[b].yield)) : 0;
}

/* Home use of one hub, class after class [A10]. */
static void use(second_state *s, int h)
{
    const km_mineral *m = s->m;
    const km_hub *hub = &m->hubs[h];
    int up = hub->up_hub;
    feed_claims(s, h);
    for (int class = 1; class <= m->priorities; class ++) {
        double sum = 0, rest = s->I[h];
        if (class == 1 && up >= 0)
            for (int b = m->hubs[up].site_begin; b < m->hubs[up].site_end; b++)
                if (m->sites[b].refine) sum += s->claim[b];
        for (int k = hub->consumer_begin; k < hub->consumer_end; k++)
            if (m->consumers[k].priority == class) sum += second_own_claim(s, k);
        double theta = sum > rest ? rest / sum : 1;
        if (class == 1 && up >= 0)
            for (int b = m->hubs[up].site_begin; b < m->hubs[up].site_end; b++)
                if (m->sites[b].refine) {
                    double grant = fl(s->claim[b] * theta);
                    s->I[h] -= grant;
                    make(s, b, grant, fl(m->sites[b].yield * grant));
                }
        for (int k = hub->consumer_begin; k < hub->consumer_end; k++)
            if (m->consumers[k].priority == class) {
                double grant = fl(second_own_claim(s, k) * theta);
                s->I[h] -= grant;
                second_own_use(s, k, grant);
                ACTS(s->common, unserved, s->unserved[k] > 0);
                ACTS(s->common, later_classes, class > 1 && theta < 1);
            }
    }
    second_own_refill(s, h);
}

/* What baskets bring beyond the store is thrown away. */
static void dispose(second_state *s)
{
    for (int h = 0; h < s->m->nhubs; h++) {
        double excess = positive(s->I[h] - s->m->hubs[h].cap);
        if (!s->m->hubs[h].basket) continue;
        ACTS(s->common, disposals, excess > 0);
        s->I[h] -= excess;
        s->balance_out += excess;
    }
}

void second_step(second_state *s)
{
    const km_mineral *m = s->m;
    double g = s->world = world_demand(s);
    for (int k = 0; k < m->nconsumers; k++) s->special[k] = 0;
    second_before_step(s);
    second_aims(s);
    arrivals(s);
    for (int f = m->nforms - 1; f >= 0; f--)
        for (int h = m->hub_begin[f]; h < m->hub_begin[f + 1]; h++) targets(s, h, g);
    for (int h = 0; h < m->nhubs; h++) s->made[h] = 0;
    for (int h = 0; h < m->nhubs; h++) mines(s, h);
    for (int f = 0; f < m->nforms; f++) {
        int begin = m->hub_begin[f], end = m->hub_begin[f + 1];
        second_releases(s, f);
        second_release_pools(s, f);
        for (int h = begin; h < end; h++) order(s, h, g);
        allocate(s, f);
        load(s, f);
        second_buy(s, f);
        for (int h = begin; h < end; h++) use(s, h);
    }
    second_keep(s);
    dispose(s);
}

/* All the mass there is [R2.3]. */
double second_in_transit_and_stock(const second_state *s)
{
    double sum = 0;
    for (int h = 0; h < s->m->nhubs; h++) sum += s->I[h] + s->P[h];
    for (int k = 0; k < s->m->ntiers; k++) sum += s->S[k] + s->on_order[k];
    for (int i = 0; i < s->m->nprocess; i++) sum += s->process[i];
    for (int k = 0; k < s->m->nconsumers; k++) sum += s->J[k];
    return sum;
}
