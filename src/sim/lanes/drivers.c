/* Drivers common to all minerals of a bundle [S1]: latent factors and regimes per country; shocks and
 * chokepoints follow in spells.c. */
#include "sim/lanes/latent.h"
#include "num/dist.h"

/* F(0) = z, F(t) = rho F(t-1) + sqrt(1 - rho^2) z: standard normal in every step. */
static void persist(const km_model *model, double rho, lane *factor)
{
    double own = sqrt(1 - rho * rho);
    for (int t = 1; t < model->steps; t++) {
        const lane *last = &factor[t - 1];
        lane *now = &factor[t];
        LANES(l) now->v[l] = rho * last->v[l] + own * now->v[l];
    }
}

/* sqrt(nu / chi-square) of every step, common to the drivers of a t copula. */
static void draw_scale(const km_model *model, const km_factor *factor, lane *out, uint64_t first_path)
{
    kura_lane_stream s;
    kura_lane_stream_init(&s, &factor->stream, first_path, 7, 8);
    for (int t = 0; t < model->steps; t++) {
        lane u;
        kura_lane_uniform(&s, u.v);
        for (int l = 0; l < L; l++)
            out[t].v[l] = sqrt(factor->nu / kura_chi2_quantile(&factor->chi2, u.v[l]));
    }
}

static void draw_factor(const km_model *model, const km_factor *factor, lane *out, uint64_t first_path)
{
    kura_lane_stream s;
    kura_lane_stream_init(&s, &factor->stream, first_path, 0, 8);
    for (int t = 0; t < model->steps; t++) {
        lane u;
        kura_lane_uniform(&s, u.v);
        LANES(l) out[t].v[l] = kura_norm_inv(u.v[l]);
    }
    if (factor->persistence != 0) persist(model, factor->persistence, out);
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
    double left[L]; /* steps, at the usual pace */
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
        int n = 0;
        while (n <= model->steps && u > r->residual[n]) n++;
        s->left[l] = n;
    }
}

/* After the move by thresholds: coercion is held for its time, then goes to tension.  `pace` is how fast that
 * passes: above 1 where diplomacy hastens it [7.7]. */
static void hold_coercion(const km_model *model, const km_regime *r, const lane *before, lane *state,
                          spell_state *s, double pace, uint64_t first_path)
{
    for (int l = 0; l < L; l++) {
        if (before->v[l] == 2) {
            state->v[l] = s->left[l] > 0 ? 2 : 1;
            s->left[l] -= pace;
        } else if (state->v[l] == 2)
            s->left[l] = coercion_steps(model, r, first_path + (uint64_t)l, s->entries[l]++) - pace;
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
                latent(&r->loadings, w, t, &u, &z);
                u = z;
            }
            LANES(l)
            {
                double x = state.v[l];
                double a = x == 0 ? c1[0] : x == 1 ? c1[1] : c1[2];
                double b = x == 0 ? c2[0] : x == 1 ? c2[1] : c2[2];
                state.v[l] = (u.v[l] > a ? 1.0 : 0.0) + (u.v[l] > b ? 1.0 : 0.0);
            }
            if (r->has_spell)
                hold_coercion(model, r, &before, &state, &spells, r->hurry ? r->hurry[t] : 1, first_path);
        }
        int scripted = r->script ? r->script[t] : -1;
        for (int l = 0; l < L; l++) out[t].v[l] = (uint8_t)(scripted >= 0 ? scripted : (int)state.v[l]);
    }
}

kura_status kura_draw_drivers(const km_model *model, kura_work *w, uint64_t first_path)
{
    for (int g = 0; g < model->nfactors; g++) {
        draw_factor(model, &model->factors[g], w->factor[g], first_path);
        if (model->factors[g].nu > 0) draw_scale(model, &model->factors[g], w->scale[g], first_path);
    }
    for (int r = 0; r < model->nregimes; r++)
        draw_regime(model, &model->regimes[r], w, w->regime[r], first_path);
    return kura_draw_spells(model, w, first_path);
}
