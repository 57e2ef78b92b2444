/* The exact references of networks with stocks against figures of independent programs and publications:
 * every row of tests/exact/reference within its stated error.
 *
 * So what the engine is compared with for drawn parameters (tests/trust/test_networks.c) is itself known to
 * be right, by a second program that shares no code with it. */
#include "power_tables.h"
#include "exact/capacity_outage.h"
#include "exact/cover.h"
#include "exact/embargo.h"
#include "exact/fluid.h"
#include "exact/markov_stock.h"
#include "exact/matrix.h"
#include "exact/shortfall.h"
#include "exact/tandem.h"
#include "exact/unit_chain.h"

#define YEARS (7 / 365.25) /* a step */

/* ---- a stock with a regime-modulated balance ---- */

static const double rates[9] = {-0.3, 0.3, 0, 0.8, -1.1, 0.3, 0, 1.5, -1.5};
static const double normal[3] = {1, 0, 0};
static const int balance[3] = {1, -1, -6}, second_balance[3] = {1, 0, -3};

/* The rates of getting worse times m, as transitions of a step. */
static void transitions(double m, double P[9])
{
    double G[9];
    memcpy(G, rates, sizeof G);
    G[1] *= m, G[5] *= m;
    for (int i = 0; i < 3; i++) G[i * 3 + i] = -(G[i * 3 + (i + 1) % 3] + G[i * 3 + (i + 2) % 3]);
    exact_exponential(3, G, YEARS, P);
}

static double horizon_value(const exact_stock *s, const char *what)
{
    exact_stock_figures f;
    exact_stock_horizon(s, &f);
    return strcmp(what, "LOLE_steps") == 0  ? f.short_steps
           : strcmp(what, "EUE_units") == 0 ? f.unserved
           : strcmp(what, "NEUE") == 0      ? f.unserved / (10.0 * s->steps)
                                            : f.any;
}

static double chain_value(const exact_stock *s, const char *what)
{
    double pi[3], year[9];
    exact_stationary_rates(3, rates, pi);
    if (what[0] == 's') return pi[atoi(what + strlen("stationary_"))];
    exact_exponential(3, rates, 52 * YEARS, year);
    (void)s;
    return year[atoi(what + strlen("P52_")) * 3 + atoi(what + strlen("P52_0_"))];
}

static double tilted_value(const exact_stock *s, const char *what, double multiplier)
{
    double Q[9];
    exact_stock_weights w;
    transitions(multiplier, Q);
    exact_stock_tilted(s, Q, &w);
    return strcmp(what, "p_event") == 0               ? w.event
           : strcmp(what, "second_moment_w2_1A") == 0 ? w.event2
           : strcmp(what, "E_w2") == 0                ? w.weight2
           : strcmp(what, "Q_prob_event") == 0        ? w.other_event
                                                      : w.variance_ratio;
}

static double fluid_value(const exact_stock *s, const char *what)
{
    double net[3];
    exact_fluid_law law;
    for (int r = 0; r < 3; r++) net[r] = balance[r] / YEARS;
    assert_int_equal(exact_fluid_stationary(&(exact_fluid){3, rates, net, s->store}, &law), 0);
    return strcmp(what, "P_empty_and_coercion") == 0  ? law.empty[2]
           : strcmp(what, "P_empty_and_tension") == 0 ? law.empty[1]
                                                      : law.unserved;
}

static double stock_value(const reference *r, int row, const exact_stock *s)
{
    const char *test = reference_text(r, row, "test"), *what = reference_text(r, row, "quantity");
    double probability, unserved;
    if (strcmp(test, "MMFQ_D") == 0) return horizon_value(s, what);
    if (strcmp(test, "MMFQ_F") == 0) return exact_stock_first_passage(s);
    if (strcmp(test, "REGIME") == 0) return chain_value(s, what);
    if (strcmp(test, "IS") == 0) return tilted_value(s, what, reference_number(r, row, "multiplier"));
    if (strcmp(test, "FLUID") == 0) return fluid_value(s, what);
    assert_string_equal(test, "MMFQ_S");
    exact_stock_stationary(s, &probability, &unserved);
    return what[0] == 'L' ? probability : unserved;
}

