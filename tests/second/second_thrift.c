/* Thrifting programmes [7.4]: adopted some time after their start, or never; drawn once a path. */
#include "second_internal.h"

void second_draw_adoptions(second_state *s)
{
    s->adoption = KURA_NEW(s->common->arena, double, (size_t)s->m->nthrifts);
    for (int i = 0; i < s->m->nthrifts; i++) {
        const km_thrift *p = &s->m->thrifts[i];
        double u = kura_stream_uniform(&p->stream, s->common->path, 0);
        int succeeds = kura_stream_uniform(&p->stream, s->common->path, 1) <= p->success;
        s->adoption[i] = succeeds ? p->start + positive(kura_dist_quantile(&p->delay, u)) : INFINITY;
        ACTS(s->common, thrift_fails, !succeeds);
    }
}

static int programme_of(const second_state *s, int consumer)
{
    return s->m->response.answers[s->m->consumers[consumer].answer].thrift - 1;
}

int second_adopted(const second_state *s, int consumer)
{
    int i = programme_of(s, consumer);
    return i >= 0 && s->t >= s->adoption[i];
}

double second_saved(second_state *s, int consumer)
{
    if (!s->m->response.active || !second_adopted(s, consumer)) return 0;
    int i = programme_of(s, consumer);
    const km_thrift *p = &s->m->thrifts[i];
    double there = p->ramp > 0 ? kura_clamp01((s->t - s->adoption[i]) / p->ramp) : 1;
    ACTS(s->common, thrift_saves, p->saves * there > 0);
    return p->saves * there;
}
