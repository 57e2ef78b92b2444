/* /policies: numbers of every policy, their differences to the base, what is expected and what it costs. */
#include "base/error.h"
#include "tally/compare_internal.h"
#include "tally/finalise.h"
#include <math.h>
#include <string.h>

typedef struct {
    const kura_comparison *c;
    kura_frame *frame;
    kf_group *group;
    const kura_policy_label *policies;
    size_t p, m; /* policies; minerals and their total */
    const char *suffix, *estimate;
} context;

static const char *join(context *x, const char *a, const char *b, const char *c)
{
    return kura_arena_printf(&x->frame->arena, "%s%s%s", a, b, c);
}

/* Money is in the unit of its metric. */
static const char *units_of(const kura_number *x, int total)
{
    const kura_recipe *r = kura_recipe_of(x->id);
    return r->money ? kura_metric_units(x->a) : total ? r->total_units : r->units;
}

static const char *per_year(const kura_comparison *c, const char *units, kura_in in, kura_arena *arena)
{
    if (c->base->per == 1 || (in != KURA_IN_DAYS && in != KURA_IN_PER && in != KURA_IN_TONNES)) return units;
    return kura_arena_printf(arena, "%s year-1", units);
}

const char *kura_total_units(const kura_comparison *c, const kura_number *x, kura_arena *arena)
{
    const kura_recipe *r = kura_recipe_of(x->id);
    return per_year(c, units_of(x, 1), r->in, arena);
}

const char *kura_number_units(const kura_comparison *c, const kura_number *x, kura_arena *arena)
{
    return per_year(c, units_of(x, 0), kura_recipe_of(x->id)->in, arena);
}

/* ---- one number ---- */

typedef enum {
    OF_VALUE,
    OF_SE,
    OF_DIFFERENCE,
    OF_DIFFERENCE_SE,
    OF_LO,
    OF_HI,
    OF_UNPAIRED,
    OF_PATHS,
    OF_IGNORANCE_SD, /* these with draws only */
    OF_IGNORANCE_LO,
    OF_IGNORANCE_HI,
    OF_COUNT
} of;

static double field(const kura_paired *x, of which)
{
    const double all[] = {x->value,       x->se,    x->difference,   x->difference_se, x->lo,          x->hi,
                          x->unpaired_se, x->paths, x->ignorance_sd, x->ignorance_lo,  x->ignorance_hi};
    return all[which];
}

/* Levels of a number: 1, or the confidences of the required stock, which are neighbours in the list. */
static size_t levels_of(const context *x, int number)
{
    return x->c->numbers[number].level < 0 ? 1 : (size_t)x->c->base->nconfidence;
}

static double *values_of(context *x, int number, of which)
{
    size_t levels = levels_of(x, number);
    double *v = KURA_NEW(&x->frame->arena, double, x->p * x->m * levels);
    for (size_t p = 0; v && p < x->p; p++)
        for (size_t i = 0; i < x->m; i++)
            for (size_t q = 0; q < levels; q++)
                v[(p * x->m + i) * levels + q] =
                    field(kura_comparison_of(x->c, (int)p, number + (int)q, (int)i), which);
    return v;
}

