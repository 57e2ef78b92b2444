/* Network of one mineral: from scenario records to hubs, sites, arcs, consumers and tiers in processing
 * order.
 *
 * Hubs are sorted by (form, country); sites by hub; arcs by form, importer and, within an importer, falling
 * spot weight (ties: lower country), which is the Latin order of the clean-up rounds [5.2, B7]. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double quanta(const km_mineral *m, double tonnes) { return floor(tonnes / m->quantum); }

static double steps(const compile_ctx *c, double days) { return days / c->model->step_days; }

/* e of R0.1: ceil(log2(world annual demand of the final form)) - 40 */
static int lattice_exponent(const compile_ctx *c, int mineral)
{
    const kura_scenario_data *sc = c->sc;
    int final = sc->minerals[mineral].nforms - 1;
    double d = 0;
    for (int pass = 0; pass < 2 && d == 0; pass++)
        for (int k = 0; k < sc->ndemands; k++)
            if (sc->demands[k].mineral == mineral && (pass || sc->demands[k].form == final))
                d += sc->demands[k].rate * 365.25 / sc->run.step_days;
    if (!(d > 0)) return -20;
    int e;
    double f = frexp(d, &e);
    if (f == 0.5) e -= 1;
    return e - 40;
}

static int hub_of(const km_mineral *m, const int *map, int ncountries, int form, int country)
{
    return form < 0 || form >= m->nforms ? -1 : map[form * ncountries + country];
}

/* Whose feed a site takes and whose product it makes: its own country's, or that of the owner of the ore. */
static int owner(const sc_site *s) { return s->owner >= 0 ? s->owner : s->country; }

static kura_status make_hubs(compile_ctx *c, km_mineral *m, int *map)
{
    const kura_scenario_data *sc = c->sc;
    int nc = sc->ncountries, id = m->scenario_mineral;
    memset(map, -1, sizeof *map * (size_t)(m->nforms * nc));
#define MARK(f, country) map[(f)*nc + (country)] = 0
    for (int i = 0; i < sc->nsites; i++)
        if (sc->sites[i].mineral == id) {
            MARK(sc->sites[i].form, owner(&sc->sites[i]));
            if (sc->sites[i].kind == SC_SITE_REFINE) MARK(sc->sites[i].form - 1, owner(&sc->sites[i]));
        }
    for (int i = 0; i < sc->narcs; i++)
        if (sc->arcs[i].mineral == id) {
            MARK(sc->arcs[i].form, sc->arcs[i].from);
            MARK(sc->arcs[i].form, sc->arcs[i].to);
        }
    for (int i = 0; i < sc->ndemands; i++)
        if (sc->demands[i].mineral == id) MARK(sc->demands[i].form, sc->demands[i].country);
    for (int i = 0; i < sc->nstockpiles; i++)
        if (sc->stockpiles[i].mineral == id) {
            MARK(sc->stockpiles[i].form, sc->stockpiles[i].country);
            for (int k = 0; k < sc->stockpiles[i].nmembers; k++)
                MARK(sc->stockpiles[i].form, sc->stockpiles[i].members[k].country);
        }
#undef MARK
    for (int i = 0; i < m->nforms * nc; i++)
        if (map[i] == 0) map[i] = m->nhubs++;
    m->hubs = KURA_NEW(&c->model->arena, km_hub, (size_t)m->nhubs);
    m->hub_begin = KURA_NEW(&c->model->arena, int, (size_t)m->nforms + 1);
    KM_ALLOC(c, m->hubs && m->hub_begin);
    for (int f = 0, h = 0; f < m->nforms; f++) {
        m->hub_begin[f] = h;
        for (int k = 0; k < nc; k++)
            if (map[f * nc + k] >= 0) {
                km_hub *hub = &m->hubs[h++];
                hub->form = f;
                hub->country = k;
                hub->regime = c->country_regime[k];
                hub->up_hub = hub_of(m, map, nc, f + 1, k);
            }
        m->hub_begin[f + 1] = h;
    }
    return KURA_OK;
}

