/* Leaving causes out [8.10 B]: parts whose size is known, in systems of plants that fail; the file against
 * its runs, path by path; draws of what is not known; what is refused. */
#include "num/student.h"
#include "case.h"

enum { N = 1280, T = 120 };

/* Two plants of one mineral, or of two.  A cause is the outages of one of them, or of the same. */
#define A_UP 60.0
#define A_DOWN 20.0
#define B_UP 90.0
#define B_DOWN 10.0
static const double pa = A_DOWN / (A_UP + A_DOWN), pb = B_DOWN / (B_UP + B_DOWN);

static const char *world(const char *minerals, const char *sites, const char *demand, const char *a,
                         const char *b, int seed, const char *rest)
{
    return text("format: 1\n"
                "name: causes\n"
                "run: {paths: %d, seed: %d, step: 1 hour, steps: %d, per: horizon}\n"
                "minerals: {%s}\n"
                "network:\n  hubs:\n"
                "    - {mineral: one, form: good, country: JPN, storage: none}\n%s"
                "  sites:\n%s  demand:\n%s"
                "hazards:\n  outages:\n"
                "    a: {select: {sites: [%s]}, mttf: 60 hours, mttr: {exponential: {mean: 20 hours}}, mode: "
                "point}\n"
                "    b: {label: other, select: {sites: [%s]}, mttf: 90 hours, mttr: {exponential: {mean: 10 "
                "hours}}, mode: "
                "point}\n"
                "tallies: {threshold: 0 %%, required_stock: false}\n%s",
                N, seed, T, minerals,
                strstr(minerals, "two") ? "    - {mineral: two, form: good, country: JPN, storage: none}\n"
                                        : "",
                sites, demand, a, b, rest);
}

#define GOOD "{forms: [good], market: {production: push}}"
#define SITE(id, mineral, output)                                                                            \
    "    " id ": {mineral: " mineral ", form: good, country: JPN, kind: supply, output: " output " t/"       \
    "step}\n"
#define USE(mineral, rate) "    - {mineral: " mineral ", form: good, country: JPN, rate: " rate " t/step}\n"
#define STUDY "study: {leave_out: {first: hazards.outages.a, second: [hazards.outages.b]}}\n"

enum { FIRST, SECOND, INTERACTION, REST, PARTS };

/* Of the first mineral (mineral 0), or of all (the last). */
static double part(const run_result *r, const char *name, int k, int64_t mineral)
{
    int64_t minerals = kura_frame_dim_size(kura_frame_find(r->frame, "leave_out"), "mineral");
    return numbers(r, "leave_out", name)[k * minerals + mineral];
}

static void assert_part(scores *s, const run_result *r, const char *number, int k, double want)
{
    double x = part(r, text("%s_part", number), k, 0), se = part(r, text("%s_part_se", number), k, 0);
    compare(s, text("%s, part %d", number, k), x, want, se);
    assert_true(part(r, text("%s_part_lo", number), k, 0) <= x &&
                x <= part(r, text("%s_part_hi", number), k, 0));
}

/* Either of two causes makes the same shortage: a plant that both take down. */
static void test_either(void **state)
{
    (void)state;
    scores s = {0};
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(
            world("one: " GOOD, SITE("plant", "one", "8"), USE("one", "8"), "plant", "plant", seed, STUDY),
            NULL, "causes-either");
        assert_part(NULL, &r, "loss_of_load_expectation", FIRST, T / 24.0 * (pa - pa * pb));
        assert_part(NULL, &r, "expected_unserved", SECOND, 8 * T * (pb - pa * pb));
        assert_part(&s, &r, "expected_unserved", INTERACTION, 8 * T * pa * pb);
        assert_part(NULL, &r, "normalised_expected_unserved", INTERACTION, 1e6 * pa * pb);
        assert_part(NULL, &r, "loss_of_load_expectation", REST, 0);
        double share = part(&r, "expected_unserved_share", INTERACTION, 0);
        compare(NULL, "share of the interaction", share, pa * pb / (pa + pb - pa * pb),
                part(&r, "expected_unserved_share_se", INTERACTION, 0));
        drop(&r);
    }
    assert_scores(&s, "either of two causes");
}

/* It takes both: two plants, each of which would do. */
static void test_both(void **state)
{
    (void)state;
    scores s = {0};
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(world("one: " GOOD, SITE("left", "one", "8") SITE("right", "one", "8"),
                                      USE("one", "8"), "left", "right", seed, STUDY),
                                NULL, "causes-both");
        double v = summary(&r, "expected_unserved", NULL);
        assert_true(v > 0);
        assert_part(&s, &r, "expected_unserved", INTERACTION, -8 * T * pa * pb);
        /* all of it each time, so the shares are without error */
        for (int k = FIRST; k <= REST; k++) {
            double want = k == INTERACTION ? -1 : k == REST ? 0 : 1;
            assert_true(part(&r, "expected_unserved_share", k, 0) == want);
            assert_true(part(&r, "expected_unserved_share_se", k, 0) == 0);
            assert_true(part(&r, "expected_unserved_part", k, 0) == want * v);
        }
        drop(&r);
    }
    assert_scores(&s, "two causes together");
}

