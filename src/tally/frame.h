/* Frame: a result as labelled arrays, before any file format.
 *
 * A frame is a list of groups ("/summary"); a group has dimensions (a name, a length, a coordinate: numbers
 * or labels, maybe bounds) and variables over these dimensions.  Finalising fills it (tally, run), io writes
 * it, tests read it. All arrays are row-major, owned by the frame's arena.  Names follow netCDF; units are
 * UDUNITS. */
#ifndef KURA_TALLY_FRAME_H
#define KURA_TALLY_FRAME_H

#include "base/arena.h"
#include <stdint.h>

typedef enum {
    KF_F64,
    KF_I32,
    KF_I8,
    KF_STRING
} kf_type; /* data: double*, int32_t*, int8_t*, const char** */

typedef struct {
    const char *name;
    enum { KF_ATTR_TEXT, KF_ATTR_F64, KF_ATTR_I32 } kind;
    const char *text;
    int n; /* values of a numeric attribute */
    const double *f64;
    const int32_t *i32;
} kf_attr;

/* Numbers that are read or made only when they are written, so that a result may be larger than memory.
 * `user` lives in the frame or is kept by it (kura_frame_keep).  Called by several threads at the same time.
 * Both return 0 or an errno. */
typedef struct kf_source kf_source;
struct kf_source {
    const void *user;
    size_t column;
    /* n numbers from element `first` on, in row-major order, all of one row. */
    int (*read)(const kf_source *source, int64_t first, int64_t n, double *out);
    /* Or, where it is not NULL: chunks as they stand in the file (base/encode.h), of chunk[0] x chunk[1] ...
     * elements each, numbered in row-major order, of at most chunk_bytes. */
    int (*read_chunk)(const kf_source *source, int64_t number, void *out, size_t *size);
    int64_t chunk[4];
    size_t chunk_bytes;
};

typedef struct {
    const char *name;
    kf_type type;
    int ndims;           /* 0 = scalar */
    const char *dims[4]; /* names of dimensions of the group */
    const void *data;
    const kf_source *source; /* of numbers that are not in memory, with type KF_F64; then data is NULL */
    const char *units;       /* "" = none (strings); "1" = dimensionless */
    const char *long_name;
    const char *estimator; /* rule of model.md, e.g. "R8.1 8.2"; may be NULL */
    const char *ancillary; /* names of the variables that give its error; may be NULL */
    int nattrs;
    kf_attr *attrs;
} kf_variable;

/* A dimension's coordinate variable is the group variable of the same name; its bounds, when given, are a
 * variable
 * "<name>_bounds" over (name, "nv").  A dimension without coordinate (only "nv" should be one) is written as
 * a bare scale, since every dimension of a file has a scale. */
typedef struct {
    const char *name;
    int64_t size;
} kf_dimension;

typedef struct {
    const char *name; /* "summary", no slash */
    int ndimensions, nvariables, nattrs;
    kf_dimension *dimensions;
    kf_variable *variables;
    kf_attr *attrs;
} kf_group;

typedef struct {
    kura_arena arena;
    int ngroups, nattrs; /* attributes of the root */
    kf_group *groups;
    kf_attr *attrs;
    struct kf_kept *kept;
    int threads; /* that may pack what is not in memory; 0: one */
} kura_frame;

kura_frame *kura_frame_new(void);        /* NULL when memory ran out */
void kura_frame_free(kura_frame *frame); /* NULL is fine */

/* Builders.  Pointers returned are valid until the next addition to the same list; NULL when memory ran out
 * (then frame->arena.failed is set, which a caller may test once at the end).  Strings are copied, data is
 * NOT copied: it must live in frame->arena or outlive the frame. */
kf_group *kura_frame_group(kura_frame *frame, const char *name); /* finds or adds */
void kura_frame_attr_text(kura_frame *frame, kf_group *group /* NULL = root */, const char *name,
                          const char *text);
void kura_frame_attr_f64(kura_frame *frame, kf_group *group, const char *name, int n, const double *values);
void kura_frame_attr_i32(kura_frame *frame, kf_group *group, const char *name, int n, const int32_t *values);
/* Adds a dimension and its coordinate variable.  Times ("days since ...") get the standard calendar. */
void kura_frame_dim_labels(kura_frame *frame, kf_group *group, const char *name, int64_t n,
                           const char *const *labels);
void kura_frame_dim_f64(kura_frame *frame, kf_group *group, const char *name, int64_t n, const double *values,
                        const char *units, const char *long_name);
void kura_frame_dim_i32(kura_frame *frame, kf_group *group, const char *name, int64_t n,
                        const int32_t *values, const char *units, const char *long_name);
/* A dimension without coordinate variable: the two ends of bounds, "nv". */
void kura_frame_dim_plain(kura_frame *frame, kf_group *group, const char *name, int64_t n);
/* dims: names joined by commas, "" = scalar, e.g. "mineral,time"; at most four. */
kf_variable *kura_frame_var(kura_frame *frame, kf_group *group, const char *name, kf_type type,
                            const char *dims, const void *data, const char *units, const char *long_name,
                            const char *estimator, const char *ancillary);
/* "flag_meanings" of an int8 variable brings its flag_values 0, 1, 2 ... along. */
void kura_frame_var_attr(kura_frame *frame, kf_variable *var, const char *name, const char *text);
void kura_frame_var_attr_f64(kura_frame *frame, kf_variable *var, const char *name, int n,
                             const double *values);
void kura_frame_var_attr_i32(kura_frame *frame, kf_variable *var, const char *name, int n,
                             const int32_t *values);
/* Lookup; NULL (size: -1) when absent.  kura_frame_size: number of elements of a variable; -1 when a
 * dimension of it is not in the group. */
const kf_group *kura_frame_find(const kura_frame *frame, const char *group);
const kf_variable *kura_frame_find_var(const kf_group *group, const char *name);
const kf_attr *kura_frame_find_attr(int n, const kf_attr *attrs, const char *name);
int64_t kura_frame_dim_size(const kf_group *group, const char *name);
int64_t kura_frame_size(const kf_group *group, const kf_variable *var);
/* A variable that is not in memory; `source` lives in the frame's arena. */
kf_variable *kura_frame_var_from(kura_frame *frame, kf_group *group, const char *name, const char *dims,
                                 const kf_source *source, const char *units, const char *long_name,
                                 const char *estimator);
/* A dimension whose coordinate is 0, 1, 2 ... */
void kura_frame_dim_count(kura_frame *frame, kf_group *group, const char *name, int64_t n,
                          const char *long_name);
/* Hands `object` over: it is given to `drop` with the frame, or now when memory runs out (then 0 is
 * returned). */
int kura_frame_keep(kura_frame *frame, void *object, void (*drop)(void *object));
/* Reads the numbers of all sources into the frame's arena, for who uses a frame without a file; what comes
 * packed stays where it is.  Returns 0, an errno, or -1 without memory. */
int kura_frame_load(kura_frame *frame);
/* Copies the strings of all string variables into the frame's arena. */
void kura_frame_own_strings(kura_frame *frame);

#endif
