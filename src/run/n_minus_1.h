/* Loss of single objects [8.11]: without any hazard, each site, country, export and route in turn is lost for
 * some weeks, all else intact.  Deterministic: one number each, no sampling error.
 *
 * n_minus_1_calm.c makes the scenario without hazards, n_minus_1_objects.c lists what may be lost,
 * n_minus_1.c simulates 63 losses at a time, n_minus_1_report.c makes the group of the result. */
#ifndef KURA_RUN_N_MINUS_1_H
#define KURA_RUN_N_MINUS_1_H

#include "kura/kura.h"
#include "model/model.h"
#include "model/supply_weights.h"
#include "tally/frame.h"

/* What is lost.  A country: its sites and all it exports; exports: to all countries; embargo: to the focus.
 */
typedef enum {
    KURA_LOSS_SITE,
    KURA_LOSS_COUNTRY,
    KURA_LOSS_EXPORTS,
    KURA_LOSS_EMBARGO,
    KURA_LOSS_ROUTE,
    KURA_LOSS_KINDS
} kura_loss_kind;
const char *kura_loss_name(kura_loss_kind kind);

typedef struct {
    int mineral, index; /* index: site of the mineral, country, chokepoint */
    kura_loss_kind kind;
    const char *name;
    double share;    /* of the base supply of the focus that passes it, at the form where that is most */
    double capacity; /* of the world's, mean over the forms; NaN where nothing is made */
} kura_loss;

/* Of one loss for one time, with all stocks or without the stockpiles whose size is asked [6.7]: what is not
 * served beyond the undisturbed case. */
typedef struct {
    double unserved, worst; /* quanta: sum, largest of a step */
    double worst_share;     /* of the demand of the step */
    int first, last;        /* steps with a shortage after the loss began; first -1: none */
} kura_loss_outcome;

enum { KURA_WITH_STOCK, KURA_WITHOUT_STOCK, KURA_STOCKS };

typedef struct {
    kura_arena arena;
    km_model *model; /* without hazards */
    int from, T;     /* step of the loss; steps simulated */
    int ntimes;
    double *weeks;
    int *steps; /* [ntimes], -1: ends after the horizon and is not simulated */
    int nlosses;
    kura_loss *losses;
    int *begin;                  /* [nminerals + 1] losses of a mineral */
    kura_loss_outcome *outcomes; /* [loss][time][KURA_STOCKS] */
    int *survives;               /* [loss] longest loss in steps that leaves nothing unserved; -1: all do */
    double *base_unserved;       /* [mineral] of the undisturbed case, quanta */
} kura_n_minus_1_case;

/* n_minus_1_calm.c: `data` gets a scenario without hazards of `steps` steps, whose parts live in `arena` and
 * in `sc`. */
kura_status kura_calm_scenario(const kura_scenario_data *sc, int steps, kura_arena *arena,
                               kura_scenario_data *data, kura_error *err);
/* n_minus_1_objects.c */
kura_status kura_list_losses(kura_n_minus_1_case *c, const char *mineral, kura_error *err);
int kura_loss_hits_site(const km_model *model, const kura_loss *loss, int site);
int kura_loss_hits_arc(const km_model *model, const kura_loss *loss, int arc);
/* n_minus_1_report.c */
kura_status kura_report_n_minus_1(kura_frame *frame, const kura_n_minus_1_case *c, kura_error *err);

/* Adds /n_minus_1 to the frame. */
kura_status kura_n_minus_1_of(const km_model *model, const kura_n_minus_1_options *options, kura_frame *frame,
                              kura_error *err);

#endif
