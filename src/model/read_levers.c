/* Levers on the network [7]: sites that they build and trades that they declare join those of the network,
 * without output or volume; what they do over time is compiled (compile_levers.c). */
#include "model/read_internal.h"
#include <limits.h>
#include <math.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

/* ---- shares by country ---- */

static int read_country_shares(kura_bind *b, const kura_key *key, const kura_node *node, void *record,
                               void *field)
{
    reading *r = reading_of(b);
    sc_shares *out = field;
    double sum = 0;
    (void)record;
    if (node->kind != KURA_NODE_MAP) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" must be a mapping, for example {AUS: 30 %%}; found %s",
                        key->name, kura_node_kind_name(node));
        return -1;
    }
    out->country = KURA_NEW(b->arena, int, (size_t)node->count);
    out->share = KURA_NEW(b->arena, double, (size_t)node->count);
    if (!out->country || !out->share) return -1;
    for (int i = 0; i < node->count; i++) {
        const kura_entry *e = &node->entries[i];
        int country = kura_names_find(&r->countries, e->key);
        if (kura_node_is_null(e->value)) continue;
        if (country < 0) {
            read_unknown(b, e->at, "country", e->key, &r->countries, "; nothing in the network is there");
            return -1;
        }
        if (kura_bind_quantity(b, key, KURA_UNIT_SHARE, "(0..1", e->value, &out->share[out->n])) return -1;
        sum += out->share[out->n];
        out->country[out->n++] = country;
    }
    if (sum <= 1 + 1e-9 && out->n) return 0;
    KURA_BIND_ERROR(b, node->at,
                    out->n ? "the shares add up to %.6g %%; at most 100 %% can be given"
                           : "no country is given; write for example {AUS: 30 %%}",
                    100 * sum);
    return -1;
}

const kura_type type_country_shares = {
    "country_shares",
    "a mapping {COUNTRY: share}",
    "{AUS: 30 %}",
    "{\"type\": \"object\", \"additionalProperties\": {\"anyOf\": [{\"type\": \"string\"}, {\"type\": "
    "\"number\"}]}}",
    read_country_shares,
    NULL};

/* ---- sites and trades of levers ---- */

int read_add_site(reading *r, const sc_site *site)
{
    kura_scenario_data *d = &r->sc->data;
    sc_site *all = KURA_NEW(r->bind.arena, sc_site, (size_t)d->nsites + 1);
    if (!all || !site->id) return -1;
    if (kura_names_find(&r->sites, site->id) >= 0)
        kura_diag_add(
            r->bind.diag, KURA_DIAG_ERROR, site->where.file, site->where.line, site->where.column, NULL,
            "there is a site \"%s\" already; the id of this lever is that of the site it builds", site->id);
    if (d->nsites) memcpy(all, d->sites, (size_t)d->nsites * sizeof *all);
    all[d->nsites] = *site;
    all[d->nsites].output = 0; /* in the base flow before the lever */
    all[d->nsites].capacity = all[d->nsites].input_capacity = NAN;
    d->sites = all;
    read_add_id(r, &r->sites, site->id);
    return d->nsites++;
}

/* What a site has that nobody described. */
static void plain_site(sc_site *s)
{
    s->mineral = s->form = s->country = s->owner = s->profile = -1;
    s->capacity = s->input_capacity = s->capacity_by_regime[0] = s->cash_cost = NAN;
    s->yield = 1;
    s->plants = 1;
    s->basis = s->grade = "";
}

