/* Inside the command line: verbs, the one option table, messages. */
#ifndef KURA_CLI_CLI_H
#define KURA_CLI_CLI_H

#include "kura/kura.h"

typedef struct cli_verb cli_verb;
struct cli_verb {
    const char *name, *arguments, *text;
    int (*run)(const cli_verb *verb, int argc, char **argv);
};

/* Everything options can set. */
typedef struct {
    uint64_t paths, seed, path;
    int has_path, worst; /* worst: 0 = not given */
    int has_seed, threads, force, reproducible, print_resolved, schema, all;
    const char *isa, *output, *progress, *log_format, *mineral, *format, *metric, *policy;
    const char *sets[256];
    size_t nsets;
    double weeks[64];
    int nweeks;
    const char *from;
    int nargs;
    const char *args[8];
} cli_options;

/* Parses for `verb`.  Returns 0; -1 when --help was printed (exit 0); 64 after a message about wrong use. */
int cli_parse(const cli_verb *verb, int argc, char **argv, cli_options *out);
void cli_verb_help(const cli_verb *verb, FILE *to);
const cli_verb *cli_verb_find(const char *name);
void cli_man(const cli_verb *verbs, int n, FILE *to);
void cli_completion(const cli_verb *verbs, int n, FILE *to);

/* Prints an error as "kura: file:line:col: message" and returns the exit status of `status`. */
int cli_fail(kura_status status, const kura_error *err);
/* Prints what a run of so many paths (0 = the scenario's) may never reach. */
void cli_warn_run(const kura_scenario *s, uint64_t paths);
void cli_print_diag(const kura_diag *diag, int notes, FILE *to);

/* The bar: set up for --progress, called by kura_run. */
typedef struct {
    int kind;    /* 0 none, 1 bar, 2 plain */
    int json;    /* lines as JSON objects */
    int at_most; /* the run may stop earlier */
    double last_line;
    int open; /* a bar stands on the current line */
} cli_progress;
void cli_progress_init(cli_progress *p, const char *how, const char *log_format);
int cli_progress_step(void *user, uint64_t done, uint64_t total, double seconds);
void cli_progress_end(cli_progress *p);
/* Installs handlers for INT, TERM and USR1; cli_signal() is the first signal seen, 0 when none. */
void cli_catch_signals(void);
int cli_signal(void);

int cli_run(const cli_verb *verb, int argc, char **argv);
int cli_explain(const cli_verb *verb, int argc, char **argv);
int cli_n_minus_1(const cli_verb *verb, int argc, char **argv);
int cli_check(const cli_verb *verb, int argc, char **argv);
int cli_describe(const cli_verb *verb, int argc, char **argv);
int cli_show(const cli_verb *verb, int argc, char **argv);
int cli_compare(const cli_verb *verb, int argc, char **argv);
int cli_digest(const cli_verb *verb, int argc, char **argv);
int cli_selfcheck(const cli_verb *verb, int argc, char **argv);

#endif
