/* Errors of the errors: how often the intervals that kura reports hold the exact value.
 *
 * 2,000 independent runs of 1,024 paths of the case in case.h.  Run i of base seed b = 1 to 5 has seed
 * 1,000,000 b + i. Intervals: value +- 1.96 errors of means, ratios, CVaR; Wilson's of proportions; order
 * statistics of quantiles.
 *
 * H0 of each claim: the number of runs whose interval holds the exact value is binomial with the probability
 * that theory gives.  That is:
 *  - proportions: exact, the sum over all counts;
 *  - quantiles: exact, from the ranks;
 *  - means: 0.947 to 0.9505, since a skewness of 2.7, the largest here, costs less than 0.003 at 1,024 paths
 * (Hall);
 *  - ratios: 0.94 to 0.9505, since the error is that of the linear part;
 *  - CVaR: 0.92 to 0.9505, since it rests on 51 paths beyond a quantile that is estimated itself;
 *  - quantile curves: at least 0.95, since their bounds are ends of bins;
 *  - a mean of two events a run: far less than 95 %, but as little as theory says (+-0.002).
 *
 * Each claim has a level of 1e-6, two-sided.  Besides:
 *  - means: the mean over all runs against the exact value; the variance of the estimates over the mean
 * square of the errors stated, whose own relative error is sqrt(2/runs);
 *  - ratios and CVaR: likewise, but they are biased in 1/paths: the mean to within 0.1 errors of a run, the
 * variance to within 2 % besides;
 *  - required stocks: how often the estimate lies below the exact value, which its rank determines.
 *
 * Budget of false alarms: 55 claims of coverage, 60 of means and errors, 4 of ranks, 1e-6 each: 1.2e-4 in all
 * (the test asserts that they are that many).  Seeds are fixed, so the tests pass always or never on one
 * version; the budget is what a change of the streams risks.
 *
 * Twins: wrong estimators, put to the same tests, which must reject them. */
#include "case.h"

enum { RUNS = 2000, PAIRS = 400, PATHS = 1024, MOST = 128 };
#define Z 1.959963984540054
#define LEVEL 1e-6
#define WIDEST 4.8916 /* normal, two-sided LEVEL */

typedef struct {
    char what[96];
    int twin, centre;          /* centre: 1 test mean and variance, 2 mean with a stated bias */
    double exact, lo, hi;      /* expected coverage between lo and hi */
    double covered, runs, nan; /* counts */
    double sum, squares, errors, bias;
} claim;

static claim claims[MOST];
static int nclaims, cursor, tests_done[3];

/* Claims come in the same order in every run. */
static claim *next_claim(const char *what, double exact, double lo, double hi)
{
    assert_true(cursor < MOST);
    claim *c = &claims[cursor++];
    if (cursor > nclaims) {
        nclaims = cursor;
        snprintf(c->what, sizeof c->what, "%s", what);
        c->exact = exact, c->lo = lo, c->hi = hi;
    }
    assert_string_equal(c->what, what);
    return c;
}

static claim *interval(const char *what, double exact, double low, double high, double lo, double hi)
{
    claim *c = next_claim(what, exact, lo, hi);
    c->runs++;
    c->nan += isnan(low) || isnan(high);
    c->covered += low <= exact && exact <= high;
    return c;
}

static claim *plus_minus(const char *what, double exact, double value, double se, double lo, double hi)
{
    claim *c = interval(what, exact, value - Z * se, value + Z * se, lo, hi);
    c->sum += value - exact;
    c->squares += (value - exact) * (value - exact);
    c->errors += se * se;
    return c;
}

static void mean(const char *what, double exact, double value, double se)
{
    plus_minus(what, exact, value, se, 0.947, 0.9505)->centre = 1;
}

/* Ratios, CVaR: right for large samples only. */
static void approximate(const char *what, double exact, double value, double se, double lo, double bias)
{
    claim *c = plus_minus(what, exact, value, se, lo, 0.9505);
    c->centre = 2;
    c->bias = bias;
}

/* ---- theory of the intervals, apart from the engine's ---- */

static void wilson(double k, double n, double *lo, double *hi)
{
    double p = k / n, z2 = Z * Z, middle = (p + z2 / (2 * n)) / (1 + z2 / n),
           half = Z / (1 + z2 / n) * sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    *lo = k > 0 ? middle - half : 0;
    *hi = k < n ? middle + half : 1;
}

