/* Export restrictions on one path as events: who restricts what against whom, how hard, from when to when.
 *
 * The severity series says when and how much; a rise in it is a hit, and what the hit drew (type, freeze) is
 * read from its own address: it is the right one when its profile begins with the severity that the series
 * has. */
#define KURA_ISA baseline /* for the names in lanes.h only: what a hit draws is the same in every copy */
#include "run/story.h"
#include "sim/lanes/decree.h"

typedef struct {
    const story_record *r;
    story_events *events;
    const km_decree *decree;
    const sc_restriction *in;
    int series; /* of the decree */
    const lane *sigma;
} decree_story;

static double severity(const decree_story *d, int row) { return d->sigma[row].v[d->r->lane]; }

/* Row 0 of a series is the first step of the spin-up. */
static int step_of(const decree_story *d, int row) { return row - d->r->m->spin - d->r->first; }

static double share_of(const story_record *r, const km_supply_weights *w, const void *of)
{
    const decree_story *d = of;
    double share = 0;
    int series = d->decree->first_series + d->series;
    for (int a = 0; a < r->m->narcs; a++)
        for (int i = 0; i < r->m->arcs[a].nseries; i++)
            if (r->m->arcs[a].series[i] == series) share += w->arc[a];
    return share;
}

/* "all countries", "JPN", "EUR, JPN, USA and 3 more" */
static const char *targets_text(const decree_story *d)
{
    const kura_scenario_data *sc = d->r->model->scenario;
    const unsigned char *targets = d->decree->targets[d->series];
    const char *text = "";
    int n = 0;
    if (!targets) return "all countries";
    for (int c = 0; c < sc->ncountries; c++) {
        if (!targets[c]) continue;
        if (n++ < 4)
            text = kura_arena_printf(d->events->arena, "%s%s%s", text, n > 1 ? ", " : "", sc->countries[c]);
        if (!text) return "";
    }
    return n > 4 ? kura_arena_printf(d->events->arena, "%s and %d more", text, n - 4) : text;
}

static const char *forms_text(const decree_story *d)
{
    const char *text = "";
    for (int i = 0; i < d->in->nforms && text; i++)
        text = kura_arena_printf(d->events->arena, "%s%s%s", text, i ? ", " : " (", d->in->forms[i]);
    return text && d->in->nforms ? kura_arena_printf(d->events->arena, "%s)", text) : text;
}

/* The hit whose force begins in `row`; gives its type and the step of its announcement.  NULL: none does, a
 * restriction in force escalates. */
static const km_type *hit_of(const decree_story *d, int row, int *announced)
{
    const story_record *r = d->r;
    for (int k = 0; k < d->decree->ntypes; k++) {
        int t = row - r->m->spin - d->decree->types[k].notice;
        decree_profile p;
        if (d->decree->types[k].series != d->series || t < 0) continue;
        int regime = d->decree->regime >= 0 ? r->work->regime[d->decree->regime][t].v[r->lane] : 0;
        const km_type *drawn = decree_draw(d->decree, regime, r->path, t, &p);
        if (drawn != &d->decree->types[k] || decree_severity(&p, 0) != severity(d, row)) continue;
        *announced = t - r->first;
        return drawn;
    }
    return NULL;
}

/* The type in force at the start whose force begins in `row`. */
static const km_type *in_force_of(const decree_story *d, int row)
{
    for (int i = 0; i < d->decree->nin_force; i++) {
        const km_in_force *f = &d->decree->in_force[i];
        int from = d->r->m->spin - (int)ceil(f->age);
        if (from < 0) from = 0;
        if (d->decree->types[f->type].series == d->series && from == row) return &d->decree->types[f->type];
    }
    return NULL;
}

/* Where the level that begins in `row` changes for the better: ", 66 % from 2027-05-03, easing from
 * 2028-01-03" */
static const char *later(const decree_story *d, int row, int end)
{
    const char *text = "";
    for (int r = row + 1; r < end && text; r++) {
        double now = severity(d, r), before = severity(d, r - 1);
        if (now == before) continue;
        if (now > before) break; /* told as an event of its own */
        int holds = r + 1 < end && severity(d, r + 1) == now;
        if (!holds)
            return kura_arena_printf(d->events->arena, "%s, easing from %s", text,
                                     story_date(d->r, step_of(d, r)).v);
        text = kura_arena_printf(d->events->arena, "%s, %s from %s", text, story_percent(now).v,
                                 story_date(d->r, step_of(d, r)).v);
    }
    return text;
}

/* A rise of the severity in `row`; what is in force is over at row `end`. */
static void rise(const decree_story *d, int row, int end)
{
    const story_record *r = d->r;
    const kura_scenario_data *sc = r->model->scenario;
    kura_arena *a = d->events->arena;
    int announced = step_of(d, row), begins = row == 0 || severity(d, row - 1) == 0;
    const km_type *old = in_force_of(d, row), *type = old ? old : hit_of(d, row, &announced);
    const char *name = type ? d->in->types[type - d->decree->types].id : "escalation";
    const char *notice = announced < step_of(d, row)
                             ? kura_arena_printf(a, ", in force from %s", story_date(r, step_of(d, row)).v)
                             : "";
    const char *held =
        severity(d, row) == 1 ? "all" : kura_arena_printf(a, "%s", story_percent(severity(d, row)).v);
    const char *forms = forms_text(d), *to = targets_text(d), *more = later(d, row, end);
    if (!notice || !held || !forms || !to || !more || step_of(d, end) <= 0) return;
    story_add(d->events, KURA_STORY_RESTRICTION, d->in->id, announced, step_of(d, end),
              kura_arena_printf(a, "%s %s exports of %s%s to %s: %s%s, %s held back%s",
                                sc->countries[d->decree->exporter],
                                begins ? "restricts" : "tightens its restriction of", r->m->id, forms, to,
                                name, notice, held, more),
              story_weight(r, step_of(d, row), step_of(d, end), share_of, d), severity(d, row));
}

static void tell_series(const decree_story *d)
{
    int rows = d->r->m->spin + d->r->model->steps;
    for (int row = 0; row < rows; row++) {
        if (severity(d, row) <= (row ? severity(d, row - 1) : 0)) continue;
        int end = row;
        while (end < rows && severity(d, end) > 0) end++;
        rise(d, row, end);
    }
}

void story_restrictions(const story_record *r, story_events *events)
{
    const kura_scenario_data *sc = r->model->scenario;
    for (int i = 0, n = 0; i < sc->nrestrictions; i++) {
        if (!sc->restrictions[i].minerals[r->m->scenario_mineral]) continue;
        decree_story d = {r, events, &r->m->decrees[n++], &sc->restrictions[i], 0, NULL};
        for (d.series = 0; d.series < d.decree->nseries; d.series++) {
            d.sigma = r->work->sigma[d.decree->first_series + d.series];
            tell_series(&d);
        }
    }
}
