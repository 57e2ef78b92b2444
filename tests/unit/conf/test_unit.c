/* Numbers and quantities: every unit, exact powers of ten, and the messages of what is none. */
#include "conf_test.h"
#include "conf/unit.h"
#include <math.h>

static double value(kura_unit kind, const char *text, const char *unit, double step)
{
    double x = NAN;
    kura_unit_error error = {""};
    if (kura_quantity(kind, text, unit, step, &x, &error)) fail_msg("%s: %s", text, error.text);
    return x;
}

static void equal(kura_unit kind, const char *text, double expected)
{
    double x = value(kind, text, NULL, 7);
    if (x != expected) fail_msg("%s gives %.17g, not %.17g", text, x, expected);
}

static void refused(kura_unit kind, const char *text, const char *unit, const char *message)
{
    double x = 17;
    kura_unit_error error = {""};
    assert_true(kura_quantity(kind, text, unit, 7, &x, &error) != 0);
    assert_true(x == 17);
    assert_string_equal(error.text, message);
}

static void test_numbers(void **state)
{
    (void)state;
    equal(KURA_UNIT_NUMBER, "0", 0);
    equal(KURA_UNIT_NUMBER, "1", 1);
    equal(KURA_UNIT_NUMBER, "-2.5", -2.5);
    equal(KURA_UNIT_NUMBER, "+3", 3);
    equal(KURA_UNIT_NUMBER, ".5", .5);
    equal(KURA_UNIT_NUMBER, "5.", 5);
    equal(KURA_UNIT_NUMBER, "1e3", 1000);
    equal(KURA_UNIT_NUMBER, "1.5E-3", .0015);
    equal(KURA_UNIT_NUMBER, "30_000", 30000);
    equal(KURA_UNIT_NUMBER, "1_000_000.25", 1000000.25);
    equal(KURA_UNIT_NUMBER, "0.1", .1);
    equal(KURA_UNIT_NUMBER, " 7 ", 7);
    assert_false(signbit(value(KURA_UNIT_NUMBER, "-0", NULL, 7)));
}

/* Correctly rounded: the decimal point moves before the rounding. */
static void test_powers_of_ten_are_exact(void **state)
{
    (void)state;
    equal(KURA_UNIT_SHARE, "81 %", 0.81);
    equal(KURA_UNIT_SHARE, "0.1 %", 0.001);
    equal(KURA_UNIT_SHARE, "2.3 %", 0.023);
    equal(KURA_UNIT_SHARE, "57 %", 0.57);
    equal(KURA_UNIT_SHARE, "1.1%", 0.011);
    equal(KURA_UNIT_SHARE, "0.07", 0.07);
    equal(KURA_UNIT_MASS, "30 kt", 30000);
    equal(KURA_UNIT_MASS, "0.3 Mt", 300000);
    equal(KURA_UNIT_MASS, "1 kg", 0.001);
    equal(KURA_UNIT_MASS, "7 g", 0.000007);
    equal(KURA_UNIT_PRICE, "30_000 USD/t", 30000);
    equal(KURA_UNIT_PRICE, "2.1 USD/kg", 2100);
    equal(KURA_UNIT_PRICE, "2 USD / kg", 2000);
    equal(KURA_UNIT_VOLATILITY, "26 %/sqrt(year)", 0.26);
}

