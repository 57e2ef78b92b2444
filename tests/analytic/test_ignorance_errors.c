/* What is not known [R0.6, 8.9] where runs are looked at in other ways than mineral by mineral: shortages
 * that come together, causes, policies, required stocks tried out.  Errors are as large as the figures of
 * repeated runs vary; the spread of a difference is that of its law; stocks are tried on the draw's own
 * network. */
#include "case.h"
#include "kura/kura.h"
#include "model/read.h"
#include "run/study.h"

enum { RUNS = 20, DRAWS = 16, STEPS = 20, PANELS = 20000 };

/* Mines that are cut in each step with one probability p that is drawn; the third one fails on its own too.
 */
#define HUB(m) "    - {mineral: " m ", form: good, country: JPN, storage: none}\n"
#define SITE(m) "    " m ": {mineral: " m ", form: good, country: JPN, kind: mine, output: 10 t/step}\n"
#define NEED(m) "    - {mineral: " m ", form: good, country: JPN, rate: 10 t/step}\n"
#define CUT(m)                                                                                               \
    "    cut_" m ": {country: JPN, rate: {uniform: {min: 0.5 /year, max: 15 /year}, as: cut}, severity: "    \
    "{beta: {mean: 50 %%, concentration: 4}}, duration: 7 days, hits: [{select: {minerals: [" m "]}, "       \
    "probability: 100 %%}]}\n"
static const char three[] =
    "format: 1\n"
    "name: cut\n"
    "ignorance: {inner: %d}\n"
    "run: {paths: %d, seed: %d, step: 7 days, steps: 20, per: horizon}\n"
    "minerals:\n"
    "  one: {forms: [good], market: {production: push}}\n"
    "  two: {forms: [good], market: {production: push}}\n"
    "  three: {forms: [good], market: {production: push}}\n"
    "network:\n"
    "  hubs:\n" HUB("one") HUB("two") HUB("three") "  sites:\n" SITE("one") SITE("two")
        SITE("three") "  demand:\n" NEED("one") NEED("two") NEED(
            "three") "hazards:\n"
                     "  outages: {off: {select: {sites: [three]}, mttf: 1 year, mttr: 14 days}}\n"
                     "  shocks:\n" CUT("one") CUT("two") CUT(
                         "three") "tallies: {threshold: 0 %%, attribution: true, required_stock: false}\n";

/* A figure of many runs: how far it lies off in its own errors, and the errors of independent paths. */
typedef struct {
    const char *name;
    double x[RUNS], se[RUNS];
} repeated;

static void note(repeated *r, int run, const char *name, double x, double se)
{
    r->name = name;
    r->x[run] = x;
    r->se[run] = se;
}

/* Mean square of distances to the mean of the runs, in stated errors: with m draws that of Student's law,
 * (m - 1)/(m - 3), less the part 1/RUNS that the mean takes. */
static void assert_as_stated(const repeated *r)
{
    double mean = 0, sum = 0, sum2 = 0, want = (DRAWS - 1.0) / (DRAWS - 3) * (1 - 1.0 / RUNS);
    for (int i = 0; i < RUNS; i++) mean += r->x[i] / RUNS;
    for (int i = 0; i < RUNS; i++) {
        double z = (r->x[i] - mean) / r->se[i];
        sum += z * z / RUNS;
        sum2 += z * z * z * z / RUNS;
    }
    double se = sqrt((sum2 - sum * sum) / RUNS);
    print_message("  %-34s %.4g; mean square of errors %.3f +- %.3f, Student's %.3f\n", r->name, mean, sum,
                  se, want);
    if (!(fabs(sum - want) <= 4.89 * se) || !(sum < 2) || !(sum > 0.5))
        fail_msg("%s: errors are %.3f of what is stated", r->name, sqrt(sum));
}

static double chance(double u) { return 1 - exp(-(0.5 + 5.5 * u) * DY); }
static double wide_chance(double u) { return 1 - exp(-(0.5 + 14.5 * u) * DY); }

/* Mean of the runs against the exact figure. */
static void assert_mean(const repeated *r, double exact)
{
    double mean = 0, var = 0;
    for (int i = 0; i < RUNS; i++) mean += r->x[i] / RUNS;
    for (int i = 0; i < RUNS; i++) var += (r->x[i] - mean) * (r->x[i] - mean) / (RUNS - 1.0);
    compare(NULL, r->name, mean, exact, sqrt(var / RUNS));
}