/* The trade, declared here when network.trade does not have it. */
static void need_arc(kura_bind *b, const kura_node *node, int mineral, int form, int from, int to,
                     double lag_days, double firm, const char *key)
{
    reading *r = reading_of(b);
    if (mineral < 0 || form < 0 || from < 0 || to < 0 || from == to) return;
    if (read_find_arc(r, mineral, form, from, to) >= 0) return;
    if (isnan(lag_days)) {
        KURA_BIND_ERROR(b, node->at,
                        "network.trade has no %s/%s from %s to %s; give its transit time as \"%s\", for "
                        "example 4 weeks",
                        r->sc->data.minerals[mineral].id, r->sc->data.minerals[mineral].forms[form],
                        r->countries.names[from], r->countries.names[to], key);
        return;
    }
    read_add_arc(r, &(sc_arc){.mineral = mineral,
                              .form = form,
                              .from = from,
                              .to = to,
                              .lag_days = lag_days,
                              .lag_steps = -1,
                              .firm = firm,
                              .cap = NAN,
                              .premium = NAN,
                              .leak_via = -1,
                              .basis = "lever",
                              .lever = 1,
                              .where = read_where(node)});
}

/* ---- what all have ---- */

static void check_time(kura_bind *b, sc_lever *l, const kura_node *node)
{
    l->where = read_where(node);
    if (l->start_step != INT_MAX && l->end_step != INT_MAX && l->end_step <= l->start_step)
        KURA_BIND_ERROR(b, kura_bind_at(node, "end"), "the lever ends before it begins: step %d to %d",
                        l->start_step, l->end_step);
    else
        read_warn_idle(b, l->start_step, l->end_step, node);
    if (l->start_step == INT_MAX && l->ramp_days > 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "ramp"), "a ramp needs a \"start\"");
}

/* A refinery like the largest of the supplier, or of anybody, for what it is to build in addition. */
static void like_others(const kura_scenario_data *d, sc_site *s)
{
    const sc_site *best = NULL;
    for (int i = 0; i < d->nsites; i++) {
        const sc_site *o = &d->sites[i];
        if (o->mineral != s->mineral || o->form != s->form || o->lever != SC_LEVER_NONE || o->owner >= 0)
            continue;
        int own = o->country == s->country, best_own = best && best->country == s->country;
        if (!best || own > best_own || (own == best_own && o->output > best->output)) best = o;
    }
    s->kind = s->form == 0 ? SC_SITE_MINE : best ? best->kind : SC_SITE_SUPPLY;
    if (best && best->kind == SC_SITE_REFINE) s->yield = best->yield;
}

/* The site by which a supplier follows what it is to sell in addition. */
static void follow(kura_bind *b, sc_lever_kind kind, int index, const sc_lever *l, int mineral, int form,
                   int country)
{
    reading *r = reading_of(b);
    sc_site s = {0};
    plain_site(&s);
    s.mineral = mineral;
    s.form = form;
    s.country = country;
    s.lever = kind;
    s.lever_index = index;
    s.where = l->where;
    s.id = kura_arena_printf(b->arena, "%s-%s-%s-%s", l->id, r->sc->data.minerals[mineral].id,
                             r->sc->data.minerals[mineral].forms[form], r->countries.names[country]);
    like_others(&r->sc->data, &s);
    if (s.id && kura_names_find(&r->sites, s.id) < 0) read_add_site(r, &s); /* of several importers: one */
}

/* Number of the record in hand: those before it are counted by their finishing. */
static int number_of(int *counter) { return (*counter)++; }

/* ---- diversification ---- */

void read_diversification_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_diversification *x = record;
    reading *r = reading_of(b);
    int index = number_of(&r->nlevers[SC_LEVER_DIVERSIFICATION]);
    check_time(b, &x->lever, node);
    if (x->mineral < 0 || x->form < 0 || x->importer < 0) return;
    for (int i = 0; i < x->to.n; i++) {
        int country = x->to.country[i];
        if (country == x->importer)
            KURA_BIND_ERROR(b, kura_bind_at(node, "to"), "%s cannot import from itself",
                            r->countries.names[country]);
        if (x->from && x->from[country])
            KURA_BIND_ERROR(b, kura_bind_at(node, "to"), "%s gives up and receives; leave it out of one",
                            r->countries.names[country]);
        need_arc(b, node, x->mineral, x->form, country, x->importer, x->lag_days, x->firm, "lag");
        if (x->follows) follow(b, SC_LEVER_DIVERSIFICATION, index, &x->lever, x->mineral, x->form, country);
    }
}

