/* M5 scaling, M6 order of rows, M14 an idle buyer: the same answers when a model is written down in another
 * way.  All of them hold in the default profile, with every hazard and price on. */
#include "rules.h"
#include <string.h>
#include <math.h>
#include <stdio.h>

static meta_model model;
static meta_coverage coverage;

static int compare(const meta_model *m, meta_style style, double scale, const char *what)
{
    meta_world a = {0}, b = {0};
    char inner[META_WHY];
    int bad = meta_run(&a, meta_compose(m, (meta_style){0}));
    if (!bad) meta_cover(&coverage, &a);
    bad = bad || meta_run(&b, meta_compose(m, style)) || meta_same_paths(&a, &b, scale, 0, NULL, NULL) ||
          meta_same_samples(&a, &b, scale);
    if (bad) {
        snprintf(inner, sizeof inner, "%s", meta_why);
        meta_say("%s: %.300s", what, inner);
    }
    meta_drop(&a), meta_drop(&b);
    return bad;
}

/* M5: a power of two changes no bit; with the lattice given (shifted along) or left to the engine. */
static int scaling(int number)
{
    static const int exponents[] = {5, -7, 1, 12};
    int k = exponents[number % 4];
    meta_make(&model, (uint64_t)number, META_DEFAULT);
    return compare(&model, (meta_style){.scale = ldexp(1, k), .exponent = k}, ldexp(1, k),
                   "masses times a power of two");
}

static int currency(int number)
{
    meta_make(&model, (uint64_t)number, META_DEFAULT);
    return compare(&model, (meta_style){.usd = ldexp(1, number % 9 - 4)}, 1, "currency");
}

/* M5: another scale moves masses by quanta only. */
static int other_scale(int number)
{
    meta_world a = {0}, b = {0};
    meta_make(&model, (uint64_t)number, META_DEFAULT);
    model.exponent = 0;
    int bad = meta_run(&a, meta_compose(&model, (meta_style){0})) ||
              meta_run(&b, meta_compose(&model, (meta_style){.scale = 3}));
    double world = 0;
    for (int i = 0; i < model.ndemands; i++) world += model.demands[i].rate * 52;
    bad = bad || meta_same_paths(&a, &b, 3, 3 * world * 1e-9, NULL, NULL);
    meta_drop(&a), meta_drop(&b);
    return bad;
}

static int order(int number)
{
    meta_make(&model, (uint64_t)number, META_DEFAULT);
    return compare(&model, (meta_style){.shuffle = 1 + (uint64_t)number}, 1, "rows in another order");
}

/* Shares of several hazards are multiplied in the order of the file, which their last bit shows; what they do
 * to masses is on the lattice and must be equal. */
static const char *without_shares(const char *variable, const char *object, const void *user)
{
    (void)user;
    return strcmp(variable, "availability") == 0 || strcmp(variable, "openness") == 0 ? NULL : object;
}

static int order_of_hazards(int number)
{
    meta_world a = {0}, b = {0};
    meta_make(&model, (uint64_t)number, META_DEFAULT);
    int bad = meta_run(&a, meta_compose(&model, (meta_style){0})) ||
              meta_run(&b, meta_compose(&model,
                                        (meta_style){.shuffle = 1 + (uint64_t)number, .shuffle_hazards = 1}));
    bad = bad || meta_same_paths(&a, &b, 1, 0, without_shares, NULL) || meta_same_samples(&a, &b, 1) ||
          meta_same_paths(&a, &b, 1, 0x1p-40, NULL, NULL);
    meta_drop(&a), meta_drop(&b);
    return bad;
}

static int idle(int number)
{
    meta_make(&model, (uint64_t)number, META_DEFAULT);
    return compare(&model, (meta_style){.idle_buyer = 1}, 1, "idle buyer");
}

/* The models are worth it. */
static int reached(void)
{
    int bad = 0;
#define SHOW(name)                                                                                           \
    printf("  %-24s %ld\n", #name, coverage.name);                                                           \
    if (!coverage.name) bad = meta_say("no model reaches: %s", #name);
    META_COVERAGE(SHOW)
    coverage = (meta_coverage){0};
    return bad;
}

const meta_rule meta_rules_notation[] = {
    {"M5", "=, masses times a power of two, lattice with them: every cell of /paths and /samples", 200,
     scaling, NULL, 0},
    {"M5-currency", "=, money times a power of two: every cell", 200, currency, NULL, 0},
    {"M5-any", "to 1e-9 of world demand, masses times three: every cell of /paths", 200, other_scale, NULL,
     0},
    {"M6", "=, rows of every table and minerals in another order: every cell of /paths and /samples", 200,
     order, reached, 0},
    {"M6-hazards", "=, the same with hazards in another order", 200, order_of_hazards, NULL, 0},
    {"M14", "=, a country that buys nothing, declared, estimated, everywhere: every cell of the others", 200,
     idle, NULL, 0},
    {0}};
