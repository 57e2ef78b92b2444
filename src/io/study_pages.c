/* Pages of /leave_out and /break_even, see study_pages.h. */
#include "io/study_pages.h"
#include "base/text.h"
#include "io/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 12, FEW_PATHS = 10 };

static const void *data_of(const kf_group *g, const char *name, kf_type type, int64_t size)
{
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    return v && v->type == type && kura_frame_size(g, v) == size ? v->data : NULL;
}

static double percent_of(const kf_group *g, const char *name)
{
    const kf_attr *a = kura_frame_find_attr(g->nattrs, g->attrs, name);
    return a && a->kind == KF_ATTR_F64 ? 100 * a->f64[0] : NAN;
}

/* ---- causes ---- */

static const char *const numbers[] = {"expected_unserved", "normalised_expected_unserved",
                                      "loss_of_load_expectation"};
static const char *const headings[] = {"EUE", "NEUE", "LOLE"};
enum { NUMBERS = 3 };

typedef struct {
    const kf_group *group;
    int64_t parts, minerals, mineral, rows, *order;
    const char *const *part, *const *label;
    int shown[NUMBERS], nshown;
} page;

static int open_page(const kura_frame *frame, page *p)
{
    const kf_group *g = kura_frame_find(frame, "leave_out");
    if (!g) return -1;
    *p = (page){
        .group = g, .parts = kura_frame_dim_size(g, "part"), .minerals = kura_frame_dim_size(g, "mineral")};
    p->part = data_of(g, "part", KF_STRING, p->parts);
    p->label = data_of(g, "mineral", KF_STRING, p->minerals);
    p->mineral = p->minerals - 1;
    return p->parts > 2 && p->minerals > 0 && p->part && p->label ? 0 : -1;
}

/* A part of a number (row < 0: the whole) of a mineral; NaN where there is none. */
static double at(const page *p, int number, const char *what, int64_t part, int64_t mineral)
{
    char name[96];
    snprintf(name, sizeof name, "%s%s", numbers[number], what);
    const double *v = data_of(p->group, name, KF_F64, part < 0 ? p->minerals : p->parts * p->minerals);
    return v ? v[(part < 0 ? 0 : part * p->minerals) + mineral] : NAN;
}

static const char *units_of(const page *p, int number)
{
    const kf_variable *v = kura_frame_find_var(p->group, numbers[number]);
    return v ? kura_plain_units(v->units) : "";
}

/* The part with its interval; "?" behind it where it rests on few paths. */
static void put_part(const page *p, int number, int64_t part, char *out)
{
    char text[KURA_CELL_BYTES];
    double x = at(p, number, "_part", part, p->mineral), se = at(p, number, "_part_se", part, p->mineral);
    if (isnan(x)) {
        snprintf(out, KURA_CELL_BYTES, "n/a");
    } else if (x == 0 && se == 0) {
        snprintf(out, KURA_CELL_BYTES, "0");
    } else {
        kura_format_interval(x, at(p, number, "_part_lo", part, p->mineral),
                             at(p, number, "_part_hi", part, p->mineral), "inf", text);
        snprintf(out, KURA_CELL_BYTES, "%.90s%s", text,
                 at(p, number, "_part_paths", part, p->mineral) < FEW_PATHS ? " ?" : "");
    }
}

static void put_share(const page *p, int number, int64_t part, int64_t mineral, char *out)
{
    double x = at(p, number, "_share", part, mineral), se = at(p, number, "_share_se", part, mineral);
    if (isnan(x))
        snprintf(out, KURA_CELL_BYTES, "n/a");
    else if (se == 0)
        snprintf(out, KURA_CELL_BYTES, "%.4g", 100 * x);
    else
        kura_format_error(100 * x, 100 * se, out);
}

static const char *part_name(const page *p, int64_t part)
{
    if (part == p->parts - 2) return "interaction";
    return part == p->parts - 1 ? "without any" : p->part[part];
}

