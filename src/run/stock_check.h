/* Do the required stocks suffice when they are there [R6.4]?
 *
 * The required stock comes from runs with empty stockpiles. It is exact when neither orders nor prices answer
 * the stock; else it is a first answer, and this is the second one: every path again, with eight stocks of
 * each mineral from the sample of the required stock, two at a time.  A stock is adequate on a path when no
 * need of its hub was left in any step.  Where inputs are drawn every draw is made again, and is the unit of
 * errors [8.9]. */
#ifndef KURA_RUN_STOCK_CHECK_H
#define KURA_RUN_STOCK_CHECK_H

#include "run/run.h"
#include "tally/tally.h"

/* Adds to /adequacy, which is there.  Minerals with several stockpiles at the hub, pools or refill are left
 * out: what is required of them is another question. */
kura_status kura_stock_check(kura_frame *frame, const kura_tally *tally, const kura_run_options *options,
                             kura_isa isa, int threads, uint64_t paths, kura_error *err);

#endif
