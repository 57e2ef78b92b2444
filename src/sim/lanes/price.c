/* Prices, demand and scarcity [4.1-4.3]: a Schwartz log price with jumps whose mean is pulled up by lagged
 * scarcity, and the demand that answers it.  Feedback reads the state of the step before only [R0.3]. */
#include "sim/lanes/lanes.h"
#include "num/dist.h"

#define LOG_PRICE_MIN -2.995732273553991 /* ln 0.05 */
#define LOG_PRICE_MAX 3.912023005428146  /* ln 50 */

/* Adds the jumps that u calls for: their number by inversion, their sum from xi. */
static void add_jumps(const km_price *p, const double cum[KURA_POISSON_MAX], const lane *u, const lane *xi,
                      lane *out)
{
    static const double root[] = {1, 0x1.6a09e667f3bcdp+0, 0x1.bb67ae8584caap+0, 2}; /* of 1 to 4 */
    if (!any_above(u, cum[0])) return;
    LANES(l)
    {
        double n = 0, spread = 0;
        for (int k = 0; k < KURA_POISSON_MAX; k++) {
            n += u->v[l] > cum[k] ? 1.0 : 0.0;
            spread = u->v[l] > cum[k] ? root[k] : spread;
        }
        out->v[l] += n * p->jump_mean + spread * p->jump_sd * xi->v[l];
    }
}

/* The shock s zeta + J of every step: one uniform and two normals of one Box-Muller pair, used or not. */
void kura_draw_price(const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path)
{
    const km_price *p = &m->price;
    if (!p->given) return;
    kura_lane_stream s0, s1, s2;
    kura_lane_stream_init(&s0, &p->stream, first_path, 0, 4);
    kura_lane_stream_init(&s1, &p->stream, first_path, 1, 4);
    kura_lane_stream_init(&s2, &p->stream, first_path, 2, 4);
    double cum[KURA_POISSON_MAX];
    kura_poisson_cumulative(p->jump_mean_count, cum);
    const lane *volatility = kura_draw_volatility(model, m, w, first_path);
    for (int t = 0; t < model->steps; t++) {
        lane u0, u1, zeta, xi, *out = &w->price_noise[t];
        kura_lane_uniform(&s0, u0.v);
        kura_lane_uniform(&s1, u1.v);
        LANES(l)
        {
            double r = sqrt(-2 * kura_log(u0.v[l])), sine, cosine;
            kura_sincos_2pi(u1.v[l], &sine, &cosine);
            zeta.v[l] = r * cosine;
            xi.v[l] = r * sine;
        }
        if (p->loadings.n) {
            LANES(l) zeta.v[l] *= p->loadings.own;
            for (int g = 0; g < p->loadings.n; g++) {
                const lane *f = &w->factor[p->loadings.factor[g]][t];
                double loading = p->loadings.loading[g];
                LANES(l) zeta.v[l] += loading * f->v[l];
            }
        }
        if (volatility) LANES(l) zeta.v[l] *= volatility[t].v[l];
        LANES(l) out->v[l] = p->s * zeta.v[l];
        if (p->jump_mean_count > 0) {
            lane u2;
            kura_lane_uniform(&s2, u2.v);
            add_jumps(p, cum, &u2, &xi, out);
        }
    }
}

/* A scripted level: the noise of the step is drawn all the same [3.6]. */
static void script_level(const km_price *p, int t, double *Xo)
{
    double jump = p->jump[t], set = p->set[t];
    LANES(l) Xo[l] += jump;
    if (!isnan(set)) LANES(l) Xo[l] = set;
}

/* Log price that consumers see: of the market, or of their side of a wedge. */
static const lane *price_seen(const kura_work *w, const kura_state *s, const km_answer *answer, lane *own)
{
    if (answer->country < 0) return s->X;
    const double *X = s->X->v, *wedge = w->exo.wedge[answer->country].v;
    LANES(l) own->v[l] = X[l] + wedge[l];
    return own;
}

/* Substitution follows the smoothed price with hysteresis [4.3]. */
static void substitute(const km_response *q, const kura_work *w, kura_state *s, int k)
{
    const km_answer *answer = &q->answers[k];
    lane own;
    const double *X = price_seen(w, s, answer, &own)->v, limit = answer->sub_limit;
    double *pibar = s->pibar[k].v, *sub = s->sub[k].v, *top = s->submax[k].v;
    LANES(l)
    {
        double pi = kura_exp(kura_min(kura_max(X[l], q->ln_min), q->ln_max));
        pibar[l] = pibar[l] + (pi - pibar[l]) / q->smoothing;
        double up = sub[l] + (limit - sub[l]) * q->up;
        double down = sub[l] - (sub[l] - q->irreversible * top[l]) * q->down;
        sub[l] = pibar[l] > q->threshold ? up : down;
        top[l] = kura_max(top[l], sub[l]);
    }
}

