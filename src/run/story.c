/* Replays the bundle of 64 paths that holds a path and tells that path's story.
 *
 * The metrics come from the very kernel that fills /samples: a tally of one bundle.  What is told beside them
 * is recorded step by step from one lane; while a mineral is in hand, the workspace holds its drawn hazards
 * over the whole horizon, so its story is told before the next mineral begins. */
#include "run/story.h"
#include "base/error.h"
#include "conf/suggest.h"
#include "model/draw.h"
#include "num/math.h"
#include "run/run.h"
#include "tally/tally.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The story in the making; `told.minerals` point into `minerals`, which is sorted at the end. */
typedef struct {
    kura_story told;
    kura_arena arena;
    kura_story_mineral *minerals;
    int *rank;
    story_record record;
    kura_work *work;
    kura_tally *tally;
    kura_tally_block *block;
    kura_observer count; /* of the tally */
    int lane, asked;     /* asked: mineral that is told in any case, -1 */
    int in_hand;         /* mineral being recorded, -1 */
    km_draw draw;        /* of what is not known: names in the story are its */
} teller;

kura_story_event *story_add(story_events *events, kura_story_kind kind, const char *object, int from, int to,
                            const char *what, double weight, double loss)
{
    if (!what) return NULL;
    if (events->n == events->max) {
        int max = events->max ? 2 * events->max : 64;
        kura_story_event *items = KURA_NEW(events->arena, kura_story_event, (size_t)max);
        if (!items) return NULL;
        if (events->n) memcpy(items, events->items, (size_t)events->n * sizeof *items);
        events->items = items;
        events->max = max;
    }
    kura_story_event *e = &events->items[events->n++];
    *e = (kura_story_event){kind, from, to, object, what, weight, loss, 0};
    return e;
}

/* ---- recording ---- */

