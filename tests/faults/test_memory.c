/* Memory that runs out: every single allocation of a run fails once.  The run must say so, free what it took,
 * and the next run must give the same result.  The arena is compiled in here, one block an allocation, in
 * place of the library's. */
#include <stdlib.h>

static void *failing_malloc(size_t n);
static int failing_memalign(void **out, size_t align, size_t n);
static void counting_free(void *p);

#undef KURA_ARENA_GUARDED
#define KURA_ARENA_GUARDED 1
#define malloc failing_malloc
#define posix_memalign failing_memalign
#define free counting_free
#include "base/arena.c"
#undef malloc
#undef posix_memalign
#undef free

#include "frame_util.h"
#include "rich_scenario.h"

static long calls, fail_at; /* 0: none fails */
static long in_use;         /* blocks of arenas */

static int fails(void) { return ++calls == fail_at; }
static void *failing_malloc(size_t n)
{
    void *p = fails() ? NULL : malloc(n);
    in_use += p != NULL;
    return p;
}
static int failing_memalign(void **out, size_t align, size_t n)
{
    if (fails() || posix_memalign(out, align, n)) return 12;
    in_use++;
    return 0;
}
static void counting_free(void *p)
{
    in_use -= p != NULL;
    free(p);
}

/* One run; with a name its result goes to that file, for its digest. */
static kura_status one_run(const kura_scenario *s, const char *name, char digest[65])
{
    const kura_run_options options = {.threads = 1};
    kura_result *result = NULL;
    kura_error err = {0};
    kura_status st = kura_run(s, &options, &result, &err);
    if (st) {
        assert_null(result);
        assert_int_equal(err.code, st);
        assert_true(strlen(err.message) > 0);
        return st;
    }
    if (name) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", KURA_TEST_TMP, name);
        assert_int_equal(kura_result_write(result, path, 1, 0, &err), KURA_OK);
        assert_int_equal(kura_file_digest(path, digest, &err), KURA_OK);
        unlink(path);
    }
    kura_result_free(result);
    return KURA_OK;
}

static void test_every_allocation(void **state)
{
    (void)state;
    static const char *const few[] = {"run={paths: 2, steps: 3, burn_in: 1 week, focus: JPN}"};
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    char before[65], after[65];
    if (kura_scenario_load(put_file("memory.yaml", RICH_SCENARIO), few, 1, &s, &diag, &err)) {
        print_messages(&diag);
        fail_msg("%s", err.message);
    }
    kura_diag_fini(&diag);
    assert_int_equal(one_run(s, "memory-before.h5", before), KURA_OK);
    calls = 0;
    assert_int_equal(one_run(s, NULL, NULL), KURA_OK);
    long all = calls;
    print_message("%ld allocations\n", all);
    assert_true(all > 300);
    long taken = in_use;
    for (long k = 1; k <= all; k++) {
        calls = 0, fail_at = k;
        kura_status st = one_run(s, NULL, NULL);
        if (in_use != taken)
            fail_msg("allocation %ld fails, %ld blocks are not given back", k, in_use - taken);
        if (st != KURA_E_MEMORY) fail_msg("allocation %ld of %ld fails, the run says %d", k, all, (int)st);
    }
    fail_at = 0;
    assert_int_equal(one_run(s, NULL, NULL), KURA_OK);
    assert_int_equal(in_use, taken);
    assert_int_equal(one_run(s, "memory-after.h5", after), KURA_OK);
    assert_string_equal(before, after);
    kura_scenario_free(s);
    assert_int_equal(in_use, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
