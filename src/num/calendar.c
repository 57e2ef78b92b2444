/* Calendar, see calendar.h.  Years are counted from 1 January of year 1, a whole number of 400-year cycles
 * fits in. */
#include "num/calendar.h"

#define DAYS_TO_1970 719162 /* from 0001-01-01 */
#define CYCLE_YEARS 400
#define CYCLE_DAYS 146097

static int is_leap(int y) { return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0); }

/* Days from 0001-01-01 to 1 January of year y. */
static int32_t days_before_year(int y)
{
    int32_t past = y - 1;
    return 365 * past + past / 4 - past / 100 + past / 400;
}

int kura_days_in_month(int year, int month)
{
    static const unsigned char days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12) return 0;
    return days[month - 1] + (month == 2 && is_leap(year));
}

int32_t kura_days_from_date(int year, int month, int day)
{
    int32_t days = days_before_year(year) + day - 1;
    for (int m = 1; m < month; m++) days += kura_days_in_month(year, m);
    return days - DAYS_TO_1970;
}

void kura_date_from_days(int32_t days, int *year, int *month, int *day)
{
    int64_t n = (int64_t)days + DAYS_TO_1970;
    int64_t y = n * CYCLE_YEARS / CYCLE_DAYS + 1; /* off by one at most */
    while (days_before_year((int)y) > n) y--;
    while (days_before_year((int)y + 1) <= n) y++;
    n -= days_before_year((int)y);
    int m = 1;
    for (int length; (length = kura_days_in_month((int)y, m)) <= n; m++) n -= length;
    *year = (int)y;
    *month = m;
    *day = (int)n + 1;
}

/* The number of `count` decimal digits at `s`; -1 when one is no digit. */
static int digits(const char *s, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (s[i] < '0' || s[i] > '9') return -1;
        value = 10 * value + (s[i] - '0');
    }
    return value;
}

int kura_date_parse(const char *text, int32_t *days)
{
    int year = digits(text, 4);
    if (year < 1 || text[4] != '-') return 1;
    int month = digits(text + 5, 2);
    if (month < 1 || month > 12 || text[7] != '-') return 1;
    int day = digits(text + 8, 2);
    if (day < 1 || day > kura_days_in_month(year, month) || text[10] != '\0') return 1;
    *days = kura_days_from_date(year, month, day);
    return 0;
}

void kura_date_format(int32_t days, char out[11])
{
    static const char pattern[11] = "0000-00-00";
    int year, month, day;
    kura_date_from_days(days, &year, &month, &day);
    for (int i = 0; i < 11; i++) out[i] = pattern[i];
    for (int i = 3; i >= 0; i--, year /= 10) out[i] = (char)('0' + year % 10);
    for (int i = 6; i >= 5; i--, month /= 10) out[i] = (char)('0' + month % 10);
    for (int i = 9; i >= 8; i--, day /= 10) out[i] = (char)('0' + day % 10);
}
