/* Checks, see checks.h. */
#include "tally/checks.h"
#include "num/math.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define L KURA_LANES
#define MIN_QUANTA 16.0 /* R8.1 */

/* What a check adds up over a window: numbers and what they are divided by. */
enum { NUMBER, DIVISOR, NUMBER_OVER, DIVISOR_OVER, SUMS };

typedef struct {
    const sc_check *in;
    int first, last;   /* steps in which there is something to do */
    double *in_window; /* [T] part of the step that lies in it */
    double *in_over;   /* likewise, or NULL */
    int narcs, nusers; /* trades, consumers that count */
    int *arcs, *users;
    int hub;   /* of a stock */
    int wedge; /* of a price: number of the country in the wedge, -1 = the price of the market [4.5] */
} plan;

struct kura_checks {
    kura_arena arena;
    const km_model *model;
    int n;
    plan *plans;
    kura_columns *columns;
};

struct kura_checks_bench {
    kura_arena arena;
    const kura_checks *checks;
    lane (*sums)[SUMS]; /* [check] */
};

static int arrives(const sc_check *c)
{
    return c->quantity == SC_QUANTITY_IMPORTS || c->quantity == SC_QUANTITY_SUPPLIER;
}
static int is_mass(const sc_check *c)
{
    return c->quantity == SC_QUANTITY_EXPORTS || c->quantity == SC_QUANTITY_IMPORTS ||
           c->quantity == SC_QUANTITY_DEMAND || c->quantity == SC_QUANTITY_USE;
}

static int is_time(const sc_check *c)
{
    return c->quantity == SC_QUANTITY_FIRST || c->quantity == SC_QUANTITY_PEAK;
}

const char *kura_check_units(const sc_check *c)
{
    if (c->over.given) return "1";
    if (is_mass(c)) return "t";
    return is_time(c) || c->quantity == SC_QUANTITY_STOCK ? "d" : "1";
}

/* ---- plans ---- */

static double *weights(const km_model *model, const sc_window *w, kura_arena *a)
{
    double *x = KURA_NEW(a, double, (size_t)model->T);
    double dt = model->step_days, start = model->scenario->run.start_day;
    for (int t = 0; x && t < model->T; t++) {
        double from = start + t * dt, to = from + dt;
        double begin = w->given && w->from > from ? w->from : from, end = w->given && w->to < to ? w->to : to;
        x[t] = end > begin ? (end - begin) / dt : 0;
    }
    return x;
}

static int is_trade(const sc_check *c) { return c->quantity == SC_QUANTITY_EXPORTS || arrives(c); }

static int counts_arc(const km_mineral *m, const sc_check *c, const km_arc *arc)
{
    const km_hub *from = &m->hubs[arc->from], *to = &m->hubs[arc->to];
    if (c->form >= 0 && from->form != c->form) return 0;
    if (arrives(c)) /* of a share all suppliers count */
        return to->country == c->country &&
               (c->quantity == SC_QUANTITY_SUPPLIER || c->partner < 0 || from->country == c->partner);
    return from->country == c->country && (c->partner < 0 || to->country == c->partner);
}

static int counts_user(const km_model *model, const km_mineral *m, const sc_check *c, const km_consumer *k)
{
    const km_hub *hub = &m->hubs[k->hub];
    const sc_demand *in = &model->scenario->demands[k->scenario_demand];
    return hub->country == c->country && (c->form < 0 || hub->form == c->form) &&
           (!c->sector[0] || strcmp(in->sector, c->sector) == 0);
}

static int wedge_of(const km_mineral *m, int country)
{
    for (int h = 0; m->price.wedge.given && country >= 0 && h < m->nhubs; h++)
        if (m->hubs[h].country == country) return m->price.wedge.of_hub[h];
    return -1;
}

static void make_plan(kura_checks *s, plan *p)
{
    const km_model *model = s->model;
    const sc_check *c = p->in;
    const km_mineral *m = &model->minerals[c->mineral];
    p->in_window = weights(model, &c->window, &s->arena);
    if (c->over.given) p->in_over = weights(model, &c->over, &s->arena);
    p->arcs = KURA_NEW(&s->arena, int, (size_t)m->narcs);
    p->users = KURA_NEW(&s->arena, int, (size_t)m->nconsumers);
    if (s->arena.failed) return;
    for (int a = 0; a < m->narcs && is_trade(c); a++)
        if (counts_arc(m, c, &m->arcs[a])) p->arcs[p->narcs++] = a;
    for (int k = 0; k < m->nconsumers && !is_trade(c); k++)
        if (counts_user(model, m, c, &m->consumers[k])) p->users[p->nusers++] = k;
    p->hub = -1;
    p->wedge = wedge_of(m, c->country);
    for (int h = 0; h < m->nhubs; h++)
        if (m->hubs[h].form == c->form && m->hubs[h].country == c->country) p->hub = h;
    p->first = model->T, p->last = -1;
    for (int t = 0; t < model->T; t++) {
        if (p->in_window[t] <= 0 && !(p->in_over && p->in_over[t] > 0)) continue;
        if (p->first == model->T) p->first = t;
        p->last = t;
    }
    if (arrives(c)) p->first = 0; /* cargo is counted by its arrival, known when it is loaded */
}

