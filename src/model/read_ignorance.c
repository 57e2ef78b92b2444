/* What is not known [R0.6]: laws where one quantity is expected, and spreads by row or by the grade of the
 * data.  The first reading lists them, with their medians as values; a draw reads the same tree again with
 * the values drawn. */
#include "model/read_internal.h"
#include "num/math.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define Z90 1.2815515655446004 /* quantile of the standard normal law at 90 % */

/* ---- laws ---- */

typedef struct {
    const char *name;
    sc_dist_kind kind;
    const char *parameters; /* a name with "*" is in the unit of the quantity, one without a plain number */
} law_of;

static const law_of laws[] = {{"uniform", SC_DIST_UNIFORM, "min* max*"},
                              {"normal", SC_DIST_NORMAL, "mean* sd*"},
                              {"lognormal", SC_DIST_LOGNORMAL, "median* sigma p90* p10*"},
                              {"exponential", SC_DIST_EXPONENTIAL, "mean*"},
                              {"weibull", SC_DIST_WEIBULL, "scale* shape"},
                              {"beta", SC_DIST_BETA, "alpha beta mean* sd* concentration"}};

static const law_of *law_named(const char *name)
{
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++)
        if (strcmp(laws[i].name, name) == 0) return &laws[i];
    return NULL;
}

/* The law in a mapping, beside which only `as` may stand; NULL when it is none. */
static const kura_entry *law_in(const kura_node *node)
{
    const kura_entry *found = NULL;
    if (node->kind != KURA_NODE_MAP || node->count < 1 || node->count > 2) return NULL;
    for (int i = 0; i < node->count; i++) {
        const kura_entry *e = &node->entries[i];
        if (law_named(e->key))
            found = found ? NULL : e;
        else if (strcmp(e->key, "as") != 0)
            return NULL;
    }
    return found;
}

int read_is_law(const kura_node *node) { return law_in(node) != NULL; }

const kura_node *read_law_parameter(const kura_node *node)
{
    const kura_node *inside = law_in(node)->value;
    return inside->kind == KURA_NODE_MAP && inside->count > 0 &&
                   inside->entries[0].value->kind == KURA_NODE_TEXT
               ? inside->entries[0].value
               : NULL;
}

/* The field of a parameter; p10 has none in read_dist. */
static double *parameter(read_dist *p, double *p10, const char *name, size_t n)
{
    const struct {
        const char *name;
        double *field;
    } all[] = {{"min", &p->min},
               {"max", &p->max},
               {"mean", &p->mean},
               {"sd", &p->sd},
               {"median", &p->median},
               {"sigma", &p->sigma},
               {"p90", &p->p90},
               {"p10", p10},
               {"scale", &p->scale},
               {"shape", &p->shape},
               {"alpha", &p->alpha},
               {"beta", &p->beta},
               {"concentration", &p->concentration}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strlen(all[i].name) == n && memcmp(all[i].name, name, n) == 0) return all[i].field;
    return NULL;
}

static void complain_of_parameters(kura_bind *b, const law_of *law, kura_pos at, const char *what)
{
    char list[80];
    size_t n = 0;
    for (const char *c = law->parameters; *c && n < sizeof list - 3; c++) {
        if (*c == '*') continue;
        if (*c == ' ') list[n++] = ',';
        list[n++] = *c;
    }
    list[n] = 0;
    KURA_BIND_ERROR(b, at, "%s; the parameters of a %s law are %s", what, law->name, list);
}

