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
    for (int k = 0; m->nthrifts && k < m->response.nanswers; k++)
        LANES(l) s->sub_of[k].v[l] = s->top_of[k].v[l] = s->ln_gross[k].v[l] = 0;
}

/* Substitution of the users, by the rule of everybody's [4.3] with another limit and lag. */
static void substitute(const km_response *q, const km_thrift *p, const lane *adopted, kura_state *s, int k,
                       int t)
{
    const double *pibar = s->pibar[k].v;
    double *sub = s->sub_of[k].v, *top = s->top_of[k].v, without = q->answers[k].sub_limit;
    double with = isnan(p->limit) ? without : kura_max(p->limit, without); /* it is raised only */
    LANES(l)
    {
        int there = t >= 0 && t >= adopted->v[l];
        double limit = there ? with : without, rate = there ? p->up : q->up;
        double up = sub[l] + (limit - sub[l]) * rate;
        double down = sub[l] - (sub[l] - q->irreversible * top[l]) * p->down;
        sub[l] = pibar[l] > q->threshold ? up : down;
        top[l] = kura_max(top[l], sub[l]);
    }
}

/* Where demand adjusts by degrees, what is replaced does, or gross demand would fall before demand has. */
static void adjust_gross(const km_response *q, lane *ln, double *gross)
{
    LANES(l)
    {
        ln->v[l] = adjusted(q, ln->v[l], kura_log(kura_max(gross[l], 0x1p-52)));
        gross[l] = kura_exp(ln->v[l]);
    }
}

/* Users that answer prices alike are in one programme [4.3]. */
void kura_thrifting_step(const km_mineral *m, kura_work *w, kura_state *s, int t)
{
    const km_response *q = &m->response;
    for (int k = 0; m->nthrifts && k < q->nanswers; k++) {
        if (!q->answers[k].thrift) continue;
        const km_thrift *p = &m->thrifts[q->answers[k].thrift - 1];
        const lane *adopted = &w->adopted[q->answers[k].thrift - 1];
        double *net = s->net_of[k].v, *gross = s->gross_of[k].v, *left = s->used_of[k].v;
        if (m->price.given) substitute(q, p, adopted, s, k, t);
        const double *sub = s->sub_of[k].v, *anyway = s->sub[k].v;
        double saves = p->saves, ramp = p->ramp;
        for (int l = 0; l < L; l++) {
            double age = t - adopted->v[l], part = t < 0 || age < 0 ? 0 : age < ramp ? age / ramp : 1;
            double used = 1 - saves * part;
            left[l] = used;
            net[l] = used * (1 - sub[l]);
            gross[l] = 1 - kura_max(0, sub[l] - anyway[l]);
        }
        if (q->gradual) adjust_gross(q, &s->ln_gross[k], gross);
        LANES(l) gross[l] *= left[l];
    }
}