static void too_short(const compile_ctx *c, const sc_where *at, const char *key, double days)
{
    kura_diag_add(c->diag, KURA_DIAG_WARNING, at->file, at->line, 0, NULL,
                  "%s of %.3g days is below half a step of %.3g days and has no effect", key, days,
                  c->model->step_days);
}

static kura_status make_sites(compile_ctx *c, km_mineral *m, const int *map)
{
    const kura_scenario_data *sc = c->sc;
    for (int i = 0; i < sc->nsites; i++) m->nsites += sc->sites[i].mineral == m->scenario_mineral;
    m->sites = KURA_NEW(&c->model->arena, km_site, (size_t)m->nsites);
    KM_ALLOC(c, m->sites);
    int n = 0;
    for (int h = 0; h < m->nhubs; h++) {
        m->hubs[h].site_begin = n;
        for (int i = 0; i < sc->nsites; i++) {
            const sc_site *in = &sc->sites[i];
            if (in->mineral != m->scenario_mineral ||
                hub_of(m, map, sc->ncountries, in->form, owner(in)) != h)
                continue;
            km_site *s = &m->sites[n];
            s->id = in->id;
            s->scenario_site = i;
            s->hub = h;
            s->refine = in->kind == SC_SITE_REFINE;
            s->feed_hub = s->refine ? hub_of(m, map, sc->ncountries, in->form - 1, owner(in)) : -1;
            s->yield = s->refine ? in->yield : 1;
            s->x0 = quanta(m, in->output);
            s->d0 = s->refine ? km_input_for(s->x0, s->yield) : s->x0;
            s->regime = c->country_regime[in->country];
            s->lag = (int)floor(steps(c, in->lag_days) + 0.5);
            if (in->lag_days > 0 && s->lag == 0) too_short(c, &in->where, "lag", in->lag_days);
            s->process = m->nprocess;
            m->nprocess += s->lag;
            s->standby = in->standby;
            s->toll_arc = -1;
            s->fixed = in->lever != SC_LEVER_NONE;
            c->site_mineral_index[i] = n++;
        }
        m->hubs[h].site_end = n;
    }
    return KURA_OK;
}

static kura_status make_arcs(compile_ctx *c, km_mineral *m, const int *map)
{
    const kura_scenario_data *sc = c->sc;
    for (int i = 0; i < sc->narcs; i++) m->narcs += sc->arcs[i].mineral == m->scenario_mineral;
    m->arcs = KURA_NEW(&c->model->arena, km_arc, (size_t)m->narcs);
    m->arc_form_begin = KURA_NEW(&c->model->arena, int, (size_t)m->nforms + 1);
    KM_ALLOC(c, m->arcs && m->arc_form_begin);
    int n = 0;
    for (int f = 0; f < m->nforms; f++) {
        m->arc_form_begin[f] = n;
        for (int h = m->hub_begin[f]; h < m->hub_begin[f + 1]; h++) {
            m->hubs[h].arc_begin = n;
            for (int i = 0; i < sc->narcs; i++) {
                const sc_arc *in = &sc->arcs[i];
                if (in->mineral != m->scenario_mineral || in->form != f || in->to != m->hubs[h].country)
                    continue;
                km_arc *a = &m->arcs[n++];
                a->scenario_arc = i;
                a->from = hub_of(m, map, sc->ncountries, f, in->from);
                a->to = h;
                a->v = isnan(in->volume) ? NAN : quanta(m, in->volume);
                a->physical = isnan(in->cap) ? KM_NO_CAP : kura_min(KM_NO_CAP, quanta(m, in->cap));
                double lag = in->lag_steps >= 0 ? in->lag_steps : floor(steps(c, in->lag_days) + 0.5);
                a->lag = lag < 1 ? 1 : (int)lag;
                a->loss = in->loss;
                a->net = isnan(a->v) ? NAN : km_arriving(a, a->v);
                a->leak = in->leak;
                a->leak_via = -1;
                a->leak_lag = (int)floor(steps(c, in->leak_lag_days) + 0.5);
                if (in->leak_lag_days > 0 && a->leak_lag == 0)
                    too_short(c, &in->where, "leak_lag", in->leak_lag_days);
                a->firm = isnan(in->firm) ? sc->minerals[m->scenario_mineral].market.firm : in->firm;
                a->nspells = in->nroutes;
                for (int r = 0; r < in->nroutes; r++) a->spells[r] = in->routes[r];
                a->lever = in->lever;
                a->quota = -1;
                a->script = c->arc_script[i];
                a->lag_script = c->arc_lag[i];
            }
            for (int x = m->hubs[h].arc_begin + 1; x < n;
                 x++) { /* by exporter: sums of the fit must not depend on rows */
                km_arc key = m->arcs[x];
                int y = x - 1;
                for (; y >= m->hubs[h].arc_begin && m->arcs[y].from > key.from; y--)
                    m->arcs[y + 1] = m->arcs[y];
                m->arcs[y + 1] = key;
            }
            m->hubs[h].arc_end = n;
        }
        m->arc_form_begin[f + 1] = n;
    }
    return KURA_OK;
}

