/* The table of /allocation: how much the rule of allocation matters [R5.1]. */
#ifndef KURA_IO_BRACKET_H
#define KURA_IO_BRACKET_H

#include "tally/frame.h"
#include <stdio.h>

/* Prints nothing for a result without /allocation. */
void kura_io_print_bracket(const kura_frame *frame, FILE *to);

#endif
