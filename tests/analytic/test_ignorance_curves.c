/* Errors of curves where inputs are drawn [8.9]: those of the price in the focus country and of what supply
 * answers count draws, as all others do. */
#include "case.h"

enum { PATHS = 1024, INNER = 64, DRAWS = PATHS / INNER };

/* The price begins at half its base; capacity answers with an elasticity that is not known. */
static const char *world =
    "format: 1\nname: curves\n"
    "run: {paths: 1024, seed: 3, start: 2026-01-05, step: 7 days, steps: 1, focus: JPN}\n"
    "ignorance: {inner: 64}\n"
    "minerals:\n"
    "  tin: {forms: [metal], price: {initial: 20_000 USD/t, spot: 10_000 USD/t, half_life: never,\n"
    "    volatility: {uniform: {min: 5 %/sqrt(year), max: 90 %/sqrt(year)}}, wedge: {importer: 0.5}},\n"
    "    supply_response: {elasticity: {uniform: {min: 0.1, max: 0.6}}}}\n"
    "network:\n"
    "  sites: {a: {mineral: tin, form: metal, country: CHN, kind: mine, output: 60 kt/year, spare: 90 %}}\n"
    "  trade: [{mineral: tin, form: metal, from: CHN, to: JPN, volume: 20 kt/year, lag: 14 days}]\n"
    "  demand:\n"
    "    - {mineral: tin, form: metal, country: CHN, rate: 40 kt/year}\n"
    "    - {mineral: tin, form: metal, country: JPN, rate: 20 kt/year}\n";

/* Standard error of a mean of draws. */
static double error_of(const double *x, double *mean)
{
    double sum = 0, squares = 0;
    for (int o = 0; o < DRAWS; o++) sum += x[o] / DRAWS;
    for (int o = 0; o < DRAWS; o++) squares += (x[o] - sum) * (x[o] - sum);
    *mean = sum;
    return sqrt(squares / (DRAWS * (DRAWS - 1.0)));
}

/* In the first step the capacity is the price of the start to the power of the elasticity, which stands in
 * /ignorance, the same on all paths of a draw. */
static void test_supply(void **state)
{
    (void)state;
    run_result r = run_text(world, NULL, "curves");
    const double *drawn =
        numbers(&r, "ignorance", "value") +
        label(&r, "ignorance", "parameter", "minerals.tin.supply_response.elasticity") * DRAWS;
    double x[DRAWS], mean;
    for (int o = 0; o < DRAWS; o++) x[o] = pow(0.5, drawn[o]);
    double se = error_of(x, &mean);
    assert_float_equal(curve(&r, "supply_response", "tin", 0), mean, 1e-9);
    assert_float_equal(curve(&r, "supply_response_se", "tin", 0) / se, 1, 1e-6);
    drop(&r);
}

/* In a run of one step the price of the step is the mean price of the path. */
static void test_focus_price(void **state)
{
    (void)state;
    run_result r = run_text(world, NULL, "curves");
    double x[DRAWS], mean;
    int64_t n;
    const double *price = samples(&r, "mean_focus_price", "tin", &n);
    assert_int_equal(n, PATHS);
    memset(x, 0, sizeof x);
    for (int p = 0; p < PATHS; p++) x[p / INNER] += price[p] / INNER;
    double se = error_of(x, &mean);
    assert_float_equal(curve(&r, "focus_price", "tin", 0), mean, 1e-12);
    assert_float_equal(curve(&r, "focus_price_se", "tin", 0) / se, 1, 1e-9);
    assert_float_equal(curve(&r, "price_se", "tin", 0) / se, 1, 1e-9); /* nothing is restricted */
    drop(&r);
}

/* Two minerals cut by one shock of a rate that is not known. */
static const char *pair =
    "format: 1\nname: pair\n"
    "run: {paths: 512, seed: 4, start: 2026-01-05, step: 7 days, steps: 52, focus: JPN}\n"
    "ignorance: {inner: 64}\n"
    "minerals: {tin: {forms: [metal]}, zinc: {forms: [metal]}}\n"
    "network:\n"
    "  sites:\n"
    "    a: {mineral: tin, form: metal, country: CHN, kind: mine, output: 60 kt/year}\n"
    "    b: {mineral: zinc, form: metal, country: CHN, kind: mine, output: 60 kt/year}\n"
    "  trade:\n"
    "    - {mineral: tin, form: metal, from: CHN, to: JPN, volume: 60 kt/year, lag: 14 days}\n"
    "    - {mineral: zinc, form: metal, from: CHN, to: JPN, volume: 60 kt/year, lag: 14 days}\n"
    "  demand:\n"
    "    - {mineral: tin, form: metal, country: JPN, rate: 60 kt/year}\n"
    "    - {mineral: zinc, form: metal, country: JPN, rate: 60 kt/year}\n"
    "hazards:\n"
    "  shocks: {power: {country: CHN, rate: {uniform: {min: 0.5 /year, max: 2 /year}}, severity: 90 %,\n"
    "    duration: 20 weeks, hits: [{select: {minerals: [tin]}, probability: 70 %},\n"
    "    {select: {minerals: [zinc]}, probability: 70 %}]}}\n"
    "tallies: {attribution: true}\n";

static const char *page(const char *path, const char *group)
{
    static char text[1 << 16];
    kura_error err = {0};
    FILE *to = tmpfile();
    assert_non_null(to);
    assert_int_equal(kura_file_show(path, group, to, &err), KURA_OK);
    rewind(to);
    text[fread(text, 1, sizeof text - 1, to)] = 0;
    fclose(to);
    return text;
}

/* What comes together has errors between draws, and the pages show them. */
static void test_errors_are_shown(void **state)
{
    (void)state;
    run_result r = run_text(pair, NULL, "curves-pair");
    const double *odds = numbers(&r, "joint", "odds_ratio"), *lo = numbers(&r, "joint", "odds_ratio_lo"),
                 *hi = numbers(&r, "joint", "odds_ratio_hi"), *se = numbers(&r, "joint", "both_short_se");
    assert_true(odds[1] > 1 && lo[1] < odds[1] && odds[1] < hi[1] && isfinite(hi[1]) && se[1] > 0);
    assert_null(strstr(page(r.path, "joint"), "There is no error"));
    assert_non_null(strstr(page(r.path, "joint"), "Pairs that come together"));
    assert_non_null(strstr(page(r.path, "attribution"), "shock CHN 100"));
    drop(&r);
}

/* The precision that a run stops at is that of Student's law for its eight draws. */
static void test_half_width(void **state)
{
    (void)state;
    const char *stop = "run.stop_when={relative: 1 %, shortage_paths: 1}";
    run_result r = run_file(put_file("curves-stop.yaml", pair), &stop, 1, NULL, "curves-stop");
    int64_t looks = kura_frame_dim_size(kura_frame_find(r.frame, "stopping"), "paths");
    const double *half = numbers(&r, "stopping", "loss_of_load_expectation_half_width");
    for (int m = 0; m < 2; m++) {
        double se = numbers(&r, "summary", "loss_of_load_expectation_se")[m];
        assert_float_equal(half[m * looks + looks - 1] / se, 2.364624251592785, 1e-9);
    }
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_supply), cmocka_unit_test(test_focus_price),
                                       cmocka_unit_test(test_errors_are_shown),
                                       cmocka_unit_test(test_half_width)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
