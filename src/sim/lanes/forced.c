/* Losses that are forced on single lanes, see forced.h. */
#include "sim/forced.h"
#include "sim/lanes/lanes.h"

uint64_t kura_forced_lanes(const kura_work *w, const km_mineral *m, int t)
{
    const kura_forced *f = w->forced;
    uint64_t lanes = 0;
    if (!f || t < f->from) return 0;
    const int *to = f->minerals[m->scenario_mineral].to;
    for (int l = 0; l < L; l++) lanes |= (uint64_t)(t < to[l]) << l;
    return lanes;
}

void kura_force(uint64_t lanes, lane *x)
{
    for (int l = 0; l < L && lanes; l++) x->v[l] = lanes >> l & 1 ? 0 : x->v[l];
}
