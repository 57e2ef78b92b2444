/* Binding records, see bind.h. */
#include "conf/bind_internal.h"
#include "conf/suggest.h"
#include <stdio.h>
#include <string.h>

/* ---- keys of records ---- */

const kura_key *kura_record_key(const kura_record *record, const char *name)
{
    for (const kura_key *k = record->keys; k->name; k++)
        if (strcmp(k->name, name) == 0) return k;
    return NULL;
}

const kura_key *kura_record_find(const kura_record *record, const char *dotted)
{
    char part[128];
    const kura_key *key = NULL;
    while (record) {
        size_t n = strcspn(dotted, ".");
        if (n >= sizeof part) return NULL;
        memcpy(part, dotted, n);
        part[n] = 0;
        if (!(key = kura_record_key(record, part))) return NULL;
        if (!dotted[n]) return key;
        dotted += n + 1;
        if (key->kind == KURA_KEY_RECORDS && (key->flags & (KURA_KEY_BY_ID))) { /* step over the id */
            n = strcspn(dotted, ".");
            if (!dotted[n]) return NULL;
            dotted += n + 1;
        }
        record = key->record;
    }
    return NULL;
}

int kura_bind_is_id(const char *text, int capitals)
{
    size_t n = 0;
    for (; text[n]; n++) {
        char c = text[n];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
              (capitals && c >= 'A' && c <= 'Z')))
            return 0;
    }
    return n > 0 && n <= 100;
}

/* ---- path and defaults ---- */

size_t kura_bind_push(kura_bind *b, const char *key)
{
    size_t before = b->path.size;
    if (before) kura_text_add(&b->path, ".");
    kura_text_add(&b->path, key);
    return before;
}

void kura_bind_pop(kura_bind *b, size_t before)
{
    b->path.size = before;
    if (b->path.data) b->path.data[before] = 0;
}

static const char *path_of(const kura_bind *b) { return b->path.size ? b->path.data : "the scenario"; }

void kura_bind_note(kura_bind *b, const char *key, const char *value)
{
    if (b->quiet) return;
    if (b->ndefaults == b->defaults_capacity) {
        int capacity = b->defaults_capacity ? 2 * b->defaults_capacity : 64;
        kura_bind_default *defaults = KURA_NEW(b->arena, kura_bind_default, (size_t)capacity);
        if (!defaults) return;
        if (b->ndefaults) memcpy(defaults, b->defaults, (size_t)b->ndefaults * sizeof *defaults);
        b->defaults = defaults;
        b->defaults_capacity = capacity;
    }
    size_t before = kura_bind_push(b, key);
    b->defaults[b->ndefaults++] =
        (kura_bind_default){kura_arena_strdup(b->arena, b->path.data), kura_arena_strdup(b->arena, value)};
    kura_bind_pop(b, before);
}

void kura_bind_fini(kura_bind *b) { kura_text_fini(&b->path); }

kura_pos kura_bind_at(const kura_node *map, const char *key)
{
    const kura_entry *e = kura_node_find(map, key);
    kura_pos nowhere = {NULL, 0, 0, NULL};
    return e ? e->value->at : map ? map->at : nowhere;
}

/* ---- unknown keys ---- */

kura_known kura_bind_known(const kura_record *record, const char *wanted, int with_id)
{
    kura_known known = {""};
    kura_suggestion s = {.wanted = wanted};
    for (const kura_key *k = record->keys; k->name; k++)
        if (with_id || !(k->flags & KURA_KEY_ID)) kura_suggest(&s, k->name);
    if (s.best) {
        snprintf(known.text, sizeof known.text, "%s", kura_suggest_hint(&s).text);
        return known;
    }
    size_t n = (size_t)snprintf(known.text, sizeof known.text, "; it can be"), begin = n;
    for (const kura_key *k = record->keys; k->name && n < sizeof known.text - 60; k++)
        if (with_id || !(k->flags & KURA_KEY_ID))
            n += (size_t)snprintf(known.text + n, sizeof known.text - n, "%s %s", n == begin ? "" : ",",
                                  k->name);
    return known;
}

