/* Keys of `hazards`, `events`, and of the distributions. */
#include "model/keys_internal.h"

/* ---- selections ---- */

static const kura_key select_keys[] = {
    {"minerals", OTHER(sc_select, minerals, type_mineral_set), DOC(NULL, "ids of minerals")},
    {"forms", OTHER(sc_select, forms, type_form_set), WITH(sc_select, nforms), DOC(NULL, "names of forms")},
    {"countries", OTHER(sc_select, countries, type_country_set), DOC(NULL, "codes of countries")},
    {"kinds", OTHER(sc_select, kinds, type_kind_set), DOC(NULL, "mine, refine, recycle, supply, seabed")},
    {"sites", OTHER(sc_select, sites, type_site_set), DOC(NULL, "ids of sites")},
    KEYS_END};
const kura_record keys_select = {"selection", select_keys, sizeof(sc_select), NULL, NULL};

/* ---- values by regime ---- */

#define BY_REGIME(u, text)                                                                                   \
    {                                                                                                        \
        {"normal",     .kind = KURA_KEY_QUANTITY,           .offset = 0, .unit = KURA_UNIT_##u, REQUIRED,    \
         RANGE("0.."), DOC("3.1", text " in regime normal")},                                                \
            {"tension",                                                                                      \
             .kind = KURA_KEY_QUANTITY,                                                                      \
             .offset = sizeof(double),                                                                       \
             .unit = KURA_UNIT_##u,                                                                          \
             REQUIRED,                                                                                       \
             RANGE("0.."),                                                                                   \
             DOC("3.1", text " in regime tension")},                                                         \
            {"coercion",                                                                                     \
             .kind = KURA_KEY_QUANTITY,                                                                      \
             .offset = 2 * sizeof(double),                                                                   \
             .unit = KURA_UNIT_##u,                                                                          \
             REQUIRED,                                                                                       \
             RANGE("0.."),                                                                                   \
             DOC("3.1", text " in regime coercion")},                                                        \
            KEYS_END                                                                                         \
    }
static const kura_key rates[] = BY_REGIME(RATE, "rate");
const kura_record keys_rates_by_regime = {"rates by regime", rates, 3 * sizeof(double), NULL, NULL};
static const kura_key shares[] = BY_REGIME(SHARE, "weight");
const kura_record keys_shares_by_regime = {"weights by regime", shares, 3 * sizeof(double), NULL, NULL};

/* ---- distributions ---- */

