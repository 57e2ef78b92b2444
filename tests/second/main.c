/* Runs both engines on files and on random models.
 *
 *   second FILE...                       the traced paths of scenarios
 *   second --random FROM COUNT [LETTERS] random models; letters leave out hazards and elements (see strip), ! prints */
#include "compare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static compare_counts counts;
static int verbose;

static void judge(meta_world *w, const char *name)
{
    char why[META_WHY] = "";
    const char *refusal = second_refuses(w->model);
    counts.models++;
    if (refusal) {
        counts.refused++;
        printf("%s: refused, %s\n", name, refusal);
        return;
    }
    long cells = counts.cells;
    long wrong = compare_world(w, 0, w->n, &counts, why, sizeof why);
    if (!wrong && verbose) printf("%s: %ld cells\n", name, counts.cells - cells);
    if (wrong) {
        counts.failed++;
        printf("%s: %ld cells differ, %s\n", name, wrong, why);
    }
}

/* Leaves out what a letter stands for, to find what a difference hangs on. */
static void strip(meta_model *m, const char *what)
{
    if (strchr(what, 'e')) meta_plain(m);
    if (strchr(what, 'r')) m->regimes = 0;
    if (strchr(what, 'o')) m->outages = 0;
    if (strchr(what, 's')) m->shocks = 0;
    if (strchr(what, 'c')) m->routes = 0;
    if (strchr(what, 'x')) m->scripts = 0;
    if (strchr(what, 'p')) m->price = 0;
    if (strchr(what, 'b')) m->restricting = 0;
    if (strchr(what, 't')) m->ntiers = 0;
    for (int i = 0; i < m->ndemands && strchr(what, 'g'); i++) m->demands[i].growth = 0;
}

static void random_models(int from, int n, const char *what)
{
    for (int i = from; i < from + n; i++) {
        static meta_model m;
        meta_world w;
        char name[32];
        snprintf(name, sizeof name, "model %d", i);
        meta_make(&m, (uint64_t)i, META_DEFAULT);
        strip(&m, what);
        const char *yaml = meta_compose(&m, (meta_style){0});
        if (strchr(what, '!')) puts(yaml);
        if (meta_run(&w, yaml))
            printf("%s: %s\n", name, meta_why);
        else
            judge(&w, name);
        meta_drop(&w);
    }
}

int main(int argc, char **argv)
{
    if (argc > 3 && !strcmp(argv[1], "--random"))
        random_models(atoi(argv[2]), atoi(argv[3]), argc > 4 ? argv[4] : "");
    else
        for (int i = 1, files = verbose = 1; files && i < argc; i++) {
            meta_world w;
            static const char *sets[] = {"run.paths=64", "tallies.trace_paths=64"};
            const char *few = getenv("SETS");
            if (few) sets[1] = few;
            if (meta_run_file(&w, argv[i], sets, 2))
                printf("%s: %s\n", argv[i], meta_why);
            else
                judge(&w, argv[i]);
            meta_drop(&w);
        }
    printf("%ld models, %ld refused, %ld differ; %ld paths, %ld cells, %ld wrong\n", counts.models, counts.refused,
           counts.failed, counts.paths, counts.cells, counts.wrong);
    return counts.failed != 0;
}
