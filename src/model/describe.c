/* `kura describe`: the scenario language explained from its tables; see keys.h. */
#include "model/keys.h"
#include "model/keys_internal.h"
#include "conf/describe.h"
#include <string.h>

static const char units_text[] =
    "units\n"
    "    A quantity is a number and a unit: 120 months, 30_000 USD/t, 0.12 /year, 81 %.\n"
    "    time    hour(s), day(s) d, week(s) w, month(s), year(s); 1 year = 365.25 days, 1 month = year/12\n"
    "    mass    g, kg, t, kt, Mt\n"
    "    flow    a mass per hour, day, week, month, year or step: t/year, t/step\n"
    "    share   % or a plain number: 81 % = 0.81\n"
    "    money   USD per mass: USD/t, USD/kg\n"
    "    rate    per time: /year, /month; growth also %/year; volatility %/sqrt(year)\n"
    "    Numbers are decimal; '_' groups digits (30_000), e is the exponent (1e3).\n";

static void describe_laws(kura_text *out)
{
    kura_text_add(out, "distributions\n    A value alone is a constant; else a mapping with one law, for "
                       "example {lognormal: {median: 8 months, "
                       "p90: 20 months}}.\n");
    for (const dist_law *law = keys_dist_laws(KURA_UNIT_SHARE); law->name; law++) {
        kura_text_printf(out, "    %s: {", law->name);
        for (const kura_key *k = law->parameters->keys; k->name; k++)
            kura_text_printf(out, "%s%s", k == law->parameters->keys ? "" : ", ", k->name);
        kura_text_printf(out, "}  %s\n", law->meaning);
    }
    kura_text_add(out,
                  "    lognormal takes sigma or p90; beta (shares only) alpha and beta, mean and sd, or "
                  "mean and concentration.\n"
                  "    Where one quantity is expected, a law says that it is not known: it is drawn once for "
                  "many paths (ignorance);\n"
                  "    lognormal takes p10 and p90 too, and \"as: NAME\" beside the law draws quantities "
                  "together.\n");
}

/* The definition of a law type: a value, or an object with one law. */
static void define_law(const char *id, kura_unit unit, const char *value, kura_text *out)
{
    const char *comma = "";
    kura_text_printf(
        out,
        "\"%s\": {\"anyOf\": [{\"$ref\": \"#/definitions/%s\"}, {\"type\": \"object\", \"minProperties\": 1, "
        "\"maxProperties\": 1, \"additionalProperties\": false, \"properties\": {",
        id, value);
    for (const dist_law *law = keys_dist_laws(unit); law->name; law++) {
        kura_text_printf(out, "%s\"%s\": ", comma, law->name);
        if (law->kind == SC_DIST_CONSTANT)
            kura_text_printf(out, "{\"$ref\": \"#/definitions/%s\"}", value);
        else
            kura_describe_object(law->parameters, out);
        comma = ", ";
    }
    kura_text_add(out, "}}]}");
}

/* A law where one quantity is expected: it is not known [R0.6]. */
static void define_unknown(kura_text *out)
{
    static const char *const laws[] = {"uniform", "normal", "lognormal", "exponential", "weibull", "beta"};
    kura_text_add(out,
                  "\"unknown\": {\"description\": \"a quantity that is not known: its law\", \"type\": "
                  "\"object\", \"minProperties\": 1, \"maxProperties\": 2, \"additionalProperties\": false, "
                  "\"properties\": {\"as\": {\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_-]+$\"}");
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        kura_text_printf(out,
                         ", \"%s\": {\"type\": \"object\", \"additionalProperties\": {\"type\": [\"string\", "
                         "\"number\"]}}",
                         laws[i]);
    kura_text_add(out, "}}");
}

static void describe_schema(kura_text *out)
{
    kura_text laws = {0};
    define_law("time_law", KURA_UNIT_TIME, "time", &laws);
    kura_text_add(&laws, ",\n");
    define_law("share_law", KURA_UNIT_SHARE, "share", &laws);
    kura_text_add(&laws, ",\n");
    define_unknown(&laws);
    kura_describe_schema(&keys_scenario, "kura scenario, format 1", laws.data, out);
    if (laws.failed) out->failed = 1;
    kura_text_fini(&laws);
}

static void describe_all(kura_text *out)
{
    kura_describe_list(&keys_scenario, out);
    kura_text_add(out, "\n");
    describe_laws(out);
    kura_text_add(out, "\n");
    kura_text_add(out, units_text);
}

kura_status kura_keys_describe(const char *key_or_null, int schema, kura_text *out, kura_error *err)
{
    char hint[160] = "";
    if (schema)
        describe_schema(out);
    else if (!key_or_null)
        describe_all(out);
    else if (strcmp(key_or_null, "units") == 0)
        kura_text_add(out, units_text);
    else if (strcmp(key_or_null, "distributions") == 0 || strcmp(key_or_null, "distribution") == 0)
        describe_laws(out);
    else if (!kura_describe_key(&keys_scenario, key_or_null, out, hint, sizeof hint))
        return kura_error_set(err, KURA_E_USAGE, "no key \"%.100s\"%s", key_or_null,
                              hint[0] ? hint : "; without a key all are listed");
    return out->failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory") : KURA_OK;
}
