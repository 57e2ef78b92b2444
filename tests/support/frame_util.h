/* Small helpers of tests that run a scenario through the public interface and read the result. */
#ifndef KURA_TEST_FRAME_UTIL_H
#define KURA_TEST_FRAME_UTIL_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/read.h"
#include "kura/kura.h"
#include "tally/frame.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    kura_frame *frame;
    char path[512], digest[65], state[33]; /* state: hash of the states in which paths end */
} run_result;

/* Writes `text` to KURA_TEST_TMP/name and gives its path. */
static inline const char *put_file(const char *name, const char *text)
{
    static char path[8][512];
    static int next;
    char *p = path[next++ % 8];
    snprintf(p, 512, "%s/%s", KURA_TEST_TMP, name);
    FILE *f = fopen(p, "wb");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    return p;
}

static inline void print_messages(const kura_diag *diag)
{
    for (size_t i = 0; i < diag->count; i++)
        print_message("%s:%d:%d: %s\n", diag->items[i].file, diag->items[i].line, diag->items[i].column,
                      diag->items[i].message);
}

/* Runs a scenario file to an HDF5 file and reads it back. */
static inline run_result run_file(const char *path, const char *const *sets, size_t n,
                                  const kura_run_options *given, const char *name)
{
    run_result r = {0};
    kura_scenario *s = NULL;
    kura_result *result = NULL;
    kura_diag diag = {0};
    kura_error err = {0};
    kura_run_options options = {0};
    if (given) options = *given;
    if (kura_scenario_load(path, sets, n, &s, &diag, &err)) {
        print_messages(&diag);
        print_message("%s\n", err.message);
        fail_msg("%s could not be loaded", path);
    }
    kura_diag_fini(&diag);
    if (kura_run(s, &options, &result, &err)) fail_msg("%s: %s", path, err.message);
    snprintf(r.path, sizeof r.path, "%s/%s.h5", KURA_TEST_TMP, name);
    if (kura_result_write(result, r.path, 1, 0, &err)) fail_msg("%s: %s", r.path, err.message);
    if (kura_file_digest(r.path, r.digest, &err)) fail_msg("%s: %s", r.path, err.message);
    if (kura_file_state_hash(r.path, r.state, &err)) fail_msg("%s: %s", r.path, err.message);
    assert_int_equal(strlen(r.state), 32);
    if (kura_io_read(r.path, NULL, &r.frame, &err)) fail_msg("%s: %s", r.path, err.message);
    kura_result_free(result);
    kura_scenario_free(s);
    return r;
}

static inline run_result run_text(const char *yaml, const kura_run_options *options, const char *name)
{
    char file[128];
    snprintf(file, sizeof file, "%s.yaml", name);
    return run_file(put_file(file, yaml), NULL, 0, options, name);
}

static inline void drop(run_result *r)
{
    kura_frame_free(r->frame);
    unlink(r->path);
    r->frame = NULL;
}

static inline const kf_variable *variable(const run_result *r, const char *group, const char *name)
{
    const kf_group *g = kura_frame_find(r->frame, group);
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    if (!v) fail_msg("no variable %s/%s", group, name);
    return v;
}

static inline const double *numbers(const run_result *r, const char *group, const char *name)
{
    return variable(r, group, name)->data;
}

static inline int64_t size_of(const run_result *r, const char *group, const char *name)
{
    return kura_frame_size(kura_frame_find(r->frame, group), variable(r, group, name));
}

/* Index of a label of a dimension; fails when absent. */
static inline int64_t label(const run_result *r, const char *group, const char *dim, const char *text)
{
    const kf_variable *v = variable(r, group, dim);
    const char *const *labels = v->data;
    int64_t n = size_of(r, group, dim);
    for (int64_t i = 0; i < n; i++)
        if (strcmp(labels[i], text) == 0) return i;
    fail_msg("no label %s in %s/%s", text, group, dim);
    return -1;
}

/* One number per mineral: that of `mineral` (NULL = the first). */
static inline double summary(const run_result *r, const char *name, const char *mineral)
{
    return numbers(r, "summary", name)[mineral ? label(r, "summary", "mineral", mineral) : 0];
}

#endif
