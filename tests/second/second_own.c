/* Users with a stock of their own [A11]: it comes after the hub, and nobody else can reach it. */
#include "second_internal.h"

void second_open_own(second_state *s)
{
    for (int k = 0; k < s->m->nconsumers; k++) s->J[k] = s->m->consumers[k].own;
}

/* What they aim at follows the average of their demand. */
void second_aims(second_state *s)
{
    for (int k = 0; k < s->m->nconsumers; k++) {
        double *average = &s->use_average[k];
        *average = *average + (s->D[k] - *average) / s->m->use_n;
        s->aim[k] = fl(s->m->consumers[k].inventory * *average);
    }
}

double second_own_gap(const second_state *s, int hub)
{
    const km_hub *h = &s->m->hubs[hub];
    double gap = 0;
    for (int k = h->consumer_begin; k < h->consumer_end; k++)
        if (s->m->consumers[k].inventory > 0) gap += s->aim[k] - s->J[k];
    return gap;
}

static double left_to_serve(const second_state *s, int k) { return s->D[k] - s->special[k]; }

/* What is above the aim is used up by degrees, in place of what the hub would give. */
double second_own_claim(second_state *s, int k)
{
    double wants = left_to_serve(s, k);
    if (!(s->m->consumers[k].inventory > 0)) return wants;
    double own = smaller(wants, fl(s->m->beta_i * positive(s->J[k] - s->aim[k])));
    ACTS(s->common, own_stock_above_aim, own > 0);
    ACTS(s->common, own_stock_beside_sectors, s->special[k] > 0);
    return wants - own;
}

void second_own_use(second_state *s, int k, double grant)
{
    double wants = left_to_serve(s, k), uses = smaller(wants, s->J[k] + grant);
    ACTS(s->common, own_stock_used, uses > grant);
    s->J[k] = s->J[k] + grant - uses;
    s->unserved[k] = wants - uses;
    s->balance_out += uses + s->special[k];
}

/* Of what the hub has left after all use, in proportion to what they lack of it. */
void second_own_refill(second_state *s, int hub)
{
    const km_hub *h = &s->m->hubs[hub];
    double sum = 0, rest = s->I[hub];
    for (int pass = 0; pass < 2; pass++) {
        double theta = sum > rest ? rest / sum : 1;
        for (int k = h->consumer_begin; k < h->consumer_end; k++) {
            if (!(s->m->consumers[k].inventory > 0)) continue;
            double want = fl(s->m->beta_i * positive(s->aim[k] - s->J[k]));
            if (pass == 0) {
                sum += want;
                continue;
            }
            double x = fl(theta * want);
            ACTS(s->common, own_stock_refilled, x > 0);
            s->I[hub] -= x;
            s->J[k] += x;
        }
    }
}
