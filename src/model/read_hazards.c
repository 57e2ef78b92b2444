/* Hazards: that they act on something, and do not act twice.  Hooks of keys_hazards.c and
 * keys_network.c; see read_internal.h.  A hazard that selects nothing is an error, never a silent zero. */
#include "model/read_internal.h"
#include "conf/suggest.h"
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static kura_pos at_of(const kura_node *node)
{
    kura_pos nowhere = {NULL, 0, 0, NULL};
    return node ? node->at : nowhere;
}

static int given(const kura_node *node, const char *key) { return kura_node_get(node, key) != NULL; }

/* ---- selections ---- */

int read_selects(const kura_scenario_data *d, const sc_select *s, int site)
{
    const sc_site *x = &d->sites[site];
    if (x->mineral < 0 || x->form < 0 || x->country < 0) return 0;
    if (s->minerals && !s->minerals[x->mineral]) return 0;
    if (s->countries && !s->countries[x->country]) return 0;
    if (s->kinds && !s->kinds[x->kind]) return 0;
    if (s->sites && !s->sites[site]) return 0;
    const char *form = d->minerals[x->mineral].forms[x->form];
    int found = s->nforms == 0;
    for (int i = 0; i < s->nforms; i++) found |= strcmp(s->forms[i], form) == 0;
    return found;
}

/* Reports a selection without a site, unless the sites themselves could not be read. */
static void check_selection(kura_bind *b, const sc_select *s, kura_pos at, const char *what, const char *id)
{
    const reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    if (r->network_unsure) return;
    for (int i = 0; i < d->nsites; i++)
        if (read_selects(d, s, i)) return;
    KURA_BIND_ERROR(b, at, "the %s \"%s\" selects no site; it would never act", what, id);
}

/* ---- regimes ---- */

void read_regime_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_regime *r = record;
    r->where = read_where(node);
    if (given(node, "ease") == given(node, "coercion_spell"))
        KURA_BIND_ERROR(b, given(node, "ease") ? kura_bind_at(node, "coercion_spell") : at_of(node),
                        given(node, "ease")
                            ? "\"ease\" and \"coercion_spell\" are both given; give one of them"
                            : "neither \"ease\" (a rate) nor \"coercion_spell\" (a duration) is given; "
                              "give one of them");
    if (!given(node, "ease")) r->ease = 0;
}

/* ---- restrictions ---- */

void read_restriction_init(kura_bind *b, void *record)
{
    sc_restriction *x = record;
    for (int i = 0; i < 3; i++) x->onset[i] = NAN;
    x->exporter = -1;
    reading_of(b)->restriction = x;
}

static int has_form(const sc_restriction *x, const sc_mineral *m, int form)
{
    int found = x->nforms == 0;
    for (int i = 0; i < x->nforms; i++) found |= strcmp(x->forms[i], m->forms[form]) == 0;
    return found;
}

/* Is there trade that the restriction could stop: of this mineral (-1 = any), to this importer (-1 = any)? */
static int finds_trade(const kura_scenario_data *d, const sc_restriction *x, int mineral, int importer)
{
    for (int i = 0; i < d->narcs; i++) {
        const sc_arc *a = &d->arcs[i];
        if (a->from != x->exporter || a->mineral < 0 || a->form < 0 || !x->minerals[a->mineral]) continue;
        if (mineral >= 0 && a->mineral != mineral) continue;
        if (importer >= 0 && a->to != importer) continue;
        if (has_form(x, &d->minerals[a->mineral], a->form)) return 1;
    }
    return 0;
}

/* The importers that a type targets must import something of it. */
static void check_targets(kura_bind *b, const sc_restriction *x, const kura_node *node)
{
    const reading *r = reading_of(b);
    for (int t = 0; t < x->ntypes; t++)
        for (int c = 0; x->types[t].targets && c < r->countries.count; c++)
            if (x->types[t].targets[c] && !finds_trade(&r->sc->data, x, -1, c))
                KURA_BIND_ERROR(
                    b, kura_bind_at(kura_node_get(kura_node_get(node, "types"), x->types[t].id), "target"),
                    "the type \"%s\" finds no trade: %s exports none of these minerals to %s", x->types[t].id,
                    r->countries.names[x->exporter], r->countries.names[c]);
}

