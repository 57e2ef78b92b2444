/* Random small scenarios, see random_model.h. */
#include "random_model.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const meta_countries[META_COUNTRIES] = {"AUS", "CHN", "JPN", "KOR", "USA"};
const char *const meta_forms[META_FORMS] = {"ore", "oxide", "metal"};

/* ---- numbers ---- */

static uint64_t next(meta_rng *g) /* xorshift64* */
{
    g->state ^= g->state >> 12;
    g->state ^= g->state << 25;
    g->state ^= g->state >> 27;
    return g->state * 2685821657736338717u;
}

void meta_seed(meta_rng *g, uint64_t number)
{
    g->state = 88172645463325252u + 1000003 * number;
    for (int i = 0; i < 20; i++) next(g);
}

int meta_below(meta_rng *g, int n) { return (int)((next(g) >> 33) % (uint64_t)n); }
double meta_mass(meta_rng *g, double most) { return (1 + meta_below(g, (int)(most * 64))) / 64.0; }
static int chance(meta_rng *g, int percent) { return meta_below(g, 100) < percent; }

/* Round numbers now and then, so that ties occur. */
static double amount(meta_rng *g, double most)
{
    return chance(g, 30) ? most / 4 * (1 + meta_below(g, 4)) : meta_mass(g, most);
}

/* ---- questions ---- */

int meta_has_sites(const meta_model *m, int mineral, int form, int country)
{
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].mineral == mineral && m->sites[i].form == form && m->sites[i].country == country)
            return 1;
    return 0;
}

int meta_exports(const meta_model *m, int mineral, int form, int country)
{
    for (int i = 0; i < m->narcs; i++)
        if (m->arcs[i].mineral == mineral && m->arcs[i].form == form && m->arcs[i].from == country) return 1;
    return 0;
}

int meta_imports(const meta_model *m, int mineral, int form, int country)
{
    for (int i = 0; i < m->narcs; i++)
        if (m->arcs[i].mineral == mineral && m->arcs[i].form == form && m->arcs[i].to == country) return 1;
    return 0;
}

meta_hub *meta_hub_row(meta_model *m, int mineral, int form, int country)
{
    for (int i = 0; i < m->nhubs; i++)
        if (m->hubs[i].mineral == mineral && m->hubs[i].form == form && m->hubs[i].country == country)
            return &m->hubs[i];
    if (m->nhubs == META_MOST) abort();
    m->hubs[m->nhubs] = (meta_hub){mineral, form, country, META_NONE, META_NONE, META_NONE, META_NONE};
    return &m->hubs[m->nhubs++];
}

#define DROP(name, type, list, n)                                                                            \
    void meta_drop_##name(meta_model *m, int (*drop)(const type *, const void *), const void *user)          \
    {                                                                                                        \
        int k = 0;                                                                                           \
        for (int i = 0; i < m->n; i++)                                                                       \
            if (!drop(&m->list[i], user)) m->list[k++] = m->list[i];                                         \
        m->n = k;                                                                                            \
    }
DROP(arcs, meta_arc, arcs, narcs)
DROP(sites, meta_site, sites, nsites)
DROP(demands, meta_demand, demands, ndemands)
DROP(tiers, meta_tier, tiers, ntiers)
DROP(hubs, meta_hub, hubs, nhubs)

/* ---- making ---- */

static void make_sites(meta_model *m, meta_rng *g, int id, int F, int anchor,
                       int has[META_FORMS][META_COUNTRIES])
{
    for (int f = 0; f < F; f++)
        for (int c = 0; c < META_COUNTRIES; c++) {
            has[f][c] = c == anchor || chance(g, 40);
            int n = has[f][c] ? 1 + chance(g, 25) : 0;
            for (int k = 0; k < n; k++) {
                meta_site *s = &m->sites[m->nsites++];
                *s = (meta_site){.mineral = id,
                                 .form = f,
                                 .country = c,
                                 .plants = 1 + meta_below(g, 3),
                                 .yield = 1,
                                 .input_capacity = META_NONE,
                                 .availability = 1};
                snprintf(s->id, sizeof s->id, "m%d-%s-%s-%d", id, meta_forms[f], meta_countries[c], k);
                s->kind = f == 0 ? META_MINE : chance(g, 20) ? META_RECYCLE : META_REFINE;
                s->output = chance(g, 4) ? 0 : amount(g, 20);
                s->spare = meta_below(g, 4) / 4.0;
                if (s->kind == META_REFINE && chance(g, 50)) s->yield = 0.5 + meta_below(g, 4) / 8.0;
                if (chance(g, 4)) s->output = s->spare = 0;
                if (chance(g, 20)) {
                    s->from = meta_below(g, 20);
                    s->to = s->from + 5 + meta_below(g, 20);
                    s->availability = meta_below(g, 8) / 8.0;
                }
            }
        }
}

