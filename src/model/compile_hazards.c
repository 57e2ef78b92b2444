/* Hazards: regimes, common shocks, chokepoints, outages, restrictions and prices, turned into one-step
 * probabilities and random streams.  Rates become probabilities by 1 - exp(-rate dy) or expm(G dy) [R1.3]. */
#include "model/compile_internal.h"
#include "base/text.h"
#include "num/expm.h"
#include "num/math.h"
#include "num/normal.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static double one_step(const compile_ctx *c, double rate)
{
    return 1 - kura_exp(-rate * c->model->step_years);
}

/* Loadings of the driver named by `key`; an own weight of 1 when it has none. */
km_loadings km_loadings_of(const kura_scenario_data *sc, const char *key)
{
    km_loadings l = {0, {0}, {0}, 1};
    double sum = 0;
    for (int i = 0; i < sc->nloadings; i++) {
        const char *d = sc->loadings[i].driver;
        size_t n = strlen(d);
        int match = n && d[n - 1] == '*' ? strncmp(d, key, n - 1) == 0 : strcmp(d, key) == 0;
        if (!match || l.n == KM_MAX_FACTORS) continue;
        l.factor[l.n] = sc->loadings[i].factor;
        l.loading[l.n++] = sc->loadings[i].loading;
        sum += sc->loadings[i].loading * sc->loadings[i].loading;
    }
    if (l.n) l.own = sqrt(kura_max(0, 1 - sum));
    return l;
}

/* `scale` converts the unit of the scenario into the model's (days to steps); `none` stands for a missing
 * one. */
kura_status km_dist(compile_ctx *c, kura_dist *out, const sc_dist *d, double scale, double none)
{
    double a = d->a, b = d->b;
    kura_dist_kind kind = KURA_DIST_CONSTANT;
    switch (d->kind) {
    case SC_DIST_NONE:
        a = none;
        break;
    case SC_DIST_CONSTANT:
        a *= scale;
        break;
    case SC_DIST_UNIFORM:
        kind = KURA_DIST_UNIFORM;
        a *= scale;
        b *= scale;
        break;
    case SC_DIST_NORMAL:
        kind = KURA_DIST_NORMAL;
        a *= scale;
        b *= scale;
        break;
    case SC_DIST_LOGNORMAL:
        kind = KURA_DIST_LOGNORMAL;
        a += kura_log(scale);
        break;
    case SC_DIST_EXPONENTIAL:
        kind = KURA_DIST_EXPONENTIAL;
        a *= scale;
        break;
    case SC_DIST_WEIBULL:
        kind = KURA_DIST_WEIBULL;
        a *= scale;
        break;
    case SC_DIST_BETA:
        kind = KURA_DIST_BETA;
        break;
    }
    if (kind != KURA_DIST_BETA) return kura_dist_init(out, &c->model->arena, kind, a, b, c->err);
    for (int i = 0; i < c->nbeta; i++)
        if (c->beta[i]->a == a && c->beta[i]->b == b) {
            *out = *c->beta[i];
            return KURA_OK;
        }
    KURA_TRY(kura_dist_init(out, &c->model->arena, kind, a, b, c->err));
    if (c->nbeta < (int)(sizeof c->beta / sizeof *c->beta)) {
        kura_dist *kept = KURA_NEW(&c->model->arena, kura_dist, 1);
        KM_ALLOC(c, kept);
        *kept = *out;
        c->beta[c->nbeta++] = kept;
    }
    return KURA_OK;
}

/* Upper thresholds in the normal scale; beyond (0,1) never or always. */
static double z_of(double p) { return p <= 0 ? -INFINITY : p >= 1 ? INFINITY : kura_norm_inv(p); }

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
        if (!in) continue;
        r->has_chain = 1;
        r->start = in->start;
        char key[64];
        snprintf(key, sizeof key, "regime/%s", sc->countries[k]);
        kura_stream_init(&r->stream, model->seed, key);
        r->loadings = km_loadings_of(sc, key);
        strcat(key, "/init");
        kura_stream_init(&r->init_stream, model->seed, key);
        double dy = model->step_years;
        double g[9] = {-(in->tension + in->direct),
                       in->tension,
                       in->direct,
                       in->relax,
                       -(in->relax + in->coercion),
                       in->coercion,
                       0,
                       in->ease,
                       -in->ease};
        for (int i = 0; i < 9; i++) g[i] *= dy;
        double p[9];
        kura_expm(3, g, p);
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) r->p[i][j] = p[3 * i + j];
            r->up1[i] = p[3 * i];
            r->up2[i] = p[3 * i] + p[3 * i + 1];
            r->z1[i] = z_of(r->up1[i]);
            r->z2[i] = z_of(r->up2[i]);
        }
        kura_stationary(3, p, r->stationary);
        /* [R3.1] the path map is monotone only if the row tails do not decrease with the row */
        if (r->up1[0] < r->up1[1] || r->up1[1] < r->up1[2] || r->up2[0] < r->up2[1] || r->up2[1] < r->up2[2])
            kura_diag_add(
                c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
                "regime of %s: the one-step matrix is not stochastically monotone, so a milder hazard may "
                "raise the regime on some paths",
                sc->countries[k]);
    }
    return KURA_OK;
}

