/* Writing and reading result files: round trip, equal bytes, faults. */
#include "io_test.h"
#include "io/read.h"
#include "io/write.h"
#include <fcntl.h>
#include <hdf5.h>

/* ---- equal frames ---- */

static void assert_attrs_equal(int n, const kf_attr *a, int m, const kf_attr *b)
{
    assert_int_equal(n, m);
    for (int i = 0; i < n; i++) {
        assert_string_equal(a[i].name, b[i].name);
        assert_int_equal(a[i].kind, b[i].kind);
        if (a[i].kind == KF_ATTR_TEXT) {
            assert_string_equal(a[i].text, b[i].text);
            continue;
        }
        assert_int_equal(a[i].n, b[i].n);
        if (a[i].kind == KF_ATTR_F64)
            assert_memory_equal(a[i].f64, b[i].f64, (size_t)a[i].n * sizeof(double));
        else
            assert_memory_equal(a[i].i32, b[i].i32, (size_t)a[i].n * sizeof(int32_t));
    }
}

static void assert_vars_equal(const kf_group *g, const kf_variable *a, const kf_group *h,
                              const kf_variable *b)
{
    static const size_t sizes[] = {[KF_F64] = 8, [KF_I32] = 4, [KF_I8] = 1};
    assert_non_null(b);
    assert_int_equal(a->type, b->type);
    assert_string_equal(a->units, b->units);
    assert_string_equal(a->long_name, b->long_name);
    assert_string_equal(a->estimator ? a->estimator : "", b->estimator ? b->estimator : "");
    assert_string_equal(a->ancillary ? a->ancillary : "", b->ancillary ? b->ancillary : "");
    assert_int_equal(a->ndims, b->ndims);
    for (int d = 0; d < a->ndims; d++) assert_string_equal(a->dims[d], b->dims[d]);
    int64_t n = kura_frame_size(g, a);
    assert_int_equal(n, kura_frame_size(h, b));
    if (a->type == KF_STRING)
        for (int64_t i = 0; i < n; i++)
            assert_string_equal(((const char *const *)a->data)[i], ((const char *const *)b->data)[i]);
    else
        assert_memory_equal(a->data, b->data, (size_t)n * sizes[a->type]);
    assert_attrs_equal(a->nattrs, a->attrs, b->nattrs, b->attrs);
}

static void assert_groups_equal(const kf_group *g, const kf_group *h)
{
    assert_non_null(h);
    assert_attrs_equal(g->nattrs, g->attrs, h->nattrs, h->attrs);
    assert_int_equal(g->ndimensions, h->ndimensions);
    for (int d = 0; d < g->ndimensions; d++) {
        assert_string_equal(g->dimensions[d].name, h->dimensions[d].name);
        assert_int_equal(g->dimensions[d].size, h->dimensions[d].size);
    }
    assert_int_equal(g->nvariables, h->nvariables);
    for (int v = 0; v < g->nvariables; v++)
        assert_vars_equal(g, &g->variables[v], h, kura_frame_find_var(h, g->variables[v].name));
}

static void write_ok(const kura_frame *frame, const char *path)
{
    kura_error err = {0};
    kura_status status = kura_io_write(frame, path, 0, &err);
    if (status != KURA_OK) print_message("%s\n", err.message);
    assert_int_equal(status, KURA_OK);
}

static void a_frame_comes_back(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame(), *back = NULL;
    kura_error err = {0};
    write_ok(frame, io_path("a.h5"));
    assert_int_equal(kura_io_read(io_path("a.h5"), NULL, &back, &err), KURA_OK);
    assert_attrs_equal(frame->nattrs, frame->attrs, back->nattrs, back->attrs);
    assert_int_equal(frame->ngroups, back->ngroups);
    for (int g = 0; g < frame->ngroups; g++) {
        assert_string_equal(frame->groups[g].name, back->groups[g].name);
        assert_groups_equal(&frame->groups[g], kura_frame_find(back, frame->groups[g].name));
    }
    write_ok(back, io_path("b.h5")); /* and written again gives the same file */
    assert_true(io_same_files(io_path("a.h5"), io_path("b.h5")));
    kura_frame_free(back);
    kura_frame_free(frame);
    io_empty();
}

