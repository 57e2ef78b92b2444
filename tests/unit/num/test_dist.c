/* Distributions: there and back, means, conditional laws, beta quantiles against mpmath, equilibrium laws
 * against numerical integration and the reference rows RENEW, Poisson, refused parameters. */
#include "num_test.h"
#include "base/arena.h"
#include "num/dist.h"
#include "num/lane_dist.h"
#include "num/math.h"
#include "num/normal.h"
#include <string.h>
#include <time.h>

static kura_arena arena;

static kura_dist make(kura_dist_kind kind, double a, double b)
{
    kura_dist d;
    kura_error err;
    assert_int_equal(kura_dist_init(&d, &arena, kind, a, b, &err), KURA_OK);
    return d;
}

static const struct {
    kura_dist_kind kind;
    double a, b;
} laws[] = {
    {KURA_DIST_UNIFORM, 2, 9},        {KURA_DIST_UNIFORM, -3, 1},      {KURA_DIST_NORMAL, 5, 2.5},
    {KURA_DIST_LOGNORMAL, 1.79, 0.8}, {KURA_DIST_LOGNORMAL, -2, 0.05}, {KURA_DIST_LOGNORMAL, 3, 2.2},
    {KURA_DIST_EXPONENTIAL, 52, 0},   {KURA_DIST_WEIBULL, 104, 1.5},   {KURA_DIST_WEIBULL, 3, 0.6},
    {KURA_DIST_WEIBULL, 10, 7},       {KURA_DIST_WEIBULL, 4, 1},       {KURA_DIST_BETA, 2, 5},
    {KURA_DIST_BETA, 0.5, 0.5},       {KURA_DIST_BETA, 8, 2},          {KURA_DIST_BETA, 30, 12.5},
    {KURA_DIST_BETA, 1, 4},           {KURA_DIST_BETA, 0.2, 3},        {KURA_DIST_BETA, 900, 1200},
};
#define LAWS (sizeof laws / sizeof *laws)

static void test_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        kura_dist d = make(laws[i].kind, laws[i].a, laws[i].b);
        double tolerance = laws[i].kind == KURA_DIST_BETA ? 5e-8 : 1e-13, before = -INFINITY;
        for (int k = 1; k < 2000; k++) {
            double u = k < 1000   ? k / 1000.0
                       : k < 1500 ? exp(-(k - 999) * 0.07)
                                  : 1 - exp(-(k - 1499) * 0.07);
            if (!(u > 0x1p-53 && u < 1 - 0x1p-53)) continue;
            if (laws[i].kind == KURA_DIST_BETA && u > 0.999) continue; /* there the rounding of 1 - x shows */
            double x = kura_dist_quantile(&d, u);
            assert_close(kura_dist_cdf(&d, x), u, fmax(tolerance * fmin(u, 1 - u), 4e-16));
        }
        for (int k = 1; k < 20000; k++) {
            double x = kura_dist_quantile(&d, k / 20000.0);
            assert_true(x >= before);
            before = x;
        }
    }
}

/* E X = integral of Q(Phi(z)) phi(z) dz: the trapezoidal rule converges faster than any power. */
static double mean_of(const kura_dist *d, double (*quantile)(const kura_dist *, double))
{
    double sum = 0, h = 1.0 / 256;
    for (int i = -2048; i <= 2048; i++) {
        double z = i * h, u = kura_norm_cdf(z);
        u = fmin(fmax(u, 0x1p-53), 1 - 0x1p-53);
        sum += quantile(d, u) * exp(-0.5 * z * z) * 0.3989422804014327;
    }
    return sum * h;
}

static void test_means(void **state)
{
    (void)state;
    for (size_t i = 0; i < LAWS; i++) {
        kura_dist d = make(laws[i].kind, laws[i].a, laws[i].b);
        if (laws[i].kind == KURA_DIST_LOGNORMAL && laws[i].b > 2)
            continue; /* too heavy a tail for this rule */
        double mean = kura_dist_mean(&d), tolerance = laws[i].kind == KURA_DIST_BETA ? 1e-8 : 2e-11;
        assert_close(mean_of(&d, kura_dist_quantile), mean, tolerance * fmax(fabs(mean), 1.0));
    }
    kura_dist c = make(KURA_DIST_CONSTANT, 7, 0);
    assert_true(kura_dist_mean(&c) == 7 && kura_dist_quantile(&c, 0.3) == 7 &&
                kura_dist_cdf(&c, 6.999) == 0 && kura_dist_cdf(&c, 7) == 1);
}

