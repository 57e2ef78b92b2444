/* Elementary functions of the engine: exp, log, sine and cosine, the normal law and its inverse, floor.
 *
 * Why our own: the C library picks variants by processor at run time, so its results differ between machines.
 * These use only + - * / sqrt and bit operations, in one fixed order, and give the same bits with every
 * compiler, optimisation level and instruction set, PROVIDED products and sums are not contracted
 * (-ffp-contract=off; kura_num_selfcheck proves it).
 *
 * Invariants: no branches (selects only), so that loops over lanes vectorise; round-to-nearest mode; no
 * errno, no reliance on floating-point flags.  NaN goes in, NaN comes out, except where noted.  Polynomials
 * and rational functions are minimax fits made for this file (Remez, 45 digits); errors below were measured
 * against 80-bit and 45-digit references.
 *
 * References: Cody & Waite, Software Manual for the Elementary Functions, 1980 (argument reduction); Tang,
 * ACM TOMS 16, 1990 (logarithm); Wichura, Applied Statistics 37, 1988, AS241 (shape of the inverse normal);
 * Cody, Math. Comp. 23, 1969 (tail of the normal law as exp times a rational function). */
#ifndef KURA_NUM_MATH_H
#define KURA_NUM_MATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Always inlined: a call inside a lane loop would end vectorisation. */
#if defined(__GNUC__)
#define KURA_INLINE static inline __attribute__((always_inline, unused))
#else
#define KURA_INLINE static inline
#endif

KURA_INLINE uint64_t kura_bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}
KURA_INLINE double kura_from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* Smaller and larger of two numbers; b when one is NaN.  kura_clamp01: x on [0,1], NaN stays. */
KURA_INLINE double kura_min(double a, double b) { return a < b ? a : b; }
KURA_INLINE double kura_max(double a, double b) { return a > b ? a : b; }
KURA_INLINE double kura_clamp01(double x)
{
    double y = x < 0.0 ? 0.0 : x;
    return y > 1.0 ? 1.0 : y;
}

/* Adding 1.5 * 2^52 rounds |x| < 2^51 to an integer, half to even, and leaves its low bits in the low bits.
 */
#define KURA_ROUNDER 0x1.8p52

/* Largest integer <= x, for |x| < 2^51; -0 gives +0.  Both variants give the same bits.  (No compiler may
 * cancel the sum and difference: that would change values, which -ffast-math alone permits.) */
KURA_INLINE double kura_floor(double x)
{
#if defined(__SSE4_1__) || !(defined(__x86_64__) || defined(__i386__))
    return floor(x) + 0.0;
#else
    double t = (x + KURA_ROUNDER) - KURA_ROUNDER;
    return t - (t > x ? 1.0 : 0.0);
#endif
}

#define KURA_LN2_HI 0x1.62e42feep-1 /* 32 bits: times an exponent it is exact */
#define KURA_LN2_LO 0x1.a39ef35793c76p-33

/* exp(x + low) for |low| < 1e-4: lets callers keep an argument in two parts.  Range as kura_exp. */
KURA_INLINE double kura_exp_sum(double x, double low)
{
    double y = x < -708.0 ? -708.0 : x;
    y = y > 709.0 ? 709.0 : y;
    double t = y * 0x1.71547652b82fep0 + KURA_ROUNDER; /* 1/ln 2 */
    double k = t - KURA_ROUNDER;
    double hi = y - k * KURA_LN2_HI; /* exact */
    double lo = k * KURA_LN2_LO - low;
    double r = hi - lo; /* |r| <= ln(2)/2 */
    double w = r * r;
    double p0 = 0x1.28ad6b55a5ef5p-22;
    p0 = p0 * w + 0x1.a0199a17fb7bep-16;
    p0 = p0 * w + 0x1.6c16c18423eedp-10;
    p0 = p0 * w + 0x1.55555555508a5p-5;
    p0 = p0 * w + 0x1.000000000000ap-1;
    double p1 = 0x1.ad7b4dd489491p-26;
    p1 = p1 * w + 0x1.71df28353c327p-19;
    p1 = p1 * w + 0x1.a01a0128eb058p-13;
    p1 = p1 * w + 0x1.1111111128074p-7;
    p1 = p1 * w + 0x1.55555555554f9p-3;
    double p = p0 + r * p1; /* (exp(r) - 1 - r)/r^2, error 4e-18 of exp */
    double e = 1.0 + (hi + (w * p - lo));
    double z = kura_from_bits(kura_bits(e) + (kura_bits(t) << 52)); /* e * 2^k: the low bits of t are k */
    return x < -708.0 ? 0.0 : z;
}

