/* A pool that releases to one of its members buys nothing, however normal supply is where it stands
 * [6.5, 6.6]. */
#include "../../analytic/duo.h"

#define USA_TRADE                                                                                            \
    DUO_TRADE "    - {mineral: unit, form: metal, from: CHN, to: USA, volume: 16 t/step, lag_steps: 2}\n"
#define USA_DEMAND DUO_DEMAND "    - {mineral: unit, form: metal, country: USA, rate: 16 t/step}\n"
#define MINE                                                                                                 \
    "    mine: {mineral: unit, form: metal, country: CHN, kind: mine, output: 32 t/step, spare: 100 %}\n"

/* JPN is cut off from step 8 to 20; the pool stands in USA, is half full and may buy 1 t a step. */
static run_result pooled(const char *member)
{
    return run_text(
        network_of(
            "", MINE, USA_TRADE, USA_DEMAND,
            text("stockpiles: {pool: {owner: joint, country: USA, mineral: unit, form: metal, opening: 100 "
                 "t, target: "
                 "200 t, refill: {at_most: 1 t/step}, at_most: 0.001 t/step, delay: 1 week, minimum: 1 week, "
                 "members: [{country: %s, share: 100 %%}]}}\n"
                 "events: [{from: 8, to: 20, object: restriction/CHN/unit/JPN, field: severity, value: 100 "
                 "%%}]\n",
                 member)),
        NULL, "pool-refill");
}

/* Stock of the pool and what is on the way to it, by what left the mine for it and for USA. */
static void test_no_purchase_while_releasing(void **state)
{
    (void)state;
    run_result own = pooled("JPN"), other = pooled("USA");
    const double *a = series(&own, "trigger", "tier", "pool/JPN"),
                 *S = series(&own, "stockpile", "tier", "pool"),
                 *s = series(&other, "stockpile", "tier", "pool");
    int64_t n = traced(&own), releasing = 0;
    for (int64_t t = 1; t < DUO_STEPS; t++) {
        double bought = S[t * n] - S[(t - 1) * n];
        if (t > 3 && t < 8) assert_true(bought == 1); /* quiet times: 1 t a step, two steps on the way */
        /* ordered two steps before, when it was releasing or not */
        if (t > 10 && a[(t - 2) * n] == 2 && a[t * n] == 2) assert_true(bought <= 0);
        releasing += a[t * n] == 2;
        assert_true(s[t * n] >=
                    s[(t - 1) * n]); /* a pool for USA alone does not release and goes on buying */
    }
    assert_true(releasing > 8);
    assert_true(s[19 * n] > S[19 * n] + 5);
    drop(&own);
    drop(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_purchase_while_releasing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