kura_status km_growth_path(compile_ctx *c, double gamma, const double **out)
{
    *out = NULL;
    if (gamma == 0) return KURA_OK;
    double *g = KURA_NEW(&c->model->arena, double, (size_t)c->model->steps);
    KM_ALLOC(c, g);
    double rate = kura_log(1 + gamma) * c->model->step_years;
    for (int t = 0; t < c->model->steps; t++)
        g[t] = t > c->model->burn ? kura_exp(rate * (t - c->model->burn)) : 1;
    *out = g;
    return KURA_OK;
}

static kura_status make_consumers(compile_ctx *c, km_mineral *m, const int *map)
{
    const kura_scenario_data *sc = c->sc;
    for (int i = 0; i < sc->ndemands; i++) m->nconsumers += sc->demands[i].mineral == m->scenario_mineral;
    m->consumers = KURA_NEW(&c->model->arena, km_consumer, (size_t)m->nconsumers);
    KM_ALLOC(c, m->consumers);
    int n = 0;
    for (int h = 0; h < m->nhubs; h++) {
        m->hubs[h].consumer_begin = n;
        for (int i = 0; i < sc->ndemands; i++) {
            const sc_demand *in = &sc->demands[i];
            if (in->mineral != m->scenario_mineral ||
                hub_of(m, map, sc->ncountries, in->form, in->country) != h)
                continue;
            km_consumer *k = &m->consumers[n++];
            k->scenario_demand = i;
            k->hub = h;
            k->priority = in->priority;
            if (in->priority > m->priorities) m->priorities = in->priority;
            k->D0 = quanta(m, in->rate);
            k->script = c->demand_script[i];
            k->focus = in->country == c->model->focus;
            KURA_TRY(km_growth_path(c, in->growth, &k->path)); /* profiles join in km_finish_network */
        }
        m->hubs[h].consumer_end = n;
    }
    return KURA_OK;
}

kura_status km_compile_network(compile_ctx *c, km_mineral *m)
{
    const sc_mineral *in = &c->sc->minerals[m->scenario_mineral];
    m->id = in->id;
    m->name = in->name;
    m->unit = in->unit;
    m->grade = in->grade;
    m->report = in->report;
    m->nforms = in->nforms;
    m->forms = in->forms;
    m->push = in->market.push;
    m->priorities = 1;
    int e = in->lattice_exponent != INT_MIN ? in->lattice_exponent : lattice_exponent(c, m->scenario_mineral);
    m->quantum = ldexp(1.0, e);
    int *map = calloc((size_t)(m->nforms * c->sc->ncountries) + 1, sizeof *map);
    if (!map) return kura_error_set(c->err, KURA_E_MEMORY, "not enough memory to compile the model");
    kura_status st = make_hubs(c, m, map);
    if (!st) st = make_sites(c, m, map);
    if (!st) st = make_arcs(c, m, map);
    if (!st) st = make_consumers(c, m, map);
    if (!st) st = km_make_tiers(c, m, map);
    free(map);
    return st;
}

/* ---- after the base flow ---- */