static void test_degenerate(void **state)
{
    (void)state;
    kura_dist n = make(KURA_DIST_NORMAL, 3, 0), l = make(KURA_DIST_LOGNORMAL, 0, 0),
              u = make(KURA_DIST_UNIFORM, 4, 4);
    assert_true(kura_dist_quantile(&n, 0.2) == 3 && kura_dist_cdf(&n, 2.9) == 0 && kura_dist_cdf(&n, 3) == 1);
    assert_true(kura_dist_quantile(&l, 0.2) == 1 && kura_dist_cdf(&l, 0.9) == 0 && kura_dist_cdf(&l, 1) == 1);
    assert_true(kura_dist_quantile(&u, 0.2) == 4 && kura_dist_cdf(&u, 3.9) == 0 && kura_dist_cdf(&u, 4) == 1);
    assert_true(kura_dist_residual_quantile(&l, 0.25) == 0.25 && kura_dist_residual_quantile(&u, 0.25) == 1);
    assert_true(kura_dist_quantile_above(&n, 2, 0.5) == 3 && kura_dist_quantile_above(&n, 3, 0.5) == 3);
}

/* mpmath, 30 digits. */
static void test_beta_quantiles(void **state)
{
    (void)state;
    static const double rows[][4] = {
        {2, 5, 1e-06, 0.0002582878293540636},
        {2, 5, 0.01, 0.026763191142755057},
        {2, 5, 0.3, 0.18180347131894916},
        {2, 5, 0.5, 0.26444998329565996},
        {2, 5, 0.9, 0.51031630655149167},
        {2, 5, 0.9999990463256836, 0.95599573513048586},
        {0.5, 0.5, 1e-06, 2.4674011002703101e-12},
        {0.5, 0.5, 0.01, 0.00024671981713422151},
        {0.5, 0.5, 0.3, 0.20610737385376342},
        {0.5, 0.5, 0.5, 0.5},
        {0.5, 0.5, 0.9, 0.9755282581475768},
        {0.5, 0.5, 0.9999990463256836, 0.99999999999775591},
        {1, 1, 1e-06, 1e-6},
        {1, 1, 0.3, 0.3},
        {1, 1, 0.9999990463256836, 0.99999904632568359},
        {8, 2, 1e-06, 0.13733703127127801},
        {8, 2, 0.01, 0.45596630775197504},
        {8, 2, 0.3, 0.74985896234968456},
        {8, 2, 0.5, 0.820380388019639},
        {8, 2, 0.9, 0.93923095034923158},
        {8, 2, 0.9999990463256836, 0.99983717773503403},
        {0.2, 3, 1e-06, 2.4953435372426272e-31},
        {0.2, 3, 0.01, 2.4953435373464007e-11},
        {0.2, 3, 0.3, 0.00060698217515809528},
        {0.2, 3, 0.5, 0.0079012290908642219},
        {0.2, 3, 0.9, 0.20598151392294754},
        {0.2, 3, 0.9999990463256836, 0.97796866000302758},
        {30, 12.5, 1e-06, 0.34869229868947028},
        {30, 12.5, 0.5, 0.70913804089696769},
        {30, 12.5, 0.9999990463256836, 0.94232642528480085},
    };
    double worst = 0, worst_rel = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kura_dist d = make(KURA_DIST_BETA, rows[i][0], rows[i][1]);
        double x = kura_dist_quantile(&d, rows[i][2]);
        worst = fmax(worst, fabs(x - rows[i][3]));
        worst_rel = fmax(worst_rel, fabs(x / rows[i][3] - 1));
    }
    print_message("beta quantiles: worst error %.2g, relative %.2g\n", worst, worst_rel);
    assert_true(worst < 2e-9 && worst_rel < 1e-8);
    clock_t start = clock();
    for (int i = 0; i < 10; i++) make(KURA_DIST_BETA, 0.3 + i, 5.0 * i + 1);
    print_message("beta table: %.2f ms\n", 100.0 * (double)(clock() - start) / CLOCKS_PER_SEC);
    make(KURA_DIST_BETA, 1e5, 1e5);
    make(KURA_DIST_BETA, 0.05, 1e5);
    make(KURA_DIST_BETA, 0.05, 0.05);
}

