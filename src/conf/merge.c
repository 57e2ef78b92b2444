/* Merging, see merge.h. */
#include "conf/merge.h"
#include "conf/csv.h"
#include "conf/suggest.h"
#include <string.h>

typedef struct {
    kura_files *files;
    kura_is_whole is_whole;
    kura_text path;                              /* dotted key of what is being merged */
    const kura_source *open[KURA_MERGE_NESTING]; /* files being loaded, outermost first */
    int nopen, loads;
} merger;

#define COMPLAIN(m, at, ...) kura_report((m)->files->diag, KURA_DIAG_ERROR, (at), __VA_ARGS__)

/* ---- tables ---- */

static int is_table_name(const kura_node *node)
{
    size_t n = node && node->kind == KURA_NODE_TEXT ? strlen(node->text) : 0;
    return n > 4 && strcmp(node->text + n - 4, ".csv") == 0;
}

/* The row without its id. */
static kura_node *row_body(kura_arena *arena, const kura_node *row)
{
    kura_entry *entries = KURA_NEW(arena, kura_entry, (size_t)row->count);
    int n = 0;
    if (!entries) return NULL;
    for (int i = 0; i < row->count; i++)
        if (strcmp(row->entries[i].key, "id") != 0) entries[n++] = row->entries[i];
    return kura_node_map(arena, row->at, entries, n);
}

static kura_node *rows_by_id(kura_files *files, const kura_csv *table)
{
    kura_entry *entries = KURA_NEW(files->work, kura_entry, (size_t)table->rows->count);
    int errors = files->diag->errors;
    if (!entries) return NULL;
    for (int i = 0; i < table->rows->count; i++) {
        const kura_node *row = table->rows->items[i], *id = kura_node_get(row, "id");
        if (!id)
            kura_report(files->diag, KURA_DIAG_ERROR, row->at, "the row has no id");
        else
            entries[i] = (kura_entry){id->text, id->at, row_body(files->work, row)};
    }
    if (files->diag->errors > errors) return NULL;
    kura_node *map = kura_node_map(files->work, table->rows->at, entries, table->rows->count);
    for (int i = 0; map && i < map->count; i++) {
        const kura_entry *first = kura_node_find(map, entries[i].key);
        if (first != &map->entries[i])
            kura_report(files->diag, KURA_DIAG_ERROR, entries[i].at,
                        "\"%s\" is given twice; the first is in line %d", kura_quote(entries[i].key).text,
                        first->at.line);
    }
    return files->diag->errors > errors ? NULL : map;
}

/* The rows of a table as a mapping by their column `id`.  `name` is the text node with the file's name; a
 * table without ids is reported at `by`, where its rows are to be changed. */
static kura_node *open_table(kura_files *files, const kura_node *name, kura_pos by)
{
    kura_source *source = kura_files_open(files, name->text, name->at);
    kura_csv *table = source ? kura_csv_read(files->work, files->diag, source) : NULL;
    if (!table) return NULL;
    if (kura_csv_column(table, "id")) return rows_by_id(files, table);
    kura_report(files->diag, KURA_DIAG_ERROR, by,
                "the rows of \"%s\" have no column \"id\", so they cannot be changed one by one; give "
                "another table instead",
                kura_quote(name->text).text);
    return NULL;
}

/* ---- merging mappings ---- */

static size_t push(merger *m, const char *key)
{
    size_t before = m->path.size;
    if (before) kura_text_add(&m->path, ".");
    kura_text_add(&m->path, key);
    return before;
}

static void pop(merger *m, size_t before)
{
    m->path.size = before;
    if (m->path.data) m->path.data[before] = 0;
}

/* A copy of the mapping with room for `more` entries. */
static kura_entry *copy_entries(merger *m, const kura_node *map, int more)
{
    kura_entry *entries = KURA_NEW(m->files->work, kura_entry, (size_t)map->count + (size_t)more);
    if (entries && map->count) memcpy(entries, map->entries, (size_t)map->count * sizeof *entries);
    return entries;
}

