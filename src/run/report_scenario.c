/* /scenario and the attributes of the root: what was run, in full, so that a result explains and repeats
 * itself. */
#include "run/run.h"
#include "base/error.h"
#include "num/calendar.h"
#include <sha2.h>
#include <stdio.h>
#include <string.h>

#define NUMERICS_VERSION 1 /* raised whenever equal input may give other bits */

void kura_scenario_hashes(const kura_scenario_data *sc, char scenario[65], char model[65])
{
    SHA256Data((const uint8_t *)sc->resolved, strlen(sc->resolved), scenario);
    SHA2_CTX c;
    SHA256Init(&c);
    SHA256Update(&c, (const uint8_t *)scenario, 64);
    for (int i = 0; i < sc->ninputs; i++) SHA256Update(&c, (const uint8_t *)sc->inputs[i].sha256, 64);
    SHA256End(&c, model);
}

static void root(kura_frame *frame, const km_model *model, uint64_t paths)
{
    const kura_scenario_data *sc = model->scenario;
    char scenario[65], all[65], date[11], text[64];
    kura_scenario_hashes(sc, scenario, all);
    kura_date_format(sc->run.start_day, date);
    kura_frame_attr_text(frame, NULL, "title", sc->title && sc->title[0] ? sc->title : sc->name);
    kura_frame_attr_text(frame, NULL, "scenario_name", sc->name);
    kura_frame_attr_text(frame, NULL, "scenario_sha256", scenario);
    kura_frame_attr_text(frame, NULL, "model_sha256", all);
    static const int32_t version = NUMERICS_VERSION;
    kura_frame_attr_i32(frame, NULL, "numerics_version", 1, &version);
    double *n = KURA_NEW(&frame->arena, double, 4);
    if (!n) return;
    n[0] = (double)model->seed;
    n[1] = (double)paths;
    n[2] = model->T * model->step_years;
    n[3] = model->step_days;
    kura_frame_attr_f64(frame, NULL, "seed", 1, &n[0]);
    snprintf(text, sizeof text, "%llu", (unsigned long long)model->seed);
    kura_frame_attr_text(frame, NULL, "seed_text", text);
    kura_frame_attr_f64(frame, NULL, "paths", 1, &n[1]);
    kura_frame_attr_text(frame, NULL, "start", date);
    kura_frame_attr_f64(frame, NULL, "horizon_years", 1, &n[2]);
    kura_frame_attr_f64(frame, NULL, "step_days", 1, &n[3]);
    kura_frame_attr_text(frame, NULL, "focus", model->focus >= 0 ? sc->countries[model->focus] : "");
}

kura_status kura_report_scenario(kura_frame *frame, const km_model *model, uint64_t paths, kura_error *err)
{
    const kura_scenario_data *sc = model->scenario;
    kura_arena *a = &frame->arena;
    root(frame, model, paths);
    kf_group *g = kura_frame_group(frame, "scenario");
    const char **text = KURA_NEW(a, const char *, 1);
    size_t files = (size_t)sc->ninputs, defaults = (size_t)sc->ndefaults,
           corrections = (size_t)model->ncorrections;
    const char **path = KURA_NEW(a, const char *, files), **sha = KURA_NEW(a, const char *, files);
    const char **key = KURA_NEW(a, const char *, defaults), **value = KURA_NEW(a, const char *, defaults);
    const char **what = KURA_NEW(a, const char *, corrections), **id = KURA_NEW(a, const char *, corrections);
    const char **origin = KURA_NEW(a, const char *, corrections);
    double *before = KURA_NEW(a, double, corrections), *after = KURA_NEW(a, double, corrections);
    if (!g || a->failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    text[0] = kura_arena_strdup(a, sc->resolved);
    kura_frame_var(frame, g, "resolved", KF_STRING, "", text, "", "the merged scenario as YAML", NULL, NULL);
    for (size_t i = 0; i < files; i++) path[i] = sc->inputs[i].path, sha[i] = sc->inputs[i].sha256;
    if (files) {
        kura_frame_dim_labels(frame, g, "input", (int64_t)files, path);
        kura_frame_var(frame, g, "input_sha256", KF_STRING, "input", sha, "", "SHA-256 of the input file",
                       NULL, NULL);
    }
    for (size_t i = 0; i < defaults; i++) key[i] = sc->defaults[i].key, value[i] = sc->defaults[i].value;
    if (defaults) {
        kura_frame_dim_labels(frame, g, "default", (int64_t)defaults, key);
        kura_frame_var(frame, g, "default_value", KF_STRING, "default", value, "",
                       "value of a key the scenario left at its default", NULL, NULL);
    }
    for (size_t i = 0; i < corrections; i++) {
        const km_correction *k = &model->corrections[i];
        what[i] = k->text;
        id[i] = model->minerals[k->mineral].id;
        origin[i] = k->of_data ? "data" : "engine";
        before[i] = k->before;
        after[i] = k->after;
    }
    if (corrections) {
        kura_frame_dim_labels(frame, g, "correction", (int64_t)corrections, what);
        kura_frame_var(frame, g, "correction_mineral", KF_STRING, "correction", id, "", "mineral", NULL,
                       NULL);
        kura_frame_var(frame, g, "correction_origin", KF_STRING, "correction", origin, "",
                       "data: made in preparing the tables; engine: to balance the base flow", NULL, NULL);
        kura_frame_var(frame, g, "correction_before", KF_F64, "correction", before, "t year-1",
                       "value before", "R2.4", NULL);
        kura_frame_var(frame, g, "correction_after", KF_F64, "correction", after, "1", "value after", "R2.4",
                       NULL);
    }
    return a->failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result") : KURA_OK;
}
