/* Reader of result files, see read.h. */
#include "io/read.h"
#include "io/h5.h"
#include <stdio.h>
#include <string.h>

/* A scale found in the group: its address (an object reference is one) and its name. */
typedef struct {
    hobj_ref_t address;
    const char *name;
} scale;

typedef struct {
    const char *path; /* for messages */
    kura_frame *frame;
    hid_t transfer;
    kura_error *err;
    scale *scales; /* of the group being read; at most one a link */
    int nscales;
} reader;

static kura_status damaged(reader *r, const char *group, const char *name)
{
    return kura_h5_error(r->err, KURA_E_SCENARIO, "%s is damaged: cannot read /%s%s%s", r->path, group,
                         *name ? "/" : "", name);
}

static kura_status no_memory(reader *r)
{
    return kura_error_set(r->err, KURA_E_MEMORY, "not enough memory to read %s", r->path);
}

/* ---- attributes ---- */

/* Where an attribute goes: to the root, a group or a variable. */
typedef struct {
    kf_group *group;
    kf_variable *var;
} target;

static void keep_text(kura_frame *frame, target to, const char *name, const char *text)
{
    const char **slot = NULL;
    if (to.var && strcmp(name, "units") == 0) slot = &to.var->units;
    if (to.var && strcmp(name, "long_name") == 0) slot = &to.var->long_name;
    if (to.var && strcmp(name, "estimator") == 0) slot = &to.var->estimator;
    if (to.var && strcmp(name, "ancillary_variables") == 0) slot = &to.var->ancillary;
    if (slot)
        *slot = text;
    else if (to.var)
        kura_frame_var_attr(frame, to.var, name, text);
    else
        kura_frame_attr_text(frame, to.group, name, text);
}

static int keep_numbers(kura_frame *frame, target to, const char *name, hid_t attr, hid_t type, int n)
{
    int is_i32 = H5Tget_class(type) == H5T_INTEGER && H5Tget_size(type) <= 4;
    void *values = kura_arena_alloc(&frame->arena, (size_t)n, is_i32 ? sizeof(int32_t) : sizeof(double));
    if (!values || H5Aread(attr, is_i32 ? H5T_NATIVE_INT32 : H5T_NATIVE_DOUBLE, values) < 0) return -1;
    if (to.var && is_i32)
        kura_frame_var_attr_i32(frame, to.var, name, n, values);
    else if (to.var)
        kura_frame_var_attr_f64(frame, to.var, name, n, values);
    else if (is_i32)
        kura_frame_attr_i32(frame, to.group, name, n, values);
    else
        kura_frame_attr_f64(frame, to.group, name, n, values);
    return 0;
}

/* What the writer adds by itself. */
static int is_ours(target to, const char *name)
{
    static const char *const of_root[] = {"Conventions", "filetype", "layout_version", NULL};
    static const char *const of_variable[] = {"_FillValue", "bounds", "labels", NULL};
    static const char *const of_group[] = {NULL};
    for (const char *const *p = to.var ? of_variable : to.group ? of_group : of_root; *p; p++)
        if (strcmp(*p, name) == 0) return 1;
    return kura_h5_is_plumbing(name);
}

static int keep_attr(reader *r, target to, hid_t object, hid_t attr)
{
    kura_arena *arena = &r->frame->arena;
    ssize_t length = H5Aget_name(attr, 0, NULL);
    char *name = length < 0 ? NULL : kura_arena_alloc(arena, (size_t)length + 1, 1);
    if (!name || H5Aget_name(attr, (size_t)length + 1, name) < 0) return -1;
    if (is_ours(to, name)) return 0;
    hid_t type = H5Aget_type(attr), space = H5Aget_space(attr);
    hssize_t n = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    H5T_class_t class = type < 0 ? H5T_NO_CLASS : H5Tget_class(type);
    int failed = type < 0 || space < 0;
    if (!failed && class == H5T_STRING && n == 1) {
        const char *text = kura_h5_attr_text(object, name, arena);
        if (text)
            keep_text(r->frame, to, name, text);
        else
            failed = 1;
    } else if (!failed && (class == H5T_INTEGER || class == H5T_FLOAT) && n >= 1 && n <= 1 << 20) {
        failed = keep_numbers(r->frame, to, name, attr, type, (int)n) < 0;
    }
    kura_h5_drop(space);
    kura_h5_drop(type);
    return failed ? -1 : 0;
}

static int read_attrs(reader *r, target to, hid_t object)
{
    int n = H5Aget_num_attrs(object);
    H5_index_t index = H5_INDEX_CRT_ORDER;
    for (int i = 0; i < n; i++) {
        hid_t attr = H5Aopen_by_idx(object, ".", index, H5_ITER_INC, (hsize_t)i, H5P_DEFAULT, H5P_DEFAULT);
        if (attr < 0 && i == 0) /* written without order */
            attr =
                H5Aopen_by_idx(object, ".", index = H5_INDEX_NAME, H5_ITER_INC, 0, H5P_DEFAULT, H5P_DEFAULT);
        int failed = attr < 0 || keep_attr(r, to, object, attr) < 0;
        kura_h5_drop(attr);
        if (failed) return -1;
    }
    return n < 0 ? -1 : 0;
}

