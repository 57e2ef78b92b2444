#include "fluid.h"
#include "matrix.h"
#include <string.h>

enum { N = EXACT_FLUID_STATES };

/* E = exp(A store) and the integral of exp(A x) over the store, with A = G / net, side by side. */
static void propagate(const exact_fluid *x, double E[N * N], double integral[N * N])
{
    int n = x->states, m = 2 * n;
    double B[4 * N * N] = {0}, out[4 * N * N];
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) B[i * m + j] = x->rates[i * n + j] / x->net[j];
        B[i * m + n + i] = 1;
    }
    exact_exponential(m, B, x->store, out);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            E[i * n + j] = out[i * m + j];
            integral[i * n + j] = out[i * m + n + j];
        }
}

/* F(0): 0 where the store fills; elsewhere so that F(store-) = pi. */
static int boundary(const exact_fluid *x, const double *E, const double *pi, double *F)
{
    int n = x->states, at[N], falling = 0;
    double A[N * N], b[N];
    for (int j = 0; j < n; j++) {
        if (x->net[j] == 0) return -1;
        if (x->net[j] < 0) at[falling++] = j;
    }
    if (falling == 0 || falling == n) return -1;
    for (int j = 0; j < falling; j++) {
        b[j] = pi[at[j]];
        for (int i = 0; i < falling; i++) A[j * falling + i] = E[at[i] * n + at[j]];
    }
    if (exact_solve(falling, A, b)) return -1;
    memset(F, 0, (size_t)n * sizeof *F);
    for (int i = 0; i < falling; i++) F[at[i]] = b[i];
    return 0;
}

int exact_fluid_stationary(const exact_fluid *x, exact_fluid_law *out)
{
    int n = x->states;
    double pi[N], E[N * N], integral[N * N];
    memset(out, 0, sizeof *out);
    for (int j = 0; j < n; j++)
        if (x->net[j] == 0) return -1;
    exact_stationary_rates(n, x->rates, pi);
    propagate(x, E, integral);
    if (boundary(x, E, pi, out->empty)) return -1;
    out->mean = x->store;
    for (int j = 0; j < n; j++) {
        double end = 0;
        for (int i = 0; i < n; i++) {
            end += out->empty[i] * E[i * n + j];
            out->mean -= out->empty[i] * integral[i * n + j];
        }
        out->full[j] = x->net[j] > 0 ? pi[j] - end : 0;
        out->filled += out->full[j];
        out->shortage += out->empty[j];
        out->unserved -= out->empty[j] * x->net[j];
        for (int k = 0; k < n; k++)
            if (x->net[k] > 0) out->events += out->empty[j] * x->rates[j * n + k];
    }
    return 0;
}
