/* Minerals short together [8.8]: exact laws, and every figure counted again from the series of all paths.
 *
 * Statistical comparisons: seeds 1 to 5, |z| <= 4.89. */
#include "case.h"

#define CONFIG(name) KURA_SOURCE_DIR "/configs/analytic/" name ".yaml"
#define LIMIT 4.89

static void near(const char *what, double value, double exact, double se)
{
    double z = (value - exact) / se;
    print_message("  %-40s %.8g, exact %.8g, %+.2f standard errors\n", what, value, exact, z);
    if (!(fabs(z) <= LIMIT)) fail_msg("%s: %.10g is %.2f standard errors from %.10g", what, value, z, exact);
}

enum { STEP, YEAR, PATH };

/* both_short and the like of minerals a and b, numbered as in the scenario. */
static double pair(const run_result *r, const char *name, int within, int a, int b)
{
    int64_t n = size_of(r, "joint", "mineral");
    return numbers(r, "joint", name)[(within * n + a) * n + b];
}

static double at_least(const run_result *r, const char *suffix, int within, int k)
{
    int64_t n = size_of(r, "joint", "at_least");
    return numbers(r, "joint", text("number_short%s", suffix))[within * n + k - 1];
}

/* ---- two stocks on one regime: the joint law of chain and stocks ---- */

static void test_common_regime(void **state)
{
    (void)state;
    static const struct {
        int K1, K2;
        double only_first, both; /* steps of 156; the second is never short alone */
    } rows[] = {{20, 20, 17.72794284094836, 3.246439225266532},
                {60, 30, 7.493707175407216, 2.80736621525415}};
    for (int i = 0; i < 2; i++)
        for (int seed = 1; seed <= 5; seed++) {
            const char *sets[] = {
                text("network.hubs=[{mineral: first, form: good, country: JPN, storage: %d t, opening: %d t},"
                     " {mineral: second, form: good, country: JPN, storage: %d t, opening: %d t}]",
                     rows[i].K1 + 10, rows[i].K1, rows[i].K2 + 10, rows[i].K2),
                text("run.seed=%d", seed), "run.paths=8192"};
            run_result r = run_file(CONFIG("joint"), sets, 3, NULL, "joint-regime");
            double both = pair(&r, "both_short", STEP, 0, 1), first = pair(&r, "both_short", STEP, 0, 0);
            near("steps with both short", 156 * both, rows[i].both,
                 156 * pair(&r, "both_short_se", STEP, 0, 1));
            near("steps with the first short", 156 * first, rows[i].only_first + rows[i].both,
                 156 * pair(&r, "both_short_se", STEP, 0, 0));
            assert_true(pair(&r, "both_short", STEP, 1, 1) == both); /* never alone */
            assert_true(pair(&r, "both_short", STEP, 1, 0) == both);
            assert_true(at_least(&r, "", STEP, 2) == both && at_least(&r, "", STEP, 1) == first);
            assert_true(isinf(pair(&r, "odds_ratio", STEP, 0, 1)));
            drop(&r);
        }
}

/* ---- independent plants: products, binomial numbers, odds ratio 1, tail dependence 5 % ---- */

static const char *plants(int n, int paths, int seed, const char *hazards, const char *tallies)
{
    char minerals[2048] = "", hubs[2048] = "", sites[2048] = "", demand[2048] = "";
    for (int i = 0; i < n; i++) {
        size_t at[] = {strlen(minerals), strlen(hubs), strlen(sites), strlen(demand)};
        snprintf(minerals + at[0], sizeof minerals - at[0], "  m%d: {forms: [good]}\n", i);
        snprintf(hubs + at[1], sizeof hubs - at[1],
                 "    - {mineral: m%d, form: good, country: JPN, storage: none}\n", i);
        snprintf(sites + at[2], sizeof sites - at[2],
                 "    s%d: {mineral: m%d, form: good, country: JPN, kind: mine, output: 10 t/step}\n", i, i);
        snprintf(demand + at[3], sizeof demand - at[3],
                 "    - {mineral: m%d, form: good, country: JPN, rate: 10 t/step}\n", i);
    }
    return text(
        "format: 1\nname: plants\nrun: {paths: %d, seed: %d, step: 7 days, steps: 100, per: horizon}\n"
        "market: {production: push}\nminerals:\n%snetwork:\n  hubs:\n%s  sites:\n%s  demand:\n%s"
        "hazards:\n%s\ntallies: {threshold: 0 %%, required_stock: false%s}\n",
        paths, seed, minerals, hubs, sites, demand, hazards, tallies);
}