static void market_rules(const compile_ctx *c, km_mineral *m)
{
    const sc_market *k = &c->sc->minerals[m->scenario_mineral].market;
    m->beta_i = k->inventory_gain;
    m->beta_p = k->pipeline_gain;
    m->use_n = k->use_smoothing;
    memcpy(m->home, k->home_priority, sizeof m->home);
    m->spot_rounds = k->spot_rounds;
    m->latin_rounds = k->cleanup_rounds;
    m->q_wait = floor(steps(c, k->qualification_wait_days) + 0.5);
    m->q_ramp = floor(steps(c, k->qualification_ramp_days) + 0.5);
    m->loss_on = k->loss_on;
    m->panic = k->panic;
    m->front_loading = k->front_loading;
    m->loss_off = k->loss_off;
}

static void site_capacity(const compile_ctx *c, km_mineral *m, km_site *s)
{
    const sc_site *in = &c->sc->sites[s->scenario_site];
    const km_hub *hub = &m->hubs[s->hub];
    if (!isnan(in->input_capacity))
        s->K = quanta(m, in->input_capacity);
    else if (!isnan(in->capacity))
        s->K = s->refine ? km_input_for(quanta(m, in->capacity), s->yield) : quanta(m, in->capacity);
    else
        s->K = floor(s->d0 * (1 + in->spare));
    s->by_regime = !isnan(in->capacity_by_regime[0]);
    for (int r = 0; r < 3 && s->by_regime; r++) {
        double x = quanta(m, in->capacity_by_regime[r]);
        s->K_regime[r] = s->refine ? km_input_for(x, s->yield) : x;
    }
    if (s->by_regime) s->K = s->K_regime[0];
    double base = hub->X + hub->M;
    s->correction_share = base > 0 ? m->beta_i * (s->x0 / base) : 0;
    if (s->standby) s->correction_share = m->beta_i; /* it stands in for all that is missing */
    if (!m->push && !s->standby && s->x0 == 0 && s->K > 0 && !s->by_regime)
        kura_diag_add(
            c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
            "site \"%s\" has a capacity but no base output, and nobody will order from it; write \"standby: "
            "true\" if it is to run when stocks are below target",
            s->id);
    if (s->K < s->d0 * (1 - 1e-9) && !s->by_regime && !m->push)
        kura_diag_add(
            c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
            "site \"%s\": its capacity (%.6g t/year) is below its base output (%.6g t/year): the base flow "
            "cannot be kept",
            s->id, floor(s->yield * s->K) * m->quantum * 365.25 / c->model->step_days,
            s->x0 * m->quantum * 365.25 / c->model->step_days);
}

static int has_project(const kura_scenario_data *sc, int site)
{
    for (int i = 0; i < sc->nprojects; i++)
        if (sc->projects[i].site == site) return 1;
    return 0;
}

/* Where nothing is made, used or traded in the base flow, sites on standby hold a producer buffer of what
 * they could make, so that there is something to buy when others fail; it is there from the start unless it
 * is yet to be built. */
static double supplier_in_waiting(const compile_ctx *c, const km_mineral *m, km_hub *hub)
{
    double there = 0;
    hub->waiting = 0;
    if (hub->U0 + hub->E + hub->X > 0) return 0;
    for (int s = hub->site_begin; s < hub->site_end; s++) {
        const km_site *site = &m->sites[s];
        if (!site->standby) continue;
        hub->waiting += floor(site->yield * site->K);
        if (!has_project(c->sc, site->scenario_site)) there += floor(site->yield * site->K);
    }
    return there;
}

/* Weeks of cover, buffers, storage and the opening state [R2.5, A4, A5, B9]. */
/* What the scenario says of a hub, NULL. */
static const sc_hub *hub_as_given(const compile_ctx *c, const km_mineral *m, const km_hub *hub)
{
    const sc_hub *given = NULL;
    for (int i = 0; i < c->sc->nhubs; i++)
        if (c->sc->hubs[i].mineral == m->scenario_mineral && c->sc->hubs[i].form == hub->form &&
            c->sc->hubs[i].country == hub->country)
            given = &c->sc->hubs[i];
    return given;
}

