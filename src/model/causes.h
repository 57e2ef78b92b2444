/* Causes of a shortage [8.10]: what may weigh on the supply of the focus, by class and place.
 *
 * The table lists, for each mineral, the trades and sites that some of the focus's base supply passes, with
 * that share as their weight, and to which cause each of their availabilities belongs.  Where levers make
 * other base flows, it lists what any of them passes, with a weight for each [7]. */
#ifndef KURA_MODEL_CAUSES_H
#define KURA_MODEL_CAUSES_H

#include "model/model.h"

#define KM_CAUSE_CLASSES(X)                                                                                  \
    X(RESTRICTION, "restriction", "export restrictions of the country, drawn or scripted")                   \
    X(REGIME, "regime", "the regime of the country itself")                                                  \
    X(OUTAGE, "outage", "outages of its sites")                                                              \
    X(SHOCK, "shock", "shocks on its sites")                                                                 \
    X(ROUTE, "route", "closed or degraded routes")                                                           \
    X(PROJECT, "project", "sites that come late or never")                                                   \
    X(HOST, "host", "by-products whose host makes less")                                                     \
    X(SCRIPT, "script", "scripted availability and seasons of its sites and trades")                         \
    X(RESIDUAL, "residual", "nothing of these weighed on the supply: demand, stocks, detours")
typedef enum {
#define KM_CAUSE_ENUM(id, name, text) KM_CAUSE_##id,
    KM_CAUSE_CLASSES(KM_CAUSE_ENUM)
#undef KM_CAUSE_ENUM
        KM_CAUSE_COUNT
} km_cause_class;

const char *km_cause_name(km_cause_class c);
const char *km_cause_text(km_cause_class c);

/* Places: countries, then chokepoints, then none. */
int km_places(const km_model *model);
const char *km_place_name(const km_model *model, int place);

typedef struct {
    km_cause_class class;
    int place;
} km_cause;

/* -1 where the trade or site has no such availability.  Weights: of the base flow, then of its epochs. */
typedef struct {
    int arc;
    const double *weight; /* [1 + epochs] */
    int regime, restriction, script, route[4];
} km_cause_arc;
typedef struct {
    int site;
    const double *weight;
    int regime, outage, shock, project, host, script;
} km_cause_site;

typedef struct {
    int n, narcs, nsites;
    km_cause *causes; /* the last one is the residual */
    km_cause_arc *arcs;
    km_cause_site *sites;
    double memory; /* steps over which losses are smoothed */
} km_causes;

/* One for each mineral; NULL when memory ran out. */
km_causes *km_list_causes(const km_model *model, kura_arena *arena);

#endif