/* An escalation leads to a type of the same restriction that hits the same importers. */
static void find_escalations(kura_bind *b, sc_restriction *x, const kura_node *node)
{
    int n = reading_of(b)->countries.count;
    for (int t = 0; t < x->ntypes; t++) {
        sc_restriction_type *k = &x->types[t];
        const kura_node *in = kura_node_get(kura_node_get(kura_node_get(node, "types"), k->id), "escalation");
        kura_suggestion s = {.wanted = k->escalates_to};
        k->to = -1;
        if (!k->escalates_to || !k->escalates_to[0]) continue;
        for (int i = 0; i < x->ntypes; i++) {
            if (strcmp(x->types[i].id, k->escalates_to) == 0) k->to = i;
            kura_suggest(&s, x->types[i].id);
        }
        if (k->to < 0) {
            KURA_BIND_ERROR(b, kura_bind_at(in, "to"), "restriction \"%s\" has no type \"%s\"%s", x->id,
                            kura_quote(k->escalates_to).text, kura_suggest_hint(&s).text);
            continue;
        }
        const unsigned char *own = k->targets, *next = x->types[k->to].targets;
        if (!own != !next || (own && memcmp(own, next, (size_t)n) != 0))
            KURA_BIND_ERROR(b, kura_bind_at(in, "to"),
                            "\"%s\" and \"%s\" have different targets; a restriction that escalates hits the "
                            "same importers",
                            k->id, k->escalates_to);
    }
}

static void check_trade(kura_bind *b, const sc_restriction *x, const kura_node *node)
{
    const reading *r = reading_of(b);
    const kura_scenario_data *d = &r->sc->data;
    const kura_node *minerals = kura_node_get(node, "minerals");
    if (r->network_unsure || x->exporter < 0 || !x->minerals) return;
    const char *exporter = r->countries.names[x->exporter];
    int errors = b->diag->errors,
        all = minerals && minerals->kind == KURA_NODE_TEXT && strcmp(minerals->text, "all") == 0;
    if (all && !finds_trade(d, x, -1, -1))
        KURA_BIND_ERROR(b, at_of(node),
                        "the restriction \"%s\" finds no trade: %s exports nothing in these forms", x->id,
                        exporter);
    for (int m = 0; m < d->nminerals && !all; m++)
        if (x->minerals[m] && !finds_trade(d, x, m, -1))
            KURA_BIND_ERROR(b, kura_bind_at(node, "minerals"),
                            "the restriction \"%s\" finds no trade: %s exports no %s in these forms", x->id,
                            exporter, d->minerals[m].id);
    if (b->diag->errors == errors) check_targets(b, x, node);
}

static void check_shares(kura_bind *b, const sc_restriction *x, const kura_node *node)
{
    static const char *const regimes[] = {"normal", "tension", "coercion"};
    for (int regime = 0; regime < 3; regime++) {
        double sum = 0;
        for (int t = 0; t < x->ntypes; t++) sum += x->types[t].share[regime];
        if (x->ntypes && sum <= 0 && x->onset[regime] > 0)
            KURA_BIND_ERROR(b, kura_bind_at(node, "types"),
                            "the shares of the types of \"%s\" are all 0 in regime %s; one must be above 0",
                            x->id, regimes[regime]);
    }
    if (given(node, "types") && x->ntypes == 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "types"), "the restriction \"%s\" has no type", x->id);
}

/* Every form named must be one of a mineral that is restricted.  Nonzero after an error. */
static int check_forms(kura_bind *b, const sc_restriction *x, const kura_node *node)
{
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    int errors = b->diag->errors;
    if (reading_of(b)->minerals_unsure) return -1;
    for (int i = 0; i < x->nforms && x->minerals; i++) {
        int found = 0;
        for (int m = 0; m < d->nminerals; m++)
            found |= x->minerals[m] && read_find_form(&d->minerals[m], x->forms[i]) >= 0;
        if (!found)
            KURA_BIND_ERROR(b, kura_bind_at(node, "forms"),
                            "none of the minerals of \"%s\" has a form \"%s\"", x->id, x->forms[i]);
    }
    return b->diag->errors > errors;
}

