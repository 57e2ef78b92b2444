/* Which minerals are short together: counting and merging, see joint.h. */
#include "tally/joint.h"
#include "model/draw.h"
#include "sim/state.h"
#include <math.h>
#include <string.h>

enum { PLANES = 32 }; /* bits of a count: minerals times steps (at most 10^7) go into it */

/* 64 counts, bit i of all of them in plane i. */
typedef struct kura_bit_counts {
    int n; /* planes in use */
    uint64_t plane[PLANES];
} bit_counts;

/* Adds 2^at to the counts whose bit is set. */
static void count(bit_counts *c, uint64_t bits, int at)
{
    for (int i = at; bits; i++) {
        uint64_t carry = c->plane[i] & bits;
        c->plane[i] ^= bits;
        bits = carry;
        if (i >= c->n) c->n = i + 1;
    }
}

static uint64_t total(const bit_counts *c)
{
    uint64_t sum = 0;
    for (int i = 0; i < c->n; i++) sum += (uint64_t)__builtin_popcountll(c->plane[i]) << i;
    return sum;
}

/* Sum over the 64 of the product of two counts. */
static uint64_t product(const bit_counts *a, const bit_counts *b)
{
    uint64_t sum = 0;
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n && a->plane[i]; j++)
            sum += (uint64_t)__builtin_popcountll(a->plane[i] & b->plane[j]) << (i + j);
    return sum;
}

int kura_joint_years(const km_model *model)
{
    int years = (int)floor(model->T * model->step_years + 0.5);
    return years > 1 ? years : 1;
}

/* Parts of equal length: both are seldom short in a short last year, and would look dependent. */
static int year_of(const km_model *model, size_t t)
{
    return (int)(t * (size_t)kura_joint_years(model) / (size_t)model->T);
}

static size_t pair_sums(int n) { return KURA_WITHIN_COUNT * kura_joint_pairs(n) * KURA_PAIR_SUMS; }
static size_t number_sums(int n) { return KURA_WITHIN_COUNT * (size_t)(n + 1) * KURA_NUMBER_SUMS; }

size_t kura_joint_bytes(const km_model *model)
{
    int n = model->nminerals;
    if (!kura_joint_wanted(model)) return 0;
    size_t last = km_draws(model) ? sizeof(uint64_t) : 0;
    return sizeof(kura_joint) + (pair_sums(n) + number_sums(n)) * (sizeof(kura_acc) + last);
}

size_t kura_joint_bundle_bytes(const km_model *model)
{
    size_t n = (size_t)model->nminerals;
    if (!kura_joint_wanted(model)) return 0;
    return sizeof(kura_joint_bundle) + (pair_sums((int)n) + number_sums((int)n)) * sizeof(uint64_t) +
           (n * ((size_t)model->T + (size_t)kura_joint_years(model) + 1) + n + 2) * sizeof(uint64_t) +
           (2 * n + 2) * sizeof(bit_counts);
}

kura_joint *kura_joint_new(const km_model *model, kura_arena *arena)
{
    kura_joint *j = KURA_NEW(arena, kura_joint, 1);
    if (!j) return NULL;
    j->n = model->nminerals;
    j->T = model->T;
    j->years = kura_joint_years(model);
    j->pair = KURA_NEW(arena, kura_acc, pair_sums(j->n));
    j->number = KURA_NEW(arena, kura_acc, number_sums(j->n));
    if (km_draws(model)) {
        j->last_pair = KURA_NEW(arena, uint64_t, pair_sums(j->n));
        j->last_number = KURA_NEW(arena, uint64_t, number_sums(j->n));
    }
    return j;
}

kura_joint_bundle *kura_joint_bundle_new(const km_model *model, kura_arena *arena)
{
    size_t n = (size_t)model->nminerals;
    kura_joint_bundle *b = KURA_NEW(arena, kura_joint_bundle, 1);
    if (!b) return NULL;
    b->model = model;
    b->bits = KURA_NEW(arena, uint64_t, n * (size_t)model->T);
    b->years = KURA_NEW(arena, uint64_t, n * (size_t)kura_joint_years(model));
    b->any = KURA_NEW(arena, uint64_t, n);
    b->pair = KURA_NEW(arena, uint64_t, pair_sums((int)n));
    b->number = KURA_NEW(arena, uint64_t, number_sums((int)n));
    b->short_at_once = KURA_NEW(arena, uint64_t, n + 2);
    b->counts = KURA_NEW(arena, bit_counts, 2 * n + 2);
    return b;
}

