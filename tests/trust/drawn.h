/* Comparisons with drawn parameters: a small generator, cases that can be run alone, runs in memory.
 *
 * A case is one run of the engine: seed and name choose its parameters.  Names of countries, minerals and
 * sites carry family and seed, so that no two cases share random numbers (streams hang on seed and name). */
#ifndef KURA_TEST_TRUST_DRAWN_H
#define KURA_TEST_TRUST_DRAWN_H

#include "trust.h"
#include "../analytic/case.h"
#include "model/read.h"
#include "run/run.h"

/* ---- draws ---- */

/* SplitMix64; the parameters of a case hang on nothing else. */
typedef struct {
    uint64_t state;
} drawn;

static inline drawn drawn_from(const char *name, int seed)
{
    drawn d = {0xcbf29ce484222325ULL + (uint64_t)seed * 0x9e3779b97f4a7c15ULL};
    for (const char *p = name; *p; p++) d.state = (d.state ^ (uint64_t)(unsigned char)*p) * 0x100000001b3ULL;
    return d;
}

static inline double drawn_uniform(drawn *d, double from, double to)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return from + (to - from) * ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

/* A whole number between two, both included. */
static inline int drawn_whole(drawn *d, int from, int to)
{
    return from + (int)floor(drawn_uniform(d, 0, to - from + 1));
}

/* A rate or time of three digits: what a person would write. */
static inline double drawn_round(drawn *d, double from, double to)
{
    return round(drawn_uniform(d, from, to) * 1000) / 1000;
}

/* ---- cases ---- */

static const char *drawn_only; /* --row NAME: this case alone */
static int drawn_failures;

/* The topic of a case; family and source are told apart by the caller. */
static inline trust_topic drawn_topic(const char *family, const char *source, const char *run)
{
    trust_topic t = {.family = family, .source = source};
    snprintf(t.run, sizeof t.run, "%s", run);
    snprintf(t.replay, sizeof t.replay, "build/tests/%s --row %s", KURA_TEST_PROGRAM, run);
    return t;
}

static int drawn_cases; /* that ran */

static inline int drawn_wanted(const char *run)
{
    int wanted = !drawn_only || strcmp(drawn_only, run) == 0;
    drawn_cases += wanted;
    return wanted;
}

/* A name that is no case must not look like success. */
static inline int drawn_missing(void)
{
    if (drawn_cases == 0) fprintf(stderr, "%s: there is no case %s\n", KURA_TEST_PROGRAM, drawn_only);
    return drawn_cases == 0;
}

/* Counts what does not hold; the test fails at its end, after all rows. */
static inline void drawn_row(int holds) { drawn_failures += !holds; }

static inline int drawn_arguments(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--row") == 0) drawn_only = argv[2];
    if (argc == 1 || drawn_only) return 0;
    fprintf(stderr, "usage: %s [--row NAME]    one case alone; its scenario stays in %s\n", argv[0],
            KURA_TEST_TMP);
    return 1;
}

/* ---- runs ---- */

/* Runs the text of a scenario and keeps the result in memory; the scenario stays as <name>.yaml of the folder
 * of temporary files. */
static inline run_result drawn_run(const char *yaml, uint64_t seed, const char *name)
{
    kura_arena arena = {0};
    kura_scenario_data *data = NULL;
    km_model *model = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_run_options options = {.threads = 1};
    static kura_run_record record;
    memset(&record, 0, sizeof record);
    run_result r = {.frame = kura_frame_new()};
    assert_non_null(r.frame);
    if (kura_scenario_read(put_file(text("%s.yaml", name), yaml), NULL, 0, &arena, &data, &diag, &err)) {
        print_messages(&diag);
        fail_msg("%s: %s", name, err.message);
    }
    if (kura_model_compile(data, seed, &model, &diag, &err) ||
        kura_run_model(model, &options, r.frame, &record, &err))
        fail_msg("%s: %s", name, err.message);
    kura_diag_fini(&diag);
    kura_frame_own_strings(r.frame);
    assert_int_equal(kura_frame_load(r.frame), 0);
    free(record.counts);
    kura_model_free(model);
    kura_arena_fini(&arena);
    return r;
}

/* ---- comparisons beyond mean and error ---- */

static inline double binomial_term(double k, double n, double p)
{
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log1p(-p));
}

/* P(at least k of n), from the nearer end. */
static inline double binomial_at_least(double k, double n, double p)
{
    double sum = 0;
    if (p <= 0 || p >= 1) return p <= 0 ? k <= 0 : 1;
    if (k > n * p) {
        for (double i = k; i <= n; i++) {
            double term = binomial_term(i, n, p);
            sum += term;
            if (term < 1e-18 * sum) break;
        }
        return sum;
    }
    for (double i = k - 1; i >= 0; i--) {
        double term = binomial_term(i, n, p);
        sum += term;
        if (term < 1e-18 * sum) break;
    }
    return 1 - sum;
}

static inline double normal_point(double u)
{
    double lo = -40, hi = 40;
    for (int i = 0; i < 200; i++) {
        double x = 0.5 * (lo + hi);
        if (normal_cdf(x) < u)
            lo = x;
        else
            hi = x;
    }
    return 0.5 * (lo + hi);
}

/* A quantile as the engine states it, x_(ceil(q n)), against the exact law: below = P(X < x), upto = P(X <=
 * x).
 *
 * The probability that the statistic is smaller, and a drawn share of that it is equal, is uniform whatever
 * the atoms of the law; as a normal score it is the z of the row.  The row shows q and the share of futures
 * that the stated quantile covers. */
static inline int drawn_quantile(const trust_topic *t, double q, double n, double below, double upto,
                                 double stated, double exact, double share)
{
    double k = ceil(q * n - 1e-9), a = binomial_at_least(k, n, below), b = binomial_at_least(k, n, upto);
    double u = a + share * (b - a), se = sqrt(q * (1 - q) / n);
    double z = normal_point(fmin(fmax(u, 1e-300), 1 - 1e-16));
    return trust_z(t, q, q + z * se, se, "share of futures that the quantile at %g %% covers (%g, exact %g)",
                   100 * q, stated, exact);
}

#endif