static void hub_rules(const compile_ctx *c, km_mineral *m, km_hub *hub)
{
    const sc_market *k = &c->sc->minerals[m->scenario_mineral].market;
    const sc_hub *given = hub_as_given(c, m, hub);
    double base = hub->X + hub->M;
    hub->ret = hub->X > 0 ? kura_max(0, 1 - hub->E / hub->X) : 0;
    hub->m = base > 0 ? hub->M / base : 0;
    double cover = given && !isnan(given->cover_days) ? given->cover_days : k->cover_days;
    double buffer =
        given && !isnan(given->producer_buffer_days) ? given->producer_buffer_days : k->producer_buffer_days;
    hub->cover1 = 1 + steps(c, cover);
    hub->buffer = steps(c, buffer);
    hub->rule = hub->E > 0 ? (hub->X > 0 ? 0 : 2) : 1;
    double there = supplier_in_waiting(c, m, hub);
    double H = floor(hub->cover1 * hub->U0), B = floor(hub->buffer * (hub->E + hub->waiting));
    hub->fixed_point = H + B - hub->E - hub->U0;
    hub->no_storage = given && given->storage == SC_NO_STORAGE;
    hub->cap = hub->no_storage ? 0
               : given && !isnan(given->storage)
                   ? quanta(m, given->storage)
                   : floor(steps(c, k->storage_days) * (hub->U0 + hub->E + hub->waiting));
    hub->cap = kura_min(hub->cap, 0x1p50); /* beyond it floor() on the lattice would not be exact */
    hub->opening = given && !isnan(given->opening) ? quanta(m, given->opening)
                   : hub->no_storage               ? 0
                   : hub->waiting > 0              ? floor(hub->buffer * there)
                                                   : kura_max(0, hub->fixed_point);
    const sc_where *w = given ? &given->where : &c->sc->minerals[m->scenario_mineral].where;
    if (!m->push && hub->cap < H + B)
        kura_diag_add(c->diag, KURA_DIAG_WARNING, w->file, w->line, 0, NULL,
                      "hub %s/%s/%s: storage (%.6g t) is smaller than its target stock (%.6g t): production "
                      "there will be "
                      "held back",
                      m->id, m->forms[hub->form], c->sc->countries[hub->country], hub->cap * m->quantum,
                      (H + B) * m->quantum);
    double hmax = kura_max(m->home[0], kura_max(m->home[1], m->home[2]));
    if (!m->push && (1 - hmax) * H + B < hub->E)
        kura_diag_add(
            c->diag, KURA_DIAG_WARNING, w->file, w->line, 0, NULL,
            "hub %s/%s/%s: producer buffer and home priority leave less than one step of base exports; the "
            "base flow is not a fixed point (producer_buffer must be at least one step)",
            m->id, m->forms[hub->form], c->sc->countries[hub->country]);
}

/* The steady state must fit under the cap with the rule of step.md A10, by which fed sites share the space by
 * input and each rounds down: a cap of H + B alone can hold a site below its base output for ever. */
static void check_space(const compile_ctx *c, const km_mineral *m, const km_hub *hub)
{
    double fed = 0, inputs = 0;
    for (int s = hub->site_begin; s < hub->site_end; s++)
        if (m->sites[s].refine) {
            fed += m->sites[s].x0;
            inputs += m->sites[s].d0;
        }
    double target = floor(hub->cover1 * hub->U0) + floor(hub->buffer * hub->E);
    double space = hub->cap - (target - fed);
    for (int s = hub->site_begin; s < hub->site_end; s++) {
        const km_site *site = &m->sites[s];
        if (!site->refine || site->d0 == 0 || hub->cap < target) continue;
        if (floor((space * (site->d0 / inputs)) / site->yield) >= site->d0) continue;
        const sc_site *in = &c->sc->sites[site->scenario_site];
        kura_diag_add(
            c->diag, KURA_DIAG_WARNING, in->where.file, in->where.line, 0, NULL,
            "site \"%s\": the storage of %s/%s/%s leaves too little space for its base output when space is "
            "shared; give the hub more storage",
            site->id, m->id, m->forms[hub->form], c->sc->countries[hub->country]);
    }
}

