/* What stops a bundle: a balance that does not close, a stock or price that cannot be, more shocks than room
 * was made for [R2.3].  Each is made wrong on purpose in a model or a state that is right; the message names
 * the path. */
#include "frame_util.h"
#include "model/model.h"
#include "model/read.h"
#include "sim/work.h"

enum { STEPS = 12, LANE = 11, FIRST = 128 };

static const char yaml[] =
    "format: 1\n"
    "name: bundle\n"
    "run: {paths: 64, steps: 12, focus: JPN, per: horizon}\n"
    "minerals: {unit: {forms: [metal], lattice_exponent: -20, price: {initial: 1000 USD/t, half_life: 3 "
    "years, volatility: 20 %/sqrt(year)}}}\n"
    "network:\n"
    "  sites: {mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 16 t/step, spare: 10 "
    "%}}\n"
    "  trade: [{mineral: unit, form: metal, from: CHN, to: JPN, volume: 16 t/step, lag_steps: 2}]\n"
    "  demand: [{mineral: unit, form: metal, country: JPN, rate: 16 t/step}]\n"
    "hazards: {shocks: {power: {country: CHN, rate: 1000000 /year, severity: 10 %, duration: 1 week,\n"
    "  hits: [{select: {kinds: [mine]}}]}}}\n"
    "stockpiles: {own: {owner: national, country: JPN, mineral: unit, form: metal, opening: 30 days}}\n";

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *sc;
    km_model *model;
    kura_work *work;
    int steps, ends, wrong_step;
    void (*harm)(kura_state *s);
} fixture;

static void open_fixture(fixture *f)
{
    kura_error err = {0};
    memset(f, 0, sizeof *f);
    if (kura_scenario_read(put_file("bundle.yaml", yaml), NULL, 0, &f->arena, &f->sc, &f->diag, &err) ||
        kura_model_compile(f->sc, 1, &f->model, &f->diag, &err)) {
        print_messages(&f->diag);
        fail_msg("%s", err.message);
    }
    f->work = kura_work_new(f->model);
    assert_non_null(f->work);
    f->work->paths = FIRST + KURA_LANES;
}

static void close_fixture(fixture *f)
{
    kura_work_free(f->work);
    kura_model_free(f->model);
    kura_diag_fini(&f->diag);
    kura_arena_fini(&f->arena);
}

/* Observers see, they do not touch; this one does. */
static void step(void *user, const kura_view *view)
{
    fixture *f = user;
    assert_int_equal(view->t, f->steps++);
    if (f->harm && view->t == f->wrong_step) f->harm((kura_state *)view->base);
}

static void end(void *user, const kura_view *view)
{
    fixture *f = user;
    f->ends++;
    assert_int_equal(view->first_path, FIRST);
}

static kura_status run(fixture *f)
{
    kura_observer o = {f, step, end};
    return kura_bundle_for(kura_isa_best())(f->model, f->work, FIRST, &o);
}

static void lose_a_quantum(kura_state *s) { s->P[0].v[LANE] += 1; }
static void gain_in_stockpile(kura_state *s) { s->S[0].v[LANE] += 1; }
static void empty_the_hub(kura_state *s) { s->I[0].v[LANE] = -1e9; }
static void overdraw_transit(kura_state *s) { s->P[0].v[LANE] = -1; }
static void price_of_nothing(kura_state *s) { s->X->v[LANE] = s->Xo->v[LANE] = NAN; }

static void test_nothing_wrong(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f);
    assert_int_equal(run(&f), KURA_OK);
    assert_int_equal(f.steps, STEPS);
    assert_int_equal(f.ends, 1);
    close_fixture(&f);
}

static void test_impossible_states(void **state)
{
    (void)state;
    static const struct {
        void (*harm)(kura_state *s);
        int step; /* a price is bounded again in the next step */
        const char *says;
    } rows[] = {{lose_a_quantum, 5, "unit: mass balance does not close on path 139"},
                {gain_in_stockpile, 5, "unit: mass balance does not close on path 139"},
                {empty_the_hub, 5, "unit: impossible stock on path 139"},
                {overdraw_transit, 5, "unit: impossible stock on path 139"},
                {price_of_nothing, STEPS - 1, "unit: impossible price on path 139"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fixture f;
        open_fixture(&f);
        f.harm = rows[i].harm;
        f.wrong_step = rows[i].step;
        assert_int_equal(run(&f), KURA_E_INTERNAL);
        assert_string_equal(f.work->error.message, rows[i].says);
        assert_true(f.work->error.has_path && f.work->error.path == FIRST + LANE);
        assert_int_equal(f.ends, 0); /* nothing is tallied */
        close_fixture(&f);
    }
}

/* A shock in every step of every path, and room for what a rate of nothing would bring. */
static void test_too_many_shocks(void **state)
{
    (void)state;
    for (int add = 0; add < 2; add++) {
        fixture f;
        open_fixture(&f);
        kura_work_free(f.work);
        f.model->spells[0].largest = 1e-9;
        f.model->spells[0].add = add;
        f.work = kura_work_new(f.model);
        f.work->paths = FIRST + KURA_LANES;
        assert_int_equal(run(&f), KURA_E_INTERNAL);
        assert_string_equal(f.work->error.message, "more shocks than foreseen on one bundle of paths");
        assert_int_equal(f.steps, 0);
        close_fixture(&f);
    }
}

/* What is promised before the run is what is taken, up to the rounding of each piece to a cache line. */
static void test_memory(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f);
    size_t promised = kura_work_bytes(f.model), taken = f.work->arena.total + sizeof *f.work;
    assert_true(promised >= taken);
    assert_true(promised <= taken + 64 * 200);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_wrong),
                                       cmocka_unit_test(test_impossible_states),
                                       cmocka_unit_test(test_too_many_shocks), cmocka_unit_test(test_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
