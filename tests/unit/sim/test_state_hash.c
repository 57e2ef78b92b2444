/* The hash of the state at the end of a path: every value that outlives a step is in it, nothing else is, and
 * what a run gives is the sum over its paths. */
#include "frame_util.h"
#include "model/model.h"
#include "model/read.h"
#include "rich_scenario.h"
#include "sim/work.h"
#include "tally/tally.h"

enum { LANE = 11, FIRST = 2 * KURA_LANES };

void kura_hash_state_baseline(const kura_view *view, kura_state_hash *hash);

/* Mineral a: a wedge, demand by degrees, two forms, refill, sectors, ages, goods in process, a trigger that
 * reads the state; b: a pool.
 */
static const char *const sets[] = {"stockpiles.old.trigger=cover"};

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *sc;
    km_model *model;
    kura_work *work;
} engine;

static void open_engine(engine *e)
{
    kura_error err = {0};
    memset(e, 0, sizeof *e);
    if (kura_scenario_read(put_file("state-hash.yaml", RICH_SCENARIO), sets, 1, &e->arena, &e->sc, &e->diag,
                           &err) ||
        kura_model_compile(e->sc, 1, &e->model, &e->diag, &err)) {
        print_messages(&e->diag);
        fail_msg("%s", err.message);
    }
    e->work = kura_work_new(e->model);
    assert_non_null(e->work);
    e->work->paths = FIRST + KURA_LANES;
}

static void close_engine(engine *e)
{
    kura_work_free(e->work);
    kura_model_free(e->model);
    kura_diag_fini(&e->diag);
    kura_arena_fini(&e->arena);
}

static void run_bundle(engine *e, uint64_t first, const kura_observer *observer)
{
    if (kura_bundle_for(KURA_ISA_BASELINE)(e->model, e->work, first, observer))
        fail_msg("%s", e->work->error.message);
}

static void no_step(void *user, const kura_view *view) { (void)user, (void)view; }

/* ---- every value ---- */

typedef struct {
    const char *name;
    void *data;
    int rows, is_integer;
} array;

