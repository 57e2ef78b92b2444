/* Suggestions: the distance on known pairs, symmetry, and when nothing is near enough. */
#include "conf_test.h"
#include "conf/names.h"
#include "conf/suggest.h"

static void test_distance(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        int d;
    } pairs[] = {{"", "", 0},
                 {"a", "", 1},
                 {"", "abc", 3},
                 {"abc", "abc", 0},
                 {"abc", "abd", 1},
                 {"abc", "acb", 1},
                 {"abcd", "bacd", 1},
                 {"kitten", "sitting", 3},
                 {"output", "ouput", 1},
                 {"tension", "tensoin", 1},
                 {"CHN", "chn", 1},
                 {"CHN", "CHM", 1},
                 {"ca", "abc", 3},
                 {"saturday", "sunday", 3},
                 {"restriction", "restricton", 1},
                 {"yaers", "years", 1}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_int_equal(kura_distance(pairs[i].a, pairs[i].b), pairs[i].d);
        assert_int_equal(kura_distance(pairs[i].b, pairs[i].a), pairs[i].d);
    }
}

static const char *nearest(const char *wanted, const char *const *names)
{
    kura_suggestion s = {.wanted = wanted};
    for (; *names; names++) kura_suggest(&s, *names);
    return s.best;
}

static void test_nearest(void **state)
{
    (void)state;
    static const char *const names[] = {"paths",   "seed", "start", "step", "steps",
                                        "horizon", "CHN",  "JPN",   NULL};
    assert_string_equal(nearest("path", names), "paths");
    assert_string_equal(nearest("setp", names), "step");
    assert_string_equal(nearest("horzion", names), "horizon");
    assert_string_equal(nearest("chn", names), "CHN");
    assert_string_equal(nearest("JPM", names), "JPN");
    assert_null(nearest("wibble", names));
    assert_null(nearest("x", names));
    assert_null(nearest("", names));
}

static void test_long_texts(void **state)
{
    (void)state;
    char a[5000], b[5000];
    memset(a, 'a', sizeof a);
    memset(b, 'b', sizeof b);
    a[4999] = b[4999] = 0;
    assert_int_equal(kura_distance(a, b), 63);
    kura_suggestion s = {.wanted = a};
    kura_suggest(&s, b);
    assert_null(s.best);
    assert_string_equal(kura_suggest_hint(&s).text, "");
    s.best = a;
    assert_int_equal(strlen(kura_suggest_hint(&s).text), 17 + 80 + 1);
}

static void test_names(void **state)
{
    (void)state;
    kura_arena arena = {0};
    kura_names set = {0};
    assert_int_equal(kura_names_find(&set, "x"), -1);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(kura_names_add(&set, &arena, kura_arena_printf(&arena, "n%d", i)), -1);
    assert_int_equal(set.count, 1000);
    assert_int_equal(kura_names_add(&set, &arena, "n500"), 500);
    assert_int_equal(kura_names_find(&set, "n999"), 999);
    assert_int_equal(kura_names_find(&set, "n1000"), -1);
    kura_arena_fini(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distance), cmocka_unit_test(test_nearest),
                                       cmocka_unit_test(test_long_texts), cmocka_unit_test(test_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
