/* Required stocks tried out [R6.4]: exact where orders and prices do not answer them, and equal to a run that
 * has the stock where they do. */
#include "case.h"

/* Japan buys from China, which restricts its exports now and then. */
static const char *yaml(const char *market, const char *mineral, const char *opening)
{
    return text(
        "format: 1\nname: tried\n"
        "run: {paths: 1500, seed: 5, start: 2026-01-05, step: 7 days, steps: 208, focus: JPN}\n"
        "market: {%s}\n"
        "minerals: {tin: {forms: [metal]%s}}\n"
        "network:\n"
        "  sites: {a: {mineral: tin, form: metal, country: CHN, kind: mine, output: 60 kt/year, spare: 30 "
        "%%}}\n"
        "  trade: [{mineral: tin, form: metal, from: CHN, to: JPN, volume: 20 kt/year, lag: 14 days}]\n"
        "  demand:\n"
        "    - {mineral: tin, form: metal, country: CHN, rate: 40 kt/year}\n"
        "    - {mineral: tin, form: metal, country: JPN, rate: 20 kt/year}\n"
        "hazards:\n"
        "  restrictions: {licence: {exporter: CHN, minerals: [tin], onset: 0.3 /year, types: {cut: "
        "{severity: "
        "{beta: {mean: 60 %%, sd: 20 %%}}, duration: {lognormal: {median: 12 weeks, sigma: 0.8}}}}}}\n"
        "stockpiles:\n"
        "  reserve: {owner: national, country: JPN, mineral: tin, form: metal, opening: %s, trigger: "
        "always}\n"
        "tallies: {threshold: 0, check_required: true}\n",
        market, mineral, opening);
}

static void test_exact_without_feedback(void **state)
{
    (void)state;
    run_result r = run_text(yaml("inventory_gain: 0, pipeline_gain: 0", "", "30 days"), NULL, "tried-open");
    const double *p = numbers(&r, "adequacy", "tried_adequacy"),
                 *f = numbers(&r, "adequacy", "tried_foretold");
    const double *d = numbers(&r, "adequacy", "tried_difference"),
                 *se = numbers(&r, "adequacy", "tried_difference_se");
    const double *days = numbers(&r, "adequacy", "tried_days");
    for (int k = 0; k < 8; k++) {
        assert_true(p[k] == f[k] && d[k] == 0 && se[k] == 0); /* the theorem, on every path */
        assert_true(k == 0 || (days[k] > days[k - 1] && p[k] >= p[k - 1]));
    }
    assert_true(p[0] < 0.55 && p[4] > 0.985); /* required for 50 % ... for 99 % */
    const double *required = numbers(&r, "adequacy", "required_stock_days");
    const double *checked = numbers(&r, "adequacy", "required_stock_checked_days");
    for (int q = 0; q < 5; q++) assert_true(checked[q] <= required[q] && checked[q] > 0.9 * required[q]);
    drop(&r);
}

/* With prices and orders that answer: what was tried equals a run of the scenario with that stock, where need
 * left over is demand left over; and the first answer is too small. */
static void test_equals_a_run(void **state)
{
    (void)state;
    const char *response = ", price: {initial: 20_000 USD/t, half_life: 1 year, volatility: 20 %/sqrt(year), "
                           "scarcity: 20, scarcity_lag: 4 weeks, cover_weight: 0}, "
                           "demand_response: {elasticity: 0.4}";
    run_result r = run_text(yaml("", response, "30 days"), NULL, "tried-answered");
    double p[8], d[8], se[8], days[8];
    memcpy(p, numbers(&r, "adequacy", "tried_adequacy"), sizeof p);
    memcpy(d, numbers(&r, "adequacy", "tried_difference"), sizeof d);
    memcpy(se, numbers(&r, "adequacy", "tried_difference_se"), sizeof se);
    memcpy(days, numbers(&r, "adequacy", "tried_days"), sizeof days);
    double required = numbers(&r, "adequacy", "required_stock_days")[3];
    double checked = numbers(&r, "adequacy", "required_stock_checked_days")[3];
    double lo = numbers(&r, "adequacy", "required_stock_checked_days_lo")[3];
    double hi = numbers(&r, "adequacy", "required_stock_checked_days_hi")[3];
    print_message("95 %%: %.1f days by runs without stock, %.1f [%.1f, %.1f] with it\n", required, checked,
                  lo, hi);
    assert_true(d[3] < -2 * se[3] && checked > required && lo < checked && checked < hi);
    drop(&r);
    for (int k = 1; k < 8; k += 3) {
        r = run_text(yaml("", response, text("%.17g days", days[k])), NULL, "tried-run");
        assert_float_equal(1 - summary(&r, "shortage_probability_any", NULL), p[k], 1e-12);
        drop(&r);
    }
}

/* Without feedback the interval is that of the sample of the required stock, also of the smallest confidence,
 * below which nothing else is asked for. */
static void test_bounded_from_below(void **state)
{
    (void)state;
    static const char *const asked[] = {"tallies.confidence=[95 %]", "tallies.confidence=[50 %, 95 %]"};
    const char *file =
        put_file("tried-bounds.yaml", yaml("inventory_gain: 0, pipeline_gain: 0", "", "30 days"));
    for (int seed = 1; seed <= 5; seed++)
        for (int k = 0; k < 2; k++) {
            kura_run_options o = {.has_seed = 1, .seed = (uint64_t)seed};
            run_result r = run_file(file, &asked[k], 1, &o, "tried-bounds");
            double lo = numbers(&r, "adequacy", "required_stock_checked_days_lo")[k],
                   x = numbers(&r, "adequacy", "required_stock_checked_days")[k],
                   hi = numbers(&r, "adequacy", "required_stock_checked_days_hi")[k],
                   sample = numbers(&r, "adequacy", "required_stock_days_lo")[k];
            assert_true(lo < x && x < hi);
            assert_true(lo > 0.9 * sample && lo < 1.1 * sample);
            double least = numbers(&r, "adequacy", "required_stock_checked_days")[0];
            assert_true(least == 0 || numbers(&r, "adequacy", "required_stock_checked_days_lo")[0] < least);
            drop(&r);
        }
}

static void test_threads(void **state)
{
    (void)state;
    kura_run_options one = {.threads = 1}, three = {.threads = 3};
    run_result a = run_text(yaml("", "", "30 days"), &one, "tried"),
               b = run_text(yaml("", "", "30 days"), &three, "tried");
    assert_string_equal(a.digest, b.digest);
    drop(&a);
    drop(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_without_feedback), cmocka_unit_test(test_equals_a_run),
        cmocka_unit_test(test_bounded_from_below), cmocka_unit_test(test_threads)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