/* What a step hands to the next one, of one run. */
static int arrays_of(const km_mineral *m, const kura_state *s, array *out)
{
    array all[] = {{"I", s->I, m->nhubs, 0},
                   {"P", s->P, m->nhubs, 0},
                   {"Ubar", s->Ubar, m->nhubs, 0},
                   {"ring", s->ring, m->nhubs * m->ring, 0},
                   {"S", s->S, m->ntiers, 0},
                   {"age", s->age, m->nages, 0},
                   {"on_order", s->on_order, m->ntiers, 0},
                   {"delivery", s->delivery, m->nslots, 0},
                   {"held", s->held, m->ntiers, 0},
                   {"process", s->process, m->nprocess, 0},
                   {"X", s->X, 1, 0},
                   {"Xo", s->Xo, 1, 0},
                   {"Sc", s->Sc, 1, 0},
                   {"sub", s->sub, m->response.nanswers, 0},
                   {"submax", s->submax, m->response.nanswers, 0},
                   {"pibar", s->pibar, m->response.nanswers, 0},
                   {"lnD", s->lnD, m->response.gradual ? m->response.nanswers : 0, 0},
                   {"mined", s->mined, 1, 0},
                   {"gone", s->gone, 1, 0},
                   {"start", s->start, 1, 0},
                   {"required", s->required, 1, 0},
                   {"irreducible", s->irreducible, 1, 0},
                   {"signal", s->signal, m->any_state_trigger ? m->ntiers : 0, 0},
                   {"fe", s->fe, m->any_state_trigger ? m->ntiers : 0, 0},
                   {"fsm", s->fsm, m->any_state_trigger ? m->ntiers : 0, 1},
                   {"t_on", s->t_on, m->any_state_trigger ? m->ntiers : 0, 1},
                   {"t_rel", s->t_rel, m->any_state_trigger ? m->ntiers : 0, 1}};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

static int arrays_of_both(const km_mineral *m, const kura_exogenous *e, array *out)
{
    array all[] = {{"exogenous qe", e->qe, m->nhubs, 0},
                   {"exogenous qneed", e->qneed, m->nhubs, 0},
                   {"exogenous q", e->q, m->nhubs, 0},
                   {"exogenous fe", e->fe, m->ntiers, 0},
                   {"exogenous fsm", e->fsm, m->ntiers, 1},
                   {"exogenous t_on", e->t_on, m->ntiers, 1},
                   {"exogenous t_rel", e->t_rel, m->ntiers, 1},
                   {"import wedge", e->import_wedge, m->price.wedge.ncountries, 0},
                   {"export wedge", e->export_wedge, m->price.wedge.ncountries, 0}};
    memcpy(out, all, sizeof all);
    return sizeof all / sizeof *all;
}

typedef struct {
    int minerals, runs, values, zeros, idle, suppliers;
} seen;

/* Only the lane that was touched may differ, in both its numbers or in none. */
static void assert_lane(const kura_state_hash *a, const kura_state_hash *b, int differs, const char *name,
                        int row)
{
    for (int i = 0; i < 2; i++)
        for (int l = 0; l < KURA_LANES; l++)
            if ((a->v[i][l] != b->v[i][l]) != (l == LANE && differs))
                fail_msg("%s[%d]: number %d of lane %d %s", name, row, i, l,
                         a->v[i][l] == b->v[i][l] ? "did not change" : "changed");
}

/* The qualification of hubs that have nobody to qualify decides nothing. */
static int matters(const kura_view *view, const array *a, int row)
{
    const kura_exogenous *e = view->exo;
    if (a->data != (void *)e->qe && a->data != (void *)e->qneed && a->data != (void *)e->q) return 1;
    return view->model->minerals[view->mineral].hubs[row].qualifies;
}

static void touch(seen *s, const kura_view *view, const array *a)
{
    for (int row = 0; row < a->rows; row++) {
        kura_state_hash after;
        if (!matters(view, a, row)) {
            s->idle++;
            continue;
        }
        s->values++;
        s->suppliers += a->data == (void *)view->exo->q;
        if (a->is_integer) {
            int32_t *x = &((ilane *)a->data)[row].v[LANE], was = *x;
            *x = was + 1;
            kura_hash_state_baseline(view, &after);
            assert_lane(view->hash, &after, 1, a->name, row);
            *x = was;
            continue;
        }
        double *x = &((lane *)a->data)[row].v[LANE], was = *x;
        *x = nextafter(was, INFINITY); /* the last bit */
        kura_hash_state_baseline(view, &after);
        assert_lane(view->hash, &after, 1, a->name, row);
        if (was == 0) { /* its sign is not part of the state */
            *x = signbit(was) ? 0.0 : -0.0;
            kura_hash_state_baseline(view, &after);
            assert_lane(view->hash, &after, 0, a->name, row);
            s->zeros++;
        }
        *x = was;
    }
}

static void touch_all(void *user, const kura_view *view)
{
    seen *s = user;
    const km_mineral *m = &view->model->minerals[view->mineral];
    array a[64];
    kura_state_hash again;
    kura_hash_state_baseline(view, &again);
    assert_memory_equal(&again, view->hash, sizeof again);
    const kura_state *runs[] = {view->base, view->drun};
    for (int k = 0; k < 2 && runs[k]; k++, s->runs++)
        for (int i = arrays_of(m, runs[k], a) - 1; i >= 0; i--) touch(s, view, &a[i]);
    for (int i = arrays_of_both(m, view->exo, a) - 1; i >= 0; i--) touch(s, view, &a[i]);
    s->minerals++;
}

static void test_every_value(void **state)
{
    (void)state;
    engine e;
    seen s = {0};
    open_engine(&e);
    run_bundle(&e, FIRST, &(kura_observer){&s, no_step, touch_all});
    assert_int_equal(s.minerals, 2);
    assert_int_equal(s.runs, 3); /* a pool has no required stock */
    print_message("%d values, %d zeros\n", s.values, s.zeros);
    assert_true(s.values > 200 && s.zeros > 50 && s.idle > 0 && s.suppliers > 0);
    close_engine(&e);
}

/* ---- nothing else ---- */

typedef struct {
    kura_state_hash hash[2]; /* by mineral */
    int spoil;
} spoiler;

static void spoil(lane *x, int rows)
{
    for (int i = 0; i < rows; i++)
        for (int l = 0; l < KURA_LANES; l++) x[i].v[l] = 12345 + l;
}

static void spoil_the_rest(void *user, const kura_view *view)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    const kura_state *runs[] = {view->base, view->drun};
    if (!((spoiler *)user)->spoil) return;
    for (int k = 0; k < 2 && runs[k]; k++) {
        lane *hubs[] = {runs[k]->U, runs[k]->H, runs[k]->B, runs[k]->Xstar,
                        runs[k]->x, runs[k]->O, runs[k]->W};
        lane *sites[] = {runs[k]->T, runs[k]->xs}, *tiers[] = {runs[k]->want, runs[k]->release};
        lane *consumers[] = {runs[k]->D, runs[k]->Dgross, runs[k]->unserved};
        for (size_t i = 0; i < sizeof hubs / sizeof *hubs; i++) spoil(hubs[i], m->nhubs);
        for (size_t i = 0; i < sizeof sites / sizeof *sites; i++) spoil(sites[i], m->nsites);
        for (size_t i = 0; i < sizeof tiers / sizeof *tiers; i++) spoil(tiers[i], m->ntiers);
        for (size_t i = 0; i < sizeof consumers / sizeof *consumers; i++) spoil(consumers[i], m->nconsumers);
        spoil(runs[k]->ship, m->narcs);
        if (m->any_sectors) spoil(runs[k]->special, m->nconsumers);
    }
    /* A, Z and capacities are kept from step to step, but follow from the draws. */
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].Mo > 0) spoil(&view->exo->omega[h], 1);
}