static void test_markov_stock(void **state)
{
    (void)state;
    double P[9];
    transitions(1, P);
    reference *r = reference_read("markov_stock.csv");
    for (int row = 0; row < r->rows; row++) {
        int K = (int)reference_number(r, row, "K"), T = (int)reference_number(r, row, "T");
        exact_stock s = {3, P, normal, balance, K, K, T};
        reference_check(r, row, reference_text(r, row, "quantity"), stock_value(r, row, &s),
                        reference_number(r, row, "value"), reference_number(r, row, "error"));
    }
    reference_done(r, r->rows, NULL);
}

/* What has no reference row is tied to what has: laws that must agree with each other. */
static void test_stock_identities(void **state)
{
    (void)state;
    double P[9], law[625];
    transitions(1, P);
    exact_stock s = {3, P, normal, balance, 20, 20, 104};
    exact_stock_figures f, g;
    exact_stock_horizon(&s, &f);
    /* the total need without a cap is the total unserved, 624 at most */
    assert_true(exact_stock_need(&s, -1, 624, law) == 0);
    exact_tail tail = exact_tail_of(law, 624, 0.95);
    assert_true(fabs(tail.mean - f.unserved) < 1e-11 && fabs(tail.any - f.any) < 1e-12);
    /* a reserve of 30 without a cap leaves a shortage if and only if the need exceeds 30 [R6.3] */
    double beyond = 0;
    for (int m = 31; m <= 624; m++) beyond += law[m];
    exact_stock_reserved(&s, 30, 624, &g);
    assert_true(fabs(g.any - beyond) < 1e-12);
    /* with a cap of 4 a step: also where a step needs more */
    double irreducible = exact_stock_need(&s, 4, 624, law), enough = 0;
    for (int m = 0; m <= 30; m++) enough += law[m];
    exact_stock_reserved(&s, 30, 4, &g);
    assert_true(irreducible > 0 && fabs(1 - enough - g.any) < 1e-12);
    /* an empty reserve, a shortage of any length, the required store */
    exact_stock_reserved(&s, 0, 4, &g);
    assert_true(fabs(g.any - f.any) < 1e-12 && fabs(g.unserved - f.unserved) < 1e-11 &&
                fabs(g.first - f.first) < 1e-10);
    assert_true(fabs(exact_stock_long_shortage(&s, 0, 1) - f.any) < 1e-12);
    assert_true(exact_stock_long_shortage(&s, 0, 4) < f.any);
    int K = exact_stock_required_store(&s, 0.9, 1000);
    for (int d = -1; d <= 0; d++) {
        exact_stock full = s;
        full.store = full.opening = K + d;
        exact_stock_horizon(&full, &g);
        assert_true((1 - g.any >= 0.9) == (d == 0));
    }
    print_message("store for 90 %% over 104 steps: %d units; %.6f shortages, P %.6f\n", K, f.events, f.any);
}

/* A figure of the specification outside the tables: K = 120, T = 522. */
static void test_ten_years(void **state)
{
    (void)state;
    double P[9];
    transitions(1, P);
    exact_stock_figures f;
    exact_stock_horizon(&(exact_stock){3, P, normal, balance, 120, 120, 522}, &f);
    print_message("ten years: %.10f %.8f %.10f\n", f.short_steps, f.unserved, f.any);
    assert_true(fabs(f.short_steps - 50.96798190) < 5e-9 && fabs(f.unserved - 137.29516) < 5e-6 &&
                fabs(f.any - 0.50176587) < 5e-9);
}

static void test_joint(void **state)
{
    (void)state;
    double P[9];
    transitions(1, P);
    reference *r = reference_read("joint.csv");
    for (int row = 0; row < r->rows; row++) {
        int K = (int)reference_number(r, row, "K1"), L = (int)reference_number(r, row, "K2");
        exact_stock a = {3, P, normal, balance, K, K, 156}, b = {3, P, normal, second_balance, L, L, 156};
        exact_stock_pair p;
        exact_stock_joint(&a, &b, &p);
        const char *what = reference_text(r, row, "quantity");
        double value = what[strlen(what) - 1] == '1'   ? p.only_first
                       : what[strlen(what) - 1] == '2' ? p.only_second
                                                       : p.both;
        reference_check(r, row, what, value, reference_number(r, row, "value"),
                        reference_number(r, row, "error"));
    }
    reference_done(r, r->rows, NULL);
}

