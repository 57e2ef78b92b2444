/* Suggestions, see suggest.h.  Reference: Damerau 1964, Levenshtein 1966 (restricted edit distance). */
#include "conf/suggest.h"
#include <stdio.h>
#include <string.h>

enum { LONGEST = 63 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static int least(int a, int b) { return a < b ? a : b; }

int kura_distance(const char *a, const char *b)
{
    if (strcmp(a, b) == 0) return 0;
    int row[3][LONGEST + 2]; /* two rows back, one row back, this one */
    int na = least((int)strnlen(a, LONGEST), LONGEST), nb = least((int)strnlen(b, LONGEST), LONGEST);
    for (int j = 0; j <= nb; j++) row[1][j] = j;
    for (int i = 1; i <= na; i++) {
        int *now = row[(i + 1) % 3], *last = row[i % 3], *before = row[(i + 2) % 3];
        now[0] = i;
        for (int j = 1; j <= nb; j++) {
            int cost = lower(a[i - 1]) != lower(b[j - 1]);
            int d = least(least(last[j] + 1, now[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                d = least(d, before[j - 2] + cost);
            now[j] = d;
        }
    }
    int d = row[(na + 1) % 3][nb];
    return d ? d : 1;
}

void kura_suggest(kura_suggestion *s, const char *candidate)
{
    if (!s->wanted || !candidate) return;
    int length = (int)strnlen(s->wanted, LONGEST);
    int limit = length < 2 ? 0 : length < 6 ? 1 : length < 9 ? 2 : 3;
    int d = kura_distance(s->wanted, candidate);
    if (d > limit || (s->best && d >= s->distance)) return;
    s->best = candidate;
    s->distance = d;
}

kura_hint kura_suggest_hint(const kura_suggestion *s)
{
    kura_hint hint = {""};
    if (s->best) snprintf(hint.text, sizeof hint.text, "; did you mean \"%.80s\"?", s->best);
    return hint;
}
