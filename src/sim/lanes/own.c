/* Stock of the users' own [A11]: what a sector keeps at its works, out of reach of the others.
 *
 * In quiet times a user takes its demand from the hub, so its stock rests.  What the hub cannot give it takes
 * from its own, and when that is gone it is short, whatever its neighbours still have.  It fills up again
 * from what the hub has left after all use of the step. */
#include "sim/lanes/lanes.h"

static int has_own(const km_consumer *k) { return k->inventory > 0; }

void kura_own_start(const km_mineral *m, kura_state *s)
{
    for (int k = 0; k < m->nconsumers; k++) {
        double D0 = m->consumers[k].D0;
        LANES(l) s->ownuse[k].v[l] = D0;
    }
}

void kura_own_open(const km_mineral *m, kura_state *s)
{
    for (int k = 0; k < m->nconsumers; k++) {
        double own = m->consumers[k].own;
        LANES(l)
        {
            s->own[k].v[l] = s->ownaim[k].v[l] = own;
            s->start->v[l] += own;
        }
    }
}

/* The stock aimed at follows the average of the demand. */
void kura_own_aim(const km_mineral *m, kura_state *s)
{
    for (int k = 0; k < m->nconsumers; k++) {
        if (!has_own(&m->consumers[k])) continue;
        double *use = s->ownuse[k].v, *aim = s->ownaim[k].v, n = m->use_n, steps = m->consumers[k].inventory;
        const double *D = s->D[k].v;
        LANES(l)
        {
            use[l] = use[l] + (D[l] - use[l]) / n;
            aim[l] = kura_floor(steps * use[l]);
        }
    }
}

/* What users lack of the stock they aim at counts in the orders of their hub like its own [A1, A2]. */
void kura_own_gap(const km_mineral *m, const kura_state *s, const km_hub *hub, lane *gap)
{
    for (int k = hub->consumer_begin; k < hub->consumer_end; k++) {
        const double *own = s->own[k].v, *aim = s->ownaim[k].v;
        if (has_own(&m->consumers[k])) LANES(l) gap->v[l] += aim[l] - own[l];
    }
}

/* Of its demand `rest` a user asks the hub for all but a part of what it has too much. */
void kura_own_claim(const km_mineral *m, const kura_state *s, int k, lane *rest)
{
    if (!has_own(&m->consumers[k])) return;
    const double *own = s->own[k].v, *aim = s->ownaim[k].v;
    double gain = m->beta_i;
    LANES(l) rest->v[l] -= kura_min(rest->v[l], kura_floor(gain * kura_max(0, own[l] - aim[l])));
}

/* Uses `rest`: what the hub granted, then the own stock.  What is left of the grant joins it. */
void kura_own_use(kura_state *s, int k, const lane *rest, const lane *grant)
{
    double *own = s->own[k].v, *u = s->unserved[k].v, *gone = s->gone->v;
    LANES(l)
    {
        double have = own[l] + grant->v[l], used = kura_min(rest->v[l], have);
        u[l] = rest->v[l] - used;
        own[l] = have - used;
        gone[l] += used;
    }
}

/* After all use of the step: a part of the gaps of all users of the hub, in the same share. */
void kura_own_refill(const km_mineral *m, kura_state *s, const km_hub *hub, lane *on_hand)
{
    lane sum, theta;
    double gain = m->beta_i, *I = on_hand->v;
    LANES(l) sum.v[l] = 0;
    for (int k = hub->consumer_begin; k < hub->consumer_end; k++) {
        const double *own = s->own[k].v, *aim = s->ownaim[k].v;
        if (has_own(&m->consumers[k])) LANES(l) sum.v[l] += kura_floor(gain * kura_max(0, aim[l] - own[l]));
    }
    LANES(l) theta.v[l] = sum.v[l] > I[l] ? I[l] / sum.v[l] : 1;
    for (int k = hub->consumer_begin; k < hub->consumer_end; k++) {
        double *own = s->own[k].v;
        const double *aim = s->ownaim[k].v;
        if (!has_own(&m->consumers[k])) continue;
        LANES(l)
        {
            double want = kura_floor(gain * kura_max(0, aim[l] - own[l]));
            double x = kura_floor(want * theta.v[l]);
            own[l] += x;
            I[l] -= x;
        }
    }
}
