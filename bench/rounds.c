/* Rounds of an allocation, see rounds.h.
 *
 * A mineral with fewer rounds is the same mineral up to there, so the wants after n rounds are what remains
 * when the allocation is run with n rounds.  The rule by which a round leaves importers out is the engine's
 * own (sim/lanes/allocate.c): those that want nothing in any lane. */
#include "rounds.h"
#include "kernels.h"
#include <stdlib.h>
#include <string.h>

bench_rounds bench_round_counts;

typedef struct {
    lane *a, *r, *I, *P, *ring, *ship, gone; /* ship: of one round less; the rest: before all rounds */
    size_t hubs, slots, arcs;
} snapshot;

static snapshot kept;

static lane *room(lane *old, size_t n)
{
    lane *new = realloc(old, n * sizeof *new);
    if (!new) abort();
    return new;
}

static void keep(const km_mineral *m, const kura_work *w, const kura_state *s)
{
    size_t n = (size_t)m->nhubs, slots = n * (size_t)m->ring;
    if (n > kept.hubs) {
        kept.a = room(kept.a, n), kept.r = room(kept.r, n), kept.I = room(kept.I, n),
        kept.P = room(kept.P, n);
        kept.hubs = n;
    }
    if (slots > kept.slots) {
        kept.ring = room(kept.ring, slots);
        kept.slots = slots;
    }
    if ((size_t)m->narcs > kept.arcs) {
        kept.arcs = (size_t)m->narcs;
        kept.ship = room(kept.ship, kept.arcs);
    }
    memset(kept.ship, 0, kept.arcs * sizeof(lane));
    memcpy(kept.a, w->a, n * sizeof(lane));
    memcpy(kept.r, w->r, n * sizeof(lane));
    memcpy(kept.I, s->I, n * sizeof(lane));
    memcpy(kept.P, s->P, n * sizeof(lane));
    memcpy(kept.ring, s->ring, slots * sizeof(lane));
    kept.gone = *s->gone;
}

static void put_back(const km_mineral *m, kura_work *w, kura_state *s)
{
    size_t n = (size_t)m->nhubs;
    memcpy(w->a, kept.a, n * sizeof(lane));
    memcpy(w->r, kept.r, n * sizeof(lane));
    memcpy(s->I, kept.I, n * sizeof(lane));
    memcpy(s->P, kept.P, n * sizeof(lane));
    memcpy(s->ring, kept.ring, n * (size_t)m->ring * sizeof(lane));
    *s->gone = kept.gone;
}

static int wants(const lane *r)
{
    for (int l = 0; l < KURA_LANES; l++)
        if (r->v[l] > 0) return 1;
    return 0;
}

/* Has every lane of a trade no supply, no capacity or no want?  `before`: what was shipped since, or NULL. */
static int is_blocked(const lane *a, const lane *u, const lane *r, const lane *before)
{
    for (int l = 0; l < KURA_LANES; l++)
        if (a->v[l] > 0 && u->v[l] + (before ? before->v[l] : 0) > 0 && r->v[l] > 0) return 0;
    return 1;
}

/* Trades that a round goes over, by the supply `a` and the wants `r` before it; -1 when nobody wants
 * anything. The capacities before the contract round are known only after it. */
static int trades_of(const km_mineral *m, const kura_work *w, const kura_state *s, int form, bench_round kind,
                     int rank, const lane *a, const lane *r)
{
    int n = 0, any = 0;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        int begin = m->hubs[h].arc_begin, end = m->hubs[h].arc_end;
        if (begin == end || (kind == ROUND_CONTRACT && m->hubs[h].Mo == 0) || !wants(&r[h])) continue;
        any = 1;
        if (kind == ROUND_LATIN) {
            begin += rank;
            end = begin < end ? begin + 1 : begin;
        }
        n += end - begin;
        for (int k = begin; k < end; k++)
            bench_round_counts.blocked += (uint64_t)is_blocked(&a[m->arcs[k].from], &w->u[k], &r[h],
                                                               kind == ROUND_CONTRACT ? &s->ship[k] : NULL);
    }
    return any ? n : -1;
}

/* Lanes in which a trade shipped more than one round before. */
static void count_moved(const km_mineral *m, const kura_state *s, int form)
{
    for (int k = m->arc_form_begin[form]; k < m->arc_form_begin[form + 1]; k++) {
        for (int l = 0; l < KURA_LANES; l++)
            bench_round_counts.moved += s->ship[k].v[l] > kept.ship[k].v[l] ? 1u : 0u;
        kept.ship[k] = s->ship[k];
    }
}

static double timed(bench_allocate_fn *allocate, const km_mineral *m, kura_work *w, kura_state *s, int form,
                    int tick)
{
    double from = bench_wall();
    allocate(m, w, s, form, tick);
    double ns = bench_wall() - from;
    return ns < 1e6 ? ns : 0; /* longer: another process had the core */
}

void bench_take_apart(bench_allocate_fn *allocate, const km_mineral *m, kura_work *w, kura_state *s, int form,
                      int tick)
{
    int arcs = m->arc_form_begin[form + 1] - m->arc_form_begin[form];
    if (!arcs) return;
    km_mineral part = *m;
    bench_rounds *c = &bench_round_counts;
    part.spot_rounds = part.latin_rounds = 0;
    keep(m, w, s);
    double before = timed(allocate, &part, w, s, form, tick);
    int next = trades_of(m, w, s, form, ROUND_CONTRACT, 0, kept.a, kept.r);
    c->arcs[ROUND_CONTRACT] += next > 0 ? (uint64_t)next : 0;
    c->loaded += (uint64_t)arcs;
    c->ns[ROUND_CONTRACT] += before;
    count_moved(m, s, form);
    for (int k = 0; k < m->spot_rounds + m->latin_rounds; k++) {
        int latin = k >= m->spot_rounds;
        next = trades_of(m, w, s, form, latin ? ROUND_LATIN : ROUND_SPOT, k - m->spot_rounds, w->a, w->r);
        put_back(m, w, s);
        if (next < 0) break;
        part.spot_rounds += !latin;
        part.latin_rounds += latin;
        double ns = timed(allocate, &part, w, s, form, tick);
        c->arcs[latin ? ROUND_LATIN : ROUND_SPOT] += (uint64_t)next;
        if (ns > 0 && before > 0) c->ns[latin ? ROUND_LATIN : ROUND_SPOT] += ns - before;
        before = ns;
        count_moved(m, s, form);
    }
    put_back(m, w, s);
}
