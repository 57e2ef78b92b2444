/* The second engine: a slow, plain simulator of one path at a time, written from the specification and not
 * from the fast engine, so that two programs which share no line of the simulation must agree to the last
 * bit.
 *
 * What the two share is the compiled model (model/model.h) and the scalar functions of num.  What is written
 * anew here is everything that simulates, all of the scenario language:
 *   second_hazards.c   factors, regimes, shocks, routes, outages, projects, restrictions, hosts
 *   second_price.c     price, demand, response, scarcity
 *   second_supply.c    capacities that answer the price
 *   second_thrift.c    thrifting programmes
 *   second_own.c       stock of the users' own
 *   second_stock.c     triggers, releases, decay, ageing, refill
 *   second_step.c      the physical step, letter by letter
 *   second_tally.c     short steps, spells, required stock
 *   second_engine.c    the loop over minerals and steps, the record
 * Arrays hold doubles; masses are quanta. */
#ifndef KURA_TEST_SECOND_ENGINE_H
#define KURA_TEST_SECOND_ENGINE_H

#include "base/arena.h"
#include "model/model.h"
#include "tally/tally.h"
#include "tally/trace.h"
#include "second_acts.h"

typedef struct {
    double *column[KURA_TRACE_COLUMN_COUNT]; /* [object, over all minerals][T], t for masses */
    double *metric;                          /* [mineral][KURA_METRIC_COUNT] of /samples, masses in quanta */
    long acted[SECOND_ACT_COUNT];
    int unbalanced; /* runs of a mineral whose masses do not balance to the quantum [R2.3] */
} second_record;

/* Simulates one path; the record lies in `arena`. */
second_record *second_run(const km_model *model, uint64_t path, kura_arena *arena);

#endif
