/* Scripted events [3.6] as dense per-step tables, applied in the order of the scenario.
 * A script consumes no random address: the sampled value is drawn all the same and then set, scaled or
 * shifted. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <limits.h>
#include <math.h>
#include <string.h>

typedef struct {
    double *mul, *add, *set;
} table;

static kura_status writable(compile_ctx *c, km_script *s, table *out)
{
    int T = c->model->steps;
    if (!s->mul) {
        double *block = KURA_NEW(&c->model->arena, double, (size_t)T * 3);
        KM_ALLOC(c, block);
        for (int t = 0; t < T; t++) {
            block[t] = 1;
            block[T + t] = 0;
            block[2 * T + t] = NAN;
        }
        s->mul = block;
        s->add = block + T;
        s->set = block + 2 * T;
    }
    out->mul = (double *)s->mul;
    out->add = (double *)s->add;
    out->set = (double *)s->set;
    return KURA_OK;
}

static void apply(table *s, int t, sc_op op, double value)
{
    int is_set = !isnan(s->set[t]);
    switch (op) {
    case SC_OP_SET:
        s->set[t] = value;
        break;
    case SC_OP_MULTIPLY:
        if (is_set)
            s->set[t] *= value;
        else {
            s->mul[t] *= value;
            s->add[t] *= value;
        }
        break;
    case SC_OP_ADD:
        if (is_set)
            s->set[t] += value;
        else
            s->add[t] += value;
        break;
    }
}

static double value_at(const compile_ctx *c, const sc_event *e, int t)
{
    return e->series ? e->series[t - c->model->burn] : e->value;
}

/* Steps of an event on the engine's count, which begins with the burn-in. */
static int first_step(const compile_ctx *c, const sc_event *e)
{
    return e->from_step + c->model->burn < 0 ? 0 : e->from_step + c->model->burn;
}

static int last_step(const compile_ctx *c, const sc_event *e)
{
    int to = e->to_step < c->model->T ? e->to_step : c->model->T;
    if (e->series && e->nseries < to) to = e->nseries;
    return to + c->model->burn;
}

static kura_status on_multiplier(compile_ctx *c, const sc_event *e, km_script *s)
{
    table w = {NULL, NULL, NULL};
    KURA_TRY(writable(c, s, &w));
    for (int t = first_step(c, e); t < last_step(c, e); t++) apply(&w, t, e->op, value_at(c, e, t));
    return KURA_OK;
}

kura_status km_multiply_script(compile_ctx *c, km_script *script, const double *factor)
{
    table w = {NULL, NULL, NULL};
    KURA_TRY(writable(c, script, &w));
    for (int t = 0; t < c->model->steps; t++) apply(&w, t, SC_OP_MULTIPLY, factor[t]);
    return KURA_OK;
}

static kura_status on_lag(compile_ctx *c, const sc_event *e)
{
    double **lag = &c->arc_lag[e->index];
    if (!*lag) *lag = KURA_NEW(&c->model->arena, double, (size_t)c->model->steps);
    KM_ALLOC(c, *lag);
    for (int t = first_step(c, e); t < last_step(c, e); t++)
        (*lag)[t] = value_at(c, e, t) + (e->op == SC_OP_ADD ? (*lag)[t] : 0);
    return KURA_OK;
}

static kura_status on_regime(compile_ctx *c, const sc_event *e)
{
    int8_t **r = &c->regime_script[e->index];
    if (!*r) {
        *r = KURA_NEW(&c->model->arena, int8_t, (size_t)c->model->steps);
        KM_ALLOC(c, *r);
        memset(*r, -1, (size_t)c->model->steps);
    }
    for (int t = first_step(c, e); t < last_step(c, e); t++) (*r)[t] = (int8_t)value_at(c, e, t);
    return KURA_OK;
}

static kura_status constant_table(compile_ctx *c, double **steps, double value)
{
    if (*steps) return KURA_OK;
    *steps = KURA_NEW(&c->model->arena, double, (size_t)c->model->steps);
    KM_ALLOC(c, *steps);
    for (int t = 0; t < c->model->steps; t++) (*steps)[t] = value;
    return KURA_OK;
}

/* Multiples of events that overlap multiply. */
static kura_status on_rate(compile_ctx *c, const sc_event *e)
{
    double **tables[] = {c->regime_rate, c->restriction_rate, c->shock_rate, c->chokepoint_rate};
    double **multiple = &tables[e->hazard][e->index];
    KURA_TRY(constant_table(c, multiple, 1));
    for (int t = first_step(c, e); t < last_step(c, e); t++) (*multiple)[t] *= value_at(c, e, t);
    return KURA_OK;
}

