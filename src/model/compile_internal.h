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

/* compile_hosts.c, after all networks */
kura_status km_compile_hosts(compile_ctx *c);
void km_check_stopping(compile_ctx *c);

/* base_flow.c [R2.4] */
kura_status km_base_flow(compile_ctx *c, km_mineral *m);
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
int km_select_site(const kura_scenario_data *sc, const sc_select *s, int site);
/* Loadings of the driver named by `key`. */
km_loadings km_loadings_of(const kura_scenario_data *sc, const char *key);
kura_status km_dist(compile_ctx *c, kura_dist *out, const sc_dist *d, double scale, double none);

#define KM_ALLOC(c, p)                                                                                       \
    do {                                                                                                     \
        if (!(p)) return kura_error_set((c)->err, KURA_E_MEMORY, "not enough memory to compile the model");  \
    } while (0)

#endif