/* e^x, error below 1 ulp (0.98 measured); exp(0) = 1.  Below -708 the result is 0 (never subnormal); above
 * 709 it stays at exp(709), about 8.2e307: infinity is never returned. */
KURA_INLINE double kura_exp(double x) { return kura_exp_sum(x, 0.0); }

/* Natural logarithm of a normal x > 0, error below 1 ulp (0.84 measured); log(1) = 0.  NaN for x <= 0 and
 * NaN.  Subnormal x give a wrong value near -708.4 ... -709.1, infinity gives 709.78. */
KURA_INLINE double kura_log(double x)
{
    const uint64_t half_root = 0x3fe6a09e667f3bcdu; /* sqrt(1/2) */
    uint64_t u = kura_bits(x) + (0x3ff0000000000000u - half_root);
    double k = kura_from_bits((u >> 52) | 0x4330000000000000u) - (0x1p52 + 1023.0); /* exponent */
    double m = kura_from_bits((u & 0x000fffffffffffffu) + half_root); /* in [sqrt(1/2), sqrt(2)) */
    double f = m - 1.0;
    double s = f / (2.0 + f); /* log m = 2 atanh s */
    double z = s * s;
    double p = 0x1.2f0c4c636867bp-3; /* (2 atanh(s) - 2 s)/s^3, error 3e-18 of the logarithm */
    p = p * z + 0x1.39a11942bb611p-3;
    p = p * z + 0x1.7466449891306p-3;
    p = p * z + 0x1.c71c51f07d379p-3;
    p = p * z + 0x1.249249420c3e0p-2;
    p = p * z + 0x1.999999997fc0bp-2;
    p = p * z + 0x1.5555555555593p-1;
    double h = 0.5 * f * f;
    double y = k * KURA_LN2_HI - ((h - (s * (h + p * z) + k * KURA_LN2_LO)) - f);
    return x > 0.0 ? y : kura_from_bits(0x7ff8000000000000u);
}

/* exp(x) - 1 without cancellation, error below 4 ulp; range as kura_exp. */
KURA_INLINE double kura_expm1(double x)
{
    double e = kura_exp(x), d = e - 1.0;
    double l = kura_log(e);
    double q = d * (x / (l == 0.0 ? 1.0 : l));
    double y = l == 0.0 ? x : q;
    return x < -40.0 ? -1.0 : y;
}

/* log(1 + x) for x > -1 without cancellation, error below 3 ulp. */
KURA_INLINE double kura_log1p(double x)
{
    double w = 1.0 + x, d = w - 1.0;
    double q = kura_log(w) * (x / (d == 0.0 ? 1.0 : d));
    return d == 0.0 ? x : q;
}

/* s = sin(2 pi u), c = cos(2 pi u) for u in [0,1], error below 1 ulp (0.90 measured) for every draw; exact at
 * multiples of 1/4. */
