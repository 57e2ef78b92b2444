/* The tiny case of the statistical proofs, with its exact answers, and runs of it kept in memory.
 *
 * case.yaml has five minerals that share nothing, 60 steps of a day:
 *  - cover: 1 t a day, from a source that has just failed for X days, exponential with mean 6; firm stock of
 * 2 t and a stockpile of 2 t.  All is a function of X.
 *  - block: 10 t a day, of which a shock of one day takes half; events are independent from day to day.
 *  - rare: the same with 0.002 events a path.
 *  - priced: a Schwartz price without premium and demand that answers it; shocks that take everything,
 * independent of the price.  Demand is random and unserved over demand known exactly.
 *  - capped: like cover, but the stockpile gives half a tonne a day at most, so some need is covered by no
 * stock. */
#ifndef KURA_TEST_TRUST_CASE_H
#define KURA_TEST_TRUST_CASE_H

#include "trust.h"
#include "model/read.h"
#include "run/run.h"
#include "tally/estimate.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS 60
#define MEAN 6.0    /* days down */
#define RESERVE 2.0 /* t */
#define FIRM 2.0
#define RATE 7.4 /* shocks a year */
#define RARE_RATE 0.0122
#define HALF_LIFE 0.25 /* years */
#define VOLATILITY 1.0 /* a square root of a year */
#define DAY (1 / 365.25)

typedef struct {
    kura_arena arena;
    kura_scenario_data *data;
} scenario;

/* A file of this folder with one setting, or NULL. */
static inline scenario read_case(const char *name, const char *set)
{
    scenario s = {0};
    char path[512];
    kura_diag diag = {0};
    kura_error err = {0};
    snprintf(path, sizeof path, "%s/tests/trust/%s", KURA_SOURCE_DIR, name);
    if (kura_scenario_read(path, &set, set ? 1 : 0, &s.arena, &s.data, &diag, &err)) {
        for (size_t i = 0; i < diag.count; i++)
            print_message("%d: %s\n", diag.items[i].line, diag.items[i].message);
        fail_msg("%s", err.message);
    }
    kura_diag_fini(&diag);
    return s;
}

static inline kura_frame *run_case(const scenario *s, uint64_t seed, uint64_t paths)
{
    km_model *model = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_run_options options = {.threads = 1, .paths = paths};
    static kura_run_record record;
    memset(&record, 0, sizeof record);
    s->data->arena = (kura_arena *)&s->arena; /* it moved when it was handed over */
    kura_frame *frame = kura_frame_new();
    assert_non_null(frame);
    if (kura_model_compile(s->data, seed, &model, &diag, &err) ||
        kura_run_model(model, &options, frame, &record, &err))
        fail_msg("%s", err.message);
    kura_diag_fini(&diag);
    kura_frame_own_strings(frame);
    assert_int_equal(kura_frame_load(frame), 0);
    free(record.counts);
    kura_model_free(model);
    return frame;
}

/* ---- reading ---- */

enum { COVER, BLOCK, RARE, PRICED, CAPPED }; /* order of case.yaml */

/* Cell `at` of the row of a mineral. */
static inline double cell_of(const kura_frame *f, const char *group, const char *name, int mineral,
                             int64_t at)
{
    const kf_group *g = kura_frame_find(f, group);
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    if (!v) fail_msg("no variable %s/%s", group, name);
    int64_t row = kura_frame_size(g, v) / kura_frame_dim_size(g, "mineral");
    return ((const double *)v->data)[mineral * row + at];
}

static inline const double *samples_of(const kura_frame *f, const char *name, int mineral)
{
    const kf_group *g = kura_frame_find(f, "samples");
    const kf_variable *v = kura_frame_find_var(g, name);
    return (const double *)v->data + mineral * kura_frame_dim_size(g, "path");
}

/* ---- exact answers ---- */

static inline double shock_probability(void) { return 1 - exp(-RATE * DAY); }
static inline double rare_probability(void) { return 1 - exp(-RARE_RATE * DAY); }

/* P(X > x) and E[(min(X, DAYS) - x)+] */
static inline double still_down(double x) { return exp(-x / MEAN); }
static inline double down_beyond(double x) { return MEAN * (still_down(x) - still_down(DAYS)); }
/* Expected number of days of which more than `depth` is not served. */
static inline double short_days(double stock, double depth)
{
    double sum = 0;
    for (int k = (int)stock; k < DAYS; k++) sum += still_down(k + depth);
    return sum;
}
static inline double log_price_variance(int t)
{
    double kappa = log(2) / HALF_LIFE;
    return VOLATILITY * VOLATILITY / (2 * kappa) * (1 - exp(-2 * kappa * (t + 1) * DAY));
}

static inline double binomial_pmf(double k, double n, double p)
{
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p));
}
/* P(K <= k); from the nearer end. */
static inline double binomial_cdf(double k, double n, double p)
{
    double sum = 0;
    if (k < 0) return 0;
    if (k >= n) return 1;
    if (k > n * p) {
        for (double i = n; i > k; i--) sum += binomial_pmf(i, n, p);
        return 1 - sum;
    }
    for (double i = 0; i <= k; i++) sum += binomial_pmf(i, n, p);
    return sum;
}

/* Inverse normal by bisection: for references only. */
static inline double normal_quantile(double q)
{
    double lo = -10, hi = 10;
    for (int i = 0; i < 200; i++) {
        double x = 0.5 * (lo + hi);
        if (0.5 * erfc(-x / sqrt(2)) < q)
            lo = x;
        else
            hi = x;
    }
    return lo;
}

#endif
