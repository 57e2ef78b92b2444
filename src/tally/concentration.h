/* How concentrated the imports of the focus country were that came [7.2]: on each path the sum of squares of
 * the shares of supplier countries (Herfindahl-Hirschman index) in its imports of the last form over the
 * horizon, one column a mineral; 0 where nothing came.  Cargo counts when it arrives, less what is lost on
 * the way, if it was loaded in the run. */
#ifndef KURA_TALLY_CONCENTRATION_H
#define KURA_TALLY_CONCENTRATION_H

#include "sim/state.h"
#include "tally/columns.h"

typedef struct kura_concentration kura_concentration;             /* of a run, shared by threads */
typedef struct kura_concentration_bench kura_concentration_bench; /* of a thread */

/* `out` is NULL unless tallies.concentration asks for it. */
kura_status kura_concentration_new(const km_model *model, uint64_t most, const char *folder,
                                   kura_concentration **out, kura_error *err);
void kura_concentration_free(kura_concentration *c); /* NULL is fine */
size_t kura_concentration_bytes(const km_model *model, uint64_t most);
size_t kura_concentration_bench_bytes(const km_model *model);
kura_concentration_bench *kura_concentration_bench_new(const kura_concentration *c); /* NULL: no memory */
void kura_concentration_bench_free(kura_concentration_bench *bench);                 /* NULL is fine */
void kura_concentration_step(kura_concentration_bench *bench, const kura_view *view);
/* After the last step of a mineral, for the first `paths` paths. */
void kura_concentration_end(kura_concentration_bench *bench, const kura_view *view, uint64_t paths);
const kura_columns *kura_concentration_columns(const kura_concentration *c);

/* Hub of the last form in the focus country, -1. */
int kura_concentration_hub(const km_model *model, int mineral);

#endif
