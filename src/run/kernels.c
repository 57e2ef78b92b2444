/* Kernels of a run, see kernels.h. */
#include "run/kernels.h"
#include "tally/block.h"

#ifdef KURA_HAVE_ISA_scalar
kura_bundle_fn kura_bundle_scalar;
kura_observe_fn kura_observe_scalar;
#endif

kura_bundle_fn *kura_kernels_bundle(kura_isa isa)
{
#ifdef KURA_HAVE_ISA_scalar
    if (isa == KURA_ISA_SCALAR) return kura_isa_present(isa) ? kura_bundle_scalar : NULL;
#endif
    return kura_bundle_for(isa);
}

kura_tally_block *kura_kernels_block(kura_tally *tally, kura_isa isa)
{
    kura_tally_block *block = kura_tally_block_new(tally, isa);
#ifdef KURA_HAVE_ISA_scalar
    if (block && isa == KURA_ISA_SCALAR) block->observe = kura_observe_scalar;
#endif
    return block;
}
