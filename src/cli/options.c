/* Options: one table that drives parsing and --help. */
#include "cli/cli.h"
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    int letter;        /* short option or a code above 255 */
    const char *value; /* name of the value, NULL = flag */
    const char *verbs; /* verbs that take it, separated by spaces */
    const char *text;
} option;

enum {
    O_PATHS = 256,
    O_THREADS,
    O_SEED,
    O_ISA,
    O_SET,
    O_FORCE,
    O_REPRODUCIBLE,
    O_PROGRESS,
    O_RESOLVED,
    O_SCHEMA,
    O_LOG,
    O_PATH,
    O_WORST,
    O_MINERAL,
    O_WEEKS,
    O_FROM,
    O_OF_MINERAL,
    O_METRIC,
    O_POLICY,
    O_ALL,
    O_FORMAT
};

static const option table[] = {
    {"paths", O_PATHS, "N", "run", "number of paths, with run.stop_when the most (default: the scenario's)"},
    {"threads", O_THREADS, "N", "run n-1",
     "number of threads (default: all processors); never changes results"},
    {"seed", O_SEED, "N", "run explain", "random seed, 0 to 2^64-1 (default: the scenario's)"},
    {"isa", O_ISA, "NAME", "run explain n-1",
     "instruction set: auto, scalar, baseline, v3, v4; never changes results"},
    {"set", O_SET, "KEY=VALUE", "run check explain n-1",
     "change a key of the scenario, e.g. --set run.horizon=\"5 years\"; null removes it"},
    {"output", 'o', "FILE", "run n-1", "write the result (HDF5, netCDF-4 conventions) to FILE"},
    {"force", O_FORCE, NULL, "run n-1", "overwrite an existing FILE"},
    {"reproducible", O_REPRODUCIBLE, NULL, "run",
     "leave out /provenance: equal runs give equal files, byte for byte"},
    {"progress", O_PROGRESS, "HOW", "run", "auto, bar, plain or none"},
    {"log-format", O_LOG, "FORMAT", "run", "text, or json: one object a line on standard error"},
    {"print-resolved", O_RESOLVED, NULL, "check", "print the merged scenario"},
    {"path", O_PATH, "N", "explain", "number of the path, from 0; it may lie beyond the scenario's paths"},
    {"worst", O_WORST, "K", "explain", "name the K worst paths of a result by unserved demand"},
    {"mineral", O_MINERAL, "ID", "explain",
     "tell of this mineral alone and in detail; with --worst: rank by it"},
    {"mineral", O_OF_MINERAL, "ID", "n-1", "lose what concerns this mineral alone"},
    {"weeks", O_WEEKS, "LIST", "n-1",
     "how long objects are lost (default: 4,13,26,52); the page is of 26 weeks, else of the longest"},
    {"from", O_FROM, "DATE", "n-1", "when losses begin, as 2027-01-31 (default: the start of the run)"},
    {"mineral", O_OF_MINERAL, "ID", "compare",
     "what every policy does to this mineral, or to \"all\" together"},
    {"metric", O_METRIC, "NAME", "compare",
     "differences of this number with their intervals, e.g. loss_of_load_expectation"},
    {"policy", O_POLICY, "ID", "compare", "this policy alone"},
    {"all", O_ALL, NULL, "compare", "leave no mineral and no number out"},
    {"format", O_FORMAT, "FORMAT", "explain", "text, or json: one object, with --worst one a line"},
    {"schema", O_SCHEMA, NULL, "describe", "print the JSON Schema of the scenario language"},
    {"help", 'h', NULL, "run explain n-1 check describe show compare digest selfcheck", "print this help"},
};
enum { OPTIONS = sizeof table / sizeof *table };

static int applies(const option *o, const cli_verb *verb)
{
    size_t n = strlen(verb->name);
    for (const char *p = o->verbs; (p = strstr(p, verb->name)) != NULL; p += n)
        if ((p == o->verbs || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0)) return 1;
    return 0;
}

void cli_verb_help(const cli_verb *verb, FILE *to)
{
    fprintf(to, "usage: kura %s [OPTIONS]%s%s\n%s\n\noptions:\n", verb->name, *verb->arguments ? " " : "",
            verb->arguments, verb->text);
    for (int i = 0; i < OPTIONS; i++) {
        if (!applies(&table[i], verb)) continue;
        char left[64], letter[8] = "    ";
        if (table[i].letter < 256) snprintf(letter, sizeof letter, "-%c, ", table[i].letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, table[i].name, table[i].value ? " " : "",
                 table[i].value ? table[i].value : "");
        fprintf(to, "  %-26s %s\n", left, table[i].text);
    }
}