static void keep_hash(void *user, const kura_view *view)
{
    ((spoiler *)user)->hash[view->mineral] = *view->hash;
}

/* What is not hashed is made anew in every step: spoilt after each of them, the paths end as before. */
static void test_nothing_else(void **state)
{
    (void)state;
    engine e;
    static spoiler kept[2];
    open_engine(&e);
    for (int k = 0; k < 2; k++) {
        kept[k].spoil = k;
        run_bundle(&e, FIRST, &(kura_observer){&kept[k], spoil_the_rest, keep_hash});
    }
    assert_memory_equal(kept[0].hash, kept[1].hash, sizeof kept[0].hash);
    assert_true(memcmp(&kept[0].hash[0], &kept[0].hash[1], sizeof kept[0].hash[0]) != 0);
    close_engine(&e);
}

/* ---- paths and minerals ---- */

static void assert_all_differ(const kura_view *view, const kura_view *other)
{
    kura_state_hash after;
    kura_hash_state_baseline(other, &after);
    for (int i = 0; i < 2; i++)
        for (int l = 0; l < KURA_LANES; l++) assert_true(after.v[i][l] != view->hash->v[i][l]);
}

static void renumber(void *user, const kura_view *view)
{
    kura_view later = *view, other = *view;
    km_model model = *view->model;
    km_mineral minerals[2] = {model.minerals[1], model.minerals[0]};
    later.first_path += KURA_LANES;
    assert_all_differ(view, &later);
    model.minerals = minerals; /* the same mineral at the other place */
    other.model = &model;
    other.mineral = 1 - view->mineral;
    assert_all_differ(view, &other);
    ++*(int *)user;
}

/* The same state on another path or of another mineral is another hash: what changes places is seen. */
static void test_place_counts(void **state)
{
    (void)state;
    engine e;
    int minerals = 0;
    open_engine(&e);
    run_bundle(&e, FIRST, &(kura_observer){&minerals, no_step, renumber});
    assert_int_equal(minerals, 2);
    close_engine(&e);
}

