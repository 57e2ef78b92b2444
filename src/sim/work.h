/* Workspace of one thread: sized before the run, nothing allocated after its start. */
#ifndef KURA_SIM_WORK_H
#define KURA_SIM_WORK_H

#include "num/isa.h"
#include "sim/state.h"

/* A stretch of steps from `from` to `to` (exclusive) in which a shock takes `severity` on one lane. */
typedef struct {
    int lane, from, to;
    double severity;
} kura_segment;

typedef struct {
    int n, max;
    kura_segment *items;
} kura_segments;

/* An event of a shock in continuous time or with overlaps, before they are put together. */
typedef struct {
    int lane;
    double from, to, severity;
} kura_happening;

/* A decree in the joint pass over restrictions that depend on each other [3.2]. */
typedef struct {
    kura_lane_stream stream;
    ilane *until; /* [severity series of the decree] first step in which it is over */
} kura_coupled;

_Static_assert(KURA_LANES <= 64, "the lanes that a decree hits are the bits of one word");

/* Sum and sum of squares over paths of the number of events on a path. */
typedef struct {
    uint64_t sum, squares;
} kura_count;

typedef struct {
    uint32_t n[KURA_LANES];
} kura_tallied;

typedef struct {
    kura_arena arena;
    const km_model *model;
    /* drivers, whole horizon, shared by all minerals of the bundle */
    lane **factor;         /* [factor][T] */
    lane **scale;          /* [factor][T] of a t copula, NULL without */
    blane **regime;        /* [regime][T] */
    kura_segments *spells; /* [spell] */
    lane **closed_loss;    /* [chokepoint][T] capacity loss, NULL when no arc uses it */
    blane **closed;        /* [chokepoint][T] 0 open, 1 closed, 2 degraded */
    int nchokepoints;
    flane **
        activity; /* [activity][steps] of hosts relative to the base; single precision by definition [R0.2] */
    kura_happening *happenings; /* [nhappenings] scratch of one shock */
    double *active_to, *active; /* likewise: end and severity of those that overlap */
    int nhappenings;
    kura_coupled *coupled; /* [decree of the model], where restrictions depend on each other */
    uint64_t **hits;       /* [decree of the model][T] lanes that are hit, as bits (64 lanes at most) */
    /* of the mineral in hand, whole horizon */
    lane **avail; /* [site of the mineral] -> [T] or NULL when it never varies */
    lane *avail_pool;
    lane *loss;   /* [T] scratch of one outage hazard */
    lane **sigma; /* [severity series] -> [spin + T] */
    lane *sigma_pool;
    blane **announced; /* [severity series] -> [spin + T] 1 from the announcement until in force, or NULL */
    blane *announced_pool;
    lane *price_noise; /* [T] */
    /* of the mineral in hand, current step */
    kura_exogenous exo;
    lane *home; /* [regime] home priority h in this step [5.1] */
    kura_state state[2];
    kura_state_hash hash;
    lane *a, *r, *u, *fill, *p1, *p2, *P1, *P2, *g; /* scratch of allocation; g: world demand over its base */
    lane *on_top;                                   /* [hub] output wanted for refills [6.5] */
    int *trades;          /* [arc] those that take part in a round of the allocation */
    int *asked;           /* [hub] exporters that were asked in it */
    lane *need;           /* [member of a pool] */
    lane *claim;          /* [site] claims on feed */
    uint64_t clamps;      /* price clamp hits of the bundle [4.1] */
    uint64_t paths;       /* lanes of paths beyond it are padding and are not counted */
    kura_count *counts;   /* [model->nevents] hazard events of all bundles of this thread */
    kura_tallied *events; /* [outage hazards of the scenario, at least 1] events of the mineral in hand */
    kura_error error;
} kura_work;

/* Bytes that kura_work_new will allocate. */
size_t kura_work_bytes(const km_model *model);
kura_work *kura_work_new(const km_model *model); /* NULL when memory ran out */
void kura_work_free(kura_work *work);

/* Simulates paths first_path .. first_path+63 of all minerals.  Fails with KURA_E_INTERNAL when a balance
 * does not close or a state is impossible: the message names the path. */
typedef kura_status kura_bundle_fn(const km_model *model, kura_work *work, uint64_t first_path,
                                   const kura_observer *observer);
kura_bundle_fn *kura_bundle_for(kura_isa isa); /* NULL when not present */

#endif
