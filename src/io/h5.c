/* Shared HDF5 help, see h5.h. */
#include "io/h5.h"
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static pthread_mutex_t h5_lock = PTHREAD_MUTEX_INITIALIZER;

void kura_h5_enter(kura_h5_session *session)
{
    memset(session, 0, sizeof *session);
    pthread_mutex_lock(&h5_lock);
    H5open();
    H5Eauto_is_v2(H5E_DEFAULT, &session->is_v2);
    if (session->is_v2) {
        H5Eget_auto2(H5E_DEFAULT, &session->print2, &session->data);
        H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    } else {
        H5Eget_auto1(&session->print1, &session->data);
        H5Eset_auto1(NULL, NULL);
    }
}

void kura_h5_leave(kura_h5_session *session)
{
    H5Eclear2(H5E_DEFAULT);
    if (session->is_v2)
        H5Eset_auto2(H5E_DEFAULT, session->print2, session->data);
    else
        H5Eset_auto1(session->print1, session->data);
    pthread_mutex_unlock(&h5_lock);
}

typedef struct {
    char text[256];
    int no_memory;
} h5_reason;

static herr_t take_reason(unsigned n, const H5E_error2_t *e, void *user)
{
    h5_reason *reason = user;
    if (n == 0) snprintf(reason->text, sizeof reason->text, "%s", e->desc ? e->desc : "no reason given");
    reason->no_memory |= e->min_num == H5E_NOSPACE;
    return 0;
}

kura_status kura_h5_error(kura_error *err, kura_status code, const char *format, ...)
{
    char message[512];
    h5_reason reason = {"no reason given", 0};
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take_reason, &reason);
    H5Eclear2(H5E_DEFAULT);
    if (code == KURA_E_INTERNAL && reason.no_memory) code = KURA_E_MEMORY;
    return kura_error_set(err, code, "%s: HDF5 says: %s", message, reason.text);
}

void kura_h5_drop(hid_t id)
{
    if (id >= 0) H5Idec_ref(id);
}

hid_t kura_h5_access(void)
{
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0) return access;
    int failed = H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) < 0;
#if H5_VERSION_GE(1, 12, 1) || (H5_VERSION_GE(1, 10, 7) && !H5_VERSION_GE(1, 11, 0))
    failed |= H5Pset_file_locking(access, 0, 1) < 0;
#endif
    if (!failed) return access;
    kura_h5_drop(access);
    return -1;
}

int kura_h5_is_plumbing(const char *attr)
{
    return strcmp(attr, "CLASS") == 0 || strcmp(attr, "NAME") == 0 || strcmp(attr, "DIMENSION_LIST") == 0 ||
           strcmp(attr, "REFERENCE_LIST") == 0 || strcmp(attr, "DIMENSION_LABELS") == 0 ||
           strncmp(attr, "_Netcdf4", 8) == 0 || strncmp(attr, "_nc3_", 5) == 0 ||
           strcmp(attr, "_NCProperties") == 0;
}

static void *arena_alloc(size_t size, void *arena) { return kura_arena_alloc(arena, size, 1); }
static void arena_keep(void *memory, void *arena) { (void)memory, (void)arena; }

hid_t kura_h5_transfer(kura_arena *arena)
{
    hid_t transfer = H5Pcreate(H5P_DATASET_XFER);
    if (transfer < 0 || H5Pset_vlen_mem_manager(transfer, arena_alloc, arena, arena_keep, arena) >= 0)
        return transfer;
    kura_h5_drop(transfer);
    return -1;
}

/* H5Aread knows no transfer list, so variable-length text of attributes is copied and reclaimed. */
static char *read_text(hid_t attr, hid_t type, kura_arena *arena)
{
    if (!H5Tis_variable_str(type)) {
        size_t size = H5Tget_size(type);
        char *text = kura_arena_alloc(arena, size + 1, 1);
        return text && H5Aread(attr, type, text) >= 0 ? text : NULL;
    }
    char *got = NULL;
    if (H5Aread(attr, type, &got) < 0) return NULL;
    char *text = kura_arena_strdup(arena, got ? got : "");
    if (got) H5free_memory(got);
    return text;
}

const char *kura_h5_attr_text(hid_t object, const char *name, kura_arena *arena)
{
    if (H5Aexists(object, name) <= 0) return NULL;
    hid_t attr = H5Aopen(object, name, H5P_DEFAULT);
    hid_t type = attr < 0 ? -1 : H5Aget_type(attr);
    hid_t space = attr < 0 ? -1 : H5Aget_space(attr);
    char *text = NULL;
    if (type >= 0 && space >= 0 && H5Tget_class(type) == H5T_STRING &&
        H5Sget_simple_extent_npoints(space) == 1)
        text = read_text(attr, type, arena);
    kura_h5_drop(space);
    kura_h5_drop(type);
    kura_h5_drop(attr);
    return text;
}

