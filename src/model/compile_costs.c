/* Costs and losses [7]: from money per tonne and year to money per quantum and step. */
#include "model/compile_internal.h"
#include "model/costs.h"
#include "num/math.h"
#include <math.h>
#include <string.h>

enum { MILLION = 1000000 };

/* (1 + rho)^-(t + 1/2) dy, by the engine's own logarithm and exponential: the same bits everywhere. */
static kura_status discount(compile_ctx *c, km_costs *out)
{
    const km_model *model = c->model;
    double *factor = KURA_NEW(&c->model->arena, double, (size_t)model->T);
    double force = kura_log(1 + c->sc->costs.discount_rate) * model->step_years;
    KM_ALLOC(c, factor);
    for (int t = 0; t < model->T; t++) factor[t] = kura_exp(-(t + 0.5) * force);
    out->discount = factor;
    out->discount_end = kura_exp(-model->T * force);
    return KURA_OK;
}

/* ---- losses ---- */

/* The row that is closest to a demand: of mineral and sector, of the mineral, of the sector, of all. */
static const sc_loss *row_of(const sc_costs *in, const sc_demand *demand)
{
    const sc_loss *best = NULL;
    int most = -1;
    for (int i = 0; i < in->nlosses; i++) {
        const sc_loss *r = &in->losses[i];
        if (r->mineral >= 0 && r->mineral != demand->mineral) continue;
        if (r->sector[0] && strcmp(r->sector, demand->sector) != 0) continue;
        int close = 2 * (r->mineral >= 0) + (r->sector[0] != 0);
        if (close > most) most = close, best = r;
    }
    return best;
}

static kura_status add_losses(compile_ctx *c, const km_mineral *m, km_mineral_costs *out)
{
    const sc_costs *in = &c->sc->costs;
    out->losses = KURA_NEW(&c->model->arena, km_loss, (size_t)m->nconsumers);
    KM_ALLOC(c, out->losses);
    for (int k = 0; k < m->nconsumers; k++) {
        if (!m->consumers[k].focus) continue;
        const sc_loss *row = row_of(in, &c->sc->demands[m->consumers[k].scenario_demand]);
        const double *depths = row && !isnan(row->depths[0]) ? row->depths : in->depths;
        const double *values = row && !isnan(row->values[0]) ? row->values : NULL;
        const double *multiples = row && !isnan(row->multiples[0]) ? row->multiples : in->multiples;
        km_loss *loss = &out->losses[out->nlosses++];
        loss->consumer = k;
        for (int i = 0; i < 2; i++) loss->depth[i] = depths[i];
        if (!values && !m->price.given) {
            out->unknown |= KM_MONEY_LOSS;
            continue;
        }
        out->by_default |= !values && multiples == in->multiples && in->by_default;
        for (int i = 0; i < 3; i++)
            loss->value[i] = (values ? values[i] : multiples[i] * m->price.initial) * m->quantum / MILLION;
    }
    return KURA_OK;
}

/* ---- stockpiles ---- */

/* Money for a quantum of a form at the base price. */
static double worth(const compile_ctx *c, const km_mineral *m, int form)
{
    const sc_costs *in = &c->sc->costs;
    double multiple = 1;
    for (int i = 0; i < in->nform_prices; i++)
        if (in->form_prices[i].mineral == m->scenario_mineral && in->form_prices[i].form == form)
            multiple = in->form_prices[i].multiple;
    return m->price.given ? multiple * m->price.initial * m->quantum / MILLION : 0;
}

/* Part of a stockpile that the focus country bears: all of its own, of a pool its entitlement. */
static double part_of(const compile_ctx *c, const km_mineral *m, const km_tier *tier)
{
    const sc_stockpile *in = &c->sc->stockpiles[tier->scenario_stockpile];
    double own = 0, all = 0;
    if (tier->pool >= 0) return 0; /* counted where it is held */
    if (tier->holds_pool < 0) return m->hubs[tier->hub].country == c->model->focus;
    for (int i = 0; i < in->nmembers; i++) {
        all += in->members[i].share;
        if (in->members[i].country == c->model->focus) own += in->members[i].share;
    }
    return own / all;
}

