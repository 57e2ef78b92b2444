/* Export restrictions of a mineral [3.2]: onset probabilities, types, targets, and what acts on each trade.
 */
#include "model/compile_internal.h"
#include "num/math.h"
#include <math.h>
#include <string.h>

static int form_selected(const km_mineral *m, int form, int n, const char **forms)
{
    for (int i = 0; i < n; i++)
        if (strcmp(forms[i], m->forms[form]) == 0) return 1;
    return n == 0;
}

static int same_targets(const kura_scenario_data *sc, const unsigned char *a, const unsigned char *b)
{
    return a == b || (a && b && memcmp(a, b, (size_t)sc->ncountries) == 0);
}

/* Probabilities of an onset, once for each scripted multiple of the rate. */
static kura_status make_onsets(compile_ctx *c, int mineral, km_decree *d, const sc_restriction *in)
{
    km_multiples multiples;
    const double *rate_over_time;
    KURA_TRY(km_lever_onsets(c, (int)(in - c->sc->restrictions), mineral, &rate_over_time));
    KURA_TRY(km_averted(c, (int)(in - c->sc->restrictions), &d->kept));
    KURA_TRY(km_multiples_of(c, rate_over_time, &multiples));
    d->which = multiples.which;
    d->onset = KURA_NEW(&c->model->arena, km_onset, (size_t)multiples.n);
    KM_ALLOC(c, d->onset);
    for (int k = 0; k < multiples.n; k++)
        for (int r = 0; r < 3; r++) {
            double rate = in->onset[r] * multiples.values[k];
            d->onset[k].hazard[r] = rate * c->model->step_years;
            d->onset[k].p[r] = km_one_step(c, rate);
            d->onset[k].z[r] = km_z_of(&d->loadings, 1 - d->onset[k].p[r]);
            d->may_begin |= d->onset[k].p[r] > 0;
        }
    return KURA_OK;
}

/* The largest A - 1 bounds the probability of an onset, so that most steps need no look at other decrees. */
static void make_coupling(compile_ctx *c, km_decree *d, const sc_restriction *in)
{
    km_coupling *k = &d->coupling;
    k->given = in->contagion_minerals > 0 || in->contagion_importers > 0 || in->retaliation > 0;
    k->minerals = in->contagion_minerals;
    k->importers = in->contagion_importers;
    k->retaliation = in->retaliation;
    k->against = in->against;
    k->most = isnan(in->contagion_most) ? INFINITY : in->contagion_most;
    k->largest =
        kura_min(k->most, k->minerals * c->sc->nminerals + k->importers * c->sc->ncountries + k->retaliation);
    c->model->coupled |= k->given;
}

static kura_status make_decree(compile_ctx *c, km_mineral *m, km_decree *d, const sc_restriction *in)
{
    const kura_scenario_data *sc = c->sc;
    km_model *model = c->model;
    double per_step = 1 / model->step_days;
    d->exporter = in->exporter;
    d->regime = c->country_regime[in->exporter];
    const char *key = kura_arena_printf(&model->arena, "onset/%s/%s", sc->countries[in->exporter], m->id);
    KM_ALLOC(c, key);
    kura_stream_init(&d->stream, model->seed, key);
    d->loadings = km_loadings_of(sc, key);
    make_coupling(c, d, in);
    KURA_TRY(make_onsets(c, m->scenario_mineral, d, in));
    d->ntypes = in->ntypes;
    d->types = KURA_NEW(&model->arena, km_type, (size_t)in->ntypes);
    const unsigned char **targets = KURA_NEW(&model->arena, const unsigned char *, (size_t)in->ntypes);
    KM_ALLOC(c, d->types && targets);
    double cum[3] = {0, 0, 0}, total[3] = {0, 0, 0};
    for (int i = 0; i < in->ntypes; i++)
        for (int r = 0; r < 3; r++) total[r] += in->types[i].share[r];
    for (int i = 0; i < in->ntypes; i++) {
        const sc_restriction_type *t = &in->types[i];
        km_type *k = &d->types[i];
        for (int r = 0; r < 3; r++) {
            cum[r] += total[r] > 0 ? t->share[r] / total[r] : 1.0 / in->ntypes;
            k->share[r] = cum[r];
        }
        KURA_TRY(km_dist(c, &k->freeze, &t->freeze, per_step, 0));
        KURA_TRY(km_dist(c, &k->severity, &t->severity, 1, 1));
        KURA_TRY(km_dist(c, &k->duration, &t->duration, per_step, 1));
        k->half_life = t->relax_half_life_days * per_step;
        k->notice = (int)floor(t->notice_days * per_step + 0.5);
        k->escalation = t->escalation;
        k->to = t->to;
        m->has_notice |= k->notice > 0;
        if (k->notice == 0 && t->notice_days > 0)
            kura_diag_add(
                c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
                "type \"%s\" of \"%s\": its notice of %.3g days is below half a step of %.3g days and "
                "has no effect",
                t->id, in->id, t->notice_days, model->step_days);
        int s = 0;
        while (s < d->nseries && !same_targets(sc, targets[s], t->targets)) s++;
        if (s == d->nseries) targets[d->nseries++] = t->targets;
        k->series = s;
    }
    d->targets = targets;
    d->first_series = m->nseries;
    m->nseries += d->nseries;
    for (int i = 0; i < in->nin_force; i++) d->nin_force += in->in_force[i].mineral == m->scenario_mineral;
    d->in_force = KURA_NEW(&model->arena, km_in_force, (size_t)d->nin_force);
    KM_ALLOC(c, d->in_force);
    for (int i = 0, n = 0; i < in->nin_force; i++) {
        const sc_in_force *f = &in->in_force[i];
        if (f->mineral != m->scenario_mineral) continue;
        d->in_force[n].type = f->type;
        d->in_force[n].age = f->age_days * per_step;
        d->in_force[n].severity = f->severity;
        kura_stream_init(&d->in_force[n++].stream, model->seed,
                         kura_arena_printf(&model->arena, "%s/in_force/%s", key, in->types[f->type].id));
    }
    return KURA_OK;
}

