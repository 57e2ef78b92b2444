/* Calm steps of nodes that stand alone are what the physical step would have made of them: the same bundle
 * with an observer that is brief and with one that is not, bit by bit. */
#include "../../support/frame_util.h"
#include "model/model.h"
#include "model/read.h"
#include "sim/work.h"

enum { STEPS = 400, CONSUMERS = 4, HUBS = 2 };

/* What is read of a run: by step, and at the end. */
typedef struct {
    lane demand[STEPS][CONSUMERS], unserved[STEPS][CONSUMERS];
    lane on_hand[HUBS], average[HUBS], mined, gone;
    int calm[STEPS], served;
} seen;

static void look(void *user, const kura_view *view)
{
    seen *s = user;
    const km_mineral *m = view->model->minerals;
    s->calm[view->t] = view->exo->calm;
    for (int k = 0; k < m->nconsumers; k++) {
        s->demand[view->t][k] = view->base->D[k];
        s->unserved[view->t][k] = view->base->unserved[k];
        for (int l = 0; l < KURA_LANES; l++) s->served += view->base->unserved[k].v[l] == 0;
    }
}

static void look_back(void *user, const kura_view *view)
{
    seen *s = user;
    for (int h = 0; h < view->model->minerals->nhubs; h++) {
        s->on_hand[h] = view->base->I[h];
        s->average[h] = view->base->Ubar[h];
    }
    s->mined = *view->base->mined;
    s->gone = *view->base->gone;
}

/* Gives the number of calm steps of the brief run, over a few bundles. */
static int compare(const char *yaml)
{
    static seen full, brief;
    kura_arena arena = {0};
    kura_diag diag = {0};
    kura_error err = {0};
    kura_scenario_data *sc = NULL;
    km_model *model = NULL;
    int calm = 0;
    if (kura_scenario_read(put_file("calm.yaml", yaml), NULL, 0, &arena, &sc, &diag, &err) ||
        kura_model_compile(sc, 1, &model, &diag, &err)) {
        print_messages(&diag);
        fail_msg("%s", err.message);
    }
    kura_work *work = kura_work_new(model);
    assert_non_null(work);
    assert_int_equal(model->T, STEPS);
    assert_true(model->minerals->nconsumers <= CONSUMERS && model->minerals->nhubs <= HUBS);
    work->paths = UINT64_MAX;
    for (uint64_t first = 0; first < 4 * KURA_LANES; first += KURA_LANES)
        for (int isa = 0; isa < KURA_ISA_COUNT; isa++) {
            if (!kura_isa_present((kura_isa)isa)) continue;
            seen *both[] = {&full, &brief};
            for (int k = 0; k < 2; k++) {
                kura_observer o = {both[k], look, look_back};
                memset(both[k], 0, sizeof *both[k]);
                work->brief = k;
                assert_int_equal(kura_bundle_for((kura_isa)isa)(model, work, first, &o), KURA_OK);
            }
            for (int t = 0; t < STEPS; t++) {
                assert_int_equal(full.calm[t], 0);
                calm += brief.calm[t];
                for (int l = 0; brief.calm[t] && l < KURA_LANES; l++)
                    assert_true(full.unserved[t][0].v[l] == 0);
            }
            memcpy(full.calm, brief.calm, sizeof full.calm);
            assert_memory_equal(&full, &brief, sizeof full);
        }
    kura_work_free(work);
    kura_model_free(model);
    kura_diag_fini(&diag);
    kura_arena_fini(&arena);
    return calm;
}

#define HEAD "format: 1\nname: calm\nrun: {paths: 256, seed: 1, step: 1 day, steps: 400, focus: AAA"
#define POWER(more) "}\nminerals: {power: {forms: [energy], market: {production: push}" more "}}\n"
#define NODE                                                                                                 \
    "network:\n"                                                                                             \
    "  hubs: [{mineral: power, form: energy, country: AAA, storage: none}, {mineral: power, form: energy, "  \
    "country: BBB, storage: none}]\n"                                                                        \
    "  sites:\n"                                                                                             \
    "    a: {mineral: power, form: energy, country: AAA, kind: supply, output: 90 t/day, plants: 3}\n"       \
    "    b: {mineral: power, form: energy, country: AAA, kind: supply, output: 23.7 t/day}\n"                \
    "    c: {mineral: power, form: energy, country: BBB, kind: supply, output: 50 t/day, plants: 2}\n"       \
    "  demand:\n"                                                                                            \
    "    - {mineral: power, form: energy, country: AAA, rate: 61.3 t/day, growth: 5 %/year}\n"               \
    "    - {mineral: power, form: energy, country: AAA, rate: 21.1 t/day, sector: s}\n"                      \
    "    - {mineral: power, form: energy, country: BBB, rate: 10.2 t/day, priority: 2, sector: r}\n"         \
    "    - {mineral: power, form: energy, country: BBB, rate: 14 t/day}\n"
#define OUTAGES                                                                                              \
    "hazards:\n"                                                                                             \
    "  outages:\n"                                                                                           \
    "    a: {select: {sites: [a]}, mttf: 400 days, mttr: {exponential: {mean: 5 days}}}\n"                   \
    "    b: {select: {sites: [b, c]}, mttf: 800 days, mttr: {exponential: {mean: 2 days}}, mode: point}\n"

static void test_calm(void **state)
{
    (void)state;
    int steps = 4 * STEPS * KURA_ISA_COUNT, calm = compare(HEAD POWER("") NODE OUTAGES);
    assert_true(calm > 0);
    print_message("%d of at most %d steps are calm\n", calm, steps);
    assert_true(calm < steps);
    assert_true(compare(HEAD ", burn_in: 30 days" POWER("") NODE OUTAGES) > 0);
}

/* Where the node keeps something for the next step, or waits for it, no step is taken as calm. */
static void test_not_alone(void **state)
{
    (void)state;
    assert_int_equal(
        compare(HEAD POWER("") NODE OUTAGES
                "tallies: {required_stock: false}\n"
                "stockpiles: {s: {mineral: power, form: energy, owner: national, country: AAA, opening: "
                "10 t}}\n"),
        0);
    assert_int_equal(
        compare(HEAD POWER(", price: {initial: 50 USD/t, half_life: 1 year, volatility: 20 %/sqrt(year)}")
                    NODE OUTAGES),
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_calm), cmocka_unit_test(test_not_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
