/* Base flow [R2.4]: the steady trade that zero hazards reproduce.
 *
 * Known volumes are kept; unknown ones (v = NaN) are completed, form by form from the final one upstream,
 * because the use of a form is known once the outputs of the next form are.  Home use is served first; what
 * is left over abroad is distributed by iterative proportional fitting over the declared unknown arcs.  Then
 * every hub is balanced exactly on the lattice, X + M = U0 + E: a hub without own output changes its largest
 * inbound flow, a hub with own output changes its output.  Every change beyond rounding becomes a correction
 * that `kura check` lists. */
#include "model/compile_internal.h"
#include "num/math.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { IPF_ROUNDS = 400 };

double km_floor(double quanta) { return floor(quanta); }

double km_input_for(double x, double yield)
{
    double d = ceil(x / yield);
    while (d > 0 && floor(yield * (d - 1)) >= x) d -= 1;
    while (floor(yield * d) < x) d += 1;
    return d;
}

double km_arriving(const km_arc *a, double loaded) { return loaded - floor(a->loss * loaded); }

double km_loaded_for(const km_arc *a, double arriving)
{
    double v = floor(arriving / (1 - a->loss));
    while (v > 0 && km_arriving(a, v - 1) >= arriving) v -= 1;
    while (km_arriving(a, v) < arriving) v += 1;
    return v;
}

/* t/year of a mass per step */
static double per_year(const compile_ctx *c, const km_mineral *m, double quanta)
{
    return quanta * m->quantum * 365.25 / c->model->step_days;
}

static const char *hub_name(compile_ctx *c, const km_mineral *m, int h)
{
    return kura_arena_printf(&c->model->arena, "%s/%s/%s", m->id, m->forms[m->hubs[h].form],
                             c->sc->countries[m->hubs[h].country]);
}

/* Room for one more correction of mineral m. */
static km_correction *add(compile_ctx *c, const km_mineral *m)
{
    km_model *model = c->model;
    if (model->ncorrections == model->ncorrections_max) {
        int max = model->ncorrections_max ? 2 * model->ncorrections_max : 64;
        km_correction *list = KURA_NEW(&model->arena, km_correction, (size_t)max);
        if (!list) return NULL;
        if (model->ncorrections) memcpy(list, model->corrections, (size_t)model->ncorrections * sizeof *list);
        model->corrections = list;
        model->ncorrections_max = max;
    }
    km_correction *k = &model->corrections[model->ncorrections++];
    k->mineral = m->scenario_mineral; /* of an epoch too */
    return k;
}

static kura_status correct(compile_ctx *c, const km_mineral *m, const char *what, double before, double after)
{
    km_correction *k = add(c, m);
    KM_ALLOC(c, k);
    c->model->ncorrections_engine++;
    k->before = per_year(c, m, before);
    k->after = per_year(c, m, after);
    k->text = kura_arena_printf(&c->model->arena, "%s: %.6g -> %.6g t/year (%+.3g %%)", what, k->before,
                                k->after, k->before > 0 ? 100 * (k->after / k->before - 1) : 100.0);
    KM_ALLOC(c, k->text);
    return KURA_OK;
}

/* The corrections that came with the tables, so that one list tells all. */
static kura_status corrections_of_data(compile_ctx *c, const km_mineral *m)
{
    for (int i = 0; i < c->sc->ncorrections; i++) {
        const sc_correction *in = &c->sc->corrections[i];
        if (in->mineral != m->scenario_mineral) continue;
        km_correction *k = add(c, m);
        KM_ALLOC(c, k);
        k->of_data = 1;
        k->before = in->before;
        k->after = in->after;
        k->text = kura_arena_printf(&c->model->arena, "%s/%s: %s: %.6g -> %.6g (%s)", m->id,
                                    m->forms[in->form], in->what, in->before, in->after,
                                    in->reason && in->reason[0] ? in->reason : "no reason given");
        KM_ALLOC(c, k->text);
    }
    return KURA_OK;
}

