/* Elementary functions: measured errors against long double, exact points, monotony, floor, ends of the
 * ranges. */
#include "num_test.h"
#include "num/math.h"

#define POINTS 1000000

static void at_most(const char *name, double worst, double bound)
{
    print_message("%-9s worst error %.3f ulp (bound %.2f)\n", name, worst, bound);
    assert_true(worst < bound);
}

static void test_exp(void **state)
{
    (void)state;
    uint64_t s = 1;
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
        double x = (2 * next_uniform(&s) - 1) * (i % 3 == 0 ? 708.0 : i % 3 == 1 ? 1.0 : 30.0);
        worst = fmax(worst, ulps(kura_exp(x), expl(x)));
    }
    at_most("exp", worst, 1.0);
    assert_true(kura_exp(0.0) == 1.0 && kura_exp(-0.0) == 1.0);
    assert_true(kura_exp(-708.0) > 0x1p-1022 && kura_exp(-708.0000001) == 0.0 && kura_exp(-INFINITY) == 0.0);
    assert_true(kura_exp(709.0) < INFINITY && kura_exp(1e9) == kura_exp(709.0) &&
                kura_exp(INFINITY) == kura_exp(709.0));
    assert_true(isnan(kura_exp(NAN)));
    for (int i = 0; i < 100000; i++) {
        double x = (next_uniform(&s) - 0.5) * 1400.0;
        assert_true(kura_exp(nextafter(x, INFINITY)) >= kura_exp(x) * (1 - 0x1p-51));
    }
}

static void test_log(void **state)
{
    (void)state;
    uint64_t s = 2;
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
        double u = next_uniform(&s), x = i % 3 == 0   ? exp((2 * u - 1) * 708.0)
                                         : i % 3 == 1 ? 0.5 + 1.5 * u
                                                      : 1.0 + (u - 0.5) * 1e-3;
        worst = fmax(worst, ulps(kura_log(x), logl(x)));
    }
    at_most("log", worst, 1.0);
    assert_true(kura_log(1.0) == 0.0);
    for (int k = -1022; k < 1024; k++)
        assert_true(ulps(kura_log(ldexp(1.0, k)), logl(ldexpl(1.0L, k))) < 1.0 || k == 0);
    assert_true(isnan(kura_log(0.0)) && isnan(kura_log(-1.0)) && isnan(kura_log(NAN)));
}

static void test_expm1_log1p(void **state)
{
    (void)state;
    uint64_t s = 3;
    double worst_e = 0, worst_l = 0;
    for (int i = 0; i < POINTS; i++) {
        double u = next_uniform(&s), scale = exp(-40.0 * next_uniform(&s));
        double x = (2 * u - 1) * (i % 2 ? scale : 40.0 * scale), y = i % 2 ? (2 * u - 1) * scale : 1e3 * u;
        worst_e = fmax(worst_e, ulps(kura_expm1(x), expm1l(x)));
        worst_l = fmax(worst_l, ulps(kura_log1p(y), log1pl(y)));
    }
    at_most("expm1", worst_e, 4.0);
    at_most("log1p", worst_l, 3.0);
    assert_true(kura_expm1(0.0) == 0.0 && kura_log1p(0.0) == 0.0);
    assert_true(kura_expm1(-50.0) == -1.0 && kura_expm1(-1e5) == -1.0 && isnan(kura_expm1(NAN)) &&
                isnan(kura_log1p(NAN)));
}

static void test_sincos(void **state)
{
    (void)state;
    uint64_t seed = 4;
    double worst = 0, s, c;
    const long double half_pi = 1.5707963267948966192313216916397514L;
    for (int i = 0; i < POINTS; i++) {
        double u = next_uniform(&seed);
        long double v = 4.0L * u, q = rintl(v), a = (v - q) * half_pi;
        long double sine = sinl(a), cosine = cosl(a);
        int n = (int)q & 3;
        long double want_s = n == 0 ? sine : n == 1 ? cosine : n == 2 ? -sine : -cosine;
        long double want_c = n == 0 ? cosine : n == 1 ? -sine : n == 2 ? -cosine : sine;
        kura_sincos_2pi(u, &s, &c);
        worst = fmax(worst, fmax(ulps(s, want_s), ulps(c, want_c)));
    }
    at_most("sin, cos", worst, 1.0);
    static const double exact[5][2] = {{0, 1}, {1, 0}, {0, -1}, {-1, 0}, {0, 1}};
    for (int i = 0; i <= 4; i++) {
        kura_sincos_2pi(0.25 * i, &s, &c);
        assert_true(s == exact[i][0] && c == exact[i][1]);
    }
}