static void test_tandem(void **state)
{
    (void)state;
    reference *r = reference_read("tandem.csv");
    for (int row = 0; row < r->rows; row++) {
        exact_tandem x = {.demand = 4, .ore = 2, .steps = 156};
        exact_tandem_figures f;
        x.capacity = (int)reference_number(r, row, "c");
        x.ore_store = (int)reference_number(r, row, "KO");
        x.metal_store = (int)reference_number(r, row, "KM");
        exact_tandem_chain(0.4, 1.3, YEARS, x.embargo);
        exact_tandem_chain(0.5, 8, YEARS, x.refinery);
        exact_tandem_horizon(&x, &f);
        const char *what = reference_text(r, row, "quantity");
        reference_check(r, row, what, what[0] == 'L' ? f.short_steps : f.unserved,
                        reference_number(r, row, "value"), reference_number(r, row, "error"));
    }
    reference_done(r, r->rows, NULL);
}

static void test_embargo(void **state)
{
    (void)state;
    reference *r = reference_read("embargo.csv");
    for (int row = 0; row < r->rows; row++) {
#define CELL(name) (int)reference_number(r, row, name)
        exact_embargo x = {.demand = CELL("d"),
                           .lag = CELL("l"),
                           .from = CELL("t0"),
                           .length = CELL("L"),
                           .firm = CELL("S"),
                           .reserve = CELL("N"),
                           .cap = CELL("r"),
                           .delay = CELL("dd"),
                           .steps = 60};
#undef CELL
        exact_embargo_figures f = exact_embargo_run(&x);
        const char *what = reference_text(r, row, "quantity");
        int value = what[0] == 'u' ? f.unserved : what[0] == 'f' ? f.first : f.short_steps;
        reference_check(r, row, what, value, reference_number(r, row, "value"), 0);
    }
    reference_done(r, r->rows, NULL);
}

/* ---- cover, store in continuous time ---- */

static void test_cover(void **state)
{
    (void)state;
    reference *r = reference_read("exponential_cover.csv");
    for (int row = 0; row < r->rows; row++) {
        double mean = reference_number(r, row, "mean_disruption_days");
        exact_cut cut = {exact_survival_exponential, &mean, mean};
        exact_cover_figures f;
        exact_cover(&cut, reference_number(r, row, "days_of_cover"),
                    reference_number(r, row, "event_rate_per_year"),
                    reference_number(r, row, "horizon_years"), &f);
        static const char *const what[] = {"P_shortage_given_event", "E_unserved_days_given_event",
                                           "P_at_least_one_shortage_in_horizon",
                                           "E_unserved_days_in_horizon"};
        double value[] = {f.probability, f.unserved, f.any, f.total};
        for (int k = 0; k < 4; k++) {
            double want = reference_number(r, row, what[k]);
            /* 1 - exp(-x) of small x lost digits in the table */
            reference_check(r, row, what[k], value[k], want, 1e-12 * want + 2.3e-16);
        }
    }
    reference_done(r, 4 * r->rows, NULL);
}

/* Other laws: the quadrature against closed forms. */
static void test_cover_laws(void **state)
{
    (void)state;
    exact_cover_figures f;
    exact_weibull w = {30, 1};
    exact_cover(&(exact_cut){exact_survival_weibull, &w, 30}, 18, 0, 0, &f);
    assert_true(fabs(f.unserved - 30 * exp(-0.6)) < 1e-11 && fabs(f.probability - exp(-0.6)) < 1e-14);
    w.shape = 2.5; /* its mean, without cover */
    exact_cover(&(exact_cut){exact_survival_weibull, &w, 30}, 0, 0, 0, &f);
    assert_true(fabs(f.unserved - 30) < 1e-11);
    exact_lognormal l = {42, 0.8}; /* E(X - c)+ as for an option */
    double c = 60, mean = 42 * exp(0.32), d = (log(42 / c) + 0.64) / 0.8;
    double want = mean * 0.5 * erfc(-d / sqrt(2)) - c * 0.5 * erfc(-(d - 0.8) / sqrt(2));
    exact_cover(&(exact_cut){exact_survival_lognormal, &l, mean}, c, 0, 0, &f);
    assert_true(fabs(f.unserved - want) < 1e-11);
    double m = 30, sum = exp(-18 / m) / -expm1(-1 / m);
    assert_true(fabs(exact_cover_stepped(&(exact_cut){exact_survival_exponential, &m, m}, 18, 4000) - sum) <
                1e-11);
}

