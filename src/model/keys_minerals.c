/* Keys of `minerals`: what is traded, its price, and how demand answers. */
#include "model/keys_internal.h"

static const kura_key jumps[] = {
    {"rate", QUANTITY(sc_price, jump_rate, RATE), REQUIRED, RANGE("0.."), DOC("4.1", "jumps a year")},
    {"mean", QUANTITY(sc_price, jump_mean, NUMBER), REQUIRED, RANGE("-5..5"),
     DOC("4.1", "mean of the jump of the log price")},
    {"sd", QUANTITY(sc_price, jump_sd, NUMBER), REQUIRED, RANGE("0..5"),
     DOC("4.1", "standard deviation of it")},
    KEYS_END};
static const kura_record keys_jumps = {"jump process", jumps, sizeof(sc_price), NULL, read_jumps_finish};

static const kura_key by_regime[] = {
    {"normal", QUANTITY(sc_price, shock.by_regime[0], NUMBER), DEFAULT("1"), RANGE("0..10"),
     DOC("4.1", "multiple of the volatility while no exporter has tension or coercion")},
    {"tension", QUANTITY(sc_price, shock.by_regime[1], NUMBER), REQUIRED, RANGE("0..10"),
     DOC("4.1", "the same in tension")},
    {"coercion", QUANTITY(sc_price, shock.by_regime[2], NUMBER), REQUIRED, RANGE("0..10"),
     DOC("4.1", "the same in coercion")},
    {"exporters", CHOICE(sc_price, shock.by_share, "worst share"), DEFAULT("worst"),
     DOC("4.1", "whose regime counts: that of the exporter where it is worst, or the mean of the multiples, "
                "weighted by base exports of the mineral (exporters without a regime count as normal)")},
    KEYS_END};
static const kura_record keys_by_regime = {"volatility by regime", by_regime, sizeof(sc_price), NULL,
                                           read_by_regime_finish};

static const kura_key stochastic[] = {
    {"sd", QUANTITY(sc_price, shock.sd, NUMBER), REQUIRED, RANGE("0..2"),
     DOC("4.1", "standard deviation, in the long run, of the logarithm of the multiple")},
    {"half_life", QUANTITY(sc_price, shock.half_life_days, TIME), REQUIRED, RANGE("(0 days.."),
     DOC("4.1", "time in which half of a deviation of the logarithm is gone")},
    {"start", CHOICE(sc_price, shock.from_base, "stationary base"), DEFAULT("stationary"),
     DOC("R1.4", "before step 0: drawn from the long-run law, or a multiple of 1")},
    KEYS_END};
static const kura_record keys_stochastic = {"stochastic volatility", stochastic, sizeof(sc_price), NULL,
                                            read_stochastic_finish};

static const kura_key depth[] = {
    {"volatility", QUANTITY(sc_price, shock.depth, NUMBER), REQUIRED, RANGE("0..10"),
     DOC("4.1", "multiple of the volatility once the market is deeper (futures, more traders)")},
    {"start", OTHER(sc_price, shock.depth_from, type_step), FLAGS(KURA_KEY_NOTED),
     DEFAULT("the start of the run"), DOC("4.1", "date or step from which it deepens")},
    {"ramp", QUANTITY(sc_price, shock.depth_ramp_days, TIME), DEFAULT("0 days"), RANGE("0 days.."),
     DOC("4.1", "time it takes")},
    KEYS_END};
static const kura_record keys_depth = {"market depth", depth, sizeof(sc_price), NULL, read_depth_finish};

static const kura_key wedge[] = {
    {"importer", QUANTITY(sc_price, wedge.importer, NUMBER), DEFAULT("0"), RANGE("0..3"),
     DOC("4.5", "how much higher, as a logarithm, the price of an importer is when nothing comes in")},
    {"origin", QUANTITY(sc_price, wedge.origin, NUMBER), DEFAULT("0"), RANGE("0..3"),
     DOC("4.5", "how much lower, as a logarithm, the price at home of an exporter that exports all it has, "
                "when its restrictions stop all of it")},
    {"lag", QUANTITY(sc_price, wedge.lag_days, TIME), DEFAULT("4 weeks"), RANGE("(0 days.."),
     DOC("4.5", "time over which supply and restrictions are averaged")},
    KEYS_END};
