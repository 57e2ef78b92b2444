#include "shortfall.h"
#include "matrix.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

int exact_shortfall_law(const double *capacity, int top, const int *load, int steps, double *law)
{
    int most = 0;
    for (int t = 0; t < steps; t++) most += load[t] > 0 ? load[t] : 0;
    if (!law) return most;
    double *next = exact_array((size_t)most + 1);
    memset(law, 0, ((size_t)most + 1) * sizeof *law);
    law[0] = 1;
    for (int t = 0; t < steps; t++) {
        memset(next, 0, ((size_t)most + 1) * sizeof *next);
        for (int c = 0; c <= top; c++) {
            int lost = load[t] > c ? load[t] - c : 0;
            if (capacity[c] > 0)
                for (int x = 0; x + lost <= most; x++) next[x + lost] += capacity[c] * law[x];
        }
        memcpy(law, next, ((size_t)most + 1) * sizeof *law);
    }
    free(next);
    return most;
}

exact_tail exact_tail_of(const double *law, int most, double q)
{
    exact_tail r = {0};
    double below = 0, square = 0, fourth = 0;
    int x = 0;
    for (int i = 0; i <= most; i++) {
        r.mean += i * law[i];
        square += (double)i * i * law[i];
        r.any += i ? law[i] : 0;
    }
    r.sd = sqrt(square - r.mean * r.mean);
    for (int i = 0; i <= most; i++) fourth += pow(i - r.mean, 4) * law[i];
    if (r.sd > 0) r.sd_sd = sqrt(fourth - pow(r.sd, 4)) / (2 * r.sd);
    for (below = law[0]; below < q - 1e-12 && x < most;) below += law[++x];
    r.var = x;
    for (int i = x + 1; i <= most; i++) r.cvar += (i - x) * law[i];
    r.cvar = x + r.cvar / (1 - q);
    return r;
}
