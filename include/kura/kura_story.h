/* kura_story.h: one path told in numbers and plain words.  Included by kura.h.
 *
 * A story is what happened to the supply of the focus country on one path: hazards, prices, stockpiles,
 * shortages, and the same metrics as /samples of a result has for this path, equal to the last bit.
 * It lives until kura_story_free; names are the scenario's, which must outlive the story.
 *
 * Steps count from 0 at the start of the run; [from, to) is a stretch of steps: from < 0 began before the
 * start, to = steps lasts beyond the end.  Masses are tonnes, shares lie between 0 and 1, prices are
 * multiples of the base price. */
#ifndef KURA_STORY_H
#define KURA_STORY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* kind of an event, its name */
#define KURA_STORY_KINDS(X)                                                                                  \
    X(REGIME, "regime")           /* of a country: normal, tension, coercion */                              \
    X(RESTRICTION, "restriction") /* of exports */                                                           \
    X(OUTAGE, "outage")           /* of a site */                                                            \
    X(SHOCK, "shock")                                                                                        \
    X(ROUTE, "route")     /* a chokepoint closed or degraded */                                              \
    X(PROJECT, "project") /* a site that begins late or never */                                             \
    X(HOST, "host")       /* a by-product whose host makes less */                                           \
    X(CLOSURE, "closure") /* a site whose price is below its cash cost */                                    \
    X(SCRIPT, "script")   /* an event of the scenario */                                                     \
    X(STOCKPILE, "stockpile")                                                                                \
    X(PRICE, "price")                                                                                        \
    X(SHORTAGE, "shortage")

typedef enum {
#define KURA_STORY_ENUM(id, name) KURA_STORY_##id,
    KURA_STORY_KINDS(KURA_STORY_ENUM)
#undef KURA_STORY_ENUM
        KURA_STORY_KIND_COUNT
} kura_story_kind;
const char *kura_story_kind_name(kura_story_kind kind);

typedef struct {
    kura_story_kind kind;
    int from, to;
    const char
        *object;      /* what it befalls: site, exporter and restriction, chokepoint, stockpile; may be "" */
    const char *what; /* one clause without its dates */
    double weight;    /* share of the base supply of the focus, as levers have it then, that depends on what
                         is hit; NaN: no hazard */
    double loss;      /* share of that lost at worst; NaN: no hazard */
    int important;    /* belongs into a short account */
} kura_story_event;

/* One exporter of one form, or the focus itself (own output), from `trouble` to the end of a shortage. */
typedef struct {
    const char *exporter, *form;
    int own;                  /* 1: output at home */
    double base_t_per_year;   /* base flow in force when the shortage begins */
    double share;             /* of what the focus gets of this form */
    double contracted, worst; /* of the base flow that hazards leave free: mean, lowest step */
    double delivered;         /* loaded for the focus, or made: mean over the base flow */
} kura_story_supplier;

/* Spells of shortage less than 13 weeks apart are told as one. */
typedef struct {
    int from, to, spells, short_steps;
    int trouble;        /* first step of the strain on supply that led here */
    int worst;          /* step with the largest share unserved */
    double worst_share; /* of demand, in that step */
    double unserved_t, demand_t;
    double cover_days;            /* days of use on hand when the trouble began, without stockpiles */
    double released_t;            /* from stockpiles, from `trouble` to the end */
    double peak_price, destroyed; /* highest price; largest share of demand that prices took away */
    int nsuppliers, nends;
    const kura_story_supplier *suppliers; /* later forms first, in each the largest first */
    const char *const *ends;              /* why it ended, most important first */
} kura_story_shortage;

/* A step of the focus, at the hubs where its users are; stockpiles: of all forms. */
typedef struct {
    double demand_t, gross_demand_t, unserved_t; /* gross: at base prices */
    double on_hand_t, arrivals_t, output_t;      /* arrivals NaN in step 0 after a burn-in or spin-up */
    double stockpiles_t, released_t;
    double contracted; /* of base supply that hazards leave free, the scarcest form */
    double price;      /* NaN without a price process */
} kura_story_row;

typedef struct {
    const char *name, *units, *text; /* as in /samples */
    double value;
} kura_story_metric;

typedef struct {
    const char *id, *name, *grade;
    int headline; /* 0: a host, or without usable data */
    int told;     /* 0: only its metrics are given, since it did not run short and was not asked for */
    double unserved_share;              /* of demand over the horizon */
    double base_t_per_year, base_price; /* demand of the focus; USD/t, NaN without a price process */
    int nmetrics, nevents, nshortages;
    const kura_story_metric *metrics;
    const kura_story_event *events; /* in the order of time */
    const kura_story_shortage *shortages;
    const kura_story_row *rows; /* [steps] */
} kura_story_mineral;

typedef struct {
    const char *scenario, *title, *focus; /* focus: country code */
    uint64_t path, seed, paths;           /* paths: of the scenario's run */
    int paths_at_most;                    /* 1: the run may stop at fewer (run.stop_when) */
    int steps;
    double start_day, step_days; /* days since 1970-01-01 */
    int nminerals, nshort;       /* the first nshort ran short, the worst first */
    const kura_story_mineral *minerals;
    const char *failure; /* NULL, or why the simulation of the path stopped: the story ends there */
} kura_story;

/* "2027-03-01", with "T06:00" where steps are no whole days. */
void kura_story_date(const kura_story *story, int step, char out[24]);

/* The worst paths of a result. */
typedef struct {
    uint64_t path;
    double unserved_t;     /* of the mineral asked for; NaN for all of them */
    double unserved_share; /* of demand; for all headline minerals: the mean of their shares */
    const char *minerals;  /* those that ran short, the worst first, at most five */
} kura_worst_path;

typedef struct {
    uint64_t paths, seed;
    const char *replay; /* command up to --path: "kura explain japan.yaml --seed 7" */
    const char *doubt;  /* NULL: the scenario there is the one of the result; else why that is not sure */
    int nitems;
    const kura_worst_path *items;
} kura_worst;

#ifdef __cplusplus
}
#endif
#endif
