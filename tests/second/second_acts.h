/* What can act on a path.  The second engine counts it where it happens; the test asserts that the random
 * models reach all of it, so that agreement says something of every element. */
#ifndef KURA_TEST_SECOND_ACTS_H
#define KURA_TEST_SECOND_ACTS_H

/* clang-format off */
#define SECOND_ACTS(X) \
    X(unserved) X(burn_in) X(spin_up) X(push) X(growth) X(demand_profiles) X(demand_scripts) \
    X(later_classes) X(yields_below_1) X(zero_capacities) X(full_stores) X(without_storage) \
    X(process_lags) X(standby) X(tolling) X(tolling_restricted) X(capacity_by_regime) X(seasons) \
    X(site_scripts) X(projects) X(projects_cancelled) X(by_products) X(baskets) X(disposals) \
    X(host_indices) X(losses_on_the_way) X(leaks) X(leaks_via) X(new_suppliers) X(caps) X(ties) \
    X(traders) X(home_priority) X(front_loading) X(panic) X(trade_scripts) X(lag_scripts) \
    X(severity_scripts) X(regimes) X(coercion_spells) X(forced_regimes) X(scripted_rates) \
    X(rates_in_time) X(factors) X(persistence) X(t_copula) X(restrictions) X(announcements) \
    X(escalations) X(in_force) X(contagion) X(contagion_of_importers) X(retaliation) X(outages) \
    X(uptime_laws) X(outages_by_point) X(failed_starts) X(shocks_by_step) X(shocks_in_time) \
    X(shocks_by_point) X(shocks_adding) X(shocks_not_reaching) X(closures) X(degraded_routes) \
    X(detours) X(jumps) X(premiums) X(price_scripts) X(volatility_by_regime) X(stochastic_volatility) \
    X(market_depth) X(wedges_of_importers) X(wedges_of_exporters) X(demand_cycle) X(substitution) \
    X(gradual_demand) X(bounded_demand) X(releases) X(releases_ahead) \
    X(sector_releases) X(floors) X(shortage_triggers) X(cover_triggers) X(pooled_stocks) \
    X(solidarity) X(pool_deliveries) X(refills_abroad) X(refills_at_home) X(decay) X(ageing) \
    X(rotation) X(reprocessing) X(required_stock) X(irreducible) \
    X(used_harder) X(used_less) X(closed_sites) X(restarts) X(expansions) X(responses_in_both_runs) \
    X(own_stock_used) X(own_stock_refilled) X(own_stock_above_aim) X(own_stock_beside_sectors) \
    X(thrift_saves) X(thrift_replaces) X(thrift_fails) X(thrift_after_substitution) \
    X(stock_levers) X(keeping) X(diplomacy_averts) X(diplomacy_hurries) X(nationalism_at_home) \
    X(epochs) X(offtakes) X(offtakes_at_price) X(quotas) X(drawn_inputs)
/* clang-format on */

enum {
#define SECOND_ACT(name) ACT_##name,
    SECOND_ACTS(SECOND_ACT)
#undef SECOND_ACT
        SECOND_ACT_COUNT
};

/* Of what came last to the language: each acts in a tenth of the models, each two in some model together. */
/* clang-format off */
#define SECOND_PAIRED(X) \
    X(used_harder) X(closed_sites) X(expansions) X(own_stock_used) X(thrift_saves) X(thrift_replaces) \
    X(stock_levers) X(keeping) X(diplomacy_averts) X(nationalism_at_home) X(epochs)
/* clang-format on */

enum {
#define SECOND_PAIR(name) PAIRED_##name,
    SECOND_PAIRED(SECOND_PAIR)
#undef SECOND_PAIR
        SECOND_PAIRED_COUNT
};

#endif
