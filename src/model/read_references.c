/* Types that refer to something of the scenario by its name - countries, minerals, forms, sites, chokepoints
 * - one or a set of them; see keys_internal.h. */
#include "model/read_internal.h"
#include "conf/suggest.h"
#include <string.h>

/* ---- help ---- */

sc_where read_where(const kura_node *node)
{
    sc_where w = {NULL, 0, 0};
    if (node && node->at.source) w = (sc_where){node->at.source->path, node->at.line, node->at.column};
    return w;
}

void read_unknown(kura_bind *b, kura_pos at, const char *what, const char *text, const kura_names *names,
                  const char *none)
{
    kura_suggestion s = {.wanted = text};
    for (int i = 0; i < names->count; i++) kura_suggest(&s, names->names[i]);
    if (names->count == 0 && reading_of(b)->sections_unsure) return; /* their section may be misspelt */
    KURA_BIND_ERROR(b, at, "unknown %s \"%s\"%s", what, kura_quote(text).text,
                    s.best ? kura_suggest_hint(&s).text : none);
}

int read_is_country(const char *text)
{
    for (int i = 0; i < 3; i++)
        if (text[i] < 'A' || text[i] > 'Z') return 0;
    return text[3] == 0;
}

int read_find_form(const sc_mineral *m, const char *form)
{
    for (int f = 0; f < m->nforms; f++)
        if (strcmp(m->forms[f], form) == 0) return f;
    return -1;
}

static void absent_index(const kura_key *key, void *field)
{
    (void)key;
    *(int *)field = -1;
}

static void no_unit(kura_bind *b, const kura_node *node, const char *what)
{
    if (node->unit) KURA_BIND_ERROR(b, node->at, "%s has no unit", what);
}

/* ---- countries ---- */

static int find_country(kura_bind *b, const kura_node *node, const char *text, int *country)
{
    reading *r = reading_of(b);
    if (!read_is_country(text)) {
        KURA_BIND_ERROR(
            b, node->at,
            "\"%s\" is no country code; write three capitals (ISO 3166 alpha-3 or a group), for example JPN",
            kura_quote(text).text);
        return -1;
    }
    *country = kura_names_find(&r->countries, text);
    if (*country < 0 && !r->countries_unsure)
        read_unknown(b, node->at, "country", text, &r->countries,
                     kura_node_get(r->root, "countries") ? "; it is not in \"countries\""
                                                         : "; nothing in the network is there");
    return *country < 0;
}

static int read_country(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)key, (void)record;
    const char *text = kura_bind_text(b, node, "a country code", "JPN");
    no_unit(b, node, "a country code");
    return !text || find_country(b, node, text, field);
}

static int read_country_or(kura_bind *b, const kura_node *node, const char *word, int *field)
{
    const char *text = kura_bind_text(b, node, "a country code", "JPN");
    *field = -1;
    return !text || (strcmp(text, word) != 0 && find_country(b, node, text, field));
}

static int read_country_or_world(kura_bind *b, const kura_key *key, const kura_node *node, void *record,
                                 void *field)
{
    (void)key, (void)record;
    return read_country_or(b, node, "WLD", field);
}

static int read_countries(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    reading *r = reading_of(b);
    (void)record, (void)field;
    const kura_node *list = kura_bind_list(b, key, node);
    for (int i = 0; list && i < list->count; i++) {
        const char *text = kura_bind_text(b, list->items[i], "a country code", "JPN");
        if (text && !read_is_country(text))
            KURA_BIND_ERROR(b, list->items[i]->at,
                            "\"%s\" is no country code; write three capitals (ISO 3166 alpha-3 or a group), "
                            "for example JPN",
                            kura_quote(text).text);
        else if (text && kura_names_add(&r->countries, b->arena, kura_arena_strdup(b->arena, text)) >= 0)
            KURA_BIND_ERROR(b, list->items[i]->at, "country \"%s\" is in the list twice", text);
    }
    return 0;
}

/* ---- minerals, forms, routes ---- */

static int find_mineral(kura_bind *b, const kura_node *node, const char *text, int *mineral)
{
    reading *r = reading_of(b);
    *mineral = kura_names_find(&r->minerals, text);
    if (*mineral < 0 && !r->minerals_unsure)
        read_unknown(b, node->at, "mineral", text, &r->minerals, "; it is not in \"minerals\"");
    return *mineral < 0;
}

