/* M1 more stock, M2 better mines, M3 more capacity or a faster release: worse for nobody.
 *
 * In the monotone profile MP, per step, country and path, up to lattice dust.  Outside of it as means on
 * common random numbers, with the rate of violations printed: that is economics, not an error.
 *
 * Three conditions beyond MP, each needed (deviations.c shows what happens without them):
 *  - no hub has both sites and imports: the term ret (X* - x) of the order depends on stocks there [M1, M2,
 * M3];
 *  - stockpiles are released always, and no supplier waits for qualification: the trigger Z and the
 * qualification read the availability of mines, so a better mine may keep a stockpile shut [M2, M3];
 *  - a larger release cap helps the sum up to every step, not every step, and only where one stockpile stands
 * in a hub that does not export: what was released early is not there later [M3]. */
#include "rules.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static meta_model model, more;
static double gained, world_before, world_after;
static long cells, worse_cells, worse_paths, paths;

static void count(const meta_world *a, const meta_world *b)
{
    int n;
    const char *const *labels = meta_labels(a, "consumer", &n);
    for (int k = 0; k < n; k++) {
        const double *x = meta_series(a, "unserved", "consumer", labels[k]),
                     *y = meta_series(b, "unserved", "consumer", labels[k]);
        for (int c = 0; c < a->T * a->n; c++) {
            cells++;
            worse_cells += y[c] > x[c] + 1e-4;
            gained += x[c] - y[c];
        }
    }
    for (int p = 0; p < a->n; p++) {
        double before = meta_unserved(a, META_NONE, p), after = meta_unserved(b, META_NONE, p);
        world_before += before, world_after += after;
        worse_paths += after > before + 1e-4;
        paths++;
    }
}

static int pair(const meta_model *m, const meta_model *with,
                int (*compare)(const meta_world *, const meta_world *))
{
    meta_world a = {0}, b = {0};
    int bad =
        meta_run(&a, meta_compose(m, (meta_style){0})) || meta_run(&b, meta_compose(with, (meta_style){0}));
    bad = bad || compare(&a, &b);
    if (!bad) count(&a, &b);
    meta_drop(&a), meta_drop(&b);
    return bad;
}

/* Up to 256 quanta: the roundings of a few dozen sites, arcs and consumers. */
static int nowhere_worse(const meta_world *a, const meta_world *b)
{
    int n;
    const char *const *labels = meta_labels(a, "consumer", &n);
    for (int k = 0; k < n; k++) {
        const double *x = meta_series(a, "unserved", "consumer", labels[k]),
                     *y = meta_series(b, "unserved", "consumer", labels[k]);
        double dust = 256 * a->model->minerals[labels[k][1] - '0'].quantum;
        for (int c = 0; c < a->T * a->n; c++)
            if (!(y[c] <= x[c] + dust))
                return meta_say("%s, step %d, path %d: %.12g t unserved become %.12g t", labels[k], c / a->n,
                                c % a->n, x[c], y[c]);
    }
    return 0;
}

static int anything(const meta_world *a, const meta_world *b)
{
    (void)a, (void)b;
    return 0;
}

static int declared(const meta_arc *a, const void *user)
{
    (void)user;
    return a->volume == 0;
}

/* Nothing reads Z. */
static void without_triggers(meta_model *m)
{
    for (int i = 0; i < m->ntiers; i++) m->tiers[i].always = 1;
    meta_drop_arcs(m, declared, NULL);
}

static void start(int number, meta_profile profile, meta_rng *g)
{
    meta_make(&model, (uint64_t)number, profile);
    if (profile == META_MONOTONE && number % 2) model.cover = 0.5; /* low firm stocks: more shortages */
    meta_seed(g, 7919 + (uint64_t)number);
}

/* ---- the changes ---- */

static void add_stock(meta_model *m, meta_rng *g)
{
    int any = 0;
    for (int i = 0; i < m->nhubs; i++)
        if (m->open_loop && meta_below(g, 2)) m->hubs[i].opening += meta_mass(g, 30), any = 1;
    for (int i = 0; i < m->ntiers; i++)
        if (meta_below(g, 2)) m->tiers[i].opening += meta_mass(g, 60), any = 1;
    if (!any) m->tiers[0].opening += 20;
}

/* Mines lose availability for a while; in `with` less. */
static void script_mines(meta_model *m, meta_model *with, meta_rng *g)
{
    for (int i = 0; i < m->nsites; i++) {
        meta_site *s = &m->sites[i];
        if (s->kind != META_MINE) continue;
        s->from = meta_below(g, 30);
        s->to = s->from + 10 + meta_below(g, 20);
        s->availability = meta_below(g, 7) / 8.0;
    }
    *with = *m;
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].kind == META_MINE && meta_below(g, 3))
            with->sites[i].availability += (1 - with->sites[i].availability) * (1 + meta_below(g, 4)) / 4;
}

/* F frozen: the nominal export capacities are given. */
static void freeze(meta_model *m)
{
    for (int id = 0; id < m->nminerals; id++)
        for (int f = 0; f < m->forms[id]; f++)
            for (int c = 0; c < META_COUNTRIES; c++)
                if (meta_exports(m, id, f, c)) {
                    meta_hub *h = meta_hub_row(m, id, f, c);
                    if (h->export_capacity < 0) h->export_capacity = 10;
                }
}

static void widen(meta_model *m, meta_rng *g)
{
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].kind == META_MINE && m->sites[i].input_capacity < 0)
            m->sites[i].spare += meta_below(g, 5) / 4.0;
}