static void test_time(void **state)
{
    (void)state;
    equal(KURA_UNIT_TIME, "1 hour", 1.0 / 24);
    equal(KURA_UNIT_TIME, "36 hours", 1.5);
    equal(KURA_UNIT_TIME, "1 day", 1);
    equal(KURA_UNIT_TIME, "3 d", 3);
    equal(KURA_UNIT_TIME, "6 weeks", 42);
    equal(KURA_UNIT_TIME, "1 w", 7);
    equal(KURA_UNIT_TIME, "1 month", 30.4375);
    equal(KURA_UNIT_TIME, "24 months", 730.5);
    equal(KURA_UNIT_TIME, "10 years", 3652.5);
    equal(KURA_UNIT_TIME, "7days", 7);
    equal(KURA_UNIT_RATE, "0.12 /year", 0.12);
    equal(KURA_UNIT_RATE, "1 /month", 12);
    equal(KURA_UNIT_RATE, "2 / week", 2 * (365.25 / 7));
    equal(KURA_UNIT_GROWTH, "2 %/year", 0.02);
    equal(KURA_UNIT_GROWTH, "-0.5 /year", -0.5);
}

static void test_flows(void **state)
{
    (void)state;
    assert_true(value(KURA_UNIT_FLOW, "100 t/year", NULL, 7) == 100.0 * 7 / 365.25);
    assert_true(value(KURA_UNIT_FLOW, "1.2 kt/month", NULL, 7) == 1200.0 * 7 / (365.25 / 12));
    assert_true(value(KURA_UNIT_FLOW, "5 t/week", NULL, 7) == 5);
    assert_true(value(KURA_UNIT_FLOW, "0.1 t/step", NULL, 3.7) == 0.1);
    assert_true(value(KURA_UNIT_FLOW, "0.1", "t/step", 3.7) == 0.1);
    assert_true(value(KURA_UNIT_FLOW, "100", "t/year", 3.5) == 100.0 * 3.5 / 365.25);
    assert_true(value(KURA_UNIT_PACE, "7 days/step", NULL, 3.5) == 7);
    assert_true(value(KURA_UNIT_PACE, "7 days/week", NULL, 3.5) == 3.5);
    assert_true(value(KURA_UNIT_LOLE, "0.1 days/year", NULL, 365.25) == 0.1);
    assert_string_equal(kura_unit_example(KURA_UNIT_LOLE), "0.1 days/year");
}

static void test_refused_numbers(void **state)
{
    (void)state;
    refused(KURA_UNIT_NUMBER, "", NULL,
            "\"\" given where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "low", NULL,
            "\"low\" given where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "nan", NULL, "\"nan\" is no finite number; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, ".NaN", NULL, "\".NaN\" is no finite number; write for example \"0.5\"");
    refused(KURA_UNIT_TIME, "inf years", NULL,
            "\"inf years\" is no finite number; write for example \"7 days\"");
    refused(KURA_UNIT_NUMBER, "0x10", NULL, "\"0x10\" is no decimal number; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "0b1", NULL, "\"0b1\" is no decimal number; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "017", NULL, "\"017\" begins with 0; write the number without leading zeros");
    refused(KURA_UNIT_NUMBER, "1,5", NULL,
            "\"1,5\" has a comma; write a decimal point, and '_' to group digits, as in \"30_000.5\"");
    refused(KURA_UNIT_NUMBER, "1_", NULL,
            "\"1_\" given where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "1__0", NULL,
            "\"1__0\" given where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "_1", NULL,
            "\"_1\" given where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "1.2.3", NULL,
            "\"1.2.3\" given where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "--1", NULL,
            "\"--1\" given where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "1:30", NULL,
            "\":30\" after the number where a plain number is expected; write for example \"0.5\"");
    refused(KURA_UNIT_NUMBER, "1e400", NULL, "\"1e400\" is too large for a number");
    refused(KURA_UNIT_NUMBER, "1e99999999999999999999", NULL,
            "\"1e99999999999999999999\" is too large for a number");
    refused(KURA_UNIT_NUMBER, "1e-400", NULL, "\"1e-400\" is too small for a number");
    refused(KURA_UNIT_SHARE, "5 %%", NULL,
            "unknown unit \"%%\" where a share is expected; did you mean \"%\"?");
}

