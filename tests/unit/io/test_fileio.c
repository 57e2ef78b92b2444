/* Atomic replacement of files (base/fileio.h). */
#include "io_test.h"
#include "base/fileio.h"
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void put(const char *path, const char *text, int force)
{
    kura_fileio f;
    kura_error err;
    assert_int_equal(kura_fileio_begin(&f, path, force, &err), KURA_OK);
    assert_int_equal(kura_fileio_write(&f, 0, text, strlen(text), &err), KURA_OK);
    assert_int_equal(kura_fileio_commit(&f, &err), KURA_OK);
    kura_fileio_abort(&f);
}

static void assert_content(const char *path, const char *text)
{
    size_t n;
    char *got = io_get(path, &n);
    assert_string_equal(got, text);
    free(got);
}

static void a_file_appears_at_commit(void **state)
{
    (void)state;
    kura_fileio f;
    kura_error err;
    const char *path = io_path("a"), *part = io_path("a.part");
    assert_int_equal(kura_fileio_begin(&f, path, 0, &err), KURA_OK);
    assert_int_equal(kura_fileio_write(&f, 0, "half", 4, &err), KURA_OK);
    assert_false(io_exists(path));
    assert_true(io_exists(part));
    assert_int_equal(kura_fileio_commit(&f, &err), KURA_OK);
    assert_true(io_exists(path));
    assert_false(io_exists(part));
    io_empty();
}

static void abort_leaves_the_old_file(void **state)
{
    (void)state;
    kura_fileio f;
    kura_error err;
    const char *path = io_path("a");
    put(path, "old", 0);
    assert_int_equal(kura_fileio_begin(&f, path, 1, &err), KURA_OK);
    assert_int_equal(kura_fileio_write(&f, 0, "new", 3, &err), KURA_OK);
    kura_fileio_abort(&f);
    kura_fileio_abort(&f);
    assert_content(path, "old");
    assert_int_equal(io_count(io_folder), 1);
    io_empty();
}

static void an_existing_file_needs_force(void **state)
{
    (void)state;
    kura_fileio f;
    kura_error err;
    const char *path = io_path("a");
    put(path, "old", 0);
    const char *text = io_text("cannot create %s: it exists; --force replaces it", path);
    assert_int_equal(kura_fileio_check(path, 0, &err), KURA_E_CANNOT_CREATE);
    assert_string_equal(err.message, text);
    assert_int_equal(kura_fileio_begin(&f, path, 0, &err), KURA_E_CANNOT_CREATE);
    assert_string_equal(err.message, text);
    assert_int_equal(kura_fileio_check(path, 1, &err), KURA_OK);
    put(path, "new", 1);
    assert_content(path, "new");
    io_empty();
}

/* A file that appears while we write is not overwritten either. */
static void a_file_that_appeared_meanwhile_needs_force(void **state)
{
    (void)state;
    kura_fileio f;
    kura_error err;
    const char *path = io_path("a");
    assert_int_equal(kura_fileio_begin(&f, path, 0, &err), KURA_OK);
    io_put(path, "other", 5);
    assert_int_equal(kura_fileio_commit(&f, &err), KURA_E_CANNOT_CREATE);
    assert_content(path, "other");
    assert_int_equal(io_count(io_folder), 1);
    io_empty();
}

static void impossible_places_are_refused(void **state)
{
    (void)state;
    kura_error err;
    char long_name[300] = "";
    memset(long_name, 'x', 252);
    assert_int_equal(kura_fileio_check("", 0, &err), KURA_E_CANNOT_CREATE);
    assert_int_equal(kura_fileio_check(NULL, 0, NULL), KURA_E_CANNOT_CREATE);
    assert_int_equal(kura_fileio_check("/tmp/", 1, &err), KURA_E_CANNOT_CREATE);
    assert_string_equal(err.message, "cannot create /tmp/: it names a folder");
    assert_int_equal(kura_fileio_check(io_folder, 1, &err), KURA_E_CANNOT_CREATE);
    assert_int_equal(kura_fileio_check("/dev/null", 1, &err), KURA_E_CANNOT_CREATE);
    assert_string_equal(err.message, "cannot create /dev/null: it is not a plain file");
    assert_int_equal(kura_fileio_check(io_path("no/a"), 1, &err), KURA_E_CANNOT_CREATE);
    assert_string_equal(err.message,
                        io_text("cannot create %s: there is no folder %s", io_path("no/a"), io_path("no")));
    put(io_path("file"), "", 0);
    assert_int_equal(kura_fileio_check(io_path("file/a"), 1, &err), KURA_E_CANNOT_CREATE);
    assert_int_equal(kura_fileio_check(io_path(long_name), 1, &err),
                     KURA_E_CANNOT_CREATE); /* .part makes it too long */
    assert_int_equal(mkdir(io_path("b.part"), 0777), 0);
    assert_int_equal(kura_fileio_check(io_path("b"), 1, &err), KURA_E_CANNOT_CREATE);
    assert_int_equal(kura_fileio_check("a-file-in-the-current-folder", 0, &err), KURA_OK);
    io_empty();
}

