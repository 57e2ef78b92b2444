/* Allocation of one form over its arcs [5.2]: contract, spot and clean-up rounds of fixed-fraction rationing.
 *
 * All offers of a round are made on what the round before left; totals are sums of lattice masses, so neither
 * the order of arcs nor of lanes matters.  Rounds are skipped for importers that want nothing in any lane: an
 * exact no-op. */
#include "sim/lanes/lanes.h"

typedef enum { CONTRACT, SPOT, LATIN } round_kind;

/* Remaining capacity of every arc [A7]. */
static void arc_caps(const km_mineral *m, kura_work *w, int begin, int end)
{
    const kura_exogenous *e = &w->exo;
    for (int a = begin; a < end; a++) {
        const km_arc *arc = &m->arcs[a];
        double *u = w->u[a].v, physical = arc->physical, v = e->v_t[a];
        if (arc->v > 0 && !arc->varies) {
            LANES(l) u[l] = physical;
        } else if (arc->v > 0) {
            const double *k = e->kappa[a].v;
            LANES(l) u[l] = k[l] == 1 ? physical : kura_min(physical, kura_floor(k[l] * v));
            if (arc->leak > 0) {
                const double *leak = e->leak[a].v;
                LANES(l) u[l] = kura_min(physical, u[l] + kura_floor(leak[l] * v));
            }
        } else {
            const double *omega = e->omega[arc->to].v;
            double C = e->Cexp_t[arc->from];
            if (arc->varies) {
                const double *k = e->kappa[a].v;
                LANES(l) u[l] = kura_min(physical, kura_floor(k[l] * kura_floor(omega[l] * C)));
            } else {
                LANES(l) u[l] = kura_min(physical, kura_floor(omega[l] * C));
            }
        }
    }
}

static void offer(const km_arc *arc, round_kind kind, const double *restrict u, const double *restrict r,
                  const double *restrict quotient, double *restrict p1, double *restrict p2,
                  double *restrict P1, double *restrict P2)
{
    double v = arc->v, F = arc->spot, phi = arc->firm;
    LANES(l)
    {
        double p = kind == CONTRACT ? v * quotient[l] : kind == SPOT ? F * r[l] : r[l];
        p = kura_min(u[l], p);
        double a = kura_floor(phi * p), b = kura_floor(p - a);
        p1[l] = a;
        p2[l] = b;
        P1[l] += a;
        P2[l] += b;
    }
}

/* theta of the two classes; in place of the sums. */
static void ration(const double *restrict a, double *restrict P1, double *restrict P2)
{
    LANES(l)
    {
        double rem = kura_max(0, a[l] - P1[l]);
        double t1 = P1[l] > a[l] ? a[l] / P1[l] : 1;
        double t2 = P2[l] > rem ? rem / P2[l] : 1;
        P1[l] = t1;
        P2[l] = t2;
    }
}

static void deliver(const double *restrict p1, const double *restrict p2, const double *restrict t1,
                    const double *restrict t2, double *restrict a, double *restrict r, double *restrict u,
                    double *restrict ship)
{
    LANES(l)
    {
        double x = kura_floor(p1[l] * t1[l] + p2[l] * t2[l]);
        a[l] -= x;
        r[l] -= x;
        u[l] -= x;
        ship[l] += x;
    }
}

/* One round over the hubs of a form; `rank` picks the supplier in a Latin round.  Returns 0 when nobody wants
 * anything. */
