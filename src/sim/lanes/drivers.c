/* Drivers common to all minerals of a bundle [S1]: latent factors, regimes per country, common shocks,
 * chokepoints. */
#include "sim/lanes/lanes.h"
#include "num/dist.h"

static void draw_factor(const km_model *model, const km_factor *factor, lane *out, uint64_t first_path)
{
    kura_lane_stream s;
    kura_lane_stream_init(&s, &factor->stream, first_path, 0, 8);
    for (int t = 0; t < model->steps; t++) {
        lane u;
        kura_lane_uniform(&s, u.v);
        LANES(l) out[t].v[l] = kura_norm_inv(u.v[l]);
    }
}

/* Z = sum of loadings x factors + own x Phi^-1(U) [3.7] */
static void load(const km_loadings *f, lane *const *factor, int t, const lane *u, lane *z)
{
    LANES(l) z->v[l] = f->own * kura_norm_inv(u->v[l]);
    for (int g = 0; g < f->n; g++) {
        const lane *x = &factor[f->factor[g]][t];
        double loading = f->loading[g];
        LANES(l) z->v[l] += loading * x->v[l];
    }
}

/* Length of the coercion that begins with entry number `ordinal` of the path, in whole steps. */
static int coercion_steps(const km_model *model, const km_regime *r, uint64_t path, uint64_t ordinal)
{
    double n = ceil(
        kura_max(1, kura_dist_quantile(&r->spell, kura_stream_uniform(&r->spell_stream, path, ordinal))));
    return n < model->steps ? (int)n : model->steps + 1;
}

/* Semi-Markov coercion: how long it goes on, and how many entries a path has had. */
typedef struct {
    int left[L];
    uint64_t entries[L];
} spell_state;

/* Coercion before step 0: begun just now (given), or with the equilibrium rest of its time (stationary). */
static void start_spells(const km_model *model, const km_regime *r, const lane *state, spell_state *s,
                         uint64_t first_path)
{
    for (int l = 0; l < L; l++) {
        uint64_t path = first_path + (uint64_t)l;
        s->left[l] = 0;
        s->entries[l] = 0;
        if (state->v[l] != 2) continue;
        if (r->start >= 0) {
            s->left[l] = coercion_steps(model, r, path, s->entries[l]++);
            continue;
        }
        double u = kura_stream_uniform(&r->init_stream, path, 1);
        while (s->left[l] <= model->steps && u > r->residual[s->left[l]]) s->left[l]++;
    }
}

/* After the move by thresholds: coercion is held for its time, then goes to tension. */
static void hold_coercion(const km_model *model, const km_regime *r, const lane *before, lane *state,
                          spell_state *s, uint64_t first_path)
{
    for (int l = 0; l < L; l++) {
        if (before->v[l] == 2)
            state->v[l] = s->left[l]-- > 0 ? 2 : 1;
        else if (state->v[l] == 2)
            s->left[l] = coercion_steps(model, r, first_path + (uint64_t)l, s->entries[l]++) - 1;
    }
}

/* One transition a step by thresholds in ascending state order: high U is worse [3.1]. */
static void draw_regime(const km_model *model, const km_regime *r, kura_work *w, blane *out,
                        uint64_t first_path)
{
    lane state;
    for (int l = 0; l < L; l++) {
        state.v[l] = r->start;
        if (r->has_chain && r->start < 0) {
            double u = kura_stream_uniform(&r->init_stream, first_path + (uint64_t)l, 0);
            state.v[l] = (u > r->stationary[0]) + (u > r->stationary[0] + r->stationary[1]);
        }
    }
    kura_lane_stream s;
    kura_lane_stream_init(&s, &r->stream, first_path, 0, 2);
    spell_state spells;
    if (r->has_spell) start_spells(model, r, &state, &spells, first_path);
    for (int t = 0; t < model->steps; t++) {
        lane u;
        if (r->has_chain) {
            const km_chain *k = &r->chain[r->which ? r->which[t] : 0];
            const double *c1 = r->loadings.n ? k->z1 : k->up1, *c2 = r->loadings.n ? k->z2 : k->up2;
            const lane before = state;
            kura_lane_uniform(&s, u.v);
            if (r->loadings.n) {
                lane z;
                load(&r->loadings, w->factor, t, &u, &z);
                u = z;
            }
            LANES(l)
            {
                double x = state.v[l];
                double a = x == 0 ? c1[0] : x == 1 ? c1[1] : c1[2];
                double b = x == 0 ? c2[0] : x == 1 ? c2[1] : c2[2];
                state.v[l] = (u.v[l] > a ? 1.0 : 0.0) + (u.v[l] > b ? 1.0 : 0.0);
            }
            if (r->has_spell) hold_coercion(model, r, &before, &state, &spells, first_path);
        }
        int scripted = r->script ? r->script[t] : -1;
        for (int l = 0; l < L; l++) out[t].v[l] = (uint8_t)(scripted >= 0 ? scripted : (int)state.v[l]);
    }
}

