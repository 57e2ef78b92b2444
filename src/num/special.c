/* Special functions, see special.h. */
#include "num/special.h"
#include "num/math.h"

#define HALF_LN_2PI 0x1.d67f1c864beb5p-1
#define TWO_PI 0x1.921fb54442d18p2
#define TINY 1e-300
#define EPSILON 0x1p-53
#define MAX_TERMS 1000000

/* ln x! - Stirling's formula: the error of (x + 1/2) ln x - x + ln(2 pi)/2. */
static double stirling_error(double x)
{
    double shift = 0.0;
    for (; x < 16.0; x += 1.0) shift += (x + 0.5) * kura_log1p(1.0 / x) - 1.0;
    double r = 1.0 / x, z = r * r;
    double s = -691.0 / 360360.0;
    s = s * z + 1.0 / 1188.0;
    s = s * z - 1.0 / 1680.0;
    s = s * z + 1.0 / 1260.0;
    s = s * z - 1.0 / 360.0;
    s = s * z + 1.0 / 12.0;
    return shift + s * r;
}

double kura_lgamma(double x) { return stirling_error(x) + ((x - 0.5) * kura_log(x) - x + HALF_LN_2PI); }

/* x ln(x/m) + m - x >= 0 without cancellation near x = m. */
static double deviance(double x, double m)
{
    double d = x - m;
    if (fabs(d) >= 0.1 * (x + m)) return x * kura_log(x / m) - d;
    double v = d / (x + m), sum = d * v, term = 2.0 * x * v;
    for (int j = 1; j < 1000; j++) {
        term *= v * v;
        double next = sum + term / (2 * j + 1);
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

/* Gamma(a+b+1)/(Gamma(a+1) Gamma(b+1)) x^a y^b for a, b > 0. */
static double binomial_term(double a, double b, double x, double y)
{
    double n = a + b;
    double e =
        stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y);
    return kura_exp(e) * sqrt(n / (TWO_PI * a * b));
}

double kura_beta_weight(double a, double b, double x, double y)
{
    return x > 0.0 && y > 0.0 ? binomial_term(a, b, x, y) * (a * b / (a + b)) : 0.0;
}

double kura_binomial_pmf(double k, double n, double q)
{
    if (k <= 0.0) return kura_exp(n * kura_log1p(-q));
    if (k >= n) return kura_exp(n * kura_log(q));
    return binomial_term(k, n - k, q, 1.0 - q);
}

/* Continued fraction of the incomplete beta function (modified Lentz), for x below about a/(a+b). */
static double beta_fraction(double a, double b, double x)
{
    double c = 1.0, d = 1.0 - (a + b) * x / (a + 1.0);
    d = 1.0 / (fabs(d) < TINY ? TINY : d);
    double h = d;
    for (int i = 1; i < MAX_TERMS; i++) {
        double m = i, m2 = 2.0 * m;
        double even = m * (b - m) * x / ((a + m2 - 1.0) * (a + m2));
        d = 1.0 + even * d;
        d = 1.0 / (fabs(d) < TINY ? TINY : d);
        c = 1.0 + even / c;
        c = fabs(c) < TINY ? TINY : c;
        h *= d * c;
        double odd = -(a + m) * (a + b + m) * x / ((a + m2) * (a + m2 + 1.0));
        d = 1.0 + odd * d;
        d = 1.0 / (fabs(d) < TINY ? TINY : d);
        c = 1.0 + odd / c;
        c = fabs(c) < TINY ? TINY : c;
        double step = d * c;
        h *= step;
        if (fabs(step - 1.0) <= 4.0 * EPSILON) break;
    }
    return h;
}

void kura_beta_pq(double a, double b, double x, double y, double *p, double *q)
{
    if (!(x > 0.0) || !(y > 0.0)) {
        *p = x > 0.0 ? 1.0 : 0.0;
        *q = 1.0 - *p;
        return;
    }
    double w = kura_beta_weight(a, b, x, y);
    if (x * (a + b + 2.0) < a + 1.0) {
        *p = kura_min(w * beta_fraction(a, b, x) / a, 1.0);
        *q = 1.0 - *p;
    } else {
        *q = kura_min(w * beta_fraction(b, a, y) / b, 1.0);
        *p = 1.0 - *q;
    }
}

static double gamma_series(double a, double x)
{
    double term = 1.0, sum = 1.0;
    for (int i = 1; i < MAX_TERMS; i++) {
        term *= x / (a + i);
        sum += term;
        if (term <= sum * EPSILON) break;
    }
    return sum;
}

static double gamma_fraction(double a, double x)
{
    double b = x + 1.0 - a, c = 1.0 / TINY, d = 1.0 / b, h = d;
    for (int i = 1; i < MAX_TERMS; i++) {
        double k = -(double)i * (i - a);
        b += 2.0;
        d = k * d + b;
        d = 1.0 / (fabs(d) < TINY ? TINY : d);
        c = b + k / c;
        c = fabs(c) < TINY ? TINY : c;
        double step = d * c;
        h *= step;
        if (fabs(step - 1.0) <= 4.0 * EPSILON) break;
    }
    return h;
}

void kura_gamma_pq(double a, double x, double *p, double *q)
{
    if (!(x > 0.0)) {
        *p = 0.0;
        *q = 1.0;
        return;
    }
    double w = kura_exp(-stirling_error(a) - deviance(a, x)) / sqrt(TWO_PI * a); /* x^a e^-x / Gamma(a+1) */
    if (x < a + 1.0) {
        *p = kura_min(w * gamma_series(a, x), 1.0);
        *q = 1.0 - *p;
    } else {
        *q = kura_min(w * a * gamma_fraction(a, x), 1.0);
        *p = 1.0 - *q;
    }
}
