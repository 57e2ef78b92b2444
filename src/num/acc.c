/* Exact accumulator, see acc.h.  Only 64-bit words: the same on every compiler. */
#include "num/acc.h"
#include "num/math.h"

#define LSB_EXPONENT (-64)
#define LIMIT 0x1p120

/* sum = a + b; nonzero when the signs say that it overflowed. */
static int add_words(const uint64_t a[3], const uint64_t b[3], uint64_t sum[3])
{
    uint64_t carry = 0;
    for (int i = 0; i < 3; i++) {
        uint64_t s = a[i] + b[i];
        uint64_t c = s < a[i];
        sum[i] = s + carry;
        carry = c | (sum[i] < s);
    }
    return (int)((~(a[2] ^ b[2]) & (a[2] ^ sum[2])) >> 63);
}

static void negate(uint64_t w[3])
{
    uint64_t carry = 1;
    for (int i = 0; i < 3; i++) {
        w[i] = ~w[i] + carry;
        carry = carry && w[i] == 0;
    }
}

/* |x| in units of 2^-64, half to even; |x| <= LIMIT. */
static void to_words(double x, uint64_t w[3])
{
    uint64_t bits = kura_bits(x);
    int biased = (int)(bits >> 52 & 0x7ff);
    uint64_t m = (bits & 0xfffffffffffffu) | (biased ? 1ull << 52 : 0);
    int shift = (biased ? biased : 1) - 1075 - LSB_EXPONENT; /* |x| = m * 2^shift units */
    w[0] = w[1] = w[2] = 0;
    if (shift <= -55) return;
    if (shift < 0) {
        uint64_t whole = m >> -shift, rest = m & ((1ull << -shift) - 1), half = 1ull << (-shift - 1);
        w[0] = whole + (rest > half || (rest == half && (whole & 1)));
        return;
    }
    int word = shift / 64, bit = shift % 64;
    w[word] = m << bit;
    if (bit && word < 2) w[word + 1] = m >> (64 - bit);
}

int kura_acc_add(kura_acc *acc, double x)
{
    if (!(fabs(x) <= LIMIT)) return 1;
    uint64_t w[3], sum[3];
    to_words(x, w);
    if (x < 0.0) negate(w);
    if (add_words(acc->w, w, sum)) return 1;
    for (int i = 0; i < 3; i++) acc->w[i] = sum[i];
    return 0;
}

int kura_acc_merge(kura_acc *acc, const kura_acc *other)
{
    uint64_t sum[3];
    if (add_words(acc->w, other->w, sum)) return 1;
    for (int i = 0; i < 3; i++) acc->w[i] = sum[i];
    return 0;
}

static int bit_of(const uint64_t w[3], int i) { return (int)(w[i / 64] >> (i % 64) & 1); }

double kura_acc_value(const kura_acc *acc)
{
    uint64_t w[3] = {acc->w[0], acc->w[1], acc->w[2]};
    uint64_t sign = w[2] & 0x8000000000000000u;
    if (sign) negate(w);
    int top = 191;
    while (top >= 0 && !bit_of(w, top)) top--;
    if (top < 0) return 0.0;
    uint64_t m = 0;
    for (int i = 0; i < 53; i++) m = m << 1 | (top - i >= 0 ? (uint64_t)bit_of(w, top - i) : 0u);
    int half = top >= 53 && bit_of(w, top - 53), rest = 0;
    for (int i = top - 54; i >= 0 && !rest; i--) rest = bit_of(w, i);
    m += half && (rest || (m & 1)); /* may reach 2^53: the exponent below takes the carry */
    return kura_from_bits(sign | (((uint64_t)(top + LSB_EXPONENT + 1023) << 52) + (m - (1ull << 52))));
}
