/* Keys of prices and demand beyond the plain Schwartz price: what is read, what stands where nothing is
 * given, and what is refused with which words. */
#include "frame_util.h"
#include "model/model.h"
#include "model/read.h"

static const char scenario[] =
    "format: 1\n"
    "name: prices\n"
    "run: {start: 2026-01-05, step: 7 days, steps: 104, focus: JPN}\n"
    "%s"
    "minerals:\n"
    "  unit:\n"
    "    forms: [good]\n"
    "    price: {initial: 100 USD/t, half_life: 1 year, volatility: 20 %%/sqrt(year)%s}\n"
    "    demand_response: {elasticity: 0.3%s}\n"
    "network:\n"
    "  sites: {mine: {mineral: unit, form: good, country: CHN, kind: mine, output: 20 t/step}}\n"
    "  trade: [{mineral: unit, form: good, from: CHN, to: JPN, volume: 16 t/step, lag: 7 days}]\n"
    "  demand:\n"
    "    - {mineral: unit, form: good, country: CHN, rate: 4 t/step}\n"
    "    - {mineral: unit, form: good, country: JPN, rate: 16 t/step%s}\n"
    "%s";

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *sc;
    km_model *model;
    int status;
} reading;

static void close_reading(reading *r)
{
    kura_model_free(r->model);
    kura_diag_fini(&r->diag);
    kura_arena_fini(&r->arena);
}

/* Reads and compiles the scenario with further keys at its five places and a change, if any. */
static void read_changed(reading *r, const char *top, const char *price, const char *response,
                         const char *demand, const char *rest, const char *change)
{
    char text[4096];
    kura_error err = {0};
    memset(r, 0, sizeof *r);
    snprintf(text, sizeof text, scenario, top, price, response, demand, rest);
    r->status = (int)kura_scenario_read(put_file("read-prices.yaml", text), &change, change != NULL,
                                        &r->arena, &r->sc, &r->diag, &err);
    if (!r->status) r->status = (int)kura_model_compile(r->sc, 1, &r->model, &r->diag, &err);
}

static void read_with(reading *r, const char *top, const char *price, const char *response,
                      const char *demand, const char *rest)
{
    read_changed(r, top, price, response, demand, rest, NULL);
}

static void test_nothing_given(void **state)
{
    (void)state;
    reading r;
    read_with(&r, "", "", "", "", "");
    assert_int_equal(r.status, 0);
    const sc_mineral *m = &r.sc->minerals[0];
    assert_true(isnan(m->price.shock.by_regime[0]) && m->price.shock.sd == 0 && m->price.shock.depth == 1);
    assert_true(m->price.wedge.importer == 0 && m->price.wedge.origin == 0 && m->cycle_exposure == 1);
    assert_true(isnan(m->response.adjust_half_life_days) && isnan(m->response.adjust_share) &&
                isnan(m->response.range[0]) && r.sc->cycle.sd == 0);
    assert_true(isnan(r.sc->demands[1].elasticity) && isnan(r.sc->demands[1].substitution));
    const km_mineral *k = &r.model->minerals[0];
    assert_true(!k->price.volatility.given && !k->price.wedge.given && !r.model->any_wedge && k->cycle == 0);
    assert_true(k->response.nanswers == 1 && k->response.answers[0].country == -1 && !k->response.gradual);
    close_reading(&r);
}

