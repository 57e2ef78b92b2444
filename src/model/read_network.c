/* Run, minerals and network: what one key alone cannot show.  Hooks of the records in keys_*.c; see
 * read_internal.h. */
#include "model/read_internal.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

/* Two keys of which one at most may be given; `both` says what they are. */
static int only_one(kura_bind *b, const kura_node *node, const char *first, const char *second)
{
    if (!given(node, first) || !given(node, second)) return 1;
    kura_pos at = kura_node_find(node, second)->at;
    KURA_BIND_ERROR(b, at, "\"%s\" and \"%s\" are both given; give one of them", first, second);
    return 0;
}

/* ---- run and market ---- */

void read_run_finish(kura_bind *b, void *record, const kura_node *node)
{
    read_run *r = record;
    sc_run *run = &r->run;
    run->where = read_where(node);
    if (only_one(b, node, "horizon", "steps") && !given(node, "steps") && run->step_days > 0) {
        double horizon = isnan(r->horizon_days) ? 10 * 365.25 : r->horizon_days;
        double steps = floor(horizon / run->step_days + 0.5); /* [R1.1] */
        run->steps = steps <= 10000000 ? (int)steps : -1;
        if (steps < 1)
            KURA_BIND_ERROR(b, kura_bind_at(node, "horizon"), "the horizon is shorter than half a step");
        else if (run->steps < 0)
            KURA_BIND_ERROR(b, kura_bind_at(node, "horizon"),
                            "the horizon has %.0f steps; at most 10000000 are possible", steps);
    }
    if (run->step_days > 0) {
        double burn_in = floor(r->burn_in_days / run->step_days + 0.5); /* [R1.5a] */
        if (burn_in + run->steps > 10000000)
            KURA_BIND_ERROR(b, kura_bind_at(node, "burn_in"),
                            "burn-in and horizon have %.0f steps; at most 10000000 are possible",
                            burn_in + run->steps);
        else
            run->burn_in = (int)burn_in;
        b->step_days = run->step_days;
    }
    reading_of(b)->sc->data.run = *run;
}

void read_market_finish(kura_bind *b, void *record, const kura_node *node)
{
    const sc_market *m = record;
    if (m->loss_off >= m->loss_on)
        KURA_BIND_ERROR(b, kura_bind_at(node, given(node, "loss_off") ? "loss_off" : "loss_on"),
                        "\"loss_off\" (%g %%) must be below \"loss_on\" (%g %%)", 100 * m->loss_off,
                        100 * m->loss_on);
}

/* ---- minerals ---- */

void read_mineral_init(kura_bind *b, void *record)
{
    sc_mineral *m = record;
    m->market = reading_of(b)->sc->market;
}

void read_mineral_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_mineral *m = record;
    (void)b;
    m->where = read_where(node);
    if (!m->name[0]) m->name = m->id;
}

void read_jumps_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_price *p = record;
    (void)b;
    if (!node) p->jump_rate = p->jump_mean = p->jump_sd = 0;
}

void read_price_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_price *p = record;
    p->given = node != NULL;
    if (!node) p->volatility = 0;
    if (node && p->drift != 0 && isinf(p->half_life_days))
        KURA_BIND_ERROR(b, kura_bind_at(node, "drift"),
                        "a price that reverts to nothing (half_life: never) follows no \"drift\"; give a "
                        "half_life, for example 1 year, or leave the drift out");
}

void read_substitution_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_response *r = record;
    (void)b;
    r->sub_given = node != NULL;
    if (!node) { /* none: the lags are then without effect */
        r->sub_limit = 0;
        r->sub_lag_days = 365.25;
    }
    if (isnan(r->sub_release_days)) r->sub_release_days = 3 * r->sub_lag_days;
}

void read_response_finish(kura_bind *b, void *record, const kura_node *node)
{
    const sc_response *r = record;
    if (!(r->price_min <= 1 && r->price_max >= 1 && r->price_min < r->price_max))
        KURA_BIND_ERROR(b, kura_bind_at(node, "price_range"),
                        "\"price_range\" must enclose 1, the base price; write for example [0.1, 20]");
    if (!isnan(r->range[0]) && !(r->range[0] <= 1 && r->range[1] >= 1 && r->range[0] < r->range[1]))
        KURA_BIND_ERROR(b, kura_bind_at(node, "demand_range"),
                        "\"demand_range\" must enclose 1, the demand at the base price; write for example "
                        "[0.3, 1.5]");
    if (r->sub_given && r->price_max <= r->sub_threshold)
        KURA_BIND_ERROR(
            b, kura_bind_at(node, "price_range"),
            "substitution begins above %.4g times the base price, which \"price_range\" never lets "
            "it see; raise its upper end, %.4g, or lower the threshold",
            r->sub_threshold, r->price_max);
}

