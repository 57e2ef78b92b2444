/* How much the rule of allocation matters [R5.1]: contract round, all rounds, optimum. */
#include "../trust/recorded.h"
#include "case.h"
#include "model/read.h"
#include "run/coordination.h"
#include "sim/work.h"

static int no_solver(void)
{
    kura_error err = {0};
    if (!kura_coordination_check(&err)) return 0;
    print_message("skipped: %s\n", err.message);
    return 1;
}

/* Three exporters, three importers, everything fails now and then. */
static const char *yaml(int bracket, const char *market)
{
    return text(
        "format: 1\nname: bracket\n"
        "run: {paths: 2048, seed: 3, start: 2026-01-05, step: 7 days, steps: 104, focus: JPN}\n"
        "market: {%s}\n"
        "minerals: {tin: {forms: [metal]}}\n"
        "network:\n"
        "  sites:\n"
        "    a: {mineral: tin, form: metal, country: CHN, kind: mine, output: 60 kt/year, spare: 5 %%}\n"
        "    b: {mineral: tin, form: metal, country: IDN, kind: mine, output: 25 kt/year, spare: 20 %%}\n"
        "    c: {mineral: tin, form: metal, country: PER, kind: mine, output: 20 kt/year, spare: 5 %%}\n"
        "  trade:\n"
        "    - {mineral: tin, form: metal, from: CHN, to: JPN, volume: 15 kt/year, lag: 14 days}\n"
        "    - {mineral: tin, form: metal, from: IDN, to: JPN, volume: 10 kt/year, lag: 7 days}\n"
        "    - {mineral: tin, form: metal, from: PER, to: JPN, volume: 0 kt/year, lag: 28 days}\n"
        "    - {mineral: tin, form: metal, from: CHN, to: KOR, volume: 15 kt/year, lag: 7 days}\n"
        "    - {mineral: tin, form: metal, from: PER, to: USA, volume: 15 kt/year, lag: 14 days}\n"
        "    - {mineral: tin, form: metal, from: IDN, to: USA, volume: 15 kt/year, lag: 21 days}\n"
        "  demand:\n"
        "    - {mineral: tin, form: metal, country: CHN, rate: 30 kt/year}\n"
        "    - {mineral: tin, form: metal, country: PER, rate: 5 kt/year}\n"
        "    - {mineral: tin, form: metal, country: JPN, rate: 25 kt/year}\n"
        "    - {mineral: tin, form: metal, country: KOR, rate: 15 kt/year}\n"
        "    - {mineral: tin, form: metal, country: USA, rate: 30 kt/year}\n"
        "hazards:\n"
        "  outages: {strike: {select: {kinds: [mine]}, mttf: 30 weeks, mttr: {lognormal: {median: 8 weeks, "
        "sigma: 0.6}}, derating: {beta: {mean: 60 %%, sd: 20 %%}}}}\n"
        "tallies: {bracket: %d, trace_paths: 128}\n",
        market, bracket);
}

/* ---- the sample, captured as the run captures it ---- */

typedef struct {
    kura_arena arena;
    kura_scenario_data *sc;
    km_model *model;
    kura_strain *strain;
} captured;

static void nothing(void *user, const kura_view *view) { (void)user, (void)view; }

static captured capture(uint64_t paths, int split)
{
    captured c = {0};
    kura_diag diag = {0};
    kura_error err = {0};
    kura_observer observer = {NULL, nothing, nothing};
    assert_int_equal(kura_scenario_read(put_file("bracket-capture.yaml", yaml(300, "")), NULL, 0, &c.arena,
                                        &c.sc, &diag, &err),
                     0);
    assert_int_equal(kura_model_compile(c.sc, 3, &c.model, &diag, &err), 0);
    kura_diag_fini(&diag);
    c.strain = kura_strain_new(c.model);
    for (int part = 0; part < split; part++) { /* as `split` threads would, in another order */
        kura_work *w = kura_work_new(c.model);
        w->paths = paths;
        w->strain = kura_strain_new(c.model);
        for (uint64_t p = 0; p < paths; p += KURA_LANES)
            if ((int)(p / KURA_LANES % (uint64_t)split) == split - 1 - part)
                assert_int_equal(kura_bundle_for(KURA_ISA_BASELINE)(c.model, w, p, &observer), 0);
        kura_strain_merge(c.strain, w->strain, c.model);
        kura_strain_free(w->strain);
        kura_work_free(w);
    }
    kura_strain_sort(&c.strain->minerals[0]);
    return c;
}

