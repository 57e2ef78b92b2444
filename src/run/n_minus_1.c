/* Loss of single objects: 63 losses a bundle, each on a lane of its own; lane 0 is undisturbed [8.11]. */
#include "run/n_minus_1.h"
#include "base/error.h"
#include "num/calendar.h"
#include "num/isa.h"
#include "num/math.h"
#include "run/run.h"
#include "sim/forced.h"
#include "sim/work.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define MIN_QUANTA 16.0 /* as the tally has it [R8.1] */
enum { LOSSES = KURA_LANES - 1, RECOVERY_DAYS = 2 * 364 };

/* One loss for one time: a lane of some bundle. */
typedef struct {
    int loss, steps;
    kura_loss_outcome out[KURA_STOCKS];
} job;

/* Jobs of a round, those of a mineral one after the other; bundle b simulates of every mineral the jobs from
 * 63 b on. */
typedef struct {
    kura_n_minus_1_case *c;
    job *jobs;
    int *begin; /* [nminerals + 1] */
    kura_isa isa;
    int threads, bundles;
    kura_status status;
    kura_error error;
} jobs_of_round;

/* What a thread has in hand. */
typedef struct {
    jobs_of_round *round;
    int bundle;
    kura_forced forced;
    kura_arena arena;
} bench;

static job *job_of(const jobs_of_round *r, int mineral, int bundle, int l)
{
    int i = r->begin[mineral] + bundle * LOSSES + l - 1;
    return l > 0 && i < r->begin[mineral + 1] ? &r->jobs[i] : NULL;
}

/* ---- a step ---- */

static void focus_totals(const km_mineral *m, const kura_state *s, lane *D, lane *u)
{
    memset(D, 0, sizeof *D);
    memset(u, 0, sizeof *u);
    for (int k = 0; k < m->nconsumers; k++)
        for (int l = 0; l < KURA_LANES && m->consumers[k].focus; l++) {
            D->v[l] += s->D[k].v[l];
            u->v[l] += s->unserved[k].v[l];
        }
}

static void observe(const bench *b, const kura_view *view, const kura_state *s, int stocks)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    lane D, u;
    focus_totals(m, s, &D, &u);
    if (stocks == KURA_WITH_STOCK && b->bundle == 0)
        b->round->c->base_unserved[view->mineral] += u.v[0] > MIN_QUANTA ? u.v[0] : 0;
    for (int l = 1; l < KURA_LANES; l++) {
        job *j = job_of(b->round, view->mineral, b->bundle, l);
        double more = u.v[l] - u.v[0];
        if (!j || !(more > MIN_QUANTA)) continue;
        kura_loss_outcome *o = &j->out[stocks];
        if (o->first < 0) o->first = view->t - b->round->c->from;
        o->last = view->t - b->round->c->from;
        o->unserved += more;
        o->worst = kura_max(o->worst, more);
        if (D.v[l] > 0) o->worst_share = kura_max(o->worst_share, more / D.v[l]);
    }
}

/* Without stockpiles of their own a mineral has one case. */
static void on_step(void *user, const kura_view *view)
{
    const bench *b = user;
    observe(b, view, view->base, KURA_WITH_STOCK);
    observe(b, view, view->drun ? view->drun : view->base, KURA_WITHOUT_STOCK);
}

static void on_end(void *user, const kura_view *view) { (void)user, (void)view; }

/* ---- a bundle ---- */

static void force_mineral(bench *b, int mineral)
{
    const kura_n_minus_1_case *c = b->round->c;
    const km_mineral *m = &c->model->minerals[mineral];
    kura_forced_mineral *f = &b->forced.minerals[mineral];
    uint64_t *site = (uint64_t *)f->site, *arc = (uint64_t *)f->arc;
    memset(site, 0, (size_t)m->nsites * sizeof *site);
    memset(arc, 0, (size_t)m->narcs * sizeof *arc);
    for (int l = 0; l < KURA_LANES; l++) {
        const job *j = job_of(b->round, mineral, b->bundle, l);
        f->to[l] = j ? b->forced.from + j->steps : 0;
        if (!j) continue;
        const kura_loss *loss = &c->losses[j->loss];
        for (int s = 0; s < m->nsites; s++) site[s] |= (uint64_t)kura_loss_hits_site(c->model, loss, s) << l;
        for (int a = 0; a < m->narcs; a++) arc[a] |= (uint64_t)kura_loss_hits_arc(c->model, loss, a) << l;
    }
}

static int open_bench(bench *b, jobs_of_round *round)
{
    const km_model *model = round->c->model;
    memset(b, 0, sizeof *b);
    b->round = round;
    b->forced.from = round->c->from + model->burn;
    b->forced.minerals = KURA_NEW(&b->arena, kura_forced_mineral, (size_t)model->nminerals);
    for (int i = 0; i < model->nminerals && b->forced.minerals; i++) {
        b->forced.minerals[i].site = KURA_NEW(&b->arena, uint64_t, (size_t)model->minerals[i].nsites);
        b->forced.minerals[i].arc = KURA_NEW(&b->arena, uint64_t, (size_t)model->minerals[i].narcs);
    }
    return b->arena.failed;
}

