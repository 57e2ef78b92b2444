/* Random-number streams: PCG64-DXSM addressed by (seed, key, path, index), bit-identical to NumPy's.
 *
 * A number is a function of its address; nothing depends on the order of drawing [R10.1].  With
 *     words = the first 16 bytes of SHA-256(key) as four little-endian 32-bit words
 * draw `index` of path `path` is number `index` (from 0) of random_raw() of
 *     numpy.random.PCG64DXSM(numpy.random.SeedSequence(seed, spawn_key=words)).jumped(path)
 * One key has one orbit of period 2^128; path p starts p golden-ratio steps further along it [R10.3].
 *
 * Invariants: inc is odd; the state is the one BEFORE the draw (output first, then step, as NumPy does).
 * Reference: M. E. O'Neill, PCG, HMC-CS-2014-0905; F. Brown, Random number generation with arbitrary strides,
 * 1994; NumPy 1.24 (PCG64DXSM, SeedSequence). */
#ifndef KURA_NUM_PCG_H
#define KURA_NUM_PCG_H

#include <stdint.h>

/* State and increment of one key at path 0, index 0. */
typedef struct {
    uint64_t state_hi, state_lo, inc_hi, inc_lo;
} kura_stream;

/* Sets `s` to the stream of `key` (a NUL-terminated UTF-8 string) under `seed`. */
void kura_stream_init(kura_stream *s, uint64_t seed, const char *key);
/* Draw number `index` of `path`: 64 bits.  Any address, about a microsecond: the cold path. */
uint64_t kura_stream_raw(const kura_stream *s, uint64_t path, uint64_t index);
/* The same as a uniform number ((raw >> 12) + 1/2) * 2^-52, strictly inside (0,1). */
double kura_stream_uniform(const kura_stream *s, uint64_t path, uint64_t index);
/* The uniform number of 64 random bits. */
double kura_uniform_of_raw(uint64_t raw);

/* Paths drawn together.  Paths never depend on it; last bits of curve sums do: a constant of the numerics. */
#ifndef KURA_LANES
#define KURA_LANES 64
#endif

/* The same key on KURA_LANES neighbouring paths.  Each draw moves every lane on by the stride:
 * state = state * mul + add (mod 2^128). */
typedef struct {
    uint64_t hi[KURA_LANES], lo[KURA_LANES];
    uint64_t inc_hi, inc_lo, mul_hi, mul_lo, add_hi, add_lo;
} kura_lane_stream;

/* Lane l is path first_path + l (modulo 2^64), its next draw has index `first_index`, and each draw moves on
 * by `stride` indices (0: the same number again). */
void kura_lane_stream_init(kura_lane_stream *ls, const kura_stream *s, uint64_t first_path,
                           uint64_t first_index, uint64_t stride);
/* The uniform `ahead` indices (single steps, whatever the stride) after the next draw of `lane`; changes
 * nothing.  Costs about log2(ahead) multiplications: the way to draw ordinal-addressed events of a lane. */
double kura_lane_uniform_at(const kura_lane_stream *ls, int lane, uint64_t ahead);

#endif
