/* The page of /joint [8.8]: the number of minerals short at once, and the pairs whose shortages come together
 * more often than chance would have it. */
#include "io/joint_page.h"
#include "base/error.h"
#include "io/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STEP, YEAR, PATH, WITHIN, PAIRS = 12 };

typedef struct {
    int64_t n, numbers, pairs, *pair; /* pair: number of the first x n + number of the second */
    const char *const *mineral;
    const double *both, *both_se, *odds, *lo, *hi, *number, *number_se;
} page;

static const void *data_of(const kf_group *g, const char *name, kf_type type, int64_t size)
{
    const kf_variable *v = kura_frame_find_var(g, name);
    return v && v->type == type && kura_frame_size(g, v) == size ? v->data : NULL;
}

static int read_page(const kf_group *g, page *p)
{
    p->n = kura_frame_dim_size(g, "mineral");
    p->numbers = kura_frame_dim_size(g, "at_least");
    if (p->n < 0) return 0;
    int64_t cells = WITHIN * p->n * p->n;
    p->mineral = data_of(g, "mineral", KF_STRING, p->n);
    p->both = data_of(g, "both_short", KF_F64, cells);
    p->both_se = data_of(g, "both_short_se", KF_F64, cells);
    p->odds = data_of(g, "odds_ratio", KF_F64, cells);
    p->lo = data_of(g, "odds_ratio_lo", KF_F64, cells);
    p->hi = data_of(g, "odds_ratio_hi", KF_F64, cells);
    p->number = data_of(g, "number_short", KF_F64, WITHIN * p->numbers);
    p->number_se = data_of(g, "number_short_se", KF_F64, WITHIN * p->numbers);
    return p->mineral && p->both && p->both_se && p->odds && p->lo && p->hi;
}

static void percent(double x, double se, char *buffer) { kura_format_error(100 * x, 100 * se, buffer); }

static const char *number_cell(const void *user, int64_t row, int64_t column, char *buffer)
{
    static const char *const headings[] = {"at least", "step %", "year %", "path %"};
    const page *p = user;
    if (row < 0) return headings[column];
    if (column == 0) {
        snprintf(buffer, KURA_CELL_BYTES, "%lld", (long long)row + 1);
        return buffer;
    }
    int64_t i = (column - 1) * p->numbers + row;
    percent(p->number[i], p->number_se[i], buffer);
    return buffer;
}

static void print_numbers(const page *p, FILE *to)
{
    int64_t rows = 0;
    while (rows < p->numbers && p->number[PATH * p->numbers + rows] > 0) rows++;
    kura_table table = {
        .rows = rows, .columns = 1 + WITHIN, .headings = 1, .left = 1, .cell = number_cell, .user = p};
    fprintf(to, "So many headline minerals are short in the same step, year, path:\n\n");
    if (rows) kura_table_print(&table, to);
}

/* In the same step: the lower bound.  A pair seen on few paths has none; one that never parts stands last. */
static double strength(const page *p, int64_t pair)
{
    int64_t path = PATH * p->n * p->n + pair;
    int often = p->both_se[path] <= p->both[path] / 3;
    return !isnan(p->lo[pair]) ? p->lo[pair] : isinf(p->odds[pair]) && often ? 1 : 0;
}

static void choose(page *p)
{
    for (int64_t i = 0; i < p->n * p->n; i++) {
        if (i / p->n >= i % p->n || !(strength(p, i) >= 1)) continue;
        int64_t j = p->pairs++;
        for (; j > 0 && strength(p, p->pair[j - 1]) < strength(p, i); j--) p->pair[j] = p->pair[j - 1];
        p->pair[j] = i;
    }
}

static const char *pair_cell(const void *user, int64_t row, int64_t column, char *buffer)
{
    static const char *const headings[] = {"pair", "", "both short, % of steps", "% of paths", "odds ratio"};
    const page *p = user;
    if (row < 0) return headings[column];
    int64_t i = p->pair[row], path = PATH * p->n * p->n + i;
    switch (column) {
    case 0:
        return p->mineral[i / p->n];
    case 1:
        return p->mineral[i % p->n];
    case 2:
        percent(p->both[i], p->both_se[i], buffer);
        break;
    case 3:
        percent(p->both[path], p->both_se[path], buffer);
        break;
    default:
        if (isinf(p->odds[i]))
            snprintf(buffer, KURA_CELL_BYTES, "one never without the other");
        else
            kura_format_interval(p->odds[i], p->lo[i], p->hi[i], "inf", buffer);
    }
    return buffer;
}

kura_status kura_io_joint(const kura_frame *frame, FILE *to, kura_error *err)
{
    const kf_group *g = kura_frame_find(frame, "joint");
    page p;
    memset(&p, 0, sizeof p);
    if (!g || !read_page(g, &p))
        return kura_error_set(err, KURA_E_SCENARIO, "the result has no joint shortages");
    p.pair = calloc((size_t)(p.n * p.n) + 1, sizeof *p.pair);
    if (!p.pair) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    choose(&p);
    if (p.number && p.number_se) print_numbers(&p, to);
    if (p.n > 1 && isnan(p.both_se[1])) {
        putc('\n', to);
        kura_print_wrapped(
            "There is no error: of a single path, or where inputs are drawn, which the paths of a "
            "draw have in common. So no pair is told to come together more often than by chance.",
            to);
        free(p.pair);
        return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
    }
    fprintf(to, "\nPairs that come together (same step) more often than by chance%s:\n\n",
            p.pairs > PAIRS ? ", the strongest"
            : p.pairs       ? ""
                            : ": none");
    kura_table table = {.rows = p.pairs < PAIRS ? p.pairs : PAIRS,
                        .columns = 5,
                        .headings = 1,
                        .left = 2,
                        .cell = pair_cell,
                        .user = &p};
    if (p.pairs) kura_table_print(&table, to);
    fprintf(to, "\nOf the %lld pairs one in forty would stand here by chance alone, near 1.\n",
            (long long)(p.n * (p.n - 1) / 2));
    free(p.pair);
    return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
}
