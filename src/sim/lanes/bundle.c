/* One bundle of 64 paths: drivers for all, then mineral by mineral over the whole horizon.
 *
 * Minerals are the outer loop and time the inner one, because no mineral reads another's stocks: what they
 * share (factors, regimes, shocks, routes) is drawn once for the bundle, and what by-products need of their
 * hosts, which come first, is one series a host site.  So one mineral's state stays in the
 * L2 cache. */
#include "sim/attribution.h"
#include "sim/lanes/lanes.h"
#include "sim/strain.h"

static kura_status fail(kura_work *w, const km_mineral *m, uint64_t path, const char *what)
{
    w->error.code = KURA_E_INTERNAL;
    w->error.has_path = 1;
    w->error.path = path;
    snprintf(w->error.message, sizeof w->error.message, "%s: %s on path %llu", m->id, what,
             (unsigned long long)path);
    return KURA_E_INTERNAL;
}

/* [R2.3] with tolerance 0, at the end of every path; and no state may be negative or NaN. */
static kura_status check_balance(const km_mineral *m, kura_work *w, const kura_state *s, uint64_t first_path)
{
    lane mass;
    LANES(l) mass.v[l] = 0;
    for (int l = 0; l < L; l++) {
        for (int h = 0; h < m->nhubs; h++) {
            if (!(s->I[h].v[l] >= 0 && s->P[h].v[l] >= 0))
                return fail(w, m, first_path + (uint64_t)l, "impossible stock");
            mass.v[l] += s->I[h].v[l] + s->P[h].v[l];
        }
        for (int k = 0; k < m->ntiers; k++) mass.v[l] += s->S[k].v[l] + s->on_order[k].v[l];
        for (int k = 0; k < m->nprocess; k++) mass.v[l] += s->process[k].v[l];
        for (int k = 0; m->any_own && k < m->nconsumers; k++) {
            if (!(s->own[k].v[l] >= 0)) return fail(w, m, first_path + (uint64_t)l, "impossible stock");
            mass.v[l] += s->own[k].v[l];
        }
        if (!(s->X->v[l] == s->X->v[l])) return fail(w, m, first_path + (uint64_t)l, "impossible price");
        if (mass.v[l] != s->start->v[l] + s->mined->v[l] - s->gone->v[l])
            return fail(w, m, first_path + (uint64_t)l, "mass balance does not close");
    }
    return KURA_OK;
}

static kura_status run_mineral(const km_model *model, int index, kura_work *w, uint64_t first_path,
                               const kura_observer *observer)
{
    const km_mineral *base = &model->minerals[index], *m = km_now(base, 0); /* base flow in force [7] */
    kura_status st = kura_draw_restrictions(model, m, w, first_path);
    if (st) return st;
    kura_start_availability(model, m, w, first_path);
    kura_draw_price(model, m, w, first_path);
    kura_draw_thrifting(m, w, first_path);
    const kura_trial *trial = w->trial;
    int runs = m->has_drun || trial ? 2 : 1;
    kura_exogenous_start(m, w);
    for (int k = 0; k < runs; k++) {
        w->state[k].opening = trial ? trial->opening[k][index] : NULL;
        kura_state_start(m, &w->state[k], trial ? 0 : k);
    }
    int alone = w->brief && kura_stands_alone(m);
    kura_start_calm(w);
    if (w->strain) kura_strain_start(w->strain, index, first_path, w->paths);
    if (w->attribution) kura_attribution_start(w->attribution, model, base);
    kura_view view = {model, index, 0, first_path, &w->exo, &w->state[0], runs == 2 ? &w->state[1] : NULL,
                      NULL,  NULL};
    for (int tick = 0; tick < m->spin + model->steps; tick++) {
        int t = tick - m->spin;
        if (t == 0 && m->spin) {
            kura_end_calm(m, w, &w->state[0]);
            for (int k = 0; k < runs; k++) kura_state_open(m, &w->state[k], trial ? 0 : k);
        }
        if (t == model->burn && t > 0 && runs == 2)
            for (int k = trial ? 0 : 1; k < runs; k++) kura_required_open(m, &w->state[k]);
        if (t >= 0 && km_now(base, t) != m) kura_take_epoch(m = km_now(base, t), w, t);
        if (t >= 0) kura_step_availability(model, m, w, t);
        if (t >= 0 && w->attribution) kura_attribution_keep(m, w, t);
        kura_exogenous_step(model, m, w, t); /* S1 */
        for (int k = 0; k < runs; k++) {
            kura_state *s = &w->state[k];
            w->straining = w->strain && k == 0 && t >= model->burn;
            kura_supply_step(m, w, s, tick);
            kura_price_step(m, w, s, t); /* S2 */
            kura_thrifting_step(m, w, s, t);
            kura_demand_step(m, w, s, t, w->g);
            w->exo.calm = alone && kura_calm_step(m, w, s, tick == 0);
            if (!w->exo.calm) {
                if (alone) kura_end_calm(m, w, s);
                kura_physical_step(m, w, s, tick, trial ? 0 : k); /* S3-S6 */
            }
            kura_scarcity_step(m, s, w->g); /* S7 */
        }
        if (w->attribution) kura_attribute(model, base, w, t);
        if (m->is_host && t >= 0) kura_record_activity(base, w, &w->state[0], t);
        if (t < model->burn) continue;
        view.t = t - model->burn;
        observer->step(observer->user, &view); /* S8 */
    }
    kura_end_calm(m, w, &w->state[0]);
    kura_end_availability(model, m, w, first_path);
    if (w->strain) kura_strain_end(w->strain, m);
    for (int k = 0; k < runs && !st; k++) st = check_balance(m, w, &w->state[k], first_path);
    if (st) return st;
    kura_hash_state(&view, &w->hash);
    view.hash = &w->hash;
    view.attribution = w->attribution;
    observer->end(observer->user, &view);
    return KURA_OK;
}

kura_status KURA_LANE_NAME(kura_bundle)(const km_model *model, kura_work *work, uint64_t first_path,
                                        const kura_observer *observer);
kura_status KURA_LANE_NAME(kura_bundle)(const km_model *model, kura_work *work, uint64_t first_path,
                                        const kura_observer *observer)
{
    kura_status st = kura_draw_drivers(model, work, first_path);
    if (!st) kura_draw_coupling(model, work, first_path);
    kura_draw_host_indices(model, work, first_path);
    kura_draw_cycle(model, work, first_path);
    for (int i = 0; i < model->nminerals && !st; i++)
        if ((!work->trial || work->trial->wanted[model->order[i]]) &&
            (!work->same || !work->same[model->order[i]]))
            st = run_mineral(model, model->order[i], work, first_path, observer);
    return st;
}
