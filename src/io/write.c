/* Writer of result files, see write.h. */
#include "io/write.h"
#include "base/fileio.h"
#include "io/chunks.h"
#include "io/h5.h"
#include "io/sink.h"
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK_BYTES = 1 << 20, /* at most; HDF5's default chunk cache */
    TINY_BYTES = 1 << 9,   /* below, a chunk's index costs more than compression saves */
    GZIP_LEVEL = 4,
    CACHE_BYTES = 1 << 22,
    COMPACT_ATTRS = 60000, /* attributes and links stay in the object header: smaller, and no hash trees */
    COMPACT_LINKS = 1000,
    FILL_I32 = -INT_MAX, /* NC_FILL_INT and NC_FILL_BYTE */
    FILL_I8 = -127
};

/* ---- is the frame sound? ---- */

static int is_name(const char *name) { return name && *name && !strchr(name, '/') && strcmp(name, "."); }

static int is_bounds_of(const char *bounds, const char *coordinate)
{
    size_t n = strlen(coordinate);
    return strncmp(bounds, coordinate, n) == 0 && strcmp(bounds + n, "_bounds") == 0;
}

static const kf_variable *coordinate_of(const kf_group *group, const kf_dimension *dim)
{
    return kura_frame_find_var(group, dim->name);
}

static int is_coordinate(const kf_group *group, const kf_variable *var)
{
    return kura_frame_dim_size(group, var->name) >= 0;
}

static kura_status check_attrs(const char *where, int n, const kf_attr *attrs, const char *const *reserved,
                               kura_error *err)
{
    for (int i = 0; i < n; i++) {
        const char *name = attrs[i].name;
        if (!is_name(name))
            return kura_error_set(err, KURA_E_INTERNAL, "result: %s: an attribute without name", where);
        int taken = kura_h5_is_plumbing(name) || kura_frame_find_attr(i, attrs, name) != NULL;
        for (int r = 0; reserved[r]; r++) taken |= strcmp(reserved[r], name) == 0;
        if (taken)
            return kura_error_set(err, KURA_E_INTERNAL, "result: %s: attribute %s is there already", where,
                                  name);
        if (attrs[i].kind != KF_ATTR_TEXT && attrs[i].n < 1)
            return kura_error_set(err, KURA_E_INTERNAL, "result: %s: attribute %s is empty", where, name);
    }
    return KURA_OK;
}

static kura_status check_variable(const kf_group *group, int index, kura_error *err)
{
    static const char *const reserved[] = {"units",  "long_name", "estimator",  "ancillary_variables",
                                           "bounds", "labels",    "_FillValue", NULL};
    const kf_variable *var = &group->variables[index];
    if (!is_name(var->name))
        return kura_error_set(err, KURA_E_INTERNAL, "result: %s: a variable without name", group->name);
    char where[256];
    snprintf(where, sizeof where, "%s/%s", group->name, var->name);
    if (kura_frame_find_var(group, var->name) != var)
        return kura_error_set(err, KURA_E_INTERNAL, "result: %s is there twice", where);
    if (var->ndims < 0)
        return kura_error_set(err, KURA_E_INTERNAL, "result: %s has more than four dimensions", where);
    int64_t size = kura_frame_size(group, var);
    if (size < 0)
        return kura_error_set(err, KURA_E_INTERNAL, "result: %s has a dimension that %s lacks", where,
                              group->name);
    if (size > 0 && !var->data && !(var->source && var->type == KF_F64))
        return kura_error_set(err, KURA_E_INTERNAL, "result: %s has no data", where);
    if (is_coordinate(group, var) && (var->ndims != 1 || strcmp(var->dims[0], var->name) != 0))
        return kura_error_set(err, KURA_E_INTERNAL,
                              "result: %s is named like a dimension but is not its coordinate", where);
    return check_attrs(where, var->nattrs, var->attrs, reserved, err);
}

