/* The loop of the second engine: minerals, runs of a path, steps, the record. */
#include "second_internal.h"

/* ---- state ---- */

static void make_state(second_state *s, kura_arena *a)
{
    const km_mineral *m = s->m;
    double **per_site[] = {&s->K, &s->C, &s->Kt, &s->T, &s->out, &s->claim};
    double **per_arc[] = {&s->kappa, &s->leak,  &s->v,      &s->net,   &s->ship,
                          &s->cap,   &s->first, &s->second, &s->offer, &s->before};
    double **per_hub[] = {&s->Cexp,  &s->A,
                          &s->Z,     &s->need_average,
                          &s->need,  &s->qualification,
                          &s->omega, &s->notice,
                          &s->alarm, &s->I,
                          &s->P,     &s->Ubar,
                          &s->U,     &s->H,
                          &s->B,     &s->Xstar,
                          &s->made,  &s->onhand,
                          &s->W,     &s->left,
                          &s->asked, &s->sum1,
                          &s->sum2,  &s->on_top};
    double **per_tier[] = {&s->held,     &s->S,    &s->release, &s->authorised,
                           &s->on_order, &s->want, &s->signal,  &s->lack};
    double **per_consumer[] = {&s->D,
                               &s->gross,
                               &s->unserved,
                               &s->special,
                               &s->ln_demand,
                               &s->ln_gross,
                               &s->substitution,
                               &s->most_substitution,
                               &s->price_average,
                               &s->thrifty,
                               &s->most_thrifty,
                               &s->J,
                               &s->aim,
                               &s->use_average};
    double **per_country[] = {&s->wedge_in, &s->wedge_out};
#define MAKE(list, n)                                                                                        \
    for (size_t i = 0; i < sizeof(list) / sizeof *(list); i++) *(list)[i] = KURA_NEW(a, double, (size_t)(n))
    MAKE(per_site, m->nsites);
    MAKE(per_arc, m->narcs);
    MAKE(per_hub, m->nhubs);
    MAKE(per_tier, m->ntiers);
    MAKE(per_consumer, m->nconsumers);
    MAKE(per_country, m->price.wedge.ncountries);
#undef MAKE
    s->lag = KURA_NEW(a, int, (size_t)m->narcs);
    s->ring = KURA_NEW(a, double, (size_t)(m->nhubs * m->ring));
    s->process = KURA_NEW(a, double, (size_t)m->nprocess);
    s->age = KURA_NEW(a, double, (size_t)m->nages);
    s->delivery = KURA_NEW(a, double, (size_t)m->nslots);
    s->trigger = KURA_NEW(a, second_trigger, (size_t)m->ntiers);
}

static void open_stocks(second_state *s)
{
    const km_mineral *m = s->m;
    for (int h = 0; h < m->nhubs; h++) s->I[h] = m->hubs[h].opening;
    for (int k = 0; k < m->nconsumers; k++) s->unserved[k] = s->D[k] = 0; /* the step before is forgotten */
    second_open_tiers(s);
    second_open_own(s);
}

/* The base flow at the end of step -1 [A5]. */
static void open_state(second_state *s)
{
    const km_mineral *m = s->m;
    open_stocks(s);
    for (int h = 0; h < m->nhubs; h++) s->Ubar[h] = m->hubs[h].U0;
    for (int a = 0; a < m->narcs; a++) {
        const km_arc *arc = &m->arcs[a];
        for (int k = 0; k < arc->lag; k++) {
            int place = (k - m->spin) % m->ring;
            s->ring[arc->to * m->ring + (place < 0 ? place + m->ring : place)] += arc->net;
        }
        s->P[arc->to] += arc->lag * arc->net;
    }
    for (int b = 0; b < m->nsites; b++)
        for (int k = 0; k < m->sites[b].lag; k++) s->process[m->sites[b].process + k] = m->sites[b].x0;
    s->X = s->Xo = m->price.given ? m->price.start : 0;
    for (int k = 0; k < m->nconsumers; k++) {
        s->price_average[k] = 1;
        s->use_average[k] = m->consumers[k].D0;
    }
    second_open_supply(s);
    second_draw_adoptions(s);
    s->balance_start = second_in_transit_and_stock(s);
}

/* ---- record ---- */

typedef struct {
    int hub, site, arc, tier, consumer, mineral;
} place;

static place place_of(const km_model *model, int mineral)
{
    place p = {.mineral = mineral};
    for (int i = 0; i < mineral; i++) {
        const km_mineral *b = &model->minerals[i];
        p.hub += b->nhubs, p.site += b->nsites, p.arc += b->narcs;
        p.tier += b->ntiers, p.consumer += b->nconsumers;
    }
    return p;
}

static void put(second_record *r, const km_model *model, int column, int row, int t, double value)
{
    r->column[column][(size_t)row * (size_t)model->T + (size_t)t] = value;
}

