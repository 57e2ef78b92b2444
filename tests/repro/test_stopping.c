/* A run that stops at a precision [8.13]: how many paths it takes depends on the scenario and the seed alone,
 * and its numbers are those of a plain run of as many paths, to the last bit. */
#include "frame_util.h"
#include <time.h>

#define CASE KURA_SOURCE_DIR "/tests/trust/case.yaml"
#define COVER                                                                                                \
    "run.stop_when={relative: 6 %, minerals: [cover], watch: [loss_of_load_expectation, "                    \
    "expected_unserved, shortage_probability_any, required_stock_days]}"

static run_result run_set(const char *set, const char *more, uint64_t paths, int threads, const char *isa,
                          const char *name)
{
    const char *sets[] = {set, more};
    kura_run_options o = {.paths = paths, .threads = threads, .isa = isa};
    return run_file(CASE, sets, more ? 2 : 1, &o, name);
}

static int64_t looks_of(const run_result *r)
{
    return kura_frame_dim_size(kura_frame_find(r->frame, "stopping"), "paths");
}

static double fact(const run_result *r, const char *group, const char *name)
{
    const kf_group *g = kura_frame_find(r->frame, group);
    const kf_attr *a = kura_frame_find_attr(g->nattrs, g->attrs, name);
    assert_non_null(a);
    return a->f64[0];
}

static uint64_t paths_of(const run_result *r)
{
    const kf_attr *a = kura_frame_find_attr(r->frame->nattrs, r->frame->attrs, "paths");
    assert_non_null(a);
    return (uint64_t)a->f64[0];
}

static const int8_t *flags_of(const run_result *r, const char *group, const char *name)
{
    return variable(r, group, name)->data;
}

/* Every variable of the group in `b` is in `a`, with the same bits. */
static void assert_same_group(const run_result *a, const run_result *b, const char *group)
{
    const kf_group *of_b = kura_frame_find(b->frame, group);
    assert_non_null(of_b);
    assert_true(of_b->nvariables > 0);
    for (int i = 0; i < of_b->nvariables; i++) {
        const kf_variable *y = &of_b->variables[i], *x = variable(a, group, y->name);
        int64_t n = size_of(b, group, y->name);
        assert_int_equal(x->type, y->type);
        assert_int_equal(size_of(a, group, y->name), n);
        for (int64_t k = 0; k < n; k++)
            if (y->type == KF_STRING)
                assert_string_equal(((const char *const *)x->data)[k], ((const char *const *)y->data)[k]);
        size_t bytes = y->type == KF_F64 ? 8 : y->type == KF_I32 ? 4 : 1;
        if (y->type != KF_STRING && memcmp(x->data, y->data, (size_t)n * bytes) != 0)
            fail_msg("%s/%s differs", group, y->name);
    }
}

/* More traced paths are asked for than the run has. */
static void test_same_as_plain(void **state)
{
    (void)state;
    run_result a =
        run_set("run.stop_when={relative: 20 %, minerals: [cover], watch: [loss_of_load_expectation, "
                "required_stock_days]}",
                "tallies.trace_paths=9000", 1 << 20, 0, NULL, "stopped");
    uint64_t n = paths_of(&a);
    assert_true(n >= 2048 && n < 9000);
    run_result b = run_set("tallies.trace_paths=9000", NULL, n, 0, NULL, "plain");
    static const char *const groups[] = {"summary", "adequacy", "histograms", "samples", "paths", "events"};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) assert_same_group(&a, &b, groups[i]);
    assert_string_equal(a.state, b.state);
    assert_int_equal(kura_frame_dim_size(kura_frame_find(a.frame, "samples"), "path"), n);
    assert_null(kura_frame_find(b.frame, "stopping"));
    assert_null(
        kura_frame_find_var(kura_frame_find(b.frame, "summary"), "loss_of_load_expectation_converged"));
    assert_true(fact(&a, "provenance", "paths_used") == (double)n);
    assert_true(fact(&a, "provenance", "paths_asked") == 1 << 20);
    assert_true(fact(&b, "provenance", "paths_used") == (double)n);
    drop(&a);
    drop(&b);
}

static void test_threads(void **state)
{
    (void)state;
    static const struct {
        int threads;
        const char *isa;
    } ways[] = {{2, NULL}, {3, NULL}, {7, NULL}, {2, "baseline"}};
    run_result first = run_set(COVER, NULL, 1 << 20, 1, NULL, "stopped-1");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        run_result r = run_set(COVER, NULL, 1 << 20, ways[i].threads, ways[i].isa, "stopped-n");
        assert_int_equal(paths_of(&r), paths_of(&first));
        assert_string_equal(r.digest, first.digest);
        assert_string_equal(r.state, first.state);
        drop(&r);
    }
    drop(&first);
}

