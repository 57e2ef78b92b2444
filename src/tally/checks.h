/* Checks [8.15]: numbers of a path that a record is held against, one column each.
 *
 * A step counts with the part of it that lies inside the window.  Cargo is counted when it is loaded
 * (exports) or when it arrives (imports: loading plus the lag of that day).  Nothing here is made where a
 * scenario has no checks. */
#ifndef KURA_TALLY_CHECKS_H
#define KURA_TALLY_CHECKS_H

#include "sim/state.h"
#include "tally/columns.h"

typedef struct kura_checks kura_checks;             /* of a run, shared by threads */
typedef struct kura_checks_bench kura_checks_bench; /* of a thread */

/* `out` is NULL for a scenario without checks. */
kura_status kura_checks_new(const km_model *model, uint64_t most, const char *folder, kura_checks **out,
                            kura_error *err);
void kura_checks_free(kura_checks *checks); /* NULL is fine */
size_t kura_checks_bytes(const km_model *model, uint64_t most);
size_t kura_checks_bench_bytes(const km_model *model);
kura_checks_bench *kura_checks_bench_new(const kura_checks *checks); /* NULL when memory ran out */
void kura_checks_bench_free(kura_checks_bench *bench);               /* NULL is fine */
void kura_checks_step(kura_checks_bench *bench, const kura_view *view);
/* After the last step of a mineral: one number of each of its checks for the first `paths` paths. */
void kura_checks_end(kura_checks_bench *bench, const kura_view *view, uint64_t paths);
const kura_columns *kura_checks_columns(const kura_checks *checks);
/* Its columns, which the caller then owns. */
kura_columns *kura_checks_hand_over(kura_checks *checks);

/* "t", "d" or "1": what the number of a check is in. */
const char *kura_check_units(const sc_check *check);

#endif
