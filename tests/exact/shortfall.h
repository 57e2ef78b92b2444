/* The law of a total shortfall of whole units, with its quantile and tail mean.
 *
 * Of a system whose steps are independent (units redrawn in every step) the total over the steps is the
 * convolution of the steps' shortfalls, max(0, load[t] - capacity). */
#ifndef KURA_EXACT_SHORTFALL_H
#define KURA_EXACT_SHORTFALL_H

/* capacity[c] = P(capacity = c), c = 0 ... top; load[t] net of firm inflow.  law[x] = P(total = x), x = 0 ...
 * sum of the loads (those below 0 count as 0), which is returned.  law may be NULL. */
int exact_shortfall_law(const double *capacity, int top, const int *load, int steps, double *law);

typedef struct {
    double mean, sd, any; /* any = P(> 0) */
    double sd_sd;         /* of the standard deviation of a sample, times the root of its size */
    double var, cvar;     /* least x with P(X <= x) >= q; var + E(X - var)+ / (1 - q), exact with atoms */
} exact_tail;

/* R. T. Rockafellar and S. Uryasev, J. Banking & Finance 26, 2002. */
exact_tail exact_tail_of(const double *law, int most, double q);

#endif
