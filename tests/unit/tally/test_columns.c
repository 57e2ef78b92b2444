/* Columns in memory and in a file, and sorting through a file: what comes back is what was put, to the last
 * bit, and a disk that refuses is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tally/columns.h"
#include "tally/estimate.h"
#include "tally/sorted.h"
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* A number of column and path; a third of them is 0, and so are whole bundles. */
static double number(size_t column, uint64_t path)
{
    uint64_t x = (path * 2654435761u + column * 40503u) * UINT64_C(0x9e3779b97f4a7c15);
    return x % 3 == 0 || path / 64 % 5 == column % 5 ? 0 : (double)(x >> 20) * 0x1p-20 + 1e-9;
}

static void fill(kura_columns *c, size_t columns, uint64_t paths)
{
    double x[64];
    for (uint64_t first = (paths - 1) / 64 * 64 + 64; first-- > 0;) { /* bundles from the last to the first */
        if (first % 64) continue;
        size_t n = paths - first < 64 ? (size_t)(paths - first) : 64;
        for (size_t k = 0; k < columns; k++) {
            for (size_t i = 0; i < n; i++) x[i] = number(k, first + i);
            kura_columns_put(c, k, first, n, x);
        }
    }
}

static void check(const kura_columns *c, size_t columns, uint64_t paths)
{
    double *x = malloc(paths * sizeof *x), room[KURA_SERIES_BLOCK];
    for (size_t k = 0; k < columns; k++) {
        kura_series s = kura_columns_series(c, k);
        assert_int_equal(kura_columns_get(c, k, 0, paths, x), 0);
        for (uint64_t p = 0; p < paths; p++) {
            double want = number(k, p);
            assert_memory_equal(&x[p], &want, sizeof want);
            if (p % KURA_SERIES_BLOCK == 0) memset(room, 0xff, sizeof room);
            assert_true(s.block(&s, p / KURA_SERIES_BLOCK, room)[p % KURA_SERIES_BLOCK] == want);
        }
        assert_true(kura_series_at(&s, paths - 1) == number(k, paths - 1));
    }
    free(x);
}

static void test_columns(void **state)
{
    (void)state;
    static const uint64_t paths[] = {1, 70, 1024, 1025, 3001};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        kura_columns *c;
        kura_error err = {0};
        assert_int_equal(kura_columns_new(7, paths[i], NULL, &c, &err), KURA_OK);
        fill(c, 7, paths[i]);
        check(c, 7, paths[i]);
        assert_int_equal(kura_columns_status(c, &err), KURA_OK);
        kura_columns_free(c);
    }
}

/* Estimators over a file are those over an array, to the last bit. */
static void test_estimates(void **state)
{
    (void)state;
    enum { N = 5000 };
    static double a[N], b[N];
    kura_columns *c;
    assert_int_equal(kura_columns_new(2, N, NULL, &c, NULL), KURA_OK);
    fill(c, 2, N);
    for (uint64_t p = 0; p < N; p++) a[p] = number(0, p), b[p] = number(1, p);
    kura_series x = kura_columns_series(c, 0), y = kura_columns_series(c, 1);
    kura_estimate e = kura_estimate_mean_of(N, &x), f = kura_estimate_mean(N, a);
    assert_memory_equal(&e, &f, sizeof e);
    double plain = 0, largest = 0;
    for (int p = 0; p < N; p++) {
        plain += a[p] / N;
        largest = fmax(largest, a[p]);
    }
    assert_true(fabs(f.value - plain) < 1e-12 * plain);
    assert_true(kura_estimate_largest_of(N, &x) == largest);
    e = kura_estimate_ratio_of(N, &x, &y), f = kura_estimate_ratio(N, a, b);
    assert_memory_equal(&e, &f, sizeof e);
    uint64_t above = 0;
    for (int p = 0; p < N; p++) above += a[p] > 100;
    assert_true(above > 0 && kura_estimate_count_of(N, &x, 100) == above);
    kura_columns_free(c);
}

static int ascending(const void *pa, const void *pb)
{
    double a = *(const double *)pa, b = *(const double *)pb;
    return a < b ? -1 : a > b;
}

static void test_sorting(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 5, 1024, 65536, 65537, 131072, 300001};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        uint64_t n = sizes[k];
        double *x = malloc(n * sizeof *x), room[KURA_SERIES_BLOCK];
        kura_sorted *s;
        assert_int_equal(kura_sorted_new(n, NULL, &s, NULL), KURA_OK);
        for (int twice = 0; twice < 2; twice++) { /* a workspace may be used again */
            for (uint64_t i = 0; i < n; i++) {
                x[i] = twice ? floor(number(3, i) * 1e-3) : number(2, i);
                if (i % 1000 == 7) x[i] = INFINITY;
            }
            kura_series from = kura_series_of(x);
            assert_int_equal(kura_sorted_fill(s, n, &from, NULL), KURA_OK);
            qsort(x, n, sizeof *x, ascending);
            kura_series sorted = kura_sorted_series(s);
            for (uint64_t first = 0; first < n; first += KURA_SERIES_BLOCK) {
                const double *got = sorted.block(&sorted, first / KURA_SERIES_BLOCK, room);
                for (uint64_t i = 0; i < KURA_SERIES_BLOCK && first + i < n; i++)
                    assert_true(got[i] == x[first + i]);
            }
        }
        kura_sorted_free(s);
        free(x);
    }
}

/* A limit on the size of files stands for a full disk here; tests/readers/test_scratch.sh has the real one.
 */
static void test_full_disk(void **state)
{
    (void)state;
    struct rlimit old, tight;
    kura_error err = {0};
    kura_columns *c;
    kura_sorted *s;
    static double x[70000];
    for (size_t i = 0; i < 70000; i++) x[i] = number(1, i) + 1;
    kura_series series = kura_series_of(x);
    assert_int_equal(kura_columns_new(2, 4096, NULL, &c, &err), KURA_OK);
    assert_int_equal(kura_sorted_new(70000, NULL, &s, &err), KURA_OK);
    getrlimit(RLIMIT_FSIZE, &old);
    tight = (struct rlimit){10000, old.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tight);
    kura_columns_put(c, 0, 0, 64, x);
    kura_status first = kura_columns_status(c, &err);
    kura_columns_put(c, 1, 2048, 64, x);
    kura_status second = kura_columns_status(c, &err);
    kura_status sorted = kura_sorted_fill(s, 70000, &series, &err);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(first, KURA_OK);
    assert_int_equal(second, KURA_E_IO);
    assert_int_equal(sorted, KURA_E_IO);
    assert_non_null(strstr(err.message, "cannot use the scratch file in "));
    kura_columns_free(c);
    kura_sorted_free(s);
    assert_int_equal(kura_columns_new(2, 4096, "/no/such/folder", &c, &err), KURA_E_CANNOT_CREATE);
    assert_null(c);
    assert_non_null(strstr(err.message, "cannot create a scratch file in /no/such/folder: No such file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_columns), cmocka_unit_test(test_estimates),
                                       cmocka_unit_test(test_sorting), cmocka_unit_test(test_full_disk)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
