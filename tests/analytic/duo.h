/* One exporter and one importer: CHN mines 16 t a step (twice that at most) and ships them to JPN, two steps
 * away, where they are used.  At rest JPN holds 96 t and CHN 32 t at the end of a step.  Tests add one
 * element to it. */
#ifndef KURA_TEST_DUO_H
#define KURA_TEST_DUO_H

#include "case.h"

#define DUO_MINE                                                                                             \
    "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 100 %}\n"
#define DUO_TRADE "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
#define DUO_DEMAND "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
#define HUB "unit/metal/JPN"
#define ARC "unit/metal/CHN/JPN"

enum { DUO_PATHS = 70, DUO_STEPS = 40 };

/* A network of one mineral, `unit`, with one form, `metal`; `mineral` are further keys of it, `rest` further
 * sections. */
static inline const char *network_of(const char *mineral, const char *sites, const char *trade,
                                     const char *demand, const char *rest)
{
    return text(
        "format: 1\n"
        "name: duo\n"
        "run: {paths: %d, seed: 5, start: 2026-01-05, step: 7 days, steps: %d, focus: JPN, per: horizon}\n"
        "minerals: {unit: {forms: [metal], lattice_exponent: -20%s}}\n"
        "network:\n  sites:\n%s  trade:\n%s  demand:\n%s"
        "tallies: {required_stock: false, trace_paths: %d}\n%s",
        DUO_PATHS, DUO_STEPS, mineral, sites, trade, demand, DUO_PATHS, rest);
}

static inline const char *duo(const char *rest)
{
    return network_of("", DUO_MINE, DUO_TRADE, DUO_DEMAND, rest);
}

/* What arrived at a hub without production, export or stockpile in step t: the change of its stock plus what
 * was used. */
static inline double arrived(const run_result *r, const char *hub, const char *consumer, int64_t t,
                             int64_t path)
{
    int64_t n = traced(r);
    const double *I = series(r, "on_hand", "hub", hub), *D = series(r, "demand", "consumer", consumer),
                 *u = series(r, "unserved", "consumer", consumer);
    double before = t ? I[(t - 1) * n + path] : 96;
    return I[t * n + path] - before + D[t * n + path] - u[t * n + path];
}

/* Nothing happens: every series is what it is at rest. */
static inline void assert_at_rest(const run_result *r)
{
    assert_steps(r, "shipment", "arc", ARC, 0, steps_of(r), 16);
    assert_steps(r, "inbound_availability", "hub", HUB, 0, steps_of(r), 1);
    assert_steps(r, "on_hand", "hub", HUB, 0, steps_of(r), 96);
    assert_steps(r, "on_hand", "hub", "unit/metal/CHN", 0, steps_of(r), 32);
    assert_steps(r, "unserved", "consumer", HUB, 0, steps_of(r), 0);
    assert_true(summary(r, "expected_unserved", NULL) == 0);
}

#endif
