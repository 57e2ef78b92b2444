/* More elements on top of the random models, see rich_model.h. */
#include "rich_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const names[] = {
#define NAME(name, percent) #name,
    RICH_ELEMENTS(NAME)
#undef NAME
};
static const int percents[] = {
#define NAME(name, percent) percent,
    RICH_ELEMENTS(NAME)
#undef NAME
};

static const meta_model *m; /* the one that is made or written; meta_compose is not reentrant either */
static int has[RICH_COUNT];
static int toll_owner[META_MOST], stands_by[META_MOST];

/* ---- numbers and text ---- */

int rich_has(int element) { return has[element]; }

meta_rng rich_of(int element, int index)
{
    meta_rng g;
    meta_seed(&g, m->number * 4096 + (uint64_t)(64 * element + index % 64) + 700001);
    return g;
}

int rich_drawn(int element, int index, int percent)
{
    meta_rng g = rich_of(element, index);
    return has[element] && meta_below(&g, 100) < percent;
}

static char text[1 << 14];
static size_t used;
void rich_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    used += (size_t)vsnprintf(text + used, sizeof text - used, format, args);
    va_end(args);
    if (used >= sizeof text) abort();
}

static const char *country(int c) { return meta_countries[c]; }
static const char *final_form(int mineral) { return meta_forms[m->forms[mineral] - 1]; }
static const char *pick(meta_rng *g, int n, const char *const *list) { return list[meta_below(g, n)]; }

static const char *const lengths[] = {"{exponential: {mean: 4 weeks}}",
                                      "{lognormal: {median: 5 weeks, sigma: 0.7}}",
                                      "{uniform: {min: 1 weeks, max: 9 weeks}}",
                                      "{weibull: {scale: 6 weeks, shape: 2}}",
                                      "12 days",
                                      "{lognormal: {median: 3 weeks, p90: 20 weeks}}"};
static const char *const shares[] = {"{uniform: {min: 10 %, max: 90 %}}",
                                     "{beta: {alpha: 2, beta: 3}}",
                                     "{beta: {mean: 40 %, sd: 20 %}}",
                                     "35 %",
                                     "{constant: 100 %}",
                                     "{beta: {mean: 60 %, concentration: 10}}"};
enum { LENGTHS = sizeof lengths / sizeof *lengths, SHARES = sizeof shares / sizeof *shares };

/* ---- records: what stands by, what works for Japan, classes of demand ---- */

static int stockpiled(const meta_model *x, int mineral, int form, int c)
{
    for (int i = 0; i < x->ntiers; i++)
        if (x->tiers[i].mineral == mineral && x->tiers[i].form == form && x->tiers[i].country == c) return 1;
    return 0;
}

static meta_site *add_site(meta_model *x, const char *what, int mineral, int form, int c)
{
    if (x->nsites == META_MOST) abort();
    meta_site *s = &x->sites[x->nsites++];
    *s = (meta_site){.mineral = mineral,
                     .form = form,
                     .country = c,
                     .plants = 1,
                     .yield = 1,
                     .kind = form ? META_REFINE : META_MINE,
                     .input_capacity = META_NONE,
                     .availability = 1};
    snprintf(s->id, sizeof s->id, "%s-m%d-%s-%s", what, mineral, meta_forms[form], meta_countries[c]);
    return s;
}

static void add_standby(meta_model *x)
{
    for (int i = 0; i < x->nminerals; i++) {
        meta_rng g = rich_of(RICH_standby, i);
        int form = meta_below(&g, x->forms[i]),
            c = meta_below(&g, 2) ? META_JPN : meta_below(&g, META_COUNTRIES);
        if (!(meta_has_sites(x, i, form, c) || meta_imports(x, i, form, c))) continue;
        meta_site *s = add_site(x, "standby", i, form, c);
        s->input_capacity = meta_mass(&g, 8);
        s->yield = form && meta_below(&g, 2) ? 0.75 : 1;
        s->lag = meta_below(&g, 2) ? 1 + meta_below(&g, 3) : 0;
        stands_by[x->nsites - 1] = 1;
    }
}

