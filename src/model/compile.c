/* compile: scenario -> immutable model, in the order: scripts, regimes, shocks; then per mineral network,
 * base flow, rules, hazards, price. */
#include "model/compile_internal.h"
#include "num/dist.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* [2.3a] sum of capacity x mean availability must cover the use of every form, or the balance drifts down. */
static void check_capacity(compile_ctx *c, const km_mineral *m)
{
    if (m->push) return;
    for (int f = 0; f < m->nforms; f++) {
        double capacity = 0, use = 0;
        for (int h = m->hub_begin[f]; h < m->hub_begin[f + 1]; h++) {
            use += m->hubs[h].U0;
            for (int s = m->hubs[h].site_begin; s < m->hubs[h].site_end; s++) {
                double mean = 1;
                for (int o = 0; o < m->sites[s].noutages; o++) {
                    const km_outage *x = &m->sites[s].outages[o];
                    mean *= 1 - (1 - x->up_probability) * kura_dist_mean(&x->derating);
                }
                const sc_site *in = &c->sc->sites[m->sites[s].scenario_site];
                if (in->profile >= 0) mean *= c->sc->profiles[in->profile].mean;
                capacity += m->sites[s].yield * m->sites[s].K * mean;
            }
        }
        if (capacity < use * (1 - 1e-9))
            kura_diag_add(
                c->diag, KURA_DIAG_WARNING, c->sc->minerals[m->scenario_mineral].where.file,
                c->sc->minerals[m->scenario_mineral].where.line, 0, NULL,
                "%s/%s: capacity times mean availability (%.6g t/year) is %.3g %% below use (%.6g t/year): "
                "stocks will drift down; more spare capacity is needed",
                m->id, m->forms[f], capacity * m->quantum * 365.25 / c->model->step_days,
                100 * (1 - capacity / use), use * m->quantum * 365.25 / c->model->step_days);
    }
}

static kura_status compile_mineral(compile_ctx *c, int id)
{
    km_mineral *m = &c->model->minerals[id];
    m->scenario_mineral = id;
    m->burn = c->model->burn;
    KURA_TRY(km_compile_network(c, m));
    KURA_TRY(km_base_flow(c, m));
    KURA_TRY(km_finish_network(c, m));
    KURA_TRY(km_compile_own(c, m));
    KURA_TRY(km_compile_site_hazards(c, m));
    KURA_TRY(km_compile_decrees(c, m));
    km_ring_tiers(m);
    KURA_TRY(km_compile_price(c, m));
    KURA_TRY(km_compile_supply(c, m));
    KURA_TRY(km_compile_thrifting(c, m));
    KURA_TRY(km_raise_home_priority(c, m));
    check_capacity(c, m);
    return KURA_OK;
}

/* The focus: given, or the only consuming country. */
static void find_focus(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    c->model->focus = sc->run.focus;
    if (sc->run.focus >= 0) return;
    for (int k = 0; k < sc->ndemands; k++) {
        if (c->model->focus >= 0 && c->model->focus != sc->demands[k].country) {
            kura_diag_add(
                c->diag, KURA_DIAG_ERROR, sc->run.where.file, sc->run.where.line, 0, NULL,
                "several countries have demand (%s, %s, ...): say whose risk is asked for, for example "
                "\"run: {focus: %s}\"",
                sc->countries[c->model->focus], sc->countries[sc->demands[k].country],
                sc->countries[c->model->focus]);
            return;
        }
        c->model->focus = sc->demands[k].country;
    }
}

static kura_status allocate(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    kura_arena *a = &c->model->arena;
    c->site_mineral_index = KURA_NEW(a, int, (size_t)sc->nsites);
    c->site_script = KURA_NEW(a, km_script, (size_t)sc->nsites);
    c->country_script = KURA_NEW(a, km_script, (size_t)sc->ncountries);
    c->arc_script = KURA_NEW(a, km_script, (size_t)sc->narcs);
    c->arc_lag = KURA_NEW(a, double *, (size_t)sc->narcs);
    c->demand_script = KURA_NEW(a, km_script, (size_t)sc->ndemands);
    c->regime_script = KURA_NEW(a, int8_t *, (size_t)sc->ncountries);
    c->regime_rate = KURA_NEW(a, double *, (size_t)sc->ncountries);
    c->restriction_rate = KURA_NEW(a, double *, (size_t)sc->nrestrictions);
    c->shock_rate = KURA_NEW(a, double *, (size_t)sc->nshocks);
    c->chokepoint_rate = KURA_NEW(a, double *, (size_t)sc->nchokepoints);
    c->price_set = KURA_NEW(a, double *, (size_t)sc->nminerals);
    c->price_jump = KURA_NEW(a, double *, (size_t)sc->nminerals);
    c->country_regime = KURA_NEW(a, int, (size_t)sc->ncountries);
    c->model->minerals = KURA_NEW(a, km_mineral, (size_t)sc->nminerals);
    c->model->factors = KURA_NEW(a, km_factor, (size_t)sc->nfactors);
    KM_ALLOC(c, !a->failed);
    return KURA_OK;
}

