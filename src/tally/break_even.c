/* /break_even: from which value of a quantity on a policy pays [7.7].
 *
 * The gain of a path is what is avoided of its loss less what the policy adds to its cost; or, where a number
 * is to fall by the share f, (1 - f) times its linear form without policy less that with it.  Mean gains at
 * the values given are joined by straight lines; all runs are on the same paths, so the variance between two
 * values follows from theirs and that of their difference.  What the true gain does between two values is
 * not known: the set holds the root of the joined line. */
#include "base/error.h"
#include "num/crossing.h"
#include "tally/compare_internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK, TERMS = 2 };

struct kura_gains {
    const sc_study *study;
    int values;            /* of all questions */
    kura_columns *columns; /* [value] gain of a path */
    double *gain, *paths;  /* [value] its mean; paths on which the policy moves what is avoided */
};

kura_status kura_gains_new(const kura_comparison *c, const sc_study *study, const char *folder,
                           kura_gains **out, kura_error *err)
{
    kura_gains *g = *out = calloc(1, sizeof *g);
    if (!g) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for break-evens");
    g->study = study;
    for (int i = 0; i < study->nbreak_even; i++) g->values += study->break_even[i].nvalues;
    g->gain = calloc((size_t)g->values + 1, sizeof *g->gain);
    g->paths = calloc((size_t)g->values + 1, sizeof *g->paths);
    if (!g->gain || !g->paths) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for break-evens");
    for (int i = 0; i < g->values; i++) g->gain[i] = g->paths[i] = NAN;
    return kura_columns_new((size_t)g->values, c->base->paths, folder, &g->columns, err);
}

void kura_gains_free(kura_gains *g)
{
    if (!g) return;
    kura_columns_free(g->columns);
    free(g->gain);
    free(g->paths);
    free(g);
}

/* ---- the gain of a run ---- */

typedef struct {
    int n;
    kura_linear with[TERMS], without[TERMS];
    kura_series of[TERMS], than[TERMS];
    double keep; /* share of the number without policy that may stay */
} gain_form;

static const double *gain_block(const kura_series *series, uint64_t block, double *out)
{
    const gain_form *g = series->user;
    double rooms[2][BLOCK];
    uint64_t left = g->with[0].member->paths - block * BLOCK;
    memset(out, 0, BLOCK * sizeof *out);
    for (int k = 0; k < g->n; k++) {
        const double *x = g->of[k].block(&g->of[k], block, rooms[0]),
                     *y = g->than[k].block(&g->than[k], block, rooms[1]);
        for (uint64_t p = 0; p < BLOCK && p < left; p++) out[p] += g->keep * y[p] - x[p];
    }
    return out;
}

/* The numbers of a gain; how many there are, 0 when the runs lack one. */
static int numbers_of(const kura_comparison *c, const sc_break_even *e, int *out)
{
    out[0] = kura_comparison_find(c, e->number < 0 ? SC_COMPARE_LOSS : (sc_compare)e->number, -1);
    out[1] = e->number < 0 ? kura_comparison_find(c, SC_COMPARE_COST, -1) : -1;
    if (out[0] < 0 || (e->number < 0 && out[1] < 0)) return 0;
    return e->number < 0 ? 2 : 1;
}

static size_t row_of(const kura_comparison *c, const sc_break_even *e)
{
    return e->mineral < 0 ? (size_t)c->base->nminerals : (size_t)e->mineral;
}

