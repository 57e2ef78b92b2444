/* What levers take [7], and what thrifting takes from users [7.4].
 *
 * A lever that builds a site is booked with the site, so it starts, is late or is cancelled as the site is.
 * Any other one is booked from its planned start to its end.  One that acts on several minerals is booked in
 * equal parts: a total then holds it once, and no mineral alone bears what serves all. */
#include "model/compile_internal.h"
#include "model/costs.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MILLION = 1000000 };

/* ---- booking ---- */

typedef struct {
    const sc_cost *cost;
    int start_step, end_step; /* INT_MAX: the start of the run, never */
    const char *programme;    /* of thrifting, whose adoption starts it; NULL */
} booking;

static int programme_of(const km_mineral *m, const char *id)
{
    for (int j = 0; id && j < m->nthrifts; j++)
        if (strcmp(m->thrifts[j].id, id) == 0) return j;
    return -1;
}

static kura_status book(compile_ctx *c, const booking *b, int mineral, int site, int parts)
{
    km_mineral_costs *out = &c->model->costs->minerals[mineral];
    sc_cost part = *b->cost;
    double start = b->start_step == INT_MAX ? 0 : b->start_step;
    part.capex /= parts;
    part.opex_fixed /= parts;
    if (!part.given) return KURA_OK;
    KURA_TRY(km_add_outlay(c, mineral, &part, start, site));
    km_outlay *outlay = &out->outlays[out->noutlays - 1];
    outlay->thrift = programme_of(&c->model->minerals[mineral], b->programme);
    outlay->until = b->end_step == INT_MAX ? INFINITY : b->end_step;
    return KURA_OK;
}

/* In equal parts: of the headline minerals marked that have a figure of their cost, so that totals hold all
 * of it; where there is none, of all marked, and where none is marked, of all. */
static kura_status share(compile_ctx *c, const booking *b, const unsigned char *on)
{
    const km_model *model = c->model;
    int n[3] = {0}, best = 0;
    if (!b->cost->given) return KURA_OK;
    for (int i = 0; i < model->nminerals; i++) {
        n[0]++;
        n[1] += on[i] != 0;
        n[2] += on[i] && model->minerals[i].report == SC_REPORT_HEADLINE && km_knows(model, i, KM_MONEY_COST);
    }
    for (int k = 0; k < 3; k++)
        if (n[k]) best = k;
    for (int i = 0; i < model->nminerals; i++) {
        int headline = model->minerals[i].report == SC_REPORT_HEADLINE && km_knows(model, i, KM_MONEY_COST);
        if ((best >= 1 && !on[i]) || (best == 2 && !headline)) continue;
        KURA_TRY(book(c, b, i, -1, n[best]));
    }
    return KURA_OK;
}

static booking of_lever(const sc_lever *l)
{
    return (booking){.cost = &l->cost, .start_step = l->start_step, .end_step = l->end_step};
}

/* ---- levers on the network ---- */

static kura_status sites(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    for (int i = 0; i < sc->ninvestments + sc->nrecyclings; i++) {
        const sc_recycling *y = i < sc->ninvestments ? NULL : &sc->recyclings[i - sc->ninvestments];
        booking b = of_lever(y ? &y->lever : &sc->investments[i].lever);
        int site = y ? y->index : sc->investments[i].index;
        if (site >= 0) KURA_TRY(book(c, &b, sc->sites[site].mineral, c->site_mineral_index[site], 1));
    }
    return KURA_OK;
}

static int imports(const km_mineral *m, const unsigned char *countries)
{
    for (int a = 0; a < m->narcs; a++)
        if (countries[m->hubs[m->arcs[a].to].country]) return 1;
    return 0;
}

static kura_status on_trade(compile_ctx *c, unsigned char *on)
{
    const kura_scenario_data *sc = c->sc;
    const km_model *model = c->model;
    for (int i = 0; i < sc->ndiversifications; i++) {
        booking b = of_lever(&sc->diversifications[i].lever);
        KURA_TRY(book(c, &b, sc->diversifications[i].mineral, -1, 1));
    }
    for (int i = 0; i < sc->ndependence_caps; i++) {
        const sc_dependence_cap *x = &sc->dependence_caps[i];
        booking b = of_lever(&x->lever);
        for (int k = 0; k < model->nminerals; k++)
            on[k] = (!x->minerals || x->minerals[k]) && imports(&model->minerals[k], x->importers);
        KURA_TRY(share(c, &b, on));
    }
    for (int i = 0; i < sc->nresearches; i++) {
        const sc_research *x = &sc->researches[i];
        booking b = of_lever(&x->lever);
        memset(on, 0, (size_t)model->nminerals);
        for (int s = 0; s < sc->nsites; s++)
            if (x->sites[s]) on[sc->sites[s].mineral] = 1;
        KURA_TRY(share(c, &b, on));
    }
    return KURA_OK;
}

