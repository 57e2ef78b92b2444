/* The compiled model: immutable, flat, shared by all threads.  Made from a scenario by compile.c.
 *
 * Masses are in QUANTA of the mineral (model.md R0.1): integers held in doubles, so floor-to-lattice is
 * floor() and every sum of masses is exact.  1 quantum = `quantum` tonnes, a power of two, hence the bits of
 * any result equal those of the same arithmetic in tonnes.  Time is in steps.  Symbols follow model.md and
 * step.md: x0 d0 K v X M E U0 H B W. */
#ifndef KURA_MODEL_MODEL_H
#define KURA_MODEL_MODEL_H

#include "base/arena.h"
#include "kura/kura_status.h"
#include "model/scenario.h"
#include "num/dist.h"
#include "num/pcg.h"
#include "num/student.h"

enum { KM_MAX_FACTORS = 4 };

/* Loadings of one driver on the latent factors [3.7]. */
typedef struct {
    int n;
    int factor[KM_MAX_FACTORS];
    double loading[KM_MAX_FACTORS];
    double own; /* sqrt(1 - sum of squares) */
    int t;      /* factor whose chi-square scales the driver (t copula), -1 */
    double nu;  /* its degrees of freedom */
} km_loadings;

typedef struct {
    const char *name;
    kura_stream stream; /* factor/<name>, slot 0 the factor, 7 chi-square */
    double persistence; /* F' = rho F + sqrt(1 - rho^2) z */
    double nu;          /* degrees of freedom of a t copula, 0 = Gaussian */
    kura_chi2 chi2;
} km_factor;

typedef struct { /* factor common to all demands, exp(m) [4.3] */
    int given;
    kura_stream stream; /* macro, slot 0 */
    km_loadings loadings;
    double a, s, first; /* m(t) = a m(t-1) + s z, m(0) = first z */
} km_cycle;

typedef struct {           /* one step of a regime, from expm(G dy) */
    double up1[3], up2[3]; /* thresholds: R' = (U > up1[R]) + (U > up2[R]) */
    double z1[3], z2[3];   /* the same for Z = Phi^-1(U), used with loadings */
} km_chain;

typedef struct { /* regime chain of a country [3.1] */
    int country;
    kura_stream stream, init_stream, spell_stream;
    int has_chain; /* 0: moved by scripts only */
    int start;     /* 0 1 2, -1 stationary */
    double stationary[3];
    km_chain *chain;        /* [0] as given, then one for each scripted multiple of its rates */
    const int16_t *which;   /* [T] index into `chain`, NULL = 0 always */
    const double *hurry;    /* [T] how fast a drawn time in coercion passes [7.7]; NULL = 1 */
    int has_spell;          /* coercion lasts a drawn time [3.1] */
    kura_dist spell;        /* steps */
    const double *residual; /* [T+1] P(at most k steps are left), start: stationary; NULL = not needed */
    double availability[3]; /* kappa_reg */
    km_loadings loadings;
    const int8_t *script; /* [T] regime set by a script, -1 = free; NULL = none */
} km_regime;

typedef struct {
    double hazard; /* rate dy */
    double p, z;   /* onset probability a step; threshold in the scale of Z */
} km_spell_onset;

/* One part hit by a shock, or one state of a chokepoint: a compound Poisson process whose effect is a list of
 * segments [3.4, 3.5]. */
typedef struct {
    kura_stream stream;    /* common/<iso3>/<id>[/continuous] or route/<id>[/degraded] */
    kura_stream thin;      /* its own thinning stream */
    km_spell_onset *onset; /* [0] as given, then one for each scripted multiple of the rate */
    const int16_t *which;  /* [T] index into `onset`, NULL = 0 always */
    double largest;        /* of p or, in continuous time, of the hazard */
    km_loadings loadings;
    double probability;           /* of reaching this part */
    kura_dist severity, duration; /* duration in steps */
    int continuous, add, point; /* shocks: in continuous time; overlaps add; state at the start of the step */
    int chokepoint, degraded;   /* number of the chokepoint, -1; its second state? */
    int detour;                 /* steps of lag added while active (chokepoints) */
    const char *id, *part;      /* part: what a shock's entry selects, "" for chokepoints */
} km_spell;

