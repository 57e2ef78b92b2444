/* Process lag, tolling and standby of sites [2.1, 2.4]; usable days of a stock against nominal ones; burn-in.
 */
#include "duo.h"

/* AUS mines ore, JPN makes metal of it at home and, when `toll` is not empty, has it made by an ally. */
static const char *chain(const char *sites, const char *demand, const char *rest)
{
    return text(
        "format: 1\nname: chain\n"
        "run: {paths: 70, seed: 5, start: 2026-01-05, step: 7 days, steps: 60, focus: JPN, per: horizon}\n"
        "minerals: {unit: {forms: [ore, metal], lattice_exponent: -20}}\n"
        "network:\n  sites:\n%s"
        "  trade:\n"
        "    - {mineral: unit, form: ore, from: AUS, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
        "  demand: [%s]\n"
        "tallies: {required_stock: false, trace_paths: 70}\n%s",
        sites, demand, rest);
}
#define ORE /* inside a format */                                                                            \
    "    pit: {mineral: unit, form: ore, country: AUS, kind: mine, output: 16 t/step, spare: 50 %%}\n"
#define DEMAND "{mineral: unit, form: metal, country: JPN, rate: 16 t/step}"
#define METAL "unit/metal/JPN"

static void assert_all_constant(const run_result *r)
{
    static const char *const names[][2] = {
        {"on_hand", "hub"},  {"in_transit", "hub"},    {"order", "hub"},     {"output", "site"},
        {"shipment", "arc"}, {"unserved", "consumer"}, {"stockpile", "tier"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!kura_frame_find_var(kura_frame_find(r->frame, "paths"), names[i][0])) continue;
        const char *const *id = variable(r, "paths", names[i][1])->data;
        for (int64_t k = 0; k < size_of(r, "paths", names[i][1]); k++)
            assert_steps(r, names[i][0], names[i][1], id[k], 0, steps_of(r),
                         cell(r, names[i][0], names[i][1], id[k], 0));
    }
    assert_true(summary(r, "expected_unserved", NULL) == 0);
}

static run_result long_run(const char *yaml, const char *name)
{
    const char *sets[] = {"run.steps=200", "run.paths=2", "tallies.trace_paths=2"};
    return run_file(put_file(text("%s.yaml", name), yaml), sets, 3, NULL, name);
}

/* ---- lag ---- */

/* What a refinery starts joins the store `lag` steps later: a stop of steps 5 to 24 is felt from step 5 +
 * lag, in the stock exactly. */
static void test_lag(void **state)
{
    (void)state;
    double empty[4];
    for (int lag = 0; lag < 4; lag++) {
        const char *refinery = text("    works: {mineral: unit, form: metal, country: JPN, kind: refine, "
                                    "output: 16 t/step, spare: 50 "
                                    "%%%s}\n",
                                    lag ? text(", lag: %d weeks", lag) : "");
        run_result r = run_text(
            chain(text(ORE "%s", refinery), DEMAND,
                  "events: [{from: 5, to: 25, object: site/works, field: availability, value: 0}]\n"),
            NULL, "sites-lag");
        double I = 96;
        empty[lag] = -1;
        for (int t = 0; t < 60; t++) {
            double in = t < lag ? 16 : cell(&r, "output", "site", "works", t - lag);
            I += in;
            assert_step(&r, "unserved", "consumer", METAL, t, fmax(0, 16 - I));
            if (I < 16 && empty[lag] < 0) empty[lag] = t;
            I = fmax(0, I - 16);
            assert_step(&r, "on_hand", "hub", METAL, t, I);
        }
        assert_true(empty[lag] == 11 + lag);
        drop(&r);
        r = long_run(chain(text(ORE "%s", refinery), DEMAND, ""), "sites-rest");
        assert_all_constant(&r);
        drop(&r);
    }
    run_result r[2]; /* 0 days and half a step less are no lag; mines have one too */
    for (int i = 0; i < 2; i++)
        r[i] = run_text(
            chain(text("    pit: {mineral: unit, form: ore, country: AUS, kind: mine, output: 16 t/step, "
                       "spare: 50 %%%s}\n"
                       "    works: {mineral: unit, form: metal, country: JPN, kind: refine, output: 16 "
                       "t/step, spare: 50 %%%s}\n",
                       i ? ", lag: 3 days" : "", i ? ", lag: 0 days" : ""),
                  DEMAND, "hazards: {outages: {o: {mttf: 20 weeks, mttr: 5 weeks}}}\n"),
            NULL, i ? "sites-b" : "sites-a");
    assert_memory_equal(numbers(&r[0], "paths", "on_hand"), numbers(&r[1], "paths", "on_hand"),
                        (size_t)size_of(&r[0], "paths", "on_hand") * sizeof(double));
    assert_true(summary(&r[0], "expected_unserved", NULL) > 0);
    drop(&r[0]);
    drop(&r[1]);
}

