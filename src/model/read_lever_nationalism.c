/* levers.nationalism and levers.keeping: that they do something [7.9, 7.11]. */
#include "model/read_internal.h"
#include <math.h>
#include <string.h>

void read_nationalism_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_nationalism *x = record;
    x->where = read_where(node);
    if (!node) return;
    read_schedule(b, &x->when, node);
    if (isnan(x->home[0]) && x->onset == 1 && isnan(x->export_share))
        KURA_BIND_ERROR(
            b, node->at,
            "the case \"%s\" has no effect; give \"home_priority\", \"onset\" or \"export_share\"", x->id);
}

void read_keeping_lever_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_keeping_lever *x = record;
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    x->where = read_where(node);
    if (!node) return;
    read_schedule(b, &x->when, node);
    for (int i = 0; i < d->nstockpiles; i++) {
        const sc_stockpile *s = &d->stockpiles[i];
        if (s->mineral >= 0 && (!x->minerals || x->minerals[s->mineral]) &&
            (x->country < 0 || s->country == x->country) && s->half_life_days < 1e300)
            return;
    }
    KURA_BIND_ERROR(b, node->at, "the research \"%s\" finds no stockpile with a \"half_life\"", x->id);
}
