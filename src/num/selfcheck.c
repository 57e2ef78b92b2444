/* Self-check, see selfcheck.h.  The known answers are part of the numerics version: a change of any of them
 * changes the results of every scenario. */
#include "num/selfcheck.h"
#include "num/acc.h"
#include "num/lanes/probe.h"
#include "num/math.h"
#include "num/pcg.h"
#include <stdio.h>

kura_num_probe_fn *kura_num_probe(kura_isa isa)
{
    switch (isa) {
#ifdef KURA_HAVE_ISA_scalar
    case KURA_ISA_SCALAR:
        return kura_num_probe_scalar;
#endif
#ifdef KURA_HAVE_ISA_baseline
    case KURA_ISA_BASELINE:
        return kura_num_probe_baseline;
#endif
#ifdef KURA_HAVE_ISA_v3
    case KURA_ISA_V3:
        return kura_num_probe_v3;
#endif
#ifdef KURA_HAVE_ISA_v4
    case KURA_ISA_V4:
        return kura_num_probe_v4;
#endif
    default:
        return NULL;
    }
}

typedef struct {
    int (*line)(void *user, const char *name, int ok, const char *detail);
    void *user;
    int failures, stopped;
} report;

static void check(report *r, const char *name, int ok, const char *detail)
{
    r->failures += !ok;
    if (r->line && r->line(r->user, name, ok, detail)) r->stopped = 1;
}

/* (1 + e)(1 - e) - 1 is 0 when the product is rounded, -e^2 when product and sum are fused. */
static void check_contraction(report *r)
{
    volatile double e = 0x1p-30, one = 1.0;
    double a = one + e, b = one - e, c = -one;
    double rest = a * b + c;
    check(r, "products and sums are rounded separately", rest == 0.0,
          rest == 0.0 ? "no contraction" : "contracted: compile with -ffp-contract=off");
}

/* Sums must be rounded to double, to nearest even, and subnormals kept. */
static void check_rounding(report *r)
{
    volatile double one = 1.0, half_ulp = 0x1p-53, small = 0x1p-1022;
    double tie = (one + half_ulp) - one, above = (one + half_ulp * 1.0000000000000002) - one;
    volatile double subnormal = small * 0.5;
    int ok = tie == 0.0 && above == 0x1p-52 && subnormal > 0.0 && subnormal * 2.0 == small;
    check(r, "doubles are rounded to nearest", ok,
          ok ? "IEEE 754 binary64" : "wrong rounding, precision or flush to zero");
}

static const struct {
    uint64_t seed;
    const char *key;
    uint64_t path, index, raw;
} draws[] = {
    {0u, "", 0u, 0u, 0xdae4b0f1ea61e8a5u},
    {1u, "price/Co", 0u, 0u, 0x7f41c5e9e006209au},
    {1u, "price/Co", 99999u, 2077u, 0x230e2a7646ef06ebu},
    {20260101u, "regime/CHN", 7u, 12u, 0xb74a8f4a7faea8e5u},
    {0xffffffffffffffffu, "outage.up/site:CN_refine_Ga_03", 1099511627777u, 3u, 0xa8a2087c54279c02u},
    {12345u, "onset/CHN/Dy", 0xffffffffffffffffu, 9223372036854775813u, 0x055b174e967e6d24u},
    {20260101u, "selfcheck", 0u, 0u, 0x7323045916ed1ea2u},
};

static void check_draws(report *r)
{
    int bad = 0, count = (int)(sizeof draws / sizeof *draws);
    char detail[64];
    for (int i = 0; i < count; i++) {
        kura_stream s;
        kura_stream_init(&s, draws[i].seed, draws[i].key);
        bad += kura_stream_raw(&s, draws[i].path, draws[i].index) != draws[i].raw;
    }
    snprintf(detail, sizeof detail, "%d of %d draws as NumPy's PCG64DXSM", count - bad, count);
    check(r, "random numbers have their known values", !bad, detail);
}

typedef double function(double);
static double call_exp(double x) { return kura_exp(x); }
static double call_log(double x) { return kura_log(x); }
static double call_norm_inv(double x) { return kura_norm_inv(x); }
static double call_norm_cdf(double x) { return kura_norm_cdf_lane(x); }
static double call_sin(double x)
{
    double s, c;
    kura_sincos_2pi(x, &s, &c);
    return s;
}

