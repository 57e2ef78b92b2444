/* Helpers of the analytic tests: scenarios as text, cells of /paths and /summary, comparison in standard
 * errors. */
#ifndef KURA_TEST_CASE_H
#define KURA_TEST_CASE_H

#include "frame_util.h"

#define DY (7 / 365.25) /* years of a step of 7 days */

/* Text as by printf; valid until eight more were made. */
__attribute__((format(printf, 1, 2))) static inline const char *text(const char *format, ...)
{
    enum { SIZE = 1 << 16 };
    static char ring[8][SIZE];
    static int next;
    char *out = ring[next++ % 8];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(out, SIZE, format, args);
    va_end(args);
    assert_true(n >= 0 && n < SIZE);
    return out;
}

/* ---- cells ---- */

static inline int64_t steps_of(const run_result *r)
{
    return kura_frame_dim_size(kura_frame_find(r->frame, "summary"), "time");
}
static inline int64_t traced(const run_result *r)
{
    return kura_frame_dim_size(kura_frame_find(r->frame, "paths"), "path");
}

/* The series of one object in /paths, [step][path]; `dim` is hub, site, arc, tier, consumer or mineral. */
static inline const double *series(const run_result *r, const char *name, const char *dim, const char *object)
{
    return numbers(r, "paths", name) + label(r, "paths", dim, object) * steps_of(r) * traced(r);
}

/* One cell of the series on path 0. */
static inline double cell(const run_result *r, const char *name, const char *dim, const char *object,
                          int64_t t)
{
    return series(r, name, dim, object)[t * traced(r)];
}

/* A curve of /summary over steps. */
static inline double curve(const run_result *r, const char *name, const char *mineral, int64_t t)
{
    return numbers(r, "summary",
                   name)[(mineral ? label(r, "summary", "mineral", mineral) : 0) * steps_of(r) + t];
}

/* One metric of all paths in /samples. */
static inline const double *samples(const run_result *r, const char *name, const char *mineral, int64_t *n)
{
    int64_t paths = kura_frame_dim_size(kura_frame_find(r->frame, "samples"), "path");
    if (n) *n = paths;
    return numbers(r, "samples", name) + (mineral ? label(r, "samples", "mineral", mineral) : 0) * paths;
}

/* Every path in step t has this value, to the last bit. */
static inline void assert_step(const run_result *r, const char *name, const char *dim, const char *object,
                               int64_t t, double want)
{
    const double *x = series(r, name, dim, object) + t * traced(r);
    for (int64_t p = 0; p < traced(r); p++)
        if (x[p] != want)
            fail_msg("%s %s, step %d, path %d: %.17g, expected %.17g", name, object, (int)t, (int)p, x[p],
                     want);
}

static inline void assert_steps(const run_result *r, const char *name, const char *dim, const char *object,
                                int64_t from, int64_t to, double want)
{
    for (int64_t t = from; t < to; t++) assert_step(r, name, dim, object, t, want);
}

/* ---- comparison in standard errors ---- */

/* Distances (value - reference) / standard error of independent figures. */
typedef struct {
    int n;
    double sum; /* of squares */
} scores;

/* Regularised lower incomplete gamma function, by its series. */
static inline double gamma_p(double a, double x)
{
    double term = 1 / a, sum = term;
    for (int k = 1; k < 10000 && term > 1e-17 * sum; k++) sum += term *= x / (a + k);
    return x <= 0 ? 0 : fmin(1, sum * exp(a * log(x) - x - lgamma(a)));
}

/* H0: value = reference; fails beyond 4 standard errors (6e-5 two-sided, each). */
static inline void compare(scores *s, const char *what, double value, double reference, double se)
{
    double z = se > 0 ? (value - reference) / se : value == reference ? 0 : INFINITY;
    print_message("  %-44s %.8g, exact %.8g, %+.2f standard errors of %.2g %%\n", what, value, reference, z,
                  reference != 0 ? 100 * se / fabs(reference) : 0);
    if (!(fabs(z) <= 4)) fail_msg("%s: %.10g is %.2f standard errors from %.10g", what, value, z, reference);
    if (s) {
        s->n++;
        s->sum += z * z;
    }
}

/* H0: the scores are independent standard normals; sum of squares inside the band [1e-4, 1 - 1e-4] of its
 * law.  Errors that are stated too small or too large fall out of it. */
static inline void assert_scores(const scores *s, const char *what)
{
    double p = gamma_p(0.5 * s->n, 0.5 * s->sum);
    print_message("%s: chi-square %.2f of %d scores, probability %.4g\n", what, s->sum, s->n, p);
    if (!(p > 1e-4 && p < 1 - 1e-4))
        fail_msg("%s: chi-square %.3f of %d scores is outside the band", what, s->sum, s->n);
}

static inline double normal_cdf(double x) { return 0.5 * erfc(-x / sqrt(2)); }

/* Mean and its error. */
typedef struct {
    double mean, se, variance, variance_se;
} moments;

static inline moments moments_of(const double *x, int64_t n, int64_t stride)
{
    moments m = {0};
    double m2 = 0, m4 = 0;
    for (int64_t i = 0; i < n; i++) m.mean += x[i * stride];
    m.mean /= (double)n;
    for (int64_t i = 0; i < n; i++) {
        double d = (x[i * stride] - m.mean) * (x[i * stride] - m.mean);
        m2 += d;
        m4 += d * d;
    }
    m.variance = m2 / (double)(n - 1);
    m.se = sqrt(m.variance / (double)n);
    m.variance_se = sqrt((m4 / (double)n - m.variance * m.variance) / (double)n);
    return m;
}

#endif
