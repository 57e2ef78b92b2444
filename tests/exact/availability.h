/* Availability of a unit that fails and is repaired: two states in continuous time, and alternating renewal
 * with any laws of up and down times.
 *
 * Alternating renewal: with U(t), D(t) the probability to be up t after a repair, after a failure,
 *     U(t) = P(up > t) + integral of D(t - s) dF_up(s),    D(t) = integral of U(t - s) dF_down(s),
 * solved on a grid with U and D linear between its points and the laws exact in every cell, so that laws with
 * atoms or singular densities lose nothing; then Richardson's extrapolation over two grids. */
#ifndef KURA_EXACT_AVAILABILITY_H
#define KURA_EXACT_AVAILABILITY_H

#include "exact/law.h"

/* ---- two states: exponential up times of mean `mttf`, down times of mean `mttr` ---- */

double exact_two_states(double mttf, double mttr);                       /* in the long run */
double exact_two_states_at(double mttf, double mttr, double t);          /* up at time 0 */
double exact_two_states_var_average(double mttf, double mttr, double T); /* over [0, T], stationary */
double exact_two_states_failures(double mttf, double mttr, double T);    /* in [0, T], stationary */
double exact_two_states_var_count(double mttf, double mttr, int T);      /* of the times 0 .. T-1 down */
/* Probability of every number 0 .. T of times 0 .. T-1 down, stationary. */
void exact_two_states_count(double mttf, double mttr, int T, double *probability);

/* ---- alternating renewal ---- */

typedef struct {
    exact_law up, down;
} exact_renewal;

typedef enum { EXACT_FRESH, EXACT_STATIONARY } exact_start; /* fresh: up and new at time 0 */

double exact_renewal_availability(const exact_renewal *r); /* in the long run */
double exact_renewal_cycles(const exact_renewal *r);       /* failures per unit of time in the long run */

typedef struct {
    double value, error; /* error: distance between two extrapolations */
} exact_value;

/* P(up at time t). */
exact_value exact_renewal_at(const exact_renewal *r, exact_start start, double t);
/* Expected failures in [0, t]. */
exact_value exact_renewal_failures(const exact_renewal *r, exact_start start, double t);
/* P(up at 0 and at t), stationary. */
exact_value exact_renewal_both_up(const exact_renewal *r, double t);
/* Variance of the time average over [0, T], stationary. */
exact_value exact_renewal_var_average(const exact_renewal *r, double T);

#endif
