/* The page of checks under the headline: what was recorded, the band of the paths, the verdict [8.15]. */
#ifndef KURA_IO_CHECKS_H
#define KURA_IO_CHECKS_H

#include "tally/frame.h"
#include <stdio.h>

/* Prints nothing for a result without /checks. */
void kura_io_print_checks(const kura_frame *frame, FILE *to);

#endif