static void test_all_given(void **state)
{
    (void)state;
    reading r;
    read_with(
        &r, "demand_cycle: {sd: 5 %, half_life: 2 years, start: stationary}\n",
        ", volatility_by_regime: {tension: 1.5, coercion: 3, exporters: share}, stochastic_volatility: {sd: "
        "0.3, half_life: 20 weeks, start: base}, market_depth: {volatility: 0.7, start: 2026-03-02, ramp: 4 "
        "weeks}, wedge: {importer: 0.4, origin: 0.1, lag: 6 weeks}",
        ", adjustment: {share: 90 %}, demand_range: [0.5, 2], substitution: {limit: 20 %, lag: 1 year}",
        ", elasticity: 0.1, substitution: 5 %",
        "hazards: {regimes: {CHN: {tension: 1 /year, coercion: 1 /year, "
        "relax: 1 /year, ease: 1 /year}}}\n");
    print_messages(&r.diag);
    assert_int_equal(r.status, 0);
    const sc_mineral *m = &r.sc->minerals[0];
    const sc_volatility *s = &m->price.shock;
    assert_true(s->by_regime[0] == 1 && s->by_regime[1] == 1.5 && s->by_regime[2] == 3 && s->by_share == 1);
    assert_true(s->sd == 0.3 && s->half_life_days == 140 && s->from_base == 1);
    assert_true(s->depth == 0.7 && s->depth_from == 8 && s->depth_ramp_days == 28);
    assert_true(m->price.wedge.importer == 0.4 && m->price.wedge.origin == 0.1 &&
                m->price.wedge.lag_days == 42);
    assert_true(m->response.adjust_share == 0.9 && m->response.range[0] == 0.5 && m->response.range[1] == 2);
    assert_true(r.sc->cycle.sd == 0.05 && r.sc->cycle.half_life_days == 730.5 && r.sc->cycle.stationary == 1);
    const km_mineral *k = &r.model->minerals[0];
    const km_volatility *v = &k->price.volatility;
    assert_true(v->given && v->nexporters == 1 && v->weight[0] == 1); /* CHN is the only exporter */
    assert_true(v->first == v->s && fabs(v->a - exp2(-1.0 / 20)) < 1e-15);
    assert_true(v->depth[7] == 1 && v->depth[8] == 1 && fabs(v->depth[10] - 0.85) < 1e-15 &&
                fabs(v->depth[12] - 0.7) < 1e-15 && v->depth[103] == v->depth[12]);
    assert_true(k->price.wedge.given && k->price.wedge.ncountries == 2 && k->price.wedge.n == 6);
    assert_int_equal(k->price.wedge.focus, k->price.wedge.of_hub[k->consumers[1].hub]);
    assert_true(k->hubs[k->consumers[1].hub].looks);
    assert_int_equal(k->response.nanswers, 2);
    const km_answer *own = &k->response.answers[k->consumers[1].answer];
    assert_true(own->elasticity == 0.1 && own->sub_limit == 0.05);
    assert_true(fabs(k->response.adjust - (1 - pow(0.1, 7 / 365.25))) < 1e-15 && k->cycle == 1);
    close_reading(&r);
}

static void assert_said(const reading *r, int severity, const char *words)
{
    for (size_t i = 0; i < r->diag.count; i++)
        if ((int)r->diag.items[i].severity == severity && strstr(r->diag.items[i].message, words)) return;
    print_messages(&r->diag);
    fail_msg("not said: %s", words);
}

