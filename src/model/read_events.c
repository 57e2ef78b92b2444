/* Scripted events and series [3.6]: objects by name to indices, and the rules of which field takes which
 * value. */
#include "model/read_internal.h"
#include "conf/csv.h"
#include "conf/suggest.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 6 };

/* An object's name taken apart: "arc/gallium/refined/CHN/JPN". */
typedef struct {
    char text[256];
    const char *part[PARTS];
    int n;
    kura_pos at;
    const char *whole;
} object_name;

/* What an object's name looks like and what can be done to it. */
static const struct {
    const char *word, *form;
    int least, most; /* parts behind the word */
    unsigned fields; /* bits by sc_field */
} objects[] = {
    [SC_OBJECT_SITE] = {"site", "site/ID", 1, 1, 1u << SC_FIELD_AVAILABILITY},
    [SC_OBJECT_COUNTRY] = {"country", "country/ISO", 1, 1,
                           1u << SC_FIELD_AVAILABILITY | 1u << SC_FIELD_REGIME},
    [SC_OBJECT_ARC] = {"arc", "arc/MINERAL/FORM/FROM/TO", 4, 4,
                       1u << SC_FIELD_AVAILABILITY | 1u << SC_FIELD_LAG},
    [SC_OBJECT_DEMAND] = {"demand", "demand/MINERAL/FORM/COUNTRY or demand/MINERAL/FORM/COUNTRY/SECTOR", 3, 4,
                          1u << SC_FIELD_FACTOR},
    [SC_OBJECT_RESTRICTION] = {"restriction",
                               "restriction/EXPORTER/MINERAL or restriction/EXPORTER/MINERAL/IMPORTER", 2, 3,
                               1u << SC_FIELD_SEVERITY},
    [SC_OBJECT_PRICE] = {"price", "price/MINERAL", 1, 1, 1u << SC_FIELD_LEVEL},
    [SC_OBJECT_HAZARD] = {"hazard",
                          "hazard/regime/ISO, hazard/restriction/ID, hazard/shock/ID or hazard/chokepoint/ID",
                          2, 2, 1u << SC_FIELD_RATE},
};
enum { OBJECTS = sizeof objects / sizeof *objects };
static const char *const field_names[] = {"availability", "lag",   "regime", "factor",
                                          "severity",     "level", "rate"};
enum { FIELDS = sizeof field_names / sizeof *field_names };

/* ---- objects ---- */

static int split_object(kura_bind *b, const char *text, kura_pos at, object_name *o)
{
    *o = (object_name){.at = at, .whole = text};
    snprintf(o->text, sizeof o->text, "%s", text);
    for (char *p = o->text; p;) {
        if (o->n == PARTS) return -1;
        char *slash = strchr(p, '/');
        if (slash) *slash = 0;
        o->part[o->n++] = p;
        p = slash ? slash + 1 : NULL;
    }
    (void)b;
    return 0;
}

/* Which kind of object, its number of parts checked; -1 after an error. */
static int kind_of(kura_bind *b, const object_name *o)
{
    kura_suggestion s = {.wanted = o->part[0]};
    for (int k = 0; k < OBJECTS; k++) {
        kura_suggest(&s, objects[k].word);
        if (strcmp(objects[k].word, o->part[0]) != 0) continue;
        if (o->n - 1 >= objects[k].least && o->n - 1 <= objects[k].most) return k;
        KURA_BIND_ERROR(b, o->at, "\"%s\" must be of the form %s", kura_quote(o->whole).text,
                        objects[k].form);
        return -1;
    }
    KURA_BIND_ERROR(
        b, o->at, "\"%s\" names no object%s", kura_quote(o->whole).text,
        s.best ? kura_suggest_hint(&s).text
               : "; objects begin with site/, country/, arc/, demand/, restriction/, price/ or hazard/");
    return -1;
}

/* A part that names something: its index, or -1 after an error. */
static int index_of(kura_bind *b, const object_name *o, int part, const char *what, const kura_names *names)
{
    int i = kura_names_find(names, o->part[part]);
    if (i < 0) read_unknown(b, o->at, what, o->part[part], names, "");
    return i;
}

