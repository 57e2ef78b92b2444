/* Availability of sites, step by step: regimes, outages, common shocks, projects, scripts, season
 * [3.3, 3.5, 3.6].
 *
 * Nothing is kept over the horizon.  Outages are spread over a window of steps at a time, their clocks stand
 * in between; every source says whether it differs from the step before, and a site whose sources stay as
 * they are keeps its availability.
 *
 * Outages are alternating renewal processes with ordinal-addressed durations: event e of a unit draws its up
 * and down time from index e of its own streams, so no draw depends on the step at which it happens [R3.2].
 * Each down time is spread over the steps it covers in proportion to the time down (time average, the
 * default), however many transitions fall into one step; so the limit of two transitions a step of
 * model.md 3.3, a device of step-by-step programs, is not needed. */
#include "sim/lanes/renewal.h"
#include "num/dist.h"

/* Share lost in event e: slot 1 of its address, behind the length of the event. */
static double derate(const km_outage *o, const km_unit *unit, uint64_t path, uint64_t e)
{
    if (o->derating.kind == KURA_DIST_CONSTANT) return kura_clamp01(o->derating.a);
    double u = kura_stream_uniform(&unit->down, path, e * RENEWAL_SLOTS + 1);
    return kura_clamp01(kura_dist_quantile(&o->derating, u));
}

/* ---- the clock of a unit: the outage in hand or to come, and the one after ---- */

/* The outage that begins at `now`; none when the run is over by then. */
static void take(const km_model *model, const km_outage *o, const km_unit *unit, kura_unit_clock *c,
                 kura_work *w, int l, double now)
{
    c->from.v[l] = c->to.v[l] = INFINITY;
    if (!(now < model->steps)) return;
    w->events[o->scenario_outage].n[l] += now >= model->burn;
    uint64_t e = (uint64_t)c->downs.v[l]++, next = (uint64_t)c->ups.v[l]++;
    double length = renewal_at(&c->down, l, e);
    c->from.v[l] = now;
    c->to.v[l] = now + length;
    c->loss.v[l] = unit->share * derate(o, unit, c->first_path + (uint64_t)l, e);
    c->next.v[l] = now + (length + renewal_at(&c->up, l, next));
}

/* Down at the start for `length`; `up` is the up time after it.  Does not count as an event. */
static void start_down(const km_outage *o, const km_unit *unit, kura_unit_clock *c, int l, double length,
                       double up)
{
    c->downs.v[l] = 1;
    c->from.v[l] = 0;
    c->to.v[l] = length;
    c->loss.v[l] = unit->share * derate(o, unit, c->first_path + (uint64_t)l, 0);
    c->next.v[l] = length + up;
}

/* Up time of event 0 of every lane; exponential ones by log(1 - u), later ones by log1p. */
static void first_up_times(const km_outage *o, renewal *up, lane *time)
{
    if (o->up.kind == KURA_DIST_EXPONENTIAL) {
        double mean = o->up.a;
        lane u;
        kura_lane_stream s = up->stream;
        kura_lane_uniform(&s, u.v);
        LANES(l) time->v[l] = -mean * kura_log(1 - u.v[l]);
    } else {
        renewal_draw(up);
        *time = up->row[0];
    }
}

/* Failures of a unit over the horizon, about. */
static double failures(const km_model *model, const km_outage *o)
{
    return model->steps / (kura_dist_mean(&o->up) + kura_dist_mean(&o->down));
}

