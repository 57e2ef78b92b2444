/* What is not served, shared among its causes while it happens [8.10].
 *
 * A loss of supply is felt as long as stocks last and ships are on their way, so the losses of each cause are
 * smoothed over the memory of the mineral (causes.h).  Most of what takes supply away is still there at the
 * end of the horizon (regimes, severities, hosts, scripts) and is read again when a path runs short; of
 * outages, shocks and routes the last steps are kept in a ring. */
#ifndef KURA_SIM_ATTRIBUTION_H
#define KURA_SIM_ATTRIBUTION_H

#include "model/causes.h"
#include "sim/state.h"

/* What a ring keeps: of a site (outages, shocks) or a chokepoint (way) what is left. */
typedef struct {
    enum { KURA_RING_OUTAGE, KURA_RING_SHOCK, KURA_RING_WAY } kind;
    int index;
} kura_ring_row;

typedef struct kura_attribution {
    kura_arena arena;
    const km_causes *causes; /* [mineral] */
    /* of the mineral in hand */
    int nrows, ring; /* rows kept, steps of the ring */
    kura_ring_row *rows;
    int *outage_row, *shock_row; /* [site of the cause table] -1 without */
    int *way_row;                /* [chokepoint] */
    flane *kept;                 /* [row][ring] */
    int last[KURA_LANES];        /* step up to which losses are smoothed, -1 */
    double *loss;                /* [lane][cause] smoothed */
    double *now;                 /* [cause] of one step */
    lane *amount;                /* [cause] not served because of it, quanta */
    int *counted_as;             /* [cause] its number in the tally */
} kura_attribution;

size_t kura_attribution_bytes(const km_model *model);
kura_attribution *kura_attribution_new(const km_model *model); /* NULL when memory ran out */
void kura_attribution_free(kura_attribution *a);
void kura_attribution_start(kura_attribution *a, const km_model *model, const km_mineral *m);

#endif