void km_flow_totals(km_mineral *m, int form)
{
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        km_hub *hub = &m->hubs[h];
        hub->X = hub->M = hub->Mo = hub->E = hub->U0 = 0;
        for (int s = hub->site_begin; s < hub->site_end; s++) hub->X += m->sites[s].x0;
        for (int k = hub->consumer_begin; k < hub->consumer_end; k++) hub->U0 += m->consumers[k].D0;
        if (hub->up_hub >= 0) {
            const km_hub *up = &m->hubs[hub->up_hub];
            for (int s = up->site_begin; s < up->site_end; s++)
                if (m->sites[s].refine) hub->U0 += m->sites[s].d0;
        }
    }
    for (int a = m->arc_form_begin[form]; a < m->arc_form_begin[form + 1]; a++) {
        const km_arc *arc = &m->arcs[a];
        double v = isnan(arc->v) ? 0 : arc->v;
        m->hubs[arc->to].M += km_arriving(arc, v);
        m->hubs[arc->to].Mo += v;
        m->hubs[arc->from].E += v;
    }
}

/* Completes the unknown arcs of one form by home-first use and iterative proportional fitting. */
static kura_status complete(compile_ctx *c, km_mineral *m, int form)
{
    int begin = m->arc_form_begin[form], end = m->arc_form_begin[form + 1], unknown = 0;
    for (int a = begin; a < end; a++) unknown += isnan(m->arcs[a].v);
    if (!unknown) return KURA_OK;
    km_flow_totals(m, form);
    size_t n = (size_t)m->nhubs;
    double *supply = calloc(4 * n, sizeof *supply);
    double *v = calloc((size_t)(end - begin), sizeof *v);
    if (!supply || !v) {
        free(supply);
        free(v);
        return kura_error_set(c->err, KURA_E_MEMORY, "not enough memory to compile the model");
    }
    double *need = supply + n, *row = need + n, *col = row + n;
    for (int h = m->hub_begin[form]; h < m->hub_begin[form + 1]; h++) {
        const km_hub *hub = &m->hubs[h];
        double s = hub->X - hub->E, u = hub->U0 - hub->M;
        if (s < 0) u -= s, s = 0;
        if (u < 0) s -= u, u = 0;
        double home = s < u ? s : u;
        supply[h] = s - home;
        need[h] = u - home;
    }
    for (int a = begin; a < end; a++)
        if (isnan(m->arcs[a].v)) v[a - begin] = supply[m->arcs[a].from] * need[m->arcs[a].to];
    for (int round = 0; round < IPF_ROUNDS; round++) {
        memset(row, 0, n * sizeof *row);
        for (int a = begin; a < end; a++) row[m->arcs[a].from] += v[a - begin];
        for (int a = begin; a < end; a++)
            if (v[a - begin] > 0) v[a - begin] *= supply[m->arcs[a].from] / row[m->arcs[a].from];
        memset(col, 0, n * sizeof *col);
        for (int a = begin; a < end; a++) col[m->arcs[a].to] += v[a - begin] * (1 - m->arcs[a].loss);
        for (int a = begin; a < end; a++)
            if (v[a - begin] > 0) v[a - begin] *= need[m->arcs[a].to] / col[m->arcs[a].to];
    }
    for (int a = begin; a < end; a++)
        if (isnan(m->arcs[a].v)) {
            m->arcs[a].v = floor(v[a - begin]);
            m->arcs[a].net = km_arriving(&m->arcs[a], m->arcs[a].v);
            m->arcs[a].estimated = 1;
        }
    free(supply);
    free(v);
    return KURA_OK;
}

static int beyond_rounding(const km_hub *h, double residual)
{
    return fabs(residual) > 1e-5 * (h->U0 + h->E) && fabs(residual) > 64;
}

