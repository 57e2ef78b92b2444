/* /joint: minerals that are short together [8.8]: probabilities of pairs with their odds ratios, the number
 * of minerals short at once, tail dependence of what is not served.  Each with its error. */
#include "tally/cluster.h"
#include "tally/estimate.h"
#include "tally/finalise.h"
#include "tally/joint.h"
#include "tally/sorted.h"
#include "base/error.h"
#include "num/math.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ALPHA 0.95
#define FEW_PATHS 10 /* with both short: below, no interval, as for quantiles [8.6] */

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const kura_tally *tally;
    const kura_joint *joint;
    int n;
    double N;
} context;

/* Means a path of c, ca, cb and their covariances, all per step (year, path). */
typedef struct {
    double p, pa, pb;
    double vpp, vaa, vbb, vpa, vpb, vab; /* covariances of the means */
} pair_moments;

static double units_of(const context *c, int within)
{
    return within == KURA_WITHIN_STEP ? c->joint->T : within == KURA_WITHIN_YEAR ? c->joint->years : 1;
}

static double pair_sum(const context *c, int within, int a, int b, int which)
{
    size_t pair = (size_t)within * kura_joint_pairs(c->n) + kura_joint_pair(c->n, a, b);
    return kura_acc_value(&c->joint->pair[pair * KURA_PAIR_SUMS + (size_t)which]);
}

/* Covariance of two means from the sums over N paths of the numbers and of their product. */
static double covariance(double N, double sum_a, double sum_b, double sum_ab, double units)
{
    return N > 1 ? (sum_ab - sum_a * sum_b / N) / (N * (N - 1)) / (units * units) : NAN;
}

/* Are the inputs drawn?  Then paths of a draw are alike, and the draw is the unit of errors [8.9]. */
static int drawn(const context *c) { return c->tally->cluster > 1; }

/* The same covariance between draws, from the sums and the products of the sums of draws. */
static double between_draws(const context *c, kura_cluster_sums a, kura_cluster_sums b, double products,
                            double units)
{
    return kura_cluster_covariance_of(c->tally->paths, c->tally->cluster, a, b, products) / (units * units);
}

static kura_cluster_sums sums_of_pair(const context *c, int within, int a, int b)
{
    size_t at = ((size_t)within * kura_joint_pairs(c->n) + kura_joint_pair(c->n, a, b)) * KURA_PAIR_SUMS;
    return (kura_cluster_sums){pair_sum(c, within, a, b, KURA_PAIR_C), 0,
                               (double)c->joint->last_pair[at + KURA_PAIR_C]};
}

static void moments_of_draws(const context *c, int within, int a, int b, pair_moments *m)
{
    double units = units_of(c, within);
    kura_cluster_sums sc = sums_of_pair(c, within, a, b), sa = sums_of_pair(c, within, a, a),
                      sb = sums_of_pair(c, within, b, b);
#define COV(x, y, i, k, which) between_draws(c, x, y, pair_sum(c, within, i, k, which), units)
    m->vpp = COV(sc, sc, a, b, KURA_PAIR_CC);
    m->vpa = COV(sc, sa, a, b, KURA_PAIR_C_CA);
    m->vpb = COV(sc, sb, a, b, KURA_PAIR_C_CB);
    m->vab = COV(sa, sb, a, b, KURA_PAIR_CA_CB);
    m->vaa = COV(sa, sa, a, a, KURA_PAIR_CC);
    m->vbb = COV(sb, sb, b, b, KURA_PAIR_CC);
#undef COV
}

static pair_moments moments(const context *c, int within, int a, int b)
{
    double N = c->N, units = units_of(c, within);
    double sc = pair_sum(c, within, a, b, KURA_PAIR_C), sa = pair_sum(c, within, a, a, KURA_PAIR_C),
           sb = pair_sum(c, within, b, b, KURA_PAIR_C);
#define COV(x, y, which) covariance(N, x, y, pair_sum(c, within, a, b, which), units)
    pair_moments m = {.p = sc / (N * units), .pa = sa / (N * units), .pb = sb / (N * units)};
    m.vpp = COV(sc, sc, KURA_PAIR_CC);
    m.vpa = COV(sc, sa, KURA_PAIR_C_CA);
    m.vpb = COV(sc, sb, KURA_PAIR_C_CB);
    m.vab = COV(sa, sb, KURA_PAIR_CA_CB);
#undef COV
    m.vaa = covariance(N, sa, sa, pair_sum(c, within, a, a, KURA_PAIR_CC), units);
    m.vbb = covariance(N, sb, sb, pair_sum(c, within, b, b, KURA_PAIR_CC), units);
    if (drawn(c)) moments_of_draws(c, within, a, b, &m);
    return m;
}