/* Names of the counted hazard events, in the order of their indices. */
static kura_status label_events(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    km_model *model = c->model;
    kura_arena *a = &model->arena;
    int n = 0;
    for (int i = 0; i < model->nminerals; i++) n += model->minerals[i].ndecrees + sc->noutages;
    model->event_labels = KURA_NEW(a, const char *, (size_t)(n + model->nspells));
    KM_ALLOC(c, model->event_labels);
    for (int i = 0; i < model->nminerals; i++) {
        km_mineral *m = &model->minerals[i];
        m->event_decree = model->nevents;
        for (int r = 0; r < sc->nrestrictions; r++)
            if (sc->restrictions[r].minerals[i])
                model->event_labels[model->nevents++] =
                    kura_arena_printf(a, "restriction/%s/%s", sc->restrictions[r].id, m->id);
        m->event_outage = model->nevents;
        for (int o = 0; o < sc->noutages; o++)
            model->event_labels[model->nevents++] =
                kura_arena_printf(a, "outage/%s/%s", sc->outages[o].id, m->id);
    }
    model->event_spell = model->nevents;
    for (int i = 0; i < model->nspells; i++)
        model->event_labels[model->nevents++] =
            kura_arena_printf(a, "%s/%s%s", model->spells[i].chokepoint >= 0 ? "chokepoint" : "shock",
                              model->spells[i].id, model->spells[i].part);
    KM_ALLOC(c, !a->failed);
    return KURA_OK;
}

static kura_status compile_all(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    km_model *model = c->model;
    KURA_TRY(allocate(c));
    find_focus(c);
    model->nfactors = sc->nfactors;
    for (int g = 0; g < sc->nfactors; g++) {
        model->factors[g].name = sc->factors[g];
        const char *key = kura_arena_printf(&model->arena, "factor/%s", sc->factors[g]);
        KM_ALLOC(c, key);
        kura_stream_init(&model->factors[g].stream, model->seed, key);
        model->factors[g].persistence = sc->persistence ? sc->persistence[g] : 0;
        model->factors[g].nu = sc->freedom ? sc->freedom[g] : 0;
        if (model->factors[g].nu > 0)
            KM_ALLOC(c, !kura_chi2_init(&model->factors[g].chi2, &model->arena, model->factors[g].nu));
    }
    KURA_TRY(km_compile_scripts(c));
    KURA_TRY(km_compile_levers(c));
    KURA_TRY(km_compile_regimes(c));
    KURA_TRY(km_compile_spells(c));
    KURA_TRY(km_compile_cycle(c));
    for (int i = 0; i < sc->nminerals; i++) {
        model->nminerals++;
        KURA_TRY(compile_mineral(c, i));
    }
    KURA_TRY(km_compile_hosts(c));
    km_tell_unbound(c);
    KURA_TRY(km_compile_epochs(c));
    KURA_TRY(km_compile_costs(c));
    km_check_stopping(c);
    KURA_TRY(label_events(c));
    KM_ALLOC(c, !model->arena.failed);
    return KURA_OK;
}

kura_status kura_model_compile(const kura_scenario_data *scenario, uint64_t seed, km_model **out,
                               kura_diag *diag, kura_error *err)
{
    return kura_model_compile_like(scenario, seed, NULL, out, diag, err);
}

kura_status kura_model_compile_like(const kura_scenario_data *scenario, uint64_t seed, const km_model *like,
                                    km_model **out, kura_diag *diag, kura_error *err)
{
    km_model *model = calloc(1, sizeof *model);
    if (!model) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to compile the model");
    int errors = diag->errors;
    model->scenario = scenario;
    model->seed = seed;
    model->T = scenario->run.steps;
    model->burn = scenario->run.burn_in;
    model->steps = model->burn + model->T;
    model->step_days = scenario->run.step_days;
    model->step_years = scenario->run.step_days / 365.25;
    if (like) model->tables = like->tables;
    compile_ctx c = {.sc = scenario, .model = model, .diag = diag, .err = err, .tables = &model->tables};
    kura_status st = compile_all(&c);
    if (!st && diag->errors > errors)
        st = kura_error_set(err, KURA_E_SCENARIO, "the scenario cannot be compiled: %d errors",
                            diag->errors - errors);
    if (st) {
        kura_model_free(model);
        return st;
    }
    *out = model;
    return KURA_OK;
}

void kura_model_free(km_model *model)
{
    if (!model) return;
    kura_arena arena = model->arena;
    kura_arena_fini(&arena);
    free(model);
}
