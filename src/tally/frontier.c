/* /frontier: costs against risks, and which policies are dominated [7].
 *
 * b dominates a where it costs less and leaves less risk, each beyond the interval of the paired difference
 * at a level that holds for all pairs and both differences together (Bonferroni).  A difference that is 0 on
 * every path needs no interval: one of the two may be that. */
#include "base/error.h"
#include "num/math.h"
#include "tally/compare_internal.h"
#include <math.h>
#include <string.h>

int kura_is_dominated(double cost, double cost_se, double risk, double risk_se, double z)
{
    int same_cost = cost == 0 && cost_se == 0, same_risk = risk == 0 && risk_se == 0;
    int more_cost = cost - z * cost_se > 0, more_risk = risk - z * risk_se > 0;
    return (more_cost && (more_risk || same_risk)) || (same_cost && more_risk);
}

static size_t column(const kura_comparison *c, int run, int axis)
{
    return (size_t)run * (size_t)c->axes + (size_t)axis;
}

/* Difference of run a to run b on one axis. */
static kura_estimate difference(const kura_comparison *c, int a, int b, int axis)
{
    kura_pair_of pair = {kura_columns_series(c->kept, column(c, a, axis)),
                         kura_columns_series(c->kept, column(c, b, axis)), 1, 1, c->base->paths};
    double x = c->kept_value[column(c, a, axis)], y = c->kept_value[column(c, b, axis)];
    kura_series s = kura_difference_series(&pair);
    kura_estimate e = {x - y, kura_estimate_units_of(c->base->paths, &s, c->unit).se};
    if (e.se <= 0x1p-44 * (fabs(x) + fabs(y))) e.se = 0;
    return e;
}

/* The run that dominates `a` on a risk, -1. */
static int find_better(const kura_comparison *c, int a, int axis, double z)
{
    double cost = c->kept_value[column(c, a, 0)], risk = c->kept_value[column(c, a, axis)];
    for (int b = 0; b <= c->policies; b++) {
        double less_cost = c->kept_value[column(c, b, 0)], less_risk = c->kept_value[column(c, b, axis)];
        if (b == a || !(less_cost <= cost && less_risk <= risk)) continue; /* NaN: not compared */
        kura_estimate x = difference(c, a, b, 0), y = difference(c, a, b, axis);
        if (kura_is_dominated(x.value, x.se, y.value, y.se, z)) return b;
    }
    return -1;
}

static const char *id_of(const kura_policy_label *policies, int run)
{
    return run ? policies[run - 1].id : "base";
}

static void report_axis(const kura_comparison *c, const kura_policy_label *policies, int axis, kura_frame *f,
                        kf_group *g, const int *better)
{
    size_t n = (size_t)c->policies + 1;
    const kura_number *x = &c->numbers[c->axis[axis]];
    const kura_recipe *r = kura_recipe_of(x->id);
    const char *name = sc_compare_name(x->id);
    double *value = KURA_NEW(&f->arena, double, n);
    int8_t *flag = KURA_NEW(&f->arena, int8_t, n);
    const char **by = KURA_NEW(&f->arena, const char *, n);
    if (!value || !flag || !by) return;
    for (size_t i = 0; i < n; i++) value[i] = c->kept_value[column(c, (int)i, axis)];
    kura_frame_var(f, g, name, KF_F64, "run", value, kura_total_units(c, x, &f->arena), r->total_text,
                   r->rule, NULL);
    if (!axis) return;
    for (size_t i = 0; i < n; i++) {
        flag[i] = better[i] >= 0;
        by[i] = better[i] >= 0 ? id_of(policies, better[i]) : "";
    }
    kf_variable *v = kura_frame_var(
        f, g, kura_arena_printf(&f->arena, "%s_dominated", name), KF_I8, "run", flag, "1",
        "1: another policy costs less and leaves less of this risk, beyond simultaneous intervals", "7",
        NULL);
    if (v) kura_frame_var_attr(f, v, "flag_meanings", "no yes");
    kura_frame_var(f, g, kura_arena_printf(&f->arena, "%s_dominated_by", name), KF_STRING, "run", by, "",
                   "a policy that dominates it", "7", NULL);
}

kura_status kura_comparison_frontier(const kura_comparison *c, const kura_policy_label *policies,
                                     unsigned char *dominated, kura_frame *frame, kura_error *err)
{
    int n = c->policies + 1;
    memset(dominated, 0, (size_t)n);
    if (c->axes < 2) return KURA_OK;
    memset(dominated, 1, (size_t)n);
    double tail = 0.5 * (1 - c->confidence) / ((double)n * (n - 1)), z = -kura_norm_inv(tail);
    kf_group *g = kura_frame_group(frame, "frontier");
    int *better = KURA_NEW(&frame->arena, int, (size_t)n);
    const char **ids = KURA_NEW(&frame->arena, const char *, (size_t)n);
    if (!g || !better || !ids) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    for (int i = 0; i < n; i++) ids[i] = id_of(policies, i);
    kura_frame_dim_labels(frame, g, "run", n, ids);
    report_axis(c, policies, 0, frame, g, NULL);
    for (int axis = 1; axis < c->axes; axis++) {
        for (int i = 0; i < n; i++) {
            better[i] = find_better(c, i, axis, z);
            dominated[i] &= better[i] >= 0;
        }
        report_axis(c, policies, axis, frame, g, better);
    }
    return kura_columns_status(c->kept, err);
}
