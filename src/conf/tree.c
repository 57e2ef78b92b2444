/* Reading YAML into a tree, see tree.h.  Reference: YAML 1.1 as libyaml reads it. */
#include "conf/tree.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { SLAB_NODES = 128, SLAB_TEXT = 1 << 15, INDEX_FROM = 16 };

/* ---- nodes ---- */

static uint32_t hash(const char *text)
{
    uint32_t h = 2166136261u;
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 16777619u;
    return h ^ h >> 15;
}

static uint32_t index_size(int count)
{
    uint32_t size = 32;
    while (size < 2 * (uint32_t)count) size *= 2;
    return size;
}

/* Slot of the key: that of the entry with this key, or the free one where it belongs. */
static uint32_t slot_of(const kura_node *map, uint32_t size, const char *key)
{
    uint32_t i = hash(key) & (size - 1);
    while (map->index[i] && strcmp(map->entries[map->index[i] - 1].key, key) != 0) i = (i + 1) & (size - 1);
    return i;
}

kura_node *kura_node_text(kura_arena *arena, kura_pos at, const char *text)
{
    kura_node *node = KURA_NEW(arena, kura_node, 1);
    if (!node) return NULL;
    node->kind = KURA_NODE_TEXT;
    node->at = at;
    node->text = text;
    return node;
}

kura_node *kura_node_list(kura_arena *arena, kura_pos at, kura_node **items, int count)
{
    kura_node *node = KURA_NEW(arena, kura_node, 1);
    if (!node) return NULL;
    node->kind = KURA_NODE_LIST;
    node->at = at;
    node->items = items;
    node->count = count;
    return node;
}

/* Hash index of a large mapping.  Of entries with the same key the first is found; gives the position of the
 * first entry that has another in front of it (that one in *first), -1 when there is none, -2 when memory ran
 * out. */
static int index_map(kura_arena *arena, kura_node *map, int *first)
{
    uint32_t size = index_size(map->count);
    int duplicate = -1;
    if (!(map->index = KURA_NEW(arena, int, size))) return -2;
    for (int i = 0; i < map->count; i++) {
        uint32_t slot = slot_of(map, size, map->entries[i].key);
        if (!map->index[slot])
            map->index[slot] = i + 1;
        else if (duplicate < 0) {
            duplicate = i;
            *first = map->index[slot] - 1;
        }
    }
    return duplicate;
}

kura_node *kura_node_map(kura_arena *arena, kura_pos at, kura_entry *entries, int count)
{
    kura_node *node = KURA_NEW(arena, kura_node, 1);
    int first;
    if (!node) return NULL;
    node->kind = KURA_NODE_MAP;
    node->at = at;
    node->entries = entries;
    node->count = count;
    if (count > INDEX_FROM && index_map(arena, node, &first) == -2) return NULL;
    return node;
}

const kura_entry *kura_node_find(const kura_node *map, const char *key)
{
    if (!map || map->kind != KURA_NODE_MAP) return NULL;
    if (map->index) {
        int i = map->index[slot_of(map, index_size(map->count), key)];
        return i ? &map->entries[i - 1] : NULL;
    }
    for (int i = 0; i < map->count; i++)
        if (strcmp(map->entries[i].key, key) == 0) return &map->entries[i];
    return NULL;
}

kura_node *kura_node_get(const kura_node *map, const char *key)
{
    const kura_entry *e = kura_node_find(map, key);
    return e && !kura_node_is_null(e->value) ? e->value : NULL;
}

int kura_node_is_null(const kura_node *node)
{
    if (!node) return 1;
    if (node->kind != KURA_NODE_TEXT || node->quoted) return 0;
    return !node->text[0] || strcmp(node->text, "null") == 0 || strcmp(node->text, "~") == 0;
}

const char *kura_node_kind_name(const kura_node *node)
{
    if (kura_node_is_null(node)) return "nothing";
    return node->kind == KURA_NODE_MAP ? "a mapping" : node->kind == KURA_NODE_LIST ? "a list" : "text";
}

/* ---- reading ---- */

/* A collection that is still open: its children are children[base..]. */
typedef struct {
    kura_node *node;
    size_t base;
    int has_key; /* a mapping whose next event is a value */
} frame;

typedef struct {
    kura_arena *arena;
    kura_diag *diag;
    const kura_source *source;
    int column; /* added in the first line */
    yaml_parser_t parser;
    frame stack[KURA_TREE_DEPTH];
    int depth;
    kura_entry *children; /* of all open collections, innermost last; a key waits in the last one */
    size_t count, capacity;
    kura_node *slab;
    int slab_left;
    char *text;
    size_t text_left;
    long nodes;
    int documents;
    kura_node *root;
    int failed;
} reader;

