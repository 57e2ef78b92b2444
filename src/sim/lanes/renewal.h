/* Durations of a renewal process by number of the event: drawn for all lanes at once while many lanes come so
 * far, one by one afterwards.  Both give the number of the same address, so the choice moves no bit. */
#ifndef KURA_SIM_LANES_RENEWAL_H
#define KURA_SIM_LANES_RENEWAL_H

#include "num/lane_dist.h"
#include "sim/lanes/lanes.h"

enum { RENEWAL_ROWS = 16, RENEWAL_SLOTS = 2 };

typedef struct {
    const kura_dist *law;
    kura_lane_stream first; /* at event 0 */
    kura_lane_stream next;  /* at event `n` */
    int n, most;            /* rows drawn, rows worth drawing */
    lane row[RENEWAL_ROWS];
} renewal;

/* `expected`: events of a path on average. */
static inline void renewal_start(renewal *r, const kura_stream *stream, const kura_dist *law, double expected,
                                 uint64_t first_path)
{
    kura_lane_stream_init(&r->first, stream, first_path, 0, RENEWAL_SLOTS);
    r->next = r->first;
    r->law = law;
    r->n = 0;
    r->most = (int)kura_min(RENEWAL_ROWS, ceil(expected + 0.5 * sqrt(expected))); /* a sixth of the lanes */
}

/* Duration number e of lane l, not below 0. */
static inline double renewal_at(renewal *r, int l, uint64_t e)
{
    if (e >= (uint64_t)r->most)
        return kura_max(0, kura_dist_quantile(r->law, kura_lane_uniform_at(&r->first, l, e * RENEWAL_SLOTS)));
    while ((uint64_t)r->n <= e) {
        lane u, *row = &r->row[r->n++];
        kura_lane_uniform(&r->next, u.v);
        kura_lane_quantile(r->law, u.v, row->v);
        LANES(k) row->v[k] = kura_max(0, row->v[k]);
    }
    return r->row[e].v[l];
}

#endif