/* Reads the parameters that are written; nonzero after an error. */
static int read_parameters(kura_bind *b, const law_of *law, kura_unit unit, const kura_node *map,
                           read_dist *p, double *p10)
{
    int bad = 0;
    for (int i = 0; i < map->count; i++) {
        const kura_entry *e = &map->entries[i];
        const char *c = law->parameters;
        size_t n = 0;
        for (; *c; c += n + (c[n] == '*'), c += *c == ' ') {
            n = strcspn(c, "* ");
            if (strlen(e->key) == n && memcmp(e->key, c, n) == 0) break;
        }
        if (!*c) {
            char what[120];
            snprintf(what, sizeof what, "unknown parameter \"%.60s\"", kura_quote(e->key).text);
            complain_of_parameters(b, law, e->at, what);
            bad = 1;
            continue;
        }
        int plain = c[n] != '*';
        const kura_key key = {.name = e->key, .kind = KURA_KEY_QUANTITY};
        bad |= kura_bind_quantity(b, &key, plain ? KURA_UNIT_NUMBER : unit, NULL, e->value,
                                  parameter(p, p10, c, n)) != 0;
    }
    return bad;
}

/* What each law cannot do without, and signs. */
static int check_parameters(kura_bind *b, const law_of *law, const kura_node *map, read_dist *p, double p10)
{
    const char *what = NULL;
    switch (law->kind) {
    case SC_DIST_LOGNORMAL:
        if (!isnan(p10)) {
            if (!isnan(p->median) || !isnan(p->sigma) || isnan(p->p90) || !(p10 > 0 && p->p90 > p10)) {
                what = "p10 comes with a larger p90, above 0, and without median and sigma";
                break;
            }
            p->median = sqrt(p10) * sqrt(p->p90);
            p->sigma = kura_log(p->p90 / p10) / (2 * Z90);
            p->p90 = NAN;
        }
        if (!(p->median > 0)) what = "a lognormal law has a median above 0, or p10 and p90";
        if (p->sigma < 0 || p->sigma > 5) what = "sigma must be between 0 and 5";
        break;
    case SC_DIST_UNIFORM:
        if (isnan(p->min) || isnan(p->max)) what = "a uniform law has min and max";
        break;
    case SC_DIST_NORMAL:
        if (isnan(p->mean) || !(p->sd >= 0)) what = "a normal law has mean and sd";
        break;
    case SC_DIST_EXPONENTIAL:
        if (!(p->mean > 0)) what = "an exponential law has a mean above 0";
        break;
    case SC_DIST_WEIBULL:
        if (!(p->scale > 0) || !(p->shape > 0)) what = "a weibull law has scale and shape, above 0";
        break;
    default:
        break;
    }
    if (what) complain_of_parameters(b, law, map->at, what);
    return what != NULL;
}

/* The law a mapping describes; nonzero after an error. */
static int read_law(kura_bind *b, kura_unit unit, const kura_node *node, kura_dist *out)
{
    const kura_entry *e = law_in(node);
    const law_of *law = law_named(e->key);
    const kura_node *map = e->value;
    double p10 = NAN;
    read_dist p;
    for (size_t i = 0; i < sizeof p / sizeof(double); i++) ((double *)&p)[i] = NAN;
    if (law->kind == SC_DIST_BETA && unit != KURA_UNIT_SHARE && unit != KURA_UNIT_NUMBER) {
        KURA_BIND_ERROR(b, node->at, "a beta law is for shares; take lognormal or uniform");
        return -1;
    }
    if (map->kind != KURA_NODE_MAP) {
        complain_of_parameters(b, law, node->at, "a law has parameters");
        return -1;
    }
    sc_dist d = {.kind = law->kind};
    kura_error error = {0};
    if (read_parameters(b, law, unit, map, &p, &p10) || check_parameters(b, law, map, &p, p10) ||
        read_dist_convert(b, map, &p, &d))
        return -1;
    if (!kura_dist_init(out, b->arena, (kura_dist_kind)(d.kind - SC_DIST_CONSTANT), d.a, d.b, &error))
        return 0;
    KURA_BIND_ERROR(b, node->at, "%s", error.message);
    return -1;
}

/* ---- the list ---- */

static sc_unknown *add_unknown(kura_bind *b, reading *r)
{
    if (r->nunknowns == r->unknowns_capacity) {
        int capacity = r->unknowns_capacity ? 2 * r->unknowns_capacity : 64;
        sc_unknown *list = KURA_NEW(b->arena, sc_unknown, (size_t)capacity);
        if (!list) return NULL;
        if (r->nunknowns) memcpy(list, r->unknowns, (size_t)r->nunknowns * sizeof *list);
        r->unknowns = list;
        r->unknowns_capacity = capacity;
    }
    return &r->unknowns[r->nunknowns++];
}

