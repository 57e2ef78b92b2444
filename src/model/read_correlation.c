/* Loadings of drivers on latent factors [3.7]: that each finds a driver, that none is given twice for a
 * driver, and that the squares of a driver's loadings leave something of its own (sum at most 0.98). */
#include "model/read_internal.h"
#include "conf/suggest.h"
#include <math.h>
#include <string.h>

#define LARGEST_SUM 0.98

static int find_factor(kura_bind *b, const kura_entry *e)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    kura_suggestion s = {.wanted = e->key};
    for (int f = 0; f < d->nfactors; f++) {
        if (strcmp(d->factors[f], e->key) == 0) return f;
        kura_suggest(&s, d->factors[f]);
    }
    KURA_BIND_ERROR(b, e->at, "unknown factor \"%s\"%s", kura_quote(e->key).text,
                    s.best ? kura_suggest_hint(&s).text : "; it is not in correlation.factors");
    return -1;
}

static int read_loading(kura_bind *b, const kura_key *key, const kura_entry *driver, const kura_entry *e,
                        sc_loading *out)
{
    int factor = find_factor(b, e);
    if (factor < 0) return -1;
    if (kura_bind_quantity(b, key, KURA_UNIT_NUMBER, "-0.99..0.99", e->value, &out->loading)) return -1;
    if (!(out->driver = kura_arena_strdup(b->arena, driver->key))) return -1;
    out->factor = factor;
    out->where = (sc_where){e->at.source->path, e->at.line, e->at.column};
    return 0;
}

static int count_loadings(const kura_node *node)
{
    int n = 0;
    for (int i = 0; i < node->count; i++)
        n += node->entries[i].value->kind == KURA_NODE_MAP ? node->entries[i].value->count : 0;
    return n;
}

static int read_loadings(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    if (node->kind != KURA_NODE_MAP) {
        KURA_BIND_ERROR(b, node->at,
                        "\"loadings\" must be a mapping, for example {regime/CHN: {tension: 0.6}}; found %s",
                        kura_node_kind_name(node));
        return -1;
    }
    sc_loading *loadings = KURA_NEW(b->arena, sc_loading, (size_t)count_loadings(node));
    int n = 0;
    if (!loadings) return -1;
    for (int i = 0; i < node->count; i++) {
        const kura_entry *driver = &node->entries[i];
        if (kura_node_is_null(driver->value)) continue;
        if (driver->value->kind != KURA_NODE_MAP) {
            KURA_BIND_ERROR(b, driver->value->at,
                            "the loadings of a driver are a mapping, for example {tension: 0.6}; found %s",
                            kura_node_kind_name(driver->value));
            continue;
        }
        for (int j = 0; j < driver->value->count; j++)
            n += read_loading(b, key, driver, &driver->value->entries[j], &loadings[n]) == 0;
    }
    *(sc_loading **)field = loadings;
    *(int *)(void *)((char *)record + key->count) = n;
    return 0;
}

const kura_type type_loadings = {"loadings",
                                 "a mapping {DRIVER: {FACTOR: number}}",
                                 "{regime/CHN: {tension: 0.6}}",
                                 "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"object\", "
                                 "\"additionalProperties\": {\"type\": \"number\"}}}",
                                 read_loadings,
                                 NULL};

/* ---- factors ---- */

/* A number for some of the factors, 0 for the others. */
static int read_by_factor(kura_bind *b, const kura_key *key, const kura_node *node, const char *example,
                          const char *range, int (*bad)(kura_bind *, const kura_entry *, double),
                          const double **field)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    if (node->kind != KURA_NODE_MAP) {
        KURA_BIND_ERROR(b, node->at, "\"%s\" must be a mapping, for example %s; found %s", key->name, example,
                        kura_node_kind_name(node));
        return -1;
    }
    double *values = KURA_NEW(b->arena, double, (size_t)d->nfactors + 1);
    if (!values) return -1;
    for (int i = 0; i < node->count; i++) {
        const kura_entry *e = &node->entries[i];
        double x;
        if (kura_node_is_null(e->value)) continue;
        int factor = find_factor(b, e);
        if (factor < 0 || kura_bind_quantity(b, key, KURA_UNIT_NUMBER, range, e->value, &x)) continue;
        if (!bad || !bad(b, e, x)) values[factor] = x;
    }
    *field = values;
    return 0;
}

