/* /leave_out: what each cause costs, as the difference to the run without it, and what the differences leave
 * of the whole [8.10 B].
 *
 * V the number with all causes, V_g without cause g, V_0 without any: parts V - V_g of the causes,
 * interaction (V - V_0) - sum (V - V_g), rest V_0.  They sum to V.  Every part is a sum of runs with weights,
 * so its error is that of the sum of their linear forms, path by path; shares of V are ratios with Fieller's
 * interval. */
#include "base/error.h"
#include "tally/compare_internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const sc_compare asked_numbers[] = {SC_COMPARE_EUE, SC_COMPARE_NEUE, SC_COMPARE_LOLE};
enum { NUMBERS = sizeof asked_numbers / sizeof *asked_numbers };

struct kura_left_out {
    const sc_leave_out *asked;
    int runs; /* base, without each cause, without any */
    int number[NUMBERS], nnumbers;
    size_t rows;           /* minerals and all of them */
    kura_columns *columns; /* [run][number][row] linear forms */
    double *value;         /* the same */
};

uint64_t kura_comparison_kept(const sc_study *study, int minerals)
{
    uint64_t n = study->leave_out.ncauses
                     ? ((uint64_t)study->leave_out.ncauses + 2) * NUMBERS * ((uint64_t)minerals + 1)
                     : 0;
    for (int i = 0; i < study->nbreak_even; i++) n += (uint64_t)study->break_even[i].nvalues;
    return n;
}

static size_t slot(const kura_left_out *l, int run, int number, size_t row)
{
    return ((size_t)run * (size_t)l->nnumbers + (size_t)number) * l->rows + row;
}

kura_status kura_left_out_new(const kura_comparison *c, const sc_leave_out *asked, const char *folder,
                              kura_left_out **out, kura_error *err)
{
    kura_left_out *l = *out = calloc(1, sizeof *l);
    if (!l) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to leave causes out");
    l->asked = asked;
    l->runs = asked->ncauses + 2;
    l->rows = (size_t)c->base->nminerals + 1;
    for (int i = 0; i < NUMBERS; i++) {
        int number = kura_comparison_find(c, asked_numbers[i], -1);
        if (number >= 0) l->number[l->nnumbers++] = number;
    }
    size_t n = (size_t)l->runs * (size_t)l->nnumbers * l->rows;
    l->value = calloc(n + 1, sizeof *l->value);
    if (!l->value) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to leave causes out");
    for (size_t i = 0; i < n; i++) l->value[i] = NAN;
    return kura_columns_new(n, c->base->paths, folder, &l->columns, err);
}

void kura_left_out_free(kura_left_out *l)
{
    if (!l) return;
    kura_columns_free(l->columns);
    free(l->value);
    free(l);
}

/* Which of the runs this is; -1: none. */
static int run_of(const kura_left_out *l, int run)
{
    if (run == 0) return 0;
    for (int i = 0; i < l->asked->ncauses; i++)
        if (l->asked->causes[i].policy + 1 == run) return i + 1;
    return l->asked->none + 1 == run ? l->runs - 1 : -1;
}

kura_status kura_left_out_keep(kura_left_out *l, const kura_comparison *c, int run, const kura_member *m,
                               kura_measure *measures, kura_error *err)
{
    int at = run_of(l, run);
    for (int i = 0; i < l->nnumbers && at >= 0; i++)
        for (size_t row = 0; row < l->rows; row++) {
            kura_measure *each = measures + (size_t)l->number[i] * l->rows;
            kura_linear form = {m, &c->numbers[l->number[i]], each, (int)row};
            if (!kura_linear_is(&form)) continue;
            l->value[slot(l, at, i, row)] = each[row].value;
            kura_linear_keep(&form, l->columns, slot(l, at, i, row));
        }
    return kura_columns_status(l->columns, err);
}

/* ---- a part ---- */

typedef struct {
    double value, se, lo, hi, paths, share, share_se, share_lo, share_hi;
    int kind; /* of the share's ends */
} part;

enum { OF_CAUSE, OF_INTERACTION, OF_REST };

/* The weights of the runs in a part. */
static int weigh(const kura_left_out *l, int k, double *weights)
{
    int g = l->asked->ncauses;
    memset(weights, 0, (size_t)l->runs * sizeof *weights);
    if (k < g) {
        weights[0] = 1, weights[k + 1] = -1;
        return OF_CAUSE;
    }
    weights[l->runs - 1] = k == g ? -1 : 1;
    if (k > g) return OF_REST;
    weights[0] = 1 - g;
    for (int i = 0; i < g; i++) weights[i + 1] = 1;
    return OF_INTERACTION;
}

