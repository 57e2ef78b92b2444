/* Independence of neighbouring streams: paths of one key and keys of one seed, and proof that the tests see
 * bad schemes.
 *
 * H0: all draws are independent and uniform.  Tests, each with error probability 1e-6 under H0 (seeds fixed,
 * never re-picked): spread       N = 1024 neighbouring paths, 24 keys of 250 steps: the mean over paths,
 * scaled to variance 1, has sample variance 1 over keys and steps; chi-square with 6000 degrees of freedom,
 * band about 1 +- 0.09.  This is the standard error that a run reports: a scheme with spread 9 reports errors
 * three times too small. correlation  T = 65536 draws of a pair of streams: |r| sqrt(T) below its bound,
 * Bonferroni over all pairs tested. distance     the same pairs: bits that differ, 52 a draw, binomial with
 * 1/2. Wrong twins (the same tests must catch them): PCG64 with paths 2^64 steps apart; PCG32 with equal
 * states and neighbouring increments (both power-of-two structures that the output function does not hide).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <cmocka.h>
#include "num/lane_draw.h"
#include "num/math.h"
#include "num/pcg.h"

#define L KURA_LANES
#define PATHS 1024
#define KEYS 24
#define STEPS 250
#define FREEDOM (KEYS * STEPS)
#define PAIR_STEPS 65536
#define ALPHA 1e-6

/* ---- schemes: 64 neighbouring paths from `first`, one uniform each a call ---- */

__extension__ typedef unsigned __int128 u128;

typedef struct {
    kura_lane_stream ours;
    u128 wide[L];
    uint64_t narrow[L], increment[L];
} bundle;

typedef struct {
    const char *name;
    void (*open)(bundle *b, const char *key, uint64_t first);
    void (*draw)(bundle *b, double *u);
} scheme;

static void open_ours(bundle *b, const char *key, uint64_t first)
{
    kura_stream s;
    kura_stream_init(&s, 20260101, key);
    kura_lane_stream_init(&b->ours, &s, first, 0, 1);
}

static void draw_ours(bundle *b, double *u) { kura_lane_uniform(&b->ours, u); }

#define WIDE_MULTIPLIER ((u128)0x2360ed051fc65da4u << 64 | 0x4385df649fccf645u)

static u128 wide_advance(u128 state, u128 increment, u128 steps)
{
    u128 mul = WIDE_MULTIPLIER, add = increment, m = 1, a = 0;
    for (; steps; steps >>= 1) {
        if (steps & 1) m *= mul, a = a * mul + add;
        add *= mul + 1;
        mul *= mul;
    }
    return m * state + a;
}

static void open_power_stride(bundle *b, const char *key, uint64_t first)
{
    kura_stream s;
    kura_stream_init(&s, 20260101, key);
    for (uint64_t l = 0; l < L; l++)
        b->wide[l] = wide_advance((u128)s.state_hi << 64 | s.state_lo, 1, (u128)(first + l) << 64);
}

static void draw_power_stride(bundle *b, double *u)
{
    for (int l = 0; l < L; l++) {
        b->wide[l] = b->wide[l] * WIDE_MULTIPLIER + 1;
        uint64_t hi = (uint64_t)(b->wide[l] >> 64), x = hi ^ (uint64_t)b->wide[l];
        int turn = (int)(hi >> 58);
        u[l] = kura_uniform_from(x >> turn | x << (-turn & 63)); /* XSL-RR */
    }
}

static void open_neighbours(bundle *b, const char *key, uint64_t first)
{
    kura_stream s;
    kura_stream_init(&s, 20260101, key);
    for (uint64_t l = 0; l < L; l++) {
        b->narrow[l] = s.state_lo;
        b->increment[l] = 2 * (first + l) + 1;
    }
}

static uint32_t narrow_next(uint64_t *state, uint64_t increment)
{
    uint64_t old = *state;
    *state = old * 6364136223846793005u + increment;
    uint32_t x = (uint32_t)((old >> 18 ^ old) >> 27), turn = (uint32_t)(old >> 59);
    return x >> turn | x << (-turn & 31);
}

static void draw_neighbours(bundle *b, double *u)
{
    for (int l = 0; l < L; l++) {
        uint64_t hi = narrow_next(&b->narrow[l], b->increment[l]);
        u[l] = kura_uniform_from(hi << 32 | narrow_next(&b->narrow[l], b->increment[l]));
    }
}

static const scheme ours = {"ours", open_ours, draw_ours};
static const scheme power_stride = {"PCG64, paths 2^64 apart", open_power_stride, draw_power_stride};
static const scheme neighbours = {"PCG32, neighbouring increments", open_neighbours, draw_neighbours};

/* ---- statistics ---- */

/* Sum over STEPS steps of the squares of sqrt(12 N) * (mean over PATHS paths - 1/2). */
static double squares_of_key(const scheme *s, const char *key, uint64_t first)
{
    static bundle b[PATHS / L];
    double u[L], sum_squares = 0;
    for (int i = 0; i < PATHS / L; i++) s->open(&b[i], key, first + (uint64_t)(i * L));
    for (int t = 0; t < STEPS; t++) {
        double sum = 0;
        for (int i = 0; i < PATHS / L; i++) {
            s->draw(&b[i], u);
            for (int l = 0; l < L; l++) sum += u[l] - 0.5;
        }
        sum_squares += sum * sum * 12.0 / PATHS;
    }
    return sum_squares;
}

