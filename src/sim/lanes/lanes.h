/* Inside the lane kernels: names per instruction set, loops over lanes. */
#ifndef KURA_SIM_LANES_H
#define KURA_SIM_LANES_H

#include "num/lanes/isa.h"
#include "num/lane_draw.h"
#include "num/math.h"
#include "sim/work.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

#define L KURA_LANES
#define LANES(l) _Pragma("omp simd") for (int l = 0; l < L; l++)

#define kura_draw_drivers KURA_LANE_NAME(kura_draw_drivers)
#define kura_draw_spells KURA_LANE_NAME(kura_draw_spells)
#define kura_draw_coupling KURA_LANE_NAME(kura_draw_coupling)
#define kura_start_availability KURA_LANE_NAME(kura_start_availability)
#define kura_step_availability KURA_LANE_NAME(kura_step_availability)
#define kura_end_availability KURA_LANE_NAME(kura_end_availability)
#define kura_draw_restrictions KURA_LANE_NAME(kura_draw_restrictions)
#define kura_draw_price KURA_LANE_NAME(kura_draw_price)
#define kura_draw_volatility KURA_LANE_NAME(kura_draw_volatility)
#define kura_draw_cycle KURA_LANE_NAME(kura_draw_cycle)
#define kura_arc_severity KURA_LANE_NAME(kura_arc_severity)
#define kura_wedge_start KURA_LANE_NAME(kura_wedge_start)
#define kura_wedge_step KURA_LANE_NAME(kura_wedge_step)
#define kura_exogenous_start KURA_LANE_NAME(kura_exogenous_start)
#define kura_exogenous_step KURA_LANE_NAME(kura_exogenous_step)
#define kura_take_epoch KURA_LANE_NAME(kura_take_epoch)
#define kura_stands_alone KURA_LANE_NAME(kura_stands_alone)
#define kura_start_calm KURA_LANE_NAME(kura_start_calm)
#define kura_calm_step KURA_LANE_NAME(kura_calm_step)
#define kura_end_calm KURA_LANE_NAME(kura_end_calm)
#define kura_state_start KURA_LANE_NAME(kura_state_start)
#define kura_state_open KURA_LANE_NAME(kura_state_open)
#define kura_required_open KURA_LANE_NAME(kura_required_open)
#define kura_price_step KURA_LANE_NAME(kura_price_step)
#define kura_demand_step KURA_LANE_NAME(kura_demand_step)
#define kura_scarcity_step KURA_LANE_NAME(kura_scarcity_step)
#define kura_physical_step KURA_LANE_NAME(kura_physical_step)
#define kura_supply_start KURA_LANE_NAME(kura_supply_start)
#define kura_supply_step KURA_LANE_NAME(kura_supply_step)
#define kura_usable KURA_LANE_NAME(kura_usable)
#define kura_draw_thrifting KURA_LANE_NAME(kura_draw_thrifting)
#define kura_thrifting_start KURA_LANE_NAME(kura_thrifting_start)
#define kura_thrifting_step KURA_LANE_NAME(kura_thrifting_step)
#define kura_hash_state KURA_LANE_NAME(kura_hash_state)
#define kura_allocate KURA_LANE_NAME(kura_allocate)
#define kura_strain_open KURA_LANE_NAME(kura_strain_open)
#define kura_strain_contract KURA_LANE_NAME(kura_strain_contract)
#define kura_strain_close KURA_LANE_NAME(kura_strain_close)
#define kura_offtake KURA_LANE_NAME(kura_offtake)
#define kura_own_start KURA_LANE_NAME(kura_own_start)
#define kura_own_open KURA_LANE_NAME(kura_own_open)
#define kura_own_aim KURA_LANE_NAME(kura_own_aim)
#define kura_own_gap KURA_LANE_NAME(kura_own_gap)
#define kura_own_claim KURA_LANE_NAME(kura_own_claim)
#define kura_own_use KURA_LANE_NAME(kura_own_use)
#define kura_own_refill KURA_LANE_NAME(kura_own_refill)
#define kura_draw_host_indices KURA_LANE_NAME(kura_draw_host_indices)
#define kura_record_activity KURA_LANE_NAME(kura_record_activity)
#define kura_attribution_keep KURA_LANE_NAME(kura_attribution_keep)
#define kura_attribute KURA_LANE_NAME(kura_attribute)
#define kura_forced_lanes KURA_LANE_NAME(kura_forced_lanes)
#define kura_force KURA_LANE_NAME(kura_force)
#define kura_limit_by_hosts KURA_LANE_NAME(kura_limit_by_hosts)
#define kura_trigger KURA_LANE_NAME(kura_trigger)
#define kura_tiers_open KURA_LANE_NAME(kura_tiers_open)
#define kura_tiers_before KURA_LANE_NAME(kura_tiers_before)
#define kura_release KURA_LANE_NAME(kura_release)
#define kura_release_pools KURA_LANE_NAME(kura_release_pools)
#define kura_refill KURA_LANE_NAME(kura_refill)
#define kura_tiers_watch KURA_LANE_NAME(kura_tiers_watch)
#define kura_tiers_after KURA_LANE_NAME(kura_tiers_after)
#define kura_dispose KURA_LANE_NAME(kura_dispose)

