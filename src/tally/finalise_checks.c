/* /checks: quantiles of every check over the paths, and where the record lies in them [8.15]. */
#include "tally/checks.h"
#include "tally/cluster.h"
#include "tally/estimate.h"
#include "tally/finalise.h"
#include "tally/sorted.h"
#include "base/error.h"
#include "num/acc.h"
#include <math.h>
#include <string.h>

static const double levels[] = {0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95};
enum { LEVELS = sizeof levels / sizeof *levels, LOW = 1, HIGH = 5 /* of the 10-90 % band */ };

typedef enum { INSIDE, BELOW, ABOVE, NOTHING_OBSERVED, TOO_FEW_PATHS } verdict;

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const kura_tally *tally;
    const kura_scenario_data *sc;
    const kura_columns *columns;
    uint64_t N;
    size_t n;
    kura_sorted *sorted;
    double *quantile, *lo, *hi, *mean, *se, *observed[2], *pit[2], *crps, *unbounded;
    int8_t *verdict;
} context;

/* Numbers of the sorted sample below x, and not above it. */
static void ranks(const context *c, const kura_series *sorted, double x, uint64_t *below, uint64_t *upto)
{
    double room[KURA_SERIES_BLOCK];
    *below = *upto = 0;
    for (uint64_t first = 0; first < c->N; first += KURA_SERIES_BLOCK) {
        const double *y = sorted->block(sorted, first / KURA_SERIES_BLOCK, room);
        for (uint64_t i = 0; i < KURA_SERIES_BLOCK && first + i < c->N; i++) {
            *below += y[i] < x;
            *upto += y[i] <= x;
        }
    }
}

/* E|X - y| - E|X - X'|/2 from a sample, without bias: pairs of different paths only. */
static double crps_of(const context *c, const kura_series *sorted, double y)
{
    kura_acc near, apart;
    double room[KURA_SERIES_BLOCK], n = (double)c->N;
    memset(&near, 0, sizeof near);
    memset(&apart, 0, sizeof apart);
    for (uint64_t first = 0; first < c->N; first += KURA_SERIES_BLOCK) {
        const double *x = sorted->block(sorted, first / KURA_SERIES_BLOCK, room);
        for (uint64_t i = 0; i < KURA_SERIES_BLOCK && first + i < c->N; i++) {
            if (isinf(x[i])) return NAN;
            kura_acc_add(&near, fabs(x[i] - y) / n);
            kura_acc_add(&apart, (2 * (double)(first + i) + 1 - n) / n * (x[i] / (n - 1)));
        }
    }
    return kura_acc_value(&near) - kura_acc_value(&apart);
}

static verdict judge(const context *c, size_t i)
{
    double low = c->quantile[i * LEVELS + LOW], high = c->quantile[i * LEVELS + HIGH];
    if (isnan(c->observed[0][i])) return NOTHING_OBSERVED;
    if (isnan(low) || isnan(high)) return TOO_FEW_PATHS;
    return c->observed[1][i] < low ? BELOW : c->observed[0][i] > high ? ABOVE : INSIDE;
}

