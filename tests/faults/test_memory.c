/* Memory that runs out: every single allocation of a run fails once.  The run must say so, free what it took,
 * and the next run must give the same result.  The arena is compiled in here, one block an allocation, in
 * place of the library's. */
#include <stdlib.h>

static void *failing_malloc(size_t n);
static int failing_memalign(void **out, size_t align, size_t n);

#undef KURA_ARENA_GUARDED
#define KURA_ARENA_GUARDED 1
#define malloc failing_malloc
#define posix_memalign failing_memalign
#include "base/arena.c"
#undef malloc
#undef posix_memalign

#include "frame_util.h"

static long calls, fail_at; /* 0: none fails */

static int fails(void) { return ++calls == fail_at; }
static void *failing_malloc(size_t n) { return fails() ? NULL : malloc(n); }
static int failing_memalign(void **out, size_t align, size_t n)
{
    return fails() ? 12 : posix_memalign(out, align, n);
}

/* A little of everything that takes memory of its own. */
static const char yaml[] =
    "format: 1\n"
    "name: memory\n"
    "run: {paths: 2, steps: 3, burn_in: 1 week, focus: JPN}\n"
    "market: {panic: 0.5, front_loading: 0.2}\n"
    "minerals:\n"
    "  a: {forms: [ore, metal], price: {initial: 1000 USD/t, half_life: 3 years, volatility: 20 "
    "%/sqrt(year), scarcity: 2},\n"
    "      demand_response: {elasticity: 0.1, substitution: {limit: 20 %, lag: 1 year}}}\n"
    "  b: {forms: [metal]}\n"
    "network:\n"
    "  sites:\n"
    "    mine: {mineral: a, form: ore, country: CHN, kind: mine, output: 16 t/step, spare: 10 %, plants: 2}\n"
    "    plant: {mineral: a, form: metal, country: CHN, kind: refine, output: 12 t/step, yield: 75 %, lag: "
    "14 days}\n"
    "    by: {mineral: b, form: metal, country: CHN, kind: mine, output: 4 t/step}\n"
    "  trade:\n"
    "    - {mineral: a, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 2, routes: [strait], "
    "leak: 5 %, leak_via: AUS}\n"
    "    - {mineral: a, form: metal, from: CHN, to: AUS, volume: 0 t/step, lag_steps: 1}\n"
    "    - {mineral: b, form: metal, from: CHN, to: JPN, volume: 4 t/step, lag_steps: 1}\n"
    "  demand:\n"
    "    - {mineral: a, form: metal, country: JPN, sector: x, rate: 12 t/step}\n"
    "    - {mineral: b, form: metal, country: JPN, rate: 4 t/step}\n"
    "  hosts: [{site: by, host: mine, share: 50 %}]\n"
    "hazards:\n"
    "  regimes: {CHN: {tension: 1 /year, coercion: 1 /year, relax: 1 /year, ease: 1 /year}}\n"
    "  restrictions:\n"
    "    r: {exporter: CHN, minerals: all, onset: {normal: 1 /year, tension: 2 /year, coercion: 4 /year},\n"
    "        types: {t: {severity: 50 %, duration: 4 weeks, notice: 2 weeks}}, contagion: {minerals: 2}}\n"
    "  outages: {o: {select: {kinds: [mine]}, mttf: 1 year, mttr: {lognormal: {median: 4 weeks, sigma: "
    "0.8}}}}\n"
    "  shocks: {s: {country: CHN, rate: 2 /year, severity: 20 %, duration: 2 weeks, process: continuous, "
    "hits: [{select: {kinds: [mine]}}]}}\n"
    "  chokepoints: {strait: {rate: 1 /year, duration: 2 weeks, capacity_loss: 50 %}}\n"
    "correlation: {factors: [f], loadings: {regime/CHN: {f: 0.5}, price/a: {f: 0.3}}, t: {f: 4}}\n"
    "stockpiles:\n"
    "  own: {owner: national, country: JPN, mineral: a, form: metal, opening: 30 days, sectors: [x], refill: "
    "{at_most: 1 t/step}}\n"
    "  old: {owner: private, country: JPN, mineral: a, form: metal, opening: 30 days, shelf_life: 8 weeks}\n"
    "tallies: {trace_paths: 3, adequacy: {points: 5}}\n";

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
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    char before[65], after[65];
    if (kura_scenario_load(put_file("memory.yaml", yaml), NULL, 0, &s, &diag, &err)) {
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
    for (long k = 1; k <= all; k++) {
        calls = 0, fail_at = k;
        kura_status st = one_run(s, NULL, NULL);
        if (st != KURA_E_MEMORY) fail_msg("allocation %ld of %ld fails, the run says %d", k, all, (int)st);
    }
    fail_at = 0;
    assert_int_equal(one_run(s, "memory-after.h5", after), KURA_OK);
    assert_string_equal(before, after);
    kura_scenario_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