void read_restriction_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_restriction *x = record;
    x->where = read_where(node);
    if (!check_forms(b, x, node)) check_trade(b, x, node);
    check_shares(b, x, node);
    find_escalations(b, x, node);
}

void read_escalation_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_restriction_type *k = record;
    (void)b;
    if (node) return;
    k->escalation = 0;
    k->escalates_to = "";
}

void read_contagion_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_restriction *x = record;
    if (node && x->contagion_minerals == 0 && x->contagion_importers == 0)
        KURA_BIND_ERROR(b, at_of(node),
                        "the contagion has no effect; give \"minerals\", \"importers\" or both, above 0");
    if (!node) x->contagion_minerals = x->contagion_importers = 0;
}

void read_retaliation_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_restriction *x = record;
    if (node && x->against >= 0 && x->against == x->exporter)
        KURA_BIND_ERROR(b, kura_bind_at(node, "against"), "%s cannot retaliate against itself",
                        reading_of(b)->countries.names[x->against]);
    if (node) return;
    x->retaliation = 0;
    x->against = -1;
}

void read_in_force_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_in_force *f = record;
    const sc_restriction *x = reading_of(b)->restriction;
    f->where = read_where(node);
    if (given(node, "since") == given(node, "age"))
        KURA_BIND_ERROR(
            b, at_of(node),
            given(node, "age")
                ? "\"since\" and \"age\" are both given; give one of them"
                : "neither \"since\" (a date) nor \"age\" (a duration) is given; give one of them");
    if (reading_of(b)->sc->data.run.burn_in > 0)
        KURA_BIND_ERROR(
            b, at_of(node),
            "a restriction in force at the start and \"run.burn_in\" exclude each other: the burn-in would "
            "outlive it");
    if (f->mineral >= 0 && x->minerals && !x->minerals[f->mineral])
        KURA_BIND_ERROR(b, kura_bind_at(node, "mineral"),
                        "%s is none of the minerals of the restriction \"%s\"",
                        reading_of(b)->minerals.names[f->mineral], x->id);
}

/* ---- outages, shocks, chokepoints ---- */

/* Up times must have a mean above 0, or a unit without repair time would fail for ever at one instant; and no
 * negative values where the rest of one is drawn. */
static void check_uptime(kura_bind *b, const sc_outage *o, const kura_node *node)
{
    const sc_dist *d = &o->uptime;
    if (given(node, "mttf") == given(node, "uptime"))
        KURA_BIND_ERROR(b, given(node, "mttf") ? kura_bind_at(node, "uptime") : at_of(node),
                        given(node, "mttf") ? "\"mttf\" and \"uptime\" are both given; give one of them"
                                            : "neither \"mttf\" (mean time to failure) nor \"uptime\" (a "
                                              "distribution) is given; give one of them");
    if (given(node, "uptime") && given(node, "shape"))
        KURA_BIND_ERROR(
            b, kura_bind_at(node, "shape"),
            "\"shape\" belongs to \"mttf\"; write \"uptime: {weibull: {scale: ..., shape: ...}}\"");
    if ((d->kind == SC_DIST_CONSTANT && d->a == 0) || (d->kind == SC_DIST_UNIFORM && d->b == 0) ||
        (d->kind == SC_DIST_NORMAL && d->a == 0))
        KURA_BIND_ERROR(b, kura_bind_at(node, "uptime"), "the mean of \"uptime\" must be above 0");
    if (d->kind == SC_DIST_NORMAL && o->start == SC_START_STATIONARY)
        KURA_BIND_ERROR(b, kura_bind_at(node, "uptime"),
                        "a normal law has negative values, so that it has no stationary start; take "
                        "lognormal, weibull or uniform, or \"start: up\"");
}

void read_outage_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_outage *o = record;
    o->where = read_where(node);
    check_uptime(b, o, node);
    if (o->mttr.kind == SC_DIST_NORMAL && o->start == SC_START_STATIONARY)
        KURA_BIND_ERROR(b, kura_bind_at(node, "mttr"),
                        "a normal law has negative values, so that it has no stationary start; take "
                        "lognormal, weibull or uniform, or \"start: up\"");
    check_selection(b, &o->select, kura_bind_at(node, "select"), "outage", o->id);
}

void read_shock_init(kura_bind *b, void *record) { reading_of(b)->shock = record; }