static void wald(double k, double n, double *lo, double *hi)
{
    double p = k / n, half = Z * sqrt(p * (1 - p) / (n - 1));
    *lo = p - half;
    *hi = p + half;
}

static double exact_coverage(double p, void (*of)(double, double, double *, double *))
{
    double sum = 0;
    for (double k = 0; k <= PATHS; k++) {
        double lo, hi;
        of(k, PATHS, &lo, &hi);
        if (lo <= p && p <= hi) sum += binomial_pmf(k, PATHS, p);
    }
    return sum;
}

static void ranks(double q, double *l, double *u)
{
    double r = 0;
    while (binomial_cdf(r, PATHS, q) <= 0.025) r++;
    *l = r; /* largest r with P(K <= r - 1) <= 0.025 */
    while (binomial_cdf(r - 1, PATHS, q) < 0.975) r++;
    *u = r;
}

/* ---- what is asked of one run ---- */

static const char *label(const char *format, ...)
{
    static char ring[4][96];
    static int next;
    char *text = ring[next++ % 4];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof ring[0], format, args);
    va_end(args);
    return text;
}

static void mean_of(const kura_frame *f, const char *name, const char *mineral, int m, int at, double exact)
{
    char se[96];
    snprintf(se, sizeof se, "%s_se", name);
    mean(label("%s, %s", name, mineral), exact, cell_of(f, "summary", name, m, at),
         cell_of(f, "summary", se, m, at));
}

static void ratio_of(const kura_frame *f, const char *name, const char *mineral, int m, double exact)
{
    char se[96];
    snprintf(se, sizeof se, "%s_se", name);
    approximate(label("%s, %s (ratio)", name, mineral), exact, cell_of(f, "summary", name, m, 0),
                cell_of(f, "summary", se, m, 0), 0.94, 0.1);
}

static void share_of(const kura_frame *f, const char *group, const char *name, const char *mineral, int m,
                     int at, double exact)
{
    char lo[96], hi[96];
    static double known_p[16], known_c[16]; /* coverage of the shares that were asked for */
    static int known;
    int i = 0;
    while (i < known && known_p[i] != exact) i++;
    if (i == known) {
        assert_true(known < 16);
        known_p[known] = exact;
        known_c[known++] = exact_coverage(exact, wilson);
    }
    snprintf(lo, sizeof lo, "%s_lo", name);
    snprintf(hi, sizeof hi, "%s_hi", name);
    interval(label("%s, %s, cell %d (Wilson)", name, mineral, at), exact, cell_of(f, group, lo, m, at),
             cell_of(f, group, hi, m, at), known_c[i], known_c[i]);
}

/* How often the estimate lies below the exact quantile: by rank alone. */
static void below(const char *what, double exact, double value, double probability, int twin)
{
    claim *c = next_claim(what, exact, probability, probability);
    c->runs++;
    c->covered += value <= exact;
    c->twin = twin;
}

static void quantile_of(const kura_frame *f, int at, double q)
{
    static double expected[8], rank[8];
    double exact = -MEAN * log1p(-q) - FIRM;
    if (expected[at] == 0) {
        double l, u;
        ranks(q, &l, &u);
        expected[at] = binomial_cdf(u - 1, PATHS, q) - binomial_cdf(l - 1, PATHS, q);
        rank[at] = 1 - binomial_cdf(ceil(q * PATHS) - 1, PATHS, q);
    }
    interval(label("required stock at %g %%", 100 * q), exact,
             cell_of(f, "adequacy", "required_stock_lo", COVER, at),
             cell_of(f, "adequacy", "required_stock_hi", COVER, at), expected[at], expected[at]);
    below(label("required stock at %g %%: rank of the estimate", 100 * q), exact,
          cell_of(f, "adequacy", "required_stock", COVER, at), rank[at], 0);
}

