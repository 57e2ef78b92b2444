/* What a stockpile is worth when all imports are cut: no more than the sites of its country, and those that
 * toll for it, can convert into what is used [2.4]. */
#include "model/model.h"
#include <math.h>

/* The hub of the last form from that of `hub` on which somebody in its country uses, -1. */
static int last_used(const km_mineral *m, int hub)
{
    int last = -1;
    for (int c = 0; c < m->nconsumers; c++)
        if (m->hubs[m->consumers[c].hub].country == m->hubs[hub].country && m->consumers[c].hub >= hub)
            last = m->consumers[c].hub;
    return last;
}

const char *km_usable_form(const km_mineral *m, int tier)
{
    int last = last_used(m, m->tiers[tier].hub);
    return last < 0 ? NULL : m->forms[m->hubs[last].form];
}

double km_usable_days(const km_model *model, const km_mineral *m, int i, double days)
{
    const km_tier *k = &m->tiers[i];
    double use = 0, yield = 1, rate = k->at_most, lag = k->delay, most = k->opening - k->floor;
    int last = last_used(m, k->hub);
    if (last < 0) return NAN;
    for (int c = m->hubs[last].consumer_begin; c < m->hubs[last].consumer_end; c++) use += m->consumers[c].D0;
    for (int h = k->hub; h != last;) {
        h = m->hubs[h].up_hub;
        if (h < 0) return 0; /* the country does not make the form in between */
        double in = 0, out = 0, wait = 1e300;
        for (int s = m->hubs[h].site_begin; s < m->hubs[h].site_end; s++) {
            if (!m->sites[s].refine) continue;
            in += m->sites[s].K;
            out += m->sites[s].yield * m->sites[s].K;
            wait = m->sites[s].lag < wait ? m->sites[s].lag : wait;
        }
        if (in == 0) return 0;
        yield *= out / in;
        rate = rate * (out / in) < out ? rate * (out / in) : out;
        lag += wait;
    }
    double time = days / model->step_days - lag, got = (time > 0 ? time : 0) * (rate < use ? rate : use);
    if (got > most * yield) got = most * yield;
    return use > 0 ? got / use * model->step_days : NAN;
}