void kura_joint_start(kura_joint_bundle *b)
{
    const km_model *model = b->model;
    memset(b->pair, 0, pair_sums(model->nminerals) * sizeof *b->pair);
    memset(b->number, 0, number_sums(model->nminerals) * sizeof *b->number);
    memset(b->bits, 0, (size_t)model->nminerals * (size_t)model->T * sizeof *b->bits);
    b->ended = 0;
}

/* Bits of the years and of the whole path from those of the steps. */
static void gather(kura_joint_bundle *b)
{
    const km_model *model = b->model;
    size_t T = (size_t)model->T, Y = (size_t)kura_joint_years(model);
    memset(b->years, 0, (size_t)model->nminerals * Y * sizeof *b->years);
    for (size_t t = 0; t < T; t++) {
        size_t year = (size_t)year_of(model, t);
        for (size_t m = 0; m < (size_t)model->nminerals; m++) b->years[m * Y + year] |= b->bits[m * T + t];
    }
    for (size_t m = 0; m < (size_t)model->nminerals; m++) {
        b->any[m] = 0;
        for (size_t y = 0; y < Y; y++) b->any[m] |= b->years[m * Y + y];
    }
}

static void count_pairs(kura_joint_bundle *b, const uint64_t *bits, size_t units, kura_within within)
{
    int n = b->model->nminerals;
    bit_counts *own = b->counts;
    uint64_t *sums = b->pair + (size_t)within * kura_joint_pairs(n) * KURA_PAIR_SUMS;
    memset(own, 0, (size_t)n * sizeof *own);
    for (int m = 0; m < n; m++)
        for (size_t u = 0; u < units && b->any[m]; u++) count(&own[m], bits[(size_t)m * units + u], 0);
    for (int m = 0; m < n; m++)
        for (int o = m; o < n && own[m].n; o++) {
            uint64_t *s = sums + kura_joint_pair(n, m, o) * KURA_PAIR_SUMS;
            bit_counts both = {0};
            if (!own[o].n) continue;
            s[KURA_PAIR_CA_CB] += product(&own[m], &own[o]);
            if (!(b->any[m] & b->any[o])) continue;
            const uint64_t *x = bits + (size_t)m * units, *y = bits + (size_t)o * units;
            for (size_t u = 0; u < units; u++) count(&both, x[u] & y[u], 0);
            s[KURA_PAIR_C] += total(&both);
            s[KURA_PAIR_CC] += product(&both, &both);
            s[KURA_PAIR_C_CA] += product(&both, &own[m]);
            s[KURA_PAIR_C_CB] += product(&both, &own[o]);
        }
}

/* Numbers of headline minerals short at once: word k - 1 of `at_once` has the paths with at least k. */
static void count_numbers(kura_joint_bundle *b, const uint64_t *bits, size_t units, kura_within within)
{
    int n = b->model->nminerals;
    bit_counts *of = b->counts; /* 0 the number, k at least k */
    uint64_t *at_once = b->short_at_once, *sums = b->number + (size_t)within * (size_t)(n + 1) * 2;
    memset(of, 0, (size_t)(n + 1) * sizeof *of);
    for (size_t u = 0; u < units; u++) {
        int most = 0;
        for (int m = 0; m < n; m++) {
            uint64_t x = bits[(size_t)m * units + u];
            if (!x || b->model->minerals[m].report != SC_REPORT_HEADLINE) continue;
            at_once[most] = 0;
            for (int k = most; k > 0; k--) at_once[k] |= at_once[k - 1] & x;
            at_once[0] |= x;
            if (at_once[most]) most++;
            count(&of[0], x, 0);
        }
        for (int k = 0; k < most; k++) count(&of[k + 1], at_once[k], 0);
    }
    for (int k = 0; k <= n; k++) {
        sums[2 * k + KURA_NUMBER_C] += total(&of[k]);
        sums[2 * k + KURA_NUMBER_CC] += product(&of[k], &of[k]);
    }
}

