/* Runs of the engine and their comparison, see world.h. */
#include "world.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char meta_why[META_WHY];
const char *meta_isa;

int meta_say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(meta_why, sizeof meta_why, format, args);
    va_end(args);
    return 1;
}

static int say_messages(const kura_diag *diag, const kura_error *err)
{
    for (size_t i = 0; i < diag->count; i++)
        if (diag->items[i].severity == KURA_DIAG_ERROR)
            return meta_say("scenario, line %d: %s", diag->items[i].line, diag->items[i].message);
    return meta_say("%s", err->message);
}

int meta_run_file(meta_world *w, const char *path, const char *const *sets, size_t nsets)
{
    kura_diag diag = {0};
    kura_error err = {0};
    memset(w, 0, sizeof *w);
    kura_status st = kura_scenario_read(path, sets, nsets, &w->arena, &w->data, &diag, &err);
    if (!st) st = kura_model_compile(w->data, w->data->run.seed, &w->model, &diag, &err);
    if (!st) {
        kura_run_options options = {.threads = 1, .isa = meta_isa};
        w->frame = kura_frame_new();
        st = w->frame ? kura_run_model(w->model, &options, w->frame, &w->record, &err) : KURA_E_MEMORY;
        if (!st && kura_frame_load(w->frame)) st = KURA_E_IO;
        w->T = w->model->T;
        w->n = w->data->tallies.trace_paths;
    }
    if (st) say_messages(&diag, &err);
    kura_diag_fini(&diag);
    return st != KURA_OK;
}

int meta_run(meta_world *w, const char *yaml)
{
    char path[512];
    snprintf(path, sizeof path, "%s/meta-%ld.yaml", KURA_TEST_TMP, (long)getpid());
    FILE *f = fopen(path, "wb");
    if (!f || fputs(yaml, f) < 0 || fclose(f)) return meta_say("cannot write %s", path);
    int bad = meta_run_file(w, path, NULL, 0);
    unlink(path);
    return bad;
}

void meta_drop(meta_world *w)
{
    kura_frame_free(w->frame);
    free(w->record.counts);
    kura_model_free(w->model);
    kura_arena_fini(&w->arena);
    memset(w, 0, sizeof *w);
}

/* ---- cells ---- */

const char *const *meta_labels(const meta_world *w, const char *dim, int *n)
{
    const kf_group *g = kura_frame_find(w->frame, "paths");
    const kf_variable *v = kura_frame_find_var(g, dim);
    *n = v ? (int)kura_frame_dim_size(g, dim) : 0;
    return v ? v->data : NULL;
}

static const double *row_of(const meta_world *w, const kf_variable *v, const char *object)
{
    int n;
    const char *const *labels = meta_labels(w, v->dims[0], &n);
    for (int i = 0; i < n; i++)
        if (!strcmp(labels[i], object))
            return (const double *)v->data + (size_t)i * (size_t)w->T * (size_t)w->n;
    return NULL;
}

const double *meta_series(const meta_world *w, const char *name, const char *dim, const char *object)
{
    const kf_variable *v = kura_frame_find_var(kura_frame_find(w->frame, "paths"), name);
    return v && !strcmp(v->dims[0], dim) ? row_of(w, v, object) : NULL;
}

const double *meta_sample(const meta_world *w, const char *name, const char *mineral)
{
    const kf_group *g = kura_frame_find(w->frame, "samples");
    const kf_variable *v = kura_frame_find_var(g, name);
    const char *const *ids = kura_frame_find_var(g, "mineral")->data;
    for (int64_t i = 0; i < kura_frame_dim_size(g, "mineral"); i++)
        if (!strcmp(ids[i], mineral)) return (const double *)v->data + i * kura_frame_dim_size(g, "path");
    return NULL;
}

const char *meta_name(int mineral, int form, int country)
{
    static char ring[8][64];
    static int next;
    char *out = ring[next++ % 8];
    snprintf(out, sizeof ring[0], "m%d/%s/%s", mineral, meta_forms[form], meta_countries[country]);
    return out;
}

/* ---- comparison ---- */

int meta_same_paths(const meta_world *a, const meta_world *b, double scale, double tolerance,
                    meta_rename *rename, const void *user)
{
    const kf_group *g = kura_frame_find(a->frame, "paths"), *other = kura_frame_find(b->frame, "paths");
    size_t cells = (size_t)a->T * (size_t)a->n;
    if (a->T != b->T || a->n != b->n) return meta_say("sizes differ");
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i], *y = kura_frame_find_var(other, v->name);
        int n;
        if (v->type != KF_F64 || v->ndims != 3) continue;
        const char *const *labels = meta_labels(a, v->dims[0], &n);
        int mass = !strcmp(v->units, "t");
        double k = mass ? scale : 1, most = mass || tolerance == 0 ? tolerance : 1e-5;
        for (int o = 0; o < n; o++) {
            const char *name = rename ? rename(v->name, labels[o], user) : labels[o];
            if (!name) continue;
            const double *p = (const double *)v->data + (size_t)o * cells, *q = row_of(b, y, name);
            if (!q) return meta_say("no %s of %s", v->name, name);
            for (size_t c = 0; c < cells; c++)
                if (most > 0 ? !(fabs(p[c] * k - q[c]) <= most) : p[c] * k != q[c])
                    return meta_say("%s of %s, step %d, path %d: %.17g, expected %.17g", v->name, labels[o],
                                    (int)c / a->n, (int)c % a->n, q[c], p[c] * k);
        }
    }
    return 0;
}

