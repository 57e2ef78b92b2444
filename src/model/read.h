/* Reading a scenario: YAML and CSV into the typed structure of scenario.h.
 *
 * The language is described in configs/README.md; its keys are the tables of keys.h.  Reading happens in four
 * phases: merge (include, base, patch, --set), bind (text to typed values, ids to indices), check (what one
 * key alone cannot show), print (the merged scenario as YAML).  Errors are gathered, at most KURA_DIAG_MAX,
 * each with file, line and column. */
#ifndef KURA_MODEL_READ_H
#define KURA_MODEL_READ_H

#include "base/arena.h"
#include "base/error.h"
#include "model/scenario.h"

/* Reads the scenario in `path`, then applies the `nsets` texts "dotted.key=value" in order.  On success *out
 * (allocated in `arena`, as everything it points to) is complete and checked; otherwise *out is NULL and
 * `diag` holds the messages. Warnings may be added to `diag` in either case.  `diag` must not be NULL; `err`
 * may be; it receives the first error. Returns KURA_OK, KURA_E_SCENARIO (errors in the scenario or a table),
 * KURA_E_NO_INPUT (a file could not be read), KURA_E_MEMORY. */
kura_status kura_scenario_read(const char *path, const char *const *sets, size_t nsets, kura_arena *arena,
                               kura_scenario_data **out, kura_diag *diag, kura_error *err);

/* Reads a scenario with unknown quantities [R0.6] again, from what was read before, with these values of them
 * (spreads are not applied); opens no file, so threads may do it at the same time.  `diag` is empty. */
kura_status kura_scenario_reread(const kura_scenario_data *from, const double *values, kura_arena *arena,
                                 kura_scenario_data **out, kura_diag *diag, kura_error *err);
/* Reads the same scenario as policy `policy` of its study changes it.  It is a scenario like any other: no
 * study, no note, no full states or series of paths. */
kura_status kura_scenario_read_policy(const char *path, const char *const *sets, size_t nsets, int policy,
                                      kura_arena *arena, kura_scenario_data **out, kura_diag *diag,
                                      kura_error *err);

#endif
