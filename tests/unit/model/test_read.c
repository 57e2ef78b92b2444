/* Reading a scenario that uses every section, from YAML and from tables: every value, every default, the
 * inputs, and the printed scenario that reads back as the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "test_read_dump.h"
#include "model/keys.h"
#include "model/read.h"
#include "num/calendar.h"
#include "num/math.h"
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sha2.h>
#include <sys/stat.h>
#include <unistd.h>

static const char full[] =
    "format: 1\n"
    "name: Full-1\n"
    "title: \"Every section: once\"\n"
    "run: {paths: 4096, seed: 18446744073709551615, start: 2026-01-05, step: 7 days, horizon: 3 years, "
    "focus: JPN, per: horizon, spin_up: false}\n"
    "countries: [CHN, AUS, JPN, ROW]\n"
    "market: {production: push, cover: 5 weeks, producer_buffer: 2 weeks, storage: 1 year, inventory_gain: "
    "0.25, pipeline_gain: 0.2,\n"
    "         use_smoothing: 10, home_priority: [40 %, 50 %, 60 %], firm: 45 %, spot_rounds: 2, "
    "cleanup_rounds: 0,\n"
    "         qualification: {wait: 10 weeks, ramp: 20 weeks}, loss_on: 8 %, loss_off: 4 %}\n"
    "minerals:\n"
    "  gallium:\n"
    "    name: Gallium\n"
    "    unit: t Ga\n"
    "    forms: [crude, refined]\n"
    "    grade: B\n"
    "    lattice_exponent: -20\n"
    "    market: {cover: 8 weeks, qualification: {ramp: 30 weeks}, home_priority: [1, 1, 1]}\n"
    "    price: {initial: 439 USD/kg, half_life: 36 months, volatility: 26 %/sqrt(year), drift: 1.5 %/year,\n"
    "            jumps: {rate: 0.05 /year, mean: 0.44, sd: 0.2}, scarcity: 4, scarcity_lag: 10 weeks, "
    "gap_weight: 0.5, cover_weight: 2}\n"
    "    demand_response: {elasticity: 0.15, price_range: [0.2, 10],\n"
    "                      substitution: {limit: 20 %, lag: 2 years, release_lag: 5 years, threshold: 1.5, "
    "irreversible: 70 %, smoothing: 26 weeks}}\n"
    "  neodymium:\n"
    "    forms: [oxide]\n"
    "    price: {initial: 62_000 USD/t, half_life: never, volatility: 40 %/sqrt(year)}\n"
    "    demand_response: {substitution: {limit: 10 %, lag: 1 year}}\n"
    "network:\n"
    "  hubs: hubs.csv\n"
    "  sites: sites.csv\n"
    "  trade: trade.csv\n"
    "  demand: demand.csv\n"
    "hazards:\n"
    "  regimes:\n"
    "    CHN: {tension: 0.11 /year, coercion: 0.25 /year, relax: 0.15 /year, ease: 0.47 /year, direct: 0.02 "
    "/year, start: coercion, availability: [1, 0.9, 80 %]}\n"
    "    AUS: {tension: 0 /year, coercion: 0 /year, relax: 1 /month, ease: 0.1 /week, start: stationary}\n"
    "  restrictions:\n"
    "    strategic:\n"
    "      exporter: CHN\n"
    "      minerals: [gallium]\n"
    "      forms: [refined]\n"
    "      onset: {normal: 0.008 /year, tension: 0.055 /year, coercion: 0.45 /year}\n"
    "      types:\n"
    "        licence: {share: {normal: 30 %, tension: 30 %, coercion: 75 %}, freeze: {uniform: {min: 6 "
    "weeks, max: 10 weeks}},\n"
    "                  severity: {beta: {alpha: 1.5, beta: 2.5}}, duration: {lognormal: {median: 24 months, "
    "sigma: 1.0}}, relaxation_half_life: 13 weeks}\n"
    "        embargo: {share: 25 %, duration: 2 months, target: JPN}\n"
    "      in_force:\n"
    "        - {mineral: gallium, type: licence, since: 2025-01-05}\n"
    "        - {mineral: gallium, type: embargo, age: 3 weeks, severity: 60 %}\n"
    "    wide: {exporter: AUS, minerals: all, onset: 0.1 /year, types: {quota: {share: 1, severity: {beta: "
    "{mean: 40 %, concentration: 10}}, duration: {weibull: {scale: 1 year, shape: 2}}}}}\n"
    "  outages:\n"
    "    refinery: {select: {kinds: [refine, mine], countries: [CHN], minerals: gallium, forms: [crude, "
    "refined]}, label: big, mttf: 3 years, shape: 1.5,\n"
    "               mttr: {lognormal: {median: 4 weeks, p90: 10 weeks}}, derating: {uniform: {min: 50 %, "
    "max: 1}}, units: site, start: up, mode: point}\n"
    "    strike: {select: {sites: [g_AUS, n_CHN]}, mttf: 10 years, mttr: {exponential: {mean: 30 days}}}\n"
    "  shocks:\n"
    "    power: {country: CHN, rate: 0.083 /year, severity: {beta: {mean: 24 %, sd: 10 %}}, duration: "
    "{normal: {mean: 11 weeks, sd: 2 weeks}},\n"
    "            hits: [{select: {minerals: [gallium]}, probability: 34 %}, {}]}\n"
    "    quake: {country: WLD, rate: 0.01 /year, severity: 50 %, duration: {constant: 8 weeks}, hits: "
    "[{select: {kinds: all}}]}\n"
    "  chokepoints:\n"
    "    malacca: {rate: 0.01 /year, duration: 3 months, capacity_loss: 70 %, detour: 4 days}\n"
    "    suez: {rate: 0.02 /year, duration: {lognormal: {median: 1 month, sigma: 0.5}}, detour: 10 days}\n"
    "correlation:\n"
    "  factors: [tension, cycle]\n"
    "  loadings: {regime/CHN: {tension: 0.6}, price/*: {cycle: -0.4, tension: 0.1}, onset/CHN/gallium: "
    "{tension: 0.5}}\n"
    "stockpiles:\n"
    "  national: {owner: national, country: JPN, mineral: gallium, form: refined, opening: 90 days, floor: "
    "10 days, at_most: 7 days/step, delay: 3 weeks,\n"
    "             minimum: 6 weeks, on: 10 %, off: 5 %, trigger: always}\n"
    "  firms: {owner: private, country: JPN, mineral: neodymium, form: oxide, opening: 50 t, floor: 5 t, "
    "at_most: 2 t/week}\n"
    "events:\n"
    "  - {from: 2026-07-01, to: 2026-09-01, object: restriction/CHN/gallium, field: severity, value: 100 %}\n"
    "  - {from: 10, object: restriction/CHN/gallium/JPN, field: severity, op: add, value: 0.5}\n"
    "  - {from: 0, to: 20, object: site/g_AUS, field: availability, op: multiply, value: 50 %}\n"
    "  - {from: 1, to: 2, object: country/CHN, field: regime, value: 2}\n"
    "  - {from: 1, to: 2, object: country/AUS, field: availability, value: 0}\n"
    "  - {from: 1, to: 2, object: arc/gallium/refined/CHN/JPN, field: lag, op: add, value: 3}\n"
    "  - {from: 2025-12-29, to: 5, object: demand/gallium/refined/JPN, field: factor, value: 1.2}\n"
    "series: series.csv\n"
    "tallies: {threshold: 0.5 %, confidence: [90 %, 0.95], required_stock: false, adequacy: {max: 1 year, "
    "points: 100},\n"
    "          long_shortage: {depth: 10 %, duration: 8 weeks}, samples: false, trace_paths: 3}\n"
    "data_notes: {source: [a, b], note: text}\n";

static const char hubs[] = "mineral,form,country,cover [weeks],storage [kt],opening [t],export_capacity "
                           "[t/year],producer_buffer [days]\n"
                           "gallium,refined,JPN,12,0.5,20,,\n"
                           "gallium,refined,CHN,,,,365.25,14\n";
static const char sites[] =
    "id,mineral,form,country,kind,output [t/year],capacity [t/year],input_capacity [t/year],spare [%],yield "
    "[%],plants,capacity_by_regime [t/year],basis,grade,note\n"
    "c_CHN,gallium,crude,CHN,mine,730.5,,,10,,4,,measured,A,a note\n"
    "g_CHN,gallium,refined,CHN,refine,365.25,400,,,90,2,365.25; 300;0,,,\n"
    "g_AUS,gallium,refined,AUS,recycle,36.525,,,,,,,judged,C,\n"
    "g_JPN,gallium,refined,JPN,refine,9,,20,,50,,,,,\n"
    "n_CHN,neodymium,oxide,CHN,supply,1000,,,25,100,,,,,\n";
static const char trade[] =
    "mineral,form,from,to,volume [t/year],lag [days],lag_steps,routes,firm [%],cap [t/step],basis\n"
    "gallium,refined,CHN,JPN,200,14,,malacca; suez,60,5,measured\n"
    "gallium,refined,AUS,JPN,,,3,,,,\n"
    "gallium,crude,AUS,CHN,0,21,,,,,\n"
    "neodymium,oxide,CHN,JPN,300,7,,malacca,,,\n";
static const char demand[] = "mineral,form,country,sector,rate [t/year],growth [%/year],priority,basis\n"
                             "gallium,refined,JPN,chips,365.25,2,,judged\n"
                             "gallium,refined,JPN,magnets,36.525,-1,2,\n"
                             "neodymium,oxide,JPN,,300,,,\n"
                             "neodymium,oxide,ROW,Wind-2,700,,1,\n";
static const char series[] =
    "step,site/g_CHN/availability [%],country/CHN/regime,demand/neodymium/oxide/JPN/factor\n"
    "0,100,0,1\n1,50,1,1.5\n2,0,2,0\n";

/* ---- help ---- */

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
    assert_int_equal(fclose(f), 0);
}