/* Row 0: the whole; then the parts. */
static const char *part_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const page *p = user;
    *out = 0;
    if (col == 0) return row == -2 ? "cause" : row < 0 ? "" : row == 0 ? "all" : part_name(p, row - 1);
    int number = p->shown[(col - 1) / 2], is_share = (col - 1) % 2;
    if (row == -2) return is_share ? "share" : headings[number];
    if (row == -1) return is_share ? "%" : units_of(p, number);
    if (row > 0 && is_share)
        put_share(p, number, row - 1, p->mineral, out);
    else if (row > 0)
        put_part(p, number, row - 1, out);
    else if (is_share)
        return "100";
    else
        kura_format_error(at(p, number, "", -1, p->mineral), at(p, number, "_se", -1, p->mineral), out);
    return out;
}

static void print_legend(FILE *to)
{
    putc('\n', to);
    kura_print_wrapped(
        "A cause costs what its absence saves, on the same paths. interaction: what the single "
        "differences leave of the whole; above 0 where either of two causes would do, "
        "below 0 where it takes both. ±: standard error; ?: fewer than 10 paths differ.",
        to);
}

void kura_io_print_leave_out(const kura_frame *frame, const char *mineral, FILE *to)
{
    page p;
    if (open_page(frame, &p)) return;
    for (int64_t i = 0; mineral && i < p.minerals; i++)
        if (strcmp(p.label[i], mineral) == 0) p.mineral = i;
    for (int k = 0; k < NUMBERS; k++)
        if (!isnan(at(&p, k, "", -1, p.mineral))) p.shown[p.nshown++] = k;
    int is_all = p.mineral == p.minerals - 1;
    fprintf(to, "\nWhat each cause costs, %s: the difference to the run without it, %g %% interval\n\n",
            is_all ? "all headline minerals together" : p.label[p.mineral],
            percent_of(p.group, "confidence_of_differences"));
    kura_table table = {.rows = p.parts + 1,
                        .columns = 1 + 2 * p.nshown,
                        .headings = 2,
                        .left = 1,
                        .cell = part_cell,
                        .user = &p};
    kura_table_print(&table, to);
    print_legend(to);
}

/* ---- causes by mineral ---- */

static const char *mineral_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const page *p = user;
    *out = 0;
    if (col == 0) return row == -2 ? "mineral" : row < 0 ? "" : p->label[p->order[row]];
    if (col == 1) {
        if (row < 0) return row == -2 ? headings[0] : units_of(p, 0);
        kura_format_error(at(p, 0, "", -1, p->order[row]), at(p, 0, "_se", -1, p->order[row]), out);
        return out;
    }
    if (row < 0) return row == -2 ? part_name(p, col - 2) : "%";
    put_share(p, 0, col - 2, p->order[row], out);
    return out;
}

/* Those that are short, by their NEUE. */
static void sort_short(page *p)
{
    for (int64_t i = 0; i + 1 < p->minerals; i++) {
        double x = at(p, 1, "", -1, i);
        if (!(at(p, 0, "", -1, i) > 0)) continue;
        int64_t j = p->rows++;
        for (; j > 0 && x > at(p, 1, "", -1, p->order[j - 1]); j--) p->order[j] = p->order[j - 1];
        p->order[j] = i;
    }
}

void kura_io_print_causes(const kura_frame *frame, int all, FILE *to)
{
    page p;
    if (open_page(frame, &p) || !(p.order = calloc((size_t)p.minerals, sizeof *p.order))) return;
    sort_short(&p);
    int64_t left = all || p.rows <= MOST_ROWS ? 0 : p.rows - MOST_ROWS;
    p.rows -= left;
    if (p.rows) fputs("\nShares of expected unserved demand, mineral by mineral\n\n", to);
    kura_table table = {
        .rows = p.rows, .columns = 2 + p.parts, .headings = 2, .left = 1, .cell = mineral_cell, .user = &p};
    if (p.rows) kura_table_print(&table, to);
    if (left) fprintf(to, "... and %lld more (--all)\n", (long long)left);
    free(p.order);
}

