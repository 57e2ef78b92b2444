/* Keys of `levers`: what policy changes in the network over time [7]. */
#include "model/keys_internal.h"

#define MINERAL(s, f) "mineral", OTHER(s, f, type_mineral), REQUIRED, DOC("2.1", "id of the mineral")
#define FORM(s, f, m) "form", OTHER(s, f, type_form), WITH(s, m), REQUIRED, DOC("2.1", "form of the mineral")

/* What every lever on the network has. */
#define LEVER_KEYS(s)                                                                                        \
    {"id", NAME(s, lever.id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),                    \
     DOC("7", "id of the lever")},                                                                           \
        {"level", QUANTITY(s, lever.level, SHARE), DEFAULT("100 %"), RANGE("0..1"),                          \
         DOC("7", "how much of it is done")},                                                                \
        {"start", OTHER(s, lever.start_step, type_step), FLAGS(KURA_KEY_NOTED),                              \
         DEFAULT("in force from the start"),                                                                 \
         DOC("7",                                                                                            \
             "date or step at which it begins; one in force at the start is part of the opening state")},    \
        {"ramp", QUANTITY(s, lever.ramp_days, TIME), DEFAULT("0 days"), RANGE("0 days.."),                   \
         DOC("7", "time from the start until all of it is done, in steps of a quarter or more")},            \
    {                                                                                                        \
        "end", OTHER(s, lever.end_step, type_step), FLAGS(KURA_KEY_NOTED), DEFAULT("never"),                 \
            DOC("7", "date or step from which it is gone again")                                             \
    }

#define BUILDING_KEYS(s)                                                                                     \
    {"delay", OTHER(s, building.delay, type_time_law), FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE),               \
     DEFAULT("0 days"), DOC("3.6", "how much later new capacity really starts; contracts move as planned")}, \
    {                                                                                                        \
        "cancellation", QUANTITY(s, building.cancellation, SHARE), DEFAULT("0 %"), RANGE("0..1"),            \
            DOC("3.6", "probability that new capacity never starts")                                         \
    }

#define SITE_COST_KEY(s)                                                                                     \
    {                                                                                                        \
        "cost", GROUP(s, lever.cost, keys_cost), DEFAULT("none"),                                            \
            DOC("7", "what its site takes to build and run, from its start as drawn on the path; running "   \
                     "costs that are fixed end with the lever")                                              \
    }

#define COST_KEY(s, of)                                                                                      \
    {                                                                                                        \
        "cost", GROUP(s, lever.cost, keys_cost), DEFAULT("none"),                                            \
            DOC("7", "what it takes from its planned start to its end" of)                                   \
    }

#define PREMIUM_KEY(s)                                                                                       \
    {                                                                                                        \
        "premium", QUANTITY(s, premium, PRICE), DEFAULT("0 USD/t"), RANGE("0 USD/t.."),                      \
            DOC("7", "over the market on what moves, at loading; on top of that of the trade")               \
    }

#define CAPACITY_KEY(s)                                                                                      \
    {                                                                                                        \
        "capacity", CHOICE(s, follows, "existing follows"), DEFAULT("existing"),                             \
            DOC("7.2", "existing: no supplier gets more than it can make already; follows: it builds what "  \
                       "it gets, and those before it with it")                                               \
    }

static const kura_key diversification[] = {
    LEVER_KEYS(sc_diversification),
    {MINERAL(sc_diversification, mineral)},
    {FORM(sc_diversification, form, mineral)},
    {"importer", OTHER(sc_diversification, importer, type_country), REQUIRED,
     DOC("7.1", "country whose contracts move")},
    {"from", OTHER(sc_diversification, from, type_targets), FLAGS(KURA_KEY_NOTED),
     DEFAULT("all other suppliers"), DOC("7.1", "suppliers that give up, in proportion to what they sell")},
    {"to", OTHER(sc_diversification, to, type_country_shares), REQUIRED,
     DOC("7.1", "{COUNTRY: share}: part of the importer's imports that moves to each")},
    {"lag", QUANTITY(sc_diversification, lag_days, TIME), RANGE("0 days..5 years"),
     DOC("2.6", "transit time of trades that network.trade does not have")},
    {"firm", QUANTITY(sc_diversification, firm, SHARE), RANGE("0..1"),
     DOC("5.2", "share under firm contracts of such trades; default: the mineral's")},
    CAPACITY_KEY(sc_diversification),
    BUILDING_KEYS(sc_diversification),
    PREMIUM_KEY(sc_diversification),
    COST_KEY(sc_diversification, ""),
    KEYS_END};
static const kura_record keys_diversification = {
    "diversification", diversification, sizeof(sc_diversification), NULL, read_diversification_finish};

