/* The physical step S3-S6 of model.md section 12, to the last bit of step.md.  Masses are quanta: floor is
 * the lattice. The letters a-e of S5 are those of the golden step. */
#include "sim/lanes/lanes.h"

static void zero(lane *x) { LANES(l) x->v[l] = 0; }

/* Opening state [R1.5, A5]: on hand given or at the fixed point, pipelines filled with the base flow. */
void kura_state_start(const km_mineral *m, kura_state *s, int drun)
{
    for (int h = 0; h < m->nhubs; h++) {
        double U0 = m->hubs[h].U0;
        LANES(l) s->Ubar[h].v[l] = U0;
        zero(&s->P[h]);
        zero(&s->x[h]);
        for (int k = 0; k < m->ring; k++) zero(&s->ring[(size_t)h * (size_t)m->ring + (size_t)k]);
    }
    for (int a = 0; a < m->narcs; a++) {
        const km_arc *arc = &m->arcs[a];
        double v = arc->net;
        zero(&s->ship[a]);
        for (int k = 0; k < arc->lag; k++) { /* arriving in each of the steps 0 .. lag-1 */
            lane *slot = &s->ring[(size_t)arc->to * (size_t)m->ring + (size_t)k];
            LANES(l)
            {
                slot->v[l] += v;
                s->P[arc->to].v[l] += v;
            }
        }
    }
    for (int b = 0; b < m->nsites; b++) /* goods in process */
        for (int k = 0; k < m->sites[b].lag; k++) {
            double x0 = m->sites[b].x0;
            LANES(l) s->process[m->sites[b].process + k].v[l] = x0;
        }
    if (m->any_own) kura_own_start(m, s);
    zero(s->X), zero(s->Xo), zero(s->Sc);
    double start = m->price.start;
    LANES(l) s->X->v[l] = s->Xo->v[l] = start;
    for (int k = 0; k < m->response.nanswers; k++) {
        zero(&s->sub[k]), zero(&s->submax[k]), zero(&s->lnD[k]);
        LANES(l) s->pibar[k].v[l] = 1;
    }
    kura_supply_start(m, s);
    kura_thrifting_start(m, s);
    kura_state_open(m, s, drun);
}

void kura_state_open(const km_mineral *m, kura_state *s, int drun)
{
    for (int h = 0; h < m->nhubs; h++) {
        double opening = m->hubs[h].opening;
        LANES(l) s->I[h].v[l] = opening;
    }
    kura_tiers_open(m, s, drun);
    zero(s->mined), zero(s->gone), zero(s->start);
    if (m->any_own) kura_own_open(m, s);
    kura_required_open(m, s);
    for (int h = 0; h < m->nhubs; h++) LANES(l) s->start->v[l] += s->I[h].v[l] + s->P[h].v[l];
    for (int k = 0; k < m->ntiers; k++) LANES(l) s->start->v[l] += s->S[k].v[l];
    for (int k = 0; k < m->nprocess; k++) LANES(l) s->start->v[l] += s->process[k].v[l];
}

void kura_required_open(const km_mineral *m, kura_state *s)
{
    zero(s->required), zero(s->irreducible);
    for (int k = 0; k < m->ntiers; k++) zero(&s->held[k]);
}

/* S3 */
static void arrive(const km_mineral *m, kura_state *s, int tick)
{
    for (int h = 0; h < m->nhubs; h++) {
        double *slot = s->ring[(size_t)h * (size_t)m->ring + (size_t)(tick % m->ring)].v;
        double *I = s->I[h].v, *P = s->P[h].v;
        LANES(l)
        {
            I[l] += slot[l];
            P[l] -= slot[l];
            slot[l] = 0;
        }
    }
}