static void open_record(teller *k, int mineral)
{
    story_record *r = &k->record;
    const km_model *model = k->work->model;
    const km_mineral *m = &model->minerals[mineral];
    kura_arena_fini(&r->arena);
    memset(r, 0, sizeof *r);
    r->model = model;
    r->m = m;
    r->work = k->work;
    r->lane = k->lane;
    r->path = k->told.path;
    r->T = model->T;
    r->first = model->burn;
    size_t T = (size_t)model->T;
    struct {
        double **series;
        int objects;
    } all[] = {
        {&r->demand, 1},           {&r->gross, 1},
        {&r->unserved, 1},         {&r->shipped, m->narcs},
        {&r->base, m->narcs},      {&r->open, m->narcs},
        {&r->on_hand, m->nhubs},   {&r->coming, m->nhubs},
        {&r->arrived, m->nhubs},   {&r->made, m->nhubs},
        {&r->use, m->nhubs},       {&r->reach, m->nhubs},
        {&r->Z, m->nhubs},         {&r->capacity, m->nsites},
        {&r->avail, m->nsites},    {&r->stock, m->ntiers},
        {&r->released, m->ntiers}, {&r->loss, m->ntiers},
        {&r->state, m->ntiers},    {&r->closed, m->nsites},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        *all[i].series = KURA_NEW(&r->arena, double, (size_t)all[i].objects *T);
    for (size_t i = 0; r->avail && i < (size_t)m->nsites * T; i++) r->avail[i] = 1;
    r->price = m->price.given ? KURA_NEW(&r->arena, double, T) : NULL;
    story_weigh(r);
    k->in_hand = mineral;
}

/* Arrivals of step 0: the base flow, unless steps went before it. */
static double first_arrival(const story_record *r, int h)
{
    if (r->first || r->m->spin) return NAN;
    double sum = 0;
    const km_mineral *m = story_now(r, 0); /* levers may act from the start */
    for (int a = m->hubs[h].arc_begin; a < m->hubs[h].arc_end; a++) sum += m->arcs[a].net;
    return sum;
}

static void record_hubs(story_record *r, const kura_view *view, size_t t)
{
    const km_mineral *m = r->m;
    const kura_state *s = view->base;
    size_t T = (size_t)r->T;
    int l = r->lane, tick = view->t + r->first + m->spin;
    for (int h = 0; h < m->nhubs; h++) {
        size_t i = (size_t)h * T + t;
        r->on_hand[i] = s->I[h].v[l];
        for (int k = m->hubs[h].consumer_begin; m->any_own && k < m->hubs[h].consumer_end; k++)
            r->on_hand[i] += s->own[k].v[l];
        r->use[i] = s->U[h].v[l];
        r->made[i] = s->x[h].v[l];
        r->reach[i] = view->exo->A[h].v[l];
        r->Z[i] = view->exo->Z[h].v[l];
        r->coming[i] = s->ring[(size_t)h * (size_t)m->ring + (size_t)((tick + 1) % m->ring)].v[l];
        r->arrived[i] = t ? r->coming[i - 1] : first_arrival(r, h);
    }
}

/* The base flow of a trade in a step, on its growth path: levers move it [7]. */
static double base_flow_of(const story_record *r, const kura_exogenous *e, int arc, int step)
{
    int t = step + r->first;
    if (!r->m->nepochs) return e->v_t[arc];
    return floor((r->m->capacity_growth ? r->m->capacity_growth[t] : 1) * km_now(r->m, t)->arcs[arc].v);
}

static void record_step(story_record *r, const kura_view *view)
{
    const km_mineral *m = r->m;
    const kura_state *s = view->base;
    const kura_exogenous *e = view->exo;
    size_t T = (size_t)r->T, t = (size_t)view->t;
    int l = r->lane;
    for (int k = 0; k < m->nconsumers; k++) {
        if (!m->consumers[k].focus) continue;
        r->demand[t] += s->D[k].v[l];
        r->gross[t] += s->Dgross[k].v[l];
        r->unserved[t] += s->unserved[k].v[l];
    }
    if (r->price) r->price[t] = kura_exp(s->X->v[l]);
    record_hubs(r, view, t);
    for (int a = 0; a < m->narcs; a++) {
        r->shipped[(size_t)a * T + t] = s->ship[a].v[l];
        r->base[(size_t)a * T + t] = base_flow_of(r, e, a, (int)t);
        r->open[(size_t)a * T + t] = m->arcs[a].varies ? e->kappa[a].v[l] : 1;
    }
    for (int b = 0; b < m->nsites; b++) {
        const lane *usable = m->supply.given ? &s->capacity[b] : &e->kav[b];
        r->capacity[(size_t)b * T + t] = e->K_t[b] > 0 ? usable->v[l] / e->K_t[b] : 1;
        if (e->avail[b]) r->avail[(size_t)b * T + t] = e->avail[b]->v[l];
        if (m->supply.after && m->sites[b].responds)
            r->closed[(size_t)b * T + t] = s->closing[b].v[l] >= m->supply.after ? 1 - m->supply.left : 0;
    }
    for (int k = 0; k < m->ntiers; k++) {
        int own = km_reads_state(&m->tiers[k]);
        r->stock[(size_t)k * T + t] = s->S[k].v[l];
        r->released[(size_t)k * T + t] = s->release[k].v[l];
        r->loss[(size_t)k * T + t] = own ? s->fe[k].v[l] : e->fe[k].v[l];
        r->state[(size_t)k * T + t] = own ? s->fsm[k].v[l] : e->fsm[k].v[l];
    }
}

/* ---- telling ---- */

static const kura_story_metric *metrics_of(teller *k, int mineral, kura_story_mineral *out)
{
    kura_story_metric *x = KURA_NEW(&k->arena, kura_story_metric, KURA_METRIC_COUNT);
    int n = 0;
    for (int i = 0; x && i < KURA_METRIC_COUNT; i++) {
        kura_metric id = (kura_metric)i;
        if (!kura_metric_kept(k->work->model, id)) continue;
        const char *units = kura_metric_units(id);
        double q = strcmp(units, "t") == 0 ? k->work->model->minerals[mineral].quantum : 1;
        if (!kura_metric_known(k->work->model, mineral, id)) q = NAN;
        x[n++] = (kura_story_metric){kura_metric_name(id), units, kura_metric_text(id),
                                     kura_tally_metric_of(k->tally, mineral, id, (uint64_t)k->lane) * q};
    }
    out->nmetrics = n;
    return x;
}

static const kura_story_row *rows_of(const story_record *r, kura_arena *arena)
{
    const km_mineral *m = r->m;
    kura_story_row *rows = KURA_NEW(arena, kura_story_row, (size_t)r->T);
    double q = m->quantum;
    for (int t = 0; rows && t < r->T; t++) {
        kura_story_row *row = &rows[t];
        row->demand_t = r->demand[t] * q;
        row->gross_demand_t = r->gross[t] * q;
        row->unserved_t = r->unserved[t] * q;
        row->contracted = 1;
        row->price = r->price ? r->price[t] : NAN;
        for (int h = 0; h < m->nhubs; h++) {
            if (m->hubs[h].country != r->model->focus) continue;
            if (story_now(r, t)->hubs[h].Mo > 0)
                row->contracted = kura_min(row->contracted, story_series(r, r->Z, h)[t]);
            if (!r->serves[h]) continue;
            row->on_hand_t += story_series(r, r->on_hand, h)[t] * q;
            row->arrivals_t += story_series(r, r->arrived, h)[t] * q;
            row->output_t += story_series(r, r->made, h)[t] * q;
        }
        for (int k = 0; k < m->ntiers; k++) {
            const km_tier *tier = &m->tiers[k];
            if (m->hubs[tier->hub].country != r->model->focus) continue;
            row->stockpiles_t += story_series(r, r->stock, k)[t] * q;
            if (tier->holds_pool < 0) row->released_t += story_series(r, r->released, k)[t] * q;
        }
    }
    return rows;
}

static void tell(teller *k, int mineral)
{
    const story_record *r = &k->record;
    const km_mineral *m = r->m;
    kura_story_mineral *out = &k->minerals[mineral];
    out->metrics = metrics_of(k, mineral, out);
    if (!out->metrics) return;
    double demand = out->metrics[KURA_METRIC_DEMAND].value,
           unserved = out->metrics[KURA_METRIC_UNSERVED].value;
    out->unserved_share = demand > 0 ? unserved / demand : 0;
    k->rank[mineral] = out->metrics[KURA_METRIC_SHORT_STEPS].value > 0;
    if (!k->rank[mineral] && mineral != k->asked) return;
    out->told = 1;
    story_events events = {&k->arena, 0, 0, NULL};
    story_hazards(r, &events);
    story_sites(r, &events);
    story_restrictions(r, &events);
    story_stockpiles(r, &events);
    story_shortages(r, &k->arena, out);
    story_finish(r, &events, out);
    out->rows = rows_of(r, &k->arena);
    out->base_t_per_year = m->base_focus_demand * m->quantum / r->model->step_years;
}

/* The tally counts the bundle as its own first paths; everything else reads the lane. */
static void on_step(void *user, const kura_view *view)
{
    teller *k = user;
    kura_view own = *view;
    if (view->t == 0) open_record(k, view->mineral);
    own.first_path = 0;
    k->count.step(k->count.user, &own);
    if (!k->record.arena.failed) record_step(&k->record, view);
}

static void on_end(void *user, const kura_view *view)
{
    teller *k = user;
    kura_view own = *view;
    own.first_path = 0;
    k->count.end(k->count.user, &own);
    if (!k->record.arena.failed) tell(k, view->mineral);
    k->in_hand = -1;
}

/* ---- the whole ---- */

static void name_minerals(teller *k, const km_model *model)
{
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        kura_story_mineral *out = &k->minerals[i];
        out->id = m->id;
        out->name = m->name && m->name[0] ? m->name : m->id;
        out->grade = m->grade;
        out->headline = m->report == SC_REPORT_HEADLINE;
        out->base_price = m->price.given ? m->price.initial : NAN;
        out->base_t_per_year = m->base_focus_demand * m->quantum / model->step_years;
    }
}

