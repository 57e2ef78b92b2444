/* Differences of runs on the same paths, see compare.h. */
#include "tally/compare.h"
#include "base/error.h"
#include "num/math.h"
#include "tally/cluster.h"
#include "tally/compare_internal.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = KURA_SERIES_BLOCK };
#define AXIS_CONFIDENCE 0.95

static size_t all_of(const kura_comparison *c) { return (size_t)c->base->nminerals + 1; }

static kura_measure *measures_of(const kura_comparison *c, kura_measure *from, int number)
{
    return from + (size_t)number * all_of(c);
}

/* ---- which numbers ---- */

/* Does any headline mineral have a figure of the metric?  Without a section of costs none has one of money.
 */
static int is_known(const kura_member *m, int metric)
{
    int any = 0;
    for (int i = 0; i < m->nminerals; i++)
        any |= m->minerals[i].headline && !(m->minerals[i].unknown && m->minerals[i].unknown[metric]);
    return any;
}

static void add_number(kura_comparison *c, sc_compare id, int level)
{
    const kura_recipe *r = kura_recipe_of(id);
    int a = r->money ? kura_metric_find(r->money) : (int)r->a;
    const unsigned char *has = c->base->has;
    if (a < 0 || a >= KURA_METRIC_COUNT || (has && !has[a])) return;
    if (r->money && !is_known(c->base, a)) return;
    if (has && r->b < KURA_METRIC_COUNT && !has[r->b]) return;
    if (id == SC_COMPARE_LONG && isnan(c->base->long_limit)) return;
    c->numbers[c->nnumbers++] = (kura_number){id, level, (kura_metric)a, r->b};
}

static void list_numbers(kura_comparison *c)
{
    for (int id = 0; id < SC_COMPARE_COUNT; id++) {
        if (id != SC_COMPARE_STOCK) add_number(c, (sc_compare)id, -1);
        for (int q = 0; id == SC_COMPARE_STOCK && q < c->base->nconfidence; q++)
            add_number(c, (sc_compare)id, q);
    }
}

int kura_comparison_numbers(const kura_comparison *c, const kura_number **out)
{
    *out = c->numbers;
    return c->nnumbers;
}

int kura_comparison_find(const kura_comparison *c, sc_compare id, int level)
{
    for (int i = 0; i < c->nnumbers; i++)
        if (c->numbers[i].id == id && (c->numbers[i].level == level || c->numbers[i].level < 0)) return i;
    return -1;
}

static int level_of(const kura_comparison *c, double confidence)
{
    for (int q = 0; q < c->base->nconfidence; q++)
        if (fabs(c->base->confidence[q] - confidence) < 1e-9) return q;
    return -1;
}

/* Cost first, then the risks it is weighed against. */
static void list_axes(kura_comparison *c)
{
    int level = level_of(c, AXIS_CONFIDENCE);
    const int found[] = {
        kura_comparison_find(c, SC_COMPARE_COST, -1), kura_comparison_find(c, SC_COMPARE_NEUE, -1),
        kura_comparison_find(c, SC_COMPARE_LOLE, -1), kura_comparison_find(c, SC_COMPARE_CVAR_LOSS, -1),
        level < 0 ? -1 : kura_comparison_find(c, SC_COMPARE_STOCK, level)};
    for (size_t i = 0; i < sizeof found / sizeof *found && found[0] >= 0; i++)
        if (found[i] >= 0) c->axis[c->axes++] = found[i];
}

/* ---- the base ---- */

static kura_status measure_all(const kura_comparison *c, const kura_member *m, kura_measure *out,
                               kura_error *err)
{
    for (int i = 0; i < c->nnumbers; i++) {
        kura_measure *each = measures_of(c, out, i);
        for (int k = 0; k <= m->nminerals; k++)
            KURA_TRY(kura_measure_of(m, &c->numbers[i], k, c->sorted, each, &each[k], err));
    }
    return kura_columns_status(m->columns, err);
}

/* Keeps what the frontier needs of a run: a few numbers a path. */
static kura_status keep(kura_comparison *c, int run, const kura_member *m, kura_measure *measures,
                        kura_error *err)
{
    for (int a = 0; a < c->axes; a++) {
        int i = c->axis[a];
        kura_linear l = {m, &c->numbers[i], measures_of(c, measures, i), m->nminerals};
        size_t column = (size_t)run * (size_t)c->axes + (size_t)a;
        c->kept_value[column] = kura_linear_is(&l) ? l.each[l.mineral].value : NAN;
        kura_linear_keep(&l, c->kept, column);
    }
    return c->kept ? kura_columns_status(c->kept, err) : KURA_OK;
}

