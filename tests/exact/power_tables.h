/* The generating systems of tests/exact/reference: units, and the hourly loads of a year of 52 weeks. */
#ifndef KURA_EXACT_POWER_TABLES_H
#define KURA_EXACT_POWER_TABLES_H

#include "reference.h"
#include "exact/capacity_outage.h"
#include "exact/unit_chain.h"

enum { HOURS = 8736, UNITS = 64 };

/* Percent of the table of loads: weekly by number, daily by number, hourly by season and day. */
static inline double percent(const reference *r, const char *kind, const char *key, int index)
{
    for (int row = 0; row < r->rows; row++)
        if (strcmp(reference_text(r, row, "kind"), kind) == 0 &&
            (!key || strcmp(reference_text(r, row, "key"), key) == 0) &&
            (int)reference_number(r, row, "index") == index)
            return reference_number(r, row, "percent_of_parent_peak");
    fail_msg("no %s %s %d in the load model", kind, key ? key : "", index);
    return 0;
}

static inline const char *season_of(const reference *r, int week)
{
    for (int row = 0; row < r->rows; row++)
        if (strcmp(reference_text(r, row, "kind"), "weekly") == 0 &&
            (int)reference_number(r, row, "index") == week)
            return reference_text(r, row, "key");
    fail_msg("no week %d", week);
    return NULL;
}

/* Hourly loads of 52 weeks that begin on a Monday, and the peaks of their 364 days. */
static inline void load_year(double peak, double *load, double *daily)
{
    reference *r = reference_read("load_model.csv");
    for (int week = 0; week < 52; week++) {
        const char *season = season_of(r, week + 1);
        double weekly = percent(r, "weekly", season, week + 1);
        for (int day = 0; day < 7; day++) {
            char key[64];
            snprintf(key, sizeof key, "%s_%s", season, day < 5 ? "weekday" : "weekend");
            double of_day = weekly * percent(r, "daily", NULL, day + 1), *out = load + (week * 7 + day) * 24;
            daily[week * 7 + day] = peak * of_day / 1e4;
            for (int hour = 0; hour < 24; hour++)
                out[hour] = peak * of_day * percent(r, "hourly", key, hour + 1) / 1e6;
        }
    }
    free(r);
}

/* The units one by one, and in groups of alike ones; returns how many units. */
static inline int read_units(const char *system, exact_unit *unit, exact_group *group, int *groups)
{
    reference *r = reference_read("units.csv");
    int n = 0;
    *groups = 0;
    for (int row = 0; row < r->rows; row++) {
        if (strcmp(reference_text(r, row, "system"), system) != 0) continue;
        exact_group g = {(int)reference_number(r, row, "units"), reference_number(r, row, "MW"),
                         reference_number(r, row, "mttf"), reference_number(r, row, "mttr"), 0};
        group[(*groups)++] = g;
        for (int k = 0; k < g.units; k++)
            unit[n++] = exact_unit_two_state((int)g.capacity, g.mttf, g.mttr, 1);
    }
    free(r);
    return n;
}

#endif
