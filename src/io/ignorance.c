/* The footer on what is not known, see ignorance.h. */
#include "io/ignorance.h"
#include "base/text.h"
#include "io/table.h"
#include <math.h>

enum { MINERALS = 4, INPUTS = 2 }; /* that are named */
enum { STOCK_PATHS = 200 };        /* ten beyond the 95 % quantile [8.6] */

static double fact(const kf_group *g, const char *name)
{
    const kf_attr *a = kura_frame_find_attr(g->nattrs, g->attrs, name);
    return a && a->kind == KF_ATTR_F64 ? a->f64[0] : NAN;
}

static const void *data_of(const kf_group *g, const char *name, kf_type type)
{
    const kf_variable *v = kura_frame_find_var(g, name);
    return v && v->type == type ? v->data : NULL;
}

/* The input with the largest correlation below `below`, -1 when none is beyond chance. */
static int64_t strongest(const double *rho, int64_t n, double below, double chance)
{
    int64_t best = -1;
    for (int64_t k = 0; k < n; k++) {
        double x = fabs(rho[k]);
        if (x > chance && x < below && (best < 0 || x > fabs(rho[best]))) best = k;
    }
    return best;
}

/* "gallium: hazards....onset +0.81, ..." */
static int add_inputs(const char *mineral, const double *rho, const char *const *names, int64_t n,
                      double chance, int first, kura_text *text)
{
    double below = INFINITY;
    int found = 0;
    for (; found < INPUTS; found++) {
        int64_t k = strongest(rho, n, below, chance);
        if (k < 0) break;
        below = fabs(rho[k]);
        if (!found) kura_text_printf(text, "%s%s:", first ? " " : "; ", mineral);
        kura_text_printf(text, "%s %s %+.2f", found ? "," : "", names[k], rho[k]);
    }
    return found > 0;
}

void kura_io_print_ignorance(const kura_frame *frame, const int64_t *order, int64_t rows, FILE *to)
{
    const kf_group *g = kura_frame_find(frame, "ignorance");
    if (!g) return;
    double draws = fact(g, "draws"), nearer = fact(g, "draws_nearer");
    int64_t n = kura_frame_dim_size(g, "parameter");
    double chance = 4 / sqrt((double)kura_frame_dim_size(g, "draw") - 1); /* of hundreds of inputs */
    const double *rho = data_of(g, "loss_of_load_expectation_rho", KF_F64);
    const char *const *names = data_of(g, "parameter", KF_STRING), *const *minerals =
                                                                       data_of(g, "mineral", KF_STRING);
    kura_text text = {0};
    kura_text_printf(&text, "Not known: %lld inputs, drawn %.0f times, %.0f paths each.", (long long)n, draws,
                     fact(g, "paths_a_draw"));
    const kf_attr *spread = kura_frame_find_attr(g->nattrs, g->attrs, "spread_of_grades");
    if (spread && spread->kind == KF_ATTR_F64 && spread->n == 4)
        kura_text_printf(&text, " Spread of data by grade: A %g %%, B %g %%, C %g %%, D %g %%.",
                         100 * spread->f64[0], 100 * spread->f64[1], 100 * spread->f64[2],
                         100 * spread->f64[3]);
    if (nearer > 0)
        kura_text_printf(&text, " %.0f draws made no scenario and were taken again nearer to the medians.",
                         nearer);
    if (fact(g, "paths_a_draw") < STOCK_PATHS)
        kura_text_printf(&text,
                         " What it does to the stock 95 %% shows with ignorance.inner of 256 or more: a draw "
                         "needs %d paths for a quantile of its own.",
                         STOCK_PATHS);
    int any = 0;
    kura_text most = {0};
    for (int64_t i = 0; i < rows && i < MINERALS && rho && names && minerals; i++)
        any += add_inputs(minerals[order[i]], rho + order[i] * n, names, n, chance, !any, &most);
    if (any) kura_text_printf(&text, " LOLE depends most on (rank correlation)%s.", most.data);
    if (text.data) kura_print_wrapped(text.data, to);
    kura_text_fini(&most);
    kura_text_fini(&text);
}
