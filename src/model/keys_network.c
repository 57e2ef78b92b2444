/* Keys of `network`: hubs, sites, trade, demand; and of `stockpiles`.  All of them can be tables. */
#include "model/keys_internal.h"

#define MINERAL(s) "mineral", OTHER(s, mineral, type_mineral), REQUIRED, DOC("2.1", "id of the mineral")
#define FORM(s)                                                                                              \
    "form", OTHER(s, form, type_form), WITH(s, mineral), REQUIRED, DOC("2.1", "form of the mineral")
#define COUNTRY(s) "country", OTHER(s, country, type_country), REQUIRED, DOC("2.1", "code of the country")

static const kura_key profile[] = {
    {"id", NAME(sc_profile, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),
     DOC("4.3", "id of the profile")},
    {"file", TEXT(sc_profile, file), REQUIRED, DOC("4.3", "table (CSV) with one row a period")},
    {"column", TEXT(sc_profile, column), FLAGS(KURA_KEY_NOTED), DEFAULT("the only one"),
     DOC("4.3", "column of the values")},
    {"period", CHOICE(sc_profile, period, "hour day week month year"), REQUIRED,
     DOC("4.3", "time of a row: hour, day or week from `start` on, month or year of the calendar")},
    {"kind", CHOICE(sc_profile, absolute, "relative absolute"), DEFAULT("relative"),
     DOC("4.3", "relative: times the rate as written; absolute: the demand itself, a flow with its unit in "
                "the header")},
    {"start", DATE(sc_profile, start_day), FLAGS(KURA_KEY_NOTED), DEFAULT("run.start"),
     DOC("4.3", "date of the first row")},
    {"repeat", FLAG(sc_profile, repeat), DEFAULT("false"),
     DOC("4.3", "the whole table begins anew after its last row, and before its first")},
    KEYS_END};
const kura_record keys_profile = {"profile", profile, sizeof(sc_profile), read_profile_init,
                                  read_profile_finish};

static const kura_key hub[] = {
    {MINERAL(sc_hub)},
    {FORM(sc_hub)},
    {COUNTRY(sc_hub)},
    {"cover", QUANTITY(sc_hub, cover_days, TIME), RANGE("0 days.."),
     DOC("R2.5", "firm inventory aimed at; default: the mineral's")},
    {"storage", OTHER(sc_hub, storage, type_storage), RANGE("0.."),
     DOC("B9", "storage capacity, or none: what a step does not use is not made (electricity); default: "
               "`market.storage` of throughput")},
    {"opening", QUANTITY(sc_hub, opening, MASS), RANGE("0.."),
     DOC("A5", "stock at the start; default: the steady state")},
    {"export_capacity", QUANTITY(sc_hub, export_capacity, FLOW), RANGE("0.."),
     DOC("A9", "weight as a spot supplier; default: base exports plus spare output")},
    {"producer_buffer", QUANTITY(sc_hub, producer_buffer_days, TIME), RANGE("0 days.."),
     DOC("A4", "default: the mineral's")},
    KEYS_END};
const kura_record keys_hub = {"hub", hub, sizeof(sc_hub), NULL, read_hub_finish};