static double one_of(double own, double common) { return !isnan(own) ? own : !isnan(common) ? common : 0; }

static kura_status add_held(compile_ctx *c, const km_mineral *m, km_mineral_costs *out)
{
    const sc_keeping *common = &c->sc->costs.keeping;
    double year = c->model->step_years;
    out->held = KURA_NEW(&c->model->arena, km_held, (size_t)m->ntiers);
    KM_ALLOC(c, out->held);
    for (int k = 0; k < m->ntiers; k++) {
        const km_tier *tier = &m->tiers[k];
        const sc_keeping *own = &c->sc->stockpiles[tier->scenario_stockpile].cost;
        double part = part_of(c, m, tier), tonne = part * m->quantum / MILLION;
        if (!(part > 0)) continue;
        if (!m->price.given) out->unknown |= KM_MONEY_COST;
        out->held[out->nheld++] = (km_held){.tier = k,
                                            .opening = tier->opening,
                                            .worth = part * worth(c, m, m->hubs[tier->hub].form),
                                            .storage = one_of(own->storage, common->storage) * tonne * year,
                                            .share = one_of(own->share, common->share) * year,
                                            .rotated = tier->rotation,
                                            .rotation = one_of(own->rotation, common->rotation) * tonne,
                                            .spread = one_of(own->spread, common->spread)};
    }
    return KURA_OK;
}

/* ---- trade ---- */

static kura_status add_trade(compile_ctx *c, const km_mineral *m, km_mineral_costs *out)
{
    out->imports = KURA_NEW(&c->model->arena, km_paid, (size_t)m->narcs);
    out->premiums = KURA_NEW(&c->model->arena, km_paid, (size_t)m->narcs);
    KM_ALLOC(c, out->imports && out->premiums);
    if (!m->price.given) out->unknown |= KM_MONEY_BILL;
    for (int a = 0; a < m->narcs; a++) {
        const km_hub *to = &m->hubs[m->arcs[a].to];
        double premium = m->arcs[a].scenario_arc < 0 ? NAN : c->sc->arcs[m->arcs[a].scenario_arc].premium;
        if (to->country == c->model->focus)
            out->imports[out->nimports++] = (km_paid){a, worth(c, m, to->form)};
        if (premium > 0) out->premiums[out->npremiums++] = (km_paid){a, premium * m->quantum / MILLION};
    }
    return KURA_OK;
}

/* ---- what is built ---- */

kura_status km_add_outlay(compile_ctx *c, int mineral, const sc_cost *cost, double start, int site)
{
    km_mineral_costs *out = &c->model->costs->minerals[mineral];
    const km_mineral *m = &c->model->minerals[mineral];
    double per_step = 1 / c->model->step_days;
    if (!cost->given) return KURA_OK;
    if (out->noutlays == out->room) {
        int room = out->room ? 2 * out->room : 8;
        km_outlay *more = KURA_NEW(&c->model->arena, km_outlay, (size_t)room);
        KM_ALLOC(c, more);
        if (out->noutlays) memcpy(more, out->outlays, (size_t)out->noutlays * sizeof *more);
        out->outlays = more;
        out->room = room;
    }
    const km_project *project = site >= 0 && m->sites[site].project.given ? &m->sites[site].project : NULL;
    out->outlays[out->noutlays++] =
        (km_outlay){.site = site,
                    .project = project,
                    .from = kura_max(0, start - cost->construction_days * per_step),
                    .planned = start,
                    .capex = cost->capex / MILLION,
                    .sunk = cost->sunk,
                    .life = isnan(cost->life_days) ? 0 : cost->life_days * per_step,
                    .fixed = cost->opex_fixed * c->model->step_years / MILLION,
                    .variable = site >= 0 ? cost->opex_variable * m->quantum / MILLION : 0,
                    .thrift = -1,
                    .until = INFINITY};
    if (out->noutlays > c->model->costs->most_outlays) c->model->costs->most_outlays = out->noutlays;
    return KURA_OK;
}

