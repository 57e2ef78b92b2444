/* Help for the tests of conf: reading from text, messages as a compiler prints them, files in a folder of
 * their own. */
#ifndef KURA_CONF_TEST_H
#define KURA_CONF_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/text.h"
#include "conf/tree.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Everything a reading needs. */
typedef struct {
    kura_arena arena;
    kura_diag diag;
    kura_files files;
    kura_text text;
} bench;

static inline void bench_open(bench *b)
{
    memset(b, 0, sizeof *b);
    b->files = (kura_files){.work = &b->arena, .keep = &b->arena, .diag = &b->diag};
}

static inline void bench_close(bench *b)
{
    kura_text_fini(&b->text);
    kura_diag_fini(&b->diag);
    kura_arena_fini(&b->arena);
}

/* All messages, one a line: "file:line:column: error: text". */
static inline const char *bench_messages(bench *b)
{
    static const char *const words[] = {"error", "warning", "note"};
    kura_text_fini(&b->text);
    kura_text_add(&b->text, "");
    for (size_t i = 0; i < b->diag.count; i++) {
        const kura_diag_message *m = &b->diag.items[i];
        kura_text_add(&b->text, m->file);
        if (m->line) kura_text_printf(&b->text, ":%d", m->line);
        if (m->column) kura_text_printf(&b->text, ":%d", m->column);
        kura_text_printf(&b->text, ": %s: %s\n", words[m->severity], m->message);
    }
    return b->text.data;
}

/* A tree from text; the file is called "t". */
static inline kura_node *bench_tree(bench *b, const char *text)
{
    kura_source *s = kura_files_text(&b->files, "t", 1, text);
    return s ? kura_tree_read(&b->arena, &b->diag, s, 0, 0, 0) : NULL;
}

/* Makes (once) and enters a folder for the files of a test. */
static inline void bench_enter(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", KURA_TEST_TMP, name);
    if (mkdir(path, 0777) && errno != EEXIST) fail_msg("cannot make %s", path);
    if (chdir(path)) fail_msg("cannot enter %s", path);
}

static inline void bench_write(const char *path, const char *text, size_t size)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, size, f), size);
    assert_int_equal(fclose(f), 0);
}

#endif