static kura_status allocate(kura_comparison *c, const char *folder, kura_error *err)
{
    size_t p = (size_t)c->policies, n = (size_t)c->nnumbers * all_of(c), runs = (p + 1) * (size_t)c->axes;
    c->measures = KURA_NEW(&c->arena, kura_measure, n);
    c->paired = KURA_NEW(&c->arena, kura_paired, p * n);
    c->bought = KURA_NEW(&c->arena, kura_fieller_set, p * KURA_PER_COUNT * all_of(c));
    c->done = KURA_NEW(&c->arena, unsigned char, p);
    c->kept_value = KURA_NEW(&c->arena, double, runs);
    if (c->arena.failed) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to compare policies");
    const kura_paired none = {NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    for (size_t i = 0; i < p * n; i++) c->paired[i] = none;
    for (size_t i = 0; i < p * KURA_PER_COUNT * all_of(c); i++)
        c->bought[i] = (kura_fieller_set){NAN, NAN, NAN, KURA_FIELLER_NONE};
    for (size_t i = 0; i < runs; i++) c->kept_value[i] = NAN;
    KURA_TRY(kura_sorted_new(c->base->paths, folder, &c->sorted, err));
    return c->axes ? kura_columns_new(runs, c->base->paths, folder, &c->kept, err) : KURA_OK;
}

kura_status kura_comparison_new(const kura_member *base, int policies, double confidence, const char *folder,
                                kura_comparison **out, kura_error *err)
{
    kura_comparison *c = *out = calloc(1, sizeof *c);
    if (!c) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to compare policies");
    c->base = base;
    c->policies = c->choices = policies;
    c->confidence = confidence;
    c->unit = base->unit;
    c->numbers = KURA_NEW(&c->arena, kura_number, (size_t)(SC_COMPARE_COUNT + base->nconfidence));
    kura_status st = KURA_E_MEMORY;
    if (c->numbers) {
        list_numbers(c);
        list_axes(c);
        st = allocate(c, folder, err);
    }
    if (!st) st = measure_all(c, base, c->measures, err);
    if (!st) st = keep(c, 0, base, c->measures, err);
    if (!st) return KURA_OK;
    kura_comparison_free(c);
    *out = NULL;
    return st;
}

void kura_comparison_free(kura_comparison *c)
{
    if (!c) return;
    kura_sorted_free(c->sorted);
    kura_columns_free(c->kept);
    kura_left_out_free(c->left_out);
    kura_gains_free(c->gains);
    kura_arena_fini(&c->arena);
    free(c);
}

/* ---- differences ---- */

/* Paths that are independent of each other in both runs: the units of one are parts of those of the other. */
static uint64_t unit_of(const kura_member *a, const kura_member *b)
{
    return a->unit > b->unit ? a->unit : b->unit;
}

static double quantile_of(const kura_comparison *c, uint64_t unit)
{
    return unit > 1 ? kura_cluster_student(c->base->paths, unit, 0.5 - 0.5 * c->confidence)
                    : kura_norm_inv(0.5 + 0.5 * c->confidence);
}

static int are_alike(const kura_linear *of, const kura_linear *than)
{
    int n = of->member->nminerals;
    for (int i = 0; of->mineral == n && i < n; i++)
        if (kura_linear_counts(of, i) != kura_linear_counts(than, i)) return 0;
    return 1;
}

double kura_comparison_quantile(const kura_comparison *c) { return quantile_of(c, c->unit); }

static void compare_one(const kura_comparison *c, const kura_linear *of, const kura_linear *than,
                        kura_paired *out)
{
    const kura_measure *p = &of->each[of->mineral], *b = &than->each[than->mineral];
    uint64_t paths = of->member->paths, unit = unit_of(of->member, than->member);
    double z = quantile_of(c, unit);
    out->value = p->value;
    out->se = p->se;
    if (!are_alike(of, than)) return;      /* totals over different minerals */
    out->difference = p->value - b->value; /* NaN of two infinite ones */
    out->unpaired_se = sqrt(p->se * p->se + b->se * b->se);
    if (!isfinite(out->difference)) return;
    out->paths = (double)kura_linear_differs(of, than);
    if (isinf(p->se) || isinf(b->se)) {
        out->difference_se = INFINITY;
        out->lo = -INFINITY, out->hi = INFINITY;
    }
    if (!kura_linear_is(of) || !kura_linear_is(than)) return;
    kura_pair_of pair = {kura_linear_series(of), kura_linear_series(than), 1, 1, paths};
    kura_series d = kura_difference_series(&pair);
    double se = kura_estimate_units_of(paths, &d, unit).se;
    out->difference_se = se <= 0x1p-44 * (fabs(p->value) + fabs(b->value)) ? 0 : se;
    out->lo = out->difference - z * out->difference_se;
    out->hi = out->difference + z * out->difference_se;
    if (unit <= 1) return;
    kura_spread s = kura_spread_of_difference(of, than, unit);
    out->ignorance_sd = s.sd, out->ignorance_lo = s.lo, out->ignorance_hi = s.hi;
}

/* Error of x +- y, each in units of its own error; the covariance of both follows. */
static double correlation(uint64_t paths, uint64_t unit, const kura_series *x, const kura_series *y,
                          double se_x, double se_y)
{
    kura_pair_of sum = {*x, *y, 1 / se_x, -1 / se_y, paths};
    kura_series s = kura_difference_series(&sum);
    double se = kura_estimate_units_of(paths, &s, unit).se;
    return 0.5 * se * se - 1;
}

/* Does the policy move the risk of a mineral whose cost has no figure?  Then what is paid for the risk of all
 * is not known. */
static int moves_unpaid(const kura_comparison *c, int policy, const kura_linear *cost, int risk)
{
    for (int i = 0; i < cost->member->nminerals && cost->mineral == cost->member->nminerals; i++)
        if (cost->member->minerals[i].headline && !kura_linear_counts(cost, i) &&
            kura_comparison_of(c, policy, risk, i)->paths > 0)
            return 1;
    return 0;
}

/* What a unit of risk avoided costs: the ratio of two mean differences [7].  Sums over the horizon. */
static void price_of(kura_comparison *c, int policy, const kura_member *m, kura_measure *measures, int cost,
                     int risk, int mineral, kura_fieller_set *out)
{
    kura_linear l[4] = {{m, &c->numbers[cost], measures_of(c, measures, cost), mineral},
                        {c->base, &c->numbers[cost], measures_of(c, c->measures, cost), mineral},
                        {m, &c->numbers[risk], measures_of(c, measures, risk), mineral},
                        {c->base, &c->numbers[risk], measures_of(c, c->measures, risk), mineral}};
    const kura_paired *dc = kura_comparison_of(c, policy, cost, mineral),
                      *dr = kura_comparison_of(c, policy, risk, mineral);
    for (int i = 0; i < 4; i++)
        if (!kura_linear_is(&l[i])) return;
    if (moves_unpaid(c, policy, &l[0], risk)) return;
    kura_pair_of pair[2] = {
        {kura_linear_series(&l[0]), kura_linear_series(&l[1]), 1, 1, m->paths},
        {kura_linear_series(&l[3]), kura_linear_series(&l[2]), 1, 1, m->paths}}; /* avoided */
    kura_series x = kura_difference_series(&pair[0]), y = kura_difference_series(&pair[1]);
    uint64_t unit = unit_of(m, c->base);
    double cov = 0, years = 1 / m->per;
    if (dc->difference_se > 0 && dr->difference_se > 0)
        cov = correlation(m->paths, unit, &x, &y, dc->difference_se, dr->difference_se) * dc->difference_se *
              dr->difference_se;
    *out = kura_fieller(dc->difference, -years * dr->difference, dc->difference_se * dc->difference_se,
                        years * cov, years * years * dr->difference_se * dr->difference_se,
                        quantile_of(c, unit));
}

static void price_all(kura_comparison *c, int policy, const kura_member *m, kura_measure *measures)
{
    int cost = kura_comparison_find(c, SC_COMPARE_COST, -1);
    const int risk[] = {kura_comparison_find(c, SC_COMPARE_EUE, -1),
                        kura_comparison_find(c, SC_COMPARE_LOLE, -1)};
    if (cost < 0) return;
    for (int k = 0; k < KURA_PER_COUNT; k++)
        for (int i = 0; i <= m->nminerals && risk[k] >= 0; i++)
            price_of(c, policy, m, measures, cost, risk[k], i,
                     &c->bought[((size_t)policy * KURA_PER_COUNT + (size_t)k) * all_of(c) + (size_t)i]);
}

/* A policy that moves a mineral whose cost has no figure is not on the frontier: it would count as free. */
static void leave_unpaid(kura_comparison *c, int policy, const kura_member *m, kura_measure *measures)
{
    int cost = kura_comparison_find(c, SC_COMPARE_COST, -1),
        risk = kura_comparison_find(c, SC_COMPARE_LOLE, -1);
    if (cost < 0 || risk < 0 || !c->axes) return;
    kura_linear all = {m, &c->numbers[cost], measures_of(c, measures, cost), m->nminerals};
    if (moves_unpaid(c, policy, &all, risk)) c->kept_value[(size_t)(policy + 1) * (size_t)c->axes] = NAN;
}

kura_status kura_comparison_add(kura_comparison *c, int policy, const kura_member *m, kura_error *err)
{
    size_t n = (size_t)c->nnumbers * all_of(c);
    kura_measure *measures = calloc(n, sizeof *measures);
    if (!measures) return kura_error_set(err, KURA_E_MEMORY, "not enough memory to compare policies");
    kura_status st = measure_all(c, m, measures, err);
    if (m->unit > c->unit) c->unit = m->unit;
    for (int i = 0; i < c->nnumbers && !st; i++)
        for (int k = 0; k <= m->nminerals; k++) {
            kura_linear of = {m, &c->numbers[i], measures_of(c, measures, i), k},
                        than = {c->base, &c->numbers[i], measures_of(c, c->measures, i), k};
            compare_one(c, &of, &than, &c->paired[(size_t)policy * n + (size_t)i * all_of(c) + (size_t)k]);
        }
    if (!st && policy < c->choices) price_all(c, policy, m, measures);
    if (!st && policy < c->choices) st = keep(c, policy + 1, m, measures, err);
    if (!st && policy < c->choices) leave_unpaid(c, policy, m, measures);
    if (!st && c->left_out) st = kura_left_out_keep(c->left_out, c, policy + 1, m, measures, err);
    if (!st && c->gains) st = kura_gains_keep(c->gains, c, policy + 1, m, measures, err);
    if (!st) st = kura_columns_status(m->columns, err);
    if (!st) st = kura_columns_status(c->base->columns, err);
    c->done[policy] = !st;
    free(measures);
    return st;
}

kura_status kura_comparison_ask(kura_comparison *c, const sc_study *study, const char *folder,
                                kura_error *err)
{
    c->choices = study->nchoices;
    if (study->leave_out.ncauses) {
        KURA_TRY(kura_left_out_new(c, &study->leave_out, folder, &c->left_out, err));
        KURA_TRY(kura_left_out_keep(c->left_out, c, 0, c->base, c->measures, err));
    }
    return study->nbreak_even ? kura_gains_new(c, study, folder, &c->gains, err) : KURA_OK;
}

/* ---- reading ---- */

const kura_measure *kura_comparison_base(const kura_comparison *c, int number, int mineral)
{
    return &c->measures[(size_t)number * all_of(c) + (size_t)mineral];
}

const kura_paired *kura_comparison_of(const kura_comparison *c, int policy, int number, int mineral)
{
    return &c->paired[((size_t)policy * (size_t)c->nnumbers + (size_t)number) * all_of(c) + (size_t)mineral];
}

int kura_comparison_is_done(const kura_comparison *c, int policy) { return c->done[policy]; }

kura_holds kura_comparison_holds(const kura_paired *p, sc_direction expected)
{
    if (isnan(p->difference)) return KURA_HOLDS_NOT_RESOLVED;
    int same = p->difference == 0 && p->paths == 0; /* a quantile may stay where its paths move */
    if (same) return expected == SC_EXPECT_NOTHING ? KURA_HOLDS_YES : KURA_HOLDS_NO;
    if (!(p->lo > 0 || p->hi < 0) || p->paths < KURA_FEW_PATHS) return KURA_HOLDS_NOT_RESOLVED;
    sc_direction is = p->difference < 0 ? SC_EXPECT_FALLS : SC_EXPECT_RISES;
    return is == expected ? KURA_HOLDS_YES : KURA_HOLDS_NO;
}
