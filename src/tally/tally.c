/* Tallies: allocation, blocks and the exact merge, see tally.h. */
#include "tally/tally.h"
#include "tally/block.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *kura_metric_name(kura_metric m)
{
    static const char *const names[] = {
#define NAME(id, name, units, text) name,
        KURA_METRICS(NAME)
#undef NAME
    };
    return names[m];
}
const char *kura_metric_units(kura_metric m)
{
    static const char *const names[] = {
#define UNITS(id, name, units, text) units,
        KURA_METRICS(UNITS)
#undef UNITS
    };
    return names[m];
}
const char *kura_metric_text(kura_metric m)
{
    static const char *const names[] = {
#define TEXT(id, name, units, text) text,
        KURA_METRICS(TEXT)
#undef TEXT
    };
    return names[m];
}

static size_t cells(const km_model *model) { return (size_t)model->nminerals * (size_t)model->T; }

size_t kura_tally_bytes(const km_model *model, uint64_t paths)
{
    size_t n = cells(model);
    return (size_t)model->nminerals * KURA_METRIC_COUNT * paths * sizeof(double) +
           n * KURA_CURVE_COUNT * sizeof(kura_acc) +
           2 * n * (KURA_BINS * sizeof(uint32_t) + sizeof(kura_range)) +
           kura_trace_bytes(model, model->scenario->tallies.trace_paths) + 4096;
}

size_t kura_tally_block_bytes(const km_model *model)
{
    size_t n = cells(model);
    return n * KURA_CURVE_COUNT * sizeof(double) +
           2 * n * (KURA_BINS * sizeof(uint16_t) + sizeof(kura_range)) + sizeof(kura_tally_block);
}

static void forget_ranges(kura_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) ranges[i] = (kura_range){INFINITY, -INFINITY};
}

static size_t rows(const km_model *model) { return (size_t)model->nminerals * KURA_METRIC_COUNT; }

int kura_tally_grow(kura_tally *tally, uint64_t paths)
{
    for (size_t i = 0; i < rows(tally->model); i++) {
        double *row = realloc(tally->metrics[i], paths * sizeof *row);
        if (!row) return 1;
        memset(row + tally->paths, 0, (paths - tally->paths) * sizeof *row);
        tally->metrics[i] = row;
    }
    tally->paths = paths;
    return 0;
}

kura_tally *kura_tally_new(const km_model *model, uint64_t paths, uint64_t most)
{
    kura_tally *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    size_t n = cells(model);
    t->model = model;
    t->metrics = KURA_NEW(&t->arena, double *, rows(model));
    t->curves = KURA_NEW(&t->arena, kura_acc, n * KURA_CURVE_COUNT);
    t->stock_bins = KURA_NEW(&t->arena, uint32_t, n * KURA_BINS);
    t->price_bins = KURA_NEW(&t->arena, uint32_t, n * KURA_BINS);
    t->stock_range = KURA_NEW(&t->arena, kura_range, n);
    t->price_range = KURA_NEW(&t->arena, kura_range, n);
    t->opening_days = KURA_NEW(&t->arena, double, (size_t)model->nminerals);
    t->trace_paths = (uint64_t)model->scenario->tallies.trace_paths < most
                         ? model->scenario->tallies.trace_paths
                         : (int)most;
    if (t->trace_paths > 0) t->trace = kura_trace_new(model, t->trace_paths, &t->arena);
    if (t->arena.failed || kura_tally_grow(t, paths)) {
        kura_tally_free(t);
        return NULL;
    }
    forget_ranges(t->stock_range, n);
    forget_ranges(t->price_range, n);
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        if (m->watch_hub < 0) continue;
        double stock = m->hubs[m->watch_hub].opening;
        for (int k = m->hubs[m->watch_hub].tier_begin; k < m->hubs[m->watch_hub].tier_end; k++)
            stock += km_is_pooled(&m->tiers[k]) ? 0 : m->tiers[k].opening;
        t->opening_days[i] = stock * (model->step_days / m->watch_use);
    }
    return t;
}

void kura_tally_free(kura_tally *tally)
{
    if (!tally) return;
    for (size_t i = 0; tally->metrics && i < rows(tally->model); i++) free(tally->metrics[i]);
    kura_arena_fini(&tally->arena);
    free(tally);
}

