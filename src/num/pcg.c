/* PCG64-DXSM streams, see pcg.h.
 *
 * Where NumPy's rules live: seed_words and seed_pool are SeedSequence (entropy = the 64-bit seed padded to
 * four words, then the spawn key), set_seed is pcg_setseq_128_srandom_r (which steps with the full 128-bit
 * multiplier), every later step uses the 64-bit "cheap" multiplier. */
#include "num/pcg.h"
#include "num/lane_draw.h"
#include <sha2.h>
#include <string.h>

__extension__ typedef unsigned __int128 u128;

static u128 make128(uint64_t hi, uint64_t lo) { return (u128)hi << 64 | lo; }
static uint64_t high(u128 x) { return (uint64_t)(x >> 64); }
static uint64_t low(u128 x) { return (uint64_t)x; }

#define SEEDING_MULTIPLIER make128(0x2360ed051fc65da4u, 0x4385df649fccf645u)
#define MULTIPLIER ((u128)KURA_PCG_CHEAP_MULTIPLIER)
/* A path is JUMP = 0x9e3779b97f4a7c15f39cc0605cedc835 (2^128 / golden ratio, odd) steps ahead of the one
 * before; as many steps at once are x -> JUMP_MUL * x + JUMP_SUM * inc: MULTIPLIER^JUMP and the sum of its
 * lower powers. */
#define JUMP_MUL make128(0x06445a8b93f375e9u, 0xaac611fa20a2c7e5u)
#define JUMP_SUM make128(0x0393f1824ee36cceu, 0x04dafdefa8c2d67du)

/* x -> mul * x + add, d steps of it in one (Brown 1994). */
typedef struct {
    u128 mul, add;
} affine;

static affine power(affine step, u128 d)
{
    affine r = {1, 0};
    for (; d; d >>= 1) {
        if (d & 1) {
            r.add = r.add * step.mul + step.add;
            r.mul *= step.mul;
        }
        step.add *= step.mul + 1;
        step.mul *= step.mul;
    }
    return r;
}

static u128 apply(affine f, u128 x) { return f.mul * x + f.add; }

/* x after d steps: power without the composed map. */
static u128 advance(u128 x, affine step, u128 d)
{
    for (; d; d >>= 1) {
        if (d & 1) x = apply(step, x);
        step.add *= step.mul + 1;
        step.mul *= step.mul;
    }
    return x;
}

/* ---- seeding ---- */

#define POOL 4
typedef struct {
    uint32_t constant, multiplier;
} hash_state;

static uint32_t mix_in(hash_state *h, uint32_t value)
{
    value ^= h->constant;
    h->constant *= h->multiplier;
    value *= h->constant;
    return value ^ value >> 16;
}

static uint32_t combine(uint32_t x, uint32_t y)
{
    uint32_t r = 0xca01f9ddu * x - 0x4973f715u * y;
    return r ^ r >> 16;
}

/* Entropy pool of SeedSequence(seed, spawn_key=words). */
static void seed_pool(uint64_t seed, const uint32_t words[4], uint32_t pool[POOL])
{
    uint32_t first[POOL] = {(uint32_t)seed, (uint32_t)(seed >> 32), 0, 0};
    hash_state h = {0x43b0d7e5u, 0x931e8875u};
    for (int i = 0; i < POOL; i++) pool[i] = mix_in(&h, first[i]);
    for (int from = 0; from < POOL; from++)
        for (int to = 0; to < POOL; to++)
            if (from != to) pool[to] = combine(pool[to], mix_in(&h, pool[from]));
    for (int i = 0; i < 4; i++)
        for (int to = 0; to < POOL; to++) pool[to] = combine(pool[to], mix_in(&h, words[i]));
}

/* generate_state(4, uint64) of the pool. */
static void seed_words(const uint32_t pool[POOL], uint64_t out[4])
{
    hash_state h = {0x8b51f9ddu, 0x58f38dedu};
    for (int i = 0; i < 4; i++) {
        uint64_t lo = mix_in(&h, pool[2 * i % POOL]);
        uint64_t hi = mix_in(&h, pool[(2 * i + 1) % POOL]);
        out[i] = hi << 32 | lo;
    }
}

static void set_seed(kura_stream *s, const uint64_t w[4])
{
    u128 start = make128(w[0], w[1]), inc = make128(w[2], w[3]) << 1 | 1;
    u128 state = (inc + start) * SEEDING_MULTIPLIER + inc;
    *s = (kura_stream){high(state), low(state), high(inc), low(inc)};
}

void kura_stream_init(kura_stream *s, uint64_t seed, const char *key)
{
    uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA2_CTX sha;
    SHA256Init(&sha);
    SHA256Update(&sha, (const uint8_t *)key, strlen(key));
    SHA256Final(digest, &sha);
    uint32_t words[4], pool[POOL];
    for (int i = 0; i < 4; i++) {
        const uint8_t *b = digest + 4 * i;
        words[i] = (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    }
    uint64_t state[4];
    seed_pool(seed, words, pool);
    seed_words(pool, state);
    set_seed(s, state);
}

/* ---- drawing ---- */

static affine one_step(uint64_t inc_hi, uint64_t inc_lo)
{
    return (affine){MULTIPLIER, make128(inc_hi, inc_lo)};
}

/* To the next path. */
static affine one_jump(uint64_t inc_hi, uint64_t inc_lo)
{
    return (affine){JUMP_MUL, JUMP_SUM * make128(inc_hi, inc_lo)};
}

/* JUMP * path + index steps from the start: the path by jumps, which are composed in as many rounds as the
 * path has bits. */
static u128 state_at(const kura_stream *s, uint64_t path, uint64_t index)
{
    u128 x = make128(s->state_hi, s->state_lo);
    x = advance(x, one_jump(s->inc_hi, s->inc_lo), path);
    return advance(x, one_step(s->inc_hi, s->inc_lo), index);
}

uint64_t kura_stream_raw(const kura_stream *s, uint64_t path, uint64_t index)
{
    u128 x = state_at(s, path, index);
    return kura_pcg_output(high(x), low(x));
}

double kura_uniform_of_raw(uint64_t raw) { return kura_uniform_from(raw); }

double kura_stream_uniform(const kura_stream *s, uint64_t path, uint64_t index)
{
    return kura_uniform_from(kura_stream_raw(s, path, index));
}

void kura_lane_stream_init(kura_lane_stream *ls, const kura_stream *s, uint64_t first_path,
                           uint64_t first_index, uint64_t stride)
{
    affine jump = one_jump(s->inc_hi, s->inc_lo), move = power(one_step(s->inc_hi, s->inc_lo), stride);
    u128 x = state_at(s, first_path, first_index);
    for (uint64_t l = 0; l < KURA_LANES; l++) {
        if (l && first_path + l == 0)
            x = state_at(s, 0, first_index); /* path ids wrap, JUMP * 2^64 does not */
        ls->hi[l] = high(x);
        ls->lo[l] = low(x);
        x = apply(jump, x);
    }
    ls->inc_hi = s->inc_hi;
    ls->inc_lo = s->inc_lo;
    ls->mul_hi = high(move.mul);
    ls->mul_lo = low(move.mul);
    ls->add_hi = high(move.add);
    ls->add_lo = low(move.add);
}

double kura_lane_uniform_at(const kura_lane_stream *ls, int lane, uint64_t ahead)
{
    u128 x = advance(make128(ls->hi[lane], ls->lo[lane]), one_step(ls->inc_hi, ls->inc_lo), ahead);
    return kura_uniform_from(kura_pcg_output(high(x), low(x)));
}
