/* Runs both engines on random models and on files.
 *
 *   second                          the quick tests
 *   second --models N               N random models, 64 paths each, and what they covered
 *   second --file FILE TRACED [PATH ...]   the traced paths of a scenario, and the samples of the paths given
 *   second --strip LETTERS --from FIRST --models N   to find what a difference hangs on (see strip) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "compare.h"
#include "rich_model.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int models, first_model, paths_of_model = 64;
static const char *letters = "", *without = "", *file, *traced = "1";
static long extra_paths[16];
static int nextra;

/* Leaves out what a letter stands for. */
static void strip(meta_model *m)
{
    if (strchr(letters, 'e')) meta_plain(m);
    if (strchr(letters, 'r')) m->regimes = 0;
    if (strchr(letters, 'o')) m->outages = 0;
    if (strchr(letters, 's')) m->shocks = 0;
    if (strchr(letters, 'c')) m->routes = 0;
    if (strchr(letters, 'x')) m->scripts = 0;
    if (strchr(letters, 'p')) m->price = 0;
    if (strchr(letters, 'b')) m->restricting = 0;
    if (strchr(letters, 't')) m->ntiers = 0;
    for (int i = 0; i < m->ndemands && strchr(letters, 'g'); i++) m->demands[i].growth = 0;
}

static void say(const compare_counts *c, double seconds)
{
    print_message("  %ld models, %ld paths, %ld cells and %ld samples compared, %ld differ, %.1f s\n",
                  c->models, c->paths, c->cells, c->samples, c->wrong, seconds);
}

/* Compares a run; says why not, or what differs. */
static void judge(meta_world *w, const char *name, compare_counts *c)
{
    char why[META_WHY] = "";
    c->models++;
    long wrong = compare_world(w, 0, w->n, c, why, sizeof why);
    for (int i = 0; i < nextra; i++) wrong += compare_world(w, (int)extra_paths[i], 1, c, why, sizeof why);
    c->failed += wrong > 0;
    if (wrong) print_message("  %s: %ld differ, %s\n", name, wrong, why);
}

/* ---- random models ---- */

/* Elements of the models beside those that meta_cover counts. */
#define MORE(X)                                                                                              \
    X(state_triggers) X(ages) X(sectors) X(release_at) X(leaks) X(in_force) X(notice) X(responses) X(refills)
typedef struct {
#define FIELD(name) long name;
    MORE(FIELD)
#undef FIELD
} more_coverage;

static void cover_more(more_coverage *c, const km_model *model)
{
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        c->state_triggers += m->any_state_trigger;
        c->sectors += m->any_sectors;
        c->in_force += m->spin > 0;
        c->notice += m->has_notice;
        c->responses += m->response.active;
        for (int k = 0; k < m->ntiers; k++) {
            c->ages += m->tiers[k].ages > 0;
            c->release_at += m->tiers[k].release_at > 0;
            c->refills += m->tiers[k].refills;
        }
        for (int a = 0; a < m->narcs; a++) c->leaks += m->arcs[a].leak > 0;
    }
}

