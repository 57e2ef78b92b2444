/* What multiplies the shock of a price, over the whole horizon [4.1]: the regime of exporters (Hamilton
 * 1989), a logarithm that is autoregressive (stochastic volatility, Taylor 1986), a market that gets deeper.
 * It acts on the normal shock, not on jumps; no draw depends on it. */
#include "sim/lanes/latent.h"

/* The multiple of the worst regime of an exporter. */
static void by_worst(const km_volatility *k, const kura_work *w, int t, lane *v)
{
    for (int l = 0; l < L; l++) {
        int worst = 0;
        for (int i = 0; i < k->nexporters; i++) {
            int r = w->regime[k->exporter[i]][t].v[l];
            worst = r > worst ? r : worst;
        }
        v->v[l] = k->by_regime[worst];
    }
}

/* The mean of the multiples, weighted by exports. */
static void by_share(const km_volatility *k, const kura_work *w, int t, lane *v)
{
    double normal = k->by_regime[0];
    LANES(l) v->v[l] = normal;
    for (int i = 0; i < k->nexporters; i++) {
        double more[3] = {0, k->weight[i] * (k->by_regime[1] - normal),
                          k->weight[i] * (k->by_regime[2] - normal)};
        const uint8_t *regime = w->regime[k->exporter[i]][t].v;
        for (int l = 0; l < L; l++) v->v[l] += more[regime[l]];
    }
}

/* h(t) = a h(t-1) + s z, z of slot 3; times exp(h). */
static void stochastic(const km_model *model, const km_price *p, lane *out, uint64_t first_path)
{
    const km_volatility *k = &p->volatility;
    kura_lane_stream stream;
    lane h, u;
    double a = k->a;
    LANES(l) h.v[l] = 0;
    kura_lane_stream_init(&stream, &p->stream, first_path, 3, 4);
    for (int t = 0; t < model->steps; t++) {
        double s = t ? k->s : k->first, *v = out[t].v;
        kura_lane_uniform(&stream, u.v);
        LANES(l)
        {
            h.v[l] = a * h.v[l] + s * kura_norm_inv(u.v[l]);
            v[l] *= kura_exp(h.v[l]);
        }
    }
}

/* The multiple of every step; NULL where it is always 1. */
const lane *kura_draw_volatility(const km_model *model, const km_mineral *m, kura_work *w,
                                 uint64_t first_path)
{
    const km_volatility *k = &m->price.volatility;
    if (!k->given) return NULL;
    for (int t = 0; t < model->steps; t++) {
        lane *v = &w->volatility[t];
        if (!k->nexporters)
            LANES(l) v->v[l] = 1;
        else if (k->weight)
            by_share(k, w, t, v);
        else
            by_worst(k, w, t, v);
    }
    if (k->s > 0) stochastic(model, &m->price, w->volatility, first_path);
    for (int t = 0; k->depth && t < model->steps; t++) {
        double depth = k->depth[t];
        LANES(l) w->volatility[t].v[l] *= depth;
    }
    return w->volatility;
}