/* Looks after 1024, 2048, 4096 ... paths and at the most; the last two looks are the first two in a row at
 * which every number is precise enough. */
static void test_schedule(void **state)
{
    (void)state;
    run_result r = run_set(COVER, NULL, 1 << 20, 0, NULL, "schedule");
    int64_t looks = looks_of(&r), mineral = label(&r, "stopping", "mineral", "cover");
    const double *paths = numbers(&r, "stopping", "paths");
    static const char *const watched[] = {"loss_of_load_expectation", "expected_unserved",
                                          "shortage_probability_any", "required_stock_days"};
    int in_a_row = 0;
    assert_int_equal(mineral, 0);
    assert_int_equal(kura_frame_dim_size(kura_frame_find(r.frame, "stopping"), "mineral"), 1);
    for (int64_t l = 0; l < looks; l++) {
        int all = 1;
        assert_true(paths[l] == (double)(1024 << l));
        for (size_t w = 0; w < sizeof watched / sizeof *watched; w++) {
            char half[64], allowed[64], met[64];
            snprintf(half, sizeof half, "%s_half_width", watched[w]);
            snprintf(allowed, sizeof allowed, "%s_allowed", watched[w]);
            snprintf(met, sizeof met, "%s_met", watched[w]);
            int precise = numbers(&r, "stopping", half)[l] <= numbers(&r, "stopping", allowed)[l];
            assert_int_equal(flags_of(&r, "stopping", met)[l], precise);
            all &= precise;
        }
        in_a_row = all ? in_a_row + 1 : 0;
        assert_int_equal(in_a_row == 2, l == looks - 1);
    }
    assert_true(paths_of(&r) == (uint64_t)paths[looks - 1]);
    for (size_t w = 0; w < sizeof watched / sizeof *watched; w++) { /* 5 minerals: yes, then not watched */
        char name[64];
        snprintf(name, sizeof name, "%s_converged", watched[w]);
        const int8_t *is = flags_of(&r, w == 3 ? "adequacy" : "summary", name);
        assert_int_equal(is[0], 1);
        for (int i = 1; i < 5; i++) assert_int_equal(is[i], 2);
    }
    /* at the last look: the half-width is that of the interval in the result */
    double se = summary(&r, "loss_of_load_expectation_se", "cover");
    assert_true(numbers(&r, "stopping", "loss_of_load_expectation_half_width")[looks - 1] ==
                1.959963984540054 * se);
    assert_true(numbers(&r, "stopping", "loss_of_load_expectation")[looks - 1] ==
                summary(&r, "loss_of_load_expectation", "cover"));
    drop(&r);
}

/* The most that may come is looked at, need not be a power of two, and says so when it was not enough. */
static void test_most(void **state)
{
    (void)state;
    static const uint64_t most[] = {5000, 1024, 700};
    static const int looks[] = {4, 1, 1};
    for (int i = 0; i < 3; i++) {
        run_result r =
            run_set("run.stop_when={relative: 0.1 %, absolute: {loss_of_load_expectation: 0 days/year}, "
                    "watch: [loss_of_load_expectation], minerals: [cover, rare]}",
                    NULL, most[i], 2, NULL, "most");
        assert_int_equal(paths_of(&r), most[i]);
        assert_int_equal(looks_of(&r), looks[i]);
        assert_true(numbers(&r, "stopping", "paths")[looks[i] - 1] == (double)most[i]);
        assert_int_equal(flags_of(&r, "summary", "loss_of_load_expectation_converged")[0], 0);
        drop(&r);
    }
}

/* Two looks that share most of their paths are one: with a precision that any look meets, the run stops at
 * the second look if that has twice the paths of the first, and else is not precise. */
