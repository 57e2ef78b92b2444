/* Keys of the scenario itself, of `run`, `market`, `tallies`, `correlation`. */
#include "model/keys_internal.h"

/* One key for each of SC_WATCHED. */
#define PRECISION(id, u) QUANTITY(sc_stop, absolute[SC_WATCH_##id], u)
static const kura_key absolute[] = {
    {"loss_of_load_expectation", PRECISION(LOLE, LOLE), DEFAULT("0.1 days/year"), RANGE("0.."),
     DOC("8.13", "of LOLE; one day in ten years by default")},
    {"expected_unserved", PRECISION(EUE, FLOW), DEFAULT("0 t/year"), RANGE("0.."), DOC("8.13", "of EUE")},
    {"normalised_expected_unserved", PRECISION(NEUE, SHARE), DEFAULT("0.02 %"), RANGE("0.."),
     DOC("8.13", "of NEUE, as a share of demand (0.01 % is 100 ppm)")},
    {"shortage_probability_any", PRECISION(ANY, SHARE), DEFAULT("0.1 %"), RANGE("0.."),
     DOC("8.13", "of P(shortage)")},
    {"long_shortage_probability", PRECISION(LONG, SHARE), DEFAULT("0.1 %"), RANGE("0.."),
     DOC("8.13", "of P(long)")},
    {"cvar95_unserved", PRECISION(CVAR, MASS), DEFAULT("0 t"), RANGE("0.."), DOC("8.13", "of CVaR 95 %")},
    {"required_stock_days", PRECISION(STOCK, TIME), DEFAULT("1 day"), RANGE("0 days.."),
     DOC("8.13", "of the required stock")},
    KEYS_END};
static const kura_record keys_absolute = {"absolute", absolute, sizeof(sc_stop), NULL, NULL};

static const kura_key stop[] = {
    {"relative", QUANTITY(sc_stop, relative, SHARE), DEFAULT("5 %"), RANGE("0..1"),
     DOC("8.13", "half-width of the 95 % interval, as a share of the number, that is precise enough")},
    {"absolute", SECTION(keys_absolute),
     DOC("8.13", "half-width that is precise enough however small the number is; 0 = none")},
    {"watch", OTHER(sc_stop, watch, type_watch),
     DEFAULT("[loss_of_load_expectation, normalised_expected_unserved, shortage_probability_any]"),
     DOC("8.13", "numbers of the result that must reach their precision")},
    {"minerals", NAMES(sc_stop, minerals, nminerals), FLAGS(KURA_KEY_NOTED), DEFAULT("those of the headline"),
     DOC("8.13", "minerals whose numbers are watched")},
    {"shortage_paths", COUNT(sc_stop, shortage_paths), DEFAULT("100"), RANGE("1..1000000000"),
     DOC("8.13", "paths with a shortage below which a standard error is not trusted: the relative precision "
                 "does not count then, and the half-width allows for paths not seen yet")},
    {"confidence", QUANTITY(sc_stop, confidence, SHARE), DEFAULT("95 %"), RANGE("(0..1)"),
     DOC("8.13", "probability with which the required stock that is watched suffices, one of "
                 "tallies.confidence")},
    KEYS_END};
const kura_record keys_stop = {"stop_when", stop, sizeof(sc_stop), read_stop_init, read_stop_finish};

