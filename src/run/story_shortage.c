/* Shortages of the focus on one path: when, how deep, who fell short, why they ended; and which of all events
 * belong into a short account. */
#include "run/story.h"
#include "num/math.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MIN_QUANTA 16.0 /* as the tally has it [R8.1] */

enum { ENDS = 5, SHORT_ACCOUNT = 14, SAME_OBJECT = 3 };

static int in_steps(const story_record *r, double days)
{
    double n = ceil(days / r->model->step_days);
    return n < 1 ? 1 : n < r->T ? (int)n : r->T;
}

static int is_short(const story_record *r, int t)
{
    return r->unserved[t] > r->model->scenario->tallies.threshold * r->demand[t] &&
           r->unserved[t] > MIN_QUANTA;
}

/* ---- the strain before ---- */

/* Loss of the base supply of the focus that hazards take, in its scarcest form of some weight. */
static double strain(const story_record *r, int t)
{
    double most = 0;
    const km_mineral *m = story_now(r, t);
    const double *weight = r->weights[story_flow(r, t)].hub;
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        if (hub->country != r->model->focus || weight[h] < 0.02) continue;
        double inbound = hub->X + hub->Mo > 0 ? hub->Mo / (hub->X + hub->Mo) : 0;
        double lost = inbound * (1 - story_series(r, r->Z, h)[t]);
        if (hub->X > 0) lost += (1 - inbound) * (1 - story_series(r, r->reach, h)[t]);
        most = kura_max(most, lost);
    }
    return most;
}

/* How long the focus feels what is over: twice what it holds, stockpiles and the longest way, in steps; half
 * a year at most. */
static int memory_of(const story_record *r)
{
    const km_mineral *m = r->m;
    double held = 0, use = 0, way = 0;
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        if (hub->country != r->model->focus) continue;
        held += story_opening(m, hub);
        if (r->serves[h]) use += hub->U0;
        for (int a = hub->arc_begin; a < hub->arc_end; a++) way = kura_max(way, m->arcs[a].lag);
        for (int k = hub->tier_begin; k < hub->tier_end; k++) held += m->tiers[k].opening;
    }
    double steps = 2 * (use > 0 ? held / use : 0) + way, most = in_steps(r, 182);
    return (int)kura_min(kura_max(1, steps), most);
}

/* Back from the shortage to where the strain began that led to it; short gaps are bridged. */
static int trouble_before(const story_record *r, int from, int earliest)
{
    int gap = memory_of(r), trouble = -1, before;
    for (int t = from; t >= earliest && (trouble < 0 ? from : trouble) - t <= gap; t--)
        if (strain(r, t) > 0.03) trouble = t;
    if (trouble >= 0) return trouble;
    before = from - (gap < in_steps(r, 91) ? gap : in_steps(r, 91));
    return before > earliest ? before : earliest;
}

/* ---- suppliers ---- */

static void supplier(const story_record *r, kura_story_supplier *out, const double *moved, const double *base,
                     const double *open, const double *reach, double at_base, double of,
                     const kura_story_shortage *s)
{
    int n = s->to - s->trouble;
    double contracted = 0, delivered = 0;
    out->worst = 1;
    for (int t = s->trouble; t < s->to; t++) {
        double v = base ? base[t] : at_base, free_share = (open ? open[t] : 1) * reach[t];
        contracted += free_share / n;
        delivered += v > 0 ? moved[t] / v / n : 0;
        out->worst = kura_min(out->worst, free_share);
    }
    out->contracted = contracted;
    out->delivered = delivered;
    out->base_t_per_year = at_base * r->m->quantum / r->model->step_years;
    out->share = of > 0 ? at_base / of : 0;
}

static int by_size(const void *a, const void *b)
{
    const kura_story_supplier *x = a, *y = b;
    if (x->base_t_per_year != y->base_t_per_year) return x->base_t_per_year < y->base_t_per_year ? 1 : -1;
    return strcmp(x->exporter, y->exporter);
}