/* ---- dependence cap ---- */

/* The last form of a mineral that a country imports, -1. */
static int last_imported(const kura_scenario_data *d, int mineral, int country)
{
    int form = -1;
    for (int i = 0; i < d->narcs; i++)
        if (d->arcs[i].mineral == mineral && d->arcs[i].to == country && d->arcs[i].form > form)
            form = d->arcs[i].form;
    return form;
}

static int holds_for(const kura_scenario_data *d, const sc_dependence_cap *x, const sc_arc *a)
{
    if (!x->importers[a->to] || (x->minerals && !x->minerals[a->mineral])) return 0;
    if (!x->nforms) return a->form == last_imported(d, a->mineral, a->to);
    for (int i = 0; i < x->nforms; i++)
        if (strcmp(x->forms[i], d->minerals[a->mineral].forms[a->form]) == 0) return 1;
    return 0;
}

void read_dependence_cap_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_dependence_cap *x = record;
    reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    int index = number_of(&r->nlevers[SC_LEVER_DEPENDENCE_CAP]), n = 0, narcs = d->narcs;
    check_time(b, &x->lever, node);
    if (!x->importers && given(node, "importer"))
        KURA_BIND_ERROR(
            b, kura_bind_at(node, "importer"),
            "not everybody can be below a cap; name the importers, for example JPN or [JPN, KOR]");
    if (!x->importers || r->network_unsure) return;
    for (int i = 0; i < narcs; i++) {
        const sc_arc a = d->arcs[i];
        if (!holds_for(d, x, &a)) continue;
        n++;
        if (x->follows && !(x->of && x->of[a.from]))
            follow(b, SC_LEVER_DEPENDENCE_CAP, index, &x->lever, a.mineral, a.form, a.from);
    }
    if (!n)
        KURA_BIND_ERROR(
            b, node->at,
            "lever \"%s\" caps nothing: no trade brings these minerals and forms to the importers",
            x->lever.id);
}

/* ---- investment ---- */

void read_investment_init(kura_bind *b, void *record)
{
    sc_investment *x = record;
    (void)b;
    plain_site(&x->site);
    x->index = -1;
}

/* More of a site that is there: what it is comes from there. */
static void expand(kura_bind *b, sc_investment *x, const kura_node *node)
{
    static const char *const own[] = {"mineral", "form", "country", "kind", "yield", "lag"};
    reading *r = reading_of(b);
    int i = kura_names_find(&r->sites, x->expands);
    for (size_t k = 0; k < sizeof own / sizeof *own; k++)
        if (given(node, own[k]))
            KURA_BIND_ERROR(b, kura_bind_at(node, own[k]),
                            "more of \"%s\" has the %s of that site; leave it out", x->expands, own[k]);
    if (i < 0) {
        if (!r->network_unsure)
            read_unknown(b, kura_bind_at(node, "expands"), "site", x->expands, &r->sites,
                         "; it is not in network.sites");
        return;
    }
    const sc_site *s = &r->sc->data.sites[i];
    x->site.mineral = s->mineral;
    x->site.form = s->form;
    x->site.country = s->country;
    x->site.kind = s->kind;
    x->site.yield = s->yield;
    x->site.lag_days = s->lag_days;
    x->site.owner = s->owner;
}

static void describe_new(kura_bind *b, sc_investment *x, const kura_node *node)
{
    static const char *const needed[] = {"mineral", "form", "country", "kind"};
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
        if (!given(node, needed[k]))
            KURA_BIND_ERROR(b, node->at,
                            "\"%s\" is missing: say what the new site is, or of which site it is more "
                            "(\"expands\")",
                            needed[k]);
    if (x->site.kind == SC_SITE_REFINE && x->site.form == 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "form"),
                        "a refinery cannot make the first form out of anything; take another kind");
    if (x->site.kind != SC_SITE_REFINE && given(node, "yield"))
        KURA_BIND_ERROR(b, kura_bind_at(node, "yield"), "only a refinery has a yield");
}

