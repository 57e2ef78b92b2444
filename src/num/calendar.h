/* Calendar: the proleptic Gregorian calendar as days since 1970-01-01.
 *
 * Years 1 to 9999.  Reference: ISO 8601. */
#ifndef KURA_NUM_CALENDAR_H
#define KURA_NUM_CALENDAR_H

#include <stdint.h>

/* Days from 1970-01-01 to the date; the date must exist (month 1-12, a day of that month). */
int32_t kura_days_from_date(int year, int month, int day);
/* The date of a day in years 1 to 9999. */
void kura_date_from_days(int32_t days, int *year, int *month, int *day);
/* Days in the month of the year; 0 when the month does not exist. */
int kura_days_in_month(int year, int month);
/* Reads exactly "YYYY-MM-DD" (ten characters, an existing date).  Nonzero when it is anything else. */
int kura_date_parse(const char *text, int32_t *days);
/* Writes "YYYY-MM-DD" and a NUL; the day must lie in years 1 to 9999. */
void kura_date_format(int32_t days, char out[11]);

#endif