static const struct {
    function *f;
    double x;
    uint64_t bits;
} values[] = {
    {call_exp, 0.0, 0x3ff0000000000000u},          {call_exp, 1.0, 0x4005bf0a8b14576au},
    {call_exp, -0.3, 0x3fe7b4c869c37c05u},         {call_exp, -700.125, 0x00ce8cfc0420616bu},
    {call_exp, 123.456, 0x4b11428e1cbc0143u},      {call_log, 1.0, 0x0000000000000000u},
    {call_log, 2.0, 0x3fe62e42fefa39efu},          {call_log, 1.0000001, 0x3e7ad7f2847b6492u},
    {call_log, 1e-300, 0xc085963447f87fb5u},       {call_log, 12345.678, 0x4022d79559791e31u},
    {call_norm_inv, 0.5, 0x0000000000000000u},     {call_norm_inv, 0.3, 0xbfe0c7e39582c5fbu},
    {call_norm_inv, 0.975, 0x3fff5c0331eeff83u},   {call_norm_inv, 1e-9, 0xc017fdc11f44b5a7u},
    {call_norm_inv, 0x1p-53, 0xc0206b48528cea52u}, {call_norm_cdf, 0.0, 0x3fe0000000000000u},
    {call_norm_cdf, -1.96, 0x3f99990c58859313u},   {call_norm_cdf, -20.0, 0x2d8c0bd0f1880780u},
    {call_norm_cdf, 3.0, 0x3feff4f10f033d25u},     {call_sin, 0.1, 0x3fe2cf2304755a5fu},
    {call_sin, 0.6, 0xbfe2cf2304755a5du},
};

static void check_functions(report *r)
{
    int bad = 0, count = (int)(sizeof values / sizeof *values);
    char detail[64];
    for (int i = 0; i < count; i++) {
        volatile double x = values[i].x;
        bad += kura_bits(values[i].f(x)) != values[i].bits;
    }
    snprintf(detail, sizeof detail, "%d of %d values", count - bad, count);
    check(r, "functions give their known bits", !bad, detail);
}

static void check_accumulator(report *r)
{
    static const double terms[] = {0x1p100, 1.0, -0x1p100, 0x1p-64, -0.5, 0x1p-60, 1e15, -1e15};
    kura_acc forward = {{0}}, backward = {{0}};
    int n = (int)(sizeof terms / sizeof *terms), bad = 0;
    for (int i = 0; i < n; i++) {
        bad |= kura_acc_add(&forward, terms[i]);
        bad |= kura_acc_add(&backward, terms[n - 1 - i]);
    }
    bad |=
        kura_acc_value(&forward) != 0.5 + 0x1.1p-60 || kura_acc_value(&backward) != kura_acc_value(&forward);
    bad |= !kura_acc_add(&forward, kura_from_bits(0x7ff8000000000000u));
    check(r, "sums are exact in any order", !bad, bad ? "wrong sum" : "192-bit accumulator");
}

static const uint64_t probe_answer[KURA_PROBE_COUNT] = {
    0x6fc4897a507b1452u, 0xf58da1a76e012bd0u, 0x6498b3167d113f76u, 0x67d8fe5cf4094a53u,
    0xea7c32616e21a4b3u, 0x4cb956362c1775c8u, 0x92fcd67907208257u, 0xfccec1734cc11a7du,
};

static void check_isa(report *r, kura_isa isa)
{
    static const char *const what[KURA_PROBE_COUNT] = {"draws",    "strided draws", "exp",          "log",
                                                       "norm_inv", "norm_cdf",      "sine, cosine", "floor"};
    uint64_t out[KURA_PROBE_COUNT];
    char name[64], detail[160] = "bits as known";
    int bad = 0;
    kura_num_probe_fn *probe = kura_num_probe(isa);
    if (!probe || !kura_isa_present(isa)) return;
    probe(out);
    for (int i = 0; i < KURA_PROBE_COUNT; i++)
        if (out[i] != probe_answer[i] && !bad++) snprintf(detail, sizeof detail, "%s differ", what[i]);
    snprintf(name, sizeof name, "lane kernels, instruction set %s", kura_isa_name(isa));
    check(r, name, !bad, detail);
}

int kura_num_selfcheck(int (*line)(void *user, const char *name, int ok, const char *detail), void *user)
{
    static void (*const checks[])(report *) = {check_contraction, check_rounding, check_draws,
                                               check_functions, check_accumulator};
    report r = {line, user, 0, 0};
    for (unsigned i = 0; i < sizeof checks / sizeof *checks && !r.stopped; i++) checks[i](&r);
    for (int i = 0; i < KURA_ISA_COUNT && !r.stopped; i++) check_isa(&r, (kura_isa)i);
    return r.failures;
}
