/* How capacities answer the price: what one key alone cannot show [4.4].  Hooks of keys_minerals.c. */
#include "model/read_internal.h"
#include <math.h>

void read_closure_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    ((sc_supply *)record)->closes = node != NULL;
}

void read_expansion_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    ((sc_supply *)record)->expands = node != NULL;
}

void read_supply_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_supply *s = record;
    s->given = node != NULL;
    if (!node) return;
    if (s->utilisation > 0 && !(s->elasticity > 0))
        KURA_BIND_ERROR(b, kura_bind_at(node, "utilisation"),
                        "\"utilisation\" bounds what \"elasticity\" does and has no effect without it");
    if (!(s->elasticity > 0) && !s->closes && !s->expands)
        KURA_BIND_ERROR(b, node->at,
                        "the supply response has no effect; give \"elasticity\", \"closure\" or "
                        "\"expansion\"");
}
