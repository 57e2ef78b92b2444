/* Tables: CSV (RFC 4180) with a header whose columns carry units, `output [t/year]`.
 *
 * A table becomes a list of mappings, so that what reads a YAML mapping reads a row by the same rules: each
 * cell is a text node labelled with its column.  Columns that start with '#' or are named `note` or `source`
 * are left out; so are empty cells, which mean "not given".  Spaces around cells and headers do not count;
 * empty lines are skipped. */
#ifndef KURA_CONF_CSV_H
#define KURA_CONF_CSV_H

#include "conf/tree.h"

typedef struct {
    const char *label; /* as in the header */
    const char *name;  /* without the unit */
    const char *unit;  /* without brackets; NULL = none */
    kura_pos at;
    int read; /* 0: a column that is carried but not read */
} kura_column;

typedef struct kura_csv {
    const kura_source *source;
    int ncolumns;
    kura_column *columns;
    kura_node *rows; /* list of mappings, column name -> cell */
} kura_csv;

/* Reads a table.  NULL after errors (all that can be told apart are reported: ragged rows, duplicate columns,
 * bad quotes, no header, no row). */
kura_csv *kura_csv_read(kura_arena *arena, kura_diag *diag, const kura_source *source);

/* The column of that name, or NULL. */
const kura_column *kura_csv_column(const kura_csv *table, const char *name);

#endif