typedef struct {                   /* script on a multiplier: value' = set if not NaN, else value*mul+add */
    const double *mul, *add, *set; /* [T] each */
} km_script;

typedef struct { /* a renewal unit: a plant, or a whole site [3.3] */
    kura_stream up, down, init;
    double share; /* of the site */
} km_unit;

typedef struct { /* outage hazard on one site */
    int scenario_outage;
    kura_dist up, down, derating; /* steps; derating 0..1 */
    double up_probability;        /* stationary availability E U/(E U + E D) */
    int start, point;             /* SC_START_... */
    int nunits;
    km_unit *units;
} km_outage;

/* What a site is bound to [2.5]: the series of its host's activity relative to the base. */
typedef struct {
    int series;
    double share;
    double most; /* headroom x share of the base input (or output of a mine), quanta at activity 1 */
} km_host;

typedef struct {          /* an activity outside the network */
    kura_stream stream;   /* host/<id> */
    double a, s;          /* autoregression and its innovation */
    const double *growth; /* [steps] or NULL = 1 */
} km_host_index;
typedef struct km_project km_project;
struct km_project { /* a site that begins during the run [3.6] */
    int given;
    double start, ramp, cancellation; /* steps; probability */
    kura_dist delay;                  /* steps */
    kura_stream stream;               /* project/<site>, index 0: slot 0 delay, 1 cancellation */
    const double *plan;               /* [steps] of a lever: share of it in the capacity by then; NULL */
    int nneeds;
    const km_project **needs; /* it starts with the last of these, and never without them [7.5] */
};

typedef struct {
    const char *id;
    int scenario_site;       /* index in scenario->sites */
    int hub, feed_hub;       /* output hub; input hub or -1 */
    int refine;              /* takes input */
    double x0, d0, K, yield; /* K in input terms */
    double usual;            /* capacity while its hosts run at their base; K without hosts */
    double K_regime[3];      /* by regime when by_regime */
    int by_regime, regime;   /* index of the country's regime, -1 = none */
    double correction_share; /* beta_I * s_b, s_b = x0/(X+M) [A2] */
    int noutages;
    km_outage *outages;
    int nspells;
    int *spells; /* shocks that reach it */
    km_project project;
    km_script script; /* own availability; members NULL when none */
    km_script country_script;
    const double *season; /* [T] profile, NULL = 1 */
    int varies;           /* has any of the above or a regime with availability != 1 */
    int nhosts;           /* as a by-product */
    km_host *hosts;
    int basket;  /* its host drives it */
    int lag;     /* steps from input to output */
    int process; /* first slot of its ring of goods in process; lag slots */
    int standby;
    int toll_arc;       /* tolling: the trade of the product back to the owner, whose hazards hold; -1 */
    int activity;       /* as a host: its series, -1 = nobody's host */
    int fixed;          /* its output is not for the base flow to change: a lever's */
    int responds;       /* its capacity answers the price [4.4] */
    double close_below; /* ln of its cash cost over the base price; -INFINITY = never closes */
} km_site;

#define KM_NO_CAP                                                                                            \
    0x1p52 /* more quanta than any mass; an integer, so that differences of capacities are exact */

typedef struct {
    int scenario_arc;
    int from, to;       /* hubs */
    double v;           /* base flow at loading */
    double net;         /* what arrives of it */
    double established; /* the largest base flow so far: trade that buyer and authorities know [7] */
    double loss;        /* share lost on the way */
    double leak;        /* share of what a restriction stops that comes all the same */
    int leak_via;       /* arc from the exporter to the country it comes through, -1 */
    int leak_lag;       /* steps later */
    double physical;    /* cap; KM_NO_CAP when none */
    int lag;            /* steps >= 1 */
    double firm;        /* phi */
    double spot;        /* F of the spot rounds [A9] */
    int nspells;
    int spells[4]; /* chokepoints on the way */
    int nseries;   /* severity series of decrees that hit this trade */
    int *series;
    const uint8_t *announced;  /* [T] 1 while a scripted restriction is announced; NULL = never */
    int regime;                /* of the exporter, -1 */
    km_script script;          /* availability */
    const double *lag_script;  /* [T] steps added or NULL */
    km_script severity_script; /* of the restriction */
    int varies, detours;       /* kappa may differ from 1; lag may differ from `lag` */
    int estimated;             /* volume completed by the engine */
    double offtake;            /* part of v that comes before all others [7.6] */
    double contract;           /* v - offtake: what is filled in proportion to orders */
    int lever;                 /* declared by a lever: closed while it has no base flow */
    double quota;              /* most under a dependence cap, at the demand of the base [7.2]; -1 = none */
    double premium;            /* USD/t of what is loaded: that of levers on what moved, over v [7.3] */
} km_arc;