static int read_persistence(kura_bind *b, const kura_key *key, const kura_node *node, void *record,
                            void *field)
{
    (void)record;
    return read_by_factor(b, key, node, "{tension: 0.9}", "-0.9999..0.9999", NULL, field);
}

static int bad_freedom(kura_bind *b, const kura_entry *e, double x)
{
    if (x == 3 || x == 4 || x == 5 || x == 6 || x == 8 || x == 10) return 0;
    KURA_BIND_ERROR(b, e->value->at, "the degrees of freedom can be 3, 4, 5, 6, 8 or 10; found %g", x);
    return -1;
}

static int read_freedom(kura_bind *b, const kura_key *key, const kura_node *node, void *record, void *field)
{
    (void)record;
    return read_by_factor(b, key, node, "{tension: 4}", "0..100", bad_freedom, field);
}

#define S_NUMBERS "{\"type\": \"object\", \"additionalProperties\": {\"type\": \"number\"}}"
const kura_type type_persistence = {
    "persistence", "a mapping {FACTOR: number}", "{tension: 0.9}", S_NUMBERS, read_persistence, NULL};
const kura_type type_freedom = {
    "freedom", "a mapping {FACTOR: degrees of freedom}", "{tension: 4}", S_NUMBERS, read_freedom, NULL};

/* ---- checks ---- */

/* Every driver that the scenario has. */
static void list_drivers(reading *r, kura_names *drivers)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nregimes; i++)
        if (d->regimes[i].country >= 0)
            kura_names_add(
                drivers, &r->work,
                kura_arena_printf(&r->work, "regime/%s", r->countries.names[d->regimes[i].country]));
    for (int i = 0; i < d->nrestrictions; i++)
        for (int m = 0; m < d->nminerals && d->restrictions[i].exporter >= 0; m++)
            if (d->restrictions[i].minerals && d->restrictions[i].minerals[m])
                kura_names_add(drivers, &r->work,
                               kura_arena_printf(&r->work, "onset/%s/%s",
                                                 r->countries.names[d->restrictions[i].exporter],
                                                 d->minerals[m].id));
    for (int i = 0; i < d->nshocks; i++)
        if (!d->shocks[i].continuous)
            kura_names_add(
                drivers, &r->work,
                kura_arena_printf(&r->work, "common/%s/%s",
                                  d->shocks[i].country < 0 ? "WLD" : r->countries.names[d->shocks[i].country],
                                  d->shocks[i].id));
    for (int i = 0; i < d->nchokepoints; i++)
        kura_names_add(drivers, &r->work, kura_arena_printf(&r->work, "route/%s", d->chokepoints[i].id));
    for (int m = 0; m < d->nminerals; m++)
        if (d->minerals[m].price.given)
            kura_names_add(drivers, &r->work, kura_arena_printf(&r->work, "price/%s", d->minerals[m].id));
    if (d->cycle.sd > 0) kura_names_add(drivers, &r->work, "macro");
}

static int matches(const char *pattern, const char *driver)
{
    size_t n = strlen(pattern);
    return n && pattern[n - 1] == '*' ? strncmp(pattern, driver, n - 1) == 0 : strcmp(pattern, driver) == 0;
}

static kura_pos position(reading *r, const sc_loading *l)
{
    kura_pos at = {NULL, l->where.line, l->where.column, NULL};
    const kura_node *all = kura_node_get(kura_node_get(r->root, "correlation"), "loadings");
    const kura_entry *e = kura_node_find(all, l->driver);
    if (e) at.source = e->at.source;
    return at;
}

/* A scenario without any regime or restriction (hazards: null) leaves their loadings without effect; that is
 * no fault. */
