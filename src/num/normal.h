/* The normal distribution function.
 *
 * kura_norm_cdf is the scalar name of kura_norm_cdf_lane (num/math.h): the same operations, the same bits.
 * Its inverse is kura_norm_inv (num/math.h). */
#ifndef KURA_NUM_NORMAL_H
#define KURA_NUM_NORMAL_H

/* P(Z <= x), relative error about 1e-15 down to x = -37; 0 below about -37.6, where the truth is below
 * 1e-308. */
double kura_norm_cdf(double x);

#endif
