/* Reading CSV tables, see csv.h.  Reference: RFC 4180. */
#include "conf/csv.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_COLUMNS = 4096 };

typedef struct {
    kura_arena *arena;
    kura_diag *diag;
    const kura_source *source;
    const char *p, *end;
    int line;            /* of p */
    int row_line;        /* where the record began */
    kura_text field;     /* the field being read */
    const char **fields; /* of the record */
    int count, capacity;
    long cells;
    int failed;
} reader;

static kura_pos row_position(const reader *r, int line) { return (kura_pos){r->source, line, 0, NULL}; }

static int is_space(char c) { return c == ' ' || c == '\t'; }

static const char *trimmed(kura_arena *arena, const char *text, size_t n)
{
    while (n && is_space(text[0])) text++, n--;
    while (n && is_space(text[n - 1])) n--;
    return kura_arena_strndup(arena, text, n);
}

/* ---- records ---- */

/* Steps over one line end. */
static void skip_line_end(reader *r)
{
    if (r->p < r->end && *r->p == '\r') r->p++;
    if (r->p < r->end && *r->p == '\n') r->p++;
    r->line++;
}

static int at_line_end(const reader *r) { return r->p >= r->end || *r->p == '\n' || *r->p == '\r'; }

/* A field in quotes, r->p at the opening one. */
static int read_quoted(reader *r)
{
    int begin = r->line;
    for (r->p++;; r->p++) {
        if (r->p >= r->end) {
            kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, begin), "a quoted field is not closed");
            return -1;
        }
        if (*r->p == '"') {
            if (r->p + 1 < r->end && r->p[1] == '"')
                r->p++;
            else
                break;
        }
        if (*r->p == '\n' || (*r->p == '\r' && r->p[1] != '\n')) r->line++;
        kura_text_add_n(&r->field, r->p, 1);
    }
    r->p++;
    while (r->p < r->end && is_space(*r->p)) r->p++;
    if (at_line_end(r) || *r->p == ',') return 0;
    kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, r->line),
                "text after the closing quote of a field; write \"\" for a quote inside quotes");
    return -1;
}

static int read_plain(reader *r)
{
    const char *begin = r->p;
    while (!at_line_end(r) && *r->p != ',') {
        if (*r->p == '"') {
            kura_report(
                r->diag, KURA_DIAG_ERROR, row_position(r, r->line),
                "a quote inside a field; put the whole field in quotes and write \"\" for the inner one");
            return -1;
        }
        r->p++;
    }
    kura_text_add_n(&r->field, begin, (size_t)(r->p - begin));
    return 0;
}

static int add_field(reader *r)
{
    if (r->count == r->capacity) {
        int capacity = r->capacity ? 2 * r->capacity : 32;
        const char **fields = realloc(r->fields, (size_t)capacity * sizeof *fields);
        if (!fields) return -1;
        r->fields = fields;
        r->capacity = capacity;
    }
    const char *text = trimmed(r->arena, r->field.data ? r->field.data : "", r->field.size);
    if (!text || r->field.failed) return -1;
    r->fields[r->count++] = text;
    return 0;
}

static int read_field(reader *r)
{
    const char *begin = r->p;
    r->field.size = 0;
    while (r->p < r->end && is_space(*r->p)) r->p++;
    int bad;
    if (r->p < r->end && *r->p == '"')
        bad = read_quoted(r);
    else {
        r->p = begin;
        bad = read_plain(r);
    }
    if (bad) return r->failed = 1, -1;
    if (r->field.size > KURA_TREE_SCALAR) {
        kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, r->row_line),
                    "a cell of more than 1 MiB; is a quote missing?");
        return r->failed = 1, -1;
    }
    if (++r->cells > KURA_TREE_NODES) {
        kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, r->row_line),
                    "more than 2,000,000 cells in one table");
        return r->failed = 1, -1;
    }
    if (add_field(r)) {
        r->arena->failed = 1;
        return r->failed = 1, -1;
    }
    return 0;
}

/* The next record that is not an empty line: 1, or 0 at the end or after an error. */
static int read_record(reader *r)
{
    while (r->p < r->end && at_line_end(r)) skip_line_end(r);
    if (r->p >= r->end) return 0;
    r->count = 0;
    r->row_line = r->line;
    for (;;) {
        if (read_field(r)) return 0;
        if (at_line_end(r)) break;
        r->p++; /* the comma */
    }
    if (r->p < r->end) skip_line_end(r);
    return 1;
}

static int is_blank(const reader *r)
{
    for (int i = 0; i < r->count; i++)
        if (r->fields[i][0]) return 0;
    return 1;
}

/* ---- header ---- */

/* Splits `name [unit]`. */
static int read_label(reader *r, kura_column *c)
{
    const char *open = strchr(c->label, '['), *close = open ? strchr(open, ']') : NULL;
    if (!open) {
        c->name = c->label;
        return strchr(c->label, ']') ? -1 : 0;
    }
    if (!close || close[1]) return -1;
    c->name = trimmed(r->arena, c->label, (size_t)(open - c->label));
    c->unit = trimmed(r->arena, open + 1, (size_t)(close - open - 1));
    return c->name && c->unit && c->name[0] && c->unit[0] ? 0 : -1;
}