static void start_unit(const km_model *model, const km_outage *o, const km_unit *unit, kura_unit_clock *c,
                       kura_work *w, uint64_t first_path)
{
    lane time, init;
    double expected = failures(model, o);
    c->first_path = first_path;
    renewal_start(&c->up, &unit->up, &o->up, expected + 1, first_path); /* the last one ends the horizon */
    renewal_start(&c->down, &unit->down, &o->down, expected, first_path);
    first_up_times(o, &c->up, &time);
    if (o->start == SC_START_STATIONARY) {
        kura_lane_stream s;
        kura_lane_stream_init(&s, &unit->init, first_path, 0, 2);
        kura_lane_uniform(&s, init.v);
    }
    for (int l = 0; l < L; l++) {
        uint64_t path = first_path + (uint64_t)l;
        double begin = time.v[l];
        c->ups.v[l] = 1; /* the first is drawn */
        c->downs.v[l] = 0;
        if (o->start == SC_START_DOWN) { /* just failed: a fresh down time, then a fresh up time */
            start_down(o, unit, c, l, renewal_at(&c->down, l, 0), begin);
            continue;
        }
        if (o->start == SC_START_STATIONARY) { /* equilibrium start [R1.4] */
            double rest = 0;
            int down = init.v[l] > o->up_probability;
            if (down || o->up.kind != KURA_DIST_EXPONENTIAL) /* memoryless otherwise */
                rest = kura_dist_residual_quantile(down ? &o->down : &o->up,
                                                   kura_stream_uniform(&unit->init, path, 1));
            if (down) {
                start_down(o, unit, c, l, rest, begin);
                continue;
            }
            if (o->up.kind != KURA_DIST_EXPONENTIAL) begin = rest;
        }
        take(model, o, unit, c, w, l, begin);
    }
}

/* ---- sources: each gives whether it may differ from the step before ---- */

/* The window in the making: steps start to end - 1, and what falls into it. */
typedef struct {
    kura_outage_clock *k;
    kura_outage_piece *pieces;
    int start, end, point, n;
    int nrows, rows[KURA_WINDOW]; /* steps of the window whose row is made, once that is known */
    int before[KURA_WINDOW];      /* how many of them come before a step */
} window;

static void mark(const window *win, int t)
{
    if (t >= win->start && t < win->end) win->k->changed[t - win->start] = 1;
}

/* Marks the steps in which the loss of a piece is another than in the step before. */
static void mark_piece(const window *win, const kura_outage_piece *p)
{
    if (win->point) {
        mark(win, (int)ceil(p->from));
        mark(win, (int)ceil(p->to));
        return;
    }
    int first = (int)floor(p->from), last = (int)floor(p->to);
    mark(win, first);
    mark(win, first + 1);
    mark(win, last);
    mark(win, last + 1);
}

static void make_rows(window *win)
{
    for (int i = 0; i < win->end - win->start; i++) {
        win->before[i] = win->nrows;
        if (!win->k->changed[i]) continue;
        win->rows[win->nrows++] = i;
        LANES(l) win->k->row[i].v[l] = 0;
    }
}

/* Adds pieces, in their order, to the losses of the rows: in proportion to the time covered, or where the
 * step begins inside. */
static void spread_pieces(window *win)
{
    for (const kura_outage_piece *p = win->pieces; p < win->pieces + win->n; p++) {
        double from = p->from, to = p->to;
        int first = from > win->start ? (int)from - win->start : 0;
        if (first >= win->end - win->start) continue;
        for (int i = win->before[first]; i < win->nrows && to > win->start + win->rows[i]; i++) {
            int t = win->start + win->rows[i];
            if (win->point ? from > t : from >= t + 1) continue;
            double a = from > t ? from : t, b = to < t + 1 ? to : t + 1;
            win->k->row[win->rows[i]].v[p->lane] += win->point ? p->loss : p->loss * (b - a);
        }
    }
    win->n = 0;
}

/* The outage in hand of a unit.  With too many to wait for all, rows are made for all steps. */
static void add_piece(window *win, const kura_unit_clock *c, int l)
{
    kura_outage_piece *p = &win->pieces[win->n];
    *p = (kura_outage_piece){l, c->from.v[l], kura_min(c->to.v[l], win->end + 1.0), c->loss.v[l]};
    if (!(p->to > p->from)) return;
    mark_piece(win, p);
    if (++win->n < KURA_PIECES) return;
    memset(win->k->changed, 1, sizeof win->k->changed);
    if (!win->nrows) make_rows(win);
    spread_pieces(win);
}