int meta_same_samples(const meta_world *a, const meta_world *b, double scale)
{
    const kf_group *g = kura_frame_find(a->frame, "samples");
    const char *const *ids = kura_frame_find_var(g, "mineral")->data;
    int64_t paths = kura_frame_dim_size(g, "path");
    for (int i = 0; i < g->nvariables; i++) {
        const kf_variable *v = &g->variables[i];
        if (v->ndims != 2) continue;
        double k = !strcmp(v->units, "t") ? scale : 1;
        for (int64_t m = 0; m < kura_frame_dim_size(g, "mineral"); m++) {
            const double *x = meta_sample(a, v->name, ids[m]), *y = meta_sample(b, v->name, ids[m]);
            for (int64_t p = 0; p < paths; p++)
                if (x[p] * k != y[p])
                    return meta_say("%s of %s, path %d: %.17g, expected %.17g", v->name, ids[m], (int)p, y[p],
                                    x[p] * k);
        }
    }
    return 0;
}

double meta_unserved(const meta_world *w, int country, int p)
{
    int n;
    const char *const *labels = meta_labels(w, "consumer", &n);
    double sum = 0;
    for (int k = 0; k < n; k++) {
        if (country >= 0 && !strstr(labels[k], meta_countries[country])) continue;
        const double *u = meta_series(w, "unserved", "consumer", labels[k]);
        for (int t = 0; t < w->T; t++) sum += u[t * w->n + p];
    }
    return sum;
}

/* ---- coverage ---- */

static long positive(const meta_world *w, const char *name, double above)
{
    const kf_group *g = kura_frame_find(w->frame, "paths");
    const kf_variable *v = kura_frame_find_var(g, name);
    const double *x = v->data;
    long sum = 0;
    for (int64_t i = 0; i < kura_frame_size(g, v); i++) sum += x[i] > above;
    return sum;
}

static void cover_hub(meta_coverage *c, const meta_world *w, const km_mineral *m, const km_hub *h)
{
    char name[64];
    c->traders += h->rule == 2;
    for (int a = h->arc_begin; a + 1 < h->arc_end; a++)
        c->ties += m->arcs[a].spot > 0 && m->arcs[a].spot == m->arcs[a + 1].spot;
    snprintf(name, sizeof name, "%s/%s/%s", m->id, m->forms[h->form], w->data->countries[h->country]);
    const double *I = meta_series(w, "on_hand", "hub", name);
    if (I && h->site_end > h->site_begin && h->cap > 0)
        for (int i = 0; i < w->T * w->n; i++)
            if (I[i] / m->quantum >= h->cap) {
                c->full_stores++;
                break;
            }
}

void meta_cover(meta_coverage *c, const meta_world *w)
{
    const km_model *model = w->model;
    c->releases += positive(w, "release", 0);
    c->shortages += positive(w, "unserved", 0);
    c->qualified += positive(w, "qualification", 0);
    c->corrected_flows += model->ncorrections;
    for (int r = 0; r < model->nregimes; r++) c->regimes += model->regimes[r].has_chain;
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        int forms = 0;
        c->several_forms += m->nforms > 1;
        for (int h = 0; h < m->nhubs; h++) cover_hub(c, w, m, &m->hubs[h]);
        for (int s = 0; s < m->nsites; s++) {
            c->zero_capacities += m->sites[s].K == 0;
            c->yields_below_1 += m->sites[s].yield < 1;
            c->process_lags += m->sites[s].lag > 0;
            c->by_products += m->sites[s].nhosts;
            c->recyclers += !m->sites[s].refine && m->hubs[m->sites[s].hub].form > 0;
        }
        for (int a = 0; a < m->narcs; a++) {
            const km_arc *arc = &m->arcs[a];
            c->declared_arcs += arc->v == 0;
            c->losses_on_the_way += arc->loss > 0;
            c->estimated_arcs += arc->estimated;
            c->caps += arc->physical < 1e300;
            for (int k = 0; k < arc->nspells; k++) {
                uint64_t n = w->record.counts[model->event_spell + arc->spells[k]].sum;
                c->closed_arcs += (long)n;
                if (model->spells[arc->spells[k]].detour) c->detours += (long)n;
            }
        }
        for (int k = 0; k < m->ntiers; k++) {
            forms |= 1 << m->hubs[m->tiers[k].hub].form;
            c->decay += m->tiers[k].decay > 0;
            c->refill += m->tiers[k].refills;
            c->floors += m->tiers[k].floor > 0;
        }
        c->tiers_at_several_forms += (forms & (forms - 1)) != 0;
        for (int k = 0; k < m->nconsumers; k++) {
            c->second_class += m->consumers[k].priority == 2;
            c->growth += m->consumers[k].path != NULL;
        }
    }
    for (int i = 0; i < model->nevents; i++) {
        long n = (long)w->record.counts[i].sum;
        if (!strncmp(model->event_labels[i], "restriction", 11)) c->bans += n;
        if (!strncmp(model->event_labels[i], "outage", 6)) c->outages += n;
        if (!strncmp(model->event_labels[i], "shock", 5)) c->shocks += n;
    }
}