/* ---- places ---- */

const char *read_place_name(reading *r, int mineral, int form, int country, const char *last)
{
    const kura_scenario_data *d = &r->sc->data;
    if (mineral < 0 || form < 0 || country < 0) return NULL;
    const sc_mineral *m = &d->minerals[mineral];
    return kura_arena_printf(&r->work, "%s/%s/%s%s%s", m->id, m->forms[form], r->countries.names[country],
                             last ? "/" : "", last ? last : "");
}

void read_add_id(reading *r, kura_names *set, const char *id)
{
    if (!id || !id[0] || kura_names_find(set, id) >= 0)
        id = kura_arena_printf(&r->work, "?%d", set->count); /* reported */
    if (id) kura_names_add(set, &r->work, id);
}

static void remember_line(reading *r, read_places *p, int line)
{
    if (p->names.count > p->capacity) {
        int capacity = p->capacity ? 2 * p->capacity : 64;
        int *lines = KURA_NEW(&r->work, int, (size_t)capacity);
        if (!lines) return;
        if (p->capacity) memcpy(lines, p->lines, (size_t)p->capacity * sizeof *lines);
        p->lines = lines;
        p->capacity = capacity;
    }
    if (p->names.count) p->lines[p->names.count - 1] = line;
}

/* Adds a place; reports one that is there already.  A NULL name was reported before. */
static void add_place(kura_bind *b, read_places *p, const char *name, const char *what, const kura_node *node)
{
    reading *r = reading_of(b);
    int first = name ? kura_names_find(&p->names, name) : -1;
    if (first >= 0 && node)
        KURA_BIND_ERROR(b, node->at, "the %s %s is given twice; the first is in line %d", what, name,
                        first < p->capacity ? p->lines[first] : 0);
    read_add_id(r, &p->names, name);
    remember_line(r, p, node ? node->at.line : 0);
}

void read_hub_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_hub *h = record;
    reading *r = reading_of(b);
    h->where = read_where(node);
    if (h->storage == SC_NO_STORAGE && h->mineral >= 0 && !r->sc->data.minerals[h->mineral].market.push)
        KURA_BIND_ERROR(b, kura_bind_at(node, "storage"),
                        "a hub without storage needs \"production: push\" in the market of %s",
                        r->sc->data.minerals[h->mineral].id);
    add_place(b, &r->hub_rows, read_place_name(r, h->mineral, h->form, h->country, NULL), "hub", node);
}

/* ---- sites ---- */

static const char *const kind_names[] = {"mine", "refine", "recycle", "supply", "seabed"};

static void check_capacity(kura_bind *b, const sc_site *s, const kura_node *node)
{
    const double slack = 1 + 1e-9; /* units may round */
    only_one(b, node, "capacity", "input_capacity");
    only_one(b, node, "capacity", "spare");
    only_one(b, node, "input_capacity", "spare");
    if (s->output > s->capacity * slack)
        KURA_BIND_ERROR(b, kura_bind_at(node, "capacity"), "the capacity is below the output");
    if (s->output > s->input_capacity * s->yield * slack)
        KURA_BIND_ERROR(b, kura_bind_at(node, "input_capacity"),
                        "the input capacity times the yield is below the output");
}

static void check_kind(kura_bind *b, const sc_site *s, const kura_node *node)
{
    if (!given(node, "kind") || s->mineral < 0 || s->form < 0) return;
    const sc_mineral *m = &reading_of(b)->sc->data.minerals[s->mineral];
    if (s->kind == SC_SITE_REFINE) {
        if (s->form == 0)
            KURA_BIND_ERROR(b, kura_bind_at(node, "form"),
                            "a refinery cannot make \"%s\", the first form of %s, out of anything; "
                            "take kind mine, recycle, supply or seabed",
                            m->forms[0], m->id);
        return;
    }
    if (given(node, "input_capacity"))
        KURA_BIND_ERROR(b, kura_bind_at(node, "input_capacity"),
                        "a site of kind %s takes no input; give \"capacity\"", kind_names[s->kind]);
    if (s->yield < 1)
        KURA_BIND_ERROR(b, kura_bind_at(node, "yield"),
                        "a site of kind %s takes no input, so it has no yield", kind_names[s->kind]);
}

