/* The public interface: opaque handles over the layers below. */
#include "kura/kura.h"
#include "base/error.h"
#include "base/fileio.h"
#include "base/text.h"
#include "io/compare_table.h"
#include "io/digest.h"
#include "io/read.h"
#include "io/show.h"
#include "io/write.h"
#include "model/keys.h"
#include "model/model.h"
#include "model/read.h"
#include "num/selfcheck.h"
#include "run/n_minus_1.h"
#include "run/run.h"
#include "run/stopping.h"
#include "run/story.h"
#include "run/study.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *kura_version(void) { return KURA_VERSION; }

struct kura_scenario {
    kura_arena arena;
    kura_scenario_data *data;
    km_model *model;  /* compiled for the scenario's own seed */
    kura_study study; /* where its policies are read from; `data` NULL: none */
};

struct kura_result {
    kura_frame *frame;
};

static void note_corrections(const km_model *model, kura_diag *diag)
{
    for (int i = 0; i < model->ncorrections; i++)
        if (!model->corrections[i].of_data)
            kura_diag_add(diag, KURA_DIAG_NOTE, "", 0, 0, NULL, "base flow corrected: %s",
                          model->corrections[i].text);
}

/* What it takes to read the policies of a study again, one by one. */
static kura_status prepare_study(kura_scenario *s, const char *path, const char *const *sets, size_t n,
                                 kura_diag *diag, kura_error *err)
{
    if (!s->data->study) return KURA_OK;
    const char **copy = KURA_NEW(&s->arena, const char *, n + 1);
    for (size_t i = 0; copy && i < n; i++) copy[i] = kura_arena_strdup(&s->arena, sets[i]);
    s->study = (kura_study){kura_arena_strdup(&s->arena, path), copy, n, s->data, NULL};
    if (s->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the study");
    return kura_study_check(&s->study, s->model, &s->arena, diag, err);
}

kura_status kura_scenario_load(const char *path, const char *const *sets, size_t n, kura_scenario **out,
                               kura_diag *diag, kura_error *err)
{
    *out = NULL;
    kura_scenario *s = calloc(1, sizeof *s);
    if (!s) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the scenario");
    kura_status st = kura_scenario_read(path, sets, n, &s->arena, &s->data, diag, err);
    if (!st) st = kura_model_compile(s->data, s->data->run.seed, &s->model, diag, err);
    if (!st) st = prepare_study(s, path, sets, n, diag, err);
    if (st) {
        kura_scenario_free(s);
        return st;
    }
    note_corrections(s->model, diag);
    *out = s;
    return KURA_OK;
}

void kura_scenario_free(kura_scenario *scenario)
{
    if (!scenario) return;
    kura_model_free(scenario->model);
    kura_arena_fini(&scenario->arena);
    free(scenario);
}

const char *kura_scenario_resolved(const kura_scenario *scenario) { return scenario->data->resolved; }

void kura_scenario_describe(const kura_scenario *scenario, kura_scenario_info *info)
{
    const kura_scenario_data *d = scenario->data;
    memset(info, 0, sizeof *info);
    info->name = d->name;
    info->title = d->title ? d->title : "";
    info->minerals = d->nminerals;
    info->sites = d->nsites;
    info->arcs = d->narcs;
    info->steps = d->run.steps;
    info->paths = d->run.paths;
    info->paths_at_most = d->run.stop.given;
    info->seed = d->run.seed;
    info->corrections = scenario->model->ncorrections_engine;
    for (int i = 0; i < scenario->model->nminerals; i++) info->hubs += scenario->model->minerals[i].nhubs;
}

/* Stockpiles that are worth less than their days of use say, because they cannot be converted fast enough
 * [2.4]. */
static void print_stockpiles(const km_model *model, FILE *to)
{
    const double cut = 360;
    kura_arena names = {0};
    int n = 0;
    for (int i = 0; i < model->nminerals; i++)
        for (int k = 0; k < model->minerals[i].ntiers; k++) {
            const km_mineral *m = &model->minerals[i];
            const km_hub *hub = &m->hubs[m->tiers[k].hub];
            double usable = km_usable_days(model, m, k, cut), stock = m->tiers[k].opening;
            double nominal = hub->U0 > 0 ? stock / hub->U0 * model->step_days : INFINITY;
            if (km_is_pooled(&m->tiers[k]) || stock == 0 ||
                !(usable < 0.95 * (nominal < cut ? nominal : cut)))
                continue;
            if (!n++)
                fprintf(
                    to,
                    "\nWithin a cut of all imports of %g days these stockpiles serve less than their size:\n",
                    cut);
            fprintf(to, "  %s: %.4g t of %s/%s (%.3g days of its use) serve %.3g days of the use of %s\n",
                    km_tier_name(&names, model->scenario, m, k), stock * m->quantum, m->id,
                    m->forms[hub->form], nominal, usable, km_usable_form(m, k));
        }
    kura_arena_fini(&names);
}

/* What becomes of stockpiles that a policy raises or makes [7.8]. */
static void print_policy_stocks(const km_model *model, FILE *to)
{
    const kura_scenario_data *sc = model->scenario;
    int any = 0;
    for (int i = 0; i < model->nminerals; i++)
        for (int k = 0; k < model->minerals[i].ntiers; k++) {
            const km_mineral *m = &model->minerals[i];
            const km_tier *tier = &m->tiers[k];
            const sc_stockpile *in = &sc->stockpiles[tier->scenario_stockpile];
            if (!in->lever) continue;
            if (!any++) fprintf(to, "\nStockpiles by policy (levers.stock):\n");
            fprintf(to, "  %s: %s, %s/%s, %s with %.6g t", sc->stock_levers[in->lever - 1].id, in->id, m->id,
                    m->forms[m->hubs[tier->hub].form], in->created ? "new, opens" : "opens",
                    tier->opening * m->quantum);
            if (tier->raised)
                fprintf(to, ", buys up to %.6g t from step %d on, at most %.6g t a step",
                        tier->raised_target * m->quantum, tier->raise_from - model->burn,
                        tier->raised_at_most * m->quantum);
            fprintf(to, "\n");
        }
}

void kura_scenario_print_corrections(const kura_scenario *scenario, FILE *to)
{
    const km_model *m = scenario->model;
    int of_data = m->ncorrections - m->ncorrections_engine;
    if (of_data)
        fprintf(to, "\n%d corrections came with the tables (before -> after, in the unit of the figure):\n",
                of_data);
    for (int i = 0; i < m->ncorrections; i++)
        if (m->corrections[i].of_data) fprintf(to, "  %s\n", m->corrections[i].text);
    if (!m->ncorrections_engine)
        fprintf(to, "\nThe base flows balance as given%s.\n", of_data ? " after these" : "");
    else
        fprintf(to, "\n%d base flows did not balance; the smallest correction of each (t a year):\n",
                m->ncorrections_engine);
    for (int i = 0; i < m->ncorrections; i++)
        if (!m->corrections[i].of_data) fprintf(to, "  %s\n", m->corrections[i].text);
    print_policy_stocks(m, to);
    print_stockpiles(m, to);
    kura_print_levers(m, to);
    kura_study_print(scenario->data, to);
}

kura_status kura_run_estimate(const kura_scenario *scenario, const kura_run_options *options,
                              kura_run_plan *plan, kura_error *err)
{
    return kura_run_plan_of(scenario->model, options, plan, err);
}

void kura_run_warnings(const kura_scenario *scenario, const kura_run_options *options, kura_diag *diag)
{
    kura_stopping_warn(scenario->model, options->paths ? options->paths : scenario->data->run.paths, diag);
}

/* Another seed means other streams, hence another model; everything else is equal. */
static kura_status model_for(const kura_scenario *scenario, const kura_run_options *options, km_model **own,
                             const km_model **model, kura_error *err)
{
    *own = NULL;
    *model = scenario->model;
    if (!options->has_seed || options->seed == scenario->model->seed) return KURA_OK;
    kura_diag diag = {0};
    kura_status st = kura_model_compile(scenario->data, options->seed, own, &diag, err);
    kura_diag_fini(&diag);
    *model = *own;
    return st;
}

kura_status kura_run(const kura_scenario *scenario, const kura_run_options *options, kura_result **out,
                     kura_error *err)
{
    *out = NULL;
    km_model *own;
    const km_model *model;
    KURA_TRY(model_for(scenario, options, &own, &model, err));
    kura_result *r = calloc(1, sizeof *r);
    kura_run_record *record = calloc(1, sizeof *record);
    kura_status st = KURA_OK;
    if (r) r->frame = kura_frame_new();
    if (!r || !record || !r->frame)
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    if (!st)
        st = scenario->study.data ? kura_study_run(&scenario->study, model, options, r->frame, record, err)
                                  : kura_run_model(model, options, r->frame, record, err);
    if (!st && model->scenario->tallies.n_minus_1) {
        kura_n_minus_1_options losses = {.threads = options->threads, .isa = options->isa};
        st = kura_n_minus_1_of(model, &losses, r->frame, err);
    }
    if (!st) st = kura_report_network(r->frame, model, err);
    if (!st) st = kura_report_levers(r->frame, model, err);
    if (!st) st = kura_report_events(r->frame, model, record, err);
    if (!st) st = kura_report_scenario(r->frame, model, record->paths, err);
    if (!st) st = kura_report_provenance(r->frame, model, record, options, err);
    kura_run_record_free(record);
    if (!st) kura_frame_own_strings(r->frame);
    if (!st && r->frame->arena.failed)
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    kura_model_free(own);
    if (st)
        kura_result_free(r);
    else
        *out = r;
    return st;
}

kura_status kura_n_minus_1(const kura_scenario *scenario, const kura_n_minus_1_options *options,
                           kura_result **out, kura_error *err)
{
    kura_result *r = calloc(1, sizeof *r);
    kura_status st = KURA_OK;
    *out = NULL;
    if (r) r->frame = kura_frame_new();
    if (!r || !r->frame) st = kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    if (!st) st = kura_n_minus_1_of(scenario->model, options, r->frame, err);
    if (!st) st = kura_report_scenario(r->frame, scenario->model, 1, err);
    if (!st) kura_frame_own_strings(r->frame);
    if (!st && r->frame->arena.failed)
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    if (st)
        kura_result_free(r);
    else
        *out = r;
    return st;
}

void kura_result_free(kura_result *result)
{
    if (!result) return;
    kura_frame_free(result->frame);
    free(result);
}

/* A view of the frame without /provenance. */
kura_status kura_result_write(const kura_result *result, const char *path, int force, int reproducible,
                              kura_error *err)
{
    kura_frame view = *result->frame;
    if (!reproducible) return kura_io_write(&view, path, force, err);
    kf_group *groups = malloc(sizeof *groups * (size_t)(view.ngroups ? view.ngroups : 1));
    if (!groups) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to write the result");
    int n = 0;
    for (int i = 0; i < view.ngroups; i++)
        if (strcmp(view.groups[i].name, "provenance") != 0) groups[n++] = view.groups[i];
    view.groups = groups;
    view.ngroups = n;
    kura_status st = kura_io_write(&view, path, force, err);
    free(groups);
    return st;
}

kura_status kura_result_print(const kura_result *result, FILE *to, kura_error *err)
{
    KURA_TRY(kura_io_show(result->frame, NULL, to, err));
    if (!kura_io_has_policies(result->frame)) return KURA_OK;
    kura_compare_options all = {0};
    return kura_io_compare(result->frame, &all, to, err);
}

/* Reads what is shown and not what may be large beside it; of a group that is not there all, for the message
 * that lists them. */
static kura_status read_shown(const char *path, const char *what, kura_frame **frame, kura_error *err)
{
    char group[256] = "summary,adequacy,stopping,network,allocation,n_minus_1,ignorance";
    while (what && *what == '/') what++;
    size_t n = what ? strcspn(what, "/") : 0;
    if (n >= sizeof group) return kura_io_read(path, NULL, frame, err);
    if (n) memcpy(group, what, n), group[n] = 0;
    KURA_TRY(kura_io_read(path, group, frame, err));
    if (!n || kura_frame_find(*frame, group)) return KURA_OK;
    kura_frame_free(*frame);
    return kura_io_read(path, NULL, frame, err);
}

kura_status kura_file_show(const char *path, const char *what, FILE *to, kura_error *err)
{
    kura_frame *frame = NULL;
    KURA_TRY(read_shown(path, what, &frame, err));
    kura_status st = kura_io_show(frame, what, to, err);
    kura_frame_free(frame);
    return st;
}

kura_status kura_file_digest(const char *path, char digest[65], kura_error *err)
{
    return kura_io_digest(path, digest, err);
}

kura_status kura_file_state_hash(const char *path, char hash[33], kura_error *err)
{
    return kura_io_state_hash(path, hash, err);
}

kura_status kura_output_check(const char *path, int force, kura_error *err)
{
    return kura_fileio_check(path, force, err);
}

kura_status kura_file_compare(const char *path, const char *other, const kura_compare_options *options,
                              FILE *to, kura_error *err)
{
    kura_frame *frame = NULL;
    if (other)
        KURA_TRY(kura_compare_files(path, other, &frame, err));
    else
        KURA_TRY(kura_io_read(path, "policies,frontier,leave_out,break_even", &frame, err));
    kura_status st = kura_io_compare(frame, options, to, err);
    kura_frame_free(frame);
    return st;
}

kura_status kura_describe(const char *key, int schema, FILE *to, kura_error *err)
{
    kura_text text = {0};
    kura_status st = kura_keys_describe(key, schema, &text, err);
    if (!st && text.data) fwrite(text.data, 1, text.size, to);
    kura_text_fini(&text);
    return st;
}

static int print_check(void *user, const char *name, int ok, const char *detail)
{
    return fprintf(user, "%-4s %s%s%s\n", ok ? "ok" : "FAIL", name, detail && detail[0] ? ": " : "",
                   detail ? detail : "") < 0;
}

kura_status kura_selfcheck(FILE *to, kura_error *err)
{
    int failures = kura_num_selfcheck(print_check, to);
    if (failures)
        return kura_error_set(err, KURA_E_INTERNAL, "%d checks failed: do not trust results of this build",
                              failures);
    return KURA_OK;
}

kura_status kura_explain(const kura_scenario *scenario, uint64_t path, const kura_explain_options *options,
                         kura_story **out, kura_error *err)
{
    kura_run_options seed = {.has_seed = options->has_seed, .seed = options->seed};
    km_model *own;
    const km_model *model;
    *out = NULL;
    KURA_TRY(model_for(scenario, &seed, &own, &model, err));
    kura_status st = kura_story_of(model, path, options, out, err);
    kura_model_free(own);
    return st;
}

void kura_story_free(kura_story *story) { kura_story_release(story); }

kura_status kura_file_worst(const char *path, const char *mineral, int most, kura_worst **out,
                            kura_error *err)
{
    return kura_worst_of(path, mineral, most, out, err);
}

void kura_worst_free(kura_worst *worst) { kura_worst_release(worst); }