/* A shock of a country hits sites of that country. */
static void narrow_to_country(kura_bind *b, sc_select *s, int country, kura_pos at)
{
    const reading *r = reading_of(b);
    for (int c = 0; s->countries && c < r->countries.count; c++)
        if (s->countries[c] && c != country)
            KURA_BIND_ERROR(b, at, "a shock of %s cannot hit sites of %s; write a shock of WLD",
                            r->countries.names[country], r->countries.names[c]);
    unsigned char *only = KURA_NEW(b->arena, unsigned char, (size_t)r->countries.count);
    if (only) only[country] = 1;
    s->countries = only;
}

/* `all` is the same as leaving the list out: the random draws of the part are named by what it lists, and
 * must not change when a mineral is added. */
static void forget_all(const kura_node *hit, const char *key, const unsigned char **set)
{
    const kura_node *list = kura_node_get(kura_node_get(hit, "select"), key);
    if (list && list->kind == KURA_NODE_TEXT && strcmp(list->text, "all") == 0) *set = NULL;
}

void read_hit_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_hit *h = record;
    const sc_shock *s = reading_of(b)->shock;
    int errors = b->diag->errors;
    forget_all(node, "minerals", &h->select.minerals);
    forget_all(node, "countries", &h->select.countries);
    forget_all(node, "kinds", &h->select.kinds);
    forget_all(node, "sites", &h->select.sites);
    if (s->country >= 0)
        narrow_to_country(b, &h->select, s->country,
                          kura_bind_at(kura_node_get(node, "select"), "countries"));
    if (b->diag->errors == errors)
        check_selection(b, &h->select, kura_bind_at(node, "select"), "shock", s->id);
}

void read_shock_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_shock *s = record;
    s->where = read_where(node);
    if (given(node, "hits") && s->nhits == 0)
        KURA_BIND_ERROR(b, kura_bind_at(node, "hits"), "the shock \"%s\" hits nothing", s->id);
    if (given(node, "mode") && !s->continuous)
        KURA_BIND_ERROR(b, kura_bind_at(node, "mode"),
                        "\"mode\" needs \"process: continuous\"; shocks by step last whole steps");
}

static int has_effect(const sc_dist *d)
{
    return d->kind != SC_DIST_NONE && !(d->kind == SC_DIST_CONSTANT && d->a == 0);
}

void read_degraded_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_degraded *d = record;
    if (!node)
        *d = (sc_degraded){0};
    else if (!has_effect(&d->capacity_loss) && !(d->detour_days > 0))
        KURA_BIND_ERROR(b, at_of(node),
                        "the degraded state has no effect; give \"capacity_loss\", \"detour\" or both");
}

void read_chokepoint_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_chokepoint *c = record;
    c->where = read_where(node);
    if (!given(node, "capacity_loss") && !given(node, "detour"))
        KURA_BIND_ERROR(b, at_of(node),
                        "the chokepoint \"%s\" has no effect; give \"capacity_loss\", \"detour\" or both",
                        c->id);
    else if (!has_effect(&c->capacity_loss) && c->detour_days == 0)
        KURA_BIND_WARN(b, at_of(node), "the chokepoint \"%s\" has neither a capacity loss nor a detour",
                       c->id);
}

/* ---- projects ---- */

/* What a project is to add later must not be in the base flow, which balances supply and use from the start.
 */
void read_project_finish(kura_bind *b, void *record, const kura_node *node)
{
    sc_project *p = record;
    const kura_scenario_data *d = &reading_of(b)->sc->data;
    p->where = read_where(node);
    if (p->site >= 0 && p->site < d->nsites && d->sites[p->site].output > 0 && p->start_step > 0 &&
        p->start_step != INT_MAX && !reading_of(b)->network_unsure)
        KURA_BIND_WARN(
            b, at_of(node),
            "site \"%s\" has output in the base flow, which is missing until its project starts; a new "
            "site has \"output: 0 t/year\", a \"capacity\" and \"standby: true\"",
            d->sites[p->site].id);
}

/* ---- the hazards among each other ---- */

static void complain(reading *r, sc_where at, const char *text)
{
    kura_source source = {.path = at.file ? at.file : ""};
    for (int i = 0; i < r->files.count; i++)
        if (at.file && strcmp(r->files.items[i]->path, at.file) == 0) source = *r->files.items[i];
    kura_report(r->bind.diag, KURA_DIAG_ERROR, (kura_pos){&source, at.line, at.column, NULL}, "%s", text);
}

