/* What can do nothing in this run, or less than it says: a warning each; above all levers [7].  A study of
 * such a lever would find "no effect", which is a finding only where the lever could have had one. */
#include "model/read_internal.h"
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 4, 5))) static void say(reading *r, int severity, const sc_where *where,
                                                      const char *format, ...)
{
    char text[400];
    kura_source source = {.path = where->file ? where->file : ""};
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    kura_report(r->bind.diag, severity, (kura_pos){&source, where->line, where->column, NULL}, "%s", text);
}
#define WARN(...) say(r, KURA_DIAG_WARNING, __VA_ARGS__)
#define MINERAL(...) kura_report(r->bind.diag, KURA_DIAG_WARNING, node->at, __VA_ARGS__)

/* ---- time ---- */

/* A ramp that goes beyond the end of the run is never all done.  That a lever is over before the run or
 * begins after it was told where it was read (read_warn_idle). */
static void check_schedule(reading *r, const sc_where *where, const char *id, int from, int to,
                           double ramp_days)
{
    const sc_run *run = &r->sc->data.run;
    double start = from == INT_MAX ? 0 : from, left = (run->steps - start) * run->step_days;
    if (to > 0 && left > 0 && ramp_days > left * (1 + 1e-9))
        WARN(where,
             "lever \"%s\" reaches only %.3g %% of its size: its ramp goes on after the end of the run", id,
             100 * left / ramp_days);
}

/* The least a law can give, days; 0 of laws that can be near it. */
static double least(const sc_dist *d)
{
    return d->kind == SC_DIST_CONSTANT || d->kind == SC_DIST_UNIFORM ? d->a : 0;
}

static void check_delay(reading *r, const sc_where *where, const char *id, int from, const sc_dist *delay)
{
    const sc_run *run = &r->sc->data.run;
    double start = from == INT_MAX ? 0 : from, left = (run->steps - start) * run->step_days;
    if (left > 0 && least(delay) >= left)
        WARN(where, "lever \"%s\" does nothing: its delay is longer than what is left of the run", id);
}

/* ---- levers on the network ---- */

/* Those that begin after the run were told so where they were read. */
static void check_lever(reading *r, const sc_lever *l, const sc_building *b)
{
    if (l->start_step != INT_MAX && l->start_step >= r->sc->data.run.steps) return;
    if (l->level == 0) WARN(&l->where, "lever \"%s\" does nothing: its level is 0 %%", l->id);
    check_schedule(r, &l->where, l->id, l->start_step, l->end_step, l->ramp_days);
    if (!b) return;
    check_delay(r, &l->where, l->id, l->start_step, &b->delay);
    if (b->cancellation >= 1)
        WARN(&l->where, "lever \"%s\" builds nothing: its cancellation is 100 %%", l->id);
}

/* Contracts that move: only what is built for them may be late. */
static void check_moved(reading *r, const sc_lever *l, const sc_building *b, int follows)
{
    check_lever(r, l, NULL);
    if (follows || (b->delay.kind == SC_DIST_NONE && !(b->cancellation > 0))) return;
    WARN(&l->where,
         "\"delay\" and \"cancellation\" of lever \"%s\" have no effect: it builds nothing; with \"capacity: "
         "follows\" suppliers do",
         l->id);
}

/* Sites whose yield would fall keep it [7.9]; a research that raises none is a mistake. */
static void check_yields(reading *r, const sc_research *x)
{
    const kura_scenario_data *d = &r->sc->data;
    int rising = 0;
    const sc_site *above = NULL;
    for (int i = 0; x->sites && i < d->nsites; i++) {
        if (!x->sites[i]) continue;
        if (d->sites[i].yield < x->yield)
            rising++;
        else if (!above)
            above = &d->sites[i];
    }
    if (above && !rising) /* of yields that are drawn, a draw may lie above: no reason to take another one */
        say(r, r->drawn ? KURA_DIAG_WARNING : KURA_DIAG_ERROR, &x->lever.where,
            "research \"%s\" raises no yield: that of \"%s\" is %.4g %% and it would reach %.4g %%; give a "
            "yield above the present one",
            x->lever.id, above->id, 100 * above->yield, 100 * x->yield);
    else if (above)
        WARN(&x->lever.where,
             "research \"%s\" leaves \"%s\" as it is, whose yield is %.4g %% already; it raises %d other%s",
             x->lever.id, above->id, 100 * above->yield, rising, rising == 1 ? "" : "s");
    if (x->success == 0)
        WARN(&x->lever.where, "research \"%s\" does nothing: its success is 0 %%", x->lever.id);
}