static void report_unknown(kura_bind *b, const kura_record *record, const kura_node *map, int by_id)
{
    for (int i = 0; i < map->count && !kura_diag_full(b->diag); i++) {
        const kura_entry *e = &map->entries[i];
        const kura_key *key = kura_record_key(record, e->key);
        if (key && by_id && (key->flags & KURA_KEY_ID))
            KURA_BIND_ERROR(b, e->at, "\"%s\" inside a mapping by %s; the key of the mapping gives it",
                            e->key, e->key);
        else if (!key)
            KURA_BIND_ERROR(b, e->at, "unknown key \"%s\" in %s%s", kura_quote(e->key).text, path_of(b),
                            kura_bind_known(record, e->key, !by_id).text);
    }
}

static int is_map(kura_bind *b, const kura_node *node, const kura_record *record)
{
    if (node->kind == KURA_NODE_MAP) return 1;
    const kura_key *first = record->keys;
    while (first->name && (first->flags & KURA_KEY_ID)) first++;
    KURA_BIND_ERROR(b, node->at, "%s must be a mapping, for example {%s: ...}; found %s", path_of(b),
                    first->name ? first->name : "key", kura_node_kind_name(node));
    return 0;
}

/* Recursion follows the tables of groups, which are finite. */
void kura_bind_check(kura_bind *b, const kura_record *record, const kura_node *root)
{
    if (!is_map(b, root, record)) return;
    report_unknown(b, record, root, 0);
    for (const kura_key *k = record->keys; k->name; k++) {
        const kura_node *node = k->kind == KURA_KEY_GROUP ? kura_node_get(root, k->name) : NULL;
        if (!node || k->record->size) continue; /* a structure of its own is checked when it is read */
        size_t before = kura_bind_push(b, k->name);
        kura_bind_check(b, k->record, node);
        kura_bind_pop(b, before);
    }
}

/* ---- reading a record ---- */

static void report_missing(kura_bind *b, const kura_record *record, const kura_key *key, kura_pos at)
{
    if (b->quiet) return;
    if (at.label || !at.column) /* a row of a table */
        KURA_BIND_ERROR(b, at, "the %s has no \"%s\" (%s)", record->noun, key->name, key->meaning);
    else
        KURA_BIND_ERROR(b, at, "\"%s\" is missing in %s (%s)", key->name, path_of(b), key->meaning);
}

/* The default of a key as a node.  A list is written "[a, b]" and becomes the text "a;b". */
static kura_node *fallback_node(kura_bind *b, const char *fallback)
{
    kura_pos nowhere = {NULL, 0, 0, NULL};
    if (fallback[0] != '[') return kura_node_text(b->files->work, nowhere, fallback);
    char *text = kura_arena_strndup(b->files->work, fallback + 1, strlen(fallback) - 2);
    for (char *p = text; p && *p; p++)
        if (*p == ',') *p = ';';
    return text ? kura_node_text(b->files->work, nowhere, text) : NULL;
}

static void note_default(kura_bind *b, const kura_record *record, const kura_key *key)
{
    if (b->absent && !b->quiet)
        b->absent[key - record->keys]++;
    else
        kura_bind_note(b, key->name, key->fallback);
}

static void read_group(kura_bind *b, const kura_key *key, const kura_node *node, kura_pos at, void *structure,
                       int inherit);

static void use_default(kura_bind *b, const kura_record *record, const kura_key *key, kura_pos at,
                        void *structure)
{
    if (key->flags & KURA_KEY_REQUIRED) {
        kura_bind_absent(key, structure);
        report_missing(b, record, key, at);
        return;
    }
    if (key->kind == KURA_KEY_GROUP) {
        int quiet = b->quiet;
        if (key->fallback) note_default(b, record, key);
        if (key->fallback) b->quiet = 1;
        read_group(b, key, NULL, at, structure, 0);
        b->quiet = quiet;
        return;
    }
    kura_bind_absent(key, structure);
    if (!key->fallback) return;
    note_default(b, record, key);
    kura_node *node = key->flags & KURA_KEY_NOTED ? NULL : fallback_node(b, key->fallback);
    if (node) kura_bind_value(b, key, node, structure);
}

