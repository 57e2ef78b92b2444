/* Two results on the same paths, compared path by path from their /samples [7, R10.4d]. */
#include "base/error.h"
#include "conf/tree.h"
#include "conf/unit.h"
#include "io/read.h"
#include "run/study.h"
#include "tally/compare.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *path;
    kura_frame *frame;
    const kf_group *samples, *summary, *adequacy;
    kura_arena arena;
    kura_columns *columns;
    kura_member member;
} result;

static void close_result(result *r)
{
    kura_frame_free(r->frame);
    kura_columns_free(r->columns);
    kura_arena_fini(&r->arena);
}

/* ---- what a file says ---- */

static const char *text_of(const result *r, const char *name)
{
    const kf_attr *a = kura_frame_find_attr(r->frame->nattrs, r->frame->attrs, name);
    return a && a->kind == KF_ATTR_TEXT ? a->text : "";
}

static double fact_of(const result *r, const char *name)
{
    const kf_attr *a = kura_frame_find_attr(r->frame->nattrs, r->frame->attrs, name);
    return a && a->kind == KF_ATTR_F64 ? a->f64[0] : a && a->kind == KF_ATTR_I32 ? a->i32[0] : NAN;
}

static const void *data_of(const kf_group *g, const char *name, kf_type type)
{
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    return v && v->type == type ? v->data : NULL;
}

static double number_of(const kf_group *g, const char *name, int64_t i)
{
    const double *x = data_of(g, name, KF_F64);
    return x ? x[i] : NAN;
}

static kura_status damaged(const result *r, kura_error *err)
{
    return kura_error_set(err, KURA_E_SCENARIO,
                          "%s is damaged: its /summary, /adequacy and /samples do not agree", r->path);
}

static kura_status open_result(result *r, const char *path, kura_error *err)
{
    memset(r, 0, sizeof *r);
    r->path = path;
    KURA_TRY(kura_io_read(path, "samples,summary,adequacy,ignorance,scenario", &r->frame, err));
    r->samples = kura_frame_find(r->frame, "samples");
    r->summary = kura_frame_find(r->frame, "summary");
    r->adequacy = kura_frame_find(r->frame, "adequacy");
    if (!r->samples)
        return kura_error_set(err, KURA_E_SCENARIO,
                              "%s has no /samples, by which paths are compared: it was made with "
                              "\"tallies.samples: false\"",
                              path);
    int64_t n = kura_frame_dim_size(r->samples, "mineral");
    if (!r->summary || !r->adequacy || n < 1 || kura_frame_dim_size(r->summary, "mineral") != n ||
        kura_frame_dim_size(r->adequacy, "mineral") != n || !data_of(r->samples, "mineral", KF_STRING))
        return damaged(r, err);
    return KURA_OK;
}

/* ---- may they be compared? ---- */

static const char *long_name(const result *r)
{
    const kf_variable *v = kura_frame_find_var(r->summary, "long_shortage_probability");
    return v ? v->long_name : "";
}

static const char *units(const result *r)
{
    const kf_variable *v = kura_frame_find_var(r->summary, "loss_of_load_expectation");
    return v ? v->units : "";
}

/* Where the key stands in the merged scenario, as text in `arena`; NULL: nowhere. */
static const char *written(const char *resolved, const char *section, const char *key, kura_arena *arena)
{
    kura_diag diag = {0};
    kura_files files = {.work = arena, .keep = arena, .diag = &diag, .root = ""};
    kura_source *source = kura_files_text(&files, "resolved", 1, resolved);
    const kura_node *root = source ? kura_tree_read(arena, &diag, source, 0, 0, 1) : NULL;
    const kura_node *value = kura_node_get(kura_node_get(root, section), key);
    kura_diag_fini(&diag);
    return value && value->kind == KURA_NODE_TEXT ? value->text : NULL;
}

/* Share of demand beyond which a step is short [R8.1]; NaN when the file does not tell. */
static double threshold_of(const result *r)
{
    const kf_group *g = kura_frame_find(r->frame, "scenario");
    const char *const *keys = data_of(g, "default", KF_STRING),
                      *const *values = data_of(g, "default_value", KF_STRING),
                      *const *resolved = data_of(g, "resolved", KF_STRING);
    int64_t n = keys && values ? kura_frame_dim_size(g, "default") : 0;
    kura_arena scratch = {0};
    kura_unit_error why;
    double x = NAN;
    const char *text = resolved ? written(resolved[0], "tallies", "threshold", &scratch) : NULL;
    for (int64_t i = 0; i < n && !text; i++)
        if (strcmp(keys[i], "tallies.threshold") == 0) text = values[i];
    if (text && kura_quantity(KURA_UNIT_SHARE, text, NULL, fact_of(r, "step_days"), &x, &why)) x = NAN;
    kura_arena_fini(&scratch);
    return x;
}

