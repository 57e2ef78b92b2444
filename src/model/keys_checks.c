/* Keys of `checks`. */
#include "model/keys_internal.h"

static const kura_key check[] = {
    {"id", NAME(sc_check, id), FLAGS(KURA_KEY_ID | KURA_KEY_REQUIRED | KURA_KEY_CAPITALS),
     DOC("8.15", "id of the check")},
    {"text", TEXT(sc_check, text), DOC("8.15", "what is compared, for people")},
    {"quantity",
     CHOICE(sc_check, quantity,
            "price exports imports supplier_share demand use unserved gross_unserved first_shortage "
            "stock_days peak_time"),
     REQUIRED,
     DOC("8.15",
         "the number of a path: price over its base; mass loaded by a country for others; mass that arrives "
         "in one, and the share of `partner` in it; demand after prices, what of it was served, the share "
         "that was not, the same of demand at base price; time from the start of the window to the first "
         "shortage; stock of a hub with stockpiles in days of base use; time from the start of the window to "
         "the "
         "highest price in it")},
    {"mineral", OTHER(sc_check, mineral, type_mineral), REQUIRED, DOC("8.15", "id of the mineral")},
    {"form", OTHER(sc_check, form, type_form), WITH(sc_check, mineral),
     DOC("8.15", "form of the mineral; default: all of them together, of a stock the last")},
    {"country", OTHER(sc_check, country, type_country),
     DOC("8.15",
         "exporter, importer or user; default: the focus. With a price: the one inside the country, with its "
         "wedge [4.5]; default: that of the market")},
    {"partner", OTHER(sc_check, partner, type_country),
     DOC("8.15", "importer of exports, supplier of imports; default: all")},
    {"sector", NAME(sc_check, sector), FLAGS(KURA_KEY_CAPITALS),
     DOC("8.15", "of demand, use and shortages; default: all sectors together")},
    {"window", OTHER(sc_check, window, type_window), FLAGS(KURA_KEY_NOTED), DEFAULT("the run"),
     DOC("8.15", "[from, to] as dates, the second exclusive, or one date; a step counts with the part of it "
                 "that lies inside")},
    {"over", OTHER(sc_check, over, type_window), DOC("8.15", "window whose number the number is divided by")},
    {"measure", CHOICE(sc_check, measure, "mean peak least"), DEFAULT("mean"),
     DOC("8.15", "of a price or stock over the window (of one in `over` always the mean)")},
    {"beyond", QUANTITY(sc_check, beyond, SHARE), FLAGS(KURA_KEY_NOTED), DEFAULT("tallies.threshold"),
     RANGE("0..1)"), DOC("R8.1", "first_shortage: share of demand that must be unserved")},
    {"observed", OTHER(sc_check, observed, type_observed), WITH(sc_check, quantity),
     DOC("8.15", "what was recorded: a number with the unit of the quantity (mass, time, or a share), or the "
                 "two ends of an interval; of first_shortage also a date, or never")},
    {"source", TEXT(sc_check, source), DOC("8.15", "where the record is from")},
    {"series", NAME(sc_check, series), FLAGS(KURA_KEY_CAPITALS),
     DOC("8.15", "name of a series that the check is a point of")},
    {"reason", TEXT(sc_check, reason), DOC("8.15", "why a miss is a miss, where that is known")},
    KEYS_END};
const kura_record keys_check = {"check", check, sizeof(sc_check), NULL, read_check_finish};
