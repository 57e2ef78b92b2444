/* The largest total that n suppliers can deliver to m importers: max sum x_ij with sum_j x_ij <= supply_i,
 * sum_i x_ij <= want_j, 0 <= x_ij <= cap_ij over the open trades; by the simplex method (GLPK) and by maximum
 * flow in whole quanta.  Arrays of trades are by supplier, then importer. */
#ifndef KURA_EXACT_ALLOCATION_OPTIMUM_H
#define KURA_EXACT_ALLOCATION_OPTIMUM_H

#include <stdint.h>

/* NaN when the library was built without GLPK, or the solver gives up. */
double exact_lp(int suppliers, int importers, const double *supply, const double *want, const double *cap,
                const uint8_t *open);
int exact_lp_present(void);

/* At most 10 suppliers and importers; masses are whole numbers. */
double exact_maximum_flow(int suppliers, int importers, const double *supply, const double *want,
                          const double *cap, const uint8_t *open);

#endif
