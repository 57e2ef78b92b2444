/* The page of /joint: how many minerals are short at once, and which come together. */
#ifndef KURA_IO_JOINT_PAGE_H
#define KURA_IO_JOINT_PAGE_H

#include "kura/kura_status.h"
#include "tally/frame.h"
#include <stdio.h>

kura_status kura_io_joint(const kura_frame *frame, FILE *to, kura_error *err);

#endif
