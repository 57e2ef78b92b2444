/* The scenario as a typed, checked structure: what the reader (read.c) makes of YAML and CSV, before
 * compilation.
 *
 * Units here: mass t; flow t per STEP (converted with run.step_days; "t/step" stays as written); duration
 * days; rate per year; money USD/t; shares and probabilities as plain numbers (81 % -> 0.81).  Optional
 * numbers that were not given are NaN; optional ids that were not given are -1.  Countries, minerals, forms
 * are referred to by index. Everything lives in one arena; arrays keep the order of the scenario file. */
#ifndef KURA_MODEL_SCENARIO_H
#define KURA_MODEL_SCENARIO_H

#include "base/arena.h"
#include "model/scenario_costs.h"
#include "num/dist.h"
#include <stdint.h>

/* A distribution as written; parameters in the unit of its key (days for durations, plain for shares). */
typedef enum {
    SC_DIST_NONE,
    SC_DIST_CONSTANT,    /* a = value */
    SC_DIST_UNIFORM,     /* a = min, b = max */
    SC_DIST_NORMAL,      /* a = mean, b = sd */
    SC_DIST_LOGNORMAL,   /* a = ln of the median, b = sigma of the logarithm */
    SC_DIST_EXPONENTIAL, /* a = mean */
    SC_DIST_WEIBULL,     /* a = scale, b = shape */
    SC_DIST_BETA         /* a, b = shape parameters alpha, beta on (0,1) */
} sc_dist_kind;
typedef struct {
    sc_dist_kind kind;
    double a, b;
} sc_dist;

/* Numbers of the result whose precision can be asked for, by their names there; SC_WATCH_LOLE ... [8.13]. */
#define SC_WATCHED(X)                                                                                        \
    X(LOLE, "loss_of_load_expectation")                                                                      \
    X(EUE, "expected_unserved")                                                                              \
    X(NEUE, "normalised_expected_unserved")                                                                  \
    X(ANY, "shortage_probability_any")                                                                       \
    X(LONG, "long_shortage_probability")                                                                     \
    X(CVAR, "cvar95_unserved")                                                                               \
    X(STOCK, "required_stock_days")
typedef enum {
#define SC_WATCH_ENUM(id, name) SC_WATCH_##id,
    SC_WATCHED(SC_WATCH_ENUM)
#undef SC_WATCH_ENUM
        SC_WATCH_COUNT
} sc_watch;

/* Simulate until a precision is reached; run.paths is then the most [8.13]. */
typedef struct {
    int given;                       /* 0: run.paths paths, no more, no less */
    double relative;                 /* half-width over value */
    double absolute[SC_WATCH_COUNT]; /* half-width: days a step, t a step, share, share, share, t, days */
    unsigned char watch[SC_WATCH_COUNT];
    int nminerals; /* 0: those of the headline */
    const char **minerals;
    const unsigned char *watched; /* byte per mineral, of either */
    int shortage_paths;           /* below, standard errors are not trusted */
    double confidence;            /* of the required stock that is watched, one of tallies.confidence */
    sc_where where;
} sc_stop;

typedef struct {
    uint64_t paths, seed; /* paths: with `stop` at most */
    sc_stop stop;
    int32_t start_day; /* days since 1970-01-01 */
    double step_days;
    int steps;       /* T */
    int burn_in;     /* steps before the first that is tallied [R1.5a], default 0 */
    int focus;       /* country whose risk is reported; -1 = the only consuming country */
    int per_horizon; /* report sums over the horizon instead of per year [R1.6] */
    int spin_up;     /* 1 (default): restrictions in force have acted since they began, see model.h `spin` */
    sc_where where;
} sc_run;

/* Rules of production, ordering and allocation (model.md 2.3a, 2.7, 5): scenario-wide defaults in `market`,
 * copied into every mineral and overridden there. */
typedef struct {
    int push;                    /* 0 order-driven (default), 1 push */
    double cover_days;           /* firm cover, default 42 */
    double producer_buffer_days; /* default 21 */
    double storage_days;         /* default storage cap in days of throughput (U0+E), default 364 */
    double inventory_gain;       /* beta_I per step, default 0.125, 0..0.5 */
    double pipeline_gain;        /* beta_P per step */
    double use_smoothing;        /* n of the EMA of use, in steps, default 13 */
    double home_priority[3];     /* h by regime, default 0.5 0.75 1 */
    double firm;                 /* phi, firm fraction of arcs, default 0.5 */
    int spot_rounds;             /* default 3 */
    int cleanup_rounds;          /* default 4; 0 = off */
    double qualification_wait_days, qualification_ramp_days; /* 182, 182 */
    double loss_on, loss_off;                                /* 0.07, 0.03: qualification need */
    double front_loading; /* phi: orders times (1 + phi) while a restriction is announced, default 0 */
    double panic;         /* omega: target stock times (1 + omega alarm), default 0 */
} sc_market;

