/* A study: a scenario and its policies on the same paths, in one run [7, R10.4d].
 *
 * The scenario is run as ever.  Then policy after policy is read, compiled, run on the same paths and
 * compared; only its differences are kept.  Policies that nobody dominates may be run again, with the
 * scenario, on fresh paths. */
#ifndef KURA_RUN_STUDY_H
#define KURA_RUN_STUDY_H

#include "run/run.h"

/* Where the scenario was read from, so that its policies can be read one by one. */
typedef struct {
    const char *path;
    const char *const *sets;
    size_t nsets;
    const kura_scenario_data *data;
    char (*hashes)[65]; /* [policies] of what was checked, set by kura_study_check; in the arena */
} kura_study;

/* Reads and compiles every policy; what is wrong with one is added to `diag`.  KURA_E_SCENARIO or
 * KURA_E_NO_INPUT when there was an error. */
kura_status kura_study_check(kura_study *study, const km_model *model, kura_arena *arena, kura_diag *diag,
                             kura_error *err);

/* Runs the scenario and its policies; `frame` gets what kura_run_model gives, /policies and, where runs have
 * costs, /frontier. */
kura_status kura_study_run(const kura_study *study, const km_model *model, const kura_run_options *options,
                           kura_frame *frame, kura_run_record *record, kura_error *err);

/* Prints the policies and what is expected of them. */
void kura_study_print(const kura_scenario_data *data, FILE *to);

/* Two results with the same seed and paths, from their /samples: `frame` gets /policies with one policy, what
 * `other` changes (compare_files.c).  KURA_E_SCENARIO when they cannot be compared, with the reason. */
kura_status kura_compare_files(const char *path, const char *other, kura_frame **frame, kura_error *err);

/* Marks the minerals that two models simulate alike to the last bit (alike.c). */
void kura_models_alike(const km_model *a, const km_model *b, unsigned char *same);

#endif
