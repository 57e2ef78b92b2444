/* A set of names numbered in the order they were added: ids to indices, and the search for duplicates. */
#ifndef KURA_CONF_NAMES_H
#define KURA_CONF_NAMES_H

#include "base/arena.h"

/* Zero-initialise.  Names are not copied. */
typedef struct {
    const char **names;
    int count, capacity;
    int *slots;
    unsigned size;
} kura_names;

/* The number of the name, -1 when it is not in the set.  A NULL name (memory ran out making it) is in no set.
 */
int kura_names_find(const kura_names *set, const char *name);
/* Adds a name: its number when it was there already, else -1 (and it has number count - 1), -2 when memory
 * ran out. */
int kura_names_add(kura_names *set, kura_arena *arena, const char *name);

#endif
