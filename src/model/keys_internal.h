/* The descriptor tables of the scenario language, and the structures they fill while a scenario is read.
 *
 * One record a section.  The types that only this language has are in read_references.c, read_quantities.c,
 * read_dist.c, read_correlation.c and read_events.c.  configs/README.md describes the same keys for people.
 */
#ifndef KURA_MODEL_KEYS_INTERNAL_H
#define KURA_MODEL_KEYS_INTERNAL_H

#include "conf/bind.h"
#include "model/scenario.h"
#include "model/study.h"
#include <stddef.h>

/* ---- what is read, where it is not a structure of scenario.h ---- */

typedef struct {
    sc_run run;
    double horizon_days, burn_in_days;
} read_run;

typedef struct { /* an event before its object is resolved */
    sc_event event;
    const char *object;
} read_event;

typedef struct { /* the whole scenario */
    kura_scenario_data data;
    int format;
    read_run run;
    sc_market market; /* defaults of every mineral's */
    sc_note note;
    sc_study study;
    int nevents;
    read_event *events;
} read_scenario;

/* Parameters of a distribution as written; NaN = not given. */
typedef struct {
    double constant, min, max, mean, sd, median, sigma, p90, scale, shape, alpha, beta, concentration;
} read_dist;

/* ---- records ---- */

extern const kura_record keys_scenario, keys_run, keys_market, keys_mineral, keys_price, keys_response,
    keys_network, keys_profile, keys_hub, keys_correction, keys_host_index, keys_host, keys_project,
    keys_site, keys_arc, keys_demand, keys_hazards, keys_regime, keys_restriction, keys_outage, keys_shock,
    keys_chokepoint, keys_select, keys_correlation, keys_stockpile, keys_levers, keys_event, keys_tallies,
    keys_check, keys_stop, keys_supply, keys_diplomacy, keys_thrifting, keys_nationalism, keys_keeping_lever,
    keys_stock_lever, keys_ignorance, keys_note, keys_study;

/* What something takes to build and to run: a group `cost` wherever there is such a thing [7.3]; and what it
 * takes to hold a stock [7.2]. */
extern const kura_record keys_cost, keys_keeping, keys_costs;

/* Laws of a distribution, by the quantity that is distributed (TIME or SHARE). */
typedef struct {
    const char *name;
    sc_dist_kind kind;
    const kura_record *parameters; /* of a read_dist */
    const char *meaning;
} dist_law;
const dist_law *keys_dist_laws(kura_unit unit); /* ended by a NULL name */

extern const kura_record keys_rates_by_regime, keys_shares_by_regime; /* of a double[3] */

/* ---- types ---- */

extern const kura_type type_country, type_targets, type_country_or_world, type_countries, type_mineral,
    type_form, type_mineral_set, type_country_set, type_kind_set, type_site, type_host, type_site_set,
    type_form_set, type_routes, type_half_life, type_rates, type_shares, type_time_law, type_share_law,
    type_integer, type_amount, type_pace, type_profile, type_storage, type_restriction_type, type_since,
    type_step, type_value, type_series, type_loadings, type_persistence, type_freedom, type_country_shares,
    type_watch, type_dump, type_window, type_observed, type_grades, type_ignorance_groups, type_expect,
    type_leave_out, type_values, type_number;

/* From the parameters of a law as written to those of sc_dist (read_dist.c). */
int read_dist_convert(kura_bind *b, const kura_node *node, const read_dist *p, sc_dist *out);

/* ---- hooks, called by the binder; defined in read*.c ---- */

