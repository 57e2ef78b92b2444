/* Roots of a line of estimates and their confidence set: by hand, by scanning, and how often the set holds
 * the root of the true line. */
#include "num_test.h"
#include "num/crossing.h"
#include "num/math.h"
#include "num/pcg.h"
#include <math.h>

#define Z95 1.959963984540054

static void near(double x, double want)
{
    if (!(fabs(x - want) <= 1e-12 * fmax(1, fabs(want)))) fail_msg("%.17g, expected %.17g", x, want);
}

/* ---- by hand ---- */

static void test_roots(void **state)
{
    (void)state;
    static const double x[] = {0, 1, 3, 4}, none[4] = {0};
    static const struct {
        double g[4];
        int roots;
        double root;
        int rises;
    } rows[] = {{{-3, -1, 3, 5}, 1, 1.5, 1},   {{4, 2, -2, -3}, 1, 2, 0},   {{1, 2, 3, 4}, 0, NAN, 0},
                {{-4, -3, -2, -1}, 0, NAN, 0}, {{-1, 1, -1, 1}, 3, 0.5, 1}, {{-1, 0, 2, 3}, 1, 1, 1},
                {{-1, 0, 0, 3}, 1, 1, 1},      {{0, 1, 2, 3}, 1, 0, 1},     {{3, 2, 1, 0}, 1, 4, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kura_piece pieces[8];
        kura_line line = {4, x, rows[i].g, none, none};
        kura_crossing c = kura_crossing_of(&line, Z95, pieces);
        assert_int_equal(c.roots, rows[i].roots);
        if (c.roots) near(c.root, rows[i].root);
        if (c.roots) assert_int_equal(c.rises, rows[i].rises);
        /* without errors the set is the roots themselves */
        if (c.roots == 1 && rows[i].g[1] != 0) {
            assert_int_equal(c.npieces, 1);
            near(pieces[0].lo, rows[i].root);
            near(pieces[0].hi, rows[i].root);
        }
        if (!c.roots) assert_int_equal(c.npieces, 0);
    }
}

/* The same error at both ends and no difference of it: g(x) +- z s, so the set ends where the line is -+ z s.
 */
static void test_common_error(void **state)
{
    (void)state;
    static const double x[] = {0, 10}, g[] = {-4, 6}, v[] = {1, 1}, w[] = {0};
    kura_piece pieces[4];
    kura_line line = {2, x, g, v, w};
    kura_crossing c = kura_crossing_of(&line, 2, pieces);
    assert_int_equal(c.npieces, 1);
    near(c.root, 4);
    near(pieces[0].lo, 2);
    near(pieces[0].hi, 6);
    assert_true(!c.open_lo && !c.open_hi);
    c = kura_crossing_of(&line, 5, pieces); /* reaches the first value, not the last */
    assert_true(c.open_lo && !c.open_hi && c.npieces == 1);
    near(pieces[0].lo, 0);
    near(pieces[0].hi, 9);
    c = kura_crossing_of(&line, 7, pieces);
    assert_true(c.open_lo && c.open_hi && pieces[0].lo == 0 && pieces[0].hi == 10);
}

/* ---- by scanning ---- */

static double uniform(kura_stream *s, uint64_t path, uint64_t i) { return kura_stream_uniform(s, path, i); }

/* Is x in the set, by its definition? */
static int holds(const kura_line *l, double x, double z)
{
    int i = 0;
    while (i + 2 < l->n && x > l->x[i + 1]) i++;
    double t = (x - l->x[i]) / (l->x[i + 1] - l->x[i]);
    double g = (1 - t) * l->g[i] + t * l->g[i + 1];
    double v = (1 - t) * l->v[i] + t * l->v[i + 1] - t * (1 - t) * l->w[i];
    return g * g <= z * z * v;
}

static void test_scan(void **state)
{
    (void)state;
    enum { N = 5, LINES = 400, STEPS = 2000 };
    int pieces_seen[4] = {0}, open = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        kura_stream s;
        kura_stream_init(&s, seed, "test/crossing");
        for (uint64_t k = 0; k < LINES; k++) {
            double x[N], g[N], v[N], w[N], a[N];
            kura_piece pieces[2 * N];
            for (int i = 0; i < N; i++) {
                x[i] = i + 0.5 * uniform(&s, k, 4 * (uint64_t)i);
                g[i] = 4 * uniform(&s, k, 4 * (uint64_t)i + 1) - 2;
                a[i] = 1.5 * uniform(&s, k, 4 * (uint64_t)i + 2);
                v[i] = a[i] * a[i];
            }
            for (int i = 0; i + 1 < N; i++) { /* correlation between -1 and 1 */
                double rho = 2 * uniform(&s, k, 4 * (uint64_t)i + 3) - 1;
                w[i] = v[i] + v[i + 1] - 2 * rho * a[i] * a[i + 1];
            }
            kura_line line = {N, x, g, v, w};
            kura_crossing c = kura_crossing_of(&line, 1, pieces);
            for (int i = 0; i + 1 < c.npieces; i++) assert_true(pieces[i].hi < pieces[i + 1].lo);
            for (int j = 0; j <= STEPS; j++) {
                double at = x[0] + (x[N - 1] - x[0]) * j / STEPS, edge = INFINITY;
                int in = 0;
                for (int i = 0; i < c.npieces; i++) {
                    in |= at >= pieces[i].lo && at <= pieces[i].hi;
                    edge = fmin(edge, fmin(fabs(at - pieces[i].lo), fabs(at - pieces[i].hi)));
                }
                if (edge > 1e-9 && in != holds(&line, at, 1))
                    fail_msg("seed %d, line %d: %.6g is %s the set", (int)seed, (int)k, at,
                             in ? "in" : "outside");
            }
            assert_int_equal(c.open_lo, holds(&line, x[0], 1));
            assert_int_equal(c.open_hi, holds(&line, x[N - 1], 1));
            pieces_seen[c.npieces < 3 ? c.npieces : 3]++;
            open += c.open_lo || c.open_hi;
        }
    }
    for (int i = 0; i < 4; i++) assert_true(pieces_seen[i] > 0);
    assert_true(open > 0);
}

