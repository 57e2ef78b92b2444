/* Spread of figures over draws, see spread.h. */
#include "tally/spread.h"
#include "tally/estimate.h"
#include <math.h>
#include <string.h>

static double sd_of(double variance) { return variance > 0 ? sqrt(variance) : 0; }

/* Standard error of the standard deviation by leaving out one draw after the other. */
static double jackknife(uint64_t draws, const double *x, const double *each, double mean, double squares,
                        double noise)
{
    double m = (double)draws, sum = 0, sum2 = 0;
    if (draws < 3) return NAN;
    for (uint64_t o = 0; o < draws; o++) {
        double d = x[o] - mean, left = squares - d * d * m / (m - 1);
        double sd = sd_of(left / (m - 2) - (noise - each[o]) / (m - 1));
        sum += sd;
        sum2 += sd * sd;
    }
    double var = sum2 / m - (sum / m) * (sum / m);
    return sqrt((var > 0 ? var : 0) * (m - 1));
}

static double at_rank(uint64_t draws, const double *sorted, double q)
{
    double k = ceil(q * (double)draws - 1e-9);
    return sorted[k < 1 ? 0 : (uint64_t)k - 1];
}

kura_spread kura_spread_of(uint64_t draws, uint64_t paths, const double *x, const double *each,
                           double *sorted)
{
    double m = (double)draws, sum = 0, squares = 0, noise = 0;
    for (uint64_t o = 0; o < draws; o++) sum += x[o] - x[0], noise += each[o];
    double mean = x[0] + sum / m;
    for (uint64_t o = 0; o < draws; o++) squares += (x[o] - mean) * (x[o] - mean);
    double total = squares / (m - 1), between = total - noise / m;
    int finite = isfinite(total) && isfinite(noise);
    double b = !finite ? 1 : between > 0 ? sqrt(between / total) : 0;
    for (uint64_t o = 0; o < draws; o++)
        sorted[o] = finite ? mean + b * (x[o] - mean) : x[o]; /* no noise is known: as it is */
    kura_sort(draws, sorted);
    kura_spread s = {NAN, NAN, at_rank(draws, sorted, 0.05), at_rank(draws, sorted, 0.95), NAN};
    if (!finite) return s;
    s.sd = sd_of(between);
    s.se = jackknife(draws, x, each, mean, squares, noise);
    double within = noise / m * (double)paths; /* of one path */
    if (between > 0 || within > 0) s.share = s.sd * s.sd / (s.sd * s.sd + within);
    return s;
}