static void test_fluid(void **state)
{
    (void)state;
    reference *r = reference_read("fluid_store.csv");
    for (int row = 0; row < r->rows; row++) {
        double up = reference_number(r, row, "mean_up_days"),
               down = reference_number(r, row, "mean_down_days");
        double use = reference_number(r, row, "demand_per_day");
        double G[4] = {-1 / up, 1 / up, 1 / down, -1 / down},
               net[2] = {reference_number(r, row, "net_refill_per_day"), -use};
        exact_fluid_law law;
        exact_fluid x = {2, G, net, use * reference_number(r, row, "capacity_days_of_cover")};
        assert_int_equal(exact_fluid_stationary(&x, &law), 0);
        static const char *const what[] = {"P_shortage", "P_full", "shortage_events_per_day",
                                           "expected_unserved_per_day", "mean_stock"};
        double value[] = {law.shortage, law.filled, law.events, law.unserved, law.mean};
        for (int k = 0; k < 5; k++) {
            double want = reference_number(r, row, what[k]);
            reference_check(r, row, what[k], value[k], want, 1e-12 * want);
        }
    }
    reference_done(r, 5 * r->rows, NULL);
}

/* ---- generating systems ---- */

typedef struct {
    double energy, daily;
    exact_adequacy a;
    exact_fleet_figures f; /* RBTS only: 360 states */
} power_study;

static double power_value(const power_study *s, const char *what)
{
    static const char *const name[] = {"LOLE_hours",
                                       "LOLE_days",
                                       "EUE",
                                       "NEUE_ppm",
                                       "LOLF_hourly",
                                       "LOLF_cyclic",
                                       "LOLF_hour0_excluded",
                                       "LOLF_hour0_counted",
                                       "LOLF_continuous",
                                       "mean_run_hours",
                                       "energy_GWh",
                                       "sd_hours",
                                       "sd_unserved",
                                       "any"};
    double value[] = {s->a.short_steps,   s->daily,
                      s->a.unserved,      1e6 * s->a.unserved / s->energy,
                      s->a.events_cyclic, s->a.events_cyclic,
                      s->a.events_within, s->a.events_counted,
                      s->a.frequency,     s->a.short_steps / s->a.events_cyclic,
                      s->energy / 1000,   s->f.short_steps_sd,
                      s->f.unserved_sd,   s->f.any};
    for (size_t k = 0; k < sizeof name / sizeof *name; k++)
        if (strcmp(what, name[k]) == 0) return value[k];
    return NAN;
}

static void study(const char *system, const char *units, double peak, int constant, power_study *s)
{
    static double load[HOURS], daily[HOURS / 24];
    exact_unit unit[UNITS];
    exact_group group[16];
    int groups, n = read_units(units, unit, group, &groups);
    load_year(peak, load, daily);
    for (int t = 0; constant && t < HOURS; t++) load[t] = peak;
    memset(s, 0, sizeof *s);
    for (int t = 0; t < HOURS; t++) s->energy += load[t];
    exact_adequacy_study(unit, n, load, HOURS, 1, &s->a);
    s->daily = exact_loss_of_load(unit, n, daily, HOURS / 24);
    if (strcmp(units, "RBTS") == 0) {
        exact_fleet_horizon(group, groups, load, HOURS, 1, &s->f);
        assert_true(fabs(s->f.short_steps - s->a.short_steps) < 1e-9 * s->a.short_steps &&
                    fabs(s->f.unserved - s->a.unserved) < 1e-9 * s->a.unserved &&
                    fabs(s->f.events - s->a.events_counted) < 1e-9 * s->a.events_counted);
    }
    print_message("%s: LOLE %.9f h, %.9f d; EUE %.6f MWh; LOLF %.10f (cyclic), %.9f (continuous)\n", system,
                  s->a.short_steps, s->daily, s->a.unserved, s->a.events_cyclic, s->a.frequency);
}

static void test_power(void **state)
{
    (void)state;
    static power_study rbts, peak, rts;
    study("RBTS", "RBTS", 185, 0, &rbts);
    study("RBTS, constant peak", "RBTS", 185, 1, &peak);
    study("RTS79", "RTS79", 2850, 0, &rts);
    print_message("RBTS: P(any) %.9f, standard deviations %.6f h, %.5f MWh\n", rbts.f.any,
                  rbts.f.short_steps_sd, rbts.f.unserved_sd);
    reference *r = reference_read("power.csv");
    int left = 0;
    for (int row = 0; row < r->rows; row++) {
        const char *system = reference_text(r, row, "system"), *what = reference_text(r, row, "quantity");
        const power_study *s = strcmp(system, "RBTS") == 0    ? &rbts
                               : strcmp(system, "RTS79") == 0 ? &rts
                                                              : &peak;
        double value = power_value(s, what), want = reference_number(r, row, "value"),
               error = reference_number(r, row, "error"), se = reference_number(r, row, "se");
        if (isnan(value)) { /* tails of a year's energy */
            left++;
            continue;
        }
        if (strcmp(reference_text(r, row, "kind"), "simulated") == 0)
            error = 4 * (se > 0 ? se : 0.004 * want);
        reference_check(r, row, what, value, want, error);
    }
    reference_done(r, r->rows - left, "CVaR of the RBTS, which need the law of a year's energy");
    assert_int_equal(left, 2);
}