/* Causes of different minerals have nothing in common: 0, and not by chance. */
static void test_apart(void **state)
{
    (void)state;
    run_result r =
        run_text(world("one: " GOOD ", two: " GOOD, SITE("left", "one", "8") SITE("right", "two", "6"),
                       USE("one", "8") USE("two", "6"), "left", "right", 1, STUDY),
                 NULL, "causes-apart");
    for (int64_t i = 0; i < 3; i++)
        for (int k = 0; k < 3; k++) {
            static const char *const names[] = {"expected_unserved", "normalised_expected_unserved",
                                                "loss_of_load_expectation"};
            if (k == 0 && i == 2) { /* tonnes are not added up */
                assert_true(isnan(part(&r, "expected_unserved_part", FIRST, 2)));
                continue;
            }
            assert_true(part(&r, text("%s_part", names[k]), INTERACTION, i) == 0);
            assert_true(part(&r, text("%s_part_se", names[k]), INTERACTION, i) == 0);
            assert_true(part(&r, text("%s_part_paths", names[k]), INTERACTION, i) == 0);
        }
    assert_true(part(&r, "expected_unserved_part", FIRST, 0) == summary(&r, "expected_unserved", "one"));
    assert_true(part(&r, "expected_unserved_part", FIRST, 1) == 0);
    assert_true(part(&r, "expected_unserved_part", SECOND, 1) == summary(&r, "expected_unserved", "two"));
    drop(&r);
}

/* ---- the file is its runs ---- */

/* Mean and error of numbers of paths of which so many neighbours share a draw. */
static moments mean_of(const double *x, int64_t n, int64_t unit)
{
    double sums[N];
    assert_true(n % unit == 0);
    for (int64_t i = 0; i < n / unit; i++) {
        sums[i] = 0;
        for (int64_t k = 0; k < unit; k++) sums[i] += x[i * unit + k] / (double)unit;
    }
    return moments_of(sums, n / unit, 1);
}

static void near(const char *what, double x, double want)
{
    if (!(fabs(x - want) <= 1e-9 * fabs(want))) fail_msg("%s: %.17g, expected %.17g", what, x, want);
}

/* Parts of the run without each cause, as a run of its own without study. */
static void compare_with_runs(const char *scenario, const char *with_study, int64_t unit)
{
    static const char *const sets[] = {"hazards.outages.a=null", "hazards.outages.b=null"};
    run_result study = run_text(with_study, NULL, "causes-study"), runs[4];
    const char *file = put_file("causes-alone.yaml", scenario);
    runs[0] = run_file(file, NULL, 0, NULL, "causes-0");
    runs[1] = run_file(file, &sets[0], 1, NULL, "causes-1");
    runs[2] = run_file(file, &sets[1], 1, NULL, "causes-2");
    runs[3] = run_file(file, sets, 2, NULL, "causes-3");
    assert_string_equal(study.state, runs[0].state);
    static const double weights[PARTS][4] = {{1, -1, 0, 0}, {1, 0, -1, 0}, {-1, 1, 1, -1}, {0, 0, 0, 1}};
    double x[N], residual[N],
        whole = 0, z = unit > 1 ? kura_student_quantile((double)(N / unit - 1), 0.975) : 1.959963984540054;
    const double *u[4];
    for (int k = 0; k < 4; k++) u[k] = samples(&runs[k], "unserved", NULL, NULL);
    for (int i = 0; i < N; i++) whole += u[0][i] / N;
    double sum = 0;
    for (int k = 0; k < PARTS; k++) {
        double paths = 0, mean = 0;
        for (int i = 0; i < N; i++) {
            x[i] = 0;
            for (int j = 0; j < 4; j++) x[i] += weights[k][j] * u[j][i];
            paths += x[i] != 0;
            mean += x[i] / N;
        }
        for (int i = 0; i < N; i++) residual[i] = (x[i] - mean / whole * u[0][i]) / whole;
        moments m = mean_of(x, N, unit), share = mean_of(residual, N, unit);
        sum += part(&study, "expected_unserved_part", k, 0);
        near("part", part(&study, "expected_unserved_part", k, 0), m.mean);
        near("its error", part(&study, "expected_unserved_part_se", k, 0), m.se);
        near("its lower bound", part(&study, "expected_unserved_part_lo", k, 0), m.mean - z * m.se);
        near("paths", part(&study, "expected_unserved_part_paths", k, 0), paths);
        near("share", part(&study, "expected_unserved_share", k, 0), mean / whole);
        near("its error", part(&study, "expected_unserved_share_se", k, 0), share.se);
        /* Fieller: both ends are where the residual is z errors from 0 */
        for (int end = 0; end < 2; end++) {
            double at = part(&study, end ? "expected_unserved_share_hi" : "expected_unserved_share_lo", k, 0);
            for (int i = 0; i < N; i++) residual[i] = x[i] - at * u[0][i];
            moments f = mean_of(residual, N, unit);
            if (share.se > 0) near("Fieller's end", fabs(f.mean), z * f.se);
        }
    }
    near("the sum of the parts", sum, summary(&runs[0], "expected_unserved", NULL));
    for (int k = 0; k < 4; k++) drop(&runs[k]);
    drop(&study);
}