static const kura_key site[] = {
    {"id", NAME(sc_site, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),
     DOC("2.1", "id of the site")},
    {MINERAL(sc_site)},
    {FORM(sc_site)},
    {COUNTRY(sc_site)},
    {"kind", CHOICE(sc_site, kind, "mine refine recycle supply seabed"), REQUIRED,
     DOC("2.1", "refine turns the form before into `form`; the others take no input")},
    {"output", QUANTITY(sc_site, output, FLOW), REQUIRED, RANGE("0.."),
     DOC("R2.4", "output of the base flow, in contained mass")},
    {"capacity", QUANTITY(sc_site, capacity, FLOW), RANGE("0.."),
     DOC("A3", "largest output; or give `input_capacity` or `spare`")},
    {"input_capacity", QUANTITY(sc_site, input_capacity, FLOW), RANGE("0.."),
     DOC("A3", "largest input of a refinery")},
    {"spare", QUANTITY(sc_site, spare, SHARE), DEFAULT("0 %"), RANGE("0..100"),
     DOC("A3", "capacity above the base output")},
    {"yield", QUANTITY(sc_site, yield, SHARE), DEFAULT("100 %"), RANGE("(0..1"),
     DOC("2.3", "output per input, in contained mass")},
    {"lag", QUANTITY(sc_site, lag_days, TIME), DEFAULT("0 days"), RANGE("0 days..5 years"),
     DOC("2.1", "time in process, rounded to whole steps")},
    {"owner", OTHER(sc_site, owner, type_country),
     DOC("2.4",
         "tolling: country whose feed the site takes and to which the product returns; `lag` should hold "
         "both ways")},
    {"standby", FLAG(sc_site, standby), DEFAULT("false"),
     DOC("2.4", "no base output; runs while the stock of its product is below its target")},
    {"plants", COUNT(sc_site, plants), DEFAULT("1"), RANGE("1..1000"), DOC("3.3", "plants that fail apart")},
    {"capacity_by_regime", QUANTITY(sc_site, capacity_by_regime, FLOW), LIST_OF(3), RANGE("0.."),
     DOC("3.1", "largest output in regime normal, tension, coercion of the country")},
    {"profile", OTHER(sc_site, profile, type_profile),
     DOC("2.3", "relative profile of at most 1 that multiplies the availability: a season")},
    {"cash_cost", QUANTITY(sc_site, cash_cost, PRICE), RANGE("(0.."),
     DOC("4.4", "unit cash cost: the price below which the site loses money and may close; default: never")},
    {"cost", GROUP(sc_site, cost, keys_cost), DEFAULT("none"),
     DOC("7", "what it costs, with the section `costs`")},
    {"basis", TEXT(sc_site, basis), DOC(NULL, "where the figure comes from: measured, recalled, judged")},
    {"grade", TEXT(sc_site, grade), .choices = "A B C D", DOC(NULL, "quality of the figure, A to D")},
    {"spread", QUANTITY(sc_site, spread, SHARE), RANGE("0..2"),
     DOC("R0.6", "how well output and capacity are known: standard deviation of the logarithm; default: that "
                 "of the grade")},
    KEYS_END};
const kura_record keys_site = {"site", site, sizeof(sc_site), NULL, read_site_finish};

static const kura_key arc[] = {
    {MINERAL(sc_arc)},
    {FORM(sc_arc)},
    {"from", OTHER(sc_arc, from, type_country), REQUIRED, DOC("2.1", "exporting country")},
    {"to", OTHER(sc_arc, to, type_country), REQUIRED, DOC("2.1", "importing country")},
    {"volume", QUANTITY(sc_arc, volume, FLOW), RANGE("0.."),
     DOC("R2.4", "base trade; not given = to be estimated; 0 = declared, not yet qualified")},
    {"lag", QUANTITY(sc_arc, lag_days, TIME), RANGE("0 days..5 years"),
     DOC("2.6", "transit time, at least one step; or give `lag_steps`")},
    {"lag_steps", COUNT(sc_arc, lag_steps), RANGE("1..10000"), DOC("2.6", "transit time in steps")},
    {"routes", OTHER(sc_arc, routes, type_routes), WITH(sc_arc, nroutes),
     DOC("3.4", "chokepoints on the way, at most 4")},
    {"firm", QUANTITY(sc_arc, firm, SHARE), RANGE("0..1"),
     DOC("5.2", "share under firm contracts; default: the mineral's")},
    {"cap", QUANTITY(sc_arc, cap, FLOW), RANGE("0.."),
     DOC("A7", "physical limit of the trade; default: none")},
    {"loss", QUANTITY(sc_arc, loss, SHARE), DEFAULT("0 %"), RANGE("0..0.9"),
     DOC("2.6", "share of the cargo that is lost on the way")},
    {"leak", QUANTITY(sc_arc, leak, SHARE), DEFAULT("0 %"), RANGE("0..1"),
     DOC("13", "transshipment: share of what a restriction stops that comes all the same")},
    {"leak_via", OTHER(sc_arc, leak_via, type_country),
     DOC("13", "through this country; closed as far as the exporter restricts it too")},
    {"leak_lag", QUANTITY(sc_arc, leak_lag_days, TIME), DEFAULT("0 days"), RANGE("0 days..2 years"),
     DOC("13", "how much longer that takes")},
    {"premium", QUANTITY(sc_arc, premium, PRICE), RANGE("0.."),
     DOC("7", "paid over the market price for what is shipped, with the section `costs`")},
    {"basis", TEXT(sc_arc, basis), DOC(NULL, "where the figure comes from: measured, recalled, judged")},
    {"spread", QUANTITY(sc_arc, spread, SHARE), RANGE("0..2"),
     DOC("R0.6", "how well the volume is known: standard deviation of the logarithm; default: that of the "
                 "basis")},
    KEYS_END};
