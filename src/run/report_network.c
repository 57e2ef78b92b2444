/* /network: the base case as the engine runs it before any lever (/levers has the base flows that these
 * make); one 1-D variable a column along hub, site, arc, consumer, tier. */
#include "run/run.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const km_model *model;
    int total[5]; /* hubs, sites, arcs, consumers, tiers */
    int moved;    /* levers make other base flows of it */
} context;

enum { HUB, SITE, ARC, CONSUMER, TIER };
static const char *const dims[] = {"hub", "site", "arc", "consumer", "tier"};

static int count(const km_mineral *m, int kind)
{
    const int n[] = {m->nhubs, m->nsites, m->narcs, m->nconsumers, m->ntiers};
    return n[kind];
}

typedef double number_fn(const km_model *, const km_mineral *, int);
typedef const char *text_fn(kura_arena *, const km_model *, const km_mineral *, int);

static void numbers(context *c, int kind, const char *name, number_fn *f, const char *units, const char *text)
{
    double *x = KURA_NEW(&c->frame->arena, double, (size_t)c->total[kind]);
    if (!x) return;
    int n = 0;
    for (int i = 0; i < c->model->nminerals; i++)
        for (int k = 0; k < count(&c->model->minerals[i], kind); k++)
            x[n++] = f(c->model, &c->model->minerals[i], k);
    if (c->moved && kind <= ARC)
        text =
            kura_arena_printf(&c->frame->arena, "%s; before any lever, later ones: /levers base_flow", text);
    kura_frame_var(c->frame, c->group, name, KF_F64, dims[kind], x, units, text, "R2.4", NULL);
}

static void texts(context *c, int kind, const char *name, text_fn *f, const char *text)
{
    const char **x = KURA_NEW(&c->frame->arena, const char *, (size_t)c->total[kind]);
    if (!x) return;
    int n = 0;
    for (int i = 0; i < c->model->nminerals; i++)
        for (int k = 0; k < count(&c->model->minerals[i], kind); k++)
            x[n++] = f(&c->frame->arena, c->model, &c->model->minerals[i], k);
    if (strcmp(name, dims[kind]) == 0)
        kura_frame_dim_labels(c->frame, c->group, name, n, x);
    else
        kura_frame_var(c->frame, c->group, name, KF_STRING, dims[kind], x, "", text, NULL, NULL);
}

#define PER_YEAR(q) ((q)*m->quantum / model->step_years)
#define NUMBER(name, expression)                                                                             \
    static double name(const km_model *model, const km_mineral *m, int i)                                    \
    {                                                                                                        \
        (void)model;                                                                                         \
        return (expression);                                                                                 \
    }
NUMBER(hub_output, PER_YEAR(m->hubs[i].X))
NUMBER(hub_imports, PER_YEAR(m->hubs[i].M))
NUMBER(hub_exports, PER_YEAR(m->hubs[i].E))
NUMBER(hub_use, PER_YEAR(m->hubs[i].U0))
NUMBER(hub_opening, m->hubs[i].opening * m->quantum)
NUMBER(hub_storage, m->hubs[i].cap * m->quantum)
NUMBER(site_output, PER_YEAR(m->sites[i].x0))
NUMBER(site_capacity, PER_YEAR(floor(m->sites[i].yield * m->sites[i].K)))
NUMBER(site_yield, m->sites[i].yield)
NUMBER(arc_volume, PER_YEAR(m->arcs[i].v))
NUMBER(arc_lag, m->arcs[i].lag)
NUMBER(arc_estimated, m->arcs[i].estimated)
NUMBER(arc_share, m->hubs[m->arcs[i].to].M > 0 ? m->arcs[i].v / m->hubs[m->arcs[i].to].M : 0)
NUMBER(consumer_demand, PER_YEAR(m->consumers[i].D0))
NUMBER(consumer_class, m->consumers[i].priority)
NUMBER(consumer_own, m->consumers[i].own * m->quantum)
NUMBER(tier_opening, m->tiers[i].opening * m->quantum)
NUMBER(tier_cap, m->tiers[i].at_most < 1e299 ? m->tiers[i].at_most * m->quantum : INFINITY)

static const char *hub_id(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    return kura_arena_printf(a, "%s/%s/%s", m->id, m->forms[m->hubs[i].form],
                             model->scenario->countries[m->hubs[i].country]);
}
static const char *site_id(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    (void)a, (void)model;
    return m->sites[i].id;
}
static const char *site_grade(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    (void)a;
    return model->scenario->sites[m->sites[i].scenario_site].grade;
}
static const char *site_hub(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    return hub_id(a, model, m, m->sites[i].hub);
}
static const char *arc_id(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    return kura_arena_printf(a, "%s/%s", hub_id(a, model, m, m->arcs[i].from),
                             model->scenario->countries[m->hubs[m->arcs[i].to].country]);
}
static const char *arc_from(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    return hub_id(a, model, m, m->arcs[i].from);
}
static const char *arc_to(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    return hub_id(a, model, m, m->arcs[i].to);
}
static const char *arc_basis(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    (void)a;
    const char *given = model->scenario->arcs[m->arcs[i].scenario_arc].basis;
    return m->arcs[i].estimated ? "estimated" : given;
}
static const char *consumer_id(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    const char *sector = model->scenario->demands[m->consumers[i].scenario_demand].sector;
    return kura_arena_printf(a, "%s%s%s", hub_id(a, model, m, m->consumers[i].hub), sector[0] ? "/" : "",
                             sector);
}
static const char *tier_id(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    return km_tier_name(a, model->scenario, m, i);
}
static const char *tier_hub(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    return hub_id(a, model, m, m->tiers[i].hub);
}
static const char *tier_trigger(kura_arena *a, const km_model *model, const km_mineral *m, int i)
{
    static const char *const names[] = {"inbound", "always", "shortage", "cover"};
    (void)a, (void)model;
    return names[m->tiers[i].trigger];
}

