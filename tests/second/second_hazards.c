/* The exogenous layer of one path [3]: every number is a function of its address (stream, path, index), so
 * nothing here has an order.  Steps count from the start of the burn-in. */
#include "second_internal.h"
#include <stdlib.h>

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
            ACTS(c, persistence, t && rho != 0);
            if (f->nu > 0) w[t] = kura_chi2_quantile(&f->chi2, draw(&f->stream, c->path, t, 8, 7));
        }
    }
}

/* The latent variable of a driver with loadings in step t, from its own uniform number. */
double second_latent(const second_common *c, const km_loadings *l, int t, double u)
{
    double z = l->own * kura_norm_inv(u);
    ACTS(c, factors, l->n);
    ACTS(c, t_copula, l->t >= 0);
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

/* Whole steps of the coercion that a path enters as its `entry`-th: at least one. */
static int steps_of_coercion(const second_common *c, const km_regime *r, int entry)
{
    double lasts =
        ceil(larger(1, kura_dist_quantile(&r->spell, draw(&r->spell_stream, c->path, entry, 1, 0))));
    return lasts > c->model->steps ? c->model->steps + 1 : (int)lasts;
}

/* Steps of coercion left when the run begins in it: of one that begins with the run, its first entry; else
 * what the equilibrium law leaves, which may be nothing. */
static int coercion_at_start(const second_common *c, const km_regime *r, int *entries)
{
    if (r->start >= 0) return steps_of_coercion(c, r, (*entries)++);
    double u = draw(&r->init_stream, c->path, 0, 2, 1);
    int left = 0;
    while (left <= c->model->steps && u > r->residual[left]) left++;
    return left;
}

static int moved(const second_common *c, const km_regime *r, int t, int state)
{
    const km_chain *k = &r->chain[r->which ? r->which[t] : 0];
    double u = draw(&r->stream, c->path, t, 2, 0);
    return passes(c, &r->loadings, t, u, k->up1[state], k->z1[state]) +
           passes(c, &r->loadings, t, u, k->up2[state], k->z2[state]);
}

/* With a drawn time, coercion is left for tension when it is over, and not before. */
static void draw_regime(second_common *c, int index)
{
    const km_regime *r = &c->model->regimes[index];
    int *out = c->regime[index] = KURA_NEW(c->arena, int, (size_t)c->model->steps);
    int state = r->has_chain ? initial_regime(c, r) : 0, entries = 0;
    double left = 0; /* of coercion, in steps; diplomacy lets it pass faster [7.7] */
    if (r->has_spell && state == 2) left = coercion_at_start(c, r, &entries);
    for (int t = 0; t < c->model->steps; t++) {
        int before = state;
        if (r->has_spell && before == 2)
            state = left > 0 ? 2 : 1;
        else if (r->has_chain)
            state = moved(c, r, t, before);
        if (r->has_spell && state == 2 && before != 2) left = steps_of_coercion(c, r, entries++);
        ACTS(c, coercion_spells, r->has_spell && state == 2 && left > 1);
        ACTS(c, regimes, state);
        ACTS(c, scripted_rates, r->which && r->which[t]);
        ACTS(c, forced_regimes, r->script && r->script[t] >= 0 && r->script[t] != state);
        left -= r->hurry ? r->hurry[t] : 1;
        ACTS(c, diplomacy_hurries, r->has_spell && state == 2 && r->hurry && r->hurry[t] > 1);
        out[t] = r->script && r->script[t] >= 0 ? r->script[t] : state;
    }
}

/* ---- shocks and chokepoints [3.4, 3.5] ---- */

typedef struct { /* in steps */
    double from, to, severity;
} event;

/* Number `index` of the streams of a shock: a step, or an event in continuous time.  What does not reach this
 * part has no severity. */
static event draw_event(const second_common *c, const km_spell *s, int index, double from)
{
    double severity = kura_clamp01(kura_dist_quantile(&s->severity, draw(&s->stream, c->path, index, 4, 1)));
    double lasts = positive(kura_dist_quantile(&s->duration, draw(&s->stream, c->path, index, 4, 2)));
    if (!s->continuous) lasts = larger(1, ceil(lasts));
    return (event){from, from + lasts, severity};
}

static int reaches(const second_common *c, const km_spell *s, int index)
{
    int yes = !(s->probability < 1) || draw(&s->thin, c->path, index, 1, 0) > 1 - s->probability;
    ACTS(c, shocks_not_reaching, !yes);
    return yes;
}

/* By step: at most one event a step. */
static int events_by_step(const second_common *c, const km_spell *s, event *list)
{
    int n = 0;
    for (int t = 0; t < c->model->steps; t++) {
        const km_spell_onset *o = &s->onset[s->which ? s->which[t] : 0];
        double u = draw(&s->stream, c->path, t, 4, 0);
        if (o->p > 0 && passes(c, &s->loadings, t, u, 1 - o->p, o->z) && reaches(c, s, t))
            list[n++] = draw_event(c, s, t, t);
    }
    return n;
}

/* The time until which `expected` events are expected from `now` on; the rate may change from step to step.
 */
static double next_event(const second_common *c, const km_spell *s, double now, double expected)
{
    if (!s->which) return now + expected / s->onset[0].hazard;
    for (int t = (int)now; t < c->model->steps; t++, now = t) {
        ACTS(c, rates_in_time, s->which[t]);
        double hazard = s->onset[s->which[t]].hazard, here = hazard * (t + 1 - now);
        if (expected < here) return smaller(now + expected / hazard, t + 1);
        expected -= here;
    }
    return c->model->steps;
}

/* In continuous time the e-th event draws from number e, whenever it happens [R3.2].  With list NULL they are
 * only counted. */
static int events_in_time(const second_common *c, const km_spell *s, event *list)
{
    int n = 0;
    double now = 0;
    for (int e = 0;; e++) {
        now = next_event(c, s, now, -kura_log(1 - draw(&s->stream, c->path, e, 4, 0)));
        if (now >= c->model->steps) return n;
        if (!reaches(c, s, e)) continue;
        if (list) list[n] = draw_event(c, s, e, now);
        n++;
    }
}

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

/* What happens while others last joins them: the longest time and the highest severity win. */
static void longest_wins(const event *list, int n, int T, int point, double *loss)
{
    double to = 0, severity = 0;
    for (int i = 0; i < n; i++) {
        double until = i + 1 < n ? list[i + 1].from : T;
        severity = list[i].from < to ? larger(severity, list[i].severity) : list[i].severity;
        to = larger(to, list[i].to);
        spread(loss, T, list[i].from, smaller(to, until), severity, point);
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Between two times at which anything begins or ends, the severities of all that lasts add up. */
static void all_add_up(const second_common *c, const event *list, int n, int point, double *loss)
{
    int T = c->model->steps;
    double *time = KURA_NEW(c->arena, double, (size_t)(2 * n));
    for (int i = 0; i < n; i++) time[2 * i] = list[i].from, time[2 * i + 1] = list[i].to;
    qsort(time, (size_t)(2 * n), sizeof *time, ascending);
    for (int k = 0; k + 1 < 2 * n; k++) {
        double sum = 0;
        for (int i = 0; i < n; i++)
            if (list[i].from <= time[k] && list[i].to > time[k]) {
                ACTS(c, shocks_adding, sum > 0);
                sum += list[i].severity;
            }
        spread(loss, T, time[k], time[k + 1], smaller(1, sum), point);
    }
}

static void draw_spell(second_common *c, int index)
{
    const km_spell *s = &c->model->spells[index];
    int T = c->model->steps, most = s->continuous ? 0 : T;
    double *severity = c->severity[index] = KURA_NEW(c->arena, double, (size_t)T);
    unsigned char *active = c->active[index] = KURA_NEW(c->arena, unsigned char, (size_t)T);
    if (!(s->largest > 0)) return;
    if (s->continuous) most = events_in_time(c, s, NULL);
    event *list = KURA_NEW(c->arena, event, (size_t)most);
    int n = s->continuous ? events_in_time(c, s, list) : events_by_step(c, s, list);
    ACTS(c, shocks_by_step, n && !s->continuous && s->chokepoint < 0);
    ACTS(c, shocks_in_time, n && s->continuous);
    ACTS(c, shocks_by_point, n && s->point);
    ACTS(c, closures, n && s->chokepoint >= 0 && !s->degraded);
    if (s->add)
        all_add_up(c, list, n, s->point, severity);
    else
        longest_wins(list, n, T, s->point, severity);
    for (int t = 0; t < T; t++) severity[t] = smaller(1, severity[t]);
    for (int i = 0; i < n && !s->continuous; i++)
        for (int t = (int)list[i].from; t < T && t < list[i].to; t++) active[t] = 1;
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
        ACTS(c, host_indices, 1);
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
    second_draw_cycle(c);
}

/* ---- outages by event [3.3] ---- */

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
            ACTS(c, outages, 1);
            ACTS(c, outages_by_point, o->point);
            ACTS(c, failed_starts, !ups && o->start == SC_START_DOWN);
            ACTS(c, uptime_laws, o->up.kind != KURA_DIST_EXPONENTIAL && o->up.kind != KURA_DIST_WEIBULL);
            down = lasts;
        } else {
            now += down + lasts;
            down = 0;
        }
    }
}

