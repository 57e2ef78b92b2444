/* Prints what a result holds, see show.h. */
#include "io/show.h"
#include "base/error.h"
#include "base/text.h"
#include "io/attribution_page.h"
#include "io/checks.h"
#include "io/concentration_page.h"
#include "io/headline.h"
#include "io/joint_page.h"
#include "io/n_minus_1_page.h"
#include "io/table.h"
#include <math.h>
#include <string.h>

/* ---- elements ---- */

static int is_date(const kf_variable *var) { return strcmp(var->units, "days since 1970-01-01") == 0; }

/* The n-th word of flag_meanings, or NULL. */
static const char *flag_word(const kf_variable *var, int n, char *buffer)
{
    const kf_attr *words = kura_frame_find_attr(var->nattrs, var->attrs, "flag_meanings");
    if (!words || words->kind != KF_ATTR_TEXT || n < 0) return NULL;
    const char *p = words->text + strspn(words->text, " ");
    for (; n > 0 && *p; n--) {
        p += strcspn(p, " ");
        p += strspn(p, " ");
    }
    if (!*p) return NULL;
    snprintf(buffer, KURA_CELL_BYTES, "%.*s", (int)strcspn(p, " "), p);
    return buffer;
}

static const char *element(const kf_variable *var, int64_t i, char *buffer)
{
    switch (var->type) {
    case KF_STRING:
        return ((const char *const *)var->data)[i];
    case KF_F64: {
        double x = ((const double *)var->data)[i];
        if (is_date(var) && fabs(x) < 1e7)
            kura_format_date((int64_t)floor(x), buffer); /* the day it falls in */
        else
            kura_format_number(x, buffer);
        break;
    }
    case KF_I32:
        if (is_date(var))
            kura_format_date(((const int32_t *)var->data)[i], buffer);
        else
            snprintf(buffer, KURA_CELL_BYTES, "%d", (int)((const int32_t *)var->data)[i]);
        break;
    case KF_I8: {
        int x = ((const int8_t *)var->data)[i];
        const char *word = flag_word(var, x, buffer);
        if (!word) snprintf(buffer, KURA_CELL_BYTES, "%d", x);
        break;
    }
    }
    return buffer;
}

/* ---- one variable ---- */

/* A variable with what stands beside it; the table shows rows x columns of it, from element `base` on. */
typedef struct {
    const kf_group *group;
    const kf_variable *var, *se, *lo, *hi; /* se, or lo and hi, or none */
    int row_dim, column_dim;               /* -1: none, one row or column */
    int64_t base, row_stride, column_stride;
} view;

/* The double variable <name><suffix> of the same shape, or NULL. */
static const kf_variable *companion(const kf_group *group, const kf_variable *var, const char *suffix)
{
    char name[256];
    snprintf(name, sizeof name, "%s%s", var->name, suffix);
    const kf_variable *other = var->type == KF_F64 ? kura_frame_find_var(group, name) : NULL;
    if (!other || other->type != KF_F64 || other->ndims != var->ndims) return NULL;
    for (int d = 0; d < var->ndims; d++)
        if (strcmp(other->dims[d], var->dims[d]) != 0) return NULL;
    return other;
}

static const char *value_at(const view *v, int64_t i, char *buffer)
{
    const double *x = v->var->data;
    if (v->se)
        kura_format_error(x[i], ((const double *)v->se->data)[i], buffer);
    else if (v->lo)
        kura_format_interval(x[i], ((const double *)v->lo->data)[i], ((const double *)v->hi->data)[i], "inf",
                             buffer);
    else
        return element(v->var, i, buffer);
    return buffer;
}

/* Label of place i along dimension d of the variable: its coordinate, or the number of the place. */
static const char *label(const view *v, int d, int64_t i, char *buffer)
{
    const kf_variable *coordinate = kura_frame_find_var(v->group, v->var->dims[d]);
    if (coordinate) return element(coordinate, i, buffer);
    snprintf(buffer, KURA_CELL_BYTES, "%lld", (long long)i);
    return buffer;
}

static const char *view_cell(const void *user, int64_t row, int64_t column, char *buffer)
{
    const view *v = user;
    if (column == 0) {
        if (row < 0) return v->row_dim < 0 ? "" : v->var->dims[v->row_dim];
        return v->row_dim < 0 ? "" : label(v, v->row_dim, row, buffer);
    }
    if (row < 0) return v->column_dim < 0 ? v->var->name : label(v, v->column_dim, column - 1, buffer);
    return value_at(v, v->base + row * v->row_stride + (column - 1) * v->column_stride, buffer);
}

