/* M8: mass is neither made nor lost.  Books kept from /paths alone, apart from those of the engine: what was
 * there, plus what sites without input made, less what was served, less what refining loses, is there.
 *
 * The feed of a refinery is not recorded.  With yield 1 it equals the output, and the balance holds to the
 * last bit; else it lies between x/y and (x + one quantum)/y, x the output. */
#include "rules.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static meta_model model;
static long exact, lossy;

static void add(const meta_world *w, const char *mineral, const char *name, const char *dim, double sign,
                double *sum)
{
    int n;
    const char *const *labels = meta_labels(w, dim, &n);
    for (int k = 0; k < n; k++) {
        if (strncmp(labels[k], mineral, strlen(mineral)) != 0) continue;
        const double *x = meta_series(w, name, dim, labels[k]);
        for (int c = 0; c < w->T * w->n; c++) sum[c] += sign * x[c];
    }
}

static int negative(const meta_world *w)
{
    const kf_group *g = kura_frame_find(w->frame, "paths");
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i];
        const double *x = v->data;
        if (v->type != KF_F64 || v->ndims != 3 || strcmp(v->units, "t")) continue;
        for (int64_t c = 0; c < kura_frame_size(g, v); c++)
            if (!(x[c] >= 0)) return meta_say("%s: %.17g", v->name, x[c]);
    }
    return 0;
}

/* The tiers of a mineral carry its number in their id, "t0-1", hubs and consumers "m0/...". */
static int balance_of(const meta_world *w, int id)
{
    size_t cells = (size_t)w->T * (size_t)w->n;
    double *held = calloc(2 * cells, sizeof *held), *flow = held + cells, slack = 0;
    char mineral[16], tier[16];
    int bad = 0;
    snprintf(mineral, sizeof mineral, "m%d", id), snprintf(tier, sizeof tier, "t%d", id);
    add(w, mineral, "on_hand", "hub", 1, held);
    add(w, mineral, "in_transit", "hub", 1, held);
    add(w, tier, "stockpile", "tier", 1, held);
    add(w, mineral, "demand", "consumer", -1, flow);
    add(w, mineral, "unserved", "consumer", 1, flow);
    for (int k = 0; k < model.nsites; k++) {
        const meta_site *s = &model.sites[k];
        if (s->mineral != id) continue;
        const double *x = meta_series(w, "output", "site", s->id);
        int refine = s->kind == META_REFINE;
        for (size_t c = 0; c < cells; c++) flow[c] += refine ? x[c] - x[c] / s->yield : x[c];
        if (refine && s->yield < 1) slack += w->model->minerals[id].quantum / s->yield + 1e-12;
    }
    *(slack > 0 ? &lossy : &exact) += 1;
    for (size_t c = (size_t)w->n; c < cells && !bad; c++) {
        double gone = held[c - (size_t)w->n] + flow[c] - held[c];
        if (!(gone >= -1e-12 * (slack > 0) && gone <= slack))
            bad = meta_say("m%d, step %d, path %d: %.17g t vanish", id, (int)c / w->n, (int)c % w->n, gone);
    }
    free(held);
    return bad;
}

static int balance(int number)
{
    meta_world w = {0};
    meta_make(&model, (uint64_t)number, number % 4 ? META_DEFAULT : META_MONOTONE);
    meta_plain(&model); /* goods in process, losses on the way and decay are not in /paths */
    if (number % 3 == 0)
        for (int i = 0; i < model.nsites; i++) model.sites[i].yield = 1;
    int bad = meta_run(&w, meta_compose(&model, (meta_style){0})) || negative(&w);
    for (int id = 0; id < META_MINERALS && !bad; id++) bad = balance_of(&w, id);
    meta_drop(&w);
    return bad;
}

static int both(void)
{
    printf("  %ld balances to the last bit, %ld to a quantum a lossy refinery\n", exact, lossy);
    int bad = !exact || !lossy;
    exact = lossy = 0;
    return bad ? meta_say("one kind of balance was never tested") : 0;
}

const meta_rule meta_rules_balance[] = {{"M8",
                                         "=, stocks, pipelines, production, use and losses from /paths: "
                                         "every mineral, step and path; nothing negative",
                                         200, balance, both, 0},
                                        {0}};
