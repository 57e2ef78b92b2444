/* Keys of `costs`, and the records `cost` that stand where something is built or kept [7]. */
#include "model/keys_internal.h"

static const kura_key cost[] = {
    {"capex", QUANTITY(sc_cost, capex, MONEY), DEFAULT("0 USD"), RANGE("0.."),
     DOC("7", "investment that is still to be paid at the start of the run")},
    {"construction", QUANTITY(sc_cost, construction_days, TIME), DEFAULT("0 days"), RANGE("0 days..50 years"),
     DOC("7", "time before the planned start over which it is paid; a late project pays the same over a "
                "longer time")},
    {"life", QUANTITY(sc_cost, life_days, TIME), RANGE("(0 days.."),
     DOC("7",
         "time from the start on over which the investment loses its worth evenly; what is left at the "
         "end of the run is taken off; default: nothing is left")},
    {"opex_fixed", QUANTITY(sc_cost, opex_fixed, EXPENSE), DEFAULT("0 USD/year"), RANGE("0.."),
     DOC("7", "running costs from the start on, whatever is made")},
    {"opex_variable", QUANTITY(sc_cost, opex_variable, PRICE), DEFAULT("0 USD/t"), RANGE("0.."),
     DOC("7", "running costs per tonne made")},
    {"sunk", QUANTITY(sc_cost, sunk, SHARE), DEFAULT("50 %"), RANGE("0..1"),
     DOC("7", "share of the investment that is paid for a project which is cancelled")},
    KEYS_END};
const kura_record keys_cost = {"cost", cost, sizeof(sc_cost), NULL, read_cost_finish};

static const kura_key keeping[] = {
    {"storage", QUANTITY(sc_keeping, storage, STORAGE), RANGE("0.."),
     DOC("7", "storage; default of a stockpile: that of costs.keeping, there 0 USD/t/year")},
    {"share", QUANTITY(sc_keeping, share, GROWTH), RANGE("0..1"),
     DOC("7", "insurance and the like, as a share of the value of what is held; not interest, which "
                "discounting counts; default as `storage`")},
    {"rotation", QUANTITY(sc_keeping, rotation, PRICE), RANGE("0.."),
     DOC("7", "handling of a tonne that is exchanged for a fresh one; default as `storage`")},
    {"spread", QUANTITY(sc_keeping, spread, SHARE), RANGE("0..1"),
     DOC("7", "share of the price that is lost on a tonne exchanged; default as `storage`")},
    KEYS_END};
const kura_record keys_keeping = {"keeping", keeping, sizeof(sc_keeping), NULL, read_keeping_finish};

static const kura_key loss[] = {
    {"mineral", OTHER(sc_loss, mineral, type_mineral), DOC("7", "id of the mineral; default: every one")},
    {"sector", NAME(sc_loss, sector), FLAGS(KURA_KEY_CAPITALS),
     DOC("7", "sector of network.demand; default: every one")},
    {"depths", QUANTITY(sc_loss, depths, SHARE), LIST_OF(2), RANGE("(0..1"),
     DOC("7", "shares of demand unserved up to which the first and the second value hold; default: those "
                "of `costs`")},
    {"multiples", QUANTITY(sc_loss, multiples, NUMBER), LIST_OF(3), RANGE("0.."),
     DOC("7", "values of a tonne not had, times the base price; default: those of `costs`")},
    {"values", QUANTITY(sc_loss, values, PRICE), LIST_OF(3), RANGE("0.."),
     DOC("7", "the same in money per mass, instead of `multiples`")},
    KEYS_END};
static const kura_record keys_loss = {"loss", loss, sizeof(sc_loss), NULL, read_loss_finish};

static const kura_key form_price[] = {
    {"mineral", OTHER(sc_form_price, mineral, type_mineral), REQUIRED, DOC("7", "id of the mineral")},
    {"form", OTHER(sc_form_price, form, type_form), WITH(sc_form_price, mineral), REQUIRED,
     DOC("7", "form of the mineral")},
    {"multiple", QUANTITY(sc_form_price, multiple, NUMBER), REQUIRED, RANGE("(0..1000"),
     DOC("7", "price of a contained tonne in this form over the price of the mineral")},
    KEYS_END};
static const kura_record keys_form_price = {"price of a form", form_price, sizeof(sc_form_price), NULL,
                                            read_form_price_finish};

static const kura_key costs[] = {
    {"discount_rate", QUANTITY(sc_costs, discount_rate, SHARE), DEFAULT("4 %"), RANGE("0..0.3"),
     DOC("7", "real, a year; 4 % is the social rate of Japanese public works, 1 to 7 % is usual to try")},
    {"opening", CHOICE(sc_costs, owned, "bought owned"), DEFAULT("bought"),
     DOC("7", "opening stocks are bought at the base price at the start, so that scenarios with more and "
                "less of them can be compared; or they are there already")},
    {"haircut", QUANTITY(sc_costs, haircut, SHARE), DEFAULT("20 %"), RANGE("0..1"),
     DOC("7", "taken off the value of the stock that is left at the end")},
    {"keeping", GROUP(sc_costs, keeping, keys_keeping), DOC("7", "what it takes to hold a tonne")},
    {"depths", QUANTITY(sc_costs, depths, SHARE), LIST_OF(2), DEFAULT("[10 %, 30 %]"), RANGE("(0..1"),
     DOC("7", "shares of demand unserved up to which the first and the second multiple hold")},
    {"multiples", QUANTITY(sc_costs, multiples, NUMBER), LIST_OF(3), DEFAULT("[3, 15, 50]"), RANGE("0.."),
     DOC("7", "what a tonne not had is worth, times the base price: reformulation, lost value added, "
                "standstill downstream; judged")},
    {"loss", RECORDS(sc_costs, losses, nlosses, keys_loss), FLAGS(KURA_KEY_LIST | KURA_KEY_TABLE),
     DOC("7", "other values for a mineral, a sector or both; the closest row counts")},
    {"form_prices", RECORDS(sc_costs, form_prices, nform_prices, keys_form_price),
     FLAGS(KURA_KEY_LIST | KURA_KEY_TABLE), DOC("7", "forms that do not cost what the mineral does")},
    KEYS_END};
const kura_record keys_costs = {"costs", costs, sizeof(sc_costs), NULL, read_costs_finish};
