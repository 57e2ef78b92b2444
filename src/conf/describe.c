/* Explanations of keys for people, see describe.h. */
#include "conf/describe.h"
#include "conf/suggest.h"
#include <stdio.h>
#include <string.h>

enum { DEEPEST = 8, LONGEST = 200 };

/* ---- walking all keys ---- */

typedef struct {
    kura_text *out;
    const char *wanted;
    int found;
    int once;  /* do not go into keys that only repeat another section's */
    int by_id; /* only mappings by id: `wanted` was written with a last part ID */
    kura_suggestion suggestion;
} visit;

typedef void visitor(visit *v, const kura_record *record, const kura_key *key, const char *path);

/* Depth is that of the tables. */
static void walk(const kura_record *record, const char *prefix, int depth, visitor *fn, visit *v)
{
    for (const kura_key *k = record->keys; k->name && depth < DEEPEST; k++) {
        char path[LONGEST], below[LONGEST + 4];
        if ((k->flags & KURA_KEY_ID) && record->size && strstr(prefix, ".ID"))
            continue; /* given by the mapping */
        snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] ? "." : "", k->name);
        fn(v, record, k, path);
        if (!k->record || (v->once && (k->flags & KURA_KEY_INHERIT))) continue;
        snprintf(below, sizeof below, "%s%s", path,
                 k->kind == KURA_KEY_RECORDS && (k->flags & KURA_KEY_BY_ID) ? ".ID" : "");
        if (strlen(below) < LONGEST) walk(k->record, below, depth + 1, fn, v);
    }
}

/* ---- one key ---- */

static const char *kind_text(const kura_key *k)
{
    switch (k->kind) {
    case KURA_KEY_TEXT:
        return "text";
    case KURA_KEY_NAME:
        return "a name";
    case KURA_KEY_NAMES:
        return "a list of names";
    case KURA_KEY_FLAG:
        return "true or false";
    case KURA_KEY_CHOICE:
        return "one word";
    case KURA_KEY_COUNT:
    case KURA_KEY_LARGE:
        return "a whole number";
    case KURA_KEY_QUANTITY:
    case KURA_KEY_QUANTITIES:
        return kura_unit_name(k->unit);
    case KURA_KEY_DATE:
        return "a date";
    case KURA_KEY_GROUP:
        return "a mapping";
    case KURA_KEY_RECORDS:
        return "records";
    case KURA_KEY_OTHER:
        return k->type->name;
    case KURA_KEY_FREE:
        break;
    }
    return "anything";
}

static void add_words(const char *choices, kura_text *out)
{
    for (const char *p = choices; *p;) {
        size_t n = strcspn(p, " "), name = strcspn(p, " =");
        kura_text_printf(out, "%s%.*s", p == choices ? ": " : ", ", (int)name, p);
        p += n + (p[n] == ' ');
    }
}

static void add_type(const kura_key *k, kura_text *out)
{
    int measured = k->kind == KURA_KEY_QUANTITY || k->kind == KURA_KEY_QUANTITIES;
    if (k->kind == KURA_KEY_RECORDS) {
        kura_text_add(out, k->flags & KURA_KEY_BY_ID ? "a mapping by id" : "a list");
        if ((k->flags & KURA_KEY_BY_ID) && (k->flags & KURA_KEY_LIST)) kura_text_add(out, ", a list");
        if (k->flags & KURA_KEY_TABLE) kura_text_add(out, ", or the name of a CSV table");
        if (k->flags & KURA_KEY_FILES) kura_text_add(out, ", or a list of files");
        return;
    }
    if (measured && k->length) kura_text_printf(out, "a list of %d, each ", k->length);
    if (k->kind == KURA_KEY_QUANTITIES) kura_text_add(out, "a list, each ");
    kura_text_add(out, kind_text(k));
    if (k->choices) add_words(k->choices, out);
    if (measured) kura_text_printf(out, ", for example %s", kura_unit_example(k->unit));
    if (k->kind == KURA_KEY_OTHER) kura_text_printf(out, ", for example %s", k->type->example);
    if (k->kind == KURA_KEY_DATE) kura_text_add(out, ", for example 2026-01-31");
}

