/* S8: what one step of one mineral adds to the block, over 64 lanes. */
#include "num/lanes/isa.h"
#include "num/math.h"
#include "tally/block.h"
#include <math.h>
#include <string.h>

#define L KURA_LANES
#define LANES(l) _Pragma("omp simd") for (int l = 0; l < L; l++)
#define LOG_PRICE_MIN -2.995732273553991 /* ln 0.05 */
#define LOG_PRICE_MAX 3.912023005428146  /* ln 50 */
#define MIN_QUANTA 16.0                  /* R8.1: below it an unserved mass is lattice dust */

/* Are all 64 masses 0?  (None is negative.) */
static int all_zero(const lane *x)
{
    uint64_t bits = 0;
    for (int l = 0; l < L; l++) {
        uint64_t b;
        memcpy(&b, &x->v[l], sizeof b);
        bits |= b;
    }
    return bits == 0;
}

static int all_equal(const lane *x)
{
    uint64_t other = 0;
    for (int l = 0; l < L; l++) other |= x->v[l] != x->v[0] ? 1u : 0u;
    return other == 0;
}

/* Sum over lanes by a fixed pairwise tree [R10.5]. */
static double tree_sum(const lane *x)
{
    double y[L];
    memcpy(y, x->v, sizeof y);
    for (int n = L / 2; n > 0; n /= 2)
        for (int l = 0; l < n; l++) y[l] = y[l] + y[l + n];
    return y[0];
}

static void start(kura_running *r, const kura_view *view)
{
    memset(r, 0, sizeof *r);
    double T = view->model->T;
    for (int l = 0; l < L; l++)
        r->metric[KURA_METRIC_FIRST_SHORT].v[l] = r->metric[KURA_METRIC_EXHAUSTED].v[l] = T;
}

/* Demand and shortage of the focus country, all its consumers together. */
static void focus_totals(const kura_view *view, lane *D, lane *Dg, lane *u)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    const kura_state *s = view->base;
    LANES(l) D->v[l] = Dg->v[l] = u->v[l] = 0;
    for (int k = 0; k < m->nconsumers; k++) {
        if (!m->consumers[k].focus) continue;
        const double *d = s->D[k].v, *g = s->Dgross[k].v, *x = s->unserved[k].v;
        LANES(l)
        {
            D->v[l] += d[l];
            Dg->v[l] += g[l];
            u->v[l] += x[l];
        }
    }
}

/* On-hand and tiers of the watched hub, quanta. */
static void watched_stock(const kura_view *view, lane *stock)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    LANES(l) stock->v[l] = 0;
    if (m->watch_hub < 0) return;
    *stock = view->base->I[m->watch_hub];
    for (int k = m->hubs[m->watch_hub].tier_begin; k < m->hubs[m->watch_hub].tier_end; k++) {
        const double *S = view->base->S[k].v;
        if (!km_is_pooled(&m->tiers[k])) LANES(l) stock->v[l] += S[l];
    }
}

static void count_shortage(kura_running *r, const kura_view *view, const lane *D, const lane *Dg,
                           const lane *u, const lane *stock, lane *is_short, lane *is_gross)
{
    const kura_scenario_data *sc = view->model->scenario;
    double eps = sc->tallies.threshold, deep = sc->tallies.long_depth, t = view->t;
    lane *M = r->metric;
    LANES(l)
    {
        double demand = D->v[l], unserved = u->v[l], gross = Dg->v[l] - (demand - unserved);
        double now = unserved > eps * demand && unserved > MIN_QUANTA ? 1.0 : 0.0;
        double now_gross = gross > eps * Dg->v[l] && gross > MIN_QUANTA ? 1.0 : 0.0;
        is_short->v[l] = now;
        is_gross->v[l] = now_gross;
        M[KURA_METRIC_SHORT_STEPS].v[l] += now;
        M[KURA_METRIC_GROSS_SHORT_STEPS].v[l] += now_gross;
        M[KURA_METRIC_UNSERVED].v[l] += unserved;
        M[KURA_METRIC_GROSS_UNSERVED].v[l] += gross;
        M[KURA_METRIC_DEMAND].v[l] += demand;
        M[KURA_METRIC_GROSS_DEMAND].v[l] += Dg->v[l];
        M[KURA_METRIC_SPELLS].v[l] += now * (1 - r->was_short.v[l]);
        r->was_short.v[l] = now;
        M[KURA_METRIC_FIRST_SHORT].v[l] =
            now > 0 ? kura_min(M[KURA_METRIC_FIRST_SHORT].v[l], t) : M[KURA_METRIC_FIRST_SHORT].v[l];
    }
    LANES(l)
    {
        double depth = D->v[l] > 0 ? u->v[l] / D->v[l] : 0;
        M[KURA_METRIC_MAX_DEPTH].v[l] = kura_max(M[KURA_METRIC_MAX_DEPTH].v[l], depth);
        M[KURA_METRIC_DEPTH_05].v[l] += depth > 0.05 ? 1.0 : 0.0;
        M[KURA_METRIC_DEPTH_10].v[l] += depth > 0.10 ? 1.0 : 0.0;
        M[KURA_METRIC_DEPTH_20].v[l] += depth > 0.20 ? 1.0 : 0.0;
        M[KURA_METRIC_DEPTH_50].v[l] += depth > 0.50 ? 1.0 : 0.0;
        r->run.v[l] = depth > deep ? r->run.v[l] + 1 : 0;
        M[KURA_METRIC_LONGEST].v[l] = kura_max(M[KURA_METRIC_LONGEST].v[l], r->run.v[l]);
        double empty = u->v[l] > 0 && stock->v[l] <= 0 ? t : M[KURA_METRIC_EXHAUSTED].v[l];
        M[KURA_METRIC_EXHAUSTED].v[l] = kura_min(M[KURA_METRIC_EXHAUSTED].v[l], empty);
    }
}