/* Of the whole; `weights` are those of w, and are as they were afterwards. */
static void measure_share(kura_weighted *w, double *weights, double size, uint64_t unit, double z,
                          double whole, part *p)
{
    double variance = p->se * p->se, own[2] = {1, 0};
    kura_weighted base = *w;
    base.weights = own, base.n = 1;
    double of_whole = kura_weighted_variance(&base, unit, whole), share = p->value / whole;
    weights[0] -= 1;
    double apart = kura_weighted_variance(w, unit, size + whole);
    weights[0] += 1 - share;
    double residual = kura_weighted_variance(w, unit, size + whole);
    weights[0] += share;
    kura_fieller_set s =
        kura_fieller(p->value, whole, variance, 0.5 * (variance + of_whole - apart), of_whole, z);
    p->share = share, p->share_se = sqrt(residual) / whole;
    p->share_lo = s.lo, p->share_hi = s.hi, p->kind = (int)s.kind;
}

static part measure(const kura_left_out *l, const kura_comparison *c, int k, int number, size_t row,
                    double *weights)
{
    part p = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, KURA_FIELLER_NONE};
    const kura_member *m = c->base;
    kura_weighted w = {l->columns,
                       slot(l, 0, number, row),
                       slot(l, 1, number, row) - slot(l, 0, number, row),
                       l->runs,
                       weights,
                       m->paths};
    double z = kura_comparison_quantile(c), size = 0, whole = l->value[slot(l, 0, number, row)];
    p.kind = KURA_FIELLER_NONE;
    weigh(l, k, weights);
    p.value = 0;
    for (int i = 0; i < l->runs; i++) {
        if (weights[i] == 0) continue;
        p.value += weights[i] * l->value[slot(l, i, number, row)];
        size += fabs(weights[i] * l->value[slot(l, i, number, row)]);
    }
    if (isnan(p.value)) return p;
    if (fabs(p.value) <= 0x1p-44 * size) p.value = 0;
    p.se = sqrt(kura_weighted_variance(&w, c->unit, size));
    p.lo = p.value - z * p.se, p.hi = p.value + z * p.se;
    p.paths = (double)kura_weighted_paths(&w, size);
    if (whole > 0) measure_share(&w, weights, size, c->unit, z, whole, &p);
    return p;
}

/* ---- the group ---- */

typedef struct {
    const kura_left_out *l;
    const kura_comparison *c;
    kura_frame *frame;
    kf_group *group;
    size_t parts;
} context;

static void report_labels(context *x)
{
    kura_arena *a = &x->frame->arena;
    const sc_leave_out *asked = x->l->asked;
    const char **id = KURA_NEW(a, const char *, x->parts), **key = KURA_NEW(a, const char *, x->parts),
               **mineral = KURA_NEW(a, const char *, x->l->rows);
    int8_t *kind = KURA_NEW(a, int8_t, x->parts);
    double *confidence = KURA_NEW(a, double, 1);
    if (a->failed) return;
    for (int i = 0; i < asked->ncauses; i++) {
        id[i] = asked->causes[i].id, key[i] = "", kind[i] = OF_CAUSE;
        for (int k = 0; k < asked->causes[i].nkeys; k++)
            key[i] =
                kura_arena_printf(a, "%s%s%s", key[i] ? key[i] : "", k ? " " : "", asked->causes[i].keys[k]);
    }
    id[asked->ncauses] = "interaction", key[asked->ncauses] = "", kind[asked->ncauses] = OF_INTERACTION;
    id[asked->ncauses + 1] = "rest", key[asked->ncauses + 1] = "", kind[asked->ncauses + 1] = OF_REST;
    for (size_t i = 0; i + 1 < x->l->rows; i++) mineral[i] = x->c->base->minerals[i].id;
    mineral[x->l->rows - 1] = "all";
    *confidence = x->c->confidence;
    kura_frame_dim_labels(x->frame, x->group, "part", (int64_t)x->parts, id);
    kura_frame_dim_labels(x->frame, x->group, "mineral", (int64_t)x->l->rows, mineral);
    kura_frame_attr_f64(x->frame, x->group, "confidence_of_differences", 1, confidence);
    kf_variable *v = kura_frame_var(x->frame, x->group, "part_kind", KF_I8, "part", kind, "1",
                                    "cause: what its run lacks of the whole; interaction: what these leave "
                                    "of the whole; rest: what is left "
                                    "without any of the causes; all sum to the whole",
                                    "8.10", NULL);
    if (v) kura_frame_var_attr(x->frame, v, "flag_meanings", "cause interaction rest");
    kura_frame_var(x->frame, x->group, "part_sections", KF_STRING, "part", key, "",
                   "sections of the scenario that the cause is", "8.10", NULL);
}

