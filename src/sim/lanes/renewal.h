/* Durations of a renewal process by number of the event: drawn for all lanes at once while many lanes come so
 * far, one by one afterwards.  Both give the number of the same address, so the choice moves no bit. */
#ifndef KURA_SIM_LANES_RENEWAL_H
#define KURA_SIM_LANES_RENEWAL_H

#include "num/lane_dist.h"
#include "sim/lanes/lanes.h"

enum { RENEWAL_ROWS = KURA_RENEWAL_ROWS, RENEWAL_SLOTS = 2 };

typedef kura_renewal renewal;

/* `expected`: events of a path on average. */
static inline void renewal_start(renewal *r, const kura_stream *stream, const kura_dist *law, double expected,
                                 uint64_t first_path)
{
    kura_lane_stream_init(&r->stream, stream, first_path, 0, RENEWAL_SLOTS);
    r->law = law;
    r->n = 0;
    r->most = (int)kura_min(RENEWAL_ROWS, ceil(expected + 0.5 * sqrt(expected))); /* a sixth of the lanes */
}

/* Durations of the next event of every lane. */
static inline void renewal_draw(renewal *r)
{
    lane u, *row = &r->row[r->n++];
    kura_lane_uniform(&r->stream, u.v);
    kura_lane_quantile(r->law, u.v, row->v);
    LANES(l) row->v[l] = kura_max(0, row->v[l]);
}

/* Duration number e of lane l, not below 0. */
static inline double renewal_at(renewal *r, int l, uint64_t e)
{
    uint64_t most = (uint64_t)r->most;
    while (e < most && (uint64_t)r->n <= e) renewal_draw(r);
    if (e < most) return r->row[e].v[l];
    double u = kura_lane_uniform_at(&r->stream, l, (e - (uint64_t)r->n) * RENEWAL_SLOTS);
    return kura_max(0, kura_dist_quantile(r->law, u));
}

#endif