/* The laws of a quantity of unit U whose values lie in RANGE_; POSITIVE excludes 0. */
#define LAWS(prefix, U, WITHIN, POSITIVE)                                                                    \
    static const kura_key prefix##_uniform[] = {                                                             \
        {"min", QUANTITY(read_dist, min, U), REQUIRED, RANGE(WITHIN), DOC(NULL, "smallest value")},          \
        {"max", QUANTITY(read_dist, max, U), REQUIRED, RANGE(WITHIN), DOC(NULL, "largest value")},           \
        KEYS_END};                                                                                           \
    static const kura_key prefix##_normal[] = {                                                              \
        {"mean", QUANTITY(read_dist, mean, U), REQUIRED, RANGE(WITHIN), DOC(NULL, "mean")},                  \
        {"sd", QUANTITY(read_dist, sd, U), REQUIRED, RANGE(WITHIN), DOC(NULL, "standard deviation")},        \
        KEYS_END};                                                                                           \
    static const kura_key prefix##_lognormal[] = {                                                           \
        {"median", QUANTITY(read_dist, median, U), REQUIRED, RANGE(POSITIVE), DOC(NULL, "median")},          \
        {"sigma", QUANTITY(read_dist, sigma, NUMBER), RANGE("0..5"),                                         \
         DOC(NULL, "standard deviation of the logarithm")},                                                  \
        {"p90", QUANTITY(read_dist, p90, U), RANGE(POSITIVE),                                                \
         DOC(NULL, "value exceeded with 10 %, instead of sigma")},                                           \
        KEYS_END};                                                                                           \
    static const kura_key prefix##_exponential[] = {                                                         \
        {"mean", QUANTITY(read_dist, mean, U), REQUIRED, RANGE(POSITIVE), DOC(NULL, "mean")}, KEYS_END};     \
    static const kura_key prefix##_weibull[] = {                                                             \
        {"scale", QUANTITY(read_dist, scale, U), REQUIRED, RANGE(POSITIVE), DOC(NULL, "scale")},             \
        {"shape", QUANTITY(read_dist, shape, NUMBER), REQUIRED, RANGE("(0..100"),                            \
         DOC(NULL, "shape; 1 = exponential")},                                                               \
        KEYS_END};                                                                                           \
    static const kura_record prefix##_records[] = {                                                          \
        {"uniform law", prefix##_uniform, sizeof(read_dist), NULL, NULL},                                    \
        {"normal law", prefix##_normal, sizeof(read_dist), NULL, NULL},                                      \
        {"lognormal law", prefix##_lognormal, sizeof(read_dist), NULL, NULL},                                \
        {"exponential law", prefix##_exponential, sizeof(read_dist), NULL, NULL},                            \
        {"Weibull law", prefix##_weibull, sizeof(read_dist), NULL, NULL}};

LAWS(time, TIME, "0 days..", "(0 days..")
LAWS(share, SHARE, "0..1", "(0..1")

static const kura_key beta_law[] = {
    {"alpha", QUANTITY(read_dist, alpha, NUMBER), RANGE("0.05..100000"),
     DOC(NULL, "first shape parameter, with beta")},
    {"beta", QUANTITY(read_dist, beta, NUMBER), RANGE("0.05..100000"), DOC(NULL, "second shape parameter")},
    {"mean", QUANTITY(read_dist, mean, SHARE), RANGE("(0..1)"), DOC(NULL, "mean, with sd or concentration")},
    {"sd", QUANTITY(read_dist, sd, SHARE), RANGE("(0..1)"), DOC(NULL, "standard deviation")},
    {"concentration", QUANTITY(read_dist, concentration, NUMBER), RANGE("(0..100000"),
     DOC(NULL, "alpha + beta")},
    KEYS_END};
static const kura_record beta_record = {"beta law", beta_law, sizeof(read_dist), NULL, NULL};

static const kura_key time_constant[] = {
    {"constant", QUANTITY(read_dist, constant, TIME), REQUIRED, RANGE("0 days.."), DOC(NULL, "always this")},
    KEYS_END};
static const kura_key share_constant[] = {
    {"constant", QUANTITY(read_dist, constant, SHARE), REQUIRED, RANGE("0..1"), DOC(NULL, "always this")},
    KEYS_END};
static const kura_record constant_records[] = {{"constant", time_constant, sizeof(read_dist), NULL, NULL},
                                               {"constant", share_constant, sizeof(read_dist), NULL, NULL}};

#define LAW_ROWS(prefix, i)                                                                                  \
    {"constant", SC_DIST_CONSTANT, &constant_records[i], "always this value"},                               \
        {"uniform", SC_DIST_UNIFORM, &prefix##_records[0], "every value between min and max"},               \
        {"normal", SC_DIST_NORMAL, &prefix##_records[1], "the bell curve"},                                  \
        {"lognormal", SC_DIST_LOGNORMAL, &prefix##_records[2], "the logarithm is normal"},                   \
        {"exponential", SC_DIST_EXPONENTIAL, &prefix##_records[3], "without memory"},                        \
    {                                                                                                        \
        "weibull", SC_DIST_WEIBULL, &prefix##_records[4], "wearing out (shape > 1) or in (shape < 1)"        \
    }
static const dist_law time_laws[] = {LAW_ROWS(time, 0), {NULL, SC_DIST_NONE, NULL, NULL}};
static const dist_law share_laws[] = {LAW_ROWS(share, 1),
                                      {"beta", SC_DIST_BETA, &beta_record, "shares between 0 and 1"},
                                      {NULL, SC_DIST_NONE, NULL, NULL}};

const dist_law *keys_dist_laws(kura_unit unit) { return unit == KURA_UNIT_TIME ? time_laws : share_laws; }

/* ---- hazards ---- */

static const kura_key regime[] = {
    {"country", OTHER(sc_regime, country, type_country), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED),
     DOC("3.1", "code of the country")},
    {"tension", QUANTITY(sc_regime, tension, RATE), REQUIRED, RANGE("0.."),
     DOC("3.1", "rate from normal to tension")},
    {"coercion", QUANTITY(sc_regime, coercion, RATE), REQUIRED, RANGE("0.."),
     DOC("3.1", "rate from tension to coercion")},
    {"relax", QUANTITY(sc_regime, relax, RATE), REQUIRED, RANGE("0.."),
     DOC("3.1", "rate from tension to normal")},
    {"ease", QUANTITY(sc_regime, ease, RATE), RANGE("0.."),
     DOC("3.1", "rate from coercion to tension; or give `coercion_spell`")},
    {"coercion_spell", OTHER(sc_regime, coercion_spell, type_time_law), FLAGS(KURA_KEY_WHOLE),
     DOC("3.1", "how long coercion lasts before it goes to tension, in whole steps, instead of `ease`")},
    {"direct", QUANTITY(sc_regime, direct, RATE), DEFAULT("0 /year"), RANGE("0.."),
     DOC("3.1", "rate from normal to coercion")},
    {"start", CHOICE(sc_regime, start, "normal tension coercion stationary=-1"), DEFAULT("normal"),
     DOC("R1.4", "regime before step 0; stationary = drawn from the long-run law")},
    {"availability", QUANTITY(sc_regime, availability, SHARE), LIST_OF(3), DEFAULT("[1, 1, 1]"),
     RANGE("0..1"), DOC("3", "availability of sites and exports in regime normal, tension, coercion")},
    KEYS_END};
const kura_record keys_regime = {"regime", regime, sizeof(sc_regime), NULL, read_regime_finish};

static const kura_key escalation[] = {
    {"probability", QUANTITY(sc_restriction_type, escalation, SHARE), REQUIRED, RANGE("0..1"),
     DOC("3.2", "that the restriction tightens when its time is over")},
    {"to", TEXT(sc_restriction_type, escalates_to), REQUIRED,
     DOC("3.2", "type whose severity and duration a second plateau takes; never below the first severity")},
    KEYS_END};
static const kura_record keys_escalation = {"escalation", escalation, sizeof(sc_restriction_type), NULL,
                                            read_escalation_finish};

static const kura_key restriction_type[] = {
    {"id", NAME(sc_restriction_type, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED),
     DOC("3.2", "name of the type")},
    {"share", OTHER(sc_restriction_type, share, type_shares), DEFAULT("1"), RANGE("0.."),
     DOC("3.2", "how often an onset is of this type: a weight, or one for each regime of the exporter")},
    {"freeze", OTHER(sc_restriction_type, freeze, type_time_law), FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE),
     DEFAULT("0 days"), DOC("3.2", "time of full stop at the beginning")},
    {"severity", OTHER(sc_restriction_type, severity, type_share_law), FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE),
     DEFAULT("100 %"), DOC("3.2", "share of the trade that is stopped afterwards")},
    {"duration", OTHER(sc_restriction_type, duration, type_time_law),
     FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE), DOC("3.2", "time at that severity")},
    {"relaxation_half_life", QUANTITY(sc_restriction_type, relax_half_life_days, TIME), DEFAULT("0 days"),
     RANGE("0 days.."), DOC("3.2", "time in which the severity then halves; 0 = it ends at once")},
    {"target", OTHER(sc_restriction_type, targets, type_targets), DEFAULT("all"),
     DOC("3.2", "importing country that is hit, a list of them, or all")},
    {"notice", QUANTITY(sc_restriction_type, notice_days, TIME), DEFAULT("0 days"), RANGE("0 days..10 years"),
     DOC("2.7", "time from the announcement until it is in force, in whole steps")},
    {"escalation", SECTION(keys_escalation), DEFAULT("none"),
     DOC("3.2", "a second, harder plateau at the end of the first")},
    KEYS_END};
static const kura_record keys_restriction_type = {"type of restriction", restriction_type,
                                                  sizeof(sc_restriction_type), NULL, NULL};

static const kura_key in_force[] = {
    {"mineral", OTHER(sc_in_force, mineral, type_mineral), REQUIRED, DOC("3.2", "id of the mineral")},
    {"type", OTHER(sc_in_force, type, type_restriction_type), REQUIRED,
     DOC("3.2", "one of the types of this restriction")},
    {"age", QUANTITY(sc_in_force, age_days, TIME), RANGE("0 days.."),
     DOC("R1.4", "time in force at the start; or give `since`")},
    {"since", OTHER(sc_in_force, age_days, type_since), DOC("R1.4", "date since when it is in force")},
    {"severity", QUANTITY(sc_in_force, severity, SHARE), RANGE("0..1"),
     DOC("3.2", "severity, where known; else drawn")},
    KEYS_END};
static const kura_record keys_in_force = {"restriction in force", in_force, sizeof(sc_in_force), NULL,
                                          read_in_force_finish};

static const kura_key contagion[] = {
    {"minerals", QUANTITY(sc_restriction, contagion_minerals, NUMBER), DEFAULT("0"), RANGE("0..1000"),
     DOC("3.2",
         "added to the multiple of the onset rate for each other mineral that this exporter restricts")},
    {"importers", QUANTITY(sc_restriction, contagion_importers, NUMBER), DEFAULT("0"), RANGE("0..1000"),
     DOC("3.2", "added for each importer that this exporter's restrictions of the mineral are aimed at")},
    {"most", QUANTITY(sc_restriction, contagion_most, NUMBER), FLAGS(KURA_KEY_NOTED), DEFAULT("no limit"),
     RANGE("0..1e6"), DOC("3.2", "bound of all that is added, retaliation included")},
    KEYS_END};
static const kura_record keys_contagion = {"contagion", contagion, sizeof(sc_restriction), NULL,
                                           read_contagion_finish};

static const kura_key retaliation[] = {
    {"against", OTHER(sc_restriction, against, type_country), REQUIRED,
     DOC("3.2", "country whose restrictions on exports to this exporter are answered")},
    {"factor", QUANTITY(sc_restriction, retaliation, NUMBER), REQUIRED, RANGE("0..1000"),
     DOC("3.2", "added to the multiple of the onset rate while there is one")},
    KEYS_END};
static const kura_record keys_retaliation = {"retaliation", retaliation, sizeof(sc_restriction), NULL,
                                             read_retaliation_finish};

static const kura_key restriction[] = {
    {"id", NAME(sc_restriction, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED),
     DOC("3.2", "name of the restriction")},
    {"exporter", OTHER(sc_restriction, exporter, type_country), REQUIRED,
     DOC("3.2", "country that restricts")},
    {"minerals", OTHER(sc_restriction, minerals, type_mineral_set), REQUIRED,
     DOC("3.2", "ids of minerals, or all; one decree each")},
    {"forms", OTHER(sc_restriction, forms, type_form_set), WITH(sc_restriction, nforms),
     FLAGS(KURA_KEY_NOTED), DEFAULT("all"), DOC("3.2", "names of forms, or all")},
    {"onset", OTHER(sc_restriction, onset, type_rates), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE),
     DOC("3.2", "rate of new restrictions a mineral: one, or one for each regime")},
    {"contagion", SECTION(keys_contagion), DEFAULT("none"),
     DOC("3.2",
         "restrictions in force make others more likely; counts with the common regime, so use one of them")},
    {"retaliation", SECTION(keys_retaliation), DEFAULT("none"),
     DOC("3.2", "restrictions of another country make these more likely")},
    {"types", RECORDS(sc_restriction, types, ntypes, keys_restriction_type),
     FLAGS(KURA_KEY_REQUIRED | KURA_KEY_BY_ID), DOC("3.2", "kinds of restriction, one of which is drawn")},
    {"in_force", RECORDS(sc_restriction, in_force, nin_force, keys_in_force), FLAGS(KURA_KEY_LIST),
     DOC("R1.4", "restrictions in force at the start")},
    KEYS_END};
const kura_record keys_restriction = {"restriction", restriction, sizeof(sc_restriction),
                                      read_restriction_init, read_restriction_finish};

static const kura_key outage[] = {
    {"id", NAME(sc_outage, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED), DOC("3.3", "name of the outage")},
    {"select", GROUP(sc_outage, select, keys_select), FLAGS(KURA_KEY_WHOLE),
     DOC("3.3", "sites that can fail; what is left out selects all")},
    {"label", NAME(sc_outage, label), FLAGS(KURA_KEY_NOTED | KURA_KEY_CAPITALS), DEFAULT(""),
     DOC("R10.1", "keeps the random draws of several outages of a site apart")},
    {"mttf", QUANTITY(sc_outage, mttf_days, TIME), RANGE("(0 days.."),
     DOC("3.3", "mean time to failure; or give `uptime`")},
    {"shape", QUANTITY(sc_outage, shape, NUMBER), DEFAULT("1"), RANGE("(0..100"),
     DOC("3.3", "Weibull shape of the time to failure; 1 = exponential")},
    {"uptime", OTHER(sc_outage, uptime, type_time_law), FLAGS(KURA_KEY_WHOLE),
     DOC("3.3", "time to failure by any law, instead of `mttf` and `shape`")},
    {"mttr", OTHER(sc_outage, mttr, type_time_law), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE),
     DOC("3.3", "time to repair")},
    {"derating", OTHER(sc_outage, derating, type_share_law), FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE),
     DEFAULT("100 %"), DOC("3.3", "share of capacity lost while down")},
    {"units", CHOICE(sc_outage, per_plant, "site=0 plants=1"), DEFAULT("plants"),
     DOC("3.3", "every plant fails by itself, or the site as a whole")},
    {"start", CHOICE(sc_outage, start, "stationary up down"), DEFAULT("stationary"),
     DOC("R1.4", "before step 0: as in the long run, just repaired, or just failed")},
    {"mode", CHOICE(sc_outage, point, "average point"), DEFAULT("average"),
     DOC("3.3", "availability averaged over the step, or as at its start")},
    KEYS_END};
const kura_record keys_outage = {"outage", outage, sizeof(sc_outage), NULL, read_outage_finish};

static const kura_key hit[] = {
    {"select", GROUP(sc_hit, select, keys_select), FLAGS(KURA_KEY_WHOLE),
     DOC("3.5", "sites that are hit; what is left out selects all of the shock's country")},
    {"probability", QUANTITY(sc_hit, probability, SHARE), DEFAULT("100 %"), RANGE("0..1"),
     DOC("3.5", "that an event reaches this part")},
    KEYS_END};
static const kura_record keys_hit = {"hit", hit, sizeof(sc_hit), NULL, read_hit_finish};

static const kura_key shock[] = {
    {"id", NAME(sc_shock, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED), DOC("3.5", "name of the shock")},
    {"country", OTHER(sc_shock, country, type_country_or_world), REQUIRED,
     DOC("3.5", "country it strikes, or WLD for the world")},
    {"rate", QUANTITY(sc_shock, rate, RATE), REQUIRED, RANGE("0.."), DOC("3.5", "events a year")},
    {"severity", OTHER(sc_shock, severity, type_share_law), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE),
     DOC("3.5", "share of availability lost")},
    {"duration", OTHER(sc_shock, duration, type_time_law), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE),
     DOC("3.5", "how long")},
    {"process", CHOICE(sc_shock, continuous, "step continuous"), DEFAULT("step"),
     DOC("3.5", "at most one event a step, lasting whole steps; or any number of them, at any time")},
    {"overlap", CHOICE(sc_shock, add, "longest add"), DEFAULT("longest"),
     DOC("3.5",
         "events that overlap: the longest and the hardest wins, or severities add up (at most 100 %)")},
    {"mode", CHOICE(sc_shock, point, "average point"), FLAGS(KURA_KEY_NOTED), DEFAULT("average"),
     DOC("3.5", "process continuous: loss averaged over the step, or as at its start")},
    {"hits", RECORDS(sc_shock, hits, nhits, keys_hit), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_LIST),
     DOC("3.5", "parts of the network it reaches")},
    KEYS_END};
