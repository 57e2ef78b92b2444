/* The accounts of a path [7]: what a step of one mineral costs the focus country, and what its users lose.
 *
 * Reads the view only, writes the running metrics; sums in the order of the steps, so they are the same on
 * any machine.  Purchases and sales at their time, discounted, carry the interest on what is held; no
 * interest is charged on top. */
#include "num/lanes/isa.h"
#include "num/math.h"
#include "tally/block.h"
#include "model/costs.h"
#include <string.h>

#define L KURA_LANES
#define LANES(l) _Pragma("omp simd") for (int l = 0; l < L; l++)

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

/* The loss of a consumer by depth u/D: v1 up to the first depth, v2 up to the second, v3 beyond [7]. */
static void lose(const km_loss *k, const kura_state *s, double discount, double *loss)
{
    const double *u = s->unserved[k->consumer].v, *D = s->D[k->consumer].v;
    double d1 = k->depth[0], d2 = k->depth[1], v1 = k->value[0], v2 = k->value[1], v3 = k->value[2];
    if (all_zero(&s->unserved[k->consumer])) return;
    LANES(l)
    {
        double a = d1 * D[l], b = d2 * D[l];
        double first = kura_min(u[l], a), second = kura_max(0, kura_min(u[l], b) - a);
        double third = kura_max(0, u[l] - b);
        loss[l] += discount * (v1 * first + v2 * second + v3 * third);
    }
}

/* Trade of a stockpile at the price of the step; keeping what is there at its end [7].  `price` over base.
 */
static void keep(const km_held *k, const km_tier *tier, const kura_state *s, const lane *price,
                 double discount, lane *M)
{
    const double *S = s->S[k->tier].v, *R = s->release[k->tier].v, *P = price->v;
    double worth = k->worth, storage = k->storage, share = k->share;
    double *release = M[KURA_METRIC_RELEASE_REVENUE].v, *holding = M[KURA_METRIC_COST_HOLDING].v;
    LANES(l)
    {
        double value = worth * P[l];
        release[l] += discount * (value * R[l]);
        holding[l] += discount * (S[l] * (storage + share * value));
    }
    if (k->rotated > 0) {
        double rotated = k->rotated, rotation = k->rotation, spread = k->spread;
        LANES(l) holding[l] += discount * (rotated * S[l] * (rotation + spread * (worth * P[l])));
    }
    if (!tier->refills) return;
    const double *bought = s->bought[k->tier].v;
    double *purchase = M[KURA_METRIC_COST_PURCHASE].v;
    LANES(l) purchase[l] += discount * (worth * P[l] * bought[l]);
}

/* What is left at the end, at the price of then and at most the base, less the haircut. */
static void leave(const km_held *k, const kura_state *s, const lane *price, const km_costs *costs, lane *M)
{
    const double *S = s->S[k->tier].v, *coming = s->on_order[k->tier].v, *P = price->v;
    double worth = costs->discount_end * (1 - costs->haircut) * k->worth, *salvage = M[KURA_METRIC_SALVAGE].v;
    LANES(l) salvage[l] += worth * kura_min(P[l], 1) * (S[l] + coming[l]);
}

/* ---- what is built [7] ---- */

/* Share of the payments made by the end of step t - 1: evenly from `from` to `to`, at once where these are
 * one. */
static double paid_by(double t, double from, double to)
{
    return to > from ? kura_clamp01((t - from) / (to - from)) : t > from ? 1 : 0;
}

/* Payments of a step.  A late project pays the same over a longer time; one that is cancelled pays the sunk
 * share as planned. */
static void build(const km_outlay *k, const lane *start, double t, double discount, double *capital)
{
    if (!(k->capex > 0)) return;
    for (int l = 0; l < L; l++) {
        int cancelled = start->v[l] == INFINITY;
        double to = cancelled ? k->planned : start->v[l], all = cancelled ? k->sunk * k->capex : k->capex;
        double part = paid_by(t + 1, k->from, to) - paid_by(t, k->from, to);
        capital[l] += discount * (all * part);
    }
}

/* What is paid for and not worn out at the end. */
static void wear(const km_outlay *k, const lane *start, double T, const km_costs *costs, double *salvage)
{
    if (!(k->capex > 0 && k->life > 0)) return;
    for (int l = 0; l < L; l++) {
        if (start->v[l] == INFINITY) continue;
        double left = kura_clamp01(1 - kura_max(0, T - start->v[l]) / k->life);
        salvage[l] += costs->discount_end * (k->capex * paid_by(T, k->from, start->v[l]) * left);
    }
}

static void operate(const km_outlay *k, const kura_state *s, const lane *start, double t, double discount,
                    double *operation)
{
    double fixed = t < k->until ? k->fixed : 0, variable = k->variable;
    LANES(l) operation[l] += discount * (t >= start->v[l] ? fixed : 0);
    if (!(variable > 0)) return;
    const double *x = s->xs[k->site].v;
    LANES(l) operation[l] += discount * (variable * x[l]);
}

/* What is replaced or saved, beyond what the same prices would have replaced: gross demand is what programmes
 * leave of it [7]. */
static void do_with_less(const km_thrifty *k, const kura_state *s, double discount, double *operation)
{
    const double *gross = s->Dgross[k->consumer].v, *left = s->gross_of[k->answer].v;
    double penalty = k->penalty;
    LANES(l) operation[l] += discount * (penalty * (gross[l] * ((1 - left[l]) / left[l])));
}

