/* The exogenous layer of one path [3]: every number is a function of its address (stream, path, index), so
 * nothing here has an order.  Steps count from the start of the burn-in. */
#include "second_internal.h"

static double draw(const kura_stream *stream, uint64_t path, int index, int per_index, int slot)
{
    return kura_stream_uniform(stream, path, (uint64_t)index * (uint64_t)per_index + (uint64_t)slot);
}

double second_script(const km_script *s, int t, double value)
{
    if (!s->mul) return value;
    return isnan(s->set[t]) ? value * s->mul[t] + s->add[t] : s->set[t];
}

/* ---- factors and latent variables [3.7] ---- */

static void draw_factors(second_common *c)
{
    const km_model *model = c->model;
    c->factor = KURA_NEW(c->arena, double *, (size_t)model->nfactors);
    c->chi2 = KURA_NEW(c->arena, double *, (size_t)model->nfactors);
    for (int g = 0; g < model->nfactors; g++) {
        const km_factor *f = &model->factors[g];
        double rho = f->persistence;
        double *F = c->factor[g] = KURA_NEW(c->arena, double, (size_t)model->steps);
        double *w = c->chi2[g] = KURA_NEW(c->arena, double, (size_t)model->steps);
        for (int t = 0; t < model->steps; t++) {
            double z = kura_norm_inv(draw(&f->stream, c->path, t, 8, 0));
            F[t] = t && rho != 0 ? rho * F[t - 1] + sqrt(1 - rho * rho) * z : z;
            if (f->nu > 0) w[t] = kura_chi2_quantile(&f->chi2, draw(&f->stream, c->path, t, 8, 7));
        }
    }
}

/* The latent variable of a driver with loadings in step t, from its own uniform number. */
double second_latent(const second_common *c, const km_loadings *l, int t, double u)
{
    double z = l->own * kura_norm_inv(u);
    for (int i = 0; i < l->n; i++) z += l->loading[i] * c->factor[l->factor[i]][t];
    return l->t >= 0 ? z * sqrt(l->nu / c->chi2[l->t][t]) : z;
}

/* Does a driver pass the threshold, given as a probability and in the scale of its latent variable? */
static int passes(const second_common *c, const km_loadings *l, int t, double u, double p, double z)
{
    return l->n ? second_latent(c, l, t, u) > z : u > p;
}

/* ---- regimes [3.1] ---- */

static int initial_regime(const second_common *c, const km_regime *r)
{
    if (r->start >= 0) return r->start;
    double u = draw(&r->init_stream, c->path, 0, 1, 0);
    return (u > r->stationary[0]) + (u > r->stationary[0] + r->stationary[1]);
}

static void draw_regime(second_common *c, int index)
{
    const km_regime *r = &c->model->regimes[index];
    int *out = c->regime[index] = KURA_NEW(c->arena, int, (size_t)c->model->steps);
    int state = r->has_chain ? initial_regime(c, r) : 0;
    for (int t = 0; t < c->model->steps; t++) {
        if (r->has_chain) {
            const km_chain *k = &r->chain[r->which ? r->which[t] : 0];
            double u = draw(&r->stream, c->path, t, 2, 0);
            state = passes(c, &r->loadings, t, u, k->up1[state], k->z1[state]) +
                    passes(c, &r->loadings, t, u, k->up2[state], k->z2[state]);
        }
        out[t] = r->script && r->script[t] >= 0 ? r->script[t] : state;
    }
}

/* ---- shocks and chokepoints by step [3.4, 3.5] ---- */