static int same_thresholds(const result *a, const result *b)
{
    double x = threshold_of(a), y = threshold_of(b);
    return x == y || (isnan(x) && isnan(y));
}

static int same_minerals(const result *a, const result *b)
{
    const char *const *x = data_of(a->samples, "mineral", KF_STRING), *const *y = data_of(
                                                                          b->samples, "mineral", KF_STRING);
    int64_t n = kura_frame_dim_size(a->samples, "mineral");
    if (n != kura_frame_dim_size(b->samples, "mineral")) return 0;
    for (int64_t i = 0; i < n; i++)
        if (strcmp(x[i], y[i]) != 0) return 0;
    return 1;
}

static int same_levels(const result *a, const result *b)
{
    const double *x = data_of(a->adequacy, "confidence", KF_F64),
                 *y = data_of(b->adequacy, "confidence", KF_F64);
    int64_t n = kura_frame_dim_size(a->adequacy, "confidence");
    return n == kura_frame_dim_size(b->adequacy, "confidence") && x && y &&
           memcmp(x, y, (size_t)n * sizeof *x) == 0;
}

static kura_status refuse(const result *a, const result *b, const char *what, const char *x, const char *y,
                          kura_error *err)
{
    return kura_error_set(
        err, KURA_E_SCENARIO,
        "%s and %s cannot be compared path by path: %s differs%s%s%s%s; run both with the same", a->path,
        b->path, what, x[0] ? ", " : "", x, x[0] ? " and " : "", y);
}

static kura_status check_same(const result *a, const result *b, kura_error *err)
{
    static const char *const texts[][2] = {
        {"seed_text", "the seed"}, {"start", "the start"}, {"focus", "the focus country"}};
    static const char *const facts[][2] = {{"paths", "the number of paths"},
                                           {"horizon_years", "the horizon (years)"},
                                           {"step_days", "the step (days)"},
                                           {"numerics_version", "the version of the numerics"}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (strcmp(text_of(a, texts[i][0]), text_of(b, texts[i][0])) != 0)
            return refuse(a, b, texts[i][1], text_of(a, texts[i][0]), text_of(b, texts[i][0]), err);
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        double x = fact_of(a, facts[i][0]), y = fact_of(b, facts[i][0]);
        char one[32], two[32];
        snprintf(one, sizeof one, "%.10g", x);
        snprintf(two, sizeof two, "%.10g", y);
        if (!(x == y)) return refuse(a, b, facts[i][1], one, two, err);
    }
    if (!same_minerals(a, b)) return refuse(a, b, "the list of minerals", "", "", err);
    if (!same_levels(a, b)) return refuse(a, b, "tallies.confidence", "", "", err);
    if (!same_thresholds(a, b)) return refuse(a, b, "tallies.threshold", "", "", err);
    if (strcmp(long_name(a), long_name(b)) != 0) return refuse(a, b, "tallies.long_shortage", "", "", err);
    if (strcmp(units(a), units(b)) != 0) return refuse(a, b, "run.per", "", "", err);
    return KURA_OK;
}

/* ---- as members ---- */

/* A mineral has no figure of a metric that is NaN on its paths. */
static kura_status find_unknown(result *r, int mineral, kura_measured *m, kura_error *err)
{
    unsigned char *unknown = KURA_NEW(&r->arena, unsigned char, KURA_METRIC_COUNT);
    if (!unknown) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (int k = 0; k < KURA_METRIC_COUNT; k++) {
        const double *x = data_of(r->samples, kura_metric_name((kura_metric)k), KF_F64);
        unknown[k] = x && isnan(x[(uint64_t)mineral * r->member.paths]);
    }
    m->unknown = unknown;
    return KURA_OK;
}

static kura_status fill_minerals(result *r, kura_error *err)
{
    int n = (int)kura_frame_dim_size(r->samples, "mineral");
    kura_measured *m = KURA_NEW(&r->arena, kura_measured, (size_t)n);
    const char *const *ids = data_of(r->samples, "mineral", KF_STRING), *const *report = data_of(
                                                                            r->summary, "report", KF_STRING);
    if (!m) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (int i = 0; i < n; i++) {
        int has_stock = !isnan(number_of(r->adequacy, "irreducible_probability", i));
        m[i] = (kura_measured){ids[i],
                               1,
                               has_stock ? 365.25 / number_of(r->adequacy, "base_use", i) : NAN,
                               !report || strcmp(report[i], "headline") == 0,
                               !isnan(number_of(r->summary, "base_price", i)),
                               NULL};
        KURA_TRY(find_unknown(r, i, &m[i], err));
    }
    r->member.nminerals = n;
    r->member.minerals = m;
    return KURA_OK;
}