/* The dotted key of what is being read.  A row of a list or table is named by what it is, not by its number,
 * so that other rows change no draw [R10.1]. */
static const char *name_of_place(kura_bind *b)
{
    static const char *const says[] = {"id", "site",    "mineral", "form", "from",
                                       "to", "country", "sector",  "type"};
    const char *path = b->path.data, *rest;
    if (!b->row || b->row_at >= b->path.size) return kura_arena_strdup(b->arena, path);
    size_t digits = strspn(path + b->row_at, "0123456789");
    rest = path + b->row_at + digits;
    if (!digits || *rest != '.') return kura_arena_strdup(b->arena, path);
    const char *row = NULL;
    for (size_t i = 0; i < sizeof says / sizeof *says; i++) {
        const kura_node *cell = kura_node_get(b->row, says[i]);
        if (!cell || cell->kind != KURA_NODE_TEXT) continue;
        row = row ? kura_arena_printf(b->files->work, "%s/%s", row, cell->text) : cell->text;
        if (i < 2) break; /* an id says all */
    }
    if (!row) return kura_arena_strdup(b->arena, path);
    return kura_arena_printf(b->arena, "%.*s%s%s", (int)b->row_at, path, row, rest);
}

/* Units of the result, and the factor to them. */
static const char *units_of(kura_unit unit, double step_days, double *scale)
{
    *scale = 1;
    switch (unit) {
    case KURA_UNIT_TIME:
        return "d";
    case KURA_UNIT_RATE:
    case KURA_UNIT_GROWTH:
        return "year-1";
    case KURA_UNIT_MASS:
        return "t";
    case KURA_UNIT_FLOW:
        *scale = 365.25 / step_days;
        return "t year-1";
    case KURA_UNIT_PRICE:
        return "USD t-1";
    case KURA_UNIT_MONEY:
        return "USD";
    case KURA_UNIT_EXPENSE:
        return "USD year-1";
    case KURA_UNIT_STORAGE:
        return "USD t-1 year-1";
    case KURA_UNIT_VOLATILITY:
        return "year-0.5";
    case KURA_UNIT_PACE:
        *scale = 1 / step_days;
        return "1";
    default:
        return "1";
    }
}

/* Sections whose numbers shape the run or its result, or tie rows together. */
static const char *refused(const char *path)
{
    static const char *const sections[] = {"run",    "tallies", "profiles", "correlation", "events",
                                           "series", "checks",  "policy",   "study",       "ignorance"};
    size_t n = strcspn(path, ".");
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (strlen(sections[i]) == n && memcmp(sections[i], path, n) == 0) return sections[i];
    return NULL;
}

/* The value of the draw in hand.  Nodes come in the order in which they were listed. */
static int value_of_draw(reading *r, const kura_node *node, double *value)
{
    for (int i = 0; i < r->nunknowns; i++) {
        int at = (r->unknown_next + i) % r->nunknowns;
        if (r->unknowns[at].node != node) continue;
        *value = r->drawn[at];
        r->unknown_next = at + 1;
        return 0;
    }
    return -1;
}