static void put_all(void)
{
    put("full.yaml", full);
    put("hubs.csv", hubs);
    put("sites.csv", sites);
    put("trade.csv", trade);
    put("demand.csv", demand);
    put("series.csv", series);
}

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *d;
} reading;

static kura_scenario_data *read_sets(reading *r, const char *path, const char *const *sets, size_t n)
{
    kura_error err = {0};
    memset(r, 0, sizeof *r);
    kura_status status = kura_scenario_read(path, sets, n, &r->arena, &r->d, &r->diag, &err);
    if (status) fail_msg("%s:%d:%d: %s", err.file, err.line, err.column, err.message);
    return r->d;
}

static kura_scenario_data *read_file(reading *r, const char *path) { return read_sets(r, path, NULL, 0); }

static void done(reading *r)
{
    kura_diag_fini(&r->diag);
    kura_arena_fini(&r->arena);
}

#define EQUAL(a, b) assert_true((a) == (b))
#define STEP(t_per_year) ((t_per_year)*7 / 365.25)

static void law(sc_dist d, sc_dist_kind kind, double a, double b)
{
    assert_int_equal(d.kind, kind);
    EQUAL(d.a, a);
    EQUAL(d.b, b);
}

static void bytes(const unsigned char *p, const char *expected)
{
    assert_non_null(p);
    for (int i = 0; expected[i]; i++) assert_int_equal(p[i], expected[i] - '0');
}

