/* What the supply of the focus hangs on, for the story of a path. */
#include "model/supply_weights.h"
#include "run/story.h"

void story_weigh(story_record *r)
{
    km_supply_weights w;
    if (km_weigh_supply(r->m, &r->arena, &w)) return;
    r->hub_weight = w.hub;
    r->arc_weight = w.arc;
    r->site_weight = w.site;
    r->serves = w.serves;
}