/* P(X > y | X > x0) = 1 - u for y the conditional u-quantile; in the tail as in the middle. */
static void test_quantile_above(void **state)
{
    (void)state;
    static const double us[] = {1e-6, 0.2, 0.5, 0.9, 0.999};
    for (size_t i = 0; i < LAWS; i++) {
        kura_dist d = make(laws[i].kind, laws[i].a, laws[i].b);
        for (int k = 1; k < 40; k++) {
            double start = k / 40.0, x0 = kura_dist_quantile(&d, start);
            for (size_t j = 0; j < sizeof us / sizeof *us; j++) {
                double y = kura_dist_quantile_above(&d, x0, us[j]);
                assert_true(y >= x0);
                double rest = (1 - kura_dist_cdf(&d, y)) / (1 - kura_dist_cdf(&d, x0));
                assert_close(rest, 1 - us[j], laws[i].kind == KURA_DIST_BETA ? 1e-7 : 1e-12);
            }
        }
    }
    kura_dist e = make(KURA_DIST_EXPONENTIAL, 3, 0), w = make(KURA_DIST_WEIBULL, 1, 2),
              n = make(KURA_DIST_NORMAL, 0, 1);
    kura_dist l = make(KURA_DIST_LOGNORMAL, 0, 1), u = make(KURA_DIST_UNIFORM, 2, 4),
              c = make(KURA_DIST_CONSTANT, 5, 0);
    assert_close(kura_dist_quantile_above(&e, 1000, 0.5), 1000 + 3 * log(2), 1e-12); /* no memory */
    assert_true(kura_dist_quantile_above(&e, -1, 0.5) == kura_dist_quantile(&e, 0.5));
    assert_close(kura_dist_quantile_above(&w, 20, 0.5), sqrt(400 + log(2)), 1e-13);
    assert_close(kura_dist_quantile_above(&n, 10, 0.5), 10.0684118360814294,
                 1e-13); /* mpmath: median of N(0,1) above 10 */
    assert_close(log(kura_dist_quantile_above(&l, exp(10), 0.5)), 10.0684118360814294, 1e-13);
    assert_true(kura_dist_quantile_above(&u, 0, 0.5) == 3 && kura_dist_quantile_above(&u, 3, 0.5) == 3.5);
    assert_true(kura_dist_quantile_above(&u, 4, 0.5) == 4 && kura_dist_quantile_above(&u, 9, 0.5) == 9);
    assert_true(kura_dist_quantile_above(&c, 4, 0.5) == 5 && kura_dist_quantile_above(&c, 5, 0.5) == 5);
    assert_true(kura_dist_quantile_above(&n, 60, 0.5) == 60);
}

/* (1/E) integral from 0 to x of P(X > y) dy by Simpson's rule on y = x t^4 (which tames y^k near 0). */
static double equilibrium_cdf(const kura_dist *d, double x)
{
    int n = 20000;
    double sum = 0;
    for (int i = 0; i <= n; i++) {
        double t = (double)i / n, w = i == 0 || i == n ? 1 : i % 2 ? 4 : 2;
        sum += w * (1 - kura_dist_cdf(d, x * t * t * t * t)) * 4 * t * t * t;
    }
    return sum * x / (3.0 * n) / kura_dist_mean(d);
}

static void test_residual(void **state)
{
    (void)state;
    static const double us[] = {0.001, 0.1, 0.4999, 0.5001, 0.8, 0.99, 0.99999};
    for (size_t i = 0; i < LAWS; i++) {
        kura_dist d = make(laws[i].kind, laws[i].a, laws[i].b);
        if (laws[i].kind == KURA_DIST_NORMAL || (laws[i].kind == KURA_DIST_UNIFORM && laws[i].a < 0)) {
            assert_true(isnan(kura_dist_residual_quantile(&d, 0.5)));
            continue;
        }
        for (size_t j = 0; j < sizeof us / sizeof *us; j++) {
            double x = kura_dist_residual_quantile(&d, us[j]);
            assert_close(equilibrium_cdf(&d, x), us[j],
                         laws[i].kind == KURA_DIST_UNIFORM ? 1e-8 : 1e-9); /* the rule's own error */
        }
        double before = 0;
        for (int k = 1; k < 2000; k++) {
            double x = kura_dist_residual_quantile(&d, k / 2000.0);
            assert_true(x >= before * (1 - 1e-14));
            before = x;
        }
        double tiny = 0x1p-53, mean = kura_dist_mean(&d);
        assert_true(kura_dist_residual_quantile(&d, tiny) > 0);
        if (laws[i].a > 1) assert_close(kura_dist_residual_quantile(&d, tiny) / (tiny * mean), 1, 1e-6);
        assert_true(kura_dist_residual_quantile(&d, 1 - tiny) < INFINITY);
    }
}