static void release(captured *c)
{
    kura_strain_free(c->strain);
    kura_model_free(c->model);
    kura_arena_fini(&c->arena);
}

/* The optimum of a situation by maximum flow. */
static double most_of(const km_mineral *m, const kura_strained *x)
{
    network n = {.nS = m->nhubs, .nJ = m->nhubs};
    situation s = {0};
    for (int h = 0; h < m->nhubs; h++) s.a[h] = x->a[h], s.r[h] = x->r[h];
    for (int a = 0; a < m->narcs; a++) {
        int i = m->arcs[a].from, j = m->arcs[a].to;
        n.declared[i][j] = 1;
        n.v[i][j] = 1;
        n.physical[i][j] = x->u[a];
    }
    return optimum(&n, &s);
}

/* Every situation of the sample: the solver's optimum is that of a maximum flow; no worse than the rule,
 * which is no worse than contracts alone [M18]. */
static void test_sample(void **state)
{
    (void)state;
    if (no_solver()) skip();
    captured c = capture(256, 1);
    const km_mineral *m = &c.model->minerals[0];
    kura_strain_mineral *k = &c.strain->minerals[0];
    double share[300];
    kura_error err = {0};
    assert_int_equal(k->n, 300);
    assert_true(k->strained > 600);
    if (kura_coordination_optimum(m, k->items, k->n, NULL, share, &err)) fail_msg("%s", err.message);
    int better = 0, short_of_all = 0;
    for (int n = 0; n < k->n; n++) {
        const kura_strained *x = &k->items[n];
        double most = most_of(m, x), rule = x->want - x->open;
        if (fabs(share[n] * x->want - most) > 1e-7 * x->want)
            fail_msg("situation %d: optimum %.0f, by maximum flow %.0f quanta", n, share[n] * x->want, most);
        assert_true(rule <= most);
        assert_true(x->contract >= x->open && x->open > 16);
        better += most > rule + 16;
        short_of_all += most < x->want - 16;
    }
    print_message("300 situations: the optimum beats the rule in %d, and leaves something open in %d\n",
                  better, short_of_all);
    assert_true(better > 20 && short_of_all > 100); /* both sides of the bracket are tried */
    release(&c);
}

/* The sample and the sums do not depend on who found them. */
static void test_order(void **state)
{
    (void)state;
    captured one = capture(512, 1), three = capture(512, 3);
    kura_strain_mineral *a = &one.strain->minerals[0], *b = &three.strain->minerals[0];
    assert_int_equal(a->n, b->n);
    assert_int_equal(a->strained, b->strained);
    assert_memory_equal(a->sum, b->sum, sizeof a->sum);
    assert_memory_equal(a->product, b->product, sizeof a->product);
    for (int n = 0; n < a->n; n++) {
        assert_int_equal(a->items[n].hash, b->items[n].hash);
        assert_int_equal(a->items[n].path, b->items[n].path);
        assert_memory_equal(a->items[n].a, b->items[n].a, 5 * sizeof(double));
        assert_memory_equal(a->items[n].u, b->items[n].u, 6 * sizeof(double));
    }
    release(&one);
    release(&three);
}