static void keep_gain(kura_gains *g, const kura_comparison *c, const sc_break_even *e, int policy, int at,
                      const kura_member *m, kura_measure *measures)
{
    size_t rows = (size_t)c->base->nminerals + 1, row = row_of(c, e);
    int number[TERMS];
    gain_form x = {.n = numbers_of(c, e, number), .keep = e->number < 0 ? 1 : 1 - e->falls};
    double value = x.n ? 0 : NAN, room[BLOCK];
    for (int k = 0; k < x.n; k++) {
        size_t from = (size_t)number[k] * rows;
        x.with[k] = (kura_linear){m, &c->numbers[number[k]], measures + from, (int)row};
        x.without[k] = (kura_linear){c->base, &c->numbers[number[k]], c->measures + from, (int)row};
        x.of[k] = kura_linear_series(&x.with[k]), x.than[k] = kura_linear_series(&x.without[k]);
        int is = kura_linear_is(&x.with[k]) && kura_linear_is(&x.without[k]);
        value += is ? x.keep * c->measures[from + row].value - measures[from + row].value : NAN;
    }
    if (isnan(value)) return;
    g->gain[at] = value;
    g->paths[at] = kura_comparison_of(c, policy, number[0], (int)row)->paths;
    kura_series s = {.user = &x, .block = gain_block};
    for (uint64_t first = 0; first < m->paths; first += BLOCK) {
        uint64_t left = m->paths - first;
        kura_columns_put(g->columns, (size_t)at, first, left < BLOCK ? (size_t)left : BLOCK,
                         s.block(&s, first / BLOCK, room));
    }
}

kura_status kura_gains_keep(kura_gains *g, const kura_comparison *c, int run, const kura_member *m,
                            kura_measure *measures, kura_error *err)
{
    for (int i = 0, at = 0; i < g->study->nbreak_even; at += g->study->break_even[i++].nvalues) {
        const sc_break_even *e = &g->study->break_even[i];
        int k = run - 1 - e->first;
        if (k >= 0 && k < e->nvalues) keep_gain(g, c, e, run - 1, at + k, m, measures);
    }
    return kura_columns_status(g->columns, err);
}

/* ---- the crossing ---- */

typedef enum { IS_UNKNOWN, CROSSES, NONE_PAYS, ALL_PAY } verdict;

typedef struct {
    double *v, *w; /* [value] variances: of the gain, of its difference to the next value's */
    kura_piece *pieces;
    kura_crossing crossing;
    verdict verdict;
} answer;

static void measure(const kura_gains *g, const kura_comparison *c, const sc_break_even *e, int at, answer *a)
{
    static const double one[] = {1}, difference[] = {-1, 1};
    int above = 0, below = 0;
    for (int k = 0; k < e->nvalues; k++) {
        double size = fabs(g->gain[at + k]);
        kura_weighted w = {g->columns, (size_t)(at + k), 1, 1, one, c->base->paths};
        if (isnan(size)) return;
        above += g->gain[at + k] > 0, below += g->gain[at + k] < 0;
        a->v[k] = kura_weighted_variance(&w, c->unit, size);
        if (k + 1 == e->nvalues) break;
        w.n = 2, w.weights = difference;
        a->w[k] = kura_weighted_variance(&w, c->unit, size + fabs(g->gain[at + k + 1]));
    }
    kura_line line = {e->nvalues, e->values, g->gain + at, a->v, a->w};
    a->crossing = kura_crossing_of(&line, kura_comparison_quantile(c), a->pieces);
    a->verdict = above == e->nvalues ? ALL_PAY : below == e->nvalues ? NONE_PAYS : CROSSES;
}

/* ---- the group ---- */

typedef struct {
    const kura_gains *g;
    const kura_comparison *c;
    kura_frame *frame;
    kf_group *group;
    answer *answers;
    size_t n, values, pieces; /* questions, their values, the most pieces of a set */
} context;

static int answer_all(context *x)
{
    kura_arena *a = &x->frame->arena;
    x->answers = KURA_NEW(a, answer, x->n + 1);
    x->pieces = 1;
    for (size_t i = 0, at = 0; x->answers && i < x->n; i++) {
        const sc_break_even *e = &x->g->study->break_even[i];
        size_t n = (size_t)e->nvalues;
        answer *y = &x->answers[i];
        *y = (answer){KURA_NEW(a, double, n + 1),
                      KURA_NEW(a, double, n + 1),
                      KURA_NEW(a, kura_piece, 2 * n + 1),
                      {0, NAN, 0, 0, 0, 0},
                      IS_UNKNOWN};
        if (a->failed) return -1;
        measure(x->g, x->c, e, (int)at, y);
        if ((size_t)y->crossing.npieces > x->pieces) x->pieces = (size_t)y->crossing.npieces;
        at += n;
    }
    return a->failed ? -1 : 0;
}

