/* Matrix exponential and stationary law: reference rows REGIME (generator of model 3.1 with its example
 * rates), closed forms, large norms, chains with transient states. */
#include "num_test.h"
#include "num/expm.h"
#include <string.h>

static const double regime[9] = {-0.3, 0.3, 0.0, 0.8, -1.1, 0.3, 0.0, 1.5, -1.5}; /* per year */
#define DT 0.019164955509924708                                                   /* one week */

static void multiply(int n, const double *a, const double *b, double *c)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            c[i * n + j] = 0;
            for (int k = 0; k < n; k++) c[i * n + j] += a[i * n + k] * b[k * n + j];
        }
}

/* ref_markov_stock.csv, test REGIME: P52_0_j = row 0 of expm(G dt)^52, stationary_j. */
static void test_regime(void **state)
{
    (void)state;
    static const double p52[3] = {0.8137769575585726, 0.16765002411222182, 0.018573018329206437};
    static const double stationary[3] = {0.6896551724137915, 0.25862068965517326, 0.05172413793103527};
    double g[9], p[9], power[9], next[9], year[9], pi[3];
    for (int i = 0; i < 9; i++) g[i] = regime[i] * DT;
    kura_expm(3, g, p);
    memcpy(power, p, sizeof p);
    for (int s = 1; s < 52; s++) {
        multiply(3, power, p, next);
        memcpy(power, next, sizeof next);
    }
    for (int i = 0; i < 9; i++) g[i] = regime[i] * DT * 52;
    kura_expm(3, g, year);
    for (int j = 0; j < 3; j++) {
        assert_close(power[j], p52[j], 1e-13);
        assert_close(year[j], p52[j], 1e-14);
    }
    kura_stationary(3, p, pi);
    for (int j = 0; j < 3; j++) assert_close(pi[j], stationary[j], 1e-14);
    const double exact[3] = {20 / 29.0, 7.5 / 29.0, 1.5 / 29.0};
    for (int j = 0; j < 3; j++) assert_close(pi[j], exact[j], 1e-15);
    kura_stationary(3, regime, pi); /* a generator will do as well */
    for (int j = 0; j < 3; j++) assert_close(pi[j], stationary[j], 1e-14);
}

static void test_closed_forms(void **state)
{
    (void)state;
    double one = -3.25, out[64], zero[64] = {0};
    kura_expm(1, &one, out);
    assert_close(out[0], exp(-3.25), 1e-16);
    kura_expm(8, zero, out);
    for (int i = 0; i < 64; i++) assert_true(out[i] == (i % 9 == 0));
    for (double t = 0.001; t < 2000.0; t *= 3.0) { /* two states, rates 1/20 and 1/3 */
        double l = t / 20.0, m = t / 3.0, g[4] = {-l, l, m, -m}, a = m / (l + m);
        kura_expm(2, g, g);
        assert_close(g[0], a + (1 - a) * exp(-(l + m)), 1e-15 * (10 + l + m));
        assert_close(g[2], a - a * exp(-(l + m)), 1e-15 * (10 + l + m));
        assert_close(g[0] + g[1], 1.0, 1e-15 * (10 + l + m));
    }
    double turn[4] = {0, 1.25, -1.25, 0}; /* rotation */
    kura_expm(2, turn, out);
    assert_close(out[0], cos(1.25), 1e-15);
    assert_close(out[1], sin(1.25), 1e-15);
    double shift[9] = {0, 1, 0, 0, 0, 1, 0, 0, 0}; /* nilpotent: exact */
    kura_expm(3, shift, out);
    assert_close(out[2], 0.5, 1e-16);
}

static void test_stationary_of_larger_chains(void **state)
{
    (void)state;
    uint64_t s = 21;
    for (int n = 1; n <= KURA_EXPM_MAX; n++) {
        double p[64], pi[8];
        for (int i = 0; i < n; i++) {
            double sum = 0;
            for (int j = 0; j < n; j++) sum += p[i * n + j] = next_uniform(&s);
            for (int j = 0; j < n; j++) p[i * n + j] /= sum;
        }
        kura_stationary(n, p, pi);
        double total = 0;
        for (int j = 0; j < n; j++) {
            double flow = 0;
            for (int i = 0; i < n; i++) flow += pi[i] * p[i * n + j];
            assert_close(flow, pi[j], 1e-15);
            total += pi[j];
        }
        assert_close(total, 1.0, 1e-15);
    }
    double nearly[4] = {1 - 1e-12, 1e-12, 3e-12, 1 - 3e-12}, pi[4];
    kura_stationary(2, nearly, pi);
    assert_close(pi[0], 0.75, 1e-15);
    double up[9] = {0.5, 0.5, 0, 0, 0.25, 0.75, 0, 0.5, 0.5}; /* state 0 is transient */
    kura_stationary(3, up, pi);
    assert_close(pi[0], 0.0, 0.0);
    assert_close(pi[1], 0.4, 1e-15);
    assert_close(pi[2], 0.6, 1e-15);
    double absorbed[4] = {1, 0, 0.3, 0.7};
    kura_stationary(2, absorbed, pi);
    assert_true(pi[0] == 1.0 && pi[1] == 0.0);
    double absorbed_up[4] = {0.7, 0.3, 0, 1};
    kura_stationary(2, absorbed_up, pi);
    assert_true(pi[0] == 0.0 && pi[1] == 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_regime), cmocka_unit_test(test_closed_forms),
                                       cmocka_unit_test(test_stationary_of_larger_chains)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
