/* A small frame shaped like a real result: the groups, dimensions and names of formats.md section 2 with
 * invented numbers (smooth functions of the indices, so that a reader can tell them apart). */
#ifndef KURA_TEST_SAMPLE_FRAME_H
#define KURA_TEST_SAMPLE_FRAME_H

#include "tally/frame.h"
#include <math.h>
#include <stdio.h>

enum {
    SF_MINERALS = 3,
    SF_TIMES = 60,
    SF_QUANTILES = 5,
    SF_CONFIDENCES = 3,
    SF_BINS = 8,
    SF_PATHS = 400,
    SF_INPUTS = 4
};

static const char *const sf_minerals[SF_MINERALS] = {"gallium", "dysprosium", "naïve metal"};
static const double sf_quantiles[SF_QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};
static const double sf_confidences[SF_CONFIDENCES] = {0.9, 0.95, 0.99};

/* n doubles a*(1 + i mod m) + b*i */
static double *sf_ramp(kura_frame *f, int n, double a, int m, double b)
{
    double *x = KURA_NEW(&f->arena, double, (size_t)n);
    for (int i = 0; i < n; i++) x[i] = a * (1 + i % m) + b * i;
    return x;
}

static double *sf_copy(kura_frame *f, int n, const double *values)
{
    double *x = KURA_NEW(&f->arena, double, (size_t)n);
    for (int i = 0; i < n; i++) x[i] = values[i];
    return x;
}

static void sf_summary(kura_frame *f)
{
    kf_group *g = kura_frame_group(f, "summary");
    int32_t *days = KURA_NEW(&f->arena, int32_t, SF_TIMES),
            *bounds = KURA_NEW(&f->arena, int32_t, 2 * SF_TIMES);
    for (int t = 0; t < SF_TIMES; t++) {
        days[t] = bounds[2 * t] = 20094 + 7 * t; /* 2025-01-06 */
        bounds[2 * t + 1] = days[t] + 7;
    }
    kura_frame_dim_labels(f, g, "mineral", SF_MINERALS, sf_minerals);
    kura_frame_dim_i32(f, g, "time", SF_TIMES, days, "days since 1970-01-01", "start of the step");
    kura_frame_dim_f64(f, g, "quantile", SF_QUANTILES, sf_quantiles, "1", "probability below");
    kura_frame_dim_plain(f, g, "nv", 2);
    kura_frame_var(f, g, "time_bounds", KF_I32, "time,nv", bounds, "", "start and end of the step", NULL,
                   NULL);

    const char **grade = KURA_NEW(&f->arena, const char *, SF_MINERALS);
    grade[0] = "B", grade[1] = "A", grade[2] = "C";
    kura_frame_var(f, g, "data_grade", KF_STRING, "mineral", grade, "", "grade of the input data", NULL,
                   NULL);
    struct {
        const char *name, *units, *long_name;
        double x[3], se[3];
    } scalars[] = {{"loss_of_load_expectation",
                    "d year-1",
                    "expected days of shortage",
                    {12.34, 45.678, 0},
                    {0.56, 1.2, 0}},
                   {"normalised_expected_unserved",
                    "1e-6",
                    "expected unserved share of demand",
                    {12300, 56700, 0},
                    {1100, 2000, 0}},
                   {"cvar95_unserved",
                    "t",
                    "mean unserved amount in the worst 5 %",
                    {1234.5, 98765.4, 0},
                    {67, 4321, 0}}};
    for (int i = 0; i < 3; i++) {
        char se[80];
        snprintf(se, sizeof se, "%s_se", scalars[i].name);
        kura_frame_var(f, g, scalars[i].name, KF_F64, "mineral", sf_copy(f, 3, scalars[i].x),
                       scalars[i].units, scalars[i].long_name, "R8.2 8.2", se);
        kura_frame_var(f, g, se, KF_F64, "mineral", sf_copy(f, 3, scalars[i].se), scalars[i].units,
                       "standard error", NULL, NULL);
    }
    static const double gross[3] = {20000, 70000, 0}, any[3] = {0.45, 0.871, 0}, any_lo[3] = {0.431, 0.86, 0},
                        any_hi[3] = {0.469, 0.881, 0.0038}, longer[3] = {0.121, 0.4, 0},
                        longer_lo[3] = {0.11, 0.38, 0}, longer_hi[3] = {0.133, 0.42, 0.0038};
    kura_frame_var(f, g, "gross_normalised_expected_unserved", KF_F64, "mineral", gross, "1e-6",
                   "before price response", "R8.2 8.3", NULL);
    struct {
        const char *name, *long_name;
        const double *x, *lo, *hi;
    } probabilities[] = {{"shortage_probability_any", "probability of any shortage", any, any_lo, any_hi},
                         {"long_shortage_probability", "probability of a shortage of 90 days and more",
                          longer, longer_lo, longer_hi}};
    for (int i = 0; i < 2; i++) {
        char lo[80], hi[80], both[170];
        snprintf(lo, sizeof lo, "%s_lo", probabilities[i].name);
        snprintf(hi, sizeof hi, "%s_hi", probabilities[i].name);
        snprintf(both, sizeof both, "%s %s", lo, hi);
        kura_frame_var(f, g, probabilities[i].name, KF_F64, "mineral", probabilities[i].x, "1",
                       probabilities[i].long_name, "8.1", both);
        kura_frame_var(f, g, lo, KF_F64, "mineral", probabilities[i].lo, "1", "95 % interval, low end", NULL,
                       NULL);
        kura_frame_var(f, g, hi, KF_F64, "mineral", probabilities[i].hi, "1", "95 % interval, high end", NULL,
                       NULL);
    }
    int n = SF_MINERALS * SF_TIMES;
    kura_frame_var(f, g, "shortage_probability", KF_F64, "mineral,time", sf_ramp(f, n, 1e-3, 17, 1e-4), "1",
                   "probability of a shortage in the step", "8.1", "shortage_probability_se");
    kura_frame_var(f, g, "shortage_probability_se", KF_F64, "mineral,time", sf_ramp(f, n, 1e-4, 5, 0), "1",
                   "standard error", NULL, NULL);
    double *stock = sf_ramp(f, n * SF_QUANTILES, 100, 11, 0.5);
    stock[7] = NAN;
    kf_variable *v = kura_frame_var(f, g, "stock_quantile", KF_F64, "mineral,time,quantile", stock, "t",
                                    "stock at the end of the step", "8.14", NULL);
    kura_frame_var_attr(f, v, "cell_methods", "time: point");
}

