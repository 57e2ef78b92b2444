/* What rich_model.c and rich_policies.c share: the model that is written, its elements, numbers and text. */
#ifndef KURA_TEST_SECOND_RICH_INTERNAL_H
#define KURA_TEST_SECOND_RICH_INTERNAL_H

#include "rich_model.h"

enum {
#define NAME(name, percent) RICH_##name,
    RICH_ELEMENTS(NAME)
#undef NAME
        RICH_COUNT
};

/* Does the model have the element at all? */
int rich_has(int element);
/* Does this place of it have it? */
int rich_drawn(int element, int index, int percent);
/* Random numbers of one place of one element. */
meta_rng rich_of(int element, int index);
__attribute__((format(printf, 1, 2))) void rich_say(const char *format, ...);

/* rich_policies.c; `m` is the model that is written, `base` the base price of a mineral that has one. */
void rich_add_supply(int mineral);
void rich_add_to_priced_site(const meta_model *m, int site, double base);
void rich_add_inventory(int demand);
/* What levers may act on: sites whose yield research may raise; minerals with a price; a country with a ban
 * that names Japan as its target, -1. */
typedef struct {
    const int *refiners;
    int nrefiners, price0, price1, aims_at_japan;
} rich_places;
void rich_add_levers(const meta_model *m, const rich_places *places);

#endif