static void ask_cover(const kura_frame *f)
{
    double s = FIRM + RESERVE, var = MEAN * log(20) - s;
    mean_of(f, "loss_of_load_expectation", "cover", COVER, 0, short_days(s, 0));
    mean_of(f, "expected_short_steps", "cover", COVER, 0, short_days(s, 0));
    mean_of(f, "gross_loss_of_load_expectation", "cover", COVER, 0, short_days(s, 0));
    mean_of(f, "expected_unserved", "cover", COVER, 0, down_beyond(s));
    mean_of(f, "gross_expected_unserved", "cover", COVER, 0, down_beyond(s));
    mean_of(f, "loss_of_load_events", "cover", COVER, 0, still_down(s));
    mean_of(f, "max_depth", "cover", COVER, 0, MEAN * (still_down(s) - still_down(s + 1)));
    static const double depth[] = {0.05, 0.10, 0.20, 0.50};
    for (int k = 0; k < 4; k++)
        mean_of(f, "loss_of_load_by_depth", label("cover deeper than %g", depth[k]), COVER, k,
                short_days(s, depth[k]));
    mean_of(f, "expected_unserved_step", "cover, day 10", COVER, 10,
            MEAN * (still_down(10) - still_down(11)));
    mean_of(f, "stock_days", "cover, day 1", COVER, 1, s - MEAN * (1 - still_down(2)));
    ratio_of(f, "loss_of_load_duration", "cover", COVER, short_days(s, 0) / still_down(s));
    ratio_of(f, "normalised_expected_unserved", "cover", COVER, 1e6 * down_beyond(s) / DAYS);
    ratio_of(f, "gross_normalised_expected_unserved", "cover", COVER, 1e6 * down_beyond(s) / DAYS);
    ratio_of(f, "conditional_depth", "cover", COVER, down_beyond(s) / short_days(s, 0));
    share_of(f, "summary", "shortage_probability_any", "cover", COVER, 0, still_down(s));
    share_of(f, "summary", "long_shortage_probability", "cover", COVER, 0, still_down(s + 3.05));
    share_of(f, "summary", "shortage_probability", "cover", COVER, 10, still_down(10));
    share_of(f, "summary", "gross_shortage_probability", "cover", COVER, 10, still_down(10));
    share_of(f, "summary", "shortage_free_probability", "cover", COVER, 10, 1 - still_down(s));
    share_of(f, "adequacy", "adequacy", "cover", COVER, 5, 1 - still_down(FIRM + 5));
    share_of(f, "adequacy", "adequacy", "cover", COVER, 20, 1 - still_down(FIRM + 20));
    share_of(f, "adequacy", "stock_survival", "cover", COVER, 10, 1 - still_down(s));
    static const double q[] = {0.5, 0.9, 0.95, 0.99};
    for (int k = 0; k < 4; k++) quantile_of(f, k, q[k]);
    double l, u;
    static double expected;
    if (expected == 0) {
        ranks(0.95, &l, &u);
        expected = binomial_cdf(u - 1, PATHS, 0.95) - binomial_cdf(l - 1, PATHS, 0.95);
    }
    interval("VaR 95 %, cover", var, cell_of(f, "summary", "var95_unserved_lo", COVER, 0),
             cell_of(f, "summary", "var95_unserved_hi", COVER, 0), expected, expected);
    /* 51 paths beyond the quantile, which is estimated itself; the mean of a skewed tail */
    approximate("CVaR 95 %, cover", var + MEAN * (1 - 20 * still_down(DAYS)),
                cell_of(f, "summary", "cvar95_unserved", COVER, 0),
                cell_of(f, "summary", "cvar95_unserved_se", COVER, 0), 0.92, 0.1);
    /* 3.69 days, in the bin from 3.5 to 4 */
    interval("stock_days_quantile 95 %, cover, day 1", s + MEAN * log(0.95),
             cell_of(f, "summary", "stock_days_quantile_lo", COVER, 1 * 7 + 5),
             cell_of(f, "summary", "stock_days_quantile_hi", COVER, 1 * 7 + 5), 0.95, 1);
}

/* Of each day's need after the firm stock half a tonne at most is given: the rest is beyond any stock. */
static void ask_capped(const kura_frame *f)
{
    double need = 0;
    for (int k = (int)FIRM; k < DAYS; k++) need += MEAN * (still_down(k + 0.5) - still_down(k + 1));
    mean("irreducible_unserved, capped", need, cell_of(f, "adequacy", "irreducible_unserved", CAPPED, 0),
         cell_of(f, "adequacy", "irreducible_unserved_se", CAPPED, 0));
    share_of(f, "adequacy", "irreducible_probability", "capped", CAPPED, 0, still_down(FIRM + 0.5));
    share_of(f, "adequacy", "adequacy", "capped", CAPPED, 20, 1 - still_down(FIRM + 0.5));
    const kf_group *g = kura_frame_find(f, "adequacy");
    const int8_t *irreducible = kura_frame_find_var(g, "irreducible")->data;
    assert_true(irreducible[CAPPED * 5 + 1] == 1); /* no stock reaches 90 % */
    assert_true(isinf(cell_of(f, "adequacy", "required_stock", CAPPED, 1)));
}