static const char *target_of(context *x, const sc_break_even *e)
{
    kura_arena *a = &x->frame->arena;
    if (e->number < 0) return "net benefit: loss avoided less cost";
    return kura_arena_printf(a, "%s falls by %.6g %%", sc_compare_name((sc_compare)e->number),
                             100 * e->falls);
}

static void text_var(context *x, const char *name, const char *dim, const char **v, const char *text)
{
    kura_frame_var(x->frame, x->group, name, KF_STRING, dim, v, "", text, "7.7", NULL);
}

static void report_questions(context *x)
{
    static const char *const names[] = {"policy", "key", "unit", "target", "target_units", "mineral"};
    static const char *const texts[] = {"policy that holds the quantity; empty: the scenario does",
                                        "the quantity",
                                        "unit of its values, as written",
                                        "what is reached where the gain is 0",
                                        "units of the gain",
                                        "mineral of which it is asked, or all of the headline"};
    enum { ROWS = sizeof names / sizeof *names };
    kura_arena *a = &x->frame->arena;
    const char **v[ROWS], **id = KURA_NEW(a, const char *, x->n);
    for (int k = 0; k < ROWS; k++) v[k] = KURA_NEW(a, const char *, x->n);
    if (a->failed) return;
    for (size_t i = 0; i < x->n; i++) {
        const sc_break_even *e = &x->g->study->break_even[i];
        int number[TERMS], is = numbers_of(x->c, e, number);
        const kura_number *of = is ? &x->c->numbers[number[0]] : NULL;
        id[i] = e->id;
        v[0][i] = e->policy ? e->policy : "", v[1][i] = e->key, v[2][i] = e->unit, v[3][i] = target_of(x, e);
        v[4][i] = !of ? "" : e->mineral < 0 ? kura_total_units(x->c, of, a) : kura_number_units(x->c, of, a);
        v[5][i] = e->mineral < 0 ? "all" : x->c->base->minerals[e->mineral].id;
    }
    kura_frame_dim_labels(x->frame, x->group, "question", (int64_t)x->n, id);
    for (int k = 0; k < ROWS; k++) text_var(x, names[k], "question", v[k], texts[k]);
}

static void report_answers(context *x)
{
    kura_arena *a = &x->frame->arena;
    double *root = KURA_NEW(a, double, x->n), *roots = KURA_NEW(a, double, x->n);
    double *lo = KURA_NEW(a, double, x->n * x->pieces), *hi = KURA_NEW(a, double, x->n * x->pieces);
    int8_t *verdicts = KURA_NEW(a, int8_t, x->n), *rises = KURA_NEW(a, int8_t, x->n);
    if (a->failed) return;
    for (size_t i = 0; i < x->n; i++) {
        const answer *y = &x->answers[i];
        int n = y->crossing.npieces;
        root[i] = y->crossing.root, roots[i] = y->crossing.roots;
        verdicts[i] = (int8_t)y->verdict, rises[i] = (int8_t)y->crossing.rises;
        for (size_t k = 0; k < x->pieces; k++) {
            int is = (int)k < n, first = k == 0 && y->crossing.open_lo,
                last = (int)k == n - 1 && y->crossing.open_hi;
            lo[i * x->pieces + k] = !is ? NAN : first ? -INFINITY : y->pieces[k].lo;
            hi[i * x->pieces + k] = !is ? NAN : last ? INFINITY : y->pieces[k].hi;
        }
    }
    kura_frame_dim_count(x->frame, x->group, "piece", (int64_t)x->pieces, "piece of the confidence set");
    kura_frame_var(x->frame, x->group, "root", KF_F64, "question", root, "",
                   "first value, in its unit, at which the mean gain is 0", "7.7", NULL);
    kura_frame_var(x->frame, x->group, "roots", KF_F64, "question", roots, "1",
                   "how often the mean gain crosses 0 between the first and the last value", "7.7", NULL);
    kf_variable *v = kura_frame_var(x->frame, x->group, "root_rises", KF_I8, "question", rises, "1",
                                    "the gain is below 0 before the root and above behind it", "7.7", NULL);
    if (v) kura_frame_var_attr(x->frame, v, "flag_meanings", "no yes");
    v = kura_frame_var(x->frame, x->group, "verdict", KF_I8, "question", verdicts, "1",
                       "whether the mean gain crosses 0, is below 0 at all values (none pays), or above (the "
                       "least pays already)",
                       "7.7", NULL);
    if (v) kura_frame_var_attr(x->frame, v, "flag_meanings", "unknown crosses none_pays all_pay");
    static const char set[] = "set of all values whose gain, interpolated, has 0 in its interval; infinite "
                              "where it reaches the first "
                              "or the last value";
    kura_frame_var(x->frame, x->group, "set_lo", KF_F64, "question,piece", lo, "",
                   kura_arena_printf(a, "lower end: %s", set), "7.7", NULL);
    kura_frame_var(x->frame, x->group, "set_hi", KF_F64, "question,piece", hi, "",
                   kura_arena_printf(a, "upper end: %s", set), "7.7", NULL);
}

