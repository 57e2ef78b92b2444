/* What perfect coordination would deliver: the allocation of sampled node-steps as a linear programme [R5.1].
 *
 * The programme is solved by glpsol of GLPK, called with files: GLPK's licence would become that of the whole
 * program if it were linked. */
#ifndef KURA_RUN_COORDINATION_H
#define KURA_RUN_COORDINATION_H

#include "run/run.h"
#include "sim/strain.h"

/* KURA_E_USAGE when there is no glpsol; before a long run. */
kura_status kura_coordination_check(kura_error *err);

/* /allocation: orders left open by contracts alone, by all rounds, and by the best allocation, with their
 * errors. `folder` of its temporary files as for kura_scratch_open. */
kura_status kura_coordination_report(kura_frame *frame, const km_model *model, kura_strain *strain,
                                     uint64_t paths, const char *folder, kura_error *err);

/* The best total that can be delivered of each of n situations of a form, over what is wanted: maximum of the
 * sum of x with sum over importers <= a, sum over exporters <= r, x <= u. */
kura_status kura_coordination_optimum(const km_mineral *m, const kura_strained *items, int n,
                                      const char *folder, double *share, kura_error *err);

#endif