static void make_arcs(meta_model *m, meta_rng *g, int id, int F, int anchor,
                      int has[META_FORMS][META_COUNTRIES])
{
    int monotone = m->open_loop;
    for (int f = 0; f < F; f++) {
        int trader = meta_below(g, META_COUNTRIES); /* sells on what it buys, if it has no site */
        for (int to = 0; to < META_COUNTRIES; to++) {
            int lag = 1 + meta_below(g, 5), route = meta_below(g, 3 * META_ROUTES);
            for (int from = 0; from < META_COUNTRIES; from++) {
                int needed = from == anchor && !has[f][to];
                int other = (has[f][from] || (from == trader && to != anchor)) && chance(g, 35);
                if (from == to || !(needed || other) || (monotone && has[f][to])) continue;
                meta_arc *a = &m->arcs[m->narcs++];
                *a = (meta_arc){.mineral = id,
                                .form = f,
                                .from = from,
                                .to = to,
                                .lag = monotone ? lag : 1 + meta_below(g, 5),
                                .cap = META_NONE,
                                .firm = META_NONE};
                int declared = !needed && chance(g, 30);
                a->volume = declared ? 0 : !monotone && chance(g, 33) ? META_NONE : amount(g, 8);
                if (a->volume > 0 && chance(g, 15)) a->cap = 1.25 * a->volume;
                if (chance(g, 25)) a->firm = meta_below(g, 5) / 4.0;
                if (!monotone) route = meta_below(g, 3 * META_ROUTES);
                if (route < META_ROUTES) a->routes[a->nroutes++] = route;
                if (route == META_ROUTES) a->nroutes = 2, a->routes[0] = 0, a->routes[1] = 1;
            }
        }
    }
}

static void make_demand(meta_model *m, meta_rng *g, int id, int F)
{
    int grows = !m->open_loop && chance(g, 25);
    for (int f = F - 1; f >= 0; f--)
        for (int c = 0; c < META_COUNTRIES; c++) {
            int n = f == F - 1 ? 1 + chance(g, 33) : chance(g, 20);
            for (int k = 0; k < n; k++) {
                meta_demand *d = &m->demands[m->ndemands++];
                *d = (meta_demand){.mineral = id,
                                   .form = f,
                                   .country = c,
                                   .priority = 1 + meta_below(g, 2),
                                   .rate = amount(g, 12)};
                if (grows && chance(g, 50)) d->growth = 0.05;
                snprintf(d->sector, sizeof d->sector, "s%d", k);
            }
        }
}

static void make_tiers(meta_model *m, meta_rng *g, int id, int F)
{
    int n = 2 + meta_below(g, 2);
    for (int k = 0; k < n; k++) {
        meta_tier *t = &m->tiers[m->ntiers++];
        *t = (meta_tier){.mineral = id,
                         .form = meta_below(g, F),
                         .country = chance(g, 70) ? META_JPN : meta_below(g, META_COUNTRIES),
                         .owner = k,
                         .delay = meta_below(g, 4),
                         .minimum = meta_below(g, 5),
                         .always = chance(g, 30),
                         .opening = meta_mass(g, 60),
                         .floor = 0,
                         .at_most = META_NONE};
        if (chance(g, 25)) t->floor = meta_mass(g, t->opening);
        if (chance(g, 50)) t->at_most = amount(g, 4);
        snprintf(t->id, sizeof t->id, "t%d-%d", id, k);
    }
}

