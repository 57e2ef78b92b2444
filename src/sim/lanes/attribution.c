/* Shares what is not served among its causes [8.10], see attribution.h.
 *
 * Every step keeps what outages, shocks and routes leave; all else is done on paths that are short.  A path
 * is followed from three memories before its first shortage on, and from there step by step as long as the
 * next shortage is as near. */
#include "sim/attribution.h"
#include "sim/lanes/lanes.h"

#define LEAST_LEFT 1e-6 /* a total loss counts as this */

static flane *kept(const kura_attribution *a, int row, int t)
{
    return &a->kept[(size_t)row * (size_t)a->ring + (size_t)(t % a->ring)];
}

/* ---- every step ---- */

static void keep(flane *out, const lane *left, int first)
{
    for (int l = 0; l < L; l++) out->v[l] = (float)left->v[l] * (first ? 1.0f : out->v[l]);
}

void kura_attribution_keep(const km_mineral *m, kura_work *w, int t)
{
    kura_attribution *a = w->attribution;
    for (int r = 0; r < a->nrows; r++) {
        const kura_ring_row *row = &a->rows[r];
        flane *out = kept(a, r, t);
        if (row->kind == KURA_RING_WAY) {
            keep(out, &w->way[row->index], 1);
            continue;
        }
        const km_site *site = &m->sites[row->index];
        if (t > 0 && !w->avail_changed[row->index]) {
            *out = *kept(a, r, t - 1);
            continue;
        }
        if (row->kind == KURA_RING_OUTAGE)
            for (int o = 0; o < site->noutages; o++)
                keep(out, w->site_clocks[row->index].outages[o].left, o == 0);
        else
            for (int i = 0; i < site->nspells; i++) keep(out, &w->spell_clocks[site->spells[i]].left, i == 0);
    }
}

/* ---- a path in a step ---- */

typedef struct {
    const km_model *model;
    const km_mineral *base, *m; /* the mineral; its base flow in the step */
    const kura_work *w;
    kura_attribution *a;
    const km_causes *c;
    int t, l, epoch; /* 0: before the first */
} moment;

static void blame(const moment *k, int cause, double weight, double left)
{
    if (cause < 0 || !(left < 1)) return;
    k->a->now[cause] -= weight * kura_log(kura_max(left, LEAST_LEFT));
}

static double regime_left(const moment *k, int regime)
{
    return k->model->regimes[regime].availability[k->w->regime[regime][k->t].v[k->l]];
}

/* The scripted value of what was x before. */
static double scripted(const moment *k, const km_script *s, double x)
{
    if (!s->mul) return x;
    double set = s->set[k->t];
    return !isnan(set) ? set : kura_clamp01(x * s->mul[k->t] + s->add[k->t]);
}

static void blame_arc(const moment *k, const km_cause_arc *c)
{
    const km_arc *a = &k->m->arcs[c->arc];
    double left = 1, before, weight = c->weight[k->epoch];
    if (!(weight > 0)) return;
    if (c->regime >= 0) {
        left = regime_left(k, a->regime);
        blame(k, c->regime, weight, left);
    }
    if (c->restriction >= 0) {
        double severity = 0;
        for (int i = 0; i < a->nseries; i++)
            severity = kura_max(severity, k->w->sigma[a->series[i]][k->t + k->m->spin].v[k->l]);
        severity = scripted(k, &a->severity_script, severity);
        blame(k, c->restriction, weight, 1 - severity);
        left *= 1 - severity;
    }
    double open = 1; /* the narrowest of the ways */
    int narrowest = -1;
    for (int i = 0; i < a->nspells; i++) {
        double way = (double)kept(k->a, k->a->way_row[a->spells[i]], k->t)->v[k->l];
        if (way < open) open = way, narrowest = i;
    }
    if (narrowest >= 0) blame(k, c->route[narrowest], weight, open);
    before = left * open;
    if (c->script >= 0 && before > 0) blame(k, c->script, weight, scripted(k, &a->script, before) / before);
}

/* What the hosts leave of the capacity of a by-product's site. */
static double host_left(const moment *k, const km_site *site)
{
    lane kav;
    double K = k->m->capacity_growth ? floor(k->m->capacity_growth[k->t] * site->K) : site->K;
    LANES(l) kav.v[l] = K;
    kura_limit_by_hosts(site, k->w, k->t, &kav);
    return K > 0 ? kav.v[k->l] / K : 1;
}