/* Two restrictions of the same exporter and mineral would share their random draws. */
static void check_restriction_pairs(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nrestrictions; i++)
        for (int j = 0; j < i; j++) {
            const sc_restriction *x = &d->restrictions[i], *y = &d->restrictions[j];
            for (int m = 0; m < d->nminerals && x->exporter == y->exporter && x->exporter >= 0; m++)
                if (x->minerals && y->minerals && x->minerals[m] && y->minerals[m])
                    complain(
                        r, x->where,
                        kura_arena_printf(&r->work,
                                          "\"%s\" and \"%s\" both restrict %s from %s; one restriction with "
                                          "several types can say the same",
                                          y->id, x->id, d->minerals[m].id, r->countries.names[x->exporter]));
        }
}

static void check_outage_pairs(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->noutages; i++)
        for (int j = 0; j < i; j++) {
            const sc_outage *x = &d->outages[i], *y = &d->outages[j];
            if (strcmp(x->label, y->label) != 0) continue;
            for (int s = 0; s < d->nsites; s++)
                if (read_selects(d, &x->select, s) && read_selects(d, &y->select, s)) {
                    complain(r, x->where,
                             kura_arena_printf(
                                 &r->work,
                                 "\"%s\" and \"%s\" both select site \"%s\" under the same label, so "
                                 "they would fail together; give one of them a \"label\"",
                                 y->id, x->id, d->sites[s].id));
                    break;
                }
        }
}

/* The same place twice among the stockpiles is fine; a chokepoint on no route is not. */
static void check_chokepoints_used(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int c = 0; c < d->nchokepoints; c++) {
        int used = 0;
        for (int a = 0; a < d->narcs; a++)
            for (int k = 0; k < d->arcs[a].nroutes; k++) used |= d->arcs[a].routes[k] == c;
        if (!used)
            complain(r, d->chokepoints[c].where,
                     kura_arena_printf(&r->work,
                                       "the chokepoint \"%s\" is on no route of network.trade; it would "
                                       "never act",
                                       d->chokepoints[c].id));
    }
}

/* Does this restriction hit exports to `importer` by any of its types? */
static int hits(const sc_restriction *x, int importer)
{
    for (int t = 0; t < x->ntypes; t++)
        if (!x->types[t].targets || x->types[t].targets[importer]) return 1;
    return 0;
}

/* Contagion needs other minerals or aimed restrictions, retaliation a restriction to answer. */
static void check_couplings(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nrestrictions; i++) {
        const sc_restriction *x = &d->restrictions[i];
        int minerals = 0, aimed = 0, answered = 0;
        for (int j = 0; j < d->nrestrictions; j++) {
            const sc_restriction *y = &d->restrictions[j];
            for (int m = 0; m < d->nminerals; m++) minerals += y->exporter == x->exporter && y->minerals[m];
            answered |= y->exporter == x->against && hits(y, x->exporter);
        }
        for (int t = 0; t < x->ntypes; t++) aimed |= x->types[t].targets != NULL;
        if (x->contagion_minerals > 0 && minerals < 2)
            complain(
                r, x->where,
                kura_arena_printf(&r->work,
                                  "the contagion of \"%s\" between minerals would never act: %s restricts "
                                  "only one mineral",
                                  x->id, r->countries.names[x->exporter]));
        if (x->contagion_importers > 0 && !aimed)
            complain(
                r, x->where,
                kura_arena_printf(&r->work,
                                  "the contagion of \"%s\" between importers would never act: none of its "
                                  "types has a \"target\"",
                                  x->id));
        if (x->against >= 0 && !answered)
            complain(r, x->where,
                     kura_arena_printf(&r->work,
                                       "the retaliation of \"%s\" would never act: no restriction of %s hits "
                                       "exports to %s",
                                       x->id, r->countries.names[x->against],
                                       r->countries.names[x->exporter]));
    }
}

void read_check_hazards(reading *r)
{
    check_couplings(r);
    check_restriction_pairs(r);
    check_outage_pairs(r);
    check_chokepoints_used(r);
}
