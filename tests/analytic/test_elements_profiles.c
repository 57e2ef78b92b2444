/* Profiles of demand and availability, exactly: every row where steps and rows meet, averages by the calendar
 * where they do not; and none of it when the profile is taken out. */
#include "case.h"

#define QUANTUM 0x1p-20
#define HUB "unit/metal/JPN"

/* A country on its own: a mine of 64 t a step, a store that is never full, a demand. */
static run_result run_place(const char *name, const char *run, const char *profiles, const char *site,
                            const char *demand, const char *rest)
{
    return run_text(
        text("format: 1\n"
             "name: place\n"
             "run: {paths: 1, seed: 5, per: horizon, %s}\n"
             "minerals: {unit: {forms: [metal], lattice_exponent: -20, market: {production: push}}}\n"
             "profiles: {%s}\n"
             "network:\n"
             "  hubs: [{mineral: unit, form: metal, country: JPN, storage: 1e6 t, opening: 1000 t}]\n"
             "  sites: {mine: {mineral: unit, form: metal, country: JPN, kind: mine, output: 64 t/step%s}}\n"
             "  demand: [{mineral: unit, form: metal, country: JPN, %s}]\n"
             "%s"
             "tallies: {required_stock: false, trace_paths: 1}\n",
             run, profiles, site, demand, rest),
        NULL, name);
}

static double demand_of(const run_result *r, int64_t t) { return cell(r, "demand", "consumer", HUB, t); }

static void assert_demand(const run_result *r, int64_t t, double want, double within)
{
    double x = demand_of(r, t);
    if (!(fabs(x - want) <= within)) fail_msg("demand in step %d: %.17g, expected %.17g", (int)t, x, want);
}

/* `n` values, no two alike, below 2; as a table with one more column that is not read. */
static double value(int i) { return 2 * fmod(0.31 + 0.6180339887498949 * i, 1); }
static const char *put_table(const char *name, const char *header, int n)
{
    static char table[1 << 20];
    int used = snprintf(table, sizeof table, "when,%s\n", header);
    for (int i = 0; i < n; i++)
        used += snprintf(table + used, sizeof table - (size_t)used, "row %d,%.17g\n", i, value(i));
    assert_true(used < (int)sizeof table);
    return put_file(name, table);
}

/* Rows of an hour in steps of an hour: to the last bit, relative and absolute. */
static void test_hours(void **state)
{
    (void)state;
    put_table("hours.csv", "load", 100);
    put_table("hours-t.csv", "load [t/hour]", 100);
    run_result r = run_place("profiles-hours", "step: 1 hour, steps: 100",
                             "load: {file: hours.csv, column: load, period: hour}", "",
                             "rate: 16 t/hour, profile: load", "");
    for (int t = 0; t < 100; t++) assert_demand(&r, t, floor(16 * value(t) / QUANTUM) * QUANTUM, 0);
    drop(&r);
    double mean = 0;
    r = run_place("profiles-hours", "step: 1 hour, steps: 100",
                  "load: {file: hours-t.csv, column: load, period: hour, kind: absolute}", "",
                  "profile: load", "");
    for (int t = 0; t < 100; t++) {
        assert_demand(&r, t, floor(value(t) / QUANTUM) * QUANTUM, 0);
        mean += value(t) / 100;
    }
    double base = numbers(&r, "network", "hub_use")[0] / (24 * 365.25); /* the mean is the base */
    assert_true(fabs(base - mean) < 2 * QUANTUM);
    drop(&r);
    r = run_place("profiles-hours", "step: 1 hour, steps: 100",
                  "load: {file: hours-t.csv, column: load, period: hour, kind: absolute}", "",
                  "rate: 3 t/hour, profile: load", ""); /* another base, the same demand */
    for (int t = 0; t < 100; t++) assert_demand(&r, t, floor(value(t) / QUANTUM) * QUANTUM, 0);
    drop(&r);
}

/* Days of 2027 to 2029, 2028 a leap year, counted by hand: month and year of every day from 2027-11-17. */
enum { DAYS = 700 };
static void count_days(int month[DAYS], int year[DAYS])
{
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int y = 2027, m = 10, d = 16; /* from 0 */
    for (int i = 0; i < DAYS; i++) {
        month[i] = 12 * (y - 2027) + m - 10;
        year[i] = y - 2027;
        if (++d == length[m] + (m == 1 && y == 2028)) d = 0, m++;
        if (m == 12) m = 0, y++;
    }
}