/* ---- levers that leave the network as it is ---- */

/* Minerals of the restrictions it acts on; a policy on regimes alone is for all. */
static kura_status diplomacy(compile_ctx *c, const sc_diplomacy *x, unsigned char *on)
{
    const kura_scenario_data *sc = c->sc;
    booking b = {.cost = &x->cost, .start_step = x->when.from_step, .end_step = x->when.to_step};
    memset(on, 0, (size_t)c->model->nminerals);
    for (int r = 0; r < sc->nrestrictions; r++)
        for (int k = 0; k < c->model->nminerals; k++)
            if (km_negotiates(sc, x, r) && sc->restrictions[r].minerals[k]) on[k] = 1;
    return share(c, &b, on);
}

static kura_status keeping(compile_ctx *c, const sc_keeping_lever *x, unsigned char *on)
{
    const kura_scenario_data *sc = c->sc;
    booking b = {.cost = &x->cost, .start_step = x->when.from_step, .end_step = x->when.to_step};
    memset(on, 0, (size_t)c->model->nminerals);
    for (int i = 0; i < sc->nstockpiles; i++) {
        const sc_stockpile *s = &sc->stockpiles[i];
        if ((!x->minerals || x->minerals[s->mineral]) && (x->country < 0 || s->country == x->country))
            on[s->mineral] = 1;
    }
    return share(c, &b, on);
}

static kura_status thrifting(compile_ctx *c, const sc_thrifting *x, unsigned char *on)
{
    booking b = {.cost = &x->cost, .start_step = x->start_step, .end_step = INT_MAX, .programme = x->id};
    for (int k = 0; k < c->model->nminerals; k++) on[k] = programme_of(&c->model->minerals[k], x->id) >= 0;
    return share(c, &b, on);
}

/* Trades on which levers have put a premium in some epoch. */
static kura_status add_moved(compile_ctx *c, const km_mineral *m, km_mineral_costs *out)
{
    if (!m->nepochs) return KURA_OK;
    out->moved = KURA_NEW(&c->model->arena, km_paid, (size_t)m->narcs);
    KM_ALLOC(c, out->moved);
    for (int a = 0; a < m->narcs; a++) {
        int any = 0;
        for (int i = 0; i < m->nepochs; i++) any |= m->epochs[i].arcs[a].premium > 0;
        if (any) out->moved[out->nmoved++] = (km_paid){a, m->quantum / MILLION};
    }
    return KURA_OK;
}

/* Users of the focus country in programmes with a penalty. */
static kura_status add_thrifty(compile_ctx *c, const km_mineral *m, km_mineral_costs *out)
{
    if (!m->nthrifts) return KURA_OK;
    out->thrifty = KURA_NEW(&c->model->arena, km_thrifty, (size_t)m->nconsumers);
    KM_ALLOC(c, out->thrifty);
    for (int k = 0; k < m->nconsumers; k++) {
        int answer = m->consumers[k].answer, programme = m->response.answers[answer].thrift;
        if (!m->consumers[k].focus || !programme || !(m->thrifts[programme - 1].penalty > 0)) continue;
        double penalty = m->thrifts[programme - 1].penalty * m->quantum / MILLION;
        out->thrifty[out->nthrifty++] = (km_thrifty){k, answer, penalty};
    }
    return KURA_OK;
}

/* ---- all ---- */

static kura_status all(compile_ctx *c, unsigned char *on)
{
    const kura_scenario_data *sc = c->sc;
    KURA_TRY(sites(c));
    KURA_TRY(on_trade(c, on));
    for (int i = 0; i < sc->ndiplomacy; i++) KURA_TRY(diplomacy(c, &sc->diplomacy[i], on));
    for (int i = 0; i < sc->nkeeping_levers; i++) KURA_TRY(keeping(c, &sc->keeping_levers[i], on));
    for (int i = 0; i < sc->nthrifting; i++) KURA_TRY(thrifting(c, &sc->thrifting[i], on));
    for (int k = 0; k < c->model->nminerals; k++) {
        KURA_TRY(add_moved(c, &c->model->minerals[k], &c->model->costs->minerals[k]));
        KURA_TRY(add_thrifty(c, &c->model->minerals[k], &c->model->costs->minerals[k]));
    }
    return KURA_OK;
}

kura_status km_lever_outlays(compile_ctx *c)
{
    unsigned char *on = calloc((size_t)c->model->nminerals + 1, 1);
    if (!on) return kura_error_set(c->err, KURA_E_MEMORY, "not enough memory to compile the model");
    kura_status st = all(c, on);
    free(on);
    return st;
}
