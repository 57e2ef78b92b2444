/* The digest says what a result says: sensitive to every value, blind to storage. */
#include "io_test.h"
#include "io/digest.h"
#include "io/write.h"
#include <hdf5.h>
#include <stdint.h>

/* A small frame whose parts the tests vary. */
typedef struct {
    double x[4];
    const char *label, *title, *history, *dims;
    int swap_attrs, swap_vars;
    double attr;
} recipe;

static const recipe plain = {{1, 2, 3, 4}, "one", "title", "now", "row,column", 0, 0, 1.5};

static void add_var(kura_frame *f, kf_group *g, const recipe *r, int which)
{
    if (which == 0) {
        kf_variable *v = kura_frame_var(f, g, "v", KF_F64, r->dims, r->x, "t", "a variable", "R1", NULL);
        kura_frame_var_attr(f, v, r->swap_attrs ? "b" : "a", r->swap_attrs ? "2" : "1");
        kura_frame_var_attr(f, v, r->swap_attrs ? "a" : "b", r->swap_attrs ? "1" : "2");
        kura_frame_var_attr_f64(f, v, "number", 1, &r->attr);
    } else {
        kura_frame_var(f, g, "w", KF_STRING, "", &r->label, "", "another", NULL, NULL);
    }
}

/* Digest of a recipe's file. */
static const char *digest_of(const recipe *r, char digest[65])
{
    kura_frame *f = kura_frame_new();
    static const double one_two[2] = {1, 2};
    kura_error err = {0};
    kura_frame_attr_text(f, NULL, "title", r->title);
    kf_group *g = kura_frame_group(f, "g");
    kura_frame_dim_f64(f, g, "row", 2, one_two, "1", "");
    kura_frame_dim_f64(f, g, "column", 2, one_two, "1", "");
    add_var(f, g, r, r->swap_vars);
    add_var(f, g, r, !r->swap_vars);
    kura_frame_attr_text(f, kura_frame_group(f, "provenance"), "history", r->history);
    assert_int_equal(kura_io_write(f, io_path("d.h5"), 1, &err), KURA_OK);
    assert_int_equal(kura_io_digest(io_path("d.h5"), digest, &err), KURA_OK);
    assert_int_equal(strlen(digest), 64);
    kura_frame_free(f);
    return digest;
}

static void assert_digests(const recipe *r, int equal)
{
    char a[65], b[65];
    digest_of(&plain, a);
    digest_of(r, b);
    if (equal)
        assert_string_equal(a, b);
    else
        assert_string_not_equal(a, b);
}

static void the_sample_has_a_known_digest(void **state)
{
    (void)state;
    kura_frame *f = sample_frame();
    char digest[65];
    assert_int_equal(kura_io_write(f, io_path("a.h5"), 0, NULL), KURA_OK);
    assert_int_equal(kura_io_digest(io_path("a.h5"), digest, NULL), KURA_OK);
    assert_string_equal(digest, "0ec976597d3c1e03e7266675b3e792c16679ee06d6f3735c03f0520c2bf2a2f6");
    kura_frame_free(f);
    io_empty();
}

static void equal_frames_have_equal_digests(void **state)
{
    (void)state;
    recipe r = plain;
    assert_digests(&r, 1);
}

static void every_part_counts(void **state)
{
    (void)state;
    recipe r = plain;
    uint64_t bits;
    memcpy(&bits, &r.x[2], 8);
    bits ^= 1; /* the last bit of one number */
    memcpy(&r.x[2], &bits, 8);
    assert_digests(&r, 0);
    r = plain;
    r.label = "One";
    assert_digests(&r, 0);
    r = plain;
    r.title = "title ";
    assert_digests(&r, 0);
    r = plain;
    r.attr = 1.25;
    assert_digests(&r, 0);
    r = plain;
    r.dims = "column,row"; /* the same numbers over other dimensions */
    assert_digests(&r, 0);
}

static void provenance_does_not_count(void **state)
{
    (void)state;
    recipe r = plain;
    r.history = "another day, another machine";
    assert_digests(&r, 1);
}

static void order_does_not_count(void **state)
{
    (void)state;
    recipe r = plain;
    r.swap_attrs = 1;
    assert_digests(&r, 1);
    r.swap_vars = 1;
    assert_digests(&r, 1);
}

static void there_is_one_zero_and_one_nan(void **state)
{
    (void)state;
    recipe a = plain, b = plain;
    char da[65], db[65];
    a.x[0] = a.attr = 0.0;
    b.x[0] = b.attr = -0.0;
    assert_string_equal(digest_of(&a, da), digest_of(&b, db));
    static const uint64_t nans[] = {0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000000123,
                                    0x7ff0000000000001};
    for (int i = 0; i < 4; i++) {
        memcpy(&b.x[0], &nans[i], 8);
        memcpy(&b.attr, &nans[i], 8);
        digest_of(&b, i ? db : da);
        assert_string_equal(da, i ? db : da);
    }
    assert_digests(&b, 0);
    b.x[0] = b.attr = INFINITY; /* not a NaN */
    assert_string_not_equal(digest_of(&b, db), da);
}

