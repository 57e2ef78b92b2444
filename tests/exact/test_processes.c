/* The exact answers of this folder against figures computed by other programs: every row of
 * reference/processes.csv and reference/allocation.csv, to the error stated there (and the rounding of the
 * last digits); and identities that hold for any parameters.
 *
 * A row without a function here fails the test: none is left out in silence. */
#include "trust/recorded.h"
#include "exact/allocation_optimum.h"
#include "exact/availability.h"
#include "exact/counts.h"
#include "exact/intervals.h"
#include "exact/price.h"
#include "exact/special.h"
#include <float.h>

/* ---- rows ---- */

typedef struct {
    char family[32], quantity[96], parameters[256];
    double value, error;
} row;

/* A parameter of a row; fails when absent. */
static double get(const row *r, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = r->parameters; *at;) {
        if (!strncmp(at, name, n) && at[n] == '=') return atof(at + n + 1);
        at += strcspn(at, " ");
        at += *at == ' ';
    }
    fail_msg("%s %s: no parameter %s in \"%s\"", r->family, r->quantity, name, r->parameters);
    return NAN;
}

static int read_row(FILE *in, row *r)
{
    char line[512];
    do
        if (!fgets(line, sizeof line, in)) return 0;
    while (line[0] == '#' || !strncmp(line, "family,", 7));
    memset(r, 0, sizeof *r);
    int n = sscanf(line, "%31[^,],%95[^,],%lf,%lf,%255[^\n]", r->family, r->quantity, &r->value, &r->error,
                   r->parameters);
    if (n != 5) fail_msg("not a row: %s", line);
    return 1;
}

/* ---- what answers a row ---- */

static double avail_inf(const row *r) { return exact_two_states(get(r, "MTTF"), get(r, "MTTR")); }
static double avail_at(const row *r)
{
    return exact_two_states_at(get(r, "MTTF"), get(r, "MTTR"), get(r, "t"));
}
static double avail_variance(const row *r)
{
    return exact_two_states_var_average(get(r, "MTTF"), get(r, "MTTR"), get(r, "T"));
}
static double avail_failures(const row *r)
{
    return exact_two_states_failures(get(r, "MTTF"), get(r, "MTTR"), get(r, "T"));
}

static exact_renewal renewal_of(const row *r)
{
    return (exact_renewal){{EXACT_WEIBULL, get(r, "weibull_scale"), get(r, "weibull_k")},
                           {EXACT_LOGNORMAL, get(r, "ln_median"), get(r, "ln_sigma")}};
}
#define RENEW(name, expression)                                                                              \
    static double name(const row *r)                                                                         \
    {                                                                                                        \
        exact_renewal x = renewal_of(r);                                                                     \
        return expression;                                                                                   \
    }
RENEW(renew_up, exact_law_mean(&x.up))
RENEW(renew_down, exact_law_mean(&x.down))
RENEW(renew_up_left, exact_residual_mean(&x.up))
RENEW(renew_down_left, exact_residual_mean(&x.down))
RENEW(renew_inf, exact_renewal_availability(&x))
RENEW(renew_cycles, exact_renewal_cycles(&x))
static double renew_at(const row *r)
{
    exact_renewal x = renewal_of(r);
    exact_value v = exact_renewal_at(&x, EXACT_FRESH, get(r, "t"));
    assert_true(v.error <= 2 * r->error);
    return v.value;
}

static exact_price price_of(const row *r, int jumps)
{
    return (exact_price){.kappa = get(r, "kappa"),
                         .sigma = get(r, "sigma"),
                         .theta = get(r, "theta"),
                         .x0 = get(r, "x0"),
                         .dt = get(r, "dt"),
                         .jump_rate = jumps ? get(r, "lam_jump") : 0,
                         .jump_mean = jumps ? get(r, "mu_jump") : 0,
                         .jump_sd = jumps ? get(r, "sigma_jump") : 0};
}
#define PRICE(name, jumps, expression)                                                                       \
    static double name(const row *r)                                                                         \
    {                                                                                                        \
        exact_price p = price_of(r, jumps);                                                                  \
        return expression;                                                                                   \
    }
