/* `study` and `policy`: reading the policies, and changing a scenario as one of them says [7]. */
#include "conf/suggest.h"
#include "model/read_internal.h"
#include <string.h>

static const char *const numbers[] = {
#define TERM(id, name) name,
    SC_COMPARED(TERM)
#undef TERM
};
static const char *const directions[] = {"nothing", "falls", "rises"};

const char *sc_compare_name(sc_compare number) { return numbers[number]; }

/* ---- what is expected ---- */

static int find_word(kura_bind *b, kura_pos at, const char *word, const char *const *words, int n,
                     const char *what)
{
    kura_suggestion near = {.wanted = word};
    kura_text known = {0};
    for (int i = 0; i < n; i++) {
        if (strcmp(words[i], word) == 0) {
            kura_text_fini(&known);
            return i;
        }
        kura_suggest(&near, words[i]);
        kura_text_printf(&known, "%s%s", i ? ", " : "; it can be ", words[i]);
    }
    KURA_BIND_ERROR(b, at, "unknown %s \"%s\"%s", what, kura_quote(word).text,
                    near.best    ? kura_suggest_hint(&near).text
                    : known.data ? known.data
                                 : "");
    kura_text_fini(&known);
    return -1;
}

int read_find_number(kura_bind *b, kura_pos at, const char *word)
{
    return find_word(b, at, word, numbers, SC_COMPARE_COUNT, "number of the result");
}

typedef struct {
    sc_expectation *items;
    int n, capacity;
} expectations;

static void expect(kura_bind *b, expectations *to, sc_expectation item)
{
    if (to->n == to->capacity) {
        int capacity = to->capacity ? 2 * to->capacity : 16;
        sc_expectation *more = KURA_NEW(b->arena, sc_expectation, (size_t)capacity);
        if (!more) return;
        if (to->n) memcpy(more, to->items, (size_t)to->n * sizeof *more);
        to->items = more;
        to->capacity = capacity;
    }
    to->items[to->n++] = item;
}

/* One policy file serves several scenarios, so a mineral that this one lacks is no error. */
static void expect_of_minerals(kura_bind *b, const kura_key *key, const kura_entry *claim, sc_expectation e,
                               expectations *to)
{
    const kura_node *list = kura_bind_list(b, key, claim->value);
    for (int i = 0; list && i < list->count; i++) {
        const char *id = kura_bind_text(b, list->items[i], "a mineral", "gallium");
        if (!id) continue;
        e.mineral = strcmp(id, "all") == 0 ? -1 : kura_names_find(&reading_of(b)->minerals, id);
        if (e.mineral >= 0 || strcmp(id, "all") == 0)
            expect(b, to, e);
        else if (!reading_of(b)->minerals_unsure)
            KURA_BIND_WARN(b, list->items[i]->at,
                           "something is expected of \"%s\", which is no mineral of this scenario",
                           kura_quote(id).text);
    }
}

static void read_claims(kura_bind *b, const kura_key *key, const kura_entry *of, expectations *to)
{
    int number = read_find_number(b, of->at, of->key);
    sc_expectation e = {.number = (sc_compare)number, .mineral = -1};
    if (of->value->kind == KURA_NODE_MAP) {
        for (int i = 0; i < of->value->count; i++) {
            const kura_entry *claim = &of->value->entries[i];
            int direction = find_word(b, claim->at, claim->key, directions, 3, "direction");
            e.direction = (sc_direction)direction;
            if (number >= 0 && direction >= 0) expect_of_minerals(b, key, claim, e, to);
        }
        return;
    }
    const char *word = kura_bind_text(b, of->value, "what it does", "falls");
    int direction = word ? find_word(b, of->value->at, word, directions, 3, "direction") : -1;
    e.direction = (sc_direction)direction;
    if (number >= 0 && direction >= 0) expect(b, to, e);
}

static int read_expect(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    expectations all = {0};
    if (node->kind != KURA_NODE_MAP) {
        KURA_BIND_ERROR(b, node->at,
                        "\"expect\" must be a mapping, for example {loss_of_load_expectation: falls}; found "
                        "%s",
                        kura_node_kind_name(node));
        return -1;
    }
    for (int i = 0; i < node->count; i++) read_claims(b, key, &node->entries[i], &all);
    *(sc_expectation **)field = all.items;
    *(int *)(void *)((char *)record + key->count) = all.n;
    return 0;
}

#define DIRECTION "{\"enum\": [\"falls\", \"rises\", \"nothing\"]}"
#define MINERALS                                                                                             \
    "{\"anyOf\": [{\"type\": \"array\", \"items\": {\"type\": \"string\"}}, {\"type\": \"string\"}]}"
