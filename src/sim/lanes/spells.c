/* Common shocks and chokepoints over the whole horizon [3.4, 3.5]: compound Poisson processes whose effect is
 * a list of stretches of steps, each with its severity.
 *
 * By step (the default): at most one event a step, lasting whole steps; an event joins what is active, the
 * longest and the hardest wins.  Shocks can also come in continuous time, and overlapping ones add up: then
 * the events of a lane are gathered first and put together afterwards. */
#include "sim/lanes/latent.h"
#include "sim/lanes/spread.h"
#include "num/dist.h"

enum { SPELL_SLOTS = 4 }; /* 0 hit or gap, 1 severity, 2 duration */

static kura_status too_many(kura_work *w)
{
    w->error.code = KURA_E_INTERNAL;
    snprintf(w->error.message, sizeof w->error.message, "more shocks than foreseen on one bundle of paths");
    return KURA_E_INTERNAL;
}

/* A hit joins what is still active: the longest remaining time and the highest severity win [3.5]. */
static kura_status add_segment(kura_work *w, kura_segments *list, int *open, int lane_index, int t, int to,
                               double severity)
{
    if (list->n == list->max) return too_many(w);
    kura_segment *now = &list->items[list->n];
    *now = (kura_segment){lane_index, t, to, severity};
    if (open[lane_index] >= 0) {
        kura_segment *old = &list->items[open[lane_index]];
        if (old->to > t) {
            if (old->to > now->to) now->to = old->to;
            if (old->severity > now->severity) now->severity = old->severity;
            old->to = t;
        }
    }
    open[lane_index] = list->n++;
    return KURA_OK;
}

static double severity_of(const km_spell *spell, uint64_t path, uint64_t at)
{
    return kura_clamp01(
        kura_dist_quantile(&spell->severity, kura_stream_uniform(&spell->stream, path, at + 1)));
}

static double duration_of(const km_spell *spell, uint64_t path, uint64_t at)
{
    return kura_max(0,
                    kura_dist_quantile(&spell->duration, kura_stream_uniform(&spell->stream, path, at + 2)));
}

/* Does event `index` of the shock reach this part? */
static int reaches(const km_spell *spell, uint64_t path, uint64_t index)
{
    return !(spell->probability < 1 &&
             !(kura_stream_uniform(&spell->thin, path, index) > 1 - spell->probability));
}

static kura_status happen(kura_work *w, int *n, int l, double from, double to, double severity)
{
    if (*n == w->nhappenings) return too_many(w);
    w->happenings[(*n)++] = (kura_happening){l, from, to, severity};
    return KURA_OK;
}

/* By step.  Overlapping events that add up go to the happenings, the others straight to the list. */
static kura_status draw_by_step(const km_model *model, const km_spell *spell, kura_work *w,
                                kura_segments *list, int *happened, uint64_t first_path)
{
    int open[L];
    kura_lane_stream s;
    for (int l = 0; l < L; l++) open[l] = -1;
    kura_lane_stream_init(&s, &spell->stream, first_path, 0, SPELL_SLOTS);
    for (int t = 0; t < model->steps; t++) {
        const km_spell_onset *o = &spell->onset[spell->which ? spell->which[t] : 0];
        double threshold = spell->loadings.n ? o->z : 1 - o->p;
        lane u;
        kura_lane_uniform(&s, u.v);
        if (spell->loadings.n) {
            const lane v = u;
            latent(&spell->loadings, w, t, &v, &u);
        }
        if (!any_above(&u, threshold)) continue;
        for (int l = 0; l < L; l++) { /* rare: the rest of the step's address is drawn for the hits only */
            uint64_t path = first_path + (uint64_t)l, at = (uint64_t)t * SPELL_SLOTS;
            if (!(u.v[l] > threshold) || !reaches(spell, path, (uint64_t)t)) continue;
            double severity = severity_of(spell, path, at);
            double to = t + kura_max(1, ceil(duration_of(spell, path, at)));
            to = to < model->steps ? to : model->steps;
            w->events[0].n[l] += t >= model->burn;
            kura_status st = spell->add ? happen(w, happened, l, t, to, severity)
                                        : add_segment(w, list, open, l, t, (int)to, severity);
            if (st) return st;
        }
    }
    return KURA_OK;
}

/* The time at which a gap of `left` expected events is over, counted from `now`. */
static double after_gap(const km_model *model, const km_spell *spell, double now, double left)
{
    if (!spell->which) return now + left / spell->onset[0].hazard;
    while (now < model->steps) {
        int t = (int)floor(now);
        double hazard = spell->onset[spell->which[t]].hazard, room = hazard * (t + 1 - now);
        if (left < room) return kura_min(now + left / hazard, t + 1);
        left -= room;
        now = t + 1;
    }
    return now;
}