/* ---- tolling ---- */

#define HOME "    works: {mineral: unit, form: metal, country: JPN, kind: refine, output: 8 t/step}\n"
#define STOCK                                                                                                \
    "stockpiles: {ore: {owner: national, country: JPN, mineral: unit, form: ore, opening: %d t, trigger: "   \
    "always}}\n"
#define CUT "events:\n  - {from: 3, object: arc/unit/ore/AUS/JPN, field: availability, value: 0}\n"

static const char *toll(int capacity, int ore, const char *keys, const char *events)
{
    return chain(
        text(ORE HOME
             "    ally: {mineral: unit, form: metal, country: USA, owner: JPN, kind: refine, output: "
             "8 t/step, capacity: %d t/step%s}\n",
             capacity, keys),
        DEMAND, text(STOCK "%s", ore, events));
}

/* The ally's works take Japanese feed and give the product back: their outage acts and costs their part; a
 * closed way back acts like an outage; so does a shock of the ally's country, and not one of the owner's. */
static void test_toll(void **state)
{
    (void)state;
    static const struct {
        const char *events;
        int home, ally; /* what the works make in step 20 */
    } rows[] = {
        {"", 8, 8},
        {"events: [{from: 0, object: site/ally, field: availability, value: 0}]\n", 8, 0},
        {"events: [{from: 0, object: country/USA, field: availability, value: 50 %}]\n", 8, 4},
        {"events: [{from: 0, object: country/JPN, field: availability, value: 0}]\n", 0, 8},
        {"hazards: {outages: {o: {select: {countries: [USA]}, mttf: 1 day, mttr: 100 years}}}\n", 8, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_result r = run_text(toll(8, 0, ", lag: 2 weeks", rows[i].events), NULL, "sites-toll");
        assert_true(fabs(cell(&r, "output", "site", "works", 20) - rows[i].home) < 1e-3);
        assert_true(fabs(cell(&r, "output", "site", "ally", 20) - rows[i].ally) < 1e-3);
        if (i) {
            double u = cell(&r, "unserved", "consumer", METAL, 40);
            assert_true(fabs(u - (16 - rows[i].home - rows[i].ally)) < 1e-2);
        } else {
            assert_all_constant(&r);
        }
        drop(&r);
    }
}

/* The declared trade back to the owner acts on the site. */
static void test_way_back(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        run_result r = run_text(
            text("format: 1\nname: back\n"
                 "run: {paths: 1, start: 2026-01-05, step: 7 days, steps: 40, focus: JPN, per: horizon}\n"
                 "minerals: {unit: {forms: [ore, metal], lattice_exponent: -20}}\n"
                 "network:\n  sites:\n" ORE "    ally: {mineral: unit, form: metal, country: USA, owner: "
                 "JPN, kind: refine, output: 16 t/step, "
                 "lag: 1 week}\n"
                 "    own: {mineral: unit, form: metal, country: USA, kind: recycle, output: 4 t/step}\n"
                 "  trade:\n"
                 "    - {mineral: unit, form: ore, from: AUS, to: JPN, volume: 16 t/step, lag_steps: 2}\n"
                 "%s"
                 "  demand: [" DEMAND ", {mineral: unit, form: metal, country: USA, rate: 4 t/step}]\n"
                 "tallies: {required_stock: false, trace_paths: 1}\n%s",
                 with ? "    - {mineral: unit, form: metal, from: USA, to: JPN, volume: 0 t/step, lag_steps: "
                        "2}\n"
                      : "",
                 with ? "events: [{from: 5, to: 10, object: arc/unit/metal/USA/JPN, field: availability, "
                        "value: 25 "
                        "%}]\n"
                      : ""),
            NULL, "sites-back");
        assert_step(&r, "output", "site", "ally", 4, 16);
        for (int t = 5; t < 10; t++) assert_step(&r, "output", "site", "ally", t, with ? 4 : 16);
        drop(&r);
    }
}

/* Model 2.4: an ore stock helps through the ally's works, and without capacity there it changes nothing at
 * all. */
