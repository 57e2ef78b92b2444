/* Drawing on lanes: one uniform number for each of KURA_LANES paths.
 *
 * The number of lane l is kura_stream_uniform of its path and index (num/pcg.h), bit for bit.  Two forms of
 * the same integer arithmetic: with wide vectors a loop of 32-bit partial products and a carry made of bit
 * operations (no instruction set has more for lanes); without them 64-bit multiplications lane by lane, which
 * are then faster (measured: 2 ns a number against 6 with two-lane vectors). */
#ifndef KURA_NUM_LANE_DRAW_H
#define KURA_NUM_LANE_DRAW_H

#include "num/math.h"
#include "num/pcg.h"

#define KURA_PCG_CHEAP_MULTIPLIER 0xda942042e4dd58b5u

#if defined(__SIZEOF_INT128__) && !defined(__AVX2__)
#define KURA_LANE_DRAW_WIDE 0
__extension__ typedef unsigned __int128 kura_u128;
#else
#define KURA_LANE_DRAW_WIDE 1
#endif

/* ((raw >> 12) + 1/2) * 2^-52 of 64 random bits. */
KURA_INLINE double kura_uniform_from(uint64_t raw)
{
    return (kura_from_bits((raw >> 12) | 0x3ff0000000000000u) - 1.0) + 0x1p-53;
}

/* DXSM output of a state. */
KURA_INLINE uint64_t kura_pcg_output(uint64_t hi, uint64_t lo)
{
    hi ^= hi >> 32;
    hi *= KURA_PCG_CHEAP_MULTIPLIER;
    hi ^= hi >> 48;
    return hi * (lo | 1u);
}

/* out[l] = the next number of lane l; then every lane moves on by the stride. */
KURA_INLINE void kura_lane_uniform(kura_lane_stream *restrict ls, double *restrict out)
{
    const uint64_t mh = ls->mul_hi, ml = ls->mul_lo, ah = ls->add_hi, al = ls->add_lo;
    uint64_t *restrict hi = ls->hi, *restrict lo = ls->lo;
#if KURA_LANE_DRAW_WIDE
    const uint64_t low = 0xffffffffu, b0 = ml & low, b1 = ml >> 32;
    for (int l = 0; l < KURA_LANES; l++) {
        uint64_t h = hi[l], x = lo[l];
        out[l] = kura_uniform_from(kura_pcg_output(h, x));
        uint64_t a0 = x & low, a1 = x >> 32;
        uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
        uint64_t mid = (p00 >> 32) + (p01 & low) + (p10 & low);
        uint64_t plo = (mid << 32) | (p00 & low);
        uint64_t phi = p11 + (p01 >> 32) + (p10 >> 32) + (mid >> 32) + h * ml + x * mh;
        uint64_t sum = plo + al;
        uint64_t carry = ((plo & al) | ((plo | al) & ~sum)) >> 63;
        lo[l] = sum;
        hi[l] = phi + ah + carry;
    }
#else
    const kura_u128 add = (kura_u128)ah << 64 | al;
    for (int l = 0; l < KURA_LANES; l++) {
        uint64_t h = hi[l], x = lo[l];
        out[l] = kura_uniform_from(kura_pcg_output(h, x));
        kura_u128 next = (kura_u128)x * ml + ((kura_u128)(h * ml + x * mh) << 64) + add;
        lo[l] = (uint64_t)next;
        hi[l] = (uint64_t)(next >> 64);
    }
#endif
}

#endif
