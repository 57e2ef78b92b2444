/* tallies.dump: the series of every path that are written. */
#include "conf/suggest.h"
#include "model/read_internal.h"
#include <string.h>

static const char *const names[] = {
#define TERM(id, name, units, text) name,
    SC_DUMPED(TERM)
#undef TERM
};

static int find_series(kura_bind *b, const kura_node *node, const char *text)
{
    kura_suggestion near = {.wanted = text};
    for (int i = 0; i < SC_DUMP_COUNT; i++) {
        if (strcmp(names[i], text) == 0) return i;
        kura_suggest(&near, names[i]);
    }
    KURA_BIND_ERROR(b, node->at, "\"%s\" cannot be dumped%s", kura_quote(text).text,
                    near.best ? kura_suggest_hint(&near).text
                              : "; it can be demand, unserved, gross_unserved, stock_days, price, "
                                "focus_price");
    return -1;
}

static int read_dump(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    unsigned char *dump = field;
    const kura_node *list = kura_bind_list(b, key, node);
    int bad = !list;
    for (int i = 0; list && i < list->count; i++) {
        const char *text = kura_bind_text(b, list->items[i], "a series", "unserved");
        int which = text ? find_series(b, list->items[i], text) : -1;
        if (which < 0)
            bad = 1;
        else
            dump[which] = 1;
    }
    return bad;
}

const kura_type type_dump = {"dump",
                             "a list of series",
                             "[unserved]",
                             "{\"anyOf\": [{\"type\": \"array\", \"items\": {\"enum\": [\"demand\", "
                             "\"unserved\", \"gross_unserved\", \"stock_days\", \"price\", "
                             "\"focus_price\"]}}, {\"type\": \"string\"}]}",
                             read_dump,
                             NULL};
