/* The footer of the headline that says how many paths a run took and which numbers reached the precision
 * asked for [8.13]. */
#ifndef KURA_IO_STOPPING_H
#define KURA_IO_STOPPING_H

#include "tally/frame.h"
#include <stdio.h>

/* Prints nothing for a result without /stopping. */
void kura_io_print_stopping(const kura_frame *frame, FILE *to);

#endif