static void fail(jobs_of_round *r, kura_status st, const kura_error *error)
{
#pragma omp critical(kura_error)
    if (!r->status) {
        r->status = st;
        if (error)
            r->error = *error;
        else
            kura_error_set(&r->error, st, "not enough memory for a thread");
    }
}

static void work_as_thread(jobs_of_round *r, int *next)
{
    const km_model *model = r->c->model;
    kura_work *work = kura_work_new(model);
    bench b;
    int failed = open_bench(&b, r);
    if (!work || failed) fail(r, KURA_E_MEMORY, NULL);
    while (work && !failed) {
#pragma omp atomic capture
        b.bundle = (*next)++;
        if (b.bundle >= r->bundles) break;
        kura_observer observer = {&b, on_step, on_end};
        for (int i = 0; i < model->nminerals; i++) force_mineral(&b, i);
        work->forced = &b.forced;
        work->paths = 0; /* events are not counted */
        kura_status st = kura_bundle_for(r->isa)(model, work, 0, &observer);
        if (st) {
            fail(r, st, &work->error);
            break;
        }
    }
    kura_arena_fini(&b.arena);
    kura_work_free(work);
}

static kura_status simulate(jobs_of_round *r, kura_error *err)
{
    int next = 0;
    memset(r->c->base_unserved, 0, (size_t)r->c->model->nminerals * sizeof *r->c->base_unserved);
    r->bundles = 1; /* the undisturbed case, even if nothing can be lost */
    for (int i = 0; i < r->c->model->nminerals; i++) {
        int n = (r->begin[i + 1] - r->begin[i] + LOSSES - 1) / LOSSES;
        if (n > r->bundles) r->bundles = n;
    }
    int threads = r->threads < r->bundles ? r->threads : r->bundles;
#pragma omp parallel num_threads(threads)
    work_as_thread(r, &next);
    if (r->status && err) *err = r->error;
    return r->status;
}

/* ---- rounds ---- */

static job *add(jobs_of_round *r, int n, int loss, int steps)
{
    job *j = &r->jobs[n];
    memset(j, 0, sizeof *j);
    j->loss = loss;
    j->steps = steps;
    for (int k = 0; k < KURA_STOCKS; k++) j->out[k].first = j->out[k].last = -1;
    return j;
}

/* All losses for all times that are asked for. */
static kura_status simulate_times(jobs_of_round *r, kura_error *err)
{
    kura_n_minus_1_case *c = r->c;
    int n = 0;
    for (int i = 0; i < c->model->nminerals; i++) {
        r->begin[i] = n;
        for (int k = c->begin[i]; k < c->begin[i + 1]; k++)
            for (int d = 0; d < c->ntimes; d++)
                if (c->steps[d] >= 0) add(r, n++, k, c->steps[d]);
        r->begin[i + 1] = n;
    }
    KURA_TRY(simulate(r, err));
    n = 0;
    for (int k = 0; k < c->nlosses; k++)
        for (int d = 0; d < c->ntimes; d++)
            if (c->steps[d] >= 0)
                memcpy(&c->outcomes[(k * c->ntimes + d) * KURA_STOCKS], r->jobs[n++].out,
                       sizeof r->jobs->out);
    return KURA_OK;
}

/* The longest time that is bridged and the shortest that is not, of those simulated. */
static void bracket(const kura_n_minus_1_case *c, int loss, int *bridged, int *fails)
{
    *bridged = 0;
    *fails = -1;
    for (int d = 0; d < c->ntimes; d++) {
        int secure = c->outcomes[(loss * c->ntimes + d) * KURA_STOCKS].first < 0;
        if (c->steps[d] >= 0 && !secure && (*fails < 0 || c->steps[d] < *fails)) *fails = c->steps[d];
    }
    for (int d = 0; d < c->ntimes; d++)
        if (c->steps[d] > *bridged && (*fails < 0 || c->steps[d] < *fails)) *bridged = c->steps[d];
}

