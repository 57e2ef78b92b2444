/* Hazards: outages and prices, turned into one-step
 * probabilities and random streams.  Rates become probabilities by 1 - exp(-rate dy) or expm(G dy) [R1.3]. */
#include "model/compile_internal.h"
#include "base/text.h"
#include "num/math.h"
#include "num/normal.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

double km_one_step(const compile_ctx *c, double rate) { return 1 - kura_exp(-rate * c->model->step_years); }

/* By name of the factor, so that the order in which loadings are written changes no bit. */
static void sort_by_name(const kura_scenario_data *sc, km_loadings *l)
{
    for (int i = 1; i < l->n; i++)
        for (int j = i; j > 0 && strcmp(sc->factors[l->factor[j - 1]], sc->factors[l->factor[j]]) > 0; j--) {
            int factor = l->factor[j];
            double loading = l->loading[j];
            l->factor[j] = l->factor[j - 1], l->loading[j] = l->loading[j - 1];
            l->factor[j - 1] = factor, l->loading[j - 1] = loading;
        }
}

/* Loadings of the driver named by `key`; an own weight of 1 when it has none. */
km_loadings km_loadings_of(const kura_scenario_data *sc, const char *key)
{
    km_loadings l = {.own = 1, .t = -1};
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
    sort_by_name(sc, &l);
    if (l.n) l.own = sqrt(kura_max(0, 1 - sum));
    double most = 0;
    for (int k = 0; k < l.n;
         k++) /* the t copula of the factor it depends on most; of equals the first by name */
        if (fabs(l.loading[k]) > most) {
            int has = sc->freedom && sc->freedom[l.factor[k]] > 0;
            most = fabs(l.loading[k]);
            l.t = has ? l.factor[k] : -1;
            l.nu = has ? sc->freedom[l.factor[k]] : 0;
        }
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
    for (int i = 0; i < c->tables->nbeta; i++)
        if (c->tables->beta[i]->a == a && c->tables->beta[i]->b == b) {
            *out = *c->tables->beta[i];
            return KURA_OK;
        }
    KURA_TRY(kura_dist_init(out, &c->model->arena, kind, a, b, c->err));
    if (c->tables->nbeta < (int)(sizeof c->tables->beta / sizeof *c->tables->beta)) {
        kura_dist *kept = KURA_NEW(&c->model->arena, kura_dist, 1);
        KM_ALLOC(c, kept);
        *kept = *out;
        c->tables->beta[c->tables->nbeta++] = kept;
    }
    return KURA_OK;
}

