/* The page of /concentration: how concentrated the imports were that came. */
#ifndef KURA_IO_CONCENTRATION_PAGE_H
#define KURA_IO_CONCENTRATION_PAGE_H

#include "base/error.h"
#include "tally/frame.h"
#include <stdio.h>

kura_status kura_io_concentration(const kura_frame *frame, FILE *to, kura_error *err);

#endif