static const kura_key run[] = {
    {"paths", LARGE(read_run, run.paths), DEFAULT("65536"), RANGE("1..1000000000000"),
     DOC("R10.4", "number of simulated futures, with `stop_when` the most")},
    {"seed", LARGE(read_run, run.seed), DEFAULT("1"),
     DOC("R10.1", "number that names the random draws: equal seeds give equal results on every machine")},
    {"start", DATE(read_run, run.start_day), DEFAULT("2026-01-01"), DOC("R1.1", "calendar date of step 0")},
    {"step", QUANTITY(read_run, run.step_days, TIME), DEFAULT("7 days"), RANGE("1 hour..31 days"),
     DOC("R1.1", "length of a time step")},
    {"horizon", QUANTITY(read_run, horizon_days, TIME), FLAGS(KURA_KEY_NOTED), DEFAULT("10 years"),
     RANGE("(0 days..10000 years"), DOC("R1.1", "simulated time, rounded to whole steps; or give `steps`")},
    {"steps", COUNT(read_run, run.steps), RANGE("1..10000000"),
     DOC("R1.1", "number of steps, instead of `horizon`")},
    {"burn_in", QUANTITY(read_run, burn_in_days, TIME), DEFAULT("0 days"), RANGE("0 days..10000 years"),
     DOC("R1.5a", "time simulated before the start and not tallied, rounded to whole steps: for long-run "
                  "averages; dates and growth count from `start`")},
    {"focus", OTHER(read_run, run.focus, type_country), FLAGS(KURA_KEY_NOTED),
     DEFAULT("the only consuming country"), DOC("R8.1", "country whose shortage is reported")},
    {"per", CHOICE(read_run, run.per_horizon, "year horizon"), DEFAULT("year"),
     DOC("R1.6", "report sums per year, or over the whole horizon")},
    {"spin_up", FLAG(read_run, run.spin_up), DEFAULT("true"),
     DOC("R1.4", "restrictions in force have acted since they began: prices, substitution, suppliers and "
                 "flows have adapted; stocks open as given")},
    {"stop_when", GROUP(read_run, run.stop, keys_stop), DEFAULT("none"),
     DOC("8.13", "simulate until a precision is reached, looking after 1024, 2048, 4096 ... paths; two looks "
                 "must agree, the second with at least twice the paths of the first")},
    KEYS_END};
const kura_record keys_run = {"run", run, sizeof(read_run), NULL, read_run_finish};

static const kura_key qualification[] = {
    {"wait", QUANTITY(sc_market, qualification_wait_days, TIME), DEFAULT("26 weeks"), RANGE("0 days.."),
     DOC("A8", "time from the first need until a supplier without a contract share may deliver")},
    {"ramp", QUANTITY(sc_market, qualification_ramp_days, TIME), DEFAULT("26 weeks"), RANGE("0 days.."),
     DOC("A8", "time from the first delivery to full deliveries")},
    KEYS_END};
static const kura_record keys_qualification = {"qualification", qualification, sizeof(sc_market), NULL, NULL};

static const kura_key market[] = {
    {"production", CHOICE(sc_market, push, "order push"), DEFAULT("order"),
     DOC("2.3a", "sites follow orders, or push out all they can until stores are full")},
    {"cover", QUANTITY(sc_market, cover_days, TIME), DEFAULT("6 weeks"), RANGE("0 days.."),
     DOC("R2.5", "firm inventory a hub aims to hold, as time of its use")},
    {"producer_buffer", QUANTITY(sc_market, producer_buffer_days, TIME), DEFAULT("3 weeks"),
     RANGE("0 days.."), DOC("A4", "stock an exporting hub holds, as time of its base exports")},
    {"storage", QUANTITY(sc_market, storage_days, TIME), DEFAULT("52 weeks"), RANGE("(0 days.."),
     DOC("B9", "storage a hub has, as time of its throughput")},
    {"inventory_gain", QUANTITY(sc_market, inventory_gain, NUMBER), DEFAULT("0.125"), RANGE("0..0.5"),
     DOC("A1 C3", "share of an inventory gap corrected in a step; above 0.5 orders oscillate")},
    {"pipeline_gain", QUANTITY(sc_market, pipeline_gain, NUMBER), DEFAULT("0.125"), RANGE("0..0.5"),
     DOC("A1 C3", "share of a gap in transit corrected in a step")},
    {"use_smoothing", QUANTITY(sc_market, use_smoothing, NUMBER), DEFAULT("13"), RANGE("1.."),
     DOC("B1", "steps over which use is smoothed (exponential average)")},
    {"home_priority", QUANTITY(sc_market, home_priority, SHARE), LIST_OF(3), DEFAULT("[0.5, 0.75, 1]"),
     RANGE("0..1"),
     DOC("B6", "share of its own needs a country serves first, in regime normal, tension, coercion")},
    {"firm", QUANTITY(sc_market, firm, SHARE), DEFAULT("50 %"), RANGE("0..1"),
     DOC("5.2", "share of trade under firm contracts, served before the rest")},
    {"spot_rounds", COUNT(sc_market, spot_rounds), DEFAULT("3"), RANGE("0..8"),
     DOC("5.2", "rounds of spot trade a step")},
    {"cleanup_rounds", COUNT(sc_market, cleanup_rounds), DEFAULT("4"), RANGE("0..16"),
     DOC("5.2",
         "rounds in which a buyer offers its whole open want to one supplier after the other; 0 = none")},
    {"qualification", SECTION(keys_qualification), DOC("A8", "approval of new suppliers")},
    {"front_loading", QUANTITY(sc_market, front_loading, NUMBER), DEFAULT("0"), RANGE("0..5"),
     DOC("2.7",
         "orders grow by this factor while a restriction of a supplier is announced and not yet in force")},
    {"panic", QUANTITY(sc_market, panic, NUMBER), DEFAULT("0"), RANGE("0..5"),
     DOC("2.7",
         "precaution: target stocks grow by this factor of the alarm, 0 to 1, the import-weighted regime of "
         "the suppliers")},
    {"loss_on", QUANTITY(sc_market, loss_on, SHARE), DEFAULT("7 %"), RANGE("0..1"),
     DOC("A8", "loss of inbound supply from which a buyer starts to qualify new suppliers")},
    {"loss_off", QUANTITY(sc_market, loss_off, SHARE), DEFAULT("3 %"), RANGE("0..1"),
     DOC("A8", "loss below which it stops")},
    KEYS_END};
