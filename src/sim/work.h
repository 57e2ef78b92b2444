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
/* Durations of a renewal process by number of the event (lanes/renewal.h). */
enum { KURA_RENEWAL_ROWS = 6 };
typedef struct {
    const kura_dist *law;
    kura_lane_stream stream; /* at event `n` */
    int n, most;             /* rows drawn, rows worth drawing */
    lane row[KURA_RENEWAL_ROWS];
} kura_renewal;

/* A unit with outages on 64 paths: the outage that a path is in or comes to next, from its event streams
 * [R3.2]. */
typedef struct {
    uint64_t first_path;
    kura_renewal up, down;
    lane from, to, loss, next; /* steps; what it takes of the site; when the one after begins */
    ilane ups, downs;          /* numbers drawn */
} kura_unit_clock;

/* Steps for which outages are spread at once. */
enum { KURA_WINDOW = 64 };

/* Outages of a hazard within a window, until they are spread. */
typedef struct {
    int lane;
    double from, to, loss;
} kura_outage_piece;
enum { KURA_PIECES = 1024 };

/* An outage hazard on one site: what it leaves, for the steps of a window. */
typedef struct {
    lane row[KURA_WINDOW]; /* made where it differs from the row before, and at the start of the window */
    uint8_t changed[KURA_WINDOW]; /* is it made? */
    const lane *left;             /* row of the step in hand */
    int next;                     /* step of the next row */
    kura_unit_clock *units;
} kura_outage_clock;

/* A shock on the sites of the mineral in hand. */
typedef struct {
    lane left;
    ilane until; /* end of the stretch in force */
    int at, soonest, step,
        changed; /* next stretch; the least of `until`; the last step, and whether it changed */
} kura_spell_clock;

typedef struct {
    lane left, start;
    double last; /* from here on nothing changes */
} kura_project_clock;

typedef struct {
    kura_outage_clock *outages;
    kura_project_clock *project; /* NULL without */
    int scheduled;               /* regimes, scripts or season act on it */
    lane *own;                   /* the product of all; NULL when a single outage is all there is */
} kura_site_clock;

/* Calm steps of a mineral that stands alone (lanes/calm.c). */
typedef struct {
    double *least, *use; /* [hub] least capacity of the paths; use of the step */
    double mass;         /* made and used in calm steps, not yet booked */
    int fresh;           /* no stock, and unserved is 0: nothing but calm steps since it was looked at */
} kura_calm;

/* Runs that try required stocks, two stocks of each mineral at a time [R6.4]. */
typedef struct {
    const double *const *opening[2]; /* [run][mineral] -> [tier] */
    const uint8_t *wanted;           /* [mineral] 0: skip it */
} kura_trial;

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
    lane *cycle;           /* [T] m of the demand cycle, where there is one */
    blane **closed;        /* [chokepoint][T] 0 open, 1 closed, 2 degraded, NULL when no arc uses it */
    int nchokepoints;
    flane **
        activity; /* [activity][steps] of hosts relative to the base; single precision by definition [R0.2] */
    kura_happening *happenings; /* [nhappenings] scratch of one shock */
    double *active_to, *active; /* likewise: end and severity of those that overlap */
    int nhappenings;
    kura_coupled *coupled; /* [decree of the model], where restrictions depend on each other */
    uint64_t **hits;       /* [decree of the model][T] lanes that are hit, as bits (64 lanes at most) */
    lane *loss;            /* [T] scratch of one shock in continuous time or with overlaps */
    /* of the mineral in hand, whole horizon */
    lane **sigma; /* [severity series] -> [spin + T] */
    lane *sigma_pool;
    blane **announced; /* [severity series] -> [spin + T] 1 from the announcement until in force, or NULL */
    blane *announced_pool;
    lane *price_noise; /* [T] */
    lane *adopted;     /* [thrifting programme] step of its adoption; INFINITY = never */
    lane *volatility;  /* [T] multiple of the shock, where a price has one */
    /* of the mineral in hand, current step */
    const lane **avail;      /* [site of the mineral] NULL when it never varies */
    uint8_t *avail_changed;  /* [site] since the step before */
    int *quiet_until;        /* [site] before this step its availability does not change */
    uint8_t *capacity_moves; /* [site] its capacity may change in any step, whatever its availability does */
    kura_site_clock *site_clocks;
    kura_outage_clock *outage_clocks;
    kura_unit_clock *unit_clocks;
    kura_outage_piece *pieces; /* scratch, [KURA_PIECES] */
    kura_project_clock *project_clocks;
    kura_spell_clock *spell_clocks; /* [spell of the model] */
    lane *avail_pool;
    lane *way;                        /* [chokepoint] what is left of its capacity, where an arc uses it */
    uint8_t *kav_changed, *A_changed; /* [site] capacity, [hub] A: since the step before */
    int new_epoch;                    /* the base flow is another than in the step before [7] */
    kura_calm calm;
    kura_exogenous exo;
    lane *home; /* [regime] home priority h in this step [5.1] */
    kura_state state[2];
    kura_state_hash hash;
    lane *a, *r, *u, *fill, *p1, *p2, *P1, *P2, *g; /* scratch of allocation; g: world demand over its base */
    lane *answer;                                   /* [answer] demand over its path that prices lead to */
    lane *on_top;                                   /* [hub] output wanted for refills [6.5] */
    int *trades;          /* [arc] those that take part in a round of the allocation */
    int *asked;           /* [hub] exporters that were asked in it */
    lane *need;           /* [member of a pool] */
    lane *claim;          /* [site] claims on feed */
    const kura_trial *trial;    /* instead of the two runs of the model, or NULL */
    struct kura_strain *strain; /* open orders, or NULL: not asked for [R5.1] */
    int straining;              /* in this step of this run they are counted */
    uint64_t clamps;      /* price clamp hits of the bundle [4.1] */
    int brief; /* the observer reads only demand, what was not served, and what outlives a step and matters */
    const unsigned char *same; /* [mineral] known from elsewhere and not simulated; NULL = none */
    uint64_t paths;       /* lanes of paths beyond it are padding and are not counted */
    kura_count *counts;   /* [model->nevents] hazard events of all bundles of this thread */
    kura_tallied *events; /* [outage hazards of the scenario, at least 1] events of the mineral in hand */
    struct kura_attribution *attribution; /* sim/attribution.h; NULL unless asked for */
    const struct kura_forced *forced;     /* sim/forced.h; NULL but in deterministic runs [8.11] */
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
