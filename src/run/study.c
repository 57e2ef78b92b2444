/* Running a study, see study.h. */
#include "run/study.h"
#include "base/error.h"
#include "model/draw.h"
#include "model/read.h"
#include "tally/compare.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- a policy as a scenario of its own ---- */

typedef struct {
    kura_arena arena;
    kura_scenario_data *data;
    km_model *model;
} variant;

static void drop_variant(variant *v)
{
    kura_model_free(v->model);
    kura_arena_fini(&v->arena);
    memset(v, 0, sizeof *v);
}

static int other_text(const char *a, const char *b) { return strcmp(a ? a : "", b ? b : "") != 0; }

static const char *focus_of(const kura_scenario_data *d)
{
    return d->run.focus >= 0 ? d->countries[d->run.focus] : "";
}

/* The key of `run` that a policy changes, NULL. */
static const char *changed_run(const kura_scenario_data *a, const kura_scenario_data *b)
{
    const sc_run *x = &a->run, *y = &b->run;
    if (x->paths != y->paths) return "run.paths";
    if (x->seed != y->seed) return "run.seed";
    if (x->start_day != y->start_day) return "run.start";
    if (x->step_days != y->step_days) return "run.step";
    if (x->steps != y->steps) return "run.horizon";
    if (x->burn_in != y->burn_in) return "run.burn_in";
    if (other_text(focus_of(a), focus_of(b))) return "run.focus";
    if (x->per_horizon != y->per_horizon) return "run.per";
    if (x->spin_up != y->spin_up) return "run.spin_up";
    if (x->stop.given != y->stop.given || x->stop.relative != y->stop.relative) return "run.stop_when";
    return NULL;
}

/* The key of what is measured that a policy changes, NULL. */
static const char *changed_measure(const kura_scenario_data *a, const kura_scenario_data *b)
{
    const sc_tallies *x = &a->tallies, *y = &b->tallies;
    if (x->threshold != y->threshold) return "tallies.threshold";
    if (x->long_depth != y->long_depth || x->long_days != y->long_days) return "tallies.long_shortage";
    if (x->required_stock != y->required_stock) return "tallies.required_stock";
    if (x->nconfidence != y->nconfidence) return "tallies.confidence";
    for (int i = 0; i < x->nconfidence; i++)
        if (x->confidence[i] != y->confidence[i]) return "tallies.confidence";
    if (a->nminerals != b->nminerals) return "minerals";
    for (int i = 0; i < a->nminerals; i++)
        if (other_text(a->minerals[i].id, b->minerals[i].id) ||
            a->minerals[i].report != b->minerals[i].report)
            return "minerals";
    return NULL;
}

static kura_status refuse(const sc_policy *p, const char *key, const char *why, kura_diag *diag,
                          kura_error *err)
{
    kura_diag_add(diag, KURA_DIAG_ERROR, p->where.file, p->where.line, p->where.column, NULL,
                  "policy \"%s\" changes %s, %s", p->id, key, why);
    return kura_error_at(err, KURA_E_SCENARIO, p->where.file, p->where.line, p->where.column,
                         "policy \"%s\" changes %s, %s", p->id, key, why);
}

static kura_status check_alike(const kura_study *s, const sc_policy *p, const kura_scenario_data *d,
                               kura_diag *diag, kura_error *err)
{
    const char *run = changed_run(s->data, d), *measure = changed_measure(s->data, d);
    if (run) return refuse(p, run, "which the study gives to all: it compares on the same paths", diag, err);
    if (measure)
        return refuse(p, measure, "by which runs are compared: it must be the same in all", diag, err);
    return KURA_OK;
}

static kura_status load_variant(const kura_study *s, int policy, uint64_t seed, uint64_t paths, variant *v,
                                kura_diag *diag, kura_error *err)
{
    memset(v, 0, sizeof *v);
    kura_status st =
        kura_scenario_read_policy(s->path, s->sets, s->nsets, policy, &v->arena, &v->data, diag, err);
    if (!st) st = check_alike(s, &s->data->study->policies[policy], v->data, diag, err);
    if (!st) {
        memset(&v->data->run.stop, 0, sizeof v->data->run.stop);
        v->data->run.paths = paths;
        st = kura_model_compile(v->data, seed, &v->model, diag, err);
    }
    if (st) drop_variant(v);
    return st;
}

/* ---- checking ---- */

static int is_said(const kura_diag *diag, const kura_diag_message *m)
{
    for (size_t i = 0; i < diag->count; i++)
        if (diag->items[i].severity == m->severity && strcmp(diag->items[i].message, m->message) == 0)
            return 1;
    return 0;
}

/* Errors, and warnings that the scenario itself does not give. */
static void pass_on(const kura_diag *from, const sc_policy *p, kura_diag *to)
{
    for (size_t i = 0; i < from->count; i++) {
        const kura_diag_message *m = &from->items[i];
        if (m->severity == KURA_DIAG_NOTE || is_said(to, m)) continue;
        if (m->file[0])
            kura_diag_add(to, m->severity, m->file, m->line, m->column, m->source, "%s", m->message);
        else
            kura_diag_add(to, m->severity, p->where.file, p->where.line, p->where.column, NULL,
                          "policy \"%s\": %s", p->id, m->message);
    }
}

