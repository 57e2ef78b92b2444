/* JSON Schema (draft-07) from descriptor tables, see describe.h. */
#include "conf/describe.h"
#include <stdio.h>
#include <string.h>

#define ID_PATTERN "\"^[A-Za-z0-9_-]+$\""

static const char *const unit_ids[KURA_UNIT_KINDS] = {
    [KURA_UNIT_NUMBER] = "number",   [KURA_UNIT_SHARE] = "share",    [KURA_UNIT_TIME] = "time",
    [KURA_UNIT_RATE] = "rate",       [KURA_UNIT_GROWTH] = "growth",  [KURA_UNIT_MASS] = "mass",
    [KURA_UNIT_FLOW] = "flow",       [KURA_UNIT_PRICE] = "price",    [KURA_UNIT_VOLATILITY] = "volatility",
    [KURA_UNIT_PACE] = "pace",       [KURA_UNIT_LOLE] = "lole",      [KURA_UNIT_MONEY] = "money",
    [KURA_UNIT_EXPENSE] = "expense", [KURA_UNIT_STORAGE] = "holding"};

typedef struct {
    kura_text *out;
    const kura_type *types[64]; /* used so far */
    int ntypes;
    int required; /* list required keys: inside lists and laws */
} writer;

static void add_string(kura_text *out, const char *text)
{
    kura_text_add(out, "\"");
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') kura_text_add(out, "\\");
        kura_text_add_n(out, text, 1);
    }
    kura_text_add(out, "\"");
}

static void use_type(writer *w, const kura_type *type)
{
    for (int i = 0; i < w->ntypes; i++)
        if (w->types[i] == type) return;
    if (w->ntypes < 64) w->types[w->ntypes++] = type;
}

static void add_choices(kura_text *out, const char *choices)
{
    kura_text_add(out, "\"enum\": [");
    for (const char *p = choices; *p;) {
        size_t n = strcspn(p, " "), name = strcspn(p, " =");
        kura_text_printf(out, "%s\"%.*s\"", p == choices ? "" : ", ", (int)name, p);
        p += n + (p[n] == ' ');
    }
    kura_text_add(out, "]");
}

static void add_list_of(kura_text *out, const char *ref, int length)
{
    kura_text_printf(out, "\"anyOf\": [{\"type\": \"array\", \"items\": %s", ref);
    if (length) kura_text_printf(out, ", \"minItems\": %d, \"maxItems\": %d", length, length);
    kura_text_add(out, "}, {\"type\": \"string\"}]");
}

static void add_object(writer *w, const kura_record *record, int by_id);

static void add_quantity(writer *w, const kura_key *k)
{
    char ref[80];
    snprintf(ref, sizeof ref, "{\"$ref\": \"#/definitions/%s\"}", unit_ids[k->unit]);
    if (k->length || k->kind == KURA_KEY_QUANTITIES)
        add_list_of(w->out, ref, k->length);
    else
        kura_text_printf(w->out, "\"allOf\": [%s]", ref);
}

static void add_records(writer *w, const kura_key *k)
{
    const char *comma = "";
    int required = w->required;
    kura_text_add(w->out, "\"anyOf\": [");
    if (k->flags & KURA_KEY_BY_ID) {
        kura_text_add(w->out,
                      "{\"type\": \"object\", \"additionalProperties\": {\"anyOf\": [{\"type\": \"null\"}, ");
        add_object(w, k->record, 1);
        kura_text_add(w->out, "]}}");
        comma = ", ";
    }
    if (k->flags & KURA_KEY_LIST) {
        w->required = 1;
        kura_text_printf(w->out, "%s{\"type\": \"array\", \"items\": ", comma);
        add_object(w, k->record, 0);
        kura_text_add(w->out, "}");
        w->required = required;
        comma = ", ";
    }
    if (k->flags & KURA_KEY_FILES)
        kura_text_printf(w->out, "%s{\"type\": \"array\", \"items\": {\"type\": \"string\"}}", comma);
    if (k->flags & KURA_KEY_TABLE) kura_text_printf(w->out, "%s{\"type\": \"string\"}", comma);
    kura_text_add(w->out, ", {\"type\": \"null\"}]");
}

