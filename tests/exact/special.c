/* Special functions, see special.h. */
#include "exact/special.h"
#include <math.h>

#define PI 3.141592653589793238462643383279502884

double exact_normal_density(double x) { return exp(-0.5 * x * x) / sqrt(2 * PI); }
double exact_normal_cdf(double x) { return 0.5 * erfc(-x / sqrt(2)); }

double exact_normal_quantile(double p)
{
    if (p > 0.5) return -exact_normal_quantile(1 - p);
    double lo = -38, hi = 0;
    for (int i = 0; i < 60; i++) {
        double x = 0.5 * (lo + hi);
        *(exact_normal_cdf(x) < p ? &lo : &hi) = x;
    }
    double x = 0.5 * (lo + hi);
    return x - (exact_normal_cdf(x) - p) / exact_normal_density(x);
}

/* Continued fraction of Gamma(a, x) / Gamma(a), by the rule of Lentz. */
static double gamma_fraction(double a, double x)
{
    double b = x + 1 - a, c = 1e300, d = 1 / b, h = d;
    for (int i = 1; i < 100000; i++) {
        double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        if (fabs(d) < 1e-300) d = 1e-300;
        c = b + an / c;
        if (fabs(c) < 1e-300) c = 1e-300;
        d = 1 / d;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16) break;
    }
    return h * exp(a * log(x) - x - lgamma(a));
}

double exact_gamma_p(double a, double x)
{
    if (x <= 0) return 0;
    if (x > a + 1) return 1 - gamma_fraction(a, x);
    double term = 1 / a, sum = term;
    for (int k = 1; k < 100000 && term > 1e-17 * sum; k++) sum += term *= x / (a + k);
    return sum * exp(a * log(x) - x - lgamma(a));
}

double exact_gamma_q(double a, double x)
{
    return x > a + 1 ? gamma_fraction(a, x) : 1 - exact_gamma_p(a, x);
}

double exact_beta_p(double a, double b, double x)
{
    if (x <= 0) return 0;
    if (x >= 1) return 1;
    if (x > (a + 1) / (a + b + 2)) return 1 - exact_beta_p(b, a, 1 - x);
    double c = 1, d = 1 / (1 - (a + b) * x / (a + 1)), h = d;
    for (int m = 1; m < 100000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / (1 + even * d);
        c = 1 + even / c;
        h *= d * c;
        d = 1 / (1 + odd * d);
        c = 1 + odd / c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16) break;
    }
    return h * exp(a * log(x) + b * log1p(-x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a;
}

double exact_binomial_pmf(double k, double n, double p)
{
    if (k < 0 || k > n) return 0;
    if (p <= 0 || p >= 1) return (p <= 0 ? k == 0 : k == n) ? 1 : 0;
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p));
}

double exact_binomial_cdf(double k, double n, double p)
{
    if (k < 0) return 0;
    if (k >= n) return 1;
    return exact_beta_p(n - k, k + 1, 1 - p);
}

/* Newton's method on the Legendre polynomial of degree n. */
void exact_gauss_legendre(int n, double lo, double hi, double *node, double *weight)
{
    for (int i = 0; i < (n + 1) / 2; i++) {
        double x = cos(PI * (i + 0.75) / (n + 0.5)), slope = 1;
        for (int k = 0; k < 100; k++) {
            double p = 1, before = 0;
            for (int j = 1; j <= n; j++) {
                double older = before;
                before = p;
                p = ((2 * j - 1) * x * before - (j - 1) * older) / j;
            }
            slope = n * (x * p - before) / (x * x - 1);
            double step = p / slope;
            x -= step;
            if (fabs(step) < 1e-16) break;
        }
        node[i] = 0.5 * (lo + hi) - 0.5 * (hi - lo) * x;
        node[n - 1 - i] = 0.5 * (lo + hi) + 0.5 * (hi - lo) * x;
        weight[i] = weight[n - 1 - i] = (hi - lo) / ((1 - x * x) * slope * slope);
    }
}
