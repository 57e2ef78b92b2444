/* Keys of `levers`: policies that leave the network as it is [7]. */
#include "model/keys_internal.h"

#define ID(s) "id", NAME(s, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS)
#define START(s, f)                                                                                          \
    "start", OTHER(s, f, type_step), FLAGS(KURA_KEY_NOTED), DEFAULT("the start of the run"),                 \
        DOC("7", "date or step from which it acts")
#define RAMP(s, f)                                                                                           \
    "ramp", QUANTITY(s, f, TIME), DEFAULT("0 days"), RANGE("0 days.."),                                      \
        DOC("7", "time from the start in which it grows to its full size")
#define END(s, f)                                                                                            \
    "end", OTHER(s, f, type_step), FLAGS(KURA_KEY_NOTED), DEFAULT("never"),                                  \
        DOC("7", "date or step in which it acts no more")

#define COST(s, when)                                                                                        \
    "cost", GROUP(s, cost, keys_cost), DEFAULT("none"),                                                      \
        DOC("7", "what it takes, " when "; in equal parts of the headline minerals that it acts on")

static const kura_key diplomacy[] = {
    {ID(sc_diplomacy), DOC("7.7", "name of the policy")},
    {"countries", OTHER(sc_diplomacy, countries, type_country_set),
     DOC("7.7", "countries whose regimes and whose restrictions it acts on")},
    {"restrictions", NAMES(sc_diplomacy, restrictions, nrestrictions), FLAGS(KURA_KEY_NOTED),
     DEFAULT("all of these countries"), DOC("7.7", "ids of the restrictions that `onset` acts on")},
    {"against", OTHER(sc_diplomacy, against, type_country),
     DOC("7.7", "`onset` acts only on types of restriction whose target names this country; default: on "
                "all")},
    {"effect", QUANTITY(sc_diplomacy, effect, SHARE), RANGE("0..1)"),
     DOC("7.7", "one number for all three: up = onset = 1 - effect, down = 1/(1 - effect)")},
    {"up", QUANTITY(sc_diplomacy, up, NUMBER), FLAGS(KURA_KEY_NOTED), DEFAULT("1"), RANGE("0..1"),
     DOC("7.7", "multiple of the rates of getting worse: tension, coercion, direct")},
    {"down", QUANTITY(sc_diplomacy, down, NUMBER), FLAGS(KURA_KEY_NOTED), DEFAULT("1"), RANGE("1..1000"),
     DOC("7.7", "multiple of the rates of getting better: relax, ease; a drawn time in coercion passes so "
                "many times as fast")},
    {"onset", QUANTITY(sc_diplomacy, onset, NUMBER), FLAGS(KURA_KEY_NOTED), DEFAULT("1"), RANGE("0..1"),
     DOC("7.7", "multiple of the onset rates of restrictions")},
    {START(sc_diplomacy, when.from_step)},
    {RAMP(sc_diplomacy, when.ramp_days)},
    {END(sc_diplomacy, when.to_step)},
    {COST(sc_diplomacy, "from start to end")},
    KEYS_END};
const kura_record keys_diplomacy = {"policy", diplomacy, sizeof(sc_diplomacy), NULL, read_diplomacy_finish};

static const kura_key thrifting[] = {
    {ID(sc_thrifting), DOC("7.4", "name of the programme")},
    {"minerals", OTHER(sc_thrifting, minerals, type_mineral_set), REQUIRED,
     DOC("7.4", "minerals that are replaced or saved")},
    {"countries", OTHER(sc_thrifting, countries, type_country_set), FLAGS(KURA_KEY_NOTED), DEFAULT("all"),
     DOC("7.4", "countries whose users take part")},
    {"limit", QUANTITY(sc_thrifting, limit, SHARE), RANGE("0..1"),
     DOC("7.4", "largest share of demand that dear prices replace once it is adopted; default: as it is")},
    {"lag", QUANTITY(sc_thrifting, lag_days, TIME), RANGE("(0 days.."),
     DOC("7.4", "time scale on which it is replaced then; default: as it is")},
    {"saves", QUANTITY(sc_thrifting, saves, SHARE), DEFAULT("0 %"), RANGE("0..1"),
     DOC("7.4", "share of demand saved from the adoption on, whatever the price")},
    {RAMP(sc_thrifting, ramp_days)},
    {"success", QUANTITY(sc_thrifting, success, SHARE), DEFAULT("100 %"), RANGE("0..1"),
     DOC("7.4", "probability that it is ever adopted")},
    {"delay", OTHER(sc_thrifting, delay, type_time_law), FLAGS(KURA_KEY_NOTED | KURA_KEY_WHOLE),
     DEFAULT("0 days"), DOC("7.4", "from the start to the adoption")},
    {"penalty", QUANTITY(sc_thrifting, penalty, PRICE), DEFAULT("0 USD/t"), RANGE("0 USD/t.."),
     DOC("7.4",
         "what a tonne costs in performance that users of the focus country save, or replace beyond what "
         "the same prices would have replaced; counted as running cost, changes no flow")},
    {START(sc_thrifting, start_step)},
    {COST(sc_thrifting, "running costs from its adoption on; `sunk` when it is never adopted")},
    KEYS_END};
