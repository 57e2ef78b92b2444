/* What people read: number formats, tables, the headline, single variables. */
#include "io_test.h"
#include "io/show.h"
#include "io/table.h"

/* ---- numbers ---- */

static void assert_error_text(double x, double se, const char *text)
{
    char buffer[KURA_CELL_BYTES];
    kura_format_error(x, se, buffer);
    assert_string_equal(buffer, text);
}

static void two_digits_of_the_error_decide(void **state)
{
    (void)state;
    assert_error_text(12.3456, 0.1234, "12.35±0.12");
    assert_error_text(12.3456, 1.234, "12.3±1.2");
    assert_error_text(12.3456, 12.34, "12±12");
    assert_error_text(123456, 1234, "123500±1200");
    assert_error_text(0.5, 0.0996, "0.50±0.10");
    assert_error_text(-0.001, 0.12, "0.00±0.12");
    assert_error_text(1.25e-9, 3.1e-10, "1.25e-09±3.1e-10");
    assert_error_text(0, 0, "0±0");
    assert_error_text(12.5, 0, "12.5±0");
    assert_error_text(12.5, NAN, "12.5±n/a");
    assert_error_text(NAN, 1, "n/a");
    assert_error_text(INFINITY, NAN, "inf±n/a");
    assert_error_text(1e300, 1e299, "1e+300±1e+299");
    assert_error_text(1e-300, 1e-301, "1.00e-300±1.0e-301");
}

static void assert_interval_text(double x, double lo, double hi, const char *text)
{
    char buffer[KURA_CELL_BYTES];
    kura_format_interval(x, lo, hi, ">max", buffer);
    assert_string_equal(buffer, text);
}

static void the_width_decides_for_intervals(void **state)
{
    (void)state;
    assert_interval_text(45.678, 44.1, 47.2, "45.7 [44.1,47.2]");
    assert_interval_text(0, 0, 0.38, "0.00 [0.00,0.38]");
    assert_interval_text(0, 0, 0, "0 [0,0]");
    assert_interval_text(1234, 1234, 1234, "1234 [1234,1234]");
    assert_interval_text(120.25, 110.5, INFINITY, "120 [110,>max]");
    assert_interval_text(INFINITY, 150, INFINITY, ">max [150,>max]");
    assert_interval_text(INFINITY, INFINITY, INFINITY, ">max [>max,>max]");
    assert_interval_text(NAN, NAN, NAN, "n/a");
    assert_interval_text(5, NAN, NAN, "5 [n/a,n/a]");
}

