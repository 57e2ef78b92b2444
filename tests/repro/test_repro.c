/* The same scenario and seed give the same numbers, whatever the threads, the instruction set, the number of
 * paths and what else is in the scenario [R10.4].  All comparisons are to the last bit. */
#include "frame_util.h"

/* One mineral with a chain of two forms; `country` refines at home. */
static const char *mineral_of(const char *id, const char *country, char *sites, char *trade, char *demand)
{
    static char line[512];
    char more[2048];
    snprintf(line, sizeof line,
             "  %s: {forms: [ore, metal], price: {initial: 100 USD/t, half_life: 1 year, volatility: 30 "
             "%%/sqrt(year), jumps: {rate: 1 /year, mean: 0.2,"
             " sd: 0.2}, scarcity: 4}, demand_response: {elasticity: 0.1, substitution: {limit: 20 %%, lag: "
             "30 weeks}}}\n",
             id);
    snprintf(more, sizeof more,
             "    %s-mine: {mineral: %s, form: ore, country: AUS, kind: mine, output: 10 t/step, spare: 20 "
             "%%, plants: 3}\n"
             "    %s-big: {mineral: %s, form: metal, country: CHN, kind: refine, output: 6 t/step, spare: 30 "
             "%%, yield: 80 %%}\n"
             "    %s-home: {mineral: %s, form: metal, country: %s, kind: refine, output: 2 t/step, spare: 10 "
             "%%}\n",
             id, id, id, id, id, id, country);
    strcat(sites, more);
    snprintf(more, sizeof more,
             "    - {mineral: %s, form: ore, from: AUS, to: CHN, lag: 20 days}\n"
             "    - {mineral: %s, form: ore, from: AUS, to: %s, lag: 30 days, routes: [strait]}\n"
             "    - {mineral: %s, form: metal, from: CHN, to: JPN, volume: 5 t/step, lag: 10 days, routes: "
             "[strait, canal]}\n"
             "    - {mineral: %s, form: metal, from: %s, to: JPN, volume: 2 t/step, lag: 25 days}\n",
             id, id, country, id, id, country);
    strcat(trade, more);
    snprintf(more, sizeof more,
             "    - {mineral: %s, form: metal, country: JPN, rate: 7 t/step, growth: 2 %%/year}\n"
             "    - {mineral: %s, form: metal, country: CHN, rate: 1 t/step}\n",
             id, id);
    strcat(demand, more);
    return line;
}

/* Every kind of hazard.  `extra` is another mineral, written at the place 0 (before the others), 1 or 2
 * (behind them). */