const kura_record keys_arc = {"trade", arc, sizeof(sc_arc), read_arc_init, read_arc_finish};

static const kura_key demand[] = {
    {MINERAL(sc_demand)},
    {FORM(sc_demand)},
    {COUNTRY(sc_demand)},
    {"sector", NAME(sc_demand, sector), FLAGS(KURA_KEY_CAPITALS),
     DOC("2.1", "name of the sector, when a country has several")},
    {"rate", QUANTITY(sc_demand, rate, FLOW), RANGE("0.."),
     DOC("4.3", "demand in the base year; with an absolute profile its mean over the run, when not given")},
    {"profile", OTHER(sc_demand, profile, type_profile), DOC("4.3", "profile of the demand over time")},
    {"growth", QUANTITY(sc_demand, growth, GROWTH), DEFAULT("0 %/year"), RANGE("(-1..10"),
     DOC("4.3", "growth of demand")},
    {"priority", COUNT(sc_demand, priority), DEFAULT("1"), RANGE("1..9"),
     DOC("A10", "1 is served first, together with feed; 2 after it, then 3 and so on")},
    {"elasticity", QUANTITY(sc_demand, elasticity, NUMBER), RANGE("0..5"),
     DOC("4.3", "where it is not that of the mineral's `demand_response`")},
    {"substitution", QUANTITY(sc_demand, substitution, SHARE), RANGE("0..1"),
     DOC("4.3", "largest share that can be replaced, where it is not the limit of the mineral's")},
    {"inventory", QUANTITY(sc_demand, inventory_days, TIME), DEFAULT("0 days"), RANGE("0 days..10 years"),
     DOC("A11",
         "stock of the users' own, as time of their demand: taken from when the hub cannot serve them, "
         "out of reach of others")},
    {"basis", TEXT(sc_demand, basis), DOC(NULL, "where the figure comes from: measured, recalled, judged")},
    {"spread", QUANTITY(sc_demand, spread, SHARE), RANGE("0..2"),
     DOC("R0.6", "how well the rate is known: standard deviation of the logarithm; default: that of the "
                 "basis")},
    KEYS_END};
const kura_record keys_demand = {"demand", demand, sizeof(sc_demand), NULL, read_demand_finish};

static const kura_key host_index[] = {
    {"id", NAME(sc_host_index, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED), DOC("2.5", "name of the index")},
    {"sd", QUANTITY(sc_host_index, sd, SHARE), REQUIRED, RANGE("0..2"),
     DOC("2.5", "standard deviation of its logarithm in the long run")},
    {"half_life", QUANTITY(sc_host_index, half_life_days, TIME), REQUIRED, RANGE("(0 days.."),
     DOC("2.5", "time in which half of a deviation is gone")},
    {"growth", QUANTITY(sc_host_index, growth, GROWTH), DEFAULT("0 %/year"), RANGE("(-1..10"),
     DOC("2.5", "trend of the activity")},
    KEYS_END};