/* ---- prices ---- */

static void market_price(const kura_view *view, lane *out)
{
    const double *X = view->base->X->v;
    LANES(l) out->v[l] = 1;
    if (view->model->minerals[view->mineral].price.given) LANES(l) out->v[l] = kura_exp(X[l]);
}

/* Price over the base where a hub is (-1: in the focus country): of the market, or on its side of a wedge
 * [4.5]. */
static const lane *price_at(const kura_view *view, int hub, const lane *market, lane *own)
{
    const km_wedge *k = &view->model->minerals[view->mineral].price.wedge;
    int country = !k->given ? -1 : hub >= 0 ? k->of_hub[hub] : k->focus;
    if (country < 0) return market;
    const double *X = view->base->X->v, *wedge = view->exo->wedge[country].v;
    LANES(l) own->v[l] = kura_exp(X[l] + wedge[l]);
    return own;
}

/* ---- a step ---- */

static void open_accounts(const km_mineral_costs *c, const km_costs *costs, const kura_view *view,
                          lane *start, lane *M)
{
    for (int k = 0; k < c->nheld && !costs->owned; k++) {
        double opening = c->held[k].worth * c->held[k].opening;
        LANES(l) M[KURA_METRIC_COST_PURCHASE].v[l] += opening;
    }
    for (int k = 0; k < c->noutlays; k++) {
        const km_outlay *outlay = &c->outlays[k];
        const lane *drawn = outlay->project       ? view->exo->begins[outlay->site]
                            : outlay->thrift >= 0 ? &view->exo->adopted[outlay->thrift]
                                                  : NULL;
        LANES(l) start[k].v[l] = drawn ? drawn->v[l] : outlay->planned;
    }
}

static void close_accounts(const km_mineral_costs *c, const km_costs *costs, const kura_view *view,
                           const lane *market, const lane *start, lane *M)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    lane own;
    for (int k = 0; k < c->nheld; k++)
        leave(&c->held[k], view->base, price_at(view, m->tiers[c->held[k].tier].hub, market, &own), costs, M);
    for (int k = 0; k < c->noutlays; k++)
        wear(&c->outlays[k], &start[k], view->model->T, costs, M[KURA_METRIC_SALVAGE].v);
    LANES(l)
    {
        double spent = M[KURA_METRIC_COST_PURCHASE].v[l] + M[KURA_METRIC_COST_HOLDING].v[l] +
                       M[KURA_METRIC_COST_CAPITAL].v[l] + M[KURA_METRIC_COST_OPERATION].v[l] +
                       M[KURA_METRIC_COST_PREMIUM].v[l];
        M[KURA_METRIC_COST].v[l] = spent - M[KURA_METRIC_RELEASE_REVENUE].v[l] - M[KURA_METRIC_SALVAGE].v[l];
    }
}

void KURA_LANE_NAME(kura_account)(kura_tally_block *block, const kura_view *view)
{
    const km_costs *costs = view->model->costs;
    const km_mineral *m = &view->model->minerals[view->mineral];
    const km_mineral_costs *c = &costs->minerals[view->mineral];
    const kura_state *s = view->base;
    lane market, own, *M = block->running.metric, *start = block->outlay_start;
    double discount = costs->discount[view->t], t = view->t;
    market_price(view, &market);
    if (view->t == 0) open_accounts(c, costs, view, start, M);
    for (int k = 0; k < c->nlosses; k++) lose(&c->losses[k], s, discount, M[KURA_METRIC_LOSS].v);
    for (int k = 0; k < c->nheld; k++) {
        const km_tier *tier = &m->tiers[c->held[k].tier];
        keep(&c->held[k], tier, s, price_at(view, tier->hub, &market, &own), discount, M);
    }
    const double *price = price_at(view, -1, &market, &own)->v; /* what the importer pays */
    for (int k = 0; k < c->nimports; k++) {
        const double *ship = s->ship[c->imports[k].arc].v;
        double worth = c->imports[k].worth, *bill = M[KURA_METRIC_PRICE_BILL].v;
        LANES(l) bill[l] += discount * (worth * kura_max(0, price[l] - 1) * ship[l]);
    }
    for (int k = 0; k < c->npremiums; k++) {
        const double *ship = s->ship[c->premiums[k].arc].v;
        double premium = c->premiums[k].worth, *paid = M[KURA_METRIC_COST_PREMIUM].v;
        LANES(l) paid[l] += discount * (premium * ship[l]);
    }
    for (int k = 0; k < c->nmoved; k++) {
        const double *ship = s->ship[c->moved[k].arc].v;
        double premium = c->moved[k].worth * m->now[view->t]->arcs[c->moved[k].arc].premium;
        double *paid = M[KURA_METRIC_COST_PREMIUM].v;
        LANES(l) paid[l] += discount * (premium * ship[l]);
    }
    for (int k = 0; k < c->noutlays; k++) {
        build(&c->outlays[k], &start[k], t, discount, M[KURA_METRIC_COST_CAPITAL].v);
        operate(&c->outlays[k], s, &start[k], t, discount, M[KURA_METRIC_COST_OPERATION].v);
    }
    for (int k = 0; k < c->nthrifty; k++)
        do_with_less(&c->thrifty[k], s, discount, M[KURA_METRIC_COST_OPERATION].v);
    if (view->t == view->model->T - 1) close_accounts(c, costs, view, &market, start, M);
}
