/* Availability of sites over the whole horizon: outages, common shocks, regimes, scripts [3.3, 3.5, 3.6].
 *
 * Outages are alternating renewal processes with ordinal-addressed durations: event e of a unit draws its up
 * and down time from index e of its own streams, so no draw depends on the step at which it happens [R3.2].
 * Each down time is spread over the steps it covers in proportion to the time down (time average, the
 * default), however many transitions fall into one step; so the limit of two transitions a step of
 * model.md 3.3, a device of step-by-step programs, is not needed. */
#include "sim/lanes/renewal.h"
#include "sim/lanes/spread.h"
#include "num/dist.h"

/* Share lost in event e: slot 1 of its address, behind the length of the event. */
static double derate(const km_outage *o, const km_unit *unit, uint64_t path, uint64_t e)
{
    if (o->derating.kind == KURA_DIST_CONSTANT) return kura_clamp01(o->derating.a);
    double u = kura_stream_uniform(&unit->down, path, e * RENEWAL_SLOTS + 1);
    return kura_clamp01(kura_dist_quantile(&o->derating, u));
}

/* Up time of event 0 of every lane; exponential ones by log(1 - u), later ones by log1p. */
static void first_up_times(const km_outage *o, renewal *up, lane *time)
{
    if (o->up.kind == KURA_DIST_EXPONENTIAL) {
        double mean = o->up.a;
        lane u;
        kura_lane_stream s = up->stream;
        kura_lane_uniform(&s, u.v);
        LANES(l) time->v[l] = -mean * kura_log(1 - u.v[l]);
    } else {
        renewal_draw(up);
        *time = up->row[0];
    }
}

/* Failures of a unit over the horizon, about. */
static double failures(const km_model *model, const km_outage *o)
{
    return model->steps / (kura_dist_mean(&o->up) + kura_dist_mean(&o->down));
}

static void draw_unit(const km_model *model, const km_outage *o, const km_unit *unit, kura_work *w,
                      touched *range, uint64_t first_path)
{
    renewal up, down;
    lane *loss = w->loss, time, init;
    double expected = failures(model, o);
    renewal_start(&up, &unit->up, &o->up, expected + 1, first_path); /* the last one ends the horizon */
    renewal_start(&down, &unit->down, &o->down, expected, first_path);
    first_up_times(o, &up, &time);
    if (o->start == SC_START_STATIONARY) {
        kura_lane_stream s;
        kura_lane_stream_init(&s, &unit->init, first_path, 0, 2);
        kura_lane_uniform(&s, init.v);
    }
    for (int l = 0; l < L; l++) {
        uint64_t path = first_path + (uint64_t)l;
        double now = time.v[l];
        uint64_t e_up = 1, e_down = 0;
        if (o->start == SC_START_DOWN) { /* just failed: a fresh down time, then a fresh up time */
            double length = renewal_at(&down, l, e_down);
            spread(loss, range, model->steps, l, 0, length, unit->share * derate(o, unit, path, e_down),
                   o->point);
            e_down = 1;
            now = length + time.v[l];
        } else if (o->start == SC_START_STATIONARY) { /* equilibrium start [R1.4] */
            if (init.v[l] > o->up_probability) {
                double left =
                    kura_dist_residual_quantile(&o->down, kura_stream_uniform(&unit->init, path, 1));
                spread(loss, range, model->steps, l, 0, left, unit->share * derate(o, unit, path, e_down),
                       o->point);
                e_down = 1;
                now = left + time.v[l];
            } else if (o->up.kind != KURA_DIST_EXPONENTIAL) { /* memoryless otherwise */
                now = kura_dist_residual_quantile(&o->up, kura_stream_uniform(&unit->init, path, 1));
            }
        }
        while (now < model->steps) {
            w->events[o->scenario_outage].n[l] += now >= model->burn;
            double length = renewal_at(&down, l, e_down);
            spread(loss, range, model->steps, l, now, now + length,
                   unit->share * derate(o, unit, path, e_down), o->point);
            e_down++;
            now += length + renewal_at(&up, l, e_up++);
        }
    }
}

static void fill(lane *avail, int from, int to)
{
    for (int t = from; t < to; t++) LANES(l) avail[t].v[l] = 1;
}

