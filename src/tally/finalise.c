/* Finalising: common parts, see finalise.h. */
#include "tally/finalise.h"
#include "base/error.h"
#include <math.h>
#include <string.h>

double *kura_finalise_array(kura_frame *frame, size_t n)
{
    double *x = KURA_NEW(&frame->arena, double, n);
    for (size_t i = 0; x && i < n; i++) x[i] = NAN;
    return x;
}

void kura_finalise_count(const kura_series *steps, uint64_t paths, size_t T, uint64_t *count)
{
    double room[KURA_SERIES_BLOCK];
    memset(count, 0, (T + 1) * sizeof *count);
    for (uint64_t first = 0; first < paths; first += KURA_SERIES_BLOCK) {
        const double *x = steps->block(steps, first / KURA_SERIES_BLOCK, room);
        for (uint64_t i = 0; i < KURA_SERIES_BLOCK && first + i < paths; i++) count[(size_t)x[i]]++;
    }
}

void kura_finalise_minerals(kura_frame *frame, kf_group *group, const km_model *model)
{
    const char **ids = KURA_NEW(&frame->arena, const char *, (size_t)model->nminerals);
    if (!ids) return;
    for (int i = 0; i < model->nminerals; i++) ids[i] = model->minerals[i].id;
    kura_frame_dim_labels(frame, group, "mineral", model->nminerals, ids);
}

/* Step t covers [t, t+1): its coordinate is its start, with bounds [R1.2].  Steps of whole days get integer
 * days. */
void kura_finalise_time(kura_frame *frame, kf_group *group, const km_model *model)
{
    size_t T = (size_t)model->T;
    double start = model->scenario->run.start_day, dt = model->step_days;
    int whole = dt == floor(dt);
    kura_frame_dim_plain(frame, group, "nv", 2);
    if (whole) {
        int32_t *day = KURA_NEW(&frame->arena, int32_t, T), *bounds = KURA_NEW(&frame->arena, int32_t, 2 * T);
        if (!day || !bounds) return;
        for (size_t t = 0; t < T; t++) {
            day[t] = bounds[2 * t] = (int32_t)(start + (double)t * dt);
            bounds[2 * t + 1] = (int32_t)(start + (double)(t + 1) * dt);
        }
        kura_frame_dim_i32(frame, group, "time", (int64_t)T, day, "days since 1970-01-01",
                           "start of the step");
        kura_frame_var(frame, group, "time_bounds", KF_I32, "time,nv", bounds, "days since 1970-01-01",
                       "interval of the step", NULL, NULL);
    } else {
        double *day = kura_finalise_array(frame, T), *bounds = kura_finalise_array(frame, 2 * T);
        if (!day || !bounds) return;
        for (size_t t = 0; t < T; t++) {
            day[t] = bounds[2 * t] = start + (double)t * dt;
            bounds[2 * t + 1] = start + (double)(t + 1) * dt;
        }
        kura_frame_dim_f64(frame, group, "time", (int64_t)T, day, "days since 1970-01-01",
                           "start of the step");
        kura_frame_var(frame, group, "time_bounds", KF_F64, "time,nv", bounds, "days since 1970-01-01",
                       "interval of the step", NULL, NULL);
    }
}

static void drop_dump(void *dump) { kura_dump_free(dump); }

static kura_status hand_over_dump(kura_frame *frame, kura_tally *tally, kura_error *err)
{
    kura_dump *dump = tally->dump;
    tally->dump = NULL;
    if (!kura_frame_keep(frame, dump, drop_dump))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    return kura_dump_report(dump, frame, tally->paths, err);
}

kura_status kura_finalise(kura_frame *frame, kura_tally *tally, kura_error *err)
{
    KURA_TRY(kura_finalise_summary(frame, tally, err));
    KURA_TRY(kura_finalise_costs(frame, tally, err));
    KURA_TRY(kura_finalise_adequacy(frame, tally, err));
    if (tally->joint) KURA_TRY(kura_finalise_joint(frame, tally, err));
    if (tally->causes) KURA_TRY(kura_finalise_attribution(frame, tally, err));
    if (tally->cluster > 1) KURA_TRY(kura_finalise_ignorance(frame, tally, err));
    KURA_TRY(kura_finalise_histograms(frame, tally, err));
    if (tally->checks) KURA_TRY(kura_finalise_checks(frame, tally, err));
    if (tally->concentration) KURA_TRY(kura_finalise_concentration(frame, tally, err));
    if (tally->model->scenario->tallies.samples) KURA_TRY(kura_finalise_samples(frame, tally, err));
    if (tally->dump) KURA_TRY(hand_over_dump(frame, tally, err));
    if (tally->trace) KURA_TRY(kura_finalise_paths(frame, tally, err));
    if (frame->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    return KURA_OK;
}
