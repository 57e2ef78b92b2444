/* Answers of supply, stock of the users' own and levers on top of the random models, see rich_model.h. */
#include "rich_internal.h"

static const char *country(int c) { return meta_countries[c]; }
static int between(meta_rng *g, int least, int most) { return least + meta_below(g, most - least + 1); }

/* ---- what the market does by itself ---- */

/* Two of three sites of a mineral whose supply answers have a cash cost; a model in which all of these are
 * by-products goes without a supply response (main.c). */
static int may_close(int mineral) { return rich_drawn(RICH_supply, 2 * mineral + 1, 70); }

void rich_add_supply(int mineral)
{
    meta_rng g = rich_of(RICH_supply, 32 + mineral);
    if (!rich_drawn(RICH_supply, 2 * mineral, 75)) return;
    rich_say(", supply_response: {elasticity: %g, utilisation: %d %%", between(&g, 1, 8) / 10.0,
             5 * meta_below(&g, 4));
    int narrow = meta_below(&g, 4);
    if (may_close(mineral))
        rich_say(", closure: {after: %d weeks, left: %d %%, recovery: %d weeks, restart: %d weeks}",
                 between(&g, 1, 6), 25 * meta_below(&g, 4), between(&g, 1, 4), meta_below(&g, 6));
    else if (narrow == 0)
        rich_say(", kinds: [mine]");
    if (meta_below(&g, 3))
        rich_say(", expansion: {lag: %d weeks, gain: %d %%/year, at_most: %d %%/year, smoothing: %d weeks}",
                 between(&g, 1, 20), between(&g, 10, 200), between(&g, 10, 300), between(&g, 1, 10));
    rich_say("}");
}

void rich_add_to_priced_site(const meta_model *m, int site, double base)
{
    meta_rng g = rich_of(RICH_supply, 8 + site % 24);
    if (rich_drawn(RICH_supply, 2 * m->sites[site].mineral, 75) && site % 3 != 2)
        rich_say(", cash_cost: %g USD/t", base * between(&g, 8, 20) / 16.0);
}

void rich_add_inventory(int demand)
{
    meta_rng g = rich_of(RICH_inventory, 32 + demand);
    if (rich_drawn(RICH_inventory, demand, 50)) rich_say(", inventory: %d days", 4 * between(&g, 1, 20));
}

/* ---- levers on stocks, users, politics ---- */

static void add_when(meta_rng *g)
{
    rich_say(", start: %d", meta_below(g, 30));
    if (meta_below(g, 2)) rich_say(", ramp: %d weeks", between(g, 1, 20));
    if (meta_below(g, 3) == 0) rich_say(", end: %d", between(g, 40, 55));
}

/* Prices replace only what has a price; two programmes have no user together. */
static void add_thrifting(int price0, int price1)
{
    static const char *const delays[] = {"{exponential: {mean: 8 weeks}}", "3 weeks",
                                         "{uniform: {min: 0 weeks, max: 20 weeks}}"};
    meta_rng g = rich_of(RICH_thrifting, 0);
    const char *both = price0 && price1 ? "[m0, m1]" : price0 ? "[m0]" : "[m1]";
    int kind = meta_below(&g, 3);
    if (!rich_has(RICH_thrifting)) return;
    rich_say(
        "  thrifting:\n    lean: {minerals: %s, countries: [JPN, KOR], success: %d %%, delay: %s, start: %d",
        kind == 0 ? "[m0, m1]" : both, between(&g, 5, 10) * 10, delays[meta_below(&g, 3)],
        meta_below(&g, 20));
    if (kind != 1 || !(price0 || price1))
        rich_say(", saves: %d %%%s", between(&g, 1, 30), meta_below(&g, 2) ? ", ramp: 12 weeks" : "");
    if (kind != 0 && (price0 || price1))
        rich_say(", limit: %d %%, lag: %d weeks", between(&g, 40, 90), between(&g, 4, 30));
    rich_say("}\n");
    if (price0 && meta_below(&g, 2))
        rich_say(
            "    plain: {minerals: [m0], countries: [CHN, USA], limit: 50 %%, lag: %d weeks, start: %d}\n",
            between(&g, 5, 30), meta_below(&g, 30));
}

static void add_stock(void)
{
    meta_rng g = rich_of(RICH_stock_levers, 0);
    if (!rich_has(RICH_stock_levers)) return;
    rich_say("  stock:\n    more: {minerals: [%s], days: %d days", meta_below(&g, 2) ? "m0, m1" : "m0",
             between(&g, 5, 30) * 10);
    if (meta_below(&g, 3) == 0) rich_say(", form: first");
    if (meta_below(&g, 4) == 0)
        rich_say(", opening: true}\n");
    else
        rich_say(", at_most: %d days/step, start: %d, price_below: %g}\n", between(&g, 1, 20),
                 meta_below(&g, 30), between(&g, 4, 12) / 4.0);
}

static void add_keeping(void)
{
    meta_rng g = rich_of(RICH_keeping, 0);
    rich_say("  keeping:\n    cool: {half_life: %g", between(&g, 3, 20) / 2.0);
    add_when(&g);
    rich_say("}\n");
}