/* Exact figures of the first two minerals are mixtures over u of those of independent steps. */
static void test_joint_and_causes(void **state)
{
    (void)state;
    enum { ONE, STEP, PATH, SOME, TAIL, SHARE, PART, FIGURES };
    static repeated figures[FIGURES];
    double p1 = 0, p2 = 0, any2 = 0;
    for (int i = 0; i < PANELS; i++) {
        double c = wide_chance((i + 0.5) / PANELS), any = 1 - pow(1 - c, STEPS);
        p1 += c / PANELS, p2 += c * c / PANELS, any2 += any * any / PANELS;
    }
    double odds = p2 * (1 - 2 * p1 + p2) / ((p1 - p2) * (p1 - p2));
    int held = 0;
    for (int r = 0; r < RUNS; r++) {
        run_result f = run_text(text(three, 512, 8192, r + 1), NULL, "ignorance-joint");
        int64_t outage = label(&f, "attribution", "class", "outage") +
                         2 * kura_frame_dim_size(kura_frame_find(f.frame, "attribution"), "class");
#define NOTE(k, name, group, var, at)                                                                        \
    note(&figures[k], r, name, numbers(&f, group, var)[at], numbers(&f, group, var "_se")[at])
        NOTE(ONE, "P(two is short in a step)", "joint", "both_short", 4);
        NOTE(STEP, "P(one and two short in a step)", "joint", "both_short", 1);
        NOTE(PATH, "P(one and two short on a path)", "joint", "both_short", 2 * 9 + 1);
        NOTE(SOME, "P(any is short in a step)", "joint", "number_short", 0);
        NOTE(TAIL, "tail dependence", "joint", "tail_dependence", 1);
        NOTE(SHARE, "share of outages", "attribution", "share_by_class", outage);
        NOTE(PART, "unserved by outages", "attribution", "unserved_by_class", outage);
#undef NOTE
        held += numbers(&f, "joint", "odds_ratio_lo")[1] <= odds &&
                odds <= numbers(&f, "joint", "odds_ratio_hi")[1];
        drop(&f);
    }
    assert_mean(&figures[ONE], p1);
    assert_mean(&figures[STEP], p2);
    assert_mean(&figures[PATH], any2);
    for (int k = 0; k < FIGURES; k++)
        if (k != PATH) assert_as_stated(&figures[k]); /* near 1 and skew over so few draws */
    print_message("  the interval of the odds ratio %.3f holds in %d of %d runs\n", odds, held, RUNS);
    assert_true(held >= (0.95 - 4.89 * sqrt(0.95 * 0.05 / RUNS)) * RUNS);
}

/* A last draw that the number of paths cuts short: the error recomputed from /samples. */
static void test_cut_short(void **state)
{
    (void)state;
    enum { PATHS = 5 * 64 + 37 };
    kura_run_options options = {.paths = PATHS};
    run_result f = run_text(text(three, 64, 1024, 1), &options, "ignorance-joint");
    const double *one = samples(&f, "short_steps", "one", NULL),
                 *two = samples(&f, "short_steps", "two", NULL),
                 *lost = samples(&f, "unserved", "three", NULL);
    double p = 0, u = 0, squares = 0, of_u = 0;
    for (int i = 0; i < PATHS; i++) p += (one[i] > 0 && two[i] > 0) / (double)PATHS, u += lost[i] / PATHS;
    for (int i = 0; i < PATHS;) {
        double sum = 0, tonnes = 0;
        for (int end = i + 64; i < end && i < PATHS; i++)
            sum += (one[i] > 0 && two[i] > 0) - p, tonnes += lost[i] - u;
        squares += sum * sum;
        of_u += tonnes * tonnes;
    }
    double se = sqrt(squares * 6 / 5) / PATHS, se_u = sqrt(of_u * 6 / 5) / PATHS;
    assert_true(fabs(numbers(&f, "joint", "both_short")[2 * 9 + 1] / p - 1) < 1e-12);
    assert_true(fabs(numbers(&f, "joint", "both_short_se")[2 * 9 + 1] / se - 1) < 1e-9);
    int64_t places = kura_frame_dim_size(kura_frame_find(f.frame, "attribution"), "place");
    int64_t at = 2 * places + label(&f, "attribution", "place", "JPN"); /* all of it */
    assert_true(fabs(numbers(&f, "attribution", "unserved_by_place")[at] / u - 1) < 1e-9);
    assert_true(fabs(numbers(&f, "attribution", "unserved_by_place_se")[at] / se_u - 1) < 1e-9);
    assert_true(numbers(&f, "attribution", "share_by_place_se")[at] == 0);
    drop(&f);
    options.paths = 40; /* one draw tells nothing of draws */
    f = run_text(text(three, 64, 1024, 1), &options, "ignorance-joint");
    assert_true(isnan(numbers(&f, "joint", "both_short_se")[1]));
    assert_true(isnan(numbers(&f, "joint", "number_short_se")[0]));
    assert_true(isnan(numbers(&f, "joint", "odds_ratio_lo")[1]));
    assert_true(isnan(numbers(&f, "attribution", "unserved_by_place_se")[at]));
    assert_true(isnan(numbers(&f, "attribution", "share_by_place_se")[at]));
    drop(&f);
}