/* By the base flow in force when the shortage begins; later forms first, in each the largest first. */
static void list_suppliers(const story_record *r, kura_arena *arena, kura_story_shortage *s)
{
    const km_mineral *m = story_now(r, s->from);
    const kura_scenario_data *sc = r->model->scenario;
    kura_story_supplier *list = KURA_NEW(arena, kura_story_supplier, (size_t)(m->narcs + m->nhubs));
    if (!list) return;
    s->suppliers = list;
    for (int h = m->nhubs - 1; h >= 0; h--) {
        const km_hub *hub = &m->hubs[h];
        int begin = s->nsuppliers;
        double supply = hub->X + hub->M;
        if (hub->country != r->model->focus) continue;
        if (hub->X > 0) {
            kura_story_supplier *out = &list[s->nsuppliers++];
            out->exporter = sc->countries[hub->country];
            out->form = m->forms[hub->form];
            out->own = 1;
            supplier(r, out, story_series(r, r->made, h), NULL, NULL, story_series(r, r->reach, h), hub->X,
                     supply, s);
        }
        for (int a = hub->arc_begin; a < hub->arc_end; a++) {
            const km_arc *arc = &m->arcs[a];
            const double *shipped = story_series(r, r->shipped, a);
            double loaded = 0;
            for (int t = s->trouble; t < s->to; t++) loaded += shipped[t];
            if (!(arc->v > 0) && !(loaded > 0)) continue;
            kura_story_supplier *out = &list[s->nsuppliers++];
            out->exporter = sc->countries[m->hubs[arc->from].country];
            out->form = m->forms[hub->form];
            supplier(r, out, shipped, story_series(r, r->base, a), story_series(r, r->open, a),
                     story_series(r, r->reach, arc->from), arc->v, supply, s);
        }
        qsort(list + begin, (size_t)(s->nsuppliers - begin), sizeof *list, by_size);
    }
}

/* ---- why it ended ---- */

/* What serves the focus where its users are, means a step. */
typedef struct {
    double unserved, demand, destroyed, arrivals, output, released, drawn;
} balance;

static void add_balance(const story_record *r, balance *b, int t)
{
    b->unserved += r->unserved[t];
    b->demand += r->demand[t];
    b->destroyed += r->gross[t] - r->demand[t];
    for (int h = 0; h < r->m->nhubs; h++) {
        if (!r->serves[h] || r->m->hubs[h].country != r->model->focus) continue;
        const double *I = story_series(r, r->on_hand, h), *arrived = story_series(r, r->arrived, h);
        b->arrivals += isnan(arrived[t]) ? 0 : arrived[t];
        b->output += story_series(r, r->made, h)[t];
        b->drawn += (t ? I[t - 1] : story_opening(r->m, &story_now(r, 0)->hubs[h])) - I[t];
        for (int k = r->m->hubs[h].tier_begin; k < r->m->hubs[h].tier_end; k++)
            if (r->m->tiers[k].holds_pool < 0) b->released += story_series(r, r->released, k)[t];
    }
}

static void divide(balance *b, int n)
{
    double *x[] = {&b->unserved, &b->demand,   &b->destroyed, &b->arrivals,
                   &b->output,   &b->released, &b->drawn};
    for (size_t i = 0; i < sizeof x / sizeof *x && n; i++) *x[i] /= n;
}

typedef struct {
    double gain; /* share of the gap that it closed */
    const char *text;
} reason;

/* The exporter whose loadings rose most from the worst steps (a lag before) to the end. */
static const char *risen_most(const story_record *r, kura_arena *arena, const kura_story_shortage *s,
                              int after)
{
    double best = 0;
    int which = -1;
    for (int a = 0; a < r->m->narcs; a++) {
        const km_arc *arc = &r->m->arcs[a];
        if (!r->serves[arc->to] || r->m->hubs[arc->to].country != r->model->focus) continue;
        const double *x = story_series(r, r->shipped, a);
        double then = 0, now = 0;
        int n = 0, k = 0;
        for (int t = s->from; t < s->to; t++)
            if (r->unserved[t] >= 0.5 * r->unserved[s->worst] && t - arc->lag >= 0)
                then += x[t - arc->lag], n++;
        for (int t = s->to; t < after; t++)
            if (t - arc->lag >= 0) now += x[t - arc->lag], k++;
        double rise = (k ? now / k : 0) - (n ? then / n : 0);
        if (rise > best) best = rise, which = a;
    }
    if (which < 0) return "";
    return kura_arena_printf(arena, ", mostly from %s",
                             r->model->scenario->countries[r->m->hubs[r->m->arcs[which].from].country]);
}

