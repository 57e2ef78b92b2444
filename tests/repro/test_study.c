/* Studies: every run sees the same futures; a study is its runs, one by one; what is wrong is said; nothing
 * is left behind. */
#include "../analytic/case.h"
#include "model/read.h"
#include "run/study.h"
#include "tally/compare.h"
#include <dirent.h>
#include <sys/wait.h>
#include <time.h>

/* Regimes, restrictions with drawn severity, outages, shocks, a strait, prices with jumps; by-products whose
 * host a policy may leave alone.  No price answers scarcity, so prices are drawn only. */
static const char world[] =
    "format: 1\n"
    "name: world\n"
    "run: {paths: 1200, seed: 1, start: 2026-01-05, step: 7 days, horizon: 2 years, focus: JPN}\n"
    "minerals:\n"
    "  gallium: {forms: [ore, metal], price: {initial: 400 USD/kg, half_life: 2 years, volatility: 30 "
    "%/sqrt(year), jumps: {rate: 0.3 /year, mean: 0.3, sd: 0.2}}}\n"
    "  zinc: {forms: [metal], report: host}\n"
    "  indium: {forms: [metal]}\n"
    "  antimony: {forms: [metal]}\n"
    "network:\n"
    "  sites:\n"
    "    ga-mine: {mineral: gallium, form: ore, country: CHN, kind: mine, output: 60 t/step, spare: 20 %}\n"
    "    ga-CHN: {mineral: gallium, form: metal, country: CHN, kind: refine, output: 60 t/step, spare: 20 "
    "%}\n"
    "    zn-AUS: {mineral: zinc, form: metal, country: AUS, kind: mine, output: 900 t/step, spare: 5 %}\n"
    "    in-AUS: {mineral: indium, form: metal, country: AUS, kind: mine, output: 30 t/step, spare: 5 %}\n"
    "    sb-TJK: {mineral: antimony, form: metal, country: TJK, kind: mine, output: 90 t/step, spare: 20 %}\n"
    "  trade:\n"
    "    - {mineral: gallium, form: metal, from: CHN, to: JPN, volume: 20 t/step, lag: 14 days, routes: "
    "[strait]}\n"
    "    - {mineral: zinc, form: metal, from: AUS, to: JPN, volume: 300 t/step, lag: 14 days}\n"
    "    - {mineral: indium, form: metal, from: AUS, to: JPN, volume: 20 t/step, lag: 14 days}\n"
    "    - {mineral: antimony, form: metal, from: TJK, to: JPN, volume: 30 t/step, lag: 42 days}\n"
    "  demand:\n"
    "    - {mineral: gallium, form: metal, country: CHN, rate: 40 t/step}\n"
    "    - {mineral: gallium, form: metal, country: JPN, rate: 20 t/step}\n"
    "    - {mineral: zinc, form: metal, country: AUS, rate: 600 t/step}\n"
    "    - {mineral: zinc, form: metal, country: JPN, rate: 300 t/step}\n"
    "    - {mineral: indium, form: metal, country: AUS, rate: 10 t/step}\n"
    "    - {mineral: indium, form: metal, country: JPN, rate: 20 t/step}\n"
    "    - {mineral: antimony, form: metal, country: TJK, rate: 60 t/step}\n"
    "    - {mineral: antimony, form: metal, country: JPN, rate: 30 t/step}\n"
    "  hosts: [{site: in-AUS, host: zn-AUS, share: 80 %, headroom: 1.02}]\n"
    "hazards:\n"
    "  regimes: {CHN: {tension: 0.3 /year, coercion: 0.5 /year, relax: 0.3 /year, ease: 0.5 /year}}\n"
    "  restrictions:\n"
    "    control:\n"
    "      exporter: CHN\n"
    "      minerals: [gallium]\n"
    "      onset: {normal: 0.2 /year, tension: 0.5 /year, coercion: 1 /year}\n"
    "      types: {ban: {duration: {lognormal: {median: 20 weeks, sigma: 0.6}}, severity: {beta: {mean: 80 "
    "%, "
    "concentration: 8}}, target: JPN}}\n"
    "  outages: {works: {select: {kinds: [mine, refine]}, mttf: 4 years, mttr: {lognormal: {median: 8 weeks, "
    "sigma: 0.5}}}}\n"
    "  shocks: {power: {country: CHN, rate: 0.4 /year, severity: {beta: {mean: 40 %, concentration: 6}}, "
    "duration: 6 weeks, hits: [{select: {minerals: [gallium]}}]}}\n"
    "  chokepoints: {strait: {rate: 0.3 /year, duration: {lognormal: {median: 6 weeks, sigma: 0.5}}, "
    "capacity_loss: 60 %, detour: 14 days}}\n"
    "stockpiles:\n"
    "  national-gallium: {owner: national, country: JPN, mineral: gallium, form: metal, opening: 30 days}\n"
    "  national-indium: {owner: national, country: JPN, mineral: indium, form: metal, opening: 10 days}\n";

