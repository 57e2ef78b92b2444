/* Checks [8.15]: windows, what was observed, and whether the scenario has the number at all.  Hooks of
 * keys_checks.c; see read_internal.h. */
#include "model/read_internal.h"
#include "num/calendar.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

static int is_flow(int q)
{
    return q == SC_QUANTITY_EXPORTS || q == SC_QUANTITY_IMPORTS || q == SC_QUANTITY_DEMAND ||
           q == SC_QUANTITY_USE;
}
static int is_trade(int q)
{
    return q == SC_QUANTITY_EXPORTS || q == SC_QUANTITY_IMPORTS || q == SC_QUANTITY_SUPPLIER;
}
static int arrives(int q) { return q == SC_QUANTITY_IMPORTS || q == SC_QUANTITY_SUPPLIER; }
static int is_use(int q)
{
    return q == SC_QUANTITY_DEMAND || q == SC_QUANTITY_USE || q == SC_QUANTITY_UNSERVED ||
           q == SC_QUANTITY_GROSS || q == SC_QUANTITY_FIRST;
}
static int is_time(int q)
{
    return q == SC_QUANTITY_FIRST || q == SC_QUANTITY_STOCK || q == SC_QUANTITY_PEAK;
}
static int is_price(int q) { return q == SC_QUANTITY_PRICE || q == SC_QUANTITY_PEAK; }
static int is_level(int q) { return q == SC_QUANTITY_PRICE || q == SC_QUANTITY_STOCK; }

/* ---- windows ---- */

static int read_day(kura_bind *b, const kura_node *node, int32_t *day)
{
    const char *text = kura_bind_text(b, node, "a date", "2026-01-31");
    if (!text) return -1;
    if (kura_date_parse(text, day) == 0) return 0;
    KURA_BIND_ERROR(b, node->at, "\"%s\" is no date; write year-month-day, for example 2026-01-31",
                    kura_quote(text).text);
    return -1;
}

static int read_window(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    sc_window *w = field;
    const kura_node *list = kura_bind_list(b, key, node);
    (void)record;
    if (!list) return -1;
    if (list->count < 1 || list->count > 2) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" must be one date or [from, to]; found %d dates", key->name,
                        list->count);
        return -1;
    }
    if (read_day(b, list->items[0], &w->from)) return -1;
    w->to = w->from + 1;
    if (list->count == 2 && read_day(b, list->items[1], &w->to)) return -1;
    if (w->to <= w->from) {
        KURA_BIND_ERROR(b, node->at, "the window \"%s\" ends before it begins (its end is exclusive)",
                        key->name);
        return -1;
    }
    w->given = 1;
    return 0;
}

/* ---- what was observed ---- */

/* A date stands for the time since the window began, which the finish of the record subtracts. */
static int read_one(kura_bind *b, const kura_key *key, const sc_check *c, const kura_node *node, double *x)
{
    int32_t day;
    kura_unit unit = is_time(c->quantity)                     ? KURA_UNIT_TIME
                     : is_flow(c->quantity) && !c->over.given ? KURA_UNIT_MASS
                                                              : KURA_UNIT_SHARE;
    if (c->quantity == SC_QUANTITY_FIRST && node->kind == KURA_NODE_TEXT) {
        if (strcmp(node->text, "never") == 0) {
            *x = INFINITY;
            return 0;
        }
        if (kura_date_parse(node->text, &day) == 0) {
            const sc_run *run = &reading_of(b)->sc->data.run;
            *x = day - (c->window.given ? c->window.from : run->start_day);
            return 0;
        }
    }
    return kura_bind_quantity(b, key, unit, NULL, node, x);
}

static int read_observed(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    const sc_check *c = record;
    double *x = field;
    const kura_node *list = kura_bind_list(b, key, node);
    if (!list) return -1;
    if (list->count < 1 || list->count > 2) {
        KURA_BIND_ERROR(b, node->at, "\"observed\" must be one number or [least, most]; found %d",
                        list->count);
        return -1;
    }
    double ends[2];
    for (int i = 0; i < list->count; i++)
        if (read_one(b, key, c, list->items[i], &ends[i])) return -1;
    if (list->count == 1) ends[1] = ends[0];
    if (ends[1] < ends[0]) {
        KURA_BIND_ERROR(b, node->at, "the interval \"observed\" ends below its beginning");
        return -1;
    }
    x[0] = ends[0], x[1] = ends[1];
    return 0;
}