static void report_number(context *x, int number)
{
    static const struct {
        const char *suffix, *text, *ancillary;
    } parts[OF_COUNT] = {
        {"", "with the policy", "_se"},
        {"_se", "standard error of it", NULL},
        {"_difference", "difference to the base on the same paths", "_difference_se"},
        {"_difference_se", "standard error of the paired difference", NULL},
        {"_difference_lo", "lower bound of the difference", NULL},
        {"_difference_hi", "upper bound of the difference", NULL},
        {"_unpaired_se", "standard error that independent runs would have", NULL},
        {"_difference_paths", "paths on which the policy changes it", NULL},
        {"_difference_ignorance_sd", "standard deviation of the difference over what is not known", NULL},
        {"_difference_ignorance_lo",
         "5 % quantile of the difference over what is not known, without the noise of draws", NULL},
        {"_difference_ignorance_hi",
         "95 % quantile of the difference over what is not known, without the noise of draws", NULL}};
    const kura_number *n = &x->c->numbers[number];
    const kura_recipe *r = kura_recipe_of(n->id);
    const char *dims = n->level < 0 ? "policy,mineral" : "policy,mineral,confidence";
    const char *name = sc_compare_name(n->id),
               *units = per_year(x->c, units_of(n, 0), r->in, &x->frame->arena);
    int tail = r->form == KURA_FORM_CVAR || r->form == KURA_FORM_QUANTILE;
    for (int k = 0; k < (x->c->unit > 1 && !tail ? OF_COUNT : OF_IGNORANCE_SD); k++) {
        const char *a = parts[k].ancillary ? join(x, name, x->suffix, parts[k].ancillary) : NULL;
        double *v = values_of(x, number, (of)k);
        if (!v) return;
        kura_frame_var(x->frame, x->group, join(x, name, x->suffix, parts[k].suffix), KF_F64, dims, v,
                       k == OF_PATHS ? "1" : units,
                       kura_arena_printf(&x->frame->arena, "%s; %s%s", r->text, parts[k].text, x->estimate),
                       r->rule, a);
    }
}

/* The base beside them. */
static void report_base(context *x, int number)
{
    const kura_number *n = &x->c->numbers[number];
    const kura_recipe *r = kura_recipe_of(n->id);
    size_t levels = levels_of(x, number);
    const char *dims = n->level < 0 ? "mineral" : "mineral,confidence", *name = sc_compare_name(n->id);
    const char *units = per_year(x->c, units_of(n, 0), r->in, &x->frame->arena);
    double *v = KURA_NEW(&x->frame->arena, double, x->m *levels),
           *se = KURA_NEW(&x->frame->arena, double, x->m *levels);
    if (!v || !se) return;
    for (size_t i = 0; i < x->m; i++)
        for (size_t q = 0; q < levels; q++) {
            const kura_measure *b = kura_comparison_base(x->c, number + (int)q, (int)i);
            v[i * levels + q] = b->value, se[i * levels + q] = b->se;
        }
    const char *base = join(x, name, x->suffix, "_base");
    kura_frame_var(x->frame, x->group, base, KF_F64, dims, v, units,
                   kura_arena_printf(&x->frame->arena, "%s; without policy%s", r->text, x->estimate), r->rule,
                   join(x, name, x->suffix, "_base_se"));
    kura_frame_var(x->frame, x->group, join(x, name, x->suffix, "_base_se"), KF_F64, dims, se, units,
                   kura_arena_printf(&x->frame->arena, "standard error of %s", base), r->rule, NULL);
}

static void report_numbers(context *x)
{
    for (int i = 0; i < x->c->nnumbers; i++) {
        if (x->c->numbers[i].level > 0) continue; /* with the first of its levels */
        report_base(x, i);
        report_number(x, i);
    }
}

/* ---- what money buys ---- */

