/* Durations by number of the event: drawn for all lanes or one by one, they are those of their address. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#define KURA_ISA baseline /* names in lanes.h; nothing of it is called */
#include "sim/lanes/renewal.h"

/* Lanes ask in turn, as in the kernel: each for a number of events of its own. */
static void compare(kura_dist_kind kind, double a, double b, double expected)
{
    kura_dist law;
    kura_stream s;
    renewal r;
    uint64_t first_path = 1024 * 5 + 64;
    assert_int_equal(kura_dist_init(&law, NULL, kind, a, b, NULL), KURA_OK);
    kura_stream_init(&s, 3, "outage.up/site:x");
    renewal_start(&r, &s, &law, expected, first_path);
    assert_true(r.most >= 0 && r.most <= RENEWAL_ROWS);
    for (int l = 0; l < L; l++)
        for (uint64_t e = 0; e < (uint64_t)(l * 7 % 40); e++) {
            double u = kura_stream_uniform(&s, first_path + (uint64_t)l, e * RENEWAL_SLOTS);
            double want = kura_max(0, kura_dist_quantile(&law, u));
            assert_int_equal(kura_bits(renewal_at(&r, l, e)), kura_bits(want));
        }
    assert_int_equal(r.n, r.most); /* 39 events: all rows worth drawing were drawn */
}

static void test_address(void **state)
{
    (void)state;
    static const double expected[] = {0, 0.1, 1, 3.3, 20, 1e6};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        compare(KURA_DIST_EXPONENTIAL, 52, 0, expected[i]);
        compare(KURA_DIST_WEIBULL, 100, 1.5, expected[i]);
        compare(KURA_DIST_LOGNORMAL, 1.6, 0.8, expected[i]);
        compare(KURA_DIST_NORMAL, 1, 2, expected[i]); /* half of a tail below 0 */
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_address)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
