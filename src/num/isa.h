/* Instruction sets: which copies of the lane kernels are compiled in and may run on this processor.
 *
 * Results never depend on the choice; only speed does.  Kernels are compiled from num/lanes, sim/lanes and
 * tally/lanes. */
#ifndef KURA_NUM_ISA_H
#define KURA_NUM_ISA_H

/* Scalar is the yardstick of the vectors: the same sources at -O3 for x86-64-v2 without vectorisation (plain
 * C on other processors).  It is never chosen by itself. */
typedef enum { KURA_ISA_BASELINE, KURA_ISA_V3, KURA_ISA_V4, KURA_ISA_SCALAR, KURA_ISA_COUNT } kura_isa;

/* Compiled in, and supported by processor and operating system.  The baseline is always present. */
int kura_isa_present(kura_isa isa);
/* The widest one present. */
kura_isa kura_isa_best(void);
/* "baseline", "v3", "v4", "scalar"; never NULL. */
const char *kura_isa_name(kura_isa isa);
/* Nonzero when the name is none of these.  Says nothing about presence. */
int kura_isa_parse(const char *name, kura_isa *isa);

#endif
