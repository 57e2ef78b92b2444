/* Unserved energy of the Roy Billinton Test System over 1.3 million years: standard error at most 0.5 % of
 * it, where the worst years weigh most.  Label `long`. */
#include "case.h"

static void test_unserved(void **state)
{
    (void)state;
    const char *sets[] = {"run.seed=443", "run.paths=1376256"};
    run_result r =
        run_file(KURA_SOURCE_DIR "/configs/reliability/rbts.yaml", sets, 2, NULL, "reliability-long");
    double se = summary(&r, "expected_unserved_se", NULL), exact = 9.861350704;
    compare(NULL, "LOEE, MWh", summary(&r, "expected_unserved", NULL), exact, se);
    assert_true(se <= 0.005 * exact);
    compare(NULL, "LOLE, h", summary(&r, "expected_short_steps", NULL), 1.091560473,
            summary(&r, "expected_short_steps_se", NULL));
    compare(NULL, "LOLF", summary(&r, "loss_of_load_events", NULL), 0.2180692404,
            summary(&r, "loss_of_load_events_se", NULL));
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_unserved)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