/* Goods in process beyond those of the base flow are as good as on hand for the target of production. */
static void count_process(const km_mineral *m, const kura_state *s, const km_hub *hub, const double *g,
                          lane *gap)
{
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        const km_site *site = &m->sites[b];
        double x0 = site->x0, lag = site->lag;
        if (!site->lag || site->standby)
            continue; /* no base flow in process that it could be compared with */
        LANES(l) gap->v[l] += lag * kura_floor(x0 * g[l]);
        for (int k = 0; k < site->lag; k++) {
            const double *slot = s->process[site->process + k].v;
            LANES(l) gap->v[l] -= slot[l];
        }
    }
}

/* What a site with a process lag started leaves it `lag` steps later: `out` is swapped for what is ready now.
 */
static void process(const km_site *site, kura_state *s, int tick, lane *out)
{
    double *slot = s->process[site->process + tick % site->lag].v;
    LANES(l)
    {
        double ready = slot[l];
        slot[l] = out->v[l];
        out->v[l] = ready;
    }
}

/* S4, one hub: use U, its moving average, target stock H + B, and the targets of its sites [A2, B1, B2]. */
static void backward(const km_mineral *m, kura_work *w, kura_state *s, int h)
{
    const km_hub *hub = &m->hubs[h];
    const double *g = w->g->v, *I = s->I[h].v;
    double *U = s->U[h].v, *Ubar = s->Ubar[h].v, *H = s->H[h].v, *B = s->B[h].v, *Xstar = s->Xstar[h].v;
    LANES(l) U[l] = 0;
    for (int k = hub->consumer_begin; k < hub->consumer_end; k++) {
        const double *D = s->D[k].v;
        LANES(l) U[l] += D[l];
    }
    if (hub->up_hub >= 0)
        for (int b = m->hubs[hub->up_hub].site_begin; b < m->hubs[hub->up_hub].site_end; b++)
            if (m->sites[b].refine) {
                const double *T = s->T[b].v;
                LANES(l) U[l] += T[l];
            }
    double n = m->use_n, cover1 = hub->cover1, bE = hub->buffer * (hub->E + hub->waiting);
    LANES(l)
    {
        Ubar[l] = Ubar[l] + (U[l] - Ubar[l]) / n;
        H[l] = kura_floor(cover1 * Ubar[l]);
        B[l] = kura_floor(bE * g[l]);
        Xstar[l] = 0;
    }
    if (m->panic > 0) { /* precaution [2.7] */
        double panic = m->panic;
        const double *alarm = w->exo.alarm[h].v;
        LANES(l) H[l] = kura_floor((cover1 * Ubar[l]) * (1 + panic * alarm[l]));
    }
    if (hub->site_end == hub->site_begin) return;
    lane Xhat, gap;
    zero(&Xhat);
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        double x0 = m->sites[b].x0;
        if (m->sites[b].basket) { /* comes whether wanted or not */
            const double *kav = kura_usable(m, w, s, b);
            LANES(l) Xhat.v[l] += kav[l];
            continue;
        }
        LANES(l) Xhat.v[l] += kura_floor(x0 * g[l]);
    }
    LANES(l) gap.v[l] = (H[l] + B[l]) - (I[l] + Xhat.v[l]);
    if (m->nprocess) count_process(m, s, hub, g, &gap);
    if (m->any_own) kura_own_gap(m, s, hub, &gap);
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        const km_site *site = &m->sites[b];
        const double *kav = kura_usable(m, w, s, b);
        double *T = s->T[b].v, d0 = site->d0, share = site->correction_share, y = site->yield;
        if (m->push || site->basket) {
            LANES(l)
            {
                T[l] = kav[l];
                Xstar[l] += kura_floor(y * kav[l]);
            }
        } else if (m->any_refill) { /* what stockpiles buy is made on top, not taken from use */
            const double *top = w->on_top[h].v;
            double part = site->standby || hub->X == 0 ? 0 : site->x0 / hub->X;
            LANES(l)
            {
                double d = kura_max(0, kura_floor(d0 * g[l] + (share * gap.v[l] + part * top[l]) / y));
                T[l] = kura_min(d, kav[l]);
                Xstar[l] += kura_floor(y * d);
            }
        } else if (y == 1) { /* the same without the division */
            LANES(l)
            {
                double d = kura_max(0, kura_floor(d0 * g[l] + share * gap.v[l]));
                T[l] = kura_min(d, kav[l]);
                Xstar[l] += d;
            }
        } else {
            LANES(l)
            {
                double d = kura_max(0, kura_floor(d0 * g[l] + (share * gap.v[l]) / y));
                T[l] = kura_min(d, kav[l]);
                Xstar[l] += kura_floor(y * d);
            }
        }
    }
}

