/* A scenario as text, every value exactly (hexadecimal doubles), without positions: to compare two readings.
 */
#ifndef KURA_TEST_DUMP_H
#define KURA_TEST_DUMP_H

#include "base/text.h"
#include "model/scenario.h"
#include <stdio.h>
#include <string.h>

static inline void dump_number(kura_text *o, double x)
{
    if (x != x)
        kura_text_add(o, " nan");
    else
        kura_text_printf(o, " %a", x);
}

static inline void dump_numbers(kura_text *o, const char *name, const double *x, int n)
{
    kura_text_printf(o, "  %s", name);
    for (int i = 0; i < n; i++) dump_number(o, x[i]);
    kura_text_add(o, "\n");
}

static inline void dump_law(kura_text *o, const char *name, const sc_dist *d)
{
    kura_text_printf(o, "  %s %d", name, (int)d->kind);
    dump_number(o, d->a);
    dump_number(o, d->b);
    kura_text_add(o, "\n");
}

static inline void dump_bytes(kura_text *o, const char *name, const unsigned char *bytes, int n)
{
    kura_text_printf(o, "  %s ", name);
    for (int i = 0; bytes && i < n; i++) kura_text_add(o, bytes[i] ? "1" : "0");
    kura_text_add(o, bytes ? "\n" : "all\n");
}

static inline void dump_names(kura_text *o, const char *name, const char *const *names, int n)
{
    kura_text_printf(o, "  %s", name);
    for (int i = 0; i < n; i++) kura_text_printf(o, " %s", names[i]);
    kura_text_add(o, "\n");
}

static inline void dump_select(kura_text *o, const kura_scenario_data *d, const sc_select *s)
{
    dump_bytes(o, "minerals", s->minerals, d->nminerals);
    dump_bytes(o, "countries", s->countries, d->ncountries);
    dump_bytes(o, "kinds", s->kinds, 4);
    dump_bytes(o, "sites", s->sites, d->nsites);
    dump_names(o, "forms", s->forms, s->nforms);
}

static inline void dump_market(kura_text *o, const sc_market *m)
{
    kura_text_printf(o, "  market %d %d %d\n", m->push, m->spot_rounds, m->cleanup_rounds);
    double x[] = {m->cover_days,
                  m->producer_buffer_days,
                  m->storage_days,
                  m->inventory_gain,
                  m->pipeline_gain,
                  m->use_smoothing,
                  m->home_priority[0],
                  m->home_priority[1],
                  m->home_priority[2],
                  m->firm,
                  m->qualification_wait_days,
                  m->qualification_ramp_days,
                  m->loss_on,
                  m->loss_off};
    dump_numbers(o, "rules", x, (int)(sizeof x / sizeof *x));
}

static inline void dump_mineral(kura_text *o, const sc_mineral *m)
{
    kura_text_printf(o, "mineral %s|%s|%s|%s %d\n", m->id, m->name, m->unit, m->grade, m->lattice_exponent);
    dump_names(o, "forms", m->forms, m->nforms);
    dump_market(o, &m->market);
    const sc_price *p = &m->price;
    double x[] = {p->given,    p->initial,           p->half_life_days, p->volatility,
                  p->drift,    p->jump_rate,         p->jump_mean,      p->jump_sd,
                  p->scarcity, p->scarcity_lag_days, p->gap_weight,     p->cover_weight};
    const sc_volatility *v = &p->shock;
    double z[] = {v->by_regime[0],   v->by_regime[1], v->by_regime[2],   v->by_share,      v->sd,
                  v->half_life_days, v->from_base,    v->depth,          v->depth_from,    v->depth_ramp_days,
                  p->wedge.importer, p->wedge.origin, p->wedge.lag_days, m->cycle_exposure};
    dump_numbers(o, "volatility, wedge, cycle", z, (int)(sizeof z / sizeof *z));
    dump_numbers(o, "price", x, (int)(sizeof x / sizeof *x));
    const sc_response *r = &m->response;
    double y[] = {r->elasticity,
                  r->price_min,
                  r->price_max,
                  r->sub_limit,
                  r->sub_lag_days,
                  r->sub_release_days,
                  r->sub_threshold,
                  r->sub_irreversible,
                  r->sub_smoothing_days,
                  r->sub_given,
                  r->adjust_half_life_days,
                  r->adjust_share,
                  r->range[0],
                  r->range[1]};
    dump_numbers(o, "response", y, (int)(sizeof y / sizeof *y));
}