static void draw_spell(second_common *c, int index)
{
    const km_spell *s = &c->model->spells[index];
    int T = c->model->steps;
    double *severity = c->severity[index] = KURA_NEW(c->arena, double, (size_t)T);
    unsigned char *active = c->active[index] = KURA_NEW(c->arena, unsigned char, (size_t)T);
    double now = 0;
    int left = 0;
    for (int t = 0; t < T; t++) {
        const km_spell_onset *o = &s->onset[s->which ? s->which[t] : 0];
        double u = draw(&s->stream, c->path, t, 4, 0);
        int hit = o->p > 0 && passes(c, &s->loadings, t, u, 1 - o->p, o->z);
        if (hit && s->probability < 1) hit = draw(&s->thin, c->path, t, 1, 0) > 1 - s->probability;
        if (hit) {
            double lasts = kura_dist_quantile(&s->duration, draw(&s->stream, c->path, t, 4, 2));
            int steps = lasts < 1 ? 1 : lasts > T ? T : (int)ceil(lasts);
            double new_severity =
                kura_clamp01(kura_dist_quantile(&s->severity, draw(&s->stream, c->path, t, 4, 1)));
            now = left > 0 ? larger(now, new_severity) : new_severity;
            left = left > steps ? left : steps;
        }
        if (left > 0) {
            active[t] = 1;
            severity[t] = now;
            left--;
        }
    }
}

/* ---- hosts outside the network [2.5] ---- */

static void draw_index(second_common *c, int index)
{
    const km_host_index *x = &c->model->host_indices[index];
    float *out = c->activity[index];
    double sd = x->a < 1 ? x->s * (1 / sqrt(1 - x->a * x->a)) : 0, h = 0; /* of the stationary law */
    for (int t = 0; t < c->model->steps; t++) {
        double z = kura_norm_inv(draw(&x->stream, c->path, t, 4, 0));
        h = t ? x->a * h + x->s * z : sd * z; /* step 0 has the stationary law */
        out[t] = (float)(kura_exp(h) * (x->growth ? x->growth[t] : 1));
    }
}

void second_draw_common(second_common *c)
{
    const km_model *model = c->model;
    draw_factors(c);
    c->regime = KURA_NEW(c->arena, int *, (size_t)model->nregimes);
    for (int r = 0; r < model->nregimes; r++) draw_regime(c, r);
    c->severity = KURA_NEW(c->arena, double *, (size_t)model->nspells);
    c->active = KURA_NEW(c->arena, unsigned char *, (size_t)model->nspells);
    for (int k = 0; k < model->nspells; k++) draw_spell(c, k);
    c->activity = KURA_NEW(c->arena, float *, (size_t)model->nactivities);
    for (int i = 0; i < model->nactivities; i++) {
        c->activity[i] = KURA_NEW(c->arena, float, (size_t)model->steps);
        if (i < model->nhost_indices) draw_index(c, i);
    }
}

/* ---- outages by event [3.3] ---- */

/* Adds what [from, to) takes away to the mean loss of the steps it covers; by point, where a step begins
 * inside. */
static void spread(double *loss, int T, double from, double to, double amount, int point)
{
    for (int t = (int)ceil(from); point && t < T && t < to; t++) loss[t] += amount;
    if (point) return;
    for (int t = (int)from; t < T && t < to; t++) {
        double begin = larger(from, t), end = smaller(to, t + 1);
        loss[t] += amount * (end - begin);
    }
}

/* One life after the other, numbered from 0; the first up time comes before the first down time or after it.
 * An equilibrium start replaces the first time: a down time keeps its derating, an exponential up time needs
 * no replacing, because it has no memory. */
static void draw_unit(const second_common *c, const km_outage *o, const km_unit *unit, double *loss)
{
    uint64_t path = c->path;
    int T = c->model->steps, up = o->start != SC_START_DOWN, ups = 0, downs = 0;
    double now = 0, residual = -1;
    if (o->start == SC_START_STATIONARY) {
        up = draw(&unit->init, path, 0, 2, 0) <= o->up_probability;
        if (!up || o->up.kind != KURA_DIST_EXPONENTIAL)
            residual = kura_dist_residual_quantile(up ? &o->up : &o->down, draw(&unit->init, path, 0, 2, 1));
    }
    double down = 0; /* the time since `now`, so that a failure begins at (the one before) + (down + up) */
    for (; now < T; up = !up) {
        const kura_dist *law = up ? &o->up : &o->down;
        const kura_stream *stream = up ? &unit->up : &unit->down;
        int e = up ? ups++ : downs++;
        double lasts =
            residual >= 0 ? residual : positive(kura_dist_quantile(law, draw(stream, path, e, 2, 0)));
        residual = -1;
        if (!up) {
            double derating = kura_clamp01(kura_dist_quantile(&o->derating, draw(stream, path, e, 2, 1)));
            spread(loss, T, now, now + lasts, unit->share * derating, o->point);
            down = lasts;
        } else {
            now += down + lasts;
            down = 0;
        }
    }
}

