/* Reading a scenario, see read.h: merge, bind in the order in which sections refer to each other, check,
 * print. */
#include "model/read.h"
#include "model/read_internal.h"
#include "model/keys.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_FACTORS = 4 };

/* ---- countries ---- */

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Codes of all fields of type country in the rows of one section of the network, or of one kind of lever. */
static void collect_countries(reading *r, const char *in, const kura_key *section, kura_names *found)
{
    kura_node *value = kura_node_get(kura_node_get(r->root, in), section->name);
    kura_node **rows;
    kura_entry **ids;
    if (!value) return;
    size_t before = r->bind.path.size;
    kura_text_printf(&r->bind.path, "%s.%s", in, section->name);
    int n = kura_bind_rows(&r->bind, section, value, &rows, &ids);
    r->bind.path.size = before;
    r->bind.path.data[before] = 0;
    if (n < 0) r->countries_unsure = r->network_unsure = 1;
    for (int i = 0; i < n; i++)
        for (const kura_key *k = section->record->keys; k->name; k++) {
            /* an importer that is not in the network is a mistake, no country more */
            int place =
                k->kind == KURA_KEY_OTHER && k->type == &type_country && strcmp(k->name, "importer") != 0;
            const kura_node *cell = place ? kura_node_get(rows[i], k->name) : NULL;
            if (cell && cell->kind == KURA_NODE_TEXT && read_is_country(cell->text))
                kura_names_add(found, &r->work, cell->text);
        }
}

/* `countries` as given, or the codes of the network, sorted. */
static void read_country_list(reading *r)
{
    kura_names found = {0};
    for (const kura_key *k = keys_network.keys; k->name; k++) collect_countries(r, "network", k, &found);
    for (const kura_key *k = keys_levers.keys; k->name; k++)
        if (k->kind == KURA_KEY_RECORDS) collect_countries(r, "levers", k, &found);
    kura_bind_key(&r->bind, &keys_scenario, r->root, r->sc, "countries");
    if (!kura_node_get(r->root, "countries")) {
        if (found.count) qsort(found.names, (size_t)found.count, sizeof *found.names, compare_texts);
        for (int i = 0; i < found.count; i++)
            kura_names_add(&r->countries, r->bind.arena, kura_arena_strdup(r->bind.arena, found.names[i]));
    }
    r->sc->data.countries = r->countries.names;
    r->sc->data.ncountries = r->countries.count;
}

/* ---- sections ---- */

static void index_minerals(reading *r, int errors)
{
    (void)errors; /* of a price, say, do not matter to those who refer to a mineral */
    for (int i = 0; i < r->sc->data.nminerals; i++) {
        const sc_mineral *m = &r->sc->data.minerals[i];
        if (!m->id || !m->id[0] || m->nforms == 0) r->minerals_unsure = 1;
        read_add_id(r, &r->minerals, m->id);
    }
    if (r->sc->data.nminerals == 0) r->minerals_unsure = 1;
    if (r->minerals_unsure) r->network_unsure = 1;
}

static void judge_run(reading *r, int errors) { r->run_unsure = errors; }

static void judge_network(reading *r, int errors)
{
    if (errors) r->network_unsure = 1;
}

static void index_chokepoints(reading *r, int errors)
{
    (void)errors;
    for (int i = 0; i < r->sc->data.nchokepoints; i++)
        read_add_id(r, &r->chokepoints, r->sc->data.chokepoints[i].id);
}

static void index_sites(reading *r, int errors)
{
    judge_network(r, errors);
    for (int i = 0; i < r->sc->data.nsites; i++) read_add_id(r, &r->sites, r->sc->data.sites[i].id);
}

static void index_investments(reading *r, int errors)
{
    judge_network(r, errors);
    if (!errors) read_wait_for_needs(r);
}

static void index_network(reading *r, int errors)
{
    judge_network(r, errors);
    read_index_network(r);
}

static void index_host_indices(reading *r, int errors)
{
    (void)errors;
    for (int i = 0; i < r->sc->data.nhost_indices; i++)
        read_add_id(r, &r->host_indices, r->sc->data.host_indices[i].id);
}

