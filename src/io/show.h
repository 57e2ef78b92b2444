/* Prints what a result holds, for people. */
#ifndef KURA_IO_SHOW_H
#define KURA_IO_SHOW_H

#include "tally/frame.h"
#include "kura/kura_status.h"
#include <stdio.h>

/* what: NULL or "" = the headline table; "group" = its variables; "group/variable" = its values with labels,
 * dates, units, and beside each value its error where the group has <variable>_se or <variable>_lo and _hi.
 * Nothing is left out: columns that do not fit 120 characters follow in further blocks. KURA_E_USAGE when
 * there is no such group or variable (the message lists what there is). */
kura_status kura_io_show(const kura_frame *frame, const char *what, FILE *to, kura_error *err);

#endif