/* Room for new output: the cap is on what is kept, or, without storage, on what the step uses [B9]. */
static void free_space(const km_hub *hub, const kura_state *s, int h, lane *space)
{
    const double *I = s->I[h].v, *U = s->U[h].v;
    double cap = hub->cap;
    if (hub->no_storage) {
        LANES(l) space->v[l] = kura_max(0, U[l] - I[l]);
    } else {
        LANES(l) space->v[l] = kura_max(0, cap - I[l]);
    }
}

/* Is there space for what all sites aim at, in every lane, by more than rounding could take from the shares?
 * Then each has its target, without a division. */
static int has_room(const lane *space, const lane *sum, double yield)
{
    uint64_t tight = 0;
    double enough = yield * (1 + 0x1p-40);
    for (int l = 0; l < L; l++) tight |= space->v[l] < sum->v[l] * enough ? 1u : 0u;
    return !tight;
}

/* Without storage: sites without input serve what the step uses in the order of the table, to the quantum. */
static void produce_for_use(const km_mineral *m, kura_state *s, int h, lane *space)
{
    const km_hub *hub = &m->hubs[h];
    double *x = s->x[h].v, *I = s->I[h].v, *mined = s->mined->v;
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        if (m->sites[b].refine) continue;
        const double *T = s->T[b].v;
        double *out = s->xs[b].v;
        int forced = m->sites[b].basket;
        LANES(l)
        {
            out[l] = forced ? T[l] : kura_min(T[l], kura_max(0, space->v[l]));
            space->v[l] -= out[l];
            x[l] += out[l];
        }
    }
    LANES(l)
    {
        mined[l] += x[l];
        I[l] += x[l];
    }
}

/* S5 start: sites without input share the space of their store among themselves [A10]. */
static void produce_without_input(const km_mineral *m, kura_state *s, int h, int tick)
{
    const km_hub *hub = &m->hubs[h];
    double *x = s->x[h].v, *I = s->I[h].v;
    lane sum, space, ready;
    int n = 0;
    zero(&s->x[h]);
    free_space(hub, s, h, &space);
    if (hub->no_storage) {
        produce_for_use(m, s, h, &space);
        return;
    }
    zero(&sum);
    zero(&ready);
    for (int b = hub->site_begin; b < hub->site_end; b++)
        if (!m->sites[b].refine) {
            const double *T = s->T[b].v;
            n++;
            if (!m->sites[b].basket) LANES(l) sum.v[l] += T[l];
        }
    if (!n) return;
    int roomy = has_room(&space, &sum, 1);
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        if (m->sites[b].refine) continue;
        const double *T = s->T[b].v;
        double *out = s->xs[b].v, *mined = s->mined->v;
        int forced = m->sites[b].basket;
        if (forced || roomy) {
            LANES(l) out[l] = T[l];
        } else if (n == 1) { /* all the space is its own */
            LANES(l) out[l] = kura_min(T[l], kura_floor(space.v[l]));
        } else {
            LANES(l)
            {
                double part = sum.v[l] > 0 ? kura_floor(space.v[l] * (T[l] / sum.v[l])) : 0;
                out[l] = kura_min(T[l], part);
            }
        }
        LANES(l)
        {
            x[l] += out[l];
            mined[l] += out[l];
        }
        lane joins = s->xs[b];
        if (m->sites[b].lag) process(&m->sites[b], s, tick, &joins);
        LANES(l) ready.v[l] += joins.v[l];
    }
    LANES(l) I[l] += ready.v[l];
}