static void make_hubs(meta_model *m, meta_rng *g, int id, int F, int monotone)
{
    for (int f = 0; f < F; f++)
        for (int c = 0; c < META_COUNTRIES; c++) {
            int used = meta_has_sites(m, id, f, c) || meta_imports(m, id, f, c) || meta_exports(m, id, f, c);
            if (!used || !(monotone || chance(g, 30))) continue;
            meta_hub *h = meta_hub_row(m, id, f, c);
            if (monotone || chance(g, 40)) h->opening = chance(g, 20) ? 0 : meta_mass(g, 50);
            if (monotone || chance(g, 60)) h->export_capacity = 5 * (1 + meta_below(g, 4)); /* ties */
            if (chance(g, 40)) h->cover = meta_below(g, 5) / 2.0;
            if (chance(g, monotone ? 40 : 15)) h->storage = 20 + meta_mass(g, 80);
        }
}

/* Random numbers of their own, so that a new element leaves the models otherwise as they are. */
static void make_extras(meta_model *m)
{
    meta_rng g;
    meta_seed(&g, m->number + 500009);
    if (chance(&g, 50)) return;
    for (int i = 0; i < m->nsites; i++)
        if (chance(&g, 30)) m->sites[i].lag = 1 + meta_below(&g, 4);
    for (int i = 0; i < m->narcs; i++)
        if (chance(&g, 20)) m->arcs[i].loss = (1 + meta_below(&g, 4)) / 32.0;
    for (int i = 0; i < m->ntiers; i++) {
        if (chance(&g, 30)) m->tiers[i].half_life = 20 + meta_below(&g, 100);
        if (!m->tiers[i].always && chance(&g, 60)) m->tiers[i].refill = meta_mass(&g, 4);
    }
    m->notice = chance(&g, 50);
    if (chance(&g, 50))
        snprintf(m->by_product, sizeof m->by_product, "%s", m->sites[meta_below(&g, m->nsites)].id);
}

void meta_make(meta_model *m, uint64_t number, meta_profile profile)
{
    static const double homes[][3] = {{0.5, 0.75, 1}, {0, 0, 0}, {1, 1, 1}, {0.25, 0.5, 0.5}};
    static const int anchors[] = {META_AUS, META_CHN,
                                  META_USA}; /* of every form, so that each buyer has a seller */
    meta_rng g;
    int monotone = profile == META_MONOTONE;
    memset(m, 0, sizeof *m);
    m->number = number;
    meta_seed(&g, 2 * number + (uint64_t)monotone);
    m->push = m->open_loop = monotone;
    m->price = !monotone;
    m->nminerals = META_MINERALS;
    m->exponent = chance(&g, 50) ? -20 : 0;
    m->spot_rounds = meta_below(&g, 5);
    m->cleanup_rounds = meta_below(&g, 6);
    m->wait = 1 + meta_below(&g, 6);
    m->ramp = meta_below(&g, 6);
    m->cover = 1 + meta_below(&g, 6);
    memcpy(m->home, homes[meta_below(&g, 4)], sizeof m->home);
    m->firm = meta_below(&g, 5) / 4.0;
    m->storage = 52;
    m->elasticity = 0.2;
    m->volatility = 0.4;
    m->substitution = 0.2;
    for (int i = 0; i < META_MINERALS; i++) {
        int F = m->forms[i] = 1 + meta_below(&g, META_FORMS), anchor = anchors[meta_below(&g, 3)];
        int has[META_FORMS][META_COUNTRIES];
        make_sites(m, &g, i, F, anchor, has);
        make_arcs(m, &g, i, F, anchor, has);
        make_demand(m, &g, i, F);
        make_tiers(m, &g, i, F);
        make_hubs(m, &g, i, F, monotone);
        m->restricting |= 1u << anchor;
    }
    m->restricting |= 1u << meta_below(&g, META_COUNTRIES);
    m->regimes = m->outage_countries = (1u << META_COUNTRIES) - 1;
    m->outages = m->shocks = m->routes = m->scripts = 1;
    m->correlation = chance(&g, 33);
    m->target = META_JPN;
    for (int i = 0; i < 4; i++) m->rate[i] = 0.2 + meta_below(&g, 8) / 8.0;
    m->paths = 64;
    m->steps = 60;
    m->focus = META_JPN;
    m->parts = 1;
    if (!monotone) make_extras(m);
}

