/* By-products and hosts [2.5].  What a host does in a step, relative to its base, limits the capacity of the
 * sites that live on it (limit) or brings their output along (basket).  Hosts are simulated before; the ratio
 * is kept in single precision, which is its definition [R0.2]. */
#include "sim/lanes/lanes.h"

/* Activities outside the network: exp(h), h autoregressive, stationary from the start. */
void kura_draw_host_indices(const km_model *model, kura_work *w, uint64_t first_path)
{
    for (int i = 0; i < model->nhost_indices; i++) {
        const km_host_index *x = &model->host_indices[i];
        kura_lane_stream s;
        lane h;
        kura_lane_stream_init(&s, &x->stream, first_path, 0, 4);
        double first = x->a < 1 ? 1 / sqrt(1 - x->a * x->a) : 0; /* sd of the long run in innovations */
        for (int t = 0; t < model->steps; t++) {
            lane u;
            kura_lane_uniform(&s, u.v);
            double a = x->a, sd = x->s, growth = x->growth ? x->growth[t] : 1;
            float *out = w->activity[i][t].v;
            if (t == 0) {
                LANES(l) h.v[l] = sd * first * kura_norm_inv(u.v[l]);
            } else {
                LANES(l) h.v[l] = a * h.v[l] + sd * kura_norm_inv(u.v[l]);
            }
            LANES(l) out[l] = (float)(growth * kura_exp(h.v[l]));
        }
    }
}

void kura_record_activity(const km_mineral *m, kura_work *w, const kura_state *s, int t)
{
    for (int b = 0; b < m->nsites; b++) {
        if (m->sites[b].activity < 0) continue;
        const double *x = s->xs[b].v;
        double x0 = m->sites[b].x0;
        float *out = w->activity[m->sites[b].activity][t].v;
        LANES(l) out[l] = (float)(x[l] / x0);
        for (int l = 1; l < L && w->forced; l++) out[l] = out[0]; /* what a host loses is its own [8.11] */
    }
}

/* Capacity `kav` of a by-product's site in step t; before the start hosts run at their base. */
void kura_limit_by_hosts(const km_site *site, const kura_work *w, int t, lane *kav)
{
    lane loss;
    if (site->basket) {
        double d0 = site->d0;
        LANES(l) kav->v[l] = d0;
        if (t < 0) return;
        const float *r = w->activity[site->hosts[0].series][t].v;
        LANES(l) kav->v[l] = kura_floor(d0 * (double)r[l]);
        return;
    }
    LANES(l) loss.v[l] = 0;
    for (int i = 0; i < site->nhosts; i++) {
        const km_host *h = &site->hosts[i];
        double share = h->share, most = h->most;
        if (t < 0) {
            LANES(l) loss.v[l] += kura_max(0, kura_floor(share * kav->v[l]) + kura_floor(-most));
            continue;
        }
        const float *r = w->activity[h->series][t].v;
        LANES(l) loss.v[l] += kura_max(0, kura_floor(share * kav->v[l]) + kura_floor(-(most * (double)r[l])));
    }
    LANES(l) kav->v[l] = kura_max(0, kav->v[l] - loss.v[l]);
}

/* What the basket brings beyond the store is thrown away [2.5]. */
void kura_dispose(const km_mineral *m, kura_state *s)
{
    for (int h = 0; h < m->nhubs; h++) {
        if (!m->hubs[h].basket) continue;
        double cap = m->hubs[h].cap, *I = s->I[h].v, *gone = s->gone->v;
        LANES(l)
        {
            double excess = kura_max(0, I[l] - cap);
            I[l] -= excess;
            gone[l] += excess;
        }
    }
}