const kura_type type_expect = {"expect",
                               "a mapping {NUMBER: falls, rises or nothing}",
                               "{loss_of_load_expectation: falls}",
                               "{\"type\": \"object\", \"additionalProperties\": {\"anyOf\": [" DIRECTION
                               ", {\"type\": \"object\", \"additionalProperties\": false, \"properties\": "
                               "{\"falls\": " MINERALS ", \"rises\": " MINERALS ", \"nothing\": " MINERALS
                               "}}]}}",
                               read_expect,
                               NULL};

void read_note_finish(kura_bind *b, void *record, const kura_node *node)
{
    (void)b;
    ((sc_note *)record)->given = node != NULL;
}

/* ---- policies ---- */

/* Only these of a policy file matter in a study; anything else would be left out without a word. */
static void check_file(kura_bind *b, const kura_node *file)
{
    static const char *const allowed[] = {"format", "name", "title", "base", "include", "patch", "policy"};
    for (int i = 0; i < file->count; i++) {
        int known = 0;
        for (size_t k = 0; k < sizeof allowed / sizeof *allowed; k++)
            known |= strcmp(file->entries[i].key, allowed[k]) == 0;
        if (!known)
            KURA_BIND_ERROR(b, file->entries[i].at,
                            "\"%s\" in a policy file: in a study only its patch and include act; write the "
                            "change into patch",
                            kura_quote(file->entries[i].key).text);
    }
}

static void read_file(kura_bind *b, sc_policy *p, kura_node *name)
{
    kura_node *file = kura_merge_open(b->files, name, "file");
    if (!file) return;
    check_file(b, file);
    p->include = kura_node_get(file, "include");
    p->patch = kura_node_get(file, "patch");
    if (!p->include && !p->patch)
        KURA_BIND_ERROR(b, name->at, "\"%s\" has no patch: it changes nothing", kura_quote(name->text).text);
    name->text = file->at.source->name; /* as seen from the main file: how the merged scenario names it */
    const kura_node *title = kura_node_get(file, "title"), *of_file = kura_node_get(file, "policy");
    if (!p->title[0] && title && title->kind == KURA_NODE_TEXT)
        p->title = kura_arena_strdup(b->arena, title->text);
    if (!of_file) return;
    sc_note note = {0};
    kura_bind_record(b, &keys_note, of_file, of_file->at, &note, 0);
    if (!p->note.reason || !p->note.reason[0]) p->note.reason = note.reason;
    if (!p->note.nexpected) p->note.expected = note.expected, p->note.nexpected = note.nexpected;
}

void read_policy_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_policy *p = record;
    kura_node *file = kura_node_get(node, "file");
    const kura_node *patch = kura_node_get(node, "patch");
    p->where = read_where(node);
    if (!p->title) p->title = "";
    if (!node || node->kind != KURA_NODE_MAP) return;
    if (!p->id || !p->id[0]) return;
    if (strcmp(p->id, "base") == 0 || strcmp(p->id, "all") == 0)
        KURA_BIND_ERROR(b, node->at, "a policy cannot be called \"%s\", which stands for %s", p->id,
                        p->id[0] == 'b' ? "the scenario without policy" : "all minerals");
    if ((file != NULL) + (patch != NULL) + (p->ncombines > 0) != 1)
        KURA_BIND_ERROR(b, node->at, "policy \"%s\" needs one of file, patch and combine", p->id);
    else if (file)
        read_file(b, p, file);
    else
        p->patch = patch;
}

int read_find_policy(kura_bind *b, const sc_study *s, const char *id, kura_pos at)
{
    kura_names ids = {0};
    for (int i = 0; i < s->npolicies; i++)
        if (s->policies[i].id && strcmp(s->policies[i].id, id) == 0) return i;
    for (int i = 0; i < s->npolicies; i++)
        if (s->policies[i].id) kura_names_add(&ids, &reading_of(b)->work, s->policies[i].id);
    read_unknown(b, at, "policy", id, &ids, "; none is given in study.policies");
    return -1;
}

/* A combination is of policies that are none, so the order in which they are written does not matter. */
static void find_parts(kura_bind *b, const sc_study *s, sc_policy *p, const kura_node *node)
{
    kura_pos at = kura_bind_at(node, "combine");
    p->parts = KURA_NEW(b->arena, int, (size_t)p->ncombines + 1);
    for (int i = 0; p->parts && i < p->ncombines; i++) {
        p->parts[i] = read_find_policy(b, s, p->combines[i], at);
        if (p->parts[i] >= 0 && s->policies[p->parts[i]].ncombines > 0)
            KURA_BIND_ERROR(b, at, "\"%s\" is itself a combination; name the policies it is made of",
                            p->combines[i]);
    }
}