/* Odds ratio with its interval on the log scale (delta method): its logarithm is ln p11 + ln p00 - ln p10 -
 * ln p01 with p10 = pa - p, p01 = pb - p, p00 = 1 - pa - pb + p. */
static kura_interval odds(const pair_moments *m, int few, double deviations)
{
    double p10 = m->pa - m->p, p01 = m->pb - m->p, p00 = 1 - m->pa - m->pb + m->p;
    kura_interval x = {(m->p * p00) / (p10 * p01), NAN, NAN}; /* 0, infinite or undefined with empty cells */
    if (few || !(m->p > 0 && p10 > 0 && p01 > 0 && p00 > 0)) return x;
    double dp = 1 / m->p + 1 / p00 + 1 / p10 + 1 / p01, da = -1 / p00 - 1 / p10, db = -1 / p00 - 1 / p01;
    double var = dp * dp * m->vpp + da * da * m->vaa + db * db * m->vbb +
                 2 * (dp * da * m->vpa + dp * db * m->vpb + da * db * m->vab);
    double width = deviations * sqrt(var > 0 ? var : var == var ? 0 : NAN);
    if (width != width) return x; /* one draw */
    x.lo = x.value * kura_exp(-width);
    x.hi = x.value * kura_exp(width);
    return x;
}

static void twin(context *c, const char *name, const char *suffix, const char *dims, const double *x,
                 const char *what, const char *long_name)
{
    kura_frame_var(c->frame, c->group, kura_arena_printf(&c->frame->arena, "%s%s", name, suffix), KF_F64,
                   dims, x, "1", kura_arena_printf(&c->frame->arena, "%s %s", what, long_name), "8.8", NULL);
}

static void pair(context *c, const char *name, const char *dims, const double *x, const double *se,
                 const char *long_name)
{
    kura_frame_var(c->frame, c->group, name, KF_F64, dims, x, "1", long_name, "8.8",
                   kura_arena_printf(&c->frame->arena, "%s_se", name));
    twin(c, name, "_se", dims, se, "standard error of", long_name);
}

static void pairs(context *c)
{
    size_t n = (size_t)c->n, cells = KURA_WITHIN_COUNT * n * n;
    double *x[5], width = kura_cluster_width(c->tally->paths, c->tally->cluster);
    for (int k = 0; k < 5; k++)
        if (!(x[k] = kura_finalise_array(c->frame, cells))) return;
    for (size_t i = 0; i < cells; i++) {
        int within = (int)(i / (n * n)), a = (int)(i / n % n), b = (int)(i % n);
        pair_moments m = moments(c, within, a < b ? a : b, a < b ? b : a);
        x[0][i] = m.p;
        x[1][i] = sqrt(m.vpp > 0 ? m.vpp : m.vpp == m.vpp ? 0 : NAN);
        if (a == b) continue;
        double paths = pair_sum(c, KURA_WITHIN_PATH, a < b ? a : b, a < b ? b : a, KURA_PAIR_C);
        kura_interval ratio = odds(&m, paths < FEW_PATHS, width);
        x[2][i] = ratio.value, x[3][i] = ratio.lo, x[4][i] = ratio.hi;
    }
    const char *dims = "within,mineral,other";
    pair(c, "both_short", dims, x[0], x[1],
         "probability that both minerals are short in the same step, the same year (the horizon in as many "
         "equal parts as it has years), on the same path; on the diagonal of one alone");
    const char *ratio = "odds ratio of the shortages of two minerals: 1 when independent";
    kura_frame_var(c->frame, c->group, "odds_ratio", KF_F64, dims, x[2], "1", ratio, "8.8",
                   "odds_ratio_lo odds_ratio_hi");
    twin(c, "odds_ratio", "_lo", dims, x[3], "lower 95 % bound of", ratio);
    twin(c, "odds_ratio", "_hi", dims, x[4], "upper 95 % bound of", ratio);
}

