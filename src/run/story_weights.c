/* What the supply of the focus hangs on, for the story of a path: of each base flow that levers make [7],
 * since a supplier that contracts have left is no longer one. */
#include "num/math.h"
#include "run/story.h"

void story_weigh(story_record *r)
{
    int n = 1 + r->m->nepochs;
    km_supply_weights *w = KURA_NEW(&r->arena, km_supply_weights, (size_t)n);
    for (int e = 0; w && e < n; e++)
        if (km_weigh_supply(e ? &r->m->epochs[e - 1] : r->m, &r->arena, &w[e])) return;
    r->weights = w;
    r->serves = w ? w[0].serves : NULL;
}

const km_mineral *story_now(const story_record *r, int step)
{
    return km_now(r->m, (step < r->T ? step : r->T - 1) + r->first);
}

int story_flow(const story_record *r, int step)
{
    const km_mineral *now = story_now(r, step);
    return now == r->m ? 0 : (int)(now - r->m->epochs) + 1;
}

double story_weight(const story_record *r, int from, int to, story_share_fn *share, const void *what)
{
    double most = 0;
    int last = story_flow(r, to > from ? to - 1 : from);
    for (int e = story_flow(r, from); e <= last; e++) most = kura_max(most, share(r, &r->weights[e], what));
    return kura_min(1, most);
}

double story_site_share(const story_record *r, const km_supply_weights *w, const void *what)
{
    (void)r;
    return w->site[*(const int *)what];
}

double story_arc_share(const story_record *r, const km_supply_weights *w, const void *what)
{
    (void)r;
    return w->arc[*(const int *)what];
}
