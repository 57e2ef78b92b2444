/* Base flows that levers make, where others look at them [7, 8.10, 8.11]: in step 60 all of Japan's contracts
 * move from China to Australia.  Causes, losses of single objects and the story of a path must hang on China
 * before and on Australia after, and on nobody else. */
#include "case.h"
#include <kura/kura.h>

enum { STEPS = 120, MOVE = 60 };

static const char *model(int seed, int paths, const char *hazards, const char *tallies)
{
    return text("format: 1\nname: epochs\n"
                "run: {paths: %d, seed: %d, start: 2026-01-05, step: 7 days, steps: 120, focus: JPN, per: "
                "horizon}\n"
                "market: {spot_rounds: 0, cleanup_rounds: 0, cover: 0 days, producer_buffer: 7 days, "
                "inventory_gain: 0, pipeline_gain: 0}\n"
                "minerals: {unit: {forms: [metal]}}\n"
                "network:\n  sites:\n"
                "    china: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step}\n"
                "    australia: {mineral: unit, form: metal, country: AUS, kind: mine, output: 16 t/step, "
                "spare: 100 %%}\n"
                "  trade:\n"
                "    - {mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 1}\n"
                "    - {mineral: unit, form: metal, from: AUS, to: ROW, volume: 16 t/step, lag_steps: 1}\n"
                "  demand:\n"
                "    - {mineral: unit, form: metal, country: JPN, rate: 16 t/step}\n"
                "    - {mineral: unit, form: metal, country: ROW, rate: 16 t/step}\n"
                "levers:\n  diversification:\n"
                "    move: {mineral: unit, form: metal, importer: JPN, from: CHN, to: {AUS: 100 %%}, start: "
                "60, lag: 7 days}\n"
                "%stallies: {threshold: 0 %%, required_stock: false, %s}\n",
                paths, seed, hazards, tallies);
}

static double by_cause(const run_result *r, const char *class, const char *place)
{
    return numbers(
        r, "attribution",
        "unserved_by_cause")[label(r, "attribution", "class", class) * size_of(r, "attribution", "place") +
                             label(r, "attribution", "place", place)];
}

static void assert_sums_close(const run_result *r)
{
    double eue = summary(r, "expected_unserved", NULL), sum = 0;
    const double *x = numbers(r, "attribution", "unserved_by_cause");
    for (int64_t i = 0; i < size_of(r, "attribution", "unserved_by_cause"); i++) sum += x[i];
    if (!(fabs(sum - eue) <= 1e-12 * eue)) fail_msg("causes sum to %.17g, EUE %.17g", sum, eue);
}

/* ---- causes ---- */

/* Restrictions of both, before, across and after the move.  What a country holds back is missed a step later,
 * by whom it supplies at loading; Australia's restrictions act on Japan alone. */
static void test_restrictions(void **state)
{
    (void)state;
    static const struct {
        int from, to;
        double severity;
        double chn, aus;                 /* t missing, by whom it is restricted */
    } rows[] = {{30, 34, 0.5, 4 * 8, 0}, /* before: China's */
                {80, 84, 0.5, 0, 4 * 8}, /* after: Australia's */
                {59, 60, 1, 16, 0},      /* the last step, missed in the first of the new flow */
                {60, 61, 1, 0, 16},      /* the first */
                {56, 65, 0.25, 4 * 4, 5 * 4}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run_result r[2];
        for (int k = 0; k < 2; k++) {
            r[k] = run_text(model(1, 64,
                                  text("events: [{from: %d, to: %d, object: restriction/%s/unit/JPN, field: "
                                       "severity, value: %g}]\n",
                                       rows[i].from, rows[i].to, k ? "AUS" : "CHN", rows[i].severity),
                                  "attribution: true"),
                            NULL, k ? "epochs-aus" : "epochs-chn");
            double want = k ? rows[i].aus : rows[i].chn, eue = summary(&r[k], "expected_unserved", NULL);
            if (!(fabs(eue - want) < 1e-9))
                fail_msg("%s: %g t are missing, by hand %g", k ? "AUS" : "CHN", eue, want);
            if (want > 0 && by_cause(&r[k], "restriction", k ? "AUS" : "CHN") != eue)
                fail_msg("%s is to blame for %.17g of %.17g", k ? "AUS" : "CHN",
                         by_cause(&r[k], "restriction", k ? "AUS" : "CHN"), eue);
            assert_sums_close(&r[k]);
            drop(&r[k]);
        }
    }
}

