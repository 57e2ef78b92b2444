/* kura run: load, say what will be done, simulate, print the table, write the file. */
#include "cli/cli.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void announce(const kura_scenario *s, const cli_options *o, const kura_run_plan *plan)
{
    kura_scenario_info i;
    kura_scenario_describe(s, &i);
    if (o->log_format && strcmp(o->log_format, "json") == 0) {
        fprintf(stderr,
                "{\"event\": \"start\", \"scenario\": \"%s\", \"minerals\": %d, \"hubs\": %d, \"sites\": %d, "
                "\"arcs\": %d, "
                "\"steps\": %d, \"paths\": %llu, \"seed\": \"%llu\", \"memory_bytes\": %llu, "
                "\"scratch_bytes\": %llu, "
                "\"threads\": %d, "
                "\"isa\": \"%s\", \"corrections\": %d%s}\n",
                i.name, i.minerals, i.hubs, i.sites, i.arcs, i.steps,
                (unsigned long long)(o->paths ? o->paths : i.paths),
                (unsigned long long)(o->has_seed ? o->seed : i.seed), (unsigned long long)plan->bytes_total,
                (unsigned long long)plan->bytes_disk, plan->threads, plan->isa, i.corrections,
                i.paths_at_most ? ", \"at_most\": true" : "");
        return;
    }
    fprintf(stderr, "%s: %d minerals, %d hubs, %d sites, %d arcs, %d steps, %s%llu paths, seed %llu\n",
            i.name, i.minerals, i.hubs, i.sites, i.arcs, i.steps, i.paths_at_most ? "up to " : "",
            (unsigned long long)(o->paths ? o->paths : i.paths),
            (unsigned long long)(o->has_seed ? o->seed : i.seed));
    fprintf(stderr, "memory: about %.0f MB (%.1f MB a thread, %d threads, instruction set %s)\n",
            (double)plan->bytes_total / 1e6, (double)plan->bytes_per_thread / 1e6, plan->threads, plan->isa);
    fprintf(stderr,
            "        program %.0f, model %.1f, tallies %.1f and threads %.1f, after them the result %.1f MB, "
            "whatever the paths; on disk at most %.3g MB\n",
            (double)plan->bytes_program / 1e6, (double)plan->bytes_model / 1e6,
            (double)plan->bytes_tallies / 1e6, plan->threads * ((double)plan->bytes_per_thread / 1e6),
            (double)plan->bytes_results / 1e6, (double)plan->bytes_disk / 1e6);
    if (i.corrections)
        fprintf(stderr, "%d base flows were corrected to balance; \"kura check\" lists them\n",
                i.corrections);
}

/* A word as a shell reads it back; returns where the text ends then. */
static char *put_word(char *to, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:%+";
    if (word[0] && strspn(word, plain) == strlen(word)) return stpcpy(to, word);
    *to++ = '\'';
    for (; *word; word++) to = *word == '\'' ? stpcpy(to, "'\\''") : (*to = *word, to + 1);
    return stpcpy(to, "'");
}

/* The command line for /provenance, to be copied into a shell. */
static char *join(int argc, char **argv)
{
    size_t n = 6;
    for (int i = 0; i < argc; i++) n += 4 * strlen(argv[i]) + 3;
    char *text = malloc(n);
    if (!text) return NULL;
    char *to = stpcpy(text, "kura");
    for (int i = 0; i < argc; i++) {
        *to++ = ' ';
        to = put_word(to, argv[i]);
    }
    return text;
}

static void print_word(const char *word)
{
    char *text = malloc(4 * strlen(word) + 3);
    if (text) *put_word(text, word) = 0;
    fputs(text ? text : word, stderr);
    free(text);
}

/* A path on which the simulation failed: the command that replays it, with what changes the scenario. */
static void say_replay(const kura_error *err, const cli_options *o)
{
    if (!err->has_path) return;
    fputs("replay it with: kura explain ", stderr);
    print_word(o->args[0]);
    fprintf(stderr, " --path %llu", err->path);
    for (size_t i = 0; i < o->nsets; i++) {
        fputs(" --set ", stderr);
        print_word(o->sets[i]);
    }
    if (o->has_seed) fprintf(stderr, " --seed %llu", (unsigned long long)o->seed);
    fputc('\n', stderr);
}

/* The scratch file stands beside the output, where there is room for it; NULL without output. */
static char *folder_of(const char *output)
{
    const char *slash = output ? strrchr(output, '/') : NULL;
    if (!output) return NULL;
    if (!slash) return strdup(".");
    return strndup(output, slash == output ? 1 : (size_t)(slash - output));
}

static int simulate(const kura_scenario *s, const cli_options *o, const char *command, const char *scratch)
{
    cli_progress bar;
    kura_scenario_info info;
    cli_progress_init(&bar, o->progress, o->log_format);
    kura_scenario_describe(s, &info);
    bar.at_most = info.paths_at_most;
    kura_run_options options = {.paths = o->paths,
                                .threads = o->threads,
                                .has_seed = o->has_seed,
                                .seed = o->seed,
                                .isa = o->isa,
                                .progress = cli_progress_step,
                                .user = &bar,
                                .command_line = command,
                                .scratch = scratch};
    kura_error err = {0};
    kura_run_plan plan;
    kura_status k = kura_run_estimate(s, &options, &plan, &err);
    if (k) return cli_fail(k, &err);
    announce(s, o, &plan);
    kura_result *result = NULL;
    cli_catch_signals();
    k = kura_run(s, &options, &result, &err);
    cli_progress_end(&bar);
    if (k == KURA_E_INTERRUPTED && cli_signal()) {
        fprintf(stderr, "kura: stopped by signal %d; nothing was written\n", cli_signal());
        return 128 + cli_signal();
    }
    if (k) {
        int status = cli_fail(k, &err);
        say_replay(&err, o);
        return status;
    }
    int status = 0;
    if (o->output) {
        k = kura_result_write(result, o->output, o->force, o->reproducible, &err);
        if (k) status = cli_fail(k, &err);
    }
    k = kura_result_print(result, stdout, &err);
    if (k && !status) status = cli_fail(k, &err);
    if (!status && o->output) printf("\nwritten to %s\n", o->output);
    if ((fflush(stdout) || ferror(stdout)) && !status) status = 74;
    kura_result_free(result);
    return status;
}

static int load_and_simulate(const cli_options *o, const char *command)
{
    if (o->nargs != 1) {
        fprintf(stderr, "usage: kura run [OPTIONS] SCENARIO\n");
        return 64;
    }
    kura_error err = {0};
    if (o->output) { /* before hours of work, not after */
        kura_status k = kura_output_check(o->output, o->force, &err);
        if (k) return cli_fail(k, &err);
    }
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_status k = kura_scenario_load(o->args[0], o->sets, o->nsets, &s, &diag, &err);
    cli_print_diag(&diag, 0, stderr);
    if (k) {
        int n = diag.errors;
        kura_diag_fini(&diag);
        return n ? kura_status_exit(k) : cli_fail(k, &err);
    }
    kura_diag_fini(&diag);
    cli_warn_run(s, o->paths);
    char *scratch = folder_of(o->output);
    int st = simulate(s, o, command, scratch);
    free(scratch);
    kura_scenario_free(s);
    return st;
}

int cli_run(const cli_verb *verb, int argc, char **argv)
{
    cli_options o;
    char *command = join(argc, argv); /* before getopt sorts the arguments */
    int st = cli_parse(verb, argc, argv, &o);
    if (st) {
        free(command);
        return st == -1 ? 0 : st;
    }
    st = load_and_simulate(&o, command);
    free(command);
    return st;
}