static void read_key(kura_bind *b, const kura_record *record, const kura_key *key, kura_node *node,
                     kura_pos at, void *structure, int inherit)
{
    if (key->flags & KURA_KEY_INHERIT) inherit = 1;
    if (key->kind == KURA_KEY_FREE || (!node && inherit)) return;
    if (!node) {
        use_default(b, record, key, at, structure);
        return;
    }
    size_t before = kura_bind_push(b, key->name);
    if (!inherit && key->kind != KURA_KEY_GROUP) kura_bind_absent(key, structure);
    if (key->kind == KURA_KEY_GROUP)
        read_group(b, key, node, node->at, structure, inherit);
    else if (key->kind == KURA_KEY_RECORDS)
        kura_bind_records(b, key, node, structure);
    else
        kura_bind_value(b, key, node, structure);
    kura_bind_pop(b, before);
}

static void read_group(kura_bind *b, const kura_key *key, const kura_node *node, kura_pos at, void *structure,
                       int inherit)
{
    size_t before = 0;
    int *absent = b->absent;
    b->absent = NULL; /* counts the keys of the row's own record */
    if (!node) before = kura_bind_push(b, key->name);
    kura_bind_record(b, key->record, node, at, (char *)structure + key->offset, inherit);
    if (!node) kura_bind_pop(b, before);
    b->absent = absent;
}

void kura_bind_record(kura_bind *b, const kura_record *record, const kura_node *map, kura_pos at,
                      void *structure, int inherit)
{
    if (map && !is_map(b, map, record))
        map = NULL;
    else if (map)
        report_unknown(b, record, map, 0);
    if (record->init && !inherit) record->init(b, structure);
    for (const kura_key *k = record->keys; k->name; k++)
        read_key(b, record, k, kura_node_get(map, k->name), at, structure, inherit);
    if (record->finish) record->finish(b, structure, map);
}

void kura_bind_row(kura_bind *b, const kura_record *record, const kura_node *row, const kura_entry *id,
                   int checked, void *structure)
{
    int quiet = b->quiet;
    if (!checked && !is_map(b, row, record))
        b->quiet = 1; /* reported; leave the record in its empty state */
    else if (!checked)
        report_unknown(b, record, row, id != NULL);
    if (record->init) record->init(b, structure);
    for (const kura_key *k = record->keys; k->name; k++) {
        kura_node *node = kura_node_get(row, k->name);
        kura_node key_node = {.kind = KURA_NODE_TEXT, .quoted = 1};
        if (id && (k->flags & KURA_KEY_ID)) {
            key_node.at = id->at;
            key_node.text = id->key;
            node = &key_node;
        }
        read_key(b, record, k, node, row->at, structure, 0);
    }
    if (record->finish && !(b->quiet && !quiet)) record->finish(b, structure, row);
    b->quiet = quiet;
}

void kura_bind_key(kura_bind *b, const kura_record *record, const kura_node *root, void *structure,
                   const char *dotted)
{
    const char *dot = strchr(dotted, '.');
    char name[64];
    snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - dotted) : (int)strlen(dotted), dotted);
    const kura_key *key = kura_record_key(record, name);
    kura_node *node = kura_node_get(root, name);
    if (!key) return;
    if (!dot) {
        read_key(b, record, key, node, root->at, structure, 0);
        return;
    }
    if (node && node->kind != KURA_NODE_MAP) return; /* reported by kura_bind_check */
    kura_pos at = node ? node->at : root->at;
    kura_node none = {.kind = KURA_NODE_MAP, .at = at};
    size_t before = kura_bind_push(b, name);
    kura_bind_key(b, key->record, node ? node : &none, structure, dot + 1);
    kura_bind_pop(b, before);
}
