/* Batches of paths to threads, see run.h.  The only file that knows OpenMP.
 *
 * A thread takes the next batch that nobody has, simulates its bundles in path order, and adds its sums to
 * the shared tally under a lock.  Every shared sum is an integer, so the order in which batches finish leaves
 * no trace. */
#include "run/run.h"
#include "run/coordination.h"
#include "base/error.h"
#include "run/stock_check.h"
#include "run/draws.h"
#include "run/stopping.h"
#include "sim/work.h"
#include "tally/finalise.h"
#include "tally/tally.h"
#include <omp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const km_model *model;
    const kura_run_options *options;
    kura_tally *tally;
    kura_strain *strain; /* open orders, or NULL */
    kura_isa isa;
    kura_bundle_fn *bundle;
    uint64_t batch; /* paths of one */
    uint64_t next_batch, batches,
        paths;                 /* of the stage: paths 0 to `paths`, of which earlier ones are done */
    uint64_t first;            /* number of path 0: the tally counts from 0 */
    const unsigned char *same; /* minerals that are left out, or NULL */
    uint64_t most, paths_done, clamps;
    int stop;
    kura_status status;
    kura_error error;
    double started, reported;
    kura_run_record *record;
} job;

/* Any thread may report, one at a time: the last ones at work must still hear a request to stop. */
static void report_progress(job *j)
{
    if (!j->options->progress) return;
    uint64_t done;
#pragma omp atomic read
    done = j->paths_done;
#pragma omp critical(kura_progress)
    {
        double now = omp_get_wtime();
        if (now - j->reported >= 0.1) {
            j->reported = now;
            if (j->options->progress(j->options->user, done, j->most, now - j->started)) {
#pragma omp atomic write
                j->stop = 1;
            }
        }
    }
}

static void make_ready(const job *j, kura_work *work)
{
    work->clamps = 0;
    work->paths = j->first + j->paths;
    work->same = j->same;
    work->brief = !j->tally->trace && !j->tally->dump && !j->model->costs && !j->tally->checks &&
                  !j->tally->concentration;
}

static kura_status simulate_bundle(job *j, const km_model *model, kura_work *work,
                                   const kura_observer *observer, uint64_t first, uint64_t last)
{
    int stop;
#pragma omp atomic read
    stop = j->stop;
    if (stop) return KURA_E_INTERRUPTED;
    kura_status st = j->bundle(model, work, j->first + first, observer);
    if (!st) st = kura_tally_status(j->tally, &work->error);
    if (st) return st;
#pragma omp atomic
    j->paths_done += last - first < KURA_LANES ? last - first : KURA_LANES;
    report_progress(j);
    return KURA_OK;
}

static uint64_t end_of_batch(const job *j, uint64_t first)
{
    return j->paths - first < j->batch ? j->paths : first + j->batch;
}

/* An observer of paths that are counted from `first`. */
typedef struct {
    kura_observer observer;
    uint64_t first;
} shifted;

static void shifted_step(void *user, const kura_view *view)
{
    const shifted *s = user;
    kura_view moved = *view;
    moved.first_path -= s->first;
    s->observer.step(s->observer.user, &moved);
}

static void shifted_end(void *user, const kura_view *view)
{
    const shifted *s = user;
    kura_view moved = *view;
    moved.first_path -= s->first;
    s->observer.end(s->observer.user, &moved);
}

static kura_status simulate_batch(job *j, kura_work *work, kura_tally_block *block, uint64_t index)
{
    kura_observer observer = kura_tally_block_observer(block);
    shifted later = {observer, j->first};
    if (j->first) observer = (kura_observer){&later, shifted_step, shifted_end};
    kura_tally_block_start(block);
    uint64_t first = index * j->batch, last = end_of_batch(j, first);
    for (uint64_t p = first; p < last; p += KURA_LANES)
        KURA_TRY(simulate_bundle(j, j->model, work, &observer, p, last));
    return KURA_OK;
}

/* The paths of one draw of the parameters: a sum of its own in the tally, for the errors [8.9]. */
static kura_status simulate_draw(job *j, kura_draw_in_hand *hand, kura_tally_block *block, uint64_t first,
                                 kura_error *err)
{
    kura_observer observer = kura_tally_block_observer(block);
    shifted later = {observer, j->first};
    if (j->first) observer = (kura_observer){&later, shifted_step, shifted_end};
    kura_tally_block_start(block);
    KURA_TRY(kura_draw_begin(hand, j->tally, j->first + first, first, err));
    make_ready(j, hand->work);
    uint64_t last = first + km_draw_paths(j->model);
    if (last > j->paths) last = j->paths;
    for (uint64_t p = first; p < last; p += KURA_LANES) {
        kura_status st = simulate_bundle(j, hand->draw.model, hand->work, &observer, p, last);
        if (st) *err = hand->work->error;
        if (st) return st;
    }
    return KURA_OK;
}