/* Open orders of a run are those of its traced states. */
static void test_totals(void **state)
{
    (void)state;
    if (no_solver()) skip();
    kura_run_options options = {.paths = 128, .threads = 1};
    run_result r = run_text(yaml(50, ""), &options, "bracket-totals");
    const char *importers[] = {"tin/metal/JPN", "tin/metal/KOR", "tin/metal/USA"};
    int64_t cells = steps_of(&r) * traced(&r), arcs = size_of(&r, "paths", "shipment") / cells;
    double ordered = 0, shipped = 0;
    for (int h = 0; h < 3; h++)
        for (int64_t k = 0; k < cells; k++) ordered += series(&r, "order", "hub", importers[h])[k];
    for (int64_t k = 0; k < arcs * cells; k++) shipped += numbers(&r, "paths", "shipment")[k];
    assert_float_equal(numbers(&r, "allocation", "open_rules")[0], (ordered - shipped) / ordered, 1e-12);
    assert_true(numbers(&r, "allocation", "open_contract")[0] > numbers(&r, "allocation", "open_rules")[0]);
    assert_true(numbers(&r, "allocation", "open_best")[0] < numbers(&r, "allocation", "open_rules")[0]);
    double lost = numbers(&r, "allocation", "open_rules")[0] - numbers(&r, "allocation", "open_best")[0];
    assert_float_equal(numbers(&r, "allocation", "coordination")[0], lost, 1e-12);
    drop(&r);
    r = run_text(yaml(50, "spot_rounds: 0, cleanup_rounds: 0"), &options, "bracket-contract");
    assert_true(numbers(&r, "allocation", "open_contract")[0] == numbers(&r, "allocation", "open_rules")[0]);
    drop(&r);
}

/* The stated errors: 32 runs of 256 paths scatter as they say. */
static void test_errors(void **state)
{
    (void)state;
    if (no_solver()) skip();
    static const char *const names[] = {"open_contract", "open_rules", "coordination_of_open"};
    enum { RUNS = 32 };
    double sum[3] = {0}, squares[3] = {0}, stated[3] = {0};
    for (int k = 0; k < RUNS; k++) {
        kura_run_options options = {.paths = 256, .has_seed = 1, .seed = (uint64_t)k + 1};
        run_result r = run_text(yaml(100, ""), &options, "bracket-errors");
        for (int i = 0; i < 3; i++) {
            double x = numbers(&r, "allocation", names[i])[0],
                   se = numbers(&r, "allocation", text("%s_se", names[i]))[0];
            sum[i] += x, squares[i] += x * x, stated[i] += se * se;
        }
        drop(&r);
    }
    for (int i = 0; i < 3; i++) {
        double scatter = (squares[i] - sum[i] * sum[i] / RUNS) / (RUNS - 1),
               ratio = scatter / (stated[i] / RUNS);
        print_message("%s: %.4f, variance over the stated one %.2f\n", names[i], sum[i] / RUNS, ratio);
        assert_true(ratio > 0.22 && ratio < 2.75); /* chi-square of 31 degrees, 1e-6 on either side */
    }
}

/* 20 instances with the optimum of another solver. */
static void test_recorded(void **state)
{
    (void)state;
    if (no_solver()) skip();
    FILE *in = open_recorded();
    recorded q;
    int tried = 0;
    while (read_instance(in, &q)) {
        km_arc arcs[MOST * MOST];
        int hub_begin[] = {0, q.n.nS + q.n.nJ}, arc_begin[] = {0, 0}, count = 0;
        km_mineral m = {
            .id = "recorded", .nforms = 1, .hub_begin = hub_begin, .arc_form_begin = arc_begin, .arcs = arcs};
        double a[2 * MOST] = {0}, r[2 * MOST] = {0}, u[MOST * MOST], share;
        kura_strained x = {.a = a, .r = r, .u = u};
        kura_error err = {0};
        for (int i = 0; i < q.n.nS; i++) a[i] = q.s.a[i];
        for (int j = 0; j < q.n.nJ; j++) r[q.n.nS + j] = q.s.r[j], x.want += q.s.r[j];
        for (int i = 0; i < q.n.nS; i++)
            for (int j = 0; j < q.n.nJ; j++)
                if (q.n.declared[i][j]) {
                    arcs[count] = (km_arc){.from = i, .to = q.n.nS + j};
                    u[count++] = q.n.physical[i][j];
                }
        arc_begin[1] = count;
        if (kura_coordination_optimum(&m, &x, 1, NULL, &share, &err)) fail_msg("%s", err.message);
        assert_float_equal(share * x.want / q.lp, 1, 1e-6); /* recorded in whole units */
        tried++;
    }
    fclose(in);
    assert_int_equal(tried, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sample), cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_totals), cmocka_unit_test(test_errors),
                                       cmocka_unit_test(test_recorded)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