/* `over` laid over `under`.  NULL when memory ran out or a table could not be read.  Depth is bounded by the
 * trees'. */
static kura_node *overlay(merger *m, kura_node *under, kura_node *over)
{
    if (!under || over->kind != KURA_NODE_MAP) return over;
    if (m->path.size && m->is_whole && m->is_whole(m->path.data)) return over;
    if (is_table_name(under) && !(under = open_table(m->files, under, over->at))) return NULL;
    if (under->kind != KURA_NODE_MAP) return over;
    kura_entry *entries = copy_entries(m, under, over->count);
    int n = under->count;
    if (!entries) return NULL;
    for (int i = 0; i < over->count; i++) {
        const kura_entry *e = &over->entries[i], *same = kura_node_find(under, e->key);
        kura_entry *to = same ? &entries[same - under->entries] : &entries[n++];
        size_t before = push(m, e->key);
        *to = (kura_entry){e->key, e->at, overlay(m, same ? same->value : NULL, e->value)};
        pop(m, before);
        if (!to->value) return NULL;
    }
    return kura_node_map(m->files->work, over->at, entries, n);
}

/* ---- dotted keys ---- */

typedef struct {
    const char *parts[KURA_TREE_DEPTH];
    int n;
    kura_pos at;
    const char *whole;
} dotted;

static int split_dotted(merger *m, const char *key, kura_pos at, dotted *d)
{
    char *copy = kura_arena_strdup(m->files->work, key);
    if (!copy) return -1;
    *d = (dotted){.at = at, .whole = key};
    for (char *p = copy; p;) {
        char *dot = strchr(p, '.');
        if (dot) *dot = 0;
        if (!*p || d->n == KURA_TREE_DEPTH) {
            COMPLAIN(m, at, "\"%s\" is no dotted key; write for example \"run.paths\"", kura_quote(key).text);
            return -1;
        }
        d->parts[d->n++] = p;
        p = dot ? dot + 1 : NULL;
    }
    return 0;
}

static kura_node *nothing_to_remove(merger *m, const kura_node *map, const dotted *d, int i)
{
    kura_suggestion s = {.wanted = d->parts[i]};
    for (int k = 0; map && map->kind == KURA_NODE_MAP && k < map->count; k++)
        kura_suggest(&s, map->entries[k].key);
    COMPLAIN(m, d->at, "nothing to remove at \"%s\"%s", kura_quote(d->whole).text,
             kura_suggest_hint(&s).text);
    return NULL;
}

static kura_node *without(merger *m, const kura_node *map, const kura_entry *gone)
{
    kura_entry *entries = KURA_NEW(m->files->work, kura_entry, (size_t)map->count);
    int n = 0;
    if (!entries) return NULL;
    for (int i = 0; i < map->count; i++)
        if (&map->entries[i] != gone) entries[n++] = map->entries[i];
    return kura_node_map(m->files->work, map->at, entries, n);
}

/* The tree `node` with `value` at the key from part i on.  NULL after an error.  Depth is bounded by
 * KURA_TREE_DEPTH. */
static kura_node *assign(merger *m, kura_node *node, const dotted *d, int i, kura_node *value)
{
    int last = i == d->n - 1, removes = kura_node_is_null(value);
    if (is_table_name(node) && !(node = open_table(m->files, node, d->at))) return NULL;
    if (node && node->kind == KURA_NODE_LIST) {
        COMPLAIN(m, d->at, "the items of a list cannot be changed one by one (\"%s\"); give the whole list",
                 kura_quote(d->whole).text);
        return NULL;
    }
    const kura_entry *e = kura_node_find(node, d->parts[i]);
    if (removes && !e) return nothing_to_remove(m, node, d, i);
    if (removes && last) return without(m, node, e);
    kura_node *below = last ? value : assign(m, e ? e->value : NULL, d, i + 1, value);
    if (!below) return NULL;
    kura_node none = {.kind = KURA_NODE_MAP, .at = d->at};
    if (!node || node->kind != KURA_NODE_MAP) node = &none;
    kura_entry *entries = copy_entries(m, node, 1);
    if (!entries) return NULL;
    int n = node->count;
    entries[e ? (int)(e - node->entries) : n++] =
        (kura_entry){d->parts[i], last || !e ? d->at : e->at, below};
    return kura_node_map(m->files->work, node->at, entries, n);
}