/* Thresholds in the latent scale; beyond (0,1) never or always. */
double km_z_of(const km_loadings *loadings, double p)
{
    if (p <= 0 || p >= 1) return p <= 0 ? -INFINITY : INFINITY;
    return loadings->t >= 0 ? kura_student_quantile(loadings->nu, p) : kura_norm_inv(p);
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

/* ---- outages ---- */

static double mean_of(const kura_dist *d) { return kura_dist_mean(d); }

/* Adds the table of the equilibrium residual life, made once per law. */
static kura_status with_residual(compile_ctx *c, kura_dist *d)
{
    for (int i = 0; i < c->tables->nresidual; i++)
        if (c->tables->residual[i]->kind == d->kind && c->tables->residual[i]->a == d->a &&
            c->tables->residual[i]->b == d->b) {
            *d = *c->tables->residual[i];
            return KURA_OK;
        }
    KURA_TRY(kura_dist_tabulate_residual(d, &c->model->arena, c->err));
    if (c->tables->nresidual < (int)(sizeof c->tables->residual / sizeof *c->tables->residual)) {
        kura_dist *kept = KURA_NEW(&c->model->arena, kura_dist, 1);
        KM_ALLOC(c, kept);
        *kept = *d;
        c->tables->residual[c->tables->nresidual++] = kept;
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
    if (in->uptime.kind != SC_DIST_NONE) {
        KURA_TRY(km_dist(c, &o->up, &in->uptime, per_step, 1));
        mean_up = mean_of(&o->up);
    } else if (in->shape == 1)
        KURA_TRY(kura_dist_init(&o->up, &model->arena, KURA_DIST_EXPONENTIAL, mean_up, 0, c->err));
    else { /* scale such that the mean is the MTTF: mean of a Weibull law is linear in its scale */
        kura_dist unit;
        KURA_TRY(kura_dist_init(&unit, &model->arena, KURA_DIST_WEIBULL, 1, in->shape, c->err));
        KURA_TRY(kura_dist_init(&o->up, &model->arena, KURA_DIST_WEIBULL, mean_up / mean_of(&unit), in->shape,
                                c->err));
    }
    KURA_TRY(km_dist(c, &o->down, &in->mttr, per_step, 1));
    KURA_TRY(km_dist(c, &o->derating, &in->derating, 1, 1));
    if (in->start == SC_START_STATIONARY) {
        KURA_TRY(with_residual(c, &o->down));
        KURA_TRY(with_residual(c, &o->up));
    }
    double cycle = (mean_up + mean_of(&o->down)) * model->step_days * 24 * 60;
    if (cycle < 1)
        kura_diag_add(
            c->diag, KURA_DIAG_ERROR, in->where.file, in->where.line, 0, NULL,
            "outage \"%s\": up and down take %.3g minutes on the average; at least one minute is possible",
            in->id, cycle);
    o->up_probability = mean_up / (mean_up + mean_of(&o->down));
    o->start = (int)in->start;
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

static kura_status add_project(compile_ctx *c, km_site *site)
{
    for (int i = 0; i < c->sc->nprojects; i++) {
        const sc_project *in = &c->sc->projects[i];
        km_project *p = &site->project;
        if (in->site != site->scenario_site) continue;
        double per_step = 1 / c->model->step_days;
        const char *key = kura_arena_printf(&c->model->arena, "project/%s", site->id);
        KM_ALLOC(c, key);
        p->given = 1;
        p->start = (double)in->start_step + c->model->burn;
        p->ramp = in->ramp_days * per_step;
        p->cancellation = in->cancellation;
        kura_stream_init(&p->stream, c->model->seed, key);
        return km_dist(c, &p->delay, &in->delay, per_step, 0);
    }
    return km_lever_project(c, site);
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
        KURA_TRY(add_project(c, site));
        site->script = c->site_script[id];
        site->season = sc->sites[id].profile < 0 ? NULL : sc->profiles[sc->sites[id].profile].values;
        site->country_script = c->country_script[sc->sites[id].country];
        int regime_acts = 0;
        if (site->regime >= 0)
            for (int r = 0; r < 3; r++) regime_acts |= model->regimes[site->regime].availability[r] != 1;
        site->varies = site->noutages || site->nspells || site->project.given || site->script.mul ||
                       site->country_script.mul || regime_acts || site->season;
    }
    return KURA_OK;
}

/* ---- price and response ---- */

/* [4.1] Jumps of a step are drawn up to a number: said where more would happen now and then. */
static void count_jumps(const compile_ctx *c, const sc_mineral *in, double mean)
{
    double cum[KURA_POISSON_MAX];
    if (!(mean > 0)) return;
    kura_poisson_cumulative(mean, cum);
    double last = kura_exp(-mean); /* P(exactly so many as are drawn at most) */
    for (int k = 1; k <= KURA_POISSON_MAX; k++) last *= mean / k;
    double more = 1 - cum[KURA_POISSON_MAX - 1] - last;
    if (more < 1e-5) return;
    kura_diag_add(
        c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
        "%s: price.jumps of %.4g /year are %.3g a step; at most %d a step are drawn, and more would "
        "be due with probability %.2g: take a shorter step, or volatility instead of frequent jumps",
        in->id, in->price.jump_rate, mean, KURA_POISSON_MAX, more);
}

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
        k->loadings.t = -1; /* prices stay Gaussian, so that their moments hold */
        /* exact OU transition [4.1]; without mean reversion a = 1, s = sigma sqrt(dy) */
        double kappa = isinf(p->half_life_days) ? 0 : 0.693147180559945309417 / (p->half_life_days / 365.25);
        k->a = kappa > 0 ? kura_exp(-kappa * dy) : 1;
        k->s = kappa * dy > 1e-8 ? p->volatility * sqrt((1 - kura_exp(-2 * kappa * dy)) / (2 * kappa))
                                 : p->volatility * sqrt(dy);
        k->drift = p->drift * dy;
        k->jump_mean_count = p->jump_rate * dy;
        count_jumps(c, in, k->jump_mean_count);
        k->jump_mean = p->jump_mean;
        k->jump_sd = p->jump_sd;
        k->eta = kura_log(p->scarcity);
        k->scarcity_n = kura_max(1, p->scarcity_lag_days / dt);
        k->w_gap = p->gap_weight;
        k->w_cover = p->cover_weight;
        k->set = c->price_set[m->scenario_mineral];
        k->jump = c->price_jump[m->scenario_mineral];
    }
    km_response *q = &m->response;
    KURA_TRY(km_compile_answers(c, m));
    q->ln_min = kura_log(r->price_min);
    q->ln_max = kura_log(r->price_max);
    q->up = r->sub_given ? kura_min(1, dt / r->sub_lag_days) : 0;
    q->down = r->sub_given ? kura_min(1, dt / r->sub_release_days) : 0;
    q->threshold = r->sub_threshold;
    q->irreversible = r->sub_irreversible;
    q->smoothing = kura_max(1, r->sub_smoothing_days / dt);
    return KURA_OK;
}
