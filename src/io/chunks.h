/* Variables that are not in memory, written chunk by chunk: packed by several threads, put into the file by
 * one after the other in the order of the file. */
#ifndef KURA_IO_CHUNKS_H
#define KURA_IO_CHUNKS_H

#include "base/error.h"
#include "tally/frame.h"
#include <hdf5.h>

/* Extents of a variable, of its chunks (chunk[0] = 0: stored as a whole), and how many there are. */
typedef struct {
    int ndims;
    hsize_t dims[4], chunk[4];
} kura_shape;

/* Bytes that a thread needs to pack, at most. */
#define KURA_SOURCE_CHUNK (1 << 18)
size_t kura_chunks_bytes(void);
/* Chunks of a variable of `item` bytes an element, of at most `most` bytes each: the slowest dimension that
 * can be halved is halved. */
void kura_chunks_choose(kura_shape *shape, size_t item, hsize_t most);
/* 0; -1 with the reason on HDF5's stack; or 1 with `err` set: the source could not be read. */
int kura_chunks_write(hid_t dataset, const kf_source *source, const kura_shape *shape, int threads,
                      kura_error *err);

#endif