static void sf_adequacy(kura_frame *f)
{
    kf_group *g = kura_frame_group(f, "adequacy");
    static const char *const minerals[SF_MINERALS] = {"dysprosium", "gallium",
                                                      "naïve metal"}; /* another order */
    static const double days[9] = {95.5, 120.25, INFINITY, 20, 31, 44, 0, 0, 0},
                        lo[9] = {90, 110.5, 150, 18, 28, 40, 0, 0, 0},
                        hi[9] = {100, INFINITY, INFINITY, 22.5, 34, 55, 0, 0, 0};
    static const int8_t irreducible[9] = {0, 0, 1, 0, 0, 0, 0, 0, 0};
    kura_frame_dim_labels(f, g, "mineral", SF_MINERALS, minerals);
    kura_frame_dim_f64(f, g, "confidence", SF_CONFIDENCES, sf_confidences, "1", "probability of no shortage");
    kura_frame_var(f, g, "required_stock_days", KF_F64, "mineral,confidence", days, "d",
                   "stock needed, days of demand", "R6.3 8.6",
                   "required_stock_days_lo required_stock_days_hi");
    kura_frame_var(f, g, "required_stock_days_lo", KF_F64, "mineral,confidence", lo, "d",
                   "95 % interval, low end", NULL, NULL);
    kura_frame_var(f, g, "required_stock_days_hi", KF_F64, "mineral,confidence", hi, "d",
                   "95 % interval, high end", NULL, NULL);
    kf_variable *v = kura_frame_var(f, g, "irreducible", KF_I8, "mineral,confidence", irreducible, "1",
                                    "no stock is enough", NULL, NULL);
    kura_frame_var_attr(f, v, "flag_meanings", "no yes");
}

