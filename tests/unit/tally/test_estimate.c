/* Estimators: exact answers on small samples, and the atom-correct CVaR with its error (model.md 8.7). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "num/math.h"
#include "tally/estimate.h"
#include <math.h>
#include <stdlib.h>

static void near_to(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) fail_msg("%.17g, expected %.17g +- %g", got, want, tolerance);
}

static void test_mean(void **state)
{
    (void)state;
    double x[4] = {1, 2, 3, 6};
    kura_estimate e = kura_estimate_mean(4, x);
    near_to(e.value, 3, 0);
    near_to(e.se, sqrt(14.0 / 12.0), 1e-15); /* sum of squares 4+1+0+9 over n(n-1) */
    double same[3000];
    for (int i = 0; i < 3000; i++) same[i] = 0.1;
    e = kura_estimate_mean(3000, same);
    assert_true(e.value == 0.1);
    assert_true(e.se == 0); /* a constant series has no error at all */
}

static void test_ratio(void **state)
{
    (void)state;
    double a[3] = {0, 2, 4}, b[3] = {1, 1, 2};
    kura_estimate e = kura_estimate_ratio(3, a, b); /* R = 6/4; residuals -1.5, 0.5, 1 */
    near_to(e.value, 1.5, 0);
    near_to(e.se, sqrt((2.25 + 0.25 + 1.0) / 6.0) / (4.0 / 3.0), 1e-15);
    double none[3] = {0, 0, 0};
    assert_true(isnan(kura_estimate_ratio(3, a, none).value));
}

static void test_quantile_refuses(void **state)
{
    (void)state;
    double x[100];
    for (int i = 0; i < 100; i++) x[i] = i + 1;
    kura_interval k;
    assert_int_equal(kura_estimate_quantile(100, x, 0.5, &k), 0);
    near_to(k.value, 50, 0);
    assert_true(k.lo < 50 && k.hi > 50);
    assert_int_equal(kura_estimate_quantile(100, x, 0.95, &k), 1); /* 5 paths beyond: refused [8.6] */
    assert_true(isnan(k.value));
    assert_int_equal(kura_estimate_quantile(100, x, 0.90, &k), 0);
    near_to(k.value, 90, 0);
}

/* A sample with most of its mass in one atom at the VaR: the mean beyond the VaR (the wrong twin) is not the
 * CVaR. */
static void test_cvar_with_atoms(void **state)
{
    (void)state;
    double x[100];
    for (int i = 0; i < 100; i++) x[i] = i < 60 ? 0 : i < 98 ? 10 : 20;
    double var;
    kura_estimate e = kura_estimate_cvar(100, x, 0.95, &var);
    near_to(var, 10, 0);
    near_to(e.value, 14, 1e-12); /* worst 5: 10 10 10 20 20 */
    double sum = 0, n = 0;
    for (int i = 0; i < 100; i++)
        if (x[i] > var) sum += x[i], n++;
    assert_true(fabs(sum / n - e.value) > 1);
}

/* Exponential law: VaR = -ln(1-a), CVaR = VaR + 1, asymptotic variance (1 + a)/(1-a)/n. */
static void test_cvar_error(void **state)
{
    (void)state;
    enum { N = 200000 };
    double *x = malloc(N * sizeof *x), var;
    assert_non_null(x);
    for (int i = 0; i < N; i++) x[i] = -kura_log(1 - (i + 0.5) / N);
    kura_estimate e = kura_estimate_cvar(N, x, 0.95, &var);
    near_to(var, 2.995732273553991, 1e-3);
    near_to(e.value, 3.995732273553991, 1e-3);
    near_to(e.se, sqrt((1 + 0.95) / 0.05 / N), 2e-4);
    free(x);
}

