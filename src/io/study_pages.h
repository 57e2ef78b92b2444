/* The pages of what a study asks of many runs at once: /leave_out, what each cause costs [8.10 B], and
 * /break_even, from which value on a quantity pays [7.7].  Nothing is printed where a group is not there. */
#ifndef KURA_IO_STUDY_PAGES_H
#define KURA_IO_STUDY_PAGES_H

#include "kura/kura_status.h"
#include "tally/frame.h"
#include <stdio.h>

/* All headline minerals together, or one. */
void kura_io_print_leave_out(const kura_frame *frame, const char *mineral, FILE *to);
/* The shares of the causes mineral by mineral; of those that are short, at most a dozen without `all`. */
void kura_io_print_causes(const kura_frame *frame, int all, FILE *to);
void kura_io_print_break_even(const kura_frame *frame, FILE *to);

#endif
