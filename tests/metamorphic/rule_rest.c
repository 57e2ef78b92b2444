/* M4: without hazards the network of the base flow rests: shortage exactly 0, every series constant to the
 * last bit. */
#include "rules.h"
#include <stdio.h>
#include <string.h>

static meta_model model;

/* What would move a network: hazards, hosts outside, scripts, price noise, growth, given openings, decay,
 * refill, and too little room to stand still (storage, caps). */
static void still(meta_model *m)
{
    m->regimes = m->restricting = 0;
    m->outages = m->shocks = m->routes = m->scripts = m->correlation = 0;
    m->volatility = 0;
    m->by_product[0] = 0;
    for (int i = 0; i < m->ntiers; i++) m->tiers[i].half_life = 0, m->tiers[i].refill = 0;
    for (int i = 0; i < m->ndemands; i++) m->demands[i].growth = 0;
    for (int i = 0; i < m->narcs; i++) m->arcs[i].cap = META_NONE;
    for (int i = 0; i < m->nhubs; i++) m->hubs[i].opening = m->hubs[i].storage = META_NONE;
}

static int rests(const meta_world *w)
{
    const kf_group *g = kura_frame_find(w->frame, "paths");
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i];
        int n, unserved = !strcmp(v->name, "unserved");
        if (v->type != KF_F64 || v->ndims != 3) continue;
        const char *const *labels = meta_labels(w, v->dims[0], &n);
        for (int o = 0; o < n; o++) {
            const double *x = (const double *)v->data + (size_t)o * (size_t)w->T * (size_t)w->n;
            for (int c = 0; c < w->T * w->n; c++)
                if (x[c] != (unserved ? 0 : x[0]))
                    return meta_say("%s of %s, step %d: %.17g, at first %.17g", v->name, labels[o], c / w->n,
                                    x[c], x[0]);
        }
    }
    return 0;
}

/* What comes in goes out [R2.4]. */
static int balanced(const meta_world *w)
{
    for (int i = 0; i < w->model->nminerals; i++) {
        const km_mineral *m = &w->model->minerals[i];
        for (int h = 0; h < m->nhubs; h++)
            if (m->hubs[h].X + m->hubs[h].M != m->hubs[h].U0 + m->hubs[h].E) return 0;
    }
    return 1;
}

static int at_rest(int number)
{
    meta_world w = {0};
    meta_make(&model, (uint64_t)number, META_DEFAULT);
    still(&model);
    model.steps = 120;
    model.paths = 1;
    int bad = meta_run(&w, meta_compose(&model, (meta_style){0}));
    bad = bad || (balanced(&w) ? rests(&w) : meta_say("the base flow does not balance"));
    meta_drop(&w);
    return bad;
}

/* The network of the golden step without its events, for ten years, with and without its table of hubs. */
static int golden(int number)
{
    const char *sets[] = {"series=null", "run.steps=520", "network.hubs=null"};
    meta_world w = {0};
    int bad =
        meta_run_file(&w, KURA_SOURCE_DIR "/tests/golden/golden.yaml", sets, number ? 3 : 2) || rests(&w);
    meta_drop(&w);
    return bad;
}

const meta_rule meta_rules_rest[] = {
    {"M4", "=, no hazards: every cell of /paths constant over 120 steps, unserved 0", 240, at_rest,
     NULL, 0},
    {"M4-golden", "=, the golden network without its events: every cell constant over 520 steps, unserved 0",
     2, golden, NULL, 0},
    {0}};
