/* A draw of what is not known [R0.6]: the scenario read again with the values drawn, spreads applied, and
 * compiled.
 *
 * 64 paths share a compiled model, so a draw serves the `inner` paths of scenario->ignorance: path p belongs
 * to draw p / inner.  A value is the quantile of its law at number 4 o of the stream param/<key>, path 0, o
 * the draw: no policy, no other quantity and no thread changes it. */
#ifndef KURA_MODEL_DRAW_H
#define KURA_MODEL_DRAW_H

#include "base/error.h"
#include "model/model.h"

/* A draw that makes no scenario (a base flow that does not close, laws that contradict each other) is taken
 * again nearer to the medians: its uniform numbers u become 1/2 + (u - 1/2) 0.8^nearer, nearer = 1, 2 ...;
 * the last try is at the medians, where the scenario itself stands. */
enum { KM_NEAREST = 16 };

typedef struct {
    kura_arena arena; /* of the scenario */
    km_model *model;
    int nearer;
} km_draw;

/* Are there draws? */
static inline int km_draws(const km_model *model) { return model->scenario->ignorance.draws; }
/* Paths that share a draw: 1 without draws. */
static inline uint64_t km_draw_paths(const km_model *model)
{
    return km_draws(model) ? (uint64_t)model->scenario->ignorance.inner : 1;
}

/* Value `i` of a draw in the unit of the scenario; of a spread the factor. */
double km_draw_value(const km_model *model, int i, uint64_t draw, int nearer);

/* Makes draw number `draw` of the scenario of `nominal`, which must outlive it.  Never fails for the values
 * drawn; KURA_E_MEMORY. */
kura_status km_draw_make(const km_model *nominal, uint64_t draw, km_draw *out, kura_error *err);
void km_draw_free(km_draw *draw); /* of a zeroed one too */

#endif
