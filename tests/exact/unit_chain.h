/* A small fleet of units as one Markov chain: what needs the whole path, as P(any loss) and standard
 * deviations.
 *
 * Definition as in capacity_outage.h.  Units of a group are alike and have two states, so the number that is
 * up is enough: the state is the vector of these numbers, its count the product of (units + 1) over the
 * groups.  Moments of a sum X over the steps follow from E[X; state] and E[X^2; state], step by step. */
#ifndef KURA_EXACT_UNIT_CHAIN_H
#define KURA_EXACT_UNIT_CHAIN_H

typedef struct {
    int units;
    double capacity;   /* of one unit that is up */
    double mttf, mttr; /* in units of time, exponential both */
    double derated;    /* capacity of one that is down */
} exact_group;

typedef struct {
    double short_steps, unserved, any,
        events; /* expected sums; P(any step with a loss); begun losses, all of step 0 */
    double short_steps_sd, unserved_sd; /* of the sums of one path */
} exact_fleet_figures;

/* Steps of `step` units of time, stationary at first. */
void exact_fleet_horizon(const exact_group *group, int groups, const double *load, int steps, double step,
                         exact_fleet_figures *out);

#endif
