/* Numbers and quantities, see unit.h. */
#include "conf/unit.h"
#include "conf/source.h"
#include "conf/suggest.h"
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGITS = 800, EXPONENT = 5000 };

/* ---- decimal numbers ---- */

/* A number as text: [sign] digits [. digits], and the power of ten it is multiplied with. */
typedef struct {
    char digits[DIGITS + 8];
    int n;
    long exponent;
} decimal;

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int is_space(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* Copies digits, with '_' allowed between two of them; their number, or -1. */
static int take_digits(const char **p, decimal *d)
{
    int n = 0;
    for (; is_digit(**p) || (**p == '_' && n > 0 && is_digit((*p)[-1]) && is_digit((*p)[1])); (*p)++) {
        if (**p == '_') continue;
        if (d->n >= DIGITS) return -1;
        d->digits[d->n++] = **p;
        n++;
    }
    return n;
}

static int take_exponent(const char **p, decimal *d)
{
    if (**p != 'e' && **p != 'E') return 0;
    const char *q = *p + 1;
    int sign = *q == '-' ? -1 : 1;
    if (*q == '-' || *q == '+') q++;
    if (!is_digit(*q)) return 0; /* not an exponent: a unit that begins with e */
    for (; is_digit(*q); q++)
        if (d->exponent < EXPONENT) d->exponent = 10 * d->exponent + (*q - '0');
    d->exponent *= sign;
    *p = q;
    return 0;
}

/* Reads a number at *p and steps over it.  Nonzero when there is none. */
static int take_decimal(const char **p, decimal *d)
{
    const char *q = *p;
    memset(d, 0, sizeof *d);
    if (*q == '-' || *q == '+') d->digits[d->n++] = *q++;
    int leading_zero = *q == '0' && is_digit(q[1]);
    int whole = take_digits(&q, d), part = 0;
    if (whole < 0 || leading_zero) return -1;
    if (*q == '.' && (is_digit(q[1]) || whole)) {
        const struct lconv *l = localeconv();
        d->digits[d->n++] =
            l && l->decimal_point && l->decimal_point[0] && !l->decimal_point[1] ? l->decimal_point[0] : '.';
        q++;
        part = take_digits(&q, d);
    }
    if (part < 0 || whole + part == 0) return -1;
    take_exponent(&q, d);
    *p = q;
    return 0;
}

/* The double nearest to the number times 10^shift. */
static double to_double(const decimal *d, int shift)
{
    char text[DIGITS + 32];
    snprintf(text, sizeof text, "%.*se%ld", d->n, d->digits, d->exponent + shift);
    return strtod(text, NULL);
}

static int is_zero(const decimal *d)
{
    for (int i = 0; i < d->n; i++)
        if (d->digits[i] >= '1' && d->digits[i] <= '9') return 0;
    return 1;
}

/* ---- units ---- */

/* A unit is worth `factor` * 10^exponent of the base unit of its dimension. */
typedef struct {
    const char *name;
    double factor;
    int exponent;
} unit_row;

#define YEAR_DAYS 365.25
static const unit_row time_units[] = {{"hour", 1.0 / 24, 0},
                                      {"hours", 1.0 / 24, 0},
                                      {"day", 1, 0},
                                      {"days", 1, 0},
                                      {"d", 1, 0},
                                      {"week", 7, 0},
                                      {"weeks", 7, 0},
                                      {"w", 7, 0},
                                      {"month", YEAR_DAYS / 12, 0},
                                      {"months", YEAR_DAYS / 12, 0},
                                      {"year", YEAR_DAYS, 0},
                                      {"years", YEAR_DAYS, 0},
                                      {NULL, 0, 0}};
static const unit_row mass_units[] = {{"g", 1, -6}, {"kg", 1, -3}, {"t", 1, 0},
                                      {"kt", 1, 3}, {"Mt", 1, 6},  {NULL, 0, 0}};
static const unit_row percent_unit[] = {{"%", 1, -2}, {NULL, 0, 0}};
static const unit_row money_unit[] = {{"USD", 1, 0}, {NULL, 0, 0}};
static const unit_row sum_units[] = {{"USD", 1, 0}, {"kUSD", 1, 3}, {"MUSD", 1, 6}, {NULL, 0, 0}};
static const unit_row holding_units[] = {{"t/year", 1, 0},
                                         {"kg/year", 1, -3},
                                         {"t/month", 12, 0},
                                         {"kg/month", 12, -3},
                                         {NULL, 0, 0}}; /* factor: times a year */
static const unit_row no_unit[] = {{"", 1, 0}, {NULL, 0, 0}};
static const unit_row share_units[] = {{"%", 1, -2}, {"", 1, 0}, {NULL, 0, 0}};
static const unit_row root_unit[] = {{"sqrt(year)", 1, 0}, {NULL, 0, 0}};
static const unit_row step_unit[] = {{"step", 1, 0}, {NULL, 0, 0}};

/* What a kind looks like: numerator, denominator (NULL = none), may the denominator be a step. */
static const struct {
    const char *name, *example;
    const unit_row *over, *under;
    int steps;
} kinds[KURA_UNIT_KINDS] = {
    [KURA_UNIT_NUMBER] = {"a plain number", "0.5", no_unit, NULL, 0},
    [KURA_UNIT_SHARE] = {"a share", "50 %", share_units, NULL, 0},
    [KURA_UNIT_TIME] = {"a duration", "7 days", time_units, NULL, 0},
    [KURA_UNIT_RATE] = {"a rate", "0.12 /year", no_unit, time_units, 0},
    [KURA_UNIT_GROWTH] = {"a growth rate", "2 %/year", share_units, time_units, 0},
    [KURA_UNIT_MASS] = {"a mass", "500 t", mass_units, NULL, 0},
    [KURA_UNIT_FLOW] = {"a flow", "1_200 t/year", mass_units, time_units, 1},
    [KURA_UNIT_PRICE] = {"money per mass", "30_000 USD/t", money_unit, mass_units, 0},
    [KURA_UNIT_MONEY] = {"a sum of money", "250 MUSD", sum_units, NULL, 0},
    [KURA_UNIT_EXPENSE] = {"money per time", "3 MUSD/year", sum_units, time_units, 0},
    [KURA_UNIT_STORAGE] = {"money per mass and time", "30 USD/t/year", money_unit, holding_units, 0},
    [KURA_UNIT_VOLATILITY] = {"a volatility", "26 %/sqrt(year)", percent_unit, root_unit, 0},
    [KURA_UNIT_PACE] = {"a duration per time", "7 days/step", time_units, time_units, 1},
    [KURA_UNIT_LOLE] = {"a duration per time", "0.1 days/year", time_units, time_units, 1},
};

const char *kura_unit_name(kura_unit kind) { return kinds[kind].name; }
const char *kura_unit_example(kura_unit kind) { return kinds[kind].example; }

static const unit_row *find_unit(const unit_row *rows, const char *name, size_t n)
{
    for (; rows && rows->name; rows++)
        if (strlen(rows->name) == n && memcmp(rows->name, name, n) == 0) return rows;
    return NULL;
}

/* A unit text taken apart: rows of numerator and denominator. */
typedef struct {
    const unit_row *over, *under;
    int per_step;
} unit_parts;

static size_t trim(const char **text, size_t n)
{
    while (n && is_space(**text)) (*text)++, n--;
    while (n && is_space((*text)[n - 1])) n--;
    return n;
}

/* Takes a unit apart as the kind wants it.  Nonzero when it is no unit of the kind. */
static int parse_unit(kura_unit kind, const char *unit, unit_parts *parts)
{
    const char *slash = strchr(unit, '/'), *over = unit, *under = slash ? slash + 1 : "";
    size_t nover = slash ? (size_t)(slash - unit) : strlen(unit), nunder = strlen(under);
    nover = trim(&over, nover);
    nunder = trim(&under, nunder);
    memset(parts, 0, sizeof *parts);
    if (!(parts->over = find_unit(kinds[kind].over, over, nover))) return -1;
    if (!kinds[kind].under) return slash ? -1 : 0;
    if (!slash) return -1;
    parts->per_step = kinds[kind].steps && find_unit(step_unit, under, nunder);
    if (parts->per_step) return 0;
    return (parts->under = find_unit(kinds[kind].under, under, nunder)) ? 0 : -1;
}

/* The value of a number in a unit. */
static double convert(kura_unit kind, const decimal *d, const unit_parts *u, double step_days)
{
    int exponent = u->over->exponent;
    if (kind == KURA_UNIT_PRICE || kind == KURA_UNIT_STORAGE) exponent -= u->under->exponent;
    double x = to_double(d, exponent) * u->over->factor;
    switch (kind) {
    case KURA_UNIT_RATE:
    case KURA_UNIT_GROWTH:
    case KURA_UNIT_EXPENSE:
        return x * (YEAR_DAYS / u->under->factor);
    case KURA_UNIT_STORAGE:
        return x * u->under->factor;
    case KURA_UNIT_FLOW:
    case KURA_UNIT_PACE:
    case KURA_UNIT_LOLE:
        return u->per_step || step_days == u->under->factor ? x : x * step_days / u->under->factor;
    default:
        return x;
    }
}

/* ---- messages ---- */

#define SAY(error, ...) snprintf((error)->text, sizeof(error)->text, __VA_ARGS__)

static void say_no_number(kura_unit kind, const char *text, kura_unit_error *error)
{
    const char *example = kinds[kind].example;
    char shown[264];
    snprintf(shown, sizeof shown, "%s", kura_quote(text).text);
    if (strchr(text, ',') && (is_digit(text[0]) || text[0] == '-'))
        SAY(error, "\"%s\" has a comma; write a decimal point, and '_' to group digits, as in \"30_000.5\"",
            shown);
    else if (text[0] == '0' && is_digit(text[1]))
        SAY(error, "\"%s\" begins with 0; write the number without leading zeros", shown);
    else if (text[0] == '0' && strchr("xXoObB", text[1]) && text[1])
        SAY(error, "\"%s\" is no decimal number; write for example \"%s\"", shown, example);
    else if (strstr(text, "nan") || strstr(text, "NaN") || strstr(text, "inf") || strstr(text, "Inf"))
        SAY(error, "\"%s\" is no finite number; write for example \"%s\"", shown, example);
    else
        SAY(error, "\"%s\" given where %s is expected; write for example \"%s\"", shown, kinds[kind].name,
            example);
}

static void offer(const unit_row *rows, kura_suggestion *s)
{
    for (; rows && rows->name; rows++)
        if (rows->name[0]) kura_suggest(s, rows->name);
}

/* Is it a unit of any kind?  Then the kind is wrong, not the spelling. */
static int is_unit(const char *unit)
{
    unit_parts parts;
    for (int k = 0; k < KURA_UNIT_KINDS; k++)
        if (parse_unit((kura_unit)k, unit, &parts) == 0) return 1;
    return 0;
}

static void say_bad_unit(kura_unit kind, const char *number, const char *unit, kura_unit_error *error)
{
    const char *name = kinds[kind].name, *example = kinds[kind].example;
    kura_suggestion s = {.wanted = strchr(unit, '/') ? strchr(unit, '/') + 1 : unit};
    if (!unit[0])
        SAY(error, "\"%s\" has no unit where %s is expected; write for example \"%s\"",
            kura_quote(number).text, name, example);
    else if (kind == KURA_UNIT_NUMBER)
        SAY(error, "\"%s\" after the number where %s is expected; write for example \"%s\"",
            kura_quote(unit).text, name, example);
    else if (is_unit(unit))
        SAY(error, "unit \"%s\" given where %s is expected; write for example \"%s\"", kura_quote(unit).text,
            name, example);
    else {
        offer(strchr(unit, '/') ? kinds[kind].under : kinds[kind].over, &s);
        if (s.best)
            SAY(error, "unknown unit \"%s\" where %s is expected%s", kura_quote(unit).text, name,
                kura_suggest_hint(&s).text);
        else
            SAY(error, "unknown unit \"%s\" where %s is expected; write for example \"%s\"",
                kura_quote(unit).text, name, example);
    }
}

/* ---- quantities ---- */

/* Splits a text into number and unit; nonzero, with a message, when it does not begin with a number. */
static int split(kura_unit kind, const char *text, decimal *d, const char **rest, kura_unit_error *error)
{
    const char *p = text;
    while (is_space(*p)) p++;
    const char *after = p;
    if (take_decimal(&after, d) || *after == '_' || *after == ',' || *after == '.' || (is_digit(*after)) ||
        (is_digit(p[0]) && after == p + 1 && p[0] == '0' && *after && strchr("xXoObB", *after))) {
        say_no_number(kind, p, error);
        return -1;
    }
    while (is_space(*after)) after++;
    *rest = after;
    return 0;
}

int kura_quantity_fits(kura_unit kind, const char *text, const char *unit)
{
    decimal d;
    unit_parts parts;
    kura_unit_error ignored;
    const char *rest;
    if (split(kind, text, &d, &rest, &ignored)) return 0;
    return parse_unit(kind, unit ? unit : rest, &parts) == 0;
}

int kura_quantity(kura_unit kind, const char *text, const char *unit, double step_days, double *value,
                  kura_unit_error *error)
{
    decimal d;
    unit_parts parts;
    const char *rest;
    if (split(kind, text, &d, &rest, error)) return -1;
    if (unit && rest[0]) {
        SAY(error,
            is_unit(rest) ? "\"%s\" where the header gives the unit; write the number alone"
                          : "\"%s\" is no number",
            kura_quote(text).text);
        return -1;
    }
    if (parse_unit(kind, unit ? unit : rest, &parts)) {
        say_bad_unit(kind, text, unit ? unit : rest, error);
        return -1;
    }
    double x = convert(kind, &d, &parts, step_days);
    if (isnan(x) || isinf(x) || (x == 0 && !is_zero(&d))) {
        SAY(error, "\"%s\" is too %s for a number", kura_quote(text).text, x == 0 ? "small" : "large");
        return -1;
    }
    *value = x == 0 ? 0 : x; /* no negative zero */
    return 0;
}

/* A number with an exponent, "1e5", when it is whole and exact. */
static int whole_by_exponent(const char *text, unsigned long long *value)
{
    double x = 0;
    kura_unit_error ignored;
    if (!strpbrk(text, "eE") || kura_quantity(KURA_UNIT_NUMBER, text, NULL, 0, &x, &ignored)) return -1;
    if (x < 0 || x > 9007199254740992.0 || x != floor(x)) return -1;
    *value = (unsigned long long)x;
    return 0;
}

int kura_whole(const char *text, unsigned long long least, unsigned long long most, unsigned long long *value,
               kura_unit_error *error)
{
    unsigned long long x = 0;
    const char *p = text;
    int ok = is_digit(*p) && !(p[0] == '0' && p[1]);
    for (; ok && *p; p++) {
        if (*p == '_' && is_digit(p[-1]) && is_digit(p[1])) continue;
        unsigned digit = (unsigned)(*p - '0');
        if (!is_digit(*p))
            ok = 0;
        else if (x > (~0ull - digit) / 10)
            ok = 0;
        else
            x = 10 * x + digit;
    }
    if (!ok) ok = whole_by_exponent(text, &x) == 0;
    if (!ok)
        SAY(error, "\"%s\" is no whole number; write for example \"%llu\"", kura_quote(text).text,
            least > 1 ? least : 1);
    else if ((x < least || x > most) && least == most)
        SAY(error, "%s given where %llu is expected", kura_quote(text).text, least);
    else if (x < least)
        SAY(error, "%s given where at least %llu is expected", kura_quote(text).text, least);
    else if (x > most)
        SAY(error, "%s given where at most %llu is expected", kura_quote(text).text, most);
    else
        return *value = x, 0;
    return -1;
}

/* ---- patterns for the schema ---- */

static size_t add_names(char *out, size_t size, size_t n, const unit_row *rows, int steps)
{
    int some = 0, optional = 0;
    n += (size_t)snprintf(out + n, n < size ? size - n : 0, "(");
    for (; rows && rows->name; rows++) {
        if (!rows->name[0]) {
            optional = 1;
            continue;
        }
        const char *root = strcmp(rows->name, "sqrt(year)") == 0 ? "sqrt\\\\(year\\\\)" : rows->name;
        n += (size_t)snprintf(out + n, n < size ? size - n : 0, "%s%s", some++ ? "|" : "", root);
    }
    if (steps) n += (size_t)snprintf(out + n, n < size ? size - n : 0, "|step");
    return n + (size_t)snprintf(out + n, n < size ? size - n : 0, optional ? ")?" : ")");
}

void kura_unit_pattern(kura_unit kind, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "^[-+]?([0-9][0-9_]*)?([.][0-9_]*)?([eE][-+]?[0-9]+)? *");
    if (kinds[kind].over != no_unit) n = add_names(out, size, n, kinds[kind].over, 0);
    if (kinds[kind].under) {
        n += (size_t)snprintf(out + n, n < size ? size - n : 0, " */ *");
        n = add_names(out, size, n, kinds[kind].under, kinds[kind].steps);
    }
    snprintf(out + n, n < size ? size - n : 0, "$");
}