static void check_hosts(reading *r, int errors)
{
    if (!errors && !r->network_unsure) read_check_hosts(r);
}

static void check_thrifting(reading *r, int errors)
{
    if (!errors) read_check_thrifting(r);
}

static void raise_stocks(reading *r, int errors)
{
    if (!errors && !r->network_unsure) read_raise_stocks(r);
}

static void finish_events(reading *r, int errors)
{
    (void)errors;
    read_finish_events(r);
}

static void check_factors(reading *r, int errors)
{
    (void)errors;
    if (r->sc->data.nfactors > MAX_FACTORS)
        KURA_BIND_ERROR(&r->bind, kura_bind_at(kura_node_get(r->root, "correlation"), "factors"),
                        "%d factors; at most %d are possible", r->sc->data.nfactors, MAX_FACTORS);
}

/* A long shortage must be one: P(long) is at most P(shortage). */
static void check_long_shortage(reading *r)
{
    const sc_tallies *t = &r->sc->data.tallies;
    const kura_node *node = kura_node_get(r->root, "tallies");
    if (t->long_depth < t->threshold)
        KURA_BIND_ERROR(
            &r->bind, kura_bind_at(node, "threshold"),
            "a step is short beyond %g %% of demand, but a long shortage is deeper than %g %%; give "
            "tallies.long_shortage.depth at least %g %%",
            100 * t->threshold, 100 * t->long_depth, 100 * t->threshold);
}

static void check_tallies(reading *r, int errors)
{
    if (errors) return;
    check_long_shortage(r);
    if (!r->run_unsure) read_check_stopping(r);
}

static void keep_note(reading *r, int errors)
{
    (void)errors;
    r->sc->data.note = r->sc->note.given ? &r->sc->note : NULL;
}

static void keep_study(reading *r, int errors)
{
    if (!errors) read_check_break_even(r);
    r->sc->data.study = r->sc->study.given ? &r->sc->study : NULL;
}

/* The order in which sections are read: each refers only to those before it.  `then` is told whether it had
 * errors. */
static const struct {
    const char *key;
    void (*then)(reading *r, int errors);
} sections[] = {{"format", NULL},
                {"name", NULL},
                {"title", NULL},
                {"run", judge_run},
                {"profiles", NULL},
                {"market", NULL},
                {"demand_cycle", NULL},
                {"minerals", index_minerals},
                {"hazards.chokepoints", index_chokepoints},
                {"network.hubs", judge_network},
                {"network.sites", index_sites},
                {"network.trade", judge_network},
                {"levers.investment", index_investments},
                {"levers.recycling", judge_network},
                {"levers.diversification", judge_network},
                {"levers.dependence_cap", judge_network},
                {"levers.research", NULL},
                {"network.demand", index_network},
                {"network.host_indices", index_host_indices},
                {"network.hosts", check_hosts},
                {"network.projects", NULL},
                {"network.corrections", NULL},
                {"hazards.regimes", NULL},
                {"hazards.restrictions", NULL},
                {"hazards.outages", NULL},
                {"hazards.shocks", NULL},
                {"stockpiles", NULL},
                {"levers.diplomacy", NULL},
                {"levers.thrifting", check_thrifting},
                {"levers.nationalism", NULL},
                {"levers.keeping", NULL},
                {"levers.stock", raise_stocks},
                {"costs", NULL},
                {"events", NULL},
                {"series", finish_events},
                {"correlation.factors", check_factors},
                {"correlation.loadings", NULL},
                {"correlation.persistence", NULL},
                {"correlation.t", NULL},
                {"tallies", check_tallies},
                {"checks", NULL},
                {"ignorance", NULL},
                {"policy", keep_note},
                {"study", keep_study}};

/* A draw of the inputs is of the scenario, not of what is compared with it; and policies stand in files. */
static int of_study(const char *section)
{
    return strcmp(section, "policy") == 0 || strcmp(section, "study") == 0;
}