static void print_plane(const view *v, FILE *to)
{
    const kf_group *g = v->group;
    kura_table table = {.rows = v->row_dim < 0 ? 1 : kura_frame_dim_size(g, v->var->dims[v->row_dim]),
                        .columns =
                            1 + (v->column_dim < 0 ? 1 : kura_frame_dim_size(g, v->var->dims[v->column_dim])),
                        .headings = 1,
                        .left = v->var->type == KF_STRING ? 2 : 1,
                        .cell = view_cell,
                        .user = v};
    kura_table_print(&table, to);
}

/* The last two dimensions make a plane; the longer runs down when it is too long for columns. */
static void set_plane(view *v, int64_t *sizes)
{
    int n = v->var->ndims;
    int64_t inner = n ? sizes[n - 1] : 1;
    v->row_dim = n == 1 ? 0 : n - 2;
    v->column_dim = n == 1 ? -1 : n - 1;
    v->row_stride = n == 1 ? 1 : inner;
    v->column_stride = 1;
    if (n >= 2 && inner > 12 && inner > sizes[n - 2]) {
        v->row_dim = n - 1;
        v->column_dim = n - 2;
        v->row_stride = 1;
        v->column_stride = inner;
    }
}

/* One plane for every place along the leading dimensions. */
static void print_planes(view *v, FILE *to)
{
    char buffer[KURA_CELL_BYTES];
    int64_t sizes[4], planes = 1, plane = 1;
    int leading = v->var->ndims > 2 ? v->var->ndims - 2 : 0;
    for (int d = 0; d < v->var->ndims; d++) {
        sizes[d] = kura_frame_dim_size(v->group, v->var->dims[d]);
        if (d < leading)
            planes *= sizes[d];
        else
            plane *= sizes[d];
    }
    set_plane(v, sizes);
    for (int64_t p = 0; p < planes; p++) {
        int64_t rest = p, below = planes;
        for (int d = 0; d < leading; d++) {
            below /= sizes[d];
            fprintf(to, "%s%s = ", d ? ", " : "\n", v->var->dims[d]);
            kura_print_clean(label(v, d, rest / below, buffer), to);
            rest %= below;
        }
        if (leading) putc('\n', to);
        v->base = p * plane;
        print_plane(v, to);
    }
}

static void print_scalar(const view *v, FILE *to)
{
    char buffer[KURA_CELL_BYTES];
    const char *text = value_at(v, 0, buffer);
    kura_print_clean(text, to);
    if (!*text || text[strlen(text) - 1] != '\n') putc('\n', to);
}

static void describe_dims(const kf_group *group, const kf_variable *var, char *buffer, size_t size)
{
    size_t at = 0;
    *buffer = 0;
    for (int d = 0; d < var->ndims && at < size; d++)
        at += (size_t)snprintf(buffer + at, size - at, "%s%s %lld", d ? ", " : "", var->dims[d],
                               (long long)kura_frame_dim_size(group, var->dims[d]));
}