/* own.c: stock of the users' own [A11], only where some consumer has one. */
void kura_own_start(const km_mineral *m, kura_state *s);
void kura_own_open(const km_mineral *m, kura_state *s);
void kura_own_aim(const km_mineral *m, kura_state *s);
void kura_own_gap(const km_mineral *m, const kura_state *s, const km_hub *hub, lane *gap);
void kura_own_claim(const km_mineral *m, const kura_state *s, int k, lane *rest);
void kura_own_use(kura_state *s, int k, const lane *rest, const lane *grant);
void kura_own_refill(const km_mineral *m, kura_state *s, const km_hub *hub, lane *on_hand);

/* drivers.c, spells.c: factors, regimes, shocks and chokepoints over the whole horizon. */
kura_status kura_draw_spells(const km_model *model, kura_work *w, uint64_t first_path);
kura_status kura_draw_drivers(const km_model *model, kura_work *w, uint64_t first_path);
/* coupling.c: hits of restrictions that depend on each other; nothing where none does. */
void kura_draw_coupling(const km_model *model, kura_work *w, uint64_t first_path);
/* availability.c: availability of the sites of one mineral, from step 0 to the last, each once. */
void kura_start_availability(const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path);
void kura_step_availability(const km_model *model, const km_mineral *m, kura_work *w, int t);
void kura_end_availability(const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path);
/* restriction.c, price.c: the exogenous series of one mineral over the whole horizon. */
kura_status kura_draw_restrictions(const km_model *model, const km_mineral *m, kura_work *w,
                                   uint64_t first_path);
void kura_draw_price(const km_model *model, const km_mineral *m, kura_work *w, uint64_t first_path);
/* volatility.c, cycle.c: what multiplies the shock of a price; the factor of all demands, once a bundle. */
const lane *kura_draw_volatility(const km_model *model, const km_mineral *m, kura_work *w,
                                 uint64_t first_path);
void kura_draw_cycle(const km_model *model, kura_work *w, uint64_t first_path);
/* hosts.c: by-products and hosts. */
void kura_draw_host_indices(const km_model *model, kura_work *w, uint64_t first_path);
void kura_record_activity(const km_mineral *m, kura_work *w, const kura_state *s, int t);
void kura_limit_by_hosts(const km_site *site, const kura_work *w, int t, lane *kav);
void kura_dispose(const km_mineral *m, kura_state *s);
/* attribution.c: keeps what it will want to know of step t; shares what was not served in it. */
void kura_attribution_keep(const km_mineral *m, kura_work *w, int t);
void kura_attribute(const km_model *model, const km_mineral *base, kura_work *w, int t);
/* forced.c: the lanes on which objects are lost in step t, as bits; nothing is left of x on such lanes. */
uint64_t kura_forced_lanes(const kura_work *w, const km_mineral *m, int t);
void kura_force(uint64_t lanes, lane *x);
/* stockpile.c: triggers, release, pools, refill, keeping. */
void kura_trigger(const km_tier *tier, lane *average, ilane *fsm, ilane *on, ilane *rel, const lane *loss,
                  int t);