/* What multiplies the shock of a price [4.1]. */
typedef struct {
    double by_regime[3]; /* by the regime of exporters; [0] NaN = not given */
    int by_share;        /* 0: regime of the worst exporter; 1: mean over exports */
    double sd;           /* of its logarithm in the long run (stochastic volatility), 0 = none */
    double half_life_days;
    int from_base;  /* the logarithm of step -1 is 0; 0: drawn from its long-run law */
    double depth;   /* in a deeper market, 1 = as today */
    int depth_from; /* step; INT_MAX = not given */
    double depth_ramp_days;
} sc_volatility;

/* Prices apart under a restriction [4.5]; logs of the price over the market's. */
typedef struct {
    double importer, origin; /* when nothing comes in; when all output for export is stopped; 0 = none */
    double lag_days;
} sc_wedge;

typedef struct {
    int given;                       /* 0: no price process, price constant at base */
    double initial;                  /* USD/t, base price P-bar */
    double spot;                     /* USD/t at the start; NaN = the base price */
    double half_life_days;           /* of mean reversion; +inf = none */
    double volatility;               /* sigma per sqrt(year) */
    double drift;                    /* per year */
    double jump_rate;                /* per year */
    double jump_mean, jump_sd;       /* of the log jump */
    double scarcity;                 /* e^eta, price multiple at full scarcity, >= 1; default 1 */
    double scarcity_lag_days;        /* tau, default 91 */
    double gap_weight, cover_weight; /* w_g, w_c; default 1, 1 */
    sc_volatility shock;
    sc_wedge wedge;
} sc_price;

typedef struct {
    double elasticity;            /* epsilon >= 0, default 0: D ~ pi^-epsilon */
    double price_min, price_max;  /* clamp of pi, default 0.1, 20 */
    int sub_given;                /* is there a `substitution`? */
    double sub_limit;             /* s_max, default 0 = no substitution */
    double sub_lag_days;          /* tau_up */
    double sub_release_days;      /* tau_down, default = 3 x tau_up */
    double sub_threshold;         /* pi_on, default 1.25 */
    double sub_irreversible;      /* h, default 0 */
    double sub_smoothing_days;    /* EMA of pi, default 364 */
    double adjust_half_life_days; /* partial adjustment: half of the gap to D* is closed; NaN = at once */
    double adjust_share;          /* or: share closed in a year; NaN = not given */
    double range[2];              /* clamp of demand over its path; [0] NaN = none */
} sc_response;

/* How capacities answer the price [4.4]; not given: they do not. */
typedef struct {
    int given;
    const unsigned char *countries, *kinds;    /* sites that answer, byte each; NULL = all */
    double elasticity, utilisation;            /* eps_s, default 0; upsilon, default 0 */
    int closes;                                /* a price below the cash cost of a site closes it */
    double close_after_days, close_left;       /* 26 weeks; share of capacity that stays, 30 % */
    double recovery_days, restart_days;        /* 13 weeks above the cost; 39 weeks until it is back */
    int expands;                               /* high prices lead to new capacity */
    double expand_lag_days, expand_gain;       /* L; g per year */
    double expand_most, expand_smoothing_days; /* per year, default 10 %; of the price, default 52 weeks */
} sc_supply;

/* Whether a mineral belongs into headlines: a host is there for its by-products; no_data: the figures do not
 * carry one. */
typedef enum { SC_REPORT_HEADLINE, SC_REPORT_HOST, SC_REPORT_NO_DATA } sc_report;

typedef struct {
    const char *id, *name, *unit, *grade; /* grade "A".."D" or "" */
    sc_report report;
    int nforms;
    const char **forms;
    int lattice_exponent; /* INT_MIN = default rule R0.1 */
    sc_market market;
    sc_price price;
    sc_response response;
    sc_supply supply;
    double cycle_exposure; /* power of the demand cycle, default 1 */
    sc_where where;
} sc_mineral;

typedef struct {                    /* demand or availability by time, from a table */
    const char *id, *file, *column; /* as written; column "" = the only one */
    int period;                     /* of a row: kura_period of num/profile.h */
    int absolute, repeat;
    int32_t start_day;    /* of the first row */
    const double *values; /* [burn_in + steps] means over the steps: t/step, or relative; NULL after errors */
    double mean, largest; /* mean over the steps that are tallied, largest of all */
    int used;             /* by a demand or site */
    sc_where where;
} sc_profile;