static void test_pairs(void **state)
{
    (void)state;
    static const struct {
        uint64_t most, used;
        int8_t reached;
    } cases[] = {{1024, 1024, 0}, {1025, 1025, 0}, {1500, 1500, 0},
                 {2047, 2047, 0}, {2048, 2048, 1}, {3000, 2048, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_result r = run_set("run.stop_when={relative: 100 %, minerals: [cover], watch: "
                               "[loss_of_load_expectation]}",
                               NULL, cases[i].most, 2, NULL, "pairs");
        assert_int_equal(paths_of(&r), cases[i].used);
        assert_int_equal(flags_of(&r, "stopping", "loss_of_load_expectation_met")[looks_of(&r) - 1], 1);
        assert_int_equal(flags_of(&r, "summary", "loss_of_load_expectation_converged")[0], cases[i].reached);
        drop(&r);
    }
}

/* At the most the pair is the latest look of at most half the paths.  The half-width of what is never short
 * is 60 x 3.84 / (N + 3.84) days: 0.11 is met by 2,092 paths, so at 3,000 but not at 1,024, and by 4,096 and
 * 5,000 with 2,048 missing it. */
static void test_pair_of_most(void **state)
{
    (void)state;
    static const struct {
        uint64_t most, used;
        int8_t reached;
    } cases[] = {{3000, 3000, 0}, {5000, 5000, 0}, {8191, 8191, 0}, {8192, 8192, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run_result r = run_set("run.stop_when={minerals: [block], absolute: {loss_of_load_expectation: "
                               "0.6696 days/year}, watch: [loss_of_load_expectation]}",
                               "hazards=null", cases[i].most, 2, NULL, "pair");
        const int8_t *met = flags_of(&r, "stopping", "loss_of_load_expectation_met");
        int64_t looks = looks_of(&r);
        assert_int_equal(met[0], 0);
        assert_int_equal(met[1], 0);
        for (int64_t l = 2; l < looks; l++) assert_int_equal(met[l], 1);
        assert_int_equal(paths_of(&r), cases[i].used);
        assert_int_equal(flags_of(&r, "summary", "loss_of_load_expectation_converged")[1], cases[i].reached);
        drop(&r);
    }
}

/* `far` is used abroad alone: it has no NEUE, is not watched, and does not keep the run from stopping. */
static void test_no_demand(void **state)
{
    (void)state;
    const char *yaml =
        "format: 1\nname: far\n"
        "run: {paths: 65536, seed: 1, step: 1 day, steps: 60, focus: JPN, stop_when: {relative: 20 %, "
        "minerals: [far, near]}}\n"
        "minerals: {near: {forms: [good], market: {production: push}}, far: {forms: [good], market: "
        "{production: push}}}\n"
        "network:\n"
        "  hubs: [{mineral: near, form: good, country: JPN, storage: none}]\n"
        "  sites:\n"
        "    of_near: {mineral: near, form: good, country: JPN, kind: supply, output: 10 t/day}\n"
        "    of_far: {mineral: far, form: good, country: AUS, kind: supply, output: 10 t/day}\n"
        "  demand:\n"
        "    - {mineral: near, form: good, country: JPN, rate: 10 t/day}\n"
        "    - {mineral: far, form: good, country: AUS, rate: 10 t/day}\n"
        "hazards: {shocks: {hit: {country: JPN, rate: 7.4 /year, severity: 50 %, duration: 1 day, hits: "
        "[{select: {minerals: [near]}}]}}}\n";
    static const char *const watched[] = {"loss_of_load_expectation", "normalised_expected_unserved",
                                          "shortage_probability_any"};
    run_result r = run_text(yaml, NULL, "far");
    int64_t far = label(&r, "summary", "mineral", "far"), near = label(&r, "summary", "mineral", "near");
    assert_true(isnan(summary(&r, "normalised_expected_unserved", "far")));
    assert_true(paths_of(&r) < 65536);
    for (int w = 0; w < 3; w++) {
        char name[64];
        snprintf(name, sizeof name, "%s_converged", watched[w]);
        assert_int_equal(flags_of(&r, "summary", name)[far], 2);
        assert_int_equal(flags_of(&r, "summary", name)[near], 1);
    }
    drop(&r);
    kura_scenario *alone = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    const char *sets[] = {"run.stop_when.minerals=[far]"};
    assert_int_equal(kura_scenario_load(put_file("far.yaml", yaml), sets, 1, &alone, &diag, &err),
                     KURA_E_SCENARIO);
    assert_null(alone);
    assert_int_equal(diag.errors, 1);
    assert_non_null(strstr(diag.items[0].message, "stop_when has nothing to watch"));
    kura_diag_fini(&diag);
}

/* No shortage at all: the half-width is what the upper end of the probability would add, every day short.  So
 * the absolute precision is reached by a number of paths that can be computed, and without one never. */
static void test_nothing_seen(void **state)
{
    (void)state;
    const double z2 = 1.959963984540054 * 1.959963984540054;
    const char *quiet = "hazards=null";
#define LOOSE "absolute: {loss_of_load_expectation: 0.4 days/year, normalised_expected_unserved: 0.08 %}"
    run_result r = run_set("run.stop_when={minerals: [block], " LOOSE ", watch: [loss_of_load_expectation, "
                           "normalised_expected_unserved, expected_unserved]}",
                           quiet, 16384, 2, NULL, "nothing");
    assert_true(summary(&r, "loss_of_load_expectation", "block") == 0);
    for (int64_t l = 0; l < looks_of(&r); l++) {
        double n = numbers(&r, "stopping", "paths")[l], hi = z2 / (n + z2);
        assert_true(fabs(numbers(&r, "stopping", "loss_of_load_expectation_half_width")[l] / (60 * hi) - 1) <
                    1e-12);
        assert_true(fabs(numbers(&r, "stopping", "normalised_expected_unserved_half_width")[l] / (1e6 * hi) -
                         1) < 1e-12);
        assert_true(fabs(numbers(&r, "stopping", "expected_unserved_half_width")[l] / (600 * hi) - 1) < 1e-6);
        /* 0.4 days a year in 60 days; 0.08 % */
        assert_true(fabs(numbers(&r, "stopping", "loss_of_load_expectation_allowed")[l] / (24 / 365.25) - 1) <
                    1e-12);
        assert_true(fabs(numbers(&r, "stopping", "normalised_expected_unserved_allowed")[l] / 800 - 1) <
                    1e-12);
        assert_true(numbers(&r, "stopping", "expected_unserved_allowed")[l] == 0);
    }
    assert_int_equal(paths_of(&r), 16384);
    assert_int_equal(flags_of(&r, "summary", "loss_of_load_expectation_converged")[1], 1);
    assert_int_equal(flags_of(&r, "summary", "normalised_expected_unserved_converged")[1], 1);
    assert_int_equal(flags_of(&r, "summary", "expected_unserved_converged")[1], 0);
    drop(&r);
    r = run_set("run.stop_when={minerals: [block], " LOOSE ", watch: [loss_of_load_expectation]}", quiet,
                16384, 2, NULL, "nothing");
    assert_int_equal(paths_of(&r), 8192); /* 60 x 3.84 / N <= 0.0657: from 3,504 on */
    drop(&r);
#undef LOOSE
}

/* The relative precision does not count before `shortage_paths`. */
static void test_few_shortages(void **state)
{
    (void)state;
    const char *loose =
        "run.stop_when={relative: 100 %, absolute: {loss_of_load_expectation: 0 days/year}, minerals: "
        "[block], watch: [loss_of_load_expectation]}";
    const char *seldom = "hazards.shocks.block.rate=0.25 /year"; /* on 4 % of the paths */
    const char *sets[] = {loose, seldom, "run.stop_when.shortage_paths=1"};
    kura_run_options o = {.paths = 65536, .threads = 2};
    run_result r = run_file(CASE, sets, 2, &o, "few");
    int64_t looks = looks_of(&r);
    const double *short_paths = numbers(&r, "stopping", "shortage_paths");
    assert_true(short_paths[looks - 2] >= 100 && short_paths[looks - 3] < 100);
    assert_int_equal(flags_of(&r, "summary", "loss_of_load_expectation_converged")[1], 1);
    drop(&r);
    r = run_file(CASE, sets, 3, &o, "few");
    assert_true(numbers(&r, "stopping", "shortage_paths")[looks_of(&r) - 1] < 100);
    drop(&r);
}

/* A stock that no size of suffices is known for sure; one without a stockpile is not watched. */
static void test_stock(void **state)
{
    (void)state;
    run_result r =
        run_set("run.stop_when={minerals: [capped, block], confidence: 90 %, watch: [required_stock_days]}",
                NULL, 65536, 2, NULL, "stock");
    assert_int_equal(paths_of(&r), 2048);
    const int8_t *is = flags_of(&r, "adequacy", "required_stock_days_converged");
    assert_int_equal(is[4], 1);
    assert_int_equal(is[1], 2);
    assert_int_equal(is[0], 2);
    drop(&r);
}

/* ---- telling it to stop at the end of a stage ---- */

/* Takes longer than the least time between two reports, so that every bundle is reported; says stop when the
 * first stage is done, before the second begins. */
static int step(void *user, uint64_t done, uint64_t total, double seconds)
{
    const struct timespec pause = {0, 110000000};
    (void)seconds;
    *(uint64_t *)user = total;
    nanosleep(&pause, NULL);
    return done == 1024;
}

static void test_interrupt(void **state)
{
    (void)state;
    const char *sets[] = {COVER};
    kura_scenario *s = NULL;
    kura_result *result = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    uint64_t total = 0;
    kura_run_options o = {.paths = 1 << 20, .threads = 1, .progress = step, .user = &total};
    assert_int_equal(kura_scenario_load(CASE, sets, 1, &s, &diag, &err), KURA_OK);
    kura_scenario_info info;
    kura_scenario_describe(s, &info);
    assert_int_equal(info.paths_at_most, 1);
    assert_int_equal(kura_run(s, &o, &result, &err), KURA_E_INTERRUPTED);
    assert_null(result);
    assert_int_equal(total, 1 << 20);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_plain), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_schedule),      cmocka_unit_test(test_most),
        cmocka_unit_test(test_pairs),         cmocka_unit_test(test_pair_of_most),
        cmocka_unit_test(test_no_demand),     cmocka_unit_test(test_nothing_seen),
        cmocka_unit_test(test_few_shortages), cmocka_unit_test(test_stock),
        cmocka_unit_test(test_interrupt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