const kura_record keys_thrifting = {"programme", thrifting, sizeof(sc_thrifting), NULL,
                                    read_thrifting_finish};

static const kura_key nationalism[] = {
    {ID(sc_nationalism), DOC("7.11", "name of the case")},
    {"countries", OTHER(sc_nationalism, countries, type_country_set), REQUIRED,
     DOC("7.11", "exporters that keep more for themselves")},
    {"minerals", OTHER(sc_nationalism, minerals, type_mineral_set), FLAGS(KURA_KEY_NOTED), DEFAULT("all"),
     DOC("7.11", "minerals it is about")},
    {"home_priority", QUANTITY(sc_nationalism, home, SHARE), LIST_OF(3), RANGE("0..1"),
     DOC("7.11", "raised at least to this in regime normal, tension, coercion; default: as it is")},
    {"onset", QUANTITY(sc_nationalism, onset, NUMBER), DEFAULT("1"), RANGE("1..1000"),
     DOC("7.11", "multiple of the onset rates of their restrictions")},
    {"export_share", QUANTITY(sc_nationalism, export_share, SHARE), RANGE("0..1"),
     DOC("7.11", "share of each base export that may leave, as with a restriction; default: no limit")},
    {START(sc_nationalism, when.from_step)},
    {RAMP(sc_nationalism, when.ramp_days)},
    {END(sc_nationalism, when.to_step)},
    KEYS_END};
const kura_record keys_nationalism = {"case", nationalism, sizeof(sc_nationalism), NULL,
                                      read_nationalism_finish};

static const kura_key keeping[] = {
    {ID(sc_keeping_lever), DOC("7.9", "name of the research")},
    {"minerals", OTHER(sc_keeping_lever, minerals, type_mineral_set), FLAGS(KURA_KEY_NOTED), DEFAULT("all"),
     DOC("7.9", "minerals whose stockpiles keep longer")},
    {"country", OTHER(sc_keeping_lever, country, type_country),
     DOC("7.9", "whose stockpiles; default: of all")},
    {"half_life", QUANTITY(sc_keeping_lever, half_life, NUMBER), REQUIRED, RANGE("1..1e6"),
     DOC("7.9", "multiple of the half-life of stockpiles that decay")},
    {START(sc_keeping_lever, when.from_step)},
    {RAMP(sc_keeping_lever, when.ramp_days)},
    {END(sc_keeping_lever, when.to_step)},
    {COST(sc_keeping_lever, "from start to end")},
    KEYS_END};
const kura_record keys_keeping_lever = {"research", keeping, sizeof(sc_keeping_lever), NULL,
                                        read_keeping_lever_finish};

static const kura_key stock[] = {
    {ID(sc_stock_lever), DOC("7.8", "name of the policy")},
    {"minerals", OTHER(sc_stock_lever, minerals, type_mineral_set), REQUIRED,
     DOC("7.8", "minerals to stock; all: those of the headline that the country uses")},
    {"country", OTHER(sc_stock_lever, country, type_country), FLAGS(KURA_KEY_NOTED), DEFAULT("run.focus"),
     DOC("7.8", "whose national stock")},
    {"days", QUANTITY(sc_stock_lever, days, TIME), REQUIRED, RANGE("(0 days.."),
     DOC("7.8", "stock to be reached, as time of base use of its form; with `form` of the last form used, "
                "divided by the yields on the way to it")},
    {"form", NAME(sc_stock_lever, form), FLAGS(KURA_KEY_CAPITALS),
     DOC("7.8", "form to hold, or first; default: that of the national stockpile there is, else the last "
                "form used")},
    {"opening", FLAG(sc_stock_lever, opening), DEFAULT("false"),
     DOC("7.8", "true: it is there from the first day; otherwise it is bought with `at_most`")},
    {"at_most", OTHER(sc_stock_lever, at_most_t, type_pace), RANGE("(0.."),
     DOC("7.8", "largest purchase: a flow, or time of base use per step")},
    {"price_below", QUANTITY(sc_stock_lever, price_below, NUMBER), DEFAULT("1.25"), RANGE("(0.."),
     DOC("7.8", "price relative to the base up to which is bought")},
    {START(sc_stock_lever, start_step)},
    KEYS_END};
const kura_record keys_stock_lever = {"policy", stock, sizeof(sc_stock_lever), NULL, read_stock_lever_finish};