int read_law_of_unknown(kura_bind *b, const kura_key *key, kura_unit unit, const char *range,
                        const kura_node *node, double *value)
{
    reading *r = reading_of(b);
    char example[80], allowed[160];
    snprintf(example, sizeof example, "\"%s\"", kura_unit_example(unit));
    if (!read_is_law(node)) {
        kura_bind_text(b, node, kura_unit_name(unit), example);
        return -1;
    }
    if (r->law) {
        KURA_BIND_ERROR(b, node->at, "the parameters of a law of what is not known are known numbers");
        return -1;
    }
    if (refused(b->path.data)) {
        KURA_BIND_ERROR(b, node->at,
                        "\"%s\" must be one number, for example %s: numbers of \"%s\" shape the run "
                        "and cannot be unknown",
                        key->name, example, refused(b->path.data));
        return -1;
    }
    if (r->drawn) return value_of_draw(r, node, value);
    sc_unknown x = {.node = node};
    r->law = 1;
    int bad = read_law(b, unit, node, &x.law);
    r->law = 0;
    if (bad) return -1;
    const double end = 1e-9;
    if (!kura_bind_within(b, unit, range, kura_dist_quantile(&x.law, end), allowed, sizeof allowed) ||
        !kura_bind_within(b, unit, range, kura_dist_quantile(&x.law, 1 - end), allowed, sizeof allowed)) {
        KURA_BIND_ERROR(b, node->at,
                        "\"%s\" must be %s, but the law reaches beyond; take one within, for "
                        "example beta or uniform",
                        key->name, allowed);
        return -1;
    }
    x.units = units_of(unit, b->step_days > 0 ? b->step_days : 1, &x.scale);
    x.name = name_of_place(b);
    const kura_node *as = kura_node_get(node, "as");
    if (as && !(as->kind == KURA_NODE_TEXT && kura_bind_is_id(as->text, 1))) {
        KURA_BIND_ERROR(b, as->at,
                        "\"as\" is a name, for example {lognormal: {...}, as: other-exporters}; "
                        "quantities with the same name are drawn together");
        return -1;
    }
    x.stream = as ? kura_arena_strdup(b->arena, as->text) : x.name;
    for (int i = 0; i < r->nunknowns && x.name; i++)
        if (strcmp(r->unknowns[i].name, x.name) == 0) {
            KURA_BIND_ERROR(b, node->at,
                            "another unknown quantity is called %s too, so both would be drawn "
                            "alike; give the rows different ids",
                            x.name);
            return -1;
        }
    sc_unknown *place = add_unknown(b, r);
    if (!place || !x.name) return -1;
    *place = x;
    *value = kura_dist_quantile(&x.law, 0.5);
    return 0;
}

/* ---- spreads ---- */

/* Grade 0 ... 3 of a text, -1. */
static int grade_of(const char *grade)
{
    return grade && grade[0] >= 'A' && grade[0] <= 'D' ? grade[0] - 'A' : -1;
}

static int grade_of_basis(const char *basis, const sc_mineral *m)
{
    if (basis && strcmp(basis, "measured") == 0) return 1;
    if (basis && strcmp(basis, "recalled") == 0) return 2;
    if (basis && (strcmp(basis, "judged") == 0 || strcmp(basis, "estimated") == 0)) return 3;
    return grade_of(m->grade);
}

/* The spread of a row, of its grade, or 0. */
static double sigma_of(const sc_ignorance *g, sc_ignorance_group group, int grade, double spread)
{
    if (!isnan(spread)) return spread;
    return g->applies_to[group] && grade >= 0 && !isnan(g->grades[grade]) ? g->grades[grade] : 0;
}

static void add_spread(reading *r, sc_spread_of of, int index, double sigma, const char *name)
{
    if (!(sigma > 0) || !name) return;
    for (int i = 0; i < r->nunknowns; i++) /* a law on the figure itself says more than its grade */
        if (r->unknowns[i].of == SC_SPREAD_NONE && strcmp(r->unknowns[i].name, name) == 0) return;
    sc_unknown *x = add_unknown(&r->bind, r);
    if (!x) return;
    *x = (sc_unknown){.name = name, .stream = name, .units = "1", .scale = 1, .of = of, .index = index};
    kura_error ignored = {0};
    kura_dist_init(&x->law, NULL, KURA_DIST_LOGNORMAL, 0, sigma, &ignored);
}

static const char *place(reading *r, const char *section, int mineral, int form, int country,
                         const char *last, const char *key)
{
    const char *name = read_place_name(r, mineral, form, country, last);
    return name ? kura_arena_printf(r->bind.arena, "network.%s.%s.%s", section, name, key) : NULL;
}

