/* Runs with the required stocks in place, see stock_check.h. */
#include "run/stock_check.h"
#include "base/error.h"
#include "num/math.h"
#include "model/draw.h"
#include "tally/cluster.h"
#include "tally/estimate.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Stocks tried of each mineral: the required ones of the confidences asked for, then larger ones. */
enum { LEVELS = 8, LARGER = 3 };

typedef struct { /* of one mineral */
    int tier;    /* -1: left out */
    double stock[LEVELS];
    uint64_t adequate[LEVELS], foretold[LEVELS], both[LEVELS]; /* paths */
    /* of the sums of draws of the inputs, where there are any: squares, and the sum of the last draw [8.9] */
    double adequate_squares[LEVELS], difference_squares[LEVELS];
    double last_adequate[LEVELS], last_difference[LEVELS];
} trial;

typedef struct {
    const km_model *model;
    const kura_tally *tally;
    const kura_run_options *options;
    kura_arena arena;
    trial *trials;            /* [mineral] */
    double **opening[LEVELS]; /* [level][mineral] -> [tier] */
    uint8_t *wanted;
    kura_bundle_fn *bundle;
    uint64_t paths, next;
    uint64_t chunk; /* paths that are simulated together: 64, or those of a draw */
    int pair, stop;
    kura_status status;
    kura_error error;
} job;

/* The only stockpile that the required stock is asked of; -1 when there are more, or it does more. */
static int only_tier(const km_mineral *m)
{
    int found = -1;
    if (!m->has_drun) return -1;
    for (int k = m->hubs[m->watch_hub].tier_begin; k < m->hubs[m->watch_hub].tier_end; k++) {
        if (found >= 0 || km_is_pooled(&m->tiers[k]) || m->tiers[k].refills) return -1;
        found = k;
    }
    return found;
}

/* A row of /adequacy, of all confidences. */
static const double *row_of(const job *j, const kura_frame *frame, const char *name, int mineral)
{
    const kf_group *g = kura_frame_find(frame, "adequacy");
    const kf_variable *v = g ? kura_frame_find_var(g, name) : NULL;
    return v ? (const double *)v->data + (size_t)mineral * (size_t)j->model->scenario->tallies.nconfidence
             : NULL;
}

/* The required stocks, at most five; their number. */
static int choose_required(const double *required, int nconfidence, double quantum, double *stock)
{
    int n = 0;
    for (int q = 0; q < nconfidence && n < LEVELS - LARGER; q++)
        if (isfinite(required[q]) && (n == 0 || required[q] / quantum > stock[n - 1]))
            stock[n++] = required[q] / quantum;
    return n;
}

/* Where there is room, a stock clearly below each of them, twice as far as its lower bound: between it and
 * the required one a straight line serves, and the smallest is bounded from below as well. */
static int choose_below(const double *required, const double *lower, int nconfidence, double quantum,
                        double *stock, int n)
{
    double last = -1;
    for (int q = 0; q < nconfidence && n < LEVELS - LARGER; q++) {
        double x = floor(kura_max(0, (2 * lower[q] - required[q]) / quantum));
        if (!isfinite(required[q]) || required[q] / quantum <= last) continue;
        if (x > last && x < required[q] / quantum) stock[n++] = x;
        last = required[q] / quantum;
    }
    kura_sort((uint64_t)n, stock);
    return n;
}

/* In rising order; beyond the largest required one 1.25, 1.75, 2.5, 3.5 ... times as much. */
static void choose(job *j, const kura_frame *frame, int mineral)
{
    const double *required = row_of(j, frame, "required_stock", mineral),
                 *lower = row_of(j, frame, "required_stock_lo", mineral);
    const km_mineral *m = &j->model->minerals[mineral];
    trial *x = &j->trials[mineral];
    int nconfidence = j->model->scenario->tallies.nconfidence;
    if (!required || !lower) x->tier = -1;
    if (x->tier < 0) return;
    int n = choose_required(required, nconfidence, m->quantum, x->stock);
    if (n == 0) { /* all irreducible or refused: nothing to try */
        x->tier = -1;
        return;
    }
    double last = x->stock[n - 1];
    double least = m->watch_use; /* one step of use, where the last is 0 */
    n = choose_below(required, lower, nconfidence, m->quantum, x->stock, n);
    for (int k = 1; n < LEVELS; n++, k++)
        x->stock[n] = floor((last > least ? last : least) * (1 + 0.25 * k * (k + 1) / 2));
}