static int is_carried(const char *label)
{
    return label[0] == '#' || strcmp(label, "note") == 0 || strcmp(label, "source") == 0;
}

static void check_column(reader *r, kura_csv *t, int i)
{
    kura_column *c = &t->columns[i];
    if (!c->label[0])
        kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, r->row_line), "column %d has no name", i + 1);
    else if (read_label(r, c))
        kura_report(r->diag, KURA_DIAG_ERROR, c->at, "the header is no \"name\" or \"name [unit]\"");
    for (int j = 0; j < i; j++)
        if (c->name && t->columns[j].name && t->columns[j].read && strcmp(c->name, t->columns[j].name) == 0) {
            kura_report(r->diag, KURA_DIAG_ERROR, c->at,
                        "the table has this column twice, as columns %d and %d", j + 1, i + 1);
            return;
        }
}

static int read_header(reader *r, kura_csv *t)
{
    kura_pos top = row_position(r, 1);
    int errors = r->diag->errors;
    if (!read_record(r)) {
        if (!r->failed)
            kura_report(r->diag, KURA_DIAG_ERROR, top,
                        "the table is empty; its first line names the columns");
        return -1;
    }
    if (r->count == 1 && strpbrk(r->fields[0], ";\t")) {
        kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, r->row_line),
                    "the columns are separated by %s; write a comma between them",
                    strchr(r->fields[0], ';') ? "semicolons" : "tabs");
        return -1;
    }
    if (r->count > MAX_COLUMNS) {
        kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, r->row_line), "more than %d columns",
                    MAX_COLUMNS);
        return -1;
    }
    t->ncolumns = r->count;
    t->columns = KURA_NEW(r->arena, kura_column, (size_t)r->count);
    if (!t->columns) return -1;
    for (int i = 0; i < r->count; i++) {
        kura_column *c = &t->columns[i];
        c->label = r->fields[i];
        c->at = (kura_pos){r->source, r->row_line, 0, c->label};
        c->read = !is_carried(c->label);
        if (c->read) check_column(r, t, i);
    }
    return r->diag->errors > errors ? -1 : 0;
}

/* ---- rows ---- */

static kura_node *make_row(reader *r, const kura_csv *t)
{
    kura_entry *entries = KURA_NEW(r->arena, kura_entry, (size_t)t->ncolumns);
    kura_node *cells = KURA_NEW(r->arena, kura_node, (size_t)t->ncolumns);
    int n = 0;
    if (!entries || !cells) return NULL;
    for (int i = 0; i < t->ncolumns; i++) {
        const kura_column *c = &t->columns[i];
        if (!c->read || !r->fields[i][0]) continue;
        kura_pos at = {r->source, r->row_line, 0, c->label};
        cells[n] =
            (kura_node){.kind = KURA_NODE_TEXT, .at = at, .quoted = 1, .text = r->fields[i], .unit = c->unit};
        entries[n] = (kura_entry){c->name, at, &cells[n]};
        n++;
    }
    return kura_node_map(r->arena, row_position(r, r->row_line), entries, n);
}

static int read_rows(reader *r, kura_csv *t)
{
    kura_node **rows = NULL;
    int n = 0, capacity = 0, errors = r->diag->errors;
    while (read_record(r) && !kura_diag_full(r->diag)) {
        if (is_blank(r)) continue;
        if (r->count != t->ncolumns) {
            kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, r->row_line),
                        "the row has %d fields where the header has %d%s", r->count, t->ncolumns,
                        r->count > t->ncolumns ? "; a field with a comma must be in quotes" : "");
            continue;
        }
        if (n == capacity) {
            capacity = capacity ? 2 * capacity : 64;
            kura_node **more = realloc(rows, (size_t)capacity * sizeof *rows);
            if (!more) {
                r->arena->failed = 1;
                break;
            }
            rows = more;
        }
        if (!(rows[n++] = make_row(r, t))) break;
    }
    kura_node **items = KURA_NEW(r->arena, kura_node *, (size_t)n);
    if (items && n) memcpy(items, rows, (size_t)n * sizeof *rows);
    free(rows);
    if (!items || r->arena->failed || r->failed || r->diag->errors > errors) return -1;
    if (n == 0) {
        kura_report(r->diag, KURA_DIAG_ERROR, row_position(r, 1), "the table has a header but no row");
        return -1;
    }
    return (t->rows = kura_node_list(r->arena, row_position(r, 1), items, n)) ? 0 : -1;
}

kura_csv *kura_csv_read(kura_arena *arena, kura_diag *diag, const kura_source *source)
{
    reader r = {.arena = arena, .diag = diag, .source = source, .p = source->text, .line = 1, .row_line = 1};
    kura_csv *t = KURA_NEW(arena, kura_csv, 1);
    r.end = r.p + source->size;
    if (t) t->source = source;
    int bad = !t || read_header(&r, t) || read_rows(&r, t);
    kura_text_fini(&r.field);
    free(r.fields);
    return bad ? NULL : t;
}

const kura_column *kura_csv_column(const kura_csv *table, const char *name)
{
    for (int i = 0; i < table->ncolumns; i++)
        if (table->columns[i].read && strcmp(table->columns[i].name, name) == 0) return &table->columns[i];
    return NULL;
}
