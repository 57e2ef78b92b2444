/* What the models have, see coverage.h. */
#include "coverage.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

typedef struct {
    char has[SECOND_ACT_COUNT];
} elements;

static const int paired[] = {
#define PAIR(name) ACT_##name,
    SECOND_PAIRED(PAIR)
#undef PAIR
};

#define HAS(name, condition) (e->has[ACT_##name] |= (char)((condition) != 0))

static void of_tiers(elements *e, const km_mineral *m)
{
    for (const km_tier *k = m->tiers; k < m->tiers + m->ntiers; k++) {
        HAS(releases, 1);
        HAS(releases_ahead, k->release_at > 0);
        HAS(sector_releases, k->sectors >= 0);
        HAS(floors, k->floor > 0);
        HAS(shortage_triggers, k->trigger == SC_TRIGGER_SHORTAGE);
        HAS(cover_triggers, k->trigger == SC_TRIGGER_COVER);
        HAS(pooled_stocks, km_is_pooled(k));
        HAS(pool_deliveries, k->pool >= 0 && k->slots);
        HAS(refills_abroad, k->refills);
        HAS(refills_at_home, k->refills);
        HAS(decay, k->decay > 0);
        HAS(ageing, k->ages);
        HAS(rotation, k->rotation > 0);
        HAS(reprocessing, k->spoilt_hub >= 0);
    }
    for (const km_pool *p = m->pools; p < m->pools + m->npools; p++) HAS(solidarity, p->solidarity > 0);
    HAS(required_stock, m->has_drun);
    HAS(irreducible, m->has_drun);
}

static void of_sites(elements *e, const km_model *model, const km_mineral *m)
{
    for (const km_site *s = m->sites; s < m->sites + m->nsites; s++) {
        HAS(yields_below_1, s->refine && s->yield < 1);
        HAS(zero_capacities, s->K == 0);
        HAS(full_stores, 1);
        HAS(process_lags, s->lag);
        HAS(standby, s->standby);
        HAS(tolling, model->scenario->sites[s->scenario_site].owner >= 0);
        HAS(tolling_restricted, s->toll_arc >= 0);
        HAS(capacity_by_regime, s->by_regime);
        HAS(seasons, s->season);
        HAS(site_scripts, s->script.mul || s->country_script.mul);
        HAS(projects, s->project.given);
        HAS(projects_cancelled, s->project.given && s->project.cancellation > 0);
        HAS(by_products, s->nhosts && !s->basket);
        HAS(baskets, s->basket);
        HAS(disposals, s->basket);
        for (const km_outage *o = s->outages; o < s->outages + s->noutages; o++) {
            HAS(outages, 1);
            HAS(uptime_laws, o->up.kind != KURA_DIST_EXPONENTIAL && o->up.kind != KURA_DIST_WEIBULL);
            HAS(outages_by_point, o->point);
            HAS(failed_starts, o->start == SC_START_DOWN);
        }
    }
}

static void of_trade(elements *e, const km_model *model, const km_mineral *m)
{
    for (const km_arc *a = m->arcs; a < m->arcs + m->narcs; a++) {
        HAS(losses_on_the_way, a->loss > 0);
        HAS(leaks, a->leak > 0);
        HAS(leaks_via, a->leak > 0 && a->leak_via >= 0);
        HAS(new_suppliers, a->v == 0);
        HAS(caps, a->physical < 1e300);
        HAS(ties, a > m->arcs && a[-1].to == a->to && a->spot > 0 && a[-1].spot == a->spot);
        HAS(traders, m->hubs[a->from].rule == 2);
        HAS(trade_scripts, a->script.mul);
        HAS(lag_scripts, a->lag_script);
        HAS(severity_scripts, a->severity_script.mul);
        for (int i = 0; i < a->nspells; i++) {
            HAS(closures, 1);
            HAS(degraded_routes, model->degraded[a->spells[i]] >= 0);
            HAS(detours, model->spells[a->spells[i]].detour > 0);
        }
    }
    for (const km_hub *h = m->hubs; h < m->hubs + m->nhubs; h++) HAS(without_storage, h->no_storage);
    for (const km_hub *h = m->hubs; h < m->hubs + m->nhubs; h++)
        HAS(home_priority, h->home || m->home[0] + m->home[1] + m->home[2] > 0);
    HAS(front_loading, m->front_loading > 0 && m->has_notice);
    HAS(panic, m->panic > 0);
    HAS(push, m->push);
    HAS(spin_up, m->spin);
}

