/* Causes of a shortage, see causes.h. */
#include "model/causes.h"
#include "model/supply_weights.h"
#include "num/math.h"
#include <math.h>
#include <string.h>

#define LONGEST_MEMORY 182.0 /* days */
#define LEAST_WEIGHT 1e-9

const char *km_cause_name(km_cause_class c)
{
    static const char *const names[] = {
#define NAME(id, name, text) name,
        KM_CAUSE_CLASSES(NAME)
#undef NAME
    };
    return names[c];
}

const char *km_cause_text(km_cause_class c)
{
    static const char *const texts[] = {
#define TEXT(id, name, text) text,
        KM_CAUSE_CLASSES(TEXT)
#undef TEXT
    };
    return texts[c];
}

int km_places(const km_model *model)
{
    return model->scenario->ncountries + model->scenario->nchokepoints + 1;
}

const char *km_place_name(const km_model *model, int place)
{
    const kura_scenario_data *sc = model->scenario;
    if (place < sc->ncountries) return sc->countries[place];
    place -= sc->ncountries;
    return place < sc->nchokepoints ? sc->chokepoints[place].id : "none";
}

/* Number of the cause, added when it is new. */
static int cause(km_causes *c, km_cause_class class, int place)
{
    for (int i = 0; i < c->n; i++)
        if (c->causes[i].class == class && c->causes[i].place == place) return i;
    c->causes[c->n] = (km_cause){class, place};
    return c->n++;
}

static int regime_acts(const km_model *model, int regime)
{
    const double *k = regime < 0 ? NULL : model->regimes[regime].availability;
    return k && !(k[0] == 1 && k[1] == 1 && k[2] == 1);
}

static void add_arc(const km_model *model, const km_mineral *m, km_causes *c, int arc, const double *weight,
                    int with_regime)
{
    const km_arc *a = &m->arcs[arc];
    int exporter = m->hubs[a->from].country;
    km_cause_arc *out = &c->arcs[c->narcs++];
    *out = (km_cause_arc){arc, weight, -1, -1, -1, {-1, -1, -1, -1}};
    if (with_regime && regime_acts(model, a->regime)) out->regime = cause(c, KM_CAUSE_REGIME, exporter);
    if (a->nseries || a->severity_script.mul) out->restriction = cause(c, KM_CAUSE_RESTRICTION, exporter);
    if (a->script.mul) out->script = cause(c, KM_CAUSE_SCRIPT, exporter);
    for (int i = 0; i < a->nspells; i++)
        out->route[i] = cause(c, KM_CAUSE_ROUTE, model->scenario->ncountries + a->spells[i]);
}

static void add_site(const km_model *model, const km_mineral *m, km_causes *c, int site, const double *weight)
{
    const km_site *s = &m->sites[site];
    int country = model->scenario->sites[s->scenario_site].country;
    km_cause_site *out = &c->sites[c->nsites++];
    *out = (km_cause_site){site, weight, -1, -1, -1, -1, -1, -1};
    if (regime_acts(model, s->regime) || (s->by_regime && s->regime >= 0))
        out->regime = cause(c, KM_CAUSE_REGIME, country);
    if (s->noutages) out->outage = cause(c, KM_CAUSE_OUTAGE, country);
    if (s->nspells) out->shock = cause(c, KM_CAUSE_SHOCK, country);
    if (s->project.given) out->project = cause(c, KM_CAUSE_PROJECT, country);
    if (s->nhosts) out->host = cause(c, KM_CAUSE_HOST, country);
    if (s->script.mul || s->country_script.mul || s->season) out->script = cause(c, KM_CAUSE_SCRIPT, country);
    if (s->toll_arc >= 0) add_arc(model, m, c, s->toll_arc, weight, 0);
}

/* How long a loss is felt: the step itself, what the focus holds at the start, in steps of its use, and the
 * longest way to it; half a year at most. */
static double memory_of(const km_model *model, const km_mineral *m)
{
    double held = 0, use = 0, way = 0, most = LONGEST_MEMORY / model->step_days;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].focus) use += m->consumers[k].D0, held += m->consumers[k].own;
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        if (hub->country != model->focus) continue;
        held += hub->opening;
        for (int a = hub->arc_begin; a < hub->arc_end; a++) way = kura_max(way, m->arcs[a].lag);
        for (int k = hub->tier_begin; k < hub->tier_end; k++)
            if (!km_is_pooled(&m->tiers[k])) held += m->tiers[k].opening;
    }
    double steps = 1 + (use > 0 ? held / use : 0) + way;
    return kura_max(1, kura_min(steps, most));
}

/* Weights of trades and sites, [arc][1 + epochs] and [site][1 + epochs]. */
static int weigh_epochs(const km_mineral *m, kura_arena *scratch, kura_arena *arena, double **arc,
                        double **site)
{
    int n = 1 + m->nepochs;
    *arc = KURA_NEW(arena, double, (size_t)(m->narcs * n));
    *site = KURA_NEW(arena, double, (size_t)(m->nsites * n));
    if (arena->failed) return 1;
    for (int e = 0; e < n; e++) {
        km_supply_weights w;
        if (km_weigh_supply(e ? &m->epochs[e - 1] : m, scratch, &w)) return 1;
        for (int a = 0; a < m->narcs; a++) (*arc)[a * n + e] = w.arc[a];
        for (int s = 0; s < m->nsites; s++) (*site)[s * n + e] = w.site[s];
    }
    return 0;
}

static int matters(const double *weight, int n)
{
    int any = 0;
    for (int e = 0; e < n; e++) any |= weight[e] > LEAST_WEIGHT;
    return any;
}

static int varies(const km_mineral *m, int arc)
{
    int any = m->arcs[arc].varies;
    for (int e = 0; e < m->nepochs; e++) any |= m->epochs[e].arcs[arc].varies;
    return any;
}

static int list(const km_model *model, const km_mineral *m, km_causes *c, kura_arena *arena)
{
    kura_arena scratch = {0};
    double *arc = NULL, *site = NULL;
    c->arcs = KURA_NEW(arena, km_cause_arc, (size_t)(m->narcs + m->nsites));
    c->sites = KURA_NEW(arena, km_cause_site, (size_t)m->nsites);
    c->causes = KURA_NEW(arena, km_cause, (size_t)(7 * m->narcs + 9 * m->nsites + 1));
    int n = 1 + m->nepochs, failed = arena->failed || weigh_epochs(m, &scratch, arena, &arc, &site);
    for (int a = 0; a < m->narcs && !failed; a++)
        if (matters(arc + a * n, n) && varies(m, a)) add_arc(model, m, c, a, arc + a * n, 1);
    for (int s = 0; s < m->nsites && !failed; s++)
        if (matters(site + s * n, n)) add_site(model, m, c, s, site + s * n);
    if (!failed) cause(c, KM_CAUSE_RESIDUAL, km_places(model) - 1);
    c->memory = memory_of(model, m);
    kura_arena_fini(&scratch);
    return failed;
}

km_causes *km_list_causes(const km_model *model, kura_arena *arena)
{
    km_causes *all = KURA_NEW(arena, km_causes, (size_t)model->nminerals);
    for (int i = 0; i < model->nminerals && all; i++)
        if (list(model, &model->minerals[i], &all[i], arena)) return NULL;
    return all;
}
