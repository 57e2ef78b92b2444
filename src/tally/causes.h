/* What is not served, by cause: sums over paths of the amounts that the simulation has shared out [8.10].
 *
 * Cells of a mineral: its causes, the classes, the places, and all of them together.  Each has the sum over
 * paths of its amount, of its square, and of its product with all that is not served on the path, so that
 * amounts and shares have their own errors.  Where inputs are drawn the products are of the sums of draws,
 * which are the independent units [8.9]. */
#ifndef KURA_TALLY_CAUSES_H
#define KURA_TALLY_CAUSES_H

#include "model/causes.h"
#include "num/acc.h"
#include "sim/attribution.h"

enum { KURA_CAUSE_X, KURA_CAUSE_XX, KURA_CAUSE_XU, KURA_CAUSE_SUMS };

typedef struct kura_cause_tally {
    const km_model *model;
    const km_causes *causes; /* [mineral] */
    size_t *begin;           /* [nminerals + 1] cells */
    kura_acc *sums;          /* [cell][KURA_CAUSE_SUMS] */
    double *last;            /* [cell][KURA_CAUSE_SUMS] of the last draw of inputs; NULL without draws */
} kura_cause_tally;

size_t kura_cause_tally_bytes(const km_model *model);
size_t kura_cause_block_bytes(const km_model *model);
kura_cause_tally *kura_cause_tally_new(const km_model *model, kura_arena *arena);
/* Adds the paths of a bundle to the cells of a block, [cell][KURA_CAUSE_SUMS]. */
void kura_cause_tally_add(const kura_cause_tally *t, double *block, int mineral, const kura_attribution *a,
                          int paths);
/* With draws a block is one draw. */
void kura_cause_tally_merge(kura_cause_tally *t, const double *block);
void kura_cause_tally_note_last(kura_cause_tally *t, const double *block);
static inline size_t kura_cause_cells(const kura_cause_tally *t) { return t->begin[t->model->nminerals]; }

#endif