static int is_idle(const kura_scenario_data *d, const char *driver)
{
    return (d->nregimes == 0 && strncmp(driver, "regime/", 7) == 0) ||
           (d->nrestrictions == 0 && strncmp(driver, "onset/", 6) == 0) ||
           (d->nshocks == 0 && strncmp(driver, "common/", 7) == 0) ||
           (d->nchokepoints == 0 && strncmp(driver, "route/", 6) == 0) ||
           (d->cycle.sd == 0 && strcmp(driver, "macro") == 0);
}

static void check_found(reading *r, const kura_names *drivers)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nloadings; i++) {
        const sc_loading *l = &d->loadings[i];
        kura_suggestion s = {.wanted = l->driver};
        int found = is_idle(d, l->driver);
        if (i && strcmp(l->driver, d->loadings[i - 1].driver) == 0) continue; /* said once a driver */
        for (int k = 0; k < drivers->count; k++) {
            found |= matches(l->driver, drivers->names[k]);
            kura_suggest(&s, drivers->names[k]);
        }
        if (!found)
            kura_report(
                r->bind.diag, KURA_DIAG_ERROR,
                kura_node_find(kura_node_get(kura_node_get(r->root, "correlation"), "loadings"), l->driver)
                    ->at,
                "\"%s\" is no driver of this scenario%s", kura_quote(l->driver).text,
                s.best ? kura_suggest_hint(&s).text
                       : "; drivers are regime/ISO, onset/ISO/MINERAL (restrictions), price/MINERAL, "
                         "common/ISO/ID "
                         "(shocks by step), route/ID (chokepoints) and macro (the demand cycle)");
    }
}

static void check_driver(reading *r, const char *driver)
{
    const kura_scenario_data *d = &r->sc->data;
    double sum = 0;
    for (int i = 0; i < d->nloadings; i++) {
        const sc_loading *l = &d->loadings[i];
        if (!matches(l->driver, driver)) continue;
        for (int j = 0; j < i; j++)
            if (d->loadings[j].factor == l->factor && matches(d->loadings[j].driver, driver)) {
                kura_report(r->bind.diag, KURA_DIAG_ERROR, position(r, l),
                            "%s gets factor \"%s\" twice, from \"%s\" and \"%s\"", driver,
                            d->factors[l->factor], d->loadings[j].driver, l->driver);
                return;
            }
        sum += l->loading * l->loading;
        if (sum <= LARGEST_SUM) continue;
        kura_report(r->bind.diag, KURA_DIAG_ERROR, position(r, l),
                    "the squares of the loadings of %s add up to %.3g; they may not exceed %g", driver, sum,
                    LARGEST_SUM);
        return;
    }
}

/* A factor that no driver loads on (for a t copula: none but prices and demand, which stay Gaussian) does
 * nothing. */
static void check_factors(reading *r, const char *key, const double *values, int gaussian_too)
{
    const kura_scenario_data *d = &r->sc->data;
    const kura_node *map = kura_node_get(kura_node_get(r->root, "correlation"), key);
    for (int f = 0; values && f < d->nfactors; f++) {
        int used = values[f] == 0;
        for (int i = 0; i < d->nloadings; i++)
            used |= d->loadings[i].factor == f &&
                    (gaussian_too || (strncmp(d->loadings[i].driver, "price/", 6) != 0 &&
                                      strcmp(d->loadings[i].driver, "macro") != 0));
        if (!used)
            kura_report(r->bind.diag, KURA_DIAG_ERROR, kura_bind_at(map, d->factors[f]),
                        gaussian_too ? "no driver has a loading on factor \"%s\"; \"%s\" would never act"
                                     : "no driver but prices and the demand cycle has a loading on factor "
                                       "\"%s\"; \"%s\" would "
                                       "never act",
                        d->factors[f], key);
    }
}

void read_check_loadings(reading *r)
{
    kura_names drivers = {0};
    check_factors(r, "persistence", r->sc->data.persistence, 1);
    check_factors(r, "t", r->sc->data.freedom, 0);
    if (r->sc->data.nloadings == 0) return;
    list_drivers(r, &drivers);
    check_found(r, &drivers);
    for (int k = 0; k < drivers.count; k++) check_driver(r, drivers.names[k]);
}
