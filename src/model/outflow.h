/* Material that reaches the end of its life: dynamic material flow by lifetimes [7.3].
 * Reference: Mueller, Hilty, Widmer, Schluep, Faulstich, Environ. Sci. Technol. 48 (2014) 2102. */
#ifndef KURA_MODEL_OUTFLOW_H
#define KURA_MODEL_OUTFLOW_H

#include "num/dist.h"

/* Outflow of step t (0 = the start) over the inflow at the start: sum over the steps before it of
 * inflow(t - k) (F(k) - F(k - 1)), F the distribution of lifetimes in steps.  The inflow of step u is
 * exp(after u) from the start on and exp(before u) before it, without a beginning. */
double km_outflow(const kura_dist *lifetime, double before, double after, int t);

#endif
