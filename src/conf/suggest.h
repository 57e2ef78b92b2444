/* "Did you mean ...?": the nearest of a list of names to one that is not on it. */
#ifndef KURA_CONF_SUGGEST_H
#define KURA_CONF_SUGGEST_H

#include <stddef.h>

/* Distance of two texts: insertions, deletions, substitutions and swaps of neighbours (Damerau-Levenshtein,
 * each part edited once), bytes compared without regard to case; 1 when they differ in case only.  Texts
 * longer than 63 bytes are compared by their first 63. */
int kura_distance(const char *a, const char *b);

/* The nearest name found so far.  Zero-initialise, offer every candidate, then read `best`: NULL when none is
 * near enough (distance at most 1, 2 or 3 for names below 6, below 9 and above; single letters have no
 * neighbours).  Of equals the first offered wins. */
typedef struct {
    const char *wanted;
    const char *best;
    int distance;
} kura_suggestion;
void kura_suggest(kura_suggestion *s, const char *candidate);

/* "; did you mean \"NAME\"?" or "". */
typedef struct {
    char text[120];
} kura_hint;
kura_hint kura_suggest_hint(const kura_suggestion *s);

#endif