#define STOCK "{patch: {stockpiles.national-gallium.opening: 150 days}}"
#define INDIUM "{patch: {stockpiles.national-indium.opening: 60 days}}"
#define SITE                                                                                                 \
    "{patch: {network.sites.ga-JPN: {mineral: gallium, form: metal, country: JPN, kind: recycle, output: 0 " \
    "t/step, capacity: 5 t/step, standby: true}}}"
#define DEMAND "{patch: {minerals.gallium.demand_response: {elasticity: 0.2}}}"
#define DIPLOMACY                                                                                            \
    "{patch: {events: [{from: 0, object: hazard/restriction/control, field: rate, op: multiply, value: "     \
    "0.5}]}}"

#define BOTH                                                                                                 \
    "{patch: {stockpiles.national-gallium.opening: 150 days, events: [{from: 0, object: "                    \
    "hazard/restriction/control, field: rate, op: multiply, value: 0.5}]}}"

static const char *study_file(const char *name, const char *study)
{
    return put_file(text("study-%s", name), text("%sstudy: %s\n", world, study));
}

static const char *const kinds[] = {"stock", "indium", "site", "demand", "diplomacy", "both"};
static const char all_kinds[] =
    "{policies: {stock: " STOCK ", indium: " INDIUM ", site: " SITE ", demand: " DEMAND
    ", diplomacy: " DIPLOMACY ", both: {combine: [stock, diplomacy]}}}";
enum { KINDS = 6, DIPLOMACY_IS = 4 };

/* ---- the same futures ---- */

typedef struct {
    kura_arena arena;
    kura_scenario_data *data;
    km_model *model;
    run_result r;
    kura_run_record *record;
} variant;

/* The scenario of a study (policy -1) or one of its policies, with the full states of its first paths. */
static void open_variant(variant *v, const char *file, int policy, int paths)
{
    kura_diag diag = {0};
    kura_error err = {0};
    memset(v, 0, sizeof *v);
    kura_status st = policy < 0
                         ? kura_scenario_read(file, NULL, 0, &v->arena, &v->data, &diag, &err)
                         : kura_scenario_read_policy(file, NULL, 0, policy, &v->arena, &v->data, &diag, &err);
    if (st) fail_msg("%s", err.message);
    v->data->tallies.trace_paths = paths;
    if (kura_model_compile(v->data, 1, &v->model, &diag, &err)) fail_msg("%s", err.message);
    kura_diag_fini(&diag);
    if (!paths) return;
    kura_run_options o = {.paths = (uint64_t)paths, .threads = 1};
    v->record = calloc(1, sizeof *v->record);
    v->r.frame = kura_frame_new();
    if (kura_run_model(v->model, &o, v->r.frame, v->record, &err)) fail_msg("%s", err.message);
}

static void close_variant(variant *v)
{
    kura_run_record_free(v->record);
    kura_frame_free(v->r.frame);
    kura_model_free(v->model);
    kura_arena_fini(&v->arena);
}

