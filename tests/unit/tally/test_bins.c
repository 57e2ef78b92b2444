/* Quantiles of curves enclose the order statistics of what the kernels saw, whatever the law: constants,
 * nothing at all, values beyond the last edge, atoms, values on the edges [8.14].  Every instruction set,
 * blocks in either order, lanes that are no paths. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "num/interval.h"
#include "num/math.h"
#include "num/pcg.h"
#include "tally/block.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1500, BLOCK = 1024, L = KURA_LANES, SEEDS = 5 };
enum { CONSTANT, EMPTY, BEYOND, BROAD, ATOM, TOP_ATOM, ON_EDGES, HIGH, T };
#define DAY 0.1 /* days of use in a quantum */

typedef struct {
    kura_scenario_data sc;
    km_model model;
    km_mineral mineral;
    km_hub hub;
    km_consumer consumer;
    lane I, X, D, Dgross, unserved;
    kura_state base;
    double days[T][N], price[T][N]; /* what was shown, then sorted */
} fixture;

/* On hand, quanta, and logarithm of the price. */
static void draw(int law, double u, double v, double *stock, double *X)
{
    switch (law) {
    case CONSTANT:
        *stock = 1020, *X = 0;
        break;
    case EMPTY:
        *stock = 0, *X = -9;
        break;
    case BEYOND:
        *stock = 2e5, *X = 5;
        break; /* 12,288 days and 50 are the last edges */
    case BROAD:
        *stock = 300 * u, *X = 2 * v - 1;
        break;
    case ATOM:
        *stock = u < 0.4 ? 0 : 100 * v, *X = u < 0.4 ? -9 : v;
        break;
    case TOP_ATOM:
        *stock = u < 0.4 ? 50 * v : 1020, *X = u < 0.4 ? v : 1.7;
        break;
    case ON_EDGES:
        *stock = kura_stock_edge((int)(64 * u)) * 10;
        *X = kura_log(kura_price_edge((int)(64 * v))) + (u - 0.5) * 4e-15; /* to the last bits */
        break;
    default:
        *stock = kura_exp(13 * u), *X = 12 * v - 5;
    }
}

/* 64 lanes of a step.  Lanes beyond the last path hold what would be the extremes. */
static void fill(fixture *f, const kura_stream *s, int t, uint64_t first)
{
    for (int l = 0; l < L; l++) {
        uint64_t p = first + (uint64_t)l;
        draw(t, kura_stream_uniform(s, p, 2 * (uint64_t)t), kura_stream_uniform(s, p, 2 * (uint64_t)t + 1),
             &f->I.v[l], &f->X.v[l]);
        if (p < N)
            f->days[t][p] = f->I.v[l] * DAY, f->price[t][p] = kura_exp(f->X.v[l]);
        else
            f->I.v[l] = l % 2 ? 0 : 1e7, f->X.v[l] = l % 2 ? -20 : 20;
        f->D.v[l] = f->Dgross.v[l] = 100;
    }
}

static void show_block(fixture *f, kura_tally_block *b, const kura_stream *s, uint64_t begin)
{
    kura_observer o = kura_tally_block_observer(b);
    kura_tally_block_start(b);
    for (uint64_t first = begin; first < begin + BLOCK; first += L) {
        kura_exogenous exo = {.calm = 0};
        kura_view view = {.model = &f->model, .first_path = first, .exo = &exo, .base = &f->base};
        for (view.t = 0; view.t < T; view.t++) {
            fill(f, s, view.t, first);
            o.step(o.user, &view);
        }
        o.end(o.user, &view);
    }
}

static kura_tally *tally_of(fixture *f, const kura_stream *s, kura_isa isa, int backwards)
{
    kura_tally *t;
    assert_int_equal(kura_tally_new(&f->model, N, N, NULL, &t, NULL), KURA_OK);
    kura_tally_block *b = kura_tally_block_new(t, isa);
    assert_non_null(b);
    for (int i = 0; i < 2; i++) {
        show_block(f, b, s, i == backwards ? 0 : BLOCK);
        kura_tally_merge(t, b);
    }
    kura_tally_block_free(b);
    return t;
}