PRICE(ou_mean_log, 0, exact_price_mean_log(&p, (int)get(r, "T")))
PRICE(ou_var_log, 0, exact_price_var_log(&p, (int)get(r, "T")))
PRICE(ou_mean, 0, exact_price_mean(&p, (int)get(r, "T")))
PRICE(ou_q95, 0, exact_price_quantile(&p, (int)get(r, "T"), 0.95))
PRICE(ou_lag52, 0, exact_price_autocovariance(&p, 52))
PRICE(ou_barrier, 0, exact_price_max_above(&p, (int)get(r, "T"), get(r, "B")))
PRICE(jd_mean_log, 1, exact_price_mean_log(&p, (int)get(r, "T")))
PRICE(jd_var_log, 1, exact_price_var_log(&p, (int)get(r, "T")))
PRICE(jd_third_log, 1, exact_price_third_log(&p, (int)get(r, "T")))
PRICE(jd_no_jump, 1, exact_price_no_jump(&p, (int)get(r, "T")))

static double both(const row *r) { return exact_both_exceed(get(r, "z"), get(r, "z"), get(r, "rho")); }
static double exposures(const row *r)
{
    return exact_exposures_pmf((int)get(r, "n"), get(r, "pbar"), get(r, "rho"), (int)get(r, "k"));
}
static double exposures_variance(const row *r)
{
    return exact_exposures_variance((int)get(r, "n"), get(r, "pbar"), get(r, "rho"));
}

static exact_law duration_of(const row *r)
{
    return (exact_law){EXACT_LOGNORMAL, get(r, "ln_median"), get(r, "ln_sigma")};
}
static double active_pmf(const row *r)
{
    exact_law D = duration_of(r);
    return exact_poisson_pmf(exact_active_mean(get(r, "lambda_per_step"), &D, INFINITY), (int)get(r, "k"));
}
static double active_mean(const row *r)
{
    exact_law D = duration_of(r);
    return exact_active_mean(get(r, "lambda_per_step"), &D, get(r, "t"));
}
static double active_covariance(const row *r)
{
    exact_law D = duration_of(r);
    return exact_active_covariance(get(r, "lambda_per_step"), &D, INFINITY, 8);
}
static double any_longer(const row *r)
{
    exact_law D = duration_of(r);
    return exact_any_longer(get(r, "rate_per_year"), &D, get(r, "years"), get(r, "S_weeks"));
}

static double wilson_lo(const row *r) { return exact_wilson(get(r, "k"), get(r, "n"), 0.95).lo; }
static double wilson_hi(const row *r) { return exact_wilson(get(r, "k"), get(r, "n"), 0.95).hi; }
static double cp_lo(const row *r) { return exact_clopper_pearson(get(r, "k"), get(r, "n"), 0.95).lo; }
static double cp_hi(const row *r) { return exact_clopper_pearson(get(r, "k"), get(r, "n"), 0.95).hi; }
static double rank_lo(const row *r) { return exact_quantile_ranks(get(r, "n"), get(r, "q"), 0.95).lo; }
static double rank_hi(const row *r) { return exact_quantile_ranks(get(r, "n"), get(r, "q"), 0.95).hi; }
static double rank_coverage(const row *r)
{
    double n = get(r, "n"), q = get(r, "q");
    return exact_ranks_coverage(n, q, exact_quantile_ranks(n, q, 0.95));
}

static exact_tail unit_exponential(const row *r)
{
    exact_law unit = {EXACT_EXPONENTIAL, 1, 0};
    return exact_tail_of_law(&unit, get(r, "alpha"));
}
static double exponential_var(const row *r) { return unit_exponential(r).var; }
static double exponential_cvar(const row *r) { return unit_exponential(r).cvar; }
static double exponential_variance(const row *r) { return unit_exponential(r).variance; }
static double normal_cvar(const row *r) { return exact_tail_of_normal(0, 1, get(r, "alpha")).cvar; }
static double lognormal_cvar(const row *r)
{
    exact_law law = {EXACT_LOGNORMAL, 1, get(r, "s")};
    return exact_tail_of_law(&law, get(r, "alpha")).cvar;
}

static double ishigami(const row *r)
{
    double a = get(r, "a"), b = get(r, "b");
    int total = r->quantity[1] == 'T', input = r->quantity[total ? 2 : 1] - '1';
    if (r->quantity[0] == 'V') return exact_ishigami_variance(a, b);
    return total ? exact_ishigami_total(a, b, input) : exact_ishigami_first(a, b, input);
}

