/* Tallies: what is kept of a run.  Sees only the read-only view of a bundle; does not know how a path was
 * made.
 *
 * Three kinds of record, each merged exactly:
 *  - path metrics: one number a path, mineral and metric, stored whole (in a scratch file, columns.h), so
 * order statistics and ratios are exact;
 *  - curves: sums over paths per mineral and step, plain doubles inside a batch of paths (fixed order),
 * rounded once into wide integers at its end [R10.5];
 *  - histograms per mineral and step: integer counts, added when 64 paths of a mineral are done;
 *  - the hash of the states in which paths end: a sum modulo 2^64.
 * So any order of blocks gives the same bits. */
#ifndef KURA_TALLY_TALLY_H
#define KURA_TALLY_TALLY_H

#include "num/acc.h"
#include "num/isa.h"
#include "sim/state.h"
#include "tally/bins.h"
#include "tally/columns.h"
#include "tally/dump.h"
#include <pthread.h>

/* id, units before scaling, description.  Masses are in quanta, times in steps until finalised. */
#define KURA_METRICS(X)                                                                                      \
    X(SHORT_STEPS, "short_steps", "step", "steps with a net shortage [R8.1]")                                \
    X(GROSS_SHORT_STEPS, "gross_short_steps", "step", "steps with a gross shortage [R8.2]")                  \
    X(UNSERVED, "unserved", "t", "net demand not served over the horizon")                                   \
    X(GROSS_UNSERVED, "gross_unserved", "t", "gross demand not served: net plus what prices destroyed")      \
    X(DEMAND, "demand", "t", "price-adjusted demand over the horizon")                                       \
    X(GROSS_DEMAND, "gross_demand", "t", "demand at base price over the horizon")                            \
    X(SPELLS, "spells", "1", "number of shortage spells")                                                    \
    X(FIRST_SHORT, "first_shortage", "step", "first step with a shortage; the number of steps when none")    \
    X(MAX_DEPTH, "max_depth", "1", "deepest shortage as a share of demand")                                  \
    X(DEPTH_05, "steps_deeper_05", "step", "steps with more than 5 % of demand unserved")                    \
    X(DEPTH_10, "steps_deeper_10", "step", "steps with more than 10 % of demand unserved")                   \
    X(DEPTH_20, "steps_deeper_20", "step", "steps with more than 20 % of demand unserved")                   \
    X(DEPTH_50, "steps_deeper_50", "step", "steps with more than 50 % of demand unserved")                   \
    X(LONGEST, "longest_deep_spell", "step", "longest run of steps deeper than tallies.long_shortage.depth") \
    X(REQUIRED, "required_stock", "t", "stock that would have covered every authorised need [R6.3, 6.7]")    \
    X(IRREDUCIBLE, "irreducible", "t", "need that no stock could have covered (cap or no authorisation)")    \
    X(EXHAUSTED, "stock_exhausted", "step", "first step with an empty stock and unserved demand")            \
    X(COST, "cost", "1e6 USD",                                                                               \
      "present cost of policies and stocks: its parts, less revenue and salvage [7]")                        \
    X(COST_PURCHASE, "cost_purchase", "1e6 USD", "stocks bought: the opening ones and refills [7]")          \
    X(COST_HOLDING, "cost_holding", "1e6 USD", "storage, insurance and rotation of stocks [7]")              \
    X(COST_CAPITAL, "cost_capital", "1e6 USD", "investment in sites, projects, levers [7]")                  \
    X(COST_OPERATION, "cost_operation", "1e6 USD", "running costs of sites, projects, levers [7]")           \
    X(COST_PREMIUM, "cost_premium", "1e6 USD", "premiums over the market on trade [7]")                      \
    X(RELEASE_REVENUE, "release_revenue", "1e6 USD", "what stockpiles earn by releases [7]")                 \
    X(SALVAGE, "salvage", "1e6 USD", "worth of stocks and plants that are left at the end [7]")              \
    X(LOSS, "loss", "1e6 USD", "present loss of the users of the focus country by unserved demand [7]")      \
    X(PRICE_BILL, "price_bill", "1e6 USD", "paid for imports over the base price: a transfer, no loss [7]")  \
    X(MEAN_PRICE, "mean_price", "1", "time mean of the price over its base")                                 \
    X(PEAK_PRICE, "peak_price", "1", "highest price over its base")                                          \
    X(MEAN_FOCUS_PRICE, "mean_focus_price", "1",                                                             \
      "time mean of the price in the focus country over its base")                                           \
    X(PEAK_FOCUS_PRICE, "peak_focus_price", "1", "highest price in the focus country over its base")

typedef enum {
#define KURA_METRIC_ENUM(id, name, units, text) KURA_METRIC_##id,
    KURA_METRICS(KURA_METRIC_ENUM)
#undef KURA_METRIC_ENUM
        KURA_METRIC_COUNT
} kura_metric;

/* Is the metric kept for this model?  Those of money are only with costs, prices of the focus
 * country where some mineral has a wedge and they differ from the market's; and is there a figure for the
 * mineral, or is a price missing? */
