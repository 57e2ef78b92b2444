/* How many arc-rounds an allocation runs, and what its kinds of rounds cost. */
#ifndef KURA_BENCH_ROUNDS_H
#define KURA_BENCH_ROUNDS_H

#include "sim/work.h"

typedef void bench_allocate_fn(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick);

typedef enum { ROUND_CONTRACT, ROUND_SPOT, ROUND_LATIN, ROUND_KINDS } bench_round;

typedef struct {
    uint64_t
        arcs[ROUND_KINDS]; /* arc-rounds: trades that a round goes over, its importer wanting something */
    uint64_t loaded;       /* trades loaded: once an allocation each */
    uint64_t blocked; /* arc-rounds in which every lane lacks supply, capacity or want: could be skipped */
    uint64_t moved;   /* lanes of arc-rounds that ship something */
    double ns[ROUND_KINDS]; /* contract: with capacities before and loading after the rounds */
} bench_rounds;

extern bench_rounds bench_round_counts;

/* Runs the allocation with one round more each time, on the same state, which is put back afterwards. */
void bench_take_apart(bench_allocate_fn *allocate, const km_mineral *m, kura_work *w, kura_state *s, int form,
                      int tick);

#endif
