/* /attribution: what is not served, by class and place of its causes [8.10]. */
#include "base/error.h"
#include "tally/causes.h"
#include "tally/cluster.h"
#include "tally/finalise.h"
#include <math.h>

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const kura_cause_tally *t;
    const km_model *model;
    size_t minerals, places;
    double N, per;
    const char *units;
    uint64_t cluster; /* paths that share a draw of the inputs, which is the unit of errors [8.9]; 1: none */
} context;

/* `n` numbers a mineral: amounts and shares of all that is not served, with their errors. */
typedef struct {
    double *value, *se, *share, *share_se;
    size_t n;
} numbers;

static int open_numbers(context *c, numbers *x, size_t n)
{
    size_t size = c->minerals * n;
    x->n = n;
    x->value = KURA_NEW(&c->frame->arena, double, size);
    x->se = KURA_NEW(&c->frame->arena, double, size);
    x->share = KURA_NEW(&c->frame->arena, double, size);
    x->share_se = KURA_NEW(&c->frame->arena, double, size);
    return c->frame->arena.failed;
}

static const kura_acc *sums_of(const context *c, size_t mineral, size_t cell)
{
    return &c->t->sums[KURA_CAUSE_SUMS * (c->t->begin[mineral] + cell)];
}

/* Sum, and that of the last draw, for errors between draws. */
static kura_cluster_sums of_draws(const context *c, const kura_acc *s)
{
    return (kura_cluster_sums){kura_acc_value(&s[KURA_CAUSE_X]), kura_acc_value(&s[KURA_CAUSE_XX]),
                               c->t->last[s - c->t->sums + KURA_CAUSE_X]};
}

/* Variance of the share r between draws: that of the mean of x - r u, over the mean of u. */
static double variance_of_share(const context *c, const kura_acc *s, const kura_acc *all, double r)
{
    uint64_t N = (uint64_t)c->N;
    kura_cluster_sums x = of_draws(c, s), u = of_draws(c, all);
    double mean = u.all / c->N,
           var = kura_cluster_variance_of(N, c->cluster, x) +
                 r * r * kura_cluster_variance_of(N, c->cluster, u) -
                 2 * r * kura_cluster_covariance_of(N, c->cluster, x, u, kura_acc_value(&s[KURA_CAUSE_XU]));
    double large = r * r * u.squares / (c->N * c->N);
    return var != var ? var : var > 0x1p-44 * large ? var / (mean * mean) : 0;
}

/* Share of the total and its error (ratio, delta method). */
static void put_share(const context *c, const numbers *x, size_t at, const kura_acc *s, const kura_acc *all)
{
    double N = c->N, u = kura_acc_value(&all[KURA_CAUSE_X]);
    double r = kura_acc_value(&s[KURA_CAUSE_X]) / u;
    double xx = kura_acc_value(&s[KURA_CAUSE_XX]), xu = kura_acc_value(&s[KURA_CAUSE_XU]),
           uu = kura_acc_value(&all[KURA_CAUSE_XX]), square = xx - 2 * r * xu + r * r * uu;
    if (square <= 0x1p-46 * xx) square = 0;
    x->share[at] = u > 0 ? r : NAN;
    x->share_se[at] = u > 0 && N > 1 ? sqrt(square * N / (N - 1)) / u : NAN;
    if (u > 0 && c->cluster > 1) x->share_se[at] = sqrt(variance_of_share(c, s, all, r));
}

/* Mean, share and errors of cell `cell` of a mineral, tonnes. */
static void put(const context *c, const numbers *x, size_t mineral, size_t at, size_t cell)
{
    size_t last = c->t->begin[mineral + 1] - c->t->begin[mineral] - 1, i = mineral * x->n + at;
    const kura_acc *s = sums_of(c, mineral, cell);
    double q = c->model->minerals[mineral].quantum * c->per, N = c->N;
    double mean = kura_acc_value(&s[KURA_CAUSE_X]) / N, square = kura_acc_value(&s[KURA_CAUSE_XX]) / N,
           var = square - mean * mean;
    if (var <= 0x1p-46 * square) var = 0; /* what is left of a constant by rounding */
    x->value[i] = mean * q;
    x->se[i] = N > 1 ? sqrt(var / (N - 1)) * q : NAN;
    if (c->cluster > 1)
        x->se[i] = sqrt(kura_cluster_variance_of((uint64_t)N, c->cluster, of_draws(c, s))) * q;
    put_share(c, x, i, s, sums_of(c, mineral, last));
}

