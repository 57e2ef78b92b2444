/* Supply response of one mineral [4.4]: which sites answer, and below which price each loses money. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <math.h>

static int is_by_product(const kura_scenario_data *sc, int site)
{
    for (int i = 0; i < sc->nhosts; i++)
        if (sc->hosts[i].site == site) return 1;
    return 0;
}

static int at_least_one(const compile_ctx *c, double days)
{
    double n = floor(days / c->model->step_days + 0.5);
    return n < 1 ? 1 : (int)n;
}

/* A by-product comes as its host runs: it does not answer its own price [2.5]. */
static void link_sites(const compile_ctx *c, km_mineral *m, const sc_supply *in)
{
    double base = c->sc->minerals[m->scenario_mineral].price.initial;
    for (int s = 0; s < m->nsites; s++) {
        km_site *site = &m->sites[s];
        const sc_site *x = &c->sc->sites[site->scenario_site];
        site->responds = (!in->countries || in->countries[x->country]) &&
                         (!in->kinds || in->kinds[x->kind]) && !is_by_product(c->sc, site->scenario_site);
        site->close_below = in->closes && !isnan(x->cash_cost) ? kura_log(x->cash_cost / base) : -INFINITY;
    }
}

kura_status km_compile_supply(compile_ctx *c, km_mineral *m)
{
    const sc_mineral *mineral = &c->sc->minerals[m->scenario_mineral];
    const sc_supply *in = &mineral->supply;
    const sc_where *at = &mineral->where;
    km_supply *k = &m->supply;
    int answering = 0, closing = 0;
    if (!in->given) return KURA_OK;
    if (!m->price.given) {
        kura_diag_add(c->diag, KURA_DIAG_ERROR, at->file, at->line, 0, NULL,
                      "%s has a supply_response but no price; give it a \"price\"", m->id);
        return KURA_OK;
    }
    link_sites(c, m, in);
    for (int s = 0; s < m->nsites; s++) {
        answering += m->sites[s].responds;
        closing += m->sites[s].responds && m->sites[s].close_below > -INFINITY;
    }
    if (!answering)
        kura_diag_add(c->diag, KURA_DIAG_ERROR, at->file, at->line, 0, NULL,
                      "the supply_response of %s selects no site (by-products never answer)", m->id);
    else if (in->closes && !closing)
        kura_diag_add(c->diag, KURA_DIAG_ERROR, at->file, at->line, 0, NULL,
                      "the closure of %s has no effect: none of its sites that answer has a \"cash_cost\"",
                      m->id);
    k->given = 1;
    k->elasticity = in->elasticity;
    k->most = 1 + in->utilisation;
    k->left = in->close_left;
    k->after = closing ? at_least_one(c, in->close_after_days) : 0;
    k->recovery = closing ? at_least_one(c, in->recovery_days) : 0;
    k->restart = closing ? (int)floor(in->restart_days / c->model->step_days + 0.5) : 0;
    k->lag = in->expands ? at_least_one(c, in->expand_lag_days) : 0;
    k->gain = in->expands ? in->expand_gain * c->model->step_years : 0;
    k->gain_most = in->expands ? in->expand_most * c->model->step_years : 0;
    k->smoothing = in->expands ? kura_max(1, in->expand_smoothing_days / c->model->step_days) : 1;
    return KURA_OK;
}