#define SC_NO_STORAGE -1.0 /* what a step does not use is not made */
typedef struct {           /* optional table of hub properties; hubs exist because something refers to them */
    int mineral, form, country;
    double cover_days;           /* NaN = the mineral's */
    double storage;              /* t, NaN = default rule, SC_NO_STORAGE = none */
    double opening;              /* t on hand at the end of step -1, NaN = the fixed point */
    double export_capacity;      /* t/step, NaN = rule A9 */
    double producer_buffer_days; /* NaN = the mineral's */
    sc_where where;
} sc_hub;

typedef enum { SC_SITE_MINE, SC_SITE_REFINE, SC_SITE_RECYCLE, SC_SITE_SUPPLY, SC_SITE_SEABED } sc_site_kind;
/* all but refine take no input; refine turns form-1 into form */

/* Levers that change the network over time [7]. */
typedef enum {
    SC_LEVER_NONE,
    SC_LEVER_DIVERSIFICATION,
    SC_LEVER_DEPENDENCE_CAP,
    SC_LEVER_INVESTMENT,
    SC_LEVER_RECYCLING
} sc_lever_kind;

typedef struct {
    const char *id;
    int mineral, form, country;
    sc_site_kind kind;
    double output;         /* t/step, base output x0 */
    double capacity;       /* t/step output, NaN = from spare */
    double input_capacity; /* t/step INPUT terms, K as is; NaN = from capacity or spare */
    double spare;          /* share, default 0 */
    double yield;          /* (0,1], default 1 */
    int plants;            /* >= 1, default 1 */
    double lag_days;       /* from input to output, default 0 */
    int owner;   /* country whose feed it takes and whose product it makes (tolling); -1 = its own */
    int standby; /* makes nothing in the base flow, runs when its hub is below target */
    double capacity_by_regime[3]; /* t/step output by regime of the country; [0] NaN = not given */
    const char *basis, *grade;    /* carried to /network, may be "" */
    double spread;                /* of output and capacity: sigma of the logarithm; NaN = by grade */
    int profile;                  /* availability by time, -1 = none */
    sc_lever_kind lever;          /* that builds it, and its number; NONE: there from the start */
    int lever_index;
    double cash_cost; /* USD/t below which it loses money, NaN = unknown [4.4] */
    sc_cost cost;
    sc_where where;
} sc_site;

typedef struct {
    int mineral, form, from, to;
    double volume;   /* t/step base flow; NaN = unknown, to be estimated */
    double lag_days; /* transit time; steps = max(1, round(lag/step)) */
    int lag_steps;   /* given in steps, or -1 */
    int nroutes;
    int routes[4];        /* indices into chokepoints */
    double firm;          /* NaN = the mineral's */
    double cap;           /* t/step physical cap, NaN = none */
    double loss;          /* share lost on the way, default 0 */
    double leak;          /* share of what a restriction stops that comes all the same, default 0 */
    int leak_via;         /* country through which, -1 = none named */
    double leak_lag_days; /* how much later */
    double premium;       /* USD/t over the market, NaN = none */
    const char *basis;    /* "measured", "recalled", "judged", ... or "" */
    int lever;            /* declared by a lever: closed until the lever trades on it */
    double spread;        /* of the volume */
    sc_where where;
} sc_arc;

typedef struct {
    int mineral, form, country;
    const char *sector;              /* "" = the only one */
    double rate;                     /* t/step base demand */
    int profile;                     /* demand by time, -1 = none */
    double growth;                   /* per year, default 0 */
    int priority;                    /* 1 .. 9, default 1 */
    double elasticity, substitution; /* NaN = the mineral's */
    double inventory_days;           /* stock of the users' own, days of their demand; default 0 */
    const char *basis;
    double spread; /* of the rate */
    sc_where where;
} sc_demand;

/* An activity outside the network that by-products come from: exp(h), h autoregressive of order one [2.5]. */
typedef struct {
    const char *id;
    double sd;             /* of h in the long run */
    double half_life_days; /* of a deviation */
    double growth;         /* per year */
    sc_where where;
} sc_host_index;

/* A by-product's site hangs on a host [2.5]. */
typedef struct {
    int site;        /* of the by-product */
    int host, index; /* site of another mineral, or host index; the other one -1 */
    int basket;      /* 0 limit: the host limits the capacity; 1 basket: the host drives the output */
    double share;    /* of the site's capacity that comes from this host */
    double headroom; /* recoverable over realised by-product at the base */
    const char *basis, *grade;
    sc_where where;
} sc_host;
typedef struct {         /* a site that begins during the run [3.6] */
    int site;            /* -1 = unknown */
    int start_step;      /* nominal start; INT_MAX = not given */
    sc_dist delay;       /* days; NONE = 0 */
    double cancellation; /* probability that it never starts, default 0 */
    double ramp_days;    /* from the start to full capacity, default 0 */
    sc_cost cost;
    sc_where where;
} sc_project;