static const char *rich(const char *extra, int place, const char *events)
{
    static char yaml[1 << 15];
    char minerals[4096] = "", sites[8192] = "", trade[8192] = "", demand[4096] = "";
    static const char *const own[] = {"cobalt", "lithium"};
    for (int i = 0; i < 3; i++) {
        if (extra && place == i) strcat(minerals, mineral_of(extra, "AAA", sites, trade, demand));
        if (i < 2) strcat(minerals, mineral_of(own[i], i ? "USA" : "KOR", sites, trade, demand));
    }
    int n = snprintf(
        yaml, sizeof yaml,
        "format: 1\n"
        "name: rich\n"
        "run: {paths: 1500, seed: 9, start: 2026-01-05, step: 7 days, steps: 80, focus: JPN}\n"
        "minerals:\n%snetwork:\n  sites:\n%s  trade:\n%s  demand:\n%s"
        "hazards:\n"
        "  regimes:\n"
        "    CHN: {tension: 0.8 /year, coercion: 0.5 /year, relax: 0.6 /year, ease: 1 /year, start: "
        "stationary, availability: [1, 0.95, 0.8]}\n"
        "    AUS: {tension: 0.2 /year, coercion: 0.1 /year, relax: 1 /year, ease: 1 /year}\n"
        "  restrictions:\n"
        "    control:\n"
        "      exporter: CHN\n"
        "      minerals: all\n"
        "      forms: [metal]\n"
        "      onset: {normal: 0.2 /year, tension: 0.8 /year, coercion: 2 /year}\n"
        "      types:\n"
        "        licence: {share: 70 %%, freeze: {uniform: {min: 2 weeks, max: 6 weeks}}, severity: {beta: "
        "{mean: 50 %%, sd: 20 %%}},\n"
        "                  duration: {lognormal: {median: 20 weeks, sigma: 0.8}}, relaxation_half_life: 5 "
        "weeks}\n"
        "        ban: {share: 30 %%, duration: {weibull: {scale: 10 weeks, shape: 1.5}}, target: JPN}\n"
        "      in_force: [{mineral: cobalt, type: licence, since: 2025-10-01}]\n"
        "  outages:\n"
        "    plant: {select: {kinds: [refine]}, mttf: 1 year, mttr: {lognormal: {median: 4 weeks, sigma: "
        "0.8}}}\n"
        "    pit: {select: {kinds: [mine]}, mttf: 2 years, shape: 1.5, mttr: {exponential: {mean: 6 weeks}}, "
        "derating: {uniform: {min: 20 %%, max: 100 %%}}}\n"
        "  shocks:\n"
        "    power: {country: CHN, rate: 0.7 /year, severity: {beta: {mean: 40 %%, concentration: 10}}, "
        "duration: {lognormal: {median: 6 weeks, sigma: 0.6}},\n"
        "            hits: [{select: {kinds: [refine]}, probability: 60 %%}]}\n"
        "    world: {country: WLD, rate: 0.3 /year, severity: 50 %%, duration: 8 weeks, hits: [{probability: "
        "50 %%}, {select: {minerals: all, forms: [ore]}, probability: 50 %%}]}\n"
        "  chokepoints:\n"
        "    strait: {rate: 0.4 /year, duration: {exponential: {mean: 5 weeks}}, capacity_loss: {uniform: "
        "{min: 0 %%, max: 100 %%}}, detour: 10 days}\n"
        "    canal: {rate: 0.4 /year, duration: 6 weeks, detour: 3 weeks}\n"
        "correlation: {factors: [tension, cycle], loadings: {regime/*: {tension: 0.5}, onset/CHN/*: "
        "{tension: 0.6}, price/*: {cycle: 0.5, tension: 0.3}}}\n"
        "stockpiles:\n"
        "  s: {owner: national, country: JPN, mineral: cobalt, form: metal, opening: 30 days, at_most: 3 "
        "t/step}\n"
        "  t: {owner: private, country: JPN, mineral: lithium, form: metal, opening: 20 t}\n"
        "%s",
        minerals, sites, trade, demand, events);
    assert_true(n > 0 && (size_t)n < sizeof yaml);
    return yaml;
}

static run_result run_with(const char *yaml, uint64_t paths, int threads, const char *isa, uint64_t seed,
                           const char *name)
{
    kura_run_options o = {
        .paths = paths, .threads = threads, .isa = isa, .has_seed = seed != 0, .seed = seed};
    return run_text(yaml, &o, name);
}

/* Is the instruction set there, on this machine and in this build? */
static int present(const char *path, const char *isa)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_run_options o = {.isa = isa};
    kura_run_plan plan;
    assert_int_equal(kura_scenario_load(path, NULL, 0, &s, &diag, &err), KURA_OK);
    int yes = kura_run_estimate(s, &o, &plan, &err) == KURA_OK;
    kura_diag_fini(&diag);
    kura_scenario_free(s);
    return yes;
}

/* One digest and one hash of the states for every number of threads and every instruction set; others for
 * another seed. */
static void test_one_digest(void **state)
{
    (void)state;
    static const struct {
        int threads;
        const char *isa;
    } ways[] = {{2, NULL}, {3, NULL}, {7, NULL},     {1, "baseline"},
                {2, "v3"}, {3, "v4"}, {2, "scalar"}, {0, "auto"}};
    const char *yaml = rich(NULL, 0, "");
    run_result first = run_with(yaml, 5000, 1, NULL, 0, "repro-digest");
    assert_true(summary(&first, "expected_unserved", "cobalt") > 0 &&
                summary(&first, "expected_unserved", "lithium") > 0);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (ways[i].isa && !present(put_file("repro-present.yaml", yaml), ways[i].isa)) {
            print_message("instruction set %s is absent: skipped\n", ways[i].isa);
            continue;
        }
        run_result r = run_with(yaml, 5000, ways[i].threads, ways[i].isa, 0, "repro-digest");
        if (strcmp(r.digest, first.digest) != 0 || strcmp(r.state, first.state) != 0)
            fail_msg("%d threads, %s: another digest", ways[i].threads, ways[i].isa ? ways[i].isa : "auto");
        drop(&r);
    }
    run_result r = run_with(yaml, 5000, 2, NULL, 10, "repro-digest");
    assert_true(strcmp(r.digest, first.digest) != 0 && strcmp(r.state, first.state) != 0);
    drop(&r);
    r = run_with(yaml, 5000, 2, NULL, 9, "repro-digest"); /* the scenario's own seed, given once more */
    assert_string_equal(r.digest, first.digest);
    drop(&r), drop(&first);
}