static int read_mineral(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)key, (void)record;
    const char *text = kura_bind_text(b, node, "the id of a mineral", "gallium");
    no_unit(b, node, "the id of a mineral");
    return !text || find_mineral(b, node, text, field);
}

/* key->count is the offset of the mineral. */
static int read_form(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    reading *r = reading_of(b);
    int mineral = *(int *)(void *)((char *)record + key->count);
    const char *text = kura_bind_text(b, node, "the name of a form", "refined");
    if (!text || mineral < 0) return -1;
    const sc_mineral *m = &r->sc->data.minerals[mineral];
    kura_suggestion s = {.wanted = text};
    *(int *)field = read_find_form(m, text);
    if (*(int *)field >= 0) return 0;
    for (int f = 0; f < m->nforms; f++) kura_suggest(&s, m->forms[f]);
    if (!r->minerals_unsure)
        KURA_BIND_ERROR(b, node->at, "%s has no form \"%s\"%s", m->id, kura_quote(text).text,
                        kura_suggest_hint(&s).text);
    return -1;
}

static int read_routes(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    reading *r = reading_of(b);
    int *routes = field, *count = (int *)(void *)((char *)record + key->count), n = 0;
    const kura_node *list = kura_bind_list(b, key, node);
    if (!list) return -1;
    for (int i = 0; i < list->count; i++) {
        const kura_node *item = list->items[i];
        const char *text = kura_bind_text(b, item, "the id of a chokepoint", "malacca");
        int c = text ? kura_names_find(&r->chokepoints, text) : -1, twice = 0;
        for (int j = 0; j < n; j++) twice |= routes[j] == c;
        if (text && r->chokepoints.count == 0)
            continue; /* a scenario without closures: the passages of its routes stay open */
        if (text && c < 0)
            read_unknown(b, item->at, "chokepoint", text, &r->chokepoints,
                         "; it is not in hazards.chokepoints");
        else if (twice)
            KURA_BIND_ERROR(b, item->at, "chokepoint \"%s\" is in the list twice", text);
        else if (text && n == 4)
            KURA_BIND_ERROR(b, item->at, "more than 4 routes; name the 4 that matter most");
        else if (text)
            routes[n++] = c;
    }
    *count = n;
    return 0;
}

/* ---- sets ---- */

static unsigned char *all_of(kura_bind *b, int n)
{
    unsigned char *bytes = KURA_NEW(b->arena, unsigned char, (size_t)n);
    if (bytes) memset(bytes, 1, (size_t)n);
    return bytes;
}

static int is_all(const kura_node *node)
{
    return node->kind == KURA_NODE_TEXT && strcmp(node->text, "all") == 0;
}

/* Where the key can be left out, all are meant then. */
static void complain_of_empty(kura_bind *b, const kura_key *key, const kura_node *node)
{
    KURA_BIND_ERROR(b, node->at, "the list \"%s\" is empty; %s", key->name,
                    key->flags & KURA_KEY_REQUIRED ? "name what it is about" : "leave it out to select all");
}

/* A list of names of a numbered set as one byte each; `find` turns a text into a number and reports what is
 * unknown. */
static int read_set(kura_bind *b, const kura_key *key, const kura_node *node, int n, const char *what,
                    const char *example, int (*find)(kura_bind *, const kura_node *, const char *, int *),
                    const unsigned char **field)
{
    if (is_all(node)) {
        *field = all_of(b, n);
        return 0;
    }
    const kura_node *list = kura_bind_list(b, key, node);
    unsigned char *bytes = list ? KURA_NEW(b->arena, unsigned char, (size_t)n) : NULL;
    if (!bytes) return -1;
    int bad = list->count == 0;
    for (int i = 0; i < list->count; i++) {
        int index = -1;
        const char *text = kura_bind_text(b, list->items[i], what, example);
        if (text && find(b, list->items[i], text, &index) == 0)
            bytes[index] = 1;
        else
            bad = 1;
    }
    if (list->count == 0) complain_of_empty(b, key, node);
    if (!bad) *field = bytes;
    return bad;
}

static int read_mineral_set(kura_bind *b, const kura_key *key, const kura_node *node, void *record,
                            void *field)
{
    (void)record;
    return read_set(b, key, node, reading_of(b)->minerals.count, "the id of a mineral", "gallium",
                    find_mineral, field);
}

