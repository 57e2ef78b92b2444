/* Where HDF5 writes: into a file that appears as a whole or not at all (base/fileio.h).
 *
 * A driver of HDF5 that never fails to write: HDF5 cannot close a file it could not write, and tries again
 * when the process ends.  The first failure is kept here, from then on everything is dropped, HDF5 closes in
 * peace and the writer reports. */
#ifndef KURA_IO_SINK_H
#define KURA_IO_SINK_H

#include "base/fileio.h"
#include <hdf5.h>

typedef struct {
    kura_fileio *file;
    kura_status status; /* of the first failure, and its message */
    kura_error error;
    hid_t driver;
} kura_sink;

/* Makes `access` write to `file`; negative on failure.  The sink must outlive the HDF5 file. */
int kura_sink_use(kura_sink *sink, kura_fileio *file, hid_t access);
/* After the HDF5 file is closed. */
void kura_sink_end(kura_sink *sink);

#endif