static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *top, *price, *response, *demand, *rest, *words;
    } rows[] = {
        {"", ", volatility_by_regime: {tension: 2}", "", "", "", "\"coercion\" is missing"},
        {"", ", volatility_by_regime: {tension: -1, coercion: 2}", "", "", "",
         "\"tension\" must be at least 0 and at most 10; found \"-1\""},
        {"", ", volatility_by_regime: {tension: 1, coercion: 2, exporters: all}", "", "", "",
         "it can be worst, share"},
        {"", ", stochastic_volatility: {sd: 0.3}", "", "", "", "\"half_life\" is missing"},
        {"", ", market_depth: {start: 2027-01-01}", "", "", "", "\"volatility\" is missing"},
        {"", ", wedge: {lag: 4 weeks}", "", "", "", "a wedge needs \"importer\", \"origin\" or both"},
        {"", ", wedge: {importer: 5}", "", "", "",
         "\"importer\" must be at least 0 and at most 3; found \"5\""},
        {"", "", ", adjustment: {half_life: 1 year, share: 50 %}", "", "",
         "give either \"half_life\" or \"share\""},
        {"", "", ", adjustment: {}", "", "", "give either \"half_life\" or \"share\""},
        {"", "", ", demand_range: [1.1, 2]", "", "", "must enclose 1, the demand at the base price"},
        {"", "", ", price_range: [0.5, 1.25], substitution: {limit: 10 %, lag: 1 year}", "", "",
         "substitution begins above 1.25 times the base price"},
        {"", "", "", ", substitution: 10 %", "", "needs minerals.unit.demand_response.substitution"},
        {"demand_cycle: {sd: 5 %}\n", "", "", "", "", "\"half_life\" is missing"},
        {"", "", "", "",
         "correlation: {factors: [f, g], loadings: {macro: {f: 0.5}, prise/unit: {g: 0.5}}}\n",
         "\"prise/unit\" is no driver"},
        {"demand_cycle: {sd: 5 %, half_life: 1 year}\n", "", "", "",
         "correlation: {factors: [f], loadings: {macro: {f: 0.5}}, t: {f: 4}}\n",
         "no driver but prices and the demand cycle has a loading on factor \"f\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reading r;
        read_with(&r, rows[i].top, rows[i].price, rows[i].response, rows[i].demand, rows[i].rest);
        if (!r.status) fail_msg("row %d was accepted, expected: %s", (int)i, rows[i].words);
        assert_said(&r, KURA_DIAG_ERROR, rows[i].words);
        close_reading(&r);
    }
}

/* [4.1] What reverts to nothing follows no trend: refused, since the drift would do nothing. */
static void test_drift(void **state)
{
    (void)state;
    for (int drift = 0; drift < 2; drift++) {
        reading r;
        read_changed(&r, "", drift ? ", drift: 3 %/year" : ", drift: 0 /year", "", "", "",
                     "minerals.unit.price.half_life=never");
        assert_int_equal(r.status != 0, drift);
        if (drift) assert_said(&r, KURA_DIAG_ERROR, "follows no \"drift\"; give a half_life");
        close_reading(&r);
    }
}

/* [4.1] More jumps than a step can have are not left out without a word. */
static void test_many_jumps(void **state)
{
    (void)state;
    static const struct {
        const char *price, *words;
    } rows[] = {{", jumps: {rate: 5 /year, mean: 0.1, sd: 0.2}", NULL},
                {", jumps: {rate: 200 /year, mean: 0.1, sd: 0.2}",
                 "at most 4 a step are drawn, and more would be due with probability 0.34"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reading r;
        read_with(&r, "", rows[i].price, "", "", "");
        assert_int_equal(r.status, 0);
        if (rows[i].words)
            assert_said(&r, KURA_DIAG_WARNING, rows[i].words);
        else
            assert_int_equal(r.diag.count, 0);
        close_reading(&r);
    }
}

/* Regimes that no exporter has leave the key without effect: a warning; a scenario without hazards says
 * nothing. */
static void test_idle(void **state)
{
    (void)state;
    for (int hazards = 0; hazards < 2; hazards++) {
        reading r;
        read_with(
            &r, "", ", volatility_by_regime: {tension: 1.5, coercion: 3}", "", "",
            hazards
                ? "hazards: {regimes: {JPN: {tension: 1 /year, coercion: 1 /year, relax: 1 /year, ease: 1 "
                  "/year}}}\n"
                : "correlation: {factors: [f], loadings: {macro: {f: 0.5}}}\n");
        assert_int_equal(r.status, 0);
        assert_false(r.model->minerals[0].price.volatility.given);
        if (hazards) assert_said(&r, KURA_DIAG_WARNING, "price.volatility_by_regime does nothing");
        close_reading(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_given), cmocka_unit_test(test_all_given),
                                       cmocka_unit_test(test_refused),       cmocka_unit_test(test_drift),
                                       cmocka_unit_test(test_many_jumps),    cmocka_unit_test(test_idle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
