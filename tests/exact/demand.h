/* Demand that answers an uncertain price, and a cycle common to all demands: means and variances in closed
 * form.
 *
 * The log price X is Gaussian (price.h, without jumps).  At once: D = min(max(e^X, lo), hi)^-elasticity.  By
 * degrees (Nerlove, The Dynamics of Supply, 1958): ln D(t) = ln D(t-1) + lambda (-elasticity X(t) - ln
 * D(t-1)), ln D(-1) = 0, a sum of Gaussian numbers.  D is over its path. */
#ifndef KURA_EXACT_DEMAND_H
#define KURA_EXACT_DEMAND_H

#include "exact/price.h"

/* E D^k at once, X normal with this mean and variance. */
double exact_answer_moment(double mean, double variance, double elasticity, double lo, double hi, double k);

/* By degrees: mean and variance of ln D after T steps. */
void exact_gradual(const exact_price *p, int T, double elasticity, double lambda, double *mean,
                   double *variance);

/* exp(m): the variance of m after T steps from 0, of long-run deviation sd, keeping phi a step. */
double exact_cycle_variance(double sd, double phi, int T);
/* Mean and variance of exp(x), x normal; covariance of exp(x) and exp(y) given that of x and y. */
double exact_lognormal_mean(double mean, double variance);
double exact_lognormal_variance(double mean, double variance);
double exact_lognormal_covariance(double mean_x, double var_x, double mean_y, double var_y, double cov);

#endif