typedef struct { /* what whoever prepared the tables had to change; carried to check and the result, not read
                    by the engine */
    int mineral, form;
    const char *what, *reason, *grade;
    double before, after; /* in the unit of what was changed */
    sc_where where;
} sc_correction;

/* Which sites, minerals, forms, countries an element acts on.  Bit arrays over the scenario's lists; NULL =
 * all. */
typedef struct {
    const unsigned char *minerals, *countries, *kinds, *sites; /* one byte an item, 1 = selected */
    int nforms;
    const char **forms; /* names; 0 = all */
} sc_select;

typedef struct {
    int country;
    double tension, coercion, relax, ease, direct; /* G01 G12 G10 G21 G02 per year */
    sc_dist coercion_spell;                        /* days in coercion; NONE = memoryless, by the rate ease */
    int start;                                     /* 0 1 2, or -1 stationary */
    double availability[3];                        /* kappa_reg by regime, default 1 1 1 */
    sc_where where;
} sc_regime;

typedef struct {
    const char *id;
    double share[3];              /* weight by regime of the exporter, need not sum to 1 (normalised) */
    sc_dist freeze;               /* days; NONE = 0 */
    sc_dist severity;             /* share; NONE = 1 */
    sc_dist duration;             /* days of the plateau */
    double relax_half_life_days;  /* 0 = ends at once */
    const unsigned char *targets; /* byte per country, 1 = importer that is hit; NULL = all */
    double notice_days;           /* from the announcement until it is in force */
    double escalation;            /* probability of a second plateau */
    const char *escalates_to;     /* "" without */
    int to;                       /* index of that type, -1 */
} sc_restriction_type;

typedef struct {
    int mineral, type;
    double age_days; /* at the start of the run */
    double severity; /* NaN = drawn */
    sc_where where;
} sc_in_force;

typedef struct {
    const char *id;
    int exporter;
    const unsigned char *minerals; /* byte per mineral */
    int nforms;
    const char **forms;                             /* 0 = all forms */
    double onset[3];                                /* per year by regime */
    double contagion_minerals, contagion_importers; /* added to the multiple of the rate; default 0 */
    double contagion_most;                          /* bound of what is added; NaN = none */
    int against;                                    /* country retaliated against, -1 */
    double retaliation;                             /* added while it restricts exports to this exporter */
    int ntypes;
    sc_restriction_type *types;
    int nin_force;
    sc_in_force *in_force;
    sc_where where;
} sc_restriction;

typedef struct {
    const char *id, *label; /* label "" or a name that keeps streams apart */
    sc_select select;
    double mttf_days, shape; /* Weibull shape, default 1 = exponential; MTTF is the mean; NaN = uptime */
    sc_dist uptime;          /* days; NONE = by mttf and shape */
    sc_dist mttr;            /* days */
    sc_dist derating;        /* share lost while down; NONE = 1 */
    int per_plant;           /* 1 (default): every plant of the site apart; 0: the site as a whole */
    enum { SC_START_STATIONARY, SC_START_UP, SC_START_DOWN } start; /* before step 0 */
    int point; /* 1: state at the start of the step; 0 (default): time average over the step */
    sc_where where;
} sc_outage;

typedef struct {
    sc_select select;
    double probability; /* that an event of the shock reaches this part; default 1 */
} sc_hit;

typedef struct { /* common-mode shock, compound Poisson, longest wins [3.5] */
    const char *id;
    int country;      /* -1 = world */
    double rate;      /* per year */
    sc_dist severity; /* share of availability lost */
    sc_dist duration; /* days */
    int nhits;
    sc_hit *hits;
    int continuous; /* events at any time, durations not rounded; 0 (default): in steps */
    int add;        /* severities of events that overlap add up; 0 (default): the longest wins */
    int point;      /* continuous: state at the start of the step; 0 (default): average over it */
    sc_where where;
} sc_shock;

typedef struct { /* the second state of a chokepoint; rate 0 = none */
    double rate;
    sc_dist duration, capacity_loss;
    double detour_days;
} sc_degraded;

typedef struct {
    const char *id;
    double rate;           /* closures per year */
    sc_dist duration;      /* days */
    sc_dist capacity_loss; /* share of arc capacity lost while closed; NONE = 0 */
    double detour_days;    /* added to the lag while closed; 0 = none */
    sc_degraded degraded;
    sc_where where;
} sc_chokepoint;

typedef struct {
    const char *driver; /* e.g. "regime/CHN", "onset/CHN/gallium", "price/gallium"; may end in "*" */
    int factor;
    double loading;
    sc_where where;
} sc_loading;

/* What authorises a release [6.3]: contracted inbound supply (exogenous), nothing, or the state of the step
 * before. */