static void blame_site(const moment *k, const km_cause_site *c, int number)
{
    const km_site *site = &k->m->sites[c->site];
    double left = 1, weight = c->weight[k->epoch];
    if (!(weight > 0)) return;
    if (c->regime >= 0) {
        left = regime_left(k, site->regime);
        double K = site->by_regime ? site->K_regime[k->w->regime[site->regime][k->t].v[k->l]] / site->K : 1;
        blame(k, c->regime, weight, left * K);
    }
    if (c->outage >= 0) {
        double x = (double)kept(k->a, k->a->outage_row[number], k->t)->v[k->l];
        blame(k, c->outage, weight, x);
        left *= x;
    }
    if (c->shock >= 0) {
        double x = (double)kept(k->a, k->a->shock_row[number], k->t)->v[k->l];
        blame(k, c->shock, weight, x);
        left *= x;
    }
    if (c->project >= 0) {
        const km_project *p = &site->project;
        double age = k->t - k->w->site_clocks[c->site].project->start.v[k->l];
        double x = age < 0 ? 0 : age < p->ramp ? kura_clamp01(age / p->ramp) : 1;
        if (p->plan && p->plan[k->t] > 0) x = kura_min(1, x / p->plan[k->t]);
        blame(k, c->project, weight, x);
        left *= x;
    }
    if (c->host >= 0) blame(k, c->host, weight, host_left(k, site));
    if (c->script >= 0 && left > 0) {
        double x = scripted(k, &site->script, scripted(k, &site->country_script, left));
        if (site->season) x *= site->season[k->t];
        blame(k, c->script, weight, x / left);
    }
}

/* Smooths the losses of a path up to step t: e <- e + (v - e)/n, from three memories before. */
static void follow(moment *k, int t)
{
    int n = k->c->n, from = k->a->last[k->l] + 1;
    double *loss = k->a->loss + (size_t)k->l * (size_t)n, *now = k->a->now;
    int earliest = t - k->a->ring + 1;
    if (k->a->last[k->l] < 0 || from < earliest) {
        memset(loss, 0, (size_t)n * sizeof *loss);
        from = earliest < 0 ? 0 : earliest;
    }
    for (k->t = from; k->t <= t; k->t++) {
        memset(now, 0, (size_t)n * sizeof *now);
        k->m = km_now(k->base, k->t);
        k->epoch = k->m == k->base ? 0 : (int)(k->m - k->base->epochs) + 1;
        for (int i = 0; i < k->c->narcs; i++) blame_arc(k, &k->c->arcs[i]);
        for (int i = 0; i < k->c->nsites; i++) blame_site(k, &k->c->sites[i], i);
        for (int i = 0; i < n; i++) loss[i] = loss[i] + (now[i] - loss[i]) / k->c->memory;
    }
    k->a->last[k->l] = t;
}

/* What rounding leaves goes to the largest share, so that the shares sum to u. */
static void share_out(const moment *k, double u)
{
    int n = k->c->n, most = n - 1; /* the residual */
    const double *loss = k->a->loss + (size_t)k->l * (size_t)n;
    double sum = 0, rest = u;
    for (int i = 0; i < n; i++) {
        sum += loss[i];
        if (loss[i] > loss[most]) most = i;
    }
    for (int i = 0; i < n && sum > 0; i++) {
        if (i == most) continue;
        double x = u * (loss[i] / sum);
        k->a->amount[i].v[k->l] += x;
        rest -= x;
    }
    k->a->amount[most].v[k->l] += rest;
}

void kura_attribute(const km_model *model, const km_mineral *base, kura_work *w, int t)
{
    const kura_state *s = &w->state[0];
    lane u;
    if (w->exo.calm || t < model->burn) return;
    LANES(l) u.v[l] = 0;
    for (int c = 0; c < base->nconsumers; c++) {
        if (!base->consumers[c].focus) continue;
        const double *x = s->unserved[c].v;
        LANES(l) u.v[l] += x[l];
    }
    if (!any_positive(&u)) return;
    const km_causes *causes = &w->attribution->causes[base->scenario_mineral];
    moment k = {model, base, base, w, w->attribution, causes, t, 0, 0};
    for (k.l = 0; k.l < L; k.l++) {
        if (!(u.v[k.l] > 0)) continue;
        follow(&k, t);
        share_out(&k, u.v[k.l]);
    }
}
