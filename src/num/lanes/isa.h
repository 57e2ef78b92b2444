/* Names of lane kernels: files in a lanes/ folder are compiled once per instruction set, with KURA_ISA =
 * scalar, baseline, v3 or v4; KURA_LANE_NAME(f) is f_scalar, f_baseline, f_v3 or f_v4. */
#ifndef KURA_NUM_LANES_ISA_H
#define KURA_NUM_LANES_ISA_H

#define KURA_CAT_(a, b) a##_##b
#define KURA_CAT(a, b) KURA_CAT_(a, b)
#ifdef KURA_ISA
#define KURA_LANE_NAME(f) KURA_CAT(f, KURA_ISA)
#endif

#endif