static kura_estimate number(const context *c, int within, int k)
{
    size_t at = ((size_t)within * (size_t)(c->n + 1) + (size_t)k) * KURA_NUMBER_SUMS;
    const kura_acc *s = &c->joint->number[at];
    double sum = kura_acc_value(&s[KURA_NUMBER_C]), units = units_of(c, within);
    double var = covariance(c->N, sum, sum, kura_acc_value(&s[KURA_NUMBER_CC]), units);
    if (drawn(c)) {
        kura_cluster_sums of = {sum, 0, (double)c->joint->last_number[at + KURA_NUMBER_C]};
        var = between_draws(c, of, of, kura_acc_value(&s[KURA_NUMBER_CC]), units);
    }
    return (kura_estimate){sum / (c->N * units), sqrt(var > 0 ? var : var == var ? 0 : NAN)};
}

static void numbers(context *c)
{
    int headline = 0;
    for (int m = 0; m < c->n; m++) headline += c->tally->model->minerals[m].report == SC_REPORT_HEADLINE;
    size_t cells = KURA_WITHIN_COUNT * (size_t)headline;
    double *mean = kura_finalise_array(c->frame, KURA_WITHIN_COUNT),
           *mean_se = kura_finalise_array(c->frame, KURA_WITHIN_COUNT);
    double *x = kura_finalise_array(c->frame, cells), *se = kura_finalise_array(c->frame, cells);
    int32_t *at_least = KURA_NEW(&c->frame->arena, int32_t, (size_t)headline);
    if (!mean || !mean_se || !x || !se || !at_least || !headline) return;
    for (int w = 0; w < KURA_WITHIN_COUNT; w++) {
        kura_estimate e = number(c, w, 0);
        mean[w] = e.value, mean_se[w] = e.se;
        for (int k = 0; k < headline; k++) {
            e = number(c, w, k + 1);
            x[w * headline + k] = e.value, se[w * headline + k] = e.se;
            at_least[k] = k + 1;
        }
    }
    kura_frame_dim_i32(c->frame, c->group, "at_least", headline, at_least, "1",
                       "number of headline minerals");
    pair(c, "expected_number_short", "within", mean, mean_se,
         "expected number of headline minerals short in the same step, year, path");
    pair(c, "number_short", "within,at_least", x, se,
         "probability that at least so many headline minerals are short in the same step, year, path");
}

/* ---- tail dependence ---- */

/* Paths above a threshold: at the quantile alpha, and at two beside it for the slope. */
enum { AT, BELOW, ABOVE, LEVELS };

typedef struct {
    double *threshold;  /* [mineral][LEVELS]; NaN: none, the quantile is 0 or the sample too small */
    uint64_t *words;    /* [mineral][LEVELS][16] of a block */
    uint64_t *exceed;   /* [mineral][LEVELS] */
    uint64_t *together; /* [mineral][LEVELS][other] the mineral above that level, the other above AT */
    /* of the sums of draws, [mineral][other] at level AT; NULL without draws */
    uint64_t *both_both, *both_one, *one_other, *last_both;
    uint64_t *of_draw, *last; /* [mineral] of the draw in hand, of the last */
} tail;

static kura_status thresholds(const context *c, tail *t, kura_error *err)
{
    kura_sorted *sorted = NULL;
    double N = c->N, h = fmin(1 / sqrt(N), (1 - ALPHA) / 2);
    const double at[LEVELS] = {ALPHA, ALPHA - h, ALPHA + h};
    KURA_TRY(kura_sorted_new(c->tally->paths, c->tally->folder, &sorted, err));
    kura_status st = KURA_OK;
    for (int m = 0; m < c->n && !st; m++) {
        kura_series x = kura_tally_metric(c->tally, m, KURA_METRIC_UNSERVED);
        st = kura_sorted_fill(sorted, c->tally->paths, &x, err);
        if (st) break;
        kura_series s = kura_sorted_series(sorted);
        for (int k = 0; k < LEVELS; k++)
            t->threshold[m * LEVELS + k] = kura_series_at(&s, (uint64_t)ceil(at[k] * N) - 1);
        if (!(t->threshold[m * LEVELS + AT] > 0)) t->threshold[m * LEVELS + AT] = NAN;
    }
    if (!st) st = kura_sorted_status(sorted, err);
    kura_sorted_free(sorted);
    return st;
}