static int find_arc(const km_mineral *m, int form, int from, int to)
{
    for (int a = m->arc_form_begin[form]; a < m->arc_form_begin[form + 1]; a++)
        if (m->hubs[m->arcs[a].from].country == from && m->hubs[m->arcs[a].to].country == to) return a;
    return -1;
}

/* Latin order [B7]: falling spot weight, ties by country. */
static int before(const km_mineral *m, const km_arc *a, const km_arc *b)
{
    if (a->spot != b->spot) return a->spot > b->spot;
    return m->hubs[a->from].country < m->hubs[b->from].country;
}

/* A trade that a lever declares is not there while the lever does not trade on it. */
static int is_closed(const km_arc *a) { return a->lever && !(a->v > 0); }

/* F = C_i / sum of C over the declared exporters of j [A9] */
static void spot_weights(const compile_ctx *c, km_mineral *m)
{
    for (int h = 0; h < m->nhubs; h++) {
        km_hub *hub = &m->hubs[h];
        double sum = 0;
        for (int a = hub->arc_begin; a < hub->arc_end; a++) sum += m->hubs[m->arcs[a].from].Cexp;
        for (int a = hub->arc_begin; a < hub->arc_end; a++)
            if (is_closed(&m->arcs[a])) sum -= m->hubs[m->arcs[a].from].Cexp;
        for (int a = hub->arc_begin; a < hub->arc_end; a++)
            m->arcs[a].spot = sum > 0 ? m->hubs[m->arcs[a].from].Cexp / sum : 0;
        for (int a = hub->arc_begin; a < hub->arc_end; a++) {
            km_arc *arc = &m->arcs[a];
            if (!arc->lever) continue;
            double cap = c->sc->arcs[arc->scenario_arc].cap;
            arc->physical = is_closed(arc) ? 0 : isnan(cap) ? KM_NO_CAP : kura_min(KM_NO_CAP, quanta(m, cap));
            if (is_closed(arc)) arc->spot = 0;
        }
    }
}

void km_capacity_to_export(const compile_ctx *c, km_mineral *m)
{
    for (int h = 0; h < m->nhubs; h++) {
        km_hub *hub = &m->hubs[h];
        const sc_hub *given = hub_as_given(c, m, hub);
        hub->Cexp = hub->E + hub->surplus;
        for (int s = hub->site_begin; s < hub->site_end; s++) {
            const km_site *site = &m->sites[s];
            hub->Cexp += kura_max(0, floor(site->yield * km_usual_capacity(site)) - site->x0);
        }
        if (given && !isnan(given->export_capacity)) hub->Cexp = quanta(m, given->export_capacity);
    }
    spot_weights(c, m);
}

static void sort_suppliers(km_mineral *m)
{
    for (int h = 0; h < m->nhubs; h++) {
        km_hub *hub = &m->hubs[h];
        int n = hub->arc_end - hub->arc_begin;
        for (int i = 1; i < n; i++) { /* insertion sort: the lists are short */
            km_arc key = m->arcs[hub->arc_begin + i];
            int j = i - 1;
            while (j >= 0 && before(m, &key, &m->arcs[hub->arc_begin + j])) {
                m->arcs[hub->arc_begin + j + 1] = m->arcs[hub->arc_begin + j];
                j--;
            }
            m->arcs[hub->arc_begin + j + 1] = key;
        }
        if (n > m->max_in_arcs) m->max_in_arcs = n;
    }
}

/* Places that arcs and sites refer to, once the arcs have their final order. */
static void link_arcs(const compile_ctx *c, km_mineral *m)
{
    for (int a = 0; a < m->narcs; a++) {
        const sc_arc *in = &c->sc->arcs[m->arcs[a].scenario_arc];
        if (in->leak_via >= 0) m->arcs[a].leak_via = find_arc(m, in->form, in->from, in->leak_via);
    }
    for (int s = 0; s < m->nsites; s++) {
        const sc_site *in = &c->sc->sites[m->sites[s].scenario_site];
        if (in->owner >= 0) m->sites[s].toll_arc = find_arc(m, in->form, in->country, in->owner);
    }
}

