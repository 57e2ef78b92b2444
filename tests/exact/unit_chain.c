#include "unit_chain.h"
#include "matrix.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LAW,
    HOURS,
    HOURS2,
    ENERGY,
    ENERGY2,
    ALIVE,
    CLEAR,
    VECTORS
}; /* CLEAR: law of the states without loss now */

typedef struct {
    int groups, states;
    int size[16], stride[16];
    double *transition[16]; /* of the number up, [from][to] */
    double *capacity, *vector[VECTORS], *moved;
} fleet;

static double binomial(int n, int k, double p)
{
    double c = 1;
    for (int i = 1; i <= k; i++) c = c * (n - k + i) / i;
    return c * pow(p, k) * pow(1 - p, n - k);
}

/* Of i units up and n - i down, j are up a step later. */
static double *number_up(const exact_group *g, double step)
{
    int n = g->units;
    double rate[4] = {-1 / g->mttf, 1 / g->mttf, 1 / g->mttr, -1 / g->mttr}, P[4];
    double *T = exact_array((size_t)((n + 1) * (n + 1)));
    exact_exponential(2, rate, step, P);
    for (int i = 0; i <= n; i++)
        for (int stay = 0; stay <= i; stay++)
            for (int back = 0; back <= n - i; back++)
                T[i * (n + 1) + stay + back] += binomial(i, stay, P[0]) * binomial(n - i, back, P[2]);
    return T;
}

static void open_fleet(fleet *f, const exact_group *group, int groups, double step)
{
    f->groups = groups;
    f->states = 1;
    for (int g = groups - 1; g >= 0; g--) {
        f->size[g] = group[g].units + 1;
        f->stride[g] = f->states;
        f->states *= f->size[g];
        f->transition[g] = number_up(&group[g], step);
    }
    f->capacity = exact_array((size_t)f->states);
    f->moved = exact_array((size_t)f->states);
    for (int v = 0; v < VECTORS; v++) f->vector[v] = exact_array((size_t)f->states);
    for (int s = 0; s < f->states; s++) {
        double p = 1;
        for (int g = 0; g < groups; g++) {
            int up = s / f->stride[g] % f->size[g];
            f->capacity[s] += up * group[g].capacity + (group[g].units - up) * group[g].derated;
            p *= binomial(group[g].units, up, group[g].mttf / (group[g].mttf + group[g].mttr));
        }
        f->vector[LAW][s] = f->vector[ALIVE][s] = p;
    }
}

static void close_fleet(fleet *f)
{
    for (int g = 0; g < f->groups; g++) free(f->transition[g]);
    for (int v = 0; v < VECTORS; v++) free(f->vector[v]);
    free(f->capacity), free(f->moved);
}

/* One group after the other: the groups are independent. */
static void move(fleet *f, double **x)
{
    for (int g = 0; g < f->groups; g++) {
        memset(f->moved, 0, (size_t)f->states * sizeof *f->moved);
        for (int s = 0; s < f->states; s++) {
            int i = s / f->stride[g] % f->size[g];
            for (int j = 0; j < f->size[g]; j++)
                f->moved[s + (j - i) * f->stride[g]] += (*x)[s] * f->transition[g][i * f->size[g] + j];
        }
        double *swap = *x;
        *x = f->moved;
        f->moved = swap;
    }
}

static void count(fleet *f, double load, int first, exact_fleet_figures *out)
{
    double **x = f->vector;
    for (int s = 0; s < f->states; s++) {
        double p = x[LAW][s], lost = load - f->capacity[s];
        if (lost > 0) {
            out->events += first ? p : x[CLEAR][s];
            x[HOURS2][s] += 2 * x[HOURS][s] + p;
            x[HOURS][s] += p;
            x[ENERGY2][s] += 2 * lost * x[ENERGY][s] + lost * lost * p;
            x[ENERGY][s] += lost * p;
            x[ALIVE][s] = 0;
        }
        x[CLEAR][s] = lost > 0 ? 0 : p;
    }
}

void exact_fleet_horizon(const exact_group *group, int groups, const double *load, int steps, double step,
                         exact_fleet_figures *out)
{
    fleet f = {0};
    open_fleet(&f, group, groups, step);
    memset(out, 0, sizeof *out);
    for (int t = 0; t < steps; t++) {
        for (int v = 0; t && v < VECTORS; v++) move(&f, &f.vector[v]);
        count(&f, load[t], t == 0, out);
    }
    double hours2 = 0, energy2 = 0, alive = 0;
    for (int s = 0; s < f.states; s++) {
        out->short_steps += f.vector[HOURS][s];
        out->unserved += f.vector[ENERGY][s];
        hours2 += f.vector[HOURS2][s];
        energy2 += f.vector[ENERGY2][s];
        alive += f.vector[ALIVE][s];
    }
    out->any = 1 - alive;
    out->short_steps_sd = sqrt(hours2 - out->short_steps * out->short_steps);
    out->unserved_sd = sqrt(energy2 - out->unserved * out->unserved);
    close_fleet(&f);
}
