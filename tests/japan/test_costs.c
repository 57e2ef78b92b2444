/* The loss of rare earths is calibrated on a published figure: three months without supply from China cost
 * Japan 660 bn JPY of GDP (0.11 %).  The example says what cushions are left out; with them the model loses
 * nothing. */
#include "frame_util.h"

#define CALIBRATION KURA_SOURCE_DIR "/configs/japan/costs-calibration.yaml"
enum { JPY_PER_USD = 155 };

static double loss_of_rare_earths(const char *const *sets, size_t n)
{
    run_result r = run_file(CALIBRATION, sets, n, NULL, "japan-costs");
    double loss = summary(&r, "loss", "ree_light") + summary(&r, "loss", "ree_heavy");
    assert_true(summary(&r, "loss_se", "ree_light") == 0); /* the stop is scripted, nothing is drawn */
    drop(&r);
    return loss;
}

static void test_three_months(void **state)
{
    (void)state;
    double jpy = loss_of_rare_earths(NULL, 0) * 1e6 * JPY_PER_USD;
    print_message("  three months without rare earths from China: %.1f bn JPY, published 660\n", jpy / 1e9);
    assert_true(fabs(jpy / 660e9 - 1) < 0.01);
}

/* The published figure grows with time; so does the loss without cushions, but for the first steps. */
static void test_half_a_year(void **state)
{
    (void)state;
    const char *set[] = {"events=[{from: 2026-01-05, to: 2026-07-06, object: restriction/CHN/ree_light/JPN, "
                         "field: severity, value: 100 %},"
                         " {from: 2026-01-05, to: 2026-07-06, object: restriction/CHN/ree_heavy/JPN, field: "
                         "severity, value: 100 %}]",
                         "run.horizon=1 year"};
    double ratio = loss_of_rare_earths(set, 2) / loss_of_rare_earths(NULL, 0);
    print_message("  six months over three: %.3f\n", ratio);
    assert_true(ratio > 1.9 && ratio < 2.2);
}

/* Firms' own stocks alone carry the users over it. */
static void test_cushions(void **state)
{
    (void)state;
    const char *set[] = {"network.hubs=network/hubs.csv", "market=null"};
    assert_true(loss_of_rare_earths(set, 2) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_three_months),
                                       cmocka_unit_test(test_half_a_year), cmocka_unit_test(test_cushions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
