/* The metamorphic rules (model.md 11.2): relations between runs that hold whatever the numbers are.  One file
 * a family of rules, rule_*.c; main.c runs them. */
#ifndef KURA_TEST_RULES_H
#define KURA_TEST_RULES_H

#include "world.h"

typedef struct {
    const char *name, *what; /* what is compared, and the condition under which the rule is a theorem */
    int models;
    int (*check)(int number); /* one model: nonzero when the rule is violated, with meta_say */
    int (*end)(void); /* after all models: means, rates and coverage, printed; nonzero when they are wrong;
                         may be NULL */
    int pooled; /* `end` is part of the rule, whatever the number of models; else it asks whether all models
                   together are worth it */
} meta_rule;

/* Ends with a rule without name. */
extern const meta_rule meta_rules_stock[], meta_rules_rest[], meta_rules_notation[], meta_rules_split[],
    meta_rules_balance[], meta_rules_time[], meta_rules_forms[], meta_rules_required[], meta_rules_twins[],
    meta_rules_deviations[];

#endif