static void write(context *c, const char *name, const char *dims, const double *x, const double *se,
                  const char *units, const char *long_name)
{
    kura_arena *a = &c->frame->arena;
    const char *twin = kura_arena_printf(a, "%s_se", name);
    kura_frame_var(c->frame, c->group, name, KF_F64, dims, x, units, long_name, "8.10", twin);
    kura_frame_var(c->frame, c->group, twin, KF_F64, dims, se, units,
                   kura_arena_printf(a, "standard error of %s", long_name), "8.10", NULL);
}

/* unserved_by_class and share_by_class, and so on. */
static void write_both(context *c, const char *by, const char *dims, const numbers *x, const char *what)
{
    kura_arena *a = &c->frame->arena;
    write(
        c, kura_arena_printf(a, "unserved_by_%s", by), dims, x->value, x->se, c->units,
        kura_arena_printf(a, "expected unserved demand by %s of its causes, in sum expected_unserved", what));
    write(c, kura_arena_printf(a, "share_by_%s", by), dims, x->share, x->share_se, "1",
          kura_arena_printf(a, "share of expected_unserved by %s of its causes", what));
}

static void coordinates(context *c)
{
    kura_arena *a = &c->frame->arena;
    const char *classes[KM_CAUSE_COUNT], **places = KURA_NEW(a, const char *, c->places);
    const char **meaning = KURA_NEW(a, const char *, KM_CAUSE_COUNT);
    double *memory = KURA_NEW(a, double, c->minerals);
    if (!places || !meaning || !memory) return;
    for (int k = 0; k < KM_CAUSE_COUNT; k++) {
        classes[k] = km_cause_name((km_cause_class)k);
        meaning[k] = km_cause_text((km_cause_class)k);
    }
    for (size_t p = 0; p < c->places; p++) places[p] = km_place_name(c->model, (int)p);
    for (size_t i = 0; i < c->minerals; i++) memory[i] = c->t->causes[i].memory * c->model->step_days;
    kura_frame_dim_labels(c->frame, c->group, "class", KM_CAUSE_COUNT, classes);
    kura_frame_dim_labels(c->frame, c->group, "place", (int64_t)c->places, places);
    kura_frame_var(c->frame, c->group, "class_meaning", KF_STRING, "class", meaning, "", "what the class is",
                   NULL, NULL);
    kura_frame_var(
        c->frame, c->group, "memory", KF_F64, "mineral", memory, "d",
        "time over which losses of supply are smoothed: stocks of the focus country and the longest "
        "way to it",
        "8.10", NULL);
}

kura_status kura_finalise_attribution(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    const km_model *model = tally->model;
    int horizon = model->scenario->run.per_horizon;
    context c = {frame,
                 kura_frame_group(frame, "attribution"),
                 tally->causes,
                 model,
                 (size_t)model->nminerals,
                 (size_t)km_places(model),
                 (double)tally->paths,
                 horizon ? 1 : 1 / (model->T * model->step_years),
                 horizon ? "t" : "t year-1",
                 tally->cluster};
    numbers all, of_class, of_place;
    if (!c.group || open_numbers(&c, &all, KM_CAUSE_COUNT * c.places) ||
        open_numbers(&c, &of_class, KM_CAUSE_COUNT) || open_numbers(&c, &of_place, c.places))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    kura_finalise_minerals(frame, c.group, model);
    coordinates(&c);
    for (size_t m = 0; m < c.minerals; m++) {
        const km_causes *causes = &tally->causes->causes[m];
        size_t n = (size_t)causes->n;
        for (size_t i = 0; i < n; i++)
            put(&c, &all, m, (size_t)causes->causes[i].class * c.places + (size_t)causes->causes[i].place, i);
        for (size_t k = 0; k < KM_CAUSE_COUNT; k++) put(&c, &of_class, m, k, n + k);
        for (size_t p = 0; p < c.places; p++) put(&c, &of_place, m, p, n + KM_CAUSE_COUNT + p);
    }
    write_both(&c, "class", "mineral,class", &of_class, "class");
    write_both(&c, "place", "mineral,place", &of_place, "country or chokepoint");
    write_both(&c, "cause", "mineral,class,place", &all, "class and place");
    return KURA_OK;
}
