/* Break-even [7.7]: a plant that fails, and a second one whose size is asked for.  What it saves and costs is
 * linear in its size, so the size at which it pays is known. */
#include "num/student.h"
#include "case.h"

enum { N = 1280, T = 200, SIZES = 4 };

/* An hour with the first plant down lacks 10 t less the size of the second; a tonne is worth 1000 USD.  The
 * second plant costs as much a year, whatever its size, that it pays from 3 t/step on. */
static const double down = 25.0 / 125, value = 1000, size[SIZES] = {1, 2, 4, 8}, pays = 3;
static double cost(void) { return value * down * T * pays; }

static const char *world(int seed, const char *second, const char *rest)
{
    return text("format: 1\n"
                "name: break-even\n"
                "run: {paths: %d, seed: %d, step: 1 hour, steps: %d, per: horizon}\n"
                "minerals: {power: {forms: [energy], grade: C, market: {production: push}, price: {initial: "
                "100 USD/t, "
                "half_life: never, volatility: 0 %%/sqrt(year)}}}\n"
                "network:\n"
                "  hubs: [{mineral: power, form: energy, country: JPN, storage: none}]\n"
                "  sites:\n"
                "    first: {mineral: power, form: energy, country: JPN, kind: supply, output: 10 t/step}\n%s"
                "  demand: [{mineral: power, form: energy, country: JPN, rate: 10 t/step}]\n"
                "hazards: {outages: {fails: {select: {sites: [first]}, mttf: 100 hours, mttr: {exponential: "
                "{mean: 25 "
                "hours}}, mode: point}}}\n"
                "costs: {discount_rate: 0 %%, loss: [{mineral: power, values: [1000 USD/t, 1000 USD/t, 1000 "
                "USD/t]}]}\n"
                "tallies: {threshold: 0 %%, required_stock: false}\n%s",
                N, seed, T, second, rest);
}

static const char *second(double output, double factor)
{
    return text(
        "{mineral: power, form: energy, country: JPN, kind: supply, output: %g t/step, cost: {opex_fixed: "
        "%.17g USD/year}}",
        output, factor * cost() * 8766 / T);
}

static const char *study(double factor, const char *more)
{
    return text("study:\n"
                "  policies: {reserve: {patch: {network.sites.second: %s}}}\n"
                "  break_even:\n"
                "    size: {policy: reserve, key: network.sites.second.output, values: [1 t/step, 2 t/step, "
                "4 t/step, "
                "8 t/step]%s}\n",
                second(1, factor), more);
}

/* A number of the first question. */
static double answer(const run_result *r, const char *name) { return numbers(r, "break_even", name)[0]; }

static int verdict(const run_result *r)
{
    return ((const int8_t *)variable(r, "break_even", "verdict")->data)[0];
}

enum { CROSSES = 1, NONE_PAYS, ALL_PAY };

/* ---- the exact answer ---- */

static void test_known(void **state)
{
    (void)state;
    scores s = {0};
    int held = 0;
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(world(seed, "", study(1, "")), NULL, "break-even");
        for (int k = 0; k < SIZES; k++) {
            double want = (size[k] - pays) * value * down * T / 1e6;
            assert_true(numbers(&r, "break_even", "value")[k] == size[k]);
            compare(k == 2 ? &s : NULL, text("gain at %g", size[k]), numbers(&r, "break_even", "gain")[k],
                    want, numbers(&r, "break_even", "gain_se")[k]);
        }
        assert_int_equal(verdict(&r), CROSSES);
        assert_true(answer(&r, "roots") == 1);
        assert_int_equal(kura_frame_dim_size(kura_frame_find(r.frame, "break_even"), "piece"), 1);
        double lo = answer(&r, "set_lo"), hi = answer(&r, "set_hi"), root = answer(&r, "root");
        assert_true(lo < root && root < hi && lo > 2 && hi < 4);
        compare(NULL, "break-even", root, pays, (hi - lo) / (2 * 1.959963984540054));
        held += lo <= pays && pays <= hi;
        /* the gain is linear on every path: root = cost over what a tonne saves, ends by the error of that */
        int64_t n;
        const double *unserved = samples(&r, "unserved", NULL, &n);
        moments m = moments_of(unserved, n, 1);
        double saved = value * m.mean / 10, c = cost(), z = 1.959963984540054;
        assert_true(fabs(root / (c / saved) - 1) < 1e-9);
        assert_true(fabs(lo / (c / (saved * (1 + z * m.se / m.mean))) - 1) < 1e-9);
        assert_true(fabs(hi / (c / (saved * (1 - z * m.se / m.mean))) - 1) < 1e-9);
        drop(&r);
    }
    assert_scores(&s, "gains");
    assert_true(held >= 3);
}