/* Curves of the focus country's price and of the supply response have errors between draws too. */
static void test_curves(void **state)
{
    (void)state;
    static const char *const sets[] = {"run.paths=256", "ignorance={grades: default}",
                                       "minerals.gallium.grade=D"};
    static const char *const cases[][2] = {{"price-wedge", "focus_price_se"},
                                           {"supply-response", "supply_response_se"}};
    for (int k = 0; k < 2; k++) {
        run_result r = run_file(text(KURA_SOURCE_DIR "/configs/elements/%s.yaml", cases[k][0]), sets, 3, NULL,
                                "ignorance-curves");
        assert_non_null(kura_frame_find(r.frame, "ignorance"));
        assert_true(curve(&r, cases[k][1], NULL, 100) > 0);
        drop(&r);
    }
}

/* ---- policies ---- */

static const char cut[] =
    "run: {paths: 32768, seed: %d, step: 7 days, steps: 20, per: horizon}\n"
    "minerals: {unit: {forms: [good], market: {production: push}}}\n"
    "network:\n"
    "  hubs: [{mineral: unit, form: good, country: JPN, storage: none}]\n"
    "  sites: {mine: {mineral: unit, form: good, country: JPN, kind: mine, output: 10 t/step}}\n"
    "  demand: [{mineral: unit, form: good, country: JPN, rate: 10 t/step}]\n"
    "hazards:\n"
    "  shocks:\n"
    "    cut: {country: JPN, rate: %s, severity: 100 %%, duration: 7 days,\n"
    "          hits: [{select: {countries: [JPN]}, probability: %s}]}\n"
    "tallies: {threshold: 0 %%, required_stock: false}\n"
    "ignorance: {inner: %d}\n";
#define UNIFORM "{uniform: {min: 0.5 /year, max: 6 /year}}"

static const char *scenario_of(const char *name, int seed, const char *rate, const char *probability,
                               int inner)
{
    return text("format: 1\nname: %s\n%s", name, text(cut, seed, rate, probability, inner));
}

/* A policy averts half of the cuts: of LOLE 70 days times p, over draws its law; NEUE the same in ppm. */
static void test_spread_of_a_difference(void **state)
{
    (void)state;
    const int draws = 128;
    const char *patch = "study: {policies: {half: {patch: {hazards.shocks.cut.hits: [{select: {countries: "
                        "[JPN]}, probability: 50 %}]}}}}\n";
    run_result f =
        run_text(text("%s%s", scenario_of("base", 1, UNIFORM, "100 %", 256), patch), NULL, "ignorance-study");
    const struct {
        const char *name;
        double scale;
    } numbers_of[] = {{"loss_of_load_expectation", 70}, {"normalised_expected_unserved", 5e5}};
    for (int k = 0; k < 2; k++)
        for (int all = 0; all < 2; all++) { /* the mineral, and all of them */
#define OF(part) numbers(&f, "policies", text("%s_difference%s", numbers_of[k].name, part))[all]
            double s = numbers_of[k].scale;
            const double q[] = {0.95, 0.05};
            for (int i = 0; i < 2; i++) { /* an order statistic of u has error sqrt(q (1 - q) / n) */
                double slope = s * (chance(1) - chance(0));
                compare(NULL, text("%s %s", numbers_of[k].name, i ? "hi" : "lo"),
                        OF(i ? "_ignorance_hi" : "_ignorance_lo"), -s * chance(q[i]),
                        slope * sqrt(0.05 * 0.95 / draws));
            }
            double p1 = 0, p2 = 0;
            for (int i = 0; i < PANELS; i++) {
                double c = chance((i + 0.5) / PANELS);
                p1 += c / PANELS, p2 += c * c / PANELS;
            }
            double sd = s * sqrt(p2 - p1 * p1); /* kurtosis 1.8 of a uniform law */
            compare(NULL, "sd", OF("_ignorance_sd"), sd, sd * sqrt(0.8 / (4.0 * draws)) * 1.1);
            compare(NULL, "difference", OF(""), -s * p1, OF("_se"));
            assert_true(OF("_se") > 0.8 * sd / sqrt(draws) && OF("_se") < 1.3 * sd / sqrt(draws));
            double t = (OF("_hi") - OF("")) / OF("_se"); /* Student's, 127 degrees of freedom */
            assert_true(fabs(t - 1.978820) < 1e-5);
#undef OF
        }
    drop(&f);
}