static void test_as_runs(void **state)
{
    (void)state;
    const char *sites = SITE("left", "one", "5") SITE("right", "one", "5") SITE("old", "one", "1");
    for (int draws = 0; draws < 2; draws++) { /* outputs and demand drawn for 64 paths at a time */
        const char *rest = draws ? "ignorance: {inner: 64, grades: default}\n" : "";
        const char *mineral =
            draws ? "one: {forms: [good], grade: C, market: {production: push}}" : "one: " GOOD;
        compare_with_runs(
            world(mineral, sites, USE("one", "9"), "left, old", "right, old", 2, rest),
            world(mineral, sites, USE("one", "9"), "left, old", "right, old", 2, text("%s" STUDY, rest)),
            draws ? 64 : 1);
    }
}

/* Beside policies: they are compared as ever, and runs without a cause are none to choose from. */
static void test_beside_policies(void **state)
{
    (void)state;
    const char *policy = "more: {patch: {network.sites.plant.output: 9 t/step}}";
    const char *rest =
        "costs: {discount_rate: 0 %, loss: [{mineral: one, values: [1 USD/t, 2 USD/t, 3 USD/t]}]}\n";
    run_result a = run_text(world("one: {forms: [good], market: {production: push}, price: {initial: 100 "
                                  "USD/t, half_life: never, volatility: 0 %/sqrt(year)}}",
                                  SITE("plant", "one", "8"), USE("one", "8.5"), "plant", "plant", 1,
                                  text("%sstudy: {policies: {%s}, fresh_paths: 512}\n", rest, policy)),
                            NULL, "causes-none");
    run_result b = run_text(world("one: {forms: [good], market: {production: push}, price: {initial: 100 "
                                  "USD/t, half_life: never, volatility: 0 %/sqrt(year)}}",
                                  SITE("plant", "one", "8"), USE("one", "8.5"), "plant", "plant", 1,
                                  text("%sstudy: {policies: {%s}, fresh_paths: 512, leave_out: {first: "
                                       "hazards.outages.a, second: hazards.outages.b}}\n",
                                       rest, policy)),
                            NULL, "causes-beside");
    assert_int_equal(kura_frame_dim_size(kura_frame_find(b.frame, "policies"), "policy"), 4);
    assert_int_equal(kura_frame_dim_size(kura_frame_find(b.frame, "frontier"), "run"), 2);
    assert_true(numbers(&a, "policies", "loss_difference")[0] ==
                numbers(&b, "policies", "loss_difference")[0]);
    const double *fresh = numbers(&b, "policies", "loss_of_load_expectation_fresh");
    assert_true(!isnan(fresh[0]) && isnan(fresh[2]) && isnan(fresh[4]) && isnan(fresh[6]));
    assert_true(fresh[0] == numbers(&a, "policies", "loss_of_load_expectation_fresh")[0]);
    drop(&a);
    drop(&b);
}

/* ---- what is refused ---- */

static void refuse(const char *study, const char *message)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    int found = 0;
    const char *file = put_file("causes-bad.yaml", world("one: " GOOD, SITE("plant", "one", "8"),
                                                         USE("one", "8"), "plant", "plant", 1, study));
    assert_int_not_equal(kura_scenario_load(file, NULL, 0, &s, &diag, &err), KURA_OK);
    for (size_t i = 0; i < diag.count; i++)
        found |= diag.items[i].line > 0 && strstr(diag.items[i].message, message) != NULL;
    if (!found) print_messages(&diag);
    if (!found) fail_msg("no message \"%s\"", message);
    kura_diag_fini(&diag);
}

static void test_refused(void **state)
{
    (void)state;
    refuse("study: {leave_out: {x: hazards.outages.c}}\n", "hazards.outages.c");
    refuse("study: {leave_out: {x: hazards, y: hazards.outages.a}}\n", "are not apart");
    refuse("study: {leave_out: {x: hazards.outages.a, y: [hazards.outages.b, hazards.outages.a]}}\n",
           "are not apart");
    refuse("study: {leave_out: {any: hazards}}\n", "cannot be called \"any\"");
    refuse("study: {leave_out: {interaction: hazards}}\n", "cannot be called \"interaction\"");
    refuse("study: {leave_out: {x: []}}\n", "names no section");
    refuse("study: {leave_out: {}}\n", "must be a mapping of causes");
    refuse("study: {leave_out: {x: hazards}, fresh_paths: 100}\n", "there are none in study.policies");
    refuse("study: {leave_out: {x: hazards}, policies: {without-x: {patch: {hazards: null}}}}\n",
           "the name of the run that leave_out makes");
    refuse("study: {confidence: 90 %}\n", "needs policies, leave_out or break_even");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_either),          cmocka_unit_test(test_both),
        cmocka_unit_test(test_apart),           cmocka_unit_test(test_as_runs),
        cmocka_unit_test(test_beside_policies), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
