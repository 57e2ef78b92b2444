/* Binding arrays of records: lists, mappings by id and CSV tables; see bind.h. */
#include "conf/bind_internal.h"
#include "conf/csv.h"
#include "conf/names.h"
#include "conf/suggest.h"
#include <stdio.h>
#include <string.h>

/* ---- columns ---- */

/* Does the first cell of the column name its unit itself? */
static int cells_have_units(const kura_csv *t, const kura_column *c, kura_unit unit)
{
    for (int i = 0; i < t->rows->count; i++) {
        const kura_node *cell = kura_node_get(t->rows->items[i], c->name);
        if (cell) return kura_quantity_fits(unit, cell->text, NULL);
    }
    return 1;
}

static void check_unit(kura_bind *b, const kura_csv *t, const kura_column *c, const kura_key *key)
{
    kura_unit_error error;
    double ignored;
    int measured = key->kind == KURA_KEY_QUANTITY || key->kind == KURA_KEY_QUANTITIES;
    if (!measured && key->kind != KURA_KEY_OTHER && c->unit)
        KURA_BIND_ERROR(b, c->at, "\"%s\" has no unit; write the header \"%s\"", c->name, c->name);
    if (!measured) return;
    const char *example = strpbrk(kura_unit_example(key->unit), " /%");
    while (example && *example == ' ') example++;
    int bad = c->unit && kura_quantity(key->unit, "1", c->unit, 1, &ignored, &error);
    if (bad && strstr(error.text, "did you mean"))
        KURA_BIND_ERROR(b, c->at, "%s", error.text);
    else if (bad)
        KURA_BIND_ERROR(b, c->at, "unit \"%s\" given where %s is expected; write for example \"%s%s%s%s\"",
                        kura_quote(c->unit).text, kura_unit_name(key->unit), c->name, example ? " [" : "",
                        example ? example : "", example ? "]" : "");
    else if (!c->unit && !kura_quantity_fits(key->unit, "1", NULL) && !cells_have_units(t, c, key->unit))
        KURA_BIND_ERROR(b, c->at,
                        "the header gives no unit where %s is expected; write for example \"%s [%s]\"",
                        kura_unit_name(key->unit), c->name, example ? example : "");
}

/* Are the columns those of the record?  Nonzero after errors. */
static int check_columns(kura_bind *b, const kura_key *key, const kura_csv *t)
{
    int errors = b->diag->errors;
    for (int i = 0; i < t->ncolumns; i++) {
        const kura_column *c = &t->columns[i];
        const kura_key *k = c->read ? kura_record_key(key->record, c->name) : NULL;
        if (k)
            check_unit(b, t, c, k);
        else if (c->read)
            KURA_BIND_ERROR(b, c->at,
                            "unknown column%s (a column that starts with \"#\" is carried but not read)",
                            kura_bind_known(key->record, c->name, 1).text);
    }
    for (const kura_key *k = key->record->keys; k->name; k++)
        if ((k->flags & KURA_KEY_REQUIRED) && !kura_csv_column(t, k->name))
            KURA_BIND_ERROR(b, ((kura_pos){t->source, t->columns[0].at.line, 0, NULL}),
                            "the table has no column \"%s\" (%s)", k->name, k->meaning);
    return b->diag->errors > errors;
}

static kura_csv *open_table(kura_bind *b, const kura_key *key, kura_node *name)
{
    if (name->opened) return name->table;
    name->opened = 1;
    kura_source *source = kura_files_open(b->files, name->text, name->at);
    kura_csv *t = source ? kura_csv_read(b->files->work, b->diag, source) : NULL;
    if (!t || check_columns(b, key, t)) return NULL;
    name->text = source->name; /* as seen from the main file: how the merged scenario names it */
    return name->table = t;
}

/* ---- rows ---- */

static int wrong_shape(kura_bind *b, const kura_key *key, kura_node *value)
{
    unsigned f = key->flags;
    if (value->opened++) return -1; /* said before */
    KURA_BIND_ERROR(b, value->at, "%s must be %s%s%s%s%s; found %s", b->path.data,
                    f & KURA_KEY_TABLE ? "the name of a table" : "",
                    (f & KURA_KEY_TABLE) && (f & (KURA_KEY_BY_ID | KURA_KEY_LIST)) ? " or " : "",
                    f & KURA_KEY_BY_ID ? "a mapping by id" : "",
                    (f & KURA_KEY_BY_ID) && (f & KURA_KEY_LIST) ? " or " : "",
                    f & KURA_KEY_LIST ? "a list" : "", kura_node_kind_name(value));
    return -1;
}

