/* Ore stock -> refinery -> metal stock under an embargo on metal: the exact joint law of two chains and two
 * stocks.
 *
 * Definition.  Two independent chains of two states, both in state 0 (good) before the first step: the
 * embargo (1 = no metal comes in) and the refinery (1 = down); transitions of a step [from][to].  In each
 * step
 *   1. both chains move;
 *   2. `ore` units of ore arrive always;
 *   3. `demand` units of metal arrive unless there is an embargo;
 *   4. the refinery, if up, makes min(capacity, ore on hand, what keeps the metal stock within its store
 * after use);
 *   5. metal - demand < 0 is a step with a shortage, the rest unserved; the metal stock is capped at its
 * store;
 *   6. the ore stock is capped after processing.
 * Whole units, one of ore makes one of metal; both stocks start full.
 *
 * In kura: production push, two supplies and a refinery at home, storage of the metal hub store + demand, of
 * the ore hub store + ore, threshold 0. */
#ifndef KURA_EXACT_TANDEM_H
#define KURA_EXACT_TANDEM_H

typedef struct {
    double embargo[4], refinery[4];
    int demand, ore, capacity; /* units a step */
    int ore_store, metal_store;
    int steps;
} exact_tandem;

typedef struct {
    double short_steps, unserved, any, events; /* expectations over all steps; P(any shortage) */
} exact_tandem_figures;

/* The transitions of a step of dt years at `on` and `off` a year. */
void exact_tandem_chain(double on, double off, double dt, double out[4]);

void exact_tandem_horizon(const exact_tandem *x, exact_tandem_figures *out);

#endif