/* Two files are compared as a study does it; against one without draws those of the other count. */
static void test_two_files(void **state)
{
    (void)state;
    kura_run_options options = {.paths = 4096};
    run_result a = run_text(scenario_of("a", 1, UNIFORM, "100 %", 64), &options, "ignorance-a"),
               b = run_text(scenario_of("b", 1, UNIFORM, "50 %", 64), &options, "ignorance-b"),
               known =
                   run_text(scenario_of("known", 1, "3.25 /year", "100 %", 64), &options, "ignorance-known"),
               other = run_text(scenario_of("other", 1, UNIFORM, "50 %", 128), &options, "ignorance-other");
    const run_result *pairs[][2] = {{&a, &b}, {&known, &b}, {&b, &known}};
    for (int k = 0; k < 3; k++) {
        const double *x = samples(pairs[k][0], "short_steps", NULL, NULL),
                     *y = samples(pairs[k][1], "short_steps", NULL, NULL);
        double mean = 0, squares = 0;
        for (int p = 0; p < 4096; p++) mean += 7 * (y[p] - x[p]) / 4096;
        for (int p = 0; p < 4096;) {
            double sum = 0;
            for (int end = p + 64; p < end; p++) sum += 7 * (y[p] - x[p]) - mean;
            squares += sum * sum;
        }
        kura_frame *pair = NULL;
        kura_error err = {0};
        if (kura_compare_files(pairs[k][0]->path, pairs[k][1]->path, &pair, &err))
            fail_msg("%s", err.message);
        run_result f = {.frame = pair};
        double se = numbers(&f, "policies", "loss_of_load_expectation_difference_se")[0];
        assert_true(fabs(se / (sqrt(squares * 64 / 63) / 4096) - 1) < 1e-9);
        assert_true(isfinite(numbers(&f, "policies", "loss_of_load_expectation_difference_ignorance_hi")[0]));
        kura_frame_free(pair);
    }
    kura_frame *pair = NULL;
    kura_error err = {0};
    assert_int_equal(kura_compare_files(a.path, other.path, &pair, &err), KURA_E_SCENARIO);
    assert_non_null(strstr(err.message, "ignorance.inner differs"));
    drop(&a), drop(&b), drop(&known), drop(&other);
}

/* What a study would not take from a policy is refused, and where it stands. */
static void test_refused(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"ignorance.inner: 128", "changes ignorance, and policies are compared on the same draws"},
        {"ignorance: null", "changes ignorance, and policies are compared on the same draws"},
        {"tallies.dump: [demand]", "changes tallies.dump, which a study writes for the scenario alone"},
        {"tallies.attribution: true", "changes tallies.attribution, which a study"},
        {"tallies.adequacy.points: 9", "changes tallies.adequacy, which a study"},
        {"checks: [{id: c}]",
         "changes checks, and a study holds the record against the paths of the scenario"},
        {"run.stop_when: {relative: 3 %}", "changes run.stop_when, which the study gives to all"},
        {"title: x", "changes title, and a study has the title of a policy from its key title"},
        {"name: x", "changes name, and a study calls a policy by its id"},
        {"policy.reason: x", "changes policy, and a study has what is expected"},
        {"study.confidence: 90 %", "changes study, and a policy cannot"},
        {"include: [x.yaml]", "changes include, which acts beside patch"},
        {"base: x.yaml", "changes base, and a policy starts from"},
        {"patch: {a: 1}", "changes patch, in its patch"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        kura_scenario *s = NULL;
        kura_diag diag = {0};
        kura_error err = {0};
        const char *yaml = text("%sstudy:\n  policies:\n    bad: {patch: {%s}}\n",
                                scenario_of("base", 1, UNIFORM, "100 %", 64), bad[i][0]);
        const char *file = put_file("ignorance-bad-policy.yaml", yaml);
        if (kura_scenario_load(file, NULL, 0, &s, &diag, &err) != KURA_E_SCENARIO)
            fail_msg("%s was taken", bad[i][0]);
        if (!strstr(err.message, bad[i][1]) || err.line != 17)
            fail_msg("%s: line %d: %s", bad[i][0], err.line, err.message);
        kura_diag_fini(&diag);
        kura_scenario_free(s);
    }
}

/* ---- required stocks tried ---- */

/* Orders and prices answer no stock, so what is tried suffices exactly as foretold, on every path of every
 * draw: on the network of the medians it would not. */
