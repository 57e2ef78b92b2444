/* The page of /n_minus_1: losses of 26 weeks (else of the longest time) that are not bridged, the worst first
 * in every mineral [8.11]. */
#include "io/n_minus_1_page.h"
#include "base/error.h"
#include "base/text.h"
#include "io/table.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HALF_A_YEAR (26 * 7.0)

typedef struct {
    const kf_group *group;
    int64_t losses, times, minerals, rows, *order, time; /* time: column that is shown */
    const double *duration;
} page;

static const double *doubles(const page *p, const char *name)
{
    const kf_variable *v = kura_frame_find_var(p->group, name);
    return v && v->type == KF_F64 ? v->data : NULL;
}

static const char *text(const page *p, const char *name, int64_t i)
{
    const kf_variable *v = kura_frame_find_var(p->group, name);
    return v && v->type == KF_STRING ? ((const char *const *)v->data)[i] : "";
}

static double at(const page *p, const char *name, int64_t loss)
{
    const double *x = doubles(p, name);
    return x ? x[loss * p->times + p->time] : NAN;
}

static double survives(const page *p, int64_t loss)
{
    const double *days = doubles(p, "time_to_survive");
    return days ? days[loss] : INFINITY;
}

static int is_bridged(const page *p, int64_t loss)
{
    const kf_variable *v = kura_frame_find_var(p->group, "secure");
    return !v || v->type != KF_I8 || ((const int8_t *)v->data)[loss * p->times + p->time] != 0;
}

/* By mineral as in the file, then by what is not served. */
static int before(const page *p, int64_t a, int64_t b)
{
    int m = strcmp(text(p, "loss_mineral", a), text(p, "loss_mineral", b));
    double x = at(p, "unserved", a), y = at(p, "unserved", b), z = survives(p, a), w = survives(p, b);
    return m ? a < b : x != y ? x > y : z != w ? z < w : a < b;
}

static int of_one_mineral(const page *p)
{
    for (int64_t i = 1; i < p->losses; i++)
        if (strcmp(text(p, "loss_mineral", 0), text(p, "loss_mineral", i)) != 0) return 0;
    return p->losses > 0;
}

/* What is not bridged; of one mineral also what is felt only after a longer loss. */
static void choose(page *p)
{
    int detail = of_one_mineral(p);
    for (int64_t i = 0; i < p->losses; i++) {
        if (is_bridged(p, i) && !(detail && isfinite(survives(p, i)))) continue;
        int64_t j = p->rows++;
        for (; j > 0 && before(p, i, p->order[j - 1]); j--) p->order[j] = p->order[j - 1];
        p->order[j] = i;
    }
}

static void put_days(double days, const char *none, char *buffer)
{
    if (isnan(days))
        snprintf(buffer, KURA_CELL_BYTES, "%s", none);
    else if (isinf(days))
        snprintf(buffer, KURA_CELL_BYTES, "not over");
    else
        snprintf(buffer, KURA_CELL_BYTES, "%.0f", days);
}

static const char *cell(const void *user, int64_t row, int64_t column, char *buffer)
{
    static const char *const headings[2][8] = {
        {"mineral", "lost", "", "supply", "survives", "short", "unserved", "short without"},
        {"", "", "", "%", "days", "after days", "% of demand", "stockpile after"}};
    const page *p = user;
    if (row < 0) return headings[row == -1][column];
    int64_t i = p->order[row];
    const double *share = doubles(p, "supply_share");
    switch (column) {
    case 0:
        return text(p, "loss_mineral", i);
    case 1:
        return text(p, "loss_kind", i);
    case 2:
        return text(p, "loss_object", i);
    case 3:
        snprintf(buffer, KURA_CELL_BYTES, "%.0f", share ? 100 * share[i] : NAN);
        break;
    case 4:
        put_days(survives(p, i), "n/a", buffer);
        break;
    case 5:
        put_days(at(p, "first_shortage", i), "never", buffer);
        break;
    case 6:
        snprintf(buffer, KURA_CELL_BYTES, "%.1f", 100 * at(p, "unserved_share", i));
        break;
    default:
        put_days(at(p, "first_shortage_without_stockpile", i), "never", buffer);
    }
    return buffer;
}