/* A series of one object, [step][path], is the same in both; or only never lower. */
static int count_other(const variant *a, const variant *b, const char *name, const char *dim,
                       const char *object, int may_rise)
{
    const double *x = series(&a->r, name, dim, object), *y = series(&b->r, name, dim, object);
    int64_t n = steps_of(&a->r) * traced(&a->r);
    int other = 0;
    for (int64_t i = 0; i < n; i++) {
        other += x[i] != y[i];
        if (may_rise ? y[i] < x[i] : y[i] != x[i])
            fail_msg("%s %s differs: %.17g and %.17g", name, object, x[i], y[i]);
    }
    return other;
}

static double spread_of(const variant *v, const char *name, const char *dim, const char *object)
{
    return moments_of(series(&v->r, name, dim, object), steps_of(&v->r) * traced(&v->r), 1).variance;
}

static void test_same_futures(void **state)
{
    (void)state;
    static const char *const sites[] = {"ga-mine", "ga-CHN", "zn-AUS", "in-AUS", "sb-TJK"};
    static const char *const arcs[] = {"gallium/metal/CHN/JPN", "zinc/metal/AUS/JPN",
                                       "antimony/metal/TJK/JPN"};
    const char *file = study_file("same.yaml", all_kinds);
    variant base;
    open_variant(&base, file, -1, 256);
    for (size_t i = 0; i < sizeof sites / sizeof *sites;
         i++) /* something happens, or nothing would be shown */
        assert_true(spread_of(&base, "availability", "site", sites[i]) > 0);
    assert_true(spread_of(&base, "openness", "arc", arcs[0]) > 0 &&
                spread_of(&base, "regime", "country", "CHN") > 0);
    assert_true(spread_of(&base, "detour", "arc", arcs[0]) > 0 &&
                spread_of(&base, "log_price", "mineral", "gallium") > 0);
    for (int k = 0; k < KINDS; k++) {
        variant v;
        open_variant(&v, file, k, 256);
        assert_string_equal(base.data->study->policies[k].id, kinds[k]);
        assert_null(v.data->study);
        for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
            count_other(&base, &v, "availability", "site", sites[i], 0);
        count_other(&base, &v, "regime", "country", "CHN", 0);
        count_other(&base, &v, "log_price", "mineral", "gallium", 0);
        for (size_t i = 0; i < sizeof arcs / sizeof *arcs; i++) {
            count_other(&base, &v, "detour", "arc", arcs[i], 0);
            int rarer = k >= DIPLOMACY_IS && i == 0;
            int other = count_other(&base, &v, "openness", "arc", arcs[i], rarer);
            if (rarer) assert_true(other > 1000); /* fewer restrictions, none that was not there */
        }
        close_variant(&v);
    }
    close_variant(&base);
}

/* With another rate the numbers are the same: equal streams, drawn by address; so of the restrictions that
 * are left each is as hard and long as it was. */
static void test_same_numbers(void **state)
{
    (void)state;
    const char *file = study_file("numbers.yaml", all_kinds);
    variant base;
    open_variant(&base, file, -1, 0);
    for (int k = 0; k < KINDS; k++) {
        variant v;
        open_variant(&v, file, k, 0);
        const km_model *a = base.model, *b = v.model;
        for (int i = 0; i < a->nminerals; i++) {
            const km_mineral *x = &a->minerals[i], *y = &b->minerals[i];
            assert_memory_equal(&x->price.stream, &y->price.stream, sizeof x->price.stream);
            assert_int_equal(x->ndecrees, y->ndecrees);
            for (int d = 0; d < x->ndecrees; d++)
                assert_memory_equal(&x->decrees[d].stream, &y->decrees[d].stream,
                                    sizeof x->decrees[d].stream);
            for (int s = 0; s < x->nsites; s++)
                for (int o = 0; o < x->sites[s].noutages; o++)
                    assert_memory_equal(x->sites[s].outages[o].units, y->sites[s].outages[o].units,
                                        sizeof *x->sites[s].outages[o].units);
        }
        for (int i = 0; i < a->nspells; i++)
            assert_memory_equal(&a->spells[i].stream, &b->spells[i].stream, sizeof a->spells[i].stream);
        assert_memory_equal(&a->regimes[0].stream, &b->regimes[0].stream, sizeof a->regimes[0].stream);
        close_variant(&v);
    }
    close_variant(&base);
}