/* The target is a fall of a number: EUE falls by a tenth a tonne, on every path. */
static void test_falls(void **state)
{
    (void)state;
    run_result r = run_text(world(1, "",
                                  text("%s    half: {policy: reserve, key: network.sites.second.output, "
                                       "values: [1 t/step, 2 t/step, 8 "
                                       "t/step], number: expected_unserved, mineral: power, falls: 35 %%}\n",
                                       study(1, ", number: normalised_expected_unserved, falls: 60 %"))),
                            NULL, "break-even-falls");
    assert_true(fabs(numbers(&r, "break_even", "root")[0] - 6) < 1e-9);
    assert_true(fabs(numbers(&r, "break_even", "root")[1] - 3.5) < 1e-9);
    /* without error: 0.6 of what there is, whatever that is */
    assert_true(fabs(numbers(&r, "break_even", "set_hi")[0] - numbers(&r, "break_even", "set_lo")[0]) < 1e-6);
    assert_string_equal(((const char *const *)variable(&r, "break_even", "unit")->data)[1], "t/step");
    drop(&r);
}

/* ---- beyond the values ---- */

static void test_beyond(void **state)
{
    (void)state;
    run_result r = run_text(world(1, "", study(4, "")), NULL, "break-even-dear"); /* from 12 t/step on */
    assert_int_equal(verdict(&r), NONE_PAYS);
    assert_true(isnan(answer(&r, "root")) && isnan(answer(&r, "set_lo")));
    drop(&r);
    r = run_text(world(1, "", study(0.1, "")), NULL, "break-even-cheap"); /* from 0.3 t/step on */
    assert_int_equal(verdict(&r), ALL_PAY);
    assert_true(isnan(answer(&r, "set_hi")));
    drop(&r);
    r = run_text(world(1, "", study(8.0 / 3, "")), NULL, "break-even-last"); /* from about the last on */
    assert_true(isinf(answer(&r, "set_hi")) && answer(&r, "set_lo") > 7 && answer(&r, "set_lo") < 8);
    drop(&r);
    r = run_text(world(1, "", study(1.0 / 3, "")), NULL, "break-even-first");
    assert_true(answer(&r, "set_lo") == -INFINITY && answer(&r, "set_hi") > 1 && answer(&r, "set_hi") < 1.2);
    drop(&r);
}

/* ---- the file is its runs ---- */

static void near(const char *what, double x, double want)
{
    if (!(fabs(x - want) <= 1e-9 * fabs(want))) fail_msg("%s: %.17g, expected %.17g", what, x, want);
}

/* Gains from the runs one by one; with draws of what is not known 64 paths count as one. */
static void compare_with_runs(const char *rest, int64_t unit)
{
    run_result r = run_text(world(3, "", text("%s%s", rest, study(1, ""))), NULL, "break-even-study");
    run_result base = run_text(world(3, "", rest), NULL, "break-even-base");
    const double *loss = samples(&base, "loss", NULL, NULL), *paid = samples(&base, "cost", NULL, NULL);
    for (int k = 0; k < SIZES; k++) {
        run_result with =
            run_text(world(3, text("    second: %s\n", second(size[k], 1)), rest), NULL, "break-even-with");
        const double *l = samples(&with, "loss", NULL, NULL), *c = samples(&with, "cost", NULL, NULL);
        double sums[N],
            z = unit > 1 ? kura_student_quantile((double)(N / unit - 1), 0.975) : 1.959963984540054;
        for (int64_t i = 0; i < N / unit; i++) {
            sums[i] = 0;
            for (int64_t p = i * unit; p < (i + 1) * unit; p++)
                sums[i] += (loss[p] - l[p] - (c[p] - paid[p])) / (double)unit;
        }
        moments m = moments_of(sums, N / unit, 1);
        near("gain", numbers(&r, "break_even", "gain")[k], m.mean);
        near("its error", numbers(&r, "break_even", "gain_se")[k], m.se);
        near("its lower bound", numbers(&r, "break_even", "gain_lo")[k], m.mean - z * m.se);
        drop(&with);
    }
    assert_string_equal(r.state, base.state);
    drop(&base);
    drop(&r);
}

