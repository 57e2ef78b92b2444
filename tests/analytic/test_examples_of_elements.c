/* Every example in configs/elements passes `kura check` and runs, and is listed in the README beside it. */
#include "case.h"
#include <glob.h>
#include <sys/wait.h>

#define FOLDER KURA_SOURCE_DIR "/configs/elements/"

static char *content_of(const char *path)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *out = calloc(1, 1 << 20);
    assert_non_null(out);
    assert_true(fread(out, 1, (1 << 20) - 1, f) > 0);
    fclose(f);
    return out;
}

static void test_examples(void **state)
{
    (void)state;
    glob_t found;
    char *list = content_of(FOLDER "README.md");
    assert_int_equal(glob(FOLDER "*.yaml", 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 10);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i], *name = strrchr(path, '/') + 1;
        int status = system(text("%s check '%s' > /dev/null 2>&1", KURA_BINARY, path));
        if (!WIFEXITED(status) || WEXITSTATUS(status)) fail_msg("kura check %s fails", name);
        if (!strstr(list, text("| %s |", name)))
            fail_msg("%s is not listed in configs/elements/README.md", name);
        kura_run_options few = {.paths = 32};
        run_result r = run_file(path, NULL, 0, &few, "examples-element");
        assert_true(size_of(&r, "summary", "expected_unserved") > 0);
        drop(&r);
    }
    globfree(&found);
    free(list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_examples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
