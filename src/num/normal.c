/* The normal distribution function as a function to call, see normal.h. */
#include "num/normal.h"
#include "num/math.h"

double kura_norm_cdf(double x) { return kura_norm_cdf_lane(x); }
