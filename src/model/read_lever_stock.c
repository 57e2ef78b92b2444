/* levers.stock [7.8]: the stockpiles that a policy raises, and those that it creates.
 *
 * A policy is written for many minerals at once.  Where the country has a national stockpile of the mineral
 * in the form in question, the first by id is raised; elsewhere, and beside one that always releases and so
 * is never refilled, one is created, with the defaults of the keys of `stockpiles`.  Sizes in days need the
 * base flow, so they follow when the model is compiled. */
#include "conf/suggest.h"
#include "model/read_internal.h"
#include <limits.h>
#include <math.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

void read_stock_lever_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_stock_lever *x = record;
    x->where = read_where(node);
    if (!node) return;
    const kura_node *minerals = kura_node_get(node, "minerals");
    x->all = minerals && minerals->kind == KURA_NODE_TEXT && strcmp(minerals->text, "all") == 0;
    if (x->opening && (given(node, "at_most") || given(node, "start") || given(node, "price_below")))
        KURA_BIND_ERROR(b, node->at,
                        "a stock that is there from the first day is not bought: \"opening\" goes without "
                        "\"at_most\", \"price_below\", \"start\"");
    if (!x->opening && !given(node, "at_most"))
        KURA_BIND_ERROR(b, node->at,
                        "how fast does \"%s\" buy? give \"at_most\", for example 1 day/step, or \"opening: "
                        "true\"",
                        x->id);
    if (x->start_step == INT_MAX) x->start_step = 0;
    read_warn_idle(b, x->start_step, INT_MAX, node);
    if (x->country < 0) x->country = reading_of(b)->sc->data.run.focus;
    if (x->country < 0 && !given(node, "country"))
        KURA_BIND_ERROR(b, node->at, "whose stock? give \"country\" or \"run.focus\"");
}

/* ---- which stockpiles ---- */

static void complain(reading *r, const sc_stock_lever *x, int severity, const char *text)
{
    kura_source source = {.path = x->where.file ? x->where.file : ""};
    kura_report(r->bind.diag, severity, (kura_pos){&source, x->where.line, x->where.column, NULL}, "%s",
                text);
}

/* The last form that the country uses, -1. */
static int last_used(const kura_scenario_data *d, int mineral, int country)
{
    int form = -1;
    for (int i = 0; i < d->ndemands; i++)
        if (d->demands[i].mineral == mineral && d->demands[i].country == country && d->demands[i].rate > 0 &&
            d->demands[i].form > form)
            form = d->demands[i].form;
    return form;
}

/* The national stockpile of a form (-1 = any), the first by id; pooled ones and those of a sector are left
 * alone. */
static sc_stockpile *national(const kura_scenario_data *d, int mineral, int country, int form)
{
    sc_stockpile *found = NULL;
    for (int i = 0; i < d->nstockpiles; i++) {
        sc_stockpile *s = &d->stockpiles[i];
        if (s->owner != SC_OWNER_NATIONAL || s->mineral != mineral || s->country != country || s->nmembers ||
            s->nsectors || (form >= 0 && s->form != form))
            continue;
        if (!found || strcmp(s->id, found->id) < 0) found = s;
    }
    return found;
}

/* The form to hold; -1 when the mineral has none like that. */
static int form_of(const kura_scenario_data *d, const sc_stock_lever *x, int mineral, int used)
{
    if (strcmp(x->form, "first") == 0) return 0;
    if (x->form[0]) return read_find_form(&d->minerals[mineral], x->form);
    const sc_stockpile *s = national(d, mineral, x->country, -1);
    return s ? s->form : used;
}

/* Can a purchase ever arrive: is there trade to the country, or a site? */
static int can_buy(const kura_scenario_data *d, int mineral, int form, int country)
{
    for (int i = 0; i < d->narcs; i++)
        if (d->arcs[i].mineral == mineral && d->arcs[i].form == form && d->arcs[i].to == country) return 1;
    for (int i = 0; i < d->nsites; i++)
        if (d->sites[i].mineral == mineral && d->sites[i].form == form && d->sites[i].country == country)
            return 1;
    return 0;
}