static int floor_div(int a, int b) { return a / b - (a % b < 0); }

static void test_calendar(void **state)
{
    (void)state;
    static const char *const periods[] = {"day", "week", "month", "year"};
    static const int steps[] = {1, 5, 7, 31};
    static int month[DAYS], year[DAYS];
    count_days(month, year);
    put_table("calendar.csv", "load", DAYS);
    put_table("short.csv", "load", 5);
    for (int p = 0; p < 4; p++)
        for (int k = 0; k < 4; k++)
            for (int repeat = 0; repeat < 2; repeat++) {
                int n = 690 / steps[k];
                run_result r = run_place(
                    "profiles-calendar", text("start: 2027-11-17, step: %d days, steps: %d", steps[k], n),
                    text("load: {file: %s, column: load, period: %s, repeat: %s}",
                         repeat ? "short.csv" : "calendar.csv", periods[p], repeat ? "true" : "false"),
                    "", "rate: 16 t/step, profile: load", "");
                for (int t = 0; t < n; t++) {
                    double sum = 0;
                    for (int d = t * steps[k]; d < (t + 1) * steps[k]; d++) {
                        int row = p == 0 ? d : p == 1 ? d / 7 : p == 2 ? month[d] : year[d];
                        sum += value(repeat ? row % 5 : row);
                    }
                    assert_demand(&r, t, 16 * sum / steps[k], QUANTUM + 1e-12);
                }
                drop(&r);
            }
}

/* A table that begins on another day: earlier, or with repeat later. */
static void test_start(void **state)
{
    (void)state;
    put_table("weeks.csv", "load", 53);
    for (int later = 0; later < 2; later++) {
        run_result r = run_place("profiles-start", "start: 2026-01-05, step: 1 day, steps: 300",
                                 text("load: {file: weeks.csv, column: load, period: week, start: %s, "
                                      "repeat: %s}",
                                      later ? "2026-01-28" : "2025-12-31", later ? "true" : "false"),
                                 "", "rate: 16 t/step, profile: load", "");
        for (int t = 0; t < 300; t++) {
            int row = floor_div(t + (later ? -23 : 5), 7);
            assert_demand(&r, t, floor(16 * value((row + 53) % 53) / QUANTUM) * QUANTUM, 0);
        }
        drop(&r);
    }
}

/* On top of growth; the mine follows growth and not the profile.  Taken out, the demand is the rate. */
static void test_growth(void **state)
{
    (void)state;
    put_table("months.csv", "load", 12);
    for (int with = 0; with < 2; with++) {
        run_result r =
            run_place("profiles-growth", "start: 2026-01-01, step: 7 days, steps: 200",
                      "load: {file: months.csv, column: load, period: month, repeat: true}, one: {file: "
                      "months.csv, column: load, period: year, repeat: true}",
                      "", with ? "rate: 16 t/step, growth: 5 %/year, profile: load" : "rate: 16 t/step", "");
        run_result flat = run_place("profiles-flat", "start: 2026-01-01, step: 7 days, steps: 200",
                                    "load: {file: months.csv, column: load, period: month, repeat: true}", "",
                                    "rate: 16 t/step, profile: load", "");
        for (int t = 0; t < 200; t++) {
            double growth = pow(1.05, DY * t);
            if (!with)
                assert_demand(&r, t, 16, 0);
            else
                assert_demand(&r, t, growth * demand_of(&flat, t), 4 * QUANTUM);
            double made = cell(&r, "output", "site", "mine", t);
            if (!(fabs(made - 64 * (with ? growth : 1)) <= 2 * QUANTUM))
                fail_msg("output in step %d: %.17g", t, made);
        }
        drop(&r), drop(&flat);
    }
}

/* A season of a site multiplies its availability, whatever else acts on it. */
static void test_season(void **state)
{
    (void)state;
    static const double season[] = {0, 0, 0.25, 0.5, 1, 1, 1, 1, 0.75, 0.5, 0, 0};
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    put_file("season.csv", "open\n0\n0\n0.25\n0.5\n1\n1\n1\n1\n0.75\n0.5\n0\n0\n");
    for (int with = 0; with < 2; with++)
        for (int event = 0; event < 2; event++) {
            run_result r = run_place(
                "profiles-season", "start: 2026-01-01, step: 1 day, steps: 730",
                "open: {file: season.csv, period: month, repeat: true}", with ? ", profile: open" : "",
                "rate: 1 t/step",
                event ? "events: [{from: 100, to: 300, object: site/mine, field: availability, value: 50 "
                        "%}]\n"
                      : "");
            for (int t = 0, m = 0, d = 0; t < 730; t++) {
                double want = 64 * (with ? season[m % 12] : 1) * (event && t >= 100 && t < 300 ? 0.5 : 1);
                assert_step(&r, "output", "site", "mine", t, want);
                if (++d == length[m % 12]) d = 0, m++;
            }
            drop(&r);
        }
}