/* In continuous time: exponential gaps, everything of event e from ordinal address e [R3.2]. */
static kura_status draw_continuous(const km_model *model, const km_spell *spell, kura_work *w, int *happened,
                                   uint64_t first_path)
{
    kura_lane_stream s;
    kura_lane_stream_init(&s, &spell->stream, first_path, 0, SPELL_SLOTS);
    for (int l = 0; l < L; l++) {
        uint64_t path = first_path + (uint64_t)l;
        double now = 0;
        for (uint64_t e = 0;; e++) {
            uint64_t at = e * SPELL_SLOTS;
            now = after_gap(model, spell, now, -kura_log(1 - kura_lane_uniform_at(&s, l, at)));
            if (!(now < model->steps)) break;
            if (!reaches(spell, path, e)) continue;
            w->events[0].n[l] += now >= model->burn;
            kura_status st =
                happen(w, happened, l, now, now + duration_of(spell, path, at), severity_of(spell, path, at));
            if (st) return st;
        }
    }
    return KURA_OK;
}

/* Stretches of equal loss become segments, in the order of their beginning; the scratch is left at 0. */
static kura_status list_losses(kura_work *w, kura_segments *list, const touched *range)
{
    int open[L];
    for (int l = 0; l < L; l++) open[l] = -1;
    for (int t = range->first; t <= range->last; t++)
        for (int l = 0; l < L; l++) {
            double loss = kura_min(1, w->loss[t].v[l]);
            kura_segment *last = open[l] >= 0 ? &list->items[open[l]] : NULL;
            w->loss[t].v[l] = 0;
            if (loss == 0) continue;
            if (last && last->to == t && last->severity == loss) {
                last->to = t + 1;
                continue;
            }
            if (list->n == list->max) return too_many(w);
            open[l] = list->n;
            list->items[list->n++] = (kura_segment){l, t, t + 1, loss};
        }
    return KURA_OK;
}

/* Events in order of time; while some overlap, their severities add up to at most 1. */
static void add_up(const km_model *model, const km_spell *spell, kura_work *w, int n, int l, touched *range)
{
    int active = 0;
    double now = 0;
    for (int i = 0; i <= n; i++) {
        const kura_happening *next = &w->happenings[i];
        if (i < n && next->lane != l) continue;
        double until = i < n ? next->from : model->steps;
        while (active) { /* the stretch to the next end, or to `until` */
            int first = 0;
            double sum = 0;
            for (int k = 0; k < active; k++) {
                sum += w->active[k];
                if (w->active_to[k] < w->active_to[first]) first = k;
            }
            double end = kura_min(until, w->active_to[first]);
            spread(w->loss, range, model->steps, l, now, end, kura_min(1, sum), spell->point);
            now = end;
            if (w->active_to[first] > until) break;
            active--;
            for (int k = first; k < active; k++) {
                w->active[k] = w->active[k + 1];
                w->active_to[k] = w->active_to[k + 1];
            }
        }
        now = until;
        if (i == n) break;
        w->active[active] = next->severity;
        w->active_to[active++] = next->to;
    }
}

/* Events in order of time; an event joins what is active. */
static void longest_wins(const km_model *model, const km_spell *spell, kura_work *w, int n, int l,
                         touched *range)
{
    double now = 0, to = 0, severity = 0;
    for (int i = 0; i < n; i++) {
        const kura_happening *next = &w->happenings[i];
        if (next->lane != l) continue;
        spread(w->loss, range, model->steps, l, now, kura_min(to, next->from), severity, spell->point);
        severity = to > next->from ? kura_max(severity, next->severity) : next->severity;
        to = kura_max(to, next->to);
        now = next->from;
    }
    spread(w->loss, range, model->steps, l, now, to, severity, spell->point);
}

static kura_status draw_spell(const km_model *model, const km_spell *spell, kura_work *w, kura_segments *list,
                              uint64_t first_path)
{
    int n = 0;
    list->n = 0;
    if (!(spell->largest > 0)) return KURA_OK;
    kura_status st = spell->continuous ? draw_continuous(model, spell, w, &n, first_path)
                                       : draw_by_step(model, spell, w, list, &n, first_path);
    if (!spell->continuous && !spell->add) return st;
    touched range = {model->steps, -1};
    for (int l = 0; l < L && !st; l++) {
        if (spell->add)
            add_up(model, spell, w, n, l, &range);
        else
            longest_wins(model, spell, w, n, l, &range);
    }
    return st ? st : list_losses(w, list, &range);
}

/* Writes one state of a chokepoint: 1 closed, 2 degraded where it is not closed. */
static void spread_state(const km_model *model, const kura_segments *list, int degraded, blane *state)
{
    if (!degraded) memset(state, 0, sizeof *state * (size_t)model->steps);
    for (int i = 0; i < list->n; i++) {
        const kura_segment *g = &list->items[i];
        for (int t = g->from; t < g->to; t++) {
            if (degraded && state[t].v[g->lane]) continue;
            state[t].v[g->lane] = (uint8_t)(degraded ? 2 : 1);
        }
    }
}

kura_status kura_draw_spells(const km_model *model, kura_work *w, uint64_t first_path)
{
    for (int i = 0; i < model->nspells; i++) {
        const km_spell *spell = &model->spells[i];
        int c = spell->chokepoint;
        kura_status st = draw_spell(model, spell, w, &w->spells[i], first_path);
        if (st) return st;
        count_events(w, &w->events[0], model->event_spell + i, first_path);
        if (c >= 0 && w->closed[c]) spread_state(model, &w->spells[i], spell->degraded, w->closed[c]);
    }
    return KURA_OK;
}