/* Log price = Xo(t) + eta S(t-1): a Schwartz price Xo(t) = drift t + (Xo(t-1) - drift t) a + shock, and on
 * top of it the scarcity premium; then substitution.  The premium is not put into the mean that Xo reverts
 * to, as model.md 4.2 first had it: with the calibrated half-lives of 1 to 8 years a tenfold scarcity price
 * would then reach at most a factor 2 within a year, whereas heavy rare earths rose 26-fold in 11 months
 * (README of configs/japan). */
void kura_price_step(const km_mineral *m, kura_work *w, kura_state *s, int t)
{
    const km_price *p = &m->price;
    const km_response *q = &m->response;
    if (!p->given) return;
    double drift = p->drift * (t > m->burn ? t - m->burn : 0), a = p->a, eta = p->eta;
    double *X = s->X->v, *Xo = s->Xo->v;
    const double *Sc = s->Sc->v;
    lane hits;
    if (t >= 0) { /* no noise in the spin-up */
        const double *noise = w->price_noise[t].v;
        LANES(l) Xo[l] = drift + (Xo[l] - drift) * a + noise[l];
        if (p->jump) script_level(p, t, Xo);
    }
    LANES(l) /* the clamp bounds the Schwartz part; the premium is bounded by eta already */
    {
        hits.v[l] = Xo[l] < LOG_PRICE_MIN || Xo[l] > LOG_PRICE_MAX ? 1.0 : 0.0;
        Xo[l] = kura_min(kura_max(Xo[l], LOG_PRICE_MIN), LOG_PRICE_MAX);
        X[l] = Xo[l] + eta * Sc[l];
    }
    for (int l = 0; l < L; l++) w->clamps += hits.v[l] > 0;
    for (int k = 0; k < q->nanswers; k++)
        if (q->answers[k].sub_limit > 0 || q->answers[k].thrift) substitute(q, w, s, k);
}

/* Demand of a consumer at the base price, before it is rounded down. */
static double base_demand(const km_consumer *c, int t)
{
    double base = c->path && t >= 0 ? c->D0 * c->path[t] : c->D0;
    if (c->script.mul && t >= 0) {
        double set = c->script.set[t];
        base *= !isnan(set) ? set : kura_max(0, c->script.mul[t] + c->script.add[t]);
    }
    return base;
}

static void fill(lane *x, double value) { LANES(l) x->v[l] = value; }

/* Without response to prices: the same on all paths. */
static void fixed_demand(const km_mineral *m, kura_state *s, int t, lane *g)
{
    double world = 0;
    for (int k = 0; k < m->nconsumers; k++) {
        double gross = kura_floor(base_demand(&m->consumers[k], t));
        fill(&s->Dgross[k], gross);
        fill(&s->D[k], gross);
        if (m->hubs[m->consumers[k].hub].form == m->nforms - 1) world += gross;
    }
    fill(g, m->D0_final > 0 ? world / m->D0_final : 1);
}

/* Demand over its path that prices lead to [4.3]: at once, or a part of the way in logarithms (Nerlove's
 * partial adjustment).  What adjusts is the deviation from the path, not demand itself: a plan for growth or
 * a season is no news, and demand would trail its path for ever though no price moved. */
static void answer_prices(const km_response *q, const kura_work *w, kura_state *s, int k, lane *out)
{
    const km_answer *answer = &q->answers[k];
    lane own;
    const double *X = price_seen(w, s, answer, &own)->v, *sub = s->sub[k].v, elasticity = answer->elasticity;
    lane used;
    if (answer->thrift && !q->gradual)
        used = s->net_of[k];
    else if (answer->thrift)
        LANES(l) used.v[l] = 1 - s->sub_of[k].v[l];
    else
        LANES(l) used.v[l] = 1 - sub[l];
    if (!q->gradual) {
        LANES(l)
        {
            double pi = kura_min(kura_max(X[l], q->ln_min), q->ln_max);
            out->v[l] = kura_exp(-elasticity * pi) * used.v[l];
        }
        return;
    }
    double *lnD = s->lnD[k].v;
    LANES(l)
    {
        double pi = kura_min(kura_max(X[l], q->ln_min), q->ln_max);
        double wanted = -elasticity * pi + kura_log(kura_max(used.v[l], 0x1p-52));
        lnD[l] = adjusted(q, lnD[l], wanted);
        out->v[l] = kura_exp(lnD[l]);
    }
    if (answer->thrift) /* saved whatever the price, so not by degrees [7.4] */
        LANES(l) out->v[l] *= s->used_of[k].v[l];
}

