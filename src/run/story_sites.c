/* What befalls single sites on one path, as events: outages, projects, by-products whose host makes less. */
#include "run/story.h"
#include "num/math.h"
#include <math.h>

/* What regime, shocks, project, scripts and season leave of a site: the rest of what is lost are outages. */
static double without_outages(const story_record *r, const km_site *site, int step, double begin)
{
    int t = step + r->first;
    double k = 1;
    if (site->regime >= 0)
        k = r->model->regimes[site->regime].availability[r->work->regime[site->regime][t].v[r->lane]];
    for (int i = 0; i < site->nspells; i++) {
        const kura_segments *list = &r->work->spells[site->spells[i]];
        for (int g = 0; g < list->n; g++)
            if (list->items[g].lane == r->lane && list->items[g].from <= t && t < list->items[g].to)
                k *= 1 - list->items[g].severity;
    }
    if (site->project.given) {
        double ramp = site->project.ramp, plan = site->project.plan ? site->project.plan[t] : 1;
        double there = t < begin ? 0 : t - begin < ramp ? kura_clamp01((t - begin) / ramp) : 1;
        k *= plan > 0 ? kura_min(1, there / plan) : there;
    }
    const km_script *scripts_of[] = {&site->country_script, &site->script};
    for (int i = 0; i < 2; i++) {
        if (!scripts_of[i]->mul) continue;
        double set = scripts_of[i]->set[t];
        k = !isnan(set) ? set : kura_clamp01(k * scripts_of[i]->mul[t] + scripts_of[i]->add[t]);
    }
    return site->season ? k * site->season[t] : k;
}

static void project(const story_record *r, story_events *events, const km_site *site, double begin)
{
    const km_project *p = &site->project;
    int planned = (int)floor(p->start) - r->first;
    const char *country = r->model->scenario->countries[r->m->hubs[site->hub].country];
    double demand = r->m->base_focus_demand,
           K = km_last(r->m)->sites[site - r->m->sites].K, /* of a lever's site: when it is complete */
        size = demand > 0 ? kura_min(1, K * site->yield / demand) : 0;
    if (planned >= r->T) return;
    if (isinf(begin))
        story_add(events, KURA_STORY_PROJECT, site->id, planned, r->T,
                  kura_arena_printf(events->arena, "new site %s (%s) is cancelled", site->id, country), size,
                  1);
    else if (begin - p->start >= 1)
        story_add(events, KURA_STORY_PROJECT, site->id, planned,
                  begin - r->first < r->T ? (int)ceil(begin) - r->first : r->T,
                  kura_arena_printf(events->arena, "new site %s (%s) is late", site->id, country), size, 1);
    else
        story_add(events, KURA_STORY_PROJECT, site->id, planned, planned + 1,
                  kura_arena_printf(events->arena, "new site %s (%s) starts as planned", site->id, country),
                  size, 0);
}

/* Stretches of steps in which `lost` is above the threshold. */
static void stretches(const story_record *r, story_events *events, const km_site *site, const double *lost,
                      double threshold, kura_story_kind kind, const char *format)
{
    const kura_scenario_data *sc = r->model->scenario;
    int from = -1, number = (int)(site - r->m->sites);
    double worst = 0;
    for (int t = 0; t <= r->T; t++) {
        double x = t < r->T ? lost[t] : 0;
        if (x > threshold) {
            if (from < 0) from = t, worst = 0;
            worst = kura_max(worst, x);
        } else if (from >= 0) {
            const char *left = kura_arena_printf(events->arena, format, story_percent(1 - worst).v);
            story_add(events, kind, site->id, from, t,
                      kura_arena_printf(events->arena, "%s (%s) %s", site->id,
                                        sc->countries[r->m->hubs[site->hub].country], left ? left : ""),
                      story_weight(r, from, t, story_site_share, &number), worst);
            from = -1;
        }
    }
}

void story_sites(const story_record *r, story_events *events)
{
    double *lost = KURA_NEW(events->arena, double, (size_t)r->T);
    for (int s = 0; lost && s < r->m->nsites; s++) {
        const km_site *site = &r->m->sites[s];
        const double *avail = story_series(r, r->avail, s);
        double begin = site->project.given ? km_project_start(&site->project, r->path) : 0;
        if (site->project.given) project(r, events, site, begin);
        if (site->noutages) {
            for (int t = 0; t < r->T; t++) {
                double full = without_outages(r, site, t, begin);
                lost[t] = full > 0 ? 1 - avail[t] / full : 0;
            }
            stretches(r, events, site, lost, 0.005, KURA_STORY_OUTAGE,
                      "is down to %s of its capacity by outages");
        }
        if (r->m->supply.after && site->responds)
            stretches(r, events, site, story_series(r, r->closed, s), 0, KURA_STORY_CLOSURE,
                      "is closed down to %s of its capacity, after prices below its cash cost");
        if (site->nhosts && !site->basket) {
            const double *capacity = story_series(r, r->capacity, s);
            for (int t = 0; t < r->T; t++) {
                lost[t] = avail[t] > 0 ? 1 - capacity[t] / avail[t] : 0;
            }
            stretches(r, events, site, lost, 0.03, KURA_STORY_HOST,
                      "finds by-product for %s of its capacity at its host");
        }
    }
}