static void check_standby(kura_bind *b, const sc_site *s, const kura_node *node)
{
    if (!s->standby) return;
    if (s->output > 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "output"),
                        "a site on standby makes nothing in the base flow; its output must be 0");
    if (!(s->capacity > 0 || s->input_capacity > 0 || s->capacity_by_regime[0] > 0))
        KURA_BIND_ERROR(b, kura_bind_at(node, "standby"), "a site on standby needs a capacity above 0");
}

void read_site_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_site *s = record;
    s->where = read_where(node);
    check_capacity(b, s, node);
    check_kind(b, s, node);
    check_standby(b, s, node);
    if (s->owner >= 0 && s->owner == s->country)
        KURA_BIND_ERROR(b, kura_bind_at(node, "owner"), "the owner is the site's own country; leave it out");
    if (s->owner >= 0 && given(node, "kind") && s->kind != SC_SITE_REFINE)
        KURA_BIND_ERROR(b, kura_bind_at(node, "owner"),
                        "only a refinery can work for an owner abroad, not a %s", kind_names[s->kind]);
    const sc_profile *p = s->profile < 0 ? NULL : &reading_of(b)->sc->data.profiles[s->profile];
    if (p && p->absolute)
        KURA_BIND_ERROR(b, kura_bind_at(node, "profile"),
                        "profile \"%s\" is absolute; that of a site is relative, a share of its capacity",
                        p->id);
    else if (p && p->values && p->largest > 1)
        KURA_BIND_ERROR(b, kura_bind_at(node, "profile"),
                        "profile \"%s\" goes up to %g; that of a site is an availability, at most 1", p->id,
                        p->largest);
}

/* ---- trade and demand ---- */

void read_arc_init(kura_bind *b, void *record)
{
    sc_arc *a = record;
    (void)b;
    a->lag_steps = -1;
}

void read_arc_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_arc *a = record;
    reading *r = reading_of(b);
    a->where = read_where(node);
    if (!node) return;
    if (only_one(b, node, "lag", "lag_steps") && !given(node, "lag") && !given(node, "lag_steps"))
        KURA_BIND_ERROR(b, node->at,
                        "the trade has no \"lag\" (transit time) and no \"lag_steps\"; give one of them");
    if (a->leak == 0 && (a->leak_via >= 0 || a->leak_lag_days > 0))
        KURA_BIND_ERROR(b, kura_bind_at(node, a->leak_via >= 0 ? "leak_via" : "leak_lag"),
                        "nothing leaks: give the share as \"leak\"");
    if (a->leak > 0 && a->volume == 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "leak"),
                        "a trade without base volume has nothing that could leak past a restriction");
    if (a->leak_via >= 0 && (a->leak_via == a->to || a->leak_via == a->from))
        KURA_BIND_ERROR(b, kura_bind_at(node, "leak_via"),
                        "%s is an end of the trade itself; a leak goes through a third country",
                        r->countries.names[a->leak_via]);
    if (a->from >= 0 && a->from == a->to)
        KURA_BIND_ERROR(b, kura_bind_at(node, "to"), "the trade goes from %s to itself",
                        r->countries.names[a->to]);
    const char *to = a->to >= 0 ? r->countries.names[a->to] : NULL;
    add_place(b, &r->arcs, to ? read_place_name(r, a->mineral, a->form, a->from, to) : NULL, "trade", node);
}

int read_find_arc(reading *r, int mineral, int form, int from, int to)
{
    const char *name = read_place_name(r, mineral, form, from, r->countries.names[to]);
    return name ? kura_names_find(&r->arcs.names, name) : -1;
}

void read_add_arc(reading *r, const sc_arc *arc)
{
    kura_scenario_data *d = &r->sc->data;
    sc_arc *all = KURA_NEW(r->bind.arena, sc_arc, (size_t)d->narcs + 1);
    if (!all) return;
    if (d->narcs) memcpy(all, d->arcs, (size_t)d->narcs * sizeof *all);
    all[d->narcs++] = *arc;
    d->arcs = all;
    add_place(&r->bind, &r->arcs,
              read_place_name(r, arc->mineral, arc->form, arc->from, r->countries.names[arc->to]), "trade",
              NULL);
}