const kura_record keys_market = {"market", market, sizeof(sc_market), NULL, read_market_finish};

static const kura_key adequacy[] = {{"max", QUANTITY(sc_tallies, adequacy_max_days, TIME),
                                     DEFAULT("360 days"), RANGE("(0 days.."),
                                     DOC("R6.3", "largest stock of the adequacy curve, as time of use")},
                                    {"points", COUNT(sc_tallies, adequacy_points), DEFAULT("73"),
                                     RANGE("2..10000"), DOC("R6.3", "points of the curve")},
                                    KEYS_END};
static const kura_record keys_adequacy = {"adequacy", adequacy, sizeof(sc_tallies), NULL, NULL};

static const kura_key long_shortage[] = {{"depth", QUANTITY(sc_tallies, long_depth, SHARE), DEFAULT("5 %"),
                                          RANGE("0..1"), DOC("R8.1", "share of demand unserved")},
                                         {"duration", QUANTITY(sc_tallies, long_days, TIME),
                                          DEFAULT("4 weeks"), RANGE("(0 days.."),
                                          DOC("R8.1", "for at least this long")},
                                         KEYS_END};
static const kura_record keys_long_shortage = {"long_shortage", long_shortage, sizeof(sc_tallies), NULL,
                                               NULL};

static const kura_key tallies[] = {
    {"threshold", QUANTITY(sc_tallies, threshold, SHARE), DEFAULT("0.1 %"), RANGE("0..0.5"),
     DOC("R8.1", "share of demand that must be unserved for a step to count as a shortage")},
    {"confidence", QUANTITIES(sc_tallies, confidence, nconfidence, SHARE),
     DEFAULT("[50 %, 80 %, 90 %, 95 %, 99 %]"), RANGE("(0..1)"),
     DOC("R6.3", "probabilities with which the required stock is to suffice")},
    {"required_stock", FLAG(sc_tallies, required_stock), DEFAULT("true"),
     DOC("R6.3", "compute the stock that would have covered every need at its own form")},
    {"check_required", FLAG(sc_tallies, check_required), DEFAULT("false"),
     DOC("R6.4",
         "run every path again with the required stocks in place, eight stocks a mineral, and say with which "
         "probability they suffice when prices and orders answer them; five times the time")},
    {"adequacy", SECTION(keys_adequacy), DOC("R6.3", "the curve P(no shortage) against stock")},
    {"long_shortage", SECTION(keys_long_shortage), DOC("R8.1", "what counts as a long shortage")},
    {"samples", FLAG(sc_tallies, samples), DEFAULT("true"),
     DOC(NULL, "write one row of inputs and metrics a path")},
    {"bracket", COUNT(sc_tallies, bracket), DEFAULT("0"), RANGE("0..100000"),
     DOC("R5.1",
         "how much the rule of allocation matters: orders left open by contracts alone, by all rounds, "
         "and by the best allocation (needs glpsol), the last on so many sampled steps a mineral")},
    {"n_minus_1", FLAG(sc_tallies, n_minus_1), DEFAULT("false"),
     DOC("8.11", "lose each site, country, export and route in turn for 4, 13, 26 and 52 weeks, without any "
                 "hazard (as kura n-1 does), and write what is not bridged")},
    {"attribution", FLAG(sc_tallies, attribution), DEFAULT("false"),
     DOC("8.10", "share what is not served among the causes that weighed on the supply before")},
    {"concentration", FLAG(sc_tallies, concentration), DEFAULT("false"),
     DOC("7.2",
         "the Herfindahl-Hirschman index of the imports of the last form that came to the focus country "
         "over the horizon, by supplier country: mean over paths with its error, 5 and 95 %")},
    {"trace_paths", COUNT(sc_tallies, trace_paths), DEFAULT("0"), RANGE("0..1000000"),
     DOC(NULL, "write the full state of the first so many paths")},
    {"dump", OTHER(sc_tallies, dump, type_dump), FLAGS(KURA_KEY_NOTED), DEFAULT("none"),
     DOC("8",
         "series of every path, mineral and step to write: demand, unserved, gross_unserved, "
         "stock_days, focus_price of the focus country, price of the market; 8 bytes each before packing")},
    KEYS_END};
