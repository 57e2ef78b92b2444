/* A workspace keeps nothing of the bundle before: 64 paths are the same, bit by bit, in a fresh workspace and
 * after others, and on every instruction set; their events are counted alike [R10.4]. */
#include "frame_util.h"
#include "model/model.h"
#include "model/read.h"
#include "rich_scenario.h"
#include "sim/work.h"

static uint64_t hash;

static void add(const void *data, size_t n)
{
    const unsigned char *p = data;
    for (size_t i = 0; i < n; i++) hash = (hash ^ p[i]) * 0x100000001b3u;
}
static void add_lanes(const lane *x, int n) { add(x, sizeof *x * (size_t)n); }

static void add_state(const km_mineral *m, const kura_state *s)
{
    add_lanes(s->I, m->nhubs), add_lanes(s->P, m->nhubs), add_lanes(s->W, m->nhubs);
    add_lanes(s->xs, m->nsites), add_lanes(s->ship, m->narcs), add_lanes(s->unserved, m->nconsumers);
    add_lanes(s->D, m->nconsumers), add_lanes(s->S, m->ntiers), add_lanes(s->release, m->ntiers);
    add_lanes(s->on_order, m->ntiers);
    add_lanes(s->X, 1), add_lanes(s->Sc, 1), add_lanes(s->required, 1), add_lanes(s->irreducible, 1);
}

static void step(void *user, const kura_view *view)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    (void)user;
    add_lanes(view->exo->Z, m->nhubs), add_lanes(view->exo->kav, m->nsites);
    add(view->exo->fsm, sizeof *view->exo->fsm * (size_t)m->ntiers);
    add_state(m, view->base);
    if (view->drun) add_state(m, view->drun);
}
static void end(void *user, const kura_view *view) { (void)user, (void)view; }

static uint64_t run(const km_model *model, kura_work *w, kura_isa isa, uint64_t first)
{
    kura_observer o = {NULL, step, end};
    hash = 0xcbf29ce484222325u;
    assert_int_equal(kura_bundle_for(isa)(model, w, first, &o), KURA_OK);
    return hash;
}

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *sc;
    km_model *model;
} fixture;

static int open_model(void **state)
{
    static fixture f;
    kura_error err = {0};
    if (kura_scenario_read(put_file("workspace.yaml", RICH_SCENARIO), NULL, 0, &f.arena, &f.sc, &f.diag,
                           &err) ||
        kura_model_compile(f.sc, 1, &f.model, &f.diag, &err)) {
        print_messages(&f.diag);
        fail_msg("%s", err.message);
    }
    *state = &f;
    return 0;
}

static int close_model(void **state)
{
    fixture *f = *state;
    kura_model_free(f->model);
    kura_diag_fini(&f->diag);
    kura_arena_fini(&f->arena);
    return 0;
}

static kura_work *work_of(const km_model *model)
{
    kura_work *w = kura_work_new(model);
    assert_non_null(w);
    w->paths = UINT64_MAX;
    return w;
}

static void test_nothing_is_kept(void **state)
{
    const km_model *model = ((fixture *)*state)->model;
    uint64_t alone[8];
    kura_count *counts[8];
    for (int b = 0; b < 8; b++) {
        kura_work *w = work_of(model);
        alone[b] = run(model, w, kura_isa_best(), (uint64_t)b * KURA_LANES);
        for (int i = 0; i < b; i++) assert_true(alone[i] != alone[b]); /* different paths */
        counts[b] = malloc(sizeof(kura_count) * (size_t)model->nevents);
        memcpy(counts[b], w->counts, sizeof(kura_count) * (size_t)model->nevents);
        kura_work_free(w);
    }
    kura_work *w = work_of(model);
    static const int order[8] = {5, 0, 7, 2, 2, 6, 1, 3};
    kura_count *sum = calloc((size_t)model->nevents, sizeof *sum);
    for (int i = 0; i < 8; i++) {
        assert_true(run(model, w, kura_isa_best(), (uint64_t)order[i] * KURA_LANES) == alone[order[i]]);
        for (int k = 0; k < model->nevents; k++) {
            sum[k].sum += counts[order[i]][k].sum, sum[k].squares += counts[order[i]][k].squares;
            assert_true(w->counts[k].sum == sum[k].sum && w->counts[k].squares == sum[k].squares);
        }
    }
    for (int k = 0; k < model->nevents; k++) assert_true(sum[k].sum > 0 && sum[k].squares >= sum[k].sum);
    kura_work_free(w);
    for (int b = 0; b < 8; b++) free(counts[b]);
    free(sum);
}

/* Lanes beyond the last path are computed and not counted. */
static void test_padding_is_not_counted(void **state)
{
    const km_model *model = ((fixture *)*state)->model;
    kura_work *w = work_of(model);
    w->paths = KURA_LANES;
    uint64_t bits = run(model, w, kura_isa_best(), KURA_LANES);
    for (int k = 0; k < model->nevents; k++) assert_true(w->counts[k].sum == 0);
    w->paths = 2 * KURA_LANES;
    assert_true(run(model, w, kura_isa_best(), KURA_LANES) == bits);
    for (int k = 0; k < model->nevents; k++) assert_true(w->counts[k].sum > 0);
    kura_work_free(w);
}

static void test_instruction_sets(void **state)
{
    const km_model *model = ((fixture *)*state)->model;
    kura_work *w = work_of(model);
    uint64_t want = run(model, w, KURA_ISA_BASELINE, 0);
    for (int i = 0; i < KURA_ISA_COUNT; i++)
        if (kura_bundle_for((kura_isa)i)) assert_true(run(model, w, (kura_isa)i, 0) == want);
    kura_work_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_nothing_is_kept),
                                       cmocka_unit_test(test_padding_is_not_counted),
                                       cmocka_unit_test(test_instruction_sets)};
    return cmocka_run_group_tests(tests, open_model, close_model);
}
