/* What the models have and what acted in them, see second_acts.h. */
#ifndef KURA_TEST_SECOND_COVERAGE_H
#define KURA_TEST_SECOND_COVERAGE_H

#include "engine.h"

typedef struct {
    long models;                                             /* looked at */
    long have[SECOND_ACT_COUNT];                             /* models that have the element */
    long acted[SECOND_ACT_COUNT];                            /* models in which it acted on some path */
    long paths[SECOND_ACT_COUNT];                            /* and paths */
    long together[SECOND_PAIRED_COUNT][SECOND_PAIRED_COUNT]; /* models in which both acted */
} second_coverage;

/* Adds a model; `paths` says on how many of its paths each element acted. */
void second_cover(second_coverage *c, const km_model *model, const long paths[SECOND_ACT_COUNT]);
/* Prints the table; returns the number of elements that acted nowhere. */
int second_print_coverage(const second_coverage *c);
/* Prints who acted with whom; returns how many acted in less than a tenth of the models, and pairs in none.
 */
int second_print_pairs(const second_coverage *c);

#endif