/* Assigns and, when that fails, goes on with the tree as it was, to find further errors. */
static kura_node *assign_key(merger *m, kura_node *root, const char *key, kura_pos at, kura_node *value)
{
    dotted d;
    if (split_dotted(m, key, at, &d)) return root;
    kura_node *changed = assign(m, root, &d, 0, value);
    return changed ? changed : root;
}

/* ---- files ---- */

static kura_node *load_file(merger *m, kura_source *source, kura_pos by);

static kura_node *load_named(merger *m, const kura_node *name, const char *what)
{
    if (name->kind != KURA_NODE_TEXT) {
        COMPLAIN(m, name->at, "\"%s\" names files; found %s", what, kura_node_kind_name(name));
        return NULL;
    }
    kura_source *source = kura_files_open(m->files, name->text, name->at);
    return source ? load_file(m, source, name->at) : NULL;
}

static kura_node *load_includes(merger *m, kura_node *result, kura_node *names)
{
    int n = names->kind == KURA_NODE_LIST ? names->count : 1;
    for (int i = 0; i < n; i++) {
        kura_node *part = load_named(m, names->kind == KURA_NODE_LIST ? names->items[i] : names, "include");
        kura_node *sum = part ? overlay(m, result, part) : NULL;
        if (sum) result = sum;
    }
    return result;
}

static int is_directive(const char *key)
{
    return strcmp(key, "include") == 0 || strcmp(key, "base") == 0 || strcmp(key, "patch") == 0;
}

static kura_node *own_keys(merger *m, const kura_node *file)
{
    kura_entry *entries = KURA_NEW(m->files->work, kura_entry, (size_t)file->count);
    int n = 0;
    if (!entries) return NULL;
    for (int i = 0; i < file->count; i++)
        if (!is_directive(file->entries[i].key)) entries[n++] = file->entries[i];
    return kura_node_map(m->files->work, file->at, entries, n);
}

static kura_node *apply_keys(merger *m, kura_node *root, const kura_node *patch)
{
    if (patch->kind != KURA_NODE_MAP)
        COMPLAIN(m, patch->at,
                 "\"patch\" must be a mapping of dotted keys, for example {run.paths: 1024}; found %s",
                 kura_node_kind_name(patch));
    else
        for (int i = 0; i < patch->count; i++)
            root = assign_key(m, root, patch->entries[i].key, patch->entries[i].at, patch->entries[i].value);
    return root;
}

static kura_node *apply_patch(merger *m, kura_node *root, const kura_node *file)
{
    const kura_node *patch = kura_node_get(file, "patch");
    if (!patch) return root;
    if (!kura_node_get(file, "base"))
        COMPLAIN(m, kura_node_find(file, "patch")->at,
                 "\"patch\" changes a \"base\", which is not given; "
                 "to change this file itself, write the keys in their sections");
    else
        root = apply_keys(m, root, patch);
    return root;
}

static kura_node *load_parts(merger *m, kura_node *file)
{
    kura_node *base = kura_node_get(file, "base"), *include = kura_node_get(file, "include");
    kura_node *result = base ? load_named(m, base, "base") : NULL;
    if (base && !result) return NULL;
    if (include) result = load_includes(m, result, include);
    kura_node *own = own_keys(m, file);
    kura_node *sum = own ? overlay(m, result, own) : NULL;
    return sum ? apply_patch(m, sum, file) : NULL;
}

static int is_open(const merger *m, const kura_source *s)
{
    for (int i = 0; i < m->nopen; i++)
        if (m->open[i]->device == s->device && m->open[i]->inode == s->inode) return 1;
    return 0;
}

