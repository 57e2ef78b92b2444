/* Intervals: reference rows CI (Wilson) and QCI (binomial ranks), exact small cases, large samples. */
#include "num_test.h"
#include "num/interval.h"
#include "num/special.h"
#include <time.h>

/* ref_closed_forms.csv, test CI, z = 1.959963984540054. */
static void test_wilson(void **state)
{
    (void)state;
    static const struct {
        uint64_t k, n;
        double lo, hi;
    } rows[] = {{0, 1000, 0.0, 0.0038267584855551234},
                {3, 1000, 0.0010207838811386186, 0.008783014053503173},
                {50, 1000, 0.03813026239274882, 0.06531382024425081},
                {500, 1000, 0.4690696003681042, 0.5309303996318958},
                {9, 100000, 4.735143784232029e-05, 0.00017105476038045442}};
    const double z = 1.959963984540054;
    double lo, hi, lo2, hi2;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kura_wilson(rows[i].k, rows[i].n, z, &lo, &hi);
        assert_close(lo, rows[i].lo, 1e-15);
        assert_close(hi, rows[i].hi, 1e-15);
        kura_wilson(rows[i].n - rows[i].k, rows[i].n, z, &lo2, &hi2);
        assert_close(lo2, 1 - hi, 1e-15);
        assert_close(hi2, 1 - lo, 1e-15);
    }
    kura_wilson(0, 100, 2.0, &lo, &hi);
    assert_true(lo == 0.0 && hi == 4.0 / 104.0);
    kura_wilson(100, 100, 2.0, &lo, &hi);
    assert_true(lo == 100.0 / 104.0 && hi == 1.0);
    kura_wilson(0, 0, 2.0, &lo, &hi);
    assert_true(lo == 0.0 && hi == 1.0);
}

/* ref_closed_forms.csv, test QCI, level 0.95. */
static void test_ranks(void **state)
{
    (void)state;
    static const struct {
        uint64_t n;
        double q;
        uint64_t l, u;
        double coverage;
    } rows[] = {{1000, 0.5, 469, 532, 0.9537088026395018},
                {1000, 0.95, 936, 964, 0.9580952682226543},
                {10000, 0.99, 9880, 9920, 0.9557546828065555},
                {10000, 0.999, 9983, 9997, 0.9754574618536163}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t l, u;
        double n = (double)rows[i].n;
        kura_quantile_ranks(rows[i].n, rows[i].q, 0.95, &l, &u);
        assert_int_equal(l, rows[i].l);
        assert_int_equal(u, rows[i].u);
        double coverage =
            kura_binomial_cdf((double)u - 1, n, rows[i].q) - kura_binomial_cdf((double)l - 1, n, rows[i].q);
        assert_close(coverage, rows[i].coverage, 1e-12);
    }
}

/* All n up to 60 against the definition, with the distribution function summed in long double. */
static void test_ranks_by_definition(void **state)
{
    (void)state;
    static const double qs[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.99}, levels[] = {0.5, 0.8, 0.95, 0.999};
    for (int n = 1; n <= 60; n++)
        for (size_t a = 0; a < sizeof qs / sizeof *qs; a++)
            for (size_t b = 0; b < sizeof levels / sizeof *levels; b++) {
                long double q = qs[a], tail = (1.0L - levels[b]) / 2, cdf = 0, pmf = powl(1 - q, n);
                uint64_t l = 0, u = (uint64_t)n + 1, got_l, got_u;
                for (int r = 1; r <= n; r++) { /* cdf becomes B(r-1) */
                    cdf += pmf;
                    pmf *= (long double)(n - r + 1) / r * q / (1 - q);
                    assert_close(kura_binomial_cdf(r - 1, n, qs[a]), (double)cdf, 1e-13);
                    if (cdf <= tail * (1 + 1e-13L)) l = (uint64_t)r;
                    if (1 - cdf <= tail * (1 + 1e-13L) && u == (uint64_t)n + 1) u = (uint64_t)r;
                }
                kura_quantile_ranks((uint64_t)n, qs[a], levels[b], &got_l, &got_u);
                assert_int_equal(got_l, l);
                assert_int_equal(got_u, u);
            }
    uint64_t l, u;
    kura_quantile_ranks(10, 0.999, 0.95, &l, &u);
    assert_true(u == 11 && l > 0);
    kura_quantile_ranks(10, 0.001, 0.95, &l, &u);
    assert_true(l == 0 && u < 11);
    kura_quantile_ranks(0, 0.5, 0.95, &l, &u);
    assert_true(l == 0 && u == 1);
}

static void test_large_samples(void **state)
{
    (void)state;
    static const double qs[] = {0.5, 0.95, 0.999, 0.999999, 1e-9};
    for (uint64_t n = 100000; n <= 1000000000u; n *= 10)
        for (size_t i = 0; i < sizeof qs / sizeof *qs; i++) {
            uint64_t l, u;
            double count = (double)n;
            kura_quantile_ranks(n, qs[i], 0.95, &l, &u);
            if (l > 0) {
                assert_true(kura_binomial_cdf((double)l - 1, count, qs[i]) <= 0.025 + 1e-9);
                assert_true(kura_binomial_cdf((double)l, count, qs[i]) > 0.025 - 1e-9);
            }
            if (u <= n) {
                assert_true(1 - kura_binomial_cdf((double)u - 1, count, qs[i]) <= 0.025 + 1e-9);
                assert_true(1 - kura_binomial_cdf((double)u - 2, count, qs[i]) > 0.025 - 1e-9);
            }
        }
    uint64_t l, u;
    kura_quantile_ranks(1000000000u, 0.5, 0.95, &l,
                        &u); /* normal law: 5e8 +- 1.959964 * sqrt(n)/2 = 30989.77 */
    assert_true(l >= 499969009u && l <= 499969012u);
    assert_int_equal(l + u, 1000000001u);
    clock_t start = clock();
    for (int i = 0; i < 10; i++) kura_quantile_ranks(1000000000u, 0.95, 0.95, &l, &u);
    print_message("ranks at n = 1e9: %.2f ms\n", 100.0 * (double)(clock() - start) / CLOCKS_PER_SEC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_wilson), cmocka_unit_test(test_ranks),
                                       cmocka_unit_test(test_ranks_by_definition),
                                       cmocka_unit_test(test_large_samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
