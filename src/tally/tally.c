/* Tallies: allocation, blocks and the exact merge, see tally.h. */
#include "tally/tally.h"
#include "tally/block.h"
#include "model/costs.h"
#include "model/draw.h"
#include "tally/causes.h"
#include "tally/checks.h"
#include "tally/concentration.h"
#include "tally/joint.h"
#include <math.h>
#include <pthread.h>
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

_Static_assert(KURA_METRIC_PRICE_BILL - KURA_METRIC_COST == 9, "metrics of money stand together");
static int is_money(kura_metric m) { return m >= KURA_METRIC_COST && m <= KURA_METRIC_PRICE_BILL; }

int kura_metric_kept(const km_model *model, kura_metric m)
{
    if (m == KURA_METRIC_MEAN_FOCUS_PRICE || m == KURA_METRIC_PEAK_FOCUS_PRICE) return model->any_wedge;
    return model->costs || !is_money(m);
}

int kura_metric_known(const km_model *model, int mineral, kura_metric m)
{
    if (m == KURA_METRIC_LOSS) return km_knows(model, mineral, KM_MONEY_LOSS);
    if (m == KURA_METRIC_PRICE_BILL) return km_knows(model, mineral, KM_MONEY_BILL);
    return !is_money(m) || km_knows(model, mineral, KM_MONEY_COST);
}

static size_t cells(const km_model *model) { return (size_t)model->nminerals * (size_t)model->T; }

static size_t columns(const km_model *model) { return (size_t)model->nminerals * KURA_METRIC_COUNT; }

size_t kura_tally_bytes(const km_model *model, uint64_t most)
{
    size_t n = cells(model);
    size_t draws = km_draws(model) ? n * KURA_CURVE_COUNT * (sizeof(kura_acc) + sizeof(double)) +
                                         most / km_draw_paths(model)
                                   : 0;
    return draws + kura_columns_bytes(columns(model), most) + n * KURA_CURVE_COUNT * sizeof(kura_acc) +
           2 * n * (KURA_BINS * sizeof(uint32_t) + sizeof(kura_range)) +
           kura_trace_bytes(model, model->scenario->tallies.trace_paths) + kura_joint_bytes(model) +
           kura_cause_tally_bytes(model) + kura_checks_bytes(model, most) +
           kura_concentration_bytes(model, most) + 4096;
}

size_t kura_tally_block_bytes(const km_model *model)
{
    size_t T = (size_t)model->T;
    return cells(model) * KURA_CURVE_COUNT * sizeof(double) +
           2 * T * (KURA_BINS * sizeof(kura_bin_count) + sizeof(kura_range)) + sizeof(kura_tally_block) +
           kura_dump_bench_bytes(model) +
           (model->costs ? (size_t)model->costs->most_outlays * sizeof(lane) + 64 : 0) +
           kura_joint_bundle_bytes(model) + kura_cause_block_bytes(model) + kura_checks_bench_bytes(model) +
           kura_concentration_bench_bytes(model);
}

static void forget_ranges(kura_range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++) ranges[i] = (kura_range){INFINITY, -INFINITY};
}

kura_status kura_tally_dump(kura_tally *tally, uint64_t most, kura_error *err)
{
    return kura_dump_new(tally->model, most, tally->folder, &tally->dump, err);
}

void kura_tally_grow(kura_tally *tally, uint64_t paths) { tally->paths = paths; }

static void fill_opening(kura_tally *t)
{
    const km_model *model = t->model;
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        if (m->watch_hub < 0) continue;
        double stock = m->hubs[m->watch_hub].opening;
        for (int k = m->hubs[m->watch_hub].tier_begin; k < m->hubs[m->watch_hub].tier_end; k++)
            stock += km_is_pooled(&m->tiers[k]) ? 0 : m->tiers[k].opening;
        for (int k = m->hubs[m->watch_hub].consumer_begin; k < m->hubs[m->watch_hub].consumer_end; k++)
            stock += m->consumers[k].own;
        t->opening_days[i] = stock * (model->step_days / m->watch_use);
    }
}

