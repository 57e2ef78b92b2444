/* Generating capacity against a load: the exact figures of resource adequacy, by convolution of the units.
 *
 * Definition.  Units are independent Markov chains in continuous time with a capacity in each state,
 * stationary at all times, seen at the start of every step.  A step t has a loss of load if and only if C(t)
 * < load(t), strictly; load(t) - C(t) is unserved.  Capacities are whole units (MW), loads any numbers
 * (within 1e-9 of a whole one: that one).  R. Billinton and R. N. Allan, Reliability Evaluation of Power
 * Systems, 2nd ed. 1996.
 *
 * In kura: sites of kind supply, outages in mode point from a stationary start, hub without storage,
 * threshold 0. */
#ifndef KURA_EXACT_CAPACITY_OUTAGE_H
#define KURA_EXACT_CAPACITY_OUTAGE_H

enum { EXACT_LEVELS = 4 };

typedef struct {
    int levels;
    int capacity[EXACT_LEVELS];
    double probability[EXACT_LEVELS];
    double rate[EXACT_LEVELS * EXACT_LEVELS];       /* [from][to] a unit of time, diagonal = -sum */
    double transition[EXACT_LEVELS * EXACT_LEVELS]; /* of a step */
} exact_unit;

/* A unit with these rates, in steps of `step` units of time. */
exact_unit exact_unit_of(int levels, const int *capacity, const double *rate, double step);

/* A unit that runs for `mttf` on average and is down for `mttr`, exponential both. */
exact_unit exact_unit_two_state(int capacity, double mttf, double mttr, double step);

/* law[c] = P(capacity = c), c = 0 ... sum of the largest levels; returns that sum.  law may be NULL. */
int exact_capacity_law(const exact_unit *unit, int units, double *law);

typedef struct {
    double short_steps, unserved; /* expected over all steps: LOLE in steps, EUE */
    double events_cyclic;         /* steps in which a loss begins; the last step precedes the first */
    double events_within;         /* not counting step 0 */
    double events_counted; /* every loss in step 0 begins there: what a simulation from step 0 counts */
    double frequency;      /* losses that begin in continuous time, the load changing at the start of a step
                              and cyclic; `step` as given to the units */
} exact_adequacy;

void exact_adequacy_study(const exact_unit *unit, int units, const double *load, int steps, double step,
                          exact_adequacy *out);

/* Expected steps of loss alone, for example of the peaks of days. */
double exact_loss_of_load(const exact_unit *unit, int units, const double *load, int steps);

#endif