int kura_bind_rows(kura_bind *b, const kura_key *key, kura_node *value, kura_node ***rows, kura_entry ***ids)
{
    kura_arena *work = b->files->work;
    const kura_node *list = value;
    if (value->kind == KURA_NODE_TEXT && (key->flags & KURA_KEY_TABLE)) {
        kura_csv *t = open_table(b, key, value);
        if (!t) return -1;
        list = t->rows;
    } else if (value->kind == KURA_NODE_TEXT ||
               (value->kind == KURA_NODE_LIST && !(key->flags & KURA_KEY_LIST)) ||
               (value->kind == KURA_NODE_MAP && !(key->flags & KURA_KEY_BY_ID)))
        return wrong_shape(b, key, value);
    *rows = KURA_NEW(work, kura_node *, (size_t)list->count);
    *ids = KURA_NEW(work, kura_entry *, (size_t)list->count);
    int n = 0;
    if (!*rows || !*ids) return -1;
    for (int i = 0; i < list->count; i++) {
        kura_node *row = list->kind == KURA_NODE_MAP ? list->entries[i].value : list->items[i];
        if (list->kind == KURA_NODE_MAP && kura_node_is_null(row)) continue; /* left out */
        (*ids)[n] = list->kind == KURA_NODE_MAP ? &list->entries[i] : NULL;
        (*rows)[n++] = row;
    }
    return n;
}

/* Ids of lists and tables must differ; those of a mapping do. */
static void check_ids(kura_bind *b, const kura_key *key, kura_node **rows, int n)
{
    const kura_key *id = key->record->keys;
    while (id->name && !(id->flags & KURA_KEY_ID)) id++;
    kura_names seen = {0};
    for (int i = 0; id->name && i < n; i++) {
        const kura_node *node = kura_node_get(rows[i], id->name);
        int first = node && node->text ? kura_names_add(&seen, b->files->work, node->text) : -1;
        if (!node || !node->text)
            kura_names_add(&seen, b->files->work, kura_arena_printf(b->files->work, "\n%d", i));
        if (first >= 0)
            KURA_BIND_ERROR(b, node->at, "%s \"%s\" is given twice; the first is in line %d",
                            key->record->noun, kura_quote(node->text).text,
                            kura_bind_at(rows[first], id->name).line);
        if (first >= 0) kura_names_add(&seen, b->files->work, kura_arena_printf(b->files->work, "\n%d", i));
    }
}

/* Lists what no row, or not every row, gave. */
static void note_absent(kura_bind *b, const kura_record *record, const int *absent, int n)
{
    for (const kura_key *k = record->keys; k->name && n; k++) {
        int times = absent[k - record->keys];
        char value[256];
        if (times == n)
            snprintf(value, sizeof value, "%s", k->fallback);
        else
            snprintf(value, sizeof value, "%s (%d of %d rows)", k->fallback, times, n);
        if (times) kura_bind_note(b, k->name, value);
    }
}

static void read_rows(kura_bind *b, const kura_key *key, int checked, kura_node **rows, kura_entry **ids,
                      int n, char *items)
{
    for (int i = 0; i < n && !kura_diag_full(b->diag); i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i + 1);
        size_t before = kura_bind_push(b, ids[i] ? ids[i]->key : number);
        const kura_node *outer = b->row;
        size_t outer_at = b->row_at;
        b->row = rows[i];
        b->row_at = before + (before > 0);
        kura_bind_row(b, key->record, rows[i], ids[i], checked && rows[i]->kind == KURA_NODE_MAP,
                      items + (size_t)i * key->record->size);
        b->row = outer;
        b->row_at = outer_at;
        kura_bind_pop(b, before);
    }
}

static int count_keys(const kura_record *record)
{
    int n = 0;
    while (record->keys[n].name) n++;
    return n;
}

int kura_bind_records(kura_bind *b, const kura_key *key, kura_node *value, void *structure)
{
    kura_node **rows;
    kura_entry **ids;
    int n = kura_bind_rows(b, key, value, &rows, &ids);
    if (n < 0) return -1;
    char *items = kura_arena_alloc(b->arena, (size_t)n, key->record->size);
    if (!items) return -1;
    int by_table = key->flags & KURA_KEY_TABLE || value->kind == KURA_NODE_LIST;
    int *outer = b->absent,
        *absent = by_table ? KURA_NEW(b->files->work, int, (size_t)count_keys(key->record)) : NULL;
    b->absent = absent;
    if (value->kind != KURA_NODE_MAP) check_ids(b, key, rows, n);
    read_rows(b, key, value->kind == KURA_NODE_TEXT, rows, ids, n, items);
    b->absent = outer;
    size_t before = kura_bind_push(b, "*");
    if (absent) note_absent(b, key->record, absent, n);
    kura_bind_pop(b, before);
    *(void **)(void *)((char *)structure + key->offset) = items;
    *(int *)(void *)((char *)structure + key->count) = n;
    return 0;
}