/* ---- availability of a site ---- */

static double ramp(const km_project *p, uint64_t path, int t)
{
    if (!p->given) return 1;
    if (draw(&p->stream, path, 0, 4, 1) > 1 - p->cancellation) return 0;
    double begin = p->start + positive(kura_dist_quantile(&p->delay, draw(&p->stream, path, 0, 4, 0)));
    return p->ramp > 0 ? kura_clamp01((t - begin) / p->ramp) : t >= begin ? 1 : 0;
}

static void draw_site(const second_common *c, const km_site *site, double *available)
{
    int T = c->model->steps;
    double *loss = KURA_NEW(c->arena, double, (size_t)T);
    for (int t = 0; t < T; t++) {
        int regime = site->regime >= 0 ? c->regime[site->regime][t] : 0;
        available[t] = site->regime >= 0 ? c->model->regimes[site->regime].availability[regime] : 1;
    }
    for (int i = 0; i < site->noutages; i++) {
        const km_outage *o = &site->outages[i];
        for (int t = 0; t < T; t++) loss[t] = 0;
        for (int u = 0; u < o->nunits; u++) draw_unit(c, o, &o->units[u], loss);
        for (int t = 0; t < T; t++) available[t] *= positive(1 - loss[t]);
    }
    for (int t = 0; t < T; t++) {
        for (int k = 0; k < site->nspells; k++) available[t] *= 1 - c->severity[site->spells[k]][t];
        available[t] *= ramp(&site->project, c->path, t);
        available[t] = kura_clamp01(second_script(&site->country_script, t, available[t]));
        available[t] = kura_clamp01(second_script(&site->script, t, available[t]));
        if (site->season) available[t] *= site->season[t];
    }
}

/* ---- restrictions [3.2] ---- */

typedef struct {
    const km_type *type;
    double freeze, severity, duration, half_life;
    double second_severity, second_duration; /* of the plateau after an escalation; 0 without one */
} hit;

/* Severity at age s, from the step in which it is in force; negative once it is over. */
static double profile(const hit *h, double s)
{
    double severity = h->severity;
    if (s < h->freeze) return 1;
    if (s - h->freeze < h->duration) return severity;
    s = s - h->freeze - h->duration;
    if (h->second_duration > 0) {
        severity = h->second_severity;
        if (s < h->second_duration) return severity;
        s = s - h->second_duration;
    }
    if (!(h->half_life > 0)) return -1;
    double relaxed = severity * kura_exp(-0.693147180559945309417 * (s / h->half_life));
    return relaxed < 0.02 ? -1 : relaxed;
}

/* At the end of the plateau, with its probability (high U escalates), one of the type `to`: its severity by
 * the same draw, the larger of the two, its own duration and relaxation. */
static void escalate(const second_common *c, const km_decree *d, const kura_stream *stream, int t, hit *h)
{
    h->half_life = h->type->half_life;
    if (!(h->type->escalation > 0) || draw(stream, c->path, t, 8, 6) <= 1 - h->type->escalation) return;
    const km_type *to = &d->types[h->type->to];
    h->second_severity =
        larger(h->severity, kura_clamp01(kura_dist_quantile(&to->severity, draw(stream, c->path, t, 8, 2))));
    h->second_duration = larger(kura_dist_quantile(&to->duration, draw(stream, c->path, t, 8, 7)), 1);
    h->half_life = to->half_life;
}

static const km_type *type_of(const km_decree *d, double u, int regime)
{
    int i = 0;
    while (i < d->ntypes - 1 && u > d->types[i].share[regime]) i++;
    return &d->types[i];
}