typedef struct {
    int scenario_demand;
    int hub, priority; /* 1 .. 9 */
    double D0;
    const double *path; /* [T] demand over D0: growth (1+gamma)^(t dy) times profile, NULL = 1 */
    km_script script;   /* factor */
    int focus;          /* belongs to the focus country */
    int scarcity;       /* counts in the price's gap */
    int answer;         /* index into km_response.answers */
    double inventory;   /* stock of its own aimed at, steps of its demand; 0 = none [A11] */
    double own;         /* opening of it, quanta */
} km_consumer;

typedef struct {
    int scenario_stockpile;
    int hub;
    double opening, floor, at_most;
    int delay, minimum;
    sc_trigger trigger;
    double on, off;
    int group;         /* D-run group: 1 = emptied in the D-run */
    double release_at; /* steps of use beyond the step's own */
    int sectors; /* serves only the consumers whose bit is set: index into km_mineral.eligible; -1 = all */
    int refills; /* buys back */
    double target, buy_at_most, buy_below; /* quanta, quanta a step, log price */
    double decay;                          /* delta_dec; 0 = none */
    const double *
        kept; /* [steps] (1 - decay)^-(t - burn): what must be there at the start for a unit then; NULL = 1 */
    int ages; /* classes of age, 0 = it keeps */
    int age;  /* first of its classes in kura_state.age */
    int age_steps; /* steps a class lasts */
    int opening_mixed;
    double rotation; /* share a step */
    int spoilt_hub;  /* where reprocessed material goes, -1 = written off */
    double reprocessing;
    int pool;        /* member of this pool, -1 = a stock of its own */
    int holds_pool;  /* the pool it holds, -1 */
    int ring, slots; /* purchases or deliveries on the way: first slot, number */
    int raised;      /* from step raise_from on a lever has it refilled like this [7.8] */
    int raise_from;
    double raised_target, raised_at_most, raised_below;
    const double *decay_path; /* [T] decay that research slows down [7.9]; NULL = always `decay` */
} km_tier;

typedef struct { /* a joint stock and who may draw on it [6.6] */
    int holder;  /* tier with the stock */
    int form;
    double solidarity;
    int nmembers;
    int *member; /* tiers */
    double *share;
} km_pool;

typedef struct {
    int form, country, regime;
    int site_begin, site_end; /* sites whose output joins this hub */
    int up_hub;               /* hub (form+1, country), -1 */
    int arc_begin, arc_end;   /* inbound arcs, in falling spot weight (Latin order) */
    int consumer_begin, consumer_end, tier_begin, tier_end;
    double X, M, E, U0; /* M net of losses on the way */
    double waiting; /* output of sites on standby where nothing is made or used yet: a supplier in waiting */
    double Mo;      /* base imports at loading: what is ordered; = M without losses */
    int qualifies;  /* may import from somebody without base trade [A8] */
    int looks;      /* its contracted inbound supply matters: it qualifies, or a stockpile looks at it */
    double ret, m;  /* A1 */
    double cover1, buffer; /* 1 + cover, b, in steps */
    double cap, Cexp;
    int no_storage;      /* cap 0, and space for what the step uses */
    double opening;      /* on hand at the end of step -1 */
    double fixed_point;  /* the on-hand of the steady state [A5] */
    int rule;            /* order rule: 0 exports and own output, 1 no exports, 2 trader */
    int importing;       /* counts in the price's cover */
    int refills;         /* a tier here buys back */
    int basket;          /* a site here is driven by its host: what exceeds the store is thrown away */
    double contracted;   /* Mo without offtake */
    double uncontracted; /* use that nobody is to supply after a lever */
    double surplus;      /* what baskets bring and nobody takes: X + M + uncontracted = U0 + E + surplus */
    const double *home;  /* [T][3] home priority by regime that a lever raises [7.11]; NULL = the mineral's */
} km_hub;