static int whole_number(const char *name, const char *text, uint64_t least, uint64_t most, uint64_t *out)
{
    char clean[64];
    size_t n = 0;
    for (const char *p = text; *p && n < sizeof clean - 1; p++)
        if (*p != '_') clean[n++] = *p;
    clean[n] = 0;
    char *end;
    errno = 0;
    unsigned long long x = strtoull(clean, &end, 10);
    if (clean[0] < '0' || clean[0] > '9' || *end || errno || x < least || x > most) {
        fprintf(stderr, "kura: --%s %s: a whole number from %llu to %llu is expected\n", name, text,
                (unsigned long long)least, (unsigned long long)most);
        return 64;
    }
    *out = x;
    return 0;
}

static int one_of(const char *name, const char *text, const char *choices)
{
    size_t n = strlen(text);
    for (const char *p = choices; (p = strstr(p, text)) != NULL; p += n ? n : 1)
        if (n && (p == choices || p[-1] == ' ') && (p[n] == ' ' || p[n] == 0)) return 0;
    fprintf(stderr, "kura: --%s %s: one of \"%s\" is expected\n", name, text, choices);
    return 64;
}

/* "4,13,26,52" */
static int list_of_weeks(const char *text, cli_options *o)
{
    const char *p = text;
    for (o->nweeks = 0; o->nweeks < (int)(sizeof o->weeks / sizeof *o->weeks);) {
        char *end;
        double x = strtod(p, &end);
        if (end == p || !(x > 0 && x <= 1e5) || (*end && *end != ',')) break;
        o->weeks[o->nweeks++] = x;
        if (!*end) return 0;
        p = end + 1;
    }
    fprintf(stderr, "kura: --weeks %s: numbers of weeks above 0 are expected, for example 4,13,26,52\n",
            text);
    return 64;
}

static int take(cli_options *o, int letter, char *value)
{
    uint64_t n;
    switch (letter) {
    case O_PATHS:
        return whole_number("paths", value, 1, KURA_PATHS_MOST, &o->paths);
    case O_THREADS:
        if (whole_number("threads", value, 0, 1024, &n)) return 64;
        o->threads = (int)n;
        return 0;
    case O_SEED:
        o->has_seed = 1;
        return whole_number("seed", value, 0, UINT64_MAX, &o->seed);
    case O_ISA:
        o->isa = value;
        return one_of("isa", value, "auto scalar baseline v3 v4");
    case O_SET:
        if (o->nsets == sizeof o->sets / sizeof *o->sets || !strchr(value, '=')) {
            fprintf(stderr, "kura: --set %s: KEY=VALUE is expected, at most 256 times\n", value);
            return 64;
        }
        o->sets[o->nsets++] = value;
        return 0;
    case 'o':
        o->output = value;
        return 0;
    case O_FORCE:
        o->force = 1;
        return 0;
    case O_REPRODUCIBLE:
        o->reproducible = 1;
        return 0;
    case O_PROGRESS:
        o->progress = value;
        return one_of("progress", value, "auto bar plain none");
    case O_LOG:
        o->log_format = value;
        return one_of("log-format", value, "text json");
    case O_PATH:
        o->has_path = 1;
        return whole_number("path", value, 0, KURA_PATHS_MOST - 1, &o->path);
    case O_WORST:
        if (whole_number("worst", value, 1, 10000, &n)) return 64;
        o->worst = (int)n;
        return 0;
    case O_MINERAL:
    case O_OF_MINERAL:
        o->mineral = value;
        return 0;
    case O_WEEKS:
        return list_of_weeks(value, o);
    case O_FROM:
        o->from = value;
        return 0;
    case O_METRIC:
        o->metric = value;
        return 0;
    case O_POLICY:
        o->policy = value;
        return 0;
    case O_ALL:
        o->all = 1;
        return 0;
    case O_FORMAT:
        o->format = value;
        return one_of("format", value, "text json");
    case O_RESOLVED:
        o->print_resolved = 1;
        return 0;
    case O_SCHEMA:
        o->schema = 1;
        return 0;
    default:
        return 64;
    }
}

