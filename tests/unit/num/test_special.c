/* Gamma, incomplete gamma and beta, binomial probabilities: values computed with mpmath at 30 to 50 digits.
 */
#include "num_test.h"
#include "num/special.h"

static void test_lgamma(void **state)
{
    (void)state;
    static const double rows[][2] = {{0.05, 2.9688792010517307685},
                                     {0.5, 0.57236494292470008707},
                                     {1.0, 0.0},
                                     {1.5, -0.12078223763524522235},
                                     {2.0, 0.0},
                                     {3.7, 1.4280723266653881292},
                                     {15.5, 26.536914491115613624},
                                     {16.0, 27.899271383840891566},
                                     {123.25, 468.61448295051664423},
                                     {1e5, 1051287.7089736568949},
                                     {1e9, 19723265827.503716771}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_close(kura_lgamma(rows[i][0]), rows[i][1], 3e-15 * (1 + fabs(rows[i][1])));
}

static void assert_tails(double p, double q, double want_p, double want_q, double tolerance)
{
    assert_close(p, want_p, tolerance * (want_p < 0.5 ? want_p : 1));
    assert_close(q, want_q, tolerance * (want_q < 0.5 ? want_q : 1));
}

static void test_incomplete_gamma(void **state)
{
    (void)state;
    static const double rows[][4] = {
        {0.5, 0.1, 0.34527915398142298, 0.65472084601857702},
        {0.5, 3.0, 0.98569412156457036, 0.0143058784354296395},
        {0.6666666666666666, 0.01, 0.0512113482491638754, 0.948788651750836125},
        {0.6666666666666666, 5.0, 0.997247460651498884, 0.00275253934850111649},
        {10.0, 3.0, 0.00110248813011547974, 0.99889751186988452},
        {10.0, 11.0, 0.659489357534338953, 0.340510642465661047},
        {10.0, 30.0, 0.999992878249137184, 7.12175086281557709e-6},
        {0.05, 1e-09, 0.364470297427576815, 0.635529702572423185},
        {200.0, 180.0, 0.0748580349841595819, 0.925141965015840418},
        {200.0, 260.0, 0.999952499875556991, 0.0000475001244430087564},
    };
    double p, q;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kura_gamma_pq(rows[i][0], rows[i][1], &p, &q);
        assert_tails(p, q, rows[i][2], rows[i][3], 2e-14);
    }
    kura_gamma_pq(3.0, 0.0, &p, &q);
    assert_true(p == 0.0 && q == 1.0);
}

static void test_incomplete_beta(void **state)
{
    (void)state;
    static const double rows[][5] = {
        {2.0, 5.0, 0.25, 0.466064453125, 0.533935546875},
        {0.5, 0.5, 0.0078125, 0.0563432964759992491, 0.943656703524000751},
        {0.5, 0.5, 0.9375, 0.839138753489667512, 0.160861246510332488},
        {1.0, 1.0, 0.375, 0.375, 0.625},
        {300.0, 20.0, 0.9375, 0.473110488908341231, 0.526889511091658769},
        {300.0, 20.0, 0.875, 0.0000857817458042658276, 0.999914218254195734},
        {0.0625, 7.0, 1e-09, 0.318256042873329546, 0.681743957126670454},
        {1e5, 1e5, 0.498046875, 0.0403245161306331883, 0.959675483869366812},
        {1e5, 1e5, 0.5, 0.5, 0.5},
    };
    double p, q;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        kura_beta_pq(rows[i][0], rows[i][1], rows[i][2], 1 - rows[i][2], &p, &q);
        assert_tails(p, q, rows[i][3], rows[i][4], 1e-13);
        kura_beta_pq(rows[i][1], rows[i][0], 1 - rows[i][2], rows[i][2], &q, &p);
        assert_tails(p, q, rows[i][3], rows[i][4], 1e-13);
    }
    kura_beta_pq(2.0, 3.0, 0.0, 1.0, &p, &q);
    assert_true(p == 0.0 && q == 1.0);
    kura_beta_pq(2.0, 3.0, 1.0, 0.0, &p, &q);
    assert_true(p == 1.0 && q == 0.0);
}

static void test_binomial(void **state)
{
    (void)state;
    static const double rows[][4] = {
        {0, 10, 0.25, 0.0563135147094726563},
        {10, 10, 0.25, 9.5367431640625e-7},
        {3, 10, 0.25, 0.25028228759765625},
        {500, 1000, 0.5, 0.0252250181783608019},
        {999990, 1000000, 0.99999, 0.12511066127589931},
        {500000123, 1000000000, 0.5, 0.0000252305617760063207},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_close(kura_binomial_pmf(rows[i][0], rows[i][1], rows[i][2]), rows[i][3], 2e-13 * rows[i][3]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lgamma), cmocka_unit_test(test_incomplete_gamma),
                                       cmocka_unit_test(test_incomplete_beta),
                                       cmocka_unit_test(test_binomial)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
