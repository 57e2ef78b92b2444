/* Common shocks and chokepoints [3.4, 3.5]: onset probabilities, streams and laws.  Closures come first, so
 * that arcs may use the scenario's index; degraded states come last. */
#include "model/compile_internal.h"
#include "base/text.h"
#include "num/math.h"
#include <math.h>
#include <string.h>

static void list_bits(kura_text *t, const char *what, const unsigned char *bits, int n,
                      const char *(*name)(const kura_scenario_data *, int), const kura_scenario_data *sc)
{
    if (!bits) return;
    kura_text_printf(t, "/%s", what);
    for (int i = 0; i < n; i++)
        if (bits[i]) kura_text_printf(t, ":%s", name(sc, i));
}
static const char *mineral_name(const kura_scenario_data *sc, int i) { return sc->minerals[i].id; }
static const char *country_name(const kura_scenario_data *sc, int i) { return sc->countries[i]; }
static const char *site_name(const kura_scenario_data *sc, int i) { return sc->sites[i].id; }
static const char *kind_name(const kura_scenario_data *sc, int i)
{
    static const char *const names[] = {"mine", "refine", "recycle", "supply"};
    (void)sc;
    return names[i];
}

/* The name of a part of a shock: what it selects, so that neither order nor other parts change its stream
 * [R10.1]. */
static void select_key(kura_text *t, const kura_scenario_data *sc, const sc_select *s)
{
    list_bits(t, "minerals", s->minerals, sc->nminerals, mineral_name, sc);
    list_bits(t, "countries", s->countries, sc->ncountries, country_name, sc);
    list_bits(t, "kinds", s->kinds, 4, kind_name, sc);
    list_bits(t, "sites", s->sites, sc->nsites, site_name, sc);
    for (int i = 0; i < s->nforms; i++) kura_text_printf(t, "%s%s", i ? ":" : "/forms:", s->forms[i]);
}

/* Onset of a spell, once for each scripted multiple of its rate. */
static kura_status make_onsets(compile_ctx *c, km_spell *s, double rate, const double *multiple)
{
    km_multiples multiples;
    KURA_TRY(km_multiples_of(c, multiple, &multiples));
    s->which = multiples.which;
    s->onset = KURA_NEW(&c->model->arena, km_spell_onset, (size_t)multiples.n);
    KM_ALLOC(c, s->onset);
    for (int k = 0; k < multiples.n; k++) {
        km_spell_onset *o = &s->onset[k];
        o->hazard = rate * multiples.values[k] * c->model->step_years;
        o->p = km_one_step(c, rate * multiples.values[k]);
        o->z = km_z_of(&s->loadings, 1 - o->p);
        s->largest = kura_max(s->largest, s->continuous ? o->hazard : o->p);
    }
    return KURA_OK;
}

/* One state of a chokepoint: closed, or degraded. */
static kura_status add_state(compile_ctx *c, int chokepoint, int degraded)
{
    const sc_chokepoint *in = &c->sc->chokepoints[chokepoint];
    const sc_degraded *state =
        degraded ? &in->degraded : &(sc_degraded){in->rate, in->duration, in->capacity_loss, in->detour_days};
    km_model *model = c->model;
    km_spell *s = &model->spells[model->nspells++];
    double per_step = 1 / model->step_days;
    s->id = in->id;
    s->part = degraded ? "/degraded" : "";
    s->probability = 1;
    s->chokepoint = chokepoint;
    s->degraded = degraded;
    s->detour = (int)floor(state->detour_days * per_step + 0.5);
    KURA_TRY(km_dist(c, &s->severity, &state->capacity_loss, 1, 0));
    KURA_TRY(km_dist(c, &s->duration, &state->duration, per_step, 1));
    const char *key = kura_arena_printf(&model->arena, "route/%s%s", in->id, s->part);
    KM_ALLOC(c, key);
    kura_stream_init(&s->stream, model->seed, key);
    s->loadings = degraded ? (km_loadings){.own = 1, .t = -1} : km_loadings_of(c->sc, key);
    KURA_TRY(make_onsets(c, s, state->rate, c->chokepoint_rate[chokepoint]));
    if (s->detour == 0 && state->detour_days > 0)
        kura_diag_add(c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
                      "chokepoint \"%s\": its %sdetour of %.3g days is below half a step of %.3g days and "
                      "has no effect",
                      in->id, degraded ? "degraded " : "", state->detour_days, model->step_days);
    return KURA_OK;
}

/* One part of the network that a shock reaches. */
static kura_status add_hit(compile_ctx *c, int shock, int hit, kura_text *key)
{
    const sc_shock *in = &c->sc->shocks[shock];
    km_model *model = c->model;
    km_spell *s = &model->spells[model->nspells++];
    s->id = in->id;
    s->chokepoint = -1;
    s->continuous = in->continuous;
    s->add = in->add;
    s->point = in->point;
    s->probability = in->hits[hit].probability;
    KURA_TRY(km_dist(c, &s->severity, &in->severity, 1, 1));
    KURA_TRY(km_dist(c, &s->duration, &in->duration, 1 / model->step_days, 1));
    key->size = 0;
    kura_text_printf(key, "common/%s/%s", in->country < 0 ? "WLD" : c->sc->countries[in->country], in->id);
    s->loadings =
        in->continuous ? (km_loadings){.own = 1, .t = -1} : km_loadings_of(c->sc, key->data ? key->data : "");
    if (in->continuous) kura_text_add(key, "/continuous");
    kura_stream_init(&s->stream, model->seed, key->data ? key->data : "");
    kura_text_add(key, "/reach");
    size_t stem = key->size;
    select_key(key, c->sc, &in->hits[hit].select);
    kura_stream_init(&s->thin, model->seed, key->data ? key->data : "");
    s->part = kura_arena_strdup(&model->arena, key->data ? key->data + stem : "");
    return make_onsets(c, s, in->rate, c->shock_rate[shock]);
}

kura_status km_compile_spells(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    km_model *model = c->model;
    int n = sc->nchokepoints;
    kura_text key = {0};
    kura_status st = KURA_OK;
    for (int i = 0; i < sc->nshocks; i++) n += sc->shocks[i].nhits;
    for (int i = 0; i < sc->nchokepoints; i++) n += sc->chokepoints[i].degraded.rate > 0;
    model->spells = KURA_NEW(&model->arena, km_spell, (size_t)n);
    model->degraded = KURA_NEW(&model->arena, int, (size_t)sc->nchokepoints);
    KM_ALLOC(c, model->spells && model->degraded);
    for (int i = 0; i < sc->nchokepoints; i++) KURA_TRY(add_state(c, i, 0));
    for (int i = 0; i < sc->nshocks && !st; i++)
        for (int j = 0; j < sc->shocks[i].nhits && !st; j++) st = add_hit(c, i, j, &key);
    kura_text_fini(&key);
    KURA_TRY(st);
    for (int i = 0; i < sc->nchokepoints; i++) {
        model->degraded[i] = sc->chokepoints[i].degraded.rate > 0 ? model->nspells : -1;
        if (model->degraded[i] >= 0) KURA_TRY(add_state(c, i, 1));
    }
    return KURA_OK;
}
