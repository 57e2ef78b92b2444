/* What prices and demand have beyond the Schwartz price [4.1, 4.3, 4.5]: volatility that varies, prices apart
 * under a restriction, consumers that answer differently, adjustment by degrees, the cycle of all demands. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <math.h>

#define LN2 0.693147180559945309417

/* Autoregression with the half-life and long-run deviation given: innovation and first value. */
static void autoregression(const compile_ctx *c, double sd, double half_life_days, int stationary, double *a,
                           double *s, double *first)
{
    *a = kura_exp(-LN2 * (c->model->step_days / half_life_days));
    *s = sd * sqrt(1 - *a * *a);
    *first = stationary ? sd : *s;
}

kura_status km_compile_cycle(compile_ctx *c)
{
    const sc_cycle *in = &c->sc->cycle;
    km_cycle *x = &c->model->cycle;
    x->given = in->sd > 0;
    if (!x->given) return KURA_OK;
    kura_stream_init(&x->stream, c->model->seed, "macro");
    x->loadings = km_loadings_of(c->sc, "macro");
    x->loadings.t = -1; /* it stays Gaussian, like prices */
    autoregression(c, in->sd, in->half_life_days, in->stationary, &x->a, &x->s, &x->first);
    return KURA_OK;
}

/* ---- volatility ---- */

/* Base exports of the mineral from a country, all forms; 0 also where it has no regime. */
static double exports_of(const km_mineral *m, int country, int with_regime)
{
    double E = 0;
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].country == country && (m->hubs[h].regime >= 0 || !with_regime)) E += m->hubs[h].E;
    return E;
}

/* Exporters with a regime, in the order of the countries, and their shares in all exports. */
static kura_status exporters(compile_ctx *c, km_mineral *m, const sc_volatility *in)
{
    km_volatility *v = &m->price.volatility;
    int n = c->sc->ncountries;
    double all = 0;
    v->exporter = KURA_NEW(&c->model->arena, int, (size_t)n);
    double *weight = KURA_NEW(&c->model->arena, double, (size_t)n);
    KM_ALLOC(c, v->exporter && weight);
    for (int k = 0; k < n; k++) all += exports_of(m, k, 0);
    for (int k = 0; k < n; k++) {
        double E = exports_of(m, k, 1);
        if (!(E > 0)) continue;
        v->exporter[v->nexporters] = c->country_regime[k];
        weight[v->nexporters++] = E / all;
    }
    v->weight = in->by_share ? weight : NULL;
    const sc_mineral *at = &c->sc->minerals[m->scenario_mineral];
    if (!v->nexporters && c->model->nregimes) /* without any regime: a scenario without hazards */
        kura_diag_add(c->diag, KURA_DIAG_WARNING, at->where.file, at->where.line, 0, NULL,
                      "%s: price.volatility_by_regime does nothing, because no country that exports it has a "
                      "regime in hazards.regimes",
                      m->id);
    return KURA_OK;
}

/* Multiple of a market that gets deeper from a date on. */
static kura_status depth(compile_ctx *c, km_volatility *v, const sc_volatility *in)
{
    if (in->depth == 1) return KURA_OK;
    double *x = KURA_NEW(&c->model->arena, double, (size_t)c->model->steps);
    double ramp = in->depth_ramp_days / c->model->step_days;
    KM_ALLOC(c, x);
    for (int t = 0; t < c->model->steps; t++) {
        double since = (double)(t - c->model->burn) - in->depth_from;
        double there = ramp > 0 ? kura_clamp01(since / ramp) : since >= 0 ? 1 : 0;
        x[t] = 1 + (in->depth - 1) * there;
    }
    v->depth = x;
    return KURA_OK;
}

static kura_status volatility(compile_ctx *c, km_mineral *m)
{
    const sc_volatility *in = &c->sc->minerals[m->scenario_mineral].price.shock;
    km_volatility *v = &m->price.volatility;
    if (!isnan(in->by_regime[0])) {
        for (int r = 0; r < 3; r++) v->by_regime[r] = in->by_regime[r];
        KURA_TRY(exporters(c, m, in));
    }
    if (in->sd > 0) autoregression(c, in->sd, in->half_life_days, !in->from_base, &v->a, &v->s, &v->first);
    KURA_TRY(depth(c, v, in));
    v->given = v->nexporters > 0 || v->s > 0 || v->depth;
    return KURA_OK;
}

/* ---- wedge ---- */

