/* Frame, see frame.h. */
#include "tally/frame.h"
#include <stdlib.h>
#include <string.h>

kura_frame *kura_frame_new(void) { return calloc(1, sizeof(kura_frame)); }

struct kf_kept {
    struct kf_kept *next;
    void *object;
    void (*drop)(void *object);
};

int kura_frame_keep(kura_frame *frame, void *object, void (*drop)(void *object))
{
    struct kf_kept *kept = KURA_NEW(&frame->arena, struct kf_kept, 1);
    if (!kept) {
        drop(object);
        return 0;
    }
    *kept = (struct kf_kept){frame->kept, object, drop};
    frame->kept = kept;
    return 1;
}

void kura_frame_free(kura_frame *frame)
{
    if (!frame) return;
    for (struct kf_kept *k = frame->kept; k; k = k->next) k->drop(k->object);
    kura_arena_fini(&frame->arena);
    free(frame);
}

/* Room for one more item behind `n`: capacities are 4, 8, 16 ..., so a full list is seen by its length. */
static void *grow(kura_arena *arena, void *items, int n, size_t size)
{
    int full = n == 0 || (n >= 4 && (n & (n - 1)) == 0);
    if (!full) return items;
    void *more = kura_arena_alloc(arena, n ? 2 * (size_t)n : 4, size);
    if (more && n) memcpy(more, items, (size_t)n * size);
    return more;
}

/* Appends one zeroed item to list `items` of length `n`; NULL when memory ran out. */
#define APPEND(arena, items, n, out)                                                                         \
    do {                                                                                                     \
        void *more_ = grow((arena), (items), (n), sizeof *(items));                                          \
        (out) = NULL;                                                                                        \
        if (more_) {                                                                                         \
            (items) = more_;                                                                                 \
            (out) = &(items)[(n)++];                                                                         \
        }                                                                                                    \
    } while (0)

kf_group *kura_frame_group(kura_frame *frame, const char *name)
{
    for (int i = 0; i < frame->ngroups; i++)
        if (strcmp(frame->groups[i].name, name) == 0) return &frame->groups[i];
    const char *copy = kura_arena_strdup(&frame->arena, name);
    kf_group *group = NULL;
    if (copy) APPEND(&frame->arena, frame->groups, frame->ngroups, group);
    if (group) group->name = copy;
    return group;
}

/* Appends a copy of `attr` to a list of attributes. */
static void add_attr(kura_frame *frame, kf_attr **list, int *count, kf_attr attr)
{
    kura_arena *arena = &frame->arena;
    size_t n = (size_t)attr.n;
    double *f64 = NULL;
    int32_t *i32 = NULL;
    attr.name = kura_arena_strdup(arena, attr.name);
    attr.text = kura_arena_strdup(arena, attr.text);
    if (attr.kind == KF_ATTR_F64 && (f64 = KURA_NEW(arena, double, n)) && n)
        memcpy(f64, attr.f64, n * sizeof *f64);
    if (attr.kind == KF_ATTR_I32 && (i32 = KURA_NEW(arena, int32_t, n)) && n)
        memcpy(i32, attr.i32, n * sizeof *i32);
    attr.f64 = f64;
    attr.i32 = i32;
    kf_attr *added = NULL;
    if (!arena->failed) APPEND(arena, *list, *count, added);
    if (added) *added = attr;
}

static void add_group_attr(kura_frame *frame, kf_group *group, kf_attr attr)
{
    if (group)
        add_attr(frame, &group->attrs, &group->nattrs, attr);
    else
        add_attr(frame, &frame->attrs, &frame->nattrs, attr);
}

void kura_frame_attr_text(kura_frame *frame, kf_group *group, const char *name, const char *text)
{
    add_group_attr(frame, group, (kf_attr){.name = name, .kind = KF_ATTR_TEXT, .text = text ? text : ""});
}

void kura_frame_attr_f64(kura_frame *frame, kf_group *group, const char *name, int n, const double *values)
{
    add_group_attr(frame, group, (kf_attr){.name = name, .kind = KF_ATTR_F64, .n = n, .f64 = values});
}

