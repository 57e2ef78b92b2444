/* M10 a form more, M11 a stock without a chain. */
#include "rules.h"
#include <stdio.h>
#include <string.h>

static meta_model one, two;
static char renamed[128];

/* ---- M10: yield 1 and an unlimited refinery: two forms are as good as one ----
 *
 * Every mine of the one-form network becomes a mine of ore with a refinery behind it.  The two are equal
 * under push production, with stores that are never full (else ore piles up where the mine of one form would
 * have stopped), no hub with both sites and imports (the order there replaces lost output, and an unlimited
 * refinery "loses" all it could have made), given export capacities (they follow capacity otherwise), and
 * refineries that nothing happens to (in Z their availability counts in full, although they have capacity to
 * spare [B3]).  Equal to a few quanta: a claim times (rest/claim) may fall one quantum short of the rest. */

static int not_ore_site(const meta_site *s, const void *user) { return (void)user, s->form != 0; }
static int not_ore_arc(const meta_arc *a, const void *user) { return (void)user, a->form != 0; }
static int not_ore_hub(const meta_hub *h, const void *user) { return (void)user, h->form != 0; }
static int not_final(const meta_demand *d, const void *user)
{
    const meta_model *m = user;
    return d->form != m->forms[d->mineral] - 1;
}

enum { ENDLESS = 1 << 20, UNLIMITED = 1 << 14 }; /* t, t a step */

static void make_one(meta_model *m, uint64_t number)
{
    meta_make(m, number, META_MONOTONE);
    meta_drop_sites(m, not_ore_site, NULL);
    meta_drop_arcs(m, not_ore_arc, NULL);
    meta_drop_hubs(m, not_ore_hub, NULL);
    meta_drop_demands(m, not_final, m);
    for (int i = 0; i < m->ndemands; i++) m->demands[i].form = 0;
    for (int i = 0; i < m->ntiers; i++) m->tiers[i].form = 0;
    for (int i = 0; i < m->nhubs; i++) m->hubs[i].storage = ENDLESS;
    for (int i = 0; i < m->nminerals; i++) m->forms[i] = 1;
    m->exponent = -30;
    m->mines_only = 1;
}

static void add_refineries(meta_model *m, const meta_model *from)
{
    *m = *from;
    for (int i = 0; i < m->nminerals; i++) m->forms[i] = 2;
    for (int i = 0; i < m->narcs; i++) m->arcs[i].form = 1;
    for (int i = 0; i < m->ndemands; i++) m->demands[i].form = 1;
    for (int i = 0; i < m->ntiers; i++) m->tiers[i].form = 1;
    for (int i = 0; i < m->nhubs; i++) m->hubs[i].form = 1;
    for (int i = 0, n = m->nsites; i < n; i++) {
        const meta_site *mine = &m->sites[i];
        meta_site *r = NULL;
        for (int k = n; k < m->nsites; k++)
            if (m->sites[k].mineral == mine->mineral && m->sites[k].country == mine->country)
                r = &m->sites[k];
        if (!r) {
            r = &m->sites[m->nsites++];
            *r = *mine;
            r->kind = META_REFINE, r->form = 1, r->input_capacity = UNLIMITED, r->from = r->to = 0,
            r->output = 0;
            snprintf(r->id, sizeof r->id, "m%d-refinery-%s", r->mineral, meta_countries[r->country]);
            meta_hub *ore = meta_hub_row(m, r->mineral, 0, r->country);
            ore->opening = 0, ore->storage = ENDLESS;
        }
        r->output += mine->output;
    }
}

static const char *one_form_up(const char *variable, const char *object, const void *user)
{
    const char *at = strstr(object, "/ore");
    if (!strcmp(variable, "order")) { /* of hubs that have nobody to order from: without effect */
        const meta_model *m = user;
        for (int c = 0; c < META_COUNTRIES; c++)
            if (!strcmp(object, meta_name(object[1] - '0', 0, c)) && !meta_imports(m, object[1] - '0', 0, c))
                return NULL;
    }
    if (!at) return object;
    snprintf(renamed, sizeof renamed, "%.*s/oxide%s", (int)(at - object), object, at + 4);
    return renamed;
}

static int a_form_more(int number)
{
    meta_world a = {0}, b = {0};
    make_one(&one, (uint64_t)number);
    add_refineries(&two, &one);
    int bad = meta_run(&a, meta_compose(&one, (meta_style){0})) ||
              meta_run(&b, meta_compose(&two, (meta_style){0})) ||
              meta_same_paths(&a, &b, 1, 4096 * 0x1p-30, one_form_up, &one);
    meta_drop(&a), meta_drop(&b);
    return bad;
}

/* ---- M11: with R_c = 0 a stock of ore helps nobody, and changes nothing ----
 *
 * In one country the stages from form `low` on are there, but that of form `dead` stands still all the time.
 * The hubs between neither trade nor serve consumers: only the chain could carry the stock on.  Default
 * profile. */

typedef struct {
    int mineral, country, low, dead;
} chain;
static double unserved, helped;