static kura_status wedge(compile_ctx *c, km_mineral *m)
{
    const sc_wedge *in = &c->sc->minerals[m->scenario_mineral].price.wedge;
    km_wedge *w = &m->price.wedge;
    w->focus = -1;
    w->given = in->importer > 0 || in->origin > 0;
    if (!w->given) return KURA_OK;
    c->model->any_wedge = 1;
    w->importer = in->importer;
    w->origin = in->origin;
    w->n = kura_max(1, in->lag_days / c->model->step_days);
    w->of_hub = KURA_NEW(&c->model->arena, int, (size_t)m->nhubs);
    KM_ALLOC(c, w->of_hub);
    for (int k = 0; k < c->sc->ncountries; k++) {
        int found = 0;
        for (int h = 0; h < m->nhubs; h++)
            if (m->hubs[h].country == k) {
                w->of_hub[h] = w->ncountries;
                found = 1;
            }
        if (found && k == c->model->focus) w->focus = w->ncountries;
        w->ncountries += found;
    }
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].Mo > 0) m->hubs[h].looks = 1;
    return KURA_OK;
}

/* ---- demand ---- */

/* The number of the answer with these parameters; a new one if there was none. */
static int answer_of(km_response *q, double elasticity, double sub_limit, int country)
{
    for (int i = 0; i < q->nanswers; i++) {
        const km_answer *x = &q->answers[i];
        if (x->elasticity == elasticity && x->sub_limit == sub_limit && x->country == country) return i;
    }
    q->answers[q->nanswers] = (km_answer){elasticity, sub_limit, country, 0};
    return q->nanswers++;
}

static kura_status answers(compile_ctx *c, km_mineral *m)
{
    const sc_response *r = &c->sc->minerals[m->scenario_mineral].response;
    const km_wedge *w = &m->price.wedge;
    km_response *q = &m->response;
    q->active = 0;
    int programmes = c->sc->nthrifting; /* each may add as many (compile_lever_thrifting.c) */
    q->answers =
        KURA_NEW(&c->model->arena, km_answer, (size_t)(m->nconsumers + 1) * (size_t)(1 + programmes));
    KM_ALLOC(c, q->answers);
    if (!m->price.given) {
        answer_of(q, 0, 0, -1); /* nobody answers */
        return KURA_OK;
    }
    for (int k = 0; k < m->nconsumers; k++) {
        km_consumer *x = &m->consumers[k];
        const sc_demand *in = &c->sc->demands[x->scenario_demand];
        double elasticity = isnan(in->elasticity) ? r->elasticity : in->elasticity;
        double limit = isnan(in->substitution) ? r->sub_limit : in->substitution;
        if (limit > 0 && !r->sub_given)
            kura_diag_add(c->diag, KURA_DIAG_ERROR, in->where.file, in->where.line, 0, NULL,
                          "\"substitution\" of this demand needs minerals.%s.demand_response.substitution, "
                          "which says how fast and at what price",
                          m->id);
        x->answer = answer_of(q, elasticity, limit, w->given ? w->of_hub[x->hub] : -1);
        q->active |= elasticity > 0 || limit > 0;
    }
    if (!q->nanswers) answer_of(q, r->elasticity, r->sub_limit, -1);
    return KURA_OK;
}

/* ln D(t) = ln D(t-1) + lambda (ln D* - ln D(t-1)), D over its path [4.3]. */
static void adjustment(const compile_ctx *c, const sc_response *r, km_response *q)
{
    int given = !isnan(r->adjust_half_life_days) || !isnan(r->adjust_share), bounded = !isnan(r->range[0]);
    q->adjust = 1;
    if (!isnan(r->adjust_half_life_days))
        q->adjust = 1 - kura_exp(-LN2 * (c->model->step_days / r->adjust_half_life_days));
    else if (given)
        q->adjust = 1 - kura_exp(kura_log(1 - r->adjust_share) * c->model->step_years);
    q->gradual = given || bounded; /* where anybody answers: compile_lever_thrifting.c knows */
    q->ln_low = bounded ? kura_log(r->range[0]) : given ? kura_log(0.3) : -INFINITY;
    q->ln_high = bounded ? kura_log(r->range[1]) : given ? kura_log(1.5) : INFINITY;
}

kura_status km_compile_answers(compile_ctx *c, km_mineral *m)
{
    const sc_mineral *in = &c->sc->minerals[m->scenario_mineral];
    m->price.wedge.focus = -1;
    if (m->price.given) {
        KURA_TRY(volatility(c, m));
        KURA_TRY(wedge(c, m));
    }
    KURA_TRY(answers(c, m));
    adjustment(c, &in->response, &m->response);
    m->cycle = c->model->cycle.given ? in->cycle_exposure : 0;
    return KURA_OK;
}
