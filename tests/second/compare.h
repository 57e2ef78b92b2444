/* Comparison of a run of the fast engine with the second one, every cell of /paths to the last bit. */
#ifndef KURA_TEST_SECOND_COMPARE_H
#define KURA_TEST_SECOND_COMPARE_H

#include "../metamorphic/world.h"
#include "coverage.h"
#include "engine.h"

typedef struct {
    long models, failed, paths, cells, samples, wrong;
    int path; /* of the last difference that was said, and its mineral */
    const char *mineral;
    long acted[SECOND_ACT_COUNT]; /* paths on which an element acted; counted anew by the caller */
} compare_counts;

/* Compares `paths` paths of the run in `w`, the first at `from`; returns the number of cells that differ and
 * says the earliest of them. */
long compare_world(const meta_world *w, int from, int paths, compare_counts *counts, char *why, size_t size);

#endif
