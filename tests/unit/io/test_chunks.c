/* Variables that are not in memory: what is packed in pieces by several threads reads like what HDF5's own
 * filters wrote, equal frames give equal files, and a source that fails leaves nothing. */
#include "io_test.h"
#include "io/digest.h"
#include "io/read.h"
#include "io/write.h"
#include "base/encode.h"
#include <errno.h>
#include <math.h>
#include <stdatomic.h>

enum { ROWS = 3, PATHS = 100001 };

static atomic_int reads_left = -1; /* before a read fails; -1: none */

/* Smooth, random, zero and special numbers by turns. */
static double number(int64_t i)
{
    uint64_t x = (uint64_t)i * UINT64_C(0x9e3779b97f4a7c15);
    switch (i / 5000 % 5) {
    case 0:
        return (double)(x >> 11) * 0x1p-53;
    case 1:
        return 0;
    case 2:
        return (double)(i % 7);
    case 3:
        return exp((double)(x >> 40) * 1e-6);
    default:
        return i % 3 == 0 ? NAN : i % 3 == 1 ? INFINITY : -0.0;
    }
}

static int read_numbers(const kf_source *source, int64_t first, int64_t n, double *out)
{
    (void)source;
    if (reads_left >= 0 && atomic_fetch_sub(&reads_left, 1) <= 0) {
        reads_left = 0;
        return EIO;
    }
    assert_true(first / PATHS == (first + n - 1) / PATHS); /* of one row */
    for (int64_t i = 0; i < n; i++) out[i] = number(first + i);
    return 0;
}

static const kf_source source = {.read = read_numbers};

static kura_frame *frame_of(int in_memory, int64_t paths, int threads)
{
    static const char *const names[ROWS] = {"a", "b", "c"};
    kura_frame *f = kura_frame_new();
    kf_group *g = kura_frame_group(f, "samples");
    f->threads = threads;
    kura_frame_dim_labels(f, g, "mineral", ROWS, names);
    if (!in_memory) {
        kura_frame_dim_count(f, g, "path", paths, "path number");
        kura_frame_var_from(f, g, "x", "mineral,path", &source, "t", "numbers", "8");
        return f;
    }
    double *path = KURA_NEW(&f->arena, double, (size_t)paths),
           *x = KURA_NEW(&f->arena, double, ROWS *(size_t)paths);
    for (int64_t p = 0; p < paths; p++) path[p] = (double)p;
    for (int64_t i = 0; i < ROWS * paths; i++) x[i] = number(i);
    kura_frame_dim_f64(f, g, "path", paths, path, "1", "path number");
    kura_frame_var(f, g, "x", KF_F64, "mineral,path", x, "t", "numbers", "8", NULL);
    return f;
}

static void write_frame(kura_frame *f, const char *path)
{
    kura_error err = {0};
    if (kura_io_write(f, path, 0, &err)) fail_msg("%s", err.message);
    kura_frame_free(f);
}

static void assert_same_numbers(const char *a, const char *b)
{
    kura_frame *f[2];
    const char *const paths[] = {a, b};
    const kf_variable *x[2], *n[2];
    for (int i = 0; i < 2; i++) {
        assert_int_equal(kura_io_read(paths[i], NULL, &f[i], NULL), KURA_OK);
        const kf_group *g = kura_frame_find(f[i], "samples");
        x[i] = kura_frame_find_var(g, "x");
        n[i] = kura_frame_find_var(g, "path");
    }
    const kf_group *g = kura_frame_find(f[0], "samples");
    assert_memory_equal(x[0]->data, x[1]->data, (size_t)kura_frame_size(g, x[0]) * sizeof(double));
    assert_memory_equal(n[0]->data, n[1]->data, (size_t)kura_frame_size(g, n[0]) * sizeof(double));
    assert_string_equal(x[0]->long_name, x[1]->long_name);
    kura_frame_free(f[0]);
    kura_frame_free(f[1]);
}

static void packed_reads_like_filtered(void **state)
{
    (void)state;
    static const int64_t paths[] = {1, 2, 63, 1000, PATHS}; /* tiny ones are stored as they are */
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        write_frame(frame_of(0, paths[i], 3), io_path("a.h5"));
        write_frame(frame_of(1, paths[i], 1), io_path("b.h5"));
        if (paths[i] == PATHS) assert_same_numbers(io_path("a.h5"), io_path("b.h5"));
        char a[65], b[65];
        assert_int_equal(kura_io_digest(io_path("a.h5"), a, NULL), KURA_OK);
        assert_int_equal(kura_io_digest(io_path("b.h5"), b, NULL), KURA_OK);
        assert_string_equal(a, b);
        io_empty();
    }
}

static void threads_leave_no_trace(void **state)
{
    (void)state;
    size_t n[2];
    write_frame(frame_of(0, PATHS, 1), io_path("a.h5"));
    write_frame(frame_of(0, PATHS, 5), io_path("b.h5"));
    char *a = io_get(io_path("a.h5"), &n[0]), *b = io_get(io_path("b.h5"), &n[1]);
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(a, b, n[0]);
    free(a);
    free(b);
    io_empty();
}

static void a_source_that_fails_leaves_nothing(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 3; threads++)
        for (int left = 0; left < 12; left += 5) {
            kura_frame *f = frame_of(0, PATHS, threads);
            kura_error err = {0};
            reads_left = left;
            kura_status st = kura_io_write(f, io_path("a.h5"), 0, &err);
            reads_left = -1;
            assert_int_equal(st, KURA_E_IO);
            assert_string_equal(err.message, "cannot read the scratch file: Input/output error");
            assert_int_equal(io_count(io_folder), 0);
            kura_frame_free(f);
        }
}

/* Random bytes are stored, not deflated; and none is larger than announced. */
static void packing_keeps_its_bounds(void **state)
{
    (void)state;
    enum { MOST = 40000 };
    static uint64_t x[MOST];
    kura_encoder *e = kura_encoder_new(MOST);
    assert_non_null(e);
    for (size_t n = 1; n <= MOST; n = 3 * n + 1)
        for (int kind = 0; kind < 3; kind++) {
            size_t size = 0;
            uint64_t s = 12345;
            for (size_t i = 0; i < n; i++) {
                s ^= s << 13, s ^= s >> 7, s ^= s << 17; /* xorshift */
                x[i] = kind == 0 ? 0 : kind == 1 ? s : s & UINT64_C(0xff00ff00ff00ff00);
            }
            assert_non_null(kura_encode(e, x, n, &size));
            assert_true(size <= kura_encoded_most(n));
            if (kind == 0) assert_true(size < n / 50 + 60);
            if (kind == 2) assert_true(size < 5 * n + 200);
        }
    assert_null(kura_encode(e, x, MOST + 1, &(size_t){0}));
    kura_encoder_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packed_reads_like_filtered),
        cmocka_unit_test(threads_leave_no_trace),
        cmocka_unit_test(a_source_that_fails_leaves_nothing),
        cmocka_unit_test(packing_keeps_its_bounds),
    };
    return cmocka_run_group_tests(tests, io_begin, io_end);
}