/* A batch whose parameters are drawn. */
static kura_status simulate_draws(job *j, kura_draw_in_hand *hand, kura_tally_block *block, uint64_t index,
                                  kura_error *err)
{
    uint64_t first = index * j->batch, last = end_of_batch(j, first);
    kura_status st = KURA_OK;
    for (uint64_t p = first; p < last && !st; p += km_draw_paths(j->model)) {
        st = simulate_draw(j, hand, block, p, err);
#pragma omp critical(kura_merge)
        {
            int ends = p + km_draw_paths(j->model) >= j->paths;
            if (!st) kura_tally_merge(j->tally, block);
            if (!st && ends) kura_tally_note_last(j->tally, block);
            if (!st) j->clamps += hand->work->clamps;
            kura_draw_end(hand, j->record->counts, ends ? j->record->last_counts : NULL);
        }
    }
    return st;
}

static void set_error(job *j, kura_status st, const kura_error *error)
{
#pragma omp critical(kura_error)
    {
        if (!j->status) {
            j->status = st;
            if (error && error->code)
                j->error = *error;
            else
                kura_error_set(&j->error, st, "%s",
                               st == KURA_E_MEMORY ? "not enough memory for a thread" : kura_status_text(st));
        }
    }
#pragma omp atomic write
    j->stop = 1;
}

/* Draws have a workspace each, which kura_draw_begin makes; without draws a thread has one. */
static void work_as_thread(job *j, int thread)
{
    int draws = km_draws(j->model);
    kura_draw_in_hand hand = {.nominal = j->model};
    kura_work *work = draws ? NULL : kura_work_new(j->model);
    kura_tally_block *block = kura_tally_block_new(j->tally, j->isa);
    uint64_t clamps = 0;
    if (work && j->strain) work->strain = kura_strain_new(j->model);
    int ready = (draws || work) && block && (!j->strain || draws || work->strain);
    if (!ready) set_error(j, KURA_E_MEMORY, NULL);
    while (ready) {
        uint64_t index;
        int stop;
        kura_error error = {0};
#pragma omp atomic capture
        index = j->next_batch++;
#pragma omp atomic read
        stop = j->stop;
        if (stop || index >= j->batches) break;
        if (work) make_ready(j, work);
        kura_status st =
            draws ? simulate_draws(j, &hand, block, index, &error) : simulate_batch(j, work, block, index);
        if (st) {
            set_error(j, st, work ? &work->error : &error);
            break;
        }
        j->record->batches_of_thread[thread]++;
        if (draws) continue;
        clamps += work->clamps;
#pragma omp critical(kura_merge)
        kura_tally_merge(j->tally, block);
    }
#pragma omp critical(kura_merge)
    {
        j->clamps += clamps;
        for (int i = 0; work && i < j->model->nevents; i++) {
            j->record->counts[i].sum += work->counts[i].sum;
            j->record->counts[i].squares += work->counts[i].squares;
        }
    }
    if (work && work->strain) {
#pragma omp critical(kura_merge)
        kura_strain_merge(j->strain, work->strain, j->model);
        kura_strain_free(work->strain);
    }
    kura_tally_block_free(block);
    kura_work_free(work);
}

void kura_run_record_free(kura_run_record *record)
{
    if (!record) return;
    free(record->counts);
    free(record->last_counts);
    free(record);
}

/* Simulates up to `paths`; all its batches are finished, or the job has a status. */
static void simulate_stage(job *j, uint64_t paths, int threads)
{
    double before = omp_get_wtime();
    j->next_batch = j->batches;
    j->paths = paths;
    j->batches = (paths - 1) / j->batch + 1;
    uint64_t left = j->batches - j->next_batch;
    if ((uint64_t)threads > left) threads = (int)left;
    kura_tally_grow(j->tally, paths);
#pragma omp parallel num_threads(threads)
    work_as_thread(j, omp_get_thread_num());
    /* asked to stop between two batches: no thread was in the middle of one */
    if (j->stop && j->paths_done < paths) set_error(j, KURA_E_INTERRUPTED, NULL);
    j->record->seconds_simulate += omp_get_wtime() - before;
}

/* All paths in one stage or, with run.stop_when, stage by stage until the precision is reached [8.13]. */
static void simulate(job *j, int threads, kura_stopping *stopping)
{
    int reached = 0;
    while (!j->status && !reached && j->paths_done < j->most) {
        if (j->stop) { /* asked at the end of a stage */
            set_error(j, KURA_E_INTERRUPTED, NULL);
            return;
        }
        simulate_stage(j, stopping ? kura_stopping_stage(j->paths_done, j->most) : j->most, threads);
        if (j->status || !stopping) return;
        double before = omp_get_wtime();
        kura_error error = {0};
        kura_status st = kura_stopping_look(stopping, j->tally, &reached, &error);
        if (st) set_error(j, st, &error);
        j->record->seconds_finalise += omp_get_wtime() - before;
    }
}