/* A refinery abroad that takes the feed of Japan; now and then there is no trade back to be restricted. */
static void add_tolling(meta_model *x)
{
    for (int i = 0; i < x->nminerals; i++) {
        meta_rng g = rich_of(RICH_tolling, i);
        if (x->forms[i] < 2) continue;
        int form = 1 + meta_below(&g, x->forms[i] - 1), c = meta_below(&g, META_COUNTRIES);
        if (c == META_JPN) c = META_KOR;
        if (!meta_imports(x, i, form - 1, META_JPN) && !meta_has_sites(x, i, form - 1, META_JPN)) continue;
        meta_site *s = add_site(x, "toll", i, form, c);
        s->output = meta_mass(&g, 3);
        s->spare = 0.5;
        s->lag = 1 + meta_below(&g, 5);
        toll_owner[x->nsites - 1] = 1 + META_JPN;
        if (meta_below(&g, 3) == 0)
            stands_by[x->nsites - 1] = 1, s->input_capacity = s->output, s->output = 0;
    }
}

static void change_demand(meta_model *x)
{
    for (int i = 0; i < x->ndemands; i++) {
        if (rich_drawn(RICH_classes, i, 40)) x->demands[i].priority = 3 + i % 7;
        if (rich_drawn(RICH_shrinking, i, 40)) x->demands[i].growth = i % 2 ? -0.1 : 0.15;
    }
}

static void change_tiers(meta_model *x)
{
    for (int i = 0; i < x->ntiers; i++) {
        if (!rich_drawn(RICH_days, i, 60)) continue;
        x->tiers[i].opening = x->tiers[i].at_most = META_NONE;
        x->tiers[i].floor = 0;
    }
}

static int listed(const char *without, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = without; (p = strstr(p, name)); p += n)
        if ((p == without || p[-1] == ',') && (!p[n] || p[n] == ',')) return 1;
    return 0;
}

/* ---- text: run, market, minerals ---- */

static void add_run(void)
{
    if (has[RICH_burn_in] && !(m->more && m->number % 2))
        rich_say(", burn_in: %d weeks", 3 + (int)(m->number % 9));
    if (has[RICH_start_date]) rich_say(", start: 2027-03-%02d", 1 + (int)(m->number % 28));
    if (has[RICH_no_spin_up]) rich_say(", spin_up: false");
}

static void add_market(void)
{
    if (has[RICH_market])
        rich_say(", front_loading: 0.5, panic: 0.6, loss_on: 10 %%, loss_off: 5 %%, producer_buffer: %d days",
                 14 + (int)(m->number % 10));
}

static int has_price(int mineral) { return m->price && !(has[RICH_no_price] && mineral == 1); }
static double base_price(void) { return has[RICH_prices] ? 200 : 100; }

static void add_to_mineral(int i)
{
    if (has[RICH_ignorance]) rich_say(", grade: %c", "BCD"[i]);
    if (has_price(i)) rich_add_supply(i);
    if (rich_drawn(RICH_own_market, i, 60))
        rich_say(
            ", market: {inventory_gain: 0.25, use_smoothing: 5, firm: 0.3, home_priority: [0.25, 1, 0.5], "
            "spot_rounds: %d, cleanup_rounds: %d, panic: 0.2, qualification: {wait: 2 weeks, ramp: 9 days}}",
            i, 3 - i);
}

static void add_volatility(int i)
{
    if (rich_drawn(RICH_volatility, 3 * i, 60))
        rich_say(", volatility_by_regime: {normal: 0.75, tension: 1.5, coercion: 3, exporters: %s}",
                 (m->number + (uint64_t)i) % 2 ? "worst" : "share");
    if (rich_drawn(RICH_volatility, 3 * i + 1, 60))
        rich_say(", stochastic_volatility: {sd: 0.5, half_life: 20 weeks%s}", i % 2 ? ", start: base" : "");
    if (rich_drawn(RICH_volatility, 3 * i + 2, 60))
        rich_say(", market_depth: {volatility: 0.5, start: %d, ramp: %d weeks}", 5 + i, 10 * (i % 2));
}

