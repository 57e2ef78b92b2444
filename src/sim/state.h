/* State of one mineral for a bundle of 64 paths, and the read-only view that tallies see.
 *
 * Layout [state][lane]: every quantity is an array of `lane`, 64 doubles, one a path.  Masses are quanta
 * (model.h). */
#ifndef KURA_SIM_STATE_H
#define KURA_SIM_STATE_H

#include "model/model.h"

typedef struct {
    double v[KURA_LANES];
} lane;
typedef struct {
    float v[KURA_LANES];
} flane;
typedef struct {
    int32_t v[KURA_LANES];
} ilane;
typedef struct {
    uint8_t v[KURA_LANES];
} blane;

enum { FSM_IDLE, FSM_PENDING, FSM_RELEASING };

/* What both runs of a path share: everything exogenous in this step (S1). */
typedef struct {
    lane *kav;   /* [site] fl(K avail), input terms */
    lane *kappa; /* [arc] availability; only set where the arc varies */
    lane *leak;  /* [arc] share of the base flow that comes past a restriction; only where the arc leaks */
    lane *alarm; /* [hub] 0..1, only set with market.panic */
    const lane **avail;   /* [site] availability by hazards, events and season; NULL = 1 */
    const blane **regime; /* [regime of the model] */
    const lane **begins;  /* [site] of a project: the step in which it starts, infinite when cancelled */
    const lane *adopted;  /* [thrifting programme] step of its adoption, infinite when it never is */
    ilane *lag;           /* [arc] steps added; only set where the arc detours */
    uint8_t *lag_same;    /* [arc] 1: the added lag is one value for all lanes (lag[a].v[0]) */
    lane *A, *Z;          /* [hub] look-through availability, contracted inbound availability [6.3, B3] */
    lane *notice; /* [hub] 1: a restriction of some inbound trade is announced; only where has_notice */
    lane *qe, *qneed, *q, *omega; /* [hub] qualification [A8] */
    lane *fe;                     /* [tier] EMA of the loss */
    ilane *fsm, *t_on, *t_rel;    /* [tier] trigger [B4] */
    lane *import_wedge,
        *export_wedge; /* [country of the mineral's wedge] averages of what drives it, in logs */
    lane *wedge;       /* [country of the wedge] ln of its price over the market's [4.5] */
    int calm; /* all demand is served, the same on all paths, and nothing is stored: no physical step was
                 taken */
    double *v_t, *K_t, *Cexp_t; /* established trade and capacities on the growth path of this step */
    double *usual_t;            /* [site] as K_t, while hosts run at their base */
} kura_exogenous;

/* The physical state of one run (the base run, or the D-run with empty tiers [6.7]). */
typedef struct {
    lane *I, *P, *Ubar;    /* [hub] on hand, in transit to, EMA of use */
    lane *ring;            /* [hub][slot] arrivals */
    lane *S;               /* [tier] stock */
    lane *age;             /* classes of age of the tiers that spoil, youngest first */
    lane *on_order, *want; /* [tier] on the way to it, to be bought in this step */
    lane *bought;      /* [tier] of those that refill: bought in this step, before what is lost on the way */
    lane *delivery;    /* slots of what is on the way */
    lane *signal, *fe; /* [tier] triggers that read the state: signal, its average, state, times */
    ilane *fsm, *t_on, *t_rel;
    lane *special;              /* [consumer] served by stockpiles kept for its sector */
    lane *X, *Xo, *Sc;          /* one each: log price, the part without scarcity premium, scarcity */
    lane *sub, *submax, *pibar; /* [answer] substitution, its maximum, EMA of the price */
    lane *lnD;                  /* [answer] ln of demand over its path, where it adjusts by degrees */
    lane *sub_of, *top_of;      /* [answer] substitution within a thrifting programme, its maximum */
    lane *net_of, *gross_of;    /* [answer] what is left of demand within a programme, net and gross */
    lane *used_of;              /* [answer] what is left of it whatever the price */
    lane *ln_gross;             /* [answer] ln of the rest of gross_of, where demand adjusts by degrees */
    lane *capacity;        /* [site] kav as it answers the price in this step; only with a supply response */
    ilane *closing;        /* [site] where it is between open, closed and open again (supply.c) */
    lane *building;        /* [steps of the lag] expansions on the way, as shares of capacity */
    lane *built, *outlook; /* one each: expansions that have arrived; EMA of the price they read */
    lane *U, *H, *B, *Xstar, *x, *O, *W; /* [hub] of this step */
    lane *T, *xs;                        /* [site] target (input terms), output */
    lane *process;                       /* goods in process: rings of the sites with a lag */
    lane *ship;                          /* [arc] loaded in this step */
    lane *release;                       /* [tier] */
    lane *held;                          /* [tier] D-run: the floor below what was last asked for */
    lane *D, *Dgross, *unserved;         /* [consumer] */
    lane *own, *ownuse, *ownaim; /* [consumer] stock of its own, EMA of its demand, stock aimed at [A11] */
    lane *mined, *gone,
        *start; /* one each: created, consumed or lost, initial mass: for the balance [R2.3] */
    lane *required, *irreducible; /* one each, D-run: Lindley maximum M_T and the part no stock covers */
    const double *opening; /* [tier] stocks to open with, and `irreducible` sums the need that they leave: a
                              run that tries a required stock [R6.4]; NULL: as the model says */
} kura_state;

/* Hash of the state of a mineral at the end of each path: two numbers a lane (lanes/state_hash.c). */
typedef struct {
    uint64_t v[2][KURA_LANES];
} kura_state_hash;

typedef struct {
    const km_model *model;
    int mineral, t;
    uint64_t first_path;
    const kura_exogenous *exo;
    const kura_state *base;
    const kura_state *drun;                     /* NULL when the mineral has none */
    const kura_state_hash *hash;                /* only at the end */
    const struct kura_attribution *attribution; /* of the paths, only at the end; NULL unless asked for */
} kura_view;

/* Observer of a run: called by the simulation, implemented by tallies.  `step` after every step of every
 * mineral, `end` after the last step of a mineral. */
typedef struct {
    void *user;
    void (*step)(void *user, const kura_view *view);
    void (*end)(void *user, const kura_view *view);
} kura_observer;

#endif
