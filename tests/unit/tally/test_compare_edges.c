/* Comparing runs where the usual formulas end: infinite errors in totals, few units, counts of paths. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "num/fieller.h"
#include "num/pcg.h"
#include "num/student.h"
#include "tally/compare.h"
#include "tally/estimate.h"
#include <math.h>
#include <string.h>

enum { MINERALS = 2 };
static const double levels[] = {0.95};

/* A run of two minerals, made by hand: metrics are 0 until set. */
typedef struct {
    kura_member m;
    kura_measured minerals[MINERALS];
    kura_columns *columns;
} hand;

static void open_hand(hand *h, uint64_t n, uint64_t unit)
{
    memset(h, 0, sizeof *h);
    assert_int_equal(kura_columns_new(MINERALS * KURA_METRIC_COUNT, n, NULL, &h->columns, NULL), KURA_OK);
    h->minerals[0] = (kura_measured){"one", 1, 1, 1, 1, NULL};
    h->minerals[1] = (kura_measured){"two", 1, 1, 1, 1, NULL};
    h->m = (kura_member){.paths = n,
                         .unit = unit,
                         .nminerals = MINERALS,
                         .minerals = h->minerals,
                         .columns = h->columns,
                         .step_days = 1,
                         .per = 1,
                         .long_limit = 3.5,
                         .nconfidence = 1,
                         .confidence = levels};
}

static void put(hand *h, int mineral, kura_metric k, const double *x)
{
    for (uint64_t p = 0; p < h->m.paths; p += 1024)
        kura_columns_put(h->columns, kura_tally_column(mineral, k), p,
                         h->m.paths - p < 1024 ? (size_t)(h->m.paths - p) : 1024, x + p);
}

static kura_comparison *compare(const hand *base, const hand *policy)
{
    kura_comparison *c;
    assert_int_equal(kura_comparison_new(&base->m, 1, 0.95, NULL, &c, NULL), KURA_OK);
    assert_int_equal(kura_comparison_add(c, 0, &policy->m, NULL), KURA_OK);
    return c;
}

static const kura_paired *of(const kura_comparison *c, sc_compare id, int mineral)
{
    int i = kura_comparison_find(c, id, 0);
    assert_true(i >= 0);
    return kura_comparison_of(c, 0, i, mineral);
}

static void close_hands(kura_comparison *c, hand *a, hand *b)
{
    kura_comparison_free(c);
    kura_columns_free(a->columns);
    kura_columns_free(b->columns);
}

static double uniform(const char *key, uint64_t path)
{
    kura_stream s;
    kura_stream_init(&s, 1, key);
    return kura_stream_uniform(&s, path, 0);
}

/* No stock suffices on 4.5 % of the paths of mineral 0: at 95 % the stock is finite, its upper rank is not.
 * So neither it nor a mean that holds it has a finite error. */
static void test_infinite_error_in_a_total(void **state)
{
    (void)state;
    enum { N = 1000 };
    static double x[N], never[N], y[N];
    hand base, policy;
    open_hand(&base, N, 1);
    open_hand(&policy, N, 1);
    for (int i = 0; i < N; i++) x[i] = i % 100, never[i] = i % 200 < 9, y[i] = i % 50;
    put(&base, 0, KURA_METRIC_REQUIRED, x), put(&policy, 0, KURA_METRIC_REQUIRED, y);
    put(&base, 0, KURA_METRIC_IRREDUCIBLE, never), put(&policy, 0, KURA_METRIC_IRREDUCIBLE, never);
    put(&base, 1, KURA_METRIC_REQUIRED, y), put(&policy, 1, KURA_METRIC_REQUIRED, x);
    kura_comparison *c = compare(&base, &policy);
    for (int mineral = 0; mineral < 3; mineral += 2) {
        const kura_paired *p = of(c, SC_COMPARE_STOCK, mineral);
        assert_true(isfinite(p->value) && isfinite(p->difference));
        assert_true(isinf(p->se) && isinf(p->difference_se) && isinf(p->lo) && isinf(p->hi));
        assert_int_equal(kura_comparison_holds(p, SC_EXPECT_RISES), KURA_HOLDS_NOT_RESOLVED);
    }
    assert_true(isfinite(of(c, SC_COMPARE_STOCK, 1)->difference_se));
    close_hands(c, &base, &policy);
}