static void test_ore_stock(void **state)
{
    (void)state;
    double unserved[2][2];
    for (int works = 0; works < 2; works++) {
        double *keep = NULL;
        for (int big = 0; big < 2; big++) {
            /* all metal is made abroad for JPN; it is imported ready made when nobody tolls */
            const char *yaml = text(
                "format: 1\nname: ore\n"
                "run: {paths: 70, start: 2026-01-05, step: 7 days, steps: 60, focus: JPN, per: horizon}\n"
                "minerals: {unit: {forms: [ore, metal], lattice_exponent: -20}}\n"
                "network:\n  sites:\n"
                "    pit: {mineral: unit, form: ore, country: CHN, kind: mine, output: 16 t/step, spare: 50 "
                "%%}\n"
                "    big: {mineral: unit, form: metal, country: CHN, kind: refine, output: 16 t/step, spare: "
                "50 %%}\n"
                "    ally: {mineral: unit, form: metal, country: USA, owner: JPN, kind: refine, output: 0 "
                "t/step, "
                "capacity: %d t/step, lag: 1 week%s}\n"
                "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: "
                "2}]\n"
                "  demand: [" DEMAND "]\n"
                "tallies: {required_stock: false, trace_paths: 70}\n" STOCK
                "hazards: {outages: {o: {select: {countries: [CHN]}, mttf: 30 weeks, mttr: {exponential: "
                "{mean: 12 "
                "weeks}}}}}\n",
                works ? 12 : 0, works ? ", standby: true" : "", big ? 400 : 40);
            run_result r = run_text(yaml, NULL, "sites-ore");
            unserved[works][big] = summary(&r, "expected_unserved", NULL);
            size_t n = (size_t)size_of(&r, "paths", "unserved") * sizeof(double);
            const double *u = numbers(&r, "paths", "unserved");
            if (!big) {
                keep = malloc(n);
                assert_non_null(keep);
                memcpy(keep, u, n);
            } else if (!works) {
                assert_memory_equal(u, keep, n);
            } else {
                assert_true(memcmp(u, keep, n) != 0);
            }
            drop(&r);
        }
        free(keep);
    }
    assert_true(unserved[0][0] == unserved[0][1] && unserved[0][0] > 0);
    assert_true(unserved[1][0] < unserved[0][0] && unserved[1][1] < unserved[1][0]);
}

/* ---- usable days ---- */

/* Half of the ore a day's use needs can be made into metal: a stock of 100 days of ore is worth at most half
 * of a cut, less the steps before the first metal. */
static void test_usable_days(void **state)
{
    (void)state;
    static const double cuts[] = {30, 60, 90, 180, 360};
    for (int i = 0; i < 4; i++) { /* 0 as said; 1 with a lag; 2 no works; 3 metal instead of ore */
        run_result r = run_text(
            text("format: 1\nname: usable\n"
                 "run: {paths: 1, start: 2026-01-05, step: 5 days, steps: 10, focus: JPN}\n"
                 "minerals: {unit: {forms: [ore, metal], lattice_exponent: -20}}\n"
                 "network:\n  sites:\n"
                 "    pit: {mineral: unit, form: ore, country: CHN, kind: mine, output: 16 t/step}\n"
                 "    big: {mineral: unit, form: metal, country: CHN, kind: refine, output: 8 t/step}\n"
                 "%s"
                 "  trade:\n"
                 "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 8 t/step, lag_steps: 2}\n"
                 "%s"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: %d t/step}]\n"
                 "stockpiles: {s: {owner: national, country: JPN, mineral: unit, form: %s, opening: 160 t, "
                 "delay: 10 "
                 "days}}\n",
                 i == 2 ? ""
                        : text("    works: {mineral: unit, form: metal, country: JPN, kind: refine, output: "
                               "8 t/step%s}\n",
                               i == 1 ? ", lag: 15 days" : ""),
                 "    - {mineral: unit, form: ore, from: CHN, to: JPN, volume: 8 t/step, lag_steps: 2}\n",
                 i == 2 ? 8 : 16, i == 3 ? "metal" : "ore"),
            NULL, "sites-usable");
        const double *days = numbers(&r, "network", "tier_usable_days");
        double nominal = numbers(&r, "network", "tier_nominal_days")[0];
        double use = i == 2 ? 8 : 16, rate = i == 3 ? 16 : i == 2 ? 0 : 8, wait = 10 + (i == 1 ? 15 : 0);
        if (i != 2) assert_true(nominal == 160 / (i == 3 ? 16. : 8.) * 5);
        for (int k = 0; k < 5; k++) {
            double want = fmin(160, fmax(0, cuts[k] - wait) / 5 * rate) / use * 5;
            if (i == 2) want = 0;
            if (fabs(days[k] - want) > 1e-9)
                fail_msg("case %d, cut of %g days: %g, expected %g", i, cuts[k], days[k], want);
        }
        drop(&r);
    }
}

/* ---- standby ---- */

/* Nothing in normal times; when the works stop it fills what the stock lacks, an eighth of the gap a step, as
 * far as its capacity goes. */
