/* /n_minus_1: one row a loss, one column a duration [8.11]. */
#include "run/n_minus_1.h"
#include "base/error.h"
#include "num/calendar.h"
#include <math.h>
#include <string.h>

typedef struct {
    kura_frame *frame;
    kf_group *group;
    const kura_n_minus_1_case *c;
    size_t n, times;
} context;

static double *numbers(context *x, size_t n)
{
    double *v = KURA_NEW(&x->frame->arena, double, n);
    for (size_t i = 0; v && i < n; i++) v[i] = NAN;
    return v;
}

static void put(context *x, const char *name, const char *dims, kf_type type, const void *data,
                const char *units, const char *long_name)
{
    kura_frame_var(x->frame, x->group, name, type, dims, data, units, long_name, "8.11", NULL);
}

static void coordinates(context *x)
{
    const kura_n_minus_1_case *c = x->c;
    kura_arena *a = &x->frame->arena;
    const km_model *model = c->model;
    const char **label = KURA_NEW(a, const char *, x->n), **mineral = KURA_NEW(a, const char *, x->n),
               **kind = KURA_NEW(a, const char *, x->n), **name = KURA_NEW(a, const char *, x->n);
    const char **ids = KURA_NEW(a, const char *, (size_t)model->nminerals);
    double *days = numbers(x, x->times), *share = numbers(x, x->n), *capacity = numbers(x, x->n);
    if (a->failed) return;
    for (size_t i = 0; i < x->n; i++) {
        const kura_loss *loss = &c->losses[i];
        mineral[i] = kura_arena_strdup(a, model->minerals[loss->mineral].id);
        kind[i] = kura_loss_name(loss->kind);
        name[i] = kura_arena_strdup(a, loss->name);
        label[i] = kura_arena_printf(a, "%s/%s/%s", mineral[i], kind[i], name[i]);
        share[i] = loss->share;
        capacity[i] = loss->capacity;
    }
    for (int i = 0; i < model->nminerals; i++) ids[i] = kura_arena_strdup(a, model->minerals[i].id);
    for (size_t d = 0; d < x->times; d++) days[d] = c->weeks[d] * 7;
    if (a->failed) return;
    kura_frame_dim_labels(x->frame, x->group, "loss", (int64_t)x->n, label);
    kura_frame_dim_f64(x->frame, x->group, "duration", (int64_t)x->times, days, "d",
                       "how long the object is lost");
    kura_frame_dim_labels(x->frame, x->group, "mineral", model->nminerals, ids);
    put(x, "loss_mineral", "loss", KF_STRING, mineral, "", "mineral");
    put(x, "loss_kind", "loss", KF_STRING, kind, "",
        "site; country: its sites and exports; exports: to all; embargo: exports to the focus; route");
    put(x, "loss_object", "loss", KF_STRING, name, "", "site, country or chokepoint");
    put(x, "supply_share", "loss", KF_F64, share, "1",
        "share of the supply of the focus country, by the base flow in force when it is lost, that passes "
        "the "
        "object, at the form where it is largest");
    put(x, "capacity_share", "loss", KF_F64, capacity, "1",
        "share of the world's capacity that is lost, mean over the forms");
}

/* Days after the loss began until the first shortage, and from its end until the last one is over: NaN none,
 * infinite: not over when the simulation ends. */
static double first_day(const context *x, const kura_loss_outcome *o)
{
    return o->first < 0 ? NAN : o->first * x->c->model->step_days;
}

static double recovery(const context *x, const kura_loss_outcome *o, int d)
{
    int over = o->last + 1 - x->c->steps[d];
    if (o->first < 0) return NAN;
    if (x->c->from + o->last >= x->c->T - 1) return INFINITY;
    return (over > 0 ? over : 0) * x->c->model->step_days;
}