static void network_spreads(reading *r)
{
    kura_scenario_data *d = &r->sc->data;
    const sc_ignorance *g = &d->ignorance;
    for (int i = 0; i < d->nsites; i++) {
        const sc_site *s = &d->sites[i];
        int grade = grade_of(s->grade);
        if (grade < 0) grade = grade_of_basis(s->basis, &d->minerals[s->mineral]);
        if (!(s->output > 0) && !s->standby) continue;
        add_spread(r, SC_SPREAD_OUTPUT, i, sigma_of(g, SC_GROUP_OUTPUT, grade, s->spread),
                   kura_arena_printf(r->bind.arena, "network.sites.%s.output", s->id));
    }
    for (int i = 0; i < d->narcs; i++) {
        const sc_arc *a = &d->arcs[i];
        if (!(a->volume > 0)) continue; /* what is estimated follows from the rest */
        double sigma =
            sigma_of(g, SC_GROUP_VOLUMES, grade_of_basis(a->basis, &d->minerals[a->mineral]), a->spread);
        add_spread(r, SC_SPREAD_VOLUME, i, sigma,
                   place(r, "trade", a->mineral, a->form, a->from, d->countries[a->to], "volume"));
    }
    for (int i = 0; i < d->ndemands; i++) {
        const sc_demand *x = &d->demands[i];
        double sigma =
            sigma_of(g, SC_GROUP_DEMAND, grade_of_basis(x->basis, &d->minerals[x->mineral]), x->spread);
        add_spread(
            r, SC_SPREAD_DEMAND, i, sigma,
            place(r, "demand", x->mineral, x->form, x->country, x->sector[0] ? x->sector : NULL, "rate"));
    }
    for (int i = 0; i < d->nhubs; i++) { /* contents of stocks are not disclosed: grade D */
        const sc_hub *h = &d->hubs[i];
        if (h->opening > 0)
            add_spread(r, SC_SPREAD_HUB, i, sigma_of(g, SC_GROUP_STOCKS, 3, NAN),
                       place(r, "hubs", h->mineral, h->form, h->country, NULL, "opening"));
    }
}

void read_spreads(reading *r)
{
    kura_scenario_data *d = &r->sc->data;
    sc_ignorance *g = &d->ignorance;
    kura_arena *a = r->bind.arena;
    network_spreads(r);
    for (int i = 0; i < d->nstockpiles; i++) {
        const sc_stockpile *k = &d->stockpiles[i];
        if (k->opening_t > 0 || k->opening_days > 0)
            add_spread(r, SC_SPREAD_STOCKPILE, i, sigma_of(g, SC_GROUP_STOCKS, 3, NAN),
                       kura_arena_printf(a, "stockpiles.%s.opening", k->id));
    }
    for (int i = 0; i < d->nminerals; i++) {
        const sc_mineral *m = &d->minerals[i];
        double sigma = sigma_of(g, SC_GROUP_RESPONSE, grade_of(m->grade), NAN);
        const char *key = kura_arena_printf(a, "minerals.%s.demand_response", m->id);
        if (m->response.elasticity > 0)
            add_spread(r, SC_SPREAD_ELASTICITY, i, sigma, kura_arena_printf(a, "%s.elasticity", key));
        if (m->response.sub_limit > 0)
            add_spread(r, SC_SPREAD_SUBSTITUTION, i, sigma,
                       kura_arena_printf(a, "%s.substitution.limit", key));
    }
    g->nunknowns = r->nunknowns;
    g->unknowns = r->unknowns;
    g->draws = g->draws && r->nunknowns > 0;
}

void read_ignorance_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_ignorance *g = record;
    int any = 0;
    for (int i = 0; i < SC_GROUP_COUNT; i++) any |= g->applies_to[i];
    for (int i = 0; i < SC_GROUP_COUNT; i++) g->applies_to[i] |= !any;
    if (!node) g->draws = 1, g->inner = 64;
    if (g->inner & (g->inner - 1))
        KURA_BIND_ERROR(b, kura_bind_at(node, "inner"),
                        "the paths of a draw must be 64, 128, 256, 512 or 1024; found %d", g->inner);
}