/* A level that is set holds while the event lasts; one that is multiplied jumps in the first step of the
 * event and then reverts like any jump.  A jump before the run is in the spot price already. */
static kura_status on_price(compile_ctx *c, const sc_event *e)
{
    int first = e->from_step + c->model->burn;
    KURA_TRY(constant_table(c, &c->price_set[e->index], NAN));
    KURA_TRY(constant_table(c, &c->price_jump[e->index], 0));
    if (e->op == SC_OP_MULTIPLY && first >= 0 && first < last_step(c, e))
        c->price_jump[e->index][first] += kura_log(e->value);
    for (int t = first_step(c, e); e->op == SC_OP_SET && t < last_step(c, e); t++)
        c->price_set[e->index][t] = kura_log(value_at(c, e, t));
    return KURA_OK;
}

kura_status km_compile_scripts(compile_ctx *c)
{
    for (int i = 0; i < c->sc->nevents; i++) {
        const sc_event *e = &c->sc->events[i];
        switch (e->object) {
        case SC_OBJECT_SITE:
            KURA_TRY(on_multiplier(c, e, &c->site_script[e->index]));
            break;
        case SC_OBJECT_COUNTRY:
            if (e->field == SC_FIELD_REGIME)
                KURA_TRY(on_regime(c, e));
            else
                KURA_TRY(on_multiplier(c, e, &c->country_script[e->index]));
            break;
        case SC_OBJECT_ARC:
            if (e->field == SC_FIELD_LAG)
                KURA_TRY(on_lag(c, e));
            else
                KURA_TRY(on_multiplier(c, e, &c->arc_script[e->index]));
            break;
        case SC_OBJECT_DEMAND:
            KURA_TRY(on_multiplier(c, e, &c->demand_script[e->index]));
            break;
        case SC_OBJECT_PRICE:
            KURA_TRY(on_price(c, e));
            break;
        case SC_OBJECT_HAZARD:
            KURA_TRY(on_rate(c, e));
            break;
        case SC_OBJECT_RESTRICTION:
            break; /* gathered per arc by km_severity_script */
        }
    }
    return KURA_OK;
}

static int on_restriction(const sc_event *e, int exporter, int mineral, int importer)
{
    return e->object == SC_OBJECT_RESTRICTION && e->index == exporter && e->mineral == mineral &&
           (e->importer < 0 || e->importer == importer);
}

kura_status km_announced(compile_ctx *c, int exporter, int mineral, int importer, const uint8_t **out)
{
    uint8_t *flags = NULL;
    *out = NULL;
    for (int i = 0; i < c->sc->nevents; i++) {
        const sc_event *e = &c->sc->events[i];
        if (e->announced_step == INT_MAX || !on_restriction(e, exporter, mineral, importer)) continue;
        if (!flags) flags = KURA_NEW(&c->model->arena, uint8_t, (size_t)c->model->steps);
        KM_ALLOC(c, flags);
        int from = e->announced_step + c->model->burn;
        for (int t = from < 0 ? 0 : from; t < e->from_step + c->model->burn && t < c->model->steps; t++)
            flags[t] = 1;
    }
    *out = flags;
    return KURA_OK;
}

kura_status km_severity_script(compile_ctx *c, int exporter, int mineral, int importer, km_script *out)
{
    memset(out, 0, sizeof *out);
    for (int i = 0; i < c->sc->nevents; i++) {
        const sc_event *e = &c->sc->events[i];
        if (on_restriction(e, exporter, mineral, importer)) KURA_TRY(on_multiplier(c, e, out));
    }
    return KURA_OK;
}

kura_status km_multiples_of(compile_ctx *c, const double *multiple, km_multiples *out)
{
    enum { MOST = INT16_MAX };
    int T = c->model->steps, n = 1;
    static const double one[] = {1};
    *out = (km_multiples){1, one, NULL};
    if (!multiple) return KURA_OK;
    int16_t *which = KURA_NEW(&c->model->arena, int16_t, (size_t)T);
    double *values = KURA_NEW(&c->model->arena, double, (size_t)T + 1);
    KM_ALLOC(c, which && values);
    values[0] = 1;
    for (int t = 0; t < T; t++) {
        int k = 0;
        while (k < n && values[k] != multiple[t]) k++;
        if (k == MOST)
            return kura_error_set(c->err, KURA_E_SCENARIO, "more than %d different rates of one hazard",
                                  MOST);
        if (k == n) values[n++] = multiple[t];
        which[t] = (int16_t)k;
    }
    *out = (km_multiples){n, values, which};
    return KURA_OK;
}
