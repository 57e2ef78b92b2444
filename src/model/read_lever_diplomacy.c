/* levers.diplomacy: that a policy acts on something, and its one number [7.7].  And what all levers share. */
#include "conf/suggest.h"
#include "model/read_internal.h"
#include <limits.h>
#include <math.h>
#include <string.h>

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

void read_warn_idle(kura_bind *b, int from_step, int to_step, const kura_node *node)
{
    const sc_run *run = &reading_of(b)->sc->data.run;
    if (reading_of(b)->run_unsure) return;
    if (from_step != INT_MAX && from_step >= run->steps)
        KURA_BIND_WARN(b, kura_bind_at(node, "start"),
                       "the lever begins after the run, which has steps 0 to %d", run->steps - 1);
    else if (to_step <= 0)
        KURA_BIND_WARN(b, kura_bind_at(node, "end"), "the lever ends before the run begins");
}

void read_schedule(kura_bind *b, sc_schedule *when, const kura_node *node)
{
    if (when->from_step == INT_MAX) when->from_step = 0;
    if (when->to_step <= when->from_step)
        KURA_BIND_ERROR(b, kura_bind_at(node, "end"), "the end is not after the start");
    else
        read_warn_idle(b, when->from_step, when->to_step, node);
}

/* [7.7] up = onset = 1 - effect, down = 1/(1 - effect) */
static void one_number(kura_bind *b, sc_diplomacy *x, const kura_node *node)
{
    static const char *const parts[] = {"up", "down", "onset"};
    if (isnan(x->up)) x->up = 1;
    if (isnan(x->down)) x->down = 1;
    if (isnan(x->onset)) x->onset = 1;
    if (isnan(x->effect)) {
        if (x->up == 1 && x->down == 1 && x->onset == 1 && !given(node, "up") && !given(node, "down") &&
            !given(node, "onset"))
            KURA_BIND_ERROR(
                b, node->at,
                "the policy \"%s\" has no effect; give \"effect\", or \"up\", \"down\", \"onset\"", x->id);
        return;
    }
    for (int i = 0; i < 3; i++)
        if (given(node, parts[i]))
            KURA_BIND_ERROR(b, kura_bind_at(node, parts[i]),
                            "\"%s\" and \"effect\" are both given; give one of them", parts[i]);
    x->up = x->onset = 1 - x->effect;
    x->down = 1 / (1 - x->effect);
}

/* The restrictions that are named must be there. */
static void find_restrictions(kura_bind *b, const sc_diplomacy *x, const kura_node *node)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    for (int i = 0; i < x->nrestrictions; i++) {
        kura_suggestion s = {.wanted = x->restrictions[i]};
        int found = 0;
        for (int r = 0; r < d->nrestrictions; r++) {
            found |= d->restrictions[r].id && strcmp(d->restrictions[r].id, x->restrictions[i]) == 0;
            if (d->restrictions[r].id) kura_suggest(&s, d->restrictions[r].id);
        }
        if (!found)
            KURA_BIND_ERROR(b, kura_bind_at(node, "restrictions"), "unknown restriction \"%s\"%s",
                            kura_quote(x->restrictions[i]).text,
                            s.best ? kura_suggest_hint(&s).text : "; none is given in hazards.restrictions");
    }
}

void read_diplomacy_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_diplomacy *x = record;
    x->where = read_where(node);
    if (!node) return;
    read_schedule(b, &x->when, node);
    one_number(b, x, node);
    find_restrictions(b, x, node);
    if (!given(node, "countries") && !x->nrestrictions)
        KURA_BIND_ERROR(b, node->at,
                        "the policy \"%s\" acts on nothing; give \"countries\", \"restrictions\" or both",
                        x->id);
    if (x->nrestrictions && !given(node, "countries") && (x->up != 1 || x->down != 1) && isnan(x->effect))
        KURA_BIND_ERROR(b, node->at, "\"up\" and \"down\" act on regimes; give \"countries\" whose they are");
}
