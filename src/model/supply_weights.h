/* What the supply of the focus hangs on, in base flows: the share that passes each hub, trade and site. */
#ifndef KURA_MODEL_SUPPLY_WEIGHTS_H
#define KURA_MODEL_SUPPLY_WEIGHTS_H

#include "model/model.h"

typedef struct {
    double *hub, *arc, *site; /* shares of the base supply of the focus */
    unsigned char *serves;    /* [hub] a hub of the focus with users */
} km_supply_weights;

/* All zero where the focus has no demand.  Nonzero when memory ran out. */
int km_weigh_supply(const km_mineral *m, kura_arena *arena, km_supply_weights *out);

#endif