static void test_three_units(void **state)
{
    (void)state;
    static const int net[4] = {25 - 5, 28 - 6, 27 - 7, 24 - 8};
    exact_unit unit[3];
    double law[31], total[128];
    /* failure 0.1 and repair 0.9 a step: up with probability 0.9 whatever the step before */
    for (int k = 0; k < 3; k++) unit[k] = (exact_unit){2, {10, 0}, {0.9, 0.1}, {0}, {0.9, 0.1, 0.9, 0.1}};
    int top = exact_capacity_law(unit, 3, law), most = exact_shortfall_law(law, top, net, 4, NULL);
    assert_true(top == 30 && most < 128);
    exact_shortfall_law(law, top, net, 4, total);
    exact_tail tail = exact_tail_of(total, most, 0.95);
    reference *r = reference_read("three_units.csv");
    for (int row = 0; row < r->rows; row++) {
        const char *what = reference_text(r, row, "quantity"), *step = reference_text(r, row, "step");
        double load[4], value = NAN;
        int from = strcmp(step, "total") == 0 ? 0 : atoi(step) - 1, n = strcmp(step, "total") == 0 ? 4 : 1;
        for (int t = 0; t < n; t++) load[t] = net[from + t];
        exact_adequacy a;
        exact_adequacy_study(unit, 3, load, n, 1, &a);
        if (strncmp(what, "LOL", 3) == 0) value = a.short_steps;
        if (strcmp(what, "EUE") == 0) value = a.unserved;
        if (strcmp(what, "sd") == 0) value = tail.sd;
        if (strcmp(what, "any") == 0) value = tail.any;
        if (strcmp(what, "VaR95") == 0) value = tail.var;
        if (strcmp(what, "CVaR95") == 0) value = tail.cvar;
        reference_check(r, row, what, value, reference_number(r, row, "value"),
                        reference_number(r, row, "error"));
    }
    reference_done(r, r->rows, NULL);
}

/* A derated unit is two states more of the table: two units of 10 that are up together or down together, by
 * thirds. */
static void test_derated_unit(void **state)
{
    (void)state;
    double rate[9] = {-2, 1, 1, 1, -2, 1, 1, 1, -2}, law[21], load[2] = {11, 10.5};
    exact_unit unit = exact_unit_of(3, (int[]){20, 10, 0}, rate, 0.5);
    exact_adequacy a;
    assert_int_equal(exact_capacity_law(&unit, 1, law), 20);
    for (int c = 0; c <= 20; c++) assert_true(fabs(law[c] - (c % 10 == 0 ? 1.0 / 3 : 0)) < 1e-15);
    exact_adequacy_study(&unit, 1, load, 2, 0.5, &a);
    /* rates from 20 to below 11 or 10.5: 2 a unit of time in a third of it, over 1 */
    double stay = (1 + 2 * exp(-1.5)) / 3;
    assert_true(fabs(a.frequency - 2.0 / 3) < 1e-14 && fabs(a.short_steps - 4.0 / 3) < 1e-14);
    assert_true(fabs(a.unserved - (12 + 11) / 3.0) < 1e-13);
    assert_true(fabs(a.events_cyclic - 2 * (1 - stay) / 3) < 1e-14);
    assert_true(fabs(a.events_counted - a.events_within - 2.0 / 3) < 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markov_stock), cmocka_unit_test(test_stock_identities),
        cmocka_unit_test(test_ten_years),    cmocka_unit_test(test_joint),
        cmocka_unit_test(test_tandem),       cmocka_unit_test(test_embargo),
        cmocka_unit_test(test_cover),        cmocka_unit_test(test_cover_laws),
        cmocka_unit_test(test_fluid),        cmocka_unit_test(test_power),
        cmocka_unit_test(test_three_units),  cmocka_unit_test(test_derated_unit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
