/* Exact accumulator: permutations and merges give the same words, rounding of addends and of the value,
 * limits. */
#include "num_test.h"
#include "num/acc.h"
#include "num/math.h"
#include <string.h>

#define TERMS 2000

static void fill(double *x, uint64_t seed)
{
    for (int i = 0; i < TERMS; i++) {
        double u = next_uniform(&seed), scale = ldexp(1.0, (int)(next_uniform(&seed) * 180.0) - 75);
        x[i] = (u - 0.5) * scale;
    }
}

static void add(kura_acc *acc, double x) { assert_int_equal(kura_acc_add(acc, x), 0); }

static void test_order_does_not_matter(void **state)
{
    (void)state;
    double x[TERMS];
    kura_acc forward = {{0}}, shuffled = {{0}}, parts[7] = {{{0}}}, merged = {{0}};
    fill(x, 11);
    for (int i = 0; i < TERMS; i++) add(&forward, x[i]);
    for (int i = 0; i < TERMS; i++) add(&shuffled, x[i * 1237 % TERMS]);
    for (int i = 0; i < TERMS; i++) add(&parts[i % 7], x[i]);
    for (int i = 0; i < 7; i++) assert_int_equal(kura_acc_merge(&merged, &parts[(i * 3 + 2) % 7]), 0);
    assert_memory_equal(&forward, &shuffled, sizeof forward);
    assert_memory_equal(&forward, &merged, sizeof forward);
    for (int i = 0; i < TERMS; i++) add(&forward, -x[i]);
    for (int i = 0; i < 3; i++) assert_int_equal(forward.w[i], 0);
    assert_true(kura_bits(kura_acc_value(&forward)) == 0);
}

static void test_rounding_of_addends(void **state)
{
    (void)state;
    static const struct {
        double x, want; /* in units of 2^-64 */
    } cases[] = {{0.5, 0},
                 {0x1.0000000000001p-1, 1},
                 {1.5, 2},
                 {2.5, 2},
                 {0.49999, 0},
                 {3, 3},
                 {1e-300, 0},
                 {0.75, 1},
                 {0x1p52 + 0.5, 0x1p52},
                 {0x1p52 + 1.5, 0x1p52 + 2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int sign = -1; sign <= 1; sign += 2) {
            kura_acc acc = {{0}};
            add(&acc, sign * cases[i].x * 0x1p-64);
            assert_true(kura_acc_value(&acc) == sign * cases[i].want * 0x1p-64);
        }
    kura_acc acc = {{0}};
    add(&acc, 0x1p-1074);
    add(&acc, -0x1p-1074);
    add(&acc, -0.0);
    assert_true(acc.w[0] == 0 && acc.w[1] == 0 && acc.w[2] == 0);
}

static void test_value_is_nearest(void **state)
{
    (void)state;
    kura_acc acc = {{0}};
    add(&acc, 0x1p60);
    add(&acc, 0x1p7); /* half an ulp of 2^60: to even */
    assert_true(kura_acc_value(&acc) == 0x1p60);
    add(&acc, 0x1p-64); /* just above */
    assert_true(kura_acc_value(&acc) == 0x1p60 + 0x1p8);
    add(&acc, -0x1p-63); /* just below */
    assert_true(kura_acc_value(&acc) == 0x1p60);
    acc = (kura_acc){{0}};
    add(&acc, 0x1.fffffffffffffp59); /* rounds up to the next power of two */
    add(&acc, 0x1p6);
    add(&acc, 0x1p5);
    assert_true(kura_acc_value(&acc) == 0x1p60);
    uint64_t s = 3;
    for (int i = 0; i < 20000;
         i++) { /* every double inside the range that is a multiple of 2^-64 comes back */
        double x = ldexp(next_uniform(&s) - 0.5, (int)(next_uniform(&s) * 130.0) - 9);
        acc = (kura_acc){{0}};
        add(&acc, x);
        assert_true(kura_acc_value(&acc) == x || fabs(x) < 0x1p-11);
        assert_true(fabs(kura_acc_value(&acc) - x) <= 0x1p-65);
    }
    acc = (kura_acc){{0}};
    add(&acc, 0x1p53);
    add(&acc, 3.0); /* a tie above an odd mantissa: to even, so up */
    assert_true(kura_acc_value(&acc) == 0x1p53 + 4);
    add(&acc, -2.0); /* and below it, down */
    assert_true(kura_acc_value(&acc) == 0x1p53);
}

static void test_sum_of_squares_of_many(void **state)
{
    (void)state;
    kura_acc acc = {{0}};
    for (int i = 1; i <= 100000; i++) add(&acc, (double)i * i);
    assert_true(kura_acc_value(&acc) == 333338333350000.0);
    for (int i = 1; i <= 3; i++) add(&acc, 1.0 / 3.0);
    assert_true(kura_acc_value(&acc) == 333338333350001.0);
}

static void test_limits(void **state)
{
    (void)state;
    kura_acc acc = {{7, 0, 0}}, before = acc;
    assert_int_not_equal(kura_acc_add(&acc, NAN), 0);
    assert_int_not_equal(kura_acc_add(&acc, INFINITY), 0);
    assert_int_not_equal(kura_acc_add(&acc, -INFINITY), 0);
    assert_int_not_equal(kura_acc_add(&acc, 0x1.0000000000001p120), 0);
    assert_memory_equal(&acc, &before, sizeof acc);
    acc = (kura_acc){{0}};
    for (int i = 0; i < 127; i++) add(&acc, 0x1p120);
    before = acc;
    assert_int_not_equal(kura_acc_add(&acc, 0x1p120), 0);
    assert_int_not_equal(kura_acc_merge(&acc, &before), 0);
    assert_memory_equal(&acc, &before, sizeof acc);
    assert_true(kura_acc_value(&acc) == 127 * 0x1p120);
    acc = (kura_acc){{0}};
    for (int i = 0; i < 128; i++) add(&acc, -0x1p120);
    assert_true(kura_acc_value(&acc) == -0x1p127);
    assert_int_not_equal(kura_acc_add(&acc, -1.0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_does_not_matter),
        cmocka_unit_test(test_rounding_of_addends),
        cmocka_unit_test(test_value_is_nearest),
        cmocka_unit_test(test_sum_of_squares_of_many),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
