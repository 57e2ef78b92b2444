/* The record of a comparison: a line for people, and a row of the trust page (page.c).
 *
 * Rows go to $KURA_TRUST_DIR/<program>.tsv when that is set (ctest sets it), begun anew by each program. */
#ifndef KURA_TEST_TRUST_H
#define KURA_TEST_TRUST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRUST_WIDEST 4.891638475698783 /* standard errors: a two-sided level of 1e-6 a comparison */

typedef struct {
    const char *family; /* what is compared: the heading on the page, for example "Markov-modulated stock" */
    char run[96];       /* rows of one run of the engine share paths: they carry the same name here */
    const char *source; /* where the exact value comes from, for example "recursion, tests/exact" */
    char replay[256];   /* command that shows this comparison alone; "" = the test program */
} trust_topic;

static inline FILE *trust_file(void)
{
    static FILE *file;
    static int tried;
    const char *folder = getenv("KURA_TRUST_DIR");
    if (!tried && folder) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.tsv", folder, KURA_TEST_PROGRAM);
        file = fopen(path, "w");
    }
    tried = 1;
    return file;
}

static inline void trust_row(const trust_topic *t, const char *sort, double exact, double kura, double se,
                             double z, int holds, const char *claim)
{
    FILE *f = trust_file();
    if (!f) return;
    fprintf(f, "%s\t%s\t%s\t%.17g\t%.17g\t%.17g\t%.6g\t%s\t%s\t%s\t%s\t%s\n", sort, t->family, t->run, exact,
            kura, se, z, holds ? "holds" : "FAILS", claim, t->source ? t->source : "", KURA_TEST_PROGRAM,
            t->replay);
    fflush(f);
}

static inline void trust_failed(const trust_topic *t, const char *claim)
{
    print_message("FAILS: %s\n  replay: %s\n", claim, t->replay[0] ? t->replay : KURA_TEST_PROGRAM);
}

#define TRUST_CLAIM                                                                                          \
    char claim[256];                                                                                         \
    va_list args;                                                                                            \
    va_start(args, format);                                                                                  \
    vsnprintf(claim, sizeof claim, format, args);                                                            \
    va_end(args)

/* H0: the expectation of `kura` is `exact`; `se` is the error that kura states (or that theory gives).
 * Returns whether it holds at the level of TRUST_WIDEST; the distances of all such rows together are tested
 * by the page. */
__attribute__((format(printf, 5, 6))) static inline int
trust_z(const trust_topic *t, double exact, double kura, double se, const char *format, ...)
{
    TRUST_CLAIM;
    double z = se > 0 ? (kura - exact) / se : kura == exact ? 0 : INFINITY;
    int holds = fabs(z) <= TRUST_WIDEST;
    print_message("trust: %s: %s | exact %.10g | kura %.10g +- %.2g | z %+.2f\n", t->run, claim, exact, kura,
                  se, z);
    trust_row(t, "z", exact, kura, se, z, holds, claim);
    if (!holds) trust_failed(t, claim);
    return holds;
}

/* Equality to within `tolerance` (0: to the last bit); no error of sampling. */
__attribute__((format(printf, 5, 6))) static inline int
trust_equal(const trust_topic *t, double exact, double kura, double tolerance, const char *format, ...)
{
    TRUST_CLAIM;
    int holds = fabs(kura - exact) <= tolerance;
    print_message("trust: %s: %s | exact %.10g | kura %.10g | within %.2g\n", t->run, claim, exact, kura,
                  tolerance);
    trust_row(t, "equal", exact, kura, tolerance, 0, holds, claim);
    if (!holds) trust_failed(t, claim);
    return holds;
}

/* A statistic with a band of its own (a slope, a coverage whose theory is a range): `holds` is judged by the
 * test. */
__attribute__((format(printf, 6, 7))) static inline int
trust_band(const trust_topic *t, double exact, double kura, double se, int holds, const char *format, ...)
{
    TRUST_CLAIM;
    print_message("trust: %s: %s | expected %.10g | kura %.10g +- %.2g | %s\n", t->run, claim, exact, kura,
                  se, holds ? "holds" : "FAILS");
    trust_row(t, "band", exact, kura, se, 0, holds, claim);
    if (!holds) trust_failed(t, claim);
    return holds;
}

/* Something wrong on purpose, which the same test must see: `seen`. */
__attribute__((format(printf, 5, 6))) static inline int
trust_twin(const trust_topic *t, double exact, double twin, int seen, const char *format, ...)
{
    TRUST_CLAIM;
    print_message("trust: %s: twin: %s | exact %.10g | twin %.10g | %s\n", t->run, claim, exact, twin,
                  seen ? "seen" : "NOT SEEN");
    trust_row(t, "twin", exact, twin, 0, 0, seen, claim);
    if (!seen) trust_failed(t, claim);
    return seen;
}
#undef TRUST_CLAIM

#endif
