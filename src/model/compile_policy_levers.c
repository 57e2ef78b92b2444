/* What levers have in common [7]: their size over time, and rates and flows that they multiply. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <limits.h>
#include <math.h>

double km_intensity(const compile_ctx *c, const sc_schedule *when, int t)
{
    int burn = c->model->burn;
    double age = (double)t - burn - when->from_step, ramp = when->ramp_days / c->model->step_days;
    if (age < 0 || (when->to_step != INT_MAX && t - burn >= when->to_step)) return 0;
    return age < ramp ? age / ramp : 1;
}

kura_status km_multiply_table(compile_ctx *c, double **table, const sc_schedule *when, double full,
                              km_blend blend)
{
    int T = c->model->steps;
    if (!*table) {
        *table = KURA_NEW(&c->model->arena, double, (size_t)T);
        KM_ALLOC(c, *table);
        for (int t = 0; t < T; t++) (*table)[t] = 1;
    }
    for (int t = 0; t < T; t++) {
        double L = km_intensity(c, when, t);
        double part = blend == KM_BLEND_LINEAR ? 1 + L * (full - 1) : 1 / (1 + L * (1 / full - 1));
        (*table)[t] *= L < 1 ? part : full; /* to the bit what an event of that value does */
    }
    return KURA_OK;
}

/* Diplomacy and nationalism, in this order, on top of what events do. */
kura_status km_lever_onsets(compile_ctx *c, int restriction, int mineral, const double **out)
{
    const sc_restriction *in = &c->sc->restrictions[restriction];
    double *table = NULL;
    *out = c->restriction_rate[restriction];
    for (int i = 0; i < c->sc->ndiplomacy; i++) {
        const sc_diplomacy *x = &c->sc->diplomacy[i];
        if (x->against < 0 && km_negotiates(c->sc, x, restriction) && x->onset != 1)
            KURA_TRY(km_multiply_table(c, &table, &x->when, x->onset, KM_BLEND_LINEAR));
    }
    for (int i = 0; i < c->sc->nnationalism; i++) {
        const sc_nationalism *x = &c->sc->nationalism[i];
        if (x->countries[in->exporter] && (!x->minerals || x->minerals[mineral]) && x->onset != 1)
            KURA_TRY(km_multiply_table(c, &table, &x->when, x->onset, KM_BLEND_LINEAR));
    }
    if (!table) return KURA_OK;
    for (int t = 0; *out && t < c->model->steps; t++) table[t] *= (*out)[t];
    *out = table;
    return KURA_OK;
}

kura_status km_compile_levers(compile_ctx *c)
{
    c->regime_exit = KURA_NEW(&c->model->arena, double *, (size_t)c->sc->ncountries);
    KM_ALLOC(c, c->regime_exit);
    KURA_TRY(km_compile_diplomacy(c));
    return km_limit_exports(c);
}
