/* Shared by the tests of the num layer: cmocka in its required order, a private generator (not the one under
 * test), and the error of a double in units of the last place of a long double reference. */
#ifndef KURA_TESTS_NUM_TEST_H
#define KURA_TESTS_NUM_TEST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <math.h>
#include <stdio.h>
#include <cmocka.h>

/* xorshift64*: uniform in (0,1) on the grid of the engine's draws. */
static inline double next_uniform(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return ((double)((*state * 0x2545f4914f6cdd1du) >> 12) + 0.5) * 0x1p-52;
}

static inline double ulps(double got, long double want)
{
    int e;
    frexp((double)want, &e);
    return (double)(fabsl((long double)got - want) / ldexpl(1.0L, e - 53));
}

static inline void assert_close(double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        print_error("got %.17g, want %.17g, difference %.3g > %.3g\n", got, want, got - want, tolerance);
        fail();
    }
}

#endif