static void check_needs(kura_bind *b, const sc_investment *x, const kura_node *node)
{
    reading *r = reading_of(b);
    for (int k = 0; k < x->nneeds; k++) {
        int i = kura_names_find(&r->sites, x->needs[k]);
        if (i < 0 || r->sc->data.sites[i].lever != SC_LEVER_INVESTMENT)
            KURA_BIND_ERROR(b, kura_bind_at(node, "needs"),
                            "no investment \"%s\" is given before this one; write what is needed first",
                            x->needs[k]);
    }
}

void read_investment_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_investment *x = record;
    reading *r = reading_of(b);
    check_time(b, &x->lever, node);
    x->site.id = x->lever.id;
    x->site.where = x->lever.where;
    x->site.lever = SC_LEVER_INVESTMENT;
    x->site.lever_index = number_of(&r->nlevers[SC_LEVER_INVESTMENT]);
    if (isnan(x->site.yield)) x->site.yield = 1;
    if (isnan(x->site.lag_days)) x->site.lag_days = 0;
    if (x->expands[0])
        expand(b, x, node);
    else
        describe_new(b, x, node);
    check_needs(b, x, node);
    if (x->site.mineral < 0 || x->site.form < 0 || x->site.country < 0) return;
    int seller = x->site.owner >= 0 ? x->site.owner : x->site.country;
    for (int i = 0; i < x->offtake.n; i++)
        need_arc(b, node, x->site.mineral, x->site.form, seller, x->offtake.country[i], x->offtake_lag_days,
                 NAN, "offtake_lag");
    x->index = read_add_site(r, &x->site);
}

/* [7.5] Needs stand before what needs them, so they have waited for theirs. */
void read_wait_for_needs(reading *r)
{
    kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->ninvestments; i++) {
        sc_investment *x = &d->investments[i];
        x->built_step = x->lever.start_step;
        for (int k = 0; k < x->nneeds; k++)
            for (int j = 0; j < i; j++) {
                int *own = &x->lever.start_step, its = d->investments[j].lever.start_step;
                if (strcmp(d->investments[j].lever.id, x->needs[k]) != 0 || its == INT_MAX) continue;
                *own = *own == INT_MAX || its > *own ? its : *own;
            }
    }
}

/* ---- recycling ---- */

void read_recycling_init(kura_bind *b, void *record)
{
    sc_recycling *x = record;
    (void)b;
    plain_site(&x->site);
    x->index = -1;
}

void read_recycling_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_recycling *x = record;
    reading *r = reading_of(b);
    check_time(b, &x->lever, node);
    x->site.id = x->lever.id;
    x->site.where = x->lever.where;
    x->site.kind = SC_SITE_RECYCLE;
    x->site.lever = SC_LEVER_RECYCLING;
    x->site.lever_index = number_of(&r->nlevers[SC_LEVER_RECYCLING]);
    if (x->lifetime.kind == SC_DIST_NORMAL || (x->lifetime.kind == SC_DIST_UNIFORM && x->lifetime.a < 0))
        KURA_BIND_ERROR(
            b, kura_bind_at(node, "lifetime"),
            "a lifetime cannot be negative; take for example {weibull: {scale: 12 years, shape: 2.5}}");
    if (x->site.mineral < 0 || x->site.form < 0 || x->site.country < 0) return;
    if (x->products[0] && read_find_form(&r->sc->data.minerals[x->site.mineral], x->products) < 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "products"), "%s has no form \"%s\"",
                        r->sc->data.minerals[x->site.mineral].id, x->products);
    x->index = read_add_site(r, &x->site);
}

/* ---- research ---- */

void read_research_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_research *x = record;
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    check_time(b, &x->lever, node);
    for (int i = 0; x->sites && i < d->nsites; i++)
        if (x->sites[i] && d->sites[i].kind != SC_SITE_REFINE)
            KURA_BIND_ERROR(b, kura_bind_at(node, "sites"),
                            "site \"%s\" takes no input, so it has no yield that research could raise",
                            d->sites[i].id);
}