/* Up so many weeks, down 3 on average, seen at the start of the step: short with probability 3/(3 + up) in
 * any step. */
static const char *outages(int up)
{
    return text("  outages: {plant: {select: {kinds: [mine]}, mttf: %d weeks, mttr: {exponential: {mean: 3 "
                "weeks}}, derating: {beta: {alpha: 2, beta: 2}}, mode: point}}",
                up);
}

static void test_independent(void **state)
{
    (void)state;
    double p = 3.0 / 103, q = 1 - p;
    for (int seed = 1; seed <= 5; seed++) {
        run_result r = run_text(plants(4, 4096, seed, outages(100), ""), NULL, "joint-independent");
        for (int a = 0; a < 4; a++)
            for (int b = a + 1; b < 4; b++) {
                near("both in a step", pair(&r, "both_short", STEP, a, b), p * p,
                     pair(&r, "both_short_se", STEP, a, b));
                for (int within = STEP; within <= PATH; within++) { /* the interval is symmetric in the log */
                    double lo = pair(&r, "odds_ratio_lo", within, a, b),
                           hi = pair(&r, "odds_ratio_hi", within, a, b);
                    near("ln odds ratio", log(pair(&r, "odds_ratio", within, a, b)), 0,
                         log(hi / lo) / (2 * 1.959963984540054));
                }
                near("tail dependence", numbers(&r, "joint", "tail_dependence")[a * 4 + b], 0.05,
                     numbers(&r, "joint", "tail_dependence_se")[a * 4 + b]);
            }
        near("one or more", at_least(&r, "", STEP, 1), 1 - q * q * q * q, at_least(&r, "_se", STEP, 1));
        near("two or more", at_least(&r, "", STEP, 2), 1 - q * q * q * (q + 4 * p),
             at_least(&r, "_se", STEP, 2));
        near("number", numbers(&r, "joint", "expected_number_short")[STEP], 4 * p,
             numbers(&r, "joint", "expected_number_short_se")[STEP]);
        drop(&r);
    }
}

/* ---- one shock on both: the same steps, the same paths ---- */

static void test_common_shock(void **state)
{
    (void)state;
    static const char shock[] =
        "  shocks: {quake: {country: JPN, rate: 2 /year, severity: {beta: {alpha: 2, beta: 2}}, "
        "duration: {exponential: {mean: 3 weeks}}, hits: [{select: {countries: [JPN]}}]}}";
    run_result r = run_text(plants(2, 2048, 1, shock, ""), NULL, "joint-shock");
    for (int within = STEP; within <= PATH; within++) {
        double both = pair(&r, "both_short", within, 0, 1);
        assert_true(both > 0 && both == pair(&r, "both_short", within, 0, 0));
        assert_true(both == at_least(&r, "", within, 2) && both == at_least(&r, "", within, 1));
        assert_true(isinf(pair(&r, "odds_ratio", within, 0, 1)) &&
                    isnan(pair(&r, "odds_ratio_lo", within, 0, 1)));
    }
    const double *tail = numbers(&r, "joint", "tail_dependence"),
                 *se = numbers(&r, "joint", "tail_dependence_se");
    assert_true(fabs(tail[1] - 1) < 0.01 && se[1] < 0.02 && isnan(tail[0]) && tail[1] == tail[2]);
    drop(&r);
}

/* ---- everything counted again from the series of all paths ---- */

enum { N = 1100, T = 100, M = 3, YEARS = 2 };

/* Mean of x and its error over paths, x counted in `units`. */
static void check(const char *what, const int *x, int units, double value, double se)
{
    double sum = 0, square = 0;
    for (int p = 0; p < N; p++) sum += x[p], square += (double)x[p] * x[p];
    double mean = sum / N / units, error = sqrt((square - sum * sum / N) / (N * (N - 1.0))) / units;
    if (!(fabs(value - mean) <= 1e-12) || !(fabs(se - error) <= 1e-12))
        fail_msg("%s: %.17g with error %.17g, counted %.17g with %.17g", what, value, se, mean, error);
}