static inline void dump_network(kura_text *o, const kura_scenario_data *d)
{
    for (int i = 0; i < d->nhubs; i++) {
        const sc_hub *h = &d->hubs[i];
        double x[] = {h->mineral, h->form,    h->country,         h->cover_days,
                      h->storage, h->opening, h->export_capacity, h->producer_buffer_days};
        dump_numbers(o, "hub", x, (int)(sizeof x / sizeof *x));
    }
    for (int i = 0; i < d->nsites; i++) {
        const sc_site *s = &d->sites[i];
        double x[] = {s->mineral,
                      s->form,
                      s->country,
                      s->kind,
                      s->output,
                      s->capacity,
                      s->input_capacity,
                      s->spare,
                      s->yield,
                      s->plants,
                      s->capacity_by_regime[0],
                      s->capacity_by_regime[1],
                      s->capacity_by_regime[2]};
        kura_text_printf(o, "site %s|%s|%s", s->id, s->basis, s->grade);
        dump_numbers(o, "", x, (int)(sizeof x / sizeof *x));
    }
    for (int i = 0; i < d->narcs; i++) {
        const sc_arc *a = &d->arcs[i];
        double x[] = {a->mineral,   a->form,      a->from,    a->to,        a->volume,
                      a->lag_days,  a->lag_steps, a->nroutes, a->routes[0], a->routes[1],
                      a->routes[2], a->routes[3], a->firm,    a->cap};
        kura_text_printf(o, "arc %s", a->basis);
        dump_numbers(o, "", x, (int)(sizeof x / sizeof *x));
    }
    for (int i = 0; i < d->nprojects; i++) {
        const sc_project *p = &d->projects[i];
        double x[] = {p->site, p->start_step, p->cancellation, p->ramp_days};
        dump_numbers(o, "project", x, 4);
        dump_law(o, "delay", &p->delay);
    }
    for (int i = 0; i < d->ndemands; i++) {
        const sc_demand *k = &d->demands[i];
        double x[] = {k->mineral, k->form,     k->country,    k->rate,
                      k->growth,  k->priority, k->elasticity, k->substitution};
        kura_text_printf(o, "demand %s|%s", k->sector, k->basis);
        dump_numbers(o, "", x, (int)(sizeof x / sizeof *x));
    }
}

static inline void dump_restriction(kura_text *o, const kura_scenario_data *d, const sc_restriction *r)
{
    kura_text_printf(o, "restriction %s %d\n", r->id, r->exporter);
    dump_bytes(o, "minerals", r->minerals, d->nminerals);
    dump_names(o, "forms", r->forms, r->nforms);
    dump_numbers(o, "onset", r->onset, 3);
    double coupling[] = {r->contagion_minerals, r->contagion_importers, r->contagion_most, r->against,
                         r->retaliation};
    dump_numbers(o, "coupling", coupling, 5);
    for (int i = 0; i < r->ntypes; i++) {
        const sc_restriction_type *t = &r->types[i];
        kura_text_printf(o, " type %s %s %d\n", t->id, t->escalates_to, t->to);
        dump_bytes(o, "targets", t->targets, d->ncountries);
        dump_numbers(o, "notice", &t->notice_days, 1);
        dump_numbers(o, "escalation", &t->escalation, 1);
        dump_numbers(o, "share", t->share, 3);
        dump_law(o, "freeze", &t->freeze);
        dump_law(o, "severity", &t->severity);
        dump_law(o, "duration", &t->duration);
        dump_numbers(o, "relaxation", &t->relax_half_life_days, 1);
    }
    for (int i = 0; i < r->nin_force; i++) {
        const sc_in_force *f = &r->in_force[i];
        double x[] = {f->mineral, f->type, f->age_days, f->severity};
        dump_numbers(o, "in force", x, 4);
    }
}