static void bind_all(reading *r)
{
    r->bind.unknown = read_law_of_unknown;
    int before = r->bind.diag->errors;
    kura_bind_check(&r->bind, &keys_scenario, r->root);
    r->sections_unsure = r->bind.diag->errors > before;
    read_country_list(r);
    for (size_t i = 0; i < sizeof sections / sizeof *sections && !kura_diag_full(r->bind.diag); i++) {
        if (r->drawn && of_study(sections[i].key)) continue;
        before = r->bind.diag->errors;
        kura_bind_key(&r->bind, &keys_scenario, r->root, r->sc, sections[i].key);
        if (sections[i].then) sections[i].then(r, r->bind.diag->errors > before);
    }
}

/* ---- result ---- */

static void list_inputs(reading *r)
{
    kura_scenario_data *d = &r->sc->data;
    d->inputs = KURA_NEW(r->bind.arena, sc_input_file, (size_t)r->files.count);
    for (int i = 0; d->inputs && i < r->files.count; i++) {
        d->inputs[i].path = r->files.items[i]->name;
        memcpy(d->inputs[i].sha256, r->files.items[i]->sha256, sizeof d->inputs[i].sha256);
        d->ninputs++;
    }
}

static void list_defaults(reading *r)
{
    kura_scenario_data *d = &r->sc->data;
    d->defaults = KURA_NEW(r->bind.arena, sc_default, (size_t)r->bind.ndefaults);
    for (int i = 0; d->defaults && i < r->bind.ndefaults; i++)
        d->defaults[d->ndefaults++] = (sc_default){r->bind.defaults[i].key, r->bind.defaults[i].value};
}

static void print_resolved(reading *r)
{
    kura_text out = {0};
    kura_tree_print(r->root, &out);
    if (out.failed)
        r->bind.arena->failed = 1;
    else
        r->sc->data.resolved = kura_arena_strndup(r->bind.arena, out.data, out.size);
    kura_text_fini(&out);
}

int read_is_whole(const char *dotted)
{
    const kura_key *key = kura_record_find(&keys_scenario, dotted);
    int measured =
        key && (key->kind == KURA_KEY_QUANTITY ||
                (key->kind == KURA_KEY_OTHER && (key->type == &type_half_life || key->type == &type_amount ||
                                                 key->type == &type_pace || key->type == &type_storage)));
    return key && ((key->flags & KURA_KEY_WHOLE) || measured); /* a law replaces a law */
}

static kura_status read_all(reading *r, const char *path, const char *const *sets, size_t nsets)
{
    int errors = r->files.diag->errors;
    r->root = kura_merge_load(&r->files, path, sets, nsets, read_is_whole);
    if (r->root) read_name_policies(r);
    if (r->root && r->policy >= 0) read_apply_policy(r);
    if (r->root) {
        bind_all(r);
        if (r->files.diag->errors == errors) read_check_profiles(r);
        if (r->files.diag->errors == errors) read_check_hazards(r);
        if (r->files.diag->errors == errors) read_check_costs(r);
        if (r->files.diag->errors == errors) read_check_loadings(r);
        if (r->files.diag->errors == errors) read_spreads(r);
        if (r->files.diag->errors == errors && !r->probe) read_check_sense(r);
    }
    if (r->work.failed || r->bind.arena->failed || r->bind.path.failed) return KURA_E_MEMORY;
    if (r->files.unreadable) return KURA_E_NO_INPUT;
    if (r->files.diag->errors > errors || !r->root) return KURA_E_SCENARIO;
    list_inputs(r);
    list_defaults(r);
    print_resolved(r);
    return r->bind.arena->failed ? KURA_E_MEMORY : KURA_OK;
}

/* The first error of this reading becomes the error. */
static void tell(kura_error *err, kura_status status, const kura_diag *diag, size_t from)
{
    for (size_t i = from; i < diag->count; i++) {
        const kura_diag_message *m = &diag->items[i];
        if (m->severity != KURA_DIAG_ERROR) continue;
        kura_error_at(err, status, m->file, m->line, m->column, "%s", m->message);
        return;
    }
    kura_error_set(err, status, "%s",
                   status == KURA_E_MEMORY ? "not enough memory to read the scenario"
                                           : kura_status_text(status));
}

