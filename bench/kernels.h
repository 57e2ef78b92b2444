/* What the benchmarks see of the kernels of one instruction set: loops over the functions of num, and clocks
 * around the phases of a bundle.
 *
 * The phases are timed without a line of the engine changed: the linker sends every call of, say,
 * kura_physical_step_v4 through __wrap_kura_physical_step_v4 of kernels.c (--wrap), which reads the clock,
 * calls the real one and reads the clock again. */
#ifndef KURA_BENCH_KERNELS_H
#define KURA_BENCH_KERNELS_H

#include "sim/work.h"

/* Order of one bundle: what minerals share, the series of one mineral, its steps. */
typedef enum {
    PHASE_DRIVERS, /* factors, regimes, shocks and chokepoints */
    PHASE_COUPLING,
    PHASE_HOSTS,
    PHASE_AVAILABILITY,
    PHASE_RESTRICTIONS,
    PHASE_PRICE_NOISE,
    PHASE_START,
    PHASE_EXOGENOUS,
    PHASE_PRICE,
    PHASE_DEMAND,
    PHASE_PHYSICAL, /* with the four below, which are parts of it */
    PHASE_ALLOCATION,
    PHASE_RELEASE,
    PHASE_REFILL,
    PHASE_TIERS,
    PHASE_SCARCITY,
    PHASE_TALLY,
    PHASES
} bench_phase;

extern const char *const bench_phase_names[PHASES];

typedef struct {
    double ns;            /* of the calls that count */
    uint64_t calls, lost; /* lost: another process had the core in between, by the length of the call */
} bench_clock;

/* What happened since bench_reset. */
typedef struct {
    int on;     /* clocks run */
    int rounds; /* allocations are taken apart into their rounds first (rounds.h) */
    bench_clock clock[PHASES];
    uint64_t site_steps, hub_steps; /* objects that a physical step went over */
} bench_state;

extern bench_state bench;

void bench_reset(void);
/* What reading the clock of the steps takes; bench_add takes it off. */
double bench_clock_cost(void);
double bench_wall(void); /* ns */
double bench_cpu(void);  /* ns of this thread */
/* Around a call: nothing unless clocks run. */
double bench_from(bench_phase phase);
void bench_add(bench_phase phase, double from);

/* Numbers that `times` calls of a kernel make: times x KURA_LANES x BENCH_BLOCK. */
enum { BENCH_BLOCK = 8 };
typedef struct {
    void (*draw)(long times), (*exponential)(long times), (*logarithm)(long times), (*normal)(long times),
        (*pair)(long times);
} bench_kernels;
extern const bench_kernels bench_kernels_scalar, bench_kernels_baseline, bench_kernels_v3, bench_kernels_v4;

#endif
