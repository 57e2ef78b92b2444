/* One line a comparison, in a form that a page can be made from. */
#ifndef KURA_TEST_TRUST_H
#define KURA_TEST_TRUST_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* `z`: distance in standard errors, or 0 where equality is asked for. */
static inline void trust_line(double exact, double kura, double z, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#include <stdio.h>

static inline void trust_line(double exact, double kura, double z, const char *format, ...)
{
    char claim[256];
    va_list args;
    va_start(args, format);
    vsnprintf(claim, sizeof claim, format, args);
    va_end(args);
    print_message("trust: %s | exact %.10g | kura %.10g | z %.3g\n", claim, exact, kura, z);
}

#endif
