/* A scenario with a little of everything that takes memory or keeps state of its own: two forms, a
 * by-product, goods in process, routes, leaks, regimes, restrictions that depend on each other, outages,
 * shocks of both kinds, a t copula, stockpiles with sectors, refill, ages and a pool, burn-in, a price whose
 * volatility varies, with a wedge, demand that adjusts by degrees and follows a cycle. */
#ifndef KURA_TEST_RICH_SCENARIO_H
#define KURA_TEST_RICH_SCENARIO_H

/* clang-format off */
static const char RICH_SCENARIO[] =
    "format: 1\n"
    "name: rich\n"
    "run: {paths: 128, steps: 60, burn_in: 4 weeks, focus: JPN}\n"
    "market: {panic: 0.5, front_loading: 0.2}\n"
    "demand_cycle: {sd: 5 %, half_life: 1 year}\n"
    "minerals:\n"
    "  a: {forms: [ore, metal], price: {initial: 1000 USD/t, half_life: 3 years, volatility: 20 "
    "%/sqrt(year), scarcity: 2,\n"
    "      stochastic_volatility: {sd: 0.3, half_life: 20 weeks}, wedge: {importer: 0.4, origin: 0.2}},\n"
    "      demand_response: {elasticity: 0.1, substitution: {limit: 20 %, lag: 1 year}, adjustment: {half_life: 6 "
    "weeks}}}\n"
    "  b: {forms: [metal]}\n"
    "network:\n"
    "  sites:\n"
    "    mine: {mineral: a, form: ore, country: CHN, kind: mine, output: 16 t/step, spare: 10 %, plants: 2}\n"
    "    plant: {mineral: a, form: metal, country: CHN, kind: refine, output: 12 t/step, yield: 75 %, lag: "
    "14 days}\n"
    "    by: {mineral: b, form: metal, country: CHN, kind: mine, output: 4 t/step}\n"
    "  trade:\n"
    "    - {mineral: a, form: metal, from: CHN, to: JPN, volume: 12 t/step, lag_steps: 2, routes: [strait], "
    "leak: 5 %, leak_via: AUS}\n"
    "    - {mineral: a, form: metal, from: CHN, to: AUS, volume: 0 t/step, lag_steps: 1}\n"
    "    - {mineral: b, form: metal, from: CHN, to: JPN, volume: 3 t/step, lag_steps: 1}\n"
    "    - {mineral: b, form: metal, from: CHN, to: AUS, volume: 1 t/step, lag_steps: 1}\n"
    "  demand:\n"
    "    - {mineral: a, form: metal, country: JPN, sector: x, rate: 12 t/step}\n"
    "    - {mineral: b, form: metal, country: JPN, rate: 3 t/step}\n"
    "    - {mineral: b, form: metal, country: AUS, rate: 1 t/step}\n"
    "  hosts: [{site: by, host: mine, share: 50 %}]\n"
    "hazards:\n"
    "  regimes: {CHN: {tension: 1 /year, coercion: 1 /year, relax: 1 /year, ease: 1 /year}}\n"
    "  restrictions:\n"
    "    r: {exporter: CHN, minerals: all, onset: {normal: 1 /year, tension: 2 /year, coercion: 4 /year},\n"
    "        types: {t: {severity: 50 %, duration: 4 weeks, notice: 2 weeks}}, contagion: {minerals: 2}}\n"
    "  outages: {o: {select: {kinds: [mine]}, mttf: 1 year, mttr: {lognormal: {median: 4 weeks, sigma: "
    "0.8}}}}\n"
    "  shocks: {s: {country: CHN, rate: 2 /year, severity: 20 %, duration: 2 weeks, process: continuous, "
    "hits: [{select: {kinds: [mine]}}]},\n"
    "    q: {country: CHN, rate: 2 /year, severity: {uniform: {min: 10 %, max: 50 %}}, duration: 3 weeks, hits: [{select: "
    "{kinds: [refine]}, probability: 60 %}]},\n"
    "    u: {country: CHN, rate: 3 /year, severity: 30 %, duration: 4 weeks, overlap: add, hits: [{select: {sites: [by]}}]}}\n"
    "  chokepoints: {strait: {rate: 1 /year, duration: 3 weeks, capacity_loss: 50 %, detour: 2 weeks, degraded: {rate: 2 "
    "/year, duration: 4 weeks, capacity_loss: 20 %, detour: 1 week}}}\n"
    "correlation: {factors: [f], loadings: {regime/CHN: {f: 0.5}, price/a: {f: 0.3}}, t: {f: 4}}\n"
    "stockpiles:\n"
    "  own: {owner: national, country: JPN, mineral: a, form: metal, opening: 30 days, sectors: [x], refill: "
    "{at_most: 1 t/step}}\n"
    "  old: {owner: private, country: JPN, mineral: a, form: metal, opening: 30 days, shelf_life: 8 weeks}\n"
    "  pool: {owner: joint, country: AUS, mineral: b, form: metal, opening: 20 t, trigger: always, members: [{country: JPN, "
    "share: 60 %, lag: 1 week}, {country: AUS, share: 40 %}], solidarity: 50 %}\n"
    "tallies: {trace_paths: 3, adequacy: {points: 5}}\n";
/* clang-format on */

#endif