void meta_plain(meta_model *m)
{
    for (int i = 0; i < m->nsites; i++) m->sites[i].lag = 0;
    for (int i = 0; i < m->narcs; i++) m->arcs[i].loss = 0;
    for (int i = 0; i < m->ntiers; i++) m->tiers[i].half_life = 0, m->tiers[i].refill = 0;
    m->notice = 0;
    m->by_product[0] = 0;
}

/* ---- writing ---- */

static char yaml[1 << 18];
static size_t used;
__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    used += (size_t)vsnprintf(yaml + used, sizeof yaml - used, format, args);
    va_end(args);
    if (used >= sizeof yaml) abort();
}

static const char *added(const meta_model *m, meta_place place, int index)
{
    const char *text = m->add ? m->add(place, index) : NULL;
    return text ? text : "";
}

static double scale_now;
static int parts_now;
static void put_mass(const char *key, double t,
                     const char *unit) /* flows are per week in the model, per step in the file */
{
    if (t >= 0) put(", %s: %.17g %s", key, t * scale_now / (strcmp(unit, "t") ? parts_now : 1), unit);
}

/* A permutation of 0..n-1: as it is, or drawn. */
static void permute(int *p, int n, uint64_t shuffle, uint64_t salt)
{
    meta_rng g;
    meta_seed(&g, shuffle + (salt << 32));
    for (int i = 0; i < n; i++) p[i] = i;
    for (int i = n - 1; i > 0 && shuffle; i--) {
        int j = meta_below(&g, i + 1), t = p[i];
        p[i] = p[j];
        p[j] = t;
    }
}

static void put_minerals(const meta_model *m, meta_style s)
{
    int p[META_MOST];
    permute(p, m->nminerals, s.shuffle, 1);
    put("minerals:\n");
    for (int i = 0; i < m->nminerals; i++) {
        int id = p[i];
        put("  m%d: {forms: [", id);
        for (int f = 0; f < m->forms[id]; f++) put("%s%s", f ? ", " : "", meta_forms[f]);
        put("]");
        if (m->exponent) put(", lattice_exponent: %d", m->exponent + s.exponent);
        if (*added(m, META_AT_PRICE, id))
            put("%s", added(m, META_AT_PRICE, id));
        else if (m->price)
            put(", price: {initial: %.17g USD/t, half_life: 1 year, volatility: %g %%/sqrt(year), scarcity: "
                "4},"
                " demand_response: {elasticity: %g, substitution: {limit: %g %%, lag: 30 weeks}}",
                100 * (s.usd ? s.usd : 1), 100 * m->volatility, m->elasticity, 100 * m->substitution);
        put("%s}\n", added(m, META_AT_MINERAL, id));
    }
    put("%s", added(m, META_AT_MINERALS, 0));
}

static void put_sites(const meta_model *m, meta_style s)
{
    static const char *const kinds[] = {"mine", "refine", "recycle"};
    int p[META_MOST];
    permute(p, m->nsites, s.shuffle, 2);
    put("network:\n  sites:\n");
    for (int i = 0; i < m->nsites; i++) {
        const meta_site *x = &m->sites[p[i]];
        put("    %s: {mineral: m%d, form: %s, country: %s, kind: %s, plants: %d", x->id, x->mineral,
            meta_forms[x->form], meta_countries[x->country], kinds[x->kind], x->plants);
        put_mass("output", x->output, "t/step");
        if (*added(m, META_AT_CAPACITY, p[i]))
            put("%s", added(m, META_AT_CAPACITY, p[i]));
        else if (x->input_capacity >= 0)
            put_mass(x->kind == META_REFINE ? "input_capacity" : "capacity", x->input_capacity, "t/step");
        else
            put(", spare: %.17g", x->spare);
        if (x->lag) put(", lag: %d weeks", x->lag);
        if (x->yield != 1) put(", yield: %.17g", x->yield);
        put("%s}\n", added(m, META_AT_SITE, p[i]));
    }
    put("%s", added(m, META_AT_SITES, 0));
}

/* Of others the reader complains. */
unsigned meta_restricting(const meta_model *m)
{
    unsigned exporters = 0;
    for (int i = 0; i < m->narcs; i++) exporters |= 1u << m->arcs[i].from;
    return m->restricting & exporters;
}