/* ---- every value ---- */

static void test_run(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    assert_string_equal(d->name, "Full-1");
    assert_string_equal(d->title, "Every section: once");
    EQUAL(d->arena, &r.arena);
    EQUAL(d->run.paths, 4096);
    EQUAL(d->run.seed, UINT64_MAX);
    EQUAL(d->run.start_day, kura_days_from_date(2026, 1, 5));
    EQUAL(d->run.step_days, 7);
    EQUAL(d->run.steps, 157); /* round(1095.75 / 7) */
    EQUAL(d->run.focus, 2);
    EQUAL(d->run.per_horizon, 1);
    EQUAL(d->run.spin_up, 0);
    EQUAL(d->run.where.line, 4);
    EQUAL(d->ncountries, 4);
    assert_string_equal(d->countries[0], "CHN");
    assert_string_equal(d->countries[3], "ROW");
    done(&r);
}

static void test_minerals(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    assert_int_equal(d->nminerals, 2);
    const sc_mineral *g = &d->minerals[0], *n = &d->minerals[1];
    assert_string_equal(g->id, "gallium");
    assert_string_equal(g->name, "Gallium");
    assert_string_equal(g->unit, "t Ga");
    assert_string_equal(g->grade, "B");
    assert_true(g->nforms == 2 && strcmp(g->forms[0], "crude") == 0 && strcmp(g->forms[1], "refined") == 0);
    EQUAL(g->lattice_exponent, -20);
    EQUAL(g->where.line, 11);
    assert_true(g->market.push == 1 && g->market.cover_days == 56 && g->market.producer_buffer_days == 14 &&
                g->market.storage_days == 365.25);
    assert_true(g->market.inventory_gain == 0.25 && g->market.pipeline_gain == 0.2 &&
                g->market.use_smoothing == 10 && g->market.firm == 0.45);
    assert_true(g->market.home_priority[0] == 1 && g->market.spot_rounds == 2 &&
                g->market.cleanup_rounds == 0);
    assert_true(g->market.qualification_wait_days == 70 && g->market.qualification_ramp_days == 210);
    assert_true(g->market.loss_on == 0.08 && g->market.loss_off == 0.04);
    assert_true(g->price.given && g->price.initial == 439000 && g->price.half_life_days == 3 * 365.25 &&
                g->price.volatility == 0.26);
    assert_true(g->price.drift == 0.015 && g->price.jump_rate == 0.05 && g->price.jump_mean == 0.44 &&
                g->price.jump_sd == 0.2);
    assert_true(g->price.scarcity == 4 && g->price.scarcity_lag_days == 70 && g->price.gap_weight == 0.5 &&
                g->price.cover_weight == 2);
    assert_true(g->response.elasticity == 0.15 && g->response.price_min == 0.2 &&
                g->response.price_max == 10 && g->response.sub_limit == 0.2);
    assert_true(g->response.sub_lag_days == 730.5 && g->response.sub_release_days == 5 * 365.25 &&
                g->response.sub_threshold == 1.5);
    assert_true(g->response.sub_irreversible == 0.7 && g->response.sub_smoothing_days == 182);
    assert_string_equal(n->name, "neodymium"); /* defaults */
    assert_string_equal(n->unit, "t");
    assert_string_equal(n->grade, "");
    EQUAL(n->lattice_exponent, INT_MIN);
    assert_true(n->market.cover_days == 35 && n->market.qualification_ramp_days == 140 &&
                n->market.home_priority[1] == 0.5);
    assert_true(isinf(n->price.half_life_days) && n->price.drift == 0 && n->price.jump_rate == 0 &&
                n->price.scarcity == 1);
    assert_true(n->price.scarcity_lag_days == 91 && n->price.gap_weight == 1 && n->price.cover_weight == 1);
    assert_true(n->response.elasticity == 0 && n->response.price_min == 0.1 && n->response.price_max == 20 &&
                n->response.sub_limit == 0.1);
    assert_true(n->response.sub_release_days == 3 * 365.25 && n->response.sub_threshold == 1.25 &&
                n->response.sub_irreversible == 0);
    EQUAL(n->response.sub_smoothing_days, 364);
    done(&r);
}