static int no_such(kura_bind *b, const object_name *o, const char *what, const kura_names *all)
{
    kura_suggestion s = {.wanted = strchr(o->whole, '/') + 1};
    for (int i = 0; i < all->count; i++) kura_suggest(&s, all->names[i]);
    KURA_BIND_ERROR(b, o->at, "there is no %s \"%s\"%s", what, kura_quote(o->whole).text,
                    kura_suggest_hint(&s).text);
    return -1;
}

static int find_country_object(kura_bind *b, const object_name *o, sc_event *e)
{
    const reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    int sites = 0;
    if ((e->index = index_of(b, o, 1, "country", &r->countries)) < 0) return -1;
    for (int i = 0; i < d->nsites; i++) sites += d->sites[i].country == e->index;
    if (sites || e->field != SC_FIELD_AVAILABILITY) return 0;
    KURA_BIND_ERROR(b, o->at, "there is no site in %s whose availability could change", o->part[1]);
    return -1;
}

static int find_restriction_object(kura_bind *b, const object_name *o, sc_event *e)
{
    const reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    e->index = index_of(b, o, 1, "country", &r->countries);
    e->mineral = index_of(b, o, 2, "mineral", &r->minerals);
    e->importer = o->n > 3 ? index_of(b, o, 3, "country", &r->countries) : -1;
    if (e->index < 0 || e->mineral < 0 || (o->n > 3 && e->importer < 0)) return -1;
    for (int i = 0; i < d->narcs; i++)
        if (d->arcs[i].from == e->index && d->arcs[i].mineral == e->mineral &&
            (e->importer < 0 || d->arcs[i].to == e->importer))
            return 0;
    KURA_BIND_ERROR(b, o->at, "%s exports no %s%s%s that could be restricted", o->part[1], o->part[2],
                    o->n > 3 ? " to " : "", o->n > 3 ? o->part[3] : "");
    return -1;
}

static int find_named(kura_bind *b, const object_name *o, const kura_names *names, const char *what,
                      sc_event *e)
{
    e->index = kura_names_find(names, strchr(o->whole, '/') + 1);
    return e->index < 0 ? no_such(b, o, what, names) : 0;
}

/* The first demand of the place; those of further sectors follow by next_demand. */
static int next_demand(const reading *r, const char *place, int after)
{
    size_t n = strlen(place);
    for (int i = after + 1; i < r->demands.names.count; i++) {
        const char *name = r->demands.names.names[i];
        if (strncmp(name, place, n) == 0 && (name[n] == 0 || name[n] == '/')) return i;
    }
    return -1;
}

static int find_price_object(kura_bind *b, const object_name *o, sc_event *e)
{
    const reading *r = reading_of(b);
    if ((e->index = index_of(b, o, 1, "mineral", &r->minerals)) < 0) return -1;
    if (r->sc->data.minerals[e->index].price.given) return 0;
    KURA_BIND_ERROR(b, o->at, "%s has no \"price\" that could change", o->part[1]);
    return -1;
}

/* A hazard by its id, or a regime by its country. */
static int find_hazard_object(kura_bind *b, const object_name *o, sc_event *e)
{
    static const char *const words[] = {"regime", "restriction", "shock", "chokepoint"};
    const reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    const int counts[] = {d->nregimes, d->nrestrictions, d->nshocks, d->nchokepoints};
    kura_suggestion kind = {.wanted = o->part[1]}, id = {.wanted = o->part[2]};
    int k = 4;
    for (int i = 0; i < 4; i++) {
        if (strcmp(words[i], o->part[1]) == 0) k = i;
        kura_suggest(&kind, words[i]);
    }
    if (k == 4) {
        KURA_BIND_ERROR(b, o->at, "\"%s\" must be of the form %s%s", kura_quote(o->whole).text,
                        objects[SC_OBJECT_HAZARD].form, kind.best ? kura_suggest_hint(&kind).text : "");
        return -1;
    }
    e->hazard = (sc_hazard)k;
    for (int i = 0; i < counts[k]; i++) {
        const char *name = k == SC_HAZARD_REGIME        ? r->countries.names[d->regimes[i].country]
                           : k == SC_HAZARD_RESTRICTION ? d->restrictions[i].id
                           : k == SC_HAZARD_SHOCK       ? d->shocks[i].id
                                                        : d->chokepoints[i].id;
        kura_suggest(&id, name);
        if (strcmp(name, o->part[2]) != 0) continue;
        e->index = k == SC_HAZARD_REGIME ? d->regimes[i].country : i;
        return 0;
    }
    KURA_BIND_ERROR(b, o->at, "there is no %s \"%s\" in hazards%s", words[k], kura_quote(o->part[2]).text,
                    id.best ? kura_suggest_hint(&id).text : "");
    return -1;
}

