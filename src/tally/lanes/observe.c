/* S8: what one step of one mineral adds to the block, over 64 lanes. */
#include "num/lanes/isa.h"
#include "num/math.h"
#include "tally/block.h"
#include "tally/joint.h"
#include <math.h>
#include <string.h>

kura_observe_fn KURA_LANE_NAME(kura_account);

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

/* Calls step(n) for n = L/2, L/4 ... 1: lengths that the compiler knows, so that the halves stay in
 * registers. */
#define HALVES(step)                                                                                         \
    do {                                                                                                     \
        for (int n = L / 2; n > 32; n /= 2) step(n);                                                         \
        if (L > 32) step(32);                                                                                \
        if (L > 16) step(16);                                                                                \
        if (L > 8) step(8);                                                                                  \
        if (L > 4) step(4);                                                                                  \
        if (L > 2) step(2);                                                                                  \
        if (L > 1) step(1);                                                                                  \
    } while (0)

/* Sum over lanes by a fixed pairwise tree [R10.5]. */
static double tree_sum(const lane *x)
{
    double y[L];
    memcpy(y, x->v, sizeof y);
#define ADD_UPPER(n) _Pragma("omp simd") for (int l = 0; l < (n); l++) y[l] = y[l] + y[l + (n)]
    HALVES(ADD_UPPER);
#undef ADD_UPPER
    return y[0];
}

/* The same of the first `paths` lanes. */
static double sum(lane *x, int paths)
{
    for (int l = paths; l < L; l++) x->v[l] = 0;
    return tree_sum(x);
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

/* On-hand, tiers and users' own stock of the watched hub, quanta. */
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
    if (!m->any_own) return;
    for (int k = m->hubs[m->watch_hub].consumer_begin; k < m->hubs[m->watch_hub].consumer_end; k++)
        LANES(l) stock->v[l] += view->base->own[k].v[l];
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

/* The paths that are short, as bits [8.8]. */
static void note_joint(kura_joint_bundle *joint, const kura_view *view, const lane *is_short)
{
    uint64_t bits = 0;
    if (!joint) return;
    for (int l = 0; l < L; l++) bits |= (uint64_t)(is_short->v[l] > 0) << l;
    joint->bits[(size_t)view->mineral * (size_t)view->model->T + (size_t)view->t] = bits;
}

/* A step in which everything is served: what count_shortage would do, without its additions of 0. */
static void count_served(kura_running *r, const kura_view *view, const lane *D, const lane *Dg,
                         lane *is_gross)
{
    double eps = view->model->scenario->tallies.threshold;
    lane *M = r->metric;
    LANES(l)
    {
        double gross = Dg->v[l] - D->v[l], now = gross > eps * Dg->v[l] && gross > MIN_QUANTA ? 1.0 : 0.0;
        is_gross->v[l] = now;
        M[KURA_METRIC_GROSS_SHORT_STEPS].v[l] += now;
        M[KURA_METRIC_GROSS_UNSERVED].v[l] += gross;
        M[KURA_METRIC_DEMAND].v[l] += D->v[l];
        M[KURA_METRIC_GROSS_DEMAND].v[l] += Dg->v[l];
        r->was_short.v[l] = r->run.v[l] = 0;
    }
}

/* The same where no price took demand away either. */
static void count_calm(kura_running *r, const lane *D)
{
    LANES(l)
    {
        r->metric[KURA_METRIC_DEMAND].v[l] += D->v[l];
        r->metric[KURA_METRIC_GROSS_DEMAND].v[l] += D->v[l];
        r->was_short.v[l] = r->run.v[l] = 0;
    }
}

/* Adds one value of all lanes to a curve: the tree over 64 equal numbers is 64 times one of them, exactly. */
static void add_same(double *curve, double x, int paths)
{
    lane y;
    if (x == 0) return;
    if (paths == L) {
        *curve += x * L;
        return;
    }
    for (int l = 0; l < L; l++) y.v[l] = (l < paths ? 1 : 0) * x;
    *curve += tree_sum(&y);
}

/* A step in which all is served everywhere and no stock is anywhere [sim/lanes/calm.c]: what observing it in
 * full would do. */
static void observe_calm(kura_tally_block *block, const kura_view *view, int paths)
{
    const km_model *model = view->model;
    const km_mineral *m = &model->minerals[view->mineral];
    kura_running *r = &block->running;
    size_t T = (size_t)model->T, t = (size_t)view->t;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].focus) r->calm_demand += view->base->D[k].v[0];
    if (!r->calm) LANES(l) r->was_short.v[l] = r->run.v[l] = 0;
    r->calm = 1;
    if (m->watch_hub < 0) return;
    double *curve = block->curves + (size_t)view->mineral * KURA_CURVE_COUNT * T + t;
    double opening = block->tally->opening_days[view->mineral];
    kura_bin_count *bins = block->stock_bins + t * KURA_BINS;
    kura_range *range = &block->stock_range[t];
    add_same(&curve[KURA_CURVE_STOCK * T], 0 - opening, paths);
    add_same(&curve[KURA_CURVE_STOCK2 * T], (0 - opening) * (0 - opening), paths);
    bins[0] = (kura_bin_count)(bins[0] + paths);
    if (!paths) return;
    range->min = kura_min(range->min, 0);
    range->max = kura_max(range->max, 0);
}