static void add_price(int i)
{
    meta_rng g = rich_of(RICH_prices, i);
    if (!m->price) return;
    if (has[RICH_no_price] && i == 1) {
        rich_say(" ");
        return;
    }
    if (!has[RICH_prices]) return;
    int spot = 50 + meta_below(&g, 300), reverts = meta_below(&g, 3) > 0,
        volatility = 20 + meta_below(&g, 80);
    double drift = meta_below(&g, 5) / 10.0 - 0.2; /* of something to revert to */
    rich_say(
        ", price: {initial: 200 USD/t, spot: %d USD/t, half_life: %s, volatility: %d %%/sqrt(year), drift: "
        "%g /year, scarcity: %d, scarcity_lag: %d weeks, gap_weight: 2, cover_weight: 0.5",
        spot, reverts ? "25 weeks" : "never", volatility, reverts ? drift : 0, 1 + meta_below(&g, 9),
        2 + meta_below(&g, 12));
    if (meta_below(&g, 2)) rich_say(", jumps: {rate: 3 /year, mean: 0.2, sd: 0.3}");
    add_volatility(i);
    if (rich_drawn(RICH_wedges, i, 70))
        rich_say(", wedge: {importer: %g, origin: %g, lag: %d weeks}", (i + 1) / 4.0, i % 2 ? 0.2 : 0.0,
                 1 + 3 * i);
    rich_say("}");
    if (meta_below(&g, 4))
        rich_say(", demand_response: {elasticity: %g, price_range: [0.5, 3]", meta_below(&g, 5) / 10.0);
    else
        return;
    if (meta_below(&g, 3))
        rich_say(", substitution: {limit: 40 %%, lag: 20 weeks, release_lag: %d weeks, threshold: 1.1, "
                 "irreversible: "
                 "50 %%, smoothing: 6 weeks}",
                 5 + meta_below(&g, 40));
    if (rich_drawn(RICH_adjustment, i, 80))
        rich_say(i % 2 ? ", adjustment: {share: 90 %%}, demand_range: [0.7, 1.1]"
                       : ", adjustment: {half_life: 5 weeks}");
    rich_say("}");
}

/* A grid: fuel is burnt or saved, power is not stored. */
static void add_grid_minerals(void)
{
    if (has[RICH_grid]) rich_say("  grid: {forms: [fuel, power], market: {production: push}}\n");
}

static void grid_site(const char *id, const char *form, const char *where, const char *kind, const char *rest)
{
    rich_say("    %s: {mineral: grid, form: %s, country: %s, kind: %s, %s}\n", id, form, where, kind, rest);
}

static void add_grid_sites(void)
{
    if (!has[RICH_grid]) return;
    grid_site("g-well", "fuel", "AUS", "mine", "output: 12 t/step, spare: 0.5");
    grid_site("g-pit", "fuel", "JPN", "mine", "output: 2 t/step");
    grid_site("g-sun", "power", "JPN", "supply", "output: 3 t/step, plants: 3");
    grid_site("g-wind", "power", "JPN", "supply", "output: 3 t/step, spare: 3");
    grid_site("g-burn", "power", "JPN", "refine", "output: 4 t/step, yield: 0.5, spare: 0.5");
    grid_site("g-old", "power", "JPN", "refine", "output: 1 t/step, yield: 0.375");
}

static int sells_ore(int c)
{
    for (int i = 0; i < m->narcs; i++)
        if (m->arcs[i].from == c && m->arcs[i].form == 0) return 1;
    return 0;
}

/* Does the restriction of a country stop ore alone? */
static int only_ore(int c) { return !m->more && sells_ore(c) && rich_drawn(RICH_certain_forms, c, 80); }

/* ---- text: network ---- */

static int bound[META_MOST]; /* sites with a host; 2: in a basket */

static int in_season(int i) { return rich_drawn(RICH_season, i, 30); }

static void add_to_site(int i)
{
    if (stands_by[i]) rich_say(", standby: true");
    if (toll_owner[i]) rich_say(", owner: %s", country(toll_owner[i] - 1));
    if (in_season(i)) rich_say(", profile: season");
    if (has_price(m->sites[i].mineral)) rich_add_to_priced_site(m, i, base_price());
}

static void add_capacity(int i)
{
    const meta_site *s = &m->sites[i];
    if (!rich_drawn(RICH_by_regime, i, 40) || s->input_capacity >= 0 || !(m->regimes >> s->country & 1))
        return;
    double normal = 1 + i % 3 / 4.0, tension = i % 2 ? 1.25 : 2;
    rich_say(", capacity_by_regime: [%g t/step, %g t/step, %g t/step]", normal * s->output / m->parts,
             tension * s->output / m->parts, 0.5 * s->output / m->parts);
}

static void add_to_trade(int i)
{
    const meta_arc *a = &m->arcs[i];
    if (!has[RICH_leak_via] || !(a->volume > 0) || i % 3 != 1 || !(meta_restricting(m) >> a->from & 1) ||
        (a->form && only_ore(a->from)))
        return;
    for (int k = 0; k < m->narcs; k++) {
        const meta_arc *via = &m->arcs[k];
        if (via->mineral != a->mineral || via->form != a->form || via->from != a->from || via->to == a->to)
            continue;
        rich_say(", leak: 60 %%, leak_via: %s, leak_lag: %d weeks", country(via->to), i % 3);
        return;
    }
}

