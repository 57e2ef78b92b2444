/* Small networks with exact answers, as the scenario files of configs/analytic and their variants by --set.
 *
 * Every statistical comparison: H0 "the engine's expectation is the reference", 4 standard errors two-sided,
 * fixed seeds; variants have seeds of their own, so their scores are independent. */
#include "case.h"

#define CONFIG(name) KURA_SOURCE_DIR "/configs/analytic/" name ".yaml"

static run_result run_variant(const char *path, const char *name, int n, const char *const *sets)
{
    return run_file(path, sets, (size_t)n, NULL, name);
}

/* ---- ore stock, refinery, metal stock ---- */

static run_result run_tandem(int c, int KO, int KM, int seed)
{
    const char *sets[] = {
        text("network.hubs=[{mineral: unit, form: ore, country: JPN, storage: %d t, opening: %d t},"
             " {mineral: unit, form: metal, country: JPN, storage: %d t, opening: %d t}]",
             KO + 2, KO, KM + 4, KM),
        text("network.sites.refinery.input_capacity=%d t/step", c), text("run.seed=%d", seed)};
    return run_variant(CONFIG("tandem"), "networks-tandem", 3, sets);
}

static void test_tandem(void **state)
{
    (void)state;
    static const struct {
        int c, KO, KM;
        double short_steps, unserved; /* TANDEM: LOLE_steps, EUE_units */
    } rows[] = {{0, 0, 0, 29.64502268626681, 118.58009074506724},
                {0, 40, 0, 29.64502268626681, 118.58009074506724},
                {0, 0, 40, 23.214123070591086, 92.85649228236434},
                {0, 20, 20, 26.291827780639373, 105.16731112255749},
                {4, 0, 0, 29.64502268626681, 62.7494487730321},
                {4, 40, 0, 15.155475259875564, 33.77035392024965},
                {4, 0, 40, 16.136734450148875, 34.458298866875296},
                {4, 20, 20, 15.264131896230305, 32.96701198641397}};
    scores s[2] = {{0}};
    for (int i = 0; i < 8; i++) {
        run_result r = run_tandem(rows[i].c, rows[i].KO, rows[i].KM, 400 + i);
        print_message("c = %d, KO = %d, KM = %d\n", rows[i].c, rows[i].KO, rows[i].KM);
        compare(&s[0], "LOLE_steps", summary(&r, "expected_short_steps", NULL), rows[i].short_steps,
                summary(&r, "expected_short_steps_se", NULL));
        compare(&s[1], "EUE_units", summary(&r, "expected_unserved", NULL), rows[i].unserved,
                summary(&r, "expected_unserved_se", NULL));
        drop(&r);
    }
    assert_scores(&s[0], "TANDEM, LOLE");
    assert_scores(&s[1], "TANDEM, EUE");
    /* without a refinery the ore stock changes no bit (seed the same) */
    run_result a = run_tandem(0, 0, 0, 400), b = run_tandem(0, 40, 0, 400);
    assert_true(summary(&a, "expected_unserved", NULL) == summary(&b, "expected_unserved", NULL));
    assert_true(summary(&a, "expected_short_steps", NULL) == summary(&b, "expected_short_steps", NULL));
    drop(&a), drop(&b);
}

/* ---- two minerals on one regime ---- */

static void test_joint(void **state)
{
    (void)state;
    static const struct {
        int K1, K2;
        double only_first, both; /* JOINT: expected_steps_only1, _both; _only2 is 0 */
    } rows[] = {{20, 20, 17.72794284094836, 3.246439225266532},
                {60, 30, 7.493707175407216, 2.80736621525415}};
    scores s = {0};
    for (int i = 0; i < 2; i++) {
        const char *sets[] = {
            text("network.hubs=[{mineral: first, form: good, country: JPN, storage: %d t, opening: %d t},"
                 " {mineral: second, form: good, country: JPN, storage: %d t, opening: %d t}]",
                 rows[i].K1 + 10, rows[i].K1, rows[i].K2 + 10, rows[i].K2),
            text("run.seed=%d", 410 + i)};
        run_result r = run_variant(CONFIG("joint"), "networks-joint", 2, sets);
        int64_t n;
        const double *first = samples(&r, "short_steps", "first", &n),
                     *second = samples(&r, "short_steps", "second", NULL);
        double only = 0, squares = 0;
        for (int64_t p = 0; p < n;
             p++) { /* a step short of the second is short of the first: the difference is "only first" */
            assert_true(first[p] >= second[p]);
            only += first[p] - second[p];
            squares += (first[p] - second[p]) * (first[p] - second[p]);
        }
        only /= (double)n;
        double se = sqrt((squares / (double)n - only * only) / (double)n);
        compare(&s, "expected_steps_only1", only, rows[i].only_first, se);
        compare(NULL, "expected_steps_both", summary(&r, "expected_short_steps", "second"), rows[i].both,
                summary(&r, "expected_short_steps_se", "second"));
        drop(&r);
    }
    assert_scores(&s, "JOINT");
}

