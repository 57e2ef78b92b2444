/* The headline table: one line a mineral, worst first, every number with its error or interval beside it. */
#ifndef KURA_IO_HEADLINE_H
#define KURA_IO_HEADLINE_H

#include "tally/frame.h"
#include "kura/kura_status.h"
#include <stdio.h>

/* Needs /summary (KURA_E_SCENARIO when it is missing) and shows what it has of the columns in headline.c. */
kura_status kura_io_headline(const kura_frame *frame, FILE *to, kura_error *err);

#endif
