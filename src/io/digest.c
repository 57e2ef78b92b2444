/* Digest of a result file, see digest.h. */
#include "io/digest.h"
#include "io/h5.h"
#include <sha2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SLAB_BYTES = 1 << 22,  /* data are read and hashed in pieces of about this size */
    LARGE_BYTES = 1 << 26, /* a row up to this is read as one piece: chunks go through many rows */
    MAX_PATH_BYTES = 1024, /* a ring of hard links would grow paths for ever */
    MAX_OBJECTS = 1 << 20
};

typedef struct {
    char *path;
    hobj_ref_t address; /* by which scales are found */
} entry;

typedef struct {
    const char *file; /* for messages */
    hid_t id;
    SHA2_CTX sha;
    kura_arena arena; /* paths */
    entry *entries;
    size_t nentries, capacity;
    kura_error *err;
} digester;

static kura_status damaged(digester *d, const char *path)
{
    return kura_h5_error(d->err, KURA_E_SCENARIO, "%s is damaged: cannot read %s", d->file, path);
}

static kura_status no_memory(digester *d)
{
    return kura_error_set(d->err, KURA_E_MEMORY, "not enough memory to read %s", d->file);
}

/* ---- bytes ---- */

static void put(digester *d, const void *data, size_t size) { SHA256Update(&d->sha, data, size); }

static void put_u64(digester *d, uint64_t x)
{
    unsigned char le[8];
    for (int i = 0; i < 8; i++) le[i] = (unsigned char)(x >> (8 * i));
    put(d, le, sizeof le);
}

static void put_text(digester *d, const char *text, size_t n)
{
    put_u64(d, n);
    put(d, text, n);
}

static void put_string(digester *d, const char *text) { put_text(d, text, strlen(text)); }

/* Bits of a float with one zero and one NaN. */
static uint64_t bits_of_f64(double x)
{
    uint64_t bits = 0;
    if (x != x) return UINT64_C(0x7ff8000000000000);
    if (x != 0) memcpy(&bits, &x, sizeof bits);
    return bits;
}

static uint32_t bits_of_f32(float x)
{
    uint32_t bits = 0;
    if (x != x) return UINT32_C(0x7fc00000);
    if (x != 0) memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* ---- values ---- */

/* How the elements of one value are read and hashed. */
typedef struct {
    char name[8]; /* "f64", "string", ... */
    hid_t memory; /* type to read into; owned when `owned` */
    int owned;
    size_t size; /* of an element in memory */
    enum { FLOATS, INTEGERS, FIXED, VARIABLE } kind;
} element;

static hid_t native_integer(size_t size, int is_signed)
{
    switch (size) {
    case 1:
        return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2:
        return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 4:
        return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    case 8:
        return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
    default:
        return -1;
    }
}

/* 0, or -1 when the type has no digest. */
static int element_of(hid_t type, element *e)
{
    memset(e, 0, sizeof *e);
    e->size = H5Tget_size(type);
    unsigned bits = (unsigned)(8 * e->size);
    switch (H5Tget_class(type)) {
    case H5T_FLOAT:
        e->kind = FLOATS;
        e->memory = e->size == 8 ? H5T_NATIVE_DOUBLE : H5T_NATIVE_FLOAT;
        snprintf(e->name, sizeof e->name, "f%u", bits % 1000);
        return e->size == 8 || e->size == 4 ? 0 : -1;
    case H5T_INTEGER: {
        int is_signed = H5Tget_sign(type) == H5T_SGN_2;
        e->kind = INTEGERS;
        e->memory = native_integer(e->size, is_signed);
        snprintf(e->name, sizeof e->name, "%c%u", is_signed ? 'i' : 'u', bits % 1000);
        return e->memory < 0 ? -1 : 0;
    }
    case H5T_STRING:
        e->kind = H5Tis_variable_str(type) > 0 ? VARIABLE : FIXED;
        e->memory = H5Tcopy(type);
        e->owned = 1;
        strcpy(e->name, "string");
        return e->memory < 0 ? -1 : 0;
    default:
        return -1;
    }
}

static void put_strings(digester *d, const element *e, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++, p += e->size) {
        const char *text = e->kind == VARIABLE ? *(char *const *)(const void *)p : p;
        put_text(d, text ? text : "",
                 !text                 ? 0
                 : e->kind == VARIABLE ? strlen(text)
                                       : strnlen(text, e->size));
    }
}

