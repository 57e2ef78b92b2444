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
    lane *a, *r, *I, *P, *ring, gone;
    size_t hubs, slots;
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

/* Trades that the next round goes over; -1 when nobody wants anything. */
static int trades_of(const km_mineral *m, const kura_work *w, int form, bench_round kind, int rank)
{
    int n = 0, any = 0;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        int arcs = m->hubs[h].arc_end - m->hubs[h].arc_begin;
        if (!arcs || (kind == ROUND_CONTRACT && m->hubs[h].Mo == 0) || !wants(&w->r[h])) continue;
        any = 1;
        n += kind == ROUND_LATIN ? rank < arcs : arcs;
    }
    return any ? n : -1;
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
    int next = trades_of(m, w, form, ROUND_CONTRACT, 0);
    c->arcs[ROUND_CONTRACT] += next > 0 ? (uint64_t)next : 0;
    c->loaded += (uint64_t)arcs;
    double before = timed(allocate, &part, w, s, form, tick);
    c->ns[ROUND_CONTRACT] += before;
    for (int k = 0; k < m->spot_rounds + m->latin_rounds; k++) {
        int latin = k >= m->spot_rounds;
        next = trades_of(m, w, form, latin ? ROUND_LATIN : ROUND_SPOT, k - m->spot_rounds);
        put_back(m, w, s);
        if (next < 0) break;
        part.spot_rounds += !latin;
        part.latin_rounds += latin;
        double ns = timed(allocate, &part, w, s, form, tick);
        c->arcs[latin ? ROUND_LATIN : ROUND_SPOT] += (uint64_t)next;
        if (ns > 0 && before > 0) c->ns[latin ? ROUND_LATIN : ROUND_SPOT] += ns - before;
        before = ns;
    }
    put_back(m, w, s);
}