/* The table against the solution it was made of, between its nodes and in the tails. */
static void test_residual_table(void **state)
{
    (void)state;
    double worst = 0;
    uint64_t s = 31;
    for (size_t i = 0; i < LAWS; i++) {
        kura_dist plain = make(laws[i].kind, laws[i].a, laws[i].b), fast = plain;
        assert_int_equal(kura_dist_tabulate_residual(&fast, &arena, NULL), KURA_OK);
        if (!fast.residual) continue;
        double before = 0;
        for (int k = 0; k < 500; k++) {
            double u = next_uniform(&s);
            if (k % 3 == 1) u = exp(-36 * u);
            if (k % 3 == 2) u = fmin(1 - exp(-36 * u), 1 - 0x1p-53);
            worst = fmax(
                worst,
                fabs(kura_dist_residual_quantile(&fast, u) / kura_dist_residual_quantile(&plain, u) - 1));
        }
        for (int k = 1; k < 5000; k++) {
            double x = kura_dist_residual_quantile(&fast, k / 5000.0);
            assert_true(x >= before);
            before = x;
        }
    }
    print_message("residual table: worst relative error %.2g\n", worst);
    assert_true(worst < 1e-8);
    kura_dist d = make(KURA_DIST_WEIBULL, 104, 1.5);
    kura_error err;
    assert_int_equal(kura_dist_tabulate_residual(&d, NULL, &err), KURA_E_MEMORY);
    d = make(KURA_DIST_EXPONENTIAL, 104, 0);
    assert_int_equal(kura_dist_tabulate_residual(&d, NULL, &err), KURA_OK);
}

/* ref_closed_forms.csv, test RENEW: up Weibull k = 1.5, scale 104; down lognormal median 6, sigma 0.8. */
static void test_renewal_reference(void **state)
{
    (void)state;
    kura_dist up = make(KURA_DIST_WEIBULL, 104, 1.5), down = make(KURA_DIST_LOGNORMAL, log(6.0), 0.8);
    double eu = kura_dist_mean(&up), ed = kura_dist_mean(&down);
    assert_close(eu, 93.8855104668971, 1e-12);
    assert_close(ed, 8.26276658601574, 1e-13);
    assert_close(eu / (eu + ed), 0.9191100738612006, 1e-14);
    assert_close(1 / (eu + ed), 0.009789690329108534, 1e-15);
    assert_close(mean_of(&up, kura_dist_residual_quantile), 68.58329433442204, 1e-8);
    assert_close(mean_of(&down, kura_dist_residual_quantile), 7.835089420269356, 1e-8);
    clock_t start = clock();
    double sum = 0;
    for (int i = 0; i < 20000; i++) sum += kura_dist_residual_quantile(&up, (i + 0.5) / 20000);
    double weibull = (double)(clock() - start) / CLOCKS_PER_SEC / 20000 * 1e6;
    start = clock();
    for (int i = 0; i < 20000; i++) sum += kura_dist_residual_quantile(&down, (i + 0.5) / 20000);
    double lognormal = (double)(clock() - start) / CLOCKS_PER_SEC / 20000 * 1e6;
    kura_dist_tabulate_residual(&up, &arena, NULL);
    start = clock();
    for (int i = 0; i < 20000; i++) sum += kura_dist_residual_quantile(&up, (i + 0.5) / 20000);
    double table = (double)(clock() - start) / CLOCKS_PER_SEC / 20000 * 1e6;
    print_message("residual quantile: Weibull %.2f us, lognormal %.2f us, table %.3f us (%g)\n", weibull,
                  lognormal, table, sum);
    assert_close(mean_of(&up, kura_dist_residual_quantile), 68.58329433442204, 1e-7);
}