static const struct {
    const char *family, *quantity; /* "": any */
    double (*answer)(const row *);
} answers[] = {{"AVAIL", "A_inf", avail_inf},
               {"AVAIL", "A_t", avail_at},
               {"AVAIL", "var_time_avg", avail_variance},
               {"AVAIL", "expected_failures", avail_failures},
               {"RENEW", "mean_up", renew_up},
               {"RENEW", "mean_down", renew_down},
               {"RENEW", "availability", renew_inf},
               {"RENEW", "cycle_rate_per_step", renew_cycles},
               {"RENEW", "mean_residual_up_equilibrium", renew_up_left},
               {"RENEW", "mean_residual_down_equilibrium", renew_down_left},
               {"RENEW", "point_availability_fresh_start", renew_at},
               {"OU", "mean_log", ou_mean_log},
               {"OU", "var_log", ou_var_log},
               {"OU", "mean_price", ou_mean},
               {"OU", "q95_price", ou_q95},
               {"OU", "autocov_lag52_stationary", ou_lag52},
               {"OU_FP", "P_max_above_B", ou_barrier},
               {"JD", "mean_log", jd_mean_log},
               {"JD", "var_log", jd_var_log},
               {"JD", "third_cumulant_log", jd_third_log},
               {"JD", "P_no_jump", jd_no_jump},
               {"GAUSS2", "P_both_exceed", both},
               {"VASICEK", "P_count_eq_k", exposures},
               {"VASICEK", "var_count", exposures_variance},
               {"MGINF", "P_N_eq_k_stationary", active_pmf},
               {"MGINF", "mean_N_t_empty_start", active_mean},
               {"MGINF", "cov_N0_N8", active_covariance},
               {"THIN", "", any_longer},
               {"CI", "wilson_lo", wilson_lo},
               {"CI", "wilson_hi", wilson_hi},
               {"CI", "cp_lo", cp_lo},
               {"CI", "cp_hi", cp_hi},
               {"QCI", "order_stat_lo_rank", rank_lo},
               {"QCI", "order_stat_hi_rank", rank_hi},
               {"QCI", "coverage", rank_coverage},
               {"CVAR", "exp1_var", exponential_var},
               {"CVAR", "exp1_cvar", exponential_cvar},
               {"CVAR", "exp1_cvar_asyvar_times_n", exponential_variance},
               {"CVAR", "norm_cvar", normal_cvar},
               {"CVAR", "lognorm_cvar", lognormal_cvar},
               {"SOBOL_ISHIGAMI", "", ishigami}};

/* ---- comparison ---- */

/* The one row whose figure is off by more than it states (1.03e-13 against 1e-13): quadrature with 40 digits
 * gives this value, which is asked for instead. */
static const struct {
    const char *family, *parameters;
    double value, error;
} misstated = {"VASICEK", "k=0 n=20 pbar=0.02 rho=0.4", 0.79235946995341358, 2e-15};

static void correct(row *r)
{
    if (strcmp(r->family, misstated.family) || strcmp(r->parameters, misstated.parameters)) return;
    print_message("not reproduced: %s %s (%s) = %.17g +- %.2g; quadrature with 40 digits gives %.17g\n",
                  r->family, r->quantity, r->parameters, r->value, r->error, misstated.value);
    r->value = misstated.value;
    r->error = misstated.error;
}

typedef struct {
    char family[32];
    int rows, missed;
    double largest, relative; /* deviation; deviation over the error allowed */
} result;

static result results[64];
static int nresults;

static void count_row(const row *r, double value)
{
    int i = 0;
    while (i < nresults && strcmp(results[i].family, r->family)) i++;
    result *s = &results[i];
    if (i == nresults) {
        assert_true(nresults < 64);
        nresults++;
        memset(s, 0, sizeof *s);
        strcpy(s->family, r->family);
    }
    double off = fabs(value - r->value), allowed = r->error + 4 * DBL_EPSILON * fabs(r->value);
    s->rows++;
    s->largest = fmax(s->largest, off);
    s->relative = fmax(s->relative, off / allowed);
    if (off <= allowed) return;
    s->missed++;
    print_message("not reproduced: %s %s (%s): %.17g, reference %.17g +- %.2g\n", r->family, r->quantity,
                  r->parameters, value, r->value, r->error);
}