static double spread(const scheme *s, const char *process, uint64_t first)
{
    char key[64];
    double sum = 0;
    for (int k = 0; k < KEYS; k++) {
        snprintf(key, sizeof key, "%s/%d", process, k);
        sum += squares_of_key(s, key, first);
    }
    return sum / FREEDOM;
}

/* Quantile of chi-square(n)/n (Wilson & Hilferty 1931). */
static double chi_square_quantile(double n, double p)
{
    double c = 2.0 / (9.0 * n), y = 1.0 - c + kura_norm_inv(p) * sqrt(c);
    return y * y * y;
}

static int spread_in_band(double v)
{
    return v > chi_square_quantile(FREEDOM, ALPHA / 2) && v < chi_square_quantile(FREEDOM, 1 - ALPHA / 2);
}

/* Largest standardised correlation and bit distance of lane 0 of bundle `a` with every lane of bundle `b`. */
typedef struct {
    double correlation, distance;
    int pairs;
} worst;

static int bits_set(uint64_t x)
{
    x = x - (x >> 1 & 0x5555555555555555u);
    x = (x & 0x3333333333333333u) + (x >> 2 & 0x3333333333333333u);
    x = (x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (int)(x * 0x0101010101010101u >> 56);
}

/* The 52 bits a uniform was made of. */
static uint64_t random_bits(double u) { return kura_bits(u + (1.0 - 0x1p-53)) & 0xfffffffffffffu; }

static void compare(const scheme *s, bundle *a, bundle *b, int skip_lane_0, worst *w)
{
    double ua[L], ub[L], product[L] = {0};
    int64_t differ[L] = {0};
    for (int t = 0; t < PAIR_STEPS; t++) {
        s->draw(a, ua);
        s->draw(b, ub);
        for (int l = 0; l < L; l++) {
            product[l] += (ua[0] - 0.5) * (ub[l] - 0.5) * 12.0;
            differ[l] += bits_set(random_bits(ua[0]) ^ random_bits(ub[l]));
        }
    }
    for (int l = skip_lane_0; l < L; l++) {
        double bits = 52.0 * PAIR_STEPS;
        w->correlation = fmax(w->correlation, fabs(product[l]) / sqrt((double)PAIR_STEPS));
        w->distance = fmax(w->distance, fabs((double)differ[l] - 0.5 * bits) / sqrt(0.25 * bits));
        w->pairs++;
    }
}

static double pair_bound(const worst *w) { return -kura_norm_inv(ALPHA / 2 / w->pairs); }

/* Path 0 with paths 1..63, and with the 64 paths from 2^j on. */
static worst compare_paths(const scheme *s, const char *key)
{
    static bundle a, b;
    worst w = {0, 0, 0};
    s->open(&a, key, 0);
    s->open(&b, key, 0);
    compare(s, &a, &b, 1, &w);
    for (int j = 6; j <= 62; j += 4) {
        s->open(&a, key, 0);
        s->open(&b, key, 1ull << j);
        compare(s, &a, &b, 0, &w);
    }
    return w;
}

/* ---- tests ---- */

static void test_spread_of_ours(void **state)
{
    (void)state;
    static const char *const processes[] = {"price", "regime", "onset/CHN", "factor", "outage.up", "route"};
    double low = chi_square_quantile(FREEDOM, ALPHA / 2), high = chi_square_quantile(FREEDOM, 1 - ALPHA / 2);
    for (size_t i = 0; i < sizeof processes / sizeof *processes; i++) {
        double v = spread(&ours, processes[i], i * 1024 * 1000);
        print_message("spread %-10s %.3f (band %.3f to %.3f)\n", processes[i], v, low, high);
        assert_true(spread_in_band(v));
    }
}

static void test_paths_of_ours(void **state)
{
    (void)state;
    worst w = compare_paths(&ours, "price/Co");
    print_message("%d pairs of paths: correlation %.2f, distance %.2f (bound %.2f)\n", w.pairs, w.correlation,
                  w.distance, pair_bound(&w));
    assert_true(w.correlation < pair_bound(&w) && w.distance < pair_bound(&w));
}

static void test_keys_of_ours(void **state)
{
    (void)state;
    static bundle a, b;
    worst w = {0, 0, 0};
    char first[32], second[32];
    for (int k = 0; k < 10; k++) { /* "price/0" with "price/1", ...: the same paths of neighbouring keys */
        snprintf(first, sizeof first, "price/%d", k);
        snprintf(second, sizeof second, "price/%d", k + 1);
        open_ours(&a, first, 0);
        open_ours(&b, second, 0);
        compare(&ours, &a, &b, 0, &w);
    }
    print_message("%d pairs of keys: correlation %.2f, distance %.2f (bound %.2f)\n", w.pairs, w.correlation,
                  w.distance, pair_bound(&w));
    assert_true(w.correlation < pair_bound(&w) && w.distance < pair_bound(&w));
}

static void test_wrong_twins(void **state)
{
    (void)state;
    static const scheme *const twins[] = {&power_stride, &neighbours};
    for (int i = 0; i < 2; i++) {
        double v = spread(twins[i], "price", 0);
        worst w = compare_paths(twins[i], "price/Co");
        print_message("%s: spread %.1f, correlation %.1f, distance %.1f\n", twins[i]->name, v, w.correlation,
                      w.distance);
        assert_false(spread_in_band(v));
        assert_true(w.correlation > pair_bound(&w) || w.distance > pair_bound(&w));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spread_of_ours), cmocka_unit_test(test_paths_of_ours),
        cmocka_unit_test(test_keys_of_ours), cmocka_unit_test(test_wrong_twins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