static int find_object(kura_bind *b, const object_name *o, int kind, sc_event *e)
{
    const reading *r = reading_of(b);
    e->object = (sc_object)kind;
    switch (e->object) {
    case SC_OBJECT_SITE:
        return find_named(b, o, &r->sites, "site", e);
    case SC_OBJECT_COUNTRY:
        return find_country_object(b, o, e);
    case SC_OBJECT_ARC:
        return find_named(b, o, &r->arcs.names, "trade", e);
    case SC_OBJECT_RESTRICTION:
        return find_restriction_object(b, o, e);
    case SC_OBJECT_PRICE:
        return find_price_object(b, o, e);
    case SC_OBJECT_HAZARD:
        return find_hazard_object(b, o, e);
    case SC_OBJECT_DEMAND:
        break;
    }
    e->index = next_demand(r, strchr(o->whole, '/') + 1, -1);
    return e->index < 0 ? no_such(b, o, "demand", &r->demands.names) : 0;
}

/* ---- fields, operations, values ---- */

static int check_field(kura_bind *b, int kind, sc_field field, kura_pos at)
{
    char can[64] = "";
    if (objects[kind].fields >> field & 1) return 0;
    for (int f = 0; f < FIELDS; f++)
        if (objects[kind].fields >> f & 1)
            snprintf(can + strlen(can), sizeof can - strlen(can), "%s%s", can[0] ? " or " : "",
                     field_names[f]);
    KURA_BIND_ERROR(b, at, "a %s has no field \"%s\"; it has %s", objects[kind].word, field_names[field],
                    can);
    return -1;
}

static const char *bad_value(sc_field field, sc_op op, double x)
{
    int whole = x == floor(x);
    if (op == SC_OP_ADD && field != SC_FIELD_LAG) return NULL;
    switch (field) {
    case SC_FIELD_AVAILABILITY:
        return x < 0 || (op == SC_OP_SET && x > 1) ? "an availability is between 0 and 100 %" : NULL;
    case SC_FIELD_SEVERITY:
        return x < 0 || (op == SC_OP_SET && x > 1) ? "a severity is between 0 and 100 %" : NULL;
    case SC_FIELD_FACTOR:
        return x < 0 ? "a factor is at least 0" : NULL;
    case SC_FIELD_REGIME:
        return !whole || x < 0 || x > 2 ? "a regime is 0 (normal), 1 (tension) or 2 (coercion)" : NULL;
    case SC_FIELD_LEVEL:
        return x < 0.05 || x > 50 ? "a price level is a multiple of the base price between 0.05 and 50"
                                  : NULL;
    case SC_FIELD_RATE:
        return x < 0 ? "a multiple of a rate is at least 0" : NULL;
    case SC_FIELD_LAG:
        return !whole || x < 0 || x > 1000 ? "a lag is a whole number of steps, 0 to 1000" : NULL;
    }
    return NULL;
}

static int check_value(kura_bind *b, const sc_event *e, double x, kura_pos at)
{
    const char *bad = bad_value(e->field, e->op, x);
    if (bad) KURA_BIND_ERROR(b, at, "%s; found %g", bad, x);
    return bad != NULL;
}

static int check_op(kura_bind *b, const sc_event *e, kura_pos at)
{
    const char *only =
        e->field == SC_FIELD_REGIME && e->op != SC_OP_SET     ? "a regime can only be set"
        : e->field == SC_FIELD_LAG && e->op == SC_OP_MULTIPLY ? "a lag can only be set or added to"
        : e->field == SC_FIELD_LEVEL && e->op == SC_OP_ADD    ? "a price level can only be set or multiplied"
        : e->field == SC_FIELD_RATE && e->op != SC_OP_MULTIPLY
            ? "a rate can only be multiplied; write \"op: multiply\""
            : NULL;
    if (only) KURA_BIND_ERROR(b, at, "%s", only);
    return only != NULL;
}