const kura_record keys_shock = {"shock", shock, sizeof(sc_shock), read_shock_init, read_shock_finish};

static const kura_key degraded[] = {
    {"rate", QUANTITY(sc_degraded, rate, RATE), REQUIRED, RANGE("0.."), DOC("3.4", "times a year")},
    {"duration", OTHER(sc_degraded, duration, type_time_law), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE),
     DOC("3.4", "how long")},
    {"capacity_loss", OTHER(sc_degraded, capacity_loss, type_share_law),
     FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE), DEFAULT("0 %"),
     DOC("3.4", "share of the trade that cannot pass")},
    {"detour", QUANTITY(sc_degraded, detour_days, TIME), DEFAULT("0 days"), RANGE("0 days..2 years"),
     DOC("3.4", "time lost, by queues or another way")},
    KEYS_END};
static const kura_record keys_degraded = {"degraded state", degraded, sizeof(sc_degraded), NULL,
                                          read_degraded_finish};

static const kura_key chokepoint[] = {
    {"id", NAME(sc_chokepoint, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED),
     DOC("3.4", "name of the chokepoint")},
    {"rate", QUANTITY(sc_chokepoint, rate, RATE), REQUIRED, RANGE("0.."), DOC("3.4", "closures a year")},
    {"duration", OTHER(sc_chokepoint, duration, type_time_law), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE),
     DOC("3.4", "how long")},
    {"capacity_loss", OTHER(sc_chokepoint, capacity_loss, type_share_law),
     FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE), DEFAULT("0 %"),
     DOC("3.4", "share of the trade that cannot pass")},
    {"detour", QUANTITY(sc_chokepoint, detour_days, TIME), DEFAULT("0 days"), RANGE("0 days..2 years"),
     DOC("3.4", "time the way around takes")},
    {"degraded", GROUP(sc_chokepoint, degraded, keys_degraded), DEFAULT("none"),
     DOC("3.4", "a second state between open and closed, by a process of its own; closure wins where both")},
    KEYS_END};