/* ---- a study is its runs ---- */

static const double *policy_cells(const kura_frame *f, const char *name, int64_t *n)
{
    const kf_group *g = kura_frame_find(f, "policies");
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    if (!v) fail_msg("no policies/%s", name);
    *n = kura_frame_size(g, v);
    return v->data;
}

/* Everything that `kura compare base.h5 policy.h5` says stands in the study, to the last bit; so what was not
 * simulated again would not have been other. */
static void test_same_as_runs(void **state)
{
    (void)state;
    kura_run_options o = {.threads = 2};
    kura_error err = {0};
    run_result study = run_file(study_file("runs.yaml", all_kinds), NULL, 0, &o, "study");
    run_result base = run_file(put_file("study-base.yaml", world), NULL, 0, &o, "study-base");
    const kf_group *g = kura_frame_find(study.frame, "policies");
    assert_string_equal(study.state, base.state);
    int compared = 0;
    for (int k = 0; k < KINDS; k++) {
        static const char *const alone[] = {STOCK, INDIUM, SITE, DEMAND, DIPLOMACY, BOTH};
        /* the same policy as a file of its own */
        put_file("study-alone.yaml", text("format: 1\nname: alone\nbase: study-base.yaml\n%.*s\n",
                                          (int)strlen(alone[k]) - 2, alone[k] + 1));
        char path[512];
        snprintf(path, sizeof path, "%s/study-alone.yaml", KURA_TEST_TMP);
        run_result policy = run_file(path, NULL, 0, &o, "study-alone");
        kura_frame *pair = NULL;
        if (kura_compare_files(base.path, policy.path, &pair, &err)) fail_msg("%s", err.message);
        const kf_group *of = kura_frame_find(pair, "policies");
        for (int i = 0; i < of->nvariables; i++) {
            const kf_variable *v = &of->variables[i];
            if (v->type != KF_F64 || v->ndims < 2 || strcmp(v->dims[0], "policy") != 0) continue;
            int64_t n, m;
            const double *y = policy_cells(pair, v->name, &n), *x = policy_cells(study.frame, v->name, &m);
            assert_int_equal(m, KINDS * n);
            for (int64_t j = 0; j < n; j++, compared++)
                if (memcmp(&x[k * n + j], &y[j], sizeof *x) != 0 && !(isnan(x[k * n + j]) && isnan(y[j])))
                    fail_msg("%s of %s, cell %d: %.17g in the study, %.17g of runs", v->name, kinds[k],
                             (int)j, x[k * n + j], y[j]);
        }
        kura_frame_free(pair);
        drop(&policy);
    }
    assert_true(compared > 1000);
    /* and something did move: gallium with the stock, indium alone with its own */
    int64_t n;
    const double *d = policy_cells(study.frame, "loss_of_load_expectation_difference", &n);
    int64_t minerals = kura_frame_dim_size(g, "mineral");
    assert_int_equal(minerals, 5);
    assert_true(d[0] < 0 && d[1] == 0 && d[2] == 0 && d[3] == 0);
    assert_true(d[minerals] == 0 && d[minerals + 2] < 0);
    drop(&study);
    drop(&base);
}

/* The cells of a study of one policy are those of its runs; paths on which the number moves, of all minerals.
 */