/* Counts lane by lane in four histograms in turn: neighbours often share a bin, and would wait for each
 * other. */
static void add_bins(kura_bin_count *bins, const int32_t *index, int paths)
{
    kura_bin_count part[4][KURA_BINS];
    memset(part, 0, sizeof part);
    for (int l = 0; l < paths; l++) part[l % 4][index[l]]++;
    for (int b = 0; b < KURA_BINS; b++)
        bins[b] = (kura_bin_count)(bins[b] + part[0][b] + part[1][b] + part[2][b] + part[3][b]);
}

/* Smallest and largest of the lanes that are paths, by halving. */
static void widen(kura_range *range, const lane *x, int paths)
{
    double low[L], high[L];
    memcpy(low, x->v, sizeof low);
    memcpy(high, x->v, sizeof high);
    for (int l = paths; l < L; l++) low[l] = INFINITY, high[l] = -INFINITY;
#define WIDEN(n)                                                                                             \
    _Pragma("omp simd") for (int l = 0; l < (n); l++)                                                        \
    {                                                                                                        \
        low[l] = kura_min(low[l], low[l + (n)]);                                                             \
        high[l] = kura_max(high[l], high[l + (n)]);                                                          \
    }
    HALVES(WIDEN);
#undef WIDEN
    range->min = kura_min(range->min, low[0]);
    range->max = kura_max(range->max, high[0]);
}

static int32_t stock_bin(double days)
{
    double x = days * 4;
    int64_t bits;
    memcpy(&bits, &x, sizeof bits);
    int64_t i = x < 1 ? 0 : (bits >> 50) - (1023LL << 2) + 1;
    return (int32_t)(i < KURA_BINS ? i : KURA_BINS - 1);
}

static void add_stock(kura_tally_block *block, size_t t, const lane *days, int paths)
{
    kura_bin_count *bins = block->stock_bins + t * KURA_BINS;
    if (all_equal(days)) {
        int32_t bin = stock_bin(days->v[0]);
        bins[bin] = (kura_bin_count)(bins[bin] + paths);
    } else {
        int32_t index[L];
        LANES(l) index[l] = stock_bin(days->v[l]);
        add_bins(bins, index, paths);
    }
    widen(&block->stock_range[t], days, paths);
}

static void add_price(kura_tally_block *block, size_t t, const double *X, const lane *price, int paths)
{
    double width = (LOG_PRICE_MAX - LOG_PRICE_MIN) / KURA_BINS;
    int32_t index[L];
    LANES(l)
    {
        double bin = kura_floor((X[l] - LOG_PRICE_MIN) / width);
        index[l] = (int32_t)kura_min(kura_max(bin, 0), KURA_BINS - 1);
    }
    add_bins(block->price_bins + t * KURA_BINS, index, paths);
    widen(&block->price_range[t], price, paths);
}

/* The price of the focus country over the base: the market's times its wedge [4.5]. */
static void focus_price(kura_running *r, const kura_view *view, lane *out)
{
    const km_wedge *apart = &view->model->minerals[view->mineral].price.wedge;
    const double *X = view->base->X->v;
    double per = 1.0 / (double)view->model->T;
    if (apart->focus >= 0) {
        const double *wedge = view->exo->wedge[apart->focus].v;
        LANES(l) out->v[l] = kura_exp(X[l] + wedge[l]);
    } else {
        LANES(l) out->v[l] = kura_exp(X[l]);
    }
    lane *M = r->metric;
    LANES(l)
    {
        M[KURA_METRIC_MEAN_FOCUS_PRICE].v[l] += out->v[l] * per;
        M[KURA_METRIC_PEAK_FOCUS_PRICE].v[l] = kura_max(M[KURA_METRIC_PEAK_FOCUS_PRICE].v[l], out->v[l]);
    }
}

