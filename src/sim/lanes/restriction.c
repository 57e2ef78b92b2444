/* Export restrictions of one mineral over the whole horizon [3.2].
 *
 * Onsets are addressed by step: whether step t starts a decree, and everything about that decree, comes from
 * the slots of address t.  The severity in force is the maximum over the profiles of all hits so far: freeze,
 * plateau, second plateau, relaxation. */
#include "sim/lanes/decree.h"

/* Writes the profile of one decree that is `age` steps old at row `from` of `rows`. */
static void write_profile(lane *sigma, int rows, int l, int from, double age, const decree_profile *p)
{
    for (int t = from; t < rows; t++) {
        double s = kura_max(0, age + (t - from)); /* a step partly before its beginning counts as its first */
        double x = decree_severity(p, s);
        if (x < 0) return;
        if (x > sigma[t].v[l]) sigma[t].v[l] = x;
    }
}

/* Row r of a severity series is step r - spin: restrictions in force act from their beginning [R1.4]. */
static void start_in_force(const km_model *model, const km_mineral *m, const km_decree *d, kura_work *w,
                           uint64_t first_path)
{
    int rows = m->spin + model->steps;
    for (int i = 0; i < d->nin_force; i++) {
        const km_in_force *f = &d->in_force[i];
        for (int l = 0; l < L; l++) {
            decree_profile p;
            const km_type *k = decree_draw_in_force(d, f, first_path + (uint64_t)l, &p);
            int from = m->spin - (int)ceil(f->age);
            if (from < 0) from = 0;
            write_profile(w->sigma[d->first_series + k->series], rows, l, from, f->age - (m->spin - from),
                          &p);
        }
    }
}

/* Announced in step t, in force `notice` steps later. */
static void hit(const km_model *model, const km_mineral *m, const km_decree *d, int regime, kura_work *w,
                int t, int l, uint64_t path)
{
    decree_profile p;
    const km_type *k = decree_draw(d, regime, path, t, &p);
    int rows = m->spin + model->steps, series = d->first_series + k->series, from = m->spin + t;
    for (int r = from; r < from + p.notice && r < rows; r++) w->announced[series][r].v[l] = 1;
    write_profile(w->sigma[series], rows, l, from + p.notice, 0, &p);
}

/* Is anything of this decree in force or announced on the lane already?  Then a hit deepens it but is no new
 * restriction: the record counts restrictions by their beginning. */
static int in_force(const km_mineral *m, const km_decree *d, const kura_work *w, int t, int l)
{
    for (int s = d->first_series; s < d->first_series + d->nseries; s++)
        if (w->sigma[s][m->spin + t].v[l] > 0 || (w->announced[s] && w->announced[s][m->spin + t].v[l]))
            return 1;
    return 0;
}

static void begin(const km_model *model, const km_mineral *m, const km_decree *d, kura_work *w, int regime,
                  int t, int l, uint64_t first_path)
{
    w->events[0].n[l] += t >= model->burn && !in_force(m, d, w, t, l);
    hit(model, m, d, regime, w, t, l, first_path + (uint64_t)l);
}

static int regime_of(const km_decree *d, const kura_work *w, int t, int l)
{
    return d->regime >= 0 ? w->regime[d->regime][t].v[l] : 0;
}

/* Hits that the joint pass has found [coupling.c]. */
static void draw_coupled(const km_model *model, const km_mineral *m, const km_decree *d, kura_work *w,
                         uint64_t first_path)
{
    const uint64_t *hits = w->hits[m->first_decree + (d - m->decrees)];
    for (int t = 0; t < model->steps; t++)
        for (int l = 0; hits[t] && l < L; l++)
            if (hits[t] >> l & 1) begin(model, m, d, w, regime_of(d, w, t, l), t, l, first_path);
}

static void draw_decree(const km_model *model, const km_mineral *m, const km_decree *d, kura_work *w,
                        uint64_t first_path)
{
    start_in_force(model, m, d, w, first_path);
    if (!d->may_begin) return;
    if (model->coupled) {
        draw_coupled(model, m, d, w, first_path);
        return;
    }
    kura_lane_stream s;
    kura_lane_stream_init(&s, &d->stream, first_path, 0, DECREE_SLOTS);
    for (int t = 0; t < model->steps; t++) {
        lane u;
        kura_lane_uniform(&s, u.v);
        decree_latent(d, w, t, &u);
        double above[3];
        for (int r = 0; r < 3; r++) above[r] = decree_threshold(d, t, r, 1);
        /* a vote: nothing can happen below the lowest threshold of any regime */
        if (!any_above(&u, kura_min(above[0], kura_min(above[1], above[2])))) continue;
        for (int l = 0; l < L; l++) {
            int r = regime_of(d, w, t, l);
            if (!(u.v[l] > above[r]) || decree_averted(d, r, first_path + (uint64_t)l, t)) continue;
            begin(model, m, d, w, r, t, l, first_path);
        }
    }
}

kura_status kura_draw_restrictions(const km_model *model, const km_mineral *m, kura_work *w,
                                   uint64_t first_path)
{
    size_t rows = (size_t)m->spin + (size_t)model->steps;
    for (int i = 0; i < m->nseries; i++) {
        w->sigma[i] = w->sigma_pool + rows * (size_t)i;
        memset(w->sigma[i], 0, sizeof(lane) * rows);
        w->announced[i] = m->with_notice[i] ? w->announced_pool + rows * (size_t)i : NULL;
        if (w->announced[i]) memset(w->announced[i], 0, sizeof(blane) * rows);
    }
    for (int i = 0; i < m->ndecrees; i++) {
        draw_decree(model, m, &m->decrees[i], w, first_path);
        count_events(w, &w->events[0], m->event_decree + i, first_path);
    }
    return KURA_OK;
}