kura_status kura_tally_new(const km_model *model, uint64_t paths, uint64_t most, const char *folder,
                           kura_tally **out, kura_error *err)
{
    kura_tally *t = *out = calloc(1, sizeof *t);
    if (!t) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the tallies");
    size_t n = cells(model);
    t->model = model;
    t->paths = paths;
    t->folder = kura_arena_strdup(&t->arena, folder);
    t->curves = KURA_NEW(&t->arena, kura_acc, n * KURA_CURVE_COUNT);
    t->cluster = km_draw_paths(model);
    if (km_draws(model)) {
        t->squares = KURA_NEW(&t->arena, kura_acc, n * KURA_CURVE_COUNT);
        t->last = KURA_NEW(&t->arena, double, n *KURA_CURVE_COUNT);
        t->nearer = KURA_NEW(&t->arena, uint8_t, (size_t)(most / t->cluster + 1));
    }
    t->stock_bins = KURA_NEW(&t->arena, uint32_t, n * KURA_BINS);
    t->price_bins = KURA_NEW(&t->arena, uint32_t, n * KURA_BINS);
    t->stock_range = KURA_NEW(&t->arena, kura_range, n);
    t->price_range = KURA_NEW(&t->arena, kura_range, n);
    t->bins_lock = KURA_NEW(&t->arena, pthread_mutex_t, (size_t)model->nminerals);
    t->opening_days = KURA_NEW(&t->arena, double, (size_t)model->nminerals);
    if (kura_joint_wanted(model)) t->joint = kura_joint_new(model, &t->arena);
    if (model->scenario->tallies.attribution) t->causes = kura_cause_tally_new(model, &t->arena);
    t->trace_paths = (uint64_t)model->scenario->tallies.trace_paths < most
                         ? model->scenario->tallies.trace_paths
                         : (int)most;
    if (t->trace_paths > 0) t->trace = kura_trace_new(model, t->trace_paths, &t->arena);
    kura_status st = t->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the tallies")
                                     : kura_columns_new(columns(model), most, folder, &t->metrics, err);
    if (!st) st = kura_checks_new(model, most, folder, &t->checks, err);
    if (!st) st = kura_concentration_new(model, most, folder, &t->concentration, err);
    if (st) {
        kura_tally_free(t);
        *out = NULL;
        return st;
    }
    forget_ranges(t->stock_range, n);
    forget_ranges(t->price_range, n);
    for (int i = 0; i < model->nminerals; i++) pthread_mutex_init(&t->bins_lock[i], NULL);
    fill_opening(t);
    return KURA_OK;
}

kura_status kura_tally_status(const kura_tally *tally, kura_error *err)
{
    KURA_TRY(kura_columns_status(tally->metrics, err));
    if (tally->checks) KURA_TRY(kura_columns_status(kura_checks_columns(tally->checks), err));
    if (tally->concentration)
        KURA_TRY(kura_columns_status(kura_concentration_columns(tally->concentration), err));
    return kura_dump_status(tally->dump, err);
}

void kura_tally_free(kura_tally *tally)
{
    if (!tally) return;
    if (!tally->handed_over) kura_columns_free(tally->metrics);
    kura_dump_free(tally->dump);
    kura_checks_free(tally->checks);
    kura_concentration_free(tally->concentration);
    for (int i = 0; i < tally->model->nminerals && tally->bins_lock; i++)
        pthread_mutex_destroy(&tally->bins_lock[i]);
    kura_arena_fini(&tally->arena);
    free(tally);
}