/* ---- break-evens ---- */

typedef struct {
    const kf_group *group;
    int64_t questions, points, pieces, question, first, n; /* first, n: points of the question in hand */
    const char *const *id,
        *const *key, *const *unit, *const *target, *const *units, *const *mineral, *const *policy, *const *of;
    const double *value, *gain, *se, *lo, *hi, *paths, *root, *roots, *set_lo, *set_hi;
    const int8_t *verdict, *rises;
} questions;

static int open_questions(const kura_frame *frame, questions *q)
{
    const kf_group *g = kura_frame_find(frame, "break_even");
    if (!g) return -1;
    int64_t n = kura_frame_dim_size(g, "question"), m = kura_frame_dim_size(g, "point"),
            s = kura_frame_dim_size(g, "piece");
    *q = (questions){.group = g, .questions = n, .points = m, .pieces = s};
    q->id = data_of(g, "question", KF_STRING, n), q->key = data_of(g, "key", KF_STRING, n);
    q->unit = data_of(g, "unit", KF_STRING, n), q->target = data_of(g, "target", KF_STRING, n);
    q->units = data_of(g, "target_units", KF_STRING, n), q->mineral = data_of(g, "mineral", KF_STRING, n);
    q->policy = data_of(g, "policy", KF_STRING, n), q->of = data_of(g, "point_question", KF_STRING, m);
    q->value = data_of(g, "value", KF_F64, m), q->gain = data_of(g, "gain", KF_F64, m);
    q->se = data_of(g, "gain_se", KF_F64, m), q->lo = data_of(g, "gain_lo", KF_F64, m);
    q->hi = data_of(g, "gain_hi", KF_F64, m), q->paths = data_of(g, "gain_paths", KF_F64, m);
    q->root = data_of(g, "root", KF_F64, n), q->roots = data_of(g, "roots", KF_F64, n);
    q->set_lo = data_of(g, "set_lo", KF_F64, n * s), q->set_hi = data_of(g, "set_hi", KF_F64, n * s);
    q->verdict = data_of(g, "verdict", KF_I8, n), q->rises = data_of(g, "root_rises", KF_I8, n);
    return q->id && q->key && q->unit && q->target && q->units && q->mineral && q->policy && q->of &&
                   q->value && q->gain && q->se && q->lo && q->hi && q->paths && q->root && q->roots &&
                   q->set_lo && q->set_hi && q->verdict && q->rises
               ? 0
               : -1;
}

/* Does the gain at a value rest on few paths?  That nothing moves is a finding for the value 0 only. */
static int is_rough(const questions *q, int64_t i) { return q->paths[i] < FEW_PATHS && q->value[i] != 0; }

static const char *point_cell(const void *user, int64_t row, int64_t col, char *out)
{
    const questions *q = user;
    char text[KURA_CELL_BYTES];
    int64_t i = q->first + row;
    *out = 0;
    if (row == -2) return col == 0 ? "value" : col == 1 ? "gain" : "paths moved";
    if (row == -1)
        return col == 0 ? q->unit[q->question] : col == 1 ? kura_plain_units(q->units[q->question]) : "";
    if (col == 0) {
        snprintf(out, KURA_CELL_BYTES, "%.10g", q->value[i]);
    } else if (col == 2) {
        kura_format_number(q->paths[i], out);
    } else if (q->se[i] == 0) {
        snprintf(out, KURA_CELL_BYTES, "%.6g%s", q->gain[i], is_rough(q, i) ? " ?" : "");
    } else {
        kura_format_interval(q->gain[i], q->lo[i], q->hi[i], "inf", text);
        snprintf(out, KURA_CELL_BYTES, "%.90s%s", text, is_rough(q, i) ? " ?" : "");
    }
    return out;
}

static int is_benefit(const questions *q) { return strncmp(q->target[q->question], "net benefit", 11) == 0; }

static const char *gap(const char *unit) { return unit[0] ? " " : ""; }