static int by_load(int i) { return rich_drawn(RICH_absolute_profiles, i, 25) && m->demands[i].growth == 0; }
static int by_use(int i) { return !by_load(i) && rich_drawn(RICH_profiles, i, 40); }

static void add_to_demand(int i)
{
    if (by_load(i)) rich_say(", profile: load");
    if (by_use(i)) rich_say(", profile: use");
    rich_add_inventory(i);
    if (rich_drawn(RICH_answers, i, 50)) rich_say(", elasticity: %g", (i % 4) / 5.0);
}

static int hosted(int site) /* the first site of another mineral with output, in the order of the records */
{
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].mineral == 0 && m->sites[i].output > 0 && !stands_by[i] && (i + site) % 3 == 0)
            return i;
    return -1;
}

static void bind_site(int i, int basket)
{
    meta_rng g = rich_of(basket ? RICH_baskets : RICH_by_products, i);
    const meta_site *s = &m->sites[i];
    int host = hosted(i), index = meta_below(&g, 3) == 0 || host < 0;
    rich_say("    - {site: %s, host: %s", s->id, index ? "steel" : m->sites[host].id);
    if (basket)
        rich_say(", mode: basket");
    else
        rich_say(", share: %d %%, headroom: %g", 40 + meta_below(&g, 60), 1 + meta_below(&g, 3) / 8.0);
    rich_say("}\n");
    bound[i] = 1 + basket;
}

static void add_hosts(void)
{
    int any = 0;
    memset(bound, 0, sizeof bound);
    for (int i = 0; i < m->nsites; i++) {
        const meta_site *s = &m->sites[i];
        int can = s->mineral == 1 && s->output > 0 && !stands_by[i] && !toll_owner[i];
        int basket = can && s->kind != META_REFINE && rich_drawn(RICH_baskets, i, 40);
        if (!basket && !(can && rich_drawn(RICH_by_products, i, 40))) continue;
        if (!any++)
            rich_say(
                "  host_indices: {steel: {sd: 30 %%, half_life: 1 year, growth: 2 %%/year}}\n  hosts:\n");
        bind_site(i, basket);
    }
    if (any && !strstr(text, "host: steel"))
        for (int i = 0; i < m->nsites; i++) /* an index without by-product would be refused */
            if (m->sites[i].output > 0 && !bound[i] && !stands_by[i] && !toll_owner[i]) {
                rich_say("    - {site: %s, host: steel, share: 50 %%}\n", m->sites[i].id);
                break;
            }
    if (!any && m->by_product[0])
        for (int i = 0; i < m->nsites; i++)
            if (!strcmp(m->sites[i].id, m->by_product))
                rich_say(
                    "  host_indices: {steel: {sd: 30 %%, half_life: 1 year}}\n  hosts: [{site: %s, host: "
                    "steel}]\n",
                    m->by_product);
    for (int i = 0, n = 0; i < m->nsites; i++) {
        if (!rich_drawn(RICH_projects, i, stands_by[i] ? 70 : 12)) continue;
        meta_rng g = rich_of(RICH_projects, i + 1);
        if (!n++) rich_say("  projects:\n");
        rich_say("    %s: {start: %d, delay: %s, cancellation: %d %%, ramp: %d weeks}\n", m->sites[i].id,
                 meta_below(&g, 20), pick(&g, LENGTHS, lengths), 10 * meta_below(&g, 4), meta_below(&g, 8));
    }
}

/* ---- text: stockpiles ---- */

static void add_to_tier(int i)
{
    const meta_tier *t = &m->tiers[i];
    if (rich_drawn(RICH_thresholds, i, 60)) rich_say(", on: 20 %%, off: 10 %%");
    if (rich_drawn(RICH_days, i, 60))
        rich_say(", opening: %d days, at_most: %d days/step", 20 + 7 * i, 2 + i);
    if (t->refill > 0 && rich_drawn(RICH_targets, i, 60)) rich_say(", target: 90 t");
    if (!m->more && t->form && !t->half_life && rich_drawn(RICH_reprocessing, i, 60))
        rich_say(", shelf_life: %d weeks, reprocessing: 60 %%, rotation: 0.2 /year, opening_age: mixed",
                 12 + 8 * i);
}

