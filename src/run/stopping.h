/* Simulating until a precision is reached [8.13]: when a run looks at its numbers, what it compares, when it
 * stops.
 *
 * A run is cut into stages that end after 1024, 2048, 4096 ... paths and at run.paths.  All batches of a stage
 * are finished before the look, so neither the look nor the number of paths depends on threads.  A look makes
 * the groups of the result by the same code as the end of the run, and reads the watched numbers there. */
#ifndef KURA_RUN_STOPPING_H
#define KURA_RUN_STOPPING_H

#include "tally/tally.h"
#include "base/error.h"
#include "tally/frame.h"

typedef struct kura_stopping kura_stopping;

/* For a scenario with run.stop_when; NULL: no memory. */
kura_stopping *kura_stopping_new(const km_model *model, uint64_t most);
void kura_stopping_free(kura_stopping *stopping);

/* Number of paths at the end of the stage that begins with path `done`. */
uint64_t kura_stopping_stage(uint64_t done, uint64_t most);
/* Looks at the tallies of a finished stage.  Sets `reached` when every watched number has reached its
 * precision at this look and at the latest one of at most half its paths. */
kura_status kura_stopping_look(kura_stopping *stopping, const kura_tally *tally, int *reached,
                               kura_error *err);
/* Adds /stopping and, beside each watched number, its flag <name>_converged. */
kura_status kura_stopping_report(const kura_stopping *stopping, kura_frame *frame, kura_error *err);

/* Warns of precisions that may never be reached with `most` paths. */
void kura_stopping_warn(const km_model *model, uint64_t most, kura_diag *diag);

#endif
