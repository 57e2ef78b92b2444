/* Orders under expectation [2.7]: front-loading before an announced restriction, and precaution while a supplier's
 * regime is raised. */
#include "duo.h"

#define BAN "events: [{from: 10, to: 30, object: restriction/CHN/unit, field: severity, value: 100 %%%s}]\n"

static run_result with(const char *market, const char *rest, const char *name)
{
    return run_text(network_of(text(", market: {%s}", market), DUO_MINE, DUO_TRADE, DUO_DEMAND, rest), NULL, name);
}

/* At rest an order is 16 t; announced in step 6, in force in step 10.  The mine has twice the capacity and 32 t of
 * buffer, so what is ordered in step 6 is loaded: 16 (1 + phi). */
static void test_front_loading(void **state)
{
    (void)state;
    double unserved[3];
    for (int i = 0; i < 3; i++) {
        double phi = i == 1 ? 0.5 : 0;
        run_result r = with(text("front_loading: %g", phi), text(BAN, i < 2 ? ", announced: 6" : ""), "orders-front");
        assert_steps(&r, "order", "hub", HUB, 0, 6, 16);
        assert_steps(&r, "shipment", "arc", ARC, 0, 6, 16);
        assert_step(&r, "order", "hub", HUB, 6, 16 * (1 + phi));
        assert_step(&r, "shipment", "arc", ARC, 6, 16 * (1 + phi));
        assert_steps(&r, "shipment", "arc", ARC, 10, 30, 0);
        unserved[i] = summary(&r, "expected_unserved", NULL);
        if (!i) assert_true(cell(&r, "order", "hub", HUB, 7) == 16);
        drop(&r);
    }
    assert_true(unserved[0] == unserved[2] && unserved[1] < unserved[0] - 16); /* hurry is stock */
}

/* The factor without notice, and notice without the factor, do nothing. */
static void test_front_loading_needs_both(void **state)
{
    (void)state;
    run_result a = with("front_loading: 2", text(BAN, ""), "orders-none"),
               b = with("front_loading: 0", text(BAN, ", announced: 6"), "orders-none2");
    assert_steps(&a, "order", "hub", HUB, 0, 10, 16);
    assert_steps(&b, "order", "hub", HUB, 0, 10, 16);
    drop(&a);
    drop(&b);
}

/* China is the only supplier: its regime 1 is an alarm of 1/2, regime 2 of 1.  The target H = (1 + 6) 16 = 112 t grows
 * by the factor 1 + omega alarm, and an eighth of the gap is ordered on top. */
static void test_panic(void **state)
{
    (void)state;
    const char *rest = "events: [{from: 5, to: 6, object: country/CHN, field: regime, value: %d}]\n";
    for (int regime = 0; regime <= 2; regime++)
        for (int on = 0; on < 2; on++) {
            double omega = on ? 0.25 : 0, alarm = regime / 2.0;
            run_result r = with(text("panic: %g", omega), text(rest, regime), "orders-panic");
            assert_steps(&r, "order", "hub", HUB, 0, 5, 16);
            assert_step(&r, "order", "hub", HUB, 5, 16 + 112 * omega * alarm / 8);
            drop(&r);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_front_loading),
                                       cmocka_unit_test(test_front_loading_needs_both),
                                       cmocka_unit_test(test_panic)};
    return cmocka_run_group_tests_name("expectations", tests, NULL, NULL);
}
