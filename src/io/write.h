/* Writes a frame as a result file: HDF5 that is valid netCDF-4.  formats.md section 2 says why each rule is
 * there.
 *
 * HDF5 writes to the .part of the file through a driver that keeps the disk's failures to itself (sink.h), so
 * a full disk is an ordinary error.  Numbers that are not in memory are read, packed and written chunk by
 * chunk, so memory does not grow with them.  Equal frames give equal bytes (given one zlib). */
#ifndef KURA_IO_WRITE_H
#define KURA_IO_WRITE_H

#include "tally/frame.h"
#include "kura/kura_status.h"

/* Adds Conventions, filetype and layout_version to the frame's root attributes.
 * KURA_E_INTERNAL when the frame contradicts itself, KURA_E_CANNOT_CREATE and KURA_E_IO as base/fileio.h
 * says. */
kura_status kura_io_write(const kura_frame *frame, const char *path, int force, kura_error *err);

#endif