static void test_hubs_and_sites(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    assert_int_equal(d->nhubs, 2);
    const sc_hub *h = d->hubs;
    assert_true(h[0].mineral == 0 && h[0].form == 1 && h[0].country == 2 && h[0].cover_days == 84 &&
                h[0].storage == 500 && h[0].opening == 20);
    assert_true(isnan(h[0].export_capacity) && isnan(h[0].producer_buffer_days));
    assert_true(isnan(h[1].cover_days) && isnan(h[1].opening) && h[1].export_capacity == 7 &&
                h[1].producer_buffer_days == 14);
    assert_string_equal(h[1].where.file, "hubs.csv");
    EQUAL(h[1].where.line, 3);
    assert_int_equal(d->nsites, 5);
    const sc_site *s = d->sites;
    assert_string_equal(s[0].id, "c_CHN");
    assert_true(s[0].mineral == 0 && s[0].form == 0 && s[0].country == 0 && s[0].kind == SC_SITE_MINE &&
                s[0].output == 14 && s[0].spare == 0.1);
    assert_true(isnan(s[0].capacity) && isnan(s[0].input_capacity) && s[0].yield == 1 && s[0].plants == 4 &&
                isnan(s[0].capacity_by_regime[0]));
    assert_string_equal(s[0].basis, "measured");
    assert_string_equal(s[0].grade, "A");
    assert_true(s[1].kind == SC_SITE_REFINE && s[1].output == 7 && s[1].capacity == STEP(400.0) &&
                s[1].yield == 0.9 && s[1].plants == 2 && s[1].spare == 0);
    assert_true(s[1].capacity_by_regime[0] == 7 && s[1].capacity_by_regime[1] == STEP(300.0) &&
                s[1].capacity_by_regime[2] == 0);
    assert_true(s[2].kind == SC_SITE_RECYCLE && s[2].output == STEP(36.525) && s[2].country == 1 &&
                s[2].plants == 1);
    assert_true(s[3].input_capacity == STEP(20.0) && s[3].yield == 0.5 && isnan(s[3].capacity));
    assert_true(s[4].kind == SC_SITE_SUPPLY && s[4].mineral == 1 && s[4].spare == 0.25);
    assert_string_equal(s[4].basis, "");
    done(&r);
}

static void test_trade_and_demand(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    assert_int_equal(d->narcs, 4);
    const sc_arc *a = d->arcs;
    assert_true(a[0].mineral == 0 && a[0].form == 1 && a[0].from == 0 && a[0].to == 2 &&
                a[0].volume == STEP(200.0) && a[0].lag_days == 14);
    assert_true(a[0].lag_steps == -1 && a[0].nroutes == 2 && a[0].routes[0] == 0 && a[0].routes[1] == 1 &&
                a[0].firm == 0.6 && a[0].cap == 5);
    assert_string_equal(a[0].basis, "measured");
    assert_true(isnan(a[1].volume) && isnan(a[1].lag_days) && a[1].lag_steps == 3 && a[1].nroutes == 0 &&
                isnan(a[1].firm) && isnan(a[1].cap));
    assert_true(a[2].volume == 0 && a[2].form == 0 && a[2].lag_days == 21 && a[3].mineral == 1 &&
                a[3].nroutes == 1);
    assert_int_equal(d->ndemands, 4);
    const sc_demand *k = d->demands;
    assert_true(k[0].rate == 7 && k[0].growth == 0.02 && k[0].priority == 1 && k[0].country == 2);
    assert_string_equal(k[0].sector, "chips");
    assert_string_equal(k[0].basis, "judged");
    assert_true(k[1].growth == -0.01 && k[1].priority == 2 && k[2].growth == 0 && k[2].mineral == 1);
    assert_string_equal(k[2].sector, "");
    assert_string_equal(k[3].sector, "Wind-2");
    done(&r);
}

static void test_restrictions(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    assert_int_equal(d->nregimes, 2);
    const sc_regime *g = d->regimes;
    assert_true(g[0].country == 0 && g[0].tension == 0.11 && g[0].coercion == 0.25 && g[0].relax == 0.15 &&
                g[0].ease == 0.47 && g[0].direct == 0.02);
    assert_true(g[0].start == 2 && g[0].availability[0] == 1 && g[0].availability[1] == 0.9 &&
                g[0].availability[2] == 0.8);
    assert_true(g[1].country == 1 && g[1].relax == 12 && g[1].ease == 0.1 * (365.25 / 7) &&
                g[1].direct == 0 && g[1].start == -1 && g[1].availability[2] == 1);
    assert_int_equal(d->nrestrictions, 2);
    const sc_restriction *x = d->restrictions;
    assert_string_equal(x[0].id, "strategic");
    assert_true(x[0].exporter == 0 && x[0].nforms == 1 && x[0].onset[0] == 0.008 && x[0].onset[1] == 0.055 &&
                x[0].onset[2] == 0.45);
    bytes(x[0].minerals, "10");
    assert_string_equal(x[0].forms[0], "refined");
    assert_int_equal(x[0].ntypes, 2);
    const sc_restriction_type *t = x[0].types;
    assert_string_equal(t[0].id, "licence");
    assert_true(t[0].share[0] == 0.3 && t[0].share[2] == 0.75 && t[0].relax_half_life_days == 91 &&
                !t[0].targets);
    law(t[0].freeze, SC_DIST_UNIFORM, 42, 70);
    law(t[0].severity, SC_DIST_BETA, 1.5, 2.5);
    law(t[0].duration, SC_DIST_LOGNORMAL, kura_log(730.5), 1);
    assert_true(t[1].share[0] == 0.25 && t[1].share[1] == 0.25 && t[1].relax_half_life_days == 0 &&
                t[1].targets && t[1].targets[2] == 1);
    law(t[1].freeze, SC_DIST_NONE, 0, 0);
    law(t[1].severity, SC_DIST_NONE, 0, 0);
    law(t[1].duration, SC_DIST_CONSTANT, 60.875, 0);
    assert_int_equal(x[0].nin_force, 2);
    assert_true(x[0].in_force[0].mineral == 0 && x[0].in_force[0].type == 0 &&
                x[0].in_force[0].age_days == 365 && isnan(x[0].in_force[0].severity));
    assert_true(x[0].in_force[1].type == 1 && x[0].in_force[1].age_days == 21 &&
                x[0].in_force[1].severity == 0.6);
    assert_true(x[1].exporter == 1 && x[1].nforms == 0 && x[1].onset[0] == 0.1 && x[1].onset[2] == 0.1 &&
                x[1].nin_force == 0);
    bytes(x[1].minerals, "11");
    law(x[1].types[0].severity, SC_DIST_BETA, 0.4 * 10, (1 - 0.4) * 10);
    law(x[1].types[0].duration, SC_DIST_WEIBULL, 365.25, 2);
    done(&r);
}

