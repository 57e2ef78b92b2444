/* study.leave_out: causes, and the policies that do without each of them and without all [8.10 B]. */
#include "model/read_internal.h"
#include <string.h>

/* The parts of the sum beside causes are called so in the result. */
static const char *const taken[] = {"any", "interaction", "rest"};

static int read_sections(kura_bind *b, const kura_key *key, const kura_node *node, sc_cause *c)
{
    const kura_node *list = kura_bind_list(b, key, node);
    if (!list) return -1;
    c->keys = KURA_NEW(b->arena, const char *, (size_t)list->count + 1);
    for (int i = 0; c->keys && i < list->count; i++) {
        const char *text = kura_bind_text(b, list->items[i], "a section", "hazards.outages");
        if (!text) return -1;
        c->keys[c->nkeys++] = kura_arena_strdup(b->arena, text);
    }
    if (c->nkeys) return 0;
    KURA_BIND_ERROR(b, node->at,
                    "cause \"%s\" names no section that is left out, for example hazards.outages", c->id);
    return -1;
}

static int read_cause(kura_bind *b, const kura_key *key, const kura_entry *of, sc_cause *c)
{
    *c = (sc_cause){.id = kura_arena_strdup(b->arena, of->key), .policy = -1};
    c->where = read_where(of->value);
    int bad = !kura_bind_is_id(of->key, 1);
    if (bad)
        KURA_BIND_ERROR(b, of->at, "\"%s\" is no name of a cause; it may have a-z, A-Z, 0-9, _ and -",
                        kura_quote(of->key).text);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        if (strcmp(of->key, taken[i]) != 0) continue;
        KURA_BIND_ERROR(
            b, of->at, "a cause cannot be called \"%s\", which the result calls a part of its own", taken[i]);
        bad = 1;
    }
    return read_sections(b, key, of->value, c) || bad;
}

/* Is what `a` names inside of what `b` names? */
static int is_inside(const char *a, const char *b)
{
    size_t n = strlen(b);
    return strncmp(a, b, n) == 0 && (a[n] == 0 || a[n] == '.');
}

/* What two causes share would be counted for both. */
static int check_apart(kura_bind *b, const kura_node *node, const sc_leave_out *l)
{
    int bad = 0;
    for (int i = 0; i < l->ncauses; i++)
        for (int k = 0; k < l->ncauses; k++)
            for (int x = 0; i != k && x < l->causes[i].nkeys; x++)
                for (int y = 0; y < l->causes[k].nkeys; y++) {
                    const char *in = l->causes[i].keys[x], *of = l->causes[k].keys[y];
                    if (!is_inside(in, of) || (i > k && strcmp(in, of) == 0)) continue;
                    KURA_BIND_ERROR(b, kura_bind_at(node, l->causes[i].id),
                                    "causes \"%s\" and \"%s\" are not apart: \"%s\" and \"%s\"; give each "
                                    "section to one of them",
                                    l->causes[i].id, l->causes[k].id, in, of);
                    bad = 1;
                }
    return bad;
}

static int read_leave_out(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    sc_leave_out *l = field;
    (void)record;
    int bad = 0;
    if (node->kind != KURA_NODE_MAP || node->count == 0) {
        KURA_BIND_ERROR(b, node->at,
                        "\"leave_out\" must be a mapping of causes, for example {outages: hazards.outages}; "
                        "found %s",
                        node->kind == KURA_NODE_MAP ? "none" : kura_node_kind_name(node));
        return -1;
    }
    l->causes = KURA_NEW(b->arena, sc_cause, (size_t)node->count);
    for (int i = 0; l->causes && i < node->count; i++)
        bad |= read_cause(b, key, &node->entries[i], &l->causes[l->ncauses++]);
    if (!bad) bad = check_apart(b, node, l);
    if (bad) l->ncauses = 0;
    return bad ? -1 : 0;
}

const kura_type type_leave_out = {"leave_out",
                                  "a mapping {CAUSE: a section of the scenario, or a list of them}",
                                  "{restrictions: hazards.restrictions}",
                                  "{\"type\": \"object\", \"additionalProperties\": {\"anyOf\": [{\"type\": "
                                  "\"string\"}, {\"type\": \"array\", \"items\": {\"type\": \"string\"}}]}}",
                                  read_leave_out,
                                  NULL};

/* ---- the runs ---- */

static kura_pos place_of(kura_bind *b, const char *cause)
{
    const kura_node *study = kura_node_get(reading_of(b)->root, "study");
    return kura_bind_at(kura_node_get(study, "leave_out"), cause);
}

static int add_without(kura_bind *b, sc_study *s, const char *what, const char *title, kura_pos at, int n,
                       const char *const *keys)
{
    reading *r = reading_of(b);
    sc_policy *p = &s->policies[s->npolicies];
    kura_node *none = kura_node_text(&r->work, at, "null");
    *p =
        (sc_policy){.id = kura_arena_printf(b->arena, "without-%s", what), .title = title, .note.reason = ""};
    p->where = s->where;
    if (at.source) p->where = (sc_where){at.source->path, at.line, at.column};
    p->patch = none ? read_patch_of(b, at, n, keys, none) : NULL;
    for (int i = 0; p->id && i < s->npolicies; i++)
        if (s->policies[i].id && strcmp(s->policies[i].id, p->id) == 0)
            KURA_BIND_ERROR(b, at,
                            "\"%s\" in study.policies is the name of the run that leave_out makes; give the "
                            "policy another name",
                            p->id);
    return s->npolicies++;
}

void read_add_leave_out(kura_bind *b, sc_study *s)
{
    sc_leave_out *l = &s->leave_out;
    int all = 0, n = 0;
    if (!l->ncauses || read_more_policies(b, s, l->ncauses + 1)) return;
    for (int i = 0; i < l->ncauses; i++) all += l->causes[i].nkeys;
    const char **keys = KURA_NEW(b->arena, const char *, (size_t)all + 1);
    for (int i = 0; keys && i < l->ncauses; i++) {
        sc_cause *c = &l->causes[i];
        c->policy = add_without(b, s, c->id, "", place_of(b, c->id), c->nkeys, c->keys);
        for (int k = 0; k < c->nkeys; k++) keys[n++] = c->keys[k];
    }
    if (keys)
        l->none =
            add_without(b, s, "any", "Without any of the causes", place_of(b, l->causes[0].id), n, keys);
}
