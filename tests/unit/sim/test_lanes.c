/* What differs from path to path, lane by lane: when a restriction is announced, and severities of shocks
 * that add up. */
#include "../../analytic/duo.h"
#include "model/model.h"
#include "model/read.h"
#include "sim/work.h"

enum { BUNDLES = 2, NOTICE = 3 };

typedef struct {
    float Z[DUO_STEPS][KURA_LANES], notice[DUO_STEPS][KURA_LANES];
} seen;

typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_scenario_data *sc;
    km_model *model;
    kura_work *work;
} fixture;

static void open_fixture(fixture *f, const char *yaml)
{
    kura_error err = {0};
    memset(f, 0, sizeof *f);
    if (kura_scenario_read(put_file("lanes.yaml", yaml), NULL, 0, &f->arena, &f->sc, &f->diag, &err) ||
        kura_model_compile(f->sc, 1, &f->model, &f->diag, &err)) {
        print_messages(&f->diag);
        fail_msg("%s", err.message);
    }
    f->work = kura_work_new(f->model);
    assert_non_null(f->work);
    f->work->paths = BUNDLES * KURA_LANES;
}

static void close_fixture(fixture *f)
{
    kura_work_free(f->work);
    kura_model_free(f->model);
    kura_diag_fini(&f->diag);
    kura_arena_fini(&f->arena);
}

static void look(void *user, const kura_view *view)
{
    seen *s = user;
    int hub = 0;
    while (strcmp(view->model->scenario->countries[view->model->minerals->hubs[hub].country], "JPN")) hub++;
    for (int l = 0; l < KURA_LANES; l++) {
        s->Z[view->t][l] = (float)view->exo->Z[hub].v[l];
        s->notice[view->t][l] = (float)view->exo->notice[hub].v[l];
    }
}
static void ignore(void *user, const kura_view *view) { (void)user, (void)view; }

/* Announced for three steps, then in force for good: each path at its own time [2.7, 3.2]. */
static void test_notice(void **state)
{
    (void)state;
    fixture f;
    open_fixture(&f, duo("market: {front_loading: 0.5}\n"
                         "hazards: {restrictions: {r: {exporter: CHN, minerals: all, onset: 2 /year, types: "
                         "{t: {severity: "
                         "50 %, duration: 1000 weeks, notice: 3 weeks}}}}}\n"));
    static seen s;
    kura_observer o = {&s, look, ignore};
    int begins[DUO_STEPS] = {0}, different = 0;
    for (uint64_t first = 0; first < BUNDLES * KURA_LANES; first += KURA_LANES) {
        assert_int_equal(kura_bundle_for(kura_isa_best())(f.model, f.work, first, &o), KURA_OK);
        for (int l = 0; l < KURA_LANES; l++) {
            int force = 0;
            while (force < DUO_STEPS && s.Z[force][l] == 1) force++;
            for (int t = 0; t < DUO_STEPS - NOTICE; t++) {
                int announced = t < force && t >= force - NOTICE;
                if (t < force && s.notice[t][l] != announced)
                    fail_msg("path %d, step %d: announced %g, in force from step %d", (int)first + l, t,
                             (double)s.notice[t][l], force);
                assert_true(s.Z[t][l] == (t < force ? 1 : 0.5F));
            }
            if (force < DUO_STEPS) different += !begins[force]++;
        }
    }
    assert_true(different > 10);
    close_fixture(&f);
}

/* What is left of the first site, by step. */
static void look_at_site(void *user, const kura_view *view)
{
    lane *left = user;
    left[view->t] = *view->exo->avail[0];
}

/* Shocks in continuous time whose severities add up, against the sum over their events, drawn again from
 * their addresses (slot 0 the gap, 1 the severity, 2 the duration) [3.5, R3.2]. */
