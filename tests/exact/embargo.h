/* One embargo against stocks, step by step: arithmetic.
 *
 * Definition.  `demand` units arrive in every step, `lag` steps after they were loaded.  Nothing is loaded in
 * steps from ... from + length - 1.  What is lacking comes first from the firm stock, then, from step from +
 * delay on, from a reserve that gives `cap` units a step at most; the rest is unserved.  Nothing is refilled.
 */
#ifndef KURA_EXACT_EMBARGO_H
#define KURA_EXACT_EMBARGO_H

typedef struct {
    int demand, lag, from, length;
    int firm, reserve, cap, delay;
    int steps;
} exact_embargo;

typedef struct {
    int unserved, first, short_steps; /* first: step of the first shortage, -1 = none */
    int required, irreducible;        /* what a reserve of any size would have given; what none could */
} exact_embargo_figures;

exact_embargo_figures exact_embargo_run(const exact_embargo *x);

#endif
