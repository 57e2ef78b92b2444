/* More elements of the scenario language on top of the random models of tests/metamorphic, for the comparison
 * of the two engines alone: no metamorphic rule has to hold with them.  Each element is drawn by random
 * numbers of its own, so that leaving one out changes nothing else (to find what a difference hangs on). */
#ifndef KURA_TEST_SECOND_RICH_MODEL_H
#define KURA_TEST_SECOND_RICH_MODEL_H

#include "../metamorphic/random_model.h"

/* X(name, percent of the models that draw it) */
/* clang-format off */
#define RICH_ELEMENTS(X) \
    X(push, 10) X(burn_in, 15) X(start_date, 20) X(no_spin_up, 20) X(half_weeks, 5) X(market, 25) \
    X(own_market, 25) X(prices, 50) X(no_price, 8) X(classes, 20) X(shrinking, 15) X(standby, 30) \
    X(tolling, 30) X(season, 20) X(by_regime, 15) X(projects, 30) X(grid, 20) X(by_products, 30) \
    X(baskets, 25) X(leak_via, 30) X(profiles, 25) X(absolute_profiles, 12) X(coercion_spells, 25) \
    X(regime_starts, 20) X(contagion, 25) X(retaliation, 20) X(blocs, 25) X(onset_by_regime, 20) \
    X(certain_forms, 10) X(continuous, 20) X(continuous_adding, 20) X(adding, 20) X(reach, 20) \
    X(uptimes, 20) X(wear, 15) X(degraded, 25) X(dependence, 30) X(pools, 30) X(pool_delay, 50) \
    X(pool_refill, 30) X(reprocessing, 25) X(thresholds, 20) X(days, 20) X(targets, 20) \
    X(settings, 25) X(forced_regimes, 15) X(announced, 20) X(levels, 15) X(scripted_rates, 20) \
    X(series, 10) X(tallies, 20) X(volatility, 40) X(wedges, 30) X(cycle, 25) X(adjustment, 40) \
    X(answers, 40) X(supply, 45) X(inventory, 40) X(thrifting, 40) X(stock_levers, 35) X(keeping, 50) \
    X(diplomacy, 35) X(nationalism, 30) X(network_levers, 35) X(ignorance, 12)
/* clang-format on */

/* Draws the elements for the model and changes its records; the text of the rest is added when it is written.
 * `without`: names of elements to leave out, separated by commas; "all" leaves out all. */
void rich_make(meta_model *m, const char *without);
/* Removes the table that the last model may have had. */
void rich_clean(void);

#endif