kura_tally_block *kura_tally_block_new(kura_tally *tally, kura_isa isa)
{
    kura_tally_block *b = NULL;
    if (posix_memalign((void **)&b, 64, sizeof *b)) return NULL;
    memset(b, 0, sizeof *b);
    size_t n = cells(tally->model);
    b->tally = tally;
    b->curves = KURA_NEW(&b->arena, double, n *KURA_CURVE_COUNT);
    b->stock_bins = KURA_NEW(&b->arena, uint16_t, n * KURA_BINS);
    b->price_bins = KURA_NEW(&b->arena, uint16_t, n * KURA_BINS);
    b->stock_range = KURA_NEW(&b->arena, kura_range, n);
    b->price_range = KURA_NEW(&b->arena, kura_range, n);
    b->observe = kura_observe_baseline;
#ifdef KURA_HAVE_ISA_scalar
    if (isa == KURA_ISA_SCALAR) b->observe = kura_observe_scalar;
#endif
#ifdef KURA_HAVE_ISA_v3
    if (isa == KURA_ISA_V3) b->observe = kura_observe_v3;
#endif
#ifdef KURA_HAVE_ISA_v4
    if (isa == KURA_ISA_V4) b->observe = kura_observe_v4;
#endif
    (void)isa;
    if (b->arena.failed) {
        kura_tally_block_free(b);
        return NULL;
    }
    return b;
}

void kura_tally_block_free(kura_tally_block *block)
{
    if (!block) return;
    kura_arena_fini(&block->arena);
    free(block);
}

void kura_tally_block_start(kura_tally_block *block)
{
    size_t n = cells(block->tally->model);
    memset(block->curves, 0, n * KURA_CURVE_COUNT * sizeof *block->curves);
    memset(block->stock_bins, 0, n * KURA_BINS * sizeof *block->stock_bins);
    memset(block->price_bins, 0, n * KURA_BINS * sizeof *block->price_bins);
    forget_ranges(block->stock_range, n);
    forget_ranges(block->price_range, n);
}

static void step(void *user, const kura_view *view)
{
    kura_tally_block *b = user;
    b->observe(b, view);
    if (b->tally->trace) kura_trace_step(b->tally->trace, view);
}

/* Path metrics go straight to their place: no two threads share a path. */
static void end(void *user, const kura_view *view)
{
    kura_tally_block *b = user;
    kura_tally *t = b->tally;
    if (view->drun) {
        b->running.metric[KURA_METRIC_REQUIRED] = *view->drun->required;
        b->running.metric[KURA_METRIC_IRREDUCIBLE] = *view->drun->irreducible;
    }
    for (int l = 0; l < KURA_LANES; l++) {
        b->running.metric[KURA_METRIC_DEMAND].v[l] += b->running.calm_demand;
        b->running.metric[KURA_METRIC_GROSS_DEMAND].v[l] += b->running.calm_demand;
    }
    for (int k = 0; k < KURA_METRIC_COUNT; k++) {
        double *out = kura_tally_metric(t, view->mineral, (kura_metric)k);
        for (int l = 0; l < KURA_LANES; l++)
            if (view->first_path + (uint64_t)l < t->paths)
                out[view->first_path + (uint64_t)l] = b->running.metric[k].v[l];
    }
}

kura_observer kura_tally_block_observer(kura_tally_block *block)
{
    kura_observer o = {block, step, end};
    return o;
}

static void widen(kura_range *range, const kura_range *by)
{
    if (by->min < range->min) range->min = by->min;
    if (by->max > range->max) range->max = by->max;
}

void kura_tally_merge(kura_tally *tally, kura_tally_block *block)
{
    size_t n = cells(tally->model);
    for (size_t i = 0; i < n * KURA_CURVE_COUNT; i++) kura_acc_add(&tally->curves[i], block->curves[i]);
    for (size_t i = 0; i < n * KURA_BINS; i++) {
        tally->stock_bins[i] += block->stock_bins[i];
        tally->price_bins[i] += block->price_bins[i];
    }
    for (size_t i = 0; i < n; i++) {
        widen(&tally->stock_range[i], &block->stock_range[i]);
        widen(&tally->price_range[i], &block->price_range[i]);
    }
}
