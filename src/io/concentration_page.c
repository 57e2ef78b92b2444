/* The page of /concentration, see concentration_page.h. */
#include "io/concentration_page.h"
#include "io/table.h"
#include <math.h>
#include <stdio.h>

enum { MINERAL, BASE, CAME, RANGE, COLUMNS };

typedef struct {
    const char *const *minerals;
    const double *base, *mean, *se, *lo, *hi, *some;
} page;

static const double *numbers(const kf_group *g, const char *name)
{
    const kf_variable *v = kura_frame_find_var(g, name);
    return v && v->type == KF_F64 ? v->data : NULL;
}

static const char *cell(const void *user, int64_t row, int64_t col, char *buffer)
{
    static const char *const headings[COLUMNS] = {"mineral", "HHI, base flow", "HHI, what came", "5-95 %"};
    const page *p = user;
    *buffer = 0;
    if (row < 0) return headings[col];
    if (col == MINERAL) return p->minerals[row];
    if (col == BASE)
        isnan(p->base[row]) ? (void)snprintf(buffer, KURA_CELL_BYTES, "n/a")
                            : (void)snprintf(buffer, KURA_CELL_BYTES, "%.3f", p->base[row]);
    if (col == CAME) kura_format_error(p->mean[row], p->se[row], buffer);
    if (col == RANGE && p->lo[row] == p->hi[row])
        snprintf(buffer, KURA_CELL_BYTES, "%.3f", p->lo[row]);
    else if (col == RANGE)
        kura_format_range(p->lo[row], p->hi[row], buffer);
    return buffer;
}

kura_status kura_io_concentration(const kura_frame *frame, FILE *to, kura_error *err)
{
    const kf_group *g = kura_frame_find(frame, "concentration");
    const kf_variable *names = g ? kura_frame_find_var(g, "mineral") : NULL;
    page p = {0};
    if (names && names->type == KF_STRING)
        p = (page){names->data,
                   numbers(g, "hhi_base"),
                   numbers(g, "hhi"),
                   numbers(g, "hhi_se"),
                   numbers(g, "hhi_q05"),
                   numbers(g, "hhi_q95"),
                   numbers(g, "import_probability")};
    if (!p.minerals || !p.base || !p.mean || !p.se || !p.lo || !p.hi || !p.some)
        return kura_error_set(err, KURA_E_SCENARIO, "the group concentration lacks some of its variables");
    kura_table table = {.rows = kura_frame_size(g, names),
                        .columns = COLUMNS,
                        .headings = 1,
                        .left = 1,
                        .cell = cell,
                        .user = &p};
    kura_table_print(&table, to);
    putc('\n', to);
    kura_print_wrapped(
        "HHI: sum of squares of the shares of supplier countries in the imports of the last form, "
        "1 with one supplier; what came: over the horizon, mean over paths on which anything did, "
        "with its standard error and the range of 90 % of these paths; base flow: at the start, "
        "without hazards.",
        to);
    return KURA_OK;
}