const kura_record keys_host_index = {"host index", host_index, sizeof(sc_host_index), NULL,
                                     read_host_index_finish};

static const kura_key host[] = {
    {"site", OTHER(sc_host, site, type_site), REQUIRED, DOC("2.5", "site of the by-product")},
    {"host", OTHER(sc_host, host, type_host), REQUIRED,
     DOC("2.5", "site of another mineral, or a host index, that it comes from")},
    {"mode", CHOICE(sc_host, basket, "limit basket"), DEFAULT("limit"),
     DOC("2.5",
         "limit: the host caps what can be made; basket: the host's output brings it along, wanted or not")},
    {"share", QUANTITY(sc_host, share, SHARE), DEFAULT("100 %"), RANGE("(0..1"),
     DOC("2.5", "part of the site's capacity that comes from this host; the rest is free")},
    {"headroom", QUANTITY(sc_host, headroom, NUMBER), DEFAULT("1"), RANGE("1..1000"),
     DOC("2.5", "recoverable over recovered by-product at the base")},
    {"basis", TEXT(sc_host, basis), DOC(NULL, "where the figure comes from: measured, recalled, judged")},
    {"grade", TEXT(sc_host, grade), .choices = "A B C D", DOC(NULL, "quality of the figure, A to D")},
    KEYS_END};
const kura_record keys_host = {"host", host, sizeof(sc_host), NULL, read_host_finish};

static const kura_key correction[] = {
    {"mineral", OTHER(sc_correction, mineral, type_mineral), REQUIRED, DOC("R2.4", "id of the mineral")},
    {"form", OTHER(sc_correction, form, type_form), WITH(sc_correction, mineral), REQUIRED,
     DOC("R2.4", "form of the mineral")},
    {"what", TEXT(sc_correction, what), REQUIRED, DOC("R2.4", "what was changed, e.g. output of JPN")},
    {"before", QUANTITY(sc_correction, before, NUMBER), REQUIRED,
     DOC("R2.4", "the figure of the source, in its unit")},
    {"after", QUANTITY(sc_correction, after, NUMBER), REQUIRED, DOC("R2.4", "the figure that is used")},
    {"reason", TEXT(sc_correction, reason), DOC("R2.4", "why")},
    {"grade", TEXT(sc_correction, grade), DOC(NULL, "quality of the figure used, A to D")},
    KEYS_END};
const kura_record keys_correction = {"correction", correction, sizeof(sc_correction), NULL, NULL};

static const kura_key project[] = {
    {"site", OTHER(sc_project, site, type_site), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED),
     DOC("3.6", "id of the site, one of network.sites")},
    {"start", OTHER(sc_project, start_step, type_step), REQUIRED,
     DOC("3.6", "date or step at which it is planned to start")},
    {"delay", OTHER(sc_project, delay, type_time_law), FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE),
     DEFAULT("0 days"), DOC("3.6", "how much later it really starts")},
    {"cancellation", QUANTITY(sc_project, cancellation, SHARE), DEFAULT("0 %"), RANGE("0..1"),
     DOC("3.6", "probability that it never starts")},
    {"ramp", QUANTITY(sc_project, ramp_days, TIME), DEFAULT("0 days"), RANGE("0 days.."),
     DOC("3.6", "time from the start to full capacity")},
    {"cost", GROUP(sc_project, cost, keys_cost), DEFAULT("none"),
     DOC("7", "what it costs, with the section `costs`; paid as the project goes on the path")},
    KEYS_END};
const kura_record keys_project = {"project", project, sizeof(sc_project), NULL, read_project_finish};