/* Time to survive: between the two, by halves. */
static kura_status find_survival(jobs_of_round *r, kura_error *err)
{
    kura_n_minus_1_case *c = r->c;
    int *bridged = KURA_NEW(&c->arena, int, (size_t)c->nlosses),
        *fails = KURA_NEW(&c->arena, int, (size_t)c->nlosses);
    if (c->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    for (int k = 0; k < c->nlosses; k++) bracket(c, k, &bridged[k], &fails[k]);
    for (int open = 1; open;) {
        int n = 0;
        open = 0;
        for (int i = 0; i < c->model->nminerals; i++) {
            r->begin[i] = n;
            for (int k = c->begin[i]; k < c->begin[i + 1]; k++)
                if (fails[k] - bridged[k] > 1) add(r, n++, k, (bridged[k] + fails[k]) / 2);
            r->begin[i + 1] = n;
        }
        if (!n) break;
        KURA_TRY(simulate(r, err));
        for (int j = 0; j < n; j++) {
            const job *done = &r->jobs[j];
            *(done->out[KURA_WITH_STOCK].first < 0 ? &bridged[done->loss] : &fails[done->loss]) = done->steps;
        }
        open = 1;
    }
    for (int k = 0; k < c->nlosses; k++) c->survives[k] = fails[k] < 0 ? -1 : bridged[k];
    return KURA_OK;
}

/* ---- the whole ---- */

static kura_status set_times(kura_n_minus_1_case *c, const km_model *model,
                             const kura_n_minus_1_options *options, kura_error *err)
{
    static const double usual[] = {4, 13, 26, 52};
    const double *weeks = options->nweeks ? options->weeks : usual;
    int most = 1;
    c->ntimes = options->nweeks ? options->nweeks : 4;
    c->weeks = KURA_NEW(&c->arena, double, (size_t)c->ntimes);
    c->steps = KURA_NEW(&c->arena, int, (size_t)c->ntimes);
    if (c->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    int32_t day = model->scenario->run.start_day;
    if (options->from && kura_date_parse(options->from, &day))
        return kura_error_set(err, KURA_E_USAGE, "\"%.40s\" is no date: write it as 2027-01-31",
                              options->from);
    c->from = (int)floor((day - model->scenario->run.start_day) / model->step_days);
    if (c->from < 0 || c->from >= model->T)
        return kura_error_set(err, KURA_E_USAGE, "%.40s lies outside the horizon of the scenario",
                              options->from);
    for (int d = 0; d < c->ntimes; d++) {
        double steps = floor(weeks[d] * 7 / model->step_days + 0.5);
        c->weeks[d] = weeks[d];
        c->steps[d] = c->from + steps > model->T ? -1 : steps < 1 ? 1 : (int)steps;
        if (c->steps[d] > most) most = c->steps[d];
    }
    double T = c->from + most + ceil(RECOVERY_DAYS / model->step_days);
    c->T = T < model->T ? (int)T : model->T;
    return KURA_OK;
}

/* Every trade may be forced, so its availability is read in every step. */
static void watch_trades(km_model *model)
{
    for (int i = 0; i < model->nminerals; i++) {
        km_mineral *m = &model->minerals[i];
        for (int a = 0; a < m->narcs; a++) {
            m->arcs[a].varies = 1;
            for (int e = 0; e < m->nepochs; e++) m->epochs[e].arcs[a].varies = 1;
        }
    }
}

static kura_status prepare(kura_n_minus_1_case *c, const km_model *model, kura_scenario_data *calm,
                           const kura_n_minus_1_options *options, kura_error *err)
{
    kura_diag diag = {0};
    KURA_TRY(set_times(c, model, options, err));
    KURA_TRY(kura_calm_scenario(model->scenario, c->T, &c->arena, calm, err));
    kura_status st = kura_model_compile(calm, model->seed, &c->model, &diag, err);
    for (size_t i = 0; st && i < diag.count; i++)
        if (diag.items[i].severity == KURA_DIAG_ERROR) {
            kura_error_set(err, st, "without its hazards the scenario cannot be compiled: %s",
                           diag.items[i].message);
            break;
        }
    kura_diag_fini(&diag);
    if (st) return st;
    watch_trades(c->model);
    KURA_TRY(kura_list_losses(c, options->mineral, err));
    size_t n = (size_t)c->nlosses;
    c->outcomes = KURA_NEW(&c->arena, kura_loss_outcome, n * (size_t)c->ntimes * KURA_STOCKS);
    c->survives = KURA_NEW(&c->arena, int, n);
    c->base_unserved = KURA_NEW(&c->arena, double, (size_t)c->model->nminerals);
    if (c->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    for (size_t i = 0; i < n * (size_t)c->ntimes * KURA_STOCKS; i++) c->outcomes[i].first = -1;
    return KURA_OK;
}

static kura_status run_rounds(kura_n_minus_1_case *c, const kura_n_minus_1_options *options, kura_error *err)
{
    kura_run_options run = {.threads = options->threads, .isa = options->isa, .paths = KURA_LANES};
    kura_run_plan plan;
    KURA_TRY(kura_run_plan_of(c->model, &run, &plan, err));
    jobs_of_round r = {.c = c, .threads = options->threads > 0 ? options->threads : omp_get_num_procs()};
    kura_isa_parse(plan.isa, &r.isa);
    r.jobs = KURA_NEW(&c->arena, job, (size_t)c->nlosses * (size_t)c->ntimes);
    r.begin = KURA_NEW(&c->arena, int, (size_t)c->model->nminerals + 1);
    if (c->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    KURA_TRY(simulate_times(&r, err));
    return find_survival(&r, err);
}

kura_status kura_n_minus_1_of(const km_model *model, const kura_n_minus_1_options *options, kura_frame *frame,
                              kura_error *err)
{
    kura_n_minus_1_case c;
    kura_scenario_data calm;
    memset(&c, 0, sizeof c);
    kura_status st = prepare(&c, model, &calm, options, err);
    if (!st) st = run_rounds(&c, options, err);
    if (!st) st = kura_report_n_minus_1(frame, &c, err);
    kura_model_free(c.model);
    kura_arena_fini(&c.arena);
    return st;
}