static sc_stockpile *append(reading *r, const sc_stock_lever *x, int mineral, int form)
{
    kura_scenario_data *d = &r->sc->data;
    sc_stockpile *more = KURA_NEW(r->bind.arena, sc_stockpile, (size_t)d->nstockpiles + 1);
    if (!more) return NULL;
    if (d->nstockpiles) memcpy(more, d->stockpiles, sizeof *more * (size_t)d->nstockpiles);
    sc_stockpile *s = &more[d->nstockpiles++];
    d->stockpiles = more;
    *s = (sc_stockpile){.id = kura_arena_printf(r->bind.arena, "%s-%s", x->id, d->minerals[mineral].id),
                        .owner = SC_OWNER_NATIONAL,
                        .country = x->country,
                        .mineral = mineral,
                        .form = form,
                        .opening_t = 0,
                        .opening_days = NAN,
                        .floor_days = NAN,
                        .at_most_t = NAN,
                        .at_most_days = NAN,
                        .delay_days = 28,
                        .minimum_days = 28,
                        .on = 0.07,
                        .off = 0.03,
                        .trigger = SC_TRIGGER_INBOUND,
                        .target_t = NAN,
                        .target_days = NAN,
                        .refill_at_most_t = NAN,
                        .refill_at_most_days = NAN,
                        .refill_below = 1.25,
                        .half_life_days = INFINITY,
                        .shelf_life_days = NAN,
                        .reprocessing = NAN,
                        .cost = {.storage = NAN, .share = NAN, .rotation = NAN, .spread = NAN},
                        .created = 1,
                        .where = x->where};
    for (int i = 0; i < d->nstockpiles - 1; i++)
        if (strcmp(d->stockpiles[i].id, s->id) == 0)
            complain(r, x, KURA_DIAG_ERROR,
                     kura_arena_printf(&r->work, "there is a stockpile \"%s\" elsewhere; rename the policy",
                                       s->id));
    return s;
}

/* Why a mineral cannot be stocked like that; NULL when it can. */
static const char *obstacle(reading *r, const sc_stock_lever *x, int mineral, int used, int form)
{
    const kura_scenario_data *d = &r->sc->data;
    const char *country = d->countries[x->country];
    if (used < 0) return kura_arena_printf(&r->work, "%s uses none", country);
    if (form < 0) return kura_arena_printf(&r->work, "it has no form \"%s\"", x->form);
    if (form > used) return kura_arena_printf(&r->work, "%s uses none of this form or a later one", country);
    if (!x->opening && !can_buy(d, mineral, form, x->country))
        return kura_arena_printf(&r->work, "no trade brings %s to %s and no site makes it there",
                                 d->minerals[mineral].forms[form], country);
    return NULL;
}

static void raise_one(reading *r, int lever, int mineral)
{
    kura_scenario_data *d = &r->sc->data;
    const sc_stock_lever *x = &d->stock_levers[lever];
    int used = last_used(d, mineral, x->country), form = form_of(d, x, mineral, used);
    const char *why = obstacle(r, x, mineral, used, form);
    if (why) {
        if (x->all && used < 0) return; /* `all` means what the country uses */
        complain(r, x, x->all ? KURA_DIAG_WARNING : KURA_DIAG_ERROR,
                 kura_arena_printf(&r->work, "levers.stock.%s %s %s: %s", x->id,
                                   x->all ? "leaves out" : "cannot stock", d->minerals[mineral].id, why));
        return;
    }
    sc_stockpile *s = national(d, mineral, x->country, form);
    if (s && s->trigger == SC_TRIGGER_ALWAYS && !x->opening) s = NULL; /* it is never refilled */
    if (!s) s = append(r, x, mineral, form);
    if (!s) return;
    if (s->lever)
        complain(r, x, KURA_DIAG_ERROR,
                 kura_arena_printf(&r->work, "the policies \"%s\" and \"%s\" raise the same stock of %s",
                                   d->stock_levers[s->lever - 1].id, x->id, d->minerals[mineral].id));
    s->lever = lever + 1;
}

void read_raise_stocks(reading *r)
{
    kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nstock_levers; i++)
        for (int m = 0; m < d->nminerals; m++) {
            const sc_stock_lever *x = &d->stock_levers[i];
            if (!x->minerals || !x->minerals[m] || x->country < 0) continue;
            if (x->all && d->minerals[m].report != SC_REPORT_HEADLINE) continue;
            raise_one(r, i, m);
        }
}