/* Short minerals first, headlines before hosts, the worst first; then the one asked for, the others as they
 * are. */
static void sort_minerals(teller *k, const km_model *model)
{
    kura_story_mineral *sorted = KURA_NEW(&k->arena, kura_story_mineral, (size_t)model->nminerals);
    int n = 0;
    if (!sorted) return;
    for (int headline = 1; headline >= 0; headline--)
        for (;;) {
            int best = -1;
            for (int i = 0; i < model->nminerals; i++)
                if (k->rank[i] == 1 && k->minerals[i].headline == headline &&
                    (best < 0 || k->minerals[i].unserved_share > k->minerals[best].unserved_share))
                    best = i;
            if (best < 0) break;
            k->rank[best] = 2;
            sorted[n++] = k->minerals[best];
        }
    k->told.nshort = n;
    for (int told = 1; told >= 0; told--)
        for (int i = 0; i < model->nminerals; i++)
            if (k->rank[i] < 2 && k->minerals[i].told == told) sorted[n++] = k->minerals[i];
    k->told.minerals = sorted;
    k->told.nminerals = n;
}

static kura_status find_mineral(const km_model *model, const char *id, int *out, kura_error *err)
{
    kura_suggestion near = {id, NULL, 0};
    *out = -1;
    if (!id) return KURA_OK;
    for (int i = 0; i < model->nminerals; i++) {
        if (strcmp(model->minerals[i].id, id) == 0) *out = i;
        kura_suggest(&near, model->minerals[i].id);
    }
    if (*out >= 0) return KURA_OK;
    return kura_error_set(err, KURA_E_USAGE, "the scenario has no mineral \"%.100s\"%s", id,
                          kura_suggest_hint(&near).text);
}