/* Lanes on which an outage begins before `end`, or goes on. */
static int lanes_before(const lane *from, double end, uint16_t *found)
{
    int n = 0;
    for (int l = 0; l < L; l++) {
        found[n] = (uint16_t)l;
        n += from->v[l] < end;
    }
    return n;
}

/* What the hazard leaves in the window that begins with step `start`: losses of all units, one after the
 * other. */
static void fill_window(const km_model *model, const km_outage *o, kura_outage_clock *k, kura_work *w,
                        int start)
{
    int end = start + KURA_WINDOW < model->steps ? start + KURA_WINDOW : model->steps;
    uint16_t found[L];
    window win = {k, w->pieces, start, end, o->point, 0, 0, {0}, {0}};
    memset(k->changed, 0, sizeof k->changed);
    k->changed[0] = 1;
    for (int i = 0; i < o->nunits; i++) {
        kura_unit_clock *c = &k->units[i];
        int n = lanes_before(&c->from, end, found);
        for (int j = 0; j < n; j++) {
            int l = found[j];
            do {
                add_piece(&win, c, l);
                if (c->to.v[l] > end) break;
                take(model, o, &o->units[i], c, w, l, c->next.v[l]);
            } while (c->from.v[l] < end);
        }
    }
    if (!win.nrows) make_rows(&win);
    spread_pieces(&win);
    for (int i = 0; i < win.nrows; i++) {
        double *left = k->row[win.rows[i]].v;
        LANES(l) left[l] = kura_max(0, 1 - left[l]);
    }
}

static int outage_step(const km_model *model, const km_outage *o, kura_outage_clock *k, kura_work *w, int t)
{
    int i = t % KURA_WINDOW;
    if (i == 0) fill_window(model, o, k, w, t);
    if (!k->changed[i]) return 0;
    k->left = &k->row[i];
    while (++i < KURA_WINDOW && !k->changed[i]) continue;
    k->next = t - t % KURA_WINDOW + i;
    return 1;
}

static int soonest_of(const ilane *until)
{
    int32_t first = until->v[0];
    for (int l = 0; l < L; l++) first = until->v[l] < first ? until->v[l] : first;
    return first;
}

/* Of a shock, whose stretches are sorted by their beginning; several sites may ask in the same step. */
static int spell_step(const kura_segments *list, kura_spell_clock *k, int t)
{
    if (k->step == t) return k->changed;
    k->step = t;
    k->changed = 0;
    if (k->soonest <= t) {
        for (int l = 0; l < L; l++) {
            if (k->until.v[l] > t) continue;
            k->until.v[l] = INT32_MAX;
            k->left.v[l] = 1;
        }
        k->changed = 1;
    }
    for (; k->at < list->n && list->items[k->at].from <= t; k->at++) {
        const kura_segment *g = &list->items[k->at];
        k->until.v[g->lane] = g->to;
        k->left.v[g->lane] = 1 - g->severity;
        k->changed = 1;
    }
    if (k->changed) k->soonest = soonest_of(&k->until);
    return k->changed;
}

/* A site that begins later: nothing before its start, then a ramp; nothing for ever when cancelled (high U)
 * [3.6]. */
static void start_project(const km_project *p, kura_project_clock *k, uint64_t first_path)
{
    k->last = -1;
    for (int l = 0; l < L; l++) {
        double start = km_project_start(p, first_path + (uint64_t)l);
        if (start < INFINITY) k->last = kura_max(k->last, start + p->ramp);
        k->start.v[l] = start;
    }
}

