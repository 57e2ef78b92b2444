/* Series of all paths, see dump.h. */
#include "tally/dump.h"
#include "base/encode.h"
#include "base/scratch.h"
#include "num/math.h"
#include "tally/finalise.h"
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 2048 /* of a chunk: 1 MB of 64 paths */, L = KURA_LANES };

static const struct {
    const char *name, *units, *text;
} what[] = {
#define WHAT(id, name, units, text) {name, units, text},
    SC_DUMPED(WHAT)
#undef WHAT
};

struct kura_dump {
    const km_model *model; /* of the run; the chunks are read after it is gone */
    int minerals;
    int n; /* series */
    sc_dump of[SC_DUMP_COUNT];
    size_t lanes, steps, pieces; /* steps of a chunk, chunks that make the horizon */
    kura_scratch data, index;
    _Atomic uint64_t end; /* of `data` */
    atomic_int why;       /* errno of a failure; -1: no memory */
};

/* Where a chunk lies. */
typedef struct {
    uint64_t at, size;
} entry;

struct kura_dump_bench {
    kura_dump *dump;
    kura_encoder *encoder;
    double *room; /* [series][steps][lane] */
};

static int asked(const km_model *model)
{
    int n = 0;
    for (int i = 0; i < SC_DUMP_COUNT; i++) n += model->scenario->tallies.dump[i];
    return n;
}

/* Pieces of equal length, so that the last is not mostly padding. */
static size_t pieces_of(const km_model *model) { return ((size_t)model->T + MOST_STEPS - 1) / MOST_STEPS; }
static size_t steps_of(const km_model *model)
{
    return ((size_t)model->T + pieces_of(model) - 1) / pieces_of(model);
}

double kura_dump_raw_bytes(const km_model *model, uint64_t paths)
{
    return (double)asked(model) * model->nminerals * model->T * (double)paths * sizeof(double);
}

double kura_dump_chunks(const km_model *model, uint64_t paths)
{
    double bundles = (double)((paths + L - 1) / L);
    return (double)asked(model) * model->nminerals * (double)pieces_of(model) * bundles;
}

kura_status kura_dump_new(const km_model *model, uint64_t most, const char *folder, kura_dump **out,
                          kura_error *err)
{
    *out = NULL;
    if (!asked(model)) return KURA_OK;
    kura_dump *d = calloc(1, sizeof *d);
    if (!d) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the dump");
    d->model = model;
    d->minerals = model->nminerals;
    d->lanes = most < L ? (size_t)most : L; /* a chunk may not be longer than what it is of */
    d->steps = steps_of(model);
    d->pieces = pieces_of(model);
    for (int i = 0; i < SC_DUMP_COUNT; i++)
        if (model->scenario->tallies.dump[i]) d->of[d->n++] = (sc_dump)i;
    kura_status st = kura_scratch_open(&d->data, folder, err);
    if (!st) st = kura_scratch_open(&d->index, folder, err);
    if (st)
        kura_dump_free(d);
    else
        *out = d;
    return st;
}

void kura_dump_free(kura_dump *dump)
{
    if (!dump) return;
    kura_scratch_close(&dump->data);
    kura_scratch_close(&dump->index);
    free(dump);
}

kura_status kura_dump_status(const kura_dump *dump, kura_error *err)
{
    int why = dump ? atomic_load(&dump->why) : 0;
    if (why < 0) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to pack the dump");
    return why ? kura_scratch_error(&dump->data, why, err) : KURA_OK;
}

/* ---- a thread ---- */

size_t kura_dump_bench_bytes(const km_model *model)
{
    size_t items = steps_of(model) * L;
    return asked(model) ? sizeof(kura_dump_bench) + (size_t)asked(model) * items * sizeof(double) +
                              kura_encoder_bytes(items)
                        : 0;
}

kura_dump_bench *kura_dump_bench_new(kura_dump *dump)
{
    kura_dump_bench *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->dump = dump;
    b->encoder = kura_encoder_new(dump->steps * L);
    b->room = calloc((size_t)dump->n * dump->steps * L, sizeof *b->room);
    if (b->encoder && b->room) return b;
    kura_dump_bench_free(b);
    return NULL;
}

void kura_dump_bench_free(kura_dump_bench *bench)
{
    if (!bench) return;
    kura_encoder_free(bench->encoder);
    free(bench->room);
    free(bench);
}

/* Place of a chunk in the index; independent of the number of paths, which may still grow. */
static uint64_t place(const kura_dump *d, uint64_t bundle, size_t series, int mineral, size_t piece)
{
    return (((bundle * (uint64_t)d->n + series) * (uint64_t)d->minerals + (uint64_t)mineral) * d->pieces +
            piece) *
           sizeof(entry);
}

static void put_away(kura_dump_bench *b, const kura_view *view, size_t series, double *room)
{
    kura_dump *d = b->dump;
    entry e = {0, 0};
    const void *bytes = kura_encode(b->encoder, room, d->steps * d->lanes, &e.size);
    int why = bytes ? 0 : -1;
    if (!why) {
        e.at = atomic_fetch_add(&d->end, e.size);
        why = kura_scratch_write(&d->data, e.at, bytes, e.size);
    }
    if (!why)
        why = kura_scratch_write(
            &d->index, place(d, view->first_path / L, series, view->mineral, (size_t)view->t / d->steps), &e,
            sizeof e);
    if (why) atomic_store(&d->why, why);
}