/* A restriction decree: one exporter, one mineral [3.2].  Its severities live in one series per target. */
typedef struct {
    double share[3];                      /* cumulative by regime: cum[r] up to and including this type */
    kura_dist freeze, severity, duration; /* steps, share, steps */
    double half_life;                     /* steps; 0 = ends at once */
    int series;                           /* which target series it feeds */
    int notice;                           /* steps from the announcement until it is in force */
    double escalation;                    /* probability of a second plateau ... */
    int to;                               /* ... as of this type */
} km_type;

typedef struct {
    double hazard[3];  /* rate dy, by regime */
    double p[3], z[3]; /* onset probability a step; Phi^-1(1-p) */
} km_onset;

/* What multiplies the onset rate: A = 1 + min(most, ...) [3.2]. */
typedef struct {
    int given;
    double minerals, importers, retaliation, most;
    int against;
    double largest; /* that A - 1 can be */
} km_coupling;

typedef struct {
    int type;
    double age, severity; /* steps; NaN = drawn */
    kura_stream stream;
} km_in_force;

typedef struct {
    int exporter, regime; /* regime index or -1 */
    kura_stream stream;   /* onset/<exp>/<mineral> */
    km_onset *onset;      /* [0] as given, then one for each scripted multiple of the rate */
    const int16_t *which; /* [T] index into `onset`, NULL = 0 always */
    int may_begin;        /* some onset probability is above 0 */
    km_coupling coupling;
    km_loadings loadings;
    int ntypes;
    km_type *types;
    int nin_force;
    km_in_force *in_force;
    const double *const *kept; /* [type] -> [T] probability that a hit of the type is not averted [7.7];
                                  NULL = 1, for one type or for all */
    int nseries;
    int first_series;                    /* in the mineral's list of severity series */
    const unsigned char *const *targets; /* per series: byte per importing country, NULL = all */
} km_decree;

/* What multiplies the shock of a price [4.1]: v(t) = regime x exp(h) x depth. */
typedef struct {
    int given; /* some of the three acts */
    double by_regime[3];
    int nexporters;      /* 0: regimes do not act */
    int *exporter;       /* indices of regimes */
    double *weight;      /* share in the exports of the mineral; NULL: the worst of them counts */
    double a, s, first;  /* h(t) = a h(t-1) + s z, h(0) = first z; s = 0: none */
    const double *depth; /* [steps] or NULL = 1 */
} km_volatility;

/* Prices apart under a restriction [4.5]: one log wedge a country with a hub of the mineral. */
typedef struct {
    int given;
    double importer, origin, n; /* length of the average in steps */
    int ncountries;
    int *of_hub; /* [hub] number of its country, 0 .. ncountries - 1 */
    int focus;   /* number of the focus country, -1 */
} km_wedge;

typedef struct {
    int given;
    kura_stream stream; /* price/<mineral> */
    km_loadings loadings;
    double initial; /* USD/t */
    double start;   /* ln(spot/initial), log price of step -1 */
    double a, s;    /* exp(-kappa dy), conditional sd */
    double drift;   /* per step */
    double jump_mean_count, jump_mean, jump_sd;
    double eta, scarcity_n; /* ln of the multiple; EMA length in steps */
    double w_gap, w_cover;
    const double *set, *jump; /* [T] scripted: ln of the level or NaN; added to the log price; NULL = none */
    km_volatility volatility;
    km_wedge wedge;
} km_price;

/* Consumers that answer prices alike [4.3]: they share substitution, its average price and adjustment. */
typedef struct {
    double elasticity, sub_limit;
    int country; /* number in the wedge whose price they see, -1 = the market price */
    int thrift;  /* 1 + number of the thrifting programme they take part in, 0 = none */
} km_answer;

typedef struct {
    int active;
    int nanswers; /* at least 1 */
    km_answer *answers;
    int gradual;                    /* demand adjusts by degrees or is kept within a range */
    double adjust, ln_low, ln_high; /* share of the gap closed in a step; range of ln(demand over its path) */
    double ln_min, ln_max;
    double up, down, threshold, irreversible, smoothing; /* substitution: rates per step; EMA length */
} km_response;

