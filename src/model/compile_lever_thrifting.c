/* Thrifting programmes of one mineral [7.4]: who takes part, and what adoption changes. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <math.h>

static kura_status make_programme(compile_ctx *c, const km_mineral *m, const sc_thrifting *x, km_thrift *k)
{
    double per_step = 1 / c->model->step_days;
    const km_response *q = &m->response;
    const char *key = kura_arena_printf(&c->model->arena, "project/%s", x->id);
    KM_ALLOC(c, key);
    kura_stream_init(&k->stream, c->model->seed, key);
    k->id = x->id;
    k->start = (double)x->start_step + c->model->burn;
    k->success = x->success;
    k->limit = x->limit;
    k->up = isnan(x->lag_days) ? q->up : kura_min(1, c->model->step_days / x->lag_days);
    /* what comes back when prices fall does so three times as slowly, unless the mineral says otherwise */
    k->down = q->down > 0 ? q->down : k->up / 3;
    k->saves = x->saves;
    k->ramp = x->ramp_days * per_step;
    k->penalty = x->penalty;
    return km_dist(c, &k->delay, &x->delay, per_step, 0);
}

/* The answer to prices of those who answered like `answer` and take part from now on. */
static int answer_with(km_response *q, int answer, int thrift)
{
    const km_answer *x = &q->answers[answer];
    for (int i = 0; i < q->nanswers; i++) {
        const km_answer *y = &q->answers[i];
        if (y->elasticity == x->elasticity && y->sub_limit == x->sub_limit && y->country == x->country &&
            y->thrift == thrift)
            return i;
    }
    q->answers[q->nanswers] = *x;
    q->answers[q->nanswers].thrift = thrift;
    return q->nanswers++;
}

kura_status km_compile_thrifting(compile_ctx *c, km_mineral *m)
{
    const kura_scenario_data *sc = c->sc;
    m->thrifts = KURA_NEW(&c->model->arena, km_thrift, (size_t)sc->nthrifting);
    KM_ALLOC(c, m->thrifts);
    for (int i = 0; i < sc->nthrifting; i++) {
        const sc_thrifting *x = &sc->thrifting[i];
        int users = 0;
        if (!x->minerals[m->scenario_mineral]) continue;
        for (int k = 0; k < m->nconsumers; k++) {
            if (x->countries && !x->countries[m->hubs[m->consumers[k].hub].country]) continue;
            m->consumers[k].answer = answer_with(&m->response, m->consumers[k].answer, m->nthrifts + 1);
            users++;
        }
        if (!users)
            kura_diag_add(c->diag, KURA_DIAG_WARNING, x->where.file, x->where.line, 0, NULL,
                          "levers.thrifting.%s: nobody in its countries uses %s", x->id, m->id);
        if (users) KURA_TRY(make_programme(c, m, x, &m->thrifts[m->nthrifts++]));
    }
    m->response.active |= m->nthrifts > 0;
    m->response.gradual &= m->response.active;
    return KURA_OK;
}