static void of_use(elements *e, const km_model *model, const km_mineral *m)
{
    for (const km_consumer *k = m->consumers; k < m->consumers + m->nconsumers; k++) {
        int profile = model->scenario->demands[k->scenario_demand].profile >= 0;
        HAS(unserved, 1);
        HAS(growth, k->path && !profile);
        HAS(demand_profiles, profile);
        HAS(demand_scripts, k->script.mul);
        HAS(later_classes, k->priority > 1);
    }
    HAS(jumps, m->price.given && m->price.jump_mean_count > 0);
    HAS(premiums, m->price.given && m->price.eta > 0);
    HAS(price_scripts, m->price.given && (m->price.set || m->price.jump));
    HAS(volatility_by_regime, m->price.volatility.nexporters > 0);
    HAS(stochastic_volatility, m->price.volatility.s > 0);
    HAS(market_depth, m->price.volatility.depth);
    HAS(wedges_of_importers, m->price.wedge.importer > 0);
    HAS(wedges_of_exporters, m->price.wedge.origin > 0);
    HAS(demand_cycle, m->cycle != 0);
    HAS(gradual_demand, m->response.gradual);
    HAS(bounded_demand, m->response.gradual);
    for (int i = 0; i < m->response.nanswers; i++) HAS(substitution, m->response.answers[i].sub_limit > 0);
}

static void of_supply(elements *e, const km_mineral *m)
{
    const km_supply *k = &m->supply;
    HAS(used_harder, k->given && k->elasticity > 0 && k->most > 1);
    HAS(used_less, k->given && k->elasticity > 0);
    HAS(closed_sites, k->after);
    HAS(restarts, k->after);
    HAS(expansions, k->lag);
    HAS(responses_in_both_runs, k->given && m->has_drun);
    HAS(own_stock_used, m->any_own);
    HAS(own_stock_refilled, m->any_own);
    HAS(own_stock_above_aim, m->any_own);
    HAS(own_stock_beside_sectors, m->any_own && m->any_sectors);
}

static void of_levers(elements *e, const km_model *model, const km_mineral *m)
{
    for (const km_thrift *k = m->thrifts; k < m->thrifts + m->nthrifts; k++) {
        HAS(thrift_saves, k->saves > 0);
        HAS(thrift_replaces, m->price.given);
        HAS(thrift_fails, k->success < 1);
        HAS(thrift_after_substitution, m->price.given);
    }
    for (const km_tier *k = m->tiers; k < m->tiers + m->ntiers; k++) {
        HAS(stock_levers, k->raised);
        HAS(keeping, k->decay_path);
    }
    for (const km_decree *d = m->decrees; d < m->decrees + m->ndecrees; d++) HAS(diplomacy_averts, d->kept);
    for (const km_regime *r = model->regimes; r < model->regimes + model->nregimes; r++)
        HAS(diplomacy_hurries, r->hurry);
    for (int i = -1; i < m->nepochs; i++) {
        const km_mineral *now = i < 0 ? m : &m->epochs[i];
        HAS(epochs, i >= 0);
        HAS(offtakes, now->nofftakes);
        HAS(offtakes_at_price, now->nofftakes && m->supply.given);
        for (int a = 0; a < now->narcs; a++) HAS(quotas, now->arcs[a].quota >= 0);
        for (int h = 0; h < now->nhubs; h++) HAS(nationalism_at_home, now->hubs[h].home);
    }
}

