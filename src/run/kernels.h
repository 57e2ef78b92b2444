/* The copies of the lane kernels that a run uses, by instruction set.
 *
 * Simulation and tallies choose among the copies made for vectors; the scalar one, which exists to be
 * measured against them, is chosen here. */
#ifndef KURA_RUN_KERNELS_H
#define KURA_RUN_KERNELS_H

#include "sim/work.h"
#include "tally/tally.h"

/* NULL when the instruction set is not present. */
kura_bundle_fn *kura_kernels_bundle(kura_isa isa);
/* A block that counts with the kernel of the instruction set, which must be present; NULL when memory ran
 * out. */
kura_tally_block *kura_kernels_block(kura_tally *tally, kura_isa isa);

#endif