static void add_range(const char *range, kura_text *out)
{
    const char *dots = range ? strstr(range, "..") : NULL;
    if (!dots) return;
    int open_low = range[0] == '(', open_high = dots[2] && dots[strlen(dots) - 1] == ')';
    int low = (int)(dots - range) - open_low, high = (int)strlen(dots + 2) - open_high;
    if (low) kura_text_printf(out, "; %s %.*s", open_low ? "above" : "at least", low, range + open_low);
    if (high)
        kura_text_printf(out, "%s %s %.*s", low ? " and" : ";", open_high ? "below" : "at most", high,
                         dots + 2);
}

static void add_default(const kura_key *k, kura_text *out)
{
    if (k->flags & KURA_KEY_REQUIRED)
        kura_text_add(out, "; required");
    else if (k->fallback && k->fallback[0])
        kura_text_printf(out, "; default %s", k->fallback);
}

static void add_members(const kura_record *record, kura_text *out)
{
    kura_text_add(out, "    keys:");
    for (const kura_key *k = record->keys; k->name; k++)
        kura_text_printf(out, "%s %s", k == record->keys ? "" : ",", k->name);
    kura_text_add(out, "\n");
}

static void explain(visit *v, const kura_key *k, const char *path)
{
    kura_text *out = v->out;
    if (v->found++) kura_text_add(out, "\n");
    kura_text_printf(out, "%s\n    %s\n    ", path, k->meaning);
    add_type(k, out);
    add_range(k->range, out);
    add_default(k, out);
    kura_text_add(out, "\n");
    if (k->record) add_members(k->record, out);
    if (k->rule) kura_text_printf(out, "    rule of configs/MODEL.md: %s\n", k->rule);
}

/* Do the parts of `text` match those of the path, where ID matches one part or none? */
static int same_path(const char *path, const char *text)
{
    while (*path && *text) {
        size_t np = strcspn(path, "."), nt = strcspn(text, ".");
        int is_id = np == 2 && memcmp(path, "ID", 2) == 0;
        int equal = np == nt && memcmp(path, text, np) == 0;
        const char *rest = path + np + (path[np] == '.');
        if (is_id && !equal && same_path(rest, text)) return 1;
        if (!equal && !is_id) return 0;
        path = rest;
        text += nt + (text[nt] == '.');
    }
    return (!*path || strcmp(path, "ID") == 0) && !*text;
}

static void match(visit *v, const kura_record *record, const kura_key *key, const char *path)
{
    (void)record;
    kura_suggest(&v->suggestion, key->name);
    if (v->by_id && !(key->kind == KURA_KEY_RECORDS && (key->flags & KURA_KEY_BY_ID))) return;
    for (const char *p = path; p; p = strchr(p, '.') ? strchr(p, '.') + 1 : NULL)
        if (same_path(p, v->wanted)) {
            explain(v, key, path);
            return;
        }
}

int kura_describe_key(const kura_record *root, const char *key, kura_text *out, char *hint, size_t size)
{
    char wanted[LONGEST];
    snprintf(wanted, sizeof wanted, "%s", key);
    char *last = strrchr(wanted, '.');
    visit v = {.out = out, .wanted = wanted, .by_id = last && strcmp(last, ".ID") == 0};
    if (v.by_id) { /* what is listed by id is explained with its keys */
        *last = '\0';
        last = strrchr(wanted, '.');
    }
    v.suggestion.wanted = last ? last + 1 : wanted;
    walk(root, "", 0, match, &v);
    if (!v.found && hint) snprintf(hint, size, "%s", kura_suggest_hint(&v.suggestion).text);
    return v.found;
}

/* ---- all keys ---- */

static void list_key(visit *v, const kura_record *record, const kura_key *key, const char *path)
{
    (void)record;
    int wide = (int)strlen(path);
    kura_text_printf(v->out, "%s%*s  %s", path, wide < 46 ? 46 - wide : 0, "", key->meaning);
    if (key->flags & KURA_KEY_REQUIRED)
        kura_text_add(v->out, " [required]");
    else if (key->fallback && key->fallback[0])
        kura_text_printf(v->out, " [%s]", key->fallback);
    kura_text_add(v->out, "\n");
}

void kura_describe_list(const kura_record *root, kura_text *out)
{
    visit v = {.out = out, .once = 1};
    walk(root, "", 0, list_key, &v);
}