void kura_tiers_open(const km_mineral *m, kura_state *s, int drun);
void kura_tiers_before(const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun);
void kura_release(const km_mineral *m, const kura_exogenous *e, kura_state *s, int h, int drun, int t);
void kura_release_pools(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick);
void kura_refill(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick);
void kura_tiers_watch(const km_mineral *m, kura_state *s);
void kura_tiers_after(const km_mineral *m, kura_state *s, const lane *g, int tick);
/* exogenous.c: S1 of a step. */
void kura_exogenous_start(const km_mineral *m, kura_work *w);
void kura_exogenous_step(const km_model *model, const km_mineral *m, kura_work *w, int t);
/* From step t on the base flow of `m` is in force [7]; what was kept of the one before is made anew. */
void kura_take_epoch(const km_mineral *m, kura_work *w, int t);
/* Severity of the restrictions on a trade. */
void kura_arc_severity(const km_mineral *m, const km_arc *a, const kura_work *w, int t, lane *sigma);
/* wedge.c: prices apart under a restriction, after what comes in is known. */
void kura_wedge_start(const km_mineral *m, kura_work *w);
void kura_wedge_step(const km_mineral *m, kura_work *w, int t);
/* price.c: S2 and S7.  `g` is the world demand of the final form over its base [A1]. */
void kura_price_step(const km_mineral *m, kura_work *w, kura_state *s, int t);
void kura_demand_step(const km_mineral *m, const kura_work *w, kura_state *s, int t, lane *g);
void kura_scarcity_step(const km_mineral *m, kura_state *s, const lane *g);
/* supply.c: capacities as they answer the price of the step before, so ahead of kura_price_step. */
void kura_supply_start(const km_mineral *m, kura_state *s);
void kura_supply_step(const km_mineral *m, kura_work *w, kura_state *s, int tick);
/* Capacity that hazards leave of a site, as it answers the price. */
const double *kura_usable(const km_mineral *m, const kura_work *w, const kura_state *s, int site);
/* thrifting.c: adoptions of a path; what programmes leave of demand, after the price of the step. */
void kura_draw_thrifting(const km_mineral *m, kura_work *w, uint64_t first_path);
void kura_thrifting_start(const km_mineral *m, kura_state *s);
void kura_thrifting_step(const km_mineral *m, kura_work *w, kura_state *s, int t);
/* physical.c: S3 to S6; allocate.c: the rounds of one form. */
void kura_state_start(const km_mineral *m, kura_state *s, int drun);
void kura_physical_step(const km_mineral *m, kura_work *w, kura_state *s, int tick, int drun);
/* Ends the spin-up: stocks on hand and stockpiles at their opening values, the balance anew. */
void kura_state_open(const km_mineral *m, kura_state *s, int drun);
/* Ends the burn-in: the required stock is counted from here. */
void kura_required_open(const km_mineral *m, kura_state *s);
/* `tick` counts steps from the start of the spin-up: it addresses the arrival rings. */
void kura_allocate(const km_mineral *m, kura_work *w, kura_state *s, int form, int tick);
/* strain.c: orders before the rounds of a form, after its contract round, after the last one. */
void kura_strain_open(const km_mineral *m, kura_work *w, int form);
void kura_strain_contract(const km_mineral *m, kura_work *w, int form);
void kura_strain_close(const km_mineral *m, kura_work *w, const kura_state *s, int form, int tick);
/* offtake.c: firm quantities of joint investments, before all rounds; what was shipped is gone from u and r.
 */
void kura_offtake(const km_mineral *m, kura_work *w, kura_state *s, int form);
/* state_hash.c: the state after the last step, both runs. */
void kura_hash_state(const kura_view *view, kura_state_hash *hash);

/* calm.c: instead of a physical step, where nothing can be short.  `first`: capacities were not looked at
 * yet. */
int kura_stands_alone(const km_mineral *m);
void kura_start_calm(kura_work *w);
int kura_calm_step(const km_mineral *m, kura_work *w, kura_state *s, int first);
void kura_end_calm(const km_mineral *m, kura_work *w, kura_state *s);

/* Is any of these masses (never negative) above 0?  By bits: an integer OR vectorises, a maximum of doubles
 * does not. */
static inline int any_positive(const lane *x)
{
    uint64_t bits = 0;
    for (int l = 0; l < L; l++) {
        uint64_t b;
        memcpy(&b, &x->v[l], sizeof b);
        bits |= b;
    }
    return bits != 0;
}

/* Does any number exceed the threshold? */
static inline int any_above(const lane *x, double threshold)
{
    uint64_t hit = 0;
    for (int l = 0; l < L; l++) hit |= x->v[l] > threshold ? 1u : 0u;
    return hit != 0;
}

/* ln of demand over its path after a step, `wanted` that which prices and programmes ask for [4.3]. */
static inline double adjusted(const km_response *q, double ln, double wanted)
{
    double now = ln + q->adjust * (wanted - ln);
    return kura_min(kura_max(now, q->ln_low), q->ln_high);
}

/* Adds the lane counts of one kind of event and clears them. */
static inline void count_events(kura_work *w, kura_tallied *events, int index, uint64_t first_path)
{
    for (int l = 0; l < L; l++) {
        uint64_t n = first_path + (uint64_t)l < w->paths ? events->n[l] : 0;
        w->counts[index].sum += n;
        w->counts[index].squares += n * n;
        events->n[l] = 0;
    }
}

/* The scripted value of a multiplier in step t [3.6]. */
static inline void apply_script(const km_script *script, int t, lane *k)
{
    if (!script->mul) return;
    double set = script->set[t], mul = script->mul[t], add = script->add[t];
    if (!isnan(set)) {
        LANES(l) k->v[l] = set;
    } else if (mul != 1 || add != 0) {
        LANES(l) k->v[l] = kura_clamp01(k->v[l] * mul + add);
    }
}

#endif
