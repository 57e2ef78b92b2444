/* A cut of all supply of random length against days of cover.
 *
 * Definition.  A cut lasts X; use is constant; a full stock of `cover` (units of time of use) serves it
 * first.  So there is a shortage if and only if X > cover, and max(0, X - cover) of use is unserved.  Over a
 * horizon cuts begin at a rate, each meets a full stock and none overlap (refill at once). */
#ifndef KURA_EXACT_COVER_H
#define KURA_EXACT_COVER_H

typedef struct {
    double (*survival)(double x, const void *context); /* P(X > x) */
    const void *context;
    double scale; /* a length typical of the law, as its mean: places the points of the quadrature */
} exact_cut;

double exact_survival_exponential(double x, const void *mean); /* context: const double * */

typedef struct {
    double mean, shape; /* of the law: shape 1 is exponential */
} exact_weibull;
double exact_survival_weibull(double x, const void *weibull); /* context: const exact_weibull * */

typedef struct {
    double median, sigma;
} exact_lognormal;
double exact_survival_lognormal(double x, const void *lognormal); /* context: const exact_lognormal * */

typedef struct {
    double probability, unserved; /* given one cut: P(shortage), expected time of use unserved */
    double any, total;            /* over the horizon: P(at least one shortage), expected time unserved */
} exact_cover_figures;

void exact_cover(const exact_cut *cut, double cover, double rate, double horizon, exact_cover_figures *out);

/* In steps of one unit of time, a cut stops ceil(X) loadings: expected unserved steps given one cut, whole
 * cover, within `steps` loadings. */
double exact_cover_stepped(const exact_cut *cut, int cover, int steps);

#endif
