/* The page of checks, see checks.h. */
#include "io/checks.h"
#include "base/text.h"
#include "io/table.h"
#include <math.h>
#include <string.h>

typedef enum { INSIDE, BELOW, ABOVE, NOTHING_OBSERVED, TOO_FEW_PATHS, VERDICTS } verdict;
static const char *const words[] = {"inside", "observed below", "observed above", "no record",
                                    "too few paths"};

typedef struct {
    const kf_group *group;
    int64_t n, nlevels, low, mid, high; /* levels of the band and of the median */
    const char *const *id, *const *text, *const *units, *const *source, *const *series, *const *reason,
                                                                                            *const *note;
    const double *level, *quantile, *least, *most, *pit[2], *crps;
    const int8_t *verdict;
} page;

static const void *data_of(const kf_group *g, const char *name, kf_type type)
{
    const kf_variable *v = kura_frame_find_var(g, name);
    return v && v->type == type ? v->data : NULL;
}

static int64_t level_of(const page *p, double q)
{
    for (int64_t i = 0; i < p->nlevels; i++)
        if (fabs(p->level[i] - q) < 1e-9) return i;
    return -1;
}

static int open_page(const kura_frame *frame, page *p)
{
    const kf_group *g = kura_frame_find(frame, "checks");
    if (!g) return 1;
    *p = (page){.group = g,
                .n = kura_frame_dim_size(g, "check"),
                .nlevels = kura_frame_dim_size(g, "level"),
                .id = data_of(g, "check", KF_STRING),
                .text = data_of(g, "text", KF_STRING),
                .units = data_of(g, "units", KF_STRING),
                .source = data_of(g, "source", KF_STRING),
                .series = data_of(g, "series", KF_STRING),
                .reason = data_of(g, "reason", KF_STRING),
                .note = data_of(g, "note", KF_STRING),
                .level = data_of(g, "level", KF_F64),
                .quantile = data_of(g, "quantile", KF_F64),
                .least = data_of(g, "observed_least", KF_F64),
                .most = data_of(g, "observed_most", KF_F64),
                .pit = {data_of(g, "pit_least", KF_F64), data_of(g, "pit_most", KF_F64)},
                .crps = data_of(g, "crps", KF_F64),
                .verdict = data_of(g, "verdict", KF_I8)};
    if (!p->id || !p->text || !p->units || !p->source || !p->series || !p->reason || !p->note || !p->level ||
        !p->quantile || !p->least || !p->most || !p->pit[0] || !p->pit[1] || !p->crps || !p->verdict)
        return 1;
    p->low = level_of(p, 0.1), p->mid = level_of(p, 0.5), p->high = level_of(p, 0.9);
    return p->low < 0 || p->mid < 0 || p->high < 0;
}

/* ---- cells ---- */

/* An infinite time never comes; an infinite ratio is one over nothing. */
static void put(double x, const char *units, char *buffer, size_t size)
{
    if (isnan(x))
        snprintf(buffer, size, "n/a");
    else if (isinf(x))
        snprintf(buffer, size, x < 0 ? "-inf" : strcmp(units, "d") == 0 ? "never" : "inf");
    else if (x != 0 && fabs(x) < 1e-3)
        snprintf(buffer, size, "%.2g", x);
    else if (fabs(x) >= 1000)
        snprintf(buffer, size, "%.0f", x);
    else
        snprintf(buffer, size, "%.3g", x);
}

static void put_interval(double lo, double hi, const char *units, char *buffer)
{
    char a[32], b[32];
    put(lo, units, a, sizeof a);
    put(hi, units, b, sizeof b);
    snprintf(buffer, KURA_CELL_BYTES, "[%s, %s]", a, b);
}

enum { ID, UNITS, OBSERVED, MEDIAN, BAND, PIT, VERDICT, COLUMNS };

