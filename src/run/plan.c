/* What a run needs of memory and disk, before it begins.
 *
 * Nothing of it grows with the number of paths: metrics and dumps are on the disk, sums and counts have the
 * size of the model, and what is sorted or packed is in hand piece by piece.  Threads give their memory back
 * before the result is made, and the tallies before it is written, so the largest of the three counts.
 * tests/faults/test_budget.c holds the plan against what processes use. */
#include "base/error.h"
#include "base/scratch.h"
#include "io/chunks.h"
#include "io/write.h"
#include "model/causes.h"
#include "model/draw.h"
#include "model/study.h"
#include "run/run.h"
#include "sim/strain.h"
#include "tally/compare.h"
#include "tally/sorted.h"
#include "tally/tally.h"
#include "tally/block.h"
#include <omp.h>
#include <string.h>
#include <unistd.h>

/* The program with its libraries, and HDF5 at work; measured, Debian 12. */
#define PROGRAM_BYTES UINT64_C(10500000)
#define HDF5_BYTES UINT64_C(8500000)

static uint64_t machine_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
    return pages > 0 && size > 0 ? (uint64_t)pages * (uint64_t)size : 0;
}

static uint64_t at_most(uint64_t x, uint64_t most) { return x < most ? x : most; }

/* The result before it is written: curves with errors, quantiles, histograms, as doubles. */
static uint64_t frame_bytes(const km_model *model)
{
    enum { CURVES = 2 * 4 + 3 * 2 + 2 * 3, QUANTILES = 2 * 3 * 7, NUMBERS = 100 };
    uint64_t n = (uint64_t)model->nminerals, cells = n * (uint64_t)model->T;
    uint64_t adequacy = 3 * (uint64_t)model->scenario->tallies.adequacy_points +
                        6 * (uint64_t)model->scenario->tallies.nconfidence;
    uint64_t inputs = km_draws(model) ? (uint64_t)model->scenario->ignorance.nunknowns : 0;
    uint64_t joint = n > 1 ? 3 * n * (5 * n + 2) + 2 * n * n : 0; /* pairs, numbers, tails */
    uint64_t causes = model->scenario->tallies.attribution
                          ? 4 * n * (KM_CAUSE_COUNT + 1) * ((uint64_t)km_places(model) + 1)
                          : 0;
    return 5 * n * inputs * sizeof(double) +
           (cells * (CURVES + QUANTILES + 2 * KURA_BINS) + n * (adequacy + NUMBERS) + joint + causes) *
               sizeof(double) +
           kura_trace_bytes(model, model->scenario->tallies.trace_paths);
}

static uint64_t sorting_bytes(uint64_t paths)
{
    uint64_t run = kura_sorted_bytes(0) + (1 << 19); /* sorting one takes as much again */
    return kura_sorted_bytes(paths) + at_most(paths * sizeof(double), run);
}

/* Of a mineral and path; what is not kept takes no room in a scratch file. */
static uint64_t metrics_of(const km_model *model)
{
    uint64_t n = 0;
    for (int k = 0; k < KURA_METRIC_COUNT; k++) n += (uint64_t)kura_metric_kept(model, (kura_metric)k);
    return n;
}

static uint64_t writing_bytes(const km_model *model, uint64_t paths, int threads)
{
    enum { CHUNK_ENTRY = 200, METADATA = 1 << 24, FILTERED = 3 << 20 };
    uint64_t n = (uint64_t)model->nminerals, column = paths * sizeof(double);
    uint64_t samples = model->scenario->tallies.samples ? metrics_of(model) * n : 0;
    uint64_t chunks = samples * (column / KURA_SOURCE_CHUNK + 1) + (uint64_t)kura_dump_chunks(model, paths);
    uint64_t histogram = n * (uint64_t)model->T * KURA_BINS * sizeof(double);
    uint64_t packing = at_most(samples * column, (uint64_t)threads * kura_chunks_bytes()) +
                       (uint64_t)threads * kura_dump_bench_bytes(model);
    return HDF5_BYTES + at_most(CHUNK_ENTRY * chunks, METADATA) + at_most(3 * histogram, FILTERED) + packing;
}

static uint64_t disk_bytes(const km_model *model, uint64_t paths)
{
    uint64_t metrics = (uint64_t)model->nminerals * metrics_of(model) * paths * sizeof(double);
    metrics += (uint64_t)model->scenario->nchecks * paths * sizeof(double);
    if (model->scenario->tallies.concentration)
        metrics += (uint64_t)model->nminerals * paths * sizeof(double);
    return (paths > KURA_BLOCK_PATHS ? metrics : 0) + (uint64_t)kura_dump_raw_bytes(model, paths);
}

/* A study keeps its result and the tallies of the base (with fresh paths of two), beside those of the policy
 * in hand and its model, and the differences, which it has as often again in the result; on the disk their
 * metrics, and of every run a few numbers a path for the frontier. */
static void add_study(const km_model *model, uint64_t paths, kura_run_plan *plan)
{
    enum { AXES = 5, LEFT_BY_RUNS = 4 << 20 /* in the allocator, one run after the other; measured */ };
    const sc_study *s = model->scenario->study;
    uint64_t kept = s->fresh_paths ? 2 : 1, policies = (uint64_t)s->npolicies;
    uint64_t most = s->fresh_paths > paths ? s->fresh_paths : paths;
    uint64_t numbers = (uint64_t)SC_COMPARE_COUNT + (uint64_t)model->scenario->tallies.nconfidence;
    uint64_t differences =
        2 * kept * policies * numbers * ((uint64_t)model->nminerals + 1) * sizeof(kura_paired);
    plan->bytes_program += LEFT_BY_RUNS;
    plan->bytes_model += model->arena.total + model->scenario->arena->total;
    plan->bytes_tallies = (kept + 1) * kura_tally_bytes(model, most) + frame_bytes(model) + differences;
    plan->bytes_tallies += kept * sorting_bytes(most); /* for quantiles, while runs go on */
    plan->bytes_results += differences;
    plan->bytes_disk += kept * disk_bytes(model, most);
    uint64_t asked = kura_comparison_kept(s, model->nminerals) * paths * sizeof(double);
    *(paths > KURA_BLOCK_PATHS ? &plan->bytes_disk : &plan->bytes_tallies) += asked;
    plan->bytes_disk += most > KURA_BLOCK_PATHS ? kept * (policies + 1) * AXES * most * sizeof(double) : 0;
}