static void why_it_ended(const story_record *r, kura_arena *arena, kura_story_shortage *s)
{
    const char **ends = KURA_NEW(arena, const char *, ENDS);
    balance bad = {0}, good = {0};
    int n = 0, after = s->to + in_steps(r, 56);
    if (!ends) return;
    s->ends = ends;
    if (s->to >= r->T) {
        ends[s->nends++] = "it lasts to the end of the run";
        return;
    }
    if (after > r->T) after = r->T;
    for (int t = s->from; t < s->to; t++)
        if (r->unserved[t] >= 0.5 * r->unserved[s->worst]) add_balance(r, &bad, t), n++;
    for (int t = s->to; t < after; t++) add_balance(r, &good, t);
    divide(&bad, n);
    divide(&good, after - s->to);
    double gap = bad.unserved - good.unserved, q = r->m->quantum;
    const char *per = kura_arena_printf(arena, "%s", story_per_step(r->model).v);
    if (!(gap > 0) || !per) return;
#define CHANGE(a, b) story_mass((a)*q).v, story_mass((b)*q).v
    reason reasons[ENDS] = {
        {(good.arrivals - bad.arrivals) / gap,
         kura_arena_printf(arena, "arrivals from abroad rose from %s to %s %s%s",
                           CHANGE(bad.arrivals, good.arrivals), per, risen_most(r, arena, s, after))},
        {(good.output - bad.output) / gap, kura_arena_printf(arena, "output at home rose from %s to %s %s",
                                                             CHANGE(bad.output, good.output), per)},
        {(good.released - bad.released) / gap,
         kura_arena_printf(arena, "stockpiles released %s instead of %s %s",
                           CHANGE(good.released, bad.released), per)},
        {(good.drawn - bad.drawn) / gap,
         kura_arena_printf(arena, "users drew %s instead of %s %s from what they had on hand",
                           CHANGE(kura_max(0, good.drawn), kura_max(0, bad.drawn)), per)},
        {(bad.demand - good.demand) / gap,
         kura_arena_printf(arena, "demand fell from %s to %s %s%s", CHANGE(bad.demand, good.demand), per,
                           good.destroyed > bad.destroyed ? ", taken away by high prices" : "")},
    };
#undef CHANGE
    for (int k = 0; k < ENDS; k++) {
        int best = 0;
        for (int i = 1; i < ENDS; i++)
            if (reasons[i].gain > reasons[best].gain) best = i;
        if (reasons[best].gain < 0.15 || !reasons[best].text) break;
        ends[s->nends++] = reasons[best].text;
        reasons[best].gain = -1;
    }
}

/* ---- one after the other ---- */

static void account(const story_record *r, kura_arena *arena, kura_story_shortage *s, int earliest)
{
    const km_mineral *m = r->m;
    double q = m->quantum, on_hand = 0, use = 0;
    s->trouble = trouble_before(r, s->from, earliest);
    s->worst = s->from;
    s->peak_price = NAN;
    for (int t = s->trouble; t < s->to; t++) {
        for (int k = 0; k < m->ntiers; k++)
            if (m->hubs[m->tiers[k].hub].country == r->model->focus && m->tiers[k].holds_pool < 0)
                s->released_t += story_series(r, r->released, k)[t] * q;
        if (r->price)
            s->peak_price = isnan(s->peak_price) ? r->price[t] : kura_max(s->peak_price, r->price[t]);
        if (r->gross[t] > 0) s->destroyed = kura_max(s->destroyed, 1 - r->demand[t] / r->gross[t]);
        if (t < s->from) continue;
        s->unserved_t += r->unserved[t] * q;
        s->demand_t += r->demand[t] * q;
        double share = r->demand[t] > 0 ? r->unserved[t] / r->demand[t] : 0;
        if (share > s->worst_share) s->worst_share = share, s->worst = t;
    }
    for (int h = 0; h < m->nhubs; h++) {
        if (!r->serves[h] || m->hubs[h].country != r->model->focus) continue;
        on_hand += s->trouble ? story_series(r, r->on_hand, h)[s->trouble - 1]
                              : story_opening(m, &story_now(r, 0)->hubs[h]);
        use += story_series(r, r->use, h)[s->trouble];
    }
    s->cover_days = use > 0 ? on_hand / use * r->model->step_days : NAN;
    list_suppliers(r, arena, s);
    why_it_ended(r, arena, s);
}

