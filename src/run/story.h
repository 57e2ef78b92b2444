/* Inside the story of a path: what is recorded of the mineral in hand, and the parts that tell it.
 *
 * story.c replays the bundle and records one lane; story_weights.c says how much of the focus's supply
 * depends on what; story_hazards.c, story_sites.c, story_restrictions.c, story_stockpiles.c and
 * story_shortage.c tell of it. */
#ifndef KURA_RUN_STORY_H
#define KURA_RUN_STORY_H

#include "base/arena.h"
#include "kura/kura.h"
#include "model/supply_weights.h"
#include "sim/work.h"

/* The mineral in hand on one lane; series are [object][T], masses in quanta, steps are those of the story. */
typedef struct {
    kura_arena arena;
    const km_model *model;
    const km_mineral *m;
    const kura_work *work;
    int lane, T;
    int first; /* step of the engine that is step 0 here: the burn-in */
    uint64_t path;
    double *demand, *gross, *unserved, *price; /* of the focus; price: multiple of the base or NULL */
    double *shipped, *base, *open; /* [arc] loaded; base flow on its growth path; availability kappa */
    double *on_hand, *coming, *arrived, *made, *use, *reach, *Z; /* [hub]; coming: arrives in the next step */
    double *capacity,
        *avail;     /* [site] what is left of it, 0 to 1; by hazards, projects, scripts and season alone */
    double *closed; /* [site] share of its capacity that a price below its cash cost has closed */
    double *stock, *released, *loss, *state; /* [tier] */
    km_supply_weights *weights;  /* [base flow] what the supply of the focus hangs on [story_weights.c] */
    const unsigned char *serves; /* [hub] a hub of the focus with users */
} story_record;

static inline double *story_series(const story_record *r, double *pool, int object)
{
    return pool + (size_t)object * (size_t)r->T;
}

/* Events in the making; text lives in `arena` of the story. */
typedef struct {
    kura_arena *arena;
    int n, max;
    kura_story_event *items;
} story_events;

/* Adds an event; what NULL (no memory) is passed over.  Returns it, NULL when memory ran out. */
kura_story_event *story_add(story_events *events, kura_story_kind kind, const char *object, int from, int to,
                            const char *what, double weight, double loss);

/* story_text.c: "2027-03-01"; "12.3 t"; "34 %"; "1320000 USD/t". */
typedef struct {
    char v[32];
} story_word;
story_word story_date(const story_record *r, int step);
story_word story_mass(double tonnes);
story_word story_percent(double share);
story_word story_price(double usd_per_t);
/* "a week", "a day", "a step of 3 days" */
story_word story_per_step(const km_model *model);

void story_weigh(story_record *r);
/* The base flow in force in a step [7], and its number: 0 the first, then those that levers make. */
const km_mineral *story_now(const story_record *r, int step);
int story_flow(const story_record *r, int step);
/* The largest share that `share` gives of the base flows in force from step `from` to before `to`, at most 1:
 * what befalls a supplier counts by what it supplies at that time. */
typedef double story_share_fn(const story_record *, const km_supply_weights *, const void *what);
double story_weight(const story_record *r, int from, int to, story_share_fn *share, const void *what);
/* Shares of a site and of a trade, `what` their number (int). */
double story_site_share(const story_record *r, const km_supply_weights *w, const void *what);
double story_arc_share(const story_record *r, const km_supply_weights *w, const void *what);
void story_hazards(const story_record *r, story_events *events);
void story_sites(const story_record *r, story_events *events);
void story_restrictions(const story_record *r, story_events *events);
void story_stockpiles(const story_record *r, story_events *events);
void story_shortages(const story_record *r, kura_arena *arena, kura_story_mineral *out);
/* Shortages and price peaks as events; marks what belongs into a short account and sorts by time. */
void story_finish(const story_record *r, story_events *events, kura_story_mineral *out);

/* Replays `path` of the model.  See kura_explain. */
kura_status kura_story_of(const km_model *model, uint64_t path, const kura_explain_options *options,
                          kura_story **out, kura_error *err);
void kura_story_release(kura_story *story);
/* worst.c: see kura_file_worst. */
kura_status kura_worst_of(const char *file, const char *mineral, int most, kura_worst **out, kura_error *err);
void kura_worst_release(kura_worst *worst);

/* Firm stock of a hub at the start: on hand, and what its users keep. */
static inline double story_opening(const km_mineral *m, const km_hub *hub)
{
    double stock = hub->opening;
    for (int k = hub->consumer_begin; k < hub->consumer_end; k++) stock += m->consumers[k].own;
    return stock;
}

#endif
