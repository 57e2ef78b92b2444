/* Demand under an uncertain price, see demand.h. */
#include "exact/demand.h"
#include "exact/special.h"
#include <math.h>

/* Below lo and above hi the power is constant; between, a lognormal moment with the law shifted by u
 * variance. */
double exact_answer_moment(double mean, double variance, double elasticity, double lo, double hi, double k)
{
    double u = -elasticity * k, sd = sqrt(variance), a = (log(lo) - mean) / sd, b = (log(hi) - mean) / sd;
    double between = exp(u * mean + 0.5 * u * u * variance) *
                     (exact_normal_cdf(b - u * sd) - exact_normal_cdf(a - u * sd));
    return pow(lo, u) * exact_normal_cdf(a) + between + pow(hi, u) * exact_normal_cdf(-b);
}

void exact_gradual(const exact_price *p, int T, double elasticity, double lambda, double *mean,
                   double *variance)
{
    double a = exp(-p->kappa * p->dt);
    *mean = *variance = 0;
    for (int i = 1; i <= T; i++) {
        double wi = -elasticity * lambda * pow(1 - lambda, T - i);
        *mean += wi * exact_price_mean_log(p, i);
        for (int j = 1; j <= T; j++) {
            double wj = -elasticity * lambda * pow(1 - lambda, T - j);
            int first = i < j ? i : j, apart = i < j ? j - i : i - j;
            *variance += wi * wj * pow(a, apart) * exact_price_var_log(p, first);
        }
    }
}

double exact_cycle_variance(double sd, double phi, int T) { return sd * sd * (1 - pow(phi, 2 * T)); }

double exact_lognormal_mean(double mean, double variance) { return exp(mean + 0.5 * variance); }

double exact_lognormal_variance(double mean, double variance)
{
    double m = exact_lognormal_mean(mean, variance);
    return m * m * expm1(variance);
}

double exact_lognormal_covariance(double mean_x, double var_x, double mean_y, double var_y, double cov)
{
    return exact_lognormal_mean(mean_x, var_x) * exact_lognormal_mean(mean_y, var_y) * expm1(cov);
}