kura_tally_block *kura_tally_block_new(kura_tally *tally, kura_isa isa)
{
    kura_tally_block *b = NULL;
    if (posix_memalign((void **)&b, 64, sizeof *b)) return NULL;
    memset(b, 0, sizeof *b);
    size_t T = (size_t)tally->model->T;
    b->tally = tally;
    b->curves = KURA_NEW(&b->arena, double, cells(tally->model) * KURA_CURVE_COUNT);
    b->stock_bins = KURA_NEW(&b->arena, kura_bin_count, T * KURA_BINS);
    b->price_bins = KURA_NEW(&b->arena, kura_bin_count, T * KURA_BINS);
    b->stock_range = KURA_NEW(&b->arena, kura_range, T);
    b->price_range = KURA_NEW(&b->arena, kura_range, T);
    if (tally->model->costs)
        b->outlay_start = KURA_NEW(&b->arena, lane, (size_t)tally->model->costs->most_outlays);
    if (tally->joint) b->joint = kura_joint_bundle_new(tally->model, &b->arena);
    if (tally->causes)
        b->causes = KURA_NEW(&b->arena, double, KURA_CAUSE_SUMS *kura_cause_cells(tally->causes));
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
    if (tally->dump) b->dump = kura_dump_bench_new(tally->dump);
    if (tally->checks) b->checks = kura_checks_bench_new(tally->checks);
    if (tally->concentration) b->concentration = kura_concentration_bench_new(tally->concentration);
    if (b->arena.failed || (tally->dump && !b->dump) || (tally->checks && !b->checks) ||
        (tally->concentration && !b->concentration)) {
        kura_tally_block_free(b);
        return NULL;
    }
    return b;
}

void kura_tally_block_free(kura_tally_block *block)
{
    if (!block) return;
    kura_dump_bench_free(block->dump);
    kura_checks_bench_free(block->checks);
    kura_concentration_bench_free(block->concentration);
    kura_arena_fini(&block->arena);
    free(block);
}

static void forget_bins(kura_tally_block *block)
{
    size_t T = (size_t)block->tally->model->T;
    memset(block->stock_bins, 0, T * KURA_BINS * sizeof *block->stock_bins);
    memset(block->price_bins, 0, T * KURA_BINS * sizeof *block->price_bins);
    forget_ranges(block->stock_range, T);
    forget_ranges(block->price_range, T);
}

void kura_tally_block_start(kura_tally_block *block)
{
    size_t n = cells(block->tally->model);
    memset(block->curves, 0, n * KURA_CURVE_COUNT * sizeof *block->curves);
    memset(block->state_hash, 0, sizeof block->state_hash);
    if (block->joint) kura_joint_start(block->joint);
    if (block->causes)
        memset(block->causes, 0, KURA_CAUSE_SUMS * kura_cause_cells(block->tally->causes) * sizeof(double));
    forget_bins(block);
}

static void widen(kura_range *range, const kura_range *by)
{
    if (by->min < range->min) range->min = by->min;
    if (by->max > range->max) range->max = by->max;
}

/* Most bins are empty: eight at a time are passed over. */
static void add_bins(uint32_t *to, const kura_bin_count *from, size_t n)
{
    _Static_assert(KURA_BINS % 8 == 0, "bins are read eight at a time");
    for (size_t i = 0; i < n; i += 8) {
        kura_bin_count eight[8], any = 0;
        memcpy(eight, from + i, sizeof eight);
        for (int k = 0; k < 8; k++) any |= eight[k];
        for (int k = 0; k < 8 && any; k++) to[i + (size_t)k] += eight[k];
    }
}

/* The bins of the mineral in hand. */
static void merge_bins(kura_tally_block *b, int mineral)
{
    kura_tally *t = b->tally;
    size_t T = (size_t)t->model->T, cell = (size_t)mineral * T;
    pthread_mutex_lock(&t->bins_lock[mineral]);
    add_bins(t->stock_bins + cell * KURA_BINS, b->stock_bins, T * KURA_BINS);
    add_bins(t->price_bins + cell * KURA_BINS, b->price_bins, T * KURA_BINS);
    for (size_t i = 0; i < T; i++) {
        widen(&t->stock_range[cell + i], &b->stock_range[i]);
        widen(&t->price_range[cell + i], &b->price_range[i]);
    }
    pthread_mutex_unlock(&t->bins_lock[mineral]);
    forget_bins(b);
}

static void step(void *user, const kura_view *view)
{
    kura_tally_block *b = user;
    b->observe(b, view);
    if (b->tally->trace) kura_trace_step(b->tally->trace, view);
    if (b->dump) kura_dump_step(b->dump, view, b->tally->paths);
    if (b->checks) kura_checks_step(b->checks, view);
    if (b->concentration) kura_concentration_step(b->concentration, view);
}

