/* Shared between the files that compile levers [7]; not for other layers. */
#ifndef KURA_MODEL_LEVERS_INTERNAL_H
#define KURA_MODEL_LEVERS_INTERNAL_H

#include "model/compile_internal.h"

/* A base flow in the making: that of the mineral without levers, changed by what levers do in step t. */
typedef struct {
    compile_ctx *c;
    const km_mineral *base; /* without levers */
    km_mineral *m;
    int t;
    int failed;  /* memory ran out on the way */
    int follows; /* some lever lets suppliers build: those before them build as well [7.2] */
} km_epoch;

/* ---- compile_epochs.c ---- */

/* Share of a lever that is done in step t, before its level: 0 to 1. */
double km_lever_done(const compile_ctx *c, const sc_lever *l, int t);
/* The same times its level. */
double km_lever_level(const compile_ctx *c, const sc_lever *l, int t);

/* ---- compile_levers.c ---- */

/* Number of the investment with this id, which is there: the reader has checked it. */
int km_investment(const kura_scenario_data *sc, const char *id);
/* Yields [7.9]; then, from the last form to the first, all other levers on a form whose use is known. */
kura_status km_apply_research(km_epoch *e);
kura_status km_apply_levers(km_epoch *e, int form);

/* The supplier at a hub builds more, by the site that the reader has made for this; where there is none,
 * nothing. */
void km_follow(km_epoch *e, sc_lever_kind kind, int index, int hub, double more);
/* The lever that builds a site, and what may delay it; NULL of a site that is there. */
const sc_lever *km_lever_of(const kura_scenario_data *sc, const sc_site *s, const sc_building **building);

/* ---- compile_dependence_cap.c ---- */

kura_status km_apply_dependence_cap(km_epoch *e, int index, int form);

/* ---- rebalance.c ---- */

/* Suppliers of a form follow what their buyers take, as far as they can: own output and imports in
 * proportion.  What cannot be made is left open (km_hub.uncontracted). */
kura_status km_rebalance(km_epoch *e, int form);
/* Sets what a site makes in the base flow. */
void km_set_output(km_mineral *m, km_site *s, double x);
/* Sets what arrives on a trade; sums of both hubs follow. */
void km_set_net(km_mineral *m, km_arc *arc, double net);
/* Of a trade that carried `before` and now more, what is more costs `premium` [7.3]. */
void km_add_premium(km_arc *arc, double before, double premium);
/* What arrives on it beyond its offtake: the part that other levers may move. */
double km_movable(const km_arc *arc);
/* Takes up to `amount` of the imports of a hub from the suppliers marked (NULL = all) in proportion, but from
 * `but`; returns what it took. */
double km_displace(km_epoch *e, int hub, double amount, const unsigned char *from, const km_arc *but);
/* cut_offtake.c: takes up to `surplus` from what firm quantities bring to a hub; returns what it took. */
double km_cut_offtake(km_epoch *e, int hub, double surplus);
/* What a hub could export beyond what it does: capacity and imports less own use. */
double km_spare(const km_mineral *m, int hub);
km_arc *km_arc_between(km_mineral *m, int form, int from, int to);
int km_hub_at(const km_mineral *m, int form, int country);

/* The entry of what a lever did to an object; found or added, NULL without memory. */
km_lever_effect *km_effect(compile_ctx *c, const km_mineral *m, const char *lever, const char *object);
double km_per_year(const compile_ctx *c, const km_mineral *m, double quanta);
const char *km_place(compile_ctx *c, const km_mineral *m, int hub);

#endif
