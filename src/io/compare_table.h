/* Prints /policies: what each policy changes, by how much, and how sure that is. */
#ifndef KURA_IO_COMPARE_TABLE_H
#define KURA_IO_COMPARE_TABLE_H

#include "kura/kura.h"
#include "tally/frame.h"

int kura_io_has_policies(const kura_frame *frame);

/* All of it, as asked for.  KURA_E_SCENARIO without /policies, KURA_E_USAGE for a policy, mineral or number
 * that is not there. */
kura_status kura_io_compare(const kura_frame *frame, const kura_compare_options *options, FILE *to,
                            kura_error *err);

#endif