typedef struct { /* how capacities answer the price [4.4] */
    int given;
    double elasticity, most;      /* utilisation: at most 1 + upsilon */
    int after, recovery, restart; /* closure, in steps; after 0 = none */
    double left;                  /* of the capacity of a site that is closed */
    int lag;                      /* of expansions, in steps; 0 = none */
    double gain, gain_most;       /* a step, as shares of capacity */
    double smoothing;             /* EMA length of the price that expansions read */
} km_supply;

typedef struct { /* a thrifting programme for one mineral [7.4] */
    const char *id;
    kura_stream stream; /* project/<lever>, index 0: slot 0 delay, 1 success */
    kura_dist delay;    /* steps */
    double start, success;
    double limit, up, down; /* of substitution once adopted; limit NaN = as without */
    double saves, ramp;     /* share of demand; steps from the adoption to all of it */
    double penalty;         /* USD/t */
} km_thrift;

typedef struct { /* a buyer's firm part of what a site makes [7.6] */
    int site, arc;
    double firm; /* quanta, at the demand of the base */
    double part; /* of the output that the site can make */
} km_offtake;

typedef struct km_mineral km_mineral;
struct km_mineral {
    const char *id, *name, *unit, *grade;
    sc_report report;
    int scenario_mineral;
    double quantum; /* t */
    int push;
    int nforms;
    const char *const *forms;
    int nhubs, nsites, narcs, nconsumers, ntiers, ndecrees, nseries, npools;
    km_pool *pools;
    int nages, nslots; /* classes of age, slots of rings, of all tiers */
    int any_sectors, any_refill, any_state_trigger, any_ageing;
    int any_own;             /* some consumer has a stock of its own */
    unsigned char *eligible; /* [.][consumer] of tiers that serve certain sectors */
    km_hub *hubs;
    km_site *sites;
    km_arc *arcs;
    km_consumer *consumers;
    km_tier *tiers;
    km_decree *decrees;
    int *hub_begin;      /* [nforms+1] hubs of a form */
    int *arc_form_begin; /* [nforms+1] arcs of a form */
    int max_in_arcs;
    double beta_i, beta_p, use_n, home[3];
    int spot_rounds, latin_rounds;
    double panic, front_loading;
    int priorities; /* classes of demand in use */
    int nprocess;   /* slots of goods in process of all sites */
    double q_wait, q_ramp, loss_on, loss_off;
    int ring;             /* slots of the arrival ring, > longest lag */
    int burn;             /* = model->burn */
    int has_notice;       /* some restriction is announced before it is in force */
    uint8_t *with_notice; /* [nseries] */
    int first_decree;     /* of the model's decrees, counted over minerals */
    int spin;             /* steps before step 0 in which only the restrictions in force act: their age */
    const double *capacity_growth; /* [T] G_t or NULL = 1 */
    double D0_final;               /* base demand of the final form */
    km_price price;
    km_response response;
    km_supply supply;
    int nthrifts;
    km_thrift *thrifts;
    double cycle; /* power of the demand cycle, 0 = none acts */
    int event_decree,
        event_outage;       /* first index of its counts: per decree; per outage hazard of the scenario */
    int has_hosts, is_host; /* some site is a by-product; some site is a host */
    int has_drun,
        watch_hub; /* hub whose stock is reported: that of the tiers of the focus, else its final hub; -1 */
    double watch_use;         /* its base use a step (U0 or, if 0, 1) */
    double base_focus_demand; /* quanta a step */
    int any_quota, nofftakes;
    km_offtake *offtakes;
    int nepochs;                  /* base flows that levers make of this one, in the order of time [7] */
    km_mineral *epochs;           /* [nepochs] same hubs, sites and arcs in the same order */
    const int *epoch_from;        /* [nepochs] first step of each */
    const km_mineral *const *now; /* [steps] base flow in force; NULL = this one, always */
};

typedef struct {          /* one base flow that did not balance and what was done [R2.4] */
    const char *text;     /* one line, for check and /scenario */
    double before, after; /* t/year, or the unit of the data's own correction */
    int mineral;
    int of_data; /* 1: made in preparing the tables, 0: by base_flow.c */
} km_correction;

/* What a lever did to the trade of an importer, or to a site, in the last epoch in which it acts; t a year.
 */