/* The words of a key's schema, without braces. */
static void add_kind(writer *w, const kura_key *k)
{
    kura_text *out = w->out;
    switch (k->kind) {
    case KURA_KEY_TEXT:
        if (k->choices)
            add_choices(out, k->choices);
        else
            kura_text_add(out, "\"type\": [\"string\", \"number\"]");
        break;
    case KURA_KEY_NAME:
        kura_text_add(out, "\"type\": [\"string\", \"integer\"], \"pattern\": " ID_PATTERN);
        break;
    case KURA_KEY_NAMES:
        add_list_of(out, "{\"type\": \"string\", \"pattern\": " ID_PATTERN "}", 0);
        break;
    case KURA_KEY_FLAG:
        kura_text_add(out, "\"type\": \"boolean\"");
        break;
    case KURA_KEY_CHOICE:
        add_choices(out, k->choices);
        break;
    case KURA_KEY_COUNT:
    case KURA_KEY_LARGE:
        kura_text_add(out, "\"type\": [\"integer\", \"string\"], \"minimum\": 0, \"pattern\": "
                           "\"^[0-9][0-9_]*([eE][0-9]+)?$\"");
        break;
    case KURA_KEY_QUANTITY:
    case KURA_KEY_QUANTITIES:
        add_quantity(w, k);
        break;
    case KURA_KEY_DATE:
        kura_text_add(out, "\"type\": \"string\", \"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"");
        break;
    case KURA_KEY_GROUP:
        kura_text_add(out, "\"anyOf\": [{\"type\": \"null\"}, ");
        add_object(w, k->record, 0);
        kura_text_add(out, "]");
        break;
    case KURA_KEY_RECORDS:
        add_records(w, k);
        break;
    case KURA_KEY_OTHER:
        use_type(w, k->type);
        kura_text_printf(out, "\"allOf\": [{\"$ref\": \"#/definitions/%s\"}]", k->type->id);
        break;
    case KURA_KEY_FREE:
        break;
    }
}

static void add_required(writer *w, const kura_record *record, int by_id)
{
    const char *comma = "";
    if (!w->required) return;
    kura_text_add(w->out, ", \"required\": [");
    for (const kura_key *k = record->keys; k->name; k++)
        if ((k->flags & KURA_KEY_REQUIRED) && !(by_id && (k->flags & KURA_KEY_ID))) {
            kura_text_printf(w->out, "%s\"%s\"", comma, k->name);
            comma = ", ";
        }
    kura_text_add(w->out, "]");
}

/* An object with the keys of a record.  Depth is that of the tables. */
static void add_object(writer *w, const kura_record *record, int by_id)
{
    const char *comma = "";
    kura_text_add(w->out, "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {");
    for (const kura_key *k = record->keys; k->name; k++) {
        if (by_id && (k->flags & KURA_KEY_ID)) continue;
        kura_text_printf(w->out, "%s\n\"%s\": {\"description\": ", comma, k->name);
        add_string(w->out, k->meaning);
        if (k->kind != KURA_KEY_FREE) kura_text_add(w->out, ", ");
        add_kind(w, k);
        kura_text_add(w->out, "}");
        comma = ",";
    }
    kura_text_add(w->out, "}");
    add_required(w, record, by_id);
    kura_text_add(w->out, "}");
}

void kura_describe_object(const kura_record *record, kura_text *out)
{
    writer w = {.out = out, .required = 1};
    add_object(&w, record, 0);
}

static void add_units(kura_text *out)
{
    for (int u = 0; u < KURA_UNIT_KINDS; u++) {
        char pattern[600];
        kura_unit kind = (kura_unit)u;
        kura_unit_pattern(kind, pattern, sizeof pattern);
        int plain = kind == KURA_UNIT_NUMBER || kind == KURA_UNIT_SHARE;
        kura_text_printf(out,
                         "%s\n\"%s\": {\"description\": \"%s, for example %s\", \"anyOf\": [{\"type\": %s, "
                         "\"pattern\": \"%s\"}, "
                         "{\"$ref\": \"#/definitions/unknown\"}]}",
                         u ? "," : "", unit_ids[u], kura_unit_name(kind), kura_unit_example(kind),
                         plain ? "[\"string\", \"number\"]" : "\"string\"", pattern);
    }
}

void kura_describe_schema(const kura_record *root, const char *title, const char *definitions, kura_text *out)
{
    writer w = {.out = out};
    kura_text object = {0};
    w.out = &object;
    add_object(&w, root, 0);
    kura_text_add(out, "{\"$schema\": \"http://json-schema.org/draft-07/schema#\",\n\"title\": ");
    add_string(out, title);
    kura_text_add(out, ",\n\"definitions\": {");
    add_units(out);
    for (int i = 0; i < w.ntypes; i++)
        if (w.types[i]->schema) kura_text_printf(out, ",\n\"%s\": %s", w.types[i]->id, w.types[i]->schema);
    if (definitions) kura_text_printf(out, ",\n%s", definitions);
    kura_text_add(out, "},\n");
    if (object.failed || !object.data)
        out->failed = 1;
    else
        kura_text_add(out, object.data + 1); /* without its opening brace */
    kura_text_add(out, "\n");
    kura_text_fini(&object);
}
