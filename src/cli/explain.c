/* kura explain: one path of a scenario told, or the worst paths of a result. */
#include "cli/explain.h"
#include "cli/cli.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static int flushed(void) { return fflush(stdout) || ferror(stdout) ? 74 : 0; }

static int usage(const char *what)
{
    fprintf(stderr,
            "kura explain: %s\nusage: kura explain SCENARIO --path N [OPTIONS]\n       kura explain "
            "RESULT.h5 --worst K "
            "[OPTIONS]\n",
            what);
    return 64;
}

static int is_json(const cli_options *o) { return o->format && strcmp(o->format, "json") == 0; }

static int load(const cli_options *o, kura_scenario **s)
{
    kura_diag diag = {0};
    kura_error err = {0};
    kura_status k = kura_scenario_load(o->args[0], o->sets, o->nsets, s, &diag, &err);
    int errors = diag.errors;
    if (k) cli_print_diag(&diag, 0, stderr); /* warnings are for check and run */
    kura_diag_fini(&diag);
    if (!k) return 0;
    return errors ? kura_status_exit(k) : cli_fail(k, &err);
}

static int tell_path(const cli_options *o)
{
    kura_scenario *s = NULL;
    int st = load(o, &s);
    if (st) return st;
    kura_explain_options options = {
        .mineral = o->mineral, .has_seed = o->has_seed, .seed = o->seed, .isa = o->isa};
    kura_story *story = NULL;
    kura_error err = {0};
    kura_status k = kura_explain(s, o->path, &options, &story, &err);
    if (k)
        st = cli_fail(k, &err);
    else {
        (is_json(o) ? cli_story_json : cli_story_text)(story, o->mineral, stdout);
        st = flushed();
        if (story->failure) {
            fprintf(stderr, "kura: %s: the path is told as far as that mineral; please report this\n",
                    story->failure);
            st = 70;
        }
    }
    kura_story_free(story);
    kura_scenario_free(s);
    return st;
}

static void print_worst(const kura_worst *w, const cli_options *o)
{
    const char *what = o->mineral ? o->mineral : "all headline minerals";
    if (!w->nitems) {
        printf("No path of %s has unserved demand of %s.\n", o->args[0], what);
        return;
    }
    printf("The %d worst of %llu paths of %s by unserved demand of %s", w->nitems,
           (unsigned long long)w->paths, o->args[0], what);
    printf("%s:\n\n", o->mineral ? "" : " (mean of their shares)");
    printf("%10s  %12s  %9s  %s\n", "path", o->mineral ? "unserved t" : "", "of demand", "ran short");
    for (int i = 0; i < w->nitems; i++) {
        const kura_worst_path *p = &w->items[i];
        char mass[32] = "";
        if (o->mineral)
            snprintf(mass, sizeof mass, fabs(p->unserved_t) < 999.5 ? "%.3g" : "%.0f", p->unserved_t);
        printf("%10llu  %12s  %7.3g %%  %s\n", (unsigned long long)p->path, mass, 100 * p->unserved_share,
               p->minerals);
    }
    printf("\nHow they came about:\n");
    for (int i = 0; i < w->nitems; i++)
        printf("  %s --path %llu%s%s\n", w->replay, (unsigned long long)w->items[i].path,
               o->mineral ? " --mineral " : "", o->mineral ? o->mineral : "");
}

static int tell_worst(const cli_options *o)
{
    kura_worst *w = NULL;
    kura_error err = {0};
    kura_status k = kura_file_worst(o->args[0], o->mineral, o->worst, &w, &err);
    if (k) return cli_fail(k, &err);
    if (is_json(o))
        cli_worst_json(w, o->mineral, stdout);
    else
        print_worst(w, o);
    if (w->doubt) fprintf(stderr, "kura: %s; the commands may not replay these paths\n", w->doubt);
    kura_worst_free(w);
    return flushed();
}

/* Does it begin like an HDF5 file?  Then --path is meant for a scenario. */
static int is_result(const char *path)
{
    unsigned char head[8] = {0};
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(head, 1, sizeof head, f) : 0;
    if (f) fclose(f);
    return n == sizeof head && memcmp(head, "\211HDF\r\n\032\n", 8) == 0;
}

int cli_explain(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    int st = cli_parse(verb, argc, argv, &o);
    if (st) return st == -1 ? 0 : st;
    if (o.nargs != 1) return usage(o.nargs ? "one file is expected" : "a scenario or a result is missing");
    if (o.has_path && o.worst)
        return usage("--path belongs to a scenario, --worst to a result: use one of them");
    if (o.worst && (o.nsets || o.has_seed))
        return usage("--set and --seed belong to a scenario, not to --worst");
    if (o.worst) return tell_worst(&o);
    if (!o.has_path)
        return usage(is_result(o.args[0]) ? "a result is asked for its --worst K paths"
                                          : "which path? --path N is missing");
    if (is_result(o.args[0]))
        return usage("--path replays a scenario, and this is a result; \"--worst K\" names its worst paths "
                     "and the scenario");
    return tell_path(&o);
}