static const kura_record keys_wedge = {"wedge", wedge, sizeof(sc_price), NULL, read_wedge_finish};

static const kura_key price[] = {
    {"initial", QUANTITY(sc_price, initial, PRICE), REQUIRED, RANGE("(0.."),
     DOC("4.1", "base price, to which it reverts")},
    {"spot", QUANTITY(sc_price, spot, PRICE), RANGE("(0.."),
     DOC("R1.4", "price at the start; default: the base price")},
    {"half_life", OTHER(sc_price, half_life_days, type_half_life), REQUIRED, RANGE("(0 days.."),
     DOC("4.1", "time in which half of a deviation is gone, or `never`")},
    {"volatility", QUANTITY(sc_price, volatility, VOLATILITY), REQUIRED, RANGE("0 %/sqrt(year).."),
     DOC("4.1", "standard deviation of the log price after one year without reversion")},
    {"drift", QUANTITY(sc_price, drift, GROWTH), DEFAULT("0 /year"), RANGE("-1..1"),
     DOC("4.1", "trend of what the log price reverts to; needs a `half_life`")},
    {"jumps", SECTION(keys_jumps), DEFAULT("none"), DOC("4.1", "sudden changes")},
    {"scarcity", QUANTITY(sc_price, scarcity, NUMBER), DEFAULT("1"), RANGE("1..20"),
     DOC("4.2", "multiple of the price at full scarcity; 1 = the price does not answer")},
    {"scarcity_lag", QUANTITY(sc_price, scarcity_lag_days, TIME), DEFAULT("13 weeks"), RANGE("(0 days.."),
     DOC("4.2", "time over which scarcity is averaged")},
    {"gap_weight", QUANTITY(sc_price, gap_weight, NUMBER), DEFAULT("1"), RANGE("0.."),
     DOC("4.2", "weight of unserved demand")},
    {"volatility_by_regime", SECTION(keys_by_regime), DEFAULT("none"),
     DOC("4.1", "volatility that rises with the regime of exporters")},
    {"stochastic_volatility", SECTION(keys_stochastic), DEFAULT("none"),
     DOC("4.1", "volatility that varies by chance: a multiple whose logarithm is autoregressive")},
    {"market_depth", SECTION(keys_depth), DEFAULT("none"),
     DOC("4.1",
         "volatility that falls as the market gets deeper; nothing physical changes but by the price")},
    {"wedge", SECTION(keys_wedge), DEFAULT("none"),
     DOC("4.5", "under a restriction importers pay more, and exporters less, than the market price")},
    {"cover_weight", QUANTITY(sc_price, cover_weight, NUMBER), DEFAULT("1"), RANGE("0.."),
     DOC("4.2", "weight of empty stores")},
    KEYS_END};
const kura_record keys_price = {"price", price, sizeof(sc_price), NULL, read_price_finish};

static const kura_key substitution[] = {
    {"limit", QUANTITY(sc_response, sub_limit, SHARE), REQUIRED, RANGE("0..1"),
     DOC("4.3", "largest share of demand that is replaced")},
    {"lag", QUANTITY(sc_response, sub_lag_days, TIME), REQUIRED, RANGE("(0 days.."),
     DOC("4.3", "time scale on which it is replaced")},
    {"release_lag", QUANTITY(sc_response, sub_release_days, TIME), FLAGS(KURA_KEY_NOTED), DEFAULT("3 x lag"),
     RANGE("(0 days.."), DOC("4.3", "time scale on which it comes back")},
    {"threshold", QUANTITY(sc_response, sub_threshold, NUMBER), DEFAULT("1.25"), RANGE("(0.."),
     DOC("4.3", "price relative to the base above which it is replaced")},
    {"irreversible", QUANTITY(sc_response, sub_irreversible, SHARE), DEFAULT("0 %"), RANGE("0..1"),
     DOC("4.3", "share of the largest substitution so far that never comes back")},
    {"smoothing", QUANTITY(sc_response, sub_smoothing_days, TIME), DEFAULT("52 weeks"), RANGE("(0 days.."),
     DOC("4.3", "time over which the price is averaged")},
    KEYS_END};
