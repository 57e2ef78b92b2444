/* Running a model: batches of paths to threads, tallies merged exactly, the result as a frame. */
#ifndef KURA_RUN_RUN_H
#define KURA_RUN_RUN_H

#include "kura/kura.h"
#include "model/model.h"
#include "num/isa.h"
#include "sim/work.h"
#include "tally/frame.h"
#include "tally/tally.h"
#include <stdio.h>

typedef struct {
    int threads;
    kura_isa isa;
    uint64_t paths, paths_asked; /* fewer than asked for where the run stopped at a precision */
    uint64_t clamps, price_steps;
    uint64_t state_hash[2]; /* of the states in which the paths end */
    double seconds_simulate, seconds_finalise;
    int nthreads;
    uint64_t batches_of_thread[1024];
    kura_count *counts;    /* [model->nevents]; freed with kura_run_record_free */
    uint64_t *last_counts; /* likewise: sums of the last draw of what is not known */
} kura_run_record;

/* Paths that a thread simulates in one go, of which the tally gets one sum: a constant of the scenario, since
 * sums inside a batch are rounded. */
uint64_t kura_batch_paths(const km_model *model);

/* plan.c.  Fills `plan` for this machine; KURA_E_USAGE when an option cannot be met (an absent instruction
 * set). */
kura_status kura_run_plan_of(const km_model *model, const kura_run_options *options, kura_run_plan *plan,
                             kura_error *err);

/* The message of a plan that does not fit; returns KURA_E_MEMORY. */
kura_status kura_run_does_not_fit(const kura_run_plan *plan, kura_error *err);

/* Simulates and finalises.  `frame` gets /summary, /adequacy, /histograms, /samples, /paths and, with
 * run.stop_when, /stopping. */
kura_status kura_run_model(const km_model *model, const kura_run_options *options, kura_frame *frame,
                           kura_run_record *record, kura_error *err);
/* The same; `tally` gets the tally, to be freed before the frame. */
kura_status kura_run_and_keep(const km_model *model, const kura_run_options *options, kura_frame *frame,
                              kura_run_record *record, kura_tally **tally, kura_error *err);

/* Simulates paths `first` (whole blocks) to first + paths - 1 and gives their tally, without a result; those
 * of minerals marked in `same` (may be NULL) are left out. */
kura_status kura_run_tally(const km_model *model, const kura_run_options *options, uint64_t first,
                           uint64_t paths, const unsigned char *same, kura_tally **out, kura_error *err);

void kura_run_record_free(kura_run_record *record);

/* report_*.c: the rest of the result. */
kura_status kura_report_network(kura_frame *frame, const km_model *model, kura_error *err);
/* Base flows that levers make, in /levers; nothing where there are none. */
kura_status kura_report_base_flows(kura_frame *frame, const km_model *model, kura_error *err);
kura_status kura_report_levers(kura_frame *frame, const km_model *model, kura_error *err);
kura_status kura_report_events(kura_frame *frame, const km_model *model, const kura_run_record *record,
                               kura_error *err);
kura_status kura_report_scenario(kura_frame *frame, const km_model *model, uint64_t paths, kura_error *err);
kura_status kura_report_provenance(kura_frame *frame, const km_model *model, const kura_run_record *record,
                                   const kura_run_options *options, kura_error *err);

/* What levers did and on whom imports depend, for people; nothing without levers. */
void kura_print_levers(const km_model *model, FILE *to);

/* SHA-256 of the merged scenario, and of it with all input files: what a result names its scenario by. */
void kura_scenario_hashes(const kura_scenario_data *sc, char scenario[65], char model[65]);

#endif
