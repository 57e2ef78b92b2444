/* What a policy of a study may change [7]: anything that acts on its paths.  The rest a study gives to all
 * runs, or takes from the scenario alone; a change of it would be left out without a word, so it is refused.
 * Keys of `run` and `tallies` by which runs are compared are held against each other by the study. */
#include "model/read_internal.h"
#include <string.h>

static const struct {
    const char *section, *why;
} refused[] = {
    {"ignorance", "and policies are compared on the same draws of what is not known: write it into the "
                  "scenario, for all of them"},
    {"checks", "and a study holds the record against the paths of the scenario alone: write it there, or run "
               "the policy as a scenario of its own, with base and patch"},
    {"name", "and a study calls a policy by its id"},
    {"title", "and a study has the title of a policy from its key title, beside patch and not in it"},
    {"policy", "and a study has what is expected of a policy from expect and reason, beside patch and not "
               "in it"},
    {"study", "and a policy cannot change the study that it is part of"},
    {"base", "and a policy starts from the scenario of the study: write what differs into its patch"},
    {"include", "which acts beside patch and not in it: write it into the policy file"},
    {"patch", "in its patch: write the changes there directly"},
};

/* Of `tallies`: not for the comparison, and written for the scenario only. */
static const char *const of_scenario[] = {"adequacy",       "samples",   "bracket",
                                          "check_required", "n_minus_1", "attribution",
                                          "trace_paths",    "dump",      "concentration"};

static int same(const kura_node *a, const kura_node *b);

/* Null entries count as none. */
static int holds(const kura_node *a, const kura_node *b)
{
    for (int i = 0; i < a->count; i++) {
        const kura_node *x = kura_node_get(a, a->entries[i].key), *y = kura_node_get(b, a->entries[i].key);
        if (x && !same(x, y)) return 0;
    }
    return 1;
}

static int same(const kura_node *a, const kura_node *b)
{
    if (a == b) return 1;
    if (!a || !b || a->kind != b->kind) return 0;
    if (a->kind == KURA_NODE_TEXT) return strcmp(a->text, b->text) == 0;
    if (a->kind == KURA_NODE_MAP) return holds(a, b) && holds(b, a);
    if (a->count != b->count) return 0;
    for (int i = 0; i < a->count; i++)
        if (!same(a->items[i], b->items[i])) return 0;
    return 1;
}

/* The dotted key of the patch that reaches into `key`, else where the value stands. */
static const kura_node *written(const sc_policy *p, const kura_node *changed, const char *key)
{
    size_t n = strlen(key);
    for (int i = 0; p->patch && i < p->patch->count; i++) {
        const kura_entry *e = &p->patch->entries[i];
        if (strncmp(e->key, key, n) == 0 && (!e->key[n] || e->key[n] == '.')) return e->value;
    }
    return changed;
}

static void refuse(reading *r, const sc_policy *p, const kura_node *changed, const char *key, const char *why)
{
    changed = written(p, changed, key);
    if (changed)
        kura_report(r->files.diag, KURA_DIAG_ERROR, changed->at, "policy \"%s\" changes %s, %s", p->id, key,
                    why);
    else
        kura_diag_add(r->files.diag, KURA_DIAG_ERROR, p->where.file, p->where.line, p->where.column, NULL,
                      "policy \"%s\" changes %s, %s", p->id, key, why);
}

static const kura_node *within(const kura_node *root, const char *section, const char *key)
{
    return kura_node_get(kura_node_get(root, section), key);
}

void read_check_policy(reading *r, const kura_node *before, const sc_policy *p)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        const kura_node *now = kura_node_get(r->root, refused[i].section);
        if (!same(kura_node_get(before, refused[i].section), now))
            refuse(r, p, now, refused[i].section, refused[i].why);
    }
    for (size_t i = 0; i < sizeof of_scenario / sizeof *of_scenario; i++) {
        const kura_node *now = within(r->root, "tallies", of_scenario[i]);
        if (same(within(before, "tallies", of_scenario[i]), now)) continue;
        char key[64] = "tallies.";
        strcat(key, of_scenario[i]);
        refuse(r, p, now, key,
               "which a study writes for the scenario alone: write it there, or run the policy as a "
               "scenario of its own, with base and patch");
    }
    const kura_node *stop = within(r->root, "run", "stop_when");
    if (!same(within(before, "run", "stop_when"), stop))
        refuse(r, p, stop, "run.stop_when", "which the study gives to all: it compares on the same paths");
}