static kura_status arc_hazards(compile_ctx *c, km_mineral *m, km_arc *a)
{
    const km_hub *from = &m->hubs[a->from];
    int importer = m->hubs[a->to].country;
    for (int i = 0, n = 0; i < c->sc->nrestrictions; i++) {
        const sc_restriction *in = &c->sc->restrictions[i];
        if (!in->minerals[m->scenario_mineral]) continue;
        const km_decree *d = &m->decrees[n++];
        if (in->exporter != from->country || !form_selected(m, from->form, in->nforms, in->forms)) continue;
        a->series = KURA_NEW(&c->model->arena, int, (size_t)d->nseries);
        KM_ALLOC(c, a->series);
        for (int s = 0; s < d->nseries; s++)
            if (!d->targets[s] || d->targets[s][importer]) a->series[a->nseries++] = d->first_series + s;
    }
    a->regime = from->regime;
    KURA_TRY(km_severity_script(c, from->country, m->scenario_mineral, importer, &a->severity_script));
    KURA_TRY(km_announced(c, from->country, m->scenario_mineral, importer, &a->announced));
    m->has_notice |= a->announced != NULL;
    int regime_acts = 0;
    if (a->regime >= 0)
        for (int r = 0; r < 3; r++) regime_acts |= c->model->regimes[a->regime].availability[r] != 1;
    a->varies = regime_acts || a->nspells || a->nseries || a->script.mul || a->severity_script.mul;
    a->detours = a->lag_script != NULL;
    int longest = 0;
    for (int k = 0; k < a->nspells; k++) {
        int states[] = {a->spells[k], c->model->degraded[a->spells[k]]};
        for (int s = 0; s < 2; s++) {
            int extra = states[s] >= 0 ? c->model->spells[states[s]].detour : 0;
            a->detours |= extra > 0;
            if (extra > longest) longest = extra;
        }
    }
    for (int t = 0; a->lag_script && t < c->model->steps; t++)
        if (a->lag_script[t] > longest) longest = (int)a->lag_script[t];
    if (a->lag + longest + a->leak_lag + 1 > m->ring) m->ring = a->lag + longest + a->leak_lag + 1;
    if (a->leak > 0 && !a->nseries && !a->severity_script.mul) {
        const sc_where *at = &c->sc->arcs[a->scenario_arc].where;
        kura_diag_add(c->diag, KURA_DIAG_ERROR, at->file, at->line, 0, NULL,
                      "no restriction can stop this trade, so nothing can leak past one");
    }
    return KURA_OK;
}

kura_status km_compile_decrees(compile_ctx *c, km_mineral *m)
{
    const kura_scenario_data *sc = c->sc;
    for (int i = 0; i < sc->nrestrictions; i++)
        m->ndecrees += sc->restrictions[i].minerals[m->scenario_mineral] != 0;
    m->decrees = KURA_NEW(&c->model->arena, km_decree, (size_t)m->ndecrees);
    KM_ALLOC(c, m->decrees);
    for (int i = 0, n = 0; i < sc->nrestrictions; i++)
        if (sc->restrictions[i].minerals[m->scenario_mineral])
            KURA_TRY(make_decree(c, m, &m->decrees[n++], &sc->restrictions[i]));
    for (int i = 0; i < m->ndecrees && sc->run.spin_up; i++)
        for (int k = 0; k < m->decrees[i].nin_force; k++) {
            double age = ceil(m->decrees[i].in_force[k].age);
            if (age > m->spin) m->spin = age < 5200 ? (int)age : 5200;
        }
    m->with_notice = KURA_NEW(&c->model->arena, uint8_t, (size_t)m->nseries);
    KM_ALLOC(c, m->with_notice);
    for (int i = 0; i < m->ndecrees; i++)
        for (int k = 0; k < m->decrees[i].ntypes; k++)
            if (m->decrees[i].types[k].notice)
                m->with_notice[m->decrees[i].first_series + m->decrees[i].types[k].series] = 1;
    m->first_decree = c->model->ndecrees;
    c->model->ndecrees += m->ndecrees;
    m->ring = 2;
    for (int a = 0; a < m->narcs; a++) KURA_TRY(arc_hazards(c, m, &m->arcs[a]));
    return KURA_OK;
}
