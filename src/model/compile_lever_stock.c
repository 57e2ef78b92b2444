/* Stockpiles that a policy raises [7.8], and research that makes them keep [7.9]. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <limits.h>
#include <math.h>

/* ---- sizes ---- */

/* What of a form comes out as the next one: of the refineries of the country, by capacity; where it has none,
 * of all. */
static double yield_to(const km_mineral *m, int form, int country)
{
    for (int anywhere = 0; anywhere < 2; anywhere++) {
        double in = 0, out = 0;
        for (int s = 0; s < m->nsites; s++) {
            const km_site *site = &m->sites[s];
            const km_hub *hub = &m->hubs[site->hub];
            if (!site->refine || hub->form != form || (!anywhere && hub->country != country)) continue;
            in += site->K;
            out += site->K * site->yield;
        }
        if (in > 0) return out / in;
    }
    return 1;
}

/* Quanta a day of the held form that a day of base use takes: of that form; of the last form used when the
 * policy names one, divided by the yields on the way. */
static double a_day(const compile_ctx *c, const km_mineral *m, const km_hub *held, const sc_stock_lever *x)
{
    const km_hub *last = held;
    double yields = 1;
    if (!x->form[0]) return held->U0 / c->model->step_days;
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].country == held->country && m->hubs[h].form >= last->form && m->hubs[h].U0 > 0)
            last = &m->hubs[h];
    for (int f = held->form + 1; f <= last->form; f++) yields *= yield_to(m, f, held->country);
    return last->U0 / yields / c->model->step_days;
}

static double step_of(const compile_ctx *c, int step) { return (double)step + c->model->burn; }

/* What other national stockpiles hold there at the start. */
static double beside(const compile_ctx *c, const km_mineral *m, const km_tier *k)
{
    const km_hub *hub = &m->hubs[k->hub];
    double sum = 0;
    for (int i = hub->tier_begin; i < hub->tier_end; i++) {
        const sc_stockpile *x = &c->sc->stockpiles[m->tiers[i].scenario_stockpile];
        if (&m->tiers[i] == k || km_is_pooled(&m->tiers[i]) || x->owner != SC_OWNER_NATIONAL) continue;
        sum += !isnan(x->opening_t) ? floor(x->opening_t / m->quantum)
                                    : floor(x->opening_days * (hub->U0 / c->model->step_days));
    }
    return sum;
}

void km_raise_tier(const compile_ctx *c, const km_mineral *m, km_tier *k)
{
    const sc_stockpile *in = &c->sc->stockpiles[k->scenario_stockpile];
    if (!in->lever) return;
    const sc_stock_lever *x = &c->sc->stock_levers[in->lever - 1];
    double day = a_day(c, m, &m->hubs[k->hub], x), target = floor(x->days * day);
    if (!(target > 0))
        kura_diag_add(c->diag, KURA_DIAG_WARNING, x->where.file, x->where.line, 0, NULL,
                      "levers.stock.%s: %s uses no %s, so there is nothing to stock", x->id,
                      c->sc->countries[m->hubs[k->hub].country], m->id);
    if (in->created) target = kura_max(0, target - beside(c, m, k));
    if (x->opening) {
        k->opening = kura_max(k->opening, target);
        k->target = kura_max(k->target, k->opening);
        return;
    }
    k->raised = 1;
    k->raise_from = (int)kura_max(0, kura_min(c->model->steps, step_of(c, x->start_step)));
    k->raised_target = kura_max(target, k->refills ? k->target : 0);
    k->raised_at_most =
        !isnan(x->at_most_t) ? floor(x->at_most_t / m->quantum) : floor(x->at_most_days * day);
    k->raised_below = kura_log(x->price_below);
    if (k->refills) { /* never slower or choosier than it was */
        k->raised_at_most = kura_max(k->raised_at_most, k->buy_at_most);
        k->raised_below = kura_max(k->raised_below, k->buy_below);
    } else { /* buys nothing before */
        k->refills = 1;
        k->target = k->buy_at_most = 0;
        k->buy_below = k->raised_below;
    }
}

/* ---- research ---- */

kura_status km_slow_decay(compile_ctx *c, km_tier *k)
{
    const sc_stockpile *in = &c->sc->stockpiles[k->scenario_stockpile];
    int T = c->model->steps, any = 0;
    double *half_life = NULL;
    for (int i = 0; i < c->sc->nkeeping_levers; i++) {
        const sc_keeping_lever *x = &c->sc->keeping_levers[i];
        if ((x->minerals && !x->minerals[in->mineral]) || (x->country >= 0 && x->country != in->country))
            continue;
        KURA_TRY(km_multiply_table(c, &half_life, &x->when, x->half_life, KM_BLEND_LINEAR));
        any = 1;
    }
    if (!any) return KURA_OK;
    double *path = KURA_NEW(&c->model->arena, double, (size_t)T);
    double *kept = KURA_NEW(&c->model->arena, double, (size_t)T);
    KM_ALLOC(c, path && kept);
    double left = 0; /* ln of what is left of a unit of the start */
    for (int t = 0; t < T; t++) {
        double ln = -0.693147180559945309417 * (c->model->step_days / (in->half_life_days * half_life[t]));
        path[t] = 1 - kura_exp(ln);
        kept[t] = kura_exp(-left);
        if (t >= c->model->burn) left += ln;
    }
    k->decay_path = path;
    k->kept = kept;
    return KURA_OK;
}