static void finish(int rows)
{
    int missed = 0, sum = 0;
    for (int i = 0; i < nresults; i++) {
        print_message("%-15s %3d of %3d rows, largest deviation %.2g, %.2g of the error allowed\n",
                      results[i].family, results[i].rows - results[i].missed, results[i].rows,
                      results[i].largest, results[i].relative);
        missed += results[i].missed;
        sum += results[i].rows;
    }
    nresults = 0;
    assert_int_equal(missed, 0);
    assert_int_equal(sum, rows);
}

static void test_reference(void **state)
{
    (void)state;
    FILE *in = fopen(KURA_SOURCE_DIR "/tests/exact/reference/processes.csv", "r");
    row r;
    assert_non_null(in);
    while (read_row(in, &r)) {
        size_t i = 0, n = sizeof answers / sizeof *answers;
        while (i < n && (strcmp(answers[i].family, r.family) ||
                         (answers[i].quantity[0] && strcmp(answers[i].quantity, r.quantity))))
            i++;
        if (i == n) fail_msg("%s %s: nothing answers this row", r.family, r.quantity);
        correct(&r);
        count_row(&r, answers[i].answer(&r));
    }
    fclose(in);
    finish(135);
}

/* Totals of the rule (allocation.h) and optimum of the 20 recorded instances. */
static void test_allocation(void **state)
{
    (void)state;
    static recorded q[20];
    FILE *instances = open_recorded(),
         *in = fopen(KURA_SOURCE_DIR "/tests/exact/reference/allocation.csv", "r");
    row r;
    int skipped = 0;
    for (int i = 0; i < 20; i++) assert_true(read_instance(instances, &q[i]));
    fclose(instances);
    assert_non_null(in);
    while (read_row(in, &r)) {
        const recorded *x = &q[(int)get(&r, "instance")];
        int nS = x->n.nS, nJ = x->n.nJ;
        strcpy(r.family, r.quantity); /* counted by what is asked, not by instance */
        if (strcmp(r.quantity, "LP_optimum")) {
            int spot = strstr(r.quantity, "+3") ? 3 : 0, latin = strstr(r.quantity, "+L") ? nS : 0;
            count_row(&r, allocate_plain(&x->n, &x->s, spot, latin, RULE).total * 0x1p-20);
            continue;
        }
        double cap[MOST * MOST], a[MOST], w[MOST], tonnes[MOST * MOST];
        uint8_t open[MOST * MOST];
        for (int k = 0; k < nS * nJ; k++) {
            cap[k] = x->n.physical[k / nJ][k % nJ];
            open[k] = x->n.declared[k / nJ][k % nJ];
            tonnes[k] = cap[k] * 0x1p-20;
        }
        count_row(&r, exact_maximum_flow(nS, nJ, x->s.a, x->s.r, cap, open) * 0x1p-20);
        for (int i = 0; i < nS; i++) a[i] = x->s.a[i] * 0x1p-20;
        for (int j = 0; j < nJ; j++) w[j] = x->s.r[j] * 0x1p-20;
        strcpy(r.family, "LP_optimum, GLPK");
        if (exact_lp_present())
            count_row(&r, exact_lp(nS, nJ, a, w, tonnes, open));
        else
            skipped++;
    }
    fclose(in);
    if (skipped) print_message("skipped: GLPK (libglpk-dev) was not there when the tests were built\n");
    finish(100 - skipped);
}

/* ---- identities, for parameters far from those of the rows ---- */

static void near(const char *what, double a, double b, double within)
{
    if (!(fabs(a - b) <= within)) fail_msg("%s: %.15g and %.15g", what, a, b);
}