static hit draw_hit(const second_common *c, const km_decree *d, int t, int regime)
{
    hit h = {.type = type_of(d, draw(&d->stream, c->path, t, 8, 1), regime)};
    h.severity = kura_clamp01(kura_dist_quantile(&h.type->severity, draw(&d->stream, c->path, t, 8, 2)));
    h.duration = larger(kura_dist_quantile(&h.type->duration, draw(&d->stream, c->path, t, 8, 3)), 1);
    h.freeze = positive(kura_dist_quantile(&h.type->freeze, draw(&d->stream, c->path, t, 8, 4)));
    escalate(c, d, &d->stream, t, &h);
    return h;
}

/* Puts a hit into its series: announced from step `t` on, in force after the notice, then of age `age`.  One
 * that begins within a step counts from its start. */
static void put_hit(const second_common *c, const km_mineral *m, const km_decree *d, const hit *h, int t,
                    int notice, double age, second_hazards *out)
{
    int T = c->model->steps, series = d->first_series + h->type->series;
    double *severity = out->severity[series] + m->spin;
    unsigned char *announced = out->announced[series] + m->spin;
    for (int end = t + notice; t < end && t < T; t++) announced[t] = 1;
    for (; t < T; t++, age += 1) {
        double s = profile(h, positive(age));
        if (s < 0) break;
        severity[t] = larger(severity[t], s);
    }
}

/* A restriction in force at the start, of a given age: what is left of it is drawn given that it has lasted
 * so long. */
static hit draw_in_force(const second_common *c, const km_decree *d, const km_in_force *f)
{
    hit h = {.type = &d->types[f->type]};
    uint64_t path = c->path;
    h.severity = isnan(f->severity)
                     ? kura_clamp01(kura_dist_quantile(&h.type->severity, draw(&f->stream, path, 0, 8, 2)))
                     : f->severity;
    h.freeze = positive(kura_dist_quantile(&h.type->freeze, draw(&f->stream, path, 0, 8, 4)));
    h.duration = larger(kura_dist_quantile_above(&h.type->duration, positive(f->age - h.freeze),
                                                 draw(&f->stream, path, 0, 8, 3)),
                        1);
    escalate(c, d, &f->stream, 0, &h);
    return h;
}

static void draw_decree(const second_common *c, const km_mineral *m, const km_decree *d, second_hazards *out)
{
    for (int i = 0; i < d->nin_force; i++) {
        const km_in_force *f = &d->in_force[i];
        hit h = draw_in_force(c, d, f);
        int from = (int)smaller(ceil(f->age), m->spin);
        put_hit(c, m, d, &h, -from, 0, f->age - from, out);
    }
    for (int t = 0; t < c->model->steps; t++) {
        int regime = d->regime >= 0 ? c->regime[d->regime][t] : 0;
        const km_onset *o = &d->onset[d->which ? d->which[t] : 0];
        if (!(o->p[regime] > 0)) continue;
        if (!passes(c, &d->loadings, t, draw(&d->stream, c->path, t, 8, 0), 1 - o->p[regime], o->z[regime]))
            continue;
        hit h = draw_hit(c, d, t, regime);
        put_hit(c, m, d, &h, t, h.type->notice, 0, out);
    }
}

void second_draw_mineral(const second_common *c, const km_mineral *m, second_hazards *h)
{
    size_t T = (size_t)(c->model->steps + m->spin);
    h->severity = KURA_NEW(c->arena, double *, (size_t)m->nseries);
    h->announced = KURA_NEW(c->arena, unsigned char *, (size_t)m->nseries);
    for (int i = 0; i < m->nseries; i++) {
        h->severity[i] = KURA_NEW(c->arena, double, T);
        h->announced[i] = KURA_NEW(c->arena, unsigned char, T);
    }
    for (int i = 0; i < m->ndecrees; i++) draw_decree(c, m, &m->decrees[i], h);
    h->available = KURA_NEW(c->arena, double *, (size_t)m->nsites);
    for (int b = 0; b < m->nsites; b++) {
        h->available[b] = KURA_NEW(c->arena, double, T);
        draw_site(c, &m->sites[b], h->available[b]);
    }
}