static int setup(void **state)
{
    fixture *f = NULL;
    if (posix_memalign((void **)&f, 64, sizeof *f)) return 1;
    memset(f, 0, sizeof *f);
    f->consumer = (km_consumer){.focus = 1, .priority = 1};
    f->mineral = (km_mineral){.nhubs = 1,
                              .hubs = &f->hub,
                              .nconsumers = 1,
                              .consumers = &f->consumer,
                              .watch_use = 7 / DAY,
                              .price.given = 1};
    f->model = (km_model){
        .scenario = &f->sc, .T = T, .steps = T, .step_days = 7, .nminerals = 1, .minerals = &f->mineral};
    f->base =
        (kura_state){.I = &f->I, .X = &f->X, .D = &f->D, .Dgross = &f->Dgross, .unserved = &f->unserved};
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One step against its sorted sample.  `bin(x)`: how far the other end of a bin that holds x may be. */
static void check(const kura_bins *bins, const double *x, double (*bin)(double), int t)
{
    if (bins->range.min != x[0] || bins->range.max != x[N - 1])
        fail_msg("law %d: range %.17g to %.17g, not %.17g to %.17g", t, bins->range.min, bins->range.max,
                 x[0], x[N - 1]);
    static const double q[] = {0.001, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999};
    for (size_t j = 0; j < sizeof q / sizeof *q; j++) {
        uint64_t l, u, rank = (uint64_t)ceil(fmax(1, q[j] * N));
        kura_quantile_ranks(N, q[j], 0.95, &l, &u);
        double at = x[rank - 1], lo = x[l < 1 ? 0 : l - 1], hi = x[u > N ? N - 1 : u - 1];
        kura_bin_ranks ranks = kura_bins_ranks(N, q[j]);
        kura_interval k = kura_bins_quantile(bins, &ranks);
        if (!(k.lo <= lo && hi <= k.hi && k.lo <= k.value && k.value <= k.hi))
            fail_msg("law %d, %g: %.17g [%.17g, %.17g] does not hold %.17g to %.17g", t, q[j], k.value, k.lo,
                     k.hi, lo, hi);
        /* and no wider than bins are; the last, open one ends at the extremes */
        double least = fmax(x[0], lo - bin(lo)), most = fmin(x[N - 1], hi + bin(hi));
        if (!(k.lo >= least && k.hi <= most && fabs(k.value - at) <= bin(at)))
            fail_msg("law %d, %g: %.17g [%.17g, %.17g] is too far from %.17g [%.17g, %.17g]", t, q[j],
                     k.value, k.lo, k.hi, at, lo, hi);
        if (x[0] == x[N - 1]) assert_true(k.value == x[0] && k.lo == x[0] && k.hi == x[0]);
    }
}

static double stock_bin(double x) { return x >= kura_stock_edge(63) ? INFINITY : fmax(0.25, 0.25001 * x); }
static double price_bin(double x)
{
    return x < kura_price_edge(1) || x >= kura_price_edge(63) * (1 - 1e-9) ? INFINITY : 0.11401 * x;
}

static void test_enclosure(void **state)
{
    fixture *f = *state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        kura_stream s;
        kura_stream_init(&s, seed, "quantiles of curves");
        kura_tally *tally = tally_of(f, &s, KURA_ISA_BASELINE, 0);
        for (int t = 0; t < T; t++) {
            qsort(f->days[t], N, sizeof(double), ascending);
            qsort(f->price[t], N, sizeof(double), ascending);
            kura_bins stock = {tally->stock_bins + t * KURA_BINS, tally->stock_range[t], kura_stock_edge,
                               KURA_STOCK_ROUNDING},
                      price = {tally->price_bins + t * KURA_BINS, tally->price_range[t], kura_price_edge,
                               KURA_PRICE_ROUNDING};
            check(&stock, f->days[t], stock_bin, t);
            check(&price, f->price[t], price_bin, t);
        }
        kura_tally_free(tally);
    }
}

/* The ranges have the same bits for every instruction set and order of blocks. */
static void test_same_bits(void **state)
{
    fixture *f = *state;
    kura_stream s;
    kura_stream_init(&s, 1, "quantiles of curves");
    kura_tally *first = tally_of(f, &s, KURA_ISA_BASELINE, 0);
    for (int isa = 0; isa < KURA_ISA_COUNT; isa++) {
        if (!kura_isa_present((kura_isa)isa)) continue;
        kura_tally *t = tally_of(f, &s, (kura_isa)isa, 1);
        assert_memory_equal(t->stock_range, first->stock_range, T * sizeof(kura_range));
        assert_memory_equal(t->price_range, first->price_range, T * sizeof(kura_range));
        assert_memory_equal(t->price_bins, first->price_bins, T * KURA_BINS * sizeof(uint32_t));
        kura_tally_free(t);
    }
    kura_tally_free(first);
}

/* On paper: 4 values in [1, 1.25), 4 in [2, 2.5), from 1.125 to 2.25. */
static void test_interpolation(void **state)
{
    (void)state;
    uint32_t count[KURA_BINS] = {0};
    count[9] = count[13] = 4;
    kura_bins bins = {count, {1.125, 2.25}, kura_stock_edge, 0};
    kura_bin_ranks half = {.value = 4, .lo = 1, .hi = 8}, low = {.value = 2, .lo = 1, .hi = 4},
                   high = {.value = 6, .lo = 5, .hi = 8};
    kura_interval k = kura_bins_quantile(&bins, &half);
    assert_true(k.value == 1.25 && k.lo == 1.125 && k.hi == 2.25);
    k = kura_bins_quantile(&bins, &low);
    assert_true(k.value == 1.1875 && k.lo == 1.125 && k.hi == 1.25);
    k = kura_bins_quantile(&bins, &high);
    assert_true(k.value == 2.125 && k.lo == 2 && k.hi == 2.25);
    kura_bin_ranks r = kura_bins_ranks(10, 0.01); /* ten values carry no bound of their 1 % quantile */
    assert_true(r.value == 1 && r.lo == 1 && r.hi >= 1 && r.hi <= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_enclosure),
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test(test_interpolation),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
