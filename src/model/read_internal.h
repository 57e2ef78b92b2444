/* Shared between the files that read a scenario; not for other layers. */
#ifndef KURA_MODEL_READ_INTERNAL_H
#define KURA_MODEL_READ_INTERNAL_H

#include "conf/names.h"
#include "model/keys_internal.h"
#include "model/read.h"

/* Places in the order they were read, with the line of each: finds what is given twice. */
typedef struct {
    kura_names names;
    int *lines, capacity;
} read_places;

/* What is known while a scenario is read.  It is the `user` of the binder. */
typedef struct {
    kura_bind bind;
    kura_files files;
    kura_arena work; /* freed when reading ends */
    read_scenario *sc;
    kura_node *root;
    kura_names countries, minerals, chokepoints, sites, host_indices;
    kura_names hubs;                     /* those that something refers to, by read_place_name */
    read_places hub_rows, arcs, demands; /* in the order of the scenario, by read_place_name */
    int countries_unsure; /* a table could not be read, so an unknown code is not an error of its own */
    int network_unsure, minerals_unsure,
        run_unsure;              /* the section had errors: what depends on it is not judged */
    int sections_unsure;         /* a section has an unknown name */
    sc_restriction *restriction; /* being read */
    sc_shock *shock;             /* being read */
    sc_event *events;
    int nevents, events_capacity;
    int nlevers[SC_LEVER_RECYCLING + 1];                 /* read so far, by kind */
    const double *drawn;                                 /* values of the unknowns in a draw, or NULL */
    int nunknowns, unknowns_capacity, unknown_next, law; /* law: the parameters of one are being read */
    sc_unknown *unknowns;
    int policy; /* of the study, which changes the scenario; -1 = none */
    int probe;  /* that policy is one of many values tried, or a cause left out: what does nothing is no news
                 */
} reading;

static inline reading *reading_of(kura_bind *b) { return b->user; }

/* Where a node was written, for messages of later phases; {NULL, 0, 0} for NULL. */
sc_where read_where(const kura_node *node);

/* Reports `unknown WHAT "TEXT"` with the nearest of the names, or `none` ("; none is given in ..."). */
void read_unknown(kura_bind *b, kura_pos at, const char *what, const char *text, const kura_names *names,
                  const char *none);
/* Is the text three capitals? */
int read_is_country(const char *text);
/* Index of a form of a mineral, -1. */
int read_find_form(const sc_mineral *m, const char *form);

/* "gallium/refined/CHN" and with a last part that may be NULL; NULL when memory ran out. */
const char *read_place_name(reading *r, int mineral, int form, int country, const char *last);

/* The number of a trade, -1; and one more, after all that were read (read_network.c). */
int read_find_arc(reading *r, int mineral, int form, int from, int to);
void read_add_arc(reading *r, const sc_arc *arc);
/* A site that a lever builds, after all others: its number, -1 (read_levers.c). */
int read_add_site(reading *r, const sc_site *site);

/* Profiles that nothing uses (read_profiles.c). */
void read_check_profiles(reading *r);
/* Checks of hazards (read_hazards.c). */
int read_selects(const kura_scenario_data *d, const sc_select *s, int site);
void read_check_hazards(reading *r);
/* Checks of the network, which needs no hazards (read_network.c). */
void read_index_network(reading *r);
/* By-products and their hosts (read_hosts.c). */
void read_check_hosts(reading *r);
/* What stopping watches, which needs minerals and tallies (read_stopping.c). */
void read_check_stopping(reading *r);
/* Costs, which need sites, projects, stockpiles and demand (read_costs.c). */
void read_check_costs(reading *r);
void read_check_lever_costs(reading *r);
/* Drivers and loadings (read_correlation.c). */
void read_check_loadings(reading *r);
/* Programmes for the same consumers (read_lever_thrifting.c). */
void read_check_thrifting(reading *r);
/* Stockpiles that stock levers raise, and those that they create (read_lever_stock.c). */
void read_raise_stocks(reading *r);
/* Without `start` a lever acts from the start of the run; it must not end before. */
void read_schedule(kura_bind *b, sc_schedule *when, const kura_node *node);
/* Investments begin with the last of those that they need (read_levers.c). */
void read_wait_for_needs(reading *r);
/* Warns of a lever that never acts within the run. */
void read_warn_idle(kura_bind *b, int from_step, int to_step, const kura_node *node);
/* Adds the ids of a section to a set, so that the number of an id is its index even after errors. */
void read_add_id(reading *r, kura_names *set, const char *id);
/* Quantities that are given as laws, spreads of the tables (read_ignorance.c). */
int read_law_of_unknown(kura_bind *b, const kura_key *key, kura_unit unit, const char *range,
                        const kura_node *node, double *value);
/* Is the node a mapping with one key, the name of a law?  The first quantity inside, or NULL. */
int read_is_law(const kura_node *node);
const kura_node *read_law_parameter(const kura_node *node);
void read_spreads(reading *r);
/* Is the mapping at this dotted key one value, replaced as a whole? (read.c) */
int read_is_whole(const char *dotted);
/* A list of policy files becomes a mapping by their names (read_study.c). */
void read_name_policies(reading *r);
/* Changes the tree as the policy in hand says (read_study.c). */
/* What can do nothing in this run warns: levers, ignorance; after all else was read. */
void read_check_sense(reading *r);
void read_apply_policy(reading *r);
/* Room for n more policies of a study at its end; 0 or -1 when memory ran out (read_study.c). */
int read_more_policies(kura_bind *b, sc_study *s, int n);
int read_find_policy(kura_bind *b, const sc_study *s, const char *id, kura_pos at);
/* Index of a number that runs are compared by; -1 after an error (read_study.c). */
int read_find_number(kura_bind *b, kura_pos at, const char *word);
/* {key: value ...} as the patch of a policy. */
kura_node *read_patch_of(kura_bind *b, kura_pos at, int n, const char *const *keys, kura_node *value);
/* The runs without a cause (read_leave_out.c), and at the values of a quantity (read_break_even.c). */
void read_add_leave_out(kura_bind *b, sc_study *s);
void read_add_break_even(kura_bind *b, sc_study *s);
void read_check_break_even(reading *r);
/* Refuses what a study would not take from the policy that was applied to the tree `before`. */
void read_check_policy(reading *r, const kura_node *before, const sc_policy *p);
/* Hands the events over to the scenario (read_events.c). */
void read_finish_events(reading *r);

#endif