/* "summary/x (mineral 3, time 260) [t]: long name [R8.3]" and what the figures beside the values are. */
static void print_head(const view *v, FILE *to)
{
    char dims[512];
    kura_text text = {0};
    describe_dims(v->group, v->var, dims, sizeof dims);
    kura_text_printf(&text, "%s/%s", v->group->name, v->var->name);
    if (*dims) kura_text_printf(&text, " (%s)", dims);
    if (*v->var->units) kura_text_printf(&text, " [%s]", v->var->units);
    if (*v->var->long_name) kura_text_printf(&text, ": %s", v->var->long_name);
    if (v->var->estimator) kura_text_printf(&text, "; estimator %s", v->var->estimator);
    if (v->se) kura_text_printf(&text, "; ±: %s", v->se->name);
    if (v->lo) kura_text_printf(&text, "; [ ]: %s, %s", v->lo->name, v->hi->name);
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

static void show_variable(const kf_group *group, const kf_variable *var, FILE *to)
{
    view v = {.group = group, .var = var, .se = companion(group, var, "_se")};
    v.lo = v.se ? NULL : companion(group, var, "_lo");
    v.hi = v.lo ? companion(group, var, "_hi") : NULL;
    if (!v.hi) v.lo = NULL;
    print_head(&v, to);
    if (var->ndims == 0)
        print_scalar(&v, to);
    else
        print_planes(&v, to);
}

/* ---- one group ---- */

static const char *group_cell(const void *user, int64_t row, int64_t column, char *buffer)
{
    static const char *const headings[] = {"variable", "units", "dimensions", "meaning"};
    const kf_group *group = user;
    if (row < 0) return headings[column];
    const kf_variable *var = &group->variables[row];
    switch (column) {
    case 0:
        return var->name;
    case 1:
        return var->units;
    case 2:
        describe_dims(group, var, buffer, KURA_CELL_BYTES);
        return buffer;
    default:
        return var->long_name;
    }
}

static void print_attr(const kf_attr *attr, FILE *to)
{
    char buffer[KURA_CELL_BYTES];
    fprintf(to, "%s:", attr->name);
    if (attr->kind == KF_ATTR_TEXT) {
        putc(' ', to);
        kura_print_clean(attr->text, to);
    }
    for (int i = 0; attr->kind != KF_ATTR_TEXT && i < attr->n; i++) {
        kura_format_number(attr->kind == KF_ATTR_F64 ? attr->f64[i] : attr->i32[i], buffer);
        fprintf(to, " %s", buffer);
    }
    putc('\n', to);
}

static void show_group(const kf_group *group, FILE *to)
{
    for (int i = 0; i < group->nattrs; i++) print_attr(&group->attrs[i], to);
    if (group->nattrs) putc('\n', to);
    kura_table table = {.rows = group->nvariables,
                        .columns = 4,
                        .headings = 1,
                        .left = 4,
                        .width = 1 << 20, /* a long meaning may run over the edge */
                        .cell = group_cell,
                        .user = group};
    kura_table_print(&table, to);
}

/* ---- choice ---- */

static kura_status no_group(const kura_frame *frame, const char *name, kura_error *err)
{
    kura_text list = {0};
    for (int i = 0; i < frame->ngroups; i++)
        kura_text_printf(&list, "%s %s", i ? "," : "", frame->groups[i].name);
    kura_error_set(err, KURA_E_USAGE, "the result has no group \"%s\"; it has%s", name,
                   list.data ? list.data : " none");
    kura_text_fini(&list);
    return KURA_E_USAGE;
}

static kura_status no_variable(const kf_group *group, const char *name, kura_error *err)
{
    kura_text list = {0};
    for (int i = 0; i < group->nvariables; i++)
        kura_text_printf(&list, "%s %s", i ? "," : "", group->variables[i].name);
    kura_error_set(err, KURA_E_USAGE, "group %s has no variable \"%s\"; it has%s", group->name, name,
                   list.data ? list.data : " none");
    kura_text_fini(&list);
    return KURA_E_USAGE;
}

/* Groups that have a page of their own above the list of variables. */
static kura_status show_page(const char *name, const kura_frame *frame, FILE *to, kura_error *err)
{
    static const struct {
        const char *group;
        kura_status (*print)(const kura_frame *frame, FILE *to, kura_error *err);
    } pages[] = {{"joint", kura_io_joint},
                 {"concentration", kura_io_concentration},
                 {"attribution", kura_io_attribution},
                 {"n_minus_1", kura_io_n_minus_1}};
    if (strcmp(name, "checks") == 0) {
        kura_io_print_checks(frame, to);
        putc('\n', to);
    }
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(name, pages[i].group) != 0) continue;
        KURA_TRY(pages[i].print(frame, to, err));
        putc('\n', to);
    }
    return KURA_OK;
}

kura_status kura_io_show(const kura_frame *frame, const char *what, FILE *to, kura_error *err)
{
    while (what && *what == '/') what++;
    if (!what || !*what)
        return kura_frame_find(frame, "summary") || !kura_frame_find(frame, "n_minus_1")
                   ? kura_io_headline(frame, to, err)
                   : kura_io_n_minus_1(frame, to, err);
    char name[256];
    size_t n = strcspn(what, "/");
    snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), what);
    const kf_group *group = kura_frame_find(frame, name);
    if (!group) return no_group(frame, name, err);
    const char *rest = what + n + (what[n] == '/');
    if (!*rest) {
        KURA_TRY(show_page(name, frame, to, err));
        show_group(group, to);
    } else {
        const kf_variable *var = kura_frame_find_var(group, rest);
        if (!var) return no_variable(group, rest, err);
        show_variable(group, var, to);
    }
    return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
}
