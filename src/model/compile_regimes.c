/* Regimes of countries [3.1]: one-step matrices, thresholds, and the law of coercion that lasts a drawn time.
 */
#include "model/compile_internal.h"
#include "num/expm.h"
#include "num/math.h"
#include <stdio.h>
#include <string.h>

/* One step with the rates of getting worse and of getting better multiplied.  Where coercion has its own law
 * of duration, nothing leaves it within a step: the chain is held by the drawn time. */
static void make_chain(const compile_ctx *c, const sc_regime *in, const km_loadings *loadings, double up,
                       double down, km_chain *k, double p[9])
{
    double tension = in->tension * up, coercion = in->coercion * up, direct = in->direct * up;
    double relax = in->relax * down, ease = in->ease * down;
    double g[9] = {
        -(tension + direct), tension, direct, relax, -(relax + coercion), coercion, 0, ease, -ease};
    for (int i = 0; i < 9; i++) g[i] *= c->model->step_years;
    kura_expm(3, g, p);
    for (int i = 0; i < 3; i++) {
        k->up1[i] = p[3 * i];
        k->up2[i] = p[3 * i] + p[3 * i + 1];
        k->z1[i] = km_z_of(loadings, k->up1[i]);
        k->z2[i] = km_z_of(loadings, k->up2[i]);
    }
}

/* P(a spell of coercion takes more than j whole steps). */
static double outlasts(const kura_dist *d, double j) { return j < 1 ? 1 : 1 - kura_dist_cdf(d, j); }

/* Long-run law with spells: that of the Markov chain whose coercion has the same mean length, because only
 * means matter (Ross 1996, semi-Markov processes); and the equilibrium law of the steps that are left. */
static kura_status spell_in_equilibrium(compile_ctx *c, km_regime *r, double p[9])
{
    enum { LONGEST = 1000000 }; /* terms of the mean: laws with a heavier tail are cut there */
    int steps = c->model->steps;
    double mean = 0, sum = 0, x;
    for (int j = 0; j < LONGEST && (x = outlasts(&r->spell, j)) > 1e-16; j++) mean += x;
    p[6] = 0;
    p[7] = 1 / mean;
    p[8] = 1 - 1 / mean;
    double *residual = KURA_NEW(&c->model->arena, double, (size_t)steps + 1);
    KM_ALLOC(c, residual);
    for (int j = 0; j <= steps; j++) residual[j] = sum += outlasts(&r->spell, j) / mean;
    r->residual = residual;
    return KURA_OK;
}

/* [R3.1] the path map is monotone only if the row tails do not decrease with the row */
static void check_monotone(compile_ctx *c, const km_regime *r, const sc_regime *in)
{
    const km_chain *k = &r->chain[0];
    if (k->up1[0] < k->up1[1] || k->up1[1] < k->up1[2] || k->up2[0] < k->up2[1] || k->up2[1] < k->up2[2])
        kura_diag_add(
            c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
            "regime of %s: the one-step matrix is not stochastically monotone, so a milder hazard may "
            "raise the regime on some paths",
            c->sc->countries[in->country]);
}

static kura_status compile_regime(compile_ctx *c, const sc_regime *in, km_regime *r)
{
    km_model *model = c->model;
    const char *country = c->sc->countries[in->country];
    double p[9];
    char key[64];
    r->has_chain = 1;
    r->start = in->start;
    snprintf(key, sizeof key, "regime/%s", country);
    kura_stream_init(&r->stream, model->seed, key);
    r->loadings = km_loadings_of(c->sc, key);
    snprintf(key, sizeof key, "regime/%s/init", country);
    kura_stream_init(&r->init_stream, model->seed, key);
    snprintf(key, sizeof key, "regime/%s/spell", country);
    kura_stream_init(&r->spell_stream, model->seed, key);
    km_pairs multiples;
    KURA_TRY(km_regime_multiples(c, in->country, &multiples));
    r->which = multiples.which;
    r->chain = KURA_NEW(&model->arena, km_chain, (size_t)multiples.n);
    KM_ALLOC(c, r->chain);
    for (int k = multiples.n - 1; k >= 0; k--) /* the last is the matrix as given, whose long run is meant */
        make_chain(c, in, &r->loadings, multiples.up[k], multiples.down[k], &r->chain[k], p);
    r->has_spell = in->coercion_spell.kind != SC_DIST_NONE;
    if (r->has_spell) {
        KURA_TRY(km_dist(c, &r->spell, &in->coercion_spell, 1 / model->step_days, 1));
        KURA_TRY(spell_in_equilibrium(c, r, p));
        r->hurry = c->regime_exit[in->country];
    }
    kura_stationary(3, p, r->stationary);
    check_monotone(c, r, in);
    return KURA_OK;
}

kura_status km_compile_regimes(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    km_model *model = c->model;
    for (int k = 0; k < sc->ncountries; k++) c->country_regime[k] = -1;
    model->regimes = KURA_NEW(&model->arena, km_regime, (size_t)sc->ncountries);
    KM_ALLOC(c, model->regimes);
    for (int k = 0; k < sc->ncountries; k++) {
        const sc_regime *in = NULL;
        for (int i = 0; i < sc->nregimes; i++)
            if (sc->regimes[i].country == k) in = &sc->regimes[i];
        if (!in && !c->regime_script[k]) continue;
        c->country_regime[k] = model->nregimes;
        km_regime *r = &model->regimes[model->nregimes++];
        r->country = k;
        r->script = c->regime_script[k];
        for (int s = 0; s < 3; s++) r->availability[s] = in ? in->availability[s] : 1;
        if (in) KURA_TRY(compile_regime(c, in, r));
    }
    return KURA_OK;
}