static void test_outages_and_shocks(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    assert_int_equal(d->noutages, 2);
    const sc_outage *o = d->outages;
    assert_string_equal(o[0].label, "big");
    bytes(o[0].select.minerals, "10");
    bytes(o[0].select.countries, "1000");
    bytes(o[0].select.kinds, "1100");
    assert_true(!o[0].select.sites && o[0].select.nforms == 2);
    assert_true(o[0].mttf_days == 3 * 365.25 && o[0].shape == 1.5 && !o[0].per_plant &&
                o[0].start == SC_START_UP && o[0].point);
    law(o[0].mttr, SC_DIST_LOGNORMAL, kura_log(28), kura_log(70.0 / 28) / 1.2815515655446004);
    law(o[0].derating, SC_DIST_UNIFORM, 0.5, 1);
    bytes(o[1].select.sites, "00101");
    assert_true(!o[1].select.minerals && !o[1].select.kinds && o[1].shape == 1 && o[1].per_plant &&
                o[1].start == SC_START_STATIONARY && !o[1].point);
    assert_string_equal(o[1].label, "");
    law(o[1].mttr, SC_DIST_EXPONENTIAL, 30, 0);
    law(o[1].derating, SC_DIST_NONE, 0, 0);
    assert_int_equal(d->nshocks, 2);
    const sc_shock *s = d->shocks;
    assert_true(s[0].country == 0 && s[0].rate == 0.083 && s[0].nhits == 2 &&
                s[0].hits[0].probability == 0.34 && s[0].hits[1].probability == 1);
    bytes(s[0].hits[0].select.countries, "1000"); /* a shock of a country stays in it */
    bytes(s[0].hits[1].select.countries, "1000");
    law(s[0].duration, SC_DIST_NORMAL, 77, 14);
    double sum = 0.24 * (1 - 0.24) / (0.1 * 0.1) - 1;
    law(s[0].severity, SC_DIST_BETA, 0.24 * sum, (1 - 0.24) * sum);
    assert_true(s[1].country == -1 && !s[1].hits[0].select.countries);
    assert_null(
        s[1].hits[0]
            .select.kinds); /* all is the same as leaving it out: the stream's name must not list it */
    law(s[1].severity, SC_DIST_CONSTANT, 0.5, 0);
    law(s[1].duration, SC_DIST_CONSTANT, 56, 0);
    assert_int_equal(d->nchokepoints, 2);
    const sc_chokepoint *c = d->chokepoints;
    assert_true(c[0].rate == 0.01 && c[0].detour_days == 4 && c[1].detour_days == 10);
    law(c[0].capacity_loss, SC_DIST_CONSTANT, 0.7, 0);
    law(c[1].capacity_loss, SC_DIST_NONE, 0, 0);
    done(&r);
}

static void test_rest(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    assert_true(d->nfactors == 2 && d->nloadings == 4);
    assert_string_equal(d->loadings[1].driver, "price/*");
    assert_true(d->loadings[0].loading == 0.6 && d->loadings[1].factor == 1 &&
                d->loadings[1].loading == -0.4 && d->loadings[3].loading == 0.5);
    assert_int_equal(d->nstockpiles, 2);
    const sc_stockpile *s = d->stockpiles;
    assert_true(s[0].owner == SC_OWNER_NATIONAL && s[0].country == 2 && s[0].mineral == 0 && s[0].form == 1 &&
                s[0].opening_days == 90 && isnan(s[0].opening_t));
    assert_true(s[0].floor_days == 10 && isnan(s[0].floor_t) && s[0].at_most_days == 7 &&
                isnan(s[0].at_most_t) && s[0].delay_days == 21);
    assert_true(s[0].minimum_days == 42 && s[0].on == 0.1 && s[0].off == 0.05 && s[0].trigger);
    assert_true(s[1].owner == SC_OWNER_PRIVATE && s[1].opening_t == 50 && isnan(s[1].opening_days) &&
                s[1].floor_t == 5 && s[1].at_most_t == 2);
    assert_true(isnan(s[1].at_most_days) && s[1].delay_days == 28 && s[1].minimum_days == 28 &&
                s[1].on == 0.07 && s[1].off == 0.03 && !s[1].trigger);
    const sc_tallies *t = &d->tallies;
    assert_true(t->threshold == 0.005 && t->nconfidence == 2 && t->confidence[0] == 0.9 &&
                t->confidence[1] == 0.95 && !t->required_stock);
    assert_true(t->adequacy_max_days == 365.25 && t->adequacy_points == 100 && t->long_depth == 0.1 &&
                t->long_days == 56 && !t->samples && t->trace_paths == 3);
    done(&r);
}