/* Everything that minerals with a trial need is simulated too: their hosts. */
static kura_status prepare(job *j, const kura_frame *frame, kura_error *err)
{
    const km_model *model = j->model;
    size_t n = (size_t)model->nminerals;
    j->trials = KURA_NEW(&j->arena, trial, n);
    j->wanted = KURA_NEW(&j->arena, uint8_t, n);
    for (int k = 0; k < LEVELS; k++) j->opening[k] = KURA_NEW(&j->arena, double *, n);
    if (j->arena.failed)
        return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the required stocks");
    for (int i = 0; i < model->nminerals; i++) {
        const km_mineral *m = &model->minerals[i];
        trial *x = &j->trials[i];
        x->tier = only_tier(m);
        choose(j, frame, i);
        j->wanted[i] = x->tier >= 0 || m->is_host;
        for (int k = 0; k < LEVELS; k++) {
            double *opening = j->opening[k][i] = KURA_NEW(&j->arena, double, (size_t)m->ntiers + 1);
            if (!opening)
                return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the required stocks");
            for (int a = 0; a < m->ntiers; a++) opening[a] = m->tiers[a].opening;
            if (x->tier >= 0) opening[x->tier] = x->stock[k];
        }
    }
    return KURA_OK;
}

static void nothing(void *user, const kura_view *view) { (void)user, (void)view; }

typedef struct {
    job *j;
    uint64_t (*count)[LEVELS][3]; /* [mineral] of this thread: adequate, foretold, both */
} counter;

static void count(void *user, const kura_view *view)
{
    counter *c = user;
    job *j = c->j;
    const trial *x = &j->trials[view->mineral];
    double required[KURA_LANES], irreducible[KURA_LANES];
    size_t n = j->paths - view->first_path < KURA_LANES ? (size_t)(j->paths - view->first_path) : KURA_LANES;
    if (x->tier < 0) return;
    kura_columns_get(j->tally->metrics, kura_tally_column(view->mineral, KURA_METRIC_REQUIRED),
                     view->first_path, n, required);
    kura_columns_get(j->tally->metrics, kura_tally_column(view->mineral, KURA_METRIC_IRREDUCIBLE),
                     view->first_path, n, irreducible);
    for (int run = 0; run < 2; run++) {
        int level = 2 * j->pair + run;
        const kura_state *s = run ? view->drun : view->base;
        for (size_t l = 0; l < n; l++) {
            int adequate = s->irreducible->v[l] == 0;
            int foretold = irreducible[l] == 0 && required[l] <= x->stock[level];
            c->count[view->mineral][level][0] += (uint64_t)adequate;
            c->count[view->mineral][level][1] += (uint64_t)foretold;
            c->count[view->mineral][level][2] += (uint64_t)(adequate && foretold);
        }
    }
}

static void fail(job *j, kura_status st, const kura_error *error)
{
#pragma omp critical(kura_error)
    if (!j->status) {
        j->status = st;
        if (error) j->error = *error;
    }
#pragma omp atomic write
    j->stop = 1;
}

static kura_status too_little_memory(kura_error *err)
{
    return kura_error_set(err, KURA_E_MEMORY, "not enough memory for a thread");
}

/* The stocks in place for the pair in hand.  Those that are not tried are the draw's own. */
static int open_trial(const job *j, const km_model *model, kura_arena *arena, kura_trial *tried)
{
    size_t n = (size_t)model->nminerals;
    for (int run = 0; run < 2; run++) {
        double **opening = j->opening[2 * j->pair + run], **own = opening;
        if (model != j->model && !(own = KURA_NEW(arena, double *, n))) return -1;
        for (size_t i = 0; i < n && own != opening; i++) {
            const km_mineral *m = &model->minerals[i];
            if (!(own[i] = KURA_NEW(arena, double, (size_t)m->ntiers + 1))) return -1;
            for (int a = 0; a < m->ntiers; a++)
                own[i][a] = a == j->trials[i].tier ? opening[i][a] : m->tiers[a].opening;
        }
        tried->opening[run] = (const double *const *)own;
    }
    tried->wanted = j->wanted;
    return 0;
}

/* Counts of 64 paths, or of a draw.  The caller holds the lock. */
static void add_counts(job *j, const counter *c, int drawn, int last)
{
    for (int i = 0; i < j->model->nminerals; i++)
        for (int k = 0; k < LEVELS; k++) {
            trial *x = &j->trials[i];
            const uint64_t *of = c->count[i][k];
            double adequate = (double)of[0], difference = (double)of[0] - (double)of[1];
            x->adequate[k] += of[0];
            x->foretold[k] += of[1];
            x->both[k] += of[2];
            if (!drawn) continue;
            x->adequate_squares[k] += adequate * adequate; /* whole numbers: exact in any order */
            x->difference_squares[k] += difference * difference;
            /* of the two levels in hand; counts of the others are 0 */
            if (last && k / 2 == j->pair) x->last_adequate[k] = adequate, x->last_difference[k] = difference;
        }
}

