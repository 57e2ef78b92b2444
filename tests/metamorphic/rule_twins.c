/* M13: two importers that are alike fare alike, to the last bit, whatever happens to the others.
 *
 * KOR is made a copy of JPN: trade, lags, routes, demand, stocks, stockpiles, sites.  What has random numbers
 * of its own in a country or site (regimes, outages of its plants, bans on it alone) is taken off both.
 * Neither sells anything: they are importers, and ties between exporters go by the country list (base flow,
 * clean-up rounds). */
#include "rules.h"
#include <stdio.h>
#include <string.h>

static meta_model model;
static long shortages;

static int is_korean_site(const meta_site *s, const void *user) { return (void)user, s->country == META_KOR; }
static int is_korean_demand(const meta_demand *d, const void *user)
{
    return (void)user, d->country == META_KOR;
}
static int is_korean_tier(const meta_tier *t, const void *user) { return (void)user, t->country == META_KOR; }
static int is_korean_hub(const meta_hub *h, const void *user) { return (void)user, h->country == META_KOR; }
static int wrong_arc(const meta_arc *a, const void *user)
{
    (void)user;
    return a->to == META_KOR || a->from == META_KOR || a->from == META_JPN;
}

static void make_twins(meta_model *m, uint64_t number)
{
    unsigned both = 1u << META_JPN | 1u << META_KOR;
    meta_make(m, number, META_DEFAULT);
    meta_drop_sites(m, is_korean_site, NULL);
    meta_drop_demands(m, is_korean_demand, NULL);
    meta_drop_tiers(m, is_korean_tier, NULL);
    meta_drop_hubs(m, is_korean_hub, NULL);
    meta_drop_arcs(m, wrong_arc, NULL);
    for (int i = 0, n = m->nsites; i < n; i++)
        if (m->sites[i].country == META_JPN) {
            meta_site *s = &m->sites[m->nsites++];
            *s = m->sites[i];
            s->country = META_KOR;
            memcpy(strstr(s->id, "JPN"), "KOR", 3);
        }
    for (int i = 0, n = m->narcs; i < n; i++)
        if (m->arcs[i].to == META_JPN) {
            m->arcs[m->narcs] = m->arcs[i];
            m->arcs[m->narcs++].to = META_KOR;
        }
    for (int i = 0, n = m->ndemands; i < n; i++)
        if (m->demands[i].country == META_JPN) {
            m->demands[m->ndemands] = m->demands[i];
            m->demands[m->ndemands++].country = META_KOR;
        }
    for (int i = 0, n = m->ntiers; i < n; i++)
        if (m->tiers[i].country == META_JPN) {
            meta_tier *t = &m->tiers[m->ntiers++];
            *t = m->tiers[i];
            t->country = META_KOR;
            strcat(t->id, "K");
        }
    for (int i = 0, n = m->nhubs; i < n; i++)
        if (m->hubs[i].country == META_JPN) {
            m->hubs[m->nhubs] = m->hubs[i];
            m->hubs[m->nhubs++].country = META_KOR;
        }
    m->regimes &= ~both;
    m->restricting &= ~both;
    m->outage_countries &= ~both;
    m->target = META_NONE;
    m->scripts = 0;
    if (strstr(m->by_product, "JPN") || strstr(m->by_product, "KOR"))
        m->by_product[0] = 0; /* it would bind one twin only */
}

/* The name of the same object of KOR; 0 when it has nothing to do with JPN. */
static int counterpart(const char *dim, const char *object, char *out, size_t size)
{
    snprintf(out, size, "%s", object);
    if (!strcmp(dim, "tier")) {
        for (int i = 0; i < model.ntiers; i++)
            if (!strcmp(model.tiers[i].id, object))
                return model.tiers[i].country == META_JPN && (strcat(out, "K"), 1);
        return 0;
    }
    char *at = strstr(out, "JPN");
    if (!at) return 0;
    memcpy(at, "KOR", 3);
    return 1;
}

static int alike(const meta_world *w)
{
    const kf_group *g = kura_frame_find(w->frame, "paths");
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i];
        int n;
        if (v->type != KF_F64 || v->ndims != 3) continue;
        const char *const *labels = meta_labels(w, v->dims[0], &n);
        for (int o = 0; o < n; o++) {
            char other[80];
            if (!counterpart(v->dims[0], labels[o], other, sizeof other)) continue;
            const double *x = meta_series(w, v->name, v->dims[0], labels[o]),
                         *y = meta_series(w, v->name, v->dims[0], other);
            if (!y) return meta_say("no %s of %s", v->name, other);
            for (int c = 0; c < w->T * w->n; c++) {
                if (x[c] != y[c])
                    return meta_say("%s of %s, step %d, path %d: %.17g, its twin %.17g", v->name, labels[o],
                                    c / w->n, c % w->n, x[c], y[c]);
                shortages += x[c] > 0 && !strcmp(v->name, "unserved");
            }
        }
    }
    return 0;
}

static int twins(int number)
{
    meta_world w = {0};
    make_twins(&model, (uint64_t)number);
    int bad = meta_run(&w, meta_compose(&model, (meta_style){0})) || alike(&w);
    meta_drop(&w);
    return bad;
}

static int enough(void)
{
    printf("  %ld shortages of a twin\n", shortages);
    int bad = shortages < 1000;
    shortages = 0;
    return bad ? meta_say("hardly any shortages") : 0;
}

const meta_rule meta_rules_twins[] = {
    {"M13",
     "=, two importers that are alike: every cell of their hubs, sites, arcs, stockpiles and consumers", 200,
     twins, enough, 0},
    {0}};