static kura_status check_frame(const kura_frame *frame, kura_error *err)
{
    static const char *const reserved[] = {"Conventions", "filetype", "layout_version", NULL}, *const none[] =
                                                                                                   {NULL};
    if (frame->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    KURA_TRY(check_attrs("/", frame->nattrs, frame->attrs, reserved, err));
    for (int g = 0; g < frame->ngroups; g++) {
        const kf_group *group = &frame->groups[g];
        if (!is_name(group->name) || kura_frame_find(frame, group->name) != group)
            return kura_error_set(err, KURA_E_INTERNAL, "result: a group without name, or there twice");
        KURA_TRY(check_attrs(group->name, group->nattrs, group->attrs, none, err));
        for (int d = 0; d < group->ndimensions; d++) {
            const kf_dimension *dim = &group->dimensions[d];
            if (!is_name(dim->name) || dim->size < 0)
                return kura_error_set(err, KURA_E_INTERNAL, "result: %s: a dimension without name or size",
                                      group->name);
            for (int e = 0; e < d; e++)
                if (strcmp(group->dimensions[e].name, dim->name) == 0)
                    return kura_error_set(err, KURA_E_INTERNAL, "result: %s: dimension %s is there twice",
                                          group->name, dim->name);
        }
        for (int v = 0; v < group->nvariables; v++) KURA_TRY(check_variable(group, v, err));
    }
    return KURA_OK;
}

/* ---- attributes ----  All functions from here on return 0, or -1 with the reason on HDF5's stack. */

static int put_attr(hid_t object, const char *name, hid_t file_type, hid_t memory_type, int n,
                    const void *data)
{
    hsize_t count = (hsize_t)n;
    hid_t space = n == 1 ? H5Screate(H5S_SCALAR) : H5Screate_simple(1, &count, NULL);
    hid_t attr = H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    int failed = attr < 0 || H5Awrite(attr, memory_type, data) < 0;
    kura_h5_drop(attr);
    kura_h5_drop(space);
    return failed ? -1 : 0;
}

/* Fixed-length UTF-8 without terminator, as the netCDF library writes text. */
static int put_text(hid_t object, const char *name, const char *text)
{
    size_t size = strlen(text);
    hid_t type = H5Tcopy(H5T_C_S1);
    int failed = H5Tset_size(type, size ? size : 1) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0 ||
                 put_attr(object, name, type, type, 1, text) < 0;
    kura_h5_drop(type);
    return failed ? -1 : 0;
}

static int put_text_if(hid_t object, const char *name, const char *text)
{
    return text && *text ? put_text(object, name, text) : 0;
}

static int put_frame_attr(hid_t object, const kf_attr *attr, kf_type owner)
{
    switch (attr->kind) {
    case KF_ATTR_TEXT:
        return put_text(object, attr->name, attr->text);
    case KF_ATTR_F64:
        return put_attr(object, attr->name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, attr->n, attr->f64);
    case KF_ATTR_I32:
        break;
    }
    int is_flag = owner == KF_I8 && strncmp(attr->name, "flag_", 5) == 0; /* CF: of the variable's type */
    return put_attr(object, attr->name, is_flag ? H5T_STD_I8LE : H5T_STD_I32LE, H5T_NATIVE_INT32, attr->n,
                    attr->i32);
}

static int put_attrs(hid_t object, int n, const kf_attr *attrs, kf_type owner)
{
    for (int i = 0; i < n; i++)
        if (put_frame_attr(object, &attrs[i], owner) < 0) return -1;
    return 0;
}

/* Names joined by newlines, for programs that cannot read variable-length strings. */
static int put_labels(hid_t object, int64_t n, const char *const *labels)
{
    size_t size = 1, at = 0;
    for (int64_t i = 0; i < n; i++) size += strlen(labels[i] ? labels[i] : "") + 1;
    char *joined = malloc(size);
    if (!joined) return -1;
    for (int64_t i = 0; i < n; i++) {
        if (i) joined[at++] = '\n';
        for (const char *p = labels[i] ? labels[i] : ""; *p; p++) joined[at++] = *p == '\n' ? ' ' : *p;
    }
    joined[at] = 0;
    int failed = put_text(object, "labels", joined);
    free(joined);
    return failed;
}

static int put_fill_value(hid_t object, kf_type type)
{
    const double f64 = NAN;
    const int32_t i32 = FILL_I32;
    const int8_t i8 = FILL_I8;
    switch (type) {
    case KF_F64:
        return put_attr(object, "_FillValue", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, 1, &f64);
    case KF_I32:
        return put_attr(object, "_FillValue", H5T_STD_I32LE, H5T_NATIVE_INT32, 1, &i32);
    case KF_I8:
        return put_attr(object, "_FillValue", H5T_STD_I8LE, H5T_NATIVE_INT8, 1, &i8);
    case KF_STRING:
        break; /* netCDF knows none for strings */
    }
    return 0;
}

static int put_variable_attrs(hid_t object, const kf_group *group, const kf_variable *var)
{
    int coordinate = is_coordinate(group, var), bounds = 0;
    for (int d = 0; d < group->ndimensions; d++) bounds |= is_bounds_of(var->name, group->dimensions[d].name);
    int failed = put_text_if(object, "long_name", var->long_name) < 0 ||
                 put_text_if(object, "units", var->units) < 0 ||
                 put_text_if(object, "estimator", var->estimator) < 0 ||
                 put_text_if(object, "ancillary_variables", var->ancillary) < 0 ||
                 put_attrs(object, var->nattrs, var->attrs, var->type) < 0;
    if (!failed && !coordinate && !bounds)
        failed = put_fill_value(object, var->type) < 0; /* CF: coordinates have none */
    if (!failed && coordinate && var->type == KF_STRING)
        failed = put_labels(object, kura_frame_dim_size(group, var->name), var->data) < 0;
    for (int v = 0; !failed && coordinate && v < group->nvariables; v++)
        if (is_bounds_of(group->variables[v].name, var->name))
            failed = put_text(object, "bounds", group->variables[v].name) < 0;
    return failed ? -1 : 0;
}

/* ---- data ---- */

static size_t size_of(kf_type type)
{
    return type == KF_F64   ? sizeof(double)
           : type == KF_I32 ? sizeof(int32_t)
           : type == KF_I8  ? 1
                            : sizeof(char *);
}

static hid_t file_type_of(kf_type type)
{
    return type == KF_F64 ? H5T_IEEE_F64LE : type == KF_I32 ? H5T_STD_I32LE : H5T_STD_I8LE;
}

static hid_t memory_type_of(kf_type type)
{
    return type == KF_F64 ? H5T_NATIVE_DOUBLE : type == KF_I32 ? H5T_NATIVE_INT32 : H5T_NATIVE_INT8;
}

/* Chunks that the source prescribes, or as large as is good; none for what is tiny or text (HDF5 refuses
 * filters on variable-length strings). */
static void set_shape(kura_shape *shape, const kf_group *group, const kf_variable *var)
{
    hsize_t bytes = size_of(var->type);
    memset(shape, 0, sizeof *shape);
    shape->ndims = var->ndims;
    for (int d = 0; d < var->ndims; d++)
        bytes *= shape->dims[d] = (hsize_t)kura_frame_dim_size(group, var->dims[d]);
    if (var->source && var->source->read_chunk) {
        for (int d = 0; d < var->ndims; d++) shape->chunk[d] = (hsize_t)var->source->chunk[d];
    } else if (var->type != KF_STRING && bytes >= TINY_BYTES) {
        kura_chunks_choose(shape, size_of(var->type), var->source ? KURA_SOURCE_CHUNK : CHUNK_BYTES);
    }
}

static int set_storage(hid_t create, kf_type type, const kura_shape *shape)
{
    const double f64 = NAN;
    const int32_t i32 = FILL_I32;
    const int8_t i8 = FILL_I8;
    const void *fill = type == KF_F64   ? (const void *)&f64
                       : type == KF_I32 ? (const void *)&i32
                                        : (const void *)&i8;
    if (type == KF_STRING) return 0;
    if (H5Pset_fill_value(create, memory_type_of(type), fill) < 0) return -1;
    if (!shape->chunk[0]) return 0;
    return H5Pset_chunk(create, shape->ndims, shape->chunk) < 0 || H5Pset_shuffle(create) < 0 ||
                   H5Pset_deflate(create, GZIP_LEVEL) < 0 || H5Pset_fletcher32(create) < 0
               ? -1
               : 0;
}

/* Order of creation tracked (netCDF keeps it), no times (equal runs give equal files). */
static int set_object_properties(hid_t create)
{
    return H5Pset_attr_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0 ||
                   H5Pset_attr_phase_change(create, COMPACT_ATTRS, 0) < 0 ||
                   H5Pset_obj_track_times(create, 0) < 0
               ? -1
               : 0;
}

static int set_group_properties(hid_t create)
{
    return set_object_properties(create) < 0 ||
                   H5Pset_link_creation_order(create, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED) < 0 ||
                   H5Pset_link_phase_change(create, COMPACT_LINKS, 0) < 0
               ? -1
               : 0;
}

static hid_t string_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    if (type >= 0 && (H5Tset_size(type, H5T_VARIABLE) < 0 || H5Tset_cset(type, H5T_CSET_UTF8) < 0)) {
        kura_h5_drop(type);
        return -1;
    }
    return type;
}