static void record(second_record *r, const second_state *s, place p)
{
    const km_mineral *m = s->m;
    const km_model *k = s->model;
    double q = m->quantum;
    int t = s->t - k->burn;
    for (int h = 0; h < m->nhubs; h++) {
        put(r, k, KURA_TRACE_ON_HAND, p.hub + h, t, s->I[h] * q);
        put(r, k, KURA_TRACE_IN_TRANSIT, p.hub + h, t, s->P[h] * q);
        put(r, k, KURA_TRACE_USE_AVERAGE, p.hub + h, t, s->Ubar[h] * q);
        put(r, k, KURA_TRACE_ORDER, p.hub + h, t, s->W[h] * q);
        put(r, k, KURA_TRACE_INBOUND, p.hub + h, t, s->Z[h]);
        put(r, k, KURA_TRACE_QUALIFICATION, p.hub + h, t, s->qualification[h]);
        put(r, k, KURA_TRACE_ANNOUNCED, p.hub + h, t, s->notice[h]);
    }
    for (int b = 0; b < m->nsites; b++) {
        put(r, k, KURA_TRACE_AVAILABILITY, p.site + b, t, s->hazards->available[b][s->t]);
        put(r, k, KURA_TRACE_OUTPUT, p.site + b, t, s->out[b] * q);
    }
    for (int a = 0; a < m->narcs; a++) {
        put(r, k, KURA_TRACE_OPENNESS, p.arc + a, t, s->kappa[a]);
        put(r, k, KURA_TRACE_DETOUR, p.arc + a, t, s->lag[a]);
        put(r, k, KURA_TRACE_SHIPMENT, p.arc + a, t, s->ship[a] * q);
    }
    for (int i = 0; i < k->nregimes; i++) put(r, k, KURA_TRACE_REGIME, i, t, s->common->regime[i][s->t]);
    for (int i = 0; i < m->ntiers; i++) {
        put(r, k, KURA_TRACE_TIER_STOCK, p.tier + i, t, s->S[i] * q);
        put(r, k, KURA_TRACE_RELEASE, p.tier + i, t, s->release[i] * q);
        put(r, k, KURA_TRACE_TRIGGER, p.tier + i, t, s->trigger[i].state);
        put(r, k, KURA_TRACE_LOSS, p.tier + i, t, s->trigger[i].loss);
    }
    for (int i = 0; i < m->nconsumers; i++) {
        put(r, k, KURA_TRACE_DEMAND, p.consumer + i, t, s->D[i] * q);
        put(r, k, KURA_TRACE_UNSERVED, p.consumer + i, t, s->unserved[i] * q);
        put(r, k, KURA_TRACE_OWN_STOCK, p.consumer + i, t, s->J[i] * q);
    }
    put(r, k, KURA_TRACE_LOG_PRICE, p.mineral, t, s->X);
    put(r, k, KURA_TRACE_SCARCITY, p.mineral, t, s->scarcity);
}

/* ---- the loop ---- */

static void run_mineral(const second_common *c, int mineral, const second_hazards *hazards, int emptied,
                        second_record *r)
{
    const km_model *model = c->model;
    second_state state = {.common = c,
                          .model = model,
                          .m = km_now(&model->minerals[mineral], 0),
                          .hazards = hazards,
                          .emptied = emptied};
    second_state *s = &state;
    make_state(s, c->arena);
    open_state(s);
    for (s->t = -s->m->spin; s->t < model->steps; s->t++) {
        if (s->t == 0 && s->m->spin) {
            open_stocks(s);
            s->balance_start = second_in_transit_and_stock(s);
            s->balance_in = s->balance_out = 0;
        }
        second_watch_state(s);                          /* of the step before, with its base flow */
        s->m = km_now(&model->minerals[mineral], s->t); /* the base flow that levers have made by now */
        second_exogenous(s);
        second_price_and_demand(s);
        second_step(s);
        second_scarcity(s);
        for (int b = 0; b < s->m->nsites && s->t >= 0 && !emptied; b++) {
            const km_site *site = &model->minerals[mineral].sites[b];
            if (site->activity >= 0) c->activity[site->activity][s->t] = (float)(s->out[b] / site->x0);
        }
        ACTS(c, burn_in, s->t >= 0 && s->t < model->burn);
        ACTS(c, spin_up, s->t < 0);
        ACTS(c, epochs, s->m != &model->minerals[mineral]);
        if (s->t >= model->burn && !emptied) {
            record(r, s, place_of(model, mineral));
            second_tally_step(r, s, mineral);
        }
    }
    if (emptied) second_tally_required(r, s, mineral);
    r->unbalanced += second_in_transit_and_stock(s) != s->balance_start + s->balance_in - s->balance_out;
}

static int64_t rows_of(const km_model *model, kura_trace_kind kind)
{
    int64_t n[KURA_TRACE_KINDS] = {0};
    for (int i = 0; i < model->nminerals; i++) {
        n[KURA_TRACE_HUB] += model->minerals[i].nhubs;
        n[KURA_TRACE_SITE] += model->minerals[i].nsites;
        n[KURA_TRACE_ARC] += model->minerals[i].narcs;
        n[KURA_TRACE_TIER] += model->minerals[i].ntiers;
        n[KURA_TRACE_CONSUMER] += model->minerals[i].nconsumers;
        n[KURA_TRACE_MINERAL] += 1;
    }
    n[KURA_TRACE_COUNTRY] = model->nregimes;
    return n[kind];
}

second_record *second_run(const km_model *model, uint64_t path, kura_arena *arena)
{
    second_record *r = KURA_NEW(arena, second_record, 1);
    const kura_trace_column *columns = kura_trace_columns();
    for (int i = 0; i < KURA_TRACE_COLUMN_COUNT; i++)
        r->column[i] = KURA_NEW(arena, double, (size_t)(rows_of(model, columns[i].kind) * model->T));
    r->metric = KURA_NEW(arena, double, (size_t)(model->nminerals * KURA_METRIC_COUNT));
    second_common c = {.model = model, .path = path, .arena = arena, .acted = r->acted};
    second_draw_common(&c);
    const second_hazards *hazards = second_draw_hazards(&c);
    for (int i = 0; i < model->nminerals; i++) {
        int mineral = model->order[i];
        second_tally_begin(r, model, mineral);
        run_mineral(&c, mineral, &hazards[mineral], 0, r);
        if (model->minerals[mineral].has_drun) run_mineral(&c, mineral, &hazards[mineral], 1, r);
    }
    return r;
}