static const char *cell(const void *user, int64_t row, int64_t col, char *buffer)
{
    static const char *const headings[] = {"check",   "unit", "observed", "median",
                                           "10-90 %", "PIT",  "verdict"};
    static const char *const below[] = {"", "", "", "", "of paths", "%", ""};
    const page *p = user;
    *buffer = 0;
    if (row < 0) return row == -2 ? headings[col] : below[col];
    const double *q = p->quantile + row * p->nlevels;
    switch (col) {
    case ID:
        return p->id[row];
    case UNITS:
        return strcmp(p->units[row], "1") == 0   ? ""
               : strcmp(p->units[row], "d") == 0 ? "days"
                                                 : p->units[row];
    case OBSERVED:
        if (isnan(p->least[row])) return "-";
        if (p->least[row] == p->most[row])
            put(p->least[row], p->units[row], buffer, KURA_CELL_BYTES);
        else
            put_interval(p->least[row], p->most[row], p->units[row], buffer);
        return buffer;
    case MEDIAN:
        put(q[p->mid], p->units[row], buffer, KURA_CELL_BYTES);
        return buffer;
    case BAND:
        put_interval(q[p->low], q[p->high], p->units[row], buffer);
        return buffer;
    case PIT:
        if (isnan(p->pit[0][row])) return "-";
        if (p->pit[0][row] == p->pit[1][row])
            snprintf(buffer, KURA_CELL_BYTES, "%.3g", 100 * p->pit[0][row]);
        else
            snprintf(buffer, KURA_CELL_BYTES, "%.3g-%.3g", 100 * p->pit[0][row], 100 * p->pit[1][row]);
        return buffer;
    default:
        return p->verdict[row] >= 0 && p->verdict[row] < VERDICTS ? words[p->verdict[row]] : "";
    }
}

/* ---- the page ---- */

static void print_count(const page *p, FILE *to)
{
    kura_text text = {0};
    int n[VERDICTS] = {0}, first = 1;
    for (int64_t i = 0; i < p->n; i++)
        if (p->verdict[i] >= 0 && p->verdict[i] < VERDICTS) n[p->verdict[i]]++;
    kura_text_add(&text, "Checks against the record: ");
    for (int v = 0; v < VERDICTS; v++)
        if (n[v]) {
            kura_text_printf(&text, "%s%d %s", first ? "" : ", ", n[v], words[v]);
            first = 0;
        }
    kura_text_add(&text, first ? "none." : ".");
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

/* What is compared, where the record is from, and why it is a miss. */
static void print_note(const page *p, int64_t i, FILE *to)
{
    kura_text text = {0};
    int missed = p->verdict[i] != INSIDE && p->verdict[i] != NOTHING_OBSERVED;
    kura_text_printf(&text, "%s: %s", p->id[i], p->text[i]);
    if (p->source[i][0]) kura_text_printf(&text, " (%s)", p->source[i]);
    kura_text_add(&text, ".");
    if (p->note[i][0]) kura_text_printf(&text, " Compared with %s.", p->note[i]);
    if (missed) kura_text_printf(&text, " %c%s", words[p->verdict[i]][0] - 32, words[p->verdict[i]] + 1);
    if (missed && p->reason[i][0]) kura_text_printf(&text, ": %s", p->reason[i]);
    if (missed) kura_text_add(&text, ".");
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

/* Points of a series together: once for each name. */
static void print_series(const page *p, int64_t i, FILE *to)
{
    kura_text text = {0};
    double sum = 0;
    int points = 0, inside = 0, scored = 0;
    if (!p->series[i][0]) return;
    for (int64_t k = 0; k < p->n; k++) {
        if (strcmp(p->series[k], p->series[i]) != 0) continue;
        if (k < i) return;
        points++;
        inside += p->verdict[k] == INSIDE;
        if (isnan(p->crps[k])) continue;
        sum += p->crps[k];
        scored++;
    }
    kura_text_printf(&text, "Series %s: %d of %d points inside", p->series[i], inside, points);
    if (scored) kura_text_printf(&text, ", mean CRPS %.3g (of %d points)", sum / scored, scored);
    kura_text_add(&text, ".");
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

void kura_io_print_checks(const kura_frame *frame, FILE *to)
{
    page p;
    if (open_page(frame, &p)) return;
    putc('\n', to);
    print_count(&p, to);
    putc('\n', to);
    kura_table table = {.rows = p.n, .columns = COLUMNS, .headings = 2, .left = 2, .cell = cell, .user = &p};
    kura_table_print(&table, to);
    fputs("\n", to);
    kura_print_wrapped("10-90 %: the band that holds 80 % of the paths; inside: it holds the observation, or "
                       "meets the observed interval. PIT: share of paths below the observation.",
                       to);
    for (int64_t i = 0; i < p.n; i++) print_note(&p, i, to);
    for (int64_t i = 0; i < p.n; i++) print_series(&p, i, to);
}
