/* Profiles: the mean of every period over every length of step against a sum over half hours, the calendar
 * counted by hand; single periods to the last bit. */
#include "num_test.h"
#include "num/calendar.h"
#include "num/profile.h"
#include <math.h>
#include <stdlib.h>

enum { ROWS = 40000, HALF_HOURS_OF_DAY = 48 };

/* Number of the period that holds a day, counted from that of `start`, day by day; hours apart. */
static int64_t count_periods(kura_period period, int32_t start, int32_t day)
{
    int64_t n = 0;
    int y, m, d;
    if (period == KURA_PERIOD_DAY) return day - start;
    if (period == KURA_PERIOD_WEEK) {
        n = (day - start) / 7;
        return n * 7 > day - start ? n - 1 : n;
    }
    for (int32_t x = start + 1; x <= day; x++) {
        kura_date_from_days(x, &y, &m, &d);
        n += d == 1 && (period == KURA_PERIOD_MONTH || m == 1);
    }
    for (int32_t x = start; x > day; x--) {
        kura_date_from_days(x, &y, &m, &d);
        n -= d == 1 && (period == KURA_PERIOD_MONTH || m == 1);
    }
    return n;
}

/* Row of every half hour of the run. */
static int64_t *rows_of_half_hours(kura_period period, int32_t start, int32_t first_day, int64_t n)
{
    int64_t *rows = malloc((size_t)n * sizeof *rows);
    assert_non_null(rows);
    int64_t number = 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t day = first_day + (int32_t)(i / HALF_HOURS_OF_DAY);
        if (period != KURA_PERIOD_HOUR && i % HALF_HOURS_OF_DAY == 0)
            number = i && period >= KURA_PERIOD_MONTH ? number + count_periods(period, day - 1, day)
                                                      : count_periods(period, start, day);
        if (period == KURA_PERIOD_HOUR) {
            int64_t half = (int64_t)(first_day - start) * HALF_HOURS_OF_DAY + i;
            number = half >= 0 ? half / 2 : -((1 - half) / 2);
        }
        rows[i] = number;
    }
    return rows;
}

static double value_at(const kura_profile *p, int64_t row)
{
    int64_t i = row;
    if (p->repeat) {
        while (i < 0) i += p->n;
        i %= p->n;
    }
    return p->values[i < 0 ? 0 : i >= p->n ? p->n - 1 : i];
}

static void check(const kura_profile *p, int32_t first_day, int half_hours, int64_t before, int64_t steps)
{
    kura_steps s = {first_day, half_hours / 48.0, -before, steps};
    double *means = malloc((size_t)(before + steps) * sizeof *means);
    assert_non_null(means);
    kura_profile_means(p, &s, means);
    int64_t whole = (before * half_hours + HALF_HOURS_OF_DAY - 1) / HALF_HOURS_OF_DAY; /* days before */
    int64_t skip = whole * HALF_HOURS_OF_DAY - before * half_hours, n = skip + (before + steps) * half_hours;
    int64_t *rows = rows_of_half_hours(p->period, p->start_day, first_day - (int32_t)whole, n);
    for (int64_t t = 0; t < before + steps; t++) {
        double sum = 0;
        int one = 1;
        for (int i = 0; i < half_hours; i++) {
            int64_t row = rows[skip + t * half_hours + i];
            sum += value_at(p, row);
            one &= row == rows[skip + t * half_hours];
        }
        double want = sum / half_hours;
        if (one ? means[t] != value_at(p, rows[skip + t * half_hours]) : !(fabs(means[t] - want) < 1e-12))
            fail_msg("period %d, steps of %g h, repeat %d, step %d: %.17g, expected %.17g", p->period,
                     half_hours / 2.0, p->repeat, (int)(t - before), means[t], want);
    }
    int64_t first, last;
    s.first = 0;
    kura_profile_span(p, &s, &first, &last);
    assert_true(first == rows[skip + before * half_hours] && last == rows[n - 1]);
    free(means), free(rows);
}

