/* Costs of levers: that they are counted at all, and that nothing is asked of a lever that has no tonnes of
 * its own [7]. */
#include "model/read_internal.h"

typedef struct {
    reading *r;
    const char *kind, *id;
    const sc_cost *cost;
    const char *instead; /* of costs by tonne; NULL: it has a site that makes some */
} subject;

static void tell(reading *r, int severity, const sc_where *w, const char *message)
{
    kura_diag_add(r->bind.diag, severity, w->file, w->line, w->column, NULL, "%s",
                  message ? message : "not enough memory");
}

static void check(const subject *s)
{
    reading *r = s->r;
    if (!s->cost->given) return;
    if (!r->sc->data.costs.given)
        tell(r, KURA_DIAG_ERROR, &s->cost->where,
             kura_arena_printf(&r->work,
                               "the cost of levers.%s.%s has no effect without the section \"costs\"; write "
                               "\"costs: {}\" to count costs and losses",
                               s->kind, s->id));
    if (s->instead && s->cost->opex_variable > 0)
        tell(r, KURA_DIAG_ERROR, &s->cost->where,
             kura_arena_printf(&r->work,
                               "levers.%s.%s makes nothing of its own, so it has no \"opex_variable\"; %s",
                               s->kind, s->id, s->instead));
}

static void check_premium(reading *r, const char *kind, const sc_lever *l, double premium)
{
    if (premium > 0 && !r->sc->data.costs.given)
        tell(r, KURA_DIAG_ERROR, &l->where,
             kura_arena_printf(&r->work,
                               "the \"premium\" of levers.%s.%s has no effect without the section \"costs\"; "
                               "write \"costs: {}\" to count costs and losses",
                               kind, l->id));
}

static void check_penalty(reading *r, const sc_thrifting *x)
{
    if (!(x->penalty > 0)) return;
    if (!r->sc->data.costs.given)
        tell(r, KURA_DIAG_WARNING, &x->where,
             kura_arena_printf(&r->work,
                               "the \"penalty\" of levers.thrifting.%s is not counted without the section "
                               "\"costs\"; write \"costs: {}\" to count costs and losses",
                               x->id));
    else if (x->saves >= 1 || x->limit >= 1)
        tell(r, KURA_DIAG_ERROR, &x->where,
             kura_arena_printf(&r->work,
                               "the \"penalty\" of levers.thrifting.%s follows from what is still used; with "
                               "\"saves\" or \"limit\" of 100 %% nothing is; give less",
                               x->id));
}

void read_check_lever_costs(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    static const char trade[] = "give \"premium\"", site[] = "give it with the \"cost\" of the sites",
                      flat[] = "give \"opex_fixed\"", less[] = "give \"penalty\"";
#define EACH(list, n, kind, id, field, instead)                                                              \
    for (int i = 0; i < d->n; i++) check(&(subject){r, kind, d->list[i].id, &d->list[i].field, instead})
    EACH(investments, ninvestments, "investment", lever.id, lever.cost, NULL);
    EACH(recyclings, nrecyclings, "recycling", lever.id, lever.cost, NULL);
    EACH(diversifications, ndiversifications, "diversification", lever.id, lever.cost, trade);
    EACH(dependence_caps, ndependence_caps, "dependence_cap", lever.id, lever.cost, trade);
    EACH(researches, nresearches, "research", lever.id, lever.cost, site);
    EACH(diplomacy, ndiplomacy, "diplomacy", id, cost, flat);
    EACH(keeping_levers, nkeeping_levers, "keeping", id, cost, flat);
    EACH(thrifting, nthrifting, "thrifting", id, cost, less);
#undef EACH
    for (int i = 0; i < d->ndiversifications; i++)
        check_premium(r, "diversification", &d->diversifications[i].lever, d->diversifications[i].premium);
    for (int i = 0; i < d->ndependence_caps; i++)
        check_premium(r, "dependence_cap", &d->dependence_caps[i].lever, d->dependence_caps[i].premium);
    for (int i = 0; i < d->nthrifting; i++) check_penalty(r, &d->thrifting[i]);
}
