/* The digest of a result: SHA-256 over what it says, not over how it is stored.  Equal digests mean equal
 * results, whatever the chunks, filters, HDF5 version, byte order or order of writing. */
/* clang-format off */
/* The stream that is hashed, so that it can be computed again elsewhere (tests/readers/digest.py does):
 *   u64(x)   8 bytes, little-endian
 *   text(s)  u64(number of bytes), the bytes (UTF-8, no terminator)
 *   stream   text("kura digest 1"), then one record for every object but /provenance and what is below it.
 *            Objects: the root and everything reached from it by hard links, in ascending byte order of their
 *            absolute path ("/", "/adequacy", "/adequacy/confidence", ...).
 *   record   text(path), text("group") or text("dataset");
 *            for a dataset: value(data), and for every dimension text(name of its first scale, "" when it has
 *            none or the scale is not in the dataset's own group);
 *            u64(number of attributes), and for every attribute in ascending byte order of names: text(name),
 *            value(data)
 *   value    text(type), u64(rank), u64 for every extent, the elements in row-major order.
 *            type: "f32" "f64" "i8" "i16" "i32" "i64" "u8" "u16" "u32" "u64" "string".
 *            Integers: little-endian in their size.  Floats: the same, with -0 as +0 and every NaN as the quiet
 *            NaN without sign and payload (7fc00000, 7ff8000000000000).  Strings: text(up to the first NUL).
 *            An attribute of one element counts as a scalar (rank 0): tools turn one into the other.
 *            A scale that is no variable (netCDF's dimension without variable) has type "none", no elements.
 * Left out are the attributes by which HDF5 and netCDF tie dimensions to variables, since they hold addresses
 * (the tie itself is in the record): CLASS, NAME, DIMENSION_LIST, REFERENCE_LIST, DIMENSION_LABELS,
 * _NCProperties and all that begin with _Netcdf4 or _nc3_.  Other types than these are an error. */
/* clang-format on */
#ifndef KURA_IO_DIGEST_H
#define KURA_IO_DIGEST_H

#include "kura/kura_status.h"

/* digest: 64 hexadecimal digits.  Errors as kura_io_read. */
kura_status kura_io_digest(const char *path, char digest[65], kura_error *err);

/* hash: the attribute state_hash of /provenance, 32 hexadecimal digits: the hash of the states in which the
 * paths end (sim/lanes/state_hash.c); "" where the file has none.  Errors as kura_io_read. */
kura_status kura_io_state_hash(const char *path, char hash[33], kura_error *err);

#endif