int read_more_policies(kura_bind *b, sc_study *s, int n)
{
    sc_policy *more = KURA_NEW(b->arena, sc_policy, (size_t)(s->npolicies + n) + 1);
    if (!more) return -1;
    if (s->npolicies) memcpy(more, s->policies, (size_t)s->npolicies * sizeof *more);
    s->policies = more;
    return 0;
}

/* Number of portfolios of 2 to `most` of n policies; more than SC_MAX_PORTFOLIOS count as one more. */
static int count_portfolios(int n, int most)
{
    double sum = 0, c = n;
    for (int k = 2; k <= most && sum <= SC_MAX_PORTFOLIOS; k++) {
        c = c * (n - k + 1) / k;
        sum += c;
    }
    return sum > SC_MAX_PORTFOLIOS ? SC_MAX_PORTFOLIOS + 1 : (int)sum;
}

static int bits_of(unsigned x)
{
    int n = 0;
    for (; x; x &= x - 1) n++;
    return n;
}

/* The next larger word with as many bits. */
static unsigned next_set(unsigned set)
{
    unsigned lowest = set & -set, up = set + lowest;
    return (((up ^ set) >> 2) / lowest) | up;
}

static void add_portfolio(kura_bind *b, sc_study *s, const int *of, unsigned set)
{
    sc_policy *p = &s->policies[s->npolicies++];
    const sc_portfolios *all = &s->portfolios;
    *p = (sc_policy){.title = "", .id = "", .where = s->where, .note.reason = ""};
    p->combines = KURA_NEW(b->arena, const char *, (size_t)bits_of(set));
    p->parts = KURA_NEW(b->arena, int, (size_t)bits_of(set));
    for (int i = 0; p->combines && p->parts && p->id && i < all->nof; i++) {
        if (!(set >> i & 1)) continue;
        p->combines[p->ncombines] = all->of[i];
        p->parts[p->ncombines++] = of[i];
        p->id = kura_arena_printf(b->arena, "%s%s%s", p->id, p->id[0] ? "+" : "", all->of[i]);
    }
}

/* By size, then as they are named, so that names say the order. */
static void add_portfolios(kura_bind *b, sc_study *s, const kura_node *node)
{
    const sc_portfolios *all = &s->portfolios;
    kura_pos at = kura_bind_at(kura_node_get(node, "portfolios"), "of");
    int *of = KURA_NEW(b->arena, int, (size_t)all->nof + 1);
    int most = all->at_most && all->at_most < all->nof ? all->at_most : all->nof, bad = !of;
    for (int i = 0; of && i < all->nof; i++) {
        of[i] = read_find_policy(b, s, all->of[i], at);
        bad |= of[i] < 0;
        if (of[i] < 0 || s->policies[of[i]].ncombines == 0) continue;
        KURA_BIND_ERROR(b, at, "\"%s\" is itself a combination; name the policies it is made of", all->of[i]);
        bad = 1;
    }
    if (bad) return;
    int n = count_portfolios(all->nof, most);
    if (n > SC_MAX_PORTFOLIOS || all->nof > 30) {
        KURA_BIND_ERROR(b, at,
                        "%d policies, up to %d of them together, are more than %d portfolios; name fewer "
                        "policies or lower at_most",
                        all->nof, most, SC_MAX_PORTFOLIOS);
        return;
    }
    if (read_more_policies(b, s, n)) return;
    for (int k = 2; k <= most; k++)
        for (unsigned set = (1u << k) - 1; set < 1u << all->nof; set = next_set(set))
            add_portfolio(b, s, of, set);
}

void read_study_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_study *s = record;
    s->given = node != NULL;
    s->where = read_where(node);
    if (!node || node->kind != KURA_NODE_MAP) return;
    const kura_node *written = kura_node_get(node, "policies");
    if (s->npolicies == 0 && written)
        KURA_BIND_ERROR(b, written->at, "a study needs a policy to compare the scenario with");
    for (int i = 0; i < s->npolicies; i++)
        if (s->policies[i].ncombines && s->policies[i].id)
            find_parts(b, s, &s->policies[i], kura_node_get(written, s->policies[i].id));
    const kura_node *all = kura_node_get(node, "portfolios");
    if (all && (s->portfolios.nof < 2 || s->portfolios.at_most == 1))
        KURA_BIND_ERROR(
            b, all->at,
            "a portfolio is of two policies or more; name them in \"of\", with at_most of 2 or more");
    else if (s->portfolios.nof)
        add_portfolios(b, s, node);
    s->nchoices = s->npolicies;
    read_add_leave_out(b, s);
    read_add_break_even(b, s);
    if (!written && !s->npolicies)
        KURA_BIND_ERROR(b, node->at, "a study needs policies, leave_out or break_even: what is compared");
    if (s->fresh_paths && !s->nchoices)
        KURA_BIND_ERROR(
            b, kura_bind_at(node, "fresh_paths"),
            "fresh_paths are for choosing between policies, and there are none in study.policies");
}