static void outcomes(context *x, int stocks, const char *suffix, const char *which)
{
    const kura_n_minus_1_case *c = x->c;
    kura_arena *a = &x->frame->arena;
    size_t n = x->n * x->times;
    double *v[5];
    int8_t *secure = KURA_NEW(a, int8_t, n);
    for (int k = 0; k < 5; k++)
        if (!(v[k] = numbers(x, n))) return;
    if (!secure) return;
    for (size_t i = 0; i < n; i++) {
        int d = (int)(i % x->times);
        const kura_loss_outcome *o = &c->outcomes[i * KURA_STOCKS + (size_t)stocks];
        const km_mineral *m = &c->model->minerals[c->losses[i / x->times].mineral];
        secure[i] = (int8_t)(c->steps[d] < 0 ? 2 : o->first < 0);
        if (c->steps[d] < 0) continue;
        v[0][i] = o->unserved * m->quantum;
        v[1][i] = o->unserved / (m->base_focus_demand * c->steps[d]);
        v[2][i] = o->worst_share;
        v[3][i] = first_day(x, o);
        v[4][i] = recovery(x, o, d);
    }
    static const char *const names[] = {"unserved", "unserved_share", "worst_share", "first_shortage",
                                        "recovery"};
    static const char *const units[] = {"t", "1", "1", "d", "d"};
    static const char *const texts[] = {
        "demand not served because of the loss", "the same over the base demand of as long a time",
        "largest share of the demand of a step that is not served because of the loss",
        "time from the beginning of the loss to the first shortage; missing where all is served",
        "time from the end of the loss to the end of the last shortage; infinite where the simulation ends "
        "before"};
    for (int k = 0; k < 5; k++)
        put(x, kura_arena_printf(a, "%s%s", names[k], suffix), "loss,duration", KF_F64, v[k], units[k],
            kura_arena_printf(a, "%s%s", texts[k], which));
    kf_variable *var =
        kura_frame_var(x->frame, x->group, kura_arena_printf(a, "secure%s", suffix), KF_I8, "loss,duration",
                       secure, "1", kura_arena_printf(a, "is all demand served%s?", which), "8.11", NULL);
    if (var) kura_frame_var_attr(x->frame, var, "flag_meanings", "no yes not_simulated");
}

/* Sum over the objects whose loss is not bridged of the share of capacity that each is. */
static void index_of(context *x, kura_loss_kind kind, const char *name, int stocks, const char *which)
{
    const kura_n_minus_1_case *c = x->c;
    size_t minerals = (size_t)c->model->nminerals;
    double *v = numbers(x, minerals * x->times);
    if (!v) return;
    for (size_t i = 0; i < x->n * x->times; i++) {
        const kura_loss *loss = &c->losses[i / x->times];
        size_t at = (size_t)loss->mineral * x->times + i % x->times;
        if (loss->kind != kind || c->steps[i % x->times] < 0) continue;
        if (isnan(v[at])) v[at] = 0;
        if (c->outcomes[i * KURA_STOCKS + (size_t)stocks].first >= 0) v[at] += loss->capacity;
    }
    put(x, name, "mineral,duration", KF_F64, v, "1",
        kura_arena_printf(&x->frame->arena,
                          "N-1 index of %s: sum of the shares of capacity whose loss is not bridged%s",
                          kind == KURA_LOSS_SITE ? "single sites" : "countries", which));
}

static void survival(context *x)
{
    const kura_n_minus_1_case *c = x->c;
    double *v = numbers(x, x->n), *base = numbers(x, (size_t)c->model->nminerals);
    if (!v || !base) return;
    for (size_t i = 0; i < x->n; i++)
        v[i] = c->survives[i] < 0 ? INFINITY : c->survives[i] * c->model->step_days;
    for (int i = 0; i < c->model->nminerals; i++)
        base[i] = c->base_unserved[i] * c->model->minerals[i].quantum;
    put(x, "time_to_survive", "loss", KF_F64, v, "d",
        "longest loss, in whole steps, that leaves nothing unserved; infinite: the longest simulated does");
    put(x, "base_unserved", "mineral", KF_F64, base, "t",
        "demand not served in the undisturbed case, which is no effect of a loss");
}

kura_status kura_report_n_minus_1(kura_frame *frame, const kura_n_minus_1_case *c, kura_error *err)
{
    static const char without[] = ", without the stockpiles whose size is asked for";
    context x = {frame, kura_frame_group(frame, "n_minus_1"), c, (size_t)c->nlosses, (size_t)c->ntimes};
    const kura_scenario_data *sc = c->model->scenario;
    char date[11];
    if (!x.group) return kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result");
    kura_date_format(sc->run.start_day + (int32_t)floor(c->from * sc->run.step_days), date);
    kura_frame_attr_text(frame, x.group, "from", date);
    kura_frame_attr_text(frame, x.group, "focus", c->model->focus < 0 ? "" : sc->countries[c->model->focus]);
    coordinates(&x);
    outcomes(&x, KURA_WITH_STOCK, "", "");
    outcomes(&x, KURA_WITHOUT_STOCK, "_without_stockpile", without);
    survival(&x);
    index_of(&x, KURA_LOSS_SITE, "index_sites", KURA_WITH_STOCK, "");
    index_of(&x, KURA_LOSS_COUNTRY, "index_countries", KURA_WITH_STOCK, "");
    index_of(&x, KURA_LOSS_SITE, "index_sites_without_stockpile", KURA_WITHOUT_STOCK, without);
    index_of(&x, KURA_LOSS_COUNTRY, "index_countries_without_stockpile", KURA_WITHOUT_STOCK, without);
    return frame->arena.failed ? kura_error_set(err, KURA_E_MEMORY, "not enough memory for the result")
                               : KURA_OK;
}