void kura_joint_end(kura_joint_bundle *b, int paths)
{
    const km_model *model = b->model;
    size_t cells = (size_t)model->nminerals * (size_t)model->T;
    if (++b->ended < model->nminerals) return;
    b->ended = 0;
    if (paths < KURA_LANES)
        for (size_t i = 0; i < cells; i++) b->bits[i] &= (UINT64_C(1) << paths) - 1;
    gather(b);
    const uint64_t *bits[] = {b->bits, b->years, b->any};
    const size_t units[] = {(size_t)model->T, (size_t)kura_joint_years(model), 1};
    for (int w = 0; w < KURA_WITHIN_COUNT; w++) {
        count_pairs(b, bits[w], units[w], (kura_within)w);
        count_numbers(b, bits[w], units[w], (kura_within)w);
    }
    memset(b->bits, 0, cells * sizeof *b->bits);
}

/* A sum of a block may have more bits than a double: it is added in two halves. */
static void add(kura_acc *to, uint64_t x)
{
    kura_acc_add(to, (double)(x >> 32) * 0x1p32);
    kura_acc_add(to, (double)(x & 0xffffffffu));
}

/* x y exactly, from the products of halves. */
static void add_product(kura_acc *to, uint64_t x, uint64_t y)
{
    const uint64_t a[] = {x & 0xffffffffu, x >> 32}, b[] = {y & 0xffffffffu, y >> 32};
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2; k++) {
            uint64_t p = a[i] * b[k];
            double scale = i + k == 2 ? 0x1p64 : i + k ? 0x1p32 : 1;
            if (p) kura_acc_add(to, (double)(p >> 32) * 0x1p32 * scale);
            if (p) kura_acc_add(to, (double)(p & 0xffffffffu) * scale);
        }
}

/* A draw is one unit: the products of its sums. */
static void merge_draw(kura_joint *j, const kura_joint_bundle *b)
{
    size_t pairs = kura_joint_pairs(j->n);
    for (size_t w = 0; w < KURA_WITHIN_COUNT; w++)
        for (int x = 0; x < j->n; x++)
            for (int y = x; y < j->n; y++) {
#define AT(x, y) ((w * pairs + kura_joint_pair(j->n, x, y)) * KURA_PAIR_SUMS)
                kura_acc *to = &j->pair[AT(x, y)];
                uint64_t both = b->pair[AT(x, y)], of_x = b->pair[AT(x, x)], of_y = b->pair[AT(y, y)];
#undef AT
                if (!of_x || !of_y) continue;
                add(&to[KURA_PAIR_C], both);
                add_product(&to[KURA_PAIR_CC], both, both);
                add_product(&to[KURA_PAIR_C_CA], both, of_x);
                add_product(&to[KURA_PAIR_C_CB], both, of_y);
                add_product(&to[KURA_PAIR_CA_CB], of_x, of_y);
            }
    for (size_t i = 0; i < number_sums(j->n); i += KURA_NUMBER_SUMS) {
        uint64_t c = b->number[i + KURA_NUMBER_C];
        if (c) add(&j->number[i + KURA_NUMBER_C], c);
        if (c) add_product(&j->number[i + KURA_NUMBER_CC], c, c);
    }
}

void kura_joint_note_last(kura_joint *j, const kura_joint_bundle *b)
{
    memcpy(j->last_pair, b->pair, pair_sums(j->n) * sizeof *b->pair);
    memcpy(j->last_number, b->number, number_sums(j->n) * sizeof *b->number);
}

void kura_joint_merge(kura_joint *j, const kura_joint_bundle *b)
{
    if (j->last_pair) {
        merge_draw(j, b);
        return;
    }
    for (size_t i = 0; i < pair_sums(j->n); i++)
        if (b->pair[i]) add(&j->pair[i], b->pair[i]);
    for (size_t i = 0; i < number_sums(j->n); i++)
        if (b->number[i]) add(&j->number[i], b->number[i]);
}