static int in_chain(const chain *c, int mineral, int form, int country)
{
    return mineral == c->mineral && country == c->country && form >= c->low && form < c->dead;
}
static int chain_arc(const meta_arc *a, const void *user)
{
    return in_chain(user, a->mineral, a->form, a->from) || in_chain(user, a->mineral, a->form, a->to);
}
static int chain_site(const meta_site *s, const void *user)
{
    const chain *c = user;
    int at_end =
        s->mineral == c->mineral && s->country == c->country && s->form == c->dead && s->kind == META_REFINE;
    return in_chain(c, s->mineral, s->form, s->country) || at_end;
}
static int chain_demand(const meta_demand *d, const void *user)
{
    return in_chain(user, d->mineral, d->form, d->country);
}
static int chain_tier(const meta_tier *t, const void *user)
{
    return in_chain(user, t->mineral, t->form, t->country);
}

static chain make_chain(meta_model *m, uint64_t number)
{
    meta_rng g;
    for (; meta_make(m, number, META_DEFAULT), m->forms[0] < 2 && m->forms[1] < 2;) number += 1000;
    meta_seed(&g, number + 31);
    chain c = {m->forms[0] >= 2 ? 0 : 1, meta_below(&g, 2) ? META_JPN : META_KOR, 0, 0};
    c.low = meta_below(&g, m->forms[c.mineral] - 1);
    c.dead = c.low + 1 + meta_below(&g, m->forms[c.mineral] - 1 - c.low);
    meta_drop_arcs(m, chain_arc, &c);
    meta_drop_sites(m, chain_site, &c);
    meta_drop_demands(m, chain_demand, &c);
    meta_drop_tiers(m, chain_tier, &c);
    for (int f = c.low; f <= c.dead; f++) {
        meta_site *s = &m->sites[m->nsites++];
        *s = (meta_site){.mineral = c.mineral,
                         .form = f,
                         .country = c.country,
                         .plants = 1,
                         .yield = 1,
                         .spare = 0.25,
                         .output = meta_mass(&g, 8),
                         .input_capacity = META_NONE,
                         .availability = 1,
                         .kind = f > c.low ? META_REFINE
                                 : f       ? META_RECYCLE
                                           : META_MINE};
        snprintf(s->id, sizeof s->id, "chain-%d", f);
        if (f == c.dead) s->availability = 0, s->to = m->steps;
    }
    meta_tier *t = &m->tiers[m->ntiers++];
    *t = (meta_tier){.id = "chain",
                     .mineral = c.mineral,
                     .form = c.low,
                     .country = c.country,
                     .always = 1,
                     .at_most = META_NONE};
    meta_hub_row(m, c.mineral, c.low, c.country)->opening = 0;
    return c;
}

/* All but the chain itself. */
static const char *outside(const char *variable, const char *object, const void *user)
{
    const chain *c = user;
    (void)variable;
    for (int f = c->low; f < c->dead; f++)
        if (!strcmp(object, meta_name(c->mineral, f, c->country))) return NULL;
    return strncmp(object, "chain", 5) ? object : NULL;
}

static int no_chain(int number)
{
    meta_world a = {0}, b = {0};
    chain c = make_chain(&one, (uint64_t)number);
    two = one;
    meta_hub_row(&two, c.mineral, c.low, c.country)->opening = 500;
    two.tiers[two.ntiers - 1].opening = 300;
    int bad = meta_run(&a, meta_compose(&one, (meta_style){0})) ||
              meta_run(&b, meta_compose(&two, (meta_style){0})) || meta_same_paths(&a, &b, 1, 0, outside, &c);
    char dead[32];
    snprintf(dead, sizeof dead, "chain-%d", c.dead);
    for (int p = 0; !bad && p < a.n; p++) {
        const double *x = meta_series(&b, "output", "site", dead),
                     *r = meta_series(&b, "release", "tier", "chain");
        for (int t = 0; t < b.T; t++)
            if (x[t * b.n + p] != 0 || (c.dead == c.low + 1 && r[t * b.n + p] != 0))
                bad =
                    meta_say("step %d: %.17g t refined, %.17g t released", t, x[t * b.n + p], r[t * b.n + p]);
        unserved += meta_unserved(&a, c.country, p);
    }
    meta_drop(&b);
    if (!bad && number % 8 == 0) { /* with a chain that works the same stock does help */
        for (int i = 0; i < two.nsites; i++)
            if (!strcmp(two.sites[i].id, dead)) two.sites[i].to = 0;
        bad = meta_run(&b, meta_compose(&two, (meta_style){0}));
        for (int p = 0; !bad && p < a.n; p++)
            helped += meta_unserved(&a, c.country, p) - meta_unserved(&b, c.country, p);
        meta_drop(&b);
    }
    meta_drop(&a);
    return bad;
}

static int needed(void)
{
    printf("  %.6g t unserved in the countries with the useless stock; a chain would have served %.6g t of a "
           "part of them\n",
           unserved, helped);
    int bad = !(unserved > 1000 && helped > 1000);
    unserved = helped = 0;
    return bad ? meta_say("nobody needed the stock") : 0;
}

const meta_rule meta_rules_forms[] = {
    {"M10",
     "= to quanta, MP, refineries of yield 1 without limit behind the mines: every cell of hubs, arcs, "
     "stockpiles, consumers",
     200, a_form_more, NULL, 0},
    {"M11", "=, 800 t more of a form whose chain stands still: every cell outside the chain", 200, no_chain,
     needed, 0},
    {0}};