static void add_pools(void)
{
    int mineral = (int)(m->number / 2 % 2), keeper = META_KOR;
    meta_rng g = rich_of(RICH_pools, 0);
    if (!has[RICH_pools] || stockpiled(m, mineral, m->forms[mineral] - 1, keeper)) return;
    rich_say("  pool: {owner: joint, country: %s, mineral: m%d, form: %s, opening: %g t, at_most: %g t/step, "
             "delay: %d "
             "weeks, floor: %d t, solidarity: %d %%",
             country(keeper), mineral, final_form(mineral), 10 + meta_mass(&g, 60), meta_mass(&g, 8),
             meta_below(&g, 3), meta_below(&g, 2) * 5, 25 * meta_below(&g, 5));
    if (meta_below(&g, 4) == 0)
        rich_say(", trigger: always");
    else if (has[RICH_pool_refill])
        rich_say(", refill: {at_most: 2 t/step, price_below: 1.5}");
    if (meta_below(&g, 3) == 0) rich_say(", half_life: 60 weeks");
    rich_say(
        ", members: [{country: JPN, share: 50 %%%s}, {country: KOR, share: 20 %%}, {country: USA, share: 25 "
        "%%%s}]}\n",
        has[RICH_pool_delay] ? ", lag: 2 weeks" : "", has[RICH_pool_delay] ? ", lag: 1 week" : "");
}

/* ---- text: hazards ---- */

static void add_regime(int c)
{
    static const char *const starts[] = {"normal", "tension", "coercion", "stationary"};
    int spell = rich_drawn(RICH_coercion_spells, c, 70), start = rich_drawn(RICH_regime_starts, c, 70);
    meta_rng g = rich_of(RICH_coercion_spells, c + 8);
    if (!spell && !start) return;
    if (spell)
        rich_say(", coercion_spell: %s", pick(&g, LENGTHS, lengths));
    else
        rich_say(", ease: 3 /year");
    rich_say(", direct: 0.3 /year, start: %s", start ? pick(&g, 4, starts) : "stationary");
}

/* A site of a mineral in a country, -1. */
static int site_in(int mineral, int c)
{
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].country == c && m->sites[i].mineral == mineral) return i;
    return -1;
}

static int any_kind(meta_kind kind)
{
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].kind == kind) return 1;
    return 0;
}

static void add_outages(void)
{
    static const char *const starts[] = {"stationary", "up", "down"};
    meta_rng g = rich_of(RICH_uptimes, 0);
    if (has[RICH_uptimes])
        rich_say(
            "    aged: {label: c, select: {kinds: [mine]}, uptime: %s, mttr: %s, derating: %s, units: %s, "
            "start: %s, "
            "mode: %s}\n",
            meta_below(&g, 2) ? "{lognormal: {median: 15 weeks, sigma: 0.4}}"
                              : "{uniform: {min: 2 weeks, max: 40 weeks}}",
            pick(&g, LENGTHS, lengths), pick(&g, SHARES, shares), meta_below(&g, 2) ? "plants" : "site",
            pick(&g, 3, starts), meta_below(&g, 2) ? "average" : "point");
    if (has[RICH_wear])
        rich_say(
            "    worn: {label: d, select: {countries: [%s]}, mttf: 25 weeks, shape: %g, mttr: %s, start: %s, "
            "mode: "
            "%s}\n",
            country(m->sites[0].country), 0.5 + meta_below(&g, 6) / 2.0, pick(&g, LENGTHS, lengths),
            pick(&g, 3, starts), meta_below(&g, 2) ? "average" : "point");
}

static void add_shocks(void)
{
    meta_rng g = rich_of(RICH_continuous, 0);
    const char *hit = any_kind(META_REFINE) ? "{select: {kinds: [refine]}}" : "{}";
    if (has[RICH_continuous])
        rich_say("    storm: {country: WLD, rate: %d /year, severity: %s, duration: %s, process: continuous, "
                 "mode: %s, "
                 "hits: [{select: {kinds: [mine]}, probability: 60 %%}]}\n",
                 2 + meta_below(&g, 8), pick(&g, SHARES, shares), pick(&g, LENGTHS, lengths),
                 meta_below(&g, 2) ? "average" : "point");
    if (has[RICH_continuous_adding])
        rich_say("    cuts: {country: WLD, rate: %d /year, severity: %s, duration: %s, process: continuous, "
                 "overlap: add, "
                 "mode: %s, hits: [%s]}\n",
                 3 + meta_below(&g, 9), pick(&g, SHARES, shares), pick(&g, LENGTHS, lengths),
                 meta_below(&g, 3) ? "average" : "point", hit);
    if (has[RICH_adding])
        rich_say("    rain: {country: WLD, rate: %d /year, severity: %s, duration: %s, overlap: add, hits: "
                 "[{select: "
                 "{kinds: [mine]}}]}\n",
                 2 + meta_below(&g, 9), pick(&g, SHARES, shares), pick(&g, LENGTHS, lengths));
    if (has[RICH_reach] && site_in(0, META_JPN) >= 0)
        rich_say(
            "    quake: {country: JPN, rate: 2 /year, severity: %s, duration: %s, hits: [{select: {minerals: "
            "[m0], "
            "sites: [%s]}, probability: 70 %%}, {probability: 40 %%}]}\n",
            pick(&g, SHARES, shares), pick(&g, LENGTHS, lengths), m->sites[site_in(0, META_JPN)].id);
}

