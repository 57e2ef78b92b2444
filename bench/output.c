/* kura_bench_output: what a run pays beside simulating, for a number of paths that would take too long.
 *
 *     kura_bench_output SCENARIO PATHS THREADS FILE
 *
 * Simulates 64 paths, gives their metrics to all others and their block to all blocks, then merges, makes the
 * result and writes it to FILE as `kura run` does.  Prints one line of JSON: CPU nanoseconds of each (all
 * threads), wall nanoseconds of what comes after the paths, and the size of the file. */
#include "io/write.h"
#include "kura/kura.h"
#include "base/error.h"
#include "load.h"
#include "run/run.h"
#include "sim/work.h"
#include "tally/finalise.h"
#include "tally/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUNDLE = KURA_LANES };

static double now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

/* CPU time since the last call. */
static double lap(void)
{
    static double last;
    double before = last;
    last = now(CLOCK_PROCESS_CPUTIME_ID);
    return last - before;
}

static void check(kura_status st, const kura_error *err)
{
    if (!st) return;
    fprintf(stderr, "kura_bench_output: %s\n", err->message);
    exit(kura_status_exit(st));
}

static void repeat_metrics(kura_tally *t)
{
    size_t columns = (size_t)t->model->nminerals * KURA_METRIC_COUNT;
    double x[BUNDLE];
    for (uint64_t p = BUNDLE; p < t->paths; p += BUNDLE)
        for (size_t c = 0; c < columns; c++) {
            kura_columns_get(t->metrics, c, 0, BUNDLE, x);
            kura_columns_put(t->metrics, c, p, t->paths - p < BUNDLE ? (size_t)(t->paths - p) : BUNDLE, x);
        }
}

int main(int argc, char **argv)
{
    uint64_t paths = argc == 5 ? strtoull(argv[2], NULL, 10) : 0;
    kura_error err = {0};
    kura_tally *tally;
    if (paths < BUNDLE) {
        fprintf(stderr, "usage: kura_bench_output SCENARIO PATHS(at least %d) THREADS FILE\n", BUNDLE);
        return 64;
    }
    bench_scenario s = bench_load(argv[1]);
    kura_isa isa = kura_isa_best();
    check(kura_tally_new(s.model, paths, paths, NULL, &tally, &err), &err);
    kura_tally_block *block = kura_tally_block_new(tally, isa);
    kura_work *work = kura_work_new(s.model);
    kura_frame *frame = kura_frame_new();
    if (!block || !work || !frame) check(kura_error_set(&err, KURA_E_MEMORY, "not enough memory"), &err);
    kura_tally_block_start(block);
    kura_observer observer = kura_tally_block_observer(block);
    lap();
    check(kura_bundle_for(isa)(s.model, work, 0, &observer), &work->error);
    double simulate = lap() / BUNDLE;
    repeat_metrics(tally);
    double metrics = lap(), wall = now(CLOCK_MONOTONIC);
    uint64_t batches = (paths - 1) / kura_batch_paths(s.model) + 1;
    for (uint64_t b = 0; b < batches; b++) kura_tally_merge(tally, block);
    double merge = lap();
    frame->threads = atoi(argv[3]);
    check(kura_finalise(frame, tally, &err), &err);
    double finalise = lap();
    check(kura_io_write(frame, argv[4], 1, &err), &err);
    double writing = lap();
    wall = now(CLOCK_MONOTONIC) - wall;
    struct stat st = {0};
    stat(argv[4], &st);
    printf("{\"what\": \"output\", \"paths\": %llu, \"path_ns\": %.0f, \"metrics_ns\": %.0f, \"merge_ns\": "
           "%.0f, "
           "\"finalise_ns\": %.0f, \"write_ns\": %.0f, \"wall_ns\": %.0f, \"file_bytes\": %lld}\n",
           (unsigned long long)paths, simulate, metrics, merge, finalise, writing, wall,
           (long long)st.st_size);
    kura_tally_block_free(block);
    kura_work_free(work);
    kura_tally_free(tally);
    kura_frame_free(frame);
    bench_unload(&s);
    return 0;
}