/* A hub without own output: its largest inbound flows give or take the residual. */
static kura_status balance_by_imports(compile_ctx *c, km_mineral *m, int h, double residual)
{
    km_hub *hub = &m->hubs[h];
    int report = beyond_rounding(hub, residual);
    while (residual != 0) {
        int best = -1;
        for (int a = hub->arc_begin; a < hub->arc_end; a++)
            if (best < 0 || m->arcs[a].v > m->arcs[best].v) best = a;
        if (best < 0) break;
        km_arc *arc = &m->arcs[best];
        double change = -residual;
        if (arc->net + change < 0) change = -arc->net;
        double v = km_loaded_for(arc, arc->net + change);
        if (report)
            KURA_TRY(correct(c, m,
                             kura_arena_printf(&c->model->arena, "import of %s from %s", hub_name(c, m, h),
                                               c->sc->countries[m->hubs[arc->from].country]),
                             arc->v, v));
        m->hubs[arc->from].E += v - arc->v;
        hub->Mo += v - arc->v;
        hub->M += change;
        arc->net += change;
        arc->v = v;
        residual += change;
        if (change == 0) break;
    }
    if (residual != 0 && hub->U0 + hub->E > 0)
        kura_diag_add(c->diag, KURA_DIAG_ERROR, c->sc->minerals[m->scenario_mineral].where.file,
                      c->sc->minerals[m->scenario_mineral].where.line, 0, NULL,
                      "%s is used (%.6g t/year) but no site makes it there and no trade brings it",
                      hub_name(c, m, h), per_year(c, m, hub->U0 + hub->E));
    return KURA_OK;
}

/* Ties by id, so that the order of rows changes nothing. */
static int larger(const km_site *a, const km_site *b)
{
    return a->x0 != b->x0 ? a->x0 > b->x0 : strcmp(a->id, b->id) < 0;
}

/* What is left at a hub with a basket, whose output no lever changes [2.5]: use that was open, or output that
 * nobody took; then imports, as far as they bear it. */
static kura_status balance_beside_basket(compile_ctx *c, km_mineral *m, int h, double residual)
{
    km_hub *hub = &m->hubs[h];
    double *other = residual > 0 ? &hub->uncontracted : &hub->surplus, most = 0;
    double back = kura_min(fabs(residual), *other), rest = fabs(residual) - back;
    *other -= back;
    for (int a = hub->arc_begin; a < hub->arc_end; a++) most = kura_max(most, m->arcs[a].net);
    if (rest > 0 && most > 0 && (residual < 0 || most >= rest))
        return balance_by_imports(c, m, h, residual < 0 ? -rest : rest);
    *(residual > 0 ? &hub->surplus : &hub->uncontracted) += rest;
    return KURA_OK;
}

/* A hub with own output: the outputs of its sites, largest first, give or take the residual. */
static kura_status balance_by_output(compile_ctx *c, km_mineral *m, int h, double residual)
{
    km_hub *hub = &m->hubs[h];
    int report = beyond_rounding(hub, residual);
    while (residual != 0) {
        km_site *best = NULL;
        for (int s = hub->site_begin; s < hub->site_end; s++) {
            if (m->sites[s].fixed || m->sites[s].basket) continue;
            if (!m->sites[s].standby && (!best || larger(&m->sites[s], best))) best = &m->sites[s];
        }
        if (!best) break;
        double change = -residual;
        if (best->x0 + change < 0) change = -best->x0;
        if (change == 0) break;
        if (report)
            KURA_TRY(correct(c, m, kura_arena_printf(&c->model->arena, "output of %s", best->id), best->x0,
                             best->x0 + change));
        best->x0 += change;
        best->d0 = best->refine ? km_input_for(best->x0, best->yield) : best->x0;
        hub->X += change;
        residual += change;
    }
    if (residual != 0 && hub->basket) return balance_beside_basket(c, m, h, residual);
    if (residual > 0) { /* more arrives than is used, and no output is left to cut */
        KURA_TRY(balance_by_imports(c, m, h, residual));
    }
    return KURA_OK;
}

