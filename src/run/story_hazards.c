/* Hazards that several sites or trades share, as events: regimes, shocks, chokepoints, and what the scenario
 * scripts.  Read from what was drawn for the bundle. */
#include "run/story.h"
#include "num/math.h"
#include <math.h>

/* ---- regimes ---- */

/* The largest share of the focus's supply that passes a hub of the country. */
static double country_share(const story_record *r, const km_supply_weights *w, const void *country)
{
    double most = 0;
    for (int h = 0; h < r->m->nhubs; h++)
        if (r->m->hubs[h].country == *(const int *)country) most = kura_max(most, w->hub[h]);
    return most;
}

static double country_weight(const story_record *r, int country, int from, int to)
{
    return story_weight(r, from, to, country_share, &country);
}

static void regimes(const story_record *r, story_events *events)
{
    static const char *const names[] = {"normal relations", "tension", "coercion"};
    const km_model *model = r->model;
    for (int i = 0; i < model->nregimes; i++) {
        const km_regime *g = &model->regimes[i];
        const char *country = model->scenario->countries[g->country];
        int from = 0, before = -1;
        if (!(country_weight(r, g->country, 0, r->T) > 0)) continue;
        for (int t = 0; t <= r->T; t++) {
            int state = t < r->T ? r->work->regime[i][r->first + t].v[r->lane] : -1;
            int now = from < r->T ? r->work->regime[i][r->first + from].v[r->lane] : 0;
            if (t == from || state == now) continue;
            const char *what = NULL;
            if (before >= 0)
                what = kura_arena_printf(events->arena, "%s turns from %s to %s", country, names[before],
                                         names[now]);
            else if (now)
                what = kura_arena_printf(events->arena, "%s is in %s", country, names[now]);
            if (what)
                story_add(events, KURA_STORY_REGIME, country, from, t, what,
                          country_weight(r, g->country, from, t), 1 - g->availability[now]);
            before = now;
            from = t;
        }
    }
}

/* ---- shocks ---- */

static double shock_share(const story_record *r, const km_supply_weights *w, const void *spell)
{
    double share = 0;
    for (int s = 0; s < r->m->nsites; s++)
        for (int i = 0; i < r->m->sites[s].nspells; i++)
            if (r->m->sites[s].spells[i] == *(const int *)spell) share += w->site[s];
    return share;
}

static int sites_hit(const story_record *r, int spell, const km_site **first)
{
    int sites = 0;
    for (int s = 0; s < r->m->nsites; s++)
        for (int i = 0; i < r->m->sites[s].nspells; i++)
            if (r->m->sites[s].spells[i] == spell && !sites++) *first = &r->m->sites[s];
    return sites;
}

/* Stretches that touch are one event; its severity is the highest. */
static void shocks(const story_record *r, story_events *events)
{
    const km_model *model = r->model;
    for (int i = 0; i < model->nspells; i++) {
        const km_spell *spell = &model->spells[i];
        const kura_segments *list = &r->work->spells[i];
        const km_site *first = NULL;
        if (spell->chokepoint >= 0) continue;
        int sites = sites_hit(r, i, &first);
        if (!sites) continue;
        for (int k = 0; k < list->n; k++) {
            const kura_segment *g = &list->items[k];
            if (g->lane != r->lane || g->to <= r->first) continue;
            int from = g->from - r->first, end = g->to;
            double worst = g->severity;
            for (int next = k + 1; next < list->n; next++) { /* stretches of other lanes lie between */
                const kura_segment *x = &list->items[next];
                if (x->lane != r->lane) continue;
                if (x->from > end) break;
                if (x->to > end) end = x->to;
                worst = kura_max(worst, x->severity);
                k = next;
            }
            const char *place = sites == 1 ? first->id : kura_arena_printf(events->arena, "%d sites", sites);
            story_add(events, KURA_STORY_SHOCK, spell->id, from, end - r->first,
                      kura_arena_printf(events->arena, "shock %s takes %s of the capacity of %s", spell->id,
                                        story_percent(worst).v, place),
                      story_weight(r, from, end - r->first, shock_share, &i), worst);
        }
    }
}

