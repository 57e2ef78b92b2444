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

static void test_sort(void **state)
{
    (void)state;
    double x[9] = {0, 3, 0, -1, 2, 0, 7, INFINITY, 1};
    kura_sort(9, x);
    for (int i = 1; i < 9; i++) assert_true(x[i - 1] <= x[i]);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