/* ---- shocks and chokepoints ---- */

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

int km_select_site(const kura_scenario_data *sc, const sc_select *s, int site)
{
    const sc_site *x = &sc->sites[site];
    if (s->minerals && !s->minerals[x->mineral]) return 0;
    if (s->countries && !s->countries[x->country]) return 0;
    if (s->kinds && !s->kinds[x->kind]) return 0;
    if (s->sites && !s->sites[site]) return 0;
    if (s->nforms == 0) return 1;
    const char *form = sc->minerals[x->mineral].forms[x->form];
    for (int i = 0; i < s->nforms; i++)
        if (strcmp(s->forms[i], form) == 0) return 1;
    return 0;
}

kura_status km_compile_spells(compile_ctx *c)
{
    const kura_scenario_data *sc = c->sc;
    km_model *model = c->model;
    int n = sc->nchokepoints;
    for (int i = 0; i < sc->nshocks; i++) n += sc->shocks[i].nhits;
    model->spells = KURA_NEW(&model->arena, km_spell, (size_t)n);
    KM_ALLOC(c, model->spells);
    double per_step = 1 / model->step_days;
    for (int i = 0; i < sc->nchokepoints; i++) { /* first, so that arcs may use the scenario's index */
        const sc_chokepoint *in = &sc->chokepoints[i];
        km_spell *s = &model->spells[model->nspells++];
        s->id = in->id;
        s->part = "";
        s->p = one_step(c, in->rate);
        s->probability = 1;
        s->detour = (int)floor(in->detour_days * per_step + 0.5);
        KURA_TRY(km_dist(c, &s->severity, &in->capacity_loss, 1, 0));
        KURA_TRY(km_dist(c, &s->duration, &in->duration, per_step, 1));
        kura_stream_init(&s->stream, model->seed, kura_arena_printf(&model->arena, "route/%s", in->id));
        if (s->detour == 0 && in->detour_days > 0)
            kura_diag_add(c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
                          "chokepoint \"%s\": its detour of %.3g days is below half a step of %.3g days and "
                          "has no effect",
                          in->id, in->detour_days, model->step_days);
    }
    for (int i = 0; i < sc->nshocks; i++) {
        const sc_shock *in = &sc->shocks[i];
        kura_text key = {0};
        for (int j = 0; j < in->nhits; j++) {
            km_spell *s = &model->spells[model->nspells++];
            s->id = in->id;
            s->p = one_step(c, in->rate);
            s->probability = in->hits[j].probability;
            KURA_TRY(km_dist(c, &s->severity, &in->severity, 1, 1));
            KURA_TRY(km_dist(c, &s->duration, &in->duration, per_step, 1));
            key.size = 0;
            kura_text_printf(&key, "common/%s/%s", in->country < 0 ? "WLD" : sc->countries[in->country],
                             in->id);
            kura_stream_init(&s->stream, model->seed, key.data ? key.data : "");
            kura_text_add(&key, "/reach");
            size_t stem = key.size;
            select_key(&key, sc, &in->hits[j].select);
            kura_stream_init(&s->thin, model->seed, key.data ? key.data : "");
            s->part = kura_arena_strdup(&model->arena, key.data ? key.data + stem : "");
        }
        kura_text_fini(&key);
    }
    return KURA_OK;
}

/* ---- outages ---- */

static double mean_of(const kura_dist *d) { return kura_dist_mean(d); }

/* Adds the table of the equilibrium residual life, made once per law. */
static kura_status with_residual(compile_ctx *c, kura_dist *d)
{
    for (int i = 0; i < c->nresidual; i++)
        if (c->residual[i]->kind == d->kind && c->residual[i]->a == d->a && c->residual[i]->b == d->b) {
            *d = *c->residual[i];
            return KURA_OK;
        }
    KURA_TRY(kura_dist_tabulate_residual(d, &c->model->arena, c->err));
    if (c->nresidual < (int)(sizeof c->residual / sizeof *c->residual)) {
        kura_dist *kept = KURA_NEW(&c->model->arena, kura_dist, 1);
        KM_ALLOC(c, kept);
        *kept = *d;
        c->residual[c->nresidual++] = kept;
    }
    return KURA_OK;
}

