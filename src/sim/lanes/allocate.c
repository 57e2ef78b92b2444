/* Allocation of one form over its arcs [5.2]: contract, spot and clean-up rounds of fixed-fraction rationing.
 *
 * All offers of a round are made on what the round before left; totals are sums of lattice masses, so neither
 * the order of arcs nor of lanes matters.  Rounds are skipped for importers that want nothing in any lane: an
 * exact no-op. */
#include "sim/lanes/lanes.h"
#include <limits.h>

typedef enum { CONTRACT, SPOT, LATIN } round_kind;

/* Remaining capacity of every arc [A7]; what is gone from it in the end was shipped. */
static void arc_caps(const km_mineral *m, kura_work *w, int begin, int end)
{
    const kura_exogenous *e = &w->exo;
    for (int a = begin; a < end; a++) {
        const km_arc *arc = &m->arcs[a];
        double *u = w->u[a].v, physical = arc->physical, v = e->v_t[a];
        int known = arc->v > 0 || arc->established > 0; /* a supplier that contracts left is not a stranger */
        if (known && !arc->varies) {
            LANES(l) u[l] = physical;
        } else if (known) {
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

/* Under a dependence cap no trade goes beyond it, whatever is lacking elsewhere [7.2]. */
static void quotas(const km_mineral *m, kura_work *w, int begin, int end)
{
    const double *g = w->g->v;
    for (int a = begin; a < end; a++) {
        double *u = w->u[a].v, most = m->arcs[a].quota;
        if (most >= 0) LANES(l) u[l] = kura_min(u[l], kura_floor(most * g[l]));
    }
}

/* Masses and shares are never negative here, nor -0. */
static inline double floor_mass(double x)
{
#if defined(__SSE4_1__) || !(defined(__x86_64__) || defined(__i386__))
    return floor(x);
#else
    return kura_floor(x);
#endif
}

/* What an arc asks of its exporter, in two classes: `factor` of the basis of its importer (the fill of its
 * contracts, or its open want), as far as the capacity goes.  The first to ask sets the sums. */
static inline void ask(const km_arc *arc, int first, double factor, const double *restrict basis,
                       const double *restrict u, double *restrict p1, double *restrict p2,
                       double *restrict P1, double *restrict P2)
{
    double phi = arc->firm;
    LANES(l)
    {
        double p = kura_min(u[l], factor * basis[l]);
        double a = floor_mass(phi * p), b = floor_mass(p - a);
        p1[l] = a;
        p2[l] = b;
        P1[l] = first ? a : P1[l] + a;
        P2[l] = first ? b : P2[l] + b;
    }
}

/* theta of the two classes.  Where the first is rationed nothing remains for the second, so one division
 * serves both. */
#define RATION(a, P1, P2, t1, t2)                                                                            \
    do {                                                                                                     \
        double rem = kura_max(0, (a) - (P1));                                                                \
        int cut1 = (P1) > (a), cut2 = (P2) > rem;                                                            \
        double theta = (cut1 ? (a) : rem) / (cut1 ? (P1) : (P2));                                            \
        t1 = cut1 ? theta : 1;                                                                               \
        t2 = cut2 ? (cut1 ? 0 : theta) : 1;                                                                  \
    } while (0)

/* In place of the sums. */
static void ration(const double *restrict a, double *restrict P1, double *restrict P2)
{
    LANES(l)
    {
        double t1, t2;
        RATION(a[l], P1[l], P2[l], t1, t2);
        P1[l] = t1;
        P2[l] = t2;
    }
}

static void deliver(const double *restrict p1, const double *restrict p2, const double *restrict t1,
                    const double *restrict t2, double *restrict a, double *restrict r, double *restrict u)
{
    LANES(l)
    {
        double x = floor_mass(p1[l] * t1[l] + p2[l] * t2[l]);
        a[l] -= x;
        r[l] -= x;
        u[l] -= x;
    }
}

/* The three in one, for an importer that asks nobody else for its whole want, and an exporter that nobody
 * else asks. */
static void trade_alone(const km_arc *arc, double *restrict a, double *restrict r, double *restrict u)
{
    double phi = arc->firm;
    LANES(l)
    {
        double p = kura_min(u[l], r[l]), t1, t2;
        double p1 = floor_mass(phi * p), p2 = floor_mass(p - p1);
        RATION(a[l], p1, p2, t1, t2);
        double x = floor_mass(p1 * t1 + p2 * t2);
        a[l] -= x;
        r[l] -= x;
        u[l] -= x;
    }
}

/* Trades that take part in a round: all of the importers that want something, and in a Latin round the one of
 * the given rank.  Counts how often each exporter is asked.  -1: nobody wants anything. */
static int gather(const km_mineral *m, kura_work *w, int form, round_kind kind, int rank)
{
    int n = 0, any = 0;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) w->asked[h] = 0;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        const km_hub *hub = &m->hubs[h];
        int begin = hub->arc_begin, end = hub->arc_end;
        if (begin == end || (kind == CONTRACT && hub->contracted == 0) || !any_positive(&w->r[h])) continue;
        any = 1;
        if (kind == LATIN) {
            begin = begin + rank < end ? begin + rank : end;
            end = begin < end ? begin + 1 : end;
        }
        for (int a = begin; a < end; a++) {
            w->trades[n++] = a;
            w->asked[m->arcs[a].from]++;
        }
        if (kind == CONTRACT) { /* fill of the contracts */
            double *fill = w->fill[h].v, M = hub->contracted;
            const double *W = w->r[h].v;
            LANES(l) fill[l] = W[l] / M;
        }
    }
    return any ? n : -1;
}

/* One round over the hubs of a form; `rank` picks the supplier in a Latin round.  Returns 0 when nobody wants
 * anything. */
static int round_of(const km_mineral *m, kura_work *w, int form, round_kind kind, int rank)
{
    enum { SUMMED = -1 };
    int *asked = w->asked, n = gather(m, w, form, kind, rank), rest = 0;
    for (int k = 0; k < n; k++) {
        int a = w->trades[k];
        const km_arc *arc = &m->arcs[a];
        int i = arc->from, h = arc->to;
        if (kind == LATIN && asked[i] == 1) {
            trade_alone(arc, w->a[i].v, w->r[h].v, w->u[a].v);
            continue;
        }
        const double *basis = kind == CONTRACT ? w->fill[h].v : w->r[h].v;
        double factor = kind == CONTRACT ? arc->contract : kind == SPOT ? arc->spot : 1;
        double *u = w->u[a].v, *p1 = w->p1[a].v, *p2 = w->p2[a].v, *P1 = w->P1[i].v, *P2 = w->P2[i].v;
        if (asked[i] == SUMMED) {
            ask(arc, 0, factor, basis, u, p1, p2, P1, P2);
        } else {
            ask(arc, 1, factor, basis, u, p1, p2, P1, P2);
            asked[i] = SUMMED;
        }
        w->trades[rest++] = a;
    }
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++)
        if (asked[h] == SUMMED) ration(w->a[h].v, w->P1[h].v, w->P2[h].v);
    for (int k = 0; k < rest; k++) {
        int a = w->trades[k], i = m->arcs[a].from;
        deliver(w->p1[a].v, w->p2[a].v, w->P1[i].v, w->P2[i].v, w->a[i].v, w->r[m->arcs[a].to].v, w->u[a].v);
    }
    return n >= 0;
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

/* Adds shipments to the slots of their lanes: one pass for each lag that occurs, and there are few. */
static void load_by_lag(lane *ring, int slots, int tick, const ilane *added, const double *restrict ship)
{
    int first = INT_MAX, last = 0;
    for (int l = 0; l < L; l++) {
        first = added->v[l] < first ? added->v[l] : first;
        last = added->v[l] > last ? added->v[l] : last;
    }
    while (first <= last) {
        double *slot = ring[(tick + first) % slots].v;
        int next = INT_MAX;
        for (int l = 0; l < L; l++) {
            int lag = added->v[l];
            slot[l] += lag == first ? ship[l] : 0;
            int later = lag > first ? lag : INT_MAX;
            next = later < next ? later : next;
        }
        first = next;
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
        load_by_lag(ring, m->ring, tick + arc->lag, &w->exo.lag[a], ship);
    }
    if (arc->leak > 0 && arc->leak_lag > 0 && arc->varies) delay_leak(m, w, s, a, tick);
}

void kura_allocate(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick)
{
    int begin = m->arc_form_begin[form], end = m->arc_form_begin[form + 1];
    if (begin == end) return;
    arc_caps(m, w, begin, end);
    if (m->any_quota) quotas(m, w, begin, end);
    memcpy(&s->ship[begin], &w->u[begin], (size_t)(end - begin) * sizeof(lane));
    if (w->straining) kura_strain_open(m, w, form);
    if (m->nofftakes) kura_offtake(m, w, s, form);
    round_of(m, w, form, CONTRACT, 0);
    if (w->straining) kura_strain_contract(m, w, form);
    int go = 1; /* hubs without contracts take part from the spot rounds on */
    for (int k = 0; k < m->spot_rounds && go; k++) go = round_of(m, w, form, SPOT, 0);
    for (int k = 0; k < m->latin_rounds && go; k++) go = round_of(m, w, form, LATIN, k);
    if (w->straining) kura_strain_close(m, w, s, form, tick); /* while `ship` holds the capacities */
    for (int a = begin; a < end; a++) {
        double *ship = s->ship[a].v;
        const double *left = w->u[a].v;
        LANES(l) ship[l] -= left[l];
        load(m, w, s, a, tick);
    }
}
