/* Columns in a scratch file, see columns.h. */
#include "tally/columns.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };

struct kura_columns {
    size_t n;
    size_t stride;  /* of a column in memory */
    double *memory; /* [column][stride]; NULL: in the file */
    kura_scratch file;
    atomic_int *why; /* errno of a failure */
};

static size_t in_memory(uint64_t most) { return most <= BLOCK ? (size_t)most : 0; }

size_t kura_columns_bytes(size_t columns, uint64_t most)
{
    return sizeof(kura_columns) + columns * in_memory(most) * sizeof(double);
}

kura_status kura_columns_new(size_t columns, uint64_t most, const char *folder, kura_columns **out,
                             kura_error *err)
{
    kura_columns *c = calloc(1, sizeof *c);
    kura_status st = KURA_OK;
    if (c) c->why = calloc(1, sizeof *c->why);
    if (c && in_memory(most)) c->memory = calloc(columns * in_memory(most) + 1, sizeof(double));
    if (!c || !c->why || (in_memory(most) && !c->memory)) {
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory for the metrics of the paths");
    } else {
        c->n = columns;
        c->stride = in_memory(most);
        if (!c->memory) st = kura_scratch_open(&c->file, folder, err);
    }
    if (st) kura_columns_free(c);
    *out = st ? NULL : c;
    return st;
}

void kura_columns_free(kura_columns *columns)
{
    if (!columns) return;
    kura_scratch_close(&columns->file);
    free(columns->memory);
    free(columns->why);
    free(columns);
}

static void note(const kura_columns *c, int why)
{
    if (why) atomic_store(c->why, why);
}

static uint64_t place(const kura_columns *c, size_t column, uint64_t path)
{
    return ((path / BLOCK * c->n + column) * BLOCK + path % BLOCK) * sizeof(double);
}

/* Most metrics are 0 on most paths: they need not be written, since a scratch file begins as zeros. */
static int all_zero(size_t n, const double *x)
{
    uint64_t bits = 0, b;
    for (size_t i = 0; i < n; i++) {
        memcpy(&b, &x[i], sizeof b);
        bits |= b;
    }
    return bits == 0;
}

void kura_columns_put(kura_columns *columns, size_t column, uint64_t first, size_t n, const double *x)
{
    if (columns->memory)
        memcpy(columns->memory + column * columns->stride + first, x, n * sizeof *x);
    else if (!all_zero(n, x))
        note(columns, kura_scratch_write(&columns->file, place(columns, column, first), x, n * sizeof *x));
}

/* Numbers of paths of one block. */
static int get(const kura_columns *c, size_t column, uint64_t first, size_t n, double *out)
{
    int why = kura_scratch_read(&c->file, place(c, column, first), out, n * sizeof *out);
    note(c, why);
    if (why) memset(out, 0, n * sizeof *out);
    return why;
}

int kura_columns_get(const kura_columns *columns, size_t column, uint64_t first, size_t n, double *out)
{
    if (columns->memory) {
        memcpy(out, columns->memory + column * columns->stride + first, n * sizeof *out);
        return 0;
    }
    int why = 0;
    while (n > 0) {
        size_t here = BLOCK - (size_t)(first % BLOCK);
        if (here > n) here = n;
        int failed = get(columns, column, first, here, out);
        why = failed ? failed : why;
        first += here, out += here, n -= here;
    }
    return why;
}

static const double *block_of(const kura_series *series, uint64_t block, double *out)
{
    const kura_columns *c = series->user;
    if (c->memory) return c->memory + series->column * c->stride;
    get(c, series->column, block * BLOCK, BLOCK, out);
    return out;
}

kura_series kura_columns_series(const kura_columns *columns, size_t column)
{
    return (kura_series){.user = columns, .column = column, .block = block_of};
}

kura_status kura_columns_status(const kura_columns *columns, kura_error *err)
{
    int why = atomic_load(columns->why);
    return why ? kura_scratch_error(&columns->file, why, err) : KURA_OK;
}