static void add_to_route(int r)
{
    meta_rng g = rich_of(RICH_degraded, r);
    if (has[RICH_degraded])
        rich_say(", degraded: {rate: 3 /year, duration: %s, capacity_loss: %s, detour: %d days}",
                 pick(&g, LENGTHS, lengths), pick(&g, SHARES, shares), 7 * meta_below(&g, 4));
}

static void add_onset(int c)
{
    if (rich_drawn(RICH_onset_by_regime, c, 80))
        rich_say("onset: {normal: 0.1 /year, tension: 1 /year, coercion: 5 /year}");
}

static void add_to_licence(int c)
{
    if (rich_drawn(RICH_market, c, 40) && !m->notice) rich_say(", notice: 10 days");
}

static void add_target(int c)
{
    int n = 0;
    if (only_ore(c)) rich_say(" "); /* the target may buy no ore */
    if (only_ore(c) || !rich_drawn(RICH_blocs, c, 80)) return;
    for (int i = 0; i < META_COUNTRIES; i++)
        if (i != c && meta_sells_to(m, c, i) && (i + c) % 2)
            rich_say("%s%s", n++ ? ", " : ", target: [", country(i));
    if (n) rich_say("]");
}

static void add_to_ban(int c)
{
    unsigned bans = meta_restricting(m);
    const char *aimed = strstr(m->add(META_AT_TARGET, c), "target") ? "" : NULL;
    int against = -1;
    if (m->target >= 0 && !aimed && !only_ore(c)) aimed = meta_sells_to(m, c, m->target) ? "" : NULL;
    used = 0;
    text[0] = 0;
    for (int i = 0; i < META_COUNTRIES; i++)
        if (i != c && bans >> i & 1) against = i;
    if (only_ore(c)) rich_say(", forms: [ore]");
    if (rich_drawn(RICH_contagion, c, 80))
        rich_say(", contagion: {minerals: %d%s%s}", 1 + c, aimed ? ", importers: 1.5" : "",
                 (m->number + (uint64_t)c) % 3 ? "" : ", most: 2.5");
    if (rich_drawn(RICH_retaliation, c, 80) && against >= 0)
        rich_say(", retaliation: {against: %s, factor: %d}", country(against), 2 + c);
}

static void add_correlation(void)
{
    meta_rng g = rich_of(RICH_dependence, 0);
    static const int freedoms[] = {3, 4, 5, 6, 8, 10};
    if (!has[RICH_dependence]) return;
    rich_say("correlation: {factors: [fear, cycle], loadings: {regime/*: {fear: 0.5, cycle: 0.2}");
    if (meta_restricting(m)) rich_say(", onset/*: {fear: %g}", 0.2 + meta_below(&g, 7) / 10.0);
    if (m->price) rich_say(", price/*: {cycle: 0.4, fear: -0.3}");
    if (has[RICH_cycle]) rich_say(", macro: {cycle: 0.5}");
    if (m->shocks) rich_say(", common/WLD/world: {cycle: %g}", 0.2 + meta_below(&g, 7) / 10.0);
    if (m->routes && meta_on_route(m, 0)) rich_say(", route/r0: {fear: 0.6}");
    rich_say("}");
    if (meta_below(&g, 3)) rich_say(", persistence: {fear: 0.7%s}", meta_below(&g, 2) ? ", cycle: 0.3" : "");
    if (meta_below(&g, 3))
        rich_say(", t: {fear: %d%s}", freedoms[meta_below(&g, 6)], meta_below(&g, 2) ? ", cycle: 4" : "");
    rich_say("}\n");
}

/* ---- text: events, tables ---- */

static int exporter(void) /* of the first mineral to Japan, with a volume */
{
    for (int i = 0; i < m->narcs; i++)
        if (m->arcs[i].mineral == 0 && m->arcs[i].to == META_JPN && m->arcs[i].volume > 0)
            return m->arcs[i].from;
    return -1;
}

