/* Scratch files: room on the disk for what need not stay in memory.
 *
 * The file has no name, or loses it as soon as it is open, so nothing is left behind however the process
 * ends. Any thread may read and write any place; what was never written reads as zeros.  No memory is mapped:
 * the pages belong to the kernel's cache, not to the process. */
#ifndef KURA_BASE_SCRATCH_H
#define KURA_BASE_SCRATCH_H

#include "base/error.h"
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. */
typedef struct {
    char *folder; /* NULL when nothing is open */
    int fd;
} kura_scratch;

/* `folder` NULL: that of the environment variable TMPDIR, else /tmp. */
kura_status kura_scratch_open(kura_scratch *scratch, const char *folder, kura_error *err);
/* Bytes that are free there; 0: not known. */
uint64_t kura_scratch_room(const char *folder);
/* Both return 0 or the errno of the failure. */
int kura_scratch_write(const kura_scratch *scratch, uint64_t at, const void *data, size_t size);
int kura_scratch_read(const kura_scratch *scratch, uint64_t at, void *data, size_t size);
/* The message of such a failure; returns KURA_E_IO. */
kura_status kura_scratch_error(const kura_scratch *scratch, int why, kura_error *err);
/* Does nothing when nothing is open. */
void kura_scratch_close(kura_scratch *scratch);

#endif