/* Where the stock is watched and required: the hub of the focus country that holds tiers (the last such
 * form), else its last hub with consumers. */
static void watch(const compile_ctx *c, km_mineral *m)
{
    m->watch_hub = -1;
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].country == c->model->focus && m->hubs[h].consumer_end > m->hubs[h].consumer_begin)
            m->watch_hub = h;
    for (int k = 0; k < m->ntiers; k++) /* pooled stocks are nobody's own */
        if (m->hubs[m->tiers[k].hub].country == c->model->focus && !km_is_pooled(&m->tiers[k])) {
            m->watch_hub = m->tiers[k].hub;
            m->has_drun = c->sc->tallies.required_stock;
        }
    if (m->has_drun)
        for (int i = m->hubs[m->watch_hub].tier_begin; i < m->hubs[m->watch_hub].tier_end; i++)
            m->tiers[i].group = !km_is_pooled(&m->tiers[i]);
    m->watch_use = m->watch_hub >= 0 && m->hubs[m->watch_hub].U0 > 0 ? m->hubs[m->watch_hub].U0 : 1;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].focus) m->base_focus_demand += m->consumers[k].D0;
}

/* World demand path of the final form [2.3a]; capacities follow it. */
static kura_status capacity_growth(compile_ctx *c, km_mineral *m)
{
    int any = 0;
    for (int k = 0; k < m->nconsumers; k++) {
        const km_consumer *q = &m->consumers[k];
        if (m->hubs[q->hub].form != m->nforms - 1) continue;
        m->D0_final += q->D0;
        any |= q->path != NULL;
    }
    if (!any || m->D0_final == 0) return KURA_OK;
    double *g = KURA_NEW(&c->model->arena, double, (size_t)c->model->steps);
    KM_ALLOC(c, g);
    for (int t = 0; t < c->model->steps; t++) {
        double sum = 0;
        for (int k = 0; k < m->nconsumers; k++) {
            const km_consumer *q = &m->consumers[k];
            if (m->hubs[q->hub].form == m->nforms - 1) sum += q->path ? q->D0 * q->path[t] : q->D0;
        }
        g[t] = sum / m->D0_final;
    }
    m->capacity_growth = g;
    return KURA_OK;
}

/* The factor by which D0 becomes `want` quanta, rounded down as the step does it. */
static double factor_for(double want, double D0)
{
    double factor = want / D0;
    while (floor(D0 * factor) < want) factor = nextafter(factor, INFINITY);
    return factor;
}

/* Profiles act on demand alone: capacities follow growth but no season [4.3]. */
static kura_status demand_profiles(compile_ctx *c, km_mineral *m)
{
    for (int k = 0; k < m->nconsumers; k++) {
        km_consumer *q = &m->consumers[k];
        const sc_demand *in = &c->sc->demands[q->scenario_demand];
        if (in->profile < 0 || q->D0 == 0) continue;
        const sc_profile *p = &c->sc->profiles[in->profile];
        double *path = KURA_NEW(&c->model->arena, double, (size_t)c->model->steps);
        KM_ALLOC(c, path);
        for (int t = 0; t < c->model->steps; t++)
            path[t] = p->absolute ? factor_for(quanta(m, p->values[t]), q->D0)
                                  : (q->path ? q->path[t] : 1) * p->values[t];
        q->path = path;
    }
    return KURA_OK;
}

/* The importing side of the market, whose shortage drives the price [4.2]: hubs with class-1 consumers that
 * import more than they export. */
static void importing_side(km_mineral *m)
{
    for (int pass = 0, any = 0; pass < 2 && !any;
         pass++) /* a closed economy has no importers: then everyone counts */
        for (int k = 0; k < m->nconsumers; k++) {
            km_consumer *q = &m->consumers[k];
            km_hub *hub = &m->hubs[q->hub];
            if (q->priority != 1 || (!pass && !(hub->M > hub->E))) continue;
            q->scarcity = hub->importing = any = 1;
        }
}