/* a: what letter e of the form below made joins on-hand. */
static void join_output(const km_mineral *m, kura_state *s, int h, int tick)
{
    const km_hub *hub = &m->hubs[h];
    double *x = s->x[h].v, *I = s->I[h].v;
    for (int b = hub->site_begin; b < hub->site_end; b++) {
        if (!m->sites[b].refine) continue;
        const double *out = s->xs[b].v;
        if (m->sites[b].lag) { /* the order counts what was started, the store what is ready */
            lane joins = s->xs[b];
            process(&m->sites[b], s, tick, &joins);
            LANES(l)
            {
                x[l] += out[l];
                I[l] += joins.v[l];
            }
            continue;
        }
        LANES(l)
        {
            x[l] += out[l];
            I[l] += out[l];
        }
    }
}

/* Home priority of a hub whose country keeps more for itself [7.11]. */
static void raised_home(const km_hub *hub, const kura_work *w, int t, lane *home)
{
    const double *h = hub->home + 3 * (size_t)t;
    for (int l = 0; l < L; l++) home->v[l] = h[hub->regime >= 0 ? w->exo.regime[hub->regime]->v[l] : 0];
}

/* c: protected stock and order, in deviations from the base flow [R2.5, A1, B6]. */
static void order(const km_mineral *m, kura_work *w, kura_state *s, int h, int t)
{
    const km_hub *hub = &m->hubs[h];
    const double *g = w->g->v, *I = s->I[h].v, *U = s->U[h].v, *H = s->H[h].v, *B = s->B[h].v;
    const double *x = s->x[h].v, *Xstar = s->Xstar[h].v, *P = s->P[h].v;
    double *W = s->W[h].v, *a = w->a[h].v, *O = s->O[h].v;
    lane home, aim;
    if (hub->regime >= 0)
        home = w->home[hub->regime];
    else {
        double h0 = m->home[0];
        LANES(l) home.v[l] = h0;
    }
    if (hub->home && t >= 0) raised_home(hub, w, t, &home);
    zero(&aim);
    for (int k = hub->arc_begin; k < hub->arc_end; k++) { /* P-hat */
        const km_arc *arc = &m->arcs[k];
        double v = arc->net, lag = arc->lag - 1;
        if (arc->detours && !w->exo.lag_same[k]) {
            const int32_t *added = w->exo.lag[k].v;
            LANES(l) aim.v[l] += (lag + (double)added[l]) * kura_floor(v * g[l]);
        } else {
            if (arc->detours) lag += w->exo.lag[k].v[0];
            if (!(lag > 0 && v > 0)) continue;
            LANES(l) aim.v[l] += lag * kura_floor(v * g[l]);
        }
    }
    double M = hub->Mo, U0 = hub->U0, ret = hub->ret, bm = m->beta_i * hub->m, bp = m->beta_p;
    lane gap; /* L - O' */
    if (hub->rule == 0) {
        LANES(l) gap.v[l] = H[l] - kura_min(I[l], H[l]);
    } else if (hub->rule == 1) {
        LANES(l) gap.v[l] = H[l] - I[l];
    } else {
        LANES(l) gap.v[l] = (H[l] + B[l]) - I[l];
    }
    if (m->any_own) kura_own_gap(m, s, hub, &gap);
    LANES(l)
    {
        O[l] = I[l];
        a[l] = I[l] - kura_min(I[l], kura_floor(home.v[l] * H[l]));
        double want = kura_floor(M * g[l]) + (U[l] - kura_floor(U0 * g[l]));
        want = want + ret * (Xstar[l] - x[l]);
        want = want + bm * gap.v[l];
        want = want + bp * (aim.v[l] - P[l]);
        W[l] = kura_floor(kura_max(0, want));
    }
    if (m->front_loading > 0 &&
        m->has_notice) { /* hurry while the announced restriction is not in force [2.7] */
        double more = m->front_loading;
        const double *notice = w->exo.notice[h].v;
        LANES(l) W[l] = kura_floor(W[l] * (1 + more * notice[l]));
    }
}