/* ---- the tree ---- */

static kura_node *with(reading *r, const kura_node *map, const char *key, kura_node *value)
{
    kura_entry *entries = KURA_NEW(&r->work, kura_entry, (size_t)map->count + 1);
    int n = 0;
    if (!entries) return NULL;
    for (int i = 0; i < map->count; i++) {
        if (strcmp(map->entries[i].key, key) != 0) {
            entries[n++] = map->entries[i];
        } else if (value) {
            entries[n] = map->entries[i];
            entries[n++].value = value;
        }
    }
    return kura_node_map(&r->work, map->at, entries, n);
}

/* {NAME: {file: FILE}}; the name is that in the file. */
static kura_node *named_file(reading *r, kura_node *file, kura_entry *out)
{
    const kura_node *tree = kura_merge_open(&r->files, file, "policies");
    const kura_node *name = kura_node_get(tree, "name");
    kura_entry *entry = KURA_NEW(&r->work, kura_entry, 1);
    if (!tree || !entry) return NULL;
    if (!name || name->kind != KURA_NODE_TEXT) {
        kura_report(r->files.diag, KURA_DIAG_ERROR, file->at,
                    "\"%s\" has no name, by which the policy would be called", kura_quote(file->text).text);
        return NULL;
    }
    *entry = (kura_entry){"file", file->at, file};
    *out = (kura_entry){name->text, file->at, kura_node_map(&r->work, file->at, entry, 1)};
    return out->value;
}

void read_name_policies(reading *r)
{
    const kura_node *study = kura_node_get(r->root, "study");
    const kura_node *list = kura_node_get(study, "policies");
    if (!list || list->kind != KURA_NODE_LIST) return;
    kura_entry *entries = KURA_NEW(&r->work, kura_entry, (size_t)list->count + 1);
    int errors = r->files.diag->errors;
    for (int i = 0; entries && i < list->count; i++) {
        if (!named_file(r, list->items[i], &entries[i])) continue;
        for (int k = 0; k < i; k++)
            if (entries[k].key && strcmp(entries[k].key, entries[i].key) == 0)
                kura_report(r->files.diag, KURA_DIAG_ERROR, entries[i].at,
                            "two policies are called \"%s\"; give them names of their own, or a mapping {ID: "
                            "{file: ...}}",
                            kura_quote(entries[i].key).text);
    }
    kura_node none = {.kind = KURA_NODE_MAP, .at = list->at};
    kura_node *map = r->files.diag->errors > errors || !entries
                         ? NULL
                         : kura_node_map(&r->work, none.at, entries, list->count);
    kura_node *changed = with(r, study, "policies", map);
    r->root = changed ? with(r, r->root, "study", map ? changed : NULL) : NULL;
}

static void apply(reading *r, const sc_policy *p)
{
    if (r->root)
        r->root = kura_merge_change(&r->files, r->root, (kura_node *)p->include, p->patch, read_is_whole);
}

kura_node *read_patch_of(kura_bind *b, kura_pos at, int n, const char *const *keys, kura_node *value)
{
    kura_arena *work = &reading_of(b)->work;
    kura_entry *entries = KURA_NEW(work, kura_entry, (size_t)n + 1);
    for (int i = 0; entries && i < n; i++) entries[i] = (kura_entry){keys[i], at, value};
    return entries ? kura_node_map(work, at, entries, n) : NULL;
}

/* Policies are bound before anything else is, against a scenario without minerals, since only their changes
 * are wanted here. */
void read_apply_policy(reading *r)
{
    int errors = r->files.diag->errors;
    r->minerals_unsure = 1;
    kura_bind_key(&r->bind, &keys_scenario, r->root, r->sc, "study");
    r->minerals_unsure = 0;
    if (r->files.diag->errors > errors || r->policy >= r->sc->study.npolicies) {
        r->root = NULL;
        return;
    }
    const sc_policy *p = &r->sc->study.policies[r->policy];
    const kura_node *before = r->root;
    r->probe = r->policy >= r->sc->study.nchoices;
    for (int i = 0; i < p->ncombines; i++) apply(r, &r->sc->study.policies[p->parts[i]]);
    apply(r, p); /* a combination changes nothing of its own, the value of a break-even does */
    if (r->root) read_check_policy(r, before, p);
    if (r->root && kura_node_find(r->root, "study")) r->root = with(r, r->root, "study", NULL);
    if (r->root && kura_node_find(r->root, "policy")) r->root = with(r, r->root, "policy", NULL);
    memset(&r->sc->study, 0, sizeof r->sc->study);
    r->bind.ndefaults = 0;
}