NUMBER(tier_nominal, m->hubs[m->tiers[i].hub].U0 > 0
                         ? m->tiers[i].opening / m->hubs[m->tiers[i].hub].U0 * model->step_days
                         : NAN)

static void usable(context *c)
{
    static const double cuts[] = {30, 60, 90, 180, 360};
    enum { CUTS = sizeof cuts / sizeof *cuts };
    double *x = KURA_NEW(&c->frame->arena, double, (size_t)c->total[TIER] * CUTS);
    double *days = KURA_NEW(&c->frame->arena, double, CUTS);
    if (!x || !days) return;
    memcpy(days, cuts, sizeof cuts);
    size_t n = 0;
    for (int i = 0; i < c->model->nminerals; i++)
        for (int k = 0; k < c->model->minerals[i].ntiers; k++)
            for (int j = 0; j < CUTS; j++)
                x[n++] = km_usable_days(c->model, &c->model->minerals[i], k, cuts[j]);
    kura_frame_dim_f64(c->frame, c->group, "cut", CUTS, days, "d", "length of a cut of all imports");
    kura_frame_var(
        c->frame, c->group, "tier_usable_days", KF_F64, "tier,cut", x, "d",
        "of the last form's use that the stock can serve within a cut: no more than release rules, process "
        "times and the country's refineries let through",
        "2.4", NULL);
}

static int any_own(const km_model *model)
{
    for (int i = 0; i < model->nminerals; i++)
        if (model->minerals[i].any_own) return 1;
    return 0;
}

kura_status kura_report_network(kura_frame *frame, const km_model *model, kura_error *err)
{
    context c = {.frame = frame, .model = model, .group = kura_frame_group(frame, "network")};
    for (int k = 0; k < 5; k++)
        for (int i = 0; i < model->nminerals; i++) c.total[k] += count(&model->minerals[i], k);
    for (int i = 0; i < model->nminerals; i++) c.moved |= model->minerals[i].nepochs > 0;
    if (!c.group) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    if (c.total[HUB]) {
        texts(&c, HUB, "hub", hub_id, "hub: mineral/form/country");
        numbers(&c, HUB, "hub_output", hub_output, "t year-1", "base output X");
        numbers(&c, HUB, "hub_imports", hub_imports, "t year-1", "base imports M");
        numbers(&c, HUB, "hub_exports", hub_exports, "t year-1", "base exports E");
        numbers(&c, HUB, "hub_use", hub_use, "t year-1", "base use U0: consumers and inputs of sites");
        numbers(&c, HUB, "hub_opening", hub_opening, "t", "opening stock on hand");
        numbers(&c, HUB, "hub_storage", hub_storage, "t", "storage cap");
    }
    if (c.total[SITE]) {
        texts(&c, SITE, "site", site_id, "site");
        texts(&c, SITE, "site_hub", site_hub, "hub of its output");
        texts(&c, SITE, "site_grade", site_grade, "data grade");
        numbers(&c, SITE, "site_output", site_output, "t year-1", "base output");
        numbers(&c, SITE, "site_capacity", site_capacity, "t year-1", "capacity in output");
        numbers(&c, SITE, "site_yield", site_yield, "1", "yield");
    }
    if (c.total[ARC]) {
        texts(&c, ARC, "arc", arc_id, "arc: mineral/form/from/to");
        texts(&c, ARC, "arc_from", arc_from, "exporting hub");
        texts(&c, ARC, "arc_to", arc_to, "importing hub");
        texts(&c, ARC, "arc_basis", arc_basis,
              "basis of the volume; estimated: completed by proportional fitting");
        numbers(&c, ARC, "arc_volume", arc_volume, "t year-1", "base flow");
        numbers(&c, ARC, "arc_import_share", arc_share, "1", "share of the importer's base imports");
        numbers(&c, ARC, "arc_lag", arc_lag, "1", "transit time in steps");
        numbers(&c, ARC, "arc_estimated", arc_estimated, "1", "1: volume estimated by the engine");
    }
    if (c.total[CONSUMER]) {
        texts(&c, CONSUMER, "consumer", consumer_id, "consumer: mineral/form/country/sector");
        numbers(&c, CONSUMER, "consumer_demand", consumer_demand, "t year-1", "base demand");
        numbers(&c, CONSUMER, "consumer_priority", consumer_class, "1", "priority class");
        if (any_own(model))
            numbers(&c, CONSUMER, "consumer_own_stock", consumer_own, "t", "opening stock of its own [A11]");
    }
    if (c.total[TIER]) {
        texts(&c, TIER, "tier", tier_id, "stockpile");
        numbers(&c, TIER, "tier_opening", tier_opening, "t", "opening stock");
        texts(&c, TIER, "tier_hub", tier_hub, "hub of the stock");
        texts(&c, TIER, "tier_trigger", tier_trigger,
              "what authorises its release; shortage and cover read the state of the model, so that more "
              "stock can "
              "delay a release [R6.2]");
        numbers(&c, TIER, "tier_nominal_days", tier_nominal, "d", "opening stock in base use of its form");
        usable(&c);
        numbers(&c, TIER, "tier_release_cap", tier_cap, "t", "most that may be released in a step");
    }
    return frame->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result")
                               : KURA_OK;
}