static void check_recycling(reading *r, const sc_recycling *x)
{
    if (x->collection == 0)
        WARN(&x->lever.where, "recycling \"%s\" does nothing: its collection is 0 %%", x->lever.id);
    if (x->site.capacity == 0)
        WARN(&x->lever.where, "recycling \"%s\" does nothing: its capacity is 0", x->lever.id);
    if (x->lifetime.kind == SC_DIST_CONSTANT && !(x->lifetime.a > 0))
        say(r, KURA_DIAG_ERROR, &x->lever.where,
            "the lifetime of products in recycling \"%s\" must be above 0; write for example 12 years",
            x->lever.id);
}

static void check_network_levers(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->ninvestments; i++)
        check_lever(r, &d->investments[i].lever, &d->investments[i].building);
    for (int i = 0; i < d->nrecyclings; i++) {
        check_lever(r, &d->recyclings[i].lever, &d->recyclings[i].building);
        check_recycling(r, &d->recyclings[i]);
    }
    for (int i = 0; i < d->ndiversifications; i++)
        check_moved(r, &d->diversifications[i].lever, &d->diversifications[i].building,
                    d->diversifications[i].follows);
    for (int i = 0; i < d->ndependence_caps; i++) {
        check_moved(r, &d->dependence_caps[i].lever, &d->dependence_caps[i].building,
                    d->dependence_caps[i].follows);
        if (d->dependence_caps[i].cap >= 1)
            WARN(&d->dependence_caps[i].lever.where,
                 "lever \"%s\" does nothing: no supplier can have more than its cap, 100 %%",
                 d->dependence_caps[i].lever.id);
    }
    for (int i = 0; i < d->nresearches; i++) {
        check_lever(r, &d->researches[i].lever, NULL);
        check_yields(r, &d->researches[i]);
    }
}

/* ---- policies that leave the network as it is ---- */

static int is_in(const unsigned char *set, int i) { return !set || (i >= 0 && set[i]); }

static int named(const sc_diplomacy *x, const char *id)
{
    for (int i = 0; i < x->nrestrictions; i++)
        if (strcmp(x->restrictions[i], id) == 0) return 1;
    return x->nrestrictions == 0;
}

static int aims_at(const sc_restriction *h, int country)
{
    if (country < 0) return 1;
    for (int i = 0; i < h->ntypes; i++)
        if (h->types[i].targets && h->types[i].targets[country]) return 1;
    return 0;
}

static void check_diplomacy(reading *r, const sc_diplomacy *x)
{
    const kura_scenario_data *d = &r->sc->data;
    int regimes = 0, restrictions = 0;
    for (int i = 0; i < d->nregimes; i++) regimes += x->countries && x->countries[d->regimes[i].country];
    for (int i = 0; i < d->nrestrictions; i++) {
        const sc_restriction *h = &d->restrictions[i];
        restrictions +=
            (!x->countries || x->countries[h->exporter]) && named(x, h->id) && aims_at(h, x->against);
    }
    check_schedule(r, &x->where, x->id, x->when.from_step, x->when.to_step, x->when.ramp_days);
    int on_regimes = x->up != 1 || x->down != 1, on_onset = x->onset != 1;
    if (!on_regimes && !on_onset)
        WARN(&x->where, "lever \"%s\" does nothing: all its multiples are 1", x->id);
    else if ((regimes || restrictions) && /* none of both is told where it is compiled */
             !(on_regimes && regimes) && !(on_onset && restrictions))
        WARN(&x->where, "lever \"%s\" does nothing: %s", x->id,
             !on_onset         ? "its countries have no regimes"
             : x->against >= 0 ? "no restriction that it acts on is aimed at the country of \"against\""
                               : "there is no restriction that it acts on");
}

static void check_programme(reading *r, const sc_thrifting *x)
{
    check_schedule(r, &x->where, x->id, x->start_step, INT_MAX, x->ramp_days);
    check_delay(r, &x->where, x->id, x->start_step, &x->delay);
    if (x->success == 0) WARN(&x->where, "lever \"%s\" does nothing: its success is 0 %%", x->id);
}

static void check_nationalism(reading *r, const sc_nationalism *x)
{
    const kura_scenario_data *d = &r->sc->data;
    int exports = 0, restrictions = 0, home = 0;
    for (int i = 0; i < d->narcs; i++)
        exports += is_in(x->countries, d->arcs[i].from) && is_in(x->minerals, d->arcs[i].mineral);
    for (int i = 0; i < d->nrestrictions; i++) {
        const sc_restriction *h = &d->restrictions[i];
        int about = 0;
        for (int m = 0; m < d->nminerals; m++) about |= is_in(h->minerals, m) && is_in(x->minerals, m);
        restrictions += about && is_in(x->countries, h->exporter);
    }
    for (int k = 0; k < 3; k++) home |= x->home[k] > 0;
    check_schedule(r, &x->where, x->id, x->when.from_step, x->when.to_step, x->when.ramp_days);
    if (!exports)
        WARN(&x->where, "lever \"%s\" does nothing: its countries export none of its minerals", x->id);
    else if (x->onset > 1 && !restrictions && !home && isnan(x->export_share))
        WARN(&x->where,
             "lever \"%s\" does nothing: its countries have no restriction whose onset it could raise",
             x->id);
    else if (x->onset == 1 && !home && !(x->export_share < 1))
        WARN(&x->where, "lever \"%s\" does nothing: no limit, no priority and an onset that stays as it is",
             x->id);
}