/* 2023-11-17 to 2029 and more: over the leap days of 2024 and 2028. */
static void test_every_period_and_step(void **state)
{
    (void)state;
    static const int half_hours[] = {2, 10, 48, 72, 336, 400, 1461, 1488}; /* 1461: a twelfth of a year */
    static double values[ROWS];
    for (int i = 0; i < ROWS; i++) values[i] = fmod(0.5 + 0.6180339887 * i, 1);
    int32_t run = kura_days_from_date(2023, 11, 17);
    for (int period = KURA_PERIOD_HOUR; period <= KURA_PERIOD_YEAR; period++)
        for (int i = 0; i < 8; i++)
            for (int k = 0; k < 4; k++) {
                int64_t steps = 1800 * 48 / half_hours[i];
                if (steps > 20000) steps = 20000;
                kura_profile p = {(kura_period)period,
                                  run - (k == 1   ? 500
                                         : k == 3 ? -20
                                                  : 0),
                                  k >= 2, k >= 2 ? 7 + 5 * period : ROWS, values};
                check(&p, run, half_hours[i], k == 2 ? 0 : 61, steps);
            }
}

static void test_long_table(void **state)
{
    (void)state;
    static double values[8784];
    for (int i = 0; i < 8784; i++) values[i] = 1.0 / (i + 3);
    kura_profile p = {KURA_PERIOD_HOUR, 19723, 0, 8784, values}; /* 2024, a leap year */
    double out[8784];
    kura_profile_means(&p, &(kura_steps){19723, 1.0 / 24, 0, 8784}, out);
    for (int i = 0; i < 8784; i++) assert_true(out[i] == values[i]);
    int64_t first, last;
    kura_profile_span(&p, &(kura_steps){19723, 1.0 / 24, 0, 8784}, &first, &last);
    assert_true(first == 0 && last == 8783);
    p.period = KURA_PERIOD_MONTH;
    kura_profile_span(&p, &(kura_steps){19723, 1.0 / 24, 0, 8784}, &first, &last);
    assert_true(first == 0 && last == 11);
    kura_profile_span(&p, &(kura_steps){19723, 1.0 / 24, 0, 8785}, &first, &last);
    assert_true(first == 0 && last == 12);
    for (int i = 0; i < 8784; i++) values[i] = 0.1;
    kura_profile_means(&p, &(kura_steps){19730, 31, 0, 100}, out); /* equal values average to themselves */
    for (int i = 0; i < 100; i++) assert_true(out[i] == 0.1);
}

static void test_dates(void **state)
{
    (void)state;
    assert_true(kura_steps_have_dates(&(kura_steps){19723, 7, -5200, 52000}));
    assert_false(kura_steps_have_dates(&(kura_steps){19723, 31, 0, 100000}));
    assert_false(kura_steps_have_dates(&(kura_steps){19723, 31, -100000, 0}));
}

/* From the second day of year 1 to the last of 9999: earlier and later days have no date. */
static void test_days_with_dates(void **state)
{
    (void)state;
    int32_t first = kura_days_from_date(1, 1, 2), last = kura_days_from_date(9999, 12, 31);
    kura_steps s = {.start_day = first, .step_days = 1, .first = 0, .end = 10};
    assert_true(kura_steps_have_dates(&s));
    s.first = -1;
    assert_false(kura_steps_have_dates(&s));
    s = (kura_steps){.start_day = last - 10, .step_days = 1, .first = 0, .end = 10};
    assert_true(kura_steps_have_dates(&s));
    s.end = 11;
    assert_false(kura_steps_have_dates(&s));
    s = (kura_steps){.start_day = last - 10, .step_days = 0.5, .first = -20, .end = 20};
    assert_true(kura_steps_have_dates(&s));
    s.end = 21;
    assert_false(kura_steps_have_dates(&s));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_period_and_step),
                                       cmocka_unit_test(test_long_table), cmocka_unit_test(test_dates),
                                       cmocka_unit_test(test_days_with_dates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
