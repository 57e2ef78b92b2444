/* The demand cycle m(t), a factor exp(m) common to all demands [4.3], over the whole horizon. */
#include "sim/lanes/latent.h"

void kura_draw_cycle(const km_model *model, kura_work *w, uint64_t first_path)
{
    const km_cycle *x = &model->cycle;
    kura_lane_stream stream;
    lane m, u, z;
    if (!x->given) return;
    double a = x->a;
    LANES(l) m.v[l] = 0;
    kura_lane_stream_init(&stream, &x->stream, first_path, 0, 4);
    for (int t = 0; t < model->steps; t++) {
        double s = t ? x->s : x->first;
        kura_lane_uniform(&stream, u.v);
        latent(&x->loadings, w, t, &u, &z);
        LANES(l) m.v[l] = a * m.v[l] + s * z.v[l];
        w->cycle[t] = m;
    }
}