static double block_tail(double *var)
{
    double p = shock_probability(), k = 0, tail = 0;
    while (binomial_cdf(k, DAYS, p) < 0.95) k++;
    for (double i = k; i <= DAYS; i++) tail += (i - k) * binomial_pmf(i, DAYS, p);
    *var = 5 * k;
    return 5 * (k + tail / 0.05);
}

static void ask_block(const kura_frame *f)
{
    double p = shock_probability(), r = rare_probability(), var, cvar = block_tail(&var),
           starts = p + (DAYS - 1) * p * (1 - p);
    mean_of(f, "loss_of_load_expectation", "block", BLOCK, 0, DAYS * p);
    mean_of(f, "expected_unserved", "block", BLOCK, 0, 5 * DAYS * p);
    mean_of(f, "loss_of_load_events", "block", BLOCK, 0, starts);
    ratio_of(f, "loss_of_load_duration", "block", BLOCK, DAYS * p / starts);
    share_of(f, "summary", "shortage_probability_any", "block", BLOCK, 0, 1 - pow(1 - p, DAYS));
    share_of(f, "summary", "shortage_probability", "block", BLOCK, 30, p);
    share_of(f, "summary", "shortage_probability_any", "rare", RARE, 0, 1 - pow(1 - r, DAYS));
    interval("VaR 95 %, block (an atom: conservative)", var,
             cell_of(f, "summary", "var95_unserved_lo", BLOCK, 0),
             cell_of(f, "summary", "var95_unserved_hi", BLOCK, 0), 0.95, 1);
    approximate("CVaR 95 %, block (atoms)", cvar, cell_of(f, "summary", "cvar95_unserved", BLOCK, 0),
                cell_of(f, "summary", "cvar95_unserved_se", BLOCK, 0), 0.92, 0.1);
    /* two events a run: value +- 1.96 errors is then far from 95 %, and as far as theory says */
    static double poor;
    if (poor == 0) poor = exact_coverage(DAYS * r, wald);
    plus_minus("loss_of_load_expectation, rare: two events a run", DAYS * r,
               cell_of(f, "summary", "loss_of_load_expectation", RARE, 0),
               cell_of(f, "summary", "loss_of_load_expectation_se", RARE, 0), poor - 0.002, poor + 0.002);
    double any = still_down(FIRM + RESERVE) + still_down(FIRM + 0.5) + 2 * (1 - pow(1 - p, DAYS)) + 1 -
                 pow(1 - r, DAYS);
    const kf_group *g = kura_frame_find(f, "summary");
    mean("minerals_with_any_shortage", any,
         *(const double *)kura_frame_find_var(g, "minerals_with_any_shortage")->data,
         *(const double *)kura_frame_find_var(g, "minerals_with_any_shortage_se")->data);
}

static double peak; /* expected highest price, from a long run */

static void ask_priced(const kura_frame *f)
{
    double p = shock_probability(), price = 0, unserved = 0;
    for (int t = 0; t < DAYS; t++) {
        price += exp(0.5 * log_price_variance(t)) / DAYS;
        unserved += p * 10 * exp(0.125 * log_price_variance(t));
    }
    mean_of(f, "mean_price", "priced", PRICED, 0, price);
    mean_of(f, "price", "priced, day 40", PRICED, 40, exp(0.5 * log_price_variance(40)));
    mean_of(f, "expected_unserved", "priced", PRICED, 0, unserved);
    ratio_of(f, "normalised_expected_unserved", "priced", PRICED, 1e6 * p);
    plus_minus("peak_price, priced (reference: 262,144 paths)", peak,
               cell_of(f, "summary", "peak_price", PRICED, 0),
               cell_of(f, "summary", "peak_price_se", PRICED, 0), 0.94, 0.9505);
    static const double q[] = {0.05, 0.5, 0.95};
    static const int at[] = {1, 3, 5};
    double sd = sqrt(log_price_variance(40));
    for (int k = 0; k < 3; k++)
        interval(label("price_quantile %g %%, day 40", 100 * q[k]), exp(sd * normal_quantile(q[k])),
                 cell_of(f, "summary", "price_quantile_lo", PRICED, 40 * 7 + at[k]),
                 cell_of(f, "summary", "price_quantile_hi", PRICED, 40 * 7 + at[k]), 0.95, 1);
}