static double residual_of(const km_hub *h)
{
    return h->X + h->M + h->uncontracted - h->U0 - h->E - h->surplus;
}

/* Is there a site whose output may change?  One on standby has none in the base flow, that of a lever is
 * given. */
static int makes(const km_mineral *m, const km_hub *hub)
{
    for (int s = hub->site_begin; s < hub->site_end; s++)
        if (!m->sites[s].standby && !m->sites[s].fixed) return 1;
    return 0;
}

/* The last quanta where all output is that of levers, which is given, and nothing comes in: a plant may want
 * a quantum more than the mine that was built for it makes. */
static int leave_dust(const km_mineral *m, km_hub *hub, double residual)
{
    enum { DUST = 64 };
    int given = 0;
    for (int s = hub->site_begin; s < hub->site_end; s++) given |= m->sites[s].fixed;
    for (int a = hub->arc_begin; a < hub->arc_end; a++) given &= !(m->arcs[a].net > 0);
    if (!given || fabs(residual) > DUST) return 0;
    *(residual > 0 ? &hub->surplus : &hub->uncontracted) += fabs(residual);
    return 1;
}

/* Hubs without own output pass residuals on along their trade. */
static kura_status balance_traders(compile_ctx *c, km_mineral *m, int begin, int end)
{
    int errors = c->diag->errors; /* said once */
    for (int pass = 0; pass <= end - begin && c->diag->errors == errors; pass++) {
        int again = 0;
        for (int h = begin; h < end; h++)
            if (!makes(m, &m->hubs[h]) && residual_of(&m->hubs[h]) != 0 &&
                !leave_dust(m, &m->hubs[h], residual_of(&m->hubs[h]))) {
                KURA_TRY(balance_by_imports(c, m, h, residual_of(&m->hubs[h])));
                again = 1;
            }
        if (!again) break;
    }
    return KURA_OK;
}

/* Traders, then producers, and again: a producer that cuts an import leaves a residual with a trader before
 * it. */
kura_status km_close_flow(compile_ctx *c, km_mineral *m, int form)
{
    km_flow_totals(m, form);
    int begin = m->hub_begin[form], end = m->hub_begin[form + 1], open = 1, errors = c->diag->errors;
    for (int round = 0; round < 64 + end - begin && open && c->diag->errors == errors; round++) {
        open = 0;
        KURA_TRY(balance_traders(c, m, begin, end));
        for (int h = begin; h < end; h++)
            if (makes(m, &m->hubs[h]) && residual_of(&m->hubs[h]) != 0)
                KURA_TRY(balance_by_output(c, m, h, residual_of(&m->hubs[h])));
        for (int h = begin; h < end; h++) open |= residual_of(&m->hubs[h]) != 0;
    }
    for (int h = begin; h < end && open && c->diag->errors == errors; h++)
        if (residual_of(&m->hubs[h]) != 0)
            kura_diag_add(
                c->diag, KURA_DIAG_ERROR, c->sc->minerals[m->scenario_mineral].where.file,
                c->sc->minerals[m->scenario_mineral].where.line, 0, NULL,
                "the base flow of %s does not close: %.6g t/year too much arrives; give volumes that fit, or "
                "leave one of them empty",
                hub_name(c, m, h), per_year(c, m, residual_of(&m->hubs[h])));
    return KURA_OK;
}

kura_status km_base_flow(compile_ctx *c, km_mineral *m)
{
    KURA_TRY(corrections_of_data(c, m));
    for (int form = m->nforms - 1; form >= 0; form--) {
        KURA_TRY(complete(c, m, form));
        if (!m->push) KURA_TRY(km_close_flow(c, m, form));
        km_flow_totals(m, form);
    }
    return KURA_OK;
}