static int round_of(const km_mineral *m, kura_work *w, kura_state *s, int form, round_kind kind, int rank,
                    uint8_t *wants)
{
    int hub_begin = m->hub_begin[form], hub_end = m->hub_begin[form + 1], any = 0;
    for (int h = hub_begin; h < hub_end; h++) {
        const km_hub *hub = &m->hubs[h];
        wants[h] = (uint8_t)(hub->arc_end > hub->arc_begin && !(kind == CONTRACT && hub->Mo == 0) &&
                             any_positive(&w->r[h]));
        any |= wants[h];
        w->asked[h] = 0;
    }
    if (!any) return 0;
    for (int h = hub_begin; h < hub_end; h++) {
        if (!wants[h]) continue;
        const km_hub *hub = &m->hubs[h];
        int begin = hub->arc_begin, end = hub->arc_end;
        if (kind == LATIN) {
            begin += rank;
            end = begin < end ? begin + 1 : begin;
        }
        lane quotient;
        if (kind == CONTRACT) {
            const double *W = w->r[h].v;
            double M = hub->Mo;
            LANES(l) quotient.v[l] = W[l] / M;
        }
        for (int a = begin; a < end; a++) {
            int i = m->arcs[a].from;
            if (!w->asked[i]) {
                w->asked[i] = 1;
                LANES(l) w->P1[i].v[l] = w->P2[i].v[l] = 0;
            }
            offer(&m->arcs[a], kind, w->u[a].v, w->r[h].v, quotient.v, w->p1[a].v, w->p2[a].v,
                  w->P1[m->arcs[a].from].v, w->P2[m->arcs[a].from].v);
        }
    }
    for (int h = hub_begin; h < hub_end; h++)
        if (w->asked[h]) ration(w->a[h].v, w->P1[h].v, w->P2[h].v);
    for (int h = hub_begin; h < hub_end; h++) {
        if (!wants[h]) continue;
        int begin = m->hubs[h].arc_begin, end = m->hubs[h].arc_end;
        if (kind == LATIN) {
            begin += rank;
            end = begin < end ? begin + 1 : begin;
        }
        for (int a = begin; a < end; a++) {
            int i = m->arcs[a].from;
            deliver(w->p1[a].v, w->p2[a].v, w->P1[i].v, w->P2[i].v, w->a[i].v, w->r[h].v, w->u[a].v,
                    s->ship[a].v);
        }
    }
    return 1;
}

/* What came past a restriction arrives later than the rest, less its part of the loss: moves it on by
 * leak_lag [13]. */
static void delay_leak(const km_mineral *m, kura_work *w, kura_state *s, int a, int tick)
{
    const km_arc *arc = &m->arcs[a];
    const double *k = w->exo.kappa[a].v, *shipped = s->ship[a].v;
    double v = w->exo.v_t[a], loss = arc->loss;
    lane *ring = s->ring + (size_t)arc->to * (size_t)m->ring;
    for (int l = 0; l < L; l++) {
        int lag = arc->lag + (arc->detours ? w->exo.lag[a].v[l] : 0);
        double legal = k[l] == 1 ? shipped[l] : kura_min(shipped[l], kura_floor(k[l] * v));
        double past = shipped[l] - legal, late = past - kura_floor(loss * past);
        ring[(tick + lag) % m->ring].v[l] -= late;
        ring[(tick + lag + arc->leak_lag) % m->ring].v[l] += late;
    }
}

/* Puts shipments on the way: slot tick + lag + added lag [2.6, B8]. */
static void load(const km_mineral *m, kura_work *w, kura_state *s, int a, int tick)
{
    const km_arc *arc = &m->arcs[a];
    const double *ship = s->ship[a].v;
    double *I = s->I[arc->from].v, *P = s->P[arc->to].v;
    lane *ring = s->ring + (size_t)arc->to * (size_t)m->ring;
    lane arriving;
    LANES(l) I[l] -= ship[l];
    if (arc->loss > 0) {
        double loss = arc->loss, *gone = s->gone->v;
        LANES(l)
        {
            double lost = kura_floor(loss * ship[l]);
            arriving.v[l] = ship[l] - lost;
            gone[l] += lost;
        }
        ship = arriving.v;
    }
    LANES(l) P[l] += ship[l];
    if (!arc->detours || w->exo.lag_same[a]) {
        int lag = arc->lag + (arc->detours ? w->exo.lag[a].v[0] : 0);
        double *slot = ring[(tick + lag) % m->ring].v;
        LANES(l) slot[l] += ship[l];
    } else {
        for (int l = 0; l < L; l++) ring[(tick + arc->lag + w->exo.lag[a].v[l]) % m->ring].v[l] += ship[l];
    }
    if (arc->leak > 0 && arc->leak_lag > 0 && arc->varies) delay_leak(m, w, s, a, tick);
}

void kura_allocate(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick)
{
    int begin = m->arc_form_begin[form], end = m->arc_form_begin[form + 1];
    if (begin == end) return;
    for (int a = begin; a < end; a++) LANES(l) s->ship[a].v[l] = 0;
    arc_caps(m, w, begin, end);
    uint8_t *wants = w->wants;
    round_of(m, w, s, form, CONTRACT, 0, wants);
    int go = 1; /* hubs without contracts take part from the spot rounds on */
    for (int k = 0; k < m->spot_rounds && go; k++) go = round_of(m, w, s, form, SPOT, 0, wants);
    for (int k = 0; k < m->latin_rounds && go; k++) go = round_of(m, w, s, form, LATIN, k, wants);
    for (int a = begin; a < end; a++) load(m, w, s, a, tick);
}