/* "12 to 34 %", "up to 34 %", "any of the values asked for". */
static void put_piece(const questions *q, double lo, double hi, kura_text *to)
{
    const char *unit = q->unit[q->question];
    double first = q->value[q->first], last = q->value[q->first + q->n - 1];
    if (isinf(lo) && isinf(hi))
        kura_text_printf(to, "all values from %g to %g%s%s and what lies beyond", first, last, gap(unit),
                         unit);
    else if (isinf(lo))
        kura_text_printf(to, "%.3g%s%s and below, with no lower bound at %g", hi, gap(unit), unit, first);
    else if (isinf(hi))
        kura_text_printf(to, "%.3g%s%s and above, with no upper bound at %g", lo, gap(unit), unit, last);
    else
        kura_text_printf(to, "%.3g to %.3g%s%s", lo, hi, gap(unit), unit);
}

static void print_set(const questions *q, FILE *to)
{
    kura_text text = {0};
    int64_t any = 0;
    kura_text_printf(&text, "%g %% set: ", percent_of(q->group, "confidence_of_the_set"));
    for (int64_t k = 0; k < q->pieces; k++) {
        double lo = q->set_lo[q->question * q->pieces + k], hi = q->set_hi[q->question * q->pieces + k];
        if (isnan(lo)) continue;
        if (any++) kura_text_add(&text, "; or ");
        put_piece(q, lo, hi, &text);
    }
    if (!any) kura_text_add(&text, "empty, no break-even within the values");
    kura_text_add(&text, ".");
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&text);
}

static void print_answer(const questions *q, FILE *to)
{
    int64_t i = q->question;
    const char *unit = q->unit[i], *does = is_benefit(q) ? "pays" : "reaches the target";
    double first = q->value[q->first], last = q->value[q->first + q->n - 1];
    if (q->verdict[i] == 2)
        fprintf(to, "None of the values %s, from %g to %g%s%s.", does, first, last, gap(unit), unit);
    else if (q->verdict[i] == 3)
        fprintf(to, "All of the values %s, already %g%s%s.", is_benefit(q) ? "pay" : "reach the target",
                first, gap(unit), unit);
    else if (q->verdict[i] == 1 && q->roots[i] > 1)
        fprintf(to, "The gain crosses 0 %.0f times, first at %.3g%s%s: see the values.", q->roots[i],
                q->root[i], gap(unit), unit);
    else if (q->verdict[i] == 1)
        fprintf(to, "Break-even at %.3g%s%s: %s %s.", q->root[i], gap(unit), unit,
                is_benefit(q) ? "it pays" : "the target is reached", q->rises[i] ? "above" : "below");
    else
        fputs("The result has no figure of this gain.", to);
    putc('\n', to);
    if (q->verdict[i] >= 1 && q->verdict[i] <= 3) print_set(q, to);
    int rough = 0;
    for (int64_t k = q->first; k < q->first + q->n; k++) rough |= is_rough(q, k);
    if (rough) fputs("?: fewer than 10 paths move there, too few for its interval; take more paths.\n", to);
}

void kura_io_print_break_even(const kura_frame *frame, FILE *to)
{
    questions q;
    if (open_questions(frame, &q)) return;
    for (q.question = 0, q.first = 0; q.question < q.questions; q.question++, q.first += q.n) {
        int64_t i = q.question;
        for (q.n = 0; q.first + q.n < q.points && strcmp(q.of[q.first + q.n], q.id[i]) == 0;) q.n++;
        if (!q.n) continue;
        fprintf(to, "\nBreak-even %s: %s%s%s%s\n%s, %s\n\n", q.id[i], q.key[i],
                q.policy[i][0] ? " of policy " : "", q.policy[i], "", q.target[i],
                strcmp(q.mineral[i], "all") == 0 ? "all headline minerals together" : q.mineral[i]);
        kura_table table = {
            .rows = q.n, .columns = 3, .headings = 2, .left = 0, .cell = point_cell, .user = &q};
        kura_table_print(&table, to);
        putc('\n', to);
        print_answer(&q, to);
    }
}