/* e: claims of class `priority` on the stock of a hub, one supplier, equal shares [A10].  Returns the sum of
 * claims. */
static void feed_claims(const km_mineral *m, kura_state *s, const km_hub *hub, lane *claim, lane *sum)
{
    const km_hub *up = &m->hubs[hub->up_hub];
    lane total, space;
    double most = 0;
    int n = 0;
    zero(&total);
    free_space(up, s, hub->up_hub, &space);
    for (int b = up->site_begin; b < up->site_end; b++)
        if (m->sites[b].refine) {
            const double *T = s->T[b].v;
            LANES(l) total.v[l] += T[l];
            most = kura_max(most, m->sites[b].yield);
            n++;
        }
    int roomy = has_room(&space, &total, most);
    for (int b = up->site_begin; b < up->site_end; b++) {
        if (!m->sites[b].refine) continue;
        const double *T = s->T[b].v;
        double *c = claim[b].v, y = m->sites[b].yield;
        if (roomy) {
            LANES(l) c[l] = T[l];
        } else if (n == 1) { /* all the space is its own */
            LANES(l) c[l] = kura_min(T[l], kura_floor(space.v[l] / y));
        } else {
            LANES(l)
            {
                double part = total.v[l] > 0 ? kura_floor((space.v[l] * (T[l] / total.v[l])) / y) : 0;
                c[l] = kura_min(T[l], part);
            }
        }
        LANES(l) sum->v[l] += c[l];
    }
}

/* A consumer with a stock of its own [A11]: the hub gives what is claimed of it, or its share of that. */
static void serve_with_own(const km_mineral *m, kura_state *s, int k, const double *demand, const lane *theta,
                           lane *on_hand)
{
    lane rest, grant;
    memcpy(rest.v, demand, sizeof rest.v);
    grant = rest;
    kura_own_claim(m, s, k, &grant);
    if (theta) LANES(l) grant.v[l] = kura_floor(grant.v[l] * theta->v[l]);
    LANES(l) on_hand->v[l] -= grant.v[l];
    kura_own_use(s, k, &rest, &grant);
}

/* Without theta there is enough for all. */
static void serve(const km_mineral *m, kura_state *s, int h, int priority, const lane *theta)
{
    const km_hub *hub = &m->hubs[h];
    double *I = s->I[h].v, *gone = s->gone->v;
    for (int k = hub->consumer_begin; k < hub->consumer_end; k++) {
        if (m->consumers[k].priority != priority) continue;
        double *u = s->unserved[k].v;
        lane rest;
        const double *D = s->D[k].v;
        if (m->any_sectors) { /* a part was served from stockpiles kept for the sector */
            const double *had = s->special[k].v;
            LANES(l) rest.v[l] = D[l] - had[l];
            D = rest.v;
        }
        if (m->consumers[k].inventory > 0) {
            serve_with_own(m, s, k, D, theta, &s->I[h]);
        } else if (theta) {
            LANES(l)
            {
                double grant = kura_floor(D[l] * theta->v[l]);
                u[l] = D[l] - grant;
                I[l] -= grant;
                gone[l] += grant;
            }
        } else {
            LANES(l)
            {
                u[l] = 0;
                I[l] -= D[l];
                gone[l] += D[l];
            }
        }
    }
}

static void feed(const km_mineral *m, kura_state *s, int h, const lane *claim, const lane *theta)
{
    const km_hub *up = &m->hubs[m->hubs[h].up_hub];
    double *I = s->I[h].v, *gone = s->gone->v;
    for (int b = up->site_begin; b < up->site_end; b++) {
        if (!m->sites[b].refine) continue;
        lane part;
        const double *d = claim[b].v;
        double *out = s->xs[b].v, y = m->sites[b].yield;
        if (theta) {
            LANES(l) part.v[l] = kura_floor(d[l] * theta->v[l]);
            d = part.v;
        }
        LANES(l)
        {
            double x = kura_floor(y * d[l]);
            out[l] = x;
            I[l] -= d[l];
            gone[l] += d[l] - x; /* yield loss */
        }
    }
}

