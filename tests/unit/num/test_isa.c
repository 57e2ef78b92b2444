/* Instruction sets: names, presence, equal bits on every one present, and the self-check as a user sees it.
 */
#include "num_test.h"
#include "num/isa.h"
#include "num/lanes/probe.h"
#include "num/selfcheck.h"
#include <string.h>

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < KURA_ISA_COUNT; i++) {
        kura_isa isa = KURA_ISA_COUNT;
        assert_int_equal(kura_isa_parse(kura_isa_name((kura_isa)i), &isa), 0);
        assert_int_equal((int)isa, i);
    }
    kura_isa isa = KURA_ISA_V3;
    assert_int_not_equal(kura_isa_parse("sse", &isa), 0);
    assert_int_not_equal(kura_isa_parse("", &isa), 0);
    assert_int_equal((int)isa, KURA_ISA_V3);
    assert_string_equal(kura_isa_name(KURA_ISA_COUNT), "unknown");
}

static void test_presence(void **state)
{
    (void)state;
    assert_true(kura_isa_present(KURA_ISA_BASELINE));
    assert_true(kura_isa_present(kura_isa_best()));
    assert_false(kura_isa_present(KURA_ISA_COUNT));
    if (kura_isa_present(KURA_ISA_V4) && kura_num_probe(KURA_ISA_V3))
        assert_true(kura_isa_present(KURA_ISA_V3));
#if defined(__GNUC__) && defined(__x86_64__)
    if (kura_num_probe(KURA_ISA_V3))
        assert_int_equal(kura_isa_present(KURA_ISA_V3),
                         __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"));
    if (kura_num_probe(KURA_ISA_V4))
        assert_int_equal(kura_isa_present(KURA_ISA_V4),
                         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"));
#endif
}

static void test_equal_bits(void **state)
{
    (void)state;
    uint64_t reference[KURA_PROBE_COUNT], out[KURA_PROBE_COUNT];
    kura_num_probe(KURA_ISA_BASELINE)(reference);
    for (int i = 0; i < KURA_ISA_COUNT; i++) {
        if (!kura_isa_present((kura_isa)i)) {
            print_message("instruction set %s is absent\n", kura_isa_name((kura_isa)i));
            continue;
        }
        kura_num_probe((kura_isa)i)(out);
        assert_memory_equal(out, reference, sizeof out);
    }
}

typedef struct {
    int lines, bad, stop_after;
} tally;

static int count_line(void *user, const char *name, int ok, const char *detail)
{
    tally *t = user;
    assert_true(strlen(name) > 0 && strlen(detail) > 0);
    t->bad += !ok;
    return ++t->lines == t->stop_after;
}

static void test_selfcheck(void **state)
{
    (void)state;
    tally all = {0, 0, 0}, some = {0, 0, 2};
    assert_int_equal(kura_num_selfcheck(count_line, &all), 0);
    assert_int_equal(all.bad, 0);
    assert_true(all.lines >= 6);
    assert_int_equal(kura_num_selfcheck(NULL, NULL), 0);
    kura_num_selfcheck(count_line, &some);
    assert_int_equal(some.lines, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names), cmocka_unit_test(test_presence),
                                       cmocka_unit_test(test_equal_bits), cmocka_unit_test(test_selfcheck)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
