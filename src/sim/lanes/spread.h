/* A stretch of real time [from, to) as loss in the steps it touches. */
#ifndef KURA_SIM_LANES_SPREAD_H
#define KURA_SIM_LANES_SPREAD_H

#include "sim/lanes/lanes.h"

typedef struct {
    int first, last; /* steps touched, first > last when none */
} touched;

static inline void mark(touched *r, int t)
{
    if (t < r->first) r->first = t;
    if (t > r->last) r->last = t;
}

/* Adds `amount` in [from, to) of steps: in proportion to the time covered, or where the step begins inside.
 */
static inline void spread(lane *loss, touched *range, int T, int l, double from, double to, double amount,
                          int point)
{
    if (from < 0) from = 0;
    if (to > T) to = T;
    if (!(to > from)) return;
    if (point) { /* state at the start of the step: the steps whose start lies in [from, to) */
        int first = (int)ceil(from), end = (int)ceil(to);
        for (int t = first; t < end && t < T; t++) {
            loss[t].v[l] += amount;
            mark(range, t);
        }
        return;
    }
    int first = (int)floor(from), last = (int)ceil(to) - 1;
    for (int t = first; t <= last; t++) {
        double a = from > t ? from : t, b = to < t + 1 ? to : t + 1;
        loss[t].v[l] += amount * (b - a);
        mark(range, t);
    }
}

#endif
