/* Outflow of products by lifetimes, see outflow.h. */
#include "model/outflow.h"
#include "num/math.h"

enum { MOST_STEPS = 4000000 };

double km_outflow(const kura_dist *lifetime, double before, double after, int t)
{
    double sum = 0, gone = 0;
    for (int k = 1; k <= MOST_STEPS && gone < 1 - 1e-12; k++) {
        double now = kura_dist_cdf(lifetime, k), u = (double)t - k;
        sum += (now - gone) * kura_exp(u >= 0 ? after * u : before * u);
        gone = now;
    }
    return sum;
}
