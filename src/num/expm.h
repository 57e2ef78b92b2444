/* Exponential and stationary law of small matrices: P = expm(G * dt) of a regime chain (model 3.1).
 *
 * Row-major n x n, n <= KURA_EXPM_MAX.  Reference: Golub & Van Loan, Matrix Computations (Pade approximation
 * with scaling and squaring); Grassmann, Taksar & Heyman, Operations Research 33, 1985 (stationary law
 * without subtraction). */
#ifndef KURA_NUM_EXPM_H
#define KURA_NUM_EXPM_H

#define KURA_EXPM_MAX 8

/* out = exp(a); `out` may be `a`.  Every entry of `a` must be finite.  Error about 1e-15 (10 + norm of a)
 * relative to the norm of the result. */
void kura_expm(int n, const double *a, double *out);
/* pi with pi p = pi, sum 1, of a stochastic matrix p (or a generator: only entries off the diagonal are
 * read). Transient states get 0.  Of several closed classes the one whose lowest state has the highest number
 * gets all the mass. */
void kura_stationary(int n, const double *p, double *pi);

#endif