static void compare_with_runs(const char *scenario, const char *policy, const char *number, double *paths,
                              int64_t minerals)
{
    kura_run_options o = {.threads = 2};
    kura_error err = {0};
    char path[512];
    const char *base_file = put_file("pair-base.yaml", scenario);
    put_file("pair-study.yaml", text("%sstudy: {policies: {p: {patch: %s}}}\n", scenario, policy));
    put_file("pair-alone.yaml", text("format: 1\nname: alone\nbase: pair-base.yaml\npatch: %s\n", policy));
    run_result base = run_file(base_file, NULL, 0, &o, "pair-base");
    snprintf(path, sizeof path, "%s/pair-alone.yaml", KURA_TEST_TMP);
    run_result alone = run_file(path, NULL, 0, &o, "pair-alone");
    snprintf(path, sizeof path, "%s/pair-study.yaml", KURA_TEST_TMP);
    run_result study = run_file(path, NULL, 0, &o, "pair-study");
    kura_frame *pair = NULL;
    if (kura_compare_files(base.path, alone.path, &pair, &err)) fail_msg("%s", err.message);
    static const char *const parts[] = {"", "_se", "_difference", "_difference_se", "_difference_hi"};
    int64_t n, m;
    for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
        const char *name = text("%s%s", number, parts[k]);
        const double *x = policy_cells(study.frame, name, &n), *y = policy_cells(pair, name, &m);
        assert_true(n == m && n > minerals);
        assert_memory_equal(x, y, (size_t)n * sizeof *x);
    }
    const double *moved = policy_cells(study.frame, text("%s_difference_paths", number), &n);
    for (int64_t i = 0; i < minerals; i++) paths[i] = moved[i];
    const kf_group *of = kura_frame_find(pair, "policies"), *in = kura_frame_find(study.frame, "policies");
    for (int i = 0; i < in->nvariables; i++) /* nothing of money, which nobody counts here */
        if (in->variables[i].type == KF_F64 && !kura_frame_find_var(of, in->variables[i].name))
            fail_msg("%s is in the study only", in->variables[i].name);
    kura_frame_free(pair);
    drop(&study);
    drop(&alone);
    drop(&base);
}

/* A policy for the host moves its by-product, though nothing is said of that. */
static void test_hosts(void **state)
{
    (void)state;
    double paths[4];
    compare_with_runs(world, "{network.sites.zn-AUS.spare: 60 %}", "normalised_expected_unserved", paths, 4);
    assert_true(paths[0] == 0 && paths[1] > 0 && paths[2] > 0 && paths[3] == 0);
}

/* To know a stock better is a policy too: it is alike at the best figures, but not in the draws.  To know all
 * is one; its errors count the draws of the other run. */
static void test_draws(void **state)
{
    (void)state;
    double paths[4];
    compare_with_runs(text("%signorance: {inner: 64, grades: default}\n", world),
                      "{minerals.gallium.grade: A, minerals.zinc.grade: A, minerals.indium.grade: A}",
                      "normalised_expected_unserved", paths, 4);
    assert_true(paths[0] > 0 && paths[2] > 0 && paths[3] == 0);
}

/* What need not be simulated again is found: all that is not gallium with its stock; of indium the host must
 * run, since it drives it.  With other rates of a restriction of gallium the others are alike as well. */
static void test_alike(void **state)
{
    (void)state;
    static const unsigned char want[KINDS][4] = {{0, 1, 1, 1}, {1, 0, 0, 1}, {0, 0, 0, 0},
                                                 {0, 1, 1, 1}, {0, 1, 1, 1}, {0, 1, 1, 1}};
    const char *file = study_file("alike.yaml", all_kinds);
    variant base, again;
    unsigned char same[4];
    open_variant(&base, file, -1, 0);
    open_variant(&again, file, -1, 0);
    kura_models_alike(base.model, again.model, same);
    for (int i = 0; i < 4; i++) assert_int_equal(same[i], 1);
    close_variant(&again);
    for (int k = 0; k < KINDS; k++) {
        variant v;
        open_variant(&v, file, k, 0);
        kura_models_alike(base.model, v.model, same);
        for (int i = 0; i < 4; i++)
            if (k != 2 && same[i] != want[k][i])
                fail_msg("%s: %s is %s", kinds[k], base.model->minerals[i].id,
                         same[i] ? "alike" : "not alike");
        assert_int_equal(same[0], k == 1); /* never where it differs */
        close_variant(&v);
    }
    close_variant(&base);
}