static int write_strings(hid_t dataset, hid_t type, int64_t n, const char *const *data)
{
    const char **copy = malloc((n ? (size_t)n : 1) * sizeof *copy);
    if (!copy) return -1;
    for (int64_t i = 0; i < n; i++) copy[i] = data[i] ? data[i] : ""; /* netCDF cannot tell NULL from empty */
    int failed = H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, copy) < 0;
    free(copy);
    return failed ? -1 : 0;
}

static hid_t create_dataset(hid_t group, const char *name, kf_type type, hid_t file_type,
                            const kura_shape *shape)
{
    hid_t space = shape->ndims ? H5Screate_simple(shape->ndims, shape->dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    hid_t dataset = -1;
    if (space >= 0 && create >= 0 && set_object_properties(create) == 0 &&
        set_storage(create, type, shape) == 0)
        dataset = H5Dcreate2(group, name, file_type, space, H5P_DEFAULT, create, H5P_DEFAULT);
    kura_h5_drop(create);
    kura_h5_drop(space);
    return dataset;
}

/* ---- dimension scales ----
 * H5DSattach_scale rewrites the scale's list of users at every call; with all users known it is written once.
 */

static int mark_scale(hid_t dataset, const char *name)
{
    static const char class[] = "DIMENSION_SCALE";
    hid_t type = H5Tcopy(H5T_C_S1);
    int failed =
        H5Tset_size(type, sizeof class) < 0 || put_attr(dataset, "CLASS", type, type, 1, class) < 0 ||
        H5Tset_size(type, strlen(name) + 1) < 0 || put_attr(dataset, "NAME", type, type, 1, name) < 0;
    kura_h5_drop(type);
    return failed ? -1 : 0;
}

/* DIMENSION_LIST of a variable: for every dimension a list of one reference to its scale. */
static int put_dimension_list(hid_t group_id, hid_t dataset, const kf_variable *var)
{
    hobj_ref_t scales[4];
    hvl_t lists[4];
    for (int d = 0; d < var->ndims; d++) {
        if (H5Rcreate(&scales[d], group_id, var->dims[d], H5R_OBJECT, -1) < 0) return -1;
        lists[d].len = 1;
        lists[d].p = &scales[d];
    }
    hsize_t n = (hsize_t)var->ndims;
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ), space = H5Screate_simple(1, &n, NULL);
    hid_t attr = H5Acreate2(dataset, "DIMENSION_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT);
    int failed = attr < 0 || H5Awrite(attr, type, lists) < 0;
    kura_h5_drop(attr);
    kura_h5_drop(space);
    kura_h5_drop(type);
    return failed ? -1 : 0;
}

typedef struct {
    hobj_ref_t dataset;
    int dimension;
} scale_user;

/* The type as HDF5's own H5DS writes it. */
static hid_t scale_user_type(void)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, sizeof(scale_user));
    if (type >= 0 && (H5Tinsert(type, "dataset", offsetof(scale_user, dataset), H5T_STD_REF_OBJ) < 0 ||
                      H5Tinsert(type, "dimension", offsetof(scale_user, dimension), H5T_NATIVE_INT) < 0)) {
        kura_h5_drop(type);
        return -1;
    }
    return type;
}