void kura_frame_attr_i32(kura_frame *frame, kf_group *group, const char *name, int n, const int32_t *values)
{
    add_group_attr(frame, group, (kf_attr){.name = name, .kind = KF_ATTR_I32, .n = n, .i32 = values});
}

/* Splits "a,b" into var->dims.  More than four: ndims = -1, which the writer refuses. */
static int set_dims(kura_frame *frame, kf_variable *var, const char *dims)
{
    while (dims && *dims) {
        size_t n = strcspn(dims, ",");
        if (var->ndims == 4) {
            var->ndims = -1;
            return 0;
        }
        if (!(var->dims[var->ndims++] = kura_arena_strndup(&frame->arena, dims, n))) return -1;
        dims += n + (dims[n] == ',');
    }
    return 0;
}

kf_variable *kura_frame_var(kura_frame *frame, kf_group *group, const char *name, kf_type type,
                            const char *dims, const void *data, const char *units, const char *long_name,
                            const char *estimator, const char *ancillary)
{
    if (!group) {
        frame->arena.failed = 1;
        return NULL;
    }
    kura_arena *arena = &frame->arena;
    kf_variable var = {.name = kura_arena_strdup(arena, name),
                       .type = type,
                       .data = data,
                       .units = kura_arena_strdup(arena, units ? units : ""),
                       .long_name = kura_arena_strdup(arena, long_name ? long_name : ""),
                       .estimator = kura_arena_strdup(arena, estimator),
                       .ancillary = kura_arena_strdup(arena, ancillary)};
    if (set_dims(frame, &var, dims) || arena->failed) return NULL;
    kf_variable *added = NULL;
    APPEND(arena, group->variables, group->nvariables, added);
    if (added) *added = var;
    return added;
}

static void add_var_attr(kura_frame *frame, kf_variable *var, kf_attr attr)
{
    if (var)
        add_attr(frame, &var->attrs, &var->nattrs, attr);
    else
        frame->arena.failed = 1;
}

/* flag_values 0, 1, 2 ... for the words of flag_meanings. */
static void add_flag_values(kura_frame *frame, kf_variable *var, const char *meanings)
{
    int32_t values[127];
    int n = 0;
    for (const char *p = meanings; n < 127 && *(p += strspn(p, " ")); p += strcspn(p, " ")) {
        values[n] = n;
        n++;
    }
    if (n) kura_frame_var_attr_i32(frame, var, "flag_values", n, values);
}

void kura_frame_var_attr(kura_frame *frame, kf_variable *var, const char *name, const char *text)
{
    if (var && var->type == KF_I8 && text && strcmp(name, "flag_meanings") == 0 &&
        !kura_frame_find_attr(var->nattrs, var->attrs, "flag_values"))
        add_flag_values(frame, var, text);
    add_var_attr(frame, var, (kf_attr){.name = name, .kind = KF_ATTR_TEXT, .text = text ? text : ""});
}

void kura_frame_var_attr_f64(kura_frame *frame, kf_variable *var, const char *name, int n,
                             const double *values)
{
    add_var_attr(frame, var, (kf_attr){.name = name, .kind = KF_ATTR_F64, .n = n, .f64 = values});
}

void kura_frame_var_attr_i32(kura_frame *frame, kf_variable *var, const char *name, int n,
                             const int32_t *values)
{
    add_var_attr(frame, var, (kf_attr){.name = name, .kind = KF_ATTR_I32, .n = n, .i32 = values});
}

void kura_frame_dim_plain(kura_frame *frame, kf_group *group, const char *name, int64_t n)
{
    const char *copy = kura_arena_strdup(&frame->arena, name);
    kf_dimension *dim = NULL;
    if (!group)
        frame->arena.failed = 1;
    else if (copy)
        APPEND(&frame->arena, group->dimensions, group->ndimensions, dim);
    if (!dim) return;
    dim->name = copy;
    dim->size = n;
}

