/* Profiles, see profile.h. */
#include "num/profile.h"
#include "num/calendar.h"
#include <math.h>

#define DAY INT64_C(86400000000) /* microseconds */

static int64_t length_of(kura_period period)
{
    return period == KURA_PERIOD_HOUR ? DAY / 24 : period == KURA_PERIOD_DAY ? DAY : 7 * DAY;
}

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* Months or years since year 0 of the calendar. */
static int64_t calendar_number(kura_period period, int32_t day)
{
    int y, m, d;
    kura_date_from_days(day, &y, &m, &d);
    return period == KURA_PERIOD_YEAR ? y : 12 * (int64_t)y + m - 1;
}

/* The number of the period that holds an instant. */
static int64_t period_of(const kura_profile *p, int64_t instant)
{
    if (p->period < KURA_PERIOD_MONTH) return floor_div(instant - p->start_day * DAY, length_of(p->period));
    return calendar_number(p->period, (int32_t)floor_div(instant, DAY)) -
           calendar_number(p->period, p->start_day);
}

static int64_t begin_of(const kura_profile *p, int64_t number)
{
    if (p->period < KURA_PERIOD_MONTH) return p->start_day * DAY + number * length_of(p->period);
    int64_t n = calendar_number(p->period, p->start_day) + number;
    int year = (int)(p->period == KURA_PERIOD_YEAR ? n : n / 12),
        month = p->period == KURA_PERIOD_YEAR ? 1 : (int)(n % 12) + 1;
    return kura_days_from_date(year, month, 1) * DAY;
}

static double value_of(const kura_profile *p, int64_t number)
{
    if (p->repeat) return p->values[number - floor_div(number, p->n) * p->n];
    return p->values[number < 0 ? 0 : number < p->n ? number : p->n - 1];
}

static int64_t step_length(const kura_steps *s) { return (int64_t)floor(s->step_days * (double)DAY + 0.5); }

int kura_steps_have_dates(const kura_steps *s)
{
    double first = s->start_day + s->step_days * (double)s->first,
           end = s->start_day + s->step_days * (double)s->end;
    return first >= kura_days_from_date(1, 1, 2) && end <= kura_days_from_date(9999, 12, 31);
}

void kura_profile_span(const kura_profile *p, const kura_steps *s, int64_t *first, int64_t *last)
{
    int64_t length = step_length(s), start = s->start_day * DAY;
    *first = period_of(p, start + s->first * length);
    *last = period_of(p, start + s->end * length - 1);
}

void kura_profile_means(const kura_profile *p, const kura_steps *s, double *out)
{
    int64_t length = step_length(s);
    for (int64_t t = s->first; t < s->end; t++) {
        int64_t from = s->start_day * DAY + t * length, to = from + length, number = period_of(p, from), end;
        double base = value_of(p, number), sum = 0; /* of the differences from the first period */
        for (; (end = begin_of(p, number + 1)) < to; number++, from = end)
            sum += (value_of(p, number) - base) * (double)(end - from);
        sum += (value_of(p, number) - base) * (double)(to - from);
        out[t - s->first] = base + sum / (double)length;
    }
}