static void groups_can_be_chosen(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame(), *back = NULL;
    write_ok(frame, io_path("a.h5"));
    assert_int_equal(kura_io_read(io_path("a.h5"), "summary,adequacy,not there", &back, NULL), KURA_OK);
    assert_int_equal(back->ngroups, 2);
    assert_non_null(kura_frame_find(back, "adequacy"));
    assert_int_equal(back->nattrs, frame->nattrs);
    kura_frame_free(back);
    kura_frame_free(frame);
    io_empty();
}

static void equal_frames_give_equal_bytes(void **state)
{
    (void)state;
    kura_frame *a = sample_frame();
    write_ok(a, io_path("a.h5"));
    sleep(1); /* another second, another heap */
    char *hole[100];
    for (int i = 0; i < 100; i++) memset(hole[i] = malloc(5000), 0x5a, 5000);
    for (int i = 0; i < 100; i++) free(hole[i]);
    kura_frame *b = sample_frame();
    write_ok(b, io_path("b.h5"));
    assert_true(io_same_files(io_path("a.h5"), io_path("b.h5")));
    kura_frame_free(a);
    kura_frame_free(b);
    io_empty();
}

/* Sizes at which storage changes: nothing, tiny, one chunk, several; an attribute beyond 64 KiB. */
static void all_sizes_come_back(void **state)
{
    (void)state;
    kura_frame *frame = kura_frame_new(), *back = NULL;
    static const int64_t sizes[] = {0, 1, 63, 64, 4000, 300001};
    double *x = KURA_NEW(&frame->arena, double, 300001);
    const char **labels = KURA_NEW(&frame->arena, const char *, 4000);
    for (int i = 0; i < 300001; i++) x[i] = 0.1 * i;
    for (int i = 0; i < 4000; i++)
        labels[i] = kura_arena_printf(&frame->arena, "a label of some length %d", i);
    for (int s = 0; s < 6; s++) {
        char name[20];
        snprintf(name, sizeof name, "size%d", s);
        kf_group *g = kura_frame_group(frame, name);
        kura_frame_dim_f64(frame, g, "x", sizes[s], x, "1", "");
        kura_frame_var(frame, g, "v", KF_F64, "x", x, "1", "", NULL, NULL);
        if (sizes[s] <= 4000) kura_frame_dim_labels(frame, g, "label", sizes[s], labels);
    }
    kf_group *g = kura_frame_group(frame, "wide");
    kura_frame_dim_plain(frame, g, "a", 3);
    kura_frame_dim_plain(frame, g, "b", 7);
    kura_frame_dim_plain(frame, g, "c", 100);
    kura_frame_dim_plain(frame, g, "d", 100);
    kura_frame_var(frame, g, "v", KF_F64, "a,b,c,d", x, "1", "", NULL, NULL);
    write_ok(frame, io_path("a.h5"));
    assert_int_equal(kura_io_read(io_path("a.h5"), NULL, &back, NULL), KURA_OK);
    for (int i = 0; i < frame->ngroups; i++)
        assert_groups_equal(&frame->groups[i], kura_frame_find(back, frame->groups[i].name));
    kura_frame_free(back);
    kura_frame_free(frame);
    io_empty();
}

/* ---- what is in the file ---- */

