/* /concentration: the Herfindahl-Hirschman index of the imports that came, over paths [7.2]. */
#include "base/error.h"
#include "model/dependence.h"
#include "tally/cluster.h"
#include "tally/concentration.h"
#include "tally/finalise.h"
#include "tally/sorted.h"
#include <math.h>
#include <stdlib.h>

typedef struct {
    double *mean, *se, *q05, *q95, *base, *share;
} columns;

typedef struct {
    kura_series index;
    uint64_t paths;
} imports;

/* 1 where anything came. */
static const double *came(const kura_series *series, uint64_t block, double *out)
{
    const imports *of = series->user;
    double room[KURA_SERIES_BLOCK];
    const double *x = of->index.block(&of->index, block, room);
    uint64_t left = of->paths - block * KURA_SERIES_BLOCK;
    for (uint64_t p = 0; p < KURA_SERIES_BLOCK && p < left; p++) out[p] = x[p] > 0;
    return out;
}

/* Of the paths on which something came: the others, 0, are the first ones. */
static double quantile(const kura_series *sorted, uint64_t n, uint64_t none, double q)
{
    double rank = ceil(q * (double)(n - none) - 1e-9);
    return kura_series_at(sorted, none + (rank < 1 ? 0 : (uint64_t)rank - 1));
}

static kura_status put_paths(const kura_tally *t, int mineral, kura_sorted *sorted, columns *out,
                             kura_error *err)
{
    uint64_t n = t->paths;
    kura_series index = kura_columns_series(kura_concentration_columns(t->concentration), (size_t)mineral);
    index.cluster = t->cluster;
    imports of = {index, n};
    kura_series some = {.user = &of, .block = came, .cluster = t->cluster};
    kura_estimate mean = kura_estimate_ratio_of(n, &index, &some);
    uint64_t with = kura_estimate_count_of(n, &index, 0);
    out->share[mineral] = (double)with / (double)n;
    if (!with) return KURA_OK;
    out->mean[mineral] = mean.value;
    out->se[mineral] = with > 1 ? mean.se : NAN;
    KURA_TRY(kura_sorted_fill(sorted, n, &index, err));
    kura_series ascending = kura_sorted_series(sorted);
    out->q05[mineral] = quantile(&ascending, n, n - with, 0.05);
    out->q95[mineral] = quantile(&ascending, n, n - with, 0.95);
    return kura_sorted_status(sorted, err);
}

/* The index of the base flow, without hazards and before levers. */
static double index_of_base(const km_model *model, int mineral, int hub)
{
    const km_mineral *m = &model->minerals[mineral];
    double sum[2] = {0, 0};
    for (int c = 0; c < model->scenario->ncountries; c++) {
        double of = 0;
        for (int a = m->hubs[hub].arc_begin; a < m->hubs[hub].arc_end; a++)
            if (m->hubs[m->arcs[a].from].country == c) of += m->arcs[a].net;
        sum[0] += of;
        sum[1] += of * of;
    }
    return sum[0] > 0 ? sum[1] / (sum[0] * sum[0]) : NAN;
}

static void write(kura_frame *frame, kf_group *g, const columns *x)
{
    const struct {
        const char *name;
        const double *values;
        const char *text, *ancillary;
    } all[] = {
        {"hhi", x->mean,
         "expected Herfindahl-Hirschman index (1: one supplier country) of the imports of the last form "
         "that came over the horizon, of paths on which any came",
         "hhi_se"},
        {"hhi_se", x->se, "standard error of hhi", NULL},
        {"hhi_q05", x->q05, "5 % quantile of the index over these paths", NULL},
        {"hhi_q95", x->q95, "95 % quantile of the index over these paths", NULL},
        {"hhi_base", x->base, "the index of the base flow at the start", NULL},
        {"import_probability", x->share, "share of paths on which anything came", NULL}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        kura_frame_var(frame, g, all[i].name, KF_F64, "mineral", all[i].values, "1", all[i].text, "7.2",
                       all[i].ancillary);
}

kura_status kura_finalise_concentration(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    const km_model *model = tally->model;
    kf_group *g = kura_frame_group(frame, "concentration");
    kura_sorted *sorted = NULL;
    columns x;
    double **of[] = {&x.mean, &x.se, &x.q05, &x.q95, &x.base, &x.share};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++)
        if (!(*of[i] = kura_finalise_array(frame, (size_t)model->nminerals)))
            return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    if (!g) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    KURA_TRY(kura_sorted_new(tally->paths, tally->folder, &sorted, err));
    kura_status st = KURA_OK;
    for (int i = 0; i < model->nminerals && !st; i++) {
        int hub = kura_concentration_hub(model, i);
        if (hub < 0) continue;
        x.base[i] = index_of_base(model, i, hub);
        st = put_paths(tally, i, sorted, &x, err);
    }
    if (!st) st = kura_columns_status(kura_concentration_columns(tally->concentration), err);
    kura_sorted_free(sorted);
    if (st) return st;
    kura_finalise_minerals(frame, g, model);
    write(frame, g, &x);
    return KURA_OK;
}