static kura_pos position(const reader *r, yaml_mark_t mark)
{
    const kura_source *s = r->source;
    kura_pos at = {s, s->first_line + (int)mark.line, (int)mark.column + 1, NULL};
    if (mark.line == 0) at.column += r->column;
    if ((int)mark.line >= s->nlines) { /* the end of a text without a last line end */
        at.line = s->first_line + s->nlines - 1;
        at.column = 1;
        for (size_t i = s->lines[s->nlines - 1]; i < s->size; i++)
            at.column += ((unsigned char)s->text[i] & 0xC0) != 0x80;
    }
    return at;
}

#define COMPLAIN(r, mark, ...) kura_report((r)->diag, KURA_DIAG_ERROR, position((r), (mark)), __VA_ARGS__)

static int out_of_memory(reader *r)
{
    r->arena->failed = 1;
    r->failed = 1;
    return -1;
}

static kura_node *new_node(reader *r, kura_node_kind kind, yaml_mark_t mark)
{
    if (r->slab_left == 0) {
        if (!(r->slab = KURA_NEW(r->arena, kura_node, SLAB_NODES))) return NULL;
        r->slab_left = SLAB_NODES;
    }
    kura_node *node = &r->slab[SLAB_NODES - r->slab_left--];
    node->kind = kind;
    node->at = position(r, mark);
    return node;
}

static const char *new_text(reader *r, const char *text, size_t n)
{
    if (n + 1 > SLAB_TEXT / 4) return kura_arena_strndup(r->arena, text, n);
    if (r->text_left < n + 1) {
        if (!(r->text = kura_arena_alloc(r->arena, SLAB_TEXT, 1))) return NULL;
        r->text_left = SLAB_TEXT;
    }
    char *copy = r->text;
    memcpy(copy, text, n);
    copy[n] = 0;
    r->text += n + 1;
    r->text_left -= n + 1;
    return copy;
}

/* A place for one more child of the innermost collection. */
static kura_entry *new_child(reader *r)
{
    if (r->count == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 256;
        kura_entry *children = realloc(r->children, capacity * sizeof *children);
        if (!children) return NULL;
        r->children = children;
        r->capacity = capacity;
    }
    kura_entry *child = &r->children[r->count++];
    memset(child, 0, sizeof *child);
    return child;
}

/* Puts a complete or just opened node where it belongs. */
static int attach(reader *r, kura_node *node)
{
    if (r->depth == 0) {
        r->root = node;
        return 0;
    }
    frame *f = &r->stack[r->depth - 1];
    if (f->node->kind == KURA_NODE_MAP) {
        r->children[r->count - 1].value = node;
        f->has_key = 0;
        return 0;
    }
    kura_entry *child = new_child(r);
    if (!child) return out_of_memory(r);
    child->value = node;
    return 0;
}

static int expects_key(const reader *r)
{
    return r->depth > 0 && r->stack[r->depth - 1].node->kind == KURA_NODE_MAP &&
           !r->stack[r->depth - 1].has_key;
}

static int take_key(reader *r, const yaml_event_t *e, const char *text)
{
    if (e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && strcmp(text, "<<") == 0)
        COMPLAIN(r, e->start_mark,
                 "merge keys (<<) are not read; use \"include\" or \"base\" to share settings");
    kura_entry *child = new_child(r);
    if (!child) return out_of_memory(r);
    child->key = text;
    child->at = position(r, e->start_mark);
    r->stack[r->depth - 1].has_key = 1;
    return 0;
}

static void refuse_decorations(reader *r, const yaml_event_t *e, const yaml_char_t *anchor,
                               const yaml_char_t *tag)
{
    if (anchor)
        COMPLAIN(r, e->start_mark,
                 "anchors (&%s) are not read; put what is shared into a file and \"include\" it",
                 kura_quote((const char *)anchor).text);
    static const char standard[] = "tag:yaml.org,2002:";
    size_t n = sizeof standard - 1;
    int is_standard = tag && strncmp((const char *)tag, standard, n) == 0;
    if (tag)
        COMPLAIN(r, e->start_mark, "tags (%s%s) are not read; every value gets its type from its key",
                 is_standard ? "!!" : "", kura_quote((const char *)tag + (is_standard ? n : 0)).text);
}

static int too_many(reader *r, const yaml_event_t *e)
{
    if (++r->nodes <= KURA_TREE_NODES) return 0;
    COMPLAIN(r, e->start_mark, "more than 2,000,000 values in one file; put large tables into CSV files");
    return -1;
}