/* Before the start: the true time with repeat, else the first value.  The store shows what was made then. */
static void test_burn_in(void **state)
{
    (void)state;
    put_file("quarters.csv", "open [%]\n25\n50\n75\n100\n");
    for (int repeat = 0; repeat < 2; repeat++) {
        run_result r =
            run_place("profiles-burn-in", "step: 7 days, steps: 4, burn_in: 42 days",
                      text("open: {file: quarters.csv, period: week, repeat: %s}", repeat ? "true" : "false"),
                      ", profile: open", "rate: 0 t/step", "");
        /* six weeks before: rows 2 3 0 1 2 3, or row 0 six times; then row 0 */
        double made = repeat ? 64 * (0.75 + 1 + 0.25 + 0.5 + 0.75 + 1) : 64 * 0.25 * 6;
        assert_step(&r, "on_hand", "hub", HUB, 0, 1000 + made + 16);
        assert_step(&r, "on_hand", "hub", HUB, 3, 1000 + made + 64 * 2.5);
        drop(&r);
    }
}

/* A hub without storage: output is what the step uses, sites in the order of the table; shortage the rest. */
static void test_no_storage(void **state)
{
    (void)state;
    put_file("day.csv", "load\n8\n24\n40\n56\n12\n");
    for (int none = 0; none < 2; none++) {
        run_result r = run_text(
            text("format: 1\n"
                 "name: no-storage\n"
                 "run: {paths: 1, step: 1 hour, steps: 5, per: horizon}\n"
                 "minerals: {unit: {forms: [metal], lattice_exponent: -20, market: {production: push}}}\n"
                 "profiles: {day: {file: day.csv, period: hour}}\n"
                 "network:\n"
                 "  hubs: [{mineral: unit, form: metal, country: JPN, storage: %s, opening: 0 t}]\n"
                 "  sites:\n"
                 "    first: {mineral: unit, form: metal, country: JPN, kind: supply, output: 20 t/hour}\n"
                 "    second: {mineral: unit, form: metal, country: JPN, kind: supply, output: 30 t/hour}\n"
                 "  demand: [{mineral: unit, form: metal, country: JPN, rate: 1 t/hour, profile: day}]\n"
                 "tallies: {threshold: 0 %%, required_stock: false, trace_paths: 1}\n",
                 none ? "none" : "1e6 t"),
            NULL, "profiles-no-storage");
        static const double load[] = {8, 24, 40, 56, 12};
        for (int t = 0; t < 5; t++) {
            assert_step(&r, "output", "site", "first", t, none ? fmin(20, load[t]) : 20);
            assert_step(&r, "output", "site", "second", t, none ? fmin(30, fmax(0, load[t] - 20)) : 30);
            assert_step(&r, "unserved", "consumer", HUB, t, none ? fmax(0, load[t] - 50) : 0);
            if (none) assert_step(&r, "on_hand", "hub", HUB, t, 0);
        }
        assert_true(summary(&r, "expected_unserved", NULL) == (none ? 6 : 0));
        drop(&r);
    }
}

/* The example that ships with kura: a mine closed in winter, demand highest in spring. */
static void test_example(void **state)
{
    (void)state;
    const char *path = KURA_SOURCE_DIR "/configs/elements/demand-profile.yaml";
    run_result r = run_file(path, NULL, 0, NULL, "profiles-example");
    assert_true(summary(&r, "expected_unserved", NULL) == 0);
    drop(&r);
    const char *small[] = {"network.hubs=[{mineral: tungsten, form: concentrate, country: CAN, storage: 300 "
                           "t, opening: 300 t}]"};
    r = run_file(path, small, 1, NULL, "profiles-example");
    assert_true(summary(&r, "expected_unserved", NULL) > 50);
    drop(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hours),      cmocka_unit_test(test_calendar),
                                       cmocka_unit_test(test_start),      cmocka_unit_test(test_growth),
                                       cmocka_unit_test(test_season),     cmocka_unit_test(test_burn_in),
                                       cmocka_unit_test(test_no_storage), cmocka_unit_test(test_example)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