static const kura_record keys_substitution = {"substitution", substitution, sizeof(sc_response), NULL,
                                              read_substitution_finish};

static const kura_key adjustment[] = {
    {"half_life", QUANTITY(sc_response, adjust_half_life_days, TIME), RANGE("(0 days.."),
     DOC("4.3", "time in which half of the way to the demand that prices ask for is gone")},
    {"share", QUANTITY(sc_response, adjust_share, SHARE), RANGE("(0..1)"),
     DOC("4.3", "share of the way that is gone in a year, instead of `half_life`")},
    KEYS_END};
static const kura_record keys_adjustment = {"adjustment", adjustment, sizeof(sc_response), NULL,
                                            read_adjustment_finish};

static const kura_key response[] = {
    {"elasticity", QUANTITY(sc_response, elasticity, NUMBER), DEFAULT("0"), RANGE("0..5"),
     DOC("4.3", "demand falls as price to the power of minus this")},
    {"price_range", QUANTITY(sc_response, price_min, NUMBER), LIST_OF(2), DEFAULT("[0.1, 20]"), RANGE("(0.."),
     DOC("4.3", "relative price is kept within these bounds where demand answers to it")},
    {"substitution", SECTION(keys_substitution), DEFAULT("none"),
     DOC("4.3", "slow replacement by other materials")},
    {"adjustment", SECTION(keys_adjustment), DEFAULT("none"),
     DOC("4.3",
         "demand goes to what prices ask for by degrees (partial adjustment); the elasticity is that of "
         "the long run, and times the share gone in a step that of the step; none: at once")},
    {"demand_range", QUANTITY(sc_response, range, NUMBER), LIST_OF(2), FLAGS(KURA_KEY_NOTED),
     DEFAULT("none; with `adjustment` [0.3, 1.5]"), RANGE("(0.."),
     DOC("4.3", "demand over what it would be at the base price is kept within these bounds")},
    KEYS_END};
const kura_record keys_response = {"demand response", response, sizeof(sc_response), NULL,
                                   read_response_finish};

static const kura_key closure[] = {
    {"after", QUANTITY(sc_supply, close_after_days, TIME), DEFAULT("26 weeks"), RANGE("(0 days..100 years"),
     DOC("4.4", "a site closes when the price was below its `cash_cost` for this long")},
    {"left", QUANTITY(sc_supply, close_left, SHARE), DEFAULT("30 %"), RANGE("0..1"),
     DOC("4.4", "share of its capacity that stays while it is closed")},
    {"recovery", QUANTITY(sc_supply, recovery_days, TIME), DEFAULT("13 weeks"), RANGE("(0 days..100 years"),
     DOC("4.4", "the restart is decided when the price was at or above the cost for this long")},
    {"restart", QUANTITY(sc_supply, restart_days, TIME), DEFAULT("39 weeks"), RANGE("0 days..100 years"),
     DOC("4.4", "from the decision until the whole capacity is back")},
    KEYS_END};
static const kura_record keys_closure = {"closure", closure, sizeof(sc_supply), NULL, read_closure_finish};

static const kura_key expansion[] = {
    {"lag", QUANTITY(sc_supply, expand_lag_days, TIME), REQUIRED, RANGE("(0 days..100 years"),
     DOC("4.4", "from the decision to the new capacity")},
    {"gain", QUANTITY(sc_supply, expand_gain, GROWTH), REQUIRED, RANGE("(0.."),
     DOC("4.4", "share of the base capacity begun a year at twice the base price; in proportion to the "
                "excess over it")},
    {"at_most", QUANTITY(sc_supply, expand_most, GROWTH), DEFAULT("10 %/year"), RANGE("(0.."),
     DOC("4.4", "largest share of the base capacity begun a year")},
    {"smoothing", QUANTITY(sc_supply, expand_smoothing_days, TIME), DEFAULT("52 weeks"), RANGE("0 days.."),
     DOC("4.4", "time over which the price is averaged")},
    KEYS_END};