static kura_status prepare(job *j, kura_stopping **stopping, kura_error *err)
{
    const sc_stop *asked = &j->model->scenario->run.stop;
    uint64_t first = asked->given ? kura_stopping_stage(0, j->most) : j->most;
    j->record->counts = calloc((size_t)j->model->nevents + 1, sizeof *j->record->counts);
    int draws = km_draws(j->model);
    if (draws) j->record->last_counts = calloc((size_t)j->model->nevents + 1, sizeof *j->record->last_counts);
    if (asked->given) *stopping = kura_stopping_new(j->model, j->most);
    if (!j->record->counts || (draws && !j->record->last_counts) || (asked->given && !*stopping))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the tallies");
    if (km_draws(j->model) && j->model->scenario->tallies.bracket)
        return kura_error_set(
            err, KURA_E_USAGE,
            "tallies.bracket is one programme for all sampled steps of a mineral, on one network, and the "
            "inputs of this scenario are drawn anew every %llu paths; take the bracket at the medians, with "
            "--set ignorance.draw=false, or leave it out, with --set tallies.bracket=0",
            (unsigned long long)km_draw_paths(j->model));
    if (j->model->scenario->tallies.bracket) {
        KURA_TRY(kura_coordination_check(err));
        j->strain = kura_strain_new(j->model);
        if (!j->strain) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the tallies");
    }
    KURA_TRY(kura_tally_new(j->model, first, j->most, j->options->scratch, &j->tally, err));
    return kura_tally_dump(j->tally, j->most, err);
}

static void fill_record(kura_run_record *record, const job *j, const kura_run_plan *plan)
{
    record->threads = plan->threads;
    record->isa = j->isa;
    record->paths = j->paths;
    record->paths_asked = j->most;
    record->clamps = j->clamps;
    if (j->tally) memcpy(record->state_hash, j->tally->state_hash, sizeof record->state_hash);
    for (int i = 0; i < j->model->nminerals; i++)
        record->price_steps += j->model->minerals[i].price.given ? j->paths * (uint64_t)j->model->steps : 0;
}

static kura_status run_job(job *j, const kura_run_plan *plan, kura_stopping **stopping, kura_error *err)
{
    kura_isa_parse(plan->isa, &j->isa);
    j->bundle = kura_bundle_for(j->isa);
    kura_status st = prepare(j, stopping, err);
    if (st) return st;
    j->started = omp_get_wtime();
    simulate(j, plan->threads, *stopping);
    fill_record(j->record, j, plan);
    if (j->options->progress && !j->status)
        j->options->progress(j->options->user, j->paths_done, j->paths, omp_get_wtime() - j->started);
    if (j->status && err) *err = j->error;
    return j->status;
}

kura_status kura_run_and_keep(const km_model *model, const kura_run_options *options, kura_frame *frame,
                              kura_run_record *record, kura_tally **tally, kura_error *err)
{
    kura_run_plan plan;
    kura_stopping *stopping = NULL;
    *tally = NULL;
    memset(record, 0, sizeof *record);
    KURA_TRY(kura_run_plan_of(model, options, &plan, err));
    uint64_t paths = options->paths ? options->paths : model->scenario->run.paths;
    if (!plan.fits) return kura_run_does_not_fit(&plan, err);
    job j = {.model = model,
             .options = options,
             .most = paths,
             .batch = kura_batch_paths(model),
             .record = record};
    kura_status st = run_job(&j, &plan, &stopping, err);
    double before = omp_get_wtime();
    frame->threads = plan.threads;
    if (!st) st = kura_finalise(frame, j.tally, err);
    if (!st && model->scenario->tallies.check_required)
        st = kura_stock_check(frame, j.tally, options, j.isa, plan.threads, j.paths, err);
    if (!st && stopping) st = kura_stopping_report(stopping, frame, err);
    if (!st && j.strain)
        st = kura_coordination_report(frame, model, j.strain, j.paths, options->scratch, err);
    record->seconds_finalise += omp_get_wtime() - before;
    kura_stopping_free(stopping);
    if (st)
        kura_tally_free(j.tally);
    else
        *tally = j.tally;
    kura_strain_free(j.strain);
    return st;
}

kura_status kura_run_model(const km_model *model, const kura_run_options *options, kura_frame *frame,
                           kura_run_record *record, kura_error *err)
{
    kura_tally *tally;
    kura_status st = kura_run_and_keep(model, options, frame, record, &tally, err);
    kura_tally_free(tally);
    return st;
}

kura_status kura_run_tally(const km_model *model, const kura_run_options *options, uint64_t first,
                           uint64_t paths, const unsigned char *same, kura_tally **out, kura_error *err)
{
    kura_run_plan plan;
    kura_stopping *none = NULL;
    kura_run_record record;
    kura_run_options own = *options;
    memset(&record, 0, sizeof record);
    own.paths = paths;
    KURA_TRY(kura_run_plan_of(model, &own, &plan, err));
    job j = {.model = model,
             .options = &own,
             .most = paths,
             .batch = kura_batch_paths(model),
             .record = &record,
             .first = first,
             .same = same};
    kura_status st = run_job(&j, &plan, &none, err);
    free(record.counts);
    free(record.last_counts);
    kura_strain_free(j.strain);
    if (st) kura_tally_free(j.tally);
    *out = st ? NULL : j.tally;
    return st;
}
