/* Totals of costs and losses under the headline table. */
#ifndef KURA_IO_COSTS_H
#define KURA_IO_COSTS_H

#include "tally/frame.h"
#include <stdio.h>

/* Nothing for a result without costs. */
void kura_io_print_costs(const kura_frame *frame, FILE *to);

#endif
