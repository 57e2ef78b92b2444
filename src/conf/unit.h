/* Numbers and quantities with units, as a person writes them: "120 months", "30_000 USD/t", "81 %".
 *
 * A number is decimal: digits, with '_' between digits if wanted, '.', an exponent.  Not hexadecimal, octal,
 * infinite or NaN.  Scaling by a power of ten (% , k, M, kg) moves the decimal exponent before the one
 * rounding to double, so that "81 %" is exactly the double 0.81 and "30 kt" exactly 30000. */
#ifndef KURA_CONF_UNIT_H
#define KURA_CONF_UNIT_H

#include <stddef.h>

/* What a quantity measures, and the unit it is converted to. */
typedef enum {
    KURA_UNIT_NUMBER,     /* plain number */
    KURA_UNIT_SHARE,      /* % or plain number -> number */
    KURA_UNIT_TIME,       /* -> days */
    KURA_UNIT_RATE,       /* /time -> per year */
    KURA_UNIT_GROWTH,     /* /time or %/time -> per year */
    KURA_UNIT_MASS,       /* -> t */
    KURA_UNIT_FLOW,       /* mass/time or mass/step -> t per step */
    KURA_UNIT_PRICE,      /* USD/mass -> USD/t */
    KURA_UNIT_MONEY,      /* -> USD */
    KURA_UNIT_EXPENSE,    /* money/time -> USD per year */
    KURA_UNIT_STORAGE,    /* USD/mass/time -> USD/t per year */
    KURA_UNIT_VOLATILITY, /* %/sqrt(year) -> per sqrt(year) */
    KURA_UNIT_PACE,       /* time/time or time/step -> days per step */
    KURA_UNIT_LOLE,       /* the same, of days that a loss of load takes: another example */
    KURA_UNIT_KINDS
} kura_unit;

/* A failed reading says why: complete sentence without position. */
typedef struct {
    char text[640];
} kura_unit_error;

/* Reads `text` as a quantity of the kind, in its unit.  `unit`: the unit when it stands elsewhere (header of
 * a column), then the text is a number alone; NULL = the unit is part of the text.  `step_days`: length of a
 * step, for "/step" and for flows.  Nonzero, with *value untouched and `error` filled, when the text is no
 * such quantity. */
int kura_quantity(kura_unit kind, const char *text, const char *unit, double step_days, double *value,
                  kura_unit_error *error);

/* Is the text, taken as a quantity of this kind, written in a unit of the kind?  (For keys that accept two
 * kinds.) */
int kura_quantity_fits(kura_unit kind, const char *text, const char *unit);

/* Reads a whole decimal number without unit, within [least, most].  Digits may be grouped with '_'. */
int kura_whole(const char *text, unsigned long long least, unsigned long long most, unsigned long long *value,
               kura_unit_error *error);

/* Of a kind: "a duration", an example "7 days", and a regular expression (ECMA 262) that its texts match. */
const char *kura_unit_name(kura_unit kind);
const char *kura_unit_example(kura_unit kind);
void kura_unit_pattern(kura_unit kind, char *out, size_t size);

#endif
