/* Profiles: values by hour, day, week, month or year as means over the steps of a run.
 *
 * A value is the mean over its period; a step takes the average of the periods it overlaps, weighted by the
 * length of each overlap.  Hours, days and weeks count from the day of the start, midnight; months and years
 * are those of the calendar, the first one that which holds the start.  Time is counted in whole
 * microseconds, so that hours and steps of an hour meet exactly.
 *
 * Invariant: a step inside one period has the value of the period, to the last bit; equal values average to
 * themselves. */
#ifndef KURA_NUM_PROFILE_H
#define KURA_NUM_PROFILE_H

#include <stdint.h>

typedef enum {
    KURA_PERIOD_HOUR,
    KURA_PERIOD_DAY,
    KURA_PERIOD_WEEK,
    KURA_PERIOD_MONTH,
    KURA_PERIOD_YEAR
} kura_period;

typedef struct {
    kura_period period;
    int32_t start_day; /* days since 1970-01-01 */
    int repeat; /* the whole table again and again, before and after; else the first value holds before,
                   the last after */
    int64_t n;
    const double *values;
} kura_profile;

/* Steps of a run: step t begins `step_days` x t after midnight of `start_day`; those from `first` (may be
 * negative) to `end` (excluded). */
typedef struct {
    int32_t start_day;
    double step_days;
    int64_t first, end;
} kura_steps;

/* Do the steps lie within the years 1 to 9999?  Needed by the others. */
int kura_steps_have_dates(const kura_steps *s);
/* Numbers of the periods, counted from that of the start, in which step `s->first` begins and the step before
 * `s->end` ends. */
void kura_profile_span(const kura_profile *p, const kura_steps *s, int64_t *first, int64_t *last);
/* The mean over every step: out[0] of step `s->first`, and so on. */
void kura_profile_means(const kura_profile *p, const kura_steps *s, double *out);

#endif