/* ---- chokepoints ---- */

static double route_share(const story_record *r, const km_supply_weights *w, const void *chokepoint)
{
    double share = 0;
    for (int a = 0; a < r->m->narcs; a++)
        for (int i = 0; i < r->m->arcs[a].nspells; i++)
            if (r->m->arcs[a].spells[i] == *(const int *)chokepoint) share += w->arc[a];
    return share;
}

static int passes(const story_record *r, int chokepoint)
{
    int any = 0;
    for (int a = 0; a < r->m->narcs; a++)
        for (int i = 0; i < r->m->arcs[a].nspells; i++) any |= r->m->arcs[a].spells[i] == chokepoint;
    return any;
}

static const char *route_text(const story_record *r, story_events *events, int chokepoint, int state,
                              double loss)
{
    const km_model *model = r->model;
    int spell = state == 2 ? model->degraded[chokepoint] : chokepoint;
    int detour = spell >= 0 ? model->spells[spell].detour : 0;
    const char *held =
        loss > 0 ? kura_arena_printf(events->arena, ", %s of its trade held back", story_percent(loss).v)
                 : "";
    const char *longer =
        detour ? kura_arena_printf(events->arena, ", %.0f days longer on the way", detour * model->step_days)
               : "";
    return kura_arena_printf(events->arena, "%s is %s%s%s", model->scenario->chokepoints[chokepoint].id,
                             state == 2 ? "degraded" : "closed", held ? held : "", longer ? longer : "");
}

/* The most that a chokepoint loses in steps from to `to` - 1, while it is in one state. */
static double route_loss(const story_record *r, int chokepoint, int state, int from, int to)
{
    const kura_segments *list = &r->work->spells[state == 2 ? r->model->degraded[chokepoint] : chokepoint];
    double loss = 0;
    for (int i = 0; state && i < list->n; i++) {
        const kura_segment *g = &list->items[i];
        if (g->lane == r->lane && g->from < r->first + to && r->first + from < g->to)
            loss = kura_max(loss, g->severity);
    }
    return loss;
}

static void routes(const story_record *r, story_events *events)
{
    const km_model *model = r->model;
    for (int c = 0; c < r->work->nchokepoints; c++) {
        int from = 0;
        if (!passes(r, c) || !r->work->closed[c]) continue;
        for (int t = 1; t <= r->T; t++) {
            const blane *closed = r->work->closed[c] + r->first;
            int now = closed[from].v[r->lane];
            if (t < r->T && closed[t].v[r->lane] == now) continue;
            double loss = route_loss(r, c, now, from, t);
            if (now)
                story_add(events, KURA_STORY_ROUTE, model->scenario->chokepoints[c].id, from, t,
                          route_text(r, events, c, now, loss), story_weight(r, from, t, route_share, &c),
                          kura_max(loss, 0.1)); /* a way round costs time, not trade */
            from = t;
        }
    }
}

/* ---- scripts ---- */

static double arc_weight(const story_record *r, int scenario_arc, int from, int to)
{
    for (int a = 0; a < r->m->narcs; a++)
        if (r->m->arcs[a].scenario_arc == scenario_arc) return story_weight(r, from, to, story_arc_share, &a);
    return 0;
}

static double site_weight(const story_record *r, int scenario_site, int from, int to)
{
    for (int s = 0; s < r->m->nsites; s++)
        if (r->m->sites[s].scenario_site == scenario_site)
            return story_weight(r, from, to, story_site_share, &s);
    return 0;
}

/* What an event from step `from` to before `to` acts on, in words; NULL when it is another mineral's.  Gives
 * its weight, NaN where it is no matter of supply. */