/* A policy that moves three paths: every number says so, also those whose linear forms differ everywhere
 * since their ratio, quantile or tail does. */
static void test_paths_that_differ(void **state)
{
    (void)state;
    static const sc_compare numbers[] = {SC_COMPARE_EUE, SC_COMPARE_NEUE, SC_COMPARE_CVAR, SC_COMPARE_STOCK};
    enum { N = 1500 };
    static double x[N], y[N], D[N];
    hand base, policy;
    open_hand(&base, N, 1);
    open_hand(&policy, N, 1);
    for (int i = 0; i < N; i++) D[i] = 100, x[i] = y[i] = 50 * uniform("test/edge", (uint64_t)i);
    for (int i = 0; i < 3; i++) y[400 * i] += 20;
    for (int r = 0; r < 2; r++) {
        hand *h = r ? &policy : &base;
        put(h, 0, KURA_METRIC_UNSERVED, r ? y : x);
        put(h, 0, KURA_METRIC_REQUIRED, r ? y : x);
        put(h, 0, KURA_METRIC_DEMAND, D);
        put(h, 1, KURA_METRIC_DEMAND, D);
    }
    kura_comparison *c = compare(&base, &policy);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        assert_true(of(c, numbers[k], 0)->paths == 3);
        assert_true(of(c, numbers[k], 1)->paths == 0);
        assert_int_equal(kura_comparison_holds(of(c, numbers[k], 0), SC_EXPECT_RISES),
                         KURA_HOLDS_NOT_RESOLVED);
    }
    assert_true(of(c, SC_COMPARE_NEUE, 2)->paths == 3);
    close_hands(c, &base, &policy);
}

/* Of 3 % of the paths a stock is required, with the policy of 2 %: at 95 % none in both, but not since
 * nothing moved. */
static void test_quantile_that_stays(void **state)
{
    (void)state;
    enum { N = 1000 };
    static double x[N], y[N];
    hand base, policy;
    open_hand(&base, N, 1);
    open_hand(&policy, N, 1);
    for (int i = 0; i < N; i++) x[i] = i % 100 < 3 ? 5 : 0, y[i] = i % 100 < 2 ? 5 : 0;
    put(&base, 0, KURA_METRIC_REQUIRED, x), put(&policy, 0, KURA_METRIC_REQUIRED, y);
    kura_comparison *c = compare(&base, &policy);
    const kura_paired *p = of(c, SC_COMPARE_STOCK, 0);
    assert_true(p->difference == 0 && p->difference_se == 0 && p->paths == 10);
    assert_int_equal(kura_comparison_holds(p, SC_EXPECT_NOTHING), KURA_HOLDS_NOT_RESOLVED);
    assert_int_equal(kura_comparison_holds(p, SC_EXPECT_FALLS), KURA_HOLDS_NOT_RESOLVED);
    p = of(c, SC_COMPARE_STOCK, 1);
    assert_int_equal(kura_comparison_holds(p, SC_EXPECT_NOTHING), KURA_HOLDS_YES);
    close_hands(c, &base, &policy);
}

/* A total of one mineral in the base and of the other with the policy is no difference. */
static void test_totals_of_other_minerals(void **state)
{
    (void)state;
    enum { N = 1000 };
    static double x[N];
    hand base, policy;
    open_hand(&base, N, 1);
    open_hand(&policy, N, 1);
    for (int i = 0; i < N; i++) x[i] = i % 10;
    for (int m = 0; m < MINERALS; m++) {
        put(&base, m, KURA_METRIC_REQUIRED, x);
        put(&policy, m, KURA_METRIC_REQUIRED, x);
    }
    base.minerals[0].day = NAN;
    policy.minerals[1].day = NAN;
    kura_comparison *c = compare(&base, &policy);
    assert_true(isfinite(of(c, SC_COMPARE_STOCK, 2)->value));
    assert_true(isnan(of(c, SC_COMPARE_STOCK, 2)->difference));
    close_hands(c, &base, &policy);
}

/* Eight units of 64 paths: the interval is Student's with seven degrees of freedom, and it does not matter
 * which of the two runs has the units. */
