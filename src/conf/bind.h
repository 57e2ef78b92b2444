/* From tree to typed structures, by descriptor tables.
 *
 * A kura_record describes one structure: its keys, each with kind, unit, default, range, meaning and the
 * field it fills. The same table reads a YAML mapping and a row of a CSV table, finds unknown and missing
 * keys, lists the defaults used, and is what `kura describe` and the JSON Schema are generated from, so that
 * none of them can drift from the others.
 *
 * Invariants: binding never stops at an error; a field whose value was bad or missing is as if it was not
 * given.  What was not given and has no default: NaN, "", 0 or what the type's `absent` sets.  Everything
 * bound is allocated in bind->arena. */
#ifndef KURA_CONF_BIND_H
#define KURA_CONF_BIND_H

#include "conf/merge.h"
#include "conf/tree.h"
#include "conf/unit.h"

typedef struct kura_bind kura_bind;
typedef struct kura_key kura_key;
typedef struct kura_record kura_record;

typedef enum {
    KURA_KEY_TEXT,       /* const char *: any text */
    KURA_KEY_NAME,       /* const char *: an id, a-z 0-9 _ - (and A-Z with KURA_KEY_CAPITALS) */
    KURA_KEY_NAMES,      /* const char ** and int at `count`: a list of ids */
    KURA_KEY_FLAG,       /* int: true or false */
    KURA_KEY_CHOICE,     /* int: one of `choices` */
    KURA_KEY_COUNT,      /* int >= 0 */
    KURA_KEY_LARGE,      /* uint64_t */
    KURA_KEY_QUANTITY,   /* double, or double[length] from a list */
    KURA_KEY_QUANTITIES, /* double * and int at `count`: a list */
    KURA_KEY_DATE,       /* int32_t: days since 1970-01-01 */
    KURA_KEY_GROUP,      /* a structure inside: keys of `record` */
    KURA_KEY_RECORDS,    /* struct * and int at `count`: list, mapping by id, or table of `record` */
    KURA_KEY_OTHER,      /* read by `type` */
    KURA_KEY_FREE        /* anything, not read */
} kura_key_kind;

enum {
    KURA_KEY_REQUIRED = 1,
    KURA_KEY_ID = 2, /* in a mapping by id the value is the key itself */
    KURA_KEY_CAPITALS = 4,
    KURA_KEY_NOTED = 8,  /* `fallback` only documents what the reader of the section does */
    KURA_KEY_BY_ID = 16, /* RECORDS: a mapping by id is accepted */
    KURA_KEY_LIST = 32,  /* RECORDS: a list is accepted */
    KURA_KEY_TABLE =
        64, /* RECORDS: the name of a CSV table is accepted; defaults are listed once for all rows */
    KURA_KEY_WHOLE = 128,   /* merging replaces the value as a whole */
    KURA_KEY_INHERIT = 256, /* what is not given keeps what `init` of the record put there */
    KURA_KEY_FILES = 512    /* RECORDS: a list of files is accepted, which became a mapping before binding */
};

/* A type of the user of this layer.  `read` fills the field from a node that is not null; nonzero after an
 * error, which it reported.  `absent` (may be NULL) fills the field when nothing is given.  For
 * documentation: a name ("a country"), an example, and a JSON Schema as text (its definition is named `id`).
 */
typedef struct {
    const char *id, *name, *example, *schema;
    int (*read)(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field);
    void (*absent)(const kura_key *key, void *field);
} kura_type;

struct kura_key {
    const char *name;
    kura_key_kind kind;
    unsigned flags;
    size_t offset,
        count; /* of the field, and of its count, in the structure (OTHER: of what its type says) */
    kura_unit unit;
    int length; /* QUANTITY: 0 one number, else a list of that many */
    const char
        *fallback;       /* default as it would be written; NULL = none.  A GROUP with "none" may be absent */
    const char *range;   /* "0..1", "(0..", "1 hour..31 days"; '(' and ')' exclude the end; NULL = any */
    const char *choices; /* CHOICE: "order push", values 0, 1, ... or as in "site=0 plants=1"; TEXT: the words
                            allowed */
    const kura_record *record; /* GROUP, RECORDS */
    const kura_type *type;     /* OTHER */
    const char *rule;          /* where configs/MODEL.md defines it, "R1.1"; NULL = nowhere */
    const char *meaning;
};

