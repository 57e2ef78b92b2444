/* Types that are quantities of a kind of their own: values by regime, amounts given as mass or time, dates or
 * steps; see keys_internal.h. */
#include "model/read_internal.h"
#include "num/calendar.h"
#include <limits.h>
#include <math.h>
#include <string.h>

/* ---- numbers ---- */

static int read_half_life(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    if (node->kind == KURA_NODE_TEXT && strcmp(node->text, "never") == 0) {
        *(double *)field = INFINITY;
        return 0;
    }
    return kura_bind_quantity(b, key, KURA_UNIT_TIME, key->range, node, field);
}

static int read_storage(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    if (node->kind == KURA_NODE_TEXT && strcmp(node->text, "none") == 0) {
        *(double *)field = SC_NO_STORAGE;
        return 0;
    }
    return kura_bind_quantity(b, key, KURA_UNIT_MASS, key->range, node, field);
}

static void absent_number(const kura_key *key, void *field)
{
    (void)key;
    *(double *)field = NAN;
}

static void absent_half_life(const kura_key *key, void *field)
{
    (void)key;
    *(double *)field = INFINITY;
}

/* One number for all regimes, or a mapping of three. */
static int read_by_regime(kura_bind *b, const kura_key *key, const kura_node *node, const kura_record *record,
                          kura_unit unit, double *field)
{
    if (node->kind == KURA_NODE_MAP && !read_is_law(node)) {
        kura_bind_record(b, record, node, node->at, field, 0);
        return 0;
    }
    double x;
    if (kura_bind_quantity(b, key, unit, "0..", node, &x)) return -1;
    field[0] = field[1] = field[2] = x;
    return 0;
}

static int read_rates(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_by_regime(b, key, node, &keys_rates_by_regime, KURA_UNIT_RATE, field);
}

static int read_shares(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_by_regime(b, key, node, &keys_shares_by_regime, KURA_UNIT_SHARE, field);
}

static int read_integer(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    double x;
    (void)record;
    if (!kura_bind_text(b, node, "a whole number", "\"12\"")) return -1;
    if (kura_bind_quantity(b, key, KURA_UNIT_NUMBER, key->range, node, &x)) return -1;
    if (x != floor(x)) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" is no whole number", kura_quote(node->text).text);
        return -1;
    }
    *(int *)field = (int)x;
    return 0;
}

static void absent_integer(const kura_key *key, void *field)
{
    (void)key;
    *(int *)field = INT_MIN;
}

/* Two doubles: the first when the text is of the first kind, the second when it is of the second. */
static int read_either(kura_bind *b, const kura_key *key, const kura_node *node, kura_unit first,
                       kura_unit second, double *field)
{
    field[0] = field[1] = NAN;
    if (read_is_law(node)) { /* its parameters tell which */
        const kura_node *parameter = read_law_parameter(node);
        int is_first = parameter && kura_quantity_fits(first, parameter->text, NULL);
        return kura_bind_quantity(b, key, is_first ? first : second, key->range, node, &field[!is_first]);
    }
    const char *text = kura_bind_text(b, node, kura_unit_name(second), kura_unit_example(second));
    if (!text) return -1;
    if (kura_quantity_fits(first, text, node->unit))
        return kura_bind_quantity(b, key, first, key->range, node, &field[0]);
    if (kura_quantity_fits(second, text, node->unit))
        return kura_bind_quantity(b, key, second, key->range, node, &field[1]);
    KURA_BIND_ERROR(
        b, node->at, "\"%s%s%s\" given where %s or %s is expected; write for example \"%s\" or \"%s\"",
        kura_quote(text).text, node->unit ? " " : "", node->unit ? node->unit : "", kura_unit_name(second),
        kura_unit_name(first), kura_unit_example(second), kura_unit_example(first));
    return -1;
}

static int read_amount(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_either(b, key, node, KURA_UNIT_MASS, KURA_UNIT_TIME, field);
}

static int read_pace(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_either(b, key, node, KURA_UNIT_FLOW, KURA_UNIT_PACE, field);
}

static void absent_pair(const kura_key *key, void *field)
{
    (void)key;
    ((double *)field)[0] = ((double *)field)[1] = NAN;
}

/* ---- time ---- */

