/* Thrifting programmes [7.4]: from its adoption on a programme raises how much of the demand of its users
 * dear prices replace, hastens it, and saves a part whatever the price.
 *
 * Gross demand leaves out what prices take away [R8.2].  What a programme adds is no loss of that kind: a use
 * is served with less.  So gross demand falls by what is saved, and by what is replaced beyond what the same
 * prices would have replaced without the programme. */
#include "sim/lanes/lanes.h"
#include "num/dist.h"

/* Once a path, whatever is made of it: high numbers are worse. */
void kura_draw_thrifting(const km_mineral *m, kura_work *w, uint64_t first_path)
{
    for (int j = 0; j < m->nthrifts; j++) {
        const km_thrift *k = &m->thrifts[j];
        for (int l = 0; l < L; l++) {
            uint64_t path = first_path + (uint64_t)l;
            double delay = kura_dist_quantile(&k->delay, kura_stream_uniform(&k->stream, path, 0));
            int never = kura_stream_uniform(&k->stream, path, 1) > k->success;
            w->adopted[j].v[l] = never ? INFINITY : k->start + kura_max(0, delay);
        }
    }
}

void kura_thrifting_start(const km_mineral *m, kura_state *s)
{
    for (int j = 0; j < m->nthrifts; j++) LANES(l) s->sub_of[j].v[l] = s->top_of[j].v[l] = 0;
}

/* Substitution of the users, by the rule of everybody's [4.3] with another limit and lag. */
static void substitute(const km_response *q, const km_thrift *k, const lane *adopted, kura_state *s, int j,
                       int t)
{
    const double *pibar = s->pibar->v;
    double *sub = s->sub_of[j].v, *top = s->top_of[j].v;
    LANES(l)
    {
        int there = t >= 0 && t >= adopted->v[l];
        double limit = there ? k->limit : q->sub_limit, rate = there ? k->up : q->up;
        double up = sub[l] + (limit - sub[l]) * rate;
        double down = sub[l] - (sub[l] - q->irreversible * top[l]) * k->down;
        sub[l] = pibar[l] > q->threshold ? up : down;
        top[l] = kura_max(top[l], sub[l]);
    }
}

void kura_thrifting_step(const km_mineral *m, kura_work *w, kura_state *s, int t)
{
    for (int j = 0; j < m->nthrifts; j++) {
        const km_thrift *k = &m->thrifts[j];
        const double *adopted = w->adopted[j].v;
        double *net = s->net_of[j].v, *gross = s->gross_of[j].v;
        if (m->price.given) substitute(&m->response, k, &w->adopted[j], s, j, t);
        const double *sub = s->sub_of[j].v, *anyway = s->sub->v;
        double saves = k->saves, ramp = k->ramp;
        for (int l = 0; l < L; l++) {
            double age = t - adopted[l], part = t < 0 || age < 0 ? 0 : age < ramp ? age / ramp : 1;
            double used = 1 - saves * part;
            net[l] = used * (1 - sub[l]);
            gross[l] = used * (1 - kura_max(0, sub[l] - anyway[l]));
        }
    }
}