/* A hit joins what is still active: the longest remaining time and the highest severity win [3.5]. */
static kura_status add_segment(kura_work *w, kura_segments *list, int *open, int lane_index, int t, int to,
                               double severity)
{
    if (list->n == list->max) {
        w->error.code = KURA_E_INTERNAL;
        snprintf(w->error.message, sizeof w->error.message,
                 "more shocks than foreseen on one bundle of paths");
        return KURA_E_INTERNAL;
    }
    kura_segment *now = &list->items[list->n];
    *now = (kura_segment){lane_index, t, to, severity};
    if (open[lane_index] >= 0) {
        kura_segment *old = &list->items[open[lane_index]];
        if (old->to > t) {
            if (old->to > now->to) now->to = old->to;
            if (old->severity > now->severity) now->severity = old->severity;
            old->to = t;
        }
    }
    open[lane_index] = list->n++;
    return KURA_OK;
}

static kura_status draw_spell(const km_model *model, const km_spell *spell, kura_work *w, kura_segments *list,
                              uint64_t first_path)
{
    int open[L];
    for (int l = 0; l < L; l++) open[l] = -1;
    list->n = 0;
    if (!(spell->p > 0)) return KURA_OK;
    kura_lane_stream s;
    kura_lane_stream_init(&s, &spell->stream, first_path, 0, 4);
    double threshold = 1 - spell->p;
    for (int t = 0; t < model->steps; t++) {
        lane u;
        kura_lane_uniform(&s, u.v);
        if (!any_above(&u, threshold)) continue;
        for (int l = 0; l < L; l++) { /* rare: the rest of the step's address is drawn for the hits only */
            if (!(u.v[l] > threshold)) continue;
            uint64_t path = first_path + (uint64_t)l, at = (uint64_t)t * 4;
            if (spell->probability < 1 &&
                !(kura_stream_uniform(&spell->thin, path, (uint64_t)t) > 1 - spell->probability))
                continue;
            double severity = kura_clamp01(
                kura_dist_quantile(&spell->severity, kura_stream_uniform(&spell->stream, path, at + 1)));
            double steps =
                ceil(kura_dist_quantile(&spell->duration, kura_stream_uniform(&spell->stream, path, at + 2)));
            double to = t + kura_max(1, steps);
            w->events[0].n[l] += t >= model->burn;
            kura_status st =
                add_segment(w, list, open, l, t, to < model->steps ? (int)to : model->steps, severity);
            if (st) return st;
        }
    }
    return KURA_OK;
}

static void spread_closure(const km_model *model, const kura_segments *list, lane *loss, blane *closed)
{
    memset(loss, 0, sizeof *loss * (size_t)model->steps);
    memset(closed, 0, sizeof *closed * (size_t)model->steps);
    for (int i = 0; i < list->n; i++)
        for (int t = list->items[i].from; t < list->items[i].to; t++) {
            loss[t].v[list->items[i].lane] = list->items[i].severity;
            closed[t].v[list->items[i].lane] = 1;
        }
}

kura_status kura_draw_drivers(const km_model *model, kura_work *w, uint64_t first_path)
{
    for (int g = 0; g < model->nfactors; g++)
        draw_factor(model, &model->factors[g], w->factor[g], first_path);
    for (int r = 0; r < model->nregimes; r++)
        draw_regime(model, &model->regimes[r], w, w->regime[r], first_path);
    for (int i = 0; i < model->nspells; i++) {
        kura_status st = draw_spell(model, &model->spells[i], w, &w->spells[i], first_path);
        if (st) return st;
        count_events(w, &w->events[0], model->event_spell + i, first_path);
        if (i < w->nchokepoints && w->closed[i])
            spread_closure(model, &w->spells[i], w->closed_loss[i], w->closed[i]);
    }
    return KURA_OK;
}