static kura_status choose_isa(const kura_run_options *options, kura_isa *isa, kura_error *err)
{
    *isa = kura_isa_best();
    if (!options->isa || strcmp(options->isa, "auto") == 0) return KURA_OK;
    if (kura_isa_parse(options->isa, isa))
        return kura_error_set(err, KURA_E_USAGE,
                              "unknown instruction set \"%s\": use auto, scalar, baseline, v3 or v4",
                              options->isa);
    if (!kura_isa_present(*isa))
        return kura_error_set(err, KURA_E_USAGE,
                              "instruction set \"%s\" is not present on this machine or build; best is %s",
                              options->isa, kura_isa_name(kura_isa_best()));
    return KURA_OK;
}

/* Zeros take no room and dumps are packed, so only what is beyond all hope is refused. */
static int fits_disk(const kura_run_plan *plan)
{
    return plan->bytes_disk_free == 0 || plan->bytes_disk / 100 <= plan->bytes_disk_free;
}

/* Small, so that a study of 1,024 paths keeps several cores busy; larger where the sums, one a step, are much
 * beside the little work of a step, as in hourly years.  A draw of the inputs is never cut. */
uint64_t kura_batch_paths(const km_model *model)
{
    enum { SMALL = 256, LARGE = KURA_BLOCK_PATHS, LONG_RUN = 4000 /* steps */ };
    uint64_t paths = model->T > LONG_RUN ? LARGE : SMALL, draw = km_draws(model) ? km_draw_paths(model) : 0;
    return draw > paths ? draw : paths;
}

kura_status kura_run_plan_of(const km_model *model, const kura_run_options *options, kura_run_plan *plan,
                             kura_error *err)
{
    memset(plan, 0, sizeof *plan);
    kura_isa isa;
    KURA_TRY(choose_isa(options, &isa, err));
    uint64_t paths = options->paths ? options->paths : model->scenario->run.paths;
    uint64_t batches = (paths - 1) / kura_batch_paths(model) + 1;
    int threads = options->threads > 0 ? options->threads : omp_get_num_procs();
    if (threads > 1024) return kura_error_set(err, KURA_E_USAGE, "%d threads: at most 1024", threads);
    if ((uint64_t)threads > batches) threads = (int)batches;
    plan->threads = threads;
    plan->isa = kura_isa_name(isa);
    plan->bytes_program = PROGRAM_BYTES;
    uint64_t strain = model->scenario->tallies.bracket ? kura_strain_bytes(model) : 0;
    plan->bytes_per_thread = kura_work_bytes(model) + kura_tally_block_bytes(model) + strain;
    uint64_t bytes_model = model->arena.total + model->scenario->arena->total;
    if (km_draws(model)) plan->bytes_per_thread += 2 * bytes_model; /* each reads and compiles its draw */
    plan->bytes_model = bytes_model;
    if (model->scenario->tallies.n_minus_1) plan->bytes_model += model->arena.total; /* a calm copy */
    plan->bytes_tallies = kura_tally_bytes(model, paths) + strain;
    plan->bytes_results = frame_bytes(model) + writing_bytes(model, paths, threads);
    plan->bytes_disk = disk_bytes(model, paths);
    if (model->scenario->study) add_study(model, paths, plan);
    uint64_t simulating = plan->bytes_tallies + plan->bytes_per_thread * (uint64_t)threads;
    uint64_t finishing = plan->bytes_tallies + frame_bytes(model) + sorting_bytes(paths);
    if (finishing > simulating) simulating = finishing;
    plan->bytes_total = plan->bytes_program + plan->bytes_model +
                        (simulating > plan->bytes_results ? simulating : plan->bytes_results);
    plan->bytes_machine = options->memory_limit ? options->memory_limit : machine_memory();
    plan->bytes_disk_free = kura_scratch_room(options->scratch);
    plan->fits = (plan->bytes_machine == 0 || plan->bytes_total <= plan->bytes_machine) && fits_disk(plan);
    return KURA_OK;
}

kura_status kura_run_does_not_fit(const kura_run_plan *plan, kura_error *err)
{
    if (!fits_disk(plan))
        return kura_error_set(
            err, KURA_E_MEMORY,
            "the metrics of the paths need up to %.3g GB of disk, and there are %.3g GB where "
            "the scratch file stands (beside the output, else in TMPDIR); use fewer paths",
            (double)plan->bytes_disk / 1e9, (double)plan->bytes_disk_free / 1e9);
    return kura_error_set(
        err, KURA_E_MEMORY,
        "the run needs about %.3g GB (%d threads of %.3g MB, tallies %.3g MB, result %.3g MB), "
        "but there are %.3g GB; use fewer threads%s",
        (double)plan->bytes_total / 1e9, plan->threads, (double)plan->bytes_per_thread / 1e6,
        (double)plan->bytes_tallies / 1e6, (double)plan->bytes_results / 1e6,
        (double)plan->bytes_machine / 1e9,
        plan->threads > 1 ? "" : ", longer steps or fewer minerals at once");
}