const char *kura_h5_link_name(hid_t group, hsize_t i, kura_arena *arena)
{
    H5_index_t index = H5_INDEX_CRT_ORDER;
    ssize_t n = H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
    if (n < 0)
        n = H5Lget_name_by_idx(group, ".", index = H5_INDEX_NAME, H5_ITER_INC, i, NULL, 0, H5P_DEFAULT);
    char *name = n < 0 ? NULL : kura_arena_alloc(arena, (size_t)n + 1, 1);
    if (!name || H5Lget_name_by_idx(group, ".", index, H5_ITER_INC, i, name, (size_t)n + 1, H5P_DEFAULT) < 0)
        return NULL;
    return name;
}

int kura_h5_scales(hid_t dataset, int ndims, hobj_ref_t *scales)
{
    for (int d = 0; d < ndims; d++) scales[d] = 0;
    if (ndims == 0 || H5Aexists(dataset, "DIMENSION_LIST") <= 0) return 0;
    hvl_t lists[H5S_MAX_RANK];
    memset(lists, 0, sizeof lists);
    hid_t attr = H5Aopen(dataset, "DIMENSION_LIST", H5P_DEFAULT);
    hid_t space = attr < 0 ? -1 : H5Aget_space(attr);
    hid_t file_type = attr < 0 ? -1 : H5Aget_type(attr);
    hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ);
    int failed = space < 0 || type < 0 || file_type < 0 || H5Tget_class(file_type) != H5T_VLEN ||
                 H5Sget_simple_extent_npoints(space) != ndims || H5Aread(attr, type, lists) < 0;
    for (int d = 0; !failed && d < ndims; d++)
        if (lists[d].len > 0) scales[d] = *(hobj_ref_t *)lists[d].p;
    if (!failed) H5Dvlen_reclaim(type, space, H5P_DEFAULT, lists);
    kura_h5_drop(type);
    kura_h5_drop(file_type);
    kura_h5_drop(space);
    kura_h5_drop(attr);
    return failed ? -1 : 0;
}

/* KURA_OK when `path` is a file that starts like HDF5. */
static kura_status check_signature(const char *path, kura_error *err)
{
    static const unsigned char signature[8] = {0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    unsigned char head[8] = {0};
    struct stat st;
    if (stat(path, &st) != 0)
        return kura_error_set(err, KURA_E_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return kura_error_set(err, KURA_E_NO_INPUT, "cannot read %s: it is a folder", path);
    FILE *f = fopen(path, "rb");
    if (!f) return kura_error_set(err, KURA_E_NO_INPUT, "cannot read %s: %s", path, strerror(errno));
    size_t n = fread(head, 1, sizeof head, f);
    int failed = ferror(f);
    fclose(f);
    if (failed) return kura_error_set(err, KURA_E_IO, "cannot read %s", path);
    if (n == 0) return kura_error_set(err, KURA_E_SCENARIO, "%s is empty", path);
    if (n < sizeof head || memcmp(head, signature, sizeof head) != 0)
        return kura_error_set(err, KURA_E_SCENARIO, "%s is no HDF5 file, so no kura result", path);
    return KURA_OK;
}

static kura_status check_layout(hid_t file, const char *path, kura_error *err)
{
    kura_arena arena = {0};
    const char *filetype = kura_h5_attr_text(file, "filetype", &arena);
    int is_result = filetype && strcmp(filetype, KURA_FILETYPE) == 0;
    kura_arena_fini(&arena);
    if (!is_result)
        return kura_error_set(err, KURA_E_SCENARIO, "%s is an HDF5 file, but no kura result", path);
    int version[2] = {0, 0};
    hid_t attr = H5Aopen(file, "layout_version", H5P_DEFAULT);
    hid_t space = attr < 0 ? -1 : H5Aget_space(attr);
    int failed =
        space < 0 || H5Sget_simple_extent_npoints(space) != 2 || H5Aread(attr, H5T_NATIVE_INT, version) < 0;
    kura_h5_drop(space);
    kura_h5_drop(attr);
    if (failed) return kura_error_set(err, KURA_E_SCENARIO, "%s does not say its layout version", path);
    if (version[0] != KURA_LAYOUT_MAJOR)
        return kura_error_set(err, KURA_E_SCENARIO, "%s has layout %d.%d; this kura reads layout %d: %s",
                              path, version[0], version[1], KURA_LAYOUT_MAJOR,
                              version[0] > KURA_LAYOUT_MAJOR ? "a newer kura is needed"
                                                             : "an older kura is needed");
    return KURA_OK;
}

kura_status kura_h5_open_result(const char *path, hid_t *file, kura_error *err)
{
    *file = -1;
    KURA_TRY(check_signature(path, err));
    hid_t access = kura_h5_access();
    hid_t opened = access < 0 ? -1 : H5Fopen(path, H5F_ACC_RDONLY, access);
    kura_h5_drop(access);
    if (opened < 0) return kura_h5_error(err, KURA_E_SCENARIO, "%s is damaged or cut short", path);
    kura_status status = check_layout(opened, path, err);
    if (status == KURA_OK)
        *file = opened;
    else
        H5Fclose(opened);
    return status;
}