static int read_step(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    const sc_run *run = &reading_of(b)->sc->data.run;
    const char *text = kura_bind_text(b, node, "a date or the number of a step", "2026-01-31");
    kura_unit_error error;
    unsigned long long step;
    int32_t day;
    (void)key, (void)record;
    if (!text) return -1;
    if (kura_date_parse(text, &day) == 0) { /* [R1.2] */
        *(int *)field = (int)floor((day - run->start_day) / (run->step_days > 0 ? run->step_days : 7));
        return 0;
    }
    if (!strchr(text, '-') && kura_whole(text, 0, INT_MAX - 1, &step, &error) == 0) {
        *(int *)field = (int)step;
        return 0;
    }
    KURA_BIND_ERROR(b, node->at, "\"%s\" is no date or number of a step; write for example 2026-01-31 or 52",
                    kura_quote(text).text);
    return -1;
}

static void absent_step(const kura_key *key, void *field)
{
    (void)key;
    *(int *)field = INT_MAX;
}

static int read_since(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    const sc_run *run = &reading_of(b)->sc->data.run;
    const char *text = kura_bind_text(b, node, "a date", "2026-01-31");
    int32_t day;
    (void)key, (void)record;
    if (!text) return -1;
    if (kura_date_parse(text, &day)) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" is no date; write year-month-day, for example 2026-01-31",
                        kura_quote(text).text);
        return -1;
    }
    if (day > run->start_day && !reading_of(b)->run_unsure) {
        char start[11];
        kura_date_format(run->start_day, start);
        KURA_BIND_ERROR(b, node->at,
                        "%s is after the start of the run (%s); for later changes write an event", text,
                        start);
        return -1;
    }
    *(double *)field = (double)run->start_day - day;
    return 0;
}

static int read_value(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return kura_bind_quantity(b, key, KURA_UNIT_SHARE, "-1e6..1e6", node, field);
}

/* ---- the types ---- */

#define S_REF(id) "{\"$ref\": \"#/definitions/" id "\"}"
#define S_REGIMES(id)                                                                                        \
    "{\"anyOf\": [" S_REF(                                                                                   \
        id) ", {\"type\": \"object\", \"additionalProperties\": false, \"required\": "                       \
            "[\"normal\", \"tension\", \"coercion\"], \"properties\": {\"normal\": " S_REF(                  \
                id) ", \"tension\": " S_REF(id) ", \"coercion\": " S_REF(id) "}}]}"

const kura_type type_half_life = {"half_life",    "a duration, or never",
                                  "3 years",      "{\"anyOf\": [" S_REF("time") ", {\"const\": \"never\"}]}",
                                  read_half_life, absent_half_life};
const kura_type type_storage = {"storage",    "a mass, or none",
                                "500 t",      "{\"anyOf\": [" S_REF("mass") ", {\"const\": \"none\"}]}",
                                read_storage, absent_number};
const kura_type type_rates = {
    "rates", "a rate, or {normal, tension, coercion}", "0.05 /year", S_REGIMES("rate"), read_rates, NULL};
const kura_type type_shares = {
    "shares", "a share, or {normal, tension, coercion}", "30 %", S_REGIMES("share"), read_shares, NULL};
const kura_type type_integer = {"integer",    "a whole number", "-20", "{\"type\": \"integer\"}",
                                read_integer, absent_integer};
const kura_type type_amount = {"amount",    "a duration of base use, or a mass",
                               "90 days",   "{\"anyOf\": [" S_REF("time") ", " S_REF("mass") "]}",
                               read_amount, absent_pair};
const kura_type type_pace = {"pace_or_flow", "a duration of base use per step, or a flow",
                             "7 days/step",  "{\"anyOf\": [" S_REF("pace") ", " S_REF("flow") "]}",
                             read_pace,      absent_pair};
const kura_type type_since = {
    "since", "a date", "2023-08-01", "{\"type\": \"string\", \"format\": \"date\"}", read_since, NULL};
const kura_type type_step = {
    "step",
    "a date, or the number of a step",
    "2026-07-01",
    "{\"anyOf\": [{\"type\": \"string\", \"format\": \"date\"}, {\"type\": \"integer\", \"minimum\": 0}]}",
    read_step,
    absent_step};
const kura_type type_value = {"value", "a number or share", "50 %", S_REF("share"), read_value, NULL};