/* Paths `first` to `last` of one model. */
static kura_status simulate(job *j, const km_model *model, kura_work *work, counter *c, uint64_t first,
                            uint64_t last, kura_error *err)
{
    kura_observer observer = {c, nothing, count};
    kura_arena arena = {0};
    kura_trial tried;
    kura_status st = open_trial(j, model, &arena, &tried) ? too_little_memory(err) : KURA_OK;
    memset(c->count, 0, (size_t)model->nminerals * sizeof *c->count);
    work->trial = &tried;
    work->paths = j->paths;
    work->brief = 1;
    for (uint64_t p = first; p < last && !st; p += KURA_LANES) {
        st = j->bundle(model, work, p, &observer);
        if (st) *err = work->error;
    }
    kura_arena_fini(&arena);
    if (st) return st;
#pragma omp critical(kura_merge)
    add_counts(j, c, km_draws(j->model), last == j->paths);
    return KURA_OK;
}

/* The paths of one draw of the inputs, with its model. */
static kura_status simulate_draw(job *j, counter *c, uint64_t first, uint64_t last, kura_error *err)
{
    km_draw draw = {0};
    KURA_TRY(km_draw_make(j->model, first / j->chunk, &draw, err));
    kura_work *work = kura_work_new(draw.model);
    kura_status st = work ? simulate(j, draw.model, work, c, first, last, err) : too_little_memory(err);
    kura_work_free(work);
    km_draw_free(&draw);
    return st;
}

static void work_as_thread(job *j)
{
    int drawn = km_draws(j->model);
    kura_work *work = drawn ? NULL : kura_work_new(j->model);
    counter c = {j, calloc((size_t)j->model->nminerals, sizeof *c.count)};
    kura_error error = {0};
    int ready = c.count && (work || drawn);
    if (!ready) fail(j, too_little_memory(&error), &error);
    while (ready) {
        uint64_t first;
        int stop;
#pragma omp atomic capture
        {
            first = j->next;
            j->next += j->chunk;
        }
#pragma omp atomic read
        stop = j->stop;
        if (stop || first >= j->paths) break;
        uint64_t last = j->paths - first < j->chunk ? j->paths : first + j->chunk;
        kura_status st = drawn ? simulate_draw(j, &c, first, last, &error)
                               : simulate(j, j->model, work, &c, first, last, &error);
        if (st) fail(j, st, &error);
        if (j->options->progress) {
            int asked;
#pragma omp critical(kura_progress)
            asked = j->options->progress(j->options->user, j->paths, j->paths, 0);
            if (asked) fail(j, KURA_E_INTERRUPTED, NULL);
        }
    }
    free(c.count);
    kura_work_free(work);
}

/* ---- what was found ---- */

/* The stock that reaches the confidence, by linear interpolation between the stocks that were tried; infinity
 * beyond them, `below` where the smallest reaches it.  `p` are the probabilities, not falling. */
static double stock_for(const trial *x, const double *p, double confidence, double below)
{
    if (p[0] >= confidence) return below;
    for (int k = 1; k < LEVELS; k++)
        if (p[k] >= confidence)
            return x->stock[k - 1] +
                   (x->stock[k] - x->stock[k - 1]) * (confidence - p[k - 1]) / (p[k] - p[k - 1]);
    return INFINITY;
}

/* Probabilities with their bounds, made not to fall: more stock may by chance do worse on a few paths. */
static void adequacy_of(const job *j, const trial *x, double p[3][LEVELS])
{
    for (int k = 0; k < LEVELS; k++) {
        kura_cluster_sums sums = {(double)x->adequate[k], x->adequate_squares[k], x->last_adequate[k]};
        kura_interval s = km_draws(j->model) ? kura_cluster_proportion(j->paths, j->chunk, sums)
                                             : kura_estimate_proportion(x->adequate[k], j->paths);
        double now[] = {s.value, s.lo, s.hi};
        for (int i = 0; i < 3; i++) p[i][k] = k && p[i][k - 1] > now[i] ? p[i][k - 1] : now[i];
    }
}

typedef struct {
    kura_frame *frame;
    kf_group *group;
} target;

static double *array(const target *to, size_t n)
{
    double *x = KURA_NEW(&to->frame->arena, double, n);
    for (size_t i = 0; x && i < n; i++) x[i] = NAN;
    return x;
}

static void put(const target *to, const char *name, const char *dims, const double *x, const char *units,
                const char *text, const char *ancillary)
{
    kura_frame_var(to->frame, to->group, name, KF_F64, dims, x, units, text, "R6.4", ancillary);
}

