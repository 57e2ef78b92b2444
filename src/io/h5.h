/* What reader, writer and digest share about HDF5 and about the layout of a result file.
 *
 * HDF5 as packaged is not safe for threads and prints its errors.  Every public function of io therefore
 * works between kura_h5_enter and kura_h5_leave: one lock for the process (a lock, not state), printing off,
 * the caller's setting restored.  Where HDF5 fails, the reason is taken from its error stack. File locking by
 * HDF5 is off (it fails on some NFS and Lustre mounts, and results appear by rename); other programs that
 * read results there may need HDF5_USE_FILE_LOCKING=FALSE in their environment. */
#ifndef KURA_IO_H5_H
#define KURA_IO_H5_H

#include "base/arena.h"
#include "base/error.h"
#include <hdf5.h>

#define KURA_FILETYPE "kura result"
#define KURA_LAYOUT_MAJOR 1 /* a reader takes its own major, any minor */
#define KURA_LAYOUT_MINOR 0
#define KURA_CONVENTIONS "CF-1.10"
/* NAME of a scale that is no variable, as the netCDF library writes it; a number of width 10 follows. */
#define KURA_BARE_SCALE "This is a netCDF dimension but not a netCDF variable."

typedef struct {
    unsigned is_v2;
    H5E_auto1_t print1;
    H5E_auto2_t print2;
    void *data;
} kura_h5_session;

void kura_h5_enter(kura_h5_session *session);
void kura_h5_leave(kura_h5_session *session);

/* Sets "<message>: <HDF5's innermost reason>" and clears HDF5's error stack; returns `code`, or KURA_E_MEMORY
 * in place of KURA_E_INTERNAL where memory ran out. */
kura_status kura_h5_error(kura_error *err, kura_status code, const char *format, ...) KURA_PRINTF(3, 4);

/* Closes an identifier of any kind; negative is fine. */
void kura_h5_drop(hid_t id);
/* File access: no locks, closing the file closes what is open in it; negative on failure. */
hid_t kura_h5_access(void);
/* 1 for the attributes by which HDF5 and netCDF tie dimensions to variables: never content. */
int kura_h5_is_plumbing(const char *attr);

/* Opens a result file for reading: exists, is HDF5, is a kura result, of a layout this version reads. */
kura_status kura_h5_open_result(const char *path, hid_t *file, kura_error *err);

/* The text of a string attribute (fixed or variable length, one element) in `arena`; NULL when absent or not
 * text. */
const char *kura_h5_attr_text(hid_t object, const char *name, kura_arena *arena);
/* A transfer list that puts variable-length strings into `arena` (nothing to reclaim); negative on
 * failure. */
hid_t kura_h5_transfer(kura_arena *arena);
/* Name of the i-th link of a group in the order of creation, else by name; NULL on failure. */
const char *kura_h5_link_name(hid_t group, hsize_t i, kura_arena *arena);
/* Addresses of the first scale of every dimension (DIMENSION_LIST), 0 where there is none.  0, or -1 on
 * failure. */
int kura_h5_scales(hid_t dataset, int ndims, hobj_ref_t *scales);

#endif