/* REFERENCE_LIST of the scale of dimension `name`: who uses it. */
static int put_reference_list(hid_t group_id, const kf_group *group, const char *name)
{
    scale_user *users = calloc((size_t)group->nvariables * 4 + 1, sizeof *users); /* zeroes the padding */
    if (!users) return -1;
    int n = 0, failed = 0;
    for (int v = 0; v < group->nvariables; v++) {
        const kf_variable *var = &group->variables[v];
        for (int d = 0; d < var->ndims && !is_coordinate(group, var); d++)
            if (strcmp(var->dims[d], name) == 0) {
                failed |= H5Rcreate(&users[n].dataset, group_id, var->name, H5R_OBJECT, -1) < 0;
                users[n++].dimension = d;
            }
    }
    if (n && !failed) {
        hsize_t count = (hsize_t)n;
        hid_t type = scale_user_type(), space = H5Screate_simple(1, &count, NULL);
        hid_t scale = H5Dopen2(group_id, name, H5P_DEFAULT);
        hid_t attr = H5Acreate2(scale, "REFERENCE_LIST", type, space, H5P_DEFAULT, H5P_DEFAULT);
        failed = attr < 0 || H5Awrite(attr, type, users) < 0;
        kura_h5_drop(attr);
        kura_h5_drop(scale);
        kura_h5_drop(space);
        kura_h5_drop(type);
    }
    free(users);
    return failed ? -1 : 0;
}

