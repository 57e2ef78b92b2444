/* Reference tables of tests/exact/reference, read as rows of text cells, and the comparison with them. */
#ifndef KURA_EXACT_REFERENCE_H
#define KURA_EXACT_REFERENCE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE_ROWS = 512, REFERENCE_COLUMNS = 16, REFERENCE_CELL = 64 };

typedef char reference_row[REFERENCE_COLUMNS][REFERENCE_CELL];

typedef struct {
    char name[64];
    int columns, rows;
    reference_row head, cell[REFERENCE_ROWS];
    int compared;   /* rows */
    double largest; /* deviation over (error + rounding) of a row */
    char worst[160];
} reference;

/* CSV without quotes; lines that begin with # are notes. */
static inline int reference_split(char *line, reference_row out)
{
    int n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *p = line;; p++) {
        size_t length = strcspn(p, ",");
        assert_true(n < REFERENCE_COLUMNS && length < REFERENCE_CELL);
        memcpy(out[n], p, length);
        out[n++][length] = 0;
        p += length;
        if (!*p) return n;
    }
}

/* The table of tests/exact/reference; free it. */
static inline reference *reference_read(const char *name)
{
    char path[1024], line[1024];
    reference *r = calloc(1, sizeof *r);
    snprintf(path, sizeof path, KURA_SOURCE_DIR "/tests/exact/reference/%s", name);
    FILE *f = fopen(path, "r");
    if (!f || !r) fail_msg("%s cannot be read", path);
    snprintf(r->name, sizeof r->name, "%s", name);
    while (fgets(line, sizeof line, f)) {
        if (line[0] == '#') continue;
        if (!r->columns) {
            r->columns = reference_split(line, r->head);
            continue;
        }
        assert_true(r->rows < REFERENCE_ROWS);
        if (reference_split(line, r->cell[r->rows++]) != r->columns) fail_msg("%s: row %d", name, r->rows);
    }
    fclose(f);
    return r;
}

static inline const char *reference_text(const reference *r, int row, const char *column)
{
    for (int c = 0; c < r->columns; c++)
        if (strcmp(r->head[c], column) == 0) return r->cell[row][c];
    fail_msg("%s has no column %s", r->name, column);
    return NULL;
}

static inline double reference_number(const reference *r, int row, const char *column)
{
    return strtod(reference_text(r, row, column), NULL);
}

/* |value - want| within `error`, that of the reference, and 1e-13 of the value for the rounding of both. */
static inline void reference_check(reference *r, int row, const char *what, double value, double want,
                                   double error)
{
    double room = error + 1e-13 * fabs(want), off = fabs(value - want);
    double share = off > 0 ? off / room : 0;
    r->compared++;
    if (!(off <= room))
        fail_msg("%s, row %d, %s: %.17g, expected %.17g within %.2g", r->name, row + 1, what, value, want,
                 room);
    if (share >= r->largest) {
        r->largest = share;
        snprintf(r->worst, sizeof r->worst, "%s of row %d, off by %.2g where %.2g is stated", what, row + 1,
                 off, room);
    }
}

/* Says what was reproduced; the table must have been compared as a whole but for `left` rows. */
static inline void reference_done(reference *r, int expected, const char *left)
{
    print_message("%-22s %3d values of %d rows reproduced; largest deviation: %s%s%s\n", r->name, r->compared,
                  r->rows, r->worst, left ? "; left: " : "", left ? left : "");
    assert_int_equal(r->compared, expected);
    free(r);
}

#endif