/* Outages of both at any time: the rule of 8.10 once more, from what /paths holds of availabilities and of
 * what is not served.  Losses: -ln of what is left of China's mine up to step 59, of Australia's from then
 * on; memory 1 + 1 step on the way = 2 steps, followed from three of them before a shortage on. */
static void test_outages(void **state)
{
    (void)state;
    enum { MEMORY = 2, RING = 3 * MEMORY + 1, PATHS = 64 };
    double both[2] = {0};
    for (int seed = 1; seed <= 5; seed++) {
        run_result r =
            run_text(model(seed, PATHS,
                           "hazards: {outages: {strike: {select: {kinds: [mine]}, mttf: 20 weeks, mttr: "
                           "{exponential: {mean: 3 weeks}}, derating: 60 %}}}\n",
                           "attribution: true, trace_paths: 64"),
                     NULL, "epochs-outages");
        const double *left[] = {series(&r, "availability", "site", "china"),
                                series(&r, "availability", "site", "australia")};
        const double *u = series(&r, "unserved", "consumer", "unit/metal/JPN");
        assert_true(numbers(&r, "attribution", "memory")[0] == 7 * MEMORY && traced(&r) == PATHS);
        double want[2] = {0}, rest = 0;
        for (int p = 0; p < PATHS; p++) {
            double loss[2] = {0};
            int last = -1; /* up to which step losses were followed */
            for (int t = 0; t < STEPS; t++) {
                double x = u[t * PATHS + p];
                if (!(x > 0)) continue;
                int earliest = t - RING + 1, from = last + 1;
                if (last < 0 || from < earliest) {
                    loss[0] = loss[1] = 0;
                    from = earliest < 0 ? 0 : earliest;
                }
                for (int i = from; i <= t; i++)
                    for (int k = 0; k < 2; k++) {
                        /* kept in single precision, as the ring has it */
                        double kappa = (double)(float)left[k][i * PATHS + p];
                        double now = k == (i >= MOVE) ? -log(fmax(kappa, 1e-6)) : 0;
                        loss[k] += (now - loss[k]) / MEMORY;
                    }
                last = t;
                double sum = loss[0] + loss[1];
                for (int k = 0; k < 2 && sum > 0; k++) want[k] += x * loss[k] / sum / PATHS;
                if (!(sum > 0)) rest += x / PATHS;
            }
        }
        double got[] = {by_cause(&r, "outage", "CHN"), by_cause(&r, "outage", "AUS")};
        double eue = summary(&r, "expected_unserved", NULL);
        print_message("  seed %d: China %.6g, Australia %.6g of %.6g t\n", seed, got[0], got[1], eue);
        for (int k = 0; k < 2; k++) {
            both[k] += got[k];
            if (!(fabs(got[k] - want[k]) <= 1e-6 * eue))
                fail_msg("seed %d, %s: %.12g, by the rule %.12g", seed, k ? "AUS" : "CHN", got[k], want[k]);
        }
        double residual =
            numbers(&r, "attribution", "unserved_by_class")[label(&r, "attribution", "class", "residual")];
        assert_true(fabs(residual - rest) <= 1e-6 * eue);
        assert_sums_close(&r);
        drop(&r);
    }
    assert_true(both[0] > 0 && both[1] > 0);
}

/* ---- losses of single objects ---- */

/* Four weeks without the exports of one of them: 4 x 16 t where Japan has its contracts, nothing elsewhere.
 */