static void absent_observed(const kura_key *key, void *field)
{
    (void)key;
    ((double *)field)[0] = ((double *)field)[1] = NAN;
}

/* ---- does the scenario have the number? ---- */

static void check_keys(kura_bind *b, const sc_check *c, const kura_node *node)
{
    const struct {
        const char *key;
        int fits;
        const char *what;
    } only[] = {{"partner", is_trade(c->quantity), "exports, imports and supplier_share"},
                {"sector", is_use(c->quantity), "demand, use and shortages"},
                {"measure", is_level(c->quantity), "a price or stock"},
                {"over", is_flow(c->quantity) || is_level(c->quantity), "prices, stocks, masses"},
                {"beyond", c->quantity == SC_QUANTITY_FIRST, "first_shortage"},
                {"form", !is_price(c->quantity), "what has a form; a mineral has one price"}};
    for (size_t i = 0; i < sizeof only / sizeof *only; i++)
        if (given(node, only[i].key) && !only[i].fits)
            KURA_BIND_ERROR(b, kura_bind_at(node, only[i].key), "\"%s\" is for %s", only[i].key,
                            only[i].what);
    if (c->quantity == SC_QUANTITY_EXPORTS && !given(node, "country"))
        KURA_BIND_ERROR(b, node->at, "exports need a \"country\": the one that exports");
    if (c->quantity == SC_QUANTITY_SUPPLIER && !given(node, "partner"))
        KURA_BIND_ERROR(b, node->at, "supplier_share needs a \"partner\": the supplier");
}

static int32_t last_day(const sc_run *run)
{
    return run->start_day + (int32_t)ceil(run->steps * run->step_days);
}

static void check_window(kura_bind *b, const sc_window *w, const char *key, const kura_node *node)
{
    const sc_run *run = &reading_of(b)->sc->data.run;
    char from[11], to[11];
    if (!w->given || (w->from >= run->start_day && w->to <= last_day(run))) return;
    kura_date_format(run->start_day, from);
    kura_date_format(last_day(run), to);
    KURA_BIND_ERROR(b, kura_bind_at(node, key), "the window \"%s\" is not inside the run, %s to %s", key,
                    from, to);
}

/* Is the trade one of those the check counts?  `country` loads exports, and receives imports. */
static int counts(const sc_check *c, const sc_arc *a)
{
    int out = c->quantity == SC_QUANTITY_EXPORTS, here = out ? a->from : a->to, there = out ? a->to : a->from;
    return a->mineral == c->mineral && (c->form < 0 || a->form == c->form) && here == c->country &&
           (c->partner < 0 || there == c->partner);
}

/* What arrived before the first cargo of the run did is not known to who sees its steps. */
static void check_arrivals(kura_bind *b, const sc_check *c, const kura_node *node)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    double longest = 0;
    for (int i = 0; i < d->narcs; i++) {
        sc_check all = *c;
        all.partner = -1;
        if (!counts(&all, &d->arcs[i])) continue;
        double lag = d->arcs[i].lag_steps > 0 ? d->arcs[i].lag_steps * d->run.step_days
                                              : fmax(d->run.step_days, d->arcs[i].lag_days);
        longest = fmax(longest, ceil(lag / d->run.step_days) * d->run.step_days);
    }
    const sc_window *w[] = {&c->window, &c->over};
    for (int i = 0; i < 2; i++) {
        if (i == 1 && !w[i]->given) continue;
        double from = w[i]->given ? w[i]->from : d->run.start_day;
        if (from < d->run.start_day + longest)
            KURA_BIND_ERROR(b, kura_bind_at(node, i ? "over" : "window"),
                            "the window begins before the first cargo loaded in the run has arrived, %g days "
                            "after its start; begin the run earlier or the window later",
                            longest);
    }
}

static void check_trades(kura_bind *b, const sc_check *c, const kura_node *node)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    int n = 0;
    for (int i = 0; i < d->narcs; i++) n += counts(c, &d->arcs[i]);
    if (!n)
        KURA_BIND_ERROR(b, node->at, "%s: there is no trade of %s%s%s that it could count", c->id,
                        d->minerals[c->mineral].id, c->form >= 0 ? "/" : "",
                        c->form >= 0 ? d->minerals[c->mineral].forms[c->form] : "");
    else if (arrives(c->quantity))
        check_arrivals(b, c, node);
}