/* As another user, since root may write everywhere. */
static void a_folder_that_is_not_writable_is_refused(void **state)
{
    (void)state;
    const char *path = io_path("a");
    assert_int_equal(chmod(io_folder, 0555), 0);
    pid_t child = fork();
    if (child == 0) {
        kura_error err;
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) _exit(2);
        kura_status status = kura_fileio_check(path, 0, &err);
        _exit(status == KURA_E_CANNOT_CREATE && strstr(err.message, "is not writable") ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(chmod(io_folder, 0755), 0);
    if (WEXITSTATUS(status) == 2) skip();
    assert_int_equal(status, 0);
}

static void a_dead_part_is_replaced(void **state)
{
    (void)state;
    io_put(io_path("a.part"), "left by a run that was killed", 29);
    put(io_path("a"), "new", 0);
    assert_content(io_path("a"), "new");
    assert_int_equal(symlink("/nowhere/else", io_path("b.part")), 0); /* and a link is not followed */
    put(io_path("b"), "new", 0);
    assert_content(io_path("b"), "new");
    assert_int_equal(io_count(io_folder), 2);
    io_empty();
}

static void a_part_being_written_is_refused(void **state)
{
    (void)state;
    kura_fileio f, g;
    kura_error err;
    const char *path = io_path("a");
    assert_int_equal(kura_fileio_begin(&f, path, 0, &err), KURA_OK);
    assert_int_equal(kura_fileio_write(&f, 0, "first", 5, &err), KURA_OK);
    assert_int_equal(kura_fileio_begin(&g, path, 1, &err), KURA_E_CANNOT_CREATE);
    assert_non_null(strstr(err.message, "another process is writing"));
    kura_fileio_abort(&g);
    assert_int_equal(kura_fileio_commit(&f, &err), KURA_OK);
    assert_content(path, "first");
    io_empty();
}

/* Many processes at once: each either writes a whole file or is refused. */
static void newcomers_do_not_mix(void **state)
{
    (void)state;
    enum { PROCESSES = 8, ROUNDS = 40 };
    const char *path = io_path("a");
    for (int p = 0; p < PROCESSES; p++) {
        if (fork() == 0) {
            char data[5000];
            memset(data, 'a' + p, sizeof data);
            for (int i = 0; i < ROUNDS; i++) {
                kura_fileio f;
                if (kura_fileio_begin(&f, path, 1, NULL) != KURA_OK) continue;
                kura_fileio_write(&f, 0, data, sizeof data / 2, NULL);
                kura_fileio_write(&f, sizeof data / 2, data, sizeof data / 2, NULL);
                if (i % 3 == 0)
                    kura_fileio_abort(&f);
                else if (kura_fileio_commit(&f, NULL) != KURA_OK)
                    _exit(1);
            }
            _exit(0);
        }
    }
    int status, failed = 0;
    while (wait(&status) > 0) failed |= status;
    assert_int_equal(failed, 0);
    size_t n;
    char *got = io_get(path, &n);
    assert_int_equal(n, 5000);
    for (size_t i = 1; i < n; i++) assert_int_equal(got[i], got[0]);
    free(got);
    assert_int_equal(io_count(io_folder), 1);
    io_empty();
}

/* A limit on the size of files stands for a full disk here; tests/readers/test_full_disk.sh has the real
 * thing. */
static void a_failed_write_leaves_nothing(void **state)
{
    (void)state;
    struct rlimit old, small = {1000, 1000};
    kura_fileio f;
    kura_error err;
    char data[5000] = {0};
    getrlimit(RLIMIT_FSIZE, &old);
    small.rlim_max = old.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    kura_status begun = kura_fileio_begin(&f, io_path("a"), 0, &err);
    kura_status written = kura_fileio_write(&f, 0, data, sizeof data, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(begun, KURA_OK);
    assert_int_equal(written, KURA_E_IO);
    assert_non_null(strstr(err.message, "cannot write"));
    assert_int_equal(io_count(io_folder), 0);
    kura_fileio_abort(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_appears_at_commit),
        cmocka_unit_test(abort_leaves_the_old_file),
        cmocka_unit_test(an_existing_file_needs_force),
        cmocka_unit_test(a_file_that_appeared_meanwhile_needs_force),
        cmocka_unit_test(impossible_places_are_refused),
        cmocka_unit_test(a_folder_that_is_not_writable_is_refused),
        cmocka_unit_test(a_dead_part_is_replaced),
        cmocka_unit_test(a_part_being_written_is_refused),
        cmocka_unit_test(newcomers_do_not_mix),
        cmocka_unit_test(a_failed_write_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, io_begin, io_end);
}
