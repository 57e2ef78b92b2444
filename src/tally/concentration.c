/* Concentration of the imports that came, see concentration.h. */
#include "tally/concentration.h"
#include "base/arena.h"
#include "base/error.h"
#include "num/math.h"
#include <stdlib.h>
#include <string.h>

enum { L = KURA_LANES };

struct kura_concentration {
    const km_model *model;
    kura_columns *columns; /* [mineral] */
};

/* Sums of the mineral in hand: [country] what came from it. */
struct kura_concentration_bench {
    const kura_concentration *of;
    kura_arena arena;
    lane *from;
};

int kura_concentration_hub(const km_model *model, int mineral)
{
    const km_mineral *m = &model->minerals[mineral];
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].form == m->nforms - 1 && m->hubs[h].country == model->focus) return h;
    return -1;
}

size_t kura_concentration_bytes(const km_model *model, uint64_t most)
{
    if (!model->scenario->tallies.concentration) return 0;
    return sizeof(kura_concentration) + kura_columns_bytes((size_t)model->nminerals, most);
}

kura_status kura_concentration_new(const km_model *model, uint64_t most, const char *folder,
                                   kura_concentration **out, kura_error *err)
{
    *out = NULL;
    if (!model->scenario->tallies.concentration) return KURA_OK;
    kura_concentration *c = calloc(1, sizeof *c);
    if (!c) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the tallies");
    c->model = model;
    kura_status st = kura_columns_new((size_t)model->nminerals, most, folder, &c->columns, err);
    if (st)
        kura_concentration_free(c);
    else
        *out = c;
    return st;
}

void kura_concentration_free(kura_concentration *c)
{
    if (!c) return;
    kura_columns_free(c->columns);
    free(c);
}

const kura_columns *kura_concentration_columns(const kura_concentration *c) { return c->columns; }

/* ---- a thread ---- */

static size_t countries_of(const km_model *model) { return (size_t)model->scenario->ncountries; }

size_t kura_concentration_bench_bytes(const km_model *model)
{
    return model->scenario->tallies.concentration
               ? sizeof(kura_concentration_bench) + countries_of(model) * sizeof(lane)
               : 0;
}

kura_concentration_bench *kura_concentration_bench_new(const kura_concentration *c)
{
    kura_concentration_bench *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->of = c;
    b->from = kura_arena_alloc(&b->arena, countries_of(c->model), sizeof *b->from);
    if (b->from) return b;
    kura_concentration_bench_free(b);
    return NULL;
}

void kura_concentration_bench_free(kura_concentration_bench *bench)
{
    if (!bench) return;
    kura_arena_fini(&bench->arena);
    free(bench);
}

void kura_concentration_step(kura_concentration_bench *b, const kura_view *view)
{
    const km_model *model = view->model;
    const km_mineral *m = &model->minerals[view->mineral];
    int hub = kura_concentration_hub(model, view->mineral);
    if (view->t == 0) memset(b->from, 0, countries_of(model) * sizeof *b->from);
    for (int a = hub < 0 ? 0 : m->hubs[hub].arc_begin; hub >= 0 && a < m->hubs[hub].arc_end; a++) {
        const km_arc *arc = &m->arcs[a];
        const double *ship = view->base->ship[a].v;
        double *sum = b->from[m->hubs[arc->from].country].v;
        for (int l = 0; l < L; l++) {
            int at = view->t + arc->lag + (arc->detours ? view->exo->lag[a].v[l] : 0);
            sum[l] += at < model->T ? ship[l] - kura_floor(arc->loss * ship[l]) : 0;
        }
    }
}

void kura_concentration_end(kura_concentration_bench *b, const kura_view *view, uint64_t paths)
{
    double value[L];
    if (view->first_path >= paths) return;
    uint64_t left = paths - view->first_path;
    for (int l = 0; l < L; l++) {
        double all = 0, squares = 0;
        for (size_t c = 0; c < countries_of(view->model); c++) all += b->from[c].v[l];
        for (size_t c = 0; c < countries_of(view->model); c++) {
            double share = all > 0 ? b->from[c].v[l] / all : 0;
            squares += share * share;
        }
        value[l] = squares;
    }
    kura_columns_put(b->of->columns, (size_t)view->mineral, view->first_path, left < L ? (size_t)left : L,
                     value);
}