static kura_status add_outage(compile_ctx *c, km_site *site, int index)
{
    const sc_outage *in = &c->sc->outages[index];
    km_model *model = c->model;
    const sc_site *at = &c->sc->sites[site->scenario_site];
    km_outage *o = &site->outages[site->noutages++];
    o->scenario_outage = index;
    double per_step = 1 / model->step_days;
    double mean_up = in->mttf_days * per_step;
    if (in->shape == 1)
        KURA_TRY(kura_dist_init(&o->up, &model->arena, KURA_DIST_EXPONENTIAL, mean_up, 0, c->err));
    else { /* scale such that the mean is the MTTF: mean of a Weibull law is linear in its scale */
        kura_dist unit;
        KURA_TRY(kura_dist_init(&unit, &model->arena, KURA_DIST_WEIBULL, 1, in->shape, c->err));
        KURA_TRY(kura_dist_init(&o->up, &model->arena, KURA_DIST_WEIBULL, mean_up / mean_of(&unit), in->shape,
                                c->err));
    }
    KURA_TRY(km_dist(c, &o->down, &in->mttr, per_step, 1));
    KURA_TRY(km_dist(c, &o->derating, &in->derating, 1, 1));
    if (!in->start_up) {
        KURA_TRY(with_residual(c, &o->down));
        KURA_TRY(with_residual(c, &o->up));
    }
    o->up_probability = mean_up / (mean_up + mean_of(&o->down));
    o->start_up = in->start_up;
    o->point = in->point;
    o->nunits = in->per_plant ? at->plants : 1;
    o->units = KURA_NEW(&model->arena, km_unit, (size_t)o->nunits);
    KM_ALLOC(c, o->units);
    for (int u = 0; u < o->nunits; u++) {
        const char *label = in->label[0] ? kura_arena_printf(&model->arena, "/%s", in->label) : "";
        const char *plant = o->nunits > 1 ? kura_arena_printf(&model->arena, "/%d", u + 1) : "";
        static const char *const process[] = {"up", "down", "init"};
        kura_stream *streams[] = {&o->units[u].up, &o->units[u].down, &o->units[u].init};
        for (int k = 0; k < 3; k++) {
            const char *key =
                kura_arena_printf(&model->arena, "outage.%s/%s%s%s", process[k], at->id, label, plant);
            KM_ALLOC(c, key);
            kura_stream_init(streams[k], model->seed, key);
        }
        o->units[u].share = 1.0 / o->nunits;
    }
    return KURA_OK;
}

kura_status km_compile_site_hazards(compile_ctx *c, km_mineral *m)
{
    const kura_scenario_data *sc = c->sc;
    km_model *model = c->model;
    for (int s = 0; s < m->nsites; s++) {
        km_site *site = &m->sites[s];
        int id = site->scenario_site, n = 0;
        for (int i = 0; i < sc->noutages; i++) n += km_select_site(sc, &sc->outages[i].select, id);
        site->outages = KURA_NEW(&model->arena, km_outage, (size_t)n);
        KM_ALLOC(c, site->outages);
        for (int i = 0; i < sc->noutages; i++)
            if (km_select_site(sc, &sc->outages[i].select, id)) KURA_TRY(add_outage(c, site, i));
        for (int pass = 0; pass < 2; pass++) {
            int spell = sc->nchokepoints;
            if (pass) site->spells = KURA_NEW(&model->arena, int, (size_t)site->nspells);
            KM_ALLOC(c, !pass || site->spells);
            site->nspells = 0;
            for (int i = 0; i < sc->nshocks; i++)
                for (int j = 0; j < sc->shocks[i].nhits; j++, spell++)
                    if (km_select_site(sc, &sc->shocks[i].hits[j].select, id)) {
                        if (pass) site->spells[site->nspells] = spell;
                        site->nspells++;
                    }
        }
        site->script = c->site_script[id];
        site->season = sc->sites[id].profile < 0 ? NULL : sc->profiles[sc->sites[id].profile].values;
        site->country_script = c->country_script[sc->sites[id].country];
        int regime_acts = 0;
        if (site->regime >= 0)
            for (int r = 0; r < 3; r++) regime_acts |= model->regimes[site->regime].availability[r] != 1;
        site->varies = site->noutages || site->nspells || site->script.mul || site->country_script.mul ||
                       regime_acts || site->season;
    }
    return KURA_OK;
}

/* ---- restrictions ---- */