static void test_events(void **state)
{
    (void)state;
    reading r;
    const kura_scenario_data *d = read_file(&r, "full.yaml");
    static const struct {
        int from, to, object, index, mineral, importer, field, op;
        double value;
    } want[] = {{25, 34, SC_OBJECT_RESTRICTION, 0, 0, -1, SC_FIELD_SEVERITY, SC_OP_SET, 1},
                {10, INT_MAX, SC_OBJECT_RESTRICTION, 0, 0, 2, SC_FIELD_SEVERITY, SC_OP_ADD, 0.5},
                {0, 20, SC_OBJECT_SITE, 2, -1, -1, SC_FIELD_AVAILABILITY, SC_OP_MULTIPLY, 0.5},
                {1, 2, SC_OBJECT_COUNTRY, 0, -1, -1, SC_FIELD_REGIME, SC_OP_SET, 2},
                {1, 2, SC_OBJECT_COUNTRY, 1, -1, -1, SC_FIELD_AVAILABILITY, SC_OP_SET, 0},
                {1, 2, SC_OBJECT_ARC, 0, -1, -1, SC_FIELD_LAG, SC_OP_ADD, 3},
                {-1, 5, SC_OBJECT_DEMAND, 0, -1, -1, SC_FIELD_FACTOR, SC_OP_SET, 1.2}, /* both sectors */
                {-1, 5, SC_OBJECT_DEMAND, 1, -1, -1, SC_FIELD_FACTOR, SC_OP_SET, 1.2}};
    int n = (int)(sizeof want / sizeof *want);
    assert_int_equal(d->nevents, n + 3);
    for (int i = 0; i < n; i++) {
        const sc_event *e = &d->events[i];
        assert_true(e->from_step == want[i].from && e->to_step == want[i].to &&
                    (int)e->object == want[i].object && e->index == want[i].index);
        assert_true(e->mineral == want[i].mineral && e->importer == want[i].importer &&
                    (int)e->field == want[i].field && (int)e->op == want[i].op);
        assert_true(e->value == want[i].value && !e->series);
    }
    const sc_event *s = &d->events[n];
    assert_true(s[0].object == SC_OBJECT_SITE && s[0].index == 1 && s[0].nseries == 3 &&
                s[0].from_step == 0 && s[0].to_step == 3 && s[0].series[1] == 0.5);
    assert_true(s[1].object == SC_OBJECT_COUNTRY && s[1].field == SC_FIELD_REGIME && s[1].series[2] == 2);
    assert_true(s[2].object == SC_OBJECT_DEMAND && s[2].index == 2 && s[2].series[1] == 1.5);
    assert_string_equal(s[2].where.file, "series.csv");
    done(&r);
}

/* ---- what is written back ---- */

static void same_dump(const kura_scenario_data *a, const kura_scenario_data *b)
{
    kura_text x = {0}, y = {0};
    dump_scenario(a, &x);
    dump_scenario(b, &y);
    assert_string_equal(x.data, y.data);
    kura_text_fini(&x);
    kura_text_fini(&y);
}

static void test_resolved_reads_back(void **state)
{
    (void)state;
    reading a, b;
    read_file(&a, "full.yaml");
    put("again.yaml", a.d->resolved);
    read_file(&b, "again.yaml");
    same_dump(a.d, b.d);
    assert_string_equal(a.d->resolved, b.d->resolved);
    assert_int_equal(a.d->ndefaults, b.d->ndefaults);
    done(&a);
    done(&b);
}

/* A base in another folder, a patch of a row of its table, and options: printed, it reads back from the same
 * place. */
static void test_resolved_of_a_patch(void **state)
{
    (void)state;
    reading a, b, c;
    mkdir("policies", 0777);
    put("policies/p.yaml",
        "base: ../full.yaml\nname: p\npatch:\n  network.sites.g_CHN.spare: null\n  "
        "network.sites.g_CHN.capacity: 0.5 kt/year\n"
        "  stockpiles.firms: null\n  hazards.outages.strike.mttr: {constant: 2 weeks}\n  events: null\n");
    put("policies/q.yaml", "base: ../full.yaml\nname: p\npatch:\n  stockpiles.firms: null\n  "
                           "hazards.outages.strike.mttr: {constant: 2 weeks}\n  events: null\n");
    const char *const sets[] = {"network.sites.g_CHN.capacity_by_regime=[1 t/step, 2 t/step, 3 t/step]",
                                "run.paths=1e4"};
    put("sites.csv", sites);
    kura_error err = {0};
    memset(&c, 0, sizeof c);
    assert_int_equal(kura_scenario_read("policies/p.yaml", sets, 2, &c.arena, &c.d, &c.diag, &err),
                     KURA_E_SCENARIO);
    assert_string_equal(err.message,
                        "nothing to remove at \"network.sites.g_CHN.spare\""); /* the cell is empty */
    done(&c);
    const char *const more[] = {sets[0], sets[1], "network.sites.g_CHN.capacity=0.5 kt/year"};
    read_sets(&a, "policies/q.yaml", more, 3);
    EQUAL(a.d->run.paths, 10000);
    EQUAL(a.d->sites[1].capacity, STEP(500.0));
    EQUAL(a.d->sites[1].capacity_by_regime[2], 3);
    assert_true(a.d->nsites == 5 && a.d->nstockpiles == 1 && a.d->nevents == 3);
    law(a.d->outages[1].mttr, SC_DIST_CONSTANT, 14, 0);
    assert_non_null(strstr(a.d->resolved, "trade: ../trade.csv\n"));
    assert_non_null(strstr(a.d->resolved, "capacity: 0.5 kt/year\n"));
    put("policies/again.yaml", a.d->resolved);
    read_file(&b, "policies/again.yaml");
    same_dump(a.d, b.d);
    done(&a);
    done(&b);
}