KURA_INLINE void kura_sincos_2pi(double u, double *s, double *c)
{
    double v = 4.0 * u;
    double t = v + KURA_ROUNDER;
    double r = v - (t - KURA_ROUNDER); /* exact, |r| <= 1/2; the angle is (quadrant + r) * pi/2 */
    double z = r * r;
    double p = 0x1.e403645ae9e23p-25; /* (sin(pi/2 r) - pi/2 r)/r^3 */
    p = p * z - 0x1.e300a54f7297cp-19;
    p = p * z + 0x1.5078301a795d6p-13;
    p = p * z - 0x1.32d2cce332826p-8;
    p = p * z + 0x1.466bc67758d7ep-4;
    p = p * z - 0x1.4abbce625be47p-1;
    /* pi/2 in two parts: 1.5, whose product with r is exact for every draw, and the rest */
    double sine = r * 1.5 + r * (z * p + 0x1.21fb54442d184p-4);
    double q = -0x1.b2a1edc14f461p-28; /* (cos(pi/2 r) - 1 + (pi/2 r)^2/2)/r^4 */
    q = q * z + 0x1.f9cd203c1cd9ep-22;
    q = q * z - 0x1.a6d1edbb5abcep-16;
    q = q * z + 0x1.e1f5068528be7p-11;
    q = q * z - 0x1.55d3c7e3ca6fdp-6;
    q = q * z + 0x1.03c1f081b5abcp-2;
    double a = z * 0x1.3bd3cc9be45dep0; /* (pi/2)^2/2 */
    double b = 1.0 - a;
    double cosine = b + (((1.0 - b) - a) + z * (z * q - 0x1.692b71366cc04p-54));
    uint64_t n = kura_bits(t);
    uint64_t swap = 0u - (n & 1u), si = kura_bits(sine), co = kura_bits(cosine);
    uint64_t x = (si ^ co) & swap; /* odd quadrant: exchange */
    *s = kura_from_bits((si ^ x) ^ ((n & 2u) << 62));
    *c = kura_from_bits((co ^ x) ^ (((n + 1u) & 2u) << 62));
}

/* Inverse of the standard normal distribution function for u in (0,1), u >= 2.3e-308; error below 6 ulp (4.6
 * measured).  NaN outside (0,1).  Exactly odd about 1/2 wherever 1 - u is exact; never decreasing from one
 * draw of kura_stream_uniform to the next larger one (tested); between arguments closer than draws it may
 * step back by rounding.
 *
 * With t = 0.45^2 - (u - 1/2)^2 in the middle, x = (u - 1/2)(2 + R(t)); with t = sqrt(-log(tail)) - 55/32 in
 * the tails, x = +-(1.375 t + R(t)): one rational function R with two sets of coefficients, and a leading
 * term that keeps its rounding small. */
KURA_INLINE double kura_norm_inv(double u)
{
    double q = u - 0.5, v = 1.0 - u;
    double tail = u < v ? u : v;
    double root = sqrt(-kura_log(tail)) - 0x1.b8p0;
    double mid = 0x1.9eb851eb851ecp-3 - q * q; /* 0.2025 */
    int central = tail >= 0.05;
    double t = central ? mid : root;
#define KURA_PICK_(c, d) (central ? (c) : (d))
    double w = t * t;
    double a0 = KURA_PICK_(0.0, 0x1.1a14a55fa0930p-31);
    a0 = a0 * w + KURA_PICK_(-0x1.541bc2d4cf94ap+17, 0x1.566725d7823e9p-17);
    a0 = a0 * w + KURA_PICK_(-0x1.36e74e0bde235p+18, 0x1.ec58056614f8ap-8);
    a0 = a0 * w + KURA_PICK_(0x1.4fdb86c18459fp+16, 0x1.dd6ab5025ab89p-2);
    a0 = a0 * w + KURA_PICK_(0x1.ffa2dd1721d5fp+10, 0x1.acf55bd2f6652p+1);
    a0 = a0 * w + KURA_PICK_(0x1.a7bd2bf907b6cp+0, 0x1.9fe4d33a75237p+0);
    double a1 = KURA_PICK_(0.0, 0x1.04938ac0bd1fcp-23);
    a1 = a1 * w + KURA_PICK_(-0x1.1ea846884da07p+19, 0x1.99d007f62b152p-12);
    a1 = a1 * w + KURA_PICK_(0x1.443e30b6e4bebp+16, 0x1.400b5c2e838f1p-4);
    a1 = a1 * w + KURA_PICK_(0x1.3a740893b49ccp+14, 0x1.a42ec2d65dd08p+0);
    a1 = a1 * w + KURA_PICK_(0x1.7cf3c19417fcfp+6, 0x1.d2a23f274caf5p+1);
    double a = a0 + t * a1;
    double b0 = KURA_PICK_(0x1.ba1d7fdbcea06p+16, 0x1.328f96c507112p-19);
    b0 = b0 * w + KURA_PICK_(0x1.e59aaaee03eb5p+19, 0x1.6711332ac0c45p-9);
    b0 = b0 * w + KURA_PICK_(0x1.36a91f620cbacp+17, 0x1.a7e8200219fc1p-3);
    b0 = b0 * w + KURA_PICK_(0x1.b353ca171b889p+10, 0x1.bda073035250ep+0);
    b0 = b0 * w + 1.0;
    double b1 = KURA_PICK_(0.0, 0x1.c18f3fb49d5cbp-27);
    b1 = b1 * w + KURA_PICK_(0x1.49d8a2ab20d9fp+19, 0x1.f8da48c9b90e3p-14);
    b1 = b1 * w + KURA_PICK_(0x1.195292440856dp+19, 0x1.048d19459825bp-5);
    b1 = b1 * w + KURA_PICK_(0x1.64e1b24e26781p+14, 0x1.939b470b09940p-1);
    b1 = b1 * w + KURA_PICK_(0x1.0a31e24dda34bp+6, 0x1.072534f1c7cd6p+1);
    double b = b0 + t * b1;
    double sign = kura_from_bits((kura_bits(q) & 0x8000000000000000u) | 0x3ff0000000000000u);
    double factor = central ? q : sign;
    double x = factor * (KURA_PICK_(2.0, 1.375 * t) + a / b);
#undef KURA_PICK_
    return tail > 0.0 ? x : kura_from_bits(0x7ff8000000000000u);
}

