/* Reads a result file back into a frame.
 *
 * What the writer adds by itself (Conventions, filetype, layout_version, _FillValue, labels, bounds, scales)
 * is left out again: reading a written frame gives the frame, writing it gives the same file.  Objects of
 * later minor layouts that a frame cannot hold (nested groups, other types) are passed over. */
#ifndef KURA_IO_READ_H
#define KURA_IO_READ_H

#include "tally/frame.h"
#include "kura/kura_status.h"

/* groups: names joined by commas, e.g. "summary,adequacy"; NULL = all.  A name that the file lacks is passed
 * over. KURA_E_NO_INPUT when the file is missing or unreadable, KURA_E_SCENARIO when it is no kura result, of
 * another major layout, damaged or cut short. */
kura_status kura_io_read(const char *path, const char *groups, kura_frame **out, kura_error *err);

#endif
