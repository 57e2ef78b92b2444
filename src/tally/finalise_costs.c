/* Costs and losses in /summary [7]: present values over the horizon in millions of USD, whatever run.per
 * says.
 *
 * Cost (resources), loss (users) and price bill (a transfer) stand apart; nothing is added across them.  A
 * mineral without a price has no figure.  Totals are sums over the headline minerals that have one, path by
 * path, so their errors hold what minerals have in common. */
#include "tally/cluster.h"
#include "tally/estimate.h"
#include "tally/finalise.h"
#include "tally/sorted.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

#define UNITS "1e6 USD"

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const kura_tally *tally;
    const km_model *model;
    int n;      /* minerals */
    uint64_t N; /* paths */
    kura_sorted *sorted;
} context;

static const char *text(const context *c, const char *a, const char *b)
{
    return kura_arena_printf(&c->frame->arena, "%s%s", a, b);
}

static void put(context *c, const char *name, const char *suffix, const char *dims, const double *x,
                const char *prefix, const char *what, const char *rule, const char *ancillary)
{
    kura_frame_var(c->frame, c->group, text(c, name, suffix), KF_F64, dims, x, UNITS, text(c, prefix, what),
                   rule, ancillary);
}

static void pair(context *c, const char *name, const char *dims, const double *x, const double *se,
                 const char *what, const char *rule)
{
    put(c, name, "", dims, x, "", what, rule, text(c, name, "_se"));
    put(c, name, "_se", dims, se, "standard error of ", what, rule, NULL);
}

static void triple(context *c, const char *name, const char *dims, double *const x[3], const char *what,
                   const char *rule)
{
    const char *bounds = kura_arena_printf(&c->frame->arena, "%s_lo %s_hi", name, name);
    put(c, name, "", dims, x[0], "", what, rule, bounds);
    put(c, name, "_lo", dims, x[1], "lower 95 % bound of ", what, rule, NULL);
    put(c, name, "_hi", dims, x[2], "upper 95 % bound of ", what, rule, NULL);
}

static int arrays(context *c, size_t n, int count, double **x)
{
    for (int i = 0; i < count; i++)
        if (!(x[i] = kura_finalise_array(c->frame, n))) return 0;
    return 1;
}

/* ---- per mineral ---- */

static void mean_of(context *c, kura_metric k, const char *what, const char *rule)
{
    double *x[2];
    if (!arrays(c, (size_t)c->n, 2, x)) return;
    for (int i = 0; i < c->n; i++) {
        if (!kura_metric_known(c->model, i, k)) continue;
        kura_series s = kura_tally_metric(c->tally, i, k);
        kura_estimate e = kura_estimate_mean_of(c->N, &s);
        x[0][i] = e.value;
        x[1][i] = e.se;
    }
    pair(c, kura_metric_name(k), "mineral", x[0], x[1], what, rule);
}

static void means(context *c)
{
    mean_of(c, KURA_METRIC_COST,
            "expected present cost of policies and stocks over the horizon: purchases, holding, capital, "
            "operation and premiums, less release revenue and salvage",
            "7");
    mean_of(c, KURA_METRIC_COST_PURCHASE, "expected cost of opening stocks and refills", "7");
    mean_of(c, KURA_METRIC_COST_HOLDING, "expected cost of storage, insurance and rotation", "7");
    mean_of(c, KURA_METRIC_COST_CAPITAL, "expected investment in sites, projects and levers", "7");
    mean_of(c, KURA_METRIC_COST_OPERATION,
            "expected running costs of sites, projects and levers, and the penalty of thrifting", "7");
    mean_of(c, KURA_METRIC_COST_PREMIUM, "expected premiums over the market price on trade", "7");
    mean_of(c, KURA_METRIC_RELEASE_REVENUE, "expected revenue of releases from stockpiles", "7");
    mean_of(c, KURA_METRIC_SALVAGE, "expected worth of stocks and plants at the end of the run", "7");
    mean_of(c, KURA_METRIC_LOSS,
            "expected present loss of the users of the focus country by unserved demand over the horizon",
            "7");
    mean_of(c, KURA_METRIC_PRICE_BILL,
            "expected present payments for imports above the base price over the horizon: a transfer, not "
            "part of the loss",
            "7");
}

