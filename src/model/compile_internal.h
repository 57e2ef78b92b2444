/* Shared between the files that compile a model; not for other layers. */
#ifndef KURA_MODEL_COMPILE_INTERNAL_H
#define KURA_MODEL_COMPILE_INTERNAL_H

#include "base/error.h"
#include "model/model.h"

typedef struct {
    const kura_scenario_data *sc;
    km_model *model;
    kura_diag *diag;
    kura_error *err;
    int *site_mineral_index;   /* [nsites of the scenario] index of the km_site within its mineral */
    km_script *site_script;    /* [nsites] */
    km_script *country_script; /* [ncountries] availability of all its sites */
    km_script *arc_script;     /* [narcs] */
    double **arc_lag;          /* [narcs] [T] or NULL */
    km_script *demand_script;  /* [ndemands] */
    int8_t **regime_script;    /* [ncountries] */
    double **regime_rate, **restriction_rate, **shock_rate,
        **chokepoint_rate; /* [ncountries], [nrestrictions], ...: [T] scripted multiple of the rate, or NULL
                            */
    double **regime_exit;  /* [ncountries] [T] multiple of the rates of getting better, or NULL [7.7] */
    double **price_set,
        **price_jump;    /* [nminerals] [T] ln of the level, NaN = free; added to the log price */
    int *country_regime; /* [ncountries] index into model->regimes or -1 */
    km_tables *tables;   /* of the model */
} compile_ctx;

/* fl of R0.1 in quanta. */
double km_floor(double quanta);

/* compile_scripts.c: dense per-step tables from events. */
kura_status km_compile_scripts(compile_ctx *c);
/* The severity script of (exporter, mineral, importer), members NULL when there is none. */
kura_status km_severity_script(compile_ctx *c, int exporter, int mineral, int importer, km_script *out);

/* Steps in which a scripted restriction of them is announced and has not begun; NULL when there is none. */
kura_status km_announced(compile_ctx *c, int exporter, int mineral, int importer, const uint8_t **out);
/* The distinct values of a scripted multiple; values[0] = 1, which = NULL without a script. */
typedef struct {
    int n;
    const double *values;
    const int16_t *which; /* [T] */
} km_multiples;
kura_status km_multiples_of(compile_ctx *c, const double *multiple, km_multiples *out);

/* A script that multiplies by factor[T]. */
kura_status km_multiply_script(compile_ctx *c, km_script *script, const double *factor);

/* ---- levers ---- */

/* compile_levers.c: size of a lever in a step, 0 to 1. */
double km_intensity(const compile_ctx *c, const sc_schedule *when, int t);
/* Multiplies a table [T], made with ones where it is NULL, by 1 + L (full - 1), or by
 * 1/(1 + L (1/full - 1)), L the size of the lever. */
typedef enum { KM_BLEND_LINEAR, KM_BLEND_INVERSE } km_blend;
kura_status km_multiply_table(compile_ctx *c, double **table, const sc_schedule *when, double full,
                              km_blend blend);
kura_status km_compile_levers(compile_ctx *c);
/* Multiples of the onset rate of a restriction of a mineral, by events and levers; NULL = 1. */
kura_status km_lever_onsets(compile_ctx *c, int restriction, int mineral, const double **out);
/* compile_lever_diplomacy.c */
kura_status km_compile_diplomacy(compile_ctx *c);
int km_negotiates(const kura_scenario_data *sc, const sc_diplomacy *x, int restriction);
/* [type] -> [T] probability that a hit is not averted; NULL = 1. */
kura_status km_averted(compile_ctx *c, int restriction, const double *const **out);
typedef struct {
    int n;
    const double *up, *down;
    const int16_t *which; /* [T] */
} km_pairs;
kura_status km_regime_multiples(compile_ctx *c, int country, km_pairs *out);
/* compile_lever_nationalism.c */
kura_status km_limit_exports(compile_ctx *c);
kura_status km_raise_home_priority(compile_ctx *c, km_mineral *m);
/* compile_lever_thrifting.c, after the price */
kura_status km_compile_thrifting(compile_ctx *c, km_mineral *m);
/* compile_lever_stock.c */
void km_raise_tier(const compile_ctx *c, const km_mineral *m, km_tier *k);
kura_status km_slow_decay(compile_ctx *c, km_tier *k);

/* compile_supply.c, after the price */
kura_status km_compile_supply(compile_ctx *c, km_mineral *m);

/* compile_network.c: hubs, sites, arcs, consumers, tiers of one mineral, without base flow. */
kura_status km_compile_network(compile_ctx *c, km_mineral *m);
/* After the base flow: capacities, order rules, spot weights, Latin order, opening state [A1-A9]. */
kura_status km_finish_network(compile_ctx *c, km_mineral *m);

