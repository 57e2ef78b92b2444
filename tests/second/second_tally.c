/* What a path of one mineral comes to for the focus country [8, R8.1, R8.2], and the stock that it would have
 * taken [6.7]. */
#include "second_internal.h"

static double *metric(second_record *r, int mineral, kura_metric k)
{
    return &r->metric[mineral * KURA_METRIC_COUNT + (int)k];
}
static void raise_to(double *most, double x) { *most = larger(*most, x); }
static void lower_to(double *least, double x) { *least = smaller(*least, x); }

void second_tally_begin(second_record *r, const km_model *model, int mineral)
{
    *metric(r, mineral, KURA_METRIC_FIRST_SHORT) = *metric(r, mineral, KURA_METRIC_EXHAUSTED) = model->T;
}

static double watched_stock(const second_state *s)
{
    const km_mineral *m = s->m;
    double sum = 0;
    if (m->watch_hub < 0) return 0;
    for (int k = 0; k < m->ntiers; k++)
        if (m->tiers[k].hub == m->watch_hub && !km_is_pooled(&m->tiers[k])) sum += s->S[k];
    for (int k = m->hubs[m->watch_hub].consumer_begin; k < m->hubs[m->watch_hub].consumer_end; k++)
        sum += s->J[k];
    return sum + s->I[m->watch_hub];
}

static int is_short(const second_state *s, double unserved, double demand)
{
    return unserved > s->model->scenario->tallies.threshold * demand && unserved > 16;
}

void second_tally_step(second_record *r, second_state *s, int mineral)
{
    const km_mineral *m = s->m;
    const sc_tallies *rule = &s->model->scenario->tallies;
    double D = 0, gross_demand = 0, u = 0, t = s->t - s->model->burn;
    for (int k = 0; k < m->nconsumers; k++)
        if (m->consumers[k].focus) {
            D += s->D[k];
            gross_demand += s->gross[k];
            u += s->unserved[k];
        }
    double gross = gross_demand - (D - u), depth = D > 0 ? u / D : 0, price = kura_exp(s->X);
#define M(id) (*metric(r, mineral, KURA_METRIC_##id))
    int now = is_short(s, u, D);
    M(SHORT_STEPS) += now;
    M(GROSS_SHORT_STEPS) += is_short(s, gross, gross_demand);
    M(UNSERVED) += u;
    M(GROSS_UNSERVED) += gross;
    M(DEMAND) += D;
    M(GROSS_DEMAND) += gross_demand;
    M(SPELLS) += now && !s->was_short;
    s->was_short = now;
    if (now) lower_to(&M(FIRST_SHORT), t);
    raise_to(&M(MAX_DEPTH), depth);
    M(DEPTH_05) += depth > 0.05;
    M(DEPTH_10) += depth > 0.10;
    M(DEPTH_20) += depth > 0.20;
    M(DEPTH_50) += depth > 0.50;
    s->deep = depth > rule->long_depth ? s->deep + 1 : 0;
    raise_to(&M(LONGEST), s->deep);
    if (u > 0 && watched_stock(s) <= 0) lower_to(&M(EXHAUSTED), t);
    if (m->price.given) {
        M(MEAN_PRICE) += price * (1.0 / (double)s->model->T);
        raise_to(&M(PEAK_PRICE), price);
        double own = price;
        for (int h = 0; h < m->nhubs; h++)
            if (m->hubs[h].country == s->model->focus) own = kura_exp(s->X + second_wedge(s, h));
        M(MEAN_FOCUS_PRICE) += own * (1.0 / (double)s->model->T);
        raise_to(&M(PEAK_FOCUS_PRICE), own);
    }
#undef M
}

/* The D-run: what the emptied tiers would have had to release in this step [6.7].  `need` is what is lacking.
 */
double second_required(second_state *s, int k, double need)
{
    const km_tier *tier = &s->m->tiers[k];
    double weight = tier->kept ? tier->kept[s->t < 0 ? 0 : s->t] : 1;
    double d = s->authorised[k] ? smaller(need, tier->at_most) : 0;
    if (s->t >= s->model->burn) s->required += d * weight;
    if (s->t >= s->model->burn && d > 0 && tier->floor > 0) { /* the floor must still be there after it */
        s->required += tier->floor * weight - s->held[k];
        s->held[k] = tier->floor * weight;
    }
    ACTS(s->common, required_stock, d > 0);
    return d;
}

void second_tally_required(second_record *r, const second_state *s, int mineral)
{
    *metric(r, mineral, KURA_METRIC_REQUIRED) = s->required;
    *metric(r, mineral, KURA_METRIC_IRREDUCIBLE) = s->irreducible;
}