/* Bits of the number at p, canonical. */
static uint64_t bits_at(const element *e, const void *p)
{
    if (e->kind == FLOATS)
        return e->size == 8 ? bits_of_f64(*(const double *)p) : bits_of_f32(*(const float *)p);
    return e->size == 1   ? *(const uint8_t *)p
           : e->size == 2 ? *(const uint16_t *)p
           : e->size == 4 ? *(const uint32_t *)p
                          : *(const uint64_t *)p;
}

/* Hashes n elements; numbers are made canonical in place. */
static void put_elements(digester *d, const element *e, void *data, size_t n)
{
    unsigned char *p = data;
    if (e->kind == FIXED || e->kind == VARIABLE) {
        put_strings(d, e, data, n);
        return;
    }
    for (size_t i = 0; i < n; i++, p += e->size) {
        uint64_t bits = bits_at(e, p);
        for (size_t b = 0; b < e->size; b++) p[b] = (unsigned char)(bits >> (8 * b));
    }
    put(d, data, n * e->size);
}

static void put_shape(digester *d, const char *type, int rank, const hsize_t *dims)
{
    put_string(d, type);
    put_u64(d, (uint64_t)rank);
    for (int i = 0; i < rank; i++) put_u64(d, dims[i]);
}

/* Rank and extents of a space that has elements to speak of; -1 for others (H5S_NULL). */
static int shape_of(hid_t space, hsize_t *dims)
{
    if (space < 0 || H5Sget_simple_extent_type(space) == H5S_NULL) return -1;
    return H5Sget_simple_extent_dims(space, dims, NULL);
}

/* Reads rows [from, from+rows) of dimension `at`, at `start` in those before it, and hashes them. */
static int put_slab(digester *d, hid_t dataset, const element *e, hid_t space, int rank, const hsize_t *dims,
                    hsize_t *start, int at, hsize_t from, hsize_t rows)
{
    kura_arena arena = {0};
    hsize_t count[H5S_MAX_RANK], n = 1;
    for (int i = 0; i < rank; i++) n *= count[i] = i < at ? 1 : i == at ? rows : dims[i];
    if (rank) start[at] = from;
    void *data = kura_arena_alloc(&arena, n, e->size);
    hid_t transfer = kura_h5_transfer(&arena);
    hid_t memory = rank ? H5Screate_simple(rank, count, NULL) : H5Screate(H5S_SCALAR);
    int failed = !data || transfer < 0 || memory < 0 ||
                 (rank && H5Sselect_hyperslab(space, H5S_SELECT_SET, start, NULL, count, NULL) < 0) ||
                 H5Dread(dataset, e->memory, memory, space, transfer, data) < 0;
    if (!failed) put_elements(d, e, data, n);
    kura_h5_drop(memory);
    kura_h5_drop(transfer);
    kura_arena_fini(&arena);
    return failed ? -1 : 0;
}