/* (1+gamma)^(t dy) from the start of the run, 1 before it; NULL without growth. */
kura_status km_growth_path(compile_ctx *c, double gamma, const double **out);

/* compile_stockpiles.c: tiers and pools with the network; sizes after the base flow; rings after the arcs'
 * hazards. */
kura_status km_make_tiers(compile_ctx *c, km_mineral *m, const int *map);
kura_status km_size_tiers(compile_ctx *c, km_mineral *m);
void km_ring_tiers(km_mineral *m);

/* The rules of hubs, weights and contracts of a base flow that came from another by levers [7]. */
kura_status km_refinish_network(compile_ctx *c, km_mineral *m, const km_mineral *before);

/* compile_levers.c: what delays and cancels the site of a lever */
kura_status km_lever_project(compile_ctx *c, km_site *site);
/* compile_epochs.c, after hosts: the base flows that levers make [7] */
kura_status km_compile_epochs(compile_ctx *c);

/* compile_own.c: stock of the users' own, after the network */
kura_status km_compile_own(compile_ctx *c, km_mineral *m);
/* compile_hosts.c, after all networks */
kura_status km_compile_hosts(compile_ctx *c);
/* Capacity of a site while its hosts run as in the base flow [2.5]. */
double km_usual_capacity(const km_site *site);
/* Capacity to export of all hubs, and the spot weights that follow from it [A9]; again when hosts are known.
 */
void km_capacity_to_export(const compile_ctx *c, km_mineral *m);
/* compile_lever_hosts.c: warns of by-products that a lever makes without a host */
void km_tell_unbound(compile_ctx *c);
void km_check_stopping(compile_ctx *c);

/* compile_costs.c, after all networks: nothing where the scenario asks for none */
kura_status km_compile_costs(compile_ctx *c);
/* Books something that is built and run: `cost` as written, the step of its planned start, and the site (of
 * the mineral) whose project decides when it starts on a path and whose output costs, or -1.  For whoever
 * has a record `cost` of its own; after km_compile_costs, with model->costs not NULL. */
kura_status km_add_outlay(compile_ctx *c, int mineral, const sc_cost *cost, double start, int site);
/* compile_lever_costs.c: what levers take [7.3] and what thrifting takes from users [7.4] */
kura_status km_lever_outlays(compile_ctx *c);

/* base_flow.c [R2.4] */
kura_status km_base_flow(compile_ctx *c, km_mineral *m);
/* Its parts, for base flows that levers change: sums X, M, E, U0 of the hubs of a form; and closing them. */
void km_flow_totals(km_mineral *m, int form);
kura_status km_close_flow(compile_ctx *c, km_mineral *m, int form);
/* What arrives of a mass loaded on an arc, and the smallest mass to load for an arrival [2.6]. */
double km_arriving(const km_arc *a, double loaded);
double km_loaded_for(const km_arc *a, double arriving);
/* Smallest lattice input d with fl(y d) = x [A3]. */
double km_input_for(double x, double yield);

/* compile_regimes.c */
kura_status km_compile_regimes(compile_ctx *c);
/* compile_spells.c */
kura_status km_compile_spells(compile_ctx *c);
/* compile_decrees.c */
kura_status km_compile_decrees(compile_ctx *c, km_mineral *m);
/* compile_hazards.c */
/* 1 - exp(-rate dy) */
double km_one_step(const compile_ctx *c, double rate);
/* The threshold that the latent variable of a driver with these loadings stays below with probability p. */
double km_z_of(const km_loadings *loadings, double p);
kura_status km_compile_site_hazards(compile_ctx *c, km_mineral *m);
kura_status km_compile_price(compile_ctx *c, km_mineral *m);
/* compile_prices.c: volatility, wedge, who answers prices how, as parts of km_compile_price */
kura_status km_compile_cycle(compile_ctx *c);
kura_status km_compile_answers(compile_ctx *c, km_mineral *m);
int km_select_site(const kura_scenario_data *sc, const sc_select *s, int site);
/* Loadings of the driver named by `key`. */
km_loadings km_loadings_of(const kura_scenario_data *sc, const char *key);
kura_status km_dist(compile_ctx *c, kura_dist *out, const sc_dist *d, double scale, double none);

#define KM_ALLOC(c, p)                                                                                       \
    do {                                                                                                     \
        if (!(p)) return kura_error_set((c)->err, KURA_E_MEMORY, "not enough memory to compile the model");  \
    } while (0)

#endif
