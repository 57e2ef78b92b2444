/* run.stop_when: what is watched, and whether it can be [8.13]. */
#include "conf/suggest.h"
#include "model/read_internal.h"
#include <math.h>
#include <string.h>

static const char *const names[] = {
#define TERM(id, name) name,
    SC_WATCHED(TERM)
#undef TERM
};

#define WORDS                                                                                                \
    "{\"enum\": [\"loss_of_load_expectation\", \"expected_unserved\", \"normalised_expected_unserved\", "    \
    "\"shortage_probability_any\", \"long_shortage_probability\", \"cvar95_unserved\", "                     \
    "\"required_stock_days\"]}"

static int find_watch(kura_bind *b, const kura_node *node, const char *text)
{
    kura_suggestion near = {.wanted = text};
    for (int i = 0; i < SC_WATCH_COUNT; i++) {
        if (strcmp(names[i], text) == 0) return i;
        kura_suggest(&near, names[i]);
    }
    KURA_BIND_ERROR(b, node->at, "\"%s\" cannot be watched%s", kura_quote(text).text,
                    near.best ? kura_suggest_hint(&near).text
                              : "; it can be loss_of_load_expectation, expected_unserved, "
                                "normalised_expected_unserved, shortage_probability_any, "
                                "long_shortage_probability, cvar95_unserved, required_stock_days");
    return -1;
}

static int read_watch(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    unsigned char *watch = field;
    const kura_node *list = kura_bind_list(b, key, node);
    int bad = !list;
    for (int i = 0; list && i < list->count; i++) {
        const char *text =
            kura_bind_text(b, list->items[i], "a number of the result", "loss_of_load_expectation");
        int which = text ? find_watch(b, list->items[i], text) : -1;
        if (which < 0)
            bad = 1;
        else
            watch[which] = 1;
    }
    if (list && list->count == 0) {
        KURA_BIND_ERROR(b, node->at,
                        "the list \"watch\" is empty; to simulate run.paths without looking leave "
                        "out stop_when");
        bad = 1;
    }
    return bad;
}

const kura_type type_watch = {"watch",
                              "a list of numbers of the result",
                              "[loss_of_load_expectation]",
                              "{\"anyOf\": [{\"type\": \"array\", \"items\": " WORDS
                              "}, {\"type\": \"string\"}]}",
                              read_watch,
                              NULL};

/* A precision a step needs the length of the step, which stands beside. */
void read_stop_init(kura_bind *b, void *record)
{
    const read_run *run = (const read_run *)((const char *)record - offsetof(read_run, run.stop));
    if (run->run.step_days > 0) b->step_days = run->run.step_days;
}

void read_stop_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    sc_stop *s = record;
    s->given = node != NULL;
    s->where = read_where(node);
}

static void watch_headline(const kura_scenario_data *d, unsigned char *watched, int *n)
{
    for (int i = 0; i < d->nminerals; i++) *n += watched[i] = d->minerals[i].report == SC_REPORT_HEADLINE;
}

static void check_confidence(reading *r, const sc_stop *s, const kura_node *node)
{
    const sc_tallies *t = &r->sc->data.tallies;
    int found = 0;
    if (!s->watch[SC_WATCH_STOCK]) return;
    if (!t->required_stock)
        KURA_BIND_ERROR(&r->bind, kura_bind_at(node, "watch"),
                        "required_stock_days is watched, but tallies.required_stock is false");
    for (int i = 0; i < t->nconfidence; i++) found |= fabs(t->confidence[i] - s->confidence) < 1e-9;
    if (!found)
        KURA_BIND_ERROR(&r->bind, kura_bind_at(node, "confidence"),
                        "the required stock is watched at %g %%, which is not in tallies.confidence",
                        100 * s->confidence);
}

void read_check_stopping(reading *r)
{
    kura_scenario_data *d = &r->sc->data;
    sc_stop *s = &d->run.stop;
    const kura_node *node = kura_node_get(kura_node_get(r->root, "run"), "stop_when");
    unsigned char *watched;
    int n = 0;
    if (!s->given || r->minerals_unsure) return;
    watched = KURA_NEW(r->bind.arena, unsigned char, (size_t)d->nminerals + 1);
    if (!watched) return;
    for (int i = 0; i < s->nminerals; i++) {
        int mineral = kura_names_find(&r->minerals, s->minerals[i]);
        if (mineral < 0)
            read_unknown(&r->bind, kura_bind_at(node, "minerals"), "mineral", s->minerals[i], &r->minerals,
                         "; it is not in minerals");
        else
            watched[mineral] = 1;
    }
    if (!kura_node_get(node, "minerals")) {
        watch_headline(d, watched, &n);
        if (!n)
            KURA_BIND_ERROR(&r->bind, node->at,
                            "no mineral has `report: headline`; name those to watch in stop_when.minerals");
    }
    s->watched = watched;
    check_confidence(r, s, node);
}