/* Beyond how many steps a deep spell is long: the file says it in words. */
static double long_limit(const result *r)
{
    const char *days = strstr(long_name(r), "for at least ");
    double x;
    return days && sscanf(days, "for at least %lf days", &x) == 1
               ? ceil(x / fact_of(r, "step_days") - 1e-9) - 0.5
               : NAN;
}

static kura_status fill_columns(result *r, kura_error *err)
{
    uint64_t n = r->member.paths;
    unsigned char *has = KURA_NEW(&r->arena, unsigned char, KURA_METRIC_COUNT);
    if (!has) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    KURA_TRY(kura_columns_new((size_t)r->member.nminerals * KURA_METRIC_COUNT, n, NULL, &r->columns, err));
    for (int k = 0; k < KURA_METRIC_COUNT; k++) {
        const double *x = data_of(r->samples, kura_metric_name((kura_metric)k), KF_F64);
        has[k] = x != NULL;
        for (int i = 0; i < r->member.nminerals && x; i++)
            for (uint64_t p = 0; p < n; p += KURA_BLOCK_PATHS)
                kura_columns_put(r->columns, kura_tally_column(i, (kura_metric)k), p,
                                 n - p < KURA_BLOCK_PATHS ? (size_t)(n - p) : KURA_BLOCK_PATHS,
                                 x + (uint64_t)i * n + p);
    }
    r->member.columns = r->columns;
    r->member.has = has;
    return kura_columns_status(r->columns, err);
}

/* Paths that share a draw of the inputs: not independent of each other [8.9]. */
static uint64_t draw_of(const result *r)
{
    const kf_attr *a = kura_frame_find_attr(r->samples->nattrs, r->samples->attrs, "paths_a_draw");
    return a && a->kind == KF_ATTR_F64 && a->f64[0] >= 1 && a->f64[0] <= KURA_BLOCK_PATHS
               ? (uint64_t)a->f64[0]
               : 1;
}

static kura_status fill_member(result *r, kura_error *err)
{
    int64_t paths = kura_frame_dim_size(r->samples, "path");
    double years = fact_of(r, "horizon_years");
    if (paths < 1 || !(years > 0)) return damaged(r, err);
    r->member = (kura_member){.paths = (uint64_t)paths,
                              .unit = draw_of(r),
                              .step_days = fact_of(r, "step_days"),
                              .per = strstr(units(r), "year-1") ? 1 / years : 1,
                              .long_limit = long_limit(r),
                              .nconfidence = (int)kura_frame_dim_size(r->adequacy, "confidence"),
                              .confidence = data_of(r->adequacy, "confidence", KF_F64)};
    KURA_TRY(fill_minerals(r, err));
    return fill_columns(r, err);
}

static kura_status compare(result *a, result *b, kura_frame *frame, kura_error *err)
{
    kura_comparison *c = NULL;
    kura_policy_label label = {text_of(b, "scenario_name"), text_of(b, "title"), NULL};
    KURA_TRY(check_same(a, b, err));
    KURA_TRY(fill_member(a, err));
    KURA_TRY(fill_member(b, err));
    if (a->member.unit > 1 && b->member.unit > 1 && a->member.unit != b->member.unit)
        return refuse(a, b, "ignorance.inner", "", "", err);
    KURA_TRY(kura_comparison_new(&a->member, 1, 0.95, NULL, &c, err));
    kura_status st = kura_comparison_add(c, 0, &b->member, err);
    if (!st) st = kura_comparison_report(c, NULL, &label, frame, err);
    kura_comparison_free(c);
    kura_frame_own_strings(frame);
    return st;
}

kura_status kura_compare_files(const char *path, const char *other, kura_frame **frame, kura_error *err)
{
    result a = {0}, b = {0};
    *frame = kura_frame_new();
    kura_status st = *frame ? open_result(&a, path, err)
                            : kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    if (!st) st = open_result(&b, other, err);
    if (!st) st = compare(&a, &b, *frame, err);
    close_result(&a);
    close_result(&b);
    if (!st) return KURA_OK;
    kura_frame_free(*frame);
    *frame = NULL;
    return st;
}
