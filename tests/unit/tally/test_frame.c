/* The frame's builders and look-ups. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "tally/frame.h"
#include <stdio.h>
#include <string.h>

static void groups_are_found_or_added(void **state)
{
    (void)state;
    kura_frame *f = kura_frame_new();
    kf_group *a = kura_frame_group(f, "summary");
    assert_non_null(a);
    assert_ptr_equal(kura_frame_group(f, "summary"), a);
    for (int i = 0; i < 50; i++) {
        char name[20];
        snprintf(name, sizeof name, "g%d", i);
        assert_non_null(kura_frame_group(f, name));
    }
    assert_int_equal(f->ngroups, 51);
    assert_string_equal(kura_frame_find(f, "g49")->name, "g49");
    assert_null(kura_frame_find(f, "g50"));
    kura_frame_free(f);
    kura_frame_free(NULL);
}

static void variables_keep_order_and_strings_are_copied(void **state)
{
    (void)state;
    kura_frame *f = kura_frame_new();
    kf_group *g = kura_frame_group(f, "g");
    static const double x[6] = {1, 2, 3, 4, 5, 6};
    char name[20];
    kura_frame_dim_f64(f, g, "a", 2, x, "1", "first");
    kura_frame_dim_f64(f, g, "b", 3, x, "1", "second");
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "v%d", i);
        assert_non_null(kura_frame_var(f, g, name, KF_F64, "a,b", x, "t", "long", "R1", "v1 v2"));
    }
    memset(name, '?', sizeof name - 1);
    assert_int_equal(g->nvariables, 102);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "v%d", i);
        assert_string_equal(g->variables[2 + i].name, name);
    }
    const kf_variable *v = kura_frame_find_var(g, "v77");
    assert_int_equal(v->ndims, 2);
    assert_string_equal(v->dims[0], "a");
    assert_string_equal(v->dims[1], "b");
    assert_ptr_equal(v->data, x);
    assert_string_equal(v->ancillary, "v1 v2");
    assert_int_equal(kura_frame_size(g, v), 6);
    assert_int_equal(kura_frame_dim_size(g, "b"), 3);
    assert_int_equal(kura_frame_dim_size(g, "c"), -1);
    assert_null(kura_frame_find_var(g, "nothing"));
    assert_null(kura_frame_find_var(NULL, "nothing"));
    kura_frame_free(f);
}

static void sizes_of_scalars_and_unknown_dimensions(void **state)
{
    (void)state;
    kura_frame *f = kura_frame_new();
    kf_group *g = kura_frame_group(f, "g");
    static const double x = 1;
    assert_int_equal(kura_frame_size(g, kura_frame_var(f, g, "s", KF_F64, "", &x, "1", "", NULL, NULL)), 1);
    assert_int_equal(kura_frame_size(g, kura_frame_var(f, g, "u", KF_F64, "none", &x, "1", "", NULL, NULL)),
                     -1);
    assert_int_equal(
        kura_frame_size(g, kura_frame_var(f, g, "m", KF_F64, "a,b,c,d,e", &x, "1", "", NULL, NULL)), -1);
    kura_frame_dim_plain(f, g, "huge", INT64_MAX / 2);
    assert_int_equal(
        kura_frame_size(g, kura_frame_var(f, g, "o", KF_F64, "huge,huge", &x, "1", "", NULL, NULL)), -1);
    kura_frame_free(f);
}

static void labels_are_copied(void **state)
{
    (void)state;
    kura_frame *f = kura_frame_new();
    kf_group *g = kura_frame_group(f, "g");
    char one[] = "one";
    const char *labels[3] = {one, "two", NULL};
    kura_frame_dim_labels(f, g, "x", 3, labels);
    one[0] = '?';
    labels[1] = "?";
    const char *const *kept = kura_frame_find_var(g, "x")->data;
    assert_string_equal(kept[0], "one");
    assert_string_equal(kept[1], "two");
    assert_string_equal(kept[2], "");
    kura_frame_free(f);
}

static void times_get_a_calendar_and_flags_their_values(void **state)
{
    (void)state;
    kura_frame *f = kura_frame_new();
    kf_group *g = kura_frame_group(f, "g");
    static const int32_t days[2] = {0, 7};
    static const int8_t flags[2] = {0, 1};
    kura_frame_dim_i32(f, g, "time", 2, days, "days since 1970-01-01", "time");
    kura_frame_dim_i32(f, g, "step", 2, days, "1", "not a time");
    const kf_variable *time = kura_frame_find_var(g, "time"), *step = kura_frame_find_var(g, "step");
    assert_string_equal(kura_frame_find_attr(time->nattrs, time->attrs, "calendar")->text, "standard");
    assert_null(kura_frame_find_attr(step->nattrs, step->attrs, "calendar"));
    kf_variable *v = kura_frame_var(f, g, "f", KF_I8, "time", flags, "1", "", NULL, NULL);
    kura_frame_var_attr(f, v, "flag_meanings", "no  yes maybe ");
    const kf_attr *values = kura_frame_find_attr(v->nattrs, v->attrs, "flag_values");
    assert_int_equal(values->n, 3);
    assert_int_equal(values->i32[2], 2);
    kura_frame_free(f);
}

static void attributes_are_copied(void **state)
{
    (void)state;
    kura_frame *f = kura_frame_new();
    double x[2] = {1, 2};
    int32_t k[1] = {3};
    char text[] = "text";
    kura_frame_attr_f64(f, NULL, "x", 2, x);
    kura_frame_attr_i32(f, NULL, "k", 1, k);
    kura_frame_attr_text(f, NULL, "t", text);
    kf_group *g = kura_frame_group(f, "g");
    kura_frame_attr_text(f, g, "in group", NULL);
    x[1] = k[0] = 0;
    text[0] = '?';
    assert_int_equal(f->nattrs, 3);
    assert_true(kura_frame_find_attr(f->nattrs, f->attrs, "x")->f64[1] == 2);
    assert_int_equal(kura_frame_find_attr(f->nattrs, f->attrs, "k")->i32[0], 3);
    assert_string_equal(kura_frame_find_attr(f->nattrs, f->attrs, "t")->text, "text");
    assert_string_equal(kura_frame_find(f, "g")->attrs[0].text, "");
    kura_frame_free(f);
}

/* What a caller may do after memory ran out: go on, and look at the end. */
static void missing_groups_and_variables_set_failed(void **state)
{
    (void)state;
    kura_frame *f = kura_frame_new();
    static const double x = 1;
    assert_null(kura_frame_var(f, NULL, "v", KF_F64, "", &x, "1", "", NULL, NULL));
    assert_true(f->arena.failed);
    f->arena.failed = 0;
    kura_frame_var_attr(f, NULL, "a", "b");
    assert_true(f->arena.failed);
    f->arena.failed = 0;
    kura_frame_dim_f64(f, NULL, "d", 1, &x, "1", "");
    assert_true(f->arena.failed);
    kura_frame_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(groups_are_found_or_added),
        cmocka_unit_test(variables_keep_order_and_strings_are_copied),
        cmocka_unit_test(sizes_of_scalars_and_unknown_dimensions),
        cmocka_unit_test(labels_are_copied),
        cmocka_unit_test(times_get_a_calendar_and_flags_their_values),
        cmocka_unit_test(attributes_are_copied),
        cmocka_unit_test(missing_groups_and_variables_set_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