static int read_country_set(kura_bind *b, const kura_key *key, const kura_node *node, void *record,
                            void *field)
{
    (void)record;
    return read_set(b, key, node, reading_of(b)->countries.count, "a country code", "JPN", find_country,
                    field);
}

/* A country, or a list of them, as bytes; NULL for all. */
static int read_targets(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    if (is_all(node)) return 0;
    if (node->kind == KURA_NODE_TEXT && !strchr(node->text, ';')) { /* one code */
        unsigned char *bytes = KURA_NEW(b->arena, unsigned char, (size_t)reading_of(b)->countries.count + 1);
        int country = -1;
        if (!bytes || read_country(b, key, node, record, &country)) return -1;
        bytes[country] = 1;
        *(const unsigned char **)field = bytes;
        return 0;
    }
    return read_set(b, key, node, reading_of(b)->countries.count, "a country code", "JPN", find_country,
                    field);
}

static int find_kind(kura_bind *b, const kura_node *node, const char *text, int *kind)
{
    static const char *const kinds[] = {"mine", "refine", "recycle", "supply", "seabed"};
    kura_suggestion s = {.wanted = text};
    for (*kind = 0; *kind < 5; (*kind)++) {
        if (strcmp(kinds[*kind], text) == 0) return 0;
        kura_suggest(&s, kinds[*kind]);
    }
    KURA_BIND_ERROR(b, node->at, "\"%s\" is no kind of site%s", kura_quote(text).text,
                    s.best ? kura_suggest_hint(&s).text
                           : "; it can be mine, refine, recycle, supply, seabed");
    return -1;
}

static int read_kind_set(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_set(b, key, node, 5, "a kind of site", "refine", find_kind, field);
}

static int find_site(kura_bind *b, const kura_node *node, const char *text, int *site)
{
    reading *r = reading_of(b);
    *site = kura_names_find(&r->sites, text);
    if (*site < 0 && !r->network_unsure)
        read_unknown(b, node->at, "site", text, &r->sites, "; it is not in network.sites");
    return *site < 0;
}

static int read_site(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)key, (void)record;
    const char *text = kura_bind_text(b, node, "the id of a site", "mine-1");
    no_unit(b, node, "the id of a site");
    return !text || find_site(b, node, text, field);
}

/* A site, or a host index: two ints, of which the other one is -1. */
static int read_host(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    reading *r = reading_of(b);
    int *pair = field;
    (void)key, (void)record;
    const char *text = kura_bind_text(b, node, "the id of a site or host index", "smelter-1");
    no_unit(b, node, "the id of a host");
    pair[0] = pair[1] = -1;
    if (!text || r->network_unsure) return -1;
    pair[1] = kura_names_find(&r->host_indices, text);
    pair[0] = kura_names_find(&r->sites, text);
    if (pair[0] >= 0 && pair[1] >= 0) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" is a site and a host index; give one of them another id",
                        kura_quote(text).text);
        return -1;
    }
    if (pair[0] >= 0 || pair[1] >= 0) return 0;
    kura_suggestion s = {.wanted = text};
    for (int i = 0; i < r->sites.count; i++) kura_suggest(&s, r->sites.names[i]);
    for (int i = 0; i < r->host_indices.count; i++) kura_suggest(&s, r->host_indices.names[i]);
    KURA_BIND_ERROR(b, node->at, "unknown host \"%s\"%s", kura_quote(text).text,
                    s.best ? kura_suggest_hint(&s).text
                           : "; it is neither in network.sites nor in network.host_indices");
    return -1;
}

static void absent_indices(const kura_key *key, void *field)
{
    (void)key;
    ((int *)field)[0] = ((int *)field)[1] = -1;
}

static int read_site_set(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_set(b, key, node, reading_of(b)->sites.count, "the id of a site", "mine-1", find_site, field);
}

