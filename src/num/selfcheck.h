/* Self-check of the numerics on the machine at hand: cheap enough for every start. */
#ifndef KURA_NUM_SELFCHECK_H
#define KURA_NUM_SELFCHECK_H

/* Checks that products and sums are not contracted, that the generator and the functions give their known
 * bits, that the exact accumulator is exact and that every instruction set present gives the same bits. Calls
 * `line` (may be NULL) once a check; a nonzero return of `line` stops the check early.  Returns the number of
 * checks that failed. */
int kura_num_selfcheck(int (*line)(void *user, const char *name, int ok, const char *detail), void *user);

#endif