static const kura_record keys_expansion = {"expansion", expansion, sizeof(sc_supply), NULL,
                                           read_expansion_finish};

static const kura_key supply[] = {
    {"elasticity", QUANTITY(sc_supply, elasticity, NUMBER), DEFAULT("0"), RANGE("0..5"),
     DOC("4.4", "usable capacity changes as the price of the step before to this power")},
    {"utilisation", QUANTITY(sc_supply, utilisation, SHARE), DEFAULT("0 %"), RANGE("0..1"),
     DOC("4.4", "at most this much above the capacity")},
    {"closure", SECTION(keys_closure), DEFAULT("none"), DOC("4.4", "sites that close when they lose money")},
    {"expansion", SECTION(keys_expansion), DEFAULT("none"), DOC("4.4", "new capacity after high prices")},
    {"countries", OTHER(sc_supply, countries, type_country_set), FLAGS(KURA_KEY_NOTED), DEFAULT("all"),
     DOC("4.4", "countries whose sites answer")},
    {"kinds", OTHER(sc_supply, kinds, type_kind_set), FLAGS(KURA_KEY_NOTED), DEFAULT("all"),
     DOC("4.4", "kinds of sites that answer: mine, refine, recycle, supply, seabed; by-products never do")},
    KEYS_END};
const kura_record keys_supply = {"supply response", supply, sizeof(sc_supply), NULL, read_supply_finish};

static const kura_key mineral[] = {
    {"id", NAME(sc_mineral, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED), DOC("2.1", "id of the mineral")},
    {"name", TEXT(sc_mineral, name), FLAGS(KURA_KEY_NOTED), DEFAULT("the id"), DOC(NULL, "name for people")},
    {"unit", TEXT(sc_mineral, unit), DEFAULT("t"),
     DOC("0", "what a tonne is a tonne of, for people: t, t REO")},
    {"forms", NAMES(sc_mineral, forms, nforms), REQUIRED,
     DOC("2.1", "in order of processing, e.g. [ore, oxide, metal]")},
    {"grade", TEXT(sc_mineral, grade), .choices = "A B C D",
     DOC(NULL, "quality of the data, A (measured) to D (guessed)")},
    {"report", CHOICE(sc_mineral, report, "headline host no_data"), DEFAULT("headline"),
     DOC("8",
         "host: simulated for its by-products; no_data: figures too poor; both are left out of headlines")},
    {"lattice_exponent", OTHER(sc_mineral, lattice_exponent, type_integer), RANGE("-60..60"),
     FLAGS(KURA_KEY_NOTED), DEFAULT("from world demand"), DOC("R0.1", "masses are multiples of 2^this t")},
    {"market", GROUP(sc_mineral, market, keys_market), FLAGS(KURA_KEY_INHERIT),
     DOC("2.7", "rules where they differ from `market`")},
    {"price", GROUP(sc_mineral, price, keys_price), DEFAULT("none"),
     DOC("4.1", "price process; without it the price is constant")},
    {"demand_response", GROUP(sc_mineral, response, keys_response),
     DOC("4.3", "how demand answers to the price")},
    {"supply_response", GROUP(sc_mineral, supply, keys_supply), DEFAULT("none"),
     DOC("4.4", "how capacities answer to the price")},
    {"cycle_exposure", QUANTITY(sc_mineral, cycle_exposure, NUMBER), DEFAULT("1"), RANGE("-5..5"),
     DOC("4.3", "power with which its demand follows `demand_cycle`; 0 = not at all")},
    KEYS_END};
const kura_record keys_mineral = {"mineral", mineral, sizeof(sc_mineral), read_mineral_init,
                                  read_mineral_finish};
