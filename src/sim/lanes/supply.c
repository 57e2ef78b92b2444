/* How capacities answer the price [4.4]: usable capacity, sites that close and start again, expansions.
 *
 * All of it reads the price of the step before [R0.3], of the same run of the path.  Hazards, look-through
 * and Z go on reading the capacity that hazards leave [R0.5, 6.3]. */
#include "sim/lanes/lanes.h"

void kura_supply_start(const km_mineral *m, kura_state *s)
{
    if (!m->supply.given) return;
    LANES(l)
    {
        s->built->v[l] = 0;
        s->outlook->v[l] = 1;
    }
    for (int k = 0; k < m->supply.lag; k++) LANES(l) s->building[k].v[l] = 0;
    for (int b = 0; b < m->nsites; b++)
        for (int l = 0; l < L; l++) s->closing[b].v[l] = 0;
}

/* Expansions begun `lag` steps ago have arrived; a share of the base capacity is begun in proportion to the
 * excess of the averaged price. */
static void expand(const km_supply *k, kura_state *s, const lane *price, int tick)
{
    double *way = s->building[tick % k->lag].v, *built = s->built->v, *outlook = s->outlook->v;
    double n = k->smoothing, gain = k->gain, most = k->gain_most;
    LANES(l)
    {
        outlook[l] = outlook[l] + (price->v[l] - outlook[l]) / n;
        built[l] += way[l];
        way[l] = kura_min(most, gain * kura_max(0, outlook[l] - 1));
    }
}

/* Where a site is: 0 open, 1 .. after - 1 open for so many steps below cost, from `after` on closed: for
 * `recovery` steps at or above the cost, which a step below sets back, then for the time of the restart. */
static void move(const km_supply *k, double below, const lane *X, ilane *closing)
{
    int closed = k->after, decided = closed + k->recovery, back = decided + k->restart;
    for (int l = 0; l < L; l++) {
        int at = closing->v[l], dear = !(X->v[l] < below);
        if (at < closed)
            at = dear ? 0 : at + 1;
        else if (at < decided)
            at = dear ? at + 1 : closed;
        else
            at++;
        closing->v[l] = at < back ? at : 0;
    }
}

void kura_supply_step(const km_mineral *m, kura_work *w, kura_state *s, int tick)
{
    const km_supply *k = &m->supply;
    lane price, factor;
    if (!k->given) return;
    double elasticity = k->elasticity, most = k->most, left = k->left;
    const double *X = s->X->v;
    LANES(l)
    {
        price.v[l] = kura_exp(X[l]);
        factor.v[l] = kura_min(most, kura_exp(elasticity * X[l]));
    }
    if (k->lag) {
        expand(k, s, &price, tick);
        LANES(l) factor.v[l] *= 1 + s->built->v[l];
    }
    for (int b = 0; b < m->nsites; b++) {
        const double *kav = w->exo.kav[b].v;
        double *usable = s->capacity[b].v;
        if (!m->sites[b].responds) {
            LANES(l) usable[l] = kav[l];
            continue;
        }
        LANES(l) usable[l] = kav[l] * factor.v[l];
        if (k->after && m->sites[b].close_below > -INFINITY) {
            move(k, m->sites[b].close_below, s->X, &s->closing[b]);
            const int32_t *at = s->closing[b].v;
            for (int l = 0; l < L; l++) usable[l] *= at[l] >= k->after ? left : 1;
        }
        LANES(l) usable[l] = kura_floor(usable[l]);
    }
}

const double *kura_usable(const km_mineral *m, const kura_work *w, const kura_state *s, int site)
{
    return m->supply.given ? s->capacity[site].v : w->exo.kav[site].v;
}
