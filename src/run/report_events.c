/* /events: how often each hazard struck, so that rates can be held against the record. */
#include "run/run.h"
#include "base/error.h"
#include "model/draw.h"
#include "tally/cluster.h"
#include <math.h>

kura_status kura_report_events(kura_frame *frame, const km_model *model, const kura_run_record *record,
                               kura_error *err)
{
    size_t n = (size_t)model->nevents;
    if (!n) return KURA_OK;
    kf_group *g = kura_frame_group(frame, "events");
    double *mean = KURA_NEW(&frame->arena, double, n), *se = KURA_NEW(&frame->arena, double, n);
    if (!g || !mean || !se) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    double N = (double)record->paths;
    for (size_t i = 0; i < n; i++) {
        mean[i] = (double)record->counts[i].sum / N;
        double var = (double)record->counts[i].squares / N - mean[i] * mean[i];
        se[i] = N > 1 ? sqrt((var > 0 ? var : 0) / (N - 1)) : NAN;
        if (!km_draws(model)) continue; /* else squares are of the sums of draws */
        kura_cluster_sums sums = {(double)record->counts[i].sum, (double)record->counts[i].squares,
                                  (double)record->last_counts[i]};
        se[i] = sqrt(kura_cluster_variance_of(record->paths, km_draw_paths(model), sums));
    }
    kura_frame_dim_labels(frame, g, "event", (int64_t)n, model->event_labels);
    kura_frame_var(frame, g, "expected_events", KF_F64, "event", mean, "1",
                   "expected number of hazard events over the horizon: restrictions begun (not those that "
                   "deepen one in force), starts of outages, shocks",
                   "3", "expected_events_se");
    kura_frame_var(frame, g, "expected_events_se", KF_F64, "event", se, "1",
                   "standard error of expected_events", "3", NULL);
    double *share = KURA_NEW(&frame->arena, double, 1);
    if (!share) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    *share = record->price_steps ? (double)record->clamps / (double)record->price_steps : 0;
    kura_frame_var(
        frame, g, "price_clamp_share", KF_F64, "", share, "1",
        "share of steps in which a price met its bounds (0.05 and 50 times its base); above 1e-5 the price "
        "process is outside its range",
        "4.1", NULL);
    return KURA_OK;
}