/* Names of forms, each a form of some mineral; `all` = an empty list. */
static int read_form_set(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    const kura_node *list = is_all(node) ? NULL : kura_bind_list(b, key, node);
    if (!list) return is_all(node) ? 0 : -1;
    const char **forms = KURA_NEW(b->arena, const char *, (size_t)list->count);
    if (!forms) return -1;
    int n = 0;
    for (int i = 0; i < list->count; i++) {
        const char *text = kura_bind_text(b, list->items[i], "the name of a form", "refined");
        kura_suggestion s = {.wanted = text};
        int known = !text || reading_of(b)->minerals_unsure;
        for (int m = 0; text && m < d->nminerals; m++) {
            known |= read_find_form(&d->minerals[m], text) >= 0;
            for (int f = 0; f < d->minerals[m].nforms; f++) kura_suggest(&s, d->minerals[m].forms[f]);
        }
        if (!known)
            KURA_BIND_ERROR(b, list->items[i]->at, "no mineral has a form \"%s\"%s", kura_quote(text).text,
                            kura_suggest_hint(&s).text);
        else if (text && (forms[n] = kura_arena_strdup(b->arena, text)))
            n++;
    }
    if (list->count == 0) complain_of_empty(b, key, node);
    *(const char ***)field = forms;
    *(int *)(void *)((char *)record + key->count) = n;
    return 0;
}

/* ---- types of a restriction ---- */

static int read_restriction_type(kura_bind *b, const kura_key *key, const kura_node *node, void *record,
                                 void *field)
{
    const sc_restriction *in = reading_of(b)->restriction;
    const char *text = kura_bind_text(b, node, "a type of this restriction", "licence");
    kura_suggestion s = {.wanted = text};
    (void)key, (void)record;
    for (int i = 0; text && i < in->ntypes; i++) {
        if (strcmp(in->types[i].id, text) == 0) {
            *(int *)field = i;
            return 0;
        }
        kura_suggest(&s, in->types[i].id);
    }
    if (text && in->ntypes)
        KURA_BIND_ERROR(b, node->at, "restriction \"%s\" has no type \"%s\"%s", in->id, kura_quote(text).text,
                        kura_suggest_hint(&s).text);
    return -1;
}

/* ---- the types ---- */

#define S_CODE "{\"type\": \"string\", \"pattern\": \"^[A-Z]{3}$\"}"
#define S_ID "{\"type\": \"string\", \"pattern\": \"^[A-Za-z0-9_-]+$\"}"
#define S_LIST(of) "{\"anyOf\": [{\"type\": \"array\", \"items\": " of "}, {\"type\": \"string\"}]}"

const kura_type type_country = {"country",   "the code of a country", "JPN", S_CODE, read_country,
                                absent_index};
const kura_type type_targets = {
    "targets",    "the code of a country, a list of them, or all",
    "JPN",        "{\"anyOf\": [{\"type\": \"string\"}, {\"type\": \"array\", \"items\": " S_CODE "}]}",
    read_targets, NULL};
const kura_type type_country_or_world = {
    "country_or_world", "the code of a country, or WLD", "CHN", S_CODE, read_country_or_world, absent_index};
const kura_type type_countries = {
    "countries", "a list of country codes", "[CHN, AUS, JPN]", S_LIST(S_CODE), read_countries, NULL};
const kura_type type_mineral = {"mineral", "the id of a mineral", "gallium",
                                S_ID,      read_mineral,          absent_index};
const kura_type type_form = {"form",      "the name of a form of the mineral", "refined", S_ID, read_form,
                             absent_index};
const kura_type type_mineral_set = {"mineral_set",          "a list of minerals, or all",
                                    "[gallium, germanium]", S_LIST(S_ID),
                                    read_mineral_set,       NULL};
const kura_type type_country_set = {
    "country_set", "a list of country codes, or all", "[CHN, AUS]", S_LIST(S_CODE), read_country_set, NULL};
const kura_type type_kind_set = {
    "kind_set",       "a list of kinds of sites, or all",
    "[mine, refine]", S_LIST("{\"enum\": [\"mine\", \"refine\", \"recycle\", \"supply\", \"seabed\"]}"),
    read_kind_set,    NULL};
const kura_type type_site = {"site", "the id of a site", "mine-1", S_ID, read_site, absent_index};
const kura_type type_host = {
    "host", "the id of a site or of a host index", "smelter-1", S_ID, read_host, absent_indices};
const kura_type type_site_set = {
    "site_set", "a list of sites, or all", "[mine-1, mine-2]", S_LIST(S_ID), read_site_set, NULL};
const kura_type type_form_set = {
    "form_set", "a list of forms, or all", "[refined]", S_LIST(S_ID), read_form_set, NULL};
const kura_type type_routes = {"routes", "a list of chokepoints", "[malacca]", S_LIST(S_ID), read_routes,
                               NULL};
const kura_type type_restriction_type = {
    "restriction_type", "the name of a type of this restriction", "licence", S_ID, read_restriction_type,
    absent_index};
