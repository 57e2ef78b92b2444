/* Runs rules on their models.
 *
 *   metamorphic [--models N] [--baseline] [--twin] [RULE ...]
 *
 * --baseline takes the kernels of the baseline instruction set.  With --twin the engine is known to be wrong
 * (see twins/): every rule named must be violated, by one model at least; the kernels are those of the
 * baseline, the only ones that are replaced. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "rules.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const meta_rule *const families[] = {
    meta_rules_stock, meta_rules_rest,  meta_rules_notation, meta_rules_split, meta_rules_balance,
    meta_rules_time,  meta_rules_forms, meta_rules_required, meta_rules_twins, meta_rules_deviations};
static int models, twin;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void run_rule(void **state)
{
    const meta_rule *r = *state;
    int n = models && models < r->models ? models : r->models, violated = 0, first = -1;
    char why[META_WHY] = "";
    double start = seconds();
    print_message("%s: %s\n", r->name, r->what);
    for (int i = 0; i < n; i++)
        if (r->check(i)) {
            if (first < 0) {
                first = i;
                snprintf(why, sizeof why, "%s", meta_why);
            }
            violated++;
            if (!twin && violated <= 10) print_message("  model %d: %s\n", i, meta_why);
        }
    int ended = r->end ? r->end() && (r->pooled || n == r->models) : 0;
    if (ended) print_message("  at the end: %s\n", meta_why);
    print_message("  violated on %d of %d models, %.1f s\n", violated, n, seconds() - start);
    if (first >= 0) print_message("  first on model %d: %s\n", first, why);
    if (twin)
        assert_true(violated > 0 || (r->pooled && ended));
    else
        assert_true(violated == 0 && !ended);
}

int main(int argc, char **argv)
{
    struct CMUnitTest tests[64];
    size_t n = 0;
    for (int i = 1; i < argc; i++)
        if (!strcmp(argv[i], "--models") && i + 1 < argc)
            models = atoi(argv[i + 1]), argv[i + 1] = argv[i], i++;
        else if (!strcmp(argv[i], "--twin"))
            twin = 1;
        else if (!strcmp(argv[i], "--baseline"))
            meta_isa = "baseline";
    if (twin) meta_isa = "baseline";
    for (size_t f = 0; f < sizeof families / sizeof *families; f++)
        for (const meta_rule *r = families[f]; r->name; r++) {
            int wanted = 0, any = 0;
            for (int i = 1; i < argc; i++)
                if (argv[i][0] != '-') any = 1, wanted |= !strcmp(argv[i], r->name);
            if (any && !wanted) continue;
            tests[n++] = (struct CMUnitTest){r->name, run_rule, NULL, NULL, (void *)(uintptr_t)r};
        }
    if (!n) {
        fprintf(stderr, "no such rule\n");
        return 2;
    }
    return _cmocka_run_group_tests("metamorphic", tests, n, NULL, NULL);
}