/* VaR, CVaR and quantiles of the loss; refused with too few paths. */
static kura_status tails(context *c, kura_error *err)
{
    static const double q[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};
    enum { Q = sizeof q / sizeof *q };
    double *var[3], *cvar[2], *quantile[3];
    if (!arrays(c, (size_t)c->n, 3, var) || !arrays(c, (size_t)c->n, 2, cvar) ||
        !arrays(c, (size_t)c->n * Q, 3, quantile))
        return KURA_OK; /* the frame knows */
    for (int i = 0; i < c->n; i++) {
        if (!kura_metric_known(c->model, i, KURA_METRIC_LOSS)) continue;
        kura_series loss = kura_tally_metric(c->tally, i, KURA_METRIC_LOSS);
        KURA_TRY(kura_sorted_fill(c->sorted, c->N, &loss, err));
        kura_series sorted = kura_sorted_series(c->sorted);
        kura_interval k;
        for (int j = 0; j < Q; j++) {
            if (kura_cluster_quantile(c->N, &sorted, &loss, q[j], &k)) continue;
            quantile[0][i * Q + j] = k.value;
            quantile[1][i * Q + j] = k.lo > 0 ? k.lo : 0; /* a loss is never negative */
            quantile[2][i * Q + j] = k.hi;
        }
        if (kura_cluster_quantile(c->N, &sorted, &loss, 0.95, &k)) continue;
        kura_estimate e = kura_cluster_cvar(c->N, &sorted, &loss, 0.95, &var[0][i]);
        var[1][i] = k.lo > 0 ? k.lo : 0;
        var[2][i] = k.hi;
        cvar[0][i] = e.value;
        cvar[1][i] = e.se;
    }
    triple(c, "var95_loss", "mineral", var, "95 % quantile of the loss over the horizon (VaR)", "8.7");
    pair(c, "cvar95_loss", "mineral", cvar[0], cvar[1],
         "mean loss of the worst 5 % of paths (CVaR 95 %), exact with atoms", "8.7");
    if (!kura_frame_find_var(c->group, "quantile"))
        kura_frame_dim_f64(c->frame, c->group, "quantile", Q, q, "1", "probability of the quantile");
    triple(c, "loss_quantile", "mineral,quantile", quantile, "quantiles of the loss over the horizon", "8.6");
    return kura_sorted_status(c->sorted, err);
}

/* ---- totals ---- */

typedef struct {
    const context *c;
    kura_metric metric;
} total;

static int counts(const context *c, int mineral, kura_metric k)
{
    return c->model->minerals[mineral].report == SC_REPORT_HEADLINE &&
           kura_metric_known(c->model, mineral, k);
}

static int any_counts(const context *c, kura_metric k)
{
    int any = 0;
    for (int i = 0; i < c->n; i++) any |= counts(c, i, k);
    return any;
}

/* A metric summed over minerals, path by path, in the order of the scenario. */
static const double *sum_minerals(const kura_series *series, uint64_t block, double *out)
{
    const total *s = series->user;
    double room[KURA_SERIES_BLOCK];
    uint64_t left = s->c->N - block * KURA_SERIES_BLOCK;
    memset(out, 0, KURA_SERIES_BLOCK * sizeof *out);
    for (int i = 0; i < s->c->n; i++) {
        if (!counts(s->c, i, s->metric)) continue;
        kura_series one = kura_tally_metric(s->c->tally, i, s->metric);
        const double *x = one.block(&one, block, room);
        for (uint64_t p = 0; p < KURA_SERIES_BLOCK && p < left; p++) out[p] += x[p];
    }
    return out;
}

static void total_mean(context *c, kura_metric k, const char *what)
{
    total of = {c, k};
    kura_series s = {.user = &of, .block = sum_minerals, .cluster = c->tally->cluster};
    double *x[2];
    if (!arrays(c, 1, 2, x)) return;
    if (any_counts(c, k)) { /* else there is no figure, rather than 0 */
        kura_estimate e = kura_estimate_mean_of(c->N, &s);
        *x[0] = e.value;
        *x[1] = e.se;
    }
    pair(c, text(c, "total_", kura_metric_name(k)), "", x[0], x[1], what, "7");
}

static kura_status totals(context *c, kura_error *err)
{
    total of = {c, KURA_METRIC_LOSS};
    kura_series loss = {.user = &of, .block = sum_minerals, .cluster = c->tally->cluster};
    kura_interval k;
    double *x[2], var;
    total_mean(c, KURA_METRIC_COST, "expected cost of all headline minerals that have a figure");
    total_mean(c, KURA_METRIC_LOSS, "expected loss by all headline minerals that have a figure");
    total_mean(c, KURA_METRIC_PRICE_BILL, "expected price bill of all headline minerals that have a figure");
    if (!arrays(c, 1, 2, x)) return KURA_OK;
    KURA_TRY(kura_sorted_fill(c->sorted, c->N, &loss, err));
    kura_series sorted = kura_sorted_series(c->sorted);
    if (any_counts(c, KURA_METRIC_LOSS) && !kura_cluster_quantile(c->N, &sorted, &loss, 0.95, &k)) {
        kura_estimate e = kura_cluster_cvar(c->N, &sorted, &loss, 0.95, &var);
        *x[0] = e.value;
        *x[1] = e.se;
    }
    pair(c, "total_cvar95_loss", "", x[0], x[1],
         "mean loss by all headline minerals that have a figure, in the worst 5 % of paths", "8.7");
    return kura_sorted_status(c->sorted, err);
}

kura_status kura_finalise_costs(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    const km_model *model = tally->model;
    context c = {.frame = frame, .tally = tally, .model = model, .n = model->nminerals, .N = tally->paths};
    if (!model->costs) return KURA_OK;
    c.group = kura_frame_group(frame, "summary");
    if (!c.group) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    KURA_TRY(kura_sorted_new(tally->paths, tally->folder, &c.sorted, err));
    means(&c);
    kura_status st = tails(&c, err);
    if (!st) st = totals(&c, err);
    kura_sorted_free(c.sorted);
    return st ? st : kura_columns_status(tally->metrics, err);
}