static int form_selected(const km_mineral *m, int form, int n, const char **forms)
{
    for (int i = 0; i < n; i++)
        if (strcmp(forms[i], m->forms[form]) == 0) return 1;
    return n == 0;
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
    for (int r = 0; r < 3; r++) {
        d->p[r] = one_step(c, in->onset[r]);
        d->z[r] = z_of(1 - d->p[r]);
    }
    d->ntypes = in->ntypes;
    d->types = KURA_NEW(&model->arena, km_type, (size_t)in->ntypes);
    int *targets = KURA_NEW(&model->arena, int, (size_t)in->ntypes);
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
        int s = 0;
        while (s < d->nseries && targets[s] != t->target) s++;
        if (s == d->nseries) targets[d->nseries++] = t->target;
        k->series = s;
    }
    d->targets = targets;
    d->ntargets = d->nseries;
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
        for (int s = 0; s < d->nseries; s++) {
            if (d->targets[s] < 0) a->decree_all = d->first_series + s;
            if (d->targets[s] == importer) a->decree_own = d->first_series + s;
        }
    }
    a->regime = from->regime;
    KURA_TRY(km_severity_script(c, from->country, m->scenario_mineral, importer, &a->severity_script));
    int regime_acts = 0;
    if (a->regime >= 0)
        for (int r = 0; r < 3; r++) regime_acts |= c->model->regimes[a->regime].availability[r] != 1;
    a->varies = regime_acts || a->nspells || a->decree_all >= 0 || a->decree_own >= 0 || a->script.mul ||
                a->severity_script.mul;
    a->detours = a->lag_script != NULL;
    int longest = 0;
    for (int k = 0; k < a->nspells; k++) {
        int extra = c->model->spells[a->spells[k]].detour;
        a->detours |= extra > 0;
        if (extra > longest) longest = extra;
    }
    for (int t = 0; a->lag_script && t < c->model->steps; t++)
        if (a->lag_script[t] > longest) longest = (int)a->lag_script[t];
    if (a->lag + longest + a->leak_lag + 1 > m->ring) m->ring = a->lag + longest + a->leak_lag + 1;
    if (a->leak > 0 && a->decree_all < 0 && a->decree_own < 0 && !a->severity_script.mul) {
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
    m->ring = 2;
    for (int a = 0; a < m->narcs; a++) KURA_TRY(arc_hazards(c, m, &m->arcs[a]));
    return KURA_OK;
}

/* ---- price and response ---- */

kura_status km_compile_price(compile_ctx *c, km_mineral *m)
{
    const sc_mineral *in = &c->sc->minerals[m->scenario_mineral];
    const sc_price *p = &in->price;
    const sc_response *r = &in->response;
    km_price *k = &m->price;
    double dy = c->model->step_years, dt = c->model->step_days;
    k->given = p->given;
    k->initial = p->given ? p->initial : NAN;
    k->start = p->given && !isnan(p->spot) ? kura_log(p->spot / p->initial) : 0;
    if (p->given) {
        const char *key = kura_arena_printf(&c->model->arena, "price/%s", m->id);
        KM_ALLOC(c, key);
        kura_stream_init(&k->stream, c->model->seed, key);
        k->loadings = km_loadings_of(c->sc, key);
        /* exact OU transition [4.1]; without mean reversion a = 1, s = sigma sqrt(dy) */
        double kappa = isinf(p->half_life_days) ? 0 : 0.693147180559945309417 / (p->half_life_days / 365.25);
        k->a = kappa > 0 ? kura_exp(-kappa * dy) : 1;
        k->s = kappa * dy > 1e-8 ? p->volatility * sqrt((1 - kura_exp(-2 * kappa * dy)) / (2 * kappa))
                                 : p->volatility * sqrt(dy);
        k->drift = p->drift * dy;
        k->jump_mean_count = p->jump_rate * dy;
        k->jump_mean = p->jump_mean;
        k->jump_sd = p->jump_sd;
        k->eta = kura_log(p->scarcity);
        k->scarcity_n = kura_max(1, p->scarcity_lag_days / dt);
        k->w_gap = p->gap_weight;
        k->w_cover = p->cover_weight;
    }
    km_response *q = &m->response;
    q->active = p->given && (r->elasticity > 0 || r->sub_limit > 0);
    q->elasticity = r->elasticity;
    q->ln_min = kura_log(r->price_min);
    q->ln_max = kura_log(r->price_max);
    q->sub_limit = r->sub_limit;
    q->up = r->sub_limit > 0 ? kura_min(1, dt / r->sub_lag_days) : 0;
    q->down = r->sub_limit > 0 ? kura_min(1, dt / r->sub_release_days) : 0;
    q->threshold = r->sub_threshold;
    q->irreversible = r->sub_irreversible;
    q->smoothing = kura_max(1, r->sub_smoothing_days / dt);
    return KURA_OK;
}