size_t kura_checks_bytes(const km_model *model, uint64_t most)
{
    size_t n = (size_t)model->scenario->nchecks, bytes = 0;
    for (size_t i = 0; i < n; i++) {
        const km_mineral *m = &model->minerals[model->scenario->checks[i].mineral];
        bytes +=
            2 * (size_t)model->T * sizeof(double) + (size_t)(m->narcs + m->nconsumers) * sizeof(int) + 256;
    }
    return n ? bytes + n * sizeof(plan) + kura_columns_bytes(n, most) : 0;
}

kura_status kura_checks_new(const km_model *model, uint64_t most, const char *folder, kura_checks **out,
                            kura_error *err)
{
    const kura_scenario_data *sc = model->scenario;
    *out = NULL;
    if (!sc->nchecks) return KURA_OK;
    kura_checks *s = calloc(1, sizeof *s);
    if (!s) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the checks");
    s->model = model;
    s->n = sc->nchecks;
    s->plans = KURA_NEW(&s->arena, plan, (size_t)s->n);
    for (int i = 0; s->plans && i < s->n; i++) {
        s->plans[i].in = &sc->checks[i];
        make_plan(s, &s->plans[i]);
    }
    kura_status st = s->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the checks")
                                     : kura_columns_new((size_t)s->n, most, folder, &s->columns, err);
    if (st)
        kura_checks_free(s);
    else
        *out = s;
    return st;
}

void kura_checks_free(kura_checks *checks)
{
    if (!checks) return;
    kura_columns_free(checks->columns);
    kura_arena_fini(&checks->arena);
    free(checks);
}

const kura_columns *kura_checks_columns(const kura_checks *checks) { return checks->columns; }

kura_columns *kura_checks_hand_over(kura_checks *checks)
{
    kura_columns *columns = checks->columns;
    checks->columns = NULL;
    return columns;
}

/* ---- a thread ---- */

size_t kura_checks_bench_bytes(const km_model *model)
{
    size_t n = (size_t)model->scenario->nchecks;
    return n ? n * SUMS * sizeof(lane) + sizeof(kura_checks_bench) : 0;
}

kura_checks_bench *kura_checks_bench_new(const kura_checks *checks)
{
    kura_checks_bench *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->checks = checks;
    b->sums = kura_arena_alloc(&b->arena, (size_t)checks->n, sizeof *b->sums);
    if (b->sums) return b;
    kura_checks_bench_free(b);
    return NULL;
}

void kura_checks_bench_free(kura_checks_bench *bench)
{
    if (!bench) return;
    kura_arena_fini(&bench->arena);
    free(bench);
}

static void fill(lane *x, double value)
{
    for (int l = 0; l < L; l++) x->v[l] = value;
}

static void start(const plan *p, lane *sums)
{
    const sc_check *c = p->in;
    for (int i = 0; i < SUMS; i++) fill(&sums[i], 0);
    if (c->quantity == SC_QUANTITY_FIRST || c->measure == SC_MEASURE_LEAST) fill(&sums[NUMBER], INFINITY);
    if (c->measure == SC_MEASURE_PEAK) fill(&sums[NUMBER], -INFINITY);
    if (c->quantity == SC_QUANTITY_PEAK) fill(&sums[DIVISOR], -INFINITY);
}

/* ---- one step ---- */

/* Adds x, and what it is divided by, with the part of the step that lies in each window. */
static void add(const plan *p, lane *sums, int t, const lane *x, const lane *divisor)
{
    const double *parts[] = {p->in_window, p->in_over};
    for (int i = 0; i < 2; i++) {
        double part = parts[i] ? parts[i][t] : 0;
        double *number = sums[i ? NUMBER_OVER : NUMBER].v, *total = sums[i ? DIVISOR_OVER : DIVISOR].v;
        if (part <= 0) continue;
        for (int l = 0; l < L; l++) {
            number[l] += part * x->v[l];
            total[l] += divisor ? part * divisor->v[l] : part;
        }
    }
}