static int on_scalar(reader *r, const yaml_event_t *e)
{
    const char *value = (const char *)e->data.scalar.value;
    size_t n = e->data.scalar.length;
    if (too_many(r, e)) return -1;
    refuse_decorations(r, e, e->data.scalar.anchor, e->data.scalar.tag);
    if (n > KURA_TREE_SCALAR) {
        COMPLAIN(r, e->start_mark, "a text of more than 1 MiB; is a quote missing?");
        return -1;
    }
    if (memchr(value, 0, n)) {
        COMPLAIN(r, e->start_mark, "a text with a NUL character");
        return -1;
    }
    const char *text = new_text(r, value, n);
    if (!text) return out_of_memory(r);
    if (expects_key(r)) return take_key(r, e, text);
    kura_node *node = new_node(r, KURA_NODE_TEXT, e->start_mark);
    if (!node) return out_of_memory(r);
    node->text = text;
    node->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    return attach(r, node);
}

static int on_alias(reader *r, const yaml_event_t *e)
{
    COMPLAIN(r, e->start_mark,
             "aliases (*%s) are not read; put what is shared into a file and \"include\" it",
             kura_quote((const char *)e->data.alias.anchor).text);
    if (expects_key(r)) return -1;
    kura_node *node = new_node(r, KURA_NODE_TEXT, e->start_mark);
    if (!node) return out_of_memory(r);
    node->text = "";
    return attach(r, node);
}

static int on_open(reader *r, const yaml_event_t *e, kura_node_kind kind)
{
    if (expects_key(r)) {
        COMPLAIN(r, e->start_mark, "a key must be plain text, as in \"name: value\"; found %s as a key",
                 kind == KURA_NODE_MAP ? "a mapping" : "a list");
        return -1;
    }
    if (too_many(r, e)) return -1;
    if (r->depth == KURA_TREE_DEPTH) {
        COMPLAIN(r, e->start_mark, "more than 64 levels of nesting; is a bracket missing?");
        return -1;
    }
    kura_node *node = new_node(r, kind, e->start_mark);
    if (!node) return out_of_memory(r);
    if (attach(r, node)) return -1;
    r->stack[r->depth++] = (frame){node, r->count, 0};
    return 0;
}

/* Reports every key that is there twice and keeps the first of each. */
static int drop_duplicates(reader *r, kura_node *map)
{
    int i, first = 0;
    while ((i = index_map(r->arena, map, &first)) >= 0) {
        const kura_entry *a = &map->entries[first], *b = &map->entries[i];
        kura_report(r->diag, KURA_DIAG_ERROR, b->at, "key \"%s\" is given twice; the first is in line %d",
                    kura_quote(b->key).text, a->at.line);
        if (kura_diag_full(r->diag)) return -1;
        memmove(&map->entries[i], &map->entries[i + 1], (size_t)(map->count - i - 1) * sizeof *map->entries);
        map->count--;
    }
    if (i == -2) return out_of_memory(r);
    if (map->count <= INDEX_FROM) map->index = NULL;
    return 0;
}

static int find_duplicates(reader *r, kura_node *map)
{
    if (map->count > INDEX_FROM) return drop_duplicates(r, map);
    for (int i = 1; i < map->count; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(map->entries[i].key, map->entries[j].key) == 0) return drop_duplicates(r, map);
    return 0;
}

static int on_close(reader *r)
{
    frame *f = &r->stack[--r->depth];
    kura_node *node = f->node;
    size_t n = r->count - f->base;
    kura_entry *children = r->children + f->base;
    r->count = f->base;
    node->count = (int)n;
    if (node->kind == KURA_NODE_MAP) {
        if (!(node->entries = KURA_NEW(r->arena, kura_entry, n))) return out_of_memory(r);
        if (n) memcpy(node->entries, children, n * sizeof *children);
        return find_duplicates(r, node);
    }
    if (!(node->items = KURA_NEW(r->arena, kura_node *, n))) return out_of_memory(r);
    for (size_t i = 0; i < n; i++) node->items[i] = children[i].value;
    return 0;
}

static int on_document(reader *r, const yaml_event_t *e)
{
    if (r->documents++ == 0) return 0;
    COMPLAIN(r, e->start_mark, "a second document (---) in one file; put it into a file of its own");
    return -1;
}

