/* Diplomacy [7.7]: multiples of the rates of regimes and restrictions, as tables over time.
 *
 * Draws do not move: a regime compares the same uniform with the thresholds of a milder matrix, a hit needs
 * the same number to exceed a higher threshold; with `against` a hit that is drawn is averted by a number of
 * its own step that nothing else uses.  So what is left is a part of what would have happened. */
#include "model/compile_internal.h"
#include <math.h>
#include <string.h>

int km_negotiates(const kura_scenario_data *sc, const sc_diplomacy *x, int restriction)
{
    const sc_restriction *r = &sc->restrictions[restriction];
    if (x->countries && !x->countries[r->exporter]) return 0;
    for (int i = 0; i < x->nrestrictions; i++)
        if (strcmp(x->restrictions[i], r->id) == 0) return 1;
    return x->nrestrictions == 0;
}

static int has_regime(const kura_scenario_data *sc, int country)
{
    for (int i = 0; i < sc->nregimes; i++)
        if (sc->regimes[i].country == country) return 1;
    return 0;
}

/* Is a restriction of these ever aimed at the country? */
static int aims_at(const sc_restriction *r, int country)
{
    for (int i = 0; i < r->ntypes; i++)
        if (r->types[i].targets && r->types[i].targets[country]) return 1;
    return 0;
}

static kura_status apply(compile_ctx *c, const sc_diplomacy *x)
{
    const kura_scenario_data *sc = c->sc;
    int found = 0;
    for (int k = 0; k < sc->ncountries; k++) {
        if (!x->countries || !x->countries[k] || !has_regime(sc, k)) continue;
        found = 1;
        if (x->up != 1) KURA_TRY(km_multiply_table(c, &c->regime_rate[k], &x->when, x->up, KM_BLEND_LINEAR));
        if (x->down != 1)
            KURA_TRY(km_multiply_table(c, &c->regime_exit[k], &x->when, x->down, KM_BLEND_INVERSE));
    }
    for (int r = 0; r < sc->nrestrictions; r++)
        found |= km_negotiates(sc, x, r) && (x->against < 0 || aims_at(&sc->restrictions[r], x->against));
    if (!found)
        kura_diag_add(c->diag, KURA_DIAG_ERROR, x->where.file, x->where.line, 0, NULL,
                      "levers.diplomacy.%s finds no regime and no restriction to act on", x->id);
    return KURA_OK;
}

kura_status km_compile_diplomacy(compile_ctx *c)
{
    for (int i = 0; i < c->sc->ndiplomacy; i++) KURA_TRY(apply(c, &c->sc->diplomacy[i]));
    return KURA_OK;
}

kura_status km_averted(compile_ctx *c, int restriction, const double *const **out)
{
    const sc_restriction *r = &c->sc->restrictions[restriction];
    const double **kept = NULL;
    *out = NULL;
    for (int i = 0; i < c->sc->ndiplomacy; i++) {
        const sc_diplomacy *x = &c->sc->diplomacy[i];
        if (x->against < 0 || x->onset == 1 || !km_negotiates(c->sc, x, restriction)) continue;
        if (!kept) kept = KURA_NEW(&c->model->arena, const double *, (size_t)r->ntypes);
        KM_ALLOC(c, kept);
        for (int k = 0; k < r->ntypes; k++)
            if (r->types[k].targets && r->types[k].targets[x->against])
                KURA_TRY(km_multiply_table(c, (double **)&kept[k], &x->when, x->onset, KM_BLEND_LINEAR));
    }
    *out = kept;
    return KURA_OK;
}

/* The distinct pairs of multiples; [0] is the matrix as given. */
kura_status km_regime_multiples(compile_ctx *c, int country, km_pairs *out)
{
    const double *up = c->regime_rate[country], *down = c->regime_exit[country];
    int T = c->model->steps, n = 1;
    static const double one[] = {1};
    *out = (km_pairs){1, one, one, NULL};
    if (!up && !down) return KURA_OK;
    int16_t *which = KURA_NEW(&c->model->arena, int16_t, (size_t)T);
    double *ups = KURA_NEW(&c->model->arena, double, (size_t)T + 1);
    double *downs = KURA_NEW(&c->model->arena, double, (size_t)T + 1);
    KM_ALLOC(c, which && ups && downs);
    ups[0] = downs[0] = 1;
    for (int t = 0; t < T; t++) {
        double u = up ? up[t] : 1, d = down ? down[t] : 1;
        int k = 0;
        while (k < n && (ups[k] != u || downs[k] != d)) k++;
        if (k == INT16_MAX)
            return kura_error_set(c->err, KURA_E_SCENARIO, "more than %d different rates of one hazard",
                                  INT16_MAX);
        if (k == n) {
            ups[n] = u;
            downs[n++] = d;
        }
        which[t] = (int16_t)k;
    }
    *out = (km_pairs){n, ups, downs, which};
    return KURA_OK;
}