static void report_bought(context *x)
{
    static const struct {
        const char *name, *units, *text;
    } kinds[KURA_PER_COUNT] = {
        {"cost_per_unserved_avoided", " t-1", "cost of a tonne of unserved demand avoided"},
        {"cost_per_short_day_avoided", " d-1", "cost of a day of shortage avoided"}};
    int cost = kura_comparison_find(x->c, SC_COMPARE_COST, -1);
    if (cost < 0) return;
    const char *money = units_of(&x->c->numbers[cost], 1);
    for (int k = 0; k < KURA_PER_COUNT; k++) {
        double *v[3];
        int8_t *kind = KURA_NEW(&x->frame->arena, int8_t, x->p * x->m);
        for (int j = 0; j < 3; j++) v[j] = KURA_NEW(&x->frame->arena, double, x->p * x->m);
        if (x->frame->arena.failed) return;
        for (size_t p = 0; p < x->p; p++)
            for (size_t i = 0; i < x->m; i++) {
                const kura_fieller_set *s = &x->c->bought[(p * KURA_PER_COUNT + (size_t)k) * x->m + i];
                v[0][p * x->m + i] = s->value, v[1][p * x->m + i] = s->lo, v[2][p * x->m + i] = s->hi;
                kind[p * x->m + i] = (int8_t)s->kind;
            }
        const char *name = join(x, kinds[k].name, x->suffix, "");
        static const char *const ends[] = {"", "_lo", "_hi"};
        static const char *const texts[] = {"", ": lower end", ": upper end"};
        for (int j = 0; j < 3; j++)
            kura_frame_var(x->frame, x->group, join(x, name, ends[j], ""), KF_F64, "policy,mineral", v[j],
                           join(x, money, kinds[k].units, ""), join(x, kinds[k].text, texts[j], x->estimate),
                           "7", NULL);
        kf_variable *flag =
            kura_frame_var(x->frame, x->group, join(x, name, "_kind", ""), KF_I8, "policy,mineral", kind, "1",
                           "what the ends bound (Fieller): between them; outside: up to the lower and from "
                           "the upper end on; "
                           "all: every number, the risk avoided is not resolved",
                           "7", NULL);
        if (flag) kura_frame_var_attr(x->frame, flag, "flag_meanings", "none between outside all");
    }
}

/* ---- what was expected ---- */

static void report_expectations(context *x)
{
    size_t n = 0, at = 0;
    kura_arena *a = &x->frame->arena;
    for (size_t p = 0; p < x->p; p++) n += x->policies[p].note ? (size_t)x->policies[p].note->nexpected : 0;
    if (!n) return;
    const char **policy = KURA_NEW(a, const char *, n), **number = KURA_NEW(a, const char *, n),
               **mineral = KURA_NEW(a, const char *, n);
    int8_t *direction = KURA_NEW(a, int8_t, n), *holds = KURA_NEW(a, int8_t, n);
    double *order = KURA_NEW(a, double, n);
    if (a->failed) return;
    for (size_t p = 0; p < x->p; p++)
        for (int k = 0; x->policies[p].note && k < x->policies[p].note->nexpected; k++, at++) {
            const sc_expectation *e = &x->policies[p].note->expected[k];
            int level = -1; /* without 95 % nothing is said of the required stock */
            for (int q = 0; q < x->c->base->nconfidence; q++)
                if (fabs(x->c->base->confidence[q] - 0.95) < 1e-9) level = q;
            int i = kura_comparison_find(x->c, e->number, level);
            size_t row = e->mineral < 0 ? x->m - 1 : (size_t)e->mineral;
            order[at] = (double)at;
            policy[at] = x->policies[p].id;
            number[at] = sc_compare_name(e->number);
            mineral[at] = e->mineral < 0 ? "all" : x->c->base->minerals[row].id;
            direction[at] = (int8_t)e->direction;
            holds[at] = (int8_t)(i < 0 ? KURA_HOLDS_NOT_RESOLVED
                                       : kura_comparison_holds(kura_comparison_of(x->c, (int)p, i, (int)row),
                                                               e->direction));
        }
    kura_frame_dim_f64(x->frame, x->group, "expectation", (int64_t)n, order, "1",
                       "number of the expectation");
    kura_frame_var(x->frame, x->group, "expectation_policy", KF_STRING, "expectation", policy, "",
                   "policy of which it is expected", "7", NULL);
    kura_frame_var(x->frame, x->group, "expectation_number", KF_STRING, "expectation", number, "",
                   "number of the result; required stock at 95 %", "7", NULL);
    kura_frame_var(x->frame, x->group, "expectation_mineral", KF_STRING, "expectation", mineral, "",
                   "mineral, or all of the headline", "7", NULL);
    kf_variable *v = kura_frame_var(x->frame, x->group, "expectation_direction", KF_I8, "expectation",
                                    direction, "1", "what it does", "7", NULL);
    if (v) kura_frame_var_attr(x->frame, v, "flag_meanings", "nothing falls rises");
    v = kura_frame_var(x->frame, x->group, "expectation_holds", KF_I8, "expectation", holds, "1",
                       "yes, no: the interval of the difference lies on one side of 0, or no path differs; "
                       "else, or with fewer than 10 paths that differ, not resolved",
                       "7", NULL);
    if (v) kura_frame_var_attr(x->frame, v, "flag_meanings", "not_resolved yes no");
}