const kura_record keys_chokepoint = {"chokepoint", chokepoint, sizeof(sc_chokepoint), NULL,
                                     read_chokepoint_finish};

static const kura_key hazards[] = {
    {"regimes", RECORDS(kura_scenario_data, regimes, nregimes, keys_regime), FLAGS(KURA_KEY_BY_ID),
     DOC("3.1", "political regime of a country: normal, tension, coercion")},
    {"restrictions", RECORDS(kura_scenario_data, restrictions, nrestrictions, keys_restriction),
     FLAGS(KURA_KEY_BY_ID), DOC("3.2", "export restrictions")},
    {"outages", RECORDS(kura_scenario_data, outages, noutages, keys_outage), FLAGS(KURA_KEY_BY_ID),
     DOC("3.3", "failures of sites")},
    {"shocks", RECORDS(kura_scenario_data, shocks, nshocks, keys_shock), FLAGS(KURA_KEY_BY_ID),
     DOC("3.5", "events that hit many sites at once")},
    {"chokepoints", RECORDS(kura_scenario_data, chokepoints, nchokepoints, keys_chokepoint),
     FLAGS(KURA_KEY_BY_ID), DOC("3.4", "straits and corridors that can close")},
    KEYS_END};
const kura_record keys_hazards = {"hazards", hazards, 0, NULL, NULL};