/* A dimension without coordinate: a scale without data, as the netCDF library makes it. */
static int write_bare_scale(hid_t group_id, const kf_dimension *dim)
{
    char name[sizeof KURA_BARE_SCALE + 24];
    snprintf(name, sizeof name, KURA_BARE_SCALE "%10lld", (long long)dim->size);
    kura_shape shape = {.ndims = 1, .dims = {(hsize_t)dim->size}};
    hid_t dataset =
        create_dataset(group_id, dim->name, KF_STRING /* plain storage */, H5T_IEEE_F32BE, &shape);
    int failed = dataset < 0 || mark_scale(dataset, name) < 0;
    kura_h5_drop(dataset);
    return failed ? -1 : 0;
}

/* ---- variables, groups, file ---- */

/* What the writing of a frame shares. */
typedef struct {
    const kura_frame *frame;
    const char *where;  /* the variable in hand */
    kura_status status; /* a failure that is not HDF5's, told by `err` */
    kura_error *err;
} writer;

static int write_data(writer *w, hid_t dataset, hid_t text, const kf_variable *var, const kura_shape *shape,
                      int64_t n)
{
    if (n == 0) return 0;
    if (var->type == KF_STRING) return write_strings(dataset, text, n, var->data);
    if (!var->source)
        return H5Dwrite(dataset, memory_type_of(var->type), H5S_ALL, H5S_ALL, H5P_DEFAULT, var->data) < 0 ? -1
                                                                                                          : 0;
    kura_error err = {0};
    int failed = kura_chunks_write(dataset, var->source, shape, w->frame->threads, &err);
    if (failed == 1) {
        w->status = err.code;
        if (w->err) *w->err = err;
    }
    return failed ? -1 : 0;
}

static int write_variable(writer *w, hid_t group_id, const kf_group *group, const kf_variable *var)
{
    kura_shape shape;
    set_shape(&shape, group, var);
    int is_string = var->type == KF_STRING;
    hid_t text = is_string ? string_type() : -1;
    hid_t dataset =
        create_dataset(group_id, var->name, var->type, is_string ? text : file_type_of(var->type), &shape);
    int failed = dataset < 0;
    if (!failed) failed = write_data(w, dataset, text, var, &shape, kura_frame_size(group, var)) < 0;
    if (!failed) failed = put_variable_attrs(dataset, group, var) < 0;
    if (!failed && is_coordinate(group, var))
        failed = mark_scale(dataset, var->name) < 0;
    else if (!failed && var->ndims)
        failed = put_dimension_list(group_id, dataset, var) < 0;
    kura_h5_drop(dataset);
    kura_h5_drop(text);
    return failed ? -1 : 0;
}

/* Scales first, in the order of the dimensions: netCDF numbers dimensions by creation. */
static int write_group_content(writer *w, hid_t group_id, const kf_group *group)
{
    if (put_attrs(group_id, group->nattrs, group->attrs, KF_F64) < 0) return -1;
    for (int d = 0; d < group->ndimensions; d++) {
        const kf_dimension *dim = &group->dimensions[d];
        const kf_variable *coordinate = coordinate_of(group, dim);
        w->where = dim->name;
        if ((coordinate ? write_variable(w, group_id, group, coordinate) : write_bare_scale(group_id, dim)) <
            0)
            return -1;
    }
    for (int v = 0; v < group->nvariables; v++) {
        w->where = group->variables[v].name;
        if (!is_coordinate(group, &group->variables[v]) &&
            write_variable(w, group_id, group, &group->variables[v]) < 0)
            return -1;
    }
    for (int d = 0; d < group->ndimensions; d++) {
        w->where = group->dimensions[d].name;
        if (put_reference_list(group_id, group, w->where) < 0) return -1;
    }
    return 0;
}