static void put_trade(const meta_model *m, meta_style s)
{
    int p[META_MOST];
    permute(p, m->narcs, s.shuffle, 3);
    put("  trade:%s\n", m->narcs || s.idle_buyer ? "" : " []");
    for (int i = 0; i < m->narcs; i++) {
        const meta_arc *x = &m->arcs[p[i]];
        put("    - {mineral: m%d, form: %s, from: %s, to: %s, lag_steps: %d", x->mineral, meta_forms[x->form],
            meta_countries[x->from], meta_countries[x->to], x->lag * m->parts);
        put_mass("volume", x->volume, "t/step");
        put_mass("cap", x->cap, "t/step");
        if (x->firm >= 0) put(", firm: %.17g", x->firm);
        if (x->loss > 0) put(", loss: %.17g", x->loss);
        if (m->more && x->volume > 0 && meta_restricting(m) >> x->from & 1 && p[i] % 3 == 0)
            put(", leak: 25 %%, leak_lag: %d weeks", (int)(m->number % 3));
        if (m->routes && x->nroutes) put(", routes: [r%d%s]", x->routes[0], x->nroutes > 1 ? ", r1" : "");
        put("%s}\n", added(m, META_AT_TRADE, p[i]));
    }
    put("%s", added(m, META_AT_TRADES, 0));
    for (int id = 0; id < m->nminerals && s.idle_buyer; id++)
        for (int f = 0; f < m->forms[id]; f++)
            for (int c = 0; c < META_COUNTRIES; c++)
                if (meta_has_sites(m, id, f, c) || meta_exports(m, id, f, c))
                    put("    - {mineral: m%d, form: %s, from: %s, to: IDN, lag_steps: 2%s}\n", id,
                        meta_forms[f], meta_countries[c], c % 2 ? ", volume: 0 t/step" : "");
}

static void put_demand(const meta_model *m, meta_style s)
{
    int p[META_MOST];
    permute(p, m->ndemands, s.shuffle, 4);
    put("  demand:\n");
    for (int i = 0; i < m->ndemands; i++) {
        const meta_demand *x = &m->demands[p[i]];
        put("    - {mineral: m%d, form: %s, country: %s, sector: %s, priority: %d", x->mineral,
            meta_forms[x->form], meta_countries[x->country], x->sector, x->priority);
        put_mass("rate", x->rate, "t/step");
        if (x->growth) put(", growth: %g %%/year", 100 * x->growth);
        put("%s}\n", added(m, META_AT_DEMAND, p[i]));
    }
    put("%s", added(m, META_AT_DEMANDS, 0));
    for (int id = 0; id < m->nminerals && s.idle_buyer; id++)
        for (int f = 0; f < m->forms[id]; f++)
            put("    - {mineral: m%d, form: %s, country: IDN, rate: 0 t/step}\n", id, meta_forms[f]);
}

static int exists(const meta_model *m, int mineral, int form, int country)
{
    if (meta_has_sites(m, mineral, form, country) || meta_exports(m, mineral, form, country) ||
        meta_imports(m, mineral, form, country))
        return 1;
    for (int i = 0; i < m->ndemands; i++)
        if (m->demands[i].mineral == mineral && m->demands[i].form == form &&
            m->demands[i].country == country)
            return 1;
    return 0;
}

static void put_hubs(const meta_model *m, meta_style s)
{
    int p[META_MOST];
    if (!m->nhubs && !*added(m, META_AT_HUBS, 0)) return;
    permute(p, m->nhubs, s.shuffle, 5);
    put("  hubs:\n");
    for (int i = 0; i < m->nhubs; i++) {
        const meta_hub *x = &m->hubs[p[i]];
        if (!exists(m, x->mineral, x->form, x->country)) continue;
        put("    - {mineral: m%d, form: %s, country: %s", x->mineral, meta_forms[x->form],
            meta_countries[x->country]);
        put_mass("opening", x->opening, "t");
        put_mass("storage", x->storage, "t");
        put_mass("export_capacity", x->export_capacity, "t/step");
        if (x->cover >= 0) put(", cover: %.17g weeks", x->cover);
        put("%s}\n", added(m, META_AT_HUB, p[i]));
    }
    put("%s", added(m, META_AT_HUBS, 0));
}

