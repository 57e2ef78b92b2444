/* Plain linear algebra of the exact references: dense, small, row by row.
 *
 * Nothing here comes from the engine: the matrix exponential, too, is written anew. */
#ifndef KURA_EXACT_MATRIX_H
#define KURA_EXACT_MATRIX_H

#include <stddef.h>

/* n zeros; ends the program when there is no memory. */
double *exact_array(size_t n);

/* out = exp(A x), [n][n], by scaling, Taylor's series and squaring in extended precision. */
void exact_exponential(int n, const double *A, double x, double *out);

/* Law of the state after one step more: to[j][k] = sum over i of P[i][j] from[i][k], k < width. */
void exact_move(int n, int width, const double *P, const double *from, double *to);

/* Solves A x = b in place of b; A is destroyed.  Partial pivoting.  Returns 0, or -1 for a singular matrix.
 */
int exact_solve(int n, double *A, double *b);

/* pi P = pi (transitions of a step) or pi G = 0 (rates), sum 1. */
void exact_stationary_chain(int n, const double *P, double *pi);
void exact_stationary_rates(int n, const double *G, double *pi);

#endif
