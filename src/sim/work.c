/* Workspace of a thread, see work.h. */
#include "sim/work.h"
#include "sim/attribution.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    int hubs, sites, arcs, consumers, tiers, rings, series, varying, severity_steps;
    int outages, units, projects; /* of sites */
    int any_price, any_volatility, any_notice;
    int answers, wedges; /* consumers that answer alike, countries with a wedge */
    int ages, slots, sectors, own, members;
    int leaking, alarmed, process; /* arcs, hubs, slots of minerals that need them */
    int answering, building;       /* sites, steps of minerals whose supply answers */
    int thrifts, programmes;       /* answers, programmes of minerals with thrifting */
} largest;

static largest largest_of(const km_model *model)
{
    largest n = {0};
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        int varying = 0, leaks = 0, outages = 0, units = 0, projects = 0;
        for (int a = 0; a < m->narcs; a++) leaks |= m->arcs[a].leak > 0;
        for (int s = 0; s < m->nsites; s++) {
            varying += m->sites[s].varies;
            projects += m->sites[s].project.given;
            outages += m->sites[s].noutages;
            for (int o = 0; o < m->sites[s].noutages; o++) units += m->sites[s].outages[o].nunits;
        }
#define MOST(field, value)                                                                                   \
    if ((value) > n.field) n.field = (value)
        MOST(hubs, m->nhubs);
        MOST(sites, m->nsites);
        MOST(arcs, m->narcs);
        MOST(consumers, m->nconsumers);
        MOST(tiers, m->ntiers);
        MOST(rings, m->nhubs * m->ring);
        MOST(series, m->nseries);
        MOST(severity_steps, m->nseries * (m->spin + model->steps));
        MOST(varying, varying);
        MOST(outages, outages);
        MOST(units, units);
        MOST(projects, projects);
        MOST(any_price, m->price.given);
        MOST(any_volatility, m->price.volatility.given);
        MOST(answers, m->response.nanswers);
        MOST(wedges, m->price.wedge.ncountries);
        MOST(leaking, leaks ? m->narcs : 0);
        MOST(alarmed, m->panic > 0 ? m->nhubs : 0);
        MOST(process, m->nprocess);
        MOST(ages, m->nages);
        MOST(slots, m->nslots);
        MOST(sectors, m->any_sectors ? m->nconsumers : 0);
        MOST(own, m->any_own ? m->nconsumers : 0);
        for (int p = 0; p < m->npools; p++) MOST(members, m->pools[p].nmembers);
        MOST(any_notice, m->has_notice);
        MOST(answering, m->supply.given ? m->nsites : 0);
        MOST(building, m->supply.lag);
        MOST(thrifts, m->nthrifts ? m->response.nanswers : 0);
        MOST(programmes, m->nthrifts);
#undef MOST
    }
    return n;
}

static int chokepoint_used(const km_model *model, int k)
{
    for (int i = 0; i < model->nminerals; i++)
        for (int a = 0; a < model->minerals[i].narcs; a++)
            for (int r = 0; r < model->minerals[i].arcs[a].nspells; r++)
                if (model->minerals[i].arcs[a].spells[r] == k) return 1;
    return 0;
}

/* Room for the events of a spell on a bundle: 30 standard deviations above their mean, at most one a step and
 * lane unless in continuous time. */
static int most_events(const km_model *model, const km_spell *spell)
{
    double steps = (double)model->steps * KURA_LANES, mean = spell->largest * steps;
    double root = mean > 1 ? mean : 1;
    double max = mean + 30 * (root < 1e6 ? root / 2 + 1 : 1e3) + 64;
    if (!spell->continuous && max > steps) max = steps;
    return max < 1e8 ? (int)max : 100000000;
}

/* Series of every decree of the model, by its number over all minerals. */
static int series_of(const km_model *model, int decree)
{
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        if (decree < m->first_decree + m->ndecrees) return m->decrees[decree - m->first_decree].nseries;
    }
    return 0;
}