static void test_stocks_are_tried_draw_by_draw(void **state)
{
    (void)state;
    enum { PATHS = 20 * 64 + 11 };
    const char *yaml =
        "format: 1\nname: tried\n"
        "run: {paths: 1291, seed: 5, start: 2026-01-05, step: 7 days, steps: 104, focus: JPN}\n"
        "market: {inventory_gain: 0, pipeline_gain: 0}\n"
        "minerals: {tin: {forms: [metal], grade: D}}\n"
        "network:\n"
        "  sites: {a: {mineral: tin, form: metal, country: CHN, kind: mine, output: 60 kt/year, spare: 30 "
        "%}}\n"
        "  trade: [{mineral: tin, form: metal, from: CHN, to: JPN, volume: 20 kt/year, lag: 14 days}]\n"
        "  demand:\n"
        "    - {mineral: tin, form: metal, country: CHN, rate: 40 kt/year}\n"
        "    - {mineral: tin, form: metal, country: JPN, rate: 20 kt/year}\n"
        "hazards:\n"
        "  restrictions: {licence: {exporter: CHN, minerals: [tin], onset: {uniform: {min: 0.3 /year, max: 2 "
        "/year}}, types: {cut: {severity: {beta: {mean: 60 %, sd: 20 %}}, duration: {lognormal: {median: 12 "
        "weeks, sigma: 0.8}}}}}}\n"
        "stockpiles:\n"
        "  reserve: {owner: national, country: JPN, mineral: tin, form: metal, opening: 30 days, trigger: "
        "always}\n"
        "ignorance: {grades: default, applies_to: [demand, volumes, output, stocks]}\n"
        "tallies: {threshold: 0, check_required: true, confidence: [70 %, 90 %]}\n";
    kura_run_options one = {.threads = 1}, two = {.threads = 2};
    const char *file = put_file("ignorance-tried.yaml", yaml);
    run_result r = run_file(file, NULL, 0, &one, "ignorance-tried-1"),
               s = run_file(file, NULL, 0, &two, "ignorance-tried-2");
    assert_string_equal(r.digest, s.digest);
    const double *p = numbers(&r, "adequacy", "tried_adequacy"),
                 *f = numbers(&r, "adequacy", "tried_foretold"),
                 *d = numbers(&r, "adequacy", "tried_difference"),
                 *se = numbers(&r, "adequacy", "tried_difference_se"),
                 *days = numbers(&r, "adequacy", "tried_days"),
                 *required = samples(&r, "required_stock", NULL, NULL),
                 *never = samples(&r, "irreducible", NULL, NULL);
    for (int k = 0; k < 8; k++)
        if (!(p[k] == f[k] && d[k] == 0 && se[k] == 0))
            fail_msg("%g days: %.17g, foretold %.17g", days[k], p[k], f[k]);
    int at = 0; /* the smallest that suffices with 70 %, behind those tried below it */
    while (at < 7 && p[at] < 0.7) at++;
    assert_true(p[at] < 0.8 && p[7] > p[at] && p[0] < p[at]);
    /* the interval is Wilson's of the effective number of paths, from the sums of draws */
    double tonnes = numbers(&r, "adequacy", "required_stock")[0], n = 0, share = 0, squares = 0;
    for (int i = 0; i < PATHS; i++) share += (never[i] == 0 && required[i] <= tonnes) / (double)PATHS;
    assert_true(fabs(share - p[at]) < 1e-12);
    for (int i = 0; i < PATHS;) {
        double sum = 0;
        for (int end = i + 64; i < end && i < PATHS; i++)
            sum += (never[i] == 0 && required[i] <= tonnes) - share;
        squares += sum * sum;
    }
    double deff = squares * 21 / 20 / PATHS / PATHS * (PATHS - 1) / (share * (1 - share));
    assert_true(deff > 3); /* or clusters would not show */
    n = PATHS / deff;
    double half = 1.96 * sqrt(share * (1 - share) / n),
           lo = numbers(&r, "adequacy", "required_stock_checked_days_lo")[0],
           hi = numbers(&r, "adequacy", "required_stock_checked_days_hi")[0];
    print_message("design effect %.1f, 70 %%: %g days [%g, %g], half %g\n", deff, days[at], lo, hi, half);
    assert_true(lo <= days[at] && hi > days[at]);
    drop(&r);
    drop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_joint_and_causes),
                                       cmocka_unit_test(test_cut_short),
                                       cmocka_unit_test(test_curves),
                                       cmocka_unit_test(test_spread_of_a_difference),
                                       cmocka_unit_test(test_two_files),
                                       cmocka_unit_test(test_refused),
                                       cmocka_unit_test(test_stocks_are_tried_draw_by_draw)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
