/* Price, demand, response and scarcity [4]: everything reads the state of the step before [R0.3]. */
#include "second_internal.h"

static double uniform(const second_state *s, int slot)
{
    return kura_stream_uniform(&s->m->price.stream, s->common->path, (uint64_t)s->t * 4 + (uint64_t)slot);
}

/* ---- the demand cycle [4.3] ---- */

void second_draw_cycle(second_common *c)
{
    const km_cycle *x = &c->model->cycle;
    double last = 0;
    if (!x->given) return;
    c->cycle = KURA_NEW(c->arena, double, (size_t)c->model->steps);
    for (int t = 0; t < c->model->steps; t++) {
        double u = kura_stream_uniform(&x->stream, c->path, (uint64_t)t * 4);
        last = x->a * last + (t == 0 ? x->first : x->s) * second_latent(c, &x->loadings, t, u);
        c->cycle[t] = last;
    }
}

static double cycle(const second_state *s)
{
    if (s->m->cycle == 0 || s->t < 0) return 1;
    ACTS(s->common, demand_cycle, 1);
    return kura_exp(s->m->cycle * s->common->cycle[s->t]);
}

/* ---- prices apart under a restriction [4.5] ---- */

double second_wedge(const second_state *s, int hub)
{
    const km_wedge *k = &s->m->price.wedge;
    return k->given ? s->wedge_in[k->of_hub[hub]] - s->wedge_out[k->of_hub[hub]] : 0;
}

/* Share of the output and imports of a hub that its country's restrictions keep at home. */
static double kept_at_home(const second_state *s, int hub)
{
    const km_hub *from = &s->m->hubs[hub];
    double kept = 0;
    for (int a = 0; a < s->m->narcs; a++) {
        const km_arc *arc = &s->m->arcs[a];
        if (arc->from == hub && arc->v > 0) kept += arc->v / (from->X + from->M) * second_severity(s, arc);
    }
    return kura_clamp01(kept);
}

static void wedges(second_state *s)
{
    const km_wedge *k = &s->m->price.wedge;
    for (int c = 0; k->given && c < k->ncountries; c++) {
        double lacking = 0, kept = 0;
        for (int h = 0; h < s->m->nhubs; h++) {
            if (k->of_hub[h] != c) continue;
            if (s->m->hubs[h].Mo > 0) lacking = larger(lacking, kura_clamp01(1 - s->Z[h]));
            kept = larger(kept, kept_at_home(s, h));
        }
        s->wedge_in[c] = s->wedge_in[c] + (k->importer * lacking - s->wedge_in[c]) / k->n;
        s->wedge_out[c] = s->wedge_out[c] + (k->origin * kept - s->wedge_out[c]) / k->n;
        ACTS(s->common, wedges_of_importers, s->wedge_in[c] > 0);
        ACTS(s->common, wedges_of_exporters, s->wedge_out[c] > 0);
    }
}

/* ---- price ---- */

/* What multiplies the normal shock of the step. */
static double volatility(second_state *s)
{
    const km_volatility *k = &s->m->price.volatility;
    double v = 1;
    int worst = 0;
    if (!k->given) return 1;
    if (k->nexporters) v = k->by_regime[0];
    for (int i = 0; i < k->nexporters; i++) {
        int r = s->common->regime[k->exporter[i]][s->t];
        if (r > worst) worst = r;
        if (k->weight) v += r ? k->weight[i] * (k->by_regime[r] - k->by_regime[0]) : 0;
    }
    if (k->nexporters && !k->weight) v = k->by_regime[worst];
    ACTS(s->common, volatility_by_regime, worst > 0);
    if (k->s > 0) {
        s->ln_volatility = k->a * s->ln_volatility + (s->t ? k->s : k->first) * kura_norm_inv(uniform(s, 3));
        v *= kura_exp(s->ln_volatility);
        ACTS(s->common, stochastic_volatility, 1);
    }
    if (k->depth) v *= k->depth[s->t];
    ACTS(s->common, market_depth, k->depth && k->depth[s->t] != 1);
    return v;
}

/* The noise of one step: sd times a normal number with its loadings, and jumps [4.1]. */
static double noise(second_state *s)
{
    const km_price *p = &s->m->price;
    double sine, cosine;
    double radius = sqrt(-2 * kura_log(uniform(s, 0)));
    kura_sincos_2pi(uniform(s, 1), &sine, &cosine);
    double z = p->loadings.own * (radius * cosine), xi = radius * sine;
    for (int i = 0; i < p->loadings.n; i++)
        z += p->loadings.loading[i] * s->common->factor[p->loadings.factor[i]][s->t];
    if (p->volatility.given) z *= volatility(s);
    int jumps = kura_poisson_quantile(p->jump_mean_count, uniform(s, 2));
    ACTS(s->common, jumps, jumps);
    double jump = jumps * p->jump_mean + sqrt((double)jumps) * p->jump_sd * xi;
    return p->s * z + jump;
}

static void price(second_state *s)
{
    const km_price *p = &s->m->price;
    double theta = p->drift * larger(0, s->t - s->model->burn);
    if (s->t >= 0) {
        s->Xo = theta + (s->Xo - theta) * p->a + noise(s);
        if (p->jump) s->Xo += p->jump[s->t];
        if (p->set && !isnan(p->set[s->t])) s->Xo = p->set[s->t];
    }
    s->Xo = kura_min(kura_max(s->Xo, kura_log(0.05)), kura_log(50));
    s->X = s->Xo + p->eta * s->scarcity;
    ACTS(s->common, premiums, p->eta * s->scarcity > 0);
    ACTS(s->common, price_scripts,
         s->t >= 0 && ((p->set && !isnan(p->set[s->t])) || (p->jump && p->jump[s->t] != 0)));
}