static void test_losses(void **state)
{
    (void)state;
    static const char *const countries[] = {"CHN", "AUS"}, *const dates[] = {"2026-08-03", "2027-08-02"};
    const char *file = put_file("epochs-losses.yaml", model(1, 64, "", "n_minus_1: false"));
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    assert_int_equal(kura_scenario_load(file, NULL, 0, &s, &diag, &err), 0);
    kura_diag_fini(&diag);
    for (int after = 0; after < 2; after++) { /* steps 30 and 82 */
        const double weeks = 4;
        kura_n_minus_1_options options = {.weeks = &weeks, .nweeks = 1, .from = dates[after], .threads = 1};
        kura_result *result = NULL;
        run_result r = {0};
        if (kura_n_minus_1(s, &options, &result, &err)) fail_msg("%s", err.message);
        snprintf(r.path, sizeof r.path, "%s/epochs-losses.h5", KURA_TEST_TMP);
        assert_int_equal(kura_result_write(result, r.path, 1, 1, &err), 0);
        assert_int_equal(kura_io_read(r.path, NULL, &r.frame, &err), 0);
        for (int k = 0; k < 2; k++) {
            /* by the base flow in force when the object is lost */
            int64_t at = label(&r, "n_minus_1", "loss", text("unit/site/%s", k ? "australia" : "china"));
            assert_true(numbers(&r, "n_minus_1", "supply_share")[at] == (k == after));
            double want = k == after ? 64 : 0;
            const char *const lost[] = {text("unit/exports/%s", countries[k]),
                                        text("unit/country/%s", countries[k])};
            for (int i = 0; i < 2; i++) {
                double x = numbers(&r, "n_minus_1", "unserved")[label(&r, "n_minus_1", "loss", lost[i])];
                if (x != want)
                    fail_msg("from %s without %s: %g t, by hand %g", dates[after], lost[i], x, want);
            }
        }
        kura_result_free(result);
        drop(&r);
    }
    kura_scenario_free(s);
}

/* ---- the story of a path ---- */

/* What befalls a country counts by what it supplies at that time; suppliers are those of the shortage. */
static void test_story(void **state)
{
    (void)state;
    static const struct {
        int from, to;
        const char *what;
        double weight;
    } events[] = {{20, 24, "arc/unit/metal/CHN/JPN", 1},
                  {80, 84, "arc/unit/metal/CHN/JPN", 0},
                  {26, 30, "arc/unit/metal/AUS/JPN", 0},
                  {86, 90, "arc/unit/metal/AUS/JPN", 1},
                  {34, 35, "site/china", 1},
                  {94, 95, "site/china", 0},
                  {40, 41, "site/australia", 0},
                  {100, 101, "site/australia", 1},
                  {58, 62, "restriction/CHN/unit/JPN", 1},
                  {104, 106, "restriction/CHN/unit/JPN", 0},
                  {108, 110, "restriction/AUS/unit/JPN", 1}};
    enum { N = sizeof events / sizeof *events };
    char rows[4096] = "events:\n";
    for (int i = 0; i < N; i++) {
        int severity = strncmp(events[i].what, "restriction", 11) == 0;
        snprintf(rows + strlen(rows), sizeof rows - strlen(rows),
                 "  - {from: %d, to: %d, object: %s, field: %s, value: 50 %%}\n", events[i].from,
                 events[i].to, events[i].what, severity ? "severity" : "availability");
    }
    const char *file = put_file("epochs-story.yaml", model(1, 64, rows, "samples: true"));
    kura_scenario *s = NULL;
    kura_story *story = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_explain_options options = {0};
    assert_int_equal(kura_scenario_load(file, NULL, 0, &s, &diag, &err), 0);
    kura_diag_fini(&diag);
    assert_int_equal(kura_explain(s, 0, &options, &story, &err), 0);
    const kura_story_mineral *m = &story->minerals[0];
    int told = 0;
    for (int i = 0; i < m->nevents; i++)
        for (int k = 0; k < N; k++) {
            const kura_story_event *e = &m->events[i];
            if (e->kind != KURA_STORY_SCRIPT || e->from != events[k].from || e->to != events[k].to) continue;
            told++;
            if (e->weight != events[k].weight)
                fail_msg("%s, step %d: weight %g, by hand %g", events[k].what, e->from, e->weight,
                         events[k].weight);
        }
    assert_int_equal(told, N);
    /* all within 13 weeks, or in the order of time: the first shortage is China's, the last Australia's */
    assert_true(m->nshortages >= 2);
    for (int i = 0; i < 2; i++) {
        const kura_story_shortage *x = &m->shortages[i ? m->nshortages - 1 : 0];
        const kura_story_supplier *first = &x->suppliers[0];
        assert_true(i == (x->from >= MOVE));
        assert_string_equal(first->exporter, i ? "AUS" : "CHN");
        assert_true(first->share == 1 && fabs(first->base_t_per_year - 16 * 365.25 / 7) < 1e-9);
        /* loaded over the base flow in force from the trouble to the end: half in the steps of the events */
        assert_true(first->delivered > 0.5 && first->delivered < 1);
    }
    kura_story_free(story);
    kura_scenario_free(s);
}