static const kura_key dependence_cap[] = {
    LEVER_KEYS(sc_dependence_cap),
    {"importer", OTHER(sc_dependence_cap, importers, type_targets), REQUIRED,
     DOC("7.2", "country, or list of them, whose imports are capped")},
    {"minerals", OTHER(sc_dependence_cap, minerals, type_mineral_set), FLAGS(KURA_KEY_NOTED), DEFAULT("all"),
     DOC("7.2", "minerals that it holds for")},
    {"forms", OTHER(sc_dependence_cap, forms, type_form_set), WITH(sc_dependence_cap, nforms),
     FLAGS(KURA_KEY_NOTED), DEFAULT("the last form that is imported"), DOC("7.2", "forms that it holds for")},
    {"of", OTHER(sc_dependence_cap, of, type_targets), FLAGS(KURA_KEY_NOTED), DEFAULT("all"),
     DOC("7.2", "suppliers under the cap, each by itself")},
    {"cap", QUANTITY(sc_dependence_cap, cap, SHARE), REQUIRED, RANGE("0..1"),
     DOC("7.2", "largest share of the importer's imports; the ramp leads from today's share to it")},
    CAPACITY_KEY(sc_dependence_cap),
    {"soft", FLAG(sc_dependence_cap, soft), DEFAULT("false"),
     DOC("7.2", "true: what no other supplier can deliver stays where it was, and the cap binds contracts "
                "only; false: it is missing, and no trade under the cap exceeds its contract")},
    BUILDING_KEYS(sc_dependence_cap),
    PREMIUM_KEY(sc_dependence_cap),
    COST_KEY(sc_dependence_cap, "; in equal parts of the headline minerals that it acts on"),
    KEYS_END};
static const kura_record keys_dependence_cap = {"dependence cap", dependence_cap, sizeof(sc_dependence_cap),
                                                NULL, read_dependence_cap_finish};

static const kura_key investment[] = {
    LEVER_KEYS(sc_investment),
    {"expands", NAME(sc_investment, expands), FLAGS(KURA_KEY_CAPITALS),
     DOC("7.6", "site of which this is more: mineral, form, country, kind, yield and lag are its own")},
    {"mineral", OTHER(sc_investment, site.mineral, type_mineral), DOC("2.1", "id of the mineral")},
    {"form", OTHER(sc_investment, site.form, type_form), WITH(sc_investment, site.mineral),
     DOC("2.1", "form that it makes")},
    {"country", OTHER(sc_investment, site.country, type_country), DOC("2.1", "where it is")},
    {"kind", CHOICE(sc_investment, site.kind, "mine refine recycle supply seabed"),
     DOC("2.1", "refine turns the form before into `form`; the others take no input")},
    {"output", QUANTITY(sc_investment, site.output, FLOW), REQUIRED, RANGE("(0.."),
     DOC("7.6", "its capacity, at the demand of the start like all outputs")},
    {"yield", QUANTITY(sc_investment, site.yield, SHARE), RANGE("(0..1"),
     DOC("2.3", "output per input, in contained mass; default 100 %")},
    {"lag", QUANTITY(sc_investment, site.lag_days, TIME), RANGE("0 days..5 years"),
     DOC("2.1", "time in process; default 0 days")},
    {"plants", COUNT(sc_investment, site.plants), DEFAULT("1"), RANGE("1..1000"),
     DOC("3.3", "plants that fail apart")},
    {"profile", OTHER(sc_investment, site.profile, type_profile),
     DOC("3.3", "availability over time, for example a season")},
    {"offtake", OTHER(sc_investment, offtake, type_country_shares),
     DOC("7.6", "{COUNTRY: share}: firm quantities of its output, loaded before all others, also out of what "
                "the exporter would keep, unless its regime is coercion; default: its own country uses it")},
    {"displaces", OTHER(sc_investment, displaces, type_targets), FLAGS(KURA_KEY_NOTED),
     DEFAULT("all, pro rata"), DOC("7.6", "suppliers whose sales its output replaces at the buyer")},
    {"offtake_lag", QUANTITY(sc_investment, offtake_lag_days, TIME), RANGE("0 days..5 years"),
     DOC("2.6", "transit time of trades that network.trade does not have")},
    {"needs", NAMES(sc_investment, needs, nneeds), FLAGS(KURA_KEY_CAPITALS),
     DOC("7.5", "other investments, given before: it begins with the last of them, and never without one")},
    BUILDING_KEYS(sc_investment),
    SITE_COST_KEY(sc_investment),
    KEYS_END};
static const kura_record keys_investment = {"investment", investment, sizeof(sc_investment),
                                            read_investment_init, read_investment_finish};