#define TABLE_OR(f) FLAGS(KURA_KEY_TABLE | (f))
static const kura_key network[] = {
    {"hubs", RECORDS(kura_scenario_data, hubs, nhubs, keys_hub), TABLE_OR(KURA_KEY_LIST),
     DOC("2.1", "properties of a country's market for a form, where they differ from the mineral's")},
    {"sites", RECORDS(kura_scenario_data, sites, nsites, keys_site), TABLE_OR(KURA_KEY_LIST | KURA_KEY_BY_ID),
     DOC("2.1", "mines, refineries, recyclers and other supply")},
    {"trade", RECORDS(kura_scenario_data, arcs, narcs, keys_arc), TABLE_OR(KURA_KEY_LIST),
     DOC("2.1", "who ships to whom")},
    {"demand", RECORDS(kura_scenario_data, demands, ndemands, keys_demand), TABLE_OR(KURA_KEY_LIST),
     DOC("2.1", "who uses what")},
    {"host_indices", RECORDS(kura_scenario_data, host_indices, nhost_indices, keys_host_index),
     FLAGS(KURA_KEY_BY_ID), DOC("2.5", "activities outside the network that by-products come from")},
    {"hosts", RECORDS(kura_scenario_data, hosts, nhosts, keys_host), TABLE_OR(KURA_KEY_LIST),
     DOC("2.5", "by-products and what they come from")},
    {"projects", RECORDS(kura_scenario_data, projects, nprojects, keys_project),
     TABLE_OR(KURA_KEY_LIST | KURA_KEY_BY_ID),
     DOC("3.6", "sites that begin during the run: until then they give nothing")},
    {"corrections", RECORDS(kura_scenario_data, corrections, ncorrections, keys_correction),
     TABLE_OR(KURA_KEY_LIST),
     DOC("R2.4", "what was changed in preparing the tables so that the base flow closes; listed by `kura "
                 "check`, stored in the result")},
    KEYS_END};
const kura_record keys_network = {"network", network, 0, NULL, NULL};

static const kura_key refill[] = {
    {"at_most", OTHER(sc_stockpile, refill_at_most_t, type_pace), REQUIRED, RANGE("(0.."),
     DOC("6.5", "largest purchase: a flow, or time of base use per step")},
    {"price_below", QUANTITY(sc_stockpile, refill_below, NUMBER), DEFAULT("1.25"), RANGE("(0.."),
     DOC("6.5", "price relative to the base up to which is bought")},
    KEYS_END};
static const kura_record keys_refill = {"refill", refill, sizeof(sc_stockpile), NULL, read_refill_finish};

static const kura_key member[] = {
    {"country", OTHER(sc_member, country, type_country), REQUIRED, DOC("6.6", "code of the country")},
    {"share", QUANTITY(sc_member, share, SHARE), REQUIRED, RANGE("(0..1"),
     DOC("6.6", "entitlement: part of the stock, and of its release a step")},
    {"lag", QUANTITY(sc_member, lag_days, TIME), DEFAULT("0 days"), RANGE("0 days..1 year"),
     DOC("6.6", "transit time from the pool")},
    KEYS_END};
static const kura_record keys_member = {"member", member, sizeof(sc_member), NULL, read_member_finish};

