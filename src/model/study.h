/* A study: policies compared on the paths of one run [7, R10.4d].
 *
 * A policy is a change of the scenario: the `patch` (and `include`) of a file, a patch in place, or several
 * policies one after the other.  What it is expected to do is carried along and held against the result.
 * Beside policies to choose from a study asks what each cause costs (leave_out [8.10]) and from which value
 * on a quantity pays (break_even [7.7]): the runs that takes are policies as well, made when it is read. */
#ifndef KURA_MODEL_STUDY_H
#define KURA_MODEL_STUDY_H

#include "model/scenario.h"

struct kura_node;

/* Numbers that policies are compared by, named as in /summary and /adequacy; SC_COMPARE_LOLE ...  The last
 * ones are in money, of runs that count it. */
#define SC_COMPARED(X)                                                                                       \
    X(LOLE, "loss_of_load_expectation")                                                                      \
    X(LOLEV, "loss_of_load_events")                                                                          \
    X(ANY, "shortage_probability_any")                                                                       \
    X(LONG, "long_shortage_probability")                                                                     \
    X(EUE, "expected_unserved")                                                                              \
    X(NEUE, "normalised_expected_unserved")                                                                  \
    X(GROSS, "gross_normalised_expected_unserved")                                                           \
    X(CVAR, "cvar95_unserved")                                                                               \
    X(STOCK, "required_stock_days")                                                                          \
    X(MEAN_PRICE, "mean_price")                                                                              \
    X(PEAK_PRICE, "peak_price")                                                                              \
    X(COST, "cost")                                                                                          \
    X(LOSS, "loss")                                                                                          \
    X(PRICE_BILL, "price_bill")                                                                              \
    X(CVAR_LOSS, "cvar95_loss")
typedef enum {
#define SC_COMPARE_ENUM(id, name) SC_COMPARE_##id,
    SC_COMPARED(SC_COMPARE_ENUM)
#undef SC_COMPARE_ENUM
        SC_COMPARE_COUNT
} sc_compare;
const char *sc_compare_name(sc_compare number);

typedef enum { SC_EXPECT_NOTHING, SC_EXPECT_FALLS, SC_EXPECT_RISES } sc_direction;

typedef struct {
    sc_compare number;
    sc_direction direction;
    int mineral; /* -1 = all of the headline together */
} sc_expectation;

typedef struct sc_note { /* what a policy says of itself */
    int given;
    const char *reason;
    int nexpected;
    sc_expectation *expected;
} sc_note;

typedef struct {
    const char *id, *title;
    sc_note note;
    int ncombines;
    const char **combines;                   /* policies one after the other */
    int *parts;                              /* [ncombines] their numbers */
    const struct kura_node *include, *patch; /* changes of the scenario; only while it is read */
    sc_where where;
} sc_policy;

enum { SC_MAX_PORTFOLIOS = 1 << 10 };
typedef struct { /* all combinations of some of the policies */
    int nof;
    const char **of;
    int at_most; /* policies in one */
} sc_portfolios;

typedef struct { /* a cause, and the scenario without it */
    const char *id;
    int nkeys;
    const char **keys; /* sections without which it does not act */
    int policy;        /* without it */
    sc_where where;
} sc_cause;

typedef struct {
    int ncauses;
    sc_cause *causes;
    int none; /* policy without any of them */
} sc_leave_out;

enum { SC_MAX_VALUES = 100 };
typedef struct { /* a quantity, its values, and what is to be reached */
    const char *id, *policy, *key;
    int nvalues;
    const struct kura_node **written; /* only while it is read */
    double *values;                   /* ascending, in `unit` as written */
    const char *unit;
    int first;    /* policy of the first value; the others follow */
    int number;   /* an sc_compare that is to fall; -1: the net benefit is to be 0 */
    int mineral;  /* -1 = all of the headline together */
    double falls; /* by this share of its value without policy; NaN with the net benefit */
    sc_where where;
} sc_break_even;

typedef struct sc_study {
    int given;
    int npolicies;
    sc_policy *policies; /* portfolios after those that are written, then those of leave_out and break_even */
    int nchoices;        /* policies to choose from: all but the last */
    sc_leave_out leave_out;
    int nbreak_even;
    sc_break_even *break_even;
    sc_portfolios portfolios;
    double confidence;    /* of the intervals of differences */
    uint64_t fresh_paths; /* of the second estimate; 0 = none */
    sc_where where;
} sc_study;

#endif