/* ---- the result ---- */

/* /network is the flow before any lever, and says so; /levers has the other one, with its step and date. */
static void test_result(void **state)
{
    (void)state;
    run_result r = run_text(model(1, 64, "", "samples: false"), NULL, "epochs-result");
    const double year = 365.25 / 7;
    const kf_variable *v = variable(&r, "network", "arc_volume");
    const double *volume = v->data;
    assert_true(volume[label(&r, "network", "arc", "unit/metal/CHN/JPN")] == 16 * year);
    assert_true(volume[label(&r, "network", "arc", "unit/metal/AUS/JPN")] == 0);
    assert_non_null(strstr(v->long_name, "before any lever"));
    assert_true(size_of(&r, "levers", "base_flow") == 1);
    assert_int_equal(((const int32_t *)variable(&r, "levers", "base_flow_step")->data)[0], MOVE);
    assert_string_equal(((const char *const *)variable(&r, "levers", "base_flow_from")->data)[0],
                        "2027-03-01");
    assert_true(size_of(&r, "levers", "trade_change") == 2 && size_of(&r, "levers", "output_change") == 2);
    const double *x = numbers(&r, "levers", "trade_change_volume"),
                 *y = numbers(&r, "levers", "output_change_output");
    assert_true(x[label(&r, "levers", "trade_change", "unit/metal/CHN/JPN")] == 0);
    assert_true(x[label(&r, "levers", "trade_change", "unit/metal/AUS/JPN")] == 16 * year);
    assert_true(y[label(&r, "levers", "output_change", "china")] == 0);
    assert_true(y[label(&r, "levers", "output_change", "australia")] == 32 * year);
    drop(&r);
    /* where the lever ends the first flow is back, as a row of its own */
    const char *const end = "levers.diversification.move.end=100";
    r = run_file(put_file("epochs-end.yaml", model(1, 64, "", "samples: false")), &end, 1, NULL,
                 "epochs-end");
    assert_true(size_of(&r, "levers", "base_flow") == 2 && size_of(&r, "levers", "trade_change") == 4);
    assert_int_equal(((const int32_t *)variable(&r, "levers", "base_flow_step")->data)[1], 100);
    const char *const *flow = variable(&r, "levers", "trade_change_base_flow")->data,
                      *const *trade = variable(&r, "levers", "trade_change")->data;
    x = numbers(&r, "levers", "trade_change_volume");
    for (int i = 0; i < 4; i++) {
        int back = strcmp(flow[i], "unit/100") == 0, china = strcmp(trade[i], "unit/metal/CHN/JPN") == 0;
        assert_true(back || strcmp(flow[i], "unit/60") == 0);
        assert_true(x[i] == (back == china ? 16 * year : 0));
    }
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_restrictions), cmocka_unit_test(test_outages),
                                       cmocka_unit_test(test_losses), cmocka_unit_test(test_story),
                                       cmocka_unit_test(test_result)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