/* Dimension `at` and what lies below it, in pieces; a row that is large itself is cut along the next one. */
static int put_rows(digester *d, hid_t dataset, const element *e, hid_t space, int rank, const hsize_t *dims,
                    hsize_t *start, int at)
{
    hsize_t row = e->size, total = rank ? dims[at] : 1;
    for (int i = at + 1; i < rank; i++)
        if (__builtin_mul_overflow(row, dims[i], &row)) return -1;
    if (row == 0 || total == 0) return 0;
    int cut = row > LARGE_BYTES && at + 1 < rank;
    hsize_t piece =
        at ? LARGE_BYTES : SLAB_BYTES; /* of a row that was cut: every piece unpacks its chunks anew */
    hsize_t rows = !cut && piece / row ? piece / row : 1;
    for (hsize_t from = 0; from < total; from += rows) {
        start[at] = from;
        if (cut ? put_rows(d, dataset, e, space, rank, dims, start, at + 1) < 0
                : put_slab(d, dataset, e, space, rank, dims, start, at, from,
                           rows < total - from ? rows : total - from) < 0)
            return -1;
    }
    start[at] = 0;
    return 0;
}

static int put_data(digester *d, hid_t dataset, const element *e, hid_t space, int rank, const hsize_t *dims)
{
    hsize_t start[H5S_MAX_RANK] = {0};
    return put_rows(d, dataset, e, space, rank, dims, start, 0);
}

static kura_status unsupported(digester *d, const char *path, const char *what)
{
    return kura_error_set(d->err, KURA_E_SCENARIO, "%s: %s%s%s is of a type that has no digest", d->file,
                          path, *what ? " attribute " : "", what);
}

/* ---- attributes ---- */

static int read_attr(digester *d, hid_t attr, const element *e, hid_t space, size_t n)
{
    void *data = calloc(n ? n : 1, e->size);
    int failed = !data || (n && H5Aread(attr, e->memory, data) < 0);
    if (!failed) put_elements(d, e, data, n);
    if (!failed && n && e->kind == VARIABLE) H5Dvlen_reclaim(e->memory, space, H5P_DEFAULT, data);
    free(data);
    return failed ? -1 : 0;
}

static kura_status put_attr(digester *d, hid_t attr, const char *path, const char *name)
{
    hsize_t dims[H5S_MAX_RANK];
    element e = {0};
    hid_t type = H5Aget_type(attr), space = H5Aget_space(attr);
    int rank = shape_of(space, dims);
    kura_status status = KURA_OK;
    if (type < 0 || space < 0) {
        status = damaged(d, path);
    } else if (rank < 0 || element_of(type, &e) < 0) {
        status = unsupported(d, path, name);
    } else {
        put_string(d, name);
        size_t n = (size_t)H5Sget_simple_extent_npoints(space);
        put_shape(d, e.name, n == 1 ? 0 : rank, dims);
        if (read_attr(d, attr, &e, space, n) < 0) status = damaged(d, path);
    }
    if (e.owned) kura_h5_drop(e.memory);
    kura_h5_drop(space);
    kura_h5_drop(type);
    return status;
}

static int by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The names of the attributes that count, sorted; NULL on failure. */
static char **attr_names(hid_t object, kura_arena *arena, size_t *count)
{
    int n = H5Aget_num_attrs(object);
    char **names = n < 0 ? NULL : KURA_NEW(arena, char *, (size_t)n);
    *count = 0;
    for (int i = 0; names && i < n; i++) {
        ssize_t length =
            H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)i, NULL, 0, H5P_DEFAULT);
        char *name = length < 0 ? NULL : kura_arena_alloc(arena, (size_t)length + 1, 1);
        if (!name || H5Aget_name_by_idx(object, ".", H5_INDEX_NAME, H5_ITER_INC, (hsize_t)i, name,
                                        (size_t)length + 1, H5P_DEFAULT) < 0)
            return NULL;
        if (!kura_h5_is_plumbing(name)) names[(*count)++] = name;
    }
    if (names && *count) qsort(names, *count, sizeof *names, by_text);
    return names;
}