/* A level: its mean, or the largest or smallest of the steps that the window touches. */
static void add_level(const plan *p, lane *sums, int t, const lane *x)
{
    if (p->in->measure == SC_MEASURE_MEAN) {
        add(p, sums, t, x, NULL);
        return;
    }
    double *extreme = sums[NUMBER].v, over = p->in_over ? p->in_over[t] : 0;
    int peak = p->in->measure == SC_MEASURE_PEAK;
    for (int l = 0; l < L && p->in_window[t] > 0; l++)
        extreme[l] = peak ? kura_max(extreme[l], x->v[l]) : kura_min(extreme[l], x->v[l]);
    for (int l = 0; l < L && over > 0; l++) {
        sums[NUMBER_OVER].v[l] += over * x->v[l];
        sums[DIVISOR_OVER].v[l] += over;
    }
}

/* Log price of the market, or of a country with its wedge. */
static void log_price(const plan *p, const kura_view *view, lane *X)
{
    *X = *view->base->X;
    if (p->wedge < 0) return;
    const double *wedge = view->exo->wedge[p->wedge].v;
    for (int l = 0; l < L; l++) X->v[l] += wedge[l];
}

static void add_price(const plan *p, const kura_view *view, lane *sums)
{
    lane price;
    log_price(p, view, &price);
    for (int l = 0; l < L; l++) price.v[l] = kura_exp(price.v[l]);
    add_level(p, sums, view->t, &price);
}

/* On hand, stockpiles of the hub alone and what its users keep, days of base use. */
static void add_stock(const plan *p, const kura_view *view, lane *sums)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    const kura_state *s = view->base;
    const km_hub *hub = &m->hubs[p->hub];
    lane stock = s->I[p->hub];
    double day = view->model->step_days / (hub->U0 > 0 ? hub->U0 : 1);
    for (int k = hub->tier_begin; k < hub->tier_end; k++)
        for (int l = 0; l < L && !km_is_pooled(&m->tiers[k]); l++) stock.v[l] += s->S[k].v[l];
    for (int k = hub->consumer_begin; m->any_own && k < hub->consumer_end; k++)
        for (int l = 0; l < L; l++) stock.v[l] += s->own[k].v[l];
    for (int l = 0; l < L; l++) stock.v[l] *= day;
    add_level(p, sums, view->t, &stock);
}

static void add_exports(const plan *p, const kura_view *view, lane *sums)
{
    lane loaded;
    fill(&loaded, 0);
    for (int i = 0; i < p->narcs; i++)
        for (int l = 0; l < L; l++) loaded.v[l] += view->base->ship[p->arcs[i]].v[l];
    add(p, sums, view->t, &loaded, NULL);
}

/* Cargo loaded now on the way to a window. */
static void add_arrivals(const plan *p, const kura_view *view, lane *sums)
{
    const km_mineral *m = &view->model->minerals[view->mineral];
    const double *parts[] = {p->in_window, p->in_over};
    for (int i = 0; i < p->narcs; i++) {
        const km_arc *arc = &m->arcs[p->arcs[i]];
        const double *ship = view->base->ship[p->arcs[i]].v;
        int named = p->in->partner < 0 || m->hubs[arc->from].country == p->in->partner;
        for (int k = 0; k < 2; k++) {
            double *number = sums[k ? NUMBER_OVER : NUMBER].v, *total = sums[k ? DIVISOR_OVER : DIVISOR].v;
            for (int l = 0; l < L && parts[k]; l++) {
                int at = view->t + arc->lag + (arc->detours ? view->exo->lag[p->arcs[i]].v[l] : 0);
                double x = ship[l] - kura_floor(arc->loss * ship[l]);
                double part = at < view->model->T ? parts[k][at] : 0;
                if (named) number[l] += part * x;
                total[l] += part * x;
            }
        }
    }
}

typedef struct {
    lane demand, gross, unserved;
} use;

static void sum_use(const plan *p, const kura_view *view, use *u)
{
    const kura_state *s = view->base;
    fill(&u->demand, 0), fill(&u->gross, 0), fill(&u->unserved, 0);
    for (int i = 0; i < p->nusers; i++) {
        int k = p->users[i];
        for (int l = 0; l < L; l++) {
            u->demand.v[l] += s->D[k].v[l];
            u->gross.v[l] += s->Dgross[k].v[l];
            u->unserved.v[l] += s->unserved[k].v[l];
        }
    }
}

/* Days from the start of the window to that of the step; 0 for the step that holds it. */
static double days_into(const plan *p, const kura_view *view)
{
    const kura_scenario_data *sc = view->model->scenario;
    double from = p->in->window.given ? p->in->window.from - sc->run.start_day : 0;
    return kura_max(0, view->t * view->model->step_days - from);
}

