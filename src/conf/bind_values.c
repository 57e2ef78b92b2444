/* Binding single values, one reader a kind; see bind.h. */
#include "conf/bind_internal.h"
#include "conf/suggest.h"
#include "num/calendar.h"
#include <limits.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *field(const kura_key *key, void *structure) { return (char *)structure + key->offset; }
static int *count_field(const kura_key *key, void *structure)
{
    return (int *)(void *)((char *)structure + key->count);
}

/* ---- texts ---- */

const char *kura_bind_text(kura_bind *b, const kura_node *node, const char *what, const char *example)
{
    if (node->kind == KURA_NODE_TEXT) return node->text;
    KURA_BIND_ERROR(b, node->at, "%s must be %s, for example %s; found %s",
                    b->path.size ? b->path.data : "the value", what, example, kura_node_kind_name(node));
    return NULL;
}

/* Finds a word in "order push" or "site=0 plants=1"; its value, or -1 with the words as a list and a
 * suggestion. */
static int find_choice(kura_bind *b, const char *choices, const char *text, int *value, char *words,
                       size_t size, kura_suggestion *s)
{
    int number = 0;
    words[0] = 0;
    for (const char *p = choices; *p; number++) {
        size_t n = strcspn(p, " "), name = strcspn(p, " ="), used = strlen(words);
        const char *word = kura_arena_strndup(b->files->work, p, name);
        if (!word) return -1;
        if (strcmp(text, word) == 0) {
            *value = name < n ? atoi(p + name + 1) : number;
            return 0;
        }
        snprintf(words + used, size - used, "%s%s", used ? ", " : "", word);
        kura_suggest(s, word);
        p += n + (p[n] == ' ');
    }
    return -1;
}

static int choose(kura_bind *b, const kura_key *key, const kura_node *node, const char *text, int *value)
{
    char words[256];
    kura_suggestion s = {.wanted = text};
    if (find_choice(b, key->choices, text, value, words, sizeof words, &s) == 0) return 0;
    if (s.best)
        KURA_BIND_ERROR(b, node->at, "unknown word \"%s\" for \"%s\"%s", kura_quote(text).text, key->name,
                        kura_suggest_hint(&s).text);
    else
        KURA_BIND_ERROR(b, node->at, "unknown word \"%s\" for \"%s\"; it can be %s", kura_quote(text).text,
                        key->name, words);
    return -1;
}

/* A copy that outlives reading; when memory ran out the field stays as it is. */
static int keep_text(kura_bind *b, const char *text, const char **to)
{
    const char *copy = kura_arena_strdup(b->arena, text);
    if (!copy) return -1;
    *to = copy;
    return 0;
}

static int read_text(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    int ignored;
    const char *text = kura_bind_text(b, node, "text", "\"some text\"");
    if (!text || (key->choices && choose(b, key, node, text, &ignored))) return -1;
    return keep_text(b, text, field(key, structure));
}

static const char *read_id(kura_bind *b, const kura_key *key, const kura_node *node)
{
    int capitals = (key->flags & KURA_KEY_CAPITALS) != 0;
    const char *text = kura_bind_text(b, node, "a name", "\"some-name\"");
    if (!text || kura_bind_is_id(text, capitals)) return text;
    KURA_BIND_ERROR(b, node->at, "\"%s\" is no name; names are made of %sa-z, 0-9, _ and - (at most 100)",
                    kura_quote(text).text, capitals ? "A-Z, " : "");
    return NULL;
}

static int read_name(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    const char *text = read_id(b, key, node);
    return text ? keep_text(b, text, field(key, structure)) : -1;
}

/* ---- lists ---- */

/* A part of a text that is a list "a;b". */
static kura_node *part_node(kura_bind *b, const kura_node *whole, const char *begin, size_t n)
{
    while (n && *begin == ' ') begin++, n--;
    while (n && begin[n - 1] == ' ') n--;
    kura_node *part = kura_node_text(b->files->work, whole->at, kura_arena_strndup(b->files->work, begin, n));
    if (part) part->unit = whole->unit;
    if (part) part->quoted = 1;
    return part;
}

const kura_node *kura_bind_list(kura_bind *b, const kura_key *key, const kura_node *node)
{
    if (node->kind == KURA_NODE_LIST) return node;
    if (node->kind == KURA_NODE_MAP) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" must be a list, for example [a, b]; found a mapping", key->name);
        return NULL;
    }
    int n = 1, i = 0;
    for (const char *p = node->text; *p; p++) n += *p == ';';
    kura_node **items = KURA_NEW(b->files->work, kura_node *, (size_t)n);
    if (!items) return NULL;
    for (const char *p = node->text;; p++) {
        size_t length = strcspn(p, ";");
        if (!(items[i++] = part_node(b, node, p, length))) return NULL;
        p += length;
        if (!*p) break;
    }
    return kura_node_list(b->files->work, node->at, items, i);
}