const kura_record keys_tallies = {"tallies", tallies, sizeof(sc_tallies), NULL, NULL};

static const kura_key correlation[] = {
    {"factors", NAMES(kura_scenario_data, factors, nfactors),
     DOC("3.7", "names of latent standard normal factors, at most 4")},
    {"loadings", OTHER(kura_scenario_data, loadings, type_loadings), WITH(kura_scenario_data, nloadings),
     DOC("3.7", "{DRIVER: {FACTOR: number}}; drivers are regime/ISO, "
                "onset/ISO/MINERAL, price/MINERAL, common/ISO/ID (shocks by step), "
                "route/ID, macro (the demand cycle); a trailing * matches "
                "several; drivers without loadings are independent")},
    {"persistence", OTHER(kura_scenario_data, persistence, type_persistence),
     DOC("3.7", "{FACTOR: number}: correlation of a factor from step to step")},
    {"t", OTHER(kura_scenario_data, freedom, type_freedom),
     DOC("3.7", "{FACTOR: degrees of freedom}, 3, 4, 5, 6, 8 or 10: drivers whose "
                "largest loading is on the factor fail together in the extreme too "
                "(t copula); prices and the demand cycle stay Gaussian")},
    KEYS_END};
const kura_record keys_correlation = {"correlation", correlation, 0, NULL, NULL};

static const kura_key cycle[] = {
    {"sd", QUANTITY(sc_cycle, sd, SHARE), REQUIRED, RANGE("0..1"),
     DOC("4.3", "standard deviation, in the long run, of the logarithm of the factor")},
    {"half_life", QUANTITY(sc_cycle, half_life_days, TIME), REQUIRED, RANGE("(0 days.."),
     DOC("4.3", "time in which half of a deviation is gone")},
    {"start", CHOICE(sc_cycle, stationary, "base stationary"), DEFAULT("base"),
     DOC("R1.4", "before step 0: a factor of 1, or drawn from the long-run law")},
    KEYS_END};
static const kura_record keys_cycle = {"demand cycle", cycle, sizeof(sc_cycle), NULL, read_cycle_finish};