static void report_levels(job *j, const target *to)
{
    size_t n = (size_t)j->model->nminerals * LEVELS;
    double *days = array(to, n), *p = array(to, n), *foretold = array(to, n), *difference = array(to, n),
           *se = array(to, n), N = (double)j->paths;
    if (!se) return;
    for (int i = 0; i < j->model->nminerals; i++) {
        const trial *x = &j->trials[i];
        for (int k = 0; k < LEVELS && x->tier >= 0; k++) {
            size_t at = (size_t)i * LEVELS + (size_t)k;
            double a = (double)x->adequate[k] / N, f = (double)x->foretold[k] / N, b = (double)x->both[k] / N;
            days[at] = x->stock[k] * j->model->step_days / j->model->minerals[i].watch_use;
            p[at] = a;
            foretold[at] = f;
            difference[at] = a - f;
            double var =
                a + f - 2 * b - (a - f) * (a - f); /* of the difference of two indicators of a path */
            se[at] = N > 1 ? sqrt((var > 0 ? var : 0) / (N - 1)) : NAN;
            kura_cluster_sums sums = {(a - f) * N, x->difference_squares[k], x->last_difference[k]};
            if (km_draws(j->model)) se[at] = sqrt(kura_cluster_variance_of(j->paths, j->chunk, sums));
        }
    }
    kura_frame_dim_count(to->frame, to->group, "tried", LEVELS, "stocks tried, from the smallest");
    put(to, "tried_days", "mineral,tried", days, "d", "stock that was tried, days of base use", NULL);
    put(to, "tried_adequacy", "mineral,tried", p, "1", "probability that it suffices when it is there", NULL);
    put(to, "tried_foretold", "mineral,tried", foretold, "1",
        "the same by the sample of the required stock, from runs with empty stockpiles", NULL);
    put(to, "tried_difference", "mineral,tried", difference, "1",
        "tried_adequacy - tried_foretold, same paths", "tried_difference_se");
    put(to, "tried_difference_se", "mineral,tried", se, "1", "standard error of tried_difference", NULL);
}

static void report_checked(job *j, const target *to)
{
    const sc_tallies *t = &j->model->scenario->tallies;
    size_t q = (size_t)t->nconfidence, n = (size_t)j->model->nminerals * q;
    static const char *const names[] = {"required_stock_checked_days", "required_stock_checked_days_lo",
                                        "required_stock_checked_days_hi"};
    static const char *const texts[] = {
        "stock in days of base use that suffices with this probability when it is there",
        "lower 95 % bound of required_stock_checked_days", "upper 95 % bound of required_stock_checked_days"};
    double *x[3];
    for (int i = 0; i < 3; i++)
        if (!(x[i] = array(to, n))) return;
    for (int i = 0; i < j->model->nminerals; i++) {
        double p[3][LEVELS], days = j->model->step_days / j->model->minerals[i].watch_use;
        if (j->trials[i].tier < 0) continue;
        adequacy_of(j, &j->trials[i], p);
        for (size_t c = 0; c < q; c++) {
            size_t at = (size_t)i * q + c;
            const trial *tried = &j->trials[i]; /* how much less than the smallest would do nobody knows */
            x[0][at] = stock_for(tried, p[0], t->confidence[c], tried->stock[0]) * days;
            x[1][at] = stock_for(tried, p[2], t->confidence[c], 0) * days;
            x[2][at] = stock_for(tried, p[1], t->confidence[c], tried->stock[0]) * days;
        }
    }
    for (int i = 0; i < 3; i++)
        put(to, names[i], "mineral,confidence", x[i], "d", texts[i],
            i ? NULL : "required_stock_checked_days_lo required_stock_checked_days_hi");
}

kura_status kura_stock_check(kura_frame *frame, const kura_tally *tally, const kura_run_options *options,
                             kura_isa isa, int threads, uint64_t paths, kura_error *err)
{
    job j = {.model = tally->model, .tally = tally, .options = options, .paths = paths};
    target to = {frame, kura_frame_group(frame, "adequacy")};
    j.bundle = kura_bundle_for(isa);
    j.chunk = km_draws(j.model) ? km_draw_paths(j.model) : KURA_LANES;
    kura_status st = prepare(&j, frame, err);
    for (j.pair = 0; !st && j.pair < LEVELS / 2; j.pair++) {
        j.next = 0;
#pragma omp parallel num_threads(threads)
        work_as_thread(&j);
        st = j.status;
        if (st && err) *err = j.error;
        if (st && err && !err->code) kura_error_set(err, st, "%s", kura_status_text(st));
    }
    if (!st) st = kura_columns_status(tally->metrics, err); /* what was foretold was read */
    if (!st) {
        report_levels(&j, &to);
        report_checked(&j, &to);
        if (frame->arena.failed) st = kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    }
    kura_arena_fini(&j.arena);
    return st;
}