/* ---- other sections ---- */

static void check_ignorance(reading *r)
{
    const sc_ignorance *g = &r->sc->data.ignorance;
    const kura_node *node = kura_node_get(r->root, "ignorance");
    int drawn = r->nunknowns > 0, graded = 0;
    for (int i = 0; i < 4; i++) graded |= g->grades[i] > 0;
    if (!node || r->drawn) return;
    if (kura_node_get(node, "applies_to") && !graded)
        kura_report(r->bind.diag, KURA_DIAG_WARNING, node->at,
                    "\"applies_to\" has no effect: no grade has a spread (\"grades\")");
    if (!drawn && !kura_node_get(node, "draw"))
        kura_report(r->bind.diag, KURA_DIAG_WARNING, node->at,
                    "\"ignorance\" has no effect: nothing is unknown; give laws in place of quantities, a "
                    "column \"spread\", or \"grades\"");
}

/* No number of a path is negative. */
static void check_records(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nchecks; i++)
        if (d->checks[i].observed[0] < 0 || d->checks[i].observed[1] < 0)
            say(r, KURA_DIAG_ERROR, &d->checks[i].where,
                "\"observed\" of check \"%s\" is negative, which no number of a path can be",
                d->checks[i].id);
}

/* The mapping of a mineral, where its messages point to. */
static const kura_node *mineral_node(const reading *r, const sc_mineral *m)
{
    return kura_node_get(kura_node_get(r->root, "minerals"), m->id);
}

static void check_price(reading *r, const sc_mineral *m, const kura_node *node)
{
    const sc_volatility *v = &m->price.shock;
    int varied = !isnan(v->by_regime[0]) || v->sd > 0 || v->depth != 1;
    if (varied && m->price.volatility == 0 && m->report == SC_REPORT_HEADLINE) /* hosts share sections */
        MINERAL("what multiplies the volatility of %s has no effect: it is 0", m->id);
    const kura_node *depth = kura_node_get(kura_node_get(node, "price"), "market_depth");
    if (depth && v->depth_from != INT_MAX && v->depth_from >= r->sc->data.run.steps)
        MINERAL("the market of %s does not deepen: \"market_depth\" begins after the run", m->id);
    else if (depth && v->depth == 1)
        MINERAL("\"market_depth\" of %s has no effect: its volatility is 1", m->id);
    if (!isnan(v->by_regime[0]) && !r->sc->data.nregimes)
        MINERAL("\"volatility_by_regime\" of %s has no effect: no country has regimes (hazards.regimes)",
                m->id);
}

static void check_minerals(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    for (int i = 0; i < d->nminerals && !r->drawn; i++) {
        const sc_mineral *m = &d->minerals[i];
        const kura_node *node = mineral_node(r, m);
        if (!node) continue;
        if (m->price.given) check_price(r, m, node);
        if (!m->price.given && (m->response.elasticity > 0 || m->response.sub_limit > 0))
            MINERAL("\"demand_response\" of %s has no effect: it has no \"price\" that demand could answer",
                    m->id);
        if (kura_node_get(node, "cycle_exposure") && !kura_node_get(r->root, "demand_cycle"))
            MINERAL("\"cycle_exposure\" of %s has no effect: there is no \"demand_cycle\"", m->id);
    }
}
#undef MINERAL

void read_check_sense(reading *r)
{
    const kura_scenario_data *d = &r->sc->data;
    check_minerals(r);
    check_ignorance(r);
    check_records(r);
    check_network_levers(r);
    for (int i = 0; i < d->ndiplomacy; i++) check_diplomacy(r, &d->diplomacy[i]);
    for (int i = 0; i < d->nthrifting; i++) check_programme(r, &d->thrifting[i]);
    for (int i = 0; i < d->nnationalism; i++) check_nationalism(r, &d->nationalism[i]);
    for (int i = 0; i < d->nkeeping_levers; i++) {
        const sc_keeping_lever *x = &d->keeping_levers[i];
        check_schedule(r, &x->where, x->id, x->when.from_step, x->when.to_step, x->when.ramp_days);
        if (x->half_life == 1)
            WARN(&x->where, "lever \"%s\" does nothing: its multiple of the half-life is 1", x->id);
    }
    for (int i = 0; i < d->nstock_levers; i++)
        check_schedule(r, &d->stock_levers[i].where, d->stock_levers[i].id, d->stock_levers[i].start_step,
                       INT_MAX, 0);
}