/* ---- how often it holds ---- */

/* Three estimates with correlated errors about a line that crosses 0: the set holds the root in 95 of 100. */
static void test_coverage(void **state)
{
    (void)state;
    enum { RUNS = 4000 };
    static const double x[] = {0, 1, 3}, truth[] = {-1, 0.5, 2}, root = 2.0 / 3;
    static const double load[3][3] = {{0.5, 0, 0}, {0.4, 0.6, 0}, {0.3, 0.5, 0.9}};
    double v[3], w[2];
    int held = 0, n = 0;
    for (int i = 0; i < 3; i++) v[i] = 0;
    for (int i = 0; i < 2; i++) w[i] = 0;
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < 3; i++) {
            v[i] += load[i][k] * load[i][k];
            if (i < 2) w[i] += (load[i + 1][k] - load[i][k]) * (load[i + 1][k] - load[i][k]);
        }
    for (uint64_t seed = 1; seed <= 5; seed++) {
        kura_stream s;
        kura_stream_init(&s, seed, "test/coverage");
        for (uint64_t r = 0; r < RUNS; r++, n++) {
            double g[3];
            kura_piece pieces[6];
            for (int i = 0; i < 3; i++) {
                g[i] = truth[i];
                for (int k = 0; k < 3; k++) g[i] += load[i][k] * kura_norm_inv(uniform(&s, r, (uint64_t)k));
            }
            kura_line line = {3, x, g, v, w};
            kura_crossing c = kura_crossing_of(&line, Z95, pieces);
            for (int i = 0; i < c.npieces; i++) held += root >= pieces[i].lo && root <= pieces[i].hi;
        }
    }
    double z = (held - 0.95 * n) / sqrt(0.95 * 0.05 * n);
    print_message("held in %.2f %% of %d, %+.2f standard errors from 95 %%\n", 100.0 * held / n, n, z);
    if (!(fabs(z) <= 4.89)) fail_msg("coverage is %.2f standard errors from 95 %%", z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_roots), cmocka_unit_test(test_common_error),
                                       cmocka_unit_test(test_scan), cmocka_unit_test(test_coverage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