/* NUMBER: when; DIVISOR: the highest price so far. */
static void find_peak(const plan *p, const kura_view *view, lane *sums)
{
    double days = days_into(p, view), *when = sums[NUMBER].v, *most = sums[DIVISOR].v;
    lane X;
    log_price(p, view, &X);
    for (int l = 0; l < L; l++) {
        when[l] = X.v[l] > most[l] ? days : when[l];
        most[l] = kura_max(most[l], X.v[l]);
    }
}

static void find_first(const plan *p, const kura_view *view, const use *u, lane *sums)
{
    const kura_scenario_data *sc = view->model->scenario;
    double beyond = isnan(p->in->beyond) ? sc->tallies.threshold : p->in->beyond;
    double days = days_into(p, view), *first = sums[NUMBER].v;
    for (int l = 0; l < L; l++) {
        int is_short = u->unserved.v[l] > beyond * u->demand.v[l] && u->unserved.v[l] > MIN_QUANTA;
        if (is_short) first[l] = kura_min(first[l], days);
    }
}

static void add_use(const plan *p, const kura_view *view, lane *sums)
{
    use u;
    lane x;
    sum_use(p, view, &u);
    switch ((sc_quantity)p->in->quantity) {
    case SC_QUANTITY_FIRST:
        find_first(p, view, &u, sums);
        break;
    case SC_QUANTITY_UNSERVED:
        add(p, sums, view->t, &u.unserved, &u.demand);
        break;
    case SC_QUANTITY_GROSS:
        for (int l = 0; l < L; l++) x.v[l] = u.gross.v[l] - (u.demand.v[l] - u.unserved.v[l]);
        add(p, sums, view->t, &x, &u.gross);
        break;
    case SC_QUANTITY_USE:
        for (int l = 0; l < L; l++) x.v[l] = u.demand.v[l] - u.unserved.v[l];
        add(p, sums, view->t, &x, NULL);
        break;
    default:
        add(p, sums, view->t, &u.demand, NULL);
    }
}

void kura_checks_step(kura_checks_bench *bench, const kura_view *view)
{
    const kura_checks *s = bench->checks;
    for (int i = 0; i < s->n; i++) {
        const plan *p = &s->plans[i];
        lane *sums = bench->sums[i];
        if (p->in->mineral != view->mineral) continue;
        if (view->t == 0) start(p, sums);
        if (view->t < p->first || view->t > p->last) continue;
        switch ((sc_quantity)p->in->quantity) {
        case SC_QUANTITY_PRICE:
            add_price(p, view, sums);
            break;
        case SC_QUANTITY_PEAK:
            find_peak(p, view, sums);
            break;
        case SC_QUANTITY_STOCK:
            add_stock(p, view, sums);
            break;
        case SC_QUANTITY_EXPORTS:
            add_exports(p, view, sums);
            break;
        case SC_QUANTITY_IMPORTS:
        case SC_QUANTITY_SUPPLIER:
            add_arrivals(p, view, sums);
            break;
        default:
            add_use(p, view, sums);
        }
    }
}

/* ---- the number of a path ---- */

/* A ratio over nothing counts as infinite. */
static double ratio(double x, double y) { return y != 0 && !isnan(x / y) ? x / y : INFINITY; }

static double number_of(const sc_check *c, double quantum, double x, double divisor)
{
    if (is_time(c)) return x;
    return is_mass(c) ? x * quantum : ratio(x, divisor);
}

void kura_checks_end(kura_checks_bench *bench, const kura_view *view, uint64_t paths)
{
    const kura_checks *s = bench->checks;
    double quantum = view->model->minerals[view->mineral].quantum, value[L];
    if (view->first_path >= paths) return;
    uint64_t left = paths - view->first_path;
    for (int i = 0; i < s->n; i++) {
        const sc_check *c = s->plans[i].in;
        const lane *x = bench->sums[i];
        int extreme = c->measure != SC_MEASURE_MEAN;
        if (c->mineral != view->mineral) continue;
        for (int l = 0; l < L; l++) {
            value[l] = extreme ? x[NUMBER].v[l] : number_of(c, quantum, x[NUMBER].v[l], x[DIVISOR].v[l]);
            if (c->over.given)
                value[l] = ratio(value[l], number_of(c, quantum, x[NUMBER_OVER].v[l], x[DIVISOR_OVER].v[l]));
        }
        kura_columns_put(s->columns, (size_t)i, view->first_path, left < L ? (size_t)left : L, value);
    }
}
