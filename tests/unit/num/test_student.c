/* Student's t and the chi-square table of a t copula against closed forms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "num/pcg.h"
#include "num/special.h"
#include "num/student.h"
#include <math.h>

static void near(double x, double want, double relative)
{
    if (!(fabs(x - want) <= relative * fabs(want))) fail_msg("%.17g, expected %.17g", x, want);
}

/* nu = 2: P(T > t) = 1/2 - t / (2 sqrt(2 + t^2)); nu = 4 and nu = 3 by their finite forms. */
static void test_tail(void **state)
{
    (void)state;
    for (double t = 0.01; t < 1000; t *= 1.37) {
        double r = sqrt(2 + t * t), a = atan(t / sqrt(3)), s = 3 + t * t;
        near(kura_student_tail(2, t), 1 / (r * (r + t)), 1e-13);
        if (t < 20) near(kura_student_tail(3, t), 0.5 - (a + t * sqrt(3) / s) / M_PI, 1e-10);
        near(kura_student_tail(1, t), atan2(1, t) / M_PI, 1e-13);
    }
}

static void test_quantile(void **state)
{
    (void)state;
    near(kura_student_quantile(3, 0.975), 3.182446305283708, 1e-13); /* tables, to all digits */
    near(kura_student_quantile(4, 0.975), 2.7764451051977987, 1e-13);
    near(kura_student_quantile(10, 0.99), 2.7637694581126966, 1e-13);
    near(kura_student_quantile(5, 0.025), -2.5705818356363146, 1e-13);
    assert_true(kura_student_quantile(5, 0.5) == 0);
    for (double p = 1e-12; p < 0.5; p *= 1.9)
        near(kura_student_tail(8, -kura_student_quantile(8, p)), p, 1e-12);
}

/* The table inverts P and Q: an error d of ln x shows as d x f(x) / P.  And it never falls. */
static void test_chi2(void **state)
{
    (void)state;
    static const double freedoms[] = {3, 4, 5, 6, 8, 10};
    kura_arena arena = {0};
    kura_stream s;
    kura_stream_init(&s, 1, "test/chi2");
    for (int k = 0; k < 6; k++) {
        double nu = freedoms[k], worst = 0;
        kura_chi2 c;
        assert_int_equal(kura_chi2_init(&c, &arena, nu), 0);
        for (int i = 0; i < 4000; i++) {
            double u = i < 3000 ? kura_stream_uniform(&s, 0, (uint64_t)i) : exp2(-(i - 3000) / 19.3 - 1), p,
                   q;
            for (int side = 0; side < 2; side++, u = 1 - u) {
                if (!(u > 0x1p-53) || !(u < 1)) continue;
                double x = kura_chi2_quantile(&c, u), h = x / 2;
                kura_gamma_pq(nu / 2, h, &p, &q);
                double density = exp(nu / 2 * log(h) - h - lgamma(nu / 2));
                double error = u < 0.5 ? (p - u) / density : (q - (1 - u)) / density;
                /* the table answers to Phi^-1(u), whose own rounding moves u by some 1e-15 */
                worst = fmax(worst, fabs(error));
            }
        }
        print_message("nu = %g: largest relative error %.2g\n", nu, worst);
        assert_true(worst < 1e-12);
        double last = 0;
        for (int i = 1; i < 100000; i++) {
            double x = kura_chi2_quantile(&c, i / 100000.0);
            assert_true(x > last);
            last = x;
        }
    }
    kura_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tail), cmocka_unit_test(test_quantile),
                                       cmocka_unit_test(test_chi2)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