static void put_hosts(const meta_model *m)
{
    if (*added(m, META_AT_HOSTS, 0)) {
        put("%s", added(m, META_AT_HOSTS, 0));
        return;
    }
    for (int i = 0; i < m->nsites; i++)
        if (m->by_product[0] && !strcmp(m->sites[i].id, m->by_product))
            put("  host_indices: {steel: {sd: 30 %%, half_life: 1 year}}\n  hosts: [{site: %s, host: "
                "steel}]\n",
                m->by_product);
}

static int has_sector(const meta_model *m, const meta_tier *t)
{
    for (int i = 0; i < m->ndemands; i++)
        if (m->demands[i].mineral == t->mineral && m->demands[i].form == t->form &&
            m->demands[i].country == t->country && !strcmp(m->demands[i].sector, "s0"))
            return 1;
    return 0;
}

/* What `more` asks for, of random numbers of its own. */
static void put_more_of_tier(const meta_model *m, const meta_tier *t, int number)
{
    meta_rng g;
    meta_seed(&g, m->number + 900007 * (uint64_t)(number + 1));
    int trigger = meta_below(&g, 5);
    if (!t->always && trigger < 2) put(", trigger: %s", trigger ? "cover" : "shortage");
    if (chance(&g, 20)) put(", release_at: %d days", 7 * (1 + meta_below(&g, 3)));
    if (chance(&g, 25) && has_sector(m, t)) put(", sectors: [s0]");
    if (t->half_life || !chance(&g, 30)) return;
    put(", shelf_life: %d weeks, rotation: 0.3 /year, opening_age: %s", 10 + meta_below(&g, 30),
        chance(&g, 50) ? "mixed" : "fresh");
}

static void put_tiers(const meta_model *m, meta_style s)
{
    static const char *const owners[] = {"private", "national", "joint"};
    int p[META_MOST];
    if (!m->ntiers) return;
    permute(p, m->ntiers, s.shuffle, 6);
    put("stockpiles:\n");
    for (int i = 0; i < m->ntiers; i++) {
        const meta_tier *x = &m->tiers[p[i]];
        put("  %s: {owner: %s, mineral: m%d, form: %s, country: %s, delay: %d weeks, minimum: %d weeks%s",
            x->id, owners[x->owner], x->mineral, meta_forms[x->form], meta_countries[x->country], x->delay,
            x->minimum, x->always ? ", trigger: always" : "");
        put_mass("opening", x->opening, "t");
        put_mass("floor", x->floor, "t");
        put_mass("at_most", x->at_most, "t/step");
        if (x->half_life) put(", half_life: %d weeks", x->half_life);
        if (x->refill > 0) put(", refill: {at_most: %.17g t/step}", x->refill * scale_now / parts_now);
        if (m->more) put_more_of_tier(m, x, p[i]);
        put("%s}\n", added(m, META_AT_TIER, p[i]));
    }
    put("%s", added(m, META_AT_TIERS, 0));
}

int meta_on_route(const meta_model *m, int route)
{
    for (int i = 0; i < m->narcs; i++)
        for (int k = 0; k < m->arcs[i].nroutes; k++)
            if (m->arcs[i].routes[k] == route) return 1;
    return 0;
}

static int any_site(const meta_model *m, int country, int mine)
{
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].country == country && (!mine || m->sites[i].kind == META_MINE)) return 1;
    return 0;
}

static int any_plant(const meta_model *m)
{
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].kind != META_MINE && m->outage_countries >> m->sites[i].country & 1) return 1;
    return 0;
}

static void put_outages(const meta_model *m, meta_style s)
{
    int p[2];
    if (!m->outages) return;
    permute(p, 2, s.shuffle_hazards ? s.shuffle : 0, 7);
    put("  outages:\n");
    for (int i = 0; i < 2; i++) {
        if (p[i] && (m->mines_only || !any_plant(m))) continue;
        if (p[i])
            put("    accident: {label: b, select: {kinds: [refine, recycle], countries: [");
        else
            put("    plant: {select: {%scountries: [", m->mines_only ? "kinds: [mine], " : "");
        for (int c = 0, n = 0; c < META_COUNTRIES; c++)
            if (m->outage_countries >> c & 1) put("%s%s", n++ ? ", " : "", meta_countries[c]);
        put("]}, ");
        if (p[i])
            put("mttf: 1 year, mttr: {exponential: {mean: 3 weeks}}, units: site}\n");
        else
            put("mttf: 20 weeks, mttr: {lognormal: {median: %g weeks, sigma: 0.8}}, derating: {uniform: "
                "{min: 30 %%, max: 100 %%}}}\n",
                4 * m->rate[0]);
    }
    put("%s", added(m, META_AT_OUTAGES, 0));
}

