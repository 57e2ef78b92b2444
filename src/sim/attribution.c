/* Room for the attribution of a mineral, see attribution.h. */
#include "sim/attribution.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORIES = 3 }; /* losses count from so many memories before a shortage on: then 5 % are left */

static int ring_of(const km_model *model, const km_causes *c)
{
    int most = model->steps + 1, n = (int)ceil(MEMORIES * c->memory) + 1;
    return n < most ? n : most;
}

static int add_row(kura_attribution *a, int kind, int index)
{
    if (a->rows) {
        a->rows[a->nrows].kind = kind;
        a->rows[a->nrows].index = index;
    }
    return a->nrows++;
}

/* Rows of a mineral; without room only counts. */
static void list_rows(kura_attribution *a, const km_model *model, const km_mineral *m, const km_causes *c)
{
    a->nrows = 0;
    for (int i = 0; i < c->nsites; i++) {
        const km_site *s = &m->sites[c->sites[i].site];
        int outage = s->noutages ? add_row(a, KURA_RING_OUTAGE, c->sites[i].site) : -1;
        int shock = s->nspells ? add_row(a, KURA_RING_SHOCK, c->sites[i].site) : -1;
        if (!a->rows) continue;
        a->outage_row[i] = outage;
        a->shock_row[i] = shock;
    }
    for (int k = 0; k < model->scenario->nchokepoints; k++) {
        int used = 0;
        for (int i = 0; i < c->narcs; i++)
            for (int r = 0; r < m->arcs[c->arcs[i].arc].nspells; r++)
                used |= m->arcs[c->arcs[i].arc].spells[r] == k;
        int row = used ? add_row(a, KURA_RING_WAY, k) : -1;
        if (a->rows) a->way_row[k] = row;
    }
}

typedef struct {
    size_t causes, rows, kept, sites;
} room;

static room room_of(const km_model *model, const km_causes *all)
{
    room n = {0, 0, 0, 0};
    for (int i = 0; i < model->nminerals; i++) {
        const km_causes *c = &all[i];
        kura_attribution count = {.rows = NULL};
        list_rows(&count, model, &model->minerals[i], c);
        size_t rows = (size_t)count.nrows, kept = rows * (size_t)ring_of(model, c);
        if ((size_t)c->n > n.causes) n.causes = (size_t)c->n;
        if ((size_t)c->nsites > n.sites) n.sites = (size_t)c->nsites;
        if (rows > n.rows) n.rows = rows;
        if (kept > n.kept) n.kept = kept;
    }
    return n;
}

/* With `a` NULL only counts bytes. */
static size_t build(const km_model *model, kura_attribution *a)
{
    kura_arena own = {0}, *arena = a ? &a->arena : &own;
    const km_causes *causes = km_list_causes(model, arena);
    size_t bytes = 0, chokepoints = (size_t)model->scenario->nchokepoints;
    if (causes) {
        room n = room_of(model, causes);
        bytes = sizeof(kura_attribution) + arena->total + n.rows * sizeof(kura_ring_row) +
                (2 * n.sites + chokepoints) * sizeof(int) + n.kept * sizeof(flane) +
                n.causes * (sizeof(lane) + sizeof(int) + (KURA_LANES + 1) * sizeof(double)) + 512;
        if (a) {
            a->causes = causes;
            a->rows = KURA_NEW(arena, kura_ring_row, n.rows + 1);
            a->outage_row = KURA_NEW(arena, int, n.sites);
            a->shock_row = KURA_NEW(arena, int, n.sites);
            a->way_row = KURA_NEW(arena, int, chokepoints);
            a->kept = KURA_NEW(arena, flane, n.kept);
            a->loss = KURA_NEW(arena, double, n.causes *KURA_LANES);
            a->now = KURA_NEW(arena, double, n.causes);
            a->amount = KURA_NEW(arena, lane, n.causes);
            a->counted_as = KURA_NEW(arena, int, n.causes);
            if (arena->failed) bytes = 0;
        }
    }
    kura_arena_fini(&own);
    return bytes;
}

size_t kura_attribution_bytes(const km_model *model) { return build(model, NULL); }

kura_attribution *kura_attribution_new(const km_model *model)
{
    kura_attribution *a = calloc(1, sizeof *a);
    if (a && build(model, a)) return a;
    kura_attribution_free(a);
    return NULL;
}

void kura_attribution_free(kura_attribution *a)
{
    if (!a) return;
    kura_arena_fini(&a->arena);
    free(a);
}

void kura_attribution_start(kura_attribution *a, const km_model *model, const km_mineral *m)
{
    const km_causes *c = &a->causes[m->scenario_mineral];
    list_rows(a, model, m, c);
    a->ring = ring_of(model, c);
    for (int l = 0; l < KURA_LANES; l++) a->last[l] = -1;
    memset(a->amount, 0, (size_t)c->n * sizeof *a->amount);
}