/* ---- datasets ---- */

static int is_scale(hid_t dataset, kura_arena *arena)
{
    const char *class = kura_h5_attr_text(dataset, "CLASS", arena);
    return class && strcmp(class, "DIMENSION_SCALE") == 0;
}

/* Frame type of a dataset's type; 0 when a frame cannot hold it. */
static int type_of(hid_t type, kf_type *out)
{
    size_t size = H5Tget_size(type);
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        *out = KF_F64;
        return 1;
    case H5T_INTEGER:
        *out = size == 1 && H5Tget_sign(type) == H5T_SGN_2                 ? KF_I8
               : size < 4 || (size == 4 && H5Tget_sign(type) == H5T_SGN_2) ? KF_I32
                                                                           : KF_F64;
        return 1;
    case H5T_STRING:
        *out = KF_STRING;
        return 1;
    default:
        return 0;
    }
}

/* Fixed-length strings, should a tool have rewritten them so, become pointers to terminated copies. */
static const char **split_fixed(kura_arena *arena, const char *bytes, int64_t n, size_t size)
{
    const char **strings = KURA_NEW(arena, const char *, (size_t)n);
    for (int64_t i = 0; strings && i < n; i++)
        strings[i] = kura_arena_strndup(arena, bytes + (size_t)i * size, size);
    return strings;
}

static const void *read_strings(reader *r, hid_t dataset, hid_t type, int64_t n)
{
    kura_arena *arena = &r->frame->arena;
    size_t size = H5Tget_size(type);
    if (H5Tis_variable_str(type) <= 0) {
        char *bytes = kura_arena_alloc(arena, (size_t)n, size);
        if (!bytes || (n && H5Dread(dataset, type, H5S_ALL, H5S_ALL, r->transfer, bytes) < 0)) return NULL;
        return split_fixed(arena, bytes, n, size);
    }
    char **strings = KURA_NEW(arena, char *, (size_t)n);
    if (!strings || (n && H5Dread(dataset, type, H5S_ALL, H5S_ALL, r->transfer, strings) < 0)) return NULL;
    for (int64_t i = 0; i < n; i++)
        if (!strings[i]) strings[i] = kura_arena_strdup(arena, ""); /* HDF5 gives NULL for an empty one */
    return strings;
}

static const void *read_data(reader *r, hid_t dataset, hid_t file_type, kf_type type, int64_t n)
{
    if (type == KF_STRING) return read_strings(r, dataset, file_type, n);
    hid_t memory = type == KF_F64 ? H5T_NATIVE_DOUBLE : type == KF_I32 ? H5T_NATIVE_INT32 : H5T_NATIVE_INT8;
    void *data = kura_arena_alloc(&r->frame->arena, (size_t)n, H5Tget_size(memory));
    return data && (n == 0 || H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0) ? data
                                                                                                  : NULL;
}

/* "mineral,time": the names of the variable's scales, or of itself when it is one. */
static int read_dims(reader *r, hid_t dataset, const char *name, int ndims, int coordinate, char *dims,
                     size_t size)
{
    hobj_ref_t scales[H5S_MAX_RANK];
    *dims = 0;
    if (coordinate) return snprintf(dims, size, "%s", name) < (int)size ? 0 : -1;
    if (kura_h5_scales(dataset, ndims, scales) < 0) return -1;
    size_t at = 0;
    for (int d = 0; d < ndims; d++) {
        const char *found = NULL;
        for (int s = 0; s < r->nscales && !found; s++)
            if (r->scales[s].address == scales[d]) found = r->scales[s].name;
        if (!found) return -1;
        at += (size_t)snprintf(dims + at, size - at, "%s%s", d ? "," : "", found);
        if (at >= size) return -1;
    }
    return 0;
}

static int read_into_group(reader *r, kf_group *group, hid_t dataset, hid_t file_type, kf_type type,
                           const char *name, int64_t n, int ndims, int coordinate)
{
    char dims[1024];
    if (read_dims(r, dataset, name, ndims, coordinate, dims, sizeof dims) < 0) return -1;
    const void *data = read_data(r, dataset, file_type, type, n);
    if (!data) return -1;
    kf_variable *var = kura_frame_var(r->frame, group, name, type, dims, data, "", "", NULL, NULL);
    if (!var || kura_frame_size(group, var) != n) return -1;
    return read_attrs(r, (target){group, var}, dataset);
}

