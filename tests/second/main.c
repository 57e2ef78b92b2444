/* Runs both engines on random models and on files.
 *
 *   second                          the quick tests
 *   second --models N               N random models, 64 paths each, and what they covered
 *   second --file FILE TRACED [PATH ...]   the traced paths of a scenario, and the samples of the paths given
 *
 * To find what a difference hangs on: --from FIRST --models 1, --without ELEMENT,ELEMENT (rich_model.h),
 * --strip LETTERS (see strip), --write (prints the scenario), --baseline (kernels of that instruction set).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static const char *program = "second_quick"; /* the comparisons of each test go to a file of their own */
#define KURA_TEST_PROGRAM program
#include "../trust/trust.h"
#include "compare.h"
#include "rich_model.h"
#include <glob.h>
#include <time.h>

static int models, first_model, writes;
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

static double seconds(void) { return (double)clock() / CLOCKS_PER_SEC; }

/* The comparisons of a test: rows of the page, and whether they hold. */
static int conclude(const compare_counts *c, double start, const char *family, const char *what,
                    const char *replay)
{
    trust_topic t = {.family = family, .source = "second engine, tests/second"};
    snprintf(t.run, sizeof t.run, "%s", what);
    snprintf(t.replay, sizeof t.replay, "%s", replay);
    print_message("  %s: %ld models, %ld paths, %ld cells and %ld samples compared, %ld differ, %.1f s\n",
                  what, c->models, c->paths, c->cells, c->samples, c->wrong, seconds() - start);
    int holds = trust_equal(&t, (double)c->models, (double)(c->models - c->failed), 0,
                            "models in which both engines agree, of %ld", c->models);
    holds &= trust_equal(&t, 0, (double)c->wrong, 0,
                         "numbers that differ in any bit, of %ld of /paths and %ld of /samples", c->cells,
                         c->samples);
    return holds && c->cells > 0;
}

/* Compares a run; says what differs and how to replay it.  `path`: of the scenario, NULL: a random model. */
static void judge(meta_world *w, const char *name, const char *path, const char *replay, compare_counts *c)
{
    char why[META_WHY] = "";
    c->models++;
    long wrong = compare_world(w, 0, w->n, c, why, sizeof why);
    for (int i = 0; i < nextra; i++) wrong += compare_world(w, (int)extra_paths[i], 1, c, why, sizeof why);
    c->failed += wrong > 0;
    if (!wrong) return;
    print_message("  %s: %ld differ, %s\n    replay: build/tests/second %s\n", name, wrong, why, replay);
    if (path)
        print_message("    its story: build/kura explain %s --path %d --mineral %s\n", path, c->path,
                      c->mineral);
}

/* ---- random models ---- */

static void make(meta_model *m, int number, int paths, const char *leave_out)
{
    meta_make(m, (uint64_t)number, META_DEFAULT);
    m->paths = paths;
    m->more = number % 2 && !strchr(letters, 'm');
    rich_make(m, leave_out);
    strip(m);
}

/* Composes, compiles and runs a model.  Whether a host makes anything, and whether a lever on the network
 * finds anything to move, only the base flow can tell: if not, the model goes without. */
static void run_model(meta_world *w, int number, int paths)
{
    static meta_model m;
    static const char *const less[] = {"", ",network_levers", ",by_products,baskets", ",supply",
                                       ",network_levers,by_products,baskets,supply"};
    const char *yaml = NULL;
    int bad = 1;
    for (int i = 0; i < (int)(sizeof less / sizeof *less) && bad; i++) {
        char leave_out[512];
        if (i) meta_drop(w);
        snprintf(leave_out, sizeof leave_out, "%s%s", without, less[i]);
        make(&m, number, paths, leave_out);
        bad = meta_run(w, yaml = meta_compose(&m, (meta_style){0}));
    }
    rich_clean();
    if (writes) fputs(yaml, stdout); /* longer than print_message takes */
    if (bad) fail_msg("model %d: %s", number, meta_why);
}

static void random_models(int from, int n, int paths, int cover)
{
    compare_counts c = {0};
    second_coverage reached = {0};
    double start = seconds();
    for (int i = from; i < from + n; i++) {
        meta_world w;
        char name[32], replay[128];
        snprintf(name, sizeof name, "model %d", i);
        snprintf(replay, sizeof replay, "--models 1 --from %d --write", i);
        memset(c.acted, 0, sizeof c.acted);
        run_model(&w, i, paths);
        judge(&w, name, NULL, replay, &c);
        second_cover(&reached, w.model, c.acted);
        meta_drop(&w);
    }
    int holds = conclude(&c, start, "Second engine", "random models", "build/tests/second --models 500");
    if (cover) {
        int never = second_print_coverage(&reached);
        trust_topic t = {"Second engine", "random models", "second engine, tests/second", ""};
        holds &= trust_equal(&t, 0, never, 0, "elements of the language that acted in no model, of %d",
                             SECOND_ACT_COUNT);
        holds &= trust_equal(&t, 0, second_print_pairs(&reached), 0,
                             "of %d policies and answers, and of their pairs, that too few models have",
                             SECOND_PAIRED_COUNT);
    }
    assert_true(holds);
}

