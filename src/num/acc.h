/* Exact accumulator: a 192-bit two's-complement integer in units of 2^-64.
 *
 * A double is rounded once to a multiple of 2^-64 (half to even) and added exactly, so that sums do not
 * depend on the order of adding or merging [R10.5].  Zero-initialised = 0.  Capacity +-2^127, each addend
 * within +-2^120.  w[0] is the least significant word; the words are the value, fit for files and hashes. */
#ifndef KURA_NUM_ACC_H
#define KURA_NUM_ACC_H

#include <stdint.h>

typedef struct {
    uint64_t w[3];
} kura_acc;

/* Adds x.  Nonzero, and nothing added, when x is not finite, |x| > 2^120 or the sum leaves the capacity. */
int kura_acc_add(kura_acc *acc, double x);
/* Adds another accumulator exactly.  Nonzero, and nothing added, when the sum would leave the capacity. */
int kura_acc_merge(kura_acc *acc, const kura_acc *other);
/* The double nearest to the sum (half to even). */
double kura_acc_value(const kura_acc *acc);

#endif