/* The share of the claims that can be met; NULL when all can in every lane, which is most of the time. */
static const lane *share_out(const lane *sum, const double *rest, lane *theta)
{
    uint64_t scarce = 0;
    for (int l = 0; l < L; l++) scarce |= sum->v[l] > rest[l] ? 1u : 0u;
    if (!scarce) return NULL;
    LANES(l) theta->v[l] = sum->v[l] > rest[l] ? rest[l] / sum->v[l] : 1;
    return theta;
}

/* What a consumer takes of its own surplus is no claim on the hub. */
static void leave_own(const km_mineral *m, const kura_state *s, int k, lane *sum)
{
    lane rest = s->D[k];
    if (m->any_sectors) LANES(l) rest.v[l] -= s->special[k].v[l];
    lane claim = rest;
    kura_own_claim(m, s, k, &claim);
    LANES(l) sum->v[l] -= rest.v[l] - claim.v[l];
}

static void use_at_home(const km_mineral *m, kura_work *w, kura_state *s, int h)
{
    const km_hub *hub = &m->hubs[h];
    int up_sites = hub->up_hub >= 0;
    lane sum, room;
    for (int priority = 1; priority <= m->priorities; priority++) {
        int n = 0;
        zero(&sum);
        for (int k = hub->consumer_begin; k < hub->consumer_end; k++)
            if (m->consumers[k].priority == priority) {
                const double *D = s->D[k].v;
                LANES(l) sum.v[l] += D[l];
                if (m->any_sectors) LANES(l) sum.v[l] -= s->special[k].v[l];
                if (m->any_own) leave_own(m, s, k, &sum);
                n++;
            }
        if (priority == 1 && up_sites) feed_claims(m, s, hub, w->claim, &sum);
        if (!n && !(priority == 1 && up_sites)) continue;
        const lane *theta = share_out(&sum, s->I[h].v, &room);
        serve(m, s, h, priority, theta);
        if (priority == 1 && up_sites) feed(m, s, h, w->claim, theta);
    }
    if (m->any_own) kura_own_refill(m, s, hub, &s->I[h]);
}

void kura_physical_step(const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun)
{
    if (m->ntiers) kura_tiers_before(m, w, s, tick, drun);
    arrive(m, s, tick); /* S3 */
    if (m->any_own) kura_own_aim(m, s);
    for (int h = m->nhubs - 1; h >= 0; h--) backward(m, w, s, h);            /* S4, hubs are sorted by form */
    for (int h = 0; h < m->nhubs; h++) produce_without_input(m, s, h, tick); /* S5 */
    for (int f = 0; f < m->nforms; f++) {
        int begin = m->hub_begin[f], end = m->hub_begin[f + 1];
        for (int h = begin; h < end; h++) {
            join_output(m, s, h, tick);                           /* a */
            kura_release(m, &w->exo, s, h, drun, tick - m->spin); /* b */
        }
        if (m->npools) kura_release_pools(m, w, s, f, tick);
        for (int h = begin; h < end; h++) {
            order(m, w, s, h, tick - m->spin); /* c */
            w->r[h] = s->W[h];
        }
        kura_allocate(m, w, s, f, tick); /* d */
        if (m->any_refill) kura_refill(m, w, s, f, tick);
        for (int h = begin; h < end; h++) use_at_home(m, w, s, h); /* e */
    }
    if (m->any_refill || m->any_ageing) kura_tiers_after(m, s, w->g, tick); /* S6 */
    if (m->has_hosts) kura_dispose(m, s);
    if (m->any_state_trigger) kura_tiers_watch(m, s);
}