static int read_names(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    const kura_node *list = kura_bind_list(b, key, node);
    const char **names = list ? KURA_NEW(b->arena, const char *, (size_t)list->count) : NULL;
    if (!names) return -1;
    int n = 0, bad = 0;
    for (int i = 0; i < list->count; i++) {
        const char *name = read_id(b, key, list->items[i]);
        int twice = 0;
        for (int j = 0; name && j < n; j++) twice |= strcmp(names[j], name) == 0;
        if (twice) KURA_BIND_ERROR(b, list->items[i]->at, "\"%s\" is in the list twice", name);
        bad |= !name || twice;
        n += name && keep_text(b, name, &names[n]) == 0;
    }
    if (list->count == 0) KURA_BIND_ERROR(b, list->at, "the list \"%s\" is empty", key->name);
    if (bad || n == 0) return -1;
    *(const char ***)field(key, structure) = names;
    *count_field(key, structure) = n;
    return 0;
}

/* ---- numbers ---- */

/* One end of a range, in the kind's unit. */
static int range_end(kura_bind *b, kura_unit unit, const char *text, size_t n, double *value)
{
    char end[64];
    kura_unit_error ignored;
    while (n && text[0] == ' ') text++, n--;
    while (n && text[n - 1] == ' ') n--;
    if (n == 0 || n >= sizeof end) return -1;
    memcpy(end, text, n);
    end[n] = 0;
    double step = b->step_days > 0 ? b->step_days : 1;
    if (kura_quantity(unit, end, NULL, step, value, &ignored) == 0) return 0;
    return kura_quantity(KURA_UNIT_NUMBER, end, NULL, step, value, &ignored);
}

/* One end of a range as a person writes it. */
static int say_end(char *out, size_t size, kura_unit unit, const char *text, int length, double value)
{
    if (unit == KURA_UNIT_SHARE) return snprintf(out, size, "%g %%", 100 * value);
    return snprintf(out, size, "%.*s", length, text);
}

/* Says what the range is: "at least 0 % and below 100 %".  An end that is not there is NaN. */
static void say_range(char *out, size_t size, kura_unit unit, const char *range, double least, double most)
{
    const char *dots = strstr(range, ".."), *high = dots + 2;
    int open_low = range[0] == '(', open_high = high[0] && high[strlen(high) - 1] == ')';
    size_t n = 0;
    if (!isnan(least)) {
        n = (size_t)snprintf(out, size, "%s ", open_low ? "above" : "at least");
        n +=
            (size_t)say_end(out + n, size - n, unit, range + open_low, (int)(dots - range) - open_low, least);
    }
    if (!isnan(most)) {
        n += (size_t)snprintf(out + n, size - n, "%s%s ", n ? " and " : "", open_high ? "below" : "at most");
        say_end(out + n, size - n, unit, high, (int)strlen(high) - open_high, most);
    }
}

int kura_bind_within(kura_bind *b, kura_unit unit, const char *range, double value, char *allowed,
                     size_t size)
{
    const char *dots = range ? strstr(range, "..") : NULL;
    if (!dots) return 1;
    int open_low = range[0] == '(', open_high = dots[2] && dots[strlen(dots) - 1] == ')';
    const char *low = range + open_low, *high = dots + 2;
    double least = NAN, most = NAN;
    int bad = 0;
    if (range_end(b, unit, low, (size_t)(dots - low), &least) == 0)
        bad |= open_low ? !(value > least) : !(value >= least);
    if (range_end(b, unit, high, strlen(high) - (size_t)open_high, &most) == 0)
        bad |= open_high ? !(value < most) : !(value <= most);
    if (bad) say_range(allowed, size, unit, range, least, most);
    return !bad;
}

static int check_range(kura_bind *b, const kura_key *key, kura_unit unit, const char *range,
                       const kura_node *node, double value)
{
    char allowed[160];
    if (kura_bind_within(b, unit, range, value, allowed, sizeof allowed)) return 0;
    KURA_BIND_ERROR(b, node->at, "\"%s\" must be %s; found \"%s%s%s\"", key->name, allowed,
                    kura_quote(node->text).text, node->unit ? " " : "", node->unit ? node->unit : "");
    return -1;
}

int kura_bind_quantity(kura_bind *b, const kura_key *key, kura_unit unit, const char *range,
                       const kura_node *node, double *value)
{
    kura_unit_error error;
    char example[80];
    if (node->kind == KURA_NODE_MAP && b->unknown) return b->unknown(b, key, unit, range, node, value);
    snprintf(example, sizeof example, "\"%s\"", kura_unit_example(unit));
    const char *text = kura_bind_text(b, node, kura_unit_name(unit), example);
    double x;
    if (!text) return -1;
    if (kura_quantity(unit, text, node->unit, b->step_days > 0 ? b->step_days : 1, &x, &error)) {
        KURA_BIND_ERROR(b, node->at, "%s", error.text);
        return -1;
    }
    if (check_range(b, key, unit, range, node, x)) return -1;
    *value = x;
    return 0;
}