/* getopt takes --path for --paths; who writes it means one path, not their number. */
static int is_path_for_paths(const char *value, char **next)
{
    return value == next[-1] ? strcmp(next[-2], "--path") == 0 : strncmp(next[-1], "--path=", 7) == 0;
}

int cli_parse(const cli_verb *verb, int argc, char **argv, cli_options *out)
{
    struct option longs[OPTIONS + 1];
    char shorts[3 * OPTIONS + 2] = ":";
    int n = 0;
    memset(out, 0, sizeof *out);
    memset(longs, 0, sizeof longs);
    for (int i = 0; i < OPTIONS; i++) {
        if (!applies(&table[i], verb)) continue;
        longs[n].name = table[i].name;
        longs[n].has_arg = table[i].value ? required_argument : no_argument;
        longs[n++].val = table[i].letter;
        if (table[i].letter < 256) {
            char s[3] = {(char)table[i].letter, table[i].value ? ':' : 0, 0};
            strcat(shorts, s);
        }
    }
    opterr = 0;
    optind = 1;
    for (int k; (k = getopt_long(argc, argv, shorts, longs, NULL)) != -1;) {
        if (k == 'h') {
            cli_verb_help(verb, stdout);
            return -1;
        }
        if (k == '?' || k == ':') {
            fprintf(stderr, "kura %s: %s \"%s\"; \"kura %s --help\" lists the options\n", verb->name,
                    k == ':' ? "a value is missing after" : "unknown option", argv[optind - 1], verb->name);
            return 64;
        }
        if (k == O_PATHS && is_path_for_paths(optarg, argv + optind)) {
            fprintf(
                stderr,
                "kura %s: unknown option \"--path\"; \"--paths N\" is the number of paths, \"kura explain "
                "SCENARIO --path %s\" tells the story of one\n",
                verb->name, optarg);
            return 64;
        }
        int st = take(out, k, optarg);
        if (st) return st;
    }
    for (; optind < argc; optind++) {
        if (out->nargs == (int)(sizeof out->args / sizeof *out->args)) break;
        out->args[out->nargs++] = argv[optind];
    }
    return 0;
}

/* The manual page, from the same table. */
void cli_man(const cli_verb *verbs, int n, FILE *to)
{
    fprintf(to, ".TH KURA 1\n.SH NAME\nkura \\- risk of shortage of critical minerals\n.SH SYNOPSIS\n");
    for (int v = 0; v < n; v++)
        fprintf(to, ".B kura %s\n[\\fIOPTIONS\\fR] %s\n.br\n", verbs[v].name, verbs[v].arguments);
    fprintf(to, ".SH DESCRIPTION\nMonte Carlo risk engine for critical-mineral supply.\n");
    for (int v = 0; v < n; v++) {
        fprintf(to, ".SS kura %s %s\n%s.\n", verbs[v].name, verbs[v].arguments, verbs[v].text);
        for (int i = 0; i < OPTIONS; i++)
            if (applies(&table[i], &verbs[v]))
                fprintf(to, ".TP\n.B \\-\\-%s%s%s\n%s\n", table[i].name, table[i].value ? " " : "",
                        table[i].value ? table[i].value : "", table[i].text);
    }
    fprintf(to, ".SH EXIT STATUS\n0 done, 64 usage, 65 bad scenario or data, 66 missing input, 70 internal, "
                "71 memory, "
                "73 cannot create output, 74 input or output, 130 or 143 stopped by a signal.\n");
}

/* Completion for bash: eval "$(kura completion)". */
void cli_completion(const cli_verb *verbs, int n, FILE *to)
{
    fprintf(to, "_kura() {\n  local cur=${COMP_WORDS[COMP_CWORD]} words=\"\"\n  if [ $COMP_CWORD -eq 1 ]; "
                "then words=\"");
    for (int v = 0; v < n; v++) fprintf(to, "%s%s", v ? " " : "", verbs[v].name);
    fprintf(to, "\"\n  else case ${COMP_WORDS[1]} in\n");
    for (int v = 0; v < n; v++) {
        fprintf(to, "    %s) words=\"", verbs[v].name);
        for (int i = 0; i < OPTIONS; i++)
            if (applies(&table[i], &verbs[v])) fprintf(to, "--%s ", table[i].name);
        fprintf(to, "\";;\n");
    }
    fprintf(to, "  esac; fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
                "complete -o default -F _kura kura\n");
}
