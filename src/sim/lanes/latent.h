/* The latent variable of a driver from its own uniform number and the factors [3.7]. */
#ifndef KURA_SIM_LANES_LATENT_H
#define KURA_SIM_LANES_LATENT_H

#include "sim/lanes/lanes.h"

/* Z = sum of loadings x factors + own x Phi^-1(U), or T */
static inline void latent(const km_loadings *f, const kura_work *w, int t, const lane *u, lane *z)
{
    LANES(l) z->v[l] = f->own * kura_norm_inv(u->v[l]);
    for (int g = 0; g < f->n; g++) {
        const lane *x = &w->factor[f->factor[g]][t];
        double loading = f->loading[g];
        LANES(l) z->v[l] += loading * x->v[l];
    }
    if (f->t >= 0) { /* t copula: T = Z sqrt(nu / chi-square) */
        const lane *scale = &w->scale[f->t][t];
        LANES(l) z->v[l] *= scale->v[l];
    }
}

#endif