static void sf_histograms(kura_frame *f)
{
    kf_group *g = kura_frame_group(f, "histograms");
    double *centre = sf_ramp(f, SF_BINS, 0, 1, 10), *bounds = KURA_NEW(&f->arena, double, 2 * SF_BINS);
    for (int i = 0; i < SF_BINS; i++) {
        bounds[2 * i] = 10 * i - 5;
        bounds[2 * i + 1] = i == SF_BINS - 1 ? INFINITY : 10 * i + 5;
    }
    kura_frame_dim_labels(f, g, "mineral", SF_MINERALS, sf_minerals);
    kura_frame_dim_f64(f, g, "bin", SF_BINS, centre, "d", "length of a shortage");
    kura_frame_dim_plain(f, g, "nv", 2);
    kura_frame_var(f, g, "bin_bounds", KF_F64, "bin,nv", bounds, "", "ends of the bins", NULL, NULL);
    kura_frame_var(f, g, "shortage_length", KF_F64, "mineral,bin",
                   sf_ramp(f, SF_MINERALS * SF_BINS, 1e10, 7, 1), "1", "number of shortages", "8.4", NULL);
}

static const int32_t sf_stages[1] = {3};

static void sf_network(kura_frame *f)
{
    kf_group *g = kura_frame_group(f, "network");
    static const char *const nodes[4] = {"CHN refinery", "MYS refinery", "日本", "JPN stock"};
    const char **country = KURA_NEW(&f->arena, const char *, 4);
    country[0] = "CHN", country[1] = "MYS", country[2] = "JPN",
    country[3] = ""; /* an empty string on purpose */
    kura_frame_dim_labels(f, g, "node", 4, nodes);
    kura_frame_var(f, g, "country", KF_STRING, "node", country, "", "country of the node", NULL, NULL);
    kura_frame_var(f, g, "capacity", KF_F64, "node", sf_ramp(f, 4, 1000, 4, 0.25), "t year-1", "capacity",
                   NULL, NULL);
    kura_frame_var(f, g, "stages", KF_I32, "", sf_stages, "1", "number of stages", NULL, NULL);
}

static void sf_samples(kura_frame *f)
{
    kf_group *g = kura_frame_group(f, "samples");
    static const char *const inputs[SF_INPUTS] = {"weeks in coercion", "outage weeks", "price peak",
                                                  "demand growth"};
    double *path = sf_ramp(f, SF_PATHS, 0, 1, 1);
    kura_frame_dim_f64(f, g, "path", SF_PATHS, path, "1", "path number");
    kura_frame_dim_labels(f, g, "input", SF_INPUTS, inputs);
    kura_frame_var(f, g, "inputs", KF_F64, "path,input", sf_ramp(f, SF_PATHS * SF_INPUTS, 0.125, 23, 0.0625),
                   "1", "inputs of every path", NULL, NULL);
}

static void sf_texts(kura_frame *f)
{
    kf_group *g = kura_frame_group(f, "scenario");
    const char **text = KURA_NEW(&f->arena, const char *, 1),
               **history = KURA_NEW(&f->arena, const char *, 1);
    text[0] = "format: 1\nname: sample\ntitle: A sample, with ± and 日本\n";
    history[0] = "made by a test";
    kura_frame_var(f, g, "resolved", KF_STRING, "", text, "", "the scenario as it was run", NULL, NULL);
    g = kura_frame_group(f, "provenance");
    kura_frame_attr_text(f, g, "compiler", "none");
    kura_frame_var(f, g, "history", KF_STRING, "", history, "", "what was done", NULL, NULL);
}

/* NULL when memory ran out. */
__attribute__((unused)) static kura_frame *sample_frame(void)
{
    static const double horizon = 1.15, paths = 400, seed = 20250101;
    kura_frame *f = kura_frame_new();
    if (!f) return NULL;
    kura_frame_attr_text(f, NULL, "title", "Sample of a result, invented numbers");
    kura_frame_attr_f64(f, NULL, "paths", 1, &paths);
    kura_frame_attr_f64(f, NULL, "seed", 1, &seed);
    kura_frame_attr_text(f, NULL, "seed_text", "20250101");
    kura_frame_attr_text(f, NULL, "start", "2025-01-06");
    kura_frame_attr_f64(f, NULL, "horizon_years", 1, &horizon);
    kura_frame_attr_text(f, NULL, "focus", "JPN");
    sf_summary(f);
    sf_adequacy(f);
    sf_histograms(f);
    sf_network(f);
    sf_samples(f);
    sf_texts(f);
    if (f->arena.failed) {
        kura_frame_free(f);
        return NULL;
    }
    return f;
}

#endif