/* One step of a substitution: towards `limit` while the averaged price is dear, else back to the part of its
 * maximum that stays. */
static void substitute(const second_state *s, double average, double limit, double up, double down,
                       double *sub, double *most)
{
    const km_response *r = &s->m->response;
    if (average > r->threshold)
        *sub = *sub + (limit - *sub) * up;
    else
        *sub = *sub - (*sub - r->irreversible * *most) * down;
    *most = larger(*most, *sub);
}

/* Both substitutions of a consumer: without its thrifting programme, and with it [7.4]. */
static void substitutions(second_state *s, int consumer, double x)
{
    const km_response *r = &s->m->response;
    const km_answer *answer = &r->answers[s->m->consumers[consumer].answer];
    const km_thrift *p = second_adopted(s, consumer) ? &s->m->thrifts[answer->thrift - 1] : NULL;
    double *average = &s->price_average[consumer], limit = answer->sub_limit;
    double *sub = &s->substitution[consumer], *with = &s->thrifty[consumer];
    *average = *average + (kura_exp(x) - *average) / r->smoothing;
    ACTS(s->common, thrift_after_substitution, p && s->t - 1 < s->adoption[answer->thrift - 1] && *sub > 0);
    if (limit > 0) substitute(s, *average, limit, r->up, r->down, sub, &s->most_substitution[consumer]);
    if (p)
        substitute(s, *average, isnan(p->limit) ? limit : larger(p->limit, limit), p->up, p->down, with,
                   &s->most_thrifty[consumer]);
    else if (limit > 0)
        substitute(s, *average, limit, r->up, r->down, with, &s->most_thrifty[consumer]);
    ACTS(s->common, substitution, *sub > 0);
    ACTS(s->common, thrift_replaces, *with > *sub);
}

/* A part of the way, in logarithms and within bounds. */
static void adjust(second_state *s, double wanted, double *ln)
{
    const km_response *r = &s->m->response;
    double now = *ln + r->adjust * (wanted - *ln);
    *ln = kura_min(kura_max(now, r->ln_low), r->ln_high);
    ACTS(s->common, bounded_demand, *ln != now);
}

/* Demand of a consumer over what it would be at the base price [4.3], of which a programme leaves `used`. */
static double response(second_state *s, int consumer, double used)
{
    const km_response *r = &s->m->response;
    const km_consumer *q = &s->m->consumers[consumer];
    double elasticity = r->answers[q->answer].elasticity;
    if (!r->active) return 1;
    double x = kura_min(kura_max(s->X + second_wedge(s, q->hub), r->ln_min), r->ln_max);
    double *ln_demand = &s->ln_demand[consumer];
    substitutions(s, consumer, x);
    double left = 1 - s->thrifty[consumer];
    if (!r->gradual) return kura_exp(-elasticity * x) * (used * left);
    adjust(s, -elasticity * x + kura_log(larger(left, 0x1p-52)), ln_demand);
    ACTS(s->common, gradual_demand, *ln_demand != 0);
    return kura_exp(*ln_demand) * used;
}

/* What programmes leave of it without what they save: replaced by degrees where demand adjusts by degrees. */
static double not_replaced(second_state *s, int consumer)
{
    const km_response *r = &s->m->response;
    double left = 1 - positive(s->thrifty[consumer] - s->substitution[consumer]);
    if (!r->active || !r->gradual) return left;
    adjust(s, kura_log(larger(left, 0x1p-52)), &s->ln_gross[consumer]);
    return kura_exp(s->ln_gross[consumer]);
}

static int has_profile(const second_state *s, const km_consumer *q)
{
    return s->model->scenario->demands[q->scenario_demand].profile >= 0;
}

void second_price_and_demand(second_state *s)
{
    const km_mineral *m = s->m;
    double now = cycle(s);
    if (m->price.given) {
        wedges(s);
        price(s);
    }
    for (int k = 0; k < m->nconsumers; k++) {
        const km_consumer *q = &m->consumers[k];
        double want = q->D0;
        if (s->t >= 0 && q->path) want *= q->path[s->t];
        if (s->t >= 0 && q->script.mul) want *= positive(second_script(&q->script, s->t, 1));
        want *= now;
        ACTS(s->common, demand_profiles, s->t >= 0 && has_profile(s, q) && want != q->D0);
        ACTS(s->common, growth, s->t >= 0 && q->path && !has_profile(s, q) && want != q->D0);
        ACTS(s->common, demand_scripts,
             s->t >= 0 && q->script.mul && second_script(&q->script, s->t, 1) != 1);
        double used = 1 - second_saved(s, k);
        s->D[k] = fl(want * response(s, k, used));
        s->gross[k] = fl(want * (used * not_replaced(s, k)));
    }
}

/* [4.2] */
void second_scarcity(second_state *s)
{
    const km_mineral *m = s->m;
    const km_price *p = &m->price;
    double unserved = 0, demand = 0, stock = 0, steady = 0;
    if (!p->given) return;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].scarcity) {
            unserved += s->unserved[k];
            demand += s->D[k];
        }
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].importing) {
            stock += s->I[h];
            steady += m->hubs[h].fixed_point;
            for (int k = m->hubs[h].consumer_begin; k < m->hubs[h].consumer_end; k++) {
                stock += s->J[k];
                steady += m->consumers[k].own;
            }
        }
    steady *= s->world;
    double gap = demand > 0 ? unserved / demand : 0;
    double cover = steady > 0 ? kura_clamp01(1 - stock / steady) : 0;
    double now = kura_clamp01(p->w_gap * gap + p->w_cover * cover * cover);
    s->scarcity = s->scarcity + (now - s->scarcity) / p->scarcity_n;
}
