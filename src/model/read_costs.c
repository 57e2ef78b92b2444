/* Costs and losses: that segments of a loss rise, that no row is given twice or acts on nothing, and that
 * nothing is given that would not be counted [7]. */
#include "model/read_internal.h"
#include <math.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

void read_cost_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_cost *c = record;
    c->given = node != NULL;
    c->where = read_where(node);
    static const char *const of_capex[] = {"life", "construction", "sunk"};
    for (size_t i = 0; node && !(c->capex > 0) && i < sizeof of_capex / sizeof *of_capex; i++)
        if (given(node, of_capex[i])) {
            KURA_BIND_ERROR(b, kura_bind_at(node, of_capex[i]),
                            "there is no \"capex\" that would be paid or lose its worth");
            break;
        }
}

void read_keeping_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    sc_keeping *k = record;
    k->given = node != NULL;
    k->where = read_where(node);
}

static void check_rising(kura_bind *b, const kura_node *node, const char *key, const double *x, int n)
{
    for (int i = 1; i < n; i++)
        if (x[i] < x[i - 1] || (n == 2 && x[i] == x[i - 1])) {
            KURA_BIND_ERROR(b, kura_bind_at(node, key),
                            "\"%s\" must rise: a deeper shortage costs no less per tonne", key);
            return;
        }
}

void read_loss_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_loss *r = record;
    r->where = read_where(node);
    if (!node) return;
    if (given(node, "values") && given(node, "multiples"))
        KURA_BIND_ERROR(b, kura_bind_at(node, "values"),
                        "\"values\" and \"multiples\" are both given; give one of them");
    check_rising(b, node, "depths", r->depths, 2);
    check_rising(b, node, "multiples", r->multiples, 3);
    check_rising(b, node, "values", r->values, 3);
}

void read_form_price_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    ((sc_form_price *)record)->where = read_where(node);
}

void read_costs_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_costs *c = record;
    c->given = node != NULL;
    c->where = read_where(node);
    c->by_default = !given(node, "multiples");
    check_rising(b, node, "depths", c->depths, 2);
    check_rising(b, node, "multiples", c->multiples, 3);
}

/* ---- with the whole scenario ---- */

static void error_at(reading *r, const sc_where *w, const char *message)
{
    kura_diag_add(r->bind.diag, KURA_DIAG_ERROR, w->file, w->line, w->column, NULL, "%s",
                  message ? message : "not enough memory");
}

static void check_without_section(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    static const char why[] =
        "this has no effect without the section \"costs\"; write \"costs: {}\" to count "
        "costs and losses";
    for (int i = 0; i < d->nsites; i++)
        if (d->sites[i].cost.given) error_at(r, &d->sites[i].cost.where, why);
    for (int i = 0; i < d->nprojects; i++)
        if (d->projects[i].cost.given) error_at(r, &d->projects[i].cost.where, why);
    for (int i = 0; i < d->nstockpiles; i++)
        if (d->stockpiles[i].cost.given) error_at(r, &d->stockpiles[i].cost.where, why);
    for (int i = 0; i < d->narcs; i++)
        if (!isnan(d->arcs[i].premium)) {
            error_at(r, &d->arcs[i].where,
                     "the \"premium\" of a trade has no effect without the section \"costs\"; write "
                     "\"costs: {}\" to count costs and losses");
            return; /* of a table, once */
        }
}

/* Both the project and its site may say what it costs; that would count twice. */
static void check_twice(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nprojects; i++)
        if (d->projects[i].cost.given && d->projects[i].site >= 0 && d->sites[d->projects[i].site].cost.given)
            error_at(r, &d->projects[i].cost.where,
                     kura_arena_printf(&r->work,
                                       "the site \"%s\" has a \"cost\" of its own; give it there or here",
                                       d->sites[d->projects[i].site].id));
}

static int acts_on(const sc_loss *row, const sc_demand *demand)
{
    return (row->mineral < 0 || row->mineral == demand->mineral) &&
           (!row->sector[0] || strcmp(row->sector, demand->sector) == 0);
}

static void check_losses(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    const sc_costs *c = &d->costs;
    for (int i = 0; i < c->nlosses; i++) {
        int acts = 0;
        for (int k = 0; k < d->ndemands; k++) acts |= acts_on(&c->losses[i], &d->demands[k]);
        if (!acts && !r->network_unsure)
            error_at(r, &c->losses[i].where,
                     kura_arena_printf(&r->work, "there is no demand%s%s%s%s that this loss could be of",
                                       c->losses[i].mineral >= 0 ? " for " : "",
                                       c->losses[i].mineral >= 0 ? d->minerals[c->losses[i].mineral].id : "",
                                       c->losses[i].sector[0] ? " of the sector " : "", c->losses[i].sector));
        for (int j = 0; j < i; j++)
            if (c->losses[j].mineral == c->losses[i].mineral &&
                strcmp(c->losses[j].sector, c->losses[i].sector) == 0)
                error_at(r, &c->losses[i].where,
                         kura_arena_printf(&r->work,
                                           "the loss of this mineral and sector is given twice; the "
                                           "first is in line %d",
                                           c->losses[j].where.line));
    }
}

static void check_form_prices(reading *r)
{
    const sc_costs *c = &r->sc->data.costs;
    for (int i = 0; i < c->nform_prices; i++)
        for (int j = 0; j < i; j++)
            if (c->form_prices[j].mineral == c->form_prices[i].mineral &&
                c->form_prices[j].form == c->form_prices[i].form)
                error_at(r, &c->form_prices[i].where,
                         kura_arena_printf(&r->work,
                                           "the price of this form is given twice; the first is in "
                                           "line %d",
                                           c->form_prices[j].where.line));
}

/* What is built for nothing: whoever compares policies by cost must know. */
static void warn_of_free(reading *r, const char *kind, const sc_lever *lever)
{
    if (lever->cost.given) return;
    kura_diag_add(r->bind.diag, KURA_DIAG_WARNING, lever->where.file, lever->where.line, lever->where.column,
                  NULL, "levers.%s.%s has no \"cost\": it counts as free", kind, lever->id);
}

static void warn_of_levers(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->ninvestments; i++) warn_of_free(r, "investment", &d->investments[i].lever);
    for (int i = 0; i < d->nrecyclings; i++) warn_of_free(r, "recycling", &d->recyclings[i].lever);
}

void read_check_costs(reading *r)
{
    const sc_costs *c = &r->sc->data.costs;
    read_check_lever_costs(r);
    if (!c->given) {
        check_without_section(r);
        return;
    }
    if (r->sc->data.run.burn_in > 0)
        error_at(r, &c->where,
                 "costs count from the start of the run, whose opening stocks a burn-in has used; leave out "
                 "\"run.burn_in\" or \"costs\"");
    warn_of_levers(r);
    check_twice(r);
    check_losses(r);
    check_form_prices(r);
}