static kura_status fill_check(context *c, size_t i, kura_error *err)
{
    const sc_check *check = &c->sc->checks[i];
    for (int k = 0; k < 2; k++) c->observed[k][i] = check->observed[k];
    kura_series values = kura_columns_series(c->columns, i);
    values.cluster = c->tally->cluster; /* errors by draws where the inputs are drawn [8.9] */
    KURA_TRY(kura_sorted_fill(c->sorted, c->N, &values, err));
    kura_series sorted = kura_sorted_series(c->sorted);
    for (size_t j = 0; j < LEVELS; j++) {
        kura_interval q;
        if ((double)c->N * levels[j] < 10 - 1e-9 ||
            kura_cluster_quantile(c->N, &sorted, &values, levels[j], &q))
            continue; /* too few paths beyond: refused [8.6] */
        c->quantile[i * LEVELS + j] = q.value;
        c->lo[i * LEVELS + j] = q.lo;
        c->hi[i * LEVELS + j] = q.hi;
    }
    uint64_t below, upto;
    ranks(c, &sorted, INFINITY, &below, &upto);
    c->unbounded[i] = (double)(upto - below);
    if (upto == below) {
        kura_estimate m = kura_estimate_mean_of(c->N, &values);
        c->mean[i] = m.value, c->se[i] = m.se;
    }
    c->verdict[i] = (int8_t)judge(c, i);
    if (isnan(c->observed[0][i])) return KURA_OK;
    ranks(c, &sorted, c->observed[0][i], &below, &upto);
    c->pit[0][i] = (double)below / (double)c->N;
    ranks(c, &sorted, c->observed[1][i], &below, &upto);
    c->pit[1][i] = (double)upto / (double)c->N;
    if (c->observed[0][i] == c->observed[1][i] && !isinf(c->observed[0][i]) && c->N > 1)
        c->crps[i] = crps_of(c, &sorted, c->observed[0][i]);
    return KURA_OK;
}

/* ---- variables ---- */

static kf_variable *var(context *c, const char *name, const char *dims, const double *x, const char *what,
                        const char *ancillary)
{
    return kura_frame_var(c->frame, c->group, name, KF_F64, dims, x, "1", what, "8.15", ancillary);
}

static void add_numbers(context *c)
{
    var(c, "quantile", "check,level", c->quantile, "quantiles over paths, in the check's `units`",
        "quantile_lo quantile_hi");
    var(c, "quantile_lo", "check,level", c->lo, "lower 95 % bound of a quantile", NULL);
    var(c, "quantile_hi", "check,level", c->hi, "upper 95 % bound of a quantile", NULL);
    var(c, "mean", "check", c->mean, "mean over paths; none where a path is unbounded", "mean_se");
    var(c, "mean_se", "check", c->se, "standard error of the mean", NULL);
    var(c, "unbounded", "check", c->unbounded,
        "paths without a finite number: never, or a ratio over nothing", NULL);
    var(c, "observed_least", "check", c->observed[0], "what was recorded, or the lower end of an interval",
        NULL);
    var(c, "observed_most", "check", c->observed[1], "the same, or the upper end of the interval", NULL);
    var(c, "pit_least", "check", c->pit[0], "share of paths below the observation", NULL);
    var(c, "pit_most", "check", c->pit[1], "share of paths not above the observation", NULL);
    var(c, "crps", "check", c->crps,
        "continuous ranked probability score of a single observed number, in the check's `units`", NULL);
    kf_variable *v = kura_frame_var(
        c->frame, c->group, "verdict", KF_I8, "check", c->verdict, "1",
        "does the 10 to 90 % band of the paths hold the observation (or meet the observed interval)?", "8.15",
        NULL);
    if (v)
        kura_frame_var_attr(c->frame, v, "flag_meanings",
                            "inside observed_below_band observed_above_band nothing_observed too_few_paths");
}

static void add_texts(context *c)
{
    enum { TEXTS = 7 };
    const char **x[TEXTS];
    static const char *const names[] = {"text", "quantity", "units", "source", "series", "reason", "note"};
    static const char *const what[] = {"what is compared",
                                       "quantity that is compared",
                                       "units of the numbers",
                                       "where the record is from",
                                       "series it is a point of",
                                       "why a miss is a miss",
                                       "what stands for the number that was asked for"};
    static const char *const words[] = {
#define WORD(id, name, text) name,
        SC_QUANTITIES(WORD)
#undef WORD
    };
    for (int k = 0; k < TEXTS; k++)
        if (!(x[k] = KURA_NEW(&c->frame->arena, const char *, c->n))) return;
    for (size_t i = 0; i < c->n; i++) {
        const sc_check *s = &c->sc->checks[i];
        x[0][i] = s->text, x[1][i] = words[s->quantity], x[2][i] = kura_check_units(s);
        x[3][i] = s->source, x[4][i] = s->series;
        x[5][i] = s->reason, x[6][i] = s->note;
    }
    for (int k = 0; k < TEXTS; k++)
        kura_frame_var(c->frame, c->group, names[k], KF_STRING, "check", x[k], "", what[k], "8.15", NULL);
}