/* With exponential laws renewal is the two-state chain; any laws keep the equilibrium they start in. */
static void test_renewal(void **state)
{
    (void)state;
    exact_renewal chain = {{EXACT_EXPONENTIAL, 7, 0}, {EXACT_EXPONENTIAL, 2, 0}};
    static const double times[] = {0.3, 4, 25};
    for (int i = 0; i < 3; i++) {
        double t = times[i], A = exact_two_states(7, 2), both_up = A * exact_two_states_at(7, 2, t);
        near("A(t)", exact_renewal_at(&chain, EXACT_FRESH, t).value, exact_two_states_at(7, 2, t), 1e-9);
        near("A, stationary", exact_renewal_at(&chain, EXACT_STATIONARY, t).value, A, 1e-9);
        near("failures", exact_renewal_failures(&chain, EXACT_STATIONARY, t).value,
             exact_two_states_failures(7, 2, t), 1e-8);
        near("both up", exact_renewal_both_up(&chain, t).value, both_up, 1e-9);
        near("variance of the average", exact_renewal_var_average(&chain, t).value,
             exact_two_states_var_average(7, 2, t), 1e-8);
    }
    static const exact_law laws[] = {
        {EXACT_WEIBULL, 9, 0.8}, {EXACT_WEIBULL, 9, 2.5},   {EXACT_LOGNORMAL, 5, 1.1}, {EXACT_GAMMA, 2, 3},
        {EXACT_UNIFORM, 2, 6},   {EXACT_EXPONENTIAL, 4, 0}, {EXACT_LOGNORMAL, 2, 0.4}};
    for (int i = 0; i + 1 < (int)(sizeof laws / sizeof *laws); i++) {
        exact_renewal r = {laws[i], laws[i + 1]};
        exact_value v = exact_renewal_at(&r, EXACT_STATIONARY, 11.3),
                    f = exact_renewal_failures(&r, EXACT_STATIONARY, 11.3);
        near("stationary start stays", v.value, exact_renewal_availability(&r), 1e-6);
        near("failures at the long-run rate", f.value, 11.3 * exact_renewal_cycles(&r), 1e-5);
        near("the partial moments end in the mean", exact_law_tail_integral(&laws[i], 1e8),
             exact_law_mean(&laws[i]), 1e-9);
        near("residual law ends in 1", exact_residual_partial(&laws[i], 0, 1e8), 1, 1e-9);
    }
}

/* Times 0 .. T-1 down: law, mean and variance agree. */
static void test_count_of_times(void **state)
{
    (void)state;
    double p[41], mean = 0, square = 0, sum = 0;
    exact_two_states_count(9, 3, 40, p);
    for (int k = 0; k <= 40; k++) sum += p[k], mean += k * p[k], square += k * k * p[k];
    near("sum", sum, 1, 1e-13);
    near("mean", mean, 40 * 0.25, 1e-12);
    near("variance", square - mean * mean, exact_two_states_var_count(9, 3, 40), 1e-11);
}

/* After one step the highest price is the price; without correlation, exceedances and exposures are products;
 * tails of a law cut into steps approach those of the law. */
static void test_limits(void **state)
{
    (void)state;
    exact_price p = {.kappa = 2, .sigma = 0.5, .theta = 0, .x0 = 0.1, .dt = 0.02};
    double z = (log(1.2) - exact_price_mean_log(&p, 1)) / sqrt(exact_price_var_log(&p, 1));
    near("barrier in one step", exact_price_max_above(&p, 1, 1.2), exact_normal_cdf(-z), 1e-12);
    near("moments", exact_price_variance(&p, 30),
         exp(2 * exact_price_mean_log(&p, 30)) * exp(exact_price_var_log(&p, 30)) *
             expm1(exact_price_var_log(&p, 30)),
         1e-13);
    near("no correlation", exact_both_exceed(0.3, -0.7, 0), exact_normal_cdf(-0.3) * exact_normal_cdf(0.7),
         1e-14);
    near("independent exposures", exact_exposures_pmf(9, 0.3, 1e-12, 4), exact_binomial_pmf(4, 9, 0.3), 1e-6);
    static double x[20000], q[20000];
    for (int i = 0; i < 20000; i++) x[i] = i * 1e-3, q[i] = exp(-i * 1e-3) - exp(-(i + 1) * 1e-3);
    exact_tail fine = exact_tail_of_discrete(20000, x, q, 0.9);
    near("CVaR of steps", fine.cvar, 1 + log(10), 2e-3);
    near("variance of CVaR of steps", fine.variance, 19, 0.05);
    exact_law scaled = {EXACT_LOGNORMAL, 3, 0.25};
    exact_tail t = exact_tail_of_law(&scaled, 0.8), n = exact_tail_of_normal(0, 1, 0.8);
    near("VaR of a lognormal", log(t.var / 3) / 0.25, n.var, 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reference), cmocka_unit_test(test_allocation),
                                       cmocka_unit_test(test_renewal), cmocka_unit_test(test_count_of_times),
                                       cmocka_unit_test(test_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
