/* Probe: hashes of what the lane kernels compute, to compare instruction sets bit by bit. */
#ifndef KURA_NUM_LANES_PROBE_H
#define KURA_NUM_LANES_PROBE_H

#include "num/isa.h"
#include <stdint.h>

#define KURA_PROBE_COUNT 8
/* out: uniforms, uniforms with a stride, exp, log, norm_inv, norm_cdf, sin and cos, floor. */
void kura_num_probe_scalar(uint64_t out[KURA_PROBE_COUNT]);
void kura_num_probe_baseline(uint64_t out[KURA_PROBE_COUNT]);
void kura_num_probe_v3(uint64_t out[KURA_PROBE_COUNT]);
void kura_num_probe_v4(uint64_t out[KURA_PROBE_COUNT]);

typedef void kura_num_probe_fn(uint64_t out[KURA_PROBE_COUNT]);
/* The probe of an instruction set; NULL when it is not compiled in.  (In selfcheck.c.) */
kura_num_probe_fn *kura_num_probe(kura_isa isa);

#endif
