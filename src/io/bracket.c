/* The table of /allocation, see bracket.h. */
#include "io/bracket.h"
#include "io/table.h"
#include <math.h>
#include <string.h>

enum { COLUMNS = 5 };
static const struct {
    const char *name, *upper, *lower;
} columns[COLUMNS] = {{"open_contract", "contracts only", "%"},
                      {"open_rules", "all rounds", "%"},
                      {"open_best", "optimum", "%"},
                      {"coordination", "coordination", "%"},
                      {"coordination_of_open", "of what is open", "%"}};

typedef struct {
    const char *const *minerals;
    const double *value[COLUMNS], *se[COLUMNS];
} bracket;

static const double *column(const kf_group *g, const char *name, int64_t n)
{
    const kf_variable *v = kura_frame_find_var(g, name);
    return v && v->type == KF_F64 && kura_frame_size(g, v) == n ? v->data : NULL;
}

static const char *cell(const void *user, int64_t row, int64_t c, char buffer[KURA_CELL_BYTES])
{
    const bracket *b = user;
    if (row < 0)
        return c == 0      ? (row == -2 ? "mineral" : "")
               : row == -2 ? columns[c - 1].upper
                           : columns[c - 1].lower;
    if (c == 0) return b->minerals[row];
    if (isnan(b->value[c - 1][row])) return "-";
    kura_format_error(100 * b->value[c - 1][row], 100 * b->se[c - 1][row], buffer);
    return buffer;
}

void kura_io_print_bracket(const kura_frame *frame, FILE *to)
{
    const kf_group *g = kura_frame_find(frame, "allocation");
    const kf_variable *minerals = g ? kura_frame_find_var(g, "mineral") : NULL;
    if (!minerals || minerals->type != KF_STRING) return;
    int64_t n = kura_frame_size(g, minerals);
    bracket b = {.minerals = minerals->data};
    for (int c = 0; c < COLUMNS; c++) {
        char se[64];
        snprintf(se, sizeof se, "%s_se", columns[c].name);
        b.value[c] = column(g, columns[c].name, n);
        b.se[c] = column(g, se, n);
        if (!b.value[c] || !b.se[c]) return;
    }
    kura_table table = {
        .rows = n, .columns = 1 + COLUMNS, .headings = 2, .left = 1, .cell = cell, .user = &b};
    fputs("\nOrders of all importers that a step leaves open, given its stocks\n", to);
    kura_table_print(&table, to);
    kura_print_wrapped(
        "contracts only: after the contract round; all rounds: contract, spot and clean-up, as simulated; "
        "optimum: the most that could be delivered (linear programme on sampled steps); coordination: "
        "all rounds - optimum.",
        to);
}