int kura_metric_kept(const km_model *model, kura_metric m);
int kura_metric_known(const km_model *model, int mineral, kura_metric m);
const char *kura_metric_name(kura_metric m);
const char *kura_metric_units(kura_metric m);
const char *kura_metric_text(kura_metric m);
/* Curves: sums over paths per mineral and step. */
typedef enum {
    KURA_CURVE_SHORT,       /* count */
    KURA_CURVE_GROSS_SHORT, /* count */
    KURA_CURVE_UNSERVED,    /* quanta */
    KURA_CURVE_UNSERVED2,
    KURA_CURVE_STOCK, /* days of use minus the opening days */
    KURA_CURVE_STOCK2,
    KURA_CURVE_PRICE, /* price over base minus 1 */
    KURA_CURVE_PRICE2,
    KURA_CURVE_FOCUS_PRICE, /* the same of the focus country, where some mineral has a wedge */
    KURA_CURVE_FOCUS_PRICE2,
    KURA_CURVE_SUPPLY, /* usable capacity over what hazards leave of it, minus 1 */
    KURA_CURVE_SUPPLY2,
    KURA_CURVE_COUNT
} kura_curve;

/* What all threads share.  The sums of a block are added under a lock of the caller. */
typedef struct {
    kura_arena arena;
    const km_model *model;
    uint64_t paths;
    kura_columns *metrics;      /* column: mineral x metric */
    int handed_over;            /* 1: the metrics belong to the frame of the result */
    char *folder;               /* of scratch files, or NULL */
    kura_acc *curves;           /* [mineral][curve][T] */
    uint64_t cluster;           /* paths that share a draw of the parameters; 1: none do */
    kura_acc *squares;          /* [mineral][curve][T] of the sums of draws, NULL without */
    double *last;               /* [mineral][curve][T] sums of the last draw, NULL without */
    uint8_t *nearer;            /* [draw] how it came about, see model/draw.h; NULL without */
    pthread_mutex_t *bins_lock; /* [mineral] of its bins and ranges, which threads add to at any time */
    uint32_t *stock_bins, *price_bins;     /* [mineral][T][KURA_BINS] */
    kura_range *stock_range, *price_range; /* [mineral][T]: exact, over the paths of the run */
    double *opening_days;                  /* [mineral] opening stock of the watched hub */
    uint64_t state_hash[2];          /* of the states in which paths end: summed over minerals and paths */
    struct kura_joint *joint;        /* shortages that come together, or NULL */
    struct kura_cause_tally *causes; /* of what is not served, or NULL */
    int trace_paths;
    struct kura_trace *trace;                 /* full state of the first paths, or NULL */
    kura_dump *dump;                          /* series of all paths, or NULL */
    struct kura_checks *checks;               /* or NULL */
    struct kura_concentration *concentration; /* of imports, or NULL */
} kura_tally;

/* The block in hand of one thread. */
typedef struct kura_tally_block kura_tally_block;

/* Bytes shared by all threads, and of one thread.  Neither depends on the number of paths beyond 1024. */
size_t kura_tally_bytes(const km_model *model, uint64_t most);
size_t kura_tally_block_bytes(const km_model *model);
/* For `paths` paths, which may grow to `most`; `folder` of scratch files as for kura_scratch_open. */
kura_status kura_tally_new(const km_model *model, uint64_t paths, uint64_t most, const char *folder,
                           kura_tally **out, kura_error *err);
/* Makes ready for what tallies.dump asks for, of at most `most` paths; before blocks are made. */
kura_status kura_tally_dump(kura_tally *tally, uint64_t most, kura_error *err);
/* Takes more paths, between blocks. */
void kura_tally_grow(kura_tally *tally, uint64_t paths);
void kura_tally_free(kura_tally *tally);
kura_tally_block *kura_tally_block_new(kura_tally *tally, kura_isa isa);
void kura_tally_block_free(kura_tally_block *block);
/* Forgets the block in hand. */
void kura_tally_block_start(kura_tally_block *block);
/* The observer that fills the block; valid while the block lives. */
kura_observer kura_tally_block_observer(kura_tally_block *block);
/* KURA_E_IO when the disk failed to take what threads gave it. */
kura_status kura_tally_status(const kura_tally *tally, kura_error *err);
/* Adds the block to the shared tally; the caller holds the lock. */
void kura_tally_merge(kura_tally *tally, kura_tally_block *block);
/* The block in hand is the last draw of the run, which may have fewer paths. */
void kura_tally_note_last(kura_tally *tally, const kura_tally_block *block);

static inline size_t kura_tally_column(int mineral, kura_metric k)
{
    return (size_t)mineral * KURA_METRIC_COUNT + (size_t)k;
}

/* A metric of all paths, and of one. */
static inline kura_series kura_tally_metric(const kura_tally *t, int mineral, kura_metric k)
{
    kura_series s = kura_columns_series(t->metrics, kura_tally_column(mineral, k));
    s.cluster = t->cluster;
    return s;
}
static inline double kura_tally_metric_of(const kura_tally *t, int mineral, kura_metric k, uint64_t path)
{
    double x;
    kura_columns_get(t->metrics, kura_tally_column(mineral, k), path, 1, &x);
    return x;
}

#endif
