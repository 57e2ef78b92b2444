/* Random small scenarios, as records that a rule may change before they are written down.
 *
 * A model is made from its number alone.  To extend the language: a field here, a draw in random_model.c, a
 * line in its `put_*`, a counter in meta_coverage, and (if it is a matter of notation) a way to write it
 * otherwise. */
#ifndef KURA_TEST_RANDOM_MODEL_H
#define KURA_TEST_RANDOM_MODEL_H

#include <stddef.h>
#include <stdint.h>

enum { META_MINERALS = 2, META_FORMS = 3, META_COUNTRIES = 5, META_MOST = 128, META_ROUTES = 2 };
enum { META_AUS, META_CHN, META_JPN, META_KOR, META_USA };
extern const char *const meta_countries[META_COUNTRIES], *const meta_forms[META_FORMS];

enum { META_NONE = -1 }; /* a mass, or another number, that is not given */

typedef enum { META_MINE, META_REFINE, META_RECYCLE } meta_kind;

typedef struct {
    char id[32];
    int mineral, form, country, plants;
    meta_kind kind;
    double output, spare, yield, input_capacity;
    int lag;      /* steps in process */
    int from, to; /* steps of its own script, from = to: none */
    double availability;
} meta_site;

typedef struct {
    int mineral, form, from, to, lag, routes[META_ROUTES], nroutes;
    double volume, cap, firm, loss; /* volume 0: declared; none: to be estimated */
} meta_arc;

typedef struct {
    int mineral, form, country, priority;
    char sector[8];
    double rate, growth;
} meta_demand;

typedef struct {
    char id[16];
    int mineral, form, country, owner, delay, minimum, always;
    double opening, floor, at_most, refill; /* refill: t a step, 0: never */
    int half_life;                          /* steps, 0: keeps */
} meta_tier;

typedef struct {
    int mineral, form, country;
    double opening, cover, storage, export_capacity; /* t, steps, t, t a step */
} meta_hub;

/* Where a caller may add text of its own to what is written down; at those marked "for" it stands in the
 * place of what would be written. */
typedef enum {
    META_AT_TOP,      /* lines: sections */
    META_AT_RUN,      /* , key: value */
    META_AT_MARKET,   /* , key: value */
    META_AT_MINERALS, /* lines: minerals */
    META_AT_MINERAL,  /* , key: value; index: of the mineral */
    META_AT_PRICE,    /* for price and response of a mineral */
    META_AT_SITES,    /* lines */
    META_AT_SITE,     /* , key: value; index: of the record, and so on */
    META_AT_CAPACITY, /* for the capacity of a site */
    META_AT_TRADES,   /* lines */
    META_AT_TRADE,
    META_AT_DEMANDS, /* lines */
    META_AT_DEMAND,
    META_AT_HUBS, /* lines */
    META_AT_HUB,
    META_AT_HOSTS, /* for the lines of hosts, indices and projects */
    META_AT_TIERS, /* lines */
    META_AT_TIER,
    META_AT_REGIME,  /* for the end of coercion and the start; index: of the country */
    META_AT_OUTAGES, /* lines */
    META_AT_SHOCKS,  /* lines */
    META_AT_ROUTE,   /* index: of the chokepoint */
    META_AT_ONSET,   /* for the rate; index: of the country, as in what follows */
    META_AT_LICENCE,
    META_AT_TARGET, /* for the target of an embargo */
    META_AT_BAN,
    META_AT_CORRELATION, /* for the section */
    META_AT_EVENTS,      /* lines */
    META_AT_TALLIES
} meta_place;

typedef struct {
    int nminerals, forms[META_MINERALS], exponent; /* of the lattice, 0: left to the engine */
    int nsites, narcs, ndemands, ntiers, nhubs;
    meta_site sites[META_MOST];
    meta_arc arcs[META_MOST];
    meta_demand demands[META_MOST];
    meta_tier tiers[META_MOST];
    meta_hub hubs[META_MOST];
    /* market */
    int push, open_loop, price, spot_rounds, cleanup_rounds, wait, ramp;
    double cover, home[3], firm, storage, elasticity, volatility, substitution;
    /* hazards: bit sets of countries, or flags */
    unsigned regimes, restricting, outage_countries;
    int outages, shocks, routes, scripts, correlation, target; /* target: of the embargo, none = everybody */
    int mines_only; /* what takes availability from sites takes it from mines alone */
    double rate[4];
    int notice; /* bans are announced, and may escalate */
    int more; /* set by a caller: elements that few rules hold for, drawn when written (triggers that read the
                 state, ages, sectors, release ahead of need, leaks, escalation, restrictions in force) */
    const char *(*add)(meta_place place, int index); /* text of a caller, NULL: none; "" where it has none */
    char by_product[32];                             /* site that follows a host outside, "": none */
    int paths, steps, focus, parts;                  /* parts: of a week that a step is, 1 = a week */
    uint64_t number;
} meta_model;

/* META_MONOTONE is the profile MP of model.md 11.2: push production, open-loop orders, no price, one lag an
 * importer and form; and no hub both imports and has sites, because there the term ret (X* - x) of the order
 * breaks M1. */
typedef enum { META_DEFAULT, META_MONOTONE } meta_profile;

void meta_make(meta_model *m, uint64_t number, meta_profile profile);
/* Takes out what only half of the default models have: time in process, losses on the way, decay, refill,
 * notice, by-products. */
void meta_plain(meta_model *m);

/* How to write it down. */
typedef struct {
    double scale;     /* all masses times this; 0 = 1 */
    int exponent;     /* added to that of the lattice */
    double usd;       /* prices times this; 0 = 1 */
    uint64_t shuffle; /* order of rows and minerals; 0: as made */
    int shuffle_hazards;
    int idle_buyer; /* IDN takes part, without demand */
} meta_style;

/* The scenario as YAML, valid until the next call. */
const char *meta_compose(const meta_model *m, meta_style style);

/* ---- changing a model ---- */

int meta_sells_to(const meta_model *m, int from, int to);
int meta_on_route(const meta_model *m, int route);
unsigned meta_restricting(const meta_model *m); /* those of `restricting` that export anything */
int meta_has_sites(const meta_model *m, int mineral, int form, int country);
int meta_exports(const meta_model *m, int mineral, int form, int country);
int meta_imports(const meta_model *m, int mineral, int form, int country);
meta_hub *meta_hub_row(meta_model *m, int mineral, int form, int country); /* found or added */
void meta_drop_arcs(meta_model *m, int (*drop)(const meta_arc *, const void *), const void *user);
void meta_drop_sites(meta_model *m, int (*drop)(const meta_site *, const void *), const void *user);
void meta_drop_demands(meta_model *m, int (*drop)(const meta_demand *, const void *), const void *user);
void meta_drop_tiers(meta_model *m, int (*drop)(const meta_tier *, const void *), const void *user);
void meta_drop_hubs(meta_model *m, int (*drop)(const meta_hub *, const void *), const void *user);

/* ---- numbers ---- */

typedef struct {
    uint64_t state;
} meta_rng;
void meta_seed(meta_rng *g, uint64_t number);
int meta_below(meta_rng *g, int n);         /* 0 .. n-1 */
double meta_mass(meta_rng *g, double most); /* a multiple of 1/64 t in (0, most] */

#endif
