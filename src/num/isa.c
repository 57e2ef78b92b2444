/* Instruction sets, see isa.h.  Asked of the processor directly: compilers differ in the feature names they
 * know. */
#include "num/isa.h"
#include <string.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

#define BIT(n) (1u << (n))

static int has_all(unsigned flags, unsigned wanted) { return (flags & wanted) == wanted; }

/* Register states that the operating system saves; 0 when it does not say. */
static unsigned saved_states(void)
{
    unsigned a, b, c, d, lo, hi;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !has_all(c, BIT(27))) return 0; /* OSXSAVE */
    __asm__ volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
    return lo;
}

static int has_v2(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    /* SSE3, SSSE3, CMPXCHG16B, SSE4.1, SSE4.2, POPCNT */
    if (!has_all(c, BIT(0) | BIT(9) | BIT(13) | BIT(19) | BIT(20) | BIT(23))) return 0;
    return __get_cpuid(0x80000001u, &a, &b, &c, &d) && has_all(c, BIT(0)); /* LAHF */
}

static int has_v3(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
    /* FMA, SSE4.2, MOVBE, POPCNT, AVX, F16C */
    if (!has_all(c, BIT(12) | BIT(20) | BIT(22) | BIT(23) | BIT(28) | BIT(29))) return 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    if (!has_all(b, BIT(3) | BIT(5) | BIT(8))) return 0;                            /* BMI1 AVX2 BMI2 */
    if (!__get_cpuid(0x80000001u, &a, &b, &c, &d) || !has_all(c, BIT(5))) return 0; /* LZCNT */
    return has_all(saved_states(), BIT(1) | BIT(2));
}

static int has_v4(void)
{
    unsigned a, b, c, d;
    if (!has_v3() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    if (!has_all(b, BIT(16) | BIT(17) | BIT(28) | BIT(30) | BIT(31))) return 0; /* AVX512 F DQ CD BW VL */
    return has_all(saved_states(), BIT(1) | BIT(2) | BIT(5) | BIT(6) | BIT(7));
}
#else
static int has_v2(void) { return 1; } /* the scalar copy is plain C there */
static int has_v3(void) { return 0; }
static int has_v4(void) { return 0; }
#endif

#ifdef KURA_HAVE_ISA_scalar
#define COMPILED_SCALAR 1
#else
#define COMPILED_SCALAR 0
#endif
#ifdef KURA_HAVE_ISA_v3
#define COMPILED_V3 1
#else
#define COMPILED_V3 0
#endif
#ifdef KURA_HAVE_ISA_v4
#define COMPILED_V4 1
#else
#define COMPILED_V4 0
#endif

int kura_isa_present(kura_isa isa)
{
    switch (isa) {
    case KURA_ISA_BASELINE:
        return 1;
    case KURA_ISA_V3:
        return COMPILED_V3 && has_v3();
    case KURA_ISA_V4:
        return COMPILED_V4 && has_v4();
    case KURA_ISA_SCALAR:
        return COMPILED_SCALAR && has_v2();
    case KURA_ISA_COUNT:
        break;
    }
    return 0;
}

kura_isa kura_isa_best(void)
{
    if (kura_isa_present(KURA_ISA_V4)) return KURA_ISA_V4;
    return kura_isa_present(KURA_ISA_V3) ? KURA_ISA_V3 : KURA_ISA_BASELINE;
}

static const char *const isa_names[KURA_ISA_COUNT] = {"baseline", "v3", "v4", "scalar"};

const char *kura_isa_name(kura_isa isa)
{
    return (unsigned)isa < KURA_ISA_COUNT ? isa_names[isa] : "unknown";
}

int kura_isa_parse(const char *name, kura_isa *isa)
{
    for (int i = 0; i < KURA_ISA_COUNT; i++)
        if (!strcmp(name, isa_names[i])) {
            *isa = (kura_isa)i;
            return 0;
        }
    return 1;
}
