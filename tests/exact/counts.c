/* Counts, see counts.h. */
#include "exact/counts.h"
#include "exact/special.h"
#include <math.h>

enum { NODES = 1000 };

double exact_both_exceed(double x, double y, double rho)
{
    double node[NODES], weight[NODES], sum = 0, rest = sqrt(1 - rho * rho);
    exact_gauss_legendre(NODES, x, fmax(x, 0) + 12, node, weight);
    for (int i = 0; i < NODES; i++)
        sum += weight[i] * exact_normal_density(node[i]) * exact_normal_cdf((rho * node[i] - y) / rest);
    return sum;
}

double exact_exposures_pmf(int n, double p, double rho, int k)
{
    double node[NODES], weight[NODES], sum = 0, limit = exact_normal_quantile(p);
    exact_gauss_legendre(NODES, -12, 12, node, weight);
    for (int i = 0; i < NODES; i++) {
        double given = exact_normal_cdf((limit + sqrt(rho) * node[i]) / sqrt(1 - rho));
        sum += weight[i] * exact_normal_density(node[i]) * exact_binomial_pmf(k, n, given);
    }
    return sum;
}

double exact_exposures_variance(int n, double p, double rho)
{
    double limit = -exact_normal_quantile(p);
    return n * p * (1 - p) + n * (n - 1) * (exact_both_exceed(limit, limit, rho) - p * p);
}

double exact_poisson_pmf(double mean, int k) { return exp(-mean + k * log(mean) - lgamma(k + 1)); }

double exact_active_mean(double rate, const exact_law *D, double t)
{
    return rate * exact_law_tail_integral(D, t);
}

/* Both times see the events of the first t whose time exceeds their age at the second. */
double exact_active_covariance(double rate, const exact_law *D, double t, double lag)
{
    return rate * (exact_law_tail_integral(D, t + lag) - exact_law_tail_integral(D, lag));
}

double exact_any_longer(double rate, const exact_law *D, double horizon, double cover)
{
    return -expm1(-rate * horizon * (1 - exact_law_cdf(D, cover)));
}
