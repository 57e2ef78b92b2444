/* The copy of the bundle kernel for an instruction set. */
#include "sim/work.h"

kura_bundle_fn kura_bundle_baseline;
#ifdef KURA_HAVE_ISA_scalar
kura_bundle_fn kura_bundle_scalar;
#endif
#ifdef KURA_HAVE_ISA_v3
kura_bundle_fn kura_bundle_v3;
#endif
#ifdef KURA_HAVE_ISA_v4
kura_bundle_fn kura_bundle_v4;
#endif

kura_bundle_fn *kura_bundle_for(kura_isa isa)
{
    if (!kura_isa_present(isa)) return NULL;
    switch (isa) {
#ifdef KURA_HAVE_ISA_scalar
    case KURA_ISA_SCALAR:
        return kura_bundle_scalar;
#endif
#ifdef KURA_HAVE_ISA_v3
    case KURA_ISA_V3:
        return kura_bundle_v3;
#endif
#ifdef KURA_HAVE_ISA_v4
    case KURA_ISA_V4:
        return kura_bundle_v4;
#endif
    default:
        return kura_bundle_baseline;
    }
}
