/* A store in continuous time whose balance is driven by a Markov chain: its stationary law.
 *
 * Definition.  In state r the store S changes by net[r] a unit of time, within 0 and `store`.  F_r(x) = P(S
 * <= x, state r) solves F' diag(net) = F G with F_r(0) = 0 where net[r] > 0 and F_r(store-) = pi_r where
 * net[r] < 0: a linear boundary problem, solved by the matrix exponential over the store.  D. Anick, D. Mitra
 * and M. M. Sondhi, Bell System Technical Journal 61, 1982; D. Mitra, Advances in Applied Probability 20,
 * 1988.
 *
 * No net[r] may be 0.  The exponential loses digits when the store is many times what the slowest decay
 * covers: fine for stores that matter. */
#ifndef KURA_EXACT_FLUID_H
#define KURA_EXACT_FLUID_H

enum { EXACT_FLUID_STATES = 8 };

typedef struct {
    int states;
    const double *rates; /* generator, [from][to] a unit of time */
    const double *net;   /* change of the store a unit of time, by state */
    double store;
} exact_fluid;

typedef struct {
    double empty[EXACT_FLUID_STATES]; /* P(store empty and state), 0 where net > 0 */
    double full[EXACT_FLUID_STATES];
    double shortage, unserved; /* share of time with a shortage; unserved a unit of time */
    double events;             /* shortages that begin, a unit of time */
    double mean;               /* mean content of the store */
    double filled;             /* share of time with a full store */
} exact_fluid_law;

/* Returns 0, or -1 when a net rate is 0 or all have one sign. */
int exact_fluid_stationary(const exact_fluid *x, exact_fluid_law *out);

#endif
