/* Stockpiles: that their rules fit together and that each serves somebody.  Hooks of keys_network.c; see
 * read_internal.h. */
#include "model/read_internal.h"
#include "conf/suggest.h"
#include <math.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

void read_refill_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    ((sc_stockpile *)record)->refill = node != NULL;
}

void read_member_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    ((sc_member *)record)->where = read_where(node);
}

/* A place exists when a site, trade or demand is there. */
static int is_place(const reading *r, const sc_stockpile *s, int country)
{
    const char *name = read_place_name((reading *)r, s->mineral, s->form, country, NULL);
    return !name || r->network_unsure || kura_names_find(&r->hubs, name) >= 0;
}

static void check_place(kura_bind *b, const sc_stockpile *s, int country, const kura_node *node)
{
    const reading *r = reading_of(b);
    if (is_place(r, s, country)) return;
    KURA_BIND_ERROR(b, node->at, "the stockpile \"%s\" is at %s, where there is no site, trade or demand",
                    s->id, read_place_name((reading *)r, s->mineral, s->form, country, NULL));
}

static void check_sectors(kura_bind *b, const sc_stockpile *s, const kura_node *node)
{
    const reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < s->nsectors && !r->network_unsure; i++) {
        kura_suggestion hint = {.wanted = s->sectors[i]};
        int found = 0;
        for (int k = 0; k < d->ndemands; k++) {
            const sc_demand *x = &d->demands[k];
            if (x->mineral != s->mineral || x->form != s->form || x->country != s->country || !x->sector[0])
                continue;
            found |= strcmp(x->sector, s->sectors[i]) == 0;
            kura_suggest(&hint, x->sector);
        }
        if (!found)
            KURA_BIND_ERROR(b, kura_bind_at(node, "sectors"),
                            "no demand of the sector \"%s\" is where \"%s\" stands%s",
                            kura_quote(s->sectors[i]).text, s->id, kura_suggest_hint(&hint).text);
    }
}

static void check_keeping(kura_bind *b, const sc_stockpile *s, const kura_node *node)
{
    static const char *const needs_life[] = {"rotation", "reprocessing", "opening_age"};
    if (given(node, "half_life") && given(node, "shelf_life"))
        KURA_BIND_ERROR(b, kura_bind_at(node, "half_life"),
                        "\"half_life\" and \"shelf_life\" are both given; give one of them");
    for (size_t i = 0; i < sizeof needs_life / sizeof *needs_life; i++)
        if (given(node, needs_life[i]) && !given(node, "shelf_life"))
            KURA_BIND_ERROR(b, kura_bind_at(node, needs_life[i]),
                            "\"%s\" has no effect without \"shelf_life\"", needs_life[i]);
    if (!isnan(s->reprocessing) && s->form == 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "reprocessing"),
                        "there is no form before the first one; spoilt material can only be written off");
}

static void check_refill(kura_bind *b, const sc_stockpile *s, const kura_node *node)
{
    if (given(node, "target") && !s->refill)
        KURA_BIND_ERROR(b, kura_bind_at(node, "target"), "\"target\" has no effect without \"refill\"");
    if (s->refill && s->trigger == SC_TRIGGER_ALWAYS)
        KURA_BIND_ERROR(b, kura_bind_at(node, "refill"),
                        "a stock that always releases is never refilled; take another trigger");
    if (s->target_t < s->floor_t || s->target_days < s->floor_days)
        KURA_BIND_ERROR(b, kura_bind_at(node, "target"), "the target is below the floor");
}

static void check_members(kura_bind *b, const sc_stockpile *s, const kura_node *node)
{
    const reading *r = reading_of(b);
    double sum = 0;
    if (given(node, "solidarity") && !s->nmembers)
        KURA_BIND_ERROR(b, kura_bind_at(node, "solidarity"),
                        "\"solidarity\" has no effect without \"members\"");
    if (!s->nmembers) return;
    if (s->owner != SC_OWNER_JOINT)
        KURA_BIND_ERROR(b, kura_bind_at(node, "members"),
                        "only a joint stock has members; write \"owner: joint\"");
    if (s->nsectors)
        KURA_BIND_ERROR(b, kura_bind_at(node, "sectors"), "a pooled stock serves its members as a whole");
    if (s->release_at_days > 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "release_at"),
                        "a pooled stock is asked for what members lack only");
    if (s->trigger == SC_TRIGGER_SHORTAGE || s->trigger == SC_TRIGGER_COVER)
        KURA_BIND_ERROR(b, kura_bind_at(node, "trigger"), "a pooled stock has the trigger inbound or always");
    for (int i = 0; i < s->nmembers; i++) {
        const sc_member *m = &s->members[i];
        sum += m->share;
        for (int j = 0; j < i; j++)
            if (s->members[j].country == m->country && m->country >= 0)
                KURA_BIND_ERROR(b, kura_bind_at(node, "members"), "%s is a member twice",
                                r->countries.names[m->country]);
        if (!is_place(r, s, m->country))
            KURA_BIND_ERROR(b, kura_bind_at(node, "members"),
                            "the member %s could not use it: there is no site, trade or demand at %s",
                            r->countries.names[m->country],
                            read_place_name((reading *)r, s->mineral, s->form, m->country, NULL));
    }
    if (sum > 1 + 1e-9)
        KURA_BIND_ERROR(b, kura_bind_at(node, "members"), "the entitlements sum to %.6g %%; at most 100 %%",
                        100 * sum);
}

void read_stockpile_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_stockpile *s = record;
    s->where = read_where(node);
    if (!given(node, "floor")) s->floor_t = 0;
    if (s->off >= s->on)
        KURA_BIND_ERROR(b, kura_bind_at(node, given(node, "off") ? "off" : "on"),
                        "\"off\" (%g %%) must be below \"on\" (%g %%)", 100 * s->off, 100 * s->on);
    if (s->floor_t > s->opening_t || s->floor_days > s->opening_days)
        KURA_BIND_ERROR(b, kura_bind_at(node, "floor"), "the floor is above the opening stock");
    if (!node) return;
    check_place(b, s, s->country, node);
    check_sectors(b, s, node);
    check_keeping(b, s, node);
    check_refill(b, s, node);
    check_members(b, s, node);
}
