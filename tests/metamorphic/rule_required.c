/* M12: a stock K suffices on a path if and only if the requirement of the D-run is at most K and nothing is
 * irreducible [R6.3].  Exact where the need does not know the stock: open-loop orders, no price feedback, a
 * hub of consumers that sells nothing; several stockpiles count as one if they have no caps and the same
 * trigger.
 *
 * Up to lattice dust: where the D-run is short, sharing rounds down, so its hub keeps a quantum a step and
 * consumer that the run with a stock does not have; the requirement is short by as much (58 quanta seen in 60
 * steps).
 *
 * K is set to the requirement of one path exactly, and to 1/16 t less. */
#include "rules.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static meta_model model;
static long adequate, inadequate, capped;

typedef struct {
    int mineral, country;
} place;

static int other_tier(const meta_tier *t, const void *user) { return (void)t, (void)user, 1; }
static int sold(const meta_arc *a, const void *user)
{
    const place *p = user;
    return a->mineral == p->mineral && a->from == p->country && a->form == model.forms[a->mineral] - 1;
}

/* A country that lives on imports of the final form. */
static int find(place *p)
{
    for (p->mineral = 0; p->mineral < model.nminerals; p->mineral++)
        for (p->country = META_COUNTRIES - 1; p->country >= 0; p->country--) {
            int f = model.forms[p->mineral] - 1;
            if (!meta_has_sites(&model, p->mineral, f, p->country) &&
                meta_imports(&model, p->mineral, f, p->country))
                return 1;
        }
    return 0;
}

static place make(uint64_t number, meta_rng *g)
{
    place p;
    do {
        meta_make(&model, number, META_MONOTONE);
        number += 1000;
    } while (!find(&p));
    meta_seed(g, number + 77);
    meta_drop_tiers(&model, other_tier, NULL);
    meta_drop_arcs(&model, sold, &p);
    model.focus = p.country;
    model.target = META_NONE;
    model.scripts = 0;
    model.cover = 1 + meta_below(g, 4);
    double demand = 0, imports = 0;
    for (int i = 0; i < model.narcs; i++)
        if (model.arcs[i].mineral == p.mineral && model.arcs[i].to == p.country &&
            model.arcs[i].form == model.forms[p.mineral] - 1)
            imports += model.arcs[i].volume;
    for (int i = 0; i < model.ndemands; i++) { /* demand that imports would meet if nothing happened */
        meta_demand *d = &model.demands[i];
        if (d->mineral == p.mineral && d->country == p.country && d->form == model.forms[p.mineral] - 1)
            d->rate = imports / 2, d->growth = 0, demand += d->rate;
    }
    if (!(imports > 0)) return make(number + 5000, g);
    int n = 1 + meta_below(g, 2), always = meta_below(g, 2), delay = meta_below(g, 4),
        minimum = meta_below(g, 4);
    for (int k = 0; k < n; k++) {
        model.tiers[k] = (meta_tier){.mineral = p.mineral,
                                     .form = model.forms[p.mineral] - 1,
                                     .country = p.country,
                                     .owner = k,
                                     .always = always,
                                     .delay = delay,
                                     .minimum = minimum,
                                     .at_most = META_NONE};
        model.tiers[k].floor = meta_below(g, 3) ? 0 : meta_mass(g, 5);
        snprintf(model.tiers[k].id, sizeof model.tiers[k].id, "t%d-%d", p.mineral, k);
    }
    model.ntiers = n;
    if (n == 1 && meta_below(g, 2)) model.tiers[0].at_most = imports / 4 + meta_mass(g, 4);
    return p;
}

/* K in all, of which the requirement counts the floor of the first stockpile, which alone is asked; what is
 * above it in part in the second one, on top of that one's floor. */
static void stock(double K)
{
    double free = fmax(0, K - model.tiers[0].floor);
    double first = model.ntiers > 1 ? floor(free * 16) / 64 : free; /* on the lattice */
    for (int k = 0; k < model.ntiers; k++)
        model.tiers[k].opening = model.tiers[k].floor + (k ? free - first : first);
}

static int agree(const meta_world *w, const place *p, double K, const double *first)
{
    char mineral[8], hub[64];
    snprintf(mineral, sizeof mineral, "m%d", p->mineral);
    snprintf(hub, sizeof hub, "%s/", meta_name(p->mineral, model.forms[p->mineral] - 1, p->country));
    const double *need = meta_sample(w, "required_stock", mineral),
                 *rest = meta_sample(w, "irreducible", mineral);
    double dust = 2 * w->T * w->model->minerals[p->mineral].quantum;
    int n;
    const char *const *labels = meta_labels(w, "consumer", &n);
    for (int path = 0; path < w->n; path++) {
        int served = 1;
        double most = 0, sum = 0;
        if (need[path] != first[path])
            return meta_say("path %d: the requirement is %.17g with a stock of %.17g, else %.17g", path,
                            need[path], K, first[path]);
        for (int t = 0; t < w->T; t++) {
            double u = 0;
            for (int k = 0; k < n; k++)
                if (!strncmp(labels[k], hub, strlen(hub)))
                    u += meta_series(w, "unserved", "consumer", labels[k])[t * w->n + path];
            served &= u <= dust;
            most = fmax(most, u), sum += u;
        }
        int enough = need[path] <= K && rest[path] == 0;
        if (enough != served && !(need[path] > K && need[path] <= K + dust)) /* short of dust */
            return meta_say("stock %.12g, path %d: required %.12g, irreducible %.12g, but %.12g t were not "
                            "served, at most %.12g in a step",
                            K, path, need[path], rest[path], sum, most);
        adequate += enough, inadequate += !enough, capped += rest[path] > 0;
    }
    return 0;
}

static int dual(int number)
{
    meta_rng g;
    meta_world w = {0};
    place p = make((uint64_t)number, &g);
    double first[64], grid[5] = {0};
    char mineral[8];
    snprintf(mineral, sizeof mineral, "m%d", p.mineral);
    int bad = 0, n = 1;
    for (int k = 0; k < n && !bad; k++) {
        stock(grid[k]);
        bad = meta_run(&w, meta_compose(&model, (meta_style){0}));
        if (!bad && k == 0) {
            memcpy(first, meta_sample(&w, "required_stock", mineral), sizeof first);
            for (int path = 0; path < w.n && n < 5; path += 7)
                if (first[path] > 1 && meta_sample(&w, "irreducible", mineral)[path] == 0) {
                    grid[n++] = first[path];
                    grid[n++] = first[path] - 0.0625;
                }
        }
        bad = bad || agree(&w, &p, grid[k], first);
        meta_drop(&w);
    }
    return bad;
}

static int seen(void)
{
    printf("  stocks that suffice on %ld paths, that do not on %ld, with an irreducible part on %ld\n",
           adequate, inadequate, capped);
    int bad = adequate < 1000 || inadequate < 1000 || capped < 1000;
    adequate = inadequate = capped = 0;
    return bad ? meta_say("one side was hardly seen") : 0;
}

const meta_rule meta_rules_required[] = {
    {"M12", "iff, MP, stocks at the requirement of a path and 1/16 t below: served or not, every path", 200,
     dual, seen, 0},
    {0}};