/* A step in which everything is served and no price took demand away: what count_shortage would do, without
 * its additions of 0. */
static void count_served(kura_running *r, const lane *D, lane *is_short, lane *is_gross)
{
    LANES(l)
    {
        r->metric[KURA_METRIC_DEMAND].v[l] += D->v[l];
        r->metric[KURA_METRIC_GROSS_DEMAND].v[l] += D->v[l];
        r->was_short.v[l] = r->run.v[l] = is_short->v[l] = is_gross->v[l] = 0;
    }
}

/* Adds one value of all lanes to a curve: the tree over 64 equal numbers is 64 times one of them, exactly. */
static void add_same(double *curve, double x, double left)
{
    lane y;
    if (x == 0) return;
    if (left >= L) {
        *curve += x * L;
        return;
    }
    for (int l = 0; l < L; l++) y.v[l] = (l < left ? 1 : 0) * x;
    *curve += tree_sum(&y);
}

/* A step in which all is served everywhere and no stock is anywhere [sim/lanes/calm.c]: what observing it in
 * full would do. */
static void observe_calm(kura_tally_block *block, const kura_view *view, double left)
{
    const km_model *model = view->model;
    const km_mineral *m = &model->minerals[view->mineral];
    kura_running *r = &block->running;
    size_t T = (size_t)model->T, cell = (size_t)view->mineral * T + (size_t)view->t;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].focus) r->calm_demand += view->base->D[k].v[0];
    if (!r->calm) LANES(l) r->was_short.v[l] = r->run.v[l] = 0;
    r->calm = 1;
    if (m->watch_hub < 0) return;
    double *curve = block->curves + (size_t)view->mineral * KURA_CURVE_COUNT * T + (size_t)view->t;
    double opening = block->tally->opening_days[view->mineral];
    uint16_t *bins = block->stock_bins + cell * KURA_BINS;
    kura_range *range = &block->stock_range[cell];
    add_same(&curve[KURA_CURVE_STOCK * T], 0 - opening, left);
    add_same(&curve[KURA_CURVE_STOCK2 * T], (0 - opening) * (0 - opening), left);
    bins[0] = (uint16_t)(bins[0] + kura_min(left, L));
    if (!(left > 0)) return;
    range->min = kura_min(range->min, 0);
    range->max = kura_max(range->max, 0);
}

static void add_bins(uint16_t *bins, const lane *index, const lane *valid)
{
    for (int l = 0; l < L; l++)
        bins[(int)index->v[l]] = (uint16_t)(bins[(int)index->v[l]] + (valid->v[l] > 0));
}

/* Smallest and largest of the lanes that are paths, by halving. */
static void widen(kura_range *range, const lane *x, const lane *valid)
{
    lane low, high;
    LANES(l)
    {
        low.v[l] = valid->v[l] > 0 ? x->v[l] : INFINITY;
        high.v[l] = valid->v[l] > 0 ? x->v[l] : -INFINITY;
    }
    for (int n = L / 2; n > 0; n /= 2)
        for (int l = 0; l < n; l++) {
            low.v[l] = kura_min(low.v[l], low.v[l + n]);
            high.v[l] = kura_max(high.v[l], high.v[l + n]);
        }
    range->min = kura_min(range->min, low.v[0]);
    range->max = kura_max(range->max, high.v[0]);
}