static void the_rules_of_the_format_hold(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame();
    write_ok(frame, io_path("a.h5"));
    kura_frame_free(frame);
    hid_t file = H5Fopen(io_path("a.h5"), H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t inputs = H5Dopen2(file, "samples/inputs", H5P_DEFAULT), create = H5Dget_create_plist(inputs);
    hbool_t tracked = 1;
    unsigned flags, order = 0, n = 1, level = 0;
    size_t values = 1;
    char name[8];
    assert_int_equal(H5Pget_nfilters(create), 3);
    assert_int_equal(H5Pget_filter2(create, 0, &flags, &values, &n, 8, name, NULL), H5Z_FILTER_SHUFFLE);
    values = 1;
    assert_int_equal(H5Pget_filter2(create, 1, &flags, &values, &level, 8, name, NULL), H5Z_FILTER_DEFLATE);
    assert_int_equal(level, 4);
    assert_int_equal(H5Pget_filter2(create, 2, &flags, NULL, NULL, 8, name, NULL), H5Z_FILTER_FLETCHER32);
    H5Pget_obj_track_times(create, &tracked);
    assert_false(tracked);
    H5Pget_attr_creation_order(create, &order);
    assert_int_equal(order, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    double fill = 0;
    assert_true(H5Pget_fill_value(create, H5T_NATIVE_DOUBLE, &fill) >= 0);
    assert_true(isnan(fill));
    H5Pclose(create);
    H5Dclose(inputs);
    hid_t group = H5Gopen2(file, "summary", H5P_DEFAULT);
    create = H5Gget_create_plist(group);
    H5Pget_link_creation_order(create, &order);
    assert_int_equal(order, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
    H5Pclose(create);
    hid_t attr = H5Aopen_by_name(group, "mineral", "labels", H5P_DEFAULT, H5P_DEFAULT),
          type = H5Aget_type(attr);
    assert_int_equal(H5Tis_variable_str(type), 0);
    assert_int_equal(H5Tget_cset(type), H5T_CSET_UTF8);
    char labels[64] = "";
    assert_int_equal(H5Tget_size(type), strlen("gallium\ndysprosium\nnaïve metal"));
    H5Aread(attr, type, labels);
    assert_string_equal(labels, "gallium\ndysprosium\nnaïve metal");
    H5Tclose(type);
    H5Aclose(attr);
    H5Gclose(group);
    H5Fclose(file);
    io_empty();
}

/* ---- faults ---- */

/* Runs with stderr in a file and asserts that nothing was printed. */
static int quiet_stderr, quiet_file;
static void quiet_begin(void)
{
    fflush(stderr);
    quiet_stderr = dup(2);
    quiet_file = open(io_path("stderr"), O_RDWR | O_CREAT | O_TRUNC, 0666);
    dup2(quiet_file, 2);
}
static void quiet_end(void)
{
    fflush(stderr);
    dup2(quiet_stderr, 2);
    close(quiet_stderr);
    assert_int_equal(lseek(quiet_file, 0, SEEK_END), 0);
    close(quiet_file);
    remove(io_path("stderr"));
}

/* Reading `path` fails so, silently. */
static void assert_unreadable(const char *path, kura_status code, const char *part_of_message)
{
    kura_frame *back = NULL;
    kura_error err = {0};
    quiet_begin();
    kura_status status = kura_io_read(path, NULL, &back, &err);
    quiet_end();
    assert_int_equal(status, code);
    assert_null(back);
    if (!strstr(err.message, part_of_message))
        fail_msg("\"%s\" is not in \"%s\"", part_of_message, err.message);
}

static void what_is_no_result_is_refused(void **state)
{
    (void)state;
    assert_unreadable(io_path("none.h5"), KURA_E_NO_INPUT,
                      io_text("cannot read %s: No such file or directory", io_path("none.h5")));
    assert_unreadable(io_folder, KURA_E_NO_INPUT, "it is a folder");
    io_put(io_path("empty.h5"), "", 0);
    assert_unreadable(io_path("empty.h5"), KURA_E_SCENARIO, "is empty");
    io_put(io_path("text.h5"), "format: 1\n", 10);
    assert_unreadable(io_path("text.h5"), KURA_E_SCENARIO, "is no HDF5 file, so no kura result");
    H5Fclose(H5Fcreate(io_path("other.h5"), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT));
    assert_unreadable(io_path("other.h5"), KURA_E_SCENARIO, "is an HDF5 file, but no kura result");
    io_empty();
}

static void write_sample(const char *path)
{
    kura_frame *frame = sample_frame();
    write_ok(frame, path);
    kura_frame_free(frame);
}

static void set_layout(const char *path, int major, int minor)
{
    int version[2] = {major, minor};
    hid_t file = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    hid_t attr = H5Aopen(file, "layout_version", H5P_DEFAULT);
    assert_true(H5Awrite(attr, H5T_NATIVE_INT, version) >= 0);
    H5Aclose(attr);
    H5Fclose(file);
}

static void only_the_same_major_layout_is_read(void **state)
{
    (void)state;
    kura_frame *back = NULL;
    const char *path = io_path("a.h5");
    write_sample(path);
    set_layout(path, 2, 3);
    assert_unreadable(path, KURA_E_SCENARIO,
                      "has layout 2.3; this kura reads layout 1: a newer kura is needed");
    set_layout(path, 0, 9);
    assert_unreadable(path, KURA_E_SCENARIO, "an older kura is needed");
    set_layout(path, 1, 7);
    hid_t file =
        H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT); /* a later minor layout: things a frame cannot hold */
    H5Gclose(H5Gcreate2(file, "summary/nested", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    hid_t space = H5Screate(H5S_SCALAR), type = H5Tcreate(H5T_OPAQUE, 4);
    H5Dclose(H5Dcreate2(file, "summary/opaque", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Dclose(H5Dcreate2(file, "top", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Tclose(type);
    H5Sclose(space);
    H5Fclose(file);
    assert_int_equal(kura_io_read(path, NULL, &back, NULL), KURA_OK);
    assert_null(kura_frame_find_var(kura_frame_find(back, "summary"), "opaque"));
    kura_frame_free(back);
    io_empty();
}

static void damage_is_noticed(void **state)
{
    (void)state;
    size_t size;
    const char *path = io_path("a.h5");
    write_sample(path);
    hid_t file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    hid_t inputs = H5Dopen2(file, "samples/inputs", H5P_DEFAULT);
    haddr_t at = 0;
    hsize_t zero[2] = {0, 0};
    uint32_t mask;
    unsigned char *dummy = malloc(1 << 20);
    hsize_t stored = 0;
    H5Dget_chunk_storage_size(inputs, zero, &stored);
    H5Dread_chunk(inputs, H5P_DEFAULT, zero, &mask, dummy);
    H5Dclose(inputs);
    H5Fclose(file);
    char *data = io_get(path, &size);
    for (size_t i = 0; i + stored <= size; i++)
        if (memcmp(data + i, dummy, stored) == 0) at = i;
    assert_true(at > 0);
    data[at + stored / 2] ^= 1;
    io_put(path, data, size);
    assert_unreadable(path, KURA_E_SCENARIO, "is damaged: cannot read /samples/inputs: HDF5 says: ");
    data[at + stored / 2] ^= 1;
    static const double shares[] = {0.999, 0.5, 0.01, 0.0005};
    for (int i = 0; i < 4; i++) {
        io_put(path, data, (size_t)(shares[i] * (double)size));
        assert_unreadable(path, KURA_E_SCENARIO, "is damaged or cut short: HDF5 says: ");
    }
    free(dummy);
    free(data);
    io_empty();
}

static void write_refuses_and_leaves_nothing(void **state)
{
    (void)state;
    kura_frame *frame = sample_frame();
    kura_error err = {0};
    io_put(io_path("a.h5"), "precious", 8);
    assert_int_equal(kura_io_write(frame, io_path("a.h5"), 0, &err), KURA_E_CANNOT_CREATE);
    assert_non_null(strstr(err.message, "it exists"));
    assert_int_equal(kura_io_write(frame, io_path("no/a.h5"), 0, &err), KURA_E_CANNOT_CREATE);
    assert_int_equal(io_count(io_folder), 1);
    assert_int_equal(kura_io_write(frame, io_path("a.h5"), 1, &err), KURA_OK);
    assert_int_equal(io_count(io_folder), 1);
    kura_frame_free(frame);
    io_empty();
}

/* Writing a frame that contradicts itself says where. */
static void assert_unsound(kura_frame *frame, const char *message)
{
    kura_error err = {0};
    quiet_begin();
    kura_status status = kura_io_write(frame, io_path("a.h5"), 0, &err);
    quiet_end();
    assert_string_equal(err.message, message);
    assert_int_equal(status, KURA_E_INTERNAL);
    assert_int_equal(io_count(io_folder), 0);
    kura_frame_free(frame);
}

static void unsound_frames_are_refused(void **state)
{
    (void)state;
    static const double x[4] = {1, 2, 3, 4};
    kura_frame *f = sample_frame();
    kura_frame_var(f, kura_frame_group(f, "summary"), "v", KF_F64, "path", x, "1", "", NULL, NULL);
    assert_unsound(f, "result: summary/v has a dimension that summary lacks");
    f = sample_frame();
    kura_frame_var(f, kura_frame_group(f, "summary"), "v", KF_F64, "mineral,mineral,mineral,mineral,mineral",
                   x, "1", "", NULL, NULL);
    assert_unsound(f, "result: summary/v has more than four dimensions");
    f = sample_frame();
    kura_frame_var(f, kura_frame_group(f, "summary"), "data_grade", KF_F64, "", x, "1", "", NULL, NULL);
    assert_unsound(f, "result: summary/data_grade is there twice");
    f = sample_frame();
    kura_frame_var(f, kura_frame_group(f, "summary"), "v", KF_F64, "mineral", NULL, "1", "", NULL, NULL);
    assert_unsound(f, "result: summary/v has no data");
    f = sample_frame();
    kura_frame_var(f, kura_frame_group(f, "summary"), "nv", KF_F64, "", x, "1", "", NULL, NULL);
    assert_unsound(f, "result: summary/nv is named like a dimension but is not its coordinate");
    f = sample_frame();
    kura_frame_attr_text(f, NULL, "Conventions", "none");
    assert_unsound(f, "result: /: attribute Conventions is there already");
    f = sample_frame();
    kura_frame_dim_plain(f, kura_frame_group(f, "summary"), "time", 3);
    assert_unsound(f, "result: summary: dimension time is there twice");
}

static void memory_that_ran_out_is_reported(void **state)
{
    (void)state;
    kura_frame *f = sample_frame();
    f->arena.failed = 1;
    assert_int_equal(kura_io_write(f, io_path("a.h5"), 0, NULL), KURA_E_MEMORY);
    assert_int_equal(io_count(io_folder), 0);
    kura_frame_free(f);
}

/* HDF5's printing is off inside and as it was outside. */
static herr_t my_printer(hid_t stack, void *data)
{
    (void)stack, (void)data;
    return 0;
}

static void the_callers_error_printing_is_restored(void **state)
{
    (void)state;
    H5E_auto2_t before = NULL, after = NULL;
    void *data = NULL;
    kura_frame *back;
    H5Eget_auto2(H5E_DEFAULT, &before, &data);
    H5Eset_auto2(H5E_DEFAULT, my_printer, NULL);
    kura_io_read(io_path("none.h5"), NULL, &back, NULL);
    H5Eget_auto2(H5E_DEFAULT, &after, NULL);
    H5Eset_auto2(H5E_DEFAULT, before, data);
    assert_true(after == my_printer);
}

static void nothing_stays_open(void **state)
{
    (void)state;
    kura_frame *back = NULL, *frame = sample_frame();
    write_ok(frame, io_path("a.h5"));
    assert_int_equal(kura_io_read(io_path("a.h5"), NULL, &back, NULL), KURA_OK);
    kura_frame_free(back);
    kura_frame_free(frame);
    assert_int_equal(H5Fget_obj_count((hid_t)H5F_OBJ_ALL, H5F_OBJ_ALL), 0);
    io_empty();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_comes_back),
        cmocka_unit_test(groups_can_be_chosen),
        cmocka_unit_test(equal_frames_give_equal_bytes),
        cmocka_unit_test(all_sizes_come_back),
        cmocka_unit_test(the_rules_of_the_format_hold),
        cmocka_unit_test(what_is_no_result_is_refused),
        cmocka_unit_test(only_the_same_major_layout_is_read),
        cmocka_unit_test(damage_is_noticed),
        cmocka_unit_test(write_refuses_and_leaves_nothing),
        cmocka_unit_test(unsound_frames_are_refused),
        cmocka_unit_test(memory_that_ran_out_is_reported),
        cmocka_unit_test(the_callers_error_printing_is_restored),
        cmocka_unit_test(nothing_stays_open),
    };
    return cmocka_run_group_tests(tests, io_begin, io_end);
}
