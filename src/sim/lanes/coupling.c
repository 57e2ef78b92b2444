/* Restrictions that make each other more likely [3.2]: contagion between minerals and importers of an
 * exporter, and retaliation between countries.
 *
 * Minerals are the outer loop of a bundle, and a decree may wait for those of other minerals; so where a
 * scenario has such a dependence, the hits of all decrees are found here, over time, before the minerals.
 * Decrees of step t-1 multiply the rates of step t by A >= 1, which does not fall with what is in force:
 * the system is attractive, more of any hazard never gives fewer hits.  A decree counts from its
 * announcement until its severity is over; scripted severities do not count.  Every number comes from the
 * same address as without coupling; with all A = 1 the hits are the same ones. */
#include "sim/lanes/decree.h"

static const km_decree *decree_of(const km_model *model, int k, const km_mineral **mineral)
{
    for (int i = 0; i < model->nminerals; i++) {
        *mineral = &model->minerals[i];
        if (k < (*mineral)->first_decree + (*mineral)->ndecrees)
            return &(*mineral)->decrees[k - (*mineral)->first_decree];
    }
    return NULL;
}

/* First step in which a decree whose force begins in step `from`, `age` steps old, is over. */
static int end_of(const km_model *model, const decree_profile *p, int from, double age)
{
    int t = from;
    while (t < model->steps && decree_severity(p, kura_max(0, age + (t - from))) >= 0) t++;
    return t;
}

static void extend(kura_coupled *c, int series, int l, int end)
{
    if (end > c->until[series].v[l]) c->until[series].v[l] = end;
}

static void start(const km_model *model, const km_decree *d, kura_coupled *c, uint64_t first_path)
{
    kura_lane_stream_init(&c->stream, &d->stream, first_path, 0, DECREE_SLOTS);
    for (int s = 0; s < d->nseries; s++)
        for (int l = 0; l < L; l++) c->until[s].v[l] = 0;
    for (int i = 0; i < d->nin_force; i++)
        for (int l = 0; l < L; l++) {
            decree_profile p;
            const km_type *k = decree_draw_in_force(d, &d->in_force[i], first_path + (uint64_t)l, &p);
            extend(c, k->series, l, end_of(model, &p, 0, d->in_force[i].age));
        }
}

/* In force or announced at the end of step t-1; of the start for t = 0. */
static int active(const kura_coupled *c, int series, int t, int l)
{
    return c->until[series].v[l] > (t > 0 ? t - 1 : 0);
}

static int any_active(const km_decree *d, const kura_coupled *c, int t, int l)
{
    for (int s = 0; s < d->nseries; s++)
        if (active(c, s, t, l)) return 1;
    return 0;
}

static int hits_country(const km_decree *d, const kura_coupled *c, int country, int t, int l, int aimed)
{
    for (int s = 0; s < d->nseries; s++) {
        int includes = d->targets[s] ? d->targets[s][country] : !aimed;
        if (includes && active(c, s, t, l)) return 1;
    }
    return 0;
}

/* A of decree number k in step t. */
static double multiple(const km_model *model, const kura_work *w, int k, const km_decree *d, int t, int l)
{
    const km_coupling *own = &d->coupling;
    int minerals = 0, importers = 0, answered = 0;
    if (!own->given) return 1;
    for (int i = 0, j = 0; i < model->nminerals; i++)
        for (int n = 0; n < model->minerals[i].ndecrees; n++, j++) {
            const km_decree *other = &model->minerals[i].decrees[n];
            if (j != k && other->exporter == d->exporter) minerals += any_active(other, &w->coupled[j], t, l);
            if (other->exporter == own->against && !answered)
                answered = hits_country(other, &w->coupled[j], d->exporter, t, l, 0);
        }
    for (int country = 0; own->importers > 0 && country < model->scenario->ncountries; country++)
        importers += hits_country(d, &w->coupled[k], country, t, l, 1);
    double more = own->minerals * minerals + own->importers * importers + own->retaliation * answered;
    return 1 + kura_min(own->most, more);
}

/* Hits of one decree in step t, as bits; only numbers above the lowest possible threshold are looked at. */
static uint64_t hits_of(const km_model *model, kura_work *w, int k, const km_decree *d, int t,
                        uint64_t first_path)
{
    lane u;
    uint64_t bits = 0;
    double lowest = INFINITY;
    kura_lane_uniform(&w->coupled[k].stream, u.v);
    if (!d->may_begin) return 0;
    decree_latent(d, w, t, &u);
    for (int r = 0; r < 3; r++) lowest = kura_min(lowest, decree_threshold(d, t, r, 1 + d->coupling.largest));
    if (!any_above(&u, lowest)) return 0;
    for (int l = 0; l < L; l++) {
        if (!(u.v[l] > lowest)) continue;
        int r = d->regime >= 0 ? w->regime[d->regime][t].v[l] : 0;
        if (u.v[l] > decree_threshold(d, t, r, multiple(model, w, k, d, t, l)) &&
            !decree_averted(d, r, first_path + (uint64_t)l, t))
            bits |= (uint64_t)1 << l;
    }
    return bits;
}

/* After all decrees of step t: what was hit is active from now on. */
static void remember(const km_model *model, kura_work *w, int k, const km_decree *d, int t,
                     uint64_t first_path)
{
    uint64_t bits = w->hits[k][t];
    for (int l = 0; bits && l < L; l++) {
        if (!(bits >> l & 1)) continue;
        decree_profile p;
        int r = d->regime >= 0 ? w->regime[d->regime][t].v[l] : 0;
        const km_type *type = decree_draw(d, r, first_path + (uint64_t)l, t, &p);
        extend(&w->coupled[k], type->series, l, end_of(model, &p, t + p.notice, 0));
    }
}

void kura_draw_coupling(const km_model *model, kura_work *w, uint64_t first_path)
{
    const km_mineral *m;
    if (!model->coupled) return;
    for (int k = 0; k < model->ndecrees; k++)
        start(model, decree_of(model, k, &m), &w->coupled[k], first_path);
    for (int t = 0; t < model->steps; t++) {
        for (int k = 0; k < model->ndecrees; k++)
            w->hits[k][t] = hits_of(model, w, k, decree_of(model, k, &m), t, first_path);
        for (int k = 0; k < model->ndecrees; k++)
            if (w->hits[k][t]) remember(model, w, k, decree_of(model, k, &m), t, first_path);
    }
}
