/* The page of /n_minus_1: what cannot be lost for half a year. */
#ifndef KURA_IO_N_MINUS_1_PAGE_H
#define KURA_IO_N_MINUS_1_PAGE_H

#include "kura/kura_status.h"
#include "tally/frame.h"
#include <stdio.h>

kura_status kura_io_n_minus_1(const kura_frame *frame, FILE *to, kura_error *err);

#endif