static void print_legend(const page *p, FILE *to)
{
    kura_text t = {0};
    kura_text_printf(&t,
                     "Each alone is lost for %g weeks, nothing else happens. country: its sites and all its "
                     "exports; exports: to all; embargo: exports to the focus; route: all trade through it. "
                     "supply: of the focus's supply that passes it; survives: the longest loss that is "
                     "bridged; unserved: of the base demand of those weeks.",
                     p->duration[p->time] / 7);
    if (t.data) kura_print_wrapped(t.data, to);
    kura_text_fini(&t);
}

/* Minerals of which something can be lost, and nothing that is not bridged; with what would be felt first. */
static void print_secure(const page *p, FILE *to)
{
    kura_text t = {0};
    int brackets = 0;
    for (int64_t m = 0; m < p->minerals; m++) {
        int any = 0, weak = 0;
        double least = INFINITY;
        for (int64_t i = 0; i < p->losses; i++) {
            if (strcmp(text(p, "loss_mineral", i), text(p, "mineral", m)) != 0) continue;
            any = 1;
            weak |= !is_bridged(p, i);
            if (survives(p, i) < least) least = survives(p, i);
        }
        if (!any || weak) continue;
        kura_text_printf(
            &t, "%s%s", t.size ? ", " : "Every single loss of that time is bridged: ", text(p, "mineral", m));
        if (!isfinite(least)) continue;
        brackets = 1;
        kura_text_printf(&t, " (%.0f days)", least);
    }
    if (t.size) kura_text_add(&t, ".");
    if (brackets)
        kura_text_add(
            &t,
            " In brackets: the longest time that every loss is survived; without: longer than any tried.");
    if (t.data) kura_print_wrapped(t.data, to);
    kura_text_fini(&t);
}

static void print_base(const page *p, FILE *to)
{
    const double *base = doubles(p, "base_unserved");
    kura_text t = {0};
    int n = 0;
    for (int64_t m = 0; base && m < p->minerals; m++)
        if (base[m] > 0) kura_text_printf(&t, "%s%s", n++ ? ", " : "", text(p, "mineral", m));
    if (n) kura_text_printf(&t, ": short even if nothing is lost; only what a loss adds is counted.");
    if (n && t.data) kura_print_wrapped(t.data, to);
    kura_text_fini(&t);
}

kura_status kura_io_n_minus_1(const kura_frame *frame, FILE *to, kura_error *err)
{
    page p = {.group = kura_frame_find(frame, "n_minus_1")};
    p.losses = p.group ? kura_frame_dim_size(p.group, "loss") : -1;
    p.times = p.group ? kura_frame_dim_size(p.group, "duration") : -1;
    p.minerals = p.group ? kura_frame_dim_size(p.group, "mineral") : -1;
    p.duration = p.group ? doubles(&p, "duration") : NULL;
    if (p.losses < 0 || p.times < 1 || p.minerals < 0 || !p.duration)
        return kura_error_set(err, KURA_E_SCENARIO, "the result has no losses of single objects");
    for (int64_t d = 1; d < p.times; d++) {
        double now = p.duration[p.time], x = p.duration[d];
        if (now != HALF_A_YEAR && (x == HALF_A_YEAR || x > now)) p.time = d;
    }
    p.order = calloc((size_t)p.losses + 1, sizeof *p.order);
    if (!p.order) return kura_error_set(err, KURA_E_MEMORY, "not enough memory");
    choose(&p);
    kura_table table = {.rows = p.rows, .columns = 8, .headings = 2, .left = 3, .cell = cell, .user = &p};
    const kf_attr *from = kura_frame_find_attr(p.group->nattrs, p.group->attrs, "from");
    fprintf(to, "Loss of single objects for %g weeks", p.duration[p.time] / 7);
    fprintf(to, "%s%s\n\n", from && from->kind == KF_ATTR_TEXT ? " from " : "",
            from && from->kind == KF_ATTR_TEXT ? from->text : "");
    if (p.rows) {
        kura_table_print(&table, to);
        putc('\n', to);
    }
    print_legend(&p, to);
    print_secure(&p, to);
    print_base(&p, to);
    free(p.order);
    return ferror(to) ? kura_error_set(err, KURA_E_IO, "cannot write the table") : KURA_OK;
}