static void add_diplomacy(int aims_at_japan)
{
    meta_rng g = rich_of(RICH_diplomacy, 0);
    rich_say("  diplomacy:\n    talks: {countries: [%s, %s]", country(META_CHN), country(META_AUS));
    if (meta_below(&g, 2))
        rich_say(", effect: %d %%", between(&g, 1, 7) * 10);
    else
        rich_say(", up: %g, down: %d, onset: %g", between(&g, 0, 4) / 4.0, between(&g, 1, 4),
                 between(&g, 0, 4) / 4.0);
    add_when(&g);
    rich_say("}\n");
    if (aims_at_japan < 0) return;
    rich_say("    plea: {restrictions: [ban-%c], against: JPN, effect: %d %%", 'a' + aims_at_japan,
             between(&g, 2, 9) * 10);
    add_when(&g);
    rich_say("}\n");
}

static void add_nationalism(void)
{
    meta_rng g = rich_of(RICH_nationalism, 0);
    if (!rich_has(RICH_nationalism)) return;
    rich_say("  nationalism:\n    first: {countries: [%s]", country(meta_below(&g, META_COUNTRIES)));
    if (meta_below(&g, 3)) rich_say(", minerals: [m%d]", meta_below(&g, 2));
    rich_say(", home_priority: [%g, 0.9, 1]", between(&g, 1, 4) / 4.0);
    if (meta_below(&g, 2)) rich_say(", onset: %d", between(&g, 2, 4));
    if (meta_below(&g, 2)) rich_say(", export_share: %d %%", between(&g, 3, 9) * 10);
    add_when(&g);
    rich_say("}\n");
}

/* ---- levers on the network: each makes base flows of its own ---- */

static void add_plan(meta_rng *g)
{
    rich_say(", start: %d", meta_below(g, 30));
    if (meta_below(g, 2)) rich_say(", ramp: %d weeks", between(g, 5, 40));
    if (meta_below(g, 4) == 0) rich_say(", end: %d", between(g, 45, 58));
}

static void add_investment(const meta_model *m, int mineral, meta_rng *g)
{
    int form = meta_below(g, m->forms[mineral]), c = meta_below(g, META_COUNTRIES);
    rich_say("  investment:\n    venture: {mineral: m%d, form: %s, country: %s, kind: %s, output: %g t/step",
             mineral, meta_forms[form], country(c), form ? "recycle" : "mine", meta_mass(g, 4));
    add_plan(g);
    if (c != META_JPN) rich_say(", offtake: {JPN: %d %%}, offtake_lag: 3 weeks", between(g, 2, 9) * 10);
    if (meta_below(g, 2)) rich_say(", delay: {exponential: {mean: 6 weeks}}, cancellation: 20 %%");
    rich_say("}\n");
}

static void add_moves(const meta_model *m, int mineral, meta_rng *g)
{
    int form = meta_below(g, m->forms[mineral]), to = meta_below(g, META_COUNTRIES);
    if (to == META_JPN) to = META_KOR;
    if (meta_imports(m, mineral, form, META_JPN) && meta_below(g, 2)) {
        rich_say("  diversification:\n    away: {mineral: m%d, form: %s, importer: JPN, to: {%s: %d %%}, "
                 "lag: 3 weeks%s",
                 mineral, meta_forms[form], country(to), between(g, 1, 5) * 10,
                 meta_below(g, 2) ? ", capacity: follows, cancellation: 20 %" : "");
        add_plan(g);
        rich_say("}\n");
    }
    if (meta_imports(m, mineral, m->forms[mineral] - 1, META_JPN) && meta_below(g, 2)) {
        rich_say("  dependence_cap:\n    cap: {importer: JPN, minerals: [m%d], cap: %d %%%s", mineral,
                 between(g, 3, 8) * 10, meta_below(g, 2) ? ", soft: true" : "");
        add_plan(g);
        rich_say("}\n");
    }
}

static void add_to_network(const meta_model *m, const int *refiners, int nrefiners)
{
    meta_rng g = rich_of(RICH_network_levers, 0);
    int mineral = meta_below(&g, 2);
    if (!rich_has(RICH_network_levers)) return;
    if (meta_below(&g, 3)) add_investment(m, mineral, &g);
    if (meta_below(&g, 3) == 0) {
        rich_say("  recycling:\n    scrap: {mineral: m%d, form: %s, country: JPN, collection: %d %%, "
                 "lifetime: {weibull: "
                 "{scale: 30 weeks, shape: 2}}",
                 mineral, meta_forms[m->forms[mineral] - 1], between(&g, 2, 8) * 10);
        add_plan(&g);
        rich_say("}\n");
    }
    add_moves(m, mineral, &g);
    if (nrefiners && meta_below(&g, 3) == 0) {
        rich_say("  research:\n    better: {sites: [%s], yield: 100 %%, success: %d %%",
                 m->sites[refiners[0]].id, between(&g, 3, 10) * 10);
        add_plan(&g);
        rich_say("}\n");
    }
}

void rich_add_levers(const meta_model *m, const rich_places *p)
{
    int decays = 0;
    for (int i = 0; i < m->ntiers; i++) decays |= m->tiers[i].half_life > 0;
    int keeps = decays && rich_has(RICH_keeping), talks = m->regimes && rich_has(RICH_diplomacy);
    if (!rich_has(RICH_thrifting) && !rich_has(RICH_stock_levers) && !keeps && !talks &&
        !rich_has(RICH_nationalism) && !(rich_has(RICH_network_levers) && !m->push))
        return;
    rich_say("levers:\n");
    add_thrifting(p->price0, p->price1);
    add_stock();
    if (keeps) add_keeping();
    if (talks) add_diplomacy(p->aims_at_japan);
    add_nationalism();
    if (!m->push) add_to_network(m, p->refiners, p->nrefiners);
}
