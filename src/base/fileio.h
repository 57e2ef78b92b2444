/* Files written as a whole: a reader sees the old file or the complete new one, never half of one.
 *
 * The bytes go to "<path>.part" beside the target; commit flushes it to the disk, renames it and flushes the
 * folder. The .part is locked while it is written: one left by a dead process is replaced, one of a living
 * process is refused. A target that exists is refused unless `force`, and anything but a plain file always.
 * Errors: KURA_E_CANNOT_CREATE before the first byte, KURA_E_IO after it.  After an error no .part is left.
 */
#ifndef KURA_BASE_FILEIO_H
#define KURA_BASE_FILEIO_H

#include "base/error.h"
#include <stddef.h>
#include <stdint.h>

/* A file being written.  Opaque in spirit; zero-initialise. */
typedef struct {
    char *path, *part; /* malloced; NULL when nothing is open */
    int fd;
    int force;
} kura_fileio;

/* Could kura_fileio_begin succeed?  Creates nothing.  For use before a long run. */
kura_status kura_fileio_check(const char *path, int force, kura_error *err);

kura_status kura_fileio_begin(kura_fileio *file, const char *path, int force, kura_error *err);
/* Bytes at any place.  After a failure of these or of commit the file is already aborted; a further abort is
 * harmless.  What is read beyond the end is zero. */
kura_status kura_fileio_write(kura_fileio *file, uint64_t at, const void *data, size_t size, kura_error *err);
kura_status kura_fileio_read(kura_fileio *file, uint64_t at, void *data, size_t size, kura_error *err);
kura_status kura_fileio_resize(kura_fileio *file, uint64_t size, kura_error *err);
kura_status kura_fileio_commit(kura_fileio *file, kura_error *err);
/* Drops what was written.  Does nothing when nothing is open. */
void kura_fileio_abort(kura_fileio *file);

#endif