static void demand_of(const kura_view *view, sc_dump which, double *out)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    const kura_state *s = view->base;
    for (int l = 0; l < L; l++) out[l] = 0;
    for (int k = 0; k < m->nconsumers; k++) {
        if (!m->consumers[k].focus) continue;
        const double *d = s->D[k].v, *g = s->Dgross[k].v, *u = s->unserved[k].v;
        for (int l = 0; l < L; l++)
            out[l] += which == SC_DUMP_DEMAND     ? d[l]
                      : which == SC_DUMP_UNSERVED ? u[l]
                                                  : g[l] - (d[l] - u[l]);
    }
    for (int l = 0; l < L; l++) out[l] *= m->quantum;
}

/* On hand and in stockpiles of the watched hub, days of base use. */
static void stock_of(const kura_view *view, double *out)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    if (m->watch_hub < 0) {
        for (int l = 0; l < L; l++) out[l] = NAN;
        return;
    }
    const km_hub *hub = &m->hubs[m->watch_hub];
    for (int l = 0; l < L; l++) out[l] = view->base->I[m->watch_hub].v[l];
    for (int k = hub->tier_begin; k < hub->tier_end; k++)
        for (int l = 0; l < L && !km_is_pooled(&m->tiers[k]); l++) out[l] += view->base->S[k].v[l];
    for (int k = hub->consumer_begin; m->any_own && k < hub->consumer_end; k++)
        for (int l = 0; l < L; l++) out[l] += view->base->own[k].v[l];
    for (int l = 0; l < L; l++) out[l] *= view->model->step_days / m->watch_use;
}

/* Of the market, or in the focus country with its wedge. */
static void price_of(const kura_view *view, int focus, double *out)
{
    const km_price *p = &view->model->minerals[view->mineral].price;
    const double *X = view->base->X->v;
    const double *wedge = focus && p->wedge.focus >= 0 ? view->exo->wedge[p->wedge.focus].v : NULL;
    for (int l = 0; l < L; l++) out[l] = p->given ? kura_exp(X[l] + (wedge ? wedge[l] : 0)) : NAN;
}

void kura_dump_step(kura_dump_bench *bench, const kura_view *view, uint64_t paths)
{
    const kura_dump *d = bench->dump;
    size_t t = (size_t)view->t, at = t % d->steps, items = d->steps * d->lanes;
    double x[L];
    int last = t + 1 == (size_t)d->model->T;
    uint64_t valid = view->first_path < paths ? paths - view->first_path : 0;
    if (!valid) return;
    for (size_t i = 0; i < (size_t)d->n; i++) {
        double *room = bench->room + i * items, *out = room + at * d->lanes;
        if (d->of[i] == SC_DUMP_STOCK)
            stock_of(view, x);
        else if (d->of[i] == SC_DUMP_PRICE || d->of[i] == SC_DUMP_FOCUS_PRICE)
            price_of(view, d->of[i] == SC_DUMP_FOCUS_PRICE, x);
        else
            demand_of(view, d->of[i], x);
        for (uint64_t l = valid; l < L; l++) x[l] = 0;
        memcpy(out, x, d->lanes * sizeof *x);
        if (last) memset(out + d->lanes, 0, (d->steps - at - 1) * d->lanes * sizeof *x);
        if (last || at + 1 == d->steps) put_away(bench, view, i, room);
    }
}

/* ---- the result ---- */

typedef struct {
    const kura_dump *dump;
    size_t series;
    int64_t bundles;
} dump_source;

static int read_chunk(const kf_source *source, int64_t number, void *out, size_t *size)
{
    const dump_source *s = source->user;
    int64_t bundle = number % s->bundles, rest = number / s->bundles;
    size_t piece = (size_t)rest % s->dump->pieces;
    int mineral = (int)(rest / (int64_t)s->dump->pieces);
    entry e;
    int why = kura_scratch_read(&s->dump->index, place(s->dump, (uint64_t)bundle, s->series, mineral, piece),
                                &e, sizeof e);
    if (!why) why = kura_scratch_read(&s->dump->data, e.at, out, e.size);
    *size = e.size;
    return why;
}

static const kf_source *source_of(const kura_dump *dump, kura_frame *frame, size_t series, uint64_t paths)
{
    kf_source *source = KURA_NEW(&frame->arena, kf_source, 1);
    dump_source *s = KURA_NEW(&frame->arena, dump_source, 1);
    if (!source || !s) return NULL;
    *s = (dump_source){dump, series, (int64_t)((paths + L - 1) / L)};
    *source = (kf_source){.user = s,
                          .read_chunk = read_chunk,
                          .chunk = {1, (int64_t)dump->steps, (int64_t)dump->lanes},
                          .chunk_bytes = kura_encoded_most(dump->steps * L)};
    return source;
}

kura_status kura_dump_report(const kura_dump *dump, kura_frame *frame, uint64_t paths, kura_error *err)
{
    kf_group *g = kura_frame_group(frame, "dump");
    if (!g) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    kura_finalise_minerals(frame, g, dump->model);
    kura_finalise_time(frame, g, dump->model);
    kura_frame_dim_count(frame, g, "path", (int64_t)paths, "path number");
    for (size_t i = 0; i < (size_t)dump->n; i++) {
        const kf_source *source = source_of(dump, frame, i, paths);
        if (!source) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
        sc_dump k = dump->of[i];
        kura_frame_var_from(frame, g, what[k].name, "mineral,time,path", source, what[k].units, what[k].text,
                            "8");
    }
    return KURA_OK;
}