/* Padding is no path. */
static void add_hash(kura_tally_block *b, const kura_view *view)
{
    for (int i = 0; i < 2; i++)
        for (int l = 0; l < KURA_LANES; l++)
            if (view->first_path + (uint64_t)l < b->tally->paths) b->state_hash[i] += view->hash->v[i][l];
}

/* Path metrics go straight to their place: no two threads share a path. */
static void end(void *user, const kura_view *view)
{
    kura_tally_block *b = user;
    kura_tally *t = b->tally;
    if (view->hash) add_hash(b, view);
    if (view->drun) {
        b->running.metric[KURA_METRIC_REQUIRED] = *view->drun->required;
        b->running.metric[KURA_METRIC_IRREDUCIBLE] = *view->drun->irreducible;
    }
    for (int l = 0; l < KURA_LANES; l++) {
        b->running.metric[KURA_METRIC_DEMAND].v[l] += b->running.calm_demand;
        b->running.metric[KURA_METRIC_GROSS_DEMAND].v[l] += b->running.calm_demand;
    }
    merge_bins(b, view->mineral);
    uint64_t left = view->first_path < t->paths ? t->paths - view->first_path : 0;
    if (b->joint) kura_joint_end(b->joint, left < KURA_LANES ? (int)left : KURA_LANES);
    if (b->checks) kura_checks_end(b->checks, view, t->paths);
    if (b->concentration) kura_concentration_end(b->concentration, view, t->paths);
    if (!left) return;
    if (b->causes && view->attribution)
        kura_cause_tally_add(t->causes, b->causes, view->mineral, view->attribution,
                             left < KURA_LANES ? (int)left : KURA_LANES);
    for (int k = 0; k < KURA_METRIC_COUNT; k++)
        if (kura_metric_kept(t->model, (kura_metric)k))
            kura_columns_put(t->metrics, kura_tally_column(view->mineral, (kura_metric)k), view->first_path,
                             left < KURA_LANES ? (size_t)left : KURA_LANES, b->running.metric[k].v);
}

kura_observer kura_tally_block_observer(kura_tally_block *block)
{
    kura_observer o = {block, step, end};
    return o;
}

/* Of the sums of a draw; sums of squares need none. */
static void add_squares(kura_tally *tally, const kura_tally_block *block)
{
    static const kura_curve of[] = {KURA_CURVE_SHORT, KURA_CURVE_GROSS_SHORT, KURA_CURVE_UNSERVED,
                                    KURA_CURVE_STOCK, KURA_CURVE_PRICE,       KURA_CURVE_FOCUS_PRICE,
                                    KURA_CURVE_SUPPLY};
    size_t T = (size_t)tally->model->T;
    for (size_t m = 0; m < (size_t)tally->model->nminerals; m++)
        for (size_t k = 0; k < sizeof of / sizeof *of; k++)
            for (size_t t = 0, at = (m * KURA_CURVE_COUNT + of[k]) * T; t < T; t++, at++)
                kura_acc_add(&tally->squares[at], block->curves[at] * block->curves[at]);
}

void kura_tally_note_last(kura_tally *tally, const kura_tally_block *block)
{
    memcpy(tally->last, block->curves, cells(tally->model) * KURA_CURVE_COUNT * sizeof *tally->last);
    if (tally->joint) kura_joint_note_last(tally->joint, block->joint);
    if (tally->causes) kura_cause_tally_note_last(tally->causes, block->causes);
}

void kura_tally_merge(kura_tally *tally, kura_tally_block *block)
{
    size_t n = cells(tally->model);
    for (size_t i = 0; i < n * KURA_CURVE_COUNT; i++) kura_acc_add(&tally->curves[i], block->curves[i]);
    if (tally->squares) add_squares(tally, block);
    for (int i = 0; i < 2; i++) tally->state_hash[i] += block->state_hash[i];
    if (tally->joint) kura_joint_merge(tally->joint, block->joint);
    if (tally->causes) kura_cause_tally_merge(tally->causes, block->causes);
}