static void stock_bins(const lane *days, lane *index, int n)
{
    for (int l = 0; l < n; l++) {
        double x = days->v[l] * 4;
        int64_t bits;
        memcpy(&bits, &x, sizeof bits);
        int64_t i = x < 1 ? 0 : (bits >> 50) - (1023LL << 2) + 1;
        index->v[l] = (double)(i < KURA_BINS ? i : KURA_BINS - 1);
    }
}

void KURA_LANE_NAME(kura_observe)(kura_tally_block *block, const kura_view *view)
{
    kura_tally *tally = block->tally;
    const km_model *model = view->model;
    const km_mineral *m = &model->minerals[view->mineral];
    kura_running *r = &block->running;
    if (view->t == 0) start(r, view);
    lane D, Dg, u, stock, is_short, is_gross, valid;
    double left = view->first_path < tally->paths ? (double)(tally->paths - view->first_path) : 0;
    if (view->exo->calm) {
        observe_calm(block, view, left);
        return;
    }
    r->calm = 0;
    for (int l = 0; l < L; l++) valid.v[l] = l < left ? 1 : 0;
    focus_totals(view, &D, &Dg, &u);
    watched_stock(view, &stock);
    int served = !m->response.active && all_zero(&u);
    if (served)
        count_served(r, &D, &is_short, &is_gross);
    else
        count_shortage(r, view, &D, &Dg, &u, &stock, &is_short, &is_gross);

    size_t T = (size_t)model->T, cell = (size_t)view->mineral * T + (size_t)view->t;
    double *curve = block->curves + (size_t)view->mineral * KURA_CURVE_COUNT * T + (size_t)view->t;
    lane x;
#define ADD(which, expression)                                                                               \
    do {                                                                                                     \
        LANES(l) x.v[l] = valid.v[l] * (expression);                                                         \
        curve[(size_t)(which)*T] += tree_sum(&x);                                                            \
    } while (0)
    if (!served) {
        ADD(KURA_CURVE_SHORT, is_short.v[l]);
        ADD(KURA_CURVE_GROSS_SHORT, is_gross.v[l]);
        ADD(KURA_CURVE_UNSERVED, u.v[l]);
        ADD(KURA_CURVE_UNSERVED2, u.v[l] * u.v[l]);
    }
    if (m->watch_hub >= 0) {
        double day = model->step_days / m->watch_use, opening = block->tally->opening_days[view->mineral];
        lane days;
        LANES(l) days.v[l] = stock.v[l] * day;
        int same = all_equal(&days);
        ADD(KURA_CURVE_STOCK, days.v[l] - opening);
        ADD(KURA_CURVE_STOCK2, (days.v[l] - opening) * (days.v[l] - opening));
        uint16_t *bins = block->stock_bins + cell * KURA_BINS;
        stock_bins(&days, &block->stock_bin, same ? 1 : L);
        if (same)
            bins[(int)block->stock_bin.v[0]] =
                (uint16_t)(bins[(int)block->stock_bin.v[0]] + kura_min(left, L));
        else
            add_bins(bins, &block->stock_bin, &valid);
        widen(&block->stock_range[cell], &days, &valid);
    }
    if (m->price.given) {
        const double *X = view->base->X->v;
        lane price;
        double per = 1.0 / (double)model->T, width = (LOG_PRICE_MAX - LOG_PRICE_MIN) / KURA_BINS;
        LANES(l)
        {
            price.v[l] = kura_exp(X[l]);
            r->metric[KURA_METRIC_MEAN_PRICE].v[l] += price.v[l] * per;
            r->metric[KURA_METRIC_PEAK_PRICE].v[l] =
                kura_max(r->metric[KURA_METRIC_PEAK_PRICE].v[l], price.v[l]);
            double bin = kura_floor((X[l] - LOG_PRICE_MIN) / width);
            block->price_bin.v[l] = kura_min(kura_max(bin, 0), KURA_BINS - 1);
        }
        ADD(KURA_CURVE_PRICE, price.v[l] - 1);
        ADD(KURA_CURVE_PRICE2, (price.v[l] - 1) * (price.v[l] - 1));
        add_bins(block->price_bins + cell * KURA_BINS, &block->price_bin, &valid);
        widen(&block->price_range[cell], &price, &valid);
    }
#undef ADD
}