static void test_refused_units(void **state)
{
    (void)state;
    refused(KURA_UNIT_PRICE, "30 kt", NULL,
            "unit \"kt\" given where money per mass is expected; write for example \"30_000 USD/t\"");
    refused(KURA_UNIT_PRICE, "30", NULL,
            "\"30\" has no unit where money per mass is expected; write for example \"30_000 USD/t\"");
    refused(KURA_UNIT_TIME, "3 yaers", NULL,
            "unknown unit \"yaers\" where a duration is expected; did you mean \"years\"?");
    refused(KURA_UNIT_TIME, "3 fortnights", NULL,
            "unknown unit \"fortnights\" where a duration is expected; write for example \"7 days\"");
    refused(KURA_UNIT_TIME, "3 t", NULL,
            "unit \"t\" given where a duration is expected; write for example \"7 days\"");
    refused(KURA_UNIT_RATE, "3 /step", NULL,
            "unknown unit \"/step\" where a rate is expected; write for example \"0.12 /year\"");
    refused(KURA_UNIT_RATE, "3 %/year", NULL,
            "unit \"%/year\" given where a rate is expected; write for example \"0.12 /year\"");
    refused(KURA_UNIT_FLOW, "3 t/yaer", NULL,
            "unknown unit \"t/yaer\" where a flow is expected; did you mean \"year\"?");
    refused(KURA_UNIT_FLOW, "3 t", NULL,
            "unit \"t\" given where a flow is expected; write for example \"1_200 t/year\"");
    refused(KURA_UNIT_SHARE, "3 percent", NULL,
            "unknown unit \"percent\" where a share is expected; write for example \"50 %\"");
    refused(KURA_UNIT_FLOW, "3 t/year", "t/year",
            "\"3 t/year\" where the header gives the unit; write the number alone");
    refused(KURA_UNIT_FLOW, "6OO", "t/year", "\"6OO\" is no number");
    refused(KURA_UNIT_FLOW, "6", "USD/t",
            "unit \"USD/t\" given where a flow is expected; write for example \"1_200 t/year\"");
}

static void whole(const char *text, unsigned long long least, unsigned long long most, const char *message,
                  unsigned long long expected)
{
    unsigned long long x = 99;
    kura_unit_error error = {""};
    int bad = kura_whole(text, least, most, &x, &error);
    assert_string_equal(error.text, message);
    assert_int_equal(bad != 0, message[0] != 0);
    assert_true(x == (bad ? 99 : expected));
}

static void test_whole_numbers(void **state)
{
    (void)state;
    whole("0", 0, 10, "", 0);
    whole("100_000", 0, 1000000, "", 100000);
    whole("1e5", 0, 1000000, "", 100000);
    whole("18446744073709551615", 0, ~0ull, "", ~0ull);
    whole("18446744073709551616", 0, ~0ull,
          "\"18446744073709551616\" is no whole number; write for example \"1\"", 0);
    whole("1.5", 0, 10, "\"1.5\" is no whole number; write for example \"1\"", 0);
    whole("1.5e0", 0, 10, "\"1.5e0\" is no whole number; write for example \"1\"", 0);
    whole("-1", 0, 10, "\"-1\" is no whole number; write for example \"1\"", 0);
    whole("", 0, 10, "\"\" is no whole number; write for example \"1\"", 0);
    whole("01", 0, 10, "\"01\" is no whole number; write for example \"1\"", 0);
    whole("1_", 0, 10, "\"1_\" is no whole number; write for example \"1\"", 0);
    whole("2", 5, 10, "2 given where at least 5 is expected", 0);
    whole("11", 5, 10, "11 given where at most 10 is expected", 0);
    whole("2", 1, 1, "2 given where 1 is expected", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_numbers),
                                       cmocka_unit_test(test_powers_of_ten_are_exact),
                                       cmocka_unit_test(test_time),
                                       cmocka_unit_test(test_flows),
                                       cmocka_unit_test(test_refused_numbers),
                                       cmocka_unit_test(test_refused_units),
                                       cmocka_unit_test(test_whole_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
