/* The footer on what is not known: how often it was drawn, and which inputs the worst figures depend on. */
#ifndef KURA_IO_IGNORANCE_H
#define KURA_IO_IGNORANCE_H

#include "tally/frame.h"
#include <stdio.h>

/* `order`: rows of the table as numbers of minerals, `rows` of them.  Nothing without /ignorance. */
void kura_io_print_ignorance(const kura_frame *frame, const int64_t *order, int64_t rows, FILE *to);

#endif