/* The interval of the odds ratio of a and b, x[.][p] the units in which both, a, b are short: from the effect
 * of each path on its logarithm. */
static void check_odds(const int *both, const int *a, const int *b, int units, double value, double lo,
                       double hi)
{
    double p = 0, pa = 0, pb = 0, sum = 0, square = 0;
    for (int i = 0; i < N; i++) p += both[i], pa += a[i], pb += b[i];
    p /= N * (double)units, pa /= N * (double)units, pb /= N * (double)units;
    double none = 1 - pa - pb + p, ratio = p * none / ((pa - p) * (pb - p));
    for (int i = 0; i < N; i++) {
        double only_a = a[i] - both[i], only_b = b[i] - both[i], neither = units - a[i] - only_b;
        double effect = (both[i] / p + neither / none - only_a / (pa - p) - only_b / (pb - p)) / units;
        sum += effect, square += effect * effect;
    }
    double se = sqrt((square - sum * sum / N) / (N * (N - 1.0)));
    if (!(fabs(value - ratio) <= 1e-9 * ratio) ||
        !(fabs(log(hi / lo) / (2 * 1.959963984540054) - se) <= 1e-9))
        fail_msg("odds ratio %.17g [%.17g, %.17g], counted %.17g with error of the logarithm %.17g", value,
                 lo, hi, ratio, se);
}

/* Is mineral m short on path p in any step of [from, to)? */
static int is_short(const double *u, int m, int p, int from, int to)
{
    for (int t = from; t < to; t++)
        if (u[(m * T + t) * N + p] > 0) return 1;
    return 0;
}

static void count_again(const run_result *r, int within)
{
    static int both[M][M][N], least[M + 1][N];
    const double *u = numbers(r, "dump", "unserved");
    int year = T / YEARS, units[] = {T, YEARS, 1}; /* 700 days are 2 years, rounded */
    memset(both, 0, sizeof both);
    memset(least, 0, sizeof least);
    for (int p = 0; p < N; p++)
        for (int i = 0; i < units[within]; i++) {
            int from = within == STEP ? i : within == YEAR ? i * year : 0;
            int to = within == STEP ? i + 1 : within == YEAR && !i ? year : T, n = 0, x[M];
            for (int m = 0; m < M; m++) n += x[m] = is_short(u, m, p, from, to);
            for (int a = 0; a < M; a++)
                for (int b = 0; b < M; b++) both[a][b][p] += x[a] && x[b];
            for (int k = 1; k <= n; k++) least[k][p]++;
            least[0][p] += n;
        }
    for (int a = 0; a < M; a++)
        for (int b = 0; b < M; b++)
            check("both_short", both[a][b], units[within], pair(r, "both_short", within, a, b),
                  pair(r, "both_short_se", within, a, b));
    for (int a = 0; a < M && within != PATH; a++) /* every path has its shortage */
        for (int b = 0; b < M; b++)
            if (a != b)
                check_odds(both[a][b], both[a][a], both[b][b], units[within],
                           pair(r, "odds_ratio", within, a, b), pair(r, "odds_ratio_lo", within, a, b),
                           pair(r, "odds_ratio_hi", within, a, b));
    for (int k = 1; k <= M; k++)
        check("number_short", least[k], units[within], at_least(r, "", within, k),
              at_least(r, "_se", within, k));
    check("expected_number_short", least[0], units[within],
          numbers(r, "joint", "expected_number_short")[within],
          numbers(r, "joint", "expected_number_short_se")[within]);
}

static void test_counted_again(void **state)
{
    (void)state;
    char digest[65] = "";
    for (int threads = 1; threads <= 2; threads++) {
        kura_run_options options = {.threads = threads};
        run_result r = run_text(plants(M, N, 7, outages(20), ", dump: unserved"), &options, "joint-again");
        for (int within = STEP; within <= PATH; within++) count_again(&r, within);
        if (digest[0]) assert_string_equal(digest, r.digest);
        memcpy(digest, r.digest, sizeof digest);
        drop(&r);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common_regime),
        cmocka_unit_test(test_independent),
        cmocka_unit_test(test_common_shock),
        cmocka_unit_test(test_counted_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