static void report_whole(context *x, int number, const char *name, const char *units)
{
    double *v[2];
    const kura_measure *base = kura_comparison_base(x->c, x->l->number[number], 0);
    for (int k = 0; k < 2; k++) v[k] = KURA_NEW(&x->frame->arena, double, x->l->rows);
    if (x->frame->arena.failed) return;
    for (size_t i = 0; i < x->l->rows; i++) v[0][i] = base[i].value, v[1][i] = base[i].se;
    const char *se = kura_arena_printf(&x->frame->arena, "%s_se", name);
    kura_frame_var(x->frame, x->group, name, KF_F64, "mineral", v[0], units,
                   kura_arena_printf(&x->frame->arena, "%s; with all causes; all: %s",
                                     kura_recipe_of(x->c->numbers[x->l->number[number]].id)->text,
                                     kura_recipe_of(x->c->numbers[x->l->number[number]].id)->total_text[0]
                                         ? kura_recipe_of(x->c->numbers[x->l->number[number]].id)->total_text
                                         : "not formed"),
                   "8.10", se);
    kura_frame_var(x->frame, x->group, se, KF_F64, "mineral", v[1], units, "standard error of it", "8.10",
                   NULL);
}

static void report_parts(context *x, int number)
{
    static const struct {
        const char *suffix, *text, *ancillary;
        int share;
    } rows[] = {{"_part", "part of it", "_part_se", 0},
                {"_part_se", "standard error of the part, of sums path by path", NULL, 0},
                {"_part_lo", "lower bound of the part", NULL, 0},
                {"_part_hi", "upper bound of the part", NULL, 0},
                {"_part_paths", "paths on which the part is not 0", NULL, 1},
                {"_share", "the part as a share of the whole", "_share_se", 1},
                {"_share_se", "standard error of the share", NULL, 1},
                {"_share_lo", "lower end of the share (Fieller)", NULL, 1},
                {"_share_hi", "upper end of the share (Fieller)", NULL, 1}};
    enum { ROWS = sizeof rows / sizeof *rows };
    kura_arena *a = &x->frame->arena;
    const kura_number *n = &x->c->numbers[x->l->number[number]];
    const char *name = sc_compare_name(n->id), *units = kura_number_units(x->c, n, a);
    size_t cells = x->parts * x->l->rows;
    double *v[ROWS], *weights = KURA_NEW(a, double, (size_t)x->l->runs);
    int8_t *kind = KURA_NEW(a, int8_t, cells);
    for (int k = 0; k < ROWS; k++) v[k] = KURA_NEW(a, double, cells);
    if (a->failed) return;
    for (size_t k = 0; k < x->parts; k++)
        for (size_t row = 0; row < x->l->rows; row++) {
            part p = measure(x->l, x->c, (int)k, number, row, weights);
            const double all[ROWS] = {p.value, p.se,       p.lo,       p.hi,      p.paths,
                                      p.share, p.share_se, p.share_lo, p.share_hi};
            for (int j = 0; j < ROWS; j++) v[j][k * x->l->rows + row] = all[j];
            kind[k * x->l->rows + row] = (int8_t)p.kind;
        }
    report_whole(x, number, name, units);
    for (int j = 0; j < ROWS; j++)
        kura_frame_var(x->frame, x->group, kura_arena_printf(a, "%s%s", name, rows[j].suffix), KF_F64,
                       "part,mineral", v[j], rows[j].share ? "1" : units,
                       kura_arena_printf(a, "%s; %s", kura_recipe_of(n->id)->text, rows[j].text), "8.10",
                       rows[j].ancillary ? kura_arena_printf(a, "%s%s", name, rows[j].ancillary) : NULL);
    kf_variable *flag = kura_frame_var(
        x->frame, x->group, kura_arena_printf(a, "%s_share_kind", name), KF_I8, "part,mineral", kind, "1",
        "what the ends of the share bound: between them; outside: up to the lower and from the upper end on; "
        "all: every number, the whole is not resolved",
        "8.10", NULL);
    if (flag) kura_frame_var_attr(x->frame, flag, "flag_meanings", "none between outside all");
}

kura_status kura_left_out_report(const kura_left_out *l, const kura_comparison *c, kura_frame *frame,
                                 kura_error *err)
{
    context x = {l, c, frame, kura_frame_group(frame, "leave_out"), (size_t)l->asked->ncauses + 2};
    if (!x.group) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    report_labels(&x);
    for (int i = 0; i < l->nnumbers; i++) report_parts(&x, i);
    return kura_columns_status(l->columns, err);
}