typedef enum { SC_TRIGGER_INBOUND, SC_TRIGGER_ALWAYS, SC_TRIGGER_SHORTAGE, SC_TRIGGER_COVER } sc_trigger;

typedef struct { /* of a pooled stock [6.6] */
    int country;
    double share;    /* entitlement */
    double lag_days; /* from the pool to the member */
    sc_where where;
} sc_member;

typedef struct {
    const char *id;
    enum { SC_OWNER_PRIVATE, SC_OWNER_NATIONAL, SC_OWNER_JOINT } owner;
    int country, mineral, form;
    double opening_t, opening_days; /* one of them; the other NaN; days of base use U0 of the hub */
    double floor_t, floor_days;     /* default 0 */
    double at_most_t;               /* t/step; NaN = see next */
    double at_most_days;            /* days of base use per STEP; NaN and at_most_t NaN = no cap */
    double delay_days;              /* d_dec, default 28 */
    double minimum_days;            /* minimum authorisation, default 28 */
    double on, off;                 /* theta_on 0.07, theta_off 0.03 */
    sc_trigger trigger;
    double release_at_days;       /* releases while on-hand is below use plus this, default 0 */
    int nsectors;                 /* 0: for everybody */
    const char **sectors;         /* else only these are served from it */
    double target_t, target_days; /* up to which it is refilled; both NaN = opening */
    int refill;                   /* is there a refill? */
    double refill_at_most_t, refill_at_most_days; /* a step */
    double refill_below;                          /* price over base up to which is bought, default 1.25 */
    double half_life_days;                        /* of exponential decay; inf = none */
    double shelf_life_days;                       /* NaN = keeps */
    double rotation;                              /* share a year exchanged for fresh material, default 0 */
    double reprocessing; /* yield into the form before when the shelf life ends; NaN = written off */
    int opening_mixed;   /* opening stock of all ages; 0 fresh */
    int nmembers;        /* pooled stock [6.6] */
    sc_member *members;
    double solidarity; /* share of what members leave that others may use */
    int lever;         /* 1 + number of the stock lever that raises or created it, 0 = none [7.8] */
    int created;       /* by that lever */
    sc_keeping cost;
    sc_where where;
} sc_stockpile;

/* ---- policy levers that leave the network as it is [7] ---- */

typedef struct { /* in force for from <= t < to, rising over the ramp */
    int from_step, to_step;
    double ramp_days;
} sc_schedule;

typedef struct { /* multiples of rates of regimes and restrictions [7.7] */
    const char *id;
    sc_schedule when;
    const unsigned char *countries; /* whose regimes and restrictions, byte each; NULL = none named */
    int nrestrictions;
    const char **restrictions; /* ids; none = all of these countries */
    int against;               /* only restrictions aimed at this country, -1 = all */
    double effect;             /* NaN, or share: up = onset = 1 - effect, down = 1/(1 - effect) */
    double up, down, onset;
    sc_cost cost;
    sc_where where;
} sc_diplomacy;

typedef struct { /* substitution and thrifting [7.4] */
    const char *id;
    int start_step;
    const unsigned char *minerals, *countries; /* countries NULL = all */
    double limit, lag_days;                    /* of substitution once adopted; NaN = as it was */
    double saves, ramp_days;                   /* demand saved whatever the price */
    double success;                            /* probability */
    sc_dist delay;                             /* from start to adoption; NONE = 0 */
    double penalty;                            /* USD per t substituted or saved, for who counts costs */
    sc_cost cost;
    sc_where where;
} sc_thrifting;

typedef struct { /* exporters that keep more for themselves, an adverse lever [7.11] */
    const char *id;
    sc_schedule when;
    const unsigned char *countries, *minerals; /* minerals NULL = all */
    double home[3];                            /* by regime, NaN = as it was */
    double onset;                              /* multiple of the rate of restrictions, >= 1 */
    double export_share;                       /* of the base exports that may leave, NaN = all */
    sc_where where;
} sc_nationalism;

typedef struct { /* research that makes stocks keep [7.9] */
    const char *id;
    sc_schedule when;
    const unsigned char *minerals; /* NULL = all */
    int country;                   /* whose stockpiles, -1 = all */
    double half_life;              /* multiple, >= 1 */
    sc_cost cost;
    sc_where where;
} sc_keeping_lever;

typedef struct { /* a national stock is raised [7.8] */
    const char *id;
    int start_step;
    const unsigned char *minerals;
    int all;                                     /* `minerals: all`: those of the headline */
    int country;                                 /* default: the focus */
    double days;                                 /* of base use */
    const char *form;                            /* "" = where the stock stands, or the last form used */
    int opening;                                 /* there from the first day; 0: bought */
    double at_most_t, at_most_days, price_below; /* of purchases, as in a refill */
    sc_where where;
} sc_stock_lever;