/* What is filled in proportion to orders: the base flow without offtake [7.6]. */
static void contracts(km_mineral *m)
{
    m->any_quota = 0;
    for (int h = 0; h < m->nhubs; h++) m->hubs[h].contracted = m->hubs[h].Mo;
    for (int a = 0; a < m->narcs; a++) {
        km_arc *arc = &m->arcs[a];
        arc->contract = arc->v - arc->offtake;
        m->hubs[arc->to].contracted -= arc->offtake;
        m->any_quota |= arc->quota >= 0;
    }
}

/* Whose inbound supply is worth knowing: hubs that may have to qualify suppliers, and those that a stockpile
 * looks at, in its country from the form it holds to the final one [6.3]. */
static void who_looks(km_mineral *m)
{
    for (int a = 0; a < m->narcs; a++)
        if (!(m->arcs[a].v > 0)) m->hubs[m->arcs[a].to].qualifies = 1;
    for (int h = 0; h < m->nhubs; h++) {
        m->hubs[h].looks = m->hubs[h].qualifies;
        for (int k = 0; k < m->ntiers; k++)
            if (h >= m->tiers[k].hub && m->hubs[h].country == m->hubs[m->tiers[k].hub].country)
                m->hubs[h].looks = 1;
    }
}

kura_status km_finish_network(compile_ctx *c, km_mineral *m)
{
    market_rules(c, m);
    for (int s = 0; s < m->nsites; s++) site_capacity(c, m, &m->sites[s]);
    for (int h = 0; h < m->nhubs; h++) {
        hub_rules(c, m, &m->hubs[h]);
        if (!m->push) check_space(c, m, &m->hubs[h]);
    }
    for (int a = 0; a < m->narcs; a++) m->arcs[a].established = m->arcs[a].v;
    km_capacity_to_export(c, m);
    sort_suppliers(m);
    contracts(m);
    link_arcs(c, m);
    KURA_TRY(km_size_tiers(c, m));
    who_looks(m);
    watch(c, m);
    importing_side(m);
    KURA_TRY(capacity_growth(c, m));
    return demand_profiles(c, m);
}

/* Who has lost sales to something that may come late can go back to what it made: with half of its stock gone
 * it aims at its old output.  By the usual gain alone it would end at its new output and an eighth of its
 * stock more, however much capacity stands idle.  All gains of a hub stay within 0.5 [C3]. */
static void stand_by(km_mineral *m, const km_mineral *base)
{
    for (int h = 0; h < m->nhubs; h++) {
        const km_hub *hub = &m->hubs[h];
        double lost = 0, stock = floor(hub->cover1 * hub->U0) + floor(hub->buffer * hub->E);
        for (int s = hub->site_begin; s < hub->site_end; s++)
            if (!m->sites[s].basket) lost += kura_max(0, base->sites[s].x0 - m->sites[s].x0);
        double gain = stock > 0 ? kura_min(0.5 - m->beta_i, 2 * lost / stock) : 0;
        for (int s = hub->site_begin; s < hub->site_end && lost > 0; s++) {
            km_site *site = &m->sites[s];
            double part = kura_max(0, base->sites[s].x0 - site->x0) / lost;
            if (!site->basket) site->correction_share = kura_max(site->correction_share, gain * part);
        }
    }
}

kura_status km_refinish_network(compile_ctx *c, km_mineral *m, const km_mineral *before)
{
    for (int s = 0; s < m->nsites; s++) {
        km_site *site = &m->sites[s];
        double base = m->hubs[site->hub].X + m->hubs[site->hub].M;
        site->correction_share = site->standby ? m->beta_i : base > 0 ? m->beta_i * (site->x0 / base) : 0;
    }
    for (int h = 0; h < m->nhubs; h++) {
        hub_rules(c, m, &m->hubs[h]);
        m->hubs[h].cap = kura_max(m->hubs[h].cap, before->hubs[h].cap); /* stores are not torn down */
    }
    for (int a = 0; a < m->narcs; a++)
        m->arcs[a].established = kura_max(before->arcs[a].established, m->arcs[a].v);
    stand_by(m, &c->model->minerals[m->scenario_mineral]);
    km_capacity_to_export(c, m);
    contracts(m);
    who_looks(m);
    return KURA_OK;
}
