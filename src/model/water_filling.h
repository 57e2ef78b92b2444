/* Sharing a total in proportion, under limits. */
#ifndef KURA_MODEL_WATER_FILLING_H
#define KURA_MODEL_WATER_FILLING_H

/* x[i] = min(most[i], lambda v[i]) with the lambda for which they sum to `total`: what is above a limit goes
 * to the others in proportion, again and again.  Returns what nobody can take (0 but for rounding when there
 * is room); entries with v = 0 take nothing.  x must not be v or most. */
double km_water_fill(int n, const double *v, const double *most, double total, double *x);

/* Rounds x (>= 0) to whole numbers within the limits that sum to what x sums to, rounded: each is rounded
 * down, and what that loses comes back, one each, to the entries that have room, in their order. */
void km_to_lattice(int n, const double *most, double *x);

#endif