static void add_events(void)
{
    unsigned bans = meta_restricting(m);
    int from = exporter();
    if (has[RICH_settings])
        rich_say("  - {from: 8, to: 14, object: site/%s, field: availability, op: set, value: 0.625}\n"
                 "  - {from: 20, to: 26, object: site/%s, field: availability, op: add, value: 0.3}\n"
                 "  - {from: 20, to: 24, object: demand/m1/%s/JPN, field: factor, value: 1.5}\n"
                 "  - {from: 22, to: 30, object: country/%s, field: availability, value: 0.8}\n",
                 m->sites[0].id, m->sites[m->nsites - 1].id, final_form(1),
                 country(m->sites[m->nsites / 2].country));
    if (has[RICH_forced_regimes])
        rich_say("  - {from: 12, to: 20, object: country/CHN, field: regime, value: 2}\n"
                 "  - {from: 30, to: 40, object: country/AUS, field: regime, value: 1}\n");
    if (has[RICH_announced] && from >= 0)
        rich_say(
            "  - {from: 14, to: 24, object: restriction/%s/m0/JPN, field: severity, value: 80 %%, announced: "
            "10}\n"
            "  - {from: 40, to: 44, object: restriction/%s/m0, field: severity, op: multiply, value: 0.5}\n",
            country(from), country(from));
    if (has[RICH_levels] && m->price)
        rich_say("  - {from: 18, to: 22, object: price/m0, field: level, value: 3}\n"
                 "  - {from: 35, object: price/m0, field: level, op: multiply, value: 1.75}\n");
    if (!has[RICH_scripted_rates]) return;
    rich_say("  - {from: 10, to: 40, object: hazard/regime/JPN, field: rate, op: multiply, value: 4}\n");
    if (m->shocks)
        rich_say("  - {from: 5, to: 50, object: hazard/shock/world, field: rate, op: multiply, value: 3}\n");
    if (m->shocks && has[RICH_continuous_adding])
        rich_say("  - {from: 12, to: 45, object: hazard/shock/cuts, field: rate, op: multiply, value: %g}\n",
                 m->number % 2 ? 0 : 2.5);
    if (m->shocks && has[RICH_continuous])
        rich_say("  - {from: 20, to: 35, object: hazard/shock/storm, field: rate, op: multiply, value: 3}\n");
    if (m->routes && meta_on_route(m, 0))
        rich_say(
            "  - {from: 5, to: 50, object: hazard/chokepoint/r0, field: rate, op: multiply, value: 2.5}\n");
    for (int c = 0; c < META_COUNTRIES; c++)
        if (bans >> c & 1)
            rich_say(
                "  - {from: 15, to: 40, object: hazard/restriction/ban-%c, field: rate, op: multiply, value: "
                "%d}\n",
                'a' + c, 4 * (c % 2));
}

/* A table of a row a step, written beside the scenario. */
static const char *series_path(void)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/second-%ld.csv", KURA_TEST_TMP, (long)getpid());
    return path;
}

void rich_clean(void) { unlink(series_path()); }

static void add_series(void)
{
    if (!has[RICH_series] || !m->scripts) return;
    FILE *f = fopen(series_path(), "w");
    if (!f) abort();
    fprintf(f, "step,site/%s/availability\n", m->sites[m->nsites / 2].id);
    for (int t = 0; t < m->steps * m->parts; t++) fprintf(f, "%d,%.3f\n", t, 0.5 + (t * 7 % 11) / 20.0);
    if (fclose(f)) abort();
    rich_say("series: %s\n", series_path());
}

/* Those of the profiles that something uses. */
static void add_profiles(void)
{
    static const char *const file = KURA_SOURCE_DIR "/tests/second/profiles.csv";
    int open = 0, load = 0, use = 0;
    for (int i = 0; i < m->nsites; i++) open |= in_season(i);
    for (int i = 0; i < m->ndemands; i++) {
        load |= by_load(i);
        use |= by_use(i);
    }
    if (open || load || use) rich_say("profiles:\n");
    if (open) rich_say("  season: {file: %s, column: open, period: month, repeat: true}\n", file);
    if (load)
        rich_say("  load: {file: %s, column: load, period: week, kind: absolute, repeat: true}\n", file);
    if (use) rich_say("  use: {file: %s, column: use, period: month, repeat: true}\n", file);
}

/* Does a ban have a type whose targets name Japan? */
static int aims_at_japan(int c)
{
    if (only_ore(c) || c == META_JPN || !meta_sells_to(m, c, META_JPN)) return 0;
    if (!rich_drawn(RICH_blocs, c, 80)) return m->target == META_JPN;
    for (int i = 0, n = 0; i <= META_COUNTRIES; i++) {
        if (i == META_COUNTRIES) return !n && m->target == META_JPN;
        n += i != c && meta_sells_to(m, c, i) && (i + c) % 2;
        if (n && i == META_JPN && (i + c) % 2) return 1;
    }
    return 0;
}

