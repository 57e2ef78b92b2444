/* Fieller's interval: cases worked by hand, and that a ratio lies in the set exactly when the difference that
 * it makes is within z standard errors of 0. */
#include "num_test.h"
#include "num/fieller.h"
#include "num/pcg.h"
#include <math.h>

/* (10 - R 5)^2 <= 4 (1 + R^2): 21 R^2 - 100 R + 96 <= 0, whose roots are 4/3 and 24/7. */
static void test_interval(void **state)
{
    (void)state;
    kura_fieller_set s = kura_fieller(10, 5, 1, 0, 1, 2);
    assert_int_equal(s.kind, KURA_FIELLER_INTERVAL);
    assert_true(s.value == 2);
    assert_true(fabs(s.lo - 4.0 / 3) < 1e-14 && fabs(s.hi - 24.0 / 7) < 1e-14);
    /* with covariance 1/2: (10 - R 5)^2 <= 4 (1 - R + R^2): 21 R^2 - 96 R + 96 <= 0 */
    s = kura_fieller(10, 5, 1, 0.5, 1, 2);
    assert_true(fabs(s.lo - (48 - sqrt(288)) / 21) < 1e-14 && fabs(s.hi - (48 + sqrt(288)) / 21) < 1e-14);
}

/* (6 - R)^2 <= 4 (2 + R^2): -3 R^2 - 12 R + 28 <= 0: outside the roots -2 -+ sqrt(40/3). */
static void test_outside(void **state)
{
    (void)state;
    kura_fieller_set s = kura_fieller(6, 1, 2, 0, 1, 2);
    assert_int_equal(s.kind, KURA_FIELLER_OUTSIDE);
    assert_true(fabs(s.lo - (-2 - sqrt(40.0 / 3))) < 1e-13 && fabs(s.hi - (-2 + sqrt(40.0 / 3))) < 1e-13);
    assert_true(s.value == 6 && s.value > s.hi);
}

/* (1 - R)^2 <= 4 (1 + R^2) for every R. */
static void test_all(void **state)
{
    (void)state;
    kura_fieller_set s = kura_fieller(1, 1, 1, 0, 1, 2);
    assert_int_equal(s.kind, KURA_FIELLER_ALL);
    assert_true(isinf(s.lo) && s.lo < 0 && isinf(s.hi) && s.hi > 0);
    assert_int_equal(kura_fieller(3, 0, 0, 0, 0, 2).kind, KURA_FIELLER_NONE);
    assert_int_equal(kura_fieller(NAN, 1, 1, 0, 1, 2).kind, KURA_FIELLER_NONE);
    assert_int_equal(kura_fieller(1, 1, INFINITY, 0, 1, 2).kind, KURA_FIELLER_NONE);
    s = kura_fieller(6, 3, 0, 0, 0, 2); /* known without error */
    assert_int_equal(s.kind, KURA_FIELLER_INTERVAL);
    assert_true(s.lo == 2 && s.hi == 2);
}

static int is_in(const kura_fieller_set *s, double r)
{
    if (s->kind == KURA_FIELLER_INTERVAL) return r >= s->lo && r <= s->hi;
    return s->kind == KURA_FIELLER_ALL || r <= s->lo || r >= s->hi;
}

static void test_set(void **state)
{
    (void)state;
    kura_stream u;
    int kinds[4] = {0};
    kura_stream_init(&u, 1, "test/fieller");
    for (uint64_t i = 0; i < 20000; i++) {
        double x[5];
        for (uint64_t k = 0; k < 5; k++) x[k] = kura_stream_uniform(&u, i, k);
        double c = 8 * x[0] - 4, e = 8 * x[1] - 4, vc = 4 * x[2], ve = 4 * x[3],
               cov = (1.98 * x[4] - 0.99) * sqrt(vc * ve), z = 1.96,
               r = 10 * (x[0] * 7 - floor(x[0] * 7)) - 5;
        kura_fieller_set s = kura_fieller(c, e, vc, cov, ve, z);
        double left = (c - r * e) * (c - r * e), right = z * z * (vc - 2 * r * cov + r * r * ve);
        kinds[s.kind]++;
        if (fabs(left - right) < 1e-9 * (left + right)) continue;
        assert_int_equal(is_in(&s, r), left < right);
    }
    assert_true(kinds[1] > 1000 && kinds[2] > 1000 && kinds[3] > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_interval), cmocka_unit_test(test_outside),
                                       cmocka_unit_test(test_all), cmocka_unit_test(test_set)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
