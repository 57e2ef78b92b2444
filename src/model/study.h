/* A study: policies compared on the paths of one run [7, R10.4d].
 *
 * A policy is a change of the scenario: the `patch` (and `include`) of a file, a patch in place, or several
 * policies one after the other.  What it is expected to do is carried along and held against the result. */
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

typedef struct sc_study {
    int given;
    int npolicies;
    sc_policy *policies; /* portfolios last */
    sc_portfolios portfolios;
    double confidence;    /* of the intervals of differences */
    uint64_t fresh_paths; /* of the second estimate; 0 = none */
    sc_where where;
} sc_study;

#endif