static kura_status check_policy(kura_study *s, int policy, const km_model *model, kura_diag *diag,
                                kura_error *err)
{
    const sc_policy *p = &s->data->study->policies[policy];
    kura_diag own = {0};
    variant v;
    char scenario[65];
    kura_status st = load_variant(s, policy, model->seed, s->data->run.paths, &v, &own, err);
    pass_on(&own, p, diag);
    kura_diag_fini(&own);
    if (st) return st;
    kura_scenario_hashes(v.data, scenario, s->hashes[policy]);
    drop_variant(&v);
    return KURA_OK;
}

/* All policies are looked at; portfolios only when the policies they are made of are sound. */
kura_status kura_study_check(kura_study *s, const km_model *model, kura_arena *arena, kura_diag *diag,
                             kura_error *err)
{
    const sc_study *study = s->data->study;
    kura_status first = KURA_OK;
    s->hashes = kura_arena_alloc(arena, (size_t)study->npolicies, sizeof *s->hashes);
    if (!s->hashes) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the study");
    for (int i = 0; i < study->npolicies && !kura_diag_full(diag); i++) {
        if (first && study->policies[i].ncombines) continue;
        kura_status st = check_policy(s, i, model, diag, first ? NULL : err);
        if (!first) first = st;
        if (st == KURA_E_MEMORY) break;
    }
    return first;
}

/* ---- running ---- */

typedef struct {
    const kura_study *s;
    const sc_study *study;
    const km_model *base;
    const kura_run_options *options;
    kura_run_options inner; /* of the run in hand */
    uint64_t done, total;   /* paths of the runs before it; of all */
    double seconds;         /* of the runs before it */
    double now;             /* of the run in hand */
    unsigned char *same;
    kura_policy_label *labels;
} runner;

/* One bar over all runs. */
static int report_progress(void *user, uint64_t done, uint64_t total, double seconds)
{
    runner *r = user;
    (void)total;
    r->now = seconds;
    if (r->done + done >= r->total) return 0; /* told when all is done */
    return r->options->progress(r->options->user, r->done + done, r->total, r->seconds + seconds);
}

static void finish_run(runner *r, uint64_t paths)
{
    r->done += paths;
    r->seconds += r->now;
    r->now = 0;
}

/* Runs of a policy: load, simulate, compare, forget. */
static kura_status run_policy(runner *r, int policy, uint64_t first, const kura_member *base,
                              kura_comparison *c, kura_error *err)
{
    variant v;
    kura_diag diag = {0};
    kura_tally *tally = NULL;
    kura_arena arena = {0};
    kura_member member;
    char scenario[65], all[65];
    kura_status st = load_variant(r->s, policy, r->base->seed, base->paths, &v, &diag, err);
    kura_diag_fini(&diag);
    if (st) return st;
    kura_scenario_hashes(v.data, scenario, all);
    if (strcmp(all, r->s->hashes[policy]) != 0)
        st = kura_error_set(err, KURA_E_SCENARIO, "a file of policy \"%s\" changed while the study ran",
                            r->labels[policy].id);
    kura_models_alike(r->base, v.model, r->same);
    if (km_draws(r->base) || km_draws(v.model)) /* alike in the best figures is not alike in all draws */
        memset(r->same, 0, (size_t)r->base->nminerals);
    if (!st) st = kura_run_tally(v.model, &r->inner, first, base->paths, r->same, &tally, err);
    if (!st && kura_member_of(tally, &arena, &member))
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory to compare policies");
    if (!st) {
        member.same = r->same;
        member.other = base->columns;
        st = kura_comparison_add(c, policy, &member, err);
    }
    finish_run(r, base->paths);
    kura_tally_free(tally);
    kura_arena_fini(&arena);
    drop_variant(&v);
    return st;
}

/* The second estimate, on paths behind those of the run: of the base and what `left_out` does not mark. */
static kura_status run_fresh(runner *r, uint64_t used, const unsigned char *left_out, kura_member *base,
                             kura_tally **tally, kura_arena *arena, kura_comparison **out, kura_error *err)
{
    uint64_t first = (used + KURA_BLOCK_PATHS - 1) / KURA_BLOCK_PATHS * KURA_BLOCK_PATHS;
    uint64_t n = r->study->fresh_paths, runs = 1;
    for (int i = 0; i < r->study->npolicies; i++) runs += !left_out[i];
    r->total = r->done + runs * n;
    KURA_TRY(kura_run_tally(r->base, &r->inner, first, n, NULL, tally, err));
    finish_run(r, n);
    if (kura_member_of(*tally, arena, base))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory to compare policies");
    KURA_TRY(
        kura_comparison_new(base, r->study->npolicies, r->study->confidence, r->options->scratch, out, err));
    for (int i = 0; i < r->study->npolicies; i++)
        if (!left_out[i]) KURA_TRY(run_policy(r, i, first, base, *out, err));
    return KURA_OK;
}

