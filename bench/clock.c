/* Clocks of the phases, see kernels.h. */
#include "kernels.h"
#include <string.h>
#include <time.h>

/* Phases of a step are timed by the clock of the wall, which is quick to read; a call of this length has lost
 * the core to another process and does not count.  Phases over a whole horizon are longer and rarer: they are
 * timed by the thread's own clock, which costs ten times as much. */
#define LOST_NS 1.5e6

bench_state bench;

const char *const bench_phase_names[PHASES] = {
    "drivers", "coupling",  "hosts", "availability", "restrictions", "price_noise",
    "start",   "exogenous", "price", "demand",       "physical",     "allocation",
    "release", "refill",    "tiers", "scarcity",     "tally"};

void bench_reset(void)
{
    int on = bench.on, rounds = bench.rounds;
    memset(&bench, 0, sizeof bench);
    bench.on = on;
    bench.rounds = rounds;
}

static double clock_ns(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double bench_wall(void) { return clock_ns(CLOCK_MONOTONIC); }
double bench_cpu(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

static int per_step(bench_phase phase) { return phase > PHASE_START; }

double bench_clock_cost(void)
{
    static double cost;
    if (cost == 0) {
        double least = 1e9;
        for (int i = 0; i < 50; i++) {
            double from = bench_wall();
            for (int k = 0; k < 200; k++) bench_wall();
            double ns = (bench_wall() - from) / 201;
            least = ns < least ? ns : least;
        }
        cost = least;
    }
    return cost;
}

double bench_from(bench_phase phase)
{
    if (!bench.on) return 0;
    return per_step(phase) ? bench_wall() : bench_cpu();
}

void bench_add(bench_phase phase, double from)
{
    if (!bench.on) return;
    double ns = per_step(phase) ? bench_wall() - from - bench_clock_cost() : bench_cpu() - from;
    bench_clock *c = &bench.clock[phase];
    c->calls++;
    if (per_step(phase) && ns > LOST_NS)
        c->lost++;
    else
        c->ns += ns;
}