int meta_sells_to(const meta_model *m, int from, int to)
{
    for (int i = 0; i < m->narcs; i++)
        if (m->arcs[i].from == from && m->arcs[i].to == to) return 1;
    return 0;
}

static void put_ban(const meta_model *m, int c)
{
    put("    ban-%c: {exporter: %s, minerals: all, ", 'a' + c, meta_countries[c]);
    if (*added(m, META_AT_ONSET, c))
        put("%s", added(m, META_AT_ONSET, c));
    else
        put("onset: %g /year", m->rate[2]);
    put(", types: {licence: {share: 60 %%, freeze: {uniform: {min: 0 weeks, max: 6 weeks}}, severity: "
        "{uniform: "
        "{min: 20 %%, max: 100 %%}}, duration: {lognormal: {median: 10 weeks, sigma: 0.8}}, "
        "relaxation_half_life: 4 weeks%s%s%s}, %sembargo: {share: 40 %%, duration: {exponential: {mean: 8 "
        "weeks}}",
        m->notice ? ", notice: 3 weeks" : "", m->more ? ", escalation: {probability: 50 %, to: severe}" : "",
        added(m, META_AT_LICENCE, c),
        m->more ? "severe: {share: 0 %, severity: 90 %, duration: {exponential: {mean: 6 weeks}}}, " : "");
    if (*added(m, META_AT_TARGET, c))
        put("%s", added(m, META_AT_TARGET, c));
    else if (m->target >= 0 && meta_sells_to(m, c, m->target))
        put(", target: %s", meta_countries[m->target]);
    put("}}%s%s}\n",
        m->more && m->number % 2 ? ", in_force: [{mineral: m0, type: licence, age: 17.5 days}]" : "",
        added(m, META_AT_BAN, c));
}

static void put_hazards(const meta_model *m, meta_style s)
{
    int p[META_COUNTRIES];
    unsigned bans = meta_restricting(m);
    put("hazards:\n");
    if (m->regimes) put("  regimes:\n");
    permute(p, META_COUNTRIES, s.shuffle_hazards ? s.shuffle : 0, 8);
    for (int i = 0; i < META_COUNTRIES; i++)
        if (m->regimes >> p[i] & 1)
            put("    %s: {tension: %g /year, coercion: 1 /year, relax: 2 /year%s%s}\n", meta_countries[p[i]],
                2 * m->rate[p[i] % 4],
                *added(m, META_AT_REGIME, p[i]) ? added(m, META_AT_REGIME, p[i])
                                                : ", ease: 4 /year, start: stationary",
                p[i] % 2 && !m->mines_only ? ", availability: [1, 0.9, 0.7]" : "");
    put_outages(m, s);
    if (m->shocks) /* selected by kind, so that all sites of a kind share the draws */
        put("  shocks:\n"
            "    world: {country: WLD, rate: %g /year, severity: 60 %%, duration: {exponential: {mean: 4 "
            "weeks}}, hits: "
            "[{select: {kinds: [mine]}, probability: 50 %%}]}\n",
            m->rate[1]);
    if (m->shocks && any_site(m, META_CHN, m->mines_only))
        put("    power: {country: CHN, rate: 1 /year, severity: {uniform: {min: 20 %%, max: 80 %%}}, "
            "duration: {exponential: "
            "{mean: 6 weeks}}, hits: [{%s}]}\n",
            m->mines_only ? "select: {kinds: [mine]}" : "");
    if (m->shocks) put("%s", added(m, META_AT_SHOCKS, 0));
    for (int r = 0, n = 0; r < META_ROUTES && m->routes; r++) {
        if (!meta_on_route(m, r)) continue;
        if (!n++) put("  chokepoints:\n");
        put("    r%d: {rate: 1 /year, duration: {exponential: {mean: 6 weeks}}, capacity_loss: {uniform: "
            "{min: 0 %%, max: %d %%}}, "
            "detour: %d days%s}\n",
            r, 40 + 60 * r, 7 + 14 * r, added(m, META_AT_ROUTE, r));
    }
    if (bans) put("  restrictions:\n");
    for (int i = 0; i < META_COUNTRIES; i++)
        if (bans >> p[i] & 1) put_ban(m, p[i]);
    if (*added(m, META_AT_CORRELATION, 0))
        put("%s", added(m, META_AT_CORRELATION, 0));
    else if (m->correlation)
        put("correlation: {factors: [fear], loadings: {%s%s}}\n", m->regimes ? "regime/*: {fear: 0.5}, " : "",
            m->price ? "price/*: {fear: 0.3}" : "");
}