/* One path has a mean and no error; two have both. */
static void test_few_paths(void **state)
{
    (void)state;
    double x[2] = {1, 4}, a[2] = {0, 2}, b[2] = {1, 3}, var;
    near_to(kura_estimate_mean(1, x).value, 1, 0);
    assert_true(isnan(kura_estimate_mean(1, x).se));
    near_to(kura_estimate_mean(2, x).se, 1.5, 1e-15);
    assert_true(kura_estimate_ratio(1, a, b).value == 0 && isnan(kura_estimate_ratio(1, a, b).se));
    near_to(kura_estimate_ratio(2, a, b).value, 0.5, 0); /* residuals -0.5, 0.5 about a mean of 2 */
    near_to(kura_estimate_ratio(2, a, b).se, sqrt(0.5 / 2) / 2, 1e-15);
    assert_true(isnan(kura_estimate_ratio(2, a, (double[]){0, 0}).se));
    near_to(kura_estimate_cvar(2, x, 0.5, &var).value, 4, 1e-15);
    near_to(var, 1, 0);
    near_to(kura_estimate_cvar(2, x, 0.5, &var).se, sqrt(4.5 / 2) / 0.5, 1e-14);
    assert_true(isnan(kura_estimate_cvar(1, x, 0.5, &var).se));
    near_to(kura_estimate_cvar(3, (double[]){0.1, 0.2, 0.7}, 0.5, &var).value, 1.6 / 3, 1e-16);
    near_to(var, 0.2, 0);                                         /* ceil(1.5) = 2 of 3; 0.2 + 0.5 / 1.5 */
    near_to(kura_estimate_cvar(2, x, 0, &var).value, 2.5, 1e-15); /* the mean of all */
}

/* Sums over several blocks of 1024: every path once, the last block unfinished; the numbers 1 ... n. */
static void test_blocks(void **state)
{
    (void)state;
    for (uint64_t n = 1023; n <= 2049; n += n < 1025 ? 1 : 1024) {
        double x[2049], one[2049], N = (double)n;
        for (uint64_t i = 0; i < n; i++) x[i] = (double)(i + 1), one[i] = 1;
        near_to(kura_estimate_mean(n, x).value, 0.5 * (N + 1), 0);
        near_to(kura_estimate_mean(n, x).se, sqrt((N + 1) / 12), 1e-12);
        near_to(kura_estimate_ratio(n, x, one).value, 0.5 * (N + 1), 0);
        near_to(kura_estimate_ratio(n, x, one).se, sqrt((N + 1) / 12), 1e-12);
    }
}

/* Ten paths beyond are enough, nine are not; bounds that the sample does not carry are infinite [8.6]. */
static void test_quantile_edges(void **state)
{
    (void)state;
    double x[200];
    for (int i = 0; i < 200; i++) x[i] = i + 1;
    kura_interval k;
    assert_int_equal(kura_estimate_quantile(20, x, 0.5, &k), 0);
    near_to(k.value, 10, 0);
    near_to(k.lo, 6, 0); /* B(5; 20, 1/2) = 0.0207, B(14) = 0.9793 */
    near_to(k.hi, 15, 0);
    assert_int_equal(kura_estimate_quantile(19, x, 0.5, &k), 1);
    assert_true(isnan(k.lo) && isnan(k.hi));
    assert_int_equal(kura_estimate_quantile(200, x, 0.95, &k), 0);
    near_to(k.value, 190, 0);
    assert_int_equal(kura_estimate_quantile(199, x, 0.95, &k), 1);
    assert_int_equal(kura_estimate_quantile(100, x, 0.01, &k), 0); /* rank 1; nothing below it */
    near_to(k.value, 1, 0);
    assert_true(k.lo == -INFINITY);
    assert_int_equal(kura_estimate_quantile(99, x, 0.01, &k), 1);
}

/* Strictly above the limit counts. */
static void test_share(void **state)
{
    (void)state;
    double x[4] = {0, 0, 1, 2};
    near_to(kura_estimate_share(4, x, 0).value, 0.5, 0);
    near_to(kura_estimate_share(4, x, 1).value, 0.25, 0);
    near_to(kura_estimate_share(4, x, 0).lo, 0.15003898915214947, 1e-15);
    near_to(kura_estimate_share(4, x, 0).hi, 0.8499610108478506, 1e-15);
}

static void test_sort(void **state)
{
    (void)state;
    double x[9] = {0, 3, 0, -1, 2, 0, 7, INFINITY, 1};
    kura_sort(9, x);
    static const double want[9] = {-1, 0, 0, 0, 1, 2, 3, 7, INFINITY};
    for (int i = 0; i < 9; i++) assert_true(x[i] == want[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_ratio),
        cmocka_unit_test(test_quantile_refuses),
        cmocka_unit_test(test_cvar_with_atoms),
        cmocka_unit_test(test_cvar_error),
        cmocka_unit_test(test_sort),
        cmocka_unit_test(test_few_paths),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_quantile_edges),
        cmocka_unit_test(test_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
