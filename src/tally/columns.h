/* Columns: one number a path in each of them (a metric of a mineral), kept in a scratch file.
 *
 * The file holds blocks of 1024 paths, in each the columns one after the other, so it grows with the run and
 * a column is read in pieces of 8 kB.  Up to 1024 paths stay in memory.  Threads may put different paths at
 * the same time.  A failure of the disk is remembered: whoever reads asks at the end. */
#ifndef KURA_TALLY_COLUMNS_H
#define KURA_TALLY_COLUMNS_H

#include "base/error.h"
#include "base/scratch.h"
#include "tally/series.h"

typedef struct kura_columns kura_columns;

/* For at most `most` paths; `folder` as for kura_scratch_open. */
kura_status kura_columns_new(size_t columns, uint64_t most, const char *folder, kura_columns **out,
                             kura_error *err);
void kura_columns_free(kura_columns *columns); /* NULL is fine */
/* Bytes of memory that stay as long as the columns. */
size_t kura_columns_bytes(size_t columns, uint64_t most);
/* Numbers of paths first ... first + n - 1, all of one block; every number once. */
void kura_columns_put(kura_columns *columns, size_t column, uint64_t first, size_t n, const double *x);
/* Numbers of any paths; 0 for those that were never put.  Returns 0 or the errno of a failure. */
int kura_columns_get(const kura_columns *columns, size_t column, uint64_t first, size_t n, double *out);
kura_series kura_columns_series(const kura_columns *columns, size_t column);
/* KURA_E_IO when anything could not be written or read. */
kura_status kura_columns_status(const kura_columns *columns, kura_error *err);

#endif