static void test_floor_and_clamps(void **state)
{
    (void)state;
    uint64_t s = 5;
    for (int i = 0; i < POINTS; i++) {
        double x = (next_uniform(&s) - 0.5) * exp2((double)(i % 52));
        if (i % 4 == 0) x = 0.5 * rint(x);
        if (i % 16 == 1) x = nextafter(rint(x), i % 32 == 1 ? -INFINITY : INFINITY);
        assert_true(kura_bits(kura_floor(x)) == kura_bits(floor(x) + 0.0));
    }
    assert_true(kura_bits(kura_floor(-0.0)) == 0);
    assert_true(kura_min(1, 2) == 1 && kura_min(2, 1) == 1 && kura_max(1, 2) == 2 && kura_max(2, 1) == 2);
    assert_true(kura_clamp01(-1) == 0 && kura_clamp01(2) == 1 && kura_clamp01(0.25) == 0.25 &&
                isnan(kura_clamp01(NAN)));
}

/* The root of Phi(x) = u in long double, from a nearby x: Newton on the logarithm of the smaller tail. */
static long double refine_norm_inv(double u, double near)
{
    long double tail = u < 0.5 ? (long double)u : 1.0L - u, x = -fabsl((long double)near);
    for (int i = 0; i < 3; i++) {
        long double f = 0.5L * erfcl(-x * 0.70710678118654752440084436210484903928L);
        long double density = 0.39894228040143267793994605993438186848L * expl(-0.5L * x * x);
        x -= logl(f / tail) * f / density;
    }
    return u < 0.5 ? x : -x;
}

static void test_norm_inv(void **state)
{
    (void)state;
    uint64_t s = 6;
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
        double u = next_uniform(&s);
        if (i % 4 == 1) u = 0.05 + (u - 0.5) * 1e-3;
        if (i % 4 == 2) u = exp(-700.0 * u);
        if (i % 4 == 3) u = 1.0 - (floor(exp(-36.0 * u) * 0x1p52) + 0.5) * 0x1p-52;
        if (fabs(u - 0.5) < 1e-4) continue; /* the reference loses its digits there; see below */
        double x = kura_norm_inv(u);
        worst = fmax(worst, ulps(x, refine_norm_inv(u, x)));
    }
    at_most("norm_inv", worst, 6.0);
    for (int i = 1; i < 1000; i++) { /* about 1/2: x = sqrt(2 pi) (q + pi/3 q^3) */
        double q = i * 0x1p-23;
        long double want =
            2.50662827463100050241576528481104525301L * (q + 1.04719755119659774615L * q * q * q);
        assert_true(ulps(kura_norm_inv(0.5 + q), want) < 6.0);
    }
    assert_true(kura_norm_inv(0.5) == 0.0);
    assert_true(isnan(kura_norm_inv(0.0)) && isnan(kura_norm_inv(1.0)) && isnan(kura_norm_inv(NAN)) &&
                isnan(kura_norm_inv(-1)));
}

/* Neighbouring draws never go backwards, also across the seams of the rational functions; exact oddness on
 * the grid. */
static void test_norm_inv_order(void **state)
{
    (void)state;
    uint64_t s = 7;
    for (int run = 0; run < 1000; run++) {
        double start = next_uniform(&s);
        if (run < 50) start = run % 2 ? 0.95 : 0.05;
        uint64_t k = (uint64_t)(start * 0x1p52) - (run < 50 ? (uint64_t)(1000 * (run / 2)) : 0u);
        double before = -INFINITY;
        for (int i = 0; i < 1000; i++) {
            double u = ((double)(k + (uint64_t)i) + 0.5) * 0x1p-52, x = kura_norm_inv(u);
            assert_true(x >= before);
            assert_true(kura_norm_inv(1.0 - u) == -x);
            before = x;
        }
    }
}

static void test_norm_cdf(void **state)
{
    (void)state;
    uint64_t s = 8;
    double worst = 0;
    for (int i = 0; i < POINTS; i++) {
        double x = i % 2 ? -37.4 + 46.0 * next_uniform(&s) : (next_uniform(&s) - 0.5) * 10.0;
        worst = fmax(
            worst, ulps(kura_norm_cdf_lane(x), 0.5L * erfcl(-x * 0.70710678118654752440084436210484903928L)));
    }
    at_most("norm_cdf", worst, 9.0);
    assert_true(kura_norm_cdf_lane(0.0) == 0.5 && kura_norm_cdf_lane(40.0) == 1.0);
    assert_true(kura_norm_cdf_lane(-40.0) == 0.0 && kura_norm_cdf_lane(-INFINITY) == 0.0 &&
                kura_norm_cdf_lane(INFINITY) == 1.0);
    assert_true(isnan(kura_norm_cdf_lane(NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exp),
        cmocka_unit_test(test_log),
        cmocka_unit_test(test_expm1_log1p),
        cmocka_unit_test(test_sincos),
        cmocka_unit_test(test_floor_and_clamps),
        cmocka_unit_test(test_norm_inv),
        cmocka_unit_test(test_norm_inv_order),
        cmocka_unit_test(test_norm_cdf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