static inline void dump_hazards(kura_text *o, const kura_scenario_data *d)
{
    for (int i = 0; i < d->nregimes; i++) {
        const sc_regime *r = &d->regimes[i];
        double x[] = {r->country, r->tension, r->coercion,        r->relax,           r->ease,
                      r->direct,  r->start,   r->availability[0], r->availability[1], r->availability[2]};
        dump_numbers(o, "regime", x, (int)(sizeof x / sizeof *x));
        dump_law(o, "spell", &r->coercion_spell);
    }
    for (int i = 0; i < d->nrestrictions; i++) dump_restriction(o, d, &d->restrictions[i]);
    for (int i = 0; i < d->noutages; i++) {
        const sc_outage *u = &d->outages[i];
        double x[] = {u->mttf_days, u->shape, u->per_plant, (double)u->start, u->point};
        kura_text_printf(o, "outage %s|%s\n", u->id, u->label);
        dump_select(o, d, &u->select);
        dump_law(o, "uptime", &u->uptime);
        dump_law(o, "mttr", &u->mttr);
        dump_law(o, "derating", &u->derating);
        dump_numbers(o, "numbers", x, 5);
    }
    for (int i = 0; i < d->nshocks; i++) {
        const sc_shock *s = &d->shocks[i];
        kura_text_printf(o, "shock %s %d", s->id, s->country);
        double way[] = {s->rate, s->continuous, s->add, s->point};
        dump_numbers(o, "rate", way, 4);
        dump_law(o, "severity", &s->severity);
        dump_law(o, "duration", &s->duration);
        for (int j = 0; j < s->nhits; j++)
            dump_numbers(o, "hit", &s->hits[j].probability, 1), dump_select(o, d, &s->hits[j].select);
    }
    for (int i = 0; i < d->nchokepoints; i++) {
        const sc_chokepoint *c = &d->chokepoints[i];
        double x[] = {c->rate, c->detour_days};
        kura_text_printf(o, "chokepoint %s\n", c->id);
        dump_numbers(o, "numbers", x, 2);
        dump_law(o, "duration", &c->duration);
        dump_law(o, "loss", &c->capacity_loss);
        double y[] = {c->degraded.rate, c->degraded.detour_days};
        dump_numbers(o, "degraded", y, 2);
        dump_law(o, "duration", &c->degraded.duration);
        dump_law(o, "loss", &c->degraded.capacity_loss);
    }
}

static inline void dump_rest(kura_text *o, const kura_scenario_data *d)
{
    dump_names(o, "factors", d->factors, d->nfactors);
    if (d->persistence) dump_numbers(o, "persistence", d->persistence, d->nfactors);
    if (d->freedom) dump_numbers(o, "t", d->freedom, d->nfactors);
    for (int i = 0; i < d->nloadings; i++) {
        kura_text_printf(o, "loading %s %d", d->loadings[i].driver, d->loadings[i].factor);
        dump_numbers(o, "", &d->loadings[i].loading, 1);
    }
    for (int i = 0; i < d->nstockpiles; i++) {
        const sc_stockpile *s = &d->stockpiles[i];
        double x[] = {s->owner,        s->country,      s->mineral,    s->form,      s->opening_t,
                      s->opening_days, s->floor_t,      s->floor_days, s->at_most_t, s->at_most_days,
                      s->delay_days,   s->minimum_days, s->on,         s->off,       s->trigger};
        kura_text_printf(o, "stockpile %s", s->id);
        dump_numbers(o, "", x, (int)(sizeof x / sizeof *x));
    }
    for (int i = 0; i < d->nevents; i++) {
        const sc_event *e = &d->events[i];
        double x[] = {e->from_step, e->to_step, e->object, e->index,   e->mineral,       e->importer,
                      e->field,     e->op,      e->value,  e->nseries, e->announced_step};
        dump_numbers(o, "event", x, (int)(sizeof x / sizeof *x));
        if (e->series) dump_numbers(o, "series", e->series, e->nseries);
    }
    const sc_tallies *t = &d->tallies;
    double x[] = {t->threshold,  t->required_stock, t->adequacy_max_days, t->adequacy_points,
                  t->long_depth, t->long_days,      t->samples,           t->trace_paths};
    dump_numbers(o, "tallies", x, (int)(sizeof x / sizeof *x));
    dump_numbers(o, "confidence", t->confidence, t->nconfidence);
}

static inline void dump_scenario(const kura_scenario_data *d, kura_text *o)
{
    const sc_run *r = &d->run;
    kura_text_printf(o, "%s|%s paths %llu seed %llu start %d steps %d focus %d per %d spin-up %d", d->name,
                     d->title, (unsigned long long)r->paths, (unsigned long long)r->seed, (int)r->start_day,
                     r->steps, r->focus, r->per_horizon, r->spin_up);
    dump_numbers(o, "step", &r->step_days, 1);
    dump_names(o, "countries", d->countries, d->ncountries);
    for (int i = 0; i < d->nminerals; i++) dump_mineral(o, &d->minerals[i]);
    dump_network(o, d);
    dump_hazards(o, d);
    dump_rest(o, d);
}

#endif