/* Standard normal distribution function P(Z <= x), error below 9 ulp (6.6 measured, 1.5e-15) also in the
 * lower tail down to x = -37; 0 below about -37.6.  Tail = exp(-x^2/2) * (rational function of |x|). */
KURA_INLINE double kura_norm_cdf_lane(double x)
{
    double t = kura_from_bits(kura_bits(x) & 0x7fffffffffffffffu);
    t = t > 38.5 ? 38.5 : t;
    double th = kura_from_bits(kura_bits(t) & 0xfffffffff8000000u); /* 26 bits: the square is exact */
    double g = kura_exp_sum(-0.5 * (th * th), -0.5 * ((t - th) * (t + th)));
    double w = t * t;
    double a0 = 0x1.37bd4a83c1beep-15;
    a0 = a0 * w + 0x1.0b8963b3302e4p-8;
    a0 = a0 * w + 0x1.8fbb3f7848589p-4;
    a0 = a0 * w + 0x1.2ffa446e9bd5fp-1;
    a0 = a0 * w + 0.5;
    double a1 = 0x1.72e025fa75507p-20;
    a1 = a1 * w + 0x1.00968efe74108p-11;
    a1 = a1 * w + 0x1.827c9c3e08081p-6;
    a1 = a1 * w + 0x1.28073f8a2054ep-2;
    a1 = a1 * w + 0x1.8c9d7725ef0adp-1;
    double a = a0 + t * a1;
    double b0 = 0x1.d0d2d7e82d42ep-19;
    b0 = b0 * w + 0x1.427e4de6eb2dcp-10;
    b0 = b0 * w + 0x1.ee61d332021b1p-5;
    b0 = b0 * w + 0x1.900d6e7e6c356p-1;
    b0 = b0 * w + 0x1.47b3e1f16c3ecp+1;
    b0 = b0 * w + 1.0;
    double b1 = 0x1.86b5197aece3ep-14;
    b1 = b1 * w + 0x1.525c22825ca01p-7;
    b1 = b1 * w + 0x1.04c837e37fcb2p-2;
    b1 = b1 * w + 0x1.b699f0a95211fp+0;
    b1 = b1 * w + 0x1.2c6fd062485d4p+1;
    double b = b0 + t * b1;
    double tail = g * (a / b);
    return x > 0.0 ? 1.0 - tail : tail;
}

#endif