/* ---- the list of events ---- */

static void append(reading *r, const sc_event *e)
{
    if (r->nevents == r->events_capacity) {
        int capacity = r->events_capacity ? 2 * r->events_capacity : 32;
        sc_event *events = KURA_NEW(r->bind.arena, sc_event, (size_t)capacity);
        if (!events) return;
        if (r->nevents) memcpy(events, r->events, (size_t)r->nevents * sizeof *events);
        r->events = events;
        r->events_capacity = capacity;
    }
    r->events[r->nevents++] = *e;
}

/* Appends the event; one of a place with several sectors once for each. */
static void append_all(reading *r, const object_name *o, sc_event *e)
{
    append(r, e);
    if (e->object != SC_OBJECT_DEMAND) return;
    for (int i = e->index; (i = next_demand(r, strchr(o->whole, '/') + 1, i)) >= 0;) {
        e->index = i;
        append(r, e);
    }
}

static void check_time(kura_bind *b, const sc_event *e, const kura_node *node)
{
    const sc_run *run = &reading_of(b)->sc->data.run;
    if (!kura_node_get(node, "from") || e->from_step == INT_MAX || reading_of(b)->run_unsure) return;
    if (e->from_step >= e->to_step)
        KURA_BIND_ERROR(b, kura_bind_at(node, "to"),
                        "the event is over before it begins: step %d to %d (\"to\" is exclusive)",
                        e->from_step, e->to_step);
    else if (e->to_step <= -run->burn_in || e->from_step >= run->steps)
        KURA_BIND_WARN(b, kura_bind_at(node, "from"),
                       "the event lies outside the run, which has steps 0 to %d", run->steps - 1);
}

/* Only a restriction is announced, and before it begins. */
static void check_announced(kura_bind *b, const sc_event *e, const kura_node *node)
{
    if (!kura_node_get(node, "announced") || e->announced_step == INT_MAX) return;
    if (e->field != SC_FIELD_SEVERITY)
        KURA_BIND_ERROR(b, kura_bind_at(node, "announced"), "only a severity can be announced");
    else if (e->announced_step >= e->from_step && kura_node_get(node, "from"))
        KURA_BIND_ERROR(b, kura_bind_at(node, "announced"),
                        "the announcement (step %d) must be before the beginning (step %d)",
                        e->announced_step, e->from_step);
}

void read_event_finish(kura_bind *b, void *record, const kura_node *node)
{
    read_event *in = record;
    reading *r = reading_of(b);
    sc_event *e = &in->event;
    object_name o;
    int errors = b->diag->errors;
    e->where = read_where(node);
    e->mineral = e->importer = -1;
    check_time(b, e, node);
    check_announced(b, e, node);
    if (!kura_node_get(node, "object") || !kura_node_get(node, "field") || r->network_unsure) return;
    if (split_object(b, in->object, kura_bind_at(node, "object"), &o)) o.n = PARTS;
    int kind = kind_of(b, &o);
    if (kind < 0 || check_field(b, kind, e->field, kura_bind_at(node, "field"))) return;
    find_object(b, &o, kind, e);
    check_op(b, e, kura_bind_at(node, "op"));
    if (!isnan(e->value)) check_value(b, e, e->value, kura_bind_at(node, "value"));
    if (b->diag->errors == errors) append_all(r, &o, e);
}

void read_finish_events(reading *r)
{
    r->sc->data.events = r->events ? r->events : KURA_NEW(r->bind.arena, sc_event, 0);
    r->sc->data.nevents = r->nevents;
}

/* ---- series ---- */

static int find_field(const char *name)
{
    for (int f = 0; f < FIELDS; f++)
        if (strcmp(field_names[f], name) == 0) return f;
    return -1;
}

