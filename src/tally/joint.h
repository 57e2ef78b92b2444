/* Which minerals are short together [8.8]: for every step, year and path, and for every pair of minerals, how
 * often both are short; how many are short at once.
 *
 * Minerals run one after the other inside a bundle, so a bit a path, mineral and step is kept until the
 * bundle is over; then pairs are counted 64 paths at a time with adders that hold one bit of 64 counts in a
 * word.  Sums are integers: they merge exactly in any order. */
#ifndef KURA_TALLY_JOINT_H
#define KURA_TALLY_JOINT_H

#include "model/model.h"
#include "num/acc.h"

/* What two minerals are short in: the same step, the same year (the horizon cut into as many equal parts as
 * it has years, rounded), the same path. */
typedef enum { KURA_WITHIN_STEP, KURA_WITHIN_YEAR, KURA_WITHIN_PATH, KURA_WITHIN_COUNT } kura_within;

/* Sums over paths for a pair a, b: c counts the steps (years, paths) in which both are short, ca and cb those
 * of each.  On the diagonal c = ca = cb.  Where inputs are drawn the products are of the sums of draws, which
 * are the independent units [8.9]. */
enum { KURA_PAIR_C, KURA_PAIR_CC, KURA_PAIR_C_CA, KURA_PAIR_C_CB, KURA_PAIR_CA_CB, KURA_PAIR_SUMS };
/* Of a number of minerals short at once: sum and sum of squares. */
enum { KURA_NUMBER_C, KURA_NUMBER_CC, KURA_NUMBER_SUMS };

/* Of all paths.  Pairs a <= b, numbered row by row; numbers: 0 the number of headline minerals itself, k at
 * least k of them. */
typedef struct kura_joint {
    int n, T, years;
    kura_acc *pair;                    /* [within][pair][KURA_PAIR_SUMS] */
    kura_acc *number;                  /* [within][n + 1][KURA_NUMBER_SUMS] */
    uint64_t *last_pair, *last_number; /* the same of the last draw of inputs; NULL without draws */
} kura_joint;

/* The bundle in hand of a thread, and the sums of its block. */
typedef struct kura_joint_bundle {
    const km_model *model;
    uint64_t *bits;  /* [mineral][T] paths of the bundle that are short, as bits */
    uint64_t *years; /* [mineral][years] */
    uint64_t *any;   /* [mineral] */
    uint64_t *pair, *number;
    uint64_t *short_at_once; /* [n + 2] scratch */
    struct kura_bit_counts *counts;
    int ended; /* minerals of the bundle that are done */
} kura_joint_bundle;

static inline size_t kura_joint_pair(int n, int a, int b)
{
    return (size_t)a * (size_t)n - (size_t)a * (size_t)(a + 1) / 2 + (size_t)b;
}
static inline size_t kura_joint_pairs(int n) { return (size_t)n * (size_t)(n + 1) / 2; }
/* Years of the run, rounded, at least one. */
int kura_joint_years(const km_model *model);

/* A model of one mineral has nothing to join. */
static inline int kura_joint_wanted(const km_model *model) { return model->nminerals > 1; }
size_t kura_joint_bytes(const km_model *model);
size_t kura_joint_bundle_bytes(const km_model *model);
kura_joint *kura_joint_new(const km_model *model, kura_arena *arena);
kura_joint_bundle *kura_joint_bundle_new(const km_model *model, kura_arena *arena);
void kura_joint_start(kura_joint_bundle *bundle); /* forgets the block */
/* A mineral is done; the last one counts the bundle.  `paths`: those of the bundle that are no padding. */
void kura_joint_end(kura_joint_bundle *bundle, int paths);
/* Adds the block, which with draws is one draw; the caller holds the lock. */
void kura_joint_merge(kura_joint *joint, const kura_joint_bundle *bundle);
/* The block in hand is the last draw. */
void kura_joint_note_last(kura_joint *joint, const kura_joint_bundle *bundle);

#endif