static kura_status put_attrs(digester *d, hid_t object, const char *path)
{
    kura_arena arena = {0};
    size_t n = 0;
    char **names = attr_names(object, &arena, &n);
    kura_status status = names ? KURA_OK : damaged(d, path);
    if (names) put_u64(d, n);
    for (size_t i = 0; status == KURA_OK && i < n; i++) {
        hid_t attr = H5Aopen(object, names[i], H5P_DEFAULT);
        status = attr < 0 ? damaged(d, path) : put_attr(d, attr, path, names[i]);
        kura_h5_drop(attr);
    }
    kura_arena_fini(&arena);
    return status;
}

/* ---- objects ---- */

static int is_bare_scale(hid_t dataset)
{
    kura_arena arena = {0};
    const char *name = kura_h5_attr_text(dataset, "NAME", &arena);
    int bare = name && strncmp(name, KURA_BARE_SCALE, sizeof KURA_BARE_SCALE - 1) == 0;
    kura_arena_fini(&arena);
    return bare;
}

/* Is `path` directly in the folder of length `n` that `other` begins with? */
static int is_beside(const char *path, const char *other, size_t n)
{
    return strncmp(path, other, n) == 0 && path[n] && !strchr(path + n, '/');
}

/* The name of the scale at `address`, when it is in the group of `path`. */
static void put_scale(digester *d, const char *path, hobj_ref_t address)
{
    const char *name = "";
    size_t folder = (size_t)(strrchr(path, '/') - path) + 1;
    for (size_t i = 0; address && i < d->nentries && !*name; i++)
        if (d->entries[i].address == address && is_beside(d->entries[i].path, path, folder))
            name = d->entries[i].path + folder;
    put_string(d, name);
}

static int put_scales(digester *d, hid_t dataset, const char *path, int rank)
{
    hobj_ref_t scales[H5S_MAX_RANK];
    if (kura_h5_scales(dataset, rank, scales) < 0) return -1;
    for (int i = 0; i < rank; i++) put_scale(d, path, scales[i]);
    return 0;
}

static kura_status put_dataset(digester *d, hid_t dataset, const char *path)
{
    hsize_t dims[H5S_MAX_RANK];
    element e = {0};
    hid_t type = H5Dget_type(dataset), space = H5Dget_space(dataset);
    int rank = shape_of(space, dims), bare = is_bare_scale(dataset);
    kura_status status = KURA_OK;
    if (type < 0 || space < 0) {
        status = damaged(d, path);
    } else if (rank < 0 || (!bare && element_of(type, &e) < 0)) {
        status = unsupported(d, path, "");
    } else {
        put_shape(d, bare ? "none" : e.name, rank, dims);
        if ((!bare && put_data(d, dataset, &e, space, rank, dims) < 0) ||
            put_scales(d, dataset, path, rank) < 0)
            status = damaged(d, path);
    }
    if (e.owned) kura_h5_drop(e.memory);
    kura_h5_drop(space);
    kura_h5_drop(type);
    return status;
}

static kura_status put_object(digester *d, const char *path)
{
    hid_t object = H5Oopen(d->id, path, H5P_DEFAULT);
    if (object < 0) return damaged(d, path);
    kura_status status = KURA_OK;
    put_string(d, path);
    if (H5Iget_type(object) == H5I_GROUP) {
        put_string(d, "group");
    } else if (H5Iget_type(object) == H5I_DATASET) {
        put_string(d, "dataset");
        status = put_dataset(d, object, path);
    } else {
        status = unsupported(d, path, "");
    }
    if (status == KURA_OK) status = put_attrs(d, object, path);
    kura_h5_drop(object);
    return status;
}

/* ---- the list of objects ---- */

static int add_path(digester *d, const char *folder, const char *name)
{
    if (d->nentries == d->capacity) {
        size_t capacity = d->capacity ? 2 * d->capacity : 64;
        entry *entries = realloc(d->entries, capacity * sizeof *entries);
        if (!entries) {
            d->arena.failed = 1;
            return -1;
        }
        d->entries = entries;
        d->capacity = capacity;
    }
    entry *e = &d->entries[d->nentries];
    e->path = kura_arena_printf(&d->arena, "%s%s%s", folder, strcmp(folder, "/") && *name ? "/" : "", name);
    if (!e->path || H5Rcreate(&e->address, d->id, e->path, H5R_OBJECT, -1) < 0) return -1;
    d->nentries++;
    return 0;
}