/* The column `step` must count 0, 1, 2, ... */
static int check_steps(kura_bind *b, const kura_csv *t)
{
    for (int i = 0; i < t->rows->count; i++) {
        const kura_node *row = t->rows->items[i], *cell = kura_node_get(row, "step");
        unsigned long long step;
        kura_unit_error error;
        if (!cell || cell->unit || kura_whole(cell->text, 0, INT_MAX, &step, &error) ||
            step != (unsigned long long)i) {
            KURA_BIND_ERROR(b, cell ? cell->at : row->at,
                            "the steps must be 0, 1, 2, ... without gaps; step %d is expected here", i);
            return -1;
        }
    }
    return 0;
}

/* Object, field and event of a column `OBJECT/FIELD`; nonzero after an error. */
static int parse_column(kura_bind *b, const kura_column *c, object_name *o, sc_event *e)
{
    const char *slash = strrchr(c->name, '/');
    int field = slash ? find_field(slash + 1) : -1;
    if (field < 0) {
        KURA_BIND_ERROR(b, c->at,
                        "unknown column; the columns are \"step\" and OBJECT/FIELD, for example "
                        "\"site/mine-1/availability\"");
        return -1;
    }
    char *object = kura_arena_strndup(&reading_of(b)->work, c->name, (size_t)(slash - c->name));
    if (!object) return -1;
    if (split_object(b, object, c->at, o)) o->n = PARTS;
    *e = (sc_event){
        .field = (sc_field)field, .op = SC_OP_SET, .announced_step = INT_MAX, .mineral = -1, .importer = -1};
    if (field == SC_FIELD_RATE) e->op = SC_OP_MULTIPLY; /* the only thing that can be done to it */
    int kind = kind_of(b, o);
    return kind < 0 || check_field(b, kind, e->field, c->at) || find_object(b, o, kind, e);
}

static int read_column(kura_bind *b, const kura_key *key, const kura_csv *t, const kura_column *c,
                       sc_event *e)
{
    double *values = KURA_NEW(b->arena, double, (size_t)t->rows->count);
    if (!values) return -1;
    for (int i = 0; i < t->rows->count && !kura_diag_full(b->diag); i++) {
        const kura_node *row = t->rows->items[i], *cell = kura_node_get(row, c->name);
        if (!cell)
            KURA_BIND_ERROR(b, ((kura_pos){t->source, row->at.line, 0, c->label}),
                            "the cell is empty; a series has a value in every step");
        else if (kura_bind_quantity(b, key, KURA_UNIT_SHARE, NULL, cell, &values[i]) == 0)
            check_value(b, e, values[i], cell->at);
    }
    e->series = values;
    e->nseries = t->rows->count;
    e->to_step = t->rows->count;
    return 0;
}

static void read_columns(kura_bind *b, const kura_key *key, const kura_csv *t)
{
    for (int i = 0; i < t->ncolumns && !kura_diag_full(b->diag); i++) {
        const kura_column *c = &t->columns[i];
        object_name o;
        sc_event e;
        if (!c->read || strcmp(c->name, "step") == 0 || parse_column(b, c, &o, &e)) continue;
        if (read_column(b, key, t, c, &e)) continue;
        e.where = (sc_where){t->source->path, c->at.line, 0};
        append_all(reading_of(b), &o, &e);
    }
}

static int read_series(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record, (void)field;
    const char *name = kura_bind_text(b, node, "the name of a table", "data/series.csv");
    kura_source *source = name ? kura_files_open(b->files, name, node->at) : NULL;
    kura_csv *t = source ? kura_csv_read(b->files->work, b->diag, source) : NULL;
    if (!t || reading_of(b)->network_unsure) return -1;
    ((kura_node *)node)->text = source->name; /* as seen from the main file */
    if (!kura_csv_column(t, "step")) {
        KURA_BIND_ERROR(b, ((kura_pos){t->source, t->columns[0].at.line, 0, NULL}),
                        "the table has no column \"step\"");
        return -1;
    }
    if (check_steps(b, t)) return -1;
    read_columns(b, key, t);
    return 0;
}

const kura_type type_series = {
    "series", "the name of a table", "data/series.csv", "{\"type\": \"string\"}", read_series, NULL};
