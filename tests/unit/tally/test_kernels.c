/* Every instruction set has kernels of its own: none is another one under a second name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "sim/work.h"
#include "tally/block.h"
#include <string.h>

static void test_bundles_are_distinct(void **state)
{
    (void)state;
    int present = 0;
    for (int i = 0; i < KURA_ISA_COUNT; i++) {
        kura_bundle_fn *own = kura_bundle_for((kura_isa)i);
        assert_int_equal(own != NULL, kura_isa_present((kura_isa)i));
        present += own != NULL;
        for (int k = 0; k < i && own; k++) assert_true(own != kura_bundle_for((kura_isa)k));
    }
    print_message("%d instruction sets\n", present);
    assert_true(present >= 1);
}

/* Tallies likewise. */
static void test_blocks_count_with_their_own_kernel(void **state)
{
    (void)state;
    km_model model;
    kura_tally tally;
    memset(&model, 0, sizeof model);
    memset(&tally, 0, sizeof tally);
    tally.model = &model;
    kura_observe_fn *seen[KURA_ISA_COUNT] = {0};
    for (int i = 0; i < KURA_ISA_COUNT; i++) {
        if (!kura_isa_present((kura_isa)i)) continue;
        kura_tally_block *block = kura_tally_block_new(&tally, (kura_isa)i);
        assert_non_null(block);
        seen[i] = block->observe;
        for (int k = 0; k < i; k++) assert_true(seen[i] != seen[k]);
        kura_tally_block_free(block);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_bundles_are_distinct),
                                       cmocka_unit_test(test_blocks_count_with_their_own_kernel)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
