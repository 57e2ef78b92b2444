/* Prices whose volatility varies, see volatility.h. */
#include "exact/volatility.h"
#include "exact/matrix.h"
#include <math.h>
#include <stdlib.h>

/* Variance of ln v in step k = 0, 1, ... */
static double spread(const exact_stochastic *p, int k)
{
    return p->sd * p->sd * (p->stationary ? 1 : 1 - pow(p->phi, 2 * (k + 1)));
}

static double weight(const exact_stochastic *p, int T, int k)
{
    return p->s * p->s * pow(p->a, 2 * (T - 1 - k));
}

double exact_stochastic_variance(const exact_stochastic *p, int T)
{
    double sum = 0;
    for (int k = 0; k < T; k++) sum += weight(p, T, k) * exp(2 * spread(p, k));
    return sum;
}

/* E v_i^2 v_j^2 = exp(half of the variance of 2 ln v_i + 2 ln v_j). */
double exact_stochastic_fourth(const exact_stochastic *p, int T)
{
    double sum = 0;
    for (int i = 0; i < T; i++)
        for (int j = 0; j < T; j++) {
            double both = pow(p->phi, abs(i - j)) * spread(p, i < j ? i : j);
            sum += weight(p, T, i) * weight(p, T, j) * exp(2 * spread(p, i) + 2 * spread(p, j) + 4 * both);
        }
    return 3 * sum;
}

/* E v^2 where every chain has the law pi. */
static double mean_square(const exact_regimes *p, const double pi[3])
{
    double mean = 0, square = 0, below = 0, out = 0;
    for (int r = 0; r < 3; r++) {
        mean += pi[r] * p->v[r];
        square += pi[r] * p->v[r] * p->v[r];
        double up_to = below + pi[r];
        out += (pow(up_to, p->n) - pow(below, p->n)) * p->v[r] * p->v[r]; /* the worst of n is r */
        below = up_to;
    }
    if (p->worst) return out;
    double rest = 1, variance = 0, centre = 0;
    for (int c = 0; c < p->n; c++) {
        variance += p->share[c] * p->share[c] * (square - mean * mean);
        centre += p->share[c] * mean;
        rest -= p->share[c];
    }
    centre += rest * p->v[0]; /* exporters without a chain count as in state 0 */
    return centre * centre + variance;
}

double exact_regimes_variance(const exact_regimes *p, int T)
{
    double P[9], pi[3] = {1, 0, 0}, sum = 0;
    exact_exponential(3, p->G, p->dt, P);
    for (int k = 0; k < T; k++) { /* the chains move, then the price */
        double next[3] = {0};
        exact_move(3, 1, P, pi, next);
        for (int r = 0; r < 3; r++) pi[r] = next[r];
        sum += p->s * p->s * pow(p->a, 2 * (T - 1 - k)) * mean_square(p, pi);
    }
    return sum;
}