static void test_inputs(void **state)
{
    (void)state;
    reading r;
    static const char *const names[] = {"full.yaml", "hubs.csv",   "sites.csv",
                                        "trade.csv", "demand.csv", "series.csv"};
    static const char *const texts[] = {full, hubs, sites, trade, demand, series};
    char sha[65];
    read_file(&r, "full.yaml");
    assert_int_equal(r.d->ninputs, 6);
    for (int i = 0; i < 6; i++) {
        assert_string_equal(r.d->inputs[i].path, names[i]);
        SHA256Data((const uint8_t *)texts[i], strlen(texts[i]), sha);
        assert_string_equal(r.d->inputs[i].sha256, sha);
    }
    done(&r);
}

/* ---- defaults ---- */

static void test_defaults(void **state)
{
    (void)state;
    static const char small[] =
        "format: 1\nname: small\nminerals: {g: {forms: [r]}}\n"
        "network:\n  sites: {s: {mineral: g, form: r, country: CHN, kind: supply, output: 5 t/year}}\n"
        "  trade: [{mineral: g, form: r, from: CHN, to: AUS, lag_steps: 1}]\n  demand: [{mineral: g, form: "
        "r, country: AUS, rate: 5 t/year}]\n";
    static const char *const want[] = {"run.paths = 65536",
                                       "run.seed = 1",
                                       "run.start = 2026-01-01",
                                       "run.step = 7 days",
                                       "run.horizon = 10 years",
                                       "run.focus = the only consuming country",
                                       "run.per = year",
                                       "run.spin_up = true",
                                       "market.cover = 6 weeks",
                                       "market.qualification.wait = 26 weeks",
                                       "minerals.g.name = the id",
                                       "minerals.g.unit = t",
                                       "minerals.g.price = none",
                                       "minerals.g.demand_response.elasticity = 0",
                                       "minerals.g.demand_response.substitution = none",
                                       "network.sites.*.spare = 0 %",
                                       "network.demand.*.priority = 1",
                                       "countries = those of the network, sorted",
                                       "tallies.threshold = 0.1 %",
                                       "tallies.confidence = [50 %, 80 %, 90 %, 95 %, 99 %]",
                                       "tallies.adequacy.points = 73"};
    reading r;
    put("small.yaml", small);
    const kura_scenario_data *d = read_file(&r, "small.yaml");
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        int found = 0;
        char line[200];
        for (int i = 0; i < d->ndefaults; i++) {
            snprintf(line, sizeof line, "%s = %s", d->defaults[i].key, d->defaults[i].value);
            found |= strcmp(line, want[k]) == 0;
        }
        if (!found) fail_msg("default \"%s\" is not listed", want[k]);
    }
    EQUAL(d->run.paths, 65536);
    EQUAL(d->run.seed, 1);
    EQUAL(d->run.start_day, kura_days_from_date(2026, 1, 1));
    EQUAL(d->run.steps, 522);
    assert_true(d->run.focus == -1 && d->run.per_horizon == 0 && d->run.spin_up == 1);
    assert_true(d->ncountries == 2 && strcmp(d->countries[0], "AUS") == 0 &&
                strcmp(d->countries[1], "CHN") == 0);
    const sc_market *m = &d->minerals[0].market;
    assert_true(m->push == 0 && m->cover_days == 42 && m->producer_buffer_days == 21 &&
                m->storage_days == 364 && m->inventory_gain == 0.125);
    assert_true(m->pipeline_gain == 0.125 && m->use_smoothing == 13 && m->home_priority[0] == 0.5 &&
                m->home_priority[1] == 0.75);
    assert_true(m->home_priority[2] == 1 && m->firm == 0.5 && m->spot_rounds == 3 && m->cleanup_rounds == 4 &&
                m->loss_on == 0.07 && m->loss_off == 0.03);
    assert_true(m->qualification_wait_days == 182 && m->qualification_ramp_days == 182);
    const sc_price *p = &d->minerals[0].price;
    assert_true(!p->given && isnan(p->initial) && isinf(p->half_life_days) && p->volatility == 0 &&
                p->jump_rate == 0 && p->scarcity == 1);
    assert_true(d->minerals[0].response.elasticity == 0 && d->minerals[0].response.sub_limit == 0 &&
                d->minerals[0].response.price_max == 20);
    assert_true(d->tallies.threshold == 0.001 && d->tallies.nconfidence == 5 &&
                d->tallies.confidence[4] == 0.99 && d->tallies.required_stock);
    assert_true(d->tallies.adequacy_max_days == 360 && d->tallies.adequacy_points == 73 &&
                d->tallies.long_depth == 0.05 && d->tallies.long_days == 28);
    assert_true(d->tallies.samples && d->tallies.trace_paths == 0);
    assert_true(d->nhubs == 0 && d->nevents == 0 && d->nstockpiles == 0 && d->nregimes == 0 &&
                d->nloadings == 0 && d->nfactors == 0);
    done(&r);
}