/* One number a path. */
typedef struct {
    const kura_columns *columns;
    uint64_t paths;
} value_source;

static int read_value(const kf_source *source, int64_t first, int64_t n, double *out)
{
    const value_source *s = source->user;
    uint64_t check = (uint64_t)first / s->paths, path = (uint64_t)first % s->paths;
    return kura_columns_get(s->columns, (size_t)check, path, (size_t)n, out);
}

static void drop_columns(void *columns) { kura_columns_free(columns); }

static kura_status add_values(context *c, kura_checks *checks, kura_error *err)
{
    kf_source *source = KURA_NEW(&c->frame->arena, kf_source, 1);
    value_source *v = KURA_NEW(&c->frame->arena, value_source, 1);
    kura_columns *columns = kura_checks_hand_over(checks);
    if (!kura_frame_keep(c->frame, columns, drop_columns) || !source || !v)
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    *v = (value_source){columns, c->N};
    *source = (kf_source){.user = v, .read = read_value};
    kura_frame_dim_count(c->frame, c->group, "path", (int64_t)c->N, "path number");
    kura_frame_var_from(c->frame, c->group, "value", "check,path", source, "1",
                        "number of every path, in the check's `units`", "8.15");
    return KURA_OK;
}

static int allocate(context *c)
{
    double **each[] = {&c->mean,   &c->se,     &c->observed[0], &c->observed[1],
                       &c->pit[0], &c->pit[1], &c->crps,        &c->unbounded};
    double **by_level[] = {&c->quantile, &c->lo, &c->hi};
    for (size_t k = 0; k < sizeof each / sizeof *each; k++)
        if (!(*each[k] = kura_finalise_array(c->frame, c->n))) return 1;
    for (size_t k = 0; k < sizeof by_level / sizeof *by_level; k++)
        if (!(*by_level[k] = kura_finalise_array(c->frame, c->n * LEVELS))) return 1;
    c->verdict = KURA_NEW(&c->frame->arena, int8_t, c->n);
    return !c->verdict;
}

static void add_coordinates(context *c)
{
    const char **ids = KURA_NEW(&c->frame->arena, const char *, c->n);
    if (!ids) return;
    for (size_t i = 0; i < c->n; i++) ids[i] = c->sc->checks[i].id;
    kura_frame_dim_labels(c->frame, c->group, "check", (int64_t)c->n, ids);
    kura_frame_dim_f64(c->frame, c->group, "level", LEVELS, levels, "1", "probability of the quantile");
}

kura_status kura_finalise_checks(kura_frame *frame, kura_tally *tally, kura_error *err)
{
    const kura_scenario_data *sc = tally->model->scenario;
    context c = {.frame = frame, .tally = tally, .sc = sc, .N = tally->paths, .n = (size_t)sc->nchecks};
    c.columns = kura_checks_columns(tally->checks);
    c.group = kura_frame_group(frame, "checks");
    if (!c.group || allocate(&c))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    KURA_TRY(kura_sorted_new(c.N, tally->folder, &c.sorted, err));
    kura_status st = KURA_OK;
    for (size_t i = 0; i < c.n && !st; i++) st = fill_check(&c, i, err);
    if (!st) st = kura_sorted_status(c.sorted, err);
    kura_sorted_free(c.sorted);
    KURA_TRY(st);
    KURA_TRY(kura_columns_status(c.columns, err));
    add_coordinates(&c);
    add_texts(&c);
    add_numbers(&c);
    return sc->tallies.samples ? add_values(&c, tally->checks, err) : KURA_OK;
}