/* With `w` NULL only counts bytes. */
static size_t build(const km_model *model, kura_work *w)
{
    largest n = largest_of(model);
    size_t T = (size_t)model->steps, bytes = 0;
    kura_arena *a = w ? &w->arena : NULL;
    kura_work nothing;
    memset(&nothing, 0, sizeof nothing);
    kura_work *o = w ? w : &nothing;
#define MAKE(target, type, count)                                                                            \
    do {                                                                                                     \
        bytes += sizeof(type) * (size_t)(count) + 64;                                                        \
        if (a) (target) = KURA_NEW(a, type, (size_t)(count));                                                \
        if (a && !(target)) return 0;                                                                        \
    } while (0)
    o->nchokepoints = model->scenario->nchokepoints;
    MAKE(o->factor, lane *, model->nfactors);
    for (int g = 0; g < model->nfactors; g++) {
        lane *x = NULL;
        MAKE(x, lane, T);
        if (a) o->factor[g] = x;
    }
    MAKE(o->scale, lane *, model->nfactors);
    for (int g = 0; g < model->nfactors; g++) {
        lane *x = NULL;
        if (model->factors[g].nu > 0) MAKE(x, lane, T);
        if (a) o->scale[g] = x;
    }
    MAKE(o->home, lane, model->nregimes);
    MAKE(o->regime, blane *, model->nregimes);
    for (int g = 0; g < model->nregimes; g++) {
        blane *x = NULL;
        MAKE(x, blane, T);
        if (a) o->regime[g] = x;
    }
    MAKE(o->spells, kura_segments, model->nspells);
    MAKE(o->closed, blane *, o->nchokepoints);
    for (int i = 0; i < model->nspells; i++) {
        const km_spell *spell = &model->spells[i];
        int overlaps = spell->continuous || spell->add, events = most_events(model, spell), max = events;
        if (overlaps) { /* every begin and end makes at most two new stretches */
            if (events > o->nhappenings) o->nhappenings = events;
            max = 4 * events + 64;
        }
        if ((double)max > (double)T * KURA_LANES) max = (int)(T * KURA_LANES);
        kura_segment *items = NULL;
        MAKE(items, kura_segment, max);
        if (a) {
            o->spells[i].items = items;
            o->spells[i].max = max;
        }
        if (i < o->nchokepoints && chokepoint_used(model, i)) {
            blane *closed = NULL;
            MAKE(closed, blane, T);
            if (a) o->closed[i] = closed;
        }
    }
    MAKE(o->activity, flane *, model->nactivities);
    for (int r = 0; r < model->nactivity_rooms; r++) {
        flane *x = NULL;
        MAKE(x, flane, T);
        for (int i = 0; a && i < model->nactivities; i++)
            if (model->activity_room[i] == r) o->activity[i] = x;
    }
    MAKE(o->happenings, kura_happening, o->nhappenings);
    MAKE(o->active_to, double, o->nhappenings);
    MAKE(o->active, double, o->nhappenings);
    int coupled = model->coupled ? model->ndecrees : 0;
    MAKE(o->coupled, kura_coupled, coupled);
    MAKE(o->hits, uint64_t *, coupled);
    for (int k = 0; k < coupled; k++) {
        ilane *until = NULL;
        uint64_t *hits = NULL;
        MAKE(until, ilane, series_of(model, k));
        MAKE(hits, uint64_t, T);
        if (a) {
            o->coupled[k].until = until;
            o->hits[k] = hits;
        }
    }
    MAKE(o->loss, lane, o->nhappenings ? T : 0);
    MAKE(o->avail, const lane *, n.sites);
    MAKE(o->avail_changed, uint8_t, n.sites);
    MAKE(o->quiet_until, int, n.sites);
    MAKE(o->capacity_moves, uint8_t, n.sites);
    MAKE(o->avail_pool, lane, n.varying);
    MAKE(o->kav_changed, uint8_t, n.sites);
    MAKE(o->A_changed, uint8_t, n.hubs);
    MAKE(o->calm.least, double, n.hubs);
    MAKE(o->calm.use, double, n.hubs);
    MAKE(o->site_clocks, kura_site_clock, n.sites);
    MAKE(o->outage_clocks, kura_outage_clock, n.outages);
    MAKE(o->pieces, kura_outage_piece, n.units ? KURA_PIECES : 0);
    MAKE(o->unit_clocks, kura_unit_clock, n.units);
    MAKE(o->project_clocks, kura_project_clock, n.projects);
    MAKE(o->way, lane, o->nchokepoints);
    MAKE(o->spell_clocks, kura_spell_clock, model->nspells);
    MAKE(o->sigma, lane *, n.series);
    MAKE(o->sigma_pool, lane, n.severity_steps);
    MAKE(o->announced, blane *, n.series);
    MAKE(o->announced_pool, blane, n.any_notice ? n.severity_steps : 0);
    MAKE(o->price_noise, lane, n.any_price ? T : 1);
    MAKE(o->adopted, lane, n.programmes);
    MAKE(o->volatility, lane, n.any_volatility ? T : 0);
    MAKE(o->cycle, lane, model->cycle.given ? T : 0);
    MAKE(o->answer, lane, n.answers);
    kura_exogenous *e = &o->exo;
    MAKE(e->kav, lane, n.sites);
    MAKE(e->kappa, lane, n.arcs);
    MAKE(e->leak, lane, n.leaking);
    MAKE(e->alarm, lane, n.alarmed);
    MAKE(e->avail, const lane *, n.sites);
    MAKE(e->begins, const lane *, n.sites);
    e->adopted = o->adopted;
    MAKE(e->regime, const blane *, model->nregimes);
    MAKE(e->lag, ilane, n.arcs);
    MAKE(e->lag_same, uint8_t, n.arcs);
    MAKE(e->A, lane, n.hubs);
    MAKE(e->Z, lane, n.hubs);
    MAKE(e->import_wedge, lane, n.wedges);
    MAKE(e->export_wedge, lane, n.wedges);
    MAKE(e->wedge, lane, n.wedges);
    MAKE(e->qe, lane, n.hubs);
    MAKE(e->qneed, lane, n.hubs);
    MAKE(e->q, lane, n.hubs);
    MAKE(e->omega, lane, n.hubs);
    MAKE(e->notice, lane, n.any_notice ? n.hubs : 0);
    MAKE(e->fe, lane, n.tiers);
    MAKE(e->fsm, ilane, n.tiers);
    MAKE(e->t_on, ilane, n.tiers);
    MAKE(e->t_rel, ilane, n.tiers);
    MAKE(e->v_t, double, n.arcs);
    MAKE(e->K_t, double, n.sites);
    MAKE(e->usual_t, double, n.sites);
    MAKE(e->Cexp_t, double, n.hubs);
    for (int k = 0; k < 2; k++) {
        kura_state *s = &o->state[k];
        lane **per_hub[] = {&s->I, &s->P, &s->Ubar, &s->U, &s->H, &s->B, &s->Xstar, &s->x, &s->O, &s->W};
        for (size_t i = 0; i < sizeof per_hub / sizeof *per_hub; i++) MAKE(*per_hub[i], lane, n.hubs);
        MAKE(s->ring, lane, n.rings);
        MAKE(s->S, lane, n.tiers);
        MAKE(s->release, lane, n.tiers);
        MAKE(s->held, lane, n.tiers);
        MAKE(s->on_order, lane, n.tiers);
        MAKE(s->want, lane, n.tiers);
        MAKE(s->bought, lane, n.tiers);
        MAKE(s->age, lane, n.ages);
        MAKE(s->delivery, lane, n.slots);
        MAKE(s->fe, lane, n.tiers);
        MAKE(s->signal, lane, n.tiers);
        MAKE(s->fsm, ilane, n.tiers);
        MAKE(s->t_on, ilane, n.tiers);
        MAKE(s->t_rel, ilane, n.tiers);
        MAKE(s->special, lane, n.sectors);
        MAKE(s->own, lane, n.own);
        MAKE(s->ownuse, lane, n.own);
        MAKE(s->ownaim, lane, n.own);
        MAKE(s->sub_of, lane, n.thrifts);
        MAKE(s->top_of, lane, n.thrifts);
        MAKE(s->net_of, lane, n.thrifts);
        MAKE(s->used_of, lane, n.thrifts);
        MAKE(s->gross_of, lane, n.thrifts);
        MAKE(s->ln_gross, lane, n.thrifts);
        MAKE(s->capacity, lane, n.answering);
        MAKE(s->closing, ilane, n.answering);
        MAKE(s->building, lane, n.building);
        MAKE(s->built, lane, n.answering ? 1 : 0);
        MAKE(s->outlook, lane, n.answering ? 1 : 0);
        lane **per_answer[] = {&s->sub, &s->submax, &s->pibar, &s->lnD};
        for (size_t i = 0; i < sizeof per_answer / sizeof *per_answer; i++)
            MAKE(*per_answer[i], lane, n.answers);
        lane **single[] = {&s->X,    &s->Xo,    &s->Sc,       &s->mined,
                           &s->gone, &s->start, &s->required, &s->irreducible};
        for (size_t i = 0; i < sizeof single / sizeof *single; i++) MAKE(*single[i], lane, 1);
        MAKE(s->T, lane, n.sites);
        MAKE(s->xs, lane, n.sites);
        MAKE(s->process, lane, n.process);
        MAKE(s->ship, lane, n.arcs);
        MAKE(s->D, lane, n.consumers);
        MAKE(s->Dgross, lane, n.consumers);
        MAKE(s->unserved, lane, n.consumers);
    }
    lane **hub_scratch[] = {&o->a, &o->r, &o->fill, &o->P1, &o->P2, &o->on_top};
    for (size_t i = 0; i < sizeof hub_scratch / sizeof *hub_scratch; i++) MAKE(*hub_scratch[i], lane, n.hubs);
    lane **arc_scratch[] = {&o->u, &o->p1, &o->p2};
    for (size_t i = 0; i < sizeof arc_scratch / sizeof *arc_scratch; i++) MAKE(*arc_scratch[i], lane, n.arcs);
    MAKE(o->counts, kura_count, model->nevents);
    MAKE(o->events, kura_tallied, model->scenario->noutages + 1);
    MAKE(o->g, lane, 1);
    MAKE(o->trades, int, n.arcs);
    MAKE(o->asked, int, n.hubs);
    MAKE(o->claim, lane, n.sites);
    MAKE(o->need, lane, n.members);
#undef MAKE
    return bytes;
}

size_t kura_work_bytes(const km_model *model)
{
    size_t causes = model->scenario->tallies.attribution ? kura_attribution_bytes(model) : 0;
    return build(model, NULL) + causes + sizeof(kura_work);
}

kura_work *kura_work_new(const km_model *model)
{
    kura_work *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->model = model;
    int attribution = model->scenario->tallies.attribution;
    if (attribution) w->attribution = kura_attribution_new(model);
    if (!build(model, w) || (attribution && !w->attribution)) {
        kura_work_free(w);
        return NULL;
    }
    return w;
}

void kura_work_free(kura_work *work)
{
    if (!work) return;
    kura_attribution_free(work->attribution);
    kura_arena_fini(&work->arena);
    free(work);
}