/* ---- M1 to M3 in MP ---- */

static int more_stock(int number)
{
    meta_rng g;
    start(number, META_MONOTONE, &g);
    more = model;
    add_stock(&more, &g);
    return pair(&model, &more, nowhere_worse);
}

static int better_mines(int number)
{
    meta_rng g;
    start(number, META_MONOTONE, &g);
    without_triggers(&model);
    script_mines(&model, &more, &g);
    return pair(&model, &more, nowhere_worse);
}

static int more_capacity(int number)
{
    meta_rng g;
    start(number, META_MONOTONE, &g);
    without_triggers(&model);
    freeze(&model);
    more = model;
    widen(&more, &g);
    return pair(&model, &more, nowhere_worse);
}

/* A larger release cap: unserved up to every step, of the consumers of the hub. */
static int owner_not_worse(const meta_world *a, const meta_world *b)
{
    int n;
    const char *const *labels = meta_labels(a, "consumer", &n);
    double before[64 * 64], after[64 * 64];
    for (int i = 0; i < model.ntiers; i++) {
        const meta_tier *t = &model.tiers[i];
        char hub[64];
        snprintf(hub, sizeof hub, "%s", meta_name(t->mineral, t->form, t->country));
        size_t length = strlen(hub);
        memset(before, 0, sizeof before), memset(after, 0, sizeof after);
        for (int k = 0; k < n; k++) {
            if (strncmp(labels[k], hub, length) || (labels[k][length] && labels[k][length] != '/')) continue;
            const double *x = meta_series(a, "unserved", "consumer", labels[k]),
                         *y = meta_series(b, "unserved", "consumer", labels[k]);
            for (int c = 0; c < a->T * a->n; c++) before[c] += x[c], after[c] += y[c];
        }
        for (int c = a->n; c < a->T * a->n; c++) before[c] += before[c - a->n], after[c] += after[c - a->n];
        double dust = 256 * a->T * a->model->minerals[t->mineral].quantum;
        for (int c = 0; c < a->T * a->n; c++)
            if (!(after[c] <= before[c] + dust))
                return meta_say("%s, up to step %d, path %d: %.12g t unserved become %.12g t", hub, c / a->n,
                                c % a->n, before[c], after[c]);
    }
    return 0;
}

/* One stockpile a mineral, at the final form of JPN, where only consumers draw. */
static int not_first(const meta_tier *t, const void *user)
{
    (void)user;
    return strcmp(t->id + 2, "-0") != 0;
}

static int from_final_jpn(const meta_arc *a, const void *user)
{
    const meta_model *m = user;
    return a->from == META_JPN && a->form == m->forms[a->mineral] - 1;
}

static int faster_release(int number)
{
    meta_rng g;
    start(number, META_MONOTONE, &g);
    for (int i = 0; i < model.ntiers; i++) {
        model.tiers[i].country = META_JPN;
        model.tiers[i].form = model.forms[model.tiers[i].mineral] - 1;
        model.tiers[i].at_most = 0.5 + meta_mass(&g, 3);
    }
    meta_drop_tiers(&model, not_first, NULL);
    meta_drop_arcs(&model, from_final_jpn, &model);
    more = model;
    for (int i = 0; i < more.ntiers; i++) more.tiers[i].at_most += meta_mass(&g, 8);
    return pair(&model, &more, owner_not_worse);
}

/* ---- outside MP ---- */

static int more_stock_default(int number)
{
    meta_rng g;
    start(number, META_DEFAULT, &g);
    more = model;
    add_stock(&more, &g);
    return pair(&model, &more, anything);
}

static int better_mines_default(int number)
{
    meta_rng g;
    start(number, META_DEFAULT, &g);
    script_mines(&model, &more, &g);
    return pair(&model, &more, anything);
}

static int more_capacity_default(int number)
{
    meta_rng g;
    start(number, META_DEFAULT, &g);
    freeze(&model);
    more = model;
    widen(&more, &g);
    for (int i = 0; i < more.ntiers; i++)
        if (more.tiers[i].at_most >= 0) more.tiers[i].at_most *= 2;
    return pair(&model, &more, anything);
}

static int summary(void)
{
    printf("  unserved, all models, paths and countries: %.6g t become %.6g t; worse in %ld of %ld cells, in "
           "the sum of %ld of %ld paths\n",
           world_before, world_after, worse_cells, cells, worse_paths, paths);
    int bad = !(gained > 100) ? meta_say("only %.6g t gained", gained) : 0;
    gained = world_before = world_after = 0;
    cells = worse_cells = worse_paths = paths = 0;
    return bad;
}

const meta_rule meta_rules_stock[] = {
    {"M1", "<=, MP, more opening stock, firm, private or national: unserved of every consumer, step and path",
     200, more_stock, summary, 0},
    {"M2", "<=, MP without triggers, higher availability of mines: every consumer, step and path", 200,
     better_mines, summary, 0},
    {"M3", "<=, MP without triggers, more mine capacity at frozen weights: every consumer, step and path",
     200, more_capacity, summary, 0},
    {"M3-release", "<=, MP, larger release cap: unserved of the owner up to every step, every path", 200,
     faster_release, summary, 0},
    {"M1-mean", "<= in the mean, default profile, larger stockpiles", 200, more_stock_default, summary, 0},
    {"M2-mean", "<= in the mean, default profile, better mines", 200, better_mines_default, summary, 0},
    {"M3-mean", "<= in the mean, default profile, more mine capacity, larger release caps", 200,
     more_capacity_default, summary, 0},
    {0}};