static void test_threads(void **state)
{
    (void)state;
    char digest[65];
    const char *file =
        study_file("threads.yaml", "{policies: {stock: " STOCK ", diplomacy: " DIPLOMACY
                                   "}, fresh_paths: 1200, portfolios: {of: [stock, diplomacy]}}");
    for (int threads = 1; threads <= 3; threads++) {
        kura_run_options o = {.threads = threads};
        run_result r = run_file(file, NULL, 0, &o, "study-threads");
        if (threads == 1)
            memcpy(digest, r.digest, sizeof digest);
        else
            assert_string_equal(r.digest, digest);
        int64_t n;
        assert_int_equal(kura_frame_dim_size(kura_frame_find(r.frame, "policies"), "policy"), 3);
        const double *d = policy_cells(r.frame, "loss_of_load_expectation_difference", &n),
                     *fresh = policy_cells(r.frame, "loss_of_load_expectation_fresh_difference", &n),
                     *se = policy_cells(r.frame, "loss_of_load_expectation_difference_se", &n),
                     *fresh_se = policy_cells(r.frame, "loss_of_load_expectation_fresh_difference_se", &n);
        for (int k = 0; k < 3; k++) { /* two independent estimates of one number */
            double z = (d[k * 5] - fresh[k * 5]) / hypot(se[k * 5], fresh_se[k * 5]);
            assert_true(z != 0 && fabs(z) <= 4.89);
        }
        assert_string_equal(((const char *const *)variable(&r, "policies", "policy")->data)[2],
                            "stock+diplomacy");
        drop(&r);
    }
}

/* ---- what is wrong ---- */

static void refused(const char *file, const char *message)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    int found = 0;
    assert_true(kura_scenario_load(file, NULL, 0, &s, &diag, &err) != KURA_OK);
    assert_null(s);
    for (size_t i = 0; i < diag.count; i++)
        found |= diag.items[i].severity == KURA_DIAG_ERROR &&
                 strstr(diag.items[i].message, message) != NULL && diag.items[i].line > 0;
    if (!found) {
        print_messages(&diag);
        fail_msg("%s: no error with a line says \"%s\"", file, message);
    }
    kura_diag_fini(&diag);
}

