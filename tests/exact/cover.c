#include "cover.h"
#include <math.h>

double exact_survival_exponential(double x, const void *mean) { return exp(-x / *(const double *)mean); }

double exact_survival_weibull(double x, const void *weibull)
{
    const exact_weibull *w = weibull;
    return x > 0 ? exp(-pow(x * tgamma(1 + 1 / w->shape) / w->mean, w->shape)) : 1;
}

double exact_survival_lognormal(double x, const void *lognormal)
{
    const exact_lognormal *l = lognormal;
    return x > 0 ? 0.5 * erfc(log(x / l->median) / l->sigma / sqrt(2)) : 1;
}

/* The integral of the survival from `from` on, by the double exponential rule x = from + scale exp(pi/2 sinh
 * u). */
static double beyond(const exact_cut *cut, double from)
{
    const double h = 1.0 / 128, half_pi = 1.5707963267948966;
    double sum = 0;
    for (int k = -600; k <= 500; k++) {
        double u = k * h, x = cut->scale * exp(half_pi * sinh(u));
        double p = isfinite(x) ? cut->survival(from + x, cut->context) : 0;
        if (p > 0) sum += p * x * half_pi * cosh(u);
    }
    return sum * h;
}

void exact_cover(const exact_cut *cut, double cover, double rate, double horizon, exact_cover_figures *out)
{
    out->probability = cut->survival(cover, cut->context);
    out->unserved = beyond(cut, cover);
    out->any = -expm1(-rate * horizon * out->probability);
    out->total = rate * horizon * out->unserved;
}

double exact_cover_stepped(const exact_cut *cut, int cover, int steps)
{
    double sum = 0;
    for (int k = steps - 1; k >= cover; k--) sum += cut->survival(k, cut->context);
    return sum;
}