static void test_random(void **state)
{
    (void)state;
    program = "second_random";
    random_models(first_model, models, 64, models >= 100 && !letters[0] && !without[0]);
}

static void test_few_random(void **state)
{
    (void)state;
    random_models(0, 12, 8, 0);
}

/* ---- files ---- */

static void compare_file(const char *path, const char *trace, const char *paths, compare_counts *c)
{
    char sets[4][64], replay[1024];
    const char *list[] = {sets[0], sets[1], sets[2]};
    meta_world w;
    snprintf(sets[0], sizeof sets[0], "run.paths=%s", paths);
    snprintf(sets[1], sizeof sets[1], "tallies.trace_paths=%s", trace);
    snprintf(sets[2], sizeof sets[2], "tallies.samples=true");
    if (meta_run_file(&w, path, list, 3)) fail_msg("%s: %s", path, meta_why);
    snprintf(replay, sizeof replay, "--file %s %s", path, trace);
    const char *name = strrchr(path, '/');
    judge(&w, name ? name + 1 : path, path, replay, c);
    meta_drop(&w);
}

static void test_file(void **state)
{
    (void)state;
    compare_counts c = {0};
    char paths[32], replay[256];
    long most = atol(traced);
    const char *name = strrchr(file, '/');
    program = "second_file";
    if (strstr(file, "japan.yaml")) program = "second_japan";
    for (int i = 0; i < nextra; i++)
        if (extra_paths[i] >= most) most = extra_paths[i] + 1;
    snprintf(paths, sizeof paths, "%ld", most);
    snprintf(replay, sizeof replay, "build/tests/second --file %s %s", file, traced);
    double start = seconds();
    compare_file(file, traced, paths, &c);
    assert_true(conclude(&c, start, "Second engine", name ? name + 1 : file, replay));
}

/* All scenarios that match, so that a new example is compared as well. */
static void compare_all(const char *pattern, const char *what, const char *paths, int least)
{
    compare_counts c = {0};
    glob_t found;
    double start = seconds();
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) compare_file(found.gl_pathv[i], paths, paths, &c);
    globfree(&found);
    assert_true(c.models >= least);
    assert_true(conclude(&c, start, "Second engine", what, "build/tests/second"));
}

static void test_golden(void **state)
{
    (void)state;
    compare_counts c = {0};
    double start = seconds();
    compare_file(KURA_SOURCE_DIR "/tests/golden/golden.yaml", "1", "1", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/shortage-trigger.yaml", "4", "4", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/scarcity-without-premium.yaml", "4", "4", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/capacity-by-regime.yaml", "4", "4", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/basket-beside-mine.yaml", "4", "4", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/thrifting-by-degrees.yaml", "4", "4", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/offtake-at-price.yaml", "4", "4", &c);
    compare_file(KURA_SOURCE_DIR "/tests/second/levers.yaml", "16", "16", &c);
    compare_file(KURA_SOURCE_DIR "/configs/elements/ignorance.yaml", "192", "192", &c); /* three draws */
    assert_true(
        conclude(&c, start, "Second engine", "golden network, models of faults", "build/tests/second"));
}

static void test_elements(void **state)
{
    (void)state;
    compare_all(KURA_SOURCE_DIR "/configs/elements/*.yaml", "examples of elements", "16", 37);
}

static void test_analytic(void **state)
{
    (void)state;
    compare_all(KURA_SOURCE_DIR "/configs/analytic/*.yaml", "analytic scenarios", "4", 13);
    compare_all(KURA_SOURCE_DIR "/configs/reliability/*.yaml", "power systems", "4", 2);
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
        else if (!strcmp(argv[i], "--baseline"))
            meta_isa = "baseline";
        else if (!strcmp(argv[i], "--write"))
            writes = 1;
        else if (!strcmp(argv[i], "--without") && more)
            without = argv[++i];
        else if (!strcmp(argv[i], "--file") && i + 2 < argc)
            file = argv[++i], traced = argv[++i];
        else if (file && nextra < 16)
            extra_paths[nextra++] = atol(argv[i]);
    }
    const struct CMUnitTest quick[] = {cmocka_unit_test(test_golden), cmocka_unit_test(test_elements),
                                       cmocka_unit_test(test_analytic), cmocka_unit_test(test_few_random)};
    const struct CMUnitTest random[] = {cmocka_unit_test(test_random)};
    const struct CMUnitTest one_file[] = {cmocka_unit_test(test_file)};
    if (file) return cmocka_run_group_tests(one_file, NULL, NULL);
    return models ? cmocka_run_group_tests(random, NULL, NULL) : cmocka_run_group_tests(quick, NULL, NULL);
}