/* Factor of the demand cycle [4.3]; 1 before the run. */
static void cycle_of(const km_mineral *m, const kura_work *w, int t, lane *out)
{
    if (t < 0) {
        fill(out, 1);
        return;
    }
    double exposure = m->cycle;
    const double *c = w->cycle[t].v;
    LANES(l) out->v[l] = kura_exp(exposure * c[l]);
}

/* Demand and gross demand of a consumer with a base on which the cycle acts. */
static void cyclic_demand(double base, const lane *cycle, const lane *answer, lane *gross, lane *D)
{
    LANES(l)
    {
        double now = base * cycle->v[l];
        gross->v[l] = kura_floor(now);
        D->v[l] = kura_floor(now * answer->v[l]);
    }
}

/* Gross demand of a user of a thrifting programme [7.4]. */
static void thrifty_gross(double base, const lane *cycle, const lane *left, lane *gross)
{
    if (cycle) {
        LANES(l) gross->v[l] = kura_floor((base * cycle->v[l]) * left->v[l]);
    } else {
        LANES(l) gross->v[l] = kura_floor(base * left->v[l]);
    }
}

void kura_demand_step(const km_mineral *m, const kura_work *w, kura_state *s, int t, lane *g)
{
    const km_response *q = &m->response;
    lane world, cycle;
    if (!q->active && m->cycle == 0) {
        fixed_demand(m, s, t, g);
        return;
    }
    fill(&world, 0);
    for (int k = 0; k < q->nanswers; k++) {
        if (q->active)
            answer_prices(q, w, s, k, &w->answer[k]);
        else
            fill(&w->answer[k], 1);
    }
    if (m->cycle != 0) cycle_of(m, w, t, &cycle);
    for (int k = 0; k < m->nconsumers; k++) {
        const km_consumer *c = &m->consumers[k];
        const lane *answer = &w->answer[c->answer];
        double base = base_demand(c, t);
        lane *D = &s->D[k];
        if (m->cycle != 0) {
            cyclic_demand(base, &cycle, answer, &s->Dgross[k], D);
            if (q->answers[c->answer].thrift)
                thrifty_gross(base, &cycle, &s->gross_of[c->answer], &s->Dgross[k]);
        } else if (q->answers[c->answer].thrift) {
            thrifty_gross(base, NULL, &s->gross_of[c->answer], &s->Dgross[k]);
            LANES(l) D->v[l] = kura_floor(base * answer->v[l]);
        } else {
            fill(&s->Dgross[k], kura_floor(base));
            LANES(l) D->v[l] = kura_floor(base * answer->v[l]);
        }
        if (m->hubs[c->hub].form == m->nforms - 1) LANES(l) world.v[l] += D->v[l];
    }
    if (m->D0_final > 0) {
        LANES(l) g->v[l] = world.v[l] / m->D0_final;
    } else {
        fill(g, 1);
    }
}

/* s = clamp01(w_g gap + w_c cover^2) on the importing side, S its moving average [4.2]. */
void kura_scarcity_step(const km_mineral *m, kura_state *s, const lane *g)
{
    const km_price *p = &m->price;
    if (!p->given) return;
    lane unserved, demand, stock;
    double target = 0;
    LANES(l) unserved.v[l] = demand.v[l] = stock.v[l] = 0;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].scarcity) {
            const lane *u = &s->unserved[k], *D = &s->D[k];
            LANES(l)
            {
                unserved.v[l] += u->v[l];
                demand.v[l] += D->v[l];
            }
        }
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].importing) {
            const lane *I = &s->I[h];
            target += m->hubs[h].fixed_point;
            LANES(l) stock.v[l] += I->v[l];
        }
    for (int k = 0; m->any_own && k < m->nconsumers; k++)
        if (m->hubs[m->consumers[k].hub].importing) { /* firm stock, whoever keeps it */
            target += m->consumers[k].own;
            LANES(l) stock.v[l] += s->own[k].v[l];
        }
    double *Sc = s->Sc->v;
    double n = p->scarcity_n, wg = p->w_gap, wc = p->w_cover;
    lane *gap = &unserved; /* stays 0 where all is served, most of the time */
    if (any_positive(&unserved)) LANES(l) gap->v[l] = demand.v[l] > 0 ? unserved.v[l] / demand.v[l] : 0;
    LANES(l)
    {
        double want = target * g->v[l];
        double low = want > 0 ? kura_clamp01(1 - stock.v[l] / want) : 0;
        double now = kura_clamp01(wg * gap->v[l] + wc * (low * low));
        Sc[l] = Sc[l] + (now - Sc[l]) / n;
    }
}
