/* Draws of what is not known, see draw.h. */
#include "model/draw.h"
#include "model/read.h"
#include "num/math.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 4 }; /* numbers kept free for a draw of one quantity [R10.1] */

static double value_at(const sc_unknown *x, uint64_t seed, uint64_t draw, int nearer)
{
    char key[512];
    kura_stream stream;
    snprintf(key, sizeof key, "param/%s", x->stream);
    kura_stream_init(&stream, seed, key);
    double u = kura_stream_uniform(&stream, 0, SLOTS * draw);
    for (int i = 0; i < nearer; i++) u = 0.5 + (u - 0.5) * 0.8;
    return kura_dist_quantile(&x->law, u);
}

double km_draw_value(const km_model *model, int i, uint64_t draw, int nearer)
{
    const sc_ignorance *g = &model->scenario->ignorance;
    return nearer == KM_NEAREST ? kura_dist_quantile(&g->unknowns[i].law, 0.5)
                                : value_at(&g->unknowns[i], model->seed, draw, nearer);
}

/* ---- spreads ---- */

static void spread_site(sc_site *s, double factor)
{
    s->output *= factor;
    s->capacity *= factor;
    s->input_capacity *= factor;
    for (int r = 0; r < 3; r++) s->capacity_by_regime[r] *= factor;
}

static void spread_stockpile(sc_stockpile *s, double factor)
{
    s->opening_t *= factor;
    s->opening_days *= factor;
}

static void apply_spread(kura_scenario_data *d, const sc_unknown *x, double factor)
{
    switch (x->of) {
    case SC_SPREAD_OUTPUT:
        spread_site(&d->sites[x->index], factor);
        break;
    case SC_SPREAD_DEMAND:
        d->demands[x->index].rate *= factor;
        break;
    case SC_SPREAD_VOLUME:
        d->arcs[x->index].volume *= factor;
        break;
    case SC_SPREAD_STOCKPILE:
        spread_stockpile(&d->stockpiles[x->index], factor);
        break;
    case SC_SPREAD_HUB:
        d->hubs[x->index].opening *= factor;
        break;
    case SC_SPREAD_ELASTICITY:
        d->minerals[x->index].response.elasticity *= factor;
        break;
    case SC_SPREAD_SUBSTITUTION:
        d->minerals[x->index].response.sub_limit =
            kura_min(d->minerals[x->index].response.sub_limit * factor, 1);
        break;
    default:
        break;
    }
}

/* ---- compiling ---- */

/* Tallies add masses of all draws up in quanta. */
static void keep_quanta(kura_scenario_data *d, const km_model *nominal)
{
    for (int i = 0; i < d->nminerals; i++) {
        int exponent;
        frexp(nominal->minerals[i].quantum, &exponent);
        d->minerals[i].lattice_exponent = exponent - 1;
    }
}

/* Does the draw have the shape of the scenario, so that its paths can be tallied together? */
static int same_shape(const km_model *a, const km_model *b)
{
    if (a->nevents != b->nevents || a->nspells != b->nspells || a->steps != b->steps) return 0;
    for (int i = 0; i < a->nminerals; i++) {
        const km_mineral *m = &a->minerals[i], *o = &b->minerals[i];
        if (m->nhubs != o->nhubs || m->nsites != o->nsites || m->narcs != o->narcs ||
            m->ntiers != o->ntiers || m->nconsumers != o->nconsumers || m->ndecrees != o->ndecrees ||
            m->watch_hub != o->watch_hub || m->has_drun != o->has_drun || m->quantum != o->quantum)
            return 0;
    }
    return 1;
}

static kura_status make(const km_model *nominal, uint64_t draw, int nearer, km_draw *out, kura_diag *diag,
                        kura_error *err)
{
    const kura_scenario_data *sc = nominal->scenario;
    const sc_ignorance *g = &sc->ignorance;
    kura_scenario_data *d = NULL;
    double *values = KURA_NEW(&out->arena, double, (size_t)g->nunknowns);
    if (!values) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to draw what is not known");
    for (int i = 0; i < g->nunknowns; i++) values[i] = km_draw_value(nominal, i, draw, nearer);
    KURA_TRY(kura_scenario_reread(sc, values, &out->arena, &d, diag, err));
    for (int i = 0; i < g->nunknowns; i++)
        if (g->unknowns[i].of != SC_SPREAD_NONE) apply_spread(d, &g->unknowns[i], values[i]);
    keep_quanta(d, nominal);
    KURA_TRY(kura_model_compile_like(d, nominal->seed, nominal, &out->model, diag, err));
    if (same_shape(nominal, out->model)) return KURA_OK;
    return kura_error_set(err, KURA_E_SCENARIO, "the draw has another shape than the scenario");
}

kura_status km_draw_make(const km_model *nominal, uint64_t draw, km_draw *out, kura_error *err)
{
    kura_error why = {0};
    for (int nearer = 0; nearer <= KM_NEAREST; nearer++) {
        kura_diag diag = {0};
        kura_status st = make(nominal, draw, nearer, out, &diag, &why);
        kura_diag_fini(&diag);
        out->nearer = nearer;
        if (!st) return KURA_OK;
        km_draw_free(out);
        if (st != KURA_E_SCENARIO) break;
    }
    if (err) *err = why;
    return why.code;
}

void km_draw_free(km_draw *draw)
{
    kura_model_free(draw->model);
    kura_arena_fini(&draw->arena);
    draw->model = NULL;
}