static void put_events(const meta_model *m)
{
    put("events:%s\n", m->scripts ? "" : " []");
    if (!m->scripts) return;
    put("%s", added(m, META_AT_EVENTS, 0));
    if (!m->mines_only)
        put("  - {from: 5, to: 25, object: country/%s, field: availability, op: multiply, value: %g}\n",
            meta_countries[m->sites[0].country], m->rate[2] / 2);
    put("  - {from: 10, to: 30, object: demand/m0/%s/JPN, field: factor, op: multiply, value: 1.25}\n",
        meta_forms[m->forms[0] - 1]);
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].to > m->sites[i].from && m->sites[i].availability != 1)
            put("  - {from: %d, to: %d, object: site/%s, field: availability, op: multiply, value: %.17g}\n",
                m->sites[i].from, m->sites[i].to, m->sites[i].id, m->sites[i].availability);
    if (!m->narcs) return;
    const meta_arc *a = &m->arcs[m->number % (uint64_t)m->narcs];
    put("  - {from: 15, to: 22, object: arc/m%d/%s/%s/%s, field: availability, op: multiply, value: 0.375}\n",
        a->mineral, meta_forms[a->form], meta_countries[a->from], meta_countries[a->to]);
    if (!m->open_loop)
        put("  - {from: 30, to: 36, object: arc/m%d/%s/%s/%s, field: lag, op: add, value: 2}\n", a->mineral,
            meta_forms[a->form], meta_countries[a->from], meta_countries[a->to]);
}

const char *meta_compose(const meta_model *m, meta_style s)
{
    used = 0;
    scale_now = s.scale ? s.scale : 1;
    parts_now = m->parts;
    put("format: 1\nname: random\nrun: {paths: %d, seed: %d, step: %g days, steps: %d, focus: %s, per: "
        "horizon%s}\n",
        m->paths, 3 + (int)(m->number % 1000), 7.0 / m->parts, m->steps * m->parts, meta_countries[m->focus],
        added(m, META_AT_RUN, 0));
    put("countries: [AUS, CHN, %sJPN, KOR, USA]\n", s.idle_buyer ? "IDN, " : "");
    put("market: {production: %s, inventory_gain: %g, pipeline_gain: %g, cover: %g weeks, storage: %g weeks, "
        "firm: %g, spot_rounds: "
        "%d, cleanup_rounds: %d, home_priority: [%g, %g, %g], qualification: {wait: %d weeks, ramp: %d "
        "weeks}, use_smoothing: %d%s}\n",
        m->push ? "push" : "order", m->open_loop ? 0 : 0.125 / m->parts, m->open_loop ? 0 : 0.125 / m->parts,
        m->cover, m->storage, m->firm, m->spot_rounds, m->cleanup_rounds, m->home[0], m->home[1], m->home[2],
        m->wait, m->ramp, 13 * m->parts, added(m, META_AT_MARKET, 0));
    put_minerals(m, s);
    put_sites(m, s);
    put_trade(m, s);
    put_demand(m, s);
    put_hubs(m, s);
    put_hosts(m);
    put_tiers(m, s);
    put_hazards(m, s);
    put_events(m);
    put("tallies: {trace_paths: %d%s}\n", m->paths, added(m, META_AT_TALLIES, 0));
    put("%s", added(m, META_AT_TOP, 0));
    return yaml;
}
