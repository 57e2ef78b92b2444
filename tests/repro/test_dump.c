/* tallies.dump: the series of every path agree with the metrics and traces of the same run to the last bit,
 * change nothing else, and do not depend on threads. */
#include "frame_util.h"
#include "rich_scenario.h"

static const char *const all = "tallies.dump=[demand, unserved, gross_unserved, stock_days, price]";

static run_result run_rich(const char *const *sets, size_t n, uint64_t paths, int threads, const char *name)
{
    const kura_run_options o = {.paths = paths, .threads = threads, .has_seed = 1, .seed = 3};
    return run_file(put_file("dump.yaml", RICH_SCENARIO), sets, n, &o, name);
}

static int64_t dim(const run_result *r, const char *group, const char *name)
{
    return kura_frame_dim_size(kura_frame_find(r->frame, group), name);
}

/* The sum over the steps, in the order of the tally; masses are whole quanta, so any order gives the same. */
static void assert_sums(const run_result *r, const char *series, const char *metric)
{
    int64_t N = dim(r, "samples", "path"), T = dim(r, "dump", "time"), n = dim(r, "dump", "mineral");
    const double *x = numbers(r, "dump", series), *want = numbers(r, "samples", metric);
    int some = 0;
    assert_int_equal(dim(r, "dump", "path"), N);
    for (int64_t m = 0; m < n; m++)
        for (int64_t p = 0; p < N; p++) {
            double sum = 0;
            for (int64_t t = 0; t < T; t++) sum += x[(m * T + t) * N + p];
            if (sum != want[m * N + p])
                fail_msg("%s of mineral %d on path %d: %.17g, /samples says %.17g", series, (int)m, (int)p,
                         sum, want[m * N + p]);
            some += sum > 0;
        }
    if (!some) fail_msg("%s is 0 everywhere", series);
}

/* Largest price of a path; the path's metric to the last bit. */
static void assert_peak(const run_result *r)
{
    int64_t N = dim(r, "samples", "path"), T = dim(r, "dump", "time");
    const double *x = numbers(r, "dump", "price"), *want = numbers(r, "samples", "peak_price");
    for (int64_t p = 0; p < N; p++) {
        double peak = 0;
        for (int64_t t = 0; t < T; t++) peak = fmax(peak, x[t * N + p]);
        assert_true(peak == want[p]);
    }
    for (int64_t i = 0; i < T * N; i++) assert_true(isnan(x[T * N + i])); /* b has no price */
}

/* Smallest and mean stock of a step, against the curve of /summary. */
static void assert_stock(const run_result *r)
{
    int64_t N = dim(r, "samples", "path"), T = dim(r, "dump", "time");
    const double *x = numbers(r, "dump", "stock_days"), *mean = numbers(r, "summary", "stock_days");
    for (int64_t t = 0; t < T; t++) {
        double sum = 0;
        for (int64_t p = 0; p < N; p++) sum += x[t * N + p];
        if (!(fabs(sum / (double)N - mean[t]) <= 1e-12 * mean[t]))
            fail_msg("stock in step %d: %.17g, the curve says %.17g", (int)t, sum / (double)N, mean[t]);
    }
}

static void assert_traced(const run_result *r)
{
    int64_t N = dim(r, "samples", "path"), T = dim(r, "dump", "time"), traced = dim(r, "paths", "path");
    const double *x = numbers(r, "dump", "unserved"), *u = numbers(r, "paths", "unserved");
    assert_int_equal(traced, 3);
    for (int64_t t = 0; t < T; t++)
        for (int64_t p = 0; p < traced; p++) assert_true(x[t * N + p] == u[t * traced + p]);
}

static void test_series_are_those_of_the_run(void **state)
{
    (void)state;
    static const uint64_t paths[] = {1, 64, 1091};
    for (int i = 0; i < 3; i++) {
        run_result r = run_rich(&all, 1, paths[i], 2, "dump");
        if (paths[i] > 3) {
            assert_sums(&r, "demand", "demand");
            assert_sums(&r, "unserved", "unserved");
            assert_sums(&r, "gross_unserved", "gross_unserved");
            assert_traced(&r);
        }
        assert_peak(&r);
        assert_stock(&r);
        drop(&r);
    }
}

/* Equal but for /dump and the scenario's text. */
static void assert_rest_equal(const run_result *a, const run_result *b)
{
    static const char *const groups[] = {"summary", "adequacy", "histograms", "samples", "paths", "events"};
    for (size_t k = 0; k < sizeof groups / sizeof *groups; k++) {
        const kf_group *g = kura_frame_find(a->frame, groups[k]), *h = kura_frame_find(b->frame, groups[k]);
        assert_true(g && h && g->nvariables == h->nvariables);
        for (int v = 0; v < g->nvariables; v++) {
            const kf_variable *x = &g->variables[v], *y = &h->variables[v];
            assert_string_equal(x->name, y->name);
            if (x->type != KF_F64) continue;
            assert_memory_equal(x->data, y->data, (size_t)kura_frame_size(g, x) * sizeof(double));
        }
    }
}

static void test_nothing_else_changes(void **state)
{
    (void)state;
    run_result with = run_rich(&all, 1, 2500, 2, "dump-with"),
               without = run_rich(NULL, 0, 2500, 1, "dump-no");
    assert_rest_equal(&with, &without);
    assert_null(kura_frame_find(without.frame, "dump"));
    run_result alone = run_rich(&all, 1, 2500, 1, "dump-alone");
    assert_string_equal(with.digest, alone.digest);
    drop(&with);
    drop(&without);
    drop(&alone);
}

/* More steps than a chunk holds, and the stages of a run that stops. */
static void test_long_and_staged(void **state)
{
    (void)state;
    const char *const hours[] = {"run={paths: 70, step: 1 hour, steps: 4500, focus: JPN}", all};
    run_result r = run_rich(hours, 2, 70, 1, "dump-long");
    assert_int_equal(dim(&r, "dump", "time"), 4500);
    assert_sums(&r, "unserved", "unserved");
    assert_stock(&r);
    drop(&r);
    const char *const staged[] = {all, "run.stop_when={relative: 20 %}"};
    r = run_rich(staged, 2, 5000, 2, "dump-staged");
    assert_true(dim(&r, "dump", "path") >= 2048 && dim(&r, "dump", "path") <= 5000);
    assert_sums(&r, "unserved", "unserved");
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_series_are_those_of_the_run),
                                       cmocka_unit_test(test_nothing_else_changes),
                                       cmocka_unit_test(test_long_and_staged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