void story_shortages(const story_record *r, kura_arena *arena, kura_story_mineral *out)
{
    int gap = in_steps(r, 91), n = 0, last = -1;
    for (int t = 0; t < r->T; t++) {
        if (!is_short(r, t)) continue;
        n += last < 0 || t - last > gap;
        last = t;
    }
    kura_story_shortage *list = KURA_NEW(arena, kura_story_shortage, (size_t)n);
    if (!list) return;
    out->shortages = list;
    for (int t = 0; t < r->T; t++) {
        if (!is_short(r, t)) continue;
        if (!out->nshortages || t + 1 - list[out->nshortages - 1].to > gap) list[out->nshortages++].from = t;
        kura_story_shortage *s = &list[out->nshortages - 1];
        s->spells += s->short_steps == 0 || s->to != t;
        s->short_steps++;
        s->to = t + 1;
    }
    for (int i = 0; i < out->nshortages; i++) account(r, arena, &list[i], i ? list[i - 1].to : 0);
}

/* ---- what to tell ---- */

static void tell_shortages(const story_record *r, story_events *events, const kura_story_mineral *out)
{
    for (int i = 0; i < out->nshortages; i++) {
        const kura_story_shortage *s = &out->shortages[i];
        double first = r->demand[s->from] > 0 ? r->unserved[s->from] / r->demand[s->from] : 0;
        const char *spells =
            s->spells > 1 ? kura_arena_printf(events->arena, " in %d spells", s->spells) : "";
        kura_story_event *e[3];
        e[0] = story_add(events, KURA_STORY_SHORTAGE, "", s->from, s->from + 1,
                         kura_arena_printf(events->arena, "SHORTAGE begins%s: %s of demand is not served",
                                           spells ? spells : "", story_percent(first).v),
                         NAN, NAN);
        e[1] = s->worst == s->from
                   ? NULL
                   : story_add(events, KURA_STORY_SHORTAGE, "", s->worst, s->worst + 1,
                               kura_arena_printf(events->arena, "the worst of it: %s of demand is not served",
                                                 story_percent(s->worst_share).v),
                               NAN, NAN);
        e[2] = s->to >= r->T ? NULL
                             : story_add(events, KURA_STORY_SHORTAGE, "", s->to, s->to + 1,
                                         kura_arena_printf(events->arena, "the shortage is over%s%s",
                                                           s->nends ? ": " : "", s->nends ? s->ends[0] : ""),
                                         NAN, NAN);
        for (int k = 0; k < 3; k++)
            if (e[k]) e[k]->important = 1;
    }
}

/* The highest price in [from, to). */
static void tell_peak(const story_record *r, story_events *events, const kura_story_mineral *out, int from,
                      int to)
{
    int peak = from;
    for (int t = from; t < to; t++)
        if (r->price[t] > r->price[peak]) peak = t;
    if (r->price[peak] < 1.25) return;
    double destroyed = r->gross[peak] > 0 ? 1 - r->demand[peak] / r->gross[peak] : 0;
    const char *demand = destroyed > 0.005 ? kura_arena_printf(events->arena, ", and takes %s of demand away",
                                                               story_percent(destroyed).v)
                                           : "";
    kura_story_event *e = story_add(
        events, KURA_STORY_PRICE, "", peak, peak + 1,
        kura_arena_printf(events->arena, "price peaks at %.3g times its base (%s)%s", r->price[peak],
                          story_price(r->price[peak] * out->base_price).v, demand ? demand : ""),
        NAN, NAN);
    if (e) e->important = 1;
}