void read_run_finish(kura_bind *b, void *record, const kura_node *node);
void read_stop_init(kura_bind *b, void *record);
void read_stop_finish(kura_bind *b, void *record, const kura_node *node);
void read_profile_init(kura_bind *b, void *record);
void read_profile_finish(kura_bind *b, void *record, const kura_node *node);
void read_market_finish(kura_bind *b, void *record, const kura_node *node);
void read_mineral_init(kura_bind *b, void *record);
void read_mineral_finish(kura_bind *b, void *record, const kura_node *node);
void read_price_finish(kura_bind *b, void *record, const kura_node *node);
void read_jumps_finish(kura_bind *b, void *record, const kura_node *node);
void read_by_regime_finish(kura_bind *b, void *record, const kura_node *node);
void read_stochastic_finish(kura_bind *b, void *record, const kura_node *node);
void read_depth_finish(kura_bind *b, void *record, const kura_node *node);
void read_wedge_finish(kura_bind *b, void *record, const kura_node *node);
void read_adjustment_finish(kura_bind *b, void *record, const kura_node *node);
void read_cycle_finish(kura_bind *b, void *record, const kura_node *node);
void read_response_finish(kura_bind *b, void *record, const kura_node *node);
void read_substitution_finish(kura_bind *b, void *record, const kura_node *node);
void read_closure_finish(kura_bind *b, void *record, const kura_node *node);
void read_expansion_finish(kura_bind *b, void *record, const kura_node *node);
void read_supply_finish(kura_bind *b, void *record, const kura_node *node);
void read_diplomacy_finish(kura_bind *b, void *record, const kura_node *node);
void read_thrifting_finish(kura_bind *b, void *record, const kura_node *node);
void read_nationalism_finish(kura_bind *b, void *record, const kura_node *node);
void read_keeping_lever_finish(kura_bind *b, void *record, const kura_node *node);
void read_stock_lever_finish(kura_bind *b, void *record, const kura_node *node);
void read_hub_finish(kura_bind *b, void *record, const kura_node *node);
void read_site_finish(kura_bind *b, void *record, const kura_node *node);
void read_arc_init(kura_bind *b, void *record);
void read_arc_finish(kura_bind *b, void *record, const kura_node *node);
void read_project_finish(kura_bind *b, void *record, const kura_node *node);
void read_demand_finish(kura_bind *b, void *record, const kura_node *node);
void read_host_index_finish(kura_bind *b, void *record, const kura_node *node);
void read_host_finish(kura_bind *b, void *record, const kura_node *node);
void read_regime_finish(kura_bind *b, void *record, const kura_node *node);
void read_restriction_init(kura_bind *b, void *record);
void read_restriction_finish(kura_bind *b, void *record, const kura_node *node);
void read_escalation_finish(kura_bind *b, void *record, const kura_node *node);
void read_contagion_finish(kura_bind *b, void *record, const kura_node *node);
void read_retaliation_finish(kura_bind *b, void *record, const kura_node *node);
void read_in_force_finish(kura_bind *b, void *record, const kura_node *node);
void read_outage_finish(kura_bind *b, void *record, const kura_node *node);
void read_shock_init(kura_bind *b, void *record);
void read_shock_finish(kura_bind *b, void *record, const kura_node *node);
void read_hit_finish(kura_bind *b, void *record, const kura_node *node);
void read_degraded_finish(kura_bind *b, void *record, const kura_node *node);
void read_chokepoint_finish(kura_bind *b, void *record, const kura_node *node);
void read_stockpile_finish(kura_bind *b, void *record, const kura_node *node);
void read_refill_finish(kura_bind *b, void *record, const kura_node *node);
void read_member_finish(kura_bind *b, void *record, const kura_node *node);
void read_diversification_finish(kura_bind *b, void *record, const kura_node *node);
void read_dependence_cap_finish(kura_bind *b, void *record, const kura_node *node);
void read_investment_init(kura_bind *b, void *record);
void read_investment_finish(kura_bind *b, void *record, const kura_node *node);
void read_recycling_init(kura_bind *b, void *record);
void read_recycling_finish(kura_bind *b, void *record, const kura_node *node);
void read_research_finish(kura_bind *b, void *record, const kura_node *node);
void read_ignorance_finish(kura_bind *b, void *record, const kura_node *node);
void read_event_finish(kura_bind *b, void *record, const kura_node *node);
void read_cost_finish(kura_bind *b, void *record, const kura_node *node);
void read_keeping_finish(kura_bind *b, void *record, const kura_node *node);
void read_loss_finish(kura_bind *b, void *record, const kura_node *node);
void read_form_price_finish(kura_bind *b, void *record, const kura_node *node);
void read_costs_finish(kura_bind *b, void *record, const kura_node *node);
void read_check_finish(kura_bind *b, void *record, const kura_node *node);
void read_note_finish(kura_bind *b, void *record, const kura_node *node);
void read_policy_finish(kura_bind *b, void *record, const kura_node *node);
void read_break_even_finish(kura_bind *b, void *record, const kura_node *node);
void read_study_finish(kura_bind *b, void *record, const kura_node *node);

/* ---- words of the tables ---- */

#define NAME(s, f) .kind = KURA_KEY_NAME, .offset = offsetof(s, f)
#define TEXT(s, f) .kind = KURA_KEY_TEXT, .offset = offsetof(s, f)
#define NAMES(s, f, n) .kind = KURA_KEY_NAMES, .offset = offsetof(s, f), .count = offsetof(s, n)
#define FLAG(s, f) .kind = KURA_KEY_FLAG, .offset = offsetof(s, f)
#define CHOICE(s, f, words) .kind = KURA_KEY_CHOICE, .offset = offsetof(s, f), .choices = words
#define COUNT(s, f) .kind = KURA_KEY_COUNT, .offset = offsetof(s, f)
#define LARGE(s, f) .kind = KURA_KEY_LARGE, .offset = offsetof(s, f)
#define DATE(s, f) .kind = KURA_KEY_DATE, .offset = offsetof(s, f)
#define QUANTITY(s, f, u) .kind = KURA_KEY_QUANTITY, .offset = offsetof(s, f), .unit = KURA_UNIT_##u
#define QUANTITIES(s, f, n, u)                                                                               \
    .kind = KURA_KEY_QUANTITIES, .offset = offsetof(s, f), .count = offsetof(s, n), .unit = KURA_UNIT_##u
#define OTHER(s, f, t) .kind = KURA_KEY_OTHER, .offset = offsetof(s, f), .type = &t
#define GROUP(s, f, r) .kind = KURA_KEY_GROUP, .offset = offsetof(s, f), .record = &r
#define SECTION(r) .kind = KURA_KEY_GROUP, .offset = 0, .record = &r
#define RECORDS(s, f, n, r)                                                                                  \
    .kind = KURA_KEY_RECORDS, .offset = offsetof(s, f), .count = offsetof(s, n), .record = &r
#define FREE .kind = KURA_KEY_FREE
#define KEYS_END                                                                                             \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }
#define WITH(s, f) .count = offsetof(s, f)
#define LIST_OF(n) .length = n
#define FLAGS(...) .flags = (__VA_ARGS__)
#define REQUIRED .flags = KURA_KEY_REQUIRED
#define DEFAULT(text) .fallback = text
#define RANGE(text) .range = text
#define DOC(where, text) .rule = where, .meaning = text

#endif