static void dates_are_gregorian(void **state)
{
    (void)state;
    char buffer[KURA_CELL_BYTES];
    static const struct {
        int64_t day;
        const char *text;
    } cases[] = {{0, "1970-01-01"},     {-1, "1969-12-31"},    {20094, "2025-01-06"},  {11016, "2000-02-29"},
                 {47540, "2100-02-28"}, {47541, "2100-03-01"}, {-719468, "0000-03-01"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kura_format_date(cases[i].day, buffer);
        assert_string_equal(buffer, cases[i].text);
    }
}

/* ---- pages ---- */

/* What is shown of `frame`; NULL and a message in `err` when it fails. */
static char *shown(const kura_frame *frame, const char *what, kura_error *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    kura_status status = kura_io_show(frame, what, f, err);
    fclose(f);
    if (status == KURA_OK) return text;
    assert_int_equal(status, err->code);
    free(text);
    return NULL;
}

static void assert_shown(const char *what, const char *expected)
{
    kura_frame *frame = sample_frame();
    kura_error err = {0};
    char *text = shown(frame, what, &err);
    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
    kura_frame_free(frame);
}

/* clang-format off */
static void the_headline(void **state)
{
    (void)state;
    assert_shown(NULL,
                 "Sample of a result, invented numbers\n"
                 "JPN, 1.15 years from 2025-01-06, 400 paths, seed 20250101\n"
                 "\n"
                 "mineral      data        LOLE       P(shortage)           P(long)        NEUE   gross      CVaR95        stock 95 %\n"
                 "                    days/year                 %                 %         ppm     ppm           t              days\n"
                 "dysprosium   A       45.7±1.2  87.1 [86.0,88.1]  40.0 [38.0,42.0]  56700±2000  ~70000  98800±4300    120 [110,>max]\n"
                 "gallium      B     12.34±0.56  45.0 [43.1,46.9]  12.1 [11.0,13.3]  12300±1100  ~20000     1234±67  31.0 [28.0,34.0]\n"
                 "naïve metal  C            0±0  0.00 [0.00,0.38]  0.00 [0.00,0.38]         0±0      ~0         0±0           0 [0,0]\n"
                 "\n"
                 "±: standard error; [ ]: 95 % interval; ~: no error in the file. data: grade of the input data, A best. LOLE: expected\n"
                 "days with a shortage. P(shortage): probability of a shortage within the horizon. P(long): probability of a shortage of\n"
                 "90 days and more. NEUE: expected unserved share of demand. gross: the same of demand before high prices destroyed part\n"
                 "of it. CVaR95: mean unserved amount in the worst 5 % of paths. stock 95 %: days of use in stock that cover every need at\n"
                 "the form held, not at later ones, in 95 % of paths; >max: more than the largest stock counted; irreducible: no size\n"
                 "does; n/a: no stockpile is there, or too few paths.\n");
}
/* clang-format on */

static void variables(void **state)
{
    (void)state;
    assert_shown("network/stages", "network/stages [1]: number of stages\n3\n");
    assert_shown("/scenario/resolved", "scenario/resolved: the scenario as it was run\n"
                                       "format: 1\nname: sample\ntitle: A sample, with ± and 日本\n");
    assert_shown("network/capacity", "network/capacity (node 4) [t year-1]: capacity\n"
                                     "node          capacity\n"
                                     "CHN refinery      1000\n"
                                     "MYS refinery   2000.25\n"
                                     "日本            3000.5\n"
                                     "JPN stock      4000.75\n");
    assert_shown("adequacy/irreducible",
                 "adequacy/irreducible (mineral 3, confidence 3) [1]: no stock is enough\n"
                 "mineral      0.9  0.95  0.99\n"
                 "dysprosium    no    no   yes\n"
                 "gallium       no    no    no\n"
                 "naïve metal   no    no    no\n");
    assert_shown("summary/loss_of_load_expectation",
                 "summary/loss_of_load_expectation (mineral 3) [d year-1]: expected days of shortage; "
                 "estimator R8.2 8.2; ±:\n"
                 "loss_of_load_expectation_se\n"
                 "mineral      loss_of_load_expectation\n"
                 "gallium                    12.34±0.56\n"
                 "dysprosium                   45.7±1.2\n"
                 "naïve metal                       0±0\n");
}

static void a_group_lists_its_variables(void **state)
{
    (void)state;
    assert_shown("network", "variable  units     dimensions  meaning\n"
                            "node                node 4\n"
                            "country             node 4      country of the node\n"
                            "capacity  t year-1  node 4      capacity\n"
                            "stages    1                     number of stages\n");
    assert_shown("provenance/", "compiler: none\n\n"
                                "variable  units  dimensions  meaning\n"
                                "history                      what was done\n");
}

static void three_dimensions_are_shown_in_planes(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame();
    kura_error err = {0};
    char *text = shown(frame, "summary/stock_quantile", &err);
    assert_non_null(strstr(
        text,
        "\n\nmineral = dysprosium\ntime          0.05    0.25     0.5    0.75    0.95\n2025-01-06     "));
    assert_non_null(strstr(text, "2025-01-13   602.5     703     n/a     904  1004.5\n"));
    free(text);
    kura_frame_free(frame);
}

/* No line of the headline is wider than 120, whatever the names; and the same holds for blocks of columns. */
static void assert_narrow(const char *text)
{
    int width = 0;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p == '\n')
            width = 0;
        else if ((*p & 0xc0) != 0x80)
            width++;
        assert_true(width <= 120);
    }
}

static void tables_stay_within_120_columns(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame();
    kura_error err = {0};
    const char **names =
        (const char **)(uintptr_t)kura_frame_find_var(kura_frame_find(frame, "summary"), "mineral")->data;
    names[1] = "neodymium and praseodymium together, a long name";
    char *text = shown(frame, NULL, &err);
    assert_narrow(text);
    assert_non_null(strstr(text, "\n\nmineral    ")); /* the rest in a second block */
    free(text);
    text = shown(frame, "samples/inputs", &err);
    assert_narrow(text);
    free(text);
    text = shown(frame, "summary/shortage_probability", &err);
    assert_narrow(text);
    free(text);
    kura_frame_free(frame);
}

