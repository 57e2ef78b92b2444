/* The scenario without hazards [8.11]: nothing is drawn, so every path is the same. */
#include "run/n_minus_1.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

/* Scripts that stand for hazards: restrictions, regimes, rates; and prices, which nothing answers here. */
static int is_hazard(const sc_event *e)
{
    return e->object == SC_OBJECT_RESTRICTION || e->object == SC_OBJECT_HAZARD ||
           e->object == SC_OBJECT_PRICE || e->field == SC_FIELD_REGIME;
}

static void *copy(kura_arena *arena, const void *items, int n, size_t size)
{
    void *to = kura_arena_alloc(arena, (size_t)n, size);
    if (to && n) memcpy(to, items, (size_t)n * size);
    return to;
}

/* No noise in prices, and one price for all; demand and capacity stay as they are, so that what is missing is
 * seen and not priced away. */
static void calm_minerals(kura_scenario_data *d)
{
    for (int i = 0; i < d->nminerals; i++) {
        sc_mineral *m = &d->minerals[i];
        m->price.volatility = m->price.jump_rate = 0;
        m->price.scarcity = 1;
        m->price.wedge.importer = m->price.wedge.origin = 0;
        m->response.elasticity = m->response.sub_limit = 0;
        m->supply.given = 0;
    }
}

static void as_planned(sc_building *b)
{
    memset(&b->delay, 0, sizeof b->delay);
    b->cancellation = 0;
}

/* What levers build comes as planned, and programmes succeed: the same on all lanes.  Those that change rates
 * of hazards have nothing to change. */
static kura_status calm_levers(const kura_scenario_data *sc, kura_scenario_data *d, kura_arena *arena,
                               kura_error *err)
{
    d->diversifications =
        copy(arena, sc->diversifications, sc->ndiversifications, sizeof *sc->diversifications);
    d->dependence_caps = copy(arena, sc->dependence_caps, sc->ndependence_caps, sizeof *sc->dependence_caps);
    d->investments = copy(arena, sc->investments, sc->ninvestments, sizeof *sc->investments);
    d->recyclings = copy(arena, sc->recyclings, sc->nrecyclings, sizeof *sc->recyclings);
    d->thrifting = copy(arena, sc->thrifting, sc->nthrifting, sizeof *sc->thrifting);
    if (arena->failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the scenario");
    for (int i = 0; i < d->ndiversifications; i++) as_planned(&d->diversifications[i].building);
    for (int i = 0; i < d->ndependence_caps; i++) as_planned(&d->dependence_caps[i].building);
    for (int i = 0; i < d->ninvestments; i++) as_planned(&d->investments[i].building);
    for (int i = 0; i < d->nrecyclings; i++) as_planned(&d->recyclings[i].building);
    for (int i = 0; i < d->nthrifting; i++) {
        memset(&d->thrifting[i].delay, 0, sizeof d->thrifting[i].delay);
        d->thrifting[i].success = 1;
        d->thrifting[i].limit = NAN;
    }
    d->ndiplomacy = 0;
    return KURA_OK;
}

kura_status kura_calm_scenario(const kura_scenario_data *sc, int steps, kura_arena *arena,
                               kura_scenario_data *d, kura_error *err)
{
    *d = *sc;
    d->run.steps = steps;
    d->run.paths = KURA_LANES;
    d->run.stop.given = 0;
    d->nregimes = d->nrestrictions = d->noutages = d->nshocks = d->nfactors = d->nloadings = 0;
    d->ndiplomacy = 0; /* it has nothing left to act on */
    d->persistence = d->freedom = NULL;
    d->minerals = copy(arena, sc->minerals, sc->nminerals, sizeof *sc->minerals);
    d->projects = copy(arena, sc->projects, sc->nprojects, sizeof *sc->projects);
    d->host_indices = copy(arena, sc->host_indices, sc->nhost_indices, sizeof *sc->host_indices);
    d->chokepoints = copy(arena, sc->chokepoints, sc->nchokepoints, sizeof *sc->chokepoints);
    d->arcs = copy(arena, sc->arcs, sc->narcs, sizeof *sc->arcs);
    d->events = copy(arena, sc->events, sc->nevents, sizeof *sc->events);
    if (arena->failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the scenario");
    calm_minerals(d);
    KURA_TRY(calm_levers(sc, d, arena, err));
    d->cycle.sd = 0;
    d->ignorance.draws = 0;
    for (int i = 0; i < d->narcs; i++) d->arcs[i].leak = 0; /* past restrictions, which there are none of */
    for (int i = 0; i < d->nprojects; i++) {                /* as planned */
        memset(&d->projects[i].delay, 0, sizeof d->projects[i].delay);
        d->projects[i].cancellation = 0;
    }
    for (int i = 0; i < d->nhost_indices; i++) d->host_indices[i].sd = 0;
    for (int i = 0; i < d->nchokepoints; i++) d->chokepoints[i].rate = d->chokepoints[i].degraded.rate = 0;
    d->nevents = 0;
    for (int i = 0; i < sc->nevents; i++)
        if (!is_hazard(&sc->events[i])) d->events[d->nevents++] = sc->events[i];
    d->tallies.trace_paths = d->tallies.attribution = d->tallies.n_minus_1 = 0;
    memset(d->tallies.dump, 0, sizeof d->tallies.dump);
    return KURA_OK;
}
