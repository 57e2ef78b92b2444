#include "capacity_outage.h"
#include "matrix.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

exact_unit exact_unit_of(int levels, const int *capacity, const double *rate, double step)
{
    exact_unit u = {.levels = levels};
    memcpy(u.capacity, capacity, (size_t)levels * sizeof *capacity);
    memcpy(u.rate, rate, (size_t)(levels * levels) * sizeof *rate);
    exact_exponential(levels, rate, step, u.transition);
    exact_stationary_rates(levels, rate, u.probability);
    return u;
}

exact_unit exact_unit_two_state(int capacity, double mttf, double mttr, double step)
{
    double rate[4] = {-1 / mttf, 1 / mttf, 1 / mttr, -1 / mttr};
    return exact_unit_of(2, (int[]){capacity, 0}, rate, step);
}

static int largest(const exact_unit *u)
{
    int most = 0;
    for (int k = 0; k < u->levels; k++) most = u->capacity[k] > most ? u->capacity[k] : most;
    return most;
}

/* law of the capacity with one unit more; from the top, so in place. */
static void add_unit(const exact_unit *u, double *law, int top)
{
    for (int c = top; c >= 0; c--) {
        double p = 0;
        for (int k = 0; k < u->levels; k++)
            if (c >= u->capacity[k]) p += u->probability[k] * law[c - u->capacity[k]];
        law[c] = p;
    }
}

/* Without unit `without` (-1: with all). */
static void law_of(const exact_unit *unit, int units, int without, double *law)
{
    int top = 0;
    law[0] = 1;
    for (int i = 0; i < units; i++) {
        if (i == without) continue;
        add_unit(&unit[i], law, top += largest(&unit[i]));
    }
}

int exact_capacity_law(const exact_unit *unit, int units, double *law)
{
    int top = 0;
    for (int i = 0; i < units; i++) top += largest(&unit[i]);
    if (law) memset(law, 0, (size_t)(top + 1) * sizeof *law), law_of(unit, units, -1, law);
    return top;
}

/* Number of capacities below a load: C < load if and only if C is one of 0 ... below(load) - 1. */
static int below(double load, int top)
{
    double n = ceil(load - 1e-9);
    return n <= 0 ? 0 : n > top ? top + 1 : (int)n;
}

/* joint[a (top + 2) + b] = P(C(t) < a, C(t + 1) < b), from the pairs of every unit. */
static double *joint_law(const exact_unit *unit, int units, int top)
{
    size_t n = (size_t)top + 2;
    double *joint = exact_array(n * n);
    int reach = 0;
    joint[0] = 1;
    for (int i = 0; i < units; i++) {
        const exact_unit *u = &unit[i];
        reach += largest(u);
        for (int a = reach; a >= 0; a--)
            for (int b = reach; b >= 0; b--) {
                double p = 0;
                for (int k = 0; k < u->levels; k++)
                    for (int l = 0; l < u->levels; l++)
                        if (a >= u->capacity[k] && b >= u->capacity[l])
                            p += u->probability[k] * u->transition[k * u->levels + l] *
                                 joint[(size_t)(a - u->capacity[k]) * n + (size_t)(b - u->capacity[l])];
                joint[(size_t)a * n + (size_t)b] = p;
            }
    }
    for (size_t a = n; a-- > 0;) /* sums below and left of a cell: shifted by one each way */
        for (size_t b = n; b-- > 0;) joint[a * n + b] = a && b ? joint[(a - 1) * n + b - 1] : 0;
    for (size_t a = 1; a < n; a++)
        for (size_t b = 1; b < n; b++)
            joint[a * n + b] += joint[(a - 1) * n + b] + joint[a * n + b - 1] - joint[(a - 1) * n + b - 1];
    return joint;
}

/* entry[c]: rate at which the capacity falls from c or more to less than c. */
static double *entry_rates(const exact_unit *unit, int units, int top)
{
    double *entry = exact_array((size_t)top + 2), *others = exact_array((size_t)top + 1);
    for (int i = 0; i < units; i++) {
        const exact_unit *u = &unit[i];
        memset(others, 0, ((size_t)top + 1) * sizeof *others);
        law_of(unit, units, i, others);
        for (int k = 0; k < u->levels; k++)
            for (int l = 0; l < u->levels; l++)
                for (int c = 0; c <= top + 1; c++) /* others + capacity[l] < c <= others + capacity[k] */
                    for (int o = c - u->capacity[k]; o < c - u->capacity[l]; o++)
                        if (o >= 0 && o <= top)
                            entry[c] += others[o] * u->probability[k] * u->rate[k * u->levels + l];
    }
    free(others);
    return entry;
}

double exact_loss_of_load(const exact_unit *unit, int units, const double *load, int steps)
{
    int top = exact_capacity_law(unit, units, NULL);
    double *law = exact_array((size_t)top + 1), sum = 0;
    exact_capacity_law(unit, units, law);
    for (int t = 0; t < steps; t++)
        for (int c = 0; c < below(load[t], top); c++) sum += law[c];
    free(law);
    return sum;
}

void exact_adequacy_study(const exact_unit *unit, int units, const double *load, int steps, double step,
                          exact_adequacy *out)
{
    int top = exact_capacity_law(unit, units, NULL);
    size_t n = (size_t)top + 2;
    double *law = exact_array(n), *P = exact_array(n), *energy = exact_array(n);
    double *joint = joint_law(unit, units, top), *entry = entry_rates(unit, units, top);
    exact_capacity_law(unit, units, law);
    for (size_t c = 1; c < n; c++) { /* P[c] = P(C < c), energy[c] = E[C; C < c] */
        P[c] = P[c - 1] + law[c - 1];
        energy[c] = energy[c - 1] + (double)(c - 1) * law[c - 1];
    }
    memset(out, 0, sizeof *out);
    for (int t = 0; t < steps; t++) {
        int now = below(load[t], top), before = below(load[t ? t - 1 : steps - 1], top);
        double begins = P[now] - joint[(size_t)before * n + (size_t)now];
        out->short_steps += P[now];
        out->unserved += load[t] * P[now] - energy[now];
        out->events_cyclic += begins;
        out->events_within += t ? begins : 0;
        out->events_counted += t ? begins : P[now];
        out->frequency += entry[now] * step + (now > before ? P[now] - P[before] : 0);
    }
    free(law), free(P), free(energy), free(joint), free(entry);
}
