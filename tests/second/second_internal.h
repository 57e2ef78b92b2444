/* Types of the second engine, see engine.h. */
#ifndef KURA_TEST_SECOND_INTERNAL_H
#define KURA_TEST_SECOND_INTERNAL_H

#include "engine.h"
#include "num/math.h"

/* Down to the lattice: masses are quanta. */
static inline double fl(double x) { return floor(x) + 0.0; }
static inline double positive(double x) { return x > 0 ? x : 0; }
static inline double smaller(double a, double b) { return a < b ? a : b; }
static inline double larger(double a, double b) { return a > b ? a : b; }

/* Notes that an element acted. */
#define ACTS(common, what, happened) ((common)->acted[ACT_##what] += (happened) != 0)

/* What minerals share on a path, over the whole horizon. */
typedef struct {
    const km_model *model;
    uint64_t path;
    kura_arena *arena;
    double **factor, **chi2; /* [factor][t] */
    int **regime;            /* [regime][t] */
    double **severity;       /* [spell][t] of shocks and chokepoints, 0 = not active */
    unsigned char **active;  /* [spell][t] */
    long *acted;             /* [SECOND_ACT_COUNT] */
    float **activity;        /* [series][t] of hosts, over their base */
    double *cycle;           /* [t] the demand cycle, NULL without */
} second_common;

/* A site that closes when the price does not pay its cash cost [4.4]. */
typedef struct {
    int below, above; /* steps in a row with a price below its cash cost, or not below it */
    int closed;
    int back_at; /* step of its return, once that is decided */
} second_closure;

/* What happens to one mineral whatever its stocks are.  Time runs from -spin; index it as [spin + t]. */
typedef struct {
    double **severity;         /* [series of decrees][spin + t] */
    unsigned char **announced; /* the same: 1 from the announcement until it is in force */
    unsigned char **there;     /* the same: 1 from the announcement until its severity is over */
    double **available;        /* [site][t] */
} second_hazards;

enum { IDLE, PENDING, RELEASING };
typedef struct {
    double loss; /* average */
    int state, since_pending, since_release;
} second_trigger;

/* State of one mineral on one path. */
typedef struct {
    const second_common *common;
    const km_model *model;
    const km_mineral *m;
    const second_hazards *hazards;
    int t;       /* < 0: the spin-up */
    int emptied; /* 1: the D-run, tiers of the group are empty */
    double growth;
    double world; /* g: world demand of the final form over that of the base */

    /* exogenous, this step */
    double *K;                   /* [site] fl(K available), K as far as hosts give */
    double *C;                   /* [site] what of it is used at this price [4.4] */
    double *kappa, *leak;        /* [arc] */
    int *lag;                    /* [arc] with what detours add */
    double *v, *net, *Kt, *Cexp; /* on the growth path */
    double *A, *Z;               /* [hub] */
    double *need_average, *need, *qualification, *omega;
    double *notice, *alarm; /* [hub] */

    /* physical */
    double *I, *P, *Ubar, *ring;
    double *U, *H, *B, *Xstar, *made, *onhand, *W;
    double *T, *out, *process; /* [site], rings */
    double *ship;              /* [arc] */
    double *D, *gross, *unserved, *special;
    double *J, *aim, *use_average; /* [consumer] own stock [A11] */
    double *S, *release, *authorised, *age, *on_order, *want, *delivery;
    double *signal; /* [tier] what triggers that read the state see */
    double *on_top; /* [hub] to be made for refills */
    second_trigger *trigger;
    double *left, *asked, *cap, *first, *second, *sum1, *sum2; /* of the allocation */
    double *offer, *before;                                    /* [arc] of one round */
    double *claim;                                             /* [site] */
    double *lack;                                              /* [tier] of members of a pool */

    /* price */
    double X, Xo, scarcity;
    double ln_volatility;         /* stochastic */
    double *wedge_in, *wedge_out; /* [country of the wedge] */
    double *substitution, *most_substitution, *price_average, *ln_demand, *ln_gross; /* [consumer] */
    double *thrifty, *most_thrifty; /* [consumer] substitution with the programme [7.4] */
    double *adoption;               /* [programme] step, infinity: it fails */
    second_closure *closure;        /* [site] */
    double expansion, supply_price; /* e and the average of prices [4.4] */
    double *begun;                  /* [spin + t] shares of capacity begun */
    double balance_in, balance_out, balance_start;
    double required, irreducible; /* of the D-run */
    double *held;                 /* [tier] of the D-run: floor that the required stock has on top, so far */
    int was_short;
    double deep;
} second_state;

/* second_hazards.c */
void second_draw_common(second_common *c);
second_hazards *second_draw_hazards(const second_common *c); /* [mineral] */
double second_script(const km_script *s, int t, double value);
double second_latent(const second_common *c, const km_loadings *l, int t, double u);
/* second_step.c */
void second_exogenous(second_state *s);
void second_step(second_state *s);
double second_in_transit_and_stock(const second_state *s);
/* Severity of the restrictions on a trade. */
double second_severity(const second_state *s, const km_arc *arc);
/* second_supply.c */
void second_open_supply(second_state *s);
void second_supply(second_state *s);
/* second_own.c */
void second_open_own(second_state *s);
void second_aims(second_state *s);
/* J* - J of the users of a hub together. */
double second_own_gap(const second_state *s, int hub);
/* What a user asks of its hub. */
double second_own_claim(second_state *s, int consumer);
/* It got `grant` of its hub. */
void second_own_use(second_state *s, int consumer, double grant);
void second_own_refill(second_state *s, int hub);
/* second_thrift.c */
void second_draw_adoptions(second_state *s);
/* Share of demand that the programme of a consumer saves by now. */
double second_saved(second_state *s, int consumer);
int second_adopted(const second_state *s, int consumer);
/* second_price.c */
void second_draw_cycle(second_common *c);
/* ln of the price that a hub's country sees over that of the market [4.5] */
double second_wedge(const second_state *s, int hub);
void second_price_and_demand(second_state *s);
void second_scarcity(second_state *s);
/* second_stock.c */
void second_triggers(second_state *s);
void second_open_tiers(second_state *s);
void second_before_step(second_state *s);
void second_releases(second_state *s, int form);
void second_release_pools(second_state *s, int form);
void second_buy(second_state *s, int form);
void second_keep(second_state *s);
void second_watch_state(second_state *s);

/* second_tally.c */
void second_tally_begin(second_record *r, const km_model *model, int mineral);
void second_tally_step(second_record *r, second_state *s, int mineral);
double second_required(second_state *s, int tier, double need);
void second_tally_required(second_record *r, const second_state *s, int mineral);

#endif