/* Rate, growth and profile together. */
static void check_rate(kura_bind *b, sc_demand *x, const kura_node *node)
{
    const sc_profile *p = x->profile >= 0 ? &reading_of(b)->sc->data.profiles[x->profile] : NULL;
    if (!node) return;
    if (p && p->absolute) {
        if (!given(node, "rate")) x->rate = p->mean;
        if (given(node, "rate") && x->rate == 0)
            KURA_BIND_ERROR(b, kura_bind_at(node, "rate"),
                            "the rate must be above 0 with the absolute profile \"%s\"; or leave it out",
                            p->id);
        if (x->growth != 0)
            KURA_BIND_ERROR(
                b, kura_bind_at(node, "growth"),
                "growth with the absolute profile \"%s\", which is the demand itself; leave one out", p->id);
    } else if (!given(node, "rate")) {
        if (node->at.label || !node->at.column)
            KURA_BIND_ERROR(b, node->at, "the demand has no \"rate\" (demand in the base year)");
        else
            KURA_BIND_ERROR(b, node->at, "\"rate\" is missing in %s (demand in the base year)", b->path.data);
    }
}

void read_demand_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_demand *x = record;
    reading *r = reading_of(b);
    x->where = read_where(node);
    check_rate(b, x, node);
    const char *sector = x->sector[0] ? x->sector : NULL;
    add_place(b, &r->demands, read_place_name(r, x->mineral, x->form, x->country, sector), "demand", node);
}

/* ---- the network as a whole ---- */

static void refer(reading *r, kura_names *used, int mineral, int form, int country)
{
    const char *name = read_place_name(r, mineral, form, country, NULL);
    if (name) kura_names_add(used, &r->work, name);
}

/* A leak needs something to leak from: the exporter's trade with the country it goes through. */
static void check_leaks(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->narcs && !r->network_unsure; i++) {
        const sc_arc *a = &d->arcs[i];
        int found = a->leak_via < 0;
        for (int j = 0; j < d->narcs && !found; j++) {
            const sc_arc *o = &d->arcs[j];
            found =
                o->mineral == a->mineral && o->form == a->form && o->from == a->from && o->to == a->leak_via;
        }
        if (!found)
            kura_diag_add(r->bind.diag, KURA_DIAG_ERROR, a->where.file, a->where.line, a->where.column, NULL,
                          "nothing can leak via %s: there is no trade of %s/%s from %s to %s",
                          r->countries.names[a->leak_via], d->minerals[a->mineral].id,
                          d->minerals[a->mineral].forms[a->form], r->countries.names[a->from],
                          r->countries.names[a->leak_via]);
    }
}

/* The hubs that something refers to; a row of `hubs` for another one has no effect. */
void read_index_network(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    kura_names used = {0};
    for (int i = 0; i < d->nsites; i++) {
        const sc_site *s = &d->sites[i];
        int at = s->owner >= 0 ? s->owner : s->country;
        refer(r, &used, s->mineral, s->form, at);
        if (s->kind == SC_SITE_REFINE && s->form > 0) refer(r, &used, s->mineral, s->form - 1, at);
    }
    for (int i = 0; i < d->narcs; i++) {
        refer(r, &used, d->arcs[i].mineral, d->arcs[i].form, d->arcs[i].from);
        refer(r, &used, d->arcs[i].mineral, d->arcs[i].form, d->arcs[i].to);
    }
    for (int i = 0; i < d->ndemands; i++)
        refer(r, &used, d->demands[i].mineral, d->demands[i].form, d->demands[i].country);
    for (int i = 0; i < d->nhubs && !r->network_unsure; i++) {
        const sc_hub *h = &d->hubs[i];
        const char *name = read_place_name(r, h->mineral, h->form, h->country, NULL);
        if (name && kura_names_find(&used, name) < 0)
            kura_diag_add(r->bind.diag, KURA_DIAG_ERROR, h->where.file, h->where.line, h->where.column, NULL,
                          "the hub %s does not exist: no site, trade or demand is there", name);
        for (int k = 0; k < d->nsites && h->storage == SC_NO_STORAGE; k++) {
            const sc_site *s = &d->sites[k];
            int at = s->owner >= 0 ? s->owner : s->country;
            if (s->mineral == h->mineral && s->form == h->form && at == h->country && s->lag_days > 0)
                kura_diag_add(
                    r->bind.diag, KURA_DIAG_ERROR, s->where.file, s->where.line, s->where.column, NULL,
                    "what site \"%s\" makes is ready later, but the hub %s has no storage; leave out "
                    "\"lag\"",
                    s->id, name);
        }
        for (int k = 0; k < d->narcs && h->storage == SC_NO_STORAGE; k++)
            if (name && d->arcs[k].mineral == h->mineral && d->arcs[k].form == h->form &&
                d->arcs[k].from == h->country) {
                kura_diag_add(r->bind.diag, KURA_DIAG_ERROR, h->where.file, h->where.line, h->where.column,
                              NULL, "the hub %s has no storage, so it cannot export", name);
                break;
            }
    }
    check_leaks(r);
    r->hubs = used;
}