/* The first n paths of both, of one mineral, in every metric. */
static void assert_same_samples(const run_result *a, const run_result *b, const char *mineral, int64_t n)
{
    const kf_group *g = kura_frame_find(a->frame, "samples");
    int64_t na = kura_frame_dim_size(g, "path"),
            nb = kura_frame_dim_size(kura_frame_find(b->frame, "samples"), "path");
    assert_true(n <= na && n <= nb);
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i];
        if (v->ndims != 2 || v->type != KF_F64) continue;
        const double *x = (const double *)v->data + label(a, "samples", "mineral", mineral) * na;
        const double *y = numbers(b, "samples", v->name) + label(b, "samples", "mineral", mineral) * nb;
        for (int64_t p = 0; p < n; p++)
            if (memcmp(&x[p], &y[p], sizeof *x) != 0)
                fail_msg("%s of %s, path %d: %.17g and %.17g", v->name, mineral, (int)p, x[p], y[p]);
    }
}

/* Paths keep their numbers when there are more of them, also where a bundle or a block of 1024 is not
 * full. */
static void test_number_of_paths(void **state)
{
    (void)state;
    static const uint64_t few[] = {1, 63, 64, 65, 1000, 1024, 1025, 1500};
    const char *yaml = rich(NULL, 0, "");
    run_result all = run_with(yaml, 3000, 2, NULL, 0, "repro-paths");
    for (size_t i = 0; i < sizeof few / sizeof *few; i++) {
        run_result r = run_with(yaml, few[i], 2, NULL, 0, "repro-paths-few");
        assert_same_samples(&r, &all, "cobalt", (int64_t)few[i]);
        assert_same_samples(&r, &all, "lithium", (int64_t)few[i]);
        double mean = 0; /* what is not a path counts nowhere */
        const double *x = numbers(&r, "samples", "short_steps");
        for (uint64_t p = 0; p < few[i]; p++) mean += x[p] / (double)few[i];
        assert_true(fabs(summary(&r, "expected_short_steps", "cobalt") - mean) < 1e-9);
        const double *curve = numbers(&r, "summary", "shortage_probability");
        double sum = 0;
        for (int t = 0; t < 80; t++) sum += curve[t];
        assert_true(fabs(sum - mean) < 1e-9);
        drop(&r);
    }
    drop(&all);
}

/* Another mineral, first or last by name or by position, with a country of its own, leaves the others as they
 * are. */
static void test_another_mineral(void **state)
{
    (void)state;
    static const struct {
        const char *id;
        int place;
    } ways[] = {{"aaa", 0}, {"zzz", 0}, {"aaa", 2}, {"kk", 1}};
    run_result plain = run_with(rich(NULL, 0, ""), 1500, 2, NULL, 0, "repro-mineral");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        print_message("%s at place %d\n", ways[i].id, ways[i].place);
        run_result r = run_with(rich(ways[i].id, ways[i].place, ""), 1500, 2, NULL, 0, "repro-mineral-more");
        assert_same_samples(&plain, &r, "cobalt", 1500);
        assert_same_samples(&plain, &r, "lithium", 1500);
        drop(&r);
    }
    drop(&plain);
}

/* A scripted event consumes no draw: the mineral it does not touch is as it was, the other is not. */
static void test_event(void **state)
{
    (void)state;
    run_result plain = run_with(rich(NULL, 0, ""), 1500, 2, NULL, 0, "repro-event");
    run_result r = run_with(
        rich(NULL, 0,
             "events: [{from: 10, to: 30, object: site/lithium-big, field: availability, value: 0}]\n"),
        1500, 2, NULL, 0, "repro-event-more");
    assert_same_samples(&plain, &r, "cobalt", 1500);
    assert_true(summary(&r, "expected_unserved", "lithium") >
                summary(&plain, "expected_unserved", "lithium"));
    assert_true(summary(&r, "expected_unserved", "cobalt") == summary(&plain, "expected_unserved", "cobalt"));
    drop(&r), drop(&plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_one_digest),
                                       cmocka_unit_test(test_number_of_paths),
                                       cmocka_unit_test(test_another_mineral), cmocka_unit_test(test_event)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