/* Adds what is in the group at `path`; does nothing for datasets. */
static kura_status add_children(digester *d, const char *path)
{
    H5G_info_t info;
    hid_t object = H5Oopen(d->id, path, H5P_DEFAULT);
    if (object < 0) return damaged(d, path);
    kura_status status = KURA_OK;
    int is_group = H5Iget_type(object) == H5I_GROUP;
    if (is_group && H5Gget_info(object, &info) < 0) status = damaged(d, path);
    for (hsize_t i = 0; is_group && status == KURA_OK && i < info.nlinks; i++) {
        H5L_info_t link;
        const char *name = kura_h5_link_name(object, i, &d->arena);
        if (!name || H5Lget_info(object, name, &link, H5P_DEFAULT) < 0)
            status = damaged(d, path);
        else if (link.type != H5L_TYPE_HARD || (strcmp(path, "/") == 0 && strcmp(name, "provenance") == 0))
            continue;
        else if (strlen(path) + strlen(name) > MAX_PATH_BYTES - 2 || d->nentries >= MAX_OBJECTS)
            status =
                kura_error_set(d->err, KURA_E_SCENARIO, "%s: groups run in a circle at %s", d->file, path);
        else if (add_path(d, path, name) < 0)
            status = d->arena.failed ? no_memory(d) : damaged(d, name);
    }
    kura_h5_drop(object);
    return status;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->path, ((const entry *)b)->path);
}

static kura_status put_file(digester *d)
{
    if (add_path(d, "/", "") < 0) return damaged(d, "/");
    for (size_t i = 0; i < d->nentries; i++)
        KURA_TRY(add_children(d, d->entries[i].path)); /* grows as it goes */
    qsort(d->entries, d->nentries, sizeof *d->entries, by_path);
    put_string(d, "kura digest 1");
    for (size_t i = 0; i < d->nentries; i++) KURA_TRY(put_object(d, d->entries[i].path));
    return KURA_OK;
}

kura_status kura_io_digest(const char *path, char digest[65], kura_error *err)
{
    digester d = {.file = path, .id = -1, .err = err};
    SHA256Init(&d.sha);
    digest[0] = 0;
    kura_h5_session session;
    kura_h5_enter(&session);
    kura_status status = kura_h5_open_result(path, &d.id, err);
    if (status == KURA_OK) status = put_file(&d);
    if (status == KURA_OK) SHA256End(&d.sha, digest);
    if (d.id >= 0) H5Fclose(d.id);
    kura_h5_leave(&session);
    free(d.entries);
    kura_arena_fini(&d.arena);
    return status;
}

/* The text of the attribute, when it is such a hash. */
static void read_state_hash(hid_t file, char hash[33])
{
    kura_arena arena = {0};
    hid_t group =
        H5Lexists(file, "provenance", H5P_DEFAULT) > 0 ? H5Oopen(file, "provenance", H5P_DEFAULT) : -1;
    const char *text = group < 0 ? NULL : kura_h5_attr_text(group, "state_hash", &arena);
    if (text && strlen(text) == 32 && strspn(text, "0123456789abcdef") == 32) memcpy(hash, text, 33);
    kura_h5_drop(group);
    kura_arena_fini(&arena);
}

kura_status kura_io_state_hash(const char *path, char hash[33], kura_error *err)
{
    hid_t file = -1;
    hash[0] = 0;
    kura_h5_session session;
    kura_h5_enter(&session);
    kura_status status = kura_h5_open_result(path, &file, err);
    if (status == KURA_OK) read_state_hash(file, hash);
    if (file >= 0) H5Fclose(file);
    kura_h5_leave(&session);
    return status;
}
