#include "tandem.h"
#include "matrix.h"
#include <stdlib.h>
#include <string.h>

static int least(int a, int b) { return a < b ? a : b; }

void exact_tandem_chain(double on, double off, double dt, double out[4])
{
    double G[4] = {-on, on, off, -off};
    exact_exponential(2, G, dt, out);
}

typedef struct {
    int ore, metal, unserved;
} stocks;

static stocks step(const exact_tandem *x, int embargo, int down, int ore, int metal)
{
    int import = embargo ? 0 : x->demand, feed = ore + x->ore;
    int wanted = x->demand - import + x->metal_store - metal;
    int made = down ? 0 : least(least(x->capacity, feed), wanted > 0 ? wanted : 0);
    int left = metal + import + made - x->demand;
    return (stocks){least(x->ore_store, feed - made), left < 0 ? 0 : least(left, x->metal_store),
                    left < 0 ? -left : 0};
}

/* Law of ((embargo, down), was short, ore, metal); `only`: paths with a shortage leave it. */
static void settle(const exact_tandem *x, const double *from, double *to, int only, exact_tandem_figures *out)
{
    int O = x->ore_store + 1, M = x->metal_store + 1, width = 2 * O * M;
    memset(to, 0, 4 * (size_t)width * sizeof *to);
    for (int i = 0; i < 4 * width; i++) {
        int state = i / width, was = i % width / (O * M);
        stocks next = step(x, state / 2, state % 2, i % (O * M) / M, i % M);
        if (from[i] == 0 || (only && next.unserved)) continue;
        to[state * width + (next.unserved > 0) * O * M + next.ore * M + next.metal] += from[i];
        if (!next.unserved) continue;
        out->short_steps += from[i];
        out->unserved += next.unserved * from[i];
        out->events += was ? 0 : from[i];
    }
}

void exact_tandem_horizon(const exact_tandem *x, exact_tandem_figures *out)
{
    int O = x->ore_store + 1, M = x->metal_store + 1, width = 2 * O * M;
    double P[16];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            P[i * 4 + j] = x->embargo[i / 2 * 2 + j / 2] * x->refinery[i % 2 * 2 + j % 2];
    double *law = exact_array(4 * (size_t)width), *alive = exact_array(4 * (size_t)width),
           *moved = exact_array(4 * (size_t)width);
    law[O * M - 1] = alive[O * M - 1] = 1;
    memset(out, 0, sizeof *out);
    for (int t = 0; t < x->steps; t++) {
        exact_move(4, width, P, law, moved);
        settle(x, moved, law, 0, out);
        exact_move(4, width, P, alive, moved);
        settle(x, moved, alive, 1, out);
    }
    out->any = 1;
    for (int i = 0; i < 4 * width; i++) out->any -= alive[i];
    free(law), free(alive), free(moved);
}
