/* Comparing runs on the same paths: each number of the result with its error, and the difference of two runs
 * with the error that their common random numbers leave [7, R10.4d].
 *
 * Every number is, up to terms that vanish, a mean over paths of a function of the path (its linear form):
 * the metric itself, 1 where a path is short, (x - r y)/mean y of a ratio, v + (x - v)+/(1 - a) of a CVaR
 * [8.7], and s 1{x > v} of a quantile, s being the inverse of the density there as the ranks of its interval
 * have it [8.6].  So one function gives every error, and the error of a difference is that of the mean of the
 * differences, path by path. */
#ifndef KURA_TALLY_COMPARE_H
#define KURA_TALLY_COMPARE_H

#include "model/study.h"
#include "tally/columns.h"
#include "tally/frame.h"
#include "tally/tally.h"

typedef struct { /* what the metrics of a mineral are measured in */
    const char *id;
    double tonne; /* t in the unit of mass of the columns */
    double day;   /* days of base use in it, at the form of the stock; NaN: no required stock */
    int headline, priced;
    const unsigned char *unknown; /* [KURA_METRIC_COUNT] metrics that it has no figure of, or NULL */
} kura_measured;

/* A run as it is compared: the metrics of its paths, and what they are measured in. */
typedef struct {
    uint64_t paths, unit; /* neighbouring paths that share a draw of the inputs; 1: all are independent */
    int nminerals;
    const kura_measured *minerals;
    const kura_columns *columns; /* by kura_tally_column */
    const unsigned char *same;   /* [mineral] as in `other`, or NULL */
    const kura_columns *other;   /* where the columns of such minerals are */
    const unsigned char *has;    /* [KURA_METRIC_COUNT] metrics that there are; NULL = all */
    double step_days, per;       /* per: 1/years, or 1 of sums over the horizon [R1.6] */
    double long_limit;           /* steps beyond which a deep spell is a long shortage */
    int nconfidence;
    const double *confidence; /* of the required stock */
} kura_member;

/* The member that a tally is, its minerals in `arena`; 0 or -1 when memory ran out. */
int kura_member_of(const kura_tally *tally, kura_arena *arena, kura_member *out);

/* A number of the result that is compared: one of SC_COMPARED, the required stock at each confidence. */
typedef struct {
    sc_compare id;
    int level; /* of the confidences, -1 */
    kura_metric a, b;
} kura_number;

typedef struct {
    double value, se;
    double at, slope; /* of the linear form */
    int counted;      /* minerals in a total */
} kura_measure;

typedef struct {
    double value, se, difference, difference_se, lo, hi, unpaired_se, paths;
    double ignorance_sd, ignorance_lo, ignorance_hi; /* spread over draws of the inputs [8.9] */
} kura_paired;                                       /* paths: on which its metrics differ */

typedef struct kura_comparison kura_comparison;

/* Measures `base`, which must outlive the comparison.  `policies` at most will follow.  `folder` as for
 * kura_scratch_open. */
kura_status kura_comparison_new(const kura_member *base, int policies, double confidence, const char *folder,
                                kura_comparison **out, kura_error *err);
void kura_comparison_free(kura_comparison *c); /* NULL is fine */
/* What a study asks of several runs at once (leave_out, break_even), before the first policy is added; the
 * policies that answer it are none to choose from. */
kura_status kura_comparison_ask(kura_comparison *c, const sc_study *study, const char *folder,
                                kura_error *err);
/* Numbers a path that it then keeps of all runs. */
uint64_t kura_comparison_kept(const sc_study *study, int minerals);
/* Takes the differences of a policy; the member is not needed after that. */
kura_status kura_comparison_add(kura_comparison *c, int policy, const kura_member *member, kura_error *err);

int kura_comparison_numbers(const kura_comparison *c, const kura_number **out);
/* Index of a number, -1 when the runs do not have it. */
int kura_comparison_find(const kura_comparison *c, sc_compare id, int level);
/* `mineral` = number of minerals: all of the headline together. */
const kura_measure *kura_comparison_base(const kura_comparison *c, int number, int mineral);
const kura_paired *kura_comparison_of(const kura_comparison *c, int policy, int number, int mineral);
int kura_comparison_is_done(const kura_comparison *c, int policy);

/* Does an expectation hold? */
typedef enum { KURA_HOLDS_NOT_RESOLVED, KURA_HOLDS_YES, KURA_HOLDS_NO } kura_holds;
enum { KURA_FEW_PATHS = 10 }; /* below, a difference rests on too few paths for its interval */
kura_holds kura_comparison_holds(const kura_paired *p, sc_direction expected);

/* ---- the result ---- */

typedef struct { /* how a policy is called, and what it says */
    const char *id, *title;
    const sc_note *note;
} kura_policy_label;

/* Adds /policies: numbers, differences, cost-effectiveness, expectations; /leave_out and /break_even where
 * they were asked for.  `fresh` NULL: no second estimate. */
kura_status kura_comparison_report(const kura_comparison *c, const kura_comparison *fresh,
                                   const kura_policy_label *policies, kura_frame *frame, kura_error *err);

/* Which policies are dominated: another one costs less and leaves less risk, both beyond the simultaneous
 * intervals over all pairs (Bonferroni).  Run 0 is the base, run p + 1 policy p.  Without costs nothing is
 * dominated.  `dominated` [policies + 1]: on every risk; adds /frontier to `frame`. */
kura_status kura_comparison_frontier(const kura_comparison *c, const kura_policy_label *policies,
                                     unsigned char *dominated, kura_frame *frame, kura_error *err);

/* The rule of domination: a's two differences to b with their errors.  A difference that is 0 on every path
 * (error 0) counts as neither. */
int kura_is_dominated(double cost, double cost_se, double risk, double risk_se, double z);

#endif
