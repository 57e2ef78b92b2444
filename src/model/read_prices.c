/* Readers of how volatile prices are, how they part under a restriction, and how fast demand follows. */
#include "model/read_internal.h"
#include <limits.h>
#include <math.h>

void read_by_regime_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_price *p = record;
    (void)b;
    if (!node) p->shock.by_regime[0] = NAN;
}

void read_stochastic_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_price *p = record;
    (void)b;
    if (node) return;
    p->shock.sd = 0;
    p->shock.half_life_days = 365.25; /* without effect */
}

void read_depth_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_price *p = record;
    (void)b;
    if (!node) p->shock.depth = 1;
    if (p->shock.depth_from == INT_MAX) p->shock.depth_from = 0;
}

void read_wedge_finish(kura_bind *b, void *record, const kura_node *node)
{
    const sc_price *p = record;
    if (!node) return;
    if (p->wedge.importer == 0 && p->wedge.origin == 0)
        KURA_BIND_ERROR(b, node->at,
                        "a wedge needs \"importer\", \"origin\" or both, as logarithms; write for example "
                        "{importer: 0.5, origin: 0.1}");
}

void read_adjustment_finish(kura_bind *b, void *record, const kura_node *node)
{
    const sc_response *r = record;
    if (node && isnan(r->adjust_half_life_days) == isnan(r->adjust_share))
        KURA_BIND_ERROR(
            b, node->at,
            "give either \"half_life\" or \"share\" (of a year), for example {half_life: 40 weeks}");
}

void read_cycle_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_cycle *x = record;
    (void)b;
    if (node) return;
    x->sd = 0;
    x->half_life_days = 365.25; /* without effect */
}