static kura_status read_dataset(reader *r, kf_group *group, hid_t dataset, const char *name)
{
    hsize_t dims[H5S_MAX_RANK];
    kf_type type = KF_F64;
    hid_t file_type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    int ndims = space < 0 ? -1 : H5Sget_simple_extent_dims(space, dims, NULL);
    int64_t n = 1;
    int failed = file_type < 0 || ndims < 0, holds = !failed && ndims <= 4 && type_of(file_type, &type);
    for (int d = 0; d < ndims && !failed; d++)
        failed = dims[d] > INT64_MAX || __builtin_mul_overflow(n, (int64_t)dims[d], &n);
    if (holds && !failed) {
        int coordinate = is_scale(dataset, &r->frame->arena) && ndims == 1;
        const char *scale_name = coordinate ? kura_h5_attr_text(dataset, "NAME", &r->frame->arena) : NULL;
        int bare = scale_name && strncmp(scale_name, KURA_BARE_SCALE, sizeof KURA_BARE_SCALE - 1) == 0;
        if (!bare)
            failed = read_into_group(r, group, dataset, file_type, type, name, n, ndims, coordinate) < 0;
    }
    kura_h5_drop(space);
    kura_h5_drop(file_type);
    return r->frame->arena.failed ? no_memory(r) : failed ? damaged(r, group->name, name) : KURA_OK;
}

/* Adds dataset `name` to the dimensions of the group when it is a scale. */
static int note_scale(reader *r, kf_group *group, hid_t group_id, hid_t dataset, const char *name)
{
    if (!is_scale(dataset, &r->frame->arena)) return 0;
    hid_t space = H5Dget_space(dataset);
    hssize_t n = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
    scale *s = &r->scales[r->nscales++];
    s->name = name;
    int failed = n < 0 || H5Rcreate(&s->address, group_id, name, H5R_OBJECT, -1) < 0;
    if (!failed) kura_frame_dim_plain(r->frame, group, name, n);
    kura_h5_drop(space);
    return failed ? -1 : 0;
}

/* Calls note_scale (pass 0), then read_dataset (pass 1) for every dataset of the group. */
static kura_status read_pass(reader *r, kf_group *group, hid_t group_id, hsize_t nlinks, int pass)
{
    for (hsize_t i = 0; i < nlinks; i++) {
        const char *name = kura_h5_link_name(group_id, i, &r->frame->arena);
        hid_t object = name ? H5Oopen(group_id, name, H5P_DEFAULT) : -1;
        kura_status status = KURA_OK;
        if (object < 0)
            status = damaged(r, group->name, name ? name : "?");
        else if (H5Iget_type(object) == H5I_DATASET && pass == 1)
            status = read_dataset(r, group, object, name);
        else if (H5Iget_type(object) == H5I_DATASET && note_scale(r, group, group_id, object, name) < 0)
            status = damaged(r, group->name, name);
        kura_h5_drop(object);
        KURA_TRY(status);
    }
    return KURA_OK;
}

static kura_status read_group(reader *r, hid_t group_id, const char *name)
{
    H5G_info_t info;
    kf_group *group = kura_frame_group(r->frame, name);
    if (!group) return no_memory(r);
    if (H5Gget_info(group_id, &info) < 0 || read_attrs(r, (target){group, NULL}, group_id) < 0)
        return damaged(r, name, "");
    r->scales = KURA_NEW(&r->frame->arena, scale, (size_t)info.nlinks);
    r->nscales = 0;
    if (!r->scales) return no_memory(r);
    KURA_TRY(read_pass(r, group, group_id, info.nlinks, 0));
    return read_pass(r, group, group_id, info.nlinks, 1);
}

/* Is `name` in the list "a,b,c"? */
static int is_listed(const char *list, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = list; p; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
        if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == 0)) return 1;
    return 0;
}

static kura_status read_root(reader *r, hid_t root, const char *groups)
{
    H5G_info_t info;
    if (H5Gget_info(root, &info) < 0 || read_attrs(r, (target){NULL, NULL}, root) < 0)
        return damaged(r, "", "");
    for (hsize_t i = 0; i < info.nlinks; i++) {
        const char *name = kura_h5_link_name(root, i, &r->frame->arena);
        if (!name) return damaged(r, "", "");
        if (groups && !is_listed(groups, name)) continue;
        hid_t object = H5Oopen(root, name, H5P_DEFAULT);
        kura_status status = object < 0 ? damaged(r, name, "") : KURA_OK;
        if (status == KURA_OK && H5Iget_type(object) == H5I_GROUP) status = read_group(r, object, name);
        kura_h5_drop(object);
        KURA_TRY(status);
    }
    return r->frame->arena.failed ? no_memory(r) : KURA_OK;
}

kura_status kura_io_read(const char *path, const char *groups, kura_frame **out, kura_error *err)
{
    *out = NULL;
    reader r = {.path = path, .frame = kura_frame_new(), .transfer = -1, .err = err};
    if (!r.frame) return no_memory(&r);
    kura_h5_session session;
    kura_h5_enter(&session);
    hid_t file = -1;
    kura_status status = kura_h5_open_result(path, &file, err);
    if (status == KURA_OK && (r.transfer = kura_h5_transfer(&r.frame->arena)) < 0) status = no_memory(&r);
    if (status == KURA_OK) {
        hid_t root = H5Gopen2(file, "/", H5P_DEFAULT);
        status = root < 0 ? damaged(&r, "", "") : read_root(&r, root, groups);
        kura_h5_drop(root);
    }
    kura_h5_drop(r.transfer);
    if (file >= 0) H5Fclose(file);
    kura_h5_leave(&session);
    if (status == KURA_OK)
        *out = r.frame;
    else
        kura_frame_free(r.frame);
    return status;
}