/* ---- twins: wrong estimators from the same paths ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void ask_twins(const kura_frame *f)
{
    static double sorted[PATHS];
    double s = FIRM + RESERVE, r = rare_probability(), lo, hi, sum = 0, n = 0, squares = 0, short_steps = 0,
           var;
    memcpy(sorted, samples_of(f, "required_stock", COVER), sizeof sorted);
    qsort(sorted, PATHS, sizeof *sorted, ascending);
    int k = (int)floor(0.99 * (PATHS - 1)); /* rank 1013 instead of 1014 */
    below("twin: required stock at 99 %, rank too low by one", -MEAN * log(0.01) - FIRM, sorted[k],
          1 - binomial_cdf(ceil(0.99 * PATHS) - 1, PATHS, 0.99), 1);
    double cvar = block_tail(&var);
    const double *x = samples_of(f, "unserved", BLOCK);
    for (int i = 0; i < PATHS; i++)
        if (x[i] > var) sum += x[i], squares += x[i] * x[i], n++;
    double about = sum / n;
    plus_minus("twin: CVaR as the mean beyond VaR (blind to atoms)", cvar, about,
               sqrt((squares / n - about * about) / n), 0.92, 0.9505)
        ->twin = 1;
    const double *steps = samples_of(f, "short_steps", COVER);
    for (int i = 0; i < PATHS; i++) short_steps += steps[i];
    double share = short_steps / PATHS / DAYS;
    plus_minus("twin: error of LOLE from steps instead of paths", short_days(s, 0), share * DAYS,
               DAYS * sqrt(share * (1 - share) / (PATHS * DAYS)), 0.947, 0.9505)
        ->twin = 1;
    double hits = 0, p = 1 - pow(1 - r, DAYS);
    const double *rare = samples_of(f, "short_steps", RARE);
    for (int i = 0; i < PATHS; i++) hits += rare[i] > 0;
    wald(hits, PATHS, &lo, &hi);
    static double expected;
    if (expected == 0) expected = exact_coverage(p, wilson);
    interval("twin: normal interval for a rare proportion", p, lo, hi, expected, expected)->twin = 1;
}

/* Difference of two scenarios on the same random numbers: by pairs, and as if they were independent. */
static void ask_pairs(const kura_frame *f, const kura_frame *other, double reserve)
{
    static double difference[PATHS];
    double exact = down_beyond(FIRM + RESERVE) - down_beyond(FIRM + reserve);
    const double *x = samples_of(f, "unserved", COVER), *y = samples_of(other, "unserved", COVER);
    for (int i = 0; i < PATHS; i++) difference[i] = x[i] - y[i];
    kura_estimate e = kura_estimate_mean(PATHS, difference), a = kura_estimate_mean(PATHS, x),
                  b = kura_estimate_mean(PATHS, y);
    mean("difference of two scenarios, by pairs", exact, e.value, e.se);
    plus_minus("twin: difference of two scenarios as if independent", exact, a.value - b.value,
               sqrt(a.se * a.se + b.se * b.se), 0.947, 0.9505)
        ->twin = 1;
}

static int runs_refused;

static void ask_refusal(const kura_frame *f)
{
    const kf_group *g = kura_frame_find(f, "adequacy");
    const int8_t *refused = kura_frame_find_var(g, "refused")->data;
    for (int k = 0; k < 5; k++)
        assert_int_equal(refused[k], k == 4); /* 10.24 paths beyond 99 %, 5.12 beyond 99.5 % */
    assert_true(isnan(cell_of(f, "adequacy", "required_stock", COVER, 4)));
    assert_true(isnan(cell_of(f, "adequacy", "required_stock_lo", COVER, 4)));
    assert_true(isnan(cell_of(f, "adequacy", "required_stock_hi", COVER, 4)));
    runs_refused += refused[4] && !refused[3];
}

/* ---- verdicts ---- */

/* Distance of the coverage from what theory allows, in standard errors; `bad`: beyond the level. */
static double judge_coverage(const claim *c, int *bad)
{
    double share = c->covered / c->runs, p = share < c->lo ? c->lo : share > c->hi ? c->hi : share;
    *bad = binomial_cdf(c->covered, c->runs, c->lo) < LEVEL / 2 ||
           (c->hi < 1 && 1 - binomial_cdf(c->covered - 1, c->runs, c->hi) < LEVEL / 2);
    return p < 1 ? (share - p) / sqrt(p * (1 - p) / c->runs) : 0;
}

