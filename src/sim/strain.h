/* Orders that stay open: how many the contract round, and all rounds, leave [R5.1], and a sample of the
 * situations in which they do, for which run/coordination.c asks what perfect coordination would deliver.
 *
 * A node-step is one form of one mineral in one step of one path.  Sums are over all of them; the sample is
 * of those with open orders, the same number for each mineral: those with the least hash of (seed, mineral,
 * form, path, step).  So it is random without replacement, needs no draw, and does not depend on threads. */
#ifndef KURA_SIM_STRAIN_H
#define KURA_SIM_STRAIN_H

#include "num/acc.h"
#include "sim/state.h"

typedef struct {
    uint64_t hash, path;
    int form, step;
    double want, contract, open; /* quanta: ordered; open after the contract round, and after all rounds */
    double *a, *r, *u;           /* exportable and wanted by hub of the form, capacity by arc of the form */
} kura_strained;

/* Ordered; open after the contract round; open after all rounds. */
enum { KURA_ORDERED, KURA_OPEN_CONTRACT, KURA_OPEN, KURA_STRAIN_SUMS };

typedef struct { /* of one mineral */
    uint64_t key;
    int n, most;
    kura_strained *items; /* the largest hash first (a heap) */
    uint64_t strained;    /* node-steps with open orders */
    kura_acc sum[KURA_STRAIN_SUMS], product[KURA_STRAIN_SUMS][KURA_STRAIN_SUMS]; /* over paths; t, t^2 */
} kura_strain_mineral;

typedef struct kura_strain {
    kura_arena arena;
    int nminerals;
    kura_strain_mineral *minerals;
    int mineral;                /* in hand; the rest is of it */
    uint64_t first_path, paths; /* lanes of paths from `paths` on are padding */
    lane sum[KURA_STRAIN_SUMS]; /* of the paths so far */
    lane *a;                    /* [hub] exportable before the first round */
    lane left;                  /* open after the contract round */
} kura_strain;

size_t kura_strain_bytes(const km_model *model);
kura_strain *kura_strain_new(const km_model *model); /* NULL when memory ran out */
void kura_strain_free(kura_strain *strain);          /* NULL is fine */

/* Begins and ends a mineral of a bundle. */
void kura_strain_start(kura_strain *s, int mineral, uint64_t first_path, uint64_t paths);
void kura_strain_end(kura_strain *s, const km_mineral *m);
/* A node-step with open orders on one lane; `caps` are those before the rounds. */
void kura_strain_take(kura_strain *s, const km_mineral *m, int form, int step, int l,
                      const double sums[KURA_STRAIN_SUMS], const lane *wants, const lane *caps);
/* Adds what another thread found. */
void kura_strain_merge(kura_strain *to, const kura_strain *from, const km_model *model);
/* Puts the sample of a mineral in order of hashes; after the last merge. */
void kura_strain_sort(kura_strain_mineral *k);

#endif