/* The same content stored otherwise: big-endian, chunked, scalar attribute as array. */
static void storage_does_not_count(void **state)
{
    (void)state;
    recipe r = plain;
    char a[65], b[65];
    digest_of(&r, a);
    hid_t file = H5Fopen(io_path("d.h5"), H5F_ACC_RDWR, H5P_DEFAULT), attr, space;
    hid_t group = H5Gopen2(file, "g", H5P_DEFAULT), old = H5Dopen2(group, "v", H5P_DEFAULT);
    hsize_t dims[2] = {2, 2}, chunk[2] = {1, 2}, one = 1;
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_chunk(create, 2, chunk);
    H5Pset_deflate(create, 9);
    space = H5Screate_simple(2, dims, NULL);
    hid_t new = H5Dcreate2(group, "v2", H5T_IEEE_F64BE, space, H5P_DEFAULT, create, H5P_DEFAULT);
    H5Dwrite(new, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, r.x);
    H5Sclose(space);
    static const char *const texts[] = {"long_name", "units",  "estimator",  "a",
                                        "b",         "number", "_FillValue", "DIMENSION_LIST"};
    for (int i = 7; i >= 0; i--) { /* copies the attributes in another order */
        hid_t from = H5Aopen(old, texts[i], H5P_DEFAULT), type = H5Aget_type(from);
        char value[64];
        space = H5Aget_space(from);
        if (i == 5) {
            H5Sclose(space);
            space = H5Screate_simple(1, &one, NULL);
        }
        H5Aread(from, type, value);
        attr = H5Acreate2(new, texts[i], type, space, H5P_DEFAULT, H5P_DEFAULT);
        H5Awrite(attr, type, value);
        if (i == 7) H5Dvlen_reclaim(type, space, H5P_DEFAULT, value);
        H5Aclose(attr);
        H5Aclose(from);
        H5Tclose(type);
        H5Sclose(space);
    }
    H5Dclose(old);
    H5Dclose(new);
    H5Pclose(create);
    H5Ldelete(group, "v", H5P_DEFAULT);
    H5Lmove(group, "v2", group, "v", H5P_DEFAULT, H5P_DEFAULT);
    H5Gclose(group);
    H5Fclose(file);
    assert_int_equal(kura_io_digest(io_path("d.h5"), b, NULL), KURA_OK);
    assert_string_equal(a, b);
}

/* The state hash is an attribute of /provenance; a file without it, or with something else there, has none.
 */
static void the_state_hash_is_read(void **state)
{
    (void)state;
    static const char good[] = "0123456789abcdef0123456789abcdef";
    static const char *const rows[][2] = {{good, good},
                                          {"0123456789abcdef0123456789abcde", ""},
                                          {"0123456789abcdef0123456789abcdef0", ""},
                                          {"0123456789ABCDEF0123456789ABCDEF", ""},
                                          {"", ""},
                                          {NULL, ""}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (int group = 0; group < 2; group++) {
            kura_frame *f = kura_frame_new();
            kura_error err = {0};
            char hash[33] = "x";
            kf_group *g = kura_frame_group(f, group ? "provenance" : "other");
            if (rows[i][0]) kura_frame_attr_text(f, g, "state_hash", rows[i][0]);
            assert_int_equal(kura_io_write(f, io_path("d.h5"), 1, &err), KURA_OK);
            assert_int_equal(kura_io_state_hash(io_path("d.h5"), hash, &err), KURA_OK);
            assert_string_equal(hash, group ? rows[i][1] : "");
            kura_frame_free(f);
        }
    char hash[33] = "x";
    kura_error err = {0};
    assert_int_equal(kura_io_state_hash(io_path("none"), hash, &err), KURA_E_NO_INPUT);
    assert_string_equal(hash, "");
}

static void faults_are_reported(void **state)
{
    (void)state;
    char digest[65];
    kura_error err = {0};
    recipe r = plain;
    assert_int_equal(kura_io_digest(io_path("none"), digest, &err), KURA_E_NO_INPUT);
    assert_string_equal(digest, "");
    digest_of(&r, digest);
    hid_t file = H5Fopen(io_path("d.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t group = H5Gopen2(file, "g", H5P_DEFAULT);
    H5Lcreate_hard(file, "/", group, "ring", H5P_DEFAULT, H5P_DEFAULT);
    H5Fflush(file, H5F_SCOPE_GLOBAL);
    H5Gclose(group);
    H5Fclose(file);
    assert_int_equal(kura_io_digest(io_path("d.h5"), digest, &err), KURA_E_SCENARIO);
    assert_non_null(strstr(err.message, "groups run in a circle"));
    digest_of(&r, digest);
    file = H5Fopen(io_path("d.h5"), H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t type = H5Tcreate(H5T_OPAQUE, 4), space = H5Screate(H5S_SCALAR);
    H5Dclose(H5Dcreate2(file, "g/odd", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Tclose(type);
    H5Sclose(space);
    H5Fclose(file);
    assert_int_equal(kura_io_digest(io_path("d.h5"), digest, &err), KURA_E_SCENARIO);
    assert_non_null(strstr(err.message, "/g/odd is of a type that has no digest"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_has_a_known_digest),
        cmocka_unit_test(equal_frames_have_equal_digests),
        cmocka_unit_test(every_part_counts),
        cmocka_unit_test(provenance_does_not_count),
        cmocka_unit_test(order_does_not_count),
        cmocka_unit_test(there_is_one_zero_and_one_nan),
        cmocka_unit_test(storage_does_not_count),
        cmocka_unit_test(the_state_hash_is_read),
        cmocka_unit_test(faults_are_reported),
    };
    return cmocka_run_group_tests(tests, io_begin, io_end);
}
