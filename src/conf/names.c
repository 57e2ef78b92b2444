/* Numbered names, see names.h: an open-addressing hash table that doubles. */
#include "conf/names.h"
#include <string.h>

static unsigned hash(const char *text)
{
    unsigned h = 2166136261u;
    for (; *text; text++) h = (h ^ (unsigned char)*text) * 16777619u;
    return h ^ h >> 15;
}

static unsigned slot_of(const kura_names *set, const char *name)
{
    unsigned i = hash(name) & (set->size - 1);
    while (set->slots[i] && strcmp(set->names[set->slots[i] - 1], name) != 0) i = (i + 1) & (set->size - 1);
    return i;
}

int kura_names_find(const kura_names *set, const char *name)
{
    return set->size && name ? set->slots[slot_of(set, name)] - 1 : -1;
}

static int grow(kura_names *set, kura_arena *arena)
{
    int capacity = set->capacity ? 2 * set->capacity : 32;
    const char **names = KURA_NEW(arena, const char *, (size_t)capacity);
    int *slots = KURA_NEW(arena, int, 2 * (size_t)capacity);
    if (!names || !slots) return -1;
    if (set->count) memcpy(names, set->names, (size_t)set->count * sizeof *names);
    set->names = names;
    set->slots = slots;
    set->capacity = capacity;
    set->size = 2 * (unsigned)capacity;
    for (int i = 0; i < set->count; i++) slots[slot_of(set, names[i])] = i + 1;
    return 0;
}

int kura_names_add(kura_names *set, kura_arena *arena, const char *name)
{
    int there = kura_names_find(set, name);
    if (there >= 0) return there;
    if (!name) return -2;
    if (set->count == set->capacity && grow(set, arena)) return -2;
    set->slots[slot_of(set, name)] = set->count + 1;
    set->names[set->count++] = name;
    return -1;
}
