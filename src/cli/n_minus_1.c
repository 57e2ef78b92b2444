/* kura n-1: the loss of single objects. */
#include "cli/cli.h"

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

static int lose(const kura_scenario *s, const cli_options *o)
{
    kura_n_minus_1_options options = {.weeks = o->weeks,
                                      .nweeks = o->nweeks,
                                      .mineral = o->mineral,
                                      .from = o->from,
                                      .threads = o->threads,
                                      .isa = o->isa};
    kura_result *result = NULL;
    kura_error err = {0};
    kura_status k = kura_n_minus_1(s, &options, &result, &err);
    if (k) return cli_fail(k, &err);
    int status = 0;
    if (o->output) {
        k = kura_result_write(result, o->output, o->force, 1, &err);
        if (k) status = cli_fail(k, &err);
    }
    k = kura_result_print(result, stdout, &err);
    if (k && !status) status = cli_fail(k, &err);
    if (!status && o->output) printf("\nwritten to %s\n", o->output);
    if ((fflush(stdout) || ferror(stdout)) && !status) status = 74;
    kura_result_free(result);
    return status;
}

int cli_n_minus_1(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    kura_error err = {0};
    int st = cli_parse(verb, argc, argv, &o);
    if (st) return st == -1 ? 0 : st;
    if (o.nargs != 1) {
        fprintf(stderr, "usage: kura n-1 [OPTIONS] SCENARIO\n");
        return 64;
    }
    if (o.output) {
        kura_status k = kura_output_check(o.output, o.force, &err);
        if (k) return cli_fail(k, &err);
    }
    kura_scenario *s = NULL;
    st = load(&o, &s);
    if (!st) st = lose(s, &o);
    kura_scenario_free(s);
    return st;
}