static void count_block(const context *c, tail *t, uint64_t block)
{
    enum { WORDS = KURA_SERIES_BLOCK / 64 };
    double room[KURA_SERIES_BLOCK];
    uint64_t left = c->tally->paths - block * KURA_SERIES_BLOCK;
    size_t n = (size_t)c->n;
    memset(t->words, 0, n * LEVELS * WORDS * sizeof *t->words);
    for (size_t m = 0; m < n; m++) {
        if (isnan(t->threshold[m * LEVELS])) continue;
        kura_series s = kura_tally_metric(c->tally, (int)m, KURA_METRIC_UNSERVED);
        const double *x = s.block(&s, block, room);
        for (size_t k = 0; k < LEVELS; k++)
            for (uint64_t i = 0; i < KURA_SERIES_BLOCK && i < left; i++)
                t->words[(m * LEVELS + k) * WORDS + i / 64] |= (uint64_t)(x[i] > t->threshold[m * LEVELS + k])
                                                               << (i % 64);
    }
    for (size_t mk = 0; mk < n * LEVELS; mk++) {
        const uint64_t *a = t->words + mk * WORDS;
        for (int i = 0; i < WORDS; i++) t->exceed[mk] += (uint64_t)__builtin_popcountll(a[i]);
        for (size_t o = 0; o < n; o++) {
            const uint64_t *b = t->words + o * LEVELS * WORDS;
            for (int i = 0; i < WORDS; i++)
                t->together[mk * n + o] += (uint64_t)__builtin_popcountll(a[i] & b[i]);
        }
    }
}

/* Products of the sums of each draw of the block, which is whole words. */
static void count_draws(const context *c, tail *t, uint64_t block)
{
    enum { WORDS = KURA_SERIES_BLOCK / 64 };
    size_t n = (size_t)c->n, words = (size_t)(c->tally->cluster / 64);
    uint64_t left = c->tally->paths - block * KURA_SERIES_BLOCK;
    for (size_t w = 0; w < WORDS && w * 64 < left; w += words) {
        int last = (w + words) * 64 >= left;
        for (size_t m = 0; m < n; m++) {
            const uint64_t *a = t->words + m * LEVELS * WORDS + w;
            t->of_draw[m] = 0;
            for (size_t i = 0; i < words; i++) t->of_draw[m] += (uint64_t)__builtin_popcountll(a[i]);
            if (last) t->last[m] = t->of_draw[m];
        }
        for (size_t m = 0; m < n; m++)
            for (size_t o = 0; o < n; o++) {
                const uint64_t *a = t->words + m * LEVELS * WORDS + w, *b = t->words + o * LEVELS * WORDS + w;
                uint64_t both = 0;
                for (size_t i = 0; i < words; i++) both += (uint64_t)__builtin_popcountll(a[i] & b[i]);
                t->both_both[m * n + o] += both * both;
                t->both_one[m * n + o] += both * t->of_draw[m];
                t->one_other[m * n + o] += t->of_draw[m] * t->of_draw[o];
                if (last) t->last_both[m * n + o] = both;
            }
    }
}

/* dC/da of the copula of exceedances, between the levels beside alpha. */
static double slope(const context *c, const tail *t, size_t m, size_t o)
{
    size_t n = (size_t)c->n, lo = m * LEVELS + BELOW, hi = m * LEVELS + ABOVE;
    double da = (double)t->exceed[lo] - (double)t->exceed[hi];
    return da > 0 ? ((double)t->together[lo * n + o] - (double)t->together[hi * n + o]) / da : 0;
}

/* Error of q = P(both above their sample quantiles): that of the empirical copula, whose quantiles move with
 * the sample: the variance of 1{both} - C1 1{a} - C2 1{b}. */
static double error_of(const context *c, const tail *t, size_t m, size_t o)
{
    size_t n = (size_t)c->n;
    double N = c->N, q = (double)t->together[m * LEVELS * n + o] / N;
    double p1 = (double)t->exceed[m * LEVELS] / N, p2 = (double)t->exceed[o * LEVELS] / N;
    double c1 = slope(c, t, m, o), c2 = slope(c, t, o, m);
    double var = q * (1 - q) + c1 * c1 * p1 * (1 - p1) + c2 * c2 * p2 * (1 - p2) - 2 * c1 * q * (1 - p1) -
                 2 * c2 * q * (1 - p2) + 2 * c1 * c2 * (q - p1 * p2);
    return sqrt((var > 0 ? var : 0) / (N - 1));
}

