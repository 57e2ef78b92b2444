/* Writes a frame as a result file: HDF5 that is valid netCDF-4.  formats.md section 2 says why each rule is
 * there.
 *
 * The file is built in memory and written in one go, so a full disk is an ordinary error and no library
 * closes a broken file behind our back; memory needed: the compressed file, once.  Equal frames give equal
 * bytes (given one zlib). */
#ifndef KURA_IO_WRITE_H
#define KURA_IO_WRITE_H

#include "tally/frame.h"
#include "kura/kura_status.h"

/* Adds Conventions, filetype and layout_version to the frame's root attributes.
 * KURA_E_INTERNAL when the frame contradicts itself, KURA_E_CANNOT_CREATE and KURA_E_IO as base/fileio.h
 * says. */
kura_status kura_io_write(const kura_frame *frame, const char *path, int force, kura_error *err);

#endif