/* ---- one embargo, exactly ---- */

static void test_embargo(void **state)
{
    (void)state;
    static const struct {
        int lag, from, to, stock, national, cap, delay;
        double unserved, first, steps; /* DETERM; no shortage: first = number of steps */
    } rows[] = {{4, 10, 30, 40, 64, 8, 0, 56, 27, 7},
                {4, 10, 30, 40, 64, 4, 0, 60, 19, 15},
                {4, 10, 30, 16, 64, 8, 10, 80, 16, 10},
                {1, 9, 29, 40, 0, 0, 0, 120, 15,
                 15}, /* transit 0 from step 10: loaded one step earlier with transit 1 */
                {4, 10, 15, 40, 0, 0, 0, 0, 60, 0}};
    for (int i = 0; i < 5; i++) {
        const char *sets[] = {
            text("network.hubs=[{mineral: unit, form: good, country: JPN, opening: %d t}]", rows[i].stock),
            text("network.trade=[{mineral: unit, form: good, from: CHN, to: JPN, volume: 8 t/step, "
                 "lag_steps: %d}]",
                 rows[i].lag),
            text("events=[{from: %d, to: %d, object: restriction/CHN/unit, field: severity, value: 100 %%}]",
                 rows[i].from, rows[i].to),
            rows[i].national ? text("stockpiles.national={owner: national, country: JPN, mineral: unit, "
                                    "form: good, opening: %d t,"
                                    " at_most: %d t/step, delay: %d weeks}",
                                    rows[i].national, rows[i].cap, rows[i].delay)
                             : "stockpiles=null"};
        run_result r = run_variant(CONFIG("embargo"), "networks-embargo", 4, sets);
        double unserved = *samples(&r, "unserved", NULL, NULL),
               first = *samples(&r, "first_shortage", NULL, NULL),
               steps = *samples(&r, "short_steps", NULL, NULL);
        print_message("row %d: %g unserved, first %g, %g steps\n", i, unserved, first, steps);
        assert_true(unserved == rows[i].unserved && first == rows[i].first && steps == rows[i].steps);
        drop(&r);
    }
}

/* The stock that would have covered everything [R6.3]: the gap of 20 steps less 5 of firm stock is 15 steps
 * of 8. */
static void test_required_stock(void **state)
{
    (void)state;
    run_result r = run_variant(CONFIG("embargo"), "networks-required", 0, NULL);
    assert_true(*samples(&r, "required_stock", NULL, NULL) == 120 &&
                *samples(&r, "irreducible", NULL, NULL) == 0);
    drop(&r);
    const char *sets[] = {"stockpiles.national.at_most=3 t/step", "stockpiles.national.delay=8 weeks"};
    r = run_variant(CONFIG("embargo"), "networks-required", 2, sets);
    /* need from step 19 to 33; authorised from 18; 3 a step can be covered, 5 cannot */
    assert_true(*samples(&r, "required_stock", NULL, NULL) == 45 &&
                *samples(&r, "irreducible", NULL, NULL) == 75);
    drop(&r);
}

/* ---- one cut of exponential duration ---- */