static void test_poisson(void **state)
{
    (void)state;
    static const double means[] = {0, 1e-6, 0.01, 0.5, 2.5};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        double cum[KURA_POISSON_MAX], p = exp(-means[i]), sum = 0;
        kura_poisson_cumulative(means[i], cum);
        for (int k = 0; k < KURA_POISSON_MAX; k++) {
            sum += p;
            p *= means[i] / (k + 1);
            assert_close(cum[k], sum, 1e-15);
            if (cum[k] < 1) {
                assert_int_equal(kura_poisson_quantile(means[i], cum[k]), k);
                assert_int_equal(kura_poisson_quantile(means[i], nextafter(cum[k], 1)),
                                 k + (cum[k] < cum[(k + 1) % 4] || k == 3));
            }
        }
        assert_int_equal(kura_poisson_quantile(means[i], 1e-12), 0);
    }
    assert_int_equal(kura_poisson_quantile(50, 0.5), 4);
    assert_int_equal(kura_poisson_quantile(0, 1 - 0x1p-53), 0);
}

static void refuse(kura_dist_kind kind, double a, double b, const char *what)
{
    kura_dist d;
    kura_error err;
    assert_int_equal(kura_dist_init(&d, &arena, kind, a, b, &err), KURA_E_SCENARIO);
    assert_non_null(strstr(err.message, what));
    assert_int_equal(kura_dist_init(&d, &arena, kind, a, b, NULL), KURA_E_SCENARIO);
}

/* Quantiles on lanes are those of single numbers, bit for bit. */
static void test_lanes(void **state)
{
    (void)state;
    uint64_t seed = 20260101;
    for (size_t i = 0; i < LAWS; i++) {
        kura_dist d = make(laws[i].kind, laws[i].a, laws[i].b);
        for (int n = 0; n < 200; n++) {
            double u[KURA_LANES], x[KURA_LANES];
            for (int l = 0; l < KURA_LANES; l++) u[l] = next_uniform(&seed);
            if (n == 0) u[0] = 0x1p-53, u[KURA_LANES - 1] = 1 - 0x1p-53; /* the ends of what is drawn */
            kura_lane_quantile(&d, u, x);
            for (int l = 0; l < KURA_LANES; l++)
                assert_int_equal(kura_bits(x[l]), kura_bits(kura_dist_quantile(&d, u[l])));
        }
    }
}

static void test_refusals(void **state)
{
    (void)state;
    refuse(KURA_DIST_CONSTANT, NAN, 0, "finite");
    refuse(KURA_DIST_UNIFORM, 0, INFINITY, "finite");
    refuse(KURA_DIST_UNIFORM, 2, 1, "max is below min");
    refuse(KURA_DIST_NORMAL, 0, -1, "standard deviation");
    refuse(KURA_DIST_LOGNORMAL, 0, -1, "sigma");
    refuse(KURA_DIST_EXPONENTIAL, 0, 0, "mean");
    refuse(KURA_DIST_WEIBULL, -1, 1, "scale");
    refuse(KURA_DIST_WEIBULL, 1, 0, "shape");
    refuse(KURA_DIST_BETA, 0.01, 1, "alpha or beta");
    refuse(KURA_DIST_BETA, 1, 2e5, "alpha or beta");
    kura_dist d;
    kura_error err;
    assert_int_equal(kura_dist_init(&d, NULL, KURA_DIST_BETA, 1, 2, &err), KURA_E_MEMORY);
    assert_int_equal(kura_dist_init(&d, NULL, KURA_DIST_NORMAL, 1, 2, &err), KURA_OK);
}

static int free_arena(void **state)
{
    (void)state;
    kura_arena_fini(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_there_and_back), cmocka_unit_test(test_means),
        cmocka_unit_test(test_degenerate),     cmocka_unit_test(test_beta_quantiles),
        cmocka_unit_test(test_quantile_above), cmocka_unit_test(test_residual),
        cmocka_unit_test(test_residual_table), cmocka_unit_test(test_renewal_reference),
        cmocka_unit_test(test_poisson),        cmocka_unit_test(test_lanes),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, free_arena);
}
