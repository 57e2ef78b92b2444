/* What may be lost [8.11]: sites, countries, their exports, exports to the focus, routes; with the share of
 * the focus's supply that passes each and the share of capacity that it is. */
#include "run/n_minus_1.h"
#include "base/error.h"
#include "conf/suggest.h"
#include "num/math.h"
#include <math.h>
#include <string.h>

const char *kura_loss_name(kura_loss_kind kind)
{
    static const char *const names[] = {"site", "country", "exports", "embargo", "route"};
    return names[kind];
}

int kura_loss_hits_arc(const km_model *model, const kura_loss *loss, int arc)
{
    const km_mineral *m = &model->minerals[loss->mineral];
    const km_arc *a = &m->arcs[arc];
    int abroad = m->hubs[a->from].country == loss->index && m->hubs[a->to].country != loss->index;
    switch (loss->kind) {
    case KURA_LOSS_SITE:
        return 0;
    case KURA_LOSS_EMBARGO:
        return abroad && m->hubs[a->to].country == model->focus;
    case KURA_LOSS_ROUTE:
        for (int i = 0; i < a->nspells; i++)
            if (a->spells[i] == loss->index) return 1;
        return 0;
    default:
        return abroad;
    }
}

/* A site that tolls for an owner is lost with its way back to it. */
int kura_loss_hits_site(const km_model *model, const kura_loss *loss, int site)
{
    const km_mineral *m = &model->minerals[loss->mineral];
    const km_site *s = &m->sites[site];
    if (loss->kind == KURA_LOSS_SITE) return site == loss->index;
    if (s->toll_arc >= 0 && kura_loss_hits_arc(model, loss, s->toll_arc)) return 1;
    return loss->kind == KURA_LOSS_COUNTRY && model->scenario->sites[s->scenario_site].country == loss->index;
}

/* By the base flow `m` that is in force when the object is lost [7]. */
static void shares(const km_model *model, const km_mineral *m, const km_supply_weights *w, kura_loss *loss)
{
    double capacity = 0;
    for (int f = 0; f < m->nforms; f++) {
        double made = 0, shipped = 0, own = 0, all = 0;
        for (int s = 0; s < m->nsites; s++) {
            double K = m->sites[s].K * m->sites[s].yield;
            if (m->hubs[m->sites[s].hub].form != f) continue;
            all += K;
            if (!kura_loss_hits_site(model, loss, s)) continue;
            own += K;
            made += w->site[s];
        }
        for (int a = m->arc_form_begin[f]; a < m->arc_form_begin[f + 1]; a++)
            if (kura_loss_hits_arc(model, loss, a)) shipped += w->arc[a];
        loss->share = kura_max(loss->share, kura_min(1, kura_max(made, shipped)));
        capacity += all > 0 ? own / all / m->nforms : 0;
    }
    loss->capacity = loss->kind == KURA_LOSS_SITE || loss->kind == KURA_LOSS_COUNTRY ? capacity : NAN;
}

/* Does the loss take anything?  Of an embargo: anything that is not all the country's exports. */
static int matters(const km_model *model, const kura_loss *loss)
{
    const km_mineral *m = &model->minerals[loss->mineral];
    kura_loss all = *loss;
    int hit = 0, others = loss->kind != KURA_LOSS_EMBARGO;
    all.kind = KURA_LOSS_EXPORTS;
    for (int a = 0; a < m->narcs; a++) {
        int x = kura_loss_hits_arc(model, loss, a);
        hit |= x;
        others |= !x && kura_loss_hits_arc(model, &all, a);
    }
    for (int s = 0; s < m->nsites && loss->kind <= KURA_LOSS_COUNTRY; s++)
        hit |= kura_loss_hits_site(model, loss, s);
    return hit && others;
}

static int candidates(const km_model *model, int mineral, kura_loss_kind kind)
{
    return kind == KURA_LOSS_SITE    ? model->minerals[mineral].nsites
           : kind == KURA_LOSS_ROUTE ? model->scenario->nchokepoints
                                     : model->scenario->ncountries;
}

static const char *name_of(const km_model *model, const kura_loss *loss)
{
    const kura_scenario_data *sc = model->scenario;
    return loss->kind == KURA_LOSS_SITE    ? model->minerals[loss->mineral].sites[loss->index].id
           : loss->kind == KURA_LOSS_ROUTE ? sc->chokepoints[loss->index].id
                                           : sc->countries[loss->index];
}

static int list_mineral(kura_n_minus_1_case *c, int mineral, kura_arena *scratch)
{
    km_supply_weights w;
    const km_mineral *now = km_now(&c->model->minerals[mineral], c->from + c->model->burn);
    if (km_weigh_supply(now, scratch, &w)) return 1;
    for (int kind = 0; kind < KURA_LOSS_KINDS; kind++)
        for (int i = 0; i < candidates(c->model, mineral, (kura_loss_kind)kind); i++) {
            kura_loss loss = {mineral, i, (kura_loss_kind)kind, NULL, 0, NAN};
            if (!matters(c->model, &loss)) continue;
            loss.name = name_of(c->model, &loss);
            shares(c->model, now, &w, &loss);
            c->losses[c->nlosses++] = loss;
        }
    return 0;
}

static kura_status find(const km_model *model, const char *mineral, int *out, kura_error *err)
{
    kura_suggestion near = {mineral, NULL, 0};
    *out = -1;
    if (!mineral) return KURA_OK;
    for (int i = 0; i < model->nminerals; i++) {
        if (strcmp(model->minerals[i].id, mineral) == 0) *out = i;
        kura_suggest(&near, model->minerals[i].id);
    }
    if (*out >= 0) return KURA_OK;
    return kura_error_set(err, KURA_E_USAGE, "the scenario has no mineral \"%.100s\"%s", mineral,
                          kura_suggest_hint(&near).text);
}

/* Of minerals that the focus uses. */
kura_status kura_list_losses(kura_n_minus_1_case *c, const char *mineral, kura_error *err)
{
    const km_model *model = c->model;
    kura_arena scratch = {0};
    int only, failed = 0, most = 0;
    KURA_TRY(find(model, mineral, &only, err));
    for (int i = 0; i < model->nminerals; i++)
        for (int k = 0; k < KURA_LOSS_KINDS; k++) most += candidates(model, i, (kura_loss_kind)k);
    c->losses = KURA_NEW(&c->arena, kura_loss, (size_t)most);
    c->begin = KURA_NEW(&c->arena, int, (size_t)model->nminerals + 1);
    failed = c->arena.failed;
    for (int i = 0; i < model->nminerals && !failed; i++) {
        c->begin[i] = c->nlosses;
        if (model->minerals[i].base_focus_demand > 0 && (only < 0 || only == i))
            failed = list_mineral(c, i, &scratch);
        c->begin[i + 1] = c->nlosses;
    }
    kura_arena_fini(&scratch);
    return failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory to list what may be lost")
                  : KURA_OK;
}
