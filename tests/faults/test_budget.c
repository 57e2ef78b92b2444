/* The plan of memory tells the truth: what `kura run` says it needs against the largest resident memory of
 * the process, and 1,000,000 paths take no more than 10,000. */
#include "frame_util.h"
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* One metal and one mine that fails: little to simulate, little to keep. */
static const char small[] =
    "format: 1\nname: budget\n"
    "run: {paths: 10000, step: 7 days, horizon: 26 weeks, focus: JPN}\n"
    "minerals: {metal: {forms: [refined]}}\n"
    "network:\n"
    "  sites: {m: {mineral: metal, form: refined, kind: mine, country: AUS, output: 100 t/year, spare: 20 "
    "%}}\n"
    "  trade: [{mineral: metal, form: refined, from: AUS, to: JPN, volume: 100 t/year, lag: 14 days}]\n"
    "  demand: [{mineral: metal, form: refined, country: JPN, sector: all, rate: 100 t/year}]\n"
    "hazards: {outages: {pits: {select: {kinds: [mine]}, mttf: 1 year, mttr: {exponential: {mean: 8 "
    "weeks}}}}}\n"
    "stockpiles: {s: {owner: national, country: JPN, mineral: metal, form: refined, opening: 30 days}}\n";

typedef struct {
    const char *paths, *threads, *set; /* set: "key=value", or NULL */
} run_of;

/* Largest resident memory of `kura run`, bytes. */
static double resident(const char *scenario, const run_of *r)
{
    struct rusage use;
    int status;
    char output[512];
    snprintf(output, sizeof output, "%s/budget.h5", KURA_TEST_TMP);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        dup2(null, 2);
        execl(KURA_BINARY, "kura", "run", scenario, "--paths", r->paths, "--threads", r->threads, "-o",
              output, "--force", "--progress", "none", r->set ? "--set" : (char *)NULL, r->set, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(wait4(child, &status, 0, &use), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    unlink(output);
    return 1024.0 * (double)use.ru_maxrss;
}

static double planned(const char *scenario, const run_of *r)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_run_plan plan;
    const kura_run_options options = {.paths = strtoull(r->paths, NULL, 10), .threads = atoi(r->threads)};
    assert_int_equal(kura_scenario_load(scenario, &r->set, r->set != NULL, &s, &diag, &err), KURA_OK);
    assert_int_equal(kura_run_estimate(s, &options, &plan, &err), KURA_OK);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    return (double)plan.bytes_total;
}

/* A tenth and 3 MB: what libraries, the allocator and the stacks of threads do differently elsewhere. */
static void assert_truthful(const char *scenario, const run_of *r)
{
    double plan = planned(scenario, r), used = resident(scenario, r);
    print_message("%s paths, %s threads, %s: planned %.1f MB, used %.1f MB\n", r->paths, r->threads,
                  r->set ? r->set : "as it is", plan / 1e6, used / 1e6);
    if (used > 1.1 * plan + 3e6) fail_msg("the run uses more than it says");
    if (plan > 1.1 * used + 3e6) fail_msg("the run says more than it uses");
}

static void test_plan_is_what_is_used(void **state)
{
    (void)state;
#ifdef SANITIZED
    print_message("a sanitizer needs memory of its own\n");
    skip();
#endif
    static const run_of runs[] = {{"512", "1", NULL},
                                  {"4096", "2", NULL},
                                  {"4096", "2", "run.horizon=200 years"},
                                  {"4096", "4", "tallies.dump=[unserved, stock_days]"},
                                  {"3000", "1", "tallies.trace_paths=3000"}};
    const char *scenario = put_file("budget.yaml", small);
    for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) assert_truthful(scenario, &runs[i]);
    const run_of networks = {"2048", "2", "run.horizon=10 years"};
    assert_truthful(KURA_SOURCE_DIR "/configs/elements/market-rules.yaml", &networks);
    const run_of study = {"20000", "2", "study.fresh_paths=10000"};
    assert_truthful(KURA_SOURCE_DIR "/configs/elements/study.yaml", &study);
    const run_of causes = {"4096", "2", NULL};
    assert_truthful(KURA_SOURCE_DIR "/configs/elements/leave-out.yaml", &causes);
}

/* A hundred times the paths, the same memory: 1.5 MB of noise against 152 MB of metrics and 8 MB a column. */
static void test_paths_take_no_memory(void **state)
{
    (void)state;
#ifdef SANITIZED
    skip();
#endif
    const char *scenario = put_file("budget.yaml", small);
    static const char *const threads[] = {"1", "2"};
    for (int i = 0; i < 2; i++) {
        const run_of few = {"10000", threads[i], NULL}, many = {"1000000", threads[i], NULL};
        double a = resident(scenario, &few), b = resident(scenario, &many);
        print_message("%s threads: 10,000 paths %.1f MB, 1,000,000 paths %.1f MB\n", threads[i], a / 1e6,
                      b / 1e6);
        if (fabs(b - a) > 1.5e6) fail_msg("memory depends on the number of paths");
        assert_truthful(scenario, &many);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_plan_is_what_is_used),
                                       cmocka_unit_test(test_paths_take_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