/* ---- availability of a site ---- */

/* When a project begins, with all that it needs. */
static double begin_of(const second_common *c, const km_project *p)
{
    int cancelled = draw(&p->stream, c->path, 0, 4, 1) > 1 - p->cancellation;
    double begin = p->start + positive(kura_dist_quantile(&p->delay, draw(&p->stream, c->path, 0, 4, 0)));
    if (cancelled) begin = INFINITY;
    for (int i = 0; i < p->nneeds; i++) begin = larger(begin, begin_of(c, p->needs[i]));
    return begin;
}

static double ramp(const second_common *c, const km_project *p, int t)
{
    if (!p->given) return 1;
    double begin = begin_of(c, p);
    ACTS(c, projects_cancelled, isinf(begin));
    if (isinf(begin)) return 0;
    ACTS(c, projects, t < begin + p->ramp && t >= p->start);
    double there = p->ramp > 0 ? kura_clamp01((t - begin) / p->ramp) : t >= begin ? 1 : 0;
    return p->plan && p->plan[t] > 0 ? smaller(1, there / p->plan[t]) : there; /* of what is planned by now */
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
        available[t] *= ramp(c, &site->project, t);
        ACTS(c, site_scripts,
             second_script(&site->script, t, second_script(&site->country_script, t, 0.5)) != 0.5);
        ACTS(c, seasons, site->season && site->season[t] != 1);
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
    ACTS(c, escalations, 1);
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

/* Diplomacy against restrictions of one importer averts hits of the types aimed at it [7.7]. */
static int averted(const second_common *c, const km_decree *d, const hit *h, int t)
{
    const double *kept = d->kept ? d->kept[h->type - d->types] : NULL;
    int yes = kept && draw(&d->stream, c->path, t, 8, 5) > kept[t];
    ACTS(c, diplomacy_averts, yes);
    return yes;
}

/* Puts a hit into its series: announced from step `t` on, in force after the notice, then of age `age`.  One
 * that begins within a step counts from its start. */
static void put_hit(const second_common *c, const km_mineral *m, const km_decree *d, const hit *h, int t,
                    int notice, double age, second_hazards *out)
{
    int T = c->model->steps, series = d->first_series + h->type->series;
    double *severity = out->severity[series] + m->spin;
    unsigned char *announced = out->announced[series] + m->spin, *there = out->there[series] + m->spin;
    for (int end = t + notice; t < end && t < T; t++) {
        announced[t] = there[t] = 1;
        ACTS(c, announcements, 1);
    }
    for (double since = 0; t < T; t++, since += 1) {
        double s = profile(h, positive(age + since)); /* rounded once: a sum of steps drifts */
        if (s < 0) break;
        severity[t] = larger(severity[t], s);
        there[t] = 1;
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

/* ---- what restrictions do to each other [3.2]: everything reads the step before ---- */

/* Was a series of decrees announced or in force?  Of step 0 it is asked as it is at the start. */
static int was_there(const km_mineral *m, const second_hazards *h, int series, int t)
{
    return h->there[series][m->spin + (t > 0 ? t - 1 : 0)];
}

static int any_was_there(const km_mineral *m, const second_hazards *h, const km_decree *d, int t)
{
    int any = 0;
    for (int i = 0; i < d->nseries; i++) any |= was_there(m, h, d->first_series + i, t);
    return any;
}

/* Did the decree stop exports to `country`?  With `aimed`: by a type that names its targets. */
static int hit_country(const km_mineral *m, const second_hazards *h, const km_decree *d, int country,
                       int aimed, int t)
{
    int any = 0;
    for (int i = 0; i < d->nseries; i++)
        if (d->targets[i] ? d->targets[i][country] : !aimed) any |= was_there(m, h, d->first_series + i, t);
    return any;
}

/* A = 1 + min(most, minerals x others that the exporter restricts + importers x countries that this decree is
 * aimed at + factor if the other country restricts exports to it). */
static double multiple(const second_common *c, const second_hazards *all, const km_mineral *own,
                       const km_decree *d, int t)
{
    const km_coupling *k = &d->coupling;
    const km_model *model = c->model;
    int minerals = 0, importers = 0, answered = 0;
    if (!k->given) return 1;
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        for (int j = 0; j < m->ndecrees; j++) {
            const km_decree *other = &m->decrees[j];
            if (m != own && other->exporter == d->exporter) minerals += any_was_there(m, &all[i], other, t);
            if (other->exporter == k->against) answered |= hit_country(m, &all[i], other, d->exporter, 0, t);
        }
    }
    for (int country = 0; country < model->scenario->ncountries; country++)
        importers += hit_country(own, &all[own - model->minerals], d, country, 1, t);
    ACTS(c, contagion, k->minerals > 0 && minerals);
    ACTS(c, contagion_of_importers, k->importers > 0 && importers);
    ACTS(c, retaliation, k->retaliation > 0 && answered);
    return 1 +
           smaller(k->most, k->minerals * minerals + k->importers * importers + k->retaliation * answered);
}

/* Is there an onset in step t, its rate multiplied by A? */
static int begins(const second_common *c, const km_decree *d, int t, int regime, double A)
{
    const km_onset *o = &d->onset[d->which ? d->which[t] : 0];
    double p = o->p[regime], z = o->z[regime], u = draw(&d->stream, c->path, t, 8, 0);
    if (!(p > 0)) return 0;
    if (A != 1) {
        p = 1 - kura_exp(-(o->hazard[regime] * A));
        if (p >= 1) return 1;
        if (d->loadings.n)
            z = d->loadings.t >= 0 ? kura_student_quantile(d->loadings.nu, 1 - p) : kura_norm_inv(1 - p);
    }
    return passes(c, &d->loadings, t, u, 1 - p, z);
}

static int regime_of(const second_common *c, const km_decree *d, int t)
{
    return d->regime >= 0 ? c->regime[d->regime][t] : 0;
}

static void put_in_force(const second_common *c, const km_mineral *m, const km_decree *d, second_hazards *out)
{
    for (int i = 0; i < d->nin_force; i++) {
        const km_in_force *f = &d->in_force[i];
        hit h = draw_in_force(c, d, f);
        ACTS(c, in_force, 1);
        int from = (int)smaller(ceil(f->age), m->spin);
        put_hit(c, m, d, &h, -from, 0, f->age - from, out);
    }
}

/* All decrees of all minerals, step by step, because one may make another more likely: first what begins in
 * the step, then what it comes to. */
static void draw_decrees(const second_common *c, second_hazards *all)
{
    const km_model *model = c->model;
    unsigned char *begun = KURA_NEW(c->arena, unsigned char, (size_t)model->ndecrees);
#define EACH_DECREE                                                                                          \
    for (const km_mineral *m = model->minerals; m < model->minerals + model->nminerals; m++)                 \
        for (const km_decree *d = m->decrees; d < m->decrees + m->ndecrees; d++)
#define BEGUN begun[m->first_decree + (d - m->decrees)]
    EACH_DECREE put_in_force(c, m, d, &all[m - model->minerals]);
    for (int t = 0; t < model->steps; t++) {
        EACH_DECREE BEGUN = (unsigned char)begins(c, d, t, regime_of(c, d, t), multiple(c, all, m, d, t));
        EACH_DECREE if (BEGUN)
        {
            hit h = draw_hit(c, d, t, regime_of(c, d, t));
            if (averted(c, d, &h, t)) continue;
            ACTS(c, restrictions, 1);
            put_hit(c, m, d, &h, t, h.type->notice, 0, &all[m - model->minerals]);
        }
    }
#undef EACH_DECREE
#undef BEGUN
}

second_hazards *second_draw_hazards(const second_common *c)
{
    const km_model *model = c->model;
    second_hazards *all = KURA_NEW(c->arena, second_hazards, (size_t)model->nminerals);
    for (int k = 0; k < model->nminerals; k++) {
        const km_mineral *m = &model->minerals[k];
        second_hazards *h = &all[k];
        size_t T = (size_t)(model->steps + m->spin);
        h->severity = KURA_NEW(c->arena, double *, (size_t)m->nseries);
        h->announced = KURA_NEW(c->arena, unsigned char *, (size_t)m->nseries);
        h->there = KURA_NEW(c->arena, unsigned char *, (size_t)m->nseries);
        for (int i = 0; i < m->nseries; i++) {
            h->severity[i] = KURA_NEW(c->arena, double, T);
            h->announced[i] = KURA_NEW(c->arena, unsigned char, T);
            h->there[i] = KURA_NEW(c->arena, unsigned char, T);
        }
        h->available = KURA_NEW(c->arena, double *, (size_t)m->nsites);
        for (int b = 0; b < m->nsites; b++) {
            h->available[b] = KURA_NEW(c->arena, double, T);
            draw_site(c, &m->sites[b], h->available[b]);
        }
    }
    draw_decrees(c, all);
    return all;
}
