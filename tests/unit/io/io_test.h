/* Help shared by the tests of io: a folder of their own, whole files in memory. */
#ifndef KURA_TEST_IO_TEST_H
#define KURA_TEST_IO_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "base/error.h"
#include "sample_frame.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char io_folder[64];

/* Entries of a folder but . and .. */
__attribute__((unused)) static int io_count(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;
    assert_non_null(d);
    while (readdir(d)) n++;
    closedir(d);
    return n - 2;
}

/* "<folder>/<name>", good until the end of the program. */
__attribute__((unused)) static const char *io_path(const char *name)
{
    static char paths[100][400];
    char wanted[400];
    snprintf(wanted, sizeof wanted, "%s/%s", io_folder, name);
    for (int i = 0; i < 100; i++) {
        if (!*paths[i]) strcpy(paths[i], wanted);
        if (strcmp(paths[i], wanted) == 0) return paths[i];
    }
    fail_msg("too many names");
    return NULL;
}

/* printf into one buffer. */
__attribute__((unused, format(printf, 1, 2))) static const char *io_text(const char *format, ...)
{
    static char text[2000];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return text;
}

__attribute__((unused)) static int io_exists(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

__attribute__((unused)) static void io_put(const char *path, const void *data, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

/* The bytes of a file, malloced, and a NUL behind. */
__attribute__((unused)) static char *io_get(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    char *data = malloc(*size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, *size, f), *size);
    data[*size] = 0;
    fclose(f);
    return data;
}

__attribute__((unused)) static int io_same_files(const char *a, const char *b)
{
    size_t n, m;
    char *x = io_get(a, &n), *y = io_get(b, &m);
    int same = n == m && memcmp(x, y, n) == 0;
    free(x);
    free(y);
    return same;
}

__attribute__((unused)) static void io_empty(void)
{
    DIR *d = opendir(io_folder);
    struct dirent *e;
    while ((e = readdir(d)))
        if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..")) remove(io_path(e->d_name));
    closedir(d);
}

__attribute__((unused)) static int io_begin(void **state)
{
    (void)state;
    snprintf(io_folder, sizeof io_folder, "/tmp/kura-test-XXXXXX");
    return mkdtemp(io_folder) ? 0 : -1;
}

__attribute__((unused)) static int io_end(void **state)
{
    (void)state;
    io_empty();
    return rmdir(io_folder);
}

#endif