/* `fresh`: nothing is in `avail` yet, which stands for 1. */
static void draw_outage(const km_model *model, const km_outage *o, kura_work *w, lane *avail, int fresh,
                        uint64_t first_path)
{
    touched range = {model->steps, -1};
    for (int i = 0; i < o->nunits; i++) draw_unit(model, o, &o->units[i], w, &range, first_path);
    if (fresh) { /* one pass over memory instead of two */
        fill(avail, 0, range.first);
        for (int t = range.first; t <= range.last; t++) {
            lane *x = &w->loss[t], *k = &avail[t];
            LANES(l)
            {
                k->v[l] = kura_max(0, 1 - x->v[l]);
                x->v[l] = 0;
            }
        }
        fill(avail, range.last < range.first ? range.first : range.last + 1, model->steps);
        return;
    }
    for (int t = range.first; t <= range.last; t++) {
        lane *x = &w->loss[t], *k = &avail[t];
        LANES(l)
        {
            k->v[l] *= kura_max(0, 1 - x->v[l]);
            x->v[l] = 0;
        }
    }
}

static void apply_spell(const kura_segments *list, lane *avail)
{
    for (int i = 0; i < list->n; i++) {
        const kura_segment *g = &list->items[i];
        for (int t = g->from; t < g->to; t++) avail[t].v[g->lane] *= 1 - g->severity;
    }
}

/* Returns whether it wrote anything. */
static int start_with_regime(const km_model *model, const km_regime *r, const blane *regime, lane *avail)
{
    const double *k = r->availability;
    if (k[0] == 1 && k[1] == 1 && k[2] == 1) return 0;
    for (int t = 0; t < model->steps; t++)
        for (int l = 0; l < L; l++) avail[t].v[l] = k[regime[t].v[l]];
    return 1;
}

/* A site that begins later: nothing before its start, then a ramp; nothing for ever when cancelled (high U)
 * [3.6]. */
static void apply_project(const km_model *model, const km_project *p, lane *avail, uint64_t first_path)
{
    for (int l = 0; l < L; l++) {
        uint64_t path = first_path + (uint64_t)l;
        double delay = kura_max(0, kura_dist_quantile(&p->delay, kura_stream_uniform(&p->stream, path, 0)));
        double start = p->start + delay;
        if (kura_stream_uniform(&p->stream, path, 1) > 1 - p->cancellation) start = INFINITY;
        for (int t = 0; t < model->steps && (t < start || t - start < p->ramp); t++)
            avail[t].v[l] *= t < start ? 0 : kura_clamp01((t - start) / p->ramp);
    }
}

kura_status kura_draw_availability(const km_model *model, const km_mineral *m, kura_work *w,
                                   uint64_t first_path)
{
    int used = 0;
    for (int s = 0; s < m->nsites; s++) {
        const km_site *site = &m->sites[s];
        w->avail[s] = NULL;
        if (!site->varies) continue;
        lane *avail = w->avail_pool + (size_t)model->steps * (size_t)used++;
        w->avail[s] = avail;
        int fresh = site->regime < 0 ||
                    !start_with_regime(model, &model->regimes[site->regime], w->regime[site->regime], avail);
        for (int o = 0; o < site->noutages; o++, fresh = 0)
            draw_outage(model, &site->outages[o], w, avail, fresh, first_path);
        if (fresh) fill(avail, 0, model->steps);
        for (int i = 0; i < site->nspells; i++) apply_spell(&w->spells[site->spells[i]], avail);
        if (site->project.given) apply_project(model, &site->project, avail, first_path);
        if (site->country_script.mul || site->script.mul)
            for (int t = 0; t < model->steps; t++) {
                apply_script(&site->country_script, t, &avail[t]);
                apply_script(&site->script, t, &avail[t]);
            }
        if (site->season)
            for (int t = 0; t < model->steps; t++) {
                double season = site->season[t];
                LANES(l) avail[t].v[l] *= season;
            }
    }
    for (int o = 0; o < model->scenario->noutages; o++)
        count_events(w, &w->events[o], m->event_outage + o, first_path);
    return KURA_OK;
}