static void test_few_units(void **state)
{
    (void)state;
    enum { N = 512, UNIT = 64 };
    static double x[N], y[N];
    double t = kura_student_quantile(N / UNIT - 1, 0.975), se[3];
    for (int i = 0; i < N; i++) {
        x[i] = uniform("test/edge", (uint64_t)i);
        y[i] = x[i] + uniform("test/unit", (uint64_t)i / UNIT);
    }
    for (int which = 0; which < 3; which++) {
        hand base, policy;
        open_hand(&base, N, which == 1 ? 1 : UNIT);
        open_hand(&policy, N, which == 2 ? 1 : UNIT);
        put(&base, 0, KURA_METRIC_SPELLS, x), put(&policy, 0, KURA_METRIC_SPELLS, y);
        kura_comparison *c = compare(&base, &policy);
        const kura_paired *p = of(c, SC_COMPARE_LOLEV, 0);
        se[which] = p->difference_se;
        assert_true(fabs((p->hi - p->difference) / p->difference_se - t) < 1e-9);
        assert_true(fabs((p->difference - p->lo) / p->difference_se - t) < 1e-9);
        close_hands(c, &base, &policy);
    }
    assert_true(se[0] > 0.05 && se[1] == se[0] && se[2] == se[0]);
}

/* The cost is 0 without error and what is avoided may be 0: every ratio fits. */
static void test_fieller_of_nothing(void **state)
{
    (void)state;
    kura_fieller_set s = kura_fieller(0, 1, 0, 0, 4, 2);
    assert_int_equal(s.kind, KURA_FIELLER_ALL);
    s = kura_fieller(0, 10, 0, 0, 4, 2);
    assert_int_equal(s.kind, KURA_FIELLER_INTERVAL);
    assert_true(s.value == 0 && s.lo == 0 && s.hi == 0);
}

/* What a day avoided costs is not told of all minerals when one that the policy moves has no figure of its
 * cost; of the other it is. */
static void test_unpaid(void **state)
{
    (void)state;
    enum { N = 1000 };
    static double cost[N], none[N], x[N];
    unsigned char unknown[KURA_METRIC_COUNT] = {0};
    unknown[KURA_METRIC_COST] = 1;
    for (int i = 0; i < N; i++) cost[i] = 5 + uniform("test/cost", (uint64_t)i), x[i] = i % 4 == 0 ? 3 : 0;
    for (int moved = 0; moved < 2; moved++) {
        hand base, policy;
        open_hand(&base, N, 1);
        open_hand(&policy, N, 1);
        base.minerals[1].unknown = policy.minerals[1].unknown = unknown;
        put(&base, 0, KURA_METRIC_SHORT_STEPS, x), put(&base, 1, KURA_METRIC_SHORT_STEPS, x);
        put(&policy, 0, KURA_METRIC_COST, cost);
        put(&policy, 1, KURA_METRIC_SHORT_STEPS, moved ? none : x);
        kura_comparison *c = compare(&base, &policy);
        const kura_policy_label label = {"p", "", NULL};
        kura_frame *f = kura_frame_new();
        assert_int_equal(kura_comparison_report(c, NULL, &label, f, NULL), KURA_OK);
        const kf_group *g = kura_frame_find(f, "policies");
        const int8_t *kind = kura_frame_find_var(g, "cost_per_short_day_avoided_kind")->data;
        assert_int_equal(kind[0], KURA_FIELLER_INTERVAL);
        assert_int_equal(kind[1], KURA_FIELLER_NONE);
        assert_int_equal(kind[2], moved ? KURA_FIELLER_NONE : KURA_FIELLER_INTERVAL);
        unsigned char dominated[2];
        assert_int_equal(kura_comparison_frontier(c, &label, dominated, f, NULL), KURA_OK);
        const double *paid = kura_frame_find_var(kura_frame_find(f, "frontier"), "cost")->data;
        assert_true(isfinite(paid[0]) && isnan(paid[1]) == moved);
        kura_frame_free(f);
        close_hands(c, &base, &policy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_infinite_error_in_a_total),
        cmocka_unit_test(test_paths_that_differ),
        cmocka_unit_test(test_totals_of_other_minerals),
        cmocka_unit_test(test_few_units),
        cmocka_unit_test(test_quantile_that_stays),
        cmocka_unit_test(test_fieller_of_nothing),
        cmocka_unit_test(test_unpaid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