static const kura_key scenario[] = {
    {"format", COUNT(read_scenario, format), REQUIRED, RANGE("1..1"),
     DOC(NULL, "version of this language: 1")},
    {"name", NAME(kura_scenario_data, name), FLAGS(KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),
     DOC(NULL, "short name of the scenario, an id")},
    {"title", TEXT(kura_scenario_data, title), DOC(NULL, "one line for people")},
    {"include", FREE, DOC(NULL, "files merged in order before this one, which wins")},
    {"base", FREE, DOC(NULL, "a whole scenario to start from")},
    {"patch", FREE, DOC(NULL, "{dotted.key: value}: changes of the base; null removes")},
    {"run", GROUP(read_scenario, run, keys_run), DOC("1", "paths, time grid, focus")},
    {"countries", OTHER(kura_scenario_data, countries, type_countries), WITH(kura_scenario_data, ncountries),
     FLAGS(KURA_KEY_NOTED), DEFAULT("those of the network, sorted"),
     DOC("5.2", "ISO 3166 alpha-3 codes or groups of three capitals; the order breaks ties")},
    {"market", GROUP(read_scenario, market, keys_market),
     DOC("2.7", "rules of production, ordering and trade")},
    {"minerals", RECORDS(kura_scenario_data, minerals, nminerals, keys_mineral),
     FLAGS(KURA_KEY_BY_ID | KURA_KEY_REQUIRED), DOC("2.1", "what is traded")},
    {"profiles", RECORDS(kura_scenario_data, profiles, nprofiles, keys_profile), FLAGS(KURA_KEY_BY_ID),
     DOC("4.3", "demand or availability by hour, day, week, month or year, from tables")},
    {"demand_cycle", GROUP(kura_scenario_data, cycle, keys_cycle), DEFAULT("none"),
     DOC("4.3", "a factor common to all demands, the business cycle: its logarithm is autoregressive")},
    {"network", SECTION(keys_network), DOC("2", "who makes, ships and uses what")},
    {"hazards", SECTION(keys_hazards), DOC("3", "what can go wrong")},
    {"correlation", SECTION(keys_correlation), DOC("3.7", "what goes wrong together; absent = independent")},
    {"stockpiles", RECORDS(kura_scenario_data, stockpiles, nstockpiles, keys_stockpile),
     FLAGS(KURA_KEY_BY_ID | KURA_KEY_LIST | KURA_KEY_TABLE), DOC("6", "stocks that are released on need")},
    {"levers", SECTION(keys_levers), DOC("7", "policies over time, each by its type and a name")},
    {"costs", GROUP(kura_scenario_data, costs, keys_costs), DEFAULT("none"),
     DOC("7",
         "what policies and stocks cost and what shortages take from users, in real USD discounted to the "
         "start of the run")},
    {"ignorance", GROUP(kura_scenario_data, ignorance, keys_ignorance), DEFAULT("none"),
     DOC("R0.6", "how often what is not known is drawn, and how well the tables are known")},
    {"events", RECORDS(read_scenario, events, nevents, keys_event), FLAGS(KURA_KEY_LIST | KURA_KEY_TABLE),
     DOC("3.6", "scripted events, on top of what is drawn")},
    {"series", OTHER(read_scenario, events, type_series),
     DOC("3.6", "a table with one row a step: column `step`, then one column `OBJECT/FIELD` each")},
    {"tallies", GROUP(kura_scenario_data, tallies, keys_tallies), DOC("8", "what is measured")},
    {"checks", RECORDS(kura_scenario_data, checks, nchecks, keys_check),
     FLAGS(KURA_KEY_BY_ID | KURA_KEY_LIST | KURA_KEY_TABLE),
     DOC("8.15", "numbers of a record to hold the paths against: hindcasts")},
    {"policy", GROUP(read_scenario, note, keys_note), DEFAULT("none"),
     DOC("7",
         "what a file that is a policy says of itself: shown by `kura check`, held against the result by "
         "a study")},
    {"study", GROUP(read_scenario, study, keys_study), DEFAULT("none"),
     DOC("7", "policies compared with this scenario on the same paths, in one run")},
    {"data_notes", FREE, DOC(NULL, "free text on the data, carried along")},
    KEYS_END};
const kura_record keys_scenario = {"scenario", scenario, sizeof(read_scenario), NULL, NULL};
