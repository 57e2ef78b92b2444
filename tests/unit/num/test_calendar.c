/* Calendar: every day of 400 years there and back, known days, strict reading. */
#include "num_test.h"
#include "num/calendar.h"

static void test_every_day(void **state)
{
    (void)state;
    int year = 1800, month = 1, day = 1;
    int32_t first = kura_days_from_date(1800, 1, 1), last = kura_days_from_date(2200, 1, 1);
    assert_int_equal(last - first, 146097);
    for (int32_t d = first; d < last; d++) {
        int y, m, dd;
        kura_date_from_days(d, &y, &m, &dd);
        assert_true(y == year && m == month && dd == day);
        assert_int_equal(kura_days_from_date(y, m, dd), d);
        if (++day > kura_days_in_month(year, month)) {
            day = 1;
            if (++month > 12) month = 1, year++;
        }
    }
}

static void test_known_days(void **state)
{
    (void)state;
    assert_int_equal(kura_days_from_date(1970, 1, 1), 0);
    assert_int_equal(kura_days_from_date(1969, 12, 31), -1);
    assert_int_equal(kura_days_from_date(2000, 3, 1), 11017);
    assert_int_equal(kura_days_from_date(2026, 1, 1), 20454);
    assert_int_equal(kura_days_from_date(1, 1, 1), -719162);
    assert_int_equal(kura_days_from_date(9999, 12, 31), 2932896);
    assert_int_equal(kura_days_in_month(1900, 2), 28);
    assert_int_equal(kura_days_in_month(2000, 2), 29);
    assert_int_equal(kura_days_in_month(2024, 2), 29);
    assert_int_equal(kura_days_in_month(2025, 13), 0);
    assert_int_equal(kura_days_in_month(2025, 0), 0);
}

static void test_text(void **state)
{
    (void)state;
    char text[11];
    int32_t days = 0;
    static const char *const good[] = {"1970-01-01", "2026-02-28", "2024-02-29",
                                       "0001-01-01", "9999-12-31", "1900-03-01"};
    static const char *const bad[] = {"",           "2026",        "2026-1-1",    "2026-01-1",   "2026-02-29",
                                      "2026-13-01", "2026-00-10",  "2026-01-00",  "2026-01-32",  "0000-01-01",
                                      "2026/01/01", "2026-01-01 ", " 2026-01-01", "2026-01-01T", "-026-01-01",
                                      "+026-01-01", "2026-0a-01",  "20260101",    "2026-04-31"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(kura_date_parse(good[i], &days), 0);
        kura_date_format(days, text);
        assert_string_equal(text, good[i]);
    }
    days = 123;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(kura_date_parse(bad[i], &days), 0);
    assert_int_equal(days, 123);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_day), cmocka_unit_test(test_known_days),
                                       cmocka_unit_test(test_text)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