static const kura_key stockpile[] = {
    {"id", NAME(sc_stockpile, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),
     DOC("6.1", "id of the stockpile")},
    {"owner", CHOICE(sc_stockpile, owner, "private national joint"), REQUIRED,
     DOC("6.1", "private stocks go first, joint ones last; those of one owner by id")},
    {MINERAL(sc_stockpile)},
    {FORM(sc_stockpile)},
    {COUNTRY(sc_stockpile)},
    {"opening", OTHER(sc_stockpile, opening_t, type_amount), REQUIRED, RANGE("0.."),
     DOC("6.1", "stock at the start: a mass, or time of base use")},
    {"floor", OTHER(sc_stockpile, floor_t, type_amount), FLAGS(KURA_KEY_NOTED), DEFAULT("0"), RANGE("0.."),
     DOC("6.2", "stock that is never released")},
    {"at_most", OTHER(sc_stockpile, at_most_t, type_pace), FLAGS(KURA_KEY_NOTED), DEFAULT("no limit"),
     RANGE("0.."), DOC("6.2", "largest release: a flow, or time of base use per step")},
    {"delay", QUANTITY(sc_stockpile, delay_days, TIME), DEFAULT("4 weeks"), RANGE("0 days..100 years"),
     DOC("B4", "from the trigger to the first release")},
    {"minimum", QUANTITY(sc_stockpile, minimum_days, TIME), DEFAULT("4 weeks"), RANGE("0 days..100 years"),
     DOC("B4", "shortest time a release stays authorised")},
    {"on", QUANTITY(sc_stockpile, on, SHARE), DEFAULT("7 %"), RANGE("0..1"),
     DOC("B4", "loss of inbound supply that triggers")},
    {"off", QUANTITY(sc_stockpile, off, SHARE), DEFAULT("3 %"), RANGE("0..1"),
     DOC("B4", "loss at which the release ends")},
    {"trigger", CHOICE(sc_stockpile, trigger, "inbound always shortage cover"), DEFAULT("inbound"),
     DOC("6.3",
         "what authorises a release: loss of contracted inbound supply; always; or the step before: unserved "
         "share of demand, shortfall of firm stock (these two read the state, so that more stock can delay "
         "them: the result says so)")},
    {"release_at", QUANTITY(sc_stockpile, release_at_days, TIME), DEFAULT("0 days"), RANGE("0 days.."),
     DOC("6.2", "releases as soon as firm stock is below the use of the step and of this time")},
    {"sectors", NAMES(sc_stockpile, sectors, nsectors), FLAGS(KURA_KEY_CAPITALS),
     DOC("6.2", "sectors of demand that alone are served from it; default: everybody")},
    {"target", OTHER(sc_stockpile, target_t, type_amount), FLAGS(KURA_KEY_NOTED),
     DEFAULT("the opening stock"), RANGE("0.."), DOC("6.5", "stock up to which it is refilled")},
    {"refill", SECTION(keys_refill), DEFAULT("none"),
     DOC("6.5", "buying back from what others leave, when supply is normal")},
    {"half_life", OTHER(sc_stockpile, half_life_days, type_half_life), FLAGS(KURA_KEY_NOTED),
     DEFAULT("never"), RANGE("(0 days.."), DOC("6.4", "time in which half of the stock decays")},
    {"shelf_life", QUANTITY(sc_stockpile, shelf_life_days, TIME), RANGE("(0 days..1000 years"),
     DOC("6.4", "time after which material is spoilt, kept in 8 classes of age, oldest out first; default: "
                "it keeps")},
    {"rotation", QUANTITY(sc_stockpile, rotation, RATE), DEFAULT("0 /year"), RANGE("0.."),
     DOC("6.4", "share of the stock exchanged for fresh material, with `shelf_life`")},
    {"reprocessing", QUANTITY(sc_stockpile, reprocessing, SHARE), RANGE("(0..1"),
     DOC("6.4", "yield of spoilt material as the form before; default: it is written off")},
    {"opening_age", CHOICE(sc_stockpile, opening_mixed, "fresh mixed"), DEFAULT("fresh"),
     DOC("6.4", "age of the opening stock: new, or spread evenly over the shelf life")},
    {"members", RECORDS(sc_stockpile, members, nmembers, keys_member), FLAGS(KURA_KEY_LIST),
     DOC("6.6", "countries that may draw on a joint stock held in `country`")},
    {"solidarity", QUANTITY(sc_stockpile, solidarity, SHARE), DEFAULT("0 %"), RANGE("0..1"),
     DOC("6.6", "part of what entitlements leave unused that other members may draw")},
    {"cost", GROUP(sc_stockpile, cost, keys_keeping), DEFAULT("none"),
     DOC("7", "what it takes to hold it, with the section `costs`; default: costs.keeping")},
    KEYS_END};
const kura_record keys_stockpile = {"stockpile", stockpile, sizeof(sc_stockpile), NULL,
                                    read_stockpile_finish};