/* The same between draws. */
static double error_of_draws(const context *c, const tail *t, size_t m, size_t o)
{
    size_t n = (size_t)c->n;
    kura_cluster_sums both = {(double)t->together[m * LEVELS * n + o], 0, (double)t->last_both[m * n + o]},
                      a = {(double)t->exceed[m * LEVELS], 0, (double)t->last[m]},
                      b = {(double)t->exceed[o * LEVELS], 0, (double)t->last[o]};
    double c1 = slope(c, t, m, o), c2 = slope(c, t, o, m);
#define COV(x, y, of) between_draws(c, x, y, (double)t->of, 1)
    double var = COV(both, both, both_both[m * n + o]) + c1 * c1 * COV(a, a, one_other[m * n + m]) +
                 c2 * c2 * COV(b, b, one_other[o * n + o]) - 2 * c1 * COV(both, a, both_one[m * n + o]) -
                 2 * c2 * COV(both, b, both_one[o * n + m]) + 2 * c1 * c2 * COV(a, b, one_other[m * n + o]);
#undef COV
    return sqrt(var > 0 ? var : var == var ? 0 : NAN);
}

static void open_draws(tail *t, size_t n, kura_arena *scratch)
{
    uint64_t **squares[] = {&t->both_both, &t->both_one, &t->one_other, &t->last_both};
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
        *squares[i] = KURA_NEW(scratch, uint64_t, n * n);
    t->of_draw = KURA_NEW(scratch, uint64_t, n);
    t->last = KURA_NEW(scratch, uint64_t, n);
}

static kura_status tails(context *c, kura_error *err)
{
    size_t n = (size_t)c->n;
    kura_arena scratch = {0};
    tail t = {.threshold = KURA_NEW(&scratch, double, n *LEVELS),
              .words = KURA_NEW(&scratch, uint64_t, n * LEVELS * (KURA_SERIES_BLOCK / 64)),
              .exceed = KURA_NEW(&scratch, uint64_t, n * LEVELS),
              .together = KURA_NEW(&scratch, uint64_t, n * LEVELS * n)};
    double *x = kura_finalise_array(c->frame, n * n), *se = kura_finalise_array(c->frame, n * n);
    kura_status st = KURA_OK;
    int enough = c->N * (1 - ALPHA) >= 10; /* as for a quantile [8.6] */
    if (drawn(c)) open_draws(&t, n, &scratch);
    if (scratch.failed || !x || !se)
        st = kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    if (!st && enough) st = thresholds(c, &t, err);
    for (uint64_t b = 0; !st && enough && b * KURA_SERIES_BLOCK < c->tally->paths; b++) {
        count_block(c, &t, b);
        if (drawn(c)) count_draws(c, &t, b);
    }
    for (size_t i = 0; !st && enough && i < n * n; i++) {
        size_t m = i / n, o = i % n;
        if (m == o || isnan(t.threshold[m * LEVELS]) || isnan(t.threshold[o * LEVELS])) continue;
        x[i] = (double)t.together[m * LEVELS * n + o] / (c->N * (1 - ALPHA));
        se[i] = (drawn(c) ? error_of_draws(c, &t, m, o) : error_of(c, &t, m, o)) / (1 - ALPHA);
    }
    kura_arena_fini(&scratch);
    if (!st)
        pair(c, "tail_dependence", "mineral,other", x, se,
             "P(unserved demand of both above its 95 % quantile) / 5 %: 0.05 when independent, 1 when the "
             "worst paths are the same; of minerals short on more than 5 % of paths");
    return st;
}

kura_status kura_finalise_joint(kura_frame *frame, const kura_tally *tally, kura_error *err)
{
    static const char *const within[] = {"step", "year", "path"};
    const km_model *model = tally->model;
    context c = {.frame = frame,
                 .group = kura_frame_group(frame, "joint"),
                 .tally = tally,
                 .joint = tally->joint,
                 .n = model->nminerals,
                 .N = (double)tally->paths};
    const char **ids = KURA_NEW(&frame->arena, const char *, (size_t)model->nminerals);
    if (!c.group || !ids) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (int m = 0; m < model->nminerals; m++) ids[m] = model->minerals[m].id;
    kura_frame_dim_labels(frame, c.group, "within", KURA_WITHIN_COUNT, within);
    kura_finalise_minerals(frame, c.group, model);
    kura_frame_dim_labels(frame, c.group, "other", model->nminerals, ids);
    pairs(&c);
    numbers(&c);
    return tails(&c, err);
}