/* The same network as tables, as lists and mappings. */
static void test_tables_equal_mappings(void **state)
{
    (void)state;
    reading a, b;
    put("t.yaml", "format: 1\nname: t\ntitle: t\nminerals: {g: {forms: [o, r]}}\nhazards: {chokepoints: {m: "
                  "{rate: 1 /year, duration: 1 d, detour: 1 d}}}\n"
                  "network: {hubs: h.csv, sites: s.csv, trade: tr.csv, demand: d.csv}\nstockpiles: "
                  "st.csv\nevents: e.csv\n");
    put("h.csv", "mineral,form,country,cover [weeks]\ng,r,JPN,3\n");
    put("s.csv", "id,mineral,form,country,kind,output [kt/month],yield [%],capacity_by_regime "
                 "[t/day]\na,g,o,CHN,mine,1,,\nb,g,r,CHN,refine,1,95,40;30;20\n");
    put("tr.csv", "mineral,form,from,to,volume [t/week],lag [weeks],routes\ng,r,CHN,JPN,3,2,m\n");
    put("d.csv", "mineral,form,country,rate [t/week],growth [/year]\ng,r,JPN,3,0.01\n");
    put("st.csv", "id,owner,country,mineral,form,opening [days],at_most\np,joint,JPN,g,r,30,5 t/step\n");
    put("e.csv", "from,to,object,field,op,value\n2026-03-01,,site/a,availability,,50 "
                 "%\n3,5,arc/g/r/CHN/JPN,lag,add,1\n");
    put("l.yaml",
        "format: 1\nname: t\ntitle: t\nminerals: {g: {forms: [o, r]}}\nhazards: {chokepoints: {m: {rate: 1 "
        "/year, duration: 1 d, detour: 1 d}}}\n"
        "network:\n  hubs: [{mineral: g, form: r, country: JPN, cover: 3 weeks}]\n"
        "  sites:\n    a: {mineral: g, form: o, country: CHN, kind: mine, output: 1 kt/month}\n"
        "    b: {mineral: g, form: r, country: CHN, kind: refine, output: 1 kt/month, yield: 95 %, "
        "capacity_by_regime: [40 t/day, 30 t/day, 20 t/day]}\n"
        "  trade: [{mineral: g, form: r, from: CHN, to: JPN, volume: 3 t/week, lag: 2 weeks, routes: [m]}]\n"
        "  demand: [{mineral: g, form: r, country: JPN, rate: 3 t/week, growth: 0.01 /year}]\n"
        "stockpiles: {p: {owner: joint, country: JPN, mineral: g, form: r, opening: 30 days, at_most: 5 "
        "t/step}}\n"
        "events: [{from: 2026-03-01, object: site/a, field: availability, value: 50 %}, {from: 3, to: 5, "
        "object: arc/g/r/CHN/JPN, field: lag, op: add, value: 1}]\n");
    read_file(&a, "t.yaml");
    read_file(&b, "l.yaml");
    same_dump(a.d, b.d);
    done(&a);
    done(&b);
}

/* The base case: without hazards the routes, loadings and events that name them are without effect. */
static void test_without_hazards(void **state)
{
    (void)state;
    reading r;
    const char *const sets[] = {"hazards=null"};
    const kura_scenario_data *d = read_sets(&r, "full.yaml", sets, 1);
    assert_true(d->nregimes == 0 && d->nrestrictions == 0 && d->noutages == 0 && d->nshocks == 0 &&
                d->nchokepoints == 0);
    assert_true(d->arcs[0].nroutes == 0 && d->nloadings == 4);
    done(&r);
}

/* ---- kura describe ---- */

static void test_describe(void **state)
{
    (void)state;
    kura_text out = {0};
    kura_error err = {0};
    assert_int_equal(kura_keys_describe("minerals.gallium.price.volatility", 0, &out, &err), KURA_OK);
    assert_string_equal(out.data, "minerals.ID.price.volatility\n    standard deviation of the log price "
                                  "after one year without reversion\n"
                                  "    a volatility, for example 26 %/sqrt(year); at least 0 %/sqrt(year); "
                                  "required\n    rule of configs/MODEL.md: 4.1\n");
    kura_text_fini(&out);
    assert_int_equal(kura_keys_describe("run.pahts", 0, &out, &err), KURA_E_USAGE);
    assert_string_equal(err.message, "no key \"run.pahts\"; did you mean \"paths\"?");
    kura_text_fini(&out);
    assert_int_equal(kura_keys_describe(NULL, 0, &out, &err), KURA_OK);
    assert_non_null(strstr(out.data, "hazards.restrictions.ID.types.ID.severity"));
    assert_non_null(strstr(out.data, "lognormal: {median, sigma, p90}"));
    kura_text_fini(&out);
    assert_int_equal(kura_keys_describe(NULL, 1, &out, &err), KURA_OK);
    assert_non_null(strstr(out.data, "\"$schema\": \"http://json-schema.org/draft-07/schema#\""));
    kura_text_fini(&out);
}

static int enter(void **state)
{
    (void)state;
    if (mkdir(KURA_TEST_TMP "/read.tmp", 0777) && errno != EEXIST) return -1;
    if (chdir(KURA_TEST_TMP "/read.tmp")) return -1;
    put_all();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_run),
                                       cmocka_unit_test(test_minerals),
                                       cmocka_unit_test(test_hubs_and_sites),
                                       cmocka_unit_test(test_trade_and_demand),
                                       cmocka_unit_test(test_restrictions),
                                       cmocka_unit_test(test_outages_and_shocks),
                                       cmocka_unit_test(test_rest),
                                       cmocka_unit_test(test_events),
                                       cmocka_unit_test(test_resolved_reads_back),
                                       cmocka_unit_test(test_resolved_of_a_patch),
                                       cmocka_unit_test(test_inputs),
                                       cmocka_unit_test(test_defaults),
                                       cmocka_unit_test(test_tables_equal_mappings),
                                       cmocka_unit_test(test_without_hazards),
                                       cmocka_unit_test(test_describe)};
    return cmocka_run_group_tests(tests, enter, NULL);
}
