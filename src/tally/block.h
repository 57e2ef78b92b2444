/* Inside the tallies: the block in hand of one thread and the kernel that fills it. */
#ifndef KURA_TALLY_BLOCK_H
#define KURA_TALLY_BLOCK_H

#include "tally/tally.h"

/* Running quantities of the mineral in hand, one a lane. */
typedef struct {
    lane metric[KURA_METRIC_COUNT];
    lane was_short, run;
    double calm_demand; /* of calm steps, not yet in the metrics */
    int calm;           /* was_short and run are 0 */
} kura_running;

#if KURA_LANES < 256 /* of 64 paths a bin holds 64 at most */
typedef uint8_t kura_bin_count;
#else
typedef uint16_t kura_bin_count;
#endif

struct kura_tally_block {
    kura_arena arena;
    kura_tally *tally;
    void (*observe)(struct kura_tally_block *block, const kura_view *view);
    double *curves; /* [mineral][curve][T] */
    /* of the mineral in hand; added to the shared tally at its end, since whole numbers may come in any order
     */
    kura_bin_count *stock_bins, *price_bins; /* [T][KURA_BINS] */
    kura_range *stock_range, *price_range;   /* [T] */
    kura_running running;
    lane *outlay_start;               /* [outlay of the mineral in hand] when it starts on each path [7] */
    uint64_t state_hash[2];           /* summed over minerals and paths */
    kura_dump_bench *dump;            /* or NULL */
    struct kura_joint_bundle *joint;  /* or NULL */
    double *causes;                   /* cells of causes.h, or NULL */
    struct kura_checks_bench *checks; /* or NULL */
    struct kura_concentration_bench *concentration; /* or NULL */
};

typedef void kura_observe_fn(kura_tally_block *block, const kura_view *view);
kura_observe_fn kura_observe_scalar, kura_observe_baseline, kura_observe_v3, kura_observe_v4;

/* The same for money, where the scenario has costs (lanes/account.c). */
kura_observe_fn kura_account_scalar, kura_account_baseline, kura_account_v3, kura_account_v4;

/* trace.c: full states of the first paths. */
typedef struct kura_trace kura_trace;
kura_trace *kura_trace_new(const km_model *model, int paths, kura_arena *arena);
size_t kura_trace_bytes(const km_model *model, int paths);
void kura_trace_step(kura_trace *trace, const kura_view *view);

#endif
