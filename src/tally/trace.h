/* Trace: see trace.c.  The columns are a table, so that the writer of /paths needs no list of its own. */
#ifndef KURA_TALLY_TRACE_H
#define KURA_TALLY_TRACE_H

#include "sim/state.h"

typedef enum {
    KURA_TRACE_HUB,
    KURA_TRACE_SITE,
    KURA_TRACE_ARC,
    KURA_TRACE_TIER,
    KURA_TRACE_CONSUMER,
    KURA_TRACE_MINERAL,
    KURA_TRACE_COUNTRY, /* with a regime */
    KURA_TRACE_KINDS
} kura_trace_kind;

/* id, name, kind of object, units, is a mass, description */
#define KURA_TRACE_COLUMNS(X)                                                                                \
    X(ON_HAND, "on_hand", HUB, "t", 1, "on hand at the end of the step")                                     \
    X(IN_TRANSIT, "in_transit", HUB, "t", 1, "in transit to the hub")                                        \
    X(USE_AVERAGE, "use_average", HUB, "t", 1, "moving average of use, a step")                              \
    X(ORDER, "order", HUB, "t", 1, "order of the step")                                                      \
    X(INBOUND, "inbound_availability", HUB, "1", 0, "contracted inbound availability Z")                     \
    X(QUALIFICATION, "qualification", HUB, "step", 0, "qualification counter of new suppliers")              \
    X(ANNOUNCED, "announced", HUB, "1", 0, "1: a restriction of inbound trade is announced, not in force")   \
    X(AVAILABILITY, "availability", SITE, "1", 0, "share of capacity left by hazards, events and season")    \
    X(OPENNESS, "openness", ARC, "1", 0, "share of trade left by regime, restrictions, routes and events")   \
    X(DETOUR, "detour", ARC, "step", 0, "steps added on the way by routes and events")                       \
    X(OUTPUT, "output", SITE, "t", 1, "output of the step")                                                  \
    X(SHIPMENT, "shipment", ARC, "t", 1, "loaded in the step")                                               \
    X(TIER_STOCK, "stockpile", TIER, "t", 1, "stock of the tier at the end of the step")                     \
    X(RELEASE, "release", TIER, "t", 1, "released in the step")                                              \
    X(TRIGGER, "trigger", TIER, "1", 0, "0 idle, 1 pending, 2 releasing")                                    \
    X(LOSS, "inbound_loss", TIER, "1", 0, "moving average of the inbound loss")                              \
    X(DEMAND, "demand", CONSUMER, "t", 1, "demand of the step")                                              \
    X(UNSERVED, "unserved", CONSUMER, "t", 1, "demand not served in the step")                               \
    X(OWN_STOCK, "own_stock", CONSUMER, "t", 1, "stock of the users' own at the end of the step [A11]")      \
    X(LOG_PRICE, "log_price", MINERAL, "1", 0, "ln of the price over its base")                              \
    X(SCARCITY, "scarcity", MINERAL, "1", 0, "moving average of scarcity")                                   \
    X(REGIME, "regime", COUNTRY, "1", 0, "regime of the country: 0 normal, 1 tension, 2 coercion")

typedef enum {
#define KURA_TRACE_ENUM(id, name, kind, units, mass, text) KURA_TRACE_##id,
    KURA_TRACE_COLUMNS(KURA_TRACE_ENUM)
#undef KURA_TRACE_ENUM
        KURA_TRACE_COLUMN_COUNT
} kura_trace_id;

typedef struct {
    const char *name;
    kura_trace_kind kind;
    const char *units;
    int mass;
    const char *text;
} kura_trace_column;
const kura_trace_column *kura_trace_columns(void);

struct kura_trace {
    const km_model *model;
    int paths;
    int64_t rows[KURA_TRACE_KINDS];
    double *data[KURA_TRACE_COLUMN_COUNT]; /* [row][T][path] */
};

#endif
