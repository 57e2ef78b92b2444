/* /provenance: where, when and how the result was made.  Outside the digest; left out with --reproducible. */
#include "run/run.h"
#include "base/error.h"
#include "io/h5.h"
#include "kura_revision.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

kura_status kura_report_provenance(kura_frame *frame, const km_model *model, const kura_run_record *record,
                                   const kura_run_options *options, kura_error *err)
{
    kf_group *g = kura_frame_group(frame, "provenance");
    kura_arena *a = &frame->arena;
    if (!g) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    char host[256] = "unknown", when[32] = "";
    gethostname(host, sizeof host - 1);
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc)) strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &utc);
    const char *command = options->command_line ? options->command_line : "";
    kura_frame_attr_text(frame, g, "history", kura_arena_printf(a, "%s %s", when, command));
    kura_frame_attr_text(frame, g, "host", host);
    kura_frame_attr_text(frame, g, "command_line", command);
    kura_frame_attr_text(frame, g, "software_version", kura_version());
    kura_frame_attr_text(frame, g, "revision", KURA_REVISION);
    kura_frame_attr_text(frame, g, "compiler", KURA_COMPILER);
    kura_frame_attr_text(
        frame, g, "state_hash",
        kura_arena_printf(a, "%016" PRIx64 "%016" PRIx64, record->state_hash[0], record->state_hash[1]));
    kura_frame_attr_text(frame, g, "build_type", KURA_BUILD_TYPE);
    kura_frame_attr_text(frame, g, "compiler_flags", KURA_FLAGS);
    kura_frame_attr_text(frame, g, "hdf5_version", H5_VERS_INFO);
    kura_frame_attr_text(frame, g, "instruction_set", kura_isa_name(record->isa));
    double *n = KURA_NEW(a, double, 6), *batches = KURA_NEW(a, double, (size_t)record->threads),
           *thread = KURA_NEW(a, double, (size_t)record->threads);
    if (a->failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    n[0] = record->threads;
    n[1] = record->seconds_simulate;
    n[2] = record->seconds_finalise;
    n[3] = (double)record->paths / (record->seconds_simulate > 0 ? record->seconds_simulate : 1);
    n[4] = (double)record->paths_asked;
    n[5] = (double)record->paths;
    static const char *const names[] = {"threads",          "seconds_simulate", "seconds_finalise",
                                        "paths_per_second", "paths_asked",      "paths_used"};
    for (int i = 0; i < 6; i++) kura_frame_attr_f64(frame, g, names[i], 1, &n[i]);
    for (int i = 0; i < record->threads; i++) {
        thread[i] = i;
        batches[i] = (double)record->batches_of_thread[i];
    }
    kura_frame_dim_f64(frame, g, "thread", record->threads, thread, "1", "thread number");
    kura_frame_var(frame, g, "batches", KF_F64, "thread", batches, "1",
                   "batches of paths simulated by the thread", NULL, NULL);
    (void)model;
    return a->failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result") : KURA_OK;
}