static int write_group(writer *w, hid_t file, const kf_group *group)
{
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    hid_t group_id = -1;
    if (create >= 0 && set_group_properties(create) == 0)
        group_id = H5Gcreate2(file, group->name, H5P_DEFAULT, create, H5P_DEFAULT);
    int failed = group_id < 0 || write_group_content(w, group_id, group) < 0;
    kura_h5_drop(group_id);
    kura_h5_drop(create);
    return failed ? -1 : 0;
}

static int write_root_attrs(hid_t file, const kura_frame *frame)
{
    static const int version[2] = {KURA_LAYOUT_MAJOR, KURA_LAYOUT_MINOR};
    return put_text(file, "Conventions", KURA_CONVENTIONS) < 0 ||
                   put_text(file, "filetype", KURA_FILETYPE) < 0 ||
                   put_attr(file, "layout_version", H5T_STD_I32LE, H5T_NATIVE_INT, 2, version) < 0 ||
                   put_attrs(file, frame->nattrs, frame->attrs, KF_F64) < 0
               ? -1
               : 0;
}

/* The cache of metadata would grow with the number of chunks. */
static int bound_cache(hid_t access)
{
    H5AC_cache_config_t c = {.version = H5AC__CURR_CACHE_CONFIG_VERSION};
    if (H5Pget_mdc_config(access, &c) < 0) return -1;
    c.set_initial_size = 1;
    c.initial_size = c.min_size = CACHE_BYTES / 2;
    c.max_size = CACHE_BYTES;
    return H5Pset_mdc_config(access, &c) < 0 ? -1 : 0;
}

static hid_t create_file(kura_sink *sink, kura_fileio *out)
{
    hid_t access = kura_h5_access(), create = H5Pcreate(H5P_FILE_CREATE), file = -1;
    if (access >= 0 && create >= 0 && kura_sink_use(sink, out, access) == 0 && bound_cache(access) == 0 &&
        H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18) >= 0 &&
        set_group_properties(create) == 0 &&
        H5Pset_istore_k(create, 4) >= 0) /* small index nodes: most variables are one chunk */
        file = H5Fcreate("kura", H5F_ACC_TRUNC, create, access);
    kura_h5_drop(create);
    kura_h5_drop(access);
    return file;
}

static kura_status fill_file(hid_t file, const kura_frame *frame, kura_error *err)
{
    writer w = {.frame = frame, .where = "", .err = err};
    if (write_root_attrs(file, frame) < 0)
        return kura_h5_error(err, KURA_E_INTERNAL, "cannot build the result");
    for (int g = 0; g < frame->ngroups; g++)
        if (write_group(&w, file, &frame->groups[g]) < 0)
            return w.status ? w.status
                            : kura_h5_error(err, KURA_E_INTERNAL, "cannot build %s/%s of the result",
                                            frame->groups[g].name, w.where);
    return KURA_OK;
}

/* The disk's failures come first: after one HDF5 reads back zeros and may complain of them. */
static kura_status fill_and_close(hid_t file, kura_sink *sink, const kura_frame *frame, kura_error *err)
{
    kura_status status = file < 0 ? kura_h5_error(err, KURA_E_INTERNAL, "cannot build the result")
                                  : fill_file(file, frame, err);
    if (file >= 0 && H5Fclose(file) < 0 && status == KURA_OK)
        status = kura_h5_error(err, KURA_E_INTERNAL, "cannot build the result");
    if (sink->status) {
        status = sink->status;
        if (err) *err = sink->error;
    }
    return status;
}

kura_status kura_io_write(const kura_frame *frame, const char *path, int force, kura_error *err)
{
    KURA_TRY(kura_fileio_check(path, force, err)); /* before the work */
    KURA_TRY(check_frame(frame, err));
    kura_fileio out;
    KURA_TRY(kura_fileio_begin(&out, path, force, err));
    kura_h5_session session;
    kura_h5_enter(&session);
    kura_sink sink;
    hid_t file = create_file(&sink, &out);
    kura_status status = fill_and_close(file, &sink, frame, err);
    kura_sink_end(&sink);
    kura_h5_leave(&session);
    if (status == KURA_OK) return kura_fileio_commit(&out, err);
    kura_fileio_abort(&out);
    return status;
}