/* ---- scripted events ---- */

static const kura_key event[] = {
    {"from", OTHER(read_event, event.from_step, type_step), REQUIRED,
     DOC("R1.2", "date or number of the first step")},
    {"to", OTHER(read_event, event.to_step, type_step), FLAGS(KURA_KEY_NOTED), DEFAULT("the end"),
     DOC("R1.2", "date or step at which it is over")},
    {"object", TEXT(read_event, object), REQUIRED,
     DOC("3.6", "site/ID, country/ISO, arc/MINERAL/FORM/FROM/TO, demand/MINERAL/FORM/COUNTRY[/SECTOR], "
                "restriction/EXPORTER/MINERAL[/IMPORTER], price/MINERAL, hazard/regime/ISO, "
                "hazard/restriction/ID, hazard/shock/ID, hazard/chokepoint/ID")},
    {"field", CHOICE(read_event, event.field, "availability lag regime factor severity level rate"), REQUIRED,
     DOC("3.6", "sites, countries, arcs: availability; arcs: lag (steps); countries: regime (0 1 2); demand: "
                "factor; restrictions: severity; prices: level (multiple of the base price); hazards: rate "
                "(multiply)")},
    {"op", CHOICE(read_event, event.op, "set multiply add"), DEFAULT("set"),
     DOC("3.6", "what is done with the drawn value")},
    {"value", OTHER(read_event, event.value, type_value), REQUIRED, DOC("3.6", "number or share")},
    {"announced", OTHER(read_event, event.announced_step, type_step),
     DOC("2.7", "severity: date or step at which it is announced, before it begins")},
    KEYS_END};
const kura_record keys_event = {"event", event, sizeof(read_event), NULL, read_event_finish};