static void check_users(kura_bind *b, const sc_check *c, const kura_node *node)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    for (int i = 0; i < d->ndemands; i++) {
        const sc_demand *x = &d->demands[i];
        if (x->mineral == c->mineral && x->country == c->country && (c->form < 0 || x->form == c->form) &&
            (!c->sector[0] || strcmp(x->sector, c->sector) == 0))
            return;
    }
    KURA_BIND_ERROR(b, node->at, "%s: no such demand of %s in %s", c->id, d->minerals[c->mineral].id,
                    d->countries[c->country]);
}

/* The price inside a country is the market's, but for a wedge [4.5]; of a country that has none of the
 * mineral there is no price. */
static void check_price_of(kura_bind *b, sc_check *c, const kura_node *node)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    int there = 0;
    for (int i = 0; i < d->nsites; i++)
        there |= d->sites[i].mineral == c->mineral && d->sites[i].country == c->country;
    for (int i = 0; i < d->ndemands; i++)
        there |= d->demands[i].mineral == c->mineral && d->demands[i].country == c->country;
    for (int i = 0; i < d->narcs; i++)
        there |= d->arcs[i].mineral == c->mineral &&
                 (d->arcs[i].from == c->country || d->arcs[i].to == c->country);
    const sc_price *price = &d->minerals[c->mineral].price;
    if (!there)
        KURA_BIND_ERROR(b, kura_bind_at(node, "country"),
                        "%s: nobody makes, trades or uses %s in %s, so it has no price there", c->id,
                        d->minerals[c->mineral].id, d->countries[c->country]);
    else if (!(price->wedge.importer > 0) && !(price->wedge.origin > 0))
        c->note = kura_arena_printf(b->arena,
                                    "the price of the market: %s has no price.wedge, so prices inside %s are "
                                    "the same",
                                    d->minerals[c->mineral].id, d->countries[c->country]);
}

/* The country whose risk is reported, where the check names none. */
static void default_country(kura_bind *b, sc_check *c, const kura_node *node)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    if (c->country >= 0 || is_price(c->quantity) || c->quantity == SC_QUANTITY_EXPORTS) return;
    c->country = d->run.focus;
    if (c->country < 0) KURA_BIND_ERROR(b, node->at, "%s: say which \"country\", or give run.focus", c->id);
}

void read_check_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_check *c = record;
    const reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    c->where = read_where(node);
    c->note = "";
    if (!node || c->mineral < 0 || r->network_unsure || r->run_unsure || !given(node, "quantity")) return;
    int errors = b->diag->errors;
    check_keys(b, c, node);
    check_window(b, &c->window, "window", node);
    check_window(b, &c->over, "over", node);
    default_country(b, c, node);
    if (b->diag->errors > errors) return;
    if (is_price(c->quantity) && !d->minerals[c->mineral].price.given)
        KURA_BIND_ERROR(b, node->at, "%s: %s has no \"price\"", c->id, d->minerals[c->mineral].id);
    if (is_price(c->quantity) && c->country >= 0) check_price_of(b, c, node);
    if (is_trade(c->quantity)) check_trades(b, c, node);
    if (is_use(c->quantity)) check_users(b, c, node);
    if (c->quantity == SC_QUANTITY_STOCK && c->form < 0) c->form = d->minerals[c->mineral].nforms - 1;
    if (c->quantity == SC_QUANTITY_STOCK) {
        const char *name = read_place_name((reading *)r, c->mineral, c->form, c->country, NULL);
        if (name && kura_names_find(&r->hubs, name) < 0)
            KURA_BIND_ERROR(b, node->at, "%s: nobody makes, trades or uses anything at %s", c->id, name);
    }
}

const kura_type type_window = {"window",
                               "a date, or [from, to]",
                               "[2023-08-01, 2023-09-01]",
                               "{\"anyOf\": [{\"type\": \"array\", \"items\": {\"type\": \"string\", "
                               "\"format\": \"date\"}, \"minItems\": 1, \"maxItems\": 2}, {\"type\": "
                               "\"string\"}]}",
                               read_window,
                               NULL};
const kura_type type_observed = {"observed",
                                 "a number, or [least, most]",
                                 "[1.8, 2.5]",
                                 "{\"anyOf\": [{\"type\": \"array\", \"minItems\": 1, \"maxItems\": 2}, "
                                 "{\"type\": \"string\"}, {\"type\": \"number\"}]}",
                                 read_observed,
                                 absent_observed};