static void columns_without_variables_are_skipped(void **state)
{
    (void)state;
    kura_frame *frame = kura_frame_new();
    kura_error err = {0};
    kf_group *g = kura_frame_group(frame, "summary");
    static const char *const names[3] = {"a", "b\x1b[31m", "c"};
    static const double lole[3] = {NAN, 1, 2}, se[3] = {NAN, 0.1, 0.1};
    kura_frame_dim_labels(frame, g, "mineral", 3, names);
    kura_frame_var(frame, g, "loss_of_load_expectation", KF_F64, "mineral", lole, "day", "", NULL, NULL);
    kura_frame_var(frame, g, "loss_of_load_expectation_se", KF_F64, "mineral", se, "day", "", NULL, NULL);
    char *text = shown(frame, "", &err);
    assert_string_equal(text, "mineral       LOLE\n"
                              "              days\n"
                              "c        2.00±0.10\n"
                              "b?[31m   1.00±0.10\n"
                              "a              n/a\n"
                              "\n"
                              "±: standard error; [ ]: 95 % interval; ~: no error in the file. LOLE: "
                              "expected days with a shortage.\n");
    free(text);
    kura_frame_free(frame);
}

static void irreducible_is_said_so(void **state)
{
    (void)state;
    kura_frame *frame = kura_frame_new();
    kura_error err = {0};
    static const char *const names[3] = {"a", "b", "c"};
    static const double level[1] = {0.95}, days[3] = {INFINITY, INFINITY, 5}, lo[3] = {90, 95, 4},
                        hi[3] = {INFINITY, INFINITY, 6};
    static const int8_t irreducible[3] = {1, 0, 0};
    kura_frame_dim_labels(frame, kura_frame_group(frame, "summary"), "mineral", 3, names);
    kf_group *g = kura_frame_group(frame, "adequacy");
    kura_frame_dim_labels(frame, g, "mineral", 3, names);
    kura_frame_dim_f64(frame, g, "confidence", 1, level, "1", "");
    kura_frame_var(frame, g, "required_stock_days", KF_F64, "mineral,confidence", days, "d", "", NULL, NULL);
    kura_frame_var(frame, g, "required_stock_days_lo", KF_F64, "mineral,confidence", lo, "d", "", NULL, NULL);
    kura_frame_var(frame, g, "required_stock_days_hi", KF_F64, "mineral,confidence", hi, "d", "", NULL, NULL);
    kura_frame_var(frame, g, "irreducible", KF_I8, "mineral,confidence", irreducible, "1", "", NULL, NULL);
    char *text = shown(frame, NULL, &err);
    assert_non_null(strstr(text, "a           irreducible\n"
                                 "b        >max [95,>max]\n"
                                 "c         5.0 [4.0,6.0]\n"));
    free(text);
    kura_frame_free(frame);
}

static void what_is_not_there_is_said_with_what_is(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame(), *nothing = kura_frame_new();
    kura_error err = {0};
    assert_null(shown(frame, "sumary", &err));
    assert_int_equal(err.code, KURA_E_USAGE);
    assert_string_equal(err.message,
                        "the result has no group \"sumary\"; it has summary, adequacy, histograms, network, "
                        "samples, scenario, provenance");
    assert_null(shown(frame, "network/price", &err));
    assert_string_equal(err.message,
                        "group network has no variable \"price\"; it has node, country, capacity, stages");
    assert_null(shown(nothing, NULL, &err));
    assert_int_equal(err.code, KURA_E_SCENARIO);
    kura_frame_free(nothing);
    kura_frame_free(frame);
}

static void a_full_disk_is_an_error(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame();
    kura_error err = {0};
    FILE *full = fopen("/dev/full", "w");
    if (!full) skip();
    setvbuf(full, NULL, _IONBF, 0);
    assert_int_equal(kura_io_show(frame, NULL, full, &err), KURA_E_IO);
    fclose(full);
    kura_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_digits_of_the_error_decide),
        cmocka_unit_test(the_width_decides_for_intervals),
        cmocka_unit_test(dates_are_gregorian),
        cmocka_unit_test(the_headline),
        cmocka_unit_test(variables),
        cmocka_unit_test(a_group_lists_its_variables),
        cmocka_unit_test(three_dimensions_are_shown_in_planes),
        cmocka_unit_test(tables_stay_within_120_columns),
        cmocka_unit_test(columns_without_variables_are_skipped),
        cmocka_unit_test(irreducible_is_said_so),
        cmocka_unit_test(what_is_not_there_is_said_with_what_is),
        cmocka_unit_test(a_full_disk_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