static void report_values(context *x)
{
    static const char *const names[] = {"value", "gain", "gain_se", "gain_lo", "gain_hi", "gain_paths"};
    static const char *const texts[] = {"value of the quantity, in its unit",
                                        "mean gain at it, in target_units",
                                        "its standard error, of the paired runs",
                                        "lower bound of the gain",
                                        "upper bound of the gain",
                                        "paths on which the policy moves what is avoided"};
    enum { ROWS = sizeof names / sizeof *names };
    kura_arena *a = &x->frame->arena;
    double *v[ROWS];
    const char **of = KURA_NEW(a, const char *, x->values);
    for (int k = 0; k < ROWS; k++) v[k] = KURA_NEW(a, double, x->values);
    if (a->failed) return;
    double z = kura_comparison_quantile(x->c);
    for (size_t i = 0, at = 0; i < x->n; i++) {
        const sc_break_even *e = &x->g->study->break_even[i];
        for (int k = 0; k < e->nvalues; k++, at++) {
            double mean = x->g->gain[at], se = isnan(mean) ? NAN : sqrt(x->answers[i].v[k]);
            const double all[ROWS] = {e->values[k], mean, se, mean - z * se, mean + z * se, x->g->paths[at]};
            of[at] = e->id;
            for (int j = 0; j < ROWS; j++) v[j][at] = all[j];
        }
    }
    kura_frame_dim_count(x->frame, x->group, "point", (int64_t)x->values, "values of all questions");
    text_var(x, "point_question", "point", of, "question that the value is of");
    for (int k = 0; k < ROWS; k++)
        kura_frame_var(x->frame, x->group, names[k], KF_F64, "point", v[k], k == ROWS - 1 ? "1" : "",
                       texts[k], "7.7", k == 1 ? "gain_se" : NULL);
}

kura_status kura_gains_report(const kura_gains *g, const kura_comparison *c, kura_frame *frame,
                              kura_error *err)
{
    context x = {
        .g = g, .c = c, .frame = frame, .n = (size_t)g->study->nbreak_even, .values = (size_t)g->values};
    double *confidence = KURA_NEW(&frame->arena, double, 1);
    x.group = kura_frame_group(frame, "break_even");
    if (!x.group || !confidence || answer_all(&x))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    *confidence = c->confidence;
    kura_frame_attr_f64(frame, x.group, "confidence_of_the_set", 1, confidence);
    report_questions(&x);
    report_answers(&x);
    report_values(&x);
    return kura_columns_status(g->columns, err);
}