static int read_quantity_list(kura_bind *b, const kura_key *key, const kura_node *node, double *values)
{
    const kura_node *list = kura_bind_list(b, key, node);
    if (!list) return -1;
    if (list->count != key->length) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" has %d numbers; %d are expected%s%s", key->name, list->count,
                        key->length, key->fallback ? ", for example " : "",
                        key->fallback ? key->fallback : "");
        return -1;
    }
    int bad = 0;
    for (int i = 0; i < list->count; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", i + 1);
        size_t before = b->path.size;
        if (list->items[i]->kind == KURA_NODE_MAP) before = kura_bind_push(b, number); /* a name of its own */
        bad |= kura_bind_quantity(b, key, key->unit, key->range, list->items[i], &values[i]);
        kura_bind_pop(b, before);
    }
    return bad;
}

static int read_quantity(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    double *values = field(key, structure);
    if (key->length) return read_quantity_list(b, key, node, values);
    return kura_bind_quantity(b, key, key->unit, key->range, node, values);
}

static int read_quantities(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    const kura_node *list = kura_bind_list(b, key, node);
    double *values = list ? KURA_NEW(b->arena, double, (size_t)list->count) : NULL;
    int n = 0;
    if (!values) return -1;
    for (int i = 0; i < list->count; i++)
        n += kura_bind_quantity(b, key, key->unit, key->range, list->items[i], &values[n]) == 0;
    if (list->count == 0) KURA_BIND_ERROR(b, list->at, "the list \"%s\" is empty", key->name);
    *(double **)field(key, structure) = values;
    *count_field(key, structure) = n;
    return 0;
}

static int read_whole(kura_bind *b, const kura_key *key, const kura_node *node, unsigned long long most,
                      unsigned long long *value)
{
    unsigned long long least = 0;
    const char *dots = key->range ? strstr(key->range, "..") : NULL;
    const char *text = kura_bind_text(b, node, "a whole number", "\"12\"");
    kura_unit_error error;
    if (!text) return -1;
    if (dots) least = strtoull(key->range, NULL, 10);
    if (dots && dots[2]) most = strtoull(dots + 2, NULL, 10);
    if (node->unit)
        KURA_BIND_ERROR(b, node->at, "\"%s\" has no unit", key->name);
    else if (kura_whole(text, least, most, value, &error))
        KURA_BIND_ERROR(b, node->at, "%s", error.text);
    else
        return 0;
    return -1;
}

static int read_count(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    unsigned long long value;
    if (read_whole(b, key, node, INT_MAX, &value)) return -1;
    *(int *)field(key, structure) = (int)value;
    return 0;
}

static int read_large(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    unsigned long long value;
    if (read_whole(b, key, node, UINT64_MAX, &value)) return -1;
    *(uint64_t *)field(key, structure) = value;
    return 0;
}

/* ---- choices and dates ---- */

static int read_flag(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    const char *text = kura_bind_text(b, node, "true or false", "true");
    if (!text) return -1;
    int yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" given where true or false is expected", kura_quote(text).text);
        return -1;
    }
    *(int *)field(key, structure) = yes;
    return 0;
}

static int read_choice(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    const char *text = kura_bind_text(b, node, "one word", key->fallback ? key->fallback : key->choices);
    return text ? choose(b, key, node, text, field(key, structure)) : -1;
}

static int read_date(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    const char *text = kura_bind_text(b, node, "a date", "2026-01-01");
    int32_t day;
    if (!text) return -1;
    if (kura_date_parse(text, &day)) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" is no date; write year-month-day, for example 2026-01-31",
                        kura_quote(text).text);
        return -1;
    }
    *(int32_t *)field(key, structure) = day;
    return 0;
}

static int read_other(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    return key->type->read(b, key, node, structure, field(key, structure));
}

/* ---- all kinds ---- */

typedef int value_reader(kura_bind *b, const kura_key *key, const kura_node *node, void *structure);
static value_reader *const readers[] = {[KURA_KEY_TEXT] = read_text,
                                        [KURA_KEY_NAME] = read_name,
                                        [KURA_KEY_NAMES] = read_names,
                                        [KURA_KEY_FLAG] = read_flag,
                                        [KURA_KEY_CHOICE] = read_choice,
                                        [KURA_KEY_COUNT] = read_count,
                                        [KURA_KEY_LARGE] = read_large,
                                        [KURA_KEY_QUANTITY] = read_quantity,
                                        [KURA_KEY_QUANTITIES] = read_quantities,
                                        [KURA_KEY_DATE] = read_date,
                                        [KURA_KEY_GROUP] = NULL,
                                        [KURA_KEY_RECORDS] = NULL,
                                        [KURA_KEY_OTHER] = read_other,
                                        [KURA_KEY_FREE] = NULL};

int kura_bind_value(kura_bind *b, const kura_key *key, const kura_node *node, void *structure)
{
    return readers[key->kind](b, key, node, structure);
}

void kura_bind_absent(const kura_key *key, void *structure)
{
    void *f = field(key, structure);
    if (key->kind == KURA_KEY_TEXT || key->kind == KURA_KEY_NAME) *(const char **)f = "";
    if (key->kind == KURA_KEY_QUANTITY)
        for (int i = 0; i < (key->length ? key->length : 1); i++) ((double *)f)[i] = NAN;
    if (key->kind == KURA_KEY_OTHER && key->type->absent) key->type->absent(key, f);
}