static const char *scripted(const story_record *r, kura_arena *a, const sc_event *e, int from, int to,
                            double *weight)
{
    const kura_scenario_data *sc = r->model->scenario;
    int mineral = r->m->scenario_mineral;
    *weight = 1;
    switch (e->object) {
    case SC_OBJECT_SITE:
        if (sc->sites[e->index].mineral != mineral) return NULL;
        *weight = site_weight(r, e->index, from, to);
        return kura_arena_printf(a, "site %s", sc->sites[e->index].id);
    case SC_OBJECT_COUNTRY:
        *weight = country_weight(r, e->index, from, to);
        return country_weight(r, e->index, 0, r->T) > 0
                   ? kura_arena_printf(a, "country %s", sc->countries[e->index])
                   : NULL;
    case SC_OBJECT_ARC: {
        const sc_arc *arc = &sc->arcs[e->index];
        if (arc->mineral != mineral) return NULL;
        *weight = arc_weight(r, e->index, from, to);
        return kura_arena_printf(a, "trade of %s from %s to %s", sc->minerals[mineral].forms[arc->form],
                                 sc->countries[arc->from], sc->countries[arc->to]);
    }
    case SC_OBJECT_DEMAND: {
        const sc_demand *d = &sc->demands[e->index];
        *weight = NAN;
        return d->mineral == mineral ? kura_arena_printf(a, "demand of %s", sc->countries[d->country]) : NULL;
    }
    case SC_OBJECT_RESTRICTION:
        if (e->mineral != mineral) return NULL;
        *weight = country_weight(r, e->index, from, to);
        return kura_arena_printf(a, "restriction of %s%s%s", sc->countries[e->index],
                                 e->importer >= 0 ? " against " : "",
                                 e->importer >= 0 ? sc->countries[e->importer] : "");
    case SC_OBJECT_PRICE:
        *weight = NAN;
        return e->index == mineral ? "price" : NULL;
    default:
        return NULL; /* rates of hazards: what comes of them is told */
    }
}

static void scripts(const story_record *r, story_events *events)
{
    static const char *const fields[] = {
        "availability", "steps on the way", "regime", "factor", "severity", "level", "rate"};
    static const char *const ops[] = {"set to", "times", "plus"};
    const kura_scenario_data *sc = r->model->scenario;
    for (int i = 0; i < sc->nevents; i++) {
        const sc_event *e = &sc->events[i];
        double weight;
        if (e->field == SC_FIELD_REGIME) continue; /* told as regimes */
        int from = e->announced_step < e->from_step ? e->announced_step : e->from_step;
        int to = e->to_step < r->T ? e->to_step : r->T;
        const char *object =
            scripted(r, events->arena, e, e->series ? 0 : from, e->series ? r->T : to, &weight);
        if (!object) continue;
        if (e->series) {
            story_add(
                events, KURA_STORY_SCRIPT, object, 0, r->T,
                kura_arena_printf(events->arena, "scripted: %s of %s by a series", fields[e->field], object),
                0, NAN);
            continue;
        }
        const char *notice = from < e->from_step ? kura_arena_printf(events->arena, " (in force from %s)",
                                                                     story_date(r, e->from_step).v)
                                                 : "";
        int share = e->field == SC_FIELD_AVAILABILITY || e->field == SC_FIELD_SEVERITY;
        const char *value = share ? kura_arena_printf(events->arena, "%s", story_percent(e->value).v)
                                  : kura_arena_printf(events->arena, "%g", e->value);
        if (to <= 0 || from >= r->T) continue;
        kura_story_event *told =
            story_add(events, KURA_STORY_SCRIPT, object, from, to,
                      kura_arena_printf(events->arena, "scripted: %s of %s %s %s%s", fields[e->field], object,
                                        ops[e->op], value ? value : "", notice ? notice : ""),
                      weight, 1);
        if (told && isnan(weight)) told->important = -1; /* near a shortage */
    }
}

void story_hazards(const story_record *r, story_events *events)
{
    regimes(r, events);
    shocks(r, events);
    routes(r, events);
    scripts(r, events);
}