/* What libyaml says, and what it means to the person who wrote the file. */
static const struct {
    const char *problem, *means;
} syntax[] = {
    {"mapping values are not allowed in this context",
     "a \": \" where no key can stand; put the text in quotes, or begin a new line"},
    {"did not find expected key",
     "a key is expected here; check the indentation of this line and the lines above"},
    {"did not find expected ',' or '}'", "a comma or \"}\" is missing"},
    {"did not find expected ',' or ']'", "a comma or \"]\" is missing"},
    {"did not find expected '-' indicator",
     "an item beginning with \"- \" is expected here; check the indentation"},
    {"block sequence entries are not allowed in this context",
     "a list item \"- \" where no list can begin; put it on a line of its own"},
    {"found character that cannot start any token",
     "a value cannot begin with this character; put it in quotes (and indent with spaces, not tabs)"},
    {"found a tab character that violates indentation", "a tab in the indentation; indent with spaces"},
    {"found a tab character that violate indentation", "a tab in the indentation; indent with spaces"},
    {"found unexpected end of stream", "the text in quotes is not closed"},
    {"found unknown escape character",
     "an unknown escape after \"\\\"; use single quotes for plain backslashes"},
    {"did not find expected <document start>", "text after the end of the scenario; check the indentation"},
    {"found unexpected ':'", "a \":\" inside a plain text in brackets; put the text in quotes"},
    {"did not find expected node content", "a value is missing here"},
    {"could not find expected directive name", "a line cannot begin with \"%\"; put the text in quotes"},
    {"found unknown directive name", "a line cannot begin with \"%\"; put the text in quotes"},
};

static const char *const contexts[][2] = {
    {"while parsing a flow sequence", "the list"},    {"while parsing a flow mapping", "the mapping"},
    {"while parsing a block collection", "the list"}, {"while parsing a block mapping", "the mapping"},
    {"while scanning a quoted scalar", "the text"},   {"while scanning a simple key", "the key"},
    {"while scanning a block scalar", "the text"},    {"while scanning a plain scalar", "the text"},
};

static const char *context_of(const yaml_parser_t *p)
{
    for (size_t i = 0; p->context && i < sizeof contexts / sizeof *contexts; i++)
        if (strcmp(p->context, contexts[i][0]) == 0) return contexts[i][1];
    return NULL;
}

static int on_syntax_error(reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "not YAML";
    if (p->error == YAML_MEMORY_ERROR) return out_of_memory(r);
    if (strcmp(problem, "could not find expected ':'") == 0) {
        COMPLAIN(r, p->context_mark, "a key without \": value\"");
        return -1;
    }
    for (size_t i = 0; i < sizeof syntax / sizeof *syntax; i++)
        if (strcmp(problem, syntax[i].problem) == 0) problem = syntax[i].means;
    if (context_of(p) && p->context_mark.line != p->problem_mark.line)
        COMPLAIN(r, p->problem_mark, "%s (in %s that begins in line %d)", problem, context_of(p),
                 position(r, p->context_mark).line);
    else
        COMPLAIN(r, p->problem_mark, "%s", problem);
    return -1;
}

static int take(reader *r, const yaml_event_t *e)
{
    switch (e->type) {
    case YAML_DOCUMENT_START_EVENT:
        return on_document(r, e);
    case YAML_SCALAR_EVENT:
        return on_scalar(r, e);
    case YAML_ALIAS_EVENT:
        return on_alias(r, e);
    case YAML_SEQUENCE_START_EVENT:
        refuse_decorations(r, e, e->data.sequence_start.anchor, e->data.sequence_start.tag);
        return on_open(r, e, KURA_NODE_LIST);
    case YAML_MAPPING_START_EVENT:
        refuse_decorations(r, e, e->data.mapping_start.anchor, e->data.mapping_start.tag);
        return on_open(r, e, KURA_NODE_MAP);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return on_close(r);
    default:
        return 0;
    }
}

static void read_events(reader *r)
{
    for (int done = 0; !done && !r->failed;) {
        yaml_event_t e;
        if (!yaml_parser_parse(&r->parser, &e)) {
            on_syntax_error(r);
            r->failed = 1;
            return;
        }
        done = e.type == YAML_STREAM_END_EVENT;
        if (take(r, &e) || kura_diag_full(r->diag)) r->failed = 1;
        yaml_event_delete(&e);
    }
}

kura_node *kura_tree_read(kura_arena *arena, kura_diag *diag, const kura_source *source, size_t from,
                          int column, int may_be_empty)
{
    reader *r = calloc(1, sizeof *r);
    int errors = diag->errors;
    if (!r || !yaml_parser_initialize(&r->parser)) {
        free(r);
        arena->failed = 1;
        return NULL;
    }
    r->arena = arena;
    r->diag = diag;
    r->source = source;
    r->column = column;
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)source->text + from, source->size - from);
    read_events(r);
    kura_node *root = r->failed || diag->errors > errors ? NULL : r->root;
    kura_pos start = {source, source->first_line, 1 + column, NULL};
    if (!r->failed && !r->root) {
        if (may_be_empty)
            root = kura_node_text(arena, start, "");
        else
            kura_report(diag, KURA_DIAG_ERROR, start, "the file is empty");
    }
    yaml_parser_delete(&r->parser);
    free(r->children);
    free(r);
    return root;
}