/* ---- the group ---- */

static void report_labels(context *x)
{
    kura_arena *a = &x->frame->arena;
    const char **id = KURA_NEW(a, const char *, x->p), **title = KURA_NEW(a, const char *, x->p),
               **reason = KURA_NEW(a, const char *, x->p), **mineral = KURA_NEW(a, const char *, x->m),
               **report = KURA_NEW(a, const char *, x->m);
    double *confidence = KURA_NEW(a, double, 1),
           *fresh = KURA_NEW(a, double, (size_t)x->c->base->nconfidence);
    if (a->failed) return;
    for (size_t p = 0; p < x->p; p++) {
        const kura_policy_label *l = &x->policies[p];
        id[p] = l->id, title[p] = l->title ? l->title : "";
        reason[p] = l->note && l->note->reason ? l->note->reason : "";
    }
    for (size_t i = 0; i + 1 < x->m; i++) {
        mineral[i] = x->c->base->minerals[i].id;
        report[i] = x->c->base->minerals[i].headline ? "headline" : "other";
    }
    mineral[x->m - 1] = "all", report[x->m - 1] = "total";
    kura_frame_dim_labels(x->frame, x->group, "policy", (int64_t)x->p, id);
    kura_frame_dim_labels(x->frame, x->group, "mineral", (int64_t)x->m, mineral);
    if (x->c->base->nconfidence) {
        memcpy(fresh, x->c->base->confidence, (size_t)x->c->base->nconfidence * sizeof *fresh);
        kura_frame_dim_f64(x->frame, x->group, "confidence", x->c->base->nconfidence, fresh, "1",
                           "probability that the stock suffices");
    }
    kura_frame_var(x->frame, x->group, "policy_title", KF_STRING, "policy", title, "", "title of the policy",
                   NULL, NULL);
    kura_frame_var(x->frame, x->group, "policy_reason", KF_STRING, "policy", reason, "",
                   "what the policy says for itself", NULL, NULL);
    kura_frame_var(x->frame, x->group, "mineral_report", KF_STRING, "mineral", report, "",
                   "headline: counts in the total \"all\"", NULL, NULL);
    *confidence = x->c->confidence;
    kura_frame_attr_f64(x->frame, x->group, "confidence_of_differences", 1, confidence);
}

kura_status kura_comparison_report(const kura_comparison *c, const kura_comparison *fresh,
                                   const kura_policy_label *policies, kura_frame *frame, kura_error *err)
{
    context x = {c,
                 frame,
                 kura_frame_group(frame, "policies"),
                 policies,
                 (size_t)c->policies,
                 (size_t)c->base->nminerals + 1,
                 "",
                 ""};
    if (!x.group) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    report_labels(&x);
    report_numbers(&x);
    report_bought(&x);
    report_expectations(&x);
    if (c->choices < c->policies) {
        double *choices = KURA_NEW(&frame->arena, double, 1);
        if (choices) *choices = c->choices;
        if (choices) kura_frame_attr_f64(frame, x.group, "choices", 1, choices);
    }
    if (c->left_out) KURA_TRY(kura_left_out_report(c->left_out, c, frame, err));
    if (c->gains) KURA_TRY(kura_gains_report(c->gains, c, frame, err));
    x.group = kura_frame_group(frame, "policies"); /* groups may have moved */
    if (fresh) {
        double *paths = KURA_NEW(&frame->arena, double, 1);
        if (paths) *paths = (double)fresh->base->paths;
        if (paths) kura_frame_attr_f64(frame, x.group, "fresh_paths", 1, paths);
        x.c = fresh, x.suffix = "_fresh", x.estimate = "; on fresh paths";
        report_numbers(&x);
        report_bought(&x);
    }
    return frame->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result")
                               : KURA_OK;
}
