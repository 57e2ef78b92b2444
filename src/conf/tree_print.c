/* Printing a tree as YAML, see kura_tree_print in tree.h.
 *
 * Mappings and lists of collections are printed as blocks, lists of texts as [a, b].  A text is printed plain
 * when it is plainly safe, else in double quotes.  A table cell is printed with the unit of its column, so
 * that it reads the same without the table. */
#include "conf/tree.h"
#include <string.h>

enum { INDENT = 2 };

static int is_one_of(char c, const char *set) { return c && strchr(set, c) != NULL; }

static int is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || is_one_of(c, "_./");
}

/* May the text stand without quotes, in a block and inside brackets, and come back as itself? */
static int is_plain(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || n > 200 || strcmp(text, "null") == 0) return 0;
    if (!is_word(text[0]) && !(text[0] == '-' && text[1] >= '0' && text[1] <= '9')) return 0;
    for (size_t i = 0; i < n; i++)
        if (!is_word(text[i]) && !is_one_of(text[i], "+-%()*; ")) return 0;
    return text[n - 1] != ' ' && strncmp(text, "...", 3) != 0;
}

static void print_quoted(const char *text, kura_text *out)
{
    kura_text_add(out, "\"");
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '"' || *p == '\\')
            kura_text_printf(out, "\\%c", *p);
        else if (*p == '\n')
            kura_text_add(out, "\\n");
        else if (*p == '\t')
            kura_text_add(out, "\\t");
        else if (*p < 0x20 || *p == 0x7F)
            kura_text_printf(out, "\\x%02X", *p);
        else if (*p == 0xC2 && p[1] < 0xA0 && p[1] >= 0x80)
            kura_text_printf(out, "\\x%02X", *++p);
        else if (*p == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) {
            kura_text_printf(out, "\\u%04X", p[2] == 0xA8 ? 0x2028u : 0x2029u);
            p += 2;
        } else if (*p == 0xEF && p[1] == 0xBB && p[2] == 0xBF) {
            kura_text_add(out, "\\uFEFF");
            p += 2;
        } else if (*p == 0xEF && p[1] == 0xBF && p[2] >= 0xBE) {
            kura_text_printf(out, "\\u%04X", p[2] == 0xBE ? 0xFFFEu : 0xFFFFu);
            p += 2;
        } else
            kura_text_add_n(out, (const char *)p, 1);
    }
    kura_text_add(out, "\"");
}

static void print_text(const char *text, kura_text *out)
{
    if (is_plain(text))
        kura_text_add(out, text);
    else
        print_quoted(text, out);
}

/* A cell `a;b` of a column with unit u stands for `a u;b u`. */
static void print_cell(const kura_node *cell, kura_text *out)
{
    kura_text full = {0};
    for (const char *p = cell->text; *p; p++) {
        if (*p == ';') kura_text_printf(&full, " %s", cell->unit);
        kura_text_add_n(&full, p, 1);
    }
    kura_text_printf(&full, " %s", cell->unit);
    if (full.failed)
        out->failed = 1;
    else
        print_text(full.data, out);
    kura_text_fini(&full);
}

static void print_scalar(const kura_node *node, kura_text *out)
{
    if (kura_node_is_null(node))
        kura_text_add(out, "null");
    else if (node->unit && node->unit[0])
        print_cell(node, out);
    else
        print_text(node->text, out);
}

static int only_texts(const kura_node *list)
{
    for (int i = 0; i < list->count; i++)
        if (list->items[i]->kind != KURA_NODE_TEXT) return 0;
    return 1;
}

static int is_empty(const kura_node *map)
{
    for (int i = 0; i < map->count; i++)
        if (!kura_node_is_null(map->entries[i].value)) return 0;
    return 1;
}

static void new_line(int indent, kura_text *out) { kura_text_printf(out, "\n%*s", indent, ""); }

static void print_value(const kura_node *node, int indent, kura_text *out);

/* The entries of a mapping, the first at the place where the text stands. */
static void print_entries(const kura_node *map, int indent, kura_text *out)
{
    int printed = 0;
    for (int i = 0; i < map->count; i++) {
        const kura_entry *e = &map->entries[i];
        if (kura_node_is_null(e->value)) continue;
        if (printed++) new_line(indent, out);
        print_text(e->key, out);
        kura_text_add(out, ":");
        print_value(e->value, indent + INDENT, out);
    }
}

static void print_list(const kura_node *list, int indent, kura_text *out)
{
    if (only_texts(list)) {
        kura_text_add(out, " [");
        for (int i = 0; i < list->count; i++) {
            if (i) kura_text_add(out, ", ");
            print_scalar(list->items[i], out);
        }
        kura_text_add(out, "]");
        return;
    }
    for (int i = 0; i < list->count; i++) {
        const kura_node *item = list->items[i];
        new_line(indent, out);
        kura_text_add(out, "-");
        if (item->kind == KURA_NODE_MAP && !is_empty(item)) {
            kura_text_add(out, " ");
            print_entries(item, indent + INDENT, out);
        } else
            print_value(item, indent + INDENT, out);
    }
}

/* What follows "key:" or "-": on the same line, or on lines of its own at `indent`.  Depth is bounded by the
 * tree's. */
static void print_value(const kura_node *node, int indent, kura_text *out)
{
    if (node->kind == KURA_NODE_LIST)
        print_list(node, indent, out);
    else if (node->kind == KURA_NODE_TEXT) {
        kura_text_add(out, " ");
        print_scalar(node, out);
    } else if (is_empty(node))
        kura_text_add(out, " {}");
    else {
        new_line(indent, out);
        print_entries(node, indent, out);
    }
}

void kura_tree_print(const kura_node *node, kura_text *out)
{
    if (node->kind == KURA_NODE_MAP)
        print_entries(node, 0, out);
    else
        print_value(node, 0, out);
    kura_text_add(out, "\n");
}