static void add_levers(void)
{
    int against = -1;
    int refiners[META_MOST], n = 0;
    for (int i = 0; i < m->nsites; i++)
        if (m->sites[i].kind == META_REFINE && !stands_by[i] && !toll_owner[i]) refiners[n++] = i;
    for (int c = 0; c < META_COUNTRIES; c++)
        if (meta_restricting(m) >> c & 1 && aims_at_japan(c)) against = c;
    rich_add_levers(m, &(rich_places){refiners, n, has_price(0), has_price(1), against});
}

static void add_tallies(void)
{
    if (has[RICH_tallies]) rich_say(", threshold: 0, long_shortage: {depth: 10 %%, duration: 2 weeks}");
}

static const char *add(meta_place place, int i)
{
    used = 0;
    text[0] = 0;
    switch (place) {
    case META_AT_TOP:
        add_profiles(), add_series(), add_levers();
        if (has[RICH_ignorance]) rich_say("ignorance: {grades: default}\n");
        if (has[RICH_cycle])
            rich_say("demand_cycle: {sd: 8 %%, half_life: 15 weeks%s}\n",
                     m->number % 2 ? ", start: stationary" : "");
        break;
    case META_AT_RUN:
        add_run();
        break;
    case META_AT_MARKET:
        add_market();
        break;
    case META_AT_MINERALS:
        add_grid_minerals();
        break;
    case META_AT_MINERAL:
        add_to_mineral(i);
        break;
    case META_AT_PRICE:
        add_price(i);
        break;
    case META_AT_SITES:
        add_grid_sites();
        break;
    case META_AT_SITE:
        add_to_site(i);
        break;
    case META_AT_CAPACITY:
        add_capacity(i);
        break;
    case META_AT_TRADES:
        if (has[RICH_grid])
            rich_say(
                "    - {mineral: grid, form: fuel, from: AUS, to: JPN, lag_steps: 2, volume: 8 t/step}\n");
        break;
    case META_AT_TRADE:
        add_to_trade(i);
        break;
    case META_AT_DEMANDS:
        if (has[RICH_grid])
            rich_say("    - {mineral: grid, form: power, country: JPN, sector: s0, rate: 9 t/step}\n"
                     "    - {mineral: grid, form: power, country: JPN, sector: s1, rate: 1 t/step, priority: "
                     "2}\n");
        break;
    case META_AT_DEMAND:
        add_to_demand(i);
        break;
    case META_AT_HUBS:
        if (has[RICH_grid]) rich_say("    - {mineral: grid, form: power, country: JPN, storage: none}\n");
        break;
    case META_AT_HUB:
        break;
    case META_AT_HOSTS:
        add_hosts();
        break;
    case META_AT_TIERS:
        add_pools();
        break;
    case META_AT_TIER:
        add_to_tier(i);
        break;
    case META_AT_REGIME:
        add_regime(i);
        break;
    case META_AT_OUTAGES:
        add_outages();
        break;
    case META_AT_SHOCKS:
        add_shocks();
        break;
    case META_AT_ROUTE:
        add_to_route(i);
        break;
    case META_AT_ONSET:
        add_onset(i);
        break;
    case META_AT_LICENCE:
        add_to_licence(i);
        break;
    case META_AT_TARGET:
        add_target(i);
        break;
    case META_AT_BAN:
        add_to_ban(i);
        break;
    case META_AT_CORRELATION:
        add_correlation();
        break;
    case META_AT_EVENTS:
        add_events();
        break;
    case META_AT_TALLIES:
        add_tallies();
        break;
    }
    return text;
}

void rich_make(meta_model *x, const char *without)
{
    m = x;
    memset(toll_owner, 0, sizeof toll_owner);
    memset(stands_by, 0, sizeof stands_by);
    for (int i = 0; i < RICH_COUNT; i++) {
        meta_rng g = rich_of(i, 63);
        has[i] = meta_below(&g, 100) < percents[i] && !listed(without, names[i]) && !listed(without, "all");
    }
    if (has[RICH_push]) x->push = 1;
    if (has[RICH_half_weeks]) x->parts = 2;
    if (has[RICH_standby]) add_standby(x);
    if (has[RICH_tolling]) add_tolling(x);
    change_demand(x);
    change_tiers(x);
    x->add = add;
}