typedef enum {
    SC_FIELD_AVAILABILITY,
    SC_FIELD_LAG,
    SC_FIELD_REGIME,
    SC_FIELD_FACTOR,
    SC_FIELD_SEVERITY,
    SC_FIELD_LEVEL,
    SC_FIELD_RATE
} sc_field;
typedef enum {
    SC_OBJECT_SITE,
    SC_OBJECT_COUNTRY,
    SC_OBJECT_ARC,
    SC_OBJECT_DEMAND,
    SC_OBJECT_RESTRICTION,
    SC_OBJECT_PRICE,
    SC_OBJECT_HAZARD
} sc_object;
typedef enum { SC_HAZARD_REGIME, SC_HAZARD_RESTRICTION, SC_HAZARD_SHOCK, SC_HAZARD_CHOKEPOINT } sc_hazard;
typedef enum { SC_OP_SET, SC_OP_MULTIPLY, SC_OP_ADD } sc_op;

/* A scripted event on a resolved object.  Valid pairs: site availability; country availability (all its
 * sites) and regime (set only); arc availability and lag (steps added, set/add); demand factor; restriction
 * severity (exporter, mineral, importer -1 = all: acts on every arc of that exporter and mineral); price
 * level (multiple of the base price; set or multiply); hazard rate (multiply only). */
typedef struct {
    int from_step, to_step; /* active for from <= t < to; to = INT_MAX when open */
    int announced_step;     /* severity: known from this step on; INT_MAX = not before it acts */
    sc_object object;
    int index; /* site, arc, demand or country; restriction: exporter; price: mineral; hazard: its number,
                  of a regime its country */
    sc_hazard hazard;      /* object hazard only */
    int mineral, importer; /* restriction only */
    sc_field field;
    sc_op op;
    double value;
    const double
        *series; /* NULL, or one value a step [nseries] with op set (wide series table); from_step = 0 */
    int nseries;
    sc_where where;
} sc_event;

/* Series of every path that can be written, of the focus country: id, name, unit, description. */
#define SC_DUMPED(X)                                                                                         \
    X(DEMAND, "demand", "t", "demand of the step, after prices")                                             \
    X(UNSERVED, "unserved", "t", "demand not served in the step")                                            \
    X(GROSS, "gross_unserved", "t", "gross demand not served: net plus what prices took away")               \
    X(STOCK, "stock_days", "d", "stock on hand and in stockpiles at the end of the step, days of base use")  \
    X(PRICE, "price", "1", "price over its base")                                                            \
    X(FOCUS_PRICE, "focus_price", "1", "price in the focus country (with its wedge) over the base price")
typedef enum {
#define SC_DUMP_ENUM(id, name, units, text) SC_DUMP_##id,
    SC_DUMPED(SC_DUMP_ENUM)
#undef SC_DUMP_ENUM
        SC_DUMP_COUNT
} sc_dump;

typedef struct {
    double threshold; /* epsilon of R8.1, default 0.001 */
    int nconfidence;
    double *confidence;           /* for the required stock, default 0.5 0.8 0.9 0.95 0.99 */
    int check_required;           /* try the required stocks in runs of their own [R6.4] */
    int required_stock;           /* default 1: D-run for tiers of the focus country */
    double adequacy_max_days;     /* end of the adequacy curve, default 360 */
    int adequacy_points;          /* default 73 */
    double long_depth, long_days; /* "long shortage": deeper than 5 % for 28 days, P reported */
    int samples;                  /* write /samples, default 1 */
    int attribution;              /* unserved demand by cause [8.10], default 0 */
    int n_minus_1;                /* loss of single objects [8.11], default 0 */
    int concentration;            /* of the imports that came [7.2], default 0 */
    int bracket;     /* sampled node-steps with open orders a mineral, for the optimum; 0 = none [R5.1] */
    int trace_paths; /* full state of the first n paths into /paths, default 0 */
    unsigned char dump[SC_DUMP_COUNT]; /* series of all paths into /dump, default none */
} sc_tallies;

/* ---- levers on the network [7]: diversification, dependence cap, investment, recycling, research ---- */

typedef struct { /* shares by country */
    int n;
    int *country;
    double *share;
} sc_shares;

typedef struct { /* what all of them have */
    const char *id;
    double level;   /* share of the whole, default 1 */
    int start_step; /* INT_MAX = in force from the start */
    double ramp_days;
    int end_step; /* exclusive; INT_MAX = none */
    sc_cost cost;
    sc_where where;
} sc_lever;

typedef struct { /* of new capacity, drawn by path like that of a project */
    sc_dist delay;
    double cancellation;
} sc_building;