static void test_errors(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"{policies: {a: {patch: {run.seed: 2}}}}", "policy \"a\" changes run.seed"},
        {"{policies: {a: {patch: {run.paths: 2048}}}}", "changes run.paths"},
        {"{policies: {a: {patch: {run.horizon: 4 years}}}}", "changes run.horizon"},
        {"{policies: {a: {patch: {run.focus: AUS}}}}", "changes run.focus"},
        {"{policies: {a: {patch: {run.step: 14 days}}}}", "changes run.step"},
        {"{policies: {a: {patch: {tallies: {threshold: 1 %}}}}}", "changes tallies.threshold"},
        {"{policies: {a: {patch: {stockpiles.national-gallium.openin: 3 days}}}}", "unknown key \"openin\""},
        {"{policies: {a: {patch: {stockpiles.gallium.opening: null}}}}", "nothing to remove"},
        {"{policies: {a: {file: nowhere.yaml}}}", "cannot read \"nowhere.yaml\""},
        {"{policies: {a: {file: study-x.yaml, patch: {}}}}", "needs one of file, patch and combine"},
        {"{policies: {a: {title: nothing}}}", "needs one of file, patch and combine"},
        {"{policies: {a: {combine: [b, c]}, b: " STOCK "}}", "unknown policy \"c\""},
        {"{policies: {a: {combine: [b, b]}, b: " STOCK "}}", "\"b\" is in the list twice"},
        {"{policies: {a: {combine: [b]}, b: {combine: [c]}, c: " STOCK "}}", "is itself a combination"},
        {"{policies: {base: " STOCK "}}", "cannot be called \"base\""},
        {"{policies: {a: " STOCK ", a: " STOCK "}}", "\"a\""},
        {"{policies: {}}", "needs a policy"},
        {"{policies: {a: {patch: {title: x}, expect: {loss_of_load_expection: falls}}}}",
         "did you mean \"loss_of_load_expectation\""},
        {"{policies: {a: {patch: {title: x}, expect: {mean_price: sinks}}}}", "unknown direction \"sinks\""},
        {"{policies: {a: " STOCK "}, portfolios: {of: [a, q]}}", "unknown policy \"q\""},
        {"{policies: {a: " STOCK "}, confidence: 40 %}", "confidence"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        refused(study_file("wrong.yaml", cases[i][0]), cases[i][1]);
    char many[2048] = "{policies: {", of[512] = "";
    for (int i = 0; i < 11; i++) {
        sprintf(many + strlen(many), "%sp%d: %s", i ? ", " : "", i, STOCK);
        sprintf(of + strlen(of), "%sp%d", i ? ", " : "", i);
    }
    sprintf(many + strlen(many), "}, portfolios: {of: [%s]}}", of);
    refused(study_file("wrong.yaml", many), "are more than 1024 portfolios");
    put_file("study-p-one.yaml", "format: 1\nname: same\nbase: study-base.yaml\npatch: "
                                 "{stockpiles.national-gallium.opening: 9 days}\n");
    put_file("study-p-two.yaml", "format: 1\nname: same\nbase: study-base.yaml\npatch: "
                                 "{stockpiles.national-gallium.opening: 8 days}\n");
    refused(study_file("wrong.yaml", "{policies: [study-p-one.yaml, study-p-two.yaml]}"),
            "two policies are called \"same\"");
    put_file("study-p-two.yaml",
             "format: 1\nname: more\nbase: study-base.yaml\nstockpiles: {}\npatch: {title: x}\n");
    refused(study_file("wrong.yaml", "{policies: [study-p-one.yaml, study-p-two.yaml]}"),
            "only its patch and include act");
}

/* A file's name is the id; its patch may name files beside it; what is known of a mineral that the scenario
 * lacks is a warning. */
static void test_files(void **state)
{
    (void)state;
    char folder[512];
    snprintf(folder, sizeof folder, "%s/study-files", KURA_TEST_TMP);
    assert_int_equal(system(text("mkdir -p '%s'", folder)), 0);
    put_file("study-files/stocks.csv", "id,owner,country,mineral,form,opening [days]\n"
                                       "national-gallium,national,JPN,gallium,metal,90\n");
    put_file("study-files/table.yaml",
             "format: 1\nname: table\ntitle: By a table\nbase: nowhere.yaml\n"
             "policy: {expect: {loss_of_load_expectation: {falls: [gallium], nothing: [antimony, cobalt]}}, "
             "reason: because}\npatch: {stockpiles: stocks.csv}\n");
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    const char *file = study_file("files.yaml", "{policies: [study-files/table.yaml]}");
    assert_int_equal(kura_scenario_load(file, NULL, 0, &s, &diag, &err), KURA_OK);
    assert_int_equal(diag.errors, 0);
    int warned = 0;
    for (size_t i = 0; i < diag.count; i++) warned += strstr(diag.items[i].message, "\"cobalt\"") != NULL;
    assert_int_equal(warned, 1);
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    kura_run_options o = {.paths = 600, .threads = 2};
    run_result r = run_file(file, NULL, 0, &o, "study-files");
    assert_string_equal(((const char *const *)variable(&r, "policies", "policy")->data)[0], "table");
    assert_string_equal(((const char *const *)variable(&r, "policies", "policy_title")->data)[0],
                        "By a table");
    assert_string_equal(((const char *const *)variable(&r, "policies", "policy_reason")->data)[0], "because");
    const int8_t *holds = variable(&r, "policies", "expectation_holds")->data;
    assert_int_equal(size_of(&r, "policies", "expectation_holds"), 2);
    assert_int_equal(holds[0], KURA_HOLDS_YES);
    assert_int_equal(holds[1], KURA_HOLDS_YES);
    drop(&r);
}

