/* Price, demand, response and scarcity [4]: everything reads the state of the step before [R0.3]. */
#include "second_internal.h"

static double uniform(const second_state *s, int slot)
{
    return kura_stream_uniform(&s->m->price.stream, s->common->path, (uint64_t)s->t * 4 + (uint64_t)slot);
}

/* The noise of one step: sd times a normal number with its loadings, and jumps [4.1]. */
static double noise(const second_state *s)
{
    const km_price *p = &s->m->price;
    double sine, cosine;
    double radius = sqrt(-2 * kura_log(uniform(s, 0)));
    kura_sincos_2pi(uniform(s, 1), &sine, &cosine);
    double z = p->loadings.own * (radius * cosine), xi = radius * sine;
    for (int i = 0; i < p->loadings.n; i++)
        z += p->loadings.loading[i] * s->common->factor[p->loadings.factor[i]][s->t];
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

/* Demand over what it would be at the base price [4.3]. */
static double response(second_state *s)
{
    const km_response *r = &s->m->response;
    if (!r->active) return 1;
    double x = kura_min(kura_max(s->X, r->ln_min), r->ln_max);
    if (r->sub_limit > 0) {
        s->price_average = s->price_average + (kura_exp(x) - s->price_average) / r->smoothing;
        double floor_of_it = r->irreversible * s->most_substitution;
        if (s->price_average > r->threshold)
            s->substitution = s->substitution + (r->sub_limit - s->substitution) * r->up;
        else
            s->substitution = s->substitution - (s->substitution - floor_of_it) * r->down;
        ACTS(s->common, substitution, s->substitution > 0);
        s->most_substitution = larger(s->most_substitution, s->substitution);
    }
    return kura_exp(-r->elasticity * x) * (1 - s->substitution);
}

static int has_profile(const second_state *s, const km_consumer *q)
{
    return s->model->scenario->demands[q->scenario_demand].profile >= 0;
}

void second_price_and_demand(second_state *s)
{
    const km_mineral *m = s->m;
    double factor = 1;
    if (m->price.given) {
        price(s);
        factor = response(s);
    }
    for (int k = 0; k < m->nconsumers; k++) {
        const km_consumer *q = &m->consumers[k];
        double want = q->D0;
        if (s->t >= 0 && q->path) want *= q->path[s->t];
        if (s->t >= 0 && q->script.mul) want *= positive(second_script(&q->script, s->t, 1));
        s->gross[k] = fl(want);
        ACTS(s->common, demand_profiles, s->t >= 0 && has_profile(s, q) && want != q->D0);
        ACTS(s->common, growth, s->t >= 0 && q->path && !has_profile(s, q) && want != q->D0);
        ACTS(s->common, demand_scripts,
             s->t >= 0 && q->script.mul && second_script(&q->script, s->t, 1) != 1);
        s->D[k] = m->response.active ? fl(want * factor) : s->gross[k];
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
        }
    steady *= s->world;
    double gap = demand > 0 ? unserved / demand : 0;
    double cover = steady > 0 ? kura_clamp01(1 - stock / steady) : 0;
    double now = kura_clamp01(p->w_gap * gap + p->w_cover * cover * cover);
    s->scarcity = s->scarcity + (now - s->scarcity) / p->scarcity_n;
}