typedef struct { /* contracts of an importer move to other suppliers [7.1] */
    sc_lever lever;
    int mineral, form, importer;
    const unsigned char *from; /* byte per country, who gives up; NULL = all others */
    sc_shares to;              /* share of the importer's imports that moves to each */
    double lag_days, firm;     /* of trades that are not there yet; NaN */
    int follows;               /* suppliers build what moves to them; 0: within the capacity they have */
    double premium;            /* USD/t over the market on what moves [7.3] */
    sc_building building;
} sc_diversification;

typedef struct { /* no supplier above a share of imports [7.2] */
    sc_lever lever;
    const unsigned char *importers, *minerals, *of; /* bytes; minerals NULL = all, of NULL = any exporter */
    int nforms;
    const char **forms; /* 0 = the last form that is imported */
    double cap;
    int follows, soft; /* soft: what nobody else can deliver stays where it was */
    double premium;    /* USD/t over the market on what moves [7.3] */
    sc_building building;
} sc_dependence_cap;

typedef struct {    /* a new site, with offtake [7.5, 7.6] */
    sc_lever lever; /* begins with the last of the sites that it needs */
    int built_step; /* start as written: when it is ready by itself, from which delays count */
    sc_site site;   /* as read; its number in `sites` is `index` */
    int index;
    const char *expands; /* id of a site that it is more of, "" */
    sc_shares offtake;
    const unsigned char *displaces; /* byte per country: whose sales it replaces; NULL = all, pro rata */
    double offtake_lag_days;        /* of trades that are not there yet; NaN */
    int nneeds;
    const char **needs; /* sites of other investments without which it does not count */
    sc_building building;
} sc_investment;

typedef struct { /* end-of-life material [7.3] */
    sc_lever lever;
    sc_site site;
    int index;
    const char *products; /* form that the products hold, "" = the last one used in the country */
    double collection, recovery;
    sc_dist lifetime;     /* days */
    double growth_before; /* of demand before the start, per year; NaN = that of the demand */
    sc_building building;
} sc_recycling;

typedef struct { /* joint research raises yields [7.9] */
    sc_lever lever;
    const unsigned char *sites; /* byte per site */
    double yield, success;      /* reached with success; probability of it, taken as a share */
} sc_research;

/* What a check compares with the record [8.15], one number a path: id, word, description. */
#define SC_QUANTITIES(X)                                                                                     \
    X(PRICE, "price", "price over its base, or over another window")                                         \
    X(EXPORTS, "exports", "what a country loads for others")                                                 \
    X(IMPORTS, "imports", "what arrives in a country")                                                       \
    X(SUPPLIER, "supplier_share", "share of one supplier in what arrives")                                   \
    X(DEMAND, "demand", "demand after prices")                                                               \
    X(USE, "use", "demand that was served")                                                                  \
    X(UNSERVED, "unserved", "share of demand not served")                                                    \
    X(GROSS, "gross_unserved", "share of demand at base price not served")                                   \
    X(FIRST, "first_shortage", "time from the start of the window to the first shortage")                    \
    X(STOCK, "stock_days", "stock of a hub with its stockpiles, days of base use")                           \
    X(PEAK, "peak_time", "time from the start of the window to the highest price in it")
typedef enum {
#define SC_QUANTITY_ENUM(id, name, text) SC_QUANTITY_##id,
    SC_QUANTITIES(SC_QUANTITY_ENUM)
#undef SC_QUANTITY_ENUM
        SC_QUANTITY_COUNT
} sc_quantity;
typedef enum { SC_MEASURE_MEAN, SC_MEASURE_PEAK, SC_MEASURE_LEAST } sc_measure;

typedef struct {
    int given;
    int32_t from, to; /* days since 1970-01-01; `to` is exclusive */
} sc_window;

typedef struct {
    const char *id, *text, *source, *reason, *series; /* "" where not given */
    int quantity;                                     /* sc_quantity */
    int mineral, form, country, partner;              /* -1: all forms; the focus; every partner */
    const char *sector;                               /* "" = all */
    int measure;                                      /* sc_measure over the window */
    double beyond;      /* first_shortage: share of demand; NaN = tallies.threshold */
    sc_window window;   /* not given: the run */
    sc_window over;     /* the number is divided by that of this window */
    double observed[2]; /* the value, or the ends of an interval; NaN = nothing to compare with */
    const char *note;   /* what stands for the number that was asked for; "" = it is that number */
    sc_where where;
} sc_check;

typedef struct {
    const char *key;   /* dotted key */
    const char *value; /* as echoed */
} sc_default;          /* a default that the scenario did not set */

typedef struct {
    const char *path; /* as written */
    char sha256[65];
} sc_input_file;

/* A factor common to all demands: exp(m), m autoregressive of order one [4.3]. */
typedef struct {
    double sd; /* of m in the long run, 0 = none */
    double half_life_days;
    int stationary; /* m of step -1 drawn from its long-run law; 0: it is 0 */
} sc_cycle;