/* Usable capacity of the sites that answer the price, over what hazards leave of it [4.4]. */
static void supply_response(const kura_view *view, lane *answer)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    lane usable, left;
    LANES(l) usable.v[l] = left.v[l] = 0;
    for (int b = 0; b < m->nsites; b++) {
        if (!m->sites[b].responds) continue;
        const double *kav = view->exo->kav[b].v, *now = view->base->capacity[b].v;
        LANES(l)
        {
            usable.v[l] += now[l];
            left.v[l] += kav[l];
        }
    }
    LANES(l) answer->v[l] = left.v[l] > 0 ? usable.v[l] / left.v[l] : 1;
}

void KURA_LANE_NAME(kura_observe)(kura_tally_block *block, const kura_view *view)
{
    kura_tally *tally = block->tally;
    const km_model *model = view->model;
    const km_mineral *m = &model->minerals[view->mineral];
    kura_running *r = &block->running;
    if (view->t == 0) start(r, view);
    if (model->costs) KURA_LANE_NAME(kura_account)(block, view);
    lane D, Dg, u, stock, is_short, is_gross, x;
    uint64_t left = view->first_path < tally->paths ? tally->paths - view->first_path : 0;
    int paths = left < L ? (int)left : L; /* the other lanes are padding */
    if (view->exo->calm) {
        observe_calm(block, view, paths);
        return;
    }
    r->calm = 0;
    focus_totals(view, &D, &Dg, &u);
    watched_stock(view, &stock);
    int served = all_zero(&u), calm = served && !m->response.active;
    if (calm)
        count_calm(r, &D);
    else if (served)
        count_served(r, view, &D, &Dg, &is_gross);
    else
        count_shortage(r, view, &D, &Dg, &u, &stock, &is_short, &is_gross);

    size_t T = (size_t)model->T, t = (size_t)view->t;
    double *curve = block->curves + (size_t)view->mineral * KURA_CURVE_COUNT * T + t;
#define ADD(which, expression)                                                                               \
    do {                                                                                                     \
        LANES(l) x.v[l] = (expression);                                                                      \
        curve[(size_t)(which)*T] += sum(&x, paths);                                                          \
    } while (0)
    if (!calm) ADD(KURA_CURVE_GROSS_SHORT, is_gross.v[l]);
    if (!served) {
        note_joint(block->joint, view, &is_short);
        ADD(KURA_CURVE_SHORT, is_short.v[l]);
        ADD(KURA_CURVE_UNSERVED, u.v[l]);
        ADD(KURA_CURVE_UNSERVED2, u.v[l] * u.v[l]);
    }
    if (m->watch_hub >= 0) {
        double day = model->step_days / m->watch_use, opening = block->tally->opening_days[view->mineral];
        lane days;
        LANES(l) days.v[l] = stock.v[l] * day;
        ADD(KURA_CURVE_STOCK, days.v[l] - opening);
        ADD(KURA_CURVE_STOCK2, (days.v[l] - opening) * (days.v[l] - opening));
        add_stock(block, t, &days, paths);
    }
    if (m->price.given) {
        const double *X = view->base->X->v;
        lane price;
        double per = 1.0 / (double)model->T;
        LANES(l)
        {
            price.v[l] = kura_exp(X[l]);
            r->metric[KURA_METRIC_MEAN_PRICE].v[l] += price.v[l] * per;
            r->metric[KURA_METRIC_PEAK_PRICE].v[l] =
                kura_max(r->metric[KURA_METRIC_PEAK_PRICE].v[l], price.v[l]);
        }
        ADD(KURA_CURVE_PRICE, price.v[l] - 1);
        ADD(KURA_CURVE_PRICE2, (price.v[l] - 1) * (price.v[l] - 1));
        add_price(block, t, X, &price, paths);
        if (model->any_wedge) {
            focus_price(r, view, &price);
            ADD(KURA_CURVE_FOCUS_PRICE, price.v[l] - 1);
            ADD(KURA_CURVE_FOCUS_PRICE2, (price.v[l] - 1) * (price.v[l] - 1));
        }
    }
    if (m->supply.given) {
        lane answer;
        supply_response(view, &answer);
        ADD(KURA_CURVE_SUPPLY, answer.v[l] - 1);
        ADD(KURA_CURVE_SUPPLY2, (answer.v[l] - 1) * (answer.v[l] - 1));
    }
#undef ADD
}
