/* kura: the command line.  Uses the public interface only. */
#include "cli/cli.h"
#include <stdio.h>
#include <string.h>

static const cli_verb verbs[] = {
    {"run", "SCENARIO", "simulate a scenario, print the table, write the result", cli_run},
    {"explain", "SCENARIO | RESULT",
     "tell how the shortages of --path N came about, or name the --worst K of a result", cli_explain},
    {"n-1", "SCENARIO", "lose each site, country, export and route in turn: what cannot be bridged, and for how long",
     cli_n_minus_1},
    {"check", "SCENARIO", "read a scenario, say what is wrong, list base flows that did not balance and stocks without a chain",
     cli_check},
    {"describe", "[KEY]", "explain a key of the scenario language, or all of them", cli_describe},
    {"show", "FILE [GROUP[/VARIABLE]]", "print a result", cli_show},
    {"compare", "FILE [FILE]", "what the policies of a study change, or the second result less the first", cli_compare},
    {"digest", "FILE", "SHA-256 over the content of a result, equal for equal numbers", cli_digest},
    {"selfcheck", "", "check this build on this machine", cli_selfcheck},
};

const cli_verb *cli_verb_find(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, name) == 0) return &verbs[i];
    return NULL;
}

static void help(FILE *to)
{
    fprintf(to,
            "kura %s: how likely is a shortage of a critical mineral, for how long, how deep, and what stock "
            "would do?\n\n"
            "usage: kura VERB [OPTIONS] ARGUMENTS\n\n",
            kura_version());
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        fprintf(to, "  kura %-10s %-24s %s\n", verbs[i].name, verbs[i].arguments, verbs[i].text);
    fprintf(
        to,
        "\n\"kura VERB --help\" lists the options of a verb; \"kura man\" prints the manual page,\n"
        "\"kura completion\" the completion for bash.\n"
        "exit status: 0 done, 64 usage, 65 bad scenario or data, 66 missing input, 70 internal, 71 memory,\n"
        "             73 cannot create output, 74 input or output, 130 or 143 stopped by a signal\n");
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        help(stderr);
        return 64;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
        if (argc > 2 && cli_verb_find(argv[2])) {
            cli_verb_help(cli_verb_find(argv[2]), stdout);
            return 0;
        }
        help(stdout);
        return 0;
    }
    if (strcmp(argv[1], "man") == 0 || strcmp(argv[1], "completion") == 0) {
        (argv[1][0] == 'm' ? cli_man : cli_completion)(verbs, (int)(sizeof verbs / sizeof *verbs), stdout);
        return 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("kura %s\n", kura_version());
        return 0;
    }
    const cli_verb *verb = cli_verb_find(argv[1]);
    if (!verb) {
        fprintf(stderr, "kura: unknown verb \"%s\"; \"kura --help\" lists them\n", argv[1]);
        return 64;
    }
    return verb->run(verb, argc - 1, argv + 1);
}
