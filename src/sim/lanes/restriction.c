/* Export restrictions of one mineral over the whole horizon [3.2].
 *
 * Onsets are addressed by step: whether step t starts a decree, and everything about that decree, comes from
 * the slots of address t.  The severity in force is the maximum over the profiles of all hits so far: freeze,
 * plateau, relaxation. */
#include "sim/lanes/lanes.h"
#include "num/dist.h"

#define SEVERITY_END 0.02 /* a relaxing restriction ends below this */

/* Writes the profile of one decree that is `age` steps old at row `from` of `rows`. */
static void write_profile(lane *sigma, int rows, int l, int from, double age, double freeze, double duration,
                          double severity, double half_life)
{
    for (int t = from; t < rows; t++) {
        double s = kura_max(0, age + (t - from)), x; /* a step partly before its beginning counts as its first */
        if (s < freeze)
            x = 1;
        else if (s < freeze + duration)
            x = severity;
        else {
            if (!(half_life > 0)) return;
            x = severity * kura_exp(-0.693147180559945309417 * ((s - freeze - duration) / half_life));
            if (x < SEVERITY_END) return;
        }
        if (x > sigma[t].v[l]) sigma[t].v[l] = x;
    }
}

/* Row r of a severity series is step r - spin: restrictions in force act from their beginning [R1.4]. */
static void start_in_force(const km_model *model, const km_mineral *m, const km_decree *d, lane *sigma,
                           uint64_t first_path)
{
    int rows = m->spin + model->steps;
    for (int i = 0; i < d->nin_force; i++) {
        const km_in_force *f = &d->in_force[i];
        const km_type *k = &d->types[f->type];
        for (int l = 0; l < L; l++) {
            uint64_t path = first_path + (uint64_t)l;
            double freeze =
                kura_max(0, kura_dist_quantile(&k->freeze, kura_stream_uniform(&f->stream, path, 4)));
            double severity = f->severity;
            if (isnan(severity))
                severity =
                    kura_clamp01(kura_dist_quantile(&k->severity, kura_stream_uniform(&f->stream, path, 2)));
            double lived = kura_max(0, f->age - freeze); /* in the plateau already: it has outlived that */
            double duration =
                kura_dist_quantile_above(&k->duration, lived, kura_stream_uniform(&f->stream, path, 3));
            int from = m->spin - (int)ceil(f->age);
            if (from < 0) from = 0;
            write_profile(sigma + (size_t)rows * (size_t)k->series, rows, l, from, f->age - (m->spin - from),
                          freeze, kura_max(1, duration), severity, k->half_life);
        }
    }
}

static void hit(const km_model *model, const km_mineral *m, const km_decree *d, int regime, lane *sigma,
                int t, int l, uint64_t path)
{
    uint64_t at = (uint64_t)t * 8;
    double u = kura_stream_uniform(&d->stream, path, at + 1);
    int type = 0;
    while (type < d->ntypes - 1 && u > d->types[type].share[regime]) type++;
    const km_type *k = &d->types[type];
    double severity =
        kura_clamp01(kura_dist_quantile(&k->severity, kura_stream_uniform(&d->stream, path, at + 2)));
    double duration = kura_dist_quantile(&k->duration, kura_stream_uniform(&d->stream, path, at + 3));
    double freeze = kura_dist_quantile(&k->freeze, kura_stream_uniform(&d->stream, path, at + 4));
    int rows = m->spin + model->steps;
    write_profile(sigma + (size_t)rows * (size_t)k->series, rows, l, m->spin + t, 0, kura_max(0, freeze),
                  kura_max(1, duration), severity, k->half_life);
}

/* Is anything of this decree in force on the lane already?  Then a hit deepens it but is no new restriction:
 * the record counts restrictions by their beginning. */
static int in_force(const km_model *model, const km_mineral *m, const km_decree *d, const lane *sigma, int t,
                    int l)
{
    size_t rows = (size_t)m->spin + (size_t)model->steps;
    for (int s = 0; s < d->nseries; s++)
        if (sigma[rows * (size_t)s + (size_t)(m->spin + t)].v[l] > 0) return 1;
    return 0;
}

static void draw_decree(const km_model *model, const km_mineral *m, const km_decree *d, kura_work *w,
                        lane *sigma, uint64_t first_path)
{
    start_in_force(model, m, d, sigma, first_path);
    if (!(d->p[0] > 0 || d->p[1] > 0 || d->p[2] > 0)) return;
    kura_lane_stream s;
    kura_lane_stream_init(&s, &d->stream, first_path, 0, 8);
    const blane *regime = d->regime >= 0 ? w->regime[d->regime] : NULL;
    double lowest = 2;
    for (int r = 0; r < 3; r++) lowest = kura_min(lowest, 1 - d->p[r]);
    for (int t = 0; t < model->steps; t++) {
        lane u;
        kura_lane_uniform(&s, u.v);
        if (!d->loadings.n) { /* a vote: nothing can happen below the lowest threshold of any regime */
            if (!any_above(&u, lowest)) continue;
            for (int l = 0; l < L; l++) {
                int r = regime ? regime[t].v[l] : 0;
                if (u.v[l] > 1 - d->p[r]) {
                    w->events[0].n[l] += t >= model->burn && !in_force(model, m, d, sigma, t, l);
                    hit(model, m, d, r, sigma, t, l, first_path + (uint64_t)l);
                }
            }
        } else {
            lane z;
            LANES(l) z.v[l] = d->loadings.own * kura_norm_inv(u.v[l]);
            for (int g = 0; g < d->loadings.n; g++) {
                const lane *x = &w->factor[d->loadings.factor[g]][t];
                double loading = d->loadings.loading[g];
                LANES(l) z.v[l] += loading * x->v[l];
            }
            for (int l = 0; l < L; l++) {
                int r = regime ? regime[t].v[l] : 0;
                if (z.v[l] > d->z[r]) {
                    w->events[0].n[l] += t >= model->burn && !in_force(model, m, d, sigma, t, l);
                    hit(model, m, d, r, sigma, t, l, first_path + (uint64_t)l);
                }
            }
        }
    }
}

kura_status kura_draw_restrictions(const km_model *model, const km_mineral *m, kura_work *w,
                                   uint64_t first_path)
{
    for (int i = 0; i < m->nseries; i++) {
        size_t rows = (size_t)m->spin + (size_t)model->steps;
        w->sigma[i] = w->sigma_pool + rows * (size_t)i;
        memset(w->sigma[i], 0, sizeof(lane) * rows);
    }
    for (int i = 0; i < m->ndecrees; i++) {
        const km_decree *d = &m->decrees[i];
        draw_decree(model, m, d, w, w->sigma[d->first_series], first_path);
        count_events(w, &w->events[0], m->event_decree + i, first_path);
    }
    return KURA_OK;
}