static void test_one_cut(void **state)
{
    (void)state;
    static const struct {
        int mean, cover;
        double probability; /* P_shortage_given_event of the exponential disruption against cover */
    } rows[] = {{30, 0, 1},
                {30, 18, 0.5488116360940264},
                {30, 42, 0.2465969639416065},
                {30, 60, 0.1353352832366127},
                {30, 90, 0.049787068367863944},
                {180, 18, 0.9048374180359595},
                {180, 90, 0.6065306597126334},
                {180, 180, 0.36787944117144233}};
    scores s = {0}, u = {0};
    for (int i = 0; i < 8; i++) {
        const char *sets[] = {
            text("network.hubs=[{mineral: unit, form: good, country: JPN, opening: %d t}]", rows[i].cover),
            text("hazards.restrictions.cut.types.total.duration={exponential: {mean: %d days}}",
                 rows[i].mean),
            text("run.steps=%d", 15 * rows[i].mean), text("run.seed=%d", 420 + i), "run.paths=16384"};
        run_result r = run_variant(CONFIG("one-cut"), "networks-cut", 5, sets);
        double p = rows[i].probability, m = rows[i].mean, days = p / -expm1(-1 / m);
        print_message("mean %d days, cover %d days\n", rows[i].mean, rows[i].cover);
        assert_true(fabs(p - exp(-rows[i].cover / m)) < 1e-15);
        if (rows[i].cover)
            compare(&s, "P(shortage)", summary(&r, "shortage_probability_any", NULL), p,
                    sqrt(p * (1 - p) / 16384));
        else
            assert_true(summary(&r, "shortage_probability_any", NULL) == 1);
        compare(&u, "unserved days", summary(&r, "expected_unserved", NULL), days,
                summary(&r, "expected_unserved_se", NULL));
        drop(&r);
    }
    assert_scores(&s, "one cut, P");
    assert_scores(&u, "one cut, unserved");
}

/* ---- first passage and the long run of the regime-modulated stock ---- */

static const char *const stock_sets[] = {"run.paths=16384", "tallies.samples=true"};

static void test_first_passage(void **state)
{
    (void)state;
    static const double want[] = {175.76578612111908,
                                  255.8801277910173}; /* MMFQ_F: K = 0, 20; first step counts 1 */
    scores s = {0};
    for (int i = 0; i < 2; i++) { /* 4000 steps: P(no shortage yet) is below 1e-6 */
        const char *sets[] = {
            stock_sets[0], stock_sets[1], "run.steps=4000", text("run.seed=%d", 450 + i),
            text("network.hubs=[{mineral: unit, form: good, country: JPN, storage: %d t, opening: %d t}]",
                 10 + 20 * i, 20 * i)};
        run_result r = run_variant(CONFIG("markov-stock"), "networks-passage", 5, sets);
        int64_t n;
        const double *first = samples(&r, "first_shortage", NULL, &n);
        moments m = moments_of(first, n, 1);
        compare(&s, "mean_steps_to_first_shortage", m.mean + 1, want[i], m.se);
        drop(&r);
    }
    assert_scores(&s, "MMFQ_F");
}

static void test_long_run(void **state)
{
    (void)state;
    /* MMFQ_S, K = 20: after 20 years from the stationary regime and a full stock the law is stationary to
     * 1e-6 */
    const char *sets[] = {
        "run.paths=65536", "run.steps=1043", "run.seed=460", "hazards.regimes.JPN.start=stationary",
        "network.hubs=[{mineral: unit, form: good, country: JPN, storage: 30 t, opening: 20 t}]"};
    run_result r = run_variant(CONFIG("markov-stock"), "networks-long-run", 5, sets);
    double p = 0.2478348762835078;
    compare(NULL, "LOLP_stationary", curve(&r, "shortage_probability", NULL, 1042), p,
            sqrt(p * (1 - p) / 65536));
    compare(NULL, "EPNS_units", curve(&r, "expected_unserved_step", NULL, 1042), 0.5033068618862345,
            curve(&r, "expected_unserved_step_se", NULL, 1042));
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_embargo), cmocka_unit_test(test_required_stock),
                                       cmocka_unit_test(test_tandem),  cmocka_unit_test(test_joint),
                                       cmocka_unit_test(test_one_cut), cmocka_unit_test(test_first_passage),
                                       cmocka_unit_test(test_long_run)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
