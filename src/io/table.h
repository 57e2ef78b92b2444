/* Text tables for people: columns as wide as their cells, at most 120 wide in all, numbers with as many
 * digits as their error supports. */
#ifndef KURA_IO_TABLE_H
#define KURA_IO_TABLE_H

#include "base/arena.h"
#include <stdint.h>
#include <stdio.h>

enum { KURA_TABLE_WIDTH = 120, KURA_CELL_BYTES = 96 };

/* Text of a cell; row -1, -2 ... are the heading's lines from the last to the first.  May use `buffer`. */
typedef const char *kura_cell(const void *user, int64_t row, int64_t column, char buffer[KURA_CELL_BYTES]);

typedef struct {
    int64_t rows, columns; /* column 0 stands left, and again when the others are broken into blocks */
    int headings;          /* lines of the heading, 0.. */
    int left;              /* columns 0..left-1 are text, aligned left; the others numbers, aligned right */
    int width;             /* at most; 0 = KURA_TABLE_WIDTH */
    kura_cell *cell;
    const void *user;
} kura_table;

/* Columns that do not fit the width follow below, in further blocks. */
void kura_table_print(const kura_table *table, FILE *to);

/* Prints text broken at blanks to the width of a table; control characters become '?'. */
void kura_print_wrapped(const char *text, FILE *to);
/* Prints text as it stands; control characters but newline and tab become '?'. */
void kura_print_clean(const char *text, FILE *to);

/* x as a person wants it: whole numbers whole, others to 6 digits; "n/a" for NaN. */
void kura_format_number(double x, char buffer[KURA_CELL_BYTES]);
/* "12.34±0.56": two significant digits of the error decide.  Error 0: "12.5±0"; NaN: "12.3±n/a". */
void kura_format_error(double x, double se, char buffer[KURA_CELL_BYTES]);
/* "12.31 [11.90,12.79]": two significant digits of the interval's width decide.  infinite: text for +inf. */
void kura_format_interval(double x, double lo, double hi, const char *infinite, char buffer[KURA_CELL_BYTES]);
/* "11.9-12.8": two significant digits of the width decide; "n/a" for NaN, "none seen" for a range of
 * no width. */
void kura_format_range(double lo, double hi, char buffer[KURA_CELL_BYTES]);
/* The unit of a variable as people say it: "days/year" for "d year-1", nothing for a plain number. */
const char *kura_plain_units(const char *units);
/* "2025-01-06" for days since 1970-01-01. */
void kura_format_date(int64_t day, char buffer[KURA_CELL_BYTES]);

#endif