/* What a spread by grade or row acts on. */
typedef enum {
    SC_SPREAD_NONE, /* a quantity that was given as a law */
    SC_SPREAD_OUTPUT,
    SC_SPREAD_DEMAND,
    SC_SPREAD_VOLUME,
    SC_SPREAD_STOCKPILE,
    SC_SPREAD_HUB,
    SC_SPREAD_ELASTICITY,
    SC_SPREAD_SUBSTITUTION
} sc_spread_of;

/* A number that is not known [R0.6]: drawn once for each draw of the parameters. */
typedef struct {
    const char *name, *units; /* dotted key */
    const char *stream;       /* param/<stream>: the name, or what several quantities share */
    kura_dist law;            /* of the value in the unit of its key; of a spread: of a factor, median 1 */
    double scale;             /* from that unit to `units` */
    const void *node;         /* where a law was written */
    sc_spread_of of;
    int index; /* of a spread: of the site, demand, trade, stockpile, hub or mineral */
} sc_unknown;

/* Groups of numbers that spreads by grade apply to. */
#define SC_IGNORANCE_GROUPS(X)                                                                               \
    X(OUTPUT, "output", "outputs and capacities of sites")                                                   \
    X(DEMAND, "demand", "demands")                                                                           \
    X(VOLUMES, "volumes", "volumes of trade that are given")                                                 \
    X(STOCKS, "stocks", "opening stocks of stockpiles and hubs")                                             \
    X(RESPONSE, "response", "elasticities and limits of substitution")
typedef enum {
#define SC_GROUP_ENUM(id, name, text) SC_GROUP_##id,
    SC_IGNORANCE_GROUPS(SC_GROUP_ENUM)
#undef SC_GROUP_ENUM
        SC_GROUP_COUNT
} sc_ignorance_group;

typedef struct {
    int draws;        /* 0: what is not known keeps its median */
    int inner;        /* paths a draw */
    double grades[4]; /* sigma of the logarithm for data of grade A ... D; NaN: none */
    unsigned char applies_to[SC_GROUP_COUNT];
    int nunknowns;
    sc_unknown *unknowns;
    const void *source; /* what the scenario was read from, to read it again with other values */
} sc_ignorance;

typedef struct kura_scenario_data {
    kura_arena *arena;
    const char *name, *title;
    const char *resolved; /* merged scenario as YAML, for --print-resolved and /scenario */
    sc_run run;
    int ncountries;
    const char **countries; /* canonical order: lower index wins ties */
    int nminerals;
    sc_mineral *minerals;
    int nprofiles;
    sc_profile *profiles;
    sc_cycle cycle;
    int nhubs;
    sc_hub *hubs;
    int nsites;
    sc_site *sites;
    int narcs;
    sc_arc *arcs;
    int ndemands;
    sc_demand *demands;
    int nhost_indices;
    sc_host_index *host_indices;
    int nhosts;
    sc_host *hosts;
    int ncorrections;
    sc_correction *corrections;
    int nprojects;
    sc_project *projects;
    int nregimes;
    sc_regime *regimes;
    int nrestrictions;
    sc_restriction *restrictions;
    int noutages;
    sc_outage *outages;
    int nshocks;
    sc_shock *shocks;
    int nchokepoints;
    sc_chokepoint *chokepoints;
    int nfactors;
    const char **factors;
    const double *persistence; /* [nfactors] AR(1) coefficient, 0 = independent steps; NULL = none */
    const double *freedom;     /* [nfactors] degrees of freedom of a t copula, 0 = Gaussian; NULL = none */
    int nloadings;
    sc_loading *loadings;
    int nstockpiles;
    sc_stockpile *stockpiles;
    sc_costs costs;
    int nevents;
    sc_event *events;
    int ndiversifications;
    sc_diversification *diversifications;
    int ndependence_caps;
    sc_dependence_cap *dependence_caps;
    int ninvestments;
    sc_investment *investments;
    int nrecyclings;
    sc_recycling *recyclings;
    int nresearches;
    sc_research *researches;
    int ndiplomacy, nthrifting, nnationalism, nkeeping_levers, nstock_levers;
    sc_diplomacy *diplomacy;
    sc_thrifting *thrifting;
    sc_nationalism *nationalism;
    sc_keeping_lever *keeping_levers;
    sc_stock_lever *stock_levers;
    sc_tallies tallies;
    int nchecks;
    sc_check *checks;
    sc_ignorance ignorance;
    const struct sc_study *study; /* study.h; NULL = none */
    const struct sc_note *note;   /* what the scenario says of itself as a policy; NULL = nothing */
    int ndefaults;
    sc_default *defaults;
    int ninputs;
    sc_input_file *inputs;
} kura_scenario_data;

#endif