static void tell_prices(const story_record *r, story_events *events, const kura_story_mineral *out)
{
    int after = in_steps(r, 182);
    if (!r->price) return;
    if (!out->nshortages) tell_peak(r, events, out, 0, r->T);
    for (int i = 0; i < out->nshortages; i++) {
        int to = i + 1 < out->nshortages ? out->shortages[i + 1].trouble : r->T;
        if (to > out->shortages[i].to + after) to = out->shortages[i].to + after;
        if (to < out->shortages[i].to) to = out->shortages[i].to;
        tell_peak(r, events, out, out->shortages[i].trouble, to);
    }
}

/* Is it active in the eight weeks up to step t? */
static int just_before(const story_record *r, const kura_story_event *e, int t)
{
    return e->from <= t && e->to > t - in_steps(r, 56);
}

/* A hazard counts by the supply it takes away, over how much of the strain of a shortage; twice when it is
 * there as the shortage begins or is worst. */
static double importance(const story_record *r, const kura_story_event *e, const kura_story_mineral *out)
{
    double most = out->nshortages ? 0 : e->weight * e->loss;
    for (int i = 0; i < out->nshortages; i++) {
        const kura_story_shortage *s = &out->shortages[i];
        int from = e->from > s->trouble ? e->from : s->trouble, to = e->to < s->to ? e->to : s->to;
        double n = s->to - s->trouble, x = e->weight * e->loss * kura_min(1, 0.25 + (to - from) / n);
        if (just_before(r, e, s->from) || just_before(r, e, s->worst)) x *= 2;
        if (to > from) most = kura_max(most, x);
    }
    return isnan(most) ? 0 : most;
}

static int near_shortage(const kura_story_event *e, const kura_story_mineral *out)
{
    for (int i = 0; i < out->nshortages; i++)
        if (e->from < out->shortages[i].to && e->to > out->shortages[i].trouble) return 1;
    return out->nshortages == 0;
}

/* Is as much told of this object as a short account bears? */
static int enough_of(const story_events *events, const kura_story_event *e)
{
    int n = 0;
    for (int i = 0; i < events->n; i++) {
        const kura_story_event *x = &events->items[i];
        n += x->important && x->kind == e->kind && e->kind != KURA_STORY_RESTRICTION &&
             strcmp(x->object, e->object) == 0;
    }
    return n >= SAME_OBJECT;
}

/* The most important hazards; regimes whose country restricts something that is told. */
static void choose(const story_record *r, story_events *events, const kura_story_mineral *out)
{
    for (int k = 0; k < SHORT_ACCOUNT; k++) {
        int best = -1;
        double most = 0.005;
        for (int i = 0; i < events->n; i++) {
            const kura_story_event *e = &events->items[i];
            if (e->important || isnan(e->weight) || e->kind == KURA_STORY_REGIME) continue;
            double x = importance(r, e, out);
            if (x > most && !enough_of(events, e)) most = x, best = i;
        }
        if (best < 0) break;
        events->items[best].important = 1;
    }
    for (int i = 0; i < events->n; i++) {
        kura_story_event *e = &events->items[i];
        if (e->kind == KURA_STORY_REGIME) e->important = e->weight >= 0.05 && near_shortage(e, out);
        if (e->important < 0) e->important = near_shortage(e, out);
    }
}

static int by_time(const void *a, const void *b)
{
    const kura_story_event *x = a, *y = b;
    if (x->from != y->from) return x->from < y->from ? -1 : 1;
    if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
    if (x->to != y->to) return x->to < y->to ? 1 : -1;
    return strcmp(x->what, y->what);
}

void story_finish(const story_record *r, story_events *events, kura_story_mineral *out)
{
    tell_shortages(r, events, out);
    tell_prices(r, events, out);
    choose(r, events, out);
    if (events->n) qsort(events->items, (size_t)events->n, sizeof *events->items, by_time);
    out->events = events->items;
    out->nevents = events->n;
}