static kura_status prepare(teller *k, const km_model *model, uint64_t path, kura_isa isa, kura_error *err)
{
    const kura_scenario_data *sc = model->scenario;
    k->told.scenario = sc->name;
    k->told.title = sc->title ? sc->title : "";
    k->told.focus = model->focus >= 0 ? sc->countries[model->focus] : "";
    k->told.path = path;
    k->told.seed = model->seed;
    k->told.paths = sc->run.paths;
    k->told.paths_at_most = sc->run.stop.given;
    k->told.steps = model->T;
    k->told.start_day = sc->run.start_day;
    k->told.step_days = model->step_days;
    k->lane = (int)(path % KURA_LANES);
    k->in_hand = -1;
    k->minerals = KURA_NEW(&k->arena, kura_story_mineral, (size_t)model->nminerals);
    k->rank = KURA_NEW(&k->arena, int, (size_t)model->nminerals);
    k->work = kura_work_new(model);
    KURA_TRY(kura_tally_new(model, KURA_LANES, KURA_LANES, NULL, &k->tally, err));
    k->block = k->tally ? kura_tally_block_new(k->tally, isa) : NULL;
    if (!k->minerals || !k->rank || !k->work || !k->block)
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory to replay a path");
    name_minerals(k, model);
    k->count = kura_tally_block_observer(k->block);
    kura_tally_block_start(k->block);
    return KURA_OK;
}

static void close(teller *k)
{
    kura_arena_fini(&k->record.arena);
    kura_tally_block_free(k->block);
    kura_tally_free(k->tally);
    kura_work_free(k->work);
}

/* A path on which the simulation fails is told as far as it goes. */
static kura_status replay(teller *k, const km_model *model, kura_isa isa, kura_error *err)
{
    kura_observer observer = {k, on_step, on_end};
    uint64_t first = k->told.path - (uint64_t)k->lane;
    k->work->paths = first + KURA_LANES;
    kura_status st = kura_bundle_for(isa)(model, k->work, first, &observer);
    if (st) {
        if (err) *err = k->work->error;
        if (st != KURA_E_INTERNAL || k->in_hand < 0) return st;
        k->told.failure = kura_arena_strdup(&k->arena, k->work->error.message);
        k->asked = k->in_hand;
        const kura_view last = {model, k->in_hand, model->T - 1, first, &k->work->exo, &k->work->state[0],
                                NULL,  NULL,       NULL};
        on_end(k, &last);
    }
    sort_minerals(k, model);
    if (k->arena.failed || k->record.arena.failed)
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory to tell a path");
    return KURA_OK;
}

kura_status kura_story_of(const km_model *model, uint64_t path, const kura_explain_options *options,
                          kura_story **out, kura_error *err)
{
    kura_run_options run = {.threads = 1, .isa = options->isa, .paths = KURA_LANES};
    kura_run_plan plan;
    kura_isa isa;
    *out = NULL;
    if (path >= KURA_PATHS_MOST)
        return kura_error_set(err, KURA_E_USAGE, "there is no path %llu: paths are numbered from 0 to %llu",
                              (unsigned long long)path, (unsigned long long)(KURA_PATHS_MOST - 1));
    int asked;
    KURA_TRY(find_mineral(model, options->mineral, &asked, err));
    KURA_TRY(kura_run_plan_of(model, &run, &plan, err));
    kura_isa_parse(plan.isa, &isa);
    teller *k = calloc(1, sizeof *k);
    if (!k) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to replay a path");
    k->asked = asked;
    kura_status st = KURA_OK;
    if (km_draws(model)) {
        st = km_draw_make(model, path / km_draw_paths(model), &k->draw, err);
        model = k->draw.model;
    }
    if (!st) st = prepare(k, model, path, isa, err);
    if (!st) st = replay(k, model, isa, err);
    close(k);
    if (st)
        kura_story_release(&k->told);
    else
        *out = &k->told;
    return st;
}

void kura_story_release(kura_story *story)
{
    teller *k = (teller *)story; /* its first member */
    if (!k) return;
    kura_arena_fini(&k->arena);
    km_draw_free(&k->draw);
    free(k);
}
