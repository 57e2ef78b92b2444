/* Inside `kura explain`: the two forms in which a story is printed. */
#ifndef KURA_CLI_EXPLAIN_H
#define KURA_CLI_EXPLAIN_H

#include "kura/kura.h"

/* `mineral`: tell only of this one and in detail; NULL: of those that ran short. */
void cli_story_text(const kura_story *story, const char *mineral, FILE *to);
/* One object on one line; numbers with all their digits, what is not there as null. */
void cli_story_json(const kura_story *story, const char *mineral, FILE *to);
/* One object a line and path. */
void cli_worst_json(const kura_worst *worst, const char *mineral, FILE *to);

#endif
