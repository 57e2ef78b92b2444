/* A run that is told to stop gives no result, wherever it stands: in a batch or between two. */
#include "frame_util.h"
#include <time.h>

enum { PATHS = 4096, BATCH = 256 };

static const char yaml[] =
    "format: 1\n"
    "name: interrupted\n"
    "run: {paths: 4096, seed: 1, step: 1 day, steps: 3, focus: JPN}\n"
    "minerals: {metal: {forms: [good]}}\n"
    "network:\n"
    "  sites: {home: {mineral: metal, form: good, country: JPN, kind: supply, output: 1 t/day}}\n"
    "  demand: [{mineral: metal, form: good, country: JPN, rate: 1 t/day}]\n";

typedef struct {
    uint64_t at, last; /* paths at which to stop; paths told last */
    int calls;
} watcher;

/* Takes longer than the least time between two reports, so that every bundle is reported. */
static int step(void *user, uint64_t done, uint64_t total, double seconds)
{
    watcher *w = user;
    const struct timespec pause = {0, 110000000};
    (void)total, (void)seconds;
    w->calls++;
    w->last = done;
    if (w->at <= PATHS) nanosleep(&pause, NULL);
    return done == w->at;
}

static kura_status run_until(uint64_t at, watcher *w)
{
    kura_scenario *s = NULL;
    kura_result *result = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    *w = (watcher){.at = at};
    kura_run_options o = {.threads = 1, .progress = step, .user = w};
    assert_int_equal(kura_scenario_load(put_file("interrupt.yaml", yaml), NULL, 0, &s, &diag, &err), KURA_OK);
    kura_status st = kura_run(s, &o, &result, &err);
    assert_int_equal(result == NULL, st != KURA_OK);
    kura_result_free(result);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    return st;
}

static void test_interrupt(void **state)
{
    (void)state;
    watcher w;
    assert_int_equal(run_until(128, &w), KURA_E_INTERRUPTED); /* in a batch */
    assert_int_equal(w.last, 128);
    assert_int_equal(run_until(BATCH, &w), KURA_E_INTERRUPTED); /* between two */
    assert_int_equal(w.last, BATCH);
    assert_int_equal(w.calls, BATCH / KURA_LANES);
    assert_int_equal(run_until(PATHS + 1, &w), KURA_OK); /* never asked */
    assert_int_equal(w.last, PATHS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_interrupt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
