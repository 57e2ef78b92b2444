/* Keys of `ignorance`: how what is not known is drawn [R0.6]. */
#include "conf/suggest.h"
#include "model/read_internal.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of a double[4]. */
#define GRADE(letter, i, value, text)                                                                        \
    {                                                                                                        \
        letter, .kind = KURA_KEY_QUANTITY, .offset = (i) * sizeof(double), .unit = KURA_UNIT_SHARE,          \
                DEFAULT(value), RANGE("0..2"), DOC("R0.6", "spread of data of grade " letter ", " text)      \
    }
static const kura_key grades[] = {GRADE("A", 0, "5 %", "measured"), GRADE("B", 1, "10 %", "computed"),
                                  GRADE("C", 2, "15 %", "recalled"), GRADE("D", 3, "30 %", "judged"),
                                  KEYS_END};
static const kura_record keys_grades = {"grades", grades, 4 * sizeof(double), NULL, NULL};

/* Letters that are left out take their default, which is not none. */
static void warn_of_defaults(kura_bind *b, const kura_node *node, const double *spread)
{
    char list[80] = "";
    size_t n = 0;
    for (int i = 0; i < 4; i++)
        if (!kura_node_get(node, grades[i].name) && n < sizeof list)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s %g %%", n ? ", " : "", grades[i].name,
                                  100 * spread[i]);
    if (n)
        KURA_BIND_WARN(b, node->at,
                       "grades that are not given take their default, %s; write them, with 0 %% for none",
                       list);
}

static int read_grades(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    static const double usual[4] = {0.05, 0.10, 0.15, 0.30};
    (void)key, (void)record;
    if (node->kind == KURA_NODE_MAP) {
        kura_bind_record(b, &keys_grades, node, node->at, field, 0);
        warn_of_defaults(b, node, field);
        return 0;
    }
    const char *text = kura_bind_text(b, node, "default, or a spread for each grade", "{A: 5 %, D: 30 %}");
    if (!text) return -1;
    if (strcmp(text, "default") != 0) {
        KURA_BIND_ERROR(b, node->at,
                        "\"%s\" given where the spreads by grade are expected; write default, or "
                        "for example {A: 5 %%, B: 10 %%, C: 15 %%, D: 30 %%}",
                        kura_quote(text).text);
        return -1;
    }
    memcpy(field, usual, sizeof usual);
    return 0;
}

static void no_grades(const kura_key *key, void *field)
{
    (void)key;
    for (int i = 0; i < 4; i++) ((double *)field)[i] = NAN;
}

const kura_type type_grades = {
    "grades",
    "default, or a spread for each grade",
    "{A: 5 %, B: 10 %, C: 15 %, D: 30 %}",
    "{\"anyOf\": [{\"const\": \"default\"}, {\"type\": \"object\", \"additionalProperties\": false, "
    "\"properties\": {\"A\": {\"$ref\": \"#/definitions/share\"}, \"B\": {\"$ref\": "
    "\"#/definitions/share\"}, "
    "\"C\": {\"$ref\": \"#/definitions/share\"}, \"D\": {\"$ref\": \"#/definitions/share\"}}}]}",
    read_grades,
    no_grades};

static const char *const groups[] = {
#define TERM(id, name, text) name,
    SC_IGNORANCE_GROUPS(TERM)
#undef TERM
};

static int read_groups(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    unsigned char *applies = field;
    const kura_node *list = kura_bind_list(b, key, node);
    int bad = !list;
    (void)record;
    for (int i = 0; list && i < list->count; i++) {
        const char *text = kura_bind_text(b, list->items[i], "a group of numbers", "output");
        kura_suggestion near = {.wanted = text};
        int found = 0;
        for (int g = 0; text && g < SC_GROUP_COUNT; g++) {
            kura_suggest(&near, groups[g]);
            if (strcmp(groups[g], text) == 0) found = applies[g] = 1;
        }
        if (text && !found)
            KURA_BIND_ERROR(b, list->items[i]->at, "spreads by grade do not apply to \"%s\"%s",
                            kura_quote(text).text,
                            near.best ? kura_suggest_hint(&near).text
                                      : "; they can to output, demand, volumes, stocks, response");
        bad |= !found;
    }
    if (list && list->count == 0)
        KURA_BIND_ERROR(b, node->at, "the list \"%s\" is empty; leave it out for all groups", key->name);
    return bad || list->count == 0;
}

const kura_type type_ignorance_groups = {
    "ignorance_groups",
    "a list of groups of numbers: output, demand, volumes, stocks, response",
    "[output, demand]",
    "{\"anyOf\": [{\"type\": \"array\", \"items\": {\"enum\": [\"output\", \"demand\", \"volumes\", "
    "\"stocks\", \"response\"]}}, {\"type\": \"string\"}]}",
    read_groups,
    NULL};

static const kura_key ignorance[] = {
    {"inner", COUNT(sc_ignorance, inner), DEFAULT("64"), RANGE("64..1024"),
     DOC("R0.6", "paths that share a draw of what is not known: 64, 128, 256, 512 or 1024; more of them tell "
                 "better what each draw means, fewer make more draws")},
    {"draw", FLAG(sc_ignorance, draws), DEFAULT("true"),
     DOC("R0.6", "draw what is not known; with false it keeps its median, and rows their figure")},
    {"grades", OTHER(sc_ignorance, grades, type_grades), FLAGS(KURA_KEY_WHOLE),
     DOC("R0.6", "standard deviation of the logarithm of figures by the grade of their data (of their basis "
                 "where rows have none: measured B, recalled C, judged and estimated D); default: none, "
                 "`default` is {A: 5 %, B: 10 %, C: 15 %, D: 30 %}, and a letter left out takes its figure "
                 "there")},
    {"applies_to", OTHER(sc_ignorance, applies_to, type_ignorance_groups), FLAGS(KURA_KEY_NOTED),
     DEFAULT("all of them"),
     DOC("R0.6", "what the spreads by grade apply to: output, demand, volumes, stocks, response")},
    KEYS_END};
const kura_record keys_ignorance = {"ignorance", ignorance, sizeof(sc_ignorance), NULL,
                                    read_ignorance_finish};