static void test_sum_of_shocks(void **state)
{
    (void)state;
    fixture f;
    open_fixture(
        &f, duo("hazards: {shocks: {s: {country: CHN, rate: 40 /year, process: continuous, overlap: add, "
                "severity: "
                "{uniform: {min: 0 %, max: 2 %}}, duration: {exponential: {mean: 4 weeks}}, hits: [{select: "
                "{kinds: [mine]}}]}}}\n"));
    static lane left[DUO_STEPS];
    kura_observer o = {left, look_at_site, ignore};
    const km_spell *spell = f.model->spells;
    int most = 0;
    for (uint64_t first = 0; first < BUNDLES * KURA_LANES; first += KURA_LANES) {
        assert_int_equal(kura_bundle_for(kura_isa_best())(f.model, f.work, first, &o), KURA_OK);
        for (int l = 0; l < KURA_LANES; l++) {
            double loss[DUO_STEPS] = {0}, now = 0;
            uint64_t path = first + (uint64_t)l;
            for (uint64_t e = 0; e < 100; e++) {
                now -= log(1 - kura_stream_uniform(&spell->stream, path, 4 * e)) / (40 * DY);
                double part = kura_dist_quantile(&spell->severity,
                                                 kura_stream_uniform(&spell->stream, path, 4 * e + 1));
                double to = now + kura_dist_quantile(&spell->duration,
                                                     kura_stream_uniform(&spell->stream, path, 4 * e + 2));
                for (int t = 0; t < DUO_STEPS; t++) loss[t] += part * fmax(0, fmin(to, t + 1) - fmax(now, t));
                most += now < DUO_STEPS;
            }
            for (int t = 0; t < DUO_STEPS; t++) {
                double got = left[t].v[l];
                if (!(fabs(got - (1 - loss[t])) < 1e-12))
                    fail_msg("path %d, step %d: %.17g, expected %.17g", (int)path, t, got, 1 - loss[t]);
            }
        }
    }
    assert_true(most > 20 * BUNDLES * KURA_LANES); /* three at a time */
    close_fixture(&f);
}

/* Share of a step that units are down, drawn again from their addresses, so many and so short outages that a
 * window does not hold them all at once; over the step, or at its start [3.3, R3.2]. */
static void test_dense_outages(void **state)
{
    (void)state;
    for (int point = 0; point < 2; point++) {
        fixture f;
        char yaml[512];
        snprintf(
            yaml, sizeof yaml,
            "hazards: {outages: {o: {select: {countries: [CHN], kinds: [mine]}, mttf: 5 days, start: up, "
            "mttr: "
            "{exponential: {mean: 1 days}}%s}}}\n",
            point ? ", mode: point" : "");
        open_fixture(&f, duo(yaml));
        static lane left[DUO_STEPS];
        kura_observer o = {left, look_at_site, ignore};
        const km_outage *outage = f.model->minerals->sites[0].outages;
        assert_int_equal(f.model->minerals->sites[0].noutages, 1);
        assert_int_equal(outage->nunits, 1);
        int events = 0;
        assert_int_equal(kura_bundle_for(kura_isa_best())(f.model, f.work, 0, &o), KURA_OK);
        for (int l = 0; l < KURA_LANES; l++) {
            double loss[DUO_STEPS] = {0};
            const km_unit *u = outage->units;
            double now = 0;
            for (uint64_t e = 0; now < DUO_STEPS; e++, events++) {
                now += kura_dist_quantile(&outage->up, kura_stream_uniform(&u->up, (uint64_t)l, 2 * e));
                double to = now + kura_dist_quantile(&outage->down,
                                                     kura_stream_uniform(&u->down, (uint64_t)l, 2 * e));
                for (int t = 0; t < DUO_STEPS; t++)
                    loss[t] += point ? now <= t && t < to : fmax(0, fmin(to, t + 1) - fmax(now, t));
                now = to;
            }
            for (int t = 0; t < DUO_STEPS; t++)
                if (!(fabs(left[t].v[l] - (1 - loss[t])) < 1e-11))
                    fail_msg("path %d, step %d: %.17g, expected %.17g", l, t, left[t].v[l], 1 - loss[t]);
        }
        assert_true(events > 2 * (int)KURA_PIECES);
        close_fixture(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_notice), cmocka_unit_test(test_sum_of_shocks),
                                       cmocka_unit_test(test_dense_outages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
