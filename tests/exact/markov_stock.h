/* A stock whose balance is driven by a Markov chain: the exact law by recursion over (state, stock).
 *
 * Definition.  The chain has `states` states; `start` is the law of its state before the first step.  In each
 * of `steps` steps first the chain moves by `transition` ([from][to]; of rates G a year and a step of dt
 * years it is exact_exponential(states, G, dt, transition)), then, in state r with stock S:
 *
 *     v = S + balance[r];   v < 0: a step with a shortage, -v units unserved, S = 0
 *                           else : S = min(store, v); what exceeds the store is lost
 *
 * Units are whole: balance = supply less demand, units a step.  P. A. P. Moran, The Theory of Storage, 1959.
 *
 * In kura: production push, a mine of capacity demand + balance[r], hub storage `store` + demand, opening
 * stock `opening`, no trade, threshold 0. */
#ifndef KURA_EXACT_MARKOV_STOCK_H
#define KURA_EXACT_MARKOV_STOCK_H

typedef struct {
    int states;
    const double *transition; /* [states][states] */
    const double *start;      /* [states] */
    const int *balance;       /* [states], units a step */
    int store, opening;       /* units */
    int steps;
} exact_stock;

typedef struct {
    double short_steps; /* expected steps with a shortage */
    double unserved;    /* expected units over all steps */
    double any;         /* P(at least one step with a shortage) */
    double events;      /* expected shortages: runs of short steps */
    double first;       /* expected number of steps before the first shortage, `steps` where there is none */
    double end;         /* expected stock after the last step */
} exact_stock_figures;

void exact_stock_horizon(const exact_stock *s, exact_stock_figures *out);

/* P(at least `length` steps in a row of which each leaves more than `depth` units unserved). */
double exact_stock_long_shortage(const exact_stock *s, double depth, int length);

/* Without end: expected steps up to and including the first with a shortage. */
double exact_stock_first_passage(const exact_stock *s);

/* In the long run: P(a step has a shortage), expected units unserved in a step. */
void exact_stock_stationary(const exact_stock *s, double *probability, double *unserved);

/* The least full store (store = opening) of at most `most` units with P(no shortage) >= q; -1: none. */
int exact_stock_required_store(const exact_stock *s, double q, int most);

/* What a reserve beside the store would have to give, M = sum over the steps of min(-v, cap) where v < 0
 * [6.7]: law[m] = P(M = m and no step needs more than the cap), m < most; law[most] = the same of M >= most.
 * cap < 0: none, then M is the total unserved.  Returns P(some step needs more than the cap). */
double exact_stock_need(const exact_stock *s, int cap, int most, double *law);

/* The same stock with a reserve of `amount` units that gives min(-v, cap, what is left) in a short step and
 * is never refilled.  What is still lacking is unserved.  events and end stay 0. */
void exact_stock_reserved(const exact_stock *s, int amount, int cap, exact_stock_figures *out);

/* Two stocks on one chain (states, transition, start, steps of `a`): expected steps in which only the first
 * is short, only the second, both. */
typedef struct {
    double only_first, only_second, both;
} exact_stock_pair;

void exact_stock_joint(const exact_stock *a, const exact_stock *b, exact_stock_pair *out);

/* Importance sampling: paths drawn with transitions `other` instead, weight w = likelihood ratio over all
 * steps. */
typedef struct {
    double event, other_event; /* P(any shortage) under the chain, under the other */
    double weight2, event2;    /* E[w^2], E[w^2; any shortage], under the other */
    double variance_ratio;     /* variance of the plain estimate of `event` over that of the weighted one */
} exact_stock_weights;

void exact_stock_tilted(const exact_stock *s, const double *other, exact_stock_weights *out);

#endif