/* ---- stopping, and two results that do not belong together ---- */

typedef struct {
    uint64_t at, last, total;
} watcher;

static int step(void *user, uint64_t done, uint64_t total, double seconds)
{
    watcher *w = user;
    const struct timespec pause = {0, 110000000};
    (void)seconds;
    assert_true(done >= w->last && done <= total);
    w->last = done, w->total = total;
    if (w->at) nanosleep(&pause, NULL);
    return w->at && done >= w->at;
}

static int files_in(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void test_interrupt(void **state)
{
    (void)state;
    char folder[512];
    snprintf(folder, sizeof folder, "%s/study-scratch", KURA_TEST_TMP);
    assert_int_equal(system(text("rm -rf '%s' && mkdir '%s'", folder, folder)), 0);
    const char *file = study_file("stop.yaml", "{policies: {stock: " STOCK "}, fresh_paths: 64}");
    kura_scenario *s = NULL;
    kura_result *result = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    assert_int_equal(kura_scenario_load(file, NULL, 0, &s, &diag, &err), KURA_OK);
    kura_diag_fini(&diag);
    watcher w = {.at = 0};
    kura_run_options o = {.paths = 1280, .threads = 1, .progress = step, .user = &w, .scratch = folder};
    assert_int_equal(kura_run(s, &o, &result, &err), KURA_OK);
    assert_true(w.last == 2 * (1280 + 64) && w.total == w.last);
    kura_result_free(result);
    assert_int_equal(files_in(folder), 0);
    w = (watcher){.at = 1280 + 64}; /* in the policy's run */
    assert_int_equal(kura_run(s, &o, &result, &err), KURA_E_INTERRUPTED);
    assert_null(result);
    assert_true(w.last >= 1280 + 64 && w.last < 2 * 1280);
    assert_int_equal(files_in(folder), 0);
    kura_scenario_free(s);
}

static void test_files_apart(void **state)
{
    (void)state;
    kura_run_options o = {.paths = 128, .threads = 1};
    run_result a = run_file(put_file("study-base.yaml", world), NULL, 0, &o, "apart-a");
    static const struct {
        const char *set, *why;
        uint64_t paths;
    } cases[] = {{"run.seed=2", "the seed differs, 1 and 2", 128},
                 {"run.horizon=1 year", "the horizon (years) differs", 128},
                 {"title=x", "the number of paths differs, 128 and 192", 192},
                 {"tallies.samples=false", "has no /samples", 128},
                 {"tallies.confidence=[90 %]", "tallies.confidence differs", 128},
                 {"tallies.threshold=0.2 %", "tallies.threshold differs", 128}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        o.paths = cases[i].paths;
        run_result b = run_file(put_file("study-base.yaml", world), &cases[i].set, 1, &o, "apart-b");
        kura_frame *pair = NULL;
        kura_error err = {0};
        assert_int_equal(kura_compare_files(a.path, b.path, &pair, &err), KURA_E_SCENARIO);
        assert_null(pair);
        if (!strstr(err.message, cases[i].why)) fail_msg("%s", err.message);
        drop(&b);
    }
    drop(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_futures), cmocka_unit_test(test_same_numbers),
        cmocka_unit_test(test_same_as_runs), cmocka_unit_test(test_alike),
        cmocka_unit_test(test_hosts),        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_threads),      cmocka_unit_test(test_errors),
        cmocka_unit_test(test_files),        cmocka_unit_test(test_interrupt),
        cmocka_unit_test(test_files_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
