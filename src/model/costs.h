/* Compiled costs and losses [7]: what the accounts of a path need, mineral by mineral.  Made by
 * compile_costs.c, read by tally/lanes/account.c.
 *
 * Money is in millions of USD, real, masses are quanta, times are steps from the start of the run. */
#ifndef KURA_MODEL_COSTS_H
#define KURA_MODEL_COSTS_H

#include "model/model.h"

/* Loss of a consumer of the focus country: value of a quantum by depth, convex [7.1]. */
typedef struct {
    int consumer;
    double depth[2], value[3];
} km_loss;

/* A stockpile, as far as the focus country bears it [7.2]. */
typedef struct {
    int tier;
    double opening;          /* quanta */
    double worth;            /* of a quantum at the base price */
    double storage, share;   /* of a quantum a step; of its value a step */
    double rotated;          /* share of the stock exchanged a step */
    double rotation, spread; /* of a quantum exchanged; share of the price */
} km_held;

/* An import of the focus country, or a trade with a premium. */
typedef struct {
    int arc;
    double worth; /* of a quantum at the base price; premium on a quantum */
} km_paid;

/* Something that is built and run [7.3]. */
typedef struct {
    int site;                  /* whose output costs, -1 */
    const km_project *project; /* that decides when it starts on a path; NULL: as planned */
    double from, planned;      /* begin of payments, planned start */
    double capex, sunk, life;  /* sunk: share; life: 0 = nothing is left at the end */
    double fixed, variable;    /* a step; a quantum */
    int thrift;                /* programme whose adoption starts it, -1 [7.4] */
    double until;              /* step from which it runs no more; INFINITY = never */
} km_outlay;

/* What users of the focus country bear for doing with less [7.4]. */
typedef struct {
    int consumer, answer;
    double penalty; /* on a quantum replaced or saved */
} km_thrifty;

typedef enum { KM_MONEY_COST = 1, KM_MONEY_LOSS = 2, KM_MONEY_BILL = 4 } km_money;

typedef struct {
    int nlosses, nheld, nimports, npremiums, noutlays, room, nthrifty, nmoved;
    km_loss *losses;
    km_held *held;
    km_paid *imports, *premiums;
    km_paid *moved; /* trades to which levers move some; worth: 1e6 USD of a quantum at 1 USD/t */
    km_outlay *outlays;
    km_thrifty *thrifty;
    int by_default;   /* some loss takes multiples that nobody gave */
    unsigned unknown; /* km_money: what there is no figure for, without a price */
} km_mineral_costs;

typedef struct km_costs {
    const double *discount; /* [T] factor of a step, at its middle */
    double discount_end;    /* factor at the end of the run */
    double haircut;
    int owned; /* opening stocks need not be bought */
    int most_outlays;
    km_mineral_costs *minerals;
} km_costs;

/* Is there a figure for it? */
static inline int km_knows(const km_model *model, int mineral, km_money what)
{
    return model->costs && !(model->costs->minerals[mineral].unknown & (unsigned)what);
}

#endif