static kura_status run_all(runner *r, kura_frame *frame, kura_tally *tally, kura_error *err)
{
    kura_arena arena = {0};
    kura_member base, fresh_base;
    kura_comparison *c = NULL, *fresh = NULL;
    kura_tally *fresh_tally = NULL;
    int n = r->study->npolicies;
    unsigned char *dominated = KURA_NEW(&arena, unsigned char, (size_t)n + 1);
    kura_status st = !dominated || kura_member_of(tally, &arena, &base)
                         ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the study")
                         : kura_comparison_new(&base, n, r->study->confidence, r->options->scratch, &c, err);
    if (!st) st = kura_comparison_ask(c, r->study, r->options->scratch, err);
    for (int i = 0; i < n && !st; i++) st = run_policy(r, i, 0, &base, c, err);
    if (!st) st = kura_comparison_frontier(c, r->labels, dominated, frame, err);
    if (!st && r->study->fresh_paths)
        st = run_fresh(r, tally->paths, dominated + 1, &fresh_base, &fresh_tally, &arena, &fresh, err);
    if (!st) st = kura_comparison_report(c, fresh, r->labels, frame, err);
    kura_comparison_free(c);
    kura_comparison_free(fresh);
    kura_tally_free(fresh_tally);
    kura_arena_fini(&arena);
    return st;
}

static int label_policies(runner *r, kura_frame *frame)
{
    int n = r->study->npolicies;
    r->same = KURA_NEW(&frame->arena, unsigned char, (size_t)r->base->nminerals + 1);
    r->labels = KURA_NEW(&frame->arena, kura_policy_label, (size_t)n);
    for (int i = 0; r->labels && i < n; i++) {
        const sc_policy *p = &r->study->policies[i];
        r->labels[i] = (kura_policy_label){p->id, p->title, &p->note};
    }
    return r->same && r->labels ? 0 : -1;
}

kura_status kura_study_run(const kura_study *s, const km_model *model, const kura_run_options *options,
                           kura_frame *frame, kura_run_record *record, kura_error *err)
{
    runner r = {.s = s, .study = s->data->study, .base = model, .options = options, .inner = *options};
    uint64_t paths = options->paths ? options->paths : s->data->run.paths,
             runs = (uint64_t)r.study->npolicies + 1;
    kura_tally *tally = NULL;
    if (label_policies(&r, frame))
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the study");
    r.total = runs * (paths + r.study->fresh_paths);
    r.inner.user = &r;
    if (options->progress) r.inner.progress = report_progress;
    KURA_TRY(kura_run_and_keep(model, &r.inner, frame, record, &tally, err));
    finish_run(&r, tally->paths);
    r.total = runs * (tally->paths + r.study->fresh_paths);
    kura_status st = run_all(&r, frame, tally, err);
    kura_tally_free(tally);
    if (!st && options->progress) options->progress(options->user, r.done, r.done, r.seconds);
    return st;
}

/* ---- telling ---- */

static void print_note(const sc_note *note, const kura_scenario_data *data, FILE *to)
{
    static const char *const does[] = {"does not move", "falls", "rises"};
    if (note->reason && note->reason[0]) fprintf(to, "    %s\n", note->reason);
    for (int i = 0; i < note->nexpected; i++) {
        const sc_expectation *e = &note->expected[i];
        fprintf(to, "    expected: %s %s, %s\n", sc_compare_name(e->number), does[e->direction],
                e->mineral < 0 ? "all headline minerals together" : data->minerals[e->mineral].id);
    }
}

static void print_questions(const sc_study *s, FILE *to)
{
    for (int i = 0; i < s->leave_out.ncauses; i++) {
        const sc_cause *c = &s->leave_out.causes[i];
        fprintf(to, "%s%s (", i ? ", " : "\nCauses left out in turn: ", c->id);
        for (int k = 0; k < c->nkeys; k++) fprintf(to, "%s%s", k ? ", " : "", c->keys[k]);
        fputs(i + 1 < s->leave_out.ncauses ? ")" : ")\n", to);
    }
    for (int i = 0; i < s->nbreak_even; i++) {
        const sc_break_even *e = &s->break_even[i];
        fprintf(to, "%sBreak-even %s: %s at %d values, %g to %g%s%s\n", i ? "" : "\n", e->id, e->key,
                e->nvalues, e->values[0], e->values[e->nvalues - 1], e->unit[0] ? " " : "", e->unit);
    }
}

void kura_study_print(const kura_scenario_data *data, FILE *to)
{
    if (data->note) {
        fprintf(to, "\nAs a policy:\n");
        print_note(data->note, data, to);
    }
    if (!data->study) return;
    const sc_study *s = data->study;
    print_questions(s, to);
    fprintf(to, "\n%d polic%s compared on the same paths:\n", s->npolicies, s->npolicies == 1 ? "y" : "ies");
    for (int i = 0; i < s->npolicies; i++) {
        fprintf(to, "  %s%s%s\n", s->policies[i].id, s->policies[i].title[0] ? ": " : "",
                s->policies[i].title);
        print_note(&s->policies[i].note, data, to);
    }
}
