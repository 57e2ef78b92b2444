/* How many hazards act together: two correlated normals, exposures on one factor, overlapping events. */
#ifndef KURA_EXACT_COUNTS_H
#define KURA_EXACT_COUNTS_H

#include "exact/law.h"

/* P(X > x, Y > y) of standard normals with correlation rho, |rho| < 1. */
double exact_both_exceed(double x, double y, double rho);

/* n exposures, each hit with probability p, latent normals with correlation rho from one factor (Vasicek). */
double exact_exposures_pmf(int n, double p, double rho, int k);
double exact_exposures_variance(int n, double p, double rho);

/* Events by a Poisson process of `rate`, each active for a time of law D: the number active (M/G/infinity) is
 * Poisson.  Its mean t after an empty start, and its covariance at t and t + lag (INFINITY: in the long run).
 */
double exact_poisson_pmf(double mean, int k);
double exact_active_mean(double rate, const exact_law *D, double t);
double exact_active_covariance(double rate, const exact_law *D, double t, double lag);

/* P(some event within `horizon` lasts longer than `cover`): each judged by itself. */
double exact_any_longer(double rate, const exact_law *D, double horizon, double cover);

#endif