static kura_status add_sites(compile_ctx *c, int mineral)
{
    const kura_scenario_data *sc = c->sc;
    const km_mineral *m = &c->model->minerals[mineral];
    for (int s = 0; s < m->nsites; s++) {
        double start = 0;
        const sc_cost *of_project = NULL;
        for (int i = 0; i < sc->nprojects; i++)
            if (sc->projects[i].site == m->sites[s].scenario_site) {
                of_project = &sc->projects[i].cost;
                start = sc->projects[i].start_step;
            }
        KURA_TRY(km_add_outlay(c, mineral, &sc->sites[m->sites[s].scenario_site].cost, start, s));
        if (of_project) KURA_TRY(km_add_outlay(c, mineral, of_project, start, s));
    }
    return KURA_OK;
}

/* ---- all ---- */

/* What has no figure is told, not left to be found. */
static void tell_unknown(compile_ctx *c, const km_mineral *m, unsigned unknown)
{
    const sc_where *w = &c->sc->minerals[m->scenario_mineral].where;
    if (unknown & (KM_MONEY_COST | KM_MONEY_LOSS) && m->report != SC_REPORT_NO_DATA)
        kura_diag_add(c->diag, KURA_DIAG_WARNING, w->file, w->line, w->column, NULL,
                      "%s has no price, so there is no figure for its %s%s%s; give minerals.%s.price%s",
                      m->id, unknown & KM_MONEY_COST ? "cost" : "",
                      (unknown & KM_MONEY_COST) && (unknown & KM_MONEY_LOSS) ? " and " : "",
                      unknown & KM_MONEY_LOSS ? "loss" : "", m->id,
                      unknown & KM_MONEY_COST ? "" : " or costs.loss with values");
}

/* Values of a loss decide the result; those that nobody gave are not taken in silence. */
static void tell_defaults(compile_ctx *c)
{
    const sc_costs *in = &c->sc->costs;
    int n = 0, first = -1;
    for (int i = 0; i < c->model->nminerals; i++)
        if (c->model->costs->minerals[i].by_default && !n++) first = i;
    if (n)
        kura_diag_add(
            c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, in->where.column, NULL,
            "the loss of %s%s takes default values, %g, %g and %g times the base price, which are judged; "
            "give costs.multiples or costs.loss",
            c->model->minerals[first].id, n > 1 ? " and others" : "", in->multiples[0], in->multiples[1],
            in->multiples[2]);
}

kura_status km_compile_costs(compile_ctx *c)
{
    km_model *model = c->model;
    if (!c->sc->costs.given) return KURA_OK;
    km_costs *costs = KURA_NEW(&model->arena, km_costs, 1);
    KM_ALLOC(c, costs);
    costs->minerals = KURA_NEW(&model->arena, km_mineral_costs, (size_t)model->nminerals);
    KM_ALLOC(c, costs->minerals);
    costs->haircut = c->sc->costs.haircut;
    costs->owned = c->sc->costs.owned;
    KURA_TRY(discount(c, costs));
    model->costs = costs;
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        KURA_TRY(add_losses(c, m, &costs->minerals[i]));
        KURA_TRY(add_held(c, m, &costs->minerals[i]));
        KURA_TRY(add_trade(c, m, &costs->minerals[i]));
        KURA_TRY(add_sites(c, i));
        tell_unknown(c, m, costs->minerals[i].unknown);
    }
    KURA_TRY(km_lever_outlays(c));
    tell_defaults(c);
    return KURA_OK;
}
