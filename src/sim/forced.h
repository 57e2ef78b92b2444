/* Losses that are forced on single lanes: each lane of a bundle loses another object of the network, from one
 * step on for a time of its own, and nothing else happens [8.11].
 *
 * Lane 0 loses nothing: it is what the others are compared with, and what by-products see of their hosts. */
#ifndef KURA_SIM_FORCED_H
#define KURA_SIM_FORCED_H

#include "sim/state.h"

typedef struct {
    const uint64_t *site, *arc; /* lanes on which it is lost, as bits */
    int to[KURA_LANES];         /* steps of the engine; from `from` to before it */
} kura_forced_mineral;

typedef struct kura_forced {
    int from;
    kura_forced_mineral *minerals; /* [mineral of the model] */
} kura_forced;

#endif