struct kura_record {
    const char *noun;     /* "site": for messages */
    const kura_key *keys; /* ended by a NULL name */
    size_t size;          /* of the structure; 0 = a section, whose keys lie in the structure around it */
    void (*init)(kura_bind *b, void *record); /* before reading; may be NULL */
    /* After reading: where it was written, and checks of the keys among each other; may be NULL.  `node` is
     * NULL for a group that is not given. */
    void (*finish)(kura_bind *b, void *record, const kura_node *node);
};

typedef struct {
    const char *key, *value;
} kura_bind_default;

struct kura_bind {
    kura_arena *arena;
    kura_files *files;
    kura_diag *diag;
    void *user;       /* of the types and hooks */
    double step_days; /* for flows; set once known */
    kura_text path;   /* dotted key of what is being read */
    kura_bind_default *defaults;
    int ndefaults, defaults_capacity;
    int *absent;          /* while reading rows: how often each key was left out */
    int quiet;            /* filling an absent group: defaults are not listed */
    const kura_node *row; /* being read, or NULL */
    size_t row_at;        /* where its id or number begins in `path` */
    /* Reads a mapping that stands where one quantity of `unit` within `range` is expected; nonzero after an
     * error, which it reported.  NULL: a mapping is an error. */
    int (*unknown)(kura_bind *b, const kura_key *key, kura_unit unit, const char *range,
                   const kura_node *node, double *value);
};

void kura_bind_fini(kura_bind *b);

/* Reports a root that is no mapping, and unknown keys in it and in its groups. */
void kura_bind_check(kura_bind *b, const kura_record *record, const kura_node *root);
/* Reads one key, "run" or "network.sites", of the tree into `structure`. */
void kura_bind_key(kura_bind *b, const kura_record *record, const kura_node *root, void *structure,
                   const char *dotted);
/* Reads all keys of a record from a mapping.  With `inherit` keys that are not given keep what the structure
 * holds. */
void kura_bind_record(kura_bind *b, const kura_record *record, const kura_node *map, kura_pos at,
                      void *structure, int inherit);
/* The rows of a RECORDS value as nodes: mappings, each with its id or NULL in ids[i].  The name of a table is
 * opened (once a run) and its columns are checked; -1 after an error. */
int kura_bind_rows(kura_bind *b, const kura_key *key, kura_node *value, kura_node ***rows, kura_entry ***ids);

/* The list a node stands for: the items of a list, or the parts of a text separated by ';'.  NULL after an
 * error. */
const kura_node *kura_bind_list(kura_bind *b, const kura_key *key, const kura_node *node);
/* Reads one quantity of the key's unit (or of `unit`) with its range.  Nonzero after an error, reported. */
int kura_bind_quantity(kura_bind *b, const kura_key *key, kura_unit unit, const char *range,
                       const kura_node *node, double *value);
/* Does the value lie in a range of the language ("0..1")?  If not, `allowed` says what does: "at least 0 %".
 */
int kura_bind_within(kura_bind *b, kura_unit unit, const char *range, double value, char *allowed,
                     size_t size);
/* A text node; reports anything else as not being `what` ("a date"), with an example. */
const char *kura_bind_text(kura_bind *b, const kura_node *node, const char *what, const char *example);
/* Position of the value of a key in a mapping, or of the mapping when it is not there. */
kura_pos kura_bind_at(const kura_node *map, const char *key);
/* Lists a default, key below the current path. */
void kura_bind_note(kura_bind *b, const char *key, const char *value);

/* Error and warning at a position. */
#define KURA_BIND_ERROR(b, at, ...) kura_report((b)->diag, KURA_DIAG_ERROR, (at), __VA_ARGS__)
#define KURA_BIND_WARN(b, at, ...) kura_report((b)->diag, KURA_DIAG_WARNING, (at), __VA_ARGS__)

/* Is the text an id: a-z, 0-9, _ and -, with `capitals` A-Z too, at most 100? */
int kura_bind_is_id(const char *text, int capitals);
/* The key of a record by name, or NULL. */
const kura_key *kura_record_key(const kura_record *record, const char *name);
/* The key at a dotted path, ids of mappings skipped as such; NULL when there is none. */
const kura_key *kura_record_find(const kura_record *record, const char *dotted);

#endif
