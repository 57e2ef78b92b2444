/* The verbs but run. */
#include "cli/cli.h"
#include <string.h>

/* Parses and checks the number of arguments; -2 = go on, else the exit status. */
static int begin(const cli_verb *verb, int argc, char **argv, cli_options *o, int least, int most)
{
    int st = cli_parse(verb, argc, argv, o);
    if (st == -1) return 0;
    if (st) return st;
    if (o->nargs < least || o->nargs > most) {
        fprintf(stderr, "usage: kura %s [OPTIONS] %s\n", verb->name, verb->arguments);
        return 64;
    }
    return -2;
}

static int flushed(void) { return fflush(stdout) || ferror(stdout) ? 74 : 0; }

int cli_check(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    int st = begin(verb, argc, argv, &o, 1, 1);
    if (st != -2) return st;
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_status k = kura_scenario_load(o.args[0], o.sets, o.nsets, &s, &diag, &err);
    cli_print_diag(&diag, 0, stderr);
    if (k) {
        int n = diag.errors;
        kura_diag_fini(&diag);
        if (!n) return cli_fail(k, &err);
        fprintf(stderr, "kura: %s: %d error%s\n", o.args[0], n, n == 1 ? "" : "s");
        return kura_status_exit(k);
    }
    cli_warn_run(s, 0);
    if (o.print_resolved)
        fputs(kura_scenario_resolved(s), stdout);
    else {
        kura_scenario_info i;
        kura_scenario_describe(s, &i);
        printf("%s: %s\n%d minerals, %d hubs, %d sites, %d trade arcs, %d steps, %s%llu paths, seed %llu\n",
               i.name, i.title, i.minerals, i.hubs, i.sites, i.arcs, i.steps, i.paths_at_most ? "up to " : "",
               (unsigned long long)i.paths, (unsigned long long)i.seed);
        kura_scenario_print_corrections(s, stdout);
    }
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    return flushed();
}

int cli_describe(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    int st = begin(verb, argc, argv, &o, 0, 1);
    if (st != -2) return st;
    kura_error err = {0};
    kura_status k = kura_describe(o.nargs ? o.args[0] : NULL, o.schema, stdout, &err);
    return k ? cli_fail(k, &err) : flushed();
}

int cli_show(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    int st = begin(verb, argc, argv, &o, 1, 2);
    if (st != -2) return st;
    kura_error err = {0};
    kura_status k = kura_file_show(o.args[0], o.nargs > 1 ? o.args[1] : NULL, stdout, &err);
    return k ? cli_fail(k, &err) : flushed();
}

int cli_compare(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    int st = begin(verb, argc, argv, &o, 1, 2);
    if (st != -2) return st;
    kura_compare_options view = {.metric = o.metric, .mineral = o.mineral, .policy = o.policy, .all = o.all};
    kura_error err = {0};
    kura_status k = kura_file_compare(o.args[0], o.nargs > 1 ? o.args[1] : NULL, &view, stdout, &err);
    return k ? cli_fail(k, &err) : flushed();
}

int cli_digest(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    int st = begin(verb, argc, argv, &o, 1, 1);
    if (st != -2) return st;
    char digest[65], state[33];
    kura_error err = {0};
    kura_status k = kura_file_digest(o.args[0], digest, &err);
    if (!k) k = kura_file_state_hash(o.args[0], state, &err);
    if (k) return cli_fail(k, &err);
    printf("%s\n", digest);
    if (state[0]) printf("state %s\n", state);
    return flushed();
}

int cli_selfcheck(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    int st = begin(verb, argc, argv, &o, 0, 0);
    if (st != -2) return st;
    kura_error err = {0};
    kura_status k = kura_selfcheck(stdout, &err);
    return k ? cli_fail(k, &err) : flushed();
}
