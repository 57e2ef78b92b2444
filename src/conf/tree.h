/* The tree of a configuration file: mappings, lists and texts, every node with file, line and column.
 *
 * Read with libyaml's event interface.  Scalars stay text until a typed reader asks for them, so no value
 * changes its meaning by its looks.  Refused, with a pointer to what to use instead: anchors, aliases, tags,
 * merge keys, several documents, duplicate keys, keys that are no text.  Limits: depth 64, 2 million nodes, 1
 * MiB a scalar.
 *
 * Invariants: a tree is at most KURA_TREE_DEPTH deep as read (merging may double that), keys of a mapping are
 * distinct. Nodes are immutable once read (merging builds new ones), but for the name of a table, which takes
 * the table in. */
#ifndef KURA_CONF_TREE_H
#define KURA_CONF_TREE_H

#include "conf/source.h"

enum { KURA_TREE_DEPTH = 64, KURA_TREE_NODES = 2000000, KURA_TREE_SCALAR = 1 << 20 };

typedef enum { KURA_NODE_TEXT, KURA_NODE_LIST, KURA_NODE_MAP } kura_node_kind;

typedef struct kura_node kura_node;
struct kura_csv;

/* A key of a mapping and its value. */
typedef struct {
    const char *key;
    kura_pos at; /* of the key */
    kura_node *value;
} kura_entry;

struct kura_node {
    kura_node_kind kind;
    kura_pos at;
    int quoted;          /* written in quotes: never null */
    const char *text;    /* of a text */
    const char *unit;    /* of a table cell: the unit of its column, or NULL when the cell itself names it */
    int count;           /* children of a list or mapping */
    kura_node **items;   /* of a list */
    kura_entry *entries; /* of a mapping */
    int *index;          /* of a large mapping: hash table over the entries, or NULL */
    struct kura_csv *table; /* of the name of a table: the table, once opened */
    int opened;             /* the table was asked for, whether or not it could be read */
};

/* Reads a whole source.  An empty one gives NULL with an error ("the file is empty") unless `may_be_empty`,
 * when it gives a null node.  `column` is added to the columns of the first line (0 for files).  NULL after
 * errors, which are in diag. */
kura_node *kura_tree_read(kura_arena *arena, kura_diag *diag, const kura_source *source, size_t from,
                          int column, int may_be_empty);

/* Building: NULL when memory ran out.  kura_node_map takes entries with distinct keys; both keep the arrays.
 */
kura_node *kura_node_text(kura_arena *arena, kura_pos at, const char *text);
kura_node *kura_node_list(kura_arena *arena, kura_pos at, kura_node **items, int count);
kura_node *kura_node_map(kura_arena *arena, kura_pos at, kura_entry *entries, int count);

/* The entry with that key, or NULL.  `map` may be NULL or no mapping. */
const kura_entry *kura_node_find(const kura_node *map, const char *key);
/* The value at that key when it is there and not null, else NULL. */
kura_node *kura_node_get(const kura_node *map, const char *key);
/* No node, an empty text, `null` or `~` without quotes. */
int kura_node_is_null(const kura_node *node);
/* "a mapping", "a list", "text", "nothing": for messages. */
const char *kura_node_kind_name(const kura_node *node);

/* The tree as YAML that kura_tree_read reads back as the same tree, but for null entries, which are left out.
 */
void kura_tree_print(const kura_node *node, kura_text *out);

#endif