static void test_standby(void **state)
{
    (void)state;
    double unserved[2];
    for (int with = 0; with < 2; with++) {
        const char *sites =
            text(ORE "    works: {mineral: unit, form: metal, country: JPN, kind: refine, output: 16 "
                     "t/step}\n%s",
                 with ? "    idle: {mineral: unit, form: metal, country: JPN, kind: recycle, output: 0 "
                        "t/step, capacity: 10 t/step, standby: true}\n"
                      : "");
        run_result r = run_text(
            chain(sites, DEMAND,
                  "events: [{from: 5, to: 30, object: site/works, field: availability, value: 0}]\n"),
            NULL, "sites-standby");
        unserved[with] = summary(&r, "expected_unserved", NULL);
        double I = 96;
        for (int t = 0; t < 60; t++) {
            double gap = 112 - (I + 16),
                   x = with ? fmin(10, fmax(0, floor(0.125 * gap * 0x1p20) / 0x1p20)) : 0;
            if (with) assert_step(&r, "output", "site", "idle", t, x);
            I += x + cell(&r, "output", "site", "works", t);
            I = fmax(0, I - 16);
            assert_step(&r, "on_hand", "hub", METAL, t, I);
        }
        drop(&r);
        if (!with) continue;
        r = long_run(chain(sites, DEMAND, ""), "sites-rest");
        assert_all_constant(&r);
        assert_step(&r, "output", "site", "idle", 0, 0);
        drop(&r);
    }
    assert_true(unserved[1] < unserved[0]);
}

/* Where all is imported, a standby site still has no base output: rounding of estimated trade is left to the
 * trade. */
static void test_standby_of_an_importer(void **state)
{
    (void)state;
    run_result r = run_text(
        network_of("",
                   "    c: {mineral: unit, form: metal, country: CHN, kind: mine, output: 7 t/step}\n"
                   "    a: {mineral: unit, form: metal, country: AUS, kind: mine, output: 6 t/step}\n"
                   "    idle: {mineral: unit, form: metal, country: JPN, kind: recycle, output: 0 t/step, "
                   "capacity: 3 "
                   "t/step, standby: true}\n",
                   "    - {mineral: unit, form: metal, from: CHN, to: JPN, lag_steps: 2}\n"
                   "    - {mineral: unit, form: metal, from: AUS, to: JPN, lag_steps: 2}\n"
                   "    - {mineral: unit, form: metal, from: CHN, to: USA, lag_steps: 2}\n"
                   "    - {mineral: unit, form: metal, from: AUS, to: USA, lag_steps: 2}\n",
                   "    - {mineral: unit, form: metal, country: JPN, rate: 10 t/step}\n"
                   "    - {mineral: unit, form: metal, country: USA, rate: 3 t/step}\n",
                   ""),
        NULL, "sites-importer");
    assert_steps(&r, "output", "site", "idle", 0, DUO_STEPS, 0);
    assert_all_constant(&r);
    drop(&r);
}

/* ---- burn-in ---- */

/* Ten steps before the start are simulated and not tallied: a run of 30 steps after them is the last part of
 * one of 40, when nothing refers to dates. */
static void test_burn_in(void **state)
{
    (void)state;
    const char *hazards = "hazards: {outages: {o: {mttf: 20 weeks, mttr: {exponential: {mean: 6 weeks}}}}}\n";
    const char *sets[2][2] = {{"run.steps=40", "run.burn_in=0 days"},
                              {"run.steps=30", "run.burn_in=70 days"}};
    run_result r[2];
    for (int i = 0; i < 2; i++)
        r[i] = run_file(put_file("sites-burn.yaml", duo(hazards)), sets[i], 2, NULL,
                        i ? "sites-burn-b" : "sites-burn-a");
    assert_true(steps_of(&r[1]) == 30);
    for (int t = 0; t < 30; t++)
        for (int64_t p = 0; p < traced(&r[0]); p++)
            assert_true(series(&r[0], "on_hand", "hub", HUB)[(t + 10) * traced(&r[0]) + p] ==
                        series(&r[1], "on_hand", "hub", HUB)[t * traced(&r[1]) + p]);
    double sum[2] = {0};
    for (int64_t p = 0; p < 70; p++)
        for (int t = 0; t < 40; t++) sum[t >= 10] += series(&r[0], "unserved", "consumer", HUB)[t * 70 + p];
    assert_true(sum[1] > 0);
    assert_true(fabs(summary(&r[1], "expected_unserved", NULL) - sum[1] / 70) < 1e-9 * sum[1]);
    drop(&r[0]);
    drop(&r[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lag),
                                       cmocka_unit_test(test_toll),
                                       cmocka_unit_test(test_way_back),
                                       cmocka_unit_test(test_ore_stock),
                                       cmocka_unit_test(test_usable_days),
                                       cmocka_unit_test(test_standby),
                                       cmocka_unit_test(test_standby_of_an_importer),
                                       cmocka_unit_test(test_burn_in)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
