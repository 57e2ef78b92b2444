/* What `kura explain` says of a path equals what the run stored of it, to the last bit: all metrics of all
 * minerals, for paths of several bundles and blocks, on every instruction set. */
#include "frame_util.h"
#include "tally/tally.h"
#include <glob.h>

static const double *samples_of(const run_result *r, const char *metric)
{
    const kf_variable *v = kura_frame_find_var(kura_frame_find(r->frame, "samples"), metric);
    assert_non_null(v);
    return v->data;
}

static void compare(const run_result *r, const kura_story *story, int64_t paths)
{
    const kf_group *g = kura_frame_find(r->frame, "samples");
    const char *const *ids = kura_frame_find_var(g, "mineral")->data;
    int64_t minerals = kura_frame_dim_size(g, "mineral");
    assert_int_equal(story->nminerals, minerals);
    for (int i = 0; i < story->nminerals; i++) {
        const kura_story_mineral *m = &story->minerals[i];
        int64_t row = 0;
        while (row < minerals && strcmp(ids[row], m->id) != 0) row++;
        assert_true(row < minerals);
        int columns = 0; /* as many as /samples has: those of money only with costs */
        for (int k = 0; k < KURA_METRIC_COUNT; k++)
            columns += kura_frame_find_var(g, kura_metric_name((kura_metric)k)) != NULL;
        assert_int_equal(m->nmetrics, columns);
        for (int k = 0; k < m->nmetrics; k++) {
            double told = m->metrics[k].value,
                   kept = samples_of(r, m->metrics[k].name)[row * paths + (int64_t)story->path];
            if (memcmp(&told, &kept, sizeof told) != 0)
                fail_msg("path %llu, %s, %s: told %.17g, stored %.17g", (unsigned long long)story->path,
                         m->id, m->metrics[k].name, told, kept);
        }
    }
}

static double metric(const kura_story_mineral *m, const char *name)
{
    for (int k = 0; k < m->nmetrics; k++)
        if (strcmp(m->metrics[k].name, name) == 0) return m->metrics[k].value;
    return NAN;
}

/* The rows, the shortages and the events of a story agree with its totals. */
static void check_story(const kura_story *story, const char *name)
{
    for (int i = 0; i < story->nminerals; i++) {
        const kura_story_mineral *m = &story->minerals[i];
        assert_int_equal(i<story->nshort, metric(m, "short_steps")> 0);
        if (!m->told) continue;
        double unserved = 0, demand = 0, spells = 0, steps = 0, released = 0;
        for (int t = 0; t < story->steps; t++) {
            unserved += m->rows[t].unserved_t;
            demand += m->rows[t].demand_t;
            released += m->rows[t].released_t;
            assert_true(m->rows[t].on_hand_t >= 0 && m->rows[t].stockpiles_t >= 0 &&
                        m->rows[t].contracted >= 0);
        }
        assert_true(unserved == metric(m, "unserved")); /* sums of masses are exact */
        assert_true(demand == metric(m, "demand"));
        assert_true(released >= 0);
        for (int k = 0; k < m->nshortages; k++) {
            const kura_story_shortage *s = &m->shortages[k];
            assert_true(s->trouble <= s->from && s->from <= s->worst && s->worst < s->to &&
                        s->to <= story->steps);
            assert_true(k == 0 || s->trouble >= m->shortages[k - 1].to);
            steps += s->short_steps;
            spells += s->spells;
        }
        if (steps != metric(m, "short_steps") || spells != metric(m, "spells"))
            fail_msg("%s, path %llu, %s: %g steps in %g spells are told", name,
                     (unsigned long long)story->path, m->id, steps, spells);
        if (m->nshortages) assert_int_equal(m->shortages[0].from, (int)metric(m, "first_shortage"));
        for (int k = 0; k < m->nevents; k++) {
            assert_true(m->events[k].from <= m->events[k].to && m->events[k].from < story->steps);
            assert_true(k == 0 || m->events[k].from >= m->events[k - 1].from);
            assert_non_null(m->events[k].what);
            assert_non_null(m->events[k].object);
            assert_null(strstr(m->events[k].what, "(null)"));
        }
    }
}

static void check_file(const char *path, uint64_t paths, const char *isa)
{
    static const uint64_t chosen[] = {0, 1, 63, 64, 100, 1023, 1024, 1099};
    kura_run_options options = {.paths = paths};
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    static const char *const sets[] = {"tallies.samples=true"};
    run_result r = run_file(path, sets, 1, &options, "explain");
    assert_int_equal(kura_scenario_load(path, sets, 1, &s, &diag, &err), KURA_OK);
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen && chosen[i] < paths; i++) {
        kura_explain_options how = {.isa = isa};
        kura_story *story = NULL;
        if (i % 2)
            how.mineral =
                ((const char *const *)kura_frame_find_var(kura_frame_find(r.frame, "samples"), "mineral")
                     ->data)[0];
        if (kura_explain(s, chosen[i], &how, &story, &err)) fail_msg("%s: %s", path, err.message);
        assert_null(story->failure);
        compare(&r, story, (int64_t)paths);
        check_story(story, path);
        kura_story_free(story);
    }
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    drop(&r);
}

static void test_elements(void **state)
{
    (void)state;
    glob_t found;
    assert_int_equal(glob(KURA_SOURCE_DIR "/configs/elements/*.yaml", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) check_file(found.gl_pathv[i], 101, NULL);
    globfree(&found);
}

static void test_blocks_and_instruction_sets(void **state)
{
    (void)state;
    check_file(KURA_SOURCE_DIR "/configs/elements/dependence.yaml", 1100, "baseline");
    check_file(KURA_SOURCE_DIR "/configs/elements/contagion.yaml", 1100, NULL);
    check_file(KURA_SOURCE_DIR "/configs/elements/pooled-stock.yaml", 1100, "baseline");
}

/* Another seed, a path beyond those of the run, and one that has no number. */
static void test_paths(void **state)
{
    (void)state;
    const char *path = KURA_SOURCE_DIR "/configs/elements/routes.yaml";
    kura_run_options options = {.paths = 70, .has_seed = 1, .seed = 12345};
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_story *story = NULL;
    kura_explain_options how = {.has_seed = 1, .seed = 12345};
    run_result r = run_file(path, NULL, 0, &options, "explain-seed");
    assert_int_equal(kura_scenario_load(path, NULL, 0, &s, &diag, &err), KURA_OK);
    assert_int_equal(kura_explain(s, 69, &how, &story, &err), KURA_OK);
    assert_int_equal(story->seed, 12345);
    compare(&r, story, 70);
    kura_story_free(story);
    assert_int_equal(kura_explain(s, KURA_PATHS_MOST - 1, &how, &story, &err), KURA_OK);
    assert_true(story->path >= story->paths);
    kura_story_free(story);
    assert_int_equal(kura_explain(s, KURA_PATHS_MOST, &how, &story, &err), KURA_E_USAGE);
    assert_null(story);
    how.mineral = "unot";
    assert_int_equal(kura_explain(s, 0, &how, &story, &err), KURA_E_USAGE);
    assert_non_null(strstr(err.message, "did you mean \"unit\"?"));
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_elements),
        cmocka_unit_test(test_blocks_and_instruction_sets),
        cmocka_unit_test(test_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