static kura_node *load_file(merger *m, kura_source *source, kura_pos by)
{
    if (is_open(m, source)) {
        COMPLAIN(m, by, "the file includes itself: \"%s\" is being read already",
                 kura_quote(source->path).text);
        return NULL;
    }
    if (m->nopen == KURA_MERGE_NESTING || m->loads++ == KURA_MERGE_LOADS) {
        COMPLAIN(m, by, "too many files include each other (at most %d deep, %d in all)", KURA_MERGE_NESTING,
                 KURA_MERGE_LOADS);
        return NULL;
    }
    kura_node *file = kura_tree_read(m->files->work, m->files->diag, source, 0, 0, 0);
    if (!file) return NULL;
    if (file->kind != KURA_NODE_MAP) {
        COMPLAIN(m, file->at, "the file must be a mapping, lines of \"key: value\"; found %s",
                 kura_node_kind_name(file));
        return NULL;
    }
    m->open[m->nopen++] = source;
    kura_node *result = load_parts(m, file);
    m->nopen--;
    return result;
}

/* ---- options ---- */

static int code_points(const char *text, size_t n)
{
    int count = 0;
    for (size_t i = 0; i < n; i++) count += ((unsigned char)text[i] & 0xC0) != 0x80;
    return count;
}

static kura_node *apply_option(merger *m, kura_node *root, const char *option, int number)
{
    kura_source *source = kura_files_text(m->files, "--set", number, option);
    if (!source) return root;
    const char *equals = strchr(source->text, '=');
    kura_pos at = {source, number, 1, NULL};
    if (!equals || equals == source->text) {
        COMPLAIN(m, at, "\"%s\" is no \"key=value\"; write for example --set run.paths=1024",
                 kura_quote(option).text);
        return root;
    }
    size_t n = (size_t)(equals - source->text);
    const char *key = kura_arena_strndup(m->files->work, source->text, n);
    kura_node *value =
        kura_tree_read(m->files->work, m->files->diag, source, n + 1, code_points(source->text, n + 1), 1);
    return key && value ? assign_key(m, root, key, at, value) : root;
}

kura_node *kura_merge_load(kura_files *files, const char *path, const char *const *sets, size_t nsets,
                           kura_is_whole is_whole)
{
    merger m = {.files = files, .is_whole = is_whole};
    int errors = files->diag->errors;
    kura_pos nowhere = {NULL, 0, 0, NULL};
    kura_source *source = kura_files_open_main(files, path);
    kura_node *root = source ? load_file(&m, source, nowhere) : NULL;
    for (size_t i = 0; root && i < nsets; i++) root = apply_option(&m, root, sets[i], (int)i + 1);
    kura_text_fini(&m.path);
    return files->diag->errors > errors ? NULL : root;
}

kura_node *kura_merge_open(kura_files *files, const kura_node *name, const char *what)
{
    if (name->kind != KURA_NODE_TEXT) {
        kura_report(files->diag, KURA_DIAG_ERROR, name->at, "\"%s\" names files; found %s", what,
                    kura_node_kind_name(name));
        return NULL;
    }
    kura_source *source = kura_files_open(files, name->text, name->at);
    kura_node *file = source ? kura_tree_read(files->work, files->diag, source, 0, 0, 0) : NULL;
    if (!file || file->kind == KURA_NODE_MAP) return file;
    kura_report(files->diag, KURA_DIAG_ERROR, file->at,
                "the file must be a mapping, lines of \"key: value\"; found %s", kura_node_kind_name(file));
    return NULL;
}

kura_node *kura_merge_change(kura_files *files, kura_node *root, kura_node *include, const kura_node *patch,
                             kura_is_whole is_whole)
{
    merger m = {.files = files, .is_whole = is_whole};
    int errors = files->diag->errors;
    if (include) root = load_includes(&m, root, include);
    if (patch) root = apply_keys(&m, root, patch);
    kura_text_fini(&m.path);
    return files->diag->errors > errors ? NULL : root;
}
