/* The page of /attribution: the first causes of every mineral, one line each. */
#ifndef KURA_IO_ATTRIBUTION_PAGE_H
#define KURA_IO_ATTRIBUTION_PAGE_H

#include "kura/kura_status.h"
#include "tally/frame.h"
#include <stdio.h>

kura_status kura_io_attribution(const kura_frame *frame, FILE *to, kura_error *err);

#endif
