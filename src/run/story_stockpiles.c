/* Stockpiles of the focus on one path: when a trigger went on, when release was allowed, what came out, what
 * was left. */
#include "run/story.h"
#include "num/math.h"
#include <math.h>

typedef struct {
    const story_record *r;
    story_events *events;
    int tier;
    const double *state, *released, *stock, *loss;
} tier_story;

static const char *trigger_text(const tier_story *d, int t)
{
    static const char *const signals[] = {"contracted supply is %s below its base", NULL,
                                          "%s of demand was unserved", "stock on hand is %s below its level"};
    const km_tier *tier = &d->r->m->tiers[d->tier];
    if (tier->trigger == SC_TRIGGER_ALWAYS) return NULL;
    return kura_arena_printf(d->events->arena, signals[tier->trigger], story_percent(d->loss[t]).v);
}

/* ", releases 12 t from 2026-03-02 to 2026-06-08, is empty from then on" */
static const char *release_text(const tier_story *d, int from, int to, double *total)
{
    const story_record *r = d->r;
    const km_tier *tier = &r->m->tiers[d->tier];
    double q = r->m->quantum;
    int first = -1, last = -1;
    *total = 0;
    for (int t = from; t < to; t++) {
        if (!(d->released[t] > 0)) continue;
        if (first < 0) first = t;
        last = t;
        *total += d->released[t] * q;
    }
    if (first < 0) {
        double left = to > from ? d->stock[to - 1] * q : 0;
        return d->state[from] == FSM_PENDING && to - from <= tier->delay
                   ? ", and goes off again before release is allowed"
               : left > tier->floor * q ? ", but nothing is lacking at its form"
                                        : ", but nothing is left";
    }
    int empty = d->stock[last] - tier->floor < 1;
    return kura_arena_printf(d->events->arena, ", releases %s from %s to %s and %s%s", story_mass(*total).v,
                             story_date(r, first).v, story_date(r, last).v,
                             empty ? "is then empty" : "keeps ",
                             empty ? "" : story_mass(d->stock[last] * q).v);
}

/* One authorisation: from the trigger to its end. */
static void authorisation(const tier_story *d, const char *name, int from, int to)
{
    const story_record *r = d->r;
    kura_arena *a = d->events->arena;
    double total;
    const char *release = release_text(d, from, to, &total), *signal = trigger_text(d, from), *what;
    int allowed = from;
    while (allowed < to && d->state[allowed] != FSM_RELEASING) allowed++;
    if (!signal) {
        if (!(total > 0)) return;
        what = kura_arena_printf(a, "stockpile %s needs no trigger%s", name, release);
    } else if (allowed == to) {
        what = kura_arena_printf(a, "stockpile %s: %s, trigger on%s", name, signal, release);
    } else if (allowed == 0) {
        what = kura_arena_printf(a, "stockpile %s: %s and release allowed before the start%s", name, signal,
                                 release);
    } else {
        what = kura_arena_printf(a, "stockpile %s: %s, trigger on; release allowed from %s%s", name, signal,
                                 story_date(r, allowed).v, release);
    }
    kura_story_event *e = story_add(d->events, KURA_STORY_STOCKPILE, name, from, to, what, NAN, NAN);
    if (e) e->important = total > 0 ? 1 : -1; /* -1: only near a shortage */
}

void story_stockpiles(const story_record *r, story_events *events)
{
    for (int k = 0; k < r->m->ntiers; k++) {
        const km_tier *tier = &r->m->tiers[k];
        if (r->m->hubs[tier->hub].country != r->model->focus || tier->holds_pool >= 0) continue;
        const char *name = km_tier_name(events->arena, r->model->scenario, r->m, k);
        tier_story d = {r,
                        events,
                        k,
                        story_series(r, r->state, k),
                        story_series(r, r->released, k),
                        story_series(r, r->stock, k),
                        story_series(r, r->loss, k)};
        for (int t = 0, from = -1; t <= r->T && name; t++) {
            int on = t < r->T && d.state[t] != FSM_IDLE;
            if (on && from < 0) from = t;
            if (on || from < 0) continue;
            authorisation(&d, name, from, t);
            from = -1;
        }
    }
}
