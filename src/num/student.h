/* Student's t law, and chi-square numbers for a t copula.
 *
 * Reference: McNeil, Frey & Embrechts, Quantitative Risk Management, 2015, ch. 7 (t copula).  Scalar; own exp
 * and log, so the same bits on every machine. */
#ifndef KURA_NUM_STUDENT_H
#define KURA_NUM_STUDENT_H

#include "base/arena.h"

/* P(T > t) for t >= 0 with nu > 0 degrees of freedom; relative error about 1e-13. */
double kura_student_tail(double nu, double t);
/* The p-quantile, p in (0,1); relative error about 1e-13 of min(p, 1-p), so the error of the quantile is as
 * small. */
double kura_student_quantile(double nu, double p);

/* Quantiles of the chi-square law with nu degrees of freedom for any uniform draw: ln x against Phi^-1(u) by
 * polynomials of degree 5 through value, slope and curvature at 545 points; relative error below 1e-12. */
typedef struct {
    const double *nodes; /* 3 numbers each */
} kura_chi2;
/* 0 or -1 when memory ran out. */
int kura_chi2_init(kura_chi2 *c, kura_arena *arena, double nu);
double kura_chi2_quantile(const kura_chi2 *c, double u);

#endif