void kura_frame_dim_labels(kura_frame *frame, kf_group *group, const char *name, int64_t n,
                           const char *const *labels)
{
    const char **copy = KURA_NEW(&frame->arena, const char *, (size_t)n);
    for (int64_t i = 0; copy && i < n; i++)
        copy[i] = kura_arena_strdup(&frame->arena, labels[i] ? labels[i] : "");
    kura_frame_dim_plain(frame, group, name, n);
    kura_frame_var(frame, group, name, KF_STRING, name, copy, "", "", NULL, NULL);
}

/* A coordinate in "days since ..." is a time of the standard calendar. */
static void add_coordinate(kura_frame *frame, kf_group *group, const char *name, int64_t n, kf_type type,
                           const void *values, const char *units, const char *long_name)
{
    kura_frame_dim_plain(frame, group, name, n);
    kf_variable *var = kura_frame_var(frame, group, name, type, name, values, units, long_name, NULL, NULL);
    if (var && units && strstr(units, " since ")) {
        kura_frame_var_attr(frame, var, "standard_name", "time");
        kura_frame_var_attr(frame, var, "calendar", "standard");
    }
}

void kura_frame_dim_f64(kura_frame *frame, kf_group *group, const char *name, int64_t n, const double *values,
                        const char *units, const char *long_name)
{
    add_coordinate(frame, group, name, n, KF_F64, values, units, long_name);
}

kf_variable *kura_frame_var_from(kura_frame *frame, kf_group *group, const char *name, const char *dims,
                                 const kf_source *source, const char *units, const char *long_name,
                                 const char *estimator)
{
    kf_variable *var =
        kura_frame_var(frame, group, name, KF_F64, dims, NULL, units, long_name, estimator, NULL);
    if (var) var->source = source;
    return var;
}

static int count_up(const kf_source *source, int64_t first, int64_t n, double *out)
{
    (void)source;
    for (int64_t i = 0; i < n; i++) out[i] = (double)(first + i);
    return 0;
}

void kura_frame_dim_count(kura_frame *frame, kf_group *group, const char *name, int64_t n,
                          const char *long_name)
{
    static const kf_source numbers = {.read = count_up};
    kura_frame_dim_plain(frame, group, name, n);
    kura_frame_var_from(frame, group, name, name, &numbers, "1", long_name, NULL);
}

void kura_frame_dim_i32(kura_frame *frame, kf_group *group, const char *name, int64_t n,
                        const int32_t *values, const char *units, const char *long_name)
{
    add_coordinate(frame, group, name, n, KF_I32, values, units, long_name);
}

const kf_group *kura_frame_find(const kura_frame *frame, const char *group)
{
    for (int i = 0; i < frame->ngroups; i++)
        if (strcmp(frame->groups[i].name, group) == 0) return &frame->groups[i];
    return NULL;
}

const kf_variable *kura_frame_find_var(const kf_group *group, const char *name)
{
    for (int i = 0; group && i < group->nvariables; i++)
        if (strcmp(group->variables[i].name, name) == 0) return &group->variables[i];
    return NULL;
}

int64_t kura_frame_dim_size(const kf_group *group, const char *name)
{
    for (int i = 0; i < group->ndimensions; i++)
        if (strcmp(group->dimensions[i].name, name) == 0) return group->dimensions[i].size;
    return -1;
}

const kf_attr *kura_frame_find_attr(int n, const kf_attr *attrs, const char *name)
{
    for (int i = 0; i < n; i++)
        if (strcmp(attrs[i].name, name) == 0) return &attrs[i];
    return NULL;
}

int64_t kura_frame_size(const kf_group *group, const kf_variable *var)
{
    int64_t size = 1;
    if (var->ndims < 0) return -1;
    for (int d = 0; d < var->ndims; d++) {
        int64_t n = kura_frame_dim_size(group, var->dims[d]);
        if (n < 0 || __builtin_mul_overflow(size, n, &size)) return -1;
    }
    return size;
}
