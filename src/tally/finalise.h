/* Finalising: from tallies to the groups of the result (formats: /summary, /adequacy, /histograms, /samples,
 * /paths). */
#ifndef KURA_TALLY_FINALISE_H
#define KURA_TALLY_FINALISE_H

#include "tally/frame.h"
#include "tally/tally.h"

/* Adds the groups to `frame`.  What is small is copied; the path metrics of /samples stay in their scratch
 * file, which the frame takes over from the tally. */
kura_status kura_finalise(kura_frame *frame, kura_tally *tally, kura_error *err);

/* One file each, called by kura_finalise. */
kura_status kura_finalise_summary(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_costs(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_adequacy(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_joint(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_attribution(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_concentration(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_checks(kura_frame *frame, kura_tally *tally, kura_error *err);
/* Where parameters are drawn. */
kura_status kura_finalise_ignorance(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_histograms(kura_frame *frame, const kura_tally *tally, kura_error *err);
kura_status kura_finalise_samples(kura_frame *frame, kura_tally *tally, kura_error *err);
kura_status kura_finalise_paths(kura_frame *frame, const kura_tally *tally, kura_error *err);

/* Shared: coordinates of a group, arrays of results. */
void kura_finalise_minerals(kura_frame *frame, kf_group *group, const km_model *model);
void kura_finalise_time(kura_frame *frame, kf_group *group, const km_model *model);
double *kura_finalise_array(kura_frame *frame, size_t n);
/* Counts the paths whose step is 0, 1 ... T: [T + 1]. */
void kura_finalise_count(const kura_series *steps, uint64_t paths, size_t T, uint64_t *count);

#endif