static int project_step(const km_project *p, kura_project_clock *k, int t)
{
    if (t > k->last + 1 && t > 0) return 0;
    double ramp = p->ramp;
    LANES(l)
    {
        double age = t - k->start.v[l], part = kura_clamp01(age / ramp);
        k->left.v[l] = t < k->start.v[l] ? 0 : age < ramp ? part : 1;
    }
    if (p->plan && p->plan[t] > 0) { /* of what is in the capacity by now [7] */
        double plan = p->plan[t];
        LANES(l) k->left.v[l] = kura_min(1, k->left.v[l] / plan);
    }
    return 1;
}

static int differs(double a, double b) { return !(a == b || (isnan(a) && isnan(b))); }

static int script_step(const km_script *s, int t)
{
    return s->mul && (differs(s->mul[t], s->mul[t - 1]) || differs(s->add[t], s->add[t - 1]) ||
                      differs(s->set[t], s->set[t - 1]));
}

static int regime_matters(const km_model *model, const km_site *site)
{
    const double *k = site->regime < 0 ? NULL : model->regimes[site->regime].availability;
    return k && !(k[0] == 1 && k[1] == 1 && k[2] == 1);
}

/* ---- a site ---- */

static void times(lane *avail, const lane *left) { LANES(l) avail->v[l] *= left->v[l]; }

static void put_together(const km_model *model, const km_site *site, const kura_site_clock *k,
                         const kura_work *w, int t, lane *avail)
{
    LANES(l) avail->v[l] = 1;
    if (regime_matters(model, site)) {
        const double *left = model->regimes[site->regime].availability;
        const uint8_t *regime = w->regime[site->regime][t].v;
        for (int l = 0; l < L; l++) avail->v[l] = left[regime[l]];
    }
    for (int o = 0; o < site->noutages; o++) times(avail, k->outages[o].left);
    for (int i = 0; i < site->nspells; i++) times(avail, &w->spell_clocks[site->spells[i]].left);
    if (site->project.given) times(avail, &k->project->left);
    apply_script(&site->country_script, t, avail);
    apply_script(&site->script, t, avail);
    if (site->season) {
        double season = site->season[t];
        LANES(l) avail->v[l] *= season;
    }
}

static int site_changes(const km_model *model, const km_site *site, kura_site_clock *k, kura_work *w, int t)
{
    int changed = t == 0;
    for (int o = 0; o < site->noutages; o++)
        changed |= outage_step(model, &site->outages[o], &k->outages[o], w, t);
    for (int i = 0; i < site->nspells; i++)
        changed |= spell_step(&w->spells[site->spells[i]], &w->spell_clocks[site->spells[i]], t);
    if (site->project.given) changed |= project_step(&site->project, k->project, t);
    if (changed || !k->scheduled) return changed;
    const blane *regime = regime_matters(model, site) ? w->regime[site->regime] : NULL;
    return (regime && memcmp(&regime[t], &regime[t - 1], sizeof *regime) != 0) ||
           script_step(&site->country_script, t) || script_step(&site->script, t) ||
           (site->season && site->season[t] != site->season[t - 1]);
}

/* The next step in which the availability of a site has to be looked at. */
static int look_again(const km_site *site, const kura_site_clock *k, int t)
{
    int next = INT32_MAX;
    if (site->nspells || site->project.given || k->scheduled) return t + 1;
    for (int o = 0; o < site->noutages; o++) next = k->outages[o].next < next ? k->outages[o].next : next;
    return next;
}

/* Is a single outage all that befalls the site?  Then what it leaves is the availability. */
static int only_outage(const km_model *model, const km_site *site)
{
    return site->noutages == 1 && !site->nspells && !site->project.given && !site->country_script.mul &&
           !site->script.mul && !site->season && !regime_matters(model, site);
}