static void assert_covered(const meta_coverage *c, const more_coverage *more, const compare_counts *counts)
{
#define COVERED(name)                                                                                        \
    print_message("  %-24s %ld\n", #name, c->name);                                                          \
    if (counts->models >= 100) assert_true(c->name > 0);
    META_COVERAGE(COVERED)
#define COVERED_MORE(name)                                                                                   \
    print_message("  %-24s %ld\n", #name, more->name);                                                       \
    if (counts->models >= 100) assert_true(more->name > 0);
    MORE(COVERED_MORE)
#undef COVERED
#undef COVERED_MORE
}

static void make(meta_model *m, int number, int paths, const char *leave_out)
{
    meta_make(m, (uint64_t)number, META_DEFAULT);
    m->paths = paths;
    m->more = number % 2 && !strchr(letters, 'm');
    rich_make(m, leave_out);
    strip(m);
}

static void random_models(int from, int n, int paths, int cover)
{
    compare_counts c = {0};
    meta_coverage reached = {0};
    more_coverage more = {0};
    clock_t start = clock();
    for (int i = from; i < from + n; i++) {
        static meta_model m;
        meta_world w;
        char name[32], less[512];
        snprintf(name, sizeof name, "model %d", i);
        snprintf(less, sizeof less, "%s,by_products,baskets", without);
        make(&m, i, paths, without);
        if (meta_run(&w, meta_compose(&m, (meta_style){0})) && strstr(meta_why, "balanced base flow")) {
            meta_drop(&w); /* a host turned out to make nothing, which only the run can tell */
            make(&m, i, paths, less);
            if (meta_run(&w, meta_compose(&m, (meta_style){0}))) fail_msg("%s: %s", name, meta_why);
        } else if (!w.frame)
            fail_msg("%s: %s", name, meta_why);
        judge(&w, name, &c);
        meta_cover(&reached, &w);
        cover_more(&more, w.model);
        meta_drop(&w);
    }
    say(&c, (double)(clock() - start) / CLOCKS_PER_SEC);
    if (cover) assert_covered(&reached, &more, &c);
    assert_int_equal(c.wrong, 0);
}

static void test_random(void **state)
{
    (void)state;
    random_models(first_model, models, paths_of_model, !letters[0]);
}

static void test_few_random(void **state)
{
    (void)state;
    random_models(0, 12, 8, 0);
}

/* ---- files ---- */

static void compare_file(const char *path, const char *trace, const char *paths, compare_counts *c)
{
    char sets[2][64];
    const char *list[] = {sets[0], sets[1]};
    meta_world w;
    snprintf(sets[0], sizeof sets[0], "run.paths=%s", paths);
    snprintf(sets[1], sizeof sets[1], "tallies.trace_paths=%s", trace);
    if (meta_run_file(&w, path, list, 2)) fail_msg("%s: %s", path, meta_why);
    const char *name = strrchr(path, '/');
    judge(&w, name ? name + 1 : path, c);
    meta_drop(&w);
}

static void test_file(void **state)
{
    (void)state;
    compare_counts c = {0};
    char paths[32];
    long most = atol(traced);
    for (int i = 0; i < nextra; i++)
        if (extra_paths[i] >= most) most = extra_paths[i] + 1;
    snprintf(paths, sizeof paths, "%ld", most);
    clock_t start = clock();
    compare_file(file, traced, paths, &c);
    say(&c, (double)(clock() - start) / CLOCKS_PER_SEC);
    assert_int_equal(c.wrong, 0);
}

static void test_golden(void **state)
{
    (void)state;
    compare_counts c = {0};
    compare_file(KURA_SOURCE_DIR "/tests/golden/golden.yaml", "1", "1", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/shortage-trigger.yaml", "4", "4", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/scarcity-without-premium.yaml", "4", "4", &c);
    say(&c, 0);
    assert_int_equal(c.wrong, 0);
}

/* The examples of single elements. */
static void test_elements(void **state)
{
    static const char *const names[] = {
        "announced",    "basket",         "burn-in",      "by-product", "coercion-spell", "contagion",
        "decay",        "demand-profile", "dependence",   "escalation", "host-index",     "leak",
        "market-rules", "new-supplier",   "pooled-stock", "precaution", "priority",       "process-lag",
        "projects",     "refill",         "release-at",   "routes",     "scripted-rates", "sectors",
        "shelf-life",   "shocks",         "standby",      "tolling",    "transit-loss",   "trigger",
        "uptime"};
    compare_counts c = {0};
    clock_t start = clock();
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/configs/elements/%s.yaml", KURA_SOURCE_DIR, names[i]);
        compare_file(path, "16", "16", &c);
    }
    say(&c, (double)(clock() - start) / CLOCKS_PER_SEC);
    assert_int_equal(c.wrong, 0);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int more = i + 1 < argc;
        if (!strcmp(argv[i], "--models") && more)
            models = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--from") && more)
            first_model = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--strip") && more)
            letters = argv[++i];
        else if (!strcmp(argv[i], "--without") && more)
            without = argv[++i];
        else if (!strcmp(argv[i], "--file") && i + 2 < argc)
            file = argv[++i], traced = argv[++i];
        else if (file && nextra < 16)
            extra_paths[nextra++] = atol(argv[i]);
    }
    const struct CMUnitTest quick[] = {cmocka_unit_test(test_golden), cmocka_unit_test(test_elements),
                                       cmocka_unit_test(test_few_random)};
    const struct CMUnitTest random[] = {cmocka_unit_test(test_random)};
    const struct CMUnitTest one_file[] = {cmocka_unit_test(test_file)};
    if (file) return cmocka_run_group_tests(one_file, NULL, NULL);
    return models ? cmocka_run_group_tests(random, NULL, NULL) : cmocka_run_group_tests(quick, NULL, NULL);
}