typedef struct {
    const char *lever, *object; /* "dependence_cap/china", "gallium/refined/JPN" */
    int mineral;
    double wanted, done, uncontracted, kept; /* to move; moved; left open; left where it was (soft) */
    double surplus;                          /* what baskets bring and nobody takes any more */
    const char *text;                        /* one line for check; "" */
} km_lever_effect;
/* Tables of laws made so far: hundreds of decrees share a few beta laws, and draws of a scenario most. */
typedef struct {
    const kura_dist *beta[64], *residual[64]; /* residual: outage laws with a table of their residual life */
    int nbeta, nresidual;
} km_tables;

typedef struct {
    kura_arena arena;
    const kura_scenario_data *scenario;
    uint64_t seed;
    int T;     /* steps that are tallied */
    int burn;  /* steps before them [R1.5a]: simulated like the others, not tallied */
    int steps; /* burn + T; the engine counts steps from the start of the burn-in */
    double step_days, step_years;
    int nminerals, nregimes, nfactors, nspells;
    int *degraded;         /* [chokepoint] number of the spell of its second state, -1 */
    int ndecrees, coupled; /* of all minerals; some restriction depends on others [3.2] */
    km_mineral *minerals;
    int *order;      /* [nminerals] hosts before their by-products [R2.2] */
    int nactivities; /* series of hosts: indices first, then sites */
    int *activity_room,
        nactivity_rooms; /* [activity] series that are not needed at the same time share one */
    int nhost_indices;
    km_host_index *host_indices;
    km_regime *regimes;
    km_factor *factors;
    km_cycle cycle;
    int any_wedge; /* some mineral has prices apart */
    km_spell *spells;
    int ncorrections, ncorrections_max, ncorrections_engine;
    km_correction *corrections;
    int nevents;               /* kinds of hazard events counted: decrees, outages, spells */
    int event_spell;           /* index of the first spell's count */
    const char **event_labels; /* [nevents], e.g. "restriction/china-strategic/gallium" */
    int focus;
    int neffects, neffects_max;
    km_lever_effect *effects;
    struct km_costs *costs; /* costs.h; NULL when they are not asked for */
    km_tables tables;
} km_model;

/* The base flow of step t, and that of the last step. */
static inline const km_mineral *km_now(const km_mineral *m, int t)
{
    return m->now ? m->now[t < 0 ? 0 : t] : m;
}
static inline const km_mineral *km_last(const km_mineral *m)
{
    return m->nepochs ? &m->epochs[m->nepochs - 1] : m;
}

/* Has the stock of a tier other owners than its country? */
static inline int km_is_pooled(const km_tier *k) { return k->pool >= 0 || k->holds_pool >= 0; }
/* Does its trigger read the state of the step before [R6.2]? */
static inline int km_reads_state(const km_tier *k)
{
    return k->trigger == SC_TRIGGER_SHORTAGE || k->trigger == SC_TRIGGER_COVER;
}
/* Days of use of the last form used in the tier's country that its stock can serve within a cut of all
 * imports of `days`; NaN where nothing is used; and that form, NULL. */
double km_usable_days(const km_model *model, const km_mineral *m, int tier, double days);
const char *km_usable_form(const km_mineral *m, int tier);
/* "jogmec-gallium", of a member of a pool "pool/KOR". */
const char *km_tier_name(kura_arena *a, const kura_scenario_data *sc, const km_mineral *m, int tier);

/* Can a number that stopping watches have a figure for this mineral [8.13]?  Only what the focus country uses
 * can be short there, and a stock is required only where there is one. */
int km_can_watch(const km_model *model, sc_watch w, int mineral);

/* The step, as a real number, in which a project starts on a path; infinity when it is cancelled or needs one
 * that is [3.6, 7.5]. */
double km_project_start(const km_project *p, uint64_t path);

/* Compiles `scenario` (which must outlive the model) for `seed`.  Problems that only the base flow shows are
 * added to `diag`: errors, warnings (capacity below demand) and one note per correction. */
kura_status kura_model_compile(const kura_scenario_data *scenario, uint64_t seed, km_model **out,
                               kura_diag *diag, kura_error *err);
/* The same, with the tables of `like` (may be NULL), which must outlive the model. */
kura_status kura_model_compile_like(const kura_scenario_data *scenario, uint64_t seed, const km_model *like,
                                    km_model **out, kura_diag *diag, kura_error *err);
void kura_model_free(km_model *model);

#endif