/* ---- sums ---- */

typedef struct {
    kura_observer tally;
    uint64_t paths, sum[2];
    uint64_t harmed; /* the path whose average of use is one bit off in the end; none: UINT64_MAX */
} summer;

static void harm_one(void *user, const kura_view *view)
{
    summer *s = user;
    uint64_t l = s->harmed - view->first_path;
    s->tally.step(s->tally.user, view);
    if (view->mineral == 1 && view->t == view->model->T - 1 && l < KURA_LANES) {
        double *x = &view->base->Ubar[0].v[l];
        *x = nextafter(*x, INFINITY);
    }
}

static void sum_lanes(void *user, const kura_view *view)
{
    summer *s = user;
    for (int i = 0; i < 2; i++)
        for (uint64_t l = 0; l < KURA_LANES; l++)
            if (view->first_path + l < s->paths) s->sum[i] += view->hash->v[i][l];
    s->tally.end(s->tally.user, view);
}

/* Blocks of the paths, in this order, into one tally. */
static kura_tally *tally_of(engine *e, summer *s, uint64_t paths, int backwards)
{
    kura_tally *tally = NULL;
    assert_int_equal(kura_tally_new(e->model, paths, paths, NULL, &tally, NULL), KURA_OK);
    kura_tally_block *block = kura_tally_block_new(tally, KURA_ISA_BASELINE);
    uint64_t blocks = (paths + KURA_BLOCK_PATHS - 1) / KURA_BLOCK_PATHS;
    e->work->paths = s->paths = paths;
    s->tally = kura_tally_block_observer(block);
    for (uint64_t i = 0; i < blocks; i++) {
        uint64_t first = (backwards ? blocks - 1 - i : i) * KURA_BLOCK_PATHS;
        kura_tally_block_start(block);
        for (uint64_t p = first; p < first + KURA_BLOCK_PATHS && p < paths; p += KURA_LANES)
            run_bundle(e, p, &(kura_observer){s, harm_one, sum_lanes});
        kura_tally_merge(tally, block);
    }
    kura_tally_block_free(block);
    return tally;
}

/* Blocks in either order, the last one not full: the sum over paths that count.  One bit of one path makes
 * another sum and no other number of the tally. */
static void test_sums(void **state)
{
    (void)state;
    enum { PATHS = 1024 + 333 };
    engine e;
    open_engine(&e);
    summer plain = {.harmed = UINT64_MAX}, back = plain, harmed = {.harmed = 1100};
    kura_tally *a = tally_of(&e, &plain, PATHS, 0), *b = tally_of(&e, &back, PATHS, 1);
    kura_tally *c = tally_of(&e, &harmed, PATHS, 0);
    for (int i = 0; i < 2; i++) {
        assert_true(a->state_hash[i] == plain.sum[i] && a->state_hash[i] != 0);
        assert_true(b->state_hash[i] == a->state_hash[i]);
        assert_true(c->state_hash[i] != a->state_hash[i]);
    }
    assert_true(a->state_hash[0] != a->state_hash[1]);
    for (int m = 0; m < 2; m++)
        for (int k = 0; k < KURA_METRIC_COUNT; k++)
            for (uint64_t p = 0; p < PATHS; p++)
                assert_true(kura_tally_metric_of(a, m, (kura_metric)k, p) ==
                            kura_tally_metric_of(c, m, (kura_metric)k, p));
    assert_memory_equal(a->curves, c->curves, 2 * (size_t)e.model->T * KURA_CURVE_COUNT * sizeof *a->curves);
    kura_tally_free(a), kura_tally_free(b), kura_tally_free(c);
    close_engine(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_value),
                                       cmocka_unit_test(test_nothing_else),
                                       cmocka_unit_test(test_place_counts), cmocka_unit_test(test_sums)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
