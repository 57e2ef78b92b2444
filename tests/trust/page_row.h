/* A row of the trust page, as trust.h writes it: twelve fields parted by tabs. */
#ifndef KURA_TEST_PAGE_ROW_H
#define KURA_TEST_PAGE_ROW_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 4096, FIELDS = 12 };
enum { DISTANCE, EQUALITY, IN_BAND, TWIN };

typedef struct {
    int sort, holds;
    double exact, kura, se, z;
    char *family, *run, *claim, *source, *program, *replay;
} row;

static inline int sort_of(const char *name)
{
    static const char *const names[] = {"z", "equal", "band", "twin"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0) return i;
    return -1;
}

/* One line to a row; 0 when it is not one.  The text of the line stays in memory for the row. */
static inline int read_row(const char *line, row *r)
{
    char *text = strdup(line), *field[FIELDS] = {text};
    int n = 1;
    text[strcspn(text, "\n")] = 0;
    for (char *c = text; *c && n < FIELDS; c++)
        if (*c == '\t') *c = 0, field[n++] = c + 1;
    if (n != FIELDS || sort_of(field[0]) < 0) {
        free(text);
        return 0;
    }
    *r = (row){.sort = sort_of(field[0]),
               .family = field[1],
               .run = field[2],
               .claim = field[8],
               .source = field[9],
               .program = field[10],
               .replay = field[11],
               .exact = atof(field[3]),
               .kura = atof(field[4]),
               .se = atof(field[5]),
               .z = atof(field[6]),
               .holds = strcmp(field[7], "holds") == 0};
    return 1;
}

/* The rows of a file after `n` others; returns how many there are then. */
static inline int read_rows(FILE *in, row *rows, int n)
{
    static char line[4096];
    for (int number = 1; fgets(line, sizeof line, in); number++) {
        if (n == MOST_ROWS || !read_row(line, &rows[n])) {
            fprintf(stderr, "line %d is not a row of the trust page, or there are more than %d: %s", number,
                    MOST_ROWS, line);
            exit(2);
        }
        n++;
    }
    return n;
}

#endif
