/* Inside the comparison of runs; not for others. */
#ifndef KURA_TALLY_COMPARE_INTERNAL_H
#define KURA_TALLY_COMPARE_INTERNAL_H

#include "num/fieller.h"
#include "tally/compare.h"
#include "tally/estimate.h"
#include "tally/sorted.h"
#include "tally/spread.h"

typedef enum {
    KURA_FORM_MEAN,
    KURA_FORM_SHARE,
    KURA_FORM_RATIO,
    KURA_FORM_CVAR,
    KURA_FORM_QUANTILE
} kura_form;
typedef enum { KURA_TOTAL_NONE, KURA_TOTAL_SUM, KURA_TOTAL_MEAN, KURA_TOTAL_OF_SUM } kura_total;
typedef enum {
    KURA_IN_ONE,
    KURA_IN_DAYS,
    KURA_IN_PER,
    KURA_IN_TONNES,
    KURA_IN_MASS,
    KURA_IN_PPM,
    KURA_IN_DAYS_OF_USE
} kura_in;

/* How a number is made of metrics. */
typedef struct {
    kura_form form;
    kura_metric a, b;  /* where they are among KURA_METRICS */
    const char *money; /* else the name of a metric in money, of builds that have it */
    kura_in in;
    kura_total total;
    const char *units, *total_units, *text, *total_text, *rule;
} kura_recipe;
const kura_recipe *kura_recipe_of(sc_compare id);

/* The metric of that name, -1. */
int kura_metric_find(const char *name);

/* Value and error; NaN where the run has no such number. */
kura_status kura_measure_of(const kura_member *m, const kura_number *x, int mineral, kura_sorted *sorted,
                            const kura_measure *each, kura_measure *out, kura_error *err);

/* The linear form of a number for a mineral, or (mineral = number of minerals) for the headline. */
typedef struct {
    const kura_member *member;
    const kura_number *number;
    const kura_measure *each; /* [minerals + 1] */
    int mineral;
} kura_linear;
kura_series kura_linear_series(const kura_linear *l);
/* Is there one? */
int kura_linear_is(const kura_linear *l);
/* Does a mineral count in the total? */
int kura_linear_counts(const kura_linear *l, int mineral);
/* Paths on which the metrics that the number is made of differ. */
uint64_t kura_linear_differs(const kura_linear *of, const kura_linear *than);

/* The linear form of one run less that of another. */
typedef struct {
    kura_series of, than;
    double scale_of, scale_than; /* 1 but for sums of unlike things */
    uint64_t paths;
} kura_pair_of;
/* What differences of runs spread by over draws of `unit` paths: of means, shares and ratios, with the draw's
 * own ratio (compare_draws.c).  NaN of others, and of fewer than two draws. */
kura_spread kura_spread_of_difference(const kura_linear *of, const kura_linear *than, uint64_t unit);
/* A metric of the paths of a run. */
kura_series kura_member_metric(const kura_member *m, int mineral, kura_metric k);

/* Half-width of an interval over the error of a difference: of the normal law or, with draws, Student's. */
double kura_comparison_quantile(const kura_comparison *c);
/* Units of a total, and of one mineral. */
const char *kura_total_units(const kura_comparison *c, const kura_number *x, kura_arena *arena);
const char *kura_number_units(const kura_comparison *c, const kura_number *x, kura_arena *arena);
kura_series kura_difference_series(const kura_pair_of *pair);

/* Sum of columns with weights, `stride` apart. */
typedef struct {
    const kura_columns *columns;
    size_t first, stride;
    int n;
    const double *weights;
    uint64_t paths;
} kura_weighted;
kura_series kura_weighted_series(const kura_weighted *w);
/* Variance of its mean; 0 where it is what rounding leaves of numbers of that size. */
double kura_weighted_variance(const kura_weighted *w, uint64_t unit, double size);
/* Paths on which it is more than that. */
uint64_t kura_weighted_paths(const kura_weighted *w, double size);
/* Keeps the linear form of a run in a column; only where there is one. */
void kura_linear_keep(const kura_linear *l, kura_columns *columns, size_t column);

/* What a study asks of several runs at once: keeps what it needs of a run (0 is the base), and adds its group
 * to the result (leave_out.c, break_even.c).  `folder` as for kura_scratch_open. */
typedef struct kura_left_out kura_left_out;
kura_status kura_left_out_new(const kura_comparison *c, const sc_leave_out *asked, const char *folder,
                              kura_left_out **out, kura_error *err);
void kura_left_out_free(kura_left_out *l); /* NULL is fine */
kura_status kura_left_out_keep(kura_left_out *l, const kura_comparison *c, int run, const kura_member *m,
                               kura_measure *measures, kura_error *err);
kura_status kura_left_out_report(const kura_left_out *l, const kura_comparison *c, kura_frame *frame,
                                 kura_error *err);
typedef struct kura_gains kura_gains;
kura_status kura_gains_new(const kura_comparison *c, const sc_study *study, const char *folder,
                           kura_gains **out, kura_error *err);
void kura_gains_free(kura_gains *g); /* NULL is fine */
kura_status kura_gains_keep(kura_gains *g, const kura_comparison *c, int run, const kura_member *m,
                            kura_measure *measures, kura_error *err);
kura_status kura_gains_report(const kura_gains *g, const kura_comparison *c, kura_frame *frame,
                              kura_error *err);

enum { KURA_PER_EUE, KURA_PER_LOLE, KURA_PER_COUNT }; /* what money buys */

struct kura_comparison {
    kura_arena arena;
    const kura_member *base;
    int policies, nnumbers;
    double confidence;
    uint64_t unit; /* the largest of the runs so far */
    kura_number *numbers;
    kura_measure *measures;   /* [number][mineral + 1] of the base */
    kura_paired *paired;      /* [policy][number][mineral + 1] */
    kura_fieller_set *bought; /* [policy][KURA_PER_...][mineral + 1] */
    unsigned char *done;      /* [policy] */
    kura_sorted *sorted;
    int axes, axis[5];  /* numbers whose linear forms are kept for the frontier; the first is the cost */
    kura_columns *kept; /* [policy + 1][axis]; NULL without costs */
    double *kept_value; /* [policy + 1][axis] */
    int choices;        /* policies to choose from; those behind them answer what a study asks */
    kura_left_out *left_out;
    kura_gains *gains;
};

#endif