/* The tree and the tables live on with the scenario, so that a draw reads no file. */
static void keep(reading *r, kura_arena *arena)
{
    reading *kept = KURA_NEW(arena, reading, 1);
    if (!kept) return;
    kura_arena_adopt(arena, &r->work);
    *kept = *r;
    r->sc->data.ignorance.source = kept;
}

kura_status kura_scenario_reread(const kura_scenario_data *from, const double *values, kura_arena *arena,
                                 kura_scenario_data **out, kura_diag *diag, kura_error *err)
{
    const reading *source = from->ignorance.source;
    reading *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to read the scenario");
    r->files = source->files;
    r->files.work = &r->work;
    r->files.keep = arena;
    r->files.diag = diag;
    r->bind = (kura_bind){.arena = arena, .files = &r->files, .diag = diag, .user = r};
    kura_text_add(&r->bind.path, "");
    r->root = source->root;
    r->drawn = values;
    r->unknowns = from->ignorance.unknowns;
    r->nunknowns = from->ignorance.nunknowns;
    r->sc = KURA_NEW(arena, read_scenario, 1);
    if (r->sc) bind_all(r);
    if (diag->errors == 0 && r->sc) read_check_hazards(r);
    if (diag->errors == 0 && r->sc) read_check_loadings(r);
    kura_status st = !r->sc || r->work.failed || arena->failed ? KURA_E_MEMORY
                     : diag->errors                            ? KURA_E_SCENARIO
                                                               : KURA_OK;
    if (st)
        tell(err, st, diag, 0);
    else {
        kura_scenario_data *d = *out = &r->sc->data;
        d->arena = arena;
        d->resolved = from->resolved;
        d->ndefaults = from->ndefaults, d->defaults = from->defaults;
        d->ninputs = from->ninputs, d->inputs = from->inputs;
        d->ignorance = from->ignorance;
    }
    kura_bind_fini(&r->bind);
    kura_arena_fini(&r->work);
    free(r);
    return st;
}

static kura_status read_scenario_of(const char *path, const char *const *sets, size_t nsets, int policy,
                                    kura_arena *arena, kura_scenario_data **out, kura_diag *diag,
                                    kura_error *err)
{
    reading *r = calloc(1, sizeof *r);
    size_t from = diag->count;
    *out = NULL;
    if (!r) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to read the scenario");
    r->files = (kura_files){.work = &r->work, .keep = arena, .diag = diag};
    r->bind = (kura_bind){.arena = arena, .files = &r->files, .diag = diag, .user = r};
    r->policy = policy;
    kura_text_add(&r->bind.path, "");
    r->sc = KURA_NEW(arena, read_scenario, 1);
    kura_status status = r->sc ? read_all(r, path, sets, nsets) : KURA_E_MEMORY;
    kura_bind_fini(&r->bind);
    if (status == KURA_OK) {
        r->sc->data.arena = arena;
        *out = &r->sc->data;
        if (r->sc->data.ignorance.draws) keep(r, arena);
    } else
        tell(err, status, diag, from);
    kura_arena_fini(&r->work);
    free(r);
    return status;
}

kura_status kura_scenario_read(const char *path, const char *const *sets, size_t nsets, kura_arena *arena,
                               kura_scenario_data **out, kura_diag *diag, kura_error *err)
{
    return read_scenario_of(path, sets, nsets, -1, arena, out, diag, err);
}

kura_status kura_scenario_read_policy(const char *path, const char *const *sets, size_t nsets, int policy,
                                      kura_arena *arena, kura_scenario_data **out, kura_diag *diag,
                                      kura_error *err)
{
    KURA_TRY(read_scenario_of(path, sets, nsets, policy, arena, out, diag, err));
    /* what is not compared is not made */
    sc_tallies *t = &(*out)->tallies;
    t->trace_paths = t->bracket = t->check_required = t->attribution = t->n_minus_1 = 0;
    (*out)->nchecks = 0;
    memset((*out)->tallies.dump, 0, sizeof(*out)->tallies.dump);
    return KURA_OK;
}