static void of_restrictions(elements *e, const km_mineral *m)
{
    for (const km_decree *d = m->decrees; d < m->decrees + m->ndecrees; d++) {
        HAS(restrictions, 1);
        HAS(in_force, d->nin_force);
        HAS(contagion, d->coupling.minerals > 0);
        HAS(contagion_of_importers, d->coupling.importers > 0);
        HAS(retaliation, d->coupling.retaliation > 0);
        for (const km_type *k = d->types; k < d->types + d->ntypes; k++) {
            HAS(announcements, k->notice);
            HAS(escalations, k->escalation > 0);
        }
    }
}

static void of_drivers(elements *e, const km_model *model)
{
    for (const km_regime *r = model->regimes; r < model->regimes + model->nregimes; r++) {
        HAS(regimes, r->has_chain);
        HAS(coercion_spells, r->has_spell);
        HAS(forced_regimes, r->script);
        HAS(scripted_rates, r->which);
        HAS(factors, r->loadings.n);
        HAS(t_copula, r->loadings.t >= 0);
    }
    for (const km_spell *s = model->spells; s < model->spells + model->nspells; s++) {
        if (s->chokepoint >= 0) continue;
        HAS(shocks_by_step, !s->continuous);
        HAS(shocks_in_time, s->continuous);
        HAS(rates_in_time, s->continuous && s->which);
        HAS(shocks_by_point, s->point);
        HAS(shocks_adding, s->add);
        HAS(shocks_not_reaching, s->probability < 1);
    }
    for (const km_factor *f = model->factors; f < model->factors + model->nfactors; f++)
        HAS(persistence, f->persistence != 0);
    HAS(drawn_inputs, model->scenario->ignorance.draws);
    HAS(factors, model->cycle.loadings.n);
    HAS(t_copula, model->cycle.given && model->cycle.loadings.t >= 0);
    HAS(host_indices, model->nhost_indices);
    HAS(burn_in, model->burn);
}

void second_cover(second_coverage *c, const km_model *model, const long paths[SECOND_ACT_COUNT])
{
    elements all = {{0}}, *e = &all;
    of_drivers(e, model);
    for (const km_mineral *m = model->minerals; m < model->minerals + model->nminerals; m++) {
        of_tiers(e, m);
        of_sites(e, model, m);
        of_trade(e, model, m);
        of_use(e, model, m);
        of_restrictions(e, m);
        of_supply(e, m);
        of_levers(e, model, m);
    }
    c->models++;
    for (int i = 0; i < SECOND_PAIRED_COUNT; i++)
        for (int k = 0; k < SECOND_PAIRED_COUNT; k++)
            c->together[i][k] += paths[paired[i]] > 0 && paths[paired[k]] > 0;
    for (int i = 0; i < SECOND_ACT_COUNT; i++) {
        c->have[i] += e->has[i];
        c->acted[i] += paths[i] > 0;
        c->paths[i] += paths[i];
    }
}

int second_print_coverage(const second_coverage *c)
{
    static const char *const names[] = {
#define NAME(name) #name,
        SECOND_ACTS(NAME)
#undef NAME
    };
    int never = 0;
    print_message("  %-24s %12s %12s %12s\n", "element", "models", "where acted", "paths");
    for (int i = 0; i < SECOND_ACT_COUNT; i++) {
        never += !c->acted[i];
        print_message("  %-24s %12ld %12ld %12ld%s\n", names[i], c->have[i], c->acted[i], c->paths[i],
                      !c->acted[i]               ? "  NEVER"
                      : c->acted[i] > c->have[i] ? "  IN MORE THAN HAVE IT"
                                                 : "");
    }
    return never;
}

int second_print_pairs(const second_coverage *c)
{
    static const char *const names[] = {
#define NAME(name) #name,
        SECOND_PAIRED(NAME)
#undef NAME
    };
    int missing = 0;
    for (int i = 0; i < SECOND_PAIRED_COUNT; i++) {
        print_message("  %-20s in %ld models, with each of the others in", names[i], c->together[i][i]);
        missing += 10 * c->together[i][i] < c->models;
        for (int k = 0; k < SECOND_PAIRED_COUNT; k++) {
            if (k == i) continue;
            print_message(" %ld", c->together[i][k]);
            missing += !c->together[i][k];
        }
        print_message("\n");
    }
    return missing;
}