static void test_as_runs(void **state)
{
    (void)state;
    compare_with_runs("", 1);
    compare_with_runs("ignorance: {inner: 64, applies_to: [demand], grades: default}\n", 64);
}

/* A quantity of the scenario itself, without policy; values of a policy that combines others. */
static void test_where_it_is(void **state)
{
    (void)state;
    const char *own =
        text("study: {break_even: {size: {key: network.sites.second.output, values: [2 t/step, 8 "
             "t/step], number: expected_unserved, mineral: power, falls: 50 %%}}}\n");
    run_result r = run_text(world(1, text("    second: %s\n", second(1, 1)), own), NULL, "break-even-own");
    /* the scenario lacks 9 t in an hour without the first plant; half of it is 4.5 */
    assert_true(fabs(answer(&r, "root") - 5.5) < 1e-9);
    drop(&r);
    r = run_text(
        world(1, "",
              text("study: {policies: {a: {patch: {network.sites.second: %s}}, b: {patch: {run.spin_up: "
                   "true}}, both: {combine: [a, b]}}, break_even: {size: {policy: both, key: "
                   "network.sites.second.output, values: [2 t/step, 4 t/step]}}}\n",
                   second(1, 1))),
        NULL, "break-even-both");
    assert_true(answer(&r, "root") > 2 && answer(&r, "root") < 4);
    drop(&r);
}

/* ---- what is refused ---- */

static void refuse(const char *question, const char *message)
{
    kura_scenario *s = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    int found = 0;
    const char *yaml =
        world(1, "",
              text("study: {policies: {p: {patch: {network.sites.second: %s}}}, break_even: {q: "
                   "{%s}}}\n",
                   second(1, 1), question));
    if (strstr(message, "no section \"costs\"")) memcpy(strstr(yaml, "costs:"), "#osts:", 6);
    assert_int_not_equal(kura_scenario_load(put_file("break-even-bad.yaml", yaml), NULL, 0, &s, &diag, &err),
                         KURA_OK);
    for (size_t i = 0; i < diag.count; i++)
        found |= diag.items[i].line > 0 && strstr(diag.items[i].message, message) != NULL;
    if (!found) print_messages(&diag);
    if (!found) fail_msg("no message \"%s\"", message);
    kura_diag_fini(&diag);
}

static void test_refused(void **state)
{
    (void)state;
#define KEY "policy: p, key: network.sites.second.output, "
    refuse(KEY "values: [1 t/step]", "1 values; to look for a break-even it takes 2 to 100");
    refuse(KEY "values: [1 t/step, 2 t/day]", "in different units");
    refuse(KEY "values: [2 t/step, 1 t/step]", "do not ascend");
    refuse(KEY "values: [some, more]", "is no value of a quantity");
    refuse(KEY "values: [1 %, 2 %]", "where a flow is expected");
    refuse("policy: q, key: network.sites.second.output, values: [1 t/step, 2 t/step]", "unknown policy");
    refuse("policy: p, key: network.sites.third.output, values: [1 t/step, 2 t/step]", "third");
    refuse(KEY "values: [1 t/step, 2 t/step], falls: 3 %", "needs the number");
    refuse(KEY "values: [1 t/step, 2 t/step], number: loss_of_load_expectation", "by how much");
    refuse(KEY "values: [1 t/step, 2 t/step], number: lole, falls: 3 %", "unknown number");
    refuse(KEY "values: [1 t/step, 2 t/step], number: required_stock_days, falls: 3 %", "is a quantile");
    refuse(KEY "values: [1 t/step, 2 t/step], number: expected_unserved, falls: 3 %",
           "not added up over minerals");
    refuse(KEY "values: [1 t/step, 2 t/step]", "no section \"costs\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_known),       cmocka_unit_test(test_falls),
                                       cmocka_unit_test(test_beyond),      cmocka_unit_test(test_as_runs),
                                       cmocka_unit_test(test_where_it_is), cmocka_unit_test(test_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
