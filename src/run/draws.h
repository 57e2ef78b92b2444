/* The model and workspace of the draw of parameters that a thread has in hand [R0.6]. */
#ifndef KURA_RUN_DRAWS_H
#define KURA_RUN_DRAWS_H

#include "model/draw.h"
#include "sim/work.h"
#include "tally/tally.h"

typedef struct {
    const km_model *nominal;
    int made;
    km_draw draw;
    kura_work *work;
} kura_draw_in_hand;

/* Makes the draw that `path` begins, with a workspace of its own, and tells the tally, in which it is path
 * `counted`, how it came about. */
kura_status kura_draw_begin(kura_draw_in_hand *hand, kura_tally *tally, uint64_t path, uint64_t counted,
                            kura_error *err);
/* Adds its hazard events to `counts`: squares are of the sums over the paths of a draw.  With `last` its sums
 * go there too.  Frees the draw. */
void kura_draw_end(kura_draw_in_hand *hand, kura_count *counts, uint64_t *last);

#endif