static const trust_topic topic = {.family = "Errors of the errors",
                                  .run = "2,000 runs of 1,024 paths",
                                  .source =
                                      "tests/trust/case.h and the theory at the top of test_coverage.c"};

static int judge(const claim *c)
{
    int bad;
    judge_coverage(c, &bad);
    int least = c->hi == 1; /* the claim is "at least" */
    double theory = least ? c->lo : 0.5 * (c->lo + c->hi), share = c->covered / c->runs;
    const char *what = strstr(c->what, "rank") ? "share of runs below the exact value"
                       : least                 ? "coverage at least"
                                               : "coverage";
    if (!c->twin)
        trust_band(&topic, theory, share, sqrt(theory * (1 - theory) / c->runs), !bad, "%s: %s, %.0f runs",
                   c->what, what, c->runs);
    if (!c->twin) tests_done[strstr(c->what, "rank") ? 2 : 0]++;
    if (c->nan > 0) bad = 1;
    if (c->centre) {
        double n = c->runs, off = c->sum / n, var = (c->squares - n * off * off) / (n - 1),
               stated = c->errors / n;
        double most = WIDEST + c->bias * sqrt(n), from_exact = off / sqrt(var / n),
               of_errors = (var / stated - 1) / sqrt(2 / n);
        int centred = fabs(from_exact) <= most,
            right = fabs(of_errors) <= WIDEST + (c->centre == 2 ? 0.02 * sqrt(n / 2) : 0);
        if (!c->twin) {
            trust_band(&topic, c->exact, c->exact + off, sqrt(var / n), centred, "%s: mean of %.0f runs",
                       c->what, n);
            trust_band(&topic, 1, sqrt(var / stated), sqrt(0.5 / n), right,
                       "%s: scatter of the runs over the error stated", c->what);
            tests_done[1] += 2;
        }
        bad |= !centred || !right;
    }
    return bad;
}

static void run_all(void)
{
    scenario base = read_case("case.yaml", NULL),
             more = read_case("cover.yaml", "stockpiles.reserve.opening=6 t");
    kura_frame *f = run_case(&base, 77, 262144);
    peak = cell_of(f, "summary", "peak_price", PRICED, 0);
    kura_frame_free(f);
    for (int i = 0; i < RUNS; i++) {
        uint64_t seed = 1000000 * (uint64_t)(1 + i % 5) + (uint64_t)(i / 5);
        f = run_case(&base, seed, PATHS);
        cursor = 0;
        ask_cover(f);
        ask_capped(f);
        ask_block(f);
        ask_priced(f);
        ask_twins(f);
        ask_refusal(f);
        if (i < PAIRS) {
            kura_frame *other = run_case(&more, seed, PATHS);
            ask_pairs(f, other, 6);
            kura_frame_free(other);
        }
        kura_frame_free(f);
    }
    kura_arena_fini(&base.arena);
    kura_arena_fini(&more.arena);
}

static void test_coverage(void **state)
{
    (void)state;
    int failed = 0;
    run_all();
    for (int i = 0; i < nclaims; i++) {
        if (claims[i].twin) continue;
        if (judge(&claims[i])) {
            print_message("rejected: %s\n", claims[i].what);
            failed++;
        }
    }
    trust_equal(
        &topic, RUNS, runs_refused, 0,
        "runs that refuse the required stock at 99.5 %% of 1,024 paths (5 paths beyond), not at 99 %%");
    print_message("%d claims of coverage, %d of means and errors, %d of ranks, level %g each\n",
                  tests_done[0], tests_done[1], tests_done[2], LEVEL);
    assert_true(tests_done[0] == 55 && tests_done[1] == 60 && tests_done[2] == 4); /* the budget above */
    assert_int_equal(failed, 0);
}

static void test_twins(void **state)
{
    (void)state;
    int found = 0, missed = 0;
    for (int i = 0; i < nclaims; i++) {
        if (!claims[i].twin) continue;
        found++;
        const claim *c = &claims[i];
        missed += !trust_twin(&topic, 0.5 * (c->lo + c->hi), c->covered / c->runs, judge(c),
                              "%s: coverage, %.0f runs", c->what + sizeof "twin:", c->runs);
    }
    assert_int_equal(found, 5);
    assert_int_equal(missed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_coverage), cmocka_unit_test(test_twins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
