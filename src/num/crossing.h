/* Where a function that is estimated at a few points crosses zero, and which points its root may be [7.7].
 *
 * Between the points the estimates are joined by straight lines.  The confidence set is that of the test: a
 * point x belongs to it where the interpolated estimate is within z of its own standard errors from 0.  So it
 * holds the root of the true line as often as z says, whatever the slope; it may consist of several pieces
 * and may reach the first or the last point, beyond which nothing is known.
 * Reference: G. Casella & R. L. Berger, Statistical Inference, 2002, section 9.2 (inverting a test). */
#ifndef KURA_NUM_CROSSING_H
#define KURA_NUM_CROSSING_H

typedef struct {
    double lo, hi;
} kura_piece;

/* Estimates g[i] at x[0] < x[1] < ... with variances v[i]; w[i], i < n-1: variance of g[i+1] - g[i]. */
typedef struct {
    int n;
    const double *x, *g, *v, *w;
} kura_line;

typedef struct {
    int roots;            /* of the joined estimates; a stretch at 0 counts as one */
    double root;          /* the first, NaN without */
    int rises;            /* the estimate goes from below to above 0 there */
    int npieces;          /* of the confidence set */
    int open_lo, open_hi; /* it reaches the first, the last point */
} kura_crossing;

/* `pieces` has room for 2 n; they are ascending and apart. */
kura_crossing kura_crossing_of(const kura_line *line, double z, kura_piece *pieces);

#endif