static const kura_key recycling[] = {
    LEVER_KEYS(sc_recycling),
    {MINERAL(sc_recycling, site.mineral)},
    {FORM(sc_recycling, site.form, site.mineral)},
    {"country", OTHER(sc_recycling, site.country, type_country), REQUIRED, DOC("7.3", "where it is")},
    {"products", TEXT(sc_recycling, products), FLAGS(KURA_KEY_NOTED), DEFAULT("the last one used there"),
     DOC("7.3", "form whose users put it into products")},
    {"collection", QUANTITY(sc_recycling, collection, SHARE), REQUIRED, RANGE("0..1"),
     DOC("7.3",
         "share of what reaches the end of its life that is collected, when all of the lever is done")},
    {"recovery", QUANTITY(sc_recycling, recovery, SHARE), DEFAULT("100 %"), RANGE("(0..1"),
     DOC("7.3", "share of what is collected that is recovered")},
    {"lifetime", OTHER(sc_recycling, lifetime, type_time_law), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_WHOLE),
     DOC("7.3", "time that products are in use, for example {weibull: {scale: 12 years, shape: 2.5}}")},
    {"growth_before", QUANTITY(sc_recycling, growth_before, GROWTH), FLAGS(KURA_KEY_NOTED),
     DEFAULT("that of the demand"), RANGE("(-1..10"), DOC("7.3", "growth of demand before the start")},
    {"capacity", QUANTITY(sc_recycling, site.capacity, FLOW), RANGE("0.."),
     DOC("7.3", "most that its plants recover; default: all that is collected")},
    {"plants", COUNT(sc_recycling, site.plants), DEFAULT("1"), RANGE("1..1000"),
     DOC("3.3", "plants that fail apart")},
    {"lag", QUANTITY(sc_recycling, site.lag_days, TIME), DEFAULT("0 days"), RANGE("0 days..5 years"),
     DOC("2.1", "time in process")},
    BUILDING_KEYS(sc_recycling),
    SITE_COST_KEY(sc_recycling),
    KEYS_END};
static const kura_record keys_recycling = {"recycling", recycling, sizeof(sc_recycling), read_recycling_init,
                                           read_recycling_finish};

static const kura_key research[] = {
    LEVER_KEYS(sc_research),
    {"sites", OTHER(sc_research, sites, type_site_set), REQUIRED,
     DOC("7.9", "refineries whose yield rises, also those of other levers given before")},
    {"yield", QUANTITY(sc_research, yield, SHARE), REQUIRED, RANGE("(0..1"),
     DOC("7.9", "yield that is reached with success; no site falls to it")},
    {"success", QUANTITY(sc_research, success, SHARE), DEFAULT("100 %"), RANGE("0..1"),
     DOC("7.9", "probability of success; the expected yield is used on all paths")},
    COST_KEY(sc_research, "; in equal parts of the headline minerals that it acts on"),
    KEYS_END};
static const kura_record keys_research = {"research", research, sizeof(sc_research), NULL,
                                          read_research_finish};

#define BY_ID FLAGS(KURA_KEY_BY_ID)
static const kura_key levers[] = {
    {"investment", RECORDS(kura_scenario_data, investments, ninvestments, keys_investment), BY_ID,
     DOC("7.6", "new sites, or more of one: joint ventures with offtake, deep-sea mining with its plant")},
    {"recycling", RECORDS(kura_scenario_data, recyclings, nrecyclings, keys_recycling), BY_ID,
     DOC("7.3", "end-of-life material")},
    {"diversification",
     RECORDS(kura_scenario_data, diversifications, ndiversifications, keys_diversification), BY_ID,
     DOC("7.1", "contracts that move to other suppliers")},
    {"dependence_cap", RECORDS(kura_scenario_data, dependence_caps, ndependence_caps, keys_dependence_cap),
     BY_ID, DOC("7.2", "no supplier above a share of imports")},
    {"research", RECORDS(kura_scenario_data, researches, nresearches, keys_research), BY_ID,
     DOC("7.9", "higher yields")},
    {"diplomacy", RECORDS(kura_scenario_data, diplomacy, ndiplomacy, keys_diplomacy), BY_ID,
     DOC("7.7", "fewer tensions and restrictions, shorter ones")},
    {"thrifting", RECORDS(kura_scenario_data, thrifting, nthrifting, keys_thrifting), BY_ID,
     DOC("7.4", "less of a mineral for the same use")},
    {"nationalism", RECORDS(kura_scenario_data, nationalism, nnationalism, keys_nationalism), BY_ID,
     DOC("7.11", "adverse: exporters that keep more for themselves")},
    {"keeping", RECORDS(kura_scenario_data, keeping_levers, nkeeping_levers, keys_keeping_lever), BY_ID,
     DOC("7.9", "stocks that keep longer")},
    {"stock", RECORDS(kura_scenario_data, stock_levers, nstock_levers, keys_stock_lever), BY_ID,
     DOC("7.8", "more national stock")},
    KEYS_END};
const kura_record keys_levers = {"levers", levers, 0, NULL, NULL};