void kura_start_availability(const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path)
{
    int own = 0, outages = 0, units = 0, projects = 0;
    for (int i = 0; i < model->nspells; i++) {
        kura_spell_clock *k = &w->spell_clocks[i];
        k->at = 0;
        k->step = -1;
        k->soonest = INT32_MAX;
        LANES(l) k->left.v[l] = 1;
        for (int l = 0; l < L; l++) k->until.v[l] = INT32_MAX;
    }
    for (int s = 0; s < m->nsites; s++) {
        const km_site *site = &m->sites[s];
        kura_site_clock *k = &w->site_clocks[s];
        w->avail[s] = NULL;
        w->quiet_until[s] = site->varies ? 0 : INT32_MAX;
        if (!site->varies) continue;
        k->outages = w->outage_clocks + outages;
        for (int o = 0; o < site->noutages; o++) {
            const km_outage *outage = &site->outages[o];
            kura_outage_clock *clock = &w->outage_clocks[outages++];
            clock->units = w->unit_clocks + units;
            units += outage->nunits;
            for (int i = 0; i < outage->nunits; i++)
                start_unit(model, outage, &outage->units[i], &clock->units[i], w, first_path);
        }
        k->project = site->project.given ? &w->project_clocks[projects++] : NULL;
        if (k->project) start_project(&site->project, k->project, first_path);
        if (k->project) w->exo.begins[s] = &k->project->start;
        k->scheduled =
            regime_matters(model, site) || site->country_script.mul || site->script.mul || site->season;
        k->own = only_outage(model, site) ? NULL : &w->avail_pool[own++];
        w->avail[s] = k->own ? k->own : k->outages[0].row;
    }
}

/* What chokepoints leave of the trade that goes through them: closed, or degraded where it is not closed
 * [3.4]. */
static void step_ways(const km_model *model, kura_work *w, int t)
{
    for (int c = 0; c < w->nchokepoints; c++) {
        if (!w->closed[c]) continue;
        int second = model->degraded[c], changed = t == 0;
        changed |= spell_step(&w->spells[c], &w->spell_clocks[c], t);
        if (second >= 0) changed |= spell_step(&w->spells[second], &w->spell_clocks[second], t);
        if (!changed) continue;
        const uint8_t *state = w->closed[c][t].v;
        const double *closed = w->spell_clocks[c].left.v;
        const double *degraded = second >= 0 ? w->spell_clocks[second].left.v : NULL;
        for (int l = 0; l < L; l++)
            w->way[c].v[l] = state[l] == 1 ? closed[l] : state[l] == 2 && degraded ? degraded[l] : 1;
    }
}

void kura_step_availability(const km_model *model, const km_mineral *m, kura_work *w, int t)
{
    if (m->narcs) step_ways(model, w, t);
    for (int s = 0; s < m->nsites; s++) {
        w->avail_changed[s] = 0;
        if (w->quiet_until[s] > t) continue;
        kura_site_clock *k = &w->site_clocks[s];
        int changed = site_changes(model, &m->sites[s], k, w, t);
        w->avail_changed[s] = changed != 0;
        w->quiet_until[s] = look_again(&m->sites[s], k, t);
        if (!changed) continue;
        if (k->own) put_together(model, &m->sites[s], k, w, t, k->own);
        w->avail[s] = k->own ? k->own : k->outages[0].left;
    }
}

/* Outages that begin after the last step that saw them, but within the run, count as well. */
void kura_end_availability(const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path)
{
    for (int s = 0; s < m->nsites; s++)
        for (int o = 0; w->avail[s] && o < m->sites[s].noutages; o++) {
            const km_outage *outage = &m->sites[s].outages[o];
            for (int i = 0; i < outage->nunits; i++) {
                kura_unit_clock *c = &w->site_clocks[s].outages[o].units[i];
                for (int l = 0; l < L; l++)
                    while (c->from.v[l] < INFINITY)
                        take(model, outage, &outage->units[i], c, w, l, c->next.v[l]);
            }
        }
    for (int o = 0; o < model->scenario->noutages; o++)
        count_events(w, &w->events[o], m->event_outage + o, first_path);
}
